//! Constants: words of the text as the bytes of a value.

use super::number;
use super::types::{Count, Scalar, Ty};

/// The bytes of a constant, lane by lane, the lowest byte first. One word stands for all lanes.
///
/// # Errors
/// A word is no number of the type, or there are too many or too few.
pub fn bytes(ty: Ty, words: &[String]) -> Result<Vec<u8>, String> {
    let (scalar, count) = match ty {
        Ty::One(scalar) => (scalar, 1),
        Ty::Lanes(scalar, Count::Fixed(count)) => (scalar, count as usize),
        Ty::Lanes(scalar, Count::Run) => (scalar, words.len()),
        Ty::Pointer(..) => return Err("a pointer is no constant".to_owned()),
    };
    if words.len() != count && words.len() != 1 {
        return Err(format!("`{ty}` takes {count} numbers, here are {}", words.len()));
    }
    let lanes = words.iter().cycle().take(count);
    let mut out = Vec::with_capacity(count * scalar.size() as usize);
    for word in lanes {
        let bits = bits(scalar, word)?.to_le_bytes();
        out.extend(bits.get(..scalar.size() as usize).unwrap_or_default());
    }
    Ok(out)
}

/// The bits of a number.
///
/// # Errors
/// The word is no number of the type.
pub fn bits(scalar: Scalar, word: &str) -> Result<u64, String> {
    let wrong = || format!("`{word}` is no {}", scalar.name());
    if !scalar.is_int() {
        let x: f64 = word.parse().map_err(|_| wrong())?;
        return Ok(match scalar {
            // Rounded once, from the text.
            Scalar::F32 => word.parse().unwrap_or(x as f32).to_bits().into(),
            _ => number::from_f64(scalar, x),
        });
    }
    let (minus, digits) = match word.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, word),
    };
    let n = match digits.strip_prefix("0x") {
        Some(hex) if !hex.starts_with('+') => u64::from_str_radix(hex, 16),
        _ if digits.starts_with('+') => return Err(wrong()),
        _ => digits.parse::<u64>(),
    };
    let n = i128::from(n.map_err(|_| wrong())?);
    let n = if minus { -n } else { n };
    let bits = 8 * scalar.size();
    let range = match scalar {
        Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 => {
            -(1_i128 << (bits - 1))..1_i128 << (bits - 1)
        }
        _ => 0..1_i128 << bits,
    };
    match range.contains(&n) {
        true => Ok(n as u64),
        false => Err(format!("{n} does not fit {}", scalar.name())),
    }
}
