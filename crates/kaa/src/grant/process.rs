//! The functions of `process`: ending the program, and running others.
//!
//! A program that is run has what the host itself may do, so that this capability grants all the
//! others. Ending the program is a trap of a code of its own, which [`exit_code`] tells: nothing
//! on the way is closed, and the host decides what to make of it.

use std::io::{Error, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kaa_exec::Trap;
use kaa_exec::native::{Call, Fault};
use kaa_isa::TrapKind;

use super::CapFn;
use crate::host::{Given, Outcome};

/// The first of the trap codes that stand for exit codes.
const FIRST_EXIT: u32 = 0x1_0000;
/// How long the end of a program is waited for without a look at interrupts.
const NAP: Duration = Duration::from_millis(2);

/// The list, what the program reads, its folder, and the seconds that it may take.
const RUN: &str = "(list str, str, opt str, opt f64) -> result i64+str+str";

type Done = Result<Outcome, Box<Fault>>;

pub(super) const FUNCS: &[CapFn<()>] = &[
    CapFn { name: "exit", sig: "(i64)", run: exit },
    CapFn { name: "pid", sig: "() -> i64", run: pid },
    CapFn { name: "run", sig: RUN, run },
];

/// The exit code of a program that ended itself by `process.exit`.
pub fn exit_code(trap: &Trap) -> Option<u8> {
    match trap.kind {
        TrapKind::User(code) => u8::try_from(code.checked_sub(FIRST_EXIT)?).ok(),
        _ => None,
    }
}

fn exit(_: &(), call: &Call<'_>) -> Done {
    let code = call.int(0);
    match u8::try_from(code) {
        Ok(code) => {
            let kind = TrapKind::User(FIRST_EXIT + u32::from(code));
            Err(Fault::new(kind, format!("the program ended with exit code {code}")))
        }
        Err(_) => {
            let text = format!("an exit code is between 0 and 255, not {code}");
            Err(Fault::new(TrapKind::InvalidValue, text))
        }
    }
}

fn pid(_: &(), _: &Call<'_>) -> Done {
    Ok(Outcome::Plain(Given::Slot(std::process::id().into())))
}

/// The texts of a list.
fn texts(call: &Call<'_>, i: usize) -> Vec<String> {
    let list = call.obj(i);
    let item = |at| kaa_heap::GcRef::from_slot(call.heap.list_get_leaf(list, at, 0));
    (0..call.heap.list_len(list)).map(|at| call.heap.str(item(at)).to_owned()).collect()
}

fn run(_: &(), call: &Call<'_>) -> Done {
    let args = texts(call, 0);
    let Some((program, rest)) = args.split_first() else {
        let text = "a program is run by its name, and the list is empty";
        return Err(Fault::new(TrapKind::InvalidValue, text));
    };
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if !call.obj(2).is_null() {
        command.current_dir(call.str(2));
    }
    let seconds = call.bool(3).then(|| call.float(4));
    // A time that no clock reaches is none.
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok());
    let until = time.and_then(|time| Instant::now().checked_add(time));
    let ended = command.spawn().and_then(|child| {
        let input = call.str(1).as_bytes().to_vec();
        let limit = call.heap.config().limit_bytes.min(kaa_heap::MAX_OBJECT);
        finish(child, input, limit, || match until.is_some_and(|until| Instant::now() >= until) {
            true => Some(Stop::Late),
            false => call.is_interrupted().then_some(Stop::Interrupted),
        })
    });
    match ended {
        Ok(Ok((status, out, err))) => {
            // A program that was ended by a signal has no code.
            let code = status.code().map_or(-1, i64::from);
            let parts = vec![Given::Slot(code as u64), Given::Str(out), Given::Str(err)];
            Ok(Outcome::Result(Ok(Given::Many(parts))))
        }
        Ok(Err(Stop::Interrupted)) => Err(TrapKind::Interrupted.into()),
        Ok(Err(Stop::Late)) => {
            let shown = seconds.unwrap_or_default();
            Ok(Outcome::Result(Err(format!("`{program}` took longer than {shown} seconds"))))
        }
        Err(error) => {
            let why = super::fs::reason(&error);
            Ok(Outcome::Result(Err(format!("cannot run `{program}`: {why}"))))
        }
    }
}

/// Reads all that a program writes while it runs; bytes that are no text are shown as such.
fn reader(stream: Option<impl Read + Send + 'static>, limit: u64) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What was read before an error is still what the program wrote.
            let _ = stream.take(limit).read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Why a program that was run is ended.
enum Stop {
    Interrupted,
    Late,
}

/// Waits for the end of a program, unless it is to stop meanwhile.
fn finish(
    mut child: Child,
    input: Vec<u8>,
    limit: u64,
    stops: impl Fn() -> Option<Stop>,
) -> Result<Result<(ExitStatus, String, String), Stop>, Error> {
    let (out, err) = (reader(child.stdout.take(), limit), reader(child.stderr.take(), limit));
    if let Some(mut stdin) = child.stdin.take() {
        // A program need not read what it is given. The thread ends with the program.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    let status = loop {
        if let Some(stop) = stops() {
            child.kill()?;
            child.wait()?;
            return Ok(Err(stop));
        }
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(NAP),
        }
    };
    let text = |thread: JoinHandle<String>| thread.join().unwrap_or_default();
    Ok(Ok((status, text(out), text(err))))
}
