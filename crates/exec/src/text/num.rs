//! Arithmetic with Python's rules: floor division, exact rounding, checked powers.
//!
//! The plain operations are instructions; here are those that are too long for one.

use super::error::NumError;
use super::fixed;

/// `divmod(a, b)` of integers: the quotient is floored, the remainder has the sign of `b`.
pub fn int_div_mod(a: i64, b: i64) -> Result<(i64, i64), NumError> {
    if b == 0 {
        return Err(NumError::DivideByZero);
    }
    let quotient = a.checked_div(b).ok_or(NumError::Overflow)?;
    let remainder = a.wrapping_rem(b);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        Ok((quotient - 1, remainder + b))
    } else {
        Ok((quotient, remainder))
    }
}

/// `divmod(a, b)` of floats.
pub fn float_div_mod(a: f64, b: f64) -> Result<(f64, f64), NumError> {
    if b == 0.0 {
        return Err(NumError::DivideByZero);
    }
    let remainder = a % b;
    let mut quotient = (a - remainder) / b;
    let modulo = if remainder == 0.0 {
        0.0_f64.copysign(b)
    } else if (remainder < 0.0) != (b < 0.0) {
        quotient -= 1.0;
        remainder + b
    } else {
        remainder
    };
    if quotient == 0.0 {
        return Ok((0.0_f64.copysign(a / b), modulo));
    }
    // The quotient is whole but for rounding: take the whole number next to it.
    let floor = quotient.floor();
    Ok((if quotient - floor > 0.5 { floor + 1.0 } else { floor }, modulo))
}

/// `base ** exponent` of integers.
pub fn int_pow(base: i64, exponent: i64) -> Result<i64, NumError> {
    if exponent < 0 {
        return Err(NumError::NegativeExponent);
    }
    let even = exponent & 1 == 0;
    match (base, u32::try_from(exponent)) {
        (_, Ok(exponent)) => base.checked_pow(exponent).ok_or(NumError::Overflow),
        (0 | 1, Err(_)) => Ok(base),
        (-1, Err(_)) => Ok(if even { 1 } else { -1 }),
        _ => Err(NumError::Overflow),
    }
}

/// `pow(base, exponent, modulus)`; a negative exponent takes the inverse of the base.
pub fn pow_mod(base: i64, exponent: i64, modulus: i64) -> Result<i64, NumError> {
    if modulus == 0 {
        return Err(NumError::DivideByZero);
    }
    let size = i128::from(modulus).abs();
    let mut factor = i128::from(base).rem_euclid(size);
    if exponent < 0 {
        factor = inverse(factor, size).ok_or(NumError::NoInverse)?;
    }
    let mut result = 1 % size;
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        if left & 1 == 1 {
            result = result * factor % size;
        }
        factor = factor * factor % size;
        left >>= 1;
    }
    // The result has the sign of the modulus.
    let result = if modulus < 0 && result != 0 { result - size } else { result };
    i64::try_from(result).map_err(|_| NumError::Overflow)
}

/// The number whose product with `a` is 1 modulo `size`, by Euclid's algorithm.
fn inverse(a: i128, size: i128) -> Option<i128> {
    let (mut low, mut high) = (a, size);
    let (mut x, mut y) = (1_i128, 0_i128);
    while low != 0 {
        let quotient = high / low;
        (low, high) = (high - quotient * low, low);
        (x, y) = (y - quotient * x, x);
    }
    (high == 1).then(|| y.rem_euclid(size))
}

/// `round(x)` of a float: to the nearest integer, ties to the even one.
pub fn round_to_int(x: f64) -> Result<i64, NumError> {
    let whole = x.round_ties_even();
    if whole.is_nan() {
        Err(NumError::Nan)
    } else if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
        Ok(whole as i64)
    } else {
        Err(NumError::Overflow)
    }
}

/// `round(n, digits)` of an integer: negative digits round to tens, hundreds and so on.
pub fn round_int(n: i64, digits: i64) -> Result<i64, NumError> {
    if digits >= 0 {
        return Ok(n);
    }
    let Some(unit) = u32::try_from(-i128::from(digits)).ok().and_then(|d| 10_i128.checked_pow(d))
    else {
        return Ok(0);
    };
    let wide = i128::from(n);
    let below = wide.div_euclid(unit);
    let odd = below & 1;
    let up = i128::from(wide.rem_euclid(unit) * 2 + odd > unit);
    i64::try_from((below + up) * unit).map_err(|_| NumError::Overflow)
}

/// `round(x, digits)` of a float: the exact decimal value is rounded, ties to even.
pub fn round_half_even(x: f64, digits: i64) -> Result<f64, NumError> {
    // Beyond these, all digits stay or none does.
    if !x.is_finite() || x == 0.0 || digits > 323 {
        return Ok(x);
    }
    if digits < -308 {
        return Ok(0.0_f64.copysign(x));
    }
    if let Some(rounded) = fixed::round(x, digits) {
        return Ok(rounded);
    }
    let text = match usize::try_from(digits) {
        Ok(digits) => format!("{x:.digits$}"),
        Err(_) => rounded_tens(x, digits.unsigned_abs() as usize),
    };
    let rounded: f64 = text.parse().unwrap_or(x);
    if rounded.is_infinite() { Err(NumError::Overflow) } else { Ok(rounded) }
}

/// The number rounded to a multiple of ten to the power `tens`, as text.
fn rounded_tens(x: f64, tens: usize) -> String {
    let sign = if x < 0.0 { "-" } else { "" };
    // All digits of the whole part, with zeros before them so that the cut is inside.
    let whole = format!("{:0>width$.0}", x.abs().trunc(), width = tens + 2);
    let (kept, cut) = whole.split_at(whole.len() - tens);
    let (first, others) = cut.split_at(1);
    let more = others.bytes().any(|digit| digit != b'0') || x.fract() != 0.0;
    let odd = kept.bytes().next_back().is_some_and(|digit| digit & 1 == 1);
    let up = first > "5" || first == "5" && (more || odd);
    let kept = if up { increment(kept) } else { kept.to_owned() };
    format!("{sign}{kept}e{tens}")
}

/// The next whole number; `digits` starts with a zero, so it has room.
fn increment(digits: &str) -> String {
    let plain = digits.trim_end_matches('9');
    let (rest, last) = plain.split_at(plain.len().saturating_sub(1));
    let last = last.bytes().next().map_or(b'1', |digit| digit + 1);
    let zeros = "0".repeat(digits.len() - plain.len());
    format!("{rest}{}{zeros}", char::from(last))
}
