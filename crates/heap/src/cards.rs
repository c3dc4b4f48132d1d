//! Cards: where old objects may refer to young ones.
//!
//! A card is a byte for every 256 bytes of the region. A store of a reference into an old
//! object dirties the card of the place (`Mem::put_ref`, `raw::write_ref`); a minor collection
//! looks at what old objects have in dirty cards and cleans them. As everything that survives
//! is old, no card needs to be dirty after a collection. A dirty card where nothing is old
//! costs time only.

use crate::Heap;
use crate::class::{BLOCK_BYTES, cell_bytes, cells_per_block};
use crate::header::{AUX, GcRef};
use crate::mark::Marker;
use crate::mem::{CARD_SHIFT, Mem};
use crate::space::PAGE;
use crate::verify::HeapFault;
use std::ops::Range;

/// Bytes of a card.
const CARD_BYTES: u32 = 1 << CARD_SHIFT;

impl Marker<'_> {
    /// Marks what old objects in dirty cards refer to, and cleans the cards. Gives the bytes
    /// of the cards. The blocks are those in use; nothing else has been marked yet.
    pub(crate) fn scan_cards(&mut self, blocks: &[u32]) -> u64 {
        let (mem, owners, mut dirty) = (self.mem, self.owners, 0);
        for &unit in blocks {
            let start = unit * BLOCK_BYTES;
            let traced = owners.lane_at(start).filter(|lane| lane & 1 == 0);
            let Some(lane) = traced else { continue };
            dirty += each_dirty(mem, start, u64::from(BLOCK_BYTES), |card| {
                self.scan_cells(start, lane, card);
            });
        }
        for (&page, &pages) in &owners.large {
            let at = page * PAGE as u32;
            if mem.is_old(at) {
                let bytes = u64::from(pages) * PAGE;
                dirty += each_dirty(mem, at, bytes, |card| self.scan_part(at, card));
            }
        }
        dirty * u64::from(CARD_BYTES)
    }

    /// Scans what the old cells of a block have in a card.
    fn scan_cells(&mut self, block: u32, lane: usize, card: Range<u32>) {
        let cell = cell_bytes(lane);
        let last = cells_per_block(lane) - 1;
        let first = (card.start - block) / cell;
        let end = ((card.end - 1 - block) / cell).min(last);
        for at in (first..=end).map(|index| block + index * cell) {
            if self.is_marked(at) && self.mem.is_old(at) {
                self.scan_part(at, card.clone());
            }
        }
    }

    /// Scans the part of an object that lies in a range: of an array the elements there, of
    /// other objects everything.
    fn scan_part(&mut self, at: u32, part: Range<u32>) {
        let trace = self.trace_of(at);
        if trace.stride == 0 {
            return self.scan_repetitions(at, 0..1);
        }
        let data = at + trace.start;
        let first = part.start.saturating_sub(data) / trace.stride;
        let end = part.end.saturating_sub(data).div_ceil(trace.stride);
        self.scan_repetitions(at, first..end.min(self.mem.u32(at + AUX)));
    }
}

/// Cleans the dirty cards of a range that starts with one, and gives each to `visit`; their
/// number.
fn each_dirty(mem: Mem, start: u32, bytes: u64, mut visit: impl FnMut(Range<u32>)) -> u64 {
    let mut dirty = 0;
    let mut at = start;
    // Blocks and large objects are whole groups.
    let (groups, _) = mem.cards(start, bytes).as_chunks_mut::<8>();
    for group in groups {
        if u64::from_ne_bytes(*group) != 0 {
            for (i, card) in std::mem::take(group).into_iter().enumerate() {
                if card != 0 {
                    dirty += 1;
                    let from = at + i as u32 * CARD_BYTES;
                    visit(from..from + CARD_BYTES);
                }
            }
        }
        at = at.wrapping_add(8 * CARD_BYTES);
    }
    dirty
}

impl Heap {
    /// Checks before a minor collection that every old object which refers to a young one is
    /// known by its card.
    pub(crate) fn check_cards(&self) -> Result<(), HeapFault> {
        for at in self.space.marked() {
            let info = self.types.info(self.type_of(GcRef(at)));
            let fault = |problem: String| Err(HeapFault { object: GcRef(at), problem });
            if info.pointer_free == self.mem.is_old(at) {
                return fault(format!("`{}` has a wrong bit for old", info.desc.name));
            }
            let count = if info.trace.stride == 0 { 1 } else { self.mem.u32(at + AUX) };
            for i in 0..count {
                let start = at + info.trace.start + i * info.trace.stride;
                for offset in info.trace.refs.iter().chain(&info.trace.interiors) {
                    if !self.is_known(start + offset) {
                        let name = &info.desc.name;
                        let place = start + offset - at;
                        return fault(format!("an old `{name}` has a young object at {place}"));
                    }
                }
            }
        }
        Ok(())
    }

    /// Does the reference at a place of an old object lead to an old one, or is its card dirty?
    fn is_known(&self, place: u32) -> bool {
        let target = self.space.owners.object_at(self.mem.u32(place));
        target.is_none_or(|target| self.space.marks.get(target))
            || self.mem.cards(place, 1).iter().all(|&card| card != 0)
    }
}
