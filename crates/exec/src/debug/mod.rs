//! Debugging: a program that stops, is looked at, and goes on.
//!
//! A store with a debugger runs on the portable interpreter, in a form of its own that asks before
//! each instruction; other stores run as if there were no debugger. Here is when the machine
//! stops; `view` is what can be seen then, `show` tells values. What people type and read is
//! decided by whoever implements [`Debugger`].

mod show;
mod view;

use std::collections::BTreeMap;

use kaa_base::span::LIBRARY_FOLDER;
use rustc_hash::FxHashMap;

use crate::store::{Inner, Store};
use crate::trap::Trap;
use crate::vm::Vm;

pub use view::{FrameView, Stopped, Variable};

/// Whoever looks at a program that stands.
pub trait Debugger {
    /// The machine stands; says how it goes on.
    fn stopped(&mut self, at: &mut Stopped<'_>) -> Resume;
}

/// How a program goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resume {
    /// Until a breakpoint or the end.
    Run,
    /// By one instruction.
    Instruction,
    /// To the next line, in whichever function.
    Into,
    /// To the next line of this function.
    Over,
    /// To the caller.
    Out,
    /// It ends here.
    Quit,
}

/// Why a program stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// It has not begun.
    Start,
    /// It was to stop here.
    Step,
    /// The breakpoint of this number.
    Break(u32),
    /// What is watched by this number changed from the first text to the second one.
    Changed(u32, String, String),
    /// The function whose variable was watched by this number has returned.
    Gone(u32),
    /// It trapped; it cannot go on.
    Trap(String),
}

/// Where a breakpoint is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BreakAt {
    /// At the start of a function of this name.
    Func(String),
    /// At a line of a file whose path ends so; of the program's first file without one.
    Line(Option<String>, u32),
    /// At a word of the function of this name.
    Word(String, u32),
}

/// A breakpoint.
#[derive(Clone, Debug)]
pub struct Break {
    /// Where it was set.
    pub at: BreakAt,
    /// How often the machine came to it.
    pub hits: u64,
}

/// A variable that is watched.
struct Watch {
    name: String,
    task: u64,
    regs: *mut u64,
    /// What it was, as a text.
    old: Option<String>,
}

/// When the machine is to stop by itself.
#[derive(Clone, Copy)]
enum Goal {
    /// At the first line of a function, or its first instruction where it has no lines.
    Start,
    Run,
    Instruction,
    /// At another line than that of this frame; behind it in calls or not.
    Line {
        task: u64,
        regs: *mut u64,
        line: u32,
        into: bool,
    },
    /// In the caller of this frame.
    Out {
        task: u64,
        regs: *mut u64,
    },
}

/// The debugger of a store and what it asked for.
pub(crate) struct Debug {
    debugger: Box<dyn Debugger>,
    goal: Goal,
    breaks: BTreeMap<u32, Break>,
    /// The breakpoints at words, by the addresses of those.
    addresses: FxHashMap<usize, u32>,
    watches: BTreeMap<u32, Watch>,
    last_id: u32,
    /// Instructions executed so far.
    count: u64,
    /// The program is to end.
    is_over: bool,
}

impl Store {
    /// Lets a debugger see all that runs from now on. Nothing is compiled in such a store.
    pub fn set_debugger(&mut self, debugger: Box<dyn Debugger>) {
        self.inner.mode.debug = true;
        self.inner.debug = Some(Box::new(Debug {
            debugger,
            goal: Goal::Start,
            breaks: BTreeMap::new(),
            addresses: FxHashMap::default(),
            watches: BTreeMap::new(),
            last_id: 0,
            count: 0,
            is_over: false,
        }));
    }
}

/// Looks whether the machine is to stop before the instruction at `pc`, and lets the debugger see
/// it; false where the program is to end.
///
/// # Safety
/// The context and its store are alive, and nothing else uses them now.
pub(crate) unsafe fn before(vm: *mut Vm, pc: *const u64, regs: *mut u64) -> bool {
    // SAFETY: promised by the caller.
    let inner = unsafe { &mut *(*vm).store };
    let Some(mut debug) = inner.debug.take() else { return true };
    debug.count += 1;
    let goes_on = match debug.due(inner, pc, regs) {
        Some(why) => debug.stop(inner, pc.wrapping_add(1), regs, why),
        None => true,
    };
    inner.debug = Some(debug);
    goes_on
}

impl Inner {
    /// Lets the debugger see a trap before anything is unwound.
    pub(crate) fn show_trap(&mut self, trap: &Trap, pc: *const u64, regs: *mut u64) {
        let Some(mut debug) = self.debug.take() else { return };
        if !debug.is_over {
            debug.stop(self, pc, regs, Why::Trap(trap.message.clone()));
        }
        self.debug = Some(debug);
    }
}

impl Debug {
    /// Why the machine is to stop before the instruction at `pc`, if it is.
    fn due(&mut self, inner: &Inner, pc: *const u64, regs: *mut u64) -> Option<Why> {
        if let Some(why) = self.watched(inner, pc, regs) {
            return Some(why);
        }
        if let Some(&id) = self.addresses.get(&(pc as usize)) {
            if let Some(known) = self.breaks.get_mut(&id) {
                known.hits += 1;
            }
            return Some(Why::Break(id));
        }
        let current = inner.host.tasks.current();
        match self.goal {
            Goal::Run => None,
            Goal::Start => {
                let (_, code, at) = inner.func_at(pc)?;
                (code.loc(at).line != 0 || !code.has_lines()).then_some(Why::Start)
            }
            Goal::Instruction => inner.func_at(pc).map(|_| Why::Step),
            Goal::Out { task, regs: from } => {
                (task == current && regs < from && inner.func_at(pc).is_some()).then_some(Why::Step)
            }
            Goal::Line { task, regs: from, line, into } => {
                if task != current || regs > from && !into {
                    return None;
                }
                let (here, is_own) = place(inner, pc)?;
                if regs < from {
                    // The rest of the line that the call stands in is not new.
                    let line = place(inner, pc.wrapping_sub(1)).map_or(here, |call| call.0);
                    self.goal = Goal::Line { task, regs, line, into };
                    return (here == 0 || here != line).then_some(Why::Step);
                }
                let is_new = regs > from || here != line || here == 0;
                (is_new && (is_own || regs == from) && (here != 0 || line == 0))
                    .then_some(Why::Step)
            }
        }
    }

    /// Whether a watched variable of the frame at hand is another than before.
    fn watched(&mut self, inner: &Inner, pc: *const u64, regs: *mut u64) -> Option<Why> {
        if self.watches.is_empty() {
            return None;
        }
        let current = inner.host.tasks.current();
        let mut gone = None;
        for (id, watch) in self.watches.iter_mut().filter(|(_, watch)| watch.task == current) {
            if regs < watch.regs {
                gone = Some(*id);
                continue;
            }
            if regs > watch.regs {
                continue;
            }
            let known = view::variables(inner, pc.wrapping_add(1), regs);
            let Some(now) = known.into_iter().find(|one| one.name == watch.name) else { continue };
            match watch.old.replace(now.value.clone()) {
                Some(old) if old != now.value => return Some(Why::Changed(*id, old, now.value)),
                _ => {}
            }
        }
        let id = gone?;
        self.watches.remove(&id);
        Some(Why::Gone(id))
    }

    /// Lets the debugger see the machine; false where the program is to end.
    fn stop(&mut self, inner: &mut Inner, pc: *const u64, regs: *mut u64, why: Why) -> bool {
        inner.lower_all();
        // What was printed is to be seen before what the debugger tells.
        if let Err(error) = inner.host.out.flush() {
            inner.host.out_error.get_or_insert(error);
        }
        let (task, line) = (inner.host.tasks.current(), place(inner, pc.wrapping_sub(1)));
        let line = line.map_or(0, |place| place.0);
        let mut debugger = std::mem::replace(&mut self.debugger, Box::new(Nobody));
        let resume = debugger.stopped(&mut Stopped { inner, debug: self, pc, regs, why });
        self.debugger = debugger;
        self.goal = match resume {
            Resume::Run => Goal::Run,
            Resume::Instruction => Goal::Instruction,
            Resume::Into => Goal::Line { task, regs, line, into: true },
            Resume::Over => Goal::Line { task, regs, line, into: false },
            Resume::Out => Goal::Out { task, regs },
            Resume::Quit => Goal::Run,
        };
        self.is_over |= resume == Resume::Quit;
        resume != Resume::Quit
    }
}

/// Stands in for a debugger that is at work.
struct Nobody;

impl Debugger for Nobody {
    fn stopped(&mut self, _: &mut Stopped<'_>) -> Resume {
        Resume::Run
    }
}

/// The line of an instruction, and whether its function is no part of the library.
fn place(inner: &Inner, pc: *const u64) -> Option<(u32, bool)> {
    let (func, code, at) = inner.func_at(pc)?;
    let info = &inner.funcs[func as usize];
    let module = &inner.instances[info.instance].module;
    let file = module.files.get(module.funcs[info.id].file as usize);
    let is_own = file.is_none_or(|file| !file.starts_with(LIBRARY_FOLDER));
    Some((code.loc(at).line, is_own))
}
