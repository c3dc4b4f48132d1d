//! What the codes of this crate mean: `D` of files that a door refuses, `stk` of StickVM, whose
//! numbers it prints for files that it cannot load and for programs that fail.

use crate::error::LoadError;
use crate::stick::panic;

/// A code at length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeInfo {
    /// The code, such as `D001`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// The reason, in sentences.
    pub reason: &'static str,
}

/// The codes of [`LoadError`].
const OF_FILES: &[CodeInfo] = &[
    row(
        LoadError::BYTES,
        "bytes that are no program of this machine",
        "The file is cut off, damaged, or a program of another machine. The message gives the \
         byte; where the machine has a load code for it, the code stands there too, and \
         `kaa explain stk-4` tells more of that.",
    ),
    row(
        LoadError::TEXT,
        "a line of an assembly text that cannot be read",
        "The message says what would have been right in the line. The forms of all machines are \
         described in `docs/doors`, and `kaa dis` shows any program in its text form.",
    ),
    row(
        LoadError::TOO_LARGE,
        "a program that is too large",
        "Doors bound the size of a file and of what its code reaches, so that a hostile file \
         costs little time and memory. Split the program, or leave out what it never reaches.",
    ),
    row(
        LoadError::OPTIONS,
        "options that make no sense for this program",
        "What was asked for beside the file cannot be: a register that the machine does not \
         have, a value that is no integer, or text that is no JSON.",
    ),
    row(
        LoadError::UNSUPPORTED,
        "something that this door cannot do",
        "The machine has no such form, or its form has no place for what the program needs. The \
         message says which.",
    ),
];

/// The codes of StickVM: number, title, reason.
const OF_STICK: &[(u8, CodeInfo)] = &[
    (1, row("stk-1", "StickVM: File IO error", "The machine could not open the file.")),
    (
        panic::BOUNDS,
        row(
            "stk-2",
            "StickVM: Register overflow",
            "Despite its name: a jump leads outside of the code, an index outside of the \
             constants, the globals, an array or the fields of an object, or a string is longer \
             than what is left of the code.",
        ),
    ),
    (
        panic::NO_HALT,
        row(
            "stk-3",
            "StickVM: No halt",
            "The program ran past its last instruction, or called a function whose place is \
             behind it. A program ends with `HALT`, or with `RET` in the first frame.",
        ),
    ),
    (
        4,
        row(
            "stk-4",
            "StickVM: Bad magic",
            "A file begins with the four bytes `STIK` and a header of 20 bytes. This one begins \
             otherwise, or ends within the header.",
        ),
    ),
    (
        5,
        row("stk-5", "StickVM: Unsupported version", "The version in the header is larger than 1."),
    ),
    (6, row("stk-6", "StickVM: Empty program", "The header counts no instructions.")),
    (
        7,
        row(
            "stk-7",
            "StickVM: Program too large",
            "One of the three counts in the header is larger than 0x3FFFFFFF.",
        ),
    ),
    (
        panic::MEMORY,
        row(
            "stk-8",
            "StickVM: Out of memory",
            "An array cannot be made: its elements have no type that values have, or its \
             capacity is no integer, negative, or beyond what an array can hold.",
        ),
    ),
    (
        9,
        row(
            "stk-9",
            "StickVM: Truncated code",
            "The header counts more instructions than the file holds. Each takes four bytes.",
        ),
    ),
    (
        10,
        row(
            "stk-10",
            "StickVM: Const pool read failed",
            "The header counts more constants than the file holds. Each takes nine bytes.",
        ),
    ),
    (
        11,
        row(
            "stk-11",
            "StickVM: Globals read failed",
            "The header counts more globals than the file holds. Each takes nine bytes.",
        ),
    ),
    (
        panic::REGISTERS,
        row(
            "stk-12",
            "StickVM: Register limit exceeded",
            "The window of a function ends beyond the last of the machine's 65536 registers.",
        ),
    ),
    (
        panic::STACK,
        row(
            "stk-13",
            "StickVM: Stack overflow",
            "The machine has 256 frames with the first one, so calls nest 255 deep. `TAILCALL` \
             needs no further frame.",
        ),
    ),
    (
        14,
        row(
            "stk-14",
            "StickVM: Stack underflow",
            "A frame was to be removed where none was. No program gets this far here.",
        ),
    ),
    (
        panic::CALLABLE,
        row(
            "stk-15",
            "StickVM: Invalid callable",
            "What is called is no function. Functions are among the constants of a file; what a \
             global of the file claims to be one was never made.",
        ),
    ),
    (
        panic::CALL,
        row(
            "stk-16",
            "StickVM: Call failed",
            "A function is called with another number of arguments than it takes.",
        ),
    ),
    (
        panic::TYPE,
        row(
            "stk-17",
            "StickVM: Type mismatch",
            "An operand has another type tag than the instruction takes. Casts such as `I2D` \
             convert between types; only `LNOT` takes truth values.",
        ),
    ),
    (
        panic::OPCODE,
        row(
            "stk-18",
            "StickVM: Invalid opcode",
            "No instruction has this number, or the numbering has it only reserved. A file does \
             not tell its numbering: `--stk-numbering A` and `B1` read older ones.",
        ),
    ),
    (
        panic::ARITHMETIC,
        row(
            "stk-19",
            "StickVM: Arithmetic fault",
            "An integer is divided by zero, or the least integer by -1.",
        ),
    ),
];

const fn row(code: &'static str, title: &'static str, reason: &'static str) -> CodeInfo {
    CodeInfo { code, title, reason }
}

/// Every code of the crate.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    OF_FILES.iter().chain(OF_STICK.iter().map(|(_, info)| info))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;

    #[test]
    fn every_code_of_a_refused_file_is_told() {
        let text = String::new;
        let errors = [
            LoadError::Bytes { place: Place::File, reason: text(), told: None },
            LoadError::Text { place: Place::File, reason: text() },
            LoadError::TooLarge(text()),
            LoadError::Options(text()),
            LoadError::Unsupported(text()),
        ];
        for error in errors {
            assert!(all().any(|info| info.code == error.code()), "{}", error.code());
        }
    }

    #[test]
    fn every_code_of_stick_is_told_in_its_words() {
        let texts = (1..=u8::MAX).filter_map(|number| Some((number, panic::text(number)?)));
        let known: Vec<(u8, &str)> = texts.collect();
        assert_eq!(known.len(), OF_STICK.len());
        for ((number, text), (told, info)) in known.into_iter().zip(OF_STICK) {
            assert_eq!((number, info.code), (*told, format!("stk-{number}").as_str()));
            assert_eq!(info.title, format!("StickVM: {text}"));
        }
    }
}
