//! The host's side of a store: where output goes, where input comes from, private state.
//!
//! Not here: which functions a host offers (see `link`), nor what it grants; a store without
//! registered host functions reaches nothing outside but these streams.

use std::any::Any;
use std::io::{BufRead, Write};

/// Streams of a store and state that host functions share.
pub struct Host {
    /// Where `print` writes; wrap it in a buffer, it is flushed at the end of each call into
    /// the store.
    pub out: Box<dyn Write>,
    /// Where `input` reads.
    pub input: Box<dyn BufRead>,
    /// A line that was read and is not yet a string of the heap: the heap was full.
    pub(crate) line: Option<Vec<u8>>,
    /// Regular expressions that were compiled.
    pub(crate) patterns: crate::rt::Patterns,
    /// The tasks of the run.
    pub(crate) tasks: crate::tasks::Tasks,
    /// State of the host's own functions.
    pub state: Box<dyn Any>,
    /// An error of the output stream: reported when the call into the store ends.
    pub out_error: Option<std::io::Error>,
}

impl Host {
    /// Streams that go nowhere and are empty.
    pub fn sink() -> Self {
        Self {
            out: Box::new(std::io::sink()),
            input: Box::new(std::io::empty()),
            line: None,
            patterns: crate::rt::Patterns::default(),
            tasks: crate::tasks::Tasks::default(),
            state: Box::new(()),
            out_error: None,
        }
    }

    /// Writes text to the output, remembering the first error.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), std::io::ErrorKind> {
        match self.out.write_all(bytes) {
            Ok(()) => Ok(()),
            Err(error) => {
                let kind = error.kind();
                self.out_error.get_or_insert(error);
                Err(kind)
            }
        }
    }
}
