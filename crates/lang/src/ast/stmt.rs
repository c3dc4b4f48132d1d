//! Statements, assignment targets and patterns.
//!
//! Declarations that are statements point to their node in `item`.

use super::{
    BinaryOp, Block, DeclId, ExprId, ExtendId, FnId, GenericParam, Ident, List, PatId, TargetId,
    TypeId,
};
use crate::intern::Symbol;
use kaa_base::span::Span;

/// A statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands, its suites included.
    pub span: Span,
}

/// The kinds of statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StmtKind {
    /// Something that was reported already.
    Error,
    /// `pass`
    Pass,
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return`, `return value`
    Return(Option<ExprId>),
    /// `yield value`
    Yield(Option<ExprId>),
    /// `yield from iter`
    YieldFrom(ExprId),
    /// An expression for its effect. A leading string is a doc text.
    Expr(ExprId),
    /// `a = b = value`: one target or more, left to right.
    Assign {
        /// What is assigned.
        targets: List<TargetId>,
        /// The value.
        value: ExprId,
    },
    /// `x: int = value`, `mut x: int`
    Annotated {
        /// What is declared.
        target: TargetId,
        /// Its type.
        ty: TypeId,
        /// Its value, if given.
        value: Option<ExprId>,
    },
    /// `x += value`
    AugAssign {
        /// The operator without its `=`.
        op: BinaryOp,
        /// What is changed.
        target: TargetId,
        /// The right operand.
        value: ExprId,
    },
    /// `del xs[i], d[k]`
    Del(List<ExprId>),
    /// `assert cond, message`
    Assert {
        /// The condition.
        cond: ExprId,
        /// The message, if given.
        message: Option<ExprId>,
    },
    /// `nonlocal a, b`
    Nonlocal(List<Ident>),
    /// `if` with its `elif`s.
    If {
        /// The `if` and each `elif`.
        arms: List<IfArm>,
        /// The `else` suite.
        other: Option<Block>,
    },
    /// `while cond`
    While {
        /// The condition.
        cond: ExprId,
        /// The suite.
        body: Block,
        /// The `else` suite, run when the loop ends without `break`.
        other: Option<Block>,
    },
    /// `for target in iter`
    For {
        /// What is bound each turn; `mut` in it edits the elements in place.
        target: TargetId,
        /// What is walked.
        iter: ExprId,
        /// The suite.
        body: Block,
        /// The `else` suite, run when the loop ends without `break`.
        other: Option<Block>,
    },
    /// `match subject`
    Match {
        /// What is looked at.
        subject: ExprId,
        /// The cases in order.
        cases: List<Case>,
    },
    /// `with a as b, c:`
    With {
        /// The resources in order.
        items: List<WithItem>,
        /// The suite.
        body: Block,
    },
    /// `def`
    Def(FnId),
    /// `struct`, `class`, `resource`, `enum`, `trait`
    TypeDecl(DeclId),
    /// `extend`
    Extend(ExtendId),
    /// `type Name[T] = ...`
    TypeAlias {
        /// The name.
        name: Ident,
        /// Its generic parameters.
        generics: List<GenericParam>,
        /// What it stands for.
        ty: TypeId,
    },
    /// `import a.b, c as d`
    Import(List<ImportItem>),
    /// `from a.b import c, d as e`
    FromImport {
        /// Number of leading dots.
        dots: u32,
        /// The module's path; may be empty behind dots.
        path: List<Ident>,
        /// What is imported.
        names: List<ImportName>,
    },
}

/// An `if` or `elif`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IfArm {
    /// The condition.
    pub cond: ExprId,
    /// The suite.
    pub body: Block,
}

/// A resource of a `with`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WithItem {
    /// The resource.
    pub value: ExprId,
    /// The name behind `as`.
    pub target: Option<TargetId>,
}

/// A module of an `import`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportItem {
    /// Its path.
    pub path: List<Ident>,
    /// The name behind `as`.
    pub alias: Option<Ident>,
}

/// A name of a `from ... import`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImportName {
    /// The name in the module.
    pub name: Ident,
    /// The name behind `as`.
    pub alias: Option<Ident>,
}

/// What an assignment, a loop or a `with` binds or changes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Target {
    /// What it is.
    pub kind: TargetKind,
    /// Where it stands, with its `mut`.
    pub span: Span,
}

/// The kinds of target.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum TargetKind {
    /// Something that was reported already.
    Error,
    /// A name; `_` is an ordinary name here.
    Name {
        /// The name.
        name: Ident,
        /// Whether `mut` stands before it.
        mutable: bool,
    },
    /// A place in something that exists: an `Attr` or `Index` expression.
    Place(ExprId),
    /// `a, b` or `[a, b]`: at most one of them a `Star`.
    Unpack(List<TargetId>),
    /// `*rest` in an `Unpack`.
    Star(TargetId),
}

/// A case of a `match`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Case {
    /// The pattern.
    pub pattern: PatId,
    /// The condition behind `if`.
    pub guard: Option<ExprId>,
    /// The suite.
    pub body: Block,
    /// From `case` to the end of the suite.
    pub span: Span,
}

/// A pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PatKind {
    /// Something that was reported already.
    Error,
    /// `_`
    Wildcard,
    /// A lower-case name: binds.
    Capture(Symbol),
    /// A number (perhaps negated), text, bytes, `True`, `False`.
    Literal(ExprId),
    /// `None`
    None,
    /// A path whose last name has a capital first letter, or with a dot, without parentheses.
    Path(List<Ident>),
    /// `Path(p, name=q)`: a variant, struct or class by its fields.
    Call {
        /// The variant or type.
        path: List<Ident>,
        /// Positional patterns, then those by name.
        args: List<PatArg>,
    },
    /// `(a, b)`, also without parentheses; may hold a `Star`.
    Tuple(List<PatId>),
    /// `[a, *rest]`
    List(List<PatId>),
    /// `*rest` (or `*_`) in a tuple or list.
    Star(Ident),
    /// `a | b`
    Or(List<PatId>),
    /// `pattern as name`
    As {
        /// What must match.
        pattern: PatId,
        /// The name for the whole.
        name: Ident,
    },
}

/// A field of a [`PatKind::Call`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PatArg {
    /// The field's name, if written.
    pub name: Option<Ident>,
    /// Its pattern.
    pub pattern: PatId,
}
