//! Ranges: three integers, never an object.

use kaa_isa::TrapKind;

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};
use crate::text;

super::natives! {
    "range.len" "(i64, i64, i64) -> i64" len;
    "range.count" "(i64, i64, i64, i64) -> i64" |c| {
        let found = place(c)?.is_some();
        c.set_int(0, i64::from(found));
        Ok(())
    };
    "range.index" "(i64, i64, i64, i64) -> i64" index;
    "range.at" "(i64, i64, i64, i64) -> i64" at;
    "range.slice" "(i64, i64, i64, opt i64, opt i64, opt i64) -> (i64, i64, i64)" slice;
    "range.list" "(i64, i64, i64) -> list i64" list;
    "range.contains" "(i64, i64, i64, i64) -> bool" |c| {
        let found = place(c)?.is_some();
        c.set_bool(0, found);
        Ok(())
    };
}

/// How many numbers there are from `start` before `stop`; `None` for a step of zero.
fn count(start: i64, stop: i64, step: i64) -> Option<u64> {
    let (from, to) = if step > 0 { (start, stop) } else { (stop, start) };
    let step = step.unsigned_abs();
    if step == 0 {
        return None;
    }
    Some(if from >= to { 0 } else { to.abs_diff(from).div_ceil(step) })
}

fn zero_step() -> Box<Fault> {
    invalid("the step of a range must not be zero")
}

/// The length of the range in the first three slots.
fn len_arg(call: &Call<'_>) -> Result<i64, Box<Fault>> {
    let count = count(call.int(0), call.int(1), call.int(2)).ok_or_else(zero_step)?;
    Ok(i64::try_from(count).map_err(|_| TrapKind::Overflow)?)
}

fn len(call: &mut Call<'_>) -> NativeResult {
    let len = len_arg(call)?;
    call.set_int(0, len);
    Ok(())
}

/// The number at a position, which may lie just outside of the range.
fn number_at(call: &Call<'_>, place: i64) -> Result<i64, Box<Fault>> {
    let number = i128::from(call.int(0)) + i128::from(place) * i128::from(call.int(2));
    Ok(i64::try_from(number).map_err(|_| TrapKind::Overflow)?)
}

fn at(call: &mut Call<'_>) -> NativeResult {
    let (len, place) = (len_arg(call)?, call.int(3));
    if place < 0 || place >= len {
        let message = format!("index {place} out of range for range of length {len}");
        return Err(Fault::new(TrapKind::IndexOutOfRange, message));
    }
    let number = number_at(call, place)?;
    call.set_int(0, number);
    Ok(())
}

fn slice(call: &mut Call<'_>) -> NativeResult {
    let (len, step) = (len_arg(call)?, call.opt_int(7).unwrap_or(1));
    if step == 0 {
        return Err(invalid("the step of a slice must not be zero"));
    }
    let (start, stop) = text::clipped(call.opt_int(3), call.opt_int(5), step, len);
    let (start, stop) = (number_at(call, start)?, number_at(call, stop)?);
    let step = call.int(2).checked_mul(step).ok_or(TrapKind::Overflow)?;
    call.set_int(0, start);
    call.set_int(1, stop);
    call.set_int(2, step);
    Ok(())
}

/// All numbers of a range.
fn list(call: &mut Call<'_>) -> NativeResult {
    let (start, step, len) = (call.int(0), call.int(2), len_arg(call)?);
    let bytes = usize::try_from(len).ok().and_then(|len| len.checked_mul(8));
    call.check_size(bytes)?;
    call.charge(len as usize);
    let list = call.heap.list_new_zeroed(call.result_type(0), len as u32)?;
    // The sums of all numbers but those behind the last are in range.
    let mut number = start;
    for item in call.heap.list_as_i64_slice_mut(list) {
        *item = number;
        number = number.wrapping_add(step);
    }
    call.set_obj(0, list);
    Ok(())
}

/// The place of the number in slot 3, if it is in the range.
fn place(call: &Call<'_>) -> Result<Option<u64>, Box<Fault>> {
    let (start, step, item) = (call.int(0), call.int(2), call.int(3));
    let count = count(start, call.int(1), step).ok_or_else(zero_step)?;
    let ahead = if step > 0 { item >= start } else { item <= start };
    let (distance, step) = (item.abs_diff(start), step.unsigned_abs());
    let fits = ahead && distance.is_multiple_of(step) && distance / step < count;
    Ok(fits.then(|| distance / step))
}

fn index(call: &mut Call<'_>) -> NativeResult {
    let item = call.int(3);
    let place = place(call)?.ok_or_else(|| invalid(format!("{item} is not in the range")))?;
    call.set(0, place);
    Ok(())
}
