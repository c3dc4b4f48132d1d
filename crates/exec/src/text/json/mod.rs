//! Reading JSON from a text, one token after the other.
//!
//! A [`Scanner`] stands somewhere in a text and takes what is next. It makes no values: what a
//! token becomes is decided by its callers (`rt::json`). What is taken for JSON is what Python
//! takes, with `NaN` and `Infinity`, but halves of surrogate pairs are refused. Troubles are told
//! as positions; `place` makes sentences of them. Strings are written and texts laid out in
//! `write`.

pub mod place;
mod strings;
#[cfg(test)]
mod tests;
pub mod write;

pub use strings::Found;

/// Lists and dicts are nested this deep at most.
pub const MAX_DEPTH: u32 = 512;

/// Why a text is not what was wanted, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where.
    pub at: usize,
    /// What.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Something else was expected.
    Expected(&'static str),
    /// A sentence that tells all.
    Is(&'static str),
}

/// What a value begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A digit, `-`, `NaN` or `Infinity`.
    Number,
    /// `"`
    Str,
    /// `[`
    List,
    /// `{`
    Dict,
}

/// A number as it was written: without a fraction and an exponent it is an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer.
    Int(i64),
    /// An integer that is too large for that; with its value if it is not even larger.
    Large(Option<i128>),
    /// Any other number.
    Float(f64),
}

/// A place in a text.
#[derive(Clone, Copy, Debug)]
pub struct Scanner<'t> {
    /// The text.
    pub text: &'t str,
    /// The next byte.
    pub at: usize,
    /// How many lists and dicts are open.
    pub depth: u32,
}

impl<'t> Scanner<'t> {
    /// At the start of a text.
    pub fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0, depth: 0 }
    }

    /// The next byte, 0 at the end.
    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// Goes to the next token and tells its first byte.
    #[inline]
    pub fn peek(&mut self) -> u8 {
        loop {
            match self.byte() {
                b' ' | b'\n' | b'\t' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// A trouble at the next byte: something else was expected.
    #[cold]
    pub fn expected(&self, what: &'static str) -> Trouble {
        Trouble { at: self.at, what: What::Expected(what) }
    }

    #[cold]
    fn wrong(&self, what: &'static str) -> Trouble {
        Trouble { at: self.at, what: What::Is(what) }
    }

    /// Takes a byte if it is the next token.
    #[inline]
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Which kind of value is next.
    ///
    /// # Errors
    /// There is none.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Trouble> {
        Ok(match self.peek() {
            b'"' => Kind::Str,
            b'-' | b'0'..=b'9' => Kind::Number,
            b'N' if self.begins("NaN") => Kind::Number,
            b'I' if self.begins("Infinity") => Kind::Number,
            b'{' => Kind::Dict,
            b'[' => Kind::List,
            b't' if self.begins("true") => Kind::Bool,
            b'f' if self.begins("false") => Kind::Bool,
            b'n' if self.begins("null") => Kind::Null,
            _ => return Err(self.expected("a value")),
        })
    }

    /// Takes `[` or `{`.
    ///
    /// # Errors
    /// It is not there, or too many are open.
    pub fn open(&mut self, bracket: u8) -> Result<(), Trouble> {
        if self.peek() != bracket {
            return Err(self.expected(if bracket == b'[' { "a list" } else { "a dict" }));
        }
        if self.depth >= MAX_DEPTH {
            return Err(self.wrong("lists and dicts are nested more than 512 deep"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Behind an open bracket: whether a first item is next. Otherwise the bracket is closed.
    #[inline]
    pub fn first(&mut self, bracket: u8) -> bool {
        let closed = self.take(closing(bracket));
        self.depth = self.depth.saturating_sub(u32::from(closed));
        !closed
    }

    /// Behind an item: whether a further one is next. Otherwise the bracket is closed.
    ///
    /// # Errors
    /// There is neither a comma nor the closing bracket.
    #[inline]
    pub fn further(&mut self, bracket: u8) -> Result<bool, Trouble> {
        match self.peek() {
            b',' => {
                self.at += 1;
                Ok(true)
            }
            byte if byte == closing(bracket) => {
                self.at += 1;
                self.depth = self.depth.saturating_sub(1);
                Ok(false)
            }
            _ => Err(self.expected(if bracket == b'[' { "`,` or `]`" } else { "`,` or `}`" })),
        }
    }

    /// Takes the colon behind a key.
    ///
    /// # Errors
    /// It is not there.
    #[inline]
    pub fn colon(&mut self) -> Result<(), Trouble> {
        match self.take(b':') {
            true => Ok(()),
            false => Err(self.expected("`:`")),
        }
    }

    fn begins(&self, word: &str) -> bool {
        self.text.as_bytes()[self.at..].starts_with(word.as_bytes())
    }

    /// Takes one of the words of JSON.
    fn word(&mut self, word: &'static str) -> bool {
        let found = self.begins(word);
        let behind = self.text.as_bytes().get(self.at + word.len());
        let whole = found && !behind.is_some_and(u8::is_ascii_alphanumeric);
        self.at += if whole { word.len() } else { 0 };
        whole
    }

    /// Takes `true` or `false`.
    ///
    /// # Errors
    /// It is not there.
    pub fn bool(&mut self) -> Result<bool, Trouble> {
        self.peek();
        match (self.word("true"), self.word("false")) {
            (true, _) => Ok(true),
            (_, true) => Ok(false),
            _ => Err(self.expected("a bool")),
        }
    }

    /// Takes `null`.
    ///
    /// # Errors
    /// It is not there.
    pub fn null(&mut self) -> Result<(), Trouble> {
        self.peek();
        match self.word("null") {
            true => Ok(()),
            false => Err(self.expected("null")),
        }
    }

    /// Takes a number.
    ///
    /// # Errors
    /// There is none.
    pub fn number(&mut self) -> Result<Number, Trouble> {
        let first = self.peek();
        let start = self.at;
        if matches!(first, b'N' | b'I' | b'-') {
            for (word, value) in
                [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)]
            {
                if self.word(word) {
                    return Ok(Number::Float(value));
                }
            }
        }
        let bytes = self.text.as_bytes();
        let mut end = start + usize::from(first == b'-');
        let digits = end;
        let (mut value, mut large) = (0i64, false);
        while let Some(digit) = bytes.get(end).map(|byte| byte.wrapping_sub(b'0'))
            && digit < 10
        {
            // Counted downwards, where there is one integer more.
            let next = value.checked_mul(10).and_then(|tens| tens.checked_sub(i64::from(digit)));
            (value, large) = (next.unwrap_or(0), large || next.is_none());
            end += 1;
        }
        if end == digits {
            return Err(self.expected("a number"));
        }
        if bytes[digits] == b'0' && end > digits + 1 {
            return Err(self.wrong("a number does not begin with zeros"));
        }
        let whole = end;
        end = fraction(bytes, end);
        self.at = end;
        if end == whole {
            let value = if first == b'-' { Some(value) } else { value.checked_neg() };
            if let Some(value) = value.filter(|_| !large) {
                return Ok(Number::Int(value));
            }
        }
        let written = self.text.get(start..end).unwrap_or_default();
        if end == whole {
            return Ok(Number::Large(written.parse().ok()));
        }
        Ok(Number::Float(written.parse().unwrap_or(f64::NAN)))
    }

    /// Takes any value.
    ///
    /// # Errors
    /// There is none.
    pub fn skip(&mut self) -> Result<(), Trouble> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.kind()? {
                Kind::Null => self.null()?,
                Kind::Bool => _ = self.bool()?,
                Kind::Number => _ = self.number()?,
                Kind::Str => self.skip_str()?,
                Kind::List | Kind::Dict => {
                    let bracket = self.byte();
                    self.open(bracket)?;
                    if self.first(bracket) {
                        open.push(bracket);
                        self.skip_key(bracket)?;
                        continue;
                    }
                }
            }
            while let Some(&bracket) = open.last() {
                if self.further(bracket)? {
                    self.skip_key(bracket)?;
                    break;
                }
                open.pop();
            }
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn skip_key(&mut self, bracket: u8) -> Result<(), Trouble> {
        if bracket == b'{' {
            self.skip_key_str()?;
            self.colon()?;
        }
        Ok(())
    }

    fn skip_key_str(&mut self) -> Result<(), Trouble> {
        match self.peek() {
            b'"' => self.skip_str(),
            _ => Err(self.expected("a key in quotes")),
        }
    }

    /// Looks that nothing more follows.
    ///
    /// # Errors
    /// Something does.
    pub fn end(&mut self) -> Result<(), Trouble> {
        self.peek();
        match self.at >= self.text.len() {
            true => Ok(()),
            false => Err(self.expected("the end of the text")),
        }
    }
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'[' { b']' } else { b'}' }
}

/// Where the fraction and the exponent of a number end; a dot without digits is not part of it.
fn fraction(bytes: &[u8], mut end: usize) -> usize {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let from = end + 1 + sign;
        if digits(from) > from {
            end = digits(from);
        }
    }
    end
}
