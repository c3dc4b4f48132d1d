//! The types of typed stack code: numbers, pointers to them, and groups of lanes.

use std::fmt;

use kaa_ir::ValTy;

/// Pointers nest at most this deep.
pub const MAX_POINTERS: u8 = 8;

/// A number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    F32,
    F64,
    R8,
    R16,
    R32,
    R64,
}

impl Scalar {
    /// All of them.
    pub const ALL: [Scalar; 15] = [
        Scalar::U8,
        Scalar::U16,
        Scalar::U32,
        Scalar::U64,
        Scalar::I8,
        Scalar::I16,
        Scalar::I32,
        Scalar::I64,
        Scalar::F16,
        Scalar::F32,
        Scalar::F64,
        Scalar::R8,
        Scalar::R16,
        Scalar::R32,
        Scalar::R64,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Scalar::U8 => "u8",
            Scalar::U16 => "u16",
            Scalar::U32 => "u32",
            Scalar::U64 => "u64",
            Scalar::I8 => "i8",
            Scalar::I16 => "i16",
            Scalar::I32 => "i32",
            Scalar::I64 => "i64",
            Scalar::F16 => "f16",
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::R8 => "r8",
            Scalar::R16 => "r16",
            Scalar::R32 => "r32",
            Scalar::R64 => "r64",
        }
    }

    /// The scalar of a name.
    pub fn named(name: &str) -> Option<Scalar> {
        Scalar::ALL.into_iter().find(|scalar| scalar.name() == name)
    }

    /// The number by which host functions know it.
    pub fn number(self) -> i64 {
        Scalar::ALL.iter().position(|scalar| *scalar == self).unwrap_or(0) as i64
    }

    /// Bytes in memory and of a lane.
    pub fn size(self) -> u32 {
        match self {
            Scalar::U8 | Scalar::I8 | Scalar::R8 => 1,
            Scalar::U16 | Scalar::I16 | Scalar::F16 | Scalar::R16 => 2,
            Scalar::U32 | Scalar::I32 | Scalar::F32 | Scalar::R32 => 4,
            Scalar::U64 | Scalar::I64 | Scalar::F64 | Scalar::R64 => 8,
        }
    }

    /// What it is in IR: itself, or the bits of what IR does not have.
    pub fn val_ty(self) -> ValTy {
        match self {
            Scalar::U8 | Scalar::R8 => ValTy::U8,
            Scalar::U16 | Scalar::F16 | Scalar::R16 => ValTy::U16,
            Scalar::U32 | Scalar::R32 => ValTy::U32,
            Scalar::U64 | Scalar::R64 => ValTy::U64,
            Scalar::I8 => ValTy::I8,
            Scalar::I16 => ValTy::I16,
            Scalar::I32 => ValTy::I32,
            Scalar::I64 => ValTy::I64,
            Scalar::F32 => ValTy::F32,
            Scalar::F64 => ValTy::F64,
        }
    }

    /// Whether it is an integer.
    pub fn is_int(self) -> bool {
        self.number() < Scalar::F16.number()
    }

    /// Whether IR computes with it.
    pub fn is_native(self) -> bool {
        self.is_int() || matches!(self, Scalar::F32 | Scalar::F64)
    }

    /// Whether it is a posit.
    pub fn is_posit(self) -> bool {
        self.number() >= Scalar::R8.number()
    }
}

/// How many lanes a group has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Count {
    /// So many.
    Fixed(u32),
    /// What is found out when it runs.
    Run,
}

/// The type of a place on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    /// A number.
    One(Scalar),
    /// A pointer, so often to a pointer, to a number.
    Pointer(u8, Scalar),
    /// A group of lanes.
    Lanes(Scalar, Count),
}

impl Ty {
    /// What it is in IR: pointers are addresses, groups of lanes are byte strings.
    pub fn val_ty(self) -> ValTy {
        match self {
            Ty::One(scalar) => scalar.val_ty(),
            Ty::Pointer(..) => ValTy::I64,
            Ty::Lanes(..) => ValTy::BYTES,
        }
    }

    /// Bytes in memory; `None` for lanes whose number is not known.
    pub fn size(self) -> Option<u32> {
        match self {
            Ty::One(scalar) => Some(scalar.size()),
            Ty::Pointer(..) => Some(8),
            Ty::Lanes(scalar, Count::Fixed(count)) => Some(scalar.size() * count),
            Ty::Lanes(_, Count::Run) => None,
        }
    }

    /// The pointer to it; lanes have none.
    pub fn pointer(self) -> Option<Ty> {
        match self {
            Ty::One(scalar) => Some(Ty::Pointer(1, scalar)),
            Ty::Pointer(depth, scalar) if depth < MAX_POINTERS => {
                Some(Ty::Pointer(depth + 1, scalar))
            }
            Ty::Pointer(..) => None,
            // A pointer to a group points to its first lane.
            Ty::Lanes(scalar, _) => Some(Ty::Pointer(1, scalar)),
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::One(scalar) => write!(f, "{}", scalar.name()),
            Ty::Pointer(depth, scalar) => {
                (0..*depth).try_for_each(|_| write!(f, "ptr "))?;
                write!(f, "{}", scalar.name())
            }
            Ty::Lanes(scalar, Count::Fixed(count)) => write!(f, "{} x{count}", scalar.name()),
            Ty::Lanes(scalar, Count::Run) => write!(f, "{} xn", scalar.name()),
        }
    }
}
