//! One method for each IR operation, in the order of the table. Each only says which room
//! does the work.

use kaa_ir::{BlockCall, DataId, FuncId, GlobalId, ImportId, Inst, TypeId, ValTy, Value};
use kaa_isa::Visit;
use kaa_isa::kinds::{Cases, Code, Leaf, TypeCases, Vs};

use super::Select;
use crate::moves::Source;
use crate::reg::RegOp;
use crate::shape::type_code;

impl Select<'_> {
    /// Runs the instruction at hand through its window if it has one, else as `f` says.
    fn or_window(&mut self, f: impl FnOnce(&mut Self, &Inst)) {
        if self.has_window() {
            self.windowed();
        } else {
            let inst = self.node.inst.clone();
            f(self, &inst);
        }
    }

    fn constant(&mut self) {
        let v = self.node.results.first;
        let Some(k) = self.p.consts.get(&v).copied() else { return };
        if let Source::Const(bits, float) = self.constant_source(k.kind) {
            let dst = self.dst(0);
            self.load(dst, bits, float);
        }
    }

    fn convert(&mut self, t: ValTy, a: Value) {
        let from = self.ty(a);
        match (from, t) {
            _ if from == t => self.copy(a),
            (ValTy::Bool, ValTy::F64) => self.unary(RegOp::IToF, a),
            (ValTy::Bool, ValTy::F32) => {
                self.unary(RegOp::IToF, a);
                let dst = self.dst(0);
                self.e.abc(RegOp::FToF32, dst, dst, 0);
            }
            (ValTy::F64, ValTy::F32) => self.unary(RegOp::FToF32, a),
            (ValTy::F32, ValTy::F64) => self.unary(RegOp::F32ToF, a),
            (ValTy::F64, _) => self.unary(RegOp::FToIT, a),
            (from, ValTy::F64) if from.is_signed() => self.unary(RegOp::IToF, a),
            (_, ValTy::F64) => self.unary(RegOp::UToF, a),
            (from, _) if from.is_int() && !fits_always(from, t) => {
                let op = if from.is_signed() { RegOp::Fit } else { RegOp::FitU };
                self.immediate(op, a, type_code(t) as i16);
            }
            _ => self.copy(a),
        }
    }

    fn copy(&mut self, a: Value) {
        self.unary(if self.ty(a) == ValTy::F64 { RegOp::MovF } else { RegOp::Mov }, a);
    }

    fn global(&mut self, op: RegOp, g: GlobalId, slot: u16) {
        let number = self.link.global(g);
        self.e.abx(op, slot, number);
    }
}

/// Whether every value of one integer type is a value of another.
fn fits_always(from: ValTy, to: ValTy) -> bool {
    let (a, b) = (from.int_bits().unwrap_or(1), to.int_bits().unwrap_or(64));
    match (from.is_signed(), to.is_signed()) {
        (true, false) => false,
        (false, true) => a < b,
        _ => a <= b,
    }
}

/// Methods that hand the whole instruction to a room, by way of a window where it has one.
macro_rules! rooms {
    ($($room:ident: $($name:ident($($arg:ty),*)),+;)*) => {$($(
        fn $name(&mut self, $(_: &$arg),*) {
            self.or_window(Self::$room);
        }
    )+)*};
}

/// Methods that are one word with one or two operands.
macro_rules! words {
    ($($name:ident $op:ident ($($arg:ident),+);)*) => {$(
        words!(@ $name $op $($arg)+);
    )*};
    (@ $name:ident $op:ident $a:ident) => {
        fn $name(&mut self, _: &ValTy, $a: &Value) {
            let a = *$a;
            self.or_window(|s, _| s.unary(RegOp::$op, a));
        }
    };
    (@ $name:ident $op:ident $a:ident $b:ident) => {
        fn $name(&mut self, _: &ValTy, $a: &Value, $b: &Value) {
            let (a, b) = (*$a, *$b);
            self.or_window(|s, _| s.binary(RegOp::$op, a, b));
        }
    };
}

impl Visit for Select<'_> {
    type Out = ();

    fn iconst(&mut self, _: &ValTy, _: &i64) {
        self.constant();
    }

    fn fconst(&mut self, _: &ValTy, _: &u64) {
        self.constant();
    }

    fn null(&mut self, _: &TypeId) {
        self.constant();
    }

    fn func_addr(&mut self, f: &FuncId) {
        let (dst, number) = (self.dst(0), self.link.func(*f));
        self.load(dst, u64::from(number), false);
    }

    fn str_const(&mut self, _: &DataId) {
        self.constant();
    }

    fn bytes_const(&mut self, _: &DataId) {
        self.constant();
    }

    rooms! {
        wrapping: add(ValTy, Value, Value), sub(ValTy, Value, Value), mul(ValTy, Value, Value),
            neg(ValTy, Value);
        trapping: add_trap(ValTy, Value, Value), sub_trap(ValTy, Value, Value),
            mul_trap(ValTy, Value, Value), neg_trap(ValTy, Value), abs_trap(ValTy, Value);
        division: div(ValTy, Value, Value), div_trap(ValTy, Value, Value),
            rem(ValTy, Value, Value), div_floor(ValTy, Value, Value),
            div_floor_trap(ValTy, Value, Value), rem_floor(ValTy, Value, Value);
        min_max: min(ValTy, Value, Value), max(ValTy, Value, Value);
        bitwise: and(ValTy, Value, Value), or(ValTy, Value, Value), xor(ValTy, Value, Value),
            not(ValTy, Value);
        shift: shl(ValTy, Value, Value), shr(ValTy, Value, Value);
        bit_count: clz(ValTy, Value), ctz(ValTy, Value), popcnt(ValTy, Value);
        comparison: eq(ValTy, Value, Value), ne(ValTy, Value, Value), lt(ValTy, Value, Value),
            le(ValTy, Value, Value), gt(ValTy, Value, Value), ge(ValTy, Value, Value),
            ref_eq(Value, Value);
        sequence: array_get(Value, Value, Leaf), array_set(Value, Value, Leaf, Value),
            list_get(Value, Value, Leaf), list_set(Value, Value, Leaf, Value),
            list_put(Value, Value, Leaf, Value), list_push(Value, Vs);
    }

    words! {
        rotl RotL (a, b);
        rotr RotR (a, b);
        sqrt FSqrt (a);
        floor FFloor (a);
        ceil FCeil (a);
        trunc FTrunc (a);
        round FRound (a);
        abs FAbs (a);
        copysign FCopySign (a, b);
    }

    fn shr_trap(&mut self, t: &ValTy, a: &Value, b: &Value) {
        let (op, a, b) = (if t.is_signed() { RegOp::ShrST } else { RegOp::ShrUT }, *a, *b);
        self.or_window(|s, _| s.binary(op, a, b));
    }

    fn shl_trap(&mut self, _: &ValTy, a: &Value, b: &Value) {
        let (a, b) = (*a, *b);
        self.or_window(|s, _| s.binary(RegOp::ShlT, a, b));
    }

    fn mul_div(&mut self, _: &ValTy, _: &Value, _: &Value, _: &Value) {
        self.windowed();
    }

    fn fma(&mut self, _: &ValTy, _: &Value, _: &Value, _: &Value) {
        self.windowed();
    }

    fn is_null(&mut self, a: &Value) {
        self.immediate(RegOp::EqK, *a, 0);
    }

    fn as_nonnull(&mut self, a: &Value) {
        self.unary(RegOp::CheckNull, *a);
    }

    fn convert_exact(&mut self, t: &ValTy, a: &Value) {
        let (t, a) = (*t, *a);
        self.or_window(|s, _| s.convert(t, a));
    }

    fn convert_trap(&mut self, t: &ValTy, a: &Value) {
        let (t, a) = (*t, *a);
        self.or_window(|s, _| s.convert(t, a));
    }

    fn convert_sat(&mut self, _: &ValTy, a: &Value) {
        let a = *a;
        self.or_window(|s, _| s.copy(a));
    }

    fn convert_wrap(&mut self, t: &ValTy, a: &Value) {
        self.unary(RegOp::Mov, *a);
        self.wrap(*t);
    }

    fn bitcast(&mut self, t: &ValTy, a: &Value) {
        match t {
            ValTy::F64 => self.unary(RegOp::MovF, *a),
            ValTy::F32 => self.unary(RegOp::Zext32, *a),
            _ => {
                self.unary(RegOp::Mov, *a);
                self.wrap(*t);
            }
        }
    }

    fn select(&mut self, c: &Value, a: &Value, b: &Value) {
        let (dst, c, a, b) = (self.dst(0), self.slot(*c), self.slot(*a), self.slot(*b));
        self.e.abc(RegOp::Select, dst, c, a);
        self.e.extra(u64::from(b));
        self.e.clobber(dst);
    }

    fn jump(&mut self, to: &BlockCall) {
        self.go(to, &[]);
    }

    fn branch(&mut self, c: &Value, then: &BlockCall, other: &BlockCall) {
        self.branch_on(*c, then, other);
    }

    fn switch(&mut self, a: &Value, cases: &Cases, other: &BlockCall) {
        self.switch_on(*a, cases, other);
    }

    fn ret(&mut self, vals: &Vs) {
        self.return_values(vals);
    }

    fn tail_call(&mut self, f: &FuncId, _: &Vs) {
        let base = self.fill_window();
        let number = self.link.func(*f);
        self.e.abx(RegOp::TailCall, base, number);
    }

    fn tail_call_closure(&mut self, callee: &Value, args: &Vs) {
        self.check_null(*callee);
        let base = self.fill_window();
        let callee = self.slot(*callee);
        self.e.abc(RegOp::TailCallClosure, base, callee, args.len() as u16);
    }

    fn trap(&mut self, code: &Code) {
        self.e.abx(RegOp::Trap, 0, code.0);
    }

    fn call(&mut self, f: &FuncId, _: &Vs) {
        let number = self.link.func(*f);
        let base = self.guest_call(|s, base| s.e.abx(RegOp::Call, base, number));
        self.take_results(base);
    }

    fn call_func(&mut self, callee: &Value, _: &Vs) {
        let callee = self.slot(*callee);
        let base = self.guest_call(|s, base| s.e.abc(RegOp::CallFunc, base, callee, 0));
        self.take_results(base);
    }

    fn call_closure(&mut self, callee: &Value, args: &Vs) {
        self.check_null(*callee);
        let (callee, n) = (self.slot(*callee), args.len() as u16);
        let base = self.guest_call(|s, base| s.e.abc(RegOp::CallClosure, base, callee, n));
        self.take_results(base);
    }

    fn call_import(&mut self, i: &ImportId, _: &Vs) {
        self.import_call(*i);
    }

    fn invoke(&mut self, f: &FuncId, _: &Vs, ok: &BlockCall, unwind: &BlockCall) {
        let results = self.module.func_sig(*f).map_or(0, |s| s.results.len());
        let number = self.link.func(*f);
        self.unwinding_call(results, ok, unwind, |s, base| s.e.abx(RegOp::Call, base, number));
    }

    fn invoke_closure(&mut self, callee: &Value, args: &Vs, ok: &BlockCall, unwind: &BlockCall) {
        self.check_null(*callee);
        let results = match self.ty(*callee).heap_type().and_then(|t| self.module.types.def(t)) {
            Some(kaa_ir::TypeDef::Closure { sig }) => {
                self.module.sigs.get(*sig).map_or(0, |s| s.results.len())
            }
            _ => 0,
        };
        let (callee, n) = (self.slot(*callee), args.len() as u16);
        self.unwinding_call(results, ok, unwind, |s, base| {
            s.e.abc(RegOp::CallClosure, base, callee, n);
        });
    }

    fn resume_unwind(&mut self) {
        self.e.abx(RegOp::Resume, 0, 0);
    }

    fn struct_new(&mut self, ty: &TypeId, vals: &Vs) {
        self.new_object(*ty, vals);
    }

    fn struct_get(&mut self, obj: &Value, leaf: &Leaf) {
        self.get_leaf(*obj, *leaf);
    }

    fn struct_set(&mut self, obj: &Value, leaf: &Leaf, val: &Value) {
        self.set_leaf(*obj, *leaf, *val);
    }

    fn array_new(&mut self, _: &TypeId, _: &Value, _: &Vs) {
        self.windowed();
    }

    fn array_of(&mut self, _: &TypeId, _: &Vs) {
        self.windowed();
    }

    fn array_len(&mut self, arr: &Value) {
        self.check_null(*arr);
        self.unary(RegOp::ArrLen, *arr);
    }

    fn array_copy(&mut self, _: &Value, _: &Value, _: &Value, _: &Value, _: &Value) {
        self.windowed();
    }

    fn array_fill(&mut self, _: &Value, _: &Value, _: &Value, _: &Vs) {
        self.windowed();
    }

    fn array_cmp(&mut self, _: &Value, _: &Value, _: &Value, _: &Value, _: &Value) {
        self.windowed();
    }

    fn list_new(&mut self, _: &TypeId, _: &Value) {
        self.windowed();
    }

    fn list_of(&mut self, _: &TypeId, _: &Vs) {
        self.windowed();
    }

    fn list_len(&mut self, list: &Value) {
        self.unary(RegOp::ListLen, *list);
    }

    fn list_pop(&mut self, _: &Value) {
        self.windowed();
    }

    fn share(&mut self, obj: &Value) {
        self.check_null(*obj);
        let (slot, scratch) = (self.slot(*obj), self.slots.scratch);
        self.e.abc(RegOp::Shared, scratch, slot, 0);
    }

    fn unshare(&mut self, obj: &Value) {
        self.check_null(*obj);
        self.map_operands();
        let (dst, slot) = (self.dst(0), self.slot(*obj));
        self.e.abc(RegOp::Unshare, dst, slot, 0);
    }

    fn str_len(&mut self, s: &Value) {
        self.unary(RegOp::StrLen, *s);
    }

    fn str_size(&mut self, s: &Value) {
        self.unary(RegOp::StrSize, *s);
    }

    fn str_byte(&mut self, s: &Value, idx: &Value) {
        self.binary(RegOp::StrByte, *s, *idx);
    }

    fn str_char(&mut self, _: &Value, _: &Value) {
        self.windowed();
    }

    fn str_eq(&mut self, a: &Value, b: &Value) {
        let (a, b) = (*a, *b);
        self.or_window(|s, _| s.binary(RegOp::StrEq, a, b));
    }

    fn str_cmp(&mut self, _: &Value, _: &Value) {
        self.windowed();
    }

    fn str_concat(&mut self, _: &Value, _: &Value) {
        self.windowed();
    }

    fn global_get(&mut self, g: &GlobalId) {
        let dst = self.dst(0);
        self.global(RegOp::GlobalGet, *g, dst);
    }

    fn global_set(&mut self, g: &GlobalId, val: &Value) {
        let slot = self.slot(*val);
        self.global(RegOp::GlobalSet, *g, slot);
    }

    fn closure_new(&mut self, _: &TypeId, _: &FuncId, _: &Vs) {
        self.windowed();
    }

    fn type_test(&mut self, _: &Value, _: &TypeId) {
        self.windowed();
    }

    fn cast(&mut self, _: &Value, _: &TypeId) {
        self.windowed();
    }

    fn type_switch(&mut self, obj: &Value, cases: &TypeCases, other: &BlockCall) {
        self.switch_type(*obj, cases, other);
    }

    fn struct_ptr(&mut self, _: &TypeId, obj: &Value, leaf: &Leaf) {
        self.leaf_pointer(*obj, *leaf);
    }

    fn array_ptr(&mut self, _: &TypeId, _: &Value, _: &Value, _: &Leaf) {
        self.windowed();
    }

    fn ptr_get(&mut self, p: &Value) {
        self.pointer_get(*p);
    }

    fn ptr_set(&mut self, p: &Value, val: &Value) {
        self.pointer_set(*p, *val);
    }
}
