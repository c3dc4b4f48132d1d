//! The machine context: what handlers reach through one pointer.
//!
//! It lies in the page just below the heap's region, so that the same pointer, plus a
//! constant, is the base of all references. Everything larger lives in the `Store`; the
//! pointers here are refreshed whenever a table of the store moves.

use std::sync::atomic::{AtomicUsize, Ordering};

use kaa_heap::{AllocPlan, CONTEXT_BYTES, CONTEXT_PAGE};

use crate::store::Inner;

/// How a function is entered.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct FuncEntry {
    /// The first word of its code, or a word that lowers it.
    pub code: *const u64,
    /// The number of parameters.
    pub params: u32,
    pub results: u32,
}

/// The context page.
#[repr(C)]
pub(crate) struct Vm {
    /// Frames may start up to here. An interrupt sets it to 0, so that the one comparison
    /// that calls and loops make finds both.
    pub limit: AtomicUsize,
    /// What `limit` is when no interrupt is due.
    pub stack_limit: usize,
    /// The constant pool.
    pub pool: *const u64,
    /// All functions of the store.
    pub funcs: *const FuncEntry,
    /// All globals of the store.
    pub globals: *mut u64,
    /// How to allocate objects of each heap type.
    pub plans: *const AllocPlan,
    /// Fuel that is left, where code was lowered with fuel.
    pub fuel: i64,
    /// Instructions and calls, where code was lowered with counting.
    pub counted: u64,
    pub calls: u64,
    /// The rest of the store.
    pub store: *mut Inner,
    /// Where the machine stopped.
    pub exit_pc: *const u64,
    pub exit_regs: *mut u64,
    pub exit_code: u32,
}

const _: () = assert!(size_of::<Vm>() <= CONTEXT_BYTES);

impl Vm {
    /// The base of the heap's references.
    #[inline(always)]
    pub fn base(vm: *mut Vm) -> *mut u8 {
        vm.cast::<u8>().wrapping_add(CONTEXT_PAGE)
    }

    /// Makes the next call or jump stop with an interrupt. Safe from any thread.
    pub fn interrupt(limit: &AtomicUsize) {
        limit.store(0, Ordering::Relaxed);
    }
}
