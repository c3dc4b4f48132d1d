//! Reads the `.kir` files under `tests/` of the workspace: cases parted by `;--- name`.

#![allow(dead_code, reason = "each test program uses its own part of this module")]

use std::path::{Path, PathBuf};

/// One module in text.
pub struct Case {
    /// File and name.
    pub name: String,
    /// The text; lines count from here.
    pub text: String,
}

impl Case {
    /// Lines (from 1) that must be refused, with a part of the message.
    pub fn expected_errors(&self) -> impl Iterator<Item = (u32, &str)> {
        self.text.lines().zip(1..).filter_map(|(text, line)| {
            text.split_once("; error:").map(|(_, fragment)| (line, fragment.trim()))
        })
    }
}

/// All cases in a folder under `tests/`; the folder must exist and hold some.
pub fn all(folder: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("the file can be read");
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        split(&stem, &text, &mut cases);
    }
    assert!(!cases.is_empty(), "no case in {}", root.display());
    cases
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder exists").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "kir") {
            files.push(path);
        }
    }
}

fn split(stem: &str, text: &str, cases: &mut Vec<Case>) {
    let mut current = Case { name: stem.to_owned(), text: String::new() };
    for line in text.split_inclusive('\n') {
        let Some(name) = line.strip_prefix(";---") else {
            current.text.push_str(line);
            continue;
        };
        let next = Case { name: format!("{stem}: {}", name.trim()), text: String::new() };
        let done = std::mem::replace(&mut current, next);
        if done.text.lines().any(|l| !l.is_empty() && !l.starts_with(';')) {
            cases.push(done);
        }
    }
    cases.push(current);
}

/// Modules to mutate, in bytes: everything that the test files hold and the verifier accepts.
pub fn seeds() -> Vec<Vec<u8>> {
    let cases = all("verify").into_iter().chain(all("run"));
    let modules = cases.filter_map(|case| kaa_ir::text::parse(&case.text).ok());
    let good = modules.filter(|m| kaa_ir::verify::verify(m).is_ok());
    good.map(|m| kaa_ir::binary::encode(&m)).collect()
}
