//! Rewrites a Kaa case so that it expects what happened.
//!
//! Markers that hold stay as they are. Output lines are replaced in their places; surplus markers
//! go, and further lines are added at the end of the case. Diagnostics and the trap are written
//! to the ends of their lines.

use super::kaa::{Marker, MarkerKind, markers, matches, output_lines};
use crate::driver::{Diagnostic, Outcome};

/// The body of a case with the expectations of an outcome.
pub fn bless(body: &str, outcome: &Outcome) -> String {
    let markers = markers(body);
    let outputs = output_lines(&outcome.stdout);
    let mut outputs = outputs.iter();
    let mut pending: Vec<&Diagnostic> = outcome.diagnostics.iter().collect();
    let mut lines: Vec<String> = Vec::new();
    for (index, line) in body.split('\n').enumerate() {
        let here: Vec<&Marker> = markers.iter().filter(|marker| marker.line == index + 1).collect();
        let Some(first) = here.first() else {
            lines.push(line.to_string());
            continue;
        };
        let kept: Vec<String> = here
            .iter()
            .filter_map(|marker| match marker.kind {
                MarkerKind::Output => outputs.next().map(|text| output(text)),
                MarkerKind::Diagnostic => keep_diagnostic(line, marker, &mut pending),
                MarkerKind::Trap | MarkerKind::Copies => None,
            })
            .collect();
        let code = line[..first.column].trim_end();
        let text = joined(code, &kept.join(" "));
        // A line that held nothing but markers goes when none is left; the numbering of later
        // lines is kept by leaving an empty comment if anything follows that is numbered.
        lines.push(if text.is_empty() { "#".to_string() } else { text });
    }
    for diagnostic in pending {
        append(&mut lines, diagnostic.line, &written("#!", &diagnostic.code, &diagnostic.message));
    }
    if let Some(trap) = &outcome.trap {
        append(&mut lines, trap.line, &written("#trap:", &trap.kind, ""));
    }
    if markers.iter().any(|marker| marker.kind == MarkerKind::Copies) {
        for (line, count) in &outcome.copies {
            append(&mut lines, *line, &written("#copies:", &count.to_string(), ""));
        }
    }
    let mut text = lines.join("\n");
    for line in outputs {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&output(line));
        text.push('\n');
    }
    text
}

fn output(text: &str) -> String {
    if text.is_empty() { "#=".to_string() } else { format!("#= {text}") }
}

fn written(mark: &str, word: &str, message: &str) -> String {
    format!("{mark} {word} {message}").trim_end().to_string()
}

fn joined(code: &str, marks: &str) -> String {
    match (code.is_empty(), marks.is_empty()) {
        (true, _) => marks.to_string(),
        (false, true) => code.to_string(),
        (false, false) => format!("{code}  {marks}"),
    }
}

/// The marker as it stands, if it holds; what it matches is no longer pending.
fn keep_diagnostic(line: &str, marker: &Marker, pending: &mut Vec<&Diagnostic>) -> Option<String> {
    let (code, message) = marker.text.split_once(' ').unwrap_or((marker.text, ""));
    let (code, message) = (code.to_string(), message.trim().to_string());
    let wanted = Diagnostic { line: marker.target, code, message };
    let found = pending.iter().position(|actual| matches(&wanted, actual))?;
    pending.remove(found);
    let mark = if line[marker.column..].starts_with("#^") { "#^!" } else { "#!" };
    Some(format!("{mark} {}", marker.text))
}

fn append(lines: &mut [String], line: usize, mark: &str) {
    if let Some(text) = line.checked_sub(1).and_then(|index| lines.get_mut(index)) {
        *text = joined(text.trim_end(), mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Trap;
    use crate::filetest::kaa::{compare, parse};
    use crate::filetest::split::Case;

    fn outcome(stdout: &str, codes: &[(usize, &str)], trap: Option<usize>) -> Outcome {
        let diagnostics = codes.iter().map(|(line, code)| Diagnostic {
            line: *line,
            code: code.to_string(),
            message: format!("about {code}"),
        });
        let trap = trap.map(|line| Trap { kind: "overflow".into(), line, message: "m".into() });
        Outcome {
            stdout: stdout.into(),
            diagnostics: diagnostics.collect(),
            trap,
            exit: 0,
            copies: Vec::new(),
        }
    }

    fn blessed(body: &str, outcome: &Outcome) -> String {
        let text = bless(body, outcome);
        let (_, expected) = parse(&Case::of(&text)).expect("a blessed case can be read");
        assert_eq!(compare(&expected, outcome), Vec::<String>::new(), "{text}");
        text
    }

    #[test]
    fn outputs_are_replaced_in_place_and_appended() {
        let outcome = outcome("1\n\n3\n", &[], None);
        assert_eq!(blessed("p  #= 7\nq  #= 8\n", &outcome), "p  #= 1\nq  #=\n#= 3\n");
        assert_eq!(blessed("p\n", &outcome), "p\n#= 1\n#=\n#= 3\n");
    }

    #[test]
    fn surplus_outputs_go() {
        assert_eq!(blessed("p  #= 7\nq  #= 8\n", &outcome("7\n", &[], None)), "p  #= 7\nq\n");
    }

    #[test]
    fn diagnostics_and_traps_are_rewritten() {
        let outcome = outcome("", &[(1, "E1"), (2, "E2")], Some(3));
        let text = blessed("a  #! * about\nb  #! E9\nc\n", &outcome);
        assert_eq!(text, "a  #! * about\nb  #! E2 about E2\nc  #trap: overflow\n");
    }
}
