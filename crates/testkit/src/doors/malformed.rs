//! Broken files of other machines: whatever is cut off or changed, a file ends in a result or in
//! an error that says what is wrong, within the limits of the store.

use kaa::door::{Door, DoorOptions, DoorProgram, Ending};
use kaa::{Config, Engine, Store};

/// Programs of each door that are broken in every place.
pub const PROGRAMS: usize = 20;
const FUEL: u64 = 20_000;
const HEAP: u64 = 16 << 20;
const CALLS: usize = 1000;
/// What a byte is changed by, bit for bit.
const CHANGES: [u8; 4] = [0x01, 0x10, 0x80, 0xff];

/// Loads and runs every beginning of a file, and every file that differs in one byte.
pub fn check(door: Door, name: &str, bytes: &[u8]) -> Result<(), String> {
    for length in 0..bytes.len() {
        run(door, name, &bytes[..length]).map_err(|what| format!("cut at {length}: {what}"))?;
    }
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() {
        for change in CHANGES {
            changed[at] ^= change;
            run(door, name, &changed).map_err(|what| format!("byte {at} ^ {change}: {what}"))?;
            changed[at] ^= change;
        }
    }
    Ok(())
}

/// Runs a file with and without what shows its final state: that may be other code.
fn run(door: Door, name: &str, bytes: &[u8]) -> Result<(), String> {
    match (run_as(door, name, bytes, true)?, run_as(door, name, bytes, false)?) {
        (Some(kept), Some(plain)) if kept != plain => {
            Err(format!("with its state it ends with {kept:?}, else with {plain:?}"))
        }
        _ => Ok(()),
    }
}

/// Runs a file; gives how it ended by itself, if it did.
fn run_as(
    door: Door,
    name: &str,
    bytes: &[u8],
    keep_state: bool,
) -> Result<Option<Ending>, String> {
    let options = DoorOptions { keep_state, ..DoorOptions::default() };
    let program = match DoorProgram::load(door, name, bytes, &options) {
        Ok(program) => program,
        Err(error) if error.code() == "D005" => return Err(error.to_string()),
        Err(error) if error.reason().is_empty() => return Err("there is no reason".to_owned()),
        Err(_) => return Ok(None),
    };
    let config = Config::new()
        .engine(Engine::Interp)
        .compile_after(None)
        .max_heap(HEAP)
        .max_depth(CALLS)
        .fuel(FUEL);
    let mut store = Store::new(&config, &super::host()).map_err(|error| error.to_string())?;
    store.capture_output();
    let instance = store.load(program.module()).map_err(|error| error.to_string())?;
    let run = program.run(&mut store, instance);
    match run.ending {
        // Typed stack code has no errors of its own: what goes wrong in it is a trap.
        Err(_) if door == Door::Fir => Ok(None),
        Err(error) if is_limit(&error) => Ok(None),
        Err(error) => Err(error.to_string()),
        Ok(ending) => Ok(Some(ending)),
    }
}

/// Whether a limit of the store ended a run: all else is for the machine to tell.
fn is_limit(error: &kaa::Error) -> bool {
    matches!(error, kaa::Error::Trap(trap) if kaa::is_limit(trap.kind))
}
