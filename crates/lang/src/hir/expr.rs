//! Expressions, arguments and places of checked programs.
//!
//! Every name is resolved, every conversion explicit, every argument matched to its parameter.
//! Statements and patterns are in `stmt`, functions and types in `mod`.

use super::{BytesId, ConstId, ExprId, FnId, List, LocalId, PatId, PlaceId, TyId};
use crate::builtins::BuiltinId;
use crate::intern::Symbol;
use kaa_base::span::Span;

pub use crate::ast::Conversion;

/// An expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: TyId,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ExprKind {
    /// Something that was reported already.
    Error,
    /// An integer of type `ty`, as in its slot: extended by sign or by zero to 64 bits.
    Int(i64),
    /// A float of type `ty` (round it for `f32`).
    Float(f64),
    /// A text.
    Str(Symbol),
    /// Some bytes.
    Bytes(BytesId),
    /// `True` or `False`.
    Bool(bool),
    /// A character.
    Char(char),
    /// The only value of type `None`.
    Unit,
    /// The empty case of the option type `ty`.
    Absent,
    /// A variable of the function at hand.
    Local(LocalId),
    /// The resource of a variable, which no longer has it.
    Move(LocalId),
    /// A module constant.
    Const(ConstId),
    /// A function of the module as a value; it has no captures.
    FnRef(FnId),
    /// A closure made here; the captures are read now, in the order of `Function::captures`.
    Closure {
        /// Its code.
        func: FnId,
        /// Variables of the function at hand.
        captures: List<LocalId>,
    },
    /// `-x`, `~x` on a number. (`+x` leaves no node.)
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand, of type `ty`.
        operand: ExprId,
    },
    /// `not x`
    Not(ExprId),
    /// Arithmetic and bits on numbers. Both operands have one type, which is also the result's,
    /// except: `Div` of integers gives a float; the count of a shift is an `int`; `Pow` with an
    /// integer base has an `int` exponent.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left operand.
        lhs: ExprId,
        /// Right operand.
        rhs: ExprId,
    },
    /// `and`, `or` on bools.
    Logic {
        /// Whether it is `and`.
        and: bool,
        /// Left operand.
        lhs: ExprId,
        /// Right operand, evaluated only when needed.
        rhs: ExprId,
    },
    /// `then if cond else other`
    IfElse {
        /// The condition.
        cond: ExprId,
        /// Value where it holds, of type `ty`.
        then: ExprId,
        /// Value where it does not, of type `ty`.
        other: ExprId,
    },
    /// `first < a <= b`: operands are evaluated once, left to right, until a link fails.
    Compare {
        /// The leftmost operand.
        first: ExprId,
        /// One link or more.
        links: List<CmpLink>,
    },
    /// `x is None`, `x is not None`
    IsNone {
        /// The option.
        value: ExprId,
        /// `is not`
        negated: bool,
    },
    /// `lhs ?? rhs`: `lhs` is an option; `rhs` has type `ty` and is evaluated only when needed.
    /// Where `ty` is the type of `lhs` itself, `rhs` is an option too.
    Coalesce {
        /// The option.
        lhs: ExprId,
        /// The value in place of `None`.
        rhs: ExprId,
    },
    /// A present value of the option type `ty`.
    Some(ExprId),
    /// The value of an option that is known to be there.
    Unwrap(ExprId),
    /// `Ok(value)` of the result type `ty`.
    Ok(ExprId),
    /// `Err(error)` of the result type `ty`.
    Err(ExprId),
    /// Postfix `?`: the value inside, or return from the function at hand.
    Try {
        /// The option or result.
        value: ExprId,
        /// What is returned otherwise.
        kind: TryKind,
    },
    /// A value as one of the type `any Trait`.
    ToAny(ExprId),
    /// A value of the enum type `ty`: what its variant holds.
    Variant(ExprId),
    /// What an enum value holds that is known to be of a variant; `ty` is that of the variant.
    Payload(ExprId),
    /// Whether a result is `Ok`.
    IsOk(ExprId),
    /// The value of a result that is known to be `Ok`.
    OkValue(ExprId),
    /// The error of a result that is known to be `Err`.
    ErrValue(ExprId),
    /// A conversion to `ty`; the operand's type and `ty` say which.
    Convert {
        /// The operand.
        value: ExprId,
        /// What happens to a value that does not fit.
        kind: Convert,
    },
    /// `(name := value)`
    Walrus {
        /// The variable.
        local: LocalId,
        /// Its value.
        value: ExprId,
    },
    /// A call of a known function. Where that has captures it is the function at hand, which
    /// calls itself and passes its captures on.
    Call {
        /// The function.
        func: FnId,
        /// In the order of evaluation.
        args: List<Arg>,
    },
    /// A call of a function value.
    CallValue {
        /// The function value.
        callee: ExprId,
        /// In the order of evaluation.
        args: List<Arg>,
    },
    /// A call of something that is built in.
    Builtin {
        /// What; see `crate::builtins`.
        id: BuiltinId,
        /// The receiver of a method is argument with `param` 0, parameters count on from there.
        /// In the order of evaluation; a parameter of any number of values has one argument
        /// for each of them; a parameter that was left out has its default.
        args: List<Arg>,
    },
    /// A struct or new object of type `ty`; `param` of an argument is the number of the field.
    StructNew {
        /// One for each field, in the order of evaluation.
        fields: List<Arg>,
    },
    /// `(a, b)`
    TupleNew(List<ExprId>),
    /// `a + b` of tuples: the elements of both.
    TupleJoin {
        /// Gives the first elements.
        lhs: ExprId,
        /// Gives the others.
        rhs: ExprId,
    },
    /// `[a, b]`
    ListNew(List<ExprId>),
    /// `{a, b}`
    SetNew(List<ExprId>),
    /// `{k: v}`
    DictNew(List<DictItem>),
    /// A field of a struct or object (by number).
    Field {
        /// The struct or object.
        base: ExprId,
        /// Number of the field.
        index: u32,
    },
    /// An element of a tuple.
    TupleField {
        /// The tuple.
        base: ExprId,
        /// Number of the element.
        index: u32,
    },
    /// `base[index]` of a list, text, bytes, range (index is an `int`; a negative one is only a
    /// constant and counts from the end) or dict (index is a key).
    Index {
        /// What is indexed.
        base: ExprId,
        /// Position or key.
        index: ExprId,
    },
    /// `base[lo:hi:step]` of a list, text, bytes or range; each an `int`.
    Slice {
        /// What is cut.
        base: ExprId,
        /// First position.
        lo: Option<ExprId>,
        /// End position.
        hi: Option<ExprId>,
        /// Step.
        step: Option<ExprId>,
    },
    /// An f-string.
    FString(List<FPart>),
    /// A comprehension: `ty` says which (list, set, dict, or `Iter` for a generator, which is
    /// always the argument of a built-in that consumes it or the subject of a loop).
    Comp {
        /// The element, or the key of a dict.
        elem: ExprId,
        /// The value of a dict.
        value: Option<ExprId>,
        /// The clauses; the first is a `For`.
        clauses: List<Clause>,
    },
}

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `-x`, traps on overflow.
    Neg,
    /// `~x`
    Invert,
}

/// Operators on two numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`, gives a float.
    Div,
    /// `//`
    FloorDiv,
    /// `%`, sign of the divisor.
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
    /// `&`, on bools too.
    And,
    /// `|`, on bools too.
    Or,
    /// `^`, on bools too.
    Xor,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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
    /// `in`: the right operand is the container.
    In,
    /// `not in`
    NotIn,
    /// `is`, between objects of one class, or options of it.
    Is,
    /// `is not`
    IsNot,
}

/// One comparison of a chain. Operands have one type, except for `In` and `NotIn`, where the
/// right one is a list, set, dict, tuple, range, bytes or text (the left then a text too, or a
/// `char`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CmpLink {
    /// The operator.
    pub op: CmpOp,
    /// The right operand.
    pub rhs: ExprId,
}

/// What a conversion does with a value that does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Convert {
    /// It traps: `u8(n)`, `int(x)`, `float(n)`, `char(n)`; also the conversions that always fit:
    /// number or `bool` to number, `char` to `str`, number to `bool`.
    Checked,
    /// It wraps: `n.wrapping_as(u8)`.
    Wrapping,
    /// It is cut to the nearest: `n.saturating_as(u8)`.
    Saturating,
}

/// What postfix `?` returns.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TryKind {
    /// `None`: the function returns an option.
    Option,
    /// The same error: the function returns a result with that error type.
    Same,
    /// The error shown as text, in the open `Error`.
    Open,
}

/// An argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg {
    /// Number of the parameter it is for.
    pub param: u32,
    /// What is passed.
    pub kind: ArgKind,
}

/// What is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// A value.
    Value(ExprId),
    /// A place, for a `mut` parameter.
    Mut(PlaceId),
    /// A value for a `mut` parameter whose change nobody sees: `[3, 1].pop()`.
    Temp(ExprId),
}

/// Where the path of a [`Place`] begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// At a variable.
    Local(LocalId),
    /// At an object of a class: the first step is one of its fields.
    Object(ExprId),
}

/// Something that can be changed: a variable or an object, and a path into it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The variable or object.
    pub root: Root,
    /// The path; empty for the variable itself.
    pub proj: List<Proj>,
    /// The type at the end of the path.
    pub ty: TyId,
    /// Where it stands.
    pub span: Span,
}

/// A step of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proj {
    /// The step.
    pub kind: ProjKind,
    /// The type behind the step.
    pub ty: TyId,
    /// Where the path up to here stands.
    pub span: Span,
}

/// The kinds of step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProjKind {
    /// A field of a struct, or of the object at the root.
    Field(u32),
    /// An element of a tuple.
    TupleField(u32),
    /// An element of a list; as in [`ExprKind::Index`].
    Index(ExprId),
    /// The value of a dict's key. As the last step of an assignment it may be new, otherwise
    /// the key must be there.
    Key(ExprId),
    /// The value of a dict's key, which is given the default first where it is new.
    KeyOr {
        /// The key.
        key: ExprId,
        /// What it is given.
        default: ExprId,
    },
    /// The value of a key of a struct whose first field is a dict and whose second makes what
    /// is missing there.
    Made(ExprId),
    /// A part of a list; only as the last step of an assignment or a `del`.
    Slice {
        /// First position.
        lo: Option<ExprId>,
        /// End position.
        hi: Option<ExprId>,
        /// Step.
        step: Option<ExprId>,
    },
    /// The value of an option that is known to be there.
    Unwrap,
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
pub enum Clause {
    /// `for pattern in iter`
    For {
        /// What is bound.
        pattern: PatId,
        /// What is walked; as in `StmtKind::For`.
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
    /// A value as text.
    Value {
        /// The value.
        value: ExprId,
        /// `!r`, `!s`.
        conversion: Conversion,
        /// The format spec.
        spec: Spec,
    },
}

/// A format spec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spec {
    /// None.
    Empty,
    /// Known text, valid for the type of the value.
    Static(Symbol),
    /// Text with values in it; no value in it has a dynamic spec again.
    Dynamic(List<FPart>),
}
