//! The functions of `random`: xoshiro256**, seeded from the system until the program seeds it.
//!
//! Numbers are good for games and simulations, not for secrets.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

use kaa_exec::native::{Call, Fault};
use kaa_isa::TrapKind;

use super::CapFn;
use crate::host::{Given, Outcome};

/// The state of the generator.
pub struct Random(Cell<[u64; 4]>);

impl Random {
    /// A generator that nobody can foresee.
    pub fn new() -> Random {
        // The standard library seeds its hash tables from the system.
        Random(Cell::new(state_of(RandomState::new().hash_one(0x6b61_6121_u32))))
    }

    fn next(&self) -> u64 {
        let mut s = self.0.get();
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        self.0.set(s);
        result
    }

    /// From 0.0 below 1.0, in steps of 2 to the -53.
    fn unit(&self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 to `last`, all equally likely.
    fn up_to(&self, last: u64) -> u64 {
        let Some(count) = last.checked_add(1) else { return self.next() };
        // Draws beyond the largest multiple of the count would favour small numbers.
        let end = u64::MAX - u64::MAX % count;
        loop {
            let drawn = self.next();
            if drawn < end {
                return drawn % count;
            }
        }
    }
}

/// Four words that are not all zero, drawn from one by splitmix64.
fn state_of(seed: u64) -> [u64; 4] {
    let mut x = seed;
    std::array::from_fn(|_| {
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let y = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (y ^ y >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    })
}

pub(super) const FUNCS: &[CapFn<Random>] = &[
    CapFn { name: "random", sig: "() -> f64", run: |r, _| slot(r.unit().to_bits()) },
    CapFn { name: "randint", sig: "(i64, i64) -> i64", run: |r, c| between(r, c.int(0), c.int(1)) },
    CapFn { name: "uniform", sig: "(f64, f64) -> f64", run: uniform },
    CapFn { name: "gauss", sig: "(f64, f64) -> f64", run: gauss },
    CapFn { name: "expovariate", sig: "(f64) -> f64", run: exponential },
    CapFn { name: "triangular", sig: "(f64, f64, opt f64) -> f64", run: triangular },
    CapFn { name: "getrandbits", sig: "(i64) -> i64", run: bits },
    CapFn { name: "randbytes", sig: "(i64) -> bytes", run: random_bytes },
    CapFn { name: "seed", sig: "(i64)", run: seed },
];

fn slot(bits: u64) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::Slot(bits)))
}

/// From `low` to `high`, both possible.
fn between(random: &Random, low: i64, high: i64) -> Result<Outcome, Box<Fault>> {
    if low > high {
        let text = format!("there is no number from {low} to {high}");
        return Err(Fault::new(TrapKind::InvalidValue, text));
    }
    let drawn = random.up_to(high.abs_diff(low));
    slot(low.wrapping_add_unsigned(drawn) as u64)
}

fn uniform(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let (a, b) = (call.float(0), call.float(1));
    slot((a + (b - a) * random.unit()).to_bits())
}

/// One of two numbers that the method of Box and Muller gives.
fn gauss(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let angle = std::f64::consts::TAU * random.unit();
    let length = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    slot((call.float(0) + call.float(1) * length * angle.cos()).to_bits())
}

fn exponential(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    if call.float(0) == 0.0 {
        return Err(TrapKind::DivisionByZero.into());
    }
    slot((-(1.0 - random.unit()).ln() / call.float(0)).to_bits())
}

fn triangular(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let (low, high) = (call.float(0), call.float(1));
    let mode = if call.bool(2) { call.float(3) } else { 0.5 * (low + high) };
    let drawn = random.unit();
    if low == high {
        return slot(low.to_bits());
    }
    let share = (mode - low) / (high - low);
    let value = match drawn > share {
        true => high + (low - high) * ((1.0 - drawn) * (1.0 - share)).sqrt(),
        false => low + (high - low) * (drawn * share).sqrt(),
    };
    slot(value.to_bits())
}

fn bits(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    match call.int(0) {
        0 => slot(0),
        count @ 1..=63 => slot(random.next() >> (64 - count)),
        count => {
            let text = format!("a number has between 0 and 63 random bits, not {count}");
            Err(Fault::new(TrapKind::InvalidValue, text))
        }
    }
}

fn random_bytes(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let limit = call.heap.config().limit_bytes.min(kaa_heap::MAX_OBJECT);
    let count = match u64::try_from(call.int(0)) {
        Ok(count) if count <= limit => count as usize,
        Ok(_) => return Err(TrapKind::OutOfMemory.into()),
        Err(_) => {
            let text = format!("there are no {} bytes", call.int(0));
            return Err(Fault::new(TrapKind::InvalidValue, text));
        }
    };
    let words = std::iter::repeat_with(|| random.next().to_le_bytes());
    let bytes = words.take(count.div_ceil(8)).flatten().take(count).collect();
    Ok(Outcome::Plain(Given::Bytes(bytes)))
}

fn seed(random: &Random, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    random.0.set(state_of(call.arg(0)));
    Ok(Outcome::Plain(Given::Unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_repeat_and_differ() {
        let draw = |seed: u64| {
            let random = Random(Cell::new(state_of(seed)));
            (0..4).map(|_| random.next()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(Random::new().next(), Random::new().next());
    }

    #[test]
    fn all_numbers_of_a_range_come() {
        let random = Random(Cell::new(state_of(1)));
        let mut seen = [0; 6];
        (0..6000).for_each(|_| seen[random.up_to(5) as usize] += 1);
        assert!(seen.iter().all(|n| (800..1200).contains(n)), "{seen:?}");
        assert!((0..1000).all(|_| (0.0..1.0).contains(&random.unit())));
    }
}
