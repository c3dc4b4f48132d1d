//! What instructions do, written once for both ways of keeping registers.
//!
//! An instruction becomes a few operations on what [`Regs`] gives: a register as a value of the
//! type that the instruction wants, after its tag was checked where that is not known. Where
//! registers stand is not known here: see `whole` (in the heap) and `fast` (in variables).
//! Calls, jumps and returns are with them too.

use kaa_ir::{Data, FuncId, Inst, ValTy, Value};

use super::code::{Any, Code, val_ty};
use super::file::File;
use super::flow::Ins;
use super::objects::Objects;
use super::ops::{Bin, Cmp, Kind, Op, Un};
use super::panic;

/// The registers of a frame.
pub trait Regs {
    /// Panics where a register of this number, relative to the frame, is beyond the last one.
    fn limit(&mut self, code: &mut Code<'_>, reg: u16);

    /// Panics unless the tag of a register is this one.
    fn require(&mut self, code: &mut Code<'_>, reg: u16, tag: u8);

    /// A register as a value of a kind; its tag is the kind's.
    fn read(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind) -> Value;

    /// Writes a value with the tag of its kind.
    fn write(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind, val: Value);

    /// Everything in a register.
    fn any(&mut self, code: &mut Code<'_>, reg: u16) -> Any;

    /// Replaces everything in a register.
    fn put(&mut self, code: &mut Code<'_>, reg: u16, any: Any);

    /// The object in a register, or null.
    fn object(&mut self, code: &mut Code<'_>, reg: u16) -> Value;

    /// Writes an object.
    fn put_object(&mut self, code: &mut Code<'_>, reg: u16, object: Value);

    /// Panics unless two registers have the same tag.
    fn require_same(&mut self, code: &mut Code<'_>, reg: u16, other: u16);

    /// Writes a payload with the tag of a register.
    fn write_like(&mut self, code: &mut Code<'_>, to: u16, like: u16, bits: Value);

    /// Copies a register.
    fn copy(&mut self, code: &mut Code<'_>, to: u16, from: u16);

    /// Makes a register hold nothing.
    fn clear(&mut self, code: &mut Code<'_>, reg: u16);

    /// Whether a register holds something that counts as true.
    fn truthy(&mut self, code: &mut Code<'_>, reg: u16) -> Value;

    /// Writes a constant.
    fn load_const(&mut self, code: &mut Code<'_>, reg: u16, index: usize);

    /// Reads a global.
    fn load_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize);

    /// Writes a global.
    fn store_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize);
}

/// Makes code of an instruction that only works on registers; `false` for others.
pub fn emit(code: &mut Code<'_>, regs: &mut dyn Regs, file: &File, ins: &Ins) -> bool {
    let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
    let Some(op) = ins.op else { return false };
    match op {
        Op::Copy | Op::Move => {
            regs.limit(code, a.max(b));
            regs.copy(code, a, b);
            if op == Op::Move {
                regs.clear(code, b);
            }
        }
        Op::LoadI => {
            regs.limit(code, a);
            let val = code.b.i64(ins.word.imm16());
            regs.write(code, a, Kind::I64, val);
        }
        Op::LoadC | Op::LoadG | Op::StoreG => return pool(code, regs, file, op, (a, b)),
        Op::Binary(kind, bin) => {
            operands(code, regs, ins, kind);
            let (x, y) = (regs.read(code, b, kind), regs.read(code, c, kind));
            let val = binary(code, kind, bin, (x, y));
            regs.write(code, a, kind, val);
        }
        Op::Compare(kind, cmp) => {
            operands(code, regs, ins, kind);
            let (x, y) = (regs.read(code, b, kind), regs.read(code, c, kind));
            let val = compare(code, kind, cmp, (x, y));
            regs.write(code, a, Kind::Bool, val);
        }
        Op::Unary(kind, un) => {
            regs.limit(code, a);
            regs.require(code, a, kind.tag());
            let x = regs.read(code, a, kind);
            let val = unary(code, kind, un, x);
            regs.write(code, a, kind, val);
        }
        Op::LogicalNot => {
            regs.limit(code, a);
            regs.require(code, a, Kind::Bool.tag());
            let x = regs.read(code, a, Kind::Bool);
            let val = code.b.ins1(Inst::Not { t: ValTy::Bool, a: x });
            regs.write(code, a, Kind::Bool, val);
        }
        Op::Cast(from, to) => {
            regs.limit(code, a.max(b));
            regs.require(code, b, from.tag());
            let x = regs.read(code, b, from);
            let val = cast(code, from, to, x);
            regs.write(code, a, to, val);
        }
        Op::Same(..) | Op::SameCompare(_) | Op::SameOrder(_) | Op::SameUnary(_) => {
            same(code, regs, op, (a, b, c));
        }
        _ => return with_objects(code, regs, file, ins),
    }
    true
}

/// Checks the operands of an instruction on two registers of one kind.
fn operands(code: &mut Code<'_>, regs: &mut dyn Regs, ins: &Ins, kind: Kind) {
    let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
    regs.limit(code, a.max(b).max(c));
    regs.require(code, b, kind.tag());
    regs.require(code, c, kind.tag());
}

/// Constants and globals. An index outside of its pool ends the block.
fn pool(
    code: &mut Code<'_>,
    regs: &mut dyn Regs,
    file: &File,
    op: Op,
    (reg, index): (u16, u16),
) -> bool {
    let index = usize::from(index);
    let pool = if op == Op::LoadC { file.consts.len() } else { file.globals.len() };
    if index >= pool {
        code.panic(panic::BOUNDS);
        return true;
    }
    regs.limit(code, reg);
    match op {
        Op::LoadC => regs.load_const(code, reg, index),
        Op::LoadG => regs.load_global(code, reg, index),
        _ => regs.store_global(code, reg, index),
    }
    true
}

/// An operation on two values of a kind.
fn binary(code: &mut Code<'_>, kind: Kind, bin: Bin, (a, b): (Value, Value)) -> Value {
    let t = val_ty(kind);
    if matches!(bin, Bin::Div | Bin::Mod) && matches!(kind, Kind::I64 | Kind::U64) {
        divisible(code, t, (a, b));
    }
    code.b.ins1(match bin {
        Bin::Add => Inst::Add { t, a, b },
        Bin::Sub => Inst::Sub { t, a, b },
        Bin::Mul => Inst::Mul { t, a, b },
        Bin::Div => Inst::Div { t, a, b },
        Bin::Mod => Inst::Rem { t, a, b },
        Bin::And => Inst::And { t, a, b },
        Bin::Or => Inst::Or { t, a, b },
        Bin::Xor => Inst::Xor { t, a, b },
        Bin::Shl => Inst::Shl { t, a, b },
        Bin::Shr => Inst::Shr { t, a, b },
    })
}

/// Panics where a quotient of integers does not exist.
fn divisible(code: &mut Code<'_>, t: ValTy, (a, b): (Value, Value)) {
    let zero = code.is(t, b, 0);
    code.panic_if(zero, panic::ARITHMETIC);
    if t == ValTy::I64 {
        let (least, minus) = (code.is(t, a, i64::MIN), code.is(t, b, -1));
        let both = code.b.ins1(Inst::And { t: ValTy::Bool, a: least, b: minus });
        code.panic_if(both, panic::ARITHMETIC);
    }
}

fn compare(code: &mut Code<'_>, kind: Kind, cmp: Cmp, (a, b): (Value, Value)) -> Value {
    let t = val_ty(kind);
    code.b.ins1(match cmp {
        Cmp::Eq => Inst::Eq { t, a, b },
        Cmp::Ne => Inst::Ne { t, a, b },
        Cmp::Gt => Inst::Gt { t, a, b },
        Cmp::Ge => Inst::Ge { t, a, b },
        Cmp::Lt => Inst::Lt { t, a, b },
        Cmp::Le => Inst::Le { t, a, b },
    })
}

fn unary(code: &mut Code<'_>, kind: Kind, un: Un, a: Value) -> Value {
    let t = val_ty(kind);
    code.b.ins1(match un {
        Un::Neg => Inst::Neg { t, a },
        Un::Not => Inst::Not { t, a },
    })
}

/// A conversion. Between integers the bits stay; what a float outside of the range of its target
/// becomes is what the original's machine makes of it.
fn cast(code: &mut Code<'_>, from: Kind, to: Kind, a: Value) -> Value {
    let t = val_ty(to);
    match (from, to) {
        (Kind::I64 | Kind::U64, Kind::I64 | Kind::U64) => code.b.ins1(Inst::ConvertWrap { t, a }),
        (Kind::F32 | Kind::F64, Kind::I64) => truncated(code, from, a),
        (Kind::F32 | Kind::F64, Kind::U64) => {
            // What is too large for a signed integer is converted without its highest bit.
            let t = val_ty(from);
            let bound = high_bit(code, from);
            let large = code.b.ins1(Inst::Ge { t, a, b: bound });
            let less = code.b.ins1(Inst::Sub { t, a, b: bound });
            let (low, all) = (truncated(code, from, less), truncated(code, from, a));
            let bit = code.b.i64(i64::MIN);
            let high = code.b.ins1(Inst::Xor { t: ValTy::I64, a: low, b: bit });
            let bits = code.b.ins1(Inst::Select { c: large, a: high, b: all });
            code.b.ins1(Inst::ConvertWrap { t: ValTy::U64, a: bits })
        }
        _ => code.b.ins1(Inst::ConvertSat { t, a }),
    }
}

/// A float as a signed integer: the least one where it does not fit.
fn truncated(code: &mut Code<'_>, from: Kind, a: Value) -> Value {
    let t = val_ty(from);
    let bound = high_bit(code, from);
    let least = code.b.ins1(Inst::Neg { t, a: bound });
    let (low, high) =
        (code.b.ins1(Inst::Ge { t, a, b: least }), { code.b.ins1(Inst::Lt { t, a, b: bound }) });
    let fits = code.b.ins1(Inst::And { t: ValTy::Bool, a: low, b: high });
    let whole = code.b.ins1(Inst::ConvertSat { t: ValTy::I64, a });
    let least = code.b.i64(i64::MIN);
    code.b.ins1(Inst::Select { c: fits, a: whole, b: least })
}

/// The float 2 to the power of 63.
fn high_bit(code: &mut Code<'_>, kind: Kind) -> Value {
    let high = 9_223_372_036_854_775_808.0_f64;
    match kind {
        Kind::F32 => {
            let bits = u64::from((high as f32).to_bits());
            code.b.ins1(Inst::FConst { t: ValTy::F32, bits })
        }
        _ => code.b.f64(high),
    }
}

/// The arithmetic of numbering A: on the payloads of any tag, as long as both have the same.
fn same(code: &mut Code<'_>, regs: &mut dyn Regs, op: Op, (a, b, c): (u16, u16, u16)) {
    if let Op::SameUnary(un) = op {
        regs.limit(code, a);
        let x = regs.any(code, a);
        let bits = unary(code, Kind::I64, un, x.bits);
        regs.write_like(code, a, a, bits);
        return;
    }
    regs.limit(code, a.max(b).max(c));
    regs.require_same(code, b, c);
    let (x, y) = (regs.any(code, b), regs.any(code, c));
    let as_kind =
        |code: &mut Code<'_>, kind| (code.of_bits(kind, x.bits), code.of_bits(kind, y.bits));
    match op {
        Op::Same(kind, bin) => {
            let operands = as_kind(code, kind);
            let val = binary(code, kind, bin, operands);
            let bits = code.bits_of(kind, val);
            regs.write_like(code, a, b, bits);
        }
        Op::SameOrder(cmp) => {
            let operands = as_kind(code, Kind::U64);
            let val = compare(code, Kind::U64, cmp, operands);
            let bits = code.bits_of(Kind::Bool, val);
            regs.write_like(code, a, b, bits);
        }
        Op::SameCompare(cmp) => {
            let val = compare(code, Kind::I64, cmp, (x.bits, y.bits));
            regs.write(code, a, Kind::Bool, val);
        }
        _ => {}
    }
}

/// Instructions on objects: calls of the module's own functions.
fn with_objects(code: &mut Code<'_>, regs: &mut dyn Regs, file: &File, ins: &Ins) -> bool {
    let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
    let (Some(op), Some(objects)) = (ins.op, code.objects.clone()) else { return false };
    match op {
        Op::NewArray => {
            regs.limit(code, a.max(c));
            let (elem, cap) = (code.u8(b as u8), regs.any(code, c));
            make(code, regs, a, objects.new_array, &[elem, cap.tag, cap.bits]);
        }
        Op::NewTable => {
            regs.limit(code, a);
            make(code, regs, a, objects.new_table, &[]);
        }
        Op::NewObject => {
            regs.limit(code, a);
            let (ty, count) = (code.b.i64(b.into()), code.b.i64(c.into()));
            make(code, regs, a, objects.new_object, &[ty, count]);
        }
        Op::NewStr => {
            regs.limit(code, a);
            if ins.next > file.code.len() {
                code.panic(panic::BOUNDS);
                return true;
            }
            let words = file.code.get(ins.at + 1..ins.next).unwrap_or(&[]);
            let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            bytes.truncate(ins.word.length());
            let d = code.b.module.constant(Data::Bytes(bytes));
            let text = code.b.ins1(Inst::BytesConst { d });
            make(code, regs, a, objects.new_string, &[text]);
        }
        Op::Concat => {
            regs.limit(code, a.max(b).max(c));
            let strings = [held(code, regs, b), held(code, regs, c)];
            make(code, regs, a, objects.concat, &strings);
        }
        Op::StrLen | Op::ArrayLen => {
            regs.limit(code, a.max(b));
            let object = held(code, regs, b);
            let of_string = op == Op::StrLen;
            let f = if of_string { objects.string_len } else { objects.array_len };
            let val = code.call(f, &[object]).get(0).unwrap_or(object);
            regs.write(code, a, Kind::U64, val);
        }
        _ => return items(code, regs, &objects, op, (a, b, c)),
    }
    true
}

/// Instructions on what arrays, tables and objects hold.
fn items(
    code: &mut Code<'_>,
    regs: &mut dyn Regs,
    objects: &Objects,
    op: Op,
    (a, b, c): (u16, u16, u16),
) -> bool {
    let reads = matches!(op, Op::ArrayGet | Op::GetElem);
    if !reads && !matches!(op, Op::ArraySet | Op::SetElem) {
        return false;
    }
    regs.limit(code, a.max(b).max(c));
    let (holder, key) = if reads { (b, c) } else { (a, b) };
    let holder = held(code, regs, holder);
    let key = regs.any(code, key);
    let mut args = vec![holder, key.tag, key.bits];
    if matches!(op, Op::GetElem | Op::SetElem) {
        args.extend(key.object);
    }
    if reads {
        let f = if op == Op::ArrayGet { objects.array_get } else { objects.get_elem };
        let results: Vec<Value> = code.call(f, &args).iter().collect();
        if let [tag, bits, object] = results[..] {
            regs.put(code, a, Any { tag, bits, object: Some(object) });
        }
    } else {
        let val = regs.any(code, c);
        args.extend([val.tag, val.bits].into_iter().chain(val.object));
        let f = if op == Op::ArraySet { objects.array_set } else { objects.set_elem };
        code.call(f, &args);
    }
    true
}

/// The object that an instruction works on.
fn held(code: &mut Code<'_>, regs: &mut dyn Regs, reg: u16) -> Value {
    regs.require(code, reg, super::ops::OBJ);
    regs.object(code, reg)
}

/// Writes the object that a function makes.
fn make(code: &mut Code<'_>, regs: &mut dyn Regs, reg: u16, f: FuncId, args: &[Value]) {
    if let Some(object) = code.call(f, args).get(0) {
        regs.put_object(code, reg, object);
    }
}
