//! Programs of other machines under `tests/doors`: what each did on its own machine, on every
//! engine. The formats of the recordings are told in `tests/doors/README.md`.

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests = kaa_testkit::workspace_root().join("tests/doors");
    let trials = kaa_testkit::doors::trials(&tests);
    libtest_mimic::run(&arguments, trials).exit_code()
}
