//! Options and results: what conditions find out, `is None`, `??`, postfix `?`.

use super::cx::Ret;
use super::traits::Bound;
use super::{Checker, expr::Why};
use crate::ast::{self, CmpOp as AstCmp, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Which options are known to be present where a condition is true and where it is false.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    yes: Vec<LocalId>,
    no: Vec<LocalId>,
}

impl Facts {
    /// The facts of `not`.
    pub fn negated(self) -> Facts {
        Facts { yes: self.no, no: self.yes }
    }

    /// The facts of `and` or `or`.
    pub fn both(mut self, other: Facts, and: bool) -> Facts {
        match and {
            true => {
                self.yes.extend(other.yes);
                self.no.clear();
            }
            false => {
                self.no.extend(other.no);
                self.yes.clear();
            }
        }
        self
    }
}

impl Checker<'_> {
    /// Goes on where a condition was true or false.
    pub(super) fn assume(&mut self, facts: &Facts, holds: bool) {
        let known = if holds { &facts.yes } else { &facts.no };
        for &local in known {
            self.cx.narrows |= self.cx.locals[local].mutable;
            self.cx.flow.set_present(local, true);
        }
    }

    /// `x is None`, `x is not None`
    pub(super) fn is_none(
        &mut self,
        first: ast::ExprId,
        link: &ast::CmpLink,
        span: Span,
    ) -> (ExprId, Facts) {
        let negated = matches!(link.op, AstCmp::IsNot | AstCmp::Ne);
        if self.ast[link.rhs].kind != Ast::None {
            let (a, b) = (self.expr(first, None), self.expr(link.rhs, None));
            if let Some(same) = self.same_object(a, b, negated, span) {
                return (same, Facts::default());
            }
            self.no_identity(a, b, link);
            return (self.bad(span), Facts::default());
        }
        self.reading.lends = true;
        let value = self.expr(first, None);
        // A variable that is known to be present is asked again as the option it is.
        let value = match self.program.tree[value].kind {
            ExprKind::Unwrap(inner) => inner,
            _ => value,
        };
        let ty = self.ty_of(value);
        if ty == TyId::ERROR {
            return (self.bad(span), Facts::default());
        }
        if self.option_item(ty).is_none() {
            self.never_none(value);
            return (self.bad(span), Facts::default());
        }
        let local = match self.program.tree[value].kind {
            ExprKind::Local(local) | ExprKind::Walrus { local, .. } => Some(local),
            _ => None,
        };
        let found: Vec<LocalId> = local.into_iter().collect();
        let facts = match negated {
            true => Facts { yes: found, no: Vec::new() },
            false => Facts { yes: Vec::new(), no: found },
        };
        (self.node(ExprKind::IsNone { value, negated }, TyId::BOOL, span), facts)
    }

    /// Reports `a is b` of what is never the same object.
    fn no_identity(&mut self, a: ExprId, b: ExprId, link: &ast::CmpLink) {
        if self.ty_of(a) == TyId::ERROR || self.ty_of(b) == TyId::ERROR {
            return;
        }
        let sides = [a, b].map(|value| self.ty(self.inside(self.ty_of(value))));
        if let [Ty::Class(..), Ty::Class(..)] = sides {
            let (left, right) = (self.show(self.ty_of(a)), self.show(self.ty_of(b)));
            let message = format!("`{left}` and `{right}` are never the same object");
            self.error(codes::IS_ON_VALUES, link.span, message);
        } else {
            let right = if link.op == AstCmp::IsNot { "!=" } else { "==" };
            let message = format!("values have no identity: write `{right}`");
            let diag = Diagnostic::error(codes::IS_ON_VALUES, link.span, message);
            self.report(diag.fix("compare the values", link.span, right));
        }
    }

    /// `is` in a chain of comparisons: between objects, or of an option with `None`.
    pub(super) fn identity_link(
        &mut self,
        lhs: ExprId,
        link: &ast::CmpLink,
        rhs: ExprId,
    ) -> CmpLink {
        let negated = link.op == AstCmp::IsNot;
        let op = if negated { CmpOp::IsNot } else { CmpOp::Is };
        let (left, right) = (self.ty_of(lhs), self.ty_of(rhs));
        let inside = self.inside(left);
        if inside == self.inside(right) && matches!(self.ty(inside), Ty::Class(..)) {
            return CmpLink { op, rhs };
        }
        if self.ast[link.rhs].kind != Ast::None || left == TyId::ERROR {
            self.no_identity(lhs, rhs, link);
            return CmpLink { op, rhs: self.bad(link.span) };
        }
        if self.option_item(left).is_none() {
            self.never_none(lhs);
        } else {
            self.require(left, Bound::Eq, self.span_of(lhs));
        }
        CmpLink { op: if negated { CmpOp::Ne } else { CmpOp::Eq }, rhs }
    }

    fn never_none(&mut self, value: ExprId) {
        let shown = self.show(self.ty_of(value));
        let message = format!("a value of type `{shown}` is never `None`");
        self.error(codes::NEVER_NONE, self.span_of(value), message);
    }

    /// `a is b` of two objects of one class, or of options of it.
    fn same_object(&mut self, a: ExprId, b: ExprId, negated: bool, span: Span) -> Option<ExprId> {
        let (left, right) = (self.inside(self.ty_of(a)), self.inside(self.ty_of(b)));
        if left != right || !matches!(self.ty(left), Ty::Class(..)) {
            return None;
        }
        let op = if negated { CmpOp::IsNot } else { CmpOp::Is };
        let links = self.program.tree.list(&[CmpLink { op, rhs: b }]);
        Some(self.node(ExprKind::Compare { first: a, links }, TyId::BOOL, span))
    }

    /// `lhs ?? rhs`
    pub(super) fn coalesce(
        &mut self,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let option = want.map(|ty| {
            let item = self.inside(ty);
            self.program.tys.intern(Ty::Option(item))
        });
        let value = self.expr(lhs, option);
        let value = match self.program.tree[value].kind {
            ExprKind::Unwrap(inner) => inner,
            _ => value,
        };
        let ty = self.ty_of(value);
        let fork = self.cx.flow.fork();
        let Some(item) = self.option_item(ty) else {
            self.expr(rhs, None);
            if ty != TyId::ERROR {
                let shown = self.show(ty);
                let message =
                    format!("a value of type `{shown}` is never `None`, so `??` has no use");
                self.error(codes::NEVER_NONE, self.span_of(value), message);
            }
            return self.bad(span);
        };
        let other = self.expr(rhs, Some(item));
        let with = self.cx.flow.leave(fork);
        let without = self.cx.flow.leave(fork);
        self.cx.flow.join(&[with, without]);
        let ty = if self.ty_of(other) == ty { ty } else { item };
        let other = self.fit(other, ty, Why::Plain);
        self.node(ExprKind::Coalesce { lhs: value, rhs: other }, ty, span)
    }

    /// Postfix `?`
    pub(super) fn try_expr(&mut self, value: ast::ExprId, span: Span) -> ExprId {
        let value = self.expr(value, None);
        let ty = self.ty_of(value);
        if self.cx.outside.is_some() && ty != TyId::ERROR {
            let message = "`?` cannot return from here: the iterator is walked later";
            let diag = Diagnostic::error(codes::BAD_TRY, span, message);
            self.report(diag.help("make a list in its place: `[...]` is made at once"));
            return self.bad(span);
        }
        let ret = match self.cx.ret {
            Ret::Known(ret) => ret,
            _ if ty == TyId::ERROR => return self.bad(span),
            _ => {
                self.report(
                    Diagnostic::error(
                        codes::BAD_TRY,
                        span,
                        "`?` returns from a function, and there is none around it",
                    )
                    .help("in a script use `.unwrap()`, or write `def main() -> Result[None]:`"),
                );
                return self.bad(span);
            }
        };
        let (item, kind) = match (self.ty(ty), self.ty(ret)) {
            (Ty::Error, _) | (_, Ty::Error) => return self.bad(span),
            (Ty::Option(item), Ty::Option(_)) => (item, TryKind::Option),
            (Ty::Result(ok, error), Ty::Result(_, promised)) if error == promised => {
                (ok, TryKind::Same)
            }
            (Ty::Result(ok, error), Ty::Result(_, TyId::ERROR_OBJ)) => {
                self.require(error, Bound::Show, span);
                (ok, TryKind::Open)
            }
            (Ty::Option(_) | Ty::Result(..), _) => {
                self.try_in_wrong_function(ty, ret, span);
                return self.bad(span);
            }
            _ => {
                let shown = self.show(ty);
                let message = format!("`?` works on an option or a result, not on a `{shown}`");
                self.error(codes::BAD_TRY, span, message);
                return self.bad(span);
            }
        };
        self.node(ExprKind::Try { value, kind }, item, span)
    }

    fn try_in_wrong_function(&mut self, ty: TyId, ret: TyId, span: Span) {
        let shown = self.show(ret);
        let (what, wanted) = match self.ty(ty) {
            Ty::Option(_) => ("`None`", "an option, `T?`"),
            _ => ("an error", "a `Result`"),
        };
        let message = format!("`?` would return {what} from a function that promises `{shown}`");
        let mut diag = Diagnostic::error(codes::BAD_TRY, span, message);
        if let Some(at) = self.cx.ret_span {
            diag = diag.label(at, format!("this would have to be {wanted}"));
        } else {
            diag = diag.help(format!("let the function return {wanted}"));
        }
        self.report(diag);
    }
}
