//! From source text to a module in one step: read and parse all files, check, lower.
//!
//! The steps themselves are in `files`, `parse`, `check` and `lower`; rendering diagnostics and
//! running modules is the business of others.

use kaa_base::diag::{Diagnostic, Severity};
use kaa_base::span::{SourceFile, SourceMap};
use kaa_ir::Module;

use crate::files::{Loader, Reading};
use crate::host::HostDecl;
use crate::intern::Interner;
use crate::lower::Variables;
use crate::{check, files, lower};

/// What became of a program.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The module, where no error was found and lowering was asked for.
    pub module: Option<Module>,
    /// Errors and warnings in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The files of the program; the first is the one that was asked for.
    pub sources: SourceMap,
}

impl Compiled {
    /// Whether an error was found.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Checks a program without lowering it. It may use functions of hosts.
pub fn check_only(source: SourceFile, hosts: &[HostDecl], loader: &mut dyn Loader) -> Compiled {
    front(source, hosts, loader, None)
}

/// Compiles a program to a module. It may use functions of hosts.
pub fn compile(source: SourceFile, hosts: &[HostDecl], loader: &mut dyn Loader) -> Compiled {
    front(source, hosts, loader, Some(Variables::Nameless))
}

/// Compiles a program to a module that tells debuggers what its variables are called.
pub fn compile_to_debug(
    source: SourceFile,
    hosts: &[HostDecl],
    loader: &mut dyn Loader,
) -> Compiled {
    front(source, hosts, loader, Some(Variables::Named))
}

fn front(
    source: SourceFile,
    hosts: &[HostDecl],
    loader: &mut dyn Loader,
    make: Option<Variables>,
) -> Compiled {
    let mut names = Interner::default();
    let Reading { ast, files, sources, mut diagnostics } =
        files::read(source, hosts, loader, &mut names);
    let is_error = |d: &Diagnostic| d.severity == Severity::Error;
    // What does not parse is not checked: errors of the second kind would mostly be echoes.
    if diagnostics.iter().any(is_error) {
        return Compiled { module: None, diagnostics, sources };
    }
    let (program, found) = check::check(&ast, &files, &mut names, hosts);
    diagnostics.extend(found);
    let mut module = None;
    if let Some(variables) = make
        && !diagnostics.iter().any(is_error)
    {
        match lower::lower(&program, &names, &sources, variables) {
            Ok(made) => module = Some(made),
            Err(errors) => diagnostics.extend(errors),
        }
    }
    Compiled { module, diagnostics, sources }
}
