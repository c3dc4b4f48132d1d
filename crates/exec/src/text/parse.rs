//! Reading numbers as Python's `int()` and `float()` do.
//!
//! White space around them, underscores between digits and the decimal digits of all
//! scripts are allowed. Numbers in a program's source are not read here.

use super::error::ParseError;
use super::unicode;

/// `int(s, base)`; base 0 goes by the prefix.
pub fn parse_int(s: &str, base: u32) -> Result<i64, ParseError> {
    if base == 10
        && let Some(value) = short_decimal(s.as_bytes())
    {
        return Ok(value);
    }
    i64::try_from(parse_wide(s, base)?).map_err(|_| ParseError::OutOfRange)
}

/// The same for every integer type: the caller narrows.
pub fn parse_wide(s: &str, base: u32) -> Result<i128, ParseError> {
    // Negative numbers reach further, so the value is built below zero.
    let mut value = Some(0_i128);
    let (negative, _) = each_digit(s, base, |radix, digit| {
        value = value
            .and_then(|value| value.checked_mul(i128::from(radix)))
            .and_then(|value| value.checked_sub(i128::from(digit)));
    })?;
    let value = if negative { value } else { value.and_then(i128::checked_neg) };
    value.ok_or(ParseError::OutOfRange)
}

/// The same for integers without bounds: whether it is negative, the radix, and the values of its
/// digits.
pub fn parse_digits(s: &str, base: u32) -> Result<(bool, u32, Vec<u8>), ParseError> {
    let mut digits = Vec::with_capacity(s.len());
    let (negative, radix) = each_digit(s, base, |_, digit| digits.push(digit as u8))?;
    Ok((negative, radix, digits))
}

/// Reads a text to its end and tells each digit with the radix. Gives whether the number is
/// negative, and the radix.
#[inline]
fn each_digit(
    s: &str,
    base: u32,
    mut tell: impl FnMut(u32, u32),
) -> Result<(bool, u32), ParseError> {
    if base == 1 || base > 36 {
        return Err(ParseError::BadBase);
    }
    let text = s.trim_matches(unicode::is_space);
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix, zeros_only) = take_prefix(text, base);
    let mut after_digit = false;
    for c in digits.chars() {
        if c == '_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = c.to_digit(36).or_else(|| unicode::decimal_value(c));
        let digit = digit.filter(|&digit| digit < radix).ok_or(ParseError::Malformed)?;
        if zeros_only && digit != 0 {
            return Err(ParseError::Malformed);
        }
        tell(radix, digit);
        after_digit = true;
    }
    if after_digit { Ok((negative, radix)) } else { Err(ParseError::Malformed) }
}

/// A plain decimal that surely fits; everything else is `None`.
#[inline]
fn short_decimal(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// Splits off `0x` and its like. Gives the digits, their radix, and whether only zeros
/// are allowed: base 0 forbids decimal numbers that look like old octal ones.
fn take_prefix(text: &str, base: u32) -> (&str, u32, bool) {
    for (radix, small, large) in [(16, "0x", "0X"), (8, "0o", "0O"), (2, "0b", "0B")] {
        if base != radix && base != 0 {
            continue;
        }
        if let Some(rest) = text.strip_prefix(small).or_else(|| text.strip_prefix(large)) {
            return (rest.strip_prefix('_').unwrap_or(rest), radix, false);
        }
    }
    match base {
        0 => (text, 10, text.starts_with('0')),
        _ => (text, base, false),
    }
}

/// `float(s)`.
pub fn parse_float(s: &str) -> Result<f64, ParseError> {
    let text = s.trim_matches(unicode::is_space);
    // The grammar of `std` is Python's but for underscores and other scripts' digits.
    if let Ok(value) = text.parse() {
        return Ok(value);
    }
    plain_float(text).and_then(|plain| plain.parse().ok()).ok_or(ParseError::Malformed)
}

/// The number without its underscores and in ASCII digits.
fn plain_float(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars().map(|c| unicode::decimal_value(c).map_or(c, ascii_digit)) {
        let joins = if c == '_' { before.is_ascii_digit() } else { true };
        let follows = if before == '_' { c.is_ascii_digit() } else { true };
        if !(joins && follows) {
            return None;
        }
        if c != '_' {
            plain.push(c);
        }
        before = c;
    }
    (before != '_').then_some(plain)
}

fn ascii_digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}
