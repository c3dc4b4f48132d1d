//! Decimals of moderate size by integer arithmetic: the fast way for most floats.
//!
//! A float is a whole number times a power of two; times a power of ten it is still a
//! whole number, divided by a power of two, and that fits 128 bits for all numbers that
//! people write. Everything here is exact or declines; `float.rs`, `real.rs` and `num.rs`
//! then go the long way.

use super::bytes::push_fixed;

/// The powers of ten that a float holds exactly and that keep products below 128 bits.
const MOST_PLACES: usize = 22;

/// The largest whole number below which decimals tell floats apart: fifteen digits.
const FIFTEEN_DIGITS: u64 = 1_000_000_000_000_000;

static POWERS: [f64; MOST_PLACES + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The size of `x` times ten to the power `places`, rounded to a whole number, ties to even.
fn scaled(x: f64, places: usize) -> Option<u64> {
    let power = *POWERS.get(places)? as u128;
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    if exponent == 0 {
        // Zero, or so near to it that nothing is left.
        return Some(0);
    }
    let product = u128::from(bits & ((1 << 52) - 1) | 1 << 52) * power;
    let shift = 1075 - exponent;
    let rounded = match shift {
        0 => product,
        1..128 => {
            let (whole, rest) = (product >> shift, product & ((1 << shift) - 1));
            let half = 1 << (shift - 1);
            whole + u128::from(rest > half || rest == half && whole & 1 == 1)
        }
        // The product has less than 127 bits: it is less than half of the divisor.
        128.. => 0,
        // A large number: there is no fraction to round.
        _ => return None,
    };
    u64::try_from(rounded).ok()
}

/// Appends an integer, as `str(n)` shows it.
pub fn write_int(out: &mut String, n: i64) {
    if n < 0 {
        out.push('-');
    }
    push_fixed(out, n.unsigned_abs(), 0);
}

/// Appends an unsigned integer.
pub fn write_uint(out: &mut String, n: u64) {
    push_fixed(out, n, 0);
}

/// Appends `x` with `places` digits behind the point, if that is easy.
pub(super) fn write_fixed(out: &mut String, x: f64, places: usize) -> bool {
    match scaled(x, places) {
        Some(number) if places < 20 => {
            push_sign(out, x);
            push_fixed(out, number, places);
            true
        }
        _ => false,
    }
}

/// `x` rounded to some digits behind the point, if that is easy.
pub(super) fn round(x: f64, digits: i64) -> Option<f64> {
    let places = usize::try_from(digits).ok()?;
    let number = scaled(x, places)?;
    // Whole numbers and powers in this range are exact floats, so the quotient is the
    // float nearest to the decimal.
    let power = POWERS.get(places)?;
    (number < 1 << 53).then(|| (number as f64 / power).copysign(x))
}

/// Appends the shortest decimal of `x`, if it has at most fifteen digits and no exponent.
pub(super) fn write_short(out: &mut String, x: f64) -> bool {
    let size = x.abs();
    if !(1e-4..1e15).contains(&size) {
        return false;
    }
    let whole = size as u64;
    if whole as f64 == size {
        push_sign(out, x);
        push_fixed(out, whole, 0);
        out.push_str(".0");
        return true;
    }
    // As many places as fifteen digits leave room for. Decimals of that many digits lie
    // farther apart than floats do, so one that reads back as `x` is the only one.
    let places = 15 - whole.checked_ilog10().map_or(0, |log| log as usize + 1);
    let Some(power) = POWERS.get(places) else { return false };
    let number = (size * power).round_ties_even() as u64;
    if number >= FIFTEEN_DIGITS || number as f64 / power != size {
        return false;
    }
    push_sign(out, x);
    let start = out.len();
    push_fixed(out, number, places);
    // A digit that is not zero stays behind the point: the number is not whole.
    out.truncate(start + out[start..].trim_end_matches('0').len());
    true
}

fn push_sign(out: &mut String, x: f64) {
    if x.is_sign_negative() {
        out.push('-');
    }
}
