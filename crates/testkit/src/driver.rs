//! The one place where the test kit meets the engine: a program in, an [`Outcome`] out.
//!
//! The runner knows files and expectations, this room knows the public API of the engine, and
//! neither knows the other's business. Outcomes are plain data, so that two engines can be
//! compared by `==`.

use kaa_ir::text::TextError;
use kaa_ir::verify::VerifyError;

/// How a program is run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Which engine runs it.
    pub engine: Engine,
    /// Collect at every safepoint and verify the heap each time.
    pub gc_stress: bool,
    /// Stop after the checks; run nothing.
    pub check_only: bool,
    /// Fuel limit, if any.
    pub fuel: Option<u64>,
    /// Limit of heap bytes, if any.
    pub heap_bytes_max: Option<u64>,
    /// Limit of call depth, if any.
    pub depth_max: Option<u32>,
    /// Arguments of the program, without its own name.
    pub args: Vec<String>,
    /// Granted capabilities as the command line spells them, e.g. `fs`.
    pub allow: Vec<String>,
    /// What the program reads from its standard input.
    pub stdin: String,
}

/// The engines that must agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Engine {
    /// The threaded interpreter.
    #[default]
    Interp,
    /// Its plain twin, a loop around a match.
    Twin,
}

/// What a program did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Everything it printed.
    pub stdout: String,
    /// What the front end or the verifier found.
    pub diagnostics: Vec<Diagnostic>,
    /// The trap or limit that ended it, if one did.
    pub trap: Option<Trap>,
    /// The exit code that the command line would give.
    pub exit: i32,
}

/// A finding of the front end, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// One-based line in the source.
    pub line: usize,
    /// The stable code.
    pub code: String,
    /// The message.
    pub message: String,
}

/// The end of a run that did not reach its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// The stable name of the kind.
    pub kind: String,
    /// One-based line in the source, or 0 where none is known.
    pub line: usize,
    /// The message.
    pub message: String,
}

/// A call of a function of a `.kir` module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function's name without its `@`.
    pub function: String,
    /// The arguments as text, one literal each.
    pub args: Vec<String>,
}

/// What a call gave: its results as text, or the trap.
pub type CallResult = Result<Vec<String>, Trap>;

/// Whether the engine is there; without it the runner only checks that the files can be read.
pub const READY: bool = false;

/// Compiles and runs a `.kaa` program.
pub fn run_kaa(_name: &str, _source: &str, _options: &Options) -> Outcome {
    Outcome::default()
}

/// What the parser or the verifier finds in a `.kir` module.
pub fn check_kir(source: &str) -> Vec<Diagnostic> {
    let found = |line: u32, code: &str, message: String| Diagnostic {
        line: line as usize,
        code: code.to_string(),
        message,
    };
    let (module, lines) = match kaa_ir::text::parse_mapped(source) {
        Ok(parsed) => parsed,
        Err(error) => return vec![found(error.line, TextError::CODE, error.message)],
    };
    let errors = kaa_ir::verify::verify(&module).err().unwrap_or_default();
    let shown =
        |error: VerifyError| found(lines.line(error.place), error.code.as_str(), error.message);
    errors.into_iter().map(shown).collect()
}

/// Loads a `.kir` module and makes each call in a fresh store, or gives what the parser and the
/// verifier found.
pub fn run_kir(
    _name: &str,
    _source: &str,
    _calls: &[Call],
    _options: &Options,
) -> Result<Vec<CallResult>, Vec<Diagnostic>> {
    Ok(Vec::new())
}
