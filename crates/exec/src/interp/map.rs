//! Bodies for maps from integers to one value.
//!
//! Shapes search the key; a body is what is done with the entry. Where the heap has to do the
//! work, `slow::map` does it.

use kaa_code::word::{Access, MapPlace};
use kaa_heap::raw_map::{self, Found};

use super::Machine;
use super::heap::{read, write};

/// The entry of a key, or where it would be.
#[inline(always)]
pub(super) fn find(base: *mut u8, map: u64, key: u64, place: MapPlace) -> Found {
    // SAFETY: `base` is that of the running store's heap; lowering makes these operations for
    // maps whose key is one 64-bit integer only.
    unsafe { raw_map::find(base, map as u32, key, u32::from(place.stride)) }
}

/// The entry of a key, made if there is none; nothing if the map is shared or has no room.
#[inline(always)]
pub(super) fn find_or_append(base: *mut u8, map: u64, key: u64, place: MapPlace) -> Option<u32> {
    let own = map as u32;
    // SAFETY: as for `find`; the entry for a key that is absent is made at once.
    unsafe {
        if !raw_map::is_own(base, own) {
            return None;
        }
        match find(base, map, key, place) {
            Found::At(entry) => Some(entry),
            Found::Absent(slot) => raw_map::append(base, own, key, slot, u32::from(place.stride)),
            Found::Unknown => None,
        }
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
    pub fn map_put(base: *mut u8, entry: u32, place: MapPlace, value: u64) {
        let entry = u64::from(entry);
        write(base, entry, entry + u64::from(place.offset), place.access, value);
    }
}
