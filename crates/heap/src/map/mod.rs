//! Maps: insertion-ordered hash tables. A set is a map with empty values.
//!
//! The entries stand in insertion order in one array; an entry begins with a mark word (hash
//! and life bit; 0 when removed), then the key leaves, then the value leaves. Most maps have
//! an *index* of entry numbers beside it (`probe`). Two kinds have none: maps of at most
//! `LINEAR` entries, which are searched in order, and *dense* integer maps, whose keys count
//! up from the first one, so that a key is its own position. How keys are hashed and
//! compared is in `key`; what else can be done with a map is in `walk`.

mod ends;
mod key;
mod probe;
mod walk;

use crate::Heap;
use crate::error::HeapError;
use crate::header::{ARRAY_DATA, AUX, GcRef};
use crate::header::{MAP_ENTRIES, MAP_FIRST, MAP_INDEX, MAP_LEN, MAP_LOST, MAP_USED};
use crate::types::{KeyShape, Leaf, Shape, TypeId, TypeKind};
use probe::Seek;
pub(crate) use probe::WINDOW;

/// The life bit in the mark word of an entry.
pub(crate) const LIVE: u32 = 1 << 31;
/// Maps of at most this many entries are searched in order.
pub(crate) const LINEAR: u32 = 8;

/// A map taken apart: what the header words and the type say.
#[derive(Clone, Copy)]
struct View {
    ty: TypeId,
    shape: Shape,
    used: u32,
    index: u32,
    entries: u32,
    lost: u32,
}

impl View {
    /// The offset of an entry in the region.
    #[inline(always)]
    fn entry(&self, entry: u32) -> u32 {
        let data = self.entries.wrapping_add(ARRAY_DATA);
        data.wrapping_add(entry.wrapping_mul(self.shape.stride))
    }

    /// Are keys compared as numbers?
    #[inline(always)]
    fn is_int(&self) -> bool {
        self.shape.keys == Some(KeyShape::Int)
    }
}

impl Heap {
    #[inline(always)]
    fn map_view(&self, map: GcRef) -> View {
        let ty = self.type_of(map);
        View {
            ty,
            shape: self.types.info(ty).shape,
            used: self.mem.u32(map.0.wrapping_add(MAP_USED)),
            index: self.mem.u32(map.0.wrapping_add(MAP_INDEX)),
            entries: self.mem.u32(map.0.wrapping_add(MAP_ENTRIES)),
            lost: self.mem.u32(map.0.wrapping_add(MAP_LOST)),
        }
    }

    /// A new empty map with room for `capacity` entries.
    ///
    /// # Errors
    /// When the heap is full or the map would be too large.
    pub fn map_new(&mut self, ty: TypeId, capacity: u32) -> Result<GcRef, HeapError> {
        let map = self.alloc_fixed(ty)?;
        if capacity > 0 {
            let buffer = self.types.info(ty).shape.buffer;
            let entries = self.new_array(buffer, capacity)?;
            self.write_ref(map, MAP_ENTRIES, entries);
        }
        Ok(map)
    }

    /// Number of entries.
    #[inline]
    #[must_use]
    pub fn map_len(&self, map: GcRef) -> u32 {
        self.mem.u32(map.0.wrapping_add(MAP_LEN))
    }

    /// The entry of a key. Entry numbers hold until the next insertion.
    #[inline]
    #[must_use]
    pub fn map_find(&self, map: GcRef, key: &[u64]) -> Option<u32> {
        let view = self.map_view(map);
        match self.map_seek(map, &view, key) {
            Ok((Seek::Found(entry), _)) => Some(entry),
            _ => None,
        }
    }

    /// Gives `key` the value `value`, or the first leaves of it: what is missing keeps its
    /// old contents, or zero in a new entry. Returns the map that was written, the entry,
    /// and whether the key was there before.
    ///
    /// # Errors
    /// When the heap is full, the map would be too large, or the key is not comparable.
    #[inline]
    pub fn map_insert(
        &mut self,
        map: GcRef,
        key: &[u64],
        value: &[u64],
    ) -> Result<(GcRef, u32, bool), HeapError> {
        let map = self.unshare(map)?;
        let view = self.map_view(map);
        let (place, hash) = match self.map_seek(map, &view, key)? {
            (Seek::Found(entry), _) => {
                self.put_value(&view, entry, value);
                return Ok((map, entry, true));
            }
            (Seek::Absent(place), hash) => (place, hash),
        };
        let (view, place) = match self.has_room(&view) && !self.needs_index(map, &view, key) {
            true => (view, place),
            false => (self.map_prepare(map, key)?, None),
        };
        let entry = self.map_append(map, &view, key, hash, place);
        self.put_value(&view, entry, value);
        Ok((map, entry, false))
    }

    /// Reads leaves of the value of an entry.
    #[inline(always)]
    fn get_value(&self, view: &View, entry: u32, out: &mut [u64]) {
        let at = view.entry(entry);
        if let (&mut [ref mut out], Some(kind)) = (&mut *out, view.shape.value_first) {
            *out = self.mem.leaf(at.wrapping_add(view.shape.value_at), kind);
            return;
        }
        for (leaf, out) in self.value_leaves(view.ty).iter().zip(out) {
            *out = self.mem.leaf(at.wrapping_add(leaf.offset), leaf.kind);
        }
    }

    /// Writes leaves of the value of an entry.
    #[inline(always)]
    fn put_value(&mut self, view: &View, entry: u32, value: &[u64]) {
        let at = view.entry(entry);
        if let (&[slot], Some(kind)) = (value, view.shape.value_first) {
            self.mem.put_leaf(view.entries, at.wrapping_add(view.shape.value_at), kind, slot);
            return;
        }
        for (leaf, &slot) in self.value_leaves(view.ty).iter().zip(value) {
            self.mem.put_leaf(view.entries, at.wrapping_add(leaf.offset), leaf.kind, slot);
        }
    }

    /// Writes the key of an entry.
    #[inline(always)]
    fn put_key(&mut self, view: &View, entry: u32, key: &[u64]) {
        let at = view.entry(entry);
        if let (&[slot], Some(kind)) = (key, view.shape.first) {
            self.mem.put_leaf(view.entries, at.wrapping_add(view.shape.key_at), kind, slot);
            return;
        }
        for (leaf, &slot) in self.key_leaves(view.ty).iter().zip(key) {
            self.mem.put_leaf(view.entries, at.wrapping_add(leaf.offset), leaf.kind, slot);
        }
    }

    #[inline]
    fn key_leaves(&self, ty: TypeId) -> &[Leaf] {
        match &self.types.info(ty).desc.kind {
            TypeKind::Map { key, .. } => &key.leaves,
            _ => &[],
        }
    }

    #[inline]
    fn value_leaves(&self, ty: TypeId) -> &[Leaf] {
        match &self.types.info(ty).desc.kind {
            TypeKind::Map { value, .. } => &value.leaves,
            _ => &[],
        }
    }

    /// Is there an unused entry?
    #[inline(always)]
    fn has_room(&self, view: &View) -> bool {
        view.entries != 0 && view.used < self.aux(GcRef(view.entries))
    }

    /// Makes room for one more entry, in the entries and in the index.
    #[cold]
    #[inline(never)]
    fn map_prepare(&mut self, map: GcRef, key: &[u64]) -> Result<View, HeapError> {
        let mut view = self.map_view(map);
        if !self.has_room(&view) {
            self.map_make_room(map, &view)?;
            view = self.map_view(map);
        }
        if self.needs_index(map, &view, key) {
            self.map_reindex(map, &view, view.used + 1)?;
            view = self.map_view(map);
        }
        Ok(view)
    }

    /// Adds an entry with an absent key and a zero value. `place` is the free index slot
    /// that the search ended at, unless the index has changed since.
    #[inline(always)]
    fn map_append(
        &mut self,
        map: GcRef,
        view: &View,
        key: &[u64],
        hash: u32,
        place: Option<u32>,
    ) -> u32 {
        let entry = view.used;
        self.put_key(view, entry, key);
        self.mem.put(view.entry(entry), if view.is_int() { LIVE } else { hash });
        match place {
            Some(place) => self.set_index(view.index, place, hash, entry),
            None if view.index != 0 => {
                self.add_to_index(view, entry);
            }
            None => {}
        }
        self.mem.put(map.0.wrapping_add(MAP_USED), entry + 1);
        self.mem.put(map.0.wrapping_add(MAP_LEN), self.map_len(map) + 1);
        entry
    }

    /// Must the map get a new index before an entry with this key is appended?
    #[inline]
    fn needs_index(&self, map: GcRef, view: &View, key: &[u64]) -> bool {
        if view.index != 0 {
            return view.used.wrapping_add(view.lost) >= self.aux(GcRef(view.index)) / 2;
        }
        match view.used {
            0..LINEAR => false,
            LINEAR => !self.is_dense(map, key),
            _ => !self.continues(view, key),
        }
    }

    /// Does the key count on from the last entry of a dense map?
    #[inline]
    fn continues(&self, view: &View, key: &[u64]) -> bool {
        let next = self.entry_number(view, 0).wrapping_add(u64::from(view.used));
        view.is_int() && key.first() == Some(&next)
    }

    /// Do the keys of all entries, and then this one, count up from the first?
    #[inline(never)]
    fn is_dense(&self, map: GcRef, key: &[u64]) -> bool {
        let view = &self.map_view(map);
        let first = self.entry_number(view, 0);
        let counts = |i| self.entry_number(view, i) == first.wrapping_add(u64::from(i));
        self.continues(view, key) && (0..view.used).all(counts)
    }

    /// Makes the entry array longer, or closes the holes if there are many.
    fn map_make_room(&mut self, map: GcRef, view: &View) -> Result<(), HeapError> {
        let (len, used) = (self.map_len(map), view.used);
        if used > LINEAR && len < used - used / 4 {
            return self.map_compact(map, view);
        }
        let capacity = u64::from(used) * if used > 1024 { 3 } else { 4 } / 2;
        let capacity = capacity.max(4);
        let old = GcRef(view.entries);
        let entries = match self.grow_buffer(view.shape, old, used, capacity) {
            Err(_) => self.grow_buffer(view.shape, old, used, u64::from(used) + 1)?,
            Ok(entries) => entries,
        };
        self.write_ref(map, MAP_ENTRIES, entries);
        Ok(())
    }

    /// Closes the holes that removed entries have left.
    fn map_compact(&mut self, map: GcRef, view: &View) -> Result<(), HeapError> {
        let len = self.map_len(map);
        if view.index == 0 && len > LINEAR {
            // Without its holes the map may not be dense any more, so it needs an index,
            // and the index must be there before anything moves.
            let index = self.new_index(len)?;
            self.write_ref(map, MAP_INDEX, index);
        }
        let stride = u64::from(view.shape.stride);
        let mut to = 0;
        for from in 0..view.used {
            if self.mem.u32(view.entry(from)) != 0 {
                if from != to {
                    let (from, to) = (view.entry(from), view.entry(to));
                    self.mem.copy_refs(view.entries, from, to, stride);
                }
                to += 1;
            }
        }
        self.mem.zero(view.entry(to), u64::from(view.used - to) * stride);
        self.mem.put(map.0.wrapping_add(MAP_USED), to);
        self.mem.put(map.0.wrapping_add(MAP_FIRST), 0u32);
        self.fill_index(map);
        Ok(())
    }

    /// Removes a key; its value goes to `out`. Returns the map that was written and whether
    /// the key was there.
    ///
    /// # Errors
    /// When a shared map cannot be cloned.
    pub fn map_remove(
        &mut self,
        map: GcRef,
        key: &[u64],
        out: &mut [u64],
    ) -> Result<(GcRef, bool), HeapError> {
        let Some(entry) = self.map_find(map, key) else { return Ok((map, false)) };
        for (i, out) in out.iter_mut().enumerate() {
            *out = self.map_value_leaf(map, entry, i);
        }
        let map = self.unshare(map)?;
        self.map_remove_entry(map, entry);
        Ok((map, true))
    }

    /// Removes an entry of a map that is not shared.
    pub fn map_remove_entry(&mut self, map: GcRef, entry: u32) {
        let view = self.map_view(map);
        let at = view.entry(entry);
        if entry >= view.used || self.mem.u32(at) == 0 {
            return;
        }
        // Integer keys stay: a dense map counts from the first one.
        let from = if view.is_int() { view.shape.value_at } else { 0 };
        self.mem.zero(at.wrapping_add(from), u64::from(view.shape.stride - from));
        self.mem.put(at, 0u32);
        let len = self.map_len(map).saturating_sub(1);
        self.mem.put(map.0.wrapping_add(MAP_LEN), len);
        if len == 0 {
            self.map_reset(map, &view);
            return;
        }
        if entry == self.mem.u32(map.0.wrapping_add(MAP_FIRST)) {
            let first = self.map_next(map, entry).unwrap_or(entry);
            self.mem.put(map.0.wrapping_add(MAP_FIRST), first);
        }
        if view.index == 0 {
            let mut used = view.used;
            while used > 0 && self.mem.u32(view.entry(used - 1)) == 0 {
                used -= 1;
            }
            self.mem.put(map.0.wrapping_add(MAP_USED), used);
        }
    }

    /// Makes a map that has no live entry as good as new, without giving up its buffers.
    fn map_reset(&mut self, map: GcRef, view: &View) {
        self.mem.put(map.0.wrapping_add(MAP_USED), 0u32);
        self.mem.put(map.0.wrapping_add(MAP_LEN), 0u32);
        self.mem.put(map.0.wrapping_add(MAP_FIRST), 0u32);
        self.mem.zero(view.entry(0), u64::from(view.used) * u64::from(view.shape.stride));
        if view.index != 0 {
            self.free_large(GcRef(view.index));
            self.mem.put(map.0.wrapping_add(MAP_INDEX), 0u32);
            self.mem.put(map.0.wrapping_add(MAP_LOST), 0u32);
        }
    }

    /// Removes all entries.
    ///
    /// # Errors
    /// When the heap is full (a shared map is replaced by a new one).
    pub fn map_clear(&mut self, map: GcRef) -> Result<GcRef, HeapError> {
        if self.is_shared(map) {
            return self.map_new(self.type_of(map), 0);
        }
        let view = self.map_view(map);
        self.map_reset(map, &view);
        Ok(map)
    }

    /// Clones one level; lists, maps and arrays in it become shared.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn map_clone(&mut self, map: GcRef) -> Result<GcRef, HeapError> {
        let view = self.map_view(map);
        let clone = self.map_new(view.ty, view.used)?;
        let target = self.map_view(clone);
        let slots = self.aux(GcRef(view.index));
        if view.index != 0 {
            let index = self.alloc_index(slots)?;
            self.write_ref(clone, MAP_INDEX, index);
        }
        let bytes = u64::from(view.used) * u64::from(view.shape.stride);
        if view.used > 0 {
            self.mem.copy(view.entry(0), target.entry(0), bytes);
            self.share_elements(view.shape.buffer, target.entry(0), view.used);
        }
        self.mem.put(clone.0 + MAP_USED, view.used);
        self.mem.put(clone.0 + MAP_FIRST, self.mem.u32(map.0.wrapping_add(MAP_FIRST)));
        self.mem.put(clone.0 + MAP_LEN, self.map_len(map));
        if view.lost != 0 {
            // Lost slots lead behind the entries that the clone has.
            self.fill_index(clone);
        } else if view.index != 0 {
            let index = self.mem.u32(clone.0 + MAP_INDEX);
            self.mem.copy(view.index + ARRAY_DATA, index + ARRAY_DATA, u64::from(slots) * 4);
        }
        Ok(clone)
    }

    /// Makes a new index big enough for `entries` entries and fills it.
    fn map_reindex(&mut self, map: GcRef, view: &View, entries: u32) -> Result<(), HeapError> {
        let index = self.new_index(entries)?;
        let old = GcRef(view.index);
        self.write_ref(map, MAP_INDEX, index);
        if !old.is_null() {
            self.free_large(old);
        }
        self.fill_index(map);
        Ok(())
    }

    /// An empty index with room for half as many entries again, at least.
    fn new_index(&mut self, entries: u32) -> Result<GcRef, HeapError> {
        let slots = (u64::from(entries) * 3).next_power_of_two();
        match u32::try_from(slots) {
            Ok(slots) => self.alloc_index(slots),
            Err(_) => Err(HeapError::TooLarge { requested: slots * 4 }),
        }
    }

    fn alloc_index(&mut self, slots: u32) -> Result<GcRef, HeapError> {
        let index =
            self.alloc(TypeId::RAW, slots, u64::from(ARRAY_DATA) + u64::from(slots) * 4, true)?;
        debug_assert_eq!(self.mem.u32(index.0 + AUX), slots);
        Ok(index)
    }
}
