//! Operations on integers. The bodies in the interpreter's `int` say what each means; slots hold
//! signed integers sign-extended and unsigned ones zero-extended.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::FunctionBuilder;
use kaa_code::Word;
use kaa_code::word::{a, b, bx, c};
use kaa_isa::TrapKind;
use kaa_isa::ty::SCALARS;

use super::{Lower, NONE};
use crate::bounds::Bounds;

/// The immediate in field c.
pub(super) fn imm(w: Word) -> i64 {
    i64::from(c(w) as i16)
}

/// Operations that one expression computes, by how their operands are given.
macro_rules! simple {
    (bc $($name:ident: $f:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let f: fn(&mut FunctionBuilder<'_>, Value, Value) -> Value = $f;
                let (x, y) = (self.int(b(w)), self.int(c(w)));
                let value = f(self.b, x, y);
                self.set(a(w), value);
            }
        )*}
    };
    (bk $($name:ident: $f:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let f: fn(&mut FunctionBuilder<'_>, Value, i64) -> Value = $f;
                let x = self.int(b(w));
                let value = f(self.b, x, imm(w));
                self.set(a(w), value);
            }
        )*}
    };
    (b $($name:ident: $f:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let f: fn(&mut FunctionBuilder<'_>, Value) -> Value = $f;
                let x = self.int(b(w));
                let value = f(self.b, x);
                self.set(a(w), value);
            }
        )*}
    };
}

/// A truth value as a slot holds it.
pub(super) fn truth(b: &mut FunctionBuilder<'_>, cond: Value) -> Value {
    b.ins().uextend(types::I64, cond)
}

fn compare(b: &mut FunctionBuilder<'_>, cc: IntCC, x: Value, y: Value) -> Value {
    let cond = b.ins().icmp(cc, x, y);
    truth(b, cond)
}

fn compare_imm(b: &mut FunctionBuilder<'_>, cc: IntCC, x: Value, k: i64) -> Value {
    let y = b.ins().iconst(types::I64, k);
    compare(b, cc, x, y)
}

fn narrow(b: &mut FunctionBuilder<'_>, ty: types::Type, x: Value, signed: bool) -> Value {
    let low = b.ins().ireduce(ty, x);
    if signed { b.ins().sextend(types::I64, low) } else { b.ins().uextend(types::I64, low) }
}

fn k(b: &mut FunctionBuilder<'_>, value: i64) -> Value {
    b.ins().iconst(types::I64, value)
}

simple! { bc
    add: |b, x, y| b.ins().iadd(x, y);
    sub: |b, x, y| b.ins().isub(x, y);
    mul: |b, x, y| b.ins().imul(x, y);
    min_s: |b, x, y| b.ins().smin(x, y);
    max_s: |b, x, y| b.ins().smax(x, y);
    min_u: |b, x, y| b.ins().umin(x, y);
    max_u: |b, x, y| b.ins().umax(x, y);
    and: |b, x, y| b.ins().band(x, y);
    or: |b, x, y| b.ins().bor(x, y);
    xor: |b, x, y| b.ins().bxor(x, y);
    shl: |b, x, y| b.ins().ishl(x, y);
    shr_s: |b, x, y| b.ins().sshr(x, y);
    shr_u: |b, x, y| b.ins().ushr(x, y);
    rotl: |b, x, y| b.ins().rotl(x, y);
    rotr: |b, x, y| b.ins().rotr(x, y);
    eq_i: |b, x, y| compare(b, IntCC::Equal, x, y);
    ne_i: |b, x, y| compare(b, IntCC::NotEqual, x, y);
    lt_s: |b, x, y| compare(b, IntCC::SignedLessThan, x, y);
    le_s: |b, x, y| compare(b, IntCC::SignedLessThanOrEqual, x, y);
    lt_u: |b, x, y| compare(b, IntCC::UnsignedLessThan, x, y);
    le_u: |b, x, y| compare(b, IntCC::UnsignedLessThanOrEqual, x, y);
}

simple! { bk
    addk: |b, x, n| { let n = k(b, n); b.ins().iadd(x, n) };
    mulk: |b, x, n| { let n = k(b, n); b.ins().imul(x, n) };
    andk: |b, x, n| { let n = k(b, n); b.ins().band(x, n) };
    xork: |b, x, n| { let n = k(b, n); b.ins().bxor(x, n) };
    shlk: |b, x, n| { let n = k(b, n & 63); b.ins().ishl(x, n) };
    shr_sk: |b, x, n| { let n = k(b, n & 63); b.ins().sshr(x, n) };
    shr_uk: |b, x, n| { let n = k(b, n & 63); b.ins().ushr(x, n) };
    eq_k: |b, x, n| compare_imm(b, IntCC::Equal, x, n);
    ne_k: |b, x, n| compare_imm(b, IntCC::NotEqual, x, n);
    lt_sk: |b, x, n| compare_imm(b, IntCC::SignedLessThan, x, n);
    gt_sk: |b, x, n| compare_imm(b, IntCC::SignedGreaterThan, x, n);
}

simple! { b
    mov: |_, x| x;
    neg: |b, x| b.ins().ineg(x);
    not: |b, x| b.ins().bnot(x);
    clz: |b, x| b.ins().clz(x);
    ctz: |b, x| b.ins().ctz(x);
    popcnt: |b, x| b.ins().popcnt(x);
    sext8: |b, x| narrow(b, types::I8, x, true);
    sext16: |b, x| narrow(b, types::I16, x, true);
    sext32: |b, x| narrow(b, types::I32, x, true);
    zext8: |b, x| narrow(b, types::I8, x, false);
    zext16: |b, x| narrow(b, types::I16, x, false);
    zext32: |b, x| narrow(b, types::I32, x, false);
}

/// How a sum compares with one operand where it is wrong, if the sign of the other is known.
fn side(other: Bounds) -> Option<IntCC> {
    match other {
        Bounds { min: 0.., .. } => Some(IntCC::SignedLessThan),
        Bounds { max: ..=0, .. } => Some(IntCC::SignedGreaterThan),
        _ => None,
    }
}

/// Additions and the like that trap on overflow: what computes the value and whether it is wrong.
macro_rules! checked {
    ($($name:ident: $f:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.int(b(w)), self.int(c(w)));
                let (value, wrong) = self.b.ins().$f(x, y);
                self.trap_if(wrong, TrapKind::Overflow, &[]);
                self.set(a(w), value);
            }
        )*}
    };
}

checked! {
    add_tu: uadd_overflow;
    sub_tu: usub_overflow;
    mul_tu: umul_overflow;
}

impl Lower<'_, '_> {
    pub(super) fn loadi(&mut self, w: Word) {
        let value = self.imm(i64::from(bx(w) as i32));
        self.set(a(w), value);
    }

    pub(super) fn loadk(&mut self, w: Word) {
        let value = self.imm(self.here.job.constant(bx(w)) as i64);
        self.set(a(w), value);
    }

    /// A signed sum is wrong where its sign differs from that of both operands: comparisons make
    /// better code than the flag, which would have to be brought to a register first. Where the
    /// sign of one operand is known, the sum lies on that side of the other.
    pub(super) fn add_t(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        let [p, q] = [self.bounds(b(w)), self.bounds(c(w))];
        let sum = self.b.ins().iadd(x, y);
        let wrong = match (side(q), side(p)) {
            _ if p.plus(q).fits() => None,
            (Some(cc), _) => Some(self.b.ins().icmp(cc, sum, x)),
            (_, Some(cc)) => Some(self.b.ins().icmp(cc, sum, y)),
            (None, None) => {
                let (p, q) = (self.b.ins().bxor(x, sum), self.b.ins().bxor(y, sum));
                Some(self.both_negative(p, q))
            }
        };
        self.set_unless(w, sum, wrong);
    }

    pub(super) fn sub_t(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        let [p, q] = [self.bounds(b(w)), self.bounds(c(w))];
        let rest = self.b.ins().isub(x, y);
        let wrong = match side(q) {
            _ if p.minus(q).fits() => None,
            Some(cc) => Some(self.b.ins().icmp(cc, x, rest)),
            None => {
                let (p, q) = (self.b.ins().bxor(x, rest), self.b.ins().bxor(x, y));
                Some(self.both_negative(p, q))
            }
        };
        self.set_unless(w, rest, wrong);
    }

    fn both_negative(&mut self, p: Value, q: Value) -> Value {
        let both = self.b.ins().band(p, q);
        self.b.ins().icmp_imm_s(IntCC::SignedLessThan, both, 0)
    }

    /// Sets the result of an operation that traps as overflow where it is wrong, if it can be.
    fn set_unless(&mut self, w: Word, value: Value, wrong: Option<Value>) {
        if let Some(wrong) = wrong {
            self.trap_if(wrong, TrapKind::Overflow, &[]);
        }
        self.set(a(w), value);
    }

    pub(super) fn addk_t(&mut self, w: Word) {
        let n = Bounds::exactly(imm(w));
        let x = self.int(b(w));
        let y = self.imm(imm(w));
        let sum = self.b.ins().iadd(x, y);
        let wrong = match side(n) {
            Some(cc) if !self.bounds(b(w)).plus(n).fits() => Some(self.b.ins().icmp(cc, sum, x)),
            _ => None,
        };
        self.set_unless(w, sum, wrong);
    }

    pub(super) fn mul_t(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        if self.bounds(b(w)).times(self.bounds(c(w))).fits() {
            let product = self.b.ins().imul(x, y);
            return self.set(a(w), product);
        }
        let (product, wrong) = self.b.ins().smul_overflow(x, y);
        self.set_unless(w, product, Some(wrong));
    }

    /// A product with a small constant. Where nothing is known of the other factor, it most often
    /// has 32 bits, and that is tested sooner than a wide product is made.
    pub(super) fn mulk_t(&mut self, w: Word) {
        let (x, n) = (self.int(b(w)), self.imm(imm(w)));
        let product = self.b.ins().imul(x, n);
        if !self.bounds(b(w)).times(Bounds::exactly(imm(w))).fits() {
            let low = narrow(self.b, types::I32, x, true);
            let is_wide = self.b.ins().icmp(IntCC::NotEqual, low, x);
            let (wide, go_on) = (self.new_block(true), self.new_block(false));
            self.b.ins().brif(is_wide, wide, NONE, go_on, NONE);
            self.b.seal_block(wide);
            self.b.switch_to_block(wide);
            let (_, wrong) = self.b.ins().smul_overflow(x, n);
            self.trap_or(wrong, TrapKind::Overflow, go_on);
            self.b.seal_block(go_on);
            self.b.switch_to_block(go_on);
        }
        self.set(a(w), product);
    }

    pub(super) fn neg_t(&mut self, w: Word) {
        let x = self.int(b(w));
        let wrong = self.is_min(b(w), x);
        let value = self.b.ins().ineg(x);
        self.set_unless(w, value, wrong);
    }

    pub(super) fn abs_t(&mut self, w: Word) {
        let x = self.int(b(w));
        let wrong = self.is_min(b(w), x);
        let value = self.b.ins().iabs(x);
        self.set_unless(w, value, wrong);
    }

    /// Whether the value of a slot is the least number, if it can be.
    fn is_min(&mut self, slot: u16, x: Value) -> Option<Value> {
        if self.bounds(slot).min > i64::MIN {
            return None;
        }
        let min = self.imm(i64::MIN);
        Some(self.b.ins().icmp(IntCC::Equal, x, min))
    }

    /// Traps if the distance of a shift, in this slot, is not below 64.
    fn trap_if_too_far(&mut self, slot: u16, y: Value) {
        if self.bounds(slot).within(Bounds::new(0, 63)) {
            return;
        }
        let wrong = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, y, 63);
        self.trap_if(wrong, TrapKind::ShiftOutOfRange, &[]);
    }

    pub(super) fn shl_t(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_too_far(c(w), y);
        let shifted = self.b.ins().ishl(x, y);
        let back = self.b.ins().sshr(shifted, y);
        let wrong = self.b.ins().icmp(IntCC::NotEqual, back, x);
        self.trap_if(wrong, TrapKind::Overflow, &[]);
        self.set(a(w), shifted);
    }

    pub(super) fn shr_st(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_too_far(c(w), y);
        let value = self.b.ins().sshr(x, y);
        self.set(a(w), value);
    }

    pub(super) fn shr_ut(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_too_far(c(w), y);
        let value = self.b.ins().ushr(x, y);
        self.set(a(w), value);
    }

    /// The value, which must be the same after narrowing.
    fn narrow_or_trap(&mut self, w: Word, ty: types::Type, signed: bool) {
        let x = self.int(b(w));
        if !self.bounds(b(w)).within(Bounds::of_type(ty.bits(), signed)) {
            let low = narrow(self.b, ty, x, signed);
            let wrong = self.b.ins().icmp(IntCC::NotEqual, low, x);
            self.trap_if(wrong, TrapKind::Overflow, &[]);
        }
        self.set(a(w), x);
    }

    pub(super) fn ovf8_s(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I8, true);
    }

    pub(super) fn ovf16_s(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I16, true);
    }

    pub(super) fn ovf32_s(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I32, true);
    }

    pub(super) fn ovf8_u(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I8, false);
    }

    pub(super) fn ovf16_u(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I16, false);
    }

    pub(super) fn ovf32_u(&mut self, w: Word) {
        self.narrow_or_trap(w, types::I32, false);
    }

    pub(super) fn fit(&mut self, w: Word) {
        self.fit_from(w, true);
    }

    pub(super) fn fit_u(&mut self, w: Word) {
        self.fit_from(w, false);
    }

    /// The value, which must be one of the integer type that the immediate is the number of.
    fn fit_from(&mut self, w: Word, from_signed: bool) {
        let ty = SCALARS.get(imm(w) as usize).map_or(kaa_isa::ValTy::I64, |s| s.0);
        let (bits, signed) = (ty.int_bits().unwrap_or(64), ty.is_signed());
        let x = self.int(b(w));
        let known = self.bounds(b(w));
        let wrong = match (bits, signed) {
            _ if known.is_natural() && known.within(Bounds::of_type(bits, signed)) => None,
            // Between the two 64-bit types only the sign bit makes a difference.
            (64, _) if signed == from_signed => None,
            (64, _) => Some(self.b.ins().icmp_imm_s(IntCC::SignedLessThan, x, 0)),
            _ => {
                let ty = types::Type::int(bits as u16).unwrap_or(types::I64);
                let low = narrow(self.b, ty, x, signed);
                let differs = self.b.ins().icmp(IntCC::NotEqual, low, x);
                match from_signed {
                    true => Some(differs),
                    // A large unsigned number looks negative.
                    false => {
                        let large = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, x, 0);
                        Some(self.b.ins().bor(differs, large))
                    }
                }
            }
        };
        if let Some(wrong) = wrong {
            self.trap_if(wrong, TrapKind::Conversion, &[]);
        }
        self.set(a(w), x);
    }
}
