//! What a function does not use: names that are never read, `mut`s that never change.

use super::Checker;
use super::cx::VarKind;
use crate::codes;
use crate::hir::LocalId;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

impl Checker<'_> {
    /// Reports unused variables of the current function. Where it has errors they are left out:
    /// a misspelt name would be reported twice.
    pub(super) fn usage(&mut self) {
        if self.errors > self.cx.errors_before {
            return;
        }
        for index in 0..self.cx.vars.len() {
            let var = self.cx.vars[index];
            let local = self.cx.locals[LocalId::new(index)];
            let text = self.text(local.name);
            if text.starts_with('_') {
                continue;
            }
            match var.kind {
                VarKind::Binding | VarKind::Def if !var.used => {
                    self.report_unused(local.name, local.span);
                }
                VarKind::Binding if local.mutable && !var.changed => {
                    self.never_changes(local.name, local.span);
                }
                _ => {}
            }
        }
    }

    /// Reports a name that is never read.
    pub(super) fn report_unused(&mut self, name: Symbol, span: Span) {
        let text = self.text(name).to_string();
        self.report(
            Diagnostic::error(codes::UNUSED, span, format!("`{text}` is never used"))
                .fix("if that is meant, say so", span.start(), "_")
                .note("a name that is never read is often a misspelt one"),
        );
    }

    fn never_changes(&mut self, name: Symbol, span: Span) {
        let text = self.text(name);
        let message = format!("`{text}` is `mut` but never changes");
        // `mut` and one blank stand before the name.
        let mark = Span { lo: span.lo.saturating_sub(4), hi: span.lo, ..span };
        self.report(Diagnostic::warning(codes::NEVER_CHANGES, span, message).fix(
            "leave out `mut`",
            mark,
            "",
        ));
    }
}
