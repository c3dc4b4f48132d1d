//! Expressions: the switch over their kinds, and conditions as control flow.
//!
//! Every expression gives the leaves of its type, in order. Kinds that need more than a few
//! lines are in the rooms that `mod` lists.

use std::ops::Range;

use kaa_base::bigint;
use kaa_ir::{Block, Data, Inst, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{BinaryOp, DictItem, Expr, ExprId, ExprKind, FnId, List, LocalId, Ty, TyId};

impl Body<'_, '_, '_> {
    /// The value of an expression.
    pub fn expr(&mut self, id: ExprId) -> Vals {
        if let Some(vals) = self.known.get(&id) {
            return vals.clone();
        }
        let program = self.cx.program;
        let e = program.tree[id];
        let outer = self.b.loc();
        let loc = self.cx.loc(e.span);
        self.b.set_loc(loc);
        let vals = self.kind(id, &e);
        self.b.set_loc(outer);
        vals
    }

    /// The value of an expression of one leaf.
    pub fn expr1(&mut self, id: ExprId) -> Value {
        let vals = self.expr(id);
        match vals.first() {
            Some(v) => *v,
            // A way that has ended, such as `panic()`.
            None => self.b.i64(0),
        }
    }

    /// The value of an expression where another type is expected: one that never comes back
    /// gives stand-ins.
    pub fn expr_as(&mut self, id: ExprId, ty: TyId) -> Vals {
        let vals = self.expr(id);
        let never = self.ty(self.cx.program.tree[id].ty) == Ty::Never;
        if never { self.zeros(ty) } else { vals }
    }

    fn kind(&mut self, id: ExprId, e: &Expr) -> Vals {
        match e.kind {
            ExprKind::Error => self.zeros(e.ty),
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_) => vec![self.literal(e)],
            ExprKind::Unit => Vec::new(),
            ExprKind::Absent => self.absent(e.ty),
            ExprKind::Local(local) => self.get_local(local),
            ExprKind::Move(local) => self.move_local(local),
            ExprKind::Const(id) => self.use_const(id),
            ExprKind::FnRef(func) => self.closure(e.ty, func, &[]),
            ExprKind::Closure { func, captures } => {
                let captures = &self.cx.program.tree[captures];
                self.closure(e.ty, func, captures)
            }
            ExprKind::Unary { op, operand } => vec![self.unary(op, operand)],
            ExprKind::Not(operand) => {
                let a = self.expr1(operand);
                vec![self.b.ins1(Inst::Not { t: ValTy::Bool, a })]
            }
            ExprKind::Binary { op, lhs, rhs } => {
                let a = self.expr1(lhs);
                if op == BinaryOp::Pow && self.is_int_square(lhs, rhs) {
                    return vec![self.binary(BinaryOp::Mul, a, a)];
                }
                let b = self.expr1(rhs);
                vec![self.binary(op, a, b)]
            }
            ExprKind::Logic { and, lhs, rhs } => vec![self.logic(and, lhs, rhs)],
            ExprKind::IfElse { cond, then, other } => self.if_else(cond, then, other, e.ty),
            ExprKind::Compare { first, links } => vec![self.compare(first, links)],
            ExprKind::IsNone { value, negated } => vec![self.is_none(value, negated)],
            ExprKind::Coalesce { lhs, rhs } => self.coalesce(lhs, rhs, e.ty),
            ExprKind::Some(value) => {
                let vals = self.expr(value);
                self.wrap_some(e.ty, vals)
            }
            ExprKind::Unwrap(value) => {
                let ty = self.cx.program.tree[value].ty;
                let vals = self.expr(value);
                self.unwrap_known(ty, &vals)
            }
            ExprKind::Ok(value) => {
                let vals = self.expr_as(value, self.sides(e.ty).0);
                self.wrap_ok(e.ty, vals)
            }
            ExprKind::Err(error) => {
                let vals = self.expr_as(error, self.sides(e.ty).1);
                self.wrap_err(e.ty, vals)
            }
            ExprKind::Try { value, kind } => self.try_value(value, kind, e.ty),
            ExprKind::ToAny(value) => match self.ty(e.ty) {
                Ty::Any(of) => self.make_any(value, of),
                _ => self.expr(value),
            },
            ExprKind::Convert { value, kind } => self.convert(value, e.ty, kind, e.span),
            ExprKind::Walrus { local, value } => {
                let vals = self.expr(value);
                self.hold(local);
                self.set_local(local, &vals);
                vals
            }
            _ => self.compound(id, e),
        }
    }

    /// Calls, displays, parts of values, texts and comprehensions.
    fn compound(&mut self, call: ExprId, e: &Expr) -> Vals {
        match e.kind {
            ExprKind::Call { func, args } => self.call(func, args),
            ExprKind::CallValue { callee, args } => self.call_value(callee, args),
            ExprKind::Builtin { id, args } => self.builtin(call, id, args, e),
            ExprKind::StructNew { fields } => match self.ty(e.ty) {
                Ty::Class(..) => self.object_new(e.ty, fields),
                _ => self.struct_new(fields),
            },
            ExprKind::TupleNew(items) => {
                let program = self.cx.program;
                let vals = program.tree[items].iter().flat_map(|item| self.expr(*item)).collect();
                // One with a part that never comes is none itself.
                if self.ty(e.ty) == Ty::Never { Vec::new() } else { vals }
            }
            ExprKind::TupleJoin { lhs, rhs } => {
                let mut vals = self.expr(lhs);
                vals.extend(self.expr(rhs));
                vals
            }
            ExprKind::ListNew(items) => vec![self.list_new(e.ty, items)],
            ExprKind::SetNew(items) => vec![self.set_new(e.ty, items)],
            ExprKind::DictNew(items) => vec![self.dict_new(e.ty, items)],
            ExprKind::Field { base, index } | ExprKind::TupleField { base, index } => {
                self.field(base, index, None)
            }
            ExprKind::IsOk(value) => vec![self.expr1(value)],
            ExprKind::OkValue(value) | ExprKind::ErrValue(value) => {
                let ty = self.cx.program.tree[value].ty;
                let vals = self.expr(value);
                match e.kind {
                    ExprKind::OkValue(_) => self.ok_value(ty, &vals),
                    _ => self.err_value(ty, &vals),
                }
            }
            ExprKind::Variant(payload) => self.variant_new(e.ty, payload),
            ExprKind::Payload(value) => self.payload_of(value, e.ty, None),
            ExprKind::Index { base, index } => self.index(base, index, e.ty),
            ExprKind::Slice { base, lo, hi, step } => self.slice(base, [lo, hi, step], e.span),
            ExprKind::FString(parts) => vec![self.fstring(parts)],
            ExprKind::Comp { .. } if matches!(self.ty(e.ty), Ty::Iter(_)) => self.lazy(call, e.ty),
            ExprKind::Comp { elem, value, clauses } => self.comp(e.ty, elem, value, clauses),
            _ => self.unsupported(e.span, "this expression", e.ty),
        }
    }

    fn literal(&mut self, e: &Expr) -> Value {
        match e.kind {
            ExprKind::Int(n) => match self.leaves(e.ty).first() {
                Some(&t) if t.is_float() => self.float(t, n as f64),
                Some(&ValTy::BYTES) => self.small_bigint(n),
                Some(&t) => self.b.iconst(t, n),
                None => self.b.i64(n),
            },
            ExprKind::Float(x) => {
                let t = self.leaves(e.ty).first().copied().unwrap_or(ValTy::F64);
                self.float(t, x)
            }
            ExprKind::Str(symbol) => {
                let text = self.cx.names.text(symbol);
                self.b.str(text)
            }
            // A large number is its bytes.
            ExprKind::Bytes(bytes) => {
                let bytes = self.cx.program.tree[bytes].to_vec();
                self.bytes_const(bytes)
            }
            ExprKind::Bool(value) => self.bool(value),
            ExprKind::Char(c) => self.b.iconst(ValTy::U32, i64::from(u32::from(c))),
            _ => self.b.i64(0),
        }
    }

    fn bytes_const(&mut self, bytes: Vec<u8>) -> Value {
        let d = self.b.module.constant(Data::Bytes(bytes));
        self.b.ins1(Inst::BytesConst { d })
    }

    /// A constant `bigint`.
    pub fn small_bigint(&mut self, n: i64) -> Value {
        self.bytes_const(bigint::encode_int(n.into()))
    }

    /// The number one of a type that takes a slot.
    pub fn one(&mut self, ty: TyId) -> Value {
        match self.leaves(ty).first() {
            Some(&t @ (ValTy::F32 | ValTy::F64)) => self.float(t, 1.0),
            Some(&t) => self.b.iconst(t, 1),
            None => self.b.iconst(ValTy::I64, 1),
        }
    }

    fn float(&mut self, t: ValTy, x: f64) -> Value {
        let bits = if t == ValTy::F32 { u64::from((x as f32).to_bits()) } else { x.to_bits() };
        self.b.ins1(Inst::FConst { t, bits })
    }

    /// `n ** 2` of an integer. A float's square may differ from its power in the last digit.
    fn is_int_square(&self, lhs: ExprId, rhs: ExprId) -> bool {
        let tree = &self.cx.program.tree;
        matches!(self.ty(tree[lhs].ty), Ty::Int(_)) && tree[rhs].kind == ExprKind::Int(2)
    }

    /// `and`, `or` as a value.
    fn logic(&mut self, and: bool, lhs: ExprId, rhs: ExprId) -> Value {
        let a = self.expr1(lhs);
        let (more, done) = (self.b.create_block(), self.b.create_block());
        let result = self.fresh(&[ValTy::Bool]);
        self.define(&result, &[a]);
        if and {
            self.b.branch(a, more, done);
        } else {
            self.b.branch(a, done, more);
        }
        self.open(more);
        let b = self.expr1(rhs);
        self.define(&result, &[b]);
        self.goto(done);
        self.open(done);
        self.values(&result)[0]
    }

    fn if_else(&mut self, cond: ExprId, then: ExprId, other: ExprId, ty: TyId) -> Vals {
        let types = self.leaves(ty);
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.branch_on(cond, yes, no);
        self.join(&types, yes, no, |s| s.expr_as(then, ty), |s| s.expr_as(other, ty))
    }

    /// Branches on a condition; the blocks are not sealed. Connectives become control flow.
    pub fn branch_on(&mut self, cond: ExprId, yes: Block, no: Block) {
        let program = self.cx.program;
        let e = program.tree[cond];
        match e.kind {
            ExprKind::Bool(true) => self.goto(yes),
            ExprKind::Bool(false) => self.goto(no),
            ExprKind::Not(operand) => self.branch_on(operand, no, yes),
            ExprKind::Logic { and, lhs, rhs } => {
                let more = self.b.create_block();
                if and {
                    self.branch_on(lhs, more, no);
                } else {
                    self.branch_on(lhs, yes, more);
                }
                self.open(more);
                self.branch_on(rhs, yes, no);
            }
            ExprKind::Compare { first, links } => {
                let outer = self.b.loc();
                let loc = self.cx.loc(e.span);
                self.b.set_loc(loc);
                self.compare_to(first, links, yes, no);
                self.b.set_loc(outer);
            }
            _ => {
                let c = self.expr1(cond);
                self.b.branch(c, yes, no);
            }
        }
    }

    /// A function value: code with the captured values.
    pub fn closure(&mut self, ty: TyId, func: FnId, captures: &[LocalId]) -> Vals {
        let Ty::Fn(fn_ty) = self.ty(ty) else { return self.zeros(ty) };
        let ty = self.cx.layouts.closure_type(self.b.module, fn_ty);
        self.cx.note_closure(self.b.module, fn_ty, ty);
        let vals = self.captured(func, captures);
        let f = self.cx.func(self.b.module, func);
        vec![self.b.ins1(Inst::ClosureNew { ty, f, vals: vals.into() })]
    }

    fn list_new(&mut self, ty: TyId, items: List<ExprId>) -> Value {
        let (Ty::List(elem) | Ty::View(elem) | Ty::Iter(elem)) = self.ty(ty) else {
            return self.b.i64(0);
        };
        let program = self.cx.program;
        let ty = self.list_type(elem);
        let items = &program.tree[items];
        let per_item = self.elem_leaves(elem).len();
        if items.len() * per_item > 256 {
            return self.long_list(ty, items);
        }
        let mut vals = Vec::new();
        for item in items {
            let item = self.expr(*item);
            vals.extend(self.stored(item));
        }
        match items {
            [] => {
                let cap = self.b.i64(0);
                self.b.ins1(Inst::ListNew { ty, cap })
            }
            _ => self.b.ins1(Inst::ListOf { ty, vals: vals.into() }),
        }
    }

    /// A long display is filled step by step, so that no frame grows with it.
    fn long_list(&mut self, ty: kaa_ir::TypeId, items: &[ExprId]) -> Value {
        let cap = self.b.i64(items.len() as i64);
        let mut list = self.b.ins1(Inst::ListNew { ty, cap });
        for item in items {
            let item = self.expr(*item);
            let vals = self.stored(item);
            list = self.b.ins1(Inst::ListPush { list, vals: vals.into() });
        }
        list
    }

    fn set_new(&mut self, ty: TyId, items: List<ExprId>) -> Value {
        let program = self.cx.program;
        let items = &program.tree[items];
        let mut set = self.map_new(ty, items.len());
        for item in items {
            let item = self.expr(*item);
            set = self.set_add(set, item);
        }
        set
    }

    fn dict_new(&mut self, ty: TyId, items: List<DictItem>) -> Value {
        let program = self.cx.program;
        let items = &program.tree[items];
        let mut dict = self.map_new(ty, items.len());
        for item in items {
            let key = self.expr(item.key);
            let value = self.expr(item.value);
            dict = self.dict_put(dict, key, value);
        }
        dict
    }

    /// A new dict or set of a type.
    pub fn map_new(&mut self, ty: TyId, room: usize) -> Value {
        let leaf = self.leaves(ty).first().copied().unwrap_or(ValTy::I64);
        let cap = self.b.i64(room as i64);
        self.rt1(natives::MAP_NEW, &[cap], leaf)
    }

    /// Adds an element to a set.
    pub fn set_add(&mut self, set: Value, item: Vals) -> Value {
        let ty = self.b.ty(set);
        let mut args = vec![set];
        args.extend(self.stored(item));
        self.rt1(natives::SET_ADD, &args, ty)
    }

    /// Writes an entry of a dict.
    pub fn dict_put(&mut self, dict: Value, key: Vals, value: Vals) -> Value {
        let ty = self.b.ty(dict);
        let mut args = vec![dict];
        args.extend(self.stored(key));
        args.extend(self.stored(value));
        self.rt1(natives::DICT_PUT, &args, ty)
    }

    /// The leaves of all fields in order.
    pub fn struct_new(&mut self, fields: List<crate::hir::Arg>) -> Vals {
        let program = self.cx.program;
        let args = &program.tree[fields];
        let mut parts: Vec<Vals> = vec![Vec::new(); args.len()];
        for arg in args {
            let vals = self.arg_value(arg);
            if let Some(part) = parts.get_mut(arg.param as usize) {
                *part = vals;
            }
        }
        parts.concat()
    }

    /// A field, or a part of its leaves.
    fn field(&mut self, base: ExprId, index: u32, part: Option<Range<usize>>) -> Vals {
        let Expr { ty, kind, .. } = self.cx.program.tree[base];
        if let Ty::Class(..) = self.ty(ty) {
            let mut home = self.home(base, index);
            part.iter().for_each(|part| home.narrow(part));
            return self.at_home(&home);
        }
        let (mut range, _) = self.cx.layouts.field(ty, index);
        if let Some(part) = part {
            range = range.start + part.start..range.start + part.end;
        }
        match kind {
            // A field of an element or object is read without the rest of it.
            ExprKind::Index { base: list, index }
                if matches!(self.ty(self.cx.program.tree[list].ty), Ty::List(_) | Ty::View(_)) =>
            {
                self.element(list, index, range)
            }
            ExprKind::Field { base, index } | ExprKind::TupleField { base, index } => {
                self.field(base, index, Some(range))
            }
            ExprKind::Payload(value) => self.payload_of(value, ty, Some(range)),
            _ => {
                let vals = self.expr(base);
                vals.get(range).map(<[Value]>::to_vec).unwrap_or_default()
            }
        }
    }
}
