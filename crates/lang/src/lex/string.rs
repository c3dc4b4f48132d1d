//! Strings and f-strings: finds their ends.
//!
//! A plain string is one token. An f-string is `FStart`, then `FText` and fields, then `FEnd`; a
//! field is `FOpen`, the tokens of its expression, perhaps `FEcho`, perhaps `FBang` and a name,
//! perhaps `FColon` and the parts of its spec, then `FClose`. Quotes inside a field are free.

use super::token::Tok;
use super::{Lexer, MAX_NESTING, Open, Opener};
use crate::codes;
use kaa_base::diag::Diagnostic;

/// Whether letters before a quote make a string of a special kind.
pub(super) fn is_prefix(word: &[u8]) -> bool {
    let lower = |at: usize| word.get(at).map_or(0, |b| b | 0x20);
    matches!(
        (lower(0), lower(1)),
        (b'r' | b'b' | b'f' | b'u', 0) | (b'r', b'b' | b'f') | (b'b', b'r') | (b'f', b'r')
    )
}

impl Lexer<'_> {
    /// A string whose prefix begins at the current position and whose quote is at `quote_at`.
    pub(super) fn string(&mut self, quote_at: usize) {
        let lo = self.pos;
        let prefix = &self.src[lo..quote_at];
        let has = |letter: u8| prefix.iter().any(|b| b | 0x20 == letter);
        let (raw, text) = (has(b'r'), has(b'f'));
        let quote = self.src[quote_at];
        let triple = self.byte(quote_at + 1) == quote && self.byte(quote_at + 2) == quote;
        let start = quote_at + if triple { 3 } else { 1 };
        if text {
            return self.open_text(start, Opener::Text { quote, triple, raw });
        }
        match self.string_end(start, quote, triple) {
            Ok(hi) => {
                self.emit(Tok::Str, lo, hi);
                self.pos = hi;
            }
            Err(hi) => self.unterminated(lo, start, hi, quote),
        }
    }

    /// The position behind the closing quote, or where the search ended.
    fn string_end(&self, start: usize, quote: u8, triple: bool) -> Result<usize, usize> {
        let mut at = start;
        while let Some(&byte) = self.src.get(at) {
            if byte == quote {
                if !triple {
                    return Ok(at + 1);
                }
                if self.byte(at + 1) == quote && self.byte(at + 2) == quote {
                    return Ok(at + 3);
                }
            } else if byte == b'\\' {
                at += 1 + usize::from(self.src[at + 1..].starts_with(b"\r\n"));
            } else if byte == b'\n' && !triple {
                return Err(at);
            }
            at += 1;
        }
        Err(self.src.len())
    }

    fn unterminated(&mut self, lo: usize, start: usize, mut hi: usize, quote: u8) {
        if self.byte(hi.wrapping_sub(1)) == b'\r' && hi > start {
            hi -= 1;
        }
        // `f"{x"`: the quote that should end the f-string looks like the start of a string.
        let around = self.open.iter().rposition(|o| matches!(o.what, Opener::Text { .. }));
        if let Some(at) = around
            && matches!(self.open[at].what, Opener::Text { quote: q, .. } if q == quote)
            && self.open.len() > at + 1
        {
            self.pos = lo;
            self.unclosed_field(at);
            self.pos = start;
            return;
        }
        let quotes = &self.text[lo..start];
        let span = self.span(lo, start);
        let closing = quotes.trim_start_matches(|c: char| c.is_alphabetic());
        let diag = Diagnostic::error(
            codes::UNTERMINATED_STRING,
            span,
            format!("this string has no closing `{closing}`"),
        );
        let end = hi - self.closers_before(hi);
        let line_end = self.span(end, end);
        let diag = if closing.len() == 1 {
            diag.fix(format!("write `{closing}`"), line_end, closing)
                .help("text over several lines stands in triple quotes")
        } else {
            diag
        };
        self.report(diag);
        self.emit(Tok::BadStr, lo, hi);
        self.pos = hi;
    }

    /// How many of the brackets opened on this line seem to be closed at its end, before `hi`.
    fn closers_before(&self, hi: usize) -> usize {
        let opened = self.open.iter().rev();
        let here = opened.take_while(|o| !self.src[o.lo as usize..self.pos].contains(&b'\n'));
        let closers = self.src[..hi].iter().rev().take_while(|b| matches!(b, b')' | b']' | b'}'));
        here.count().min(closers.count())
    }

    fn open_text(&mut self, start: usize, what: Opener) {
        let lo = self.pos;
        if self.open.len() >= MAX_NESTING {
            let span = self.span(lo, start);
            let message = format!("f-strings nest deeper than {MAX_NESTING} levels");
            return self.stop(Diagnostic::error(codes::TOO_DEEP, span, message));
        }
        if matches!(what, Opener::Text { triple: false, .. }) {
            self.line_texts += 1;
        }
        self.open.push(Open { what, lo: lo as u32 });
        self.emit(Tok::FStart, lo, start);
        self.pos = start;
    }

    /// The text of an f-string up to a field or its end.
    pub(super) fn fstring_text(&mut self, quote: u8, triple: bool, raw: bool) {
        let lo = self.pos;
        let mut at = lo;
        loop {
            let Some(&byte) = self.src.get(at) else {
                self.text_token(lo, at);
                self.pos = at;
                return;
            };
            let next = self.byte(at + 1);
            match byte {
                b'\n' if !triple => {
                    self.text_token(lo, at);
                    self.pos = at;
                    return self.text_cut_off();
                }
                b'\\'
                    if !matches!(next, b'{' | b'}') && (!raw || next == quote || next == b'\\') =>
                {
                    at += 2 + usize::from(self.src[at + 1..].starts_with(b"\r\n"));
                    at = at.min(self.src.len());
                }
                b'{' | b'}' if next == byte => at += 2,
                b'{' => {
                    self.text_token(lo, at);
                    self.pos = at;
                    return self.open_field();
                }
                b'}' => {
                    self.stray_brace(at);
                    at += 1;
                }
                _ if byte == quote => {
                    let len = if triple { 3 } else { 1 };
                    if triple && !(next == quote && self.byte(at + 2) == quote) {
                        at += 1;
                        continue;
                    }
                    self.text_token(lo, at);
                    self.open.pop();
                    self.line_texts -= usize::from(!triple);
                    self.pos = at;
                    return self.take(Tok::FEnd, len);
                }
                _ => at += 1,
            }
        }
    }

    fn stray_brace(&mut self, at: usize) {
        let span = self.span(at, at + 1);
        let diag = Diagnostic::error(codes::BAD_FIELD, span, "a single `}` in an f-string").fix(
            "write `}}` for the character",
            span,
            "}}",
        );
        self.report(diag);
    }

    fn text_token(&mut self, lo: usize, hi: usize) {
        if hi > lo {
            self.emit(Tok::FText, lo, hi);
        }
    }

    fn open_field(&mut self) {
        if self.open.len() >= MAX_NESTING {
            let span = self.span(self.pos, self.pos + 1);
            let message = format!("brackets nest deeper than {MAX_NESTING} levels");
            return self.stop(Diagnostic::error(codes::TOO_DEEP, span, message));
        }
        self.open.push(Open { what: Opener::Field, lo: self.pos as u32 });
        self.take(Tok::FOpen, 1);
    }

    /// The format spec of a field up to a nested field or the end of its field.
    pub(super) fn fstring_spec(&mut self) {
        let lo = self.pos;
        let around = self.open.iter().rev().find_map(|open| match open.what {
            Opener::Text { quote, triple, .. } => Some((quote, triple)),
            _ => None,
        });
        let (quote, triple) = around.unwrap_or((0, false));
        let mut at = lo;
        while let Some(&byte) = self.src.get(at) {
            match byte {
                b'{' => {
                    self.text_token(lo, at);
                    self.pos = at;
                    return self.open_field();
                }
                b'}' => {
                    self.text_token(lo, at);
                    self.open.pop();
                    self.open.pop();
                    self.pos = at;
                    return self.take(Tok::FClose, 1);
                }
                b'\n' if !triple => break,
                _ if byte == quote && !triple => break,
                _ => at += 1,
            }
        }
        self.text_token(lo, at);
        self.pos = at;
        if let Some(text) = self.open.iter().rposition(|o| matches!(o.what, Opener::Text { .. })) {
            self.unclosed_field(text);
            self.pos += usize::from(self.byte(self.pos) == quote);
        }
    }

    /// Operators that end or divide the expression of a field. Says whether it took one.
    pub(super) fn field_operator(&mut self, byte: u8, second: u8) -> bool {
        match byte {
            b':' => {
                self.take(Tok::FColon, 1);
                self.open.push(Open { what: Opener::Spec, lo: self.pos as u32 });
            }
            b'!' if second != b'=' => self.take(Tok::FBang, 1),
            b'=' if second != b'=' => {
                let spaces = self.src[self.pos + 1..].iter().take_while(|&&b| b == b' ').count();
                if !matches!(self.byte(self.pos + 1 + spaces), b'}' | b':' | b'!') {
                    return false;
                }
                self.take(Tok::FEcho, 1 + spaces);
            }
            _ => return false,
        }
        true
    }

    /// A line break inside an f-string of one line.
    pub(super) fn text_cut_off(&mut self) {
        let at = self
            .open
            .iter()
            .position(|o| matches!(o.what, Opener::Text { triple: false, .. }))
            .unwrap_or(0);
        if self.open.len() > at + 1 {
            return self.unclosed_field(at);
        }
        self.unterminated_text(at);
        while self.open.len() > at {
            self.close_virtually();
        }
    }

    /// Reports the f-string at `at` of the open things as not closed.
    pub(super) fn unterminated_text(&mut self, at: usize) {
        let Some(&Open { lo, .. }) = self.open.get(at) else { return };
        let span = self.span(lo as usize, lo as usize + 2);
        let message = "this f-string has no closing quote";
        self.report(Diagnostic::error(codes::UNTERMINATED_STRING, span, message));
    }

    /// Reports the innermost field of the f-string at `at` as not closed and ends the f-string.
    fn unclosed_field(&mut self, at: usize) {
        let field = self.open[at..].iter().rfind(|open| open.what == Opener::Field);
        let lo = field.map_or(self.pos, |open| open.lo as usize);
        let span = self.span(lo, lo + 1);
        let here = self.span(self.pos, self.pos);
        let diag = Diagnostic::error(codes::BAD_FIELD, span, "this field has no closing `}`")
            .fix("write `}`", here, "}")
            .help("write `{{` for the character");
        self.report(diag);
        while self.open.len() > at {
            self.close_virtually();
        }
    }
}
