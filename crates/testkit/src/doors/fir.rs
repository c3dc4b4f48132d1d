//! Programs of typed stack code, on every engine.
//!
//! Comments say what is expected: `; gives: i64:5 u8:ff` is what `main` gives, in hex, or else
//! `; trap: kind`; `; prints: line` what is printed; `; error: line part` that the text is refused.
//! Several programs stand in one file, parted by `;--- name`.

use std::fs;
use std::path::Path;

use kaa::door::json::Json;
use kaa::door::{Door, DoorOptions};
use libtest_mimic::{Failed, Trial};

use super::malformed::{self, Whole};
use super::{load, run};
use crate::driver::ways;
use crate::filetest::files_below;

pub fn trials(folder: &Path) -> Vec<Trial> {
    let trial = |(title, case): (String, String)| {
        Trial::test(format!("fir/{title}"), move || check(&case).map_err(Failed::from))
    };
    let mut trials: Vec<Trial> = cases(folder).into_iter().map(trial).collect();
    trials.push(Trial::test("fir/page", || Ok(check_page()?)));
    trials
}

/// Programs to break, without their comments.
pub fn to_break(folder: &Path) -> Result<Vec<Whole>, String> {
    let whole = |(title, text): (String, String)| {
        let lines = text.lines().filter(|line| !line.starts_with(';'));
        let bare: String = lines.map(|line| line.trim().to_owned() + "\n").collect();
        Whole { door: Door::Fir, title, file: "case.fir", bytes: bare.into_bytes() }
    };
    let runs = |(_, text): &(String, String)| told(text, "error: ").next().is_none();
    let cases = cases(folder).into_iter().filter(runs);
    Ok(cases.take(malformed::PROGRAMS).map(whole).collect())
}

/// The programs of all files, each with what it is called.
fn cases(folder: &Path) -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for path in files_below(folder) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in text.split("\n;--- ").skip(1) {
            let name = case.lines().next().unwrap_or_default();
            cases.push((format!("{stem}/{name}"), format!(";{case}")));
        }
    }
    cases
}

fn told<'a>(text: &'a str, key: &'static str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().strip_prefix("; ")?.strip_prefix(key))
}

fn check(text: &str) -> Result<(), String> {
    let options = DoorOptions { keep_state: true, ..DoorOptions::default() };
    let loaded = load(Door::Fir, "case.fir", text.as_bytes(), &options);
    if let Some(wanted) = told(text, "error: ").next() {
        let (line, part) = wanted.split_once(' ').unwrap_or((wanted, ""));
        return match loaded {
            Ok(_) => Err("it is not refused".to_owned()),
            Err(error) if error.starts_with(&format!("line {line}: ")) && error.contains(part) => {
                Ok(())
            }
            Err(error) => Err(format!("it is refused otherwise: {error}")),
        };
    }
    let program = loaded?;
    let prints: String = told(text, "prints: ").map(|line| format!("{line}\n")).collect();
    for (engine, gc_stress) in ways() {
        let ran = run(&program, engine, gc_stress, true)?;
        let gave = match &ran.ending {
            Ok(_) => format!("gives: {}", stack(ran.state.as_ref())),
            Err(error) => format!("trap: {}", error.code()),
        };
        let gave = gave.trim_end();
        let wanted: Vec<&str> = ["gives:", "trap:"]
            .into_iter()
            .flat_map(|key| {
                text.lines()
                    .filter_map(move |line| line.strip_prefix("; ").filter(|l| l.starts_with(key)))
            })
            .collect();
        if wanted != [gave] {
            return Err(format!("{engine:?}: {gave}, not {wanted:?}"));
        }
        if ran.output.trim_end() != prints.trim_end() {
            return Err(format!("{engine:?}: it printed {:?}, not {prints:?}", ran.output));
        }
    }
    Ok(())
}

/// What `main` gave, as `type:hex`.
fn stack(state: Option<&Json>) -> String {
    let Some(Json::Array(items)) = state.and_then(|state| state.get("stack")) else {
        return String::new();
    };
    let show = |item: &Json| match item {
        Json::Array(parts) => match &parts[..] {
            [Json::Str(ty), Json::Str(hex)] => {
                let digits = hex.trim_start_matches('0');
                format!("{ty}:{}", if digits.is_empty() { "0" } else { digits })
            }
            _ => item.to_string(),
        },
        _ => item.to_string(),
    };
    items.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// The samples of the door's page do what their comments say.
fn check_page() -> Result<(), String> {
    let page = crate::workspace_root().join("docs/doors/typed-stack.md");
    let page = fs::read_to_string(page).map_err(|error| error.to_string())?;
    let samples: Vec<&str> = page.split("```fir\n").skip(1).collect();
    if samples.is_empty() {
        return Err("the page has no sample".to_owned());
    }
    samples.iter().try_for_each(|sample| check(sample.split("```").next().unwrap_or_default()))
}
