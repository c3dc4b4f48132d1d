//! Test cases from files: discovery, formats, comparison, blessing.
//!
//! | files | what they say | room |
//! |---|---|---|
//! | `tests/{lang,run,copies}/**.kaa` | output, diagnostics, traps beside their line | [`kaa`] |
//! | `tests/{run,verify,ir}/**.kir` | calls and their results, or errors | [`kir`] |
//! | `tests/cli/*.txt` | command lines and all that they print | [`cli`] |
//!
//! A file may hold several cases; [`split`] says how. `KAA_BLESS=1` writes what happened into the
//! files instead of failing. Where the engine is reached is [`crate::driver`].

pub mod cli;
pub mod comments;
pub mod kaa;
mod kaa_bless;
pub mod kir;
pub mod split;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use libtest_mimic::{Failed, Trial};

use split::Case;

/// The outcome of one case: nothing to say, or a rewritten case and the reason why it differs.
pub enum Verdict {
    /// All as expected.
    Pass,
    /// Not as expected.
    Fail {
        /// What differs, for people.
        report: String,
        /// The case with its expectations replaced by what happened, where that can be written.
        blessed: Option<String>,
    },
}

type Runner = fn(&str, &Case) -> Verdict;

/// All cases of the files below `tests/lang`, `tests/run`, `tests/copies`, `tests/verify` and
/// `tests/ir`.
pub fn trials(tests: &Path) -> Vec<Trial> {
    let mut trials = Vec::new();
    for folder in ["lang", "run", "copies", "verify", "ir"] {
        for path in files_below(&tests.join(folder)) {
            let extension = path.extension().map(|ext| ext.to_string_lossy().into_owned());
            let (runner, separator): (Runner, &str) = match extension.as_deref() {
                Some("kaa") => (kaa::run_case, kaa::SEPARATOR),
                Some("kir") => (kir::run_case, kir::SEPARATOR),
                _ => continue,
            };
            let name =
                path.strip_prefix(tests).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            trials.extend(file_trials(&path, &name, separator, runner));
        }
    }
    trials
}

/// The trials of one file; they share its text so that blessing writes it case by case.
fn file_trials(path: &Path, name: &str, separator: &str, runner: Runner) -> Vec<Trial> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot be read: {error}");
            return vec![Trial::test(name, move || Err(Failed::from(message)))];
        }
    };
    let cases = split::split(&text, separator);
    let blessing =
        Arc::new(Mutex::new(Blessing { path: path.to_path_buf(), cases: cases.clone() }));
    let trials = cases.into_iter().enumerate().map(|(index, case)| {
        let file_name = name.to_string();
        let blessing = Arc::clone(&blessing);
        let trial_name =
            if case.name.is_empty() { name.to_string() } else { format!("{name}::{}", case.name) };
        Trial::test(trial_name, move || judge(&file_name, index, &case, runner, &blessing))
    });
    trials.collect()
}

fn judge(
    file: &str,
    index: usize,
    case: &Case,
    runner: Runner,
    blessing: &Mutex<Blessing>,
) -> Result<(), Failed> {
    match runner(file, case) {
        Verdict::Pass => Ok(()),
        Verdict::Fail { report, blessed: Some(text) } if blessing_wanted() => {
            let mut blessing = blessing.lock().map_err(|_| Failed::from("blessing failed"))?;
            blessing.write(index, text).map_err(|error| format!("{error}\n{report}").into())
        }
        Verdict::Fail { report, .. } => Err(report.into()),
    }
}

/// Whether expectations are to be rewritten rather than checked.
pub fn blessing_wanted() -> bool {
    std::env::var_os("KAA_BLESS").is_some_and(|value| value != "0")
}

struct Blessing {
    path: PathBuf,
    cases: Vec<Case>,
}

impl Blessing {
    fn write(&mut self, index: usize, body: String) -> std::io::Result<()> {
        self.cases[index].body = body;
        fs::write(&self.path, split::join(&self.cases))
    }
}

/// All files below a folder, sorted; an absent folder has none.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(dir) = pending.pop() {
        let Ok(entries) = fs::read_dir(&dir) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() { pending.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
