//! Reading programs: from a file or the standard input, in any of the three forms, or of another
//! machine.
//!
//! What is read is bounded, and every way in which it can fail has a sentence.

use std::fs::File;
use std::io::{ErrorKind, Read};

use kaa::door::{Door, DoorOptions, DoorProgram, LoadError};
use kaa::{Diagnostics, FileSystem, Host, Module};

use crate::args::DoorArgs;

/// Bytes that a program may have, in any form.
const MAX_INPUT: u64 = 256 << 20;

/// A program as it was read.
pub struct Input {
    /// What messages call it.
    pub name: String,
    /// Whether a debugger asks what variables are called.
    pub debugged: bool,
    text: Text,
}

enum Text {
    Source(String),
    Ir(String),
    Binary(Vec<u8>),
    Door(Box<Foreign>),
}

/// A program of another machine.
pub struct Foreign {
    /// The machine.
    pub door: Door,
    /// What messages call it.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// How it is read.
    pub options: DoorOptions,
}

impl Foreign {
    /// Makes code of it.
    pub fn load(&self) -> Result<DoorProgram, LoadError> {
        DoorProgram::load(self.door, &self.name, &self.bytes, &self.options)
    }

    /// What is wrong with it.
    pub fn check(&self) -> Diagnostics {
        let Foreign { door, name, bytes, options } = self;
        let checked = kaa::door::check(*door, name, bytes, options);
        match checked.and_then(|()| self.load()) {
            Ok(program) => program.module().diagnostics().clone(),
            Err(error) => self.report(&error),
        }
    }

    /// A report on why it is refused.
    pub fn report(&self, error: &LoadError) -> Diagnostics {
        kaa::door::report(self.door, &self.name, &self.bytes, error)
    }
}

impl From<Foreign> for Input {
    fn from(foreign: Foreign) -> Input {
        Input { name: foreign.name.clone(), debugged: false, text: Text::Door(Box::new(foreign)) }
    }
}

impl Input {
    /// Reads a file, or the standard input where the name is `-`.
    pub fn read(name: &str) -> Result<Input, String> {
        Input::read_as(name, &DoorArgs::default())
    }

    /// Reads a file that may be a program of another machine.
    pub fn read_as(name: &str, door: &DoorArgs) -> Result<Input, String> {
        let shown = if name == "-" { "<stdin>" } else { name };
        let bytes = match name {
            "-" => bounded(std::io::stdin().lock(), 0),
            _ => read_file(name),
        };
        let bytes = bytes.map_err(|why| format!("cannot read `{shown}`: {why}"))?;
        if let Some(machine) = door.machine.or_else(|| Door::of(name, &bytes)) {
            let options = DoorOptions {
                stick_numbering: door.stk_numbering.unwrap_or_default(),
                bytecode_numbering: door.bvm_numbering.unwrap_or_default(),
                ..DoorOptions::default()
            };
            let name = shown.to_owned();
            return Ok(Foreign { door: machine, name, bytes, options }.into());
        }
        let binary = bytes.starts_with(b"KAAB") || name.ends_with(".kab");
        let text = match binary {
            true => Text::Binary(bytes),
            false => {
                let text = String::from_utf8(bytes).map_err(|error| {
                    let at = error.utf8_error().valid_up_to();
                    format!("cannot read `{shown}`: it is not UTF-8 text (byte {at})")
                })?;
                // Only the text of a module begins with a name in quotes.
                let is_ir = name.ends_with(".kir") || text.starts_with("module \"");
                if is_ir { Text::Ir(text) } else { Text::Source(text) }
            }
        };
        Ok(Input { name: shown.to_owned(), debugged: false, text })
    }

    /// The text, where it is source of the Kaa language.
    pub fn source(self) -> Option<String> {
        match self.text {
            Text::Source(text) => Some(text),
            Text::Ir(_) | Text::Binary(_) | Text::Door(_) => None,
        }
    }

    /// The program of another machine, or this input again.
    pub fn foreign(self) -> Result<Foreign, Input> {
        match self.text {
            Text::Door(foreign) => Ok(*foreign),
            _ => Err(self),
        }
    }

    /// Compiles or reads the module.
    pub fn module(self) -> Result<Module, Diagnostics> {
        match self.text {
            Text::Source(text) => {
                let (host, loader) = (Host::new(), &mut FileSystem);
                match self.debugged {
                    true => Module::from_files_to_debug(&host, &self.name, text, loader),
                    false => Module::from_files(&host, &self.name, text, loader),
                }
            }
            Text::Ir(text) => Module::from_ir_text(&self.name, text),
            Text::Binary(bytes) => Module::from_bytes(&self.name, &bytes),
            Text::Door(foreign) => match foreign.load() {
                Ok(program) => Ok(program.module().clone()),
                Err(error) => Err(foreign.report(&error)),
            },
        }
    }

    /// Checks it, making code only where that is what is checked.
    pub fn check(self) -> Diagnostics {
        match self.text {
            Text::Source(text) => Module::check(&self.name, text, &mut FileSystem),
            Text::Door(foreign) => foreign.check(),
            _ => match self.module() {
                Ok(module) => module.diagnostics().clone(),
                Err(found) => found,
            },
        }
    }
}

fn read_file(name: &str) -> Result<Vec<u8>, String> {
    let file = File::open(name).map_err(|e| reason(&e))?;
    let meta = file.metadata().map_err(|e| reason(&e))?;
    if meta.is_dir() {
        return Err("it is a folder".to_owned());
    }
    bounded(file, meta.len())
}

fn bounded(from: impl Read, length: u64) -> Result<Vec<u8>, String> {
    let too_large = || format!("it is larger than {} MiB", MAX_INPUT >> 20);
    if length > MAX_INPUT {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    from.take(MAX_INPUT + 1).read_to_end(&mut bytes).map_err(|e| reason(&e))?;
    match bytes.len() as u64 > MAX_INPUT {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

/// Why the system refused, in words.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        kind => kind.to_string(),
    }
}
