//! The Kaa language front end: source text to IR.

#![forbid(unsafe_code)]

pub mod ast;
pub mod builtins;
pub mod check;
pub mod codes;
pub mod compile;
pub mod doc;
pub mod files;
pub mod fmt;
pub mod hir;
pub mod host;
pub mod intern;
pub mod lex;
pub mod library;
pub mod lower;
pub mod parse;

/// What the names of exported tests begin with; no other name can.
pub const TEST_PREFIX: &str = "@test ";

pub use compile::{Compiled, check_only, compile, compile_to_debug};
pub use files::{Loader, NoFiles};
pub use host::HostDecl;
