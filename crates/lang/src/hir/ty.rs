//! Types of checked programs, stored once each and named by [`TyId`].
//!
//! Two types are the same exactly where their ids are equal. Structs, enums and classes are
//! nominal: a type names the declaration and its arguments. What a type may do (compare, hash,
//! convert) is decided in `check`; how it lies in memory in `lower::layout`.

use super::{ParamId, StructId, TraitId};
use kaa_base::entity;
use kaa_base::entity::{Entity, Table};
use rustc_hash::FxHashMap;

entity! {
    /// Names a [`Ty`] of a [`TyTable`].
    pub struct TyId = "ty";
    /// Names a sequence of types of a [`TyTable`]; equal sequences have equal ids.
    pub struct TyList = "tys";
    /// Names an [`FnTy`] of a [`TyTable`].
    pub struct FnTyId = "fnty";
}

/// Integer types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IntKind {
    /// 8 bits with sign.
    I8,
    /// 16 bits with sign.
    I16,
    /// 32 bits with sign.
    I32,
    /// 64 bits with sign: `int`.
    I64,
    /// 8 bits.
    U8,
    /// 16 bits.
    U16,
    /// 32 bits.
    U32,
    /// 64 bits.
    U64,
}

impl IntKind {
    /// All of them, in the order of their ids in [`TyTable`].
    pub const ALL: [IntKind; 8] = [
        IntKind::I8,
        IntKind::I16,
        IntKind::I32,
        IntKind::I64,
        IntKind::U8,
        IntKind::U16,
        IntKind::U32,
        IntKind::U64,
    ];

    /// Width in bits.
    pub fn bits(self) -> u32 {
        match self {
            IntKind::I8 | IntKind::U8 => 8,
            IntKind::I16 | IntKind::U16 => 16,
            IntKind::I32 | IntKind::U32 => 32,
            IntKind::I64 | IntKind::U64 => 64,
        }
    }

    /// Whether it has negative values.
    pub fn is_signed(self) -> bool {
        matches!(self, IntKind::I8 | IntKind::I16 | IntKind::I32 | IntKind::I64)
    }

    /// The least value.
    pub fn min(self) -> i128 {
        if self.is_signed() { -(1 << (self.bits() - 1)) } else { 0 }
    }

    /// The greatest value.
    pub fn max(self) -> i128 {
        let bits = if self.is_signed() { self.bits() - 1 } else { self.bits() };
        (1 << bits) - 1
    }

    /// The name in a program.
    pub fn name(self) -> &'static str {
        match self {
            IntKind::I8 => "i8",
            IntKind::I16 => "i16",
            IntKind::I32 => "i32",
            IntKind::I64 => "int",
            IntKind::U8 => "u8",
            IntKind::U16 => "u16",
            IntKind::U32 => "u32",
            IntKind::U64 => "u64",
        }
    }
}

/// Floating point types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FloatKind {
    /// 32 bits.
    F32,
    /// 64 bits: `float`.
    F64,
}

/// How a parameter takes its argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Mode {
    /// Read only.
    #[default]
    Read,
    /// Exclusive; the caller sees the change.
    Mut,
    /// Taken over.
    Own,
}

/// A type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// Something that was reported already; goes with every type.
    Error,
    /// No value ever: `panic()`.
    Never,
    /// `None`, the type of functions without a result.
    Unit,
    /// `bool`
    Bool,
    /// Integers; `int` is 64 bits with sign.
    Int(IntKind),
    /// Floats; `float` is 64 bits.
    Float(FloatKind),
    /// `bigint`
    BigInt,
    /// `str`
    Str,
    /// `char`, one code point.
    Char,
    /// `bytes`
    Bytes,
    /// `range`, of `int`.
    Range,
    /// The open `Error` type: a message and perhaps a source.
    ErrorObj,
    /// `list[T]`
    List(TyId),
    /// `dict[K, V]`
    Dict(TyId, TyId),
    /// `set[T]`
    Set(TyId),
    /// `(A, B)`
    Tuple(TyList),
    /// `T?`
    Option(TyId),
    /// `Result[T, E]`
    Result(TyId, TyId),
    /// `fn(A) -> B`
    Fn(FnTyId),
    /// `Iter[T]`: what `map`, `enumerate`, `dict.items`, a generator expression give.
    Iter(TyId),
    /// `view[T]`
    View(TyId),
    /// A struct with its type arguments.
    Struct(StructId, TyList),
    /// An enum with its type arguments.
    Enum(StructId, TyList),
    /// A class with its type arguments.
    Class(StructId, TyList),
    /// A generic parameter of the function or type at hand.
    Param(ParamId),
    /// A parameter or associated type of a trait, as a type has it that is not known yet.
    Assoc(TyId, TraitId, u16),
    /// `any Trait`
    Any(TraitId),
}

/// A function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FnTy {
    /// Modes and types of the parameters.
    pub params: Box<[(Mode, TyId)]>,
    /// The result; `Unit` where there is none.
    pub ret: TyId,
}

macro_rules! fixed {
    ($($name:ident = $index:literal => $ty:expr,)*) => {
        impl TyId {
            $(
                #[doc = concat!("`", stringify!($ty), "` of every table.")]
                pub const $name: TyId = TyId($index);
            )*
        }

        const FIXED: &[Ty] = &[$($ty),*];
    };
}

fixed! {
    ERROR = 0 => Ty::Error,
    NEVER = 1 => Ty::Never,
    UNIT = 2 => Ty::Unit,
    BOOL = 3 => Ty::Bool,
    I8 = 4 => Ty::Int(IntKind::I8),
    I16 = 5 => Ty::Int(IntKind::I16),
    I32 = 6 => Ty::Int(IntKind::I32),
    INT = 7 => Ty::Int(IntKind::I64),
    U8 = 8 => Ty::Int(IntKind::U8),
    U16 = 9 => Ty::Int(IntKind::U16),
    U32 = 10 => Ty::Int(IntKind::U32),
    U64 = 11 => Ty::Int(IntKind::U64),
    F32 = 12 => Ty::Float(FloatKind::F32),
    FLOAT = 13 => Ty::Float(FloatKind::F64),
    BIGINT = 14 => Ty::BigInt,
    STR = 15 => Ty::Str,
    CHAR = 16 => Ty::Char,
    BYTES = 17 => Ty::Bytes,
    RANGE = 18 => Ty::Range,
    ERROR_OBJ = 19 => Ty::ErrorObj,
}

/// What is known of a type without walking it.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    generic: bool,
    assoc: bool,
    /// It is a view, or holds one.
    view: bool,
    depth: u8,
}

/// All types of a program.
#[derive(Clone, Debug)]
pub struct TyTable {
    tys: Table<TyId, Ty>,
    facts: Vec<Facts>,
    ids: FxHashMap<Ty, TyId>,
    lists: Table<TyList, Box<[TyId]>>,
    list_ids: FxHashMap<Box<[TyId]>, TyList>,
    fns: Table<FnTyId, FnTy>,
    fn_ids: FxHashMap<FnTy, FnTyId>,
}

impl Default for TyTable {
    fn default() -> TyTable {
        TyTable::new()
    }
}

impl TyTable {
    /// A table with the fixed types (`TyId::INT` and so on) and the empty list.
    pub fn new() -> TyTable {
        let mut table = TyTable {
            tys: Table::new(),
            facts: Vec::new(),
            ids: FxHashMap::default(),
            lists: Table::new(),
            list_ids: FxHashMap::default(),
            fns: Table::new(),
            fn_ids: FxHashMap::default(),
        };
        for &ty in FIXED {
            table.intern(ty);
        }
        table.list(&[]);
        table
    }

    /// The type with this id.
    #[inline]
    pub fn get(&self, id: TyId) -> Ty {
        self.tys[id]
    }

    /// The id of a type, made at its first use.
    pub fn intern(&mut self, ty: Ty) -> TyId {
        if let Some(&id) = self.ids.get(&ty) {
            return id;
        }
        let facts = self.facts_of(ty);
        self.facts.push(facts);
        let id = self.tys.push(ty);
        self.ids.insert(ty, id);
        id
    }

    /// The id of a type that was made before.
    #[inline]
    pub fn find(&self, ty: Ty) -> Option<TyId> {
        self.ids.get(&ty).copied()
    }

    /// Whether a generic parameter occurs in the type.
    #[inline]
    pub fn is_generic(&self, id: TyId) -> bool {
        self.facts.get(id.index()).is_some_and(|facts| facts.generic)
    }

    /// Whether an associated type occurs in the type.
    #[inline]
    pub fn has_assoc(&self, id: TyId) -> bool {
        self.facts.get(id.index()).is_some_and(|facts| facts.assoc)
    }

    /// Whether a view lies inside of the type, which is not one itself.
    #[inline]
    pub fn keeps_view(&self, id: TyId) -> bool {
        let view = self.facts.get(id.index()).is_some_and(|facts| facts.view);
        view && !matches!(self.get(id), Ty::View(_))
    }

    /// How many types lie inside of each other in the type; structs count as one.
    #[inline]
    pub fn depth(&self, id: TyId) -> u8 {
        self.facts.get(id.index()).map_or(0, |facts| facts.depth)
    }

    /// Decided once for each type, from its parts: types share parts, so that walking one whole
    /// may take time that is exponential in the length of the program.
    fn facts_of(&self, ty: Ty) -> Facts {
        let of = |ids: &[TyId]| {
            let parts = ids.iter().filter_map(|id| self.facts.get(id.index()));
            let facts = parts.fold(Facts::default(), |all, part| Facts {
                generic: all.generic || part.generic,
                assoc: all.assoc || part.assoc,
                view: all.view || part.view,
                depth: all.depth.max(part.depth),
            });
            Facts { depth: facts.depth.saturating_add(1), ..facts }
        };
        match ty {
            Ty::Param(_) => Facts { generic: true, depth: 1, ..Facts::default() },
            Ty::Assoc(item, ..) => Facts { assoc: true, ..of(&[item]) },
            Ty::View(item) => Facts { view: true, ..of(&[item]) },
            Ty::List(item) | Ty::Set(item) | Ty::Option(item) => of(&[item]),
            Ty::Iter(item) => of(&[item]),
            Ty::Dict(a, b) | Ty::Result(a, b) => of(&[a, b]),
            Ty::Tuple(items) => of(self.items(items)),
            Ty::Struct(_, args) | Ty::Enum(_, args) | Ty::Class(_, args) => of(self.items(args)),
            Ty::Fn(id) => {
                let FnTy { params, ret } = self.fn_ty(id);
                let mut parts: Vec<TyId> = params.iter().map(|param| param.1).collect();
                parts.push(*ret);
                // A function that takes a view holds none.
                Facts { view: false, ..of(&parts) }
            }
            _ => of(&[]),
        }
    }

    /// The id of a sequence of types, made at its first use.
    pub fn list(&mut self, items: &[TyId]) -> TyList {
        if let Some(&id) = self.list_ids.get(items) {
            return id;
        }
        let id = self.lists.push(items.into());
        self.list_ids.insert(items.into(), id);
        id
    }

    /// The types of a sequence.
    #[inline]
    pub fn items(&self, list: TyList) -> &[TyId] {
        &self.lists[list]
    }

    /// The id of a tuple type.
    pub fn tuple(&mut self, items: &[TyId]) -> TyId {
        let list = self.list(items);
        self.intern(Ty::Tuple(list))
    }

    /// The id of a function type.
    pub fn function(&mut self, params: &[(Mode, TyId)], ret: TyId) -> TyId {
        let key = FnTy { params: params.into(), ret };
        let id = match self.fn_ids.get(&key) {
            Some(&id) => id,
            None => {
                let id = self.fns.push(key.clone());
                self.fn_ids.insert(key, id);
                id
            }
        };
        self.intern(Ty::Fn(id))
    }

    /// Parameters and result of a function type.
    #[inline]
    pub fn fn_ty(&self, id: FnTyId) -> &FnTy {
        &self.fns[id]
    }

    /// Number of types.
    pub fn len(&self) -> usize {
        self.tys.len()
    }

    /// Whether there is no type; never so.
    pub fn is_empty(&self) -> bool {
        self.tys.is_empty()
    }

    /// The fixed id of an integer type.
    pub fn int(kind: IntKind) -> TyId {
        TyId::new(TyId::I8.index() + kind as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_ids_hold() {
        let tys = TyTable::new();
        for (index, &ty) in FIXED.iter().enumerate() {
            assert_eq!(tys.get(TyId::new(index)), ty);
        }
        for kind in IntKind::ALL {
            assert_eq!(tys.get(TyTable::int(kind)), Ty::Int(kind));
        }
    }

    #[test]
    fn equal_types_have_equal_ids() {
        let mut tys = TyTable::new();
        let a = tys.tuple(&[TyId::INT, TyId::STR]);
        let b = tys.tuple(&[TyId::INT, TyId::STR]);
        assert_eq!(a, b);
        assert_ne!(a, tys.tuple(&[TyId::STR, TyId::INT]));
        let param = tys.intern(Ty::Param(ParamId(0)));
        let list = tys.intern(Ty::List(param));
        let pair = tys.tuple(&[TyId::INT, list]);
        assert!(tys.is_generic(pair) && !tys.is_generic(a));
        assert_eq!((tys.depth(TyId::INT), tys.depth(a), tys.depth(pair)), (1, 2, 3));
        let f = tys.function(&[(Mode::Read, a)], TyId::UNIT);
        assert_eq!(f, tys.function(&[(Mode::Read, b)], TyId::UNIT));
        assert_ne!(f, tys.function(&[(Mode::Mut, b)], TyId::UNIT));
    }

    #[test]
    fn integer_limits() {
        assert_eq!((IntKind::I8.min(), IntKind::I8.max()), (-128, 127));
        assert_eq!((IntKind::U64.min(), IntKind::U64.max()), (0, u64::MAX.into()));
    }
}
