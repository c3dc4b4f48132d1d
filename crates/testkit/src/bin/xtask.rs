//! `xtask`: the chores of the workspace as one small program.
//!
//! `tidy` runs the tidy checks, `docs` writes the generated pages, `bless` does that and tightens
//! the length ratchet and appends new operation numbers. Test expectations are blessed by
//! `KAA_BLESS=1 cargo test`, not here.

#![forbid(unsafe_code)]

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use kaa_testkit::tidy::files::Tree;
use kaa_testkit::tidy::{CHECKS, lengths, numbers, pages};

fn main() -> ExitCode {
    let root = kaa_testkit::workspace_root();
    let command = std::env::args().nth(1);
    let done = match command.as_deref() {
        Some("tidy") => return tidy(&root),
        Some("docs") => pages::write(&root),
        Some("bless") => bless(&root),
        _ => {
            eprintln!("usage: xtask tidy|docs|bless");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tidy(root: &Path) -> ExitCode {
    let tree = Tree::read(root);
    let mut count = 0;
    for check in CHECKS {
        for problem in (check.run)(&tree) {
            println!("{problem} [{}]", check.name);
            count += 1;
        }
    }
    println!("{count} problem(s)");
    if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn bless(root: &Path) -> io::Result<()> {
    pages::write(root)?;
    let tree = Tree::read(root);
    fs::write(root.join(lengths::RATCHET_PATH), lengths::tightened(&tree))?;
    fs::write(root.join(numbers::LOCK_PATH), numbers::extended(&tree))
}
