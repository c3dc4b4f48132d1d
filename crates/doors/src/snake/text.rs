//! The text assembly: one operation a line, `;` comments, labels; and the listing of a code.
//!
//! ```text
//!         LoadImmediateI64 R1 0
//! again:  IncrementI64 R1 1       ; commas between operands may stand
//!         LessThanI64 R2, R1, R3
//!         JumpIf again R2
//!         Halt 0
//! ```
//!
//! `.constant "text"` and `.constant 1 2 0xff` are byte strings for `StoreConstantArray`, numbered
//! from 0. What an operand may be is decided in `asm`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::asm::{Arg, AsmError, Assembled, Assembler, immediate};
use super::code::{Instr, decode_one};
use super::table::{Operand, Ty};
use crate::quoted::quoted;

/// What a line with a constant begins with.
const CONSTANT: &str = ".constant";

/// Assembles a text to the byte form.
///
/// # Errors
/// The first line that has no meaning, or the first label that is used and not set.
pub fn assemble(text: &str) -> Result<Assembled, AsmError> {
    let mut assembler = Assembler::new();
    for line in text.lines() {
        assembler.next_line();
        if let Some(rest) = line.trim_start().strip_prefix(CONSTANT) {
            match constant(rest.trim_start()) {
                Ok(bytes) => assembler.constant(bytes),
                Err(message) => assembler.fail(message),
            }
            continue;
        }
        let code = line.split(';').next().unwrap_or_default();
        let mut words = code.split(|c: char| c.is_whitespace() || c == ',');
        let mut words = words.by_ref().filter(|word| !word.is_empty()).peekable();
        while let Some(label) = words.next_if(|word| word.ends_with(':')) {
            assembler.label(label.trim_end_matches(':'));
        }
        if let Some(name) = words.next() {
            let args: Vec<Arg<'_>> = words.map(Arg::Text).collect();
            assembler.op(name, &args);
        }
    }
    assembler.finish()
}

/// The bytes of a constant: a string, or numbers.
fn constant(text: &str) -> Result<Vec<u8>, String> {
    if !text.starts_with('"') {
        let words = text.split(';').next().unwrap_or_default().split_whitespace();
        return words.map(|word| Ok(immediate(&Arg::Text(word), Ty::U8)? as u8)).collect();
    }
    let (bytes, behind) = quoted(text)?;
    match behind.trim_start() {
        "" => Ok(bytes),
        rest if rest.starts_with(';') => Ok(bytes),
        rest => Err(format!("`{rest}` stands behind the constant")),
    }
}

/// Constants as lines of a text.
pub fn constants(constants: &[Vec<u8>]) -> String {
    constants.iter().map(|bytes| format!("{CONSTANT} \"{}\"\n", bytes.escape_ascii())).collect()
}

/// The listing of a code: places, bytes and operations, which `assemble` takes again once the
/// first two columns are off. What cannot be read ends it with a line that says why.
pub fn listing(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut instrs = Vec::new();
    let mut at = 0;
    let mut end = None;
    while at < bytes.len() && end.is_none() {
        match decode_one(bytes, at) {
            Ok(instr) => {
                at += instr.size();
                instrs.push(instr);
            }
            Err(fault) => end = Some(fault),
        }
    }
    let labels = labels(&instrs);
    for instr in &instrs {
        if let Some(label) = labels.get(&u64::from(instr.at)) {
            let _ = writeln!(out, "{label}:");
        }
        let mut code = Vec::new();
        instr.encode(&mut code);
        let hex: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(out, "{:06}  {hex:<22}  {}", instr.at, show(instr, &labels));
    }
    if let Some(fault) = end {
        let _ = writeln!(out, "{at:06}  {fault}");
    }
    out
}

/// The lines of a listing that operations stand in, in their order.
pub fn lines_of(listing: &str) -> Vec<u32> {
    let numbered = (1..).zip(listing.lines());
    let starts = |line: &str| line.starts_with(|c: char| c.is_ascii_digit());
    numbered.filter(|(_, line)| starts(line)).map(|(number, _)| number).collect()
}

/// The operation as text.
fn show(instr: &Instr, labels: &BTreeMap<u64, String>) -> String {
    let mut out = instr.op.name();
    let mut regs = instr.regs.iter();
    for operand in instr.op.row.operands {
        let shown = match operand {
            Operand::Def | Operand::Use | Operand::Both => {
                regs.next().map(|reg| format!("R{reg}")).unwrap_or_default()
            }
            Operand::Target => {
                labels.get(&instr.imm).cloned().unwrap_or_else(|| instr.imm.to_string())
            }
            Operand::Imm => number(instr.imm, instr.op.ty.unwrap_or(Ty::U64)),
            Operand::Word => instr.imm.to_string(),
            Operand::Code => (instr.imm as i64).to_string(),
        };
        out.push(' ');
        out.push_str(&shown);
    }
    out
}

/// Names for the places that jumps and calls of the code name, where an operation starts there.
fn labels(instrs: &[Instr]) -> BTreeMap<u64, String> {
    let mut targets: Vec<u64> = instrs.iter().filter_map(Instr::target).collect();
    targets.sort_unstable();
    targets.dedup();
    let starts = |at: &u64| instrs.binary_search_by_key(at, |instr| u64::from(instr.at)).is_ok();
    targets.into_iter().filter(starts).map(|at| (at, format!("at_{at}"))).collect()
}

/// Bits of a register or immediate as a number of a type, written as the machine writes it.
pub fn number(bits: u64, ty: Ty) -> String {
    match ty {
        Ty::U8 => (bits as u8).to_string(),
        Ty::U16 => (bits as u16).to_string(),
        Ty::U32 => (bits as u32).to_string(),
        Ty::U64 => bits.to_string(),
        Ty::I8 => (bits as i8).to_string(),
        Ty::I16 => (bits as i16).to_string(),
        Ty::I32 => (bits as i32).to_string(),
        Ty::I64 => (bits as i64).to_string(),
        Ty::F32 => f32::from_bits(bits as u32).to_string(),
        Ty::F64 => f64::from_bits(bits).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: &str = "
        LoadImmediateI64 R1 0      ; from here
again:  IncrementI64 R1, 0x1
        LoadImmediateF32 R5 0.1
        LessThanI64 R2 R1 R3
        JumpIf again R2
        CallFunction done
done:   Halt -1
";

    #[test]
    fn text_becomes_bytes_and_text_again() {
        let bytes = assemble(COUNT).expect("it has a meaning").bytes;
        assert_eq!(&bytes[..11], [0, 47, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let listing = listing(&bytes);
        assert!(listing.contains("at_11:\n000011  0350010000000000000001"), "{listing}");
        assert!(listing.contains("JumpIf at_11 R2"), "{listing}");
        let stripped: Vec<&str> = listing
            .lines()
            .map(
                |line| {
                    if line.ends_with(':') { line } else { line.split("  ").last().unwrap_or("") }
                },
            )
            .collect();
        assert_eq!(assemble(&stripped.join("\n")).map(|code| code.bytes), Ok(bytes));
    }

    #[test]
    fn constants_stand_beside_the_code() {
        let text =
            ".constant \"a;\\n\\xff\" ; text\n.constant 1 0x02 ; numbers\n .constant\nHalt 0";
        let code = assemble(text).expect("it has a meaning");
        assert_eq!(code.constants, [b"a;\n\xff".to_vec(), vec![1, 2], Vec::new()]);
        assert_eq!(code.lines, [4]);
        let again = assemble(&constants(&code.constants)).map(|code| code.constants);
        assert_eq!(again, Ok(code.constants));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, line, part) in [
            ("\nAddI64 R1 R2", 2, "takes 3 operands, here are 2"),
            ("AddI64 R1 R2 R128", 1, "`R128` is no register"),
            ("Adds R1", 1, "no operation `Adds`"),
            ("LoadImmediateU8 R1 256", 1, "256 does not fit u8"),
            ("LoadImmediateI8 R1 -129", 1, "-129 does not fit i8"),
            ("LoadImmediateI8 R1 1.5", 1, "`1.5` is no integer"),
            ("Halt\nJump nowhere", 2, "no label `nowhere`"),
            ("a: Halt\na: Halt", 2, "a second time"),
            ("R1: Halt", 1, "no name for a label"),
            ("LoadImmediateI64 R1 --1", 1, "no integer"),
            ("\n.constant \"a", 2, "no end"),
            (".constant 256", 1, "256 does not fit u8"),
            (".constant \"a\" b", 1, "stands behind the constant"),
        ] {
            let error = assemble(text).expect_err(text);
            assert_eq!(error.line, line, "{text}");
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
}
