//! Statements with blocks: `if while for match with`, and the blocks themselves.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Parser<'_> {
    /// Whether a statement with a block begins here.
    pub(super) fn starts_compound(&self) -> bool {
        use Tok::*;
        match self.kind() {
            If | While | For | With | Def | Struct | Class | Enum | Trait | At | Try | Async => {
                true
            }
            Name => self.starts_match() || self.soft_declaration().is_some(),
            _ => false,
        }
    }

    /// Reads a statement with a block, if one begins here.
    pub(super) fn compound(&mut self) -> Option<StmtId> {
        let lo = self.token().lo;
        let kind = match self.kind() {
            Tok::If => self.if_stmt(),
            Tok::While => self.while_stmt(),
            Tok::For => self.for_stmt(),
            Tok::With => self.with_stmt(),
            Tok::Name if self.starts_match() => self.match_stmt(),
            _ => self.declaration()?,
        };
        Some(self.stmt_node(kind, lo))
    }

    /// The colon of a header and the block behind it. `head` is the header's first token.
    pub(super) fn suite(&mut self, head: Span) -> Block {
        let from = self.stmts.len();
        self.suite_lines(head, Self::line, Self::simple_line);
        self.ast.push_list(self.stmts.drain(from..))
    }

    /// A suite whose indented lines are read by `line`, and whose one-line form by `rest`.
    pub(super) fn suite_lines(&mut self, head: Span, line: fn(&mut Self), rest: fn(&mut Self)) {
        if !self.colon() {
            return;
        }
        if !self.at(Tok::Newline) {
            if self.starts_compound() {
                let message = "a statement with a block begins on a line of its own";
                self.report(Diagnostic::error(codes::ONE_LINE_BLOCK, self.here(), message));
                return line(self);
            }
            return rest(self);
        }
        self.bump();
        if !self.at(Tok::Indent) {
            let word = self.slice(head.lo, head.hi);
            let message = format!("expected an indented block behind `{word}`");
            let diag = Diagnostic::error(codes::EXPECTED_BLOCK, self.here().start(), message)
                .label(head, "the block belongs to this")
                .help("an empty block holds `pass`");
            self.report(diag);
            return;
        }
        self.bump();
        while !matches!(self.kind(), Tok::Dedent | Tok::Eof) {
            if self.at(Tok::Newline) {
                self.bump();
            } else {
                line(self);
            }
        }
        self.eat(Tok::Dedent);
    }

    /// The colon before a block. Says whether a block follows.
    fn colon(&mut self) -> bool {
        self.height = 0;
        self.unused_muts();
        if !self.quiet && self.eat(Tok::Colon) {
            return true;
        }
        if !self.quiet {
            self.missing_colon();
        }
        if self.quiet {
            self.skip_line();
            self.quiet = false;
        }
        // At the end of the line; a block may follow all the same.
        if self.at(Tok::Newline) && self.peek(1).kind == Tok::Indent {
            return true;
        }
        self.eat(Tok::Newline);
        false
    }

    fn missing_colon(&mut self) {
        match self.kind() {
            // The bracket before it was never closed, and is reported.
            Tok::Newline if self.at > 0 && self.missing_closer(self.at - 1) => self.quiet = true,
            Tok::Newline => {
                let gap = self.gap();
                let diag = Diagnostic::error(
                    codes::MISSING_COLON,
                    gap,
                    "expected `:` at the end of this line",
                )
                .fix("write `:`", gap, ":");
                self.report(diag);
            }
            Tok::LBrace => self.brace_habit(),
            _ if self.habit_in_header() => {}
            _ => {
                let message = format!("expected `:`, found {}", self.found());
                self.error(Diagnostic::error(codes::MISSING_COLON, self.here(), message));
            }
        }
    }

    /// A condition: `=` for `==` is met with a fix.
    pub(super) fn condition(&mut self) -> ExprId {
        let cond = self.named_expr();
        self.assignment_habit();
        cond
    }

    fn if_stmt(&mut self) -> StmtKind {
        let mut arms = Vec::new();
        let mut other = None;
        let mut head = self.here();
        self.bump();
        loop {
            let cond = self.condition();
            let body = self.suite(head);
            arms.push(IfArm { cond, body });
            head = self.here();
            if self.eat(Tok::Elif) || self.elif_habit() {
                continue;
            }
            if self.eat(Tok::Else) {
                other = Some(self.suite(head));
            }
            break;
        }
        StmtKind::If { arms: self.ast.push_list(arms), other }
    }

    /// `else:` behind a loop.
    fn loop_else(&mut self) -> Option<Block> {
        let head = self.here();
        if !self.eat(Tok::Else) {
            return None;
        }
        Some(self.suite(head))
    }

    fn while_stmt(&mut self) -> StmtKind {
        let head = self.here();
        self.bump();
        let cond = self.condition();
        let body = self.suite(head);
        let other = self.loop_else();
        StmtKind::While { cond, body, other }
    }

    fn for_stmt(&mut self) -> StmtKind {
        let head = self.here();
        self.bump();
        let parens = self.for_parens_habit();
        let target = self.target_list();
        if !self.quiet && !self.eat(Tok::In) {
            let message = format!("expected `in`, found {}", self.found());
            let diag = Diagnostic::error(codes::EXPECTED, self.here(), message)
                .note("a loop is written `for x in xs:`");
            self.error(diag);
        }
        let iter = self.expr_tuple(false);
        if parens && !self.quiet {
            self.eat(Tok::RParen);
        }
        let body = self.suite(head);
        let other = self.loop_else();
        StmtKind::For { target, iter, body, other }
    }

    fn with_stmt(&mut self) -> StmtKind {
        let head = self.here();
        self.bump();
        let parens = self.at(Tok::LParen) && self.with_parens();
        if parens {
            self.bump();
        }
        let mut items = Vec::new();
        while !self.quiet && (!parens || !self.at(Tok::RParen)) {
            let value = self.expr();
            let target = match !self.quiet && self.eat(Tok::As) {
                true => Some(self.single_target()),
                false => None,
            };
            items.push(WithItem { value, target });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if parens {
            self.close(Tok::RParen);
        }
        let body = self.suite(head);
        StmtKind::With { items: self.ast.push_list(items), body }
    }

    /// Whether the parenthesis here holds the items of a `with`: an `as` stands in it.
    fn with_parens(&self) -> bool {
        let mut depth = 0u32;
        for token in &self.tokens[self.at..] {
            match token.kind {
                Tok::Newline | Tok::Eof => return false,
                Tok::As if depth == 1 => return true,
                kind if kind.closer().is_some() => depth += 1,
                kind if kind.is_closer() => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return false;
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// Whether `match` is a word here: something follows that no operand can stand before, or
    /// the line ends in a colon.
    fn starts_match(&self) -> bool {
        let next = self.peek(1).kind;
        if !next.starts_expr() || !self.at_word("match") {
            return false;
        }
        if next.starts_operand() && !matches!(next, Tok::LParen | Tok::LBracket) {
            return true;
        }
        matches!(
            next,
            Tok::LParen
                | Tok::LBracket
                | Tok::Minus
                | Tok::Not
                | Tok::Lambda
                | Tok::Tilde
                | Tok::Star
        ) && self.line_ends_in_colon()
    }

    pub(super) fn line_ends_in_colon(&self) -> bool {
        let rest = &self.tokens[self.at..];
        let end = rest.iter().position(|token| matches!(token.kind, Tok::Newline | Tok::Eof));
        let last = end.and_then(|end| rest.get(end.checked_sub(1)?));
        last.is_some_and(|token| token.kind == Tok::Colon)
    }

    fn match_stmt(&mut self) -> StmtKind {
        let head = self.here();
        self.bump();
        let subject = match self.peek(1).kind {
            Tok::Walrus => self.named_expr(),
            _ => self.expr_tuple(false),
        };
        StmtKind::Match { subject, cases: self.cases(head) }
    }

    /// The cases of a `match`; they are collected in the block and taken out of it.
    pub(super) fn cases(&mut self, head: Span) -> List<Case> {
        let from = self.stmts.len();
        let outer = std::mem::take(&mut self.cases);
        self.suite_lines(head, Self::case_line, Self::case_line);
        let cases = std::mem::replace(&mut self.cases, outer);
        // Statements between the cases were reported.
        self.stmts.truncate(from);
        self.ast.push_list(cases)
    }

    fn case_line(&mut self) {
        let head = self.here();
        if self.at_word("default") && self.peek(1).kind == Tok::Colon {
            let diag = Diagnostic::error(
                codes::SWITCH,
                head,
                "the case for all the rest is written `case _`",
            )
            .fix("write `case _`", head, "case _");
            self.report(diag);
        } else if !self.at_word("case") {
            let message = format!("expected `case`, found {}", self.found());
            self.report(Diagnostic::error(codes::EXPECTED, head, message));
            return self.line();
        }
        let wildcard = self.at_word("default");
        self.bump();
        let pattern = match wildcard {
            true => self.ast.push(Pattern { kind: PatKind::Wildcard, span: head }),
            false => self.pattern_list(),
        };
        if !self.quiet
            && !matches!(self.kind(), Tok::Colon | Tok::If | Tok::Newline | Tok::LBrace | Tok::Bad)
        {
            let message = format!("expected `:` behind the pattern, found {}", self.found());
            let diag = Diagnostic::error(codes::BAD_PATTERN, self.here(), message)
                .note("a pattern is not computed; a condition stands behind `if`");
            self.error(diag);
        }
        let guard = match !self.quiet && self.eat(Tok::If) {
            true => Some(self.condition()),
            false => None,
        };
        let body = self.suite(head);
        let span = self.since(head.lo);
        self.cases.push(Case { pattern, guard, body, span });
    }
}
