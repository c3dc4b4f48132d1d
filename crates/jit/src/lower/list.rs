//! Lists: elements in a buffer that grows, written in place unless the list is shared.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, types};
use kaa_code::word::{self, Access, LeafPlace, a, b, c};
use kaa_code::{RegOp, Word};
use kaa_heap::layout::{ARRAY_DATA, AUX, LIST_LEN};

use super::object::at;
use super::{Lower, NONE, TRUSTED};

macro_rules! lists {
    (get $($name:ident: $access:ident $stride:literal;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let place = LeafPlace { stride: $stride, offset: 0, access: Access::$access };
                self.list_get(w, place);
            }
        )*}
    };
    (put $($name:ident $push:ident: $access:ident $stride:literal;)*) => {
        impl Lower<'_, '_> {$(
            pub(super) fn $name(&mut self, w: Word) {
                let place = LeafPlace { stride: $stride, offset: 0, access: Access::$access };
                self.list_put(w, place);
            }

            pub(super) fn $push(&mut self, w: Word) {
                self.list_push(w, Access::$access, $stride);
            }
        )*}
    };
}

lists! { get
    list_get8: W8 8;
    list_get_f: F8 8;
    list_get4u: U4 4;
    list_get4s: S4 4;
    list_get2u: U2 2;
    list_get2s: S2 2;
    list_get1u: U1 1;
    list_get1s: S1 1;
}

lists! { put
    list_put8 list_push8: W8 8;
    list_put4 list_push4: U4 4;
    list_put2 list_push2: U2 2;
    list_put1 list_push1: U1 1;
    list_put_ref list_push_ref: Ref 4;
}

impl Lower<'_, '_> {
    pub(super) fn list_len(&mut self, w: Word) {
        let (len, _) = self.header(b(w));
        self.set(a(w), len);
    }

    fn list_get(&mut self, w: Word, place: LeafPlace) {
        let index = self.int(c(w));
        let (len, buffer) = self.header(b(w));
        self.check_list_index(index, len, &[b(w), c(w)]);
        let element = self.element(buffer, index, place.stride);
        let value = self.read(place.access, element, at(ARRAY_DATA + place.offset));
        self.set_read(a(w), place.access, value);
    }

    pub(super) fn list_get_x(&mut self, w: Word) {
        self.list_get(w, self.int_place());
    }

    pub(super) fn list_get_x8(&mut self, w: Word) {
        self.list_get(w, LeafPlace { access: Access::W8, ..self.place() });
    }

    pub(super) fn list_get_xf(&mut self, w: Word) {
        self.list_get(w, LeafPlace { access: Access::F8, ..self.place() });
    }

    /// Writes an element of a list that is known to be unshared.
    pub(super) fn list_set_x(&mut self, w: Word) {
        let (x, index, place) = (self.int(a(w)), self.int(b(w)), self.place());
        let (len, buffer) = self.header(a(w));
        self.check_list_index(index, len, &[a(w), b(w)]);
        self.put_element(x, buffer, index, place, c(w));
    }

    fn put_element(&mut self, x: Value, buffer: Value, index: Value, place: LeafPlace, slot: u16) {
        let list = self.object(x);
        let element = self.element(buffer, index, place.stride);
        self.put(place.access, list, element, at(ARRAY_DATA + place.offset), slot);
    }

    pub(super) fn list_put_x(&mut self, w: Word) {
        self.list_put(w, self.place());
    }

    pub(super) fn list_put_x8(&mut self, w: Word) {
        self.list_put(w, LeafPlace { access: Access::W8, ..self.place() });
    }

    /// Writes an element of a list, of a copy if the list is shared.
    fn list_put(&mut self, w: Word, place: LeafPlace) {
        let index = self.int(b(w));
        let (len, buffer) = self.header(a(w));
        self.check_list_index(index, len, &[a(w), b(w)]);
        let (x, buffer) = match self.is_own(a(w)) {
            true => (self.int(a(w)), buffer),
            false => self.own_list(a(w), buffer),
        };
        self.put_element(x, buffer, index, place, c(w));
        match self.is_in_memory(a(w)) {
            // Out-of-line work leaves its result there too.
            true => self.hold_and_keep(a(w), x, false),
            false => self.set(a(w), x),
        }
        self.own(a(w), (len, buffer));
    }

    /// The list in a slot, or where it is shared a copy that is put in its place, with its buffer.
    fn own_list(&mut self, slot: u16, buffer: Value) -> (Value, Value) {
        let x = self.int(slot);
        let list = self.object(x);
        let shared = self.shared(list);
        let (cold, done) = (self.new_block(true), self.new_block(false));
        let own = self.b.append_block_param(done, types::I64);
        let owned = self.b.append_block_param(done, types::I64);
        let as_is = [BlockArg::Value(x), BlockArg::Value(buffer)];
        self.b.ins().brif(shared, cold, NONE, done, &as_is);
        self.join(cold);
        let held = self.save();
        self.store_slot(slot);
        self.out_of_line(word::abc(RegOp::Unshare, 0, slot, slot, 0));
        let made = self.result_in_memory(slot);
        let list = self.object(made);
        let buffer = self.buffer(list);
        self.b.ins().jump(done, &[BlockArg::Value(made), BlockArg::Value(buffer)]);
        self.restore(held);
        self.join(done);
        (own, owned)
    }

    /// Appends an element; out of line where the list is shared or has no room.
    fn list_push(&mut self, w: Word, access: Access, stride: u32) {
        let x = self.int(a(w));
        let list = self.object(x);
        let len = self.word(list, LIST_LEN);
        // A list without a buffer has offset 0 here, where the length of the null page is 0.
        let buffer = self.buffer(list);
        let capacity = self.word(buffer, AUX);
        let full = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, len, capacity);
        let shared = self.shared(list);
        self.ready(access, b(w));
        self.in_place(w, (full, shared), x, |s| {
            let one = s.imm(1);
            let longer = s.b.ins().iadd(len, one);
            s.b.ins().istore32(TRUSTED, longer, list, at(LIST_LEN));
            let element = s.element(buffer, len, stride);
            s.put(access, list, element, at(ARRAY_DATA), b(w));
        });
    }

    /// Changes the object `x` in slot a by `fast`, or where one of two conditions holds out of
    /// line, which may put another object in its place.
    fn in_place(
        &mut self,
        w: Word,
        (first, second): (Value, Value),
        x: Value,
        fast: impl FnOnce(&mut Self),
    ) {
        let slot = a(w);
        let was_in_memory = self.is_in_memory(slot);
        let (cold, hot) = self.unless_either(first, second);
        let done = self.new_block(false);
        let result = self.b.append_block_param(done, types::I64);
        self.b.switch_to_block(cold);
        let held = self.save();
        self.store_operands();
        self.out_of_line(w);
        let made = self.result_in_memory(slot);
        self.b.ins().jump(done, &[BlockArg::Value(made)]);
        self.restore(held);
        self.b.switch_to_block(hot);
        fast(self);
        self.b.ins().jump(done, &[BlockArg::Value(x)]);
        self.join(done);
        match was_in_memory {
            // Out-of-line work leaves its result there too.
            true => self.hold_and_keep(slot, result, false),
            false => self.set(slot, result),
        }
    }

    /// Reads a slot that the fast path will write as a leaf: what is read on one of two paths
    /// only would not be known behind them.
    fn ready(&mut self, access: Access, slot: u16) {
        match access {
            Access::W8 | Access::F8 => self.any(slot),
            _ => self.int(slot),
        };
    }
}
