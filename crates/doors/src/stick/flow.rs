//! Which words of the code are reached as instructions, and where blocks begin.
//!
//! Nothing says which words are instructions: strings stand between them, and a jump may lead
//! into one. So code is followed from where it is entered.

use super::Numbering;
use super::file::File;
use super::ops::{CALLABLE, Op, Word, row};

/// Constants that an instruction can name.
pub const REACHABLE_CONSTS: usize = 256;

/// A function among the constants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Callable {
    /// The constant.
    pub index: usize,
    /// Where its code begins.
    pub entry: usize,
    /// How many arguments it takes.
    pub argc: u16,
    /// How many registers its window has.
    pub regc: u16,
}

/// The functions that code can get hold of.
pub fn callables(file: &File) -> Vec<Callable> {
    let consts = file.consts.iter().take(REACHABLE_CONSTS).enumerate();
    let functions = consts.filter(|(_, value)| value.tag == CALLABLE);
    let callable = |(index, value): (usize, &super::file::Stored)| Callable {
        index,
        entry: (value.payload & 0xFFFF_FFFF) as usize,
        argc: (value.payload >> 32) as u16,
        regc: (value.payload >> 48) as u16,
    };
    functions.map(callable).collect()
}

/// An instruction of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ins {
    /// Its index in the code.
    pub at: usize,
    /// The word.
    pub word: Word,
    /// What it does; `None` for a number that no instruction has.
    pub op: Option<Op>,
    /// The index of the instruction behind it.
    pub next: usize,
}

impl Ins {
    /// The instruction at an index of the code.
    pub fn read(file: &File, numbering: Numbering, at: usize) -> Option<Ins> {
        let word = Word(*file.code.get(at)?);
        let op = row(numbering, word.number()).map(|row| row.1);
        let raw = if op == Some(Op::NewStr) { word.length().div_ceil(4) } else { 0 };
        Some(Ins { at, word, op, next: at + 1 + raw })
    }

    /// Where a jump leads; `None` where that is outside of the code, or where there is none.
    pub fn target(&self, count: usize) -> Option<usize> {
        let offset = match self.op? {
            Op::Jump => self.word.imm24(),
            Op::JumpIf(_) => self.word.imm16(),
            _ => return None,
        };
        let to = usize::try_from(self.at as i64 + 1 + offset).ok()?;
        (to < count).then_some(to)
    }

    /// Whether what stands behind it is not reached from it.
    pub fn ends(&self, count: usize) -> bool {
        match self.op {
            None => true,
            Some(Op::NewStr) => self.next > count,
            Some(op) => op.ends(),
        }
    }
}

/// What is reached from some places of the code.
#[derive(Debug, Default)]
pub struct Flow {
    /// The indices where blocks begin, in order.
    pub blocks: Vec<usize>,
    /// How many instructions are reached.
    pub size: usize,
    /// Whether too much is reached.
    pub too_large: bool,
}

impl Flow {
    /// Follows the code from its entries, for at most so many instructions.
    pub fn of(file: &File, numbering: Numbering, entries: &[usize], limit: usize) -> Flow {
        let count = file.code.len();
        let mut seen = Bits::new(count);
        let mut work: Vec<usize> = entries.iter().copied().filter(|at| *at < count).collect();
        let mut leads = work.clone();
        let mut flow = Flow::default();
        while let Some(at) = work.pop() {
            if seen.set(at) {
                continue;
            }
            let Some(ins) = Ins::read(file, numbering, at) else { continue };
            flow.size += 1;
            if flow.size > limit {
                flow.too_large = true;
                return flow;
            }
            if let Some(to) = ins.target(count) {
                leads.push(to);
                work.push(to);
            }
            if !ins.ends(count) && ins.next < count {
                // Two instructions can be followed by the same one only behind a string or a jump.
                if ins.next != at + 1 || matches!(ins.op, Some(Op::JumpIf(_))) {
                    leads.push(ins.next);
                }
                work.push(ins.next);
            }
        }
        leads.sort_unstable();
        leads.dedup();
        flow.blocks = leads;
        flow
    }

    /// The instructions of a block, and where it goes on if it falls into another one.
    pub fn block(
        &self,
        file: &File,
        numbering: Numbering,
        start: usize,
    ) -> (Vec<Ins>, Option<usize>) {
        let mut list = Vec::new();
        let mut at = start;
        while let Some(ins) = Ins::read(file, numbering, at) {
            list.push(ins);
            if ins.ends(file.code.len()) {
                return (list, None);
            }
            at = ins.next;
            if matches!(ins.op, Some(Op::JumpIf(_))) || self.blocks.binary_search(&at).is_ok() {
                break;
            }
        }
        (list, Some(at))
    }
}

/// A set of small numbers.
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: usize) -> Bits {
        Bits(vec![0; count / 64 + 1])
    }

    fn get(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    /// Adds a number; whether it was there before.
    fn set(&mut self, at: usize) -> bool {
        let before = self.get(at);
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
        before
    }
}
