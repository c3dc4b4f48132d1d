//! The control-flow graph: successors, predecessors, reverse postorder, dominators.

mod dominators;

use kaa_base::entity::{Entity, Table};
use kaa_isa::Block;

use crate::func::Function;

/// The graph of one function. Blocks that cannot be reached have no place in the order.
#[derive(Clone, Debug)]
pub struct Cfg {
    succs: Vec<Vec<Block>>,
    preds: Vec<Vec<Block>>,
    order: Vec<Block>,
    position: Vec<u32>,
    idom: Vec<Block>,
    /// Entry and exit times in the dominator tree: ancestors enclose descendants.
    span: Vec<(u32, u32)>,
}

const UNREACHED: u32 = u32::MAX;

impl Cfg {
    /// The graph of a function with at least one block. Targets that do not exist are left
    /// out; the verifier reports them.
    pub fn new(func: &Function) -> Self {
        let n = func.blocks.len();
        let mut cfg = Self {
            succs: vec![Vec::new(); n],
            preds: vec![Vec::new(); n],
            order: Vec::new(),
            position: vec![UNREACHED; n],
            idom: vec![Function::ENTRY; n],
            span: vec![(0, 0); n],
        };
        for (block, data) in func.blocks.iter() {
            let Some(last) = data.insts.last() else { continue };
            last.inst.targets(&mut |t| {
                if t.block.index() < n {
                    cfg.succs[block.index()].push(t.block);
                    cfg.preds[t.block.index()].push(block);
                }
            });
        }
        if n > 0 {
            cfg.number();
            cfg.dominators();
            cfg.tree_spans();
        }
        cfg
    }

    /// Where a block leads to; a block appears once for each edge.
    pub fn succs(&self, block: Block) -> &[Block] {
        &self.succs[block.index()]
    }

    /// Where a block is reached from; a block appears once for each edge.
    pub fn preds(&self, block: Block) -> &[Block] {
        &self.preds[block.index()]
    }

    /// The reachable blocks in reverse postorder, the entry first.
    pub fn order(&self) -> &[Block] {
        &self.order
    }

    /// The place of a block in [`Cfg::order`], `None` if it cannot be reached.
    pub fn position(&self, block: Block) -> Option<u32> {
        Some(self.position[block.index()]).filter(|p| *p != UNREACHED)
    }

    /// Whether every way to `b` leads through `a`. Every block dominates an unreachable one.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        if self.position[b.index()] == UNREACHED {
            return true;
        }
        if self.position[a.index()] == UNREACHED {
            return false;
        }
        let (a, b) = (self.span[a.index()], self.span[b.index()]);
        a.0 <= b.0 && b.1 <= a.1
    }

    /// The closest dominator of a reachable block; the entry is its own.
    pub fn idom(&self, block: Block) -> Block {
        self.idom[block.index()]
    }

    /// Depth-first search with a stack of its own, so that long chains cannot overflow ours.
    fn number(&mut self) {
        let mut seen = vec![false; self.succs.len()];
        let mut stack = vec![(Function::ENTRY, 0)];
        seen[0] = true;
        while let Some((block, next)) = stack.last_mut() {
            match self.succs[block.index()].get(*next) {
                Some(&succ) => {
                    *next += 1;
                    if !seen[succ.index()] {
                        seen[succ.index()] = true;
                        stack.push((succ, 0));
                    }
                }
                None => {
                    self.order.push(*block);
                    stack.pop();
                }
            }
        }
        self.order.reverse();
        for (i, block) in self.order.iter().enumerate() {
            self.position[block.index()] = i as u32;
        }
    }

    fn dominators(&mut self) {
        let idom = dominators::immediate(&self.preds, &self.succs);
        for (block, dominator) in idom {
            self.idom[block.index()] = dominator;
        }
    }

    fn tree_spans(&mut self) {
        let mut children = vec![Vec::new(); self.succs.len()];
        for block in &self.order[1..] {
            children[self.idom[block.index()].index()].push(*block);
        }
        let mut time = 0;
        let mut stack = vec![(Function::ENTRY, 0)];
        while let Some((block, next)) = stack.last_mut() {
            let at = block.index();
            if *next == 0 {
                time += 1;
                self.span[at].0 = time;
            }
            match children[at].get(*next) {
                Some(child) => {
                    *next += 1;
                    stack.push((*child, 0));
                }
                None => {
                    time += 1;
                    self.span[at].1 = time;
                    stack.pop();
                }
            }
        }
    }
}

/// Marks reachable blocks only; cheaper than a whole [`Cfg`].
pub fn reachable(func: &Function) -> Table<Block, bool> {
    let mut seen: Table<Block, bool> = func.blocks.keys().map(|_| false).collect();
    let mut stack = Vec::new();
    if !func.blocks.is_empty() {
        seen[Function::ENTRY] = true;
        stack.push(Function::ENTRY);
    }
    while let Some(block) = stack.pop() {
        let Some(last) = func.blocks[block].insts.last() else { continue };
        last.inst.targets(&mut |t| {
            if let Some(flag) = seen.get_mut(t.block)
                && !*flag
            {
                *flag = true;
                stack.push(t.block);
            }
        });
    }
    seen
}
