//! Values of enums: how they are made, taken apart, compared and shown.
//!
//! How they lie is in `layout::enums`, what a `match` makes of them in `matching`.

use std::ops::Range;

use kaa_ir::{Inst, ValTy, Value};
use kaa_isa::kinds::{BlockCall, Leaf};

use super::Vals;
use super::body::Body;
use crate::hir::{ExprId, Ty, TyId};

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// The position of the variant that holds values of a type.
    fn variant_at(&self, payload: TyId) -> usize {
        match self.ty(payload) {
            Ty::Struct(id, _) => {
                let of = self.cx.program.structs[id].variant_of;
                of.map_or(0, |(_, at)| at as usize)
            }
            _ => 0,
        }
    }

    /// A value of an enum: what its variant holds.
    pub fn variant_new(&mut self, ty: TyId, payload: ExprId) -> Vals {
        let at = self.variant_at(self.cx.program.tree[payload].ty);
        let vals = self.expr(payload);
        self.variant_with(ty, at, vals)
    }

    /// The same where it holds what is in hand.
    pub fn variant_with(&mut self, ty: TyId, at: usize, vals: Vals) -> Vals {
        if self.cx.layouts.is_boxed(ty) {
            let ty = self.cx.layouts.variant_type(self.b.module, ty, at);
            return vec![self.b.ins1(Inst::StructNew { ty, vals: vals.into() })];
        }
        let (leaves, places) = (self.leaves(ty), self.cx.layouts.places(ty, at));
        let mut all: Vec<Option<Value>> = vec![None; leaves.len()];
        for (&place, val) in places.iter().zip(vals) {
            all[place] = Some(val);
        }
        let tag = self.b.iconst(leaves[0], at as i64);
        all[0] = Some(tag);
        all.iter()
            .zip(leaves.iter())
            .map(|(val, leaf)| val.unwrap_or_else(|| self.zero(*leaf)))
            .collect()
    }

    /// What an enum value holds that is of a known variant, or some of its leaves.
    pub fn payload_of(&mut self, value: ExprId, payload: TyId, part: Option<Range<usize>>) -> Vals {
        let ty = self.cx.program.tree[value].ty;
        let vals = self.expr(value);
        self.payload(ty, payload, &vals, part)
    }

    /// The same of a value in hand.
    fn payload(
        &mut self,
        ty: TyId,
        payload: TyId,
        vals: &[Value],
        part: Option<Range<usize>>,
    ) -> Vals {
        let at = self.variant_at(payload);
        let part = part.unwrap_or(0..self.leaves(payload).len());
        let (true, Some(&object)) = (self.cx.layouts.is_boxed(ty), vals.first()) else {
            let leaves = self.leaves(payload);
            let places = self.cx.layouts.places(ty, at);
            let places = places.get(part.clone()).unwrap_or_default();
            let own: Vals = places.iter().filter_map(|&at| vals.get(at)).copied().collect();
            return self.narrow_to(leaves.get(part).unwrap_or_default(), &own);
        };
        let variant = self.cx.layouts.variant_type(self.b.module, ty, at);
        let obj = self.known_variant(object, variant);
        part.map(|leaf| self.b.ins1(Inst::StructGet { obj, leaf: Leaf(leaf as u32) })).collect()
    }

    /// One way for each variant; each gets what the variant holds, and ends by itself or goes on
    /// behind.
    pub fn each_variant(
        &mut self,
        ty: TyId,
        vals: &[Value],
        each: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, TyId, Vals),
    ) {
        let payloads = self.cx.layouts.payloads(ty);
        let Some(&first) = vals.first() else { return };
        let boxed = self.cx.layouts.is_boxed(ty);
        let blocks: Vec<_> = payloads.iter().map(|_| self.b.create_block()).collect();
        let (other, done) = (self.b.create_block(), self.b.create_block());
        let plain = |block| BlockCall { block, args: [].into() };
        let mut known = Vec::new();
        if boxed {
            let mut cases = Vec::new();
            for (at, &block) in blocks.iter().enumerate() {
                let ty = self.cx.layouts.variant_type(self.b.module, ty, at);
                known.push(self.b.append_param(block, ValTy::Ref(ty)));
                cases.push((ty, plain(block)));
            }
            let cases = cases.into();
            self.b.ins(Inst::TypeSwitch { obj: first, cases, other: plain(other) });
        } else {
            let cases = (0..).zip(&blocks).map(|(at, &block)| (at, plain(block)));
            let cases = cases.collect::<Vec<_>>().into();
            self.b.ins(Inst::Switch { a: first, cases, other: plain(other) });
        }
        for (at, (&block, &payload)) in blocks.iter().zip(&payloads).enumerate() {
            self.open(block);
            self.variants.extend(known.get(at).map(|&known| (first, known)));
            let held = self.payload(ty, payload, vals, None);
            each(self, payload, held);
            self.variants.truncate(self.variants.len() - usize::from(boxed));
            self.goto(done);
        }
        self.open(other);
        self.trap(kaa_ir::TrapKind::Unreachable);
        self.open(done);
    }

    /// Appends `Variant(field=value)`, or `Variant` where it holds nothing.
    pub fn repr_enum(&mut self, sb: Value, ty: TyId, vals: &[Value]) {
        self.each_variant(ty, vals, &mut |s, payload, held| {
            let Ty::Struct(id, args) = s.ty(payload) else { return };
            let def = &s.cx.program.structs[id];
            match def.fields.is_empty() {
                true => s.put_text(sb, s.cx.names.text(def.name)),
                false => s.repr_struct(sb, payload, (id, args), &held),
            }
        });
    }

    /// The position of the variant of a value.
    fn tag(&mut self, ty: TyId, vals: &[Value]) -> Value {
        let first = vals.first().copied().unwrap_or(Value(0));
        if !self.cx.layouts.is_boxed(ty) {
            return self.widen(first, ValTy::I64);
        }
        let tag = self.fresh(&[ValTy::I64]);
        let zero = self.b.i64(0);
        self.define(&tag, &[zero]);
        self.each_variant(ty, vals, &mut |s, payload, _| {
            let at = s.b.i64(s.variant_at(payload) as i64);
            s.define(&tag, &[at]);
        });
        self.values(&tag)[0]
    }

    /// Returns an answer where two values are of different variants; otherwise each variant is
    /// compared by itself.
    fn both_variants(
        &mut self,
        ty: TyId,
        a: &[Value],
        b: &[Value],
        differ: impl FnOnce(&mut Self, Value, Value) -> Value,
        each: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, TyId, Vals, Vals) -> Value,
    ) {
        let (x, y) = (self.tag(ty, a), self.tag(ty, b));
        let same = self.b.ins1(Inst::Eq { t: ValTy::I64, a: x, b: y });
        self.answer_unless(same, |s| differ(s, x, y));
        self.each_variant(ty, a, &mut |s, payload, left| {
            let right = s.payload(ty, payload, b, None);
            let answer = each(s, payload, left, right);
            s.b.ins(Inst::Ret { vals: [answer].into() });
        });
    }

    /// Whether two values of an enum are equal, where the program has a say in that.
    pub fn equal_variants(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        let differ = |s: &mut Self, _, _| s.bool(false);
        self.both_variants(ty, a, b, differ, &mut |s, payload, x, y| s.equal(payload, &x, &y));
        self.bool(true)
    }

    /// The order of two values of an enum, where the program has a say in that.
    pub fn order_variants(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        let differ = |s: &mut Self, a, b| s.b.ins1(Inst::Sub { t: ValTy::I64, a, b });
        self.both_variants(ty, a, b, differ, &mut |s, payload, x, y| s.order_of(payload, &x, &y));
        self.b.i64(0)
    }
}
