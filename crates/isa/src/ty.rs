//! Value types: what an SSA value, a parameter or a field leaf can be.

use crate::ids::{SigId, TypeId};

/// The type of one value. References name a heap type of the module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ValTy {
    /// Truth value, 0 or 1.
    Bool,
    /// Signed 8-bit integer.
    I8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 32-bit integer.
    I32,
    /// Signed 64-bit integer.
    I64,
    /// Unsigned 8-bit integer.
    U8,
    /// Unsigned 16-bit integer.
    U16,
    /// Unsigned 32-bit integer.
    U32,
    /// Unsigned 64-bit integer.
    U64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Reference to a heap object, never null.
    Ref(TypeId),
    /// Reference to a heap object, or null.
    RefNull(TypeId),
    /// Pointer to a cell inside a heap object, never null.
    IPtr(TypeId),
    /// A function of the module.
    Func(SigId),
}

/// The scalar types with their text names, in the order of their binary tags.
pub const SCALARS: [(ValTy, &str); 11] = [
    (ValTy::Bool, "bool"),
    (ValTy::I8, "i8"),
    (ValTy::I16, "i16"),
    (ValTy::I32, "i32"),
    (ValTy::I64, "i64"),
    (ValTy::U8, "u8"),
    (ValTy::U16, "u16"),
    (ValTy::U32, "u32"),
    (ValTy::U64, "u64"),
    (ValTy::F32, "f32"),
    (ValTy::F64, "f64"),
];

impl ValTy {
    /// A string reference.
    pub const STR: ValTy = ValTy::Ref(TypeId::STR);
    /// A byte-string reference.
    pub const BYTES: ValTy = ValTy::Ref(TypeId::BYTES);

    /// The text name of a scalar type.
    pub fn scalar_name(self) -> Option<&'static str> {
        SCALARS.iter().find(|(ty, _)| *ty == self).map(|(_, name)| *name)
    }

    /// The scalar type of this name.
    pub fn scalar(name: &str) -> Option<ValTy> {
        SCALARS.iter().find(|(_, n)| *n == name).map(|(ty, _)| *ty)
    }

    /// Whether this is one of the eight integer types.
    pub fn is_int(self) -> bool {
        self.int_bits().is_some()
    }

    /// Whether this is a signed integer type.
    pub fn is_signed(self) -> bool {
        matches!(self, ValTy::I8 | ValTy::I16 | ValTy::I32 | ValTy::I64)
    }

    /// Whether this is `f32` or `f64`.
    pub fn is_float(self) -> bool {
        matches!(self, ValTy::F32 | ValTy::F64)
    }

    /// Whether the collector has to know of this value: any reference or interior pointer.
    pub fn is_gc(self) -> bool {
        matches!(self, ValTy::Ref(_) | ValTy::RefNull(_) | ValTy::IPtr(_))
    }

    /// The width of an integer type in bits.
    pub fn int_bits(self) -> Option<u32> {
        Some(match self {
            ValTy::I8 | ValTy::U8 => 8,
            ValTy::I16 | ValTy::U16 => 16,
            ValTy::I32 | ValTy::U32 => 32,
            ValTy::I64 | ValTy::U64 => 64,
            _ => return None,
        })
    }

    /// The size of the type in memory, in bytes; 0 for none.
    pub fn size(self) -> u32 {
        match self {
            ValTy::Bool | ValTy::I8 | ValTy::U8 => 1,
            ValTy::I16 | ValTy::U16 => 2,
            ValTy::I64 | ValTy::U64 | ValTy::F64 => 8,
            _ => 4,
        }
    }

    /// Whether these bits are the slot form of a value of this scalar type: signed integers
    /// sign-extended, everything else zero-extended. False for all other types.
    pub fn holds_bits(self, bits: u64) -> bool {
        match self {
            ValTy::I8 => i8::try_from(bits as i64).is_ok(),
            ValTy::I16 => i16::try_from(bits as i64).is_ok(),
            ValTy::I32 => i32::try_from(bits as i64).is_ok(),
            ValTy::Bool => bits <= 1,
            ValTy::U8 => u8::try_from(bits).is_ok(),
            ValTy::U16 => u16::try_from(bits).is_ok(),
            ValTy::U32 | ValTy::F32 => u32::try_from(bits).is_ok(),
            ValTy::I64 | ValTy::U64 | ValTy::F64 => true,
            ValTy::Ref(_) | ValTy::RefNull(_) | ValTy::IPtr(_) | ValTy::Func(_) => false,
        }
    }

    /// The heap type that a reference or interior pointer names.
    pub fn heap_type(self) -> Option<TypeId> {
        match self {
            ValTy::Ref(t) | ValTy::RefNull(t) | ValTy::IPtr(t) => Some(t),
            _ => None,
        }
    }
}

/// The types that the type variable of a family row may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TyClass {
    /// The eight integer types.
    Int,
    /// `f32` and `f64`.
    Float,
    /// Integers and floats.
    Num,
    /// Integers and `bool`.
    IntBool,
    /// Integers, floats and `bool`.
    Scalar,
}

impl TyClass {
    /// Whether `ty` belongs to the class.
    pub fn contains(self, ty: ValTy) -> bool {
        match self {
            TyClass::Int => ty.is_int(),
            TyClass::Float => ty.is_float(),
            TyClass::Num => ty.is_int() || ty.is_float(),
            TyClass::IntBool => ty.is_int() || ty == ValTy::Bool,
            TyClass::Scalar => ty.is_int() || ty.is_float() || ty == ValTy::Bool,
        }
    }

    /// All types of the class.
    pub fn members(self) -> impl Iterator<Item = ValTy> {
        SCALARS.iter().map(|(ty, _)| *ty).filter(move |ty| self.contains(*ty))
    }
}

/// A place in the signature of a row: the type variable, or one fixed type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SigTy {
    /// The row's type variable.
    T,
    /// Always this type.
    Fixed(ValTy),
}

impl SigTy {
    /// The concrete type where the variable stands for `t`.
    pub fn resolve(self, t: ValTy) -> ValTy {
        match self {
            SigTy::T => t,
            SigTy::Fixed(ty) => ty,
        }
    }
}

/// The signature of a family row.
#[derive(Clone, Copy, Debug)]
pub struct SigSpec {
    /// Types of the value operands, in order.
    pub params: &'static [SigTy],
    /// Types of the results, in order.
    pub results: &'static [SigTy],
    /// What the type variable may be.
    pub class: TyClass,
}
