//! Posits against a slow and plain definition: patterns in order stand for numbers in order, and
//! a result is the pattern that the standard's rounding chooses among all of them.

use super::*;

/// The numbers of all patterns of 8 or 16 bits from 0 up: half of the wheel.
fn wheel(bits: u32) -> Vec<f64> {
    (0..nar(bits)).map(|pattern| to_f64(pattern, bits)).collect()
}

/// Rounds by search. Between two patterns of `bits` lies one of `bits + 1`: above it a number is
/// nearer to the upper one, at it the even pattern is taken. It is computed in 32 bits, whose
/// patterns begin like those of fewer bits.
fn round(x: f64, bits: u32, wheel: &[f64]) -> u64 {
    let size = x.abs();
    if size == 0.0 {
        return 0;
    }
    let below = wheel.partition_point(|known| *known <= size) as u64 - 1;
    let most = nar(bits) - 1;
    let pattern = if below == most || wheel[below as usize] == size {
        below
    } else {
        let between = to_f64((2 * below + 1) << (32 - bits - 1), 32);
        let up = size > between || size == between && below % 2 == 1;
        below + u64::from(up)
    };
    let pattern = pattern.clamp(1, most);
    if x < 0.0 { neg(pattern, bits) } else { pattern }
}

#[test]
fn known_patterns() {
    for (pattern, bits, x) in [
        (0x40, 8, 1.0),
        (0xc0, 8, -1.0),
        (0x7f, 8, 2_f64.powi(24)),
        (0x01, 8, 2_f64.powi(-24)),
        (0x48, 8, 2.0),
        (0x4c, 8, 3.0),
        (0x4000, 16, 1.0),
        (0x7fff, 16, 2_f64.powi(56)),
        (0x0001, 16, 2_f64.powi(-56)),
        (0x5000, 16, 4.0),
        (0x4000_0000, 32, 1.0),
        (0x4000_0000_0000_0000, 64, 1.0),
        (0x7fff_ffff_ffff_ffff, 64, 2_f64.powi(248)),
    ] {
        assert_eq!(to_f64(pattern, bits), x, "{pattern:#x}");
        assert_eq!(from_f64(x, bits), pattern, "{x}");
    }
}

#[test]
fn all_patterns_of_16_bits_are_in_order_and_lead_back() {
    for bits in [8, 16] {
        let wheel = wheel(bits);
        assert!(wheel.windows(2).all(|pair| pair[0] < pair[1]));
        for pattern in 0..1 << bits {
            let x = to_f64(pattern, bits);
            assert_eq!(from_f64(x, bits), pattern);
            for wider in [16, 32, 64].into_iter().filter(|wider| *wider >= bits) {
                let wide = resize(pattern, bits, wider);
                assert_eq!(resize(wide, wider, bits), pattern);
                assert!(to_f64(wide, wider).to_bits() == x.to_bits() || x.is_nan());
            }
            if !x.is_nan() {
                assert_eq!(to_int(pattern, bits), Some(x.round_ties_even() as i128), "{x}");
                assert_eq!(to_f64(neg(pattern, bits), bits), if x == 0.0 { 0.0 } else { -x });
            }
        }
    }
}

#[test]
fn all_pairs_of_8_bits_are_rounded_as_the_standard_says() {
    let wheel = wheel(8);
    for a in 0..256 {
        for b in 0..256 {
            let (x, y) = (to_f64(a, 8), to_f64(b, 8));
            if x.is_nan() || y.is_nan() {
                assert_eq!([add(a, b, 8), mul(a, b, 8), div(a, b, 8)], [nar(8); 3]);
                continue;
            }
            // Sums and products of these are exact in `f64`.
            assert_eq!(add(a, b, 8), round(x + y, 8, &wheel), "{x} + {y}");
            assert_eq!(sub(a, b, 8), round(x - y, 8, &wheel), "{x} - {y}");
            assert_eq!(mul(a, b, 8), round(x * y, 8, &wheel), "{x} * {y}");
            let quotient = if y == 0.0 { nar(8) } else { round(x / y, 8, &wheel) };
            assert_eq!(div(a, b, 8), quotient, "{x} / {y}");
            assert_eq!(mul_div(a, b, 0x4c, 8), round(x * y / 3.0, 8, &wheel));
        }
    }
}

#[test]
fn every_number_of_16_bits_meets_others_of_every_scale() {
    let rounding = Rounding::new(16);
    // All pairs are a matter of minutes: `KAA_POSITS=all cargo test --release -p kaa-doors posit`.
    let all = std::env::var_os("KAA_POSITS").is_some_and(|value| value == "all");
    let others: Vec<u64> = if all { (0..1 << 16).collect() } else { strata() };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for part in others.chunks(others.len().div_ceil(threads)) {
            let rounding = &rounding;
            scope.spawn(move || part.iter().for_each(|b| meets_all(rounding, *b)));
        }
    });
}

/// Numbers of 16 bits of each sign and scale: the first, the last and some between.
fn strata() -> Vec<u64> {
    let mut strata = vec![0, nar(16), nar(16) + 1, nar(16) - 1];
    for length in 1..15_u32 {
        // A run of so many ones or zeros, then what ends it.
        let ends = [(0x7fff << (15 - length)) & 0x7fff, 1 << (14 - length)];
        for first in ends {
            let last = first | ((1 << (14 - length)) - 1);
            for pattern in [first, first | 1, last, first | 0x2a5b & (last ^ first)] {
                strata.extend([pattern, neg(pattern, 16)]);
            }
        }
    }
    strata.sort_unstable();
    strata.dedup();
    strata
}

/// One number and all others, in all operations.
fn meets_all(rounding: &Rounding, b: u64) {
    let y = to_f64(b, 16);
    for a in 0..1 << 16 {
        let x = to_f64(a, 16);
        if x.is_nan() || y.is_nan() {
            assert_eq!([add(a, b, 16), mul(a, b, 16), div(a, b, 16), sub(a, b, 16)], [nar(16); 4]);
            continue;
        }
        let quotient = div(a, b, 16);
        let right = rounding.is_sum(add(a, b, 16), x, y)
            && rounding.is_sum(sub(a, b, 16), x, -y)
            // A product has 24 bits; a quotient that is no pattern and no place between two is
            // further from them than `f64` rounds.
            && rounding.is(mul(a, b, 16), x * y, 0.0)
            && (if y == 0.0 { quotient == nar(16) } else { rounding.is(quotient, x / y, 0.0) });
        assert!(right, "{a:#x} and {b:#x}: {x} and {y}");
    }
}

/// Between which numbers each pattern from 0 up stands for all.
struct Rounding {
    bits: u32,
    bounds: Vec<(f64, f64)>,
}

impl Rounding {
    fn new(bits: u32) -> Rounding {
        let most = nar(bits) - 1;
        // Between two patterns lies one with a bit more.
        let above = |pattern: u64| to_f64((2 * pattern + 1) << (31 - bits), 32);
        let bound = |pattern: u64| match pattern {
            0 => (0.0, 0.0),
            1 => (0.0, above(1)),
            _ if pattern == most => (above(pattern - 1), f64::INFINITY),
            _ => (above(pattern - 1), above(pattern)),
        };
        Rounding { bits, bounds: (0..=most).map(bound).collect() }
    }

    /// Whether a pattern is what `x + rest` is rounded to, where `rest` is too small to change `x`.
    fn is(&self, found: u64, x: f64, rest: f64) -> bool {
        if x == 0.0 {
            return found == 0;
        }
        let (size, rest) = if x < 0.0 { (-x, -rest) } else { (x, rest) };
        let found = if x < 0.0 { neg(found, self.bits) } else { found };
        let Some((low, high)) = self.bounds.get(found as usize).copied() else { return false };
        let tie = rest == 0.0 && found % 2 == 0;
        let above = size > low || size == low && (rest > 0.0 || tie);
        let below = size < high || size == high && (rest < 0.0 || tie);
        found != 0 && above && below
    }

    /// Whether a pattern is what a sum is rounded to, of which `f64` need not hold all.
    fn is_sum(&self, found: u64, x: f64, y: f64) -> bool {
        let sum = x + y;
        let (large, small) = if x.abs() >= y.abs() { (x, y) } else { (y, x) };
        self.is(found, sum, small - (sum - large))
    }
}

#[test]
fn narrower_posits_and_other_numbers_are_rounded_once() {
    let (of_8, of_16) = (Rounding::new(8), Rounding::new(16));
    for pattern in 0..1_u64 << 16 {
        let x = to_f64(pattern, 16);
        let narrow = resize(pattern, 16, 8);
        assert!(if x.is_nan() { narrow == nar(8) } else { of_8.is(narrow, x, 0.0) }, "{x}");
        // The places between two patterns, and what is next to them.
        for low in [1, 0x7fff, 0x8000, 0x8001, 0xffff] {
            let wide = pattern << 16 | low;
            let x = to_f64(wide, 32);
            assert!(of_16.is(resize(wide, 32, 16), x, 0.0), "{wide:#x}");
            assert!(of_16.is(resize(resize(wide, 32, 64), 64, 16), x, 0.0), "{wide:#x}");
            assert!(of_16.is(from_f64(x, 16), x, 0.0), "{x}");
        }
        // All integers and all floats of 16 bits.
        for n in [pattern as i128, pattern as i128 - 0x8000] {
            assert!(of_16.is(from_int(n, 16), n as f64, 0.0), "{n}");
            assert!(of_8.is(from_int(n, 8), n as f64, 0.0), "{n}");
        }
        let half = half::f16::from_bits(pattern as u16).to_f64();
        for (rounding, bits) in [(&of_8, 8), (&of_16, 16)] {
            let found = from_f64(half, bits);
            let right =
                if half.is_finite() { rounding.is(found, half, 0.0) } else { found == nar(bits) };
            assert!(right, "{half}");
        }
    }
}

#[test]
fn wide_posits_keep_what_they_can_hold() {
    for n in [1_i128, -7, 1 << 40, (1 << 45) - 1, -(1 << 60), 1 << 80] {
        let a = from_int(n, 64);
        assert_eq!(to_int(a, 64), Some(n));
        assert_eq!(sub(a, a, 64), 0);
        assert_eq!(div(a, a, 64), from_int(1, 64));
        assert_eq!(mul_div(a, from_int(3, 64), from_int(3, 64), 64), a);
    }
    let third = div(from_int(1, 64), from_int(3, 64), 64);
    assert!((to_f64(third, 64) - 1.0 / 3.0).abs() < 1e-17);
    // The least number is not lost beside a large one of the other sign, nor rounds it away.
    assert_eq!(sub(from_int(1 << 20, 32), 1, 32), from_int(1 << 20, 32));
}
