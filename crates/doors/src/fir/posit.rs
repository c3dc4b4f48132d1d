//! Posits of the 2022 standard: 8, 16, 32 or 64 bits, with two exponent bits each.
//!
//! A posit is zero, NaR ("not a real"), or a sign, a scale and a fraction. Every result is
//! computed exactly, or with a mark that something was cut off, and rounded once: to the nearest
//! pattern, a tie to the even one, never to zero and never to NaR. Bits above a posit's width
//! are 0.

/// What a pattern stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Real {
    Zero,
    Nar,
    /// `±frac * 2^(scale - 63)`, the highest bit of `frac` set.
    Number {
        minus: bool,
        scale: i32,
        frac: u64,
    },
}

/// The pattern of NaR.
pub fn nar(bits: u32) -> u64 {
    1 << (bits - 1)
}

fn mask(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

fn read(pattern: u64, bits: u32) -> Real {
    if pattern == 0 {
        return Real::Zero;
    }
    if pattern == nar(bits) {
        return Real::Nar;
    }
    let minus = pattern & nar(bits) != 0;
    let size = if minus { pattern.wrapping_neg() & mask(bits) } else { pattern };
    let body = size << (64 - bits) << 1;
    let ones = body >> 63 == 1;
    let run = if ones { body.leading_ones() } else { body.leading_zeros() };
    let regime = if ones { run as i32 - 1 } else { -(run as i32) };
    let rest = body.checked_shl(run + 1).unwrap_or(0);
    let scale = 4 * regime + (rest >> 62) as i32;
    Real::Number { minus, scale, frac: 1 << 63 | rest << 2 >> 1 }
}

/// Rounds `±frac * 2^(scale - 127)`, the highest bit of `frac` set. `cut` says that the number is
/// a little larger than that.
fn write(minus: bool, scale: i32, frac: u128, cut: bool, bits: u32) -> u64 {
    let most = 4 * (bits as i32 - 2);
    let size = if scale >= most {
        nar(bits) - 1
    } else if scale < -most {
        1
    } else {
        let (regime, exponent) = (scale >> 2, (scale & 3) as u128);
        let fraction = frac << 1;
        let rest = fraction << 60 != 0 || cut;
        let tail = exponent << 60 | fraction >> 68;
        let (length, pattern) = match regime {
            0.. => (regime as u32 + 2, (1_u128 << (regime + 2)) - 2),
            _ => ((1 - regime) as u32, 1),
        };
        let whole = pattern << 62 | tail;
        let cut_off = length + 62 - (bits - 1);
        let kept = (whole >> cut_off) as u64;
        let half = whole >> (cut_off - 1) & 1 == 1;
        let rest = rest || whole & ((1 << (cut_off - 1)) - 1) != 0;
        let up = half && (rest || kept & 1 == 1);
        (kept + u64::from(up)).clamp(1, nar(bits) - 1)
    };
    if minus { size.wrapping_neg() & mask(bits) } else { size }
}

/// Brings the highest bit to the top. `frac` is not 0.
fn normal(minus: bool, scale: i32, frac: u128, cut: bool, bits: u32) -> u64 {
    let up = frac.leading_zeros();
    write(minus, scale - up as i32, frac << up, cut, bits)
}

/// The negative.
pub fn neg(a: u64, bits: u32) -> u64 {
    a.wrapping_neg() & mask(bits)
}

/// The sum.
pub fn add(a: u64, b: u64, bits: u32) -> u64 {
    let (x, y) = match (read(a, bits), read(b, bits)) {
        (Real::Nar, _) | (_, Real::Nar) => return nar(bits),
        (Real::Zero, _) => return b,
        (_, Real::Zero) => return a,
        (Real::Number { minus, scale, frac }, Real::Number { minus: m, scale: s, frac: f }) => {
            let (x, y) = ((minus, scale, frac), (m, s, f));
            if (scale, frac) >= (s, f) { (x, y) } else { (y, x) }
        }
    };
    let ((minus, scale, frac), (other_minus, other_scale, other_frac)) = (x, y);
    // One bit is left at the top for a carry.
    let (large, small) = (u128::from(frac) << 63, u128::from(other_frac) << 63);
    let distance = (scale - other_scale) as u32;
    let moved = small.checked_shr(distance).unwrap_or(0);
    let cut = distance > 127 || moved << distance != small;
    if minus == other_minus {
        return normal(minus, scale + 1, large + moved, cut, bits);
    }
    // What is cut off makes the difference a little smaller.
    let rest = large - moved - u128::from(cut);
    if rest == 0 { 0 } else { normal(minus, scale + 1, rest, cut, bits) }
}

/// The difference.
pub fn sub(a: u64, b: u64, bits: u32) -> u64 {
    add(a, neg(b, bits), bits)
}

/// The product.
pub fn mul(a: u64, b: u64, bits: u32) -> u64 {
    match (read(a, bits), read(b, bits)) {
        (Real::Nar, _) | (_, Real::Nar) => nar(bits),
        (Real::Zero, _) | (_, Real::Zero) => 0,
        (Real::Number { minus, scale, frac }, Real::Number { minus: m, scale: s, frac: f }) => {
            let product = u128::from(frac) * u128::from(f);
            normal(minus != m, scale + s + 1, product, false, bits)
        }
    }
}

/// The quotient; by zero it is NaR.
pub fn div(a: u64, b: u64, bits: u32) -> u64 {
    let one = 1 << (bits - 2);
    mul_div(a, one, b, bits)
}

/// `a * b / c`, rounded once.
pub fn mul_div(a: u64, b: u64, c: u64, bits: u32) -> u64 {
    let (x, y, z) = (read(a, bits), read(b, bits), read(c, bits));
    if [x, y, z].contains(&Real::Nar) || z == Real::Zero {
        return nar(bits);
    }
    let (
        Real::Number { minus: mx, scale: sx, frac: fx },
        Real::Number { minus: my, scale: sy, frac: fy },
        Real::Number { minus: mz, scale: sz, frac: fz },
    ) = (x, y, z)
    else {
        return 0;
    };
    let (product, divisor) = (u128::from(fx) * u128::from(fy), u128::from(fz));
    let (quotient, cut) = (product / divisor, !product.is_multiple_of(divisor));
    // product / divisor * 2^(sx + sy - sz - 63), and `normal` counts from bit 127.
    normal((mx != my) != mz, sx + sy - sz + 64, quotient, cut, bits)
}

/// The posit nearest to a number; NaN and the infinities are NaR.
pub fn from_f64(x: f64, bits: u32) -> u64 {
    if x == 0.0 {
        return 0;
    }
    if !x.is_finite() {
        return nar(bits);
    }
    let pattern = x.to_bits();
    let (exponent, low) = ((pattern >> 52 & 0x7ff) as i32, pattern & ((1 << 52) - 1));
    let (frac, scale) = match exponent {
        0 => (low, -1074),
        _ => (1 << 52 | low, exponent - 1075),
    };
    normal(x < 0.0, scale + 127, frac.into(), false, bits)
}

/// The nearest number; NaR is NaN.
pub fn to_f64(a: u64, bits: u32) -> f64 {
    match read(a, bits) {
        Real::Zero => 0.0,
        Real::Nar => f64::NAN,
        Real::Number { minus, scale, frac } => {
            let size = frac as f64 * 2_f64.powi(scale - 63);
            if minus { -size } else { size }
        }
    }
}

/// The posit nearest to an integer.
pub fn from_int(n: i128, bits: u32) -> u64 {
    match n {
        0 => 0,
        _ => normal(n < 0, 127, n.unsigned_abs(), false, bits),
    }
}

/// The nearest integer, a tie to the even one; `None` for NaR. Beyond 2^100 it is 2^100.
pub fn to_int(a: u64, bits: u32) -> Option<i128> {
    match read(a, bits) {
        Real::Zero => Some(0),
        Real::Nar => None,
        Real::Number { minus, scale, frac } => {
            let size = match scale {
                ..-1 => 0,
                100.. => 1 << 100,
                63.. => i128::from(frac) << (scale - 63),
                _ => {
                    let down = (63 - scale) as u32;
                    let whole = i128::from(frac) >> down;
                    let rest = u128::from(frac) & ((1 << down) - 1);
                    let half = 1 << (down - 1);
                    whole + i128::from(rest > half || rest == half && whole & 1 == 1)
                }
            };
            Some(if minus { -size } else { size })
        }
    }
}

/// The same number in another width.
pub fn resize(a: u64, from: u32, to: u32) -> u64 {
    match read(a, from) {
        Real::Zero => 0,
        Real::Nar => nar(to),
        Real::Number { minus, scale, frac } => {
            write(minus, scale, u128::from(frac) << 64, false, to)
        }
    }
}

#[cfg(test)]
mod tests;
