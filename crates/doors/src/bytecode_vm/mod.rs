//! Bytecode VM: a stack of integers and truth values, variables by name, functions by address.
//!
//! The smallest door, and the one that `docs/writing-a-front-end.md` walks through: `ops` reads
//! instructions, `build` makes a module of them, with the values of a block in `values`, `text` is
//! the assembler, `machine` tells how a run ended. What runs and where it differs:
//! `docs/doors/bytecode-vm.md`.

mod build;
mod machine;
mod ops;
mod text;
mod values;

use ops::Lines;

use crate::error::{self, LoadError};
use crate::program::Program;
use crate::{Door, Options};

/// Which instruction a number stands for: the file does not tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Numbering {
    /// As in the machine's code.
    #[default]
    Source,
    /// As in the text about it.
    Readme,
}

impl Numbering {
    /// The numbering of this name.
    pub fn named(name: &str) -> Option<Numbering> {
        match name {
            "source" => Some(Numbering::Source),
            "readme" => Some(Numbering::Readme),
            _ => None,
        }
    }
}

pub(crate) fn load(name: &str, bytes: &[u8], options: &Options) -> Result<Program, LoadError> {
    let (code, mut lines) = read(name, bytes, options)?;
    if options.debugged && lines.is_empty() {
        lines = ops::lines_of(&ops::listing(&code, options.bytecode_numbering));
    }
    let (module, names) = build::build(name, &code, &lines, options)?;
    let machine = Box::new(machine::Vm { names });
    let (source, before) = (String::new(), String::new());
    Ok(Program { door: Door::BytecodeVm, module, source, before, machine })
}

/// The bytes of a program in either form, and the lines of a text.
fn read(name: &str, bytes: &[u8], options: &Options) -> Result<(Vec<u8>, Lines), LoadError> {
    match Door::BytecodeVm.is_text(name, bytes) {
        true => text::assemble(error::utf8(bytes)?, options.bytecode_numbering),
        false => Ok((bytes.to_vec(), Lines::new())),
    }
}

pub(crate) fn listing(name: &str, bytes: &[u8], options: &Options) -> Result<String, LoadError> {
    Ok(ops::listing(&read(name, bytes, options)?.0, options.bytecode_numbering))
}

pub(crate) fn assemble(bytes: &[u8], options: &Options) -> Result<Vec<u8>, LoadError> {
    Ok(text::assemble(error::utf8(bytes)?, options.bytecode_numbering)?.0)
}
