//! Runs every tidy check over the workspace; one test each, so that a failure names its rule.
//!
//! The rules live in `kaa_testkit::tidy`; this file only reports them.

use kaa_testkit::tidy::CHECKS;
use kaa_testkit::tidy::files::Tree;

fn run(name: &str) {
    let check = CHECKS.iter().find(|check| check.name == name).expect("the check is listed");
    let problems = (check.run)(&Tree::read(&kaa_testkit::workspace_root()));
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} problem(s):\n{}", lines.len(), lines.join("\n"));
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test] fn $name() { run(stringify!($name)); })*

        #[test]
        fn every_check_is_run() {
            let run = [$(stringify!($name)),*];
            let listed: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
            assert_eq!(listed, run);
        }
    };
}

tests! {
    dependency_edges
    lengths
    module_heads
    unsafe_code
    forbidden_words
    allow_reasons
    machine_paths
    generated_pages
    frozen_numbers
    test_coverage
}
