//! Small steps that all rooms use: arguments in the forms that the text functions take, results,
//! faults, and one scratch buffer.

use std::cell::Cell;

use kaa_heap::{GcRef, MAX_OBJECT};
use kaa_isa::TrapKind;

use crate::native::{Call, Fault, NativeResult};
use crate::text::{NumError, Text, TextError};

/// The most characters of a value that a message shows.
const SHOWN: usize = 60;
/// A scratch buffer that grew beyond this is given back.
const KEPT_SCRATCH: usize = 1 << 16;

thread_local! {
    static SCRATCH: Cell<String> = const { Cell::new(String::new()) };
}

impl<'a> Call<'a> {
    /// Argument `i` as text that may be read while new objects are made.
    #[inline]
    pub(super) fn held(&self, i: usize) -> &'a str {
        let text: *const str = self.str(i);
        // SAFETY: strings are not written, moved or freed before the native returns, and the
        // call borrows the heap for `'a`.
        unsafe { &*text }
    }

    /// The same for a byte string.
    #[inline]
    pub(super) fn held_bytes(&self, i: usize) -> &'a [u8] {
        self.held_bytes_of(self.obj(i))
    }

    /// The same for any byte string.
    #[inline]
    pub(super) fn held_bytes_of(&self, object: GcRef) -> &'a [u8] {
        let bytes: *const [u8] = self.heap.bytes(object);
        // SAFETY: as for `held`: finished byte strings are not written either.
        unsafe { &*bytes }
    }

    /// The text of any string object, under the same promise.
    #[inline]
    pub(super) fn held_obj(&self, object: GcRef) -> &'a str {
        let text: *const str = self.heap.str(object);
        // SAFETY: as for `held`.
        unsafe { &*text }
    }

    /// Argument `i` as text whose positions are code points.
    #[inline]
    pub(super) fn text(&self, i: usize) -> Text<'a> {
        Text::known(self.held(i), self.heap.is_ascii(self.obj(i)))
    }

    /// An optional string at slot `i`.
    pub(super) fn opt_str(&self, i: usize) -> Option<&'a str> {
        (!self.obj(i).is_null()).then(|| self.held(i))
    }

    /// An optional integer at slots `i` and `i + 1`.
    #[inline]
    pub(super) fn opt_int(&self, i: usize) -> Option<i64> {
        self.bool(i).then(|| self.int(i + 1))
    }

    /// Sets result `i` to a new string.
    #[inline]
    pub(super) fn give_str(&mut self, i: usize, text: &str) -> NativeResult {
        let object = self.heap.new_str(text)?;
        self.set_obj(i, object);
        Ok(())
    }

    /// Sets result `i` to a part of argument `arg`: to the argument itself if it is all of it.
    #[inline]
    pub(super) fn give_part(&mut self, i: usize, arg: usize, part: &str) -> NativeResult {
        if part.len() == self.str(arg).len() {
            self.set_obj(i, self.obj(arg));
            return Ok(());
        }
        self.give_str(i, part)
    }

    /// The most bytes that a result may have.
    pub(super) fn limit(&self) -> usize {
        usize::try_from(self.heap.config().limit_bytes.min(MAX_OBJECT)).unwrap_or(usize::MAX)
    }

    /// Charges for bytes that are read or copied in bulk.
    #[inline]
    pub(super) fn charge_bytes(&mut self, bytes: usize) {
        self.charge(bytes / 16);
    }

    /// Refuses a result of so many bytes if it can never be.
    pub(super) fn check_size(&self, bytes: Option<usize>) -> NativeResult {
        match bytes {
            Some(bytes) if bytes <= self.limit() => Ok(()),
            _ => Err(too_large()),
        }
    }

    /// Makes a text in a scratch buffer, then a string of it as result 0.
    pub(super) fn build(
        &mut self,
        write: impl FnOnce(&mut String) -> NativeResult,
    ) -> NativeResult {
        with_scratch(|out| {
            write(out)?;
            self.charge_bytes(out.len());
            self.give_str(0, out)
        })
    }
}

/// Lends the scratch buffer, empty.
pub(super) fn with_scratch<R>(body: impl FnOnce(&mut String) -> R) -> R {
    let mut buffer = SCRATCH.take();
    buffer.clear();
    let result = body(&mut buffer);
    if buffer.capacity() <= KEPT_SCRATCH {
        SCRATCH.set(buffer);
    }
    result
}

/// A fault: the result would be larger than the heap may be.
#[cold]
pub(super) fn too_large() -> Box<Fault> {
    Fault::new(TrapKind::OutOfMemory, "the result would be larger than the heap may be")
}

/// A fault for an argument that does not fit the operation.
#[cold]
pub(super) fn invalid(message: impl Into<String>) -> Box<Fault> {
    Fault::new(TrapKind::InvalidValue, message)
}

/// A text for a message: in quotes, and not too long.
#[cold]
pub(super) fn quoted(text: &str) -> String {
    let mut shown = String::new();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            crate::text::write_repr_str(&mut shown, &text[..end]);
            shown.push_str("...");
        }
        None => crate::text::write_repr_str(&mut shown, text),
    }
    shown
}

impl From<TextError> for Box<Fault> {
    fn from(error: TextError) -> Self {
        match error {
            TextError::TooLong => too_large(),
            other => invalid(other.to_string()),
        }
    }
}

impl From<NumError> for Box<Fault> {
    fn from(error: NumError) -> Self {
        let kind = match error {
            NumError::Overflow => TrapKind::Overflow,
            NumError::DivideByZero => TrapKind::DivisionByZero,
            NumError::Nan => TrapKind::Conversion,
            NumError::NegativeExponent | NumError::NoInverse => TrapKind::InvalidValue,
        };
        Fault::new(kind, error.to_string())
    }
}

impl From<crate::text::FormatError> for Box<Fault> {
    fn from(error: crate::text::FormatError) -> Self {
        invalid(error.to_string())
    }
}
