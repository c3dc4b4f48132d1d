//! From source text to IR in one call: lexer, parser, checker, lowering.
//!
//! Reading files and showing diagnostics is for the caller.

use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, SourceFile};
use kaa_ir::Module;

use crate::check::check;
use crate::hir::Program;
use crate::intern::Interner;
use crate::lower::lower;
use crate::parse::parse;

/// What became of a source file.
#[derive(Debug)]
pub struct Compiled {
    /// The module; `None` where a diagnostic is an error.
    pub module: Option<Module>,
    /// Errors and warnings in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a source file.
pub fn compile(file: FileId, source: &SourceFile) -> Compiled {
    let mut names = Interner::new();
    let (program, mut diagnostics) = front(file, source, &mut names);
    let Some(program) = program else { return Compiled { module: None, diagnostics } };
    match lower(&program, &names, source) {
        Ok(module) => Compiled { module: Some(module), diagnostics },
        Err(errors) => {
            diagnostics.extend(errors);
            Compiled { module: None, diagnostics }
        }
    }
}

/// Reports what is wrong with a source file, without making code.
pub fn check_only(file: FileId, source: &SourceFile) -> Vec<Diagnostic> {
    front(file, source, &mut Interner::new()).1
}

/// The checked program, where it has no error.
fn front(
    file: FileId,
    source: &SourceFile,
    names: &mut Interner,
) -> (Option<Program>, Vec<Diagnostic>) {
    let (ast, mut diagnostics) = parse(file, &source.text, names);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let (program, found) = check(&ast, file, names);
    diagnostics.extend(found);
    let good = !diagnostics.iter().any(Diagnostic::is_error);
    (good.then_some(program), diagnostics)
}
