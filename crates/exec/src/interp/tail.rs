//! Tail-called handlers: each ends by jumping to the next one through a table.
//!
//! The machine's registers are the handlers' arguments, so they stay in registers of the
//! processor. That calls in tail position become jumps is not promised by the language; the
//! build script allows this engine only where the compiler does it, and a test runs every
//! operation tens of thousands of times on a small stack.

use kaa_code::{RegOp, TABLE_SIZE, word};

use super::{EXIT_HALT, Flow, Machine, State, shapes};
use crate::slow;
use crate::tier;
use crate::vm::Vm;

/// The signature of all handlers, in the convention with enough argument registers.
macro_rules! handler_fn {
    ($(#[$meta:meta])* fn $name:ident $(<const $v:ident: u8>)? ($($arg:ident),*) $body:block) => {
        #[cfg(target_arch = "x86_64")]
        $(#[$meta])*
        pub(super) unsafe extern "sysv64-unwind" fn $name $(<const $v: u8>)? (
            pc: *const u64, r: *mut u64, vm: *mut Vm, t: *const (), acc: u64, facc: f64, i: u64,
        ) -> u64 {
            let ($($arg),*) = (pc, r, vm, t, acc, facc, i);
            $body
        }
        #[cfg(not(target_arch = "x86_64"))]
        $(#[$meta])*
        pub(super) unsafe extern "C-unwind" fn $name $(<const $v: u8>)? (
            pc: *const u64, r: *mut u64, vm: *mut Vm, t: *const (), acc: u64, facc: f64, i: u64,
        ) -> u64 {
            let ($($arg),*) = (pc, r, vm, t, acc, facc, i);
            $body
        }
    };
}

#[cfg(target_arch = "x86_64")]
type Handler = unsafe extern "sysv64-unwind" fn(
    *const u64,
    *mut u64,
    *mut Vm,
    *const (),
    u64,
    f64,
    u64,
) -> u64;
#[cfg(not(target_arch = "x86_64"))]
type Handler =
    unsafe extern "C-unwind" fn(*const u64, *mut u64, *mut Vm, *const (), u64, f64, u64) -> u64;

/// Continues with the word at `pc`. The one place to change when the language guarantees
/// tail calls.
macro_rules! dispatch {
    ($pc:expr, $r:expr, $vm:expr, $t:expr, $acc:expr, $facc:expr) => {{
        let pc = $pc;
        let word = *pc;
        let handler = *$t.cast::<Handler>().add(word as usize & (TABLE_SIZE - 1));
        return handler(pc.add(1), $r, $vm, $t, $acc, $facc, word);
    }};
}

handler_fn! {
    /// Does an instruction out of line and goes on. Handlers jump here, so that their fast
    /// paths need no frame.
    #[cold]
    #[inline(never)]
    fn out_of_line(pc, r, vm, t, acc, facc, i) {
        // SAFETY: code comes from lowering; see the rules in the module head.
        unsafe {
            let (next, code) = step(vm, pc, r, i);
            if next.is_null() {
                return code;
            }
            dispatch!(next, r, vm, t, acc, facc)
        }
    }
}

handler_fn! {
    /// Calls a native and goes on. Lowering expects nothing in the accumulators afterwards.
    #[cold]
    #[inline(never)]
    fn call_native(pc, r, vm, t, _acc, _facc, i) {
        // SAFETY: code comes from lowering; see the rules in the module head.
        unsafe {
            match native_step(vm, pc, r, i) {
                0 => dispatch!(pc, r, vm, t, 0, 0.0),
                code => code,
            }
        }
    }
}

handler_fn! {
    /// Runs a slow operation and goes on, as [`call_native`] does.
    #[cold]
    #[inline(never)]
    fn run_window(pc, r, vm, t, _acc, _facc, i) {
        // SAFETY: code comes from lowering; see the rules in the module head.
        unsafe {
            match window_step(vm, pc, r, i) {
                0 => dispatch!(pc, r, vm, t, 0, 0.0),
                code => code,
            }
        }
    }
}

handler_fn! {
    /// Searches a key and goes on behind the place of the value.
    #[cold]
    #[inline(never)]
    fn search_key(pc, r, vm, t, _acc, facc, i) {
        // SAFETY: code comes from lowering; see the rules in the module head. The result is in
        // a slot of the frame.
        unsafe {
            match search_step(vm, pc, r, i) {
                0 => dispatch!(pc.add(1), r, vm, t, *r.add(usize::from(word::a(i))), facc),
                code => code,
            }
        }
    }
}

handler_fn! {
    /// Runs compiled code in this frame, then returns from it.
    #[cold]
    #[inline(never)]
    fn run_compiled(_pc, r, vm, t, _acc, _facc, i) {
        // SAFETY: code comes from lowering; see the rules in the module head. The frame has its
        // return address before it, and the word before that address is the call.
        unsafe {
            match tier::run(vm, r, i) {
                EXIT_HALT => {
                    let back = *r.sub(1) as *const u64;
                    let caller = r.sub(usize::from(word::a(*back.sub(1))));
                    dispatch!(back, caller, vm, t, 0, 0.0)
                }
                code => code,
            }
        }
    }
}

/// Runs a slow operation, as [`native_step`].
#[inline(never)]
fn window_step(vm: *mut Vm, pc: *const u64, r: *mut u64, i: u64) -> u64 {
    match slow::windowed(vm, pc, r, i) {
        Flow::Next => 0,
        // SAFETY: the context is alive while code runs.
        other => unsafe { stop(pc, r, vm, other) },
    }
}

/// Searches a key, as [`native_step`].
#[inline(never)]
fn search_step(vm: *mut Vm, pc: *const u64, r: *mut u64, i: u64) -> u64 {
    match slow::search(vm, pc, r, i) {
        Flow::Next => 0,
        // SAFETY: the context is alive while code runs.
        other => unsafe { stop(pc, r, vm, other) },
    }
}

/// Calls a native; 0, or the code of the stop. It comes back in a register, see `step`.
#[inline(never)]
fn native_step(vm: *mut Vm, pc: *const u64, r: *mut u64, i: u64) -> u64 {
    match slow::native(vm, pc, r, i) {
        Flow::Next => 0,
        // SAFETY: the context is alive while code runs.
        other => unsafe { stop(pc, r, vm, other) },
    }
}

/// Does an instruction out of line and gives where to go on, or null and the code of the stop.
/// Both come back in registers: a result in memory would keep the frame of the handler alive,
/// and its jump to the next one would become a call.
#[cold]
#[inline(never)]
fn step(vm: *mut Vm, pc: *const u64, r: *mut u64, i: u64) -> (*const u64, u64) {
    match slow::out_of_line(vm, pc, r, i) {
        (next, Flow::Next) => (next, 0),
        // SAFETY: the context is alive while code runs.
        (next, other) => (std::ptr::null(), unsafe { stop(next, r, vm, other) }),
    }
}

/// Notes where a run stopped.
#[cold]
#[inline(never)]
unsafe fn stop(pc: *const u64, r: *mut u64, vm: *mut Vm, flow: Flow) -> u64 {
    // SAFETY: the context is alive while code runs.
    unsafe { super::twin::stop(pc, r, vm, flow) }
}

macro_rules! handlers {
    ($($shape:ident $camel:ident $name:ident $doc:literal;)*) => {
        mod handlers {
            use super::*;

            $(handler_fn! {
                #[doc = $doc]
                fn $name<const V: u8>(pc, r, vm, t, acc, facc, i) {
                    // SAFETY: code comes from lowering; see the rules in the module head.
                    unsafe {
                        let mut s = State { pc, r, vm, acc, facc };
                        match shapes::$shape::<V>(&mut s, i, Machine::$name) {
                            Flow::Next => dispatch!(s.pc, s.r, s.vm, t, s.acc, s.facc),
                            Flow::Native => call_native(s.pc, s.r, s.vm, t, 0, 0.0, i),
                            Flow::Window => run_window(s.pc, s.r, s.vm, t, 0, 0.0, i),
                            Flow::Enter => run_compiled(s.pc, s.r, s.vm, t, 0, 0.0, i),
                            Flow::Search => search_key(s.pc, s.r, s.vm, t, 0, s.facc, i),
                            Flow::Slow => out_of_line(s.pc, s.r, s.vm, t, s.acc, s.facc, i),
                            other => stop(s.pc, s.r, s.vm, other),
                        }
                    }
                }
            })*
        }

        const fn table() -> [Handler; TABLE_SIZE] {
            // Numbers past the end trap as the last operation of the table never can occur.
            let mut table: [Handler; TABLE_SIZE] = [handlers::trap::<0>; TABLE_SIZE];
            $(
                let at = (RegOp::$camel as usize) << 2;
                table[at] = handlers::$name::<0>;
                table[at + 1] = handlers::$name::<1>;
                table[at + 2] = handlers::$name::<2>;
                table[at + 3] = handlers::$name::<3>;
            )*
            table
        }
    };
}

kaa_code::for_each_reg_op!(handlers);

static TABLE: [Handler; TABLE_SIZE] = table();

/// Runs until the machine stops.
///
/// # Safety
/// As for [`super::run`].
pub unsafe fn run(vm: *mut Vm, pc: *const u64, r: *mut u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let table: *const () = TABLE.as_ptr().cast();
        let word = *pc;
        let handler = TABLE[word as usize & (TABLE_SIZE - 1)];
        handler(pc.add(1), r, vm, table, 0, 0.0, word)
    }
}
