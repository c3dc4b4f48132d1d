//! Expressions.
//!
//! Parentheses leave no node. Assignment targets are not expressions here: see `Target` in
//! `stmt`. A bracket after a name may be an index or generic arguments, which only the checker
//! can tell apart: both are [`ExprKind::Index`].

use super::{BytesId, ExprId, FloatId, Ident, IntId, List, Mark, Param, TargetId, TypeId};
use crate::intern::Symbol;
use kaa_base::span::Span;

/// An expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without parentheses around it.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ExprKind {
    /// Something that was reported already.
    Error,
    /// A name, `self` too.
    Name(Symbol),
    /// An integer below 2^128.
    Int(IntId),
    /// A larger integer: its decimal digits.
    BigInt(Symbol),
    /// A decimal number.
    Float(FloatId),
    /// Text, adjacent literals joined and escapes resolved.
    Str(Symbol),
    /// A `b"..."` literal.
    Bytes(BytesId),
    /// Text with expressions in it.
    FString(List<FPart>),
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `...`
    Ellipsis,
    /// `(a, b)`, also without parentheses, and `()`.
    Tuple(List<ExprId>),
    /// `[a, b]`
    List(List<ExprId>),
    /// `{a, b}`
    Set(List<ExprId>),
    /// `{k: v}`
    Dict(List<DictItem>),
    /// `[elem for ...]`
    ListComp {
        /// The element.
        elem: ExprId,
        /// `for` and `if` clauses, the first a `for`.
        clauses: List<CompClause>,
    },
    /// `{elem for ...}`
    SetComp {
        /// The element.
        elem: ExprId,
        /// `for` and `if` clauses, the first a `for`.
        clauses: List<CompClause>,
    },
    /// `{key: value for ...}`
    DictComp {
        /// The key.
        key: ExprId,
        /// The value.
        value: ExprId,
        /// `for` and `if` clauses, the first a `for`.
        clauses: List<CompClause>,
    },
    /// `(elem for ...)`
    Generator {
        /// The element.
        elem: ExprId,
        /// `for` and `if` clauses, the first a `for`.
        clauses: List<CompClause>,
    },
    /// `*xs` in a display.
    Star(ExprId),
    /// An operator before its operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: ExprId,
    },
    /// Arithmetic or bits.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        lhs: ExprId,
        /// Right operand.
        rhs: ExprId,
    },
    /// `and`, `or`.
    Logic {
        /// The operator.
        op: LogicOp,
        /// Left operand.
        lhs: ExprId,
        /// Right operand, evaluated only when needed.
        rhs: ExprId,
    },
    /// `lhs ?? rhs`
    Coalesce {
        /// The option.
        lhs: ExprId,
        /// The value in place of `None`.
        rhs: ExprId,
    },
    /// `first < a <= b ...`: one link or more.
    Compare {
        /// The leftmost operand.
        first: ExprId,
        /// Operators with their right operands.
        links: List<CmpLink>,
    },
    /// `then if cond else other`
    IfElse {
        /// The condition.
        cond: ExprId,
        /// Value where it holds.
        then: ExprId,
        /// Value where it does not.
        other: ExprId,
    },
    /// `lambda a, b: body`
    Lambda {
        /// Parameters; a type may be absent.
        params: List<Param>,
        /// The result.
        body: ExprId,
    },
    /// `(name := value)`
    Walrus {
        /// The name that is bound.
        name: Ident,
        /// Its value.
        value: ExprId,
    },
    /// `callee(args)`
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments in order.
        args: List<Arg>,
    },
    /// `object.name`
    Attr {
        /// Left of the dot.
        object: ExprId,
        /// Right of the dot.
        name: Ident,
    },
    /// `object[index]`: an index, a slice, or generic arguments. Several are one `Tuple`.
    Index {
        /// Before the bracket.
        object: ExprId,
        /// In the bracket.
        index: ExprId,
    },
    /// `lo:hi:step`, only as the index of an `Index`.
    Slice {
        /// First position.
        lo: Option<ExprId>,
        /// End position.
        hi: Option<ExprId>,
        /// Step.
        step: Option<ExprId>,
    },
    /// Postfix `?`. As a generic argument, an option type.
    Try(ExprId),
    /// A type that cannot be read as a value, such as `fn(A) -> B`, as a generic argument.
    Type(TypeId),
}

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `+x`
    Pos,
    /// `~x`
    Invert,
    /// `not x`
    Not,
}

/// Operators with two operands that are always evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `//`
    FloorDiv,
    /// `%`
    Mod,
    /// `**`
    Pow,
    /// `+%`
    WrapAdd,
    /// `-%`
    WrapSub,
    /// `*%`
    WrapMul,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `@`
    MatMul,
}

impl BinaryOp {
    /// The spelling.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::WrapAdd => "+%",
            BinaryOp::WrapSub => "-%",
            BinaryOp::WrapMul => "*%",
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::And => "&",
            BinaryOp::Or => "|",
            BinaryOp::Xor => "^",
            BinaryOp::MatMul => "@",
        }
    }
}

impl UnaryOp {
    /// The spelling.
    pub fn text(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Pos => "+",
            UnaryOp::Invert => "~",
            UnaryOp::Not => "not",
        }
    }
}

/// `and` and `or`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogicOp {
    /// `and`
    And,
    /// `or`
    Or,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CmpOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `is`
    Is,
    /// `is not`
    IsNot,
}

impl CmpOp {
    /// The spelling.
    pub fn text(self) -> &'static str {
        match self {
            CmpOp::Eq => "==",
            CmpOp::Ne => "!=",
            CmpOp::Lt => "<",
            CmpOp::Le => "<=",
            CmpOp::Gt => ">",
            CmpOp::Ge => ">=",
            CmpOp::In => "in",
            CmpOp::NotIn => "not in",
            CmpOp::Is => "is",
            CmpOp::IsNot => "is not",
        }
    }
}

/// One comparison of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CmpLink {
    /// The operator.
    pub op: CmpOp,
    /// Its right operand.
    pub rhs: ExprId,
    /// Where the operator stands.
    pub span: Span,
}

/// An argument of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// The keyword, if written.
    pub name: Option<Ident>,
    /// `mut` or `own`, if written.
    pub mark: Mark,
    /// The value.
    pub value: ExprId,
    /// The whole argument.
    pub span: Span,
}

/// An entry of a dict display.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DictItem {
    /// The key.
    pub key: ExprId,
    /// The value.
    pub value: ExprId,
}

/// A clause of a comprehension.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompClause {
    /// `for target in iter`
    For {
        /// What is bound.
        target: TargetId,
        /// What is walked.
        iter: ExprId,
    },
    /// `if cond`
    If(ExprId),
}

/// A part of an f-string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FPart {
    /// Literal text.
    Text(Symbol),
    /// `{value}`
    Value {
        /// The expression.
        value: ExprId,
        /// `!r` or `!s`.
        conversion: Conversion,
        /// The format spec behind `:`; its values may not have specs with values again.
        spec: Option<List<FPart>>,
        /// The text to print before the value for `{value=}`: the source up to and with `=`.
        echo: Option<Symbol>,
        /// The whole field with its braces.
        span: Span,
    },
}

/// How an f-string field becomes text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Conversion {
    /// Not given: the format spec decides (`{x=}` without a spec means [`Conversion::Repr`]
    /// and is recorded so).
    #[default]
    Default,
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}
