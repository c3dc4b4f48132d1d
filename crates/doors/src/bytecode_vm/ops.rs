//! The instructions: their names, their numbers in both numberings, and how they are read.
//!
//! An instruction is a byte, and behind it perhaps an integer or an address of eight bytes, or a
//! name: its length in one byte and its text. The one who wrote the machine gave the first five
//! numbers differently in the code and in the text about it; from 5 on both agree.

use std::collections::BTreeMap;

use super::Numbering;

/// What an instruction does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Adds two integers.
    Add,
    /// Subtracts the upper one.
    Sub,
    /// Multiplies.
    Mul,
    /// Divides by the upper one.
    Div,
    /// Pushes an integer.
    Push,
    /// Ends the program.
    Halt,
    /// Writes a global.
    StoreVar,
    /// Reads a global.
    LoadVar,
    /// Compares two integers.
    Gt,
    /// Compares two integers.
    Lt,
    /// Compares two integers.
    Gte,
    /// Compares two integers.
    Lte,
    /// Compares two values of one kind.
    Eq,
    /// Compares two values of one kind.
    Neq,
    /// Goes on elsewhere.
    Jump,
    /// Goes on elsewhere if what is popped does not count as true.
    JumpIfFalse,
    /// Calls.
    Call,
    /// Returns.
    Return,
    /// Writes a local.
    StoreLocal,
    /// Reads a local.
    LoadLocal,
    /// Prints a text.
    Print,
    /// Pops a value and prints it.
    PrintVal,
    /// Ends the line.
    PrintLn,
}

/// The instructions in the order of the code, with their names.
const TABLE: [(Op, &str); 23] = [
    (Op::Add, "ADD"),
    (Op::Sub, "SUB"),
    (Op::Mul, "MUL"),
    (Op::Div, "DIV"),
    (Op::Push, "PUSH"),
    (Op::Halt, "HALT"),
    (Op::StoreVar, "STORE_VAR"),
    (Op::LoadVar, "LOAD_VAR"),
    (Op::Gt, "GT"),
    (Op::Lt, "LT"),
    (Op::Gte, "GTE"),
    (Op::Lte, "LTE"),
    (Op::Eq, "EQ"),
    (Op::Neq, "NEQ"),
    (Op::Jump, "JUMP"),
    (Op::JumpIfFalse, "JUMP_IF_FALSE"),
    (Op::Call, "CALL"),
    (Op::Return, "RETURN"),
    (Op::StoreLocal, "STORE_LOCAL"),
    (Op::LoadLocal, "LOAD_LOCAL"),
    (Op::Print, "PRINT"),
    (Op::PrintVal, "PRINT_VAL"),
    (Op::PrintLn, "PRINT_LN"),
];

/// How many numbers the two numberings give in another order: `PUSH` is the first there.
const MOVED: u8 = 5;

impl Op {
    /// The instruction with a number.
    pub fn of(number: u8, numbering: Numbering) -> Option<Op> {
        let at = match numbering {
            Numbering::Readme if number < MOVED => (number + MOVED - 1) % MOVED,
            _ => number,
        };
        TABLE.get(usize::from(at)).map(|row| row.0)
    }

    /// Its number.
    pub fn number(self, numbering: Numbering) -> u8 {
        let at = TABLE.iter().position(|row| row.0 == self).unwrap_or(0) as u8;
        match numbering {
            Numbering::Readme if at < MOVED => (at + 1) % MOVED,
            _ => at,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The instruction of a name.
    pub fn named(name: &str) -> Option<Op> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// What stands behind it.
    pub fn shape(self) -> Shape {
        match self {
            Op::Push => Shape::Int,
            Op::Jump | Op::JumpIfFalse | Op::Call => Shape::Address,
            Op::StoreVar | Op::LoadVar | Op::StoreLocal | Op::LoadLocal | Op::Print => Shape::Name,
            _ => Shape::None,
        }
    }
}

/// What stands behind an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Nothing.
    None,
    /// An integer.
    Int,
    /// A place in the code.
    Address,
    /// A name or a text.
    Name,
}

/// The operand of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand<'a> {
    /// None.
    None,
    /// An integer.
    Int(i64),
    /// A place in the code.
    Address(u64),
    /// A name or a text.
    Name(&'a str),
}

/// An instruction of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ins<'a> {
    /// What it does.
    pub op: Op,
    /// Its operand.
    pub operand: Operand<'a>,
    /// The place behind it.
    pub next: usize,
}

/// Why there is no instruction at a place, and where the machine notices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoIns {
    /// The code ends here, or within the operand.
    End(usize),
    /// There is no instruction with this number.
    Unknown(u8, usize),
    /// The name is not UTF-8.
    Encoding(usize),
}

/// Reads the instruction at a place.
pub fn read(code: &[u8], numbering: Numbering, at: usize) -> Result<Ins<'_>, NoIns> {
    let end = NoIns::End(code.len());
    let (number, rest) = match code.get(at..).and_then(<[u8]>::split_first) {
        Some((number, rest)) => (*number, rest),
        None => return Err(end),
    };
    let op = Op::of(number, numbering).ok_or(NoIns::Unknown(number, at + 1))?;
    let eight = || rest.first_chunk::<8>().copied().ok_or(end);
    let (operand, size) = match op.shape() {
        Shape::None => (Operand::None, 0),
        Shape::Int => (Operand::Int(i64::from_le_bytes(eight()?)), 8),
        Shape::Address => (Operand::Address(u64::from_le_bytes(eight()?)), 8),
        Shape::Name => {
            let (length, text) = rest.split_first().ok_or(end)?;
            let size = 1 + usize::from(*length);
            let text = text.get(..usize::from(*length)).ok_or(end)?;
            let next = at + 1 + size;
            let name = std::str::from_utf8(text).map_err(|_| NoIns::Encoding(next))?;
            (Operand::Name(name), size)
        }
    };
    Ok(Ins { op, operand, next: at + 1 + size })
}

/// The lines of instructions by their places in the code.
pub type Lines = BTreeMap<usize, u32>;

/// The lines of a listing.
pub fn lines_of(listing: &str) -> Lines {
    let place = |(number, line): (u32, &str)| Some((line.split_once(' ')?.0.parse().ok()?, number));
    (1..).zip(listing.lines()).filter_map(place).collect()
}

/// The listing of the machine: it stops at the first place without an instruction.
pub fn listing(code: &[u8], numbering: Numbering) -> String {
    let mut out = String::from("Bytecode Disassembly:\nADDR INSTRUCTION\n---- -----------\n");
    let mut at = 0;
    while at < code.len() {
        let Ok(ins) = read(code, numbering, at) else {
            // The machine has read on before it notices, and tells how far.
            let place = match read(code, numbering, at) {
                Err(NoIns::End(place) | NoIns::Unknown(_, place) | NoIns::Encoding(place)) => place,
                Ok(ins) => ins.next,
            };
            out.push_str(&format!("{place:04} <invalid>\n"));
            break;
        };
        let operand = match ins.operand {
            Operand::None => String::new(),
            Operand::Int(n) => format!(" {n}"),
            Operand::Address(to) => format!(" {to}"),
            Operand::Name(name) => format!(" \"{name}\""),
        };
        out.push_str(&format!("{at:04} {}{operand}\n", ins.op.name()));
        at = ins.next;
    }
    out
}
