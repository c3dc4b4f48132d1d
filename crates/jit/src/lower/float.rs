//! Operations on floats. An `f32` lives in the low half of an integer slot.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_frontend::FunctionBuilder;
use kaa_code::Word;
use kaa_code::word::{a, b, bx, c};
use kaa_isa::TrapKind;

use super::Lower;
use super::int::truth;

macro_rules! binary {
    ($($name:ident: $op:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.float(b(w)), self.float(c(w)));
                let value = self.b.ins().$op(x, y);
                self.set_float(a(w), value);
            }
        )*}
    };
}

binary! {
    f_add: fadd;
    f_sub: fsub;
    f_mul: fmul;
    f_div: fdiv;
    f_copysign: fcopysign;
}

macro_rules! unary {
    ($($name:ident: $op:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let x = self.float(b(w));
                let value = self.b.ins().$op(x);
                self.set_float(a(w), value);
            }
        )*}
    };
}

unary! {
    f_neg: fneg;
    f_abs: fabs;
    f_sqrt: sqrt;
    f_floor: floor;
    f_ceil: ceil;
    f_trunc: trunc;
    f_round: nearest;
}

macro_rules! comparisons {
    ($($name:ident $single:ident: $cc:expr;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.float(b(w)), self.float(c(w)));
                let cond = self.b.ins().fcmp($cc, x, y);
                let value = truth(self.b, cond);
                self.set(a(w), value);
            }

            pub(super) fn $single(&mut self, w: Word) {
                let (x, y) = (self.single(b(w)), self.single(c(w)));
                let cond = self.b.ins().fcmp($cc, x, y);
                let value = truth(self.b, cond);
                self.set(a(w), value);
            }
        )*}
    };
}

comparisons! {
    f_eq f32_eq: FloatCC::Equal;
    f_ne f32_ne: FloatCC::NotEqual;
    f_lt f32_lt: FloatCC::LessThan;
    f_le f32_le: FloatCC::LessThanOrEqual;
}

macro_rules! singles {
    ($($name:ident: $op:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let (x, y) = (self.single(b(w)), self.single(c(w)));
                let value = self.b.ins().$op(x, y);
                self.set_single(a(w), value);
            }
        )*}
    };
}

singles! {
    f32_add: fadd;
    f32_sub: fsub;
    f32_mul: fmul;
    f32_div: fdiv;
}

/// The bits of a float, or the float of bits.
fn cast(b: &mut FunctionBuilder<'_>, ty: types::Type, x: Value) -> Value {
    b.ins().bitcast(ty, MemFlagsData::new(), x)
}

impl Lower<'_, '_> {
    /// The `f32` in a slot.
    fn single(&mut self, slot: u16) -> Value {
        let bits = self.int(slot);
        let low = self.b.ins().ireduce(types::I32, bits);
        cast(self.b, types::F32, low)
    }

    fn set_single(&mut self, slot: u16, value: Value) {
        let bits = cast(self.b, types::I32, value);
        let wide = self.b.ins().uextend(types::I64, bits);
        self.set(slot, wide);
    }

    pub(super) fn movf(&mut self, w: Word) {
        let x = self.float(b(w));
        self.set_float(a(w), x);
    }

    pub(super) fn loadkf(&mut self, w: Word) {
        let bits = self.here.job.constant(bx(w));
        let value = self.b.ins().f64const(f64::from_bits(bits));
        self.set_float(a(w), value);
    }

    /// The interpreter gives one NaN whatever the operands'.
    fn quiet(&mut self, x: Value, y: Value, value: Value) -> Value {
        let unordered = self.b.ins().fcmp(FloatCC::Unordered, x, y);
        let nan = self.b.ins().f64const(f64::NAN);
        self.b.ins().select(unordered, nan, value)
    }

    pub(super) fn f_min(&mut self, w: Word) {
        let (x, y) = (self.float(b(w)), self.float(c(w)));
        let value = self.b.ins().fmin(x, y);
        let value = self.quiet(x, y, value);
        self.set_float(a(w), value);
    }

    pub(super) fn f_max(&mut self, w: Word) {
        let (x, y) = (self.float(b(w)), self.float(c(w)));
        let value = self.b.ins().fmax(x, y);
        let value = self.quiet(x, y, value);
        self.set_float(a(w), value);
    }

    pub(super) fn f32_neg(&mut self, w: Word) {
        let x = self.single(b(w));
        let value = self.b.ins().fneg(x);
        self.set_single(a(w), value);
    }

    pub(super) fn i_to_f(&mut self, w: Word) {
        let x = self.int(b(w));
        let value = self.b.ins().fcvt_from_sint(types::F64, x);
        self.set_float(a(w), value);
    }

    pub(super) fn u_to_f(&mut self, w: Word) {
        let x = self.int(b(w));
        let value = self.b.ins().fcvt_from_uint(types::F64, x);
        self.set_float(a(w), value);
    }

    /// Out of range is where the saturated result is an end of the range; the ends themselves are
    /// told apart by comparison.
    pub(super) fn f_to_it(&mut self, w: Word) {
        let x = self.float(b(w));
        let end = self.b.ins().f64const(9_223_372_036_854_775_808.0);
        let start = self.b.ins().f64const(-9_223_372_036_854_775_808.0);
        let below = self.b.ins().fcmp(FloatCC::LessThan, x, end);
        let above = self.b.ins().fcmp(FloatCC::GreaterThanOrEqual, x, start);
        let fits = self.b.ins().band(below, above);
        let wrong = self.b.ins().icmp_imm_s(IntCC::Equal, fits, 0);
        self.trap_if(wrong, TrapKind::Conversion, &[]);
        let value = self.b.ins().fcvt_to_sint_sat(types::I64, x);
        self.set(a(w), value);
    }

    pub(super) fn f_to_f32(&mut self, w: Word) {
        let x = self.float(b(w));
        let value = self.b.ins().fdemote(types::F32, x);
        self.set_single(a(w), value);
    }

    pub(super) fn f32_to_f(&mut self, w: Word) {
        let x = self.single(b(w));
        let value = self.b.ins().fpromote(types::F64, x);
        self.set_float(a(w), value);
    }
}
