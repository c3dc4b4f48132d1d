//! `xs.sort_by(compare)`: a stable merge sort made of operations, because the comparison is code
//! of the program and natives cannot call back.
//!
//! Sorting by keys is in `fold`.

use kaa_ir::{Inst, ValTy, Value, Var};
use kaa_isa::kinds::Leaf;

use super::body::Body;
use super::natives;
use super::own::Question;
use crate::hir::TyId;

const T: ValTy = ValTy::I64;

/// The runs at hand, and where the merge stands.
struct Merge {
    from: Value,
    to: Value,
    mid: Value,
    end: Value,
    left: Var,
    right: Var,
    out: Var,
    leaves: usize,
}

/// Tells the order of two elements, of which it gets the leaves.
pub(super) type Compare<'f, 'c, 'm, 'p> =
    &'f mut dyn FnMut(&mut Body<'c, 'm, 'p>, &[Value]) -> Value;

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Sorts by the order that elements, or what a key makes of them, say themselves.
    pub fn sort_own(
        &mut self,
        list: Value,
        leaves: usize,
        ty: TyId,
        reverse: Value,
        key: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, &[Value]) -> super::Vals,
    ) -> Value {
        self.sort_by(list, leaves, &mut |s, both| {
            let (a, b) = both.split_at(both.len() / 2);
            let (a, b) = (key(s, a), key(s, b));
            let order = s.ask(Question::Order, ty, &a, &b);
            let negated = s.b.ins1(Inst::Neg { t: T, a: order });
            s.b.ins1(Inst::Select { c: reverse, a: negated, b: order })
        })
    }

    /// Sorts a list by a comparison and gives the sorted list.
    pub fn sort_by(
        &mut self,
        list: Value,
        leaves: usize,
        compare: Compare<'_, 'c, 'm, 'p>,
    ) -> Value {
        let len = self.b.ins1(Inst::ListLen { list });
        let sorted = self.fresh(&[self.b.ty(list)]);
        let width = self.var(1);
        self.define(&sorted, &[list]);
        let (turn, done) = (self.b.create_block(), self.b.create_block());
        self.while_less(width, len, turn, done);
        let from = self.values(&sorted)[0];
        let to = self.copy_list(from);
        self.merge_runs(from, to, width, len, leaves, compare);
        self.define(&sorted, &[to]);
        let w = self.b.use_var(width);
        let double = self.b.ins1(Inst::Add { t: T, a: w, b: w });
        self.b.def_var(width, double);
        self.while_less(width, len, turn, done);
        self.b.seal_block(turn);
        self.open(done);
        self.values(&sorted)[0]
    }

    /// Merges all neighbouring runs of a width.
    fn merge_runs(
        &mut self,
        from: Value,
        to: Value,
        width: Var,
        len: Value,
        leaves: usize,
        compare: Compare<'_, 'c, 'm, 'p>,
    ) {
        let at = self.var(0);
        let (turn, done) = (self.b.create_block(), self.b.create_block());
        self.while_less(at, len, turn, done);
        let (start, w) = (self.b.use_var(at), self.b.use_var(width));
        let mid = self.add_up_to(start, w, len);
        let end = self.add_up_to(mid, w, len);
        let (left, right, out) = (self.var(0), self.var(0), self.var(0));
        self.b.def_var(left, start);
        self.b.def_var(right, mid);
        self.b.def_var(out, start);
        let merge = Merge { from, to, mid, end, left, right, out, leaves };
        self.merge(&merge, compare);
        self.b.def_var(at, end);
        self.while_less(at, len, turn, done);
        self.b.seal_block(turn);
        self.open(done);
    }

    /// Merges two runs.
    fn merge(&mut self, m: &Merge, compare: Compare<'_, 'c, 'm, 'p>) {
        let (turn, done) = (self.b.create_block(), self.b.create_block());
        self.while_less(m.out, m.end, turn, done);
        let (ask, compare_both) = (self.b.create_block(), self.b.create_block());
        let (take_left, take_right) = (self.b.create_block(), self.b.create_block());
        let next = self.b.create_block();
        let a = self.b.use_var(m.left);
        let has_left = self.b.ins1(Inst::Lt { t: T, a, b: m.mid });
        self.b.branch(has_left, ask, take_right);
        self.open(ask);
        let a = self.b.use_var(m.right);
        let has_right = self.b.ins1(Inst::Lt { t: T, a, b: m.end });
        self.b.branch(has_right, compare_both, take_left);
        self.open(compare_both);
        let (l, r) = (self.b.use_var(m.left), self.b.use_var(m.right));
        let mut args = self.list_get(m.from, l, 0..m.leaves);
        args.extend(self.list_get(m.from, r, 0..m.leaves));
        let order = compare(self, &args);
        let zero = self.b.i64(0);
        let in_order = self.b.ins1(Inst::Le { t: T, a: order, b: zero });
        self.b.branch(in_order, take_left, take_right);
        for (block, var) in [(take_left, m.left), (take_right, m.right)] {
            self.open(block);
            let (idx, at) = (self.b.use_var(var), self.b.use_var(m.out));
            for (leaf, val) in self.list_get(m.from, idx, 0..m.leaves).into_iter().enumerate() {
                let leaf = Leaf(leaf as u32);
                self.b.ins(Inst::ListSet { list: m.to, idx: at, leaf, val });
            }
            self.step(var);
            self.goto(next);
        }
        self.open(next);
        self.step(m.out);
        self.while_less(m.out, m.end, turn, done);
        self.b.seal_block(turn);
        self.open(done);
    }

    fn var(&mut self, start: i64) -> Var {
        let var = self.b.declare_var(T);
        let start = self.b.i64(start);
        self.b.def_var(var, start);
        var
    }

    fn step(&mut self, var: Var) {
        let (a, b) = (self.b.use_var(var), self.b.i64(1));
        let next = self.b.ins1(Inst::Add { t: T, a, b });
        self.b.def_var(var, next);
    }

    /// Branches to `turn` where the variable is less and continues there.
    fn while_less(&mut self, var: Var, end: Value, turn: kaa_ir::Block, done: kaa_ir::Block) {
        let a = self.b.use_var(var);
        let more = self.b.ins1(Inst::Lt { t: T, a, b: end });
        self.b.branch(more, turn, done);
        self.b.switch_to(turn);
    }

    fn add_up_to(&mut self, a: Value, b: Value, limit: Value) -> Value {
        let a = self.b.ins1(Inst::Add { t: T, a, b });
        self.b.ins1(Inst::Min { t: T, a, b: limit })
    }

    /// A copy of a whole list.
    fn copy_list(&mut self, list: Value) -> Value {
        let (no, zero) = (self.bool(false), self.b.i64(0));
        let ty = self.b.ty(list);
        self.rt1(natives::LIST_SLICE, &[list, no, zero, no, zero, no, zero], ty)
    }
}
