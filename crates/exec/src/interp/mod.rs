//! The interpreter: one body for each register operation, two ways to get from one to the
//! next.
//!
//! Rules that every handler keeps:
//! 1. Lowering guarantees that slots are inside the frame, jumps inside the function, and
//!    that types are what the operation expects; nothing here checks them again.
//! 2. No value with a destructor and no address-taken local lives across the dispatch.
//! 3. Slow work is in cold functions that are called, not inlined.
//! 4. Handlers hold nothing that must be dropped: a panic in a native or a slow operation
//!    unwinds through them to `Inner::call`, which makes it a trap.
//! 5. An accumulator is a copy of the slot that the same class of result was last written
//!    to; slots are always up to date.
//!
//! `state` is what a handler works on, `shapes` fetch operands and store results, `int`,
//! `float`, `heap`, `map` and `control` are the bodies, `tail` and `twin` the two engines. Slow
//! operations with windows are in `crate::slow`.

mod bodies;
mod control;
mod float;
mod heap;
mod int;
mod map;
mod shapes;
mod state;
#[cfg(tail_dispatch)]
mod tail;
#[cfg(test)]
mod tests;
mod twin;

use bodies::Machine;
pub(crate) use float::{max as float_max, min as float_min};
use state::State;
pub(crate) use state::{EXIT_HALT, EXIT_RESUME, EXIT_TRAP, Flow};

pub(crate) use map::map_step;
pub(crate) use twin::stop;

use crate::vm::Vm;

/// Whether an object is of a heap type, as `is_type` does it.
pub(crate) fn is_type(vm: *mut Vm, object: u64, ty: u64) -> u64 {
    Machine::is_type(vm, object, ty)
}

/// Whether two strings are equal, as `str_eq` does it.
pub(crate) fn str_eq(vm: *mut Vm, x: u64, y: u64) -> u64 {
    Machine::str_eq(vm, x, y)
}

/// The ways to run register code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Engine {
    /// The fastest interpreter of this build.
    #[default]
    Interp,
    /// The portable `loop { match }` interpreter.
    Twin,
}

impl Engine {
    /// The engines of this build: the tail-called handlers only exist in optimised builds.
    pub fn all() -> &'static [Engine] {
        if cfg!(tail_dispatch) { &[Engine::Interp, Engine::Twin] } else { &[Engine::Twin] }
    }

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Interp => "interp",
            Engine::Twin => "twin",
        }
    }
}

/// Whether something happens before each instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Eyes {
    /// Nothing.
    Closed,
    /// It is logged.
    Trace,
    /// A debugger may stop it.
    Debug,
}

/// Runs from `pc` until the machine halts or traps; gives the exit code.
///
/// # Safety
/// `vm` is the context of a store whose code `pc` points into, and `regs` a frame of its
/// stack as that code expects it.
pub(crate) unsafe fn run(
    engine: Engine,
    eyes: Eyes,
    vm: *mut Vm,
    pc: *const u64,
    regs: *mut u64,
) -> u64 {
    // SAFETY: the caller's promise is that of both engines.
    unsafe {
        match eyes {
            Eyes::Closed => {}
            Eyes::Trace => return twin::run::<{ twin::TRACE }>(vm, pc, regs),
            Eyes::Debug => return twin::run::<{ twin::DEBUG }>(vm, pc, regs),
        }
        match engine {
            #[cfg(tail_dispatch)]
            Engine::Interp => tail::run(vm, pc, regs),
            _ => twin::run::<{ twin::PLAIN }>(vm, pc, regs),
        }
    }
}
