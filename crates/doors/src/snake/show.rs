//! The texts of `DebugPrint` and of debug logging, as the machine writes them.
//!
//! A compiled program asks the host for them: it passes what an operation is, in one number, and
//! what its registers hold. So a program that prints nothing has nothing of this in its code.

use super::code::Instr;
use super::table::{Kind, Op, Ty};
use super::text::number;

/// The module that the functions are imported from.
pub const MODULE: &str = "snake";
/// The line of a `DebugPrint`: (head, bits) to text.
pub const PRINT: &str = "print";
/// The line of debug logging: (head, four values of registers, immediate or fifth value) to text.
pub const LINE: &str = "line";

/// An operation and its registers in one number.
pub fn head(instr: &Instr) -> i64 {
    let regs = instr.regs.iter().rev().fold(0, |all, reg| all << 8 | i64::from(*reg));
    regs << 16 | i64::from(instr.op.number())
}

fn parts(head: i64) -> Option<(Op, [u8; 5])> {
    let op = Op::by_number(head as u16)?;
    let [_, _, regs @ .., _] = head.to_le_bytes();
    Some((op, regs))
}

/// The line that `DebugPrint` prints.
pub fn print(head: i64, bits: i64) -> String {
    match parts(head) {
        Some((op, [reg, ..])) => match op.ty {
            Some(ty) => format!("R{reg} : {}", number(bits as u64, ty)),
            None => format!("R{reg} raw bits: {bits:#018X}"),
        },
        None => String::new(),
    }
}

/// Whether debug logging tells of an operation.
pub fn is_logged(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Halt
            | Kind::LoadIndirect
            | Kind::LoadFromImmediate
            | Kind::Print
            | Kind::DebugPrintRaw
    )
}

/// The line of an operation. `vals` are what its registers held, the last one its immediate.
pub fn line(head: i64, vals: [i64; 5]) -> String {
    let Some((op, regs)) = parts(head) else { return String::new() };
    told(op, regs, vals.map(|val| val as u64))
}

fn told(op: Op, [r0, r1, r2, r3, r4]: [u8; 5], [v0, v1, v2, v3, v4]: [u64; 5]) -> String {
    let ty = op.ty.unwrap_or(Ty::U64);
    let t = ty.suffix().to_lowercase();
    let n = |bits: u64| number(bits, ty);
    if let Some((word, sign)) = words(op.kind(), ty) {
        let told = format!("{word}: R{r0} <= {t} R{r1} ({}) {sign} R{r2} ({})", n(v1), n(v2));
        return match op.kind() {
            Kind::BitwiseAnd => format!("{told} = {}", n(v1 & v2)),
            Kind::BitwiseOr => format!("{told} = {}", n(v1 | v2)),
            Kind::BitwiseXor => format!("{told} = {}", n(v1 ^ v2)),
            _ => told,
        };
    }
    match op.kind() {
        Kind::Jump => format!("Jump: To {v4}"),
        Kind::JumpIf => format!("Jump: To {v4} if u8 R{r0} ({}) is true", v0 as u8),
        Kind::JumpIfFalse => format!("Jump: To {v4} if u8 R{r0} ({}) is false", v0 as u8),
        Kind::CallFunction => format!("CallFunction: To {v4}"),
        Kind::Return => format!("Return: From {v4}"),
        Kind::LoadImmediate => format!("Load: Directly {t} R{r0} <= {}", n(v4)),
        Kind::LoadIndirectWithOffset => format!(
            "Load: Indirectly {t} R{r0} <= From address R{r1} ({v1}) with offset R{r2} ({v2})"
        ),
        Kind::StoreIndirectWithOffset => {
            let value = n(v1);
            format!("Store: {t} R{r1} ({value}) to address R{r0} ({v0}) with offset R{r2} {v2}")
        }
        Kind::StoreFromImmediateWithOffset => {
            let value = n(v0);
            format!("Store: Directly {t} R{r0} ({value}) to address {v4} with offset R{r1} {v1}")
        }
        Kind::LogicalNot => {
            format!("LogicalNot: R{r0} <= ! R{r1} ({v1}) = {}", u8::from(v1 == 0))
        }
        Kind::LogicalAnd | Kind::LogicalOr | Kind::LogicalXor => {
            let (a, b) = (v1 != 0, v2 != 0);
            let (word, sign, result) = match op.kind() {
                Kind::LogicalAnd => ("logical_and", "&&", a && b),
                Kind::LogicalOr => ("logical_or", "||", a || b),
                _ => ("logical_xor", "^", a ^ b),
            };
            let result = u8::from(result);
            format!("{word}: R{r0} <= R{r1} ({v1}) {sign} R{r2} ({v2}) = {result}")
        }
        Kind::Move => format!("Move: R{r0} <= {t} R{r1} ({})", n(v1)),
        Kind::Increment => format!("Incr: R{r0} <= {t} R{r0} ({}) + ({})", n(v0), n(v4)),
        Kind::Decrement => format!("Decr: R{r0} <= {t} R{r0} ({}) - ({})", n(v0), n(v4)),
        Kind::BitwiseNot => {
            format!("BitwiseNot: R{r0} <= {t} ~R{r1} ({}) = {}", n(v1), n(!v1))
        }
        Kind::ShiftLeft | Kind::ShiftRight => shift(op.kind(), ty, [r0, r1, r2], v1, v2),
        Kind::Allocate => {
            format!("Allocate: Section R{r0} ({v0}) of R{r1} ({v1}) bytes")
        }
        Kind::StoreConstantArray => {
            format!("StoreConstantArray: Store Constant {v4} to R{r0} ({v0})")
        }
        Kind::Deallocate => format!("Deallocate: Section R{r0} ({v0})"),
        Kind::Memcpy => format!(
            "Memcpy: Copy {v4} bytes from section R{r2} ({v2}) with offset R{r3} ({v3}) to \
             section R{r0} ({v0}) with offset R{r1} ({v1}), size in R{r4}"
        ),
        Kind::MemSet => {
            let byte = v1 as u8;
            format!("MemSet: Fill section R{r0} ({v0}) with value 0x{byte:02X} for {v2} bytes")
        }
        Kind::DebugPrint => format!("Debug: R{r0}"),
        _ => op.name(),
    }
}

/// The word and the sign of an operation on two registers.
fn words(kind: Kind, ty: Ty) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Add => ("Add", "+"),
        Kind::Subtract if ty.is_float() => ("subtract", "-"),
        Kind::Subtract => ("Subtract", "-"),
        Kind::Multiply => ("Mul", "*"),
        Kind::Divide => ("Div", "/"),
        Kind::Modulo => ("Mod", "%"),
        Kind::Equal => ("Equal", "=="),
        Kind::NotEqual => ("NotEqual", "!="),
        Kind::LessThan => ("LessThan", "<"),
        Kind::LessThanOrEqual => ("LessThanOrEqual", "<="),
        Kind::GreaterThan => ("GreaterThan", ">"),
        Kind::GreaterThanOrEqual => ("GreaterThanOrEqual", ">="),
        Kind::BitwiseAnd => ("BitwiseAnd", "&"),
        Kind::BitwiseOr => ("BitwiseOr", "|"),
        Kind::BitwiseXor => ("BitwiseXor", "^"),
        _ => return None,
    })
}

fn shift(kind: Kind, ty: Ty, [r0, r1, r2]: [u8; 3], value: u64, count: u64) -> String {
    let width = 8 * ty.size() as u32;
    let by = count as u32 % width;
    // Shifted as a number with its sign, where it has one.
    let wide = match ty.is_signed() {
        true => ((value << (64 - width)) as i64 >> (64 - width)) as u64,
        false => value << (64 - width) >> (64 - width),
    };
    let (word, sign, result) = match kind {
        Kind::ShiftLeft => ("ShiftLeft", "<<", wide << by),
        _ if ty.is_signed() => ("ShiftRight", ">>", ((wide as i64) >> by) as u64),
        _ => ("ShiftRight", ">>", wide >> by),
    };
    let (t, n) = (ty.suffix().to_lowercase(), |bits| number(bits, ty));
    let (value, count, result) = (n(value), count as u32, n(result));
    format!("{word}: R{r0} <= {t} R{r1} ({value}) {sign} R{r2} ({count}) = {result}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_by_their_type() {
        let head = |name: &str, regs| {
            let op = Op::by_name(name).expect("it is an operation");
            head(&Instr { at: 0, op, regs, imm: 0 })
        };
        let regs = [3, 1, 2, 0, 0];
        assert_eq!(print(head("DebugPrintI64", regs), 333), "R3 : 333");
        assert_eq!(print(head("DebugPrintI8", regs), 0xff), "R3 : -1");
        let bits = |x: f64| x.to_bits() as i64;
        assert_eq!(print(head("DebugPrintF64", regs), bits(333.0)), "R3 : 333");
        let raw = "R3 raw bits: 0x000000000000014D";
        assert_eq!(print(head("DebugPrintRaw", regs), 333), raw);
        let vals = [0, -123, 456, 0, 0];
        let sum = "Add: R3 <= i64 R1 (-123) + R2 (456)";
        assert_eq!(line(head("AddI64", regs), vals), sum);
        let shift = "ShiftRight: R3 <= i8 R1 (-2) >> R2 (9) = -1";
        assert_eq!(line(head("ShiftRightI8", regs), [0, 254, 9, 0, 0]), shift);
    }
}
