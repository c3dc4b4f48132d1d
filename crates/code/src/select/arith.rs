//! Arithmetic, bits, comparison and conversion.
//!
//! Integers narrower than 64 bits are computed in 64 and narrowed: slots always hold them
//! extended, so the 64-bit operation cannot overflow before the narrowing looks at it.

use kaa_ir::{Inst, ValTy, Value};

use super::Select;
use crate::reg::RegOp;

impl Select<'_> {
    /// `a = b op c`
    pub(super) fn binary(&mut self, op: RegOp, a: Value, b: Value) {
        let (dst, a, b) = (self.dst(0), self.slot(a), self.slot(b));
        self.e.abc(op, dst, a, b);
    }

    /// `a = op b`
    pub(super) fn unary(&mut self, op: RegOp, a: Value) {
        let (dst, a) = (self.dst(0), self.slot(a));
        self.e.abc(op, dst, a, 0);
    }

    /// `a = b op imm`
    pub(super) fn immediate(&mut self, op: RegOp, a: Value, imm: i16) {
        let (dst, a) = (self.dst(0), self.slot(a));
        self.e.abc(op, dst, a, imm as u16);
    }

    /// Wraps the result to the width of `t`.
    pub(super) fn wrap(&mut self, t: ValTy) {
        let op = match t {
            ValTy::I8 => RegOp::Sext8,
            ValTy::I16 => RegOp::Sext16,
            ValTy::I32 => RegOp::Sext32,
            ValTy::U8 => RegOp::Zext8,
            ValTy::U16 => RegOp::Zext16,
            ValTy::U32 => RegOp::Zext32,
            _ => return,
        };
        let dst = self.dst(0);
        self.e.abc(op, dst, dst, 0);
    }

    /// Traps where the result is outside a narrow type.
    pub(super) fn check(&mut self, t: ValTy) {
        let op = match t {
            ValTy::I8 => RegOp::Ovf8S,
            ValTy::I16 => RegOp::Ovf16S,
            ValTy::I32 => RegOp::Ovf32S,
            ValTy::U8 => RegOp::Ovf8U,
            ValTy::U16 => RegOp::Ovf16U,
            ValTy::U32 => RegOp::Ovf32U,
            _ => return,
        };
        let dst = self.dst(0);
        self.e.abc(op, dst, dst, 0);
    }

    /// Commutative integer operation with an immediate form.
    fn commutative(&mut self, op: RegOp, with_imm: Option<RegOp>, a: Value, b: Value) {
        match (with_imm, self.imm(a), self.imm(b)) {
            (Some(k), _, Some(imm)) => self.immediate(k, a, imm),
            (Some(k), Some(imm), None) => self.immediate(k, b, imm),
            _ => self.binary(op, a, b),
        }
    }

    pub(super) fn wrapping(&mut self, inst: &Inst) {
        match *inst {
            Inst::Add { t, a, b } if t.is_int() => {
                self.commutative(RegOp::Add, Some(RegOp::AddK), a, b);
                self.wrap(t);
            }
            Inst::Sub { t, a, b } if t.is_int() => {
                match self.imm(b).filter(|i| *i != i16::MIN) {
                    Some(imm) => self.immediate(RegOp::AddK, a, -imm),
                    None => self.binary(RegOp::Sub, a, b),
                }
                self.wrap(t);
            }
            Inst::Mul { t, a, b } if t.is_int() => {
                self.commutative(RegOp::Mul, Some(RegOp::MulK), a, b);
                self.wrap(t);
            }
            Inst::Neg { t, a } if t.is_int() => {
                self.unary(RegOp::Neg, a);
                self.wrap(t);
            }
            Inst::Add { t, a, b } => self.float(t, RegOp::FAdd, RegOp::F32Add, a, b),
            Inst::Sub { t, a, b } => self.float(t, RegOp::FSub, RegOp::F32Sub, a, b),
            Inst::Mul { t, a, b } => self.float(t, RegOp::FMul, RegOp::F32Mul, a, b),
            Inst::Neg { t: ValTy::F64, a } => self.unary(RegOp::FNeg, a),
            Inst::Neg { a, .. } => self.unary(RegOp::F32Neg, a),
            _ => {}
        }
    }

    fn float(&mut self, t: ValTy, f64_op: RegOp, f32_op: RegOp, a: Value, b: Value) {
        self.binary(if t == ValTy::F64 { f64_op } else { f32_op }, a, b);
    }

    pub(super) fn trapping(&mut self, inst: &Inst) {
        match *inst {
            Inst::AddTrap { t: ValTy::U64, a, b } => self.binary(RegOp::AddTU, a, b),
            Inst::SubTrap { t: ValTy::U64, a, b } => self.binary(RegOp::SubTU, a, b),
            Inst::MulTrap { t: ValTy::U64, a, b } => self.binary(RegOp::MulTU, a, b),
            Inst::AddTrap { t: ValTy::I64, a, b } => {
                self.commutative(RegOp::AddT, Some(RegOp::AddKT), a, b);
            }
            Inst::MulTrap { t: ValTy::I64, a, b } => {
                self.commutative(RegOp::MulT, Some(RegOp::MulKT), a, b);
            }
            Inst::SubTrap { t: ValTy::I64, a, b } => match self.imm(b).filter(|i| *i != i16::MIN) {
                Some(imm) => self.immediate(RegOp::AddKT, a, -imm),
                None => self.binary(RegOp::SubT, a, b),
            },
            Inst::AddTrap { t, a, b } => {
                self.commutative(RegOp::Add, Some(RegOp::AddK), a, b);
                self.check(t);
            }
            Inst::MulTrap { t, a, b } => {
                self.commutative(RegOp::Mul, Some(RegOp::MulK), a, b);
                self.check(t);
            }
            Inst::SubTrap { t, a, b } => {
                match self.imm(b).filter(|i| *i != i16::MIN) {
                    Some(imm) => self.immediate(RegOp::AddK, a, -imm),
                    None => self.binary(RegOp::Sub, a, b),
                }
                self.check(t);
            }
            Inst::NegTrap { t, a } => self.neg_trap(t, a),
            Inst::AbsTrap { t, a } => {
                match t {
                    ValTy::I64 => self.unary(RegOp::AbsT, a),
                    t if t.is_signed() => self.unary(RegOp::AbsT, a),
                    _ => self.unary(RegOp::Mov, a),
                }
                self.check(t);
            }
            _ => {}
        }
    }

    /// The negation of an unsigned number fits only where it is zero.
    fn neg_trap(&mut self, t: ValTy, a: Value) {
        match t {
            ValTy::I64 => self.unary(RegOp::NegT, a),
            ValTy::U64 => {
                let (dst, a, zero) = (self.dst(0), self.slot(a), self.slots.scratch);
                self.e.abx(RegOp::LoadI, zero, 0);
                self.e.abc(RegOp::SubTU, dst, zero, a);
            }
            _ => {
                self.unary(RegOp::Neg, a);
                self.check(t);
            }
        }
    }

    /// The four integer divisions. Only signed 64-bit ones can overflow in 64 bits; narrow
    /// ones overflow when `MIN / -1` leaves their width.
    pub(super) fn division(&mut self, inst: &Inst) {
        let (t, a, b, ops, imm_op, trap) = match *inst {
            Inst::Div { t, a, b } => (t, a, b, [RegOp::DivS, RegOp::DivU], RegOp::DivSK, false),
            Inst::DivTrap { t, a, b } => (t, a, b, [RegOp::DivST, RegOp::DivU], RegOp::DivSK, true),
            Inst::Rem { t, a, b } => (t, a, b, [RegOp::RemS, RegOp::RemU], RegOp::RemSK, false),
            Inst::DivFloor { t, a, b } => {
                (t, a, b, [RegOp::DivFS, RegOp::DivU], RegOp::DivFK, false)
            }
            Inst::DivFloorTrap { t, a, b } => {
                (t, a, b, [RegOp::DivFST, RegOp::DivU], RegOp::DivFK, true)
            }
            Inst::RemFloor { t, a, b } => {
                (t, a, b, [RegOp::RemFS, RegOp::RemU], RegOp::RemFK, false)
            }
            _ => return,
        };
        if t.is_float() {
            self.float(t, RegOp::FDiv, RegOp::F32Div, a, b);
            return;
        }
        match self.imm(b).filter(|imm| *imm > 0 && t != ValTy::U64) {
            Some(imm) => self.divide_by(imm_op, a, imm),
            None => self.binary(ops[usize::from(!t.is_signed())], a, b),
        }
        if trap { self.check(t) } else { self.wrap(t) }
    }

    /// Division by a positive constant. Rounding down by a power of two is a shift or a mask,
    /// which take a cycle where a division takes a dozen.
    fn divide_by(&mut self, op: RegOp, a: Value, divisor: i16) {
        let power = (divisor as u16).is_power_of_two();
        match op {
            RegOp::DivFK if power => {
                self.immediate(RegOp::ShrSK, a, divisor.trailing_zeros() as i16);
            }
            RegOp::RemFK if power => self.immediate(RegOp::AndK, a, divisor - 1),
            op => self.immediate(op, a, divisor),
        }
    }

    pub(super) fn shift(&mut self, inst: &Inst) {
        let (t, a, b, left) = match *inst {
            Inst::Shl { t, a, b } => (t, a, b, true),
            Inst::Shr { t, a, b } => (t, a, b, false),
            _ => return,
        };
        let bits = t.int_bits().unwrap_or(64) as i16;
        let (op, imm_op) = match (left, t.is_signed()) {
            (true, _) => (RegOp::Shl, RegOp::ShlK),
            (false, true) => (RegOp::ShrS, RegOp::ShrSK),
            (false, false) => (RegOp::ShrU, RegOp::ShrUK),
        };
        match self.imm(b).filter(|imm| (0..bits).contains(imm)) {
            Some(imm) => self.immediate(imm_op, a, imm),
            None if bits == 64 => self.binary(op, a, b),
            None => {
                let (dst, a, b, count) =
                    (self.dst(0), self.slot(a), self.slot(b), self.slots.scratch);
                self.e.abc(RegOp::AndK, count, b, (bits - 1) as u16);
                self.e.abc(op, dst, a, count);
            }
        }
        self.wrap(t);
    }

    /// Bit counts look at the zero-extended value; the width is put right afterwards.
    pub(super) fn bit_count(&mut self, inst: &Inst) {
        let (t, a) = match *inst {
            Inst::Clz { t, a } | Inst::Ctz { t, a } | Inst::PopCnt { t, a } => (t, a),
            _ => return,
        };
        let bits = t.int_bits().unwrap_or(64);
        let (dst, mut from) = (self.dst(0), self.slot(a));
        let scratch = self.slots.scratch;
        if bits < 64 {
            let zext = match bits {
                8 => RegOp::Zext8,
                16 => RegOp::Zext16,
                _ => RegOp::Zext32,
            };
            self.e.abc(zext, scratch, from, 0);
            from = scratch;
        }
        match inst {
            Inst::Clz { .. } => {
                self.e.abc(RegOp::Clz, dst, from, 0);
                if bits < 64 {
                    self.e.abc(RegOp::AddK, dst, dst, (bits as i16 - 64) as u16);
                }
            }
            Inst::Ctz { .. } => {
                self.e.abc(RegOp::Ctz, dst, from, 0);
                if bits < 64 {
                    self.load(scratch, u64::from(bits), false);
                    self.e.abc(RegOp::MinS, dst, dst, scratch);
                }
            }
            _ => self.e.abc(RegOp::PopCnt, dst, from, 0),
        }
    }

    pub(super) fn bitwise(&mut self, inst: &Inst) {
        match *inst {
            Inst::And { a, b, .. } => self.commutative(RegOp::And, Some(RegOp::AndK), a, b),
            Inst::Or { a, b, .. } => self.commutative(RegOp::Or, None, a, b),
            Inst::Xor { a, b, .. } => self.commutative(RegOp::Xor, Some(RegOp::XorK), a, b),
            Inst::Not { t: ValTy::Bool, a } => self.immediate(RegOp::XorK, a, 1),
            Inst::Not { t, a } => {
                self.unary(RegOp::Not, a);
                self.wrap(t);
            }
            _ => {}
        }
    }

    pub(super) fn min_max(&mut self, inst: &Inst) {
        let (t, a, b, ops) = match *inst {
            Inst::Min { t, a, b } => (t, a, b, [RegOp::MinS, RegOp::MinU, RegOp::FMin]),
            Inst::Max { t, a, b } => (t, a, b, [RegOp::MaxS, RegOp::MaxU, RegOp::FMax]),
            _ => return,
        };
        let op = if t.is_float() { ops[2] } else { ops[usize::from(!t.is_signed())] };
        self.binary(op, a, b);
    }

    /// A comparison whose result is a value.
    pub(super) fn comparison(&mut self, inst: &Inst) {
        let c = Comparison::of(inst);
        let Some(c) = c else { return };
        let (mut a, mut b) = (c.a, c.b);
        let scalar = c.t.is_int() || c.t == ValTy::Bool;
        if let Some((op, value, imm)) = self.value_with_imm(&c).filter(|_| scalar) {
            self.immediate(op, value, imm);
            return;
        }
        let (op, swap) = c.value_op();
        if swap {
            std::mem::swap(&mut a, &mut b);
        }
        self.binary(op, a, b);
    }

    /// The immediate form of an integer comparison, if there is one.
    fn value_with_imm(&self, c: &Comparison) -> Option<(RegOp, Value, i16)> {
        let signed = c.t != ValTy::U64;
        let (value, imm, flipped) = match (self.imm(c.a), self.imm(c.b)) {
            (_, Some(imm)) => (c.a, imm, false),
            (Some(imm), None) => (c.b, imm, true),
            _ => return None,
        };
        let rel = if flipped { c.rel.flip() } else { c.rel };
        let (op, imm) = match rel {
            Rel::Eq => (RegOp::EqK, imm),
            Rel::Ne => (RegOp::NeK, imm),
            Rel::Lt if signed => (RegOp::LtSK, imm),
            Rel::Gt if signed => (RegOp::GtSK, imm),
            Rel::Le if signed && imm < i16::MAX => (RegOp::LtSK, imm + 1),
            Rel::Ge if signed && imm > i16::MIN => (RegOp::GtSK, imm - 1),
            _ => return None,
        };
        Some((op, value, imm))
    }
}

/// The relations of comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rel {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Rel {
    /// The relation with its operands exchanged.
    pub fn flip(self) -> Rel {
        match self {
            Rel::Lt => Rel::Gt,
            Rel::Le => Rel::Ge,
            Rel::Gt => Rel::Lt,
            Rel::Ge => Rel::Le,
            same => same,
        }
    }

    /// The opposite; not for floats, where NaN makes both false.
    pub fn negate(self) -> Rel {
        match self {
            Rel::Eq => Rel::Ne,
            Rel::Ne => Rel::Eq,
            Rel::Lt => Rel::Ge,
            Rel::Le => Rel::Gt,
            Rel::Gt => Rel::Le,
            Rel::Ge => Rel::Lt,
        }
    }
}

/// A comparison of two scalars.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub rel: Rel,
    pub t: ValTy,
    pub a: Value,
    pub b: Value,
}

impl Comparison {
    pub fn of(inst: &Inst) -> Option<Comparison> {
        let (rel, t, a, b) = match *inst {
            Inst::Eq { t, a, b } => (Rel::Eq, t, a, b),
            Inst::Ne { t, a, b } => (Rel::Ne, t, a, b),
            Inst::Lt { t, a, b } => (Rel::Lt, t, a, b),
            Inst::Le { t, a, b } => (Rel::Le, t, a, b),
            Inst::Gt { t, a, b } => (Rel::Gt, t, a, b),
            Inst::Ge { t, a, b } => (Rel::Ge, t, a, b),
            Inst::RefEq { a, b } => (Rel::Eq, ValTy::U64, a, b),
            _ => return None,
        };
        Some(Comparison { rel, t, a, b })
    }

    /// The operation that gives a value, and whether operands are exchanged.
    fn value_op(&self) -> (RegOp, bool) {
        let pick = |ops: [RegOp; 4]| match self.rel {
            Rel::Eq => (ops[0], false),
            Rel::Ne => (ops[1], false),
            Rel::Lt => (ops[2], false),
            Rel::Le => (ops[3], false),
            Rel::Gt => (ops[2], true),
            Rel::Ge => (ops[3], true),
        };
        match self.t {
            ValTy::F64 => pick([RegOp::FEq, RegOp::FNe, RegOp::FLt, RegOp::FLe]),
            ValTy::F32 => pick([RegOp::F32Eq, RegOp::F32Ne, RegOp::F32Lt, RegOp::F32Le]),
            t if t.is_signed() => pick([RegOp::EqI, RegOp::NeI, RegOp::LtS, RegOp::LeS]),
            _ => pick([RegOp::EqI, RegOp::NeI, RegOp::LtU, RegOp::LeU]),
        }
    }
}
