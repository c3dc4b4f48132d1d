//! Single operations: loads, moves, arithmetic, comparisons, bits; and which helper others call.
//!
//! Registers are `i64` values. An operation narrows what it reads to its type and widens what it
//! writes, which is no work for `i64` itself. The error code is computed only where `Halt`
//! follows: nothing else can see it.

use kaa_ir::{Inst, ValTy, Value};

use super::super::code::Instr;
use super::super::fault::Fault;
use super::super::table::{Kind, Ty};
use super::body::Body;
use super::world::Helper;

const I64: ValTy = ValTy::I64;

/// Error codes of the machine.
const OVERFLOW: i64 = 1;
const UNDERFLOW: i64 = 2;
const DIVISION_BY_ZERO: i64 = 3;
const FLOAT_INVALID: i64 = 5;

impl Body<'_, '_> {
    /// Lowers one operation whose registers all exist.
    pub(super) fn instr(&mut self, instr: &Instr, at: usize) {
        if self.options.log {
            self.log_before(instr, at);
        }
        let [r0, r1, r2, ..] = instr.regs;
        let ty = instr.op.ty.unwrap_or(Ty::U64);
        match instr.op.kind() {
            Kind::Jump | Kind::JumpIf | Kind::JumpIfFalse => self.jump(instr, at),
            Kind::CallFunction => self.call(instr.imm),
            Kind::Return => self.ret(),
            Kind::Halt => self.halt(instr.imm),
            Kind::LoadIndirect | Kind::LoadFromImmediate => {}
            Kind::LoadImmediate => {
                let val = self.b.i64(extended(instr.imm, ty));
                self.set(r0, val);
            }
            Kind::Move => {
                let val = self.read(r1, ty);
                self.write(r0, ty, val);
            }
            Kind::Add | Kind::Subtract | Kind::Multiply => {
                let (a, b) = (self.read(r1, ty), self.read(r2, ty));
                self.arith(instr.op.kind(), ty, r0, (a, b));
            }
            Kind::Increment | Kind::Decrement => {
                let kind =
                    if instr.op.kind() == Kind::Increment { Kind::Add } else { Kind::Subtract };
                let (a, b) = (self.read(r0, ty), self.constant(instr.imm, ty));
                self.arith(kind, ty, r0, (a, b));
            }
            Kind::Divide | Kind::Modulo => {
                let (a, b) = (self.read(r1, ty), self.read(r2, ty));
                self.divide(instr.op.kind() == Kind::Divide, ty, r0, (a, b));
            }
            Kind::Equal
            | Kind::NotEqual
            | Kind::LessThan
            | Kind::LessThanOrEqual
            | Kind::GreaterThan
            | Kind::GreaterThanOrEqual => {
                let (a, b) = (self.read(r1, ty), self.read(r2, ty));
                let flag = self.compare(instr.op.kind(), ty.val_ty(), a, b);
                self.set_flag(r0, flag);
            }
            Kind::LogicalAnd | Kind::LogicalOr | Kind::LogicalXor | Kind::LogicalNot => {
                self.logical(instr);
            }
            Kind::BitwiseAnd
            | Kind::BitwiseOr
            | Kind::BitwiseXor
            | Kind::BitwiseNot
            | Kind::ShiftLeft
            | Kind::ShiftRight => self.bits(instr, ty),
            Kind::LoadIndirectWithOffset
            | Kind::StoreIndirectWithOffset
            | Kind::StoreFromImmediateWithOffset
            | Kind::Allocate
            | Kind::Deallocate
            | Kind::Memcpy
            | Kind::MemSet
            | Kind::Print
            | Kind::StoreConstantArray => self.memory(instr, ty),
            Kind::DebugPrint | Kind::DebugPrintRaw => self.debug_print(instr),
        }
        if self.options.log {
            self.log_after(instr);
        }
    }

    /// A register as a value of a type.
    fn read(&mut self, reg: u8, ty: Ty) -> Value {
        let a = self.get(reg);
        match ty {
            Ty::I64 => a,
            Ty::F64 => self.b.ins1(Inst::Bitcast { t: ValTy::F64, a }),
            Ty::F32 => {
                let a = self.b.ins1(Inst::ConvertWrap { t: ValTy::U32, a });
                self.b.ins1(Inst::Bitcast { t: ValTy::F32, a })
            }
            _ => self.b.ins1(Inst::ConvertWrap { t: ty.val_ty(), a }),
        }
    }

    /// Sets a register to a value of a type.
    fn write(&mut self, reg: u8, ty: Ty, a: Value) {
        let val = match ty {
            Ty::I64 => a,
            Ty::U64 => self.b.ins1(Inst::ConvertWrap { t: I64, a }),
            Ty::F64 => self.b.ins1(Inst::Bitcast { t: I64, a }),
            Ty::F32 => {
                let a = self.b.ins1(Inst::Bitcast { t: ValTy::U32, a });
                self.b.ins1(Inst::ConvertExact { t: I64, a })
            }
            _ => self.b.ins1(Inst::ConvertExact { t: I64, a }),
        };
        self.set(reg, val);
    }

    /// A constant given by its bits.
    fn constant(&mut self, bits: u64, ty: Ty) -> Value {
        let t = ty.val_ty();
        match ty.is_float() {
            true => self.b.ins1(Inst::FConst { t, bits }),
            false => self.b.iconst(t, extended(bits, ty)),
        }
    }

    /// Sets the error code to `code` where `c` is true, else to 0.
    fn tell(&mut self, c: Value, code: i64) {
        let (a, b) = (self.b.i64(code), self.b.i64(0));
        let error = self.b.ins1(Inst::Select { c, a, b });
        self.b.def_var(self.error, error);
    }

    fn compare(&mut self, kind: Kind, t: ValTy, a: Value, b: Value) -> Value {
        self.b.ins1(match kind {
            Kind::Equal => Inst::Eq { t, a, b },
            Kind::NotEqual => Inst::Ne { t, a, b },
            Kind::LessThan => Inst::Lt { t, a, b },
            Kind::LessThanOrEqual => Inst::Le { t, a, b },
            Kind::GreaterThan => Inst::Gt { t, a, b },
            _ => Inst::Ge { t, a, b },
        })
    }

    fn arith(&mut self, kind: Kind, ty: Ty, dest: u8, (a, b): (Value, Value)) {
        let t = ty.val_ty();
        let result = self.b.ins1(match kind {
            Kind::Add => Inst::Add { t, a, b },
            Kind::Subtract => Inst::Sub { t, a, b },
            _ => Inst::Mul { t, a, b },
        });
        if self.tells_error {
            match (kind, ty.is_float()) {
                (_, true) => self.tell_float(t, result),
                (Kind::Multiply, _) => {
                    let c = self.product_is_cut(ty, (a, b), result);
                    self.tell(c, OVERFLOW);
                }
                (Kind::Add, _) => {
                    let c = self.sum_is_cut(ty, (a, b), result);
                    self.tell(c, OVERFLOW);
                }
                _ => {
                    let c = self.difference_is_cut(ty, (a, b), result);
                    self.tell(c, UNDERFLOW);
                }
            }
        }
        self.write(dest, ty, result);
    }

    /// NaN and the infinities are those whose difference with themselves is not 0.
    fn tell_float(&mut self, t: ValTy, result: Value) {
        let rest = self.b.ins1(Inst::Sub { t, a: result, b: result });
        let zero = self.b.ins1(Inst::FConst { t, bits: 0 });
        let c = self.b.ins1(Inst::Ne { t, a: rest, b: zero });
        self.tell(c, FLOAT_INVALID);
    }

    fn sum_is_cut(&mut self, ty: Ty, (a, b): (Value, Value), sum: Value) -> Value {
        let t = ty.val_ty();
        if !ty.is_signed() {
            return self.b.ins1(Inst::Lt { t, a: sum, b: a });
        }
        // A sum with a sign that neither operand has.
        let from_a = self.b.ins1(Inst::Xor { t, a, b: sum });
        let from_b = self.b.ins1(Inst::Xor { t, a: b, b: sum });
        self.is_negative(t, from_a, from_b)
    }

    fn difference_is_cut(&mut self, ty: Ty, (a, b): (Value, Value), rest: Value) -> Value {
        let t = ty.val_ty();
        if !ty.is_signed() {
            return self.b.ins1(Inst::Lt { t, a, b });
        }
        let operands = self.b.ins1(Inst::Xor { t, a, b });
        let from_a = self.b.ins1(Inst::Xor { t, a, b: rest });
        self.is_negative(t, operands, from_a)
    }

    fn is_negative(&mut self, t: ValTy, a: Value, b: Value) -> Value {
        let both = self.b.ins1(Inst::And { t, a, b });
        let zero = self.b.iconst(t, 0);
        self.b.ins1(Inst::Lt { t, a: both, b: zero })
    }

    /// Divides the product again; a factor of 0 or -1 is looked at by itself.
    fn product_is_cut(&mut self, ty: Ty, (a, b): (Value, Value), product: Value) -> Value {
        let t = ty.val_ty();
        let (zero, one) = (self.b.iconst(t, 0), self.b.iconst(t, 1));
        let none = self.b.ins1(Inst::Eq { t, a, b: zero });
        let divisor = self.b.ins1(Inst::Select { c: none, a: one, b: a });
        let factor = self.b.ins1(Inst::Div { t, a: product, b: divisor });
        let mut cut = self.b.ins1(Inst::Ne { t, a: factor, b });
        if ty.is_signed() {
            let (minus, least) = (self.b.iconst(t, -1), self.b.iconst(t, least(ty)));
            let negates = self.b.ins1(Inst::Eq { t, a, b: minus });
            let is_least = self.b.ins1(Inst::Eq { t, a: b, b: least });
            let both = self.b.ins1(Inst::And { t: ValTy::Bool, a: negates, b: is_least });
            cut = self.b.ins1(Inst::Or { t: ValTy::Bool, a: cut, b: both });
        }
        let some = self.b.ins1(Inst::Not { t: ValTy::Bool, a: none });
        self.b.ins1(Inst::And { t: ValTy::Bool, a: cut, b: some })
    }

    /// Division and its rest. By zero both are 0; the least number by -1 has no result.
    fn divide(&mut self, quotient: bool, ty: Ty, dest: u8, (a, b): (Value, Value)) {
        let t = ty.val_ty();
        if ty.is_float() {
            let result = self.quotient_or_rest(quotient, t, a, b);
            if self.tells_error {
                self.tell_float(t, result);
            }
            return self.write(dest, ty, result);
        }
        if ty.is_signed() {
            let (minus, least) = (self.b.iconst(t, -1), self.b.iconst(t, least(ty)));
            let negates = self.b.ins1(Inst::Eq { t, a: b, b: minus });
            let is_least = self.b.ins1(Inst::Eq { t, a, b: least });
            let both = self.b.ins1(Inst::And { t: ValTy::Bool, a: negates, b: is_least });
            let good = self.b.ins1(Inst::Not { t: ValTy::Bool, a: both });
            self.unless(good, |body| body.end(Fault::DivisionOverflow));
        }
        let (zero, one) = (self.b.iconst(t, 0), self.b.iconst(t, 1));
        let none = self.b.ins1(Inst::Eq { t, a: b, b: zero });
        let divisor = self.b.ins1(Inst::Select { c: none, a: one, b });
        let result = self.quotient_or_rest(quotient, t, a, divisor);
        let result = self.b.ins1(Inst::Select { c: none, a: zero, b: result });
        if self.tells_error {
            self.tell(none, DIVISION_BY_ZERO);
        }
        self.write(dest, ty, result);
    }

    fn quotient_or_rest(&mut self, quotient: bool, t: ValTy, a: Value, b: Value) -> Value {
        self.b.ins1(if quotient { Inst::Div { t, a, b } } else { Inst::Rem { t, a, b } })
    }

    /// Logic on whole registers: what is not 0 is true.
    fn logical(&mut self, instr: &Instr) {
        let [dest, r1, r2, ..] = instr.regs;
        let (t, zero) = (ValTy::Bool, self.b.i64(0));
        let a = self.get(r1);
        let flag = if instr.op.kind() == Kind::LogicalNot {
            self.b.ins1(Inst::Eq { t: I64, a, b: zero })
        } else {
            let b = self.get(r2);
            let a = self.b.ins1(Inst::Ne { t: I64, a, b: zero });
            let b = self.b.ins1(Inst::Ne { t: I64, a: b, b: zero });
            self.b.ins1(match instr.op.kind() {
                Kind::LogicalAnd => Inst::And { t, a, b },
                Kind::LogicalOr => Inst::Or { t, a, b },
                _ => Inst::Xor { t, a, b },
            })
        };
        self.set_flag(dest, flag);
    }

    fn bits(&mut self, instr: &Instr, ty: Ty) {
        let [dest, r1, r2, ..] = instr.regs;
        let t = ty.val_ty();
        let a = self.read(r1, ty);
        let result = if instr.op.kind() == Kind::BitwiseNot {
            self.b.ins1(Inst::Not { t, a })
        } else {
            let b = self.read(r2, ty);
            self.b.ins1(match instr.op.kind() {
                Kind::BitwiseAnd => Inst::And { t, a, b },
                Kind::BitwiseOr => Inst::Or { t, a, b },
                Kind::BitwiseXor => Inst::Xor { t, a, b },
                Kind::ShiftLeft => Inst::Shl { t, a, b },
                _ => Inst::Shr { t, a, b },
            })
        };
        self.write(dest, ty, result);
    }

    fn memory(&mut self, instr: &Instr, ty: Ty) {
        let [r0, r1, r2, ..] = instr.regs;
        match instr.op.kind() {
            Kind::LoadIndirectWithOffset => self.load(r0, (r1, r2), ty),
            Kind::StoreIndirectWithOffset => {
                let args = [self.get(r0), self.get(r2), self.get(r1)];
                self.faulting(Helper::Store(ty.size()), &args);
            }
            Kind::StoreFromImmediateWithOffset => {
                let section = self.b.i64(instr.imm as i64);
                let args = [section, self.get(r1), self.get(r0)];
                self.faulting(Helper::Store(ty.size()), &args);
            }
            Kind::Allocate => {
                let size = self.get(r1);
                self.number(r0, Helper::Allocate, size);
            }
            Kind::StoreConstantArray => {
                let constant = usize::try_from(instr.imm).ok();
                match constant.and_then(|nth| self.options.constants.get(nth)) {
                    Some(bytes) => {
                        let d = self.b.module.constant(kaa_ir::Data::Bytes(bytes.clone()));
                        let bytes = self.b.ins1(Inst::BytesConst { d });
                        self.number(r0, Helper::Constant, bytes);
                    }
                    None => self.end(Fault::NullPointerException),
                }
            }
            kind => {
                let helper = match kind {
                    Kind::Deallocate => Helper::Deallocate,
                    Kind::Memcpy => Helper::Memcpy,
                    Kind::MemSet => Helper::MemSet,
                    _ => Helper::Print,
                };
                let args: Vec<Value> = instr.registers().map(|(_, reg)| self.get(reg)).collect();
                self.faulting(helper, &args);
            }
        }
    }

    fn load(&mut self, dest: u8, (section, offset): (u8, u8), ty: Ty) {
        let f = self.world.helper(self.b.module, Helper::Load(ty.size()));
        let args = [self.get(section), self.get(offset)];
        let results = self.b.ins(Inst::Call { f, args: args.into() });
        let (Some(fault), Some(bits)) = (results.get(0), results.get(1)) else { return };
        self.check(fault);
        // The bits are whole for unsigned types and floats; signed ones are extended.
        if ty.is_signed() && ty != Ty::I64 {
            let val = self.b.ins1(Inst::ConvertWrap { t: ty.val_ty(), a: bits });
            return self.write(dest, ty, val);
        }
        self.set(dest, bits);
    }

    /// Calls a helper that returns a fault.
    fn faulting(&mut self, helper: Helper, args: &[Value]) {
        let f = self.world.helper(self.b.module, helper);
        let fault = self.b.ins1(Inst::Call { f, args: args.into() });
        self.check(fault);
    }

    /// Calls a helper that returns the number of a section.
    fn number(&mut self, dest: u8, helper: Helper, arg: Value) {
        let f = self.world.helper(self.b.module, helper);
        let number = self.b.ins1(Inst::Call { f, args: [arg].into() });
        self.set(dest, number);
    }
}

/// The least number of a signed type.
fn least(ty: Ty) -> i64 {
    i64::MIN >> (64 - 8 * ty.size())
}

/// Bits of an immediate as a register holds them.
fn extended(bits: u64, ty: Ty) -> i64 {
    match ty {
        Ty::I8 => i64::from(bits as i8),
        Ty::I16 => i64::from(bits as i16),
        Ty::I32 => i64::from(bits as i32),
        _ => bits as i64,
    }
}
