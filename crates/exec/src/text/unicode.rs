//! Predicates of single characters, as Python's `str` methods define them.
//!
//! Not here: predicates of whole strings (`class.rs`) and the sets (`tables.rs`).

use super::tables;

/// Is `c` in the set? A set lists the places where membership changes.
fn is_in(set: &[u32], c: char) -> bool {
    set.partition_point(|&place| place <= u32::from(c)) % 2 == 1
}

/// A letter (`isalpha`).
#[inline]
pub fn is_alpha(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && is_in(tables::ALPHA, c)
}

/// A digit of a decimal system (`isdecimal`).
#[inline]
pub fn is_decimal(c: char) -> bool {
    c.is_ascii_digit() || !c.is_ascii() && is_in(tables::DECIMAL, c)
}

/// The value of a decimal digit of any script.
pub fn decimal_value(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let place = tables::DECIMAL.partition_point(|&place| place <= u32::from(c));
    if place % 2 == 0 {
        return None;
    }
    let zero = tables::DECIMAL.get(place - 1)?;
    Some((u32::from(c) - zero) % 10)
}

/// A digit, superscripts and circled ones included (`isdigit`).
#[inline]
pub fn is_digit(c: char) -> bool {
    is_decimal(c) || !c.is_ascii() && is_in(tables::OTHER_DIGIT, c)
}

/// A character that stands for a number (`isnumeric`).
#[inline]
pub fn is_numeric(c: char) -> bool {
    is_digit(c) || !c.is_ascii() && is_in(tables::OTHER_NUMERIC, c)
}

/// A letter or a number (`isalnum`).
#[inline]
pub fn is_alnum(c: char) -> bool {
    is_alpha(c) || is_numeric(c)
}

/// White space (`isspace`): Unicode's, and the four ASCII information separators.
#[inline]
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// White space among the ASCII bytes.
#[inline]
pub const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r' | 0x1c..=0x1f)
}

/// A character that `repr` shows as itself (`isprintable`).
#[inline]
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() { !c.is_ascii_control() } else { !is_in(tables::UNPRINTABLE, c) }
}

/// May start an identifier.
#[inline]
pub fn is_identifier_start(c: char) -> bool {
    if c.is_ascii() {
        return c == '_' || c.is_ascii_alphabetic();
    }
    is_in(tables::START_EXTRA, c) || is_in(tables::ALPHA, c) && !is_in(tables::START_LESS, c)
}

/// May follow in an identifier.
#[inline]
pub fn is_identifier_continue(c: char) -> bool {
    is_identifier_start(c)
        || c.is_ascii_digit()
        || !c.is_ascii() && is_in(tables::CONTINUE_EXTRA, c)
}

/// A title-case letter such as `ǅ`: one letter that shows a capital and a small one.
#[inline]
pub fn is_title(c: char) -> bool {
    !c.is_ascii() && is_in(tables::TITLE, c)
}

/// A letter that has a case.
#[inline]
pub fn is_cased(c: char) -> bool {
    c.is_lowercase() || c.is_uppercase() || is_title(c)
}
