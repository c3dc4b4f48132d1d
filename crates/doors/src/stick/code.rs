//! A function that is being made: short ways to write operations, and ends with a panic code.
//!
//! A panic, and a `HALT`, is a trap with a code of the program's own, which `main` catches and
//! returns: nothing is tested on the way back from a call.

use std::collections::BTreeMap;
use std::rc::Rc;

use kaa_ir::{Block, FuncId, FunctionBuilder, GlobalId, Inst, Loc, Module, TypeId, ValTy, Value};
use kaa_isa::BlockCall;
use kaa_isa::kinds::{Code as TrapCode, Leaf};

use super::objects::Objects;
use super::ops::Kind;
use crate::error::LoadError;
use crate::marks::Marks;

/// Traps from here on are panic codes.
pub const FIRST_TRAP: u32 = 256;

/// A register's content when nothing is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Any {
    /// The tag, `u8`.
    pub tag: Value,
    /// The payload, `i64`.
    pub bits: Value,
    /// The object, or null; only in programs that make objects.
    pub object: Option<Value>,
}

/// A function that is being made.
pub struct Code<'m> {
    /// Its builder.
    pub b: FunctionBuilder<'m>,
    /// The types and functions for objects, in programs that make any.
    pub objects: Option<Rc<Objects>>,
    panics: BTreeMap<u8, Block>,
}

impl<'m> Code<'m> {
    /// Begins a function.
    pub fn new(module: &'m mut Module, id: FuncId, objects: Option<Rc<Objects>>) -> Code<'m> {
        Code { b: FunctionBuilder::new(module, id), objects, panics: BTreeMap::new() }
    }

    /// Ends it.
    pub fn finish(mut self) -> Result<(), LoadError> {
        // Blocks that several instructions lead to stand in no line.
        self.b.set_loc(Loc::default());
        for (code, block) in std::mem::take(&mut self.panics) {
            self.b.switch_to(block);
            self.b.seal_block(block);
            self.b.ins(Inst::Trap { code: TrapCode(FIRST_TRAP + u32::from(code)) });
        }
        match self.b.finish() {
            Ok(_) => Ok(()),
            Err(error) => Err(LoadError::Unsupported(format!("no code could be made: {error}"))),
        }
    }

    /// Notes the line that an instruction stands in.
    pub fn set_line(&mut self, marks: Marks, lines: &[u32], at: usize) {
        if let Some(line) = lines.get(at) {
            marks.line(&mut self.b, *line);
        }
    }

    /// Ends the program with a panic code.
    pub fn panic(&mut self, code: u8) {
        let block = self.panic_block(code);
        self.b.jump(block, &[]);
    }

    /// Ends the program unless something holds.
    pub fn unless(&mut self, holds: Value, code: u8) {
        let (next, block) = (self.b.create_block(), self.panic_block(code));
        self.b.branch(holds, next, block);
        self.go_on(next);
    }

    /// Ends the program if something holds.
    pub fn panic_if(&mut self, holds: Value, code: u8) {
        let (next, block) = (self.b.create_block(), self.panic_block(code));
        self.b.branch(holds, block, next);
        self.go_on(next);
    }

    /// The block that ends the program with a panic code.
    pub fn panic_block(&mut self, code: u8) -> Block {
        let b = &mut self.b;
        *self.panics.entry(code).or_insert_with(|| b.create_block())
    }

    /// Continues in a block that all jumps to it exist of.
    pub fn go_on(&mut self, block: Block) {
        self.b.switch_to(block);
        self.b.seal_block(block);
    }

    /// A `u8` constant.
    pub fn u8(&mut self, n: u8) -> Value {
        self.b.iconst(ValTy::U8, n.into())
    }

    /// Whether an integer equals a constant.
    pub fn is(&mut self, t: ValTy, a: Value, n: i64) -> Value {
        let b = self.b.iconst(t, n);
        self.b.ins1(Inst::Eq { t, a, b })
    }

    /// An integer and a constant, added.
    pub fn plus(&mut self, a: Value, n: i64) -> Value {
        if n == 0 {
            return a;
        }
        let b = self.b.i64(n);
        self.b.ins1(Inst::Add { t: ValTy::I64, a, b })
    }

    /// Reads a global of the module.
    pub fn get(&mut self, g: GlobalId) -> Value {
        self.b.ins1(Inst::GlobalGet { g })
    }

    /// Writes a global of the module.
    pub fn set(&mut self, g: GlobalId, val: Value) {
        self.b.ins(Inst::GlobalSet { g, val });
    }

    /// Reads a field.
    pub fn field(&mut self, obj: Value, leaf: u32) -> Value {
        self.b.ins1(Inst::StructGet { obj, leaf: Leaf(leaf) })
    }

    /// Reads an element of an array.
    pub fn item(&mut self, arr: Value, idx: Value) -> Value {
        self.b.ins1(Inst::ArrayGet { arr, idx, leaf: Leaf(0) })
    }

    /// Writes an element of an array.
    pub fn set_item(&mut self, arr: Value, idx: Value, val: Value) {
        self.b.ins(Inst::ArraySet { arr, idx, leaf: Leaf(0), val });
    }

    /// Continues at one of several blocks, by a number.
    pub fn switch(&mut self, a: Value, cases: Vec<(i64, Block)>, other: Block) {
        let cases = cases.into_iter().map(|(n, block)| (n, BlockCall::new(block, [])));
        let (cases, other) = (cases.collect(), BlockCall::new(other, []));
        self.b.ins(Inst::Switch { a, cases, other });
    }

    /// A call with one result or none.
    pub fn call(&mut self, f: FuncId, args: &[Value]) -> kaa_ir::Results {
        self.b.ins(Inst::Call { f, args: args.into() })
    }

    /// The null reference.
    pub fn null(&mut self, ty: TypeId) -> Value {
        self.b.null(ty)
    }

    /// A payload as a value of a kind; of a float of 32 bits the low half is looked at.
    pub fn of_bits(&mut self, kind: Kind, bits: Value) -> Value {
        match kind {
            Kind::I64 => bits,
            Kind::U64 => self.b.ins1(Inst::ConvertWrap { t: ValTy::U64, a: bits }),
            Kind::F64 => self.b.ins1(Inst::Bitcast { t: ValTy::F64, a: bits }),
            Kind::F32 => {
                let low = self.b.ins1(Inst::ConvertWrap { t: ValTy::U32, a: bits });
                self.b.ins1(Inst::Bitcast { t: ValTy::F32, a: low })
            }
            Kind::Bool => {
                let zero = self.b.i64(0);
                self.b.ins1(Inst::Ne { t: ValTy::I64, a: bits, b: zero })
            }
        }
    }

    /// A value as a payload; that of a float of 32 bits is zero above it.
    pub fn bits_of(&mut self, kind: Kind, val: Value) -> Value {
        let t = ValTy::I64;
        match kind {
            Kind::I64 => val,
            Kind::U64 => self.b.ins1(Inst::ConvertWrap { t, a: val }),
            Kind::F64 => self.b.ins1(Inst::Bitcast { t, a: val }),
            Kind::F32 => {
                let low = self.b.ins1(Inst::Bitcast { t: ValTy::U32, a: val });
                self.b.ins1(Inst::ConvertExact { t, a: low })
            }
            Kind::Bool => self.b.ins1(Inst::ConvertExact { t, a: val }),
        }
    }
}

/// The type of values of a kind.
pub fn val_ty(kind: Kind) -> ValTy {
    match kind {
        Kind::Bool => ValTy::Bool,
        Kind::U64 => ValTy::U64,
        Kind::I64 => ValTy::I64,
        Kind::F32 => ValTy::F32,
        Kind::F64 => ValTy::F64,
    }
}
