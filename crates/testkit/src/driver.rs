//! The one place where the test kit meets the engine: a program in, an [`Outcome`] out.
//!
//! The runner knows files and expectations, this folder knows the public API of the engine, and
//! neither knows the other's business. Outcomes are plain data, so that two engines can be
//! compared by `==`.

mod kaa;
mod kir;
pub(crate) mod store;

pub use kaa::{config, run_kaa};
pub use kir::{check_kir, run_kir};

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
    /// Compiled code from the start.
    Jit,
    /// The interpreter, and compiled code for what has been entered a few times.
    Auto,
}

impl Engine {
    /// How often code is entered before it is compiled, if it is.
    pub fn compile_after(self) -> Option<u32> {
        match self {
            Engine::Interp | Engine::Twin => None,
            Engine::Jit => Some(0),
            Engine::Auto => Some(3),
        }
    }
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
    /// Lines whose writes copied values, and how many.
    pub copies: Vec<(usize, u64)>,
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

/// Whether a build has both engines; the unoptimised one has only the twin.
pub fn engines() -> &'static [Engine] {
    if kaa_exec::Engine::all().len() > 1 {
        &[Engine::Interp, Engine::Twin, Engine::Jit, Engine::Auto]
    } else {
        &[Engine::Twin, Engine::Jit, Engine::Auto]
    }
}

/// Every way in which a program must give the same: each engine, and under collector stress one
/// interpreter and compiled code.
pub fn ways() -> Vec<(Engine, bool)> {
    let plain = engines().iter().map(|engine| (*engine, false));
    let stressed = [(engines()[0], true), (Engine::Jit, true)];
    plain.chain(stressed).collect()
}
