//! The files under `tests/` as test cases. The formats are told in `kaa_testkit::filetest`.

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests = kaa_testkit::workspace_root().join("tests");
    libtest_mimic::run(&arguments, kaa_testkit::filetest::trials(&tests)).exit_code()
}
