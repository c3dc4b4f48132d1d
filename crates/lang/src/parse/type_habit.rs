//! Types as other languages write them: met with one error and the exact change, then read as
//! what they mean. Names of types that do not exist are left to `check::type_habit`.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Parser<'_> {
    /// The source of a type.
    fn type_text(&self, id: TypeId) -> String {
        let span = self.ast[id].span;
        self.slice(span.lo, span.hi).to_string()
    }

    /// `Optional[T]`
    pub(super) fn optional_habit(&mut self, args: List<TypeId>, lo: u32) -> TypeId {
        let span = self.since(lo);
        let inner = self.ast[args].first().copied();
        let shown = inner.map_or_else(String::new, |ty| format!("{}?", self.type_text(ty)));
        self.option_habit(span, &shown);
        match inner {
            Some(inner) => self.type_node(TypeKind::Optional(inner), lo),
            None => self.type_error(),
        }
    }

    fn option_habit(&mut self, span: Span, shown: &str) {
        let diag = Diagnostic::error(
            codes::FOREIGN_OPTION,
            span,
            "an optional type is written `T?`",
        )
        .fix(format!("write `{shown}`"), span, shown);
        self.report(diag);
    }

    /// `A | B`: an option if one side is `None`.
    pub(super) fn union(&mut self, first: TypeId, lo: u32) -> TypeId {
        let mut others = Vec::new();
        let mut absent = false;
        let mut parts = vec![first];
        while !self.quiet && self.eat(Tok::Pipe) {
            let part = self.type_operand_with_options();
            parts.push(part);
        }
        for part in parts {
            match self.ast[part].kind {
                TypeKind::None => absent = true,
                _ => others.push(part),
            }
        }
        let span = self.since(lo);
        if let ([only], true) = (&others[..], absent) {
            let shown = format!("{}?", self.type_text(*only));
            self.option_habit(span, &shown);
            return self.type_node(TypeKind::Optional(*only), lo);
        }
        let diag = Diagnostic::error(codes::FOREIGN_OPTION, span, "there are no union types")
            .help("declare an `enum` with a variant for each case");
        self.report(diag);
        self.type_node(TypeKind::Error, lo)
    }

    /// Whether `tuple[A, ...]` stands here.
    pub(super) fn lists_any_number(&self) -> bool {
        let mut depth = 0u32;
        let rest = self.tokens.get(self.at + 1..).unwrap_or_default();
        let end = rest.iter().position(|token| {
            depth += u32::from(token.kind.closer().is_some());
            depth -= u32::from(token.kind.is_closer()).min(depth);
            depth == 0 || matches!(token.kind, Tok::Newline | Tok::Eof)
        });
        let before = |back: usize| Some(rest.get(end?.checked_sub(back)?)?.kind);
        before(1) == Some(Tok::Ellipsis) && before(2) == Some(Tok::Comma)
    }

    /// `tuple[A, ...]`
    pub(super) fn any_number_habit(&mut self) -> TypeId {
        let lo = self.bump().lo;
        self.bump();
        let item = self.type_expr();
        self.eat(Tok::Comma);
        self.eat(Tok::Ellipsis);
        self.close(Tok::RBracket);
        let shown = format!("list[{}]", self.type_text(item));
        self.foreign_type(lo, "any number of values of one type are a list", &shown);
        self.type_node(TypeKind::Error, lo)
    }

    /// `Callable[[A, B], C]`
    pub(super) fn callable_habit(&mut self) -> TypeId {
        let lo = self.bump().lo;
        self.bump();
        let open = self.bump().hi;
        let mut params = Vec::new();
        while !self.quiet && !self.at(Tok::RBracket) {
            params.push(FnTypeParam { mark: Mark::Plain, ty: self.type_expr() });
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        let shown = self.slice(open, self.token().lo.max(open)).to_string();
        self.close(Tok::RBracket);
        let result = match self.eat(Tok::Comma) {
            true => Some(self.type_expr()),
            false => None,
        };
        self.close(Tok::RBracket);
        let shown = match result.map(|ty| self.type_text(ty)) {
            Some(result) if result != "None" => format!("fn({shown}) -> {result}"),
            _ => format!("fn({shown})"),
        };
        self.foreign_type(lo, "the type of a function is written `fn(A) -> B`", &shown);
        let params = self.ast.push_list(params);
        self.type_node(TypeKind::Fn { params, result }, lo)
    }

    fn foreign_type(&mut self, lo: u32, message: &str, shown: &str) {
        if self.quiet {
            return;
        }
        let span = self.since(lo);
        let diag = Diagnostic::error(codes::FOREIGN_TYPE, span, message).fix(
            format!("write `{shown}`"),
            span,
            shown,
        );
        self.report(diag);
    }
}
