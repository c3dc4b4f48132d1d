//! The heap types of classes.
//!
//! An object has the leaves of its fields in order, and behind them one `bool` for each field that
//! is lent. All class types extend one type without fields, so that objects of any class go where
//! only identity counts. What is done with objects is in `lower::object`.

use kaa_ir::{FieldDef, FieldTy, Module, TypeDef, TypeId, ValTy};

use super::{Layouts, nullable};
use crate::hir::{Ty, TyId};

impl Layouts<'_> {
    /// The heap type of a class.
    pub fn class_type(&mut self, m: &mut Module, ty: TyId) -> TypeId {
        if let Some(id) = self.classes.get(&ty) {
            return *id;
        }
        let object = self.object_type(m);
        self.depth += 1;
        let id = self.reserve(m);
        self.classes.insert(ty, id);
        let mut fields = Vec::new();
        for field in self.class_fields(ty) {
            for leaf in self.leaves(m, field).iter() {
                fields.push(leaf_field(fields.len(), *leaf));
            }
        }
        for _ in 0..self.flags(ty) {
            fields.push(leaf_field(fields.len(), ValTy::Bool));
        }
        let def = TypeDef::Struct { parent: Some(object), identity: true, fields };
        let name = self.name(ty);
        self.declare(m, id, name, def);
        self.leave(m);
        id
    }

    /// The heap type of the cell of a variable. Nothing is in it before the first assignment.
    pub fn cell_type(&mut self, m: &mut Module, ty: TyId) -> TypeId {
        if let Some(id) = self.cells.get(&ty) {
            return *id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.cells.insert(ty, id);
        let leaves = self.leaves(m, ty);
        let fields = leaves.iter().enumerate().map(|(at, leaf)| leaf_field(at, nullable(*leaf)));
        let def = TypeDef::Struct { parent: None, identity: true, fields: fields.collect() };
        let name = format!("cell {}", self.name(ty));
        self.declare(m, id, name, def);
        self.leave(m);
        id
    }

    /// The heap type of the cell of a variable that holds a resource: behind the leaves stand
    /// whether it does, and the number of what closes it if its task ends.
    pub fn guard_type(&mut self, m: &mut Module, ty: TyId) -> TypeId {
        if let Some(id) = self.guards.get(&ty) {
            return *id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.guards.insert(ty, id);
        let leaves: Vec<ValTy> = self.leaves(m, ty).iter().map(|leaf| nullable(*leaf)).collect();
        let all = leaves.into_iter().chain([ValTy::Bool, ValTy::I64]);
        let fields = all.enumerate().map(|(at, leaf)| leaf_field(at, leaf)).collect();
        let def = TypeDef::Struct { parent: None, identity: true, fields };
        let name = format!("guard {}", self.name(ty));
        self.declare(m, id, name, def);
        self.leave(m);
        id
    }

    fn class_fields(&self, ty: TyId) -> Vec<TyId> {
        match self.program.tys.get(ty) {
            Ty::Class(id, args) => self.program.field_types(id, args),
            _ => Vec::new(),
        }
    }

    /// How many fields of a class are lent.
    pub fn flags(&self, ty: TyId) -> usize {
        match self.program.tys.get(ty) {
            Ty::Class(id, _) => {
                self.program.structs[id].fields.iter().filter(|field| field.lent).count()
            }
            _ => 0,
        }
    }

    /// The leaf that says whether a field is out, if it is ever lent.
    pub fn flag(&mut self, ty: TyId, index: u32) -> Option<u32> {
        let Ty::Class(id, _) = self.program.tys.get(ty) else { return None };
        let fields = &self.program.structs[id].fields;
        let before = fields.get(..index as usize)?;
        if !fields.get(index as usize)?.lent {
            return None;
        }
        let flag = before.iter().filter(|field| field.lent).count();
        let own: usize = self.class_fields(ty).into_iter().map(|field| self.count(field)).sum();
        Some((own + flag) as u32)
    }

    /// The type that all class types extend.
    pub fn object_type(&mut self, m: &mut Module) -> TypeId {
        if let Some(id) = self.object {
            return id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.object = Some(id);
        let def = TypeDef::Struct { parent: None, identity: true, fields: Vec::new() };
        self.declare(m, id, "object".to_owned(), def);
        self.leave(m);
        id
    }

    /// The type of the list of objects whose text is being made: an object, those around it, and
    /// how many there are.
    pub fn frame_type(&mut self, m: &mut Module) -> TypeId {
        if let Some(id) = self.frame {
            return id;
        }
        let object = self.object_type(m);
        self.depth += 1;
        let id = self.reserve(m);
        self.frame = Some(id);
        let leaves = [ValTy::Ref(object), ValTy::RefNull(id), ValTy::I64];
        let fields = leaves.into_iter().enumerate().map(|(at, leaf)| leaf_field(at, leaf));
        let def = TypeDef::Struct { parent: None, identity: false, fields: fields.collect() };
        self.declare(m, id, "showing".to_owned(), def);
        self.leave(m);
        id
    }

    /// Whether a value of the type may lead to an object of a class.
    pub fn leads_to_object(&self, ty: TyId) -> bool {
        let mut seen = Vec::new();
        self.finds_object(ty, &mut seen)
    }

    fn finds_object(&self, ty: TyId, seen: &mut Vec<TyId>) -> bool {
        if seen.contains(&ty) {
            return false;
        }
        seen.push(ty);
        let tys = &self.program.tys;
        let mut any = |parts: &[TyId]| parts.iter().any(|part| self.finds_object(*part, seen));
        match tys.get(ty) {
            Ty::Class(..) => true,
            Ty::List(t) | Ty::Set(t) | Ty::Option(t) | Ty::Iter(t) | Ty::View(t) => any(&[t]),
            Ty::Dict(a, b) | Ty::Result(a, b) => any(&[a, b]),
            Ty::Tuple(items) => any(tys.items(items)),
            Ty::Struct(id, args) => any(&self.program.field_types(id, args)),
            Ty::Enum(id, args) => any(&self.program.variant_types(id, args)),
            Ty::Any(of) => any(self.program.any_members.get(&of).map_or(&[][..], Vec::as_slice)),
            _ => false,
        }
    }
}

pub(super) fn leaf_field(at: usize, leaf: ValTy) -> FieldDef {
    FieldDef { name: format!("f{at}"), ty: FieldTy::Val(leaf), mutable: true }
}
