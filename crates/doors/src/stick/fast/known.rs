//! What is known about registers before a program runs: a flow analysis over all its functions.
//!
//! For each block it finds which tag each register has at its begin, or that this depends. What
//! functions are given, what they return and what globals hold is found by going over the whole
//! program until nothing changes; every step only makes less known, and all work is bounded.

use std::collections::BTreeMap;
use std::ops::Range;

use super::START;
use crate::stick::Numbering;
use crate::stick::file::{File, Stored};
use crate::stick::flow::{Callable, Flow, Ins, callables};
use crate::stick::ops::{Bin, CALLABLE, Kind, NUL, OBJ, Op};
use crate::stick::panic;
use crate::stick::whole::FIRST_WINDOW;

/// Instructions of all functions together, words that several share counted for each.
const MAX_SIZE: usize = 1 << 15;
/// Blocks of a function times its registers.
const MAX_CELLS: usize = 1 << 21;
/// Steps of the analysis.
const MAX_STEPS: usize = 1 << 23;
/// Windows of at most this size never lead beyond the last register.
const SMALL_WINDOW: u16 = 254;
/// Registers that instructions name.
const REGISTERS: usize = 256;

/// What is known about a register or a global.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Reg {
    /// No way leads here so far.
    #[default]
    Unreached,
    /// It holds nothing.
    Nothing,
    /// A value of a kind.
    Is(Kind),
    /// An object.
    Object,
    /// The function with this constant.
    Function(u8),
    /// That depends.
    Mixed,
}

impl Reg {
    /// What is known where two ways meet.
    fn join(self, other: Reg) -> Reg {
        match (self, other) {
            (Reg::Unreached, reg) | (reg, Reg::Unreached) => reg,
            (a, b) if a == b => a,
            _ => Reg::Mixed,
        }
    }

    /// The tag, where it is known.
    pub fn tag(self) -> Option<u8> {
        match self {
            Reg::Nothing => Some(NUL),
            Reg::Is(kind) => Some(kind.tag()),
            Reg::Object => Some(OBJ),
            Reg::Function(_) => Some(CALLABLE),
            Reg::Unreached | Reg::Mixed => None,
        }
    }

    /// The content of a file's constant or global. A truth value that is neither 0 nor 1, nothing
    /// with a payload and what claims to be an object are left to the file of registers.
    pub fn of(value: Stored, constant: Option<usize>) -> Reg {
        match (value.tag, constant) {
            (NUL, _) if value.payload == 0 => Reg::Nothing,
            (1, _) if value.payload < 2 => Reg::Is(Kind::Bool),
            (2, _) => Reg::Is(Kind::U64),
            (3, _) => Reg::Is(Kind::I64),
            (4, _) => Reg::Is(Kind::F32),
            (5, _) => Reg::Is(Kind::F64),
            (CALLABLE, Some(index)) => Reg::Function(index as u8),
            _ => Reg::Mixed,
        }
    }
}

/// Where a call leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// To a function.
    To(Callable),
    /// It panics.
    Fails(u8),
    /// That depends.
    Unknown,
}

/// A function of the program.
#[derive(Debug)]
pub struct Function {
    /// Where it begins.
    pub entry: usize,
    /// Its code.
    pub flow: Flow,
    /// What it returns.
    pub result: Reg,
    /// Whether it calls any other.
    pub calls: bool,
    /// What each block finds in each register.
    pub starts: BTreeMap<usize, Vec<Reg>>,
    params: Vec<Reg>,
    window: u16,
    /// Whether nothing was written to any register before it begins.
    fresh: bool,
    callees: Vec<usize>,
}

impl Function {
    /// What its first registers are given.
    pub fn params(&self) -> &[Reg] {
        &self.params
    }

    /// What its registers hold when it begins.
    pub fn first(&self) -> Vec<Reg> {
        let window = usize::from(self.window);
        let reg = |at: usize| match self.params.get(at) {
            Some(param) => *param,
            None if at < window || self.fresh => Reg::Nothing,
            None => Reg::Mixed,
        };
        (0..REGISTERS).map(reg).collect()
    }

    /// The size of its window.
    pub fn window(&self) -> usize {
        usize::from(self.window)
    }
}

/// What is known about a program.
#[derive(Debug)]
pub struct Known {
    /// Which numbers its instructions have.
    pub numbering: Numbering,
    /// Its functions by their constants, and the one it begins in.
    pub functions: BTreeMap<usize, Function>,
    /// Its globals.
    pub globals: Vec<Reg>,
    callables: Vec<Callable>,
    size: usize,
    steps: usize,
    changed: bool,
}

/// Finds it out; `None` where the program is for the file of registers.
pub fn find(file: &File, numbering: Numbering) -> Option<Known> {
    let callables = callables(file);
    if callables.iter().any(|callable| callable.regc > SMALL_WINDOW) {
        return None;
    }
    let globals = file.globals.iter().take(REGISTERS).map(|value| Reg::of(*value, None)).collect();
    let functions = BTreeMap::new();
    let mut known =
        Known { numbering, functions, globals, callables, size: 0, steps: 0, changed: true };
    let start = known.function(file, 0, FIRST_WINDOW as u16, Vec::new())?;
    known.functions.insert(START, Function { fresh: true, ..start });
    while known.changed {
        known.changed = false;
        let numbers: Vec<usize> = known.functions.keys().copied().collect();
        for number in numbers {
            known.go_over(file, number)?;
        }
    }
    Some(known)
}

impl Known {
    /// Whether a function can be called while it runs; calls in place of a frame count as others.
    pub fn is_recursive(&self) -> bool {
        // Calls that never lead back to an earlier function can be put in an order.
        let mut open: BTreeMap<usize, usize> =
            self.functions.iter().map(|(number, f)| (*number, f.callees.len())).collect();
        loop {
            let done: Vec<usize> =
                open.iter().filter(|(_, count)| **count == 0).map(|(number, _)| *number).collect();
            if done.is_empty() {
                // A chain of all functions is shorter than the machine's limit of frames.
                return !open.is_empty() || self.functions.len() > 200;
            }
            for number in done {
                open.remove(&number);
                for (caller, count) in &mut open {
                    let callees = self.functions.get(caller).map_or(&[][..], |f| &f.callees);
                    *count -= callees.iter().filter(|callee| **callee == number).count();
                }
            }
        }
    }

    /// Where a call leads with what is known about the register of the callee.
    pub fn call(&self, callee: Reg, ins: &Ins) -> Call {
        match callee {
            Reg::Function(index) => {
                match self.callables.iter().find(|c| c.index == usize::from(index)) {
                    Some(callable) if callable.argc == ins.word.b() => Call::To(*callable),
                    Some(_) => Call::Fails(panic::CALL),
                    None => Call::Unknown,
                }
            }
            Reg::Mixed | Reg::Unreached => Call::Unknown,
            _ => Call::Fails(panic::CALLABLE),
        }
    }

    fn function(
        &mut self,
        file: &File,
        entry: usize,
        window: u16,
        params: Vec<Reg>,
    ) -> Option<Function> {
        let left = MAX_SIZE.checked_sub(self.size)?;
        let flow = Flow::of(file, self.numbering, &[entry], left);
        self.size += flow.size;
        if flow.too_large || flow.blocks.len() * REGISTERS > MAX_CELLS {
            return None;
        }
        Some(Function {
            entry,
            flow,
            result: Reg::Unreached,
            calls: false,
            starts: BTreeMap::new(),
            params,
            window,
            fresh: false,
            callees: Vec::new(),
        })
    }

    /// Goes over a function until what its blocks find does not change.
    fn go_over(&mut self, file: &File, number: usize) -> Option<()> {
        let function = self.functions.get(&number)?;
        let (first, entry) = (function.first(), function.entry);
        let mut starts = BTreeMap::from([(entry, first)]);
        let mut work = vec![entry];
        while let Some(start) = work.pop() {
            let mut regs = starts.get(&start)?.clone();
            let flow = &self.functions.get(&number)?.flow;
            let (list, next) = flow.block(file, self.numbering, start);
            let mut leads: Vec<(usize, Vec<Reg>)> = Vec::new();
            let mut ended = false;
            for ins in &list {
                self.steps += 1;
                if self.steps > MAX_STEPS {
                    return None;
                }
                if let Some(to) = ins.target(file.code.len()) {
                    leads.push((to, regs.clone()));
                }
                if !self.step(file, number, &mut regs, ins)? {
                    ended = true;
                    break;
                }
            }
            leads.extend(next.filter(|_| !ended).map(|next| (next, regs)));
            for (to, regs) in leads {
                self.steps += REGISTERS;
                let Some(there) = starts.get_mut(&to) else {
                    starts.insert(to, regs);
                    work.push(to);
                    continue;
                };
                let joined: Vec<Reg> = there.iter().zip(&regs).map(|(a, b)| a.join(*b)).collect();
                if joined != *there {
                    *there = joined;
                    work.push(to);
                }
            }
        }
        self.functions.get_mut(&number)?.starts = starts;
        Some(())
    }

    /// What an instruction leaves in the registers; `false` where nothing follows it.
    fn step(&mut self, file: &File, number: usize, regs: &mut [Reg], ins: &Ins) -> Option<bool> {
        let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
        let (to, from) = (usize::from(a), usize::from(b));
        let Some(op) = ins.op else { return Some(false) };
        let new = match op {
            Op::Halt | Op::Panic | Op::Jump | Op::Missing => return Some(false),
            Op::JumpIf(_) | Op::ArraySet | Op::SetElem => return Some(true),
            Op::Copy => regs[from],
            Op::Move => {
                regs[to] = regs[from];
                regs[from] = Reg::Nothing;
                return Some(true);
            }
            Op::LoadI => Reg::Is(Kind::I64),
            Op::LoadC => match file.consts.get(from) {
                Some(value) => Reg::of(*value, Some(from)),
                None => return Some(false),
            },
            Op::LoadG => match self.globals.get(from) {
                Some(global) => *global,
                None => return Some(false),
            },
            Op::StoreG => {
                let Some(global) = self.globals.get_mut(from) else { return Some(false) };
                let joined = global.join(regs[to]);
                self.changed |= joined != *global;
                *global = joined;
                return Some(true);
            }
            Op::Binary(kind, _) | Op::Unary(kind, _) | Op::Cast(_, kind) => Reg::Is(kind),
            Op::Compare(..) | Op::LogicalNot => Reg::Is(Kind::Bool),
            Op::NewArray | Op::NewTable | Op::NewObject | Op::NewStr | Op::Concat => Reg::Object,
            Op::ArrayLen | Op::StrLen => Reg::Is(Kind::U64),
            Op::ArrayGet | Op::GetElem => Reg::Mixed,
            Op::Ret => return self.returns(number, regs[to]),
            Op::Call => return self.calls(file, number, regs, ins, Some(usize::from(c))),
            Op::TailCall => return self.calls(file, number, regs, ins, None),
            Op::Same(..) | Op::SameCompare(_) | Op::SameOrder(_) | Op::SameUnary(_) => {
                let operands = match op {
                    Op::SameUnary(_) => (regs[to], regs[to]),
                    _ => (regs[from], regs[usize::from(c)]),
                };
                match same(op, operands)? {
                    Some(reg) => reg,
                    None => return Some(false),
                }
            }
        };
        regs[to] = new;
        Some(true)
    }

    fn returns(&mut self, number: usize, reg: Reg) -> Option<bool> {
        let function = self.functions.get_mut(&number)?;
        let joined = function.result.join(reg);
        self.changed |= joined != function.result;
        function.result = joined;
        Some(false)
    }

    /// A call, or with no register for its result one in place of the present frame.
    fn calls(
        &mut self,
        file: &File,
        number: usize,
        regs: &mut [Reg],
        ins: &Ins,
        result: Option<usize>,
    ) -> Option<bool> {
        let at = usize::from(ins.word.a());
        let callable = match self.call(regs[at], ins) {
            Call::To(callable) => callable,
            Call::Fails(_) => return Some(false),
            Call::Unknown => return None,
        };
        let window = self.functions.get(&number)?.window();
        let sources = self.sources(&callable, at, window);
        // The new window is emptied before arguments are copied out of it.
        let cleared = match result {
            _ if self.numbering != Numbering::C => 0..0,
            Some(_) => window..usize::MAX,
            None => 0..usize::from(callable.regc),
        };
        if sources.clone().any(|from| cleared.contains(&from)) {
            return None;
        }
        let given = sources.map(|from| regs.get(from).copied().unwrap_or(Reg::Mixed));
        self.gives(file, &callable, given.collect())?;
        let caller = self.functions.get_mut(&number)?;
        if !caller.callees.contains(&callable.index) {
            caller.callees.push(callable.index);
        }
        caller.calls = true;
        let returned = self.functions.get(&callable.index)?.result;
        let Some(result) = result else {
            // Both return the same way.
            self.returns(number, returned)?;
            let mine = self.functions.get(&number)?.result;
            self.returns(callable.index, mine)?;
            return Some(false);
        };
        regs.iter_mut().skip(window).for_each(|reg| *reg = Reg::Mixed);
        regs[result] = returned;
        Some(returned != Reg::Unreached)
    }

    /// The registers of a caller that a function finds in its own first ones. The older machines
    /// copied none, but left what the caller had written beyond its window.
    pub fn sources(&self, callable: &Callable, callee: usize, window: usize) -> Range<usize> {
        let (first, count) = match self.numbering {
            Numbering::C => (callee + 1, callable.argc),
            Numbering::A | Numbering::B1 => (window, callable.regc),
        };
        first..first + usize::from(count)
    }

    /// Notes what a function is given.
    fn gives(&mut self, file: &File, callable: &Callable, args: Vec<Reg>) -> Option<()> {
        let Some(function) = self.functions.get_mut(&callable.index) else {
            let function = self.function(file, callable.entry, callable.regc, args)?;
            self.functions.insert(callable.index, function);
            self.changed = true;
            return Some(());
        };
        let joined: Vec<Reg> = function.params.iter().zip(&args).map(|(a, b)| a.join(*b)).collect();
        self.changed |= joined != function.params;
        function.params = joined;
        Some(())
    }
}

/// What the arithmetic of numbering A makes of two registers: `None` where it depends or is no
/// value of a kind, nothing where it panics.
fn same(op: Op, (a, b): (Reg, Reg)) -> Option<Option<Reg>> {
    if a.tag()? != b.tag()? {
        return Some(None);
    }
    // Of floats of 32 bits only half of the payload is carried.
    let Reg::Is(kind @ (Kind::I64 | Kind::U64 | Kind::F64 | Kind::Bool)) = a else { return None };
    let stays = matches!(
        op,
        Op::SameCompare(_) | Op::SameOrder(_) | Op::Same(_, Bin::And | Bin::Or | Bin::Xor)
    );
    match (kind, op) {
        (_, Op::SameCompare(_)) => Some(Some(Reg::Is(Kind::Bool))),
        // Other results need not be truth values.
        (Kind::Bool, _) if !stays => None,
        _ => Some(Some(Reg::Is(kind))),
    }
}
