//! Arithmetic and bits, on numbers and on containers, and `op=`.

use super::assign::Target;
use super::traits::Bound;
use super::{Checker, expr::Why};
use crate::ast::{self, BinaryOp as AstOp, ExprKind as Ast, UnaryOp as AstUnary};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// What an operator does with operands of these types.
enum Plan {
    /// An operation on numbers of one type.
    Number(BinaryOp, TyId),
    /// A built-in of both operands.
    Call(&'static str, TyId),
    /// The same with the operands swapped.
    Swapped(&'static str, TyId),
    /// Two tuples put together.
    Tuples,
}

impl Checker<'_> {
    pub(super) fn unary(
        &mut self,
        op: AstUnary,
        operand: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        if op == AstUnary::Not {
            return self.condition_like_not(operand, span).0;
        }
        if let (AstUnary::Neg, Ast::Int(value)) = (op, self.ast[operand].kind) {
            return self.int(self.ast[value], true, span, want);
        }
        if let (AstUnary::Neg, Ast::BigInt(digits)) = (op, self.ast[operand].kind) {
            return self.large_int(digits, true, span, want);
        }
        let value = self.expr(operand, want);
        let ty = self.ty_of(value);
        let kind = match (op, self.ty(ty)) {
            (_, Ty::Error) => return value,
            (AstUnary::Pos, Ty::Int(_) | Ty::Float(_) | Ty::BigInt) => return value,
            (AstUnary::Neg, Ty::Int(int)) if int.is_signed() => UnaryOp::Neg,
            (AstUnary::Neg, Ty::Float(_) | Ty::BigInt) => UnaryOp::Neg,
            _ if op == AstUnary::Neg && self.has_own_neg(ty) => {
                return self.dunder_call(value, "__neg__", &[], span).unwrap_or(value);
            }
            (AstUnary::Neg, Ty::Param(_)) => {
                if !self.require(ty, Bound::Neg, span) {
                    return self.bad(span);
                }
                UnaryOp::Neg
            }
            (AstUnary::Invert, Ty::Int(_) | Ty::BigInt) => UnaryOp::Invert,
            _ => {
                let shown = self.show(ty);
                let message = format!("`{}` does not work on a `{shown}`", op.text());
                self.error(codes::BAD_OPERANDS, span, message);
                return self.bad(span);
            }
        };
        if let (UnaryOp::Neg, ExprKind::Float(x)) = (kind, self.program.tree[value].kind) {
            return self.node(ExprKind::Float(-x), ty, span);
        }
        self.node(ExprKind::Unary { op: kind, operand: value }, ty, span)
    }

    pub(super) fn binary(
        &mut self,
        op: AstOp,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        // What is wanted of the whole is wanted of a literal in it, unless the types of operands
        // and result differ.
        let wanted = want.map(|ty| self.ty(self.inside(ty)));
        let want = want.filter(|_| match op {
            AstOp::Div => matches!(wanted, Some(Ty::Float(_))),
            AstOp::Pow => matches!(wanted, Some(Ty::Float(_) | Ty::BigInt)),
            _ => true,
        });
        let (a, b) = self.operands(op, lhs, rhs, want);
        self.combine(op, a, b, span)
    }

    fn has_own_neg(&mut self, ty: TyId) -> bool {
        let name = self.names.find("__neg__");
        name.is_some_and(|name| self.find_method(ty, name).is_some())
    }

    /// Both operands; a literal takes the type of the other one.
    fn operands(
        &mut self,
        op: AstOp,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        want: Option<TyId>,
    ) -> (ExprId, ExprId) {
        let want = want.filter(|&ty| self.is_num(self.inside(ty)) || self.is_container(ty));
        let loose = self.is_flexible(lhs);
        let large = op == AstOp::Pow && want.is_some_and(|ty| self.inside(ty) == TyId::BIGINT);
        if large || matches!(op, AstOp::Shl | AstOp::Shr) {
            return (self.expr(lhs, want), self.expr(rhs, Some(TyId::INT)));
        }
        if loose && !self.is_flexible(rhs) {
            let b = self.expr(rhs, want);
            let a = self.expr(lhs, self.literal_want(op, b, want));
            return (a, b);
        }
        if loose && want.is_none() && self.is_decimal(rhs) {
            return (self.expr(lhs, Some(TyId::FLOAT)), self.expr(rhs, None));
        }
        let a = self.expr(lhs, want);
        let own = self.operand_want(op, self.ty_of(a));
        let want = own.or(self.literal_want(op, a, want));
        (a, self.expr(rhs, want))
    }

    /// The type that the method behind an operator takes.
    fn operand_want(&mut self, op: AstOp, ty: TyId) -> Option<TyId> {
        if !matches!(self.ty(ty), Ty::Struct(..) | Ty::Class(..) | Ty::Enum(..)) {
            return None;
        }
        let name = self.names.find(super::structs::method_of(op)?)?;
        let func = self.find_method(ty, name)?;
        self.param_of(func, ty, 1)
    }

    fn is_container(&self, ty: TyId) -> bool {
        matches!(self.ty(ty), Ty::List(_) | Ty::Dict(..) | Ty::Set(_))
    }

    /// Whether a literal operand is a decimal, or has one in it.
    pub(super) fn is_decimal(&self, id: ast::ExprId) -> bool {
        match self.ast[id].kind {
            Ast::Float(_) => true,
            Ast::Unary { operand, .. } => self.is_decimal(operand),
            Ast::Binary { op, lhs, rhs } => {
                op == AstOp::Div || self.is_decimal(lhs) || self.is_decimal(rhs)
            }
            _ => false,
        }
    }

    /// The type for the operand beside `other`.
    fn literal_want(&self, op: AstOp, other: ExprId, want: Option<TyId>) -> Option<TyId> {
        let ty = self.ty_of(other);
        match self.ty(ty) {
            Ty::Int(_) | Ty::BigInt if op == AstOp::Pow => Some(TyId::INT),
            Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Dict(..) | Ty::Set(_) => Some(ty),
            // A variant may stand without the name of its enum.
            Ty::Enum(..) => Some(ty),
            Ty::List(_) if op == AstOp::Add => Some(ty),
            Ty::List(_) | Ty::Str | Ty::Char => None,
            _ => want,
        }
    }

    /// An operation on two checked operands.
    fn combine(&mut self, op: AstOp, a: ExprId, b: ExprId, span: Span) -> ExprId {
        let (a, b) = match self.ty(self.ty_of(a)) {
            Ty::List(item) if op == AstOp::Add => (a, self.elements_as(b, item)),
            _ => (a, b),
        };
        let (left, right) = (self.ty_of(a), self.ty_of(b));
        if left == TyId::ERROR || right == TyId::ERROR {
            return self.bad(span);
        }
        match self.plan(op, left, right) {
            Some(Plan::Number(op, ty)) => {
                let rhs = self.shift_count(op, b);
                self.node(ExprKind::Binary { op, lhs: a, rhs }, ty, span)
            }
            Some(Plan::Call(name, ty)) => self.joined(name, a, b, ty, span),
            Some(Plan::Swapped(name, ty)) => self.joined(name, b, a, ty, span),
            Some(Plan::Tuples) => self.tuple_concat(a, b, span),
            None => match self.operator_method(op, a, b, span) {
                Some(value) => value,
                None if op == AstOp::Mul && self.repeats_tuple(a, b) => {
                    self.tuple_repeat(a, b, span)
                }
                None => {
                    self.bad_operands(op, a, b, span);
                    self.bad(span)
                }
            },
        }
    }

    /// The count of a shift is an `int`, whatever integer is written.
    fn shift_count(&mut self, op: BinaryOp, value: ExprId) -> ExprId {
        let is_shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr);
        if !is_shift || self.ty_of(value) == TyId::INT {
            return value;
        }
        let span = self.span_of(value);
        self.node(ExprKind::Convert { value, kind: Convert::Checked }, TyId::INT, span)
    }

    /// A built-in of two values; characters become texts where texts are joined.
    fn joined(&mut self, name: &str, a: ExprId, b: ExprId, ty: TyId, span: Span) -> ExprId {
        let a = self.as_text(a);
        let b = self.as_text(b);
        let id = self.builtin(name);
        self.call_builtin(id, &[a, b], ty, span)
    }

    /// A character as a text; everything else as it is.
    pub(super) fn as_text(&mut self, value: ExprId) -> ExprId {
        if self.ty_of(value) != TyId::CHAR {
            return value;
        }
        let span = self.span_of(value);
        self.node(ExprKind::Convert { value, kind: Convert::Checked }, TyId::STR, span)
    }

    fn plan(&mut self, op: AstOp, left: TyId, right: TyId) -> Option<Plan> {
        match (self.ty(left), self.ty(right)) {
            (
                Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool,
                Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool,
            ) => {
                let (number, result) = (number_op(op)?, self.number_result(op, left, right)?);
                Some(Plan::Number(number, result))
            }
            (Ty::Str | Ty::Char, Ty::Str | Ty::Char) if op == AstOp::Add => {
                Some(Plan::Call("str.concat", TyId::STR))
            }
            (Ty::Str | Ty::Char, Ty::Int(IntKind::I64)) if op == AstOp::Mul => {
                Some(Plan::Call("str.repeat", TyId::STR))
            }
            (Ty::Int(IntKind::I64), Ty::Str | Ty::Char) if op == AstOp::Mul => {
                Some(Plan::Swapped("str.repeat", TyId::STR))
            }
            (Ty::Bytes, Ty::Bytes) if op == AstOp::Add => {
                Some(Plan::Call("bytes.concat", TyId::BYTES))
            }
            (Ty::Bytes, Ty::Int(IntKind::I64)) if op == AstOp::Mul => {
                Some(Plan::Call("bytes.repeat", TyId::BYTES))
            }
            (Ty::List(_), Ty::List(_)) if op == AstOp::Add && left == right => {
                Some(Plan::Call("list.concat", left))
            }
            (Ty::List(_), Ty::Int(IntKind::I64)) if op == AstOp::Mul => {
                Some(Plan::Call("list.repeat", left))
            }
            (Ty::Int(IntKind::I64), Ty::List(_)) if op == AstOp::Mul => {
                Some(Plan::Swapped("list.repeat", right))
            }
            (Ty::Tuple(_), Ty::Tuple(_)) if op == AstOp::Add => Some(Plan::Tuples),
            (Ty::Set(_), Ty::Set(_)) if left == right => {
                set_method(op, false).map(|name| Plan::Call(name, left))
            }
            (Ty::Dict(..), Ty::Dict(..)) if op == AstOp::Or && left == right => {
                Some(Plan::Call("dict.merge", left))
            }
            _ => None,
        }
    }

    /// The type of an operation on numbers or bools, where these types have it.
    fn number_result(&self, op: AstOp, left: TyId, right: TyId) -> Option<TyId> {
        use AstOp::*;
        let same = left == right;
        match (self.ty(left), self.ty(right), op) {
            (Ty::Int(_) | Ty::BigInt, Ty::Int(_), Shl | Shr) => Some(left),
            (Ty::Int(_) | Ty::BigInt, Ty::Int(IntKind::I64), Pow) => Some(left),
            (Ty::Int(_) | Ty::BigInt, _, Pow | Shl | Shr) => None,
            (Ty::BigInt, Ty::BigInt, WrapAdd | WrapSub | WrapMul) => None,
            (Ty::Int(_) | Ty::BigInt, _, Div) if same => Some(TyId::FLOAT),
            (Ty::Int(_) | Ty::BigInt, ..) if same => Some(left),
            (Ty::Float(_), _, Add | Sub | Mul | Div | FloorDiv | Mod | Pow) if same => Some(left),
            (Ty::Bool, Ty::Bool, And | Or | Xor) => Some(TyId::BOOL),
            _ => None,
        }
    }

    fn bad_operands(&mut self, op: AstOp, a: ExprId, b: ExprId, span: Span) {
        let (left, right) = (self.ty_of(a), self.ty_of(b));
        let (shown_left, shown_right) = (self.show(left), self.show(right));
        let message =
            format!("`{}` does not work on `{shown_left}` and `{shown_right}`", op.text());
        let (left_span, right_span) = (self.span_of(a), self.span_of(b));
        let mut diag = Diagnostic::error(codes::BAD_OPERANDS, span, message)
            .label(left_span, format!("`{shown_left}`"))
            .label(right_span, format!("`{shown_right}`"));
        let wrap = |diag: Diagnostic, at: Span, name: &str| {
            let edits = vec![(at.start(), format!("{name}(")), (at.end(), ")".to_string())];
            diag.fix_all(format!("convert it: `{name}(...)`"), edits)
        };
        diag = match (self.ty(left), self.ty(right)) {
            (Ty::Int(_), Ty::Float(_)) => wrap(diag, left_span, &shown_right),
            (Ty::Float(_), Ty::Int(_)) => wrap(diag, right_span, &shown_left),
            (Ty::BigInt, Ty::BigInt) if matches!(op, AstOp::Shl | AstOp::Shr | AstOp::Pow) => {
                wrap(diag, right_span, "int")
            }
            (Ty::BigInt, Ty::BigInt) if op.text().ends_with('%') => {
                diag.help("a `bigint` never overflows: `+`, `-` and `*` are enough")
            }
            (Ty::Int(_), Ty::BigInt) => wrap(diag, left_span, &shown_right),
            (Ty::BigInt, Ty::Int(_)) => wrap(diag, right_span, &shown_left),
            (Ty::BigInt, Ty::Float(_)) => wrap(diag, left_span, &shown_right),
            (Ty::Float(_), Ty::BigInt) => wrap(diag, right_span, &shown_left),
            (Ty::Int(_), Ty::Int(_)) => {
                let wanted = if matches!(op, AstOp::Shl | AstOp::Shr | AstOp::Pow) {
                    "int".to_string()
                } else {
                    shown_left
                };
                wrap(diag, right_span, &wanted)
            }
            (Ty::Str, Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool) if op == AstOp::Add => {
                wrap(diag, right_span, "str")
            }
            (Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool, Ty::Str) if op == AstOp::Add => {
                wrap(diag, left_span, "str")
            }
            (Ty::Option(_), _) | (_, Ty::Option(_)) => {
                let field = |e: ExprId| matches!(self.program.tree[e].kind, ExprKind::Field { .. });
                match field(a) || field(b) {
                    true => diag.help(
                        "give it a name and test that (a test of a field narrows nothing), or \
                         use `x ?? other`",
                    ),
                    false => diag
                        .help("test the option first (`if x is not None:`), or use `x ?? other`"),
                }
            }
            (Ty::Result(..), _) => diag.fix("pass an error on", left_span.end(), "?"),
            (_, Ty::Result(..)) => diag.fix("pass an error on", right_span.end(), "?"),
            (Ty::List(_), Ty::List(_)) => diag.note("both lists must have one element type"),
            (Ty::Tuple(_), Ty::Int(_)) if op == AstOp::Mul => diag.note(
                "how many elements a tuple has is part of its type: the count is a plain number",
            ),
            (Ty::Str, _) if op == AstOp::Mod => diag.help("f-strings format: `f\"{value:.2f}\"`"),
            _ => diag,
        };
        self.report(diag);
    }

    /// `target op= value`
    pub(super) fn aug_assign(
        &mut self,
        op: AstOp,
        target: ast::TargetId,
        value: ast::ExprId,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        if self.aug_item(op, target, value, span, out) {
            return;
        }
        let Some((place, old)) = self.aug_place(target) else {
            self.expr(value, None);
            return;
        };
        self.aug_at(op, (place, old), value, span, out);
    }

    /// `place op= value`, where another expression reads the place.
    pub(super) fn aug_at(
        &mut self,
        op: AstOp,
        (place, old): (PlaceId, ExprId),
        value: ast::ExprId,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let ty = self.program.tree[place].ty;
        let want = match op {
            AstOp::Shl | AstOp::Shr => Some(TyId::INT),
            _ => self.operand_want(op, ty).or(self.literal_want(op, old, None)),
        };
        let value = self.expr(value, want);
        let right = self.ty_of(value);
        if ty == TyId::ERROR || right == TyId::ERROR {
            return;
        }
        if let Some(call) = self.in_place(op, place, value, span) {
            return self.stmt(StmtKind::Expr(call), span, out);
        }
        let (aug, result, value) = match self.plan(op, ty, right) {
            Some(Plan::Number(op, result)) => {
                (AugOp::Binary(op), result, self.shift_count(op, value))
            }
            Some(Plan::Call(name, result)) => {
                let value = self.as_text(value);
                (AugOp::Builtin(self.builtin(name)), result, value)
            }
            _ => match self.aug_method(op, ty, value, span) {
                Some(found) => found,
                None => return self.bad_operands(op, old, value, span),
            },
        };
        if result != ty {
            return self.mismatch(span, ty, result, Why::Plain);
        }
        self.stmt(StmtKind::AugAssign { place, op: aug, value }, span, out);
    }

    /// `op=` by a method, or on a type parameter: how, the type of the result, and the operand.
    fn aug_method(
        &mut self,
        op: AstOp,
        ty: TyId,
        value: ExprId,
        span: Span,
    ) -> Option<(AugOp, TyId, ExprId)> {
        if matches!(self.ty(ty), Ty::Param(_))
            && super::structs::bound_of(op).is_some_and(|bound| self.has(ty, bound))
            && self.ty_of(value) == ty
        {
            return Some((AugOp::Binary(number_op(op)?), ty, value));
        }
        let name = self.names.find(super::structs::method_of(op)?)?;
        let func = self.find_method(ty, name)?;
        let sig = self.sigs[func].clone();
        let [receiver, other] = sig.params.as_slice() else { return None };
        if receiver.mode != Mode::Read || other.mode == Mode::Mut {
            return None;
        }
        let mut found = super::infer::Found::of(sig.generics);
        self.unify(receiver.ty, ty, &mut found);
        self.settle(&mut found);
        let wanted = self.fill(other.ty, &found)?;
        let value = self.fit(value, wanted, Why::Param(other.name));
        let ret = self.fill(sig.ret, &found)?;
        let tys = found.complete()?;
        // Where the type is not known yet, its instance is found by the receiver.
        let (func, _) = self.instance_for(func, &tys, span);
        Some((AugOp::Method(func), ret, value))
    }

    /// The place that `op=` changes, and an expression that reads it.
    fn aug_place(&mut self, target: ast::TargetId) -> Option<(PlaceId, ExprId)> {
        let ast::Target { kind, span } = self.ast[target];
        match kind {
            ast::TargetKind::Name { name, mutable } => {
                if mutable {
                    self.error(
                        codes::CANNOT_ASSIGN,
                        span,
                        "`mut` declares a name, it changes none",
                    );
                    return None;
                }
                let Some(local) = self.own_local(name) else {
                    let value = self.name_expr(name.name, span, None);
                    return self.place_of(value, span).map(|place| (place, value));
                };
                let used = self.cx.var(local).used;
                let value = self.read(local, span);
                self.cx.var(local).used = used;
                if !self.cx.locals[local].mutable {
                    self.immutable(local, name.span, false);
                    return None;
                }
                Some((self.place_of(value, span)?, value))
            }
            _ => match self.target(target) {
                Target::Place(place, span) => {
                    let ty = self.program.tree[place].ty;
                    // Only the type of the old value matters here.
                    Some((place, self.node(ExprKind::Error, ty, span)))
                }
                Target::Discard(_) => None,
                _ => {
                    self.error(codes::CANNOT_ASSIGN, span, "this changes one place, not several");
                    None
                }
            },
        }
    }

    /// `op=` on containers changes them in place.
    fn in_place(&mut self, op: AstOp, place: PlaceId, value: ExprId, span: Span) -> Option<ExprId> {
        let ty = self.program.tree[place].ty;
        let (name, value) = match self.ty(ty) {
            Ty::List(item) if op == AstOp::Add => {
                self.item_of(self.ty_of(value))?;
                let list = self.listed(value);
                let list = self.elements_as(list, item);
                if self.item_of(self.ty_of(list)) != Some(item) {
                    return None;
                }
                ("list.extend", list)
            }
            Ty::Set(_) if self.ty_of(value) == ty => (set_method(op, true)?, value),
            Ty::Dict(..) if op == AstOp::Or && self.ty_of(value) == ty => ("dict.update", value),
            _ => return None,
        };
        let id = self.builtin(name);
        let args = [
            Arg { param: 0, kind: ArgKind::Mut(place) },
            Arg { param: 1, kind: ArgKind::Value(value) },
        ];
        self.exclusive(&args);
        let args = self.program.tree.list(&args);
        Some(self.node(ExprKind::Builtin { id, args }, TyId::UNIT, span))
    }
}

/// The operation on numbers.
pub fn number_op(op: AstOp) -> Option<BinaryOp> {
    Some(match op {
        AstOp::Add => BinaryOp::Add,
        AstOp::Sub => BinaryOp::Sub,
        AstOp::Mul => BinaryOp::Mul,
        AstOp::Div => BinaryOp::Div,
        AstOp::FloorDiv => BinaryOp::FloorDiv,
        AstOp::Mod => BinaryOp::Mod,
        AstOp::Pow => BinaryOp::Pow,
        AstOp::WrapAdd => BinaryOp::WrapAdd,
        AstOp::WrapSub => BinaryOp::WrapSub,
        AstOp::WrapMul => BinaryOp::WrapMul,
        AstOp::Shl => BinaryOp::Shl,
        AstOp::Shr => BinaryOp::Shr,
        AstOp::And => BinaryOp::And,
        AstOp::Or => BinaryOp::Or,
        AstOp::Xor => BinaryOp::Xor,
        AstOp::MatMul => return None,
    })
}

/// The method of sets that an operator is.
fn set_method(op: AstOp, in_place: bool) -> Option<&'static str> {
    Some(match (op, in_place) {
        (AstOp::Or, false) => "set.union",
        (AstOp::And, false) => "set.intersection",
        (AstOp::Sub, false) => "set.difference",
        (AstOp::Xor, false) => "set.symmetric_difference",
        (AstOp::Or, true) => "set.update",
        (AstOp::And, true) => "set.intersection_update",
        (AstOp::Sub, true) => "set.difference_update",
        (AstOp::Xor, true) => "set.symmetric_difference_update",
        _ => return None,
    })
}
