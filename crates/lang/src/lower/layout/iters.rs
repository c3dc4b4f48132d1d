//! The heap types of iterators and of the states of generators.
//!
//! An iterator is a closure without parameters that gives the next item as an option does: a
//! nullable reference, or a `bool` and the leaves of the item. What makes one is in
//! `lower::generator`, what lies in a state is found in `lower::suspend`.

use kaa_ir::{Module, Signature, TypeDef, TypeId, ValTy};

use super::classes::leaf_field;
use super::{Layouts, nullable};
use crate::hir::TyId;

impl Layouts<'_> {
    /// What a call of an iterator gives: the leaves of an option of the item.
    pub fn item_leaves(&mut self, m: &mut Module, item: TyId) -> Vec<ValTy> {
        let mut out = Vec::new();
        if !self.is_plain_ref(item) {
            out.push(ValTy::Bool);
        }
        out.extend(self.leaves(m, item).iter().map(|ty| nullable(*ty)));
        out
    }

    /// The heap type of iterators over items of a type.
    pub fn iter_type(&mut self, m: &mut Module, item: TyId) -> TypeId {
        if let Some(id) = self.iters.get(&item) {
            return *id;
        }
        self.depth += 1;
        let id = self.reserve(m);
        self.iters.insert(item, id);
        let leaves = self.item_leaves(m, item);
        let sig = m.sig(Signature::new([], leaves));
        let name = format!("Iter[{}]", self.name(item));
        self.declare(m, id, name, TypeDef::Closure { sig });
        self.leave(m);
        id
    }

    /// The heap type of the state of a generator.
    pub fn state_type(&mut self, m: &mut Module, name: &str, fields: &[ValTy]) -> TypeId {
        self.depth += 1;
        let id = self.reserve(m);
        let fields = fields.iter().enumerate().map(|(at, ty)| leaf_field(at, *ty)).collect();
        let def = TypeDef::Struct { parent: None, identity: false, fields };
        self.declare(m, id, format!("state {name}"), def);
        self.leave(m);
        id
    }
}
