//! Assignments: binding names, changing variables and places, taking values apart.

use super::Checker;
use super::cx::VarKind;
use super::expr::Why;
use super::flow::{Assigned, VarState};
use crate::ast::{self, ExprKind as Ast, TargetKind};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// A target before its value is known.
#[derive(Debug)]
pub enum Target {
    /// `_`, or what was reported.
    Discard(Span),
    /// A name.
    Name { name: ast::Ident, mutable: bool, span: Span },
    /// A place.
    Place(PlaceId, Span),
    /// `value[index]` that a method sets.
    Item(ItemTarget),
    /// Several.
    Unpack(Vec<Target>, Span),
    /// `*rest`
    Star(Box<Target>, Span),
}

/// `value[index]` among the targets of an assignment, set by a method.
#[derive(Clone, Copy, Debug)]
pub struct ItemTarget {
    /// What has the item.
    pub object: ast::ExprId,
    /// Which.
    pub index: ast::ExprId,
    /// Holds the value until it is set.
    pub local: LocalId,
    /// The type that the method takes.
    pub wanted: Option<TyId>,
    /// The whole.
    pub span: Span,
}

impl Checker<'_> {
    /// `a = b = value`
    pub(super) fn assign(
        &mut self,
        targets: &[ast::TargetId],
        value: ast::ExprId,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        if let [target] = targets
            && self.set_item(*target, value, span, out)
        {
            return;
        }
        let targets: Vec<Target> = targets.iter().map(|&t| self.assigned_target(t)).collect();
        let want = targets.first().and_then(|target| self.wanted_by(target));
        let value = match (&targets[..], want) {
            ([Target::Name { name, mutable, .. }], Some(want)) => {
                let declared =
                    self.assigned_local(*name, *mutable).map(|local| self.cx.locals[local].span);
                self.expect(value, want, Why::Binding(name.name, declared))
            }
            ([Target::Place(..)], Some(want)) => self.expect(value, want, Why::Plain),
            ([Target::Name { name, .. }], None) => self.bound_value(value, name.name, name.span),
            ([Target::Unpack(items, _)], None) if let Ast::Tuple(values) = self.ast[value].kind => {
                let wants = items.iter().map(|item| self.wanted_by(item)).collect();
                let ast = self.ast;
                self.tuple_of(&ast[values], wants, ast[value].span)
            }
            _ => {
                let value = self.expr(value, want);
                self.bindable(value)
            }
        };
        let ty = self.ty_of(value);
        let value_span = self.span_of(value);
        let pats: Vec<PatId> =
            targets.iter().map(|target| self.pattern(target, ty, value_span)).collect();
        if let [Target::Name { name, .. }] = &targets[..]
            && let Some(local) = self.own_local(*name)
        {
            self.note_present(local, value);
        }
        let pats = self.program.tree.list(&pats);
        self.stmt(StmtKind::Assign { targets: pats, value }, span, out);
        for target in &targets {
            self.set_late_items(target, out);
        }
    }

    /// A target of an assignment, where methods may set items too.
    fn assigned_target(&mut self, id: ast::TargetId) -> Target {
        let ast = self.ast;
        let ast::Target { kind, span } = ast[id];
        match kind {
            TargetKind::Place(place) if let Some(item) = self.item_target(place) => item,
            TargetKind::Unpack(items) => {
                let items = ast[items].iter().map(|&item| self.assigned_target(item)).collect();
                Target::Unpack(items, span)
            }
            _ => self.target(id),
        }
    }

    /// An option that is given a plain value is known to be present. Where a declaration says
    /// `T?` itself, it is taken at its word.
    fn note_present(&mut self, local: LocalId, value: ExprId) {
        if matches!(self.program.tree[value].kind, ExprKind::Some(_)) {
            self.cx.narrows |= self.cx.locals[local].mutable;
            self.cx.flow.set_present(local, true);
        }
    }

    /// `x: int = value`
    pub(super) fn annotated(
        &mut self,
        target: ast::TargetId,
        ty: ast::TypeId,
        value: Option<ast::ExprId>,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let ty = self.written(ty);
        let target = self.target(target);
        let Target::Name { name, mutable, span: at } = target else {
            if let Some(value) = value {
                self.expr(value, Some(ty));
            }
            if !matches!(target, Target::Discard(_)) {
                self.error(codes::CANNOT_ASSIGN, span, "only a name can be declared with a type");
            }
            return;
        };
        let value = value.map(|v| self.expect(v, ty, Why::Binding(name.name, None)));
        let known = self.assigned_local(name, mutable);
        let alike = |&local: &LocalId| self.is_declared_alike(local, ty, mutable);
        let id = match known.filter(|local| value.is_some() && alike(local)) {
            Some(local) => local,
            None => {
                if known.is_some() {
                    self.declared_again(name, at);
                }
                let ty = if self.can_be_held(ty, at) { ty } else { TyId::ERROR };
                let local = Local { name: name.name, ty, mutable, span: name.span };
                self.declare_local(local, VarKind::Binding, Assigned::No)
            }
        };
        self.cx.var(id).bare = value.is_none();
        let Some(value) = value else { return };
        self.now_assigned(id, ty);
        let pat = self.program.tree.push(Pattern { kind: PatKind::Local(id), ty, span: at });
        let targets = self.program.tree.list(&[pat]);
        self.stmt(StmtKind::Assign { targets, value }, span, out);
    }

    /// Whether another branch declares the variable in the same words.
    fn is_declared_alike(&self, local: LocalId, ty: TyId, mutable: bool) -> bool {
        let var = self.cx.locals[local];
        let info = &self.cx.vars[local.index()];
        self.cx.flow.get(local).assigned == Assigned::No
            && info.kind == VarKind::Binding
            && !info.bare
            && var.mutable == mutable
            && self.same(ty, var.ty)
    }

    fn declared_again(&mut self, name: ast::Ident, span: Span) {
        let Some(local) = self.own_local(name) else { return };
        let var = self.cx.locals[local];
        let message = format!("`{}` is declared twice", self.text(name.name));
        let diag = Diagnostic::error(codes::DECLARED_TWICE, span, message);
        self.report(diag.label(var.span, "first declared here"));
    }

    /// The value of `name = value` where nothing says its type.
    pub(super) fn bound_value(&mut self, value: ast::ExprId, name: Symbol, at: Span) -> ExprId {
        let empty = match self.ast[value].kind {
            Ast::List(items) if items.is_empty() => Some(("a list", "list[int]")),
            Ast::Dict(items) if items.is_empty() => Some(("a dict", "dict[str, int]")),
            Ast::None => Some(("an option", "int?")),
            _ => None,
        };
        if let Some((what, example)) = empty {
            let text = self.text(name).to_string();
            let message = format!("the type of `{text}` is not known: {what} of what?");
            self.report(
                Diagnostic::error(codes::UNKNOWN_HERE, self.ast[value].span, message)
                    .help(format!("write it behind the name, such as `{text}: {example} = ...`"))
                    .label(at, "this name needs a type"),
            );
            return self.bad(self.ast[value].span);
        }
        let value = self.expr(value, None);
        self.bindable(value)
    }

    /// Refuses values that no name can hold.
    fn bindable(&mut self, value: ExprId) -> ExprId {
        let span = self.span_of(value);
        match self.ty(self.ty_of(value)) {
            Ty::Unit => {
                let message = "this gives no value that a name could hold";
                let mut diag = Diagnostic::error(codes::GIVES_NOTHING, span, message);
                if let ExprKind::Builtin { id, .. } = self.program.tree[value].kind
                    && id.name().starts_with("list.")
                {
                    diag =
                        diag.note(format!("`{}` changes the list in place", id.get().short_name()));
                }
                self.report(diag);
                self.bad(span)
            }
            Ty::View(_) => {
                let message = "a view is lent for the call, no name can keep it";
                let edits = vec![(span.start(), "list(".into()), (span.end(), ")".into())];
                let diag = Diagnostic::error(codes::VIEW_KEPT, span, message);
                self.report(diag.fix_all("keep a list", edits));
                self.bad(span)
            }
            Ty::Iter(_) => self.storable(value),
            _ => value,
        }
    }

    /// Reads a target, before the value of the assignment.
    pub(super) fn target(&mut self, id: ast::TargetId) -> Target {
        let ast = self.ast;
        let ast::Target { kind, span } = ast[id];
        match kind {
            TargetKind::Error => Target::Discard(span),
            TargetKind::Name { name, .. } if name.name == self.known.underscore => {
                Target::Discard(span)
            }
            TargetKind::Name { name, mutable } => Target::Name { name, mutable, span },
            TargetKind::Place(expr) => match self.place_target(expr) {
                Some(place) => Target::Place(place, span),
                None => Target::Discard(span),
            },
            TargetKind::Unpack(items) => {
                let items = ast[items].iter().map(|&item| self.target(item)).collect();
                Target::Unpack(items, span)
            }
            TargetKind::Star(inner) => Target::Star(Box::new(self.target(inner)), span),
        }
    }

    /// The type that the target wants its value to have.
    fn wanted_by(&mut self, target: &Target) -> Option<TyId> {
        match target {
            Target::Name { name, mutable: false, .. } => {
                let local = self.assigned_local(*name, false)?;
                Some(self.cx.locals[local].ty)
            }
            Target::Place(place, _) => Some(self.program.tree[*place].ty),
            Target::Item(item) => item.wanted,
            Target::Unpack(items, _) => {
                let mut tys = Vec::with_capacity(items.len());
                for item in items {
                    tys.push(self.wanted_by(item)?);
                }
                Some(self.program.tys.tuple(&tys))
            }
            _ => None,
        }
    }

    /// Binds a target to a value of this type.
    pub(super) fn pattern(&mut self, target: &Target, ty: TyId, value: Span) -> PatId {
        let (kind, span) = match target {
            Target::Discard(span) => {
                if self.holds_resource(ty) {
                    self.error(
                        codes::RESOURCE_HELD,
                        value,
                        "this resource is new, and nothing would close it",
                    );
                }
                (PatKind::Discard, *span)
            }
            Target::Name { name, mutable, span } => {
                return self.bind_name(*name, *mutable, ty, *span);
            }
            Target::Place(place, span) => {
                let wanted = self.program.tree[*place].ty;
                if !self.same(ty, wanted) {
                    self.mismatch(value, wanted, ty, Why::Plain);
                }
                (PatKind::Place(*place), *span)
            }
            Target::Item(item) => {
                self.cx.locals[item.local].ty = ty;
                (PatKind::Local(item.local), item.span)
            }
            Target::Unpack(items, span) => (self.unpack(items, ty, *span, value), *span),
            Target::Star(_, span) => {
                self.error(codes::CANNOT_ASSIGN, *span, "`*` stands in a list of targets only");
                (PatKind::Discard, *span)
            }
        };
        self.program.tree.push(Pattern { kind, ty, span })
    }

    fn bind_name(&mut self, name: ast::Ident, mutable: bool, ty: TyId, span: Span) -> PatId {
        let known = if self.shadows { None } else { self.assigned_local(name, mutable) };
        let local = match known {
            Some(local) => {
                self.assign_local(local, mutable, ty, name, span);
                local
            }
            None => {
                let ty = if self.can_be_held(ty, span) { ty } else { TyId::ERROR };
                let local = Local { name: name.name, ty, mutable, span: name.span };
                let id = self.declare_local(local, VarKind::Binding, Assigned::No);
                self.now_assigned(id, ty);
                // What it would hold never comes: there is nothing that could be used.
                self.cx.var(id).used |= ty == TyId::NEVER;
                id
            }
        };
        let ty = self.cx.locals[local].ty;
        self.program.tree.push(Pattern { kind: PatKind::Local(local), ty, span })
    }

    /// Records that the variable has a value, and whether that is known to be present.
    pub(super) fn now_assigned(&mut self, local: LocalId, value: TyId) {
        let var = self.cx.locals[local];
        let present = self.option_item(var.ty).is_some() && self.is_present(value);
        self.cx.narrows |= present && var.mutable;
        self.cx.flow.set(local, VarState { assigned: Assigned::Yes, present });
    }

    fn is_present(&self, value: TyId) -> bool {
        !matches!(self.ty(value), Ty::Option(_) | Ty::Error | Ty::Never)
    }

    /// Assigns to a variable that is in sight.
    pub(super) fn assign_local(
        &mut self,
        local: LocalId,
        mutable: bool,
        ty: TyId,
        name: ast::Ident,
        span: Span,
    ) {
        if !self.cx.locks.is_empty() && self.is_locked(local, None, span) {
            return;
        }
        let var = self.cx.locals[local];
        let info = *self.cx.var(local);
        let state = self.cx.flow.get(local);
        let first = state.assigned == Assigned::No || !self.cx.flow.reachable;
        let deeper = self.cx.loops.len() > info.loops as usize;
        if mutable && !first {
            self.mut_again(name, span, var.span);
        } else if var.mutable {
            self.cx.var(local).changed |= !first || deeper || info.moved.is_some();
        } else if !first || deeper || !matches!(info.kind, VarKind::Binding | VarKind::Walrus) {
            self.immutable(local, name.span, first && deeper);
        }
        if !self.same(ty, var.ty) {
            self.mismatch(span, var.ty, ty, Why::Binding(name.name, Some(var.span)));
        }
        self.now_assigned(local, ty);
    }

    fn mut_again(&mut self, name: ast::Ident, span: Span, declared: Span) {
        let message = format!("`{}` is declared already", self.text(name.name));
        let mark = Span { hi: name.span.lo, ..span };
        self.report(
            Diagnostic::error(codes::DECLARED_TWICE, span, message)
                .label(declared, "declared here")
                .fix("change it", mark, ""),
        );
    }

    /// Reports a second assignment to an immutable name.
    pub(super) fn immutable(&mut self, local: LocalId, span: Span, by_loop: bool) {
        let var = self.cx.locals[local];
        if self.lacks_mut_again(var.span) {
            return;
        }
        let kind = self.cx.var(local).kind;
        let text = self.text(var.name).to_string();
        let here = var.span;
        let diag = match kind {
            VarKind::Param(_) => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("parameter `{text}` is not `mut`, so it cannot be changed"),
            )
            .fix("if the caller is to see the change, write `mut`", here.start(), "mut ")
            .help(format!("otherwise begin with a copy: `mut {text}_ = {text}`")),
            VarKind::Loop => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("loop variable `{text}` cannot be changed"),
            )
            .help(format!("begin with a copy: `mut {text}_ = {text}`")),
            VarKind::Case => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("`{text}` is bound by the pattern and cannot be changed"),
            )
            .help(format!("begin with a copy: `mut {text}_ = {text}`")),
            VarKind::Capture => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("`{text}` belongs to the function around, its copy here cannot change"),
            )
            .help(format!("a nested `def` that begins with `nonlocal {text}` changes it")),
            VarKind::Walrus | VarKind::Turn => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("`{text}` is assigned a second time and is not `mut`"),
            )
            .label(here, "first assigned here")
            .help(format!("declare `mut {text}` before, so that `:=` changes it")),
            _ if by_loop => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("`{text}` would be assigned again in the next turn and is not `mut`"),
            )
            .fix("let it change", here.start(), "mut "),
            _ => Diagnostic::error(
                codes::IMMUTABLE,
                span,
                format!("`{text}` is assigned a second time and is not `mut`"),
            )
            .label(here, "first assigned here")
            .fix("let it change", here.start(), "mut "),
        };
        self.report(diag);
    }

    fn unpack(&mut self, items: &[Target], ty: TyId, span: Span, value: Span) -> PatKind {
        let stars = items.iter().filter(|item| matches!(item, Target::Star(..))).count();
        match self.ty(ty) {
            Ty::Tuple(list) if stars == 0 => {
                let tys = self.program.tys.items(list).to_vec();
                if tys.len() == items.len() {
                    let pats: Vec<PatId> = items
                        .iter()
                        .zip(tys)
                        .map(|(item, ty)| self.pattern(item, ty, value))
                        .collect();
                    return PatKind::Tuple(self.program.tree.list(&pats));
                }
                let (have, want) = (tys.len(), items.len());
                let message = format!("{have} values cannot fill {want} names");
                let diag = Diagnostic::error(codes::UNPACK, span, message);
                self.report(diag.label(value, format!("this has {have}")));
            }
            Ty::Tuple(_) if stars == 1 => return self.unpack_with_rest(items, ty, span, value),
            Ty::List(item) if stars <= 1 => return self.unpack_list(items, ty, item, value),
            Ty::Tuple(_) | Ty::List(_) => {
                self.error(codes::UNPACK, span, "only one name can take the rest");
            }
            Ty::Error | Ty::Never => {}
            _ => {
                let shown = self.show(ty);
                let message = format!("a value of type `{shown}` cannot be taken apart");
                let diag = Diagnostic::error(codes::UNPACK, span, message);
                self.report(diag.label(value, "only tuples and lists can"));
            }
        }
        self.unpack_nothing(items, value)
    }

    fn unpack_list(&mut self, items: &[Target], list: TyId, item: TyId, value: Span) -> PatKind {
        let (mut before, mut star, mut after) = (Vec::new(), None, Vec::new());
        for target in items {
            match target {
                Target::Star(inner, _) => star = Some(self.pattern(inner, list, value)),
                _ => {
                    let pat = self.pattern(target, item, value);
                    if star.is_some() { after.push(pat) } else { before.push(pat) }
                }
            }
        }
        let before = self.program.tree.list(&before);
        let after = self.program.tree.list(&after);
        PatKind::List { before, star, after }
    }

    /// Whether a value of the one type is one of the other as it is.
    pub(super) fn same(&self, ty: TyId, wanted: TyId) -> bool {
        ty == wanted || matches!(self.ty(ty), Ty::Error | Ty::Never) || self.ty(wanted) == Ty::Error
    }
}
