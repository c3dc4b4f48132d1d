//! The inline halves of heap operations, for engines that hold the base address.
//!
//! An engine keeps the address of offset 0 in a register; these functions are what it does
//! with it without calling the heap. Each says what its caller must have proved.

use crate::class::{AllocPlan, AllocState, STATE_BYTES};
use crate::header::GcRef;

/// Allocates a zeroed object of fixed size and writes its header; null if the lane's run
/// is used up (call `Heap::alloc_slow` then).
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call, and `plan` comes
/// from a type of that heap.
#[inline(always)]
#[must_use]
pub unsafe fn alloc(base: *mut u8, plan: AllocPlan) -> GcRef {
    // SAFETY: the state lies STATE_BYTES below offset 0, in the same mapping; the lane of
    // a plan is below LANES; `cursor..limit` is inside the region.
    unsafe {
        let state: *mut AllocState = base.sub(STATE_BYTES).cast();
        let run = (&raw mut (*state).lanes).cast::<crate::Lane>().add(plan.lane as usize);
        let at = (*run).cursor;
        let next = at + plan.cell;
        if next > (*run).limit {
            return GcRef::NULL;
        }
        (*run).cursor = next;
        base.add(at as usize).cast::<u32>().write(plan.meta);
        GcRef(at)
    }
}

/// Stores a reference into an object. Every reference store of an engine must go through
/// here, so that a barrier can be added in one place.
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call.
#[inline(always)]
pub unsafe fn write_ref(base: *mut u8, object: GcRef, offset: u32, value: GcRef) {
    let at = object.0.wrapping_add(offset) as usize;
    // SAFETY: every 32-bit offset is inside the mapping of the heap; layouts align references.
    unsafe { *base.add(at).cast::<u32>() = value.0 }
}

/// Is a collection due? For safepoints.
///
/// # Safety
/// `base` is that of a live heap.
#[inline(always)]
#[must_use]
pub unsafe fn pending(base: *mut u8) -> bool {
    // SAFETY: the state lies STATE_BYTES below offset 0, in the same mapping.
    unsafe { (*base.sub(STATE_BYTES).cast::<AllocState>()).pending != 0 }
}
