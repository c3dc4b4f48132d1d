//! Jumps, branches, switches, calls and returns.

use kaa_ir::{Block, BlockCall, Inst, ValTy, Value};

use super::arith::{Comparison, Rel};
use super::{MAX_COPIED_HEAD, MAX_COPIED_JOIN, Select, Stub, linked};
use crate::emit::Label;
use crate::linkage::LinkedImport;
use crate::moves::{Move, Source};
use crate::reg::RegOp;

impl Select<'_> {
    /// The moves that an edge needs; `given` slots hold the first parameters.
    fn edge_moves(&mut self, target: &BlockCall, given: &[u16]) -> Vec<Move> {
        let p = self.p;
        let params = &p.func.blocks[target.block].params;
        let mut moves = Vec::new();
        for (i, param) in params.iter().enumerate() {
            let Some(to) = self.slots.get(*param) else { continue };
            let from = match given.get(i) {
                Some(slot) => Source::Slot(*slot, self.is_float(*param)),
                None => self.source(target.args[i - given.len()]),
            };
            if !matches!(from, Source::Slot(s, _) if s == to) {
                moves.push(Move { to, from });
            }
        }
        moves
    }

    /// Continues at a block from straight code: moves, then fall through, copy or jump.
    pub(super) fn go(&mut self, target: &BlockCall, given: &[u16]) {
        let moves = self.edge_moves(target, given);
        self.emit_moves(&moves);
        self.reach(target.block);
    }

    fn reach(&mut self, block: Block) {
        if self.falls_into(block) {
            return;
        }
        if self.is_worth_copying(block) {
            self.copying += 1;
            let next = self.next;
            let (node, at) = (self.node.clone(), self.at);
            self.body(block);
            (self.node, self.at, self.next) = (node, at, next);
            self.copying -= 1;
        } else {
            self.e.jump(self.labels[block]);
        }
    }

    /// Whether `block` comes next in the code. Nothing follows a copy.
    fn falls_into(&self, block: Block) -> bool {
        self.next == Some(block) && self.copying == 0
    }

    /// Whether a copy of `block` saves a jump each time: a short loop head behind us, a short
    /// join ahead, or a short way back to such a head.
    fn is_worth_copying(&self, block: Block) -> bool {
        let data = &self.p.func.blocks[block];
        let most = match self.e.is_bound(self.labels[block]) {
            true => MAX_COPIED_HEAD,
            false => MAX_COPIED_JOIN,
        };
        if data.insts.len() > most {
            return false;
        }
        match data.insts.last().map(|n| &n.inst) {
            Some(Inst::Branch { .. }) => true,
            Some(Inst::Jump { to }) if self.copying == 0 => {
                let head = &self.p.func.blocks[to.block].insts;
                let branch = matches!(head.last().map(|n| &n.inst), Some(Inst::Branch { .. }));
                branch && head.len() <= MAX_COPIED_HEAD && self.e.is_bound(self.labels[to.block])
            }
            _ => false,
        }
    }

    /// The label that a conditional jump to `target` goes to: the block, or a stub with the
    /// moves of the edge.
    fn edge_label(&mut self, target: &BlockCall, given: &[u16]) -> Label {
        let moves = self.edge_moves(target, given);
        if moves.is_empty() {
            return self.labels[target.block];
        }
        let label = self.e.label();
        self.stubs.push(Stub { label, moves, target: target.block });
        label
    }

    pub(super) fn branch_on(&mut self, c: Value, then: &BlockCall, other: &BlockCall) {
        // Jump to the edge that is free of moves and not next; fall into the other one.
        let then_next = self.falls_into(then.block);
        let other_moves = !self.edge_moves(other, &[]).is_empty();
        let then_moves = !self.edge_moves(then, &[]).is_empty();
        let other_next = self.falls_into(other.block);
        let behind = |edge: &BlockCall| self.e.is_bound(self.labels[edge.block]);
        let negate = if then_next {
            true
        } else if other_next {
            false
        } else if then_moves == other_moves {
            // Neither comes next: what leads back is taken more often.
            behind(other) && !behind(then)
        } else {
            then_moves
        };
        let (taken, fallen) = if negate { (other, then) } else { (then, other) };
        let label = self.edge_label(taken, &[]);
        self.jump_when(c, !negate, label);
        if self.copying == 0 {
            return self.go(fallen, &[]);
        }
        let moves = self.edge_moves(fallen, &[]);
        self.emit_moves(&moves);
        self.e.jump(self.labels[fallen.block]);
    }

    /// Jumps where `c` has the truth value `when`.
    fn jump_when(&mut self, c: Value, when: bool, label: Label) {
        let Some(inst) = self.p.fused.get(&c).cloned() else {
            let op = if when { RegOp::JT } else { RegOp::JF };
            let slot = self.slot(c);
            self.e.jump_if(op, slot, label);
            return;
        };
        match inst {
            Inst::Not { a, .. } => self.jump_when(a, !when, label),
            Inst::IsNull { a } => {
                let op = if when { RegOp::JEqK } else { RegOp::JNeK };
                let slot = self.slot(a);
                self.e.jump_cmp(op, slot, 0, label);
            }
            _ => {
                if let Some(c) = Comparison::of(&inst) {
                    self.jump_compared(c, when, label);
                }
            }
        }
    }

    fn jump_compared(&mut self, c: Comparison, when: bool, label: Label) {
        if c.t == ValTy::F64 {
            return self.jump_float(c, when, label);
        }
        let rel = if when { c.rel } else { c.rel.negate() };
        // A merged operand is a bit test, and the other one is zero.
        let test = [c.a, c.b].into_iter().find_map(|v| self.p.bit_test(self.p.fused.get(&v)?));
        if let Some((bits, mask)) = test {
            let op = if rel == Rel::Eq { RegOp::JTestZ } else { RegOp::JTestNZ };
            let slot = self.slot(bits);
            self.e.jump_cmp(op, slot, mask as u16, label);
            return;
        }
        let signed = c.t.is_signed() || c.t != ValTy::U64;
        let equality = matches!(rel, Rel::Eq | Rel::Ne);
        let with_imm = match (self.imm(c.a), self.imm(c.b)) {
            (_, Some(imm)) => Some((c.a, imm, rel)),
            (Some(imm), None) => Some((c.b, imm, rel.flip())),
            _ => None,
        };
        if let Some((value, imm, rel)) = with_imm.filter(|_| signed || equality) {
            let op = match rel {
                Rel::Eq => RegOp::JEqK,
                Rel::Ne => RegOp::JNeK,
                Rel::Lt => RegOp::JLtSK,
                Rel::Le => RegOp::JLeSK,
                Rel::Gt => RegOp::JGtSK,
                Rel::Ge => RegOp::JGeSK,
            };
            let slot = self.slot(value);
            self.e.jump_cmp(op, slot, imm as u16, label);
            return;
        }
        let (lt, le) = match signed {
            true => (RegOp::JLtS, RegOp::JLeS),
            false => (RegOp::JLtU, RegOp::JLeU),
        };
        let (a, b) = (self.slot(c.a), self.slot(c.b));
        let (op, a, b) = match rel {
            Rel::Eq => (RegOp::JEq, a, b),
            Rel::Ne => (RegOp::JNe, a, b),
            Rel::Lt => (lt, a, b),
            Rel::Le => (le, a, b),
            Rel::Gt => (lt, b, a),
            Rel::Ge => (le, b, a),
        };
        self.e.jump_cmp(op, a, b, label);
    }

    /// Float relations have negated forms of their own, because NaN fails both ways.
    fn jump_float(&mut self, c: Comparison, when: bool, label: Label) {
        let (a, b) = (self.slot(c.a), self.slot(c.b));
        let (op, a, b) = match (c.rel, when) {
            (Rel::Eq, true) | (Rel::Ne, false) => (RegOp::JFEq, a, b),
            (Rel::Ne, true) | (Rel::Eq, false) => (RegOp::JFNe, a, b),
            (Rel::Lt, true) => (RegOp::JFLt, a, b),
            (Rel::Le, true) => (RegOp::JFLe, a, b),
            (Rel::Gt, true) => (RegOp::JFLt, b, a),
            (Rel::Ge, true) => (RegOp::JFLe, b, a),
            (Rel::Lt, false) => (RegOp::JFNLt, a, b),
            (Rel::Le, false) => (RegOp::JFNLe, a, b),
            (Rel::Gt, false) => (RegOp::JFNLt, b, a),
            (Rel::Ge, false) => (RegOp::JFNLe, b, a),
        };
        self.e.jump_cmp(op, a, b, label);
    }

    /// A dense switch is a table of jumps, a sparse one a chain of comparisons.
    pub(super) fn switch_on(&mut self, a: Value, cases: &[(i64, BlockCall)], other: &BlockCall) {
        let slot = self.slot(a);
        let cases: Vec<(i64, Label)> =
            cases.iter().map(|(key, target)| (*key, self.edge_label(target, &[]))).collect();
        self.switch_to(slot, cases, other);
    }

    /// The same where the labels are known.
    fn switch_to(&mut self, slot: u16, mut cases: Vec<(i64, Label)>, other: &BlockCall) {
        // Of two equal cases the first one counts.
        cases.sort_by_key(|case| case.0);
        cases.dedup_by_key(|case| case.0);
        let (min, max) = match (cases.first(), cases.last()) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (0, 0),
        };
        let span = max.wrapping_sub(min) as u64;
        if cases.len() >= 4 && span < 4 * cases.len() as u64 + 8 {
            let default = self.edge_label(other, &[]);
            let mut table = vec![default; span as usize + 1];
            for (key, label) in cases {
                table[key.wrapping_sub(min) as usize] = label;
            }
            self.e.abx(RegOp::Switch, slot, table.len() as u32);
            self.e.extra(min as u64);
            table.into_iter().for_each(|label| self.e.jump(label));
            self.e.jump(default);
            return;
        }
        for (key, label) in cases {
            match i16::try_from(key) {
                Ok(imm) => self.e.jump_cmp(RegOp::JEqK, slot, imm as u16, label),
                Err(_) => {
                    let scratch = self.slots.scratch;
                    self.load(scratch, key as u64, false);
                    self.e.jump_cmp(RegOp::JEq, slot, scratch, label);
                }
            }
        }
        self.go(other, &[]);
    }

    pub(super) fn return_values(&mut self, vals: &[Value]) {
        match vals {
            [] => self.e.abc(RegOp::Ret0, 0, 0, 0),
            [one] => match self.source(*one) {
                Source::Const(bits, float) => {
                    self.load(0, bits, float);
                    self.e.abc(RegOp::Ret0, 0, 0, 0);
                }
                Source::Slot(slot, _) => self.e.abc(RegOp::Ret1, slot, 0, 0),
            },
            several => {
                let moves: Vec<Move> = several
                    .iter()
                    .enumerate()
                    .map(|(i, v)| Move { to: i as u16, from: self.source(*v) })
                    .collect();
                self.emit_moves(&moves);
                self.e.abc(RegOp::Ret0, 0, 0, 0);
            }
        }
    }

    /// Calls guest code; `call` emits the instruction for the window at its argument.
    pub(super) fn guest_call(&mut self, call: impl FnOnce(&mut Self, u16)) -> u16 {
        let base = self.fill_window();
        self.map_call();
        call(self, base);
        base
    }

    pub(super) fn import_call(&mut self, id: kaa_ir::ImportId) {
        if self.map_operation() {
            return;
        }
        let base = self.fill_window();
        match linked(self.link, id) {
            LinkedImport::Native(index) => {
                let roots = self.window_roots();
                self.map_roots(&roots);
                self.e.abx(RegOp::Native, base, index);
            }
            LinkedImport::Func(index) => {
                self.map_call();
                self.e.abx(RegOp::Call, base, index);
            }
        }
        self.take_results(base);
    }

    /// A call with an unwind edge: results go to the parameters of `ok`.
    pub(super) fn unwinding_call(
        &mut self,
        results: usize,
        ok: &BlockCall,
        unwind: &BlockCall,
        call: impl FnOnce(&mut Self, u16),
    ) {
        let base = self.fill_window();
        self.map_call();
        // The code lands in the window; a stub brings it to the block's parameter.
        let label = self.e.label();
        let params = &self.p.func.blocks[ok.block].params;
        let floats = params.iter().take(results).map(|v| self.is_float(*v)).collect();
        if let Some(site) = &mut self.e.site {
            site.results = floats;
        }
        let moves = self.edge_moves(unwind, &[base]);
        self.stubs.push(Stub { label, moves, target: unwind.block });
        self.e.note_unwind(label, base);
        call(self, base);
        self.e.forget();
        let given: Vec<u16> = (0..results as u16).map(|i| base + i).collect();
        self.go(ok, &given);
    }
}

impl Select<'_> {
    /// The numbers of types that no other extends: an object is of such a type where the number
    /// in its header is that of the type.
    fn exact_types(&self, cases: &[(kaa_ir::TypeId, BlockCall)]) -> Option<Vec<i64>> {
        let types = &self.module.types;
        let number = |ty: kaa_ir::TypeId| {
            // A larger number would need a second slot beside the object's own.
            let number = i16::try_from(self.link.heap_type(ty)).ok()?;
            (!types.is_extended(ty)).then_some(i64::from(number))
        };
        cases.iter().map(|(ty, _)| number(*ty)).collect()
    }

    /// Goes by the type of an object. The cast reference is the object itself.
    pub(super) fn switch_type(
        &mut self,
        obj: Value,
        cases: &[(kaa_ir::TypeId, BlockCall)],
        other: &BlockCall,
    ) {
        let slot = self.slot(obj);
        if let Some(numbers) = self.exact_types(cases) {
            if let ValTy::RefNull(_) = self.ty(obj) {
                let none = self.edge_label(other, &[]);
                self.e.jump_cmp(RegOp::JEqK, slot, 0, none);
            }
            let labels = numbers
                .into_iter()
                .zip(cases)
                .map(|(number, (_, target))| (number, self.edge_label(target, &[slot])))
                .collect();
            let scratch = self.slots.scratch;
            self.e.abc(RegOp::TypeOf, scratch, slot, 0);
            return self.switch_to(scratch, labels, other);
        }
        for (ty, target) in cases {
            let moves = self.edge_moves(target, &[slot]);
            let label = self.e.label();
            self.stubs.push(Stub { label, moves, target: target.block });
            let number = self.link.heap_type(*ty);
            let scratch = self.slots.scratch;
            self.e.abx(RegOp::LoadI, scratch, number);
            self.e.abc(RegOp::IsType, scratch, slot, scratch);
            self.e.jump_if(RegOp::JT, scratch, label);
        }
        self.go(other, &[]);
    }
}
