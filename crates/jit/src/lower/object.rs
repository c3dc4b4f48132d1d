//! Objects: allocation, fields, arrays, strings, types, globals.
//!
//! An object's address is the context plus its reference plus a constant, as the context lies
//! just below the heap. Slow paths do what the interpreter does, out of line.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, MemFlagsData, Value, types};
use kaa_code::Word;
use kaa_code::word::{Access, LeafPlace, a, b, bx, c};
use kaa_exec::tier::offset;
use kaa_heap::CONTEXT_PAGE;
use kaa_heap::layout::{
    ARRAY_DATA, AUX, BYTES_DATA, CARD_SHIFT, CARDS, CONTEXT, META, OLD, SHARED, STR_CHARS,
    STR_DATA, TYPE_MASK, lane_cursor, lane_limit,
};
use kaa_isa::TrapKind;

use super::{Lower, NONE, TRUSTED};
use crate::abi::Helper;

/// The byte offset, from context plus reference, of what lies at `disp` in an object.
pub(super) fn at(disp: u32) -> i32 {
    CONTEXT_PAGE as i32 + disp as i32
}

/// The displacement that the immediate of an instruction is.
fn field(imm: u16) -> i32 {
    at(u32::from(imm))
}

/// Memory that does not change while its object lives.
const CONSTANT: MemFlagsData = MemFlagsData::trusted().with_readonly().with_can_move();

impl Lower<'_, '_> {
    /// The address of an object less [`CONTEXT_PAGE`].
    pub(super) fn object(&mut self, reference: Value) -> Value {
        let vm = self.vm();
        self.b.ins().iadd(vm, reference)
    }

    /// The 32-bit word at `disp` of an object.
    pub(super) fn word(&mut self, object: Value, disp: u32) -> Value {
        self.b.ins().uload32(TRUSTED, object, at(disp))
    }

    /// Reads a leaf.
    pub(super) fn read(&mut self, access: Access, base: Value, disp: i32) -> Value {
        let ins = self.b.ins();
        match access {
            Access::W8 => ins.load(types::I64, TRUSTED, base, disp),
            Access::F8 => ins.load(types::F64, TRUSTED, base, disp),
            Access::U4 | Access::Ref => ins.uload32(TRUSTED, base, disp),
            Access::S4 => ins.sload32(TRUSTED, base, disp),
            Access::U2 => ins.uload16(types::I64, TRUSTED, base, disp),
            Access::S2 => ins.sload16(types::I64, TRUSTED, base, disp),
            Access::U1 => ins.uload8(types::I64, TRUSTED, base, disp),
            Access::S1 => ins.sload8(types::I64, TRUSTED, base, disp),
        }
    }

    /// Writes the value of a slot as a leaf of an object, or of the buffer of `owner`.
    pub(super) fn put(&mut self, access: Access, owner: Value, base: Value, disp: i32, slot: u16) {
        match access {
            Access::W8 | Access::F8 => {
                let value = self.any(slot);
                self.b.ins().store(TRUSTED, value, base, disp);
            }
            Access::U4 | Access::S4 => {
                let value = self.int(slot);
                self.b.ins().istore32(TRUSTED, value, base, disp);
            }
            Access::U2 | Access::S2 => {
                let value = self.int(slot);
                self.b.ins().istore16(TRUSTED, value, base, disp);
            }
            Access::U1 | Access::S1 => {
                let value = self.int(slot);
                self.b.ins().istore8(TRUSTED, value, base, disp);
            }
            Access::Ref => {
                let value = self.int(slot);
                self.write_ref(owner, base, disp, value);
            }
        }
    }

    /// Writes a reference into an object or into the buffer of `owner`; the one place where
    /// compiled code does. Where the owner is old, its card is marked.
    fn write_ref(&mut self, owner: Value, base: Value, disp: i32, value: Value) {
        self.b.ins().istore32(TRUSTED, value, base, disp);
        let meta = self.b.ins().load(types::I32, TRUSTED, owner, at(META));
        let old = self.b.ins().iconst(types::I32, i64::from(OLD));
        let is_old = self.b.ins().band(meta, old);
        let (cold, go_on) = (self.new_block(true), self.new_block(false));
        self.b.ins().brif(is_old, cold, NONE, go_on, NONE);
        self.join(cold);
        self.mark_card(base, disp);
        self.b.ins().jump(go_on, NONE);
        self.join(go_on);
    }

    /// Marks the card of the place at `disp` from `base`.
    fn mark_card(&mut self, base: Value, disp: i32) {
        let vm = self.vm();
        let place = self.b.ins().isub(base, vm);
        let disp = self.imm(i64::from(disp) - CONTEXT_PAGE as i64);
        let place = self.b.ins().iadd(place, disp);
        let shift = self.imm(i64::from(CARD_SHIFT));
        let card = self.b.ins().ushr(place, shift);
        let card = self.b.ins().iadd(vm, card);
        let one = self.imm(1);
        self.b.ins().istore8(TRUSTED, one, card, CARDS - CONTEXT);
    }

    /// The address of element `index` of a sequence that starts at `base`.
    pub(super) fn element(&mut self, base: Value, index: Value, stride: u32) -> Value {
        let scaled = match stride.is_power_of_two() {
            true => {
                let bits = self.imm(i64::from(stride.trailing_zeros()));
                self.b.ins().ishl(index, bits)
            }
            false => {
                let stride = self.imm(i64::from(stride));
                self.b.ins().imul(index, stride)
            }
        };
        self.b.ins().iadd(base, scaled)
    }

    /// A result that was read as `access` says.
    pub(super) fn set_read(&mut self, slot: u16, access: Access, value: Value) {
        match access {
            Access::F8 => self.set_float(slot, value),
            _ => self.set(slot, value),
        }
    }

    /// A global, by its number.
    fn globals(&mut self) -> Value {
        let vm = self.vm();
        self.b.ins().load(types::I64, TRUSTED, vm, offset::GLOBALS as i32)
    }

    pub(super) fn global_get(&mut self, w: Word) {
        let globals = self.globals();
        let access = if self.here.flow.wants_float(self.here.at) { Access::F8 } else { Access::W8 };
        let value = self.read(access, globals, bx(w) as i32 * 8);
        self.set_read(a(w), access, value);
    }

    pub(super) fn global_set(&mut self, w: Word) {
        let (globals, value) = (self.globals(), self.any(a(w)));
        self.b.ins().store(TRUSTED, value, globals, bx(w) as i32 * 8);
    }

    pub(super) fn check_null(&mut self, w: Word) {
        let x = self.int(b(w));
        let null = self.b.ins().icmp_imm_s(IntCC::Equal, x, 0);
        self.trap_if(null, TrapKind::NullReference, &[]);
        self.set(a(w), x);
    }

    /// Offers a collection.
    pub(super) fn gc(&mut self, w: Word) {
        self.work(Helper::Step, w);
    }

    /// An object from the run of free cells, or else from the allocator.
    pub(super) fn alloc(&mut self, w: Word) {
        let Some(plan) = self.here.job.plan(bx(w)) else {
            self.work(Helper::Step, w);
            return self.written(a(w));
        };
        let vm = self.vm();
        let place = lane_cursor(plan.lane) - CONTEXT;
        let cursor = self.b.ins().uload32(TRUSTED, vm, place);
        let limit = self.b.ins().uload32(TRUSTED, vm, lane_limit(plan.lane) - CONTEXT);
        let cell = self.imm(i64::from(plan.cell));
        let next = self.b.ins().iadd(cursor, cell);
        let used_up = self.b.ins().icmp(IntCC::UnsignedGreaterThan, next, limit);
        let (cold, hot) = self.unless(used_up);
        let done = self.new_block(false);
        let result = self.b.append_block_param(done, types::I64);
        self.b.switch_to_block(hot);
        self.b.ins().istore32(TRUSTED, next, vm, place);
        let object = self.object(cursor);
        let meta = self.b.ins().iconst(types::I32, i64::from(plan.meta));
        self.b.ins().store(TRUSTED, meta, object, at(META));
        self.b.ins().jump(done, &[BlockArg::Value(cursor)]);
        self.b.switch_to_block(cold);
        self.out_of_line(w);
        let made = self.result_in_memory(a(w));
        self.b.ins().jump(done, &[BlockArg::Value(made)]);
        self.join(done);
        self.set(a(w), result);
    }

    /// The result that out-of-line work left in its slot.
    pub(super) fn result_in_memory(&mut self, slot: u16) -> Value {
        let frame = self.here.frame;
        self.b.ins().load(types::I64, TRUSTED, frame, Self::offset(slot))
    }

    /// Whether an object is shared: not 0 if so.
    pub(super) fn shared(&mut self, object: Value) -> Value {
        let meta = self.b.ins().load(types::I32, TRUSTED, object, at(META));
        self.b.ins().icmp_imm_s(IntCC::SignedLessThan, meta, 0)
    }

    pub(super) fn share(&mut self, w: Word) {
        let x = self.int(b(w));
        let object = self.object(x);
        let meta = self.b.ins().load(types::I32, TRUSTED, object, at(META));
        let bit = self.b.ins().iconst(types::I32, i64::from(SHARED));
        let meta = self.b.ins().bor(meta, bit);
        self.b.ins().store(TRUSTED, meta, object, at(META));
        self.set(a(w), x);
    }

    pub(super) fn unshare(&mut self, w: Word) {
        let x = self.int(b(w));
        let object = self.object(x);
        let shared = self.shared(object);
        self.replaced(w, shared, x, a(w));
        self.now_own(a(w));
    }

    /// Where `cond` holds, out-of-line work leaves the result in slot `a`; else it is `value`.
    fn replaced(&mut self, w: Word, cond: Value, value: Value, slot: u16) {
        let (cold, done) = self.unless_with(cond, value);
        self.b.switch_to_block(cold);
        let held = self.save();
        self.store_operands();
        self.out_of_line(w);
        let made = self.result_in_memory(slot);
        self.restore(held);
        self.b.ins().jump(done.0, &[BlockArg::Value(made)]);
        self.join(done.0);
        self.set(slot, done.1);
    }

    /// Jumps to a cold block where `cond` holds; else goes on, with `value`, in a block that
    /// takes one.
    fn unless_with(&mut self, cond: Value, value: Value) -> (Block, (Block, Value)) {
        let (cold, done) = (self.new_block(true), self.new_block(false));
        let result = self.b.append_block_param(done, types::I64);
        self.b.ins().brif(cond, cold, NONE, done, &[BlockArg::Value(value)]);
        self.b.seal_block(cold);
        (cold, (done, result))
    }

    pub(super) fn arr_len(&mut self, w: Word) {
        let x = self.int(b(w));
        let object = self.object(x);
        let len = self.b.ins().uload32(CONSTANT, object, at(AUX));
        self.set(a(w), len);
    }

    pub(super) fn str_size(&mut self, w: Word) {
        self.arr_len(w);
    }

    pub(super) fn str_len(&mut self, w: Word) {
        let x = self.int(b(w));
        let object = self.object(x);
        let len = self.b.ins().uload32(CONSTANT, object, at(STR_CHARS));
        self.set(a(w), len);
    }

    pub(super) fn type_of(&mut self, w: Word) {
        let x = self.int(b(w));
        let object = self.object(x);
        let meta = self.word(object, META);
        let mask = self.imm(i64::from(TYPE_MASK));
        let ty = self.b.ins().band(meta, mask);
        self.set(a(w), ty);
    }

    pub(super) fn str_byte(&mut self, w: Word) {
        const { assert!(STR_DATA == BYTES_DATA) };
        let (x, index) = (self.int(b(w)), self.int(c(w)));
        let object = self.object(x);
        let len = self.b.ins().uload32(CONSTANT, object, at(AUX));
        self.check_index(index, len, &[b(w), c(w)]);
        let place = self.b.ins().iadd(object, index);
        let value = self.b.ins().uload8(types::I64, TRUSTED, place, at(STR_DATA));
        self.set(a(w), value);
    }

    /// Traps unless `index` is below `len`; a negative index looks large.
    pub(super) fn check_index(&mut self, index: Value, len: Value, operands: &[u16]) {
        let wrong = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, len);
        self.trap_if(wrong, TrapKind::IndexOutOfRange, operands);
    }

    /// Equal references are equal strings, different sizes are different ones.
    pub(super) fn str_eq(&mut self, w: Word) {
        let (x, y) = (self.int(b(w)), self.int(c(w)));
        let (left, right) = (self.object(x), self.object(y));
        let (m, n) = (self.word(left, AUX), self.word(right, AUX));
        let done = self.new_block(false);
        let result = self.b.append_block_param(done, types::I64);
        let [sizes, bytes] = [self.new_block(false), self.new_block(false)];
        let (yes, no) = (self.imm(1), self.imm(0));
        let same = self.b.ins().icmp(IntCC::Equal, x, y);
        self.b.ins().brif(same, done, &[BlockArg::Value(yes)], sizes, NONE);
        self.join(sizes);
        let same = self.b.ins().icmp(IntCC::Equal, m, n);
        self.b.ins().brif(same, bytes, NONE, done, &[BlockArg::Value(no)]);
        self.join(bytes);
        let vm = self.vm();
        let equal = self.helper(Helper::StrEq, &[vm, x, y]);
        self.b.ins().jump(done, &[BlockArg::Value(equal)]);
        self.join(done);
        self.set(a(w), result);
    }

    pub(super) fn is_type(&mut self, w: Word) {
        let (x, ty) = (self.int(b(w)), self.int(c(w)));
        let done = self.new_block(false);
        let result = self.b.append_block_param(done, types::I64);
        let [there, other] = [self.new_block(false), self.new_block(false)];
        let (yes, no) = (self.imm(1), self.imm(0));
        let null = self.b.ins().icmp_imm_s(IntCC::Equal, x, 0);
        self.b.ins().brif(null, done, &[BlockArg::Value(no)], there, NONE);
        self.join(there);
        let object = self.object(x);
        let meta = self.word(object, META);
        let mask = self.imm(i64::from(TYPE_MASK));
        let own = self.b.ins().band(meta, mask);
        let same = self.b.ins().icmp(IntCC::Equal, own, ty);
        self.b.ins().brif(same, done, &[BlockArg::Value(yes)], other, NONE);
        self.join(other);
        let vm = self.vm();
        let extends = self.helper(Helper::IsType, &[vm, x, ty]);
        self.b.ins().jump(done, &[BlockArg::Value(extends)]);
        self.join(done);
        self.set(a(w), result);
    }
}

/// Fields and array elements, by what is read or written.
macro_rules! accesses {
    (get $($name:ident: $access:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let x = self.int(b(w));
                let object = self.object(x);
                let value = self.read(Access::$access, object, field(c(w)));
                self.set_read(a(w), Access::$access, value);
            }
        )*}
    };
    (set $($name:ident: $access:ident;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let x = self.int(a(w));
                let object = self.object(x);
                self.put(Access::$access, object, object, field(b(w)), c(w));
            }
        )*}
    };
    (array_get $($name:ident: $access:ident $stride:literal;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let place = LeafPlace { stride: $stride, offset: 0, access: Access::$access };
                self.array_get(w, place);
            }
        )*}
    };
    (array_set $($name:ident: $access:ident $stride:literal;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let place = LeafPlace { stride: $stride, offset: 0, access: Access::$access };
                self.array_set(w, place);
            }
        )*}
    };
}

accesses! { get
    get8: W8;
    get_f: F8;
    get4u: U4;
    get4s: S4;
    get2u: U2;
    get2s: S2;
    get1u: U1;
    get1s: S1;
}

accesses! { set
    set8: W8;
    set4: U4;
    set2: U2;
    set1: U1;
    set_ref: Ref;
}

accesses! { array_get
    arr_get8: W8 8;
    arr_get_f: F8 8;
    arr_get4u: U4 4;
    arr_get4s: S4 4;
    arr_get2u: U2 2;
    arr_get2s: S2 2;
    arr_get1u: U1 1;
    arr_get1s: S1 1;
}

accesses! { array_set
    arr_set8: W8 8;
    arr_set4: U4 4;
    arr_set2: U2 2;
    arr_set1: U1 1;
    arr_set_ref: Ref 4;
}

impl Lower<'_, '_> {
    /// Writes a reference to a place in an object that is not known.
    pub(super) fn cell_set_ref(&mut self, w: Word) {
        let (x, value) = (self.int(a(w)), self.int(c(w)));
        let cell = self.object(x);
        self.b.ins().istore32(TRUSTED, value, cell, field(b(w)));
        self.mark_card(cell, field(b(w)));
    }

    /// The place of a leaf, in the word behind the instruction.
    pub(super) fn place(&self) -> LeafPlace {
        LeafPlace::unpack(self.here.code.words[self.here.at + 1])
    }

    /// How a leaf is read where the operation gives an integer.
    pub(super) fn int_place(&self) -> LeafPlace {
        let place = self.place();
        let access = if place.access == Access::F8 { Access::W8 } else { place.access };
        LeafPlace { access, ..place }
    }

    fn array_get(&mut self, w: Word, place: LeafPlace) {
        let (x, index) = (self.int(b(w)), self.int(c(w)));
        let object = self.object(x);
        let len = self.b.ins().uload32(CONSTANT, object, at(AUX));
        self.check_index(index, len, &[b(w), c(w)]);
        let element = self.element(object, index, place.stride);
        let value = self.read(place.access, element, at(ARRAY_DATA + place.offset));
        self.set_read(a(w), place.access, value);
    }

    fn array_set(&mut self, w: Word, place: LeafPlace) {
        let (x, index) = (self.int(a(w)), self.int(b(w)));
        let object = self.object(x);
        let len = self.b.ins().uload32(CONSTANT, object, at(AUX));
        self.check_index(index, len, &[a(w), b(w)]);
        let element = self.element(object, index, place.stride);
        self.put(place.access, object, element, at(ARRAY_DATA + place.offset), c(w));
    }

    pub(super) fn arr_get_x(&mut self, w: Word) {
        self.array_get(w, self.int_place());
    }

    pub(super) fn arr_set_x(&mut self, w: Word) {
        self.array_set(w, self.place());
    }
}

/// Operations on maps: the search is the machine's.
macro_rules! maps {
    ($($name:ident)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                self.store_operands();
                self.work(Helper::Map, w);
                self.written(a(w));
            }
        )*}
    };
}

maps! { map_get map_get_or map_has map_put map_str_get map_str_get_or map_str_has map_str_put }
