//! The type that carries all bodies; they are in the files by topic.
//!
//! Bodies are plain functions: operands in, result out. Those that touch the heap take its
//! base address: every 32-bit offset from it is inside the mapping, so a wrong reference is a
//! wrong value and nothing worse.

/// Carrier of the bodies: `Machine::add` is the body of `add`.
pub(crate) struct Machine;
