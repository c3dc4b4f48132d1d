//! Declarations and type expressions.
//!
//! Names in type expressions are unresolved paths; the resolver gives them meaning.

use super::{Block, ExprId, FnId, Ident, List, Mark, TypeId};
use crate::intern::Symbol;
use kaa_base::span::Span;

/// A function, method or trait method: `def name[T](params) -> result:`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FnDecl {
    /// The name.
    pub name: Ident,
    /// `[T: Ord]`
    pub generics: List<GenericParam>,
    /// The parameters; a method's first is named `self` and has no type.
    pub params: List<Param>,
    /// The result type; absent means `None`.
    pub result: Option<TypeId>,
    /// The suite; absent for a trait method without a default.
    pub body: Option<Block>,
    /// Whether there is a `yield` in it.
    pub yields: bool,
    /// `@test`, `@export`
    pub decorators: List<Decorator>,
    /// From `def` to the end of its first line's signature.
    pub head: Span,
    /// The whole declaration.
    pub span: Span,
}

/// A parameter of a function, a method or a lambda.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// `mut` or `own`.
    pub mark: Mark,
    /// How an argument may be given.
    pub passing: Passing,
    /// The type; absent for `self` and in a lambda.
    pub ty: Option<TypeId>,
    /// The default value.
    pub default: Option<ExprId>,
    /// The whole parameter.
    pub span: Span,
}

/// How an argument may be given for a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Passing {
    /// By position or by name.
    #[default]
    Any,
    /// By position only (before `/`).
    Position,
    /// By name only (behind a bare `*`).
    Name,
}

/// A generic parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GenericParam {
    /// The name.
    pub name: Ident,
    /// The traits it must have: `T: A & B`.
    pub bounds: List<TypeId>,
    /// What it is where a call does not tell: `T = int`.
    pub default: Option<TypeId>,
}

/// `@name`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Decorator {
    /// The name.
    pub name: Ident,
    /// With the `@`.
    pub span: Span,
}

/// What a [`TypeDecl`] declares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeclKind {
    /// A value with fields.
    Struct,
    /// An object with identity.
    Class,
    /// A move-only handle.
    Resource,
    /// A value that is one of several variants.
    Enum,
    /// A set of methods.
    Trait,
}

impl DeclKind {
    /// The keyword.
    pub fn text(self) -> &'static str {
        match self {
            DeclKind::Struct => "struct",
            DeclKind::Class => "class",
            DeclKind::Resource => "resource",
            DeclKind::Enum => "enum",
            DeclKind::Trait => "trait",
        }
    }
}

/// The declaration of a named type or trait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeDecl {
    /// What it declares.
    pub kind: DeclKind,
    /// The name.
    pub name: Ident,
    /// `[T]`
    pub generics: List<GenericParam>,
    /// What stands in parentheses: the traits it conforms to (for a trait, those it needs).
    pub traits: List<TypeId>,
    /// Fields; empty for enums and traits.
    pub fields: List<Field>,
    /// Variants of an enum.
    pub variants: List<Variant>,
    /// Methods.
    pub methods: List<FnId>,
    /// Associated types.
    pub types: List<AssocType>,
    /// `@export`
    pub decorators: List<Decorator>,
    /// The doc text.
    pub doc: Option<Symbol>,
    /// The whole declaration.
    pub span: Span,
}

/// `extend Type(Trait):`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ExtendDecl {
    /// `extend[T: Show] Box[T](Show):`
    pub generics: List<GenericParam>,
    /// The type that gets the methods.
    pub target: TypeId,
    /// The traits it then conforms to.
    pub traits: List<TypeId>,
    /// Methods.
    pub methods: List<FnId>,
    /// Associated types.
    pub types: List<AssocType>,
    /// The whole declaration.
    pub span: Span,
}

/// A field of a struct, class or resource: `mut name: T = default`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Field {
    /// The name.
    pub name: Ident,
    /// Whether `mut` stands before it.
    pub mutable: bool,
    /// The type.
    pub ty: TypeId,
    /// The default value.
    pub default: Option<ExprId>,
    /// The whole field.
    pub span: Span,
}

/// A variant of an enum: `Name(field: T)`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Variant {
    /// The name.
    pub name: Ident,
    /// Its named fields.
    pub fields: List<Field>,
    /// The whole variant.
    pub span: Span,
}

/// `type Item` in a trait, `type Item = T` in a conforming type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AssocType {
    /// The name.
    pub name: Ident,
    /// The traits it must have.
    pub bounds: List<TypeId>,
    /// What it stands for.
    pub ty: Option<TypeId>,
}

/// A written type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of written type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TypeKind {
    /// Something that was reported already.
    Error,
    /// `None`
    None,
    /// `a.b.Name[T, U]`; `list[T]`, `view[T]` and `Self` too.
    Named {
        /// The path, at least one name.
        path: List<Ident>,
        /// Generic arguments.
        args: List<TypeId>,
    },
    /// `T?`
    Optional(TypeId),
    /// `(A, B)`
    Tuple(List<TypeId>),
    /// `fn(A, mut B) -> C`
    Fn {
        /// The parameters.
        params: List<FnTypeParam>,
        /// The result; absent means `None`.
        result: Option<TypeId>,
    },
    /// `any A & B`
    Any(List<TypeId>),
}

/// A parameter of a function type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FnTypeParam {
    /// `mut` or `own`.
    pub mark: Mark,
    /// Its type.
    pub ty: TypeId,
}
