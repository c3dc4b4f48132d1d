//! What is wrong with an input, together with its text.
//!
//! Reports are data; the `Display` form is one plain line each. Rendering for people, with
//! excerpts and colours, is the business of the program that talks to them.

use std::fmt;

use kaa_base::diag::{Diagnostic, Severity};
use kaa_base::span::{SourceFile, SourceMap, Span};

/// Reports about one input, in the order of their places.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// The input. Its text is empty where the input is not text.
    pub source: SourceFile,
    /// The files that it imports, directly or not.
    pub imported: Vec<SourceFile>,
    /// The reports.
    pub list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Reports about one file.
    pub fn new(source: SourceFile, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics { source, imported: Vec::new(), list }
    }

    /// Reports about a program that was compiled.
    pub(crate) fn of(sources: SourceMap, list: Vec<Diagnostic>) -> Diagnostics {
        let mut files = sources.into_files().into_iter();
        let source = files.next().unwrap_or_else(|| SourceFile::new("", ""));
        Diagnostics { source, imported: files.collect(), list }
    }

    /// The file that a span is of.
    pub fn file(&self, span: Span) -> &SourceFile {
        let other = (span.file.0 as usize).checked_sub(1);
        other.and_then(|at| self.imported.get(at)).unwrap_or(&self.source)
    }

    /// Whether the input is refused.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// The number of errors.
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.is_error()).count()
    }

    /// The number of warnings.
    pub fn warnings(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Warning).count()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, d) in self.list.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            let severity = match d.severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            let source = self.file(d.span);
            write!(f, "{}", source.name)?;
            if !source.text.is_empty() {
                let at = source.line_col(d.span.lo);
                write!(f, ":{}:{}", at.line, at.col)?;
            }
            write!(f, ": {severity}[{}]: {}", d.code, d.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
