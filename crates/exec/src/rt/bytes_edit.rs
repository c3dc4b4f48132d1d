//! Byte strings: changed copies and parts. Letters, digits and white space are those of ASCII.
//! Searching and making them is in `bytes`.

use kaa_heap::GcRef;

use super::args::{invalid, quoted};
use super::bytes::{Finder, make};
use super::fail::give_error;
use crate::native::{Call, Fault, NativeResult};
use crate::text::TextError;

super::natives! {
    "bytes.upper" "(bytes) -> bytes" |c| change(c, u8::to_ascii_uppercase);
    "bytes.lower" "(bytes) -> bytes" |c| change(c, u8::to_ascii_lowercase);
    "bytes.isalnum" "(bytes) -> bool" |c| all(c, u8::is_ascii_alphanumeric);
    "bytes.isalpha" "(bytes) -> bool" |c| all(c, u8::is_ascii_alphabetic);
    "bytes.isdigit" "(bytes) -> bool" |c| all(c, u8::is_ascii_digit);
    "bytes.isspace" "(bytes) -> bool" |c| all(c, is_space);
    "bytes.isascii" "(bytes) -> bool" |c| test(c, <[u8]>::is_ascii);
    "bytes.isupper" "(bytes) -> bool" |c| cased(c, u8::is_ascii_uppercase, u8::is_ascii_lowercase);
    "bytes.islower" "(bytes) -> bool" |c| cased(c, u8::is_ascii_lowercase, u8::is_ascii_uppercase);
    "bytes.strip" "(bytes, opt bytes) -> bytes" |c| strip(c, true, true);
    "bytes.lstrip" "(bytes, opt bytes) -> bytes" |c| strip(c, true, false);
    "bytes.rstrip" "(bytes, opt bytes) -> bytes" |c| strip(c, false, true);
    "bytes.removeprefix" "(bytes, bytes) -> bytes" |c| {
        let (bytes, part) = (c.held_bytes(0), c.held_bytes(1));
        give_part(c, bytes.strip_prefix(part).unwrap_or(bytes))
    };
    "bytes.removesuffix" "(bytes, bytes) -> bytes" |c| {
        let (bytes, part) = (c.held_bytes(0), c.held_bytes(1));
        give_part(c, bytes.strip_suffix(part).unwrap_or(bytes))
    };
    "bytes.replace" "(bytes, bytes, bytes, i64) -> bytes" replace;
    "bytes.ljust" "(bytes, i64, opt bytes) -> bytes" |c| pad(c, |_| 0);
    "bytes.rjust" "(bytes, i64, opt bytes) -> bytes" |c| pad(c, |gap| gap);
    "bytes.split" "(bytes, opt bytes, i64) -> list bytes" split;
    "bytes.rsplit" "(bytes, opt bytes, i64) -> list bytes" rsplit;
    "bytes.splitlines" "(bytes, bool) -> list bytes" lines;
    "bytes.partition" "(bytes, bytes) -> (bytes, bytes, bytes)" |c| partition(c, false);
    "bytes.rpartition" "(bytes, bytes) -> (bytes, bytes, bytes)" |c| partition(c, true);
    "bytes.join" "(bytes, list bytes) -> bytes" join;
    "bytes.fromhex" "(str) -> bytes" from_hex;
    "bytes.to_str" "(bytes) -> result str" to_str;
}

fn change(call: &mut Call<'_>, change: fn(&u8) -> u8) -> NativeResult {
    let bytes = call.held_bytes(0);
    make(call, Some(bytes.len()), |out| {
        for (out, byte) in out.iter_mut().zip(bytes) {
            *out = change(byte);
        }
    })
}

fn test(call: &mut Call<'_>, test: impl Fn(&[u8]) -> bool) -> NativeResult {
    let bytes = call.held_bytes(0);
    call.charge_bytes(bytes.len());
    call.set_bool(0, test(bytes));
    Ok(())
}

/// Whether all bytes are of a kind, and there is one.
fn all(call: &mut Call<'_>, kind: fn(&u8) -> bool) -> NativeResult {
    test(call, |bytes| !bytes.is_empty() && bytes.iter().all(kind))
}

/// Whether there is one of these and none of those.
fn cased(call: &mut Call<'_>, these: fn(&u8) -> bool, those: fn(&u8) -> bool) -> NativeResult {
    test(call, |bytes| bytes.iter().any(these) && !bytes.iter().any(those))
}

/// Python's white space in bytes, which includes the vertical tab.
fn is_space(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || *byte == 0x0b
}

/// Gives a part of argument 0: the argument itself if it is all of it.
fn give_part(call: &mut Call<'_>, part: &[u8]) -> NativeResult {
    if part.len() == call.held_bytes(0).len() {
        call.set_obj(0, call.obj(0));
        return Ok(());
    }
    make(call, Some(part.len()), |out| out.copy_from_slice(part))
}

fn strip(call: &mut Call<'_>, front: bool, end: bool) -> NativeResult {
    let mut rest = call.held_bytes(0);
    let set = opt_bytes(call, 1);
    let goes = |byte: &u8| set.map_or_else(|| is_space(byte), |set| set.contains(byte));
    call.charge_bytes(rest.len());
    while let Some((_, inner)) = rest.split_first().filter(|(first, _)| front && goes(first)) {
        rest = inner;
    }
    while let Some((_, inner)) = rest.split_last().filter(|(last, _)| end && goes(last)) {
        rest = inner;
    }
    give_part(call, rest)
}

/// An optional byte string at slot `i`.
fn opt_bytes<'a>(call: &Call<'a>, i: usize) -> Option<&'a [u8]> {
    (!call.obj(i).is_null()).then(|| call.held_bytes(i))
}

/// How often something is done for a number where negative ones mean always.
fn most(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn replace(call: &mut Call<'_>) -> NativeResult {
    let (bytes, old, new) = (call.held_bytes(0), call.held_bytes(1), call.held_bytes(2));
    let most = most(call.int(3));
    call.charge(bytes.len() / 4 + old.len());
    let places: Vec<usize> = if old.is_empty() {
        (0..=bytes.len()).take(most).collect()
    } else {
        Finder::new(old).all(bytes).take(most).collect()
    };
    let grown = places.len().checked_mul(new.len()).and_then(|more| more.checked_add(bytes.len()));
    let size = grown.map(|grown| grown - places.len() * old.len());
    make(call, size, |out| {
        let (mut from, mut to) = (0, 0);
        let mut put = |part: &[u8]| {
            out[to..to + part.len()].copy_from_slice(part);
            to += part.len();
        };
        for place in places {
            put(&bytes[from..place]);
            put(new);
            from = place + old.len();
        }
        put(&bytes[from..]);
    })
}

/// Fills up to a width; how much of the gap is in front says `front`.
fn pad(call: &mut Call<'_>, front: fn(usize) -> usize) -> NativeResult {
    let (bytes, fill) = (call.held_bytes(0), opt_bytes(call, 2).unwrap_or(b" "));
    let &[fill] = fill else {
        return Err(invalid(format!("the fill must be one byte, not {}", fill.len())));
    };
    let width = usize::try_from(call.int(1)).unwrap_or(0).max(bytes.len());
    let at = front(width - bytes.len());
    make(call, Some(width), |out| {
        out.fill(fill);
        out[at..at + bytes.len()].copy_from_slice(bytes);
    })
}

fn give_pieces(call: &mut Call<'_>, pieces: &[&[u8]]) -> NativeResult {
    let list = call.heap.list_new(call.result_type(0), 0)?;
    for piece in pieces {
        let piece = call.heap.new_bytes(piece)?;
        call.heap.list_push_slots(list, &[piece.slot()])?;
    }
    call.set_obj(0, list);
    Ok(())
}

fn finder(separator: &[u8]) -> Result<Finder<'_>, Box<Fault>> {
    if separator.is_empty() {
        Err(TextError::EmptySeparator.into())
    } else {
        Ok(Finder::new(separator))
    }
}

fn split(call: &mut Call<'_>) -> NativeResult {
    let (bytes, most) = (call.held_bytes(0), most(call.int(2)));
    call.charge(bytes.len() / 4);
    let Some(separator) = opt_bytes(call, 1) else {
        let pieces = words(bytes, most);
        return give_pieces(call, &pieces);
    };
    let (mut pieces, mut from) = (Vec::new(), 0);
    for place in finder(separator)?.all(bytes).take(most) {
        pieces.push(&bytes[from..place]);
        from = place + separator.len();
    }
    pieces.push(&bytes[from..]);
    give_pieces(call, &pieces)
}

/// The words between white space; where the cuts run out, the last piece is the rest.
fn words(bytes: &[u8], most: usize) -> Vec<&[u8]> {
    let (mut pieces, mut rest) = (Vec::new(), trim_start(bytes));
    while !rest.is_empty() && pieces.len() < most {
        let end = rest.iter().position(is_space).unwrap_or(rest.len());
        pieces.push(&rest[..end]);
        rest = trim_start(&rest[end..]);
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_space(byte)).unwrap_or(bytes.len());
    &bytes[start..]
}

/// The same from the end: what is done to the reverse is reversed again.
fn rsplit(call: &mut Call<'_>) -> NativeResult {
    let (bytes, most) = (call.held_bytes(0), most(call.int(2)));
    call.charge(bytes.len() / 2);
    let reverse: Vec<u8> = bytes.iter().rev().copied().collect();
    let mut pieces: Vec<&[u8]> = Vec::new();
    let place = |from: usize, to: usize| &bytes[bytes.len() - to..bytes.len() - from];
    match opt_bytes(call, 1) {
        Some(separator) => {
            let separator: Vec<u8> = separator.iter().rev().copied().collect();
            let mut from = 0;
            for at in finder(&separator)?.all(&reverse).take(most) {
                pieces.push(place(from, at));
                from = at + separator.len();
            }
            pieces.push(place(from, bytes.len()));
        }
        None => {
            let start = reverse.as_ptr() as usize;
            for word in words(&reverse, most) {
                let from = word.as_ptr() as usize - start;
                pieces.push(place(from, from + word.len()));
            }
        }
    }
    pieces.reverse();
    give_pieces(call, &pieces)
}

fn lines(call: &mut Call<'_>) -> NativeResult {
    let (bytes, keep_ends) = (call.held_bytes(0), call.bool(1));
    call.charge(bytes.len() / 4);
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = end.unwrap_or(rest.len());
        let next = match &rest[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [] => end,
            _ => end + 1,
        };
        pieces.push(&rest[..if keep_ends { next } else { end }]);
        rest = &rest[next..];
    }
    give_pieces(call, &pieces)
}

fn partition(call: &mut Call<'_>, last: bool) -> NativeResult {
    let (bytes, separator) = (call.held_bytes(0), call.held_bytes(1));
    call.charge(bytes.len() / 4);
    let finder = finder(separator)?;
    let place = if last { finder.all(bytes).last() } else { finder.find(bytes) };
    let parts: [&[u8]; 3] = match place {
        Some(at) => [&bytes[..at], separator, &bytes[at + separator.len()..]],
        None if last => [&[], &[], bytes],
        None => [bytes, &[], &[]],
    };
    let mut objects = [GcRef::NULL; 3];
    for (object, part) in objects.iter_mut().zip(parts) {
        *object = call.heap.new_bytes(part)?;
    }
    for (i, object) in objects.into_iter().enumerate() {
        call.set_obj(i, object);
    }
    Ok(())
}

fn join(call: &mut Call<'_>) -> NativeResult {
    let (between, list) = (call.held_bytes(0), call.obj(1));
    let len = super::list::charge_len(call, list);
    let item = |i| GcRef::from_slot(call.heap.list_get_leaf(list, i, 0));
    let parts: Vec<&[u8]> = (0..len).map(|i| call.held_bytes_of(item(i))).collect();
    let inside: Option<usize> = parts.iter().try_fold(0, |sum: usize, p| sum.checked_add(p.len()));
    let gaps = between.len().checked_mul(parts.len().saturating_sub(1));
    let size = inside.zip(gaps).and_then(|(inside, gaps)| inside.checked_add(gaps));
    make(call, size, |out| {
        let mut to = 0;
        for (n, part) in parts.iter().enumerate() {
            let gap = if n > 0 { between } else { &[] };
            for piece in [gap, part] {
                out[to..to + piece.len()].copy_from_slice(piece);
                to += piece.len();
            }
        }
    })
}

/// Two digits a byte; white space may stand between bytes.
fn from_hex(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    call.charge_bytes(text.len());
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut digits = text.chars();
    while let Some(high) = digits.next() {
        if high.is_ascii_whitespace() || high == '\x0b' {
            continue;
        }
        let low = digits.next().and_then(|low| low.to_digit(16));
        match high.to_digit(16).zip(low) {
            Some((high, low)) => bytes.push((high * 16 + low) as u8),
            None => {
                return Err(invalid(format!("no bytes in hexadecimal: {}", quoted(text))));
            }
        }
    }
    let made = call.heap.new_bytes(&bytes)?;
    call.set_obj(0, made);
    Ok(())
}

fn to_str(call: &mut Call<'_>) -> NativeResult {
    let bytes = call.held_bytes(0);
    call.charge_bytes(bytes.len());
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            call.give_str(1, text)?;
            call.set_bool(0, true);
            call.set_obj(2, GcRef::NULL);
            Ok(())
        }
        Err(error) => {
            let at = error.valid_up_to();
            give_error(call, &format!("the bytes are not UTF-8 at position {at}"))
        }
    }
}
