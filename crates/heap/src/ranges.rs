//! Free ranges of pages: what the region has left, by address and by size.
//!
//! Numbers of pages only; no memory is touched here. `space` decides who gets which pages.

use std::collections::{BTreeMap, BTreeSet};

/// A set of free page ranges; neighbours are always merged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranges {
    /// Start to length.
    by_start: BTreeMap<u32, u32>,
    /// Length and start.
    by_len: BTreeSet<(u32, u32)>,
}

/// A gap this long is split in the middle for an object that grows.
const WIDE: u32 = 1 << 16;

impl Ranges {
    /// A set of one range.
    pub(crate) fn new(start: u32, end: u32) -> Ranges {
        let mut ranges = Ranges::default();
        ranges.insert(start, end - start);
        ranges
    }

    fn insert(&mut self, start: u32, len: u32) {
        if len > 0 {
            self.by_start.insert(start, len);
            self.by_len.insert((len, start));
        }
    }

    fn remove(&mut self, start: u32, len: u32) {
        self.by_start.remove(&start);
        self.by_len.remove(&(len, start));
    }

    /// Takes `len` pages at `at` out of the range that starts at `start`.
    fn cut(&mut self, start: u32, whole: u32, at: u32, len: u32) {
        self.remove(start, whole);
        self.insert(start, at - start);
        self.insert(at + len, start + whole - at - len);
    }

    /// Takes pages from the smallest range that has enough.
    pub(crate) fn take(&mut self, len: u32) -> Option<u32> {
        let &(whole, start) = self.by_len.range((len, 0)..).next()?;
        self.cut(start, whole, start, len);
        Some(start)
    }

    /// Takes pages with as much room behind them as there is, for an object that grows.
    pub(crate) fn take_roomy(&mut self, len: u32) -> Option<u32> {
        let &(whole, start) = self.by_len.last()?;
        if whole < len {
            return None;
        }
        let middle = if whole > WIDE && len < whole / 2 { whole / 2 } else { 0 };
        self.cut(start, whole, start + middle, len);
        Some(start + middle)
    }

    /// Takes the lowest `len` pages that start at a multiple of `len`.
    pub(crate) fn take_aligned(&mut self, len: u32) -> Option<u32> {
        let fits = |(&start, &whole): (&u32, &u32)| {
            let at = start.next_multiple_of(len);
            (at + len <= start + whole).then_some((start, whole, at))
        };
        let (start, whole, at) = self.by_start.iter().find_map(fits)?;
        self.cut(start, whole, at, len);
        Some(at)
    }

    /// Takes exactly the pages `at..at + len` if they are free.
    pub(crate) fn take_at(&mut self, at: u32, len: u32) -> bool {
        match self.by_start.get(&at) {
            Some(&whole) if whole >= len => {
                self.cut(at, whole, at, len);
                true
            }
            _ => false,
        }
    }

    /// Gives pages back.
    pub(crate) fn give(&mut self, mut start: u32, mut len: u32) {
        if let Some((&before, &n)) = self.by_start.range(..start).next_back()
            && before + n == start
        {
            self.remove(before, n);
            start = before;
            len += n;
        }
        if let Some(&n) = self.by_start.get(&(start + len)) {
            self.remove(start + len, n);
            len += n;
        }
        self.insert(start, len);
    }

    /// All ranges in address order.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.by_start.iter().map(|(&start, &len)| (start, len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_merge_and_cuts_leave_the_rest() {
        let mut r = Ranges::new(10, 110);
        assert_eq!(r.take(30), Some(10));
        assert_eq!(r.take_aligned(8), Some(40));
        assert_eq!(r.take_aligned(8), Some(48));
        assert!(r.take_at(56, 4));
        assert!(!r.take_at(56, 4));
        assert_eq!(r.iter().collect::<Vec<_>>(), [(60, 50)]);
        r.give(10, 30);
        r.give(48, 8);
        assert_eq!(r.iter().collect::<Vec<_>>(), [(10, 30), (48, 8), (60, 50)]);
        assert_eq!(r.take(8), Some(48), "the tightest hole first");
        r.give(48, 8);
        r.give(56, 4);
        r.give(40, 8);
        assert_eq!(r.iter().collect::<Vec<_>>(), [(10, 100)]);
        assert_eq!(r.take(101), None);
    }

    #[test]
    fn growing_objects_get_the_middle_of_a_wide_gap() {
        let mut r = Ranges::new(0, 4 * WIDE);
        assert_eq!(r.take_roomy(5), Some(2 * WIDE));
        assert_eq!(r.take_roomy(3 * WIDE), None);
        assert_eq!(r.take_roomy(2 * WIDE), Some(0));
    }
}
