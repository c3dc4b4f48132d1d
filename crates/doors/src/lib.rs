//! Doors: programs of other virtual machines, brought to IR.
//!
//! One folder a door. A door reads its machine's files (and a text form of them), rejects what is
//! malformed, and builds a module; it runs nothing. What executes the module, limits it, shows it
//! and debugs it is the same for all, and stands in other crates: see `kaa-ir` for what a door
//! builds, `kaa::door` for running it.
//!
//! Rooms: this file chooses the door, `program` is what comes out of one and how its end is told,
//! `error` what can be wrong with a file, `codes` what its codes mean,
//! `json` the form of final states, `quoted` strings in text forms, `marks` the
//! lines that code comes from.

#![forbid(unsafe_code)]

pub mod bytecode_vm;
pub mod codes;
mod error;
pub mod fir;
pub mod json;
mod marks;
mod program;
mod quoted;
pub mod snake;
pub mod stick;

pub use error::{LoadError, Place};
pub use program::{End, Ending, Look, Machine, Program, Seen};

/// The largest file that a door opens.
pub const MAX_FILE: usize = 16 << 20;

/// A machine whose programs can be run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Door {
    /// StickVM: registers with dynamic type tags.
    Stick,
    /// Bytecode VM: a stack of values, variables by name.
    BytecodeVm,
    /// Solid Snake: registers without types, typed operations, memory in sections.
    Snake,
    /// Typed stack code.
    Fir,
}

impl Door {
    /// All doors.
    pub const ALL: [Door; 4] = [Door::Stick, Door::BytecodeVm, Door::Snake, Door::Fir];

    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Door::Stick => "stk",
            Door::BytecodeVm => "bvm",
            Door::Snake => "solid-snake",
            Door::Fir => "fir",
        }
    }

    /// The door of this name.
    pub fn named(name: &str) -> Option<Door> {
        Door::ALL.into_iter().find(|door| door.name() == name)
    }

    /// The door of a file: by what it begins with, else by the end of its name.
    pub fn of(name: &str, bytes: &[u8]) -> Option<Door> {
        if bytes.starts_with(stick::MAGIC) {
            return Some(Door::Stick);
        }
        let ending = name.rsplit_once('.')?.1;
        let is_for = |door: &Door| door.endings().contains(&ending);
        Door::ALL.into_iter().find(is_for)
    }

    /// The ends of names of its files: first the binary form, then the text form.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Door::Stick => &["stk", "stks"],
            Door::BytecodeVm => &["bvm", "bvms"],
            Door::Snake => &["ssb", "ss"],
            Door::Fir => &["fir"],
        }
    }

    /// How names of its files in binary form end, without the dot.
    pub fn binary_ending(self) -> &'static str {
        self.endings().first().copied().unwrap_or("")
    }

    /// Whether a file is in the door's text form.
    pub fn is_text(self, name: &str, bytes: &[u8]) -> bool {
        let text_ending = self.endings().last();
        let named = name.rsplit_once('.').is_some_and(|(_, end)| Some(&end) == text_ending);
        match self {
            Door::Stick => named && !bytes.starts_with(stick::MAGIC),
            Door::BytecodeVm | Door::Snake => named,
            Door::Fir => true,
        }
    }
}

/// How a file is read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// The numbering of StickVM's instructions.
    pub stick_numbering: stick::Numbering,
    /// The numbering of Bytecode VM's instructions.
    pub bytecode_numbering: bytecode_vm::Numbering,
    /// What registers hold at first, as a JSON object: for machines that are given any.
    pub first_registers: Option<String>,
    /// Whether the final state will be asked for. Without it, a program need not keep what only
    /// that would show.
    pub keep_state: bool,
    /// Whether a program of Solid Snake tells each operation that it executes.
    pub log: bool,
    /// The byte strings that a program of Solid Snake stores by their number.
    pub constants: Vec<Vec<u8>>,
    /// Whether a debugger will look at the program: registers and locals are named, and a file
    /// without lines gets those of its listing.
    pub debugged: bool,
}

/// Reads a program of a machine and makes a module of it.
///
/// # Errors
/// The file is malformed.
pub fn load(door: Door, name: &str, bytes: &[u8], options: &Options) -> Result<Program, LoadError> {
    if bytes.len() > MAX_FILE {
        return Err(error::too_large(bytes.len()));
    }
    let mut program = match door {
        Door::Stick => stick::load(name, bytes, options),
        Door::Snake => snake::load(name, bytes, options),
        Door::Fir => fir::load(name, bytes, options),
        Door::BytecodeVm => bytecode_vm::load(name, bytes, options),
    }?;
    if options.debugged {
        program.source = match door.is_text(name, bytes) {
            true => error::utf8(bytes)?.to_owned(),
            false => listing(door, name, bytes, options)?,
        };
    }
    Ok(program)
}

/// Whether all of a file can be read, also where loading leaves it to the run to tell: a machine
/// may find out only when it starts.
///
/// # Errors
/// The file is malformed.
pub fn check(door: Door, name: &str, bytes: &[u8], _: &Options) -> Result<(), LoadError> {
    match door {
        Door::Snake => snake::check(name, bytes),
        _ => Ok(()),
    }
}

/// The instructions of a file, for people.
///
/// # Errors
/// The file is malformed.
pub fn listing(
    door: Door,
    name: &str,
    bytes: &[u8],
    options: &Options,
) -> Result<String, LoadError> {
    if bytes.len() > MAX_FILE {
        return Err(error::too_large(bytes.len()));
    }
    match door {
        Door::Stick => stick::listing(name, bytes, options),
        Door::Snake => snake::listing(name, bytes, options),
        Door::Fir => fir::listing(bytes),
        Door::BytecodeVm => bytecode_vm::listing(name, bytes, options),
    }
}

/// The binary form of a program in a door's text form.
///
/// # Errors
/// A line that cannot be read, or a machine without a binary form.
pub fn assemble(door: Door, text: &[u8], options: &Options) -> Result<Vec<u8>, LoadError> {
    if text.len() > MAX_FILE {
        return Err(error::too_large(text.len()));
    }
    match door {
        Door::Stick => stick::assemble(error::utf8(text)?, options),
        Door::Snake => snake::assemble(text),
        Door::BytecodeVm => bytecode_vm::assemble(text, options),
        Door::Fir => Err(error::only_text(door)),
    }
}
