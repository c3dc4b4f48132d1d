//! Output, input, and building text in a byte list; the texts of single values.
//!
//! A builder is a `list u8` that nothing else holds, so pushing to it never moves it. How values
//! are written is in `text`; which pieces a list or struct is made of is decided by lowering.

use std::io::{BufRead, Read};

use kaa_heap::{GcRef, Heap, HeapError};
use kaa_isa::TrapKind;

use super::args::{invalid, with_scratch};
use crate::native::{Call, Fault, NativeResult};
use crate::text::{self, FormatSpec};

super::natives! {
    "print" "(str)" print;
    "print.buf" "(list u8)" print_buf;
    "input" "(str) -> str" input;

    "sb.new" "() -> list u8" sb_new;
    "sb.finish" "(list u8) -> str" sb_finish;
    "sb.push_str" "(list u8, str)" |c| push(c, c.held(1).as_bytes());
    "sb.push_char" "(list u8, u32)"
        |c| push(c, char_arg(c, 1)?.encode_utf8(&mut [0; 4]).as_bytes());
    "sb.push_int" "(list u8, i64)" |c| write(c, |c, out| text::write_int(out, c.int(1)));
    "sb.push_uint" "(list u8, u64)" |c| write(c, |c, out| text::write_uint(out, c.arg(1)));
    "sb.push_float" "(list u8, f64)" |c| write(c, |c, out| text::write_float(out, c.float(1)));
    "sb.push_f32" "(list u8, f32)"
        |c| write(c, |c, out| text::write_float32(out, f32::from_bits(c.arg(1) as u32)));
    "sb.push_bool" "(list u8, bool)" |c| push(c, if c.bool(1) { b"True" } else { b"False" });
    "sb.push_repr_str" "(list u8, str)" |c| write(c, |c, out| text::write_repr_str(out, c.str(1)));
    "sb.push_repr_char" "(list u8, u32)" |c| {
        let shown = char_arg(c, 1)?;
        write(c, |_, out| text::write_repr_char(out, shown))
    };
    "sb.push_repr_bytes" "(list u8, bytes)"
        |c| write(c, |c, out| text::write_repr_bytes(out, c.held_bytes(1)));
    "sb.format_int" "(list u8, i64, str)"
        |c| format(c, |c, out, spec| text::format_int(out, c.int(1).into(), spec));
    "sb.format_uint" "(list u8, u64, str)"
        |c| format(c, |c, out, spec| text::format_int(out, c.arg(1).into(), spec));
    "sb.format_float" "(list u8, f64, str)"
        |c| format(c, |c, out, spec| text::format_float(out, c.float(1), spec));
    "sb.format_str" "(list u8, str, str)"
        |c| format(c, |c, out, spec| text::format_str(out, c.str(1), spec));
    "sb.format_bool" "(list u8, bool, str)"
        |c| format(c, |c, out, spec| text::format_bool(out, c.bool(1), spec));

    "fmt.int" "(i64) -> str" |c| show(c, |c, out| text::write_int(out, c.int(0)));
    "fmt.uint" "(u64) -> str" |c| show(c, |c, out| text::write_uint(out, c.arg(0)));
    "fmt.float" "(f64) -> str" |c| show(c, |c, out| text::write_float(out, c.float(0)));
    "fmt.char" "(u32) -> str" |c| {
        let shown = char_arg(c, 0)?;
        c.give_str(0, shown.encode_utf8(&mut [0; 4]))
    };
    "fmt.repr_str" "(str) -> str" |c| show(c, |c, out| text::write_repr_str(out, c.str(0)));
    "fmt.ascii" "(str) -> str" |c| show(c, |c, out| ascii(out, c.str(0)));
}

/// The character in slot `i`.
pub(super) fn char_arg(call: &Call<'_>, i: usize) -> Result<char, Box<Fault>> {
    let code = call.arg(i) as u32;
    char::from_u32(code).ok_or_else(|| invalid(format!("{code} is not the code of a character")))
}

/// Appends bytes to a byte list.
pub(super) fn append(heap: &mut Heap, list: GcRef, bytes: &[u8]) -> Result<GcRef, HeapError> {
    let at = heap.list_len(list);
    let count = u32::try_from(bytes.len())
        .map_err(|_| HeapError::TooLarge { requested: bytes.len() as u64 })?;
    let list = heap.list_insert_gap(list, at, count)?;
    if let Some(gap) = heap.list_bytes_mut(list).get_mut(at as usize..) {
        gap.copy_from_slice(bytes);
    }
    Ok(list)
}

pub(super) fn push(call: &mut Call<'_>, bytes: &[u8]) -> NativeResult {
    call.charge_bytes(bytes.len());
    append(call.heap, call.obj(0), bytes)?;
    Ok(())
}

/// Appends what `show` writes.
pub(super) fn write(
    call: &mut Call<'_>,
    show: impl FnOnce(&Call<'_>, &mut String),
) -> NativeResult {
    with_scratch(|out| {
        show(call, out);
        push(call, out.as_bytes())
    })
}

/// Makes what `write` writes a string.
fn show(call: &mut Call<'_>, write: impl FnOnce(&Call<'_>, &mut String)) -> NativeResult {
    with_scratch(|out| {
        write(call, out);
        call.charge_bytes(out.len());
        call.give_str(0, out)
    })
}

/// Appends a value by the format specification in slot 2.
fn format(
    call: &mut Call<'_>,
    show: impl FnOnce(&Call<'_>, &mut String, &FormatSpec) -> Result<(), text::FormatError>,
) -> NativeResult {
    let spec = FormatSpec::parse(call.str(2))?;
    with_scratch(|out| {
        show(call, out, &spec)?;
        push(call, out.as_bytes())
    })
}

/// Escapes what is not ASCII.
fn ascii(out: &mut String, text: &str) {
    use std::fmt::Write;
    for c in text.chars() {
        let code = u32::from(c);
        let written = match code {
            0..0x80 => out.write_char(c),
            0x80..0x100 => write!(out, "\\x{code:02x}"),
            0x100..0x1_0000 => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
        // Writing to a `String` does not fail.
        debug_assert!(written.is_ok());
    }
}

fn sb_new(call: &mut Call<'_>) -> NativeResult {
    let list = call.heap.list_new(call.result_type(0), 32)?;
    call.set_obj(0, list);
    Ok(())
}

fn sb_finish(call: &mut Call<'_>) -> NativeResult {
    let list = call.obj(0);
    let bytes: *const [u8] = call.heap.list_bytes(list);
    call.charge_bytes(call.heap.list_len(list) as usize);
    // SAFETY: making a string writes no byte list, and nothing is freed before the native
    // returns, so the bytes stay as they are.
    let text = call.heap.new_str_from_bytes(unsafe { &*bytes })?;
    let text = text.ok_or_else(|| invalid("the bytes are not UTF-8"))?;
    call.set_obj(0, text);
    Ok(())
}

/// The fault for a stream that does not work.
fn stream_fault(what: &str, kind: std::io::ErrorKind) -> Box<Fault> {
    Fault::new(TrapKind::HostError, format!("cannot {what}: {kind}"))
}

fn emit(call: &mut Call<'_>, bytes: &[u8]) -> NativeResult {
    call.charge_bytes(bytes.len());
    call.host.write(bytes).map_err(|kind| stream_fault("write to the output", kind))
}

fn print(call: &mut Call<'_>) -> NativeResult {
    emit(call, call.held(0).as_bytes())?;
    emit(call, b"\n")
}

fn print_buf(call: &mut Call<'_>) -> NativeResult {
    call.charge_bytes(call.heap.list_len(call.obj(0)) as usize);
    let bytes = call.heap.list_bytes(call.obj(0));
    call.host.write(bytes).map_err(|kind| stream_fault("write to the output", kind))
}

/// Reads a line, without its end.
fn input(call: &mut Call<'_>) -> NativeResult {
    // After a collection the call is made again, and the line has been read.
    let line = match call.host.line.take() {
        Some(line) => line,
        None => read_line(call)?,
    };
    match call.heap.new_str_from_bytes(&line) {
        Ok(Some(text)) => {
            call.set_obj(0, text);
            Ok(())
        }
        Ok(None) => Err(invalid("the input is not UTF-8")),
        Err(error) => {
            call.host.line = (error == HeapError::NeedCollect).then_some(line);
            Err(error.into())
        }
    }
}

/// Shows the prompt and reads the bytes of a line.
fn read_line(call: &mut Call<'_>) -> Result<Vec<u8>, Box<Fault>> {
    emit(call, call.held(0).as_bytes())?;
    call.host.out.flush().map_err(|error| stream_fault("write to the output", error.kind()))?;
    let limit = call.limit() as u64;
    let mut line = Vec::new();
    let mut source = call.host.input.by_ref().take(limit);
    let read = source.read_until(b'\n', &mut line);
    match read.map_err(|error| stream_fault("read the input", error.kind()))? {
        0 => return Err(Fault::new(TrapKind::HostError, "the input has ended")),
        n if n as u64 == limit => return Err(super::args::too_large()),
        n => call.charge_bytes(n),
    }
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    Ok(line)
}
