//! Traps as the host sees them: kind, message, place, stack trace.

use std::fmt;

use kaa_base::span::LIBRARY_FOLDER;
use kaa_ir::Loc;
use kaa_isa::TrapKind;

/// Frames that a trace keeps, half from each end.
pub const MAX_TRACE: usize = 64;

/// One frame of a stack trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFrame {
    /// The function.
    pub func: String,
    /// The source file, empty if unknown.
    pub file: String,
    /// The place in it; line 0 if unknown.
    pub loc: Loc,
}

/// Why and where a task ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The kind.
    pub kind: TrapKind,
    /// One sentence.
    pub message: String,
    /// The innermost frame first, at most [`MAX_TRACE`].
    pub trace: Vec<TraceFrame>,
    /// Frames between the two halves of the trace that are left out.
    pub skipped: usize,
}

impl Trap {
    /// A trap outside any function.
    pub fn new(kind: TrapKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), trace: Vec::new(), skipped: 0 }
    }

    /// The place of the trap, if known: what the program wrote, even if the library trapped.
    pub fn place(&self) -> Option<&TraceFrame> {
        let own = self.trace.iter().find(|frame| !frame.file.starts_with(LIBRARY_FOLDER));
        own.or(self.trace.first()).filter(|frame| frame.loc.line > 0)
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        for (i, frame) in self.trace.iter().enumerate() {
            if self.skipped > 0 && i == MAX_TRACE / 2 {
                write!(f, "\n  ... {} more", self.skipped)?;
            }
            write!(f, "\n  at {}", frame.func)?;
            if frame.loc.line > 0 {
                write!(f, " ({}:{}:{})", frame.file, frame.loc.line, frame.loc.col)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Trap {}
