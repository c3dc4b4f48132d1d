//! Registers as variables of the builder, one for each kind of value that a register ever holds.

use std::collections::BTreeMap;
use std::rc::Rc;

use kaa_ir::{Global, GlobalId, GlobalInit, Inst, Module, Value, Var};

use super::known::{Call, Function, Known, Reg};
use super::{reg_ty, truth_of};
use crate::error::LoadError;
use crate::marks::Marks;
use crate::stick::code::{Any, Code, val_ty};
use crate::stick::emit::Regs;
use crate::stick::file::File;
use crate::stick::flow::Ins;
use crate::stick::globals;
use crate::stick::list::TYPES;
use crate::stick::objects::Objects;
use crate::stick::ops::{CALLABLE, Kind, NUL, OBJ};
use crate::stick::{Source, panic};

/// The globals that instructions reach; one that has a value is one of the module.
pub struct FastGlobals(Vec<(Reg, Option<GlobalId>)>);

impl FastGlobals {
    /// Adds them to a module.
    pub fn add(
        module: &mut Module,
        file: &File,
        known: &Known,
        objects: Option<&Objects>,
    ) -> FastGlobals {
        let both = known.globals.iter().zip(&file.globals).enumerate();
        let globals = both.map(|(index, (reg, value))| {
            let ty = reg_ty(*reg, objects).flatten();
            let id = ty.map(|ty| {
                let bits = match reg {
                    Reg::Is(Kind::F32) => value.payload & 0xFFFF_FFFF,
                    Reg::Object => 0,
                    _ => value.payload,
                };
                let (name, init) = (format!("global.{index}"), GlobalInit::Bits(bits));
                module.globals.push(Global { name, ty, mutable: true, init })
            });
            (*reg, id)
        });
        FastGlobals(globals.collect())
    }

    /// Adds the function that returns them, tag and payload by turns. It is the same that the file
    /// of registers has, for globals are all of the final state that is here. One whose tag depends
    /// is nowhere read, and not kept.
    pub fn observe(
        &self,
        module: &mut Module,
        file: &File,
        objects: Option<Rc<Objects>>,
    ) -> Result<(), LoadError> {
        let func = globals::declare(module, self.0.len());
        let mut code = Code::new(module, func, objects);
        let mut vals = Vec::new();
        for (index, ((reg, global), stored)) in self.0.iter().zip(&file.globals).enumerate() {
            let value = global.map(|global| code.get(global));
            let bits = match (reg, value) {
                (Reg::Is(kind), Some(value)) => code.bits_of(*kind, value),
                (Reg::Object, _) => code.b.i64(0),
                _ => code.b.i64(globals::first_bits(index, *stored) as i64),
            };
            vals.extend([code.u8(reg.tag().unwrap_or(globals::NOT_KEPT)), bits]);
        }
        code.b.ins(Inst::Ret { vals: vals.into() });
        code.finish()
    }
}

/// The registers of a function.
pub struct FastRegs<'a> {
    /// Whether something was read that is not known.
    pub unknown: bool,
    marks: Marks,
    source: Source<'a>,
    globals: &'a FastGlobals,
    known: &'a Known,
    function: &'a Function,
    now: Vec<Reg>,
    vars: BTreeMap<(u16, u8), Var>,
}

impl<'a> FastRegs<'a> {
    /// The registers before the function begins.
    pub fn new(
        (source, marks): (Source<'a>, Marks),
        globals: &'a FastGlobals,
        known: &'a Known,
        function: &'a Function,
    ) -> FastRegs<'a> {
        let now = function.first();
        FastRegs {
            unknown: false,
            marks,
            source,
            globals,
            known,
            function,
            now,
            vars: BTreeMap::new(),
        }
    }

    /// Takes parameters into the registers that they belong to.
    pub fn begin(&mut self, code: &mut Code<'_>, params: &mut dyn Iterator<Item = Value>) {
        for (at, reg) in (0..).zip(self.function.params()) {
            if matches!(reg, Reg::Is(_) | Reg::Object)
                && let Some(value) = params.next()
            {
                self.take(code, at, *reg, value);
            }
        }
    }

    /// Begins a block; `false` where no way leads to it.
    pub fn enter(&mut self, start: usize) -> bool {
        match self.function.starts.get(&start) {
            Some(regs) => {
                self.now.clone_from(regs);
                true
            }
            None => false,
        }
    }

    fn reg(&self, reg: u16) -> Reg {
        self.now.get(usize::from(reg)).copied().unwrap_or(Reg::Mixed)
    }

    fn note(&mut self, reg: u16, what: Reg) {
        if let Some(place) = self.now.get_mut(usize::from(reg)) {
            *place = what;
        }
    }

    fn var(&mut self, code: &mut Code<'_>, reg: u16, what: Reg) -> Option<Var> {
        let ty = reg_ty(what, code.objects.as_deref()).flatten()?;
        let tag = what.tag()?;
        let named = self.source.named;
        Some(*self.vars.entry((reg, tag)).or_insert_with(|| {
            let var = code.b.declare_var(ty);
            if named {
                code.b.name_var(var, &format!("r{reg}: {}", TYPES[usize::from(tag)]));
            }
            var
        }))
    }

    fn define(&mut self, code: &mut Code<'_>, reg: u16, what: Reg, value: Value) {
        let value = self.marks.keep(&mut code.b, value);
        self.take(code, reg, what, value);
    }

    /// Defines a register by what is no constant.
    fn take(&mut self, code: &mut Code<'_>, reg: u16, what: Reg, value: Value) {
        if let Some(var) = self.var(code, reg, what) {
            code.b.def_var(var, value);
        }
        self.note(reg, what);
    }

    /// The value of a register that has one.
    pub fn value(&mut self, code: &mut Code<'_>, reg: u16) -> Option<Value> {
        let what = self.reg(reg);
        self.unknown |= what == Reg::Mixed;
        let var = self.var(code, reg, what)?;
        Some(code.b.use_var(var))
    }

    /// Where a call leads.
    pub fn callee(&self, ins: &Ins) -> Call {
        self.known.call(self.reg(ins.word.a()), ins)
    }

    /// Takes what a call returned. What it called may have written above this window.
    pub fn returned(&mut self, code: &mut Code<'_>, reg: u16, what: Reg, value: Option<Value>) {
        let window = self.function.window();
        self.now.iter_mut().skip(window).for_each(|reg| *reg = Reg::Mixed);
        match value {
            Some(value) => self.define(code, reg, what, value),
            None => self.note(reg, what),
        }
        if what == Reg::Unreached {
            // It never returns.
            code.panic(panic::OPCODE);
        }
    }

    fn nothing(&mut self, code: &mut Code<'_>, kind: Kind) -> Value {
        let t = val_ty(kind);
        match kind {
            Kind::F32 | Kind::F64 => code.b.ins1(Inst::FConst { t, bits: 0 }),
            _ => code.b.iconst(t, 0),
        }
    }
}

impl Regs for FastRegs<'_> {
    fn limit(&mut self, _: &mut Code<'_>, _: u16) {}

    fn require(&mut self, code: &mut Code<'_>, reg: u16, tag: u8) {
        match self.reg(reg).tag() {
            None => self.unknown = true,
            Some(found) if found != tag => code.panic(panic::TYPE),
            Some(_) => {}
        }
    }

    fn read(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind) -> Value {
        match self.reg(reg) == Reg::Is(kind) {
            true => self.value(code, reg),
            false => None,
        }
        .unwrap_or_else(|| self.nothing(code, kind))
    }

    fn write(&mut self, code: &mut Code<'_>, reg: u16, kind: Kind, val: Value) {
        self.define(code, reg, Reg::Is(kind), val);
    }

    fn any(&mut self, code: &mut Code<'_>, reg: u16) -> Any {
        let what = self.reg(reg);
        let value = self.value(code, reg);
        let none = code.objects.clone().map(|objects| code.null(objects.ty.any));
        let (tag, bits, object) = match (what, value) {
            (Reg::Is(kind), Some(value)) => (kind.tag(), code.bits_of(kind, value), none),
            (Reg::Object, Some(value)) => (OBJ, code.b.i64(0), Some(value)),
            (Reg::Function(index), _) => (CALLABLE, code.b.i64(index.into()), none),
            _ => (NUL, code.b.i64(0), none),
        };
        Any { tag: code.u8(tag), bits, object }
    }

    fn put(&mut self, _: &mut Code<'_>, reg: u16, _: Any) {
        self.note(reg, Reg::Mixed);
    }

    fn object(&mut self, code: &mut Code<'_>, reg: u16) -> Value {
        let value = if self.reg(reg) == Reg::Object { self.value(code, reg) } else { None };
        let ty = code.objects.as_ref().map_or(kaa_ir::TypeId::STR, |objects| objects.ty.any);
        value.unwrap_or_else(|| code.null(ty))
    }

    fn put_object(&mut self, code: &mut Code<'_>, reg: u16, object: Value) {
        self.define(code, reg, Reg::Object, object);
    }

    fn require_same(&mut self, code: &mut Code<'_>, reg: u16, other: u16) {
        match (self.reg(reg).tag(), self.reg(other).tag()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(_), Some(_)) => code.panic(panic::TYPE),
            _ => self.unknown = true,
        }
    }

    fn write_like(&mut self, code: &mut Code<'_>, to: u16, like: u16, bits: Value) {
        match self.reg(like) {
            Reg::Is(kind) => {
                let value = code.of_bits(kind, bits);
                self.define(code, to, Reg::Is(kind), value);
            }
            _ => self.unknown = true,
        }
    }

    fn copy(&mut self, code: &mut Code<'_>, to: u16, from: u16) {
        let what = self.reg(from);
        match what {
            Reg::Is(_) | Reg::Object => {
                if let Some(value) = self.value(code, from) {
                    self.define(code, to, what, value);
                }
            }
            _ => self.note(to, what),
        }
    }

    fn clear(&mut self, _: &mut Code<'_>, reg: u16) {
        self.note(reg, Reg::Nothing);
    }

    fn truthy(&mut self, code: &mut Code<'_>, reg: u16) -> Value {
        let what = self.reg(reg);
        let value = self.value(code, reg);
        truth_of(code, what, value)
    }

    fn load_const(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        let Some(stored) = self.source.file.consts.get(index).copied() else { return };
        let what = Reg::of(stored, Some(index));
        let Reg::Is(kind) = what else { return self.note(reg, what) };
        let (t, payload) = (val_ty(kind), stored.payload);
        let value = match kind {
            Kind::F32 => code.b.ins1(Inst::FConst { t, bits: payload & 0xFFFF_FFFF }),
            Kind::F64 => code.b.ins1(Inst::FConst { t, bits: payload }),
            _ => code.b.iconst(t, payload as i64),
        };
        self.define(code, reg, what, value);
    }

    fn load_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        match self.globals.0.get(index).copied() {
            Some((what, Some(global))) => {
                let value = code.get(global);
                self.define(code, reg, what, value);
            }
            Some((what, None)) => self.note(reg, what),
            None => self.unknown = true,
        }
    }

    fn store_global(&mut self, code: &mut Code<'_>, reg: u16, index: usize) {
        if let Some((_, Some(global))) = self.globals.0.get(index).copied()
            && let Some(value) = self.value(code, reg)
        {
            code.set(global, value);
        }
    }
}
