//! The runtime functions: what the module `rt` offers to compiled programs.
//!
//! Every room has one table of natives: name, signature, function. `lookup` finds a native by
//! its name; `check_sig` decides whether it may be used at an import's signature. That check is
//! the safety argument of all natives: they trust the types of their slots.
//!
//! Rules for all rooms:
//! - Arguments are read before the first result is set.
//! - A native that fails has changed nothing that its arguments can see, or nothing that doing it
//!   again would not do in the same way: the engine may collect and call it once more.
//! - A native with a changed receiver writes it in place unless its shared bit is set, and gives
//!   back what it wrote. An element that was copied from one container to another is marked as
//!   shared. One that is only read and stays where it is (`map.value_at`, `map.key_at`,
//!   `dict.index`, `dict.get`, `dict.get_or`, `dict.setdefault`) is not: lowering knows whether
//!   it has to be.
//! - Work that grows with sizes is charged as fuel; memory of the host is bounded by the heap
//!   limit before it is taken.
//!
//! Not here: what the text functions compute (`text`), objects (`kaa_heap`), calling (`interp`).

mod args;
mod bigint;
mod bytes;
mod bytes_edit;
mod chars;
mod dict;
mod elements;
mod fail;
mod gamma;
mod json;
mod json_typed;
mod list;
mod list_slice;
mod map;
mod math;
mod math_int;
mod merge;
mod number;
mod object;
mod output;
mod range;
mod re;
mod set;
mod show;
mod sig;
mod sort;
mod str_edit;
mod str_find;
mod str_make;
mod str_split;
mod task;
#[cfg(test)]
mod tests;
mod wide;

use kaa_heap::TypeTable;

pub use fail::make_error;
pub(crate) use map::missing_key;
pub use re::Patterns;

use crate::native::{NativeFn, NativeSig};

/// One native of the runtime.
#[derive(Clone, Copy, Debug)]
pub struct NativeDef {
    /// Name in module `rt`.
    pub name: &'static str,
    /// The signatures it may be used at, in the notation of `sig`.
    pub sig: &'static str,
    /// What runs.
    pub run: NativeFn,
}

/// Declares the table of a room: `"name" "signature" function;`.
macro_rules! natives {
    ($($name:literal $sig:literal $run:expr;)*) => {
        /// The natives of this room.
        pub(super) const NATIVES: &[super::NativeDef] =
            &[$(super::NativeDef { name: $name, sig: $sig, run: $run }),*];
    };
}
use natives;

/// All tables. There is no order to keep: a program has few imports, and looking all of them up
/// costs less than sorting would.
const ROOMS: &[&[NativeDef]] = &[
    output::NATIVES,
    fail::NATIVES,
    list::NATIVES,
    list_slice::NATIVES,
    sort::NATIVES,
    dict::NATIVES,
    map::NATIVES,
    set::NATIVES,
    object::NATIVES,
    number::NATIVES,
    bigint::NATIVES,
    range::NATIVES,
    str_make::NATIVES,
    str_find::NATIVES,
    str_split::NATIVES,
    str_edit::NATIVES,
    bytes::NATIVES,
    bytes_edit::NATIVES,
    chars::NATIVES,
    math::NATIVES,
    math_int::NATIVES,
    re::NATIVES,
    task::NATIVES,
    json::NATIVES,
    json_typed::NATIVES,
];

/// All natives.
pub fn all() -> impl Iterator<Item = &'static NativeDef> {
    ROOMS.iter().flat_map(|room| room.iter())
}

/// The native of this name.
pub fn lookup(name: &str) -> Option<&'static NativeDef> {
    all().find(|def| def.name == name)
}

/// May the native be used at this signature? Only then are its slots what it takes them for.
pub fn check_sig(def: &NativeDef, sig: &NativeSig, types: &TypeTable) -> bool {
    fits(def.sig, sig, types)
}

/// The same for any pattern, such as `(str) -> result list str`; the notation is in `sig`.
pub fn fits(pattern: &'static str, sig: &NativeSig, types: &TypeTable) -> bool {
    sig::fits(pattern, sig, types)
}
