//! The Kaa engine: stores, frames, the interpreter, runtime functions, traps and limits.

pub mod host;
pub mod native;
pub mod rt;
pub mod text;
