//! Where compiled code meets the machine: what a compiler is asked, what it may rely on, and
//! what it calls.
//!
//! The machine does not know how code is compiled. It counts how often functions and loops are
//! entered (`RegOp::Hot`), asks the [`Compiler`] it was given, and enters what it gets with
//! `RegOp::Enter`. Compiled code works on the frames of the interpreter and keeps these rules:
//! 1. It is entered with the frame's address; parameters are in their slots. It leaves results
//!    in the first slots and gives 0, or it gives another exit code and the context says where
//!    the machine stands (`EXIT_PC`, `EXIT_REGS`).
//! 2. Before it gives an exit code, all slots that are read at that place or later are in
//!    memory, so that the interpreter can go on there and the stack can be walked.
//! 3. Before it calls anything that may collect, the slots of the place's root map are in
//!    memory, and every frame has its return address in the slot before it.
//! 4. It never unwinds: helpers catch panics.
//!
//! `job` is what a compiler gets and gives, `state` decides what is compiled and installs it,
//! `worker` compiles beside the program, `ahead` before it, `helper` is what compiled code calls.

mod ahead;
mod dump;
mod helper;
mod job;
mod state;
mod worker;

use std::sync::Arc;

use kaa_code::word;

use crate::interp::{EXIT_HALT, EXIT_TRAP};
use crate::vm::{FuncEntry, Vm};

pub use ahead::Placed;
pub use dump::JitDump;
pub use helper::Helpers;
pub use job::{Fixup, Form, Job, Near, Piece, Target, Unit, callees};
pub(crate) use state::Tier;
pub use state::Tiering;

/// Compiled code: context and frame in, exit code out.
#[cfg(target_arch = "x86_64")]
pub type Enter = unsafe extern "sysv64" fn(vm: *mut u8, frame: *mut u64) -> u64;
/// Compiled code: context and frame in, exit code out.
#[cfg(not(target_arch = "x86_64"))]
pub type Enter = unsafe extern "C" fn(vm: *mut u8, frame: *mut u64) -> u64;

/// Bytes of native stack that the frames of compiled code may take in one run.
const NATIVE_BUDGET: usize = 256 << 10;

/// Byte offsets in the machine context.
pub mod offset {
    use super::Vm;
    use std::mem::offset_of;

    /// Frames may start up to this address; 0 where an interrupt is due.
    pub const LIMIT: usize = offset_of!(Vm, limit);
    /// The lowest address of the native stack that compiled code may start a frame at.
    pub const NATIVE_LIMIT: usize = offset_of!(Vm, native_limit);
    /// Address of the functions' entries.
    pub const FUNCS: usize = offset_of!(Vm, funcs);
    /// The addresses of what compiled code calls, see [`Helpers`](super::Helpers).
    pub const HELPERS: usize = offset_of!(Vm, helpers);
    /// The address of the stub for out-of-line work.
    pub const STUB: usize = offset_of!(Vm, stub);
    /// Where the stub finds the instruction, and leaves the exit code.
    pub const EXIT_STATUS: usize = offset_of!(Vm, exit_status);
    /// Address of the globals.
    pub const GLOBALS: usize = offset_of!(Vm, globals);
    /// Fuel that is left.
    pub const FUEL: usize = offset_of!(Vm, fuel);
    /// Instructions executed.
    pub const COUNTED: usize = offset_of!(Vm, counted);
    /// Calls made.
    pub const CALLS: usize = offset_of!(Vm, calls);
    /// Where the machine stopped: the word after the instruction, or the one to go on at.
    pub const EXIT_PC: usize = offset_of!(Vm, exit_pc);
    /// The frame the machine stopped in.
    pub const EXIT_REGS: usize = offset_of!(Vm, exit_regs);
    /// The trap's code, 32 bits; 0 where the store holds the details.
    pub const EXIT_CODE: usize = offset_of!(Vm, exit_code);
}

/// Bytes of the entry of a function.
pub const ENTRY_BYTES: usize = size_of::<FuncEntry>();
/// Where the address of what enters a function's compiled code, or null, is in its entry.
pub const ENTRY_ENTER: usize = std::mem::offset_of!(FuncEntry, enter);

/// Where the address of a function's register code, once it is lowered, is in its entry.
pub const ENTRY_WORDS: usize = std::mem::offset_of!(FuncEntry, words);

/// The exit codes of compiled code.
pub mod exit {
    /// Done.
    pub const DONE: u64 = super::EXIT_HALT;
    /// A trap.
    pub const TRAP: u64 = super::EXIT_TRAP;
    /// The interpreter goes on at `EXIT_PC`.
    pub const RESUME: u64 = crate::interp::EXIT_RESUME;
}

/// Where compiled code is entered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// At the start of the function.
    Start,
    /// At the word with this index, which follows a `Hot`.
    Loop(u32),
}

/// Why a function is not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is larger than the budget of the compiler.
    TooLarge,
    /// There is no room for more machine code.
    Full,
    /// The compiler failed; the function stays interpreted.
    Failed,
}

impl Refused {
    /// The reason, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Refused::TooLarge => "too large",
            Refused::Full => "no room for more code",
            Refused::Failed => "the compiler failed",
        }
    }
}

/// Makes machine code, in any thread.
pub trait Maker: Send + Sync {
    /// Compiles a function or loop, and functions that are worth compiling with it. What was
    /// asked for comes first.
    ///
    /// # Errors
    /// The function is to stay interpreted.
    fn make(&self, job: &Job) -> Result<Vec<Unit>, Refused>;
}

/// Puts machine code where it can run. All of it stays valid until the compiler is dropped.
pub trait Compiler {
    /// What makes the machine code.
    fn maker(&self) -> Arc<dyn Maker>;

    /// Makes code executable; gives the addresses of the body of each unit and of what enters
    /// it.
    ///
    /// # Errors
    /// There is no room, or a unit needs code that is not there.
    fn install(&mut self, units: &[Unit]) -> Result<Vec<[*const u8; 2]>, Refused>;

    /// The address of the stub for out-of-line work; null before anything is installed.
    fn stub(&self) -> *const u8;
}

/// What compilation has done.
#[derive(Clone, Copy, Debug, Default)]
pub struct TierStats {
    /// Functions that were compiled.
    pub functions: u64,
    /// Loops that were compiled for frames that were running already.
    pub loops: u64,
    /// How often running frames went over to the code of a loop.
    pub loop_entries: u64,
    /// Bytes of machine code.
    pub bytes: u64,
    /// Functions and loops that stay interpreted.
    pub refused: u64,
    /// How often the compiler failed; a mistake of it.
    pub failed: u64,
    /// Nanoseconds spent, in whichever thread.
    pub nanos: u64,
}

/// Runs compiled code in a frame for an `Enter` operation; gives its exit code.
#[inline(never)]
pub(crate) fn run(vm: *mut Vm, r: *mut u64, i: u64) -> u64 {
    // SAFETY: numbers of compiled code are those of the store, and the frame is one of the
    // function it was compiled from, at the place it was compiled for.
    unsafe {
        let code = *(*vm).enters.add(word::bx(i) as usize);
        std::mem::transmute::<*const u8, Enter>(code)(vm.cast(), r)
    }
}

/// The address below which compiled code of a run that starts here makes no frame.
pub(crate) fn native_limit() -> usize {
    let here = 0u8;
    (&raw const here as usize).saturating_sub(NATIVE_BUDGET)
}
