//! Written types: `list[int]?`, `(A, B)`, `fn(A) -> B`, `any Show & Eq`.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

impl Parser<'_> {
    /// A type.
    pub(super) fn type_expr(&mut self) -> TypeId {
        let lo = self.token().lo;
        let ty = self.type_operand_with_options();
        if self.at(Tok::Pipe) && !self.quiet {
            return self.union(ty, lo);
        }
        ty
    }

    pub(super) fn type_operand_with_options(&mut self) -> TypeId {
        if self.quiet || !self.enter() {
            return self.type_error();
        }
        let lo = self.token().lo;
        let mut ty = self.type_atom();
        let mut options = 0;
        while !self.quiet && matches!(self.kind(), Tok::Question | Tok::Coalesce) {
            // An option of an option of an option has no use; this bounds the tree.
            if options >= 2 {
                self.expected("the end of the type");
                break;
            }
            let count = if self.bump().kind == Tok::Coalesce { 2 } else { 1 };
            for _ in 0..count {
                ty = self.type_node(TypeKind::Optional(ty), lo);
            }
            options += count;
        }
        self.leave();
        ty
    }

    pub(super) fn type_node(&mut self, kind: TypeKind, lo: u32) -> TypeId {
        let span = self.since(lo);
        self.ast.push(TypeExpr { kind, span })
    }

    pub(super) fn type_error(&mut self) -> TypeId {
        if !self.quiet {
            self.expected("a type");
        }
        let span = self.gap();
        self.ast.push(TypeExpr { kind: TypeKind::Error, span })
    }

    fn type_atom(&mut self) -> TypeId {
        let token = self.token();
        match token.kind {
            Tok::None => {
                self.bump();
                self.type_node(TypeKind::None, token.lo)
            }
            Tok::LParen => self.tuple_type(),
            Tok::Fn => self.fn_type(),
            Tok::Name if self.peek(1).kind == Tok::Name && self.at_word("any") => {
                self.bump();
                let traits = self.bounds();
                self.type_node(TypeKind::Any(traits), token.lo)
            }
            Tok::Name => self.named_type(),
            Tok::Str => {
                let inside = self.token_text(token).trim_matches(['"', '\'']).to_string();
                let span = self.token_span(token);
                let diag = Diagnostic::error(codes::EXPECTED, span, "a type is not quoted").fix(
                    format!("write `{inside}`"),
                    span,
                    inside,
                );
                self.error(diag);
                self.type_error()
            }
            _ => self.type_error(),
        }
    }

    fn named_type(&mut self) -> TypeId {
        let lo = self.token().lo;
        if self.peek(1).kind == Tok::LBracket {
            match self.token_text(self.token()) {
                "Callable" if self.peek(2).kind == Tok::LBracket => return self.callable_habit(),
                "tuple" | "Tuple" if self.lists_any_number() => return self.any_number_habit(),
                _ => {}
            }
        }
        let option = self.peek(1).kind == Tok::LBracket && self.at_word("Optional");
        let path = self.path();
        if self.at(Tok::Lt) && !self.quiet {
            let diag = Diagnostic::error(
                codes::FOREIGN_OPERATOR,
                self.here(),
                "the arguments of a type stand in square brackets",
            )
            .help("write `list[int]`");
            self.error(diag);
        }
        let args = match self.at(Tok::LBracket) && !self.quiet {
            true => self.type_args(),
            false => List::default(),
        };
        if option && args.len() == 1 {
            return self.optional_habit(args, lo);
        }
        self.type_node(TypeKind::Named { path, args }, lo)
    }

    /// `a.b.Name`, at a name.
    pub(super) fn path(&mut self) -> List<Ident> {
        let token = self.bump();
        let first = self.make_ident(token);
        if !self.at(Tok::Dot) {
            return self.ast.push_list([first]);
        }
        let mut path = vec![first];
        while !self.quiet && self.eat(Tok::Dot) {
            match self.ident("a name") {
                Some(name) => path.push(name),
                None => break,
            }
        }
        self.ast.push_list(path)
    }

    /// `[A, B]`
    fn type_args(&mut self) -> List<TypeId> {
        self.bump();
        let mut args = Vec::new();
        while !self.quiet && !self.at(Tok::RBracket) {
            args.push(self.type_expr());
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if args.is_empty() {
            self.expected("a type");
        }
        self.close(Tok::RBracket);
        self.ast.push_list(args)
    }

    /// `(A, B)`, `()`, or a type in parentheses.
    fn tuple_type(&mut self) -> TypeId {
        let lo = self.bump().lo;
        let mut items = Vec::new();
        let mut comma = false;
        while !self.quiet && !self.at(Tok::RParen) {
            items.push(self.type_expr());
            comma = self.eat(Tok::Comma);
            if !comma {
                break;
            }
        }
        self.close(Tok::RParen);
        if let ([only], false) = (&items[..], comma) {
            return *only;
        }
        let items = self.ast.push_list(items);
        self.type_node(TypeKind::Tuple(items), lo)
    }

    /// `fn(A, mut B) -> C`
    fn fn_type(&mut self) -> TypeId {
        let lo = self.bump().lo;
        let mut params = Vec::new();
        if self.expect(Tok::LParen) {
            while !self.quiet && !self.at(Tok::RParen) {
                let mark = self.param_mark();
                let ty = self.type_expr();
                params.push(FnTypeParam { mark, ty });
                if !self.eat(Tok::Comma) {
                    break;
                }
            }
            self.close(Tok::RParen);
        }
        let params = self.ast.push_list(params);
        let result = match self.eat(Tok::Arrow) {
            true => Some(self.type_expr()),
            false => None,
        };
        self.type_node(TypeKind::Fn { params, result }, lo)
    }

    /// `A & B`
    pub(super) fn bounds(&mut self) -> List<TypeId> {
        let mut bounds = Vec::new();
        loop {
            let bound = match self.at(Tok::Name) && !self.quiet {
                true => self.named_type(),
                false => self.type_error(),
            };
            bounds.push(bound);
            if self.quiet || !self.eat(Tok::Amp) {
                break;
            }
        }
        self.ast.push_list(bounds)
    }

    /// `[T: A & B, U]`; nothing if there is no bracket.
    pub(super) fn generic_params(&mut self) -> List<GenericParam> {
        let mut params = Vec::new();
        if self.quiet || !self.eat(Tok::LBracket) {
            return List::default();
        }
        while !self.quiet && !self.at(Tok::RBracket) {
            let Some(name) = self.ident("the name of a type parameter") else { break };
            let bounds = match self.eat(Tok::Colon) {
                true => self.bounds(),
                false => List::default(),
            };
            let default = self.eat(Tok::Eq).then(|| self.type_expr());
            params.push(GenericParam { name, bounds, default });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if params.is_empty() {
            self.expected("the name of a type parameter");
        }
        self.close(Tok::RBracket);
        self.ast.push_list(params)
    }
}
