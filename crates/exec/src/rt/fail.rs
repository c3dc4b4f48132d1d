//! Natives that end the task, each with its kind and message.

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
    let error = make_error(call, 0, message, source)?;
    call.set_obj(0, error);
    Ok(())
}

/// An error object of the type of result `i`.
pub(super) fn make_error(
    call: &mut Call<'_>,
    i: usize,
    message: kaa_heap::GcRef,
    source: kaa_heap::GcRef,
) -> Result<kaa_heap::GcRef, Box<Fault>> {
    use kaa_heap::TypeKind;
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
    call.heap.write_ref(error, kaa_heap::header::STRUCT_DATA + message_at, message);
    call.heap.write_ref(error, kaa_heap::header::STRUCT_DATA + source_at, source);
    Ok(error)
}
