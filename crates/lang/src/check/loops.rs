//! Loops.

use super::Checker;
use super::assign::Target;
use super::cx::{Loop, VarKind};
use super::flow::{Assigned, Exit, Fork};
use super::scan::assigned_names;
use crate::ast::{self, ExprKind as Ast};
use crate::hir::*;
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
        let mark = self.scope.open();
        self.forget_assigned(body);
        let (cond, facts) = self.condition(cond);
        let fork = self.cx.flow.fork();
        self.assume(&facts, true);
        let (body, breaks) = self.loop_body(body, fork);
        self.scope.close(mark);
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
        let mark = self.scope.open();
        self.forget_assigned(body);
        if let ast::TargetKind::Name { name, mutable: true } = self.ast[target].kind {
            return self.for_mut(name, iter, (body, other), span, out);
        }
        let walked = self.expr(iter, None);
        let item = self.walk(walked);
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
        let walked = self.expr(iter, None);
        let at = self.span_of(walked);
        let item = match self.ty(self.ty_of(walked)) {
            Ty::List(item) => item,
            Ty::Error => TyId::ERROR,
            _ => {
                let shown = self.show(self.ty_of(walked));
                let message =
                    format!("`for mut` changes the elements of a list, not of a `{shown}`");
                self.error(crate::codes::NOT_ITERABLE, at, message);
                TyId::ERROR
            }
        };
        let place = if item == TyId::ERROR { None } else { self.place_of(walked, at) };
        let fork = self.cx.flow.fork();
        let local = Local { name: name.name, ty: item, mutable: true, span: name.span };
        let local = self.declare_local(local, VarKind::LoopMut, Assigned::Yes);
        let (body, breaks) = self.loop_body(body, fork);
        self.scope.close(mark);
        let other = self.loop_end(other, fork, breaks);
        if let Some(place) = place {
            self.lend(place);
            self.stmt(StmtKind::ForMut { local, place, body, other }, span, out);
        }
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
