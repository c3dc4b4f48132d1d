//! Marking: from the roots to everything that can be reached from them.
//!
//! Precise and iterative. The mark bit is set when a reference is found, so every object
//! is on the stack once at most; pointer-free blocks are never looked into. Once the live
//! data exceeds the cache, objects pass through a short queue between the stack and the
//! scan, so that their memory is on the way when they are scanned.

use crate::header::{AUX, GcRef, META, TYPE_MASK};
use crate::mem::Mem;
use crate::space::Space;
use crate::types::{Trace, TypeId, TypeTable};

/// Objects between the mark stack and the scan.
const QUEUE: usize = 16;
/// A heap of more bytes is assumed not to stay in the cache.
const CACHE_BYTES: u64 = 1 << 20;

/// The collector's view of the heap while it marks. Root visitors call `mark` for each.
pub struct Marker<'a> {
    mem: Mem,
    space: &'a mut Space,
    types: &'a TypeTable,
    stack: Vec<u32>,
    prefetch: bool,
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
        space: &'a mut Space,
        types: &'a TypeTable,
        stack: Vec<u32>,
        check: bool,
    ) -> Marker<'a> {
        let prefetch = space.in_use() > CACHE_BYTES;
        Marker { mem, space, types, stack, prefetch, check, bad_root: None }
    }

    /// Marks an object and, later, all that it refers to. Null is welcome.
    #[inline]
    pub fn mark(&mut self, object: GcRef) {
        if self.check && !object.is_null() && self.space.extent(object.0).is_none() {
            self.bad_root.get_or_insert(object.0);
            return;
        }
        self.reach(object.0);
    }

    /// Marks the object that an interior pointer points into. Null is welcome.
    pub fn mark_interior(&mut self, at: u32) {
        if at != 0
            && let Some(object) = self.space.object_at(at)
        {
            self.reach(object);
        }
    }

    #[inline(always)]
    fn reach(&mut self, at: u32) {
        if self.space.marks.set(at) && self.space.lane_at(at).is_none_or(|lane| lane & 1 == 0) {
            self.stack.push(at);
        }
    }

    /// Marks until nothing is left to scan.
    pub(crate) fn finish(mut self) -> Marked {
        if self.prefetch {
            self.drain_queued();
        }
        while let Some(at) = self.stack.pop() {
            self.scan(at);
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

    fn scan(&mut self, at: u32) {
        let types = self.types;
        let meta = self.mem.u32(at + META);
        let trace = &types.info(TypeId(meta & TYPE_MASK)).trace;
        let mut place = at.wrapping_add(trace.start);
        if trace.stride == 0 {
            self.scan_one(place, trace);
            return;
        }
        for _ in 0..self.mem.u32(at + AUX) {
            self.scan_one(place, trace);
            place = place.wrapping_add(trace.stride);
        }
    }

    #[inline]
    fn scan_one(&mut self, place: u32, trace: &Trace) {
        for &offset in &trace.refs {
            self.reach(self.mem.u32(place.wrapping_add(offset)));
        }
        for &offset in &trace.interiors {
            self.mark_interior(self.mem.u32(place.wrapping_add(offset)));
        }
    }
}
