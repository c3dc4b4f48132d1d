//! The text form of modules, `.kir`: for people, for tests, and for tools without a library.
//!
//! Printing and parsing are exact: what [`print()`] gives, [`parse`] reads back as an equal
//! module, for every module that the verifier accepts. The parser takes more than the printer
//! gives: comments (`;`), free layout, any distinct names of values and blocks, items in any
//! order. How operands look is decided by their kinds in `kaa-isa`; nothing here names an
//! operation. The bytes are in `binary`.
//!
//! ```text
//! module "example"
//! type $Point = struct { x: f64 mut, y: f64 }
//! func @double(i64) -> (i64) {
//! b0(v0: i64):
//!   v1: i64 = add.i64 v0, v0
//!   ret (v1)
//! }
//! export "double" = @double
//! ```

mod body;
mod items;
mod lex;
mod lines;
mod names;
mod print;
mod quote;

use std::fmt;

pub use lines::{FuncLines, LineMap};

use crate::func::{Function, InstNode};
use crate::limits::MAX_MODULE_BYTES;
use crate::module::Module;

/// Why a text is no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
    /// One sentence.
    pub message: String,
}

impl TextError {
    /// The stable code of all errors of the text form.
    pub const CODE: &'static str = "T001";

    /// An error at a byte position of the text.
    fn at(text: &str, pos: usize, message: impl Into<String>) -> Self {
        let before = text.get(..pos).unwrap_or(text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |p| p + 1);
        let col = before[start..].chars().count() + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { line: number(line), col: number(col), message: message.into() }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.col, self.message)
    }
}

impl std::error::Error for TextError {}

/// The canonical text of a module.
pub fn print(module: &Module) -> String {
    print::module(module)
}

/// The text of one instruction, without its location; used in messages.
pub fn print_inst(module: &Module, func: &Function, node: &InstNode) -> String {
    print::inst(module, func, node)
}

/// Reads a module. What it means is for the verifier to check.
pub fn parse(text: &str) -> Result<Module, TextError> {
    parse_mapped(text).map(|(module, _)| module)
}

/// As [`parse`], and tells on which line of the text each item stands.
pub fn parse_mapped(text: &str) -> Result<(Module, LineMap), TextError> {
    if text.len() > MAX_MODULE_BYTES {
        return Err(TextError::at(text, 0, "the text is too long"));
    }
    items::Parser::new(text)?.module()
}
