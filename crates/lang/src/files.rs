//! The files of a program: the one that is run and all that imports lead to.
//!
//! Imports are followed here, before anything is checked, and files are read by a [`Loader`]: this
//! crate does no input of its own. What the names of a module stand for is the checker's
//! business (`check::import`); the modules that come with Kaa are in `library`.

use crate::ast::{Ast, Block, Ident, StmtKind};
use crate::codes;
use crate::host::HostDecl;
use crate::intern::Interner;
use crate::{builtins, library, parse};
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, SourceFile, SourceMap, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// More files than this are not one program.
pub const MAX_FILES: usize = 4096;
/// All texts together are no longer than one file may be.
pub const MAX_TEXT: usize = crate::lex::MAX_FILE;

/// Finds the files that imports name.
pub trait Loader {
    /// The text of a file; `None` where there is no such file.
    ///
    /// # Errors
    /// Why the file cannot be read.
    fn read(&mut self, name: &str) -> Result<Option<String>, String>;

    /// Modules that are there beside a file that is not: one of them may be meant.
    fn beside(&mut self, name: &str) -> Vec<String> {
        let _ = name;
        Vec::new()
    }
}

/// No files: a program has the library only.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Loader for NoFiles {
    fn read(&mut self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// Files by their names.
impl Loader for BTreeMap<String, String> {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.get(name).cloned())
    }

    fn beside(&mut self, name: &str) -> Vec<String> {
        let folder = folder(name);
        self.keys().filter(|key| self::folder(key) == folder).map(|key| stem(key).into()).collect()
    }
}

/// A file of a program.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its statements.
    pub body: Block,
    /// The name of the module, such as `shapes.circle`.
    pub name: String,
    /// Whether it comes with Kaa.
    pub library: bool,
    /// The files that it imports, in the order of the imports.
    pub imports: Vec<FileId>,
}

/// What an import leads to, where that is not a module of the table of built-ins or of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// A file.
    File(FileId),
    /// The names that are imported are modules of a folder.
    Folder,
    /// Nothing: where it was looked for, and what may be meant.
    Missing(String, Option<String>),
    /// A file that cannot be read, which was reported.
    Unreadable,
}

/// The files of a program, by their numbers; the first one is run.
#[derive(Clone, Debug, Default)]
pub struct Files {
    units: Vec<Unit>,
    /// By the place of the path or name in the import.
    imports: FxHashMap<(FileId, u32), Import>,
    /// The module of tasks, where the program uses them.
    tasks: Option<FileId>,
    /// The module of files, where the program writes `open`.
    opening: Option<FileId>,
}

impl Files {
    /// The files with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Unit)> {
        (0..).map(FileId).zip(&self.units)
    }

    /// A file.
    pub fn unit(&self, file: FileId) -> Option<&Unit> {
        self.units.get(file.0 as usize)
    }

    /// Whether a file comes with Kaa.
    pub fn is_library(&self, file: FileId) -> bool {
        self.unit(file).is_some_and(|unit| unit.library)
    }

    /// The module that the prelude has tasks and channels from, where the program uses them.
    pub fn tasks(&self) -> Option<FileId> {
        self.tasks
    }

    /// The module that the prelude has `open` from, where the program uses it.
    pub fn opening(&self) -> Option<FileId> {
        self.opening
    }

    /// What the path or name at this place leads to.
    pub fn import(&self, at: Span) -> Option<&Import> {
        self.imports.get(&(at.file, at.lo))
    }

    /// The files so that each stands behind those that it imports, as far as there is no cycle.
    pub fn order(&self) -> Vec<FileId> {
        let mut order = Vec::with_capacity(self.units.len());
        let mut seen = vec![false; self.units.len()];
        let mut open = Vec::new();
        for (file, _) in self.iter() {
            self.visit(file, &mut seen, &mut open);
            while let Some((file, next)) = open.pop() {
                match self.unit(file).and_then(|unit| unit.imports.get(next)) {
                    Some(&inner) => {
                        open.push((file, next + 1));
                        self.visit(inner, &mut seen, &mut open);
                    }
                    None => order.push(file),
                }
            }
        }
        order
    }

    fn visit(&self, file: FileId, seen: &mut [bool], open: &mut Vec<(FileId, usize)>) {
        if let Some(seen) = seen.get_mut(file.0 as usize)
            && !std::mem::replace(seen, true)
        {
            open.push((file, 0));
        }
    }
}

/// A program that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The tree of all files.
    pub ast: Ast,
    /// Which files there are.
    pub files: Files,
    /// Their texts.
    pub sources: SourceMap,
    /// What does not parse.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a file and all that its imports lead to.
pub fn read(
    source: SourceFile,
    hosts: &[HostDecl],
    loader: &mut dyn Loader,
    names: &mut Interner,
) -> Reading {
    let root = folder(&source.name).to_string();
    let known = FxHashMap::default();
    let text = 0;
    let mut reader =
        Reader { reading: Reading::default(), names, hosts, loader, root, known, text };
    let name = stem(&source.name).to_string();
    reader.add(source, name);
    reader.follow_all(0);
    reader.add_prelude();
    reader.reading
}

struct Reader<'a> {
    reading: Reading,
    names: &'a mut Interner,
    hosts: &'a [HostDecl],
    loader: &'a mut dyn Loader,
    /// The folder of the file that is run.
    root: String,
    /// The numbers of files by their names.
    known: FxHashMap<String, FileId>,
    /// Bytes read so far.
    text: usize,
}

impl Reader<'_> {
    /// Parses a file.
    fn add(&mut self, source: SourceFile, name: String) -> FileId {
        self.text = self.text.saturating_add(source.text.len());
        let Reading { ast, files, sources, diagnostics } = &mut self.reading;
        let file = FileId(files.units.len() as u32);
        let (body, found) = parse::parse_into(ast, file, &source.text, self.names);
        if file == FileId(0) {
            ast.body = body;
        }
        diagnostics.extend(found);
        self.known.insert(source.name.clone(), file);
        let library = source.name.starts_with(library::FOLDER);
        sources.add(source);
        files.units.push(Unit { body, name, library, imports: Vec::new() });
        file
    }

    /// Follows the imports of all files from this one on.
    fn follow_all(&mut self, mut next: usize) {
        while next < self.reading.files.units.len() {
            self.follow(FileId(next as u32));
            next += 1;
        }
    }

    /// Adds the modules of tasks and of files where a name of theirs is written anywhere.
    fn add_prelude(&mut self) {
        let is_named = |reader: &Self, names: &[&str]| {
            names.iter().any(|name| reader.names.find(name).is_some())
        };
        if is_named(self, &[crate::check::OPEN_NAME]) {
            self.reading.files.opening = self.add_library(library::FILES);
        }
        if is_named(self, &crate::check::TASK_NAMES) {
            self.reading.files.tasks = self.add_library(library::TASKS);
        }
    }

    fn add_library(&mut self, module: &str) -> Option<FileId> {
        let text = library::text(module)?;
        let place = place(library::FOLDER, 0, &[module]);
        let next = self.reading.files.units.len();
        let file = match self.known.get(&place) {
            Some(&known) => known,
            None => self.add(SourceFile::new(place, text), module.into()),
        };
        self.follow_all(next);
        Some(file)
    }

    /// Finds what the imports of a file lead to.
    fn follow(&mut self, file: FileId) {
        let Some(unit) = self.reading.files.unit(file) else { return };
        let ast = &self.reading.ast;
        let kinds = ast[unit.body].iter().map(|&id| ast[id].kind);
        let is_import =
            |kind: &StmtKind| matches!(kind, StmtKind::Import(_) | StmtKind::FromImport { .. });
        for import in kinds.filter(is_import).collect::<Vec<_>>() {
            let ast = &self.reading.ast;
            match import {
                StmtKind::Import(items) => {
                    let paths: Vec<_> = ast[items].iter().map(|item| item.path).collect();
                    for path in paths {
                        let path = self.reading.ast[path].to_vec();
                        if let Some(found) = self.find(file, 0, &path) {
                            self.note(file, &path, found);
                        }
                    }
                }
                StmtKind::FromImport { dots, path, names } => {
                    let path = ast[path].to_vec();
                    let names: Vec<Ident> = ast[names].iter().map(|import| import.name).collect();
                    self.follow_names(file, dots, path, &names);
                }
                _ => {}
            }
        }
    }

    /// `from path import names`: the path is a file, or else a folder with files.
    fn follow_names(&mut self, file: FileId, dots: u32, mut path: Vec<Ident>, names: &[Ident]) {
        let whole = match path.is_empty() {
            true => Some(Import::Folder),
            false => self.find(file, dots, &path),
        };
        let Some(whole) = whole else { return };
        if matches!(whole, Import::File(_) | Import::Unreadable) {
            self.note(file, &path, whole);
            return;
        }
        let mut is_folder = path.is_empty();
        for &name in names {
            path.push(name);
            let found = self.find(file, dots, &path);
            path.pop();
            is_folder |= !matches!(found, None | Some(Import::Missing(..)));
            if let Some(found) = found {
                self.note(file, &[name], found);
            }
        }
        let whole = if is_folder { Import::Folder } else { whole };
        self.note(file, &path, whole);
    }

    fn note(&mut self, file: FileId, at: &[Ident], found: Import) {
        let Some(first) = at.first() else { return };
        let files = &mut self.reading.files;
        if let Import::File(inner) = found
            && let Some(unit) = files.units.get_mut(file.0 as usize)
        {
            unit.imports.push(inner);
        }
        files.imports.insert((file, first.span.lo), found);
    }

    /// What a path leads to; `None` is a module of the table of built-ins or of the host.
    fn find(&mut self, file: FileId, dots: u32, path: &[Ident]) -> Option<Import> {
        let words: Vec<&str> = path.iter().map(|part| self.names.text(part.name)).collect();
        let inside = self.reading.sources.get(file).map_or("", |source| source.name.as_str());
        let is_library = self.reading.files.is_library(file);
        let built_in = match words.as_slice() {
            [word] if dots == 0 => {
                if !is_library && self.hosts.iter().any(|host| host.module == *word) {
                    return None;
                }
                // What begins with `_` is there for the library alone.
                builtins::is_module(word) && (is_library || !word.starts_with('_'))
            }
            _ => false,
        };
        let place = place(inside, dots, &words);
        let dotted = words.join(".");
        // No file imports itself: `import math` in a file of that name is the library's.
        let is_itself = place == inside;
        if let Some(&known) = self.known.get(&place).filter(|_| !is_itself) {
            return Some(Import::File(known));
        }
        if !is_library && !is_itself {
            match self.loader.read(&place) {
                Ok(Some(text)) => return Some(self.load(place, text, path)),
                Ok(None) => {}
                Err(why) => {
                    return Some(self.refuse(path, format!("cannot read `{place}`: {why}")));
                }
            }
        }
        // A module of the runtime may have a part that is written in Kaa.
        if built_in && (is_itself || library::text(&dotted).is_none()) {
            return None;
        }
        if dots == 0
            && let Some(text) = library::text(&dotted)
        {
            let place = self::place(library::FOLDER, 0, &words);
            return Some(match self.known.get(&place) {
                Some(&known) => Import::File(known),
                None => self.load(place, text.into(), path),
            });
        }
        let last = words.last().copied().unwrap_or("").to_string();
        let mut near = self.loader.beside(&place);
        if dots == 0 && words.len() == 1 {
            near.extend(library::names().chain(builtins::modules()).map(str::to_string));
        }
        let near = crate::check::nearest(&last, near.iter().map(String::as_str));
        Some(Import::Missing(place, near))
    }

    fn load(&mut self, place: String, text: String, path: &[Ident]) -> Import {
        if self.reading.files.units.len() >= MAX_FILES {
            return self.refuse(path, format!("a program has at most {MAX_FILES} files"));
        }
        if self.text.saturating_add(text.len()) > MAX_TEXT {
            return self.refuse(path, "the files of the program are too large".into());
        }
        let name = module_name(&self.root, &place);
        Import::File(self.add(SourceFile::new(place, text), name))
    }

    fn refuse(&mut self, path: &[Ident], why: String) -> Import {
        if let (Some(first), Some(last)) = (path.first(), path.last()) {
            let at = first.span.to(last.span);
            self.reading.diagnostics.push(Diagnostic::error(codes::UNKNOWN_IMPORT, at, why));
        }
        Import::Unreadable
    }
}

/// The folder of a file, with the separator behind it; empty where there is none.
fn folder(name: &str) -> &str {
    name.rfind(['/', '\\']).and_then(|at| name.get(..=at)).unwrap_or("")
}

/// The name of a file without its folder and its ending.
fn stem(name: &str) -> &str {
    let name = name.strip_prefix(folder(name)).unwrap_or(name);
    name.strip_suffix(".kaa").unwrap_or(name)
}

/// Where the module of an import would be: beside the file that imports it, or as many folders
/// above as there are further dots.
fn place(from: &str, dots: u32, path: &[&str]) -> String {
    let mut folder = folder(from).to_string();
    for _ in 1..dots {
        let above = folder.trim_end_matches(['/', '\\']);
        let kept = self::folder(above).len();
        let last = above.get(kept..).unwrap_or("");
        if last.is_empty() || last == ".." || last == "." {
            folder.push_str("../");
        } else {
            folder.truncate(kept);
        }
    }
    format!("{folder}{}.kaa", path.join("/"))
}

/// What the functions of a module are called by: `shapes.circle`.
fn module_name(root: &str, place: &str) -> String {
    let inside = place.strip_prefix(library::FOLDER).or_else(|| place.strip_prefix(root));
    let inside = inside.filter(|path| !path.contains("..")).unwrap_or(stem(place));
    inside.strip_suffix(".kaa").unwrap_or(inside).replace(['/', '\\'], ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_beside_the_importing_file() {
        let cases = [
            ("main.kaa", 0, "a", "a.kaa"),
            ("/x/main.kaa", 0, "a/b", "/x/a/b.kaa"),
            ("p/q/main.kaa", 1, "a", "p/q/a.kaa"),
            ("p/q/main.kaa", 2, "a", "p/a.kaa"),
            ("p/main.kaa", 2, "a", "a.kaa"),
            ("main.kaa", 2, "a", "../a.kaa"),
            ("main.kaa", 3, "a", "../../a.kaa"),
            ("./main.kaa", 2, "a", "./../a.kaa"),
        ];
        for (from, dots, path, expected) in cases {
            let words: Vec<&str> = path.split('/').collect();
            assert_eq!(place(from, dots, &words), expected, "{from} {dots} {path}");
        }
    }

    #[test]
    fn modules_are_named_from_the_root() {
        assert_eq!(module_name("x/", "x/a/b.kaa"), "a.b");
        assert_eq!(module_name("", "../a.kaa"), "a");
        assert_eq!(module_name("", &place(library::FOLDER, 0, &["heapq"])), "heapq");
    }

    #[test]
    fn files_stand_behind_what_they_import() {
        let unit = |imports: &[u32]| Unit {
            body: Block::default(),
            name: String::new(),
            library: false,
            imports: imports.iter().copied().map(FileId).collect(),
        };
        let units = vec![unit(&[1, 2]), unit(&[3]), unit(&[1]), unit(&[1])];
        let files = Files { units, ..Files::default() };
        let order: Vec<u32> = files.order().into_iter().map(|file| file.0).collect();
        assert_eq!(order, [3, 1, 2, 0]);
    }
}
