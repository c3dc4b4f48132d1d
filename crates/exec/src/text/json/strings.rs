//! Strings of JSON: where they end, and what they say.

use super::{Scanner, Trouble, What};

const NOT_CLOSED: What = What::Is("a string is not closed");
const CONTROL: What = What::Is("a string holds a control character; it is written as an escape");
const NO_ESCAPE: What = What::Is("there is no such escape");
const HALF: What = What::Is("half of a surrogate pair is no character");

/// A string as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found<'t> {
    /// Just these characters.
    Plain(&'t str),
    /// The same, but there are escapes in it.
    Escaped(&'t str),
}

/// How many of eight bytes are in front of the first one that ends a run of plain characters.
#[inline]
fn plain_bytes(bytes: [u8; 8]) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(bytes);
    let zeros = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let control = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
    let found = control | zeros(word ^ (LOW * 0x22)) | zeros(word ^ (LOW * 0x5c));
    found.trailing_zeros() as usize / 8
}

impl<'t> Scanner<'t> {
    /// Goes to the next quote, backslash or control character and tells it; 0 at the end.
    #[inline]
    fn run(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(chunk) = bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let plain = plain_bytes(*chunk);
            self.at += plain;
            if plain < 8 {
                return bytes[self.at];
            }
        }
        while let Some(&byte) = bytes.get(self.at) {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    fn trouble(&self, what: What) -> Trouble {
        Trouble { at: self.at, what }
    }

    /// Why a run of characters ended where it did.
    #[cold]
    fn broken(&self) -> Trouble {
        self.trouble(if self.at >= self.text.len() { NOT_CLOSED } else { CONTROL })
    }

    /// Takes a string without looking at what its escapes say.
    ///
    /// # Errors
    /// There is none.
    pub fn string(&mut self) -> Result<Found<'t>, Trouble> {
        if self.peek() != b'"' {
            return Err(self.expected("a string"));
        }
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            match self.run() {
                b'"' => break,
                b'\\' if self.at + 1 < self.text.len() => {
                    escaped = true;
                    self.at += 2;
                }
                _ => return Err(self.broken()),
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(if escaped { Found::Escaped(text) } else { Found::Plain(text) })
    }

    /// Takes a string, and looks that its escapes say something.
    pub(super) fn skip_str(&mut self) -> Result<(), Trouble> {
        match self.string()? {
            Found::Plain(_) => Ok(()),
            Found::Escaped(text) => {
                let end = self.at;
                unescape(self.text, end - 1 - text.len()..end - 1, &mut String::new())
            }
        }
    }

    /// What a string says that was just taken and has escapes.
    ///
    /// # Errors
    /// An escape says nothing.
    pub fn said(&self, found: &str, out: &mut String) -> Result<(), Trouble> {
        let end = self.at - 1;
        unescape(self.text, end - found.len()..end, out)
    }
}

/// Appends what a part of the text says, between quotes.
fn unescape(text: &str, part: std::ops::Range<usize>, out: &mut String) -> Result<(), Trouble> {
    let mut plain = part.start;
    let bytes = text.as_bytes();
    let mut at = part.start;
    while at < part.end {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        out.push_str(text.get(plain..at).unwrap_or_default());
        let wrong = |what| Trouble { at, what };
        let simple = match bytes.get(at + 1) {
            Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let (c, size) = code(bytes, at).map_err(wrong)?;
                out.push(c);
                at += size;
                plain = at;
                continue;
            }
            _ => return Err(wrong(NO_ESCAPE)),
        };
        out.push(simple);
        at += 2;
        plain = at;
    }
    out.push_str(text.get(plain..part.end).unwrap_or_default());
    Ok(())
}

/// The character of `\u` and four digits, or of two of these, and how many bytes that takes.
fn code(bytes: &[u8], at: usize) -> Result<(char, usize), What> {
    let first = hex(bytes, at).ok_or(NO_ESCAPE)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    let second = hex(bytes, at + 6).filter(|code| (0xdc00..0xe000).contains(code));
    let second = second.filter(|_| first < 0xdc00).ok_or(HALF)?;
    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code).map(|c| (c, 12)).ok_or(HALF)
}

/// The four digits of an escape.
fn hex(bytes: &[u8], at: usize) -> Option<u32> {
    let (start, digits) = bytes.get(at..at + 6)?.split_at(2);
    if start != b"\\u" {
        return None;
    }
    digits.iter().try_fold(0, |code, &digit| Some(code * 16 + char::from(digit).to_digit(16)?))
}
