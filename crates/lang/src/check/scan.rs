//! A look over statements before they are checked: which names they assign.

use super::collect::is_action;
use crate::ast::{Ast, Block, ExprKind, Ident, StmtKind, TargetId, TargetKind};

/// Calls `found` for every name that the statements assign, those of nested suites included,
/// those of nested functions not.
pub fn assigned_names(ast: &Ast, block: Block, found: &mut dyn FnMut(Ident)) {
    for &id in &ast[block] {
        match ast[id].kind {
            StmtKind::Assign { targets, .. } => {
                for &target in &ast[targets] {
                    target_names(ast, target, found);
                }
            }
            StmtKind::Annotated { target, .. } | StmtKind::AugAssign { target, .. } => {
                target_names(ast, target, found);
            }
            StmtKind::If { arms, other } => {
                for arm in &ast[arms] {
                    assigned_names(ast, arm.body, found);
                }
                assigned_names(ast, other.unwrap_or_default(), found);
            }
            StmtKind::While { body, other, .. } => {
                assigned_names(ast, body, found);
                assigned_names(ast, other.unwrap_or_default(), found);
            }
            StmtKind::For { target, body, other, .. } => {
                target_names(ast, target, found);
                assigned_names(ast, body, found);
                assigned_names(ast, other.unwrap_or_default(), found);
            }
            StmtKind::Match { cases, .. } => {
                for case in &ast[cases] {
                    assigned_names(ast, case.body, found);
                }
            }
            StmtKind::With { items, body } => {
                for target in ast[items].iter().filter_map(|item| item.target) {
                    target_names(ast, target, found);
                }
                assigned_names(ast, body, found);
            }
            _ => {}
        }
    }
}

/// Calls `found` for every name that a `:=` of the script binds. Those are rare, so that looking
/// through all expressions costs less than a walk.
pub fn walrus_names(ast: &Ast, found: &mut dyn FnMut(Ident)) {
    let body = &ast[ast.body];
    for expr in ast.exprs() {
        let ExprKind::Walrus { name, .. } = expr.kind else { continue };
        if expr.span.file != ast.file {
            continue;
        }
        let behind = body.partition_point(|&stmt| ast[stmt].span.lo <= expr.span.lo);
        if behind.checked_sub(1).is_some_and(|at| is_action(ast, body[at])) {
            found(name);
        }
    }
}

fn target_names(ast: &Ast, target: TargetId, found: &mut dyn FnMut(Ident)) {
    match ast[target].kind {
        TargetKind::Name { name, .. } => found(name),
        TargetKind::Star(inner) => target_names(ast, inner, found),
        TargetKind::Unpack(items) => {
            for &item in &ast[items] {
                target_names(ast, item, found);
            }
        }
        TargetKind::Place(_) | TargetKind::Error => {}
    }
}
