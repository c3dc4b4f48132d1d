//! `any Trait`: objects that hold a value with its type, and calls that look at it.
//!
//! An object never changes: what a `mut self` method leaves behind is put in a new one. The type
//! of the object is the tag; a call is a switch over the types that become such values.

use kaa_ir::{Inst, TrapKind, TypeId, Value};
use kaa_isa::kinds::{BlockCall, Leaf};

use super::Vals;
use super::body::Body;
use crate::hir::{Dispatch, ExprId, Mode, TraitId, TyId};

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// A value as one of `any Trait`.
    pub fn make_any(&mut self, value: ExprId, of: TraitId) -> Vals {
        let ty = self.cx.program.tree[value].ty;
        let vals = self.expr(value);
        vec![self.boxed(of, ty, vals)]
    }

    fn boxed(&mut self, of: TraitId, ty: TyId, vals: Vals) -> Value {
        let ty = self.cx.layouts.box_type(self.b.module, of, ty);
        self.b.ins1(Inst::StructNew { ty, vals: vals.into() })
    }

    /// The values in an object of a known type.
    fn unboxed(&mut self, object: Value, ty: TyId) -> Vals {
        let count = self.leaves(ty).len() as u32;
        (0..count)
            .map(|leaf| self.b.ins1(Inst::StructGet { obj: object, leaf: Leaf(leaf) }))
            .collect()
    }

    /// One way for each type that an object may hold; each ends by itself or goes on behind.
    pub fn each_type(
        &mut self,
        object: Value,
        of: TraitId,
        tys: &[TyId],
        each: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, usize, Vals),
    ) {
        let boxes: Vec<TypeId> =
            tys.iter().map(|&ty| self.cx.layouts.box_type(self.b.module, of, ty)).collect();
        let other = self.b.create_block();
        let cases: Vec<_> = boxes
            .iter()
            .map(|&ty| {
                let block = self.b.create_block();
                (ty, BlockCall { block, args: [].into() })
            })
            .collect();
        let blocks: Vec<_> = cases.iter().map(|(_, target)| target.block).collect();
        let params: Vec<Value> = blocks
            .iter()
            .zip(&boxes)
            .map(|(&block, &ty)| self.b.append_param(block, kaa_ir::ValTy::Ref(ty)))
            .collect();
        let target = BlockCall { block: other, args: [].into() };
        self.b.ins(Inst::TypeSwitch { obj: object, cases: cases.into(), other: target });
        let done = self.b.create_block();
        for (at, (&block, &ty)) in blocks.iter().zip(tys).enumerate() {
            self.open(block);
            let vals = self.unboxed(params[at], ty);
            each(self, at, vals);
            self.goto(done);
        }
        self.open(other);
        self.trap(TrapKind::Unreachable);
        self.open(done);
    }

    /// The body of a method of a trait for `any Trait`.
    pub fn dispatch(&mut self, dispatch: &Dispatch) {
        let params = self.b.params();
        let Some((&object, others)) = params.split_first() else { return };
        let tys: Vec<TyId> = dispatch.arms.iter().map(|arm| arm.0).collect();
        let changes = self
            .func
            .and_then(|f| f.params.first())
            .is_some_and(|receiver| receiver.mode == Mode::Mut);
        let of = dispatch.of;
        self.each_type(object, of, &tys, &mut |s, at, mut vals| {
            let count = vals.len();
            let (ty, func) = dispatch.arms[at];
            vals.extend(others);
            let f = s.cx.func(s.b.module, func);
            let results: Vals = s.b.ins(Inst::Call { f, args: vals.into() }).iter().collect();
            let results = match changes {
                true => {
                    let (new, rest) = results.split_at(count.min(results.len()));
                    let mut all = vec![s.boxed(of, ty, new.to_vec())];
                    all.extend(rest);
                    all
                }
                false => results,
            };
            s.b.ins(Inst::Ret { vals: results.into() });
        });
        if !self.b.is_terminated() {
            self.trap(TrapKind::Unreachable);
        }
    }
}
