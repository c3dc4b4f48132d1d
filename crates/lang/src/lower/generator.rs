//! Generators: functions with `yield`, and iterators as values.
//!
//! An `Iter[T]` is a closure that gives `T?`: the next item, or nothing at the end. A generator is
//! two functions. The one that programs call keeps its arguments in a new state; the other one is
//! the body, which `suspend` turns into a function of that state.

use kaa_base::entity::Entity;
use kaa_base::span::Span;
use kaa_ir::{FuncId, Function, FunctionBuilder, Inst, Module, Signature, TypeId, ValTy, Value};

use super::body::Body;
use super::suspend::{self, Suspended};
use super::{Cx, Vals, refuse};
use crate::hir::{Clause, ExprId, ExprKind, FnId, LocalId, Ty, TyId};

/// What a body remembers of its `yield`s.
pub(super) struct Yields {
    /// The type of an item.
    item: TyId,
    /// The conditions that stand for them.
    marks: Vec<Value>,
    /// Variables of the function around that were used so far, where the iterator is made in
    /// place. Each adds its leaves to the parameters.
    captured: Option<Vec<LocalId>>,
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Lowers a generator of the program: both of its functions.
    pub fn generator(cx: &'c mut Cx<'p>, m: &'m mut Module, id: FnId) {
        let f = &cx.program.functions[id];
        let Ty::Iter(item) = cx.program.tys.get(f.ret) else { return };
        let (maker, span) = (cx.func(m, id), f.span);
        let params = m.sigs[m.funcs[maker].sig].params.clone();
        let results = cx.layouts.item_leaves(m, item);
        let name = format!("{}.next", m.funcs[maker].name);
        let run = cx.declare_func(m, &name, Signature::new(params, results));
        let mut body = Body::begin(&mut *cx, &mut *m, id, run);
        body.yields = Some(Yields { item, marks: Vec::new(), captured: None });
        body.block(f.body);
        if !body.b.is_terminated() {
            body.return_nothing();
        }
        let Some(watched) = body.finish_marked(span) else { return };
        let Some(suspended) = cx.suspend(m, run, watched, span) else { return };
        let iter = cx.layouts.iter_type(m, item);
        let loc = cx.loc(span);
        let mut b = FunctionBuilder::new(m, maker);
        b.set_origin(0, loc);
        b.set_loc(loc);
        let args = b.params();
        let made = new_iter(&mut b, &suspended, iter, &args);
        b.ins(Inst::Ret { vals: [made].into() });
        if let Err(error) = b.finish() {
            let declared = m.funcs[maker].clone();
            refuse(cx, span, &declared, &error);
        }
    }

    /// Ends the body of a generator. Gives the marks of its yields, and the collections that it
    /// took out of objects.
    fn finish_marked(self, span: Span) -> Option<Vec<Value>> {
        let Self { cx, b, taken, yields, .. } = self;
        let declared = b.module.funcs[b.func_id()].clone();
        let mut watched = [taken, yields?.marks].concat();
        if let Err(error) = b.finish_with(&mut watched) {
            refuse(cx, span, &declared, &error);
            return None;
        }
        Some(watched)
    }

    /// An iterator over what an expression gives, which is walked in the iterator: a generator
    /// expression, `map` and the like, or any value. What such an expression walks is evaluated
    /// now; variables are taken as they are now.
    pub fn lazy(&mut self, e: ExprId, ty: TyId) -> Vals {
        let item = self.element_ty(ty);
        let span = self.cx.program.tree[e].span;
        let mut now = Vec::new();
        self.begins_with(e, &mut now);
        let mut args: Vals = Vec::new();
        let mut known = Vec::with_capacity(now.len());
        for e in now {
            let vals = self.expr(e);
            known.push((e, vals.len()));
            args.extend(vals);
        }
        let results = self.cx.layouts.item_leaves(self.b.module, item);
        let name = format!("{}.next", self.b.module.funcs[self.b.func_id()].name);
        let run = self.cx.declare_func(self.b.module, &name, Signature::new([], results));
        let types: Vec<ValTy> = args.iter().map(|v| self.b.ty(*v)).collect();
        let mut body = Body::start(&mut *self.cx, &mut *self.b.module, run);
        (body.func, body.id) = (self.func, self.id);
        body.vars = vec![None; self.vars.len()];
        body.yields = Some(Yields { item, marks: Vec::new(), captured: Some(Vec::new()) });
        let loc = body.cx.loc(span);
        body.b.set_origin(0, loc);
        body.b.set_loc(loc);
        let params: Vals =
            types.iter().map(|ty| body.b.append_param(Function::ENTRY, *ty)).collect();
        let mut rest = params.as_slice();
        for (e, count) in known {
            let (vals, others) = rest.split_at(count.min(rest.len()));
            body.known.insert(e, vals.to_vec());
            rest = others;
        }
        body.give_all(e);
        body.return_nothing();
        let captured = body.yields.as_mut().and_then(|yields| yields.captured.take());
        let Some(watched) = body.finish_marked(span) else { return self.zeros(ty) };
        let suspended = self.cx.suspend(self.b.module, run, watched, span);
        for local in captured.into_iter().flatten() {
            args.extend(self.get_local(local));
        }
        let Some(suspended) = suspended else { return self.zeros(ty) };
        let iter = self.cx.layouts.iter_type(self.b.module, item);
        vec![new_iter(&mut self.b, &suspended, iter, &args)]
    }

    /// What is evaluated when an iterator is made, in order.
    fn begins_with(&self, e: ExprId, out: &mut Vec<ExprId>) {
        let program = self.cx.program;
        let node = program.tree[e];
        match node.kind {
            ExprKind::Comp { clauses, .. } if matches!(self.ty(node.ty), Ty::Iter(_)) => {
                if let Some(Clause::For { iter, .. }) = program.tree[clauses].first() {
                    self.begins_with(*iter, out);
                }
            }
            ExprKind::Builtin { id, args } => {
                let args = self.value_args(args);
                match (id.name(), args.as_slice()) {
                    ("map" | "filter", [f, items]) => {
                        let written = program.tree[*f].kind;
                        if !matches!(written, ExprKind::FnRef(_) | ExprKind::Closure { .. }) {
                            out.push(*f);
                        }
                        self.begins_with(*items, out);
                    }
                    ("enumerate", [items, start @ ..]) => {
                        self.begins_with(*items, out);
                        out.extend(start);
                    }
                    ("reversed", [items]) => self.begins_with(*items, out),
                    ("zip", all) => all.iter().for_each(|e| self.begins_with(*e, out)),
                    ("range" | "range_from" | "dict.items" | "dict.keys" | "dict.values", all) => {
                        // How a range goes on is known where its step is written out.
                        out.extend(all.iter().filter(|e| self.known_int(**e).is_none()));
                    }
                    _ => out.push(e),
                }
            }
            _ => out.push(e),
        }
    }

    /// Lets an iterator that is made in place have a variable of the function around.
    pub fn capture(&mut self, local: LocalId) {
        let captures = self.yields.as_ref().is_some_and(|yields| yields.captured.is_some());
        if !captures || self.vars.get(local.index()).is_some_and(Option::is_some) {
            return;
        }
        let here = self.b.current();
        self.b.switch_to(Function::ENTRY);
        for var in self.local_vars(local) {
            let ty = self.b.var_ty(var);
            let val = self.b.append_param(Function::ENTRY, ty);
            self.b.def_var(var, val);
        }
        self.b.switch_to(here);
        if let Some(captured) = self.yields.as_mut().and_then(|yields| yields.captured.as_mut()) {
            captured.push(local);
        }
    }

    /// `yield`
    pub fn give(&mut self, vals: Vals) {
        let mark = self.bool(true);
        let Some(yields) = &mut self.yields else { return };
        yields.marks.push(mark);
        let item = yields.item;
        let (out, on) = (self.b.create_block(), self.b.create_block());
        self.b.branch(mark, out, on);
        self.open(out);
        let mut all = vals;
        if !self.cx.layouts.is_plain_ref(item) {
            let present = self.bool(true);
            all.insert(0, present);
        }
        self.b.ins(Inst::Ret { vals: all.into() });
        self.open(on);
    }

    /// `yield from`
    pub fn give_all(&mut self, iter: ExprId) {
        let exit = self.b.create_block();
        self.walk(iter, exit, &mut |s, vals| s.give(vals));
        self.goto(exit);
        self.open(exit);
    }

    /// What a generator returns at its end: nothing is left.
    pub fn end_of_items(&mut self) -> Option<Vals> {
        let item = self.yields.as_ref()?.item;
        let leaves = self.cx.layouts.item_leaves(self.b.module, item);
        Some(leaves.iter().map(|ty| self.zero(*ty)).collect())
    }

    /// The next item of an iterator, as an option.
    pub fn next_item(&mut self, iter: Value) -> Vals {
        self.b.ins(Inst::CallClosure { callee: iter, args: [].into() }).iter().collect()
    }
}

impl Cx<'_> {
    /// Makes the body of a generator a function of its state.
    fn suspend(
        &mut self,
        m: &mut Module,
        run: FuncId,
        watched: Vec<Value>,
        span: Span,
    ) -> Option<Suspended> {
        let is_mark = |v: &Value| m.funcs[run].ty(*v) == ValTy::Bool;
        let (marks, mut taken): (Vec<Value>, Vec<Value>) = watched.into_iter().partition(is_mark);
        match suspend::suspend(m, &mut self.layouts, run, &marks, &mut taken) {
            Ok(suspended) => {
                self.modes.taken.insert(run, taken);
                Some(suspended)
            }
            Err(text) => {
                self.fail(span, format!("this generator cannot be lowered: {text}"));
                None
            }
        }
    }
}

/// A new iterator: a state at its start that holds the arguments, in a closure.
fn new_iter(
    b: &mut FunctionBuilder<'_>,
    suspended: &Suspended,
    iter: TypeId,
    args: &[Value],
) -> Value {
    let mut vals: Vec<Option<Value>> = vec![None; suspended.fields.len()];
    for (field, arg) in suspended.args.iter().zip(args) {
        if let Some(slot) = field.and_then(|field| vals.get_mut(field as usize)) {
            *slot = Some(*arg);
        }
    }
    if let Some(number) = vals.first_mut() {
        *number = Some(b.i64(suspended.start));
    }
    let mut all = Vec::with_capacity(vals.len());
    for (val, ty) in vals.into_iter().zip(&suspended.fields) {
        all.push(val.unwrap_or_else(|| suspend::zero(b, *ty)));
    }
    let state = b.ins1(Inst::StructNew { ty: suspended.state, vals: all.into() });
    b.ins1(Inst::ClosureNew { ty: iter, f: suspended.run, vals: [state].into() })
}
