//! Strings: putting them together, repeating, slicing, encoding.

use kaa_heap::GcRef;

use super::args::too_large;
use super::list_slice::resolve;
use crate::native::{Call, NativeResult};

super::natives! {
    "str.concat" "(str, str) -> str" concat;
    "str.repeat" "(str, i64) -> str" repeat;
    "str.slice" "(str, opt i64, opt i64, opt i64) -> str" slice;
    "str.join" "(str, list str) -> str" join;
    "str.join_chars" "(str, list u32) -> str" join_chars;
    "str.encode" "(str) -> bytes" encode;
    "str.bytes" "(str) -> bytes" encode;
    "str.of_chars" "(list u32) -> str" of_chars;
}

fn concat(call: &mut Call<'_>) -> NativeResult {
    let whole = call.heap.str_concat(call.obj(0), call.obj(1))?;
    call.charge_bytes(call.heap.str_bytes(whole).len());
    call.set_obj(0, whole);
    Ok(())
}

fn repeat(call: &mut Call<'_>) -> NativeResult {
    let (text, times) = (call.held(0), call.int(1).max(0));
    if times == 1 || text.is_empty() {
        return Ok(());
    }
    let times = usize::try_from(times).map_err(|_| too_large())?;
    let size = text.len().checked_mul(times);
    call.check_size(size)?;
    call.build(|out| {
        out.reserve_exact(text.len() * times);
        (0..times).for_each(|_| out.push_str(text));
        Ok(())
    })
}

fn slice(call: &mut Call<'_>) -> NativeResult {
    let object = call.obj(0);
    let part = resolve(call, call.heap.str_len(object) as usize)?;
    if part.count == 0 {
        return call.give_str(0, "");
    }
    if part.step == 1 {
        let (from, to) = (part.start as u32, (part.start + part.count) as u32);
        call.charge_bytes(part.count);
        let slice = call.heap.str_slice_chars(object, from, to)?;
        call.set_obj(0, slice);
        return Ok(());
    }
    call.charge(part.count);
    let (start, stop, step) = (call.opt_int(1), call.opt_int(3), part.step);
    let text = call.text(0);
    call.build(|out| text.write_slice(out, start, stop, step).ok_or_else(too_large))
}

/// The texts of a list of strings. Their references lie side by side in it.
fn texts<'c>(call: &'c Call<'_>, list: GcRef) -> impl Iterator<Item = &'c str> {
    let (refs, _) = call.heap.list_bytes(list).as_chunks::<4>();
    refs.iter().map(|bytes| call.heap.str(GcRef(u32::from_ne_bytes(*bytes))))
}

fn join(call: &mut Call<'_>) -> NativeResult {
    let (separator, list) = (call.held(0), call.obj(1));
    let len = super::list::charge_len(call, list);
    if len == 1 {
        let only = call.heap.list_get_leaf(list, 0, 0);
        call.set(0, only);
        return Ok(());
    }
    let between = separator.len().saturating_mul((len as usize).saturating_sub(1));
    let total = texts(call, list).try_fold(between, |sum, text| sum.checked_add(text.len()));
    call.check_size(total)?;
    super::args::with_scratch(|out| {
        out.reserve(total.unwrap_or(0));
        for (i, text) in texts(call, list).enumerate() {
            if i > 0 {
                out.push_str(separator);
            }
            out.push_str(text);
        }
        call.charge_bytes(out.len());
        call.give_str(0, out)
    })
}

/// The characters of a list with a text between them.
fn write_chars(call: &mut Call<'_>, separator: &str, list: GcRef) -> NativeResult {
    let len = super::list::charge_len(call, list);
    call.check_size((separator.len() + 4).checked_mul(len as usize))?;
    super::args::with_scratch(|out| {
        for i in 0..len {
            if i > 0 {
                out.push_str(separator);
            }
            let code = call.heap.list_get_leaf(list, i, 0) as u32;
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        call.charge_bytes(out.len());
        call.give_str(0, out)
    })
}

fn join_chars(call: &mut Call<'_>) -> NativeResult {
    let (separator, list) = (call.held(0), call.obj(1));
    write_chars(call, separator, list)
}

fn of_chars(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    write_chars(call, "", list)
}

fn encode(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    call.charge_bytes(text.len());
    let bytes = call.heap.new_bytes(text.as_bytes())?;
    call.set_obj(0, bytes);
    Ok(())
}
