//! Which method a name is for a type, and what the associated types of its traits are.
//!
//! Methods that a type declares come first, then built-in ones, then those of `extend` and the
//! default methods of its traits. The calls themselves are in `member` and `call`.

use super::conform::{Head, head};
use super::infer::Found;
use super::trait_decl::{ITERABLE, TraitBound};
use super::{Checker, Member};
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::span::Span;
use rustc_hash::FxHashSet;

impl Checker<'_> {
    /// The method of a type with this name.
    pub(super) fn find_method(&mut self, ty: TyId, name: Symbol) -> Option<FnId> {
        if let Some(&known) = self.conform.methods.get(&(ty, name)) {
            return known;
        }
        let found = match self.ty(ty) {
            Ty::Param(_) | Ty::Assoc(..) | Ty::Any(_) => {
                self.traits_of(ty).into_iter().find_map(|id| {
                    let at = *self.trait_members.get(&(id, name))?;
                    self.traits[id].methods.get(at as usize).map(|method| method.func)
                })
            }
            _ => self.known_method(ty, name),
        };
        self.conform.methods.insert((ty, name), found);
        found
    }

    /// A method that a known type declares, or that an `extend` or a trait gives to it.
    pub(super) fn known_method(&self, ty: TyId, name: Symbol) -> Option<FnId> {
        if let Some(id) = self.fields_decl(ty)
            && let Some(&Member::Method(func)) = self.members.get(&(id, name))
        {
            return Some(func);
        }
        let head = head(self.ty(ty))?;
        let candidates = self.conform.extensions.get(&(head, name))?;
        candidates.iter().copied().find(|&func| {
            let sig = &self.sigs[func];
            let mut found = Found::of(sig.generics);
            sig.params.first().is_some_and(|own| self.unify(own.ty, ty, &mut found))
        })
    }

    /// The method with this name, made for a known type without further type parameters.
    pub(super) fn method_for(&mut self, ty: TyId, name: &str, span: Span) -> Option<FnId> {
        let name = self.names.find(name)?;
        let func = self.find_method(ty, name)?;
        let sig = self.sigs[func].clone();
        let mut found = Found::of(sig.generics);
        self.unify(sig.params.first()?.ty, ty, &mut found);
        self.settle(&mut found);
        let tys = found.complete()?;
        Some(self.instance_for(func, &tys, span).0)
    }

    /// The traits that a type is known to have.
    pub(super) fn traits_of(&self, ty: TyId) -> Vec<TraitId> {
        match self.ty(ty) {
            Ty::Any(id) => {
                let own = TraitBound { id, outs: Vec::new() };
                self.needed_by(&[own]).into_iter().map(|bound| bound.id).collect()
            }
            Ty::Param(_) | Ty::Assoc(..) => {
                self.bounds_of(ty).into_iter().map(|bound| bound.id).collect()
            }
            other => match head(other) {
                Some(head) => self.conform.heads.get(&head).cloned().unwrap_or_default(),
                None => Vec::new(),
            },
        }
    }

    /// The traits that bounds give to a type that is not known, with all that they need.
    pub(super) fn bounds_of(&self, ty: TyId) -> Vec<TraitBound> {
        match self.ty(ty) {
            Ty::Param(id) => self.needed_by(&self.params[id].traits),
            Ty::Assoc(_, id, at) => match self.traits[id].outs.get(at as usize) {
                Some(out) => self.needed_by(&out.traits),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether the type has the trait.
    pub(super) fn conforms(&mut self, ty: TyId, id: TraitId) -> bool {
        match self.ty(ty) {
            Ty::Error | Ty::Never => true,
            Ty::Param(_) | Ty::Assoc(..) | Ty::Any(_) => self.traits_of(ty).contains(&id),
            _ if id == ITERABLE => self.item_of(ty).is_some(),
            _ => {
                if let Some(&known) = self.conform.conforming.get(&(ty, id)) {
                    return known;
                }
                // A type may need itself to have the trait; then that much is taken for granted.
                self.conform.conforming.insert((ty, id), true);
                let holds = self.conformance(ty, id).is_some_and(|(at, found)| {
                    let generics = self.conform.all[at].generics;
                    generics.ids().all(|param| {
                        found.get(param).is_none_or(|ty| self.param_allows(param, ty, &found))
                    })
                });
                self.conform.conforming.insert((ty, id), holds);
                holds
            }
        }
    }

    /// Whether a type can stand for a type parameter.
    fn param_allows(&mut self, param: ParamId, ty: TyId, found: &Found) -> bool {
        let info = self.params[param].clone();
        self.lacking(info.abilities, ty).is_none()
            && info.traits.iter().all(|bound| self.has_trait(ty, bound, found))
    }

    /// Whether the type has the trait with what is said of its parameters.
    pub(super) fn has_trait(&mut self, ty: TyId, bound: &TraitBound, found: &Found) -> bool {
        if !self.conforms(ty, bound.id) {
            return false;
        }
        (0u16..).zip(&bound.outs).all(|(at, out)| {
            let Some(out) = out.and_then(|out| self.fill(out, found)) else { return true };
            self.out_of(ty, bound.id, at).is_none_or(|have| self.same(have, out))
        })
    }

    /// How a known type has a trait.
    pub(super) fn conformance(&self, ty: TyId, id: TraitId) -> Option<(usize, Found)> {
        let head: Head = head(self.ty(ty))?;
        let &at = self.conform.by_trait.get(&(id, head))?;
        let conformance = &self.conform.all[at];
        let mut found = Found::of(conformance.generics);
        self.unify(conformance.target, ty, &mut found).then_some((at, found))
    }

    /// The parameter or associated type of a trait as a type has it, where that is known.
    pub(super) fn out_of(&mut self, ty: TyId, id: TraitId, at: u16) -> Option<TyId> {
        match self.ty(ty) {
            Ty::Param(_) | Ty::Assoc(..) => {
                let bound = self.bounds_of(ty).into_iter().find(|bound| bound.id == id)?;
                bound.outs.get(at as usize).copied().flatten()
            }
            Ty::Error => Some(TyId::ERROR),
            _ if id == ITERABLE => self.item_of(ty),
            _ => {
                let (index, found) = self.conformance(ty, id)?;
                let out = *self.conform.all[index].outs.get(at as usize)?;
                self.fill(out, &found)
            }
        }
    }

    /// Learns type parameters from the traits that others must have.
    pub(super) fn settle(&mut self, found: &mut Found) {
        for param in found.open().ids() {
            if self.params[param].traits.is_empty() {
                continue;
            }
            let Some(ty) = found.get(param) else { continue };
            for bound in self.params[param].traits.clone() {
                for (at, out) in (0u16..).zip(&bound.outs) {
                    if let Some(out) = out
                        && let Some(have) = self.out_of(ty, bound.id, at)
                    {
                        self.unify(*out, have, found);
                    }
                }
            }
        }
    }

    /// The type with associated types replaced by what they are, where that is known.
    pub(super) fn normal(&mut self, ty: TyId) -> TyId {
        if !self.program.tys.has_assoc(ty) {
            return ty;
        }
        let mut names = Vec::new();
        self.program.tys.assoc_in(ty, &mut names, &mut FxHashSet::default());
        let mut memo = Replaced::default();
        let same = |_, ty| Some(ty);
        for name in names {
            let Ty::Assoc(of, id, at) = self.ty(name) else { continue };
            let of = self.program.tys.replace(of, &same, &mut memo).unwrap_or(of);
            let new = match self.out_of(of, id, at) {
                Some(known) => known,
                None => self.program.tys.intern(Ty::Assoc(of, id, at)),
            };
            memo.insert(name, new);
        }
        self.program.tys.replace(ty, &same, &mut memo).unwrap_or(ty)
    }
}
