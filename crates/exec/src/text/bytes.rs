//! Searching in bytes, many at a time, and writing digits.
//!
//! The loops over fixed blocks are written so that the compiler turns each into a few
//! vector instructions. What the bytes mean is decided by the callers.

use std::str::MatchIndices;

/// The bytes that are looked at together.
const BLOCK: usize = 16;

/// The first byte that passes the test. Best for what is usually more than a few bytes
/// away; the test should be cheap arithmetic without branches, so no `||`.
#[inline]
pub(super) fn find_where(bytes: &[u8], test: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (nth, block) in blocks.iter().enumerate() {
        let passed = u128::from_le_bytes(block.map(|byte| if test(byte) { 0xff } else { 0 }));
        if passed != 0 {
            return Some(nth * BLOCK + passed.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|&byte| test(byte))?;
    Some(blocks.len() * BLOCK + at)
}

/// How often a byte occurs.
pub(super) fn count_byte(bytes: &[u8], wanted: u8) -> usize {
    let mut total = 0;
    // Counters of one byte each are summed before they can overflow.
    for run in bytes.chunks(BLOCK * 255) {
        let (blocks, rest) = run.as_chunks::<BLOCK>();
        let mut counters = [0_u8; BLOCK];
        for block in blocks {
            for (counter, &byte) in counters.iter_mut().zip(block) {
                *counter += u8::from(byte == wanted);
            }
        }
        total += counters.iter().map(|&counter| usize::from(counter)).sum::<usize>();
        total += rest.iter().filter(|&&byte| byte == wanted).count();
    }
    total
}

/// The byte offsets at which a string occurs in another, without overlaps.
#[derive(Clone, Debug)]
pub(super) enum Occurrences<'a> {
    /// Of one ASCII byte.
    Byte {
        /// Where it is looked for.
        text: &'a str,
        /// From here on.
        from: usize,
        /// What is looked for.
        wanted: u8,
    },
    /// Of a longer string or of the empty one.
    Text(MatchIndices<'a, &'a str>),
}

impl<'a> Occurrences<'a> {
    #[inline]
    pub fn of(needle: &'a str, text: &'a str) -> Occurrences<'a> {
        match needle.as_bytes() {
            &[wanted] => Occurrences::Byte { text, from: 0, wanted },
            _ => Occurrences::Text(text.match_indices(needle)),
        }
    }
}

impl Iterator for Occurrences<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        match self {
            Occurrences::Byte { text, from, wanted } => {
                let rest = text.as_bytes().get(*from..)?;
                let at = *from + find_where(rest, |byte| byte == *wanted)?;
                *from = at + 1;
                Some(at)
            }
            Occurrences::Text(found) => found.next().map(|(at, _)| at),
        }
    }
}

/// The most digits of a `u64`.
const MOST_DIGITS: usize = 20;

/// Two digits for each number below a hundred.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// Appends a number with `places` of its digits behind a point; 0 places show no point.
/// The places must be fewer than 20.
pub(super) fn push_fixed(out: &mut String, number: u64, places: usize) {
    // The zeros before a short number are there already.
    let mut buffer = [b'0'; 2 * MOST_DIGITS + 2];
    let end = buffer.len();
    let mut at = end;
    let mut left = number;
    while left >= 100 {
        at -= 2;
        [buffer[at], buffer[at + 1]] = PAIRS[(left % 100) as usize];
        left /= 100;
    }
    if left >= 10 {
        at -= 2;
        [buffer[at], buffer[at + 1]] = PAIRS[left as usize];
    } else {
        at -= 1;
        buffer[at] = b'0' + left as u8;
    }
    let point = end - places.min(MOST_DIGITS);
    let (whole, behind) = buffer.split_at(point);
    // One digit before the point, be it a zero.
    let whole = &whole[at.min(point - 1)..];
    out.push_str(str::from_utf8(whole).unwrap_or_default());
    if places > 0 {
        out.push('.');
        out.push_str(str::from_utf8(behind).unwrap_or_default());
    }
}
