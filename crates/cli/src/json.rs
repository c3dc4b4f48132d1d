//! JSON: text in quotes, and reports as objects. The forms are told in `docs/cli/README.md`.

use std::fmt::Write;

use kaa::{Diagnostic, Diagnostics, Severity, SourceFile, Span};

/// Text as a JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Line separators end a line for some readers.
            c if c < ' ' || matches!(c, '\u{7F}' | '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A JSON array of what is JSON already.
pub fn array(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// A report as one object on one line.
pub fn report(all: &Diagnostics, found: &Diagnostic) -> String {
    let source = all.file(found.span);
    let severity = match found.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let labels = found.labels.iter().map(|(span, text)| {
        let other = all.file(*span);
        let file = match span.file == found.span.file {
            true => String::new(),
            false => format!("\"file\":{},", string(&other.name)),
        };
        format!("{{{file}\"span\":{},\"message\":{}}}", place(other, *span), string(text))
    });
    let fixes = found.fixes.iter().map(|fix| {
        let edits = fix.edits.iter().map(|(span, new)| {
            format!("{{\"span\":{},\"replacement\":{}}}", place(source, *span), string(new))
        });
        format!("{{\"message\":{},\"edits\":{}}}", string(&fix.message), array(edits))
    });
    format!(
        "{{\"code\":{},\"severity\":\"{severity}\",\"message\":{},\"file\":{},\"span\":{},\
         \"labels\":{},\"notes\":{},\"helps\":{},\"fixes\":{}}}",
        string(found.code),
        string(&found.message),
        string(&source.name),
        place(source, found.span),
        array(labels),
        array(found.notes.iter().map(|note| string(note))),
        array(found.helps.iter().map(|help| string(help))),
        array(fixes),
    )
}

/// A range of the source: bytes, and lines with columns.
fn place(source: &SourceFile, span: Span) -> String {
    let (start, end) = (source.line_col(span.lo), source.line_col(span.hi));
    format!(
        "{{\"lo\":{},\"hi\":{},\"line\":{},\"col\":{},\"end_line\":{},\"end_col\":{}}}",
        span.lo, span.hi, start.line, start.col, end.line, end.col
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(string("a\"\\\n\t\u{1}ä\u{2028}"), "\"a\\\"\\\\\\n\\t\\u0001ä\\u2028\"");
        assert_eq!(array(["1".to_owned(), "2".to_owned()]), "[1,2]");
    }
}
