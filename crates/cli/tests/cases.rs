//! The cases of `tests/cli` and of the pages about doors, run with the program that
//! was built for this test.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests = kaa_testkit::workspace_root().join("tests");
    let kaa = Path::new(env!("CARGO_BIN_EXE_kaa"));
    let pages = kaa_testkit::workspace_root().join("docs/doors");
    let mut trials = kaa_testkit::filetest::cli::trials(&tests, kaa);
    trials.extend(kaa_testkit::filetest::cli::page_trials(&pages, kaa));
    libtest_mimic::run(&arguments, trials).exit_code()
}
