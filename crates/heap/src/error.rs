//! What can go wrong in the heap, as data.
//!
//! Every variant has a stable code. Nothing here aborts: the embedder decides what a full
//! heap means for the program that filled it.

use std::fmt;

/// A failed heap operation. The heap stays usable after each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeapError {
    /// The byte limit is reached, but a collection may free enough: collect and try again.
    NeedCollect,
    /// The byte limit is reached and collecting does not help.
    OutOfMemory {
        /// Bytes the failed operation asked for.
        requested: u64,
        /// The limit of this heap in bytes.
        limit: u64,
    },
    /// One object would be larger than an object may be.
    TooLarge {
        /// Bytes the failed operation asked for.
        requested: u64,
    },
    /// Two values are nested deeper than a structural comparison follows.
    TooDeep,
    /// A value of this kind cannot be compared, hashed or used as a key.
    NotComparable,
    /// The system did not give the address space for a heap.
    NoAddressSpace,
}

impl HeapError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            HeapError::NeedCollect => "heap-need-collect",
            HeapError::OutOfMemory { .. } => "heap-out-of-memory",
            HeapError::TooLarge { .. } => "heap-object-too-large",
            HeapError::TooDeep => "heap-too-deep",
            HeapError::NotComparable => "heap-not-comparable",
            HeapError::NoAddressSpace => "heap-no-address-space",
        }
    }
}

impl fmt::Display for HeapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeapError::NeedCollect => f.write_str("the heap must be collected first"),
            HeapError::OutOfMemory { requested, limit } => {
                write!(f, "out of memory: {requested} bytes asked, the limit is {limit} bytes")
            }
            HeapError::TooLarge { requested } => {
                write!(f, "an object of {requested} bytes is too large")
            }
            HeapError::TooDeep => f.write_str("the values are nested too deeply"),
            HeapError::NotComparable => f.write_str("values of this kind cannot be compared"),
            HeapError::NoAddressSpace => f.write_str("no address space for the heap"),
        }
    }
}

impl std::error::Error for HeapError {}
