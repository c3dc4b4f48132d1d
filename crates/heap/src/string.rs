//! Strings: immutable UTF-8 with a cached hash, a code-point count and O(1) indexing.
//!
//! Layout: header (`AUX` = bytes, flag `ASCII`), hash, code points, the bytes. A string that
//! is not ASCII and has more than `STEP` code points is followed by an index: the byte
//! offset of every `STEP`th code point, so that a position is found in a bounded walk.

use crate::Heap;
use crate::error::HeapError;
use crate::header::{ASCII, GcRef, STR_CHARS, STR_DATA, STR_HASH};
use crate::types::TypeId;

/// Code points per index entry.
const STEP: u32 = 64;

/// Is this byte the first of a code point?
#[inline]
fn starts_char(byte: u8) -> bool {
    byte as i8 >= -64
}

/// Number of index entries of a string.
fn index_len(chars: u32, ascii: bool) -> u32 {
    if ascii { 0 } else { chars.saturating_sub(1) / STEP }
}

impl Heap {
    /// Allocates a string.
    ///
    /// # Errors
    /// When the heap is full or the string would be too large.
    pub fn new_str(&mut self, text: &str) -> Result<GcRef, HeapError> {
        let bytes = text.as_bytes();
        if bytes.is_ascii() {
            let object = self.alloc_str(bytes.len() as u64, bytes.len() as u64, true)?;
            self.mem.copy_in(object.0 + STR_DATA, bytes);
            return Ok(object);
        }
        self.new_wide_str(bytes)
    }

    /// Allocates a string that is not ASCII.
    #[inline(never)]
    fn new_wide_str(&mut self, bytes: &[u8]) -> Result<GcRef, HeapError> {
        let chars = bytes.iter().filter(|&&b| starts_char(b)).count();
        let object = self.alloc_str(bytes.len() as u64, chars as u64, false)?;
        self.mem.copy_in(object.0 + STR_DATA, bytes);
        self.index_chars(object);
        Ok(object)
    }

    /// Allocates a string from bytes; `None` if they are not UTF-8.
    ///
    /// # Errors
    /// When the heap is full or the string would be too large.
    pub fn new_str_from_bytes(&mut self, bytes: &[u8]) -> Result<Option<GcRef>, HeapError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.new_str(text).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Allocates a string of one character.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn new_str_char(&mut self, c: char) -> Result<GcRef, HeapError> {
        self.new_str(c.encode_utf8(&mut [0; 4]))
    }

    /// Allocates a string without its contents.
    #[inline(always)]
    fn alloc_str(&mut self, len: u64, chars: u64, ascii: bool) -> Result<GcRef, HeapError> {
        let index = u64::from(index_len(chars as u32, ascii)) * 4;
        let total = u64::from(STR_DATA) + len.next_multiple_of(4) + index;
        let flags = if ascii { ASCII } else { 0 };
        let object = self.alloc_flagged(TypeId::STR, flags, len as u32, total, true)?;
        self.mem.put(object.0 + STR_CHARS, chars as u32);
        Ok(object)
    }

    /// Fills the index of a string whose bytes are in place.
    fn index_chars(&mut self, object: GcRef) {
        let entries = index_len(self.str_len(object), self.is_ascii(object));
        let mut at = self.str_index(object);
        let (mut byte, mut chars) = (0, 0);
        for _ in 0..entries {
            chars += STEP;
            byte = self.skip_chars(object, byte, STEP);
            self.mem.put(at, byte);
            at += 4;
        }
        debug_assert!(chars < self.str_len(object) || entries == 0);
    }

    /// The offset of the index in the region.
    fn str_index(&self, object: GcRef) -> u32 {
        let bytes = self.aux(object).next_multiple_of(4);
        object.0.wrapping_add(STR_DATA).wrapping_add(bytes)
    }

    /// The byte offset `count` code points behind the byte offset `from`.
    fn skip_chars(&self, object: GcRef, from: u32, count: u32) -> u32 {
        let bytes = self.str_bytes(object);
        let rest = bytes.get(from as usize..).unwrap_or(&[]);
        let mut starts = rest.iter().enumerate().filter(|(_, b)| starts_char(**b));
        match starts.nth(count as usize) {
            Some((offset, _)) => from + offset as u32,
            None => bytes.len() as u32,
        }
    }

    /// The bytes of a string.
    #[inline]
    #[must_use]
    pub fn str_bytes(&self, object: GcRef) -> &[u8] {
        let at = object.0.wrapping_add(STR_DATA);
        // SAFETY: the view borrows the heap; bytes need no alignment.
        unsafe { self.mem.slice(at, u64::from(self.aux(object))) }
    }

    /// The text of a string, without a copy.
    #[inline]
    #[must_use]
    pub fn str(&self, object: GcRef) -> &str {
        let bytes = self.str_bytes(object);
        // Long texts are read piece by piece: looking at all of one each time would be quadratic.
        debug_assert!(bytes.len() > 256 || std::str::from_utf8(bytes).is_ok(), "UTF-8 is held");
        // SAFETY: string objects are made from `&str`, or from parts of one cut at the
        // start of code points, and are never written again.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }

    /// Number of code points.
    #[inline]
    #[must_use]
    pub fn str_len(&self, object: GcRef) -> u32 {
        self.mem.u32(object.0.wrapping_add(STR_CHARS))
    }

    /// Is every character ASCII?
    #[inline]
    #[must_use]
    pub fn is_ascii(&self, object: GcRef) -> bool {
        self.meta(object) & ASCII != 0
    }

    /// The byte offset of code point `i`; the byte length if `i` is the length or more.
    #[inline]
    #[must_use]
    pub fn str_byte_offset(&self, object: GcRef, i: u32) -> u32 {
        if i >= self.str_len(object) {
            return self.aux(object);
        }
        if self.is_ascii(object) {
            return i;
        }
        let start = match i / STEP {
            0 => 0,
            n => self.mem.u32(self.str_index(object).wrapping_add((n - 1) * 4)),
        };
        self.skip_chars(object, start, i % STEP)
    }

    /// The code point at position `i`.
    #[inline]
    #[must_use]
    pub fn str_char_at(&self, object: GcRef, i: u32) -> Option<char> {
        if i >= self.str_len(object) {
            return None;
        }
        let at = self.str_byte_offset(object, i);
        if self.is_ascii(object) {
            return self.str_bytes(object).get(at as usize).map(|&b| char::from(b));
        }
        self.str(object).get(at as usize..)?.chars().next()
    }

    /// The code points `from..to` as a new string; positions beyond the end are the end.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn str_slice_chars(
        &mut self,
        object: GcRef,
        from: u32,
        to: u32,
    ) -> Result<GcRef, HeapError> {
        if from == 0 && to >= self.str_len(object) {
            return Ok(object);
        }
        let end = self.str_byte_offset(object, to);
        let start = self.str_byte_offset(object, from).min(end);
        self.str_slice_bytes(object, start, end)
    }

    /// The bytes `from..to` as a new string; both must be starts of code points.
    ///
    /// # Errors
    /// When the heap is full.
    pub fn str_slice_bytes(
        &mut self,
        object: GcRef,
        from: u32,
        to: u32,
    ) -> Result<GcRef, HeapError> {
        let Some(part) = self.str(object).get(from as usize..to as usize) else {
            return self.new_str("");
        };
        let ascii = self.is_ascii(object) || part.is_ascii();
        let len = part.len() as u64;
        let starts = || part.bytes().filter(|&b| starts_char(b)).count() as u64;
        let chars = if ascii { len } else { starts() };
        let slice = self.alloc_str(len, chars, ascii)?;
        self.mem.copy(object.0 + STR_DATA + from, slice.0 + STR_DATA, len);
        if !ascii {
            self.index_chars(slice);
        }
        Ok(slice)
    }

    /// Two strings one after the other.
    ///
    /// # Errors
    /// When the heap is full or the string would be too large.
    pub fn str_concat(&mut self, a: GcRef, b: GcRef) -> Result<GcRef, HeapError> {
        let (left, right) = (self.aux(a), self.aux(b));
        if left == 0 {
            return Ok(b);
        }
        if right == 0 {
            return Ok(a);
        }
        let ascii = self.is_ascii(a) && self.is_ascii(b);
        let chars = u64::from(self.str_len(a)) + u64::from(self.str_len(b));
        let whole = self.alloc_str(u64::from(left) + u64::from(right), chars, ascii)?;
        self.mem.copy(a.0 + STR_DATA, whole.0 + STR_DATA, u64::from(left));
        self.mem.copy(b.0 + STR_DATA, whole.0 + STR_DATA + left, u64::from(right));
        if !ascii {
            self.index_chars(whole);
        }
        Ok(whole)
    }

    /// The keyed hash of a string, cached in it; never 0.
    #[inline]
    #[must_use]
    pub fn str_hash(&self, object: GcRef) -> u32 {
        match self.mem.u32(object.0.wrapping_add(STR_HASH)) {
            0 => self.compute_str_hash(object),
            hash => hash,
        }
    }

    #[inline(never)]
    fn compute_str_hash(&self, object: GcRef) -> u32 {
        let hash = self.hash_key.bytes(self.str_bytes(object));
        // The cached hash is not part of the bytes that a borrowed `&str` sees.
        self.mem.put(object.0.wrapping_add(STR_HASH), hash);
        hash
    }

    /// Do two strings have the same characters?
    #[inline]
    #[must_use]
    pub fn str_eq(&self, a: GcRef, b: GcRef) -> bool {
        a == b || self.aux(a) == self.aux(b) && self.str_bytes(a) == self.str_bytes(b)
    }
}
