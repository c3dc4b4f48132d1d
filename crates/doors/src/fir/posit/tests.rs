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
fn every_number_of_16_bits_meets_many_others() {
    let wheel = wheel(16);
    for a in 0..1_u64 << 16 {
        for b in [a, a ^ 0x7fff, a.wrapping_mul(40_503) & 0xffff, 0x4000, 0x3fff, 1, 0xffff] {
            let (x, y) = (to_f64(a, 16), to_f64(b, 16));
            if x.is_nan() || y.is_nan() {
                continue;
            }
            assert_eq!(mul(a, b, 16), round(x * y, 16, &wheel), "{x} * {y}");
            // A sum is exact in `f64` where the scales are not too far from each other.
            if x == 0.0 || y == 0.0 || (x / y).abs().log2().abs() < 36.0 {
                assert_eq!(add(a, b, 16), round(x + y, 16, &wheel), "{x} + {y}");
                assert_eq!(sub(a, b, 16), round(x - y, 16, &wheel), "{x} - {y}");
            }
            if y != 0.0 {
                assert_eq!(div(a, b, 16), round(x / y, 16, &wheel), "{x} / {y}");
            }
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
