//! Broken files of other machines: whatever is cut off or changed, a file ends in a result or in
//! an error that says what is wrong, within the limits of the store.
//!
//! Tests change bytes of most programs in a few ways, and those of the smallest in all 255; all of
//! them in all ways takes minutes, and is done by `examples/damaged_files.rs`.

use std::path::Path;

use kaa::Store;
use kaa::door::{Door, DoorOptions, DoorProgram, Ending};
use libtest_mimic::Trial;

use crate::driver::{Engine, Options, config};

/// Programs of each door that are broken in every place.
pub const PROGRAMS: usize = 20;
const FUEL: u64 = 20_000;
const HEAP: u64 = 16 << 20;
const CALLS: u32 = 1000;
/// Bytes of each door's smallest programs that are changed in all ways.
const SMALL: usize = 36;
/// What a byte is changed by, bit for bit, in the others.
const FEW: [u8; 4] = [0x01, 0x10, 0x80, 0xff];

/// A file that is broken.
#[derive(Clone, Debug)]
pub struct Whole {
    /// Its door.
    pub door: Door,
    /// What it is called in reports.
    pub title: String,
    /// Its name, whose end tells its form.
    pub file: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The files of all doors that are broken, with all cases below `tests/doors`.
///
/// # Errors
/// A program cannot be read.
pub fn files(tests: &Path) -> Result<Vec<Whole>, String> {
    let mut files = super::stick::to_break(&tests.join("stk"))?;
    files.extend(super::bytecode_vm::to_break(&tests.join("bytecode-vm"))?);
    files.extend(super::snake::to_break(&tests.join("solid-snake"))?);
    files.extend(super::fir::to_break(&tests.join("fir"))?);
    Ok(files)
}

/// The cases of the ordinary test.
pub fn trials(tests: &Path) -> Vec<Trial> {
    let files = match files(tests) {
        Ok(files) => files,
        Err(what) => return vec![Trial::test("damaged", || Err(what.into()))],
    };
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|at| files[*at].bytes.len());
    let mut left = Door::ALL.map(|door| (door, SMALL));
    let mut trials = Vec::new();
    for at in order {
        let whole = files[at].clone();
        let room = left.iter_mut().find(|(door, _)| *door == whole.door);
        let small = room.is_some_and(|(_, room)| {
            *room = room.saturating_sub(whole.bytes.len());
            *room > 0
        });
        let name = format!("{}/damaged/{}", whole.door.name(), whole.title);
        trials.push(Trial::test(name, move || {
            let every: Vec<u8> = if small { (1..=255).collect() } else { FEW.to_vec() };
            check(&whole, &every, Engine::Interp).map_err(Into::into).map(|_| ())
        }));
    }
    trials
}

/// Loads and runs every beginning of a file, and every file that differs in one byte by one of
/// the changes; how many ran to an end of their own, and how many there were.
///
/// # Errors
/// One of them ended otherwise than it should.
pub fn check(whole: &Whole, changes: &[u8], engine: Engine) -> Result<(usize, usize), String> {
    let (mut ran, mut all) = (0, 0);
    let mut one = |bytes: &[u8], what: &dyn Fn() -> String| {
        all += 1;
        let ended = run(whole, bytes, engine).map_err(|why| format!("{}: {why}", what()))?;
        ran += usize::from(ended);
        Ok::<(), String>(())
    };
    for length in 0..whole.bytes.len() {
        one(&whole.bytes[..length], &|| format!("cut at {length}"))?;
    }
    let mut changed = whole.bytes.clone();
    for at in 0..changed.len() {
        for change in changes {
            changed[at] ^= change;
            one(&changed, &|| format!("byte {at} ^ {change:#x}"))?;
            changed[at] ^= change;
        }
    }
    Ok((ran, all))
}

/// Runs a file with and without what shows its final state: that may be other code.
fn run(whole: &Whole, bytes: &[u8], engine: Engine) -> Result<bool, String> {
    match (run_as(whole, bytes, true, engine)?, run_as(whole, bytes, false, engine)?) {
        (Some(kept), Some(plain)) if kept != plain => {
            Err(format!("with its state it ends with {kept:?}, else with {plain:?}"))
        }
        (_, plain) => Ok(plain.is_some()),
    }
}

/// Runs a file; gives how it ended by itself, if it did.
fn run_as(
    whole: &Whole,
    bytes: &[u8],
    keep_state: bool,
    engine: Engine,
) -> Result<Option<Ending>, String> {
    let reading = DoorOptions { keep_state, ..DoorOptions::default() };
    let program = match DoorProgram::load(whole.door, whole.file, bytes, &reading) {
        Ok(program) => program,
        Err(error) if error.code() == "D005" => return Err(error.to_string()),
        Err(error) if error.reason().is_empty() => return Err("there is no reason".to_owned()),
        Err(_) => return Ok(None),
    };
    let options = Options {
        engine,
        fuel: Some(FUEL),
        heap_bytes_max: Some(HEAP),
        depth_max: Some(CALLS),
        ..Options::default()
    };
    let mut store =
        Store::new(&config(&options), &super::host()).map_err(|error| error.to_string())?;
    store.capture_output();
    let instance = store.load(program.module()).map_err(|error| error.to_string())?;
    let run = program.run(&mut store, instance);
    match run.ending {
        // Typed stack code has no errors of its own: what goes wrong in it is a trap.
        Err(_) if whole.door == Door::Fir => Ok(None),
        Err(error) if is_limit(&error) => Ok(None),
        Err(error) => Err(error.to_string()),
        Ok(ending) => Ok(Some(ending)),
    }
}

/// Whether a limit of the store ended a run: all else is for the machine to tell.
fn is_limit(error: &kaa::Error) -> bool {
    matches!(error, kaa::Error::Trap(trap) if kaa::is_limit(trap.kind))
}
