//! How a trap is shown: what happened, the line where it happened, the calls that led there.

use annotate_snippets::{AnnotationKind, Group, Level, Origin};
use kaa::{Module, SourceFile, Span, TraceFrame, Trap, TrapKind};

use crate::render::{Excerpt, Screen};

/// Shows a trap.
pub fn show(screen: &Screen, module: &Module, trap: &Trap) {
    let (message, values) = match trap.message.find("\n  left: ") {
        Some(at) if trap.kind == TrapKind::AssertionFailed => trap.message.split_at(at),
        _ => (trap.message.as_str(), ""),
    };
    let title = Level::ERROR.primary_title(message).id(trap.kind.name());
    let mut group = Group::with_title(title);
    let excerpt = trap.place().and_then(|frame| {
        let source = module.source_named(&frame.file)?;
        let span = span_of(source, frame)?;
        Some((source, span, Excerpt::of(source, &[span])?))
    });
    match excerpt {
        Some((source, span, excerpt)) => {
            let primary = AnnotationKind::Primary.span(excerpt.range(span));
            group = group.element(excerpt.snippet(&source.name).annotation(primary));
        }
        None => {
            if let Some(frame) = trap.place() {
                let origin = Origin::path(frame.file.as_str());
                let (line, col) = (frame.loc.line as usize, usize::from(frame.loc.col));
                group = group.element(origin.line(line).char_column(col));
            }
        }
    }
    if let Some((left, right)) = values.trim_start().split_once("\n right: ") {
        group = group.element(Level::NOTE.message(format!(" {left}\nright: {right}")));
    }
    match advice(trap) {
        Some(help) if trap.place().is_some() => {
            screen.show(&[group.element(Level::HELP.message(help))]);
        }
        // Without an excerpt there is no margin that the advice could stand beside.
        Some(help) => {
            screen.show(&[group]);
            screen.show(&[Group::with_title(Level::HELP.primary_title(help))]);
        }
        None => screen.show(&[group]),
    }
    let trace = trace(trap);
    if !trace.is_empty() {
        screen.put(trace.trim_end());
    }
}

fn advice(trap: &Trap) -> Option<&'static str> {
    Some(match trap.kind {
        TrapKind::Overflow => {
            "a `bigint` has no bounds, `+% -% *%` wrap around, `.checked_add()` may give `None`"
        }
        TrapKind::OutOfMemory => "`--max-heap` sets the limit",
        TrapKind::StackOverflow => "`--max-depth` sets the limit",
        TrapKind::OutOfFuel => "`--fuel` sets the limit",
        TrapKind::KeyNotFound => "`d.get(k)` gives `None` where the key is missing",
        TrapKind::IndexOutOfRange if trap.message.starts_with("index -") => {
            "only a position that is written as a number counts from the end: `xs[-1]`"
        }
        _ => return None,
    })
}

/// The bytes of the source that a frame stands at; what goes on in further lines is left out.
fn span_of(source: &SourceFile, frame: &TraceFrame) -> Option<Span> {
    if frame.file != source.name || frame.loc.line == 0 {
        return None;
    }
    let start = *source.line_starts.get(frame.loc.line as usize - 1)?;
    let line = source.line_text(frame.loc.line);
    let column = usize::from(frame.loc.col).saturating_sub(1);
    let lo = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let hi = (lo + usize::from(frame.loc.len)).min(line.len());
    let at = |offset: usize| Some(start.saturating_add(u32::try_from(offset).ok()?));
    Some(Span::new(kaa::FileId(0), at(lo)?, at(hi.max(lo))?))
}

/// The calls, innermost first; one that repeats itself takes one line.
fn trace(trap: &Trap) -> String {
    let mut out = String::new();
    let mut rest = trap.trace.as_slice();
    let mut index = 0;
    while let Some(frame) = rest.first() {
        let gap = if trap.skipped > 0 && index < trap.trace.len() / 2 {
            trap.trace.len() / 2 - index
        } else {
            usize::MAX
        };
        let same = rest.iter().take(gap).take_while(|other| *other == frame).count();
        out.push_str(&format!("  at {}{}", frame.func, place(frame)));
        if same > 1 {
            out.push_str(&format!(", {same} times"));
        }
        out.push('\n');
        rest = &rest[same..];
        index += same;
        if trap.skipped > 0 && index == trap.trace.len() / 2 {
            out.push_str(&format!("  ... {} more calls ...\n", trap.skipped));
        }
    }
    out
}

fn place(frame: &TraceFrame) -> String {
    match frame.loc.line {
        0 => String::new(),
        line => format!(" ({}:{line}:{})", frame.file, frame.loc.col),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(func: &str, line: u32) -> TraceFrame {
        let mut trap =
            TraceFrame { func: func.into(), file: "x.kaa".into(), loc: Default::default() };
        (trap.loc.line, trap.loc.col, trap.loc.len) = (line, 2, 3);
        trap
    }

    #[test]
    fn repeated_calls_take_one_line() {
        let mut trap = Trap::new(TrapKind::Overflow, "m");
        trap.trace = vec![frame("f", 1), frame("f", 2), frame("f", 2), frame("main", 9)];
        let expected = "  at f (x.kaa:1:2)\n  at f (x.kaa:2:2), 2 times\n  at main (x.kaa:9:2)\n";
        assert_eq!(trace(&trap), expected);
        trap.trace = vec![frame("f", 2); 4];
        trap.skipped = 7;
        let half = "  at f (x.kaa:2:2), 2 times\n";
        assert_eq!(trace(&trap), format!("{half}  ... 7 more calls ...\n{half}"));
    }

    #[test]
    fn spans_stay_on_their_line() {
        let source = SourceFile::new("x.kaa", "äbc\nde\n");
        let span = span_of(&source, &frame("f", 1)).map(|span| (span.lo, span.hi));
        assert_eq!(span, Some((2, 4)));
        let span = span_of(&source, &frame("f", 2)).map(|span| (span.lo, span.hi));
        assert_eq!(span, Some((6, 7)));
        assert_eq!(span_of(&source, &frame("f", 9)), None);
    }
}
