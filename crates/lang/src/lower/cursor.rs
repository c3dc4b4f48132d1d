//! Cursors: the state of a walk through one range, list, dict, set, text or bytes.
//!
//! A cursor is tested, read and advanced; it makes no object. What is walked is the value as it
//! was at the start. How cursors become loops, and how `zip`, `enumerate` and the like combine
//! them, is in `loops`.

use kaa_ir::{Inst, ValTy, Value, Var};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{ExprId, ExprKind, Ty, TyId};

/// How a range goes on.
#[derive(Clone, Copy)]
pub(super) enum Stride {
    /// By one, while below the end.
    Up,
    /// By minus one, while above the end.
    Down,
    /// By this, until the end is met exactly.
    By(Value),
}

/// What is walked.
pub(super) enum Walk {
    Range(Value, Stride),
    List {
        list: Value,
        end: Value,
        elem: TyId,
        back: bool,
    },
    Map {
        map: Value,
        key: Option<TyId>,
        value: Option<TyId>,
    },
    Text {
        s: Value,
        size: Value,
        next: Var,
    },
    Bytes {
        s: Value,
        size: Value,
    },
    /// An iterator, which gives the next item when it is asked whether there is one. A tag that
    /// it is there is not kept.
    Iter {
        iter: Value,
        item: TyId,
        next: Vec<Var>,
    },
}

/// A walk with its position.
pub(super) struct Cursor {
    at: Var,
    pub walk: Walk,
}

impl Body<'_, '_, '_> {
    fn cursor(&mut self, at: Value, walk: Walk) -> Cursor {
        let var = self.b.declare_var(ValTy::I64);
        self.b.def_var(var, at);
        Cursor { at: var, walk }
    }

    /// A cursor over a value.
    pub fn cursor_over(&mut self, ty: TyId, vals: &[Value], back: bool) -> Cursor {
        let first = vals.first().copied().unwrap_or(Value(0));
        let zero = self.b.i64(0);
        match self.ty(ty) {
            Ty::Range => self.range_cursor(vals, back),
            Ty::Set(elem) => self.map_cursor(first, Some(elem), None),
            Ty::Dict(key, _) => self.map_cursor(first, Some(key), None),
            Ty::Str => {
                let size = self.b.ins1(Inst::StrSize { s: first });
                let next = self.b.declare_var(ValTy::I64);
                self.cursor(zero, Walk::Text { s: first, size, next })
            }
            Ty::Bytes => {
                let size = self.b.ins1(Inst::StrSize { s: first });
                self.cursor(zero, Walk::Bytes { s: first, size })
            }
            Ty::Tuple(items) => {
                let elem = self.cx.program.tys.items(items).first().copied();
                let elem = elem.unwrap_or(TyId::INT);
                let ty = self.list_type(elem);
                let list = match vals {
                    [] => self.b.ins1(Inst::ListNew { ty, cap: zero }),
                    _ => self.b.ins1(Inst::ListOf { ty, vals: vals.into() }),
                };
                self.list_cursor(list, elem, back)
            }
            Ty::View(elem) if !back => {
                let [list, start, end] = *vals else { return self.list_cursor(first, elem, back) };
                self.cursor(start, Walk::List { list, end, elem, back })
            }
            Ty::View(elem) => {
                let list = self.view_list(vals);
                self.list_cursor(list, elem, back)
            }
            Ty::List(elem) => self.list_cursor(first, elem, back),
            Ty::Iter(item) => {
                let leaves = self.cx.layouts.item_leaves(self.b.module, item);
                let skip = usize::from(!self.cx.layouts.is_plain_ref(item));
                let next = self.fresh(leaves.get(skip..).unwrap_or_default());
                self.cursor(zero, Walk::Iter { iter: first, item, next })
            }
            _ => self.cursor(zero, Walk::Range(zero, Stride::Up)),
        }
    }

    /// A cursor over a list.
    pub fn list_cursor(&mut self, list: Value, elem: TyId, back: bool) -> Cursor {
        let len = self.b.ins1(Inst::ListLen { list });
        let (at, end) = if back {
            let (a, b) = (len, self.b.i64(1));
            (self.b.ins1(Inst::Sub { t: ValTy::I64, a, b }), len)
        } else {
            (self.b.i64(0), len)
        };
        self.cursor(at, Walk::List { list, end, elem, back })
    }

    /// A cursor over the keys, values or entries of a dict or set.
    pub fn map_cursor(&mut self, map: Value, key: Option<TyId>, value: Option<TyId>) -> Cursor {
        let zero = self.b.i64(0);
        let at = self.rt1(natives::MAP_NEXT, &[map, zero], ValTy::I64);
        self.cursor(at, Walk::Map { map, key, value })
    }

    /// A cursor over start, stop and step. A step that is not one is met by an exact end, which
    /// needs no test of its sign and cannot overflow.
    fn range_cursor(&mut self, range: &[Value], back: bool) -> Cursor {
        let [start, _, step] = *range else {
            let zero = self.b.i64(0);
            return self.cursor(zero, Walk::Range(zero, Stride::Up));
        };
        let t = ValTy::I64;
        let n = self.rt1(natives::RANGE_LEN, range, t);
        let span = self.b.ins1(Inst::Mul { t, a: n, b: step });
        let end = self.b.ins1(Inst::Add { t, a: start, b: span });
        if !back {
            return self.cursor(start, Walk::Range(end, Stride::By(step)));
        }
        let last = self.b.ins1(Inst::Sub { t, a: end, b: step });
        let before = self.b.ins1(Inst::Sub { t, a: start, b: step });
        let step = self.b.ins1(Inst::Neg { t, a: step });
        self.cursor(last, Walk::Range(before, Stride::By(step)))
    }

    /// A cursor over a call of `range`, by its arguments.
    pub fn range_call(&mut self, args: &[ExprId], back: bool) -> Cursor {
        let step = args.get(2).map_or(Some(1), |e| self.known_int(*e));
        let (start, stop) = match *args {
            [stop] => (self.b.i64(0), self.expr1(stop)),
            [start, stop, ..] => (self.expr1(start), self.expr1(stop)),
            [] => (self.b.i64(0), self.b.i64(0)),
        };
        match step {
            Some(1) if !back => self.cursor(start, Walk::Range(stop, Stride::Up)),
            Some(-1) if !back => self.cursor(start, Walk::Range(stop, Stride::Down)),
            _ => {
                let step = match args.get(2) {
                    Some(step) => self.expr1(*step),
                    None => self.b.i64(1),
                };
                self.range_cursor(&[start, stop, step], back)
            }
        }
    }

    /// The value of an integer that is written out.
    pub fn known_int(&self, e: ExprId) -> Option<i64> {
        let tree = &self.cx.program.tree;
        match tree[e].kind {
            ExprKind::Int(n) => Some(n),
            ExprKind::Unary { op: crate::hir::UnaryOp::Neg, operand } => match tree[operand].kind {
                ExprKind::Int(n) => n.checked_neg(),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the walk has an element at the position.
    pub fn has_element(&mut self, c: &Cursor) -> Value {
        let at = self.b.use_var(c.at);
        let (t, a) = (ValTy::I64, at);
        match c.walk {
            Walk::Iter { iter, item, ref next } => {
                let vals = self.next_item(iter);
                let skip = vals.len().saturating_sub(next.len());
                self.define(next, vals.get(skip..).unwrap_or_default());
                self.has_item(item, &vals)
            }
            Walk::Range(b, Stride::Up) => self.b.ins1(Inst::Lt { t, a, b }),
            Walk::Range(b, Stride::Down) => self.b.ins1(Inst::Gt { t, a, b }),
            Walk::Range(b, Stride::By(_)) => self.b.ins1(Inst::Ne { t, a, b }),
            Walk::List { end: b, back: false, .. } => self.b.ins1(Inst::Lt { t, a, b }),
            Walk::List { back: true, .. } | Walk::Map { .. } => {
                let b = self.b.i64(0);
                self.b.ins1(Inst::Ge { t, a, b })
            }
            Walk::Text { size: b, .. } | Walk::Bytes { size: b, .. } => {
                self.b.ins1(Inst::Lt { t, a, b })
            }
        }
    }

    /// The element at the position.
    pub fn element_at(&mut self, c: &Cursor) -> Vals {
        let at = self.b.use_var(c.at);
        match c.walk {
            Walk::Range(..) => vec![at],
            Walk::Iter { item, ref next, .. } => {
                let vals = self.values(next);
                self.narrow(item, &vals)
            }
            Walk::List { list, elem, .. } => {
                let count = self.leaves(elem).len();
                self.list_get(list, at, 0..count)
            }
            Walk::Map { map, key, value } => {
                let mut vals = Vec::new();
                if let Some(key) = key {
                    vals.extend(self.map_part(natives::MAP_KEY_AT, map, at, key));
                }
                if let Some(value) = value {
                    vals.extend(self.map_part(natives::MAP_VALUE_AT, map, at, value));
                }
                vals
            }
            Walk::Text { s, next, .. } => vec![self.next_char(s, at, next)],
            Walk::Bytes { s, .. } => {
                let byte = self.b.ins1(Inst::StrByte { s, idx: at });
                vec![self.widen(byte, ValTy::I64)]
            }
        }
    }

    fn map_part(&mut self, name: &str, map: Value, at: Value, ty: TyId) -> Vals {
        let leaves = self.elem_leaves(ty);
        let mut vals = self.rt(name, &[map, at], &leaves);
        vals.truncate(self.leaves(ty).len());
        vals
    }

    /// The character at a byte position; ASCII needs no call.
    fn next_char(&mut self, s: Value, at: Value, next: Var) -> Value {
        let byte = self.b.ins1(Inst::StrByte { s, idx: at });
        let limit = self.b.iconst(ValTy::U8, 128);
        let ascii = self.b.ins1(Inst::Lt { t: ValTy::U8, a: byte, b: limit });
        let vals = self.choose(
            ascii,
            &[ValTy::U32, ValTy::I64],
            |b| {
                let c = b.widen(byte, ValTy::U32);
                let one = b.b.i64(1);
                vec![c, b.b.ins1(Inst::Add { t: ValTy::I64, a: at, b: one })]
            },
            |b| b.rt(natives::STR_NEXT, &[s, at], &[ValTy::U32, ValTy::I64]),
        );
        self.b.def_var(next, vals[1]);
        vals[0]
    }

    /// Goes to the next position.
    pub fn advance(&mut self, c: &Cursor) {
        let (t, a) = (ValTy::I64, self.b.use_var(c.at));
        let next = match c.walk {
            Walk::Iter { .. } => return,
            Walk::Range(_, Stride::By(b)) => self.b.ins1(Inst::Add { t, a, b }),
            Walk::Range(_, Stride::Down) | Walk::List { back: true, .. } => {
                let b = self.b.i64(1);
                self.b.ins1(Inst::Sub { t, a, b })
            }
            Walk::Text { next, .. } => self.b.use_var(next),
            Walk::Map { map, .. } => {
                let b = self.b.i64(1);
                let from = self.b.ins1(Inst::Add { t, a, b });
                self.rt1(natives::MAP_NEXT, &[map, from], t)
            }
            _ => {
                let b = self.b.i64(1);
                self.b.ins1(Inst::Add { t, a, b })
            }
        };
        self.b.def_var(c.at, next);
    }

    /// How many elements are to come, where that costs no walk.
    pub fn expected_len(&mut self, c: &Cursor) -> Option<Value> {
        let (t, at) = (ValTy::I64, self.b.use_var(c.at));
        let (a, b) = match c.walk {
            Walk::Range(end, Stride::Up) => (end, at),
            Walk::Range(end, Stride::Down) => (at, end),
            Walk::List { end, back: false, .. } => (end, at),
            Walk::List { end, .. } => return Some(end),
            Walk::Map { map, .. } => return Some(self.rt1(natives::MAP_LEN, &[map], t)),
            _ => return None,
        };
        let count = self.b.ins1(Inst::Sub { t, a, b });
        let zero = self.b.i64(0);
        Some(self.b.ins1(Inst::Max { t, a: count, b: zero }))
    }
}
