//! Declarations: functions, types, traits, extensions. Their bodies are in `member`.

use super::Parser;
use super::member::{Members, Owner};
use crate::ast::*;
use crate::codes;
use crate::lex::token::Tok;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// A declaration that begins with a soft keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Soft {
    Extend,
    Resource,
}

impl Parser<'_> {
    /// The soft keyword here, if it begins a declaration.
    pub(super) fn soft_declaration(&self) -> Option<Soft> {
        let next = self.peek(1).kind;
        if next == Tok::Name && self.at_word("resource") {
            return Some(Soft::Resource);
        }
        let extend = match next {
            Tok::Name => true,
            Tok::LBracket => self.line_ends_in_colon(),
            _ => false,
        };
        (extend && self.at_word("extend")).then_some(Soft::Extend)
    }

    /// A declaration with its decorators, if one begins here.
    pub(super) fn declaration(&mut self) -> Option<StmtKind> {
        let lo = self.token().lo;
        let decorators = match self.at(Tok::At) {
            true => self.decorators(),
            false => List::default(),
        };
        let kind = match self.kind() {
            Tok::Struct => DeclKind::Struct,
            Tok::Class => DeclKind::Class,
            Tok::Enum => DeclKind::Enum,
            Tok::Trait => DeclKind::Trait,
            Tok::Def => return Some(StmtKind::Def(self.function(decorators, lo, false))),
            Tok::Name => match self.soft_declaration() {
                Some(Soft::Resource) => DeclKind::Resource,
                Some(Soft::Extend) => return Some(self.extend()),
                None => return self.no_declaration(lo),
            },
            _ => return self.no_declaration(lo),
        };
        Some(self.type_decl(kind, decorators, lo))
    }

    /// Reports decorators with nothing to decorate.
    fn no_declaration(&mut self, lo: u32) -> Option<StmtKind> {
        if lo == self.token().lo {
            return None;
        }
        let message = format!("expected a declaration behind `@`, found {}", self.found());
        let span = self.since(lo);
        self.report(Diagnostic::error(codes::EXPECTED, span, message));
        Some(StmtKind::Error)
    }

    /// `@test`, on lines of their own or before the declaration.
    pub(super) fn decorators(&mut self) -> List<Decorator> {
        let mut decorators = Vec::new();
        while self.at(Tok::At) {
            let lo = self.bump().lo;
            let Some(name) = self.ident("the name of a decorator") else { break };
            let text = self.names.text(name.name);
            if text != "test" && text != "export" {
                let message = format!("there is no decorator `@{text}`");
                let diag = Diagnostic::error(codes::UNKNOWN_DECORATOR, name.span, message);
                let diag = match instead_of_decorator(text) {
                    Some(help) => diag.help(help),
                    None => diag.note("there are `@test` and `@export`"),
                };
                self.error(diag);
            } else {
                decorators.push(Decorator { name, span: self.since(lo) });
            }
            if self.quiet {
                self.skip_line();
                self.quiet = false;
            }
            self.eat(Tok::Newline);
        }
        self.ast.push_list(decorators)
    }

    /// `def name[T](params) -> result:` and its block, which a trait's method may lack.
    pub(super) fn function(
        &mut self,
        decorators: List<Decorator>,
        lo: u32,
        may_lack_body: bool,
    ) -> FnId {
        let def = self.bump();
        let name = self.declared_name("the name of a function");
        let generics = self.generic_params();
        let params = self.params();
        let result = match !self.quiet && self.eat(Tok::Arrow) {
            true => Some(self.type_expr()),
            false => None,
        };
        let head = self.since(def.lo);
        let word = self.token_span(def);
        let ends = self.at(Tok::Newline) || self.at(Tok::Semi);
        let lacks = may_lack_body && !self.quiet && ends && self.peek(1).kind != Tok::Indent;
        let around = std::mem::replace(&mut self.yields, false);
        let body = match lacks {
            true => {
                self.bump();
                None
            }
            false => Some(self.suite(word)),
        };
        let yields = std::mem::replace(&mut self.yields, around);
        let span = self.since(lo);
        let decl = FnDecl { name, generics, params, result, body, yields, decorators, head, span };
        self.ast.push(decl)
    }

    /// The name of a declaration; an empty one if there is none.
    fn declared_name(&mut self, what: &str) -> Ident {
        match self.ident(what) {
            Some(name) => name,
            None => Ident { name: self.names.intern(""), span: self.gap() },
        }
    }

    /// `(A, B)` behind a type's name.
    fn traits(&mut self) -> List<TypeId> {
        if self.quiet || !self.eat(Tok::LParen) {
            return List::default();
        }
        let mut traits = Vec::new();
        while !self.quiet && !self.at(Tok::RParen) {
            traits.push(self.type_expr());
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.close(Tok::RParen);
        self.ast.push_list(traits)
    }

    fn type_decl(&mut self, kind: DeclKind, decorators: List<Decorator>, lo: u32) -> StmtKind {
        let head = self.here();
        self.bump();
        let name = self.declared_name("the name of a type");
        let generics = self.generic_params();
        let traits = self.traits();
        let members = self.members(Owner::Type(kind), head);
        let Members { fields, variants, methods, types, doc, .. } = members;
        let decl = TypeDecl {
            kind,
            name,
            generics,
            traits,
            fields: self.ast.push_list(fields),
            variants: self.ast.push_list(variants),
            methods: self.ast.push_list(methods),
            types: self.ast.push_list(types),
            decorators,
            doc,
            span: self.since(lo),
        };
        StmtKind::TypeDecl(self.ast.push(decl))
    }

    /// `extend[T] Type(Trait):`
    fn extend(&mut self) -> StmtKind {
        let head = self.here();
        self.bump();
        let generics = self.generic_params();
        let target = self.type_expr();
        let traits = self.traits();
        let Members { methods, types, .. } = self.members(Owner::Extend, head);
        let decl = ExtendDecl {
            generics,
            target,
            traits,
            methods: self.ast.push_list(methods),
            types: self.ast.push_list(types),
            span: self.since(head.lo),
        };
        StmtKind::Extend(self.ast.push(decl))
    }

    /// The body of a type, trait or extension.
    fn members(&mut self, owner: Owner, head: Span) -> Members {
        let outer = std::mem::replace(&mut self.members, Members::of(owner));
        let from = self.stmts.len();
        self.suite_lines(head, Self::member_line, Self::member_line);
        // Statements among the members were reported.
        self.stmts.truncate(from);
        std::mem::replace(&mut self.members, outer)
    }
}

/// What stands for a decorator of Python.
fn instead_of_decorator(name: &str) -> Option<&'static str> {
    Some(match name {
        "dataclass" => "leave it out: a `struct` has its constructor, `==` and text by itself",
        "property" | "cached_property" => "write a method, and call it",
        "staticmethod" | "classmethod" => "write a function beside the type",
        "abstractmethod" => "a method without a body in a `trait` is required of its types",
        "override" | "final" => "leave it out: nothing inherits",
        _ => return None,
    })
}
