//! Allocation.
//!
//! The fast path bumps a lane's cursor; everything else is cold. Allocation never collects:
//! it raises `pending` when the budget is spent and fails when the limit is reached, and
//! the engine collects at its next safepoint. So natives may hold raw references. What is spent
//! is counted in `pacing`, what a collection does is in `collect`.

use crate::Heap;
use crate::class::{AllocPlan, AllocState, BLOCK_BYTES, LANES, Lane, MAX_SMALL};
use crate::class::{cell_bytes, lane_for};
use crate::error::HeapError;
use crate::header::{AUX, GcRef, HEADER, LARGE, META};
use crate::space::PAGE;
use crate::types::TypeId;

/// Largest object.
pub const MAX_OBJECT: u64 = 1 << 31;
impl Heap {
    fn state(&self) -> *mut AllocState {
        self.mem.state()
    }

    /// Allocates a zeroed cell of a lane.
    #[inline(always)]
    fn alloc_cell(&mut self, lane: usize, cell: u32) -> Result<u32, HeapError> {
        // SAFETY: the state lies in the context page of the mapping; `&mut self` excludes
        // other users; the index is checked.
        let run = unsafe { &mut (*self.state()).lanes[lane % LANES] };
        let at = run.cursor;
        if at + cell <= run.limit {
            run.cursor = at + cell;
            return Ok(at);
        }
        self.refill(lane)
    }

    /// Gives a lane a new run and allocates its first cell.
    ///
    /// # Errors
    /// `NeedCollect` or `OutOfMemory` when the limit is reached.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, lane: usize) -> Result<u32, HeapError> {
        let (start, end) = match self.space.next_run(lane) {
            Some(run) => run,
            None => {
                self.make_room(u64::from(BLOCK_BYTES))?;
                match self.space.new_block(lane) {
                    Some(run) => run,
                    None => return Err(self.full(u64::from(BLOCK_BYTES))),
                }
            }
        };
        let cell = cell_bytes(lane);
        // SAFETY: as in `alloc_cell`.
        let run = unsafe { &mut (*self.state()).lanes[lane] };
        (run.cursor, run.limit) = (start + cell, end);
        self.stats.allocations += u64::from((end - start) / cell);
        self.spend(u64::from(end - start));
        Ok(start)
    }

    /// Allocates a zeroed object and writes its header.
    #[inline]
    pub(crate) fn alloc(
        &mut self,
        ty: TypeId,
        aux: u32,
        bytes: u64,
        pointer_free: bool,
    ) -> Result<GcRef, HeapError> {
        self.alloc_flagged(ty, 0, aux, bytes, pointer_free)
    }

    /// As [`Heap::alloc`], with flags for the header.
    #[inline(always)]
    pub(crate) fn alloc_flagged(
        &mut self,
        ty: TypeId,
        flags: u32,
        aux: u32,
        bytes: u64,
        pointer_free: bool,
    ) -> Result<GcRef, HeapError> {
        if bytes > u64::from(MAX_SMALL) {
            let object = self.alloc_large(ty, aux, bytes, false)?;
            self.mem.put(object.0 + META, self.meta(object) | flags);
            return Ok(object);
        }
        let lane = lane_for(bytes as u32, pointer_free);
        let at = self.alloc_cell(lane, cell_bytes(lane))?;
        self.mem.put(at + META, ty.0 | flags);
        self.mem.put(at + AUX, aux);
        Ok(GcRef(at))
    }

    /// Allocates a zeroed object of a type of fixed size.
    #[inline]
    pub(crate) fn alloc_fixed(&mut self, ty: TypeId) -> Result<GcRef, HeapError> {
        let hot = self.types.hot(ty);
        if hot.cell == 0 {
            let bytes = self.types.info(ty).bytes.max(HEADER);
            return self.alloc(ty, 0, u64::from(bytes), hot.refs == 0 && !hot.complex);
        }
        let at = self.alloc_cell(usize::from(hot.lane), hot.cell)?;
        self.mem.put(at + META, ty.0);
        Ok(GcRef(at))
    }

    /// Allocates what `raw::alloc` could not, having found the lane's run used up.
    ///
    /// # Errors
    /// `NeedCollect` or `OutOfMemory` when the limit is reached.
    #[cold]
    pub fn alloc_slow(&mut self, plan: AllocPlan) -> Result<GcRef, HeapError> {
        let at = self.refill(plan.lane as usize % LANES)?;
        self.mem.put(at + META, plan.meta);
        Ok(GcRef(at))
    }

    /// Allocates an object with pages of its own; `roomy` if it is expected to grow.
    #[cold]
    #[inline(never)]
    pub(crate) fn alloc_large(
        &mut self,
        ty: TypeId,
        aux: u32,
        bytes: u64,
        roomy: bool,
    ) -> Result<GcRef, HeapError> {
        if bytes > MAX_OBJECT {
            return Err(HeapError::TooLarge { requested: bytes });
        }
        let bytes = bytes.next_multiple_of(PAGE);
        self.make_room(bytes)?;
        let Some(at) = self.space.new_large(bytes, roomy) else {
            return Err(self.full(bytes));
        };
        self.stats.allocations += 1;
        self.spend(bytes);
        self.mem.put(at + META, ty.0 | LARGE);
        self.mem.put(at + AUX, aux);
        Ok(GcRef(at))
    }

    /// Makes a large object `new_bytes` long where it stands; false if there is no room
    /// or the object is not large.
    pub fn try_extend_large(&mut self, object: GcRef, new_bytes: u64) -> bool {
        let used = self.space.in_use();
        let room = self.config.limit_bytes.saturating_sub(used);
        if new_bytes > MAX_OBJECT || self.meta(object) & LARGE == 0 {
            return false;
        }
        match self.space.extend_large(object.0, new_bytes, room) {
            Some(pages) => {
                self.spend(pages * PAGE);
                self.space.trim(self.config.limit_bytes.saturating_sub(self.space.in_use()));
                true
            }
            None => false,
        }
    }

    /// Frees a large object that nothing refers to any more. Others are left alone.
    pub fn free_large(&mut self, object: GcRef) {
        if self.meta(object) & LARGE != 0 {
            self.space.free_large(object.0);
        }
    }

    /// Fails if `bytes` more would exceed the limit; drops idle memory when it is close.
    fn make_room(&mut self, bytes: u64) -> Result<(), HeapError> {
        let wanted = self.space.in_use().saturating_add(bytes);
        if wanted > self.config.limit_bytes {
            return Err(self.full(bytes));
        }
        self.space.trim(self.config.limit_bytes - wanted);
        Ok(())
    }

    /// The error for a request that does not fit.
    #[cold]
    fn full(&mut self, requested: u64) -> HeapError {
        let limit = self.config.limit_bytes;
        if requested > limit || self.pacing.press() {
            return HeapError::OutOfMemory { requested, limit };
        }
        self.set_pending(true);
        HeapError::NeedCollect
    }

    /// Counts bytes against the budget.
    fn spend(&mut self, bytes: u64) {
        self.stats.allocated_bytes += bytes;
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.space.in_use());
        if self.pacing.spend(bytes) {
            self.set_pending(true);
        }
    }

    pub(crate) fn set_pending(&mut self, on: bool) {
        // SAFETY: the state lies in the context page of the mapping; `&mut self`.
        unsafe { (*self.state()).pending = u32::from(on) }
    }

    /// Cells of the lanes' runs that nothing has taken yet. They are counted as allocations
    /// when a lane gets its run, so that taking one is a bump of the cursor and nothing more.
    pub(crate) fn cells_unused(&self) -> u64 {
        // SAFETY: the state lies in the context page of the mapping.
        let lanes = unsafe { &(*self.state()).lanes };
        let left = |(lane, run): (usize, &Lane)| (run.limit - run.cursor) / cell_bytes(lane);
        lanes.iter().enumerate().map(left).map(u64::from).sum()
    }

    /// Takes the lanes' runs away: what is left of them is free again after the sweep.
    pub(crate) fn stop_lanes(&mut self) {
        self.stats.allocations -= self.cells_unused();
        // SAFETY: the state lies in the context page of the mapping; `&mut self`.
        unsafe { (*self.state()).lanes.fill(Default::default()) };
    }

    /// Where engines find out that a collection is due (a `u32` that is not 0).
    #[must_use]
    pub fn pending_ptr(&self) -> *const u32 {
        self.state().wrapping_byte_add(std::mem::offset_of!(AllocState, pending)).cast()
    }

    /// Is a collection due?
    #[inline]
    #[must_use]
    pub fn should_collect(&self) -> bool {
        // SAFETY: the state lies in the context page of the mapping.
        unsafe { (*self.state()).pending != 0 }
    }

    /// Switches stress mode: a collection is due at every safepoint.
    pub fn set_stress(&mut self, on: bool) {
        self.config.stress = on;
        self.set_pending(on);
    }

    /// Is a collection due? Lowers the flag, except in stress mode.
    pub fn take_pending(&mut self) -> bool {
        let due = self.should_collect();
        self.set_pending(self.config.stress);
        due
    }
}
