//! Entries of dicts and sets, by number: what loops and writes through a path use.
//!
//! Entry numbers hold until the next insertion. The methods of dicts and sets are in `dict` and
//! `set`.

use kaa_heap::{GcRef, Heap};
use kaa_isa::TrapKind;

use super::args::too_large;
use super::elements::{map_leaves, read_key, read_value};
use super::show::show;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "map.new" "(i64) -> map K V" new;
    "set.new" "(i64) -> set K" new;
    "map.len" "(map K V) -> i64" len;
    "map.next" "(map K V, i64) -> i64" next;
    "map.key_at" "(map K V, i64) -> K.." key_at;
    "map.value_at" "(map K V, i64) -> V.." value_at;
    "map.put_at" "(map K V, i64, V..) -> map K V" put_at;
    "dict.entry" "(map K V, K..) -> i64" entry;
    "dict.find" "(map K V, K..) -> i64" find;
    "dict.contains" "(map K V, K..) -> bool" contains;
    "set.contains" "(set K, K..) -> bool" contains;
}

fn new(call: &mut Call<'_>) -> NativeResult {
    let capacity = u32::try_from(call.int(0).max(0)).map_err(|_| too_large())?;
    let map = call.heap.map_new(call.result_type(0), capacity)?;
    call.set_obj(0, map);
    Ok(())
}

fn len(call: &mut Call<'_>) -> NativeResult {
    let len = call.heap.map_len(call.obj(0));
    call.set_int(0, len.into());
    Ok(())
}

fn next(call: &mut Call<'_>) -> NativeResult {
    let cursor = u32::try_from(call.int(1)).ok();
    let entry = cursor.and_then(|cursor| call.heap.map_next(call.obj(0), cursor));
    call.set_int(0, entry.map_or(-1, i64::from));
    Ok(())
}

/// The entry in slot 1, which must be there: the number may come from anywhere.
fn entry_arg(call: &Call<'_>) -> Result<u32, Box<Fault>> {
    let number = call.int(1);
    let entry = u32::try_from(number).ok();
    entry.filter(|&entry| call.heap.map_has_entry(call.obj(0), entry)).ok_or_else(|| {
        Fault::new(TrapKind::IndexOutOfRange, format!("the map has no entry {number}"))
    })
}

fn key_at(call: &mut Call<'_>) -> NativeResult {
    let (map, entry) = (call.obj(0), entry_arg(call)?);
    let (heap, slots, sig) = call.parts();
    read_key(heap, map, entry, &mut slots[..sig.results.len()]);
    Ok(())
}

fn value_at(call: &mut Call<'_>) -> NativeResult {
    let (map, entry) = (call.obj(0), entry_arg(call)?);
    let (heap, slots, sig) = call.parts();
    read_value(heap, map, entry, &mut slots[..sig.results.len()]);
    Ok(())
}

fn put_at(call: &mut Call<'_>) -> NativeResult {
    let entry = entry_arg(call)?;
    let (heap, slots, sig) = call.parts();
    let map = GcRef::from_slot(slots[0]);
    let map = heap.map_write_value(map, entry, &slots[2..sig.params.len()])?;
    call.set_obj(0, map);
    Ok(())
}

/// The entry of the key in the slots behind the map.
#[inline]
pub(super) fn find_entry(call: &mut Call<'_>) -> Option<u32> {
    let (heap, slots, sig) = call.parts();
    heap.map_find(GcRef::from_slot(slots[0]), &slots[1..sig.params.len()])
}

/// The fault for a key that is not in the map of slot 0.
#[cold]
pub(super) fn missing(call: &Call<'_>) -> Box<Fault> {
    missing_key(call.heap, call.obj(0), &call.slots()[1..])
}

/// The fault for a key that is not in a map.
#[cold]
pub(crate) fn missing_key(heap: &Heap, map: GcRef, key: &[u64]) -> Box<Fault> {
    let (keys, _) = map_leaves(heap, heap.type_of(map));
    let shown = show(heap, keys, key);
    Fault::new(TrapKind::KeyNotFound, format!("key {shown} not found"))
}

fn entry(call: &mut Call<'_>) -> NativeResult {
    let entry = find_entry(call).ok_or_else(|| missing(call))?;
    call.set_int(0, entry.into());
    Ok(())
}

fn find(call: &mut Call<'_>) -> NativeResult {
    let entry = find_entry(call);
    call.set_int(0, entry.map_or(-1, i64::from));
    Ok(())
}

fn contains(call: &mut Call<'_>) -> NativeResult {
    let found = find_entry(call).is_some();
    call.set_bool(0, found);
    Ok(())
}
