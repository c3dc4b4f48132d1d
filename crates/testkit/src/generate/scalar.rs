//! Operations on scalars: the families of the table, conversions, choice.
//!
//! What traps on some operands mostly gets others: the operands go through operations that keep
//! them small, or off zero.

use kaa_base::wire::{Reader, Writer};
use kaa_ir::{Inst, Opcode, ValTy, Value};
use kaa_isa::kinds::Kind;
use kaa_isa::{Effects, TyClass};

use super::body::Body;
use super::kit::Kit;

/// One in so many operations that may trap gets any operands.
const CARELESS: usize = 40;

impl Body<'_, '_, '_> {
    /// Any operation that is on scalars alone, or a choice between any values.
    pub fn scalar(&mut self, op: Opcode) {
        match op {
            Opcode::IConst => {
                let t = Kit::scalar(self.choices);
                let t = if t.is_float() { ValTy::I64 } else { t };
                let imm = self.choices.scalar(t) as i64;
                self.ins1(Inst::IConst { t, imm });
            }
            Opcode::FConst => {
                let t = self.choices.pick(&[ValTy::F32, ValTy::F64]);
                let bits = self.choices.scalar(t);
                self.ins1(Inst::FConst { t, bits });
            }
            Opcode::ConvertExact => self.convert_exact(),
            Opcode::ConvertTrap => self.convert_trap(),
            Opcode::ConvertSat => {
                let (t, a) = (self.number_type(), self.number());
                self.ins1(Inst::ConvertSat { t, a });
            }
            Opcode::ConvertWrap => {
                let (t, from) = (self.int_type(), self.int_type());
                let a = self.value(from);
                self.ins1(Inst::ConvertWrap { t, a });
            }
            Opcode::Bitcast => self.bitcast(),
            Opcode::Select => self.select(),
            _ => self.family(op),
        }
    }

    fn of_class(&mut self, class: TyClass) -> ValTy {
        let types: Vec<ValTy> = class.members().collect();
        // The types that most programs are about come up more often.
        match self.choices.below(4) {
            0 if class.contains(ValTy::I64) => ValTy::I64,
            1 if class.contains(ValTy::F64) => ValTy::F64,
            _ => self.choices.pick(&types),
        }
    }

    fn number_type(&mut self) -> ValTy {
        self.of_class(TyClass::Num)
    }

    fn int_type(&mut self) -> ValTy {
        self.of_class(TyClass::Int)
    }

    fn number(&mut self) -> Value {
        let ty = self.number_type();
        self.value(ty)
    }

    /// An operation with a signature in the table, on operands of its types.
    fn family(&mut self, op: Opcode) {
        let Some(sig) = op.info().sig else {
            panic!("the generator does not know `{}`", op.info().name);
        };
        let t = self.of_class(sig.class);
        let mut operands: Vec<Value> =
            sig.params.iter().map(|param| self.value(param.resolve(t))).collect();
        if op.info().effects.has(Effects::TRAP) && t.is_int() && !self.choices.one_in(CARELESS) {
            self.tame(op, t, &mut operands);
        }
        if let Some(inst) = family_inst(op, t, &operands) {
            self.ins1(inst);
        }
    }

    /// Makes operands such that the operation does not trap.
    fn tame(&mut self, op: Opcode, t: ValTy, operands: &mut [Value]) {
        match op {
            Opcode::AddTrap | Opcode::AbsTrap => operands.iter_mut().for_each(|v| {
                *v = self.with(Opcode::Shr, t, *v, 1);
            }),
            Opcode::NegTrap => {
                let by = if t.is_signed() { 1 } else { t.int_bits().unwrap_or(8) - 1 };
                operands[0] = self.with(Opcode::Shr, t, operands[0], i64::from(by));
                if !t.is_signed() {
                    operands[0] = self.with(Opcode::Shr, t, operands[0], 1);
                }
            }
            Opcode::SubTrap => {
                let (a, b) = (operands[0], operands[1]);
                let (high, low) = match t.is_signed() {
                    true => (a, b),
                    false => (self.ins1(Inst::Max { t, a, b }), self.ins1(Inst::Min { t, a, b })),
                };
                operands[0] = self.with(Opcode::Shr, t, high, 1);
                operands[1] = self.with(Opcode::Shr, t, low, 1);
            }
            Opcode::MulTrap => operands.iter_mut().for_each(|v| {
                *v = self.with(Opcode::And, t, *v, 7);
            }),
            Opcode::MulDiv => {
                operands[0] = self.with(Opcode::And, t, operands[0], 7);
                operands[1] = self.with(Opcode::And, t, operands[1], 7);
                operands[2] = self.with(Opcode::Or, t, operands[2], 1);
            }
            Opcode::ShlTrap => {
                operands[0] = self.with(Opcode::And, t, operands[0], 3);
                operands[1] = self.with(Opcode::And, t, operands[1], 3);
            }
            Opcode::ShrTrap => operands[1] = self.with(Opcode::And, t, operands[1], 7),
            Opcode::DivTrap | Opcode::DivFloorTrap => {
                operands[0] = self.with(Opcode::Shr, t, operands[0], 1);
                operands[1] = self.divisor(t, operands[1]);
            }
            _ => {
                if let Some(last) = operands.last_mut() {
                    *last = self.divisor(t, *last);
                }
            }
        }
    }

    /// A divisor that is not zero; often a constant, which engines treat apart.
    fn divisor(&mut self, t: ValTy, v: Value) -> Value {
        if self.choices.one_in(2) {
            let imm = self.choices.pick(&[1i64, 2, 3, 7, 8, 10, 64, 100]);
            return self.ins1(Inst::IConst { t, imm });
        }
        self.with(Opcode::Or, t, v, 1)
    }

    /// The operation on a value and a constant.
    pub fn with(&mut self, op: Opcode, t: ValTy, a: Value, imm: i64) -> Value {
        let b = self.ins1(Inst::IConst { t, imm });
        family_inst(op, t, &[a, b]).map_or(a, |inst| self.ins1(inst))
    }

    fn convert_exact(&mut self) {
        const WIDER: [(ValTy, ValTy); 14] = [
            (ValTy::Bool, ValTy::I64),
            (ValTy::Bool, ValTy::U8),
            (ValTy::I8, ValTy::I64),
            (ValTy::I16, ValTy::I32),
            (ValTy::I32, ValTy::I64),
            (ValTy::I32, ValTy::F64),
            (ValTy::I16, ValTy::F32),
            (ValTy::U8, ValTy::U64),
            (ValTy::U8, ValTy::I16),
            (ValTy::U32, ValTy::I64),
            (ValTy::U32, ValTy::F64),
            (ValTy::F32, ValTy::F64),
            (ValTy::I64, ValTy::I64),
            (ValTy::U16, ValTy::U32),
        ];
        let (from, t) = self.choices.pick(&WIDER);
        let a = self.value(from);
        self.ins1(Inst::ConvertExact { t, a });
    }

    fn convert_trap(&mut self) {
        let (t, from) = (self.number_type(), self.number_type());
        let mut a = self.value(from);
        if !self.choices.one_in(CARELESS) {
            if from.is_float() {
                let small = self.ins1(Inst::ConvertSat { t: ValTy::I8, a });
                let small = self.with(Opcode::And, ValTy::I8, small, 0x7f);
                a = self.ins1(Inst::ConvertExact { t: from, a: small });
            } else {
                a = self.with(Opcode::And, from, a, 0x7f);
            }
        }
        self.ins1(Inst::ConvertTrap { t, a });
    }

    fn bitcast(&mut self) {
        let t = self.number_type();
        let same: Vec<ValTy> =
            TyClass::Num.members().filter(|other| other.size() == t.size()).collect();
        let from = self.choices.pick(&same);
        let a = self.value(from);
        self.ins1(Inst::Bitcast { t, a });
    }

    fn select(&mut self) {
        let ty = self.any_type();
        let c = self.value(ValTy::Bool);
        let (mut a, mut b) = (self.value(ty), self.value(ty));
        let (ta, tb) = (self.b.ty(a), self.b.ty(b));
        let types = &self.b.module.types;
        if !types.assignable(ta, tb) && !types.assignable(tb, ta) {
            (a, b) = (a, a);
        }
        if self.choices.one_in(4) {
            std::mem::swap(&mut a, &mut b);
        }
        self.ins1(Inst::Select { c, a, b });
    }
}

/// The instruction of a family row.
fn family_inst(op: Opcode, t: ValTy, operands: &[Value]) -> Option<Inst> {
    let mut w = Writer::new();
    w.uleb(u64::from(op as u16));
    t.write(&mut w);
    operands.iter().for_each(|v| v.write(&mut w));
    Inst::read(&mut Reader::new(&w.finish(), 0)).ok()
}
