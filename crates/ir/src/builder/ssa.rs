//! Variables and where their definitions meet.
//!
//! Reading a variable that a block does not define asks its predecessors. Where there are
//! several, or where some may still come, the block gets a parameter for the variable; its
//! arguments are kept here, one for each edge, until the function is finished.

use kaa_base::entity::{Entity, Table};
use kaa_isa::{Block, ValTy, Value};
use rustc_hash::FxHashMap;

use super::{Var, at};
use crate::func::Function;

/// An edge: the block it leaves, and which of its terminator's targets it is.
pub(super) type Edge = (Block, u32);

/// A parameter that stands for a variable.
#[derive(Clone, Debug)]
pub(super) struct Phi {
    /// The block it belongs to.
    pub block: Block,
    /// The variable it stands for.
    pub var: Var,
    /// The parameter.
    pub value: Value,
    /// The variable's value on each edge into the block.
    pub args: Vec<(Edge, Value)>,
}

#[derive(Clone, Debug, Default)]
struct BlockState {
    sealed: bool,
    preds: Vec<Edge>,
    defs: FxHashMap<Var, Value>,
    /// Parameters that wait for the block to be sealed.
    open: Vec<u32>,
}

/// The state of the construction.
#[derive(Clone, Debug, Default)]
pub(super) struct Ssa {
    vars: Table<Var, ValTy>,
    blocks: Vec<BlockState>,
    /// All parameters made for variables, in order of creation.
    pub phis: Vec<Phi>,
    /// Values that stand for a variable that nothing defined.
    pub undefined: FxHashMap<Value, Var>,
    pending: Vec<u32>,
}

impl Ssa {
    pub fn add_block(&mut self) {
        self.blocks.push(BlockState::default());
    }

    pub fn declare_var(&mut self, ty: ValTy) -> Var {
        self.vars.push(ty)
    }

    pub fn var_ty(&self, var: Var) -> ValTy {
        self.vars[var]
    }

    pub fn pred_count(&self, block: Block) -> usize {
        self.blocks[at(block)].preds.len()
    }

    pub fn add_edge(&mut self, from: Block, nth: u32, to: Block) {
        self.blocks[at(to)].preds.push((from, nth));
    }

    pub fn first_unsealed(&self) -> Option<Block> {
        self.blocks.iter().position(|b| !b.sealed).map(Block::new)
    }

    pub fn define(&mut self, block: Block, var: Var, value: Value) {
        self.blocks[at(block)].defs.insert(var, value);
    }

    pub fn use_var(&mut self, block: Block, var: Var, func: &mut Function) -> Value {
        let value = self.look_up(block, var, func);
        self.complete(func);
        value
    }

    pub fn seal(&mut self, block: Block, func: &mut Function) {
        let state = &mut self.blocks[at(block)];
        state.sealed = true;
        let open = std::mem::take(&mut state.open);
        self.pending.extend(open);
        self.complete(func);
    }

    /// The value of a variable at the end of a block. Follows single predecessors in a loop;
    /// new parameters are queued, so no recursion depends on the length of the program.
    fn look_up(&mut self, block: Block, var: Var, func: &mut Function) -> Value {
        let mut path = Vec::new();
        let mut here = block;
        let value = loop {
            let state = &self.blocks[at(here)];
            if let Some(value) = state.defs.get(&var) {
                break *value;
            }
            // A block that was passed already has itself as its only way in: unreachable.
            let passed = path.len() > self.blocks.len();
            match state.preds.as_slice() {
                [(pred, _)] if state.sealed && !passed => {
                    path.push(here);
                    here = *pred;
                }
                [] | [_] if state.sealed => {
                    let value = func.values.push(self.vars[var]);
                    self.undefined.insert(value, var);
                    self.define(here, var, value);
                    break value;
                }
                _ => break self.add_phi(here, var, func),
            }
        };
        for passed in path {
            self.define(passed, var, value);
        }
        value
    }

    fn add_phi(&mut self, block: Block, var: Var, func: &mut Function) -> Value {
        let value = func.values.push(self.vars[var]);
        let index = self.phis.len() as u32;
        self.phis.push(Phi { block, var, value, args: Vec::new() });
        self.define(block, var, value);
        let state = &mut self.blocks[at(block)];
        if state.sealed {
            self.pending.push(index);
        } else {
            state.open.push(index);
        }
        value
    }

    /// Finds the arguments of all parameters of sealed blocks.
    fn complete(&mut self, func: &mut Function) {
        while let Some(index) = self.pending.pop() {
            let Phi { block, var, .. } = self.phis[index as usize];
            let preds = self.blocks[at(block)].preds.clone();
            let args = preds.iter().map(|edge| (*edge, self.look_up(edge.0, var, func))).collect();
            self.phis[index as usize].args = args;
        }
    }
}
