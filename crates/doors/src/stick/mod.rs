//! StickVM: a register machine with dynamic type tags, files `.stk`.
//!
//! A file is words of 32 bits with a pool of constants and globals beside them. `file` reads and
//! writes it, `text` and `list` are its text form, `ops` says what instructions there are, `flow`
//! which words are instructions, `emit` what they do. `whole` makes a module of any program,
//! `fast` a faster one of most, with `objects` and `globals`. `machine` tells how a run ended in
//! the words of the original. What runs and where it differs: `docs/doors/stickvm.md`.

mod code;
mod emit;
mod fast;
pub mod file;
mod flow;
mod globals;
mod list;
mod machine;
mod objects;
mod ops;
pub(crate) mod panic;
mod text;
mod truth;
mod whole;

use crate::error::{self, LoadError};
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

pub(crate) fn load(name: &str, bytes: &[u8], options: &Options) -> Result<Program, LoadError> {
    let (file, mut lines) = read(name, bytes, options)?;
    let numbering = options.stick_numbering;
    if options.debugged && lines.is_empty() {
        lines = text::assemble(&list::listing(&file, numbering), numbering)?.1;
    }
    let source = Source { file: &file, numbering, lines: &lines, named: options.debugged };
    let fast = match options.keep_state {
        true => None,
        false => fast::build(name, &source)?,
    };
    let module = match fast {
        Some(module) => module,
        None => whole::build(name, &source)?,
    };
    let before = machine::code_line(&file);
    let machine = Box::new(machine::Stick { file });
    Ok(Program { door: Door::Stick, module, source: String::new(), before, machine })
}

/// What a module is made of.
#[derive(Clone, Copy, Debug)]
struct Source<'a> {
    file: &'a file::File,
    numbering: Numbering,
    /// The line of each word, where there is a text.
    lines: &'a [u32],
    /// Whether registers are named for a debugger.
    named: bool,
}

impl Source<'_> {
    /// Notes in a module what its lines are of.
    fn name_lines(&self, module: &mut kaa_ir::Module, name: &str) {
        if !self.lines.is_empty() {
            module.files.push(name.to_owned());
        }
    }
}

/// Reads a file in either form, with the lines of a text.
fn read(name: &str, bytes: &[u8], options: &Options) -> Result<(file::File, Vec<u32>), LoadError> {
    if Door::Stick.is_text(name, bytes) {
        let (file, lines) = text::assemble(error::utf8(bytes)?, options.stick_numbering)?;
        // What a text leaves out is what the loader would miss.
        return Ok((file::read(name, &file::write(&file))?, lines));
    }
    Ok((file::read(name, bytes)?, Vec::new()))
}

pub(crate) fn listing(name: &str, bytes: &[u8], options: &Options) -> Result<String, LoadError> {
    let (file, _) = read(name, bytes, options)?;
    Ok(list::listing(&file, options.stick_numbering))
}

pub(crate) fn assemble(text: &str, options: &Options) -> Result<Vec<u8>, LoadError> {
    Ok(file::write(&text::assemble(text, options.stick_numbering)?.0))
}
