//! What lowering makes readers and writers of JSON of, for the types that a program chose.
//!
//! A reader goes through the text by a *cursor*, a number that holds the position and how many
//! lists and dicts are open. A native takes what is next and gives the cursor behind it; where
//! something else is there, it says so by its first result, and the cursor says where. Only then
//! a sentence is made of it, by `json.fail`. Writers append to a buffer, as those of `repr` do.

use kaa_heap::GcRef;

use super::args::with_scratch;
use super::fail::make_error;
use super::json::{Maker, Shapes, Stop, Writer};
use super::output::write;
use crate::native::{Call, NativeResult};
use crate::text::json::write::{write_float, write_str};
use crate::text::json::{Found, Number, Scanner, Trouble, place};

super::natives! {
    "json.int" "(str, i64, i64) -> (bool, i64, i64)" int;
    "json.int_key" "(str, i64, i64) -> (bool, i64, i64)" int_key;
    "json.float" "(str, i64) -> (bool, f64, i64)" float;
    "json.bool" "(str, i64) -> (bool, bool, i64)" bool;
    "json.null" "(str, i64) -> (bool, i64)" null;
    "json.str" "(str, i64) -> (opt str, i64)" |c| string(c, false);
    "json.key" "(str, i64) -> (opt str, i64)" |c| string(c, true);
    "json.char" "(str, i64) -> (bool, u32, i64)" |c| char(c, false);
    "json.char_key" "(str, i64) -> (bool, u32, i64)" |c| char(c, true);
    "json.open" "(str, i64, i64) -> (i64, i64)" open;
    "json.more" "(str, i64, i64) -> (i64, i64)" more;
    "json.field" "(str, i64, str) -> (i64, i64)" field;
    "json.variant" "(str, i64, str) -> (i64, bool, i64)" variant;
    "json.skip" "(str, i64) -> (bool, i64)" |c| step(c, |scanner| scanner.skip());
    "json.end" "(str, i64) -> (bool, i64)" |c| step(c, |scanner| scanner.end());
    "json.value" "(list V, str, i64) -> (result V.., i64)" value;
    "json.fail" "(str, i64, str) -> error" |c| fail(c, true);
    "json.fail_with" "(str, i64, str) -> error" |c| fail(c, false);

    "json.put_float" "(list u8, f64)" |c| write(c, |c, out| write_float(out, c.float(1)));
    "json.put_str" "(list u8, str)" |c| write(c, |c, out| write_str(out, c.str(1)));
    "json.put_value" "(list V, list u8, V..)" put_value;
}

/// Where the depth stands in a cursor, above the position.
const DEPTH: u32 = 40;

fn scanner_at(text: &str, cursor: i64) -> Scanner<'_> {
    let at = usize::try_from(cursor & ((1 << DEPTH) - 1)).unwrap_or(0).min(text.len());
    let depth = u32::try_from(cursor >> DEPTH).unwrap_or(0);
    Scanner { text, at, depth }
}

/// The scanner of the text and the cursor in slots `i` and `i + 1`.
fn scanner<'t>(call: &Call<'t>, i: usize) -> Scanner<'t> {
    scanner_at(call.held(i), call.int(i + 1))
}

fn cursor(scanner: &Scanner<'_>) -> i64 {
    i64::from(scanner.depth) << DEPTH | scanner.at as i64
}

/// The cursor of the token where something else was expected.
fn stopped(before: Scanner<'_>) -> i64 {
    let mut at = before;
    at.peek();
    cursor(&at)
}

/// Takes something that is no value.
fn step(
    call: &mut Call<'_>,
    take: impl FnOnce(&mut Scanner<'_>) -> Result<(), Trouble>,
) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let taken = take(&mut scanner);
    call.charge(1 + (scanner.at - before.at) / 4);
    let at = match taken {
        Ok(()) => cursor(&scanner),
        Err(trouble) => cursor(&Scanner { at: trouble.at, ..scanner }),
    };
    call.set_bool(0, taken.is_ok());
    call.set_int(1, at);
    Ok(())
}

/// Gives a value of one slot with the cursor behind it; nothing where there is none.
fn give(call: &mut Call<'_>, found: Option<(u64, Scanner<'_>)>, before: Scanner<'_>) {
    let at = found.map_or_else(|| stopped(before), |(_, behind)| cursor(&behind));
    call.set_bool(0, found.is_some());
    call.set(1, found.map_or(0, |(value, _)| value));
    call.set_int(2, at);
}

/// An integer in the range of `bits` bits; less than zero are those without a sign.
fn in_range(value: Number, bits: i64) -> Option<u64> {
    let wide = match value {
        Number::Int(value) => i128::from(value),
        Number::Large(value) => value?,
        Number::Float(_) => return None,
    };
    let size = u32::try_from(bits.unsigned_abs()).unwrap_or(64).clamp(1, 64);
    let (low, high) = match bits > 0 {
        true => (-(1i128 << (size - 1)), (1i128 << (size - 1)) - 1),
        false => (0, (1i128 << size) - 1),
    };
    (low <= wide && wide <= high).then_some(wide as u64)
}

fn int(call: &mut Call<'_>) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let found = scanner.number().ok().and_then(|value| in_range(value, call.int(2)));
    give(call, found.map(|value| (value, scanner)), before);
    Ok(())
}

/// A key that is an integer, in quotes.
fn int_key(call: &mut Call<'_>) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let found = match scanner.string() {
        Ok(Found::Plain(key)) => {
            let mut inner = Scanner::new(key);
            let number = inner.number().ok().filter(|_| inner.at == key.len());
            number.and_then(|number| in_range(number, call.int(2)))
        }
        _ => None,
    };
    let found = found.filter(|_| scanner.colon().is_ok());
    give(call, found.map(|value| (value, scanner)), before);
    Ok(())
}

fn float(call: &mut Call<'_>) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    scanner.peek();
    let start = scanner.at;
    let found = scanner.number().ok().map(|number| match number {
        Number::Float(value) => value,
        Number::Int(value) => value as f64,
        Number::Large(_) => {
            let written = scanner.text.get(start..scanner.at).unwrap_or_default();
            written.parse().unwrap_or(f64::NAN)
        }
    });
    give(call, found.map(|value| (value.to_bits(), scanner)), before);
    Ok(())
}

fn bool(call: &mut Call<'_>) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let found = scanner.bool().ok();
    give(call, found.map(|value| (u64::from(value), scanner)), before);
    Ok(())
}

/// Takes `null`, or nothing.
fn null(call: &mut Call<'_>) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let found = scanner.null().is_ok();
    call.set_bool(0, found);
    call.set_int(1, cursor(if found { &scanner } else { &before }));
    Ok(())
}

/// Takes a string, and a colon behind it if it is a key, and shows what it says.
fn said<'t, R>(
    scanner: &mut Scanner<'t>,
    is_key: bool,
    show: impl FnOnce(&str) -> R,
) -> Result<R, Trouble> {
    let found = scanner.string()?;
    with_scratch(|out| {
        let text = match found {
            Found::Plain(text) => text,
            Found::Escaped(text) => {
                scanner.said(text, out)?;
                out.as_str()
            }
        };
        if is_key {
            scanner.colon()?;
        }
        Ok(show(text))
    })
}

fn string(call: &mut Call<'_>, is_key: bool) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let made = said(&mut scanner, is_key, |text| call.heap.new_str(text));
    call.charge_bytes(scanner.at - before.at);
    match made {
        Ok(text) => {
            call.set_obj(0, text?);
            call.set_int(1, cursor(&scanner));
        }
        Err(trouble) => {
            call.set_obj(0, GcRef::NULL);
            let at = if is_key { trouble.at } else { scanner_at(before.text, stopped(before)).at };
            call.set_int(1, cursor(&Scanner { at, ..before }));
        }
    }
    Ok(())
}

fn char(call: &mut Call<'_>, is_key: bool) -> NativeResult {
    let before = scanner(call, 0);
    let mut scanner = before;
    let found = said(&mut scanner, is_key, |text| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    });
    let found = found.ok().flatten();
    give(call, found.map(|c| (u64::from(u32::from(c)), scanner)), before);
    Ok(())
}

/// The bracket in slot 2.
fn bracket(call: &Call<'_>) -> u8 {
    if call.int(2) == i64::from(b'[') { b'[' } else { b'{' }
}

/// Gives 1 where an item follows, 0 where the bracket was closed, -1 for a trouble.
fn state(call: &mut Call<'_>, scanner: Scanner<'_>, more: Result<bool, Trouble>) {
    let (state, at) = match more {
        Ok(more) => (i64::from(more), cursor(&scanner)),
        Err(trouble) => (-1, cursor(&Scanner { at: trouble.at, ..scanner })),
    };
    call.set_int(0, state);
    call.set_int(1, at);
}

fn open(call: &mut Call<'_>) -> NativeResult {
    let (mut scanner, bracket) = (scanner(call, 0), bracket(call));
    let more = scanner.open(bracket).map(|()| scanner.first(bracket));
    state(call, scanner, more);
    Ok(())
}

fn more(call: &mut Call<'_>) -> NativeResult {
    let (mut scanner, bracket) = (scanner(call, 0), bracket(call));
    call.charge(1);
    let more = scanner.further(bracket);
    state(call, scanner, more);
    Ok(())
}

/// Which of these names, parted by lines, a text is.
fn which(names: &str, text: &str) -> Option<i64> {
    names.split('\n').zip(0..).find(|(name, _)| *name == text).map(|(_, at)| at)
}

/// Takes a key: 0 and on is which of the names it is, -1 one that is unknown, -2 a trouble.
fn field(call: &mut Call<'_>) -> NativeResult {
    let (mut scanner, names) = (scanner(call, 0), call.held(2));
    let found = said(&mut scanner, true, |key| which(names, key));
    let (index, at) = match found {
        Ok(index) => (index.unwrap_or(-1), cursor(&scanner)),
        Err(trouble) => (-2, cursor(&Scanner { at: trouble.at, ..scanner })),
    };
    call.set_int(0, index);
    call.set_int(1, at);
    Ok(())
}

/// Takes the name of a variant, alone or as the only key of a dict whose value is next; -1 where
/// there is none.
fn variant(call: &mut Call<'_>) -> NativeResult {
    let (before, names) = (scanner(call, 0), call.held(2));
    let mut scanner = before;
    let in_dict = scanner.peek() == b'{';
    let opened = !in_dict || scanner.open(b'{').is_ok();
    let found = match opened {
        true => said(&mut scanner, in_dict, |name| which(names, name)).ok().flatten(),
        false => None,
    };
    let at = if found.is_some() { cursor(&scanner) } else { stopped(before) };
    call.set_int(0, found.unwrap_or(-1));
    call.set_bool(1, in_dict);
    call.set_int(2, at);
    Ok(())
}

/// Takes a value of any shape.
fn value(call: &mut Call<'_>) -> NativeResult {
    let shapes = Shapes::of(call.heap, call.obj(0))?;
    let before = scanner(call, 1);
    let mut scanner = before;
    let made = Maker::new(call.heap, &mut scanner, shapes).value();
    call.charge((scanner.at - before.at) / 4);
    let (value, error) = match made {
        Ok(value) => (value, GcRef::NULL),
        Err(Stop::Trouble(trouble)) => {
            let message = place::trouble(scanner.text, trouble);
            (GcRef::NULL, make_error(call, 2, &message)?)
        }
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    call.set_bool(0, error.is_null());
    call.set_obj(1, value);
    call.set_obj(2, error);
    call.set_int(3, cursor(&scanner));
    Ok(())
}

/// The error where something else was expected, or for a sentence about the value at a cursor.
fn fail(call: &mut Call<'_>, finds: bool) -> NativeResult {
    let (mut found, what) = (scanner(call, 0), call.held(2));
    found.peek();
    call.charge(found.at / 4);
    let message = match finds {
        true => place::expected(found.text, found.at, what, found.depth),
        false => place::message(found.text, found.at, what),
    };
    let error = make_error(call, 0, &message)?;
    call.set_obj(0, error);
    Ok(())
}

/// Appends a value of any shape.
fn put_value(call: &mut Call<'_>) -> NativeResult {
    let shapes = Shapes::of(call.heap, call.obj(0))?;
    let (list, value, limit) = (call.obj(1), call.obj(2), call.limit());
    with_scratch(|out| {
        Writer::new(call.heap, shapes, out, limit).value(value)?;
        call.charge(out.len() / 4);
        super::output::append(call.heap, list, out.as_bytes())?;
        Ok(())
    })
}
