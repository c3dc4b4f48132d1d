//! Stacks of tasks.
//!
//! A stack is address space that the system fills with memory as it is touched. Those of tasks
//! that have ended are used again.

use crate::store::{SLOTS_PER_FRAME, STACK_RESERVE};

/// Calls that may be nested in a task, where the store does not allow fewer.
const DEPTH: usize = 8192;
/// Stacks that are kept between calls into the store.
pub(super) const KEPT: usize = 64;

/// The stack of a task. Its slots are written by the machine before it reads them.
pub(crate) struct Segment {
    slots: Vec<u64>,
    frames: usize,
}

impl Segment {
    /// A stack, unless the system has no memory for it.
    pub fn new(max_depth: usize) -> Option<Segment> {
        let frames = max_depth.clamp(1, DEPTH) * SLOTS_PER_FRAME;
        let mut slots = Vec::new();
        slots.try_reserve_exact(frames + STACK_RESERVE).ok()?;
        Some(Segment { slots, frames })
    }

    /// The first slot.
    pub fn base(&mut self) -> *mut u64 {
        self.slots.as_mut_ptr()
    }

    /// Up to where frames may start.
    pub fn limit(&mut self) -> usize {
        self.base().wrapping_add(self.frames) as usize
    }
}
