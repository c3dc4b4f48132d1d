//! Elements without leaves, such as `None`: a collection keeps each as one `bool`, which natives
//! take and give like any other element. Here that `bool` is added to what they take and dropped
//! from what they give.

use super::Vals;
use super::body::Body;
use crate::builtins::BuiltinId;
use crate::hir::{Ty, TyId};
use kaa_ir::ValTy;

impl Body<'_, '_, '_> {
    /// Letters of a collection's elements in signatures, if any of them has no leaves.
    pub fn bare_elements(&mut self, collection: TyId) -> Vec<(&'static str, bool)> {
        let elements = match self.ty(collection) {
            Ty::List(item) | Ty::Set(item) => vec![("T", item)],
            Ty::Dict(key, value) => vec![("K", key), ("V", value)],
            _ => return Vec::new(),
        };
        let bare: Vec<_> =
            elements.into_iter().map(|(name, ty)| (name, self.leaves(ty).is_empty())).collect();
        if bare.iter().any(|(_, bare)| *bare) { bare } else { Vec::new() }
    }

    /// Arguments of a method of such a collection, as its native takes them.
    pub fn with_bare(&mut self, id: BuiltinId, bare: &[(&str, bool)], args: &mut [Vals]) {
        let params = id.get().sig.split_once(')').map_or("", |(params, _)| params);
        for (arg, param) in args.iter_mut().zip(params.split(", ")) {
            let ty = param.split_once(": ").map_or("", |(_, ty)| ty);
            let ty = ty.split_once(" = ").map_or(ty, |(ty, _)| ty);
            if bare.contains(&(ty, true)) {
                *arg = self.stored(Vals::new());
            }
        }
    }

    /// The results of its native, and which of them are dropped.
    pub fn bare_results(
        &mut self,
        id: BuiltinId,
        bare: &[(&str, bool)],
        ret: TyId,
    ) -> (Vec<ValTy>, Vec<bool>) {
        let result = id.get().sig.split_once("-> ").map_or("", |(_, result)| result);
        let parts: Vec<&str> = result.trim_matches(['(', ')']).split(", ").collect();
        let tys = match self.ty(ret) {
            Ty::Tuple(items) if parts.len() > 1 => self.cx.program.tys.items(items).to_vec(),
            _ => vec![ret],
        };
        let (mut leaves, mut dropped) = (Vec::new(), Vec::new());
        for (ty, part) in tys.into_iter().zip(parts) {
            let here = self.leaves(ty);
            leaves.extend(here.iter());
            dropped.resize(leaves.len(), false);
            if bare.contains(&(part, true)) {
                leaves.push(ValTy::Bool);
                dropped.push(true);
            }
        }
        (leaves, dropped)
    }
}

/// What is left of results without those that are dropped.
pub fn without(vals: Vals, dropped: &[bool]) -> Vals {
    vals.into_iter().zip(dropped).filter(|(_, dropped)| !**dropped).map(|(val, _)| val).collect()
}
