//! Quoted strings of the text form, both ways.
//!
//! Text is quoted as it is but for `"`, `\` and control characters; byte strings show
//! everything outside printable ASCII as `\xNN`.

use std::fmt::Write;

/// Appends `text` in quotes.
pub fn push_str(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a byte string in quotes.
pub fn push_bytes(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for &b in bytes {
        match b {
            b'"' | b'\\' => out.extend(['\\', char::from(b)]),
            0x20..=0x7e => out.push(char::from(b)),
            _ => {
                let _ = write!(out, "\\x{b:02x}");
            }
        }
    }
    out.push('"');
}

/// Reads what stands behind an opening quote: the bytes, and how much text they took with the
/// closing quote. The error is a position in `text` with a message.
pub fn read(text: &str) -> Result<(Vec<u8>, usize), (usize, &'static str)> {
    let mut bytes = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((bytes, at + 1)),
            '\n' => return Err((at, "the string does not end on its line")),
            '\\' => {
                let (_, escape) = chars.next().unwrap_or((at, ' '));
                match escape {
                    'n' => bytes.push(b'\n'),
                    't' => bytes.push(b'\t'),
                    'r' => bytes.push(b'\r'),
                    '"' | '\\' => bytes.push(escape as u8),
                    'x' => bytes.push(hex_byte(&mut chars).ok_or((at, "expected \\xNN"))?),
                    'u' => {
                        let c = code_point(&mut chars).ok_or((at, "expected \\u{N}"))?;
                        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    _ => return Err((at, "unknown escape")),
                }
            }
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Err((text.len(), "the string does not end"))
}

fn hex_byte(chars: &mut std::str::CharIndices<'_>) -> Option<u8> {
    let high = chars.next()?.1.to_digit(16)?;
    let low = chars.next()?.1.to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

fn code_point(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let mut number = 0u32;
    if chars.next()?.1 != '{' {
        return None;
    }
    for _ in 0..7 {
        match chars.next()?.1 {
            '}' => return char::from_u32(number),
            digit => number = number.checked_mul(16)? + digit.to_digit(16)?,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_round_trip() {
        for text in ["", "plain", "q\"b\\s", "\n\t\r\0\u{1}\u{85}", "žluťoučký \u{1F40D}"] {
            let mut out = String::new();
            push_str(&mut out, text);
            let (bytes, used) = read(&out[1..]).unwrap();
            assert_eq!((bytes.as_slice(), used + 1), (text.as_bytes(), out.len()), "{out}");
        }
        let all: Vec<u8> = (0..=255).collect();
        let mut out = String::new();
        push_bytes(&mut out, &all);
        assert!(out.is_ascii());
        assert_eq!(read(&out[1..]).unwrap().0, all);
    }

    #[test]
    fn malformed_strings_are_refused() {
        for text in ["", "a", "a\n\"", "\\q\"", "\\x1\"", "\\u{110000}\"", "\\u{d800}\"", "\\"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
