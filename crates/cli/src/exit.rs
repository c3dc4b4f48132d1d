//! The exit codes: the one list of them. The help text shows the same words.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// Everything went well.
    Done,
    /// The program's `main` returned an error, or a test failed.
    Failed,
    /// The command line makes no sense.
    Usage,
    /// The program is refused before it runs.
    Refused,
    /// The program trapped.
    Trap,
    /// The program reached a limit.
    Limit,
    /// A file cannot be read or written.
    Files,
    /// Nobody reads the output any more.
    Pipe,
    /// What the program said by `process.exit`.
    Chosen(u8),
}

impl Code {
    /// The number that the system is given.
    pub fn number(self) -> u8 {
        match self {
            Code::Done => 0,
            Code::Failed => 1,
            Code::Usage => 2,
            Code::Refused => 3,
            Code::Trap => 4,
            Code::Limit => 5,
            Code::Files => 6,
            Code::Pipe => 141,
            Code::Chosen(code) => code,
        }
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> ExitCode {
        ExitCode::from(code.number())
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
  141  nobody reads the output any more (closed pipe)
  any  what the program said by `process.exit`";
