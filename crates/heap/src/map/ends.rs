//! The last entry of a map, and taking it away.
//!
//! A map gives up the place of its last entry at once, so that taking entries from the end, one
//! after the other, does not walk over all that were there. The first entry is in `walk`.

use super::View;
use crate::Heap;
use crate::header::{ARRAY_DATA, AUX, GcRef, MAP_LEN, MAP_USED};

impl Heap {
    /// The entry that was inserted last.
    #[must_use]
    pub fn map_last(&self, map: GcRef) -> Option<u32> {
        let view = self.map_view(map);
        (0..view.used).rev().find(|&entry| self.mem.u32(view.entry(entry)) != 0)
    }

    /// Removes the last entry of a map that is not shared.
    pub fn map_remove_last(&mut self, map: GcRef) {
        let view = self.map_view(map);
        let Some(entry) = self.map_last(map) else { return };
        let len = self.mem.u32(map.0.wrapping_add(MAP_LEN));
        if view.index == 0 || len == 1 {
            return self.map_remove_entry(map, entry);
        }
        self.unindex(&view, entry);
        self.map_remove_entry(map, entry);
        let removed_behind = u64::from(view.used - 1 - entry);
        if removed_behind == 0 {
            self.mem.put(map.0.wrapping_add(MAP_USED), entry);
        } else if removed_behind * removed_behind > u64::from(len) {
            // Walking over them again and again would cost more. If there is no room for it,
            // the map stays as it is.
            let view = self.map_view(map);
            let _ = self.map_compact(map, &view);
        }
    }

    /// Takes a live entry out of the index, so that its number may be used again.
    fn unindex(&mut self, view: &View, entry: u32) {
        let mask = self.mem.u32(view.index.wrapping_add(AUX)).wrapping_sub(1);
        let slots = view.index.wrapping_add(ARRAY_DATA);
        let slot_at = |place: u32| slots.wrapping_add(place.wrapping_mul(4));
        let mut place = self.entry_hash(view, entry) & mask;
        loop {
            let slot = self.mem.u32(slot_at(place));
            if slot == 0 {
                return;
            }
            if slot & mask == entry + 1 {
                break;
            }
            place = place.wrapping_add(1) & mask;
        }
        self.mem.put(slot_at(place), 0u32);
        // What follows without a gap may have been pushed here; it is entered again.
        loop {
            place = place.wrapping_add(1) & mask;
            let slot = self.mem.u32(slot_at(place));
            if slot == 0 {
                return;
            }
            self.mem.put(slot_at(place), 0u32);
            let other = (slot & mask).wrapping_sub(1);
            if other < view.used && self.mem.u32(view.entry(other)) != 0 {
                self.add_to_index(view.index, self.entry_hash(view, other), other);
            }
        }
    }
}
