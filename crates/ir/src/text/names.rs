//! Names while a text is parsed: the items of the module, found in a first pass over the text
//! so that they can be used before they are declared, and the values and blocks of a function.

use std::borrow::Cow;

use kaa_base::entity::Entity;
use kaa_isa::{DataId, FuncId, GlobalId, ImportId, SigId, TypeId};
use rustc_hash::FxHashMap;

use super::TextError;
use super::lex::{Cursor, is_word};

type ByName<'a, E> = FxHashMap<Cow<'a, str>, E>;

/// The items of a module by name.
#[derive(Debug, Default)]
pub struct ItemNames<'a> {
    pub types: ByName<'a, TypeId>,
    pub sigs: ByName<'a, SigId>,
    pub imports: ByName<'a, ImportId>,
    pub globals: ByName<'a, GlobalId>,
    pub data: ByName<'a, DataId>,
    pub funcs: ByName<'a, FuncId>,
    /// Where the declared signatures stand, behind the word `sig`.
    pub sig_places: Vec<usize>,
}

impl<'a> ItemNames<'a> {
    /// Finds all items: outside braces, a word such as `func` with a name behind it opens one.
    pub fn collect(cursor: &mut Cursor<'a>) -> Result<Self, TextError> {
        let mut names = Self::default();
        names.types.insert("str".into(), TypeId::STR);
        names.types.insert("bytes".into(), TypeId::BYTES);
        let mut depth = 0usize;
        let mut behind_equals = false;
        while let Some(c) = cursor.peek() {
            let equals = c == '=';
            match c {
                '"' => drop(cursor.quoted()?),
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if is_word(c) {
                let word = cursor.word()?;
                if depth == 0 && !behind_equals {
                    names.item(word, cursor)?;
                }
            } else if c != '"' {
                cursor.bump();
            }
            behind_equals = equals;
        }
        Ok(names)
    }

    fn item(&mut self, word: &str, cursor: &mut Cursor<'a>) -> Result<(), TextError> {
        let next = cursor.peek();
        match (word, next) {
            ("type", Some('$')) => add(&mut self.types, cursor.name("$", "a type")?, cursor),
            ("func", Some('@')) => add(&mut self.funcs, cursor.name("@", "a function")?, cursor),
            ("global", Some('@')) => add(&mut self.globals, cursor.name("@", "a global")?, cursor),
            ("import", Some('@')) => add(&mut self.imports, cursor.name("@", "an import")?, cursor),
            ("data", Some('d')) => add(&mut self.data, cursor.word()?.into(), cursor),
            ("sig", Some('s')) => {
                self.sig_places.push(cursor.next_pos());
                add(&mut self.sigs, cursor.word()?.into(), cursor)
            }
            _ => Ok(()),
        }
    }
}

fn add<'a, E: Entity>(
    names: &mut ByName<'a, E>,
    name: Cow<'a, str>,
    cursor: &Cursor<'_>,
) -> Result<(), TextError> {
    let id = E::new(names.len());
    match names.insert(name, id) {
        None => Ok(()),
        Some(_) => Err(cursor.fail("this name is declared twice")),
    }
}

/// Values or blocks of a function: uses may come before the definition, so each name has a
/// provisional number until the function ends.
#[derive(Debug)]
pub struct LocalNames<'a, E> {
    numbers: FxHashMap<&'a str, usize>,
    /// For each name its first use and its definition.
    entries: Vec<(usize, Option<E>)>,
}

impl<E> Default for LocalNames<'_, E> {
    fn default() -> Self {
        Self { numbers: FxHashMap::default(), entries: Vec::new() }
    }
}

impl<'a, E: Entity> LocalNames<'a, E> {
    /// The provisional entity of a name.
    pub fn refer(&mut self, name: &'a str, pos: usize) -> E {
        let number = *self.numbers.entry(name).or_insert_with(|| {
            self.entries.push((pos, None));
            self.entries.len() - 1
        });
        E::new(number)
    }

    /// Binds a name to its entity; `false` where it is bound already.
    pub fn define(&mut self, name: &'a str, pos: usize, entity: E) -> bool {
        let number = self.refer(name, pos).index();
        self.entries[number].1.replace(entity).is_none()
    }

    /// The position of the first name that was never defined.
    pub fn undefined(&self) -> Option<usize> {
        self.entries.iter().find(|e| e.1.is_none()).map(|e| e.0)
    }

    /// The entity behind a provisional one; every name is defined by now.
    pub fn resolve(&self, provisional: E) -> E {
        self.entries.get(provisional.index()).and_then(|e| e.1).unwrap_or(provisional)
    }
}
