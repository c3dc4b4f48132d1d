//! Typing rules of the rows marked `custom`, one method for each, in table order.

use kaa_isa::kinds::{Cases, Code, Leaf, TypeCases, Vs};
use kaa_isa::{BlockCall, CustomTyping, DataId, FuncId, GlobalId, ImportId, TypeId, ValTy, Value};

use super::operands::holds_all;
use super::{Context, TypeError, error};
use crate::module::Data;
use crate::types::{LeafTy, TypeDef};

pub(super) type Types = Result<Vec<ValTy>, TypeError>;

impl CustomTyping for Context<'_> {
    type Error = TypeError;

    fn null(&mut self, ty: &TypeId) -> Types {
        match self.type_def(*ty)? {
            TypeDef::Cell { .. } => error("a cell is no object"),
            _ => Ok(vec![ValTy::RefNull(*ty)]),
        }
    }

    fn func_addr(&mut self, f: &FuncId) -> Types {
        self.func_sig(*f)?;
        Ok(vec![ValTy::Func(self.module.funcs[*f].sig)])
    }

    fn str_const(&mut self, d: &DataId) -> Types {
        match self.module.data.get(*d) {
            Some(Data::Str(_)) => Ok(vec![ValTy::STR]),
            _ => error(format!("{d} is not a constant string")),
        }
    }

    fn bytes_const(&mut self, d: &DataId) -> Types {
        match self.module.data.get(*d) {
            Some(Data::Bytes(_)) => Ok(vec![ValTy::BYTES]),
            _ => error(format!("{d} is not a constant byte string")),
        }
    }

    fn ref_eq(&mut self, a: &Value, b: &Value) -> Types {
        let (a, b) = (self.object(*a)?.0, self.object(*b)?.0);
        self.related(a, b)?;
        Ok(vec![ValTy::Bool])
    }

    fn is_null(&mut self, a: &Value) -> Types {
        self.object(*a)?;
        Ok(vec![ValTy::Bool])
    }

    fn as_nonnull(&mut self, a: &Value) -> Types {
        Ok(vec![ValTy::Ref(self.object(*a)?.0)])
    }

    fn convert_exact(&mut self, t: &ValTy, a: &Value) -> Types {
        let from = self.ty(*a)?;
        let number = t.is_int() || t.is_float();
        if number
            && (from.is_int() || from.is_float() || from == ValTy::Bool)
            && holds_all(from, *t)
        {
            return Ok(vec![*t]);
        }
        error(format!("{} does not hold every {}", self.show(*t), self.show(from)))
    }

    fn convert_trap(&mut self, t: &ValTy, a: &Value) -> Types {
        self.number(*t, *a)?;
        Ok(vec![*t])
    }

    fn convert_sat(&mut self, t: &ValTy, a: &Value) -> Types {
        self.number(*t, *a)?;
        Ok(vec![*t])
    }

    fn convert_wrap(&mut self, t: &ValTy, a: &Value) -> Types {
        let from = self.number(*t, *a)?;
        if from.is_int() && t.is_int() {
            return Ok(vec![*t]);
        }
        error("both types must be integers")
    }

    fn bitcast(&mut self, t: &ValTy, a: &Value) -> Types {
        let from = self.number(*t, *a)?;
        if from.size() == t.size() { Ok(vec![*t]) } else { error("the types differ in width") }
    }

    fn select(&mut self, c: &Value, a: &Value, b: &Value) -> Types {
        self.expect(*c, ValTy::Bool)?;
        let (ta, tb) = (self.ty(*a)?, self.ty(*b)?);
        if self.module.types.assignable(ta, tb) {
            return Ok(vec![tb]);
        }
        self.expect(*b, ta)?;
        Ok(vec![ta])
    }

    fn jump(&mut self, to: &BlockCall) -> Types {
        self.target(to, &[])?;
        Ok(vec![])
    }

    fn branch(&mut self, c: &Value, then: &BlockCall, other: &BlockCall) -> Types {
        self.expect(*c, ValTy::Bool)?;
        self.target(then, &[])?;
        self.target(other, &[])?;
        Ok(vec![])
    }

    fn switch(&mut self, a: &Value, cases: &Cases, other: &BlockCall) -> Types {
        let ty = self.ty(*a)?;
        if !ty.is_int() {
            return error("a switch needs an integer");
        }
        let mut keys: Vec<i64> = cases.iter().map(|c| c.0).collect();
        if !keys.iter().all(|key| ty.holds_bits(*key as u64)) {
            return error(format!("a case is outside {}", self.show(ty)));
        }
        keys.sort_unstable();
        if keys.windows(2).any(|w| w[0] == w[1]) {
            return error("a switch has the same case twice");
        }
        cases.iter().try_for_each(|(_, t)| self.target(t, &[]))?;
        self.target(other, &[])?;
        Ok(vec![])
    }

    fn ret(&mut self, vals: &Vs) -> Types {
        self.expect_all(vals, self.results, "results")?;
        Ok(vec![])
    }

    fn tail_call(&mut self, f: &FuncId, args: &Vs) -> Types {
        self.tail(self.func_sig(*f)?, args)
    }

    fn tail_call_closure(&mut self, callee: &Value, args: &Vs) -> Types {
        self.tail(self.closure_sig(*callee)?, args)
    }

    fn trap(&mut self, code: &Code) -> Types {
        if code.0 == 0 { error("trap code 0 is reserved") } else { Ok(vec![]) }
    }

    fn call(&mut self, f: &FuncId, args: &Vs) -> Types {
        self.call_args(self.func_sig(*f)?, args)
    }

    fn call_func(&mut self, callee: &Value, args: &Vs) -> Types {
        match self.ty(*callee)? {
            ValTy::Func(sig) => self.call_args(self.signature(sig)?, args),
            other => error(format!("{callee} is {}, but a func is needed", self.show(other))),
        }
    }

    fn call_closure(&mut self, callee: &Value, args: &Vs) -> Types {
        self.call_args(self.closure_sig(*callee)?, args)
    }

    fn call_import(&mut self, i: &ImportId, args: &Vs) -> Types {
        match self.module.imports.get(*i) {
            Some(import) => self.call_args(self.signature(import.sig)?, args),
            None => error(format!("{i} is not an import of this module")),
        }
    }

    fn invoke(&mut self, f: &FuncId, args: &Vs, ok: &BlockCall, unwind: &BlockCall) -> Types {
        self.unwinding(self.func_sig(*f)?, args, ok, unwind)
    }

    fn invoke_closure(
        &mut self,
        callee: &Value,
        args: &Vs,
        ok: &BlockCall,
        unwind: &BlockCall,
    ) -> Types {
        self.unwinding(self.closure_sig(*callee)?, args, ok, unwind)
    }

    fn resume_unwind(&mut self) -> Types {
        Ok(vec![])
    }

    fn struct_new(&mut self, ty: &TypeId, vals: &Vs) -> Types {
        let TypeDef::Struct { .. } = self.type_def(*ty)? else {
            return error(format!("{ty} is not a struct"));
        };
        self.expect_all(vals, &self.leaf_types(*ty), "leaves")?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn struct_get(&mut self, obj: &Value, leaf: &Leaf) -> Types {
        Ok(vec![self.struct_leaf(*obj, *leaf)?.ty])
    }

    fn struct_set(&mut self, obj: &Value, leaf: &Leaf, val: &Value) -> Types {
        let leaf = self.struct_leaf(*obj, *leaf)?;
        if !leaf.mutable {
            return error("the field is immutable");
        }
        self.expect(*val, leaf.ty)?;
        Ok(vec![])
    }

    fn array_new(&mut self, ty: &TypeId, len: &Value, init: &Vs) -> Types {
        let TypeDef::Array { .. } = self.type_def(*ty)? else {
            return error(format!("{ty} is not an array"));
        };
        self.expect(*len, ValTy::I64)?;
        self.expect_all(init, &self.leaf_types(*ty), "leaves")?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn array_of(&mut self, ty: &TypeId, vals: &Vs) -> Types {
        let TypeDef::Array { .. } = self.type_def(*ty)? else {
            return error(format!("{ty} is not an array"));
        };
        self.elements(*ty, vals)?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn array_len(&mut self, arr: &Value) -> Types {
        self.array(*arr)?;
        Ok(vec![ValTy::I64])
    }

    fn array_get(&mut self, arr: &Value, idx: &Value, leaf: &Leaf) -> Types {
        let (id, _) = self.array(*arr)?;
        self.i64s(&[*idx])?;
        Ok(vec![self.leaf(id, *leaf)?.ty])
    }

    fn array_set(&mut self, arr: &Value, idx: &Value, leaf: &Leaf, val: &Value) -> Types {
        let id = self.mutable_array(*arr)?;
        self.i64s(&[*idx])?;
        self.expect(*val, self.leaf(id, *leaf)?.ty)?;
        Ok(vec![])
    }

    fn array_copy(
        &mut self,
        dst: &Value,
        at: &Value,
        src: &Value,
        from: &Value,
        len: &Value,
    ) -> Types {
        let (to, source) = (self.mutable_array(*dst)?, self.array(*src)?.0);
        if self.leaf_types(to) != self.leaf_types(source) {
            return error("the arrays have different elements");
        }
        self.i64s(&[*at, *from, *len])?;
        Ok(vec![])
    }

    fn array_fill(&mut self, arr: &Value, at: &Value, len: &Value, vals: &Vs) -> Types {
        let id = self.mutable_array(*arr)?;
        self.i64s(&[*at, *len])?;
        self.expect_all(vals, &self.leaf_types(id), "leaves")?;
        Ok(vec![])
    }

    fn array_cmp(&mut self, a: &Value, at: &Value, b: &Value, from: &Value, len: &Value) -> Types {
        let (a, b) = (self.array(*a)?.0, self.array(*b)?.0);
        let leaves = self.leaf_types(a);
        let scalar = |ty: &ValTy| ty.is_int() || ty.is_float() || *ty == ValTy::Bool;
        if leaves != self.leaf_types(b) || leaves.len() != 1 || !leaves.iter().all(scalar) {
            return error("both arrays must have the same scalar elements");
        }
        self.i64s(&[*at, *from, *len])?;
        Ok(vec![ValTy::I64])
    }

    fn list_new(&mut self, ty: &TypeId, cap: &Value) -> Types {
        let TypeDef::List { .. } = self.type_def(*ty)? else {
            return error(format!("{ty} is not a list"));
        };
        self.i64s(&[*cap])?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn list_of(&mut self, ty: &TypeId, vals: &Vs) -> Types {
        let TypeDef::List { .. } = self.type_def(*ty)? else {
            return error(format!("{ty} is not a list"));
        };
        self.elements(*ty, vals)?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn list_len(&mut self, list: &Value) -> Types {
        self.list(*list)?;
        Ok(vec![ValTy::I64])
    }

    fn list_get(&mut self, list: &Value, idx: &Value, leaf: &Leaf) -> Types {
        let id = self.list(*list)?;
        self.i64s(&[*idx])?;
        Ok(vec![self.leaf(id, *leaf)?.ty])
    }

    fn list_set(&mut self, list: &Value, idx: &Value, leaf: &Leaf, val: &Value) -> Types {
        let id = self.list(*list)?;
        self.i64s(&[*idx])?;
        self.expect(*val, self.leaf(id, *leaf)?.ty)?;
        Ok(vec![])
    }

    fn list_put(&mut self, list: &Value, idx: &Value, leaf: &Leaf, val: &Value) -> Types {
        self.list_set(list, idx, leaf, val)?;
        Ok(vec![ValTy::Ref(self.list(*list)?)])
    }

    fn list_push(&mut self, list: &Value, vals: &Vs) -> Types {
        let id = self.list(*list)?;
        self.expect_all(vals, &self.leaf_types(id), "leaves")?;
        Ok(vec![ValTy::Ref(id)])
    }

    fn list_pop(&mut self, list: &Value) -> Types {
        let id = self.list(*list)?;
        let mut types = vec![ValTy::Ref(id)];
        types.extend(self.leaf_types(id));
        Ok(types)
    }

    fn share(&mut self, obj: &Value) -> Types {
        self.object(*obj)?;
        Ok(vec![])
    }

    fn unshare(&mut self, obj: &Value) -> Types {
        self.object(*obj)?;
        Ok(vec![self.ty(*obj)?])
    }

    fn str_len(&mut self, s: &Value) -> Types {
        self.expect(*s, ValTy::STR)?;
        Ok(vec![ValTy::I64])
    }

    fn str_size(&mut self, s: &Value) -> Types {
        self.text(*s)?;
        Ok(vec![ValTy::I64])
    }

    fn str_byte(&mut self, s: &Value, idx: &Value) -> Types {
        self.text(*s)?;
        self.i64s(&[*idx])?;
        Ok(vec![ValTy::U8])
    }

    fn str_char(&mut self, s: &Value, idx: &Value) -> Types {
        self.expect(*s, ValTy::STR)?;
        self.i64s(&[*idx])?;
        Ok(vec![ValTy::U32])
    }

    fn str_eq(&mut self, a: &Value, b: &Value) -> Types {
        let ty = self.text(*a)?;
        self.expect(*b, ty)?;
        Ok(vec![ValTy::Bool])
    }

    fn str_cmp(&mut self, a: &Value, b: &Value) -> Types {
        self.str_eq(a, b)?;
        Ok(vec![ValTy::I64])
    }

    fn str_concat(&mut self, a: &Value, b: &Value) -> Types {
        self.str_eq(a, b)?;
        Ok(vec![self.ty(*a)?])
    }

    fn global_get(&mut self, g: &GlobalId) -> Types {
        Ok(vec![self.global(*g)?.ty])
    }

    fn global_set(&mut self, g: &GlobalId, val: &Value) -> Types {
        let global = self.global(*g)?;
        if !global.mutable {
            return error(format!("the global {} is constant", global.name));
        }
        self.expect(*val, global.ty)?;
        Ok(vec![])
    }

    fn closure_new(&mut self, ty: &TypeId, f: &FuncId, vals: &Vs) -> Types {
        let TypeDef::Closure { sig } = self.type_def(*ty)? else {
            return error(format!("{ty} is not a closure type"));
        };
        let (outer, inner) = (self.signature(*sig)?, self.func_sig(*f)?);
        let Some(captured) = inner.params.strip_suffix(&*outer.params) else {
            return error("the function's last parameters are not those of the closure type");
        };
        if inner.results != outer.results {
            return error("the function's results are not those of the closure type");
        }
        self.expect_all(vals, captured, "captures")?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn type_test(&mut self, obj: &Value, ty: &TypeId) -> Types {
        self.related(self.object(*obj)?.0, *ty)?;
        Ok(vec![ValTy::Bool])
    }

    fn cast(&mut self, obj: &Value, ty: &TypeId) -> Types {
        self.related(self.object(*obj)?.0, *ty)?;
        Ok(vec![ValTy::Ref(*ty)])
    }

    fn type_switch(&mut self, obj: &Value, cases: &TypeCases, other: &BlockCall) -> Types {
        let from = self.object(*obj)?.0;
        for (ty, target) in cases {
            self.related(from, *ty)?;
            self.target(target, &[ValTy::Ref(*ty)])?;
        }
        self.target(other, &[])?;
        Ok(vec![])
    }

    fn struct_ptr(&mut self, ty: &TypeId, obj: &Value, leaf: &Leaf) -> Types {
        self.pointer(*ty, self.struct_leaf(*obj, *leaf)?)
    }

    fn array_ptr(&mut self, ty: &TypeId, arr: &Value, idx: &Value, leaf: &Leaf) -> Types {
        let (id, mutable) = self.array(*arr)?;
        self.i64s(&[*idx])?;
        let leaf = LeafTy { mutable, ..self.leaf(id, *leaf)? };
        self.pointer(*ty, leaf)
    }

    fn ptr_get(&mut self, p: &Value) -> Types {
        Ok(vec![self.pointee(*p)?.ty])
    }

    fn ptr_set(&mut self, p: &Value, val: &Value) -> Types {
        let cell = self.pointee(*p)?;
        if !cell.mutable {
            return error("the cell is immutable");
        }
        self.expect(*val, cell.ty)?;
        Ok(vec![])
    }
}
