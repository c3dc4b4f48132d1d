//! Numeric slow operations: wide multiplication, conversions, the rarer float operations.

use kaa_code::slow::{Float32Unary, FloatBinary};
use kaa_ir::ValTy;
use kaa_isa::TrapKind;
use kaa_isa::ty::SCALARS;

use crate::native::Fault;

type Slot = Result<u64, Box<Fault>>;

/// The scalar type with this code.
pub(super) fn scalar(code: u64) -> ValTy {
    SCALARS.get(code as usize).map_or(ValTy::I64, |s| s.0)
}

/// The integer in a slot as a wide one.
fn wide(ty: ValTy, slot: u64) -> i128 {
    if ty.is_signed() { i128::from(slot as i64) } else { i128::from(slot) }
}

/// The range of an integer type.
fn range(ty: ValTy) -> (i128, i128) {
    let bits = ty.int_bits().unwrap_or(1);
    if ty.is_signed() { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
}

fn fit(ty: ValTy, x: i128, kind: TrapKind) -> Slot {
    let (min, max) = range(ty);
    if (min..=max).contains(&x) { Ok(x as u64) } else { Err(kind.into()) }
}

pub(super) fn mul_div(ty: ValTy, a: u64, b: u64, c: u64) -> Slot {
    let divisor = wide(ty, c);
    if divisor == 0 {
        return Err(TrapKind::DivisionByZero.into());
    }
    if ty == ValTy::U64 {
        let product = u128::from(a) * u128::from(b);
        return u64::try_from(product / u128::from(c)).map_err(|_| TrapKind::Overflow.into());
    }
    fit(ty, wide(ty, a) * wide(ty, b) / divisor, TrapKind::Overflow)
}

fn f32_of(slot: u64) -> f32 {
    f32::from_bits(slot as u32)
}

fn f32_slot(x: f32) -> u64 {
    u64::from(x.to_bits())
}

/// Two-operand float operations. For `f32` the `f64` result is rounded, which is exact for
/// all but remainders and floor division of magnitudes far apart; those are computed in
/// `f32` throughout.
pub(super) fn float_binary(op: FloatBinary, a: u64, b: u64, single: bool) -> u64 {
    use crate::interp::{float_max, float_min};
    if single {
        let (x, y) = (f32_of(a), f32_of(b));
        return f32_slot(match op {
            FloatBinary::Rem => x % y,
            FloatBinary::DivFloor => (x / y).floor(),
            FloatBinary::RemFloor => rem_floor_f32(x, y),
            FloatBinary::Min => float_min(x.into(), y.into()) as f32,
            FloatBinary::Max => float_max(x.into(), y.into()) as f32,
            FloatBinary::CopySign => x.copysign(y),
        });
    }
    let (x, y) = (f64::from_bits(a), f64::from_bits(b));
    let result = match op {
        FloatBinary::Rem => x % y,
        FloatBinary::DivFloor => div_floor(x, y),
        FloatBinary::RemFloor => rem_floor(x, y),
        FloatBinary::Min => float_min(x, y),
        FloatBinary::Max => float_max(x, y),
        FloatBinary::CopySign => x.copysign(y),
    };
    result.to_bits()
}

/// Remainder with the sign of the divisor; a zero has the divisor's sign.
fn rem_floor(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r == 0.0 {
        return 0.0f64.copysign(y);
    }
    if (r < 0.0) != (y < 0.0) { r + y } else { r }
}

fn rem_floor_f32(x: f32, y: f32) -> f32 {
    let r = x % y;
    if r == 0.0 {
        return 0.0f32.copysign(y);
    }
    if (r < 0.0) != (y < 0.0) { r + y } else { r }
}

/// Quotient rounded down, computed from the exact remainder so that it never rounds up.
fn div_floor(x: f64, y: f64) -> f64 {
    if y == 0.0 || x.is_infinite() {
        return (x / y).floor();
    }
    let q = (x - rem_floor(x, y)) / y;
    if q == 0.0 {
        return 0.0f64.copysign(x / y);
    }
    let floor = q.floor();
    if q - floor > 0.5 { floor + 1.0 } else { floor }
}

pub(super) fn float32_unary(op: Float32Unary, a: u64) -> u64 {
    let x = f32_of(a);
    f32_slot(match op {
        Float32Unary::Abs => x.abs(),
        Float32Unary::Sqrt => x.sqrt(),
        Float32Unary::Floor => x.floor(),
        Float32Unary::Ceil => x.ceil(),
        Float32Unary::Trunc => x.trunc(),
        Float32Unary::Round => x.round_ties_even(),
    })
}

pub(super) fn fma(a: u64, b: u64, c: u64, single: bool) -> u64 {
    if single {
        f32_slot(f32_of(a).mul_add(f32_of(b), f32_of(c)))
    } else {
        f64::from_bits(a).mul_add(f64::from_bits(b), f64::from_bits(c)).to_bits()
    }
}

/// A number between the types.
enum Num {
    Int(i128),
    Float(f64),
}

fn read(from: ValTy, slot: u64) -> Num {
    match from {
        ValTy::F64 => Num::Float(f64::from_bits(slot)),
        ValTy::F32 => Num::Float(f64::from(f32_of(slot))),
        ty => Num::Int(wide(ty, slot)),
    }
}

/// Integers become the nearest float of the target's own width: never by way of a wider one.
fn to_float(to: ValTy, x: &Num) -> u64 {
    match (to, x) {
        (ValTy::F32, Num::Int(i)) => f32_slot(*i as f32),
        (ValTy::F32, Num::Float(f)) => f32_slot(*f as f32),
        (_, Num::Int(i)) => (*i as f64).to_bits(),
        (_, Num::Float(f)) => f.to_bits(),
    }
}

pub(super) fn convert_trap(slot: u64, from: ValTy, to: ValTy) -> Slot {
    let x = read(from, slot);
    if to.is_float() {
        return Ok(to_float(to, &x));
    }
    match x {
        Num::Int(i) => fit(to, i, TrapKind::Conversion),
        Num::Float(f) if f.is_finite() => fit(to, f.trunc() as i128, TrapKind::Conversion),
        Num::Float(_) => Err(TrapKind::Conversion.into()),
    }
}

pub(super) fn convert_sat(slot: u64, from: ValTy, to: ValTy) -> u64 {
    let x = read(from, slot);
    if to.is_float() {
        return to_float(to, &x);
    }
    let (min, max) = range(to);
    let i = match x {
        Num::Int(i) => i,
        Num::Float(f) => f as i128,
    };
    i.clamp(min, max) as u64
}

/// Rotation within the width of a narrow type.
pub(super) fn rotate(ty: ValTy, a: u64, b: u64, left: bool) -> u64 {
    let bits = ty.int_bits().unwrap_or(64);
    let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
    let (x, n) = (a & mask, (b % u64::from(bits)) as u32);
    let n = if left { n } else { (bits - n) % bits };
    let turned = if n == 0 { x } else { (x << n | x >> (bits - n)) & mask };
    extend(ty, turned)
}

/// The slot form of the low bits of a narrow type.
fn extend(ty: ValTy, x: u64) -> u64 {
    let unused = 64 - ty.int_bits().unwrap_or(64);
    if ty.is_signed() { ((x << unused) as i64 >> unused) as u64 } else { x << unused >> unused }
}

pub(super) fn shift_trap(ty: ValTy, a: u64, b: u64, left: bool) -> Slot {
    let bits = ty.int_bits().unwrap_or(64);
    if b >= u64::from(bits) {
        return Err(TrapKind::ShiftOutOfRange.into());
    }
    let x = wide(ty, a);
    if left { fit(ty, x << b, TrapKind::Overflow) } else { Ok((x >> b) as u64) }
}
