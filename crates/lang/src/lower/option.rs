//! Options and results: how they are made, asked and taken apart.
//!
//! `T?` is one nullable reference where `T` is one reference that is never null; otherwise it is
//! a tag and `T`'s leaves, zero where absent. A result is a tag and the leaves of both sides.
//! Inside, references are nullable, so taking a value out makes them non-null again.

use kaa_ir::{Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use super::resource::Left;
use crate::hir::{ExprId, TryKind, Ty, TyId};

impl Body<'_, '_, '_> {
    /// `None` of an option type.
    pub fn absent(&mut self, ty: TyId) -> Vals {
        self.zeros(ty)
    }

    /// A present value of an option type. The references of a tagged option widen by themselves.
    pub fn wrap_some(&mut self, ty: TyId, vals: Vals) -> Vals {
        if self.is_tagged(ty) {
            let mut all = vec![self.bool(true)];
            all.extend(vals);
            return all;
        }
        vals
    }

    /// Whether an option has a tag of its own.
    fn is_tagged(&mut self, ty: TyId) -> bool {
        match self.ty(ty) {
            Ty::Option(inner) => !self.cx.layouts.is_plain_ref(inner),
            _ => true,
        }
    }

    /// The type inside an option.
    pub fn inner(&self, ty: TyId) -> TyId {
        match self.ty(ty) {
            Ty::Option(inner) => inner,
            _ => TyId::ERROR,
        }
    }

    /// Whether a value of an option type is there.
    pub fn is_present(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let Some(&first) = vals.first() else { return self.bool(false) };
        if self.is_tagged(ty) {
            return first;
        }
        let null = self.b.ins1(Inst::IsNull { a: first });
        self.b.ins1(Inst::Not { t: ValTy::Bool, a: null })
    }

    /// Whether an iterator over items of a type gave one.
    pub fn has_item(&mut self, item: TyId, vals: &[Value]) -> Value {
        let Some(&first) = vals.first() else { return self.bool(false) };
        if !self.cx.layouts.is_plain_ref(item) {
            return first;
        }
        let null = self.b.ins1(Inst::IsNull { a: first });
        self.b.ins1(Inst::Not { t: ValTy::Bool, a: null })
    }

    /// The item that an iterator gave.
    pub fn item_of(&mut self, item: TyId, vals: &[Value]) -> Vals {
        let skip = usize::from(!self.cx.layouts.is_plain_ref(item));
        self.narrow(item, vals.get(skip..).unwrap_or_default())
    }

    /// The value inside an option that is there.
    pub fn unwrap_known(&mut self, ty: TyId, vals: &[Value]) -> Vals {
        let inner = self.inner(ty);
        let skip = usize::from(self.is_tagged(ty));
        self.narrow(inner, vals.get(skip..).unwrap_or_default())
    }

    /// Leaves of `ty` whose references are nullable, as they are in a value of their own.
    pub fn narrow(&mut self, ty: TyId, vals: &[Value]) -> Vals {
        let leaves = self.leaves(ty);
        self.narrow_to(&leaves, vals)
    }

    /// Values as these leaves, where their references are nullable.
    pub fn narrow_to(&mut self, leaves: &[ValTy], vals: &[Value]) -> Vals {
        let pairs = leaves.iter().zip(vals);
        pairs
            .map(|(leaf, &v)| match (leaf, self.b.ty(v)) {
                (ValTy::Ref(_), ValTy::RefNull(_)) => self.b.ins1(Inst::AsNonNull { a: v }),
                _ => v,
            })
            .collect()
    }

    /// `x is None`.
    pub fn is_none(&mut self, value: ExprId, negated: bool) -> Value {
        let ty = self.cx.program.tree[value].ty;
        let vals = self.expr(value);
        let present = self.is_present(ty, &vals);
        if negated { present } else { self.b.ins1(Inst::Not { t: ValTy::Bool, a: present }) }
    }

    /// `lhs ?? rhs`.
    pub fn coalesce(&mut self, lhs: ExprId, rhs: ExprId, ty: TyId) -> Vals {
        let from = self.cx.program.tree[lhs].ty;
        let vals = self.expr(lhs);
        let present = self.is_present(from, &vals);
        let types = self.leaves(ty);
        self.choose(
            present,
            &types,
            |s| if from == ty { vals.clone() } else { s.unwrap_known(from, &vals) },
            |s| s.expr_as(rhs, ty),
        )
    }

    /// The types on both sides of a result.
    pub fn sides(&self, ty: TyId) -> (TyId, TyId) {
        match self.ty(ty) {
            Ty::Result(value, error) => (value, error),
            _ => (TyId::ERROR, TyId::ERROR),
        }
    }

    /// `Ok(value)`.
    pub fn wrap_ok(&mut self, ty: TyId, vals: Vals) -> Vals {
        let (_, error) = self.sides(ty);
        let mut all = vec![self.bool(true)];
        all.extend(vals);
        all.extend(self.absent_leaves(error));
        all
    }

    /// `Err(error)`.
    pub fn wrap_err(&mut self, ty: TyId, vals: Vals) -> Vals {
        let (value, _) = self.sides(ty);
        let mut all = vec![self.bool(false)];
        all.extend(self.absent_leaves(value));
        all.extend(vals);
        all
    }

    /// The value inside a result that is `Ok`.
    pub fn ok_value(&mut self, ty: TyId, vals: &[Value]) -> Vals {
        let (value, _) = self.sides(ty);
        let end = 1 + self.leaves(value).len();
        self.narrow(value, vals.get(1..end).unwrap_or_default())
    }

    /// The error inside a result that is `Err`.
    pub fn err_value(&mut self, ty: TyId, vals: &[Value]) -> Vals {
        let (value, error) = self.sides(ty);
        let start = 1 + self.leaves(value).len();
        self.narrow(error, vals.get(start..).unwrap_or_default())
    }

    /// Postfix `?`.
    pub fn try_value(&mut self, value: ExprId, kind: TryKind, ty: TyId) -> Vals {
        let from = self.cx.program.tree[value].ty;
        let vals = self.expr(value);
        let ret = self.func.map_or(TyId::ERROR, |f| f.ret);
        let good = match kind {
            TryKind::Option => self.is_present(from, &vals),
            _ => vals.first().copied().unwrap_or(Value(0)),
        };
        let (go_on, leave) = (self.b.create_block(), self.b.create_block());
        self.b.branch(good, go_on, leave);
        self.open(leave);
        let result = match kind {
            TryKind::Option => self.absent(ret),
            TryKind::Same => {
                let error = self.err_value(from, &vals);
                self.wrap_err(ret, error)
            }
            TryKind::Open => {
                let error = self.err_value(from, &vals);
                let error = self.open_error(self.sides(from).1, error);
                self.wrap_err(ret, error)
            }
        };
        self.ret_as(result, Left::Badly);
        self.open(go_on);
        let vals = match kind {
            TryKind::Option => self.unwrap_known(from, &vals),
            _ => self.ok_value(from, &vals),
        };
        debug_assert_eq!(vals.len(), self.leaves(ty).len());
        vals
    }

    /// Traps with a message unless `good` holds.
    pub fn require(&mut self, good: Value, message: impl FnOnce(&mut Self) -> Value) {
        let (go_on, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(good, go_on, bad);
        self.open(bad);
        let message = message(self);
        self.panic(message);
        self.open(go_on);
    }

    /// Ends this way with a message.
    pub fn panic(&mut self, message: Value) {
        self.rt(natives::PANIC, &[message], &[]);
        self.trap(kaa_ir::TrapKind::Unreachable);
    }
}
