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
            let code = asm::Assembled { bytes: bytes.to_vec(), lines: Vec::new() };
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
                constants: options.constants.clone(),
                log: options.log,
                lines: code.lines.clone(),
            };
            lower::lower(name, &plan, &how).map_err(mistaken)?
        }
    };
    Ok(Program { door: Door::Snake, module, before: String::new(), machine: Box::new(machine) })
}

pub(crate) fn listing(name: &str, bytes: &[u8], _: &Options) -> Result<String, LoadError> {
    match Door::Snake.is_text(name, bytes) {
        true => Ok(text::listing(&assemble(bytes)?)),
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
    assemble_text(bytes).map(|code| code.bytes)
}

fn assemble_text(bytes: &[u8]) -> Result<asm::Assembled, LoadError> {
    text::assemble(utf8(bytes)?).map_err(|error| LoadError::line(error.line as u32, error.message))
}
