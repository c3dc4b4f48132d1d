//! Type parameters: finding them from arguments, filling them in.
//!
//! A pattern is a type of a declaration, with its type parameters in it. Those that a call is
//! to find are *open* and lie in the range of a [`Found`]; all others, such as those of the
//! function at hand, are types like any other. What parameters may do is in `generics`.

use super::Checker;
use crate::hir::*;
use rustc_hash::FxHashSet;

/// What is known of the type parameters of a call.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    open: Generics,
    tys: [Option<TyId>; Found::MAX],
    /// Those that are a part of a type which is `Never` there: other values do not fit.
    never: u16,
}

impl Found {
    /// More type parameters than any signature has.
    pub const MAX: usize = 16;
    /// Nothing is open.
    pub const NONE: Found = Found::of(Generics::NONE);

    /// All of these are open.
    pub const fn of(open: Generics) -> Found {
        Found { open, tys: [None; Found::MAX], never: 0 }
    }

    /// All of these are known.
    pub fn all(open: Generics, tys: &[TyId]) -> Found {
        let mut found = Found::of(open);
        for (slot, &ty) in found.tys.iter_mut().zip(tys) {
            *slot = Some(ty);
        }
        found
    }

    /// Which are open.
    pub fn open(&self) -> Generics {
        self.open
    }

    /// Whether the parameter is to be found.
    pub fn is_open(&self, id: ParamId) -> bool {
        self.open.position(id).is_some()
    }

    /// What a parameter is.
    pub fn get(&self, id: ParamId) -> Option<TyId> {
        let at = self.open.position(id)?;
        self.tys.get(at).copied().flatten()
    }

    /// Sets what a parameter is.
    pub fn set(&mut self, id: ParamId, ty: TyId) {
        if let Some(slot) = self.open.position(id).and_then(|at| self.tys.get_mut(at)) {
            *slot = Some(ty);
        }
    }

    /// Notes that a parameter which is `Never` stays so.
    fn keep_never(&mut self, id: ParamId) {
        let bit = self.open.position(id).map_or(0, |at| 1 << at);
        self.never |= bit;
    }

    /// The types in order, if all are known.
    pub fn complete(&self) -> Option<Vec<TyId>> {
        self.tys.iter().take(self.open.count as usize).copied().collect()
    }
}

/// Types share parts, so that walking a deep one may take time exponential in its depth.
const DEEP: u8 = 8;

type Pairs = FxHashSet<(TyId, TyId)>;

impl Checker<'_> {
    /// Fits a type to a pattern with type parameters; false where it cannot.
    pub(super) fn unify(&self, pattern: TyId, ty: TyId, found: &mut Found) -> bool {
        let deep = self.program.tys.depth(pattern) > DEEP;
        self.unify_parts(pattern, ty, found, &mut deep.then(Pairs::default))
    }

    fn unify_parts(
        &self,
        pattern: TyId,
        ty: TyId,
        found: &mut Found,
        seen: &mut Option<Pairs>,
    ) -> bool {
        if self.ty(pattern) == Ty::Error || self.ty(ty) == Ty::Error {
            return true;
        }
        if !self.program.tys.is_generic(pattern) {
            return self.same(ty, pattern);
        }
        // What an associated type is shows once the parameters are known.
        if let Ty::Assoc(..) = self.ty(pattern) {
            return true;
        }
        if seen.as_mut().is_some_and(|seen| !seen.insert((pattern, ty))) {
            return true;
        }
        if let Ty::Param(id) = self.ty(pattern) {
            return match found.get(id) {
                _ if !found.is_open(id) => self.same(ty, pattern),
                Some(known) => self.same(ty, known) || self.unify_never(id, known, ty, found),
                None => {
                    found.set(id, ty);
                    true
                }
            };
        }
        let mut all = |checker: &Self, a: &[TyId], b: &[TyId]| {
            a.len() == b.len()
                && a.iter().zip(b).all(|(&a, &b)| {
                    if let (TyId::NEVER, Ty::Param(id)) = (b, checker.ty(a)) {
                        found.keep_never(id);
                    }
                    checker.unify_parts(a, b, found, seen)
                })
        };
        let tys = &self.program.tys;
        match (self.ty(pattern), self.ty(ty)) {
            (_, Ty::Never) => true,
            (Ty::List(a), Ty::List(b))
            | (Ty::Set(a), Ty::Set(b))
            | (Ty::Iter(a), Ty::Iter(b))
            | (Ty::View(a), Ty::View(b) | Ty::List(b))
            | (Ty::Option(a), Ty::Option(b)) => all(self, &[a], &[b]),
            // `None` says nothing of what the option may hold.
            (Ty::Option(_), Ty::Unit) => true,
            (Ty::Option(a), _) => all(self, &[a], &[ty]),
            (Ty::Dict(a, b), Ty::Dict(c, d)) | (Ty::Result(a, b), Ty::Result(c, d)) => {
                all(self, &[a, b], &[c, d])
            }
            (Ty::Tuple(a), Ty::Tuple(b)) => all(self, tys.items(a), tys.items(b)),
            (Ty::Struct(x, a), Ty::Struct(y, b)) if x == y => all(self, tys.items(a), tys.items(b)),
            (Ty::Enum(x, a), Ty::Enum(y, b)) if x == y => all(self, tys.items(a), tys.items(b)),
            (Ty::Class(x, a), Ty::Class(y, b)) if x == y => all(self, tys.items(a), tys.items(b)),
            (Ty::Fn(a), Ty::Fn(b)) => {
                let (a, b) = (tys.fn_ty(a), tys.fn_ty(b));
                let parts = |fn_ty: &FnTy| {
                    let params = fn_ty.params.iter().map(|param| param.1);
                    params.chain([fn_ty.ret]).collect::<Vec<_>>()
                };
                all(self, &parts(a), &parts(b))
            }
            _ => false,
        }
    }

    /// A parameter that was only met as `Never` takes any other type.
    fn unify_never(&self, id: ParamId, known: TyId, ty: TyId, found: &mut Found) -> bool {
        let kept = found.open.position(id).is_some_and(|at| found.never & 1 << at != 0);
        let never = known == TyId::NEVER && !kept;
        if never {
            found.set(id, ty);
        }
        never
    }

    /// The type with those of its open parameters filled in that are known.
    pub(super) fn fill_known(&mut self, ty: TyId, found: &Found) -> TyId {
        let rule = |id, ty| Some(found.get(id).filter(|_| found.is_open(id)).unwrap_or(ty));
        self.program.tys.replace(ty, &rule, &mut Replaced::default()).unwrap_or(ty)
    }

    /// The type with its open parameters filled in, if all are known.
    pub(super) fn fill(&mut self, ty: TyId, found: &Found) -> Option<TyId> {
        if !self.program.tys.is_generic(ty) {
            return Some(ty);
        }
        let rule = |id, ty| if found.is_open(id) { found.get(id) } else { Some(ty) };
        let filled = self.program.tys.replace(ty, &rule, &mut Replaced::default())?;
        Some(self.normal(filled))
    }
}
