//! Resources: values that are moved and never copied, and closed at the end of their scope.
//!
//! Only a variable holds a resource. Reading it moves it, unless a call or a field borrows it; what
//! was moved counts as not assigned, so that `flow` finds uses after it on every path. Lowering
//! closes what a variable still holds where its scope ends (`lower::resource`).

use super::Checker;
use super::cx::VarKind;
use super::flow::{Assigned, VarState};
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// Whether values of the type are resources.
    pub(super) fn is_resource(&self, ty: TyId) -> bool {
        match self.ty(ty) {
            Ty::Struct(id, _) => self.program.structs[id].form == Form::Resource,
            _ => false,
        }
    }

    /// Whether a value of the type is a resource or holds one.
    pub(super) fn holds_resource(&self, ty: TyId) -> bool {
        if !self.has_resources {
            return false;
        }
        if let Some(&known) = self.resource_types.borrow().get(&ty) {
            return known;
        }
        let tys = &self.program.tys;
        let any = |parts: &[TyId]| parts.iter().any(|&part| self.holds_resource(part));
        let holds = match self.ty(ty) {
            Ty::Struct(_, args) => self.is_resource(ty) || any(tys.items(args)),
            Ty::Class(_, args) | Ty::Enum(_, args) => any(tys.items(args)),
            Ty::List(item) | Ty::Set(item) | Ty::Option(item) => any(&[item]),
            Ty::Iter(item) | Ty::View(item) => any(&[item]),
            Ty::Dict(a, b) | Ty::Result(a, b) => any(&[a, b]),
            Ty::Tuple(items) => any(tys.items(items)),
            _ => false,
        };
        self.resource_types.borrow_mut().insert(ty, holds);
        holds
    }

    /// Whether the type holds a resource where none can be kept: it may be the value of an option
    /// or result, from where it is taken at once.
    pub(super) fn keeps_resource(&self, ty: TyId) -> bool {
        self.holds_resource(ty)
            && match self.ty(ty) {
                Ty::Option(item) => !self.is_resource(item),
                Ty::Result(ok, error) => !self.is_resource(ok) || self.holds_resource(error),
                _ => !self.is_resource(ty),
            }
    }

    /// Reports a place that cannot keep a resource.
    pub(super) fn resource_held(&mut self, ty: TyId, span: Span) {
        let shown = self.show(ty);
        let message = format!("a resource cannot be kept in a `{shown}`");
        let diag = Diagnostic::error(codes::RESOURCE_HELD, span, message);
        self.report(match self.ty(ty) {
            Ty::Result(..) => diag.help("take it out first: `open(...)?`"),
            _ => diag.help("one variable holds it, and functions pass it on by `own`"),
        });
    }

    /// Whether a variable may have the type; otherwise that is reported.
    pub(super) fn can_be_held(&mut self, ty: TyId, span: Span) -> bool {
        let fine = self.is_resource(ty) || !self.holds_resource(ty);
        if !fine {
            self.resource_held(ty, span);
        }
        fine
    }

    /// Checks that every resource can be closed.
    pub(super) fn check_resources(&mut self) {
        let ids: Vec<StructId> = self.program.structs.keys().collect();
        for id in ids {
            if self.program.structs[id].form == Form::Resource {
                self.check_closing(id);
                self.note_tasks(id);
            }
        }
    }

    /// Keeps the resource of the library that tasks belong to, for lowering.
    fn note_tasks(&mut self, id: StructId) {
        let def = &self.program.structs[id];
        if self.files.tasks() != Some(def.span.file) {
            return;
        }
        let leave = def.methods.iter().find(|method| self.text(method.0) == "_leave");
        let Some(&(_, leave)) = leave else { return };
        let thunk = self.program.tys.function(&[], TyId::UNIT);
        if let Ty::Fn(thunk) = self.ty(thunk) {
            self.program.tasks = Some(TaskGroup { id, leave, thunk });
        }
    }

    /// Checks the methods of a resource: one closes it.
    fn check_closing(&mut self, id: StructId) {
        if !self.program.structs[id].generics.is_empty() {
            let span = self.program.structs[id].span;
            self.error(codes::BAD_GENERIC, span, "a resource has no type parameters");
        }
        let def = &self.program.structs[id];
        let (span, name) = (def.span, self.text(def.name).to_string());
        let close = def.methods.iter().find(|method| self.text(method.0) == "close").copied();
        let Some((_, func)) = close else {
            let message = format!("resource `{name}` has no `close`");
            let diag = Diagnostic::error(codes::NO_CLOSE, span, message);
            self.report(diag.help("write `def close(own self):`, which runs when its scope ends"));
            return;
        };
        let sig = self.sigs[func].clone();
        let fits = matches!(sig.params.as_slice(), [own] if own.mode == Mode::Own)
            && sig.ret == TyId::UNIT;
        if !fits {
            let at = self.program.functions[func].span;
            let message = format!("`close` of resource `{name}` is `def close(own self):`");
            self.error(codes::NO_CLOSE, at, message);
        }
    }

    /// Takes the resource out of a variable.
    pub(super) fn move_out(&mut self, local: LocalId, span: Span) -> ExprId {
        let var = self.cx.locals[local];
        let info = *self.cx.var(local);
        let text = self.text(var.name).to_string();
        let lent = match info.kind {
            VarKind::Param(mode) | VarKind::Receiver(mode) => mode != Mode::Own,
            _ => false,
        };
        if lent {
            let message = format!("`{text}` is only lent here, so it cannot be moved");
            self.report(
                Diagnostic::error(codes::MOVED, span, message)
                    .label(var.span, "lent by the caller")
                    .fix("take it over", var.span.start(), "own "),
            );
            return self.bad(span);
        }
        if self.cx.loops.len() > info.loops as usize && !self.reading.returns {
            let message = format!("`{text}` would be moved again in the next turn");
            let diag = Diagnostic::error(codes::MOVED, span, message);
            self.report(diag.label(var.span, "made before the loop"));
            return self.bad(span);
        }
        self.cx.var(local).moved = Some(span);
        self.cx.flow.set(local, VarState { assigned: Assigned::No, present: false });
        self.node(ExprKind::Move(local), var.ty, span)
    }

    /// Arguments of a call. A resource that is taken over is held by a hidden variable while
    /// arguments behind it are evaluated, so that it is closed where one of them leaves.
    pub(super) fn held_until_call(&mut self, args: &[Arg]) -> List<Arg> {
        if !self.has_resources {
            return self.program.tree.list(args);
        }
        let mut held = args.to_vec();
        let mut leaves = false;
        for arg in held.iter_mut().rev() {
            let ArgKind::Value(value) = arg.kind else {
                leaves = true;
                continue;
            };
            let Expr { kind, ty, span } = self.program.tree[value];
            if leaves
                && self.is_resource(ty)
                && !matches!(kind, ExprKind::Local(_) | ExprKind::Error)
            {
                let name = self.known.underscore;
                let local = Local { name, ty, mutable: false, span };
                let local = self.cx.add(local, VarKind::Hidden, Assigned::Yes);
                arg.kind = ArgKind::Value(self.node(ExprKind::Walrus { local, value }, ty, span));
            }
            leaves |= !matches!(
                kind,
                ExprKind::Local(_)
                    | ExprKind::Move(_)
                    | ExprKind::Int(_)
                    | ExprKind::Float(_)
                    | ExprKind::Str(_)
                    | ExprKind::Bool(_)
                    | ExprKind::Absent
            );
        }
        self.program.tree.list(&held)
    }

    /// Reports a resource that a call borrows and one of its later arguments moves.
    pub(super) fn lent_is_kept(&mut self, args: &[Arg]) {
        if !self.has_resources || !self.cx.flow.reachable {
            return;
        }
        for arg in args {
            let (local, span) = match arg.kind {
                ArgKind::Value(value) | ArgKind::Temp(value) => match self.program.tree[value] {
                    Expr { kind: ExprKind::Local(local), span, .. } => (local, span),
                    _ => continue,
                },
                ArgKind::Mut(place) => match self.program.tree[place] {
                    Place { root: Root::Local(local), span, .. } => (local, span),
                    _ => continue,
                },
            };
            if !self.is_resource(self.cx.locals[local].ty)
                || self.cx.flow.get(local).assigned == Assigned::Yes
            {
                continue;
            }
            let Some(moved) = self.cx.var(local).moved else { continue };
            let text = self.text(self.cx.locals[local].name);
            let message = format!("`{text}` is moved while this call borrows it");
            let diag = Diagnostic::error(codes::MOVED, moved, message);
            self.report(diag.label(span, "lent here"));
        }
    }

    /// Reports a use of what was moved; false where it was not.
    pub(super) fn is_moved(&mut self, local: LocalId, assigned: Assigned, span: Span) -> bool {
        let Some(moved) = self.cx.var(local).moved else { return false };
        let text = self.text(self.cx.locals[local].name);
        let message = match assigned {
            Assigned::Maybe => format!("`{text}` was moved on some path that leads here"),
            _ => format!("`{text}` was moved"),
        };
        let diag = Diagnostic::error(codes::MOVED, span, message);
        self.report(diag.label(moved, "moved here"));
        true
    }

    /// Whether a resource that is borrowed is that of a variable; otherwise that is reported, as
    /// nobody would close it.
    pub(super) fn is_named(&mut self, value: ExprId) -> bool {
        let Expr { kind, ty, span } = self.program.tree[value];
        if !self.has_resources || !self.is_resource(ty) {
            return true;
        }
        let named = matches!(kind, ExprKind::Local(_) | ExprKind::Error);
        if !named {
            let message = "this resource is new, and nothing would close it";
            let diag = Diagnostic::error(codes::RESOURCE_HELD, span, message);
            self.report(diag.help("give it a name, or write `with ... as name:`"));
        }
        named
    }

    /// `with value as name:`
    pub(super) fn with_stmt(
        &mut self,
        items: &[ast::WithItem],
        body: ast::Block,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let mark = self.scope.open();
        let mut stmts = Vec::new();
        for item in items {
            let value = self.expr(item.value, None);
            let (mut ty, at) = (self.ty_of(value), self.span_of(value));
            if ty != TyId::ERROR && !self.is_resource(ty) {
                let shown = self.show(ty);
                let message = format!("`with` takes a resource, not a `{shown}`");
                let diag = Diagnostic::error(codes::NOT_A_RESOURCE, at, message);
                self.report(match self.ty(ty) {
                    Ty::Result(..) => diag.fix("pass an error on", at.end(), "?"),
                    _ => diag.help("other values need no closing"),
                });
                ty = TyId::ERROR;
            }
            let pattern = match item.target {
                Some(target) => {
                    let target = self.target(target);
                    self.pattern(&target, ty, at)
                }
                None => {
                    let name = self.known.underscore;
                    let local = Local { name, ty, mutable: false, span: at };
                    let local = self.cx.add(local, VarKind::Hidden, Assigned::Yes);
                    let kind = PatKind::Local(local);
                    self.program.tree.push(Pattern { kind, ty, span: at })
                }
            };
            let targets = self.program.tree.list(&[pattern]);
            self.stmt(StmtKind::Assign { targets, value }, at, &mut stmts);
        }
        let body = self.block(body);
        stmts.extend_from_slice(&self.program.tree[body]);
        self.scope.close(mark);
        let body = self.program.tree.list(&stmts);
        self.stmt(StmtKind::Scope(body), span, out);
    }
}
