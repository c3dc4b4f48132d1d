//! Checks a function before it becomes code: what lies on the stack at every place, and which
//! frames are open.
//!
//! A place that is reached in several ways must be reached with the same types on the stack and
//! the same frames. Each place is looked at once, with what reaches it first.

use std::collections::{HashMap, HashSet};

use super::parse::{Arith, Func, Op, Shape, Text};
use super::types::{Count, Scalar, Ty};
use crate::error::LoadError;

/// Values that may lie on the stack of a function.
pub const MAX_STACK: usize = 500;
/// Values on the stack at the starts of all blocks of a function, taken together.
const MAX_MEETING: usize = 1 << 20;
/// Frames that may be open in a function.
const MAX_FRAMES: usize = 64;
/// Locals of a frame that are variables.
const MAX_VARIABLES: usize = 256;

/// What is known at a place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// The types on the stack, the deepest first.
    pub stack: Vec<Ty>,
    /// The operations that opened the frames that are open.
    pub frames: Vec<usize>,
}

/// A function that is right.
#[derive(Debug, Default)]
pub struct Checked {
    /// The starts of its blocks, with what is known there, in the order they were reached.
    pub blocks: Vec<(usize, State)>,
    /// The frame that each operation on a local belongs to.
    pub frame_of: HashMap<usize, usize>,
    /// The locals of each frame: offset to type. `None` where some overlap.
    pub locals: HashMap<usize, Option<HashMap<u32, Ty>>>,
}

/// The shapes that a text declares.
pub struct Names<'a> {
    funcs: HashMap<&'a str, (usize, &'a Shape)>,
    externs: HashMap<String, (usize, &'a Shape)>,
    handlers: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    /// The names of a text.
    ///
    /// # Errors
    /// Two functions have one name.
    pub fn new(text: &'a Text) -> Result<Names<'a>, LoadError> {
        let mut names =
            Names { funcs: HashMap::new(), externs: HashMap::new(), handlers: HashSet::new() };
        for (nth, func) in text.funcs.iter().enumerate() {
            if names.funcs.insert(&func.name, (nth, &func.shape)).is_some() {
                let reason = format!("there are two functions `{}`", func.name);
                return Err(LoadError::line(func.line, reason));
            }
            if func.is_handler {
                names.handlers.insert(&func.name);
            }
        }
        for (nth, ext) in text.externs.iter().enumerate() {
            names.externs.insert(format!("{}.{}", ext.module, ext.name), (nth, &ext.shape));
        }
        Ok(names)
    }

    /// A function: its number and what it takes and gives.
    pub fn func(&self, name: &str) -> Result<(usize, &'a Shape), String> {
        if self.handlers.contains(name) {
            return Err(format!("`{name}` handles interrupts and cannot be called"));
        }
        self.funcs.get(name).copied().ok_or_else(|| format!("there is no function `{name}`"))
    }

    /// A function of the host.
    pub fn external(&self, name: &str) -> Result<(usize, &'a Shape), String> {
        self.externs.get(name).copied().ok_or_else(|| format!("there is no `extern {name}`"))
    }
}

/// Checks a function.
///
/// # Errors
/// The first operation that does not fit what is on the stack.
pub fn check(func: &Func, names: &Names<'_>) -> Result<Checked, LoadError> {
    let mut checked = Checked::default();
    let mut known: HashMap<usize, State> = HashMap::new();
    let first = State { stack: func.shape.params.clone(), frames: Vec::new() };
    let starts: HashSet<usize> = func.labels.values().copied().collect();
    let mut work = vec![(func.line, 0, first)];
    let mut meeting = 0;
    while let Some((line, place, state)) = work.pop() {
        if let Some(seen) = known.get(&place) {
            same(seen, &state).map_err(|reason| LoadError::line(line, reason))?;
            continue;
        }
        meeting += state.stack.len() + 1;
        if meeting > MAX_MEETING {
            let reason = format!("more than {MAX_MEETING} values meet at jumps of `{}`", func.name);
            return Err(LoadError::TooLarge(reason));
        }
        known.insert(place, state.clone());
        checked.blocks.push((place, state.clone()));
        let mut walk = Walk { func, names, state, checked: &mut checked };
        let mut at = place;
        loop {
            let Some((line, op)) = func.ops.get(at) else {
                let line = func.ops.last().map_or(func.line, |(line, _)| *line);
                let reason = format!("`{}` goes on past its end", func.name);
                return Err(LoadError::line(line, reason));
            };
            let fail = |reason| LoadError::line(*line, reason);
            let target = walk.op(at, op).map_err(fail)?;
            if walk.state.stack.len() > MAX_STACK {
                return Err(fail(format!("more than {MAX_STACK} values lie on the stack")));
            }
            if let Some(label) = target {
                let place = func.labels.get(label);
                let place = place.ok_or_else(|| fail(format!("there is no label `{label}`")))?;
                work.push((*line, *place, walk.state.clone()));
            }
            if matches!(op, Op::Jmp(_) | Op::Ret | Op::InterruptReturn | Op::Crash) {
                break;
            }
            at += 1;
            if starts.contains(&at) || matches!(op, Op::JmpIf(_)) {
                work.push((*line, at, walk.state.clone()));
                break;
            }
        }
    }
    Ok(checked)
}

fn same(seen: &State, now: &State) -> Result<(), String> {
    if seen.stack != now.stack {
        let (was, is) = (list(&seen.stack), list(&now.stack));
        return Err(format!("a place is reached with {was} on the stack and with {is}"));
    }
    match seen.frames == now.frames {
        true => Ok(()),
        false => Err("a place is reached with different frames".to_owned()),
    }
}

/// Types for people.
pub fn list(types: &[Ty]) -> String {
    let shown: Vec<String> = types.iter().map(Ty::to_string).collect();
    format!("({})", shown.join(", "))
}

struct Walk<'a, 'c> {
    func: &'a Func,
    names: &'a Names<'a>,
    state: State,
    checked: &'c mut Checked,
}

impl<'a> Walk<'a, '_> {
    fn pop(&mut self) -> Result<Ty, String> {
        self.state.stack.pop().ok_or_else(|| "nothing is left on the stack".to_owned())
    }

    fn expect(&mut self, ty: Ty) -> Result<(), String> {
        match self.pop()? {
            found if found == ty => Ok(()),
            found => Err(format!("`{ty}` is needed on the stack, not `{found}`")),
        }
    }

    fn push(&mut self, ty: Ty) {
        self.state.stack.push(ty);
    }

    /// A number of the text is there; another one lies on the stack.
    fn number(&mut self, number: Option<u32>) -> Result<(), String> {
        match number {
            Some(_) => Ok(()),
            None => self.expect(Ty::One(Scalar::I64)),
        }
    }

    fn shape(&mut self, shape: &Shape) -> Result<(), String> {
        shape.params.iter().rev().try_for_each(|ty| self.expect(*ty))?;
        self.state.stack.extend(&shape.results);
        Ok(())
    }

    /// Goes over an operation; gives the label it may jump to.
    fn op(&mut self, at: usize, op: &'a Op) -> Result<Option<&'a str>, String> {
        match op {
            Op::Jmp(label) => return Ok(Some(label)),
            Op::JmpIf(label) => {
                match self.pop()? {
                    Ty::One(scalar) if scalar.is_int() => {}
                    found => return Err(format!("`{found}` is no integer to jump on")),
                }
                return Ok(Some(label));
            }
            Op::Call(name) => self.shape(self.names.func(name)?.1)?,
            Op::CallC(name) => self.shape(self.names.external(name)?.1)?,
            Op::Ret => self.ret()?,
            Op::InterruptReturn => match (self.func.is_handler, &self.state.stack[..]) {
                (false, _) => return Err("only a handler of interrupts ends so".to_owned()),
                (true, []) => {}
                (true, left) => return Err(format!("{} is left on the stack", list(left))),
            },
            Op::Crash => {}
            Op::AllocFrame(_) | Op::DropFrame | Op::ReadLocal(..) | Op::WriteLocal(..) => {
                self.frame(at, op)?;
            }
            _ => self.value(op)?,
        }
        Ok(None)
    }

    /// Goes over an operation on values.
    fn value(&mut self, op: &Op) -> Result<(), String> {
        match op {
            Op::WriteConst(ty, words) => {
                let _ = super::literal::bytes(*ty, words)?;
                self.push(*ty);
            }
            Op::Arith(arith, ty) => self.arith(*arith, *ty)?,
            Op::Compare(_, scalar) => {
                self.expect(Ty::One(*scalar))?;
                self.expect(Ty::One(*scalar))?;
                self.push(Ty::One(Scalar::U8));
            }
            Op::Convert(from, to) => {
                self.expect(Ty::One(*from))?;
                self.push(Ty::One(*to));
            }
            Op::Inject(ty) => {
                self.expect(*ty)?;
                self.expect(pointer(*ty)?)?;
            }
            Op::Unbox(ty) => {
                if matches!(ty, Ty::Lanes(_, Count::Run)) {
                    self.expect(Ty::One(Scalar::U64))?;
                }
                self.expect(pointer(*ty)?)?;
                self.push(*ty);
            }
            Op::GetSp(ty) => self.push(pointer(*ty)?),
            Op::SetSp => match self.pop()? {
                Ty::Pointer(..) => {}
                found => return Err(format!("a pointer is needed on the stack, not `{found}`")),
            },
            Op::WriteIo(stream) => {
                self.number(*stream)?;
                match self.pop()? {
                    Ty::One(Scalar::U8) | Ty::Lanes(Scalar::U8, _) => {}
                    found => return Err(format!("`u8` lanes are written, not `{found}`")),
                }
            }
            Op::ReadIo(count, stream) => {
                self.number(*stream)?;
                self.number(*count)?;
                self.push(Ty::Lanes(Scalar::U8, Count::Run));
            }
            Op::OpenIo(_) => {
                match self.pop()? {
                    Ty::Lanes(Scalar::U8, _) => {}
                    found => return Err(format!("a path is `u8` lanes, not `{found}`")),
                }
                self.push(Ty::One(Scalar::I64));
            }
            Op::ReadReg(scalar, _) => self.push(Ty::One(*scalar)),
            Op::WriteReg(scalar, _) => self.expect(Ty::One(*scalar))?,
            Op::InterruptSet(_, name) if !self.names.handlers.contains(name.as_str()) => {
                return Err(format!("there is no handler `{name}`"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Goes over an operation on frames.
    fn frame(&mut self, at: usize, op: &Op) -> Result<(), String> {
        match op {
            Op::ReadLocal(ty, offset) => {
                self.local(at, *ty, *offset)?;
                self.push(*ty);
            }
            Op::WriteLocal(ty, offset) => {
                self.expect(*ty)?;
                self.local(at, *ty, *offset)?;
            }
            Op::AllocFrame(_) => {
                if self.state.frames.len() == MAX_FRAMES {
                    return Err(format!("more than {MAX_FRAMES} frames are open"));
                }
                self.state.frames.push(at);
                self.checked.locals.entry(at).or_insert_with(|| Some(HashMap::new()));
            }
            Op::DropFrame => match self.state.frames.pop() {
                Some(frame) => {
                    self.checked.frame_of.insert(at, frame);
                }
                None => return Err("no frame is open".to_owned()),
            },
            _ => {}
        }
        Ok(())
    }

    fn arith(&mut self, arith: Arith, ty: Ty) -> Result<(), String> {
        match (arith, ty) {
            // A pointer moves by a number of what it points to.
            (Arith::Add | Arith::Sub, Ty::Pointer(..)) => self.expect(Ty::One(Scalar::I64))?,
            (_, Ty::Pointer(..)) => return Err(format!("`{ty}` can only be moved")),
            (Arith::MulDiv, _) => {
                self.expect(ty)?;
                self.expect(ty)?;
            }
            _ => self.expect(ty)?,
        }
        self.expect(ty)?;
        self.push(ty);
        Ok(())
    }

    fn ret(&mut self) -> Result<(), String> {
        if self.func.is_handler {
            return Err("a handler of interrupts ends with `interrupt-return`".to_owned());
        }
        if self.state.stack != self.func.shape.results {
            let (is, wanted) = (list(&self.state.stack), list(&self.func.shape.results));
            return Err(format!("{is} lies on the stack at `ret`, but {wanted} is returned"));
        }
        Ok(())
    }

    /// Notes a local of the frame opened last.
    fn local(&mut self, at: usize, ty: Ty, offset: u32) -> Result<(), String> {
        let Some(frame) = self.state.frames.last() else {
            return Err("no frame is open".to_owned());
        };
        let Some(size) = ty.size() else {
            return Err(format!("`{ty}` has no size that is known here"));
        };
        let frame_size = match self.func.ops.get(*frame) {
            Some((_, Op::AllocFrame(size))) => *size,
            _ => 0,
        };
        if offset.saturating_add(size) > frame_size {
            return Err(format!("`{ty}` at {offset} is outside of a frame of {frame_size} bytes"));
        }
        self.checked.frame_of.insert(at, *frame);
        if let Some(known) = self.checked.locals.get_mut(frame)
            && let Some(locals) = known
        {
            let is_new = *locals.entry(offset).or_insert(ty) == ty;
            let clear = locals.iter().all(|(other, ty)| {
                let end = other + ty.size().unwrap_or(0);
                *other == offset || *other >= offset + size || end <= offset
            });
            if !is_new || !clear || locals.len() > MAX_VARIABLES {
                *known = None;
            }
        }
        Ok(())
    }
}

fn pointer(ty: Ty) -> Result<Ty, String> {
    ty.pointer().ok_or_else(|| format!("there is no pointer to `{ty}`"))
}
