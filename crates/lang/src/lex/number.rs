//! Numbers: finds their end and refuses malformed ones. Their values are decoded in
//! `parse::literal`.

use super::token::Tok;
use super::{Lexer, is_word};
use crate::codes;
use kaa_base::diag::Diagnostic;

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let lo = self.pos;
        let radix = match (self.src[lo], self.byte(lo + 1) | 0x20) {
            (b'0', b'x') => 16,
            (b'0', b'o') => 8,
            (b'0', b'b') => 2,
            _ => 10,
        };
        if radix != 10 {
            return self.radix_number(lo, radix);
        }
        let mut hi = self.digits(lo);
        let mut kind = Tok::Int;
        if self.byte(hi) == b'.' && !self.method_follows(hi + 1) {
            kind = Tok::Float;
            hi = self.digits(hi + 1);
        }
        if self.exponent_follows(hi) {
            kind = Tok::Float;
            hi = self.digits(hi + 1 + usize::from(!self.byte(hi + 1).is_ascii_digit()));
        }
        if is_word(self.byte(hi)) || self.byte(hi) >= 0x80 {
            return self.bad_suffix(lo, hi);
        }
        if self.bad_underscore(lo, hi) {
            return self.bad_number(lo, hi, "an underscore stands between two digits");
        }
        let digits = &self.src[lo..hi];
        if kind == Tok::Int && digits[0] == b'0' && digits.iter().any(|b| matches!(b, b'1'..=b'9'))
        {
            return self.leading_zero(lo, hi);
        }
        self.emit(kind, lo, hi);
        self.pos = hi;
    }

    /// The first position from `at` that is neither digit nor underscore.
    fn digits(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_digit() || self.byte(at) == b'_' {
            at += 1;
        }
        at
    }

    /// Whether a dot before `at` calls a method on an integer (`5.abs()`) or begins `...`.
    fn method_follows(&self, at: usize) -> bool {
        let next = self.byte(at);
        next == b'.' || ((is_word(next) && !next.is_ascii_digit()) && !self.exponent_follows(at))
    }

    fn exponent_follows(&self, at: usize) -> bool {
        self.byte(at) | 0x20 == b'e'
            && (self.byte(at + 1).is_ascii_digit()
                || (matches!(self.byte(at + 1), b'+' | b'-') && self.byte(at + 2).is_ascii_digit()))
    }

    fn bad_underscore(&self, lo: usize, hi: usize) -> bool {
        let digits = &self.src[lo..hi];
        digits.iter().enumerate().any(|(at, &byte)| {
            let left = at.checked_sub(1).map_or(0, |at| digits[at]);
            let right = digits.get(at + 1).copied().unwrap_or(0);
            byte == b'_' && !(left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric())
        })
    }

    fn radix_number(&mut self, lo: usize, radix: u32) {
        let mut hi = lo + 2;
        while is_word(self.byte(hi)) {
            hi += 1;
        }
        let digits = &self.src[lo + 2..hi];
        let wrong = digits.iter().find(|&&b| b != b'_' && !char::from(b).is_digit(radix));
        if let Some(&wrong) = wrong {
            let message = format!("`{}` is no digit in base {radix}", char::from(wrong));
            return self.bad_number(lo, hi, &message);
        }
        if digits.iter().all(|&b| b == b'_') {
            return self.bad_number(lo, hi, "digits are missing behind the base");
        }
        if self.bad_underscore(lo, hi) {
            return self.bad_number(lo, hi, "an underscore stands between two digits");
        }
        self.emit(Tok::Int, lo, hi);
        self.pos = hi;
    }

    fn bad_suffix(&mut self, lo: usize, hi: usize) {
        let end = self.text[hi..]
            .char_indices()
            .find(|&(_, c)| !(c.is_alphanumeric() || c == '_'))
            .map_or(self.src.len(), |(at, _)| hi + at);
        if end == hi {
            // A character that is no letter: the number is whole, the lexer sees the rest next.
            self.emit(Tok::Int, lo, hi);
            self.pos = hi;
            return;
        }
        let message = match &self.text[hi..end] {
            "j" | "J" => "Kaa has no complex numbers",
            _ => "a number ends where a letter begins",
        };
        self.bad_number(lo, end, message);
    }

    fn leading_zero(&mut self, lo: usize, hi: usize) {
        let span = self.span(lo, hi);
        let digits = self.text[lo..hi].trim_start_matches(['0', '_']);
        let mut diag = Diagnostic::error(
            codes::BAD_NUMBER,
            span,
            "an integer does not begin with 0",
        )
        .fix(format!("write `{digits}`"), span, digits);
        if digits.bytes().all(|b| matches!(b, b'0'..=b'7' | b'_')) {
            let octal = format!("0o{digits}");
            diag = diag.fix(format!("write `{octal}` for base 8"), span, octal);
        }
        self.report(diag);
        self.emit(Tok::Bad, lo, hi);
        self.pos = hi;
    }

    fn bad_number(&mut self, lo: usize, hi: usize, message: &str) {
        let span = self.span(lo, hi);
        self.report(Diagnostic::error(codes::BAD_NUMBER, span, message));
        self.emit(Tok::Bad, lo, hi);
        self.pos = hi;
    }
}
