//! Statements and assignment patterns.
//!
//! Iteration itself is in `loops`, paths in `place`.

use std::rc::Rc;

use kaa_ir::{Block, Inst, ValTy, Value};

use super::Vals;
use super::body::{Body, Loop, PutBack};
use super::natives;
use super::place::{At, Step, Target};
use crate::hir::{
    self, AugOp, ExprId, ExprKind, IfArm, List, LocalId, PatId, PatKind, PlaceId, StmtId, StmtKind,
    Ty, TyId,
};

/// What a `for mut` loop walks.
#[derive(Clone, Copy)]
enum Walked {
    /// Elements of a list.
    Elements(TyId),
    /// Values of a dict.
    Entries(TyId),
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// The statements of a suite, up to where the way ends.
    pub fn block(&mut self, block: hir::Block) {
        let program = self.cx.program;
        for stmt in &program.tree[block] {
            if self.b.is_terminated() {
                return;
            }
            self.stmt(*stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let program = self.cx.program;
        let stmt = program.tree[id];
        let loc = self.cx.loc(stmt.span);
        self.b.set_loc(loc);
        match stmt.kind {
            StmtKind::Expr(e) => {
                self.expr(e);
            }
            StmtKind::Assign { targets, value } => {
                let vals = self.expr(value);
                for target in &program.tree[targets] {
                    self.assign(*target, vals.clone());
                }
            }
            StmtKind::AugAssign { place, op, value } => self.aug_assign(place, op, value),
            StmtKind::If { arms, other } => self.if_stmt(arms, other),
            StmtKind::While { cond, body, other } => self.while_stmt(cond, body, other),
            StmtKind::For { pattern, iter, body, other } => {
                let exit = self.b.create_block();
                self.walk(iter, exit, &mut |s, vals| {
                    s.assign(pattern, vals);
                    s.turn(body);
                });
                self.end_loop(other, exit);
            }
            StmtKind::ForMut { local, place, body, other } => {
                self.for_mut(local, place, body, other);
            }
            StmtKind::Match { decision, arms } => self.match_stmt(decision, arms),
            StmtKind::Scope(body) => self.scope(body),
            StmtKind::Break => self.leave(true),
            StmtKind::Continue => self.leave(false),
            StmtKind::Return(value) => {
                let ret = self.func.map_or(TyId::UNIT, |f| f.ret);
                let vals = match value {
                    Some(value) => self.expr_as(value, ret),
                    None => return self.return_nothing(),
                };
                self.ret(vals);
            }
            StmtKind::Yield(value) => {
                let vals = self.expr(value);
                self.give(vals);
            }
            StmtKind::YieldFrom(iter) => self.give_all(iter),
            StmtKind::Assert { cond, message } => self.assert(cond, message),
            StmtKind::Del(place) => self.delete(place),
            StmtKind::FnDef { local, func, captures } => {
                let ty = self.func.map_or(TyId::ERROR, |f| f.locals[local].ty);
                let vals = self.closure(ty, func, &program.tree[captures]);
                self.set_local(local, &vals);
            }
        }
    }

    /// Assigns a value to a pattern.
    pub fn assign(&mut self, pat: PatId, vals: Vals) {
        let program = self.cx.program;
        let pattern = program.tree[pat];
        match pattern.kind {
            PatKind::Local(local) => {
                self.hold(local);
                self.set_local(local, &vals);
            }
            PatKind::Place(place) => {
                let target = self.target(place);
                self.write_target(target, vals);
            }
            PatKind::Discard => {}
            PatKind::Tuple(parts) => {
                for (i, part) in program.tree[parts].iter().enumerate() {
                    let (range, _) = self.cx.layouts.field(pattern.ty, i as u32);
                    let vals = vals.get(range).map(<[Value]>::to_vec).unwrap_or_default();
                    self.assign(*part, vals);
                }
            }
            PatKind::TupleRest { items, star, taken } => {
                self.unpack_rest(&vals, items, star as usize, taken as usize);
            }
            PatKind::List { before, star, after } => self.unpack(vals, before, star, after),
        }
    }

    /// Assigns the parts of a tuple, several of them as one list.
    fn unpack_rest(&mut self, vals: &[Value], items: List<PatId>, star: usize, taken: usize) {
        let program = self.cx.program;
        let mut rest = vals;
        for (i, &part) in program.tree[items].iter().enumerate() {
            let ty = program.tree[part].ty;
            let width = if i == star {
                taken * self.leaves(self.element_ty(ty)).len()
            } else {
                self.leaves(ty).len()
            };
            let Some((vals, more)) = rest.split_at_checked(width) else { return };
            rest = more;
            let vals = if i == star { vec![self.list_of(ty, vals, taken)] } else { vals.to_vec() };
            self.assign(part, vals);
        }
    }

    /// A list of `count` values that are there already.
    fn list_of(&mut self, list: TyId, vals: &[Value], count: usize) -> Value {
        let elem = self.element_ty(list);
        let ty = self.list_type(elem);
        let width = self.leaves(elem).len();
        let mut stored = Vec::new();
        for i in 0..count {
            let item = vals.get(i * width..(i + 1) * width).map(<[Value]>::to_vec);
            stored.extend(self.stored(item.unwrap_or_default()));
        }
        match count {
            0 => {
                let cap = self.b.i64(0);
                self.b.ins1(Inst::ListNew { ty, cap })
            }
            _ => self.b.ins1(Inst::ListOf { ty, vals: stored.into() }),
        }
    }

    fn unpack(&mut self, vals: Vals, before: List<PatId>, star: Option<PatId>, after: List<PatId>) {
        let program = self.cx.program;
        let Some(&list) = vals.first() else { return };
        let (before, after) = (&program.tree[before], &program.tree[after]);
        let t = ValTy::I64;
        let len = self.b.ins1(Inst::ListLen { list });
        let wanted = self.b.i64((before.len() + after.len()) as i64);
        let bad = match star {
            Some(_) => self.b.ins1(Inst::Lt { t, a: len, b: wanted }),
            None => self.b.ins1(Inst::Ne { t, a: len, b: wanted }),
        };
        let (fail, good) = (self.b.create_block(), self.b.create_block());
        self.b.branch(bad, fail, good);
        self.open(fail);
        self.rt(natives::LIST_UNPACK_FAIL, &[wanted, len], &[]);
        self.trap(kaa_ir::TrapKind::InvalidValue);
        self.open(good);
        for (i, part) in before.iter().enumerate() {
            let idx = self.b.i64(i as i64);
            self.assign_element(*part, list, idx);
        }
        let rest = self.b.i64(after.len() as i64);
        let tail = self.b.ins1(Inst::Sub { t, a: len, b: rest });
        if let Some(star) = star {
            let (yes, no) = (self.bool(true), self.bool(false));
            let (from, zero) = (self.b.i64(before.len() as i64), self.b.i64(0));
            let args = [list, yes, from, yes, tail, no, zero];
            let ty = self.b.ty(list);
            let part = self.rt(natives::LIST_SLICE, &args, &[ty]);
            self.assign(star, part);
        }
        for (i, part) in after.iter().enumerate() {
            let b = self.b.i64(i as i64);
            let idx = self.b.ins1(Inst::Add { t, a: tail, b });
            self.assign_element(*part, list, idx);
        }
    }

    fn assign_element(&mut self, pat: PatId, list: Value, idx: Value) {
        let ty = self.cx.program.tree[pat].ty;
        let count = self.leaves(ty).len();
        let vals = self.list_get(list, idx, 0..count);
        self.assign(pat, vals);
    }

    fn aug_assign(&mut self, place: PlaceId, op: AugOp, value: ExprId) {
        let ty = self.cx.program.tree[place].ty;
        let target = self.target(place);
        let writes = match op {
            AugOp::Builtin(id) => id.get().sig.contains("(mut self"),
            AugOp::Binary(_) => Self::is_deep(&target) && self.is_simple(value),
            AugOp::Method(_) => false,
        };
        if writes {
            let rhs = self.expr(value);
            let taken = self.take(target);
            let old = taken.vals.clone();
            let new = self.aug_value(op, ty, old, rhs);
            return self.put_back(&taken, new);
        }
        let old = self.read_target(&target);
        let rhs = self.expr(value);
        let new = self.aug_value(op, ty, old, rhs);
        self.write_target(target, new);
    }

    fn aug_value(&mut self, op: AugOp, ty: TyId, old: Vals, rhs: Vals) -> Vals {
        match op {
            AugOp::Binary(op) => match (old.first(), rhs.first()) {
                (Some(&a), Some(&b)) => vec![self.binary(op, a, b)],
                _ => old,
            },
            AugOp::Builtin(id) => self.builtin_values(id, ty, &[old, rhs].concat()),
            AugOp::Method(func) => {
                let (f, args) = (self.cx.func(self.b.module, func), [old, rhs].concat());
                self.b.ins(Inst::Call { f, args: args.into() }).iter().collect()
            }
        }
    }

    /// Whether evaluating an expression can neither change a variable nor be noticed.
    fn is_simple(&self, e: ExprId) -> bool {
        let simple = |e: ExprId| self.is_simple(e);
        match self.cx.program.tree[e].kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Local(_) => true,
            ExprKind::Unary { operand: e, .. } | ExprKind::Field { base: e, .. } => simple(e),
            ExprKind::TupleField { base: e, .. } | ExprKind::Convert { value: e, .. } => simple(e),
            ExprKind::Binary { lhs, rhs, .. } => simple(lhs) && simple(rhs),
            ExprKind::Index { base, index } => simple(base) && simple(index),
            _ => false,
        }
    }

    fn if_stmt(&mut self, arms: List<IfArm>, other: Option<hir::Block>) {
        let program = self.cx.program;
        let done = self.b.create_block();
        for arm in &program.tree[arms] {
            let (yes, no) = (self.b.create_block(), self.b.create_block());
            self.branch_on(arm.cond, yes, no);
            self.open(yes);
            self.block(arm.body);
            self.goto(done);
            self.open(no);
        }
        if let Some(other) = other {
            self.block(other);
        }
        self.goto(done);
        self.open_if_reached(done);
    }

    /// Continues at a block; where nothing leads there, this way has ended.
    pub fn open_if_reached(&mut self, block: Block) {
        let reached = !self.b.is_unreached(block);
        self.open(block);
        if !reached {
            self.trap(kaa_ir::TrapKind::Unreachable);
        }
    }

    /// The condition stands before the loop and again at its bottom.
    fn while_stmt(&mut self, cond: ExprId, body: hir::Block, other: Option<hir::Block>) {
        let (turn, next) = (self.b.create_block(), self.b.create_block());
        let (end, exit) = (self.b.create_block(), self.b.create_block());
        self.branch_on(cond, turn, end);
        self.b.switch_to(turn);
        self.loops.push(Loop { next, exit, end, back: None });
        self.turn(body);
        self.loops.pop();
        self.goto(next);
        self.open(next);
        self.branch_on(cond, turn, end);
        self.b.seal_block(turn);
        self.open_if_reached(end);
        self.end_loop(other, exit);
    }

    /// The `else` suite of a loop, and where `break` comes back.
    fn end_loop(&mut self, other: Option<hir::Block>, exit: Block) {
        if let Some(other) = other {
            self.block(other);
        }
        self.goto(exit);
        self.open_if_reached(exit);
    }

    /// `for mut x in xs`: each turn takes the element out and puts it back.
    fn for_mut(
        &mut self,
        local: LocalId,
        place: PlaceId,
        body: hir::Block,
        other: Option<hir::Block>,
    ) {
        let target = self.target(place);
        let walked = match self.ty(self.cx.program.tree[place].ty) {
            Ty::Dict(_, value) => Walked::Entries(value),
            _ => Walked::Elements(self.element_ty(self.cx.program.tree[place].ty)),
        };
        let from = self.b.i64(0);
        let (first, end) = self.first_place(&target, walked, from);
        let at = self.b.declare_var(ValTy::I64);
        self.b.def_var(at, first);
        let (turn, next) = (self.b.create_block(), self.b.create_block());
        let (done, exit) = (self.b.create_block(), self.b.create_block());
        let more = self.is_before(walked, first, end);
        self.b.branch(more, turn, done);
        self.b.switch_to(turn);
        let here = self.b.use_var(at);
        let mut element = target.clone();
        element.steps.push(match walked {
            Walked::Elements(elem) => Step::Index(elem, At::Front(here)),
            Walked::Entries(value) => Step::Entry(here, value),
        });
        let taken = self.take(element);
        self.set_local(local, &taken.vals);
        let back = Rc::new(PutBack { taken, local });
        self.loops.push(Loop { next, exit, end: done, back: Some(back.clone()) });
        self.turn(body);
        self.loops.pop();
        self.goto(next);
        self.open(next);
        self.back(&back);
        let (a, b) = (self.b.use_var(at), self.b.i64(1));
        let mut step = self.b.ins1(Inst::Add { t: ValTy::I64, a, b });
        if let Walked::Entries(_) = walked {
            (step, _) = self.first_place(&target, walked, step);
        }
        self.b.def_var(at, step);
        let more = self.is_before(walked, step, end);
        self.b.branch(more, turn, done);
        self.b.seal_block(turn);
        self.open(done);
        self.end_loop(other, exit);
    }

    /// The first place at or behind `from`, and the end of a list.
    fn first_place(&mut self, target: &Target, walked: Walked, from: Value) -> (Value, Value) {
        let walks = self.read_target(target).first().copied().unwrap_or(Value(0));
        match walked {
            Walked::Elements(_) => (from, self.b.ins1(Inst::ListLen { list: walks })),
            Walked::Entries(_) => (self.rt1(natives::MAP_NEXT, &[walks, from], ValTy::I64), from),
        }
    }

    fn is_before(&mut self, walked: Walked, at: Value, end: Value) -> Value {
        let t = ValTy::I64;
        match walked {
            Walked::Elements(_) => self.b.ins1(Inst::Lt { t, a: at, b: end }),
            Walked::Entries(_) => {
                let b = self.b.i64(0);
                self.b.ins1(Inst::Ge { t, a: at, b })
            }
        }
    }

    /// Puts the element of a `for mut` loop back.
    pub fn back(&mut self, back: &PutBack) {
        let vals = self.get_local(back.local);
        self.put_back(&back.taken, vals);
    }

    /// `break` and `continue`.
    fn leave(&mut self, out: bool) {
        let Some(inner) = self.loops.last().cloned() else { return };
        self.close_turn();
        if !out {
            return self.goto(inner.next);
        }
        if let Some(back) = &inner.back {
            self.back(back);
        }
        self.goto(inner.exit);
    }
}
