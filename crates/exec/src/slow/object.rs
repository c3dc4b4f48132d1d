//! Slow operations on arrays, lists and strings.

use std::cmp::Ordering;

use kaa_heap::{GcRef, Layout, TypeId, TypeKind};
use kaa_isa::TrapKind;

use super::ops::Window;
use super::too_large;
use crate::native::{Fault, NativeResult};
use crate::store::Inner;

type Faulty<T> = Result<T, Box<Fault>>;

/// A length that an object may have.
fn length(n: u64) -> Faulty<u32> {
    if n as i64 >= 0 {
        u32::try_from(n).map_err(|_| too_large("the array"))
    } else {
        Err(Fault::new(TrapKind::InvalidValue, format!("a length cannot be {}", n as i64)))
    }
}

/// The range `at .. at + len` in something of length `size`.
fn span(at: u64, len: u64, size: u32) -> Faulty<(u32, u32)> {
    let end = at.checked_add(len).filter(|end| *end <= u64::from(size));
    match end {
        Some(_) => Ok((at as u32, len as u32)),
        None => Err(Fault::new(
            TrapKind::IndexOutOfRange,
            format!(
                "{} elements from {} are out of range for an array of length {size}",
                len as i64, at as i64
            ),
        )),
    }
}

/// The element layout of an array or list type.
fn layout(inner: &Inner, ty: TypeId) -> Layout {
    match &inner.heap.types().desc(ty).kind {
        TypeKind::Array { elem } | TypeKind::List { elem, .. } => elem.clone(),
        _ => Layout::of(&[]),
    }
}

/// Writes one element, leaf by leaf.
fn write(inner: &mut Inner, array: GcRef, i: u32, elem: &Layout, slots: &[u64]) {
    let start = inner.heap.array_offset(array, i);
    for (leaf, slot) in elem.leaves.iter().zip(slots) {
        inner.heap.write_leaf(array, start + leaf.offset, leaf.kind, *slot);
    }
}

pub(super) fn array_new(inner: &mut Inner, w: &Window) -> NativeResult {
    let (ty, len) = (TypeId(w.get(0) as u32), length(w.get(1))?);
    let array = inner.heap.new_array(ty, len)?;
    let elem = layout(inner, ty);
    let init = w.slice(2, elem.leaves.len());
    if init.iter().any(|slot| *slot != 0) {
        (0..len).for_each(|i| write(inner, array, i, &elem, init));
    }
    w.set(0, array.slot());
    Ok(())
}

pub(super) fn array_of(inner: &mut Inner, w: &Window) -> NativeResult {
    let (count, ty) = (w.get(0) as usize, TypeId(w.get(1) as u32));
    let elem = layout(inner, ty);
    let per = elem.leaves.len().max(1);
    let array = inner.heap.new_array(ty, (count / per) as u32)?;
    for (i, slots) in w.slice(2, count).chunks(per).enumerate() {
        write(inner, array, i as u32, &elem, slots);
    }
    w.set(0, array.slot());
    Ok(())
}

pub(super) fn array_copy(inner: &mut Inner, w: &Window) -> NativeResult {
    let (dst, src) = (w.obj(0), w.obj(2));
    let (to, len) = span(w.get(1), w.get(4), inner.heap.array_len(dst))?;
    let (from, _) = span(w.get(3), w.get(4), inner.heap.array_len(src))?;
    let elem = layout(inner, inner.heap.type_of(dst));
    let copy = |inner: &mut Inner, i: u32| {
        let (a, b) = (inner.heap.array_offset(src, from + i), inner.heap.array_offset(dst, to + i));
        for leaf in &elem.leaves {
            let slot = inner.heap.read_leaf(src, a + leaf.offset, leaf.kind);
            inner.heap.write_leaf(dst, b + leaf.offset, leaf.kind, slot);
        }
    };
    // Overlapping ranges are copied from the end that is not overwritten first.
    if dst == src && from < to {
        (0..len).rev().for_each(|i| copy(inner, i));
    } else {
        (0..len).for_each(|i| copy(inner, i));
    }
    Ok(())
}

pub(super) fn array_fill(inner: &mut Inner, w: &Window) -> NativeResult {
    let array = w.obj(0);
    let (at, len) = span(w.get(1), w.get(2), inner.heap.array_len(array))?;
    let elem = layout(inner, inner.heap.type_of(array));
    let slots = w.slice(3, elem.leaves.len());
    (at..at + len).for_each(|i| write(inner, array, i, &elem, slots));
    Ok(())
}

pub(super) fn array_cmp(inner: &mut Inner, w: &Window) -> NativeResult {
    let (a, b) = (w.obj(0), w.obj(2));
    let (at, len) = span(w.get(1), w.get(4), inner.heap.array_len(a))?;
    let (from, _) = span(w.get(3), w.get(4), inner.heap.array_len(b))?;
    let elem = layout(inner, inner.heap.type_of(a));
    let kind = elem.leaves[0].kind;
    for i in 0..len {
        let x = inner.heap.read_leaf(a, inner.heap.array_offset(a, at + i), kind);
        let y = inner.heap.read_leaf(b, inner.heap.array_offset(b, from + i), kind);
        match inner.heap.slot_cmp(kind, x, y)? {
            Ordering::Equal => {}
            order => {
                w.set(0, order as i64 as u64);
                return Ok(());
            }
        }
    }
    w.set(0, 0);
    Ok(())
}

pub(super) fn array_ptr(inner: &mut Inner, w: &Window) -> NativeResult {
    let array = w.obj(0);
    let len = inner.heap.array_len(array);
    if w.get(1) >= u64::from(len) {
        let message =
            format!("index {} is out of range for an array of length {len}", w.get(1) as i64);
        return Err(Fault::new(TrapKind::IndexOutOfRange, message));
    }
    let elem = layout(inner, inner.heap.type_of(array));
    let leaf = elem.leaves.get(w.get(2) as usize).map_or(0, |l| l.offset);
    let at = array.0 + inner.heap.array_offset(array, w.get(1) as u32) + leaf;
    w.set(0, u64::from(at));
    Ok(())
}

pub(super) fn list_new(inner: &mut Inner, w: &Window) -> NativeResult {
    // A capacity is a hint: a negative one is none, and a huge one is not taken on trust.
    let capacity = (w.get(0) as i64).clamp(0, i64::from(u32::MAX)) as u32;
    let list = inner.heap.list_new(TypeId(w.get(1) as u32), capacity)?;
    w.set(0, list.slot());
    Ok(())
}

pub(super) fn list_of(inner: &mut Inner, w: &Window) -> NativeResult {
    let (count, ty) = (w.get(0) as usize, TypeId(w.get(1) as u32));
    let per = layout(inner, ty).leaves.len().max(1);
    let mut list = inner.heap.list_new(ty, (count / per) as u32)?;
    for slots in w.slice(2, count).chunks(per) {
        list = inner.heap.list_push_slots(list, slots)?;
    }
    w.set(0, list.slot());
    Ok(())
}

pub(super) fn list_push(inner: &mut Inner, w: &Window) -> NativeResult {
    let list = w.obj(0);
    let per = layout(inner, inner.heap.type_of(list)).leaves.len();
    let list = inner.heap.list_push_slots(list, w.slice(1, per))?;
    w.set(0, list.slot());
    Ok(())
}

pub(super) fn list_pop(inner: &mut Inner, w: &Window) -> NativeResult {
    let list = w.obj(0);
    let mut slots = vec![0; layout(inner, inner.heap.type_of(list)).leaves.len()];
    if inner.heap.list_len(list) == 0 {
        return Err(Fault::new(TrapKind::IndexOutOfRange, "pop from an empty list"));
    }
    let (list, _) = inner.heap.list_pop(list, &mut slots)?;
    w.set(0, list.slot());
    slots.iter().enumerate().for_each(|(i, slot)| w.set(1 + i, *slot));
    Ok(())
}

pub(super) fn str_char(inner: &mut Inner, w: &Window) -> NativeResult {
    let (s, i) = (w.obj(0), w.get(1));
    let found = u32::try_from(i).ok().and_then(|i| inner.heap.str_char_at(s, i));
    match found {
        Some(c) => w.set(0, u64::from(u32::from(c))),
        None => {
            let len = inner.heap.str_len(s);
            let message =
                format!("index {} is out of range for a string of length {len}", i as i64);
            return Err(Fault::new(TrapKind::IndexOutOfRange, message));
        }
    }
    Ok(())
}

/// The bytes of a string or byte string, which are laid out alike.
fn bytes(inner: &Inner, object: GcRef) -> &[u8] {
    if inner.heap.type_of(object) == TypeId::STR {
        inner.heap.str_bytes(object)
    } else {
        inner.heap.bytes(object)
    }
}

pub(super) fn str_cmp(inner: &mut Inner, w: &Window) {
    let order = bytes(inner, w.obj(0)).cmp(bytes(inner, w.obj(1)));
    w.set(0, order as i64 as u64);
}

pub(super) fn str_concat(inner: &mut Inner, w: &Window) -> NativeResult {
    let (a, b) = (w.obj(0), w.obj(1));
    let joined = if inner.heap.type_of(a) == TypeId::STR {
        inner.heap.str_concat(a, b)?
    } else {
        let all = [inner.heap.bytes(a), inner.heap.bytes(b)].concat();
        inner.heap.new_bytes(&all)?
    };
    w.set(0, joined.slot());
    Ok(())
}
