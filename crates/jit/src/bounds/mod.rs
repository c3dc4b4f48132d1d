//! Between which numbers the integers in slots lie, so that what cannot overflow is not checked.
//!
//! An interval analysis of register code, after Cousot and Cousot, "Static determination of dynamic
//! properties of programs" (1976). Here are intervals and their arithmetic; `step` says what each
//! instruction and each branch does to them, `solve` finds what holds at the starts of blocks.
//! While code is made, `lower` goes on from there, instruction by instruction.
//!
//! What is found never takes a check of memory away: a mistake here would give a wrong number, no
//! access out of bounds.

mod solve;
mod step;

pub(crate) use solve::at_starts;

use rustc_hash::FxHashMap;

/// How far a number is counted in one step.
const MAX_STEP: i64 = 4;
/// How far from 0 counting may begin.
const FIRST_COUNTED: i64 = 1 << 32;
/// No count comes farther from 0: even at four steps in a nanosecond that takes nine years.
const LAST_COUNTED: i64 = 1 << 62;

/// The least and the greatest value of an integer, as a slot holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Bounds {
    pub min: i64,
    pub max: i64,
    /// It is small, or was counted up to or down to from a small number.
    counted: bool,
}

impl Bounds {
    pub const ANY: Bounds = Bounds::new(i64::MIN, i64::MAX);
    pub const TRUTH: Bounds = Bounds::new(0, 1);
    /// Lengths of objects: their references have 32 bits.
    pub const LENGTH: Bounds = Bounds::new(0, u32::MAX as i64);

    pub const fn new(min: i64, max: i64) -> Bounds {
        let counted = min >= -FIRST_COUNTED && max <= FIRST_COUNTED;
        Bounds { min, max, counted }
    }

    pub fn exactly(value: i64) -> Bounds {
        Bounds::new(value, value)
    }

    /// The values of an integer type as slots hold them; those of `u64` look negative from the
    /// middle on.
    pub fn of_type(bits: u32, signed: bool) -> Bounds {
        match (bits, signed) {
            (64.., _) => Bounds::ANY,
            (_, true) => Bounds::new(-1 << (bits - 1), (1 << (bits - 1)) - 1),
            (_, false) => Bounds::new(0, (1 << bits) - 1),
        }
    }

    /// Whether none of the values is negative.
    pub fn is_natural(self) -> bool {
        self.min >= 0
    }

    /// The values of either.
    pub fn or(self, other: Bounds) -> Bounds {
        let (min, max) = (self.min.min(other.min), self.max.max(other.max));
        Bounds { min, max, counted: self.counted && other.counted }
    }

    /// The values of both; nothing where they share none.
    fn and(self, other: Bounds) -> Option<Bounds> {
        let mut both = Bounds::new(self.min.max(other.min), self.max.min(other.max));
        both.counted |= self.counted || other.counted;
        (both.min <= both.max).then_some(both)
    }

    /// What a step by a constant leads to, if it is a count.
    fn count(self, step: i64) -> Option<Bounds> {
        let clip = |end: i64| end.saturating_add(step).clamp(-LAST_COUNTED, LAST_COUNTED);
        let small = (-MAX_STEP..=MAX_STEP).contains(&step);
        let next = Bounds { min: clip(self.min), max: clip(self.max), counted: true };
        (small && self.counted).then_some(next)
    }

    /// Whether all values are among these.
    pub fn within(self, others: Bounds) -> bool {
        self.min >= others.min && self.max <= others.max
    }

    pub fn plus(self, other: Bounds) -> Exact {
        let [min, max] = [(self.min, other.min), (self.max, other.max)]
            .map(|(x, y)| i128::from(x) + i128::from(y));
        Exact { min, max }
    }

    pub fn minus(self, other: Bounds) -> Exact {
        let [min, max] = [(self.min, other.max), (self.max, other.min)]
            .map(|(x, y)| i128::from(x) - i128::from(y));
        Exact { min, max }
    }

    pub fn times(self, other: Bounds) -> Exact {
        let corner = |x: i64, y: i64| i128::from(x) * i128::from(y);
        let corners = [
            corner(self.min, other.min),
            corner(self.min, other.max),
            corner(self.max, other.min),
            corner(self.max, other.max),
        ];
        let [first, rest @ ..] = corners;
        let (min, max) =
            rest.iter().fold((first, first), |(min, max), at| (min.min(*at), max.max(*at)));
        Exact { min, max }
    }
}

/// Bounds of a result in exact arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Exact {
    min: i128,
    max: i128,
}

impl Exact {
    /// Whether every result is an `i64`.
    pub fn fits(self) -> bool {
        self.min >= i128::from(i64::MIN) && self.max <= i128::from(i64::MAX)
    }

    /// What is left of the results where the others trap.
    fn or_trap(self) -> Bounds {
        let clip = |x: i128| x.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        Bounds::new(clip(self.min), clip(self.max))
    }

    /// The results where the others wrap around.
    fn wrapping(self) -> Bounds {
        if self.fits() { self.or_trap() } else { Bounds::ANY }
    }
}

/// What is known of slots at a place. A slot that is not named may hold anything.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Known(FxHashMap<u16, Bounds>);

impl Known {
    pub fn get(&self, slot: u16) -> Bounds {
        self.0.get(&slot).copied().unwrap_or(Bounds::ANY)
    }

    pub fn set(&mut self, slot: u16, bounds: Bounds) {
        match bounds == Bounds::ANY {
            true => drop(self.0.remove(&slot)),
            false => drop(self.0.insert(slot, bounds)),
        }
    }

    /// Of the values of a slot, only these are left.
    fn narrow(&mut self, slot: u16, bounds: Bounds) {
        // Where none are left, the place is never reached, and whatever is known is true.
        if let Some(both) = self.get(slot).and(bounds) {
            self.set(slot, both);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [i64; 7] = [i64::MIN, i64::MIN + 1, -3, 0, 5, i64::MAX - 1, i64::MAX];

    /// All results of an operation lie within what is said of them.
    fn holds(exact: fn(Bounds, Bounds) -> Exact, plain: fn(i128, i128) -> i128) {
        let ranges = || {
            ENDS.iter()
                .flat_map(|x| ENDS.iter().map(|y| Bounds::new(*x, *y)))
                .filter(|bounds| bounds.min <= bounds.max)
        };
        for x in ranges() {
            for y in ranges() {
                let result = exact(x, y);
                for at in [x.min, x.max] {
                    for by in [y.min, y.max] {
                        let value = plain(i128::from(at), i128::from(by));
                        assert!((result.min..=result.max).contains(&value), "{x:?} {y:?}");
                    }
                }
                if let Ok(min) = i64::try_from(result.min) {
                    assert_eq!(result.or_trap().min, min);
                }
                assert!(result.fits() || result.wrapping() == Bounds::ANY);
            }
        }
    }

    #[test]
    fn arithmetic_is_exact() {
        holds(Bounds::plus, |x, y| x + y);
        holds(Bounds::minus, |x, y| x - y);
        holds(Bounds::times, |x, y| x * y);
    }

    #[test]
    fn what_is_not_named_may_be_anything() {
        let mut known = Known::default();
        known.set(3, Bounds::new(0, 9));
        known.narrow(3, Bounds::new(5, 20));
        known.narrow(3, Bounds::new(30, 40));
        assert_eq!(known.get(3), Bounds::new(5, 9));
        known.set(3, Bounds::ANY);
        assert_eq!(known, Known::default());
    }
}
