//! What is assigned to: names with `mut`, fields, elements, and several of them.
//!
//! A target is read as an expression, since only the `=` behind it tells, and is turned here.

use super::Parser;
use super::expr::power;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Parser<'_> {
    /// The targets of a `for` or a comprehension.
    pub(super) fn target_list(&mut self) -> TargetId {
        let expr = self.expr_tuple(true);
        self.target_of(expr)
    }

    /// One target, as behind `as`.
    pub(super) fn single_target(&mut self) -> TargetId {
        let expr = self.binary(power::BIT_OR);
        self.target_of(expr)
    }

    /// Expressions separated by commas: several, or one with a comma behind it, are a tuple.
    /// In a list of targets `in` ends it.
    pub(super) fn expr_tuple(&mut self, targets: bool) -> ExprId {
        let lo = self.token().lo;
        let first = self.tuple_item(targets);
        if !self.at(Tok::Comma) || self.quiet {
            self.lonely_star(first);
            return first;
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        while !self.quiet && self.eat(Tok::Comma) {
            let kind = self.kind();
            if !kind.starts_expr() && kind != Tok::Mut {
                break;
            }
            let item = self.tuple_item(targets);
            self.exprs.push(item);
        }
        let items = self.expr_list(from);
        let span = self.since(lo);
        self.expr_node(ExprKind::Tuple(items), span)
    }

    /// Reports `*xs` that stands in no sequence.
    pub(super) fn lonely_star(&mut self, expr: ExprId) {
        let Expr { kind, span } = self.ast[expr];
        if matches!(kind, ExprKind::Star(_)) && !self.quiet {
            let message = "`*` stands only before elements of a list or tuple";
            let end = span.end();
            let diag =
                Diagnostic::error(codes::EXPECTED, span, message).fix("make it a tuple", end, ",");
            self.report(diag);
            self.ast[expr].kind = ExprKind::Error;
        }
    }

    fn tuple_item(&mut self, targets: bool) -> ExprId {
        let lo = self.token().lo;
        if self.at(Tok::Star) {
            self.bump();
            let inner = self.binary(power::BIT_OR);
            let span = self.since(lo);
            return self.expr_node(ExprKind::Star(inner), span);
        }
        if targets { self.binary(power::BIT_OR) } else { self.expr() }
    }

    /// Reads an expression as a target.
    pub(super) fn target_of(&mut self, id: ExprId) -> TargetId {
        let Expr { kind, span } = self.ast[id];
        let mark = self.take_mut(id);
        let whole = mark.map_or(span, |mark| mark.to(span));
        let kind = match kind {
            ExprKind::Error => TargetKind::Error,
            ExprKind::Name(name) => {
                TargetKind::Name { name: Ident { name, span }, mutable: mark.is_some() }
            }
            _ if mark.is_some() => {
                let message = "`mut` stands before a name that is declared";
                self.report(Diagnostic::error(codes::MISPLACED_MARK, whole, message));
                TargetKind::Error
            }
            ExprKind::Attr { .. } | ExprKind::Index { .. } => TargetKind::Place(id),
            ExprKind::Tuple(items) | ExprKind::List(items) => self.unpack(items, span),
            ExprKind::Star(inner) => TargetKind::Star(self.target_of(inner)),
            _ => {
                self.bad_target(kind, span);
                TargetKind::Error
            }
        };
        self.ast.push(Target { kind, span: whole })
    }

    fn unpack(&mut self, items: List<ExprId>, span: Span) -> TargetKind {
        // Copied, since targets are made while the list is read.
        let items: Vec<ExprId> = self.ast[items].to_vec();
        if items.is_empty() {
            let message = "there is nothing to assign to";
            self.report(Diagnostic::error(codes::BAD_TARGET, span, message));
        }
        let mut star: Option<Span> = None;
        let mut targets = Vec::with_capacity(items.len());
        for item in items {
            if let ExprKind::Star(_) = self.ast[item].kind {
                let here = self.expr_span(item);
                if let Some(first) = star {
                    let message = "only one `*` can take the rest";
                    let diag = Diagnostic::error(codes::BAD_TARGET, here, message)
                        .label(first, "the first is here");
                    self.report(diag);
                }
                star = Some(here);
            }
            targets.push(self.target_of(item));
        }
        TargetKind::Unpack(self.ast.push_list(targets))
    }

    fn bad_target(&mut self, kind: ExprKind, span: Span) {
        let what = match kind {
            ExprKind::Call { .. } => "the result of a call",
            ExprKind::Compare { .. } => "a comparison",
            ExprKind::Try(_) => "a result of `?`",
            ExprKind::None | ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Str(_) => "a value",
            _ => "this expression",
        };
        let message = format!("{what} cannot be assigned to");
        self.error(Diagnostic::error(codes::BAD_TARGET, span, message));
    }

    /// The place of the `mut` before this expression, which is thereby used.
    fn take_mut(&mut self, id: ExprId) -> Option<Span> {
        let at = self.muts.iter().position(|&(marked, _)| marked == id)?;
        Some(self.muts.swap_remove(at).1)
    }

    /// Reports each `mut` that no target took.
    pub(super) fn unused_muts(&mut self) {
        if self.muts.is_empty() {
            return;
        }
        for (_, span) in std::mem::take(&mut self.muts) {
            let word = self.span(span.lo, span.lo + 3);
            let diag = Diagnostic::error(codes::MISPLACED_MARK, word, "`mut` has no meaning here")
                .note("it stands before a name that is declared, and before an argument")
                .fix("remove it", span, "");
            self.report(diag);
        }
    }
}
