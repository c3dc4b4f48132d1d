//! The instruction table of Solid Snake: every operation as one row, most of them over types.
//!
//! A row is a family: its number, its name, what it does, its operands, and the types it exists
//! at. Type `i` of the row has number `base + i` and a name with the type behind it. All else
//! about the byte and text forms follows from here; what an operation means is decided in
//! `lower`.

use kaa_ir::ValTy;

/// A type of the machine. Registers are 64 raw bits; an operation reads and writes them as this.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// 8 bits without sign.
    U8,
    /// 16 bits without sign.
    U16,
    /// 32 bits without sign.
    U32,
    /// 64 bits without sign.
    U64,
    /// 8 bits with sign.
    I8,
    /// 16 bits with sign.
    I16,
    /// 32 bits with sign.
    I32,
    /// 64 bits with sign.
    I64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Ty {
    /// Bytes of a value in code and in memory.
    pub fn size(self) -> usize {
        match self {
            Ty::U8 | Ty::I8 => 1,
            Ty::U16 | Ty::I16 => 2,
            Ty::U32 | Ty::I32 | Ty::F32 => 4,
            Ty::U64 | Ty::I64 | Ty::F64 => 8,
        }
    }

    /// The same type in IR.
    pub fn val_ty(self) -> ValTy {
        match self {
            Ty::U8 => ValTy::U8,
            Ty::U16 => ValTy::U16,
            Ty::U32 => ValTy::U32,
            Ty::U64 => ValTy::U64,
            Ty::I8 => ValTy::I8,
            Ty::I16 => ValTy::I16,
            Ty::I32 => ValTy::I32,
            Ty::I64 => ValTy::I64,
            Ty::F32 => ValTy::F32,
            Ty::F64 => ValTy::F64,
        }
    }

    /// Whether it is a floating-point type.
    pub fn is_float(self) -> bool {
        matches!(self, Ty::F32 | Ty::F64)
    }

    /// Whether it is an integer with a sign.
    pub fn is_signed(self) -> bool {
        matches!(self, Ty::I8 | Ty::I16 | Ty::I32 | Ty::I64)
    }

    /// The name behind an operation's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Ty::U8 => "U8",
            Ty::U16 => "U16",
            Ty::U32 => "U32",
            Ty::U64 => "U64",
            Ty::I8 => "I8",
            Ty::I16 => "I16",
            Ty::I32 => "I32",
            Ty::I64 => "I64",
            Ty::F32 => "F32",
            Ty::F64 => "F64",
        }
    }
}

/// One operand of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// A register that is written.
    Def,
    /// A register that is read.
    Use,
    /// A register that is read and then written.
    Both,
    /// A number of the operation's type.
    Imm,
    /// A number of 64 bits without sign.
    Word,
    /// A place in the code, in bytes from its start.
    Target,
    /// The exit code, 64 bits with sign.
    Code,
}

impl Operand {
    /// Whether it names a register.
    pub fn is_register(self) -> bool {
        matches!(self, Operand::Def | Operand::Use | Operand::Both)
    }

    /// Bytes in the byte form, for an operation at `ty`.
    pub fn size(self, ty: Option<Ty>) -> usize {
        match self {
            Operand::Def | Operand::Use | Operand::Both => 1,
            Operand::Imm => ty.map_or(8, Ty::size),
            Operand::Word | Operand::Target | Operand::Code => 8,
        }
    }
}

/// What a family does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names are those of the machine; `lower` says what they mean")]
pub enum Kind {
    JumpIfFalse,
    JumpIf,
    Jump,
    LoadIndirect,
    LoadIndirectWithOffset,
    LoadImmediate,
    LoadFromImmediate,
    StoreIndirectWithOffset,
    StoreFromImmediateWithOffset,
    LogicalAnd,
    LogicalOr,
    LogicalNot,
    LogicalXor,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
    CallFunction,
    Return,
    Allocate,
    Deallocate,
    Memcpy,
    MemSet,
    Halt,
    Move,
    Increment,
    Decrement,
    BitwiseAnd,
    BitwiseOr,
    BitwiseXor,
    BitwiseNot,
    ShiftLeft,
    ShiftRight,
    Print,
    StoreConstantArray,
    DebugPrint,
    DebugPrintRaw,
}

/// A family of operations.
#[derive(Debug)]
pub struct Row {
    /// Number of its first operation.
    pub base: u16,
    /// What it does.
    pub kind: Kind,
    /// Its name without a type.
    pub name: &'static str,
    /// The types it exists at, in the order of their numbers; empty for a single operation.
    pub types: &'static [Ty],
    /// Its operands in the order of the byte and text forms.
    pub operands: &'static [Operand],
}

impl Row {
    /// How many operations it is.
    pub fn count(&self) -> usize {
        self.types.len().max(1)
    }
}

/// One operation: a row, and one of its types.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// Its row.
    pub row: &'static Row,
    /// Its type, where the row has types.
    pub ty: Option<Ty>,
}

impl PartialEq for Op {
    fn eq(&self, other: &Op) -> bool {
        self.number() == other.number()
    }
}

impl Op {
    /// The operation of a number, `None` where there is none.
    pub fn by_number(number: u16) -> Option<Op> {
        let at = ROWS.partition_point(|row| row.base <= number).checked_sub(1)?;
        let row = ROWS.get(at)?;
        let nth = usize::from(number - row.base);
        match row.types {
            [] if nth == 0 => Some(Op { row, ty: None }),
            types => types.get(nth).map(|ty| Op { row, ty: Some(*ty) }),
        }
    }

    /// The operation of a name, as in `AddI64`.
    pub fn by_name(name: &str) -> Option<Op> {
        ROWS.iter().filter(|row| name.starts_with(row.name)).find_map(|row| {
            let suffix = name.strip_prefix(row.name)?;
            if row.types.is_empty() {
                return suffix.is_empty().then_some(Op { row, ty: None });
            }
            let ty = row.types.iter().find(|ty| ty.suffix() == suffix)?;
            Some(Op { row, ty: Some(*ty) })
        })
    }

    /// Its number.
    pub fn number(self) -> u16 {
        let nth = self.row.types.iter().position(|ty| Some(*ty) == self.ty).unwrap_or(0);
        self.row.base + nth as u16
    }

    /// Its name.
    pub fn name(self) -> String {
        format!("{}{}", self.row.name, self.ty.map_or("", Ty::suffix))
    }

    /// What it does.
    pub fn kind(self) -> Kind {
        self.row.kind
    }

    /// Bytes of the operands in the byte form.
    pub fn operand_size(self) -> usize {
        self.row.operands.iter().map(|operand| operand.size(self.ty)).sum()
    }
}

const ALL: &[Ty] =
    &[Ty::U8, Ty::U16, Ty::U32, Ty::U64, Ty::I8, Ty::I16, Ty::I32, Ty::I64, Ty::F32, Ty::F64];
const INTEGERS: &[Ty] = &[Ty::U8, Ty::U16, Ty::U32, Ty::U64, Ty::I8, Ty::I16, Ty::I32, Ty::I64];
const UNSIGNED: &[Ty] = &[Ty::U8, Ty::U16, Ty::U32, Ty::U64];
const I16_UP: &[Ty] = &[Ty::I16, Ty::I32, Ty::I64, Ty::F32, Ty::F64];
const I8_ONLY: &[Ty] = &[Ty::I8];
const NONE: &[Ty] = &[];

macro_rules! rows {
    ($($base:literal $kind:ident $types:ident ($($operand:ident)*);)*) => {
        /// The table, in the order of numbers.
        pub static ROWS: &[Row] = &[$(Row {
            base: $base,
            kind: Kind::$kind,
            name: stringify!($kind),
            types: $types,
            operands: &[$(Operand::$operand),*],
        }),*];
    };
}

rows! {
    1 JumpIfFalse NONE (Target Use);
    2 JumpIf NONE (Target Use);
    3 Jump NONE (Target);
    // The original never implemented these two: they have operands and do nothing.
    20 LoadIndirect ALL (Use Def);
    30 LoadIndirectWithOffset ALL (Def Use Use);
    40 LoadImmediate ALL (Def Imm);
    60 LoadFromImmediate ALL (Def Word);
    90 StoreIndirectWithOffset ALL (Use Use Use);
    130 StoreFromImmediateWithOffset ALL (Word Use Use);
    150 LogicalAnd NONE (Def Use Use);
    151 LogicalOr NONE (Def Use Use);
    152 LogicalNot NONE (Def Use);
    153 LogicalXor NONE (Def Use Use);
    170 Add ALL (Def Use Use);
    200 Subtract ALL (Def Use Use);
    230 Multiply ALL (Def Use Use);
    260 Divide ALL (Def Use Use);
    290 Modulo ALL (Def Use Use);
    350 Equal ALL (Def Use Use);
    380 NotEqual ALL (Def Use Use);
    410 LessThan ALL (Def Use Use);
    440 LessThanOrEqual ALL (Def Use Use);
    470 GreaterThan ALL (Def Use Use);
    500 GreaterThanOrEqual ALL (Def Use Use);
    600 CallFunction NONE (Target);
    601 Return NONE ();
    602 Allocate NONE (Def Use);
    603 Deallocate NONE (Use);
    604 Memcpy NONE (Use Use Use Use Use);
    605 MemSet NONE (Use Use Use);
    606 Halt NONE (Code);
    821 Move ALL (Def Use);
    841 Increment ALL (Both Imm);
    861 Decrement ALL (Both Imm);
    900 BitwiseAnd INTEGERS (Def Use Use);
    910 BitwiseOr INTEGERS (Def Use Use);
    920 BitwiseXor INTEGERS (Def Use Use);
    930 BitwiseNot INTEGERS (Def Use);
    940 ShiftLeft INTEGERS (Def Use Use);
    950 ShiftRight INTEGERS (Def Use Use);
    1000 Print NONE (Use Use Use);
    1030 StoreConstantArray NONE (Def Word);
    2000 DebugPrint UNSIGNED (Use);
    2005 DebugPrint I16_UP (Use);
    2010 DebugPrintRaw NONE (Use);
    // A slip in the original's table became the format: 20004 where 2004 was meant.
    20004 DebugPrint I8_ONLY (Use);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert_eq!(ROWS.iter().map(Row::count).sum::<usize>(), 275);
        for pair in ROWS.windows(2) {
            assert!(usize::from(pair[0].base) + pair[0].count() <= usize::from(pair[1].base));
        }
    }

    #[test]
    fn numbers_and_names_lead_back() {
        let mut found = 0;
        for number in 0..=u16::MAX {
            let Some(op) = Op::by_number(number) else { continue };
            found += 1;
            assert_eq!(op.number(), number);
            assert_eq!(Op::by_name(&op.name()), Some(op), "{}", op.name());
        }
        assert_eq!(found, 275);
        assert!(Op::by_number(2004).is_none());
        assert!(Op::by_name("DebugPrint").is_none());
        assert!(Op::by_name("AddI65").is_none());
    }

    #[test]
    fn numbers_are_those_of_the_machine() {
        for (name, number) in [
            ("JumpIfFalse", 1),
            ("LoadIndirectWithOffsetI64", 37),
            ("LoadImmediateI64", 47),
            ("AddI64", 177),
            ("GreaterThanOrEqualF64", 509),
            ("Halt", 606),
            ("MoveF64", 830),
            ("IncrementU8", 841),
            ("ShiftRightI64", 957),
            ("DebugPrintI64", 2007),
            ("DebugPrintF64", 2009),
            ("DebugPrintRaw", 2010),
            ("DebugPrintI8", 20004),
        ] {
            assert_eq!(Op::by_name(name).map(Op::number), Some(number), "{name}");
        }
    }
}
