//! How compiled code stops, and how it calls the machine.
//!
//! A trap stops at the instruction: only operands that its message may name are brought to
//! memory. Where the interpreter may go on in this frame, all live slots are.

use cranelift_codegen::ir::{self, BlockArg, InstBuilder, Value, types};
use kaa_code::Word;
use kaa_exec::tier::{exit, offset};
use kaa_isa::TrapKind;

use super::{Lower, NONE, TRUSTED, register_results};
use crate::abi::{self, Helper};

/// A kind of function that compiled code calls, for its signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Callee {
    Helper(Helper),
    Stub,
    Enter,
}

impl Lower<'_, '_> {
    /// Results for an exit that gives none.
    fn no_results(&mut self) -> Vec<Value> {
        if self.here.job.place != kaa_exec::tier::Place::Start {
            return Vec::new();
        }
        let classes: Vec<bool> = register_results(self.here.code).collect();
        let value = |float: bool| match float {
            true => self.b.ins().f64const(0.0),
            false => self.b.ins().iconst(types::I64, 0),
        };
        classes.into_iter().map(value).collect()
    }

    /// Leaves with an exit code; the context knows where the machine stands.
    pub(super) fn leave(&mut self, code: Value) {
        self.spill_callers();
        let block = self.exit_block();
        self.b.ins().jump(block, &[BlockArg::Value(code)]);
    }

    /// The block where exits meet; it takes the exit code.
    fn exit_block(&mut self) -> ir::Block {
        if let Some(block) = self.exit {
            return block;
        }
        let block = self.new_block(true);
        self.b.append_block_param(block, types::I64);
        self.exit = Some(block);
        block
    }

    /// Fills the block where exits meet, if there are any.
    pub(super) fn finish_exits(&mut self) {
        let Some(block) = self.exit else { return };
        self.b.switch_to_block(block);
        let mut values = vec![self.b.block_params(block)[0]];
        values.extend(self.no_results());
        self.b.ins().return_(&values);
        self.b.seal_block(block);
    }

    /// Notes where the machine stands, and leaves.
    fn leave_at(&mut self, pc: Value, code: u64) {
        let (vm, frame) = (self.vm(), self.here.frame);
        self.b.ins().store(TRUSTED, pc, vm, offset::EXIT_PC as i32);
        self.b.ins().store(TRUSTED, frame, vm, offset::EXIT_REGS as i32);
        let code = self.imm(code as i64);
        self.leave(code);
    }

    /// The block where traps meet; it takes the word behind the instruction, and the code.
    fn trap_block(&mut self) -> ir::Block {
        if let Some(block) = self.here.trap {
            return block;
        }
        let block = self.new_block(true);
        self.b.append_block_param(block, types::I64);
        self.b.append_block_param(block, types::I32);
        self.here.trap = Some(block);
        block
    }

    /// Fills the block where traps meet, if there are any.
    pub(super) fn finish_traps(&mut self) {
        let Some(block) = self.here.trap else { return };
        self.b.switch_to_block(block);
        let (pc, code) = (self.b.block_params(block)[0], self.b.block_params(block)[1]);
        let vm = self.vm();
        self.b.ins().store(TRUSTED, code, vm, offset::EXIT_CODE as i32);
        self.leave_at(pc, exit::TRAP);
        self.b.seal_block(block);
    }

    /// Traps, as if the interpreter stood before the word at `pc`.
    pub(super) fn trap_at(&mut self, kind: TrapKind, pc: usize) {
        let (block, args) = self.trap_edge(kind, pc);
        self.b.ins().jump(block, &args);
    }

    /// Where a trap goes, and what it takes along.
    fn trap_edge(&mut self, kind: TrapKind, pc: usize) -> (ir::Block, [BlockArg; 2]) {
        let block = self.trap_block();
        let pc = self.pc(pc);
        let code = self.b.ins().iconst(types::I32, i64::from(kind.code()));
        (block, [pc, code].map(BlockArg::Value))
    }

    /// Traps from a cold block where `cond` holds, and else goes on in `go_on`.
    ///
    /// Nothing lies between the branch and where traps meet: Cranelift moves nothing out of a loop
    /// any more once it has seen a block outside that only one way through the loop leads to.
    pub(super) fn trap_or(&mut self, cond: Value, kind: TrapKind, go_on: ir::Block) {
        let (block, args) = self.trap_edge(kind, self.here.next);
        self.b.ins().brif(cond, block, &args, go_on, NONE);
    }

    /// Traps where `cond` holds. The message may name `operands`.
    pub(super) fn trap_if(&mut self, cond: Value, kind: TrapKind, operands: &[u16]) {
        let (cold, go_on) = self.unless(cond);
        self.b.switch_to_block(cold);
        let held = self.save();
        operands.iter().for_each(|slot| self.store_slot(*slot));
        self.trap_at(kind, self.here.next);
        self.restore(held);
        self.b.switch_to_block(go_on);
    }

    /// Brings all slots to memory that are read at this call or behind it.
    pub(super) fn spill(&mut self) {
        let flow = self.here.flow;
        flow.across(self.here.at).iter().for_each(|slot| self.store_slot(*slot));
    }

    /// Lets the interpreter do the instruction at hand and go on from there.
    pub(super) fn resume_here(&mut self) {
        let pc = self.pc(self.here.at);
        self.leave_at(pc, exit::RESUME);
    }

    /// Leaves where an exit code is not 0; the slots behind the call are in memory then.
    pub(super) fn check(&mut self, code: Value) {
        let (cold, go_on) = self.unless(code);
        self.b.switch_to_block(cold);
        let held = self.save();
        self.spill();
        self.leave(code);
        self.restore(held);
        self.b.switch_to_block(go_on);
    }

    fn signature(&mut self, callee: Callee) -> ir::SigRef {
        if let Some(sig) = self.sigs.get(&callee) {
            return *sig;
        }
        let sig = match callee {
            Callee::Helper(helper) => helper.signature(),
            Callee::Stub => abi::stub_signature(),
            Callee::Enter => abi::enter_signature(),
        };
        let sig = self.b.import_signature(sig);
        self.sigs.insert(callee, sig);
        sig
    }

    /// Calls a helper.
    pub(super) fn helper(&mut self, helper: Helper, args: &[Value]) -> Value {
        let sig = self.signature(Callee::Helper(helper));
        let vm = self.vm();
        let address = self.b.ins().load(types::I64, TRUSTED, vm, helper.place());
        let call = self.b.ins().call_indirect(sig, address, args);
        self.context = None;
        self.b.inst_results(call)[0]
    }

    /// Calls a helper on the instruction at hand, in the frame that the context names; leaves
    /// where it traps.
    pub(super) fn work(&mut self, helper: Helper, w: Word) {
        self.note_callers();
        let (vm, frame) = (self.vm(), self.here.frame);
        self.b.ins().store(TRUSTED, frame, vm, offset::EXIT_REGS as i32);
        let pc = self.pc(self.here.at + 1);
        let insn = self.imm(w as i64);
        let code = self.helper(helper, &[vm, pc, insn]);
        self.check(code);
    }

    /// Does the instruction at hand out of line through the stub that keeps all registers; its
    /// operands are in memory. For cold paths.
    pub(super) fn out_of_line(&mut self, w: Word) {
        self.note_callers();
        let sig = self.signature(Callee::Stub);
        let (vm, frame) = (self.vm(), self.here.frame);
        let address = self.b.ins().load(types::I64, TRUSTED, vm, offset::STUB as i32);
        let pc = self.pc(self.here.at + 1);
        let insn = self.imm(w as i64);
        for (value, at) in
            [(pc, offset::EXIT_PC), (frame, offset::EXIT_REGS), (insn, offset::EXIT_STATUS)]
        {
            self.b.ins().store(TRUSTED, value, vm, at as i32);
        }
        self.b.ins().call_indirect(sig, address, &[]);
        let code = self.b.ins().load(types::I64, TRUSTED, vm, offset::EXIT_STATUS as i32);
        if !self.outer.is_empty() {
            let (cold, go_on) = self.unless(code);
            self.b.switch_to_block(cold);
            self.leave(code);
            return self.b.switch_to_block(go_on);
        }
        // There is nothing to bring to memory, so as in `trap_or` nothing lies between.
        let (exit, go_on) = (self.exit_block(), self.new_block(true));
        self.b.ins().brif(code, exit, &[BlockArg::Value(code)], go_on, NONE);
        self.b.seal_block(go_on);
        self.b.switch_to_block(go_on);
    }

    /// Enters compiled code by its address; gives the exit code.
    pub(super) fn enter_at(&mut self, address: Value, frame: Value) -> Value {
        let sig = self.signature(Callee::Enter);
        let vm = self.vm();
        let call = self.b.ins().call_indirect(sig, address, &[vm, frame]);
        self.b.inst_results(call)[0]
    }
}
