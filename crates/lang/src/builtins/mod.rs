//! What is built in: the prelude, the methods of the built-in types, the modules.
//!
//! The tables are the only list of it. A row has a name (`len`, `list.append`, `math.sqrt`), a
//! signature in Kaa's own notation and a doc line. `check` reads signatures (`sig` parses them at
//! their first use); `lower` and the runtime go by the name.

mod prelude;

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
        &prelude::ROWS[0]
    }

    /// `len`, `list.append`, `math.sqrt`.
    pub fn name(self) -> &'static str {
        self.get().name
    }
}

/// The rows of one type or module.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// `list`, `math`; empty for the prelude.
    pub name: &'static str,
    /// The rows.
    pub rows: &'static [Builtin],
}

/// All rows; the id of a row counts through them.
pub const GROUPS: &[Group] = &[Group { name: "", rows: prelude::ROWS }];

/// Declares the rows of a group: `"name" "signature" "doc";`.
macro_rules! rows {
    ($($name:literal $sig:literal $doc:literal;)*) => {
        pub(super) const ROWS: &[super::Builtin] =
            &[$(super::Builtin { name: $name, sig: $sig, doc: $doc }),*];
    };
}
pub(crate) use rows;
