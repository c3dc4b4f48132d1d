//! Programs of other machines as test cases: read through their door, run in every way, and what
//! came out compared with what was recorded on the machine itself.
//!
//! One room a door. How engines are chosen is told in [`crate::driver`].

mod bytecode_vm;
mod fir;
pub mod malformed;
mod snake;
mod stick;

use std::io::Cursor;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use kaa::door::json::Json;
use kaa::door::{Door, DoorOptions, DoorProgram, Interrupts, RegisterBank};
use kaa::{Error, Host, Store};
use libtest_mimic::Trial;

use crate::driver::{Engine, Options, config};

/// Bytes of a file that a door opens.
const MAX_FILE: usize = 16 << 20;
/// Fuel that no recorded program uses up.
const FUEL: u64 = 200_000_000;

/// All cases below `tests/doors`.
pub fn trials(tests: &Path) -> Vec<Trial> {
    let mut trials = stick::trials(&tests.join("stk"));
    trials.extend(fir::trials(&tests.join("fir")));
    trials.extend(bytecode_vm::trials(&tests.join("bytecode-vm")));
    trials.extend(snake::trials(&tests.join("solid-snake")));
    trials.extend(malformed::trials(tests));
    let names: Vec<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    let tests = tests.to_path_buf();
    trials.push(Trial::test("differences", move || Ok(check_differences(&names, &tests)?)));
    trials
}

/// Every row of the table of differences has a reason and names a test that exists.
fn check_differences(names: &[String], tests: &Path) -> Result<(), String> {
    let page = crate::workspace_root().join("docs/doors/differences.md");
    let page = std::fs::read_to_string(page).map_err(|error| error.to_string())?;
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    for row in &rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [machine, what, original, here, why, test] = cells[..] else {
            return Err(format!("a row of other cells: {row}"));
        };
        if [machine, what, original, here, why].contains(&"") {
            return Err(format!("an empty cell: {row}"));
        }
        let test = test.trim_matches('`');
        let is_file = test.ends_with(".txt") && tests.with_file_name("cli").join(test).is_file();
        if !is_file && !names.iter().any(|name| name == test) {
            return Err(format!("there is no test `{test}`: {row}"));
        }
    }
    if rows.len() < 20 { Err(format!("only {} rows", rows.len())) } else { Ok(()) }
}

/// What a run came to.
pub struct Ran {
    /// The exit status and what was told at the end; or the trap of Kaa that ended it.
    pub ending: Result<kaa::door::Ending, Error>,
    /// The final state, where it was asked for.
    pub state: Option<Json>,
    /// What it printed.
    pub output: String,
}

/// A host for programs of all machines. The input is a line; register 1 holds 42; an interrupt is
/// raised as soon as it is watched.
fn host() -> Host {
    let mut host = Host::new();
    kaa::door::offer(&mut host);
    kaa::door::offer_streams(&mut host, Cursor::new(b"some input\n"));
    let bank = RegisterBank::new();
    bank.set(1, 42);
    kaa::door::offer_registers(&mut host, Rc::new(bank));
    let interrupts = Interrupts::new();
    let flags = interrupts.clone();
    kaa::door::offer_interrupts(&mut host, &interrupts, move |code, on| {
        if let Some(flag) = flags.flag(code) {
            flag.store(on, Ordering::Relaxed);
        }
        Ok(())
    });
    host
}

/// Runs a program on one engine.
pub fn run(
    program: &DoorProgram,
    engine: Engine,
    gc_stress: bool,
    state: bool,
) -> Result<Ran, String> {
    let depth_max = program.calls().and_then(|calls| u32::try_from(calls).ok());
    let options = Options { engine, gc_stress, fuel: Some(FUEL), depth_max, ..Options::default() };
    let host = host();
    let mut store = Store::new(&config(&options), &host).map_err(|e| e.to_string())?;
    let output = store.capture_output();
    let instance = store.load(program.module()).map_err(|e| e.to_string())?;
    let run = program.run(&mut store, instance);
    let state = state.then(|| program.state(&run, &mut store, instance));
    Ok(Ran { ending: run.ending, state, output: output.text() })
}

/// Whether programs of a machine are refused that are larger than its door takes: `program` makes
/// one that reaches so many instructions.
fn check_size(door: Door, most: usize, program: impl Fn(usize) -> Vec<u8>) -> Result<(), String> {
    let code = |file: &[u8]| {
        let read = DoorProgram::load(door, "size", file, &DoorOptions::default());
        read.err().map(|error| error.code())
    };
    let padded = |bytes: usize| {
        let mut file = program(2);
        file.resize(bytes, 0);
        file
    };
    let mut cases = vec![(program(most), None), (program(most + 1), Some("D003"))];
    cases.push((padded(MAX_FILE + 1), Some("D003")));
    if door == Door::Stick {
        // What stands behind all that is counted does no harm.
        cases.push((padded(MAX_FILE), None));
    }
    for (nth, (file, wanted)) in cases.into_iter().enumerate() {
        if code(&file) != wanted {
            return Err(format!("file {nth}: {:?}, not {wanted:?}", code(&file)));
        }
    }
    Ok(())
}

/// Reads a program.
pub fn load(
    door: Door,
    name: &str,
    bytes: &[u8],
    options: &DoorOptions,
) -> Result<DoorProgram, String> {
    DoorProgram::load(door, name, bytes, options).map_err(|error| error.to_string())
}
