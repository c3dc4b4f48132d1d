//! Pieces of a string, as slices of it.
//!
//! What runs forward is an iterator, so that the caller can stop when its list cannot
//! grow; what runs backward is collected first, because the pieces are wanted in order.
//! A negative `most` means no limit to the cuts, as in Python.

use super::bytes::{self, Occurrences};
use super::error::TextError;
use super::unicode;

/// The pieces between separators; see [`split`].
#[derive(Clone, Debug)]
pub struct Pieces<'a> {
    text: &'a str,
    separators: Occurrences<'a>,
    separator_len: usize,
    /// Where the next piece starts; `None` after the last one.
    start: Option<usize>,
    /// Cuts that are left.
    cuts: usize,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let start = self.start?;
        let end = if self.cuts > 0 { self.separators.next() } else { None };
        match end {
            Some(end) => {
                self.cuts -= 1;
                self.start = Some(end + self.separator_len);
                Some(&self.text[start..end])
            }
            None => {
                self.start = None;
                Some(&self.text[start..])
            }
        }
    }
}

/// `s.split(separator, most)`.
pub fn split<'a>(s: &'a str, separator: &'a str, most: i64) -> Result<Pieces<'a>, TextError> {
    if separator.is_empty() {
        return Err(TextError::EmptySeparator);
    }
    Ok(Pieces {
        text: s,
        separators: Occurrences::of(separator, s),
        separator_len: separator.len(),
        start: Some(0),
        cuts: usize::try_from(most).unwrap_or(usize::MAX),
    })
}

/// `s.rsplit(separator, most)`.
pub fn rsplit<'a>(s: &'a str, separator: &str, most: i64) -> Result<Vec<&'a str>, TextError> {
    if separator.is_empty() {
        return Err(TextError::EmptySeparator);
    }
    let pieces = usize::try_from(most).map_or(usize::MAX, |cuts| cuts.saturating_add(1));
    let mut found: Vec<&str> = s.rsplitn(pieces, separator).collect();
    found.reverse();
    Ok(found)
}

/// The words of a string; see [`split_whitespace`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    /// What is not cut yet; starts with a word, or is empty.
    rest: &'a str,
    /// Cuts that are left.
    cuts: usize,
}

/// `s.split(None, most)`: runs of white space separate, none stays at the ends. Where the
/// cuts run out, the last piece is the rest with the white space inside and behind it.
pub fn split_whitespace(s: &str, most: i64) -> Words<'_> {
    Words { rest: trim_start(s), cuts: usize::try_from(most).unwrap_or(usize::MAX) }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        if self.cuts == 0 {
            return Some(std::mem::take(&mut self.rest));
        }
        self.cuts -= 1;
        let (word, rest) = self.rest.split_at(word_end(self.rest));
        self.rest = trim_start(rest);
        Some(word)
    }
}

/// What a byte is for the search of white space.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Space,
    /// Part of a character beyond ASCII: only the whole tells.
    Wide,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        if byte >= 0x80 {
            kinds[byte] = Kind::Wide;
        } else if unicode::is_ascii_space(byte as u8) {
            kinds[byte] = Kind::Space;
        }
        byte += 1;
    }
    kinds
};

#[inline]
fn kind(byte: u8) -> Kind {
    KINDS[usize::from(byte)]
}

/// Where the word that starts the text ends.
#[inline]
fn word_end(s: &str) -> usize {
    let bytes = s.as_bytes();
    match bytes.iter().position(|&byte| kind(byte) != Kind::Plain) {
        None => s.len(),
        Some(at) if kind(bytes[at]) == Kind::Space => at,
        Some(at) => s[at..].find(unicode::is_space).map_or(s.len(), |more| at + more),
    }
}

/// The text from its first character on that is no white space.
#[inline]
pub(super) fn trim_start(s: &str) -> &str {
    let bytes = s.as_bytes();
    match bytes.iter().position(|&byte| kind(byte) != Kind::Space) {
        None => "",
        Some(at) if kind(bytes[at]) == Kind::Plain => &s[at..],
        Some(at) => s[at..].trim_start_matches(unicode::is_space),
    }
}

/// The text up to its last character that is no white space.
#[inline]
pub(super) fn trim_end(s: &str) -> &str {
    let bytes = s.as_bytes();
    match bytes.iter().rposition(|&byte| kind(byte) != Kind::Space) {
        None => "",
        Some(at) if kind(bytes[at]) == Kind::Plain => &s[..=at],
        Some(_) => s.trim_end_matches(unicode::is_space),
    }
}

/// `s.rsplit(None, most)`.
pub fn rsplit_whitespace(s: &str, most: i64) -> Vec<&str> {
    let Ok(mut cuts) = usize::try_from(most) else {
        return split_whitespace(s, -1).collect();
    };
    let mut found = Vec::new();
    let mut rest = trim_end(s);
    while !rest.is_empty() && cuts > 0 {
        cuts -= 1;
        let start = rest.char_indices().rev().find(|&(_, c)| unicode::is_space(c));
        let start = start.map_or(0, |(at, c)| at + c.len_utf8());
        found.push(&rest[start..]);
        rest = trim_end(&rest[..start]);
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    found.reverse();
    found
}

/// The lines of a string; see [`split_lines`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a str,
    keep_ends: bool,
}

/// `s.splitlines(keepends)`.
pub fn split_lines(s: &str, keep_ends: bool) -> Lines<'_> {
    Lines { rest: s, keep_ends }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (end, next) = line_end(self.rest);
        let line = &self.rest[..if self.keep_ends { next } else { end }];
        self.rest = &self.rest[next..];
        Some(line)
    }
}

/// Where the first line ends and where the next one starts.
fn line_end(s: &str) -> (usize, usize) {
    let bytes = s.as_bytes();
    let mut from = 0;
    // Besides the ASCII ends, the first bytes of U+0085, U+2028 and U+2029.
    let may_end = |b: u8| {
        (b.wrapping_sub(b'\n') < 4) | (b.wrapping_sub(0x1c) < 3) | (b == 0xc2) | (b == 0xe2)
    };
    while let Some(at) = bytes::find_where(&bytes[from..], may_end).map(|at| from + at) {
        let width = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            0xc2 if s[at..].starts_with('\u{85}') => 2,
            0xe2 if s[at..].starts_with(['\u{2028}', '\u{2029}']) => 3,
            0xc2 | 0xe2 => 0,
            _ => 1,
        };
        if width > 0 {
            return (at, at + width);
        }
        from = at + 1;
    }
    (s.len(), s.len())
}

/// `s.partition(separator)`; without the separator, all is before it.
pub fn partition<'a>(s: &'a str, separator: &'a str) -> Result<[&'a str; 3], TextError> {
    if separator.is_empty() {
        return Err(TextError::EmptySeparator);
    }
    Ok(match s.split_once(separator) {
        Some((before, after)) => [before, separator, after],
        None => [s, "", ""],
    })
}

/// `s.rpartition(separator)`; without the separator, all is behind it.
pub fn rpartition<'a>(s: &'a str, separator: &'a str) -> Result<[&'a str; 3], TextError> {
    if separator.is_empty() {
        return Err(TextError::EmptySeparator);
    }
    Ok(match s.rsplit_once(separator) {
        Some((before, after)) => [before, separator, after],
        None => ["", "", s],
    })
}
