//! An output that is kept in memory, for tests and for hosts that show it themselves.

use std::cell::RefCell;
use std::io::{Result, Write};
use std::rc::Rc;

/// A buffer that a store writes to and its host reads; clones share the buffer.
#[derive(Clone, Debug, Default)]
pub struct Output {
    bytes: Rc<RefCell<Vec<u8>>>,
}

impl Output {
    /// An empty buffer.
    pub fn new() -> Output {
        Output::default()
    }

    /// What was written so far. Programs print whole characters, so nothing is lost.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.borrow()).into_owned()
    }

    /// What was written since the last `take`.
    pub fn take(&self) -> Vec<u8> {
        self.bytes.take()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
