//! What can be seen of a program that stands: frames, variables, slots, code, breakpoints.

use kaa_code::{ValueHome, disasm};
use kaa_ir::Loc;

use super::{Break, BreakAt, Debug, Watch, Why, show};
use crate::frames::{Frame, Frames};
use crate::store::Inner;

/// A program that stands.
pub struct Stopped<'a> {
    pub(super) inner: &'a mut Inner,
    pub(super) debug: &'a mut Debug,
    /// Behind the instruction that it stands at.
    pub(super) pc: *const u64,
    pub(super) regs: *mut u64,
    pub(super) why: Why,
}

/// A call that has not returned, the innermost first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameView {
    /// The name of the function.
    pub func: String,
    /// Its file.
    pub file: String,
    /// The place in it.
    pub loc: Loc,
    /// The word of its code that is executed next, or that made the call.
    pub at: u32,
}

/// A variable that has a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variable {
    /// Its name; parts of it are behind a dot.
    pub name: String,
    /// The value, as a text.
    pub value: String,
    /// The slot that holds it.
    pub slot: Option<u16>,
}

impl Stopped<'_> {
    /// Why it stands.
    pub fn why(&self) -> &Why {
        &self.why
    }

    /// The number of the task that stands; the first one is 0.
    pub fn task(&self) -> u64 {
        self.inner.host.tasks.current()
    }

    /// Instructions executed so far.
    pub fn count(&self) -> u64 {
        self.debug.count
    }

    fn walk(&self) -> Frames<'_> {
        Frames::new(self.inner, self.pc, self.regs)
    }

    fn frame(&self, depth: usize) -> Option<Frame> {
        self.walk().nth(depth)
    }

    /// The calls that have not returned, at most so many.
    pub fn frames(&self, most: usize) -> Vec<FrameView> {
        let view = |frame: Frame| {
            let told = self.inner.describe(&frame);
            FrameView { func: told.func, file: told.file, loc: told.loc, at: frame.at }
        };
        self.walk().take(most).map(view).collect()
    }

    /// The variables of a frame that have a value there.
    pub fn variables(&self, depth: usize) -> Vec<Variable> {
        self.frame(depth).map_or_else(Vec::new, |frame| variables_of(self.inner, &frame))
    }

    /// The slots of a frame.
    pub fn slots(&self, depth: usize) -> Vec<u64> {
        let Some(frame) = self.frame(depth) else { return Vec::new() };
        // SAFETY: a frame has so many slots, on a stack with room behind them.
        (0..frame.code.frame as usize).map(|i| unsafe { *frame.regs.add(i) }).collect()
    }

    /// The object that a slot of a frame refers to, with its type; nothing where it is not known
    /// to hold a reference.
    pub fn object(&self, depth: usize, slot: u16) -> Option<String> {
        let frame = self.frame(depth)?;
        let named = frame.code.debug.as_ref()?.at(frame.at);
        let is_ref = |home| home == ValueHome::Slot(slot);
        let found = named.into_iter().find(|one| is_ref(one.home) && one.ty.is_gc())?;
        debug_assert!(found.ty.is_gc());
        // SAFETY: the slot belongs to a value of the frame.
        let bits = unsafe { *frame.regs.add(usize::from(slot)) };
        Some(show::object_with_type(&self.inner.heap, bits))
    }

    /// The code around the place where a frame stands, so many words before and behind: the
    /// number of each word, and what it does.
    pub fn code(&self, depth: usize, around: u32) -> Vec<(u32, String)> {
        let Some(frame) = self.frame(depth) else { return Vec::new() };
        let lines = disasm::lines(&frame.code);
        let here = lines.partition_point(|line| line.0 < frame.at);
        let from = here.saturating_sub(around as usize);
        lines.into_iter().skip(from).take(2 * around as usize + 1).collect()
    }

    /// Sets a breakpoint; gives its number and at how many places it is.
    ///
    /// # Errors
    /// There is no such place.
    pub fn set_break(&mut self, at: BreakAt) -> Result<(u32, usize), String> {
        let found = self.inner.places_of(&at);
        if found.is_empty() {
            return Err(match &at {
                BreakAt::Func(name) => format!("there is no function `{name}`"),
                BreakAt::Line(_, line) => format!("there is no code at line {line}"),
                BreakAt::Word(name, at) => format!("there is no word {at} in `{name}`"),
            });
        }
        self.debug.last_id += 1;
        let id = self.debug.last_id;
        let count = found.len();
        self.debug.addresses.extend(found.into_iter().map(|address| (address, id)));
        self.debug.breaks.insert(id, Break { at, hits: 0 });
        Ok((id, count))
    }

    /// Watches a variable of the innermost frame; gives a number.
    ///
    /// # Errors
    /// There is no such variable.
    pub fn watch(&mut self, name: &str) -> Result<u32, String> {
        let known = self.variables(0);
        let Some(now) = known.into_iter().find(|one| one.name == name) else {
            return Err(format!("no variable `{name}` has a value here"));
        };
        self.debug.last_id += 1;
        let (task, regs) = (self.inner.host.tasks.current(), self.regs);
        let watch = Watch { name: name.to_owned(), task, regs, old: Some(now.value) };
        self.debug.watches.insert(self.debug.last_id, watch);
        Ok(self.debug.last_id)
    }

    /// The breakpoints with their numbers.
    pub fn breaks(&self) -> impl Iterator<Item = (u32, &Break)> {
        self.debug.breaks.iter().map(|(id, known)| (*id, known))
    }

    /// What is watched, with its numbers.
    pub fn watches(&self) -> impl Iterator<Item = (u32, &str)> {
        self.debug.watches.iter().map(|(id, watch)| (*id, watch.name.as_str()))
    }

    /// Removes a breakpoint, or stops watching; false where nothing has the number.
    pub fn remove(&mut self, id: u32) -> bool {
        self.debug.addresses.retain(|_, known| *known != id);
        let broke = self.debug.breaks.remove(&id).is_some();
        self.debug.watches.remove(&id).is_some() || broke
    }
}

/// The variables of the frame that stands before `pc`.
pub(super) fn variables(inner: &Inner, pc: *const u64, regs: *mut u64) -> Vec<Variable> {
    let frame = Frames::new(inner, pc, regs).next();
    frame.map_or_else(Vec::new, |frame| variables_of(inner, &frame))
}

fn variables_of(inner: &Inner, frame: &Frame) -> Vec<Variable> {
    let Some(debug) = &frame.code.debug else { return Vec::new() };
    let variable = |one: &kaa_code::Named| {
        let (bits, slot) = match one.home {
            // SAFETY: the slot belongs to a value of the frame.
            ValueHome::Slot(slot) => (unsafe { *frame.regs.add(usize::from(slot)) }, Some(slot)),
            ValueHome::Bits(bits) => (bits, None),
        };
        let value = show::value(&inner.heap, one.ty, bits);
        Variable { name: one.name.to_string(), value, slot }
    };
    debug.at(frame.at).into_iter().map(variable).collect()
}

impl Inner {
    /// Lowers all functions, so that each has addresses. One that is too large traps when it is
    /// called, as ever.
    pub(super) fn lower_all(&mut self) {
        for func in 0..self.funcs.len() {
            if self.funcs[func].code.is_none() {
                drop(self.lower(func as u32));
            }
        }
    }

    /// The addresses of the words that a breakpoint stands for.
    fn places_of(&self, at: &BreakAt) -> Vec<usize> {
        let mut found = Vec::new();
        for (func, info) in self.funcs.iter().enumerate() {
            let Some(code) = &info.code else { continue };
            let module = &self.instances[info.instance].module;
            let name = self.func_name(func as u32);
            let file = module.funcs[info.id].file;
            let word = match at {
                // Instances of a function are named `name[types]`.
                BreakAt::Func(wanted) => {
                    let plain = name.split('[').next().unwrap_or(name);
                    (name == wanted || plain == wanted).then_some(0)
                }
                BreakAt::Word(wanted, word) => {
                    let is_there = name == wanted && (*word as usize) < code.words.len();
                    is_there.then_some(*word)
                }
                BreakAt::Line(wanted, line) => {
                    let path = module.files.get(file as usize).map_or("", String::as_str);
                    let fits = match wanted {
                        Some(wanted) => path.ends_with(wanted.as_str()),
                        None => file == 0,
                    };
                    let first = code.locs.iter().filter(|(_, loc)| loc.line == *line);
                    first.map(|(pc, _)| *pc).min().filter(|_| fits)
                }
            };
            found.extend(word.map(|word| code.words.as_ptr().wrapping_add(word as usize) as usize));
        }
        found
    }
}
