//! Regular expressions: what the library's module `re` is made of.
//!
//! A match is given as the positions of its groups in code points, two for each, `-1` for a group
//! that took no part. The time of a search grows with the length of the text times that of the
//! pattern and no faster. How Python's notation is read is in `pattern`.

use std::collections::VecDeque;
use std::rc::Rc;

use kaa_heap::GcRef;
use regex::{CaptureLocations, Regex};

use super::args::invalid;
use super::fail::give_error;
use crate::native::{Call, Fault, NativeResult};
use crate::text::pattern;

super::natives! {
    "_re.compile" "(str, i64) -> result list str" compile;
    "_re.match_at" "(str, i64, str, i64, i64) -> list i64" match_at;
    "_re.all" "(str, i64, str, i64) -> list i64" all;
    "_re.parts" "(str, list i64) -> list str" parts;
}

/// How many compiled patterns a store keeps.
const KEPT: usize = 64;

/// The patterns that were used last, the newest one in front.
#[derive(Debug, Default)]
pub struct Patterns(VecDeque<(Key, Rc<Compiled>)>);

/// A pattern and its flags.
type Key = (Box<str>, i64);

/// A pattern in the three forms that searches take.
#[derive(Debug)]
struct Compiled {
    /// Anywhere.
    search: Regex,
    /// From the start on, as long as the text goes.
    start: Regex,
    /// All of the text.
    full: Regex,
}

impl Patterns {
    /// The compiled pattern, made at its first use.
    fn get(&mut self, text: &str, flags: i64) -> Result<Rc<Compiled>, String> {
        let found = self.0.iter().position(|((known, with), _)| **known == *text && *with == flags);
        let entry = match found.and_then(|at| self.0.remove(at)) {
            Some(entry) => entry,
            None => ((text.into(), flags), Rc::new(compiled(text, flags)?)),
        };
        let compiled = Rc::clone(&entry.1);
        self.0.push_front(entry);
        self.0.truncate(KEPT);
        Ok(compiled)
    }
}

fn compiled(text: &str, flags: i64) -> Result<Compiled, String> {
    let body = pattern::translated(text, flags)?;
    let build = |text: &str| Regex::new(text).map_err(|error| pattern::reason(&error));
    // Told for the pattern alone, so that nothing is named that the program did not write.
    let search = build(&body)?;
    // A comment at the end of the pattern goes as far as its line, which is then not closed.
    let anchored = |tail: &str| {
        let closed = |end: &str| build(&format!("\\A(?:{body}{end}){tail}"));
        closed("").or_else(|_| closed("\n"))
    };
    let (start, full) = (anchored("")?, anchored("\\z")?);
    Ok(Compiled { search, start, full })
}

/// The pattern in slots 0 and 1.
fn pattern_of(call: &mut Call<'_>) -> Result<Rc<Compiled>, String> {
    let (text, flags) = (call.held(0), call.int(1));
    call.charge(text.len());
    call.host.patterns.get(text, flags)
}

fn known_pattern(call: &mut Call<'_>) -> Result<Rc<Compiled>, Box<Fault>> {
    pattern_of(call).map_err(invalid)
}

/// The names of the groups, the first for all of the match; a group without a name has an empty
/// one.
fn compile(call: &mut Call<'_>) -> NativeResult {
    match pattern_of(call) {
        Ok(found) => {
            let names = found.search.capture_names().map(Option::unwrap_or_default);
            let mut list = call.heap.list_new(call.result_type(1), 0)?;
            for name in names {
                let name = call.heap.new_str(name)?;
                list = call.heap.list_push_slots(list, &[name.slot()])?;
            }
            call.set_bool(0, true);
            call.set_obj(1, list);
            call.set_obj(2, GcRef::NULL);
        }
        Err(message) => give_error(call, &message)?,
    }
    Ok(())
}

/// A place in a text, by its byte and by its position in code points: to go from one to the
/// other, it walks the distance from where it was last.
struct Cursor<'t> {
    text: &'t str,
    ascii: bool,
    byte: usize,
    place: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str, ascii: bool) -> Cursor<'t> {
        Cursor { text, ascii, byte: 0, place: 0 }
    }

    /// The position of a byte.
    fn place_of(&mut self, byte: usize) -> i64 {
        if self.ascii {
            return byte as i64;
        }
        let count =
            |from: usize, to: usize| self.text.get(from..to).map_or(0, |part| part.chars().count());
        let place = match byte >= self.byte {
            true => self.place + count(self.byte, byte),
            false => self.place - count(byte, self.byte),
        };
        (self.byte, self.place) = (byte, place);
        place as i64
    }

    /// The byte at a position, or the end of the text.
    fn byte_of(&mut self, place: i64) -> usize {
        let place = usize::try_from(place).unwrap_or(0);
        if self.ascii {
            return place.min(self.text.len());
        }
        let (before, behind) = self.text.split_at(self.byte);
        let distance = place.abs_diff(self.place);
        if place < self.place {
            let mut starts = before.char_indices().rev();
            self.byte = starts.nth(distance - 1).map_or(0, |(at, _)| at);
            self.place = place;
            return self.byte;
        }
        let mut starts = behind.char_indices();
        match starts.nth(distance) {
            Some((at, _)) => (self.byte, self.place) = (self.byte + at, place),
            None => {
                self.place += behind.chars().count();
                self.byte = self.text.len();
            }
        }
        self.byte
    }
}

/// The byte where a position in code points is; `None` behind the end.
fn byte_at(text: &str, ascii: bool, place: i64) -> Option<usize> {
    let place = usize::try_from(place).unwrap_or(0);
    if ascii {
        return (place <= text.len()).then_some(place);
    }
    let starts = text.char_indices().map(|(at, _)| at);
    starts.chain([text.len()]).nth(place)
}

/// Appends the positions of all groups, in a part of the text that begins at `base`.
fn push_spans(
    spans: &mut Vec<i64>,
    found: &CaptureLocations,
    base: usize,
    places: &mut Cursor<'_>,
) {
    for group in 0..found.len() {
        match found.get(group) {
            Some((start, end)) => {
                spans.extend([places.place_of(base + start), places.place_of(base + end)])
            }
            None => spans.extend([-1, -1]),
        }
    }
}

/// Sets result 0 to a list of integers.
fn give_ints(call: &mut Call<'_>, values: &[i64]) -> NativeResult {
    call.check_size(values.len().checked_mul(8))?;
    let count = u32::try_from(values.len()).map_err(|_| super::args::too_large())?;
    call.charge(values.len() / 4);
    let list = call.heap.list_new_zeroed(call.result_type(0), count)?;
    call.heap.list_as_i64_slice_mut(list).copy_from_slice(values);
    call.set_obj(0, list);
    Ok(())
}

/// The parts of a text between pairs of positions, which are taken as slices take theirs. A group
/// that took no part has an empty text.
fn parts(call: &mut Call<'_>) -> NativeResult {
    let text = call.held(0);
    let spans = call.heap.list_as_i64_slice(call.obj(1)).to_vec();
    let mut bytes = Cursor::new(text, call.heap.is_ascii(call.obj(0)));
    let mut list = call.heap.list_new(call.result_type(0), 0)?;
    for pair in spans.chunks_exact(2) {
        let (start, end) = (bytes.byte_of(pair[0]), bytes.byte_of(pair[1]));
        let part = text.get(start..end).unwrap_or_default();
        call.charge(4 + part.len() / 16);
        let part = call.heap.new_str(part)?;
        list = call.heap.list_push_slots(list, &[part.slot()])?;
    }
    call.charge_bytes(text.len());
    call.set_obj(0, list);
    Ok(())
}

/// The first match from a position on: anywhere (0), there (1), or there to the end (2).
fn match_at(call: &mut Call<'_>) -> NativeResult {
    let found = known_pattern(call)?;
    let text = call.held(2);
    let ascii = call.heap.is_ascii(call.obj(2));
    call.charge(text.len() / 4);
    let mut spans = Vec::new();
    if let Some(start) = byte_at(text, ascii, call.int(3)) {
        let (regex, base) = match call.int(4) {
            0 => (&found.search, 0),
            1 => (&found.start, start),
            _ => (&found.full, start),
        };
        // A search from a position on sees what is in front of it; the others begin there.
        let mut groups = regex.capture_locations();
        let rest = text.get(base..).unwrap_or_default();
        if regex.captures_read_at(&mut groups, rest, start - base).is_some() {
            push_spans(&mut spans, &groups, base, &mut Cursor::new(text, ascii));
        }
    }
    give_ints(call, &spans)
}

/// All matches one behind the other, at most so many.
fn all(call: &mut Call<'_>) -> NativeResult {
    let found = known_pattern(call)?;
    let text = call.held(2);
    call.charge(text.len() / 2);
    let most = usize::try_from(call.int(3)).unwrap_or(usize::MAX);
    let mut places = Cursor::new(text, call.heap.is_ascii(call.obj(2)));
    let mut groups = found.search.capture_locations();
    let (mut spans, mut at, mut count) = (Vec::new(), 0, 0);
    while count < most && at <= text.len() {
        let Some(whole) = found.search.captures_read_at(&mut groups, text, at) else { break };
        push_spans(&mut spans, &groups, 0, &mut places);
        call.check_size(spans.len().checked_mul(8))?;
        count += 1;
        at = whole.end();
        if whole.is_empty() {
            // Nothing is found twice in one place.
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    give_ints(call, &spans)
}
