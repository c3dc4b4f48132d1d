//! Doors: programs of other virtual machines, brought to IR.
//!
//! One folder a door. A door reads its machine's files (and a text form of them), rejects what is
//! malformed, and builds a module; it runs nothing. What executes the module, limits it, shows it
//! and debugs it is the same for all, and stands in other crates: see `kaa-ir` for what a door
//! builds, `kaa` for running it.

#![forbid(unsafe_code)]

pub mod snake;
pub mod stick;
