//! Built-in functions and methods.
//!
//! Most are imports of module `rt` under their own name, with the leaves of receiver and
//! arguments; a `mut` receiver comes back as the first result. Here are those that operations do
//! better, and those on options, results and errors. What walks something is in `fold`.

use kaa_ir::{Inst, TrapKind, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::call::Ready;
use super::kept::without;
use super::natives;
use super::own::Question;
use crate::builtins::{self, BuiltinId, GroupKind};
use crate::hir::{
    Arg, ArgKind, BinaryOp, CmpOp, Convert, Expr, ExprId, ExprKind, FloatKind, List, Ty, TyId,
};

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// A call of a built-in. `id` is the call itself.
    pub fn builtin(&mut self, call: ExprId, id: BuiltinId, args: List<Arg>, e: &Expr) -> Vals {
        let name = id.name();
        if let Some(vals) = self.own_list_method(name, args) {
            return vals;
        }
        match name {
            "print" => self.print(args),
            "list.append" => self.append(args),
            "list.pop" if self.pops_last(args) => self.pop(args),
            "_json.read" => self.json_read(args, e.ty),
            "_json.text" => self.json_write(args),
            "list.sort" | "list.sort_by" => self.sort_place(name, args),
            _ => match self.fold(call, name, args, e) {
                Some(vals) => vals,
                None if id.get().sig.contains("(mut self") => self.mutating(id, args, e.ty),
                None => self.reading(id, args, e.ty),
            },
        }
    }

    /// Methods of lists that compare elements which say themselves what is equal.
    fn own_list_method(&mut self, name: &str, args: List<Arg>) -> Option<Vals> {
        if !matches!(name, "list.index" | "list.count" | "list.remove") {
            return None;
        }
        let program = self.cx.program;
        let first = program.tree[args].iter().find(|arg| arg.param == 0)?;
        let ty = match first.kind {
            ArgKind::Value(e) | ArgKind::Temp(e) => program.tree[e].ty,
            ArgKind::Mut(place) => program.tree[place].ty,
        };
        let elem = self.element_ty(ty);
        if !self.cx.has_own(elem, Question::Equal) {
            return None;
        }
        let bounds = program.tree[args].iter().filter(|arg| arg.param > 1);
        for arg in bounds {
            if let ArgKind::Value(e) = arg.kind
                && program.tree[e].kind != ExprKind::Absent
            {
                let span = program.tree[e].span;
                self.cx.fail(span, "a part of such a list cannot be searched yet");
            }
        }
        let mut ready = self.args(args).into_iter();
        let receiver = ready.next();
        let Some(Ready::Value(item)) = ready.next() else { return Some(Vec::new()) };
        Some(self.with_receiver(receiver, |s, list| s.own_search(name, list, elem, &item)))
    }

    /// The expression of a parameter, where it was given.
    pub fn arg_for(&self, args: List<Arg>, param: u32) -> Option<ExprId> {
        let program = self.cx.program;
        program.tree[args].iter().find(|a| a.param == param).and_then(|a| match a.kind {
            ArgKind::Value(e) | ArgKind::Temp(e) => Some(e),
            ArgKind::Mut(_) => None,
        })
    }

    /// A built-in that changes its receiver.
    fn mutating(&mut self, id: BuiltinId, args: List<Arg>, ret: TyId) -> Vals {
        let bare = self.first_ty(args);
        let bare = self.bare_elements(bare);
        let mut ready = self.args(args).into_iter();
        let receiver = ready.next();
        // The receiver comes back as the first result; here its place is kept.
        let mut all = vec![Vals::new()];
        all.extend(ready.map(|arg| self.ready_value(arg)));
        self.with_bare(id, &bare, &mut all);
        let rest = all.concat();
        self.with_receiver(receiver, |s, receiver| {
            let mut results = vec![s.b.ty(receiver)];
            let (leaves, dropped) = s.bare_results(id, &bare, ret);
            results.extend(leaves);
            let args = [&[receiver], rest.as_slice()].concat();
            let out = s.rt(id.name(), &args, &results);
            match out.split_first() {
                Some((new, vals)) => (*new, without(vals.to_vec(), &dropped)),
                None => (receiver, Vec::new()),
            }
        })
    }

    /// Takes a receiver of one leaf out, changes it, and puts it back.
    fn with_receiver(
        &mut self,
        receiver: Option<Ready>,
        change: impl FnOnce(&mut Self, Value) -> (Value, Vals),
    ) -> Vals {
        match receiver {
            Some(Ready::Place(target)) => {
                let taken = self.take(target);
                let old = taken.vals.first().copied().unwrap_or(Value(0));
                let (new, vals) = change(self, old);
                self.put_back(&taken, vec![new]);
                vals
            }
            Some(ready) => {
                let vals = self.ready_value(ready);
                change(self, vals.first().copied().unwrap_or(Value(0))).1
            }
            None => Vec::new(),
        }
    }

    fn append(&mut self, args: List<Arg>) -> Vals {
        let mut ready = self.args(args).into_iter();
        let receiver = ready.next();
        let Some(Ready::Value(item)) = ready.next() else { return Vec::new() };
        self.with_receiver(receiver, |s, list| (s.list_push(list, item), Vec::new()))
    }

    fn pops_last(&self, args: List<Arg>) -> bool {
        match self.arg_for(args, 1) {
            None => true,
            Some(e) => self.is_minus_one(e),
        }
    }

    fn is_minus_one(&self, e: ExprId) -> bool {
        let tree = &self.cx.program.tree;
        match tree[e].kind {
            ExprKind::Int(n) => n == -1,
            ExprKind::Unary { op: crate::hir::UnaryOp::Neg, operand } => {
                tree[operand].kind == ExprKind::Int(1)
            }
            _ => false,
        }
    }

    fn pop(&mut self, args: List<Arg>) -> Vals {
        let receiver = self.args(args).into_iter().next();
        self.with_receiver(receiver, |s, list| {
            let results: Vals = s.b.ins(Inst::ListPop { list }).iter().collect();
            match results.split_first() {
                Some((new, vals)) => (*new, vals.to_vec()),
                None => (list, Vec::new()),
            }
        })
    }

    /// `xs.sort(key=..., reverse=...)` and `xs.sort_by(compare)`.
    fn sort_place(&mut self, name: &str, args: List<Arg>) -> Vals {
        let program = self.cx.program;
        let elem = match program.tree[args].iter().find(|a| a.param == 0).map(|a| a.kind) {
            Some(ArgKind::Mut(place)) => self.element_ty(program.tree[place].ty),
            Some(ArgKind::Value(e) | ArgKind::Temp(e)) => self.element_ty(program.tree[e].ty),
            None => TyId::ERROR,
        };
        let receiver = program.tree[args].iter().find(|a| a.param == 0).map(|a| match a.kind {
            ArgKind::Value(e) | ArgKind::Temp(e) => Ready::Value(self.expr(e)),
            ArgKind::Mut(place) => Ready::Place(self.target(place)),
        });
        let f = self.arg_for(args, 1).map(|f| (self.callee(f), self.result_ty(f)));
        if name == "list.sort_by" {
            let Some((compare, _)) = f else { return Vec::new() };
            let leaves = self.leaves(elem).len();
            return self.with_receiver(receiver, |s, list| {
                let zero = s.b.i64(0);
                let mut ask = |s: &mut Body<'c, 'm, 'p>, both: &[Value]| {
                    s.call_callee(&compare, both).first().copied().unwrap_or(zero)
                };
                (s.sort_by(list, leaves, &mut ask), Vec::new())
            });
        }
        let reverse = match self.arg_for(args, 2) {
            Some(reverse) => self.expr1(reverse),
            None => self.bool(false),
        };
        self.with_receiver(receiver, |s, list| (s.sort(list, elem, f, reverse), Vec::new()))
    }

    /// The result type of a function value.
    pub fn result_ty(&self, f: ExprId) -> TyId {
        let tys = &self.cx.program.tys;
        match self.ty(self.cx.program.tree[f].ty) {
            Ty::Fn(id) => tys.fn_ty(id).ret,
            _ => TyId::ERROR,
        }
    }

    /// The type of what is passed first.
    fn first_ty(&self, args: List<Arg>) -> TyId {
        let tree = &self.cx.program.tree;
        tree[args].first().map_or(TyId::ERROR, |arg| match arg.kind {
            ArgKind::Value(e) | ArgKind::Temp(e) => tree[e].ty,
            ArgKind::Mut(place) => tree[place].ty,
        })
    }

    /// A built-in that changes nothing.
    fn reading(&mut self, id: BuiltinId, args: List<Arg>, ret: TyId) -> Vals {
        let first_ty = self.first_ty(args);
        if let Some(vals) = self.option_method(id.name(), first_ty, args, ret) {
            return vals;
        }
        let ready = self.args(args);
        let vals: Vec<Vals> = ready.into_iter().map(|arg| self.ready_value(arg)).collect();
        self.builtin_of(id, first_ty, &vals, ret)
    }

    /// A built-in of (old value, operand), as `op=` uses it.
    pub fn builtin_values(&mut self, id: BuiltinId, ty: TyId, vals: &[Value]) -> Vals {
        match (id.name(), vals) {
            ("str.concat" | "bytes.concat", [a, b]) => vec![self.concat(*a, *b)],
            (name, _) => {
                let leaves = self.leaves(ty);
                self.rt(name, vals, &leaves)
            }
        }
    }

    /// A built-in of values.
    fn builtin_of(&mut self, id: BuiltinId, ty: TyId, args: &[Vals], ret: TyId) -> Vals {
        let name = id.name();
        let all: Vals = args.concat();
        if let Some(vals) = self.simple(name, ty, &all, ret) {
            return vals;
        }
        let (module, name) = match name.split_once('.') {
            Some((group, short)) if is_capability(group) => (group, short),
            _ => ("rt", name),
        };
        if matches!(name, "dict.get" | "dict.get_or") {
            return self.dict_get(name, args, ret);
        }
        let bare = self.bare_elements(ty);
        let (leaves, dropped) = self.bare_results(id, &bare, ret);
        let all = match bare.is_empty() {
            true => all,
            false => {
                let mut args = args.to_vec();
                self.with_bare(id, &bare, &mut args);
                args.concat()
            }
        };
        let vals = without(self.import(module, name, &all, &leaves), &dropped);
        if self.ty(ret) == Ty::Never {
            self.trap(TrapKind::Unreachable);
        }
        vals
    }

    /// Reads a dict. What has no leaves is kept there as one `bool`, which comes back behind the
    /// rest.
    fn dict_get(&mut self, name: &str, args: &[Vals], ret: TyId) -> Vals {
        let mut stored = Vals::new();
        for arg in args {
            stored.extend(self.stored(arg.clone()));
        }
        let value = match self.ty(ret) {
            Ty::Option(value) if name == "dict.get" => value,
            _ => ret,
        };
        let mut leaves = self.leaves(ret).to_vec();
        let count = leaves.len();
        if self.leaves(value).is_empty() {
            leaves.push(ValTy::Bool);
        }
        let mut vals = self.rt(name, &stored, &leaves);
        vals.truncate(count);
        vals
    }

    /// Built-ins that are a few operations.
    fn simple(&mut self, name: &str, ty: TyId, v: &[Value], ret: TyId) -> Option<Vals> {
        let &[a, ..] = v else { return self.constant_call(name, v) };
        let t = self.b.ty(a);
        Some(vec![match (name, v) {
            ("len", _) => self.len_of(ty, v),
            ("range", _) => {
                let (zero, one) = (self.b.i64(0), self.b.i64(1));
                return Some(vec![zero, a, one]);
            }
            ("range_from", [start, stop, step]) => return Some(vec![*start, *stop, *step]),
            ("abs", _) if t == ValTy::BYTES => self.rt1(natives::BIGINT_ABS, &[a], t),
            ("abs", _) if t.is_float() => self.b.ins1(Inst::Abs { t, a }),
            ("abs", _) if t.is_signed() => self.b.ins1(Inst::AbsTrap { t, a }),
            ("abs", _) => a,
            ("round", _) => {
                let a = self.b.ins1(Inst::Round { t, a });
                self.b.ins1(Inst::ConvertTrap { t: ValTy::I64, a })
            }
            ("divmod", _) if t == ValTy::BYTES => {
                return Some(self.rt(natives::BIGINT_DIVMOD, v, &[t, t]));
            }
            ("divmod", [a, b]) => {
                let q = self.binary(BinaryOp::FloorDiv, *a, *b);
                return Some(vec![q, self.binary(BinaryOp::Mod, *a, *b)]);
            }
            ("pow", [a, b]) => self.binary(BinaryOp::Pow, *a, *b),
            ("ord", _) => self.widen(a, ValTy::I64),
            ("chr", _) => {
                let c = self.rt1(natives::CHAR_FROM_INT, &[a], ValTy::U32);
                self.rt1(natives::FMT_CHAR, &[c], ValTy::STR)
            }
            ("repr", _) => self.repr_of(ty, v),
            ("str", _) => self.str_of(ty, v),
            ("hash", _) => self.hash(v),
            ("panic", _) => {
                self.panic(a);
                return Some(Vec::new());
            }
            ("str.concat" | "bytes.concat", [a, b]) => self.concat(*a, *b),
            ("float.ieee_div", [a, b]) => self.b.ins1(Inst::Div { t, a: *a, b: *b }),
            ("float.is_nan" | "math.isnan", _) => self.b.ins1(Inst::Ne { t, a, b: a }),
            ("int.is_integer" | "bigint.is_integer", _) => self.bool(true),
            ("error.new", [message, source]) => self.error_new(*message, Some(*source)),
            ("error.message", _) => self.error_message(a),
            ("error.source", _) => self.error_source(a),
            ("tuple.count" | "tuple.index", _) => self.tuple_search(name, ty, v)?,
            _ => return self.math(name, t, v, ret),
        }])
    }

    fn constant_call(&mut self, name: &str, v: &[Value]) -> Option<Vals> {
        match name {
            // An empty tuple, or `None`.
            "len" => Some(vec![self.b.i64(0)]),
            "str" | "repr" => Some(vec![self.str_of(TyId::UNIT, v)]),
            "hash" => Some(vec![self.hash(v)]),
            _ => None,
        }
    }

    /// Functions of `math` that are operations.
    fn math(&mut self, name: &str, t: ValTy, v: &[Value], ret: TyId) -> Option<Vals> {
        let a = *v.first()?;
        let rounded = match name {
            "math.floor" => Inst::Floor { t, a },
            "math.ceil" => Inst::Ceil { t, a },
            "math.trunc" => Inst::Trunc { t, a },
            "math.fabs" => return Some(vec![self.b.ins1(Inst::Abs { t, a })]),
            "math.copysign" => {
                return Some(vec![self.b.ins1(Inst::CopySign { t, a, b: *v.get(1)? })]);
            }
            "math.fma" => {
                let (b, c) = (*v.get(1)?, *v.get(2)?);
                return Some(vec![self.b.ins1(Inst::Fma { t, a, b, c })]);
            }
            "math.sqrt" => {
                let b = self.zero(t);
                let negative = self.b.ins1(Inst::Lt { t, a, b });
                self.trap_if(negative, TrapKind::InvalidValue);
                return Some(vec![self.b.ins1(Inst::Sqrt { t, a })]);
            }
            _ => return None,
        };
        let a = self.b.ins1(rounded);
        let to = self.leaves(ret).first().copied().unwrap_or(ValTy::I64);
        Some(vec![self.number_as(a, to, Convert::Checked)])
    }

    /// `count` and `index` of tuples of one element type.
    fn tuple_search(&mut self, name: &str, ty: TyId, v: &[Value]) -> Option<Value> {
        let Ty::Tuple(items) = self.ty(ty) else { return None };
        let items = self.cx.program.tys.items(items);
        let width = self.leaves(ty).len();
        let (tuple, item) = v.split_at_checked(width)?;
        let mut found = self.b.i64(if name == "tuple.count" { 0 } else { -1 });
        for (i, &part) in items.iter().enumerate().rev() {
            let (range, _) = self.cx.layouts.field(ty, i as u32);
            let equal = self.equal(part, tuple.get(range)?, item);
            found = if name == "tuple.count" {
                let b = self.widen(equal, ValTy::I64);
                self.b.ins1(Inst::Add { t: ValTy::I64, a: found, b })
            } else {
                let here = self.b.i64(i as i64);
                self.b.ins1(Inst::Select { c: equal, a: here, b: found })
            };
        }
        if name == "tuple.index" {
            let zero = self.b.i64(0);
            let missing = self.b.ins1(Inst::Lt { t: ValTy::I64, a: found, b: zero });
            self.trap_if(missing, TrapKind::InvalidValue);
        }
        Some(found)
    }

    /// The lesser (or greater) of two values; the first where they are equal.
    pub fn pick(&mut self, least: bool, ty: TyId, a: &[Value], b: &[Value]) -> Value {
        let float = matches!(self.ty(ty), Ty::Float(FloatKind::F32 | FloatKind::F64));
        // A float that is not a number is never picked over another, as in Python.
        let op = if least { CmpOp::Lt } else { CmpOp::Gt };
        match (float, a, b) {
            (true, [x], [y]) => {
                let (t, a, b) = (self.b.ty(*x), *y, *x);
                self.b.ins1(if least { Inst::Lt { t, a, b } } else { Inst::Gt { t, a, b } })
            }
            _ => self.compare_values(op, ty, b, a),
        }
    }
}

fn is_capability(group: &str) -> bool {
    builtins::group(group).is_some_and(|(_, g)| g.kind == GroupKind::Capability)
}
