//! The lexer: text to tokens, in one pass and without recursion.
//!
//! What comes out is well formed whatever goes in: brackets, f-strings and blocks are balanced
//! (a missing closer appears as a token of no width), a line break inside brackets is no token,
//! and the last tokens are `Newline`, the open `Dedent`s and `Eof`. Each irregularity is one
//! diagnostic here, and the parser stays silent about tokens of no width and `Bad` tokens.
//!
//! `token` lists the kinds, `string` reads strings and f-strings, `number` checks numbers and
//! `layout` makes blocks of indentation. Values are decoded by the parser, see `parse::literal`.

mod layout;
mod number;
mod string;
pub mod token;

use crate::codes;
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, Span};
use token::{Tok, Token};

/// Brackets and f-string fields may nest this deep.
pub const MAX_NESTING: usize = 200;
/// Blocks may nest this deep.
pub const MAX_INDENTS: usize = 100;
/// Longer files are refused.
pub const MAX_FILE: usize = 256 << 20;
/// After this many diagnostics of one file the rest is dropped.
pub const MAX_DIAGNOSTICS: usize = 200;

/// What the lexer makes of a file.
pub struct Lexed {
    /// The tokens; the last one is `Eof`.
    pub tokens: Vec<Token>,
    /// The irregularities.
    pub diags: Vec<Diagnostic>,
}

/// Something that is open: a bracket, an f-string, or the inside of one of its fields.
#[derive(Clone, Copy)]
struct Open {
    what: Opener,
    lo: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Paren,
    Square,
    Brace,
    /// The text of an f-string.
    Text {
        quote: u8,
        triple: bool,
        raw: bool,
    },
    /// The expression of a field.
    Field,
    /// The format spec of a field, above its `Field`.
    Spec,
}

impl Opener {
    /// The token that ends it.
    fn closer(self) -> Option<Tok> {
        Some(match self {
            Opener::Paren => Tok::RParen,
            Opener::Square => Tok::RBracket,
            Opener::Brace => Tok::RBrace,
            Opener::Text { .. } => Tok::FEnd,
            Opener::Field => Tok::FClose,
            Opener::Spec => return None,
        })
    }
}

pub(crate) struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    src: &'a [u8],
    pos: usize,
    tokens: Vec<Token>,
    diags: Vec<Diagnostic>,
    open: Vec<Open>,
    /// F-strings among `open` that may not span lines.
    line_texts: usize,
    indents: Vec<u32>,
    /// Edits that replace tabs, reported as one diagnostic at the end.
    tab_edits: Vec<(Span, String)>,
    tab_lines: usize,
    /// Number of diagnostics when the outermost bracket was opened.
    diags_before: usize,
    /// How often reading went back behind a bracket that is never closed.
    resumed: u32,
    stopped: bool,
}

/// Splits `text` into tokens.
pub fn lex(file: FileId, text: &str) -> Lexed {
    if text.len() > MAX_FILE {
        let span = Span::new(file, 0, 0);
        let diag = Diagnostic::error(codes::FILE_TOO_LARGE, span, "the file is too large")
            .note(format!("it has {} bytes, the limit is {MAX_FILE}", text.len()));
        return Lexed { tokens: vec![Token { kind: Tok::Eof, lo: 0, hi: 0 }], diags: vec![diag] };
    }
    let mut lexer = Lexer {
        file,
        text,
        src: text.as_bytes(),
        pos: 0,
        tokens: Vec::with_capacity(text.len() / 3 + 4),
        diags: Vec::new(),
        open: Vec::new(),
        line_texts: 0,
        indents: vec![0],
        tab_edits: Vec::new(),
        tab_lines: 0,
        diags_before: 0,
        resumed: 0,
        stopped: false,
    };
    lexer.run();
    Lexed { tokens: lexer.tokens, diags: lexer.diags }
}

/// Whether a byte can be within a name; bytes of non-ASCII characters are checked apart.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.src.starts_with(b"\xEF\xBB\xBF") {
            self.pos = 3;
        }
        self.line_start();
        loop {
            while self.pos < self.src.len() && !self.stopped {
                match self.open.last().map(|open| open.what) {
                    Some(Opener::Text { quote, triple, raw }) => {
                        self.fstring_text(quote, triple, raw);
                    }
                    Some(Opener::Spec) => self.fstring_spec(),
                    _ => self.token(),
                }
            }
            if self.stopped || !self.resume_after_unclosed() {
                break;
            }
        }
        if self.stopped {
            self.pos = self.src.len();
        }
        self.finish();
    }

    fn byte(&self, at: usize) -> u8 {
        self.src.get(at).copied().unwrap_or(0)
    }

    fn span(&self, lo: usize, hi: usize) -> Span {
        Span::new(self.file, lo as u32, hi as u32)
    }

    fn report(&mut self, diag: Diagnostic) {
        if self.diags.len() < MAX_DIAGNOSTICS {
            self.diags.push(diag);
        }
    }

    fn emit(&mut self, kind: Tok, lo: usize, hi: usize) {
        self.tokens.push(Token { kind, lo: lo as u32, hi: hi as u32 });
    }

    /// Emits a token of `len` bytes at the current position.
    fn take(&mut self, kind: Tok, len: usize) {
        self.emit(kind, self.pos, self.pos + len);
        self.pos += len;
    }

    fn token(&mut self) {
        let byte = self.src[self.pos];
        match byte {
            b' ' | b'\t' | b'\x0C' => self.pos += 1,
            b'\n' => self.newline(1),
            b'\r' if self.byte(self.pos + 1) == b'\n' => self.newline(2),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(self.pos + 1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.string(self.pos),
            b'#' => self.comment(),
            b'\\' => self.line_join(),
            b'(' => self.open_bracket(Tok::LParen, Opener::Paren),
            b'[' => self.open_bracket(Tok::LBracket, Opener::Square),
            b'{' => self.open_bracket(Tok::LBrace, Opener::Brace),
            b')' => self.close_bracket(Opener::Paren),
            b']' => self.close_bracket(Opener::Square),
            b'}' => self.close_bracket(Opener::Brace),
            0x80.. => self.wide(),
            _ => self.operator(byte),
        }
    }

    fn comment(&mut self) {
        while self.pos < self.src.len() && self.src[self.pos] != b'\n' {
            self.pos += 1;
        }
    }

    fn line_join(&mut self) {
        match (self.byte(self.pos + 1), self.byte(self.pos + 2)) {
            (b'\n', _) => self.pos += 2,
            (b'\r', b'\n') => self.pos += 3,
            _ => self.unknown(1, "a backslash joins lines only as the last character of a line"),
        }
    }

    fn word(&mut self) {
        let lo = self.pos;
        let mut hi = lo + 1;
        while hi < self.src.len() && is_word(self.src[hi]) {
            hi += 1;
        }
        let next = self.byte(hi);
        if next >= 0x80 {
            return self.wide();
        }
        let word = &self.src[lo..hi];
        if (next == b'"' || next == b'\'') && hi - lo <= 2 && string::is_prefix(word) {
            return self.string(hi);
        }
        let kind = match word[0] {
            b'a'..=b'y' | b'F' | b'N' | b'T' if word.len() <= 8 => {
                Tok::keyword(word).unwrap_or(Tok::Name)
            }
            _ => Tok::Name,
        };
        self.emit(kind, lo, hi);
        self.pos = hi;
    }

    /// A name with a character beyond ASCII, or a character that no token begins with.
    fn wide(&mut self) {
        let lo = self.pos;
        let mut hi = lo;
        for (at, c) in self.text[lo..].char_indices() {
            let letter = c.is_alphabetic() || c == '_';
            if !letter && (at == 0 || !c.is_alphanumeric()) {
                break;
            }
            hi = lo + at + c.len_utf8();
        }
        if hi > lo {
            self.emit(Tok::Name, lo, hi);
            self.pos = hi;
            return;
        }
        let c = self.text[lo..].chars().next().unwrap_or(' ');
        if c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}' {
            let span = self.span(lo, lo + c.len_utf8());
            let message = format!("invisible character U+{:04X} in the program", u32::from(c));
            let diag = Diagnostic::error(codes::UNKNOWN_CHARACTER, span, message).fix(
                "write a space",
                span,
                " ",
            );
            self.report(diag);
            self.pos += c.len_utf8();
        } else {
            self.unknown(c.len_utf8(), "no word or operator of Kaa begins with it");
        }
    }

    /// Reports `len` bytes that belong to no token.
    fn unknown(&mut self, len: usize, why: &str) {
        let span = self.span(self.pos, self.pos + len);
        let shown = self.text[self.pos..self.pos + len].escape_debug().to_string();
        let mut diag = Diagnostic::error(
            codes::UNKNOWN_CHARACTER,
            span,
            format!("unexpected character `{shown}`"),
        )
        .note(why);
        let ascii = match shown.as_str() {
            "“" | "”" => "\"",
            "‘" | "’" => "'",
            "−" | "–" => "-",
            "×" => "*",
            "≤" => "<=",
            "≥" => ">=",
            "≠" => "!=",
            "，" => ",",
            _ => "",
        };
        if !ascii.is_empty() {
            diag = diag.fix(format!("write `{ascii}`"), span, ascii);
        }
        self.report(diag);
        self.take(Tok::Bad, len);
    }

    fn open_bracket(&mut self, kind: Tok, what: Opener) {
        if self.open.len() >= MAX_NESTING {
            let span = self.span(self.pos, self.pos + 1);
            let message = format!("brackets nest deeper than {MAX_NESTING} levels");
            return self.stop(Diagnostic::error(codes::TOO_DEEP, span, message));
        }
        if self.open.is_empty() {
            self.diags_before = self.diags.len();
        }
        self.open.push(Open { what, lo: self.pos as u32 });
        self.take(kind, 1);
    }

    /// Ends the work at a limit: what follows is not read.
    fn stop(&mut self, diag: Diagnostic) {
        self.diags.truncate(MAX_DIAGNOSTICS - 1);
        self.report(diag);
        self.emit(Tok::Bad, self.pos, self.pos);
        self.stopped = true;
    }

    fn close_bracket(&mut self, what: Opener) {
        let lo = self.pos;
        match self.open.last() {
            Some(open) if open.what == what => {
                self.open.pop();
                self.take(what.closer().unwrap_or(Tok::RParen), 1);
            }
            Some(open) if open.what == Opener::Field && what == Opener::Brace => {
                self.open.pop();
                self.take(Tok::FClose, 1);
            }
            _ => self.wrong_closer(what, lo),
        }
    }

    /// A closing bracket that does not close what was opened last.
    fn wrong_closer(&mut self, what: Opener, lo: usize) {
        let here = self.span(lo, lo + 1);
        let found = char::from(self.src[lo]);
        let Some(&last) = self.open.last() else {
            let message = format!("`{found}` closes nothing");
            self.report(Diagnostic::error(codes::UNMATCHED_BRACKET, here, message));
            return self.take(Tok::Bad, 1);
        };
        // Inside an f-string's field nothing outside of it can be closed.
        let floor = self.open.iter().rposition(|open| open.what == Opener::Field).unwrap_or(0);
        let matches = |open: &Open| {
            open.what == what || (open.what == Opener::Field && what == Opener::Brace)
        };
        let partner = self.open[floor..].iter().rposition(matches).map(|at| at + floor);
        let opener = self.span(last.lo as usize, last.lo as usize + 1);
        let shown = char::from(self.byte(last.lo as usize));
        let expected = last.what.closer().map_or("}", Tok::text);
        if partner.is_some() {
            let message = format!("`{shown}` is not closed");
            let diag = Diagnostic::error(codes::UNMATCHED_BRACKET, opener, message)
                .label(here, format!("`{expected}` is missing before this `{found}`"))
                .fix(format!("write `{expected}`"), here.start(), expected);
            self.report(diag);
        } else {
            let message = format!("`{found}` does not close `{shown}`");
            let diag = Diagnostic::error(codes::UNMATCHED_BRACKET, here, message)
                .label(opener, "opened here")
                .fix(format!("write `{expected}`"), here, expected);
            self.report(diag);
        }
        let keep = partner.unwrap_or(self.open.len() - 1);
        while self.open.len() > keep + 1 {
            self.close_virtually();
        }
        if let Some(open) = self.open.pop() {
            self.take(open.what.closer().unwrap_or(Tok::FClose), 1);
        }
    }

    /// Closes the innermost open thing by a token of no width.
    fn close_virtually(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if let Opener::Text { triple: false, .. } = open.what {
            self.line_texts -= 1;
        }
        if let Some(kind) = open.what.closer() {
            self.emit(kind, self.pos, self.pos);
        }
    }

    fn operator(&mut self, byte: u8) {
        let (second, third) = (self.byte(self.pos + 1), self.byte(self.pos + 2));
        let in_field = matches!(self.open.last(), Some(Open { what: Opener::Field, .. }));
        if in_field && self.field_operator(byte, second) {
            return;
        }
        match operator(byte, second, third) {
            Some((kind, len)) => self.take(kind, len),
            None => {
                let why = match byte {
                    b'\r' => "lines end in a line feed, with or without a carriage return before",
                    _ => "no word or operator of Kaa begins with it",
                };
                self.unknown(1, why);
            }
        }
    }
}

/// The longest operator at three bytes, with its length.
fn operator(first: u8, second: u8, third: u8) -> Option<(Tok, usize)> {
    let pick = |long: &[(u8, Tok)], short: Tok| {
        let two = long.iter().find(|(byte, _)| *byte == second);
        two.map_or((short, 1), |&(_, kind)| (kind, 2))
    };
    let wrapping = |plain: Tok, wrap: Tok| match third {
        b'=' => (plain, 3),
        _ => (wrap, 2),
    };
    Some(match (first, second) {
        (b'+', b'%') => wrapping(Tok::PlusWrapEq, Tok::PlusWrap),
        (b'-', b'%') => wrapping(Tok::MinusWrapEq, Tok::MinusWrap),
        (b'*', b'%') => wrapping(Tok::StarWrapEq, Tok::StarWrap),
        (b'*', b'*') => wrapping(Tok::StarStarEq, Tok::StarStar),
        (b'/', b'/') => wrapping(Tok::SlashSlashEq, Tok::SlashSlash),
        (b'<', b'<') => wrapping(Tok::ShlEq, Tok::Shl),
        (b'>', b'>') => wrapping(Tok::ShrEq, Tok::Shr),
        (b'=', b'=') => wrapping(Tok::EqEqEq, Tok::EqEq),
        (b'!', b'=') => wrapping(Tok::NotEqEq, Tok::NotEq),
        (b'.', b'.') if third == b'.' => (Tok::Ellipsis, 3),
        (b'+', _) => pick(&[(b'=', Tok::PlusEq)], Tok::Plus),
        (b'-', _) => pick(&[(b'=', Tok::MinusEq), (b'>', Tok::Arrow)], Tok::Minus),
        (b'*', _) => pick(&[(b'=', Tok::StarEq)], Tok::Star),
        (b'/', _) => pick(&[(b'=', Tok::SlashEq)], Tok::Slash),
        (b'%', _) => pick(&[(b'=', Tok::PercentEq)], Tok::Percent),
        (b'<', _) => pick(&[(b'=', Tok::Le)], Tok::Lt),
        (b'>', _) => pick(&[(b'=', Tok::Ge)], Tok::Gt),
        (b'&', _) => pick(&[(b'=', Tok::AmpEq), (b'&', Tok::AmpAmp)], Tok::Amp),
        (b'|', _) => pick(&[(b'=', Tok::PipeEq), (b'|', Tok::PipePipe)], Tok::Pipe),
        (b'^', _) => pick(&[(b'=', Tok::CaretEq)], Tok::Caret),
        (b'@', _) => pick(&[(b'=', Tok::AtEq)], Tok::At),
        (b':', _) => pick(&[(b'=', Tok::Walrus)], Tok::Colon),
        (b'?', _) => pick(&[(b'?', Tok::Coalesce)], Tok::Question),
        (b'=', _) => (Tok::Eq, 1),
        (b'!', _) => (Tok::Bang, 1),
        (b'~', _) => (Tok::Tilde, 1),
        (b'.', _) => (Tok::Dot, 1),
        (b',', _) => (Tok::Comma, 1),
        (b';', _) => (Tok::Semi, 1),
        _ => return None,
    })
}
