//! Types with their type parameters replaced.
//!
//! Which parameter becomes which type is the caller's to say: `check::infer` fills in what a call
//! found, `check::instance` what an instance is made for.

use super::{FnTy, ParamId, Ty, TyId, TyTable};
use rustc_hash::{FxHashMap, FxHashSet};

/// Types share parts: walking one whole may take time exponential in its depth, so that what
/// was replaced is remembered.
pub type Replaced = FxHashMap<TyId, TyId>;

/// What becomes of a parameter, given with the type that it is.
pub type Rule<'r> = &'r dyn Fn(ParamId, TyId) -> Option<TyId>;

impl TyTable {
    /// The type with its parameters replaced; nothing where the rule has nothing for one of
    /// them. An option of what turns out to be an option is that option.
    pub fn replace(&mut self, ty: TyId, rule: Rule<'_>, memo: &mut Replaced) -> Option<TyId> {
        if !self.is_generic(ty) && !self.has_assoc(ty) {
            return Some(ty);
        }
        if let Some(&known) = memo.get(&ty) {
            return Some(known);
        }
        let new = self.replace_parts(ty, rule, memo)?;
        memo.insert(ty, new);
        Some(new)
    }

    fn replace_parts(&mut self, ty: TyId, rule: Rule<'_>, memo: &mut Replaced) -> Option<TyId> {
        let mut one = |tys: &mut TyTable, ty| tys.replace(ty, rule, memo);
        let new = match self.get(ty) {
            Ty::Param(id) => return rule(id, ty),
            Ty::List(item) => Ty::List(one(self, item)?),
            Ty::Set(item) => Ty::Set(one(self, item)?),
            Ty::Iter(item) => Ty::Iter(one(self, item)?),
            Ty::View(item) => Ty::View(one(self, item)?),
            Ty::Option(item) => {
                let item = one(self, item)?;
                match self.get(item) {
                    Ty::Option(_) => return Some(item),
                    _ => Ty::Option(item),
                }
            }
            Ty::Dict(key, value) => Ty::Dict(one(self, key)?, one(self, value)?),
            Ty::Result(ok, error) => Ty::Result(one(self, ok)?, one(self, error)?),
            Ty::Assoc(of, id, at) => Ty::Assoc(one(self, of)?, id, at),
            Ty::Tuple(items) => Ty::Tuple(self.replace_list(items, rule, memo)?),
            Ty::Struct(id, args) => Ty::Struct(id, self.replace_list(args, rule, memo)?),
            Ty::Enum(id, args) => Ty::Enum(id, self.replace_list(args, rule, memo)?),
            Ty::Class(id, args) => Ty::Class(id, self.replace_list(args, rule, memo)?),
            Ty::Fn(id) => {
                let FnTy { params, ret } = self.fn_ty(id).clone();
                let mut params = params.into_vec();
                for (_, ty) in &mut params {
                    *ty = one(self, *ty)?;
                }
                let ret = one(self, ret)?;
                return Some(self.function(&params, ret));
            }
            other => other,
        };
        Some(self.intern(new))
    }

    /// The associated types in a type, inner ones first.
    pub fn assoc_in(&self, ty: TyId, out: &mut Vec<TyId>, seen: &mut FxHashSet<TyId>) {
        if !self.has_assoc(ty) || !seen.insert(ty) {
            return;
        }
        let mut all =
            |parts: &[TyId]| parts.iter().for_each(|&part| self.assoc_in(part, out, seen));
        match self.get(ty) {
            Ty::List(item) | Ty::Set(item) | Ty::Iter(item) | Ty::View(item) => all(&[item]),
            Ty::Option(item) | Ty::Assoc(item, ..) => all(&[item]),
            Ty::Dict(a, b) | Ty::Result(a, b) => all(&[a, b]),
            Ty::Tuple(items) => all(self.items(items)),
            Ty::Struct(_, args) | Ty::Enum(_, args) | Ty::Class(_, args) => all(self.items(args)),
            Ty::Fn(id) => {
                let FnTy { params, ret } = self.fn_ty(id);
                params.iter().for_each(|param| all(&[param.1]));
                all(&[*ret]);
            }
            _ => {}
        }
        if let Ty::Assoc(..) = self.get(ty) {
            out.push(ty);
        }
    }

    /// A sequence of types with their parameters replaced.
    pub fn replace_list(
        &mut self,
        list: super::TyList,
        rule: Rule<'_>,
        memo: &mut Replaced,
    ) -> Option<super::TyList> {
        let mut items = self.items(list).to_vec();
        for item in &mut items {
            *item = self.replace(*item, rule, memo)?;
        }
        Some(self.list(&items))
    }
}
