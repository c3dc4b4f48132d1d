//! What holds at the starts of blocks: forwards over the code until nothing changes, with widening
//! at the heads of loops, then some rounds that bring back what branches say.

use kaa_code::RegOp;
use kaa_exec::tier::Job;

use super::{Bounds, Known, LAST_COUNTED};
use crate::flow::{Block, Flow};

/// Instructions and entries that may be looked at; past that nothing is known.
const MAX_STEPS: usize = 400_000;
/// Rounds that narrow what was widened; a loop in a loop takes two.
const NARROWING: usize = 3;

/// Where widening stops on the way down and up. One off the ends keeps a counter in range that is
/// compared before it is changed.
const LOWS: [i64; 6] = [0, -1, i32::MIN as i64, -LAST_COUNTED, i64::MIN + 1, i64::MIN];
const HIGHS: [i64; 6] =
    [0xFF, i32::MAX as i64, u32::MAX as i64, LAST_COUNTED, i64::MAX - 1, i64::MAX];

/// What holds at the start of each block, if so much is known at the start of the function.
pub(crate) fn at_starts(job: &Job, flow: &Flow, params: Known) -> Vec<Known> {
    let mut solver = Solver { job, flow, steps: MAX_STEPS };
    let mut starts = solver.entries(&params);
    while solver.widen_round(&mut starts) {}
    if flow.blocks.iter().any(|block| block.is_head) {
        for _ in 0..NARROWING {
            starts = solver.narrow_round(&starts, &params);
        }
    }
    match solver.steps {
        0 => vec![Known::default(); flow.blocks.len()],
        _ => starts.into_iter().map(Option::unwrap_or_default).collect(),
    }
}

/// What is known at the start of each block; nothing yet where no way has been found to it.
type Starts = Vec<Option<Known>>;

struct Solver<'a> {
    job: &'a Job,
    flow: &'a Flow,
    /// Steps that are left. Once there are none, all rounds end at once.
    steps: usize,
}

impl Solver<'_> {
    /// Before any round: the function starts at its first block, and traps go on at those that
    /// catch them, where nothing is known.
    fn entries(&self, params: &Known) -> Starts {
        let mut starts = vec![None; self.flow.blocks.len()];
        starts[0] = Some(params.clone());
        for caught in self.flow.blocks.iter().filter_map(|block| block.unwind) {
            starts[caught as usize] = Some(Known::default());
        }
        starts
    }

    /// Goes over all blocks once; whether anything changed.
    fn widen_round(&mut self, starts: &mut Starts) -> bool {
        let mut changed = false;
        for at in 0..starts.len() {
            let Some(known) = starts[at].clone() else { continue };
            self.leave(at, known, |next, block, edge| {
                let old = starts[next].as_ref();
                let joined = match old {
                    Some(old) if block.is_head => old.widened(&old.or(&edge)),
                    Some(old) => old.or(&edge),
                    None => edge,
                };
                if old != Some(&joined) {
                    starts[next] = Some(joined);
                    changed = true;
                }
            });
        }
        changed && self.steps > 0
    }

    /// What follows from what is known already, without widening.
    fn narrow_round(&mut self, starts: &Starts, params: &Known) -> Starts {
        let mut found = self.entries(params);
        for (at, known) in starts.iter().enumerate() {
            let Some(known) = known.clone() else { continue };
            self.leave(at, known, |next, _, edge| {
                found[next] = Some(match &found[next] {
                    Some(old) => old.or(&edge),
                    None => edge,
                });
            });
        }
        found
    }

    /// Goes through a block and tells what is known along each edge that leaves it.
    fn leave(&mut self, at: usize, mut known: Known, mut tell: impl FnMut(usize, &Block, Known)) {
        let block = &self.flow.blocks[at];
        let mut last = None;
        for (at, op) in self.job.code.instructions_in(block.start, block.end) {
            known.step(self.job, at, op);
            self.steps = self.steps.saturating_sub(1);
            last = Some((at, op));
        }
        let Some(last) = last else { return };
        for (nth, next) in block.next.iter().enumerate() {
            self.steps = self.steps.saturating_sub(known.0.len());
            if self.steps == 0 {
                return;
            }
            let to = &self.flow.blocks[*next as usize];
            let mut edge = known.along(self.job, last, nth);
            let sets = &to.at_start;
            edge.0.retain(|slot, _| sets.live.has(*slot) && !sets.floats.has(*slot));
            tell(*next as usize, to, edge);
        }
    }
}

impl Known {
    /// What is known along the edge to a successor from a block with this last instruction.
    pub fn along(&self, job: &Job, (at, op): (usize, RegOp), nth: usize) -> Known {
        let mut known = self.clone();
        known.branch(job.code.words[at], op, nth == 0);
        known
    }

    /// What holds on both of two ways.
    fn or(&self, other: &Known) -> Known {
        let both = self.0.iter().filter_map(|(slot, bounds)| {
            let joined = bounds.or(*other.0.get(slot)?);
            (joined != Bounds::ANY).then_some((*slot, joined))
        });
        Known(both.collect())
    }

    /// The same or more values, `grown` among them, with few ways to go on growing.
    fn widened(&self, grown: &Known) -> Known {
        let wider = grown.0.iter().filter_map(|(slot, new)| {
            let old = self.get(*slot);
            let low = LOWS.into_iter().find(|low| *low <= new.min);
            let high = HIGHS.into_iter().find(|high| *high >= new.max);
            let bounds = Bounds {
                min: if new.min < old.min { low.unwrap_or(i64::MIN) } else { old.min },
                max: if new.max > old.max { high.unwrap_or(i64::MAX) } else { old.max },
                counted: new.counted,
            };
            (bounds != Bounds::ANY).then_some((*slot, bounds))
        });
        Known(wider.collect())
    }
}
