//! The last entry of a map, and taking it away.
//!
//! A map gives up the place of its last entry at once, so that taking entries from the end, one
//! after the other, does not walk over all that were there. The first entry is in `walk`.

use crate::Heap;
use crate::header::{GcRef, MAP_LEN, MAP_LOST, MAP_USED};

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
        self.map_remove_entry(map, entry);
        let removed_behind = u64::from(view.used - 1 - entry);
        if removed_behind == 0 {
            // The index slot stays. It leads to no entry, or to a later one with another key,
            // which a search finds out at the entry.
            self.mem.put(map.0.wrapping_add(MAP_USED), entry);
            self.mem.put(map.0.wrapping_add(MAP_LOST), view.lost + 1);
        } else if removed_behind * removed_behind > u64::from(len) {
            // Walking over them again and again would cost more. If there is no room for it,
            // the map stays as it is.
            let view = self.map_view(map);
            let _ = self.map_compact(map, &view);
        }
    }
}
