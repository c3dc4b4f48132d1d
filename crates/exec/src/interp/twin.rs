//! The portable engine: a loop around a match, from the same table and bodies.
//!
//! It reads every operand from its slot. In builds with debug assertions it checks that an
//! operand said to be in an accumulator is there.

use std::fmt::Write;

use kaa_code::{RegOp, disasm, word};
use kaa_isa::TrapKind;

use super::state::{EXIT_HALT, EXIT_TRAP};
use super::{Flow, Machine, State, shapes};
use crate::debug;
use crate::slow;
use crate::tier;
use crate::vm::Vm;

/// Nothing happens before an instruction.
pub const PLAIN: u8 = 0;
/// Every instruction is logged.
pub const TRACE: u8 = 1;
/// A debugger is asked before every instruction.
pub const DEBUG: u8 = 2;

/// Runs until the machine stops.
///
/// # Safety
/// As for [`super::run`].
pub unsafe fn run<const EYES: u8>(vm: *mut Vm, pc: *const u64, r: *mut u64) -> u64 {
    let mut s = State { pc, r, vm, acc: 0, facc: 0.0 };
    loop {
        // SAFETY: code comes from lowering, so `pc` is at a word of it.
        let flow = unsafe {
            let i = *s.pc;
            if EYES == TRACE {
                trace(&s, i);
            }
            if EYES == DEBUG && !debug::before(s.vm, s.pc, s.r) {
                return stop(s.pc.add(1), s.r, s.vm, Flow::Trap(TrapKind::Interrupted));
            }
            s.pc = s.pc.add(1);
            step(&mut s, i)
        };
        match flow {
            Flow::Next => {}
            Flow::Enter => {
                // SAFETY: the word of this instruction stands before `pc`.
                let exit = tier::run(s.vm, s.r, unsafe { *s.pc.sub(1) });
                if exit != EXIT_HALT {
                    return exit;
                }
                Machine::ret0(&mut s, 0);
            }
            Flow::Slow | Flow::Native | Flow::Window | Flow::Search => {
                // SAFETY: the word of this instruction stands before `pc`.
                let word = unsafe { *s.pc.sub(1) };
                let (next, flow) = match flow {
                    Flow::Native => (s.pc, slow::native(s.vm, s.pc, s.r, word)),
                    Flow::Window => (s.pc, slow::windowed(s.vm, s.pc, s.r, word)),
                    Flow::Search => {
                        let flow = slow::search(s.vm, s.pc, s.r, word);
                        // SAFETY: the result is in a slot of the frame.
                        s.acc = unsafe { s.get(word::a(word)) };
                        (s.pc.wrapping_add(1), flow)
                    }
                    _ => slow::out_of_line(s.vm, s.pc, s.r, word),
                };
                s.pc = next;
                if !matches!(flow, Flow::Next) {
                    // SAFETY: the context is alive while code runs.
                    return unsafe { stop(s.pc, s.r, s.vm, flow) };
                }
            }
            // SAFETY: the context is alive while code runs.
            other => return unsafe { stop(s.pc, s.r, s.vm, other) },
        }
    }
}

macro_rules! steps {
    ($($shape:ident $camel:ident $name:ident $doc:literal;)*) => {
        /// Executes one instruction.
        #[inline(always)]
        unsafe fn step(s: &mut State, i: u64) -> Flow {
            const OPS: usize = RegOp::ALL.len();
            $(#[allow(non_upper_case_globals, reason = "a constant for each operation")]
            const $camel: usize = RegOp::$camel as usize;)*
            // SAFETY: code comes from lowering; see the rules in the module head.
            unsafe {
                match (i as usize & 0xffff) >> 2 {
                    $($camel => shapes::$shape::<0>(s, i, Machine::$name),)*
                    OPS.. => Flow::Trap(kaa_isa::TrapKind::Unreachable),
                }
            }
        }
    };
}

kaa_code::for_each_reg_op!(steps);

/// Notes where a run stopped and gives the exit code.
///
/// # Safety
/// The context is alive.
pub(crate) unsafe fn stop(pc: *const u64, r: *mut u64, vm: *mut Vm, flow: Flow) -> u64 {
    // SAFETY: promised by the caller.
    let vm = unsafe { &mut *vm };
    vm.exit_pc = pc;
    vm.exit_regs = r;
    match flow {
        Flow::Halt => EXIT_HALT,
        Flow::Trap(kind) => {
            vm.exit_code = kind.code();
            EXIT_TRAP
        }
        Flow::Limit => {
            let limit = vm.limit.load(std::sync::atomic::Ordering::Relaxed);
            let kind = if limit == 0 { TrapKind::Interrupted } else { TrapKind::StackOverflow };
            vm.exit_code = kind.code();
            EXIT_TRAP
        }
        Flow::Fault
        | Flow::Next
        | Flow::Slow
        | Flow::Native
        | Flow::Window
        | Flow::Search
        | Flow::Enter => {
            vm.exit_code = 0;
            EXIT_TRAP
        }
    }
}

/// Logs an instruction with its place and the values of its operands.
#[cold]
fn trace(s: &State, i: u64) {
    // SAFETY: the context points to its store while code runs, and nothing else uses it now.
    let inner = unsafe { &*(*s.vm).store };
    let (place, pc) = match inner.func_at(s.pc) {
        Some((func, _, pc)) => (format!("{}:{pc}", inner.func_name(func)), pc),
        None => ("entry".to_owned(), 0),
    };
    let mut values = String::new();
    for slot in disasm::operands(i) {
        // SAFETY: operands of an instruction are slots of the frame.
        let bits = unsafe { s.get(slot) };
        let _ = match disasm::reads_floats(i) {
            true => write!(values, " r{slot}={:?}", f64::from_bits(bits)),
            false => write!(values, " r{slot}={}", bits as i64),
        };
    }
    let line = format!("{place:<16} {:<32}{values}", disasm::instruction(i, pc));
    log::trace!(target: "kaa::trace", "{}", line.trim_end());
}
