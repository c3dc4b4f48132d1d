//! The byte form: operations with operands, read and written.
//!
//! Numbers are big-endian and stand without padding: two bytes for the operation, one for a
//! register, its own width for an immediate, eight for a place in the code. There is no container
//! around it. Reading goes through the whole code in order before anything runs, as on the
//! original machine. The text form is in `text`.

use super::fault::Fault;
use super::table::{Kind, Op, Operand};

/// Registers of a frame.
pub const REGISTERS: u8 = 128;
/// Bytes of the longest code that is taken.
pub const MAX_CODE: usize = 16 << 20;

/// One operation with its operands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Instr {
    /// Where it stands, in bytes from the start of the code.
    pub at: u32,
    /// What it is.
    pub op: Op,
    /// Its registers in the order of its operands; the rest is 0.
    pub regs: [u8; 5],
    /// Its immediate, place or exit code, as bits.
    pub imm: u64,
}

impl Instr {
    /// The registers it names, with their roles.
    pub fn registers(&self) -> impl Iterator<Item = (Operand, u8)> {
        let roles = self.op.row.operands.iter().copied().filter(|operand| operand.is_register());
        roles.zip(self.regs)
    }

    /// The place it may continue at other than the next operation.
    pub fn target(&self) -> Option<u64> {
        match self.op.kind() {
            Kind::Jump | Kind::JumpIf | Kind::JumpIfFalse | Kind::CallFunction => Some(self.imm),
            _ => None,
        }
    }

    /// Bytes of the byte form.
    pub fn size(&self) -> usize {
        2 + self.op.operand_size()
    }

    /// Appends the byte form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.op.number().to_be_bytes());
        let mut regs = self.regs.iter();
        for operand in self.op.row.operands {
            if operand.is_register() {
                out.extend(regs.next());
            } else {
                let bytes = self.imm.to_be_bytes();
                let size = operand.size(self.op.ty).min(bytes.len());
                out.extend(&bytes[bytes.len() - size..]);
            }
        }
    }
}

/// Why code cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeError {
    /// What is wrong.
    pub fault: Fault,
    /// Where, in bytes from the start of the code.
    pub at: usize,
}

/// Reads a whole code. The operations are in order and follow each other without a gap.
///
/// # Errors
/// The first operation that cannot be read; else the first jump or call that leaves the code.
pub fn decode(bytes: &[u8]) -> Result<Vec<Instr>, CodeError> {
    let mut instrs = Vec::with_capacity(bytes.len() / 5);
    let mut at = 0;
    while at < bytes.len() {
        let instr = decode_one(bytes, at).map_err(|fault| CodeError { fault, at })?;
        at += instr.size();
        instrs.push(instr);
    }
    let outside = |instr: &&Instr| instr.target().is_some_and(|to| to >= bytes.len() as u64);
    match instrs.iter().find(outside) {
        Some(instr) => Err(CodeError { fault: Fault::InvalidTarget, at: instr.at as usize }),
        None => Ok(instrs),
    }
}

/// Reads the operation at a place.
///
/// # Errors
/// There is none, or it is cut off.
pub fn decode_one(bytes: &[u8], at: usize) -> Result<Instr, Fault> {
    let rest = bytes.get(at..).unwrap_or_default();
    let (number, mut rest) = rest.split_first_chunk::<2>().ok_or(Fault::UnexpectedEOF)?;
    let op = Op::by_number(u16::from_be_bytes(*number)).ok_or(Fault::InvalidOpCode)?;
    let at = u32::try_from(at).map_err(|_| Fault::UnexpectedEOF)?;
    let mut instr = Instr { at, op, regs: [0; 5], imm: 0 };
    let mut regs = instr.regs.iter_mut();
    for operand in op.row.operands {
        let (bytes, behind) =
            rest.split_at_checked(operand.size(op.ty)).ok_or(Fault::CutOperands)?;
        rest = behind;
        let number = bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        match operand.is_register() {
            true => regs.next().into_iter().for_each(|reg| *reg = number as u8),
            false => instr.imm = number,
        }
    }
    Ok(instr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snake::table::ROWS;

    #[test]
    fn every_operation_is_read_back() {
        for row in ROWS {
            for nth in 0..row.count() {
                let op = Op::by_number(row.base + nth as u16).expect("the row has it");
                let mut bytes = op.number().to_be_bytes().to_vec();
                bytes.extend((0..op.operand_size()).map(|i| 0x11 + i as u8));
                let instr = decode_one(&bytes, 0).expect("it is whole");
                assert_eq!(instr.size(), bytes.len());
                let mut again = Vec::new();
                instr.encode(&mut again);
                assert_eq!(again, bytes, "{}", op.name());
                for cut in 2..bytes.len() {
                    assert_eq!(decode_one(&bytes[..cut], 0), Err(Fault::CutOperands));
                }
            }
        }
    }

    #[test]
    fn errors_tell_their_place() {
        let fault = |bytes: &[u8]| decode(bytes).map(|_| ()).map_err(|e| (e.fault, e.at));
        assert_eq!(fault(&[]), Ok(()));
        assert_eq!(fault(&[2]), Err((Fault::UnexpectedEOF, 0)));
        assert_eq!(fault(&[2, 0x59, 0xff, 0xff]), Err((Fault::InvalidOpCode, 2)));
        assert_eq!(fault(&[2, 0x59, 2]), Err((Fault::UnexpectedEOF, 2)));
        let jump = [2, 0x59, 0, 3, 0, 0, 0, 0, 0, 0, 0, 12];
        assert_eq!(fault(&jump), Err((Fault::InvalidTarget, 2)));
    }
}
