//! Predicates of whole strings: `isalpha` and its siblings.
//!
//! Python's rule for all but `isidentifier` and `isprintable`: the empty string has no
//! property. Predicates of one character are in `unicode.rs`.

use super::unicode;

/// Do all characters pass? The bytes are tried first: on ASCII text they decide alone.
#[inline]
fn all(s: &str, byte: impl Fn(&u8) -> bool, wide: impl Fn(char) -> bool) -> bool {
    !s.is_empty() && (s.as_bytes().iter().all(byte) || !s.is_ascii() && s.chars().all(wide))
}

/// `str.isalpha`.
pub fn is_alpha(s: &str) -> bool {
    all(s, u8::is_ascii_alphabetic, unicode::is_alpha)
}

/// `str.isdecimal`.
pub fn is_decimal(s: &str) -> bool {
    all(s, u8::is_ascii_digit, unicode::is_decimal)
}

/// `str.isdigit`.
pub fn is_digit(s: &str) -> bool {
    all(s, u8::is_ascii_digit, unicode::is_digit)
}

/// `str.isnumeric`.
pub fn is_numeric(s: &str) -> bool {
    all(s, u8::is_ascii_digit, unicode::is_numeric)
}

/// `str.isalnum`.
pub fn is_alnum(s: &str) -> bool {
    all(s, u8::is_ascii_alphanumeric, unicode::is_alnum)
}

/// `str.isspace`.
pub fn is_space(s: &str) -> bool {
    all(s, |&byte| unicode::is_ascii_space(byte), unicode::is_space)
}

/// `str.isprintable`: holds for the empty string.
pub fn is_printable(s: &str) -> bool {
    s.is_empty()
        || all(s, |byte| !byte.is_ascii_control() && byte.is_ascii(), unicode::is_printable)
}

/// `str.isidentifier`.
pub fn is_identifier(s: &str) -> bool {
    let mut chars = s.chars();
    chars.next().is_some_and(unicode::is_identifier_start)
        && chars.all(unicode::is_identifier_continue)
}

/// `str.isupper`: at least one upper-case letter and no other cased one.
pub fn is_upper(s: &str) -> bool {
    s.chars().any(char::is_uppercase)
        && !s.chars().any(|c| c.is_lowercase() || unicode::is_title(c))
}

/// `str.islower`: at least one lower-case letter and no other cased one.
pub fn is_lower(s: &str) -> bool {
    s.chars().any(char::is_lowercase)
        && !s.chars().any(|c| c.is_uppercase() || unicode::is_title(c))
}

/// `str.istitle`: capitals start words, small letters follow cased ones.
pub fn is_title(s: &str) -> bool {
    let mut after_cased = false;
    let mut any = false;
    for c in s.chars() {
        let capital = c.is_uppercase() || unicode::is_title(c);
        let small = !capital && c.is_lowercase();
        if capital && after_cased || small && !after_cased {
            return false;
        }
        after_cased = capital || small;
        any |= after_cased;
    }
    any
}
