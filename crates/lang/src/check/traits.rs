//! What a type can do: compare, order, hash, show.
//!
//! These are the built-in and derived abilities; traits that a program declares come on top.

use super::Checker;
use crate::hir::*;
use kaa_base::entity::Entity;

/// An ability that is asked of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bound {
    /// None.
    Nothing,
    /// Arithmetic.
    Num,
    /// `==`
    Eq,
    /// `<`
    Ord,
    /// Key of a dict, element of a set.
    Hash,
    /// Text by `print` and `str`.
    Show,
    /// To be a value through and through, with no object in it that others may change.
    Value,
}

impl Bound {
    /// What a type that lacks it cannot do.
    pub fn lack(self) -> &'static str {
        match self {
            Bound::Nothing => "be used",
            Bound::Num => "be calculated with",
            Bound::Eq => "be compared with `==`",
            Bound::Ord => "be ordered",
            Bound::Hash => "be a dict key or set element",
            Bound::Show => "be shown as text",
            Bound::Value => "stand where a plain value is needed: it may hold objects",
        }
    }
}

impl Checker<'_> {
    /// Whether the type can do it.
    pub(super) fn has(&self, ty: TyId, bound: Bound) -> bool {
        if bound == Bound::Nothing {
            return true;
        }
        if let Some(&known) = self.abilities.borrow().get(&(ty, bound)) {
            return known;
        }
        let found = self.find_ability(ty, bound);
        self.abilities.borrow_mut().insert((ty, bound), found);
        found
    }

    fn find_ability(&self, ty: TyId, bound: Bound) -> bool {
        let has = |ty| self.has(ty, bound);
        let has_all = |tys: &[TyId]| tys.iter().all(|&ty| has(ty));
        match self.ty(ty) {
            Ty::Error | Ty::Never => true,
            Ty::Int(_) | Ty::Float(_) | Ty::BigInt => true,
            _ if bound == Bound::Num => false,
            Ty::Bool | Ty::Str | Ty::Char | Ty::Bytes => true,
            Ty::Unit => bound != Bound::Ord,
            Ty::Range => matches!(bound, Bound::Eq | Bound::Hash | Bound::Show | Bound::Value),
            Ty::ErrorObj => matches!(bound, Bound::Eq | Bound::Show | Bound::Value),
            Ty::List(item) => bound != Bound::Hash && has(item),
            Ty::Dict(key, value) => {
                matches!(bound, Bound::Eq | Bound::Show | Bound::Value) && has(key) && has(value)
            }
            Ty::Set(item) => matches!(bound, Bound::Eq | Bound::Show | Bound::Value) && has(item),
            Ty::Tuple(items) => has_all(self.program.tys.items(items)),
            Ty::Option(item) => bound != Bound::Ord && has(item),
            Ty::Result(ok, error) => bound != Bound::Ord && has(ok) && has(error),
            Ty::Struct(id, _) | Ty::Class(id, _) => {
                let lacks = self.lacks.get(id.index()).copied().unwrap_or(0);
                lacks & (1 << bound as u8) == 0
            }
            Ty::View(item) => has(item),
            Ty::Fn(_) => bound == Bound::Value,
            Ty::Iter(_) | Ty::Param(_) => false,
            Ty::Enum(..) | Ty::Resource(_) | Ty::Any(_) => false,
        }
    }

    /// Finds out what the structs cannot do: what one of their fields cannot.
    pub(super) fn find_lacks(&mut self) {
        const BOUNDS: [Bound; 5] = [Bound::Eq, Bound::Ord, Bound::Hash, Bound::Show, Bound::Value];
        self.lacks = vec![0; self.program.structs.len()];
        let mut ids: Vec<StructId> = self.program.structs.keys().collect();
        for &id in &ids {
            if self.program.structs[id].form == Form::Class {
                self.lacks[id.index()] = 1 << Bound::Ord as u8 | 1 << Bound::Value as u8;
            }
        }
        loop {
            let mut changed = false;
            self.abilities.borrow_mut().clear();
            for &id in &ids {
                let def = &self.program.structs[id];
                let mut lacks = self.lacks[id.index()];
                for bound in BOUNDS {
                    // Objects are compared and hashed by identity, whatever they hold.
                    if def.form == Form::Class && bound != Bound::Show {
                        continue;
                    }
                    let shown = bound == Bound::Show && def.show.is_some();
                    if !shown && !def.fields.iter().all(|field| self.has(field.ty, bound)) {
                        lacks |= 1 << bound as u8;
                    }
                }
                changed |= lacks != self.lacks[id.index()];
                self.lacks[id.index()] = lacks;
            }
            if !changed {
                return;
            }
            // Fields mostly name structs on one side; walking both ways keeps the rounds few.
            ids.reverse();
        }
    }

    /// Whether nobody can see a change of such a value through another name.
    pub(super) fn is_scalar(&self, ty: TyId) -> bool {
        match self.ty(ty) {
            Ty::List(_) | Ty::Dict(..) | Ty::Set(_) | Ty::Struct(..) | Ty::Tuple(_) => false,
            Ty::Option(item) => self.is_scalar(item),
            _ => true,
        }
    }

    /// Whether it is a number type.
    pub(super) fn is_num(&self, ty: TyId) -> bool {
        matches!(self.ty(ty), Ty::Int(_) | Ty::Float(_))
    }

    /// The type of what a loop over such a value gets, if it can be walked.
    pub(super) fn item_of(&self, ty: TyId) -> Option<TyId> {
        match self.ty(ty) {
            Ty::List(item) | Ty::Set(item) | Ty::Iter(item) | Ty::View(item) => Some(item),
            Ty::Dict(key, _) => Some(key),
            Ty::Str => Some(TyId::CHAR),
            Ty::Bytes | Ty::Range => Some(TyId::INT),
            Ty::Tuple(items) => match self.program.tys.items(items) {
                [first, rest @ ..] if rest.iter().all(|ty| ty == first) => Some(*first),
                _ => None,
            },
            Ty::Error => Some(TyId::ERROR),
            _ => None,
        }
    }

    /// The type inside of an option, otherwise the type itself.
    pub(super) fn inside(&self, ty: TyId) -> TyId {
        match self.ty(ty) {
            Ty::Option(item) => item,
            _ => ty,
        }
    }

    /// The type inside of an option.
    pub(super) fn option_item(&self, ty: TyId) -> Option<TyId> {
        match self.ty(ty) {
            Ty::Option(item) => Some(item),
            _ => None,
        }
    }
}
