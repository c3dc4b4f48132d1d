//! Methods of sets. A set is a map without values.
//!
//! Results keep the order of the receiver, then that of the other set.

use kaa_heap::{GcRef, Heap, HeapError};
use kaa_isa::TrapKind;

use super::dict::{clear, collect, copy};
use super::elements::{Slots, map_leaves, read_key, share_slots, shared_leaves};
use super::map::missing;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "set.add" "(set K, K..) -> set K" add;
    "set.clear" "(set K) -> set K" clear;
    "set.copy" "(set K) -> set K" copy;
    "set.discard" "(set K, K..) -> set K" discard;
    "set.remove" "(set K, K..) -> set K" remove;
    "set.pop" "(set K) -> (set K, K..)" pop;
    "set.isdisjoint" "(set K, set K) -> bool" is_disjoint;
    "set.issubset" "(set K, set K) -> bool" |c| subset(c, 0, 1);
    "set.issuperset" "(set K, set K) -> bool" |c| subset(c, 1, 0);
    "set.union" "(set K, set K) -> set K" union;
    "set.update" "(set K, set K) -> set K" update;
    "set.difference" "(set K, set K) -> set K" |c| part(c, false);
    "set.difference_update" "(set K, set K) -> set K" |c| part(c, false);
    "set.intersection" "(set K, set K) -> set K" |c| part(c, true);
    "set.intersection_update" "(set K, set K) -> set K" |c| part(c, true);
    "set.symmetric_difference" "(set K, set K) -> set K" symmetric;
    "set.symmetric_difference_update" "(set K, set K) -> set K" symmetric;
    "set.items" "(set K) -> list K.." |c| collect(c, true, false);
    "set" "(list K) -> set K" of_list;
}

fn add(call: &mut Call<'_>) -> NativeResult {
    let (heap, slots, sig) = call.parts();
    let (set, ..) =
        heap.map_insert(GcRef::from_slot(slots[0]), &slots[1..sig.params.len()], &[])?;
    call.set_obj(0, set);
    Ok(())
}

/// Removes the element in the slots behind the set; says whether it was there.
fn take(call: &mut Call<'_>) -> Result<bool, HeapError> {
    let (heap, slots, sig) = call.parts();
    let key = &slots[1..sig.params.len()];
    let (set, found) = heap.map_remove(GcRef::from_slot(slots[0]), key, &mut [])?;
    if found {
        call.set_obj(0, set);
    }
    Ok(found)
}

fn discard(call: &mut Call<'_>) -> NativeResult {
    take(call)?;
    Ok(())
}

fn remove(call: &mut Call<'_>) -> NativeResult {
    if take(call)? { Ok(()) } else { Err(missing(call)) }
}

fn pop(call: &mut Call<'_>) -> NativeResult {
    let set = call.obj(0);
    let Some(entry) = call.heap.map_next(set, 0) else {
        return Err(Fault::new(TrapKind::KeyNotFound, "pop from an empty set"));
    };
    let (heap, slots, sig) = call.parts();
    let set = heap.unshare(set)?;
    read_key(heap, set, entry, &mut slots[1..sig.results.len()]);
    heap.map_remove_entry(set, entry);
    call.set_obj(0, set);
    Ok(())
}

/// An element and where to go on.
struct Walk {
    set: GcRef,
    cursor: u32,
    key: Slots,
}

impl Walk {
    fn new(heap: &Heap, set: GcRef) -> Walk {
        let width = map_leaves(heap, heap.type_of(set)).0.len();
        Walk { set, cursor: 0, key: Slots::new(width) }
    }

    /// Reads the next element into `key`.
    fn step(&mut self, heap: &Heap) -> bool {
        let Some(entry) = heap.map_next(self.set, self.cursor) else { return false };
        self.cursor = entry + 1;
        read_key(heap, self.set, entry, &mut self.key);
        true
    }
}

fn charge_both(call: &mut Call<'_>) {
    let (a, b) = (call.heap.map_len(call.obj(0)), call.heap.map_len(call.obj(1)));
    call.charge(a as usize + b as usize);
}

fn is_disjoint(call: &mut Call<'_>) -> NativeResult {
    charge_both(call);
    let (a, b) = (call.obj(0), call.obj(1));
    let (small, large) = if call.heap.map_len(a) <= call.heap.map_len(b) { (a, b) } else { (b, a) };
    let mut walk = Walk::new(call.heap, small);
    let mut common = false;
    while !common && walk.step(call.heap) {
        common = call.heap.map_find(large, &walk.key).is_some();
    }
    call.set_bool(0, !common);
    Ok(())
}

/// Has the set in one slot only elements of that in the other?
fn subset(call: &mut Call<'_>, inner: usize, outer: usize) -> NativeResult {
    charge_both(call);
    let (inner, outer) = (call.obj(inner), call.obj(outer));
    let mut all = call.heap.map_len(inner) <= call.heap.map_len(outer);
    let mut walk = Walk::new(call.heap, inner);
    while all && walk.step(call.heap) {
        all = call.heap.map_find(outer, &walk.key).is_some();
    }
    call.set_bool(0, all);
    Ok(())
}

/// Adds the elements of `from` of which `wanted` holds.
fn add_from(
    heap: &mut Heap,
    mut set: GcRef,
    from: GcRef,
    wanted: impl Fn(&Heap, &[u64]) -> bool,
) -> Result<GcRef, HeapError> {
    let places = shared_leaves(map_leaves(heap, heap.type_of(from)).0);
    let mut walk = Walk::new(heap, from);
    while walk.step(heap) {
        if wanted(heap, &walk.key) {
            share_slots(heap, &places, &walk.key);
            set = heap.map_insert(set, &walk.key, &[])?.0;
        }
    }
    Ok(set)
}

fn union(call: &mut Call<'_>) -> NativeResult {
    charge_both(call);
    let other = call.obj(1);
    let set = call.heap.map_clone(call.obj(0))?;
    let set = add_from(call.heap, set, other, |_, _| true)?;
    call.set_obj(0, set);
    Ok(())
}

fn update(call: &mut Call<'_>) -> NativeResult {
    charge_both(call);
    let (mut set, other) = (call.obj(0), call.obj(1));
    if set != other {
        set = add_from(call.heap, set, other, |_, _| true)?;
    }
    call.set_obj(0, set);
    Ok(())
}

/// The elements that the other set has, too, or those that it has not, as a new set.
fn part(call: &mut Call<'_>, common: bool) -> NativeResult {
    charge_both(call);
    let (set, other) = (call.obj(0), call.obj(1));
    let made = call.heap.map_new(call.result_type(0), 0)?;
    let wanted = |heap: &Heap, key: &[u64]| heap.map_find(other, key).is_some() == common;
    let made = add_from(call.heap, made, set, wanted)?;
    call.set_obj(0, made);
    Ok(())
}

fn symmetric(call: &mut Call<'_>) -> NativeResult {
    charge_both(call);
    let (set, other) = (call.obj(0), call.obj(1));
    let made = call.heap.map_new(call.result_type(0), 0)?;
    let made = add_from(call.heap, made, set, |heap, key| heap.map_find(other, key).is_none())?;
    let made = add_from(call.heap, made, other, |heap, key| heap.map_find(set, key).is_none())?;
    call.set_obj(0, made);
    Ok(())
}

/// All distinct elements of a list.
fn of_list(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let len = call.heap.list_len(list);
    call.charge(len as usize);
    let ty = call.result_type(0);
    let heap = &mut *call.heap;
    let places = shared_leaves(map_leaves(heap, ty).0);
    let mut key = Slots::new(map_leaves(heap, ty).0.len());
    let mut set = heap.map_new(ty, 0)?;
    for i in 0..len {
        heap.list_get_slots(list, i, &mut key);
        share_slots(heap, &places, &key);
        set = heap.map_insert(set, &key, &[])?.0;
    }
    call.set_obj(0, set);
    Ok(())
}
