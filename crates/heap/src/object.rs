//! What all objects have in common: header, leaves, allocation by type, value semantics.
//!
//! A list, map or array is a *value*: when two places hold it, it carries the sticky shared
//! bit, and the next write clones one level first (`unshare`). Structs are shared by
//! reference on purpose; they are cloned only when asked for. Operations of the single
//! kinds are in `string`, `list` and `map`.

use crate::Heap;
use crate::error::HeapError;
use crate::header::{
    ARRAY_DATA, AUX, BYTES_DATA, CLOSURE_FUNC, GcRef, LIST_BUF, LIST_LEN, META, SHARED,
    STRUCT_DATA, type_of_meta,
};
use crate::types::{LeafKind, TypeId, TypeKind};

impl Heap {
    /// The first header word.
    #[inline]
    pub(crate) fn meta(&self, object: GcRef) -> u32 {
        self.mem.u32(object.0.wrapping_add(META))
    }

    /// The second header word.
    #[inline]
    pub(crate) fn aux(&self, object: GcRef) -> u32 {
        self.mem.u32(object.0.wrapping_add(AUX))
    }

    /// The type of an object.
    #[inline]
    #[must_use]
    pub fn type_of(&self, object: GcRef) -> TypeId {
        type_of_meta(self.meta(object))
    }

    /// Is the object of the type `ty` or of a descendant?
    #[inline]
    #[must_use]
    pub fn is_instance(&self, object: GcRef, ty: TypeId) -> bool {
        self.types.is_subtype(self.type_of(object), ty)
    }

    /// Reads the leaf `offset` bytes into an object as a register slot.
    #[inline]
    #[must_use]
    pub fn read_leaf(&self, object: GcRef, offset: u32, kind: LeafKind) -> u64 {
        self.mem.leaf(object.0.wrapping_add(offset), kind)
    }

    /// Writes a register slot to the leaf `offset` bytes into an object.
    #[inline]
    pub fn write_leaf(&mut self, object: GcRef, offset: u32, kind: LeafKind, slot: u64) {
        self.mem.put_leaf(object.0, object.0.wrapping_add(offset), kind, slot);
    }

    /// Stores a reference `offset` bytes into an object.
    #[inline]
    pub fn write_ref(&mut self, object: GcRef, offset: u32, value: GcRef) {
        self.mem.put_ref(object.0, object.0.wrapping_add(offset), value.0);
    }

    /// Allocates a struct with all fields zero.
    ///
    /// # Errors
    /// When the heap is full.
    #[inline]
    pub fn new_struct(&mut self, ty: TypeId) -> Result<GcRef, HeapError> {
        self.alloc_fixed(ty)
    }

    /// Allocates a closure with all captures zero.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn new_closure(&mut self, ty: TypeId, func: u32) -> Result<GcRef, HeapError> {
        let closure = self.alloc_fixed(ty)?;
        self.mem.put(closure.0 + CLOSURE_FUNC, func);
        Ok(closure)
    }

    /// Allocates an array of `len` zero elements.
    ///
    /// # Errors
    /// When the heap is full or the array would be too large.
    pub fn new_array(&mut self, ty: TypeId, len: u32) -> Result<GcRef, HeapError> {
        let info = self.types.info(ty);
        let (stride, pointer_free) = (u64::from(info.shape.stride), info.pointer_free);
        self.alloc(ty, len, u64::from(ARRAY_DATA) + stride * u64::from(len), pointer_free)
    }

    /// Number of elements of an array.
    #[inline]
    #[must_use]
    pub fn array_len(&self, array: GcRef) -> u32 {
        self.aux(array)
    }

    /// The offset of element `i` of an array from the array's start.
    #[inline]
    #[must_use]
    pub fn array_offset(&self, array: GcRef, i: u32) -> u32 {
        let stride = self.types.info(self.type_of(array)).shape.stride;
        ARRAY_DATA.wrapping_add(stride.wrapping_mul(i))
    }

    /// Allocates a byte string.
    ///
    /// # Errors
    /// When the heap is full or the byte string would be too large.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Result<GcRef, HeapError> {
        let object = self.new_bytes_zeroed(bytes.len() as u64)?;
        self.mem.copy_in(object.0 + BYTES_DATA, bytes);
        Ok(object)
    }

    /// Allocates a byte string of zeros, to be filled through `bytes_mut`.
    ///
    /// # Errors
    /// When the heap is full or the byte string would be too large.
    pub fn new_bytes_zeroed(&mut self, len: u64) -> Result<GcRef, HeapError> {
        let total = u64::from(BYTES_DATA).saturating_add(len);
        self.alloc(TypeId::BYTES, len as u32, total, true)
    }

    /// The contents of a byte string.
    #[inline]
    #[must_use]
    pub fn bytes(&self, object: GcRef) -> &[u8] {
        let at = object.0.wrapping_add(BYTES_DATA);
        // SAFETY: the view borrows the heap; bytes need no alignment.
        unsafe { self.mem.slice(at, u64::from(self.aux(object))) }
    }

    /// The contents of a byte string that is not yet visible to the program.
    #[inline]
    pub fn bytes_mut(&mut self, object: GcRef) -> &mut [u8] {
        let at = object.0.wrapping_add(BYTES_DATA);
        // SAFETY: the view borrows the heap mutably; bytes need no alignment.
        unsafe { self.mem.slice_mut(at, u64::from(self.aux(object))) }
    }

    /// Sets the shared bit: from now on a write to the object clones it first.
    #[inline]
    pub fn mark_shared(&mut self, object: GcRef) {
        if !object.is_null() {
            self.mem.put(object.0.wrapping_add(META), self.meta(object) | SHARED);
        }
    }

    /// Is the shared bit set?
    #[inline]
    #[must_use]
    pub fn is_shared(&self, object: GcRef) -> bool {
        self.meta(object) & SHARED != 0
    }

    /// The object itself if it is not shared, else a clone of it that is not.
    ///
    /// # Errors
    /// When the heap is full.
    #[inline]
    pub fn unshare(&mut self, object: GcRef) -> Result<GcRef, HeapError> {
        if self.is_shared(object) { self.own_copy(object) } else { Ok(object) }
    }

    /// A clone of a shared object for one who writes it.
    #[inline(never)]
    fn own_copy(&mut self, object: GcRef) -> Result<GcRef, HeapError> {
        self.note_copy(object);
        self.clone_object(object)
    }

    /// Clones one level of an object; lists, maps and arrays in it become shared.
    /// Strings and other immutable objects are returned as they are.
    ///
    /// # Errors
    /// When the heap is full.
    #[inline(never)]
    pub fn clone_object(&mut self, object: GcRef) -> Result<GcRef, HeapError> {
        let ty = self.type_of(object);
        let info = self.types.info(ty);
        let bytes = u64::from(info.bytes);
        match info.desc.kind {
            TypeKind::Struct(_) => {
                let clone = self.alloc_fixed(ty)?;
                let data = bytes - u64::from(STRUCT_DATA);
                self.mem.copy(object.0 + STRUCT_DATA, clone.0 + STRUCT_DATA, data);
                self.share_elements(ty, clone.0 + STRUCT_DATA, 1);
                Ok(clone)
            }
            TypeKind::Array { .. } => self.clone_array(object, self.aux(object)),
            TypeKind::List { .. } => self.list_copy_range(object, 0, self.list_len(object)),
            TypeKind::Map { .. } => self.map_clone(object),
            _ => Ok(object),
        }
    }

    /// Clones the first `len` elements of an array.
    pub(crate) fn clone_array(&mut self, array: GcRef, len: u32) -> Result<GcRef, HeapError> {
        let ty = self.type_of(array);
        let bytes = u64::from(self.types.info(ty).shape.stride) * u64::from(len);
        let clone = self.new_array(ty, len)?;
        self.mem.copy(array.0 + ARRAY_DATA, clone.0 + ARRAY_DATA, bytes);
        self.share_elements(ty, clone.0 + ARRAY_DATA, len);
        Ok(clone)
    }

    /// Sets the shared bit of the collections that `count` elements at `at` refer to.
    /// `ty` has the layout of one element.
    pub(crate) fn share_elements(&mut self, ty: TypeId, at: u32, count: u32) {
        let info = self.types.info(ty);
        if !info.shape.may_share {
            return;
        }
        for i in 0..count {
            let element = at.wrapping_add(i.wrapping_mul(info.shape.stride));
            for leaf in info.leaves().iter().filter(|leaf| leaf.kind.is_ref()) {
                let target = self.mem.u32(element.wrapping_add(leaf.offset));
                let meta = self.mem.u32(target.wrapping_add(META));
                if self.is_collection(type_of_meta(meta)) {
                    self.mem.put(target.wrapping_add(META), meta | SHARED);
                }
            }
        }
    }

    /// Are objects of this type values that are cloned on write when shared?
    pub(crate) fn is_collection(&self, ty: TypeId) -> bool {
        matches!(
            self.types.info(ty).desc.kind,
            TypeKind::List { .. } | TypeKind::Map { .. } | TypeKind::Array { .. }
        )
    }

    /// The parts of a list that engines read inline: length and buffer.
    #[inline]
    pub(crate) fn list_parts(&self, list: GcRef) -> (u32, u32) {
        (self.mem.u32(list.0.wrapping_add(LIST_LEN)), self.mem.u32(list.0.wrapping_add(LIST_BUF)))
    }
}
