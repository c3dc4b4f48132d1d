//! The ends of all slots, with a quick search for the lowest slot that is free from a place on.
//!
//! A tree of minima over the slots: functions with tens of thousands of values must not look
//! into every slot for each of them.

use super::MAX_SLOTS;

/// Slots that the tree covers.
const LEAVES: usize = (MAX_SLOTS as usize).next_power_of_two();

/// Where the last range in each slot ends; 0 where nothing is.
#[derive(Default)]
pub(super) struct Ends {
    /// Node `i` is the smaller of nodes `2i` and `2i + 1`; empty until the first entry.
    tree: Vec<u32>,
}

impl Ends {
    /// Notes the end of a slot.
    pub fn set(&mut self, slot: u32, end: u32) {
        if self.tree.is_empty() {
            self.tree = vec![0; 2 * LEAVES];
        }
        let mut at = LEAVES + slot as usize;
        self.tree[at] = end;
        while at > 1 {
            at /= 2;
            let least = self.tree[2 * at].min(self.tree[2 * at + 1]);
            // Nothing above changes where the minimum stays.
            if self.tree[at] == least {
                break;
            }
            self.tree[at] = least;
        }
    }

    /// The lowest slot in which nothing stands at `start` or behind; it may be one that operands
    /// cannot name.
    pub fn first_free(&self, start: u32) -> Option<u32> {
        if self.tree.is_empty() {
            return Some(0);
        }
        if self.tree[1] > start {
            return None;
        }
        let mut at = 1;
        while at < LEAVES {
            at = if self.tree[2 * at] <= start { 2 * at } else { 2 * at + 1 };
        }
        Some((at - LEAVES) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_agrees_with_looking_at_every_slot() {
        let mut ends = Ends::default();
        assert_eq!(ends.first_free(0), Some(0));
        let mut plain = vec![0u32; 500];
        let mut seed = 7u32;
        for _ in 0..5_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (slot, end) = (seed >> 16 & 255, seed & 0xfff);
            ends.set(slot, end);
            plain[slot as usize] = end;
            let start = seed >> 8 & 0xfff;
            let lowest = plain.iter().position(|end| *end <= start).map(|slot| slot as u32);
            assert_eq!(ends.first_free(start), lowest);
        }
    }
}
