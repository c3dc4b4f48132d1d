//! The heap types of `any Trait`.
//!
//! Each trait has a type without fields, which the types of the objects that hold a value of a
//! known type extend; their fields are the leaves of the value. What is done with them is in
//! `lower::dynamic`.

use kaa_ir::{Module, TypeDef, TypeId};

use super::Layouts;
use super::classes::leaf_field;
use crate::hir::{TraitId, TyId};

impl Layouts<'_> {
    /// The type that all objects of `any Trait` extend.
    pub fn any_type(&mut self, m: &mut Module, of: TraitId) -> TypeId {
        if let Some(id) = self.anys.get(&of) {
            return *id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.anys.insert(of, id);
        let def = TypeDef::Struct { parent: None, identity: false, fields: Vec::new() };
        self.declare(m, id, format!("any {}", of.0), def);
        self.leave(m);
        id
    }

    /// The type of the objects that hold values of a type as `any Trait`.
    pub fn box_type(&mut self, m: &mut Module, of: TraitId, ty: TyId) -> TypeId {
        if let Some(id) = self.boxes.get(&(of, ty)) {
            return *id;
        }
        let parent = self.any_type(m, of);
        self.depth += 1;
        let id = self.reserve(m);
        self.boxes.insert((of, ty), id);
        let leaves = self.leaves(m, ty);
        let fields = leaves.iter().enumerate().map(|(at, leaf)| leaf_field(at, *leaf));
        let fields = fields.collect();
        let def = TypeDef::Struct { parent: Some(parent), identity: false, fields };
        let name = format!("any {} {}", of.0, self.name(ty));
        self.declare(m, id, name, def);
        self.leave(m);
        id
    }
}
