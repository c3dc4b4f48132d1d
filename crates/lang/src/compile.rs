//! From source text to a module in one step: lex, parse, check, lower.
//!
//! The steps themselves are in `lex`, `parse`, `check` and `lower`; rendering diagnostics and
//! running modules is the business of others.

use kaa_base::diag::{Diagnostic, Severity};
use kaa_base::span::{FileId, SourceFile};
use kaa_ir::Module;

use crate::host::HostDecl;
use crate::intern::Interner;
use crate::{check, lower, parse};

/// What became of a source file.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The module, where no error was found and lowering was asked for.
    pub module: Option<Module>,
    /// Errors and warnings in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// Whether an error was found.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Checks a file without lowering it.
pub fn check_only(source: &SourceFile) -> Compiled {
    front(source, &[], false)
}

/// Checks a file that may use functions of a host.
pub fn check_only_for(source: &SourceFile, hosts: &[HostDecl]) -> Compiled {
    front(source, hosts, false)
}

/// Compiles a file to a module.
pub fn compile(source: &SourceFile) -> Compiled {
    front(source, &[], true)
}

/// Compiles a file that may use functions of a host.
pub fn compile_for(source: &SourceFile, hosts: &[HostDecl]) -> Compiled {
    front(source, hosts, true)
}

fn front(source: &SourceFile, hosts: &[HostDecl], make_module: bool) -> Compiled {
    let mut names = Interner::default();
    let (ast, mut diagnostics) = parse::parse(FileId(0), &source.text, &mut names);
    let is_error = |d: &Diagnostic| d.severity == Severity::Error;
    // What does not parse is not checked: errors of the second kind would mostly be echoes.
    if diagnostics.iter().any(is_error) {
        return Compiled { module: None, diagnostics };
    }
    let (program, found) = check::check_for(&ast, FileId(0), &mut names, hosts);
    diagnostics.extend(found);
    if !make_module || diagnostics.iter().any(is_error) {
        return Compiled { module: None, diagnostics };
    }
    match lower::lower(&program, &names, source) {
        Ok(module) => Compiled { module: Some(module), diagnostics },
        Err(errors) => {
            diagnostics.extend(errors);
            Compiled { module: None, diagnostics }
        }
    }
}
