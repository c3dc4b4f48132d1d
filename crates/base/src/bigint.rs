//! The byte form of `bigint` values, which constants of programs and objects of the heap share.
//!
//! A header of four bytes says sign and size, the magnitude follows with its high byte first; a
//! negative number has every bit turned. Each number has one form, and the forms are ordered as
//! the numbers are, so that comparing, hashing and sorting bytes does so for the numbers. Here
//! are the forms alone: arithmetic is the engine's.

/// Bytes of the header.
pub const HEADER: usize = 4;
/// The header of zero; that of a positive number is greater by its size.
const ZERO: u32 = 1 << 31;
/// The most bytes that a magnitude may have: five million decimal digits. An operation cannot be
/// interrupted, so that the time of the longest one is bounded by this.
pub const MAX_MAGNITUDE: usize = 1 << 21;
/// How many digits are read at once: 60 bits of them at most.
const CHUNK: usize = 15;

/// The form of a number. The magnitude, with its high byte first, may begin with zeros; it has at
/// most [`MAX_MAGNITUDE`] bytes without them.
pub fn encode(negative: bool, magnitude: &[u8]) -> Vec<u8> {
    let zeros = magnitude.iter().take_while(|&&byte| byte == 0).count();
    let digits = &magnitude[zeros..];
    let mut form = Vec::with_capacity(HEADER + digits.len());
    form.extend((ZERO | digits.len() as u32).to_be_bytes());
    form.extend(digits);
    if negative && !digits.is_empty() {
        form.iter_mut().for_each(|byte| *byte = !*byte);
    }
    form
}

/// The form of an integer.
pub fn encode_int(value: i128) -> Vec<u8> {
    encode(value < 0, &value.unsigned_abs().to_be_bytes())
}

/// Whether the number of a form is below zero.
pub fn is_negative(form: &[u8]) -> bool {
    form.first().is_some_and(|&byte| byte < 0x80)
}

/// The magnitude in a form, with its high byte first; every bit of a negative one is turned.
pub fn digits(form: &[u8]) -> &[u8] {
    form.get(HEADER..).unwrap_or_default()
}

/// The number of a form, if 128 bits hold it.
pub fn decode_int(form: &[u8]) -> Option<i128> {
    let digits = digits(form);
    if digits.len() > 16 {
        return None;
    }
    let negative = is_negative(form);
    // Below zero the digits are those of `-1 - value`, once the bits in front are turned too.
    let start = if negative { u128::MAX } else { 0 };
    let bits = digits.iter().fold(start, |bits, &byte| bits << 8 | u128::from(byte));
    match negative {
        true => i128::try_from(!bits).ok().map(|size| -size),
        false => i128::try_from(bits).ok(),
    }
}

/// The form of a number that is written as in a program: digits, perhaps behind `0x`, `0o` or
/// `0b`, and nothing else.
pub fn encode_literal(negative: bool, text: &str) -> Vec<u8> {
    let (radix, text) = match text.as_bytes() {
        [b'0', b'x', ..] => (16, &text[2..]),
        [b'0', b'o', ..] => (8, &text[2..]),
        [b'0', b'b', ..] => (2, &text[2..]),
        _ => (10, text),
    };
    // Limbs of 32 bits, the low one first.
    let mut limbs: Vec<u32> = Vec::new();
    for chunk in text.as_bytes().chunks(CHUNK) {
        let digits = chunk.iter().filter_map(|&byte| char::from(byte).to_digit(radix));
        let (mut carry, mut factor) = (0_u64, 1_u64);
        for digit in digits {
            carry = carry * u64::from(radix) + u64::from(digit);
            factor *= u64::from(radix);
        }
        for limb in &mut limbs {
            let wide = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            (*limb, carry) = (wide as u32, (wide >> 32) as u64);
        }
        while carry != 0 {
            limbs.push(carry as u32);
            carry >>= 32;
        }
    }
    let magnitude: Vec<u8> = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    encode(negative, &magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [i128; 13] = [
        i128::MIN + 1,
        -(1 << 64) - 1,
        -65_536,
        -256,
        -255,
        -1,
        0,
        1,
        255,
        256,
        65_535,
        1 << 70,
        i128::MAX,
    ];

    #[test]
    fn forms_are_ordered_as_numbers_are() {
        for a in NUMBERS {
            for b in NUMBERS {
                assert_eq!(encode_int(a).cmp(&encode_int(b)), a.cmp(&b), "{a} {b}");
            }
        }
    }

    #[test]
    fn a_form_gives_its_number_back() {
        for n in NUMBERS {
            assert_eq!(decode_int(&encode_int(n)), Some(n));
            let text = n.unsigned_abs().to_string();
            assert_eq!(encode_literal(n < 0, &text), encode_int(n));
            let text = format!("{:#x}", n.unsigned_abs());
            assert_eq!(encode_literal(n < 0, &text), encode_int(n));
        }
        assert_eq!(decode_int(&encode(false, &[1; 17])), None);
    }
}
