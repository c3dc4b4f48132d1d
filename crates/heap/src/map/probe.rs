//! Finding entries: the index of a map, and the two kinds of search without one.
//!
//! An index is a power of two of `u32` slots, at most half full. A slot is 0 when free;
//! otherwise its low bits, as many as the size has, are the entry number + 1, and its high
//! bits are those of the hash. So a probe rarely looks at a wrong entry, and removed entries
//! need no marker: their slots lead to an entry with a zero mark word.
//!
//! Every key has a *home*, where its search begins. That of a number is the number itself, so
//! that near keys share cache lines, whatever order they came in. Keys can then crowd at will;
//! so a search that finds `WINDOW` slots taken leaps, and each leap is chosen by the keyed
//! hash: a slot that it meets is as likely free as any, and the expected number of leaps is
//! below one however the keys were chosen. The high bits of a number's slot are not secret:
//! keys that agree in them make a search look at more entries, but not at more slots.
//!
//! `raw_map` does the first `WINDOW` steps of the search for a number inline.

use super::{LINEAR, View};
use crate::Heap;
use crate::error::HeapError;
use crate::hash::{home, tag};
use crate::header::{ARRAY_DATA, GcRef, MAP_LOST};
use crate::types::{KeyShape, LeafKind};

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seek {
    /// At the entry with the key.
    Found(u32),
    /// At a free slot of the index, if the map has one.
    Absent(Option<u32>),
}

/// Slots in a row that a search looks at before it leaps.
pub(crate) const WINDOW: u32 = 8;

/// The slots that a search visits, one after the other.
struct Path {
    mask: u32,
    place: u32,
    steps: u32,
}

/// Another number for each number of steps, as random as the hash is.
#[cold]
fn scatter(hash: u32, steps: u32) -> u32 {
    let x = hash.wrapping_add(steps.wrapping_mul(0x9e37_79b9));
    let x = (x ^ x >> 16).wrapping_mul(0x85eb_ca6b);
    x ^ x >> 13
}

impl Path {
    #[inline(always)]
    fn new(mask: u32, home: u32) -> Path {
        Path { mask, place: home & mask, steps: 0 }
    }

    /// The offset of the slot in the region.
    #[inline(always)]
    fn slot(&self, index: u32) -> u32 {
        index.wrapping_add(ARRAY_DATA).wrapping_add(self.place.wrapping_mul(4))
    }

    /// Goes on; `hash` is the keyed hash of the key.
    #[inline(always)]
    fn step(&mut self, hash: impl Fn() -> u32) {
        self.steps = self.steps.wrapping_add(1);
        let next = match self.steps % WINDOW {
            // Unlike a fixed distance, this leaves a long run of taken slots at once.
            0 => scatter(hash(), self.steps),
            _ => self.place.wrapping_add(1),
        };
        self.place = next & self.mask;
    }
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

    /// Searches a key and gives the hash for its slot as well. Numbers are searched on the spot.
    #[inline(always)]
    pub(super) fn map_seek(
        &self,
        map: GcRef,
        view: &View,
        key: &[u64],
    ) -> Result<(Seek, u32), HeapError> {
        match (view.shape.keys, key) {
            (Some(KeyShape::Int), &[key]) => Ok((self.seek_number(view, key), tag(key))),
            _ => self.seek_other(map, key),
        }
    }

    #[inline(never)]
    fn seek_other(&self, map: GcRef, key: &[u64]) -> Result<(Seek, u32), HeapError> {
        let view = &self.map_view(map);
        let hash = self.key_hash(view, key)?;
        let seek = match (view.shape.keys, key) {
            (Some(KeyShape::Str), &[key]) => self.seek_str(view, GcRef::from_slot(key), hash),
            _ => self.seek_general(view, key, hash),
        };
        Ok((seek, hash))
    }

    #[inline(always)]
    fn seek_number(&self, view: &View, key: u64) -> Seek {
        let same =
            |entry| self.entry_number(view, entry) == key && self.mem.u32(view.entry(entry)) != 0;
        if view.index != 0 {
            let hash = || self.hash_key.number(key);
            return self.probe(view, (home(key), tag(key)), hash, same);
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
        match view.index {
            0 => self.scan(view, same),
            _ => self.probe(view, (hash, hash), || hash, same),
        }
    }

    #[inline(never)]
    fn seek_general(&self, view: &View, key: &[u64], hash: u32) -> Seek {
        let same =
            |entry| self.mem.u32(view.entry(entry)) == hash && self.same_key(view, entry, key);
        match view.index {
            0 => self.scan(view, same),
            _ => self.probe(view, (hash, hash), || hash, same),
        }
    }

    /// Searches the entries in order.
    #[inline]
    fn scan(&self, view: &View, same: impl Fn(u32) -> bool) -> Seek {
        match (0..view.used).find(|&entry| same(entry)) {
            Some(entry) => Seek::Found(entry),
            None => Seek::Absent(None),
        }
    }

    /// Searches through the index, from a home and for the high bits of a tag.
    #[inline(always)]
    fn probe(
        &self,
        view: &View,
        (home, tag): (u32, u32),
        hash: impl Fn() -> u32,
        same: impl Fn(u32) -> bool,
    ) -> Seek {
        // What reads a key often writes it next.
        let last = self.last_entry.get();
        if last < view.used && same(last) {
            return Seek::Found(last);
        }
        let mut path = Path::new(self.index_mask(view.index), home);
        let mask = path.mask;
        loop {
            let slot = self.mem.u32(path.slot(view.index));
            if slot == 0 {
                return Seek::Absent(Some(path.place));
            }
            if (slot ^ tag) & !mask == 0 {
                let entry = (slot & mask).wrapping_sub(1);
                if same(entry) {
                    self.last_entry.set(entry);
                    return Seek::Found(entry);
                }
            }
            path.step(&hash);
        }
    }

    #[inline(always)]
    fn index_mask(&self, index: u32) -> u32 {
        self.aux(GcRef(index)).wrapping_sub(1)
    }

    /// Enters an entry at a free slot.
    #[inline(always)]
    pub(super) fn set_index(&self, index: u32, place: u32, tag: u32, entry: u32) {
        let mask = self.index_mask(index);
        let at = index.wrapping_add(ARRAY_DATA).wrapping_add(place.wrapping_mul(4));
        self.mem.put(at, tag & !mask | (entry + 1));
    }

    /// Enters an entry at the next free slot for its key.
    #[inline(always)]
    pub(super) fn add_to_index(&self, view: &View, entry: u32) {
        let (home, tag) = self.entry_home(view, entry);
        let mut path = Path::new(self.index_mask(view.index), home);
        while self.mem.u32(path.slot(view.index)) != 0 {
            path.step(|| self.entry_hash(view, entry));
        }
        self.set_index(view.index, path.place, tag, entry);
    }

    /// Enters all live entries anew into the index, if the map has one.
    pub(super) fn fill_index(&mut self, map: GcRef) {
        let view = self.map_view(map);
        if view.index == 0 {
            return;
        }
        let bytes = u64::from(self.aux(GcRef(view.index))) * 4;
        self.mem.zero(view.index.wrapping_add(ARRAY_DATA), bytes);
        self.mem.put(map.0.wrapping_add(MAP_LOST), 0u32);
        for entry in 0..view.used {
            if self.mem.u32(view.entry(entry)) != 0 {
                self.add_to_index(&view, entry);
            }
        }
    }

    /// The home and the tag of a live entry. Numbers tell their own, others have their hash in
    /// the mark.
    #[inline]
    fn entry_home(&self, view: &View, entry: u32) -> (u32, u32) {
        if view.is_int() {
            let number = self.entry_number(view, entry);
            return (home(number), tag(number));
        }
        let hash = self.mem.u32(view.entry(entry));
        (hash, hash)
    }

    /// The keyed hash of a live entry.
    #[cold]
    fn entry_hash(&self, view: &View, entry: u32) -> u32 {
        match view.is_int() {
            true => self.hash_key.number(self.entry_number(view, entry)),
            false => self.mem.u32(view.entry(entry)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{TypeDesc, TypeId};
    use crate::{HeapConfig, header};

    const COUNT: u64 = 20_000;

    /// The mean and the greatest number of steps to the keys of a map that has these.
    fn steps(keys: impl Iterator<Item = u64>) -> (f64, u32) {
        let mut heap = Heap::new(HeapConfig::default()).expect("address space");
        let kind = heap.types_mut().map_kind(&[(LeafKind::I64, TypeId::FREE)], &[]);
        let ty = heap.add_type(TypeDesc { name: "set".into(), kind, parent: None });
        let map = heap.map_new(ty, 0).expect("room");
        for key in keys {
            heap.map_insert(map, &[key], &[]).expect("room");
        }
        let view = heap.map_view(map);
        let (mask, mut sum, mut most) = (heap.index_mask(view.index), 0.0, 0);
        for entry in 0..view.used {
            let mut path = Path::new(mask, heap.entry_home(&view, entry).0);
            while heap.mem.u32(path.slot(view.index)) & mask != entry + 1 {
                path.step(|| heap.entry_hash(&view, entry));
            }
            (sum, most) = (sum + f64::from(path.steps), most.max(path.steps));
        }
        assert_eq!(heap.mem.u32(map.0 + header::MAP_LEN), view.used);
        (sum / f64::from(view.used), most)
    }

    #[test]
    fn a_path_comes_to_every_slot() {
        for (hash, bits) in [(0, 5), (77, 6), (0xdead_beef, 7), (u32::MAX, 10)] {
            let mut path = Path::new((1 << bits) - 1, hash ^ 5);
            let mut seen = vec![false; 1 << bits];
            for _ in 0..(16 * WINDOW) << bits {
                seen[path.place as usize] = true;
                path.step(|| hash);
            }
            assert!(seen.iter().all(|&seen| seen), "{hash} {bits}");
        }
    }

    #[test]
    fn dense_and_stepping_keys_stand_at_home() {
        for start in [0, 1 << 40, (-9_000i64) as u64] {
            let scattered = (0..COUNT).map(|i| start.wrapping_add(i * 7919 % COUNT));
            assert_eq!(steps(scattered).1, 0, "dense from {start}");
        }
        assert_eq!(steps((0..COUNT).map(|i| i * 7919)).1, 0);
        for step in [2, 4, 8, 16] {
            let (mean, most) = steps((0..COUNT).map(|i| i * step));
            assert!(mean < 4.0 && most < WINDOW * 4, "step {step}: {mean} {most}");
        }
    }

    /// Everything but the seed of the hash is known to who chooses these keys.
    #[test]
    fn crowded_homes_do_not_make_searches_long() {
        let one_home = (0..COUNT).map(|i| i << 20);
        let far_home = (0..COUNT).map(|i| i << 32 | u64::from(0u32.wrapping_sub(home(i << 32))));
        let windows = (0..COUNT).map(|i| i % 8 + ((i / 8 % 16) << 8) + (i << 20));
        // A dense run, and as many keys whose homes are in the midst of it.
        let run = (0..COUNT).map(|i| if i % 2 == 0 { i / 2 } else { 5_000 + (i << 20) });
        let random = (0..COUNT).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29));
        let crowds: [(&str, Vec<u64>); 5] = [
            ("one home", one_home.collect()),
            ("one home, high words", far_home.collect()),
            ("some windows", windows.collect()),
            ("behind a run", run.collect()),
            ("random", random.collect()),
        ];
        for (name, keys) in crowds {
            let (mean, most) = steps(keys.into_iter());
            assert!(mean < 10.0 && most < 8 * WINDOW, "{name}: {mean} {most}");
        }
    }
}
