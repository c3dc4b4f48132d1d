//! Divisions of integers and their rests. What is known of the operands takes checks away: that the
//! divisor is not 0, that it is not -1 under the least number, that nothing is negative.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};
use kaa_code::Word;
use kaa_code::word::{a, b, c};
use kaa_isa::TrapKind;

use super::Lower;
use super::int::{imm, truth};

impl Lower<'_, '_> {
    /// Traps if the divisor, in this slot, is 0.
    fn trap_if_zero(&mut self, slot: u16, y: Value) {
        let known = self.bounds(slot);
        if known.min > 0 || known.max < 0 {
            return;
        }
        let wrong = self.b.ins().icmp_imm_s(IntCC::Equal, y, 0);
        self.trap_if(wrong, TrapKind::DivisionByZero, &[]);
    }

    /// Whether the quotient of the operands of a division does not fit, `MIN / -1`, if it can be.
    fn is_min_by_minus_one(&mut self, w: Word, x: Value, y: Value) -> Option<Value> {
        let [p, q] = [self.bounds(b(w)), self.bounds(c(w))];
        if p.min > i64::MIN || q.min > -1 || q.max < -1 {
            return None;
        }
        let min = self.imm(i64::MIN);
        let is_min = self.b.ins().icmp(IntCC::Equal, x, min);
        let by_minus_one = self.b.ins().icmp_imm_s(IntCC::Equal, y, -1);
        Some(self.b.ins().band(is_min, by_minus_one))
    }

    /// Whether neither operand of a division is negative.
    fn are_natural(&self, w: Word) -> bool {
        self.bounds(b(w)).is_natural() && self.bounds(c(w)).is_natural()
    }

    /// The operands of a division that cannot fault: `MIN / -1` becomes `MIN / 1`, which is what
    /// wrapping gives.
    fn divisible(&mut self, w: Word) -> (Value, Value) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_zero(c(w), y);
        let Some(wraps) = self.is_min_by_minus_one(w, x, y) else { return (x, y) };
        let one = self.imm(1);
        let safe = self.b.ins().select(wraps, one, y);
        (x, safe)
    }

    /// The operands of a division where `MIN / -1` traps.
    fn divisible_or_trap(&mut self, w: Word) -> (Value, Value) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_zero(c(w), y);
        if let Some(wrong) = self.is_min_by_minus_one(w, x, y) {
            self.trap_if(wrong, TrapKind::Overflow, &[]);
        }
        (x, y)
    }

    /// The quotient rounded down by a divisor above 0. A power of two is a shift.
    fn quotient_by(&mut self, w: Word, n: i64) -> Value {
        let x = self.int(b(w));
        if n & (n - 1) == 0 {
            let bits = self.imm(i64::from(n.trailing_zeros()));
            return self.b.ins().sshr(x, bits);
        }
        let n = self.imm(n);
        if self.bounds(b(w)).is_natural() {
            return self.b.ins().udiv(x, n);
        }
        // For a negative x, ~(~x / n) is the quotient rounded down, and ~x is not negative.
        let bits = self.imm(63);
        let sign = self.b.ins().sshr(x, bits);
        let flipped = self.b.ins().bxor(x, sign);
        let quotient = self.b.ins().udiv(flipped, n);
        self.b.ins().bxor(quotient, sign)
    }

    pub(super) fn div_fk(&mut self, w: Word) {
        let value = self.quotient_by(w, imm(w).max(1));
        self.set(a(w), value);
    }

    /// The remainder, not negative, by a divisor above 0.
    pub(super) fn rem_fk(&mut self, w: Word) {
        let n = imm(w).max(1);
        let x = self.int(b(w));
        let value = if n & (n - 1) == 0 {
            let mask = self.imm(n - 1);
            self.b.ins().band(x, mask)
        } else {
            let quotient = self.quotient_by(w, n);
            let n = self.imm(n);
            let product = self.b.ins().imul(quotient, n);
            self.b.ins().isub(x, product)
        };
        self.set(a(w), value);
    }

    pub(super) fn div_sk(&mut self, w: Word) {
        let (x, n) = (self.int(b(w)), self.imm(imm(w).max(1)));
        let value = match self.bounds(b(w)).is_natural() {
            true => self.b.ins().udiv(x, n),
            false => self.b.ins().sdiv(x, n),
        };
        self.set(a(w), value);
    }

    pub(super) fn rem_sk(&mut self, w: Word) {
        let (x, n) = (self.int(b(w)), self.imm(imm(w).max(1)));
        let value = match self.bounds(b(w)).is_natural() {
            true => self.b.ins().urem(x, n),
            false => self.b.ins().srem(x, n),
        };
        self.set(a(w), value);
    }

    pub(super) fn div_s(&mut self, w: Word) {
        let (x, y) = self.divisible(w);
        let value = self.b.ins().sdiv(x, y);
        self.set(a(w), value);
    }

    pub(super) fn div_st(&mut self, w: Word) {
        let (x, y) = self.divisible_or_trap(w);
        let value = self.b.ins().sdiv(x, y);
        self.set(a(w), value);
    }

    pub(super) fn rem_s(&mut self, w: Word) {
        let (x, y) = self.divisible(w);
        let value = self.b.ins().srem(x, y);
        self.set(a(w), value);
    }

    pub(super) fn div_u(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_zero(c(w), y);
        let value = self.b.ins().udiv(x, y);
        self.set(a(w), value);
    }

    pub(super) fn rem_u(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        self.trap_if_zero(c(w), y);
        let value = self.b.ins().urem(x, y);
        self.set(a(w), value);
    }

    /// The quotient rounded down: one less where the signs differ and there is a rest.
    fn floor_quotient(&mut self, w: Word, x: Value, y: Value) -> Value {
        if self.are_natural(w) {
            return self.b.ins().udiv(x, y);
        }
        let quotient = self.b.ins().sdiv(x, y);
        let product = self.b.ins().imul(quotient, y);
        let has_rest = self.b.ins().icmp(IntCC::NotEqual, product, x);
        let signs = self.b.ins().bxor(x, y);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let both = self.b.ins().band(has_rest, differ);
        let one = truth(self.b, both);
        self.b.ins().isub(quotient, one)
    }

    pub(super) fn div_fs(&mut self, w: Word) {
        let (x, y) = self.divisible(w);
        let value = self.floor_quotient(w, x, y);
        self.set(a(w), value);
    }

    pub(super) fn div_fst(&mut self, w: Word) {
        let (x, y) = self.divisible_or_trap(w);
        let value = self.floor_quotient(w, x, y);
        self.set(a(w), value);
    }

    pub(super) fn rem_fs(&mut self, w: Word) {
        let (x, safe) = self.divisible(w);
        if self.are_natural(w) {
            let rest = self.b.ins().urem(x, safe);
            return self.set(a(w), rest);
        }
        let y = self.int(c(w));
        let rest = self.b.ins().srem(x, safe);
        let has_rest = self.b.ins().icmp_imm_s(IntCC::NotEqual, rest, 0);
        let signs = self.b.ins().bxor(rest, y);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let both = self.b.ins().band(has_rest, differ);
        let zero = self.imm(0);
        let more = self.b.ins().select(both, y, zero);
        let value = self.b.ins().iadd(rest, more);
        self.set(a(w), value);
    }
}
