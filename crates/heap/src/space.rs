//! Who owns which part of the region: blocks of small cells and large objects.
//!
//! Blocks come from the low end, large objects from the high part, so that growing buffers
//! find room behind them; each takes from the other part when its own is full. Every page
//! has an owner or is in a range. This file counts bytes and clears recycled pages; when
//! to collect is decided in `alloc`, what is alive in `mark`.

use crate::class::{BLOCK_BYTES, LANES, cell_bytes, cells_per_block};
use crate::marks::{Marks, Owners, UNITS, boxed_zeros};
use crate::mem::{Mem, REGION_BYTES, Region};
use crate::ranges::Ranges;

/// Bytes of a page, the unit of large objects.
pub(crate) const PAGE: u64 = 4096;
const BLOCK_PAGES: u32 = BLOCK_BYTES / PAGE as u32;
const PAGES: u32 = (REGION_BYTES / PAGE) as u32;
/// Where large objects begin.
const LARGE_FLOOR: u32 = PAGES / 4;
/// Large objects of this many pages want huge pages.
const HUGE_PAGES: u32 = 1024;
/// Pages of a huge page.
const HUGE_PAGE: u32 = 512;
/// A heap of this many blocks puts the next ones in huge pages.
const HUGE_BLOCKS: usize = 256;
/// Freed ranges of at least this many pages go back to the system at once.
const RELEASE_PAGES: u32 = 256;

/// What one lane has left since the last collection.
#[derive(Clone, Debug, Default)]
struct LaneSpace {
    /// Block being searched, and the offset to go on from.
    block: u32,
    scan: u32,
    /// Blocks with free cells, not yet searched; the last is next.
    partial: Vec<u32>,
    /// Blocks that have got objects since the last collection.
    touched: Vec<u32>,
}

/// What a collection found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sweep {
    pub(crate) live_bytes: u64,
    pub(crate) live_objects: u64,
}

/// The map of the region.
pub(crate) struct Space {
    mem: Mem,
    region: Region,
    pub(crate) marks: Marks,
    pub(crate) owners: Owners,
    lanes: [LaneSpace; LANES],
    /// Blocks with an owner.
    pub(crate) used: Vec<u32>,
    /// How many objects each block had after the last collection.
    counts: Box<[u16; UNITS]>,
    /// The sum of that.
    small: Sweep,
    /// Empty blocks kept for reuse; their bytes are dirty.
    empty: Vec<u32>,
    low: Ranges,
    high: Ranges,
    /// Free pages that are not zero.
    dirty: Box<[u64; PAGES as usize / 64]>,
    dirty_pages: u64,
    large_pages: u64,
    /// First pages of large objects that have come since the last collection.
    young_large: Vec<u32>,
}

impl Space {
    pub(crate) fn new(region: Region, mem: Mem) -> Space {
        Space {
            mem,
            region,
            marks: Marks::new(),
            owners: Owners::new(),
            lanes: std::array::from_fn(|_| LaneSpace::default()),
            used: Vec::new(),
            counts: boxed_zeros(),
            small: Sweep::default(),
            empty: Vec::new(),
            // The first block stays free so that offset 0 is null; the last one so that
            // no end of a run wraps around.
            low: Ranges::new(BLOCK_PAGES, LARGE_FLOOR),
            high: Ranges::new(LARGE_FLOOR, PAGES - BLOCK_PAGES),
            dirty: boxed_zeros(),
            dirty_pages: 0,
            large_pages: 0,
            young_large: Vec::new(),
        }
    }

    /// Bytes with an owner: what the limit counts.
    pub(crate) fn in_use(&self) -> u64 {
        self.used.len() as u64 * u64::from(BLOCK_BYTES) + self.large_pages * PAGE
    }

    /// Bytes without an owner that may still be resident.
    fn idle(&self) -> u64 {
        self.empty.len() as u64 * u64::from(BLOCK_BYTES) + self.dirty_pages * PAGE
    }

    /// The next free run of a lane in blocks it already has; the run is zeroed.
    pub(crate) fn next_run(&mut self, lane: usize) -> Option<(u32, u32)> {
        let cell = cell_bytes(lane);
        loop {
            let state = &mut self.lanes[lane];
            if state.block == 0 {
                state.block = state.partial.pop()?;
                state.scan = state.block * BLOCK_BYTES;
                state.touched.push(state.block);
            }
            let end = state.block * BLOCK_BYTES + cells_per_block(lane) * cell;
            let mut at = state.scan;
            while at < end && self.marks.get(at) {
                at += cell;
            }
            if at >= end {
                self.lanes[lane].block = 0;
                continue;
            }
            let stop = self.marks.next_marked(at, end);
            self.lanes[lane].scan = stop;
            self.mem.zero(at, u64::from(stop - at));
            return Some((at, stop));
        }
    }

    /// A whole new block for a lane, zeroed. The caller has checked the limit.
    pub(crate) fn new_block(&mut self, lane: usize) -> Option<(u32, u32)> {
        let unit = match self.empty.pop() {
            Some(unit) => {
                self.mem.zero(unit * BLOCK_BYTES, u64::from(BLOCK_BYTES));
                unit
            }
            None => {
                let low = self.low.take_aligned(BLOCK_PAGES);
                let page = low.or_else(|| self.high.take_aligned(BLOCK_PAGES))?;
                self.clean(page, BLOCK_PAGES);
                if page % HUGE_PAGE == 0 && self.used.len() >= HUGE_BLOCKS {
                    self.region.advise_huge(self.mem, page * PAGE as u32, 2 << 20);
                }
                page / BLOCK_PAGES
            }
        };
        self.owners.set_unit(unit, Some(lane));
        self.used.push(unit);
        self.lanes[lane].touched.push(unit);
        let start = unit * BLOCK_BYTES;
        Some((start, start + cells_per_block(lane) * cell_bytes(lane)))
    }

    /// Pages for a large object, zeroed. `roomy` asks for free space behind it.
    pub(crate) fn new_large(&mut self, bytes: u64, roomy: bool) -> Option<u32> {
        let pages = u32::try_from(bytes.div_ceil(PAGE)).ok()?;
        let high = if roomy { self.high.take_roomy(pages) } else { self.high.take(pages) };
        let page = high.or_else(|| self.low.take(pages))?;
        self.clean(page, pages);
        self.advise_huge(page, pages);
        self.owners.large.insert(page, pages);
        self.large_pages += u64::from(pages);
        self.young_large.push(page);
        Some(page * PAGE as u32)
    }

    /// Makes a large object `bytes` long in place; how many pages more, or `None`.
    pub(crate) fn extend_large(&mut self, at: u32, bytes: u64, room: u64) -> Option<u64> {
        let page = (u64::from(at) / PAGE) as u32;
        let pages = *self.owners.large.get(&page)?;
        let wanted = u32::try_from(bytes.div_ceil(PAGE)).ok()?;
        let more = wanted.saturating_sub(pages);
        let end = page + pages;
        if more == 0 {
            return Some(0);
        }
        if u64::from(more) * PAGE > room || !self.ranges_of(page).take_at(end, more) {
            return None;
        }
        self.clean(end, more);
        self.advise_huge(page, wanted);
        self.owners.large.insert(page, wanted);
        self.large_pages += u64::from(more);
        Some(u64::from(more))
    }

    /// Wants huge pages for a large object of many.
    fn advise_huge(&self, page: u32, pages: u32) {
        if pages >= HUGE_PAGES {
            let bytes = u64::from(pages) * PAGE;
            self.region.advise_huge(self.mem, page * PAGE as u32, bytes);
        }
    }

    /// Frees a large object at once.
    pub(crate) fn free_large(&mut self, at: u32) {
        let page = (u64::from(at) / PAGE) as u32;
        if let Some(pages) = self.owners.large.remove(&page) {
            self.marks.clear(at);
            self.large_pages -= u64::from(pages);
            self.drop_pages(page, pages);
        }
    }

    fn ranges_of(&mut self, page: u32) -> &mut Ranges {
        if page < LARGE_FLOOR { &mut self.low } else { &mut self.high }
    }

    /// Puts pages without an owner into their range.
    fn drop_pages(&mut self, page: u32, pages: u32) {
        if pages >= RELEASE_PAGES {
            self.region.release(self.mem, page * PAGE as u32, u64::from(pages) * PAGE);
        } else {
            for p in page..page + pages {
                self.dirty[p as usize / 64] |= 1 << (p % 64);
            }
            self.dirty_pages += u64::from(pages);
        }
        self.ranges_of(page).give(page, pages);
    }

    /// Zeroes those of the pages that are dirty.
    fn clean(&mut self, page: u32, pages: u32) {
        if self.dirty_pages == 0 {
            return;
        }
        for p in page..page + pages {
            let (word, bit) = (&mut self.dirty[p as usize / 64], 1 << (p % 64));
            if *word & bit != 0 {
                *word &= !bit;
                self.dirty_pages -= 1;
                self.mem.zero(p * PAGE as u32, PAGE);
            }
        }
    }

    /// Clears all marks and cards; the mark phase of a full collection follows.
    pub(crate) fn unmark(&mut self) {
        for &unit in &self.used {
            self.marks.block(unit).fill(0);
            self.mem.cards(unit * BLOCK_BYTES, u64::from(BLOCK_BYTES)).fill(0);
        }
        for (&page, &pages) in &self.owners.large {
            let at = page * PAGE as u32;
            self.marks.clear(at);
            if self.mem.is_old(at) {
                self.mem.cards(at, u64::from(pages) * PAGE).fill(0);
            }
        }
    }

    /// Classifies all blocks by their marks and frees unmarked large objects.
    pub(crate) fn sweep(&mut self) -> Sweep {
        self.lanes.iter_mut().for_each(|lane| {
            lane.partial.clear();
            lane.touched.clear();
        });
        // The last block of a list is the next to be used, which fills the heap from below.
        self.used.sort_unstable_by(|a, b| b.cmp(a));
        let mut used = std::mem::take(&mut self.used);
        used.retain(|&unit| self.classify(unit));
        self.used = used;
        self.young_large = self.owners.large.keys().copied().collect();
        self.finish_sweep()
    }

    /// As `sweep`, for what has got objects since the last collection.
    pub(crate) fn sweep_young(&mut self) -> Sweep {
        let mut emptied = false;
        for lane in 0..LANES {
            let mut touched = std::mem::take(&mut self.lanes[lane].touched);
            for unit in touched.drain(..) {
                emptied |= !self.classify(unit);
            }
            self.lanes[lane].touched = touched;
        }
        if emptied {
            let owners = &self.owners;
            self.used.retain(|&unit| owners.lane_at(unit * BLOCK_BYTES).is_some());
        }
        self.finish_sweep()
    }

    /// Puts a block where its marks say; whether it has objects.
    fn classify(&mut self, unit: u32) -> bool {
        let lane = self.owners.lane_at(unit * BLOCK_BYTES).unwrap_or(0);
        let live: u32 = self.marks.block(unit).iter().map(|w| w.count_ones()).sum();
        let before = std::mem::replace(&mut self.counts[unit as usize % UNITS], live as u16);
        let change = i64::from(live) - i64::from(before);
        let bytes = change * i64::from(cell_bytes(lane));
        self.small.live_objects = self.small.live_objects.wrapping_add_signed(change);
        self.small.live_bytes = self.small.live_bytes.wrapping_add_signed(bytes);
        if live == 0 {
            self.owners.set_unit(unit, None);
            self.empty.push(unit);
        } else if live < cells_per_block(lane) {
            self.lanes[lane].partial.push(unit);
        }
        live != 0
    }

    /// Frees the unmarked ones of the large objects that are to be looked at.
    fn finish_sweep(&mut self) -> Sweep {
        self.lanes.iter_mut().for_each(|lane| lane.block = 0);
        let mut large = std::mem::take(&mut self.young_large);
        large.retain(|&page| !self.marks.get(page * PAGE as u32));
        large.drain(..).for_each(|page| self.free_large(page * PAGE as u32));
        self.young_large = large;
        Sweep {
            live_objects: self.small.live_objects + self.owners.large.len() as u64,
            live_bytes: self.small.live_bytes + self.large_pages * PAGE,
        }
    }

    /// Gives idle pages back to the system until at most `keep` bytes of them are left.
    pub(crate) fn trim(&mut self, keep: u64) {
        if self.idle() <= keep {
            return;
        }
        if self.dirty_pages > 0 {
            self.trim_dirty();
        }
        let keep_blocks = (keep / u64::from(BLOCK_BYTES)) as usize;
        if self.empty.len() <= keep_blocks {
            return;
        }
        let mut given = self.empty.split_off(keep_blocks);
        given.sort_unstable();
        for run in given.chunk_by(|a, b| a + 1 == *b) {
            let bytes = run.len() as u64 * u64::from(BLOCK_BYTES);
            self.region.release(self.mem, run[0] * BLOCK_BYTES, bytes);
            for &unit in run {
                let page = unit * BLOCK_PAGES;
                self.ranges_of(page).give(page, BLOCK_PAGES);
            }
        }
    }

    /// Releases every dirty free page, run by run.
    fn trim_dirty(&mut self) {
        let mut run = 0..0;
        for word in 0..self.dirty.len() {
            let mut bits = std::mem::take(&mut self.dirty[word]);
            while bits != 0 {
                let page = word as u32 * 64 + bits.trailing_zeros();
                bits &= bits - 1;
                if page != run.end {
                    self.release_pages(&run);
                    run.start = page;
                }
                run.end = page + 1;
            }
        }
        self.release_pages(&run);
        self.dirty_pages = 0;
    }

    fn release_pages(&mut self, pages: &std::ops::Range<u32>) {
        if !pages.is_empty() {
            let bytes = u64::from(pages.end - pages.start) * PAGE;
            self.region.release(self.mem, pages.start * PAGE as u32, bytes);
        }
    }

    /// Every marked object.
    pub(crate) fn marked(&self) -> impl Iterator<Item = u32> {
        let cells = self.used.iter().flat_map(move |&unit| {
            let start = unit * BLOCK_BYTES;
            let lane = self.owners.lane_at(start).unwrap_or(0);
            let end = start + cells_per_block(lane) * cell_bytes(lane);
            // In a block only starts of objects have marks.
            let marked = move |from| Some(self.marks.next_marked(from, end));
            let from_here = std::iter::successors(marked(start), move |at| marked(at + 16));
            from_here.take_while(move |&at| at < end)
        });
        let large = self.owners.large.keys().map(|&page| page * PAGE as u32);
        cells.chain(large.filter(|&at| self.marks.get(at)))
    }
}
