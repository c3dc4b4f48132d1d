//! Type parameters: finding them from arguments, filling them in.

use super::Checker;
use crate::hir::*;

/// What is known of the type parameters of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    tys: [Option<TyId>; Found::MAX],
}

impl Found {
    /// More type parameters than any signature has.
    pub const MAX: usize = 8;

    /// What a parameter is.
    pub fn get(&self, id: ParamId) -> Option<TyId> {
        self.tys.get(id.0 as usize).copied().flatten()
    }

    /// Sets what a parameter is.
    pub fn set(&mut self, id: ParamId, ty: TyId) {
        if let Some(slot) = self.tys.get_mut(id.0 as usize) {
            *slot = Some(ty);
        }
    }
}

impl Checker<'_> {
    /// Fits a type to a pattern with type parameters; false where it cannot.
    pub(super) fn unify(&self, pattern: TyId, ty: TyId, found: &mut Found) -> bool {
        if pattern == ty || self.ty(pattern) == Ty::Error || self.ty(ty) == Ty::Error {
            return true;
        }
        if !self.program.tys.is_generic(pattern) {
            return self.same(ty, pattern);
        }
        match (self.ty(pattern), self.ty(ty)) {
            (Ty::Param(id), _) => match found.get(id) {
                Some(known) => self.same(ty, known) || self.unify_never(id, known, ty, found),
                None => {
                    found.set(id, ty);
                    true
                }
            },
            (_, Ty::Never) => true,
            (Ty::List(a), Ty::List(b))
            | (Ty::Set(a), Ty::Set(b))
            | (Ty::Iter(a), Ty::Iter(b))
            | (Ty::Option(a), Ty::Option(b)) => self.unify(a, b, found),
            (Ty::Option(a), _) => self.unify(a, ty, found),
            (Ty::Dict(a, b), Ty::Dict(c, d)) | (Ty::Result(a, b), Ty::Result(c, d)) => {
                self.unify(a, c, found) && self.unify(b, d, found)
            }
            (Ty::Tuple(a), Ty::Tuple(b)) => {
                let (a, b) = (self.program.tys.items(a), self.program.tys.items(b));
                a.len() == b.len() && a.iter().zip(b).all(|(&a, &b)| self.unify(a, b, found))
            }
            (Ty::Fn(a), Ty::Fn(b)) => {
                let (a, b) = (self.program.tys.fn_ty(a), self.program.tys.fn_ty(b));
                a.params.len() == b.params.len()
                    && a.params.iter().zip(&b.params).all(|(a, b)| self.unify(a.1, b.1, found))
                    && self.unify(a.ret, b.ret, found)
            }
            _ => false,
        }
    }

    /// A parameter that was only met as `Never` takes any other type.
    fn unify_never(&self, id: ParamId, known: TyId, ty: TyId, found: &mut Found) -> bool {
        let never = known == TyId::NEVER;
        if never {
            found.set(id, ty);
        }
        never
    }

    /// The type with its parameters filled in, if all are known.
    pub(super) fn fill(&mut self, ty: TyId, found: &Found) -> Option<TyId> {
        if !self.program.tys.is_generic(ty) {
            return Some(ty);
        }
        Some(match self.ty(ty) {
            Ty::Param(id) => found.get(id)?,
            Ty::List(item) => {
                let item = self.fill(item, found)?;
                self.program.tys.intern(Ty::List(item))
            }
            Ty::Set(item) => {
                let item = self.fill(item, found)?;
                self.program.tys.intern(Ty::Set(item))
            }
            Ty::Iter(item) => {
                let item = self.fill(item, found)?;
                self.program.tys.intern(Ty::Iter(item))
            }
            Ty::Option(item) => {
                let item = self.fill(item, found)?;
                match self.ty(item) {
                    Ty::Option(_) => item,
                    _ => self.program.tys.intern(Ty::Option(item)),
                }
            }
            Ty::Dict(key, value) => {
                let (key, value) = (self.fill(key, found)?, self.fill(value, found)?);
                self.program.tys.intern(Ty::Dict(key, value))
            }
            Ty::Result(ok, error) => {
                let (ok, error) = (self.fill(ok, found)?, self.fill(error, found)?);
                self.program.tys.intern(Ty::Result(ok, error))
            }
            Ty::Tuple(items) => {
                let mut tys = self.program.tys.items(items).to_vec();
                for ty in &mut tys {
                    *ty = self.fill(*ty, found)?;
                }
                self.program.tys.tuple(&tys)
            }
            Ty::Fn(id) => {
                let FnTy { params, ret } = self.program.tys.fn_ty(id).clone();
                let mut params = params.into_vec();
                for (_, ty) in &mut params {
                    *ty = self.fill(*ty, found)?;
                }
                let ret = self.fill(ret, found)?;
                self.program.tys.function(&params, ret)
            }
            _ => ty,
        })
    }
}
