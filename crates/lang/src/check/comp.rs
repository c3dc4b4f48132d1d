//! Comprehensions.

use super::{Checker, expr::Why};
use crate::ast::{self, CompClause};
use crate::hir::*;
use kaa_base::span::Span;

type Clauses = ast::List<CompClause>;

impl Checker<'_> {
    pub(super) fn list_comp(
        &mut self,
        elem: ast::ExprId,
        clauses: Clauses,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let item = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::List(item)) => Some(item),
            _ => None,
        };
        let (elem, clauses) = self.comp(elem, clauses, item, false);
        self.comp_node(Ty::List(self.ty_of(elem)), elem, None, clauses, span)
    }

    pub(super) fn set_comp(
        &mut self,
        elem: ast::ExprId,
        clauses: Clauses,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let item = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Set(item)) => Some(item),
            _ => None,
        };
        let (elem, clauses) = self.comp(elem, clauses, item, false);
        let item = self.ty_of(elem);
        if !self.require_hash(item, self.span_of(elem)) {
            return self.bad(span);
        }
        self.comp_node(Ty::Set(item), elem, None, clauses, span)
    }

    pub(super) fn generator(
        &mut self,
        elem: ast::ExprId,
        clauses: Clauses,
        span: Span,
        want: Option<TyId>,
        kept: bool,
    ) -> ExprId {
        let item = want.and_then(|ty| match self.ty(ty) {
            Ty::Iter(item) | Ty::List(item) => Some(item),
            _ => None,
        });
        let outside = self.cx.outside;
        let (elem, clauses) = self.comp(elem, clauses, item, kept);
        self.cx.outside = outside;
        self.comp_node(Ty::Iter(self.ty_of(elem)), elem, None, clauses, span)
    }

    pub(super) fn dict_comp(
        &mut self,
        (key, value): (ast::ExprId, ast::ExprId),
        clauses: Clauses,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let wanted = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Dict(key, value)) => Some((key, value)),
            _ => None,
        };
        let mark = self.scope.open();
        let fork = self.cx.flow.fork();
        let clauses = self.clauses(clauses, false);
        let key = self.element(key, wanted.map(|(key, _)| key));
        let value = self.element(value, wanted.map(|(_, value)| value));
        self.cx.flow.leave(fork);
        self.scope.close(mark);
        let (key_ty, value_ty) = (self.ty_of(key), self.ty_of(value));
        if value_ty == TyId::ERROR || !self.require_hash(key_ty, self.span_of(key)) {
            return self.bad(span);
        }
        self.comp_node(Ty::Dict(key_ty, value_ty), key, Some(value), clauses, span)
    }

    fn comp_node(
        &mut self,
        ty: Ty,
        elem: ExprId,
        value: Option<ExprId>,
        clauses: List<Clause>,
        span: Span,
    ) -> ExprId {
        if self.ty_of(elem) == TyId::ERROR {
            return self.bad(span);
        }
        let ty = self.program.tys.intern(ty);
        self.node(ExprKind::Comp { elem, value, clauses }, ty, span)
    }

    fn comp(
        &mut self,
        elem: ast::ExprId,
        clauses: Clauses,
        want: Option<TyId>,
        kept: bool,
    ) -> (ExprId, List<Clause>) {
        let mark = self.scope.open();
        let fork = self.cx.flow.fork();
        let clauses = self.clauses(clauses, kept);
        let elem = self.element(elem, want);
        self.cx.flow.leave(fork);
        self.scope.close(mark);
        (elem, clauses)
    }

    fn element(&mut self, elem: ast::ExprId, want: Option<TyId>) -> ExprId {
        let value = match want {
            Some(want) => self.expect(elem, want, Why::Plain),
            None => self.expr(elem, None),
        };
        let value = self.storable(value);
        match self.ty_of(value) {
            TyId::UNIT => {
                let span = self.span_of(value);
                self.error(crate::codes::GIVES_NOTHING, span, "this gives no value to collect");
                self.bad(span)
            }
            TyId::NEVER => {
                let span = self.span_of(value);
                let message = "the type of the elements is not known here: this gives none";
                self.error(crate::codes::UNKNOWN_HERE, span, message);
                self.bad(span)
            }
            _ => value,
        }
    }

    fn clauses(&mut self, clauses: Clauses, mut kept: bool) -> List<Clause> {
        let ast = self.ast;
        let mut done = Vec::with_capacity(clauses.len());
        for clause in &ast[clauses] {
            match *clause {
                CompClause::For { target, iter } => {
                    self.reading.walks = !kept;
                    let iter = self.expr(iter, None);
                    let item = self.walk(iter);
                    // What the first clause walks is evaluated at once, all else as it is walked.
                    if std::mem::take(&mut kept) {
                        self.kept_source(iter);
                        self.cx.outside = Some(self.cx.locals.len());
                    }
                    self.shadows = true;
                    let pattern = self.loop_pattern(target, item, self.span_of(iter));
                    self.shadows = false;
                    done.push(Clause::For { pattern, iter });
                }
                CompClause::If(cond) => {
                    let (cond, facts) = self.condition(cond);
                    self.assume(&facts, true);
                    done.push(Clause::If(cond));
                }
            }
        }
        self.program.tree.list(&done)
    }
}
