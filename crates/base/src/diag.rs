//! Diagnostics as data.
//!
//! A [`Diagnostic`] says what is wrong, where, why, and how to put it right. Nothing here prints:
//! the program that talks to a person renders it. Positions are in `span`.

use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Information that stands alone.
    Note,
    /// Suspicious, but the program runs.
    Warning,
    /// The program is refused.
    Error,
}

/// A change of the source that cures a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What the change does, as an order: "write `None`".
    pub message: String,
    /// Replacements; they do not overlap, and an empty span inserts.
    pub edits: Vec<(Span, String)>,
}

/// One report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Stable code such as `E0201`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The reason in one sentence.
    pub message: String,
    /// The place the report is about.
    pub span: Span,
    /// Other places and what they have to do with it. A label whose span equals `span` is the
    /// text under the main place.
    pub labels: Vec<(Span, String)>,
    /// Facts worth knowing.
    pub notes: Vec<String>,
    /// Advice that is not an exact edit.
    pub helps: Vec<String>,
    /// Exact edits.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A report of the given severity.
    pub fn new(
        severity: Severity,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            span,
            labels: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// An error.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, span, message)
    }

    /// A warning.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, span, message)
    }

    /// Adds a place with its text.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push((span, text.into()));
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Adds advice.
    pub fn help(mut self, text: impl Into<String>) -> Diagnostic {
        self.helps.push(text.into());
        self
    }

    /// Adds a fix of one edit.
    pub fn fix(
        self,
        message: impl Into<String>,
        span: Span,
        replacement: impl Into<String>,
    ) -> Diagnostic {
        self.fix_all(message, vec![(span, replacement.into())])
    }

    /// Adds a fix of several edits.
    pub fn fix_all(mut self, message: impl Into<String>, edits: Vec<(Span, String)>) -> Diagnostic {
        self.fixes.push(Fix { message: message.into(), edits });
        self
    }

    /// Whether the program is refused for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::FileId;

    #[test]
    fn builder_keeps_all_parts() {
        let at = Span::new(FileId(0), 3, 4);
        let d = Diagnostic::error("E0001", at, "no")
            .label(at, "here")
            .note("n")
            .help("h")
            .fix("write x", at, "x");
        assert!(d.is_error());
        assert_eq!(d.labels, [(at, "here".to_string())]);
        assert_eq!(d.fixes[0].edits, [(at, "x".to_string())]);
        assert_eq!((d.notes.len(), d.helps.len()), (1, 1));
        assert!(!Diagnostic::warning("W", at, "w").is_error());
    }
}
