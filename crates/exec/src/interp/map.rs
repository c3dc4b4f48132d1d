//! Bodies for maps from integers to one value.
//!
//! They give `None` or `false` where the heap has to do the work: `slow::map` does it then.

use kaa_code::word::{Access, MapPlace};
use kaa_heap::raw_map::{self, Found};

use super::Machine;
use super::heap::{read, write};

/// The entry of a key, or where it would be.
#[inline(always)]
fn find(base: *mut u8, map: u64, key: u64, place: MapPlace) -> Found {
    // SAFETY: `base` is that of the running store's heap; lowering makes these operations for
    // maps whose key is one 64-bit integer only.
    unsafe { raw_map::find(base, map as u32, key, u32::from(place.stride)) }
}

/// Reads the value of the entry at an offset.
#[inline(always)]
fn value(base: *mut u8, entry: u32, place: MapPlace) -> u64 {
    let at = u64::from(entry) + u64::from(place.offset);
    match place.access {
        Access::W8 | Access::F8 => read(base, at, Access::W8),
        other => read(base, at, other),
    }
}

impl Machine {
    #[inline(always)]
    pub fn map_get(base: *mut u8, map: u64, key: u64, place: MapPlace, _: u64) -> Option<u64> {
        match find(base, map, key, place) {
            Found::At(entry) => Some(value(base, entry, place)),
            Found::Absent(_) | Found::Unknown => None,
        }
    }

    #[inline(always)]
    pub fn map_get_or(
        base: *mut u8,
        map: u64,
        key: u64,
        place: MapPlace,
        default: u64,
    ) -> Option<u64> {
        match find(base, map, key, place) {
            Found::At(entry) => Some(value(base, entry, place)),
            Found::Absent(_) => Some(default),
            Found::Unknown => None,
        }
    }

    #[inline(always)]
    pub fn map_has(base: *mut u8, map: u64, key: u64, place: MapPlace, _: u64) -> Option<u64> {
        match find(base, map, key, place) {
            Found::At(_) => Some(1),
            Found::Absent(_) => Some(0),
            Found::Unknown => None,
        }
    }

    #[inline(always)]
    pub fn map_put(base: *mut u8, map: u64, key: u64, value: u64, place: MapPlace) -> bool {
        // SAFETY: as for `find`; the entry for a key that is absent is made at once.
        let entry = unsafe {
            if !raw_map::is_own(base, map as u32) {
                return false;
            }
            match find(base, map, key, place) {
                Found::At(entry) => Some(entry),
                Found::Absent(slot) => {
                    raw_map::append(base, map as u32, key, slot, u32::from(place.stride))
                }
                Found::Unknown => None,
            }
        };
        let Some(entry) = entry.map(u64::from) else { return false };
        write(base, entry, entry + u64::from(place.offset), place.access, value);
        true
    }
}
