//! What has to be known of a code before it is lowered: blocks, functions, and which registers
//! are alive where.
//!
//! The code has no functions, only places that are called. What is reached from such a place is
//! its function; where two of them share code, they become one *unit* that is told where to
//! enter. So every operation is lowered once, however many calls there are.
//!
//! A frame keeps in its registers what an earlier call at its depth left there. Of that, only
//! what some operation may read has to be kept: the *stale* registers. Most programs have none.

use std::collections::HashMap;

use super::code::{Instr, REGISTERS};
use super::fault::Fault;
use super::table::{Kind, Operand};

/// A set of registers, one bit for each.
pub type Regs = u128;

/// The registers that a call copies.
pub const ARGUMENTS: Regs = 0b1110;
/// The register that a return copies.
pub const RESULT: u8 = 0;
/// How often arguments are looked at again before all of them are passed everywhere.
const MAX_ROUNDS: usize = 8;
/// Slots of a frame for what is not a register: its head, its depth, intermediate values.
const SPARE_SLOTS: usize = 12;

/// Where control goes from a block or at its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// Another block.
    Block(usize),
    /// Nowhere: this ends the program.
    Fault(Fault),
}

/// A run of operations that is entered at its start only.
#[derive(Debug)]
pub struct Block {
    /// Its first operation.
    pub start: usize,
    /// Behind its last one.
    pub end: usize,
    /// Where a jump at its end goes.
    pub jump: Option<Goal>,
    /// Where it goes on without one.
    pub next: Option<Goal>,
    /// The registers that are alive at its start.
    pub live: Regs,
}

impl Block {
    fn successors(&self) -> impl Iterator<Item = usize> {
        [self.jump, self.next].into_iter().flatten().filter_map(|goal| match goal {
            Goal::Block(block) => Some(block),
            Goal::Fault(_) => None,
        })
    }
}

/// What becomes one function.
#[derive(Debug, Default)]
pub struct Unit {
    /// The blocks it is called at, in order.
    pub entries: Vec<usize>,
    /// All its blocks, in order.
    pub blocks: Vec<usize>,
    /// Whether some call goes to it; what is not called runs once, in the first frame.
    pub is_called: bool,
    /// Registers that its operations name.
    pub used: Regs,
    /// Registers that its operations write.
    pub written: Regs,
    /// Arguments that are passed to it.
    pub params: Regs,
    /// Registers alive at its entries.
    pub live: Regs,
    /// Registers whose last value outlives a call of it.
    pub kept: Regs,
}

/// The whole plan.
#[derive(Debug)]
pub struct Plan {
    /// The operations.
    pub instrs: Vec<Instr>,
    /// The blocks, in the order of the code.
    pub blocks: Vec<Block>,
    /// The units.
    pub units: Vec<Unit>,
    /// The unit of each block; unreached blocks have none.
    pub unit_of: Vec<Option<usize>>,
    /// Registers that calls at the same depth hand on to each other, in the order of their
    /// places in a frame.
    pub stale: Vec<u8>,
    /// Whether the registers at the end can be looked at.
    pub keep: bool,
}

impl Plan {
    /// Plans a code that was read. With `keep`, all registers a program wrote are kept, so that
    /// they can be looked at afterwards; `first` are those that hold something at first.
    pub fn new(instrs: Vec<Instr>, keep: bool, first: Regs) -> Plan {
        let blocks = find_blocks(&instrs);
        let unit_of = vec![None; blocks.len()];
        let mut plan = Plan { instrs, blocks, units: vec![], unit_of, stale: vec![], keep };
        plan.find_units();
        plan.find_arguments();
        let mut stale = match keep {
            true => first,
            false => 0,
        };
        for unit in plan.units.iter().filter(|unit| keep || unit.is_called) {
            stale |= match keep {
                true => unit.written | unit.params,
                false => unit.live & !ARGUMENTS,
            };
        }
        plan.stale = members(stale).collect();
        for unit in &mut plan.units {
            unit.kept = match keep || unit.is_called {
                true => (unit.written | unit.params) & stale,
                false => 0,
            };
        }
        plan.find_live();
        plan
    }

    /// The block that starts at a place in the code.
    pub fn block_at(&self, target: u64) -> Option<usize> {
        let instr = self.instrs.binary_search_by_key(&target, |i| u64::from(i.at)).ok()?;
        self.blocks.binary_search_by_key(&instr, |block| block.start).ok()
    }

    /// The unit that a call goes to, and which of its entries.
    pub fn callee(&self, target: u64) -> Option<(usize, usize)> {
        let block = self.block_at(target)?;
        let unit = *self.unit_of.get(block)?.as_ref()?;
        let entry = self.units.get(unit)?.entries.binary_search(&block).ok()?;
        Some((unit, entry))
    }

    /// The work of lowering: registers that may meet at blocks, and those that are kept at ends.
    /// A hostile code could blow up both.
    pub fn weight(&self) -> u64 {
        let ends = |block: &usize| {
            let block = &self.blocks[*block];
            let ends = self.instrs[block.start..block.end].iter().filter(|i| self.keeps(i)).count();
            ends as u64 + 1
        };
        let of_unit = |unit: &Unit| {
            let width = u64::from((unit.used | unit.kept).count_ones()) + 1;
            let ends: u64 = unit.blocks.iter().map(ends).sum();
            width * unit.blocks.len() as u64 + u64::from(unit.kept.count_ones()) * ends
        };
        self.units.iter().map(of_unit).sum()
    }

    /// How many frames of sixteen slots a call may take, about.
    pub fn frames(&self) -> usize {
        let slots = |unit: &Unit| (unit.used | unit.kept).count_ones() as usize + SPARE_SLOTS;
        let most = self.units.iter().map(slots).max().unwrap_or(0);
        most.div_ceil(16)
    }

    fn calls(&self) -> impl Iterator<Item = usize> {
        let is_call = |i: &&Instr| i.op.kind() == Kind::CallFunction;
        self.instrs.iter().filter(is_call).filter_map(|call| self.block_at(call.imm))
    }

    /// Follows the code from each place that is called. Where a walk meets an earlier one, both
    /// become one unit.
    fn find_units(&mut self) {
        let mut called: Vec<usize> = self.calls().collect();
        called.sort_unstable();
        called.dedup();
        let mut entries = vec![0];
        entries.extend(called.iter().copied().filter(|entry| *entry != 0));
        let mut joined: Vec<usize> = (0..entries.len()).collect();
        let mut walk_of: Vec<Option<usize>> = vec![None; self.blocks.len()];
        for (walk, entry) in entries.iter().enumerate() {
            let mut work = vec![*entry];
            while let Some(block) = work.pop() {
                match walk_of.get(block) {
                    Some(Some(other)) => join(&mut joined, *other, walk),
                    Some(None) => {
                        walk_of[block] = Some(walk);
                        work.extend(self.blocks[block].successors());
                    }
                    None => {}
                }
            }
        }
        let mut numbers = HashMap::new();
        for (block, walk) in walk_of.iter().enumerate() {
            let Some(walk) = walk else { continue };
            let root = find(&mut joined, *walk);
            let unit = *numbers.entry(root).or_insert_with(|| {
                self.units.push(Unit::default());
                self.units.len() - 1
            });
            self.unit_of[block] = Some(unit);
            let unit = &mut self.units[unit];
            unit.blocks.push(block);
            for instr in &self.instrs[self.blocks[block].start..self.blocks[block].end] {
                instr.registers().for_each(|(role, reg)| {
                    unit.used |= bit(reg);
                    if role != Operand::Use {
                        unit.written |= bit(reg);
                    }
                });
                if instr.op.kind() == Kind::CallFunction {
                    unit.written |= bit(RESULT);
                }
            }
        }
        for entry in entries {
            let is_called = called.binary_search(&entry).is_ok();
            if let Some(Some(unit)) = self.unit_of.get(entry) {
                self.units[*unit].entries.push(entry);
                self.units[*unit].is_called |= is_called;
            }
        }
    }

    /// Finds which arguments a unit needs. A call passes what its target needs, so callers may
    /// need more once a callee does.
    fn find_arguments(&mut self) {
        if self.keep {
            self.pass_all();
        }
        for _ in 0..MAX_ROUNDS {
            self.find_live();
            let mut changed = false;
            for unit in self.units.iter_mut().filter(|unit| unit.is_called) {
                let params = unit.params | unit.live & ARGUMENTS;
                changed |= params != unit.params;
                unit.params = params;
            }
            if !changed {
                return;
            }
        }
        self.pass_all();
        self.find_live();
    }

    fn pass_all(&mut self) {
        self.units.iter_mut().filter(|unit| unit.is_called).for_each(|u| u.params = ARGUMENTS);
    }

    /// Finds which registers are alive at the start of each block.
    fn find_live(&mut self) {
        for unit in 0..self.units.len() {
            self.find_live_in(unit);
        }
    }

    fn find_live_in(&mut self, unit: usize) {
        let mut work = self.units[unit].blocks.clone();
        let kept = self.units[unit].kept;
        let mut reads_writes = HashMap::new();
        let mut before: HashMap<usize, Vec<usize>> = HashMap::new();
        for block in &work {
            reads_writes.insert(*block, self.effects(&self.blocks[*block], kept));
            self.blocks[*block]
                .successors()
                .for_each(|n| before.entry(n).or_default().push(*block));
            self.blocks[*block].live = 0;
        }
        while let Some(block) = work.pop() {
            let (reads, writes) = reads_writes.get(&block).copied().unwrap_or_default();
            let behind = self.blocks[block].successors().map(|next| self.blocks[next].live);
            let live = reads | behind.fold(0, |all, live| all | live) & !writes;
            if live != self.blocks[block].live {
                self.blocks[block].live = live;
                work.extend(before.get(&block).into_iter().flatten());
            }
        }
        let entries = &self.units[unit].entries;
        self.units[unit].live = entries.iter().fold(0, |all, entry| all | self.blocks[*entry].live);
    }

    /// Whether an operation reads all registers that are kept.
    fn keeps(&self, instr: &Instr) -> bool {
        instr.op.kind() == Kind::Return || self.keep && can_end(instr)
    }

    /// What a block reads before it writes it, and what it writes.
    fn effects(&self, block: &Block, kept: Regs) -> (Regs, Regs) {
        let (mut reads, mut writes): (Regs, Regs) = (0, 0);
        let mut ends = matches!(block.jump, Some(Goal::Fault(_)));
        ends |= matches!(block.next, Some(Goal::Fault(_)));
        for instr in &self.instrs[block.start..block.end] {
            let mut reads_here: Regs = 0;
            let mut writes_here: Regs = 0;
            for (role, reg) in instr.registers() {
                reads_here |= if role == Operand::Def { 0 } else { bit(reg) };
                writes_here |= if role == Operand::Use { 0 } else { bit(reg) };
            }
            match instr.op.kind() {
                Kind::CallFunction => {
                    let callee = self.callee(instr.imm);
                    reads_here |= callee.map_or(0, |(unit, _)| self.units[unit].params);
                    writes_here |= bit(RESULT);
                }
                Kind::Return => reads_here |= bit(RESULT),
                _ => {}
            }
            if self.keeps(instr) {
                reads_here |= kept;
            }
            reads |= reads_here & !writes;
            writes |= writes_here;
        }
        if self.keep && ends {
            reads |= kept & !writes;
        }
        (reads, writes)
    }
}

/// Whether an operation can end its function or the program, so that registers must be kept.
pub fn can_end(instr: &Instr) -> bool {
    let faults = instr.registers().any(|(_, reg)| reg >= REGISTERS);
    let signed = instr.op.ty.is_some_and(super::table::Ty::is_signed);
    faults
        || match instr.op.kind() {
            Kind::Divide | Kind::Modulo => signed,
            Kind::Return
            | Kind::Halt
            | Kind::CallFunction
            | Kind::LoadIndirectWithOffset
            | Kind::StoreIndirectWithOffset
            | Kind::StoreFromImmediateWithOffset
            | Kind::Deallocate
            | Kind::Memcpy
            | Kind::MemSet
            | Kind::Print
            | Kind::StoreConstantArray => true,
            _ => false,
        }
}

/// The set of one register; of none where there is no such register.
pub fn bit(reg: u8) -> Regs {
    1_u128.checked_shl(reg.into()).unwrap_or(0)
}

/// The registers of a set in order.
pub fn members(regs: Regs) -> impl Iterator<Item = u8> {
    (0..REGISTERS).filter(move |reg| regs & bit(*reg) != 0)
}

/// Cuts the code where jumps and calls go and behind what does not go on.
fn find_blocks(instrs: &[Instr]) -> Vec<Block> {
    let index = |target: u64| instrs.binary_search_by_key(&target, |i| u64::from(i.at)).ok();
    let mut starts = vec![false; instrs.len() + 1];
    starts[0] = true;
    for (i, instr) in instrs.iter().enumerate() {
        if let Some(target) = instr.target().and_then(index) {
            starts[target] = true;
        }
        starts[i + 1] |= ends_block(instr);
    }
    starts.truncate(instrs.len());
    let starts: Vec<usize> = (0..starts.len()).filter(|i| starts[*i]).collect();
    let goal = |instr: Option<usize>| match instr.and_then(|i| starts.binary_search(&i).ok()) {
        Some(block) => Goal::Block(block),
        None => Goal::Fault(Fault::TargetInsideInstruction),
    };
    let block = |(nth, start): (usize, &usize)| {
        let (start, end) = (*start, starts.get(nth + 1).copied().unwrap_or(instrs.len()));
        let last = instrs.get(end - 1);
        let kind = last.map(|last| last.op.kind());
        let jumps = matches!(kind, Some(Kind::Jump | Kind::JumpIf | Kind::JumpIfFalse));
        let stays = matches!(kind, Some(Kind::Jump | Kind::Return | Kind::Halt));
        let next = match end < instrs.len() {
            true => Goal::Block(nth + 1),
            false => Goal::Fault(Fault::EndOfCode),
        };
        Block {
            start,
            end,
            jump: last.filter(|_| jumps).map(|last| goal(index(last.imm))),
            next: (!stays).then_some(next),
            live: 0,
        }
    };
    starts.iter().enumerate().map(block).collect()
}

fn ends_block(instr: &Instr) -> bool {
    matches!(
        instr.op.kind(),
        Kind::Jump | Kind::JumpIf | Kind::JumpIfFalse | Kind::Return | Kind::Halt
    )
}

fn find(joined: &mut [usize], mut of: usize) -> usize {
    while joined[of] != of {
        joined[of] = joined[joined[of]];
        of = joined[of];
    }
    of
}

fn join(joined: &mut [usize], a: usize, b: usize) {
    let (a, b) = (find(joined, a), find(joined, b));
    joined[a.max(b)] = a.min(b);
}
