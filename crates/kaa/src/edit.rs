//! Changing sources: the formatter, and the edits that reports propose.
//!
//! Both take text and give text. Reading and writing files is for the caller.

use std::fmt;

use kaa_base::diag::{Diagnostic, Fix};
use kaa_base::span::{FileId, SourceFile};
use kaa_lang::Loader;

use crate::diagnostics::Diagnostics;
use crate::module::Module;

/// One cure may uncover the next mistake, but not for ever.
const MAX_ROUNDS: usize = 12;
/// A round makes at most this many cures.
const MAX_FIXES: usize = 2000;

/// Why a source cannot be formatted.
#[derive(Debug)]
pub enum FormatError {
    /// It has errors of form.
    Source(Diagnostics),
    /// The result would not mean the same. This is an error of the formatter.
    Changed,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::Source(found) => found.fmt(f),
            FormatError::Changed => {
                f.write_str("the formatter would change what it means, and left it as it was")
            }
        }
    }
}

impl std::error::Error for FormatError {}

/// A program of the Kaa language in the one layout.
///
/// # Errors
/// The program has errors of form.
pub fn format(name: &str, text: &str) -> Result<String, FormatError> {
    kaa_lang::fmt::format(text).map_err(|why| match why {
        kaa_lang::fmt::Refused::Errors(list) => {
            let source = SourceFile::new(name, text);
            FormatError::Source(Diagnostics::new(source, list))
        }
        kaa_lang::fmt::Refused::Changed => FormatError::Changed,
    })
}

/// What became of a program whose reports were followed.
#[derive(Debug)]
pub struct Fixed {
    /// The new text.
    pub text: String,
    /// The number of reports that were followed.
    pub applied: usize,
    /// What is still to say about the new text.
    pub left: Diagnostics,
}

/// Follows the reports on a program of the Kaa language that propose exact edits, round by round
/// until there is none. Of edits that touch each other the first one is made, the other one in
/// the next round if it is still proposed.
///
/// Files that it imports are found by the loader; they are not changed.
pub fn fix(name: &str, text: &str, loader: &mut dyn Loader) -> Fixed {
    let mut text = text.to_owned();
    let mut applied = 0;
    let mut left = Module::check(name, text.as_str(), loader);
    for _ in 0..MAX_ROUNDS {
        let (next, count) = apply(&text, &left.list);
        if count == 0 || next == text {
            break;
        }
        applied += count;
        text = next;
        left = Module::check(name, text.as_str(), loader);
    }
    Fixed { text, applied, left }
}

/// Applies the first fix of each report, as far as they do not touch each other.
fn apply(text: &str, reports: &[Diagnostic]) -> (String, usize) {
    let here = |fix: &&Fix| fix.edits.iter().all(|(span, _)| span.file == FileId(0));
    let first = reports.iter().filter_map(|report| report.fixes.first().filter(here));
    let mut fixes: Vec<&Fix> = first.take(MAX_FIXES).collect();
    let start = |fix: &Fix| fix.edits.iter().map(|(span, _)| span.lo).min();
    fixes.sort_by_key(|fix| start(fix));
    let mut edits: Vec<(usize, usize, &str)> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let mut new: Vec<(usize, usize, &str)> = fix
            .edits
            .iter()
            .map(|(span, new)| (span.lo as usize, span.hi as usize, new.as_str()))
            .collect();
        new.sort_unstable();
        if new.iter().all(|edit| is_apart(&edits, edit) && text.get(edit.0..edit.1).is_some()) {
            count += usize::from(!new.is_empty());
            edits.extend(new);
            edits.sort_unstable();
        }
    }
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for (lo, hi, new) in edits {
        // Edits of one fix that overlap are a mistake of that fix: the later one is left out.
        if let Some(kept) = text.get(end..lo) {
            out.push_str(kept);
            out.push_str(new);
            end = hi;
        }
    }
    out.push_str(text.get(end..).unwrap_or(""));
    (out, count)
}

/// Whether an edit touches none of these, which are in order and do not overlap.
fn is_apart(edits: &[(usize, usize, &str)], edit: &(usize, usize, &str)) -> bool {
    let next = edits.partition_point(|other| other.0 < edit.0);
    let behind = edits.get(next).is_none_or(|other| other.0 > edit.1);
    let before = next.checked_sub(1).and_then(|at| edits.get(at));
    behind && before.is_none_or(|other| other.1 < edit.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaa_base::span::Span;
    use kaa_lang::NoFiles;

    fn report(edits: &[(u32, u32, &str)]) -> Diagnostic {
        let span = |lo, hi| Span::new(FileId(0), lo, hi);
        let edits = edits.iter().map(|&(lo, hi, new)| (span(lo, hi), new.to_owned())).collect();
        Diagnostic::error("E0000", span(0, 0), "no").fix_all("do", edits)
    }

    #[test]
    fn edits_that_touch_wait_for_the_next_round() {
        let reports = [
            report(&[(4, 5, "X")]),
            report(&[(0, 1, "A"), (2, 3, "C")]),
            report(&[(2, 4, "never")]),
            report(&[(6, 6, "!")]),
            report(&[(6, 99, "outside")]),
        ];
        assert_eq!(apply("abcdef", &reports), ("AbCdXf!".to_owned(), 3));
        assert_eq!(apply("äb", &[report(&[(1, 2, "half")])]), ("äb".to_owned(), 0));
    }

    #[test]
    fn fixes_go_on_until_there_is_none() {
        let fixed =
            fix("t.kaa", "total = 0\nif total == 0 && true {\n    total += 1\n", &mut NoFiles);
        assert!(fixed.applied <= MAX_ROUNDS * 4);
        let fixed = fix(
            "t.kaa",
            "n = 3\ntotal = 1\nwhile n > 0:\n    total *= n\n    n -= 1\nprint(total)\n",
            &mut NoFiles,
        );
        assert_eq!(fixed.applied, 2, "{}", fixed.text);
        assert!(fixed.left.list.is_empty(), "{}", fixed.left);
        assert!(fixed.text.starts_with("mut n = 3\nmut total = 1\n"), "{}", fixed.text);
    }

    #[test]
    fn formatting_reports_errors_of_form() {
        let Err(FormatError::Source(found)) = format("t.kaa", "x = (") else {
            panic!("the text has an error")
        };
        assert!(found.to_string().starts_with("t.kaa:1:"), "{found}");
        assert_eq!(format("t.kaa", "x=1").ok().as_deref(), Some("x = 1\n"));
    }
}
