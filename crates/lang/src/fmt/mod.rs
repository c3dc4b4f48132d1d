//! The formatter: one layout for every program, whatever it looked like before.
//!
//! It reorders nothing and drops nothing: every word and comment stays, in its order. Only line
//! breaks, blanks, indentation, quotes, trailing commas of broken brackets and parentheses around
//! broken values are its business. `atoms` splits the source, `space` sets blanks within a line,
//! `lines` finds lines, comments and blank lines, `layout` breaks what is too long.

mod atoms;
mod layout;
mod lines;
mod space;
#[cfg(test)]
mod tests;

use crate::ast::{Ast, StmtKind, dump};
use crate::intern::Interner;
use crate::parse;
use kaa_base::diag::Diagnostic;
use kaa_base::span::FileId;

/// Lines are at most this wide where they can be broken.
pub const WIDTH: usize = 100;
/// Columns of one level of indentation.
pub const INDENT: usize = 4;

/// Why there is no formatted text.
#[derive(Clone, PartialEq, Debug)]
pub enum Refused {
    /// The source has errors of form; it cannot be read, so it is left alone.
    Errors(Vec<Diagnostic>),
    /// The new text would mean something else. This is an error of the formatter.
    Changed,
}

/// The source in the one layout.
///
/// # Errors
/// The source does not parse.
pub fn format(text: &str) -> Result<String, Refused> {
    let mut names = Interner::default();
    let (ast, diags) = parse::parse(FileId(0), text, &mut names);
    if diags.iter().any(Diagnostic::is_error) {
        return Err(Refused::Errors(diags));
    }
    let atoms = atoms::Atoms::of(text, &soft_words(&ast));
    let out = layout::render(&lines::Lines::of(text, &atoms), atoms);
    if out != text && !same(&ast, &names, &out) {
        return Err(Refused::Changed);
    }
    Ok(out)
}

/// Whether the new text has the tree of the old one.
fn same(ast: &Ast, names: &Interner, out: &str) -> bool {
    let mut new_names = Interner::default();
    let (new, diags) = parse::parse(FileId(0), out, &mut new_names);
    !diags.iter().any(Diagnostic::is_error)
        && dump::dump(ast, names) == dump::dump(&new, &new_names)
}

/// Where the names `match` and `case` stand as words, in order.
fn soft_words(ast: &Ast) -> Vec<u32> {
    let mut found = Vec::new();
    for stmt in ast.stmts() {
        if let StmtKind::Match { cases, .. } = stmt.kind {
            found.push(stmt.span.lo);
            found.extend(ast[cases].iter().map(|case| case.span.lo));
        }
    }
    found.sort_unstable();
    found
}
