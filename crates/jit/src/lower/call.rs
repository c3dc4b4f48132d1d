//! Calls: of bodies by their signature, of everything else through the frame.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, FuncRef, InstBuilder, Value, types};
use kaa_code::word::{self, a, b, bx, c};
use kaa_code::{RegOp, Word};
use kaa_exec::tier::{ENTRY_BYTES, ENTRY_ENTER, Place, offset};

use super::{Lower, MAX_PARAMS, MAX_RESULTS, TRUSTED};
use crate::abi::Helper;
use crate::operands::{Operand, operands};

impl Lower<'_, '_> {
    /// Brings the arguments in the window to memory.
    fn store_args(&mut self, from: usize) {
        let code = self.here.code;
        let Some(site) = code.site(self.here.at as u32) else { return };
        (from..site.args.len()).for_each(|i| self.store_slot(site.base + i as u16));
    }

    /// The results are in the window, in memory.
    fn results_in_memory(&mut self) {
        let code = self.here.code;
        let Some(site) = code.site(self.here.at as u32) else { return };
        (0..site.results.len()).for_each(|i| self.written(site.base + i as u16));
    }

    /// The frame of the callee, its return address noted.
    fn open_frame(&mut self, w: Word) -> Value {
        self.need_room();
        let distance = self.imm(i64::from(a(w)) * 8);
        let window = self.b.ins().iadd(self.here.frame, distance);
        let back = self.pc(self.here.next);
        self.b.ins().store(TRUSTED, back, window, -8);
        window
    }

    /// Makes sure that calls have room. What is inlined has it, or its caller would have called.
    pub(super) fn need_room(&mut self) {
        if self.outer.is_empty() && !self.here.known.room {
            self.check_room();
            self.here.known.room = true;
        }
    }

    /// Where there is no room for the farthest window of this function, or none on the native
    /// stack, the interpreter makes the call, which knows exactly. Calls behind this one in the
    /// same block need not look again.
    fn check_room(&mut self) {
        let (vm, frame) = (self.vm(), self.here.frame);
        let distance = self.imm(i64::from(self.farthest) * 8);
        let window = self.b.ins().iadd(frame, distance);
        let limit = self.b.ins().load(types::I64, TRUSTED, vm, offset::LIMIT as i32);
        let deep = self.b.ins().icmp(IntCC::UnsignedGreaterThan, window, limit);
        let native = self.b.ins().load(types::I64, TRUSTED, vm, offset::NATIVE_LIMIT as i32);
        let here = self.b.ins().get_stack_pointer(types::I64);
        let low = self.b.ins().icmp(IntCC::UnsignedLessThan, here, native);
        let sides = self.unless_either(deep, low);
        self.interpret(sides);
    }

    /// Where `cond` holds, the interpreter does the instruction and goes on in this frame.
    fn interpret_if(&mut self, cond: Value) {
        let sides = self.unless(cond);
        self.interpret(sides);
    }

    /// Lets the interpreter do the instruction in the first block, and goes on in the second.
    fn interpret(&mut self, (cold, go_on): (Block, Block)) {
        self.b.switch_to_block(cold);
        let held = self.save();
        self.spill_all();
        self.resume_here();
        self.restore(held);
        self.b.switch_to_block(go_on);
    }

    /// Brings all slots to memory that are read at the instruction or behind it.
    pub(super) fn spill_all(&mut self) {
        self.spill();
        self.store_operands();
    }

    /// Brings the slots to memory that the instruction reads.
    pub(super) fn store_operands(&mut self) {
        let code = self.here.code;
        let op = word::op(code.words[self.here.at]).unwrap_or(RegOp::Trap);
        operands(code, self.here.at, op, &mut |operand| {
            if let Operand::Use(slot, _) = operand {
                self.store_slot(slot);
            }
        });
    }

    pub(super) fn call(&mut self, w: Word) {
        let func = bx(w);
        if let Some(callee) = self.inlined_here(func) {
            return self.inline(w, callee);
        }
        match self.bodies.body(func, self.b.func) {
            Some(body) => self.call_body(w, body),
            None => self.call_unknown(w),
        }
    }

    /// Calls a body with arguments and results in registers.
    fn call_body(&mut self, w: Word, body: FuncRef) {
        let code = self.here.code;
        let Some(site) = code.site(self.here.at as u32) else { return };
        let window = self.open_frame(w);
        let mut args = vec![window];
        for (i, float) in site.args.iter().take(MAX_PARAMS).enumerate() {
            args.push(self.value(site.base + i as u16, *float));
        }
        self.store_args(MAX_PARAMS);
        let call = self.b.ins().call(body, &args);
        let results = self.b.inst_results(call).to_vec();
        self.check(results[0]);
        if site.results.len() > MAX_RESULTS {
            return self.results_in_memory();
        }
        self.take_results(&results[1..]);
    }

    /// Takes the results of the call at hand.
    pub(super) fn take_results(&mut self, results: &[Value]) {
        let (code, flow) = (self.here.code, self.here.flow);
        let Some(site) = code.site(self.here.at as u32) else { return };
        for (i, value) in results.iter().enumerate() {
            self.hold(site.base + i as u16, *value, site.results[i]);
        }
        flow.stored_results(self.here.at).iter().for_each(|slot| self.store_slot(*slot));
    }

    /// Calls a function that may have been compiled since.
    fn call_unknown(&mut self, w: Word) {
        let vm = self.vm();
        let first = self.b.ins().load(types::I64, TRUSTED, vm, offset::FUNCS as i32);
        let at = self.imm(i64::from(bx(w)) * ENTRY_BYTES as i64);
        let entry = self.b.ins().iadd(first, at);
        let code = self.b.ins().load(types::I64, TRUSTED, entry, ENTRY_ENTER as i32);
        self.call_entry(w, code);
    }

    /// Calls what enters a function; where that is null, the interpreter makes the call.
    fn call_entry(&mut self, w: Word, code: Value) {
        let missing = self.b.ins().icmp_imm_s(IntCC::Equal, code, 0);
        self.interpret_if(missing);
        let window = self.open_frame(w);
        self.store_args(0);
        let exit = self.enter_at(code, window);
        self.check(exit);
        self.results_in_memory();
    }

    pub(super) fn call_func(&mut self, w: Word) {
        let func = self.int(b(w));
        let size = self.imm(ENTRY_BYTES as i64);
        let at = self.b.ins().imul(func, size);
        let vm = self.vm();
        let first = self.b.ins().load(types::I64, TRUSTED, vm, offset::FUNCS as i32);
        let entry = self.b.ins().iadd(first, at);
        let code = self.b.ins().load(types::I64, TRUSTED, entry, ENTRY_ENTER as i32);
        self.call_entry(w, code);
    }

    pub(super) fn call_closure(&mut self, w: Word) {
        let closure = self.int(b(w));
        self.store_args(0);
        // The captured values go before the arguments, so nothing may stop from here on.
        let window = self.open_frame(w);
        let count = self.imm(i64::from(c(w)));
        let vm = self.vm();
        let code = self.helper(Helper::Closure, &[vm, closure, window, count]);
        let missing = self.b.ins().icmp_imm_s(IntCC::Equal, code, 0);
        self.interpret_if(missing);
        let exit = self.enter_at(code, window);
        self.check(exit);
        self.results_in_memory();
    }

    /// A call in place of this frame: a jump where the callee is a body, or this function.
    pub(super) fn tail_call(&mut self, w: Word) {
        let code = self.here.code;
        let Some(site) = code.site(self.here.at as u32) else { return };
        let body = match self.here.job.place {
            // What enters at a loop gives its results in another way.
            Place::Start => self.bodies.body(bx(w), self.b.func),
            Place::Loop(_) => None,
        };
        let same = self.results_alike(bx(w));
        let Some(body) = body.filter(|_| same && site.args.len() <= MAX_PARAMS) else {
            self.spill_all();
            return self.resume_here();
        };
        self.interrupt_here();
        let mut args = vec![self.here.frame];
        for (i, float) in site.args.iter().enumerate() {
            args.push(self.value(site.base + i as u16, *float));
        }
        self.b.ins().return_call(body, &args);
    }

    /// Whether another function gives its results as this one does.
    fn results_alike(&self, func: u32) -> bool {
        if func == self.here.job.func {
            return true;
        }
        let theirs = self.here.job.callee(func);
        theirs.is_some_and(|job| job.code.float_results == self.here.code.float_results)
    }

    /// Where an interrupt is due, the interpreter makes the call and finds it.
    fn interrupt_here(&mut self) {
        let due = self.is_interrupted();
        self.interpret_if(due);
    }

    pub(super) fn tail_call_closure(&mut self, _: Word) {
        self.spill_all();
        self.resume_here();
    }

    pub(super) fn native(&mut self, w: Word) {
        self.store_args(0);
        self.work(Helper::Native, w);
        self.results_in_memory();
    }

    pub(super) fn slow(&mut self, w: Word) {
        self.store_args(0);
        self.work(Helper::Windowed, w);
        self.results_in_memory();
    }
}
