//! Conversions between scalars, as the instruction table documents them.

use kaa_ir::{Opcode, TrapKind, ValTy};

use super::{Stop, Val};

/// The least and the greatest value of an integer type.
pub fn range(ty: ValTy) -> Option<(i128, i128)> {
    let bits = ty.int_bits()?;
    Some(if ty.is_signed() {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    })
}

/// The value of an integer type that has the low bits of `value`.
pub fn wrap(value: i128, ty: ValTy) -> Option<i128> {
    let bits = ty.int_bits()?;
    let (_, high) = range(ty)?;
    let low_bits = value & ((1 << bits) - 1);
    Some(if low_bits > high { low_bits - (1 << bits) } else { low_bits })
}

/// Converts a value to a type.
pub fn convert(op: Opcode, from: Val, ty: ValTy) -> Result<Val, Stop> {
    if op == Opcode::Bitcast {
        return bitcast(from, ty);
    }
    match from {
        Val::Bool(truth) => convert_int(op, i128::from(truth), ty),
        Val::Int(value) => convert_int(op, value, ty),
        Val::F32(value) => convert_float(op, f64::from(value), ty),
        Val::F64(value) => convert_float(op, value, ty),
        Val::Func(_) => Err(Stop::Unsupported),
    }
}

fn convert_int(op: Opcode, value: i128, ty: ValTy) -> Result<Val, Stop> {
    match ty {
        ValTy::F64 => return Ok(Val::F64(value as f64)),
        ValTy::F32 => return Ok(Val::F32(value as f32)),
        _ => {}
    }
    let (low, high) = range(ty).ok_or(Stop::Unsupported)?;
    match op {
        Opcode::ConvertWrap => wrap(value, ty).map(Val::Int).ok_or(Stop::Unsupported),
        Opcode::ConvertSat => Ok(Val::Int(value.clamp(low, high))),
        _ if (low..=high).contains(&value) => Ok(Val::Int(value)),
        _ => Err(TrapKind::Conversion.into()),
    }
}

fn convert_float(op: Opcode, value: f64, ty: ValTy) -> Result<Val, Stop> {
    match ty {
        ValTy::F64 => return Ok(Val::F64(value)),
        ValTy::F32 => return Ok(Val::F32(value as f32)),
        _ => {}
    }
    let (low, high) = range(ty).ok_or(Stop::Unsupported)?;
    let whole = value.trunc();
    // Both bounds are exact or rounded away from zero, and infinities clamp like large values.
    let clamped = if whole.is_nan() { 0 } else { (whole as i128).clamp(low, high) };
    let fits = whole.is_finite() && clamped == whole as i128;
    if op == Opcode::ConvertSat || fits {
        Ok(Val::Int(clamped))
    } else {
        Err(TrapKind::Conversion.into())
    }
}

fn bitcast(from: Val, ty: ValTy) -> Result<Val, Stop> {
    from.slot().and_then(|bits| Val::of_slot(bits, ty)).ok_or(Stop::Unsupported)
}
