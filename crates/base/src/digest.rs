//! A hash of 128 bits that tells whether data is what it was: for files that may be stale or
//! damaged. It has no key and withstands no attack; whoever can forge a file can do worse.

/// A hash in the making.
#[derive(Clone, Copy, Debug)]
pub struct Digest {
    lanes: [u64; 2],
    count: u64,
}

/// Odd numbers with bits all over: of the golden ratio and of the square root of 2.
const STEPS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909];

impl Digest {
    /// The hash of nothing.
    pub fn new() -> Digest {
        Digest { lanes: [STEPS[1], STEPS[0]], count: 0 }
    }

    /// Adds a number. Each step can be undone, so two numbers never do the same to a lane.
    #[inline]
    pub fn number(&mut self, number: u64) {
        for (lane, step) in self.lanes.iter_mut().zip(STEPS) {
            let mixed = (*lane ^ number).wrapping_mul(step);
            *lane = mixed ^ mixed >> 29;
        }
        self.count += 1;
    }

    /// Adds bytes, and how many there are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.number(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.number(u64::from_le_bytes(last));
        self.number(bytes.len() as u64);
    }

    /// The hash of all that was added.
    pub fn finish(mut self) -> [u64; 2] {
        self.number(self.count);
        self.number(STEPS[0]);
        self.lanes
    }
}

impl Default for Digest {
    fn default() -> Digest {
        Digest::new()
    }
}

/// The hash of bytes.
pub fn digest(bytes: &[u8]) -> [u64; 2] {
    let mut hash = Digest::new();
    hash.bytes(bytes);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn every_change_changes_both_halves() {
        let data: Vec<u8> = (0..100).map(|i| i as u8).collect();
        let hash = digest(&data);
        for len in 0..data.len() {
            let cut = digest(&data[..len]);
            assert!(cut[0] != hash[0] && cut[1] != hash[1], "{len} bytes");
        }
        for bit in 0..data.len() * 8 {
            let mut other = data.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            let other = digest(&other);
            assert!(other[0] != hash[0] && other[1] != hash[1], "bit {bit}");
        }
        assert_ne!(digest(&[]), digest(&[0]));
    }
}
