//! Puts lines on paper, and breaks those that are too wide.
//!
//! A line that fits stays whole. Otherwise a bracket of it is opened: what stands inside moves to
//! lines of its own, one level deeper, parted at the commas or at the operators that bind least.
//! A comma before a closing bracket asks for one item per line. A value with operators and no
//! bracket around it gets parentheses.

use super::atoms::{Atoms, Group, rank};
use super::lines::{Kind, Line, Lines};
use super::space::blanks;
use super::{INDENT, WIDTH};
use crate::lex::token::Tok;

/// The new text.
pub fn render(lines: &Lines<'_>, atoms: Atoms<'_>) -> String {
    let mut paper = Paper::new(lines, atoms);
    for line in &lines.lines {
        paper.line(line);
    }
    paper.out
}

struct Paper<'a> {
    atoms: Atoms<'a>,
    lines: &'a Lines<'a>,
    out: String,
    /// The column of the next character.
    column: usize,
    /// Nothing was written on this line.
    fresh: bool,
    /// A comment ended the line: what follows begins a new one.
    ended: bool,
    /// Comments of `lines.inner` that are written, and those that wait for the next line.
    comments: usize,
    waiting: Vec<&'a str>,
    /// Whether a blank stands before an atom.
    blank: Vec<bool>,
    /// The width of everything before an atom, as if the file were one line.
    width: Vec<usize>,
    /// Comments behind atoms before this one.
    commented: Vec<u32>,
    /// Brackets with a comma before their end, before this atom.
    spread: Vec<u32>,
    /// Atoms that go over several lines.
    tall: Vec<usize>,
    /// An item that gets a comma.
    comma_behind: Vec<bool>,
}

impl<'a> Paper<'a> {
    fn new(lines: &'a Lines<'a>, atoms: Atoms<'a>) -> Paper<'a> {
        let blank = blanks(&atoms);
        let count = atoms.len();
        let (mut width, mut column) = (Vec::with_capacity(count + 1), 0);
        let (mut spread, mut opened) = (Vec::with_capacity(count + 1), 0);
        let mut tall = Vec::new();
        for (at, blank) in blank.iter().enumerate() {
            width.push(column);
            spread.push(opened);
            column += usize::from(*blank) + atoms.texts[at].chars().count();
            opened += u32::from(is_spread(&atoms, at));
            if atoms.kinds[at] == Tok::Str && atoms.texts[at].contains('\n') {
                tall.push(at);
            }
        }
        width.push(column);
        spread.push(opened);
        let mut commented = vec![0; count + 1];
        for comment in &lines.inner {
            commented[comment.behind + 1] += 1;
        }
        let mut sum = 0;
        for count in &mut commented {
            sum += *count;
            *count = sum;
        }
        Paper {
            out: String::new(),
            column: 0,
            fresh: true,
            ended: false,
            comments: 0,
            waiting: Vec::new(),
            comma_behind: vec![false; count],
            atoms,
            lines,
            blank,
            width,
            commented,
            spread,
            tall,
        }
    }

    fn line(&mut self, line: &Line<'a>) {
        for _ in 0..line.blanks {
            self.out.push('\n');
        }
        self.indent(line.depth * INDENT);
        match line.kind {
            Kind::Comment(text) => self.comment(text),
            Kind::Atoms { start, end, comment } => {
                self.statement(start, end, line.depth * INDENT);
                if let Some(text) = comment {
                    self.out.push_str("  ");
                    self.comment(text);
                }
            }
        }
        self.out.push('\n');
        (self.fresh, self.ended) = (true, false);
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        (self.column, self.fresh, self.ended) = (indent, true, false);
    }

    /// Writes the comments that have lines of their own.
    fn flush(&mut self, indent: usize) {
        for text in std::mem::take(&mut self.waiting) {
            if !self.fresh {
                self.out.push('\n');
                self.indent(indent);
            }
            self.comment(text);
            self.fresh = false;
        }
    }

    fn newline(&mut self, indent: usize) {
        self.flush(indent);
        self.out.push('\n');
        self.indent(indent);
    }

    fn comment(&mut self, text: &str) {
        match text.strip_prefix('#') {
            Some(rest) if rest.starts_with(char::is_alphanumeric) => {
                self.out.push_str("# ");
                self.out.push_str(rest);
            }
            _ => self.out.push_str(text),
        }
    }

    /// Writes a statement, in parentheses where that helps.
    fn statement(&mut self, start: usize, end: usize, indent: usize) {
        if self.fits(start, end, 0) {
            return self.flat(start, end, indent);
        }
        let Some((lo, hi)) = self.value(start, end) else {
            return self.broken(start, end, indent, 0);
        };
        let head = self.is_flat(start, lo) && self.column + self.span(start, lo) + 2 <= WIDTH;
        let inner = indent + INDENT;
        let operators = rank::OPERATORS.contains(&self.top_rank(lo, hi));
        let whole = self.is_flat(lo, hi) && inner + self.span(lo, hi) <= WIDTH;
        let alone = whole && self.open_last(start, end, indent, 0).is_none();
        if !head || indent + 1 + self.span(hi, end) > WIDTH {
            return self.broken(start, end, indent, 0);
        }
        // A value that has parentheses already is broken as one that gets them.
        let close = self.atoms.partner[lo] as usize;
        let is_paren = close > lo && self.atoms.groups[lo] == Group::Paren;
        if is_paren && close + 1 == hi && self.can_open(lo) {
            self.flat(start, lo + 1, indent);
            self.body(lo, close, indent);
            return self.flat(close, end, indent);
        }
        if !(operators || alone) {
            return self.broken(start, end, indent, 0);
        }
        self.flat(start, lo, indent);
        self.out.push_str(" (");
        self.fresh = false;
        self.newline(inner);
        self.piece(lo, hi, inner, 0);
        self.flush(inner);
        self.newline(indent);
        self.out.push(')');
        (self.fresh, self.column) = (false, indent + 1);
        self.flat(hi, end, indent);
    }

    /// The value of a statement around which parentheses change nothing.
    fn value(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.atoms.kinds[start];
        let header = matches!(first, Tok::If | Tok::Elif | Tok::While);
        if self.atoms.soft[start] || has_own_form(first) {
            return None;
        }
        let mut lo = (header || first == Tok::Return).then_some(start + 1);
        let (mut hi, mut at) = (end, start);
        while at < end {
            match self.atoms.kinds[at] {
                Tok::Semi | Tok::Lambda | Tok::Yield | Tok::Walrus => return None,
                Tok::Comma if lo.is_some() => return None,
                Tok::Colon if header => {
                    hi = at;
                    break;
                }
                kind if assigns(kind) && !header => lo = Some(at + 1),
                _ => {}
            }
            at = (self.atoms.partner[at] as usize).max(at) + 1;
        }
        lo.filter(|&lo| lo < hi).map(|lo| (lo, hi))
    }

    /// The width of `lo..hi` on one line, without the blank before it.
    fn span(&self, lo: usize, hi: usize) -> usize {
        if lo >= hi {
            return 0;
        }
        self.width[hi] - self.width[lo] - usize::from(self.blank[lo])
    }

    /// Whether nothing in `lo..hi` asks for lines of its own.
    fn is_flat(&self, lo: usize, hi: usize) -> bool {
        // The end of a bracket that was opened before asks for nothing more.
        let from = lo + usize::from(lo < hi && (self.atoms.partner[lo] as usize) < lo);
        lo >= hi
            || (self.commented[lo] == self.commented[hi - 1]
                && self.spread[from] == self.spread[hi])
    }

    /// Whether `lo..hi` and `extra` more columns have room on this line.
    fn fits(&self, lo: usize, hi: usize, extra: usize) -> bool {
        if !self.is_flat(lo, hi) {
            return false;
        }
        // Of text that goes over several lines only the first one counts.
        let tall = self.tall.partition_point(|&at| at < lo);
        match self.tall.get(tall) {
            Some(&at) if at < hi => {
                let first = self.atoms.texts[at].lines().next().map_or(0, |l| l.chars().count());
                self.column + self.span(lo, at) + 1 + first <= WIDTH
            }
            _ => self.column + self.span(lo, hi) + extra <= WIDTH,
        }
    }

    /// Writes `lo..hi` without opening brackets.
    fn flat(&mut self, lo: usize, hi: usize, indent: usize) {
        for at in lo..hi {
            if self.ended || !self.waiting.is_empty() {
                self.newline(indent);
            }
            if self.blank[at] && !self.fresh {
                self.out.push(' ');
                self.column += 1;
            }
            self.fresh = false;
            let text = &self.atoms.texts[at];
            self.out.push_str(text);
            match text.rfind('\n') {
                Some(end) => self.column = text[end + 1..].chars().count(),
                None => self.column += text.chars().count(),
            }
            if self.comma_behind[at] {
                self.out.push(',');
            }
            self.comments_behind(at);
        }
    }

    fn comments_behind(&mut self, at: usize) {
        let lines = self.lines;
        while let Some(comment) = lines.inner.get(self.comments).filter(|c| c.behind == at) {
            self.comments += 1;
            // A second one has no place on this line.
            if comment.alone || self.ended {
                self.waiting.push(comment.text);
            } else {
                self.out.push_str("  ");
                self.comment(comment.text);
                self.ended = true;
            }
        }
    }

    /// Writes `lo..hi`, opening one bracket after the other until the rest fits.
    fn broken(&mut self, mut lo: usize, hi: usize, indent: usize, extra: usize) {
        while !self.fits(lo, hi, extra) {
            let open = self.open_last(lo, hi, indent, extra).or_else(|| self.open_first(lo, hi));
            let Some(open) = open else { break };
            let close = self.atoms.partner[open] as usize;
            self.flat(lo, open + 1, indent);
            self.body(open, close, indent);
            lo = close;
        }
        self.flat(lo, hi, indent);
    }

    /// Whether this bracket can be opened: there is something in it, and more than the one word
    /// of an index, which says nothing on a line of its own.
    fn can_open(&self, open: usize) -> bool {
        let close = self.atoms.partner[open] as usize;
        let least = if self.atoms.groups[open] == Group::Index { 2 } else { 1 };
        close > open + least || self.commented[open] < self.commented[close]
    }

    /// The largest bracket whose lines before and behind both fit.
    fn open_last(&self, lo: usize, hi: usize, indent: usize, extra: usize) -> Option<usize> {
        let (mut best, mut best_size) = (None, 0);
        let mut at = hi;
        while at > lo {
            let close = at - 1;
            let open = self.atoms.partner[close] as usize;
            at = open;
            if open >= close || open < lo {
                at = at.min(close);
                continue;
            }
            let tail = indent + self.span(close, hi) + extra;
            if !self.is_flat(close, hi) || tail > WIDTH {
                break;
            }
            let head = self.is_flat(lo, open + 1)
                && self.column + self.span(lo, open + 1) <= WIDTH
                && self.tall.binary_search(&open).is_err();
            let size = self.span(open, close);
            if head && self.can_open(open) && size > best_size {
                (best, best_size) = (Some(open), size);
            }
        }
        best
    }

    /// The last bracket whose line before it fits, or else the first one.
    fn open_first(&self, lo: usize, hi: usize) -> Option<usize> {
        let mut found = None;
        // The line may begin with the end of a bracket that was opened before.
        let mut at = lo;
        while at < hi {
            let close = self.atoms.partner[at] as usize;
            if close > at && close < hi && self.can_open(at) {
                let fits = self.is_flat(lo, at + 1) && self.column + self.span(lo, at + 1) <= WIDTH;
                if found.is_some() && !fits {
                    break;
                }
                found = Some(at);
            }
            at = close.max(at) + 1;
        }
        found
    }

    /// Writes what stands in a bracket on lines of its own, and begins the line behind it.
    fn body(&mut self, open: usize, close: usize, indent: usize) {
        let (lo, hi, inner) = (open + 1, close, indent + INDENT);
        if lo < hi {
            self.newline(inner);
            let top = self.top_rank(lo, hi);
            let group = self.atoms.groups[open];
            let display = matches!(group, Group::Paren | Group::List | Group::Brace);
            let by_items = is_spread(&self.atoms, close) || (display && top == rank::COMMA);
            if !by_items && self.fits(lo, hi, 0) {
                self.flat(lo, hi, inner);
            } else {
                let comma = top == rank::COMMA
                    && self.atoms.kinds[hi - 1] != Tok::Comma
                    && (display || group == Group::Call);
                self.comma_behind[hi - 1] = comma;
                self.parts(lo, hi, inner, usize::from(comma), top);
            }
        }
        self.flush(inner);
        self.newline(indent);
    }

    /// Writes a part of a bracket's content, which begins a line.
    fn piece(&mut self, lo: usize, hi: usize, indent: usize, extra: usize) {
        if self.fits(lo, hi, extra) {
            return self.flat(lo, hi, indent);
        }
        // A comma at the end, or the operator at the start, is no place to part it again.
        let end = hi - usize::from(self.atoms.rank[hi - 1] == rank::COMMA);
        let second = (self.atoms.partner[lo] as usize).max(lo) + 1;
        match self.top_rank(second, end) {
            rank::NONE | rank::COMMA => self.broken(lo, hi, indent, extra),
            top => self.parts(lo, hi, indent, extra, top),
        }
    }

    /// Writes `lo..hi` parted wherever the rank is `top`.
    fn parts(&mut self, lo: usize, hi: usize, indent: usize, extra: usize, top: u8) {
        let (mut from, mut at) = (lo, lo);
        while at < hi {
            let next = (self.atoms.partner[at] as usize).max(at) + 1;
            let here = top != rank::NONE && self.atoms.rank[at] == top;
            let cut = match top {
                rank::COMMA => next,
                _ => at,
            };
            if here && cut > from && cut < hi {
                self.piece(from, cut, indent, 0);
                self.newline(indent);
                from = cut;
            }
            at = next;
        }
        if from == lo && top != rank::COMMA {
            return self.broken(from, hi, indent, extra);
        }
        self.piece(from, hi, indent, extra);
    }

    /// The highest rank between the brackets of `lo..hi`.
    fn top_rank(&self, lo: usize, hi: usize) -> u8 {
        let (mut top, mut at) = (rank::NONE, lo);
        while at < hi {
            top = top.max(self.atoms.rank[at]);
            at = (self.atoms.partner[at] as usize).max(at) + 1;
        }
        top
    }
}

/// Whether a statement that begins with this word has no value to put in parentheses.
fn has_own_form(first: Tok) -> bool {
    use Tok::*;
    matches!(
        first,
        Def | Class | Struct | Enum | Trait | For | With | Else | Assert | At | Import | From | Del
    )
}

fn assigns(kind: Tok) -> bool {
    use Tok::*;
    matches!(kind, Eq | PlusEq | MinusEq | StarEq | SlashEq | SlashSlashEq | PercentEq)
        || matches!(kind, StarStarEq | PlusWrapEq | MinusWrapEq | StarWrapEq)
        || matches!(kind, ShlEq | ShrEq | AmpEq | PipeEq | CaretEq)
}

/// Whether a bracket ends here with a comma that asks for one item per line. The comma of a
/// tuple of one, or of an index, does not.
fn is_spread(atoms: &Atoms<'_>, close: usize) -> bool {
    let open = atoms.partner[close] as usize;
    if open >= close || atoms.kinds[close - 1] != Tok::Comma || close - 1 == open {
        return false;
    }
    match atoms.groups[open] {
        Group::Index | Group::FnType | Group::Generics => false,
        Group::Paren => {
            let mut at = open + 1;
            while at < close - 1 {
                if atoms.rank[at] == rank::COMMA {
                    return true;
                }
                at = (atoms.partner[at] as usize).max(at) + 1;
            }
            false
        }
        _ => true,
    }
}
