//! The functions behind sections: lookups, bounds, and bytes in big-endian order.
//!
//! A section is an array of bytes in a table; its number is its place there. Freed places are
//! null and are used again, the last one first. A section of no bytes is there and can be freed,
//! but not accessed. What goes wrong is returned as the number of a fault, 0 where nothing did.

use kaa_ir::builder::BuildError;
use kaa_ir::{Block, BlockCall, FieldTy, FunctionBuilder, Inst, Module, TypeDef, ValTy, Value};

use kaa_isa::kinds::Leaf;

use super::super::fault::Fault;
use super::world::{Helper, World};

const I64: ValTy = ValTy::I64;

/// Builds the functions that are declared.
pub(super) fn lower(module: &mut Module, world: &mut World) -> Result<(), BuildError> {
    // Constants are stored by way of `Allocate`, which may join the list here.
    let mut done = 0;
    while let Some((helper, func)) = world.helpers.get(done).copied() {
        done += 1;
        let mut f = Room { b: FunctionBuilder::new(module, func), world };
        let params = f.b.params();
        match (helper, &params[..]) {
            (Helper::Load(size), [id, offset]) => f.load(size, *id, *offset),
            (Helper::Store(size), [id, offset, bits]) => f.store(size, *id, *offset, *bits),
            (Helper::Allocate, [size]) => f.allocate(*size),
            (Helper::Deallocate, [id]) => f.deallocate(*id),
            (Helper::Memcpy, [to, at, from, start, size]) => {
                f.memcpy((*to, *at), (*from, *start), *size);
            }
            (Helper::MemSet, [id, byte, size]) => f.memset(*id, *byte, *size),
            (Helper::Print, [id, offset, size]) => f.print(*id, *offset, *size),
            (Helper::Constant, [bytes]) => f.constant(*bytes),
            (Helper::Frame, [depth]) => f.frame(*depth),
            _ => {}
        }
        f.b.finish()?;
    }
    Ok(())
}

/// A function under construction.
struct Room<'m, 'w> {
    b: FunctionBuilder<'m>,
    world: &'w mut World,
}

impl Room<'_, '_> {
    fn add(&mut self, a: Value, b: Value) -> Value {
        self.b.ins1(Inst::Add { t: I64, a, b })
    }

    fn unsigned(&mut self, a: Value) -> Value {
        self.b.ins1(Inst::ConvertWrap { t: ValTy::U64, a })
    }

    /// Goes on where `c` is true; else returns what `give` makes.
    fn check(&mut self, c: Value, give: impl FnOnce(&mut Self)) {
        let (good, bad) = (self.b.create_block(), self.b.create_block());
        self.b.branch(c, good, bad);
        self.b.seal_block(good);
        self.b.seal_block(bad);
        self.b.switch_to(bad);
        give(self);
        self.b.switch_to(good);
    }

    /// Returns a fault, with a 0 for each further result.
    fn fail(&mut self, fault: Fault, more: usize) {
        let mut vals = vec![self.b.i64(fault.number())];
        vals.extend((0..more).map(|_| self.b.i64(0)));
        self.b.ins(Inst::Ret { vals: vals.into() });
    }

    fn done(&mut self) {
        let zero = self.b.i64(0);
        self.b.ins(Inst::Ret { vals: [zero].into() });
    }

    /// The place of a section in the table, which may be null.
    fn slot(&mut self, id: Value, more: usize) -> Value {
        let table = World::object(&mut self.b, self.world.sections);
        let length = self.b.ins1(Inst::ListLen { list: table });
        let (at, count) = (self.unsigned(id), self.unsigned(length));
        let there = self.b.ins1(Inst::Lt { t: ValTy::U64, a: at, b: count });
        self.check(there, |f| f.fail(Fault::NullPointerException, more));
        self.b.ins1(Inst::ListGet { list: table, idx: id, leaf: Leaf(0) })
    }

    fn not_null(&mut self, slot: Value, more: usize) -> Value {
        let none = self.b.ins1(Inst::IsNull { a: slot });
        let there = self.b.ins1(Inst::Not { t: ValTy::Bool, a: none });
        self.check(there, |f| f.fail(Fault::NullPointerException, more));
        self.b.ins1(Inst::AsNonNull { a: slot })
    }

    /// A section that can be accessed, and its length.
    fn section(&mut self, id: Value, more: usize) -> (Value, Value) {
        let slot = self.slot(id, more);
        let section = self.not_null(slot, more);
        let (length, zero) = (self.b.ins1(Inst::ArrayLen { arr: section }), self.b.i64(0));
        let some = self.b.ins1(Inst::Ne { t: I64, a: length, b: zero });
        self.check(some, |f| f.fail(Fault::NullPointerException, more));
        (section, length)
    }

    /// Checks that `size` bytes from `offset` lie within `length`; both have no sign.
    fn bounds(&mut self, offset: Value, size: Value, length: Value, more: usize) {
        let rest = self.b.ins1(Inst::Sub { t: I64, a: length, b: offset });
        let (offset, length) = (self.unsigned(offset), self.unsigned(length));
        let within = self.b.ins1(Inst::Le { t: ValTy::U64, a: offset, b: length });
        self.check(within, |f| f.fail(Fault::SegmentationFault, more));
        let (size, rest) = (self.unsigned(size), self.unsigned(rest));
        let fits = self.b.ins1(Inst::Le { t: ValTy::U64, a: size, b: rest });
        self.check(fits, |f| f.fail(Fault::SegmentationFault, more));
    }

    fn load(&mut self, size: usize, id: Value, offset: Value) {
        let (section, length) = self.section(id, 1);
        let count = self.b.i64(size as i64);
        self.bounds(offset, count, length, 1);
        let mut bits = None;
        for nth in 0..size {
            let nth = self.b.i64(nth as i64);
            let idx = self.add(offset, nth);
            let byte = self.b.ins1(Inst::ArrayGet { arr: section, idx, leaf: Leaf(0) });
            let byte = self.b.ins1(Inst::ConvertExact { t: I64, a: byte });
            bits = Some(match bits {
                None => byte,
                Some(above) => {
                    let eight = self.b.i64(8);
                    let above = self.b.ins1(Inst::Shl { t: I64, a: above, b: eight });
                    self.b.ins1(Inst::Or { t: I64, a: above, b: byte })
                }
            });
        }
        let zero = self.b.i64(0);
        let vals = [zero, bits.unwrap_or(zero)];
        self.b.ins(Inst::Ret { vals: vals.into() });
    }

    fn store(&mut self, size: usize, id: Value, offset: Value, bits: Value) {
        let (section, length) = self.section(id, 0);
        let count = self.b.i64(size as i64);
        self.bounds(offset, count, length, 0);
        self.put(section, offset, size, bits);
        self.done();
    }

    /// Writes the low bytes of `bits`, the highest first.
    fn put(&mut self, section: Value, offset: Value, size: usize, bits: Value) {
        for nth in 0..size {
            let below = self.b.i64(8 * (size - 1 - nth) as i64);
            let byte = self.b.ins1(Inst::Shr { t: I64, a: bits, b: below });
            let val = self.b.ins1(Inst::ConvertWrap { t: ValTy::U8, a: byte });
            let nth = self.b.i64(nth as i64);
            let idx = self.add(offset, nth);
            self.b.ins(Inst::ArraySet { arr: section, idx, leaf: Leaf(0), val });
        }
    }

    /// A new section with its number. A size above what an array can have ends as out of memory.
    fn new_section(&mut self, size: Value) -> (Value, Value) {
        let (zero, most) = (self.b.i64(0), self.b.i64(i64::MAX));
        let fits = self.b.ins1(Inst::Ge { t: I64, a: size, b: zero });
        let len = self.b.ins1(Inst::Select { c: fits, a: size, b: most });
        let init = self.b.iconst(ValTy::U8, 0);
        let section =
            self.b.ins1(Inst::ArrayNew { ty: self.world.bytes, len, init: [init].into() });
        let table = World::object(&mut self.b, self.world.sections);
        let freed = World::object(&mut self.b, self.world.freed);
        let count = self.b.ins1(Inst::ListLen { list: freed });
        let none = self.b.ins1(Inst::Eq { t: I64, a: count, b: zero });
        let (fresh, again, join) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let id = self.b.append_param(join, I64);
        self.b.branch(none, fresh, again);
        self.b.seal_block(fresh);
        self.b.seal_block(again);

        self.b.switch_to(fresh);
        let next = self.b.ins1(Inst::ListLen { list: table });
        let table_now = self.b.ins1(Inst::ListPush { list: table, vals: [section].into() });
        self.b.ins(Inst::GlobalSet { g: self.world.sections, val: table_now });
        self.b.jump(join, &[next]);

        self.b.switch_to(again);
        let popped = self.b.ins(Inst::ListPop { list: freed });
        if let (Some(freed_now), Some(number)) = (popped.get(0), popped.get(1)) {
            self.b.ins(Inst::GlobalSet { g: self.world.freed, val: freed_now });
            let set = Inst::ListSet { list: table, idx: number, leaf: Leaf(0), val: section };
            self.b.ins(set);
            self.b.jump(join, &[number]);
        }
        self.b.seal_block(join);
        self.b.switch_to(join);
        (section, id)
    }

    fn allocate(&mut self, size: Value) {
        let (_, id) = self.new_section(size);
        self.b.ins(Inst::Ret { vals: [id].into() });
    }

    fn deallocate(&mut self, id: Value) {
        let slot = self.slot(id, 0);
        self.not_null(slot, 0);
        let table = World::object(&mut self.b, self.world.sections);
        let none = self.b.null(self.world.bytes);
        self.b.ins(Inst::ListSet { list: table, idx: id, leaf: Leaf(0), val: none });
        let freed = World::object(&mut self.b, self.world.freed);
        let freed = self.b.ins1(Inst::ListPush { list: freed, vals: [id].into() });
        self.b.ins(Inst::GlobalSet { g: self.world.freed, val: freed });
        self.done();
    }

    fn memcpy(&mut self, (to, at): (Value, Value), (from, start): (Value, Value), size: Value) {
        let (src, length) = self.section(from, 0);
        self.bounds(start, size, length, 0);
        let (dst, length) = self.section(to, 0);
        self.bounds(at, size, length, 0);
        self.b.ins(Inst::ArrayCopy { dst, at, src, from: start, len: size });
        self.done();
    }

    fn memset(&mut self, id: Value, byte: Value, size: Value) {
        let (section, length) = self.section(id, 0);
        let zero = self.b.i64(0);
        self.bounds(zero, size, length, 0);
        let byte = self.b.ins1(Inst::ConvertWrap { t: ValTy::U8, a: byte });
        self.b.ins(Inst::ArrayFill { arr: section, at: zero, len: size, vals: [byte].into() });
        self.done();
    }

    fn print(&mut self, id: Value, offset: Value, size: Value) {
        let (section, length) = self.section(id, 0);
        self.bounds(offset, size, length, 0);
        let def = TypeDef::List { elem: FieldTy::Val(ValTy::U8) };
        let Ok(ty) = self.b.module.intern_type("text", def) else { return };
        let list = self.b.ins1(Inst::ListNew { ty, cap: size });
        self.each(size, |f, nth| {
            let idx = f.add(offset, nth);
            let byte = f.b.ins1(Inst::ArrayGet { arr: section, idx, leaf: Leaf(0) });
            // Nothing else holds the list, so it stays where it is.
            f.b.ins(Inst::ListPush { list, vals: [byte].into() });
        });
        self.b.call_import("rt", "print.buf", &[list], &[]);
        self.done();
    }

    fn constant(&mut self, bytes: Value) {
        let length = self.b.ins1(Inst::StrSize { s: bytes });
        let eight = self.b.i64(8);
        let whole = self.add(length, eight);
        let (section, id) = self.new_section(whole);
        let start = self.b.i64(0);
        self.put(section, start, 8, whole);
        self.each(length, |f, nth| {
            let val = f.b.ins1(Inst::StrByte { s: bytes, idx: nth });
            let idx = f.add(nth, eight);
            f.b.ins(Inst::ArraySet { arr: section, idx, leaf: Leaf(0), val });
        });
        self.b.ins(Inst::Ret { vals: [id].into() });
    }

    /// Does something for each number below `count`.
    fn each(&mut self, count: Value, body: impl FnOnce(&mut Self, Value)) {
        let (head, again, done): (Block, Block, Block) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let nth = self.b.append_param(head, I64);
        let zero = self.b.i64(0);
        self.b.jump(head, &[zero]);
        self.b.switch_to(head);
        let more = self.b.ins1(Inst::Lt { t: I64, a: nth, b: count });
        self.b.branch(more, again, done);
        self.b.seal_block(again);
        self.b.seal_block(done);
        self.b.switch_to(again);
        body(self, nth);
        let one = self.b.i64(1);
        let next = self.add(nth, one);
        self.b.ins(Inst::Jump { to: BlockCall::new(head, [next]) });
        self.b.seal_block(head);
        self.b.switch_to(done);
    }

    fn frame(&mut self, depth: Value) {
        let frames = World::object(&mut self.b, self.world.frames);
        let (one, width) = (self.b.i64(1), self.b.i64(self.world.stale.len() as i64));
        let count = self.add(depth, one);
        let needed = self.b.ins1(Inst::Mul { t: I64, a: count, b: width });
        let length = self.b.ins1(Inst::ArrayLen { arr: frames });
        let fits = self.b.ins1(Inst::Le { t: I64, a: needed, b: length });
        self.check(fits, |f| {
            let twice = f.add(needed, needed);
            let zero = f.b.i64(0);
            let ty = f.world.words;
            let dst = f.b.ins1(Inst::ArrayNew { ty, len: twice, init: [zero].into() });
            f.b.ins(Inst::ArrayCopy { dst, at: zero, src: frames, from: zero, len: length });
            f.b.ins(Inst::GlobalSet { g: f.world.frames, val: dst });
            f.b.ins(Inst::Ret { vals: [dst].into() });
        });
        self.b.ins(Inst::Ret { vals: [frames].into() });
    }
}
