//! Changed copies of a string: stripped, padded, replaced.
//!
//! A result that can be far longer than its arguments has a `limit` in bytes; beyond it
//! nothing is made. Changes of case are in `case.rs`.

use super::bytes::Occurrences;
use super::error::TextError;
use super::format::pad;
use super::split;

/// `s.strip(chars)`; without characters, white space.
pub fn strip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    lstrip(rstrip(s, chars), chars)
}

/// `s.lstrip(chars)`.
pub fn lstrip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    match chars {
        None => split::trim_start(s),
        Some(chars) => s.trim_start_matches(|c| chars.contains(c)),
    }
}

/// `s.rstrip(chars)`.
pub fn rstrip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    match chars {
        None => split::trim_end(s),
        Some(chars) => s.trim_end_matches(|c| chars.contains(c)),
    }
}

/// `s.removeprefix(prefix)`.
pub fn remove_prefix<'a>(s: &'a str, prefix: &str) -> &'a str {
    s.strip_prefix(prefix).unwrap_or(s)
}

/// `s.removesuffix(suffix)`.
pub fn remove_suffix<'a>(s: &'a str, suffix: &str) -> &'a str {
    s.strip_suffix(suffix).unwrap_or(s)
}

/// Appends `s.replace(from, to, most)`; a negative `most` replaces all.
pub fn replace(
    out: &mut String,
    s: &str,
    from: &str,
    to: &str,
    most: i64,
    limit: usize,
) -> Result<(), TextError> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let end = out.len().saturating_add(limit);
    let mut copied = 0;
    for at in Occurrences::of(from, s).take(most) {
        if out.len() + (at - copied) + to.len() > end {
            return Err(TextError::TooLong);
        }
        out.push_str(&s[copied..at]);
        out.push_str(to);
        copied = at + from.len();
    }
    if out.len() + (s.len() - copied) > end {
        return Err(TextError::TooLong);
    }
    out.push_str(&s[copied..]);
    Ok(())
}

/// The one character of a fill argument.
fn only_char(fill: &str) -> Result<char, TextError> {
    let mut chars = fill.chars();
    match (chars.next(), chars.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(TextError::NotOneChar),
    }
}

/// Appends `s` with padding; `before` says how much of it stands before.
fn padded(
    out: &mut String,
    s: &str,
    width: i64,
    fill: &str,
    limit: usize,
    before: impl Fn(usize) -> usize,
) -> Result<(), TextError> {
    let fill = only_char(fill)?;
    let room = room_for(s, width);
    if room.saturating_mul(fill.len_utf8()).saturating_add(s.len()) > limit {
        return Err(TextError::TooLong);
    }
    let before = before(room);
    pad(out, fill, before);
    out.push_str(s);
    pad(out, fill, room - before);
    Ok(())
}

/// How many characters `s` lacks of a width.
fn room_for(s: &str, width: i64) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(s.chars().count())
}

/// Appends `s.ljust(width, fill)`.
pub fn ljust(
    out: &mut String,
    s: &str,
    width: i64,
    fill: &str,
    limit: usize,
) -> Result<(), TextError> {
    padded(out, s, width, fill, limit, |_| 0)
}

/// Appends `s.rjust(width, fill)`.
pub fn rjust(
    out: &mut String,
    s: &str,
    width: i64,
    fill: &str,
    limit: usize,
) -> Result<(), TextError> {
    padded(out, s, width, fill, limit, |room| room)
}

/// Appends `s.center(width, fill)`.
pub fn center(
    out: &mut String,
    s: &str,
    width: i64,
    fill: &str,
    limit: usize,
) -> Result<(), TextError> {
    // Python puts the odd one before the text if the width is odd, else behind.
    let odd_before = (width & 1) as usize;
    padded(out, s, width, fill, limit, |room| room / 2 + (room & odd_before))
}

/// Appends `s.zfill(width)`: the zeros go behind the sign.
pub fn zfill(out: &mut String, s: &str, width: i64, limit: usize) -> Result<(), TextError> {
    let room = room_for(s, width);
    if room.saturating_add(s.len()) > limit {
        return Err(TextError::TooLong);
    }
    let (sign, digits) = s.split_at(usize::from(s.starts_with(['+', '-'])));
    out.push_str(sign);
    pad(out, '0', room);
    out.push_str(digits);
    Ok(())
}

/// Appends `s.expandtabs(size)`.
pub fn expandtabs(out: &mut String, s: &str, size: i64, limit: usize) -> Result<(), TextError> {
    let size = usize::try_from(size).unwrap_or(0);
    let end = out.len().saturating_add(limit);
    let mut column = 0_usize;
    for c in s.chars() {
        if c == '\t' {
            let room = if size == 0 { 0 } else { size - column % size };
            if out.len().saturating_add(room) > end {
                return Err(TextError::TooLong);
            }
            pad(out, ' ', room);
            column = column.saturating_add(room);
        } else {
            out.push(c);
            column = if matches!(c, '\n' | '\r') { 0 } else { column.saturating_add(1) };
        }
    }
    if out.len() > end { Err(TextError::TooLong) } else { Ok(()) }
}

/// `ord(s)`.
pub fn ord(s: &str) -> Result<i64, TextError> {
    only_char(s).map(|c| i64::from(u32::from(c)))
}

/// `chr(code)`; surrogates are no characters here.
pub fn chr(code: i64) -> Result<char, TextError> {
    u32::try_from(code).ok().and_then(char::from_u32).ok_or(TextError::NoSuchChar)
}
