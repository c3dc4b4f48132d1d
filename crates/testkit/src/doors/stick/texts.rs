//! Programs of StickVM in its text form, parted by `;--- name`, with comments that say what is
//! expected: `; exit: N`, or `; trap: kind` where a limit of Kaa ends it; `; globals: [..] [..]`,
//! what they hold at the end; `; numbering: A` where it is not the last one.

use std::fs;
use std::path::Path;

use kaa::door::json::Json;
use kaa::door::stick::{Numbering, file};
use kaa::door::{Door, DoorOptions};
use libtest_mimic::{Failed, Trial};

use super::super::{check_size, load, run};
use crate::driver::ways;
use crate::filetest::files_below;
use crate::filetest::split::{Case, split};

/// Instructions that a program may reach.
const MAX_REACHED: usize = 1 << 17;

pub fn trials(folder: &Path) -> Vec<Trial> {
    let jumps = |count: usize| {
        let mut code = vec![0x0200_0000; count - 1];
        code.push(0);
        file::write(&file::File { code, ..file::File::default() })
    };
    let size = move || Ok(check_size(Door::Stick, MAX_REACHED, jumps)?);
    let mut trials = vec![Trial::test("stk/size", size)];
    for path in files_below(folder) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for case in split(&text, ";---").into_iter().filter(|case| !case.name.is_empty()) {
            let name = format!("stk/behaviour/{}", case.name);
            trials.push(Trial::test(name, move || check(&case).map_err(Failed::from)));
        }
    }
    trials
}

fn check(case: &Case) -> Result<(), String> {
    let told = |key: &str| case.body.lines().find_map(|line| line.strip_prefix(key));
    let numbering = match told("; numbering: ") {
        Some(name) => Numbering::named(name).ok_or("there is no such numbering")?,
        None => Numbering::C,
    };
    let wanted = match (told("; exit: "), told("; trap: ")) {
        (Some(exit), None) => format!("exit {exit}"),
        (None, Some(kind)) => format!("trap {kind}"),
        _ => return Err("either an exit or a trap is expected".to_owned()),
    };
    let globals =
        told("; globals: ").map(|text| Json::parse(&format!("[{}]", text.replace("] [", "],["))));
    let globals = globals.transpose()?;
    for keep_state in [true, false] {
        let options =
            DoorOptions { keep_state, stick_numbering: numbering, ..DoorOptions::default() };
        let program = load(Door::Stick, "case.stks", case.body.as_bytes(), &options)?;
        for (engine, gc_stress) in ways() {
            let ran = run(&program, engine, gc_stress, keep_state)?;
            let found = match &ran.ending {
                Ok(ending) => format!("exit {}", ending.exit),
                Err(error) => format!("trap {}", error.code()),
            };
            let way = format!("{engine:?}, stress {gc_stress}, state {keep_state}");
            if found != wanted {
                return Err(format!("{way}: {found}, not {wanted}"));
            }
            let held = ran.state.as_ref().and_then(|state| state.get("state")?.get("globals"));
            if keep_state && globals.is_some() && held != globals.as_ref() {
                return Err(format!("{way}: the globals hold {held:?}"));
            }
        }
    }
    Ok(())
}
