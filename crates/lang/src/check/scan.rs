//! A look over statements before they are checked: which names they assign.

use crate::ast::{Ast, Block, Ident, StmtKind, TargetId, TargetKind};

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
