//! Bodies of instances: statements, places, patterns and arguments.
//!
//! Expressions are in `copy`.

use super::copy::{Copier, Operator};
use crate::hir::*;

impl Copier<'_, '_> {
    /// A copy of a suite.
    pub(super) fn block(&mut self, block: Block) -> Block {
        self.list(block, Self::stmt)
    }

    fn stmt(&mut self, id: StmtId) -> StmtId {
        let Stmt { kind, span } = self.tree()[id];
        let kind = match kind {
            StmtKind::Expr(value) => StmtKind::Expr(self.expr(value)),
            StmtKind::Assign { targets, value } => {
                let value = self.expr(value);
                StmtKind::Assign { targets: self.list(targets, Self::pattern), value }
            }
            StmtKind::AugAssign { place, op, value } => {
                let (place, value) = (self.place(place), self.expr(value));
                let op = self.aug_op(place, op, span);
                StmtKind::AugAssign { place, op, value }
            }
            StmtKind::If { arms, other } => {
                let arms = self
                    .list(arms, |s, arm| IfArm { cond: s.expr(arm.cond), body: s.block(arm.body) });
                StmtKind::If { arms, other: self.other(other) }
            }
            StmtKind::While { cond, body, other } => StmtKind::While {
                cond: self.expr(cond),
                body: self.block(body),
                other: self.other(other),
            },
            StmtKind::For { pattern, iter, body, other } => StmtKind::For {
                iter: self.expr(iter),
                pattern: self.pattern(pattern),
                body: self.block(body),
                other: self.other(other),
            },
            StmtKind::ForMut { local, place, body, other } => StmtKind::ForMut {
                local,
                place: self.place(place),
                body: self.block(body),
                other: self.other(other),
            },
            StmtKind::Match { decision, arms } => StmtKind::Match {
                decision: self.decision(decision),
                arms: self.list(arms, Self::block),
            },
            StmtKind::Scope(body) => StmtKind::Scope(self.block(body)),
            StmtKind::Break | StmtKind::Continue => kind,
            StmtKind::Return(value) => StmtKind::Return(value.map(|value| self.expr(value))),
            StmtKind::Yield(value) => StmtKind::Yield(self.expr(value)),
            StmtKind::YieldFrom(iter) => StmtKind::YieldFrom(self.expr(iter)),
            StmtKind::Assert { cond, message } => StmtKind::Assert {
                cond: self.expr(cond),
                message: message.map(|message| self.expr(message)),
            },
            StmtKind::Del(place) => StmtKind::Del(self.place(place)),
            StmtKind::FnDef { local, func, captures } => {
                StmtKind::FnDef { local, func: self.func(func, None, span), captures }
            }
        };
        self.checker.program.tree.push(Stmt { kind, span })
    }

    /// A copy of a decision; what is reached on several ways is copied once.
    fn decision(&mut self, id: DecisionId) -> DecisionId {
        if let Some(&known) = self.decisions.get(&id) {
            return known;
        }
        let branch = |s: &mut Self, one: Branch| Branch { then: s.decision(one.then), ..one };
        let copy = match self.tree()[id] {
            Decision::Let { stmts, then } => {
                Decision::Let { stmts: self.block(stmts), then: self.decision(then) }
            }
            Decision::Tests { tests, otherwise } => Decision::Tests {
                tests: self.list(tests, |s, test| Test {
                    cond: s.expr(test.cond),
                    then: s.decision(test.then),
                }),
                otherwise: self.decision(otherwise),
            },
            Decision::Switch { value, cases, otherwise } => Decision::Switch {
                value: self.expr(value),
                cases: self.list(cases, branch),
                otherwise: self.decision(otherwise),
            },
            Decision::Variants { value, cases, otherwise } => Decision::Variants {
                value,
                cases: self.list(cases, branch),
                otherwise: otherwise.map(|other| self.decision(other)),
            },
            Decision::Cases { cases, otherwise } => Decision::Cases {
                cases: self.list(cases, |s, one| Chosen {
                    binds: s.block(one.binds),
                    guard: one.guard.map(|guard| s.expr(guard)),
                    ..one
                }),
                otherwise: otherwise.map(|other| self.decision(other)),
            },
            Decision::Never => Decision::Never,
        };
        let copy = self.checker.program.tree.push(copy);
        self.decisions.insert(id, copy);
        copy
    }

    /// An operator on what may have been a type parameter.
    fn aug_op(&mut self, place: PlaceId, op: AugOp, span: kaa_base::span::Span) -> AugOp {
        let ty = self.tree()[place].ty;
        match op {
            AugOp::Binary(binary) => match self.operator_of(binary, ty, span) {
                Operator::Plain => op,
                Operator::Builtin(id) => AugOp::Builtin(id),
                Operator::Method(func) => AugOp::Method(func),
            },
            AugOp::Builtin(_) => op,
            AugOp::Method(func) => AugOp::Method(self.func_like(func, ty, span)),
        }
    }

    fn other(&mut self, other: Option<Block>) -> Option<Block> {
        other.map(|block| self.block(block))
    }

    pub(super) fn clause(&mut self, clause: Clause) -> Clause {
        match clause {
            Clause::For { pattern, iter } => {
                Clause::For { iter: self.expr(iter), pattern: self.pattern(pattern) }
            }
            Clause::If(cond) => Clause::If(self.expr(cond)),
        }
    }

    fn pattern(&mut self, id: PatId) -> PatId {
        let Pattern { kind, ty, span } = self.tree()[id];
        let ty = self.ty(ty);
        let kind = match kind {
            PatKind::Local(_) | PatKind::Discard => kind,
            PatKind::Place(place) => PatKind::Place(self.place(place)),
            PatKind::Tuple(items) => PatKind::Tuple(self.list(items, Self::pattern)),
            PatKind::TupleRest { items, star, taken } => {
                PatKind::TupleRest { items: self.list(items, Self::pattern), star, taken }
            }
            PatKind::List { before, star, after } => PatKind::List {
                before: self.list(before, Self::pattern),
                star: star.map(|star| self.pattern(star)),
                after: self.list(after, Self::pattern),
            },
        };
        self.checker.program.tree.push(Pattern { kind, ty, span })
    }

    pub(super) fn args(&mut self, args: List<Arg>) -> List<Arg> {
        self.list(args, |s, arg| {
            let kind = match arg.kind {
                ArgKind::Value(value) => ArgKind::Value(s.expr(value)),
                ArgKind::Temp(value) => ArgKind::Temp(s.expr(value)),
                ArgKind::Mut(place) => ArgKind::Mut(s.place(place)),
            };
            Arg { kind, ..arg }
        })
    }

    fn place(&mut self, id: PlaceId) -> PlaceId {
        let Place { root, proj, ty, span } = self.tree()[id];
        let ty = self.ty(ty);
        let root = match root {
            Root::Object(object) => Root::Object(self.expr(object)),
            Root::Local(_) => root,
        };
        let mut steps: Vec<Proj> = Vec::new();
        let path = self.tree()[proj].to_vec();
        for proj in path {
            let ty = self.ty(proj.ty);
            let kind = match proj.kind {
                ProjKind::Field(_) | ProjKind::TupleField(_) => proj.kind,
                ProjKind::Index(index) => ProjKind::Index(self.expr(index)),
                ProjKind::Key(key) => ProjKind::Key(self.expr(key)),
                ProjKind::Made(key) => ProjKind::Made(self.expr(key)),
                ProjKind::KeyOr { key, default } => {
                    ProjKind::KeyOr { key: self.expr(key), default: self.expr(default) }
                }
                ProjKind::Slice { lo, hi, step } => {
                    let parts = [lo, hi, step].map(|part| part.map(|part| self.expr(part)));
                    let [lo, hi, step] = parts;
                    ProjKind::Slice { lo, hi, step }
                }
                ProjKind::Unwrap => ProjKind::Unwrap,
            };
            steps.push(Proj { kind, ty, span: proj.span });
        }
        let proj = self.checker.program.tree.list(&steps);
        self.checker.program.tree.push(Place { root, proj, ty, span })
    }
}
