//! Switching between tasks: what the driver of the machine does where one waits or ends.
//!
//! A task that waits has its frames on its own stack and nothing anywhere else, so that to go on
//! is to enter the machine where it stood. No engine knows of tasks.

use std::sync::atomic::Ordering;

use kaa_base::span::LIBRARY_FOLDER;
use kaa_code::{RegOp, word};
use kaa_heap::{GcRef, TypeKind};
use kaa_isa::TrapKind;

use super::segment::Segment;
use super::{Ask, Group, Key, MAIN, Place, Reason, State, Task};
use crate::frames::Frames;
use crate::slow::closure_func;
use crate::store::Inner;
use crate::trap::{MAX_TRACE, TraceFrame, Trap};

/// How many waiting tasks a deadlock tells of.
const TOLD: usize = 8;

/// Where the machine goes on, or the trap that ends the run.
type Next = Result<(*const u64, *mut u64), Box<Trap>>;

/// Whether a trap ends the whole run, in whichever task it is: limits, and what the program or
/// its host means for all of it.
fn ends_the_run(kind: TrapKind) -> bool {
    match kind {
        TrapKind::StackOverflow => false,
        TrapKind::User(_) | TrapKind::Deadlock => true,
        kind => !kind.is_catchable(),
    }
}

impl Inner {
    /// Begins a run with one task.
    pub(crate) fn begin_tasks(&mut self, pc: *const u64, regs: *mut u64) {
        let limit = self.vm().stack_limit;
        let tasks = &mut self.host.tasks;
        tasks.clear();
        let first = Task {
            group: 0,
            origin: None,
            state: State::Running,
            at: Place { pc, regs, again: false },
            limit,
            segment: None,
            caught: None,
            closure: None,
            owned: Vec::new(),
            guards: Vec::new(),
            closing: None,
        };
        tasks.all.insert(MAIN, first);
    }

    /// Ends a run: whatever has not ended is dropped.
    pub(crate) fn end_tasks(&mut self) {
        if let Some(first) = self.host.tasks.all.get(&MAIN) {
            self.bound(first.limit);
        }
        self.host.tasks.clear();
    }

    /// Does what a native asked for, which stands before `pc`.
    pub(crate) fn serve(&mut self, ask: Ask, pc: *const u64, regs: *mut u64) -> Next {
        match ask {
            Ask::Spawn { id, group, closure } => match self.spawn(id, group, closure, pc, regs) {
                Ok(()) => Ok((pc, regs)),
                Err(trap) => self.trapped(*trap, pc, regs),
            },
            Ask::Wait(key, reason) => {
                // What waits for the end of tasks looks again whether they have ended.
                let again = !matches!(key, Key::Signal(_));
                let current = self.host.tasks.current;
                self.leave(Place { pc, regs, again });
                self.host.tasks.wait(current, key, reason);
                self.enter_next()
            }
            Ask::Raise(task) => {
                let failed = self.host.tasks.all.remove(&task).map(|task| task.state);
                let Some(State::Failed(trap, _)) = failed else { return Ok((pc, regs)) };
                self.trapped(*trap, pc, regs)
            }
        }
    }

    /// Goes on after the code of the running task came to its end; `None` is the end of the run.
    pub(crate) fn halted(&mut self) -> Option<Next> {
        let current = self.host.tasks.current;
        if current == MAIN {
            return None;
        }
        Some(self.ended(None))
    }

    /// Goes on after the running task, or what closed something for it, ended, by a trap or not.
    /// A task that traps closes what it holds; what goes wrong then is not told.
    fn ended(&mut self, trap: Option<Box<Trap>>) -> Next {
        let tasks = &mut self.host.tasks;
        let current = tasks.current;
        let Some(task) = tasks.all.get_mut(&current) else { return self.enter_next() };
        let closes = task.closing.is_some() || trap.is_some();
        let trap = task.closing.take().unwrap_or(trap);
        if closes && task.close_next(&tasks.entry) {
            (task.closing, task.state) = (Some(trap), State::Ready);
            tasks.ready.push_front(current);
        } else {
            tasks.end(current, trap);
        }
        self.enter_next()
    }

    /// Goes on after a trap of the running task: where it is caught, or with another task.
    pub(crate) fn trapped(&mut self, mut trap: Trap, pc: *const u64, regs: *mut u64) -> Next {
        if trap.kind == TrapKind::Interrupted {
            self.rearm();
        }
        if let Some((target, frame, slot)) =
            self.unwind(pc, regs).filter(|_| trap.kind.is_catchable())
        {
            // SAFETY: the slot is inside the frame of the call with the edge.
            unsafe { *frame.add(usize::from(slot)) = u64::from(trap.kind.code()) };
            self.caught = Some(trap);
            return Ok((target, frame));
        }
        let current = self.host.tasks.current;
        let origin = self.host.tasks.all.get(&current).and_then(|task| task.origin.clone());
        if let Some(origin) = origin {
            add_origin(&mut trap, origin);
        }
        if current == MAIN || ends_the_run(trap.kind) {
            return Err(Box::new(trap));
        }
        self.ended(Some(Box::new(trap)))
    }

    /// Notes where the running task stands.
    fn leave(&mut self, at: Place) {
        let caught = self.caught.take();
        let tasks = &mut self.host.tasks;
        if let Some(task) = tasks.all.get_mut(&tasks.current) {
            (task.at, task.caught) = (at, caught);
        }
    }

    /// Lets the next task go on.
    fn enter_next(&mut self) -> Next {
        let tasks = &mut self.host.tasks;
        let next = tasks.next_ready().or_else(|| tasks.give_up().then(|| tasks.next_ready())?);
        let Some(id) = next else { return Err(Box::new(self.deadlock())) };
        tasks.current = id;
        let Some(task) = tasks.all.get_mut(&id) else { return Err(Box::new(self.deadlock())) };
        let (at, limit) = (task.at, task.limit);
        task.closure = None;
        self.caught = task.caught.take();
        self.bound(limit);
        let pc = if at.again { at.pc.wrapping_sub(1) } else { at.pc };
        Ok((pc, at.regs))
    }

    /// Lets frames start up to `limit`; an interrupt that is due stays due.
    fn bound(&mut self, limit: usize) {
        let vm = self.vm_mut();
        let old = std::mem::replace(&mut vm.stack_limit, limit);
        let _ = vm.limit.compare_exchange(old, limit, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Makes a task.
    fn spawn(
        &mut self,
        id: u64,
        group: u64,
        closure: GcRef,
        pc: *const u64,
        regs: *mut u64,
    ) -> Result<(), Box<Trap>> {
        let fail = |kind, message: String| Err(Box::new(Trap::new(kind, message)));
        if !self.can_begin(closure) {
            return fail(TrapKind::InvalidValue, "a task takes and gives nothing".into());
        }
        let (depth, most) = (self.config.max_depth, self.config.max_tasks);
        if self.host.tasks.count() >= most {
            return fail(TrapKind::OutOfMemory, format!("more than {most} tasks at once"));
        }
        let Some(mut segment) = self.host.tasks.free.pop().or_else(|| Segment::new(depth)) else {
            return fail(TrapKind::OutOfMemory, "no memory for the stack of a task".into());
        };
        let origin = self.caller(pc, regs, &format!("task {id}, spawned"));
        let tasks = &mut self.host.tasks;
        let Some(Group { live, .. }) = tasks.groups.get_mut(&group) else {
            return fail(TrapKind::InvalidValue, "these tasks have been waited for".into());
        };
        *live += 1;
        if tasks.entry.is_empty() {
            // The closure is in slot 0; its frame starts behind the return address.
            let call = word::abc(RegOp::CallClosure, 0, 2, 0, 0);
            tasks.entry = Box::new([call, word::abc(RegOp::Halt, 0, 0, 0, 0)]);
        }
        let (base, limit) = (segment.base(), segment.limit());
        // SAFETY: a segment has more slots than one.
        unsafe { *base = closure.slot() };
        let at = Place { pc: tasks.entry.as_ptr(), regs: base, again: false };
        let (segment, closure) = (Some(segment), Some(closure));
        let state = State::Ready;
        let (caught, owned, guards, closing) = (None, Vec::new(), Vec::new(), None);
        let task = Task {
            group,
            origin,
            state,
            at,
            limit,
            segment,
            caught,
            closure,
            owned,
            guards,
            closing,
        };
        tasks.all.insert(id, task);
        tasks.ready.push_back(id);
        Ok(())
    }

    /// Whether an object is a closure that takes and gives nothing.
    fn can_begin(&self, closure: GcRef) -> bool {
        let types = self.heap.types();
        let ty = self.heap.type_of(closure);
        if closure.is_null() || !matches!(types.desc(ty).kind, TypeKind::Closure { .. }) {
            return false;
        }
        let TypeKind::Closure { captures } = &types.desc(ty).kind else { return false };
        let func = closure_func(self.vm_ptr(), closure.slot());
        self.entries.get(func as usize).is_some_and(|entry| {
            entry.params as usize == captures.leaves.len() && entry.results == 0
        })
    }

    /// The call outside the library that led to the instruction before `pc`.
    fn caller(&self, pc: *const u64, regs: *mut u64, func: &str) -> Option<TraceFrame> {
        let mut frames = Frames::new(self, pc, regs).map(|frame| self.describe(&frame));
        let first = frames.next()?;
        let own = |frame: &TraceFrame| !frame.file.starts_with(LIBRARY_FOLDER);
        let found = if own(&first) { None } else { frames.take(TOLD).find(own) };
        Some(TraceFrame { func: func.to_owned(), ..found.unwrap_or(first) })
    }

    /// The trap of tasks that all wait for each other.
    fn deadlock(&self) -> Trap {
        let tasks = &self.host.tasks;
        let mut message = "deadlock: every task waits".to_owned();
        let mut told = 0;
        for (id, task) in &tasks.all {
            let State::Waiting(key, reason) = task.state else { continue };
            told += 1;
            if told > TOLD {
                continue;
            }
            let what = match (reason, key) {
                (Reason::Join, Key::Task(task)) => format!("waits for task {task}"),
                (reason, _) => reason.text().to_owned(),
            };
            let who = if *id == MAIN { "the main task".into() } else { format!("task {id}") };
            let place = self.caller(task.at.pc, task.at.regs, "").filter(|at| at.loc.line > 0);
            let place = place.map(|at| format!(" ({}:{})", at.file, at.loc.line));
            message.push_str(&format!("\n  {who} {what}{}", place.unwrap_or_default()));
        }
        if told > TOLD {
            message.push_str(&format!("\n  and {} more", told - TOLD));
        }
        let mut trap = Trap::new(TrapKind::Deadlock, message);
        if let Some(first) = tasks.all.get(&MAIN) {
            (trap.trace, trap.skipped) = self.trace(first.at.pc, first.at.regs);
        }
        trap
    }

    /// The objects that tasks hold outside of their frames, and where those stand that do not run.
    pub(crate) fn idle_tasks(&self) -> (Vec<(*const u64, *mut u64)>, Vec<GcRef>) {
        let tasks = &self.host.tasks;
        let idle = tasks
            .all
            .values()
            .filter(|task| matches!(task.state, State::Ready | State::Waiting(..)));
        let places = idle.clone().map(|task| (task.at.pc, task.at.regs)).collect();
        let mut held: Vec<GcRef> = idle.filter_map(|task| task.closure).collect();
        held.extend(tasks.all.values().flat_map(|task| &task.guards).map(|guard| guard.1));
        (places, held)
    }
}

/// Ends the trace of a task with where it was spawned; what the library did in between to call
/// the function is left out. A trace that is full loses a frame for it.
fn add_origin(trap: &mut Trap, origin: TraceFrame) {
    while trap.trace.last().is_some_and(|frame| frame.file.starts_with(LIBRARY_FOLDER)) {
        trap.trace.pop();
    }
    if trap.trace.len() >= MAX_TRACE && trap.trace.pop().is_some() {
        trap.skipped += 1;
    }
    trap.trace.push(origin);
}
