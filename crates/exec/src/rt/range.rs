//! Ranges: three integers, never an object.

use kaa_isa::TrapKind;

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "range.len" "(i64, i64, i64) -> i64" len;
    "range.count" "(i64, i64, i64, i64) -> i64" |c| {
        let found = place(c)?.is_some();
        c.set_int(0, i64::from(found));
        Ok(())
    };
    "range.index" "(i64, i64, i64, i64) -> i64" index;
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

fn len(call: &mut Call<'_>) -> NativeResult {
    let count = count(call.int(0), call.int(1), call.int(2)).ok_or_else(zero_step)?;
    let count = i64::try_from(count).map_err(|_| TrapKind::Overflow)?;
    call.set_int(0, count);
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
