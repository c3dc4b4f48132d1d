//! Which values of a generator change too seldom to be written at each `yield`.
//!
//! A value that is defined outside of all loops is defined once in the life of an iterator, a
//! parameter never. Not among them are collections: they can be written in place, and what is kept
//! behind a `yield` must be seen there by the pass that shares them.

use kaa_base::entity::Entity;
use kaa_ir::cfg::Cfg;
use kaa_ir::liveness::ValueSet;
use kaa_ir::{Block, Function, Inst, Module, TypeDef, ValTy};
use rustc_hash::FxHashSet;

/// What can be written where it is defined.
pub(super) struct Steady {
    /// Values that are defined at most once, by the whole life of an iterator.
    pub values: ValueSet,
    /// The blocks that lie in loops.
    pub turns: FxHashSet<Block>,
    /// Whether something is called.
    pub calls: bool,
}

/// Looks at a function.
pub(super) fn values(m: &Module, func: &Function, cfg: &Cfg) -> Steady {
    let turns = blocks_in_loops(cfg);
    let mut values = ValueSet::new(func.values.len());
    let mut calls = false;
    for &block in cfg.order() {
        let data = &func.blocks[block];
        calls |= data.insts.iter().any(|node| is_call(&node.inst));
        if turns.contains(&block) {
            continue;
        }
        let results = data.insts.iter().flat_map(|node| node.results.iter());
        for v in data.params.iter().copied().chain(results) {
            if !is_collection(m, func.ty(v)) {
                values.insert(v);
            }
        }
    }
    Steady { values, turns, calls }
}

/// The blocks that can lie on a way from themselves to themselves: those from which the head of a
/// loop is reached again.
fn blocks_in_loops(cfg: &Cfg) -> FxHashSet<Block> {
    let mut inside = FxHashSet::default();
    let mut seen: Vec<Option<Block>> = Vec::new();
    for &head in cfg.order() {
        let from = cfg.preds(head).iter().copied();
        let mut work: Vec<Block> =
            from.filter(|b| cfg.position(*b).is_some() && cfg.dominates(head, *b)).collect();
        if !work.is_empty() {
            inside.insert(head);
        }
        while let Some(block) = work.pop() {
            seen.resize(seen.len().max(block.index() + 1), None);
            if block == head || seen[block.index()] == Some(head) {
                continue;
            }
            seen[block.index()] = Some(head);
            inside.insert(block);
            work.extend(cfg.preds(block));
        }
    }
    inside
}

/// Whether an instruction can run code that asks for the next item.
fn is_call(inst: &Inst) -> bool {
    matches!(
        inst,
        Inst::Call { .. }
            | Inst::CallFunc { .. }
            | Inst::CallImport { .. }
            | Inst::CallClosure { .. }
            | Inst::Invoke { .. }
            | Inst::InvokeClosure { .. }
    )
}

fn is_collection(m: &Module, ty: ValTy) -> bool {
    let def = ty.heap_type().and_then(|id| m.types.def(id));
    matches!(def, Some(TypeDef::List { .. } | TypeDef::Map { .. }))
}
