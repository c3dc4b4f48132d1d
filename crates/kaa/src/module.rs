//! Modules: code that was read and checked, from any of its three forms.
//!
//! A module is verified when it is made; whoever holds one can run it. Reading files is for the
//! caller.

use std::rc::Rc;

use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, SourceFile, Span};
use kaa_ir::text::{LineMap, TextError};
use kaa_ir::verify::VerifyError;
use kaa_lang::{Loader, NoFiles};

use crate::diagnostics::Diagnostics;
use crate::host::Host;

/// Checked code. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Module {
    pub(crate) ir: Rc<kaa_ir::Module>,
    found: Rc<Diagnostics>,
}

impl Module {
    /// Compiles a program of the Kaa language.
    ///
    /// # Errors
    /// All errors and warnings, if there is an error.
    pub fn from_source(name: &str, text: impl Into<String>) -> Result<Module, Diagnostics> {
        Module::from_source_for(&Host::new(), name, text)
    }

    /// Compiles a program that may use the functions of a host.
    ///
    /// # Errors
    /// All errors and warnings, if there is an error.
    pub fn from_source_for(
        host: &Host,
        name: &str,
        text: impl Into<String>,
    ) -> Result<Module, Diagnostics> {
        Module::from_files(host, name, text, &mut NoFiles)
    }

    /// Compiles a program of several files: the loader finds those that it imports.
    ///
    /// # Errors
    /// All errors and warnings, if there is an error.
    pub fn from_files(
        host: &Host,
        name: &str,
        text: impl Into<String>,
        loader: &mut dyn Loader,
    ) -> Result<Module, Diagnostics> {
        compiled(kaa_lang::compile(SourceFile::new(name, text), &host.decls, loader))
    }

    /// Compiles a program as `from_files` does, and keeps what its variables are called for a
    /// debugger ([`Store::set_debugger`](crate::Store::set_debugger)). That takes time and memory.
    ///
    /// # Errors
    /// All errors and warnings, if there is an error.
    pub fn from_files_to_debug(
        host: &Host,
        name: &str,
        text: impl Into<String>,
        loader: &mut dyn Loader,
    ) -> Result<Module, Diagnostics> {
        compiled(kaa_lang::compile_to_debug(SourceFile::new(name, text), &host.decls, loader))
    }

    /// Reads the text form of the IR (`.kir`).
    ///
    /// # Errors
    /// The first error of the text, or all that the verifier finds.
    pub fn from_ir_text(name: &str, text: impl Into<String>) -> Result<Module, Diagnostics> {
        let source = SourceFile::new(name, text);
        match kaa_ir::text::parse_mapped(&source.text) {
            Ok((module, lines)) => {
                verified(module, Diagnostics::new(source, Vec::new()), Some(&lines))
            }
            Err(error) => {
                let at = place(&source, error.line, error.col);
                let list = vec![Diagnostic::error(TextError::CODE, at, error.message)];
                Err(Diagnostics::new(source, list))
            }
        }
    }

    /// Reads the binary form of the IR (`.kab`).
    ///
    /// # Errors
    /// What is wrong with the bytes, or all that the verifier finds.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Module, Diagnostics> {
        let source = SourceFile::new(name, "");
        match kaa_ir::binary::decode(bytes) {
            Ok(module) => verified(module, Diagnostics::new(source, Vec::new()), None),
            Err(error) => {
                let at = Span::new(FileId(0), 0, 0);
                let list = vec![Diagnostic::error(error.kind.code(), at, error.to_string())];
                Err(Diagnostics::new(source, list))
            }
        }
    }

    /// A module that a door made.
    pub(crate) fn of_door(
        name: &str,
        source: &str,
        module: kaa_ir::Module,
    ) -> Result<Module, Diagnostics> {
        verified(module, Diagnostics::new(SourceFile::new(name, source), Vec::new()), None)
    }

    /// What is wrong with a program of the Kaa language, without making code.
    pub fn check(name: &str, text: impl Into<String>, loader: &mut dyn Loader) -> Diagnostics {
        let checked = kaa_lang::check_only(SourceFile::new(name, text), &[], loader);
        Diagnostics::of(checked.sources, checked.diagnostics)
    }

    /// The binary form.
    pub fn to_bytes(&self) -> Vec<u8> {
        kaa_ir::binary::encode(&self.ir)
    }

    /// The text form.
    pub fn to_ir_text(&self) -> String {
        kaa_ir::text::print(&self.ir)
    }

    /// The name, for people.
    pub fn name(&self) -> &str {
        &self.ir.name
    }

    /// Warnings, and the source they are about.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.found
    }

    /// The source text, where the module was made from source.
    pub fn source(&self) -> &SourceFile {
        &self.found.source
    }

    /// Whether there is a source that lines of its code can be shown of.
    pub fn has_lines(&self) -> bool {
        !self.ir.files.is_empty() && !self.found.source.text.is_empty()
    }

    /// The source with this name: of the module itself or of a file that it imports.
    pub fn source_named(&self, name: &str) -> Option<&SourceFile> {
        let found = &self.found;
        std::iter::once(&found.source).chain(&found.imported).find(|source| source.name == name)
    }

    /// The names of the functions that a host can call.
    pub fn exports(&self) -> impl Iterator<Item = &str> {
        let is_func = |e: &&kaa_ir::Export| matches!(e.item, kaa_ir::ExportItem::Func(_));
        let names = self.ir.exports.iter().filter(is_func).map(|e| e.name.as_str());
        names.filter(|name| !name.starts_with(kaa_lang::TEST_PREFIX))
    }

    /// The names of the functions with `@test` before them, in their order.
    pub fn tests(&self) -> impl Iterator<Item = &str> {
        self.ir.exports.iter().filter_map(|e| e.name.strip_prefix(kaa_lang::TEST_PREFIX))
    }
}

/// The module of a program that was compiled.
fn compiled(compiled: kaa_lang::Compiled) -> Result<Module, Diagnostics> {
    let found = Diagnostics::of(compiled.sources, compiled.diagnostics);
    match compiled.module {
        Some(module) if !found.has_errors() => verified(module, found, None),
        _ => Err(found),
    }
}

/// The module, if the verifier finds nothing.
fn verified(
    module: kaa_ir::Module,
    mut found: Diagnostics,
    lines: Option<&LineMap>,
) -> Result<Module, Diagnostics> {
    match kaa_ir::verify::verify(&module) {
        Ok(()) => Ok(Module { ir: Rc::new(module), found: Rc::new(found) }),
        Err(errors) => {
            found.list.extend(errors.into_iter().map(|e| report(e, &found.source, lines)));
            Err(found)
        }
    }
}

fn report(error: VerifyError, source: &SourceFile, lines: Option<&LineMap>) -> Diagnostic {
    let line = lines.map_or(0, |lines| lines.line(error.place));
    let code = error.code.as_str();
    match line {
        0 => {
            let text = error.to_string();
            let text = text.strip_prefix(code).and_then(|t| t.strip_prefix(": ")).unwrap_or(&text);
            Diagnostic::error(code, Span::new(FileId(0), 0, 0), text)
        }
        _ => Diagnostic::error(code, whole_line(source, line), error.message),
    }
}

fn line_start(source: &SourceFile, line: u32) -> u32 {
    source.line_starts.get((line as usize).saturating_sub(1)).copied().unwrap_or(0)
}

/// The text of a line without the blanks around it.
pub(crate) fn whole_line(source: &SourceFile, line: u32) -> Span {
    let text = source.line_text(line);
    let blank = text.len() - text.trim_start().len();
    let start = line_start(source, line);
    let at = |offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
    Span::new(FileId(0), at(blank), at(text.trim_end().len().max(blank)))
}

/// The place of a line and a column in characters.
fn place(source: &SourceFile, line: u32, col: u32) -> Span {
    let text = source.line_text(line);
    let (at, len) = text
        .char_indices()
        .nth((col as usize).saturating_sub(1))
        .map_or((text.len(), 0), |(at, c)| (at, c.len_utf8()));
    let lo = line_start(source, line).saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Span::new(FileId(0), lo, lo.saturating_add(len as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_text_form_have_places() {
        let text = "module \"m\"\nfunc @f() -> () {\nb0():\n  rett ()\n}\n";
        let found = Module::from_ir_text("m.kir", text).map(|_| ()).unwrap_err();
        assert_eq!(found.list.len(), 1);
        assert_eq!(found.source.line_col(found.list[0].span.lo).line, 4);
        assert!(found.to_string().starts_with("m.kir:4:"), "{found}");
    }

    #[test]
    fn errors_of_the_verifier_have_lines() {
        let text = "module \"m\"\nfunc @f() -> (i64) {\nb0():\n  ret ()\n}\n";
        let found = Module::from_ir_text("m.kir", text).map(|_| ()).unwrap_err();
        assert_eq!(found.source.text.lines().nth(3), Some("  ret ()"));
        assert_eq!(found.source.line_col(found.list[0].span.lo).line, 4, "{found}");
    }

    #[test]
    fn bytes_come_back() {
        let text = "module \"m\"\nfunc @f() -> () {\nb0():\n  ret ()\n}\nexport \"f\" = @f\n";
        let module = Module::from_ir_text("m.kir", text).expect("the module is right");
        let again = Module::from_bytes("m.kab", &module.to_bytes()).expect("the bytes are right");
        assert_eq!(module.to_ir_text(), again.to_ir_text());
        assert_eq!(again.exports().collect::<Vec<_>>(), ["f"]);
        let found = Module::from_bytes("m.kab", b"KAAB nothing").map(|_| ()).unwrap_err();
        assert!(found.to_string().starts_with("m.kab: error[B00"), "{found}");
    }
}
