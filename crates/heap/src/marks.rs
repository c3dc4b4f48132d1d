//! Tables beside the region: the mark bits, and who owns which block or large range.
//!
//! Both answer questions about an address without touching the memory at that address.
//! They are changed by `space` and read by `mark` and `verify`.

use crate::class::{BLOCK_BYTES, cell_bytes, cells_per_block};
use crate::mem::REGION_BYTES;
use crate::space::PAGE;
use std::collections::BTreeMap;

/// Number of blocks in the region.
pub(crate) const UNITS: usize = (REGION_BYTES / BLOCK_BYTES as u64) as usize;
/// Mark words: one bit per granule of 16 bytes.
pub(crate) const WORDS: usize = (REGION_BYTES / 16 / 64) as usize;
const WORDS_PER_BLOCK: usize = BLOCK_BYTES as usize / 16 / 64;
/// In an entry of `Owners::units`: the objects of the block have no references.
pub(crate) const POINTER_FREE: u8 = 0x80;

/// One mark bit per granule of the region. Bit 0 (null) is always set.
pub(crate) struct Marks {
    pub(crate) words: Box<[u64; WORDS]>,
}

impl Marks {
    pub(crate) fn new() -> Marks {
        let mut words = boxed_zeros::<u64, WORDS>();
        words[0] = 1;
        Marks { words }
    }

    #[inline(always)]
    pub(crate) fn get(&self, at: u32) -> bool {
        self.words[(at >> 10) as usize % WORDS] >> (at >> 4 & 63) & 1 != 0
    }

    pub(crate) fn clear(&mut self, at: u32) {
        self.words[(at >> 10) as usize % WORDS] &= !(1 << (at >> 4 & 63));
    }

    pub(crate) fn block(&mut self, unit: u32) -> &mut [u64] {
        let first = unit as usize * WORDS_PER_BLOCK;
        &mut self.words[first..first + WORDS_PER_BLOCK]
    }

    /// The first marked offset in `from..end`, or `end`.
    pub(crate) fn next_marked(&self, from: u32, end: u32) -> u32 {
        let mut at = from;
        while at < end {
            let rest = self.words[(at >> 10) as usize % WORDS] >> (at >> 4 & 63);
            if rest != 0 {
                return end.min(at + rest.trailing_zeros() * 16);
            }
            at = (at | 1023) + 1;
        }
        end
    }
}

/// Zeroed memory that the system commits only when it is touched.
pub(crate) fn boxed_zeros<T: Copy + Default, const N: usize>() -> Box<[T; N]> {
    match vec![T::default(); N].into_boxed_slice().try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("the slice was made with this length"),
    }
}

/// Which block or large object an address belongs to.
pub(crate) struct Owners {
    /// For each block its size class + 1, and `POINTER_FREE`; 0 if the unit is not a block.
    pub(crate) units: Box<[u8; UNITS]>,
    /// Large objects: start page to pages.
    pub(crate) large: BTreeMap<u32, u32>,
}

impl Owners {
    pub(crate) fn new() -> Owners {
        Owners { units: boxed_zeros(), large: BTreeMap::new() }
    }

    /// Gives a block to a lane, or to nobody.
    pub(crate) fn set_unit(&mut self, unit: u32, lane: Option<usize>) {
        let world = |lane: usize| if lane & 1 == 1 { POINTER_FREE } else { 0 };
        let entry = lane.map_or(0, |lane| (lane as u8 / 2 + 1) | world(lane));
        self.units[unit as usize % UNITS] = entry;
    }

    /// The lane of the block at an offset, if it is in a block.
    #[inline]
    pub(crate) fn lane_at(&self, at: u32) -> Option<usize> {
        let unit = self.units[(at / BLOCK_BYTES) as usize % UNITS];
        let class = usize::from(unit & !POINTER_FREE).checked_sub(1)?;
        Some(class * 2 + usize::from(unit & POINTER_FREE != 0))
    }

    /// The start of the object that an address lies in.
    pub(crate) fn object_at(&self, at: u32) -> Option<u32> {
        if let Some(lane) = self.lane_at(at) {
            let (start, cell) = (at / BLOCK_BYTES * BLOCK_BYTES, cell_bytes(lane));
            let index = (at - start) / cell;
            return (index < cells_per_block(lane)).then_some(start + index * cell);
        }
        let page = (u64::from(at) / PAGE) as u32;
        let (&start, &pages) = self.large.range(..=page).next_back()?;
        (page < start + pages).then_some(start * PAGE as u32)
    }

    /// The bytes that the object starting at `at` owns, if one can start there.
    pub(crate) fn extent(&self, at: u32) -> Option<u64> {
        if self.object_at(at) != Some(at) {
            return None;
        }
        if let Some(lane) = self.lane_at(at) {
            return Some(u64::from(cell_bytes(lane)));
        }
        let pages = self.large.get(&((u64::from(at) / PAGE) as u32))?;
        Some(u64::from(*pages) * PAGE)
    }
}
