//! Liveness of SSA values: which values are needed at the start and end of each block.
//!
//! Works per value from its uses backwards (Boissinot and others, "Computing Liveness Sets
//! for SSA-Form Programs", 2011, section 5.2): linear in the size of the result.

use kaa_base::entity::Entity;
use kaa_isa::{Block, Inst, Value};

use crate::cfg::Cfg;
use crate::func::Function;
use crate::limits::MAX_LIVE;

/// A dense set of values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ValueSet {
    words: Vec<u64>,
}

impl ValueSet {
    /// An empty set with room for `n` values.
    pub fn new(n: usize) -> Self {
        Self { words: vec![0; n.div_ceil(64)] }
    }

    /// Adds a value; gives whether it is new.
    pub fn insert(&mut self, v: Value) -> bool {
        let (word, bit) = (v.index() / 64, 1 << (v.index() % 64));
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Removes a value; gives whether it was there.
    pub fn remove(&mut self, v: Value) -> bool {
        let was = self.contains(v);
        self.words[v.index() / 64] &= !(1 << (v.index() % 64));
        was
    }

    /// Whether a value is in the set.
    pub fn contains(&self, v: Value) -> bool {
        self.words[v.index() / 64] >> (v.index() % 64) & 1 == 1
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.words.iter().enumerate().flat_map(|(i, &word)| {
            std::iter::successors(Some(word), |w| Some(w & (w - 1)))
                .take_while(|w| *w != 0)
                .map(move |w| Value::new(i * 64 + w.trailing_zeros() as usize))
        })
    }
}

/// Values live into and out of each block. Block parameters are live into their own block
/// only where it uses them; arguments of jumps count as used at the end of the block.
#[derive(Clone, Debug)]
pub struct Liveness {
    live_in: Vec<Vec<Value>>,
    live_out: Vec<Vec<Value>>,
}

/// Tells which values an instruction reads.
type Operands<'a> = dyn Fn(&Inst, &mut dyn FnMut(Value)) + 'a;

impl Liveness {
    /// The liveness of all values of a verified function; `None` above [`MAX_LIVE`].
    pub fn new(func: &Function, cfg: &Cfg) -> Option<Self> {
        Self::filtered(func, cfg, &|_| true, &|inst, f| inst.uses(f))
    }

    /// The liveness of the values that `tracked` names, where `operands` tells what an
    /// instruction reads; `None` above [`MAX_LIVE`].
    pub fn filtered(
        func: &Function,
        cfg: &Cfg,
        tracked: &dyn Fn(Value) -> bool,
        operands: &Operands<'_>,
    ) -> Option<Self> {
        let n = func.blocks.len();
        let mut out = Self { live_in: vec![Vec::new(); n], live_out: vec![Vec::new(); n] };
        let mut def_block = vec![Function::ENTRY; func.values.len()];
        for (block, data) in func.blocks.iter() {
            data.params.iter().for_each(|v| def_block[v.index()] = block);
            let results = data.insts.iter().flat_map(|node| node.results.iter());
            results.for_each(|v| def_block[v.index()] = block);
        }
        // The last block in which each value was seen live in / live out: sets without
        // clearing, because blocks are handled per value only through these marks.
        let mut uses: Vec<Vec<Block>> = vec![Vec::new(); func.values.len()];
        for &block in cfg.order() {
            for node in &func.blocks[block].insts {
                operands(&node.inst, &mut |v| {
                    if tracked(v)
                        && def_block[v.index()] != block
                        && uses[v.index()].last() != Some(&block)
                    {
                        uses[v.index()].push(block);
                    }
                });
            }
        }
        let mut in_mark = vec![u32::MAX; n];
        let mut out_mark = vec![u32::MAX; n];
        let mut stack = Vec::new();
        let mut room = MAX_LIVE;
        for (index, blocks) in uses.iter().enumerate() {
            let value = Value::new(index);
            stack.extend_from_slice(blocks);
            while let Some(block) = stack.pop() {
                if in_mark[block.index()] == value.0 {
                    continue;
                }
                in_mark[block.index()] = value.0;
                out.live_in[block.index()].push(value);
                room = room.checked_sub(1)?;
                for &pred in cfg.preds(block) {
                    if out_mark[pred.index()] != value.0 {
                        out_mark[pred.index()] = value.0;
                        out.live_out[pred.index()].push(value);
                        room = room.checked_sub(1)?;
                        if def_block[index] != pred {
                            stack.push(pred);
                        }
                    }
                }
            }
        }
        Some(out)
    }

    /// Values defined elsewhere that the block or a later one needs, in order.
    pub fn live_in(&self, block: Block) -> &[Value] {
        &self.live_in[block.index()]
    }

    /// Values that a later block needs, in order; jump arguments are not among them.
    pub fn live_out(&self, block: Block) -> &[Value] {
        &self.live_out[block.index()]
    }
}
