//! Every exact edit that a report proposes: applied alone to the programs under `tests/lang`, it
//! must make the report go away.

use kaa::{Diagnostic, Fix, Module, NoFiles};
use std::fs;
use std::path::{Path, PathBuf};

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "kaa") {
            found.push(path);
        }
    }
}

fn cases(text: &str) -> Vec<String> {
    let mut cases = vec![String::new()];
    for line in text.split_inclusive('\n') {
        match cases.last_mut() {
            Some(case) if !line.starts_with("#---") => case.push_str(line),
            _ => cases.push(String::new()),
        }
    }
    cases
}

fn applied(text: &str, fix: &Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|(span, _)| (span.lo, span.hi));
    let (mut out, mut end) = (String::new(), 0);
    for (span, new) in &edits {
        out.push_str(&text[end..span.lo as usize]);
        out.push_str(new);
        end = span.hi as usize;
    }
    out.push_str(&text[end..]);
    out
}

/// How often a report like this one is made.
fn count(reports: &[Diagnostic], like: &Diagnostic) -> usize {
    reports.iter().filter(|one| one.code == like.code && one.message == like.message).count()
}

#[test]
fn a_fix_cures_its_report() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    programs(&root.join("tests/lang"), &mut files);
    let (mut fixes, mut wrong) = (0, Vec::new());
    for path in files {
        let text = fs::read_to_string(&path).expect("the file can be read");
        // The files of a case of several cannot be told apart here.
        for case in cases(&text).into_iter().filter(|case| !case.contains("# file: ")) {
            let found = Module::check("case.kaa", case.as_str(), &mut NoFiles);
            let fixed = kaa::fix("case.kaa", &case, &mut NoFiles);
            let rest = fixed.left.list.iter().filter(|one| !one.fixes.is_empty()).count();
            assert_eq!(rest, 0, "{}: fixes are left:\n{}", path.display(), fixed.text);
            for report in &found.list {
                let Some(fix) = report.fixes.first() else { continue };
                fixes += 1;
                let left = Module::check("case.kaa", applied(&case, fix), &mut NoFiles).list;
                // The next of several like it may be told in its place.
                let stays = left.iter().any(|one| {
                    (one.code, &one.message, one.span.lo)
                        == (report.code, &report.message, report.span.lo)
                });
                if stays && count(&left, report) >= count(&found.list, report) {
                    let line = found.source.line_col(report.span.lo).line;
                    let shown = found.source.line_text(line);
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    wrong.push(format!("{name}: {} {}: {shown}", report.code, report.message));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "fixes that cure nothing:\n{}", wrong.join("\n"));
    assert!(fixes > 60, "only {fixes} fixes were tried");
}
