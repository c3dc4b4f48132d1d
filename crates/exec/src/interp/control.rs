//! Bodies of control operations: jumps, calls, returns, allocation.
//!
//! A call window starts one slot above the return address; the callee's frame starts at the
//! window. A return finds the caller's frame through field a of the call instruction.

use std::sync::atomic::Ordering;

use kaa_code::word::{a, b, bx, c};
use kaa_heap::raw;
use kaa_isa::TrapKind;

use super::Machine;
use super::state::{Flow, State};
use crate::slow;
use crate::vm::{FuncEntry, Vm};

/// Enters a function with the frame at `frame`, whose return address is stored already.
#[inline(always)]
fn enter(s: &mut State, frame: *mut u64, entry: FuncEntry) -> Flow {
    // SAFETY: the context is alive while code runs.
    let limit = unsafe { (*s.vm).limit.load(Ordering::Relaxed) };
    if frame as usize > limit {
        return Flow::Limit;
    }
    s.r = frame;
    s.pc = entry.code;
    Flow::Next
}

/// The entry of a function by its number.
#[inline(always)]
fn entry(s: &State, func: u32) -> FuncEntry {
    // SAFETY: function numbers in code are those of the store.
    unsafe { *(*s.vm).funcs.add(func as usize) }
}

/// Calls a function with the window at slot `window`.
#[inline(always)]
fn call_entry(s: &mut State, window: u16, entry: FuncEntry) -> Flow {
    // SAFETY: windows are inside the frame, and frames that start below the limit have room.
    unsafe {
        let frame = s.r.add(usize::from(window));
        *frame.sub(1) = s.pc as u64;
        enter(s, frame, entry)
    }
}

impl Machine {
    #[inline(always)]
    pub fn jmp(s: &mut State, i: u64) -> Flow {
        // SAFETY: jumps stay inside the function.
        unsafe { s.jump(bx(i) as i32 as isize) }
    }

    #[inline(always)]
    pub fn select(s: &mut State, i: u64) -> Flow {
        // SAFETY: slots are inside the frame; the word with the third one follows.
        unsafe {
            let other = s.extra() as u16;
            let value = s.get(if s.get(b(i)) != 0 { c(i) } else { other });
            s.set(a(i), value);
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn switch(s: &mut State, i: u64) -> Flow {
        // SAFETY: behind the base stand as many jumps as the instruction says, and one more
        // for everything else.
        unsafe {
            let base = s.extra();
            let index = s.get(a(i)).wrapping_sub(base);
            s.pc = s.pc.add(index.min(u64::from(bx(i))) as usize);
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn call(s: &mut State, i: u64) -> Flow {
        let entry = entry(s, bx(i));
        call_entry(s, a(i), entry)
    }

    #[inline(always)]
    pub fn call_func(s: &mut State, i: u64) -> Flow {
        // SAFETY: slots are inside the frame.
        let func = unsafe { s.get(b(i)) } as u32;
        let entry = entry(s, func);
        call_entry(s, a(i), entry)
    }

    #[inline(always)]
    pub fn call_closure(s: &mut State, i: u64) -> Flow {
        // SAFETY: slots are inside the frame, the callee is a closure of this store.
        let closure = unsafe { s.get(b(i)) };
        let entry = entry(s, slow::closure_func(s.vm, closure));
        if entry.params != u32::from(c(i)) {
            // SAFETY: the window has room for the captured values, as frames have slack.
            unsafe { slow::insert_captures(s.vm, closure, s.r.add(usize::from(a(i))), c(i)) };
        }
        call_entry(s, a(i), entry)
    }

    #[inline(always)]
    pub fn tail_call(s: &mut State, i: u64) -> Flow {
        let entry = entry(s, bx(i));
        // SAFETY: arguments stand at slot a; they move down to the start of the frame.
        unsafe {
            std::ptr::copy(s.r.add(usize::from(a(i))), s.r, entry.params as usize);
        }
        let frame = s.r;
        enter(s, frame, entry)
    }

    #[inline(always)]
    pub fn tail_call_closure(s: &mut State, i: u64) -> Flow {
        // SAFETY: slots are inside the frame, the callee is a closure of this store; arguments
        // move down to the start of the frame.
        let entry = unsafe {
            let closure = s.get(b(i));
            let entry = entry(s, slow::closure_func(s.vm, closure));
            let window = s.r.add(usize::from(a(i)));
            if entry.params != u32::from(c(i)) {
                slow::insert_captures(s.vm, closure, window, c(i));
            }
            std::ptr::copy(window, s.r, entry.params as usize);
            entry
        };
        let frame = s.r;
        enter(s, frame, entry)
    }

    #[inline(always)]
    pub fn ret0(s: &mut State, _: u64) -> Flow {
        // SAFETY: the slot before a frame holds the return address, and the word before that
        // address is the call, whose field a is the distance of the frames.
        unsafe {
            let back = *s.r.sub(1) as *const u64;
            let call = *back.sub(1);
            s.r = s.r.sub(usize::from(a(call)));
            s.pc = back;
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn ret1(s: &mut State, i: u64) -> Flow {
        // SAFETY: slots are inside the frame.
        unsafe {
            let value = s.get(a(i));
            s.set(0, value);
        }
        Self::ret0(s, i)
    }

    #[inline(always)]
    pub fn native(_: &mut State, _: u64) -> Flow {
        Flow::Native
    }

    #[inline(always)]
    pub fn slow(_: &mut State, _: u64) -> Flow {
        Flow::Window
    }

    #[inline(always)]
    pub fn halt(_: &mut State, _: u64) -> Flow {
        Flow::Halt
    }

    #[inline(always)]
    pub fn lower(_: &mut State, _: u64) -> Flow {
        Flow::Slow
    }

    #[inline(always)]
    pub fn trap(_: &mut State, i: u64) -> Flow {
        Flow::Trap(TrapKind::from_code(bx(i)))
    }

    #[inline(always)]
    pub fn resume(_: &mut State, _: u64) -> Flow {
        Flow::Slow
    }

    #[inline(always)]
    pub fn fuel(s: &mut State, i: u64) -> Flow {
        // SAFETY: the context is alive while code runs.
        unsafe {
            let left = (*s.vm).fuel - i64::from(bx(i));
            if left < 0 {
                return Flow::Trap(TrapKind::OutOfFuel);
            }
            (*s.vm).fuel = left;
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn count(s: &mut State, i: u64) -> Flow {
        // SAFETY: the context is alive while code runs.
        unsafe {
            (*s.vm).counted += u64::from(b(i));
            (*s.vm).calls += u64::from(c(i));
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn hot(s: &mut State, i: u64) -> Flow {
        // SAFETY: numbers of counters in code are those of the store.
        unsafe {
            let counter = (*s.vm).hot.add(bx(i) as usize);
            if *counter <= 1 {
                return Flow::Slow;
            }
            *counter -= 1;
        }
        Flow::Next
    }

    #[inline(always)]
    pub fn enter(_: &mut State, _: u64) -> Flow {
        Flow::Enter
    }

    #[inline(always)]
    pub fn gc(_: &mut State, _: u64) -> Flow {
        Flow::Slow
    }

    #[inline(always)]
    pub fn alloc(s: &mut State, i: u64) -> Flow {
        // SAFETY: type numbers in code are those of the store, whose heap the base is of.
        let object = unsafe {
            let plan = *(*s.vm).plans.add(bx(i) as usize);
            raw::alloc(Vm::base(s.vm), plan)
        };
        if object.is_null() {
            return Flow::Slow;
        }
        // SAFETY: slots are inside the frame.
        unsafe { s.set(a(i), object.slot()) };
        Flow::Next
    }
}
