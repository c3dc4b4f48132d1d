//! A value of any type: one that is in scope, a variable, or one made for the purpose.

use kaa_ir::{Inst, TypeDef, TypeId, ValTy, Value};

use super::body::Body;

/// How deep objects are made of new objects, where nothing else fits.
const DEEP: u32 = 2;

impl Body<'_, '_, '_> {
    /// A value that can stand where the type is asked for: mostly one that is there, with a
    /// liking for young ones.
    pub fn value(&mut self, want: ValTy) -> Value {
        self.value_at(want, 0)
    }

    /// A value of this very type. Where definitions of a variable meet, the builder may put one of
    /// them in place of the variable, and what was typed with the one must hold for the other.
    pub fn exactly(&mut self, ty: ValTy) -> Value {
        let value = self.value(ty);
        match ty {
            _ if self.b.ty(value) == ty => value,
            ValTy::Ref(ty) => self.ins1(Inst::Cast { obj: value, ty }),
            ValTy::RefNull(of) => {
                let null = self.ins1(Inst::Null { ty: of });
                let c = self.ins1(Inst::IConst { t: ValTy::Bool, imm: 0 });
                self.ins1(Inst::Select { c, a: null, b: value })
            }
            _ => value,
        }
    }

    /// Values of these types.
    pub fn values(&mut self, types: &[ValTy]) -> Vec<Value> {
        types.iter().map(|ty| self.value(*ty)).collect()
    }

    /// A reference to an object of the type or one that extends it, never null.
    pub fn object(&mut self, ty: TypeId) -> Value {
        self.value(ValTy::Ref(ty))
    }

    /// A reference that may be null.
    pub fn nullable(&mut self, ty: TypeId) -> Value {
        self.value(ValTy::RefNull(ty))
    }

    /// An `i64` constant.
    pub fn int(&mut self, imm: i64) -> Value {
        self.ins1(Inst::IConst { t: ValTy::I64, imm })
    }

    /// A constant string.
    pub fn text(&mut self) -> Value {
        const TEXTS: [&str; 8] =
            ["", "a", "kaa", "ßé", "0123456789abcdef", "日本語 text", "key", "0123456789abcdefg"];
        let d = self.b.module.str_constant(self.choices.pick(&TEXTS));
        self.ins1(Inst::StrConst { d })
    }

    /// A constant byte string.
    pub fn byte_text(&mut self) -> Value {
        const BYTES: [&[u8]; 5] = [&[], &[0], b"bytes", &[255; 17], &[0, 1, 2, 128, 254, 255]];
        let bytes = self.choices.pick(&BYTES).to_vec();
        let d = self.b.module.constant(kaa_ir::Data::Bytes(bytes));
        self.ins1(Inst::BytesConst { d })
    }

    fn value_at(&mut self, want: ValTy, deep: u32) -> Value {
        if deep < DEEP && self.choices.one_in(12) {
            return self.make(want, deep);
        }
        self.known(want).unwrap_or_else(|| self.make(want, deep))
    }

    /// A value that is there.
    fn known(&mut self, want: ValTy) -> Option<Value> {
        let types = &self.b.module.types;
        let vars = self.vars.iter().filter(|(_, ty)| types.assignable(*ty, want));
        let vars: Vec<_> = vars.map(|(var, _)| *var).collect();
        if !vars.is_empty() && self.choices.one_in(4) {
            let var = self.choices.pick(&vars);
            return Some(self.b.use_var(var));
        }
        let types = &self.b.module.types;
        let fitting = self.scope.iter().filter(|(_, ty)| types.assignable(*ty, want));
        let fitting: Vec<Value> = fitting.map(|(value, _)| *value).collect();
        if fitting.is_empty() {
            return None;
        }
        let young = fitting.len().min(5);
        let from = if self.choices.one_in(3) { 0 } else { fitting.len() - young };
        Some(self.choices.pick(&fitting[from..]))
    }

    /// A new value.
    fn make(&mut self, want: ValTy, deep: u32) -> Value {
        match want {
            ValTy::F32 | ValTy::F64 => {
                let bits = self.choices.scalar(want);
                self.ins1(Inst::FConst { t: want, bits })
            }
            ValTy::STR => self.text(),
            ValTy::BYTES => self.byte_text(),
            ValTy::Ref(ty) => self.make_object(ty, deep),
            ValTy::RefNull(ty) if deep >= DEEP || self.choices.one_in(3) => {
                self.ins1(Inst::Null { ty })
            }
            ValTy::RefNull(ty) => self.value_at(ValTy::Ref(ty), deep + 1),
            ValTy::IPtr(cell) => self.make_pointer(cell, deep),
            ValTy::Func(sig) => {
                let funcs = &self.b.module.funcs;
                let all: Vec<_> =
                    funcs.iter().filter(|(_, func)| func.sig == sig).map(|(id, _)| id).collect();
                let f = self.choices.pick(&all);
                self.ins1(Inst::FuncAddr { f })
            }
            scalar => {
                let imm = self.choices.scalar(scalar) as i64;
                self.ins1(Inst::IConst { t: scalar, imm })
            }
        }
    }

    fn made_of(&mut self, types: &[ValTy], deep: u32) -> Vec<Value> {
        types.iter().map(|ty| self.value_at(*ty, deep + 1)).collect()
    }

    fn make_object(&mut self, ty: TypeId, deep: u32) -> Value {
        let leaves = self.leaf_types(ty);
        match self.b.module.types.def(ty) {
            Some(TypeDef::Struct { .. }) => {
                // One that extends it may hold what it is itself, so not for ever.
                let all = if deep < DEEP { self.descendants(ty) } else { vec![ty] };
                let ty = self.choices.pick(&all);
                let leaves = self.leaf_types(ty);
                let vals = self.made_of(&leaves, deep).into();
                self.ins1(Inst::StructNew { ty, vals })
            }
            Some(TypeDef::Array { .. }) => {
                let init = self.made_of(&leaves, deep).into();
                let len = 1 + self.choices.below(6) as i64;
                let len = self.int(len);
                self.ins1(Inst::ArrayNew { ty, len, init })
            }
            Some(TypeDef::List { .. }) => {
                let count = 1 + if deep < DEEP { self.choices.below(3) } else { 0 };
                let vals = (0..count).flat_map(|_| self.made_of(&leaves, deep)).collect();
                self.ins1(Inst::ListOf { ty, vals })
            }
            Some(TypeDef::Map { .. }) => self.new_map(ty),
            Some(TypeDef::Closure { .. }) => self.make_closure(ty, deep < DEEP),
            _ => self.text(),
        }
    }

    /// A closure; with `any` over any function that fits, else over one that captures nothing.
    pub fn make_closure(&mut self, ty: TypeId, any: bool) -> Value {
        let fits = |func: &&super::kit::Func| func.closure.is_some_and(|(of, _)| of == ty);
        let all: Vec<_> = self.kit.funcs.iter().filter(fits).copied().collect();
        let func = if any { self.choices.pick(&all) } else { all[0] };
        let count = func.closure.map_or(0, |(_, count)| count);
        let params = self.b.module.func_sig(func.id).cloned().unwrap_or_default().params;
        // What a task captures says how deep it may call.
        let first = (func.depth < count).then_some(self.depth);
        let rest = usize::from(first.is_some())..count;
        let captured: Vec<Value> =
            first.into_iter().chain(rest.map(|i| self.value_at(params[i], 1))).collect();
        self.ins1(Inst::ClosureNew { ty, f: func.id, vals: captured.into() })
    }

    fn make_pointer(&mut self, cell: TypeId, deep: u32) -> Value {
        let Some(known) = self.kit.cells.iter().find(|known| known.ty == cell) else {
            return self.text();
        };
        let (owner, leaf) = self.choices.pick(&known.origins);
        let leaf = kaa_isa::kinds::Leaf(leaf);
        let object = self.value_at(ValTy::Ref(owner), deep);
        if self.kit.arrays.contains(&owner) {
            let idx = self.index_of_array(object);
            return self.ins1(Inst::ArrayPtr { ty: cell, arr: object, idx, leaf });
        }
        self.ins1(Inst::StructPtr { ty: cell, obj: object, leaf })
    }
}
