//! Parameters of functions and lambdas.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

/// What has been read of a list of parameters.
#[derive(Default)]
struct ParamState {
    params: Vec<Param>,
    /// Behind a bare `*`.
    by_name: bool,
    /// Whether one had a default.
    defaults: bool,
}

impl Parser<'_> {
    /// `(mut self, x: int = 1, *, key: str)`
    pub(super) fn params(&mut self) -> List<Param> {
        if self.quiet || !self.expect(Tok::LParen) {
            return List::default();
        }
        let mut state = ParamState::default();
        while !self.quiet && !self.at(Tok::RParen) {
            self.param_or_separator(&mut state, true);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.close(Tok::RParen);
        self.ast.push_list(state.params)
    }

    /// `a, mut b=1` up to the colon of a lambda.
    pub(super) fn lambda_params(&mut self) -> List<Param> {
        let mut state = ParamState::default();
        while !self.quiet && !self.at(Tok::Colon) {
            self.param_or_separator(&mut state, false);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.ast.push_list(state.params)
    }

    /// `mut` or `own` before a parameter.
    pub(super) fn param_mark(&mut self) -> Mark {
        if self.eat(Tok::Mut) {
            return Mark::Mut;
        }
        let next = self.peek(1).kind;
        let marks = matches!(next, Tok::Name | Tok::Fn | Tok::LParen | Tok::None);
        if self.at_word("own") && marks {
            self.bump();
            return Mark::Own;
        }
        Mark::Plain
    }

    fn param_or_separator(&mut self, state: &mut ParamState, typed: bool) {
        let token = self.token();
        match token.kind {
            Tok::Slash => {
                self.bump();
                let late = state.by_name
                    || state.params.is_empty()
                    || state.params.iter().any(|p| p.passing == Passing::Position);
                if late {
                    self.misplaced_separator(token.kind.text(), "`/` stands once, before `*`");
                }
                for param in &mut state.params {
                    param.passing = Passing::Position;
                }
            }
            Tok::Star if matches!(self.peek(1).kind, Tok::Comma | Tok::RParen | Tok::Colon) => {
                self.bump();
                let last = !self.at(Tok::Comma) || self.peek(1).kind == Tok::RParen;
                if state.by_name || last {
                    let why = "a bare `*` stands once, before parameters given by name";
                    self.misplaced_separator(token.kind.text(), why);
                }
                state.by_name = true;
            }
            Tok::Star | Tok::StarStar => {
                self.variadic_param();
                // The parameter itself is read as an ordinary one.
                self.param(state, typed);
            }
            _ => self.param(state, typed),
        }
    }

    fn misplaced_separator(&mut self, shown: &str, why: &str) {
        let span = self.gap();
        let diag =
            Diagnostic::error(codes::BAD_ORDER, span, format!("misplaced `{shown}`")).note(why);
        self.report(diag);
    }

    fn param(&mut self, state: &mut ParamState, typed: bool) {
        let lo = self.token().lo;
        let mark = self.param_mark();
        self.typed_first_habit(typed);
        let Some(name) = self.ident("the name of a parameter") else { return };
        let ty = match typed && !self.quiet && self.eat(Tok::Colon) {
            true => Some(self.type_expr()),
            false => None,
        };
        let default = match !self.quiet && self.eat(Tok::Eq) {
            true => Some(self.expr()),
            false => None,
        };
        let span = self.since(lo);
        if default.is_some() {
            state.defaults = true;
        } else if state.defaults && !state.by_name && !self.quiet {
            let message = "a parameter without a default behind one with a default";
            self.report(Diagnostic::error(codes::BAD_ORDER, span, message));
        }
        let passing = if state.by_name { Passing::Name } else { Passing::Any };
        state.params.push(Param { name, mark, passing, ty, default, span });
    }
}
