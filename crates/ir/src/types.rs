//! Heap types: what objects look like, leaf by leaf.
//!
//! Structs that are nested inline are flattened into *leaves*: scalar fields in order. An
//! inline struct and a parent must be declared earlier in the module, so a type can only be
//! recursive through references and the flattening always ends.

use std::fmt;

use kaa_base::entity::Table;
use kaa_isa::{SigId, TypeId, ValTy};

use crate::limits::{MAX_ALL_LEAVES, MAX_LEAVES, MAX_SUBTYPE_DEPTH};

/// The type of a field or element: one value, or a struct laid inline.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldTy {
    /// One value.
    Val(ValTy),
    /// The fields of another struct, in place.
    Inline(TypeId),
}

/// A field of a struct.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FieldDef {
    /// Its name, for people.
    pub name: String,
    /// Its type.
    pub ty: FieldTy,
    /// Whether it can be written after creation.
    pub mutable: bool,
}

/// A heap type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeDef {
    /// Immutable UTF-8 text. Only the predeclared type 0 is this.
    Str,
    /// Immutable bytes. Only the predeclared type 1 is this.
    Bytes,
    /// An object with fields; those of the parent come first and are not repeated here.
    Struct {
        /// The type it extends.
        parent: Option<TypeId>,
        /// Whether two of its objects with equal fields are still two: runtime functions compare
        /// them by identity and do not look inside.
        identity: bool,
        /// Its own fields.
        fields: Vec<FieldDef>,
    },
    /// A fixed number of equal elements.
    Array {
        /// The element.
        elem: FieldTy,
        /// Whether elements can be written after creation.
        mutable: bool,
    },
    /// A growable sequence of equal elements, laid flat.
    List {
        /// The element.
        elem: FieldTy,
    },
    /// An insertion-ordered hash map; without a value type, a set.
    Map {
        /// The key.
        key: FieldTy,
        /// The value.
        value: Option<FieldTy>,
    },
    /// A function with captured values.
    Closure {
        /// Parameters and results of a call.
        sig: SigId,
    },
    /// What an interior pointer points to.
    Cell {
        /// The value in the cell.
        ty: ValTy,
        /// Whether it can be written.
        mutable: bool,
    },
}

/// A heap type with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeDecl {
    /// Unique in the module.
    pub name: String,
    /// What it is.
    pub def: TypeDef,
}

/// One leaf of a flattened type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeafTy {
    /// The value there.
    pub ty: ValTy,
    /// Whether it can be written after creation.
    pub mutable: bool,
}

/// Why a type cannot be declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeDeclError {
    /// An inline struct or parent is not declared earlier.
    NotDeclaredBefore(TypeId),
    /// An inline type or a parent is not a struct.
    NotAStruct(TypeId),
    /// The flattened type has too many leaves.
    TooManyLeaves,
    /// The types of the module have too many leaves together.
    TooManyLeavesInAll,
    /// The chain of parents is too long.
    TooDeep,
}

impl fmt::Display for TypeDeclError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDeclaredBefore(t) => write!(f, "{t} must be declared before its use here"),
            Self::NotAStruct(t) => write!(f, "{t} is not a struct"),
            Self::TooManyLeaves => write!(f, "the type has more than {MAX_LEAVES} leaves"),
            Self::TooManyLeavesInAll => {
                write!(f, "the types of the module have more than {MAX_ALL_LEAVES} leaves")
            }
            Self::TooDeep => write!(f, "more than {MAX_SUBTYPE_DEPTH} parents in a chain"),
        }
    }
}

/// The flattened forms of a declared type.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Flat {
    /// Leaves of a struct, element leaves of an array or list, key leaves of a map.
    leaves: Box<[LeafTy]>,
    /// Value leaves of a map.
    values: Box<[LeafTy]>,
    depth: usize,
    /// Whether another type has it as its parent.
    extended: bool,
}

/// All heap types of a module with their flattened forms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeTable {
    decls: Table<TypeId, TypeDecl>,
    flat: Table<TypeId, Flat>,
    all_leaves: usize,
}

impl Default for TypeTable {
    fn default() -> Self {
        let mut table = Self { decls: Table::new(), flat: Table::new(), all_leaves: 0 };
        for (name, def) in [("str", TypeDef::Str), ("bytes", TypeDef::Bytes)] {
            table.decls.push(TypeDecl { name: name.to_owned(), def });
            table.flat.push(Flat::default());
        }
        table
    }
}

impl TypeTable {
    /// Declares a type.
    pub fn push(&mut self, decl: TypeDecl) -> Result<TypeId, TypeDeclError> {
        let flat = self.flatten(&decl.def)?;
        let all_leaves = self.all_leaves + flat.leaves.len() + flat.values.len();
        if all_leaves > MAX_ALL_LEAVES {
            return Err(TypeDeclError::TooManyLeavesInAll);
        }
        self.all_leaves = all_leaves;
        if let TypeDef::Struct { parent: Some(parent), .. } = decl.def
            && let Some(parent) = self.flat.get_mut(parent)
        {
            parent.extended = true;
        }
        self.flat.push(flat);
        Ok(self.decls.push(decl))
    }

    /// The declaration of a type, `None` where there is no such type.
    pub fn get(&self, id: TypeId) -> Option<&TypeDecl> {
        self.decls.get(id)
    }

    /// What a type is, `None` where there is no such type.
    pub fn def(&self, id: TypeId) -> Option<&TypeDef> {
        self.decls.get(id).map(|d| &d.def)
    }

    /// The number of types, the predeclared ones included.
    pub fn len(&self) -> usize {
        self.decls.len()
    }

    /// Never true: `str` and `bytes` are always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// All types in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (TypeId, &TypeDecl)> + ExactSizeIterator {
        self.decls.iter()
    }

    /// The leaves of a struct, of an element of an array or list, or of a map's key.
    pub fn leaves(&self, id: TypeId) -> &[LeafTy] {
        self.flat.get(id).map_or(&[], |f| &f.leaves)
    }

    /// The leaves of a map's value; empty for sets.
    pub fn value_leaves(&self, id: TypeId) -> &[LeafTy] {
        self.flat.get(id).map_or(&[], |f| &f.values)
    }

    /// Whether objects of the type may be of a subtype of it.
    pub fn is_extended(&self, id: TypeId) -> bool {
        self.flat.get(id).is_some_and(|flat| flat.extended)
    }

    /// Whether every object of type `a` is also of type `b`.
    pub fn is_subtype(&self, a: TypeId, b: TypeId) -> bool {
        let mut at = a;
        loop {
            if at == b {
                return true;
            }
            match self.def(at) {
                // A parent is always an earlier type, so the walk ends.
                Some(TypeDef::Struct { parent: Some(p), .. }) => at = *p,
                _ => return false,
            }
        }
    }

    /// Whether a value of type `from` can stand where `to` is asked for.
    pub fn assignable(&self, from: ValTy, to: ValTy) -> bool {
        match (from, to) {
            _ if from == to => true,
            (ValTy::Ref(a), ValTy::Ref(b) | ValTy::RefNull(b))
            | (ValTy::RefNull(a), ValTy::RefNull(b)) => self.is_subtype(a, b),
            _ => false,
        }
    }

    fn flatten(&self, def: &TypeDef) -> Result<Flat, TypeDeclError> {
        let mut flat = Flat::default();
        match def {
            TypeDef::Struct { parent, fields, .. } => {
                let mut leaves = Vec::new();
                if let Some(parent) = parent {
                    self.struct_leaves(*parent)?;
                    let above = &self.flat[*parent];
                    flat.depth = above.depth + 1;
                    if flat.depth > MAX_SUBTYPE_DEPTH {
                        return Err(TypeDeclError::TooDeep);
                    }
                    leaves.extend_from_slice(&above.leaves);
                }
                for field in fields {
                    self.add_leaves(field.ty, field.mutable, &mut leaves)?;
                }
                flat.leaves = leaves.into();
            }
            TypeDef::Array { elem, mutable } => flat.leaves = self.elem_leaves(*elem, *mutable)?,
            TypeDef::List { elem } => flat.leaves = self.elem_leaves(*elem, true)?,
            TypeDef::Map { key, value } => {
                flat.leaves = self.elem_leaves(*key, false)?;
                if let Some(value) = value {
                    flat.values = self.elem_leaves(*value, true)?;
                }
            }
            TypeDef::Cell { ty, mutable } => {
                flat.leaves = Box::new([LeafTy { ty: *ty, mutable: *mutable }]);
            }
            TypeDef::Str | TypeDef::Bytes | TypeDef::Closure { .. } => {}
        }
        Ok(flat)
    }

    fn elem_leaves(&self, elem: FieldTy, mutable: bool) -> Result<Box<[LeafTy]>, TypeDeclError> {
        let mut leaves = Vec::new();
        self.add_leaves(elem, mutable, &mut leaves)?;
        Ok(leaves.into())
    }

    /// Appends the leaves of a field. An element of a mutable array can be written whole, so
    /// `mutable` there covers the leaves of inline structs too.
    fn add_leaves(
        &self,
        ty: FieldTy,
        mutable: bool,
        leaves: &mut Vec<LeafTy>,
    ) -> Result<(), TypeDeclError> {
        match ty {
            FieldTy::Val(ty) => leaves.push(LeafTy { ty, mutable }),
            FieldTy::Inline(id) => {
                let inner = self.struct_leaves(id)?;
                leaves.extend(inner.iter().map(|l| LeafTy { ty: l.ty, mutable }));
            }
        }
        if leaves.len() > MAX_LEAVES { Err(TypeDeclError::TooManyLeaves) } else { Ok(()) }
    }

    fn struct_leaves(&self, id: TypeId) -> Result<&[LeafTy], TypeDeclError> {
        match self.def(id) {
            Some(TypeDef::Struct { .. }) => Ok(&self.flat[id].leaves),
            Some(_) => Err(TypeDeclError::NotAStruct(id)),
            None => Err(TypeDeclError::NotDeclaredBefore(id)),
        }
    }
}
