//! Jumps, branches, returns, and what else has no value: fuel, counting, traps.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{BlockArg, InstBuilder, JumpTableData, Value, types};
use kaa_code::Word;
use kaa_code::word::{a, b, bx, c};
use kaa_exec::tier::{Place, exit, offset};
use kaa_isa::TrapKind;

use super::{Lower, NONE, TRUSTED, register_results};
use crate::bounds::Bounds;

macro_rules! int_branches {
    ($($name:ident: $cc:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.int(a(w)), self.int(b(w)));
                let cond = self.b.ins().icmp($cc, x, y);
                self.branch(cond, i64::from(c(w) as i16));
            }
        )*}
    };
}

int_branches! {
    j_eq: IntCC::Equal;
    j_ne: IntCC::NotEqual;
    j_lt_s: IntCC::SignedLessThan;
    j_le_s: IntCC::SignedLessThanOrEqual;
    j_lt_u: IntCC::UnsignedLessThan;
    j_le_u: IntCC::UnsignedLessThanOrEqual;
}

macro_rules! imm_branches {
    ($($name:ident: $cc:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let x = self.int(a(w));
                let cond = self.b.ins().icmp_imm_s($cc, x, i64::from(b(w) as i16));
                self.branch(cond, i64::from(c(w) as i16));
            }
        )*}
    };
}

imm_branches! {
    j_eq_k: IntCC::Equal;
    j_ne_k: IntCC::NotEqual;
    j_lt_sk: IntCC::SignedLessThan;
    j_le_sk: IntCC::SignedLessThanOrEqual;
    j_gt_sk: IntCC::SignedGreaterThan;
    j_ge_sk: IntCC::SignedGreaterThanOrEqual;
}

macro_rules! float_branches {
    ($($name:ident: $cc:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.float(a(w)), self.float(b(w)));
                let cond = self.b.ins().fcmp($cc, x, y);
                self.branch(cond, i64::from(c(w) as i16));
            }
        )*}
    };
}

float_branches! {
    j_f_eq: FloatCC::Equal;
    j_f_ne: FloatCC::NotEqual;
    j_f_lt: FloatCC::LessThan;
    j_f_le: FloatCC::LessThanOrEqual;
    j_f_nlt: FloatCC::UnorderedOrGreaterThanOrEqual;
    j_f_nle: FloatCC::UnorderedOrGreaterThan;
}

macro_rules! counted {
    ($($name:ident: $step:literal $cc:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.int(a(w)), self.int(b(w)));
                let step = self.imm($step);
                let x = self.b.ins().iadd(x, step);
                self.set(a(w), x);
                let cond = self.b.ins().icmp($cc, x, y);
                self.branch(cond, i64::from(c(w) as i16));
            }
        )*}
    };
}

counted! {
    loop_lt: 1 IntCC::SignedLessThan;
    loop_le: 1 IntCC::SignedLessThanOrEqual;
    loop_gt: -1 IntCC::SignedGreaterThan;
    loop_ge: -1 IntCC::SignedGreaterThanOrEqual;
}

impl Lower<'_, '_> {
    /// The word that a jump by `offset` leads to.
    fn target(&self, offset: i64) -> usize {
        (self.here.next as i64 + offset) as usize
    }

    /// Looks at the start of a loop whether the store is interrupted: there, and not on the way
    /// back, so that the way back is one branch.
    pub(super) fn poll(&mut self, head: usize) {
        let due = self.is_interrupted();
        let (cold, go_on) = self.unless(due);
        self.b.switch_to_block(cold);
        self.trap_at(TrapKind::Interrupted, head);
        self.b.switch_to_block(go_on);
    }

    /// Whether the frame is past the limit, which an interrupt sets to 0. The load is atomic so
    /// that it happens each time.
    pub(super) fn is_interrupted(&mut self) -> Value {
        let (vm, frame) = (self.vm(), self.here.frame);
        let at = self.imm(offset::LIMIT as i64);
        let at = self.b.ins().iadd(vm, at);
        let limit = self.b.ins().atomic_load(types::I64, TRUSTED, at);
        self.b.ins().icmp(IntCC::UnsignedGreaterThan, frame, limit)
    }

    /// Jumps by `offset` if `cond` holds.
    fn branch(&mut self, cond: Value, offset: i64) {
        let (to, next) = (self.target(offset), self.here.next);
        let (block, other) = (self.here.blocks[&to], self.here.blocks[&next]);
        self.b.ins().brif(cond, block, NONE, other, NONE);
    }

    pub(super) fn jmp(&mut self, w: Word) {
        let to = self.target(i64::from(bx(w) as i32));
        let block = self.here.blocks[&to];
        self.b.ins().jump(block, NONE);
    }

    pub(super) fn jt(&mut self, w: Word) {
        let x = self.int(a(w));
        let cond = self.b.ins().icmp_imm_s(IntCC::NotEqual, x, 0);
        self.branch(cond, i64::from(bx(w) as i32));
    }

    pub(super) fn jf(&mut self, w: Word) {
        let x = self.int(a(w));
        let cond = self.b.ins().icmp_imm_s(IntCC::Equal, x, 0);
        self.branch(cond, i64::from(bx(w) as i32));
    }

    fn bit_test(&mut self, w: Word, cc: IntCC) {
        let x = self.int(a(w));
        let mask = self.imm(i64::from(b(w) as i16));
        let bits = self.b.ins().band(x, mask);
        let cond = self.b.ins().icmp_imm_s(cc, bits, 0);
        self.branch(cond, i64::from(c(w) as i16));
    }

    pub(super) fn j_test_z(&mut self, w: Word) {
        self.bit_test(w, IntCC::Equal);
    }

    pub(super) fn j_test_nz(&mut self, w: Word) {
        self.bit_test(w, IntCC::NotEqual);
    }

    pub(super) fn switch(&mut self, w: Word) {
        let x = self.int(a(w));
        let base = self.imm(self.here.code.words[self.here.at + 1] as i64);
        let index = self.b.ins().isub(x, base);
        let count = bx(w) as usize;
        let blocks: Vec<_> = (0..=count).map(|i| self.here.blocks[&(self.here.next + i)]).collect();
        // The table takes 32 bits; everything above its end is one case.
        let last = self.imm(count as i64);
        let index = self.b.ins().umin(index, last);
        let index = self.b.ins().ireduce(types::I32, index);
        let lists = &mut self.b.func.dfg.value_lists;
        let calls: Vec<_> = blocks
            .iter()
            .map(|block| cranelift_codegen::ir::BlockCall::new(*block, [], lists))
            .collect();
        let table = JumpTableData::new(calls[count], &calls[..count]);
        let table = self.b.create_jump_table(table);
        self.b.ins().br_table(index, table);
    }

    pub(super) fn select(&mut self, w: Word) {
        let cond = self.int(b(w));
        let other = self.here.code.words[self.here.at + 1] as u16;
        let float = self.here.flow.wants_float(self.here.at);
        let (x, y) = (self.value(c(w), float), self.value(other, float));
        let value = self.b.ins().select(cond, x, y);
        match float {
            true => self.set_float(a(w), value),
            false => self.set(a(w), value),
        }
    }

    /// Gives results, which are in the first slots.
    pub(super) fn ret0(&mut self, _: Word) {
        let results = &self.here.code.float_results;
        if let Some(back) = self.here.back {
            let values = results.iter().enumerate();
            let values = values.map(|(i, float)| BlockArg::Value(self.value(i as u16, *float)));
            let values: Vec<BlockArg> = values.collect();
            self.b.ins().jump(back, &values);
            let returned = (0..results.len()).map(|i| self.bounds(i as u16)).collect();
            self.returns(returned);
            return;
        }
        let in_registers =
            self.here.job.place == Place::Start && register_results(self.here.code).count() > 0;
        let mut values = vec![self.imm(exit::DONE as i64)];
        for (i, float) in results.iter().enumerate() {
            match in_registers {
                true => values.push(self.value(i as u16, *float)),
                false => self.store_slot(i as u16),
            }
        }
        self.b.ins().return_(&values);
    }

    /// What is inlined returns values with these bounds here.
    fn returns(&mut self, now: Vec<Bounds>) {
        let all = match self.here.returned.take() {
            Some(before) => before.into_iter().zip(now).map(|(x, y)| x.or(y)).collect(),
            None => now,
        };
        self.here.returned = Some(all);
    }

    pub(super) fn ret1(&mut self, w: Word) {
        let float = self.here.code.float_results.first() == Some(&true);
        let value = self.value(a(w), float);
        if let Some(back) = self.here.back {
            self.b.ins().jump(back, &[BlockArg::Value(value)]);
            let returned = self.bounds(a(w));
            self.returns(vec![returned]);
            return;
        }
        let done = self.imm(exit::DONE as i64);
        if self.here.job.place == Place::Start {
            self.b.ins().return_(&[done, value]);
            return;
        }
        let frame = self.here.frame;
        self.b.ins().store(TRUSTED, value, frame, 0);
        self.b.ins().return_(&[done]);
    }

    pub(super) fn trap(&mut self, w: Word) {
        self.trap_at(TrapKind::from_code(bx(w)), self.here.next);
    }

    pub(super) fn fuel(&mut self, w: Word) {
        let vm = self.vm();
        let left = self.b.ins().load(types::I64, TRUSTED, vm, offset::FUEL as i32);
        let units = self.imm(i64::from(bx(w)));
        let rest = self.b.ins().isub(left, units);
        let out = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, rest, 0);
        self.trap_if(out, TrapKind::OutOfFuel, &[]);
        self.b.ins().store(TRUSTED, rest, vm, offset::FUEL as i32);
    }

    pub(super) fn count(&mut self, w: Word) {
        for (at, by) in [(offset::COUNTED, b(w)), (offset::CALLS, c(w))] {
            if by == 0 {
                continue;
            }
            let vm = self.vm();
            let old = self.b.ins().load(types::I64, TRUSTED, vm, at as i32);
            let by = self.imm(i64::from(by));
            let new = self.b.ins().iadd(old, by);
            self.b.ins().store(TRUSTED, new, vm, at as i32);
        }
    }

    /// Counts only interpreters pass; code that runs here is compiled already.
    pub(super) fn hot(&mut self, _: Word) {}

    /// What only the interpreter does: it goes on there.
    fn leave_to_interpreter(&mut self) {
        self.spill_all();
        self.resume_here();
    }

    pub(super) fn resume(&mut self, _: Word) {
        self.leave_to_interpreter();
    }

    pub(super) fn halt(&mut self, _: Word) {
        self.leave_to_interpreter();
    }

    pub(super) fn lower(&mut self, _: Word) {
        self.leave_to_interpreter();
    }

    pub(super) fn enter(&mut self, _: Word) {
        self.leave_to_interpreter();
    }
}
