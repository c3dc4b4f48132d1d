//! Writing JSON: strings, and the layout of a text that is JSON already.

use super::{Found, Kind, Scanner, Trouble};
use crate::text;

/// Appends a string in quotes. What is not ASCII stays.
pub fn write_str(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(plain..at).unwrap_or_default());
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            other => write_code(out, u16::from(other)),
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

/// Appends `\u` and four digits.
fn write_code(out: &mut String, code: u16) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        let digit = u32::from(code >> shift & 15);
        out.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

/// Appends a float as Python does.
pub fn write_float(out: &mut String, x: f64) {
    match x {
        _ if x.is_finite() => text::write_float(out, x),
        f64::INFINITY => out.push_str("Infinity"),
        f64::NEG_INFINITY => out.push_str("-Infinity"),
        _ => out.push_str("NaN"),
    }
}

/// Whether Python writes an escape for a character that may stand in a text.
fn is_escaped(c: char) -> bool {
    c >= '\x7f'
}

/// Appends a text with everything but ASCII as escapes.
pub fn write_ascii(out: &mut String, text: &str) {
    for part in text.split_inclusive(is_escaped) {
        let last = part.chars().next_back().filter(|c| is_escaped(*c));
        let size = last.map_or(0, char::len_utf8);
        out.push_str(part.get(..part.len() - size).unwrap_or_default());
        let mut units = [0; 2];
        for unit in last.iter().flat_map(|c| c.encode_utf16(&mut units).to_vec()) {
            write_code(out, unit);
        }
    }
}

/// How a text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// Spaces for each level, or all in one line.
    pub indent: Option<usize>,
    /// Whether keys are in order.
    pub sort_keys: bool,
    /// What stands between items.
    pub comma: &'a str,
    /// What stands behind keys.
    pub colon: &'a str,
    /// The most bytes that the text may have; a longer one is cut off somewhere behind them.
    pub limit: usize,
}

/// Appends a text of JSON in another layout.
///
/// # Errors
/// The text is no JSON, or too deep.
pub fn lay_out(out: &mut String, text: &str, layout: Layout<'_>) -> Result<(), Trouble> {
    let mut scanner = Scanner::new(text);
    value(out, &mut scanner, layout)?;
    scanner.end()
}

/// Begins a line of a level.
fn new_line(out: &mut String, layout: Layout<'_>, depth: u32) {
    if let Some(indent) = layout.indent {
        out.push('\n');
        let most = (layout.limit + 1).saturating_sub(out.len());
        let spaces = indent.saturating_mul(depth as usize).min(most);
        out.extend(std::iter::repeat_n(' ', spaces));
    }
}

/// Appends the next value. Recursion ends where the scanner says that it is too deep.
fn value(out: &mut String, scanner: &mut Scanner<'_>, layout: Layout<'_>) -> Result<(), Trouble> {
    let bracket = match scanner.kind()? {
        Kind::List => b'[',
        Kind::Dict => b'{',
        _ => {
            let start = scanner.at;
            scanner.skip()?;
            out.push_str(scanner.text.get(start..scanner.at).unwrap_or_default());
            return Ok(());
        }
    };
    scanner.open(bracket)?;
    let close = if bracket == b'[' { ']' } else { '}' };
    out.push(char::from(bracket));
    if !scanner.first(bracket) {
        out.push(close);
        return Ok(());
    }
    if layout.sort_keys && bracket == b'{' {
        sorted(out, scanner, layout)?;
    } else {
        loop {
            new_line(out, layout, scanner.depth);
            if bracket == b'{' {
                key(out, scanner, layout)?;
            }
            value(out, scanner, layout)?;
            if !scanner.further(bracket)? {
                break;
            }
            out.push_str(layout.comma);
            if out.len() > layout.limit {
                return Ok(());
            }
        }
    }
    new_line(out, layout, scanner.depth);
    out.push(close);
    Ok(())
}

fn key(out: &mut String, scanner: &mut Scanner<'_>, layout: Layout<'_>) -> Result<(), Trouble> {
    scanner.peek();
    let start = scanner.at;
    scanner.skip_key_str()?;
    out.push_str(scanner.text.get(start..scanner.at).unwrap_or_default());
    out.push_str(layout.colon);
    scanner.colon()
}

/// Appends the entries of a dict in the order of their keys.
fn sorted(out: &mut String, scanner: &mut Scanner<'_>, layout: Layout<'_>) -> Result<(), Trouble> {
    let depth = scanner.depth;
    let mut entries = Vec::new();
    loop {
        let mut said = String::new();
        let before = *scanner;
        match scanner.string()? {
            Found::Plain(key) => said.push_str(key),
            Found::Escaped(key) => scanner.said(key, &mut said)?,
        }
        scanner.colon()?;
        scanner.skip()?;
        entries.push((said, before));
        if !scanner.further(b'{')? {
            break;
        }
    }
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (n, (_, mut at)) in entries.into_iter().enumerate() {
        if n > 0 {
            out.push_str(layout.comma);
        }
        new_line(out, layout, depth);
        key(out, &mut at, layout)?;
        value(out, &mut at, layout)?;
        if out.len() > layout.limit {
            return Ok(());
        }
    }
    Ok(())
}
