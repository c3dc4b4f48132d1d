//! The inline halves of heap operations, for engines that hold the base address.
//!
//! An engine keeps the address of offset 0 in a register; these functions are what it does
//! with it without calling the heap. Each says what its caller must have proved.

use crate::class::{AllocPlan, AllocState, STATE_BYTES};
use crate::header::{GcRef, META, OLD};
use crate::mem::{CARD_SHIFT, CARDS_BELOW};

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

/// Stores a reference at the offset `at` of the region. Every reference store of an engine
/// must do this.
///
/// `owner` is the object that `at` is inside of, or the list or map whose buffer that is: a
/// buffer belongs to one list or map and is never old when they are not.
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call, and `owner` is an
/// object of it.
#[inline(always)]
pub unsafe fn write_ref(base: *mut u8, owner: GcRef, at: u32, value: GcRef) {
    // SAFETY: every 32-bit offset is inside the mapping of the heap, and has a card before the
    // context page; layouts align references, and objects are aligned.
    unsafe {
        *base.add(at as usize).cast::<u32>() = value.0;
        if *base.add(owner.0 as usize).add(META as usize).cast::<u32>() & OLD != 0 {
            *base.sub(CARDS_BELOW).add((at >> CARD_SHIFT) as usize) = 1;
        }
    }
}

/// As [`write_ref`] where only the place is known and not the object that it is inside of. A card
/// that is dirty where nothing is old costs time only.
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call.
#[inline(always)]
pub unsafe fn write_ref_at(base: *mut u8, at: u32, value: GcRef) {
    // SAFETY: as for `write_ref`.
    unsafe {
        *base.add(at as usize).cast::<u32>() = value.0;
        *base.sub(CARDS_BELOW).add((at >> CARD_SHIFT) as usize) = 1;
    }
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
