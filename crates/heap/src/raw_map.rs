//! The inline half of maps with one 64-bit integer or one string as the key, for engines that
//! hold the base address.
//!
//! These functions do what most reads and writes need and say where they do not know: a key
//! far from its home, a string without its hash, a shared map, no room. `map` then does the
//! whole of it, and is also the place that explains how entries and the index lie.

use crate::hash::{home, tag};
use crate::header::{ARRAY_DATA, AUX, MAP_INT_KEY, MAP_STR_KEY, META, SHARED, STR_DATA, STR_HASH};
use crate::header::{GcRef, MAP_ENTRIES, MAP_INDEX, MAP_LEN, MAP_LOST, MAP_USED};
use crate::map::{LINEAR, LIVE, WINDOW};
use crate::raw::write_ref;

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

/// Reads eight bytes behind an offset of a live heap.
///
/// # Safety
/// `base` is that of a live heap; `at` and `disp` together are a multiple of 8, and `disp` is
/// small.
#[inline(always)]
unsafe fn long(base: *const u8, at: u32, disp: u32) -> u64 {
    // SAFETY: as for `word`.
    unsafe { *base.add(at as usize).add(disp as usize).cast::<u64>() }
}

/// A key that can be searched for inline.
///
/// # Safety
/// The functions may only be called with the base of the heap that the key is of, while
/// nobody else uses it, and with the start of an entry of a map of such keys.
pub unsafe trait Key: Copy {
    /// Whether a map without an index may be dense.
    const DENSE: bool;
    /// Where the search begins, before the mask.
    fn home(self) -> u32;
    /// What the slot of the index remembers, in its high bits.
    fn tag(self) -> u32;
    /// How far the key is behind that of the first entry of a dense map.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn distance(self, base: *const u8, first: u32) -> u64;
    /// Whether a live entry has this key.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn is_at(self, base: *const u8, at: u32) -> bool;
    /// Writes the key and the mark of a new entry.
    ///
    /// # Safety
    /// See the trait; the entry is part of the array `entries`.
    unsafe fn put(self, base: *mut u8, entries: u32, at: u32);
}

/// A 64-bit integer.
#[derive(Clone, Copy, Debug)]
pub struct IntKey(pub u64);

// SAFETY: layouts put such a key at `MAP_INT_KEY`, a multiple of its size.
unsafe impl Key for IntKey {
    const DENSE: bool = true;

    #[inline(always)]
    fn home(self) -> u32 {
        home(self.0)
    }

    #[inline(always)]
    fn tag(self) -> u32 {
        tag(self.0)
    }

    #[inline(always)]
    unsafe fn distance(self, base: *const u8, first: u32) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { self.0.wrapping_sub(long(base, first, MAP_INT_KEY)) }
    }

    #[inline(always)]
    unsafe fn is_at(self, base: *const u8, at: u32) -> bool {
        // SAFETY: promised by the caller.
        unsafe { long(base, at, MAP_INT_KEY) == self.0 && word(base, at) != 0 }
    }

    #[inline(always)]
    unsafe fn put(self, base: *mut u8, _: u32, at: u32) {
        // SAFETY: promised by the caller.
        unsafe {
            put_word(base, at, LIVE);
            *base.add(at as usize).add(MAP_INT_KEY as usize).cast::<u64>() = self.0;
        }
    }
}

/// A string whose hash is known.
#[derive(Clone, Copy, Debug)]
pub struct StrKey {
    object: u32,
    /// The hash with the life bit, as in the marks of entries.
    mark: u32,
}

/// Strings longer than this are left to the heap.
const NEAR_BYTES: u32 = 64;

impl StrKey {
    /// The key that a string is, unless it is long or its hash has not been computed yet.
    ///
    /// # Safety
    /// `base` is that of a live heap, `object` a string of it.
    #[inline(always)]
    #[must_use]
    pub unsafe fn of(base: *const u8, object: u32) -> Option<StrKey> {
        // SAFETY: promised by the caller.
        unsafe {
            let hash = word(base, object.wrapping_add(STR_HASH));
            let near = word(base, object.wrapping_add(AUX)) <= NEAR_BYTES;
            (hash != 0 && near).then_some(StrKey { object, mark: hash | LIVE })
        }
    }

    /// Whether another string has the same bytes.
    ///
    /// # Safety
    /// `base` is that of the heap of both.
    #[inline(always)]
    unsafe fn is(self, base: *const u8, other: u32) -> bool {
        // SAFETY: promised by the caller; objects start at multiples of 16.
        unsafe {
            let len = word(base, self.object.wrapping_add(AUX));
            if self.object == other {
                return true;
            }
            if len != word(base, other.wrapping_add(AUX)) {
                return false;
            }
            let mut at = 0;
            while at < len {
                let one = long(base, self.object.wrapping_add(at), STR_DATA);
                let differing = one ^ long(base, other.wrapping_add(at), STR_DATA);
                // Of the last word, the bytes behind the end do not count.
                let rest = len - at;
                let counting = if rest < 8 { differing << (64 - 8 * rest) } else { differing };
                if counting != 0 {
                    return false;
                }
                at += 8;
            }
            true
        }
    }
}

// SAFETY: layouts put such a key at `MAP_STR_KEY`, a multiple of its size.
unsafe impl Key for StrKey {
    const DENSE: bool = false;

    #[inline(always)]
    fn home(self) -> u32 {
        self.mark
    }

    #[inline(always)]
    fn tag(self) -> u32 {
        self.mark
    }

    #[inline(always)]
    unsafe fn distance(self, _: *const u8, _: u32) -> u64 {
        u64::MAX
    }

    #[inline(always)]
    unsafe fn is_at(self, base: *const u8, at: u32) -> bool {
        // SAFETY: promised by the caller.
        unsafe {
            word(base, at) == self.mark && self.is(base, word(base, at.wrapping_add(MAP_STR_KEY)))
        }
    }

    #[inline(always)]
    unsafe fn put(self, base: *mut u8, entries: u32, at: u32) {
        // SAFETY: promised by the caller.
        unsafe {
            put_word(base, at, self.mark);
            write_ref(base, GcRef(entries), at.wrapping_add(MAP_STR_KEY), GcRef(self.object));
        }
    }
}

/// Searches for a key in a map with entries of `stride` bytes.
///
/// # Safety
/// `base` is that of a live heap which nobody else uses during the call, `map` one of its maps
/// of such keys, `stride` that of the map.
#[inline(always)]
#[must_use]
pub unsafe fn find<K: Key>(base: *const u8, map: u32, key: K, stride: u32) -> Found {
    // SAFETY: promised by the caller; objects and what is in them are aligned.
    unsafe {
        let index = word(base, map.wrapping_add(MAP_INDEX));
        let entries = word(base, map.wrapping_add(MAP_ENTRIES)).wrapping_add(ARRAY_DATA);
        if index == 0 {
            let used = word(base, map.wrapping_add(MAP_USED));
            return find_unindexed(base, entries, used, key, stride);
        }
        let mask = word(base, index.wrapping_add(AUX)).wrapping_sub(1);
        let tag = key.tag();
        let mut place = key.home() & mask;
        for _ in 0..WINDOW {
            let at = index.wrapping_add(ARRAY_DATA).wrapping_add(place.wrapping_mul(4));
            let slot = word(base, at);
            if slot == 0 {
                return Found::Absent(at);
            }
            if (slot ^ tag) & !mask == 0 {
                let entry = (slot & mask).wrapping_sub(1);
                let at = entries.wrapping_add(entry.wrapping_mul(stride));
                if key.is_at(base, at) {
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
unsafe fn find_unindexed<K: Key>(
    base: *const u8,
    entries: u32,
    used: u32,
    key: K,
    stride: u32,
) -> Found {
    // SAFETY: promised by the caller.
    unsafe {
        if K::DENSE && used > LINEAR {
            let position = key.distance(base, entries);
            let at = entries.wrapping_add((position as u32).wrapping_mul(stride));
            return match position < u64::from(used) && key.is_at(base, at) {
                true => Found::At(at),
                false => Found::Absent(0),
            };
        }
        let mut at = entries;
        for _ in 0..used {
            if key.is_at(base, at) {
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
pub unsafe fn append<K: Key>(
    base: *mut u8,
    map: u32,
    key: K,
    slot: u32,
    stride: u32,
) -> Option<u32> {
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
        key.put(base, entries, at);
        put_word(base, slot, key.tag() & !mask | used.wrapping_add(1));
        put_word(base, map.wrapping_add(MAP_USED), used.wrapping_add(1));
        let len = word(base, map.wrapping_add(MAP_LEN));
        put_word(base, map.wrapping_add(MAP_LEN), len.wrapping_add(1));
        Some(at)
    }
}
