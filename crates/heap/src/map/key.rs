//! Keys of maps: their hashes, and when two are equal.
//!
//! Numbers are compared by value; the zeros of floats are one key, and so are all NaNs.
//! Strings and byte strings are compared by contents, other references by the structure
//! behind them (`compare`).

use super::{LIVE, View};
use crate::Heap;
use crate::compare::{Compare, canonical};
use crate::error::HeapError;
use crate::header::GcRef;
use crate::types::KeyShape;

impl Heap {
    /// The hash of a key that is not a number, with the life bit: what the mark word of its
    /// entry holds.
    #[inline(always)]
    pub(super) fn key_hash(&self, view: &View, key: &[u64]) -> Result<u32, HeapError> {
        match (view.shape.keys, key) {
            (Some(KeyShape::Str), &[key]) => Ok(self.str_hash(GcRef::from_slot(key)) | LIVE),
            _ => self.general_hash(view, key),
        }
    }

    #[inline(never)]
    fn general_hash(&self, view: &View, key: &[u64]) -> Result<u32, HeapError> {
        let compare = Compare::keys(self);
        let mut state = 0;
        for (leaf, &slot) in self.key_leaves(view.ty).iter().zip(key) {
            state = compare.hash_slot(state, leaf.kind, slot, 0)?;
        }
        Ok(self.hash_key.finish(state) | LIVE)
    }

    /// Has the entry this key?
    pub(super) fn same_key(&self, view: &View, entry: u32, key: &[u64]) -> bool {
        let (at, compare) = (view.entry(entry), Compare::keys(self));
        self.key_leaves(view.ty).iter().zip(key).all(|(leaf, &slot)| {
            let held = self.mem.leaf(at.wrapping_add(leaf.offset), leaf.kind);
            match leaf.kind.is_ref() {
                true => compare.eq_slot(leaf.kind, held, slot, 0) == Ok(true),
                false => canonical(leaf.kind, held) == canonical(leaf.kind, slot),
            }
        })
    }
}
