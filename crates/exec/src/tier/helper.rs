//! What compiled code calls: functions of the machine, found through a table in its context.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::interp::{self, EXIT_HALT, Flow};
use crate::slow;
use crate::vm::Vm;

/// Declares functions that compiled code calls, in the convention of this platform's compilers.
macro_rules! helpers {
    ($($(#[$meta:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $res:ty $body:block)*) => {
        /// The functions. Each works on the machine whose context it gets.
        mod function {
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

        /// The addresses of what compiled code calls, in the context of each machine.
        #[repr(C)]
        pub struct Helpers {
            $(
                $(#[$meta])*
                pub $name: usize,
            )*
        }

        impl Helpers {
            /// The addresses in this process.
            pub(crate) fn of_process() -> Helpers {
                Helpers { $($name: function::$name as *const () as usize,)* }
            }
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
