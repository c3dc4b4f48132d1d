//! Everything that can go wrong between a host and its scripts.

use std::fmt;

use kaa_exec::{LinkError, Trap};
use kaa_isa::TrapKind;

use crate::diagnostics::Diagnostics;

/// An error of the API.
#[derive(Clone, Debug)]
pub enum Error {
    /// The input is refused.
    Compile(Box<Diagnostics>),
    /// The module cannot be put into the store.
    Link(LinkError),
    /// The call ended with a trap or at a limit; the store stays usable.
    Trap(Box<Trap>),
    /// The system gives no memory for a store.
    NoMemory(String),
    /// The module exports no such function.
    NoFunction(String),
    /// The function takes or gives other values than the caller wants.
    Signature(String),
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Compile(found) => {
                found.list.iter().find(|d| d.is_error()).map_or("K001", |d| d.code)
            }
            Error::Link(error) => error.code(),
            Error::Trap(trap) => trap.kind.name(),
            Error::NoMemory(_) => "K002",
            Error::NoFunction(_) => "K003",
            Error::Signature(_) => "K004",
        }
    }

    /// The trap, if it is one.
    pub fn trap(&self) -> Option<&Trap> {
        match self {
            Error::Trap(trap) => Some(trap),
            _ => None,
        }
    }
}

/// Whether a trap means that a limit of the host was reached, rather than a fault of the program.
pub fn is_limit(kind: TrapKind) -> bool {
    use TrapKind::{Interrupted, OutOfFuel, OutOfMemory, StackOverflow};
    matches!(kind, Interrupted | OutOfFuel | OutOfMemory | StackOverflow)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Compile(found) => write!(f, "{found}"),
            Error::Link(error) => write!(f, "{error}"),
            Error::Trap(trap) => write!(f, "{trap}"),
            Error::NoMemory(why) => write!(f, "no memory for a store: {why}"),
            Error::NoFunction(name) => write!(f, "there is no exported function `{name}`"),
            Error::Signature(what) => write!(f, "{what}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Diagnostics> for Error {
    fn from(found: Diagnostics) -> Self {
        Error::Compile(Box::new(found))
    }
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Self {
        Error::Link(error)
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Error::Trap(Box::new(trap))
    }
}
