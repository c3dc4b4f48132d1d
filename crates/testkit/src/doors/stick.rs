//! The recorded programs of StickVM: final states and endings, compared on every engine. Both
//! ways of compiling them are compared in `paths`, with random programs of `soup`; what is beyond
//! the recorded ones is in `texts`.

mod paths;
mod soup;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use kaa::door::json::Json;
use kaa::door::{Door, DoorOptions};
use libtest_mimic::{Failed, Trial};

use super::malformed::{self, Whole};
use super::{Ran, load, run};
use crate::driver::ways;
use crate::filetest::files_below;

/// The tag of objects: their payloads are handles, which only their machine can read.
const OBJECT: Json = Json::Int(6);

pub fn trials(folder: &Path) -> Vec<Trial> {
    let trial = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let recorded = folder.join("expected.json");
        Trial::test(format!("stk/{name}"), move || check(&name, &path, &recorded))
    };
    let recorded = programs(folder).into_iter().map(trial);
    recorded.chain(paths::trials(folder)).chain(texts::trials(folder)).collect()
}

/// The recorded programs.
fn programs(folder: &Path) -> Vec<PathBuf> {
    let files = files_below(folder).into_iter();
    files.filter(|path| path.extension().is_some_and(|ext| ext == "stk")).collect()
}

/// Programs to break: of every length, from the shortest on.
pub fn to_break(folder: &Path) -> Result<Vec<Whole>, String> {
    let read = |path: PathBuf| {
        let title = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).map_err(|error| error.to_string())?;
        Ok(Whole { door: Door::Stick, title, file: "case.stk", bytes })
    };
    let mut files: Vec<Whole> =
        programs(folder).into_iter().map(read).collect::<Result<_, String>>()?;
    files.sort_by_key(|whole| whole.bytes.len());
    Ok(files.into_iter().step_by(4).take(malformed::PROGRAMS).collect())
}

fn check(name: &str, path: &Path, recorded: &Path) -> Result<(), Failed> {
    let recorded = Json::parse(&fs::read_to_string(recorded)?)?;
    let expected = recorded.get(name).ok_or("nothing was recorded")?;
    let bytes = fs::read(path)?;
    read_back(name, &bytes)?;
    for keep_state in [true, false] {
        let options = DoorOptions { keep_state, ..DoorOptions::default() };
        let program = load(Door::Stick, name, &bytes, &options)?;
        if !program.before().starts_with("Code: [0x") {
            return Err(format!("it prints {:?} before it runs", program.before()).into());
        }
        for (engine, gc_stress) in ways() {
            let ran = run(&program, engine, gc_stress, keep_state)?;
            compare(expected, &ran)
                .map_err(|what| format!("{engine:?}, stress {gc_stress}: {what}"))?;
        }
    }
    Ok(())
}

/// The listing of a program is its text form.
fn read_back(name: &str, bytes: &[u8]) -> Result<(), Failed> {
    let options = DoorOptions::default();
    let listing = kaa::door::listing(Door::Stick, name, bytes, &options)
        .map_err(|error| error.to_string())?;
    match kaa::door::assemble(Door::Stick, listing.as_bytes(), &options) {
        Ok(again) if again == bytes => Ok(()),
        Ok(_) => Err(format!("the listing stands for another file:\n{listing}").into()),
        Err(error) => Err(format!("{error}:\n{listing}").into()),
    }
}

fn compare(expected: &Json, ran: &Ran) -> Result<(), String> {
    let ending = ran.ending.as_ref().map_err(|error| error.to_string())?;
    let same = |key: &str, found: Json| match expected.get(key) {
        Some(wanted) if *wanted == found => Ok(()),
        wanted => Err(format!("{key} is {found}, not {wanted:?}")),
    };
    same("exit", Json::Int(ending.exit.into()))?;
    same("stderr", Json::str(ending.stderr.trim_end()))?;
    let Some(state) = &ran.state else { return Ok(()) };
    for key in ["exit", "load_code", "stderr"] {
        same(key, state.get(key).cloned().unwrap_or(Json::Null))?;
    }
    let wanted = expected.get("state").ok_or("no state was recorded")?;
    let found = state.get("state").ok_or("there is no state")?;
    for key in ["panic", "ip", "frames", "regs", "globals"] {
        let (wanted, found) = (wanted.get(key).map(readable), found.get(key).map(readable));
        if wanted != found {
            return Err(format!("{key} is {found:?}, not {wanted:?}"));
        }
    }
    Ok(())
}

/// A part of a state without the handles of objects, registers in order of their numbers.
fn readable(json: &Json) -> Json {
    match json {
        Json::Array(items) if items.first() == Some(&OBJECT) => Json::Array(vec![OBJECT]),
        Json::Array(items) => Json::Array(items.iter().map(readable).collect()),
        Json::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, json)| (name.clone(), readable(json))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members)
        }
        other => other.clone(),
    }
}
