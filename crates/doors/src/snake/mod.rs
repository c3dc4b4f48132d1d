//! Solid Snake: a register machine with typed operations and sections of memory.
//!
//! `table` is the list of operations; `code` reads and writes bytes, `text` the assembly; `fault`
//! says what can end a program. `plan` finds functions in a code, `lower` compiles it to IR, and
//! `machine` tells how a run ended in the words of the original. What runs and where it differs:
//! `docs/doors/solid-snake.md`.

pub mod asm;
pub mod code;
pub mod fault;
mod lower;
mod machine;
mod macros;
mod plan;
pub mod show;
pub mod table;
pub mod text;

use crate::error::{LoadError, utf8};
use crate::json::Json;
use crate::program::Program;
use crate::{Door, Options};
use plan::Plan;

/// Blocks times registers that may meet in them: the memory that lowering may take follows from
/// it. A program of ten thousand blocks can use all registers everywhere.
const MAX_WEIGHT: u64 = 1 << 20;

pub(crate) fn load(name: &str, bytes: &[u8], options: &Options) -> Result<Program, LoadError> {
    match Door::Snake.is_text(name, bytes) {
        true => compile(name, &assemble_text(bytes)?, options),
        false => {
            let lines =
                if options.debugged { text::lines_of(&text::listing(bytes)) } else { vec![] };
            let code = asm::Assembled { bytes: bytes.to_vec(), lines, constants: Vec::new() };
            compile(name, &code, options)
        }
    }
}

/// Makes a program of a code that was put together here, for example by [`asm!`](crate::asm).
///
/// # Errors
/// It is too large, or the options make no sense.
pub fn program(code: &asm::Assembled, options: &Options) -> Result<Program, LoadError> {
    compile("asm", code, options)
}

/// Makes a module of a code. Where the machine itself could not read the code, running the module
/// ends as it does on the machine.
pub(crate) fn compile(
    name: &str,
    code: &asm::Assembled,
    options: &Options,
) -> Result<Program, LoadError> {
    let first = match &options.first_registers {
        Some(text) => machine::first_registers(text).map_err(LoadError::Options)?,
        None => Vec::new(),
    };
    let mut machine = machine::Snake { first: first.clone(), ..machine::Snake::default() };
    let mistaken = |error: kaa_ir::builder::BuildError| LoadError::Unsupported(error.to_string());
    let module = match code::decode(&code.bytes) {
        Err(error) => lower::ended(name, error.fault).map_err(mistaken)?,
        Ok(instrs) => {
            let plan = Plan::new(instrs, options.keep_state, lower::first_set(&first));
            let weight = plan.weight();
            if weight > MAX_WEIGHT {
                let reason = format!(
                    "the program is too large: {weight} registers meet at its jumps and ends, \
                     more than {MAX_WEIGHT}"
                );
                return Err(LoadError::TooLarge(reason));
            }
            machine.kept = plan.stale.clone();
            machine.calls = Some(plan.frames() * lower::MAX_CALLS);
            let how = lower::Options {
                first,
                constants: code.constants.iter().chain(&options.constants).cloned().collect(),
                log: options.log,
                lines: code.lines.clone(),
                named: options.debugged,
            };
            lower::lower(name, &plan, &how).map_err(mistaken)?
        }
    };
    let (source, before) = (String::new(), String::new());
    Ok(Program { door: Door::Snake, module, source, before, machine: Box::new(machine) })
}

pub(crate) fn listing(name: &str, bytes: &[u8], _: &Options) -> Result<String, LoadError> {
    match Door::Snake.is_text(name, bytes) {
        true => {
            let code = assemble_text(bytes)?;
            Ok(text::constants(&code.constants) + &text::listing(&code.bytes))
        }
        false => Ok(text::listing(bytes)),
    }
}

/// Whether a code can be read, for those who do not want to run it.
pub(crate) fn check(name: &str, bytes: &[u8]) -> Result<(), LoadError> {
    match code::decode(bytes) {
        Err(error) if !Door::Snake.is_text(name, bytes) => {
            Err(LoadError::bytes(error.at, error.fault.to_string()))
        }
        _ => Ok(()),
    }
}

/// The byte form of a text.
pub(crate) fn assemble(bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
    let code = assemble_text(bytes)?;
    match code.constants.is_empty() {
        true => Ok(code.bytes),
        false => Err(LoadError::Unsupported(
            "bytes have no place for constants: run the text, or take the constants out of it and \
             give them beside the bytes"
                .to_owned(),
        )),
    }
}

/// Reads constants from a JSON array: strings, or arrays of bytes.
///
/// # Errors
/// It is something else.
pub fn constants(text: &str) -> Result<Vec<Vec<u8>>, LoadError> {
    let wrong = |what: &dyn std::fmt::Display| {
        LoadError::Options(format!("{what}: constants are an array of strings and arrays of bytes"))
    };
    let byte = |json: &Json| match json {
        Json::Int(n) => u8::try_from(*n).map_err(|_| wrong(json)),
        _ => Err(wrong(json)),
    };
    match Json::parse(text).map_err(|error| wrong(&error))? {
        Json::Array(items) => items
            .iter()
            .map(|item| match item {
                Json::Str(text) => Ok(text.clone().into_bytes()),
                Json::Array(bytes) => bytes.iter().map(byte).collect(),
                _ => Err(wrong(item)),
            })
            .collect(),
        other => Err(wrong(&other)),
    }
}

fn assemble_text(bytes: &[u8]) -> Result<asm::Assembled, LoadError> {
    text::assemble(utf8(bytes)?).map_err(|error| LoadError::line(error.line as u32, error.message))
}
