//! Natives that end the task, each with its kind and message.

use kaa_heap::header::STRUCT_DATA;
use kaa_heap::{GcRef, TypeKind};
use kaa_isa::TrapKind;

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "panic" "(str)" |c| fail(c, TrapKind::Panic);
    "unreachable" "(str)" |c| fail(c, TrapKind::Unreachable);
    "assert.fail" "(str)" |c| fail(c, TrapKind::AssertionFailed);
    "fail.value" "(str)" |c| fail(c, TrapKind::InvalidValue);
    "list.unpack_fail" "(i64, i64)" unpack_fail;
    "error.new" "(str, opt error) -> error" error_new;
}

fn fail(call: &mut Call<'_>, kind: TrapKind) -> NativeResult {
    Err(Fault::new(kind, call.str(0)))
}

fn unpack_fail(call: &mut Call<'_>) -> NativeResult {
    let (names, len) = (call.int(0), call.int(1));
    let few = if len < names { "not enough" } else { "too many" };
    Err(invalid(format!("{few} values to unpack: {names} names, but a list of length {len}")))
}

/// Makes an error object: a message and its cause.
fn error_new(call: &mut Call<'_>) -> NativeResult {
    let (message, source) = (call.obj(0), call.obj(1));
    let error = error_of(call, 0, message, source)?;
    call.set_obj(0, error);
    Ok(())
}

/// A new error object with this message, for result `i`: the last one of a `result` pattern.
///
/// # Errors
/// When the heap is full.
pub fn make_error(call: &mut Call<'_>, i: usize, message: &str) -> Result<GcRef, Box<Fault>> {
    let message = call.heap.new_str(message)?;
    error_of(call, i, message, GcRef::NULL)
}

/// Gives an error: the three slots of a `Result` of one object.
///
/// # Errors
/// When the heap is full.
pub fn give_error(call: &mut Call<'_>, message: &str) -> NativeResult {
    let error = make_error(call, 2, message)?;
    call.set_bool(0, false);
    call.set_obj(1, GcRef::NULL);
    call.set_obj(2, error);
    Ok(())
}

/// An error object of the type of result `i`.
fn error_of(
    call: &mut Call<'_>,
    i: usize,
    message: GcRef,
    source: GcRef,
) -> Result<GcRef, Box<Fault>> {
    let ty = call.result_type(i);
    let places = match &call.heap.types().desc(ty).kind {
        TypeKind::Struct(layout) => match &*layout.leaves {
            [message, source] => Some((message.offset, source.offset)),
            _ => None,
        },
        _ => None,
    };
    let (message_at, source_at) = places.ok_or_else(|| invalid("not an error type"))?;
    let error = call.heap.new_struct(ty)?;
    call.heap.write_ref(error, STRUCT_DATA + message_at, message);
    call.heap.write_ref(error, STRUCT_DATA + source_at, source);
    Ok(error)
}
