//! Expressions: the way in, wanted types, and what fits where.

use super::Checker;
use super::cx::VarKind;
use crate::ast::{self, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Why a type is wanted, for the message where another one is met.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// Where it stands says enough.
    Plain,
    /// For a variable, which may be declared elsewhere.
    Binding(Symbol, Option<Span>),
    /// For a parameter of that name.
    Param(Symbol),
    /// As the result that is promised here.
    Return(Option<Span>),
    /// As what the `Iter` that is promised here gives.
    Yield(Option<Span>),
    /// As an element beside this one.
    Element(Span),
    /// As a condition.
    Condition,
    /// As a default value.
    Default,
    /// As a position.
    Index,
}

impl Checker<'_> {
    /// Checks an expression; literals take the wanted type where they can.
    pub(super) fn expr(&mut self, id: ast::ExprId, want: Option<TyId>) -> ExprId {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[id];
        let lends = std::mem::take(&mut self.reading.lends);
        let borrows = std::mem::take(&mut self.reading.borrows);
        let walks = std::mem::take(&mut self.reading.walks);
        match kind {
            Ast::Error => self.bad(span),
            // A loop over a resource borrows it.
            Ast::Name(name) => self.read_name(name, (lends, borrows || walks), span, want),
            Ast::Int(value) => self.int(ast[value], false, span, want),
            Ast::BigInt(digits) => self.large_int(digits, false, span, want),
            Ast::Float(value) => self.float(ast[value], span, want),
            Ast::Str(text) => self.str(text, span, want),
            Ast::Bytes(value) => self.bytes(value, span),
            Ast::FString(parts) => self.fstring(&ast[parts], span),
            Ast::Bool(value) => self.node(ExprKind::Bool(value), TyId::BOOL, span),
            Ast::None => match want.filter(|&ty| self.option_item(ty).is_some()) {
                Some(ty) => self.node(ExprKind::Absent, ty, span),
                None => self.node(ExprKind::Unit, TyId::UNIT, span),
            },
            Ast::Ellipsis => {
                self.error(codes::NOT_A_VALUE, span, "`...` is not a value");
                self.bad(span)
            }
            Ast::Tuple(items) => self.tuple(&ast[items], span, want),
            Ast::List(items) => self.list(&ast[items], span, want),
            Ast::Set(items) => self.set(&ast[items], span, want),
            Ast::Dict(items) => self.dict(&ast[items], span, want),
            Ast::ListComp { elem, clauses } => self.list_comp(elem, clauses, span, want),
            Ast::SetComp { elem, clauses } => self.set_comp(elem, clauses, span, want),
            Ast::DictComp { key, value, clauses } => {
                self.dict_comp((key, value), clauses, span, want)
            }
            Ast::Generator { elem, clauses } => self.generator(elem, clauses, span, want, !walks),
            Ast::Star(_) => {
                self.error(codes::OUT_OF_PLACE, span, "`*` stands in a list only");
                self.bad(span)
            }
            Ast::Unary { op, operand } => self.unary(op, operand, span, want),
            Ast::Binary { op, lhs, rhs } => self.binary(op, lhs, rhs, span, want),
            Ast::Logic { .. } | Ast::Compare { .. } => self.condition_like(id).0,
            Ast::Coalesce { lhs, rhs } => self.coalesce(lhs, rhs, span, want),
            Ast::IfElse { cond, then, other } => self.if_else(cond, then, other, span, want),
            Ast::Lambda { params, body } => {
                self.reading.lends = lends;
                self.lambda_expr(params, body, span, want)
            }
            Ast::Walrus { name, value } => self.walrus(name, value, span, want),
            Ast::Call { callee, args } => {
                self.reading.walks = walks && self.makes_iter(callee);
                let value = self.call(callee, args, span, want);
                self.reading.walks = false;
                value
            }
            Ast::Attr { object, name } => self.attr(object, name, span, want),
            Ast::Index { object, index } => self.index(object, index, span, want),
            Ast::Slice { .. } => {
                self.error(codes::OUT_OF_PLACE, span, "a slice stands in brackets only");
                self.bad(span)
            }
            Ast::Try(value) => self.try_expr(value, span),
            Ast::Type(_) => {
                self.error(codes::NOT_A_VALUE, span, "this is a type, not a value");
                self.bad(span)
            }
        }
    }

    /// A name whose value is lent or borrowed by what reads it.
    fn read_name(
        &mut self,
        name: Symbol,
        (lends, borrows): (bool, bool),
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        (self.reading.lends, self.reading.borrows) = (lends, borrows);
        let value = self.name_expr(name, span, want);
        (self.reading.lends, self.reading.borrows) = (false, false);
        value
    }

    fn bytes(&mut self, value: ast::BytesId, span: Span) -> ExprId {
        let bytes = self.program.tree.push(self.ast[value].clone());
        self.node(ExprKind::Bytes(bytes), TyId::BYTES, span)
    }

    /// Checks an expression that must have this type.
    pub(super) fn expect(&mut self, id: ast::ExprId, ty: TyId, why: Why) -> ExprId {
        let value = self.expr(id, Some(ty));
        self.fit(value, ty, why)
    }

    /// The value as one of the wanted type; reports it where it is none.
    pub(super) fn fit(&mut self, value: ExprId, ty: TyId, why: Why) -> ExprId {
        if let Some(fitted) = self.coerce(value, ty) {
            return fitted;
        }
        let have = self.ty_of(value);
        let span = self.span_of(value);
        self.mismatch(span, ty, have, why);
        self.bad(span)
    }

    /// The value as one of the wanted type, where it goes without saying.
    pub(super) fn coerce(&mut self, value: ExprId, ty: TyId) -> Option<ExprId> {
        let have = self.ty_of(value);
        if have == TyId::NEVER && !matches!(self.ty(ty), Ty::Unit | Ty::Error | Ty::Never) {
            // What holds it needs all parts of its type, though no value ever comes.
            let kind = ExprKind::Convert { value, kind: Convert::Checked };
            return Some(self.node(kind, ty, self.span_of(value)));
        }
        if self.same(have, ty) {
            return Some(value);
        }
        if let ExprKind::Unwrap(inner) = self.program.tree[value].kind
            && self.ty_of(inner) == ty
        {
            return Some(inner);
        }
        let span = self.span_of(value);
        if let (Ty::View(item), Ty::List(have)) = (self.ty(ty), self.ty(have))
            && item == have
        {
            let kind = ExprKind::Convert { value, kind: Convert::Checked };
            return Some(self.node(kind, ty, span));
        }
        if let Ty::Option(item) = self.ty(ty)
            && self.option_item(have).is_none()
        {
            if self.program.tree[value].kind == ExprKind::Unit {
                return Some(self.node(ExprKind::Absent, ty, span));
            }
            let inner = self.coerce(value, item)?;
            return Some(self.node(ExprKind::Some(inner), ty, span));
        }
        if let Ty::Any(id) = self.ty(ty) {
            return self.as_any(value, id, ty);
        }
        None
    }

    /// Reports a value of another type than the wanted one.
    pub(super) fn mismatch(&mut self, span: Span, want: TyId, have: TyId, why: Why) {
        let (wanted, got) = (self.show(want), self.show(have));
        let (message, label) = match why {
            Why::Binding(name, declared) => {
                let text = self.text(name);
                let message = format!("`{text}` is of type `{wanted}`, not `{got}`");
                (message, declared.map(|at| (at, "its type comes from here".to_string())))
            }
            Why::Param(name) => {
                let text = self.text(name);
                (format!("parameter `{text}` takes `{wanted}`, not `{got}`"), None)
            }
            Why::Return(at) => (
                format!("the function promises `{wanted}`, this is `{got}`"),
                at.map(|at| (at, "the result that is promised".to_string())),
            ),
            Why::Yield(at) => (
                format!("the generator yields `{wanted}`, this is `{got}`"),
                at.map(|at| (at, "what is promised".to_string())),
            ),
            Why::Element(at) => (
                format!("the elements are of type `{wanted}`, this one is `{got}`"),
                Some((at, format!("this one is `{wanted}`"))),
            ),
            Why::Condition => (format!("a condition is a `bool`, not `{got}`"), None),
            Why::Default => (format!("the default must be of type `{wanted}`, not `{got}`"), None),
            Why::Index => (format!("a position is an `int`, not `{got}`"), None),
            Why::Plain => (format!("this must be of type `{wanted}`, not `{got}`"), None),
        };
        let code = if why == Why::Condition { codes::CONDITION } else { codes::TYPE_MISMATCH };
        let mut diag = Diagnostic::error(code, span, message);
        if let Some((at, text)) = label
            && at != span
        {
            diag = diag.label(at, text);
        }
        self.report(self.with_conversion(diag, span, want, have, why));
    }

    /// Adds the edit that makes the wanted type of the one that is there.
    fn with_conversion(
        &self,
        diag: Diagnostic,
        span: Span,
        want: TyId,
        have: TyId,
        why: Why,
    ) -> Diagnostic {
        let wrap = |diag: Diagnostic, name: &str| {
            let edits = vec![(span.start(), format!("{name}(")), (span.end(), ")".to_string())];
            diag.fix_all(format!("convert it: `{name}(...)`"), edits)
        };
        match (self.ty(want), self.ty(have)) {
            (Ty::Bool, Ty::Option(_)) => diag.fix("test it", span.end(), " is not None"),
            (Ty::Bool, Ty::List(_) | Ty::Dict(..) | Ty::Set(_) | Ty::Str | Ty::Bytes)
                if why == Why::Condition =>
            {
                let edits = vec![(span.start(), "len(".into()), (span.end(), ") > 0".into())];
                diag.fix_all("ask for its length", edits)
            }
            (Ty::Bool, Ty::Int(_) | Ty::BigInt) if why == Why::Condition => {
                diag.fix("compare it", span.end(), " != 0")
            }
            (Ty::Bool, Ty::Float(_)) if why == Why::Condition => {
                diag.fix("compare it", span.end(), " != 0.0")
            }
            _ if self.is_num(want) && self.is_num(have) => {
                let name = self.show(want);
                wrap(diag, &name)
            }
            (Ty::Str, Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool | Ty::Char) => {
                wrap(diag, "str")
            }
            (Ty::Int(_), Ty::Str) => wrap(diag, "int"),
            (Ty::ErrorObj, Ty::Str) => wrap(diag, "Error"),
            (Ty::BigInt, Ty::Str) => wrap(diag, "bigint"),
            (Ty::Float(_), Ty::Str) => wrap(diag, "float"),
            (Ty::List(item), _) if self.plain_item(have) == Some(item) => wrap(diag, "list"),
            (Ty::Iter(item), _) if self.plain_item(have) == Some(item) => wrap(diag, "iter"),
            (Ty::Set(item), Ty::List(have)) if item == have => wrap(diag, "set"),
            (_, Ty::Option(item)) if item == want => diag.help(
                "test it first (`if ... is not None:`), or give another value: `... ?? other`",
            ),
            (_, Ty::Result(ok, _)) if ok == want => diag.fix("pass an error on", span.end(), "?"),
            (Ty::Any(id), _) => {
                let name = self.text(self.traits[id].name);
                diag.note(format!("`{}` has no `{name}`", self.show(have)))
            }
            (_, Ty::Unit) => diag.note("`None` goes where an option, `T?`, is expected"),
            _ => diag,
        }
    }

    fn if_else(
        &mut self,
        cond: ast::ExprId,
        then: ast::ExprId,
        other: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let (cond, facts) = self.condition(cond);
        let fork = self.cx.flow.fork();
        let literals = self.is_flexible(then) && self.is_flexible(other);
        let decimal = literals && (self.is_decimal(then) || self.is_decimal(other));
        let want = want.or(decimal.then_some(TyId::FLOAT));
        let flexible = want.is_none() && self.is_flexible(then) && !self.is_flexible(other);
        // A literal takes its type from the other side, which is then looked at first.
        let (first, second) = if flexible { (other, then) } else { (then, other) };
        self.assume(&facts, !flexible);
        let a = self.expr(first, want);
        let first_exit = self.cx.flow.leave(fork);
        self.assume(&facts, flexible);
        let b = self.expr(second, want.or(Some(self.ty_of(a))));
        let second_exit = self.cx.flow.leave(fork);
        self.cx.flow.join(&[first_exit, second_exit]);
        let Some((a, b)) = self.agree(a, b, want) else {
            let (left, right) = (self.ty_of(a), self.ty_of(b));
            let (shown, other) = (self.show(left), self.show(right));
            let message = format!("the two sides have types `{shown}` and `{other}`");
            let (at, first) = (self.span_of(b), self.span_of(a));
            let diag = Diagnostic::error(codes::TYPE_MISMATCH, at, message);
            self.report(diag.label(first, format!("this is `{shown}`")));
            return self.bad(span);
        };
        let ty = if self.ty_of(a) == TyId::NEVER { self.ty_of(b) } else { self.ty_of(a) };
        let (then, other) = if flexible { (b, a) } else { (a, b) };
        self.node(ExprKind::IfElse { cond, then, other }, ty, span)
    }

    /// Two values as ones of a common type, if there is one.
    pub(super) fn agree(
        &mut self,
        a: ExprId,
        b: ExprId,
        want: Option<TyId>,
    ) -> Option<(ExprId, ExprId)> {
        if let Some(want) = want
            && let (Some(a), Some(b)) = (self.coerce(a, want), self.coerce(b, want))
        {
            return Some((a, b));
        }
        let (left, right) = (self.ty_of(a), self.ty_of(b));
        if let Some(b) = self.coerce(b, left) {
            return Some((a, b));
        }
        if let Some(a) = self.coerce(a, right) {
            return Some((a, b));
        }
        // `None` beside a value makes an option.
        let item = match (self.ty(left), self.ty(right)) {
            (Ty::Unit, _) => right,
            (_, Ty::Unit) => left,
            _ => return None,
        };
        let option = self.program.tys.intern(Ty::Option(item));
        Some((self.coerce(a, option)?, self.coerce(b, option)?))
    }

    fn walrus(
        &mut self,
        name: ast::Ident,
        value: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let known = self.own_local(name).map(|local| self.cx.locals[local]);
        let value = match known {
            Some(var) => self.expect(value, var.ty, Why::Binding(name.name, Some(var.span))),
            None => {
                let value = self.expr(value, want);
                match self.ty_of(value) {
                    TyId::UNIT => {
                        self.error(codes::GIVES_NOTHING, span, "this gives no value to hold");
                        self.bad(span)
                    }
                    _ => value,
                }
            }
        };
        let ty = self.ty_of(value);
        if self.is_resource(ty) {
            let message = "`:=` would hold the resource and hand it on";
            let diag = Diagnostic::error(codes::RESOURCE_HELD, span, message);
            self.report(diag.help("give it a name in a statement before"));
            return self.bad(span);
        }
        let target = super::assign::Target::Name { name, mutable: false, span: name.span };
        self.pattern(&target, ty, self.span_of(value));
        let Some(local) = self.own_local(name) else { return self.bad(span) };
        if self.changes_outside(local, span) {
            return self.bad(span);
        }
        self.cx.var(local).used = true;
        if known.is_none() {
            self.cx.var(local).kind = VarKind::Walrus;
        }
        self.node(ExprKind::Walrus { local, value }, ty, span)
    }
}
