//! The instructions: their names, what they do, and which number each has in which numbering.
//!
//! The tables in `tables` are the only place where numbers stand. What an operation does to
//! registers is in `emit`.

mod tables;

use super::Numbering;
use tables::{FIRST, LAST, LATER, Row, SECOND};

/// A type that operations compute in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// Integers of 64 bits without a sign.
    U64,
    /// Integers of 64 bits.
    I64,
    /// Floats of 32 bits.
    F32,
    /// Floats of 64 bits.
    F64,
}

impl Kind {
    /// The tag of its values.
    pub fn tag(self) -> u8 {
        match self {
            Kind::Bool => 1,
            Kind::U64 => 2,
            Kind::I64 => 3,
            Kind::F32 => 4,
            Kind::F64 => 5,
        }
    }
}

/// The tag of nothing.
pub const NUL: u8 = 0;
/// The tag of objects.
pub const OBJ: u8 = 6;
/// The tag of functions.
pub const CALLABLE: u8 = 7;

/// An operation on two operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bin {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmp {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// An operation on one register in place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Un {
    Neg,
    Not,
}

/// What an instruction does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Stops.
    Halt,
    /// Stops with a code.
    Panic,
    /// Goes on elsewhere.
    Jump,
    /// Goes on elsewhere if a register is truthy, or falsy.
    JumpIf(bool),
    /// Copies a register.
    Copy,
    /// Copies a register and clears it.
    Move,
    /// A small integer.
    LoadI,
    /// A constant.
    LoadC,
    /// Reads a global.
    LoadG,
    /// Writes a global.
    StoreG,
    /// Calls.
    Call,
    /// Calls in place of the present frame.
    TailCall,
    /// Returns.
    Ret,
    /// Computes from two registers.
    Binary(Kind, Bin),
    /// Compares two registers.
    Compare(Kind, Cmp),
    /// Changes a register.
    Unary(Kind, Un),
    /// Turns a truth value round.
    LogicalNot,
    /// Converts.
    Cast(Kind, Kind),
    /// Makes an array.
    NewArray,
    /// Makes a table.
    NewTable,
    /// Makes an object.
    NewObject,
    /// Reads from a table or object.
    GetElem,
    /// Writes to a table or object.
    SetElem,
    /// Reads from an array.
    ArrayGet,
    /// Writes to an array.
    ArraySet,
    /// The length of an array.
    ArrayLen,
    /// Joins strings.
    Concat,
    /// The length of a string.
    StrLen,
    /// A string from the words behind.
    NewStr,
    /// As `Binary`, on payloads of any tag that both operands share.
    Same(Kind, Bin),
    /// As `Compare` on such payloads.
    SameCompare(Cmp),
    /// Compares such payloads without a sign; the result keeps the tag.
    SameOrder(Cmp),
    /// As `Unary`, on a payload of any tag.
    SameUnary(Un),
    /// Has a number, but was never made.
    Missing,
}

/// The instruction of a number: its name and what it does.
pub fn row(numbering: Numbering, number: u8) -> Option<Row> {
    let number = usize::from(number);
    match numbering {
        Numbering::A => FIRST.get(number).copied(),
        Numbering::C => LAST.get(number).copied(),
        Numbering::B1 => {
            let name = *SECOND.get(number)?;
            let made = LAST.iter().find(|row| row.0 == name && !LATER.contains(&name));
            Some(made.copied().unwrap_or((name, Op::Missing)))
        }
    }
}

/// The number of an instruction.
pub fn number(numbering: Numbering, name: &str) -> Option<u8> {
    let at = match numbering {
        Numbering::A => FIRST.iter().position(|row| row.0 == name),
        Numbering::B1 => SECOND.iter().position(|known| *known == name),
        Numbering::C => LAST.iter().position(|row| row.0 == name),
    };
    u8::try_from(at?).ok()
}

/// A word of code, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word(pub u32);

impl Word {
    /// The number of the instruction.
    pub fn number(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// The first operand.
    pub fn a(self) -> u16 {
        (self.0 >> 16 & 0xFF) as u16
    }

    /// The second operand.
    pub fn b(self) -> u16 {
        (self.0 >> 8 & 0xFF) as u16
    }

    /// The third operand.
    pub fn c(self) -> u16 {
        (self.0 & 0xFF) as u16
    }

    /// The signed low 16 bits.
    pub fn imm16(self) -> i64 {
        i64::from(self.0 as u16 as i16)
    }

    /// The signed low 24 bits.
    pub fn imm24(self) -> i64 {
        i64::from((self.0 << 8) as i32 >> 8)
    }

    /// The low 16 bits.
    pub fn length(self) -> usize {
        usize::from(self.0 as u16)
    }
}

/// What the operands of an instruction are, in the order of its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// None.
    None,
    /// A number of 8 bits.
    Number,
    /// A place in the code, 24 bits away.
    Far,
    /// A register and a place in the code, 16 bits away.
    Near,
    /// So many registers.
    Regs(u8),
    /// A register and an integer.
    Int,
    /// A register and a constant.
    Const,
    /// A register and a global.
    Global,
    /// A register with the callee, the number of arguments, the register of the result.
    Call,
    /// The same without a result.
    TailCall,
    /// A register, the name of a type, a register.
    Array,
    /// A register, the number of a type, the number of fields.
    Object,
    /// A register and a string.
    Str,
}

impl Op {
    /// What its operands are.
    pub fn shape(self) -> Shape {
        match self {
            Op::Halt | Op::Missing => Shape::None,
            Op::Panic => Shape::Number,
            Op::Jump => Shape::Far,
            Op::JumpIf(_) => Shape::Near,
            Op::LoadI => Shape::Int,
            Op::LoadC => Shape::Const,
            Op::LoadG | Op::StoreG => Shape::Global,
            Op::Call => Shape::Call,
            Op::TailCall => Shape::TailCall,
            Op::NewArray => Shape::Array,
            Op::NewObject => Shape::Object,
            Op::NewStr => Shape::Str,
            Op::Ret | Op::LogicalNot | Op::Unary(..) | Op::SameUnary(_) | Op::NewTable => {
                Shape::Regs(1)
            }
            Op::Copy | Op::Move | Op::Cast(..) | Op::ArrayLen | Op::StrLen => Shape::Regs(2),
            Op::Binary(..)
            | Op::Compare(..)
            | Op::Same(..)
            | Op::SameCompare(_)
            | Op::SameOrder(_)
            | Op::GetElem
            | Op::SetElem
            | Op::ArrayGet
            | Op::ArraySet
            | Op::Concat => Shape::Regs(3),
        }
    }

    /// Whether what stands behind it is not reached from it.
    pub fn ends(self) -> bool {
        matches!(self, Op::Halt | Op::Panic | Op::Jump | Op::TailCall | Op::Ret | Op::Missing)
    }
}
