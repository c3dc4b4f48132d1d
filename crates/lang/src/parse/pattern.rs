//! Patterns of `case`.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

impl Parser<'_> {
    /// The pattern of a case; several with commas are a tuple.
    pub(super) fn pattern_list(&mut self) -> PatId {
        let lo = self.token().lo;
        let first = self.sequence_item();
        let star = matches!(self.ast[first].kind, PatKind::Star(_));
        if self.quiet || !(self.at(Tok::Comma) || star) {
            return first;
        }
        let mut items = vec![first];
        while !self.quiet && self.eat(Tok::Comma) && !matches!(self.kind(), Tok::Colon | Tok::If) {
            let item = self.sequence_item();
            items.push(item);
        }
        let items = self.ast.push_list(items);
        self.pattern_node(PatKind::Tuple(items), lo)
    }

    fn pattern_node(&mut self, kind: PatKind, lo: u32) -> PatId {
        let span = self.since(lo);
        self.ast.push(Pattern { kind, span })
    }

    fn pattern_error(&mut self) -> PatId {
        if !self.quiet {
            let message = format!("expected a pattern, found {}", self.found());
            let diag = Diagnostic::error(codes::BAD_PATTERN, self.here(), message);
            self.error(diag);
        }
        let span = self.gap();
        self.ast.push(Pattern { kind: PatKind::Error, span })
    }

    /// An element of a tuple or list pattern: a pattern or `*rest`.
    fn sequence_item(&mut self) -> PatId {
        let lo = self.token().lo;
        if self.quiet || !self.eat(Tok::Star) {
            return self.pattern();
        }
        match self.ident("a name") {
            Some(name) => self.pattern_node(PatKind::Star(name), lo),
            None => self.pattern_error(),
        }
    }

    /// `a | b as name`
    fn pattern(&mut self) -> PatId {
        if self.quiet || !self.enter() {
            return self.pattern_error();
        }
        let lo = self.token().lo;
        let mut pattern = self.pattern_atom();
        if !self.quiet && matches!(self.kind(), Tok::Pipe | Tok::Or) {
            let mut items = vec![pattern];
            while !self.quiet && matches!(self.kind(), Tok::Pipe | Tok::Or) {
                self.or_habit();
                self.bump();
                let item = self.pattern_atom();
                items.push(item);
            }
            let items = self.ast.push_list(items);
            pattern = self.pattern_node(PatKind::Or(items), lo);
        }
        if !self.quiet
            && self.eat(Tok::As)
            && let Some(name) = self.ident("a name")
        {
            pattern = self.pattern_node(PatKind::As { pattern, name }, lo);
        }
        self.leave();
        pattern
    }

    fn or_habit(&mut self) {
        if self.at(Tok::Or) {
            let here = self.here();
            let message = "alternatives of a pattern are separated by `|`";
            let diag =
                Diagnostic::error(codes::BAD_PATTERN, here, message).fix("write `|`", here, "|");
            self.report(diag);
        }
    }

    fn pattern_atom(&mut self) -> PatId {
        let token = self.token();
        match token.kind {
            Tok::None => {
                self.bump();
                self.pattern_node(PatKind::None, token.lo)
            }
            Tok::True | Tok::False | Tok::Int | Tok::Float | Tok::Str | Tok::BadStr => {
                self.literal_pattern()
            }
            Tok::Minus if matches!(self.peek(1).kind, Tok::Int | Tok::Float) => {
                self.literal_pattern()
            }
            Tok::Name => self.name_pattern(),
            Tok::LParen => self.group_pattern(),
            Tok::LBracket => {
                self.bump();
                let (items, _) = self.sequence(Tok::RBracket);
                let items = self.ast.push_list(items);
                self.pattern_node(PatKind::List(items), token.lo)
            }
            Tok::FStart => {
                let message = "a text with fields is no pattern";
                self.error(Diagnostic::error(codes::BAD_PATTERN, self.here(), message));
                self.pattern_error()
            }
            _ => self.pattern_error(),
        }
    }

    fn literal_pattern(&mut self) -> PatId {
        let lo = self.token().lo;
        let outer = std::mem::replace(&mut self.height, 0);
        let literal = match self.at(Tok::Minus) {
            false => self.atom(),
            true => {
                self.bump();
                let operand = self.atom();
                let span = self.since(lo);
                self.expr_node(ExprKind::Unary { op: UnaryOp::Neg, operand }, span)
            }
        };
        self.height = outer;
        self.pattern_node(PatKind::Literal(literal), lo)
    }

    /// `_`, a capture, or a path, perhaps with fields.
    fn name_pattern(&mut self) -> PatId {
        let first = self.token();
        let text = self.token_text(first);
        let capital = text.chars().next().is_some_and(char::is_uppercase);
        let wildcard = text == "_";
        if !matches!(self.peek(1).kind, Tok::Dot | Tok::LParen) && !capital {
            self.bump();
            let name = self.make_ident(first).name;
            let kind = if wildcard { PatKind::Wildcard } else { PatKind::Capture(name) };
            return self.pattern_node(kind, first.lo);
        }
        let path = self.path();
        if self.quiet || !self.at(Tok::LParen) {
            return self.pattern_node(PatKind::Path(path), first.lo);
        }
        let args = self.pattern_args();
        self.pattern_node(PatKind::Call { path, args }, first.lo)
    }

    /// `(p, name=q)`
    fn pattern_args(&mut self) -> List<PatArg> {
        self.bump();
        let mut args = Vec::new();
        let mut named = false;
        while !self.quiet && !self.at(Tok::RParen) {
            let mut name = None;
            if self.at(Tok::Name) && self.peek(1).kind == Tok::Eq {
                name = self.ident("a field");
                self.bump();
            }
            let pattern = self.pattern();
            if named && name.is_none() && !self.quiet {
                let span = self.ast[pattern].span;
                let message = "a pattern by position behind one by name";
                self.report(Diagnostic::error(codes::BAD_ORDER, span, message));
            }
            named |= name.is_some();
            args.push(PatArg { name, pattern });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.close(Tok::RParen);
        self.ast.push_list(args)
    }

    /// `(p)` or `(p, q)`
    fn group_pattern(&mut self) -> PatId {
        let lo = self.bump().lo;
        let (items, comma) = self.sequence(Tok::RParen);
        if let ([only], false) = (&items[..], comma)
            && !matches!(self.ast[*only].kind, PatKind::Star(_))
        {
            return *only;
        }
        let items = self.ast.push_list(items);
        self.pattern_node(PatKind::Tuple(items), lo)
    }

    /// Patterns up to the closer; says whether the last had a comma behind it.
    fn sequence(&mut self, closer: Tok) -> (Vec<PatId>, bool) {
        let mut items = Vec::new();
        let mut comma = false;
        while !self.quiet && !self.at(closer) {
            let item = self.sequence_item();
            items.push(item);
            comma = self.eat(Tok::Comma);
            if !comma {
                break;
            }
        }
        self.close(closer);
        (items, comma)
    }
}
