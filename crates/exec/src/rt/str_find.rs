//! Strings: searching, counting and testing; nothing here makes a new string.

use kaa_heap::GcRef;

use super::args::{invalid, quoted};
use crate::native::{Call, Fault, NativeResult};
use crate::text::{self, Text};

super::natives! {
    "str.contains" "(str, str) -> bool" contains;
    "str.find" "(str, str, opt i64, opt i64) -> i64"
        |c| { let at = search(c, text::find); c.set_int(0, at.unwrap_or(-1)); Ok(()) };
    "str.rfind" "(str, str, opt i64, opt i64) -> i64"
        |c| { let at = search(c, text::rfind); c.set_int(0, at.unwrap_or(-1)); Ok(()) };
    "str.index" "(str, str, opt i64, opt i64) -> i64" |c| index(c, text::find);
    "str.rindex" "(str, str, opt i64, opt i64) -> i64" |c| index(c, text::rfind);
    "str.count" "(str, str, opt i64, opt i64) -> i64" count;
    "str.startswith" "(str, str, opt i64, opt i64) -> bool" |c| edge(c, text::starts_with);
    "str.endswith" "(str, str, opt i64, opt i64) -> bool" |c| edge(c, text::ends_with);
    "str.startswith_any" "(str, list str) -> bool" |c| any_edge(c, |s, part| s.starts_with(part));
    "str.endswith_any" "(str, list str) -> bool" |c| any_edge(c, |s, part| s.ends_with(part));
    "str.isalnum" "(str) -> bool" |c| test(c, text::is_alnum);
    "str.isalpha" "(str) -> bool" |c| test(c, text::is_alpha);
    "str.isascii" "(str) -> bool"
        |c| { let ascii = c.heap.is_ascii(c.obj(0)); c.set_bool(0, ascii); Ok(()) };
    "str.isdecimal" "(str) -> bool" |c| test(c, text::is_decimal);
    "str.isdigit" "(str) -> bool" |c| test(c, text::is_digit);
    "str.isidentifier" "(str) -> bool" |c| test(c, text::is_identifier);
    "str.islower" "(str) -> bool" |c| test(c, text::is_lower);
    "str.isnumeric" "(str) -> bool" |c| test(c, text::is_numeric);
    "str.isprintable" "(str) -> bool" |c| test(c, text::is_printable);
    "str.isspace" "(str) -> bool" |c| test(c, text::is_space);
    "str.istitle" "(str) -> bool" |c| test(c, text::is_title);
    "str.isupper" "(str) -> bool" |c| test(c, text::is_upper);
    "str.next_char" "(str, i64) -> (u32, i64)" next_char;
}

fn test(call: &mut Call<'_>, passes: fn(&str) -> bool) -> NativeResult {
    let text = call.held(0);
    call.charge_bytes(text.len());
    call.set_bool(0, passes(text));
    Ok(())
}

fn contains(call: &mut Call<'_>) -> NativeResult {
    let (text, part) = (call.held(0), call.held(1));
    call.charge_bytes(text.len());
    let found = text::find(Text::by_bytes(text), part, 0, i64::MAX).is_some();
    call.set_bool(0, found);
    Ok(())
}

/// The window that the optional bounds from slot 2 on say.
fn window(call: &mut Call<'_>) -> (i64, i64) {
    call.charge_bytes(call.str(0).len());
    (call.opt_int(2).unwrap_or(0), call.opt_int(4).unwrap_or(i64::MAX))
}

type Search = fn(Text<'_>, &str, i64, i64) -> Option<usize>;

fn search(call: &mut Call<'_>, search: Search) -> Option<i64> {
    let (start, end) = window(call);
    search(call.text(0), call.held(1), start, end).map(|place| place as i64)
}

fn index(call: &mut Call<'_>, find: Search) -> NativeResult {
    let place = search(call, find).ok_or_else(|| missing(call))?;
    call.set_int(0, place);
    Ok(())
}

#[cold]
fn missing(call: &Call<'_>) -> Box<Fault> {
    invalid(format!("{} is not in the text", quoted(call.str(1))))
}

fn count(call: &mut Call<'_>) -> NativeResult {
    let (start, end) = window(call);
    let count = text::count(call.text(0), call.held(1), start, end);
    call.set_int(0, count as i64);
    Ok(())
}

fn edge(call: &mut Call<'_>, test: fn(Text<'_>, &str, i64, i64) -> bool) -> NativeResult {
    let (start, end) = (call.opt_int(2).unwrap_or(0), call.opt_int(4).unwrap_or(i64::MAX));
    call.charge_bytes(call.str(1).len());
    let found = match (start, end) {
        // The window of the whole text needs no positions.
        (0, i64::MAX) => test(Text::by_bytes(call.held(0)), call.held(1), 0, i64::MAX),
        _ => test(call.text(0), call.held(1), start, end),
    };
    call.set_bool(0, found);
    Ok(())
}

fn any_edge(call: &mut Call<'_>, test: fn(&str, &str) -> bool) -> NativeResult {
    let (text, parts) = (call.held(0), call.obj(1));
    let len = super::list::charge_len(call, parts);
    let part = |i| call.held_obj(GcRef::from_slot(call.heap.list_get_leaf(parts, i, 0)));
    let found = (0..len).any(|i| test(text, part(i)));
    call.set_bool(0, found);
    Ok(())
}

/// The code point at a byte position, and the position behind it.
fn next_char(call: &mut Call<'_>) -> NativeResult {
    let at = call.int(1);
    let rest = usize::try_from(at).ok().and_then(|at| call.held(0).get(at..));
    let Some(c) = rest.and_then(|rest| rest.chars().next()) else {
        return Err(invalid(format!("no character starts at byte {at}")));
    };
    call.set(0, u64::from(u32::from(c)));
    call.set_int(1, at + c.len_utf8() as i64);
    Ok(())
}
