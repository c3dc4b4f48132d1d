//! Generators: functions with `yield`.
//!
//! A call of one only keeps its arguments; the body runs as the `Iter` that the call gave is
//! walked, when the caller may be gone. So nothing that is lent for a call may be in it, and no
//! resource, which nobody would close if the walk ended early.

use super::Checker;
use super::closure::Confined;
use super::cx::Ret;
use super::expr::Why;
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

impl Checker<'_> {
    /// Prepares for the suite of a generator, whose parameters are bound.
    pub(super) fn begin_generator(&mut self, decl: &ast::FnDecl) {
        let Ret::Known(ret) = self.cx.ret else { return };
        self.cx.ret = Ret::Known(TyId::UNIT);
        let item = match self.ty(ret) {
            Ty::Iter(item) => item,
            Ty::Error => TyId::ERROR,
            _ => {
                self.not_promised(decl, ret);
                TyId::ERROR
            }
        };
        self.cx.yields = Some(item);
        for at in 0..self.cx.params.len() {
            let param = self.cx.params[at];
            self.kept_param(param);
        }
    }

    fn not_promised(&mut self, decl: &ast::FnDecl, ret: TyId) {
        let name = self.text(decl.name.name);
        let mut diag = match self.cx.ret_span {
            Some(span) => {
                let shown = self.show(ret);
                let message =
                    format!("`{name}` has a `yield`, so it gives an `Iter`, no `{shown}`");
                let diag = Diagnostic::error(codes::GENERATOR, span, message);
                let edits = vec![(span.start(), "Iter[".into()), (span.end(), "]".into())];
                diag.fix_all("if that is what it yields, say so", edits)
            }
            None => {
                let message = format!("`{name}` has a `yield`, but does not say what it gives");
                let diag = Diagnostic::error(codes::GENERATOR, decl.name.span, message);
                diag.help("write `-> Iter[...]` before the colon, with the type that it yields")
            }
        };
        if decl.decorators.is_empty() {
            diag = diag.note("a function with `yield` is a generator: walking it runs its body");
        }
        self.report(diag);
    }

    /// Reports a parameter that a generator cannot keep.
    fn kept_param(&mut self, param: Param) {
        let Local { ty, name, span, .. } = self.cx.locals[param.local];
        let text = self.text(name).to_string();
        let confined = self.cx.var(param.local).confined;
        let diag = if param.mode == Mode::Mut {
            let message = format!("a generator outlives its call, so `{text}` cannot be `mut`");
            Diagnostic::error(codes::GENERATOR, span, message)
                .help("keep what changes in an object of a class, or yield it")
        } else if let Some(Confined::Param(..)) = confined {
            let message = format!("`{text}` is lent for the call, which the generator outlives");
            Diagnostic::error(codes::GENERATOR, span, message).fix(
                "take it over",
                span.start(),
                "own ",
            )
        } else if let Ty::View(_) = self.ty(ty) {
            let message =
                format!("the view `{text}` is lent for the call, which the generator outlives");
            Diagnostic::error(codes::GENERATOR, span, message).help("take a `list`")
        } else {
            return;
        };
        self.report(diag);
    }

    /// Reports what cannot be in a generator, once all of its variables are known.
    pub(super) fn end_generator(&mut self, decl: &ast::FnDecl) {
        for at in 0..self.cx.locals.len() {
            let Local { ty, name, span, .. } = self.cx.locals[LocalId::new(at)];
            if self.holds_resource(ty) {
                let text = self.text(name).to_string();
                let message = format!("a generator cannot hold the resource `{text}`");
                let diag = Diagnostic::error(codes::GENERATOR, span, message);
                self.report(diag.note("if it is not walked to its end, nothing would close it"));
            }
        }
        let (why, _) = self.confinement();
        if let Some(why) = why {
            let (name, at) = match why {
                Confined::Param(name, at) | Confined::Writes(name, at) => (name, at),
                Confined::View(name, at) => (name, at),
            };
            let text = self.text(name).to_string();
            let message = format!("this generator uses `{text}`, which it may outlive");
            let diag = Diagnostic::error(codes::GENERATOR, decl.name.span, message);
            self.report(diag.label(at, "it belongs to the function around, or to its caller"));
        }
    }

    /// What each `yield` of the function at hand gives; reports that there is none.
    fn yielded(&mut self, span: Span) -> Option<TyId> {
        if self.cx.yields.is_none() {
            self.error(codes::OUT_OF_PLACE, span, "`yield` stands outside of a function");
        }
        self.cx.yields
    }

    /// `yield value`
    pub(super) fn yield_stmt(
        &mut self,
        value: Option<ast::ExprId>,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let item = self.yielded(span);
        let value = match (value, item) {
            (Some(value), Some(item)) => self.expect(value, item, Why::Yield(self.cx.ret_span)),
            (Some(value), None) => {
                self.expr(value, None);
                return;
            }
            (None, Some(TyId::ERROR) | None) => return,
            (None, Some(item)) => {
                let shown = self.show(item);
                let message = format!("`yield` without a value of type `{shown}`");
                self.error(codes::TYPE_MISMATCH, span, message);
                return;
            }
        };
        self.stmt(StmtKind::Yield(value), span, out);
    }

    /// `yield from iter`
    pub(super) fn yield_from(&mut self, iter: ast::ExprId, span: Span, out: &mut Vec<StmtId>) {
        let item = self.yielded(span);
        let iter = self.expr(iter, None);
        let walked = self.walk(iter);
        let Some(item) = item else { return };
        if walked == TyId::ERROR || item == TyId::ERROR {
            return;
        }
        if !self.same(walked, item) {
            let at = self.span_of(iter);
            let (have, want) = (self.show(walked), self.show(item));
            let message = format!("this gives `{have}`s, and the generator yields `{want}`");
            let mut diag = Diagnostic::error(codes::TYPE_MISMATCH, at, message);
            if let Some(promised) = self.cx.ret_span {
                diag = diag.label(promised, "what is promised");
            }
            self.report(diag);
            return;
        }
        self.stmt(StmtKind::YieldFrom(iter), span, out);
    }

    /// Warns of an iterator that nothing walks.
    pub(super) fn not_walked(&mut self, value: ExprId) {
        let at = self.span_of(value);
        let message = "this iterator is not walked, so nothing runs";
        let diag = Diagnostic::warning(codes::NO_EFFECT, at, message);
        self.report(diag.help("walk it: `for x in ...:`, `list(...)` or `next(...)`"));
    }

    /// `return value` in a generator.
    pub(super) fn return_in_generator(&mut self, value: ast::ExprId, span: Span) {
        self.expr(value, None);
        let at = self.ast[value].span;
        let message = "a generator gives its values by `yield`; `return` only ends it";
        let diag = Diagnostic::error(codes::GENERATOR, at, message);
        self.report(diag.fix("give a last value", Span { hi: at.lo, ..span }, "yield "));
        self.cx.flow.reachable = false;
    }
}
