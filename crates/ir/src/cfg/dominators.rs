//! Immediate dominators by Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a
//! Flowgraph" (1979), with simple path compression.
//!
//! At most `m log n` steps for any graph: simpler methods that iterate are quadratic for some,
//! and the verifier runs on graphs that somebody made to be slow. Nothing here recurses.

use kaa_base::entity::Entity;
use kaa_isa::Block;

const NONE: u32 = u32::MAX;

/// The state of the algorithm. All fields are indexed by the number a block got in a
/// depth-first walk from the entry.
struct Dominators {
    /// The block before this one in the walk.
    parent: Vec<u32>,
    /// The semidominator.
    semi: Vec<u32>,
    /// The next link towards the root of the forest that is built; `NONE` at a root.
    ancestor: Vec<u32>,
    /// The block with the smallest semidominator on the compressed way to the root.
    label: Vec<u32>,
}

/// Pairs of a reachable block and its immediate dominator; the entry is its own.
pub(super) fn immediate(preds: &[Vec<Block>], succs: &[Vec<Block>]) -> Vec<(Block, Block)> {
    let (vertex, number, parent) = walk(succs);
    let n = vertex.len();
    let own: Vec<u32> = (0..n as u32).collect();
    let mut d =
        Dominators { parent, semi: own.clone(), ancestor: vec![NONE; n], label: own.clone() };
    let mut dom = own;
    // Blocks that wait for their semidominator's child to be linked: lists in two arrays.
    let (mut first, mut next) = (vec![NONE; n], vec![NONE; n]);
    for w in (1..n).rev() {
        for pred in &preds[vertex[w].index()] {
            let v = number[pred.index()];
            if v != NONE {
                let u = d.eval(v);
                d.semi[w] = d.semi[w].min(d.semi[u as usize]);
            }
        }
        let bucket = d.semi[w] as usize;
        next[w] = first[bucket];
        first[bucket] = w as u32;
        let parent = d.parent[w];
        d.ancestor[w] = parent;
        let mut v = std::mem::replace(&mut first[parent as usize], NONE);
        while v != NONE {
            let u = d.eval(v);
            let nearer = d.semi[u as usize] < d.semi[v as usize];
            dom[v as usize] = if nearer { u } else { parent };
            v = next[v as usize];
        }
    }
    for w in 1..n {
        if dom[w] != d.semi[w] {
            dom[w] = dom[dom[w] as usize];
        }
    }
    vertex.iter().zip(&dom).map(|(b, d)| (*b, vertex[*d as usize])).collect()
}

/// Walks depth first from the entry: the blocks in their order, their numbers, their parents.
fn walk(succs: &[Vec<Block>]) -> (Vec<Block>, Vec<u32>, Vec<u32>) {
    let mut number = vec![NONE; succs.len()];
    let (mut vertex, mut parent) = (Vec::new(), Vec::new());
    let mut stack = Vec::new();
    if !succs.is_empty() {
        stack.push((Block::new(0), 0));
    }
    while let Some((block, from)) = stack.pop() {
        if number[block.index()] != NONE {
            continue;
        }
        let here = vertex.len() as u32;
        number[block.index()] = here;
        vertex.push(block);
        parent.push(from);
        stack.extend(succs[block.index()].iter().rev().map(|succ| (*succ, here)));
    }
    (vertex, number, parent)
}

impl Dominators {
    /// The block with the smallest semidominator on the way from `v` to the root of its tree,
    /// the root left out; `v` itself where it is a root.
    fn eval(&mut self, v: u32) -> u32 {
        if self.ancestor[v as usize] == NONE {
            return v;
        }
        let mut path = Vec::new();
        let mut at = v;
        while self.ancestor[self.ancestor[at as usize] as usize] != NONE {
            path.push(at);
            at = self.ancestor[at as usize];
        }
        // From the root downwards, so that each link is compressed once.
        for at in path.into_iter().rev() {
            let above = self.ancestor[at as usize] as usize;
            let best = self.label[above];
            if self.semi[best as usize] < self.semi[self.label[at as usize] as usize] {
                self.label[at as usize] = best;
            }
            self.ancestor[at as usize] = self.ancestor[above];
        }
        self.label[v as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dominators by definition: `a` dominates `b` if `b` cannot be reached without `a`.
    fn by_definition(succs: &[Vec<Block>]) -> Vec<Vec<bool>> {
        let n = succs.len();
        let reach = |without: Option<usize>| {
            let mut seen = vec![false; n];
            let mut stack = vec![0];
            while let Some(b) = stack.pop() {
                if Some(b) != without && !std::mem::replace(&mut seen[b], true) {
                    stack.extend(succs[b].iter().map(|s| s.index()));
                }
            }
            seen
        };
        let all = reach(None);
        let without = (0..n).map(|a| {
            let seen = reach(Some(a));
            (0..n).map(|b| all[b] && !seen[b]).collect()
        });
        without.collect()
    }

    #[test]
    fn random_graphs_agree_with_the_definition() {
        let mut state = 1u64;
        let mut random = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % n
        };
        for round in 0..500 {
            let n = 1 + round % 14;
            let edges = random(3 * n);
            let (mut succs, mut preds) = (vec![Vec::new(); n], vec![Vec::new(); n]);
            for _ in 0..edges {
                let (a, b) = (random(n), random(n));
                succs[a].push(Block::new(b));
                preds[b].push(Block::new(a));
            }
            let dominates = by_definition(&succs);
            let idom = immediate(&preds, &succs);
            let reached = (0..n).filter(|b| dominates[0][*b]).count();
            assert_eq!(idom.len(), reached);
            for (block, dominator) in &idom[1..] {
                let (b, d) = (block.index(), dominator.index());
                assert!(b != d && dominates[d][b], "{succs:?}: {d} for {b}");
                // The immediate one is dominated by all the others.
                let others = (0..n).filter(|a| *a != b && dominates[*a][b]);
                others.for_each(|a| assert!(dominates[a][d], "{succs:?}: {a}, {d}, {b}"));
            }
        }
    }
}
