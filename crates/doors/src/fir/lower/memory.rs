//! The memory that pointers lead to: one array of bytes, little-endian, which grows with frames.
//!
//! An address is a place in the array. An access outside of it traps; what a dropped frame left
//! there can still be read, as on any stack.

use kaa_ir::builder::BuildError;
use kaa_ir::{
    Block, BlockCall, FieldTy, FuncId, FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Module,
    Signature, TypeDef, TypeId, ValTy, Value,
};
use kaa_isa::kinds::Leaf;

use crate::marks::Marks;

const I64: ValTy = ValTy::I64;
/// Bytes that the memory has at first.
const FIRST: i64 = 4096;

/// A function that is made where some operation needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Helper {
    /// Reads so many bytes: address to bits.
    Load(u32),
    /// Writes so many bytes: (address, bits).
    Store(u32),
    /// Reads a group: (address, bytes) to a byte string.
    LoadGroup,
    /// Writes a group: (address, byte string).
    StoreGroup,
    /// Sets the stack pointer: address. The memory grows to hold it; new bytes are 0.
    SetSp,
    /// Makes a frame of so many bytes, all 0, and gives its address.
    AllocFrame,
    /// Prints a byte string.
    Print,
}

/// What the functions of a module share.
pub(super) struct World {
    /// The lines of the program.
    pub marks: Marks,
    bytes: TypeId,
    list: TypeId,
    memory: GlobalId,
    /// The address behind the last frame.
    pub sp: GlobalId,
    /// Whether frames lie in memory although no local needs it.
    pub frames_in_memory: bool,
    helpers: Vec<(Helper, FuncId)>,
}

impl World {
    pub(super) fn new(module: &mut Module, debugged: bool) -> World {
        let elem = FieldTy::Val(ValTy::U8);
        let def = TypeDef::Array { elem, mutable: true };
        let bytes = module.intern_type("memory", def).unwrap_or(TypeId::BYTES);
        let list = module.intern_type("text", TypeDef::List { elem }).unwrap_or(TypeId::BYTES);
        let mut global = |name: &str, ty| {
            let name = name.to_owned();
            module.globals.push(Global { name, ty, mutable: true, init: GlobalInit::Bits(0) })
        };
        let (memory, sp) = (global("memory", ValTy::RefNull(bytes)), global("sp", I64));
        let marks = Marks::new(module, debugged);
        World { marks, bytes, list, memory, sp, frames_in_memory: false, helpers: Vec::new() }
    }

    /// Makes the memory.
    pub(super) fn start(&self, b: &mut FunctionBuilder<'_>) {
        let (len, init) = (b.i64(FIRST), b.iconst(ValTy::U8, 0));
        let memory = b.ins1(Inst::ArrayNew { ty: self.bytes, len, init: [init].into() });
        b.ins(Inst::GlobalSet { g: self.memory, val: memory });
    }

    /// The function of a helper.
    pub(super) fn helper(&mut self, module: &mut Module, helper: Helper) -> FuncId {
        if let Some((_, func)) = self.helpers.iter().find(|(known, _)| *known == helper) {
            return *func;
        }
        let bytes = ValTy::BYTES;
        let (name, params, results) = match helper {
            Helper::Load(size) => (format!("load.{size}"), vec![I64], vec![I64]),
            Helper::Store(size) => (format!("store.{size}"), vec![I64; 2], vec![]),
            Helper::LoadGroup => ("load.group".to_owned(), vec![I64; 2], vec![bytes]),
            Helper::StoreGroup => ("store.group".to_owned(), vec![I64, bytes], vec![]),
            Helper::SetSp => ("set.sp".to_owned(), vec![I64], vec![]),
            Helper::AllocFrame => ("alloc.frame".to_owned(), vec![I64], vec![I64]),
            Helper::Print => ("print".to_owned(), vec![bytes], vec![]),
        };
        let func = module.declare_func(name, Signature::new(params, results));
        self.helpers.push((helper, func));
        func
    }
}

/// Builds the functions that are declared.
pub(super) fn lower(module: &mut Module, world: &mut World) -> Result<(), BuildError> {
    let mut done = 0;
    while let Some((helper, func)) = world.helpers.get(done).copied() {
        done += 1;
        let mut f = Room { b: FunctionBuilder::new(module, func), world };
        let params = f.b.params();
        match (helper, &params[..]) {
            (Helper::Load(size), [at]) => f.load(size, *at),
            (Helper::Store(size), [at, bits]) => f.store(size, *at, *bits),
            (Helper::LoadGroup, [at, size]) => f.load_group(*at, *size),
            (Helper::StoreGroup, [at, group]) => f.store_group(*at, *group),
            (Helper::SetSp, [at]) => f.set_sp(*at),
            (Helper::AllocFrame, [size]) => f.alloc_frame(*size),
            (Helper::Print, [text]) => f.print(*text),
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

    fn memory(&mut self) -> Value {
        let memory = self.b.ins1(Inst::GlobalGet { g: self.world.memory });
        self.b.ins1(Inst::AsNonNull { a: memory })
    }

    fn done(&mut self, vals: &[Value]) {
        self.b.ins(Inst::Ret { vals: vals.into() });
    }

    fn load(&mut self, size: u32, at: Value) {
        let memory = self.memory();
        let mut bits = self.b.i64(0);
        for nth in (0..size).rev() {
            let (nth, eight) = (self.b.i64(nth.into()), self.b.i64(8));
            let idx = self.add(at, nth);
            let byte = self.b.ins1(Inst::ArrayGet { arr: memory, idx, leaf: Leaf(0) });
            let byte = self.b.ins1(Inst::ConvertExact { t: I64, a: byte });
            let above = self.b.ins1(Inst::Shl { t: I64, a: bits, b: eight });
            bits = self.b.ins1(Inst::Or { t: I64, a: above, b: byte });
        }
        self.done(&[bits]);
    }

    /// The last byte is written first, so that nothing is written where it does not fit.
    fn store(&mut self, size: u32, at: Value, bits: Value) {
        let memory = self.memory();
        for nth in (0..size).rev() {
            let (place, down) = (self.b.i64(nth.into()), self.b.i64(i64::from(8 * nth)));
            let idx = self.add(at, place);
            let byte = self.b.ins1(Inst::Shr { t: I64, a: bits, b: down });
            let val = self.b.ins1(Inst::ConvertWrap { t: ValTy::U8, a: byte });
            self.b.ins(Inst::ArraySet { arr: memory, idx, leaf: Leaf(0), val });
        }
        self.done(&[]);
    }

    fn load_group(&mut self, at: Value, size: Value) {
        let memory = self.memory();
        let none = self.b.i64(0);
        let list = self.b.ins1(Inst::ListNew { ty: self.world.list, cap: none });
        self.each(size, |f, nth| {
            let idx = f.add(at, nth);
            let byte = f.b.ins1(Inst::ArrayGet { arr: memory, idx, leaf: Leaf(0) });
            // Nothing else holds the list, so it stays where it is.
            f.b.ins(Inst::ListPush { list, vals: [byte].into() });
        });
        let group = self.b.call_import("rt", "bytes.of_list", &[list], &[ValTy::BYTES]);
        let group = group.get(0).unwrap_or(list);
        self.done(&[group]);
    }

    fn store_group(&mut self, at: Value, group: Value) {
        let memory = self.memory();
        let size = self.b.ins1(Inst::StrSize { s: group });
        self.each(size, |f, nth| {
            let val = f.b.ins1(Inst::StrByte { s: group, idx: nth });
            let idx = f.add(at, nth);
            f.b.ins(Inst::ArraySet { arr: memory, idx, leaf: Leaf(0), val });
        });
        self.done(&[]);
    }

    fn set_sp(&mut self, at: Value) {
        let memory = self.memory();
        let length = self.b.ins1(Inst::ArrayLen { arr: memory });
        let fits = self.b.ins1(Inst::Le { t: I64, a: at, b: length });
        let (good, grow) = (self.b.create_block(), self.b.create_block());
        self.b.branch(fits, good, grow);
        self.b.seal_block(grow);
        self.b.switch_to(grow);
        let twice = self.add(at, at);
        let (init, zero) = (self.b.iconst(ValTy::U8, 0), self.b.i64(0));
        let ty = self.world.bytes;
        let larger = self.b.ins1(Inst::ArrayNew { ty, len: twice, init: [init].into() });
        let copy = Inst::ArrayCopy { dst: larger, at: zero, src: memory, from: zero, len: length };
        self.b.ins(copy);
        self.b.ins(Inst::GlobalSet { g: self.world.memory, val: larger });
        self.b.jump(good, &[]);
        self.b.seal_block(good);
        self.b.switch_to(good);
        self.b.ins(Inst::GlobalSet { g: self.world.sp, val: at });
        self.done(&[]);
    }

    fn alloc_frame(&mut self, size: Value) {
        let at = self.b.ins1(Inst::GlobalGet { g: self.world.sp });
        let end = self.add(at, size);
        let f = self.world.helper(self.b.module, Helper::SetSp);
        self.b.ins(Inst::Call { f, args: [end].into() });
        let memory = self.memory();
        let zero = self.b.iconst(ValTy::U8, 0);
        self.b.ins(Inst::ArrayFill { arr: memory, at, len: size, vals: [zero].into() });
        self.done(&[at]);
    }

    fn print(&mut self, text: Value) {
        let size = self.b.ins1(Inst::StrSize { s: text });
        let list = self.b.ins1(Inst::ListNew { ty: self.world.list, cap: size });
        self.each(size, |f, nth| {
            let byte = f.b.ins1(Inst::StrByte { s: text, idx: nth });
            f.b.ins(Inst::ListPush { list, vals: [byte].into() });
        });
        self.b.call_import("rt", "print.buf", &[list], &[]);
        self.done(&[]);
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
}
