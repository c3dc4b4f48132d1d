//! Lines, the comments around them, and how many blank lines part them.
//!
//! A line may be several in the new text: `layout` breaks it. Comments inside brackets stay with
//! the atom before them; comments between lines are lines of their own.

use super::atoms::{Atoms, RawLine};
use crate::lex::token::Tok;

/// A line of its own in the new text.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    pub depth: usize,
    /// Blank lines before it.
    pub blanks: usize,
    pub kind: Kind<'a>,
}

/// What stands on a line.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// Atoms and the comment behind them.
    Atoms { start: usize, end: usize, comment: Option<&'a str> },
    /// A comment alone.
    Comment(&'a str),
}

/// A comment inside brackets.
#[derive(Clone, Copy, Debug)]
pub struct Inner<'a> {
    /// It follows this atom.
    pub behind: usize,
    /// It has a line to itself.
    pub alone: bool,
    pub text: &'a str,
}

/// What the source says between its atoms.
#[derive(Default)]
pub struct Lines<'a> {
    pub lines: Vec<Line<'a>>,
    /// Comments inside brackets, in order.
    pub inner: Vec<Inner<'a>>,
}

impl<'a> Lines<'a> {
    /// Reads comments and blank lines.
    pub fn of(text: &'a str, atoms: &Atoms<'_>) -> Lines<'a> {
        let mut lines = Lines::default();
        let mut columns: Vec<usize> = Vec::new();
        let (mut depth, mut end) = (0, 0);
        for &line in &atoms.lines {
            let lo = atoms.los[line.start] as usize;
            let gap = Gap::of(text, end, lo);
            lines.between(&gap, &columns, depth, line.depth);
            columns.truncate(line.depth);
            columns.resize(line.depth + 1, column(text, lo));
            depth = line.depth;
            lines.split(line, atoms, gap.blanks_last);
            lines.within(text, atoms, line);
            end = atoms.his[line.end - 1] as usize;
        }
        let gap = Gap::of(text, end, text.len());
        lines.between(&gap, &columns, depth, 0);
        lines.settle_blanks(atoms);
        lines
    }

    /// Comments between two lines: the one behind the first, and those alone.
    fn between(&mut self, gap: &Gap<'a>, columns: &[usize], from: usize, to: usize) {
        for comment in &gap.comments {
            if let (false, Some(last)) = (comment.alone, self.lines.last_mut()) {
                if let Kind::Atoms { comment: place, .. } = &mut last.kind {
                    *place = Some(comment.text);
                }
                continue;
            }
            // Before the end of a block a comment belongs to the block that it lines up with.
            let fits = |depth: &usize| columns.get(*depth).is_some_and(|&c| c <= comment.column);
            let depth = (to + 1..from + 1).rev().find(fits).unwrap_or(to);
            let kind = Kind::Comment(comment.text);
            self.lines.push(Line { depth, blanks: comment.blanks, kind });
        }
    }

    /// Statements joined by `;` get lines of their own, except behind a header.
    fn split(&mut self, line: RawLine, atoms: &Atoms<'_>, mut blanks: usize) {
        let RawLine { start, end, depth } = line;
        let mut from = start;
        let mut push = |start: usize, end: usize| {
            if end > start {
                self.lines.push(Line {
                    depth,
                    blanks: std::mem::take(&mut blanks),
                    kind: Kind::Atoms { start, end, comment: None },
                });
            }
        };
        if !is_header(atoms, start) {
            for at in start..end {
                if atoms.kinds[at] == Tok::Semi {
                    push(from, at);
                    from = at + 1;
                }
            }
        }
        push(from, end);
    }

    /// Comments inside the brackets of a line. One before a comma moves behind it.
    fn within(&mut self, text: &'a str, atoms: &Atoms<'_>, line: RawLine) {
        for at in line.start..line.end - 1 {
            let (lo, hi) = (atoms.his[at] as usize, atoms.los[at + 1] as usize);
            if hi - lo < 2 {
                continue;
            }
            let behind = if atoms.kinds[at + 1] == Tok::Comma { at + 1 } else { at };
            for comment in Gap::of(text, lo, hi).comments {
                self.inner.push(Inner { behind, alone: comment.alone, text: comment.text });
            }
        }
    }

    /// Bounds blank lines, and sets declarations apart.
    fn settle_blanks(&mut self, atoms: &Atoms<'_>) {
        let source: Vec<usize> = self.lines.iter().map(|line| line.blanks).collect();
        let roles: Vec<Role> = self.lines.iter().map(|line| Role::of(line, atoms)).collect();
        // The declaration that a line begins, with its comments and decorators.
        let mut begins = vec![false; self.lines.len()];
        // The last line of each level, for what follows a block.
        let mut last_at: Vec<Role> = Vec::new();
        for at in (0..self.lines.len()).rev() {
            let joined = roles.get(at + 1).is_some()
                && begins[at + 1]
                && self.lines[at + 1].depth == self.lines[at].depth
                && (roles[at] == Role::Decorator
                    || (roles[at] == Role::Comment && source[at + 1] == 0));
            begins[at] = roles[at] == Role::Block { declares: true } || joined;
            if joined {
                begins[at + 1] = false;
            }
        }
        for at in 0..self.lines.len() {
            let depth = self.lines[at].depth;
            let most = if depth == 0 { 2 } else { 1 };
            let ends_declaration = at > 0
                && self.lines[at - 1].depth > depth
                && last_at.get(depth) == Some(&Role::Block { declares: true });
            let before = at.checked_sub(1).map(|before| roles[before]);
            self.lines[at].blanks = match before {
                None | Some(Role::Decorator) => 0,
                Some(Role::Block { .. }) => 0,
                // A comment with blank lines behind it is about more than the declaration.
                Some(Role::Comment) if begins[at] && !ends_declaration => source[at].min(most),
                _ if begins[at] || ends_declaration => most,
                _ => source[at].min(most),
            };
            last_at.truncate(depth);
            last_at.resize(depth + 1, roles[at]);
        }
    }
}

/// What a line is to the lines around it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Role {
    Comment,
    Plain,
    Decorator,
    /// It opens a block, perhaps that of a declaration.
    Block {
        declares: bool,
    },
}

impl Role {
    fn of(line: &Line<'_>, atoms: &Atoms<'_>) -> Role {
        let Kind::Atoms { start, end, .. } = line.kind else { return Role::Comment };
        match atoms.kinds[start] {
            Tok::At => Role::Decorator,
            _ if atoms.kinds[end - 1] == Tok::Colon => {
                Role::Block { declares: is_declaration(atoms, start) }
            }
            _ => Role::Plain,
        }
    }
}

fn is_declaration(atoms: &Atoms<'_>, at: usize) -> bool {
    let named = matches!(atoms.kinds.get(at + 1), Some(Tok::Name));
    matches!(atoms.kinds[at], Tok::Def | Tok::Class | Tok::Struct | Tok::Enum | Tok::Trait)
        || (named && matches!(atoms.texts[at].as_ref(), "extend" | "resource"))
}

/// Whether a line begins a statement that has a block.
fn is_header(atoms: &Atoms<'_>, at: usize) -> bool {
    use Tok::*;
    atoms.soft[at]
        || is_declaration(atoms, at)
        || matches!(atoms.kinds[at], If | Elif | Else | While | For | With | Try | Except | Finally)
}

/// The column that a byte stands in.
fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    at - before.rfind('\n').map_or(0, |end| end + 1)
}

/// A comment between two atoms.
#[derive(Clone, Copy)]
struct Comment<'a> {
    text: &'a str,
    column: usize,
    blanks: usize,
    /// Nothing stands before it on its line.
    alone: bool,
}

/// What stands between two atoms.
#[derive(Default)]
struct Gap<'a> {
    comments: Vec<Comment<'a>>,
    /// Blank lines before the second atom.
    blanks_last: usize,
}

impl<'a> Gap<'a> {
    fn of(text: &'a str, lo: usize, hi: usize) -> Gap<'a> {
        let mut gap = Gap::default();
        let between = text.get(lo..hi).unwrap_or("");
        let mut pieces = between.split('\n').enumerate().peekable();
        while let Some((number, piece)) = pieces.next() {
            let last = pieces.peek().is_none();
            // The start of the file is the start of a line.
            let alone = number > 0 || lo == 0;
            match piece.find('#') {
                Some(column) => {
                    let text = piece[column..].trim_end();
                    let blanks = std::mem::take(&mut gap.blanks_last);
                    gap.comments.push(Comment { text, column, blanks, alone });
                }
                None if alone && !last && !piece.contains('\\') => gap.blanks_last += 1,
                None => {}
            }
        }
        gap
    }
}
