//! One unit as a function: its blocks, what goes from one to the next, calls and ends.

use kaa_ir::builder::BuildError;
use kaa_ir::{Block, BlockCall, FuncId, FunctionBuilder, Inst, Module, ValTy, Value, Var};
use kaa_isa::kinds::{Code, Leaf};

use super::super::code::{Instr, REGISTERS};
use super::super::fault::Fault;
use super::super::plan::{Goal, Plan, RESULT, Regs, Unit, bit, members};
use super::super::table::Kind;
use super::world::{Helper, World};
use super::{END, Options};

/// The deepest call: with 2^31 / 1024 frames as its limit, the original takes them in portions of
/// 2^16 and refuses the call after which it would have to take the last one.
pub const MAX_CALLS: usize = 31 * 65_536 - 1;

/// The parameters of a unit's function: the entry, where there are several, its depth, and its
/// arguments.
pub(super) fn params(unit: &Unit) -> Vec<ValTy> {
    if !unit.is_called {
        return Vec::new();
    }
    let count = 1 + usize::from(unit.entries.len() > 1) + unit.params.count_ones() as usize;
    vec![ValTy::I64; count]
}

/// The registers that are variables of a unit.
fn named(unit: &Unit) -> Regs {
    unit.used | unit.kept | unit.live | unit.params | bit(RESULT)
}

/// Builds the function of a unit.
pub(super) fn lower(
    module: &mut Module,
    world: &mut World,
    plan: &Plan,
    options: &Options,
    units: &[FuncId],
    nth: usize,
) -> Result<(), BuildError> {
    let (Some(unit), Some(func)) = (plan.units.get(nth), units.get(nth)) else { return Ok(()) };
    let mut b = FunctionBuilder::new(module, *func);
    let blocks: Vec<(usize, Block)> =
        unit.blocks.iter().map(|block| (*block, b.create_block())).collect();
    let mut body = Body {
        vars: Vec::new(),
        flags: vec![None; usize::from(REGISTERS)],
        error: b.declare_var(ValTy::I64),
        depth: Value(0),
        b,
        world,
        plan,
        options,
        units,
        unit,
        blocks,
        tells_error: false,
    };

    body.vars = vec![None; usize::from(REGISTERS)];
    for reg in members(named(unit)) {
        let var = body.b.declare_var(ValTy::I64);
        if options.named {
            body.b.name_var(var, &format!("R{reg}"));
        }
        body.vars[usize::from(reg)] = Some(var);
    }
    body.enter();
    body.walk();
    body.b.finish().map(|_| ())
}

/// A unit under construction.
pub(super) struct Body<'m, 'a> {
    pub b: FunctionBuilder<'m>,
    pub world: &'a mut World,
    pub plan: &'a Plan,
    pub options: &'a Options,
    units: &'a [FuncId],
    unit: &'a Unit,
    /// The blocks of the unit with what they become.
    blocks: Vec<(usize, Block)>,
    vars: Vec<Option<Var>>,
    /// Registers that hold the result of a comparison in this block.
    flags: Vec<Option<Value>>,
    /// The error code at `Halt`.
    pub error: Var,
    depth: Value,
    /// Whether the error code of the present operation can be seen.
    pub tells_error: bool,
}

impl Body<'_, '_> {
    /// Gives all registers what they hold at first, and goes to where the unit is entered.
    fn enter(&mut self) {
        let mut params = self.b.params().into_iter();
        let unit = self.unit;
        let entry = match unit.is_called && unit.entries.len() > 1 {
            true => params.next(),
            false => None,
        };
        let zero = self.b.i64(0);
        self.depth = params.next().unwrap_or(zero);
        self.b.def_var(self.error, zero);
        let frame = match unit.is_called && unit.kept | unit.live & !unit.params != 0 {
            true if !self.world.stale.is_empty() => Some(self.frame()),
            _ => None,
        };
        for reg in members(named(unit)) {
            let is_live = unit.live & bit(reg) != 0;
            let val = if unit.params & bit(reg) != 0 {
                params.next().unwrap_or(zero)
            } else if !is_live {
                zero
            } else if unit.is_called {
                frame.and_then(|frame| self.stale(frame, reg)).unwrap_or(zero)
            } else {
                self.b.i64(self.options.first(reg))
            };
            self.set(reg, val);
        }
        let first = self.block(unit.entries.first().copied().unwrap_or(0));
        match entry {
            Some(entry) => {
                let cases = unit.entries.iter().enumerate().skip(1);
                let cases: Vec<(i64, BlockCall)> = cases
                    .map(|(nth, block)| (nth as i64, BlockCall::new(self.block(*block), [])))
                    .collect();
                let other = BlockCall::new(first, []);
                self.b.ins(Inst::Switch { a: entry, cases: cases.into(), other });
            }
            None => self.b.jump(first, &[]),
        }
    }

    /// Walks all blocks. One is sealed as soon as all that go to it are walked.
    fn walk(&mut self) {
        let blocks = self.blocks.clone();
        let mut waits = vec![0_usize; blocks.len()];
        for (block, _) in &blocks {
            self.behind(*block).into_iter().for_each(|place| waits[place] += 1);
        }
        for (wait, (_, becomes)) in waits.iter().zip(&blocks) {
            if *wait == 0 {
                self.b.seal_block(*becomes);
            }
        }
        for (block, becomes) in &blocks {
            self.b.switch_to(*becomes);
            self.flags.fill(None);
            self.block_body(*block);
            for place in self.behind(*block) {
                waits[place] -= 1;
                if waits[place] == 0 {
                    self.b.seal_block(blocks[place].1);
                }
            }
        }
    }

    /// The places among the unit's blocks of those that a block goes to.
    fn behind(&self, block: usize) -> Vec<usize> {
        let goals = self.plan.blocks.get(block).map(|block| [block.jump, block.next]);
        let goals = goals.into_iter().flatten().flatten();
        let place = |goal| match goal {
            Goal::Block(to) => self.blocks.binary_search_by_key(&to, |(block, _)| *block).ok(),
            Goal::Fault(_) => None,
        };
        goals.filter_map(place).collect()
    }

    fn block_body(&mut self, nth: usize) {
        let plan = self.plan;
        let Some(block) = plan.blocks.get(nth) else { return };
        for at in block.start..block.end {
            let Some(instr) = plan.instrs.get(at) else { return };
            let next = plan.instrs.get(at + 1).map(|next| next.op.kind());
            self.tells_error = plan.keep && next == Some(Kind::Halt);
            if let Some(line) = self.options.lines.get(at) {
                self.world.marks.line(&mut self.b, *line);
            }
            if instr.registers().any(|(_, reg)| reg >= REGISTERS) {
                self.end(Fault::InvalidRegister);
            } else {
                self.instr(instr, at);
            }
            if self.b.is_terminated() {
                return;
            }
        }
        match block.next {
            Some(goal) => self.go(goal),
            None => self.end(Fault::EndOfCode),
        }
    }

    /// What a register holds, as bits.
    pub fn get(&mut self, reg: u8) -> Value {
        match self.vars.get(usize::from(reg)) {
            Some(Some(var)) => self.b.use_var(*var),
            _ => self.b.i64(0),
        }
    }

    /// Sets a register to bits.
    pub fn set(&mut self, reg: u8, val: Value) {
        if let Some(Some(var)) = self.vars.get(usize::from(reg)) {
            let val = self.world.marks.keep(&mut self.b, val);
            self.b.def_var(*var, val);
        }
        if let Some(flag) = self.flags.get_mut(usize::from(reg)) {
            *flag = None;
        }
    }

    /// Sets a register to 1 or 0.
    pub fn set_flag(&mut self, reg: u8, flag: Value) {
        let val = self.b.ins1(Inst::ConvertExact { t: ValTy::I64, a: flag });
        self.set(reg, val);
        if let Some(known) = self.flags.get_mut(usize::from(reg)) {
            *known = Some(flag);
        }
    }

    /// Whether the low 8 bits of a register are not all 0: what conditional jumps ask.
    fn condition(&mut self, reg: u8) -> Value {
        if let Some(Some(flag)) = self.flags.get(usize::from(reg)) {
            return *flag;
        }
        let a = self.get(reg);
        let low = self.b.i64(0xff);
        let low = self.b.ins1(Inst::And { t: ValTy::I64, a, b: low });
        let zero = self.b.i64(0);
        self.b.ins1(Inst::Ne { t: ValTy::I64, a: low, b: zero })
    }

    fn block(&self, nth: usize) -> Block {
        let found = self.blocks.binary_search_by_key(&nth, |(block, _)| *block);
        found.ok().and_then(|at| self.blocks.get(at)).map_or(Block(0), |(_, block)| *block)
    }

    fn go(&mut self, goal: Goal) {
        match goal {
            Goal::Block(block) => {
                let block = self.block(block);
                self.b.jump(block, &[]);
            }
            Goal::Fault(fault) => self.end(fault),
        }
    }

    /// The jump at the end of a block.
    pub fn jump(&mut self, instr: &Instr, at: usize) {
        let plan = self.plan;
        let nth = plan.blocks.partition_point(|block| block.start <= at).saturating_sub(1);
        let Some((block, goal)) = plan.blocks.get(nth).and_then(|b| b.jump.map(|jump| (b, jump)))
        else {
            return;
        };
        if instr.op.kind() == Kind::Jump {
            return self.go(goal);
        }
        let c = self.condition(instr.regs[0]);
        let (taken, not_taken) = (self.b.create_block(), self.b.create_block());
        match instr.op.kind() {
            Kind::JumpIf => self.b.branch(c, taken, not_taken),
            _ => self.b.branch(c, not_taken, taken),
        }
        self.b.seal_block(taken);
        self.b.seal_block(not_taken);
        self.b.switch_to(taken);
        self.go(goal);
        self.b.switch_to(not_taken);
        self.go(block.next.unwrap_or(Goal::Fault(Fault::EndOfCode)));
    }

    /// A call: what a callee needs of the arguments goes along, and R0 comes back.
    pub fn call(&mut self, target: u64) {
        let Some((unit, entry)) = self.plan.callee(target) else {
            return self.end(Fault::TargetInsideInstruction);
        };
        let (Some(func), Some(callee)) = (self.units.get(unit), self.plan.units.get(unit)) else {
            return;
        };
        let one = self.b.i64(1);
        let depth = self.b.ins1(Inst::Add { t: ValTy::I64, a: self.depth, b: one });
        if self.unit.is_called {
            let most = self.b.i64(MAX_CALLS as i64);
            let fits = self.b.ins1(Inst::Le { t: ValTy::I64, a: depth, b: most });
            self.unless(fits, |body| body.end(Fault::StackOverflow));
        }
        let mut args = Vec::new();
        if callee.entries.len() > 1 {
            args.push(self.b.i64(entry as i64));
        }
        args.push(depth);
        args.extend(members(callee.params).map(|reg| self.get(reg)));
        let result = self.b.ins1(Inst::Call { f: *func, args: args.into() });
        self.set(RESULT, result);
    }

    /// Goes on where `c` is true; else does what ends the block.
    pub fn unless(&mut self, c: Value, other: impl FnOnce(&mut Self)) {
        let (good, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(c, good, bad);
        self.b.seal_block(good);
        self.b.seal_block(bad);
        self.b.switch_to(bad);
        other(self);
        self.b.switch_to(good);
    }

    /// Ends the program where a helper returned a fault.
    pub fn check(&mut self, fault: Value) {
        let zero = self.b.i64(0);
        let good = self.b.ins1(Inst::Eq { t: ValTy::I64, a: fault, b: zero });
        self.unless(good, |body| body.end_with(fault, None));
    }

    /// Ends the program with a fault.
    pub fn end(&mut self, fault: Fault) {
        let fault = self.b.i64(fault.number());
        self.end_with(fault, None);
    }

    /// `Halt`. It alone leaves the error code as the operation before it set it.
    pub fn halt(&mut self, code: u64) {
        let (fault, code) = (self.b.i64(0), self.b.i64(code as i64));
        self.end_with(fault, Some(code));
    }

    fn end_with(&mut self, fault: Value, halt: Option<Value>) {
        self.b.ins(Inst::GlobalSet { g: self.world.fault, val: fault });
        if let Some(code) = halt {
            self.b.ins(Inst::GlobalSet { g: self.world.code, val: code });
        }
        if self.plan.keep {
            if halt.is_some() {
                let error = self.b.use_var(self.error);
                self.b.ins(Inst::GlobalSet { g: self.world.error, val: error });
            }
            self.b.ins(Inst::GlobalSet { g: self.world.depth, val: self.depth });
            self.keep();
        }
        self.b.ins(Inst::Trap { code: Code(END) });
    }

    /// `Return`.
    pub fn ret(&mut self) {
        self.keep();
        let result = self.get(RESULT);
        self.b.ins(Inst::Ret { vals: [result].into() });
    }

    /// Writes what outlives the call to the array of frames.
    fn keep(&mut self) {
        if self.unit.kept == 0 {
            return;
        }
        let frames = World::object(&mut self.b, self.world.frames);
        for reg in members(self.unit.kept) {
            let Some(idx) = self.place(reg) else { continue };
            let val = self.get(reg);
            self.b.ins(Inst::ArraySet { arr: frames, idx, leaf: Leaf(0), val });
        }
    }

    /// The array of frames, with room for this one.
    fn frame(&mut self) -> Value {
        let f = self.world.helper(self.b.module, Helper::Frame);
        self.b.ins1(Inst::Call { f, args: [self.depth].into() })
    }

    /// What an earlier call at this depth left in a register.
    fn stale(&mut self, frames: Value, reg: u8) -> Option<Value> {
        let idx = self.place(reg)?;
        Some(self.b.ins1(Inst::ArrayGet { arr: frames, idx, leaf: Leaf(0) }))
    }

    /// The place of a register in the array of frames.
    fn place(&mut self, reg: u8) -> Option<Value> {
        let place = self.world.stale.iter().position(|stale| *stale == reg)?;
        let width = self.b.i64(self.world.stale.len() as i64);
        let start = self.b.ins1(Inst::Mul { t: ValTy::I64, a: self.depth, b: width });
        let place = self.b.i64(place as i64);
        Some(self.b.ins1(Inst::Add { t: ValTy::I64, a: start, b: place }))
    }
}
