//! Bodies for maps from integers or strings to one value.
//!
//! Shapes search the key; a body is what is done with the entry. Where the heap has to do the
//! work, `slow::map` does it.

use kaa_code::RegOp;
use kaa_code::word::{self, Access, MapPlace};
use kaa_heap::raw_map::{self, Found, IntKey, Key, StrKey};
use kaa_isa::TrapKind;

use super::heap::{read, write};
use super::{Flow, Machine, State};
use crate::slow;
use crate::vm::Vm;

/// An entry of a map that may be written.
pub(crate) struct MapEntry {
    /// The map.
    pub map: u64,
    /// The offset of the entry.
    pub entry: u32,
}

/// How a slot is a key of a map.
pub(super) trait Keys {
    /// Keys for the inline search.
    type Key: Key;

    /// The key in a slot, if it can be searched for inline.
    fn key(base: *mut u8, slot: u64) -> Option<Self::Key>;
}

/// Integers as keys.
pub(super) struct Ints;

/// Strings as keys.
pub(super) struct Strs;

impl Keys for Ints {
    type Key = IntKey;

    #[inline(always)]
    fn key(_: *mut u8, slot: u64) -> Option<IntKey> {
        Some(IntKey(slot))
    }
}

impl Keys for Strs {
    type Key = StrKey;

    #[inline(always)]
    fn key(base: *mut u8, slot: u64) -> Option<StrKey> {
        // SAFETY: `base` is that of the running store's heap; the slot holds a string.
        unsafe { StrKey::of(base, slot as u32) }
    }
}

/// The entry of a key, or where it would be.
///
/// # Safety
/// `map` is a map with such keys in the heap of `base`, and the slot holds one.
#[inline(always)]
pub(super) unsafe fn find<K: Keys>(base: *mut u8, map: u64, slot: u64, place: MapPlace) -> Found {
    let Some(key) = K::key(base, slot) else { return Found::Unknown };
    // SAFETY: promised by the caller.
    unsafe { raw_map::find(base, map as u32, key, u32::from(place.stride)) }
}

/// The entry of a key, made if there is none; nothing if the map is shared or has no room.
///
/// # Safety
/// As for [`find`].
#[inline(always)]
pub(super) unsafe fn entry<K: Keys>(
    base: *mut u8,
    map: u64,
    slot: u64,
    place: MapPlace,
) -> Option<u32> {
    let (map, stride) = (map as u32, u32::from(place.stride));
    let key = K::key(base, slot)?;
    // SAFETY: promised by the caller; the entry for a key that is absent is made at once.
    unsafe {
        if !raw_map::is_own(base, map) {
            return None;
        }
        match raw_map::find(base, map, key, stride) {
            Found::At(entry) => Some(entry),
            Found::Absent(slot) => raw_map::append(base, map, key, slot, stride),
            Found::Unknown => None,
        }
    }
}

/// The operations on maps among all operations: each is done by its shape.
macro_rules! map_cases {
    ($($shape:ident $camel:ident $name:ident $doc:literal;)*) => {
        /// Does the operation if it is one on a map.
        fn map_case(s: &mut State, op: RegOp, i: u64) -> Option<Flow> {
            $(map_case!($shape $camel $name s op i);)*
            None
        }
    };
}

macro_rules! map_case {
    (mget $camel:ident $name:ident $s:ident $op:ident $i:ident) => {
        map_case!(= mget $camel $name $s $op $i)
    };
    (mput $camel:ident $name:ident $s:ident $op:ident $i:ident) => {
        map_case!(= mput $camel $name $s $op $i)
    };
    (sget $camel:ident $name:ident $s:ident $op:ident $i:ident) => {
        map_case!(= sget $camel $name $s $op $i)
    };
    (sput $camel:ident $name:ident $s:ident $op:ident $i:ident) => {
        map_case!(= sput $camel $name $s $op $i)
    };
    (= $shape:ident $camel:ident $name:ident $s:ident $op:ident $i:ident) => {
        if $op == RegOp::$camel {
            // SAFETY: the state stands at this operation, in lowered code.
            return Some(unsafe { super::shapes::$shape::<0>($s, $i, Machine::$name) });
        }
    };
    ($shape:ident $camel:ident $name:ident $s:ident $op:ident $i:ident) => {};
}

kaa_code::for_each_reg_op!(map_cases);

/// Does an operation on a map with its operands in their slots, from the search to the end.
pub(crate) fn map_step(vm: *mut Vm, pc: *const u64, r: *mut u64, i: u64) -> Flow {
    let mut s = State { pc, r, vm, acc: 0, facc: 0.0 };
    match word::op(i).and_then(|op| map_case(&mut s, op, i)) {
        Some(Flow::Search) => slow::search(vm, pc, r, i),
        Some(Flow::Slow) => slow::out_of_line(vm, pc, r, i).1,
        Some(other) => other,
        None => Flow::Trap(TrapKind::Unreachable),
    }
}

impl Machine {
    #[inline(always)]
    pub fn map_get(base: *mut u8, found: Found, place: MapPlace, _: u64) -> Option<u64> {
        let Found::At(entry) = found else { return None };
        let at = u64::from(entry) + u64::from(place.offset);
        Some(match place.access {
            Access::W8 | Access::F8 => read(base, at, Access::W8),
            other => read(base, at, other),
        })
    }

    #[inline(always)]
    pub fn map_get_or(base: *mut u8, found: Found, place: MapPlace, default: u64) -> Option<u64> {
        match found {
            Found::Absent(_) => Some(default),
            found => Self::map_get(base, found, place, default),
        }
    }

    #[inline(always)]
    pub fn map_has(_: *mut u8, found: Found, _: MapPlace, _: u64) -> Option<u64> {
        match found {
            Found::At(_) => Some(1),
            Found::Absent(_) => Some(0),
            Found::Unknown => None,
        }
    }

    #[inline(always)]
    pub fn map_put(base: *mut u8, to: MapEntry, place: MapPlace, value: u64) {
        let at = u64::from(to.entry) + u64::from(place.offset);
        write(base, to.map, at, place.access, value);
    }

    #[inline(always)]
    pub fn map_str_get(base: *mut u8, found: Found, place: MapPlace, other: u64) -> Option<u64> {
        Self::map_get(base, found, place, other)
    }

    #[inline(always)]
    pub fn map_str_get_or(
        base: *mut u8,
        found: Found,
        place: MapPlace,
        default: u64,
    ) -> Option<u64> {
        Self::map_get_or(base, found, place, default)
    }

    #[inline(always)]
    pub fn map_str_has(base: *mut u8, found: Found, place: MapPlace, other: u64) -> Option<u64> {
        Self::map_has(base, found, place, other)
    }

    #[inline(always)]
    pub fn map_str_put(base: *mut u8, to: MapEntry, place: MapPlace, value: u64) {
        Self::map_put(base, to, place, value);
    }
}
