//! Live ranges: where in the linear order each value needs its slot.
//!
//! Every instruction takes two positions: operands are read at the first, results written at
//! the second, so a result may take the slot of an operand that dies there. Ranges are
//! half-open. Each block starts with a position for its parameters.

use std::collections::VecDeque;

use kaa_base::entity::{Entity, Table};
use kaa_ir::liveness::Liveness;
use kaa_ir::{Block, Inst, Value};

use crate::linkage::LowerError;
use crate::prepare::Prepared;

/// Half-open, `start < end`.
pub(crate) type Range = (u32, u32);

/// Positions and ranges of a function.
pub(crate) struct Ranges {
    /// Sorted disjoint ranges of each value; empty for values without a slot.
    pub of: Vec<Vec<Range>>,
    /// The first position of each block.
    pub block_start: Table<Block, u32>,
}

/// The position at which instruction `i` of a block reads its operands.
pub(crate) fn position(block_start: u32, i: usize) -> u32 {
    block_start + 2 + 2 * i as u32
}

/// Visits the operands of an instruction; a branch reads the operands of what was merged with
/// it.
pub(crate) fn operands(p: &Prepared, inst: &Inst, f: &mut dyn FnMut(Value)) {
    inst.uses(&mut |v| match p.fused.get(&v) {
        Some(merged) => operands(p, merged, f),
        None => f(v),
    });
}

/// Computes all ranges. `early` tells the operand that an instruction works on in place: its
/// slot is the result's, so the result is written before the other operands are read.
///
/// # Errors
/// Too many values are alive over too many blocks.
pub(crate) fn compute(
    p: &Prepared,
    early: impl Fn(&Inst) -> Option<Value>,
) -> Result<Ranges, LowerError> {
    let tracked = |v: Value| p.consts.get(&v).is_none_or(|k| k.needs_slot);
    let reads = |inst: &Inst, f: &mut dyn FnMut(Value)| operands(p, inst, f);
    let liveness = Liveness::filtered(&p.func, &p.cfg, &tracked, &reads);
    let liveness = liveness.ok_or(LowerError::TooComplex)?;
    let mut block_start: Table<Block, u32> = p.func.blocks.keys().map(|_| 0).collect();
    let mut next = 0;
    for block in p.cfg.order() {
        block_start[*block] = next;
        next += 2 + 2 * p.func.blocks[*block].insts.len() as u32;
    }
    let mut build = Build { of: vec![Vec::new(); p.func.values.len()] };
    for block in p.cfg.order().iter().rev() {
        let data = &p.func.blocks[*block];
        let start = block_start[*block];
        let end = position(start, data.insts.len());
        for v in liveness.live_out(*block) {
            build.add(*v, (start, end));
        }
        for (i, node) in data.insts.iter().enumerate().rev() {
            let at = position(start, i);
            let in_place = early(&node.inst);
            let defined = if in_place.is_some() { at } else { at + 1 };
            for v in node.results.iter() {
                build.define(v, defined);
            }
            // Arguments of a call's edges are read when the call has returned.
            if matches!(node.inst, Inst::Invoke { .. } | Inst::InvokeClosure { .. }) {
                node.inst.targets(&mut |target| {
                    let args = target.args.iter().filter(|v| tracked(**v));
                    args.for_each(|v| build.add(*v, (start, end)));
                });
            }
            // Jump arguments are read when the terminator is done with everything else.
            operands(p, &node.inst, &mut |v| {
                if tracked(v) {
                    let only_in_place = in_place == Some(v) && count(&node.inst, v) == 1;
                    build.add(v, (start, if only_in_place { at } else { at + 1 }));
                }
            });
        }
        for v in &data.params {
            build.define(*v, start);
        }
    }
    build.of.iter_mut().for_each(|ranges| ranges.reverse());
    Ok(Ranges { of: build.of, block_start })
}

fn count(inst: &Inst, v: Value) -> usize {
    let mut n = 0;
    inst.uses(&mut |u| n += usize::from(u == v));
    n
}

/// Ranges under construction, last one first.
struct Build {
    of: Vec<Vec<Range>>,
}

impl Build {
    /// Needs the value in `range`; the walk goes backwards, so only the last range can touch.
    fn add(&mut self, v: Value, range: Range) {
        let ranges = &mut self.of[v.index()];
        match ranges.last_mut() {
            Some(last) if last.0 <= range.1 && last.0 >= range.0 => {
                last.0 = range.0;
                last.1 = last.1.max(range.1);
            }
            Some(last) if last.0 <= range.0 && range.0 < last.1 => {
                last.1 = last.1.max(range.1);
            }
            _ => ranges.push(range),
        }
    }

    /// The value is defined at `at`: its first range starts there. A value that is never
    /// read still needs its slot for the moment of writing.
    fn define(&mut self, v: Value, at: u32) {
        let ranges = &mut self.of[v.index()];
        match ranges.last_mut() {
            Some(last) if last.0 <= at => last.0 = at.min(last.1.saturating_sub(1)),
            _ => ranges.push((at, at + 1)),
        }
    }
}

/// Sorted disjoint ranges. Most are added near one of the two ends.
pub(crate) type RangeList = VecDeque<Range>;

/// Whether a list has room for a range.
pub(crate) fn has_room(list: &RangeList, range: &Range) -> bool {
    let i = list.partition_point(|r| r.1 <= range.0);
    list.get(i).is_none_or(|r| r.0 >= range.1)
}

/// Adds a range to a list that has room for it; gives how many others had to move.
pub(crate) fn insert(list: &mut RangeList, range: Range) -> usize {
    let i = list.partition_point(|r| r.0 < range.0);
    list.insert(i, range);
    i.min(list.len() - 1 - i)
}
