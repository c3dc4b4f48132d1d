//! How Kaa types lie in IR values and heap objects.
//!
//! A type is a sequence of *leaves*, each one IR value: a struct or tuple is the leaves of its
//! fields, `T?` is a nullable reference where `T` is one non-null reference and else a `bool` tag
//! followed by `T`'s leaves, `Result[T, E]` is a `bool` followed by the leaves of both: see
//! `parts`. Lists, dicts, sets and closures are one reference to a heap type that is declared here
//! at its first use; those of classes, enums and `any` in the files beside. What is done with
//! leaves is in the other files of this folder.

mod any;
mod classes;
mod enums;
mod iters;
mod parts;

use std::rc::Rc;

use kaa_ir::{FieldDef, FieldTy, Module, Signature, TypeDecl, TypeDef, TypeId, ValTy};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::hir::{FloatKind, FnTyId, IntKind, Mode, Program, TraitId, Ty, TyId};
use crate::intern::Interner;
use enums::EnumLayout;
use parts::Part;

/// The leaves of a type.
pub(super) type Leaves = Rc<[ValTy]>;

/// Leaves and heap types, made once each.
pub(super) struct Layouts<'p> {
    program: &'p Program,
    names: &'p Interner,
    leaves: FxHashMap<TyId, Leaves>,
    lists: FxHashMap<TyId, TypeId>,
    maps: FxHashMap<(TyId, Option<TyId>), TypeId>,
    elements: FxHashMap<TyId, FieldTy>,
    closures: FxHashMap<FnTyId, TypeId>,
    iters: FxHashMap<TyId, TypeId>,
    anys: FxHashMap<TraitId, TypeId>,
    boxes: FxHashMap<(TraitId, TyId), TypeId>,
    error: Option<TypeId>,
    classes: FxHashMap<TyId, TypeId>,
    /// The heap types of the cells of variables.
    cells: FxHashMap<TyId, TypeId>,
    /// Those of variables that hold resources of tasks.
    guards: FxHashMap<TyId, TypeId>,
    /// The parent of all class types.
    object: Option<TypeId>,
    /// The list of objects whose text is being made.
    frame: Option<TypeId>,
    /// Types whose number is given but which are not declared yet: a type may reach itself.
    reserved: Vec<Option<TypeDecl>>,
    depth: usize,
    open_structs: FxHashSet<TyId>,
    /// How many types had a name so far.
    taken_names: FxHashMap<String, u32>,
    parts: FxHashMap<TyId, Rc<[Part]>>,
    enums: FxHashMap<TyId, Rc<EnumLayout>>,
    /// The heap types of boxed enums: that of all values, then those of the variants.
    enum_types: FxHashMap<TyId, Rc<[TypeId]>>,
    /// A type that has no layout, and why, for the report.
    pub refused: Option<(TyId, &'static str)>,
}

/// More leaves than a value may have; as many as a function may have results.
const MAX_LEAVES: usize = kaa_ir::limits::MAX_PARAMS;
/// Why a type has no layout.
const TOO_LARGE: &str = "are too large";
const ENDLESS: &str = "would contain themselves";
const NOT_YET: &str = "are not supported yet";

/// A reference that may also be null; other types stay.
pub(super) fn nullable(ty: ValTy) -> ValTy {
    match ty {
        ValTy::Ref(id) => ValTy::RefNull(id),
        other => other,
    }
}

/// The IR type of an integer.
pub(super) fn int_ty(kind: IntKind) -> ValTy {
    match kind {
        IntKind::I8 => ValTy::I8,
        IntKind::I16 => ValTy::I16,
        IntKind::I32 => ValTy::I32,
        IntKind::I64 => ValTy::I64,
        IntKind::U8 => ValTy::U8,
        IntKind::U16 => ValTy::U16,
        IntKind::U32 => ValTy::U32,
        IntKind::U64 => ValTy::U64,
    }
}

impl<'p> Layouts<'p> {
    /// No layouts yet.
    pub fn new(program: &'p Program, names: &'p Interner) -> Self {
        Self {
            program,
            names,
            leaves: FxHashMap::default(),
            lists: FxHashMap::default(),
            maps: FxHashMap::default(),
            elements: FxHashMap::default(),
            closures: FxHashMap::default(),
            iters: FxHashMap::default(),
            anys: FxHashMap::default(),
            boxes: FxHashMap::default(),
            error: None,
            classes: FxHashMap::default(),
            cells: FxHashMap::default(),
            guards: FxHashMap::default(),
            object: None,
            frame: None,
            reserved: Vec::new(),
            depth: 0,
            open_structs: FxHashSet::default(),
            parts: FxHashMap::default(),
            enums: FxHashMap::default(),
            enum_types: FxHashMap::default(),
            taken_names: FxHashMap::default(),
            refused: None,
        }
    }

    /// The leaves of a type.
    pub fn leaves(&mut self, m: &mut Module, ty: TyId) -> Leaves {
        if let Some(leaves) = self.leaves.get(&ty) {
            return leaves.clone();
        }
        if self.count(ty) > MAX_LEAVES {
            self.refused = Some((ty, TOO_LARGE));
            return Rc::new([]);
        }
        self.depth += 1;
        let parts = self.parts(ty);
        let leaves: Leaves = parts.iter().map(|part| self.leaf(m, *part)).collect();
        self.leave(m);
        self.leaves.insert(ty, leaves.clone());
        leaves
    }

    /// A leaf as an IR value.
    fn leaf(&mut self, m: &mut Module, part: Part) -> ValTy {
        let (ty, null) = match part {
            Part::Scalar(ty) => return ty,
            Part::Ref { ty, null } => (ty, null),
        };
        let id = match self.program.tys.get(ty) {
            Ty::Bytes | Ty::BigInt => TypeId::BYTES,
            Ty::ErrorObj => self.error_type(m),
            Ty::List(elem) | Ty::View(elem) => self.list_type(m, elem),
            Ty::Iter(item) => self.iter_type(m, item),
            Ty::Set(elem) => self.map_type(m, elem, None),
            Ty::Dict(key, value) => self.map_type(m, key, Some(value)),
            Ty::Fn(id) => self.closure_type(m, id),
            Ty::Class(..) => self.class_type(m, ty),
            Ty::Enum(..) => self.enum_type(m, ty),
            Ty::Any(of) => self.any_type(m, of),
            _ => TypeId::STR,
        };
        if null { ValTy::RefNull(id) } else { ValTy::Ref(id) }
    }

    /// The leaves of an element of a list, key or value. An element without leaves is kept as
    /// one `bool`, so that lists of it have a length in memory.
    pub fn elem_leaves(&mut self, m: &mut Module, ty: TyId) -> Leaves {
        let leaves = self.leaves(m, ty);
        if leaves.is_empty() { Rc::new([ValTy::Bool]) } else { leaves }
    }

    /// The heap type of lists of `elem`.
    pub fn list_type(&mut self, m: &mut Module, elem: TyId) -> TypeId {
        if let Some(id) = self.lists.get(&elem) {
            return *id;
        }
        self.depth += 1;
        let slot = self.reserve_element(m, elem);
        let id = self.reserve(m);
        self.lists.insert(elem, id);
        let field = self.element(m, elem, slot);
        let name = format!("list[{}]", self.name(elem));
        self.declare(m, id, name, TypeDef::List { elem: field });
        self.leave(m);
        id
    }

    /// The heap type of dicts from `key` to `value`, or of sets of `key`.
    pub fn map_type(&mut self, m: &mut Module, key: TyId, value: Option<TyId>) -> TypeId {
        if let Some(id) = self.maps.get(&(key, value)) {
            return *id;
        }
        self.depth += 1;
        let key_slot = self.reserve_element(m, key);
        let other = value.filter(|&value| value != key);
        let value_slot = other.and_then(|v| self.reserve_element(m, v));
        let id = self.reserve(m);
        self.maps.insert((key, value), id);
        let key_field = self.element(m, key, key_slot);
        let value_field = value.map(|v| self.element(m, v, value_slot));
        let name = match value {
            Some(value) => format!("dict[{}, {}]", self.name(key), self.name(value)),
            None => format!("set[{}]", self.name(key)),
        };
        self.declare(m, id, name, TypeDef::Map { key: key_field, value: value_field });
        self.leave(m);
        id
    }

    /// The heap type of closures of a function type.
    pub fn closure_type(&mut self, m: &mut Module, ty: FnTyId) -> TypeId {
        if let Some(id) = self.closures.get(&ty) {
            return *id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.closures.insert(ty, id);
        let program = self.program;
        let fn_ty = program.tys.fn_ty(ty);
        let sig = self.signature(m, &fn_ty.params, fn_ty.ret);
        let sig = m.sig(sig);
        self.declare(m, id, format!("fn{}", ty.0), TypeDef::Closure { sig });
        self.leave(m);
        id
    }

    /// The signature of a function: `mut` parameters come back as leading results.
    pub fn signature(&mut self, m: &mut Module, params: &[(Mode, TyId)], ret: TyId) -> Signature {
        let mut inputs = Vec::new();
        let mut outputs = Vec::new();
        for &(mode, ty) in params {
            let leaves = self.leaves(m, ty);
            inputs.extend(leaves.iter());
            if mode == Mode::Mut {
                outputs.extend(leaves.iter());
            }
        }
        outputs.extend(self.leaves(m, ret).iter());
        Signature::new(inputs, outputs)
    }

    /// The heap type of the open `Error`: a message and perhaps a source.
    pub fn error_type(&mut self, m: &mut Module) -> TypeId {
        if let Some(id) = self.error {
            return id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.error = Some(id);
        let field = |name: &str, ty| FieldDef {
            name: name.to_owned(),
            ty: FieldTy::Val(ty),
            mutable: false,
        };
        let fields = vec![field("message", ValTy::STR), field("source", ValTy::RefNull(id))];
        self.declare(
            m,
            id,
            "Error".to_owned(),
            TypeDef::Struct { parent: None, identity: false, fields },
        );
        self.leave(m);
        id
    }

    /// An element of several leaves lies as an inline struct, whose number must be lower than
    /// that of the type it lies in.
    fn reserve_element(&mut self, m: &Module, elem: TyId) -> Option<TypeId> {
        let known = self.elements.contains_key(&elem);
        (!known && self.count(elem) > 1).then(|| self.reserve(m))
    }

    fn element(&mut self, m: &mut Module, elem: TyId, slot: Option<TypeId>) -> FieldTy {
        if let Some(field) = self.elements.get(&elem) {
            return *field;
        }
        let Some(id) = slot else {
            let field = FieldTy::Val(self.elem_leaves(m, elem)[0]);
            self.elements.insert(elem, field);
            return field;
        };
        self.elements.insert(elem, FieldTy::Inline(id));
        let leaves = self.leaves(m, elem);
        let fields = leaves.iter().enumerate().map(|(i, ty)| FieldDef {
            name: format!("f{i}"),
            ty: FieldTy::Val(*ty),
            mutable: true,
        });
        let def = TypeDef::Struct { parent: None, identity: false, fields: fields.collect() };
        let name = self.name(elem);
        self.declare(m, id, name, def);
        FieldTy::Inline(id)
    }

    fn reserve(&mut self, m: &Module) -> TypeId {
        let number = m.types.len() + self.reserved.len();
        self.reserved.push(None);
        TypeId(number as u32)
    }

    fn declare(&mut self, m: &Module, id: TypeId, mut name: String, def: TypeDef) {
        let taken = self.taken_names.entry(name.clone()).or_insert(0);
        *taken += 1;
        if *taken > 1 {
            name = format!("{name}#{taken}");
        }
        let slot = id.0 as usize - m.types.len();
        self.reserved[slot] = Some(TypeDecl { name, def });
    }

    /// Ends one step of layout; when the outermost one ends, all reserved types are known.
    fn leave(&mut self, m: &mut Module) {
        self.depth -= 1;
        if self.depth > 0 {
            return;
        }
        for decl in std::mem::take(&mut self.reserved).into_iter().flatten() {
            if m.types.push(decl).is_err() {
                self.refused = self.refused.or(Some((TyId::ERROR, TOO_LARGE)));
            }
        }
    }

    /// The type as a program writes it; a very long name is cut off, since a short program can
    /// make one that is exponentially long.
    pub fn name(&self, ty: TyId) -> String {
        let mut out = String::new();
        self.write_name(ty, &mut out);
        out
    }

    fn write_name(&self, ty: TyId, out: &mut String) {
        let tys = &self.program.tys;
        if out.len() > 100 {
            if !out.ends_with("...") {
                out.push_str("...");
            }
            return;
        }
        match tys.get(ty) {
            Ty::Error | Ty::Never => out.push_str("never"),
            Ty::Unit => out.push_str("None"),
            Ty::Bool => out.push_str("bool"),
            Ty::Int(kind) => out.push_str(kind.name()),
            Ty::Float(FloatKind::F32) => out.push_str("f32"),
            Ty::Float(FloatKind::F64) => out.push_str("float"),
            Ty::BigInt => out.push_str("bigint"),
            Ty::Str => out.push_str("str"),
            Ty::Char => out.push_str("char"),
            Ty::Bytes => out.push_str("bytes"),
            Ty::Range => out.push_str("range"),
            Ty::ErrorObj => out.push_str("Error"),
            Ty::List(t) => self.write_names("list[", &[t], "]", out),
            Ty::Dict(k, v) => self.write_names("dict[", &[k, v], "]", out),
            Ty::Set(t) => self.write_names("set[", &[t], "]", out),
            Ty::Tuple(items) => self.write_names("(", tys.items(items), ")", out),
            Ty::Option(t) => self.write_names("", &[t], "?", out),
            Ty::Result(t, e) => self.write_names("Result[", &[t, e], "]", out),
            Ty::Iter(t) => self.write_names("Iter[", &[t], "]", out),
            Ty::View(t) => self.write_names("view[", &[t], "]", out),
            Ty::Struct(id, args) | Ty::Class(id, args) | Ty::Enum(id, args) => {
                out.push_str(self.names.text(self.program.structs[id].name));
                let args = tys.items(args);
                if !args.is_empty() {
                    self.write_names("[", args, "]", out);
                }
            }
            Ty::Fn(id) => {
                let fn_ty = tys.fn_ty(id);
                let params: Vec<TyId> = fn_ty.params.iter().map(|p| p.1).collect();
                self.write_names("fn(", &params, ") -> ", out);
                self.write_name(fn_ty.ret, out);
            }
            Ty::Param(_) | Ty::Assoc(..) | Ty::Any(_) => out.push_str("type"),
        }
    }

    fn write_names(&self, before: &str, items: &[TyId], behind: &str, out: &mut String) {
        out.push_str(before);
        for (i, item) in items.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            self.write_name(*item, out);
        }
        out.push_str(behind);
    }
}
