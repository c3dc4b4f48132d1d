//! Words of register code: packing and unpacking.

use crate::reg::RegOp;

/// One word: an instruction or what belongs to the one before it.
pub type Word = u64;

/// An instruction with three 16-bit fields.
pub fn abc(op: RegOp, variant: u16, a: u16, b: u16, c: u16) -> Word {
    let op = (op as u16) << 2 | variant;
    u64::from(op) | u64::from(a) << 16 | u64::from(b) << 32 | u64::from(c) << 48
}

/// An instruction with one 16-bit and one 32-bit field.
pub fn abx(op: RegOp, variant: u16, a: u16, bx: u32) -> Word {
    let op = (op as u16) << 2 | variant;
    u64::from(op) | u64::from(a) << 16 | u64::from(bx) << 32
}

/// The operation of a word, `None` for a number outside the table.
pub fn op(word: Word) -> Option<RegOp> {
    RegOp::ALL.get(usize::from(word as u16 >> 2)).copied()
}

/// Which operands are in the accumulator.
pub fn variant(word: Word) -> u16 {
    word as u16 & 3
}

/// Field a.
#[inline(always)]
pub fn a(word: Word) -> u16 {
    (word >> 16) as u16
}

/// Field b.
#[inline(always)]
pub fn b(word: Word) -> u16 {
    (word >> 32) as u16
}

/// Field c.
#[inline(always)]
pub fn c(word: Word) -> u16 {
    (word >> 48) as u16
}

/// Fields b and c as one.
#[inline(always)]
pub fn bx(word: Word) -> u32 {
    (word >> 32) as u32
}

/// The place of a leaf in a sequence of elements, as the extra word of `...x` operations:
/// stride and offset in bytes, and what is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LeafPlace {
    /// Bytes from one element to the next.
    pub stride: u32,
    /// Bytes from the start of the element.
    pub offset: u32,
    /// Size and extension of the leaf.
    pub access: Access,
}

/// Where the value of an entry of a map is, as the extra word of operations on maps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapPlace {
    /// Bytes from one entry to the next.
    pub stride: u16,
    /// Bytes from the start of the entry.
    pub offset: u16,
    /// Size and extension of the value.
    pub access: Access,
    /// The slot of what a missing key gives.
    pub default: u16,
}

impl MapPlace {
    /// As a word: stride, offset and default of 16 bits each, access 8 bits.
    pub fn pack(self) -> Word {
        u64::from(self.stride)
            | u64::from(self.offset) << 16
            | u64::from(self.default) << 32
            | u64::from(self.access as u8) << 56
    }

    /// From a word that [`MapPlace::pack`] made.
    #[inline(always)]
    pub fn unpack(word: Word) -> MapPlace {
        MapPlace {
            stride: word as u16,
            offset: (word >> 16) as u16,
            access: Access::of_word(word),
            default: (word >> 32) as u16,
        }
    }
}

/// How a leaf is read and written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Access {
    /// Eight bytes.
    W8,
    /// Eight bytes that are an `f64`.
    F8,
    /// Four bytes, zero-extended.
    U4,
    /// Four bytes, sign-extended.
    S4,
    /// Two bytes, zero-extended.
    U2,
    /// Two bytes, sign-extended.
    S2,
    /// One byte, zero-extended.
    U1,
    /// One byte, sign-extended.
    S1,
    /// A reference: four bytes, written through the barrier.
    Ref,
}

impl Access {
    /// All kinds by number.
    pub const ALL: [Access; 9] = [
        Access::W8,
        Access::F8,
        Access::U4,
        Access::S4,
        Access::U2,
        Access::S2,
        Access::U1,
        Access::S1,
        Access::Ref,
    ];

    /// The kind in the high bits of an extra word.
    #[inline(always)]
    fn of_word(word: Word) -> Access {
        Access::ALL[((word >> 56) as usize).min(Access::ALL.len() - 1)]
    }
}

impl LeafPlace {
    /// As a word: stride 32 bits, offset 24 bits, access 8 bits.
    pub fn pack(self) -> Word {
        u64::from(self.stride)
            | u64::from(self.offset & 0xff_ffff) << 32
            | u64::from(self.access as u8) << 56
    }

    /// From a word that [`LeafPlace::pack`] made.
    #[inline(always)]
    pub fn unpack(word: Word) -> LeafPlace {
        let offset = (word >> 32) as u32 & 0xff_ffff;
        LeafPlace { stride: word as u32, offset, access: Access::of_word(word) }
    }
}
