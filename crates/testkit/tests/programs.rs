//! Whole programs as people write them: `tests/programs/NAME.kaa` prints `NAME.out`, on every
//! engine and under collector stress, and the compiler has nothing to say about it. A program of
//! several files is a folder `tests/programs/NAME` that begins at its `main.kaa`.
//!
//! A line `# stress: no` in the head of a program that allocates much spares it the stress.
//! `KAA_BLESS=1` writes what was printed into the `.out` files. Single features are tested in
//! `tests/lang`, see `filetests.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kaa_testkit::driver::{Engine, Options, Outcome, run_kaa, ways};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = kaa_testkit::workspace_root().join("tests/programs");
    let mut files = entries(&folder);
    files.retain(|path| path.is_dir() || path.extension().is_some_and(|ending| ending == "kaa"));
    let trials = files.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(format!("programs/{name}"), move || check(&path).map_err(Failed::from))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// What is in a folder, in order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    paths
}

/// The text of a program: of several files, each behind a line that names it.
fn read(path: &Path) -> std::io::Result<String> {
    if !path.is_dir() {
        return fs::read_to_string(path);
    }
    let main = path.join("main.kaa");
    let mut text = fs::read_to_string(&main)?;
    let mut left = entries(path);
    while let Some(next) = left.pop() {
        if next.is_dir() {
            left.extend(entries(&next));
        } else if next != main {
            let name = next.strip_prefix(path).unwrap_or(&next).display();
            text.push_str(&format!("# file: {name}\n{}", fs::read_to_string(&next)?));
        }
    }
    Ok(text)
}

/// Runs a program in every way.
fn check(path: &Path) -> Result<(), String> {
    let source = read(path).map_err(|error| error.to_string())?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let spared = source.lines().take_while(|line| line.starts_with('#')).any(is_spared);
    let printed = path.with_extension("out");
    if std::env::var_os("KAA_BLESS").is_some_and(|value| value != "0") {
        let outcome = run_kaa(&name, &source, &Options::default());
        fs::write(&printed, outcome.stdout).map_err(|error| error.to_string())?;
    }
    let expected = fs::read_to_string(&printed)
        .map_err(|error| format!("what it prints is not there: {error}"))?;
    for (engine, gc_stress) in ways() {
        if gc_stress && spared {
            continue;
        }
        let options = Options { engine, gc_stress, ..Options::default() };
        let outcome = run_kaa(&name, &source, &options);
        compare(&outcome, &expected)
            .map_err(|message| format!("{}: {message}", way(engine, gc_stress)))?;
    }
    Ok(())
}

fn is_spared(line: &str) -> bool {
    line == "# stress: no"
}

fn way(engine: Engine, gc_stress: bool) -> String {
    format!("{engine:?}{}", if gc_stress { " under stress" } else { "" })
}

fn compare(outcome: &Outcome, expected: &str) -> Result<(), String> {
    if !outcome.diagnostics.is_empty() || outcome.trap.is_some() {
        return Err(format!("{:#?}{:#?}", outcome.diagnostics, outcome.trap));
    }
    let pairs = outcome.stdout.lines().zip(expected.lines());
    for (index, (found, wanted)) in pairs.enumerate() {
        if found != wanted {
            return Err(format!("line {}\nfound:  {found}\nwanted: {wanted}", index + 1));
        }
    }
    let (found, wanted) = (outcome.stdout.lines().count(), expected.lines().count());
    if found == wanted { Ok(()) } else { Err(format!("{found} lines instead of {wanted}")) }
}
