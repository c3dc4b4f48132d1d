//! Bodies of float operations, conversions and branches. An `f32` lives in the low half of
//! its slot and is computed by integer shapes.

use kaa_isa::TrapKind;

use super::Machine;

/// Smaller operand; a NaN wins, and -0.0 is smaller than 0.0.
#[inline(always)]
pub(crate) fn min(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x < y || x == y && x.is_sign_negative() {
        x
    } else {
        y
    }
}

/// Larger operand; a NaN wins, and 0.0 is larger than -0.0.
#[inline(always)]
pub(crate) fn max(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        f64::NAN
    } else if x > y || x == y && x.is_sign_positive() {
        x
    } else {
        y
    }
}

/// Truncates to `i64` where the result fits.
#[inline(always)]
fn to_i64(x: f64) -> Result<u64, TrapKind> {
    // 2^63 is the first float past the end; -2^63 is a value.
    const END: f64 = 9_223_372_036_854_775_808.0;
    if (-END..END).contains(&x) { Ok(x as i64 as u64) } else { Err(TrapKind::Conversion) }
}

#[inline(always)]
fn single(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

#[inline(always)]
fn bits(x: f32) -> u64 {
    u64::from(x.to_bits())
}

macro_rules! bodies {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $res:ty = $body:expr;)*) => {
        impl Machine {$(
            #[inline(always)]
            pub fn $name($($arg: $ty),*) -> $res { $body }
        )*}
    };
}

bodies! {
    movf(x: f64) -> f64 = x;
    loadkf(bits: u64) -> f64 = f64::from_bits(bits);
    f_eq(x: f64, y: f64) -> u64 = u64::from(x == y);
    f_ne(x: f64, y: f64) -> u64 = u64::from(x != y);
    f_lt(x: f64, y: f64) -> u64 = u64::from(x < y);
    f_le(x: f64, y: f64) -> u64 = u64::from(x <= y);
    f32_eq(x: u64, y: u64) -> u64 = u64::from(single(x) == single(y));
    f32_ne(x: u64, y: u64) -> u64 = u64::from(single(x) != single(y));
    f32_lt(x: u64, y: u64) -> u64 = u64::from(single(x) < single(y));
    f32_le(x: u64, y: u64) -> u64 = u64::from(single(x) <= single(y));
    f_add(x: f64, y: f64) -> f64 = x + y;
    f_sub(x: f64, y: f64) -> f64 = x - y;
    f_mul(x: f64, y: f64) -> f64 = x * y;
    f_div(x: f64, y: f64) -> f64 = x / y;
    f_neg(x: f64) -> f64 = -x;
    f_abs(x: f64) -> f64 = x.abs();
    f_sqrt(x: f64) -> f64 = x.sqrt();
    f_floor(x: f64) -> f64 = x.floor();
    f_ceil(x: f64) -> f64 = x.ceil();
    f_trunc(x: f64) -> f64 = x.trunc();
    f_round(x: f64) -> f64 = x.round_ties_even();
    f_min(x: f64, y: f64) -> f64 = min(x, y);
    f_max(x: f64, y: f64) -> f64 = max(x, y);
    f_copysign(x: f64, y: f64) -> f64 = x.copysign(y);
    f32_add(x: u64, y: u64) -> u64 = bits(single(x) + single(y));
    f32_sub(x: u64, y: u64) -> u64 = bits(single(x) - single(y));
    f32_mul(x: u64, y: u64) -> u64 = bits(single(x) * single(y));
    f32_div(x: u64, y: u64) -> u64 = bits(single(x) / single(y));
    f32_neg(x: u64) -> u64 = bits(-single(x));
    i_to_f(x: u64) -> f64 = x as i64 as f64;
    u_to_f(x: u64) -> f64 = x as f64;
    f_to_it(x: f64) -> Result<u64, TrapKind> = to_i64(x);
    f_to_f32(x: f64) -> u64 = bits(x as f32);
    f32_to_f(x: u64) -> f64 = f64::from(single(x));
    j_f_eq(x: f64, y: f64) -> bool = x == y;
    j_f_ne(x: f64, y: f64) -> bool = x != y;
    j_f_lt(x: f64, y: f64) -> bool = x < y;
    j_f_le(x: f64, y: f64) -> bool = x <= y;
    j_f_nlt(x: f64, y: f64) -> bool = !matches!(x.partial_cmp(&y), Some(std::cmp::Ordering::Less));
    j_f_nle(x: f64, y: f64) -> bool = {
        use std::cmp::Ordering::{Equal, Less};
        !matches!(x.partial_cmp(&y), Some(Less | Equal))
    };
}
