//! The Kaa language front end: source text to IR.

#![forbid(unsafe_code)]

pub mod ast;
pub mod builtins;
pub mod check;
pub mod codes;
pub mod compile;
pub mod doc;
pub mod fmt;
pub mod hir;
pub mod host;
pub mod intern;
pub mod lex;
pub mod lower;
pub mod parse;

/// What the names of exported tests begin with; no other name can.
pub const TEST_PREFIX: &str = "@test ";

pub use compile::{Compiled, check_only, check_only_for, compile, compile_for};
pub use host::HostDecl;
