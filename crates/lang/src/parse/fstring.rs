//! F-strings: their text and fields.

use super::Parser;
use super::literal::Flavor;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

impl Parser<'_> {
    /// Reads an f-string. `text` holds what stands before its next field, from adjacent literals.
    pub(super) fn fstring(&mut self, text: &mut String, parts: &mut Vec<FPart>) {
        let start = self.bump();
        let raw = self.token_text(start).contains(['r', 'R']);
        self.fstring_parts(raw, Tok::FEnd, text, parts);
        self.close(Tok::FEnd);
    }

    /// Text and fields up to `end`, which is left in place.
    fn fstring_parts(&mut self, raw: bool, end: Tok, text: &mut String, parts: &mut Vec<FPart>) {
        while !self.quiet && !self.at(end) {
            match self.kind() {
                Tok::FText => {
                    let token = self.bump();
                    self.decode(token.lo, token.hi, raw, Flavor::Field, |c| text.push(c));
                }
                Tok::FOpen => {
                    if !text.is_empty() {
                        parts.push(FPart::Text(self.names.intern(text)));
                        text.clear();
                    }
                    if !self.enter() {
                        return;
                    }
                    let part = self.field(raw);
                    parts.push(part);
                    self.leave();
                }
                _ => return,
            }
        }
    }

    /// `{value=!r:spec}`
    fn field(&mut self, raw: bool) -> FPart {
        let open = self.bump();
        if self.at(Tok::FClose) {
            let span = self.span(open.lo, self.token().hi);
            let diag = Diagnostic::error(codes::BAD_FIELD, span, "this field holds no expression")
                .help("write `{{}}` for the characters");
            self.error(diag);
        }
        let value = self.field_value();
        let mut echo = None;
        if self.at(Tok::FEcho) {
            let end = self.bump().hi;
            let shown = self.text.get(open.hi as usize..end as usize).unwrap_or("");
            echo = Some(self.names.intern(shown));
        }
        let mut conversion = Conversion::Default;
        if self.eat(Tok::FBang) {
            conversion = self.conversion();
        }
        let mut spec = None;
        if self.eat(Tok::FColon) {
            let (mut text, mut parts) = (String::new(), Vec::new());
            self.fstring_parts(raw, Tok::FClose, &mut text, &mut parts);
            if !text.is_empty() {
                parts.push(FPart::Text(self.names.intern(&text)));
            }
            spec = Some(self.ast.push_list(parts));
        }
        if echo.is_some() && spec.is_none() && conversion == Conversion::Default {
            conversion = Conversion::Repr;
        }
        if !self.at(Tok::FClose) && !self.quiet {
            let message = format!("expected `}}`, `:` or `!r`, found {}", self.found());
            self.error(Diagnostic::error(codes::BAD_FIELD, self.here(), message));
        }
        self.close(Tok::FClose);
        FPart::Value { value, conversion, spec, echo, span: self.since(open.lo) }
    }

    /// The expression of a field; several with commas are a tuple.
    fn field_value(&mut self) -> ExprId {
        let lo = self.token().lo;
        let first = self.expr();
        if !self.at(Tok::Comma) || self.quiet {
            return first;
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        while !self.quiet && self.eat(Tok::Comma) && !self.at(Tok::FClose) {
            let item = self.expr();
            self.exprs.push(item);
        }
        let items = self.expr_list(from);
        let span = self.since(lo);
        self.expr_node(ExprKind::Tuple(items), span)
    }

    fn conversion(&mut self) -> Conversion {
        let token = self.token();
        let conversion = match self.token_text(token) {
            "r" => Conversion::Repr,
            "s" => Conversion::Str,
            "a" => Conversion::Ascii,
            _ => {
                let message = "expected `r`, `s` or `a` behind `!`";
                self.error(Diagnostic::error(codes::BAD_FIELD, self.here(), message));
                return Conversion::Default;
            }
        };
        self.bump();
        conversion
    }
}
