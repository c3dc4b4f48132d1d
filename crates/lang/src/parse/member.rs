//! The bodies of types, traits and extensions: fields, variants, methods, associated types.

use super::Parser;
use crate::ast::*;
use crate::codes;
use crate::intern::Symbol;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;

/// Whose body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Type(DeclKind),
    Extend,
}

/// The members read so far.
pub(super) struct Members {
    owner: Owner,
    pub fields: Vec<Field>,
    pub variants: Vec<Variant>,
    pub methods: Vec<FnId>,
    pub types: Vec<AssocType>,
    pub doc: Option<Symbol>,
}

impl Members {
    pub(super) fn of(owner: Owner) -> Members {
        Members {
            owner,
            fields: Vec::new(),
            variants: Vec::new(),
            methods: Vec::new(),
            types: Vec::new(),
            doc: None,
        }
    }
}

impl Owner {
    fn has_fields(self) -> bool {
        matches!(self, Owner::Type(DeclKind::Struct | DeclKind::Class | DeclKind::Resource))
    }
}

impl Parser<'_> {
    /// A line of a body: a method, or simple members separated by `;`.
    pub(super) fn member_line(&mut self) {
        let lo = self.token().lo;
        if self.at(Tok::Indent) {
            return self.line();
        }
        self.function_habit();
        if matches!(self.kind(), Tok::Def | Tok::At) {
            return self.method(lo);
        }
        loop {
            self.member();
            if self.quiet || !self.eat(Tok::Semi) || self.at(Tok::Newline) {
                break;
            }
        }
        if !self.quiet && self.at(Tok::Comma) {
            let message = "members stand on lines of their own";
            let diag = Diagnostic::error(codes::BAD_MEMBER, self.here(), message).fix(
                "write `;`",
                self.here(),
                ";",
            );
            self.error(diag);
        }
        self.end_line();
    }

    fn method(&mut self, lo: u32) {
        let decorators = match self.at(Tok::At) {
            true => self.decorators(),
            false => List::default(),
        };
        if !self.at(Tok::Def) {
            return self.line();
        }
        let name = self.peek(1);
        if self.members.owner.has_fields() && self.token_text(name) == "__init__" {
            self.init_habit();
        }
        let in_trait = self.members.owner == Owner::Type(DeclKind::Trait);
        let method = self.function(decorators, lo, in_trait);
        self.members.methods.push(method);
    }

    fn member(&mut self) {
        let next = self.peek(1).kind;
        match self.kind() {
            Tok::Pass | Tok::Ellipsis => {
                self.bump();
            }
            Tok::Str => self.doc_text(),
            Tok::Name if self.at_word("type") && next == Tok::Name => self.assoc_type(),
            Tok::Mut => self.field_member(),
            Tok::Name if next == Tok::Colon => self.field_member(),
            Tok::Name if self.members.owner == Owner::Type(DeclKind::Enum) => self.variant(),
            _ => self.bad_member(),
        }
    }

    fn doc_text(&mut self) {
        let text = self.strings();
        if let (ExprKind::Str(text), None) = (self.ast[text].kind, self.members.doc) {
            self.members.doc = Some(text);
        }
    }

    /// `type Item`, `type Item: Show`, `type Item = T`
    fn assoc_type(&mut self) {
        self.bump();
        let Some(name) = self.ident("the name of a type") else { return };
        let bounds = match self.eat(Tok::Colon) {
            true => self.bounds(),
            false => List::default(),
        };
        let ty = match !self.quiet && self.eat(Tok::Eq) {
            true => Some(self.type_expr()),
            false => None,
        };
        self.members.types.push(AssocType { name, bounds, ty });
    }

    fn field_member(&mut self) {
        let lo = self.token().lo;
        let Some(field) = self.field_decl(true) else { return };
        if self.members.owner.has_fields() {
            self.members.fields.push(field);
            return;
        }
        let span = self.since(lo);
        let message = match self.members.owner {
            Owner::Type(DeclKind::Enum) => "the fields of an enum stand in its variants",
            Owner::Type(_) => "a trait has no fields",
            Owner::Extend => "an extension adds methods, not fields",
        };
        self.report(Diagnostic::error(codes::BAD_MEMBER, span, message));
    }

    /// `mut name: T = default`
    fn field_decl(&mut self, may_change: bool) -> Option<Field> {
        let lo = self.token().lo;
        let mutable = self.eat(Tok::Mut);
        if mutable && !may_change {
            let span = self.since(lo);
            let message = "the fields of a variant are not marked `mut`";
            self.report(Diagnostic::error(codes::MISPLACED_MARK, span, message));
        }
        let name = self.ident("the name of a field")?;
        if !self.quiet {
            self.expect(Tok::Colon);
        }
        let ty = self.type_expr();
        let default = match !self.quiet && self.eat(Tok::Eq) {
            true => Some(self.expr()),
            false => None,
        };
        Some(Field { name, mutable, ty, default, span: self.since(lo) })
    }

    /// `Name` or `Name(field: T)`
    fn variant(&mut self) {
        let lo = self.token().lo;
        let Some(name) = self.ident("the name of a variant") else { return };
        let mut fields = Vec::new();
        if self.eat(Tok::LParen) {
            while !self.quiet && !self.at(Tok::RParen) {
                self.unnamed_field();
                if let Some(field) = self.field_decl(false) {
                    fields.push(field);
                }
                if !self.eat(Tok::Comma) {
                    break;
                }
            }
            self.close(Tok::RParen);
        }
        if self.at(Tok::Eq) && !self.quiet {
            let message = "a variant has no number";
            let diag = Diagnostic::error(codes::BAD_MEMBER, self.here(), message)
                .help("give the enum a method that returns it");
            self.error(diag);
        }
        let fields = self.ast.push_list(fields);
        let span = self.since(lo);
        self.members.variants.push(Variant { name, fields, span });
    }

    /// Reports a field of a variant that has a type but no name.
    fn unnamed_field(&mut self) {
        let named = self.at(Tok::Mut) || self.peek(1).kind == Tok::Colon;
        let type_first = self.at(Tok::Name) || self.at(Tok::LParen) || self.at(Tok::Fn);
        if named || !type_first {
            return;
        }
        let here = self.here();
        let diag = Diagnostic::error(codes::BAD_MEMBER, here, "a field of a variant has a name")
            .fix("give it one", here.start(), "value: ");
        self.error(diag);
    }

    fn bad_member(&mut self) {
        let assigned = self.at(Tok::Name) && self.peek(1).kind == Tok::Eq;
        let diag = match assigned && self.members.owner.has_fields() {
            true => {
                let after = self.here().end();
                let message = "a field is declared with its type";
                Diagnostic::error(codes::BAD_MEMBER, self.here(), message).fix(
                    "write the type",
                    after,
                    ": int",
                )
            }
            false => {
                let message = format!("expected a member of a type, found {}", self.found());
                Diagnostic::error(codes::BAD_MEMBER, self.here(), message)
            }
        };
        self.error(diag);
    }
}
