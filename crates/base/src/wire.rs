//! Bounded reading and writing of bytes: LEB128 integers, strings, fixed words.
//!
//! A reader never trusts a count: [`Reader::count`] refuses a number of items that the
//! rest of the input cannot hold, so a short hostile file cannot ask for much memory.

use std::fmt;

/// Why bytes could not be read; `offset` is the position in the whole input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// Byte offset at which reading failed.
    pub offset: usize,
    /// What is wrong there.
    pub kind: WireErrorKind,
}

/// The kinds of [`WireError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireErrorKind {
    /// The input ends inside an item.
    Truncated,
    /// An integer is longer than its type or not in its shortest form.
    BadInteger,
    /// A string is not UTF-8.
    BadUtf8,
    /// A count is larger than the rest of the input can hold, or than a limit.
    TooMany,
    /// A tag byte has no meaning here.
    BadTag,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            WireErrorKind::Truncated => "the input ends inside an item",
            WireErrorKind::BadInteger => "an integer is malformed or too large",
            WireErrorKind::BadUtf8 => "a string is not valid UTF-8",
            WireErrorKind::TooMany => "a count exceeds what the input can hold",
            WireErrorKind::BadTag => "a tag has no meaning here",
        };
        write!(f, "{what} (byte {})", self.offset)
    }
}

impl std::error::Error for WireError {}

/// Reads items from a byte slice, front to back.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    pos: usize,
    origin: usize,
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`; `origin` is added to offsets in errors.
    pub fn new(bytes: &'a [u8], origin: usize) -> Self {
        Self { bytes, pos: 0, origin }
    }

    /// The position in the whole input.
    pub fn offset(&self) -> usize {
        self.origin + self.pos
    }

    /// The number of bytes left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.pos
    }

    /// Whether all bytes were read.
    pub fn is_at_end(&self) -> bool {
        self.remaining() == 0
    }

    /// An error at the present position.
    pub fn error(&self, kind: WireErrorKind) -> WireError {
        WireError { offset: self.offset(), kind }
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, WireError> {
        let byte = *self.bytes.get(self.pos).ok_or(self.error(WireErrorKind::Truncated))?;
        self.pos += 1;
        Ok(byte)
    }

    /// The next `n` bytes.
    pub fn bytes(&mut self, n: usize) -> Result<&'a [u8], WireError> {
        if n > self.remaining() {
            return Err(self.error(WireErrorKind::Truncated));
        }
        let slice = &self.bytes[self.pos..self.pos + n];
        self.pos += n;
        Ok(slice)
    }

    /// An unsigned LEB128 integer of at most 64 bits, in its shortest form.
    pub fn uleb(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let byte = self.u8()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(self.error(WireErrorKind::BadInteger));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(self.error(WireErrorKind::BadInteger));
                }
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(self.error(WireErrorKind::BadInteger));
            }
        }
    }

    /// A signed integer, zigzag in LEB128.
    pub fn sleb(&mut self) -> Result<i64, WireError> {
        let raw = self.uleb()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// An unsigned LEB128 integer that fits 32 bits.
    pub fn u32(&mut self) -> Result<u32, WireError> {
        let at = self.error(WireErrorKind::BadInteger);
        u32::try_from(self.uleb()?).map_err(|_| at)
    }

    /// Eight bytes, little-endian.
    pub fn fixed_u64(&mut self) -> Result<u64, WireError> {
        let mut word = [0; 8];
        word.copy_from_slice(self.bytes(8)?);
        Ok(u64::from_le_bytes(word))
    }

    /// A count of items of at least one byte each, at most `limit`.
    pub fn count(&mut self, limit: usize) -> Result<usize, WireError> {
        let at = self.error(WireErrorKind::TooMany);
        let n = usize::try_from(self.uleb()?).map_err(|_| at.clone())?;
        if n > limit || n > self.remaining() { Err(at) } else { Ok(n) }
    }

    /// A length-prefixed UTF-8 string of at most `limit` bytes.
    pub fn str(&mut self, limit: usize) -> Result<&'a str, WireError> {
        let n = self.count(limit)?;
        let at = self.error(WireErrorKind::BadUtf8);
        std::str::from_utf8(self.bytes(n)?).map_err(|_| at)
    }
}

/// Appends items to a byte vector.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// The number of bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One byte.
    pub fn u8(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// An unsigned LEB128 integer.
    pub fn uleb(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A signed integer, zigzag in LEB128.
    pub fn sleb(&mut self, value: i64) {
        self.uleb(((value << 1) ^ (value >> 63)) as u64);
    }

    /// A 32-bit integer in LEB128.
    pub fn u32(&mut self, value: u32) {
        self.uleb(u64::from(value));
    }

    /// Eight bytes, little-endian.
    pub fn fixed_u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// A length-prefixed string.
    pub fn str(&mut self, text: &str) {
        self.uleb(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_round_trip_at_the_edges() {
        let mut w = Writer::new();
        let unsigned = [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, i64::MIN, i64::MAX];
        unsigned.iter().for_each(|&v| w.uleb(v));
        signed.iter().for_each(|&v| w.sleb(v));
        let bytes = w.finish();
        let mut r = Reader::new(&bytes, 0);
        assert!(unsigned.iter().all(|&v| r.uleb() == Ok(v)));
        assert!(signed.iter().all(|&v| r.sleb() == Ok(v)));
        assert!(r.is_at_end());
    }

    #[test]
    fn overlong_and_truncated_integers_are_refused() {
        for bytes in [&[0x80][..], &[0x80, 0x00], &[0xff; 10]] {
            assert!(Reader::new(bytes, 0).uleb().is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_count_is_bounded_by_what_is_left() {
        let mut w = Writer::new();
        w.uleb(1 << 40);
        let bytes = w.finish();
        let error = Reader::new(&bytes, 7).count(usize::MAX).unwrap_err();
        assert_eq!((error.offset, error.kind), (7, WireErrorKind::TooMany));
    }
}
