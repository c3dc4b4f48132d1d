//! Integers without bounds: arithmetic with Python's rules, on the byte forms of
//! [`kaa_base::bigint`].
//!
//! What 128 bits hold is calculated there. How large a result may be is asked by the caller,
//! before anything is calculated.

use kaa_base::bigint::{self, decode_int, encode, encode_int};
use num_bigint::{BigInt, BigUint, Sign};

use super::error::{FormatError, NumError, ParseError};
use super::format::{Whole, format_parts};
use super::spec::FormatSpec;

/// Operations of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
}

/// The number of a form.
pub fn read(form: &[u8]) -> BigInt {
    let digits = bigint::digits(form);
    if bigint::is_negative(form) {
        let turned: Vec<u8> = digits.iter().map(|byte| !byte).collect();
        return BigInt::from_bytes_be(Sign::Minus, &turned);
    }
    BigInt::from_bytes_be(Sign::Plus, digits)
}

/// The form of a number.
pub fn form(number: &BigInt) -> Vec<u8> {
    let (sign, digits) = number.to_bytes_be();
    encode(sign == Sign::Minus, &digits)
}

/// `a op b`
pub fn binary(op: Op, a: &[u8], b: &[u8]) -> Result<Vec<u8>, NumError> {
    if matches!(op, Op::FloorDiv | Op::Mod) {
        let (quotient, rest) = div_mod(a, b)?;
        return Ok(if op == Op::FloorDiv { quotient } else { rest });
    }
    if let (Some(a), Some(b)) = (decode_int(a), decode_int(b))
        && let Some(small) = binary_int(op, a, b)
    {
        return Ok(encode_int(small));
    }
    let (a, b) = (read(a), read(b));
    Ok(form(&match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::And => a & b,
        Op::Or => a | b,
        _ => a ^ b,
    }))
}

fn binary_int(op: Op, a: i128, b: i128) -> Option<i128> {
    match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::And => Some(a & b),
        Op::Or => Some(a | b),
        Op::Xor => Some(a ^ b),
        Op::FloorDiv | Op::Mod => None,
    }
}

/// `divmod(a, b)`: the quotient is floored, the remainder has the sign of `b`.
pub fn div_mod(a: &[u8], b: &[u8]) -> Result<(Vec<u8>, Vec<u8>), NumError> {
    if let (Some(a), Some(b)) = (decode_int(a), decode_int(b)) {
        if b == 0 {
            return Err(NumError::DivideByZero);
        }
        // No form holds the one number that cannot be divided by -1.
        let (quotient, rest) = (a / b, a % b);
        let down = rest != 0 && (rest < 0) != (b < 0);
        let (quotient, rest) = if down { (quotient - 1, rest + b) } else { (quotient, rest) };
        return Ok((encode_int(quotient), encode_int(rest)));
    }
    let (a, b) = (read(a), read(b));
    if b.sign() == Sign::NoSign {
        return Err(NumError::DivideByZero);
    }
    let (mut quotient, mut rest) = (&a / &b, &a % &b);
    if rest.sign() != Sign::NoSign && rest.sign() != b.sign() {
        quotient -= 1;
        rest += b;
    }
    Ok((form(&quotient), form(&rest)))
}

/// `a / b`, rounded once.
pub fn true_div(a: &[u8], b: &[u8]) -> Result<f64, NumError> {
    /// How many bits the quotient has at least: more than a float, and some that tell the rest.
    const BITS: i64 = 66;
    let (a, b) = (read(a), read(b));
    if b.sign() == Sign::NoSign {
        return Err(NumError::DivideByZero);
    }
    let negative = a.sign() == Sign::Minus && b.sign() == Sign::Plus
        || a.sign() == Sign::Plus && b.sign() == Sign::Minus;
    let (a, b) = (a.magnitude(), b.magnitude());
    let up = BITS - (a.bits() as i64 - b.bits() as i64);
    let (a, b) = (a << up.max(0) as u64, b << (-up).max(0) as u64);
    let (quotient, rest) = (&a / &b, &a % &b);
    let sticky = u128::from(rest.bits() > 0);
    let bits = quotient.iter_u64_digits().rev().fold(0, |all, digit| all << 64 | u128::from(digit));
    let value = scaled(bits | sticky, -up).ok_or(NumError::Overflow)?;
    Ok(if negative { -value } else { value })
}

/// `bits * 2 ** exponent`, rounded once; `None` where no float is as large. The bits are fewer
/// than 68.
fn scaled(bits: u128, exponent: i64) -> Option<f64> {
    if bits == 0 {
        return Some(0.0);
    }
    let top = 127 - i64::from(bits.leading_zeros());
    // The place of the last bit that a float of this size has.
    let last = (exponent + top - 52).max(-1074);
    let cut = last - exponent;
    let kept = match cut {
        ..=0 => (bits as u64) << -cut,
        1..=126 => {
            let (kept, rest) = ((bits >> cut) as u64, bits & ((1 << cut) - 1));
            let half = 1_u128 << (cut - 1);
            kept + u64::from(rest > half || rest == half && kept & 1 == 1)
        }
        _ => 0,
    };
    // Both factors are exact, and so is the product: nothing is rounded again.
    let power = |n: i64| 2.0_f64.powi(n as i32);
    let value = match last {
        972.. => return None,
        -1000.. => kept as f64 * power(last),
        _ => kept as f64 * power(last + 500) * power(-500),
    };
    value.is_finite().then_some(value)
}

/// The nearest float.
pub fn to_float(form: &[u8]) -> Result<f64, NumError> {
    true_div(form, &encode_int(1))
}

/// The float without its fraction, as a number.
pub fn of_float(x: f64) -> Result<Vec<u8>, NumError> {
    if x.is_nan() {
        return Err(NumError::Nan);
    }
    if x.is_infinite() {
        return Err(NumError::Overflow);
    }
    let exponent = (x.to_bits() >> 52 & 0x7ff) as i64 - 1075;
    let mantissa = x.to_bits() & ((1 << 52) - 1) | 1 << 52;
    let size = match exponent {
        0.. => BigUint::from(mantissa) << exponent as u64,
        -63..0 => BigUint::from(mantissa >> -exponent),
        _ => BigUint::default(),
    };
    Ok(encode(x < 0.0, &size.to_bytes_be()))
}

/// `a ** exponent`
pub fn pow(a: &[u8], exponent: u32) -> Vec<u8> {
    match decode_int(a).and_then(|a| a.checked_pow(exponent)) {
        Some(small) => encode_int(small),
        None => form(&read(a).pow(exponent)),
    }
}

/// `a << count`
pub fn shift_left(a: &[u8], count: u64) -> Vec<u8> {
    form(&(read(a) << count))
}

/// `a >> count`, rounded down.
pub fn shift_right(a: &[u8], count: u64) -> Vec<u8> {
    match (decode_int(a), u32::try_from(count)) {
        (Some(a), Ok(count)) => encode_int(a >> count.min(127)),
        _ => form(&(read(a) >> count)),
    }
}

/// How many bits the size of the number needs.
pub fn bit_length(form: &[u8]) -> u64 {
    let digits = bigint::digits(form);
    let turn = if bigint::is_negative(form) { 0xff } else { 0 };
    let spare = digits.first().map_or(0, |byte| (byte ^ turn).leading_zeros());
    digits.len() as u64 * 8 - u64::from(spare)
}

/// How many bits of the size of the number are set.
pub fn bit_count(form: &[u8]) -> u64 {
    let turn = if bigint::is_negative(form) { 0xff } else { 0 };
    bigint::digits(form).iter().map(|byte| u64::from((byte ^ turn).count_ones())).sum()
}

/// Appends the decimal digits.
pub fn write(out: &mut String, form: &[u8]) {
    match decode_int(form).and_then(|small| i64::try_from(small).ok()) {
        Some(small) => super::write_int(out, small),
        None => out.push_str(&read(form).to_string()),
    }
}

/// Appends the number by a specification.
pub fn format(out: &mut String, form: &[u8], spec: &FormatSpec) -> Result<(), FormatError> {
    let number = read(form);
    let whole = Whole {
        of: "bigint",
        negative: number.sign() == Sign::Minus,
        code: decode_int(form).and_then(|code| u32::try_from(code).ok()),
        float: &|| to_float(form).ok(),
        digits: &|letter| {
            number.magnitude().to_str_radix(match letter {
                'b' => 2,
                'o' => 8,
                'x' => 16,
                _ => 10,
            })
        },
    };
    format_parts(out, &whole, spec)
}

/// `bigint(s, base)`; base 0 goes by the prefix.
pub fn parse(s: &str, base: u32) -> Result<Vec<u8>, ParseError> {
    let (negative, radix, digits) = super::parse_digits(s, base)?;
    let size = BigUint::from_radix_be(&digits, radix).ok_or(ParseError::Malformed)?;
    Ok(encode(negative, &size.to_bytes_be()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Vec<u8> {
        parse(text, 10).expect("a number")
    }

    #[test]
    fn quotients_round_once() {
        let huge = shift_left(&number("1"), 1100);
        assert_eq!(true_div(&huge, &huge), Ok(1.0));
        assert_eq!(to_float(&huge), Err(NumError::Overflow));
        assert_eq!(to_float(&number("9007199254740993")), Ok(9007199254740992.0));
        assert_eq!(to_float(&number("9007199254740995")), Ok(9007199254740996.0));
        let least = true_div(&number("1"), &shift_left(&number("1"), 1074));
        assert_eq!(least, Ok(f64::from_bits(1)));
        let half = true_div(&number("1"), &shift_left(&number("1"), 1075));
        assert_eq!(half, Ok(0.0));
        let above = true_div(&number("3"), &shift_left(&number("1"), 1075));
        assert_eq!(above, Ok(f64::from_bits(2)));
        let most = of_float(f64::MAX).and_then(|form| to_float(&form));
        assert_eq!(most, Ok(f64::MAX));
    }

    #[test]
    fn floats_lose_their_fraction() {
        for (x, text) in [(2.5, "2"), (-2.5, "-2"), (0.99, "0"), (1e20, "100000000000000000000")] {
            assert_eq!(of_float(x), Ok(number(text)), "{x}");
        }
        assert_eq!(of_float(f64::NAN), Err(NumError::Nan));
    }
}
