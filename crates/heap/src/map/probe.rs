//! Finding entries: the index of a map, and the two kinds of search without one.
//!
//! An index is a power of two of `u32` slots, at most half full, probed linearly. A slot is
//! 0 when free; otherwise its low bits, as many as the size has, are the entry number + 1,
//! and its high bits are those of the hash. So a probe rarely looks at a wrong entry, and
//! removed entries need no marker: their slots lead to an entry with a zero mark word.

use super::{LINEAR, LIVE, View};
use crate::Heap;
use crate::header::{ARRAY_DATA, GcRef};
use crate::types::{KeyShape, LeafKind};

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seek {
    /// At the entry with the key.
    Found(u32),
    /// At a free slot of the index, if the map has one.
    Absent(Option<u32>),
}

impl Heap {
    /// The key of an entry of an integer map, as a slot.
    #[inline(always)]
    pub(super) fn entry_number(&self, view: &View, entry: u32) -> u64 {
        let at = view.entry(entry).wrapping_add(view.shape.key_at);
        match view.shape.first {
            Some(LeafKind::I64) => self.mem.get(at),
            Some(kind) => self.mem.leaf(at, kind),
            None => 0,
        }
    }

    /// Searches a key.
    #[inline(always)]
    pub(super) fn map_seek(&self, view: &View, key: &[u64], hash: u32) -> Seek {
        match (view.shape.keys, key) {
            (Some(KeyShape::Int), &[key]) => self.seek_number(view, key, hash),
            (Some(KeyShape::Str), &[key]) => self.seek_str(view, GcRef::from_slot(key), hash),
            _ => self.seek_general(view, key, hash),
        }
    }

    #[inline(always)]
    fn seek_number(&self, view: &View, key: u64, hash: u32) -> Seek {
        let same =
            |entry| self.entry_number(view, entry) == key && self.mem.u32(view.entry(entry)) != 0;
        if view.index != 0 {
            return self.probe(view, hash, same);
        }
        if view.used == 0 {
            return Seek::Absent(None);
        }
        let position = key.wrapping_sub(self.entry_number(view, 0));
        if position < u64::from(view.used) && same(position as u32) {
            return Seek::Found(position as u32);
        }
        if view.used > LINEAR {
            return Seek::Absent(None);
        }
        self.scan(view, same)
    }

    #[inline]
    fn seek_str(&self, view: &View, key: GcRef, hash: u32) -> Seek {
        let same = |entry| {
            let at = view.entry(entry);
            self.mem.u32(at) == hash
                && self.str_eq(GcRef(self.mem.u32(at.wrapping_add(view.shape.key_at))), key)
        };
        if view.index != 0 { self.probe(view, hash, same) } else { self.scan(view, same) }
    }

    #[inline(never)]
    fn seek_general(&self, view: &View, key: &[u64], hash: u32) -> Seek {
        let same =
            |entry| self.mem.u32(view.entry(entry)) == hash && self.same_key(view, entry, key);
        if view.index != 0 { self.probe(view, hash, same) } else { self.scan(view, same) }
    }

    /// Searches the entries in order.
    #[inline]
    fn scan(&self, view: &View, same: impl Fn(u32) -> bool) -> Seek {
        match (0..view.used).find(|&entry| same(entry)) {
            Some(entry) => Seek::Found(entry),
            None => Seek::Absent(None),
        }
    }

    /// Searches through the index.
    #[inline(always)]
    fn probe(&self, view: &View, hash: u32, same: impl Fn(u32) -> bool) -> Seek {
        let mask = self.aux(GcRef(view.index)).wrapping_sub(1);
        let slots = view.index.wrapping_add(ARRAY_DATA);
        let mut place = hash & mask;
        loop {
            let slot = self.mem.u32(slots.wrapping_add(place.wrapping_mul(4)));
            if slot == 0 {
                return Seek::Absent(Some(place));
            }
            if (slot ^ hash) & !mask == 0 {
                let entry = (slot & mask).wrapping_sub(1);
                if same(entry) {
                    return Seek::Found(entry);
                }
            }
            place = place.wrapping_add(1) & mask;
        }
    }

    /// Enters an entry at a free slot.
    #[inline(always)]
    pub(super) fn set_index(&self, index: u32, place: u32, hash: u32, entry: u32) {
        let mask = self.aux(GcRef(index)).wrapping_sub(1);
        let at = index.wrapping_add(ARRAY_DATA).wrapping_add(place.wrapping_mul(4));
        self.mem.put(at, hash & !mask | (entry + 1));
    }

    /// Enters an entry at the next free slot for its hash.
    #[inline(always)]
    pub(super) fn add_to_index(&self, index: u32, hash: u32, entry: u32) {
        let mask = self.aux(GcRef(index)).wrapping_sub(1);
        let slots = index.wrapping_add(ARRAY_DATA);
        let mut place = hash & mask;
        while self.mem.u32(slots.wrapping_add(place.wrapping_mul(4))) != 0 {
            place = place.wrapping_add(1) & mask;
        }
        self.set_index(index, place, hash, entry);
    }

    /// Enters all live entries into a cleared index, if the map has one.
    pub(super) fn fill_index(&mut self, view: &View) {
        if view.index == 0 {
            return;
        }
        let bytes = u64::from(self.aux(GcRef(view.index))) * 4;
        self.mem.zero(view.index.wrapping_add(ARRAY_DATA), bytes);
        for entry in 0..view.used {
            if self.mem.u32(view.entry(entry)) != 0 {
                self.add_to_index(view.index, self.entry_hash(view, entry), entry);
            }
        }
    }

    /// The hash of a live entry. Numbers are hashed again, others have it in their mark.
    #[inline]
    pub(super) fn entry_hash(&self, view: &View, entry: u32) -> u32 {
        match view.is_int() {
            true => self.hash_key.number(self.entry_number(view, entry)) | LIVE,
            false => self.mem.u32(view.entry(entry)),
        }
    }
}
