//! What the typing rules ask about operands: the object behind a reference, the leaf of a
//! struct, the signature of a callee. Each question refuses operands that have no answer.

use kaa_isa::kinds::{Leaf, Vs};
use kaa_isa::{BlockCall, FuncId, GlobalId, SigId, TypeId, ValTy, Value};

use super::rules::Types;
use super::{Context, TypeError, error};
use crate::module::{Global, Signature};
use crate::types::{LeafTy, TypeDef};

/// Whether every value of integer or float type `from` is a value of `to`.
pub(super) fn holds_all(from: ValTy, to: ValTy) -> bool {
    let mantissa = |ty| match ty {
        ValTy::F32 => 24,
        _ => 53,
    };
    match (from.int_bits(), to.int_bits()) {
        _ if from == to => true,
        (Some(a), Some(b)) => match (from.is_signed(), to.is_signed()) {
            (true, false) => false,
            (false, true) => a < b,
            _ => a <= b,
        },
        (Some(a), None) => to.is_float() && a - u32::from(from.is_signed()) <= mantissa(to),
        (None, None) => from == ValTy::F32 && to == ValTy::F64,
        (None, Some(_)) => from == ValTy::Bool,
    }
}

impl<'a> Context<'a> {
    pub(super) fn type_def(&self, id: TypeId) -> Result<&'a TypeDef, TypeError> {
        match self.module.types.def(id) {
            Some(def) => Ok(def),
            None => error(format!("{id} is not a type of this module")),
        }
    }

    /// The heap type of a reference operand that may be null.
    pub(super) fn object(&self, v: Value) -> Result<(TypeId, &'a TypeDef), TypeError> {
        match self.ty(v)? {
            ValTy::Ref(id) | ValTy::RefNull(id) => Ok((id, self.type_def(id)?)),
            other => error(format!("{v} is {}, but a reference is needed", self.show(other))),
        }
    }

    pub(super) fn struct_leaf(&self, v: Value, leaf: Leaf) -> Result<LeafTy, TypeError> {
        match self.object(v)? {
            (id, TypeDef::Struct { .. }) => self.leaf(id, leaf),
            _ => error(format!("{v} is not a reference to a struct")),
        }
    }

    pub(super) fn leaf(&self, id: TypeId, leaf: Leaf) -> Result<LeafTy, TypeError> {
        match self.module.types.leaves(id).get(leaf.0 as usize) {
            Some(leaf) => Ok(*leaf),
            None => error(format!("{id} has no leaf {}", leaf.0)),
        }
    }

    pub(super) fn array(&self, v: Value) -> Result<(TypeId, bool), TypeError> {
        match self.object(v)? {
            (id, TypeDef::Array { mutable, .. }) => Ok((id, *mutable)),
            _ => error(format!("{v} is not a reference to an array")),
        }
    }

    pub(super) fn mutable_array(&self, v: Value) -> Result<TypeId, TypeError> {
        match self.array(v)? {
            (id, true) => Ok(id),
            _ => error(format!("the array {v} is immutable")),
        }
    }

    pub(super) fn list(&self, v: Value) -> Result<TypeId, TypeError> {
        match self.ty(v)? {
            ValTy::Ref(id) if matches!(self.type_def(id)?, TypeDef::List { .. }) => Ok(id),
            other => error(format!("{v} is {}, but a list is needed", self.show(other))),
        }
    }

    pub(super) fn leaf_types(&self, id: TypeId) -> Vec<ValTy> {
        self.module.types.leaves(id).iter().map(|l| l.ty).collect()
    }

    /// Checks elements given leaf by leaf.
    pub(super) fn elements(&self, id: TypeId, vals: &Vs) -> Result<(), TypeError> {
        let leaves = self.leaf_types(id);
        if leaves.is_empty() && !vals.is_empty()
            || !vals.is_empty() && !vals.len().is_multiple_of(leaves.len())
        {
            return error(format!("{} values are no whole number of elements", vals.len()));
        }
        vals.chunks(leaves.len().max(1)).try_for_each(|e| self.expect_all(e, &leaves, "leaves"))
    }

    pub(super) fn signature(&self, id: SigId) -> Result<&'a Signature, TypeError> {
        match self.module.sigs.get(id) {
            Some(sig) => Ok(sig),
            None => error(format!("{id} is not a signature of this module")),
        }
    }

    pub(super) fn func_sig(&self, f: FuncId) -> Result<&'a Signature, TypeError> {
        match self.module.funcs.get(f) {
            Some(func) => self.signature(func.sig),
            None => error(format!("{f} is not a function of this module")),
        }
    }

    pub(super) fn closure_sig(&self, v: Value) -> Result<&'a Signature, TypeError> {
        match self.object(v)? {
            (_, TypeDef::Closure { sig }) => self.signature(*sig),
            _ => error(format!("{v} is not a closure")),
        }
    }

    pub(super) fn global(&self, g: GlobalId) -> Result<&'a Global, TypeError> {
        match self.module.globals.get(g) {
            Some(global) => Ok(global),
            None => error(format!("{g} is not a global of this module")),
        }
    }

    pub(super) fn call_args(&self, sig: &Signature, args: &Vs) -> Types {
        self.expect_all(args, &sig.params, "arguments")?;
        Ok(sig.results.to_vec())
    }

    pub(super) fn tail(&self, sig: &Signature, args: &Vs) -> Types {
        self.call_args(sig, args)?;
        let fits = sig.results.len() == self.results.len()
            && sig
                .results
                .iter()
                .zip(self.results)
                .all(|(a, b)| self.module.types.assignable(*a, *b));
        if fits { Ok(vec![]) } else { error("a tail call must have the results of its function") }
    }

    pub(super) fn unwinding(
        &self,
        sig: &Signature,
        args: &Vs,
        ok: &BlockCall,
        unwind: &BlockCall,
    ) -> Types {
        let results = self.call_args(sig, args)?;
        self.target(ok, &results)?;
        self.target(unwind, &[ValTy::U32])?;
        Ok(vec![])
    }

    /// `str` and `bytes` references.
    pub(super) fn text(&self, v: Value) -> Result<ValTy, TypeError> {
        match self.ty(v)? {
            ty @ (ValTy::STR | ValTy::BYTES) => Ok(ty),
            other => error(format!("{v} is {}, but str or bytes is needed", self.show(other))),
        }
    }

    pub(super) fn cell(&self, id: TypeId) -> Result<LeafTy, TypeError> {
        match self.type_def(id)? {
            TypeDef::Cell { ty, mutable } => Ok(LeafTy { ty: *ty, mutable: *mutable }),
            _ => error(format!("{id} is not a cell type")),
        }
    }

    /// A pointer of cell type `id` to a leaf: it may not write what is immutable, nor see
    /// another type.
    pub(super) fn pointer(&self, id: TypeId, leaf: LeafTy) -> Types {
        let cell = self.cell(id)?;
        if cell.ty != leaf.ty || cell.mutable && !leaf.mutable {
            return error("the cell type does not match the leaf");
        }
        Ok(vec![ValTy::IPtr(id)])
    }

    pub(super) fn pointee(&self, p: Value) -> Result<LeafTy, TypeError> {
        match self.ty(p)? {
            ValTy::IPtr(id) => self.cell(id),
            other => error(format!("{p} is {}, but an iptr is needed", self.show(other))),
        }
    }

    /// Whether an object of static type `from` can be of type `to` at all.
    pub(super) fn related(&self, from: TypeId, to: TypeId) -> Result<(), TypeError> {
        self.type_def(to)?;
        let types = &self.module.types;
        if types.is_subtype(from, to) || types.is_subtype(to, from) {
            Ok(())
        } else {
            error(format!("{to} is neither a subtype nor a supertype of {from}"))
        }
    }

    pub(super) fn number(&self, t: ValTy, a: Value) -> Result<ValTy, TypeError> {
        let from = self.ty(a)?;
        let ok = |ty: ValTy| ty.is_int() || ty.is_float();
        if ok(from) && ok(t) { Ok(from) } else { error("both types must be numbers") }
    }

    pub(super) fn i64s(&self, vals: &[Value]) -> Result<(), TypeError> {
        vals.iter().try_for_each(|v| self.expect(*v, ValTy::I64))
    }
}
