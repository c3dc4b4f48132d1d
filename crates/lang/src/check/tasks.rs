//! Tasks: what may go from one to another, and the calls of `spawn`.
//!
//! What goes to another task is a value, or an object that nothing can change, so that no task
//! sees what another one does. A type that is so has the ability `Send`. The type of a function
//! does not tell what it captures, so here functions are looked at themselves. What tasks and
//! channels are is written in the library (`library/task.kaa`).

use super::call::Receiver;
use super::cx::VarKind;
use super::generics::Expected;
use super::traits::Bound;
use super::{Checker, collect::Item};
use crate::ast;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// The names of the library's file that belong to the prelude.
pub const NAMES: [&str; 4] = ["tasks", "chan", "Task", "Tasks"];

/// The name of the library's files that belongs to the prelude.
pub const OPEN: &str = "open";

impl Checker<'_> {
    /// Gives the names of tasks and files to the prelude, where a program uses them.
    pub(super) fn declare_tasks(&mut self) {
        if let Some(file) = self.files.opening() {
            let name = self.names.intern(OPEN);
            self.put_prelude(name, Item::Of(file, name));
        }
        let Some(file) = self.files.tasks() else { return };
        for name in NAMES {
            let name = self.names.intern(name);
            self.put_prelude(name, Item::Of(file, name));
        }
    }

    /// Whether a type is one of channels or handles, which tasks are made to share.
    pub(super) fn is_shared_class(&self, id: StructId) -> bool {
        let def = &self.program.structs[id];
        def.form == Form::Class && self.files.tasks() == Some(def.span.file)
    }

    /// A call of a method that the type itself declares.
    pub(super) fn call_own_method(
        &mut self,
        func: FnId,
        receiver: Receiver,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        let function = &self.program.functions[func];
        let is_ours = self.files.tasks() == Some(function.span.file);
        if !is_ours || span.file == function.span.file || !self.is_spawn(function.name) {
            return self.call_fn_expecting(func, Some(receiver), args, span, expected);
        }
        let form = self.spawn_form(receiver, args).unwrap_or(func);
        let call = self.call_fn_expecting(form, Some(receiver), args, span, expected);
        self.check_spawned(call);
        call
    }

    fn is_spawn(&self, name: Symbol) -> bool {
        self.text(name).rsplit('.').next() == Some("spawn")
    }

    /// The form of `spawn` for so many arguments.
    fn spawn_form(&mut self, receiver: Receiver, args: &[ast::Arg]) -> Option<FnId> {
        let count = args.len().checked_sub(2)? + 1;
        let name = self.names.find(&format!("_spawn{count}"))?;
        self.find_method(self.ty_of(receiver.value), name)
    }

    /// Checks that the function of a new task brings nothing that others could change.
    fn check_spawned(&mut self, call: ExprId) {
        let Expr { kind: ExprKind::Call { args, .. }, span, .. } = self.program.tree[call] else {
            return;
        };
        let func = self.program.tree[args].iter().find(|arg| arg.param == 1);
        let Some(&Arg { kind: ArgKind::Value(value), .. }) = func else { return };
        match self.brought_by(value, 0) {
            Brought::Values => {}
            Brought::Object(local) => {
                let Local { name, ty, span: declared, .. } = self.cx.locals[local];
                let (text, shown) = (self.text(name).to_string(), self.show(ty));
                let message = format!("the function of the task captures `{text}`, a `{shown}`");
                let diag = Diagnostic::error(codes::CROSSES, span, message);
                self.report(diag.label(declared, "another task cannot share it").help(SHARING));
            }
            Brought::Receiver(ty) => {
                let message = format!("the method is one of a `{}`", self.show(ty));
                let diag = Diagnostic::error(codes::CROSSES, self.span_of(value), message);
                self.report(diag.note("another task cannot share it").help(SHARING));
            }
            Brought::Unknown => {
                let message = "what this function value captures is not known here";
                let at = self.span_of(value);
                let diag = Diagnostic::error(codes::CROSSES, at, message);
                self.report(diag.help("name a function, or write a lambda that calls one"));
            }
        }
    }

    /// What a function value captures.
    fn brought_by(&self, value: ExprId, depth: u32) -> Brought {
        match self.program.tree[value].kind {
            ExprKind::FnRef(_) | ExprKind::Error => Brought::Values,
            ExprKind::Closure { captures, .. } => self.brought_with(captures, depth),
            ExprKind::Local(local) => self.brought_in(local, depth),
            ExprKind::Call { args, .. } if self.bound_values.contains(&value) => {
                match self.program.tree[args].first().map(|arg| arg.kind) {
                    Some(ArgKind::Value(receiver)) => self.brought_as(self.ty_of(receiver)),
                    _ => Brought::Unknown,
                }
            }
            _ => Brought::Unknown,
        }
    }

    fn brought_with(&self, captures: List<LocalId>, depth: u32) -> Brought {
        let each = self.program.tree[captures].iter();
        let mut found = each.map(|&local| self.brought_in(local, depth));
        found.find(|found| *found != Brought::Values).unwrap_or(Brought::Values)
    }

    /// What a variable of the function at hand brings to another task.
    fn brought_in(&self, local: LocalId, depth: u32) -> Brought {
        let ty = self.cx.locals[local].ty;
        match self.ty(ty) {
            Ty::Fn(_) if self.cx.vars[local.index()].kind == VarKind::Def && depth < MAX_DEPTH => {
                match self.cx.def_captures.get(&local) {
                    Some(&captures) => self.brought_with(captures, depth + 1),
                    None => Brought::Unknown,
                }
            }
            Ty::Fn(_) => Brought::Unknown,
            // That a resource is captured was reported.
            _ if self.has(ty, Bound::Send) || self.holds_resource(ty) => Brought::Values,
            _ => Brought::Object(local),
        }
    }

    fn brought_as(&self, receiver: TyId) -> Brought {
        match self.has(receiver, Bound::Send) {
            true => Brought::Values,
            false => Brought::Receiver(receiver),
        }
    }

    /// Reports a type that cannot go to another task, as a call would let it.
    pub(super) fn cannot_cross(&mut self, ty: TyId, callee: &str, span: Span) {
        let message = format!("a `{}` cannot go to another task", self.show(ty));
        let diag = Diagnostic::error(codes::CROSSES, span, message);
        let diag = match callee.contains("spawn") {
            true => diag.note("arguments and results of tasks are values"),
            false => diag,
        };
        self.report(match self.ty(ty) {
            Ty::Param(_) => self.with_bound(diag, ty, Bound::Send),
            Ty::Fn(_) => diag.help("let the task's function be a lambda that uses it"),
            _ => diag.help(SHARING),
        });
    }
}

const SHARING: &str = "tasks share values, and objects that nothing changes: send what they hold";
/// Nested functions that capture nested functions are followed this far.
const MAX_DEPTH: u32 = 16;

/// What a function value captures.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Brought {
    /// Nothing that can change.
    Values,
    /// This variable holds something that others may change.
    Object(LocalId),
    /// It is a method of a value of this type, which others may change.
    Receiver(TyId),
    /// It is not known here.
    Unknown,
}
