//! Obeying a format specification for floats.
//!
//! `std` gives correctly rounded digits of any number; here they are laid out as Python
//! lays them out. Padding and grouping are shared with integers and live in `format.rs`;
//! printing without a specification is in `float.rs`.

use std::fmt::Write;

use super::error::FormatError;
use super::fixed;
use super::float;
use super::format::{self, Parts};
use super::spec::FormatSpec;

/// No `f64` has more digits than this behind its point; further ones are zeros.
const MOST_DIGITS: usize = 1100;

/// Appends `format(x, spec)` for a float.
pub fn format_float(out: &mut String, x: f64, spec: &FormatSpec) -> Result<(), FormatError> {
    match spec.letter {
        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => format_number(out, x, spec),
        Some(letter) => Err(FormatError::Letter { letter, of: "float" }),
    }
}

/// The same, for a letter that is known to be one of floats.
pub(super) fn format_number(
    out: &mut String,
    x: f64,
    spec: &FormatSpec,
) -> Result<(), FormatError> {
    if let Some('n') = spec.letter {
        format::check_grouping(spec, 'n')?;
    }
    if spec.is_empty() {
        float::write_float(out, x);
        return Ok(());
    }
    if let (Some('f'), Some(precision @ ..MOST_DIGITS), true, true) =
        (spec.letter, spec.precision, spec.is_bare(), x.is_finite())
    {
        // By far the most common format. Writing to a string cannot fail.
        if !fixed::write_fixed(out, x, precision) {
            let _ = write!(out, "{x:.precision$}");
        }
        return Ok(());
    }
    let mut body = String::new();
    write_body(&mut body, x.abs(), spec);
    if matches!(spec.letter, Some('E' | 'F' | 'G')) {
        body.make_ascii_uppercase();
    }
    let zero = spec.no_negative_zero && !body.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    let negative = x.is_sign_negative() && !x.is_nan() && !(zero && x.is_finite());
    let point = body.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(body.len());
    let (digits, rest) = body.split_at(point);
    let sign = format::sign_text(negative, spec.sign);
    format::write_number(out, &Parts { sign, prefix: "", digits, rest, group: 3 }, spec);
    Ok(())
}

/// The number without its sign.
fn write_body(body: &mut String, x: f64, spec: &FormatSpec) {
    let percent = spec.letter == Some('%');
    let x = if percent { x * 100.0 } else { x };
    if !x.is_finite() {
        body.push_str(if x.is_nan() { "nan" } else { "inf" });
    } else {
        let precision = spec.precision.unwrap_or(6);
        match spec.letter {
            Some('f' | 'F' | '%') => write_fixed(body, x, precision, spec.alternate),
            Some('e' | 'E') => write_exponent(body, x, precision, spec.alternate),
            Some(_) => write_general(body, x, precision.max(1), spec.alternate, false),
            None => match spec.precision {
                Some(precision) => write_general(body, x, precision.max(1), spec.alternate, true),
                None => write_repr(body, x, spec.alternate),
            },
        }
    }
    if percent {
        body.push('%');
    }
}

fn write_fixed(body: &mut String, x: f64, precision: usize, point: bool) {
    if !fixed::write_fixed(body, x, precision) {
        let known = precision.min(MOST_DIGITS);
        let _ = write!(body, "{x:.known$}");
        format::pad(body, '0', precision - known);
    }
    if point && precision == 0 {
        body.push('.');
    }
}

fn write_exponent(body: &mut String, x: f64, precision: usize, point: bool) {
    let known = precision.min(MOST_DIGITS);
    let _ = write!(body, "{x:.known$e}");
    let mark = body.rfind('e').unwrap_or(body.len());
    let exponent = body.split_off(mark);
    format::pad(body, '0', precision - known);
    if point && precision == 0 {
        body.push('.');
    }
    let start = body.len();
    body.push_str(&exponent);
    float::fix_exponent(body, start);
}

/// `g`: significant digits, an exponent only where the number is small or large.
/// `always_point` is the format without a letter: a digit follows the point even in
/// whole numbers, so one place less is left for them.
fn write_general(body: &mut String, x: f64, precision: usize, point: bool, always_point: bool) {
    let known = precision.min(MOST_DIGITS);
    let (mut digits, exponent) = scientific(format!("{x:.*e}", known - 1));
    if point {
        format::pad(&mut digits, '0', precision - known);
    } else {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let most = precision as i64 - i64::from(always_point);
    let layout = Layout { with_exponent: !(-4..most).contains(&exponent), point, always_point };
    layout.write(body, &digits, exponent);
}

/// No letter and no precision: the shortest digits, as `repr` has them.
fn write_repr(body: &mut String, x: f64, point: bool) {
    let mut shortest = format!("{x:e}");
    float::settle_tie(&mut shortest, 0, x, x);
    let (digits, exponent) = scientific(shortest);
    let layout = Layout { with_exponent: !(-4..16).contains(&exponent), point, always_point: true };
    layout.write(body, &digits, exponent);
}

/// The digits and the exponent of a number written as `d.ddde-d`.
fn scientific(text: String) -> (String, i64) {
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

struct Layout {
    with_exponent: bool,
    /// Show the point even if nothing follows it.
    point: bool,
    /// Let a zero follow the point of a whole number.
    always_point: bool,
}

impl Layout {
    fn write(&self, body: &mut String, digits: &str, exponent: i64) {
        // Places before the point; none or fewer for fractions.
        let places = if self.with_exponent { 1 } else { exponent + 1 };
        let whole = usize::try_from(places).unwrap_or(0).min(digits.len());
        let (before, after) = digits.split_at(whole);
        body.push_str(if before.is_empty() { "0" } else { before });
        let missing = usize::try_from(places).unwrap_or(0) - whole;
        format::pad(body, '0', missing);
        if !after.is_empty() {
            body.push('.');
            format::pad(body, '0', usize::try_from(-places).unwrap_or(0));
            body.push_str(after);
        } else if self.always_point && !self.with_exponent {
            body.push_str(".0");
        } else if self.point {
            body.push('.');
        }
        if self.with_exponent {
            let sign = if exponent < 0 { '-' } else { '+' };
            let _ = write!(body, "e{sign}{:02}", exponent.unsigned_abs());
        }
    }
}
