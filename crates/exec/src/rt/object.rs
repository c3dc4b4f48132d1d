//! Comparing and hashing whole values.
//!
//! The structure of objects is walked by the heap; here its results become slots.

use kaa_heap::GcRef;

use crate::native::{Call, NativeResult};

super::natives! {
    "obj.eq" "(obj, obj) -> bool" eq;
    "obj.cmp" "(obj, obj) -> i64" cmp;
    "obj.share" "(obj)" |c| { c.heap.mark_shared(c.obj(0)); Ok(()) };
    "hash.int" "(i64, i64) -> i64" |c| hash(c, |c| Ok(c.arg(1)));
    "hash.float" "(i64, f64) -> i64" |c| hash(c, |c| Ok(canonical(c.float(1))));
    "hash.obj" "(i64, obj) -> i64" |c| hash(c, hash_of_obj);
}

/// Fuel for looking at an object: its elements, but not what is behind them.
fn size(call: &Call<'_>, object: GcRef) -> usize {
    use kaa_heap::TypeKind;
    if object.is_null() {
        return 0;
    }
    match call.heap.types().desc(call.heap.type_of(object)).kind {
        TypeKind::List { .. } => call.heap.list_len(object) as usize,
        TypeKind::Map { .. } => call.heap.map_len(object) as usize,
        TypeKind::Str => call.heap.str_bytes(object).len() / 16,
        TypeKind::Bytes => call.heap.bytes(object).len() / 16,
        _ => 1,
    }
}

fn eq(call: &mut Call<'_>) -> NativeResult {
    let (a, b) = (call.obj(0), call.obj(1));
    call.charge(size(call, a).min(size(call, b)));
    let equal = call.heap.deep_eq(a, b)?;
    call.set_bool(0, equal);
    Ok(())
}

fn cmp(call: &mut Call<'_>) -> NativeResult {
    let (a, b) = (call.obj(0), call.obj(1));
    call.charge(size(call, a).min(size(call, b)));
    let order = call.heap.deep_cmp(a, b)?;
    call.set_int(0, order as i64);
    Ok(())
}

/// A float in the form in which equal numbers have equal bits.
fn canonical(x: f64) -> u64 {
    match x {
        _ if x.is_nan() => f64::NAN.to_bits(),
        0.0 => 0,
        _ => x.to_bits(),
    }
}

/// Mixes a value into the hash in slot 0.
fn hash(
    call: &mut Call<'_>,
    value: fn(&mut Call<'_>) -> Result<u64, Box<crate::native::Fault>>,
) -> NativeResult {
    let value = value(call)?;
    let state = call.arg(0).rotate_left(25) ^ value;
    let mixed = (state ^ state >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    call.set(0, mixed ^ mixed >> 29);
    Ok(())
}

fn hash_of_obj(call: &mut Call<'_>) -> Result<u64, Box<crate::native::Fault>> {
    let object = call.obj(1);
    call.charge(size(call, object));
    Ok(call.heap.deep_hash(object)?.into())
}
