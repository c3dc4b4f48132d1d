//! Where in a string? Indices are code points, as in Python.
//!
//! On ASCII text an index is a byte offset; the caller, whose string objects remember
//! whether they are ASCII, says so through [`Text`]. Splitting is in `split.rs`.

use std::ops::Range;

use super::bytes::{self, Occurrences};
use super::slice::{Slice, place, span};

/// A string of which is known whether it is ASCII.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    text: &'a str,
    ascii: bool,
}

impl<'a> Text<'a> {
    /// Looks at the text.
    pub fn new(text: &'a str) -> Text<'a> {
        Text { text, ascii: text.is_ascii() }
    }

    /// Counts positions in bytes, for callers that ask only whether something is there.
    pub fn by_bytes(text: &'a str) -> Text<'a> {
        Text { text, ascii: true }
    }

    /// Takes the caller's word for it; `false` is always correct, only slower.
    pub fn known(text: &'a str, ascii: bool) -> Text<'a> {
        debug_assert!(!ascii || text.is_ascii());
        Text { text, ascii }
    }

    /// The string.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// The number of code points.
    pub fn len(self) -> usize {
        if self.ascii { self.text.len() } else { self.text.chars().count() }
    }

    /// Is there nothing?
    pub fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// The byte offset of a code point; the end for indices beyond it.
    pub fn byte_of(self, index: usize) -> usize {
        if self.ascii || index == 0 {
            return index.min(self.text.len());
        }
        let mut chars = self.text.chars();
        match chars.nth(index - 1) {
            Some(_) => self.text.len() - chars.as_str().len(),
            None => self.text.len(),
        }
    }

    /// The index of the code point at a byte offset.
    pub fn index_of(self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        self.text.get(..byte).map_or(0, |before| before.chars().count())
    }

    /// `s[index]`.
    pub fn char_at(self, index: i64) -> Option<char> {
        if self.ascii {
            let at = place(index, self.text.len())?;
            return self.text.as_bytes().get(at).copied().map(char::from);
        }
        match usize::try_from(index) {
            Ok(index) => self.text.chars().nth(index),
            Err(_) => {
                let from_end = usize::try_from(index.unsigned_abs()).ok()?;
                self.text.chars().nth_back(from_end - 1)
            }
        }
    }

    /// `s[start:stop]`.
    pub fn slice(self, start: Option<i64>, stop: Option<i64>) -> &'a str {
        match Slice::resolve(start, stop, 1, self.len()) {
            Some(part) => self.part(part.start..part.start + part.count),
            None => "",
        }
    }

    /// Appends `s[start:stop:step]`; `None` for a step of zero.
    pub fn write_slice(
        self,
        out: &mut String,
        start: Option<i64>,
        stop: Option<i64>,
        step: i64,
    ) -> Option<()> {
        let part = Slice::resolve(start, stop, step, self.len())?;
        if part.count == 0 {
            return Some(());
        }
        let stride = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
        if step > 0 {
            let rest = &self.text[self.byte_of(part.start)..];
            out.extend(rest.chars().step_by(stride).take(part.count));
        } else {
            let rest = &self.text[..self.byte_of(part.start + 1)];
            out.extend(rest.chars().rev().step_by(stride).take(part.count));
        }
        Some(())
    }

    fn part(self, range: Range<usize>) -> &'a str {
        let start = self.byte_of(range.start);
        let rest = Text { text: &self.text[start..], ascii: self.ascii };
        &rest.text[..rest.byte_of(range.end - range.start)]
    }

    /// The part between two indices as `find` takes them, and where it begins.
    fn window(self, start: i64, end: i64) -> Option<(&'a str, usize)> {
        if start == 0 && end == i64::MAX {
            return Some((self.text, 0));
        }
        let range = span(start, end, self.len())?;
        let start = range.start;
        Some((self.part(range), start))
    }
}

/// `s.find(needle, start, end)`; `0` and `i64::MAX` stand for arguments not given.
pub fn find(s: Text, needle: &str, start: i64, end: i64) -> Option<usize> {
    let (window, first) = s.window(start, end)?;
    let at = Occurrences::of(needle, window).next()?;
    Some(first + Text { text: window, ascii: s.ascii }.index_of(at))
}

/// `s.rfind(needle, start, end)`.
pub fn rfind(s: Text, needle: &str, start: i64, end: i64) -> Option<usize> {
    let (window, first) = s.window(start, end)?;
    let at = window.rfind(needle)?;
    Some(first + Text { text: window, ascii: s.ascii }.index_of(at))
}

/// `s.count(needle, start, end)`.
pub fn count(s: Text, needle: &str, start: i64, end: i64) -> usize {
    let Some((window, _)) = s.window(start, end) else { return 0 };
    match needle.as_bytes() {
        [] => Text { text: window, ascii: s.ascii }.len() + 1,
        &[wanted] => bytes::count_byte(window.as_bytes(), wanted),
        _ => Occurrences::of(needle, window).count(),
    }
}

/// `s.startswith(prefix, start, end)`.
pub fn starts_with(s: Text, prefix: &str, start: i64, end: i64) -> bool {
    s.window(start, end).is_some_and(|(window, _)| window.starts_with(prefix))
}

/// `s.endswith(suffix, start, end)`.
pub fn ends_with(s: Text, suffix: &str, start: i64, end: i64) -> bool {
    s.window(start, end).is_some_and(|(window, _)| window.ends_with(suffix))
}
