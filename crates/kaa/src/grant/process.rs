//! The functions of `process`: ending the program, and running others.
//!
//! A program that is run has what the host itself may do, so that this capability grants all the
//! others. Ending the program is a trap of a code of its own, which [`exit_code`] tells: nothing
//! on the way is closed, and the host decides what to make of it.

use std::io::{Error, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use kaa_exec::Trap;
use kaa_exec::native::{Call, Fault};
use kaa_isa::TrapKind;

use super::CapFn;
use crate::host::{Given, Outcome};

/// The first of the trap codes that stand for exit codes.
const FIRST_EXIT: u32 = 0x1_0000;
/// How long the end of a program is waited for without a look at interrupts.
const NAP: Duration = Duration::from_millis(2);

type Done = Result<Outcome, Box<Fault>>;

pub(super) const FUNCS: &[CapFn<()>] = &[
    CapFn { name: "exit", sig: "(i64)", run: exit },
    CapFn { name: "pid", sig: "() -> i64", run: pid },
    CapFn { name: "run", sig: "(list str, str) -> result i64+str+str", run },
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
    let ended = command.spawn().and_then(|child| {
        let input = call.str(1).as_bytes().to_vec();
        let limit = call.heap.config().limit_bytes.min(kaa_heap::MAX_OBJECT);
        finish(child, input, limit, || call.is_interrupted())
    });
    match ended {
        Ok(Some((status, out, err))) => {
            // A program that was ended by a signal has no code.
            let code = status.code().map_or(-1, i64::from);
            let parts = vec![Given::Slot(code as u64), Given::Str(out), Given::Str(err)];
            Ok(Outcome::Result(Ok(Given::Many(parts))))
        }
        Ok(None) => Err(TrapKind::Interrupted.into()),
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

/// Waits for the end of a program; `None` where the run is interrupted meanwhile.
fn finish(
    mut child: Child,
    input: Vec<u8>,
    limit: u64,
    interrupted: impl Fn() -> bool,
) -> Result<Option<(ExitStatus, String, String)>, Error> {
    let (out, err) = (reader(child.stdout.take(), limit), reader(child.stderr.take(), limit));
    if let Some(mut stdin) = child.stdin.take() {
        // A program need not read what it is given. The thread ends with the program.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    let status = loop {
        if interrupted() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(NAP),
        }
    };
    let text = |thread: JoinHandle<String>| thread.join().unwrap_or_default();
    Ok(Some((status, text(out), text(err))))
}
