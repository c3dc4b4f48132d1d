//! Structural equality, order and hashing of values that may refer to objects.
//!
//! Two flavours: *values* follow IEEE floats (NaN equals nothing, and is last in the total
//! order); *keys* of maps treat all NaNs as one. The recursion is bounded: deeper values
//! are an error, so cycles are, too. Nothing depends on which objects happen to be shared.

use crate::Heap;
use crate::error::HeapError;
use crate::header::{ARRAY_DATA, CLOSURE_DATA, GcRef, STRUCT_DATA};
use crate::types::{Leaf, LeafKind, TypeKind};
use std::cmp::Ordering;

/// How deep values may be nested.
const MAX_DEPTH: u32 = 1000;

/// A slot in the form in which equal keys have equal bits.
#[inline]
pub(crate) fn canonical(kind: LeafKind, slot: u64) -> u64 {
    // A negative zero plus zero is zero.
    match kind {
        LeafKind::F64 if f64::from_bits(slot).is_nan() => f64::NAN.to_bits(),
        LeafKind::F64 => (f64::from_bits(slot) + 0.0).to_bits(),
        LeafKind::F32 if f32::from_bits(slot as u32).is_nan() => u64::from(f32::NAN.to_bits()),
        LeafKind::F32 => u64::from((f32::from_bits(slot as u32) + 0.0).to_bits()),
        _ => slot,
    }
}

/// A float slot as `f64`.
fn float(kind: LeafKind, slot: u64) -> f64 {
    match kind {
        LeafKind::F32 => f64::from(f32::from_bits(slot as u32)),
        _ => f64::from_bits(slot),
    }
}

/// Is the canonical slot of this kind signed?
fn is_signed(kind: LeafKind) -> bool {
    matches!(kind, LeafKind::I8 | LeafKind::I16 | LeafKind::I32 | LeafKind::I64)
}

/// Elements in a row that have the same leaves.
#[derive(Clone, Copy)]
struct Run {
    at: u32,
    count: u32,
    stride: u32,
}

/// One comparison.
#[derive(Clone, Copy)]
pub(crate) struct Compare<'a> {
    heap: &'a Heap,
    /// All NaNs are one.
    keys: bool,
}

impl<'a> Compare<'a> {
    /// Compares as values.
    pub(crate) fn values(heap: &'a Heap) -> Compare<'a> {
        Compare { heap, keys: false }
    }

    /// Compares as keys of maps.
    pub(crate) fn keys(heap: &'a Heap) -> Compare<'a> {
        Compare { heap, keys: true }
    }

    /// The elements, fields or captures of an object, and their leaves.
    fn run(&self, object: GcRef) -> Result<(Run, &'a [Leaf]), HeapError> {
        let info = self.heap.types.info(self.heap.type_of(object));
        let (at, count) = match info.desc.kind {
            TypeKind::Struct(_) => (object.0 + STRUCT_DATA, 1),
            TypeKind::Closure { .. } => (object.0 + CLOSURE_DATA, 1),
            TypeKind::Array { .. } => (object.0 + ARRAY_DATA, self.heap.array_len(object)),
            TypeKind::List { .. } => {
                let (len, buffer) = self.heap.list_parts(object);
                (buffer.wrapping_add(ARRAY_DATA), len)
            }
            _ => return Err(HeapError::NotComparable),
        };
        Ok((Run { at, count, stride: info.shape.stride }, info.leaves()))
    }

    /// Are two slots equal?
    pub(crate) fn eq_slot(
        &self,
        kind: LeafKind,
        a: u64,
        b: u64,
        depth: u32,
    ) -> Result<bool, HeapError> {
        match kind {
            LeafKind::F32 | LeafKind::F64 if self.keys => {
                Ok(canonical(kind, a) == canonical(kind, b))
            }
            LeafKind::F32 | LeafKind::F64 => Ok(float(kind, a) == float(kind, b)),
            LeafKind::Ref | LeafKind::RefNull => {
                self.eq_objects(GcRef::from_slot(a), GcRef::from_slot(b), depth)
            }
            LeafKind::IPtr => Err(HeapError::NotComparable),
            _ => Ok(a == b),
        }
    }

    fn eq_objects(&self, a: GcRef, b: GcRef, depth: u32) -> Result<bool, HeapError> {
        let heap = self.heap;
        if a.is_null() || b.is_null() {
            return Ok(a == b);
        }
        if heap.types.info(heap.type_of(a)).identity {
            return Ok(a == b);
        }
        if depth >= MAX_DEPTH {
            return Err(HeapError::TooDeep);
        }
        let ty = heap.type_of(a);
        if ty != heap.type_of(b) {
            return Ok(false);
        }
        match heap.types.info(ty).desc.kind {
            TypeKind::Str => return Ok(heap.str_eq(a, b)),
            TypeKind::Bytes => return Ok(heap.bytes(a) == heap.bytes(b)),
            TypeKind::Map { .. } => return self.eq_maps(a, b, depth),
            TypeKind::Closure { .. } => return Err(HeapError::NotComparable),
            _ => {}
        }
        let ((left, leaves), (right, _)) = (self.run(a)?, self.run(b)?);
        if left.count != right.count {
            return Ok(false);
        }
        for i in 0..left.count {
            let (x, y) = (left.at + i * left.stride, right.at + i * right.stride);
            for leaf in leaves {
                let (x, y) = (heap.mem.leaf(x + leaf.offset, leaf.kind), y + leaf.offset);
                if !self.eq_slot(leaf.kind, x, heap.mem.leaf(y, leaf.kind), depth + 1)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Have two maps the same keys with equal values, in whatever order?
    fn eq_maps(&self, a: GcRef, b: GcRef, depth: u32) -> Result<bool, HeapError> {
        let heap = self.heap;
        if heap.map_len(a) != heap.map_len(b) {
            return Ok(false);
        }
        let TypeKind::Map { key, value, .. } = &heap.types.info(heap.type_of(a)).desc.kind else {
            return Err(HeapError::NotComparable);
        };
        let (mut cursor, mut slots) = (0, vec![0; key.leaves.len()]);
        while let Some(entry) = heap.map_next(a, cursor) {
            cursor = entry + 1;
            for (i, slot) in slots.iter_mut().enumerate() {
                *slot = heap.map_key_leaf(a, entry, i);
            }
            let Some(other) = heap.map_find(b, &slots) else { return Ok(false) };
            for (i, leaf) in value.leaves.iter().enumerate() {
                let (x, y) = (heap.map_value_leaf(a, entry, i), heap.map_value_leaf(b, other, i));
                if !self.eq_slot(leaf.kind, x, y, depth + 1)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The order of two slots. NaN is last.
    fn cmp_slot(&self, kind: LeafKind, a: u64, b: u64, depth: u32) -> Result<Ordering, HeapError> {
        match kind {
            LeafKind::F32 | LeafKind::F64 => {
                let (x, y) = (float(kind, a), float(kind, b));
                Ok(x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan())))
            }
            LeafKind::Ref | LeafKind::RefNull => {
                self.cmp_objects(GcRef::from_slot(a), GcRef::from_slot(b), depth)
            }
            LeafKind::IPtr | LeafKind::Func => Err(HeapError::NotComparable),
            _ if is_signed(kind) => Ok((a as i64).cmp(&(b as i64))),
            _ => Ok(a.cmp(&b)),
        }
    }

    fn cmp_objects(&self, a: GcRef, b: GcRef, depth: u32) -> Result<Ordering, HeapError> {
        let heap = self.heap;
        if a.is_null() || b.is_null() {
            return Ok(b.is_null().cmp(&a.is_null()));
        }
        if depth >= MAX_DEPTH {
            return Err(HeapError::TooDeep);
        }
        let ty = heap.type_of(a);
        if ty != heap.type_of(b) {
            return Ok(ty.cmp(&heap.type_of(b)));
        }
        match heap.types.info(ty).desc.kind {
            TypeKind::Str => return Ok(heap.str_bytes(a).cmp(heap.str_bytes(b))),
            TypeKind::Bytes => return Ok(heap.bytes(a).cmp(heap.bytes(b))),
            TypeKind::Closure { .. } => return Err(HeapError::NotComparable),
            _ if heap.types.info(ty).identity => return Err(HeapError::NotComparable),
            _ => {}
        }
        let ((left, leaves), (right, _)) = (self.run(a)?, self.run(b)?);
        for i in 0..left.count.min(right.count) {
            let (x, y) = (left.at + i * left.stride, right.at + i * right.stride);
            for leaf in leaves {
                let (x, y) = (heap.mem.leaf(x + leaf.offset, leaf.kind), y + leaf.offset);
                let order = self.cmp_slot(leaf.kind, x, heap.mem.leaf(y, leaf.kind), depth + 1)?;
                if order.is_ne() {
                    return Ok(order);
                }
            }
        }
        Ok(left.count.cmp(&right.count))
    }

    /// Adds a slot to the hash of a sequence. Equal slots add the same.
    pub(crate) fn hash_slot(
        &self,
        state: u64,
        kind: LeafKind,
        slot: u64,
        depth: u32,
    ) -> Result<u64, HeapError> {
        let value = match kind {
            LeafKind::Ref | LeafKind::RefNull => self.hash_object(GcRef::from_slot(slot), depth)?,
            LeafKind::IPtr => return Err(HeapError::NotComparable),
            _ => canonical(kind, slot),
        };
        Ok(self.heap.hash_key.extend(state, value))
    }

    fn hash_object(&self, object: GcRef, depth: u32) -> Result<u64, HeapError> {
        let heap = self.heap;
        if object.is_null() {
            return Ok(0);
        }
        let info = heap.types.info(heap.type_of(object));
        if info.identity {
            // Objects do not move, and a hash only chooses places that nobody sees.
            return Ok(u64::from(object.0));
        }
        if depth >= MAX_DEPTH {
            return Err(HeapError::TooDeep);
        }
        match &info.desc.kind {
            TypeKind::Str => return Ok(u64::from(heap.str_hash(object))),
            TypeKind::Bytes => return Ok(u64::from(heap.hash_key.bytes(heap.bytes(object)))),
            TypeKind::Map { key, value, .. } => {
                return self.hash_map(object, &key.leaves, &value.leaves, depth);
            }
            TypeKind::Closure { .. } => return Err(HeapError::NotComparable),
            _ => {}
        }
        let (run, leaves) = self.run(object)?;
        let mut state = u64::from(run.count);
        for i in 0..run.count {
            for leaf in leaves {
                let slot = heap.mem.leaf(run.at + i * run.stride + leaf.offset, leaf.kind);
                state = self.hash_slot(state, leaf.kind, slot, depth + 1)?;
            }
        }
        Ok(state)
    }

    /// The hash of a map does not depend on the order of its entries.
    fn hash_map(
        &self,
        map: GcRef,
        key: &[Leaf],
        value: &[Leaf],
        depth: u32,
    ) -> Result<u64, HeapError> {
        let heap = self.heap;
        let (mut cursor, mut sum) = (0, u64::from(heap.map_len(map)));
        while let Some(entry) = heap.map_next(map, cursor) {
            cursor = entry + 1;
            let mut state = 0;
            for (i, leaf) in key.iter().enumerate() {
                let slot = heap.map_key_leaf(map, entry, i);
                state = self.hash_slot(state, leaf.kind, slot, depth + 1)?;
            }
            for (i, leaf) in value.iter().enumerate() {
                let slot = heap.map_value_leaf(map, entry, i);
                state = self.hash_slot(state, leaf.kind, slot, depth + 1)?;
            }
            sum = sum.wrapping_add(state);
        }
        Ok(sum)
    }
}

impl Heap {
    /// Are two values equal in structure? NaN equals nothing.
    ///
    /// # Errors
    /// When they are nested too deeply or hold functions.
    pub fn deep_eq(&self, a: GcRef, b: GcRef) -> Result<bool, HeapError> {
        Compare::values(self).eq_objects(a, b, 0)
    }

    /// The order of two values: numbers, then element by element; null first, NaN last.
    ///
    /// # Errors
    /// When they are nested too deeply or hold maps or functions.
    pub fn deep_cmp(&self, a: GcRef, b: GcRef) -> Result<Ordering, HeapError> {
        Compare::values(self).cmp_objects(a, b, 0)
    }

    /// A hash that equal values share.
    ///
    /// # Errors
    /// When the value is nested too deeply or holds functions.
    pub fn deep_hash(&self, object: GcRef) -> Result<u32, HeapError> {
        let state = Compare::values(self).hash_object(object, 0)?;
        Ok(self.hash_key.finish(state))
    }

    /// Are two slots of this kind equal in structure? NaN equals nothing.
    ///
    /// # Errors
    /// As for `deep_eq`.
    pub fn slot_eq(&self, kind: LeafKind, a: u64, b: u64) -> Result<bool, HeapError> {
        Compare::values(self).eq_slot(kind, a, b, 0)
    }

    /// The order of two slots of this kind.
    ///
    /// # Errors
    /// As for `deep_cmp`.
    pub fn slot_cmp(&self, kind: LeafKind, a: u64, b: u64) -> Result<Ordering, HeapError> {
        Compare::values(self).cmp_slot(kind, a, b, 0)
    }
}
