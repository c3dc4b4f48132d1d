//! The inline half of maps with one 64-bit integer as the key, for engines that hold the base
//! address.
//!
//! These functions do what most reads and writes need and say where they do not know: a key
//! far from its home, a shared map, no room. `map` then does the whole of it, and is also the
//! place that explains how entries and the index lie.

use crate::hash::{home, tag};
use crate::header::{ARRAY_DATA, AUX, MAP_KEY, META, SHARED};
use crate::header::{MAP_ENTRIES, MAP_INDEX, MAP_LEN, MAP_LOST, MAP_USED};
use crate::map::{LINEAR, LIVE, WINDOW};

/// Where the search for a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// At the entry that starts at this offset.
    At(u32),
    /// The map does not have the key. Its entry would get this slot of the index, by its
    /// offset; 0 if the map has no index.
    Absent(u32),
    /// The heap has to search.
    Unknown,
}

/// Reads four bytes of a live heap.
///
/// # Safety
/// `base` is that of a live heap, and `at` a multiple of 4.
#[inline(always)]
unsafe fn word(base: *const u8, at: u32) -> u32 {
    // SAFETY: every 32-bit offset is inside the mapping, with slack behind it.
    unsafe { *base.add(at as usize).cast::<u32>() }
}

/// Writes four bytes of a live heap.
///
/// # Safety
/// As for [`word`]; nobody else uses the heap.
#[inline(always)]
unsafe fn put_word(base: *mut u8, at: u32, value: u32) {
    // SAFETY: as for `word`.
    unsafe { *base.add(at as usize).cast::<u32>() = value }
}

/// Whether the entry at an offset has this key.
///
/// # Safety
/// As for [`word`]; `at` is a multiple of 8.
#[inline(always)]
unsafe fn has_key(base: *const u8, at: u32, key: u64) -> bool {
    // SAFETY: as for `word`; layouts align keys.
    unsafe {
        *base.add(at as usize).add(MAP_KEY as usize).cast::<u64>() == key && word(base, at) != 0
    }
}

/// Searches for a key in a map whose keys are one 64-bit integer, `stride` bytes an entry.
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call, `map` such a map.
#[inline(always)]
#[must_use]
pub unsafe fn find(base: *const u8, map: u32, key: u64, stride: u32) -> Found {
    // SAFETY: promised by the caller; objects and what is in them are aligned.
    unsafe {
        let index = word(base, map.wrapping_add(MAP_INDEX));
        let entries = word(base, map.wrapping_add(MAP_ENTRIES)).wrapping_add(ARRAY_DATA);
        if index == 0 {
            let used = word(base, map.wrapping_add(MAP_USED));
            return find_unindexed(base, entries, used, key, stride);
        }
        let mask = word(base, index.wrapping_add(AUX)).wrapping_sub(1);
        let tag = tag(key);
        let mut place = home(key) & mask;
        for _ in 0..WINDOW {
            let at = index.wrapping_add(ARRAY_DATA).wrapping_add(place.wrapping_mul(4));
            let slot = word(base, at);
            if slot == 0 {
                return Found::Absent(at);
            }
            if (slot ^ tag) & !mask == 0 {
                let entry = (slot & mask).wrapping_sub(1);
                let at = entries.wrapping_add(entry.wrapping_mul(stride));
                if has_key(base, at, key) {
                    return Found::At(at);
                }
            }
            place = place.wrapping_add(1) & mask;
        }
        Found::Unknown
    }
}

/// Searches for a key in a map that has no index: it is dense or has few entries.
///
/// # Safety
/// As for [`find`].
#[inline(always)]
unsafe fn find_unindexed(base: *const u8, entries: u32, used: u32, key: u64, stride: u32) -> Found {
    // SAFETY: promised by the caller.
    unsafe {
        if used > LINEAR {
            let first = *base.add(entries as usize).add(MAP_KEY as usize).cast::<u64>();
            let position = key.wrapping_sub(first);
            let at = entries.wrapping_add((position as u32).wrapping_mul(stride));
            return match position < u64::from(used) && has_key(base, at, key) {
                true => Found::At(at),
                false => Found::Absent(0),
            };
        }
        let mut at = entries;
        for _ in 0..used {
            if has_key(base, at, key) {
                return Found::At(at);
            }
            at = at.wrapping_add(stride);
        }
        Found::Absent(0)
    }
}

/// Whether a map may be written in place.
///
/// # Safety
/// As for [`find`].
#[inline(always)]
#[must_use]
pub unsafe fn is_own(base: *const u8, map: u32) -> bool {
    // SAFETY: promised by the caller.
    unsafe { word(base, map.wrapping_add(META)) & SHARED == 0 }
}

/// Appends an entry for a key that `find` did not find and gives its offset, where there is
/// room in the entries and in the index; the value is zero.
///
/// # Safety
/// As for [`find`]; `slot` is what it gave, the map may be written, and nothing has changed.
#[inline(always)]
#[must_use]
pub unsafe fn append(base: *mut u8, map: u32, key: u64, slot: u32, stride: u32) -> Option<u32> {
    // SAFETY: promised by the caller; there is room for the entry.
    unsafe {
        let index = word(base, map.wrapping_add(MAP_INDEX));
        let entries = word(base, map.wrapping_add(MAP_ENTRIES));
        let used = word(base, map.wrapping_add(MAP_USED));
        let slots = word(base, index.wrapping_add(AUX));
        let taken = used.wrapping_add(word(base, map.wrapping_add(MAP_LOST)));
        let room = used < word(base, entries.wrapping_add(AUX)) && taken < slots / 2;
        if slot == 0 || !room {
            return None;
        }
        let mask = slots.wrapping_sub(1);
        let at = entries.wrapping_add(ARRAY_DATA).wrapping_add(used.wrapping_mul(stride));
        put_word(base, at, LIVE);
        *base.add(at as usize).add(MAP_KEY as usize).cast::<u64>() = key;
        put_word(base, slot, tag(key) & !mask | used.wrapping_add(1));
        put_word(base, map.wrapping_add(MAP_USED), used.wrapping_add(1));
        let len = word(base, map.wrapping_add(MAP_LEN));
        put_word(base, map.wrapping_add(MAP_LEN), len.wrapping_add(1));
        Some(at)
    }
}
