//! How enums lie.
//!
//! A small enum lies *flat*: a tag, and behind it leaves that the variants share where they have
//! parts of one type. What a value has not is zero, and parts keep their order, so that values
//! compare and hash leaf by leaf as structs do. An enum that reaches itself, or whose variants
//! would need too many leaves, is *boxed*: a reference to an object of the type of its variant.
//! Those types extend one without fields, in the order of the variants, which is that of values.

use std::rc::Rc;

use kaa_ir::{Module, TypeDef, TypeId, ValTy};
use rustc_hash::FxHashSet;

use super::Layouts;
use super::classes::leaf_field;
use super::parts::Part;
use crate::hir::{StructId, Ty, TyId, TyList};

/// As many leaves does an enum share at most, beside its tag.
const MAX_SHARED: usize = 4;
/// More types than a type of people leads to; one that does is boxed.
const MAX_REACHED: usize = 1000;

/// How an enum lies.
#[derive(Debug)]
pub(super) struct EnumLayout {
    /// What the variants hold, as structs.
    pub payloads: Vec<TyId>,
    /// Its leaves, unless it is boxed.
    pub flat: Option<Flat>,
}

/// The leaves of a flat enum.
#[derive(Debug)]
pub(super) struct Flat {
    /// The tag, then what the variants share.
    pub parts: Vec<Part>,
    /// Which of them the parts of each variant are.
    pub places: Vec<Vec<usize>>,
}

impl Layouts<'_> {
    /// How an enum lies.
    pub(super) fn enum_layout(&mut self, ty: TyId) -> Rc<EnumLayout> {
        if let Some(known) = self.enums.get(&ty) {
            return known.clone();
        }
        let payloads = match self.program.tys.get(ty) {
            Ty::Enum(id, args) => self.program.variant_types(id, args),
            _ => Vec::new(),
        };
        let flat = match self.reaches_itself(ty) {
            true => None,
            false => self.flat(&payloads),
        };
        let layout = Rc::new(EnumLayout { payloads, flat });
        self.enums.insert(ty, layout.clone());
        layout
    }

    /// Whether the values of an enum are objects.
    pub fn is_boxed(&mut self, ty: TyId) -> bool {
        self.enum_layout(ty).flat.is_none()
    }

    /// What the variants of an enum hold, as structs.
    pub fn payloads(&mut self, ty: TyId) -> Vec<TyId> {
        self.enum_layout(ty).payloads.clone()
    }

    /// Which leaves of a flat enum hold what a variant does.
    pub fn places(&mut self, ty: TyId, variant: usize) -> Vec<usize> {
        let layout = self.enum_layout(ty);
        let places = layout.flat.as_ref().and_then(|flat| flat.places.get(variant));
        places.cloned().unwrap_or_default()
    }

    /// Shares leaves between variants: each part takes the first leaf of its type behind those
    /// of the parts before it.
    fn flat(&mut self, payloads: &[TyId]) -> Option<Flat> {
        let tag = if payloads.len() <= 256 { ValTy::U8 } else { ValTy::U16 };
        let mut parts = vec![Part::Scalar(tag)];
        let mut places = Vec::with_capacity(payloads.len());
        for &payload in payloads {
            let mut own: Vec<usize> = Vec::new();
            for part in self.parts(payload).iter().map(|part| part.nullable()) {
                let from = own.last().map_or(1, |last| last + 1);
                let found = (from..parts.len()).find(|&at| parts[at] == part);
                let at = found.unwrap_or(parts.len());
                if at == parts.len() {
                    parts.push(part);
                }
                own.push(at);
            }
            if parts.len() > MAX_SHARED + 1 {
                return None;
            }
            places.push(own);
        }
        Some(Flat { parts, places })
    }

    /// Whether a value of an enum may hold another one without an object between them.
    fn reaches_itself(&self, ty: TyId) -> bool {
        let program = self.program;
        let Ty::Enum(root, args) = program.tys.get(ty) else { return false };
        let mut seen: FxHashSet<TyId> = FxHashSet::default();
        let mut work = program.variant_types(root, args);
        while let Some(ty) = work.pop() {
            if !seen.insert(ty) {
                continue;
            }
            if seen.len() > MAX_REACHED {
                return true;
            }
            match program.tys.get(ty) {
                Ty::Enum(id, _) if id == root => return true,
                Ty::Enum(id, args) => work.extend(program.variant_types(id, args)),
                Ty::Struct(id, args) => work.extend(program.field_types(id, args)),
                Ty::Tuple(items) => work.extend(program.tys.items(items)),
                Ty::Option(inner) => work.push(inner),
                Ty::Result(value, error) => work.extend([value, error]),
                _ => {}
            }
        }
        false
    }

    /// The type that all objects of a boxed enum extend.
    pub fn enum_type(&mut self, m: &mut Module, ty: TyId) -> TypeId {
        if let Some(types) = self.enum_types.get(&ty) {
            return types[0];
        }
        self.depth += 1;
        let payloads = self.payloads(ty);
        // Numbers in a row: objects of different types are ordered by them.
        let types: Rc<[TypeId]> = (0..=payloads.len()).map(|_| self.reserve(m)).collect();
        self.enum_types.insert(ty, types.clone());
        let def = TypeDef::Struct { parent: None, identity: false, fields: Vec::new() };
        let name = self.name(ty);
        self.declare(m, types[0], name.clone(), def);
        for (&id, &payload) in types[1..].iter().zip(&payloads) {
            let leaves = self.leaves(m, payload);
            let fields = leaves.iter().enumerate().map(|(at, leaf)| leaf_field(at, *leaf));
            let fields = fields.collect();
            let def = TypeDef::Struct { parent: Some(types[0]), identity: false, fields };
            let name = format!("{name}.{}", self.name(payload));
            self.declare(m, id, name, def);
        }
        self.leave(m);
        types[0]
    }

    /// The type of the objects of a variant.
    pub fn variant_type(&mut self, m: &mut Module, ty: TyId, variant: usize) -> TypeId {
        let base = self.enum_type(m, ty);
        self.enum_types.get(&ty).and_then(|types| types.get(variant + 1)).copied().unwrap_or(base)
    }
}

impl crate::hir::Program {
    /// What the variants of an enum with these type arguments hold, as structs.
    pub(crate) fn variant_types(&self, id: StructId, args: TyList) -> Vec<TyId> {
        let variants = self.structs[id].variants.iter();
        variants.filter_map(|&variant| self.tys.find(Ty::Struct(variant, args))).collect()
    }
}
