//! The values of literals: digits to numbers, escapes to characters, adjacent strings to one.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::{Tok, Token};
use kaa_base::diag::Diagnostic;

/// The most digits of an integer literal: reading more takes more time than they are long.
const MOST_DIGITS: usize = 10_000;

/// What the text of a string may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    Text,
    Bytes,
    /// The text of an f-string: doubled braces stand for single ones.
    Field,
}

impl Parser<'_> {
    pub(super) fn int_value(&mut self, token: Token) -> ExprKind {
        let text = self.token_text(token);
        let (radix, digits) = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => (16, &text[2..]),
            [b'0', b'o' | b'O', ..] => (8, &text[2..]),
            [b'0', b'b' | b'B', ..] => (2, &text[2..]),
            _ => (10, text),
        };
        let mut value = Some(0u128);
        for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
            let next = value.and_then(|v| v.checked_mul(u128::from(radix)));
            value = next.and_then(|v| v.checked_add(u128::from(digit)));
        }
        match value {
            Some(value) => ExprKind::Int(self.ast.push(value)),
            None if text.len() <= MOST_DIGITS => {
                let text = text.replace('_', "").to_ascii_lowercase();
                ExprKind::BigInt(self.names.intern(&text))
            }
            None => {
                let diag = Diagnostic::error(
                    codes::BAD_NUMBER,
                    self.token_span(token),
                    format!("a literal has at most {MOST_DIGITS} digits"),
                )
                .help("`bigint(\"...\")` reads any number of them");
                self.report(diag);
                ExprKind::Error
            }
        }
    }

    pub(super) fn float_value(&mut self, token: Token) -> ExprKind {
        let text = self.token_text(token);
        let parsed = match text.contains('_') {
            true => text.replace('_', "").parse::<f64>(),
            false => text.parse::<f64>(),
        };
        match parsed {
            Ok(value) if value.is_finite() => ExprKind::Float(self.ast.push(value)),
            _ => {
                let span = self.token_span(token);
                let message = "this number is too large for a float";
                self.report(Diagnostic::error(codes::BAD_NUMBER, span, message));
                ExprKind::Error
            }
        }
    }

    /// One string or several adjacent ones, f-strings among them.
    pub(super) fn strings(&mut self) -> ExprId {
        let lo = self.token().lo;
        let first = self.token();
        let alone = !matches!(self.peek(1).kind, Tok::Str | Tok::FStart | Tok::BadStr);
        if first.kind == Tok::Str && alone {
            self.bump();
            let kind = self.string_value(first);
            let span = self.token_span(first);
            return self.expr_node(kind, span);
        }
        let mut text = String::new();
        let mut bytes = Vec::new();
        let mut parts = Vec::new();
        let (mut texts, mut byte_strings, mut fields) = (false, false, false);
        while !self.quiet {
            let token = self.token();
            match token.kind {
                Tok::Str => {
                    self.bump();
                    if self.is_bytes(token) {
                        byte_strings = true;
                        self.decode_string(token, |_, byte| bytes.push(byte));
                    } else {
                        texts = true;
                        self.decode_text(token, &mut text);
                    }
                }
                Tok::FStart => {
                    (texts, fields) = (true, true);
                    self.fstring(&mut text, &mut parts);
                }
                Tok::BadStr => {
                    self.bump();
                    texts = !byte_strings;
                }
                _ => break,
            }
        }
        let span = self.since(lo);
        if texts && byte_strings {
            let message = "text and bytes do not join";
            self.report(Diagnostic::error(codes::BAD_LITERAL, span, message));
            return self.expr_node(ExprKind::Error, span);
        }
        let kind = if byte_strings {
            ExprKind::Bytes(self.ast.push(bytes.into_boxed_slice()))
        } else if fields {
            if !text.is_empty() {
                parts.push(FPart::Text(self.names.intern(&text)));
            }
            ExprKind::FString(self.ast.push_list(parts))
        } else {
            ExprKind::Str(self.names.intern(&text))
        };
        self.expr_node(kind, span)
    }

    fn is_bytes(&self, token: Token) -> bool {
        let text = self.token_text(token);
        text.bytes().take(2).any(|b| b | 0x20 == b'b') && {
            // The letter counts only before the quote.
            text.find(['b', 'B']) < text.find(['"', '\''])
        }
    }

    fn string_value(&mut self, token: Token) -> ExprKind {
        if self.is_bytes(token) {
            let mut bytes = Vec::new();
            self.decode_string(token, |_, byte| bytes.push(byte));
            return ExprKind::Bytes(self.ast.push(bytes.into_boxed_slice()));
        }
        let (lo, hi, raw) = self.string_inside(token);
        let inside = self.text.get(lo as usize..hi as usize).unwrap_or("");
        if raw || !inside.bytes().any(|b| b == b'\\' || b == b'\r') {
            return ExprKind::Str(self.names.intern(inside));
        }
        let mut text = String::with_capacity(inside.len());
        self.decode_text(token, &mut text);
        ExprKind::Str(self.names.intern(&text))
    }

    /// The range between the quotes, and whether escapes are off.
    fn string_inside(&self, token: Token) -> (u32, u32, bool) {
        let text = self.token_text(token);
        let prefix = text.find(['"', '\'']).unwrap_or(0);
        let raw = text[..prefix].contains(['r', 'R']);
        let quotes = &text[prefix..];
        let triple =
            quotes.len() >= 6 && (quotes.starts_with("\"\"\"") || quotes.starts_with("'''"));
        let len = if triple { 3 } else { 1 };
        (token.lo + prefix as u32 + len, token.hi - len, raw)
    }

    fn decode_text(&mut self, token: Token, out: &mut String) {
        let (lo, hi, raw) = self.string_inside(token);
        self.decode(lo, hi, raw, Flavor::Text, |c| out.push(c));
    }

    fn decode_string(&mut self, token: Token, mut out: impl FnMut(&Self, u8)) {
        let (lo, hi, raw) = self.string_inside(token);
        let mut bytes = Vec::new();
        self.decode(lo, hi, raw, Flavor::Bytes, |c| bytes.push(u32::from(c) as u8));
        for byte in bytes {
            out(self, byte);
        }
    }

    /// Hands out the characters that the source from `lo` to `hi` stands for.
    pub(super) fn decode(
        &mut self,
        lo: u32,
        hi: u32,
        raw: bool,
        flavor: Flavor,
        mut out: impl FnMut(char),
    ) {
        let source = self.text;
        let text = source.get(lo as usize..hi as usize).unwrap_or("");
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|&(_, c)| c);
            match c {
                '\r' if next == Some('\n') => {}
                '{' | '}' if flavor == Flavor::Field && next == Some(c) => {
                    chars.next();
                    out(c);
                }
                '\\' if !raw => {
                    let escape = escape(&text[at..], flavor == Flavor::Bytes);
                    match escape {
                        Ok((len, c)) => {
                            while chars.peek().is_some_and(|&(next, _)| next < at + len) {
                                chars.next();
                            }
                            c.into_iter().for_each(&mut out);
                        }
                        Err((len, why)) => {
                            self.bad_escape(lo + at as u32, len as u32, &why);
                        }
                    }
                }
                _ if flavor == Flavor::Bytes && !c.is_ascii() => {
                    let at = lo + at as u32;
                    let span = self.span(at, at + c.len_utf8() as u32);
                    let message = format!("`{c}` is no ASCII character");
                    let diag = Diagnostic::error(codes::BAD_LITERAL, span, message)
                        .help("write its bytes as `\\xHH`, or use a string");
                    self.report(diag);
                }
                _ => out(c),
            }
        }
    }

    fn bad_escape(&mut self, at: u32, len: u32, why: &str) {
        let span = self.span(at, at + len);
        let diag = Diagnostic::error(codes::BAD_ESCAPE, span, why)
            .fix("write `\\\\` for a backslash", span.start(), "\\")
            .help("or put `r` before the string, where backslashes stand for themselves");
        self.report(diag);
    }
}

/// Reads the escape that `text` begins with: its length and its character, if it stands for one.
fn escape(text: &str, bytes: bool) -> Result<(usize, Option<char>), (usize, String)> {
    let Some(c) = text[1..].chars().next() else { return Ok((1, None)) };
    let simple = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\\' | '\'' | '"' => c,
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0C',
        'v' => '\x0B',
        '\n' => return Ok((2, None)),
        '\r' if text[2..].starts_with('\n') => return Ok((3, None)),
        '0'..='7' => {
            let digits = text[1..].bytes().take(3).take_while(|b| matches!(b, b'0'..=b'7'));
            let (len, value) =
                digits.fold((1, 0u32), |(n, v), b| (n + 1, v * 8 + u32::from(b - b'0')));
            return match char::from_u32(value) {
                Some(c) if value < 256 => Ok((len, Some(c))),
                _ => Err((len, format!("`{}` is beyond \\377", &text[..len]))),
            };
        }
        'x' => return hex_escape(text, 2),
        'u' if !bytes => return hex_escape(text, 4),
        'U' if !bytes => return hex_escape(text, 8),
        _ => {
            let len = 1 + c.len_utf8();
            return Err((len, format!("`\\{}` is no escape", c.escape_debug())));
        }
    };
    Ok((2, Some(simple)))
}

fn hex_escape(text: &str, digits: usize) -> Result<(usize, Option<char>), (usize, String)> {
    let found = text[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
    let escape = &text[..2 + found];
    if found < digits {
        let message = format!("`{}` needs {digits} hexadecimal digits", &text[..2]);
        return Err((escape.len(), message));
    }
    match u32::from_str_radix(&escape[2..], 16).ok().and_then(char::from_u32) {
        Some(c) => Ok((escape.len(), Some(c))),
        None => Err((escape.len(), format!("`{escape}` is no character"))),
    }
}
