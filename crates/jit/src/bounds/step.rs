//! What instructions and branches do to what is known of slots.

use kaa_code::word::{a, b, bx, c};
use kaa_code::{RegOp, Shape};
use kaa_exec::tier::Job;
use kaa_isa::ty::SCALARS;

use super::{Bounds, Known};
use crate::operands::{Operand, operands};

impl Known {
    /// Goes over the instruction at a word.
    pub fn step(&mut self, job: &Job, at: usize, op: RegOp) {
        let w = job.code.words[at];
        let result = self.result(job, at, op);
        if op.has_window() {
            // Whatever a call leaves in its window.
            let first = job.code.site(at as u32).map_or(a(w), |site| site.base);
            let first = first.min(a(w)).saturating_sub(1);
            self.0.retain(|slot, _| *slot < first);
        }
        operands(&job.code, at, op, &mut |operand| {
            if let Operand::Def(slot, _) | Operand::Result(slot, _) = operand {
                self.set(slot, Bounds::ANY);
            }
        });
        if let Some(bounds) = result {
            self.set(a(w), bounds);
        }
    }

    /// Bounds of the integer that an instruction writes to its slot a.
    fn result(&self, job: &Job, at: usize, op: RegOp) -> Option<Bounds> {
        let w = job.code.words[at];
        let (x, y) = (self.get(b(w)), self.get(c(w)));
        let n = Bounds::exactly(i64::from(c(w) as i16));
        Some(match op {
            RegOp::LoadI => Bounds::exactly(i64::from(bx(w) as i32)),
            RegOp::LoadK => Bounds::exactly(job.constant(bx(w)) as i64),
            RegOp::Mov => x,
            RegOp::Select => y.or(self.get(job.code.words[at + 1] as u16)),
            RegOp::Add => x.plus(y).wrapping(),
            RegOp::AddK => x.count(n.min).unwrap_or(x.plus(n).wrapping()),
            RegOp::AddT => x.plus(y).or_trap(),
            RegOp::AddKT => x.count(n.min).unwrap_or(x.plus(n).or_trap()),
            RegOp::Sub => x.minus(y).wrapping(),
            RegOp::SubT => x.minus(y).or_trap(),
            RegOp::Mul => x.times(y).wrapping(),
            RegOp::MulK => x.times(n).wrapping(),
            RegOp::MulT => x.times(y).or_trap(),
            RegOp::MulKT => multiples(x.times(n).or_trap(), n.min),
            RegOp::Neg => Bounds::exactly(0).minus(x).wrapping(),
            RegOp::NegT => Bounds::exactly(0).minus(x).or_trap(),
            RegOp::AbsT => magnitude(x),
            RegOp::LoopLt | RegOp::LoopLe => self.turn(a(w), 1),
            RegOp::LoopGt | RegOp::LoopGe => self.turn(a(w), -1),
            _ => return part(op, x, y, n.min).or_else(|| read(op)),
        })
    }

    /// Bounds of the counter of a loop after a step.
    fn turn(&self, slot: u16, step: i64) -> Bounds {
        let x = self.get(slot);
        x.count(step).unwrap_or(x.plus(Bounds::exactly(step)).wrapping())
    }

    /// Goes along a branch: the one at a word, which is taken or not.
    pub fn branch(&mut self, w: u64, op: RegOp, taken: bool) {
        let (left, right) = (a(w), b(w));
        let n = Bounds::exactly(i64::from(b(w) as i16));
        let y = match op.shape() {
            Shape::jii | Shape::loops => self.get(right),
            _ => n,
        };
        let x = self.get(left);
        let Some(relation) = Relation::of(op, taken) else { return };
        let (left_bounds, right_bounds) = relation.hold(x, y);
        self.narrow(left, left_bounds);
        if op.shape() != Shape::jik {
            self.narrow(right, right_bounds);
        }
    }
}

/// How two numbers compare.
#[derive(Clone, Copy)]
enum Relation {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
}

impl Relation {
    /// What holds behind a branch.
    fn of(op: RegOp, taken: bool) -> Option<Relation> {
        use Relation::*;
        let relation = match op {
            RegOp::JLtS | RegOp::JLtSK | RegOp::LoopLt => Less,
            RegOp::JLeS | RegOp::JLeSK | RegOp::LoopLe => LessOrEqual,
            RegOp::JGtSK | RegOp::LoopGt => Greater,
            RegOp::JGeSK | RegOp::LoopGe => GreaterOrEqual,
            RegOp::JEq | RegOp::JEqK => return taken.then_some(Equal),
            RegOp::JNe | RegOp::JNeK => return (!taken).then_some(Equal),
            _ => return None,
        };
        Some(match (taken, relation) {
            (true, relation) => relation,
            (false, Less) => GreaterOrEqual,
            (false, LessOrEqual) => Greater,
            (false, Greater) => LessOrEqual,
            (false, _) => Less,
        })
    }

    /// What the two numbers can be where it holds; each result is to be met with what is known.
    fn hold(self, x: Bounds, y: Bounds) -> (Bounds, Bounds) {
        let below = |max: i64| Bounds::new(i64::MIN, max);
        let above = |min: i64| Bounds::new(min, i64::MAX);
        match self {
            Relation::Less => (below(y.max.saturating_sub(1)), above(x.min.saturating_add(1))),
            Relation::LessOrEqual => (below(y.max), above(x.min)),
            Relation::Greater => (above(y.min.saturating_add(1)), below(x.max.saturating_sub(1))),
            Relation::GreaterOrEqual => (above(y.min), below(x.max)),
            Relation::Equal => (y, x),
        }
    }
}

/// Bounds of quotients, rests, bits and narrowed numbers; `n` is the immediate.
fn part(op: RegOp, x: Bounds, y: Bounds, n: i64) -> Option<Bounds> {
    Some(match op {
        RegOp::DivFK if n > 0 => Bounds::new(x.min.div_euclid(n), x.max.div_euclid(n)),
        RegOp::DivSK if n > 0 => Bounds::new(x.min / n, x.max / n),
        RegOp::RemFK if n > 0 => Bounds::new(0, n - 1),
        RegOp::RemSK if n > 0 => Bounds::new(if x.is_natural() { 0 } else { 1 - n }, n - 1),
        RegOp::RemFS if y.min > 0 => Bounds::new(0, y.max - 1),
        RegOp::DivFS | RegOp::DivFST | RegOp::DivS | RegOp::DivST
            if x.is_natural() && y.is_natural() =>
        {
            Bounds::new(0, x.max)
        }
        RegOp::MinS => Bounds::new(x.min.min(y.min), x.max.min(y.max)),
        RegOp::MaxS => Bounds::new(x.min.max(y.min), x.max.max(y.max)),
        RegOp::AndK if n >= 0 => Bounds::new(0, n),
        RegOp::And if y.is_natural() => Bounds::new(0, y.max),
        RegOp::And if x.is_natural() => Bounds::new(0, x.max),
        RegOp::ShrSK => Bounds::new(x.min >> (n & 63), x.max >> (n & 63)),
        RegOp::ShrS | RegOp::ShrST if x.is_natural() => Bounds::new(0, x.max),
        RegOp::ShrUK if n & 63 > 0 => Bounds::new(0, (u64::MAX >> (n & 63)) as i64),
        RegOp::Clz | RegOp::Ctz | RegOp::PopCnt => Bounds::new(0, 64),
        RegOp::Sext8 => narrowed(x, 8, true),
        RegOp::Sext16 => narrowed(x, 16, true),
        RegOp::Sext32 => narrowed(x, 32, true),
        RegOp::Zext8 => narrowed(x, 8, false),
        RegOp::Zext16 => narrowed(x, 16, false),
        RegOp::Zext32 => narrowed(x, 32, false),
        RegOp::Ovf8S => x.and(Bounds::of_type(8, true))?,
        RegOp::Ovf16S => x.and(Bounds::of_type(16, true))?,
        RegOp::Ovf32S => x.and(Bounds::of_type(32, true))?,
        RegOp::Ovf8U => x.and(Bounds::of_type(8, false))?,
        RegOp::Ovf16U => x.and(Bounds::of_type(16, false))?,
        RegOp::Ovf32U => x.and(Bounds::of_type(32, false))?,
        RegOp::Fit => {
            let ty = SCALARS.get(n as usize)?.0;
            x.and(Bounds::of_type(ty.int_bits()?, ty.is_signed()))?
        }
        _ => return None,
    })
}

/// Bounds of what an instruction reads or finds out, whatever its operands are.
fn read(op: RegOp) -> Option<Bounds> {
    use RegOp::*;
    Some(match op {
        EqI | NeI | LtS | LeS | LtU | LeU | EqK | NeK | LtSK | GtSK | FEq | FNe | FLt | FLe
        | F32Eq | F32Ne | F32Lt | F32Le | StrEq | IsType => Bounds::TRUTH,
        ListLen | ArrLen | StrLen | StrSize => Bounds::LENGTH,
        StrByte | Get1U | ArrGet1U | ListGet1U => Bounds::of_type(8, false),
        Get1S | ArrGet1S | ListGet1S => Bounds::of_type(8, true),
        Get2U | ArrGet2U | ListGet2U => Bounds::of_type(16, false),
        Get2S | ArrGet2S | ListGet2S => Bounds::of_type(16, true),
        Get4U | ArrGet4U | ListGet4U => Bounds::of_type(32, false),
        Get4S | ArrGet4S | ListGet4S => Bounds::of_type(32, true),
        _ => return None,
    })
}

/// A number brought into the range of a type, which changes none of those that are in it.
fn narrowed(x: Bounds, bits: u32, signed: bool) -> Bounds {
    let range = Bounds::of_type(bits, signed);
    if x.within(range) { x } else { range }
}

/// Of these numbers, those that a factor divides.
fn multiples(of: Bounds, factor: i64) -> Bounds {
    match factor {
        0 | -1 => of,
        _ => Bounds::new(of.min / factor * factor, of.max / factor * factor),
    }
}

/// Absolute values; that of the least number traps.
fn magnitude(x: Bounds) -> Bounds {
    let ends = [x.min, x.max].map(|end| end.checked_abs().unwrap_or(i64::MAX));
    let min = if x.min <= 0 && x.max >= 0 { 0 } else { ends[0].min(ends[1]) };
    Bounds::new(min, ends[0].max(ends[1]))
}
