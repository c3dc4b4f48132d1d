//! A cursor over the text: white space, comments, words, numbers, strings, names.
//!
//! Knows nothing of modules; `items` and `body` do.

use std::borrow::Cow;

use super::{TextError, quote};

/// A place in the text.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    pos: usize,
    /// Where the last token begins; errors about it point there.
    last: usize,
}

/// Whether a character belongs to words.
pub fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a name can stand behind `@` or `$` without quotes.
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| is_word(c) || c == '.')
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, pos: 0, last: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.pos..]
    }

    /// Moves behind white space and comments.
    pub fn skip_space(&mut self) {
        loop {
            let rest = self.rest().trim_ascii_start();
            self.pos = self.text.len() - rest.len();
            if !rest.starts_with(';') {
                return;
            }
            self.pos += rest.find('\n').unwrap_or(rest.len());
        }
    }

    /// Where the next token begins.
    pub fn next_pos(&mut self) -> usize {
        self.skip_space();
        self.pos
    }

    /// Where the last token begins.
    pub fn last_pos(&self) -> usize {
        self.last
    }

    /// Goes to a place that was passed before.
    pub fn go_to(&mut self, pos: usize) {
        self.pos = pos;
    }

    /// The next character, which is not consumed.
    pub fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest().chars().next()
    }

    /// The next word, which is not consumed; empty where there is none.
    pub fn peek_word(&mut self) -> &'a str {
        self.skip_space();
        let rest = self.rest();
        &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
    }

    /// Consumes one character.
    pub fn bump(&mut self) {
        self.last = self.next_pos();
        self.pos += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// Consumes `text` if it comes next; a word only where it ends there.
    pub fn accept(&mut self, text: &str) -> bool {
        self.skip_space();
        let Some(rest) = self.rest().strip_prefix(text) else { return false };
        if text.ends_with(is_word) && rest.starts_with(is_word) {
            return false;
        }
        self.last = self.pos;
        self.pos += text.len();
        true
    }

    /// Consumes `text` or fails.
    pub fn expect(&mut self, text: &str) -> Result<(), TextError> {
        if self.accept(text) { Ok(()) } else { Err(self.expected(&format!("`{text}`"))) }
    }

    /// Consumes a word.
    pub fn word(&mut self) -> Result<&'a str, TextError> {
        let word = self.peek_word();
        if word.is_empty() {
            return Err(self.expected("a word"));
        }
        self.last = self.pos;
        self.pos += word.len();
        Ok(word)
    }

    /// Consumes a word with this beginning, such as `v1`.
    pub fn tagged(&mut self, tag: &str, what: &str) -> Result<&'a str, TextError> {
        if self.peek_word().starts_with(tag) { self.word() } else { Err(self.expected(what)) }
    }

    /// Consumes an integer, decimal or `0x`, within 64 bits.
    pub fn integer(&mut self) -> Result<i128, TextError> {
        let start = self.next_pos();
        let negative = self.accept("-");
        let word = self.word()?;
        self.last = start;
        let digits = word.replace('_', "");
        let number = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse::<u64>(),
        };
        match number {
            Ok(n) => Ok(if negative { -i128::from(n) } else { i128::from(n) }),
            Err(_) => Err(self.fail("expected an integer of at most 64 bits")),
        }
    }

    /// Consumes an integer that fits `N`.
    pub fn number<N: TryFrom<i128>>(&mut self) -> Result<N, TextError> {
        let n = self.integer()?;
        N::try_from(n).map_err(|_| self.fail("the number is out of range"))
    }

    /// Consumes a quoted string as bytes.
    pub fn quoted(&mut self) -> Result<Vec<u8>, TextError> {
        self.expect("\"")?;
        let (bytes, used) = quote::read(self.rest())
            .map_err(|(at, message)| TextError::at(self.text, self.pos + at, message))?;
        self.pos += used;
        Ok(bytes)
    }

    /// Consumes a quoted string as text.
    pub fn string(&mut self) -> Result<String, TextError> {
        let bytes = self.quoted()?;
        String::from_utf8(bytes).map_err(|_| self.fail("the string is not valid UTF-8"))
    }

    /// Consumes a name behind a sigil: `@main`, `@"a b"`.
    pub fn name(&mut self, sigil: &str, what: &str) -> Result<Cow<'a, str>, TextError> {
        if !self.accept(sigil) {
            return Err(self.expected(what));
        }
        let start = self.last;
        let rest = self.rest();
        if rest.starts_with('"') {
            let name = self.string()?;
            self.last = start;
            return Ok(Cow::Owned(name));
        }
        let plain = &rest[..rest.find(|c| !is_word(c) && c != '.').unwrap_or(rest.len())];
        if plain.is_empty() {
            return Err(self.fail("expected a name"));
        }
        self.pos += plain.len();
        Ok(Cow::Borrowed(plain))
    }

    /// An error about the last token.
    pub fn fail(&self, message: impl Into<String>) -> TextError {
        TextError::at(self.text, self.last, message)
    }

    /// An error about the next token.
    pub fn expected(&mut self, what: &str) -> TextError {
        let pos = self.next_pos();
        let found: String = match self.peek_word() {
            "" => self.rest().chars().next().map_or("the end".into(), |c| format!("`{c}`")),
            word => format!("`{}`", word.chars().take(40).collect::<String>()),
        };
        TextError::at(self.text, pos, format!("expected {what}, found {found}"))
    }

    /// An error at a place that was passed before.
    pub fn fail_at(&self, pos: usize, message: impl Into<String>) -> TextError {
        TextError::at(self.text, pos, message)
    }
}
