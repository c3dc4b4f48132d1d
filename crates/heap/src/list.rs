//! Lists: a length and a buffer array that is replaced or extended when it is full.
//!
//! A buffer belongs to exactly one list. Elements lie flat in it; what is behind the length
//! is always zero, so that the collector may look at the whole buffer. Every write clones a
//! shared list first and returns the list that was written.

use crate::Heap;
use crate::class::{GRANULE, MAX_SMALL, cell_bytes, lane_for};
use crate::error::HeapError;
use crate::header::{ARRAY_DATA, AUX, GcRef, LARGE, LIST_BUF, LIST_LEN, SHARED};
use crate::types::{LeafKind, Shape, TypeId};

impl Heap {
    #[inline]
    fn list_shape(&self, list: GcRef) -> Shape {
        self.types.info(self.type_of(list)).shape
    }

    /// A new empty list with room for `capacity` elements.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_new(&mut self, ty: TypeId, capacity: u32) -> Result<GcRef, HeapError> {
        let list = self.alloc_fixed(ty)?;
        if capacity > 0 {
            let buffer = self.types.info(ty).shape.buffer;
            let array = self.new_array(buffer, capacity)?;
            self.write_ref(list, LIST_BUF, array);
        }
        Ok(list)
    }

    /// A new list of `len` zero elements.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_new_zeroed(&mut self, ty: TypeId, len: u32) -> Result<GcRef, HeapError> {
        let list = self.list_new(ty, len)?;
        self.mem.put(list.0 + LIST_LEN, len);
        Ok(list)
    }

    /// Number of elements.
    #[inline]
    #[must_use]
    pub fn list_len(&self, list: GcRef) -> u32 {
        self.list_parts(list).0
    }

    /// Number of elements the buffer has room for.
    #[inline]
    #[must_use]
    pub fn list_capacity(&self, list: GcRef) -> u32 {
        let (_, buffer) = self.list_parts(list);
        if buffer == 0 { 0 } else { self.aux(GcRef(buffer)) }
    }

    /// The offset of element `i` in the region.
    #[inline]
    fn element(&self, list: GcRef, shape: Shape, i: u32) -> u32 {
        let (_, buffer) = self.list_parts(list);
        buffer.wrapping_add(ARRAY_DATA).wrapping_add(i.wrapping_mul(shape.stride))
    }

    /// Leaf number `leaf` of element `i` as a register slot; `i` must be below the length.
    #[inline]
    #[must_use]
    pub fn list_get_leaf(&self, list: GcRef, i: u32, leaf: usize) -> u64 {
        let info = self.types.info(self.type_of(list));
        debug_assert!(i < self.list_len(list), "index beyond the list");
        let element = self.element(list, info.shape, i);
        match info.leaves().get(leaf) {
            Some(leaf) => self.mem.leaf(element.wrapping_add(leaf.offset), leaf.kind),
            None => 0,
        }
    }

    /// Writes leaf number `leaf` of element `i`; `i` must be below the length.
    ///
    /// # Errors
    /// When a shared list cannot be cloned.
    #[inline]
    pub fn list_set_leaf(
        &mut self,
        list: GcRef,
        i: u32,
        leaf: usize,
        slot: u64,
    ) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        let info = self.types.info(self.type_of(list));
        let element = self.element(list, info.shape, i);
        if i < self.list_len(list)
            && let Some(leaf) = info.leaves().get(leaf)
        {
            let (_, buffer) = self.list_parts(list);
            self.mem.put_leaf(buffer, element.wrapping_add(leaf.offset), leaf.kind, slot);
        }
        Ok(list)
    }

    /// Reads all leaves of element `i` into `out`; `i` must be below the length.
    #[inline]
    pub fn list_get_slots(&self, list: GcRef, i: u32, out: &mut [u64]) {
        let info = self.types.info(self.type_of(list));
        let element = self.element(list, info.shape, i);
        for (leaf, out) in info.leaves().iter().zip(out) {
            *out = self.mem.leaf(element.wrapping_add(leaf.offset), leaf.kind);
        }
    }

    /// Writes all leaves of element `i`; `i` must be below the length.
    ///
    /// # Errors
    /// When a shared list cannot be cloned.
    pub fn list_set_slots(
        &mut self,
        list: GcRef,
        i: u32,
        slots: &[u64],
    ) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        if i < self.list_len(list) {
            self.put_element(list, i, slots);
        }
        Ok(list)
    }

    #[inline]
    fn put_element(&mut self, list: GcRef, i: u32, slots: &[u64]) {
        let info = self.types.info(self.type_of(list));
        let element = self.element(list, info.shape, i);
        let (_, buffer) = self.list_parts(list);
        for (leaf, &slot) in info.leaves().iter().zip(slots) {
            self.mem.put_leaf(buffer, element.wrapping_add(leaf.offset), leaf.kind, slot);
        }
    }

    /// Appends one element.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    #[inline]
    pub fn list_push_slots(&mut self, list: GcRef, slots: &[u64]) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        let len = self.list_len(list);
        if len == self.list_capacity(list) {
            self.list_grow(list, 1)?;
        }
        self.put_element(list, len, slots);
        self.mem.put(list.0 + LIST_LEN, len + 1);
        Ok(list)
    }

    /// Removes the last element into `out`; false if the list is empty.
    ///
    /// # Errors
    /// When a shared list cannot be cloned.
    pub fn list_pop(&mut self, list: GcRef, out: &mut [u64]) -> Result<(GcRef, bool), HeapError> {
        let list = self.unshare(list)?;
        let len = self.list_len(list);
        if len == 0 {
            return Ok((list, false));
        }
        self.list_get_slots(list, len - 1, out);
        self.cut_tail(list, len - 1);
        Ok((list, true))
    }

    /// Shortens a list and clears what was cut off.
    fn cut_tail(&mut self, list: GcRef, len: u32) {
        let shape = self.list_shape(list);
        let gone = self.list_len(list).saturating_sub(len);
        let at = self.element(list, shape, len);
        self.mem.zero(at, u64::from(gone) * u64::from(shape.stride));
        self.mem.put(list.0 + LIST_LEN, len);
    }

    /// Keeps the first `len` elements.
    ///
    /// # Errors
    /// When a shared list cannot be cloned.
    pub fn list_truncate(&mut self, list: GcRef, len: u32) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        if len < self.list_len(list) {
            self.cut_tail(list, len);
        }
        Ok(list)
    }

    /// Makes room for `n` zero elements before element `i`, or at the end.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_insert_gap(&mut self, list: GcRef, i: u32, n: u32) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        let (len, shape) = (self.list_len(list), self.list_shape(list));
        let i = i.min(len);
        if self.list_capacity(list) - len < n {
            self.list_grow(list, n)?;
        }
        let (from, to) = (self.element(list, shape, i), self.element(list, shape, i + n));
        let stride = u64::from(shape.stride);
        let (_, buffer) = self.list_parts(list);
        self.mem.copy_refs(buffer, from, to, u64::from(len - i) * stride);
        self.mem.zero(from, u64::from(n) * stride);
        self.mem.put(list.0 + LIST_LEN, len + n);
        Ok(list)
    }

    /// Inserts one element before element `i`, or at the end.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_insert(&mut self, list: GcRef, i: u32, slots: &[u64]) -> Result<GcRef, HeapError> {
        let i = i.min(self.list_len(list));
        let list = self.list_insert_gap(list, i, 1)?;
        self.put_element(list, i, slots);
        Ok(list)
    }

    /// Removes the elements `from..to`; positions beyond the end are the end.
    ///
    /// # Errors
    /// When a shared list cannot be cloned.
    pub fn list_remove_range(
        &mut self,
        list: GcRef,
        from: u32,
        to: u32,
    ) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        let (len, shape) = (self.list_len(list), self.list_shape(list));
        let to = to.min(len);
        if from >= to {
            return Ok(list);
        }
        let (start, end) = (self.element(list, shape, from), self.element(list, shape, to));
        let (_, buffer) = self.list_parts(list);
        self.mem.copy_refs(buffer, end, start, u64::from(len - to) * u64::from(shape.stride));
        self.cut_tail(list, len - (to - from));
        Ok(list)
    }

    /// Makes room for exactly `capacity` elements, if there is less.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_reserve_exact(&mut self, list: GcRef, capacity: u32) -> Result<GcRef, HeapError> {
        let list = self.unshare(list)?;
        if capacity > self.list_capacity(list) {
            self.list_rebuffer(list, u64::from(capacity), u64::from(capacity))?;
        }
        Ok(list)
    }

    /// Makes room for `more` elements behind the last, and for as many again.
    #[cold]
    #[inline(never)]
    fn list_grow(&mut self, list: GcRef, more: u32) -> Result<(), HeapError> {
        let least = u64::from(self.list_len(list)) + u64::from(more);
        let capacity = u64::from(self.list_capacity(list));
        let bytes = capacity * u64::from(self.list_shape(list).stride);
        // Large buffers are mostly extended in place, and their slack is whole pages.
        let factor = if bytes > u64::from(MAX_SMALL) { 3 } else { 4 };
        self.list_rebuffer(list, least, least.max(capacity * factor / 2).max(4))
    }

    /// Gives a list a buffer for at least `least` elements, better `wanted`.
    fn list_rebuffer(&mut self, list: GcRef, least: u64, wanted: u64) -> Result<(), HeapError> {
        let ty = self.type_of(list);
        let shape = self.types.info(ty).shape;
        let (len, old) = self.list_parts(list);
        let new = match self.grow_buffer(shape, GcRef(old), len, wanted) {
            Err(_) if least < wanted => self.grow_buffer(shape, GcRef(old), len, least),
            result => result,
        }?;
        self.write_ref(list, LIST_BUF, new);
        Ok(())
    }

    /// A buffer for `capacity` elements that begins with the first `len` of `old`: `old`
    /// itself if it can be extended in place. Otherwise `old` must not be used any more.
    pub(crate) fn grow_buffer(
        &mut self,
        shape: Shape,
        old: GcRef,
        len: u32,
        capacity: u64,
    ) -> Result<GcRef, HeapError> {
        let stride = u64::from(shape.stride);
        let requested = u64::from(ARRAY_DATA) + stride * capacity;
        if capacity > u64::from(u32::MAX / 2) || requested > crate::MAX_OBJECT {
            return Err(HeapError::TooLarge { requested });
        }
        let small = requested <= u64::from(MAX_SMALL);
        let bytes = match small {
            true => u64::from(cell_bytes(lane_for(requested as u32, shape.pointer_free))),
            false => requested.next_multiple_of(4096),
        };
        let fitting = (bytes - u64::from(ARRAY_DATA)).checked_div(stride).unwrap_or(capacity);
        let was_large = !old.is_null() && self.meta(old) & LARGE != 0;
        if was_large && self.try_extend_large(old, bytes) {
            self.mem.put(old.0 + AUX, fitting as u32);
            return Ok(old);
        }
        let new = match small {
            true => self.alloc(shape.buffer, fitting as u32, bytes, shape.pointer_free)?,
            false => self.alloc_large(shape.buffer, fitting as u32, bytes, true)?,
        };
        if !old.is_null() {
            self.mem.copy(old.0 + ARRAY_DATA, new.0 + ARRAY_DATA, u64::from(len) * stride);
            self.free_large(old);
        }
        debug_assert!(new.0.is_multiple_of(GRANULE));
        Ok(new)
    }

    /// The elements `from..to` as a new list; positions beyond the end are the end.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn list_copy_range(&mut self, list: GcRef, from: u32, to: u32) -> Result<GcRef, HeapError> {
        let (len, shape) = (self.list_len(list), self.list_shape(list));
        let to = to.min(len);
        let count = to.saturating_sub(from);
        let copy = self.list_new_zeroed(self.type_of(list), count)?;
        let (source, target) = (self.element(list, shape, from), self.element(copy, shape, 0));
        if count > 0 {
            self.mem.copy(source, target, u64::from(count) * u64::from(shape.stride));
            self.share_elements(shape.buffer, target, count);
        }
        Ok(copy)
    }

    /// Appends the elements `from..to` of `source`, which may be the list itself.
    ///
    /// # Errors
    /// When the heap is full or the list would be too large.
    pub fn list_extend_range(
        &mut self,
        list: GcRef,
        source: GcRef,
        from: u32,
        to: u32,
    ) -> Result<GcRef, HeapError> {
        let to = to.min(self.list_len(source));
        let count = to.saturating_sub(from);
        let at = self.list_len(list);
        let result = self.list_insert_gap(list, at, count)?;
        // When the list was extended by itself, the elements are in the new buffer too.
        let source = if source == list { result } else { source };
        let shape = self.list_shape(result);
        let (start, target) = (self.element(source, shape, from), self.element(result, shape, at));
        let (_, buffer) = self.list_parts(result);
        self.mem.copy_refs(buffer, start, target, u64::from(count) * u64::from(shape.stride));
        self.share_elements(shape.buffer, target, count);
        Ok(result)
    }

    /// The elements of a list as bytes.
    #[inline]
    #[must_use]
    pub fn list_bytes(&self, list: GcRef) -> &[u8] {
        let shape = self.list_shape(list);
        let bytes = u64::from(self.list_len(list)) * u64::from(shape.stride);
        // SAFETY: the view borrows the heap; bytes need no alignment.
        unsafe { self.mem.slice(self.element(list, shape, 0), bytes) }
    }

    /// The elements of an unshared list as bytes; only for elements without references.
    #[inline]
    pub fn list_bytes_mut(&mut self, list: GcRef) -> &mut [u8] {
        debug_assert!(self.meta(list) & SHARED == 0, "the list is shared");
        let shape = self.list_shape(list);
        let bytes = u64::from(self.list_len(list)) * u64::from(shape.stride);
        // SAFETY: the view borrows the heap mutably; bytes need no alignment.
        unsafe { self.mem.slice_mut(self.element(list, shape, 0), bytes) }
    }

    /// The elements of a list of one 64-bit integer leaf each; empty for other lists.
    #[inline]
    #[must_use]
    pub fn list_as_i64_slice(&self, list: GcRef) -> &[i64] {
        let (at, len) = self.words(list, &[LeafKind::I64, LeafKind::U64]);
        // SAFETY: the view borrows the heap; element 0 of a buffer is aligned to 8.
        unsafe { self.mem.slice(at, len) }
    }

    /// As `list_as_i64_slice`, to write; the list must not be shared.
    #[inline]
    pub fn list_as_i64_slice_mut(&mut self, list: GcRef) -> &mut [i64] {
        let (at, len) = self.words(list, &[LeafKind::I64, LeafKind::U64]);
        // SAFETY: the view borrows the heap mutably; element 0 is aligned to 8.
        unsafe { self.mem.slice_mut(at, len) }
    }

    /// The elements of a list of one `f64` leaf each; empty for other lists.
    #[inline]
    #[must_use]
    pub fn list_as_f64_slice(&self, list: GcRef) -> &[f64] {
        let (at, len) = self.words(list, &[LeafKind::F64]);
        // SAFETY: the view borrows the heap; element 0 of a buffer is aligned to 8.
        unsafe { self.mem.slice(at, len) }
    }

    /// As `list_as_f64_slice`, to write; the list must not be shared.
    #[inline]
    pub fn list_as_f64_slice_mut(&mut self, list: GcRef) -> &mut [f64] {
        let (at, len) = self.words(list, &[LeafKind::F64]);
        // SAFETY: the view borrows the heap mutably; element 0 is aligned to 8.
        unsafe { self.mem.slice_mut(at, len) }
    }

    /// Where the elements of a list of single 64-bit leaves are, and how many.
    #[inline]
    fn words(&self, list: GcRef, kinds: &[LeafKind]) -> (u32, u64) {
        let shape = self.list_shape(list);
        let fits = shape.stride == 8 && shape.first.is_some_and(|kind| kinds.contains(&kind));
        let len = if fits { u64::from(self.list_len(list)) } else { 0 };
        let at = self.element(list, shape, 0);
        // A wrong reference may point anywhere; an odd place has no words.
        if at.is_multiple_of(8) { (at, len) } else { (0, 0) }
    }
}
