//! Solid Snake: a register machine with typed operations and sections of memory.
//!
//! `table` is the list of operations; `code` reads and writes bytes, `text` the assembly; `fault`
//! says what can end a program. `lower` compiles the code to IR. How files of other machines are
//! told apart and loaded is in `lib.rs`.

pub mod asm;
pub mod code;
pub mod fault;
pub mod table;
pub mod text;
