//! Messages for people, on the standard error: diagnostics with excerpts, plain errors.
//!
//! The layout is rustc's, drawn by `annotate-snippets`. Only the lines that a report is about are
//! handed to it, and none that are too long to be read.

use std::io::{IsTerminal, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use clap::ColorChoice;
use kaa::{Diagnostic, Diagnostics, Fix, Severity, SourceFile, Span};

/// An excerpt of more bytes than this is left out.
const MAX_EXCERPT: usize = 4096;
/// Of one diagnostic, lines farther apart than this are not shown together.
const MAX_DISTANCE: u32 = 200;

/// Where messages go, and how they look.
pub struct Screen {
    renderer: Renderer,
    styled: bool,
}

impl Screen {
    /// The standard error.
    pub fn new(color: ColorChoice) -> Screen {
        let styled = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                    && std::io::stderr().is_terminal()
            }
        };
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        Screen { renderer, styled }
    }

    /// Shows text as it is. Where nobody reads it, nothing can be done.
    pub fn put(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    /// Shows what a machine tells at its end, line ends included.
    pub fn ending(&self, text: &str, red: bool) {
        let (before, behind) = match (red && self.styled, text.trim_end_matches('\n')) {
            (true, line) if !line.is_empty() => ("\x1b[31m", "\x1b[0m\n"),
            _ => ("", ""),
        };
        let text = if behind.is_empty() { text } else { text.trim_end_matches('\n') };
        let _ = write!(std::io::stderr().lock(), "{before}{text}{behind}");
    }

    /// Shows an error that has no place.
    pub fn error(&self, text: &str) {
        self.show(&[Group::with_title(Level::ERROR.primary_title(text))]);
    }

    /// Shows groups of a report.
    pub fn show(&self, report: &[Group<'_>]) {
        self.put(&self.renderer.render(report));
    }

    /// Shows all diagnostics, and how many errors there are.
    pub fn diagnostics(&self, found: &Diagnostics) {
        let mut out = String::new();
        for diagnostic in &found.list {
            out.push_str(&self.renderer.render(&report(found, diagnostic)));
            out.push_str("\n\n");
        }
        let count = |n: usize, what: &str| match n {
            1 => format!("1 {what}"),
            n => format!("{n} {what}s"),
        };
        if found.has_errors() {
            let mut text = format!("{}: {}", found.source.name, count(found.errors(), "error"));
            if found.warnings() > 0 {
                text = format!("{text}, {}", count(found.warnings(), "warning"));
            }
            out.push_str(&text);
        }
        if !out.is_empty() {
            self.put(out.trim_end());
        }
    }
}

/// A report on one diagnostic: what and where, then notes, advice and edits.
fn report<'a>(all: &'a Diagnostics, found: &'a Diagnostic) -> Vec<Group<'a>> {
    let source = all.file(found.span);
    let level = match found.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(found.message.as_str()).id(found.code);
    let mut main = title.element(place(source, found));
    for (span, text) in found.labels.iter().filter(|(span, _)| span.file != found.span.file) {
        main = main.element(elsewhere(all.file(*span), *span, text));
    }
    for note in &found.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    for help in &found.helps {
        main = main.element(Level::HELP.message(help.as_str()));
    }
    let mut groups = vec![main];
    groups.extend(found.fixes.iter().filter_map(|fix| edits(source, fix)));
    groups
}

/// The excerpt of a diagnostic, or only its place where the lines are too long.
fn place<'a>(source: &'a SourceFile, found: &'a Diagnostic) -> Element<'a> {
    let near = |span: &Span| {
        let distance = source.line(span.lo).abs_diff(source.line(found.span.lo));
        span.file == found.span.file && distance <= MAX_DISTANCE
    };
    let labels = found.labels.iter().filter(|(span, _)| near(span));
    let spans: Vec<Span> = labels.clone().map(|(span, _)| *span).chain([found.span]).collect();
    let Some(excerpt) = Excerpt::of(source, &spans) else {
        return origin(source, found.span);
    };
    let main = labels.clone().find(|(span, _)| *span == found.span);
    let primary = AnnotationKind::Primary.span(excerpt.range(found.span));
    let mut snippet = excerpt
        .snippet(&source.name)
        .annotation(primary.label(main.map(|(_, text)| text.as_str())));
    for (span, text) in labels {
        if *span != found.span {
            let range = excerpt.range(*span);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(text.as_str()));
        }
    }
    snippet.into()
}

/// The excerpt of a label in another file.
fn elsewhere<'a>(source: &'a SourceFile, span: Span, text: &'a str) -> Element<'a> {
    let Some(excerpt) = Excerpt::of(source, &[span]) else { return origin(source, span) };
    let context = AnnotationKind::Context.span(excerpt.range(span)).label(text);
    excerpt.snippet(&source.name).annotation(context).into()
}

fn origin(source: &SourceFile, span: Span) -> Element<'_> {
    let origin = Origin::path(source.name.as_str());
    if source.text.is_empty() {
        return origin.into();
    }
    let at = source.line_col(span.lo);
    origin.line(at.line as usize).char_column(at.col as usize).into()
}

fn edits<'a>(source: &'a SourceFile, fix: &'a Fix) -> Option<Group<'a>> {
    let spans: Vec<Span> = fix.edits.iter().map(|(span, _)| *span).collect();
    let title = Level::HELP.secondary_title(fix.message.as_str());
    let Some(excerpt) = Excerpt::of(source, &spans) else {
        return Some(Group::with_title(title));
    };
    let patches =
        fix.edits.iter().map(|(span, text)| Patch::new(excerpt.range(*span), text.as_str()));
    let snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.line as usize)
        .path(source.name.as_str())
        .patches(patches);
    Some(title.element(snippet))
}

/// Whole lines of a source.
pub struct Excerpt<'a> {
    /// Their text.
    pub text: &'a str,
    /// The number of the first one.
    pub line: u32,
    start: usize,
}

impl<'a> Excerpt<'a> {
    /// The lines that hold all spans, unless they are too long.
    pub fn of(source: &'a SourceFile, spans: &[Span]) -> Option<Excerpt<'a>> {
        let line = spans.iter().map(|span| source.line(span.lo)).min()?;
        let last = spans.iter().map(|span| source.line(span.hi.max(span.lo + 1) - 1)).max()?;
        let start_of = |line: u32| source.line_starts.get(line as usize - 1).copied();
        let start = start_of(line)? as usize;
        let end = start_of(last + 1).map_or(source.text.len(), |end| end as usize);
        let text = source.text.get(start..end)?;
        let fits = !source.text.is_empty()
            && text.len() <= MAX_EXCERPT * 8
            && text.lines().all(|line| line.len() <= MAX_EXCERPT);
        fits.then_some(Excerpt { text, line, start })
    }

    /// Where a span is in the text of the excerpt.
    pub fn range(&self, span: Span) -> Range<usize> {
        let inside = |at: u32| {
            let mut at = (at as usize).saturating_sub(self.start).min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (lo, hi) = (inside(span.lo), inside(span.hi));
        // What ends with its line would be drawn as if it went on in the next one.
        let text = self.text.get(lo..hi).unwrap_or("");
        lo..lo + text.trim_end_matches(['\n', '\r']).len()
    }

    /// The snippet, to be annotated.
    pub fn snippet(&self, name: &'a str) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        Snippet::source(self.text).line_start(self.line as usize).path(name)
    }
}
