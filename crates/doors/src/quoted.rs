//! Strings in quotes, as the text forms of all machines write them.
//!
//! Where a string may stand, and what it means there, each form knows itself.

/// The bytes of the string that a text begins with, and what stands behind it. `\n`, `\t`, `\r`,
/// `\0`, `\x41` and a backslash before a quote or a backslash stand for one byte each.
///
/// # Errors
/// There is no string, it has no end, or an escape that does not exist.
pub fn quoted(text: &str) -> Result<(Vec<u8>, &str), String> {
    let inner = text.strip_prefix('"').ok_or("a string in quotes is needed")?;
    let mut bytes = inner.bytes().enumerate();
    let mut out = Vec::new();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Ok((out, inner.get(at + 1..).unwrap_or(""))),
            b'\\' => out.push(escape(&mut bytes.by_ref().map(|(_, byte)| byte))?),
            _ => out.push(byte),
        }
    }
    Err("the string has no end".to_owned())
}

/// The byte that an escape stands for, from behind its backslash.
fn escape(rest: &mut dyn Iterator<Item = u8>) -> Result<u8, String> {
    Ok(match rest.next() {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'0') => 0,
        Some(c @ (b'"' | b'\'' | b'\\')) => c,
        Some(b'x') => {
            let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16));
            match (digit(), digit()) {
                (Some(high), Some(low)) => (high << 4 | low) as u8,
                _ => return Err("`\\x` needs two digits".to_owned()),
            }
        }
        _ => return Err("there is no such escape".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn strings_end_at_their_quote() {
        let all = quoted(r#""a\"\\\n\x00\xfF;ä" ; behind"#);
        let bytes = [&b"a\"\\\n\x00\xff;"[..], "ä".as_bytes()].concat();
        assert_eq!(all, Ok((bytes, " ; behind")));
        assert_eq!(quoted("\"\""), Ok((Vec::new(), "")));
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for text in ["", "a", "\"", "\"a", "\"\\\"", "\"\\", "\"\\q\"", "\"\\x4\"", "\"\\x4ä\""] {
            assert!(quoted(text).is_err(), "{text}");
        }
    }
}
