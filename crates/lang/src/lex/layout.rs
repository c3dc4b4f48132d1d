//! Lines and indentation: where statements end, where blocks begin and end.
//!
//! Brackets that are never closed would swallow the rest of the file; a line that begins with a
//! word no expression can hold, at or left of the statement's indentation, ends them.

use super::token::Tok;
use super::{Lexer, MAX_INDENTS, Open, Opener, is_word};
use crate::codes;
use kaa_base::diag::Diagnostic;

/// A tab stands for this many columns when a program uses tabs in spite of the error.
const TAB_COLUMNS: u32 = 4;
/// Reading goes back behind at most this many brackets, so that the work stays linear.
const MAX_RESUMES: u32 = 8;
/// The fix for tabs lists at most this many lines.
const MAX_TAB_EDITS: usize = 10_000;

impl Lexer<'_> {
    /// A line break of `len` bytes at the current position.
    pub(super) fn newline(&mut self, len: usize) {
        if self.open.is_empty() {
            let content = self
                .tokens
                .last()
                .is_some_and(|t| !matches!(t.kind, Tok::Newline | Tok::Indent | Tok::Dedent));
            if content {
                self.emit(Tok::Newline, self.pos, self.pos + len);
            }
            self.pos += len;
            return self.line_start();
        }
        if self.line_texts > 0 {
            return self.text_cut_off();
        }
        if self.after_cut_string() {
            return;
        }
        if self.statement_follows(self.pos + len) {
            if !self.resume_after_unclosed() {
                self.unclosed();
            }
            return;
        }
        self.pos += len;
    }

    /// Behind a string that ran to the end of the line, its closers are inside of it: ends the
    /// brackets of this line. Says whether there were any.
    fn after_cut_string(&mut self) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        let cut = last.kind == Tok::BadStr || (last.kind == Tok::FEnd && last.lo == last.hi);
        let open = self.open.len();
        while let (true, Some(open)) = (cut, self.open.last())
            && !self.src[open.lo as usize..self.pos].contains(&b'\n')
        {
            self.close_virtually();
        }
        self.open.len() < open
    }

    /// Reads the indentation of a line outside brackets; blank lines and comments have none.
    pub(super) fn line_start(&mut self) {
        loop {
            let lo = self.pos;
            let (mut width, mut tabs) = (0, false);
            loop {
                match self.byte(self.pos) {
                    b' ' => width += 1,
                    b'\t' => {
                        tabs = true;
                        width = (width / TAB_COLUMNS + 1) * TAB_COLUMNS;
                    }
                    b'\x0C' => width = 0,
                    _ => break,
                }
                self.pos += 1;
            }
            if self.byte(self.pos) == b'#' {
                self.comment();
            }
            match self.src.get(self.pos) {
                None => return,
                Some(b'\n') => self.pos += 1,
                Some(b'\r') if self.byte(self.pos + 1) == b'\n' => self.pos += 2,
                Some(_) => {
                    if tabs {
                        self.tabs(lo, width);
                    }
                    return self.indentation(width);
                }
            }
        }
    }

    fn tabs(&mut self, lo: usize, width: u32) {
        self.tab_lines += 1;
        if self.tab_edits.len() < MAX_TAB_EDITS {
            let span = self.span(lo, self.pos);
            self.tab_edits.push((span, " ".repeat(width as usize)));
        }
    }

    fn indentation(&mut self, width: u32) {
        let current = self.indents.last().copied().unwrap_or(0);
        if width == current {
            return;
        }
        if width > current {
            if self.indents.len() > MAX_INDENTS {
                let span = self.span(self.pos, self.pos);
                let message = format!("blocks nest deeper than {MAX_INDENTS} levels");
                return self.stop(Diagnostic::error(codes::TOO_DEEP, span, message));
            }
            self.indents.push(width);
            return self.emit(Tok::Indent, self.pos, self.pos);
        }
        while let [.., outer, inner] = self.indents[..] {
            if width >= inner {
                break;
            }
            if width > outer {
                // Between two levels: taken for the inner one, so that its block goes on.
                let line = self.span(self.pos - self.column_bytes(), self.pos);
                let message = "this indentation matches no block around it";
                let diag = Diagnostic::error(codes::BAD_DEDENT, line.end(), message)
                    .note(format!("the blocks here are indented by {outer} and {inner} columns"))
                    .fix(format!("indent by {inner}"), line, " ".repeat(inner as usize));
                self.report(diag);
                break;
            }
            self.indents.pop();
            self.emit(Tok::Dedent, self.pos, self.pos);
        }
    }

    /// Bytes between the start of the line and the current position.
    fn column_bytes(&self) -> usize {
        self.src[..self.pos].iter().rev().take_while(|&&b| b != b'\n').count()
    }

    /// Whether the line at `from` begins with a word that only a statement can begin with, not
    /// further right than the statement that is open.
    fn statement_follows(&self, from: usize) -> bool {
        let spaces = self.src[from..].iter().take_while(|&&b| b == b' ' || b == b'\t').count();
        if spaces > self.indents.last().copied().unwrap_or(0) as usize {
            return false;
        }
        let lo = from + spaces;
        let len = self.src[lo..].iter().take(9).take_while(|&&b| is_word(b)).count();
        let word = Tok::keyword(&self.src[lo..lo + len]);
        let starts = matches!(
            word,
            Some(
                Tok::Def
                    | Tok::Class
                    | Tok::Struct
                    | Tok::Enum
                    | Tok::Trait
                    | Tok::Return
                    | Tok::While
                    | Tok::Import
                    | Tok::Del
                    | Tok::Pass
                    | Tok::Break
                    | Tok::Continue
                    | Tok::Assert
                    | Tok::Nonlocal
                    | Tok::Try
                    | Tok::Raise
            )
        );
        starts && !self.open.iter().any(|open| matches!(open.what, Opener::Text { .. }))
    }

    /// Reports the innermost bracket that is open where the statement ends, and closes all.
    pub(super) fn unclosed(&mut self) {
        if let Some(&Open { what, lo }) = self.open.last() {
            let lo = lo as usize;
            let expected = what.closer().map_or("}", Tok::text);
            let shown = char::from(self.byte(lo));
            let span = self.span(lo, lo + 1);
            let message = format!("`{shown}` is never closed");
            let diag = Diagnostic::error(codes::UNMATCHED_BRACKET, span, message)
                .help(format!("write `{expected}` where it ends"));
            self.report(diag);
        }
        while !self.open.is_empty() {
            self.close_virtually();
        }
    }

    /// With a bracket that is never closed: goes back to the first line behind it that
    /// is not indented further and closes nothing, so that the rest is read. Says
    /// whether there is such a line.
    pub(super) fn resume_after_unclosed(&mut self) -> bool {
        let text = self.open.iter().any(|open| matches!(open.what, Opener::Text { .. }));
        let Some(&Open { lo, .. }) = self.open.first() else { return false };
        if text || self.resumed >= MAX_RESUMES {
            return false;
        }
        let indent = self.indents.last().copied().unwrap_or(0) as usize;
        let lo = lo as usize;
        let line_end =
            |from: usize| self.src[from..].iter().position(|&b| b == b'\n').map(|len| from + len);
        let Some(first_end) = line_end(lo) else { return false };
        let mut end = first_end;
        loop {
            let line = &self.src[end + 1..];
            let spaces = line.iter().take_while(|&&b| b == b' ' || b == b'\t').count();
            let blank = matches!(line.get(spaces), None | Some(b'\n' | b'\r' | b'#'));
            let closes = matches!(line.get(spaces), Some(b')' | b']' | b'}'));
            if !blank && !closes && spaces <= indent {
                break;
            }
            match line_end(end + 1) {
                Some(next) => end = next,
                None => return false,
            }
        }
        self.resumed += 1;
        self.diags.truncate(self.diags_before);
        let kept = self.tokens.partition_point(|token| (token.lo as usize) < first_end);
        self.tokens.truncate(kept);
        self.reopen(lo);
        self.pos = end;
        self.unclosed();
        true
    }

    /// Finds again what the tokens from `lo` on leave open.
    fn reopen(&mut self, lo: usize) {
        self.open.clear();
        let from = self.tokens.partition_point(|token| (token.lo as usize) < lo);
        for token in &self.tokens[from..] {
            let what = match token.kind {
                Tok::LParen => Opener::Paren,
                Tok::LBracket => Opener::Square,
                Tok::LBrace => Opener::Brace,
                // Whole f-strings stand between these: their insides close themselves.
                Tok::FStart => Opener::Text { quote: 0, triple: true, raw: false },
                Tok::FOpen => Opener::Field,
                kind => {
                    if kind.is_closer() {
                        self.open.pop();
                    }
                    continue;
                }
            };
            self.open.push(Open { what, lo: token.lo });
        }
    }

    /// Closes what is open at the end of the file.
    pub(super) fn finish(&mut self) {
        let text = self.open.iter().rposition(|o| matches!(o.what, Opener::Text { .. }));
        if self.stopped {
            while !self.open.is_empty() {
                self.close_virtually();
            }
        } else if let Some(at) = text {
            self.unterminated_text(at);
            while !self.open.is_empty() {
                self.close_virtually();
            }
        } else {
            self.unclosed();
        }
        let end = self.src.len();
        let content = self
            .tokens
            .last()
            .is_some_and(|t| !matches!(t.kind, Tok::Newline | Tok::Dedent | Tok::Indent));
        if content {
            self.emit(Tok::Newline, end, end);
        }
        for _ in 1..self.indents.len() {
            self.emit(Tok::Dedent, end, end);
        }
        self.emit(Tok::Eof, end, end);
        self.report_tabs();
    }

    /// One report for all tabs of the file: it is one habit, not a mistake per line.
    fn report_tabs(&mut self) {
        let edits = std::mem::take(&mut self.tab_edits);
        let Some((first, _)) = edits.first() else { return };
        let mut diag =
            Diagnostic::error(codes::TAB_INDENT, *first, "blocks are indented by spaces, not tabs");
        if self.tab_lines > 1 {
            diag = diag.note(format!("{} lines begin with tabs", self.tab_lines));
        }
        self.report(diag.fix_all("indent by spaces", edits));
    }
}
