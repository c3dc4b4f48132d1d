//! Equality and order that types define themselves, inside of other values too.
//!
//! Natives compare by layout and cannot call a program. A type that has such a type in it is
//! therefore compared by a function of its own, made on demand.

use kaa_base::span::Span;
use kaa_ir::{FuncId, Inst, Module, Signature, TrapKind, ValTy, Value};
use rustc_hash::FxHashSet;

use super::body::Body;
use super::natives;
use super::{Cx, Job, Vals};
use crate::hir::{OwnMethods, Ty, TyId};

/// What is asked of two values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Question {
    /// Whether they are equal, as a `bool`.
    Equal,
    /// Their order, as an `i64`.
    Order,
}

impl Question {
    fn result(self) -> ValTy {
        match self {
            Question::Equal => ValTy::Bool,
            Question::Order => ValTy::I64,
        }
    }

    fn is_answered_by(self, own: &OwnMethods) -> bool {
        match self {
            Question::Equal => own.eq.is_some(),
            Question::Order => own.lt.is_some(),
        }
    }
}

/// What is done with two elements.
type EachPair<'f, 'c, 'm, 'p> = &'f mut dyn FnMut(&mut Body<'c, 'm, 'p>, &[Value], &[Value]);

impl Cx<'_> {
    /// Whether a method of the program has a say when values of a type are compared.
    pub fn has_own(&mut self, ty: TyId, question: Question) -> bool {
        if self.program.own.is_empty() {
            return false;
        }
        if let Some(known) = self.own.get(&(ty, question)) {
            return *known;
        }
        let found = self.finds_own(ty, question, &mut FxHashSet::default());
        self.own.insert((ty, question), found);
        found
    }

    fn finds_own(&self, ty: TyId, question: Question, seen: &mut FxHashSet<TyId>) -> bool {
        if !seen.insert(ty) {
            return false;
        }
        if self.program.own.get(&ty).is_some_and(|own| question.is_answered_by(own)) {
            return true;
        }
        let tys = &self.program.tys;
        let mut any = |parts: &[TyId]| parts.iter().any(|p| self.finds_own(*p, question, seen));
        match tys.get(ty) {
            Ty::List(t) | Ty::Set(t) | Ty::Option(t) | Ty::Iter(t) | Ty::View(t) => any(&[t]),
            Ty::Dict(a, b) | Ty::Result(a, b) => any(&[a, b]),
            Ty::Tuple(items) => any(tys.items(items)),
            Ty::Struct(id, args) => any(&self.program.field_types(id, args)),
            Ty::Enum(id, args) => any(&self.program.variant_types(id, args)),
            _ => false,
        }
    }
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Asks the function that compares values of a type.
    pub fn ask(&mut self, question: Question, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        let f = self.question_func(question, ty);
        let args = [a, b].concat();
        self.b.ins1(Inst::Call { f, args: args.into() })
    }

    fn question_func(&mut self, question: Question, ty: TyId) -> FuncId {
        if let Some(func) = self.cx.questions.get(&(ty, question)) {
            return *func;
        }
        let leaves = self.leaves(ty);
        let params: Vec<ValTy> = leaves.iter().chain(leaves.iter()).copied().collect();
        let word = if question == Question::Equal { "equal" } else { "order" };
        let name = format!("{word} {}", self.cx.layouts.name(ty));
        let sig = Signature::new(params, [question.result()]);
        let func = self.cx.declare_func(self.b.module, &name, sig);
        self.cx.questions.insert((ty, question), func);
        self.cx.jobs.push((func, Job::Question(ty, question)));
        func
    }

    /// Lowers a function that compares.
    pub fn question(
        cx: &'c mut Cx<'p>,
        m: &'m mut Module,
        func: FuncId,
        ty: TyId,
        question: Question,
    ) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let params = body.b.params();
        let (a, b) = params.split_at(params.len() / 2);
        let own = body.cx.program.own.get(&ty).copied().unwrap_or_default();
        let answer = match (question, own) {
            (Question::Equal, OwnMethods { eq: Some(f), .. }) => body.call_own(f, a, b),
            (Question::Order, OwnMethods { lt: Some(f), .. }) => body.order_by_less(f, a, b),
            (Question::Equal, _) => body.equal_parts(ty, a, b),
            (Question::Order, _) => body.order_parts(ty, a, b),
        };
        body.b.ins(Inst::Ret { vals: [answer].into() });
        body.finish(span);
    }

    fn call_own(&mut self, f: crate::hir::FnId, a: &[Value], b: &[Value]) -> Value {
        let f = self.cx.func(self.b.module, f);
        let args = [a, b].concat();
        self.b.ins1(Inst::Call { f, args: args.into() })
    }

    fn order_by_less(&mut self, less: crate::hir::FnId, a: &[Value], b: &[Value]) -> Value {
        let below = self.call_own(less, a, b);
        self.choose(
            below,
            &[ValTy::I64],
            |s| vec![s.b.i64(-1)],
            |s| {
                let above = s.call_own(less, b, a);
                vec![s.widen(above, ValTy::I64)]
            },
        )[0]
    }

    /// The parts of a struct or tuple.
    fn parts_of(&self, ty: TyId) -> Vec<TyId> {
        let program = self.cx.program;
        match self.ty(ty) {
            Ty::Struct(id, args) => program.field_types(id, args),
            Ty::Tuple(items) => program.tys.items(items).to_vec(),
            _ => Vec::new(),
        }
    }

    fn equal_parts(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        match self.ty(ty) {
            Ty::Struct(..) | Ty::Tuple(_) => {
                let parts = self.parts_of(ty);
                for (at, part) in parts.into_iter().enumerate() {
                    let (range, _) = self.cx.layouts.field(ty, at as u32);
                    let equal = self.equal(part, &a[range.clone()], &b[range]);
                    self.answer_unless(equal, |s| s.bool(false));
                }
                self.bool(true)
            }
            Ty::Option(inner) => {
                let (here, there) = (self.is_present(ty, a), self.is_present(ty, b));
                let both = self.b.ins1(Inst::And { t: ValTy::Bool, a: here, b: there });
                self.choose(
                    both,
                    &[ValTy::Bool],
                    |s| {
                        let (a, b) = (s.unwrap_known(ty, a), s.unwrap_known(ty, b));
                        vec![s.equal(inner, &a, &b)]
                    },
                    |s| vec![s.b.ins1(Inst::Eq { t: ValTy::Bool, a: here, b: there })],
                )[0]
            }
            Ty::Result(value, error) => {
                let same = self.b.ins1(Inst::Eq { t: ValTy::Bool, a: a[0], b: b[0] });
                self.answer_unless(same, |s| s.bool(false));
                self.choose(
                    a[0],
                    &[ValTy::Bool],
                    |s| {
                        let (a, b) = (s.ok_value(ty, a), s.ok_value(ty, b));
                        vec![s.equal(value, &a, &b)]
                    },
                    |s| {
                        let (a, b) = (s.err_value(ty, a), s.err_value(ty, b));
                        vec![s.equal(error, &a, &b)]
                    },
                )[0]
            }
            Ty::Enum(..) => self.equal_variants(ty, a, b),
            Ty::List(elem) => self.equal_lists(elem, a[0], b[0]),
            Ty::View(elem) => {
                let (a, b) = (self.view_list(a), self.view_list(b));
                self.equal_lists(elem, a, b)
            }
            Ty::Dict(key, value) => self.equal_dicts(key, value, a[0], b[0]),
            _ => self.equal_leaves(a, b),
        }
    }

    /// Goes on where the condition holds and returns an answer where it does not.
    pub fn answer_unless(&mut self, cond: Value, answer: impl FnOnce(&mut Self) -> Value) {
        let (go_on, stop) = (self.b.create_block(), self.b.create_block());
        self.b.branch(cond, go_on, stop);
        self.open(stop);
        let answer = answer(self);
        self.b.ins(Inst::Ret { vals: [answer].into() });
        self.open(go_on);
    }

    fn equal_lists(&mut self, elem: TyId, a: Value, b: Value) -> Value {
        let (len, other) =
            (self.b.ins1(Inst::ListLen { list: a }), self.b.ins1(Inst::ListLen { list: b }));
        let same = self.b.ins1(Inst::Eq { t: ValTy::I64, a: len, b: other });
        self.answer_unless(same, |s| s.bool(false));
        self.both_lists(elem, a, b, &mut |s, x, y| {
            let equal = s.equal(elem, x, y);
            s.answer_unless(equal, |s| s.bool(false));
        });
        self.bool(true)
    }

    /// Walks two lists side by side, as far as both go.
    fn both_lists(&mut self, elem: TyId, a: Value, b: Value, each: EachPair<'_, 'c, 'm, 'p>) {
        let (left, right) = (self.list_cursor(a, elem, false), self.list_cursor(b, elem, false));
        let exit = self.b.create_block();
        self.run(&left, exit, &mut |s, x| {
            let more = s.has_element(&right);
            let go_on = s.b.create_block();
            s.b.branch(more, go_on, exit);
            s.open(go_on);
            let y = s.element_at(&right);
            s.advance(&right);
            each(s, &x, &y);
        });
        self.goto(exit);
        self.open(exit);
    }

    fn equal_dicts(&mut self, key: TyId, value: TyId, a: Value, b: Value) -> Value {
        let t = ValTy::I64;
        let len = self.rt1(natives::MAP_LEN, &[a], t);
        let other = self.rt1(natives::MAP_LEN, &[b], t);
        let same = self.b.ins1(Inst::Eq { t, a: len, b: other });
        self.answer_unless(same, |s| s.bool(false));
        let cursor = self.map_cursor(a, Some(key), Some(value));
        let count = self.elem_leaves(key).len().min(self.leaves(key).len());
        let exit = self.b.create_block();
        self.run(&cursor, exit, &mut |s, entry| {
            let (k, v) = entry.split_at(count.min(entry.len()));
            let mut args = vec![b];
            args.extend(s.stored(k.to_vec()));
            let has = s.rt1(natives::DICT_CONTAINS, &args, ValTy::Bool);
            s.answer_unless(has, |s| s.bool(false));
            let leaves = s.elem_leaves(value);
            let mut there = s.rt(natives::DICT_INDEX, &args, &leaves);
            there.truncate(v.len());
            let equal = s.equal(value, v, &there);
            s.answer_unless(equal, |s| s.bool(false));
        });
        self.goto(exit);
        self.open(exit);
        self.bool(true)
    }

    fn order_parts(&mut self, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        match self.ty(ty) {
            Ty::Struct(..) | Ty::Tuple(_) => {
                let parts = self.parts_of(ty);
                for (at, part) in parts.into_iter().enumerate() {
                    let (range, _) = self.cx.layouts.field(ty, at as u32);
                    let order = self.order_of(part, &a[range.clone()], &b[range]);
                    self.answer_if_decided(order);
                }
                self.b.i64(0)
            }
            Ty::Enum(..) => self.order_variants(ty, a, b),
            Ty::List(elem) => self.order_lists(elem, a[0], b[0]),
            Ty::View(elem) => {
                let (a, b) = (self.view_list(a), self.view_list(b));
                self.order_lists(elem, a, b)
            }
            _ => self.order(a, b),
        }
    }

    fn answer_if_decided(&mut self, order: Value) {
        let b = self.b.i64(0);
        let open = self.b.ins1(Inst::Eq { t: ValTy::I64, a: order, b });
        self.answer_unless(open, |_| order);
    }

    fn order_lists(&mut self, elem: TyId, a: Value, b: Value) -> Value {
        self.both_lists(elem, a, b, &mut |s, x, y| {
            let order = s.order_of(elem, x, y);
            s.answer_if_decided(order);
        });
        let a = self.b.ins1(Inst::ListLen { list: a });
        let b = self.b.ins1(Inst::ListLen { list: b });
        self.b.ins1(Inst::Sub { t: ValTy::I64, a, b })
    }

    /// The position of the first element of a list that is equal to a value, or -1.
    pub fn own_position(&mut self, list: Value, elem: TyId, item: &[Value]) -> Value {
        let t = ValTy::I64;
        let at = self.fresh(&[t, t]);
        let (start, none) = (self.b.i64(0), self.b.i64(-1));
        self.define(&at, &[start, none]);
        let exit = self.b.create_block();
        let cursor = self.list_cursor(list, elem, false);
        self.run(&cursor, exit, &mut |s, x| {
            let equal = s.equal(elem, &x, item);
            let now = s.values(&at)[0];
            let (found, go_on) = (s.b.create_block(), s.b.create_block());
            s.b.branch(equal, found, go_on);
            s.open(found);
            s.define(&at[1..], &[now]);
            s.b.jump(exit, &[]);
            s.open(go_on);
            let b = s.b.i64(1);
            let next = s.b.ins1(Inst::Add { t, a: now, b });
            s.define(&at[..1], &[next]);
        });
        self.goto(exit);
        self.open(exit);
        self.values(&at)[1]
    }

    /// How often a list has an element that is equal to a value.
    pub fn own_count(&mut self, list: Value, elem: TyId, item: &[Value]) -> Value {
        let t = ValTy::I64;
        let count = self.fresh(&[t]);
        let zero = self.b.i64(0);
        self.define(&count, &[zero]);
        let exit = self.b.create_block();
        let cursor = self.list_cursor(list, elem, false);
        self.run(&cursor, exit, &mut |s, x| {
            let equal = s.equal(elem, &x, item);
            let b = s.widen(equal, t);
            let a = s.values(&count)[0];
            let next = s.b.ins1(Inst::Add { t, a, b });
            s.define(&count, &[next]);
        });
        self.goto(exit);
        self.open(exit);
        self.values(&count)[0]
    }

    /// `index`, `count` and `remove` of lists whose elements say themselves what is equal:
    /// the list as it is then, and the result.
    pub fn own_search(
        &mut self,
        name: &str,
        list: Value,
        elem: TyId,
        item: &[Value],
    ) -> (Value, Vals) {
        if name == "list.count" {
            return (list, vec![self.own_count(list, elem, item)]);
        }
        let at = self.own_position(list, elem, item);
        let b = self.b.i64(0);
        let missing = self.b.ins1(Inst::Lt { t: ValTy::I64, a: at, b });
        self.trap_if(missing, TrapKind::InvalidValue);
        match name {
            "list.remove" => {
                let ty = self.b.ty(list);
                (self.rt1(natives::LIST_DEL_AT, &[list, at], ty), Vec::new())
            }
            _ => (list, vec![at]),
        }
    }
}
