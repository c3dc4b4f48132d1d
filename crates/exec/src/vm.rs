//! The machine context: what handlers reach through one pointer.
//!
//! It lies in the page just below the heap's region, so that the same pointer, plus a
//! constant, is the base of all references. Everything larger lives in the `Store`; the
//! pointers here are refreshed whenever a table of the store moves.

use std::sync::atomic::{AtomicUsize, Ordering};

use kaa_heap::{AllocPlan, CONTEXT_BYTES, CONTEXT_PAGE};

use crate::store::Inner;
use crate::tier::Helpers;

/// How a function is entered.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct FuncEntry {
    /// The first word of its code, or a word that lowers it.
    pub code: *const u64,
    /// Its compiled code, or null: see `tier::Enter`.
    pub enter: *const u8,
    /// Its register code once it is lowered, or null; compiled code finds it here.
    pub words: *const u64,
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
    /// Compiled code starts no frame of its own below this address of the native stack.
    pub native_limit: usize,
    /// Compiled code by the number in `Enter` operations.
    pub enters: *const *const u8,
    /// How often places may still be passed before they are hot.
    pub hot: *mut u32,
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
    /// The exit code of out-of-line work for compiled code.
    pub exit_status: u64,
    /// The code that compiled code goes through for out-of-line work.
    pub stub: *const u8,
    /// The addresses of what compiled code calls.
    pub helpers: Helpers,
}

const _: () = assert!(size_of::<Vm>() <= CONTEXT_BYTES);

impl Vm {
    /// A context whose tables the store has yet to fill in.
    pub fn new(stack_limit: usize, fuel: Option<u64>) -> Vm {
        Vm {
            limit: AtomicUsize::new(stack_limit),
            stack_limit,
            native_limit: 0,
            enters: std::ptr::null(),
            hot: std::ptr::null_mut(),
            pool: std::ptr::null(),
            funcs: std::ptr::null(),
            globals: std::ptr::null_mut(),
            plans: std::ptr::null(),
            fuel: i64::try_from(fuel.unwrap_or(0)).unwrap_or(i64::MAX),
            counted: 0,
            calls: 0,
            store: std::ptr::null_mut(),
            exit_pc: std::ptr::null(),
            exit_regs: std::ptr::null_mut(),
            exit_code: 0,
            exit_status: 0,
            stub: std::ptr::null(),
            helpers: Helpers::of_process(),
        }
    }

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
