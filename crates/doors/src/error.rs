//! What can be wrong with a file: one sentence each, with a stable code and a place.
//!
//! What goes wrong while a program runs is no error of a door: the compiled program returns it,
//! and the door's `Machine` tells it in its machine's own words.

use std::fmt;

use crate::Door;
use crate::json::Json;
use crate::program::Ending;

/// Where in a file something is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte of it, from 0.
    Byte(usize),
    /// A line of its text, from 1.
    Line(u32),
}

/// Why a file is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadError {
    /// The bytes are malformed; machines with load codes have one for it.
    Bytes {
        /// Where.
        place: Place,
        /// What is wrong.
        reason: String,
        /// What the machine itself calls it.
        told: Option<Box<Told>>,
    },
    /// The text is malformed.
    Text {
        /// Where.
        place: Place,
        /// What is wrong.
        reason: String,
    },
    /// The program is larger than this door takes.
    TooLarge(String),
    /// What was asked for beside the file makes no sense: numbers of registers and the like.
    Options(String),
    /// The door cannot do what is asked for.
    Unsupported(String),
}

/// How a machine itself tells that it cannot load a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// What it prints, and how it ends.
    pub ending: Ending,
    /// Its final state.
    pub state: Json,
}

impl LoadError {
    /// The code of malformed bytes.
    pub const BYTES: &'static str = "D001";
    /// The code of a malformed text.
    pub const TEXT: &'static str = "D002";
    /// The code of a program that is too large.
    pub const TOO_LARGE: &'static str = "D003";
    /// The code of options that make no sense.
    pub const OPTIONS: &'static str = "D004";
    /// The code of what a door cannot do.
    pub const UNSUPPORTED: &'static str = "D005";

    /// Malformed bytes.
    pub fn bytes(at: usize, reason: impl Into<String>) -> LoadError {
        LoadError::Bytes { place: Place::Byte(at), reason: reason.into(), told: None }
    }

    /// A malformed line.
    pub fn line(line: u32, reason: impl Into<String>) -> LoadError {
        LoadError::Text { place: Place::Line(line), reason: reason.into() }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LoadError::Bytes { .. } => LoadError::BYTES,
            LoadError::Text { .. } => LoadError::TEXT,
            LoadError::TooLarge(_) => LoadError::TOO_LARGE,
            LoadError::Options(_) => LoadError::OPTIONS,
            LoadError::Unsupported(_) => LoadError::UNSUPPORTED,
        }
    }

    /// Where.
    pub fn place(&self) -> Place {
        match self {
            LoadError::Bytes { place, .. } | LoadError::Text { place, .. } => *place,
            _ => Place::File,
        }
    }

    /// What is wrong, in one sentence.
    pub fn reason(&self) -> &str {
        match self {
            LoadError::Bytes { reason, .. }
            | LoadError::Text { reason, .. }
            | LoadError::TooLarge(reason)
            | LoadError::Options(reason)
            | LoadError::Unsupported(reason) => reason,
        }
    }

    /// What the machine itself would have told, where it has words for it.
    pub fn told(&self) -> Option<&Told> {
        match self {
            LoadError::Bytes { told, .. } => told.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            Place::File => write!(f, "{}", self.reason()),
            Place::Byte(at) => write!(f, "byte {at}: {}", self.reason()),
            Place::Line(line) => write!(f, "line {line}: {}", self.reason()),
        }
    }
}

impl std::error::Error for LoadError {}

/// The file is longer than a door reads.
pub(crate) fn too_large(bytes: usize) -> LoadError {
    let most = crate::MAX_FILE >> 20;
    LoadError::TooLarge(format!("the file has {bytes} bytes, more than {most} MiB"))
}

/// The machine has no binary form.
pub(crate) fn only_text(door: Door) -> LoadError {
    LoadError::Unsupported(format!("programs of `{}` are text only", door.name()))
}

/// The text of a file in text form.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, LoadError> {
    std::str::from_utf8(bytes)
        .map_err(|error| LoadError::bytes(error.valid_up_to(), "the text is not UTF-8"))
}
