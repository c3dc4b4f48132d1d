//! Operands: names, displays and comprehensions, and what follows them: calls, indices, fields,
//! `?`. Literals are decoded in `literal`, f-strings are read in `fstring`.

use super::Parser;
use super::expr::power;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Parser<'_> {
    /// An operand with the calls, indices, fields and `?` behind it.
    pub(super) fn postfix(&mut self) -> ExprId {
        let lo = self.token().lo;
        let mut expr = self.atom();
        while !self.quiet {
            match self.kind() {
                Tok::LParen => {
                    let args = self.call_args();
                    let span = self.since(lo);
                    expr = self.expr_node(ExprKind::Call { callee: expr, args }, span);
                }
                Tok::LBracket => {
                    let index = self.subscript();
                    let span = self.since(lo);
                    expr = self.expr_node(ExprKind::Index { object: expr, index }, span);
                }
                Tok::Dot => expr = self.attribute(expr, lo),
                Tok::Float if self.slice(self.token().lo, self.token().hi).starts_with('.') => {
                    self.dotted_number();
                }
                Tok::Question => {
                    self.bump();
                    let span = self.since(lo);
                    expr = self.expr_node(ExprKind::Try(expr), span);
                    self.foreign_choice(lo);
                }
                // Two `?` in a row, where no right operand follows.
                Tok::Coalesce if !self.peek(1).kind.starts_expr() => {
                    let token = self.bump();
                    let inner = self.span(lo, token.lo + 1);
                    expr = self.expr_node(ExprKind::Try(expr), inner);
                    let span = self.since(lo);
                    expr = self.expr_node(ExprKind::Try(expr), span);
                }
                _ => break,
            }
        }
        expr
    }

    fn attribute(&mut self, object: ExprId, lo: u32) -> ExprId {
        self.bump();
        let token = self.token();
        let name = if token.kind == Tok::Name || token.kind.is_keyword() {
            self.bump();
            self.make_ident(token)
        } else {
            if !self.range_habit(lo) {
                self.expected("a name behind the dot");
            }
            return self.error_expr();
        };
        let span = self.since(lo);
        self.expr_node(ExprKind::Attr { object, name }, span)
    }

    /// `(args)`
    pub(super) fn call_args(&mut self) -> List<Arg> {
        self.bump();
        let from = self.args.len();
        let mut named: Option<Span> = None;
        while !self.quiet && !self.at(Tok::RParen) {
            let arg = self.argument(self.args.len() == from);
            if arg.name.is_some() {
                named = Some(arg.span);
            } else if let Some(named) = named {
                let diag = Diagnostic::error(
                    codes::BAD_ORDER,
                    arg.span,
                    "an argument by position behind one by name",
                )
                .label(named, "this one is given by name");
                self.report(diag);
            }
            self.args.push(arg);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.close(Tok::RParen);
        self.ast.push_list(self.args.drain(from..))
    }

    fn argument(&mut self, first: bool) -> Arg {
        let lo = self.token().lo;
        if matches!(self.kind(), Tok::Star | Tok::StarStar) {
            self.variadic_argument();
        }
        let mut name = None;
        if self.peek(1).kind == Tok::Eq && (self.at(Tok::Name) || self.kind().is_keyword()) {
            name = self.ident("the name of an argument");
            self.bump();
        }
        let mark = self.argument_mark();
        let mut value = self.named_expr();
        if first && name.is_none() && self.at_comp() {
            let clauses = self.comp_clauses();
            let span = self.since(lo);
            value = self.expr_node(ExprKind::Generator { elem: value, clauses }, span);
        }
        Arg { name, mark, value, span: self.since(lo) }
    }

    /// `mut` or `own` before an argument.
    fn argument_mark(&mut self) -> Mark {
        if self.eat(Tok::Mut) {
            return Mark::Mut;
        }
        let next = self.peek(1).kind;
        // `own(x)` and `own[x]` are a call and an index of that name.
        let marks = next.starts_operand() && !matches!(next, Tok::LParen | Tok::LBracket);
        if marks && self.at_word("own") {
            self.bump();
            return Mark::Own;
        }
        Mark::Plain
    }

    /// `[index]`: several are a tuple, colons make slices.
    fn subscript(&mut self) -> ExprId {
        self.bump();
        let lo = self.token().lo;
        if self.at(Tok::RBracket) {
            self.expected("an index");
        }
        let mut expr = self.subscript_item();
        if self.at(Tok::Comma) {
            let from = self.exprs.len();
            self.exprs.push(expr);
            while !self.quiet && self.eat(Tok::Comma) && !self.at(Tok::RBracket) {
                let item = self.subscript_item();
                self.exprs.push(item);
            }
            let items = self.expr_list(from);
            let span = self.since(lo);
            expr = self.expr_node(ExprKind::Tuple(items), span);
        }
        self.close(Tok::RBracket);
        expr
    }

    fn subscript_item(&mut self) -> ExprId {
        let start = self.token().lo;
        let mut lo = None;
        if !self.at(Tok::Colon) {
            let item = self.named_expr();
            if !self.at(Tok::Colon) {
                return item;
            }
            lo = Some(item);
        }
        self.bump();
        let hi = self.slice_part();
        let step = if self.eat(Tok::Colon) { self.slice_part() } else { None };
        let span = self.since(start);
        self.expr_node(ExprKind::Slice { lo, hi, step }, span)
    }

    fn slice_part(&mut self) -> Option<ExprId> {
        match self.kind() {
            Tok::Colon | Tok::Comma | Tok::RBracket => None,
            _ => Some(self.expr()),
        }
    }

    pub(super) fn atom(&mut self) -> ExprId {
        let token = self.token();
        let span = self.token_span(token);
        let kind = match token.kind {
            Tok::Name => {
                if self.peek(1).kind == Tok::Name && self.at_word("any") {
                    return self.type_operand();
                }
                ExprKind::Name(self.make_ident(token).name)
            }
            Tok::Int => self.int_value(token),
            Tok::Float => self.float_value(token),
            Tok::Str | Tok::FStart => return self.strings(),
            Tok::BadStr | Tok::Bad => ExprKind::Error,
            Tok::True => ExprKind::Bool(true),
            Tok::False => ExprKind::Bool(false),
            Tok::None => ExprKind::None,
            Tok::Ellipsis => ExprKind::Ellipsis,
            Tok::LParen => return self.parens(),
            Tok::LBracket => return self.list_display(),
            Tok::LBrace => return self.brace_display(),
            Tok::Fn if self.peek(1).kind == Tok::LParen => return self.type_operand(),
            Tok::Mut => return self.mut_operand(),
            _ => return self.error_expr(),
        };
        self.bump();
        if token.kind == Tok::Bad {
            self.quiet = true;
        }
        self.expr_node(kind, span)
    }

    /// A type where a value is expected, as a generic argument.
    fn type_operand(&mut self) -> ExprId {
        let ty = self.type_expr();
        let span = self.ast[ty].span;
        self.expr_node(ExprKind::Type(ty), span)
    }

    /// `mut name` in what may turn out to be a list of targets.
    fn mut_operand(&mut self) -> ExprId {
        let token = self.bump();
        if self.at(Tok::Mut) {
            return self.error_expr();
        }
        let expr = self.postfix();
        let operand = self.expr_span(expr);
        self.muts.push((expr, self.span(token.lo, operand.lo.max(token.hi))));
        expr
    }

    /// `(...)`: a group, a tuple, a generator, or `()`.
    fn parens(&mut self) -> ExprId {
        let lo = self.bump().lo;
        if self.eat(Tok::RParen) {
            let span = self.since(lo);
            return self.expr_node(ExprKind::Tuple(List::default()), span);
        }
        let first = self.element();
        if self.at_comp() {
            let clauses = self.comp_clauses();
            self.close(Tok::RParen);
            let span = self.since(lo);
            return self.expr_node(ExprKind::Generator { elem: first, clauses }, span);
        }
        if !self.at(Tok::Comma) || self.quiet {
            self.assignment_habit();
            self.lonely_star(first);
            self.close(Tok::RParen);
            return first;
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        self.elements_after_first(Tok::RParen);
        let items = self.expr_list(from);
        let span = self.since(lo);
        self.expr_node(ExprKind::Tuple(items), span)
    }

    /// An element of a display: an expression or `*xs`.
    fn element(&mut self) -> ExprId {
        let lo = self.token().lo;
        if self.eat(Tok::Star) {
            let inner = self.binary(power::BIT_OR);
            let span = self.since(lo);
            return self.expr_node(ExprKind::Star(inner), span);
        }
        self.named_expr()
    }

    /// `, a, b` and the closer.
    fn elements_after_first(&mut self, closer: Tok) {
        while !self.quiet && self.eat(Tok::Comma) && !self.at(closer) {
            let item = self.element();
            self.exprs.push(item);
        }
        self.close(closer);
    }

    fn list_display(&mut self) -> ExprId {
        let lo = self.bump().lo;
        let from = self.exprs.len();
        if !self.eat(Tok::RBracket) {
            let first = self.element();
            if self.at_comp() {
                let clauses = self.comp_clauses();
                self.close(Tok::RBracket);
                let span = self.since(lo);
                return self.expr_node(ExprKind::ListComp { elem: first, clauses }, span);
            }
            self.exprs.push(first);
            self.elements_after_first(Tok::RBracket);
        }
        let items = self.expr_list(from);
        let span = self.since(lo);
        self.expr_node(ExprKind::List(items), span)
    }

    /// `{...}`: a dict, a set, or a comprehension of either.
    fn brace_display(&mut self) -> ExprId {
        let lo = self.bump().lo;
        if self.eat(Tok::RBrace) {
            let span = self.since(lo);
            return self.expr_node(ExprKind::Dict(List::default()), span);
        }
        if self.at(Tok::StarStar) {
            self.spread_habit();
        }
        let first = self.element();
        if self.at(Tok::Colon) {
            return self.dict_display(lo, first);
        }
        if self.at_comp() {
            let clauses = self.comp_clauses();
            self.close(Tok::RBrace);
            let span = self.since(lo);
            return self.expr_node(ExprKind::SetComp { elem: first, clauses }, span);
        }
        let from = self.exprs.len();
        self.exprs.push(first);
        self.elements_after_first(Tok::RBrace);
        let items = self.expr_list(from);
        let span = self.since(lo);
        self.expr_node(ExprKind::Set(items), span)
    }

    fn dict_display(&mut self, lo: u32, key: ExprId) -> ExprId {
        self.bump();
        let value = self.expr();
        if self.at_comp() {
            let clauses = self.comp_clauses();
            self.close(Tok::RBrace);
            let span = self.since(lo);
            return self.expr_node(ExprKind::DictComp { key, value, clauses }, span);
        }
        let mut items = vec![DictItem { key, value }];
        while !self.quiet && self.eat(Tok::Comma) && !self.at(Tok::RBrace) {
            if self.at(Tok::StarStar) {
                self.spread_habit();
            }
            let key = self.expr();
            if !self.quiet {
                self.expect(Tok::Colon);
            }
            let value = self.expr();
            items.push(DictItem { key, value });
        }
        self.close(Tok::RBrace);
        let items = self.ast.push_list(items);
        let span = self.since(lo);
        self.expr_node(ExprKind::Dict(items), span)
    }

    fn at_comp(&self) -> bool {
        self.at(Tok::For) && !self.quiet
    }

    /// `for target in iter if cond ...`
    fn comp_clauses(&mut self) -> List<CompClause> {
        let mut clauses = Vec::new();
        while !self.quiet {
            if self.eat(Tok::For) {
                let target = self.target_list();
                self.expect(Tok::In);
                let iter = self.binary(power::OR);
                clauses.push(CompClause::For { target, iter });
            } else if self.eat(Tok::If) {
                let cond = match self.peek(1).kind {
                    Tok::Walrus => self.named_expr(),
                    _ => self.binary(power::OR),
                };
                clauses.push(CompClause::If(cond));
            } else {
                break;
            }
        }
        self.ast.push_list(clauses)
    }
}
