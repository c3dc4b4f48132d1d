//! Imports: which names of other modules a file has, and what stands behind `module.name`.
//!
//! Which file an import leads to was found when the files were read (`files`). Names that are
//! imported one by one are followed at each use, so that modules may import each other.

use super::Checker;
use super::collect::Item;
use super::habit::nearest;
use crate::ast::{self, ExprKind};
use crate::builtins;
use crate::codes;
use crate::files::Import;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::{FileId, Span};
use rustc_hash::FxHashMap;

/// A name that is imported may be imported there, and so on, this many times.
const MAX_HOPS: usize = 32;

/// Types of the prelude that are looked for in modules; all about them is reached without.
const TYPES: &[&str] = &["bytes", "bigint"];

/// What the names of all files stand for.
#[derive(Debug, Default)]
pub struct Scopes {
    /// Names of the prelude.
    pub prelude: Vec<Option<Item>>,
    /// What the files declare and import.
    pub declared: FxHashMap<(FileId, Symbol), Item>,
    /// The modules that are files, by their numbers.
    pub spaces: Vec<Space>,
}

/// What an imported module holds: a file, modules in a folder, or both.
#[derive(Debug)]
pub struct Space {
    /// What it is called: `shapes.circle`.
    name: String,
    /// The names of this file.
    file: Option<FileId>,
    /// Modules of the folder that were imported as well.
    inner: FxHashMap<Symbol, u32>,
}

impl Checker<'_> {
    /// Declares the modules of an `import`.
    pub(super) fn import(&mut self, item: &ast::ImportItem) {
        let ast = self.ast;
        let path = &ast[item.path];
        let Some(&first) = path.first() else { return };
        let whole = path.last().map_or(first.span, |last| first.span.to(last.span));
        let bound = item.alias.unwrap_or(first);
        let text = self.text(first.name).to_string();
        match self.files.import(first.span) {
            Some(&Import::File(file)) => match item.alias {
                Some(alias) => {
                    let space = self.new_space(self.module_name(file), Some(file));
                    self.put(alias, Item::Space(space));
                }
                None => self.open_space(path, file),
            },
            Some(Import::Missing(..))
                if item.alias.is_none() && path.len() == 1 && TYPES.contains(&&*text) =>
            {
                let message = format!("`{text}` is known without an import");
                let diag = Diagnostic::warning(codes::NO_EFFECT, whole, message);
                self.report(diag.help("it is a type of the prelude, with all that belongs to it"));
            }
            Some(found) => {
                self.missing_import(found, path, whole);
                self.put(bound, Item::Later(whole));
            }
            None if path.len() > 1 => {
                self.unknown_module(path, whole, None, None);
                self.put(bound, Item::Later(whole));
            }
            None => {
                let module = builtins::group(&text).filter(|(_, group)| group.kind.is_module());
                let item = match (self.host_module(&text), module) {
                    (Some(host), _) => host,
                    (None, Some((_, group))) => Item::Module(group.name),
                    (None, None) => {
                        self.unknown_module(path, whole, None, None);
                        Item::Later(whole)
                    }
                };
                self.put(bound, item);
            }
        }
    }

    /// What messages call an imported module.
    pub(super) fn space_name(&self, space: u32) -> String {
        self.scopes.spaces[space as usize].name.clone()
    }

    fn new_space(&mut self, name: String, file: Option<FileId>) -> u32 {
        self.scopes.spaces.push(Space { name, file, inner: FxHashMap::default() });
        self.scopes.spaces.len() as u32 - 1
    }

    /// `import a.b.c` binds `a`, in which `b` is found and in that `c`.
    fn open_space(&mut self, path: &[ast::Ident], file: FileId) {
        let Some((&first, rest)) = path.split_first() else { return };
        let mut name = self.text(first.name).to_string();
        let mut space = match self.scopes.declared.get(&(first.span.file, first.name)) {
            Some(&Item::Space(space)) => space,
            _ => {
                let space = self.new_space(name.clone(), None);
                self.put(first, Item::Space(space));
                space
            }
        };
        for part in rest {
            name = format!("{name}.{}", self.text(part.name));
            let known = self.scopes.spaces[space as usize].inner.get(&part.name).copied();
            space = match known {
                Some(known) => known,
                None => {
                    let inner = self.new_space(name.clone(), None);
                    self.scopes.spaces[space as usize].inner.insert(part.name, inner);
                    inner
                }
            };
        }
        self.scopes.spaces[space as usize].file = Some(file);
    }

    /// What messages call the module of a file.
    pub(super) fn module_name(&self, file: FileId) -> String {
        self.files.unit(file).map_or_else(String::new, |unit| unit.name.clone())
    }

    /// Declares the names of a `from ... import`.
    pub(super) fn import_names(
        &mut self,
        path: &[ast::Ident],
        names: &[ast::ImportName],
        whole: Span,
    ) {
        let at = path.first().map_or(whole, |first| first.span);
        let whole = path.last().map_or(at, |last| at.to(last.span));
        let found = self.files.import(at).filter(|_| !path.is_empty());
        match found {
            Some(&Import::File(file)) => {
                for import in names {
                    self.put_import(import, Item::Of(file, import.name.name));
                }
            }
            Some(Import::Folder) => self.import_modules(names),
            None if path.is_empty() => self.import_modules(names),
            Some(found) => {
                self.missing_import(found, path, whole);
                self.later_names(names);
            }
            None => self.import_built_in(path, names, whole),
        }
    }

    fn put_import(&mut self, import: &ast::ImportName, item: Item) {
        let name = import.alias.unwrap_or(import.name);
        let known = self.scopes.declared.get(&(name.span.file, name.name)).copied();
        if known != Some(item) && self.free(name) {
            self.put(name, item);
        }
    }

    fn later_names(&mut self, names: &[ast::ImportName]) {
        for import in names {
            let name = import.alias.unwrap_or(import.name);
            self.put(name, Item::Later(name.span));
        }
    }

    /// The names are modules of a folder.
    fn import_modules(&mut self, names: &[ast::ImportName]) {
        for import in names {
            let span = import.name.span;
            let item = match self.files.import(span) {
                Some(&Import::File(file)) => {
                    let space = self.new_space(self.module_name(file), Some(file));
                    Item::Space(space)
                }
                Some(found) => {
                    self.missing_import(found, &[import.name], span);
                    Item::Later(span)
                }
                None => {
                    self.unknown_module(&[import.name], span, None, None);
                    Item::Later(span)
                }
            };
            self.put(import.alias.unwrap_or(import.name), item);
        }
    }

    /// The names are of a module of the table of built-ins, or of the host.
    fn import_built_in(&mut self, path: &[ast::Ident], names: &[ast::ImportName], whole: Span) {
        let module = path.first().map_or("", |name| self.text(name.name)).to_string();
        let group = builtins::group(&module).filter(|(_, group)| group.kind.is_module());
        let host = self.host_module(&module);
        if path.len() > 1 || (group.is_none() && host.is_none()) {
            self.unknown_module(path, whole, None, None);
            self.later_names(names);
            return;
        }
        for import in names {
            let alias = import.alias.unwrap_or(import.name);
            let item = match (host, group) {
                (Some(Item::Host(host)), _) => self.host_fn(host, import.name).map(Item::Fn),
                (_, Some((_, group))) => self.built_in_name(group.name, import.name),
                _ => None,
            };
            self.put(alias, item.unwrap_or(Item::Later(alias.span)));
        }
    }

    fn built_in_name(&mut self, group: &'static str, name: ast::Ident) -> Option<Item> {
        let text = self.text(name.name).to_string();
        let full = format!("{group}.{text}");
        let number = builtins::CONSTANTS.iter().find(|(name, _)| *name == full);
        match (builtins::find(group, &text), number) {
            (Some(id), _) => Some(Item::Builtin(id)),
            (None, Some(&(_, value))) => Some(Item::Number(value)),
            (None, None) => {
                self.unknown_in_module(group, &text, name.span);
                None
            }
        }
    }

    /// Reports an import that leads to no module.
    fn missing_import(&mut self, found: &Import, path: &[ast::Ident], at: Span) {
        match found {
            Import::Missing(place, near) => {
                self.unknown_module(path, at, Some(place), near.as_deref());
            }
            Import::Folder => self.unknown_module(path, at, None, None),
            Import::File(_) | Import::Unreadable => {}
        }
    }

    fn unknown_module(
        &mut self,
        path: &[ast::Ident],
        at: Span,
        place: Option<&str>,
        near: Option<&str>,
    ) {
        let words: Vec<&str> = path.iter().map(|part| self.text(part.name)).collect();
        let text = words.join(".");
        let mut diag = Diagnostic::error(codes::UNKNOWN_IMPORT, at, format!("no module `{text}`"));
        if let Some(place) = place {
            diag =
                diag.note(format!("there is no file `{place}`, and no such module in the library"));
        }
        let near = near.map(str::to_string).or_else(|| nearest(&text, builtins::modules()));
        if let Some(instead) = python_module(&text) {
            diag = diag.help(instead);
        } else if let (Some(near), Some(last)) = (near, path.last()) {
            diag = diag.fix(format!("did you mean `{near}`?"), last.span, near);
        }
        self.report(diag);
    }

    /// Reports a name that a module does not have.
    pub(super) fn unknown_in_module(&mut self, module: &str, name: &str, at: Span) {
        let rows = builtins::group(module).map_or(&[] as &[_], |(_, group)| group.rows);
        let near = nearest(name, rows.iter().map(|row| row.short_name()));
        self.not_in_module(module, name, at, near);
    }

    fn not_in_module(&mut self, module: &str, name: &str, at: Span, near: Option<String>) {
        let message = format!("module `{module}` has no `{name}`");
        let mut diag = Diagnostic::error(codes::UNKNOWN_IMPORT, at, message);
        if let Some(near) = near {
            diag = diag.fix(format!("did you mean `{near}`?"), at, near);
        }
        self.report(diag);
    }

    /// What a name that is imported from a file stands for. Where it stands for nothing,
    /// `check_imports` reports it, and what uses it says no more.
    pub(super) fn imported(&self, file: FileId, name: Symbol) -> Item {
        let item = self.offered(file, name).filter(|_| !is_private(self.text(name)));
        item.unwrap_or(Item::Later(Span::default()))
    }

    /// What a name of a module stands for: it is declared there, or imported by itself. Modules
    /// that the module imports are its own affair.
    fn offered(&self, mut file: FileId, mut name: Symbol) -> Option<Item> {
        for _ in 0..MAX_HOPS {
            match *self.scopes.declared.get(&(file, name))? {
                Item::Of(from, original) => (file, name) = (from, original),
                Item::Space(_) | Item::Module(_) | Item::Host(_) => return None,
                item => return Some(item),
            }
        }
        None
    }

    /// Reports imported names that the module does not have or keeps to itself.
    pub(super) fn check_imports(&mut self) {
        let (ast, files) = (self.ast, self.files);
        for (_, unit) in files.iter() {
            for &id in &ast[unit.body] {
                let ast::StmtKind::FromImport { path, names, .. } = ast[id].kind else { continue };
                let Some(first) = ast[path].first() else { continue };
                let Some(&Import::File(file)) = files.import(first.span) else { continue };
                for import in &ast[names] {
                    self.is_offered(file, import.name);
                }
            }
        }
    }

    /// The item with this name in another file; reports where there is none.
    fn is_offered(&mut self, file: FileId, name: ast::Ident) -> Option<Item> {
        let found = self.offered(file, name.name);
        if found.is_some() && !self.is_private(name, file) {
            return found;
        }
        if found.is_none() {
            let text = self.text(name.name).to_string();
            let module = self.module_name(file);
            let mut names: Vec<Symbol> =
                self.scopes.declared.keys().filter(|key| key.0 == file).map(|key| key.1).collect();
            names.sort_unstable();
            let near = nearest(&text, names.into_iter().map(|name| self.text(name)));
            self.not_in_module(&module, &text, name.span, near);
        }
        None
    }

    /// Whether a name is one that the file it is of keeps to itself; reports it if so.
    pub(super) fn is_private(&mut self, name: ast::Ident, of: FileId) -> bool {
        let text = self.text(name.name);
        if name.span.file == of || !is_private(text) {
            return false;
        }
        let module = self.module_name(of);
        let message = format!("`{text}` is private to module `{module}`");
        let diag = Diagnostic::error(codes::PRIVATE, name.span, message);
        self.report(diag.note("names that begin with `_` are seen in their own file only"));
        true
    }

    /// What `module.name` stands for, where the object is an imported file.
    pub(super) fn member_item(&mut self, object: ast::ExprId, name: ast::Ident) -> Option<Item> {
        let space = self.space_of(object)?;
        Some(self.item_in(space, name))
    }

    /// What `module.name` stands for, if it is known; reports nothing.
    pub(super) fn offered_by(&self, object: ast::ExprId, name: ast::Ident) -> Option<Item> {
        let space = self.space_of(object)?;
        self.offered(self.scopes.spaces[space as usize].file?, name.name)
    }

    /// The same where the module may be a built-in one.
    pub(super) fn in_module(&self, object: ast::ExprId, name: ast::Ident) -> Option<Item> {
        if let Some(item) = self.offered_by(object, name) {
            return Some(item);
        }
        let ast::Expr { kind: ExprKind::Name(module), span } = self.ast[object] else {
            return None;
        };
        match self.item(module, span.file).filter(|_| self.scope.get(module).is_none())? {
            Item::Module(module) => builtins::find(module, self.text(name.name)).map(Item::Builtin),
            _ => None,
        }
    }

    /// The module that an expression names, if it does that.
    fn space_of(&self, object: ast::ExprId) -> Option<u32> {
        if self.scopes.spaces.is_empty() {
            return None;
        }
        match self.ast[object].kind {
            ExprKind::Name(name) if self.scope.get(name).is_none() => {
                match self.item(name, self.ast[object].span.file)? {
                    Item::Space(space) => Some(space),
                    _ => None,
                }
            }
            ExprKind::Attr { object, name } => {
                let outer = self.space_of(object)?;
                self.scopes.spaces[outer as usize].inner.get(&name.name).copied()
            }
            _ => None,
        }
    }

    /// What a name in a module stands for; one that is not there is reported.
    pub(super) fn item_in(&mut self, space: u32, name: ast::Ident) -> Item {
        let Space { file, inner, .. } = &self.scopes.spaces[space as usize];
        let (inner, is_folder) = (inner.get(&name.name).copied(), file.is_none());
        let found = match *file {
            Some(file) if inner.is_none() || self.offered(file, name.name).is_some() => {
                self.is_offered(file, name)
            }
            _ => inner.map(Item::Space),
        };
        match found {
            Some(Item::Const(id)) => self.const_states[id.index()].used = true,
            None if is_folder => {
                let text = self.text(name.name).to_string();
                let module = self.scopes.spaces[space as usize].name.clone();
                self.not_in_module(&module, &text, name.span, None);
            }
            _ => {}
        }
        found.unwrap_or(Item::Later(name.span))
    }

    /// The item that a path of names leads to, such as a type of a module.
    pub(super) fn path_item(&mut self, path: &[ast::Ident]) -> Option<Item> {
        let (first, rest) = path.split_first()?;
        let mut item = self.item(first.name, first.span.file)?;
        for &name in rest {
            let Item::Space(space) = item else { return None };
            item = self.item_in(space, name);
        }
        Some(item)
    }
}

/// Whether a name is seen in its own file only.
fn is_private(name: &str) -> bool {
    name.starts_with('_') && !name.ends_with("__")
}

/// What stands for a module of Python that Kaa does not have.
fn python_module(name: &str) -> Option<&'static str> {
    Some(match name.split('.').next().unwrap_or(name) {
        "os" | "pathlib" | "shutil" | "glob" | "io" => {
            "files are in `fs`, paths in `path`, the environment in `env`, programs in `process`"
        }
        "sys" => "arguments go to `def main(args: list[str])`, `process.exit` ends the program",
        "argparse" | "getopt" => "arguments go to `def main(args: list[str])`",
        "subprocess" => "`process.run` runs a program",
        "datetime" | "calendar" => "clocks and dates are in `time`",
        "typing" | "types" | "abc" | "__future__" => {
            "types need no import: `int?`, `list[int]`, `fn(int) -> str`, `trait`"
        }
        "dataclasses" => "a `struct` has its constructor, `==`, order and text by itself",
        "enum" => "an enum is declared by `enum Name:`",
        "copy" => "values are never shared visibly, so that `b = a` is enough",
        "asyncio" | "threading" | "multiprocessing" | "queue" | "concurrent" => {
            "tasks and channels need no import: `with tasks() as t:`, `chan[int]()`"
        }
        "unittest" | "pytest" | "doctest" => "a test is a function behind `@test`",
        "operator" => "write a lambda: `lambda a, b: a + b`",
        "decimal" | "fractions" => "`bigint` has integers of any length",
        "logging" => "`print(...)` writes lines",
        _ => return None,
    })
}
