//! What comes out of a door: a module, and how its end and its final state are told.
//!
//! A compiled program exports `main`, which takes nothing and returns how the machine ended.
//! Whatever else can be seen of the final state is returned by further exports, *observers*,
//! which are called after the run. The door cannot call them; whoever runs the module does, and
//! shows the results as [`Seen`].

use std::fmt::Debug;

use kaa_ir::Module;

use crate::Door;
use crate::json::Json;

/// A program of a machine as a module.
#[derive(Debug)]
pub struct Program {
    /// The door it came through.
    pub door: Door,
    /// Its code.
    pub module: Module,
    /// What the lines of its code are lines of, where a debugger asks for it.
    pub source: String,
    /// What its machine prints before it runs anything.
    pub before: String,
    /// Tells how it ended.
    pub machine: Box<dyn Machine>,
}

/// A value that an exported function of a program returned.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    /// An integer or a truth value; floats are returned as their bits.
    Int(i64),
    /// A text or a byte string.
    Bytes(Vec<u8>),
    /// A list or an array; elements of several values stand flat.
    List(Vec<Seen>),
    /// Something that is not there, or that nobody outside can look into.
    Opaque,
}

impl Seen {
    /// The integer.
    pub fn int(&self) -> Option<i64> {
        match self {
            Seen::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The elements.
    pub fn list(&self) -> &[Seen] {
        match self {
            Seen::List(items) => items,
            _ => &[],
        }
    }
}

/// The end of a run as the engine saw it.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// `main` returned this.
    Returned(Vec<Seen>),
    /// It trapped or reached a limit: the stable name of the trap.
    Trapped(&'static str),
}

/// The end of a run as the machine tells it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ending {
    /// The exit status.
    pub exit: u8,
    /// What it prints at the end on its standard output.
    pub stdout: String,
    /// What it prints at the end on its standard error.
    pub stderr: String,
    /// Whether `stderr` is shown in red where colours are shown.
    pub red: bool,
}

/// Calls exported functions of the program after its run; `None` where there is no such export or
/// it trapped.
pub type Look<'a> = &'a mut dyn FnMut(&str) -> Option<Vec<Seen>>;

/// Knows how one machine tells what a run came to.
pub trait Machine: Debug {
    /// How the run ended, from what `main` returned.
    fn ending(&self, results: &[Seen]) -> Ending;

    /// How many nested calls the machine allows, in calls of Kaa's depth limit, where it is more
    /// than Kaa allows by itself.
    fn calls(&self) -> Option<usize> {
        None
    }

    /// The final state.
    fn state(&self, end: &End, look: Look<'_>) -> Json;
}
