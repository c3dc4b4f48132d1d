//! The ground floor: ids and arenas, spans, diagnostics as data, and the bounded byte
//! reader and writer.
//!
//! This crate knows nothing of instructions, modules or languages. It does no I/O and
//! never panics on input. Next: `entity` for typed indices, `wire` for the byte forms,
//! `bigint` for those of large numbers.

#![forbid(unsafe_code)]

pub mod bigint;
pub mod diag;
pub mod digest;
pub mod entity;
pub mod span;
pub mod wire;
