//! Obeying a format specification: strings, bools, integers, and the padding of all numbers.
//!
//! Specifications are read in `spec.rs`; the digits of floats come from `real.rs`.

use std::fmt::Write;

use super::error::FormatError;
use super::fixed::write_int;
use super::real;
use super::spec::{Align, FormatSpec, Grouping, Sign};

/// Appends `format(s, spec)` for a string.
pub fn format_str(out: &mut String, s: &str, spec: &FormatSpec) -> Result<(), FormatError> {
    check_str(spec)?;
    let s = match spec.precision {
        Some(most) => s.char_indices().nth(most).map_or(s, |(end, _)| &s[..end]),
        None => s,
    };
    if spec.width == 0 {
        out.push_str(s);
        return Ok(());
    }
    let room = spec.width.saturating_sub(s.chars().count());
    let (before, after) = sides(spec.align.unwrap_or(Align::Left), room);
    pad(out, spec.padding(), before);
    out.push_str(s);
    pad(out, spec.padding(), after);
    Ok(())
}

/// Appends `format(c, spec)` for a character, which is formatted as a string.
pub fn format_char(out: &mut String, c: char, spec: &FormatSpec) -> Result<(), FormatError> {
    format_str(out, c.encode_utf8(&mut [0; 4]), spec)
}

/// Appends `format(b, spec)`: the name by an empty specification, else 0 or 1.
pub fn format_bool(out: &mut String, value: bool, spec: &FormatSpec) -> Result<(), FormatError> {
    if spec.is_empty() {
        out.push_str(if value { "True" } else { "False" });
        return Ok(());
    }
    format_whole(out, i128::from(value), spec, "bool")
}

/// Appends `format(n, spec)` for an integer of any width.
pub fn format_int(out: &mut String, value: i128, spec: &FormatSpec) -> Result<(), FormatError> {
    format_whole(out, value, spec, "int")
}

fn format_whole(
    out: &mut String,
    value: i128,
    spec: &FormatSpec,
    of: &'static str,
) -> Result<(), FormatError> {
    let letter = spec.letter.unwrap_or('d');
    if letter == 'd' && spec.is_bare() {
        check_int(spec, letter)?;
        match i64::try_from(value) {
            Ok(value) => write_int(out, value),
            Err(_) => out.push_str(&value.to_string()),
        }
        return Ok(());
    }
    let size = value.unsigned_abs();
    let whole = Whole {
        of,
        negative: value < 0,
        code: u32::try_from(value).ok(),
        float: &|| Some(value as f64),
        digits: &|letter| {
            let mut digits = String::new();
            // Writing to a string does not fail.
            let _ = match letter {
                'b' => write!(digits, "{size:b}"),
                'o' => write!(digits, "{size:o}"),
                'x' => write!(digits, "{size:x}"),
                _ => write!(digits, "{size}"),
            };
            digits
        },
    };
    format_parts(out, &whole, spec)
}

/// What is asked of an integer that is formatted.
pub(super) struct Whole<'a> {
    /// The name of its type.
    pub of: &'static str,
    /// Whether it is below zero.
    pub negative: bool,
    /// The number as the code of a character.
    pub code: Option<u32>,
    /// The number as a float, if it is no larger than these are.
    pub float: &'a dyn Fn() -> Option<f64>,
    /// The digits of its size, in the base of the letter.
    pub digits: &'a dyn Fn(char) -> String,
}

/// Appends an integer by a specification.
pub(super) fn format_parts(
    out: &mut String,
    whole: &Whole,
    spec: &FormatSpec,
) -> Result<(), FormatError> {
    let letter = spec.letter.unwrap_or('d');
    match letter {
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' => {
            let value = (whole.float)().ok_or(FormatError::NotAFloat)?;
            return real::format_number(out, value, spec);
        }
        'b' | 'c' | 'd' | 'n' | 'o' | 'x' | 'X' => {}
        _ => return Err(FormatError::Letter { letter, of: whole.of }),
    }
    check_int(spec, letter)?;
    if letter == 'c' {
        let c = whole.code.and_then(char::from_u32).ok_or(FormatError::NotAChar)?;
        let mut bytes = [0; 4];
        let rest = c.encode_utf8(&mut bytes);
        write_number(out, &Parts { sign: "", prefix: "", digits: "", rest, group: 3 }, spec);
        return Ok(());
    }
    let (digits, prefix, group) = match letter {
        'b' => ((whole.digits)('b'), "0b", 4),
        'o' => ((whole.digits)('o'), "0o", 4),
        'x' => ((whole.digits)('x'), "0x", 4),
        'X' => ((whole.digits)('x').to_ascii_uppercase(), "0X", 4),
        _ => ((whole.digits)('d'), "", 3),
    };
    let sign = sign_text(whole.negative, spec.sign);
    let prefix = if spec.alternate { prefix } else { "" };
    write_number(out, &Parts { sign, prefix, digits: &digits, rest: "", group }, spec);
    Ok(())
}

fn check_str(spec: &FormatSpec) -> Result<(), FormatError> {
    let of = "str";
    if let Some(letter) = spec.letter.filter(|&letter| letter != 's') {
        return Err(FormatError::Letter { letter, of });
    }
    let option = match spec {
        FormatSpec { sign: Sign::Minus | Sign::Plus | Sign::Space, .. } => "a sign",
        FormatSpec { no_negative_zero: true, .. } => "the option `z`",
        FormatSpec { alternate: true, .. } => "the option `#`",
        FormatSpec { align: Some(Align::AfterSign), .. } => "the alignment `=`",
        FormatSpec { grouping: Some(_), .. } => "a separator",
        _ => return Ok(()),
    };
    Err(FormatError::Option { option, of })
}

fn check_int(spec: &FormatSpec, letter: char) -> Result<(), FormatError> {
    check_grouping(spec, letter)?;
    let option = match spec {
        FormatSpec { precision: Some(_), .. } => "a precision",
        FormatSpec { no_negative_zero: true, .. } => "the option `z`",
        FormatSpec { sign: Sign::Minus | Sign::Plus | Sign::Space, .. } if letter == 'c' => {
            "a sign"
        }
        FormatSpec { alternate: true, .. } if letter == 'c' => "the option `#`",
        _ => return Ok(()),
    };
    Err(FormatError::Option { option, of: if letter == 'c' { "c" } else { "int" } })
}

/// Separators are for digits in tens; `_` also parts the digits of powers of two.
pub(super) fn check_grouping(spec: &FormatSpec, letter: char) -> Result<(), FormatError> {
    let fits = match spec.grouping {
        None => true,
        Some(Grouping::Comma) => matches!(letter, 'd' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%'),
        Some(Grouping::Underscore) => !matches!(letter, 'c' | 'n'),
    };
    match spec.grouping {
        Some(grouping) if !fits => {
            Err(FormatError::SeparatorWith { separator: grouping.mark(), letter })
        }
        _ => Ok(()),
    }
}

/// What stands for the sign of a number.
pub(super) fn sign_text(negative: bool, sign: Sign) -> &'static str {
    match sign {
        _ if negative => "-",
        Sign::Plus => "+",
        Sign::Space => " ",
        Sign::Unsaid | Sign::Minus => "",
    }
}

/// The parts of a number in their order; only `digits` are grouped.
pub(super) struct Parts<'a> {
    pub sign: &'a str,
    pub prefix: &'a str,
    pub digits: &'a str,
    pub rest: &'a str,
    pub group: usize,
}

/// Appends a number with its padding and its separators.
pub(super) fn write_number(out: &mut String, parts: &Parts, spec: &FormatSpec) {
    let fill = spec.padding();
    let align = spec.align.unwrap_or(if spec.zero { Align::AfterSign } else { Align::Right });
    let fixed = parts.sign.len() + parts.prefix.len() + parts.rest.chars().count();
    // Zeros behind the sign are digits: they are grouped with the others.
    let wanted = match (fill, align) {
        ('0', Align::AfterSign) => spec.width.saturating_sub(fixed),
        _ => 0,
    };
    let zeros = leading_zeros(parts, wanted, spec.grouping.is_some());
    let count = zeros + parts.digits.len();
    let marks = match spec.grouping {
        Some(_) => count.saturating_sub(1) / parts.group,
        None => 0,
    };
    let room = spec.width.saturating_sub(fixed + count + marks);
    let (before, after) = sides(align, room);
    pad(out, fill, before);
    out.push_str(parts.sign);
    out.push_str(parts.prefix);
    pad(out, fill, room - before - after);
    match spec.grouping {
        Some(grouping) => write_grouped(out, zeros, parts, grouping.mark()),
        None => {
            pad(out, '0', zeros);
            out.push_str(parts.digits);
        }
    }
    out.push_str(parts.rest);
    pad(out, fill, after);
}

/// How many zeros bring the digits, with their separators, to the wanted width at least.
fn leading_zeros(parts: &Parts, wanted: usize, grouped: bool) -> usize {
    if parts.digits.is_empty() || wanted == 0 {
        return 0;
    }
    // A separator never comes first, so a field that would start with one gets one
    // digit more than it asks for.
    let marks = if grouped { (wanted - 1) / (parts.group + 1) } else { 0 };
    (wanted - marks).saturating_sub(parts.digits.len())
}

fn write_grouped(out: &mut String, zeros: usize, parts: &Parts, mark: char) {
    let count = zeros + parts.digits.len();
    let digits = std::iter::repeat_n('0', zeros).chain(parts.digits.chars());
    for (place, digit) in digits.enumerate() {
        if place > 0 && (count - place).is_multiple_of(parts.group) {
            out.push(mark);
        }
        out.push(digit);
    }
}

/// How the padding is shared out: before and behind; what is left goes between.
fn sides(align: Align, room: usize) -> (usize, usize) {
    match align {
        Align::Left => (0, room),
        Align::Right => (room, 0),
        Align::Center => (room / 2, room - room / 2),
        Align::AfterSign => (0, 0),
    }
}

/// Appends a character some times.
pub(super) fn pad(out: &mut String, fill: char, times: usize) {
    out.extend(std::iter::repeat_n(fill, times));
}
