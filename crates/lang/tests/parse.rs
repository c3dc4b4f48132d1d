//! The parser against data: `parse/*.kaa` with the tree expected beside, and
//! `parse/errors.txt` with the diagnostics of many short programs.
//!
//! `KAA_BLESS=1` writes what was found in place of what was expected.

use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, SourceFile};
use kaa_lang::ast::dump::dump;
use kaa_lang::codes;
use kaa_lang::intern::Interner;
use kaa_lang::parse::parse;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse")
}

fn blessing() -> bool {
    std::env::var_os("KAA_BLESS").is_some()
}

fn read(text: &str) -> (String, Vec<Diagnostic>) {
    let mut names = Interner::new();
    let (ast, diags) = parse(FileId(0), text, &mut names);
    (dump(&ast, &names), diags)
}

fn show(text: &str, diags: &[Diagnostic]) -> String {
    let file = SourceFile::new("test", text);
    let mut shown = String::new();
    for diag in diags {
        let at = file.line_col(diag.span.lo);
        shown.push_str(&format!("{}:{} {} {}\n", at.line, at.col, diag.code, diag.message));
    }
    shown
}

/// Applies the first fix of every diagnostic.
fn apply(text: &str, diags: &[Diagnostic]) -> Option<String> {
    let mut edits: Vec<_> =
        diags.iter().flat_map(|d| d.fixes.first()).flat_map(|fix| &fix.edits).collect();
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|(span, _)| (span.lo, span.hi));
    let mut fixed = String::new();
    let mut from = 0;
    for (span, with) in edits {
        fixed.push_str(&text[from..span.lo as usize]);
        fixed.push_str(with);
        from = span.hi as usize;
    }
    fixed.push_str(&text[from..]);
    Some(fixed)
}

#[test]
fn trees() {
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder()).expect("the folder of the tests").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ext| ext != "kaa") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).expect("a test");
        let (tree, diags) = read(&text);
        let found = tree + &show(&text, &diags);
        let beside = path.with_extension("tree");
        if blessing() {
            fs::write(&beside, &found).expect("writing the tree");
        } else if fs::read_to_string(&beside).unwrap_or_default() != found {
            failures.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(count >= 8, "only {count} tests were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A case is `@@@ title`, the program, `---`, its diagnostics, and behind `fixed:` the program
/// with all first fixes applied, which must then be without errors.
fn error_case(case: &str) -> String {
    let (title, rest) = case.split_once('\n').unwrap_or((case, ""));
    let program = rest.split_once("---\n").map_or(rest, |(program, _)| program);
    // Control characters are spelled out in the data.
    let text = program
        .replace("<TAB>", "\t")
        .replace("<CR>", "\r")
        .replace("<NUL>", "\0")
        .replace("<NBSP>", "\u{A0}");
    let (_, diags) = read(&text);
    let mut found = format!("{title}\n{program}---\n{}", show(&text, &diags));
    for diag in &diags {
        assert!(codes::lookup(diag.code).is_some(), "{} is not explained", diag.code);
    }
    if let Some(fixed) = apply(&text, &diags) {
        let (_, left) = read(&fixed);
        found.push_str("fixed:\n");
        found.push_str(&fixed);
        found.push_str(&show(&fixed, &left).replace('\n', " (still)\n"));
    }
    found
}

#[test]
fn errors() {
    let path = folder().join("errors.txt");
    let expected = fs::read_to_string(&path).expect("the cases");
    let cases: Vec<_> = expected.split("@@@ ").skip(1).collect();
    let found: Vec<_> = cases.iter().map(|case| error_case(case)).collect();
    if blessing() {
        let all: String = found.iter().map(|case| format!("@@@ {case}")).collect();
        fs::write(&path, all).expect("writing the cases");
        return;
    }
    assert!(cases.len() >= 60, "only {} cases were found", cases.len());
    for (case, found) in cases.iter().zip(&found) {
        assert_eq!(case, found);
    }
}

/// The example of every code that the lexer and the parser give gets that code; put right, it
/// gets none of theirs.
#[test]
fn explanations_hold() {
    for info in codes::all().filter(|info| info.code < "E0300") {
        if ["E0107", "E0108"].contains(&info.code) {
            continue; // Their examples are abridged.
        }
        let frame = |text: &str| match text.starts_with("case ") {
            true => format!("match y:\n    {text}\n"),
            false => format!("{text}\n"),
        };
        let (_, wrong) = read(&frame(info.wrong));
        let codes: Vec<_> = wrong.iter().map(|diag| diag.code).collect();
        assert_eq!(codes, [info.code], "{}", info.wrong);
        let (_, right) = read(&frame(info.right));
        assert!(right.is_empty(), "{}: {right:?}", info.right);
    }
}
