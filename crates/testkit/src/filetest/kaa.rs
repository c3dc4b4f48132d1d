//! Cases in the Kaa language: expectations stand beside the line they belong to.
//!
//! ```text
//! # run                      directives open the case: run (the default) or check,
//! # args: a b                args, allow, fuel, heap, depth, stdin (escapes as in a string), exit
//! print(1 + 2)  #= 3         one line of standard output; all of them, in the order of the file
//! x = y         #! E0301 y   a diagnostic: code (or *) and a fragment of its message
//! z = 1 // 0    #trap: division_by_zero fragment
//! xs[0] = 1     #copies: 1   how many values the line copied; in `tests/copies` all are told
//! #^! E0102                  the same for the line above, where that cannot hold a comment
//! # file: shapes.kaa         the lines below are a file that the case imports
//! ```
//!
//! Every diagnostic must be matched, warnings too. A case runs on each engine and under collector
//! stress, and all outcomes must be equal. Rewriting a case is the business of `kaa_bless`.

use super::Verdict;
use super::comments::comment_columns;
use super::kaa_bless;
use super::split::Case;
use crate::driver::{self, Diagnostic, Options, Outcome, Trap};

/// The start of a line that opens the next case of a file.
pub const SEPARATOR: &str = "#---";

/// What a case expects.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// Lines of standard output.
    pub stdout: Vec<String>,
    /// Diagnostics: line, code or `*`, fragment of the message.
    pub diagnostics: Vec<Diagnostic>,
    /// The trap, if one is expected; its message is a fragment.
    pub trap: Option<Trap>,
    /// Lines whose writes copy values, and how many.
    pub copies: Vec<(usize, u64)>,
    /// The exit code, where the case states it.
    pub exit: Option<i32>,
}

/// One expectation and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Marker<'a> {
    /// One-based line that holds the marker.
    pub line: usize,
    /// One-based line that the marker speaks of.
    pub target: usize,
    /// Byte column at which the marker begins.
    pub column: usize,
    /// Which kind it is.
    pub kind: MarkerKind,
    /// The text after the marker.
    pub text: &'a str,
}

/// The kinds of expectations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// A line of output.
    Output,
    /// A diagnostic.
    Diagnostic,
    /// A trap.
    Trap,
    /// Copies of values.
    Copies,
}

const MARKERS: &[(&str, bool, MarkerKind)] = &[
    ("#=", false, MarkerKind::Output),
    ("#!", false, MarkerKind::Diagnostic),
    ("#^!", true, MarkerKind::Diagnostic),
    ("#trap:", false, MarkerKind::Trap),
    ("#copies:", false, MarkerKind::Copies),
    ("#^trap:", true, MarkerKind::Trap),
];

/// Finds every marker of a case's text.
pub fn markers(body: &str) -> Vec<Marker<'_>> {
    let mut found = Vec::new();
    let mut above = 0;
    for (index, (text, column)) in body.split('\n').zip(comment_columns(body)).enumerate() {
        let line = index + 1;
        let Some(mut column) = column else {
            above = line;
            continue;
        };
        let before = found.len();
        while let Some((kind, points_up, length)) = marker_at(&text[column..]) {
            let start = column + length;
            let end = match kind {
                MarkerKind::Output => text.len(),
                _ => text[start..].find(" #").map_or(text.len(), |at| start + at + 1),
            };
            let inner = &text[start..end];
            let inner = match kind {
                MarkerKind::Output => inner.strip_prefix(' ').unwrap_or(inner),
                _ => inner.trim(),
            };
            let target = if points_up { above } else { line };
            found.push(Marker { line, target, column, kind, text: inner });
            column = end;
        }
        if found.len() == before || !text[..column].starts_with("#^") {
            above = line;
        }
    }
    found
}

fn marker_at(text: &str) -> Option<(MarkerKind, bool, usize)> {
    let row = MARKERS.iter().find(|(word, ..)| text.starts_with(word))?;
    Some((row.2, row.1, row.0.len()))
}

/// Reads the directives and expectations of a case.
pub fn parse(case: &Case) -> Result<(Options, Expected), String> {
    let mut options = Options::default();
    let mut expected = Expected::default();
    for text in [&case.preamble, &case.body] {
        for line in text.lines().take_while(|line| line.is_empty() || line.starts_with('#')) {
            read_directive(line, &mut options, &mut expected)?;
        }
    }
    for marker in markers(&case.body) {
        let (word, rest) = marker.text.split_once(' ').unwrap_or((marker.text, ""));
        let (line, word, message) = (marker.target, word.to_string(), rest.trim().to_string());
        match marker.kind {
            MarkerKind::Output => expected.stdout.push(marker.text.to_string()),
            _ if word.is_empty() => return Err(format!("line {line}: the marker says nothing")),
            MarkerKind::Diagnostic => {
                expected.diagnostics.push(Diagnostic { line, code: word, message });
            }
            MarkerKind::Copies => {
                let count = word.parse().map_err(|_| format!("line {line}: bad number"))?;
                expected.copies.push((line, count));
            }
            MarkerKind::Trap if expected.trap.is_some() => {
                return Err(format!("line {line}: a program traps once"));
            }
            MarkerKind::Trap => expected.trap = Some(Trap { kind: word, line, message }),
        }
    }
    Ok((options, expected))
}

fn read_directive(line: &str, options: &mut Options, out: &mut Expected) -> Result<(), String> {
    let Some(line) = line.strip_prefix("# ") else { return Ok(()) };
    let (word, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.trim();
    let words = || value.split_whitespace().map(str::to_string).collect();
    let number = || value.replace('_', "").parse().map_err(|_| format!("bad number in `# {line}`"));
    match word {
        "run" => options.check_only = false,
        "check" => options.check_only = true,
        "args" => options.args = words(),
        "allow" => options.allow = words(),
        "fuel" => options.fuel = Some(number()?),
        "heap" => options.heap_bytes_max = Some(number()?),
        "depth" => options.depth_max = Some(u32::try_from(number()?).unwrap_or(u32::MAX)),
        "exit" => out.exit = Some(value.parse().map_err(|_| format!("bad number in `# {line}`"))?),
        "stdin" => options.stdin = value.replace("\\n", "\n"),
        _ => {}
    }
    Ok(())
}

/// Runs a case on every engine and compares.
pub fn run_case(file: &str, case: &Case) -> Verdict {
    let (options, expected) = match parse(case) {
        Ok(parsed) => parsed,
        Err(report) => return Verdict::Fail { report, blessed: None },
    };
    let options = Options { engine: driver::engines()[0], ..options };
    let outcome = driver::run_kaa(file, &case.body, &options);
    let mut differences = compare(&expected, &outcome);
    if file.starts_with("copies/") && expected.copies != outcome.copies {
        let (wanted, found) = (&expected.copies, &outcome.copies);
        differences.push(format!("copies: expected {wanted:?}, got {found:?}"));
    }
    if !differences.is_empty() {
        let report = format!("{}\n{}", differences.join("\n"), describe(&outcome));
        return Verdict::Fail { report, blessed: Some(kaa_bless::bless(&case.body, &outcome)) };
    }
    if options.check_only || !expected.diagnostics.is_empty() && outcome.exit != 0 {
        return Verdict::Pass;
    }
    for (engine, gc_stress) in driver::ways().into_iter().skip(1) {
        let other =
            driver::run_kaa(file, &case.body, &Options { engine, gc_stress, ..options.clone() });
        if other != outcome {
            let report = format!(
                "{engine:?} (gc stress: {gc_stress}) differs\n{}\nfrom the first way\n{}",
                describe(&other),
                describe(&outcome)
            );
            return Verdict::Fail { report, blessed: None };
        }
    }
    Verdict::Pass
}

/// The lines of a program's output.
pub fn output_lines(stdout: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = stdout.split('\n').collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    lines
}

/// Whether a diagnostic is the one that an expectation means.
pub fn matches(expected: &Diagnostic, actual: &Diagnostic) -> bool {
    expected.line == actual.line
        && (expected.code == "*" || expected.code == actual.code)
        && actual.message.contains(&expected.message)
}

/// Every difference between what was expected and what happened.
pub fn compare(expected: &Expected, outcome: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    let mut unmatched: Vec<&Diagnostic> = outcome.diagnostics.iter().collect();
    for wanted in &expected.diagnostics {
        match unmatched.iter().position(|actual| matches(wanted, actual)) {
            Some(found) => drop(unmatched.remove(found)),
            None => differences.push(format!("missing diagnostic: {}", show(wanted))),
        }
    }
    differences
        .extend(unmatched.iter().map(|found| format!("unexpected diagnostic: {}", show(found))));
    let lines = output_lines(&outcome.stdout);
    let same = expected.stdout.iter().map(String::as_str).eq(lines.iter().copied());
    if !same {
        differences.push(first_difference(&expected.stdout, &lines));
    }
    match (&expected.trap, &outcome.trap) {
        (None, None) => {}
        (Some(wanted), Some(trap))
            if wanted.line == trap.line
                && (wanted.kind == "*" || wanted.kind == trap.kind)
                && trap.message.contains(&wanted.message) => {}
        (wanted, trap) => differences.push(format!("trap: expected {wanted:?}, got {trap:?}")),
    }
    let fails = expected.trap.is_some() || outcome.exit != 0 && !expected.diagnostics.is_empty();
    let exit = expected.exit.unwrap_or(if fails { outcome.exit } else { 0 });
    if exit != outcome.exit {
        differences.push(format!("exit code: expected {exit}, got {}", outcome.exit));
    }
    differences
}

fn first_difference(expected: &[String], actual: &[&str]) -> String {
    let count = expected.len().max(actual.len());
    let differs = |at: &usize| expected.get(*at).map(String::as_str) != actual.get(*at).copied();
    let at = (0..count).find(differs).unwrap_or(0);
    let wanted = expected.get(at).map_or("nothing".to_string(), |line| format!("{line:?}"));
    let got = actual.get(at).map_or("nothing".to_string(), |line| format!("{line:?}"));
    format!("output line {}: expected {wanted}, got {got}", at + 1)
}

fn show(diagnostic: &Diagnostic) -> String {
    format!("line {}: {} {}", diagnostic.line, diagnostic.code, diagnostic.message)
}

fn describe(outcome: &Outcome) -> String {
    let mut text = format!("exit {}\n", outcome.exit);
    for diagnostic in &outcome.diagnostics {
        text.push_str(&format!("  {}\n", show(diagnostic)));
    }
    if let Some(trap) = &outcome.trap {
        text.push_str(&format!("  trap {} at line {}: {}\n", trap.kind, trap.line, trap.message));
    }
    for line in output_lines(&outcome.stdout).iter().take(40) {
        text.push_str(&format!("  | {line}\n"));
    }
    text
}

#[cfg(test)]
mod tests;
