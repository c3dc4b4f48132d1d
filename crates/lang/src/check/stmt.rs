//! Statements other than assignments and loops.

use super::cx::Ret;
use super::flow::{Exit, Fork};
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, StmtKind as Written};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// Checks a suite.
    pub(super) fn block(&mut self, block: ast::Block) -> Block {
        let ast = self.ast;
        let mut stmts = Vec::with_capacity(block.len());
        let mut warned = false;
        for &id in &ast[block] {
            if !self.cx.flow.reachable && !warned {
                warned = true;
                let span = ast[id].span;
                let message = "this is never reached";
                self.report(Diagnostic::warning(codes::UNREACHABLE, span, message));
            }
            self.statement(id, &mut stmts);
        }
        self.program.tree.list(&stmts)
    }

    pub(super) fn stmt(&mut self, kind: StmtKind, span: Span, out: &mut Vec<StmtId>) {
        let id = self.program.tree.push(Stmt { kind, span });
        out.push(id);
    }

    /// Checks a statement.
    pub(super) fn statement(&mut self, id: ast::StmtId, out: &mut Vec<StmtId>) {
        let ast = self.ast;
        let ast::Stmt { kind, span } = ast[id];
        match kind {
            Written::Error | Written::Pass => {}
            Written::Break | Written::Continue => self.jump(kind == Written::Break, span, out),
            Written::Return(value) => self.return_stmt(value, span, out),
            Written::Yield(value) => self.yield_stmt(value, span, out),
            Written::YieldFrom(iter) => self.yield_from(iter, span, out),
            Written::Expr(expr) => self.expr_stmt(expr, span, out),
            Written::Assign { targets, value } => self.assign(&ast[targets], value, span, out),
            Written::Annotated { target, ty, value } => {
                self.annotated(target, ty, value, span, out);
            }
            Written::AugAssign { op, target, value } => {
                self.aug_assign(op, target, value, span, out);
            }
            Written::Del(items) => {
                for &item in &ast[items] {
                    self.del(item, out);
                }
            }
            Written::Assert { cond, message } => self.assert_stmt(cond, message, span, out),
            Written::Nonlocal(names) => self.nonlocal(&ast[names], span),
            Written::If { arms, other } => self.if_stmt(&ast[arms], other, span, out),
            Written::While { cond, body, other } => self.while_stmt(cond, body, other, span, out),
            Written::For { target, iter, body, other } => {
                self.for_stmt(target, iter, (body, other), span, out);
            }
            Written::Match { subject, cases } => {
                self.match_stmt(subject, &ast[cases], span, out);
            }
            Written::With { items, body } => self.with_stmt(&ast[items], body, span, out),
            Written::Def(decl) => self.def_stmt(decl, span, out),
            Written::TypeDecl(_) | Written::Extend(_) | Written::TypeAlias { .. } => {
                self.only_at_top(span, "a type is declared");
            }
            Written::Import(_) | Written::FromImport { .. } => {
                self.only_at_top(span, "`import` stands");
            }
        }
    }

    /// Declarations of the module stand at its top; those are read before.
    fn only_at_top(&mut self, span: Span, what: &str) {
        let message = format!("{what} at the top of the file, not in a suite");
        self.error(codes::OUT_OF_PLACE, span, message);
    }

    fn jump(&mut self, is_break: bool, span: Span, out: &mut Vec<StmtId>) {
        let word = if is_break { "break" } else { "continue" };
        let Some(fork) = self.cx.loops.last().map(|l| l.fork) else {
            self.error(codes::OUT_OF_PLACE, span, format!("`{word}` stands outside of a loop"));
            return;
        };
        if is_break {
            let exit = self.cx.flow.snapshot(fork);
            if let Some(around) = self.cx.loops.last_mut() {
                around.breaks.push(exit);
            }
        }
        self.stmt(if is_break { StmtKind::Break } else { StmtKind::Continue }, span, out);
        self.cx.flow.reachable = false;
    }

    fn return_stmt(&mut self, value: Option<ast::ExprId>, span: Span, out: &mut Vec<StmtId>) {
        let Ret::Known(ret) = self.cx.ret else {
            self.error(codes::OUT_OF_PLACE, span, "`return` stands outside of a function");
            if let Some(value) = value {
                self.expr(value, None);
            }
            return;
        };
        let value = match value {
            Some(value) if self.cx.yields.is_some() => {
                return self.return_in_generator(value, span);
            }
            Some(value) if ret == TyId::UNIT && self.ast[value].kind != Ast::None => {
                let hir = self.expr(value, None);
                let ty = self.ty_of(hir);
                if ty != TyId::UNIT && ty != TyId::ERROR && ty != TyId::NEVER {
                    self.result_type_missing(hir, ty);
                }
                Some(hir)
            }
            Some(value) => {
                self.reading.returns = true;
                let value = self.expect(value, ret, Why::Return(self.cx.ret_span));
                self.reading.returns = false;
                Some(value)
            }
            None => {
                let fine = matches!(self.ty(ret), Ty::Unit | Ty::Error)
                    || matches!(self.ty(ret), Ty::Result(TyId::UNIT, _));
                if !fine {
                    let shown = self.show(ret);
                    let message = format!("`return` without a value of type `{shown}`");
                    let mut diag = Diagnostic::error(codes::TYPE_MISMATCH, span, message);
                    if let Some(promised) = self.cx.ret_span {
                        diag = diag.label(promised, "the result that is promised");
                    }
                    self.report(diag);
                }
                None
            }
        };
        self.stmt(StmtKind::Return(value), span, out);
        self.cx.flow.reachable = false;
    }

    fn result_type_missing(&mut self, value: ExprId, ty: TyId) {
        let shown = self.show(ty);
        let at = self.span_of(value);
        let message = format!("this returns `{shown}`, but the function promises no result");
        let mut diag = Diagnostic::error(codes::TYPE_MISMATCH, at, message);
        diag = match self.cx.ret_span {
            Some(promised) => diag.label(promised, "no result"),
            None => match self.cx.head {
                Some(head) => diag.fix("promise it", head.end(), format!(" -> {shown}")),
                None => diag,
            },
        };
        self.report(diag);
    }

    fn expr_stmt(&mut self, id: ast::ExprId, span: Span, out: &mut Vec<StmtId>) {
        let kind = self.ast[id].kind;
        if matches!(kind, Ast::Str(_) | Ast::Ellipsis) {
            return;
        }
        let errors = self.errors;
        self.statement_value = Some(id);
        let value = self.expr(id, None);
        self.statement_value = None;
        let ty = self.ty_of(value);
        if self.errors == errors {
            match self.ty(ty) {
                Ty::Result(..) => self.dropped_result(value),
                Ty::Unit | Ty::Never | Ty::Error => {}
                Ty::Iter(_) => self.not_walked(value),
                _ if !self.is_named(value) => {}
                _ => self.no_effect(kind, value),
            }
        }
        self.stmt(StmtKind::Expr(value), span, out);
    }

    fn dropped_result(&mut self, value: ExprId) {
        let at = self.span_of(value);
        self.report(
            Diagnostic::error(
                codes::DROPPED_RESULT,
                at,
                "this result may be an error and is dropped",
            )
            .fix("pass the error on", at.end(), "?")
            .fix("drop it knowingly", at.start(), "_ = "),
        );
    }

    fn no_effect(&mut self, kind: Ast, value: ExprId) {
        let pure = !matches!(
            kind,
            Ast::Call { .. } | Ast::Try(_) | Ast::Walrus { .. } | Ast::IfElse { .. } | Ast::Error
        );
        if pure {
            let at = self.span_of(value);
            let mut diag = Diagnostic::warning(codes::NO_EFFECT, at, "this value is not used");
            if let Ast::Compare { .. } = kind {
                diag = diag.help("`=` assigns, `==` compares");
            } else if let Ast::Name(_) | Ast::Attr { .. } = kind
                && let Ty::Fn(_) = self.ty(self.ty_of(value))
            {
                diag = diag.fix("call it", at.end(), "()");
            }
            self.report(diag);
        }
    }

    fn assert_stmt(
        &mut self,
        cond: ast::ExprId,
        message: Option<ast::ExprId>,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        let never = self.ast[cond].kind == Ast::Bool(false);
        let (cond, facts) = self.condition(cond);
        let message = message.map(|message| {
            let fork = self.cx.flow.fork();
            self.assume(&facts, false);
            let text = self.expect(message, TyId::STR, Why::Plain);
            self.cx.flow.leave(fork);
            text
        });
        self.stmt(StmtKind::Assert { cond, message }, span, out);
        self.assume(&facts, true);
        self.cx.flow.reachable &= !never;
    }

    fn if_stmt(
        &mut self,
        arms: &[ast::IfArm],
        other: Option<ast::Block>,
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        // An arm's `else` is all that follows it: the exits meet from the last arm outwards.
        let mut open: Vec<(Fork, Exit)> = Vec::with_capacity(arms.len());
        let mut done = Vec::with_capacity(arms.len());
        for arm in arms {
            let (cond, facts) = self.condition(arm.cond);
            let fork = self.cx.flow.fork();
            self.assume(&facts, true);
            let body = self.branch(arm.body);
            open.push((fork, self.cx.flow.leave(fork)));
            self.assume(&facts, false);
            done.push(IfArm { cond, body });
        }
        let other = other.map(|block| self.branch(block));
        for (fork, then) in open.into_iter().rev() {
            let rest = self.cx.flow.leave(fork);
            self.cx.flow.join(&[then, rest]);
        }
        let arms = self.program.tree.list(&done);
        self.stmt(StmtKind::If { arms, other }, span, out);
    }

    /// Checks the suite of a branch. Where that never goes on, its names are free behind it.
    fn branch(&mut self, block: ast::Block) -> Block {
        let mark = self.scope.open();
        let block = self.block(block);
        if !self.cx.flow.reachable {
            self.scope.close(mark);
        }
        block
    }

    fn del(&mut self, item: ast::ExprId, out: &mut Vec<StmtId>) {
        let span = self.ast[item].span;
        if !matches!(self.ast[item].kind, Ast::Index { .. }) {
            self.error(
                codes::CANNOT_ASSIGN,
                span,
                "`del` takes an element, such as `xs[i]` or `d[k]`",
            );
            return;
        }
        if self.del_item(item, out) {
            return;
        }
        let value = self.expr(item, None);
        let Some(place) = self.place_of(value, span) else { return };
        let last = self.program.tree[self.program.tree[place].proj].last().copied();
        match last.map(|proj| proj.kind) {
            Some(ProjKind::Index(_) | ProjKind::Key(_) | ProjKind::Slice { .. }) => {
                self.stmt(StmtKind::Del(place), span, out);
            }
            _ => self.error(codes::CANNOT_ASSIGN, span, "`del` takes an element of a list or dict"),
        }
    }
}
