//! What a handler works on and how it ends.

use kaa_isa::TrapKind;

use crate::vm::Vm;

/// The machine reached the end of the outermost call.
pub(crate) const EXIT_HALT: u64 = 0;
/// The machine trapped; the context says where and why.
pub(crate) const EXIT_TRAP: u64 = 1;

/// Compiled code stopped where the interpreter is to go on; the context says where.
pub(crate) const EXIT_RESUME: u64 = 2;

/// The registers of the machine.
pub(crate) struct State {
    /// The next word.
    pub pc: *const u64,
    /// The frame.
    pub r: *mut u64,
    /// The context.
    pub vm: *mut Vm,
    /// The last integer result.
    pub acc: u64,
    /// The last float result.
    pub facc: f64,
}

/// What comes after a handler.
pub(crate) enum Flow {
    /// The next instruction.
    Next,
    /// A trap at this instruction.
    Trap(TrapKind),
    /// A trap that the store already holds the details of.
    Fault,
    /// The end of the run.
    Halt,
    /// The fast path does not apply: `slow::out_of_line` does the instruction.
    Slow,
    /// A slow operation is to be run: `slow::windowed` does it.
    Window,
    /// A key is to be searched: `slow::search` does it.
    Search,
    /// A native is to be called: `slow::native` does it.
    Native,
    /// Compiled code is to be run in this frame: `tier::run` does it.
    Enter,
    /// A frame would start past the limit: too deep, or interrupted.
    Limit,
}

impl State {
    /// A slot of the frame.
    ///
    /// # Safety
    /// The slot is inside the frame, which lowering guarantees.
    #[inline(always)]
    pub unsafe fn get(&self, slot: u16) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { *self.r.add(usize::from(slot)) }
    }

    /// Writes a slot of the frame.
    ///
    /// # Safety
    /// The slot is inside the frame, which lowering guarantees.
    #[inline(always)]
    pub unsafe fn set(&mut self, slot: u16, value: u64) {
        // SAFETY: promised by the caller.
        unsafe { *self.r.add(usize::from(slot)) = value }
    }

    /// The word at `pc`, which belongs to the instruction; steps over it.
    ///
    /// # Safety
    /// The instruction has such a word.
    #[inline(always)]
    pub unsafe fn extra(&mut self) -> u64 {
        // SAFETY: promised by the caller; code ends in a terminator, so a word follows.
        unsafe {
            let word = *self.pc;
            self.pc = self.pc.add(1);
            word
        }
    }

    /// Jumps by `offset` words from here, and stops where an interrupt is due.
    ///
    /// # Safety
    /// The offset leads to an instruction of the same function.
    #[inline(always)]
    pub unsafe fn jump(&mut self, offset: isize) -> Flow {
        // SAFETY: promised by the caller; the context is alive while code runs.
        unsafe {
            self.pc = self.pc.offset(offset);
            barrier();
            let limit = (*self.vm).limit.load(std::sync::atomic::Ordering::Relaxed);
            if self.r as usize > limit {
                return Flow::Trap(TrapKind::Interrupted);
            }
        }
        Flow::Next
    }
}

/// Keeps the compiler from turning a branch into a conditional move, which would make every
/// load of the next instruction wait for the comparison.
#[inline(always)]
fn barrier() {
    #[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
    // SAFETY: no instruction is emitted.
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}
