//! The documentation of what is built in, and of the programs of a user, as data.

use kaa_base::span::SourceFile;
use kaa_lang::builtins::{self, Builtin, Group, GroupKind, Word};
use kaa_lang::doc::Declared;

use crate::diagnostics::Diagnostics;

/// One thing that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocEntry {
    /// Its name as it is written in a program: `len`, `list.append`, `math.sqrt`.
    pub name: String,
    /// What it takes and gives.
    pub head: String,
    /// What it does.
    pub text: String,
    /// The lines of an example.
    pub example: Vec<String>,
    /// What the example prints.
    pub printed: String,
}

/// The entries of a type, a module or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocGroup {
    /// `list`, `math`, the name of a file; `prelude` for names that need no import; empty for what
    /// was asked for by name.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Its entries in order.
    pub entries: Vec<DocEntry>,
}

/// Methods that are how operators work; nobody writes their names.
const OPERATORS: &[&str] = &["concat", "repeat", "merge"];

/// Rows that are reached under another name.
const CALLED: &[(&str, &str)] = &[
    ("min_of", "min"),
    ("max_of", "max"),
    ("str.endswith_any", "str.endswith"),
    ("str.startswith_any", "str.startswith"),
    ("str.join_chars", "str.join"),
    ("int.of_str", "int"),
    ("float.of_str", "float"),
    ("char.of_str", "char"),
    ("bytes.of_list", "bytes"),
    ("bytes.zeros", "bytes"),
    ("error.new", "Error"),
];

/// All that is built in.
pub fn library() -> Vec<DocGroup> {
    // The methods of tuples are rows already, but no program reaches them.
    let public = |group: &&Group| group.name != "tuple" && !group.name.starts_with('_');
    let groups = builtins::GROUPS.iter().filter(public).map(|group| {
        let (name, about) = match group.kind {
            GroupKind::Prelude => ("prelude", "What needs no import.".to_owned()),
            GroupKind::Methods => (group.name, format!("Methods of `{}`.", shown(group.name))),
            GroupKind::Module => {
                (group.name, format!("`import {}`: {}.", group.name, purpose(group.name)))
            }
            GroupKind::Capability => {
                let (name, purpose) = (group.name, purpose(group.name));
                let about =
                    format!("`import {name}`: {purpose}. The host grants it: `--allow {name}`.");
                (name, about)
            }
        };
        let is_public = |name: &str| !OPERATORS.contains(&name) && !name.starts_with('_');
        let rows = group.rows.iter().filter(|row| is_public(row.short_name()));
        let entries = rows.map(|row| entry(row, group.kind)).collect();
        DocGroup { name: name.to_owned(), about, entries }
    });
    let mut groups: Vec<DocGroup> = groups.collect();
    for name in kaa_lang::library::names() {
        let declared = kaa_lang::doc::of_library(name).unwrap_or_default();
        let mut group = group_of(name, declared);
        for entry in group.entries.iter_mut().filter(|entry| !entry.example.is_empty()) {
            entry.example.insert(0, format!("import {name}"));
        }
        match groups.iter_mut().find(|known| known.name == name) {
            // The other part of it is of the runtime.
            Some(known) => known.entries.extend(group.entries),
            None => {
                group.about = format!("`import {name}`: {}", group.about);
                groups.push(group);
            }
        }
    }
    let words = DocGroup {
        name: "language".to_owned(),
        about: "Words of the language: types, declarations, statements, traits.".to_owned(),
        entries: builtins::words().map(|word| entry_of_word(&word, word.names[0])).collect(),
    };
    groups.push(words);
    groups
}

fn entry_of_word(word: &Word, name: &str) -> DocEntry {
    DocEntry {
        name: name.to_owned(),
        head: word.head.to_owned(),
        text: word.text.to_owned(),
        example: word.example.lines.iter().map(|&line| line.to_owned()).collect(),
        printed: word.example.printed.replace("\\n", "\n"),
    }
}

fn group_of(name: &str, declared: Vec<Declared>) -> DocGroup {
    let mut declared = declared.into_iter();
    let about = declared.next().map_or_else(String::new, |file| file.doc);
    let entries = declared.map(|one| DocEntry {
        name: one.name,
        head: one.head,
        text: one.doc,
        example: one.example,
        printed: one.printed,
    });
    DocGroup { name: name.to_owned(), about, entries: entries.collect() }
}

/// What a module of the runtime is for; those written in Kaa say it themselves.
fn purpose(module: &str) -> &'static str {
    match module {
        "math" => "Functions of numbers, as Python has them",
        "fs" => "Files and folders",
        "env" => "Variables of the environment and the arguments of the program",
        "time" => "Clocks, and waiting",
        "random" => "Random numbers; a seed makes them the same in each run",
        "process" => "Ending the program, and running others",
        _ => "Parts of the runtime",
    }
}

/// How a program writes the type of a group.
fn shown(group: &str) -> &str {
    match group {
        "option" => "T?",
        "result" => "Result[T, E]",
        "error" => "Error",
        name => name,
    }
}

fn entry(row: &Builtin, kind: GroupKind) -> DocEntry {
    let overload = builtins::OVERLOADS.iter().find(|(.., to)| *to == row.name);
    let called = CALLED.iter().find(|(name, _)| *name == row.name).map(|(_, name)| *name);
    let name = called.or(overload.map(|(from, ..)| *from)).unwrap_or(row.name);
    let example = builtins::example(row.name);
    let module = kind.is_module().then(|| row.name.split('.').next()).flatten();
    let mut lines: Vec<String> = module.iter().map(|module| format!("import {module}")).collect();
    lines.extend(example.iter().flat_map(|one| one.lines.iter().map(|&line| line.to_owned())));
    DocEntry {
        name: name.to_owned(),
        head: format!("{name}{}", row.sig),
        text: row.doc.to_owned(),
        printed: example.as_ref().map_or_else(String::new, |one| one.printed.to_owned()),
        example: if example.is_some() { lines } else { Vec::new() },
    }
}

/// What is known under a name: a type, a module, one of their entries, a word of the language.
/// Several entries have one name where they differ in what they take. A name without its type or
/// module stands for all that end so; the group has no name where it is a selection.
pub fn doc(name: &str) -> Option<DocGroup> {
    let groups = library();
    if let Some(group) = groups.iter().find(|group| group.name == name) {
        return Some(group.clone());
    }
    let word = builtins::words().find(|word| word.names.contains(&name));
    let all = || groups.iter().filter(|group| group.name != "language").flat_map(|g| &g.entries);
    let mut entries: Vec<DocEntry> = all().filter(|entry| entry.name == name).cloned().collect();
    entries.extend(word.map(|word| entry_of_word(&word, name)));
    if entries.is_empty() {
        // `append` of all types, and `deque` with its methods.
        let is_meant = |entry: &&DocEntry| {
            let inner = format!(".{name}");
            let (_, behind) = entry.name.split_once(&inner).unwrap_or(("", "-"));
            behind.is_empty() || behind.starts_with('.')
        };
        entries.extend(all().filter(is_meant).cloned());
    }
    let found = DocGroup { name: String::new(), about: String::new(), entries };
    (!found.entries.is_empty()).then_some(found)
}

/// The name of something that is known and that is nearly this one.
pub fn doc_near(name: &str) -> Option<String> {
    let groups = library();
    let entries = groups.iter().flat_map(|group| &group.entries).map(|entry| &*entry.name);
    let words: Vec<&str> = builtins::words().flat_map(|word| word.names).collect();
    let names = groups.iter().map(|group| &*group.name).chain(entries).chain(words);
    let short = names.clone().filter_map(|name| Some(name.rsplit_once('.')?.1));
    kaa_lang::check::nearest(name, names.clone().chain(short))
}

/// What a program of the Kaa language says about its declarations.
///
/// # Errors
/// The program does not parse.
pub fn doc_of_source(name: &str, text: &str) -> Result<DocGroup, Diagnostics> {
    let declared = kaa_lang::doc::of_source(text).map_err(|list| {
        let source = SourceFile::new(name, text);
        Diagnostics::new(source, list)
    })?;
    Ok(group_of(name, declared))
}
