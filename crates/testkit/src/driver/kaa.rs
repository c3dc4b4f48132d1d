//! Programs in the Kaa language, from source to outcome.

use std::rc::Rc;

use kaa_base::span::SourceFile;
use kaa_ir::Module;
use kaa_lang::compile::Compiled;

use super::store::{self, TestStore};
use super::{Diagnostic, Options, Outcome};

/// The exit code of a program that is refused or whose `main` gives an error.
const FAILED: i32 = 1;

/// Compiles and runs a `.kaa` program.
pub fn run_kaa(name: &str, source: &str, options: &Options) -> Outcome {
    let (module, diagnostics) = compile(name, source);
    let Some(module) = module else {
        return Outcome { diagnostics, exit: FAILED, ..Outcome::default() };
    };
    if options.check_only {
        return Outcome { diagnostics, ..Outcome::default() };
    }
    let outcome = match TestStore::new(Rc::new(module), options) {
        Ok(store) => run(store),
        Err(message) => refused(message),
    };
    Outcome { diagnostics, ..outcome }
}

fn refused(message: String) -> Outcome {
    let diagnostic = Diagnostic { line: 0, code: "link".to_string(), message };
    Outcome { diagnostics: vec![diagnostic], exit: FAILED, ..Outcome::default() }
}

fn run(mut store: TestStore) -> Outcome {
    let Some(main) = store.store.export(store.instance, "main") else {
        return refused("there is no main".to_string());
    };
    let result = store.store.call(main, &[]);
    let stdout = store.printed();
    match result {
        // The first leaf of a `Result` tells whether it is `Ok`.
        Ok(results) => {
            let exit = if results.first() == Some(&0) { FAILED } else { 0 };
            Outcome { stdout, exit, ..Outcome::default() }
        }
        Err(trap) => {
            Outcome { stdout, trap: Some(store::trap(&trap)), exit: FAILED, ..Outcome::default() }
        }
    }
}

/// The verified module, where nothing is wrong, and all diagnostics in the order of lines.
fn compile(name: &str, source: &str) -> (Option<Module>, Vec<Diagnostic>) {
    let file = SourceFile::new(name, source);
    let Compiled { mut module, diagnostics } = kaa_lang::compile::compile(&file);
    let shown = diagnostics.into_iter().map(|diagnostic| Diagnostic {
        line: file.line_col(diagnostic.span.lo).line as usize,
        code: diagnostic.code.to_string(),
        message: diagnostic.message,
    });
    let mut diagnostics: Vec<Diagnostic> = shown.collect();
    if let Some(errors) = module.as_ref().and_then(|module| kaa_ir::verify::verify(module).err()) {
        diagnostics.extend(errors.iter().map(|error| Diagnostic {
            line: 0,
            code: error.code.as_str().to_string(),
            message: error.to_string(),
        }));
        module = None;
    }
    diagnostics.sort();
    (module, diagnostics)
}
