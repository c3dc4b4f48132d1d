//! Calling functions of a store and lowering them on their first call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kaa_code::{RegOp, word};
use kaa_heap::{GcRef, HeapError};
use kaa_isa::TrapKind;

use crate::frames::Frames;
use crate::interp::{self, EXIT_HALT, EXIT_RESUME, EXIT_TRAP, Eyes};
use crate::link::Linker;
use crate::native::Fault;
use crate::store::{Inner, Store};
use crate::tier;
use crate::trap::Trap;

impl Store {
    /// Calls a function by its number with arguments in slot form; gives results in slot
    /// form. References among them are good until the next call into the store.
    ///
    /// # Errors
    /// The trap the call ended with. The store stays usable.
    ///
    /// # Panics
    /// Never for a guest's sake: only if a host hands over a wrong number of arguments, which
    /// is reported as a trap instead.
    pub fn call(&mut self, func: u32, args: &[u64]) -> Result<Vec<u64>, Trap> {
        let result = self.inner.call(func, args);
        if let Err(error) = self.inner.host.out.flush() {
            self.inner.host.out_error.get_or_insert(error);
        }
        result
    }
}

impl Inner {
    /// Runs a function in a fresh activation.
    pub(crate) fn call(&mut self, func: u32, args: &[u64]) -> Result<Vec<u64>, Trap> {
        let Some(entry) = self.entries.get(func as usize).copied() else {
            return Err(Trap::new(TrapKind::HostError, "there is no such function"));
        };
        if entry.params as usize != args.len() {
            let message = format!("{} arguments given, {} needed", args.len(), entry.params);
            return Err(Trap::new(TrapKind::HostError, message));
        }
        self.refresh();
        if self.outer.is_empty() {
            self.rearm();
        }
        self.vm_mut().native_limit = tier::native_limit();
        // The entry code: call with the window at slot 1, then halt. No address in it belongs
        // to a function, so walks of the stack end here.
        let code = [word::abx(RegOp::Call, 0, 1, func), word::abc(RegOp::Halt, 0, 0, 0, 0)];
        let regs = self.stack_base;
        // SAFETY: the stack has a reserve that is larger than any frame.
        unsafe {
            for (i, arg) in args.iter().enumerate() {
                *regs.add(1 + i) = *arg;
            }
        }
        self.begin_tasks(code.as_ptr(), regs);
        let ended = self.drive(code.as_ptr(), regs);
        self.end_tasks();
        ended.map_err(|trap| *trap)?;
        let results = entry.results as usize;
        // SAFETY: results stand in the window at slot 1, inside the stack's reserve.
        Ok((0..results).map(|i| unsafe { *self.stack_base.add(1 + i) }).collect())
    }

    /// Runs the machine, with all tasks, until the first task has ended.
    fn drive(&mut self, pc: *const u64, regs: *mut u64) -> Result<(), Box<Trap>> {
        let (mut pc, mut regs) = (pc, regs);
        loop {
            let (engine, vm) = (self.config.engine, self.vm_ptr());
            let eyes = match (&self.debug, self.config.trace) {
                (Some(_), _) => Eyes::Debug,
                (None, true) => Eyes::Trace,
                (None, false) => Eyes::Closed,
            };
            // SAFETY: the entry code is a call of a function of this store; functions are
            // lowered from verified modules. Other places are those where the machine stopped.
            let machine = AssertUnwindSafe(|| unsafe { interp::run(engine, eyes, vm, pc, regs) });
            let exit = catch_unwind(machine).unwrap_or_else(|_| self.note_panic());
            if exit == EXIT_RESUME {
                (pc, regs) = (self.vm().exit_pc, self.vm().exit_regs);
                continue;
            }
            let (at, frame, code) = {
                let vm = self.vm();
                (vm.exit_pc, vm.exit_regs, vm.exit_code)
            };
            let asked = self.fault.as_mut().and_then(|fault| fault.ask.take());
            (pc, regs) = if exit == EXIT_HALT {
                match self.halted() {
                    Some(next) => next?,
                    None => return Ok(()),
                }
            } else if let Some(ask) = asked {
                self.fault = None;
                self.serve(ask, at, frame)?
            } else {
                let trap = self.take_trap(code, at, frame);
                self.show_trap(&trap, at, frame);
                self.trapped(trap, at, frame)?
            };
        }
    }

    /// Makes a trap of a panic, of a host function or of our own. Whoever called what panicked
    /// has noted where the machine was.
    #[cold]
    pub(crate) fn note_panic(&mut self) -> u64 {
        let message = "a function of the host panicked";
        self.fault.get_or_insert_with(|| Fault::new(TrapKind::HostPanic, message));
        self.vm_mut().exit_code = 0;
        EXIT_TRAP
    }

    /// Lowers a function; afterwards its entry is its code.
    pub(crate) fn lower(&mut self, func: u32) -> Result<(), Box<Fault>> {
        let info = &self.funcs[func as usize];
        if info.code.is_some() {
            return Ok(());
        }
        let (instance, id) = (info.instance, info.id);
        let module = self.instances[instance].module.clone();
        let mode = self.mode;
        let mut linker = Linker { inner: self, instance, error: None };
        let lowered = kaa_code::lower(&module, &module.funcs[id], &mut linker, mode);
        if let Some(error) = linker.error {
            return Err(error.into());
        }
        let code = lowered.map_err(|e| {
            let name = &module.funcs[id].name;
            Fault::new(TrapKind::StackOverflow, format!("cannot run `{name}`: {e}"))
        })?;
        let start = code.words.as_ptr();
        self.words += code.words.len() as u64;
        self.by_address.insert(start as usize, func);
        self.entries[func as usize].code = start;
        self.entries[func as usize].words = start;
        self.funcs[func as usize].code = Some(Arc::new(code));
        self.refresh();
        self.lowered(func);
        Ok(())
    }

    /// The message for an index out of range: what was indexed, where that can be told from
    /// the instruction.
    pub(crate) fn index_message(&self, pc: *const u64, regs: *mut u64) -> Option<String> {
        let frame = Frames::new(self, pc, regs).next()?;
        let mut at = frame.at as usize;
        let mut insn = frame.code.words[at];
        let has_extra = |w: u64| word::op(w).is_some_and(|op| op.shape().has_extra_word());
        if at > 0 && has_extra(frame.code.words[at - 1]) {
            at -= 1;
            insn = frame.code.words[at];
        }
        use kaa_code::Shape::*;
        let op = word::op(insn)?;
        let (object, index) = match op.shape() {
            hii_t | hif_t | hiix_t | hifx_t => (word::b(insn), word::c(insn)),
            put | putx | hset3_t | hset3x_t => (word::a(insn), word::b(insn)),
            _ => return None,
        };
        // SAFETY: operands of an instruction are slots of its frame.
        let slot = |s: u16| unsafe { *frame.regs.add(usize::from(s)) };
        let (object, index) = (slot(object), slot(index) as i64);
        let heap = &self.heap;
        let (what, len) = match op {
            RegOp::StrByte => ("bytes", u64::from(kaa_heap_size(heap, object))),
            _ if op.name().starts_with("list") => {
                ("list", u64::from(heap.list_len(GcRef::from_slot(object))))
            }
            _ => ("array", u64::from(heap.array_len(GcRef::from_slot(object)))),
        };
        Some(format!("index {index} is out of range for a {what} of length {len}"))
    }
}

/// The size of a string or byte string.
fn kaa_heap_size(heap: &kaa_heap::Heap, object: u64) -> u32 {
    heap.array_len(GcRef::from_slot(object))
}

impl From<HeapError> for Trap {
    fn from(error: HeapError) -> Self {
        let fault: Box<Fault> = error.into();
        Trap::new(fault.kind, fault.message)
    }
}

impl Store {
    /// A listing of a function's register code, lowering it if need be. `source` gives the
    /// text of a line of the function's source file.
    ///
    /// # Errors
    /// The function does not exist or cannot be lowered.
    pub fn listing(
        &mut self,
        func: u32,
        source: &dyn Fn(u32) -> Option<String>,
    ) -> Result<String, Trap> {
        if func as usize >= self.inner.funcs.len() {
            return Err(Trap::new(TrapKind::HostError, "there is no such function"));
        }
        self.inner.lower(func).map_err(|fault| Trap::new(fault.kind, fault.message))?;
        let info = &self.inner.funcs[func as usize];
        let name = &self.inner.instances[info.instance].module.funcs[info.id].name;
        let Some(code) = &info.code else { return Ok(String::new()) };
        Ok(kaa_code::disasm::listing(name, code, source))
    }
}
