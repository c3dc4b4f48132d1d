//! The recorded programs of Solid Snake: results, error codes and registers, on every engine.
//!
//! A line of a recording is one program: its code in hex, what registers hold at first, and what
//! it came to. Programs are grouped by the first part of their names. Beside recordings there are
//! programs as texts, which say in comments what is expected of them: `; prints: line`, and
//! `; result: ...`, `; error_code: ...`, `; final: ...` as in a recording. Several stand in one
//! file, parted by `;--- name`.

use std::fs;
use std::path::Path;

use kaa::door::json::Json;
use kaa::door::{Door, DoorOptions};
use libtest_mimic::{Failed, Trial};

use super::malformed::{self, Whole};
use super::{Ran, load, run};
use crate::driver::ways;
use crate::filetest::files_below;

pub fn trials(folder: &Path) -> Vec<Trial> {
    let files = files_below(folder).into_iter();
    let recordings = files.filter(|path| path.extension().is_some_and(|ext| ext == "jsonl"));
    let mut trials: Vec<Trial> = recordings.flat_map(|path| of_file(&path)).collect();
    let texts = files_below(folder).into_iter();
    let texts = texts.filter(|path| path.extension().is_some_and(|ext| ext == "ss"));
    trials.extend(texts.flat_map(|path| of_text(&path)));
    trials.push(Trial::test("solid-snake/page", || Ok(check_page()?)));
    trials.push(Trial::test("solid-snake/size", || Ok(check_size()?)));
    trials
}

fn of_text(path: &Path) -> Vec<Trial> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let cases = text.split("\n;--- ").skip(1).map(str::to_owned);
    let trial = |case: String| {
        let name = case.lines().next().unwrap_or_default().to_owned();
        let case = format!(";{case}");
        Trial::test(format!("solid-snake/{stem}/{name}"), move || {
            check_text(&case).map_err(Failed::from)
        })
    };
    cases.map(trial).collect()
}

/// A program is refused where it is too long, and where too many registers meet at its jumps.
fn check_size() -> Result<(), String> {
    let refused = |name: &str, bytes: &[u8]| {
        load(Door::Snake, name, bytes, &DoorOptions::default()).err().unwrap_or_default()
    };
    let jumps = |count: usize| {
        let set: String = (0..100).map(|n| format!("LoadImmediateI64 R{n} {n}\n")).collect();
        let jump = |n| format!("JumpIf l{n} R0\nIncrementI64 R1 1\nl{n}:\n");
        let sums: String = (1..100).map(|n| format!("AddI64 R0 R0 R{n}\n")).collect();
        set + &(0..count).map(jump).collect::<String>() + &sums + "DebugPrintI64 R0\nHalt\n"
    };
    let long = refused("case.ssb", &vec![0; (16 << 20) + 1]);
    let few = refused("case.ss", jumps(100).as_bytes());
    let many = refused("case.ss", jumps(20_000).as_bytes());
    match few.is_empty() && long.contains("more than 16 MiB") && many.contains("too large") {
        true => Ok(()),
        false => Err(format!("{few:?}, {long:?}, {many:?}")),
    }
}

/// The samples of the door's page do what their comments say.
fn check_page() -> Result<(), String> {
    let page = crate::workspace_root().join("docs/doors/solid-snake.md");
    let page = fs::read_to_string(page).map_err(|error| error.to_string())?;
    let samples: Vec<&str> = page.split("```ss\n").skip(1).collect();
    if samples.is_empty() {
        return Err("the page has no sample".to_owned());
    }
    samples.iter().try_for_each(|sample| check_text(sample.split("```").next().unwrap_or_default()))
}

/// Programs to break, in their binary form, and some in their text.
pub fn to_break(folder: &Path) -> Result<Vec<Whole>, String> {
    let text = fs::read_to_string(folder.join("behaviour.ss")).map_err(|e| e.to_string())?;
    let mut files = Vec::new();
    for (nth, case) in text.split("\n;--- ").skip(1).take(malformed::PROGRAMS).enumerate() {
        let (title, text) = case.split_once('\n').unwrap_or((case, ""));
        let options = DoorOptions::default();
        let bytes = kaa::door::assemble(Door::Snake, text.as_bytes(), &options)
            .map_err(|error| format!("{title}: {error}"))?;
        let (door, title) = (Door::Snake, title.to_owned());
        files.push(Whole { door, title: title.clone(), file: "case.ssb", bytes });
        if nth < 2 {
            let lines = text.lines().filter(|line| !line.starts_with(';'));
            let bytes: String = lines.map(|line| line.to_owned() + "\n").collect();
            let (title, bytes) = (format!("text of {title}"), bytes.into_bytes());
            files.push(Whole { door, title, file: "case.ss", bytes });
        }
    }
    Ok(files)
}

fn check_text(text: &str) -> Result<(), String> {
    let told = |key: &'static str| {
        text.lines().filter_map(move |line| line.trim().strip_prefix("; ")?.strip_prefix(key))
    };
    let prints: String = told("prints: ").map(|line| format!("{line}\n")).collect();
    let mut wanted = Vec::new();
    for key in ["result", "error_code", "final"] {
        let json = match (key, told(key).next().and_then(|rest| rest.strip_prefix(": "))) {
            ("result", Some(result)) => Json::str(result),
            (_, Some(json)) => Json::parse(json)?,
            ("result", None) => return Err("the result is missing".to_owned()),
            (_, None) => continue,
        };
        wanted.push((key.to_owned(), json));
    }
    let wanted = Json::Object(wanted);
    for keep_state in [true, false] {
        let options = DoorOptions { keep_state, ..DoorOptions::default() };
        let program = load(Door::Snake, "case.ss", text.as_bytes(), &options)?;
        for (engine, gc_stress) in ways() {
            let ran = run(&program, engine, gc_stress, keep_state)?;
            compare(&wanted, &ran).map_err(|what| format!("{engine:?}: {what}"))?;
            if ran.output != prints {
                return Err(format!("{engine:?}: it printed {:?}, not {prints:?}", ran.output));
            }
        }
    }
    Ok(())
}

fn of_file(path: &Path) -> Vec<Trial> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut groups: Vec<(String, Vec<Json>)> = Vec::new();
    for line in text.lines() {
        // A line that cannot be read becomes a case that fails.
        let case = Json::parse(line).unwrap_or(Json::Null);
        let name = member(&case, "name").unwrap_or("unreadable");
        let group = name.split('/').next().unwrap_or_default().to_owned();
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, cases)) => cases.push(case),
            None => groups.push((group, vec![case])),
        }
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let trial = |(group, cases): (String, Vec<Json>)| {
        Trial::test(format!("solid-snake/{stem}/{group}"), move || {
            cases.iter().try_for_each(|case| {
                let name = member(case, "name")?;
                check(name, case).map_err(|what| Failed::from(format!("{name}: {what}")))
            })
        })
    };
    groups.into_iter().map(trial).collect()
}

fn member<'a>(case: &'a Json, name: &str) -> Result<&'a str, String> {
    match case.get(name) {
        Some(Json::Str(text)) => Ok(text),
        _ => Err(format!("the line has no `{name}`")),
    }
}

fn check(name: &str, case: &Json) -> Result<(), String> {
    let hex = member(case, "bytecode")?.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(&String::from_utf8_lossy(pair), 16);
    let code: Vec<u8> = hex.map(byte).collect::<Result<_, _>>().map_err(|e| e.to_string())?;
    let first = case.get("init").ok_or("the line has no `init`")?.to_string();
    for keep_state in [true, false] {
        let first_registers = Some(first.clone());
        let options = DoorOptions { keep_state, first_registers, ..DoorOptions::default() };
        let program = load(Door::Snake, name, &code, &options)?;
        for (engine, gc_stress) in ways() {
            let ran = run(&program, engine, gc_stress, keep_state)?;
            compare(case, &ran).map_err(|what| format!("{engine:?}: {what}"))?;
        }
    }
    Ok(())
}

fn compare(case: &Json, ran: &Ran) -> Result<(), String> {
    let ending = ran.ending.as_ref().map_err(ToString::to_string)?;
    let result = member(case, "result")?;
    let told = match result.strip_prefix("Err(").and_then(|rest| rest.strip_suffix(')')) {
        Some(fault) => ending.exit == 1 && ending.stderr.starts_with(fault),
        None => {
            let code = result.strip_prefix("Ok(").and_then(|rest| rest.strip_suffix(')'));
            let code = code.and_then(|code| code.parse::<i64>().ok());
            code.map(|code| code as u8) == Some(ending.exit) && ending.stderr.is_empty()
        }
    };
    if !told {
        return Err(format!("it ended with {ending:?}, not {result}"));
    }
    let Some(state) = &ran.state else { return Ok(()) };
    for key in ["result", "error_code", "final"] {
        if case.get(key).is_some() && case.get(key) != state.get(key) {
            return Err(format!("{key} is {:?}, not {:?}", state.get(key), case.get(key)));
        }
    }
    Ok(())
}
