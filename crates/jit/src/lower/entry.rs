//! How a body begins: parameters come in registers, or at a loop everything from the frame.

use cranelift_codegen::ir::{InstBuilder, Value};
use kaa_code::word::{a, bx};
use kaa_code::{RegOp, Word, word};
use kaa_exec::tier::Place;
use rustc_hash::FxHashMap;

use super::{Lower, NONE};
use crate::flow::Sets;
use crate::operands::{Operand, operands};

impl Lower<'_, '_> {
    /// Takes parameters, or the slots that are live at a loop, and jumps to the first block.
    pub(super) fn entry(&mut self, first: u32) {
        let block = self.b.create_block();
        self.b.append_block_params_for_function_params(block);
        self.b.switch_to_block(block);
        let params = self.b.block_params(block).to_vec();
        self.here.frame = params[0];
        let flow = self.here.flow;
        let sets = &flow.blocks[first as usize].at_start;
        match self.here.job.place {
            Place::Start => self.take(&params[1..], sets),
            Place::Loop(_) => {
                let constants = self.constants();
                for slot in sets.live.iter() {
                    match constants.get(&slot) {
                        Some(w) => self.constant(slot, *w),
                        None => self.in_memory(slot),
                    }
                }
            }
        }
        self.begin(first);
        self.b.seal_block(block);
    }

    /// Takes the first parameters; more are in the frame.
    pub(super) fn take(&mut self, params: &[Value], at_start: &Sets) {
        for (i, value) in params.iter().enumerate() {
            let slot = i as u16;
            self.hold(slot, *value, self.here.code.float_params[i]);
            if at_start.rooted.has(slot) {
                self.store_slot(slot);
            }
        }
        for slot in params.len()..self.here.code.float_params.len() {
            self.in_memory(slot as u16);
        }
    }

    /// Jumps to the first block.
    pub(super) fn begin(&mut self, first: u32) {
        self.meet(first);
        let to = self.here.blocks[&self.here.flow.blocks[first as usize].start];
        self.b.ins().jump(to, NONE);
    }

    /// The slots that one instruction alone writes, one that loads a constant: where such a slot
    /// is live, it holds that.
    fn constants(&self) -> FxHashMap<u16, Word> {
        let mut loads = FxHashMap::default();
        let mut written = vec![0u8; self.here.held.len()];
        let code = self.here.code;
        for (at, op) in code.instructions() {
            operands(code, at, op, &mut |operand| {
                let (Operand::Def(slot, _) | Operand::Result(slot, _)) = operand else { return };
                written[usize::from(slot)] = written[usize::from(slot)].saturating_add(1);
            });
            if matches!(op, RegOp::LoadI | RegOp::LoadK | RegOp::LoadKF) {
                let w = code.words[at];
                loads.insert(a(w), w);
            }
        }
        loads.retain(|slot, _| {
            let slot = usize::from(*slot);
            slot >= code.float_params.len() && written[slot] == 1
        });
        loads
    }

    /// Takes a constant for what the slot has in memory.
    fn constant(&mut self, slot: u16, load: Word) {
        match word::op(load) {
            Some(RegOp::LoadKF) => {
                let value = self.b.ins().f64const(f64::from_bits(self.here.job.constant(bx(load))));
                self.hold_and_keep(slot, value, true);
            }
            Some(RegOp::LoadK) => {
                let value = self.imm(self.here.job.constant(bx(load)) as i64);
                self.hold_and_keep(slot, value, false);
            }
            _ => {
                let value = self.imm(i64::from(bx(load) as i32));
                self.hold_and_keep(slot, value, false);
            }
        }
    }
}
