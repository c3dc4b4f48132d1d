//! The codes that a program ends with when it fails, and what each is called.

/// A jump outside of the code, an index outside of a pool or an array.
pub const BOUNDS: u8 = 2;
/// The end of the code was reached.
pub const NO_HALT: u8 = 3;
/// An array cannot be made.
pub const MEMORY: u8 = 8;
/// A register beyond the last one.
pub const REGISTERS: u8 = 12;
/// Too many calls.
pub const STACK: u8 = 13;
/// What is called is no function.
pub const CALLABLE: u8 = 15;
/// A function is called with another number of arguments than it takes.
pub const CALL: u8 = 16;
/// An operand has another tag than the instruction takes.
pub const TYPE: u8 = 17;
/// There is no such instruction.
pub const OPCODE: u8 = 18;
/// A division by zero, or one whose result does not fit.
pub const ARITHMETIC: u8 = 19;

const TEXTS: [&str; 20] = [
    "",
    "File IO error",
    "Register overflow",
    "No halt",
    "Bad magic",
    "Unsupported version",
    "Empty program",
    "Program too large",
    "Out of memory",
    "Truncated code",
    "Const pool read failed",
    "Globals read failed",
    "Register limit exceeded",
    "Stack overflow",
    "Stack underflow",
    "Invalid callable",
    "Call failed",
    "Type mismatch",
    "Invalid opcode",
    "Arithmetic fault",
];

/// What a code is called, if it is known and no success.
pub fn text(code: u8) -> Option<&'static str> {
    TEXTS.get(usize::from(code)).copied().filter(|text| !text.is_empty())
}
