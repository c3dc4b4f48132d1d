//! Python's rules for indices: negative ones count from the end, slices are clipped.
//!
//! Only arithmetic: what is indexed may be a string, a list or bytes.

use std::ops::Range;

/// The elements that `[start:stop:step]` selects of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The index of the first element; meaningless if `count` is 0.
    pub start: usize,
    /// The distance from one element to the next, which may be negative, never zero.
    pub step: i64,
    /// How many elements there are.
    pub count: usize,
}

impl Slice {
    /// Resolves a slice for a sequence of `len` elements; `None` for a step of zero.
    pub fn resolve(start: Option<i64>, stop: Option<i64>, step: i64, len: usize) -> Option<Slice> {
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        let (start, stop) = clipped(start, stop, step, len);
        let forward = step > 0;
        let distance = if forward { stop - start } else { start - stop };
        let count = match step.unsigned_abs() {
            0 => return None,
            _ if distance <= 0 => 0,
            stride => (distance as u64 - 1) / stride + 1,
        };
        Some(Slice { start: usize::try_from(start).unwrap_or(0), step, count: count as usize })
    }

    /// The selected indices in order.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |nth| {
            self.start.wrapping_add((nth as u64).wrapping_mul(self.step as u64) as usize)
        })
    }
}

/// The bounds of a slice of a sequence of `len` elements, clipped to it. Backwards the stop may
/// lie before the first element, which is -1.
pub fn clipped(start: Option<i64>, stop: Option<i64>, step: i64, len: i64) -> (i64, i64) {
    let forward = step > 0;
    let (low, high) = if forward { (0, len) } else { (-1, len - 1) };
    let clip = |index: i64| {
        let index = if index < 0 { index.saturating_add(len) } else { index };
        index.clamp(low, high)
    };
    let start = start.map_or(if forward { low } else { high }, clip);
    let stop = stop.map_or(if forward { high } else { low }, clip);
    (start, stop)
}

/// The range `start..end` as `find` and its like take it: clipped, but `None` if it
/// starts behind its end, where not even the empty string is found.
pub fn span(start: i64, end: i64, len: usize) -> Option<Range<usize>> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let from_end = |index: i64| if index < 0 { index.saturating_add(len).max(0) } else { index };
    let start = from_end(start);
    let end = from_end(end.min(len));
    if start > end {
        return None;
    }
    Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The place of element `index`, where negative indices count from the end.
pub fn place(index: i64, len: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(i64::try_from(len).ok()?)? } else { index };
    usize::try_from(index).ok().filter(|&index| index < len)
}
