//! What closures may do with the function around: `nonlocal`, and which of them may outlive it.
//!
//! A function value is *confined* where it may not outlive the call that it is used in: a parameter
//! of function type that is not `own`, a nested function that writes a variable of the function
//! around, and a closure that captures a confined one. Such a value is called, and passed on for a
//! plain parameter of function type; it is never stored, returned or named anew. How lambdas and
//! nested functions are checked is in `lambda`.

use super::Checker;
use super::cx::{FnCx, VarKind};
use super::flow::Assigned;
use crate::ast;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// Why a function value may not outlive the call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Confined {
    /// It is this parameter.
    Param(Symbol, Span),
    /// It writes this variable of the function around.
    Writes(Symbol, Span),
    /// It captures this view.
    View(Symbol, Span),
}

impl Checker<'_> {
    /// `nonlocal a, b`
    pub(super) fn nonlocal(&mut self, names: &[ast::Ident], span: Span) {
        for name in names {
            let text = self.text(name.name).to_string();
            let binding = self.scope.get(name.name);
            let message = match binding {
                Some(binding) if binding.depth < self.cx.depth => {
                    self.write_around(*name);
                    continue;
                }
                Some(binding) => {
                    let var = self.cx.locals[binding.local];
                    let message = format!("`{text}` is a variable of this function already");
                    let diag = Diagnostic::error(codes::NONLOCAL, name.span, message);
                    self.report(diag.label(var.span, "declared here"));
                    continue;
                }
                None if self.cx.depth == 0 => "there is no function around this one".to_string(),
                None => format!("no function around this one has a variable `{text}`"),
            };
            let diag = Diagnostic::error(codes::NONLOCAL, span, message);
            self.report(diag.help("it stands in a nested function and names a variable around it"));
            self.stand_in(*name);
        }
    }

    /// Lets the function at hand write a variable of one around it.
    fn write_around(&mut self, name: ast::Ident) {
        let Some(binding) = self.scope.get(name.name) else { return };
        let source = match self.enclosing.get(binding.depth as usize) {
            Some(cx) => cx.locals[binding.local],
            None => return,
        };
        if !source.mutable {
            let text = self.text(name.name);
            let message = format!("`{text}` is not `mut`, so no nested function can change it");
            self.report(
                Diagnostic::error(codes::IMMUTABLE, name.span, message)
                    .label(source.span, "declared here")
                    .fix("let it change", source.span.start(), "mut "),
            );
            return;
        }
        let mut local = binding.local;
        for depth in binding.depth + 1..=self.cx.depth {
            let Some((outer, inner)) = self.frames(depth) else { return };
            local = match share_variable(outer, inner, local, name) {
                Ok(here) => here,
                Err(assigned) => {
                    self.not_shared(name, source.span, assigned);
                    return;
                }
            };
        }
        let depth = self.cx.depth;
        self.scope.bind(name.name, super::cx::Binding { depth, local });
    }

    fn not_shared(&mut self, name: ast::Ident, declared: Span, assigned: Assigned) {
        let text = self.text(name.name);
        let (code, message) = match assigned {
            Assigned::Yes => {
                (codes::NONLOCAL, format!("`{text}` is used before `nonlocal` names it"))
            }
            _ => (codes::UNASSIGNED, format!("`{text}` has no value yet where this is defined")),
        };
        let diag = Diagnostic::error(code, name.span, message);
        self.report(diag.label(declared, "the variable of the function around"));
        self.stand_in(name);
    }

    /// A variable in place of one that was reported.
    fn stand_in(&mut self, name: ast::Ident) {
        let local = Local { name: name.name, ty: TyId::ERROR, mutable: true, span: name.span };
        self.declare_local(local, VarKind::Hidden, Assigned::Yes);
    }

    /// The functions of depths `depth - 1` and `depth`.
    pub(super) fn frames(&mut self, depth: u32) -> Option<(&mut FnCx, &mut FnCx)> {
        if depth == self.cx.depth {
            return Some((self.enclosing.last_mut()?, &mut self.cx));
        }
        let (left, right) = self.enclosing.split_at_mut(depth as usize);
        Some((left.last_mut()?, right.first_mut()?))
    }

    /// Why the function that was just checked is confined, with the variables around that it
    /// writes. Asked before `exit`.
    pub(super) fn confinement(&self) -> (Option<Confined>, Vec<LocalId>) {
        let mut why = None;
        let mut writes = Vec::new();
        for &(source, name, span) in &self.cx.shares {
            why = why.or(Some(Confined::Writes(name, span)));
            writes.push(source);
        }
        for source in &self.cx.capture_sources {
            if let Some(outer) = self.enclosing.last() {
                why = why.or(outer.vars[source.index()].confined);
                let Local { name, ty, span, .. } = outer.locals[*source];
                if matches!(self.ty(ty), Ty::View(_)) {
                    why = why.or(Some(Confined::View(name, span)));
                }
                writes.extend(self.writes_of(self.cx.depth - 1, *source));
            }
        }
        (why, writes)
    }

    /// Reports a confined function that would outlive the call.
    pub(super) fn escapes(&mut self, why: Confined, what: Option<Symbol>, span: Span) {
        let subject = match what {
            Some(name) => format!("`{}`", self.text(name)),
            None => "this function".to_string(),
        };
        let diag = match why {
            Confined::Param(name, declared) => {
                let text = self.text(name).to_string();
                let message = match what {
                    Some(own) if own == name => {
                        format!("`{text}` is only lent for the call, so it cannot be kept")
                    }
                    _ => format!("{subject} uses `{text}`, which is only lent for the call"),
                };
                Diagnostic::error(codes::ESCAPES, span, message)
                    .label(declared, "lent by the caller")
                    .fix("take it over", declared.start(), "own ")
            }
            Confined::View(name, declared) => {
                let text = self.text(name).to_string();
                let message = format!("{subject} uses the view `{text}`, which is only lent");
                Diagnostic::error(codes::ESCAPES, span, message)
                    .label(declared, "lent by the caller")
                    .help(format!("keep a list: `{text}_ = list({text})`"))
            }
            Confined::Writes(name, declared) => {
                let text = self.text(name).to_string();
                let message =
                    format!("{subject} writes `{text}` of the function around and cannot be kept");
                Diagnostic::error(codes::ESCAPES, span, message)
                    .label(declared, "the variable that it writes")
                    .help("keep the state in an object of a class")
            }
        };
        self.report(diag.note("it can be called, and passed for a parameter of function type"));
    }

    /// Variables of the function at hand that a call of this function value may write.
    pub(super) fn written_by(&self, value: ExprId) -> Vec<LocalId> {
        let of = |local: LocalId| self.writes_of(self.cx.depth, local);
        match self.program.tree[value].kind {
            ExprKind::Local(local) => of(local),
            ExprKind::Some(inner) | ExprKind::Unwrap(inner) => self.written_by(inner),
            ExprKind::Closure { captures, .. } => {
                self.program.tree[captures].iter().flat_map(|local| of(*local)).collect()
            }
            ExprKind::IfElse { then, other, .. } => {
                let mut both = self.written_by(then);
                both.extend(self.written_by(other));
                both
            }
            _ => Vec::new(),
        }
    }

    /// Variables of the function at `depth` that a call of what a variable of it holds may write.
    /// Where that was captured, the function around knows.
    fn writes_of(&self, depth: u32, local: LocalId) -> Vec<LocalId> {
        let cx = match self.enclosing.get(depth as usize) {
            Some(around) if depth < self.cx.depth => around,
            _ => &self.cx,
        };
        let mut writes = cx.writes.get(&local).cloned().unwrap_or_default();
        let captured = cx.captures.iter().position(|capture| *capture == local);
        if let Some(source) = captured.and_then(|at| cx.capture_sources.get(at))
            && let Some(around) = depth.checked_sub(1)
        {
            let outer = self.writes_of(around, *source);
            writes.extend(outer.iter().filter_map(|write| cx.captured.get(write)));
        }
        writes
    }

    /// Reports a variable that is passed `mut`, or that a loop changes, beside a function that
    /// writes it.
    pub(super) fn writes_what_is_lent(&mut self, writes: &[LocalId], args: &[Arg], span: Span) {
        if !self.cx.locks.is_empty()
            && writes.iter().any(|&local| self.is_locked(local, None, span))
        {
            return;
        }
        for arg in args {
            let ArgKind::Mut(place) = arg.kind else { continue };
            let Place { root: Root::Local(root), span: lent, .. } = self.program.tree[place] else {
                continue;
            };
            if writes.contains(&root) {
                let text = self.text(self.cx.locals[root].name);
                let message = format!("`{text}` is passed `mut` to a call that writes it as well");
                let diag = Diagnostic::error(codes::OVERLAP, lent, message);
                self.report(diag.label(span, "this call may run the function that writes it"));
                return;
            }
        }
    }

    /// The nested function at hand as a value, for itself and for functions inside of it.
    pub(super) fn own_value(&mut self, depth: u32) -> Option<LocalId> {
        let cx = match depth == self.cx.depth {
            true => &mut self.cx,
            false => self.enclosing.get_mut(depth as usize)?,
        };
        if let Some(known) = cx.own_value {
            return Some(known);
        }
        let (name, _) = cx.own?;
        let local = Local { name, ty: cx.own_ty?, mutable: false, span: cx.own_span };
        let own = cx.add(local, VarKind::Hidden, Assigned::Yes);
        if let Some(&(_, name, span)) = cx.shares.first() {
            cx.var(own).confined = Some(Confined::Writes(name, span));
        }
        cx.own_value = Some(own);
        Some(own)
    }
}

/// Lets `inner` capture a variable of `outer` so that both see its changes; fails where it is not
/// assigned, or captured already as a value.
fn share_variable(
    outer: &mut FnCx,
    inner: &mut FnCx,
    local: LocalId,
    name: ast::Ident,
) -> Result<LocalId, Assigned> {
    if let Some(&known) = inner.captured.get(&local) {
        return if inner.cells.contains(&known) { Ok(known) } else { Err(Assigned::Yes) };
    }
    let state = outer.flow.get(local);
    if state.assigned != Assigned::Yes {
        return Err(state.assigned);
    }
    if !outer.cells.contains(&local) {
        outer.cells.push(local);
    }
    let var = outer.var(local);
    (var.used, var.changed, var.shared) = (true, true, true);
    let copy = Local { name: name.name, span: name.span, ..outer.locals[local] };
    let here = inner.add(copy, VarKind::Capture, Assigned::Yes);
    inner.var(here).shared = true;
    inner.captured.insert(local, here);
    inner.captures.push(here);
    inner.capture_sources.push(local);
    inner.cells.push(here);
    inner.shares.push((local, name.name, name.span));
    Ok(here)
}
