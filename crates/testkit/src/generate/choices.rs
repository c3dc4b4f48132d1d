//! Decisions read from bytes: the same generator serves fixed seeds, timed runs and fuzzers that
//! follow coverage, which all hand over bytes.
//!
//! Bytes that have run out decide for the first choice each time, and a generator stops making
//! more once it sees that. Not here: what is decided.

use kaa_isa::ValTy;

use crate::random::Random;

/// Bytes a program is made of at least and at most, where a seed makes them.
const BYTES_MIN: usize = 200;
const BYTES_MAX: usize = 4_000;

/// The bytes of a seed.
pub fn bytes_of_seed(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let span = BYTES_MAX - BYTES_MIN;
    // Small programs are the more useful ones, large ones have to be there as well.
    let count = BYTES_MIN + random.below(span).min(random.below(span));
    (0..count).map(|_| random.below(256) as u8).collect()
}

/// Bytes that are read as decisions.
#[derive(Debug, Clone)]
pub struct Choices<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Choices<'a> {
    /// Decisions from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Whether no bytes are left.
    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at.min(self.bytes.len())
    }

    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let low = usize::from(self.byte());
        if limit <= 256 { low % limit } else { (low | usize::from(self.byte()) << 8) % limit }
    }

    /// True once in `n` times; never where no bytes are left.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// One of some things, of which there is one at least.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        (0..8).fold(0, |bits, _| bits << 8 | u64::from(self.byte()))
    }

    /// The slot form of a scalar, with a liking for small numbers and the ends of its range.
    pub fn scalar(&mut self, ty: ValTy) -> u64 {
        match ty {
            ValTy::Bool => self.below(2) as u64,
            ValTy::F32 => u64::from((self.float() as f32).to_bits()),
            ValTy::F64 => self.float().to_bits(),
            _ => self.integer(ty),
        }
    }

    fn integer(&mut self, ty: ValTy) -> u64 {
        let bits = ty.int_bits().unwrap_or(64);
        let pattern = match self.below(12) {
            0 => u64::MAX,
            1 => 1 << (bits - 1),
            2 => (1 << (bits - 1)) - 1,
            3 => self.bits(),
            4 => 1 << self.below(64),
            5 => (1u64 << 15).wrapping_sub(self.below(3) as u64),
            _ => self.below(20) as u64,
        };
        let shift = 64 - bits;
        if ty.is_signed() {
            (((pattern << shift) as i64) >> shift) as u64
        } else {
            (pattern << shift) >> shift
        }
    }

    fn float(&mut self) -> f64 {
        const FLOATS: [f64; 12] = [
            0.0,
            1.0,
            -0.0,
            -1.5,
            0.1,
            7.0,
            1e30,
            -3e-5,
            255.5,
            f64::INFINITY,
            f64::NEG_INFINITY,
            2_147_483_648.0,
        ];
        match self.below(4) {
            0 => f64::from(self.below(200) as u32) - 100.0,
            1 => f64::from(self.below(256) as u32) / 8.0,
            _ => self.pick(&FLOATS),
        }
    }
}
