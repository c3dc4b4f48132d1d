//! How `repr` shows text and bytes.
//!
//! Unprintable characters are escaped as `\xNN`, `\uNNNN` or `\UNNNNNNNN`; what is
//! printable is decided in `unicode.rs`. Numbers are shown by `float.rs`.

use std::fmt::Write;

use super::unicode;

/// Python's `repr(s)`.
pub fn repr_str(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 2);
    write_repr_str(&mut out, s);
    out
}

/// Appends `repr(s)`.
pub fn write_repr_str(out: &mut String, s: &str) {
    let quote = quote_for(s.as_bytes());
    out.push(char::from(quote));
    let mut plain = 0;
    for (at, &byte) in s.as_bytes().iter().enumerate() {
        // The bytes inside a character are skipped: it was seen at its first one.
        let shown = matches!(byte, b' '..=b'~' | 0x80..0xc0) && byte != quote && byte != b'\\';
        if shown {
            continue;
        }
        let Some(c) = s[at..].chars().next() else { continue };
        if !c.is_ascii() && unicode::is_printable(c) {
            continue;
        }
        out.push_str(&s[plain..at]);
        write_escape(out, c);
        plain = at + c.len_utf8();
    }
    out.push_str(&s[plain..]);
    out.push(char::from(quote));
}

/// Appends the `repr` of a one-character string.
pub fn write_repr_char(out: &mut String, c: char) {
    write_repr_str(out, c.encode_utf8(&mut [0; 4]));
}

/// Python's `repr(bytes)`.
pub fn repr_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 3);
    write_repr_bytes(&mut out, bytes);
    out
}

/// Appends `repr(bytes)`.
pub fn write_repr_bytes(out: &mut String, bytes: &[u8]) {
    let quote = quote_for(bytes);
    out.push('b');
    out.push(char::from(quote));
    for &byte in bytes {
        if matches!(byte, b' '..=b'~') && byte != quote && byte != b'\\' {
            out.push(char::from(byte));
        } else {
            write_escape(out, char::from(byte));
        }
    }
    out.push(char::from(quote));
}

/// Single quotes, unless only they occur in the text.
fn quote_for(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' }
}

fn write_escape(out: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = match (c, u32::from(c)) {
        ('\\' | '\'' | '"', _) => write!(out, "\\{c}"),
        ('\n', _) => out.write_str("\\n"),
        ('\r', _) => out.write_str("\\r"),
        ('\t', _) => out.write_str("\\t"),
        (_, code @ ..0x100) => write!(out, "\\x{code:02x}"),
        (_, code @ ..0x10000) => write!(out, "\\u{code:04x}"),
        (_, code) => write!(out, "\\U{code:08x}"),
    };
}
