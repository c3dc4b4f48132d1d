//! Names in expressions.

use super::Checker;
use super::collect::Item;
use super::cx::{Binding, VarKind};
use super::flow::{Assigned, VarState};
use super::infer::Found;
use crate::ast;
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::{FileId, Span};
use std::cmp::Ordering;

/// What a name in an expression stands for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Meaning {
    /// A variable of the function at hand.
    Local(LocalId),
    /// The nested function at hand.
    Own(FnId),
    /// An item.
    Item(Item),
    /// Nothing.
    Nothing,
}

impl Checker<'_> {
    /// What a name stands for here. A variable of a function around is captured.
    pub(super) fn meaning(&mut self, name: Symbol, file: FileId) -> Meaning {
        if let Some(binding) = self.scope.get(name) {
            match self.own_of(binding, name) {
                Some((depth, func)) if depth == self.cx.depth => return Meaning::Own(func),
                Some((depth, _)) => {
                    if let Some(local) = self.own_value(depth) {
                        return Meaning::Local(self.reach(Binding { depth, local }, name));
                    }
                }
                None => {}
            }
            return Meaning::Local(self.reach(binding, name));
        }
        self.use_item(name, file).map_or(Meaning::Nothing, Meaning::Item)
    }

    /// The nested function that a name stands for inside of itself, with its depth.
    fn own_of(&self, binding: Binding, name: Symbol) -> Option<(u32, FnId)> {
        let depth = binding.depth + 1;
        let cx = match depth.cmp(&self.cx.depth) {
            Ordering::Greater => return None,
            Ordering::Equal => &self.cx,
            Ordering::Less => self.enclosing.get(depth as usize)?,
        };
        let (own, func) = cx.own?;
        (own == name).then_some((depth, func))
    }

    /// The variable in the function at hand, captured through all functions between.
    fn reach(&mut self, binding: Binding, name: Symbol) -> LocalId {
        let mut local = binding.local;
        if binding.depth == self.cx.depth {
            return local;
        }
        // `enclosing[i]` has depth i; the innermost function is `cx`.
        for depth in binding.depth + 1..=self.cx.depth {
            let Some((outer, inner)) = self.frames(depth) else { return local };
            if let Some(&known) = inner.captured.get(&local) {
                local = known;
                continue;
            }
            outer.var(local).used = true;
            let state = outer.flow.get(local);
            let source = outer.locals[local];
            let copy = Local { mutable: false, name, ..source };
            let here = inner.add(copy, VarKind::Capture, state.assigned);
            inner.flow.set(here, state);
            inner.var(here).confined = outer.var(local).confined;
            inner.captured.insert(local, here);
            inner.captures.push(here);
            inner.capture_sources.push(local);
            local = here;
        }
        local
    }

    /// A name as a value.
    pub(super) fn name_expr(&mut self, name: Symbol, span: Span, want: Option<TyId>) -> ExprId {
        if let Some(id) = self.wanted_variant(name, want) {
            return self.variant_value(id, span, want);
        }
        match self.meaning(name, span.file) {
            Meaning::Local(local) => self.read(local, span),
            Meaning::Own(_) => match self.own_value(self.cx.depth) {
                Some(local) => self.read(local, span),
                None => self.bad(span),
            },
            Meaning::Item(item) => self.item_expr(item, name, span, want),
            Meaning::Nothing => self.unknown_name(name, span),
        }
    }

    /// Reads a variable.
    pub(super) fn read(&mut self, local: LocalId, span: Span) -> ExprId {
        self.cx.var(local).used = true;
        let state = self.cx.flow.get(local);
        let var = self.cx.locals[local];
        if state.assigned != Assigned::Yes && self.cx.flow.reachable {
            // One report for each variable is enough.
            if std::mem::replace(&mut self.cx.var(local).reported, true)
                || self.is_moved(local, state.assigned, span)
            {
                return self.bad(span);
            }
            self.maybe_unassigned(local, state.assigned, span);
            return self.bad(span);
        }
        if let Some(why) = self.cx.var(local).confined
            && (!self.reading.lends || self.is_outside(local))
        {
            // One report for each function is enough.
            self.cx.var(local).confined = None;
            self.escapes(why, Some(var.name), span);
            return self.bad(span);
        }
        if self.is_outside(local) && self.not_kept(var, span) {
            return self.bad(span);
        }
        let field = self.reading.field.take();
        if !self.cx.locks.is_empty() && self.is_locked(local, field, span) {
            return self.bad(span);
        }
        if self.has_resources && !self.reading.borrows && self.is_resource(var.ty) {
            return self.move_out(local, span);
        }
        let value = self.node(ExprKind::Local(local), var.ty, span);
        // What another function writes is known for no longer than one look.
        let state = VarState { present: state.present && !self.cx.var(local).shared, ..state };
        match self.option_item(var.ty) {
            Some(item) if state.present => self.node(ExprKind::Unwrap(value), item, span),
            _ => value,
        }
    }

    fn maybe_unassigned(&mut self, local: LocalId, assigned: Assigned, span: Span) {
        let var = self.cx.locals[local];
        let text = self.text(var.name);
        let message = match assigned {
            Assigned::No => format!("`{text}` is used before it is assigned"),
            _ => format!("`{text}` is not assigned on every path that leads here"),
        };
        let diag = Diagnostic::error(codes::UNASSIGNED, span, message);
        self.report(diag.label(var.span, "assigned here on some paths only"));
    }

    pub(super) fn item_expr(
        &mut self,
        item: Item,
        name: Symbol,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        match item {
            Item::Const(id) => {
                let state = self.const_states[id.index()];
                if !state.known || (self.script_order && !state.passed) {
                    let text = self.text(name);
                    let message = format!("`{text}` is used before it is assigned");
                    let declared = self.program.consts[id].span;
                    let diag = Diagnostic::error(codes::UNASSIGNED, span, message);
                    self.report(diag.label(declared, "assigned here"));
                    return self.bad(span);
                }
                let ty = self.program.consts[id].ty;
                self.node(ExprKind::Const(id), ty, span)
            }
            Item::Fn(func) => self.fn_value(func, span, want),
            Item::Number(value) => self.node(ExprKind::Float(value), TyId::FLOAT, span),
            Item::Builtin(id) => self.builtin_value(id, span, want),
            Item::Type(ty) => self.type_value(ty, span, want),
            Item::Struct(id) => self.struct_value(id, span),
            Item::Host(_) => {
                let module = self.text(name).to_string();
                self.module_as_value(&module, span)
            }
            Item::Module(module) => self.module_as_value(module, span),
            Item::Space(space) => {
                let module = self.space_name(space);
                self.module_as_value(&module, span)
            }
            Item::Alias(_) | Item::Ability(_) | Item::Trait(_) => {
                let text = self.text(name).to_string();
                let message = format!("`{text}` is a type, not a value");
                let mut diag = Diagnostic::error(codes::NOT_A_VALUE, span, message);
                if let Some(of) = self.only_enum_with(name, span.file) {
                    let of = self.text(of).to_string();
                    let fix = format!("name the variant of `{of}`: `{of}.{text}`");
                    diag = diag.fix(fix, span.start(), format!("{of}."));
                }
                self.report(diag);
                self.bad(span)
            }
            Item::Later(_) | Item::Of(..) => self.bad(span),
        }
    }

    fn module_as_value(&mut self, module: &str, span: Span) -> ExprId {
        let message = format!("`{module}` is a module, not a value");
        let help = format!("name something in it: `{module}.name`");
        self.report(Diagnostic::error(codes::NOT_A_VALUE, span, message).help(help));
        self.bad(span)
    }

    /// A function as a value; the type that is wanted tells its type parameters.
    pub(super) fn fn_value(&mut self, func: FnId, span: Span, want: Option<TyId>) -> ExprId {
        let sig = self.sigs[func].clone();
        if !sig.generics.is_empty() {
            let mut found = Found::of(sig.generics);
            let params: Vec<_> = sig.params.iter().map(|p| (p.mode, p.ty)).collect();
            let pattern = self.program.tys.function(&params, sig.ret);
            if let Some(want) = want {
                self.unify(pattern, self.inside(want), &mut found);
            }
            return self.fn_instance(func, &found, span);
        }
        let params: Vec<_> = sig.params.iter().map(|p| (p.mode, p.ty)).collect();
        let ty = self.program.tys.function(&params, sig.ret);
        self.node(ExprKind::FnRef(func), ty, span)
    }

    /// Reports a name that stands for nothing, with what may be meant.
    pub(super) fn unknown_name(&mut self, name: Symbol, span: Span) -> ExprId {
        let text = self.text(name).to_string();
        let diag = match habit_of(&text) {
            Some((right, why)) => {
                let message = format!("no name `{text}`: {why}");
                let diag = Diagnostic::error(codes::UNKNOWN_NAME, span, message);
                if right.is_empty() {
                    diag
                } else {
                    diag.fix(format!("write `{right}`"), span, right)
                }
            }
            None if name == self.known.underscore => {
                Diagnostic::error(codes::UNKNOWN_NAME, span, "`_` takes values and gives none back")
            }
            None if name == self.known.self_name => Diagnostic::error(
                codes::UNKNOWN_NAME,
                span,
                "there is no `self` outside of a method that has it as a parameter",
            ),
            None => match self.script_names.get(&name) {
                Some(&declared) if !self.script_order && declared.file == span.file => {
                    Diagnostic::error(
                        codes::SCRIPT_VARIABLE,
                        span,
                        format!("`{text}` is a variable of the script, which functions do not see"),
                    )
                    .label(declared, "declared here")
                    .help("pass it as an argument")
                }
                Some(&declared) if declared.file == span.file && declared.lo > span.lo => {
                    Diagnostic::error(
                        codes::UNASSIGNED,
                        span,
                        format!("`{text}` is used before it is assigned"),
                    )
                    .label(declared, "assigned here")
                }
                _ => self.unknown_with_guess(&text, span),
            },
        };
        self.report(diag);
        self.bad(span)
    }

    fn unknown_with_guess(&self, text: &str, span: Span) -> Diagnostic {
        let diag = Diagnostic::error(codes::UNKNOWN_NAME, span, format!("no name `{text}`"));
        // Modules with such names are for the library alone.
        let private = text.starts_with('_');
        if crate::builtins::group(text).filter(|_| !private).is_some_and(|(_, g)| {
            !matches!(
                g.kind,
                crate::builtins::GroupKind::Prelude | crate::builtins::GroupKind::Methods
            )
        }) {
            let start = Span { lo: 0, hi: 0, ..span };
            return diag.fix(
                format!("import it: `import {text}`"),
                start,
                format!("import {text}\n"),
            );
        }
        if self.diags.len() > super::habit::MAX_GUESSES {
            return diag;
        }
        let ended = self.cx.locals.values().rev().find(|local| self.text(local.name) == text);
        if let Some(local) = ended {
            return diag
                .label(local.span, "this one ends with its loop, comprehension or branch")
                .help(format!("what is read behind it is declared in front: `mut {text} = ...`"));
        }
        let name = self.names.find(text);
        if let Some(of) = name.and_then(|name| self.only_enum_with(name, span.file)) {
            let of = self.text(of).to_string();
            let diag = diag.note(format!("it is a variant of `{of}`, which is not expected here"));
            return diag.fix(format!("say so: `{of}.{text}`"), span.start(), format!("{of}."));
        }
        match self.near_name(text, span.file) {
            Some(near) => diag.fix(format!("did you mean `{near}`?"), span, near),
            None => diag,
        }
    }

    /// The id of a prelude row.
    pub(super) fn builtin(&self, name: &str) -> BuiltinId {
        crate::builtins::by_name(name).unwrap_or(BuiltinId(0))
    }

    /// The variable with this name, if it belongs to the function at hand.
    pub(super) fn own_local(&self, name: ast::Ident) -> Option<LocalId> {
        let binding = self.scope.get(name.name)?;
        let own = binding.depth == self.cx.depth;
        let local = Some(binding.local).filter(|_| own)?;
        (self.cx.vars.get(local.index())?.kind != VarKind::Turn).then_some(local)
    }

    /// The variable that an assignment to this name gives a value. Where only another branch has
    /// assigned it, a loop has the name for itself: its body binds afresh each turn.
    pub(super) fn assigned_local(&self, name: ast::Ident, mutable: bool) -> Option<LocalId> {
        let local = self.own_local(name)?;
        let info = self.cx.vars.get(local.index())?;
        let afresh = self.cx.flow.get(local).assigned == Assigned::No
            && self.cx.loops.len() > info.loops as usize
            && info.kind == VarKind::Binding
            && !info.bare
            && (mutable || !self.cx.locals[local].mutable);
        (!afresh).then_some(local)
    }
}

/// What is meant by a word of another language.
fn habit_of(text: &str) -> Option<(&'static str, &'static str)> {
    Some(match text {
        "true" | "TRUE" => ("True", "write `True`"),
        "false" | "FALSE" => ("False", "write `False`"),
        "null" | "nil" | "NULL" | "nullptr" | "undefined" | "none" => ("None", "write `None`"),
        "this" => ("self", "write `self`"),
        "println" | "printf" | "puts" | "echo" => ("print", "write `print`"),
        "Some" => ("", "a value goes where an option is expected as it is"),
        "__name__" => ("", "`def main():` is run by itself"),
        "isinstance" | "type" => ("", "every type is known before the program runs; see `match`"),
        "eval" | "exec" => ("", "a program cannot make programs"),
        _ => return None,
    })
}
