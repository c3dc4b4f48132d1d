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

use std::panic::{AssertUnwindSafe, catch_unwind};

use kaa_code::{Code, RegOp, word};
use kaa_heap::AllocPlan;
use rustc_hash::FxHashMap;

use crate::interp::{self, EXIT_HALT, EXIT_TRAP, Flow};
use crate::slow;
use crate::store::{Inner, Store};
use crate::vm::{FuncEntry, Vm};

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

/// What is to be compiled.
pub struct Job<'a> {
    /// The function's number.
    pub func: u32,
    /// Its register code.
    pub code: &'a Code,
    /// Where it is entered.
    pub place: Place,
    inner: &'a Inner,
}

impl Refused {
    /// The reason, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Refused::TooLarge => "too large",
            Refused::Failed => "the compiler failed",
        }
    }
}

impl Job<'_> {
    /// A constant of the pool.
    pub fn constant(&self, index: u32) -> u64 {
        self.inner.pool.get(index as usize).copied().unwrap_or(0)
    }

    /// How objects of a heap type are allocated.
    pub fn plan(&self, ty: u32) -> Option<AllocPlan> {
        self.inner.plans.get(ty as usize).copied()
    }

    /// The job of compiling the start of another function, if that has been called.
    pub fn callee(&self, func: u32) -> Option<Job<'_>> {
        let code = self.inner.funcs.get(func as usize)?.code.as_deref()?;
        Some(Job { func, code, place: Place::Start, inner: self.inner })
    }
}

/// Why a function is not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is larger than the budget of the compiler.
    TooLarge,
    /// The compiler failed; the function stays interpreted.
    Failed,
}

/// What a compiler made of a job.
pub struct Compiled {
    /// What enters the place that was asked for.
    pub enter: *const u8,
    /// What enters the starts of other functions that were compiled with it.
    pub others: Vec<(u32, *const u8)>,
    /// Bytes of machine code.
    pub bytes: u64,
}

/// Compiles register code. All it makes stays valid until it is dropped.
pub trait Compiler {
    /// Compiles a function.
    ///
    /// # Errors
    /// The function is to stay interpreted.
    fn compile(&mut self, job: &Job<'_>) -> Result<Compiled, Refused>;
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
    /// Nanoseconds spent.
    pub nanos: u64,
}

/// The state of compilation in a store.
#[derive(Default)]
pub(crate) struct Tier {
    compiler: Option<Box<dyn Compiler>>,
    threshold: u32,
    /// Counters of `Hot` operations.
    pub hot: Vec<u32>,
    /// Compiled code by the number in `Enter` operations.
    pub enters: Vec<*const u8>,
    /// The `Enter` operations themselves.
    stubs: Vec<Box<[u64]>>,
    /// What became of places: the number in `Enter`, or nothing if they stay interpreted.
    places: FxHashMap<(u32, Place), Option<usize>>,
    /// Functions that were refused, and why.
    refusals: Vec<(u32, Refused)>,
    stats: TierStats,
}

impl Tier {
    /// A new counter.
    pub fn counter(&mut self) -> u32 {
        self.hot.push(self.threshold.max(1));
        self.hot.len() as u32 - 1
    }

    fn add(&mut self, enter: *const u8) -> usize {
        let index = self.enters.len();
        self.enters.push(enter);
        self.stubs.push([word::abx(RegOp::Enter, 0, 0, index as u32)].into());
        index
    }
}

impl Store {
    /// Lets functions and loops that have been entered `threshold` times be compiled; with 0,
    /// functions before they run. To be called before anything runs.
    pub fn set_compiler(&mut self, compiler: Box<dyn Compiler>, threshold: u32) {
        let inner = &mut *self.inner;
        inner.mode.tier = true;
        inner.tier = Tier { compiler: Some(compiler), threshold, ..Tier::default() };
        inner.refresh();
    }

    /// What compilation has done.
    pub fn tier_stats(&self) -> TierStats {
        self.inner.tier.stats
    }

    /// The functions that were not compiled, or a loop of them was not, and why.
    pub fn refusals(&self) -> impl Iterator<Item = (&str, Refused)> {
        let refusals = self.inner.tier.refusals.iter();
        refusals.map(|(func, why)| (self.inner.func_name(*func), *why))
    }
}

impl Inner {
    /// A function has been lowered: without a threshold it is compiled at once.
    pub fn lowered(&mut self, func: u32) {
        if self.mode.tier && self.tier.threshold == 0 {
            self.compiled(func, Place::Start);
        }
    }

    /// A place has been passed often; `pc` is behind its `Hot`. Gives where to go on.
    pub fn warm_up(&mut self, pc: *const u64, counter: u32) -> *const u64 {
        let Some((func, _, at)) = self.func_at(pc.wrapping_sub(1)) else { return pc };
        let place = if at == 0 { Place::Start } else { Place::Loop(at + 1) };
        match self.compiled(func, place) {
            Some(index) => {
                // The next pass comes here at once.
                self.tier.hot[counter as usize] = 1;
                self.tier.stats.loop_entries += u64::from(at != 0);
                self.tier.stubs[index].as_ptr()
            }
            None => {
                self.tier.hot[counter as usize] = u32::MAX;
                pc
            }
        }
    }

    /// The number of the compiled code for a place, compiling it if need be.
    fn compiled(&mut self, func: u32, place: Place) -> Option<usize> {
        if let Some(known) = self.tier.places.get(&(func, place)) {
            return *known;
        }
        let mut compiler = self.tier.compiler.take()?;
        let start = std::time::Instant::now();
        let code = self.funcs[func as usize].code.clone()?;
        let job = Job { func, code: &code, place, inner: self };
        let made = compiler.compile(&job);
        self.tier.compiler = Some(compiler);
        self.tier.stats.nanos += start.elapsed().as_nanos() as u64;
        let index = match made {
            Ok(made) => {
                self.tier.stats.bytes += made.bytes;
                for (other, enter) in made.others {
                    self.install(other, Place::Start, enter);
                }
                Some(self.install(func, place, made.enter))
            }
            Err(why) => {
                self.tier.stats.refused += 1;
                self.tier.refusals.push((func, why));
                self.tier.stats.failed += u64::from(why == Refused::Failed);
                self.tier.places.insert((func, place), None);
                None
            }
        };
        self.refresh();
        index
    }

    /// Makes compiled code what runs at a place.
    fn install(&mut self, func: u32, place: Place, enter: *const u8) -> usize {
        let index = self.tier.add(enter);
        self.tier.places.insert((func, place), Some(index));
        match place {
            Place::Start => {
                self.tier.stats.functions += 1;
                self.entries[func as usize].enter = enter;
                self.entries[func as usize].code = self.tier.stubs[index].as_ptr();
            }
            Place::Loop(_) => self.tier.stats.loops += 1,
        }
        index
    }
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

/// Declares functions that compiled code calls, in the convention of this platform's compilers.
macro_rules! helpers {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $res:ty $body:block)*) => {
        /// What compiled code calls. Each function works on the machine whose context it gets.
        pub mod helper {
            use super::*;
            $(
                $(#[$meta])*
                ///
                /// # Safety
                /// Compiled code calls it on its machine, with values of its frame.
                #[cfg(target_arch = "x86_64")]
                pub unsafe extern "sysv64" fn $name($($arg: $ty),*) -> $res $body
                $(#[$meta])*
                ///
                /// # Safety
                /// Compiled code calls it on its machine, with values of its frame.
                #[cfg(not(target_arch = "x86_64"))]
                pub unsafe extern "C" fn $name($($arg: $ty),*) -> $res $body
            )*
        }
    };
}

/// Runs out-of-line work in the frame that the context names; gives the exit code. A panic
/// becomes a trap: compiled code has no tables to unwind it.
fn guarded(vm: *mut Vm, pc: *const u64, work: impl FnOnce(*mut Vm, *mut u64) -> Flow) -> u64 {
    // SAFETY: the context is alive while code runs.
    let r = unsafe { (*vm).exit_regs };
    let flow = match catch_unwind(AssertUnwindSafe(|| work(vm, r))) {
        Ok(Flow::Next) => return EXIT_HALT,
        Ok(flow) => flow,
        Err(_) => {
            // SAFETY: the context points to its store while code runs.
            let inner = unsafe { &mut *(*vm).store };
            return inner.note_panic();
        }
    };
    // SAFETY: the context is alive while code runs.
    unsafe { interp::stop(pc, r, vm, flow) }
}

helpers! {
    /// Does an instruction out of line, as the interpreter would; gives the exit code.
    fn step(vm: *mut u8, pc: *const u64, i: u64) -> u64 {
        guarded(vm.cast(), pc, |vm, r| slow::out_of_line(vm, pc, r, i).1)
    }

    /// Calls a native; gives the exit code.
    fn native(vm: *mut u8, pc: *const u64, i: u64) -> u64 {
        guarded(vm.cast(), pc, |vm, r| slow::native(vm, pc, r, i))
    }

    /// Runs a slow operation on its window; gives the exit code.
    fn windowed(vm: *mut u8, pc: *const u64, i: u64) -> u64 {
        guarded(vm.cast(), pc, |vm, r| slow::windowed(vm, pc, r, i))
    }

    /// Does an instruction that searches a map; gives the exit code.
    fn search(vm: *mut u8, pc: *const u64, i: u64) -> u64 {
        guarded(vm.cast(), pc, |vm, r| interp::map_step(vm, pc, r, i))
    }

    /// What enters the function of a closure, its captured values put before the arguments at
    /// `window`; null where it is not compiled.
    fn closure(vm: *mut u8, closure: u64, window: *mut u64, args: u64) -> *const u8 {
        let vm: *mut Vm = vm.cast();
        let func = slow::closure_func(vm, closure);
        // SAFETY: function numbers are those of the store; the window has room for captured
        // values, as frames have slack.
        unsafe {
            let entry = *(*vm).funcs.add(func as usize);
            if !entry.enter.is_null() && u64::from(entry.params) != args {
                slow::insert_captures(vm, closure, window, args as u16);
            }
            entry.enter
        }
    }

    /// Whether an object that is not null is of a heap type or one that extends it.
    fn is_type(vm: *mut u8, object: u64, ty: u64) -> u64 {
        interp::is_type(vm.cast(), object, ty)
    }

    /// Whether two strings are equal.
    fn str_eq(vm: *mut u8, x: u64, y: u64) -> u64 {
        interp::str_eq(vm.cast(), x, y)
    }
}
