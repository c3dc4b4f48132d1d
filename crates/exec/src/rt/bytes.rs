//! Byte strings: making, searching, reading numbers in them. Changed copies are in `bytes_edit`.

use kaa_heap::GcRef;

use super::args::{invalid, too_large};
use super::list_slice::resolve;
use crate::native::{Call, Fault, NativeResult};
use crate::text;

super::natives! {
    "bytes.decode" "(bytes) -> str" decode;
    "bytes.hex" "(bytes) -> str" hex;
    "bytes.find" "(bytes, bytes, opt i64, opt i64) -> i64" |c| search(c, first);
    "bytes.rfind" "(bytes, bytes, opt i64, opt i64) -> i64" |c| search(c, last);
    "bytes.index" "(bytes, bytes, opt i64, opt i64) -> i64" |c| index(c, first);
    "bytes.rindex" "(bytes, bytes, opt i64, opt i64) -> i64" |c| index(c, last);
    "bytes.count" "(bytes, bytes) -> i64" count;
    "bytes.startswith" "(bytes, bytes) -> bool" |c| edge(c, |b, part| b.starts_with(part));
    "bytes.endswith" "(bytes, bytes) -> bool" |c| edge(c, |b, part| b.ends_with(part));
    "bytes.contains" "(bytes, i64) -> bool" contains;
    "bytes.concat" "(bytes, bytes) -> bytes" concat;
    "bytes.repeat" "(bytes, i64) -> bytes" repeat;
    "bytes.slice" "(bytes, opt i64, opt i64, opt i64) -> bytes" slice;
    "bytes.of_list" "(list I) -> bytes" of_list;
    "bytes.zeros" "(i64) -> bytes" zeros;
    "int.to_bytes" "(I, i64, str, bool) -> bytes" int_to_bytes;
    "int.from_bytes" "(bytes, str, bool) -> i64" int_from_bytes;
}

fn decode(call: &mut Call<'_>) -> NativeResult {
    let bytes = call.held_bytes(0);
    call.charge_bytes(bytes.len());
    match std::str::from_utf8(bytes) {
        Ok(text) => call.give_str(0, text),
        Err(error) => {
            let at = error.valid_up_to();
            Err(invalid(format!("the bytes are not UTF-8 at position {at}")))
        }
    }
}

fn hex(call: &mut Call<'_>) -> NativeResult {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let bytes = call.held_bytes(0);
    call.check_size(bytes.len().checked_mul(2))?;
    call.build(|out| {
        for byte in bytes {
            out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        Ok(())
    })
}

/// Where a pattern occurs, in time linear in both lengths.
pub(super) struct Finder<'p> {
    pattern: &'p [u8],
    /// For each prefix of the pattern: the longest shorter prefix that it ends with.
    borders: Vec<u32>,
}

impl<'p> Finder<'p> {
    pub(super) fn new(pattern: &'p [u8]) -> Finder<'p> {
        let mut borders = vec![0; pattern.len()];
        let mut matched = 0_usize;
        for i in 1..pattern.len() {
            while matched > 0 && pattern[i] != pattern[matched] {
                matched = borders[matched - 1] as usize;
            }
            matched += usize::from(pattern[i] == pattern[matched]);
            borders[i] = matched as u32;
        }
        Finder { pattern, borders }
    }

    /// The first place in the text.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        if self.pattern.is_empty() {
            return Some(0);
        }
        let mut matched = 0_usize;
        for (i, &byte) in text.iter().enumerate() {
            while matched > 0 && byte != self.pattern[matched] {
                matched = self.borders[matched - 1] as usize;
            }
            matched += usize::from(byte == self.pattern[matched]);
            if matched == self.pattern.len() {
                return Some(i + 1 - matched);
            }
        }
        None
    }

    /// All places that do not overlap; the pattern is not empty.
    pub(super) fn all(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = from + self.find(text.get(from..)?)?;
            from = at + self.pattern.len();
            Some(at)
        })
    }
}

/// Where a pattern is in some bytes.
type Search = fn(&[u8], &[u8]) -> Option<usize>;

fn first(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    Finder::new(pattern).find(bytes)
}

/// The last place is the first one of the reverse.
fn last(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    let bytes: Vec<u8> = bytes.iter().rev().copied().collect();
    let pattern: Vec<u8> = pattern.iter().rev().copied().collect();
    first(&bytes, &pattern).map(|at| bytes.len() - at - pattern.len())
}

fn find(call: &mut Call<'_>, search: Search) -> Option<usize> {
    let (bytes, pattern) = (call.held_bytes(0), call.held_bytes(1));
    let (start, end) = (call.opt_int(2).unwrap_or(0), call.opt_int(4).unwrap_or(i64::MAX));
    call.charge(bytes.len() / 4 + pattern.len());
    let span = text::span(start, end, bytes.len())?;
    let found = search(bytes.get(span.clone())?, pattern)?;
    Some(span.start + found)
}

fn search(call: &mut Call<'_>, search: Search) -> NativeResult {
    let place = find(call, search);
    call.set_int(0, place.map_or(-1, |place| place as i64));
    Ok(())
}

fn index(call: &mut Call<'_>, search: Search) -> NativeResult {
    let place = find(call, search).ok_or_else(|| invalid("these bytes do not occur"))?;
    call.set_int(0, place as i64);
    Ok(())
}

fn count(call: &mut Call<'_>) -> NativeResult {
    let (rest, pattern) = (call.held_bytes(0), call.held_bytes(1));
    call.charge(rest.len() / 4 + pattern.len());
    let count = match pattern {
        [] => rest.len() + 1,
        pattern => Finder::new(pattern).all(rest).count(),
    };
    call.set_int(0, count as i64);
    Ok(())
}

fn edge(call: &mut Call<'_>, test: fn(&[u8], &[u8]) -> bool) -> NativeResult {
    let (bytes, part) = (call.held_bytes(0), call.held_bytes(1));
    call.charge_bytes(part.len());
    call.set_bool(0, test(bytes, part));
    Ok(())
}

fn contains(call: &mut Call<'_>) -> NativeResult {
    let bytes = call.held_bytes(0);
    call.charge_bytes(bytes.len());
    let wanted = byte(call.int(1))?;
    call.set_bool(0, bytes.contains(&wanted));
    Ok(())
}

/// A byte from an integer.
fn byte(value: i64) -> Result<u8, Box<Fault>> {
    u8::try_from(value)
        .map_err(|_| invalid(format!("a byte must be between 0 and 255, not {value}")))
}

/// Makes byte string result 0 of a length and fills it.
pub(super) fn make(
    call: &mut Call<'_>,
    len: Option<usize>,
    fill: impl FnOnce(&mut [u8]),
) -> NativeResult {
    call.check_size(len)?;
    let len = len.unwrap_or(0);
    call.charge_bytes(len);
    let made = call.heap.new_bytes_zeroed(len as u64)?;
    fill(call.heap.bytes_mut(made));
    call.set_obj(0, made);
    Ok(())
}

fn concat(call: &mut Call<'_>) -> NativeResult {
    let (left, right) = (call.held_bytes(0), call.held_bytes(1));
    make(call, left.len().checked_add(right.len()), |out| {
        out[..left.len()].copy_from_slice(left);
        out[left.len()..].copy_from_slice(right);
    })
}

fn repeat(call: &mut Call<'_>) -> NativeResult {
    let (bytes, times) = (call.held_bytes(0), call.int(1).max(0));
    let times = usize::try_from(times).map_err(|_| too_large())?;
    let size = bytes.len().checked_mul(times);
    make(call, size, |out| {
        for part in out.chunks_exact_mut(bytes.len().max(1)) {
            part.copy_from_slice(bytes);
        }
    })
}

fn slice(call: &mut Call<'_>) -> NativeResult {
    let bytes = call.held_bytes(0);
    let part = resolve(call, bytes.len())?;
    if part.step == 1 && part.count == bytes.len() {
        return Ok(());
    }
    make(call, Some(part.count), |out| {
        for (out, from) in out.iter_mut().zip(part.indices()) {
            *out = bytes[from];
        }
    })
}

fn of_list(call: &mut Call<'_>) -> NativeResult {
    let list: GcRef = call.obj(0);
    let len = super::list::charge_len(call, list);
    let mut bytes = Vec::with_capacity(len as usize);
    for i in 0..len {
        bytes.push(byte(call.heap.list_get_leaf(list, i, 0) as i64)?);
    }
    let made = call.heap.new_bytes(&bytes)?;
    call.set_obj(0, made);
    Ok(())
}

fn zeros(call: &mut Call<'_>) -> NativeResult {
    let count = call.int(0);
    if count < 0 {
        return Err(invalid(format!("a length must not be negative: {count}")));
    }
    make(call, usize::try_from(count).ok(), |_| {})
}

/// Whether the first byte is the highest, from the words that Python has for it.
fn big_first(order: &str) -> Result<bool, Box<Fault>> {
    match order {
        "big" => Ok(true),
        "little" => Ok(false),
        other => {
            let other = super::args::quoted(other);
            Err(invalid(format!("the order of bytes is 'big' or 'little', not {other}")))
        }
    }
}

fn int_to_bytes(call: &mut Call<'_>) -> NativeResult {
    let (value, len) = (super::number::integer(call, 0), call.int(1));
    let (big, signed) = (big_first(call.held(2))?, call.bool(3));
    if len < 0 {
        return Err(invalid(format!("a length must not be negative: {len}")));
    }
    let bits = len.saturating_mul(8).min(120) as u32;
    let least = if signed && bits > 0 { -1 << (bits - 1) } else { 0 };
    let above = if signed && bits > 0 { 1 << (bits - 1) } else { 1_i128 << bits };
    if value < least || value >= above {
        let kind = if signed { "signed" } else { "unsigned" };
        return Err(invalid(format!("{value} does not fit {len} {kind} bytes")));
    }
    make(call, usize::try_from(len).ok(), |out| {
        out.fill(if value < 0 { 0xff } else { 0 });
        for (out, byte) in out.iter_mut().zip(value.to_le_bytes()) {
            *out = byte;
        }
        if big {
            out.reverse();
        }
    })
}

fn int_from_bytes(call: &mut Call<'_>) -> NativeResult {
    let (mut bytes, signed) = (call.held_bytes(0).to_vec(), call.bool(2));
    call.charge_bytes(bytes.len());
    if big_first(call.held(1))? {
        bytes.reverse();
    }
    let fill = if signed && bytes.last().is_some_and(|high| *high >= 0x80) { 0xff } else { 0 };
    let rest = bytes.get(16..).unwrap_or_default();
    let mut low = [fill; 16];
    low.iter_mut().zip(&bytes).for_each(|(low, byte)| *low = *byte);
    let value = i128::from_le_bytes(low);
    let fits = rest.iter().all(|byte| *byte == fill) && (fill == 0xff) == (value < 0);
    let value = i64::try_from(value).ok().filter(|_| fits);
    let value = value.ok_or_else(|| {
        Fault::new(kaa_isa::TrapKind::Overflow, "the bytes hold a number that does not fit an int")
    })?;
    call.set_int(0, value);
    Ok(())
}
