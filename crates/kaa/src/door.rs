//! Programs of other machines: reading them through their door, running them, and how they end.
//!
//! A door makes a module like any other, see [`DoorProgram::module`]; a store runs it within its
//! limits. What a machine's end looks like, the door tells: `kaa-doors`.

mod outside;

use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, SourceFile, Span};
pub use kaa_doors::{
    Door, Ending, LoadError, Options as DoorOptions, Place, asm, assemble, bytecode_vm, check,
    json, listing, snake, stick,
};
use kaa_doors::{End, Look, Options, Seen};
pub use outside::{
    Interrupts, RegisterBank, Registers, offer_interrupts, offer_registers, offer_streams,
};

use crate::diagnostics::Diagnostics;
use crate::error::Error;
use crate::host::Host;
use crate::module::{Module, whole_line};
use crate::store::{Instance, Store};
use crate::value::Val;

/// The verifier's code for what goes beyond a limit.
const TOO_LARGE: &str = "V001";

/// A program of another machine.
#[derive(Debug)]
pub struct DoorProgram {
    module: Module,
    program: kaa_doors::Program,
}

/// How a program of another machine ended.
#[derive(Debug)]
pub struct DoorRun {
    end: End,
    /// As its machine tells it; where a trap or limit of Kaa ended it, the error.
    pub ending: Result<Ending, Error>,
}

impl DoorProgram {
    /// Reads a program.
    ///
    /// # Errors
    /// The file is malformed.
    pub fn load(
        door: Door,
        name: &str,
        bytes: &[u8],
        options: &Options,
    ) -> Result<DoorProgram, LoadError> {
        let mut program = kaa_doors::load(door, name, bytes, options)?;
        let ir = std::mem::take(&mut program.module);
        DoorProgram::verified(name, program, ir)
    }

    /// A program of Solid Snake that was put together by [`asm!`](kaa_doors::asm).
    ///
    /// # Errors
    /// It is too large, or the options make no sense.
    pub fn assembled(
        code: &snake::asm::Assembled,
        options: &Options,
    ) -> Result<DoorProgram, LoadError> {
        let mut program = snake::program(code, options)?;
        let ir = std::mem::take(&mut program.module);
        DoorProgram::verified("asm", program, ir)
    }

    fn verified(
        name: &str,
        program: kaa_doors::Program,
        ir: kaa_ir::Module,
    ) -> Result<DoorProgram, LoadError> {
        match Module::of_door(name, &program.source, ir) {
            Ok(module) => Ok(DoorProgram { module, program }),
            Err(found) if found.list.iter().any(|one| one.code == TOO_LARGE) => {
                let reason = "the program is too large: a function of it goes beyond the limits";
                Err(LoadError::TooLarge(reason.to_owned()))
            }
            Err(found) => {
                let reason = format!("the door made a module that is not right: {found}");
                Err(LoadError::Unsupported(reason))
            }
        }
    }

    /// Its code.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// What its machine prints before it runs.
    pub fn before(&self) -> &str {
        &self.program.before
    }

    /// How many nested calls its machine allows, where [`Config`](crate::Config) allows fewer by
    /// itself.
    pub fn calls(&self) -> Option<usize> {
        self.program.machine.calls()
    }

    /// Runs it in a store that it was loaded into.
    pub fn run(&self, store: &mut Store, instance: Instance) -> DoorRun {
        let results = store.func(instance, "main").and_then(|main| store.call_vals(&main, &[]));
        match results {
            Ok(vals) => {
                let results: Vec<Seen> = vals.iter().map(seen).collect();
                let ending = self.program.machine.ending(&results);
                DoorRun { end: End::Returned(results), ending: Ok(ending) }
            }
            Err(error) => DoorRun { end: End::Trapped(error.code()), ending: Err(error) },
        }
    }

    /// The final state as JSON. The program must have been read with
    /// [`keep_state`](Options::keep_state).
    pub fn state(&self, run: &DoorRun, store: &mut Store, instance: Instance) -> json::Json {
        let mut look = |name: &str| {
            let func = store.func(instance, name).ok()?;
            let vals = store.call_vals(&func, &[]).ok()?;
            Some(vals.iter().map(seen).collect())
        };
        let look: Look<'_> = &mut look;
        self.program.machine.state(&run.end, look)
    }
}

/// Offers what programs of other machines may ask of their host: texts of what they print. They
/// reach nothing by it, so no grant is needed.
pub fn offer(host: &mut Host) {
    use kaa_doors::fir::number as fir;
    use snake::show;
    host.func(fir::MODULE, fir::ARITH, fir::arith);
    host.func(fir::MODULE, fir::COMPARE, fir::compare);
    host.func(fir::MODULE, fir::CONVERT, fir::convert);
    host.func(fir::MODULE, fir::LANES, |op: i64, of: i64, a: &[u8], b: &[u8], c: &[u8]| {
        fir::lanes(op, of, a, b, c)
    });
    host.func(show::MODULE, show::PRINT, |head: i64, bits: i64| show::print(head, bits));
    host.func(show::MODULE, show::LINE, |head: i64, a: i64, b: i64, c: i64, d: i64, e: i64| {
        show::line(head, [a, b, c, d, e])
    });
}

/// A report on a file that is refused, with the line where it is a text.
pub fn report(door: Door, name: &str, bytes: &[u8], error: &LoadError) -> Diagnostics {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if door.is_text(name, bytes) => text,
        _ => "",
    };
    let source = SourceFile::new(name, text);
    let found = match error.place() {
        Place::Line(line) => {
            Diagnostic::error(error.code(), whole_line(&source, line), error.reason())
        }
        _ => Diagnostic::error(error.code(), Span::new(FileId(0), 0, 0), error.to_string()),
    };
    Diagnostics::new(source, vec![found])
}

/// A value as doors look at it.
fn seen(val: &Val) -> Seen {
    match val {
        Val::Bool(b) => Seen::Int(i64::from(*b)),
        Val::Int(n) => Seen::Int(*n),
        Val::UInt(n) => Seen::Int(*n as i64),
        Val::Float(x) => Seen::Int(x.to_bits() as i64),
        Val::Str(text) => Seen::Bytes(text.clone().into_bytes()),
        Val::Bytes(bytes) => Seen::Bytes(bytes.clone()),
        Val::List(items) | Val::Tuple(items) | Val::Set(items) | Val::Object(items) => {
            Seen::List(items.iter().map(seen).collect())
        }
        Val::Dict(_) | Val::Opaque(_) | Val::None => Seen::Opaque,
    }
}
