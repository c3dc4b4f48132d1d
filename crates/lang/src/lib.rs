//! The Kaa language front end: source text to IR.

#![forbid(unsafe_code)]

pub mod ast;
pub mod builtins;
pub mod hir;
pub mod intern;
