//! Operations on scalars, each as the instruction table documents it.

use kaa_ir::{Opcode, TrapKind, ValTy};

use super::convert::{self, range, wrap};
use super::{Stop, Val};

/// Applies an operation of a family at a type.
pub fn evaluate(op: Opcode, ty: ValTy, args: &[Val]) -> Result<Val, Stop> {
    use Opcode as O;
    if matches!(op, O::ConvertExact | O::ConvertTrap | O::ConvertSat | O::ConvertWrap | O::Bitcast)
    {
        let [from] = args else { return Err(Stop::Unsupported) };
        return convert::convert(op, *from, ty);
    }
    match *args {
        [Val::Int(a)] => unary(op, ty, a).map(Val::Int),
        [Val::Int(a), Val::Int(b)] => match compare(op, a, b) {
            Some(truth) => Ok(Val::Bool(truth)),
            None => binary(op, ty, a, b).map(Val::Int),
        },
        [Val::Int(a), Val::Int(b), Val::Int(c)] if op == O::MulDiv => {
            fit(product_by(a, b, c)?, ty).map(Val::Int)
        }
        [Val::Bool(a)] if op == O::Not => Ok(Val::Bool(!a)),
        [Val::Bool(a), Val::Bool(b)] => truth(op, a, b),
        [Val::F64(a)] => float_unary(op, a).map(Val::F64),
        [Val::F32(a)] => float_unary(op, f64::from(a)).map(|x| Val::F32(x as f32)),
        [Val::F64(a), Val::F64(b)] => match compare(op, a, b) {
            Some(truth) => Ok(Val::Bool(truth)),
            None => float_binary(op, a, b).map(Val::F64),
        },
        [Val::F32(a), Val::F32(b)] => match compare(op, a, b) {
            Some(truth) => Ok(Val::Bool(truth)),
            // Rounding a 64-bit result to 32 bits is exact for these operations.
            None => float_binary(op, a.into(), b.into()).map(|x| Val::F32(x as f32)),
        },
        [Val::F64(a), Val::F64(b), Val::F64(c)] if op == O::Fma => Ok(Val::F64(a.mul_add(b, c))),
        [Val::F32(a), Val::F32(b), Val::F32(c)] if op == O::Fma => Ok(Val::F32(a.mul_add(b, c))),
        _ => Err(Stop::Unsupported),
    }
}

/// `a * b / c` rounded towards zero. The product of two magnitudes of 64 bits fits `u128`.
fn product_by(a: i128, b: i128, c: i128) -> Result<i128, Stop> {
    let product = a.unsigned_abs() * b.unsigned_abs();
    let quotient = product.checked_div(c.unsigned_abs()).ok_or(TrapKind::DivisionByZero)?;
    let magnitude = i128::try_from(quotient).unwrap_or(i128::MAX);
    Ok(if (a < 0) ^ (b < 0) ^ (c < 0) { -magnitude } else { magnitude })
}

fn compare<T: PartialOrd>(op: Opcode, a: T, b: T) -> Option<bool> {
    Some(match op {
        Opcode::Eq => a == b,
        Opcode::Ne => a != b,
        Opcode::Lt => a < b,
        Opcode::Le => a <= b,
        Opcode::Gt => a > b,
        Opcode::Ge => a >= b,
        _ => return None,
    })
}

fn truth(op: Opcode, a: bool, b: bool) -> Result<Val, Stop> {
    Ok(Val::Bool(match op {
        Opcode::And => a && b,
        Opcode::Or => a || b,
        Opcode::Xor | Opcode::Ne => a != b,
        Opcode::Eq => a == b,
        _ => return Err(Stop::Unsupported),
    }))
}

/// The value where the type holds it; else a trap.
fn fit(value: i128, ty: ValTy) -> Result<i128, Stop> {
    let (low, high) = range(ty).ok_or(Stop::Unsupported)?;
    if (low..=high).contains(&value) { Ok(value) } else { Err(TrapKind::Overflow.into()) }
}

fn wrapped(value: i128, ty: ValTy) -> Result<i128, Stop> {
    wrap(value, ty).ok_or(Stop::Unsupported)
}

fn truncated(a: i128, b: i128) -> Result<i128, Stop> {
    a.checked_div(b).ok_or(TrapKind::DivisionByZero.into())
}

fn floored(a: i128, b: i128) -> Result<i128, Stop> {
    let quotient = truncated(a, b)?;
    let exact = quotient * b == a;
    Ok(if !exact && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

fn unary(op: Opcode, ty: ValTy, a: i128) -> Result<i128, Stop> {
    let bits = ty.int_bits().ok_or(Stop::Unsupported)?;
    let pattern = a.cast_unsigned() & ((1u128 << bits) - 1);
    match op {
        Opcode::Neg => wrapped(-a, ty),
        Opcode::NegTrap => fit(-a, ty),
        Opcode::AbsTrap => fit(a.abs(), ty),
        Opcode::Not => wrapped(!a, ty),
        Opcode::Clz => Ok(i128::from(pattern.leading_zeros() - (128 - bits))),
        Opcode::Ctz => Ok(i128::from(pattern.trailing_zeros().min(bits))),
        Opcode::PopCnt => Ok(i128::from(pattern.count_ones())),
        _ => Err(Stop::Unsupported),
    }
}

fn binary(op: Opcode, ty: ValTy, a: i128, b: i128) -> Result<i128, Stop> {
    match op {
        Opcode::Add => wrapped(a + b, ty),
        Opcode::Sub => wrapped(a - b, ty),
        Opcode::Mul => wrapped(a.wrapping_mul(b), ty),
        Opcode::AddTrap => fit(a + b, ty),
        Opcode::SubTrap => fit(a - b, ty),
        Opcode::MulTrap => fit(a.checked_mul(b).unwrap_or(i128::MAX), ty),
        Opcode::Div => wrapped(truncated(a, b)?, ty),
        Opcode::DivTrap => fit(truncated(a, b)?, ty),
        Opcode::Rem => Ok(a - b * truncated(a, b)?),
        Opcode::DivFloor => wrapped(floored(a, b)?, ty),
        Opcode::DivFloorTrap => fit(floored(a, b)?, ty),
        Opcode::RemFloor => Ok(a - b * floored(a, b)?),
        Opcode::Min => Ok(a.min(b)),
        Opcode::Max => Ok(a.max(b)),
        Opcode::And => Ok(a & b),
        Opcode::Or => Ok(a | b),
        Opcode::Xor => Ok(a ^ b),
        _ => shift(op, ty, a, b),
    }
}

fn shift(op: Opcode, ty: ValTy, a: i128, b: i128) -> Result<i128, Stop> {
    let bits = i128::from(ty.int_bits().ok_or(Stop::Unsupported)?);
    let count = b.rem_euclid(bits);
    if matches!(op, Opcode::ShlTrap | Opcode::ShrTrap) && count != b {
        return Err(TrapKind::ShiftOutOfRange.into());
    }
    match op {
        // At most 64 + 63 bits: nothing is lost in 128.
        Opcode::Shl => wrapped(a << count, ty),
        Opcode::ShlTrap => fit(a.checked_mul(1 << count).unwrap_or(i128::MAX), ty),
        Opcode::Shr | Opcode::ShrTrap => Ok(a >> count),
        Opcode::RotL => rotated(a, count, bits, ty),
        Opcode::RotR => rotated(a, (bits - count) % bits, bits, ty),
        _ => Err(Stop::Unsupported),
    }
}

fn rotated(a: i128, count: i128, bits: i128, ty: ValTy) -> Result<i128, Stop> {
    let pattern = a.cast_unsigned() & ((1u128 << bits) - 1);
    let turned = (pattern << count) | (pattern >> (bits - count));
    wrapped(turned.cast_signed(), ty)
}

fn float_unary(op: Opcode, a: f64) -> Result<f64, Stop> {
    Ok(match op {
        Opcode::Neg => -a,
        Opcode::Abs => a.abs(),
        Opcode::Sqrt => a.sqrt(),
        Opcode::Floor => a.floor(),
        Opcode::Ceil => a.ceil(),
        Opcode::Trunc => a.trunc(),
        Opcode::Round => a.round_ties_even(),
        _ => return Err(Stop::Unsupported),
    })
}

fn float_binary(op: Opcode, a: f64, b: f64) -> Result<f64, Stop> {
    Ok(match op {
        Opcode::Add => a + b,
        Opcode::Sub => a - b,
        Opcode::Mul => a * b,
        Opcode::Div => a / b,
        Opcode::Rem => a % b,
        Opcode::RemFloor => remainder_floored(a, b),
        Opcode::DivFloor => quotient_floored(a, b),
        Opcode::Min => extreme(a, b, a < b, a.is_sign_negative()),
        Opcode::Max => extreme(a, b, a > b, a.is_sign_positive()),
        Opcode::CopySign => a.copysign(b),
        _ => return Err(Stop::Unsupported),
    })
}

fn extreme(a: f64, b: f64, first: bool, first_of_zeros: bool) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if first || a == b && first_of_zeros {
        a
    } else {
        b
    }
}

/// The remainder with the sign of the divisor.
fn remainder_floored(a: f64, b: f64) -> f64 {
    let rest = a % b;
    if rest == 0.0 {
        rest.copysign(b)
    } else if (rest < 0.0) != (b < 0.0) {
        rest + b
    } else {
        rest
    }
}

/// The floor of the exact quotient, which may differ from the floor of the rounded one.
fn quotient_floored(a: f64, b: f64) -> f64 {
    let rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 && (rest < 0.0) != (b < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 { 0f64.copysign(a / b) } else { quotient.round_ties_even() }
}
