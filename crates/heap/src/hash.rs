//! Keyed hashing of numbers and bytes.
//!
//! The key comes from the embedder, so that a program cannot prepare colliding keys. Equal
//! keys give equal hashes on every run and platform. Which values are equal is decided by
//! `map` and `compare`.

/// Two odd secrets derived from the seed of a heap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HashKey {
    a: u64,
    b: u64,
}

/// The preferred place of a number in a table, before the table's mask: numbers that follow
/// each other stand beside each other. It has no secret, so prepared numbers may all prefer
/// one place; a table must soon go on with the keyed hash.
#[inline(always)]
pub(crate) fn home(value: u64) -> u32 {
    (value as u32).wrapping_add(((value >> 32) as u32).wrapping_mul(0x9e37_79b1))
}

/// What the slot of a number remembers of it, in its high bits. It has no secret either.
#[inline(always)]
pub(crate) fn tag(value: u64) -> u32 {
    (value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Multiplies to 128 bits and folds the halves.
#[inline(always)]
fn fold(x: u64, y: u64) -> u64 {
    let wide = u128::from(x) * u128::from(y);
    (wide as u64) ^ (wide >> 64) as u64
}

/// All of fewer than eight bytes, in two numbers.
#[inline(always)]
fn ends(bytes: &[u8]) -> (u64, u64) {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        }
        _ => {
            let all = bytes.iter().fold(0, |all, &byte| all << 8 | u64::from(byte));
            (all, 0)
        }
    }
}

impl HashKey {
    pub(crate) fn new(seed: u64) -> HashKey {
        // Golden ratio steps, mixed, so that seeds which differ in one bit share nothing.
        let step = |n: u64| {
            let x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(n));
            let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (x ^ x >> 31) | 1
        };
        HashKey { a: step(1), b: step(2) }
    }

    /// Hash of one number.
    #[inline(always)]
    pub(crate) fn number(self, value: u64) -> u32 {
        let mixed = fold(value ^ self.a, self.b);
        (mixed ^ mixed >> 32) as u32
    }

    /// Adds a number to the hash of a sequence.
    #[inline]
    pub(crate) fn extend(self, state: u64, value: u64) -> u64 {
        fold(state ^ value ^ self.a, self.b ^ state.rotate_left(23))
    }

    /// Ends the hash of a sequence.
    #[inline]
    pub(crate) fn finish(self, state: u64) -> u32 {
        self.number(state)
    }

    /// Hash of bytes; never 0.
    pub(crate) fn bytes(self, bytes: &[u8]) -> u32 {
        let mut state = self.b ^ bytes.len() as u64;
        let (first, last) = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            (Some(first), Some(last)) => {
                // The words behind the first one; the last is taken from the end, so none is cut.
                let (words, _) = bytes[8..].as_chunks::<8>();
                for word in words {
                    state = fold(state ^ u64::from_le_bytes(*word), self.a);
                }
                (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
            }
            _ => ends(bytes),
        };
        state = fold(state ^ first, self.a ^ last.rotate_left(32));
        self.number(state ^ last).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_depend_on_the_seed_and_on_every_byte() {
        let (one, two) = (HashKey::new(1), HashKey::new(2));
        assert_ne!(one.number(7), two.number(7));
        assert_ne!(one.bytes(b"abc"), two.bytes(b"abc"));
        let text = *b"The quick brown fox";
        for i in 0..text.len() {
            let mut other = text;
            other[i] ^= 1;
            assert_ne!(one.bytes(&text), one.bytes(&other), "byte {i}");
        }
        assert_ne!(one.bytes(b""), one.bytes(b"\0"));
    }

    #[test]
    fn low_bits_of_consecutive_numbers_spread() {
        let key = HashKey::new(99);
        let mut seen = vec![0u32; 1024];
        (0..10_240u64).for_each(|n| seen[key.number(n) as usize % 1024] += 1);
        let worst = seen.iter().max().copied();
        assert!(worst < Some(40), "{worst:?}");
    }
}
