//! Sorting lists: by themselves or by a list of keys; always stable, also in reverse.
//!
//! Numbers become words whose unsigned order is theirs, strings are compared by their first
//! eight bytes before the rest, and everything else by the structural order of the heap.

use kaa_heap::{GcRef, Heap, HeapError, Leaf, LeafKind, TypeId};

use super::args::invalid;
use super::elements::{Slots, list_leaves};
use super::merge;
use crate::native::{Call, NativeResult};

super::natives! {
    "list.sort" "(list T, bool) -> list T" sort;
    "list.sort_by_keys" "(list T, list U, bool) -> list T" sort_by_keys;
}

/// Charges for sorting a list.
fn charge_sort(call: &mut Call<'_>, list: GcRef) {
    let len = call.heap.list_len(list) as usize;
    call.charge(len * (usize::BITS - len.leading_zeros()) as usize);
}

fn sort(call: &mut Call<'_>) -> NativeResult {
    let reverse = call.bool(1);
    charge_sort(call, call.obj(0));
    let list = call.heap.unshare(call.obj(0))?;
    if !sort_words(call.heap, list, reverse) {
        let order = order(call.heap, list, reverse)?;
        permute(call.heap, list, &order)?;
    }
    call.set_obj(0, list);
    Ok(())
}

fn sort_by_keys(call: &mut Call<'_>) -> NativeResult {
    let (list, keys, reverse) = (call.obj(0), call.obj(1), call.bool(2));
    if call.heap.list_len(list) != call.heap.list_len(keys) {
        return Err(invalid("a list and its sort keys must have the same length"));
    }
    charge_sort(call, list);
    let order = order(call.heap, keys, reverse)?;
    let list = call.heap.unshare(list)?;
    permute(call.heap, list, &order)?;
    call.set_obj(0, list);
    Ok(())
}

/// Sorts a list of 64-bit numbers where it stands; false if it is none.
fn sort_words(heap: &mut Heap, list: GcRef, reverse: bool) -> bool {
    let [leaf] = list_leaves(heap, heap.type_of(list)) else { return false };
    match leaf.kind {
        // Equal integers cannot be told apart, so the sort need not be stable.
        LeafKind::I64 => {
            let items = heap.list_as_i64_slice_mut(list);
            if reverse { items.sort_unstable_by(|a, b| b.cmp(a)) } else { items.sort_unstable() }
        }
        LeafKind::U64 => {
            let items = heap.list_as_i64_slice_mut(list);
            match reverse {
                true => items.sort_unstable_by_key(|&x| !(x as u64)),
                false => items.sort_unstable_by_key(|&x| x as u64),
            }
        }
        LeafKind::F64 => {
            let items = heap.list_as_f64_slice_mut(list);
            match reverse {
                true => items.sort_by_key(|x| !float_rank(*x)),
                false => items.sort_by_key(|x| float_rank(*x)),
            }
        }
        _ => return false,
    }
    true
}

/// A word whose order is that of floats: both zeros are equal, NaN is last.
fn float_rank(x: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let bits = x.to_bits();
    match x {
        _ if x.is_nan() => u64::MAX,
        0.0 => SIGN,
        _ if bits & SIGN != 0 => !bits,
        _ => bits | SIGN,
    }
}

/// A word whose order is that of the scalar; `None` for references and the like.
fn rank(kind: LeafKind, slot: u64) -> Option<u64> {
    Some(match kind {
        LeafKind::I8 | LeafKind::I16 | LeafKind::I32 | LeafKind::I64 => slot ^ 1 << 63,
        LeafKind::Bool | LeafKind::U8 | LeafKind::U16 | LeafKind::U32 | LeafKind::U64 => slot,
        LeafKind::F64 => float_rank(f64::from_bits(slot)),
        LeafKind::F32 => float_rank(f32::from_bits(slot as u32).into()),
        LeafKind::Func | LeafKind::Ref | LeafKind::RefNull | LeafKind::IPtr => return None,
    })
}

/// The places of the elements in sorted order.
fn order(heap: &Heap, keys: GcRef, reverse: bool) -> Result<Vec<u32>, HeapError> {
    let leaves = list_leaves(heap, heap.type_of(keys));
    match leaves {
        [leaf] if rank(leaf.kind, 0).is_some() => Ok(order_of_scalars(heap, keys, leaf, reverse)),
        [leaf] if leaf.kind == LeafKind::Ref && leaf.ty == TypeId::STR => {
            Ok(order_of_strings(heap, keys, reverse))
        }
        _ => order_of_values(heap, keys, leaves, reverse),
    }
}

fn order_of_scalars(heap: &Heap, keys: GcRef, leaf: &Leaf, reverse: bool) -> Vec<u32> {
    let flip = if reverse { u64::MAX } else { 0 };
    let mut ranked: Vec<(u64, u32)> = (0..heap.list_len(keys))
        .map(|i| (rank(leaf.kind, heap.list_get_leaf(keys, i, 0)).unwrap_or(0) ^ flip, i))
        .collect();
    // The place is part of the key, which makes the sort stable.
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, place)| place).collect()
}

/// The first bytes of a text, so that their order as a number is that of the text.
fn prefix(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(first) => u64::from_be_bytes(*first),
        None => {
            let mut first = [0; 8];
            first[..text.len()].copy_from_slice(text);
            u64::from_be_bytes(first)
        }
    }
}

fn order_of_strings(heap: &Heap, keys: GcRef, reverse: bool) -> Vec<u32> {
    struct Key {
        prefix: u64,
        object: GcRef,
        place: u32,
    }
    let mut ranked: Vec<Key> = (0..heap.list_len(keys))
        .map(|place| {
            let object = GcRef::from_slot(heap.list_get_leaf(keys, place, 0));
            Key { prefix: prefix(heap.str_bytes(object)), object, place }
        })
        .collect();
    ranked.sort_unstable_by(|a, b| {
        let rest = || heap.str_bytes(a.object).cmp(heap.str_bytes(b.object));
        let order = a.prefix.cmp(&b.prefix).then_with(rest);
        let order = if reverse { order.reverse() } else { order };
        order.then(a.place.cmp(&b.place))
    });
    ranked.into_iter().map(|key| key.place).collect()
}

fn order_of_values(
    heap: &Heap,
    keys: GcRef,
    leaves: &[Leaf],
    reverse: bool,
) -> Result<Vec<u32>, HeapError> {
    let slots = read_all(heap, keys, leaves.len());
    let key = |i: u32| &slots[i as usize * leaves.len()..][..leaves.len()];
    let mut order: Vec<u32> = (0..heap.list_len(keys)).collect();
    merge::sort(&mut order, |a, b| {
        let (a, b) = if reverse { (b, a) } else { (a, b) };
        for (leaf, (&x, &y)) in leaves.iter().zip(key(a).iter().zip(key(b))) {
            let order = heap.slot_cmp(leaf.kind, x, y)?;
            if order.is_ne() {
                return Ok(order.is_lt());
            }
        }
        Ok(false)
    })?;
    Ok(order)
}

/// The slots of all elements, one after the other.
fn read_all(heap: &Heap, list: GcRef, width: usize) -> Vec<u64> {
    let mut all = vec![0; width * heap.list_len(list) as usize];
    for (i, slots) in (0..).zip(all.chunks_exact_mut(width.max(1))) {
        heap.list_get_slots(list, i, slots);
    }
    all
}

/// Brings the elements of an unshared list into the order of places.
fn permute(heap: &mut Heap, list: GcRef, order: &[u32]) -> Result<(), HeapError> {
    if order.iter().zip(0..).all(|(&from, to)| from == to) {
        return Ok(());
    }
    let width = list_leaves(heap, heap.type_of(list)).len();
    let all = read_all(heap, list, width);
    let mut slots = Slots::new(width);
    for (to, &from) in (0..).zip(order) {
        slots.copy_from_slice(&all[from as usize * width..][..width]);
        heap.list_set_slots(list, to, &slots)?;
    }
    Ok(())
}
