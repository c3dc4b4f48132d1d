//! The receiver of `--trace`: log lines on the standard error, as they come.

use std::io::Write;

use log::{LevelFilter, Log, Metadata, Record};

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "kaa::trace"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            // A trace that nobody reads any more is no reason to end the program.
            let _ = writeln!(std::io::stderr().lock(), "{}", record.args());
        }
    }

    fn flush(&self) {}
}

/// Shows the trace from now on.
pub fn install() {
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
}
