//! The tasks of a run: who may go on, who waits for what, which groups they belong to.
//!
//! Tasks take turns: one runs until it waits or ends, then the one that has been ready longest
//! goes on, so that nothing depends on time. A task belongs to a group, which its owner waits
//! for before it goes on. Here is the book-keeping; `schedule` lets the machine switch,
//! `segment` has the stacks of tasks, and `rt::task` the natives.

mod schedule;
mod segment;

use std::collections::{BTreeMap, VecDeque};

use kaa_heap::GcRef;
use rustc_hash::FxHashMap;

use crate::trap::{TraceFrame, Trap};
use segment::Segment;

/// The task that a call into the store begins with.
pub(crate) const MAIN: u64 = 0;

/// What a native asks of whoever drives the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Start the task of this number with a closure that takes and gives nothing.
    Spawn { id: u64, group: u64, closure: GcRef },
    /// Let others run until this has happened.
    Wait(Key, Reason),
    /// End the waiting task with the trap of this one.
    Raise(u64),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// The end of a task.
    Task(u64),
    /// The end of all tasks of a group.
    Group(u64),
    /// Something that tasks tell each other.
    Signal(u64),
}

/// Why a task waits, as a deadlock tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Join,
    Finish,
    Receive,
    Send,
}

impl Reason {
    /// A reason by its number in programs.
    pub fn of(number: i64) -> Reason {
        if number == 0 { Reason::Receive } else { Reason::Send }
    }

    fn text(self) -> &'static str {
        match self {
            Reason::Join => "waits for the end of a task",
            Reason::Finish => "waits for its tasks to end",
            Reason::Receive => "waits to receive",
            Reason::Send => "waits until it can send",
        }
    }
}

/// Where a task stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The word after the instruction that it stopped at, or the first one of all.
    pub pc: *const u64,
    pub regs: *mut u64,
    /// Whether that instruction is to be done again.
    pub again: bool,
}

/// A task.
pub(crate) struct Task {
    group: u64,
    /// Where it was spawned; the first task was called by the host.
    origin: Option<TraceFrame>,
    state: State,
    at: Place,
    /// Up to where its frames may start.
    limit: usize,
    /// Its stack; the first task has that of the store.
    segment: Option<Segment>,
    /// The trap that an unwind edge of it caught last.
    caught: Option<Trap>,
    /// What it begins with, until it does.
    closure: Option<GcRef>,
    /// The groups that it opened and has not waited for.
    owned: Vec<u64>,
    /// What closes the resources that it holds, by the numbers they were given.
    guards: Vec<(u64, GcRef)>,
    /// Where it only closes what it holds: the trap that it ends with, unless it was cancelled.
    closing: Option<Option<Box<Trap>>>,
}

impl Task {
    /// Lets the task go on with the next that closes something it holds, last first; false where
    /// nothing is left.
    fn close_next(&mut self, entry: &[u64]) -> bool {
        let (Some((_, closure)), Some(segment)) = (self.guards.pop(), &mut self.segment) else {
            return false;
        };
        let base = segment.base();
        // SAFETY: a segment has more slots than one.
        unsafe { *base = closure.slot() };
        self.at = Place { pc: entry.as_ptr(), regs: base, again: false };
        (self.closure, self.caught) = (Some(closure), None);
        true
    }
}

enum State {
    Ready,
    Running,
    Waiting(Key, Reason),
    /// It trapped. Whether somebody has been told.
    Failed(Box<Trap>, bool),
}

/// Tasks that one task waits for.
struct Group {
    owner: u64,
    /// How many still run.
    live: usize,
    /// Those that trapped.
    failed: Vec<u64>,
}

/// All tasks of a store.
#[derive(Default)]
pub(crate) struct Tasks {
    all: BTreeMap<u64, Task>,
    groups: BTreeMap<u64, Group>,
    ready: VecDeque<u64>,
    waiting: FxHashMap<Key, VecDeque<u64>>,
    current: u64,
    /// The last numbers that were given away.
    last_task: u64,
    last_key: u64,
    /// Stacks of tasks that have ended.
    free: Vec<Segment>,
    /// The code that tasks begin with.
    entry: Box<[u64]>,
}

impl Tasks {
    /// A number for a group of the running task.
    pub fn open_group(&mut self) -> u64 {
        let id = self.key();
        if let Some(owner) = self.all.get_mut(&self.current) {
            owner.owned.push(id);
        }
        self.groups.insert(id, Group { owner: self.current, live: 0, failed: Vec::new() });
        id
    }

    /// A number that nothing has yet.
    pub fn key(&mut self) -> u64 {
        self.last_key += 1;
        self.last_key
    }

    /// Has a closure called if the running task ends before `unguard`; gives a number for that.
    /// The first task ends with the run, which closes nothing.
    pub fn guard(&mut self, closure: GcRef) -> u64 {
        if self.current == MAIN {
            return 0;
        }
        let id = self.key();
        if let Some(task) = self.all.get_mut(&self.current) {
            task.guards.push((id, closure));
        }
        id
    }

    /// Forgets what `guard` gave the number for.
    pub fn unguard(&mut self, id: u64) {
        if let Some(task) = self.all.get_mut(&self.current).filter(|_| id != 0) {
            task.guards.retain(|guard| guard.0 != id);
        }
    }

    /// Ends all tasks of a group, which first close what they hold.
    pub fn cancel(&mut self, group: u64) {
        let owned = self.stop_members(group);
        self.drop_groups(owned);
    }

    /// The running task.
    pub fn current(&self) -> u64 {
        self.current
    }

    /// A number for a new task.
    pub fn number(&mut self) -> u64 {
        self.last_task += 1;
        self.last_task
    }

    /// Whether tasks can be spawned into a group.
    pub fn is_open(&self, group: u64) -> bool {
        self.groups.contains_key(&group)
    }

    /// How many tasks there are besides the first one: that run or wait, or have trapped while
    /// their group goes on.
    fn count(&self) -> usize {
        self.all.len().saturating_sub(1)
    }

    /// Whether a task still runs or waits.
    pub fn is_live(&self, task: u64) -> bool {
        self.all.get(&task).is_some_and(|task| !matches!(task.state, State::Failed(..)))
    }

    /// Whether tasks of a group still run or wait.
    pub fn is_busy(&self, group: u64) -> bool {
        self.groups.get(&group).is_some_and(|group| group.live > 0)
    }

    /// What a task trapped with, which somebody now knows.
    pub fn failure(&mut self, task: u64) -> Option<&str> {
        match &mut self.all.get_mut(&task)?.state {
            State::Failed(trap, known) => {
                *known = true;
                Some(&trap.message)
            }
            _ => None,
        }
    }

    /// Forgets a group whose tasks have ended; gives the first of them that trapped without
    /// anybody having been told, which stays.
    pub fn close_group(&mut self, id: u64) -> Option<u64> {
        let group = self.groups.remove(&id)?;
        if let Some(owner) = self.all.get_mut(&group.owner) {
            owner.owned.retain(|owned| *owned != id);
        }
        let mut first = None;
        for task in group.failed {
            match self.all.get(&task).map(|task| &task.state) {
                Some(State::Failed(_, false)) if first.is_none() => first = Some(task),
                _ => _ = self.all.remove(&task),
            }
        }
        first
    }

    /// Lets the longest waiting task go on, or all that wait.
    pub fn wake(&mut self, key: Key, all: bool) {
        while let Some(queue) = self.waiting.get_mut(&key) {
            let next = queue.pop_front();
            if queue.is_empty() {
                self.waiting.remove(&key);
            }
            // A task that was ended while it waited is still in the queue.
            let Some(id) = next else { return };
            let Some(task) = self.all.get_mut(&id) else { continue };
            if !matches!(task.state, State::Waiting(waits_for, _) if waits_for == key) {
                continue;
            }
            task.state = State::Ready;
            self.ready.push_back(id);
            if !all {
                return;
            }
        }
    }

    /// Notes that a task waits.
    fn wait(&mut self, id: u64, key: Key, reason: Reason) {
        if let Some(task) = self.all.get_mut(&id) {
            task.state = State::Waiting(key, reason);
            self.waiting.entry(key).or_default().push_back(id);
        }
    }

    /// The next task that may go on.
    fn next_ready(&mut self) -> Option<u64> {
        while let Some(id) = self.ready.pop_front() {
            if let Some(task) = self.all.get_mut(&id) {
                task.state = State::Running;
                return Some(id);
            }
        }
        None
    }

    /// Where every task waits, ends those of a group of which one has trapped, so that its owner
    /// goes on and tells the trap; false where there is none.
    fn give_up(&mut self) -> bool {
        let untold = |id: &u64| {
            let state = self.all.get(id).map(|task| &task.state);
            matches!(state, Some(State::Failed(_, false)))
        };
        let found = self.groups.iter().find(|(id, group)| {
            let owner = self.all.get(&group.owner).map(|task| &task.state);
            matches!(owner, Some(State::Waiting(Key::Group(of), _)) if of == *id)
                && group.failed.iter().any(untold)
        });
        let Some(group) = found.map(|(id, _)| *id) else { return false };
        self.cancel(group);
        true
    }

    /// Removes a task that has ended, or notes why it trapped.
    fn end(&mut self, id: u64, trap: Option<Box<Trap>>) {
        let Some(mut task) = self.all.remove(&id) else { return };
        self.free.extend(task.segment.take());
        self.drop_groups(std::mem::take(&mut task.owned));
        if let Some(group) = self.groups.get_mut(&task.group) {
            group.live -= 1;
            let (key, is_last) = (Key::Group(task.group), group.live == 0);
            if let Some(trap) = trap {
                group.failed.push(id);
                task.state = State::Failed(trap, false);
                task.closure = None;
                self.all.insert(id, task);
            }
            if is_last {
                self.wake(key, true);
            }
        }
        self.wake(Key::Task(id), true);
    }

    /// Ends the tasks of groups whose owner has ended, and those of theirs.
    fn drop_groups(&mut self, mut groups: Vec<u64>) {
        while let Some(group) = groups.pop() {
            groups.extend(self.stop_members(group));
            let failed = self.groups.remove(&group).map(|group| group.failed).unwrap_or_default();
            for task in failed {
                self.all.remove(&task);
            }
        }
    }

    /// Ends the tasks of a group; those that hold resources close them first. Gives the groups
    /// that have lost their owner.
    fn stop_members(&mut self, group: u64) -> Vec<u64> {
        let members = self.all.iter().filter(|(_, task)| task.group == group);
        let mut orphans = Vec::new();
        for id in members.map(|(id, _)| *id).collect::<Vec<_>>() {
            let Some(task) = self.all.get_mut(&id) else { continue };
            if task.closing.is_some() || matches!(task.state, State::Failed(..)) {
                continue;
            }
            if task.close_next(&self.entry) {
                task.closing = Some(None);
                if matches!(task.state, State::Waiting(..)) {
                    task.state = State::Ready;
                    self.ready.push_back(id);
                }
                continue;
            }
            orphans.append(&mut task.owned);
            self.end(id, None);
        }
        orphans
    }

    /// Drops all tasks.
    fn clear(&mut self) {
        let dropped = std::mem::take(&mut self.all);
        self.free.extend(dropped.into_values().filter_map(|task| task.segment));
        self.free.truncate(segment::KEPT);
        self.groups.clear();
        self.ready.clear();
        self.waiting.clear();
        self.current = MAIN;
    }
}
