//! Programs of Bytecode VM: what they print and their final state, compared on every engine.
//!
//! A file holds several programs, parted by `;--- name`. A line `; prints: text` says what one
//! prints, with `\n` for the end of a line, and `; state: {...}` its final state.

use std::path::Path;

use kaa::door::json::Json;
use kaa::door::{Door, DoorOptions};
use libtest_mimic::{Failed, Trial};

use super::malformed::{self, Whole};
use super::{check_size, load, run};
use crate::driver::ways;
use crate::filetest::files_below;
use crate::filetest::split::{Case, split};

const SEPARATOR: &str = ";---";
/// Instructions that a program may reach.
const MAX_REACHED: usize = 1 << 15;
const HALT: u8 = 5;
const PRINT_LN: u8 = 22;

pub fn trials(folder: &Path) -> Vec<Trial> {
    let trial = |case: Case| Trial::test(format!("bvm/{}", case.name), move || check(&case));
    let prints = |count: usize| {
        let mut code = vec![PRINT_LN; count - 1];
        code.push(HALT);
        code
    };
    let size = move || Ok(check_size(Door::BytecodeVm, MAX_REACHED, prints)?);
    let size = Trial::test("bvm/size", size);
    cases(folder).into_iter().map(trial).chain([size]).collect()
}

/// Programs to break.
pub fn to_break(folder: &Path) -> Result<Vec<Whole>, String> {
    let whole = |case: Case| {
        let (bytes, title) = (bytes_of(&case)?, case.name);
        Ok(Whole { door: Door::BytecodeVm, title, file: "case.bvm", bytes })
    };
    cases(folder).into_iter().take(malformed::PROGRAMS).map(whole).collect()
}

fn cases(folder: &Path) -> Vec<Case> {
    let texts =
        files_below(folder).into_iter().filter_map(|path| std::fs::read_to_string(path).ok());
    let cases = texts.flat_map(|text| split(&text, SEPARATOR));
    cases.filter(|case| !case.body.trim().is_empty()).collect()
}

fn bytes_of(case: &Case) -> Result<Vec<u8>, String> {
    let options = DoorOptions::default();
    kaa::door::assemble(Door::BytecodeVm, case.body.as_bytes(), &options)
        .map_err(|error| error.to_string())
}

fn check(case: &Case) -> Result<(), Failed> {
    let told = |what: &str| case.body.lines().find_map(|line| line.strip_prefix(what));
    let prints = told("; prints: ").unwrap_or("").replace("\\n", "\n");
    let state = told("; state: ").map(Json::parse).transpose()?;
    let bytes = bytes_of(case)?;
    for keep_state in [true, false] {
        let options = DoorOptions { keep_state, ..DoorOptions::default() };
        let program = load(Door::BytecodeVm, "case.bvm", &bytes, &options)?;
        for (engine, gc_stress) in ways() {
            let ran = run(&program, engine, gc_stress, keep_state)?;
            let way = format!("{engine:?}, stress {gc_stress}");
            if ran.output != prints {
                return Err(format!("{way}: it prints {:?}, not {prints:?}", ran.output).into());
            }
            let ending = ran.ending.map_err(|error| format!("{way}: {error}"))?;
            let Some(expected) = &state else { continue };
            let good = expected.get("result") == Some(&Json::str("Ok"));
            if good != (ending.exit == 0) {
                return Err(format!("{way}: it ends with {}", ending.exit).into());
            }
            if ran.state.as_ref().is_some_and(|found| found != expected) {
                return Err(format!("{way}: the state is {:?}", ran.state).into());
            }
        }
    }
    Ok(())
}
