//! Tidy checks: the rules of `docs/STYLE.md` that a machine can hold.
//!
//! Each room owns one rule and returns [`Problem`]s; nothing here prints or exits. The test
//! `tests/tidy.rs` runs them one by one, the program `xtask` runs them together. Look next at
//! [`source`] for how Rust text is read without a parser.

pub mod coverage;
pub mod edges;
pub mod files;
pub mod lengths;
pub mod numbers;
pub mod pages;
pub mod safety;
pub mod source;
pub mod words;

use std::fmt;

use files::Tree;

/// One breach of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path relative to the workspace root.
    pub path: String,
    /// One-based line, or 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl Problem {
    /// A problem at a line of a file.
    pub fn at(path: &str, line: usize, message: impl Into<String>) -> Problem {
        Problem { path: path.to_string(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// A named check over the whole tree.
pub struct Check {
    /// The name the check has as a test.
    pub name: &'static str,
    /// The check itself.
    pub run: fn(&Tree) -> Vec<Problem>,
}

/// Every check, in the order in which they are reported.
pub const CHECKS: &[Check] = &[
    Check { name: "dependency_edges", run: edges::check },
    Check { name: "lengths", run: lengths::check },
    Check { name: "module_heads", run: words::module_heads },
    Check { name: "unsafe_code", run: safety::check },
    Check { name: "forbidden_words", run: words::forbidden },
    Check { name: "allow_reasons", run: words::allow_reasons },
    Check { name: "machine_paths", run: words::machine_paths },
    Check { name: "generated_pages", run: pages::check },
    Check { name: "frozen_numbers", run: numbers::check },
    Check { name: "test_coverage", run: coverage::check },
];
