//! Walking the stack: roots for the collector, traces for traps, edges for unwinding.
//!
//! There are no links between frames. The slot before a frame holds the return address; the
//! word before that address is the call, whose field a is the distance to the caller's
//! frame; the address itself tells the function. The walk ends where an address belongs to
//! no function: the entry code of a run.

use std::sync::Arc;

use kaa_code::{Code, word};
use kaa_heap::{GcRef, Marker};
use kaa_isa::TrapKind;

use crate::native::Fault;
use crate::store::Inner;
use crate::trap::{MAX_TRACE, TraceFrame, Trap};

/// One frame of a walk.
pub(crate) struct Frame {
    /// The number of the function.
    pub func: u32,
    /// Its code.
    pub code: Arc<Code>,
    /// The word that is being executed: of the innermost frame the stopped instruction, of
    /// the others their call.
    pub at: u32,
    /// The slots.
    pub regs: *mut u64,
}

/// Iterates from the innermost frame outwards within one run.
pub(crate) struct Frames<'a> {
    store: &'a Inner,
    pc: *const u64,
    regs: *mut u64,
}

impl<'a> Frames<'a> {
    /// Starts at the instruction before `pc`.
    pub fn new(store: &'a Inner, pc: *const u64, regs: *mut u64) -> Self {
        Self { store, pc, regs }
    }
}

impl Iterator for Frames<'_> {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let (func, code, at) = self.store.func_at(self.pc.wrapping_sub(1))?;
        let frame = Frame { func, code, at, regs: self.regs };
        // SAFETY: a frame of a function has its return address in the slot before it, and the
        // word before that address is the call that made the frame.
        unsafe {
            self.pc = *self.regs.sub(1) as *const u64;
            let call = *self.pc.sub(1);
            self.regs = self.regs.sub(usize::from(word::a(call)));
        }
        Some(frame)
    }
}

impl Inner {
    /// Collects garbage; the machine stands at the instruction before `pc`.
    pub fn collect(&mut self, pc: *const u64, regs: *mut u64) {
        let mut roots: Vec<u32> = Vec::new();
        let mut interior: Vec<u32> = Vec::new();
        let (mut runs, closures) = self.idle_tasks();
        roots.extend(closures.iter().map(|closure| closure.0));
        runs.extend(&self.outer);
        runs.push((pc, regs));
        for (pc, regs) in runs {
            for frame in Frames::new(self, pc, regs) {
                let Some(map) = frame.code.map(frame.at) else { continue };
                // SAFETY: slots of a root map are inside the frame.
                let slot = |s: &u16| unsafe { *frame.regs.add(usize::from(*s)) } as u32;
                roots.extend(map.refs.iter().map(slot));
                interior.extend(map.interior.iter().map(slot));
            }
        }
        let globals = self.globals.iter().zip(&self.global_is_ref);
        roots.extend(globals.filter(|(_, is_ref)| **is_ref).map(|(bits, _)| *bits as u32));
        roots.extend(self.constants.iter().map(|c| c.0));
        self.heap.collect_due(|marker: &mut Marker<'_>| {
            roots.iter().for_each(|r| marker.mark(GcRef(*r)));
            interior.iter().for_each(|at| marker.mark_interior(*at));
        });
        if self.config.gc_stress
            && let Err(fault) = self.heap.verify()
        {
            // A broken heap is a bug of the machine; stress runs exist to find it.
            let message = format!("heap verification failed: {fault}");
            self.fault = Some(Fault::new(TrapKind::HostPanic, message.clone()));
            panic!("{message}");
        }
    }

    /// The trace of the run that stands before `pc`.
    pub fn trace(&self, pc: *const u64, regs: *mut u64) -> (Vec<TraceFrame>, usize) {
        let half = MAX_TRACE / 2;
        let mut head = Vec::new();
        let mut tail = std::collections::VecDeque::new();
        let mut skipped = 0;
        for frame in Frames::new(self, pc, regs) {
            if head.len() < half {
                head.push(self.describe(&frame));
                continue;
            }
            tail.push_back(frame);
            if tail.len() > half {
                tail.pop_front();
                skipped += 1;
            }
        }
        head.extend(tail.iter().map(|frame| self.describe(frame)));
        (head, skipped)
    }

    pub(crate) fn describe(&self, frame: &Frame) -> TraceFrame {
        let info = &self.funcs[frame.func as usize];
        let module = &self.instances[info.instance].module;
        let func = &module.funcs[info.id];
        TraceFrame {
            func: func.name.clone(),
            file: module.files.get(func.file as usize).cloned().unwrap_or_default(),
            loc: frame.code.loc(frame.at),
        }
    }

    /// The trap the machine stopped with.
    pub fn take_trap(&mut self, code: u32, pc: *const u64, regs: *mut u64) -> Trap {
        let (trace, skipped) = self.trace(pc, regs);
        match self.fault.take() {
            Some(fault) => {
                let title = if fault.message.is_empty() {
                    fault.kind.title().to_owned()
                } else {
                    fault.message
                };
                Trap { kind: fault.kind, message: title, trace, skipped }
            }
            None => {
                let kind = TrapKind::from_code(code);
                let message = match kind {
                    TrapKind::User(code) => format!("{} (code {code})", kind.title()),
                    TrapKind::IndexOutOfRange => {
                        self.index_message(pc, regs).unwrap_or_else(|| kind.title().to_owned())
                    }
                    _ => kind.title().to_owned(),
                };
                Trap { kind, message, trace, skipped }
            }
        }
    }

    /// Where a catchable trap continues: the closest caller with an unwind edge.
    pub fn unwind(&self, pc: *const u64, regs: *mut u64) -> Option<(*const u64, *mut u64, u16)> {
        let callers = Frames::new(self, pc, regs).skip(1);
        for frame in callers {
            if let Some(edge) = frame.code.unwind(frame.at) {
                let target = frame.code.words.as_ptr().wrapping_add(edge.target as usize);
                return Some((target, frame.regs, edge.slot));
            }
        }
        None
    }
}
