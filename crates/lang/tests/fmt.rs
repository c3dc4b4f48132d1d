//! The formatter against every program of the repository: the tree must stay (the formatter
//! checks that itself), comments must stay, and a second time must change nothing.

use kaa_lang::fmt::{Refused, format};
use std::fs;
use std::path::{Path, PathBuf};

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the folder is there");
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "kaa") {
            found.push(path);
        }
    }
}

/// The cases of a file of tests; an ordinary program is one case.
fn cases(text: &str) -> Vec<String> {
    let mut cases = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with("#---") {
            cases.push(String::new());
        } else if let Some(case) = cases.last_mut() {
            case.push_str(line);
        }
    }
    cases
}

/// What must not get lost: everything but blanks, quotes, commas and parentheses, in order.
fn essence(text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}');
    text.chars().filter(|c| !c.is_whitespace() && !"'\"(),;\\".contains(*c)).collect()
}

#[test]
fn every_program_keeps_its_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["tests", "examples", "benches", "crates/lang/tests"] {
        programs(&root.join(folder), &mut files);
    }
    let mut count = 0;
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for case in cases(&text) {
            let shown = path.display();
            let out = match format(&case) {
                Ok(out) => out,
                Err(Refused::Errors(_)) => continue,
                Err(Refused::Changed) => panic!("{shown}: the tree would change:\n{case}"),
            };
            count += 1;
            assert_eq!(essence(&case), essence(&out), "{shown}: something got lost");
            assert_eq!(format(&out).as_ref(), Ok(&out), "{shown}: a second time changes it");
        }
    }
    assert!(count > 500, "only {count} programs were found");
}
