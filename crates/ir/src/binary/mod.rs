//! The binary form of modules, `.kab`: compact, checked, the same on every platform.
//!
//! ```text
//! "KAAB"  version  flags  hash of the rest (8 bytes)  sections
//! section: id (1 byte)  length  content
//! ```
//!
//! Sections stand in the order of their ids, each at most once and none of them empty, so
//! that a module has exactly one form but for the debug information. Integers are LEB128.
//! Operands are encoded by their kinds in `kaa-isa`. Decoding bounds every count by what the
//! input can hold; what a decoded module means is for `verify` to check. The hash finds
//! accidents; it is no signature and keeps nobody out.

mod decode;
mod encode;

use std::fmt;

use kaa_base::wire::{WireError, WireErrorKind};

use crate::module::Module;
use crate::types::TypeDeclError;

/// The first bytes of every file.
pub const MAGIC: [u8; 4] = *b"KAAB";
/// The version this crate reads and writes.
pub const VERSION: u64 = 1;

/// The numbers of the sections, in their order.
mod section {
    pub const NAME: u8 = 1;
    pub const FILES: u8 = 2;
    pub const SIGS: u8 = 3;
    pub const TYPES: u8 = 4;
    pub const IMPORTS: u8 = 5;
    pub const DATA: u8 = 6;
    pub const GLOBALS: u8 = 7;
    pub const FUNCS: u8 = 8;
    pub const EXPORTS: u8 = 9;
    pub const DEBUG: u8 = 10;
}

/// Why bytes are no module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where, in bytes from the start.
    pub offset: usize,
    /// What is wrong there.
    pub kind: DecodeErrorKind,
}

/// The kinds of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// The bytes do not begin as a module does.
    NotAModule,
    /// The file is of another version of the format.
    Version,
    /// A flag is set that this version does not know.
    Flags,
    /// The content does not match its hash.
    Hash,
    /// The file is larger than any module may be.
    TooLarge,
    /// A section is unknown, empty, out of order, or has bytes left over.
    Section(u8),
    /// An item is malformed.
    Item(WireErrorKind),
    /// A heap type cannot be declared.
    Type(TypeDeclError),
    /// A signature stands in the table twice.
    SameSignature,
}

impl DecodeErrorKind {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAModule => "B001",
            Self::Version => "B002",
            Self::Flags => "B003",
            Self::Hash => "B004",
            Self::TooLarge => "B005",
            Self::Section(_) => "B006",
            Self::Item(_) => "B007",
            Self::Type(_) => "B008",
            Self::SameSignature => "B009",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DecodeErrorKind::NotAModule => write!(f, "this is not a binary module")?,
            DecodeErrorKind::Version => write!(f, "the format is of another version")?,
            DecodeErrorKind::Flags => write!(f, "the module asks for what is not known here")?,
            DecodeErrorKind::Hash => write!(f, "the content is damaged: its hash differs")?,
            DecodeErrorKind::TooLarge => write!(f, "the file is too large")?,
            DecodeErrorKind::Section(id) => {
                write!(f, "section {id} is unknown, empty, misplaced or too long")?;
            }
            DecodeErrorKind::Item(kind) => {
                return write!(f, "{}", WireError { offset: self.offset, kind });
            }
            DecodeErrorKind::Type(e) => write!(f, "{e}")?,
            DecodeErrorKind::SameSignature => write!(f, "a signature stands there twice")?,
        }
        write!(f, " (byte {})", self.offset)
    }
}

impl std::error::Error for DecodeError {}

impl From<WireError> for DecodeError {
    fn from(e: WireError) -> Self {
        Self { offset: e.offset, kind: DecodeErrorKind::Item(e.kind) }
    }
}

/// The bytes of a module; the same module always gives the same bytes.
pub fn encode(module: &Module) -> Vec<u8> {
    encode::module(module)
}

/// Reads a module. It is well-formed then, but not verified.
pub fn decode(bytes: &[u8]) -> Result<Module, DecodeError> {
    decode::module(bytes, true)
}

/// As [`decode`], but takes a content whose hash differs. For tools that make broken modules
/// on purpose: without this, hardly any of them would be looked at.
pub fn decode_ignoring_hash(bytes: &[u8]) -> Result<Module, DecodeError> {
    decode::module(bytes, false)
}

/// FNV-1a over 64-bit words, the last one filled with zeros, with the length mixed in.
fn content_hash(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(PRIME);
        // Multiplication moves nothing downwards; without this the high bytes of a word
        // would hardly count.
        hash ^= hash >> 32;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_changes_the_hash() {
        let bytes: Vec<u8> = (0..29).collect();
        let hash = content_hash(&bytes);
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(content_hash(&other), hash, "bit {bit}");
        }
        assert_ne!(content_hash(&[0; 7]), content_hash(&[0; 8]));
    }

    #[test]
    fn the_empty_module_is_short_and_comes_back() {
        let bytes = encode(&Module::default());
        assert_eq!(bytes.len(), 14);
        assert_eq!(decode(&bytes), Ok(Module::default()));
    }

    #[test]
    fn damage_is_found() {
        let bytes = encode(&Module::new("some name"));
        for i in 0..bytes.len() {
            let mut other = bytes.clone();
            other[i] ^= 0x10;
            assert!(decode(&other).is_err(), "byte {i}");
            assert!(decode(&bytes[..i]).is_err(), "first {i} bytes");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(decode_ignoring_hash(&longer).is_err());
    }
}
