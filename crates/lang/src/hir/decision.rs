//! Decisions: what a `match` looks at, in which order, and where that leads.
//!
//! A decision is a graph without cycles whose ends are cases; one may be reached on several
//! ways. What is looked at lies in variables of the checker's own, each assigned by a `Let`
//! before it is used.

use super::{Block, DecisionId, ExprId, List, LocalId};

/// What a `match` does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Runs statements that assign parts of the value to variables.
    Let {
        /// The assignments.
        stmts: Block,
        /// What is done then.
        then: DecisionId,
    },
    /// Goes on where the first condition holds.
    Tests {
        /// The conditions in order.
        tests: List<Test>,
        /// What is done where none holds.
        otherwise: DecisionId,
    },
    /// Goes by an integer or character.
    Switch {
        /// What is looked at.
        value: ExprId,
        /// Where it leads, by the bits of the value in its slot.
        cases: List<Branch>,
        /// What is done for all others.
        otherwise: DecisionId,
    },
    /// Goes by the variant of an enum.
    Variants {
        /// The variable that holds the value.
        value: LocalId,
        /// Where it leads, by the position of the variant.
        cases: List<Branch>,
        /// What is done for all others; nothing where there is no other.
        otherwise: Option<DecisionId>,
    },
    /// The cases that the value may be: the first whose guard holds, or that has none.
    Cases {
        /// In order.
        cases: List<Chosen>,
        /// What is done where every guard fails.
        otherwise: Option<DecisionId>,
    },
    /// Nothing: the value cannot be so.
    Never,
}

/// Where a condition leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Test {
    /// The condition.
    pub cond: ExprId,
    /// What is done where it holds.
    pub then: DecisionId,
}

/// Where a value leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Branch {
    /// The value.
    pub value: i64,
    /// What is done then.
    pub then: DecisionId,
}

/// A case that the value is, if its guard holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Its position among the suites of the statement.
    pub arm: u32,
    /// Assigns what its pattern captures.
    pub binds: Block,
    /// The condition behind `if`, which sees the captures.
    pub guard: Option<ExprId>,
}
