//! Slices of lists: reading, replacing and deleting them.

use kaa_heap::{GcRef, Heap, HeapError};

use super::args::invalid;
use super::elements::{Slots, list_leaves, share_list, share_slots, shared_leaves};
use super::list::charge_len;
use crate::native::{Call, Fault, NativeResult};
use crate::text::Slice;

super::natives! {
    "list.slice" "(list T, opt i64, opt i64, opt i64) -> list T" slice;
    "list.set_slice" "(list T, opt i64, opt i64, opt i64, list T) -> list T" set_slice;
    "list.del_slice" "(list T, opt i64, opt i64, opt i64) -> list T" del_slice;
}

/// The slice that the optional integers from slot 1 on say, of a sequence of that length.
pub(super) fn resolve(call: &Call<'_>, len: usize) -> Result<Slice, Box<Fault>> {
    let step = call.opt_int(5).unwrap_or(1);
    Slice::resolve(call.opt_int(1), call.opt_int(3), step, len)
        .ok_or_else(|| invalid("the step of a slice must not be zero"))
}

fn slice(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let part = resolve(call, call.heap.list_len(list) as usize)?;
    call.charge(part.count);
    let (from, count) = (part.start as u32, part.count as u32);
    let copy = match part.step {
        _ if count == 0 => call.heap.list_new(call.result_type(0), 0)?,
        1 => call.heap.list_copy_range(list, from, from + count)?,
        _ => strided(call.heap, list, part)?,
    };
    call.set_obj(0, copy);
    Ok(())
}

/// Every so-manieth element as a new list.
fn strided(heap: &mut Heap, list: GcRef, part: Slice) -> Result<GcRef, HeapError> {
    let ty = heap.type_of(list);
    let (width, places) = (list_leaves(heap, ty).len(), shared_leaves(list_leaves(heap, ty)));
    let mut slots = Slots::new(width);
    let copy = heap.list_new(ty, part.count as u32)?;
    for i in part.indices() {
        heap.list_get_slots(list, i as u32, &mut slots);
        share_slots(heap, &places, &slots);
        heap.list_push_slots(copy, &slots)?;
    }
    Ok(copy)
}

fn set_slice(call: &mut Call<'_>) -> NativeResult {
    let (list, mut source) = (call.obj(0), call.obj(7));
    let part = resolve(call, call.heap.list_len(list) as usize)?;
    let count = charge_len(call, source);
    if part.step != 1 && part.count != count as usize {
        let wanted = part.count;
        return Err(invalid(format!(
            "a list of length {count} cannot fill a slice of {wanted} places"
        )));
    }
    let heap = &mut *call.heap;
    if source == list {
        source = heap.list_copy_range(source, 0, count)?;
    }
    let mut target = heap.unshare(list)?;
    if part.step == 1 {
        let (start, end) = (part.start as u32, (part.start + part.count) as u32);
        let old = end - start;
        target = match count > old {
            true => heap.list_insert_gap(target, end, count - old)?,
            false => heap.list_remove_range(target, start + count, end)?,
        };
    }
    share_list(heap, source);
    let mut slots = Slots::new(list_leaves(heap, heap.type_of(list)).len());
    let places = Slice { count: count as usize, ..part };
    for (from, to) in (0..count).zip(places.indices()) {
        heap.list_get_slots(source, from, &mut slots);
        heap.list_set_slots(target, to as u32, &slots)?;
    }
    call.set_obj(0, target);
    Ok(())
}

fn del_slice(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = charge_len(call, list);
    let part = resolve(call, len as usize)?;
    if part.count == 0 {
        return Ok(());
    }
    let list = call.heap.unshare(list)?;
    let list = match part.step {
        1 => call.heap.list_remove_range(list, part.start as u32, (part.start + part.count) as u32),
        _ => del_strided(call.heap, list, part),
    }?;
    call.set_obj(0, list);
    Ok(())
}

/// Deletes every so-manieth element of an unshared list.
fn del_strided(heap: &mut Heap, list: GcRef, part: Slice) -> Result<GcRef, HeapError> {
    let stride = part.step.unsigned_abs() as usize;
    let reach = (part.count - 1).saturating_mul(stride);
    let first = if part.step > 0 { part.start } else { part.start - reach };
    let mut slots = Slots::new(list_leaves(heap, heap.type_of(list)).len());
    let mut to = first as u32;
    for from in first..heap.list_len(list) as usize {
        let behind = from - first;
        if behind <= reach && behind.is_multiple_of(stride) {
            continue;
        }
        heap.list_get_slots(list, from as u32, &mut slots);
        heap.list_set_slots(list, to, &slots)?;
        to += 1;
    }
    heap.list_truncate(list, to)
}
