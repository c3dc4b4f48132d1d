//! What the functions of a compiled code share: types, globals, and functions made on demand.

use kaa_ir::{
    FieldTy, FuncId, FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Module, Signature,
    TypeDef, TypeId, ValTy, Value,
};

use crate::marks::Marks;

/// A function that is made where some operation needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Helper {
    /// Reads so many bytes: (section, offset) to (fault, bits).
    Load(usize),
    /// Writes so many bytes: (section, offset, bits) to fault.
    Store(usize),
    /// Makes a section: size to its number.
    Allocate,
    /// Frees a section: number to fault.
    Deallocate,
    /// Copies between sections: (to, offset, from, offset, size) to fault.
    Memcpy,
    /// Fills the start of a section: (section, byte, size) to fault.
    MemSet,
    /// Prints a part of a section: (section, offset, size) to fault.
    Print,
    /// Makes a section of a constant: bytes to its number.
    Constant,
    /// Makes room for the frame at a depth and gives the array of frames.
    Frame,
}

/// Types, globals and helpers of a module.
pub(super) struct World {
    /// The lines of the program.
    pub marks: Marks,
    /// A section: bytes.
    pub bytes: TypeId,
    /// The sections by number; those that are freed are null.
    pub table: TypeId,
    /// Numbers that are free again.
    pub numbers: TypeId,
    /// Registers of frames.
    pub words: TypeId,
    pub sections: GlobalId,
    pub freed: GlobalId,
    pub frames: GlobalId,
    /// How the program ended: the number of a fault, or 0.
    pub fault: GlobalId,
    /// The exit code of `Halt`.
    pub code: GlobalId,
    /// The error code of the last operation.
    pub error: GlobalId,
    /// The depth at which it ended.
    pub depth: GlobalId,
    /// Registers with a place in the array of frames.
    pub stale: Vec<u8>,
    /// What is made, and what is declared and still to be built.
    pub helpers: Vec<(Helper, FuncId)>,
}

impl World {
    pub(super) fn new(module: &mut Module, stale: Vec<u8>, debugged: bool) -> World {
        let array = |module: &mut Module, name: &str, ty| {
            let def = TypeDef::Array { elem: FieldTy::Val(ty), mutable: true };
            module.intern_type(name, def).unwrap_or(TypeId::BYTES)
        };
        let list = |module: &mut Module, name: &str, ty| {
            let def = TypeDef::List { elem: FieldTy::Val(ty) };
            module.intern_type(name, def).unwrap_or(TypeId::BYTES)
        };
        let bytes = array(module, "section", ValTy::U8);
        let table = list(module, "sections", ValTy::RefNull(bytes));
        let numbers = list(module, "numbers", ValTy::I64);
        let words = array(module, "words", ValTy::I64);
        let marks = Marks::new(module, debugged);
        let mut global = |name: &str, ty| {
            let name = name.to_owned();
            module.globals.push(Global { name, ty, mutable: true, init: GlobalInit::Bits(0) })
        };
        World {
            marks,
            bytes,
            table,
            numbers,
            words,
            sections: global("sections", ValTy::RefNull(table)),
            freed: global("freed", ValTy::RefNull(numbers)),
            frames: global("frames", ValTy::RefNull(words)),
            fault: global("fault", ValTy::I64),
            code: global("code", ValTy::I64),
            error: global("error", ValTy::I64),
            depth: global("depth", ValTy::I64),
            stale,
            helpers: Vec::new(),
        }
    }

    /// Makes the empty tables of sections.
    pub(super) fn start(&self, b: &mut FunctionBuilder<'_>) {
        let none = b.i64(0);
        let sections = b.ins1(Inst::ListNew { ty: self.table, cap: none });
        b.ins(Inst::GlobalSet { g: self.sections, val: sections });
        let freed = b.ins1(Inst::ListNew { ty: self.numbers, cap: none });
        b.ins(Inst::GlobalSet { g: self.freed, val: freed });
    }

    /// The object in a global, which is there.
    pub(super) fn object(b: &mut FunctionBuilder<'_>, g: GlobalId) -> Value {
        let object = b.ins1(Inst::GlobalGet { g });
        b.ins1(Inst::AsNonNull { a: object })
    }

    /// The function of a helper.
    pub(super) fn helper(&mut self, module: &mut Module, helper: Helper) -> FuncId {
        if let Some((_, func)) = self.helpers.iter().find(|(known, _)| *known == helper) {
            return *func;
        }
        let i64s = |count: usize| vec![ValTy::I64; count];
        let (name, params, results) = match helper {
            Helper::Load(size) => (format!("load_{size}"), i64s(2), i64s(2)),
            Helper::Store(size) => (format!("store_{size}"), i64s(3), i64s(1)),
            Helper::Allocate => ("allocate".to_owned(), i64s(1), i64s(1)),
            Helper::Deallocate => ("deallocate".to_owned(), i64s(1), i64s(1)),
            Helper::Memcpy => ("memcpy".to_owned(), i64s(5), i64s(1)),
            Helper::MemSet => ("memset".to_owned(), i64s(3), i64s(1)),
            Helper::Print => ("print".to_owned(), i64s(3), i64s(1)),
            Helper::Constant => ("constant".to_owned(), vec![ValTy::BYTES], i64s(1)),
            Helper::Frame => ("frame".to_owned(), i64s(1), vec![ValTy::Ref(self.words)]),
        };
        let func = module.declare_func(name, Signature::new(params, results));
        self.helpers.push((helper, func));
        func
    }
}
