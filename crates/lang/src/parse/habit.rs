//! Spellings of other languages, and of Python where Kaa has none: each is met with one error
//! and, where there is one, the exact change. The text is then read as if it were right.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::{Tok, Token};
use kaa_base::diag::Diagnostic;

/// Words that other languages begin a declaration with.
const BINDING_WORDS: [&str; 4] = ["let", "const", "val", "var"];
const FUNCTION_WORDS: [&str; 3] = ["func", "function", "fun"];
const TYPE_WORDS: [&str; 9] =
    ["int", "float", "str", "bool", "char", "string", "double", "long", "auto"];

/// Errors that Python brings, for which the open `Error` stands.
const PYTHON_ERRORS: [&str; 16] = [
    "Exception",
    "ValueError",
    "TypeError",
    "KeyError",
    "IndexError",
    "LookupError",
    "RuntimeError",
    "NotImplementedError",
    "ArithmeticError",
    "ZeroDivisionError",
    "OverflowError",
    "AssertionError",
    "OSError",
    "IOError",
    "FileNotFoundError",
    "PermissionError",
];

impl Parser<'_> {
    /// Looks for a habit at the start of a line; `true` if the line was read.
    pub(super) fn habit_line(&mut self) -> bool {
        match self.kind() {
            Tok::Name => return self.name_habit(),
            Tok::Fn => self.function_habit(),
            Tok::Try => return self.try_habit(),
            Tok::Async => self.async_habit(),
            Tok::Elif | Tok::Else | Tok::Except | Tok::Finally => {
                self.stray_clause();
                return true;
            }
            Tok::SlashSlash => {
                let here = self.here();
                let diag =
                    Diagnostic::error(codes::FOREIGN_OPERATOR, here, "a comment begins with `#`")
                        .fix("write `#`", here, "#");
                self.error(diag);
                self.end_line();
                return true;
            }
            Tok::None | Tok::True | Tok::False => {}
            kind if kind.is_keyword() && self.peek(1).kind == Tok::Eq => self.reserved_name(),
            Tok::Plus | Tok::Minus if self.doubled() && self.peek(2).kind == Tok::Name => {
                self.count_before();
            }
            _ => {}
        }
        false
    }

    /// `{**a, "b": 1}`
    pub(super) fn spread_habit(&mut self) {
        let message = "dicts are joined by `|`, not spread by `**`";
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, self.here(), message);
        self.error(diag.help("write `a | {...}`"));
    }

    /// `class = 1`
    fn reserved_name(&mut self) {
        let name = self.ident("a name");
        self.at -= usize::from(name.is_some());
        if let Some(token) = self.tokens.get_mut(self.at) {
            token.kind = Tok::Name;
        }
    }

    fn replace_word(&mut self, code: &'static str, message: &str, with: &str, kind: Tok) {
        let here = self.here();
        let diag =
            Diagnostic::error(code, here, message).fix(format!("write `{with}`"), here, with);
        self.report(diag);
        if let Some(token) = self.tokens.get_mut(self.at) {
            token.kind = kind;
        }
    }

    fn at_any(&self, words: &[&str]) -> bool {
        self.at(Tok::Name) && words.contains(&self.token_text(self.token()))
    }

    /// A line that begins with a name that other languages give a meaning.
    fn name_habit(&mut self) -> bool {
        let next = self.peek(1);
        // Two names in a row are no expression; most lines end the search here.
        if !next.kind.starts_operand() && next.kind != Tok::Mut {
            return false;
        }
        if matches!(next.kind, Tok::Name | Tok::Mut) && self.at_any(&BINDING_WORDS) {
            self.binding_habit(next);
        } else if next.kind == Tok::Name && self.at_any(&TYPE_WORDS) {
            if self.peek(2).kind == Tok::Eq {
                self.typed_first(next);
            }
        } else if self.at_word("print")
            && !matches!(next.kind, Tok::LParen | Tok::LBracket | Tok::Mut)
        {
            self.print_habit();
        } else if self.at_word("switch") && self.line_ends_in_block() {
            self.switch_habit();
            return true;
        } else {
            self.function_habit();
        }
        false
    }

    fn line_ends_in_block(&self) -> bool {
        self.line_ends_in_colon() || {
            let rest = &self.tokens[self.at..];
            let end = rest.iter().position(|token| token.kind == Tok::Newline);
            end.is_some_and(|end| rest[..end].iter().any(|token| token.kind == Tok::LBrace))
        }
    }

    fn binding_habit(&mut self, next: Token) {
        let here = self.here();
        let word = self.token_text(self.token()).to_string();
        if word == "var" && next.kind == Tok::Name {
            let message = "a name that may change is declared by `mut`";
            return self.replace_word(codes::FOREIGN_DECLARATION, message, "mut", Tok::Mut);
        }
        let whole = self.span(here.lo, next.lo);
        let diag = Diagnostic::error(
            codes::FOREIGN_DECLARATION,
            here,
            format!("a name is bound by `=` alone, without `{word}`"),
        )
        .fix(format!("remove `{word}`"), whole, "");
        self.report(diag);
        self.bump();
    }

    /// `int x = 5`
    fn typed_first(&mut self, name: Token) {
        let ty = self.here();
        let shown = self.token_text(self.token()).to_string();
        let name_text = self.token_text(name).to_string();
        let whole = ty.to(self.token_span(name));
        let fixed = format!("{name_text}: {shown}");
        let message = "a type stands behind the name, and is rarely needed";
        let diag = Diagnostic::error(codes::FOREIGN_DECLARATION, ty, message).fix(
            format!("write `{fixed}`"),
            whole,
            fixed,
        );
        self.report(diag);
        self.bump();
    }

    /// `def f(int x)`
    pub(super) fn typed_first_habit(&mut self, typed: bool) {
        let next = self.peek(1);
        if typed && self.at(Tok::Name) && next.kind == Tok::Name && !self.quiet {
            self.typed_first(next);
        }
    }

    fn print_habit(&mut self) {
        let here = self.here();
        let rest = &self.tokens[self.at..];
        let end = rest.iter().position(|t| matches!(t.kind, Tok::Newline | Tok::Semi | Tok::Eof));
        let last = end.and_then(|end| rest.get(end.checked_sub(1)?)).map_or(here.hi, |t| t.hi);
        let start = self.span(here.hi, self.peek(1).lo);
        let edits = vec![(start, "(".to_string()), (self.span(last, last), ")".to_string())];
        let diag = Diagnostic::error(codes::CALL_PARENS, here, "`print` is called like a function")
            .fix_all("put parentheses around the arguments", edits);
        self.report(diag);
        self.bump();
    }

    /// `fn f()`, `func f()`, `function f()`
    pub(super) fn function_habit(&mut self) {
        let word = self.at(Tok::Fn) || self.at_any(&FUNCTION_WORDS);
        if word && self.peek(1).kind == Tok::Name {
            let message = "a function is declared by `def`";
            self.replace_word(codes::FOREIGN_DECLARATION, message, "def", Tok::Def);
        }
    }

    fn switch_habit(&mut self) {
        let head = self.here();
        let diag = Diagnostic::error(codes::SWITCH, head, "a choice among cases is `match`").fix(
            "write `match`",
            head,
            "match",
        );
        self.report(diag);
        self.bump();
        let subject = self.expr_tuple(false);
        let cases = self.cases(head);
        let stmt = self.stmt_node(StmtKind::Match { subject, cases }, head.lo);
        self.stmts.push(stmt);
    }

    fn async_habit(&mut self) {
        let here = self.here();
        let whole = self.span(here.lo, self.peek(1).lo);
        let message = "functions that wait need no mark";
        let diag = Diagnostic::error(codes::ASYNC, here, message).fix("remove `async`", whole, "");
        self.report(diag);
        self.bump();
    }

    pub(super) fn foreign_await(&mut self) {
        let here = self.here();
        let whole = self.span(here.lo, self.peek(1).lo);
        let message = "a call that waits needs no mark";
        let diag = Diagnostic::error(codes::ASYNC, here, message).fix("remove `await`", whole, "");
        self.report(diag);
        self.bump();
    }

    /// `try` with its clauses: what it tries is taken for ordinary statements.
    fn try_habit(&mut self) -> bool {
        let head = self.here();
        let diag = Diagnostic::error(codes::EXCEPTIONS, head, "Kaa has no exceptions")
            .note("a function that can fail returns `Result[T, E]`")
            .help("match on the result: `case Ok(v)` and `case Err(e)`, or hand it on by `?`");
        self.report(diag);
        self.bump();
        self.suite_lines(head, Self::line, Self::simple_line);
        while matches!(self.kind(), Tok::Except | Tok::Finally | Tok::Else) {
            self.skip_clause();
        }
        true
    }

    /// Reads a clause and drops it; errors inside of its block are reported.
    fn skip_clause(&mut self) {
        let head = self.here();
        while !matches!(self.kind(), Tok::Colon | Tok::Newline | Tok::Eof) {
            self.bump();
        }
        let from = self.stmts.len();
        self.suite_lines(head, Self::line, Self::simple_line);
        self.stmts.truncate(from);
    }

    /// `else` without its `if`, and the like.
    fn stray_clause(&mut self) {
        let word = self.kind().text();
        let message = format!("`{word}` does not belong to a statement before it");
        let diag = Diagnostic::error(codes::EXPECTED, self.here(), message)
            .note("it stands behind the block of its statement, indented like it");
        self.report(diag);
        self.skip_clause();
    }

    pub(super) fn raise_habit(&mut self) -> StmtKind {
        let here = self.here();
        self.bump();
        let start = self.span(here.lo, self.token().lo.max(here.hi));
        let (first, is_call) = (self.token(), self.peek(1).kind == Tok::LParen);
        let value = match self.kind() {
            Tok::Newline | Tok::Eof | Tok::Semi => None,
            _ => Some(self.expr()),
        };
        let mut diag = Diagnostic::error(codes::EXCEPTIONS, here, "Kaa has no exceptions")
            .note("a function that can fail returns `Result[T, E]`");
        if value.is_some() && !self.quiet {
            let end = self.gap();
            let mut edits = vec![(start, "return Err(".to_string()), (end, ")".to_string())];
            if PYTHON_ERRORS.contains(&self.token_text(first)) {
                let name = self.token_text(first);
                let error = if is_call { "Error".into() } else { format!("Error(\"{name}\")") };
                edits.insert(1, (self.token_span(first), error));
            }
            diag = diag.fix_all("return the error", edits);
        }
        self.report(diag);
        if !self.quiet && self.eat(Tok::From) {
            self.expr();
        }
        StmtKind::Error
    }

    pub(super) fn global_habit(&mut self) -> StmtKind {
        let diag = Diagnostic::error(
            codes::GLOBAL,
            self.here(),
            "a function does not change names of the module",
        )
        .help("pass the value as a `mut` parameter, or return the new one");
        self.error(diag);
        StmtKind::Error
    }

    /// Whether this token and the next are the same character without a space between.
    fn doubled(&self) -> bool {
        let (first, second) = (self.token(), self.peek(1));
        first.kind == second.kind && first.hi == second.lo
    }

    fn counted_fix(&mut self, lo: u32, hi: u32, name: String, op: Tok) {
        let sign = op.text();
        let span = self.span(lo, hi);
        let diag =
            Diagnostic::error(codes::FOREIGN_OPERATOR, span, format!("there is no `{sign}{sign}`"))
                .fix(format!("write `{name} {sign}= 1`"), span, format!("{name} {sign}= 1"));
        self.report(diag);
    }

    /// `x++` at the end of a statement: reported and taken.
    pub(super) fn counting(&mut self, kind: Tok, lhs: ExprId) -> bool {
        let sign = matches!(kind, Tok::Plus | Tok::Minus);
        if !sign || !self.doubled() || self.peek(2).kind.starts_expr() {
            return false;
        }
        let span = self.expr_span(lhs);
        let name = self.slice(span.lo, span.hi).to_string();
        let hi = self.peek(1).hi;
        self.counted_fix(span.lo, hi, name, kind);
        self.at += 2;
        true
    }

    /// `++x` at the start of a line.
    fn count_before(&mut self) {
        let (first, name) = (self.token(), self.peek(2));
        if !matches!(self.peek(3).kind, Tok::Newline | Tok::Semi) {
            return;
        }
        let text = self.token_text(name).to_string();
        self.counted_fix(first.lo, name.hi, text, first.kind);
        self.at += 2;
    }

    pub(super) fn foreign_not(&mut self) {
        let here = self.here();
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, here, "negation is written `not`")
            .fix("write `not `", here, "not ");
        self.report(diag);
    }

    pub(super) fn foreign_logic(&mut self, kind: Tok) {
        let word = match kind {
            Tok::AmpAmp => "and",
            Tok::PipePipe => "or",
            _ => return,
        };
        let here = self.here();
        let message = format!("`{}` is written `{word}`", kind.text());
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, here, message).fix(
            format!("write `{word}`"),
            here,
            word,
        );
        self.report(diag);
    }

    pub(super) fn foreign_equality(&mut self) {
        let right = match self.kind() {
            Tok::EqEqEq => "==",
            Tok::NotEqEq => "!=",
            _ => return,
        };
        let here = self.here();
        let message = format!("`{}` is written `{right}`", self.kind().text());
        let diag = Diagnostic::error(codes::FOREIGN_OPERATOR, here, message).fix(
            format!("write `{right}`"),
            here,
            right,
        );
        self.report(diag);
    }

    /// `c ? a : b`, seen behind the `?`; `lo` is where `c` begins.
    pub(super) fn foreign_choice(&mut self, lo: u32) {
        let next = self.kind();
        if !next.starts_operand() || matches!(next, Tok::LParen | Tok::LBracket | Tok::LBrace) {
            return;
        }
        let span = self.since(lo);
        let diag = Diagnostic::error(
            codes::FOREIGN_OPERATOR,
            span,
            "a choice is written `a if condition else b`",
        );
        self.error(diag);
    }

    /// `=` where a condition goes on.
    pub(super) fn assignment_habit(&mut self) {
        if self.quiet || !self.at(Tok::Eq) {
            return;
        }
        let here = self.here();
        let diag = Diagnostic::error(
            codes::ASSIGN_IN_CONDITION,
            here,
            "`=` gives a name a value; `==` compares",
        )
        .fix("write `==`", here, "==");
        self.report(diag);
        self.bump();
        self.expr();
    }

    /// `t.0`, which the lexer takes for a number.
    pub(super) fn dotted_number(&mut self) {
        let here = self.here();
        let index = self.token_text(self.token()).trim_start_matches('.').to_string();
        let diag = Diagnostic::error(
            codes::FOREIGN_OPERATOR,
            here,
            "an element of a tuple is written in brackets",
        )
        .fix(format!("write `[{index}]`"), here, format!("[{index}]"));
        self.error(diag);
    }

    /// `else if`, `elseif`, `elsif` behind a block of an `if`: reported and taken.
    pub(super) fn elif_habit(&mut self) -> bool {
        let here = self.here();
        let whole = if self.at(Tok::Else) && self.peek(1).kind == Tok::If {
            here.to(self.token_span(self.peek(1)))
        } else if self.at_any(&["elseif", "elsif"]) && self.peek(1).kind != Tok::Eq {
            here
        } else {
            return false;
        };
        let diag = Diagnostic::error(codes::FOREIGN_ELIF, whole, "this is written `elif`").fix(
            "write `elif`",
            whole,
            "elif",
        );
        self.report(diag);
        self.at += if self.at(Tok::Else) { 2 } else { 1 };
        true
    }

    /// `then` or `do` where a colon is expected.
    pub(super) fn habit_in_header(&mut self) -> bool {
        if !self.at_any(&["then", "do"]) || self.peek(1).kind != Tok::Newline {
            return false;
        }
        let whole = self.span(self.prev_end(), self.token().hi);
        let diag = Diagnostic::error(
            codes::MISSING_COLON,
            self.here(),
            format!("a block begins with `:`, not {}", self.found()),
        )
        .fix("write `:`", whole, ":");
        self.report(diag);
        self.bump();
        true
    }

    /// The header of a loop in parentheses, as in C; `true` if they are to be closed.
    pub(super) fn for_parens_habit(&mut self) -> bool {
        if !self.at(Tok::LParen) {
            return false;
        }
        let rest = &self.tokens[self.at..];
        let mut depth = 0u32;
        let (mut three_parts, mut walks) = (false, false);
        let end = rest.iter().position(|token| {
            depth += u32::from(token.kind.closer().is_some());
            depth -= u32::from(token.kind.is_closer()).min(depth);
            three_parts |= token.kind == Tok::Semi;
            walks |= token.kind == Tok::In && depth == 1;
            depth == 0
        });
        let close = end.and_then(|end| rest.get(end).copied());
        let next = end.and_then(|end| rest.get(end + 1)).map(|token| token.kind);
        let here = self.here();
        if three_parts {
            let message = "a loop walks over something: `for i in range(n):`";
            self.error(Diagnostic::error(codes::FOREIGN_OPERATOR, here, message));
            return false;
        }
        let (true, Some(close), Some(Tok::Colon | Tok::LBrace | Tok::Newline)) =
            (walks, close, next)
        else {
            return false;
        };
        let edits = vec![(here, String::new()), (self.token_span(close), String::new())];
        let message = "the head of a loop stands without parentheses";
        let diag =
            Diagnostic::error(codes::FOREIGN_OPERATOR, here, message).fix_all("remove them", edits);
        self.report(diag);
        self.bump();
        true
    }

    /// `{` where a colon belongs.
    pub(super) fn brace_habit(&mut self) {
        let here = self.here();
        let mut depth = 0u32;
        let end = self.tokens[self.at..].iter().find(|token| {
            depth += u32::from(token.kind.closer().is_some());
            depth -= u32::from(token.kind.is_closer()).min(depth);
            depth == 0
        });
        let before = self.span(self.prev_end(), here.hi);
        let mut edits = vec![(before, ":".to_string())];
        edits.extend(end.map(|&token| (self.token_span(token), String::new())));
        let message = "a block begins with `:` and is marked by indentation";
        let diag = Diagnostic::error(codes::BRACE_BLOCK, here, message)
            .fix_all("write `:` and indent the block", edits);
        self.error(diag);
    }

    /// What stands behind a whole statement; `true` if it was reported.
    pub(super) fn habit_behind_statement(&mut self) -> bool {
        if self.at(Tok::LBrace) {
            let diag = Diagnostic::error(
                codes::BRACE_BLOCK,
                self.here(),
                "blocks are marked by indentation, not by braces",
            );
            self.error(diag);
            return true;
        }
        false
    }

    /// `def __init__(self, x):`
    pub(super) fn init_habit(&mut self) {
        let name = self.token_span(self.peek(1));
        let message = "the constructor comes with the fields, there is no `__init__`";
        let diag = Diagnostic::error(codes::BAD_MEMBER, name, message)
            .help("declare each field, such as `x: int` or `x: int = 0`; it is called with them")
            .help("where more is to be done, write a function that returns a new one");
        self.report(diag);
    }

    /// `a..b`
    pub(super) fn range_habit(&mut self, from: u32) -> bool {
        let (dot, next) = (self.prev_end(), self.token());
        let lone = next.kind == Tok::Float && self.token_text(next).starts_with('.');
        if next.lo != dot || !(lone || next.kind == Tok::Dot) {
            return false;
        }
        let last = if lone { next } else { self.peek(1) };
        let start = self.slice(from, dot - 1).to_string();
        let end = self.token_text(last).trim_start_matches('.').to_string();
        let here = self.span(from, last.hi);
        let message = "a range is written `range(a, b)`; `b` is not in it";
        let mut diag = Diagnostic::error(codes::FOREIGN_OPERATOR, here, message);
        if lone || matches!(last.kind, Tok::Name | Tok::Int) {
            let range = format!("range({start}, {end})");
            diag = diag.fix(format!("write `{range}`"), here, range);
        }
        self.error(diag);
        true
    }

    pub(super) fn variadic_argument(&mut self) {
        let here = self.here();
        let message = "arguments are given one by one";
        let diag =
            Diagnostic::error(codes::VARIADIC, here, message).help("pass the list or dict itself");
        self.report(diag);
        self.bump();
    }

    pub(super) fn variadic_param(&mut self) {
        let here = self.here();
        let what = if self.at(Tok::Star) { "a list" } else { "a dict" };
        let message = "a function takes a fixed number of arguments";
        let diag = Diagnostic::error(codes::VARIADIC, here, message)
            .help(format!("take {what}: `name: {}[...]`", &what[2..]));
        self.report(diag);
        self.bump();
    }
}
