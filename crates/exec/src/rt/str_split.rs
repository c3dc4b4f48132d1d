//! Strings: cutting them into pieces.

use kaa_heap::{GcRef, Heap, HeapError};

use crate::native::{Call, NativeResult};
use crate::text;

super::natives! {
    "str.split" "(str, opt str, i64) -> list str" split;
    "str.rsplit" "(str, opt str, i64) -> list str" rsplit;
    "str.splitlines" "(str, bool) -> list str" lines;
    "str.partition" "(str, str) -> (str, str, str)" |c| partition(c, text::partition);
    "str.rpartition" "(str, str) -> (str, str, str)" |c| partition(c, text::rpartition);
    "str.chars" "(str) -> list u32" chars;
}

/// Pushes the pieces to a new list of strings.
fn give_pieces<'p>(call: &mut Call<'_>, pieces: impl Iterator<Item = &'p str>) -> NativeResult {
    let list = call.heap.list_new(call.result_type(0), 0)?;
    for piece in pieces {
        let piece = call.heap.new_str(piece)?;
        call.heap.list_push_slots(list, &[piece.slot()])?;
    }
    call.set_obj(0, list);
    Ok(())
}

fn split(call: &mut Call<'_>) -> NativeResult {
    let (whole, separator, most) = (call.held(0), call.opt_str(1), call.int(2));
    call.charge(whole.len() / 4);
    match separator {
        Some(separator) => give_pieces(call, text::split(whole, separator, most)?),
        None => give_pieces(call, text::split_whitespace(whole, most)),
    }
}

fn rsplit(call: &mut Call<'_>) -> NativeResult {
    let (whole, separator, most) = (call.held(0), call.opt_str(1), call.int(2));
    call.charge(whole.len() / 4);
    let pieces = match separator {
        Some(separator) => text::rsplit(whole, separator, most)?,
        None => text::rsplit_whitespace(whole, most),
    };
    give_pieces(call, pieces.into_iter())
}

fn lines(call: &mut Call<'_>) -> NativeResult {
    let (whole, keep_ends) = (call.held(0), call.bool(1));
    call.charge(whole.len() / 4);
    give_pieces(call, text::split_lines(whole, keep_ends))
}

type Partition = for<'a> fn(&'a str, &'a str) -> Result<[&'a str; 3], text::TextError>;

fn partition(call: &mut Call<'_>, partition: Partition) -> NativeResult {
    let (whole, separator) = (call.held(0), call.held(1));
    call.charge_bytes(whole.len());
    let parts = partition(whole, separator)?;
    let mut objects = [GcRef::NULL; 3];
    for (object, part) in objects.iter_mut().zip(parts) {
        *object = call.heap.new_str(part)?;
    }
    for (i, object) in objects.into_iter().enumerate() {
        call.set_obj(i, object);
    }
    Ok(())
}

/// The code points as a list.
fn chars(call: &mut Call<'_>) -> NativeResult {
    let whole = call.held(0);
    call.charge(whole.len());
    let len = call.heap.str_len(call.obj(0));
    let list = push_chars(call.heap, call.sig.results[0].ty, whole, len)?;
    call.set_obj(0, list);
    Ok(())
}

fn push_chars(
    heap: &mut Heap,
    ty: kaa_heap::TypeId,
    text: &str,
    len: u32,
) -> Result<GcRef, HeapError> {
    let list = heap.list_new(ty, len)?;
    for c in text.chars() {
        heap.list_push_slots(list, &[u64::from(u32::from(c))])?;
    }
    Ok(list)
}
