//! What an operation may do besides computing its results.

/// A set of effects. A bit that is absent is a promise: tests run operations and compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Effects(pub u8);

impl Effects {
    /// Computes only; may be removed, repeated or moved.
    pub const PURE: Effects = Effects(0);
    /// May end the task with a trap.
    pub const TRAP: Effects = Effects(1);
    /// May allocate on the heap, so also collect.
    pub const ALLOC: Effects = Effects(2);
    /// Reads memory that may change.
    pub const READ: Effects = Effects(4);
    /// Writes memory.
    pub const WRITE: Effects = Effects(8);
    /// The collector, a debugger or another task may run here.
    pub const SAFEPOINT: Effects = Effects(16);
    /// Ends a block.
    pub const END: Effects = Effects(32);

    /// The union of two sets.
    pub const fn or(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    /// Whether all of `other` is in this set.
    pub const fn has(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of the effects in the set, `PURE` where it is empty.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (Effects::TRAP, "TRAP"),
            (Effects::ALLOC, "ALLOC"),
            (Effects::READ, "READ"),
            (Effects::WRITE, "WRITE"),
            (Effects::SAFEPOINT, "SAFEPOINT"),
            (Effects::END, "END"),
        ];
        let names: Vec<_> = all.iter().filter(|(e, _)| self.has(*e)).map(|(_, n)| *n).collect();
        if names.is_empty() { vec!["PURE"] } else { names }
    }
}
