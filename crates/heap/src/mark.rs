//! Marking: from the roots to everything that can be reached from them.
//!
//! Precise and iterative. The mark bit is set when a reference is found, so every object
//! is on the stack once at most; pointer-free blocks are never looked into. Once the live
//! data exceeds the cache, objects pass through a short queue between the stack and the
//! scan, so that their memory is on the way when they are scanned.

use crate::class::BLOCK_BYTES;
use crate::header::{AUX, GcRef, META, OLD, TYPE_MASK};
use crate::marks::{Marks, Owners, POINTER_FREE, UNITS, WORDS};
use crate::mem::Mem;
use crate::types::{Trace, TypeId, TypeTable};
use std::ops::Range;

/// Objects between the mark stack and the scan.
const QUEUE: usize = 16;

/// The collector's view of the heap while it marks. Root visitors call `mark` for each.
pub struct Marker<'a> {
    pub(crate) mem: Mem,
    marks: &'a mut [u64; WORDS],
    units: &'a [u8; UNITS],
    pub(crate) owners: &'a Owners,
    types: &'a TypeTable,
    stack: Vec<u32>,
    /// In stress mode: look at every root before it is trusted.
    check: bool,
    /// The first root that was not an object.
    bad_root: Option<u32>,
}

/// What marking leaves behind.
pub(crate) struct Marked {
    /// The empty mark stack, for reuse.
    pub(crate) stack: Vec<u32>,
    /// A root that was not an object; found in stress mode only.
    pub(crate) bad_root: Option<u32>,
}

impl<'a> Marker<'a> {
    pub(crate) fn new(
        mem: Mem,
        marks: &'a mut Marks,
        owners: &'a Owners,
        types: &'a TypeTable,
        stack: Vec<u32>,
        check: bool,
    ) -> Marker<'a> {
        let (marks, units) = (&mut *marks.words, &*owners.units);
        Marker { mem, marks, units, owners, types, stack, check, bad_root: None }
    }

    /// Marks an object and, later, all that it refers to. Null is welcome.
    #[inline]
    pub fn mark(&mut self, object: GcRef) {
        if self.check && !object.is_null() && self.owners.extent(object.0).is_none() {
            self.bad_root.get_or_insert(object.0);
            return;
        }
        self.reach(object.0);
    }

    /// Marks the object that an interior pointer points into. Null is welcome.
    pub fn mark_interior(&mut self, at: u32) {
        if at != 0
            && let Some(object) = self.owners.object_at(at)
        {
            self.reach(object);
        }
    }

    /// Sets the mark bit; an object that was not marked and may have references is pushed.
    #[inline(always)]
    fn reach(&mut self, at: u32) {
        let word = &mut self.marks[(at >> 10) as usize % WORDS];
        let bit = 1u64 << (at >> 4 & 63);
        if *word & bit == 0 {
            *word |= bit;
            if self.units[(at / BLOCK_BYTES) as usize % UNITS] < POINTER_FREE {
                self.stack.push(at);
            }
        }
    }

    /// Marks until nothing is left to scan; `queued` if the live data exceeds the cache.
    pub(crate) fn finish(mut self, queued: bool) -> Marked {
        if queued {
            self.drain_queued();
        } else {
            while let Some(at) = self.stack.pop() {
                self.scan(at);
            }
        }
        Marked { stack: self.stack, bad_root: self.bad_root }
    }

    fn drain_queued(&mut self) {
        let (mut queue, mut next) = ([0u32; QUEUE], 0);
        let mut waiting = 0;
        loop {
            let incoming = match self.stack.pop() {
                Some(at) => {
                    self.mem.prefetch(at);
                    waiting += 1;
                    at
                }
                None if waiting == 0 => return,
                None => 0,
            };
            let ready = std::mem::replace(&mut queue[next], incoming);
            next = (next + 1) % QUEUE;
            if ready != 0 {
                waiting -= 1;
                self.scan(ready);
            }
        }
    }

    #[inline(always)]
    fn scan(&mut self, at: u32) {
        let meta = self.mem.u32(at + META);
        let ty = TypeId(meta & TYPE_MASK);
        let hot = self.types.hot(ty);
        if hot.traced && meta & OLD == 0 {
            self.mem.put(at + META, meta | OLD);
        }
        let mut place = at.wrapping_add(hot.start);
        if hot.complex {
            let repetitions = if hot.stride == 0 { 1 } else { self.mem.u32(at + AUX) };
            self.scan_repetitions(at, 0..repetitions);
        } else if hot.stride == 0 {
            self.scan_words(place, hot.refs);
        } else {
            for _ in 0..self.mem.u32(at + AUX) {
                self.scan_words(place, hot.refs);
                place = place.wrapping_add(hot.stride);
            }
        }
    }

    #[inline(always)]
    fn scan_words(&mut self, place: u32, mut refs: u64) {
        while refs != 0 {
            self.reach(self.mem.u32(place.wrapping_add(refs.trailing_zeros() * 4)));
            refs &= refs - 1;
        }
    }

    /// Where the references of an object are.
    pub(crate) fn trace_of(&self, at: u32) -> &'a Trace {
        &self.types.info(TypeId(self.mem.u32(at + META) & TYPE_MASK)).trace
    }

    /// Is the object marked?
    #[inline(always)]
    pub(crate) fn is_marked(&self, at: u32) -> bool {
        self.marks[(at >> 10) as usize % WORDS] >> (at >> 4 & 63) & 1 != 0
    }

    /// Scans some repetitions of what an object of any type holds.
    #[inline(never)]
    pub(crate) fn scan_repetitions(&mut self, at: u32, which: Range<u32>) {
        let trace = self.trace_of(at);
        let mut place = at.wrapping_add(trace.start);
        place = place.wrapping_add(trace.stride.wrapping_mul(which.start));
        for _ in which {
            for &offset in &trace.refs {
                self.reach(self.mem.u32(place.wrapping_add(offset)));
            }
            for &offset in &trace.interiors {
                self.mark_interior(self.mem.u32(place.wrapping_add(offset)));
            }
            place = place.wrapping_add(trace.stride);
        }
    }
}
