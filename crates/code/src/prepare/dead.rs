//! Removing instructions whose results nobody reads.
//!
//! An operation without effects goes. A read of an element goes too when the same element of
//! the same list was read before in the block, with no write between: then its check, which
//! is all that it would do, was made already. Front ends read whole elements leaf by leaf and
//! rely on this.

use kaa_base::entity::Entity;
use kaa_ir::{BlockData, Effects, Function, Inst, Value};
use rustc_hash::FxHashSet;

/// Removes dead instructions from all blocks.
pub(super) fn remove(func: &mut Function) {
    let mut uses = vec![0u32; func.values.len()];
    for node in func.blocks.values().flat_map(|b| &b.insts) {
        node.inst.uses(&mut |v| uses[v.index()] += 1);
    }
    // Backwards, so that what only dead code reads dies in the same walk.
    let blocks: Vec<_> = func.blocks.keys().collect();
    for block in blocks.into_iter().rev() {
        sweep(&mut func.blocks[block], &mut uses);
    }
}

fn sweep(data: &mut BlockData, uses: &mut [u32]) {
    let checked = checked_before(data);
    let mut keep = vec![true; data.insts.len()];
    for (i, node) in data.insts.iter().enumerate().rev() {
        let unread = node.results.count > 0 && node.results.iter().all(|v| uses[v.index()] == 0);
        if unread && (node.inst.opcode().info().effects == Effects::PURE || checked[i]) {
            keep[i] = false;
            node.inst.uses(&mut |v| uses[v.index()] -= 1);
        }
    }
    let mut kept = keep.into_iter();
    data.insts.retain(|_| kept.next().unwrap_or(true));
}

/// For each instruction: whether it is an element read whose check was made before.
fn checked_before(data: &BlockData) -> Vec<bool> {
    let mut seen: FxHashSet<(Value, Value)> = FxHashSet::default();
    data.insts
        .iter()
        .map(|node| match &node.inst {
            Inst::ListGet { list, idx, .. } => !seen.insert((*list, *idx)),
            Inst::ArrayGet { arr, idx, .. } => !seen.insert((*arr, *idx)),
            other => {
                if other.opcode().info().effects.has(Effects::WRITE) {
                    seen.clear();
                }
                false
            }
        })
        .collect()
}
