//! What can be walked.

use super::Checker;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;

impl Checker<'_> {
    /// The type of the elements of a value that is walked.
    pub(super) fn walk(&mut self, value: ExprId) -> TyId {
        let ty = self.ty_of(value);
        if let Some(item) = self.item_of(ty) {
            return if self.is_named(value) { item } else { TyId::ERROR };
        }
        if ty == TyId::NEVER {
            return TyId::ERROR;
        }
        let span = self.span_of(value);
        let shown = self.show(ty);
        let message = format!("a value of type `{shown}` cannot be walked");
        let mut diag = Diagnostic::error(codes::NOT_ITERABLE, span, message);
        match self.ty(ty) {
            Ty::Int(_) => {
                diag = diag.fix_all(
                    "count up to it",
                    vec![(span.start(), "range(".into()), (span.end(), ")".into())],
                );
            }
            Ty::Tuple(_) => diag = diag.note("its elements have different types"),
            Ty::Option(_) => diag = diag.help("test it first: `if ... is not None:`"),
            Ty::Result(..) => diag = diag.fix("pass an error on", span.end(), "?"),
            _ => {}
        }
        self.report(diag);
        TyId::ERROR
    }

    /// The value as a list: as it is, or by walking it.
    pub(super) fn listed(&mut self, value: ExprId) -> ExprId {
        if matches!(self.ty(self.ty_of(value)), Ty::List(_) | Ty::Error | Ty::Never) {
            return value;
        }
        let item = self.walk(value);
        if item == TyId::ERROR {
            return self.bad(self.span_of(value));
        }
        let id = self.builtin("list");
        let ty = self.program.tys.intern(Ty::List(item));
        self.call_builtin(id, &[value], ty, self.span_of(value))
    }

    /// What is walked as a list whose elements have the wanted type, where each goes for one:
    /// `any Trait` takes all that has the trait. Otherwise it as it is.
    pub(super) fn elements_as(&mut self, iter: ExprId, item: TyId) -> ExprId {
        let Ty::Any(_) = self.ty(item) else { return iter };
        let Some(have) = self.item_of(self.ty_of(iter)).filter(|&have| have != item) else {
            return iter;
        };
        let span = self.span_of(iter);
        let local = self.hidden(have, span);
        let one = self.node(ExprKind::Local(local), have, span);
        let Some(elem) = self.coerce(one, item) else { return iter };
        let kind = PatKind::Local(local);
        let pattern = self.program.tree.push(Pattern { kind, ty: have, span });
        let clauses = self.program.tree.list(&[Clause::For { pattern, iter }]);
        let ty = self.program.tys.intern(Ty::List(item));
        self.node(ExprKind::Comp { elem, value: None, clauses }, ty, span)
    }

    /// A call of a built-in with plain values.
    pub(super) fn call_builtin(
        &mut self,
        id: crate::builtins::BuiltinId,
        values: &[ExprId],
        ty: TyId,
        span: kaa_base::span::Span,
    ) -> ExprId {
        let args: Vec<Arg> = (0u32..)
            .zip(values)
            .map(|(param, &value)| Arg { param, kind: ArgKind::Value(value) })
            .collect();
        let args = self.program.tree.list(&args);
        self.node(ExprKind::Builtin { id, args }, ty, span)
    }
}
