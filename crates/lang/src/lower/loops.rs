//! Iteration: `for` loops, comprehensions, and the built-ins that make iterators.
//!
//! Everything that a loop can walk is fused into it: `enumerate`, `zip`, `map`, `filter`,
//! `reversed`, the views of dicts and generator expressions make no intermediate list. A loop is
//! tested before its first turn and at its bottom, behind the step, so that a turn takes one
//! jump.

use kaa_ir::{Block, Inst, ValTy, Value};

use super::Vals;
use super::body::{Body, Loop};
use super::cursor::{Cursor, Walk};
use crate::hir::{Arg, ArgKind, Clause, ExprId, ExprKind, List, Ty, TyId};

/// What is done with each element.
pub(super) type Each<'f, 'c, 'm, 'p> = &'f mut dyn FnMut(&mut Body<'c, 'm, 'p>, Vals);

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Walks what an expression gives. `exit` is where `break` leads; the code goes on where
    /// nothing is left.
    pub fn walk(&mut self, iter: ExprId, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        let program = self.cx.program;
        let e = program.tree[iter];
        match e.kind {
            ExprKind::Comp { elem, value: None, clauses }
                if matches!(self.ty(e.ty), Ty::Iter(_)) =>
            {
                let clauses = &program.tree[clauses];
                self.clauses(clauses, None, exit, &mut |s| {
                    let vals = s.expr(elem);
                    each(s, vals);
                });
            }
            ExprKind::Builtin { id, args } => match id.name() {
                "map" => {
                    let [f, items] = self.value_args(args)[..] else { return };
                    let callee = self.callee(f);
                    self.walk(items, exit, &mut |s, vals| {
                        let vals = s.call_callee(&callee, &vals);
                        each(s, vals);
                    });
                }
                "filter" => {
                    let [f, items] = self.value_args(args)[..] else { return };
                    let callee = self.callee(f);
                    self.walk(items, exit, &mut |s, vals| {
                        let holds = s.call_callee(&callee, &vals);
                        s.skip_unless(holds.first().copied());
                        each(s, vals);
                    });
                }
                "enumerate" => self.walk_numbered(args, exit, each),
                "zip" => self.walk_zip(args, exit, each),
                _ => {
                    let cursor = self.cursor_of(iter);
                    self.run(&cursor, exit, each);
                }
            },
            _ if self.walks_itself(e.ty) => {
                let vals = self.expr(iter);
                self.walk_value(e.ty, vals, exit, each);
            }
            _ => {
                let cursor = self.cursor_of(iter);
                self.run(&cursor, exit, each);
            }
        }
    }

    /// The expressions of arguments, by parameter; a parameter that was left out ends them.
    pub fn value_args(&self, args: List<Arg>) -> Vec<ExprId> {
        let program = self.cx.program;
        let mut values: Vec<(u32, ExprId)> = Vec::new();
        for arg in &program.tree[args] {
            if let ArgKind::Value(e) | ArgKind::Temp(e) = arg.kind {
                values.push((arg.param, e));
            }
        }
        values.sort_by_key(|(param, _)| *param);
        values.into_iter().map(|(_, e)| e).collect()
    }

    /// Goes on with the next turn of the innermost loop unless the condition holds.
    fn skip_unless(&mut self, holds: Option<Value>) {
        let (Some(holds), Some(inner)) = (holds, self.loops.last()) else { return };
        let (next, go_on) = (inner.next, self.b.create_block());
        self.b.branch(holds, go_on, next);
        self.open(go_on);
    }

    fn walk_numbered(&mut self, args: List<Arg>, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        let args = self.value_args(args);
        let Some(&items) = args.first() else { return };
        let start = match args.get(1) {
            Some(start) => self.expr1(*start),
            None => self.b.i64(0),
        };
        let number = self.b.declare_var(ValTy::I64);
        self.b.def_var(number, start);
        self.walk(items, exit, &mut |s, vals| {
            let n = s.b.use_var(number);
            let one = s.b.i64(1);
            let next = s.b.ins1(Inst::Add { t: ValTy::I64, a: n, b: one });
            s.b.def_var(number, next);
            let mut all = vec![n];
            all.extend(vals);
            each(s, all);
        });
    }

    fn walk_zip(&mut self, args: List<Arg>, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        let args = self.value_args(args);
        let cursors: Vec<Cursor> = args.iter().map(|e| self.cursor_of(*e)).collect();
        let Some((first, others)) = cursors.split_first() else { return };
        self.run(first, exit, &mut |s, vals| {
            let mut all = vals;
            for other in others {
                let more = s.has_element(other);
                let go_on = s.b.create_block();
                let end = s.loops.last().map_or(exit, |l| l.end);
                s.b.branch(more, go_on, end);
                s.open(go_on);
                all.extend(s.element_at(other));
                s.advance(other);
            }
            each(s, all);
        });
    }

    /// A cursor over what an expression gives; what has no cursor of its own becomes a list.
    pub fn cursor_of(&mut self, iter: ExprId) -> Cursor {
        let program = self.cx.program;
        let e = program.tree[iter];
        if let ExprKind::Builtin { id, args } = e.kind {
            let args = self.value_args(args);
            match (id.name(), &args[..]) {
                ("range" | "range_from", args) => return self.range_call(args, false),
                ("reversed", [items]) => return self.reversed(*items),
                ("dict.items" | "dict.keys" | "dict.values", [dict]) => {
                    if let Ty::Dict(key, value) = self.ty(program.tree[*dict].ty) {
                        let map = self.expr1(*dict);
                        let (key, value) = match id.name() {
                            "dict.keys" => (Some(key), None),
                            "dict.values" => (None, Some(value)),
                            _ => (Some(key), Some(value)),
                        };
                        return self.map_cursor(map, key, value);
                    }
                }
                _ => {}
            }
        }
        if self.walks_itself(e.ty) {
            let elem = self.element_ty(e.ty);
            let list = self.list_from(iter, elem);
            return self.list_cursor(list, elem, false);
        }
        let vals = self.expr(iter);
        self.cursor_over(e.ty, &vals, false)
    }

    fn reversed(&mut self, items: ExprId) -> Cursor {
        let program = self.cx.program;
        let e = program.tree[items];
        if let ExprKind::Builtin { id, args } = e.kind
            && matches!(id.name(), "range" | "range_from")
        {
            let args = self.value_args(args);
            return self.range_call(&args, true);
        }
        match self.ty(e.ty) {
            Ty::Range | Ty::List(_) | Ty::View(_) | Ty::Tuple(_) => {
                let vals = self.expr(items);
                self.cursor_over(e.ty, &vals, true)
            }
            _ => {
                let elem = self.element_ty(e.ty);
                let list = self.list_from(items, elem);
                self.list_cursor(list, elem, true)
            }
        }
    }

    /// The type of what a loop over a type gives.
    pub fn element_ty(&self, ty: TyId) -> TyId {
        match self.ty(ty) {
            Ty::List(t) | Ty::Set(t) | Ty::Dict(t, _) | Ty::Iter(t) | Ty::View(t) => t,
            Ty::Str => TyId::CHAR,
            Ty::Bytes | Ty::Range => TyId::INT,
            Ty::Tuple(items) => {
                self.cx.program.tys.items(items).first().copied().unwrap_or(TyId::INT)
            }
            _ => self.cx.program.own.get(&ty).and_then(|own| own.item).unwrap_or(TyId::ERROR),
        }
    }

    /// One loop over a cursor.
    pub fn run(&mut self, cursor: &Cursor, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        if let Walk::Iter { iter, item, .. } = cursor.walk {
            return self.run_iter(iter, item, exit, each);
        }
        let (turn, next, end) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let more = self.has_element(cursor);
        self.b.branch(more, turn, end);
        self.b.switch_to(turn);
        let vals = self.element_at(cursor);
        self.loops.push(Loop { next, exit, end, back: None });
        each(self, vals);
        self.loops.pop();
        self.goto(next);
        self.open(next);
        self.advance(cursor);
        let more = self.has_element(cursor);
        self.b.branch(more, turn, end);
        self.b.seal_block(turn);
        self.open(end);
    }

    /// A loop over an iterator. It asks at one place, so that its items need no variables.
    fn run_iter(&mut self, iter: Value, item: TyId, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        let (turn, next, end) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.goto(next);
        self.b.switch_to(next);
        let vals = self.next_item(iter);
        let more = self.has_item(item, &vals);
        self.b.branch(more, turn, end);
        self.open(turn);
        let vals = self.item_of(item, &vals);
        self.loops.push(Loop { next, exit, end, back: None });
        each(self, vals);
        self.loops.pop();
        self.goto(next);
        self.b.seal_block(next);
        self.open(end);
    }

    /// Nested loops and conditions; `each` runs for every combination.
    pub fn clauses(
        &mut self,
        clauses: &'p [Clause],
        first: Option<Cursor>,
        exit: Block,
        each: &mut dyn FnMut(&mut Body<'c, 'm, 'p>),
    ) {
        match clauses.split_first() {
            None => each(self),
            Some((Clause::If(cond), rest)) => {
                if let Some(inner) = self.loops.last() {
                    let (next, go_on) = (inner.next, self.b.create_block());
                    self.branch_on(*cond, go_on, next);
                    self.open(go_on);
                }
                self.clauses(rest, None, exit, each);
            }
            Some((Clause::For { pattern, iter }, rest)) => {
                let mut turn = |s: &mut Body<'c, 'm, 'p>, vals: Vals| {
                    s.assign(*pattern, vals);
                    s.clauses(rest, None, exit, each);
                };
                match first {
                    Some(cursor) => self.run(&cursor, exit, &mut turn),
                    None => self.walk(*iter, exit, &mut turn),
                }
            }
        }
    }

    /// Whether an expression has a cursor of its own, so that its length may be known.
    fn is_primitive(&self, iter: ExprId) -> bool {
        let e = self.cx.program.tree[iter];
        match e.kind {
            ExprKind::Builtin { id, .. } => {
                !matches!(id.name(), "map" | "filter" | "enumerate" | "zip")
            }
            ExprKind::Comp { .. } => !matches!(self.ty(e.ty), Ty::Iter(_)),
            _ => !self.walks_itself(e.ty),
        }
    }

    /// A comprehension. A generator that is used as a value becomes a list.
    pub fn comp(
        &mut self,
        ty: TyId,
        elem: ExprId,
        value: Option<ExprId>,
        clauses: List<Clause>,
    ) -> Vals {
        let program = self.cx.program;
        let clauses = &program.tree[clauses];
        let cursor = match clauses.first() {
            Some(Clause::For { iter, .. }) if self.is_primitive(*iter) => {
                Some(self.cursor_of(*iter))
            }
            _ => None,
        };
        let room = match &cursor {
            Some(cursor) if clauses.len() == 1 => self.expected_len(cursor),
            _ => None,
        };
        let result = self.new_collection(ty, room);
        let var = self.fresh(&[self.b.ty(result)]);
        self.define(&var, &[result]);
        let exit = self.b.create_block();
        self.clauses(clauses, cursor, exit, &mut |s| {
            let item = s.expr(elem);
            let value = value.map(|v| s.expr(v));
            let old = s.values(&var)[0];
            let new = s.add_to(ty, old, item, value);
            s.define(&var, &[new]);
        });
        self.goto(exit);
        self.open(exit);
        self.values(&var)
    }

    /// A new empty list, set or dict.
    pub fn new_collection(&mut self, ty: TyId, room: Option<Value>) -> Value {
        let cap = match room {
            Some(room) => room,
            None => self.b.i64(0),
        };
        match self.ty(ty) {
            Ty::List(elem) | Ty::Iter(elem) | Ty::View(elem) => {
                let ty = self.list_type(elem);
                self.b.ins1(Inst::ListNew { ty, cap })
            }
            _ => self.map_new(ty, 0),
        }
    }

    /// Adds an element, or an entry, to a collection.
    fn add_to(&mut self, ty: TyId, to: Value, item: Vals, value: Option<Vals>) -> Value {
        match (self.ty(ty), value) {
            (Ty::Dict(..), Some(value)) => self.dict_put(to, item, value),
            (Ty::Set(_), _) => self.set_add(to, item),
            _ => self.list_push(to, item),
        }
    }

    /// Adds an element to a list.
    pub fn list_push(&mut self, list: Value, item: Vals) -> Value {
        let vals = self.stored(item);
        self.b.ins1(Inst::ListPush { list, vals: vals.into() })
    }

    /// All that an expression gives, as a new list.
    pub fn list_from(&mut self, iter: ExprId, elem: TyId) -> Value {
        let cursor = self.is_primitive(iter).then(|| self.cursor_of(iter));
        let room = match &cursor {
            Some(cursor) => self.expected_len(cursor),
            None => None,
        };
        let ty = self.list_type(elem);
        let cap = match room {
            Some(room) => room,
            None => self.b.i64(0),
        };
        let list = self.b.ins1(Inst::ListNew { ty, cap });
        self.fill(iter, cursor, list, &mut |s, list, vals| s.list_push(list, vals))
    }

    /// Folds what an expression gives into one value.
    pub fn fill(
        &mut self,
        iter: ExprId,
        cursor: Option<Cursor>,
        start: Value,
        step: &mut dyn FnMut(&mut Body<'c, 'm, 'p>, Value, Vals) -> Value,
    ) -> Value {
        let var = self.fresh(&[self.b.ty(start)]);
        self.define(&var, &[start]);
        let exit = self.b.create_block();
        let mut each = |s: &mut Body<'c, 'm, 'p>, vals: Vals| {
            let old = s.values(&var)[0];
            let new = step(s, old, vals);
            s.define(&var, &[new]);
        };
        match cursor {
            Some(cursor) => self.run(&cursor, exit, &mut each),
            None => self.walk(iter, exit, &mut each),
        }
        self.goto(exit);
        self.open(exit);
        self.values(&var)[0]
    }
}
