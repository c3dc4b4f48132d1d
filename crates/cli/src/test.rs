//! `kaa test`: runs the functions with `@test` before them, each in a store of its own.
//!
//! Progress and the summary go to the standard output, what went wrong to the standard error. The
//! forms for other programs are in `report`.

mod report;

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use kaa::{Config, Error, Exit, Host, Module, Store};

use crate::args::TestArgs;
use crate::exit::Code;
use crate::input::{Input, reason};
use crate::paths;
use crate::render::Screen;
use crate::run::print;
use crate::trap;

/// Of the output of a failed test, at most this many bytes are shown.
const MAX_SHOWN: usize = 16 << 10;
/// Of the output of a test, at most this many bytes are kept.
const MAX_KEPT: usize = 1 << 20;

/// The beginning of what a test prints.
#[derive(Clone, Default)]
struct Captured(Rc<RefCell<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = self.0.borrow_mut();
        let room = MAX_KEPT.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What became of a test.
struct Outcome {
    file: String,
    name: String,
    /// Nothing, if the test passed.
    failure: Option<Failure>,
    output: String,
    time: Duration,
}

/// Why a test failed.
struct Failure {
    /// The name of the trap, `error` for an error that was returned, or the code of a refusal.
    kind: String,
    message: String,
    /// The line and column, if there is a place.
    place: Option<(u32, u32)>,
}

/// What became of all tests.
#[derive(Default)]
struct Session {
    outcomes: Vec<Outcome>,
    /// Tests that were left out by `-k`.
    left_out: usize,
    /// Files that could not be compiled or read.
    refused: usize,
    unreadable: usize,
}

impl Session {
    fn failed(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.failure.is_some()).count()
    }

    fn code(&self) -> Code {
        match self {
            Session { unreadable: 1.., .. } => Code::Files,
            Session { refused: 1.., .. } => Code::Refused,
            _ if self.failed() > 0 => Code::Failed,
            _ => Code::Done,
        }
    }
}

/// Runs tests.
pub fn test(screen: &Screen, args: &TestArgs) -> Code {
    let start = Instant::now();
    let mut session = Session::default();
    match paths::files(&args.paths) {
        Ok(files) => {
            for file in files {
                match run_file(screen, args, &file, &mut session) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(code) => return code,
                }
            }
        }
        Err(message) => {
            screen.error(&message);
            session.unreadable += 1;
        }
    }
    let time = start.elapsed();
    let summary = match args.json {
        true => report::summary_json(&session, time),
        false => report::summary(&session, time),
    };
    let printed = print(screen, &summary);
    if printed != Code::Done {
        return printed;
    }
    if let Some(path) = &args.junit
        && let Err(error) = std::fs::write(path, report::junit(&session, time))
    {
        screen.error(&format!("cannot write `{}`: {}", path.display(), reason(&error)));
        return Code::Files;
    }
    session.code()
}

/// Runs the tests of a file. Says whether to go on.
fn run_file(
    screen: &Screen,
    args: &TestArgs,
    file: &str,
    session: &mut Session,
) -> Result<bool, Code> {
    let input = match Input::read(file) {
        Ok(input) => input,
        Err(message) => {
            screen.error(&message);
            session.unreadable += 1;
            return Ok(true);
        }
    };
    let module = match input.module() {
        Ok(module) => module,
        Err(found) => {
            screen.diagnostics(&found);
            session.refused += 1;
            return Ok(!args.fail_fast);
        }
    };
    for name in module.tests() {
        let whole = format!("{file}::{name}");
        if !args.filter.is_empty() && !args.filter.iter().any(|part| whole.contains(part.as_str()))
        {
            session.left_out += 1;
            continue;
        }
        let outcome = run_test(screen, args, &module, file, name)?;
        let line = match (args.json, &outcome.failure) {
            (true, _) => report::test_json(&outcome),
            (false, None) => format!("ok    {whole}\n"),
            (false, Some(_)) => format!("FAIL  {whole}\n"),
        };
        let failed = outcome.failure.is_some();
        session.outcomes.push(outcome);
        match print(screen, &line) {
            Code::Done => {}
            code => return Err(code),
        }
        if failed && args.fail_fast {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Runs one test, and shows why it failed.
fn run_test(
    screen: &Screen,
    args: &TestArgs,
    module: &Module,
    file: &str,
    name: &str,
) -> Result<Outcome, Code> {
    let mut host = Host::new();
    host.args([file.to_owned()]);
    for grant in &args.allow {
        host.allow(grant).map_err(|error| {
            screen.error(&error.to_string());
            Code::Usage
        })?;
    }
    let config = Config::new().fuel(args.fuel).max_heap(args.max_heap);
    let start = Instant::now();
    let captured = Captured::default();
    let result = Store::new(&config, &host).and_then(|mut store| {
        store.set_output(captured.clone());
        store.set_input(Cursor::new(Vec::new()));
        let instance = store.load(module)?;
        store.run_test(instance, name)
    });
    let time = start.elapsed();
    let output = String::from_utf8_lossy(&captured.0.borrow()).into_owned();
    let failure = failure(result.as_ref());
    if failure.is_some() && !args.json {
        screen.put(&format!("---- {file}::{name}"));
        match &result {
            Err(Error::Trap(found)) => trap::show(screen, module, found),
            Err(error) => screen.error(&format!("{error} [{}]", error.code())),
            Ok(Exit::Failed(messages)) => screen.error(&messages.join("\n  caused by: ")),
            Ok(Exit::Done | Exit::Code(_)) => {}
        }
        if !output.is_empty() {
            screen.put(&format!("---- printed by {name}\n{}", shown(&output)));
        }
    }
    Ok(Outcome { file: file.to_owned(), name: name.to_owned(), failure, output, time })
}

fn failure(result: Result<&Exit, &Error>) -> Option<Failure> {
    Some(match result {
        Ok(Exit::Done) => return None,
        Ok(Exit::Code(code)) => {
            let message = format!("the test ended the program with exit code {code}");
            Failure { kind: "exit".to_owned(), message, place: None }
        }
        Ok(Exit::Failed(messages)) => {
            Failure { kind: "error".to_owned(), message: messages.join(": "), place: None }
        }
        Err(Error::Trap(found)) => Failure {
            kind: found.kind.name().to_owned(),
            message: found.message.clone(),
            place: found
                .place()
                .filter(|frame| frame.loc.line > 0)
                .map(|frame| (frame.loc.line, u32::from(frame.loc.col))),
        },
        Err(error) => {
            Failure { kind: error.code().to_owned(), message: error.to_string(), place: None }
        }
    })
}

/// Output of a bounded length, without the break at its end.
fn shown(output: &str) -> String {
    let mut end = output.len().min(MAX_SHOWN);
    while !output.is_char_boundary(end) {
        end -= 1;
    }
    let rest = output.len() - end;
    let mut text = output.get(..end).unwrap_or("").trim_end_matches('\n').to_owned();
    if rest > 0 {
        text.push_str(&format!("\n... {rest} more bytes"));
    }
    text
}
