//! The exit codes: the one list of them. The help text shows the same words.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// Everything went well.
    Done = 0,
    /// The program's `main` returned an error, or a test failed.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// The program is refused before it runs.
    Refused = 3,
    /// The program trapped.
    Trap = 4,
    /// The program reached a limit.
    Limit = 5,
    /// A file cannot be read or written.
    Files = 6,
    /// Nobody reads the output any more.
    Pipe = 141,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code as u8)
    }
}

/// What `--help` says about exit codes.
pub const HELP: &str = "\
Exit codes:
  0    the program ran to its end
  1    `main` returned an error, a test failed, or `fmt --check` found something
  2    the command line makes no sense
  3    the program is refused: errors in it, or an import that is not granted
  4    the program trapped
  5    the program reached a limit: fuel, heap, depth
  6    a file cannot be read or written
  141  nobody reads the output any more (closed pipe)";
