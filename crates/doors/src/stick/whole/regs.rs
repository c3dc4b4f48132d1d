//! The file of registers: tags, payloads and objects in three arrays, and a frame's window on it.

use std::rc::Rc;

use super::*;
use crate::stick::code::Any;
use crate::stick::file::Stored;
use crate::stick::ops::{CALLABLE, Kind, OBJ};

/// What all functions of a module share.
#[derive(Debug)]
pub struct Shared {
    tags: (TypeId, GlobalId),
    bits: (TypeId, GlobalId),
    objects: Option<(TypeId, GlobalId, TypeId)>,
    /// The place behind the last instruction that could end the program.
    pub ip: GlobalId,
    /// The number of frames.
    pub frames: GlobalId,
    truthy: FuncId,
    globals: Globals,
    consts: Vec<Stored>,
    wide: bool,
}

impl Shared {
    /// Adds the registers to a module.
    pub fn add(
        module: &mut Module,
        file: &File,
        globals: Globals,
        objects: Option<&Objects>,
        wide: bool,
    ) -> Result<Shared, LoadError> {
        let refused =
            |error: kaa_ir::types::TypeDeclError| LoadError::Unsupported(error.to_string());
        let mut array = |name: &str, elem: ValTy| {
            let elem = kaa_ir::FieldTy::Val(elem);
            module.intern_type(name, TypeDef::Array { elem, mutable: true }).map_err(refused)
        };
        let (tags, bits) = (array("tags", ValTy::U8)?, array("words", ValTy::I64)?);
        let refs = match objects {
            Some(objects) => Some((array("refs", ValTy::RefNull(objects.ty.any))?, objects.ty.any)),
            None => None,
        };
        let mut global = |name: &str, ty: ValTy| {
            let (name, init) = (name.to_owned(), GlobalInit::Bits(0));
            module.globals.push(Global { name, ty, mutable: true, init })
        };
        let tags = (tags, global("register.tags", ValTy::RefNull(tags)));
        let bits = (bits, global("register.bits", ValTy::RefNull(bits)));
        let objects =
            refs.map(|(refs, any)| (refs, global("register.objects", ValTy::RefNull(refs)), any));
        let (ip, frames) = (global("ip", ValTy::I64), global("frames", ValTy::I64));
        let truthy = crate::stick::truth::declare(module);
        crate::stick::truth::build(module, truthy)?;
        let consts = file.consts.iter().take(256).copied().collect();
        Ok(Shared { tags, bits, objects, ip, frames, truthy, globals, consts, wide })
    }

    /// The signature of functions with code: base, size of the window, frames, and where to begin;
    /// what was returned.
    pub fn code_sig(&self) -> Signature {
        Signature::new([ValTy::I64; 4], self.any_types())
    }

    /// The types of a register's content.
    pub fn any_types(&self) -> Vec<ValTy> {
        let object = self.objects.map(|(_, _, any)| ValTy::RefNull(any));
        [ValTy::U8, ValTy::I64].into_iter().chain(object).collect()
    }

    /// Makes empty registers.
    pub fn make_registers(&self, code: &mut Code<'_>, len: Value) {
        let (tag, word) = (code.u8(NUL), code.b.i64(0));
        let mut arrays = vec![(self.tags, tag), (self.bits, word)];
        if let Some((refs, global, any)) = self.objects {
            let none = code.null(any);
            arrays.push(((refs, global), none));
        }
        for ((ty, global), init) in arrays {
            let array = code.b.ins1(Inst::ArrayNew { ty, len, init: [init].into() });
            code.set(global, array);
        }
    }

    /// Notes where the program is, for the case that it ends here.
    pub fn set_ip(&self, code: &mut Code<'_>, ip: usize) {
        let ip = code.b.i64(ip as i64);
        code.set(self.ip, ip);
    }

    /// The arrays.
    pub fn arrays(&self, code: &mut Code<'_>) -> (Value, Value, Option<Value>) {
        let (tags, bits) = (code.get(self.tags.1), code.get(self.bits.1));
        (tags, bits, self.objects.map(|(_, global, _)| code.get(global)))
    }

    /// Empties registers.
    pub fn clear(&self, code: &mut Code<'_>, at: Value, len: Value) {
        let (tags, bits, refs) = self.arrays(code);
        let (tag, word) = (code.u8(NUL), code.b.i64(0));
        let mut fills = vec![(tags, tag), (bits, word)];
        if let (Some(refs), Some((_, _, any))) = (refs, self.objects) {
            fills.push((refs, code.null(any)));
        }
        for (arr, val) in fills {
            code.b.ins(Inst::ArrayFill { arr, at, len, vals: [val].into() });
        }
    }
}

/// The window of a frame.
pub struct WholeRegs {
    /// What all functions share.
    pub shared: Rc<Shared>,
    base: Value,
    tags: Value,
    bits: Value,
    refs: Option<Value>,
}

impl WholeRegs {
    /// The window of a function that is being made.
    pub fn new(code: &mut Code<'_>, shared: Rc<Shared>, base: Value) -> WholeRegs {
        let (tags, bits, refs) = shared.arrays(code);
        WholeRegs { shared, base, tags, bits, refs }
    }

    /// The place of a register in the file.
    pub fn place(&self, code: &mut Code<'_>, reg: u16) -> Value {
        code.plus(self.base, reg.into())
    }

    /// Whether a register has a tag.
    pub fn has_tag(&self, code: &mut Code<'_>, reg: u16, tag: u8) -> Value {
        let at = self.place(code, reg);
        let found = code.item(self.tags, at);
        code.is(ValTy::U8, found, tag.into())
    }

    /// The payload of a register.
    pub fn payload(&self, code: &mut Code<'_>, reg: u16) -> Value {
        let at = self.place(code, reg);
        code.item(self.bits, at)
    }

    fn set(&self, code: &mut Code<'_>, at: Value, tag: u8, bits: Value) {
        let tag = code.u8(tag);
        code.set_item(self.tags, at, tag);
        code.set_item(self.bits, at, bits);
    }

    /// New low halves leave the high half of a payload as it was.
    fn keep_high(&self, code: &mut Code<'_>, at: Value, low: Value) -> Value {
        let (t, old, mask) = (ValTy::I64, code.item(self.bits, at), code.b.i64(-1 << 32));
        let high = code.b.ins1(Inst::And { t, a: old, b: mask });
        code.b.ins1(Inst::Or { t, a: high, b: low })
    }

    fn put_at(&self, code: &mut Code<'_>, at: Value, any: Any) {
        code.set_item(self.tags, at, any.tag);
        code.set_item(self.bits, at, any.bits);
        if let (Some(refs), Some(object)) = (self.refs, any.object) {
            code.set_item(refs, at, object);
        }
    }

    fn any_at(&self, code: &mut Code<'_>, at: Value) -> Any {
        let object = self.refs.map(|refs| code.item(refs, at));
        Any { tag: code.item(self.tags, at), bits: code.item(self.bits, at), object }
    }
}

impl Regs for WholeRegs {
    fn limit(&mut self, code: &mut Code<'_>, reg: u16) {
        if !self.shared.wide {
            return;
        }
        let (t, at, end) = (ValTy::I64, self.place(code, reg), code.b.i64(REGISTERS));
        let inside = code.b.ins1(Inst::Lt { t, a: at, b: end });
        code.unless(inside, panic::REGISTERS);
    }

    fn require(&mut self, code: &mut Code<'_>, reg: u16, tag: u8) {
        let fits = self.has_tag(code, reg, tag);
        code.unless(fits, panic::TYPE);
    }

    fn read(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind) -> Value {
        let bits = self.payload(code, reg);
        code.of_bits(kind, bits)
    }

    fn write(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind, val: Value) {
        let at = self.place(code, reg);
        let mut bits = code.bits_of(kind, val);
        if kind == Kind::F32 {
            bits = self.keep_high(code, at, bits);
        }
        self.set(code, at, kind.tag(), bits);
    }

    fn any(&mut self, code: &mut Code<'_>, reg: u16) -> Any {
        let at = self.place(code, reg);
        self.any_at(code, at)
    }

    fn put(&mut self, code: &mut Code<'_>, reg: u16, any: Any) {
        let at = self.place(code, reg);
        self.put_at(code, at, any);
    }

    fn object(&mut self, code: &mut Code<'_>, reg: u16) -> Value {
        let at = self.place(code, reg);
        self.refs.map_or(at, |refs| code.item(refs, at))
    }

    fn put_object(&mut self, code: &mut Code<'_>, reg: u16, object: Value) {
        let (at, handle) = (self.place(code, reg), code.field(object, 0));
        let bits = self.keep_high(code, at, handle);
        self.set(code, at, OBJ, bits);
        if let Some(refs) = self.refs {
            code.set_item(refs, at, object);
        }
    }

    fn require_same(&mut self, code: &mut Code<'_>, reg: u16, other: u16) {
        let [a, b] = [reg, other].map(|reg| {
            let at = self.place(code, reg);
            code.item(self.tags, at)
        });
        let fits = code.b.ins1(Inst::Eq { t: ValTy::U8, a, b });
        code.unless(fits, panic::TYPE);
    }

    fn write_like(&mut self, code: &mut Code<'_>, to: u16, like: u16, bits: Value) {
        let any = self.any(code, like);
        self.put(code, to, Any { bits, ..any });
    }

    fn copy(&mut self, code: &mut Code<'_>, to: u16, from: u16) {
        let any = self.any(code, from);
        self.put(code, to, any);
    }

    fn clear(&mut self, code: &mut Code<'_>, reg: u16) {
        let (at, none) = (self.place(code, reg), code.b.i64(0));
        self.set(code, at, NUL, none);
    }

    fn truthy(&mut self, code: &mut Code<'_>, reg: u16) -> Value {
        let at = self.place(code, reg);
        let args = [code.item(self.tags, at), code.item(self.bits, at)];
        code.call(self.shared.truthy, &args).get(0).unwrap_or(at)
    }

    fn load_const(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        let Some(value) = self.shared.consts.get(index).copied() else { return };
        let payload = if value.tag == CALLABLE { index as i64 } else { value.payload as i64 };
        let (at, bits) = (self.place(code, reg), code.b.i64(payload));
        self.set(code, at, value.tag, bits);
        if let (OBJ, Some(refs), Some((_, _, any))) = (value.tag, self.refs, self.shared.objects) {
            let none = code.null(any);
            code.set_item(refs, at, none);
        }
    }

    fn load_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        if let Some(any) = self.shared.globals.get(code, index) {
            self.put(code, reg, any);
        }
    }

    fn store_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        let any = self.any(code, reg);
        self.shared.globals.set(code, index, any);
    }
}

/// Functions that return the final state.
pub fn observers(module: &mut Module, shared: &Shared) -> Result<(), LoadError> {
    for (name, (ty, global)) in [("state.tags", shared.tags), ("state.bits", shared.bits)] {
        let func = module.declare_func(name, Signature::new([], [ValTy::RefNull(ty)]));
        module.export_func(name, func);
        let mut code = Code::new(module, func, None);
        let array = code.get(global);
        code.b.ins(Inst::Ret { vals: [array].into() });
        code.finish()?;
    }
    shared.globals.observe(module)
}
