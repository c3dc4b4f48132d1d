//! Loops.

use super::Checker;
use super::assign::Target;
use super::cx::{Lock, Loop, VarKind};
use super::flow::{Assigned, Exit, Fork};
use super::scan::assigned_names;
use crate::ast::{self, ExprKind as Ast};
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// The suites of a loop.
type Suites = (ast::Block, Option<ast::Block>);

impl Checker<'_> {
    pub(super) fn while_stmt(
        &mut self,
        cond: ast::ExprId,
        body: ast::Block,
        other: Option<ast::Block>,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let endless = self.ast[cond].kind == Ast::Bool(true);
        self.forget_assigned(body);
        let first = self.cx.vars.len();
        let (cond, facts) = self.condition(cond);
        let bound = first..self.cx.vars.len();
        let mark = self.scope.open();
        let fork = self.cx.flow.fork();
        self.assume(&facts, true);
        let (body, breaks) = self.loop_body(body, fork);
        self.scope.close(mark);
        for var in &mut self.cx.vars[bound] {
            if var.kind == VarKind::Walrus {
                var.kind = VarKind::Turn;
            }
        }
        self.assume(&facts, false);
        self.cx.flow.reachable &= !endless;
        let other = self.loop_end(other, fork, breaks);
        self.stmt(StmtKind::While { cond, body, other }, span, out);
    }

    pub(super) fn for_stmt(
        &mut self,
        target: ast::TargetId,
        iter: ast::ExprId,
        (body, other): Suites,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        self.forget_assigned(body);
        if let ast::TargetKind::Name { name, mutable: true } = self.ast[target].kind {
            return self.for_mut(name, iter, (body, other), span, out);
        }
        self.reading.walks = true;
        let walked = self.expr(iter, None);
        let item = self.walk(walked);
        let mark = self.scope.open();
        let fork = self.cx.flow.fork();
        let pattern = self.loop_pattern(target, item, self.span_of(walked));
        let (body, breaks) = self.loop_body(body, fork);
        self.scope.close(mark);
        let other = self.loop_end(other, fork, breaks);
        self.stmt(StmtKind::For { pattern, iter: walked, body, other }, span, out);
    }

    /// Binds the target of a loop or comprehension clause.
    pub(super) fn loop_pattern(&mut self, target: ast::TargetId, item: TyId, at: Span) -> PatId {
        let first = self.cx.vars.len();
        let target = self.target(target);
        let pattern = self.pattern(&target, item, at);
        for var in &mut self.cx.vars[first..] {
            if var.kind == VarKind::Binding {
                var.kind = VarKind::Loop;
            }
        }
        let _: &Target = &target;
        pattern
    }

    fn for_mut(
        &mut self,
        name: ast::Ident,
        iter: ast::ExprId,
        (body, other): Suites,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let mark = self.scope.open();
        let (walked, item) = self.changed_items(iter);
        let at = self.span_of(walked);
        let place = if item == TyId::ERROR { None } else { self.place_of(walked, at) };
        let fork = self.cx.flow.fork();
        let local = Local { name: name.name, ty: item, mutable: true, span: name.span };
        let local = self.declare_local(local, VarKind::LoopMut, Assigned::Yes);
        let lock = place.and_then(|place| self.lock(place));
        self.cx.locks.extend(lock);
        let (body, breaks) = self.loop_body(body, fork);
        self.cx.locks.truncate(self.cx.locks.len() - usize::from(lock.is_some()));
        self.scope.close(mark);
        let other = self.loop_end(other, fork, breaks);
        if let Some(place) = place {
            self.lend(place);
            self.stmt(StmtKind::ForMut { local, place, body, other }, span, out);
        }
    }

    /// What `for mut` walks: a list, or the values of a dict, with the type of an element.
    fn changed_items(&mut self, iter: ast::ExprId) -> (ExprId, TyId) {
        let values = self.names.find("values");
        let dict = match self.ast[iter].kind {
            Ast::Call { callee, args } if args.is_empty() => match self.ast[callee].kind {
                Ast::Attr { object, name } if Some(name.name) == values => Some(object),
                _ => None,
            },
            _ => None,
        };
        let walked = self.expr(dict.unwrap_or(iter), None);
        let item = match (self.ty(self.ty_of(walked)), dict) {
            (Ty::List(item), None) | (Ty::Dict(_, item), Some(_)) => item,
            (Ty::Error, _) => TyId::ERROR,
            _ => {
                let shown = self.show(self.ty_of(walked));
                let message = format!("`for mut` changes elements, which a `{shown}` has not");
                let at = self.ast[iter].span;
                let diag = Diagnostic::error(crate::codes::NOT_ITERABLE, at, message);
                self.report(diag.help("it walks a list, or the values of a dict: `d.values()`"));
                TyId::ERROR
            }
        };
        (walked, item)
    }

    /// What the loop over a place has for itself. Fields of objects are watched at run time.
    fn lock(&self, place: PlaceId) -> Option<Lock> {
        let Place { root, proj, span, .. } = self.program.tree[place];
        let Root::Local(local) = root else { return None };
        let field = match self.program.tree[proj].first().map(|proj| proj.kind) {
            Some(ProjKind::Field(index)) => Some(index),
            _ => None,
        };
        Some(Lock { local, field, span })
    }

    /// Reports a use of what a loop around has for itself; true where that is so.
    pub(super) fn is_locked(&mut self, local: LocalId, field: Option<u32>, at: Span) -> bool {
        let hit = |lock: &&Lock| {
            lock.local == local && (lock.field.is_none() || field.is_none() || lock.field == field)
        };
        let Some(lock) = self.cx.locks.iter().find(hit).copied() else { return false };
        let text = self.text(self.cx.locals[local].name);
        let message = format!("`{text}` is used while a `for mut` loop changes it");
        let diag = Diagnostic::error(crate::codes::LOCKED, at, message);
        self.report(diag.label(lock.span, "the loop has it for itself"));
        true
    }

    fn loop_body(&mut self, body: ast::Block, fork: Fork) -> (Block, Vec<Exit>) {
        self.cx.loops.push(Loop { fork, breaks: Vec::new() });
        let body = self.block(body);
        let breaks = self.cx.loops.pop().map_or(Vec::new(), |done| done.breaks);
        self.cx.flow.leave(fork);
        (body, breaks)
    }

    /// The `else` of a loop, and the meeting of all ways out.
    fn loop_end(
        &mut self,
        other: Option<ast::Block>,
        fork: Fork,
        mut exits: Vec<Exit>,
    ) -> Option<Block> {
        let other = other.map(|block| self.block(block));
        exits.push(self.cx.flow.leave(fork));
        self.cx.flow.join(&exits);
        other
    }

    /// At the beginning of a loop: an option that the body assigns is not known to be present.
    fn forget_assigned(&mut self, body: ast::Block) {
        if !self.cx.narrows {
            return;
        }
        let ast = self.ast;
        let mut names = Vec::new();
        assigned_names(ast, body, &mut |name| names.push(name));
        for name in names {
            if let Some(local) = self.own_local(name) {
                self.cx.flow.set_present(local, false);
            }
        }
        debug_assert!(self.cx.vars.len() == self.cx.locals.next_key().index());
    }
}
