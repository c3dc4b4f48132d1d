//! Operators and conversions on numbers, `bool` and `char`.
//!
//! Integers trap on overflow unless the operator says that it wraps; every division traps on
//! zero, floats included. Comparisons of other types are in `equal`.

use kaa_base::span::Span;
use kaa_ir::{Inst, TrapKind, ValTy, Value};

use super::Vals;
use super::body::Body;
use super::natives;
use crate::hir::{BinaryOp, Convert, ExprId, Ty, TyId, UnaryOp};

/// A number as the operations of IR see it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Num {
    Int,
    Float,
    Bool,
}

fn class(t: ValTy) -> Num {
    match t {
        ValTy::Bool => Num::Bool,
        t if t.is_float() => Num::Float,
        _ => Num::Int,
    }
}

impl Body<'_, '_, '_> {
    /// `-x`, `~x`.
    pub fn unary(&mut self, op: UnaryOp, operand: ExprId) -> Value {
        let a = self.expr1(operand);
        let t = self.b.ty(a);
        if t == ValTy::BYTES {
            let name =
                if op == UnaryOp::Neg { natives::BIGINT_NEG } else { natives::BIGINT_INVERT };
            return self.rt1(name, &[a], t);
        }
        self.b.ins1(match op {
            UnaryOp::Neg if t.is_float() => Inst::Neg { t, a },
            UnaryOp::Neg => Inst::NegTrap { t, a },
            UnaryOp::Invert => Inst::Not { t, a },
        })
    }

    /// An operator on two values that are evaluated already.
    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        let t = self.b.ty(a);
        if t == ValTy::BYTES {
            return self.large_binary(op, a, b);
        }
        let float = class(t) == Num::Float;
        let inst = match op {
            BinaryOp::Add if float => Inst::Add { t, a, b },
            BinaryOp::Sub if float => Inst::Sub { t, a, b },
            BinaryOp::Mul if float => Inst::Mul { t, a, b },
            BinaryOp::Add => Inst::AddTrap { t, a, b },
            BinaryOp::Sub => Inst::SubTrap { t, a, b },
            BinaryOp::Mul => Inst::MulTrap { t, a, b },
            BinaryOp::WrapAdd => Inst::Add { t, a, b },
            BinaryOp::WrapSub => Inst::Sub { t, a, b },
            BinaryOp::WrapMul => Inst::Mul { t, a, b },
            BinaryOp::Div => return self.divide(a, b),
            BinaryOp::FloorDiv if float => {
                self.check_divisor(b);
                let q = self.b.ins1(Inst::DivFloor { t, a, b });
                // Python's quotient of an infinity is no number; `a - a` is else a zero.
                let zero = self.b.ins1(Inst::Sub { t, a, b: a });
                Inst::Sub { t, a: q, b: zero }
            }
            BinaryOp::Mod if float => {
                self.check_divisor(b);
                Inst::RemFloor { t, a, b }
            }
            BinaryOp::FloorDiv => Inst::DivFloorTrap { t, a, b },
            BinaryOp::Mod => Inst::RemFloor { t, a, b },
            BinaryOp::Pow => return self.power(a, b),
            BinaryOp::Shl => {
                let b = self.shift_count(t, b);
                Inst::ShlTrap { t, a, b }
            }
            BinaryOp::Shr => {
                let b = self.shift_count(t, b);
                Inst::ShrTrap { t, a, b }
            }
            BinaryOp::And => Inst::And { t, a, b },
            BinaryOp::Or => Inst::Or { t, a, b },
            BinaryOp::Xor => Inst::Xor { t, a, b },
        };
        self.b.ins1(inst)
    }

    /// An operator on numbers without bounds: of all references only these come here.
    fn large_binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        let name = match op {
            BinaryOp::Add | BinaryOp::WrapAdd => natives::BIGINT_ADD,
            BinaryOp::Sub | BinaryOp::WrapSub => natives::BIGINT_SUB,
            BinaryOp::Mul | BinaryOp::WrapMul => natives::BIGINT_MUL,
            BinaryOp::Div => return self.rt1(natives::BIGINT_DIV, &[a, b], ValTy::F64),
            BinaryOp::FloorDiv => natives::BIGINT_FLOORDIV,
            BinaryOp::Mod => natives::BIGINT_MOD,
            BinaryOp::Pow => natives::BIGINT_POW,
            BinaryOp::Shl => natives::BIGINT_SHL,
            BinaryOp::Shr => natives::BIGINT_SHR,
            BinaryOp::And => natives::BIGINT_AND,
            BinaryOp::Or => natives::BIGINT_OR,
            BinaryOp::Xor => natives::BIGINT_XOR,
        };
        let is_count = matches!(op, BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr);
        let b = match self.b.ty(b) {
            // `pow(a, b)` takes two numbers of one type.
            ValTy::BYTES if is_count => self.rt1(natives::BIGINT_TO_INT, &[b], ValTy::I64),
            _ => b,
        };
        self.rt1(name, &[a, b], ValTy::BYTES)
    }

    /// `/`: a float, whatever the operands are.
    fn divide(&mut self, a: Value, b: Value) -> Value {
        let t = self.b.ty(a);
        let t = if t.is_float() { t } else { ValTy::F64 };
        let (a, b) =
            (self.number_as(a, t, Convert::Checked), self.number_as(b, t, Convert::Checked));
        self.check_divisor(b);
        self.b.ins1(Inst::Div { t, a, b })
    }

    /// Traps where a float divisor is zero.
    fn check_divisor(&mut self, b: Value) {
        let t = self.b.ty(b);
        let zero = self.zero(t);
        let is_zero = self.b.ins1(Inst::Eq { t, a: b, b: zero });
        self.trap_if(is_zero, TrapKind::DivisionByZero);
    }

    /// The count of a shift is an `int`; one that the type cannot hold is out of range.
    fn shift_count(&mut self, t: ValTy, b: Value) -> Value {
        if self.b.ty(b) == t {
            return b;
        }
        let max = i64::from(t.int_bits().unwrap_or(64));
        let limit = self.b.i64(max);
        let negative = self.b.i64(-1);
        let zero = self.b.i64(0);
        let low = self.b.ins1(Inst::Max { t: ValTy::I64, a: b, b: negative });
        let bad = self.b.ins1(Inst::Lt { t: ValTy::I64, a: low, b: zero });
        self.trap_if(bad, TrapKind::ShiftOutOfRange);
        let cut = self.b.ins1(Inst::Min { t: ValTy::I64, a: low, b: limit });
        self.b.ins1(Inst::ConvertWrap { t, a: cut })
    }

    fn power(&mut self, a: Value, b: Value) -> Value {
        let t = self.b.ty(a);
        match class(t) {
            Num::Float => {
                let (a, b) = (self.widen(a, ValTy::F64), self.widen(b, ValTy::F64));
                let r = self.rt1(natives::FLOAT_POW, &[a, b], ValTy::F64);
                self.number_as(r, t, Convert::Checked)
            }
            _ if t == ValTy::U64 => {
                let b = self.number_as(b, ValTy::U64, Convert::Checked);
                self.rt1(natives::UINT_POW, &[a, b], ValTy::U64)
            }
            _ => {
                let (a, b) = (self.widen(a, ValTy::I64), self.widen(b, ValTy::I64));
                let r = self.rt1(natives::INT_POW, &[a, b], ValTy::I64);
                self.narrow_result(r, t)
            }
        }
    }

    /// A result computed in 64 bits, as a narrower type; what does not fit is an overflow.
    fn narrow_result(&mut self, value: Value, t: ValTy) -> Value {
        if t == ValTy::I64 {
            return value;
        }
        let small = self.b.ins1(Inst::ConvertWrap { t, a: value });
        let back = self.b.ins1(Inst::ConvertExact { t: ValTy::I64, a: small });
        let differs = self.b.ins1(Inst::Ne { t: ValTy::I64, a: back, b: value });
        self.trap_if(differs, TrapKind::Overflow);
        small
    }

    /// A number or `bool` as a type that holds all its values.
    pub fn widen(&mut self, a: Value, t: ValTy) -> Value {
        if self.b.ty(a) == t { a } else { self.b.ins1(Inst::ConvertExact { t, a }) }
    }

    /// A number or `bool` as another number.
    pub fn number_as(&mut self, a: Value, t: ValTy, kind: Convert) -> Value {
        let from = self.b.ty(a);
        if from == t {
            return a;
        }
        if from == ValTy::Bool {
            let n = self.widen(a, if t.is_float() { ValTy::I32 } else { t });
            return self.number_as(n, t, kind);
        }
        self.b.ins1(match kind {
            Convert::Checked => Inst::ConvertTrap { t, a },
            Convert::Saturating => Inst::ConvertSat { t, a },
            Convert::Wrapping if from.is_int() && t.is_int() => Inst::ConvertWrap { t, a },
            Convert::Wrapping => Inst::ConvertTrap { t, a },
        })
    }

    /// An explicit or implied conversion.
    pub fn convert(&mut self, value: ExprId, to: TyId, kind: Convert, span: Span) -> Vals {
        let from = self.cx.program.tree[value].ty;
        if from == to {
            return self.expr(value);
        }
        match (self.ty(from), self.ty(to)) {
            (Ty::Never, _) => self.expr_as(value, to),
            (Ty::Char, Ty::Str) => {
                let c = self.expr1(value);
                vec![self.rt1(natives::FMT_CHAR, &[c], ValTy::STR)]
            }
            (Ty::Int(_), Ty::Char) => {
                let n = self.expr1(value);
                let n = self.number_as(n, ValTy::I64, Convert::Checked);
                vec![self.rt1(natives::CHAR_FROM_INT, &[n], ValTy::U32)]
            }
            (Ty::BigInt, Ty::Bool) => {
                let (a, b) = (self.expr1(value), self.small_bigint(0));
                let same = self.b.ins1(Inst::StrEq { a, b });
                vec![self.b.ins1(Inst::Not { t: ValTy::Bool, a: same })]
            }
            (Ty::BigInt, Ty::Int(_)) => {
                let (a, t) = (self.expr1(value), self.leaves(to)[0]);
                vec![self.rt1(natives::BIGINT_TO_INT, &[a], t)]
            }
            (Ty::BigInt, Ty::Float(_)) => {
                let (a, t) = (self.expr1(value), self.leaves(to)[0]);
                let x = self.rt1(natives::BIGINT_TO_FLOAT, &[a], ValTy::F64);
                vec![self.number_as(x, t, Convert::Checked)]
            }
            (Ty::Float(_), Ty::BigInt) => {
                let a = self.expr1(value);
                let a = self.widen(a, ValTy::F64);
                vec![self.rt1(natives::BIGINT_OF_FLOAT, &[a], ValTy::BYTES)]
            }
            (Ty::Int(_) | Ty::Bool, Ty::BigInt) => {
                let a = self.expr1(value);
                let a = if self.b.ty(a) == ValTy::Bool { self.widen(a, ValTy::I64) } else { a };
                vec![self.rt1(natives::BIGINT_OF_INT, &[a], ValTy::BYTES)]
            }
            (Ty::Int(_) | Ty::Float(_), Ty::Bool) => {
                let a = self.expr1(value);
                let t = self.b.ty(a);
                let b = self.zero(t);
                vec![self.b.ins1(Inst::Ne { t, a, b })]
            }
            (Ty::Bool | Ty::Int(_) | Ty::Float(_) | Ty::Char, Ty::Int(_) | Ty::Float(_)) => {
                let a = self.expr1(value);
                let t = self.leaves(to)[0];
                vec![self.number_as(a, t, kind)]
            }
            (Ty::List(_), Ty::View(_)) => self.view_of(value),
            _ => self.unsupported(span, "this conversion", to),
        }
    }
}
