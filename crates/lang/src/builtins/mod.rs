//! What is built in: the prelude, the methods of the built-in types, the modules.
//!
//! The tables are the only list of it. A row has a name (`len`, `list.append`, `math.sqrt`), a
//! signature in Kaa's own notation and a doc line. `check` reads signatures at their first use
//! (`check::sig`); `lower` and the runtime go by the name.
//!
//! Notation beyond Kaa's: `Iter[T]` takes anything that a loop can walk; `list[T]` likewise, but
//! the checker turns it into a list first; `any` takes every value; a default `_` means that
//! the argument is absent where it was not given; `[T: Ord]` declares type parameters behind
//! those of the receiver (`list[T]`, `set[T]`, `dict[K, V]`, `T?`, `Result[T, E]`); `Self` is
//! the receiver's type. Rows whose name ends in `_or`, `_from` and the like and that Python does
//! not have are chosen by the number of arguments, see [`OVERLOADS`].

mod containers;
mod examples;
mod modules;
mod prelude;
mod scalars;
mod text;
mod words;

pub use examples::{Example, example};
pub use words::{Word, words};

use kaa_base::entity;
use kaa_base::entity::Entity;

entity! {
    /// Names a built-in function or method.
    pub struct BuiltinId = "builtin";
}

/// A row of the tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Builtin {
    /// `len`, `list.append`, `math.sqrt`.
    pub name: &'static str,
    /// Parameters and result, such as `(mut self, item: T)`.
    pub sig: &'static str,
    /// What it does.
    pub doc: &'static str,
}

impl Builtin {
    /// The name without the type or module.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit_once('.').map_or(self.name, |(_, name)| name)
    }
}

impl BuiltinId {
    /// The row.
    pub fn get(self) -> &'static Builtin {
        let mut index = self.index();
        for group in GROUPS {
            match group.rows.get(index) {
                Some(row) => return row,
                None => index -= group.rows.len(),
            }
        }
        &prelude::PRELUDE[0]
    }

    /// `len`, `list.append`, `math.sqrt`.
    pub fn name(self) -> &'static str {
        self.get().name
    }
}

/// What a group belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupKind {
    /// The prelude: names without a dot.
    Prelude,
    /// Methods of a type; rows without `self` are called on the type itself.
    Methods,
    /// Functions of a module of the library.
    Module,
    /// Functions of a module that the host must grant.
    Capability,
}

impl GroupKind {
    /// Whether the group is a module.
    pub fn is_module(self) -> bool {
        matches!(self, GroupKind::Module | GroupKind::Capability)
    }
}

/// The rows of one type or module.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// `list`, `math`; empty for the prelude.
    pub name: &'static str,
    /// What it belongs to.
    pub kind: GroupKind,
    /// The rows.
    pub rows: &'static [Builtin],
}

const fn methods(name: &'static str, rows: &'static [Builtin]) -> Group {
    Group { name, kind: GroupKind::Methods, rows }
}

/// All rows; the id of a row counts through them.
pub const GROUPS: &[Group] = &[
    Group { name: "", kind: GroupKind::Prelude, rows: prelude::PRELUDE },
    methods("int", scalars::INT),
    methods("float", scalars::FLOAT),
    methods("bigint", scalars::BIGINT),
    methods("char", scalars::CHAR),
    methods("str", text::STR),
    methods("bytes", text::BYTES),
    methods("list", containers::LIST),
    methods("dict", containers::DICT),
    methods("set", containers::SET),
    methods("tuple", containers::TUPLE),
    methods("range", containers::RANGE),
    methods("option", containers::OPTION),
    methods("result", containers::RESULT),
    methods("error", containers::ERROR),
    Group { name: "math", kind: GroupKind::Module, rows: modules::MATH },
    Group { name: "_re", kind: GroupKind::Module, rows: modules::RE },
    Group { name: "_json", kind: GroupKind::Module, rows: modules::JSON },
    Group { name: "_task", kind: GroupKind::Module, rows: modules::TASK },
    Group { name: "fs", kind: GroupKind::Capability, rows: modules::FS },
    Group { name: "env", kind: GroupKind::Capability, rows: modules::ENV },
    Group { name: "time", kind: GroupKind::Capability, rows: modules::TIME },
    Group { name: "random", kind: GroupKind::Capability, rows: modules::RANDOM },
    Group { name: "process", kind: GroupKind::Capability, rows: modules::PROCESS },
];

/// Constants of the modules.
pub const CONSTANTS: &[(&str, f64)] = &[
    ("math.pi", std::f64::consts::PI),
    ("math.e", std::f64::consts::E),
    ("math.tau", std::f64::consts::TAU),
    ("math.inf", f64::INFINITY),
    ("math.nan", f64::NAN),
];

/// Rows that take over from another one at this number of arguments or more (the receiver not
/// counted): a call written `d.get(k, 0)` is `dict.get_or`.
pub const OVERLOADS: &[(&str, usize, &str)] = &[
    ("dict.get", 2, "dict.get_or"),
    ("dict.pop", 2, "dict.pop_or"),
    ("range", 2, "range_from"),
    ("round", 2, "round_to"),
    ("env.get", 2, "env.get_or"),
    ("math.log", 2, "math.log_base"),
];

/// The names of the modules.
pub fn modules() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().filter(|group| group.kind.is_module()).map(|group| group.name)
}

/// Whether there is a module with this name.
pub fn is_module(name: &str) -> bool {
    modules().any(|module| module == name)
}

/// The first id of a group, with its rows.
pub fn group(name: &str) -> Option<(usize, &'static Group)> {
    let mut first = 0;
    for group in GROUPS {
        if group.name == name {
            return Some((first, group));
        }
        first += group.rows.len();
    }
    None
}

/// The row `name` of a group, by its short name.
pub fn find(group_name: &str, name: &str) -> Option<BuiltinId> {
    let (first, group) = group(group_name)?;
    let at = group.rows.iter().position(|row| row.short_name() == name)?;
    Some(BuiltinId::new(first + at))
}

/// The row with this full name.
pub fn by_name(name: &str) -> Option<BuiltinId> {
    match name.split_once('.') {
        Some((group, short)) => find(group, short),
        None => find("", name),
    }
}

/// Declares groups of rows: `pub NAME { "name" "signature" "doc"; }`.
macro_rules! rows {
    ($($(#[$doc:meta])* $group:ident { $($name:literal $sig:literal $text:literal;)* })*) => {$(
        $(#[$doc])*
        pub(super) const $group: &[super::Builtin] =
            &[$(super::Builtin { name: $name, sig: $sig, doc: $text }),*];
    )*};
}
use rows;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_name() {
        let mut seen = std::collections::HashSet::new();
        let mut index = 0;
        for group in GROUPS {
            for row in group.rows {
                let id = BuiltinId::new(index);
                assert_eq!(id.get(), row);
                assert_eq!(by_name(row.name), Some(id), "{}", row.name);
                assert!(seen.insert(row.name), "{} twice", row.name);
                assert!(row.sig.starts_with(['(', '[']) && !row.doc.is_empty(), "{}", row.name);
                index += 1;
            }
        }
    }

    #[test]
    fn overloads_name_rows() {
        for (from, _, to) in OVERLOADS {
            assert!(by_name(from).is_some() && by_name(to).is_some(), "{from} {to}");
        }
    }
}
