//! Numbers that IR does not compute with, and groups of lanes of all of them.
//!
//! Compiled programs reach this through host functions: half floats and posits one by one, groups
//! a whole operation at a time. Bits above a number's width are 0, except that signed integers
//! are extended.

use half::f16;

use super::posit;
use super::types::Scalar;

/// The module that the functions are imported from.
pub const MODULE: &str = "fir";
/// `(operation, scalar, a, b, c)` to bits.
pub const ARITH: &str = "arith";
/// `(comparison, scalar, a, b)` to 0 or 1.
pub const COMPARE: &str = "compare";
/// `(from, to, bits)` to bits.
pub const CONVERT: &str = "convert";
/// `(operation, scalar, a, b, c)` over groups, as byte strings.
pub const LANES: &str = "lanes";

/// The bits of a number of a type that is no integer.
pub fn from_f64(scalar: Scalar, x: f64) -> u64 {
    match scalar {
        Scalar::F16 => f16::from_f64(x).to_bits().into(),
        Scalar::F32 => (x as f32).to_bits().into(),
        Scalar::F64 => x.to_bits(),
        _ => posit::from_f64(x, 8 * scalar.size()),
    }
}

/// A number of a type that is no integer.
fn to_f64(scalar: Scalar, bits: u64) -> f64 {
    match scalar {
        Scalar::F16 => f16::from_bits(bits as u16).to_f64(),
        Scalar::F32 => f32::from_bits(bits as u32).into(),
        Scalar::F64 => f64::from_bits(bits),
        _ => posit::to_f64(bits, 8 * scalar.size()),
    }
}

fn scalar(number: i64) -> Result<Scalar, String> {
    let scalar = usize::try_from(number).ok().and_then(|at| Scalar::ALL.get(at));
    scalar.copied().ok_or_else(|| format!("{number} is no type"))
}

/// Arithmetic on single numbers of half floats and posits.
///
/// # Errors
/// The numbers name no operation: no program of this door does that.
pub fn arith(op: i64, of: i64, a: i64, b: i64, c: i64) -> Result<i64, String> {
    let scalar = scalar(of)?;
    let (a, b, c) = (a as u64, b as u64, c as u64);
    if scalar.is_posit() {
        return Ok(posits(op, 8 * scalar.size(), a, b, c) as i64);
    }
    let (a, b, c) = (to_f64(scalar, a), to_f64(scalar, b), to_f64(scalar, c));
    // `f64` has more than twice the digits of `f16`, so that rounding twice is rounding once.
    Ok(from_f64(scalar, floats(op, a, b, c)) as i64)
}

fn posits(op: i64, bits: u32, a: u64, b: u64, c: u64) -> u64 {
    match op {
        0 => posit::add(a, b, bits),
        1 => posit::sub(a, b, bits),
        2 => posit::mul(a, b, bits),
        3 => posit::div(a, b, bits),
        _ => posit::mul_div(a, b, c, bits),
    }
}

fn floats(op: i64, a: f64, b: f64, c: f64) -> f64 {
    match op {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        3 => a / b,
        _ => a * b / c,
    }
}

/// Compares half floats.
///
/// # Errors
/// As for `arith`.
pub fn compare(op: i64, of: i64, a: i64, b: i64) -> Result<i64, String> {
    let scalar = scalar(of)?;
    let (a, b) = (to_f64(scalar, a as u64), to_f64(scalar, b as u64));
    Ok(i64::from(match op {
        0 => a == b,
        1 => a != b,
        2 => a < b,
        3 => a <= b,
        4 => a > b,
        _ => a >= b,
    }))
}

/// Converts between types where half floats or posits are one of them, and `f64` to `f32`. To
/// integers it rounds floats to zero and posits to the nearest, and takes the nearest that there
/// is; NaN is 0 and NaR the least number.
///
/// # Errors
/// As for `arith`.
pub fn convert(from: i64, to: i64, bits: i64) -> Result<i64, String> {
    let (from, to) = (scalar(from)?, scalar(to)?);
    let source = bits as u64;
    if to.is_int() {
        let width = 8 * to.size();
        let (least, most) = match to.number() >= Scalar::I8.number() {
            true => (-(1_i128 << (width - 1)), (1_i128 << (width - 1)) - 1),
            false => (0, (1_i128 << width) - 1),
        };
        let n = match from.is_posit() {
            true => posit::to_int(source, 8 * from.size()).unwrap_or(least),
            false => to_f64(from, source) as i128,
        };
        return Ok(n.clamp(least, most) as i64);
    }
    if from.is_int() {
        let n = match from {
            Scalar::U64 => i128::from(source),
            _ => i128::from(bits),
        };
        return Ok(match to.is_posit() {
            true => posit::from_int(n, 8 * to.size()) as i64,
            false => from_f64(to, n as f64) as i64,
        });
    }
    Ok(match from.is_posit() && to.is_posit() {
        true => posit::resize(source, 8 * from.size(), 8 * to.size()) as i64,
        false => from_f64(to, to_f64(from, source)) as i64,
    })
}

/// Computes lane by lane. The loops know the size of a lane, so that the compiler makes vector
/// code of them wherever an operation has any.
macro_rules! each {
    ($ty:ty, $a:ident, $b:ident, |$x:ident, $y:ident| $result:expr) => {{
        let mut out = vec![0; $a.len()];
        let places = out.as_chunks_mut::<{ size_of::<$ty>() }>().0.iter_mut();
        for ((place, x), y) in places.zip($a.as_chunks().0).zip($b.as_chunks().0) {
            let ($x, $y) = (<$ty>::from_le_bytes(*x), <$ty>::from_le_bytes(*y));
            let result: $ty = $result;
            *place = result.to_le_bytes();
        }
        Ok(out)
    }};
    ($ty:ty, $a:ident, $b:ident, $c:ident, |$x:ident, $y:ident, $z:ident| $result:expr) => {{
        let mut out = vec![0; $a.len()];
        let places = out.as_chunks_mut::<{ size_of::<$ty>() }>().0.iter_mut();
        let operands = $a.as_chunks().0.iter().zip($b.as_chunks().0).zip($c.as_chunks().0);
        for (place, ((x, y), z)) in places.zip(operands) {
            let ($x, $y) = (<$ty>::from_le_bytes(*x), <$ty>::from_le_bytes(*y));
            let $z = <$ty>::from_le_bytes(*z);
            let result: $ty = $result;
            *place = result.to_le_bytes();
        }
        Ok(out)
    }};
}

macro_rules! integers {
    ($ty:ty, $op:ident, $a:ident, $b:ident, $c:ident) => {
        match $op {
            0 => each!($ty, $a, $b, |x, y| x.wrapping_add(y)),
            1 => each!($ty, $a, $b, |x, y| x.wrapping_sub(y)),
            2 => each!($ty, $a, $b, |x, y| x.wrapping_mul(y)),
            3 => each!($ty, $a, $b, |x, y| {
                if y == 0 {
                    return Err("a lane is divided by zero".to_owned());
                }
                x.wrapping_div(y)
            }),
            _ => each!($ty, $a, $b, $c, |x, y, z| {
                let product = i128::from(x) * i128::from(y);
                let quotient = product.checked_div(i128::from(z));
                let quotient = quotient.ok_or("a lane is divided by zero")?;
                <$ty>::try_from(quotient).map_err(|_| "a lane does not fit its type")?
            }),
        }
    };
}

macro_rules! reals {
    ($ty:ty, $op:ident, $a:ident, $b:ident, $c:ident) => {
        match $op {
            0 => each!($ty, $a, $b, |x, y| x + y),
            1 => each!($ty, $a, $b, |x, y| x - y),
            2 => each!($ty, $a, $b, |x, y| x * y),
            3 => each!($ty, $a, $b, |x, y| x / y),
            _ => each!($ty, $a, $b, $c, |x, y, z| x * y / z),
        }
    };
}

/// Lanes that are bits of numbers which Rust does not have. The third group takes part in one
/// operation only, and is empty in the others.
macro_rules! bit_lanes {
    ($ty:ty, $op:ident, $a:ident, $b:ident, $c:ident, |$x:ident, $y:ident, $z:ident| $e:expr) => {
        match $op {
            4 => each!($ty, $a, $b, $c, |$x, $y, $z| $e),
            _ => each!($ty, $a, $b, |$x, $y| {
                let $z: $ty = 0;
                $e
            }),
        }
    };
}

/// Arithmetic on groups of lanes.
///
/// # Errors
/// The groups have different numbers of lanes, or a lane has no result.
pub fn lanes(op: i64, of: i64, a: &[u8], b: &[u8], c: &[u8]) -> Result<Vec<u8>, String> {
    let scalar = scalar(of)?;
    if a.len() != b.len() || op == 4 && a.len() != c.len() {
        let count = |bytes: &[u8]| bytes.len() / scalar.size() as usize;
        return Err(format!("groups of {} and {} lanes meet", count(a), count(b)));
    }
    match scalar {
        Scalar::U8 => integers!(u8, op, a, b, c),
        Scalar::U16 => integers!(u16, op, a, b, c),
        Scalar::U32 => integers!(u32, op, a, b, c),
        Scalar::U64 => wide_lanes(op, a, b, c),
        Scalar::I8 => integers!(i8, op, a, b, c),
        Scalar::I16 => integers!(i16, op, a, b, c),
        Scalar::I32 => integers!(i32, op, a, b, c),
        Scalar::I64 => integers!(i64, op, a, b, c),
        Scalar::F32 => reals!(f32, op, a, b, c),
        Scalar::F64 => reals!(f64, op, a, b, c),
        Scalar::F16 => bit_lanes!(u16, op, a, b, c, |x, y, z| {
            let (x, y, z) = (f16::from_bits(x), f16::from_bits(y), f16::from_bits(z));
            f16::from_f64(floats(op, x.to_f64(), y.to_f64(), z.to_f64())).to_bits()
        }),
        Scalar::R8 => bit_lanes!(u8, op, a, b, c, |x, y, z| {
            posits(op, 8, x.into(), y.into(), z.into()) as u8
        }),
        Scalar::R16 => bit_lanes!(u16, op, a, b, c, |x, y, z| {
            posits(op, 16, x.into(), y.into(), z.into()) as u16
        }),
        Scalar::R32 => bit_lanes!(u32, op, a, b, c, |x, y, z| {
            posits(op, 32, x.into(), y.into(), z.into()) as u32
        }),
        Scalar::R64 => bit_lanes!(u64, op, a, b, c, |x, y, z| posits(op, 64, x, y, z)),
    }
}

/// `u64` needs all of `u128` for a product.
fn wide_lanes(op: i64, a: &[u8], b: &[u8], c: &[u8]) -> Result<Vec<u8>, String> {
    match op {
        0 => each!(u64, a, b, |x, y| x.wrapping_add(y)),
        1 => each!(u64, a, b, |x, y| x.wrapping_sub(y)),
        2 => each!(u64, a, b, |x, y| x.wrapping_mul(y)),
        3 => {
            each!(u64, a, b, |x, y| { x.checked_div(y).ok_or("a lane is divided by zero")? })
        }
        _ => each!(u64, a, b, c, |x, y, z| {
            let quotient = (u128::from(x) * u128::from(y)).checked_div(z.into());
            let quotient = quotient.ok_or("a lane is divided by zero")?;
            u64::try_from(quotient).map_err(|_| "a lane does not fit its type")?
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups of all types give lane by lane what single numbers give.
    #[test]
    fn lanes_are_single_numbers() {
        for scalar in Scalar::ALL {
            let size = scalar.size() as usize;
            let one = |n: u32| match scalar.is_int() {
                true => u64::from(n),
                false => from_f64(scalar, f64::from(n) / 2.0),
            };
            let group = |from: u32| -> Vec<u8> {
                (from..from + 9).flat_map(|n| one(n).to_le_bytes()[..size].to_vec()).collect()
            };
            let (a, b, c) = (group(9), group(2), group(1));
            for op in 0..5 {
                let out = lanes(op, scalar.number(), &a, &b, if op == 4 { &c } else { &[] });
                let out = out.expect("every lane has a result");
                for (nth, lane) in out.chunks(size).enumerate() {
                    let nth = nth as u32;
                    let (x, y, z) = (one(nth + 9), one(nth + 2), one(nth + 1));
                    let wanted = match scalar.is_int() {
                        true => [x + y, x - y, x * y, x / y, x * y / z][op as usize],
                        false => arith(op, scalar.number(), x as i64, y as i64, z as i64)
                            .expect("it is an operation") as u64,
                    };
                    let bytes = &wanted.to_le_bytes()[..size];
                    assert_eq!(lane, bytes, "{} op {op}, lane {nth}", scalar.name());
                }
            }
        }
    }

    #[test]
    fn groups_that_do_not_fit_are_refused() {
        assert!(lanes(0, 0, &[1, 2], &[1], &[]).is_err());
        assert!(lanes(3, 0, &[1, 2], &[1, 0], &[]).is_err());
        assert!(lanes(4, 0, &[200, 2], &[200, 1], &[1, 1]).is_err());
        assert!(lanes(0, 99, &[], &[], &[]).is_err());
    }
}
