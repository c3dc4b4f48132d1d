//! Where copies of shared objects come from: the heap's log, told in places of the source.
//!
//! The machine notes the running instruction before all work that can copy (`slow::note_place`).

use crate::frames::Frame;
use crate::store::{Inner, Store};
use crate::trap::TraceFrame;
use kaa_heap::Copies;

/// Copies that one instruction made.
#[derive(Clone, Debug)]
pub struct CopySite {
    /// Where it stands.
    pub place: TraceFrame,
    /// What it copied.
    pub copies: Copies,
}

impl Store {
    /// The copies of shared objects so far, where the store was made to log them.
    pub fn copies(&self) -> Vec<CopySite> {
        let inner = &self.inner;
        inner.heap.copies().filter_map(|(at, copies)| inner.copy_site(at, copies)).collect()
    }
}

impl Inner {
    fn copy_site(&self, at: u64, copies: Copies) -> Option<CopySite> {
        let pc = (at as *const u64).wrapping_sub(1);
        let (func, code, at) = self.func_at(pc)?;
        let frame = Frame { func, code, at, regs: std::ptr::null_mut() };
        Some(CopySite { place: self.describe(&frame), copies })
    }
}
