//! What must hold for every source text.

use crate::driver::{self, Options};
use kaa_base::span::SourceFile;
use kaa_lang::compile::compile;
use kaa_lang::files::NoFiles;
use std::time::{Duration, Instant};

/// Longer than a text of a few kilobytes may take.
const TOO_LONG: Duration = Duration::from_secs(2);

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It was refused with reports.
    Refused,
    /// It was compiled; with a part that cannot be run yet where that is named.
    Compiled(Option<String>),
    /// Something that must not happen.
    Broken(String),
}

/// Compiles a text, and runs it for a moment where it is a program.
pub fn check(text: &str) -> Seen {
    let start = Instant::now();
    let source = SourceFile::new("fuzz.kaa", text);
    let compiled = compile(source, &[], &mut NoFiles);
    for diag in &compiled.diagnostics {
        let edits = diag.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.0);
        for span in edits.chain([diag.span]) {
            if text.get(span.lo as usize..span.hi as usize).is_none() {
                return Seen::Broken(format!("a place outside of the text: {diag:?}"));
            }
        }
    }
    if let Ok(once) = kaa_lang::fmt::format(text) {
        match kaa_lang::fmt::format(&once) {
            Ok(twice) if twice == once => {}
            other => return Seen::Broken(format!("formatted twice: {other:?}")),
        }
    }
    let took = start.elapsed();
    if took > TOO_LONG {
        return Seen::Broken(format!("{took:?} to compile"));
    }
    let Some(module) = compiled.module else {
        let yet = compiled.diagnostics.iter().find(|diag| diag.code == "E0400");
        return match yet {
            Some(diag) => Seen::Compiled(Some(diag.message.clone())),
            None if compiled.diagnostics.is_empty() => Seen::Broken("nothing reported".into()),
            None => Seen::Refused,
        };
    };
    if let Err(errors) = kaa_ir::verify::verify(&module) {
        return Seen::Broken(format!("not valid: {:?}", errors.first()));
    }
    run(text)
}

fn run(text: &str) -> Seen {
    let options = Options {
        fuel: Some(20_000),
        heap_bytes_max: Some(4 << 20),
        depth_max: Some(200),
        ..Options::default()
    };
    let start = Instant::now();
    let outcome = driver::run_kaa("fuzz.kaa", text, &options);
    let took = start.elapsed();
    if took > TOO_LONG {
        return Seen::Broken(format!("{took:?} to run"));
    }
    match outcome.diagnostics.iter().find(|diag| diag.code == "host") {
        // A program may ask for what it is not granted, or have nothing to run.
        Some(diag) if !["L002", "K003"].contains(&diag.message.get(..4).unwrap_or_default()) => {
            Seen::Broken(diag.message.clone())
        }
        _ => Seen::Compiled(None),
    }
}
