//! Reading maps: leaves of entries, and walking them in insertion order.

use super::probe::Seek;
use crate::Heap;
use crate::error::HeapError;
use crate::header::{GcRef, MAP_FIRST};
use crate::types::KeyShape;

impl Heap {
    /// The first entry at or behind `cursor`; go on with that entry + 1.
    #[inline]
    #[must_use]
    pub fn map_next(&self, map: GcRef, cursor: u32) -> Option<u32> {
        let view = self.map_view(map);
        let from = cursor.max(self.mem.u32(map.0.wrapping_add(MAP_FIRST)));
        (from..view.used).find(|&entry| self.mem.u32(view.entry(entry)) != 0)
    }

    /// Is there an entry of this number?
    #[inline]
    #[must_use]
    pub fn map_has_entry(&self, map: GcRef, entry: u32) -> bool {
        let view = self.map_view(map);
        entry < view.used && self.mem.u32(view.entry(entry)) != 0
    }

    /// Leaf number `leaf` of the key of an entry, as a slot.
    #[inline]
    #[must_use]
    pub fn map_key_leaf(&self, map: GcRef, entry: u32, leaf: usize) -> u64 {
        let view = self.map_view(map);
        match self.key_leaves(view.ty).get(leaf) {
            Some(leaf) => self.mem.leaf(view.entry(entry).wrapping_add(leaf.offset), leaf.kind),
            None => 0,
        }
    }

    /// Reads the value of a key, or the first leaves of it; whether the key is there.
    #[inline]
    pub fn map_read(&self, map: GcRef, key: &[u64], out: &mut [u64]) -> bool {
        let view = self.map_view(map);
        let Ok((Seek::Found(entry), _)) = self.map_seek(map, &view, key) else { return false };
        self.get_value(&view, entry, out);
        true
    }

    /// How many slots a key takes.
    #[inline]
    #[must_use]
    pub fn map_key_slots(&self, map: GcRef) -> usize {
        let view = self.map_view(map);
        match view.shape.keys {
            Some(KeyShape::Int | KeyShape::Str) => 1,
            _ => self.key_leaves(view.ty).len(),
        }
    }

    /// Reads the value of an entry, or the first leaves of it.
    #[inline]
    pub fn map_read_value(&self, map: GcRef, entry: u32, out: &mut [u64]) {
        self.get_value(&self.map_view(map), entry, out);
    }

    /// Leaf number `leaf` of the value of an entry, as a slot.
    #[inline]
    #[must_use]
    pub fn map_value_leaf(&self, map: GcRef, entry: u32, leaf: usize) -> u64 {
        let view = self.map_view(map);
        match self.value_leaves(view.ty).get(leaf) {
            Some(leaf) => self.mem.leaf(view.entry(entry).wrapping_add(leaf.offset), leaf.kind),
            None => 0,
        }
    }

    /// Writes the value of an entry, or the first leaves of it. Returns the map that was
    /// written.
    ///
    /// # Errors
    /// When a shared map cannot be cloned.
    #[inline]
    pub fn map_write_value(
        &mut self,
        map: GcRef,
        entry: u32,
        value: &[u64],
    ) -> Result<GcRef, HeapError> {
        let map = self.unshare(map)?;
        let view = self.map_view(map);
        self.put_value(&view, entry, value);
        Ok(map)
    }

    /// Writes leaf number `leaf` of the value of an entry.
    ///
    /// # Errors
    /// When a shared map cannot be cloned.
    #[inline]
    pub fn map_set_value_leaf(
        &mut self,
        map: GcRef,
        entry: u32,
        leaf: usize,
        slot: u64,
    ) -> Result<GcRef, HeapError> {
        let map = self.unshare(map)?;
        let view = self.map_view(map);
        if let Some(leaf) = self.value_leaves(view.ty).get(leaf) {
            let at = view.entry(entry).wrapping_add(leaf.offset);
            self.mem.put_leaf(view.entries, at, leaf.kind, slot);
        }
        Ok(map)
    }
}
