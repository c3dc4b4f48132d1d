//! The Kaa engine: store, frames, interpreter, runtime functions, traps, fuel, limits.

pub mod text;
