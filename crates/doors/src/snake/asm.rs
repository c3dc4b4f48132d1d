//! Puts code together: what the text form and the macro [`asm!`](crate::asm) share.
//!
//! Operands come as text or as numbers; a place in the code may be a label that is set earlier or
//! later. How lines are taken apart is in `text`, the macro in `macros`.

use std::collections::HashMap;
use std::fmt;

use super::code::{Instr, REGISTERS};
use super::table::{Op, Operand, Ty};

/// Why a statement cannot be assembled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AsmError {
    /// The number of the line, or of the statement of the macro, from 1.
    pub line: usize,
    /// The reason in one sentence.
    pub message: String,
}

impl fmt::Display for AsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for AsmError {}

/// Code that was put together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Assembled {
    /// The byte form.
    pub bytes: Vec<u8>,
    /// The line or statement that each operation comes from.
    pub lines: Vec<u32>,
    /// The byte strings that `StoreConstantArray` stores by their number. The byte form has no
    /// place for them.
    pub constants: Vec<Vec<u8>>,
}

/// An operand as it is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Arg<'a> {
    /// A register, number or label.
    Text(&'a str),
    /// An integer.
    Int(i128),
    /// A floating-point number.
    Float(f64),
}

impl From<i128> for Arg<'_> {
    fn from(n: i128) -> Self {
        Arg::Int(n)
    }
}

impl From<f64> for Arg<'_> {
    fn from(x: f64) -> Self {
        Arg::Float(x)
    }
}

/// A place that waits for its label.
struct Fixup {
    instr: usize,
    label: String,
    line: usize,
}

/// Code that is being put together, one statement after the other.
#[derive(Default)]
pub struct Assembler {
    instrs: Vec<Instr>,
    lines: Vec<u32>,
    constants: Vec<Vec<u8>>,
    size: u64,
    labels: HashMap<String, u64>,
    fixups: Vec<Fixup>,
    line: usize,
    error: Option<AsmError>,
}

impl Assembler {
    /// An empty code.
    pub fn new() -> Assembler {
        Assembler::default()
    }

    /// Counts a line or statement, to tell the place of errors.
    pub fn next_line(&mut self) {
        self.line += 1;
    }

    /// Sets a label at the next operation.
    pub fn label(&mut self, name: &str) {
        if !is_label(name) {
            self.fail(format!("`{name}` is no name for a label"));
        } else if self.labels.insert(name.to_owned(), self.size).is_some() {
            self.fail(format!("the label `{name}` is set a second time"));
        }
    }

    /// Appends an operation.
    pub fn op(&mut self, name: &str, args: &[Arg<'_>]) {
        if let Err(message) = self.add(name, args) {
            self.fail(message);
        }
    }

    /// Adds a constant; the first one has the number 0.
    pub fn constant(&mut self, bytes: Vec<u8>) {
        self.constants.push(bytes);
    }

    /// Notes that the present line has no meaning.
    pub(crate) fn fail(&mut self, message: String) {
        let line = self.line;
        self.error.get_or_insert(AsmError { line, message });
    }

    fn add(&mut self, name: &str, args: &[Arg<'_>]) -> Result<(), String> {
        let op = Op::by_name(name).ok_or_else(|| format!("there is no operation `{name}`"))?;
        let at = u32::try_from(self.size).map_err(|_| "the code is too long".to_owned())?;
        let mut instr = Instr { at, op, regs: [0; 5], imm: 0 };
        let operands = op.row.operands;
        // `Halt` had no operand once, and its text still has none.
        let may_lack = operands == [Operand::Code] && args.is_empty();
        if args.len() != operands.len() && !may_lack {
            let (takes, has) = (operands.len(), args.len());
            return Err(format!("`{name}` takes {takes} operands, here are {has}"));
        }
        let mut regs = instr.regs.iter_mut();
        for (operand, arg) in operands.iter().zip(args) {
            match operand {
                Operand::Def | Operand::Use | Operand::Both => {
                    let number = register(arg)?;
                    regs.next().into_iter().for_each(|reg| *reg = number);
                }
                Operand::Target => instr.imm = self.target(arg)?,
                Operand::Imm => instr.imm = immediate(arg, op.ty.unwrap_or(Ty::U64))?,
                Operand::Word => instr.imm = immediate(arg, Ty::U64)?,
                Operand::Code => instr.imm = immediate(arg, Ty::I64)?,
            }
        }
        self.size += instr.size() as u64;
        self.instrs.push(instr);
        self.lines.push(self.line as u32);
        Ok(())
    }

    fn target(&mut self, arg: &Arg<'_>) -> Result<u64, String> {
        match arg {
            Arg::Text(label) if is_label(label) => {
                let (instr, line) = (self.instrs.len(), self.line);
                self.fixups.push(Fixup { instr, label: (*label).to_owned(), line });
                Ok(0)
            }
            _ => immediate(arg, Ty::U64),
        }
    }

    /// The byte form of the code.
    ///
    /// # Errors
    /// The first statement that has no meaning.
    pub fn finish(mut self) -> Result<Assembled, AsmError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        for Fixup { instr, label, line } in self.fixups {
            let Some(at) = self.labels.get(&label) else {
                let message = format!("there is no label `{label}`");
                return Err(AsmError { line, message });
            };
            if let Some(instr) = self.instrs.get_mut(instr) {
                instr.imm = *at;
            }
        }
        let mut bytes = Vec::with_capacity(self.size as usize);
        self.instrs.iter().for_each(|instr| instr.encode(&mut bytes));
        Ok(Assembled { bytes, lines: self.lines, constants: self.constants })
    }
}

/// Whether a text can be a label: a name that is not a register's.
fn is_label(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '.'));
    starts && register(&Arg::Text(text)).is_err()
}

fn register(arg: &Arg<'_>) -> Result<u8, String> {
    let number = match arg {
        Arg::Text(text) => text.strip_prefix('R').and_then(|digits| digits.parse().ok()),
        _ => None,
    };
    number.filter(|reg| *reg < REGISTERS).ok_or_else(|| match arg {
        Arg::Text(text) => format!("`{text}` is no register: they are R0 to R127"),
        _ => "a number stands where a register is expected".to_owned(),
    })
}

/// The bits of a number of a type.
pub(crate) fn immediate(arg: &Arg<'_>, ty: Ty) -> Result<u64, String> {
    if ty.is_float() {
        let x = match arg {
            Arg::Text(text) => text.parse().map_err(|_| format!("`{text}` is no number"))?,
            Arg::Int(n) => *n as f64,
            Arg::Float(x) => *x,
        };
        // A text is rounded once: by way of f64 its f32 could differ in the last bit.
        return Ok(match (ty, arg) {
            (Ty::F64, _) => x.to_bits(),
            (_, Arg::Text(text)) => u64::from(text.parse().unwrap_or(x as f32).to_bits()),
            _ => u64::from((x as f32).to_bits()),
        });
    }
    let n = match arg {
        Arg::Text(text) => integer(text).ok_or_else(|| format!("`{text}` is no integer"))?,
        Arg::Int(n) => *n,
        Arg::Float(x) => return Err(format!("`{x}` is no integer")),
    };
    let bits = 8 * ty.size() as u32;
    let range = match ty.is_signed() {
        true => -(1_i128 << (bits - 1))..1_i128 << (bits - 1),
        false => 0..1_i128 << bits,
    };
    match range.contains(&n) {
        true => Ok(n as u64 & (u64::MAX >> (64 - bits))),
        false => Err(format!("{n} does not fit {}", ty.suffix().to_lowercase())),
    }
}

/// An integer with its sign and the prefix of its base.
fn integer(text: &str) -> Option<i128> {
    let (minus, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, digits.get(2..)?),
        [b'0', b'o', ..] => (8, digits.get(2..)?),
        [b'0', b'b', ..] => (2, digits.get(2..)?),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let n = i128::from_str_radix(digits, base).ok()?;
    Some(if minus { -n } else { n })
}

#[cfg(test)]
mod tests {
    use super::super::text;

    #[test]
    fn the_macro_makes_what_the_text_makes() {
        let far = 5_000_000_000_i128;
        let made = crate::asm! {
            LoadImmediateI64, R1, (-123);
            LoadImmediateI64, R2, 456;
            LoadImmediateF64, R4, 1.5;
            LoadImmediateF32, R5, (-0.1);
            LoadImmediateU64, R6, (far);
            again: next:
            AddI64, R3, R1, R2;
            JumpIf, again, R9;
            CallFunction, end;
            DebugPrintI64, R3;
            end: Halt;
            Halt, 3
        };
        let text = "LoadImmediateI64 R1 -123\nLoadImmediateI64 R2 456\nLoadImmediateF64 R4 1.5\n\
                    LoadImmediateF32 R5 -0.1\nLoadImmediateU64 R6 5000000000\n\
                    again: AddI64 R3 R1 R2\nJumpIf again R9\nCallFunction end\n\
                    DebugPrintI64 R3\nend: Halt\nHalt 3";
        let read = text::assemble(text);
        assert_eq!(made.map(|code| code.bytes), read.map(|code| code.bytes));
    }

    #[test]
    fn mistakes_in_the_macro_are_told_with_their_statement() {
        let error = crate::asm! { Halt; AddI64, R1, R2; }.expect_err("an operand is missing");
        assert_eq!((error.line, error.message.contains("takes 3")), (2, true), "{error}");
    }
}
