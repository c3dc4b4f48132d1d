//! Views: a list that is lent, or a part of it.
//!
//! A view is a reference to the list and the positions where it begins and ends. Nothing is copied
//! when it is made; lists that are made of it are in `view_list`.

use std::ops::Range;

use kaa_ir::{Inst, TrapKind, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use super::place::At;
use crate::hir::{ExprId, ExprKind, Ty};

impl Body<'_, '_, '_> {
    /// What an expression gives, as a view: a slice is not made, only its bounds are.
    pub fn view_of(&mut self, value: ExprId) -> Vals {
        let program = self.cx.program;
        let e = program.tree[value];
        if let ExprKind::Slice { base, lo, hi, step: None } = e.kind {
            let whole = match self.ty(program.tree[base].ty) {
                Ty::View(_) => self.expr(base),
                _ => {
                    let list = self.expr1(base);
                    self.whole(list)
                }
            };
            return self.part_of_view(&whole, [lo, hi, None]);
        }
        let list = self.expr1(value);
        self.whole(list)
    }

    /// A whole list as a view.
    fn whole(&mut self, list: Value) -> Vals {
        let start = self.b.i64(0);
        let end = self.b.ins1(Inst::ListLen { list });
        vec![list, start, end]
    }

    fn part_of_view(&mut self, view: &[Value], bounds: [Option<ExprId>; 3]) -> Vals {
        let [list, start, end] = *view else { return view.to_vec() };
        let one = self.b.i64(1);
        let mut args = vec![start, end, one];
        args.extend(self.bounds(bounds));
        // The positions are a range, and what a slice keeps of it is a slice of the range.
        let part = self.rt(natives::RANGE_SLICE, &args, &[ValTy::I64; 3]);
        let end = self.b.ins1(Inst::Max { t: ValTy::I64, a: part[0], b: part[1] });
        vec![list, part[0], end]
    }

    /// The elements of a view, as a new list.
    pub fn view_list(&mut self, view: &[Value]) -> Value {
        let [list, start, end] = *view else { return Value(0) };
        let (yes, no, zero) = (self.bool(true), self.bool(false), self.b.i64(0));
        let args = [list, yes, start, yes, end, no, zero];
        let ty = self.b.ty(list);
        self.rt1(natives::LIST_SLICE, &args, ty)
    }

    /// How many elements a view has.
    pub fn view_len(&mut self, view: &[Value]) -> Value {
        let [_, start, end] = *view else { return self.b.i64(0) };
        self.b.ins1(Inst::Sub { t: ValTy::I64, a: end, b: start })
    }

    /// Some leaves of an element of a view.
    pub fn view_element(&mut self, base: ExprId, index: ExprId, leaves: Range<usize>) -> Vals {
        let view = self.expr(base);
        let at = self.position(index);
        let len = self.view_len(&view);
        let idx = match at {
            At::Front(idx) => idx,
            At::End(_) => self.resolve(at, |_| len),
        };
        // One comparison finds negative positions too.
        let t = ValTy::U64;
        let a = self.b.ins1(Inst::ConvertWrap { t, a: idx });
        let b = self.b.ins1(Inst::ConvertWrap { t, a: len });
        let outside = self.b.ins1(Inst::Ge { t, a, b });
        self.trap_if(outside, TrapKind::IndexOutOfRange);
        let [list, start, _] = *view.as_slice() else { return view };
        let idx = self.b.ins1(Inst::Add { t: ValTy::I64, a: start, b: idx });
        self.list_get(list, idx, leaves)
    }
}
