//! Generators: functions with `yield`.
//!
//! A call of one only keeps its arguments; the body runs as the `Iter` that the call gave is
//! walked, when the caller may be gone. So nothing that is lent for a call may be in it, and no
//! resource, which nobody would close if the walk ended early.

use super::Checker;
use super::closure::Confined;
use super::cx::Ret;
use super::expr::Why;
use super::sig::Sig;
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// Built-ins that make an iterator, where nothing walks it at once.
pub(super) const MAKERS: &[&str] = &["map", "filter", "zip", "enumerate", "reversed", "iter"];

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
        self.reading.walks = true;
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

    /// Whether a call of this makes an iterator that a loop can be made of.
    pub(super) fn makes_iter(&self, callee: ast::ExprId) -> bool {
        let ast::ExprKind::Name(name) = self.ast[callee].kind else { return false };
        self.scope.get(name).is_none() && MAKERS.contains(&self.text(name))
    }

    /// Whether the signature is of a built-in that makes an iterator.
    pub(super) fn makes_iter_of(&self, sig: &Sig) -> bool {
        sig.builtin && MAKERS.contains(&sig.name.as_str())
    }

    /// Whether a variable lies outside of the generator expression at hand, which is kept.
    pub(super) fn is_outside(&self, local: LocalId) -> bool {
        self.cx.outside.is_some_and(|first| local.index() < first)
    }

    /// Reports a change of a variable outside, which the iterator has a copy of.
    pub(super) fn changes_outside(&mut self, local: LocalId, span: Span) -> bool {
        if !self.is_outside(local) {
            return false;
        }
        let text = self.text(self.cx.locals[local].name);
        let message =
            format!("an iterator that is kept has its own `{text}`, and cannot change it");
        let diag = Diagnostic::error(codes::GENERATOR, span, message);
        self.report(diag.help("make a list in its place: `[...]` is made at once"));
        true
    }

    /// Reports a variable outside that an iterator cannot keep.
    pub(super) fn not_kept(&mut self, var: Local, span: Span) -> bool {
        let is_view = matches!(self.ty(var.ty), Ty::View(_));
        if !is_view && !self.holds_resource(var.ty) {
            return false;
        }
        self.report_kept(var.ty, span);
        true
    }

    /// Reports what a kept iterator would walk, if it is only lent or held by one.
    pub(super) fn kept_source(&mut self, value: ExprId) {
        let ty = self.ty_of(value);
        if matches!(self.ty(ty), Ty::View(_)) || self.holds_resource(ty) {
            self.report_kept(ty, self.span_of(value));
        }
    }

    fn report_kept(&mut self, ty: TyId, span: Span) {
        let (code, what) = match self.ty(ty) {
            Ty::View(_) => (codes::VIEW_KEPT, "a view is lent for the call"),
            _ => (codes::RESOURCE_HELD, "a resource has one holder"),
        };
        let message = format!("{what}, so an iterator that is kept cannot use it");
        let diag = Diagnostic::error(code, span, message);
        self.report(diag.help("walk it where it is made, or make a list: `[...]`"));
    }
}
