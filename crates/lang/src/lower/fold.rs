//! Built-ins that walk something: sums, extremes, sorting, and collections made of anything.
//!
//! They are loops in place; a function that is passed is called directly where it is written at
//! the call.

use kaa_ir::{Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::call::Callee;
use super::layout::{Leaves, nullable};
use super::natives;
use super::own::Question;
use crate::hir::{Arg, BinaryOp, Expr, ExprId, ExprKind, List, Ty, TyId};

/// A function for sort keys, with the type of its results.
pub(super) type Key = (Callee, TyId);

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// A built-in that walks its argument, or `None`.
    pub fn fold(&mut self, call: ExprId, name: &str, args: List<Arg>, e: &Expr) -> Option<Vals> {
        let first = self.arg_for(args, 0);
        Some(match (name, first) {
            ("sum", Some(items)) => vec![self.sum(items, self.arg_for(args, 1), e.ty)],
            ("math.prod", Some(items)) => vec![self.product(items, self.arg_for(args, 1), e.ty)],
            ("any" | "all", Some(items)) => vec![self.any_or_all(name == "any", items)],
            ("min" | "max", Some(items)) => {
                let (key, default) = (self.arg_for(args, 1), self.arg_for(args, 2));
                self.extreme(name, items, key, default, e.ty)
            }
            ("min_of" | "max_of", _) => self.extreme_of(name, args, e.ty),
            ("sorted", Some(items)) => vec![self.sorted(items, args, e.ty)],
            ("list", Some(items)) => vec![self.list_of_items(items, e.ty)],
            ("set" | "dict", first) => vec![self.map_of_items(first, e.ty)],
            ("enumerate" | "zip" | "map" | "filter" | "reversed", _)
            | ("dict.items" | "dict.keys" | "dict.values", _) => self.lazy(call, e.ty),
            ("iter", Some(items)) => match self.ty(self.cx.program.tree[items].ty) {
                Ty::Iter(_) => self.expr(items),
                _ => self.lazy(items, e.ty),
            },
            ("next", Some(iter)) => {
                let iter = self.expr1(iter);
                self.next_item(iter)
            }
            ("option.map" | "option.or_else" | "result.map" | "result.map_err", Some(_))
            | ("result.or_else", Some(_)) => self.mapped(name, args, e.ty),
            _ => return None,
        })
    }

    fn sum(&mut self, items: ExprId, start: Option<ExprId>, ty: TyId) -> Value {
        let start = match start {
            Some(start) => self.expr1(start),
            None if ty == TyId::BIGINT => self.small_bigint(0),
            None => self.zeros(ty)[0],
        };
        self.running(BinaryOp::Add, items, start)
    }

    fn product(&mut self, items: ExprId, start: Option<ExprId>, ty: TyId) -> Value {
        let start = match start {
            Some(start) => self.expr1(start),
            None if ty == TyId::BIGINT => self.small_bigint(1),
            None => self.one(ty),
        };
        self.running(BinaryOp::Mul, items, start)
    }

    /// The elements one after the other put to a value by an operator.
    fn running(&mut self, op: BinaryOp, items: ExprId, start: Value) -> Value {
        self.fill(items, None, start, &mut |s, total, vals| match vals.first() {
            Some(v) => s.binary(op, total, *v),
            None => total,
        })
    }

    fn any_or_all(&mut self, any: bool, items: ExprId) -> Value {
        let exit = self.b.create_block();
        self.walk(items, exit, &mut |s, vals| {
            let Some(&holds) = vals.first() else { return };
            let go_on = s.b.create_block();
            if any {
                s.b.branch(holds, exit, go_on);
            } else {
                s.b.branch(holds, go_on, exit);
            }
            s.open(go_on);
        });
        let result = self.fresh(&[ValTy::Bool]);
        let done = self.b.create_block();
        let missed = self.bool(!any);
        self.define(&result, &[missed]);
        self.goto(done);
        self.open(exit);
        let found = self.bool(any);
        self.define(&result, &[found]);
        self.goto(done);
        self.open(done);
        self.values(&result)[0]
    }

    /// `min` and `max` over anything.
    fn extreme(
        &mut self,
        name: &str,
        items: ExprId,
        key: Option<ExprId>,
        default: Option<ExprId>,
        ty: TyId,
    ) -> Vals {
        let key = key.map(|key| (self.callee(key), self.result_ty(key)));
        let types = self.leaves(ty);
        let default = default.map(|d| self.expr(d));
        let search = self.search(name, ty, &types, key);
        let exit = self.b.create_block();
        self.walk(items, exit, &mut |s, vals| s.consider(&search, &vals));
        self.goto(exit);
        self.open(exit);
        let found = self.values(&search.found)[0];
        match default {
            Some(default) => self.choose(found, &types, |s| s.best(&search), |_| default),
            None => {
                let text = format!("{name}() of nothing");
                self.require_value(found, &text);
                self.best(&search)
            }
        }
    }

    /// Traps as an invalid value unless `good` holds.
    fn require_value(&mut self, good: Value, text: &str) {
        let (go_on, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(good, go_on, bad);
        self.open(bad);
        let text = self.b.str(text);
        self.rt(natives::FAIL_VALUE, &[text], &[]);
        self.trap(kaa_ir::TrapKind::InvalidValue);
        self.open(go_on);
    }

    /// `min(a, b, c)`.
    fn extreme_of(&mut self, name: &str, args: List<Arg>, ty: TyId) -> Vals {
        let program = self.cx.program;
        let key = self.arg_for(args, 1).map(|key| (self.callee(key), self.result_ty(key)));
        let mut values = Vec::new();
        for arg in program.tree[args].iter().filter(|a| a.param == 0) {
            values.push(self.arg_value(arg));
        }
        let least = name == "min_of";
        if key.is_none() {
            return self.extreme_value(least, values, ty);
        }
        let types = self.leaves(ty);
        let search = self.search(if least { "min" } else { "max" }, ty, &types, key);
        for vals in values {
            self.consider(&search, &vals);
        }
        self.best(&search)
    }

    /// The least or greatest of some values.
    fn extreme_value(&mut self, least: bool, values: Vec<Vals>, ty: TyId) -> Vals {
        let types = self.leaves(ty);
        let is_int = matches!(self.ty(ty), Ty::Int(_));
        let mut values = values.into_iter();
        let mut best = values.next().unwrap_or_default();
        for vals in values {
            best = match (&best[..], &vals[..]) {
                (&[a], &[b]) if is_int => {
                    let t = self.b.ty(a);
                    let pick = if least { Inst::Min { t, a, b } } else { Inst::Max { t, a, b } };
                    vec![self.b.ins1(pick)]
                }
                _ => {
                    let better = self.pick(least, ty, &best, &vals);
                    self.choose(better, &types, |_| vals.clone(), |_| best.clone())
                }
            };
        }
        best
    }

    fn search(&mut self, name: &str, ty: TyId, types: &[ValTy], key: Option<Key>) -> Search {
        let key_ty = key.as_ref().map_or(ty, |(_, ty)| *ty);
        let key_types = self.leaves(key_ty);
        let found = self.fresh(&[ValTy::Bool]);
        let no = self.bool(false);
        self.define(&found, &[no]);
        let best = self.unset(types);
        let best_key = self.unset(&key_types);
        let types = types.into();
        Search { least: name == "min", key, key_ty, types, key_types, found, best, best_key }
    }

    /// Variables without a value so far, whose references may therefore be null.
    fn unset(&mut self, types: &[ValTy]) -> Vec<kaa_ir::Var> {
        let types: Vec<ValTy> = types.iter().map(|ty| nullable(*ty)).collect();
        let vars = self.fresh(&types);
        let zeros: Vals = types.iter().map(|ty| self.zero(*ty)).collect();
        self.define(&vars, &zeros);
        vars
    }

    /// The best value so far, where there is one.
    fn best(&mut self, search: &Search) -> Vals {
        let vals = self.values(&search.best);
        self.narrow_to(&search.types, &vals)
    }

    /// Keeps a value if it is better than the best so far.
    fn consider(&mut self, search: &Search, vals: &[Value]) {
        let key = match &search.key {
            Some((callee, _)) => self.call_callee(callee, vals),
            None => vals.to_vec(),
        };
        let found = self.values(&search.found)[0];
        let (ask, keep, done) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.branch(found, ask, keep);
        self.open(ask);
        let best_key = self.values(&search.best_key);
        let best_key = self.narrow_to(&search.key_types, &best_key);
        let better = self.pick(search.least, search.key_ty, &best_key, &key);
        self.b.branch(better, keep, done);
        self.open(keep);
        self.define(&search.best, vals);
        self.define(&search.best_key, &key);
        let yes = self.bool(true);
        self.define(&search.found, &[yes]);
        self.goto(done);
        self.open(done);
    }

    /// `sorted(items, key=..., reverse=...)`.
    fn sorted(&mut self, items: ExprId, args: List<Arg>, ty: TyId) -> Value {
        let elem = self.element_ty(ty);
        let list = self.list_of_items(items, ty);
        let key = self.arg_for(args, 1).map(|key| (self.callee(key), self.result_ty(key)));
        let reverse = match self.arg_for(args, 2) {
            Some(reverse) => self.expr1(reverse),
            None => self.bool(false),
        };
        self.sort(list, elem, key, reverse)
    }

    /// Sorts a list, by keys where there is a function for them; gives the list written.
    pub fn sort(&mut self, list: Value, elem: TyId, key: Option<Key>, reverse: Value) -> Value {
        let ty = self.b.ty(list);
        let by = key.as_ref().map_or(elem, |(_, ty)| *ty);
        if self.cx.has_own(by, Question::Order) {
            let leaves = self.leaves(elem).len();
            return self.sort_own(list, leaves, by, reverse, &mut |s, vals| match &key {
                Some((callee, _)) => s.call_callee(callee, vals),
                None => vals.to_vec(),
            });
        }
        let Some((callee, key_ty)) = key else {
            return self.rt1(natives::LIST_SORT, &[list, reverse], ty);
        };
        let keys_ty = self.list_type(key_ty);
        let cap = self.b.ins1(Inst::ListLen { list });
        let keys = self.b.ins1(Inst::ListNew { ty: keys_ty, cap });
        let var = self.fresh(&[ValTy::Ref(keys_ty)]);
        self.define(&var, &[keys]);
        let cursor = self.list_cursor(list, elem, false);
        let exit = self.b.create_block();
        self.run(&cursor, exit, &mut |s, vals| {
            let key = s.call_callee(&callee, &vals);
            let keys = s.values(&var)[0];
            let keys = s.list_push(keys, key);
            s.define(&var, &[keys]);
        });
        self.goto(exit);
        self.open(exit);
        let keys = self.values(&var)[0];
        self.rt1(natives::LIST_SORT_BY_KEYS, &[list, keys, reverse], ty)
    }

    /// `list(items)`.
    fn list_of_items(&mut self, items: ExprId, ty: TyId) -> Value {
        let from = self.cx.program.tree[items].ty;
        match self.ty(from) {
            Ty::View(_) => {
                let view = self.expr(items);
                self.view_list(&view)
            }
            Ty::List(_) => self.own_copy(items, "list.copy"),
            _ => {
                let elem = self.element_ty(ty);
                self.list_from(items, elem)
            }
        }
    }

    /// A collection that is going to be written: copied now if a variable keeps it, because the
    /// first write would copy it anyway and leave the original marked as shared.
    fn own_copy(&mut self, items: ExprId, copy: &str) -> Value {
        let value = self.expr1(items);
        let kept = matches!(
            self.cx.program.tree[items].kind,
            ExprKind::Local(_)
                | ExprKind::Const(_)
                | ExprKind::Field { .. }
                | ExprKind::TupleField { .. }
                | ExprKind::Index { .. }
        );
        let ty = self.b.ty(value);
        if kept { self.rt1(copy, &[value], ty) } else { value }
    }

    /// `set(items)` and `dict(pairs)`.
    fn map_of_items(&mut self, items: Option<ExprId>, ty: TyId) -> Value {
        let Some(items) = items else { return self.map_new(ty, 0) };
        let from = self.cx.program.tree[items].ty;
        match (self.ty(from), self.ty(ty)) {
            (Ty::Set(_), Ty::Set(_)) => self.own_copy(items, "set.copy"),
            (Ty::Dict(..), Ty::Dict(..)) => self.own_copy(items, "dict.copy"),
            (_, Ty::Dict(key, _)) => {
                let count = self.leaves(key).len();
                let map = self.map_new(ty, 0);
                self.fill(items, None, map, &mut |s, map, vals| {
                    let (key, value) = vals.split_at(count.min(vals.len()));
                    s.dict_put(map, key.to_vec(), value.to_vec())
                })
            }
            _ => {
                let set = self.map_new(ty, 0);
                self.fill(items, None, set, &mut |s, set, vals| s.set_add(set, vals))
            }
        }
    }
}

/// The state of a search for the least or greatest.
struct Search {
    least: bool,
    key: Option<Key>,
    key_ty: TyId,
    types: Leaves,
    key_types: Leaves,
    found: Vec<kaa_ir::Var>,
    best: Vec<kaa_ir::Var>,
    best_key: Vec<kaa_ir::Var>,
}
