//! Statements and assignment patterns of checked programs.

use super::{BinaryOp, Block, DecisionId, ExprId, FnId, List, LocalId, PatId, PlaceId, TyId};
use crate::builtins::BuiltinId;
use kaa_base::span::Span;

/// A statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum StmtKind {
    /// An expression for its effect.
    Expr(ExprId),
    /// `a = b = value`: the value is evaluated once, then assigned left to right.
    Assign {
        /// One target or more; each accepts the type of the value.
        targets: List<PatId>,
        /// The value.
        value: ExprId,
    },
    /// `place op= value`: the place is evaluated once, and read before the value is evaluated.
    AugAssign {
        /// What is changed.
        place: PlaceId,
        /// The operator.
        op: AugOp,
        /// The right operand.
        value: ExprId,
    },
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
        /// Run when the loop ends without `break`.
        other: Option<Block>,
    },
    /// `for pattern in iter`
    For {
        /// What is bound each turn.
        pattern: PatId,
        /// What is walked: a list, dict (keys), set, text (chars), bytes (ints), range, tuple of
        /// one element type, `Iter`, `View`.
        iter: ExprId,
        /// The suite.
        body: Block,
        /// Run when the loop ends without `break`.
        other: Option<Block>,
    },
    /// `for mut local in place`: each turn takes the element out, and puts it back at its end.
    ForMut {
        /// The element.
        local: LocalId,
        /// The list, or the dict whose values are walked.
        place: PlaceId,
        /// The suite.
        body: Block,
        /// Run when the loop ends without `break`.
        other: Option<Block>,
    },
    /// `match`, whose subject was assigned to a variable of the checker's own.
    Match {
        /// Which case the value is.
        decision: DecisionId,
        /// The suites of the cases.
        arms: List<Block>,
    },
    /// A suite whose variables end with it: their resources are closed.
    Scope(Block),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `return value`; nothing for a function without a result.
    Return(Option<ExprId>),
    /// `yield value`; the function is a generator.
    Yield(ExprId),
    /// `yield from iter`: gives on what walking it gives.
    YieldFrom(ExprId),
    /// `assert cond, message`
    Assert {
        /// The condition.
        cond: ExprId,
        /// The message, a text.
        message: Option<ExprId>,
    },
    /// `del place`: the last step is an index, a key or a slice.
    Del(PlaceId),
    /// A nested `def`: binds the closure to the variable, capturing now.
    FnDef {
        /// The variable.
        local: LocalId,
        /// The code.
        func: FnId,
        /// Variables of the function at hand, in the order of `Function::captures`.
        captures: List<LocalId>,
    },
}

/// How `op=` makes the new value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AugOp {
    /// An operator on numbers.
    Binary(BinaryOp),
    /// A built-in of (old value, operand), such as `str.concat`.
    Builtin(BuiltinId),
    /// A method of (old value, operand) that stands for the operator.
    Method(FnId),
}

/// An `if` or `elif`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IfArm {
    /// The condition.
    pub cond: ExprId,
    /// The suite.
    pub body: Block,
}

/// What a value is assigned to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatKind,
    /// The type of the value it takes.
    pub ty: TyId,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatKind {
    /// A variable: binds it or changes it.
    Local(LocalId),
    /// A place with a path.
    Place(PlaceId),
    /// `_`
    Discard,
    /// One pattern for each element of a tuple.
    Tuple(List<PatId>),
    /// One pattern for each element of a tuple, except that one takes several as a list.
    TupleRest {
        /// The patterns.
        items: List<PatId>,
        /// Which of them takes several.
        star: u32,
        /// How many it takes.
        taken: u32,
    },
    /// A list, taken apart; traps where the length does not fit.
    List {
        /// The first elements.
        before: List<PatId>,
        /// Takes the rest, as a list; without it the length must be exact.
        star: Option<PatId>,
        /// The last elements.
        after: List<PatId>,
    },
}
