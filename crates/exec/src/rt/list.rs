//! Lists: the methods that work on single elements or on the whole list.
//!
//! Slices are in `list_slice`, sorting is in `sort`.

use kaa_heap::{GcRef, Heap, HeapError};
use kaa_isa::TrapKind;

use super::args::{invalid, too_large};
use super::elements::{Slots, equals, find, list_leaves};
use super::show::show;
use crate::native::{Call, Fault, NativeResult};
use crate::text;

super::natives! {
    "list.append" "(list T, T..) -> list T" append;
    "list.clear" "(list T) -> list T" clear;
    "list.copy" "(list T) -> list T" copy;
    "list.count" "(list T, T..) -> i64" count;
    "list.extend" "(list T, list T) -> list T" extend;
    "list.index" "(list T, T.., opt i64, opt i64) -> i64" index;
    "list.insert" "(list T, i64, T..) -> list T" insert;
    "list.pop" "(list T, i64) -> (list T, T..)" pop;
    "list.remove" "(list T, T..) -> list T" remove;
    "list.reverse" "(list T) -> list T" reverse;
    "list.reversed" "(list T) -> list T" reversed;
    "list.concat" "(list T, list T) -> list T" concat;
    "list.repeat" "(list T, i64) -> list T" repeat;
    "list.contains" "(list T, T..) -> bool" contains;
    "list.del_at" "(list T, i64) -> list T" del_at;
}

fn append(call: &mut Call<'_>) -> NativeResult {
    let (heap, slots, sig) = call.parts();
    let list = heap.list_push_slots(GcRef::from_slot(slots[0]), &slots[1..sig.params.len()])?;
    call.set_obj(0, list);
    Ok(())
}

fn clear(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let list = match call.heap.is_shared(list) {
        true => call.heap.list_new(call.result_type(0), 0)?,
        false => call.heap.list_truncate(list, 0)?,
    };
    call.set_obj(0, list);
    Ok(())
}

/// Charges for all elements of a list and gives their number.
pub(super) fn charge_len(call: &mut Call<'_>, list: GcRef) -> u32 {
    let len = call.heap.list_len(list);
    call.charge(len as usize);
    len
}

fn copy(call: &mut Call<'_>) -> NativeResult {
    let len = charge_len(call, call.obj(0));
    let copy = call.heap.list_copy_range(call.obj(0), 0, len)?;
    call.set_obj(0, copy);
    Ok(())
}

fn count(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = charge_len(call, list);
    let (heap, slots, sig) = call.parts();
    let (leaves, wanted) = (list_leaves(heap, heap.type_of(list)), &slots[1..sig.params.len()]);
    let mut count = 0;
    for i in 0..len {
        count += i64::from(equals(heap, list, leaves, i, wanted)?);
    }
    call.set_int(0, count);
    Ok(())
}

fn extend(call: &mut Call<'_>) -> NativeResult {
    let len = charge_len(call, call.obj(1));
    let list = call.heap.list_extend_range(call.obj(0), call.obj(1), 0, len)?;
    call.set_obj(0, list);
    Ok(())
}

/// The fault for an element that is not in a list.
#[cold]
fn missing(heap: &Heap, list: GcRef, slots: &[u64]) -> Box<Fault> {
    let shown = show(heap, list_leaves(heap, heap.type_of(list)), slots);
    invalid(format!("{shown} is not in the list"))
}

fn index(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = call.heap.list_len(list);
    let bounds = call.sig.params.len() - 4;
    let start = call.opt_int(bounds).unwrap_or(0);
    let end = call.opt_int(bounds + 2).unwrap_or(i64::MAX);
    let span = text::span(start, end, len as usize).unwrap_or(0..0);
    call.charge(span.len());
    let (heap, slots, _) = call.parts();
    let wanted = &slots[1..bounds];
    let place = find(heap, list, wanted, span.start as u32, span.end as u32)?;
    let place = place.ok_or_else(|| missing(heap, list, wanted))?;
    call.set_int(0, place.into());
    Ok(())
}

fn contains(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = charge_len(call, list);
    let (heap, slots, sig) = call.parts();
    let found = find(heap, list, &slots[1..sig.params.len()], 0, len)?.is_some();
    call.set_bool(0, found);
    Ok(())
}

/// The place before which Python inserts: clipped to the list.
fn insert_place(index: i64, len: u32) -> u32 {
    let len = i64::from(len);
    let index = if index < 0 { index.saturating_add(len) } else { index };
    index.clamp(0, len) as u32
}

fn insert(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let at = insert_place(call.int(1), call.heap.list_len(list));
    call.charge((call.heap.list_len(list) - at) as usize / 16);
    let (heap, slots, sig) = call.parts();
    let list = heap.list_insert(list, at, &slots[2..sig.params.len()])?;
    call.set_obj(0, list);
    Ok(())
}

/// The place of an element that must be there.
fn element_place(index: i64, len: u32) -> Result<u32, Box<Fault>> {
    let place = u32::try_from(index).ok().filter(|&place| place < len);
    place.ok_or_else(|| {
        let message = format!("index {index} out of range for list of length {len}");
        Fault::new(TrapKind::IndexOutOfRange, message)
    })
}

fn pop(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = call.heap.list_len(list);
    if len == 0 {
        return Err(Fault::new(TrapKind::IndexOutOfRange, "pop from an empty list"));
    }
    // Only here do negative indices of run time count from the end: -1 is the default.
    let index = call.int(1);
    let from_start = if index < 0 { index.saturating_add(len.into()) } else { index };
    let at = element_place(from_start, len).or_else(|_| element_place(index, len))?;
    let (heap, slots, sig) = call.parts();
    let list = heap.unshare(list)?;
    let out = &mut slots[1..sig.results.len()];
    if at + 1 == len {
        heap.list_pop(list, out)?;
    } else {
        heap.list_get_slots(list, at, out);
        heap.list_remove_range(list, at, at + 1)?;
    }
    call.charge((len - at) as usize / 16);
    call.set_obj(0, list);
    Ok(())
}

fn remove(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = charge_len(call, list);
    let (heap, slots, sig) = call.parts();
    let wanted = &slots[1..sig.params.len()];
    let place = find(heap, list, wanted, 0, len)?;
    let place = place.ok_or_else(|| missing(heap, list, wanted))?;
    let list = heap.list_remove_range(list, place, place + 1)?;
    call.set_obj(0, list);
    Ok(())
}

fn del_at(call: &mut Call<'_>) -> NativeResult {
    let at = element_place(call.int(1), call.heap.list_len(call.obj(0)))?;
    call.charge((call.heap.list_len(call.obj(0)) - at) as usize / 16);
    let list = call.heap.list_remove_range(call.obj(0), at, at + 1)?;
    call.set_obj(0, list);
    Ok(())
}

/// Turns the order of an unshared list round.
fn turn(heap: &mut Heap, list: GcRef) -> Result<(), HeapError> {
    let len = heap.list_len(list);
    if heap.list_as_i64_slice(list).len() == len as usize {
        heap.list_as_i64_slice_mut(list).reverse();
        return Ok(());
    }
    let width = list_leaves(heap, heap.type_of(list)).len();
    let (mut low, mut high) = (Slots::new(width), Slots::new(width));
    for i in 0..len / 2 {
        let other = len - 1 - i;
        heap.list_get_slots(list, i, &mut low);
        heap.list_get_slots(list, other, &mut high);
        heap.list_set_slots(list, i, &high)?;
        heap.list_set_slots(list, other, &low)?;
    }
    Ok(())
}

fn reverse(call: &mut Call<'_>) -> NativeResult {
    charge_len(call, call.obj(0));
    let list = call.heap.unshare(call.obj(0))?;
    turn(call.heap, list)?;
    call.set_obj(0, list);
    Ok(())
}

fn reversed(call: &mut Call<'_>) -> NativeResult {
    let len = charge_len(call, call.obj(0));
    let list = call.heap.list_copy_range(call.obj(0), 0, len)?;
    turn(call.heap, list)?;
    call.set_obj(0, list);
    Ok(())
}

/// The sum of two lengths, if a list can have it.
fn sum(a: u32, b: u32) -> Result<u32, Box<Fault>> {
    a.checked_add(b).ok_or_else(too_large)
}

fn concat(call: &mut Call<'_>) -> NativeResult {
    let (left, right) = (call.obj(0), call.obj(1));
    let (first, second) = (charge_len(call, left), charge_len(call, right));
    let whole = call.heap.list_new(call.result_type(0), sum(first, second)?)?;
    let whole = call.heap.list_extend_range(whole, left, 0, first)?;
    let whole = call.heap.list_extend_range(whole, right, 0, second)?;
    call.set_obj(0, whole);
    Ok(())
}

fn repeat(call: &mut Call<'_>) -> NativeResult {
    let (list, times) = (call.obj(0), call.int(1).max(0));
    let len = call.heap.list_len(list);
    let total = u64::from(len).checked_mul(times as u64).and_then(|n| u32::try_from(n).ok());
    let total = total.ok_or_else(too_large)?;
    call.charge(total as usize / 4);
    let mut whole = call.heap.list_new(call.result_type(0), total)?;
    if total > 0 {
        whole = call.heap.list_extend_range(whole, list, 0, len)?;
    }
    // What is there is appended to itself, so that few long copies are made.
    let mut done = len;
    while done < total {
        let more = done.min(total - done);
        whole = call.heap.list_extend_range(whole, whole, 0, more)?;
        done += more;
    }
    call.set_obj(0, whole);
    Ok(())
}
