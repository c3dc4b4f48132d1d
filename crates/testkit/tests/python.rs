//! What programs print, compared with Python, see `kaa_testkit::python`. Where there is no
//! Python, nothing is compared and a line says so.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use kaa_testkit::driver::{Options, run_kaa};
use kaa_testkit::filetest::split::split;
use kaa_testkit::python;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = kaa_testkit::workspace_root().join("tests/python");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    files.sort();
    if !python::is_present() {
        println!("python3 is not here: its output is not compared");
        files.clear();
    }
    let trials = files.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(format!("python/{name}"), move || compare(&path).map_err(Failed::from))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// Runs all programs of a file here and there.
fn compare(path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let cases = split(&text, "#---");
    let programs: Vec<String> = cases.iter().map(|case| python::translated(&case.body)).collect();
    let expected = python::outputs(&programs)?;
    if expected.len() != cases.len() {
        return Err(format!("{} programs, but {} outputs", cases.len(), expected.len()));
    }
    let mut differences = String::new();
    for (case, expected) in cases.iter().zip(expected) {
        let found = run_kaa(&case.name, &case.body, &Options::default());
        let troubles: Vec<String> =
            found.diagnostics.iter().map(|one| format!("{one:?}")).collect();
        if found.stdout != expected || found.trap.is_some() || !troubles.is_empty() {
            differences.push_str(&format!(
                "---- {}\n{}{:?}\nkaa:\n{}python:\n{expected}",
                case.name,
                troubles.join("\n"),
                found.trap,
                found.stdout
            ));
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}
