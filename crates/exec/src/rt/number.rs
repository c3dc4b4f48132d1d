//! Numbers: methods of integers and floats, powers, rounding, reading them from text.
//!
//! `int.*` serves all integer types: the kind of the slot says which. Functions of the module
//! `math` have rooms of their own.

use kaa_heap::{GcRef, LeafKind};
use kaa_isa::TrapKind;

use super::args::{invalid, quoted};
use super::fail::make_error;
use crate::native::{Call, Fault, NativeResult};
use crate::text::{self, ParseError};

super::natives! {
    "int.of_str" "(str, i64) -> I" int_of_str;
    "int.parse" "(str, i64) -> result I" int_parse;
    "int.pow" "(i64, i64) -> i64" int_pow;
    "uint.pow" "(u64, u64) -> u64" uint_pow;
    "int.checked_add" "(I, I) -> opt I" |c| checked(c, |a, b| a + b);
    "int.checked_sub" "(I, I) -> opt I" |c| checked(c, |a, b| a - b);
    "int.checked_mul" "(I, I) -> opt I" |c| checked(c, |a, b| a * b);
    "int.saturating_add" "(I, I) -> I" |c| saturating(c, |a, b| a + b);
    "int.saturating_sub" "(I, I) -> I" |c| saturating(c, |a, b| a - b);
    "int.saturating_mul" "(I, I) -> I" |c| saturating(c, |a, b| a * b);
    "int.bit_length" "(I) -> i64" |c| {
        let bits = 128 - integer(c, 0).unsigned_abs().leading_zeros();
        c.set_int(0, bits.into());
        Ok(())
    };
    "int.bit_count" "(I) -> i64" |c| {
        let bits = integer(c, 0).unsigned_abs().count_ones();
        c.set_int(0, bits.into());
        Ok(())
    };
    "int.is_integer" "(I) -> bool" |c| { c.set_bool(0, true); Ok(()) };

    "float.of_str" "(str) -> F" float_of_str;
    "float.parse" "(str) -> result F" float_parse;
    "float.pow" "(f64, f64) -> f64" float_pow;
    "float.is_integer" "(F) -> bool" |c| float_test(c, |x| x.is_finite() && x.fract() == 0.0);
    "float.is_nan" "(F) -> bool" |c| float_test(c, f64::is_nan);
    "float.is_finite" "(F) -> bool" |c| float_test(c, f64::is_finite);
    "float.ieee_div" "(F, F) -> F" |c| {
        let quotient = real(c, 0) / real(c, 1);
        set_real(c, 0, quotient);
        Ok(())
    };

    "round" "(f64) -> i64" |c| { let n = text::round_to_int(c.float(0))?; c.set_int(0, n); Ok(()) };
    "round_to" "(f64, i64) -> f64" |c| {
        let x = text::round_half_even(c.float(0), c.int(1))?;
        c.set_float(0, x);
        Ok(())
    };
    "divmod" "(N, N) -> (N, N)" div_mod;
    "pow" "(N, N) -> N" pow;
    "bin" "(i64) -> str" |c| in_base(c, 'b');
    "oct" "(i64) -> str" |c| in_base(c, 'o');
    "hex" "(i64) -> str" |c| in_base(c, 'x');
}

/// Least and greatest value of an integer kind.
pub(super) fn limits(kind: LeafKind) -> (i128, i128) {
    match kind {
        LeafKind::I8 => (i8::MIN.into(), i8::MAX.into()),
        LeafKind::I16 => (i16::MIN.into(), i16::MAX.into()),
        LeafKind::I32 => (i32::MIN.into(), i32::MAX.into()),
        LeafKind::I64 => (i64::MIN.into(), i64::MAX.into()),
        LeafKind::U8 => (0, u8::MAX.into()),
        LeafKind::U16 => (0, u16::MAX.into()),
        LeafKind::U32 => (0, u32::MAX.into()),
        _ => (0, u64::MAX.into()),
    }
}

/// The value of an integer slot.
pub(super) fn int_of_slot(kind: LeafKind, slot: u64) -> i128 {
    match limits(kind).0 {
        0 => slot.into(),
        _ => (slot as i64).into(),
    }
}

/// Argument `i`, an integer of whatever type.
pub(super) fn integer(call: &Call<'_>, i: usize) -> i128 {
    int_of_slot(call.sig.params[i].kind, call.arg(i))
}

/// The slot of a value, if it fits the kind.
pub(super) fn fitting(kind: LeafKind, value: i128) -> Option<u64> {
    let (least, most) = limits(kind);
    (least <= value && value <= most).then_some(value as u64)
}

fn checked(call: &mut Call<'_>, op: fn(i128, i128) -> i128) -> NativeResult {
    let value = fitting(call.sig.params[0].kind, op(integer(call, 0), integer(call, 1)));
    call.set_bool(0, value.is_some());
    call.set(1, value.unwrap_or(0));
    Ok(())
}

fn saturating(call: &mut Call<'_>, op: fn(i128, i128) -> i128) -> NativeResult {
    let (least, most) = limits(call.sig.params[0].kind);
    let value = op(integer(call, 0), integer(call, 1)).clamp(least, most);
    call.set(0, value as u64);
    Ok(())
}

/// Is this a float kind of 32 bits?
fn is_single(kind: LeafKind) -> bool {
    kind == LeafKind::F32
}

/// Argument `i`, a float of either type.
fn real(call: &Call<'_>, i: usize) -> f64 {
    match is_single(call.sig.params[i].kind) {
        true => f32::from_bits(call.arg(i) as u32).into(),
        false => call.float(i),
    }
}

/// Sets result `i`, a float of either type; one operation is never rounded twice wrongly.
fn set_real(call: &mut Call<'_>, i: usize, x: f64) {
    match is_single(call.sig.results[i].kind) {
        true => call.set(i, u64::from((x as f32).to_bits())),
        false => call.set_float(i, x),
    }
}

fn float_test(call: &mut Call<'_>, test: fn(f64) -> bool) -> NativeResult {
    let x = real(call, 0);
    call.set_bool(0, test(x));
    Ok(())
}

/// Reads an integer for a slot of this kind.
fn parse_int(call: &Call<'_>, kind: LeafKind) -> Result<u64, ParseError> {
    let base = u32::try_from(call.int(1)).map_err(|_| ParseError::BadBase)?;
    if kind == LeafKind::I64 {
        return text::parse_int(call.str(0), base).map(|n| n as u64);
    }
    let value = text::parse_wide(call.str(0), base)?;
    fitting(kind, value).ok_or(ParseError::OutOfRange)
}

/// What is wrong with a text that is read as a number.
#[cold]
pub(super) fn parse_message(text: &str, error: ParseError, what: &str) -> String {
    match error {
        ParseError::Malformed => format!("{} is not {what}", quoted(text)),
        ParseError::OutOfRange => format!("{} is out of range", quoted(text)),
        ParseError::BadBase => error.to_string(),
    }
}

pub(super) const INTEGER: &str = "an integer";
const FLOAT: &str = "a float";

fn int_of_str(call: &mut Call<'_>) -> NativeResult {
    call.charge_bytes(call.str(0).len());
    match parse_int(call, call.sig.results[0].kind) {
        Ok(slot) => call.set(0, slot),
        Err(error) => return Err(invalid(parse_message(call.str(0), error, INTEGER))),
    }
    Ok(())
}

fn int_parse(call: &mut Call<'_>) -> NativeResult {
    call.charge_bytes(call.str(0).len());
    let parsed = parse_int(call, call.sig.results[1].kind);
    let parsed = parsed.map_err(|error| parse_message(call.str(0), error, INTEGER));
    give_result(call, parsed)
}

fn parse_float(call: &Call<'_>, kind: LeafKind) -> Result<u64, ParseError> {
    let x = text::parse_float(call.str(0))?;
    Ok(if is_single(kind) { u64::from((x as f32).to_bits()) } else { x.to_bits() })
}

fn float_of_str(call: &mut Call<'_>) -> NativeResult {
    call.charge_bytes(call.str(0).len());
    match parse_float(call, call.sig.results[0].kind) {
        Ok(slot) => call.set(0, slot),
        Err(error) => return Err(invalid(parse_message(call.str(0), error, FLOAT))),
    }
    Ok(())
}

fn float_parse(call: &mut Call<'_>) -> NativeResult {
    call.charge_bytes(call.str(0).len());
    let parsed = parse_float(call, call.sig.results[1].kind);
    let parsed = parsed.map_err(|error| parse_message(call.str(0), error, FLOAT));
    give_result(call, parsed)
}

/// Sets the three slots of a `Result` of one scalar.
fn give_result(call: &mut Call<'_>, outcome: Result<u64, String>) -> NativeResult {
    let (value, error) = match outcome {
        Ok(value) => (value, GcRef::NULL),
        Err(message) => (0, make_error(call, 2, &message)?),
    };
    call.set_bool(0, error.is_null());
    call.set(1, value);
    call.set_obj(2, error);
    Ok(())
}

fn int_pow(call: &mut Call<'_>) -> NativeResult {
    let value = text::int_pow(call.int(0), call.int(1))?;
    call.set_int(0, value);
    Ok(())
}

/// `base ** exponent` of unsigned integers.
fn unsigned_pow(base: u64, exponent: u64) -> Option<u64> {
    match (base, u32::try_from(exponent)) {
        (0 | 1, _) => Some(if exponent == 0 { 1 } else { base }),
        (_, Ok(exponent)) => base.checked_pow(exponent),
        _ => None,
    }
}

fn uint_pow(call: &mut Call<'_>) -> NativeResult {
    let value = unsigned_pow(call.arg(0), call.arg(1)).ok_or(TrapKind::Overflow)?;
    call.set(0, value);
    Ok(())
}

/// `x ** y` as Python's floats, but for overflow, which gives infinity.
pub(super) fn real_pow(x: f64, y: f64) -> Result<f64, Box<Fault>> {
    if x == 0.0 && y < 0.0 {
        return Err(Fault::new(TrapKind::DivisionByZero, "0.0 has no negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        let x = text::repr_float(x);
        return Err(invalid(format!("the negative number {x} has no fractional power")));
    }
    Ok(x.powf(y))
}

fn float_pow(call: &mut Call<'_>) -> NativeResult {
    let value = real_pow(call.float(0), call.float(1))?;
    call.set_float(0, value);
    Ok(())
}

fn pow(call: &mut Call<'_>) -> NativeResult {
    let kind = call.sig.params[0].kind;
    if matches!(kind, LeafKind::F32 | LeafKind::F64) {
        let value = real_pow(real(call, 0), real(call, 1))?;
        set_real(call, 0, value);
        return Ok(());
    }
    let (base, exponent) = (integer(call, 0), integer(call, 1));
    let slot = if limits(kind).0 == 0 {
        unsigned_pow(base as u64, exponent as u64).map(i128::from)
    } else {
        Some(text::int_pow(base as i64, exponent as i64)?.into())
    };
    let slot = slot.and_then(|value| fitting(kind, value)).ok_or(TrapKind::Overflow)?;
    call.set(0, slot);
    Ok(())
}

fn div_mod(call: &mut Call<'_>) -> NativeResult {
    let kind = call.sig.params[0].kind;
    if matches!(kind, LeafKind::F32 | LeafKind::F64) {
        let (quotient, rest) = text::float_div_mod(real(call, 0), real(call, 1))?;
        set_real(call, 0, quotient);
        set_real(call, 1, rest);
        return Ok(());
    }
    let (a, b) = (integer(call, 0), integer(call, 1));
    if b == 0 {
        return Err(TrapKind::DivisionByZero.into());
    }
    // Floored: the remainder has the sign of the divisor.
    let rest = ((a % b) + b) % b;
    let quotient = fitting(kind, (a - rest) / b).ok_or(TrapKind::Overflow)?;
    call.set(0, quotient);
    call.set(1, rest as u64);
    Ok(())
}

/// Python's `bin`, `oct` and `hex`.
fn in_base(call: &mut Call<'_>, letter: char) -> NativeResult {
    use std::fmt::Write;
    let (size, sign) = (call.int(0).unsigned_abs(), if call.int(0) < 0 { "-" } else { "" });
    call.build(|out| {
        let written = match letter {
            'b' => write!(out, "{sign}{size:#b}"),
            'o' => write!(out, "{sign}{size:#o}"),
            _ => write!(out, "{sign}{size:#x}"),
        };
        debug_assert!(written.is_ok(), "writing to a string does not fail");
        Ok(())
    })
}
