//! The formatter against every program of the repository: the tree must stay (the formatter
//! checks that itself), comments must stay, and a second time must change nothing.

use kaa_base::span::FileId;
use kaa_lang::fmt::{Refused, format};
use kaa_lang::lex::lex;
use kaa_lang::lex::token::Tok;
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

/// The program with names that are too long for their lines, so that everything is broken.
fn stretched(text: &str) -> String {
    const WORDS: &[&str] = &["match", "case", "type", "own", "extend", "resource", "any", "self"];
    let tokens = lex(FileId(0), text).tokens;
    let (mut out, mut end, mut strings) = (String::new(), 0, 0);
    for token in tokens {
        match token.kind {
            Tok::FStart => strings += 1,
            Tok::FEnd => strings -= 1,
            _ => {}
        }
        let (lo, hi) = (token.lo as usize, token.hi as usize);
        let name = text.get(lo..hi).unwrap_or("");
        if token.kind == Tok::Name && strings == 0 && !WORDS.contains(&name) {
            out.push_str(&text[end..hi]);
            out.push_str(&"_long".repeat(5));
            end = hi;
        }
    }
    out.push_str(&text[end..]);
    out
}

#[test]
fn programs_that_are_too_wide_keep_their_meaning() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["tests", "examples"] {
        programs(&root.join(folder), &mut files);
    }
    let mut count = 0;
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for case in cases(&text) {
            let wide = stretched(&case);
            let out = match format(&wide) {
                Ok(out) => out,
                Err(Refused::Errors(_)) => continue,
                Err(Refused::Changed) => panic!("{}: {wide}", path.display()),
            };
            count += 1;
            assert_eq!(essence(&wide), essence(&out), "{}", path.display());
            let again = format(&out).unwrap_or_default();
            let change = out.lines().zip(again.lines()).find(|(one, two)| one != two);
            assert_eq!(change, None, "{}: a second time changes it", path.display());
        }
    }
    assert!(count > 500, "only {count} programs were found");
}
