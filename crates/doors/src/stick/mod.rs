//! StickVM: a register machine with dynamic type tags, files `.stk`.
//!
//! A file is words of 32 bits with a pool of constants and globals beside them. `file` reads and
//! writes it, `whole` makes a module of it, `machine` tells how a run ended in the words of the
//! original. What runs and where it differs: `docs/doors/stickvm.md`.

pub mod file;
mod machine;
mod whole;

use crate::error::LoadError;
use crate::program::Program;
use crate::{Door, Options};

/// The bytes that every file begins with.
pub const MAGIC: &[u8] = b"STIK";

/// Which instruction a number stands for: the file does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Numbering {
    /// The first one, of 56 instructions.
    A,
    /// The second one, of 90 instructions.
    B1,
    /// The last one, of 94 instructions.
    #[default]
    C,
}

impl Numbering {
    /// The numbering of this name.
    pub fn named(name: &str) -> Option<Numbering> {
        match name {
            "A" => Some(Numbering::A),
            "B1" => Some(Numbering::B1),
            "C" => Some(Numbering::C),
            _ => None,
        }
    }
}

pub(crate) fn load(name: &str, bytes: &[u8], _: &Options) -> Result<Program, LoadError> {
    let file = file::read(name, bytes)?;
    let module = whole::build(name, &file)?;
    let before = machine::code_line(&file);
    let machine = Box::new(machine::Stick { globals: file.globals.clone() });
    Ok(Program { door: Door::Stick, module, before, machine })
}

pub(crate) fn listing(name: &str, bytes: &[u8], _: &Options) -> Result<String, LoadError> {
    let file = file::read(name, bytes)?;
    let lines = file.code.iter().enumerate();
    Ok(lines.map(|(at, word)| format!("{at:>5}  {word:08X}\n")).collect())
}

pub(crate) fn assemble(_: &str, _: &Options) -> Result<Vec<u8>, LoadError> {
    Err(LoadError::Unsupported("there is no text form yet".to_owned()))
}
