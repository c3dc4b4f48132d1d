//! Functions: blocks with parameters, instructions, value types, source locations.
//!
//! A function is plain data. In *canonical form* (what the builder, the text parser and the
//! decoder give) values are numbered in the order of their definitions; both outside forms
//! rely on that.

use kaa_base::entity::Table;
use kaa_isa::{Block, Inst, SigId, ValTy, Value};

/// A place in a source file; line 0 means unknown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Loc {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u16,
    /// Length in characters.
    pub len: u16,
}

/// The results of an instruction: consecutive values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Results {
    /// The first one; meaningless where `count` is 0.
    pub first: Value,
    /// How many there are.
    pub count: u32,
}

impl Results {
    /// No results.
    pub const NONE: Results = Results { first: Value(0), count: 0 };

    /// The result at position `i`.
    pub fn get(self, i: u32) -> Option<Value> {
        (i < self.count).then(|| Value(self.first.0 + i))
    }

    /// All results in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Value> {
        (self.first.0..self.first.0.saturating_add(self.count)).map(Value)
    }
}

/// An instruction in a block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InstNode {
    /// The operation and its operands.
    pub inst: Inst,
    /// What it defines.
    pub results: Results,
    /// Where it comes from.
    pub loc: Loc,
}

/// A basic block. The last instruction, and no other, is a terminator.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BlockData {
    /// Values given by every jump here.
    pub params: Vec<Value>,
    /// The instructions in order.
    pub insts: Vec<InstNode>,
}

/// A function. Its first block is the entry; the entry's parameters are the function's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name, unique in the module.
    pub name: String,
    /// Parameters and results.
    pub sig: SigId,
    /// The blocks; empty while only declared.
    pub blocks: Table<Block, BlockData>,
    /// The type of each value.
    pub values: Table<Value, ValTy>,
    /// Index into the module's files.
    pub file: u32,
    /// Where it is declared.
    pub loc: Loc,
    /// Names of local variables, for people.
    pub names: Vec<(Value, String)>,
    /// Which variables of the source values are, for debuggers.
    pub locals: Locals,
}

/// Which variables of the source values are. The outside forms do not have it, and functions that
/// differ in nothing else are equal.
#[derive(Clone, Debug, Default)]
pub struct Locals {
    /// The variables.
    pub names: Vec<Box<str>>,
    /// Values, with the position of their variable.
    pub of: Vec<(Value, u32)>,
}

impl PartialEq for Locals {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Locals {}

impl Function {
    /// The entry block.
    pub const ENTRY: Block = Block(0);

    /// A declaration without a body.
    pub fn declare(name: impl Into<String>, sig: SigId) -> Self {
        Self {
            name: name.into(),
            sig,
            blocks: Table::new(),
            values: Table::new(),
            file: 0,
            loc: Loc::default(),
            names: Vec::new(),
            locals: Locals::default(),
        }
    }

    /// The type of a value.
    pub fn ty(&self, v: Value) -> ValTy {
        self.values[v]
    }

    /// The number of instructions.
    pub fn inst_count(&self) -> usize {
        self.blocks.values().map(|b| b.insts.len()).sum()
    }
}
