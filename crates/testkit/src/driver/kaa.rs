//! Programs in the Kaa language, run as an embedder would: through the public API.

use std::collections::BTreeMap;
use std::io::Cursor;

use kaa::{Config, Diagnostics, Error, Exit, Host, Module, Store};

use super::store::{self, engine_of};
use super::{Diagnostic, Options, Outcome};

/// Exit codes where the command line has several for what tests tell apart by other means.
const FAILED: i32 = 1;

/// Compiles and runs a `.kaa` program.
pub fn run_kaa(name: &str, source: &str, options: &Options) -> Outcome {
    let (source, mut files) = split_files(name, source);
    if options.check_only {
        let found = Module::check(name, source, &mut files);
        let exit = if found.has_errors() { FAILED } else { 0 };
        return Outcome { diagnostics: shown(&found), exit, ..Outcome::default() };
    }
    let module = match Module::from_files(&Host::new(), name, source, &mut files) {
        Ok(module) => module,
        Err(found) => {
            let diagnostics = shown(&found);
            return Outcome { diagnostics, exit: FAILED, ..Outcome::default() };
        }
    };
    let diagnostics = shown(module.diagnostics());
    let outcome = run(name, &module, options).unwrap_or_else(refused);
    Outcome { diagnostics: [diagnostics, outcome.diagnostics].concat(), ..outcome }
}

fn run(name: &str, module: &Module, options: &Options) -> Result<Outcome, Error> {
    let mut host = Host::new();
    for grant in &options.allow {
        if let Err(error) = host.allow(grant) {
            return Ok(failed(error.to_string()));
        }
    }
    let mut args = vec![name.to_string()];
    args.extend(options.args.iter().cloned());
    host.args(args.iter().cloned());
    let mut store = Store::new(&config(options), &host)?;
    store.set_input(Cursor::new(options.stdin.clone()));
    let output = store.capture_output();
    let instance = store.load(module)?;
    let ended = store.run_main(instance, &args);
    let stdout = output.text();
    if store.tier_stats().failed > 0 {
        return Ok(failed("the compiler failed".to_string()));
    }
    let copies = store.copies().iter().map(|c| (c.line as usize, c.count)).collect();
    Ok(match ended {
        Ok(Exit::Done) => Outcome { stdout, copies, ..Outcome::default() },
        Ok(Exit::Code(code)) => {
            Outcome { stdout, exit: i32::from(code), copies, ..Outcome::default() }
        }
        Ok(Exit::Failed(_)) => Outcome { stdout, exit: FAILED, copies, ..Outcome::default() },
        Err(error) => match error.trap() {
            Some(trap) => {
                let trap = Some(store::trap(trap));
                Outcome { stdout, trap, exit: FAILED, copies, ..Outcome::default() }
            }
            None => return Err(error),
        },
    })
}

/// The settings of a store that runs as the options say.
pub fn config(options: &Options) -> Config {
    let mut config = Config::new()
        .engine(engine_of(options.engine))
        .compile_after(options.engine.compile_after())
        .compile_beside(false)
        .gc_stress(options.gc_stress)
        .explain_copies(true);
    if let Some(units) = options.fuel {
        config = config.fuel(units);
    }
    if let Some(bytes) = options.heap_bytes_max {
        config = config.max_heap(bytes);
    }
    if let Some(depth) = options.depth_max {
        config = config.max_depth(depth as usize);
    }
    config
}

fn refused(error: Error) -> Outcome {
    failed(format!("{}: {error}", error.code()))
}

fn failed(message: String) -> Outcome {
    let diagnostic = Diagnostic { line: 0, code: "host".to_string(), message };
    Outcome { diagnostics: vec![diagnostic], exit: FAILED, ..Outcome::default() }
}

/// The first file of a case, and those that `# file: name` opens. Empty lines stand before their
/// texts, so that lines have the same number in the case and in the file.
fn split_files<'a>(name: &str, source: &'a str) -> (&'a str, BTreeMap<String, String>) {
    let folder = name.rfind('/').map_or("", |at| &name[..=at]);
    let mut files = BTreeMap::new();
    let mut first = source;
    let mut rest: Option<(String, String)> = None;
    let (mut line, mut offset) = (0, 0);
    for text in source.split_inclusive('\n') {
        line += 1;
        if let Some(file) = text.strip_prefix("# file: ") {
            if rest.is_none() {
                first = &source[..offset];
            }
            files.extend(rest.replace((format!("{folder}{}", file.trim()), "\n".repeat(line))));
        } else if let Some((_, inner)) = &mut rest {
            inner.push_str(text);
        }
        offset += text.len();
    }
    files.extend(rest);
    (first, files)
}

/// The diagnostics in the order of their lines.
fn shown(found: &Diagnostics) -> Vec<Diagnostic> {
    let shown = found.list.iter().map(|diagnostic| Diagnostic {
        line: found.file(diagnostic.span).line_col(diagnostic.span.lo).line as usize,
        code: diagnostic.code.to_string(),
        message: diagnostic.message.clone(),
    });
    let mut list: Vec<Diagnostic> = shown.collect();
    list.sort();
    list
}
