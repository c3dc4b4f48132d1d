//! Straightening the graph: edges lead past blocks that only jump on, and a block that is
//! reached from one jump alone becomes part of the block with the jump.
//!
//! Front ends leave such blocks where arms are empty and statements join. In the code they would
//! be jumps that fall nowhere, and they would keep a comparison from the branch it feeds.

use kaa_base::entity::{Entity, Table};
use kaa_ir::{Block, BlockCall, Function, Inst, InstNode};

/// How many blocks an edge is led past at most; a circle of them has no end.
const MAX_HOPS: usize = 8;
/// Arguments that are repeated on every edge at most, so that code cannot grow by much.
const MAX_ARGS: usize = 4;

/// Leads every edge of the function past blocks that do nothing.
pub(super) fn past_empty_blocks(func: &mut Function) {
    let onward: Vec<Option<BlockCall>> = func
        .blocks
        .keys()
        .map(|block| {
            let data = &func.blocks[block];
            match data.insts.as_slice() {
                [InstNode { inst: Inst::Jump { to }, .. }] if data.params.is_empty() => {
                    let short = to.block != block && to.args.len() <= MAX_ARGS;
                    short.then(|| to.clone())
                }
                _ => None,
            }
        })
        .collect();
    if onward.iter().all(Option::is_none) {
        return;
    }
    let next = |block: Block| onward[block.index()].as_ref();
    for data in func.blocks.values_mut() {
        let Some(node) = data.insts.last_mut() else { continue };
        node.inst.targets_mut(&mut |target| {
            for _ in 0..MAX_HOPS {
                // A block without parameters gets no arguments, so nothing is lost.
                let Some(to) = next(target.block) else { break };
                *target = to.clone();
            }
        });
    }
}

/// Joins each block without parameters that only one jump leads to with the block of that
/// jump. What is left of it cannot be reached. Chains are joined from their heads on, so that
/// every instruction moves once.
pub(super) fn join_blocks(func: &mut Function) {
    let mut edges: Table<Block, u32> = func.blocks.keys().map(|_| 0).collect();
    edges[Function::ENTRY] = 2;
    let mut jumped_to: Table<Block, bool> = func.blocks.keys().map(|_| false).collect();
    for data in func.blocks.values() {
        let Some(node) = data.insts.last() else { continue };
        node.inst.targets(&mut |target| edges[target.block] += 1);
        if let Inst::Jump { to } = &node.inst {
            jumped_to[to.block] = true;
        }
    }
    let blocks: Vec<Block> = func.blocks.keys().collect();
    let joins = |func: &Function, block: Block| {
        edges[block] == 1 && jumped_to[block] && func.blocks[block].params.is_empty()
    };
    for block in blocks {
        if joins(func, block) {
            continue;
        }
        while let Some(Inst::Jump { to }) = func.blocks[block].insts.last().map(|n| &n.inst)
            && let next = to.block
            && joins(func, next)
        {
            let rest = std::mem::take(&mut func.blocks[next].insts);
            let insts = &mut func.blocks[block].insts;
            insts.pop();
            insts.extend(rest);
        }
    }
}
