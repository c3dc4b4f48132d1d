//! The ends of all slots, with a quick search for the lowest slot that is free from a place on.
//!
//! A tree of minima over the slots: functions with tens of thousands of values must not look
//! into every slot for each of them. It grows with the slots that are in use, since most functions
//! have few.

/// Slots that the first tree covers.
const FIRST_LEAVES: usize = 64;

/// Where the last range in each slot ends; 0 where nothing is.
#[derive(Default)]
pub(super) struct Ends {
    /// Node `i` is the smaller of nodes `2i` and `2i + 1`; the second half are the slots. Empty
    /// until the first entry.
    tree: Vec<u32>,
}

impl Ends {
    /// Notes the end of a slot.
    pub fn set(&mut self, slot: u32, end: u32) {
        if slot as usize >= self.leaves() {
            self.grow(slot as usize + 1);
        }
        let mut at = self.leaves() + slot as usize;
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
    pub fn first_free(&self, start: u32) -> u32 {
        let leaves = self.leaves();
        if self.tree.get(1).is_none_or(|least| *least > start) {
            return leaves as u32;
        }
        let mut at = 1;
        while at < leaves {
            at = if self.tree[2 * at] <= start { 2 * at } else { 2 * at + 1 };
        }
        (at - leaves) as u32
    }

    /// Slots that the tree covers.
    fn leaves(&self) -> usize {
        self.tree.len() / 2
    }

    /// Makes the tree cover so many slots, and at least twice as many as before.
    fn grow(&mut self, slots: usize) {
        let old = self.leaves();
        let leaves = slots.next_power_of_two().max(FIRST_LEAVES);
        let mut tree = vec![0; 2 * leaves];
        tree[leaves..leaves + old].copy_from_slice(&self.tree[old..]);
        for at in (1..leaves).rev() {
            tree[at] = tree[2 * at].min(tree[2 * at + 1]);
        }
        self.tree = tree;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_agrees_with_looking_at_every_slot() {
        let mut ends = Ends::default();
        assert_eq!(ends.first_free(0), 0);
        let mut plain = vec![0u32; 1000];
        let mut seed = 7u32;
        for turn in 0..5_000 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // More slots as time goes on, so that the tree grows under way.
            let (slot, end) = ((seed >> 16 & 511) * turn / 5_000, seed & 0xfff);
            ends.set(slot, end);
            plain[slot as usize] = end;
            let start = seed >> 8 & 0xfff;
            let lowest = plain.iter().position(|end| *end <= start).map(|slot| slot as u32);
            assert_eq!(Some(ends.first_free(start)), lowest);
        }
    }
}
