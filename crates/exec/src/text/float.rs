//! How a float prints: the shortest decimal that reads back as the same number.
//!
//! `std` finds the shortest digits and changes to exponents at the same magnitudes as
//! Python; only the spelling of exponents, `inf` and `nan` is left to do. Formats with a
//! precision are in `real.rs`.

use std::fmt::{Debug, LowerExp, Write};
use std::str::FromStr;

use super::fixed;

/// Python's `repr(x)`, which is also `str(x)`.
pub fn repr_float(x: f64) -> String {
    let mut out = String::new();
    write_float(&mut out, x);
    out
}

/// Appends `repr(x)`.
pub fn write_float(out: &mut String, x: f64) {
    if !fixed::write_short(out, x) {
        write_shortest(out, x, x);
    }
}

/// Appends an `f32` by the same rules, with the digits that tell it from other `f32`s.
pub fn write_float32(out: &mut String, x: f32) {
    write_shortest(out, x, f64::from(x));
}

fn write_shortest<T>(out: &mut String, x: T, value: f64)
where
    T: Copy + Debug + LowerExp + FromStr + PartialEq,
{
    // Writing to a string does not fail.
    if value.is_nan() {
        out.push_str("nan");
    } else if value == 0.0 || value.is_infinite() {
        let _ = write!(out, "{x:?}");
    } else {
        let start = out.len();
        if (1e-4..1e16).contains(&value.abs()) {
            let _ = write!(out, "{x:?}");
            settle_tie(out, start, x, value);
        } else {
            let _ = write!(out, "{x:e}");
            settle_tie(out, start, x, value);
            fix_exponent(out, start);
        }
    }
}

/// Where two shortest decimals are equally near, Python takes the even digit and `std` the
/// larger one. The number that starts at `start` is one that `std` wrote for `x`, whose
/// value is `value`.
pub(super) fn settle_tie<T>(out: &mut String, start: usize, x: T, value: f64)
where
    T: FromStr + PartialEq,
{
    // The number lies halfway between two decimals of `places` places behind the point
    // exactly if its lowest bit stands for 2 to the power `-(places + 1)`.
    let lowest = lowest_bit(value);
    if lowest > -2 {
        return;
    }
    let text = &out[start..];
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let behind = digits.split_once('.').map_or(0, |(_, behind)| behind.len() as i64);
    let places = behind - exponent.parse().unwrap_or(0);
    if places + 1 != -lowest {
        return;
    }
    let last = start + digits.len() - 1;
    let Some(odd) = out[last..].chars().next().filter(|digit| "13579".contains(*digit)) else {
        return;
    };
    let even = char::from(odd as u8 - 1);
    out.replace_range(last..=last, even.encode_utf8(&mut [0; 4]));
    // Below a power of two the floats lie closer: there the even one may be another's.
    if out[start..].parse::<T>().ok().is_none_or(|back| back != x) {
        out.replace_range(last..=last, odd.encode_utf8(&mut [0; 4]));
    }
}

/// The power of two that the lowest set bit of a float stands for.
fn lowest_bit(x: f64) -> i64 {
    let bits = x.to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i64);
    let (mantissa, exponent) = match exponent {
        0 => (fraction, 1),
        _ => (fraction | 1 << 52, exponent),
    };
    exponent - 1075 + i64::from(mantissa.trailing_zeros())
}

/// Respells the exponent of the number that starts at `start` as Python does: a sign
/// always, two digits at least.
pub(super) fn fix_exponent(out: &mut String, start: usize) {
    let Some(mark) = out[start..].rfind('e').map(|at| start + at) else { return };
    let negative = out[mark + 1..].starts_with('-');
    let digits = mark + 1 + usize::from(negative);
    if out.len() - digits == 1 {
        out.insert(digits, '0');
    }
    if !negative {
        out.insert(digits, '+');
    }
}
