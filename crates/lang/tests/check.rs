//! Runs the checker on the cases under `tests/check`: what is expected stands on its line.
//!
//! A file holds cases separated by lines `#--- name`. `#! E0301 fragment` at the end of a line
//! expects a diagnostic there, with that code and a message, fix or advice that has the fragment;
//! several may follow each other. A case reports nothing else.

use kaa_base::span::SourceFile;
use std::collections::BTreeMap;
use std::path::Path;

/// What was expected or reported: line, code, text.
type Line = (u32, String, String);

fn cases(text: &str) -> Vec<(String, u32, String)> {
    let mut cases: Vec<(String, u32, String)> = vec![("head".to_string(), 0, String::new())];
    for (at, line) in (1u32..).zip(text.lines()) {
        if let Some(name) = line.strip_prefix("#--- ") {
            cases.push((name.to_string(), at, String::new()));
        } else if let Some(last) = cases.last_mut() {
            last.2.push_str(line);
            last.2.push('\n');
        }
    }
    cases
}

fn expected(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for (at, line) in (1u32..).zip(text.lines()) {
        for mark in line.split("#! ").skip(1) {
            let (code, fragment) = mark.trim().split_once(' ').unwrap_or((mark.trim(), ""));
            found.push((at, code.to_string(), fragment.trim().to_string()));
        }
    }
    found
}

fn reported(text: &str) -> Vec<Line> {
    let mut parts = text.split("# file: ");
    let first = parts.next().unwrap_or("");
    let file = |part: &str| part.split_once('\n').map(|(name, text)| (name.into(), text.into()));
    let mut files: BTreeMap<String, String> = parts.filter_map(file).collect();
    let found = kaa_lang::check_only(SourceFile::new("case", first), &[], &mut files);
    let file = SourceFile::new("case", text);
    found
        .diagnostics
        .iter()
        .map(|diag| {
            let mut text = diag.message.clone();
            let fixes = diag.fixes.iter().map(|fix| &fix.message);
            for more in fixes.chain(&diag.helps).chain(&diag.notes) {
                text.push_str(" | ");
                text.push_str(more);
            }
            (file.line(diag.span.lo), diag.code.to_string(), text)
        })
        .collect()
}

/// The differences of a case.
fn differences(text: &str) -> Vec<String> {
    let mut reported = reported(text);
    let mut wrong = Vec::new();
    for (line, code, fragment) in expected(text) {
        let fits = |got: &Line| {
            got.0 == line && (code == "*" || got.1 == code) && got.2.contains(&fragment)
        };
        match reported.iter().position(fits) {
            Some(at) => drop(reported.remove(at)),
            None => wrong.push(format!("line {line}: no {code} `{fragment}`")),
        }
    }
    wrong.extend(reported.iter().map(|(line, code, text)| format!("line {line}: {code} {text}")));
    wrong
}

fn run(folder: &Path) -> (usize, Vec<String>) {
    let mut failures = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the cases can be read")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "kaa"))
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case can be read");
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_string();
        for (name, first, case) in cases(&text) {
            count += 1;
            for difference in differences(&case) {
                failures.push(format!("{file}:{first} {name}: {difference}"));
            }
        }
    }
    (count, failures)
}

#[test]
fn cases_report_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let (count, failures) = run(&folder);
    assert!(count > 40, "{count} cases");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn examples_of_the_codes_hold() {
    let mut wrong = Vec::new();
    for info in kaa_lang::codes::all().filter(|info| info.code.starts_with("E03")) {
        // The example of a value that is too wide would be too long to tell.
        let too_long = info.code == "E0349";
        let found = reported(info.wrong);
        if !too_long && (found.len() != 1 || found[0].1 != info.code) {
            wrong.push(format!("{}: {found:?}", info.code));
        }
        let found = reported(info.right);
        if !found.is_empty() {
            wrong.push(format!("{} put right: {found:?}", info.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As deep as the parser lets through, in a thread with the usual 2 MiB of stack.
#[test]
fn deep_programs_fit_the_stack() {
    let shapes: &[(&str, &str, &str)] = &[
        ("x = ", "(1 + ", ")"),
        ("x = ", "[", "]"),
        ("x = ", "-", ""),
        ("x = ", "not ", ""),
        ("x = ", "abs(", ")"),
        ("x = ", "[y for y in ", "]"),
        ("x = ", "(lambda: ", ")()"),
        ("x = ", "1 if True else ", ""),
        ("x = ", "1 ?? ", ""),
        ("x = ", "str(len(str(", ")))"),
        ("x = ", "f\"{", "}\""),
        ("x = ", "{1: ", "}"),
        ("x = ", "True and (1 < ", ")"),
    ];
    for depth in [50, 90, 130, 180, 200, 390] {
        for (start, open, close) in shapes {
            let text = format!("{start}{}1{}\n", open.repeat(depth), close.repeat(depth));
            reported(&text);
        }
        let chain = format!("x = 1{}\n", " + 1".repeat(depth));
        reported(&chain);
        reported(&format!("x = \"\"{}\n", ".upper()".repeat(depth)));
        for head in ["if True:", "while True:", "for i in [1]:", "def f() -> int:"] {
            let lines: String =
                (0..depth).map(|level| format!("{}{head}\n", " ".repeat(level))).collect();
            reported(&format!("{lines}{}x = 1\n", " ".repeat(depth)));
        }
    }
}
