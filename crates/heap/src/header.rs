//! The object header and the byte offsets of the fixed object parts.
//!
//! Engines compile these constants into their code, so they are public. An object starts
//! at a multiple of 16 with two words: `meta` (type id and flags) and `aux` (a length).
//! What stands behind the header is described at each constant; the operations are in
//! `string`, `list`, `map` and `object`.

use crate::types::TypeId;

/// A reference: the byte offset of an object in its heap's region. 0 is null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct GcRef(pub u32);

impl GcRef {
    /// The null reference.
    pub const NULL: GcRef = GcRef(0);

    /// Is this the null reference?
    #[inline(always)]
    #[must_use]
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The reference as a register slot.
    #[inline(always)]
    #[must_use]
    pub fn slot(self) -> u64 {
        u64::from(self.0)
    }

    /// The reference in a register slot.
    #[inline(always)]
    #[must_use]
    pub fn from_slot(slot: u64) -> GcRef {
        GcRef(slot as u32)
    }
}

/// Bytes of the header of every object.
pub const HEADER: u32 = 8;
/// Offset of the word with the type id and the flags.
pub const META: u32 = 0;
/// Offset of the word with the length (elements or bytes).
pub const AUX: u32 = 4;

/// The bits of `meta` that hold the type id.
pub const TYPE_MASK: u32 = 0x00ff_ffff;
/// Sticky: more than one place may hold this object, so a write must clone it first.
pub const SHARED: u32 = 1 << 31;
/// The string is ASCII: byte and character offsets are the same.
pub const ASCII: u32 = 1 << 30;
/// The object has pages of its own.
pub const LARGE: u32 = 1 << 29;
/// A collection has found the object alive and has looked into it, so a reference that is
/// stored there dirties its card (`cards`). Never set for objects without references.
pub const OLD: u32 = 1 << 28;

/// First field of a struct.
pub const STRUCT_DATA: u32 = 8;
/// First element of an array; its length is `AUX`.
pub const ARRAY_DATA: u32 = 8;
/// First byte of a bytes object; its length is `AUX`.
pub const BYTES_DATA: u32 = 16;
/// Cached hash of a string (0 = not yet computed); its byte length is `AUX`.
pub const STR_HASH: u32 = 8;
/// Number of code points of a string.
pub const STR_CHARS: u32 = 12;
/// First byte of a string.
pub const STR_DATA: u32 = 16;
/// Number of elements of a list.
pub const LIST_LEN: u32 = 8;
/// The array that holds the elements of a list, or 0; its `AUX` is the capacity.
pub const LIST_BUF: u32 = 12;
/// Bytes of a list object.
pub const LIST_BYTES: u32 = 16;
/// Number of live entries of a map.
pub const MAP_LEN: u32 = 8;
/// Number of entries of a map, removed ones included.
pub const MAP_USED: u32 = 12;
/// The hash index of a map (a raw buffer), or 0.
pub const MAP_INDEX: u32 = 16;
/// The array of entries of a map, or 0.
pub const MAP_ENTRIES: u32 = 20;
/// All entries before this one are removed.
pub const MAP_FIRST: u32 = 24;
/// Number of slots of a map's index that no entry needs any more.
pub const MAP_LOST: u32 = 28;
/// Where an 8-byte key stands in an entry of a map, behind the mark word.
pub const MAP_INT_KEY: u32 = 8;
/// Where a reference stands that is the key of an entry.
pub const MAP_STR_KEY: u32 = 4;
/// Bytes of a map object.
pub const MAP_BYTES: u32 = 32;
/// The function id of a closure.
pub const CLOSURE_FUNC: u32 = 8;
/// First captured value of a closure.
pub const CLOSURE_DATA: u32 = 16;

/// The type in a `meta` word.
#[inline(always)]
#[must_use]
pub fn type_of_meta(meta: u32) -> TypeId {
    TypeId(meta & TYPE_MASK)
}
