//! Integers without bounds. A `bigint` is a byte string in the form of `kaa_base::bigint`, so
//! that comparing and hashing need nothing of their own.
//!
//! The size of a result is known before it is calculated, and refused where it can never be.

use kaa_base::bigint::{HEADER, MAX_MAGNITUDE, decode_int, digits, encode_int, is_negative};
use kaa_heap::{GcRef, LeafKind};
use kaa_isa::TrapKind;

use super::args::{invalid, with_scratch};
use super::fail::give_error;
use super::number::{INTEGER, fitting, integer, parse_message};
use super::output;
use crate::native::{Call, Fault, NativeResult};
use crate::text::big::{self, Op};
use crate::text::{FormatSpec, NumError, ParseError};

super::natives! {
    "bigint.add" "(bytes, bytes) -> bytes" |c| sum(c, Op::Add);
    "bigint.sub" "(bytes, bytes) -> bytes" |c| sum(c, Op::Sub);
    "bigint.and" "(bytes, bytes) -> bytes" |c| sum(c, Op::And);
    "bigint.or" "(bytes, bytes) -> bytes" |c| sum(c, Op::Or);
    "bigint.xor" "(bytes, bytes) -> bytes" |c| sum(c, Op::Xor);
    "bigint.mul" "(bytes, bytes) -> bytes" product;
    "bigint.floordiv" "(bytes, bytes) -> bytes" |c| quotient(c, Op::FloorDiv);
    "bigint.mod" "(bytes, bytes) -> bytes" |c| quotient(c, Op::Mod);
    "bigint.divmod" "(bytes, bytes) -> (bytes, bytes)" div_mod;
    "bigint.div" "(bytes, bytes) -> f64" true_div;
    "bigint.pow" "(bytes, i64) -> bytes" pow;
    "bigint.shl" "(bytes, i64) -> bytes" shift_left;
    "bigint.shr" "(bytes, i64) -> bytes" shift_right;
    "bigint.neg" "(bytes) -> bytes" |c| less(c, Op::Sub, 0);
    "bigint.invert" "(bytes) -> bytes" |c| less(c, Op::Sub, -1);
    "bigint.abs" "(bytes) -> bytes" |c| match is_negative(c.held_bytes(0)) {
        true => less(c, Op::Sub, 0),
        false => Ok(()),
    };
    "bigint.bit_length" "(bytes) -> i64" |c| {
        c.set_int(0, big::bit_length(c.held_bytes(0)) as i64);
        Ok(())
    };
    "bigint.bit_count" "(bytes) -> i64" |c| {
        c.charge_bytes(size(c, 0));
        c.set_int(0, big::bit_count(c.held_bytes(0)) as i64);
        Ok(())
    };
    "bigint.of_int" "(I) -> bytes" |c| { let n = integer(c, 0); give(c, 0, &encode_int(n)) };
    "bigint.of_float" "(f64) -> bytes" of_float;
    "bigint.of_str" "(str, i64) -> bytes" of_str;
    "bigint.parse" "(str, i64) -> result bytes" parse;
    "bigint.to_int" "(bytes) -> I" to_int;
    "bigint.to_float" "(bytes) -> f64" |c| {
        let x = big::to_float(c.held_bytes(0)).map_err(|_| no_float())?;
        c.charge_bytes(size(c, 0));
        c.set_float(0, x);
        Ok(())
    };
    "fmt.bigint" "(bytes) -> str" |c| {
        charge_digits(c, 0);
        let form = c.held_bytes(0);
        c.build(|out| { big::write(out, form); Ok(()) })
    };
    "sb.push_bigint" "(list u8, bytes)" |c| {
        charge_digits(c, 1);
        let form = c.held_bytes(1);
        output::write(c, |_, out| big::write(out, form))
    };
    "sb.format_bigint" "(list u8, bytes, str)" format;
}

/// Bytes of the size of argument `i`.
fn size(call: &Call<'_>, i: usize) -> usize {
    digits(call.held_bytes(i)).len()
}

/// Sets result `i` to a number.
fn give(call: &mut Call<'_>, i: usize, form: &[u8]) -> NativeResult {
    check(call, form.len().checked_sub(HEADER))?;
    call.charge_bytes(form.len());
    let made = call.heap.new_bytes(form)?;
    call.set_obj(i, made);
    Ok(())
}

/// Refuses a result whose size may have so many bytes.
fn check(call: &Call<'_>, bytes: Option<usize>) -> NativeResult {
    match bytes {
        Some(bytes) if bytes <= MAX_MAGNITUDE => call.check_size(Some(bytes + HEADER)),
        _ => Err(too_long()),
    }
}

/// A fault: the result would be larger than any number may be.
#[cold]
fn too_long() -> Box<Fault> {
    let most = MAX_MAGNITUDE * 8;
    let message = format!("the result would be larger than a `bigint` may be, {most} bits");
    Fault::new(TrapKind::OutOfMemory, message)
}

/// Operations whose result is hardly larger than the greater operand.
fn sum(call: &mut Call<'_>, op: Op) -> NativeResult {
    let most = size(call, 0).max(size(call, 1));
    call.charge_bytes(most);
    let result = big::binary(op, call.held_bytes(0), call.held_bytes(1))?;
    give(call, 0, &result)
}

/// A number less the argument.
fn less(call: &mut Call<'_>, op: Op, from: i128) -> NativeResult {
    let result = big::binary(op, &encode_int(from), call.held_bytes(0))?;
    give(call, 0, &result)
}

/// Charges for a product of sizes in bytes; large ones are made in less than all pairs of digits.
fn charge_product(call: &mut Call<'_>, a: usize, b: usize) {
    let (small, large) = (a.min(b) / 8 + 1, a.max(b) / 8 + 1);
    call.charge(large.saturating_mul(small.min(small.isqrt() * 4)));
}

fn product(call: &mut Call<'_>) -> NativeResult {
    let (a, b) = (size(call, 0), size(call, 1));
    check(call, a.checked_add(b))?;
    charge_product(call, a, b);
    let result = big::binary(Op::Mul, call.held_bytes(0), call.held_bytes(1))?;
    give(call, 0, &result)
}

/// Charges for a division of sizes in bytes.
fn charge_division(call: &mut Call<'_>, a: usize, b: usize) {
    let (quotient, divisor) = (a.saturating_sub(b) / 8 + 1, b / 8 + 1);
    call.charge(quotient.saturating_mul(divisor));
}

fn quotient(call: &mut Call<'_>, op: Op) -> NativeResult {
    charge_division(call, size(call, 0), size(call, 1));
    let result = big::binary(op, call.held_bytes(0), call.held_bytes(1))?;
    give(call, 0, &result)
}

fn div_mod(call: &mut Call<'_>) -> NativeResult {
    charge_division(call, size(call, 0), size(call, 1));
    let (quotient, rest) = big::div_mod(call.held_bytes(0), call.held_bytes(1))?;
    let (quotient, rest) = (call.heap.new_bytes(&quotient)?, call.heap.new_bytes(&rest)?);
    call.set_obj(0, quotient);
    call.set_obj(1, rest);
    Ok(())
}

fn true_div(call: &mut Call<'_>) -> NativeResult {
    let (a, b) = (size(call, 0), size(call, 1));
    charge_division(call, a, b);
    let value = big::true_div(call.held_bytes(0), call.held_bytes(1));
    let value = value.map_err(|error| match error {
        NumError::Overflow => no_float(),
        other => other.into(),
    })?;
    call.set_float(0, value);
    Ok(())
}

fn pow(call: &mut Call<'_>) -> NativeResult {
    let exponent = u64::try_from(call.int(1)).map_err(|_| NumError::NegativeExponent)?;
    let small = decode_int(call.held_bytes(0));
    if let Some(base @ -1..=1) = small {
        let odd = exponent & 1 == 1;
        let result = if exponent == 0 || base == -1 && !odd { 1 } else { base };
        return give(call, 0, &encode_int(result));
    }
    let bits = big::bit_length(call.held_bytes(0)).checked_mul(exponent);
    let bytes = bits.and_then(|bits| usize::try_from(bits / 8 + 1).ok());
    check(call, bytes)?;
    let (bytes, exponent) = (bytes.unwrap_or(0), u32::try_from(exponent).unwrap_or(u32::MAX));
    charge_product(call, bytes, bytes);
    let result = big::pow(call.held_bytes(0), exponent);
    give(call, 0, &result)
}

/// The count of a shift.
fn shift_count(call: &Call<'_>) -> Result<u64, Box<Fault>> {
    u64::try_from(call.int(1)).map_err(|_| TrapKind::ShiftOutOfRange.into())
}

fn shift_left(call: &mut Call<'_>) -> NativeResult {
    let count = shift_count(call)?;
    if size(call, 0) == 0 {
        return Ok(());
    }
    let more = usize::try_from(count / 8 + 1).map_err(|_| too_long())?;
    check(call, size(call, 0).checked_add(more))?;
    let result = big::shift_left(call.held_bytes(0), count);
    give(call, 0, &result)
}

fn shift_right(call: &mut Call<'_>) -> NativeResult {
    let count = shift_count(call)?;
    call.charge_bytes(size(call, 0));
    let result = big::shift_right(call.held_bytes(0), count);
    give(call, 0, &result)
}

fn of_float(call: &mut Call<'_>) -> NativeResult {
    let form = big::of_float(call.float(0)).map_err(|_| TrapKind::Conversion)?;
    give(call, 0, &form)
}

/// Charges for reading a text of digits or writing one.
fn charge_text(call: &mut Call<'_>, bytes: usize) {
    let limbs = bytes / 16 + 1;
    call.charge(limbs.saturating_mul(limbs));
}

fn charge_digits(call: &mut Call<'_>, i: usize) {
    charge_text(call, size(call, i).saturating_mul(2));
}

/// The number in a text. Its length is refused before it is read where it may be too long: a
/// digit has three bits in decimal.
fn read(call: &mut Call<'_>) -> Result<Result<Vec<u8>, ParseError>, Box<Fault>> {
    let len = call.str(0).len();
    check(call, Some(len / 8 * 3))?;
    charge_text(call, len);
    let base = u32::try_from(call.int(1)).map_err(|_| ParseError::BadBase);
    Ok(base.and_then(|base| big::parse(call.held(0), base)))
}

fn of_str(call: &mut Call<'_>) -> NativeResult {
    let form = read(call)?;
    let form = form.map_err(|error| invalid(parse_message(call.str(0), error, INTEGER)))?;
    give(call, 0, &form)
}

fn parse(call: &mut Call<'_>) -> NativeResult {
    let form = read(call)?;
    match form.map_err(|error| parse_message(call.str(0), error, INTEGER)) {
        Ok(form) => {
            give(call, 1, &form)?;
            call.set_obj(2, GcRef::NULL);
            call.set_bool(0, true);
        }
        Err(message) => give_error(call, &message)?,
    }
    Ok(())
}

fn to_int(call: &mut Call<'_>) -> NativeResult {
    let kind: LeafKind = call.sig.results[0].kind;
    let slot = decode_int(call.held_bytes(0)).and_then(|value| fitting(kind, value));
    call.set(0, slot.ok_or(TrapKind::Conversion)?);
    Ok(())
}

#[cold]
fn no_float() -> Box<Fault> {
    Fault::new(TrapKind::Conversion, "the number is too large for a float")
}

fn format(call: &mut Call<'_>) -> NativeResult {
    charge_digits(call, 1);
    let spec = FormatSpec::parse(call.str(2))?;
    let form = call.held_bytes(1);
    with_scratch(|out| {
        big::format(out, form, &spec)?;
        output::push(call, out.as_bytes())
    })
}
