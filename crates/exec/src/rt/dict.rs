//! Methods of dicts.

use kaa_heap::{GcRef, Heap, HeapError};
use kaa_isa::TrapKind;

use super::elements::{Slots, map_leaves, read_key, read_value, share_slots, shared_leaves};
use super::map::missing;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "dict.index" "(map K V, K..) -> V.." index;
    "dict.get" "(map K V, K..) -> opt V.." get;
    "dict.get_or" "(map K V, K.., V..) -> V.." get_or;
    "dict.put" "(map K V, K.., V..) -> map K V" put;
    "dict.del" "(map K V, K..) -> map K V" del;
    "dict.pop" "(map K V, K..) -> (map K V, V..)" pop;
    "dict.pop_or" "(map K V, K.., V..) -> (map K V, V..)" pop_or;
    "dict.popitem" "(map K V) -> (map K V, K.., V..)" popitem;
    "dict.setdefault" "(map K V, K.., V..) -> (map K V, V..)" setdefault;
    "dict.update" "(map K V, map K V) -> map K V" update;
    "dict.merge" "(map K V, map K V) -> map K V" merge;
    "dict.clear" "(map K V) -> map K V" clear;
    "dict.copy" "(map K V) -> map K V" copy;
    "dict.keys" "(map K V) -> list K.." |c| collect(c, true, false);
    "dict.values" "(map K V) -> list V.." |c| collect(c, false, true);
    "dict.items" "(map K V) -> list K..V.." |c| collect(c, true, true);
}

/// How many slots a key has.
#[inline]
fn key_width(call: &Call<'_>) -> usize {
    call.heap.map_key_slots(call.obj(0))
}

/// Reads the value of the key behind the map to the slots from `to` on; whether there is one.
#[inline]
fn read(call: &mut Call<'_>, keys: usize, to: usize) -> bool {
    let (heap, slots, sig) = call.parts();
    let map = GcRef::from_slot(slots[0]);
    if let (&[_, key, ..], 1, 1) = (&*slots, keys, sig.results.len()) {
        // One slot each: the value may go to where the operands are.
        let mut value = [0];
        let found = heap.map_read(map, &[key], &mut value);
        if found {
            slots[to] = value[0];
        }
        return found;
    }
    let Some(entry) = heap.map_find(map, &slots[1..=keys]) else { return false };
    read_value(heap, map, entry, &mut slots[to..sig.results.len()]);
    true
}

fn index(call: &mut Call<'_>) -> NativeResult {
    let keys = call.sig.params.len() - 1;
    if read(call, keys, 0) { Ok(()) } else { Err(missing(call)) }
}

fn get(call: &mut Call<'_>) -> NativeResult {
    // A value that is one reference has no tag of its own: nothing is null.
    let tags = usize::from(!call.sig.results.first().is_some_and(|r| r.kind.is_ref()));
    let keys = call.sig.params.len() - 1;
    let found = read(call, keys, tags);
    let (_, slots, sig) = call.parts();
    if !found {
        slots[..sig.results.len()].fill(0);
    }
    slots[..tags].fill(u64::from(found));
    Ok(())
}

fn get_or(call: &mut Call<'_>) -> NativeResult {
    let keys = key_width(call);
    if !read(call, keys, 0) {
        let (_, slots, sig) = call.parts();
        slots.copy_within(1 + keys..sig.params.len(), 0);
    }
    Ok(())
}

fn put(call: &mut Call<'_>) -> NativeResult {
    let keys = key_width(call);
    let (heap, slots, sig) = call.parts();
    let (key, value) = slots[1..sig.params.len()].split_at(keys);
    let (map, ..) = heap.map_insert(GcRef::from_slot(slots[0]), key, value)?;
    call.set_obj(0, map);
    Ok(())
}

/// Removes a key with its value; the key and the slot of the map stay as they are.
fn take(call: &mut Call<'_>, value: &mut [u64]) -> Result<Option<GcRef>, HeapError> {
    let keys = key_width(call);
    let (heap, slots, _) = call.parts();
    let (map, found) = heap.map_remove(GcRef::from_slot(slots[0]), &slots[1..=keys], value)?;
    Ok(found.then_some(map))
}

fn del(call: &mut Call<'_>) -> NativeResult {
    let Some(map) = take(call, &mut [])? else { return Err(missing(call)) };
    call.set_obj(0, map);
    Ok(())
}

fn pop(call: &mut Call<'_>) -> NativeResult {
    let mut value = Slots::new(call.sig.results.len() - 1);
    let Some(map) = take(call, &mut value)? else { return Err(missing(call)) };
    let (_, slots, sig) = call.parts();
    slots[1..sig.results.len()].copy_from_slice(&value);
    call.set_obj(0, map);
    Ok(())
}

fn pop_or(call: &mut Call<'_>) -> NativeResult {
    let mut value = Slots::new(call.sig.results.len() - 1);
    let removed = take(call, &mut value)?;
    let keys = key_width(call);
    let (_, slots, sig) = call.parts();
    match removed {
        Some(map) => {
            slots[1..sig.results.len()].copy_from_slice(&value);
            slots[0] = map.slot();
        }
        None => slots.copy_within(1 + keys..sig.params.len(), 1),
    }
    Ok(())
}

fn popitem(call: &mut Call<'_>) -> NativeResult {
    let map = call.obj(0);
    let Some(entry) = call.heap.map_last(map) else {
        return Err(Fault::new(TrapKind::KeyNotFound, "popitem from an empty dict"));
    };
    let keys = key_width(call);
    let (heap, slots, sig) = call.parts();
    let map = heap.unshare(map)?;
    let (key, value) = slots[1..sig.results.len()].split_at_mut(keys);
    read_key(heap, map, entry, key);
    read_value(heap, map, entry, value);
    heap.map_remove_last(map);
    call.set_obj(0, map);
    Ok(())
}

fn setdefault(call: &mut Call<'_>) -> NativeResult {
    let keys = key_width(call);
    let (heap, slots, sig) = call.parts();
    let map = GcRef::from_slot(slots[0]);
    let (key, default) = slots[1..sig.params.len()].split_at(keys);
    let mut value = Slots::of(default);
    let map = match heap.map_find(map, key) {
        Some(entry) => {
            read_value(heap, map, entry, &mut value);
            map
        }
        None => heap.map_insert(map, key, default)?.0,
    };
    slots[1..sig.results.len()].copy_from_slice(&value);
    slots[0] = map.slot();
    Ok(())
}

/// Puts all entries of one dict into another.
fn put_all(heap: &mut Heap, mut map: GcRef, other: GcRef) -> Result<GcRef, HeapError> {
    if map == other {
        return Ok(map);
    }
    let (keys, values) = map_leaves(heap, heap.type_of(map));
    let (shared_keys, shared_values) = (shared_leaves(keys), shared_leaves(values));
    let (mut key, mut value) = (Slots::new(keys.len()), Slots::new(values.len()));
    let mut cursor = 0;
    while let Some(entry) = heap.map_next(other, cursor) {
        cursor = entry + 1;
        read_key(heap, other, entry, &mut key);
        read_value(heap, other, entry, &mut value);
        share_slots(heap, &shared_keys, &key);
        share_slots(heap, &shared_values, &value);
        map = heap.map_insert(map, &key, &value)?.0;
    }
    Ok(map)
}

fn update(call: &mut Call<'_>) -> NativeResult {
    let (map, other) = (call.obj(0), call.obj(1));
    call.charge(2 * call.heap.map_len(other) as usize);
    let map = put_all(call.heap, map, other)?;
    call.set_obj(0, map);
    Ok(())
}

fn merge(call: &mut Call<'_>) -> NativeResult {
    let (map, other) = (call.obj(0), call.obj(1));
    call.charge(call.heap.map_len(map) as usize + 2 * call.heap.map_len(other) as usize);
    let map = call.heap.map_clone(map)?;
    let map = put_all(call.heap, map, other)?;
    call.set_obj(0, map);
    Ok(())
}

/// Removes all entries; serves sets as well.
pub(super) fn clear(call: &mut Call<'_>) -> NativeResult {
    let map = call.heap.map_clear(call.obj(0))?;
    call.set_obj(0, map);
    Ok(())
}

/// Copies a dict or set.
pub(super) fn copy(call: &mut Call<'_>) -> NativeResult {
    call.charge(call.heap.map_len(call.obj(0)) as usize);
    let map = call.heap.map_clone(call.obj(0))?;
    call.set_obj(0, map);
    Ok(())
}

/// A new list of the keys, the values, or both.
pub(super) fn collect(call: &mut Call<'_>, keys: bool, values: bool) -> NativeResult {
    let map = call.obj(0);
    let len = call.heap.map_len(map);
    call.charge(len as usize);
    let ty = call.result_type(0);
    let heap = &mut *call.heap;
    let (key_leaves, value_leaves) = map_leaves(heap, heap.type_of(map));
    let split = if keys { key_leaves.len() } else { 0 };
    let width = split + if values { value_leaves.len() } else { 0 };
    let places = shared_leaves(super::elements::list_leaves(heap, ty));
    let mut slots = Slots::new(width);
    let list = heap.list_new(ty, len)?;
    let mut cursor = 0;
    while let Some(entry) = heap.map_next(map, cursor) {
        cursor = entry + 1;
        let (key, value) = slots.split_at_mut(split);
        read_key(heap, map, entry, key);
        read_value(heap, map, entry, value);
        share_slots(heap, &places, &slots);
        heap.list_push_slots(list, &slots)?;
    }
    call.set_obj(0, list);
    Ok(())
}
