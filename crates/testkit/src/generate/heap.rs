//! Operations on objects: structs, arrays, lists, strings, globals, closures, types, pointers.
//!
//! Indices are mostly in range: they are taken modulo a length that is read before. Operands that
//! may be null mostly are not.

use kaa_ir::{DataId, Inst, Opcode, TypeDef, TypeId, ValTy, Value};
use kaa_isa::kinds::{Leaf, Vs};

use super::body::Body;

/// One in so many indices is any number, and so many objects may be null.
const CARELESS: usize = 60;

impl Body<'_, '_, '_> {
    /// Makes an operation on objects; false where it is none.
    pub fn heap(&mut self, op: Opcode) -> bool {
        match op {
            Opcode::Null => {
                let all = [&self.kit.structs[..], &self.kit.arrays].concat();
                let ty = self.choices.pick(&all);
                self.ins1(Inst::Null { ty });
            }
            Opcode::FuncAddr => {
                let f = self.any_func();
                self.ins1(Inst::FuncAddr { f });
            }
            Opcode::StrConst => _ = self.text(),
            Opcode::BytesConst => _ = self.byte_text(),
            Opcode::RefEq | Opcode::IsNull | Opcode::AsNonNull => self.reference(op),
            Opcode::TypeTest | Opcode::Cast => self.type_test(op),
            Opcode::StructNew | Opcode::StructGet | Opcode::StructSet => self.structure(op),
            Opcode::Share | Opcode::Unshare => self.share(op),
            Opcode::GlobalGet | Opcode::GlobalSet => self.global(op),
            Opcode::ClosureNew => {
                let ty = self.choices.pick(&self.kit.closures);
                self.make_closure(ty, true);
            }
            Opcode::StructPtr | Opcode::ArrayPtr | Opcode::PtrGet | Opcode::PtrSet => {
                self.pointer(op);
            }
            _ => return self.array(op) || self.list(op) || self.string(op),
        }
        true
    }

    /// A number that is an index below a length, if the length is not 0.
    pub fn index(&mut self, len: Value) -> Value {
        let any = self.value(ValTy::I64);
        if self.choices.one_in(CARELESS) {
            return any;
        }
        let one = self.int(1);
        let len = self.ins1(Inst::Max { t: ValTy::I64, a: len, b: one });
        self.ins1(Inst::RemFloor { t: ValTy::I64, a: any, b: len })
    }

    /// An index of an array.
    pub fn index_of_array(&mut self, arr: Value) -> Value {
        if self.choices.one_in(4) {
            return self.int(0);
        }
        let len = self.ins1(Inst::ArrayLen { arr });
        self.index(len)
    }

    /// An object of the type that may be null, and mostly is not.
    fn careful(&mut self, ty: TypeId) -> Value {
        if self.choices.one_in(CARELESS) { self.nullable(ty) } else { self.object(ty) }
    }

    fn reference(&mut self, op: Opcode) {
        let all = [&self.kit.structs[..], &self.kit.arrays, &self.kit.closures].concat();
        let ty = self.choices.pick(&all);
        let a = self.exactly(ValTy::RefNull(ty));
        match op {
            Opcode::RefEq => {
                let b = self.nullable(ty);
                self.ins1(Inst::RefEq { a, b });
            }
            Opcode::IsNull => _ = self.ins1(Inst::IsNull { a }),
            _ => {
                let mut a = a;
                if !self.choices.one_in(CARELESS) {
                    let other = self.object(ty);
                    let c = self.ins1(Inst::IsNull { a });
                    a = self.ins1(Inst::Select { c, a: other, b: a });
                }
                self.ins1(Inst::AsNonNull { a });
            }
        }
    }

    fn type_test(&mut self, op: Opcode) {
        let wide = self.choices.pick(&self.kit.structs);
        let ty = self.choices.pick(&self.descendants(wide));
        if op == Opcode::TypeTest {
            let obj = self.exactly(ValTy::RefNull(wide));
            self.ins1(Inst::TypeTest { obj, ty });
            return;
        }
        if self.choices.one_in(8) {
            let obj = self.object(ty);
            self.ins1(Inst::Cast { obj, ty: wide });
            return;
        }
        let obj = self.exactly(ValTy::RefNull(wide));
        if self.choices.one_in(CARELESS) {
            self.ins1(Inst::Cast { obj, ty });
            return;
        }
        let c = self.ins1(Inst::TypeTest { obj, ty });
        self.when(c, |body| {
            let obj = body.ins1(Inst::Cast { obj, ty });
            body.use_struct(ty, obj);
        });
    }

    /// Reads a leaf of a struct, so that the reference was worth something.
    pub fn use_struct(&mut self, ty: TypeId, obj: Value) {
        let leaves = self.leaves(ty);
        let leaf = Leaf(self.choices.below(leaves.len()) as u32);
        self.ins1(Inst::StructGet { obj, leaf });
    }

    fn structure(&mut self, op: Opcode) {
        let ty = self.choices.pick(&self.kit.structs);
        if op == Opcode::StructNew {
            let vals = self.values(&self.leaf_types(ty)).into();
            self.ins1(Inst::StructNew { ty, vals });
            return;
        }
        let obj = self.careful(ty);
        let leaves = self.leaves(ty);
        let settable: Vec<usize> = (0..leaves.len()).filter(|i| leaves[*i].mutable).collect();
        if op == Opcode::StructGet || settable.is_empty() {
            return self.use_struct(ty, obj);
        }
        let leaf = self.choices.pick(&settable);
        let val = self.value(leaves[leaf].ty);
        self.ins(Inst::StructSet { obj, leaf: Leaf(leaf as u32), val });
    }

    fn share(&mut self, op: Opcode) {
        let all = [&self.kit.lists[..], &self.kit.maps, &self.kit.arrays, &self.kit.structs];
        let ty = self.choices.pick(&all.concat());
        let obj = self.object(ty);
        match op {
            Opcode::Share => _ = self.ins(Inst::Share { obj }),
            _ => _ = self.ins(Inst::Unshare { obj }),
        }
    }

    fn global(&mut self, op: Opcode) {
        let globals = &self.b.module.globals;
        let fits = |(_, global): &(_, &kaa_ir::Global)| op == Opcode::GlobalGet || global.mutable;
        let fitting: Vec<_> =
            globals.iter().filter(fits).map(|(g, global)| (g, global.ty)).collect();
        if fitting.is_empty() {
            return;
        }
        let (g, ty) = self.choices.pick(&fitting);
        if op == Opcode::GlobalGet {
            self.ins1(Inst::GlobalGet { g });
            return;
        }
        let val = self.value(ty);
        self.ins(Inst::GlobalSet { g, val });
    }

    fn pointer(&mut self, op: Opcode) {
        let is_array = |owner: &TypeId| self.kit.arrays.contains(owner);
        let wanted: Vec<_> = self
            .kit
            .cells
            .iter()
            .flat_map(|cell| cell.origins.iter().map(|(owner, leaf)| (cell.ty, *owner, *leaf)))
            .filter(|(_, owner, _)| (op == Opcode::ArrayPtr) == is_array(owner))
            .collect();
        match op {
            Opcode::StructPtr | Opcode::ArrayPtr if !wanted.is_empty() => {
                let (ty, owner, leaf) = self.choices.pick(&wanted);
                let object = self.careful(owner);
                let leaf = Leaf(leaf);
                if op == Opcode::StructPtr {
                    self.ins1(Inst::StructPtr { ty, obj: object, leaf });
                } else {
                    let idx = self.index_of_array(object);
                    self.ins1(Inst::ArrayPtr { ty, arr: object, idx, leaf });
                }
            }
            _ => {
                let mut cells: Vec<TypeId> = self.kit.cells.iter().map(|cell| cell.ty).collect();
                let leaf = |cell: &TypeId| self.b.module.types.leaves(*cell).first().copied();
                if op == Opcode::PtrSet {
                    cells.retain(|cell| leaf(cell).is_some_and(|leaf| leaf.mutable));
                }
                if cells.is_empty() {
                    return;
                }
                let cell = self.choices.pick(&cells);
                let ty = leaf(&cell).map_or(ValTy::I64, |leaf| leaf.ty);
                let p = self.value(ValTy::IPtr(cell));
                if op == Opcode::PtrSet {
                    let val = self.value(ty);
                    self.ins(Inst::PtrSet { p, val });
                } else {
                    self.ins(Inst::PtrGet { p });
                }
            }
        }
    }

    fn array(&mut self, op: Opcode) -> bool {
        let mutable = matches!(op, Opcode::ArraySet | Opcode::ArrayCopy | Opcode::ArrayFill);
        let types = &self.b.module.types;
        let fits = |ty: &TypeId| {
            let leaves = types.leaves(*ty);
            let is_scalar = |ty: ValTy| ty.scalar_name().is_some();
            match types.def(*ty) {
                _ if op == Opcode::ArrayCmp => leaves.len() == 1 && is_scalar(leaves[0].ty),
                Some(TypeDef::Array { mutable: can, .. }) => *can || !mutable,
                _ => false,
            }
        };
        let fitting: Vec<TypeId> = self.kit.arrays.iter().copied().filter(fits).collect();
        let is_array = mutable
            || matches!(
                op,
                Opcode::ArrayNew
                    | Opcode::ArrayOf
                    | Opcode::ArrayLen
                    | Opcode::ArrayGet
                    | Opcode::ArrayCmp
            );
        if is_array && !fitting.is_empty() {
            let ty = self.choices.pick(&fitting);
            self.array_of_type(op, ty);
        }
        is_array
    }

    fn array_of_type(&mut self, op: Opcode, ty: TypeId) {
        let types = self.leaf_types(ty);
        if op == Opcode::ArrayNew {
            let len = match self.choices.below(20) {
                0 => self.value(ValTy::U8),
                n => self.ins1(Inst::IConst { t: ValTy::U8, imm: 1 + (n as i64) % 9 }),
            };
            let len = self.ins1(Inst::ConvertExact { t: ValTy::I64, a: len });
            let init = self.values(&types).into();
            self.ins1(Inst::ArrayNew { ty, len, init });
            return;
        }
        if op == Opcode::ArrayOf {
            let vals = self.elements(&types, 1);
            self.ins1(Inst::ArrayOf { ty, vals });
            return;
        }
        let arr = self.careful(ty);
        match op {
            Opcode::ArrayLen => _ = self.ins1(Inst::ArrayLen { arr }),
            Opcode::ArrayGet | Opcode::ArraySet => {
                let idx = self.index_of_array(arr);
                let leaf = self.choices.below(types.len());
                if op == Opcode::ArrayGet {
                    self.ins1(Inst::ArrayGet { arr, idx, leaf: Leaf(leaf as u32) });
                } else {
                    let val = self.value(types[leaf]);
                    self.ins(Inst::ArraySet { arr, idx, leaf: Leaf(leaf as u32), val });
                }
            }
            Opcode::ArrayFill => {
                let (at, len) = self.stretch(arr, None);
                let vals = self.values(&types).into();
                self.ins(Inst::ArrayFill { arr, at, len, vals });
            }
            _ => {
                let other = self.object(ty);
                let (at, len) = self.stretch(arr, Some(other));
                if op == Opcode::ArrayCopy {
                    self.ins(Inst::ArrayCopy { dst: arr, at, src: other, from: at, len });
                } else {
                    self.ins1(Inst::ArrayCmp { a: arr, at, b: other, from: at, len });
                }
            }
        }
    }

    /// Elements leaf by leaf, `least` of them at least.
    fn elements(&mut self, leaves: &[ValTy], least: usize) -> Vs {
        let count = least + self.choices.below(4);
        (0..count).flat_map(|_| self.values(leaves)).collect()
    }

    /// A stretch that lies in an array, and in another one where it is given.
    fn stretch(&mut self, arr: Value, other: Option<Value>) -> (Value, Value) {
        let mut len = self.ins1(Inst::ArrayLen { arr });
        if let Some(arr) = other {
            let theirs = self.ins1(Inst::ArrayLen { arr });
            len = self.ins1(Inst::Min { t: ValTy::I64, a: len, b: theirs });
        }
        let at = self.index(len);
        let rest = self.ins1(Inst::Sub { t: ValTy::I64, a: len, b: at });
        (at, rest)
    }

    fn list(&mut self, op: Opcode) -> bool {
        let is_list = matches!(
            op,
            Opcode::ListNew
                | Opcode::ListOf
                | Opcode::ListLen
                | Opcode::ListGet
                | Opcode::ListSet
                | Opcode::ListPut
                | Opcode::ListPush
                | Opcode::ListPop
        );
        if is_list {
            let ty = self.choices.pick(&self.kit.lists);
            self.list_of_type(op, ty);
        }
        is_list
    }

    fn list_of_type(&mut self, op: Opcode, ty: TypeId) {
        let types = self.leaf_types(ty);
        match op {
            Opcode::ListNew => {
                let cap = self.choices.pick(&[0, 1, 4, 30]);
                let cap = self.int(cap);
                let list = self.ins1(Inst::ListNew { ty, cap });
                self.push(list, &types);
                return;
            }
            Opcode::ListOf => {
                let vals = self.elements(&types, 1);
                self.ins1(Inst::ListOf { ty, vals });
                return;
            }
            _ => {}
        }
        let mut list = self.object(ty);
        match op {
            Opcode::ListLen => _ = self.ins1(Inst::ListLen { list }),
            Opcode::ListPush => _ = self.push(list, &types),
            Opcode::ListPop => {
                if !self.choices.one_in(CARELESS) {
                    list = self.push(list, &types);
                }
                self.ins(Inst::ListPop { list });
            }
            _ => {
                if self.choices.one_in(3) {
                    list = self.push(list, &types);
                }
                let len = self.ins1(Inst::ListLen { list });
                let idx = self.index(len);
                let at = self.choices.below(types.len());
                let leaf = Leaf(at as u32);
                if op == Opcode::ListGet {
                    self.ins1(Inst::ListGet { list, idx, leaf });
                    return;
                }
                let val = self.value(types[at]);
                match op {
                    Opcode::ListSet => _ = self.ins(Inst::ListSet { list, idx, leaf, val }),
                    _ => _ = self.ins(Inst::ListPut { list, idx, leaf, val }),
                }
            }
        }
    }

    /// Appends an element; gives the list with it.
    pub fn push(&mut self, list: Value, types: &[ValTy]) -> Value {
        let vals = self.values(types).into();
        self.ins1(Inst::ListPush { list, vals })
    }

    fn string(&mut self, op: Opcode) -> bool {
        let either = if self.choices.one_in(3) { ValTy::BYTES } else { ValTy::STR };
        match op {
            Opcode::StrLen => {
                let s = self.value(ValTy::STR);
                self.ins1(Inst::StrLen { s });
            }
            Opcode::StrSize => {
                let s = self.value(either);
                self.ins1(Inst::StrSize { s });
            }
            Opcode::StrByte => {
                let s = self.filled(either);
                let len = self.ins1(Inst::StrSize { s });
                let idx = self.index(len);
                self.ins1(Inst::StrByte { s, idx });
            }
            Opcode::StrChar => {
                let s = self.filled(ValTy::STR);
                let len = self.ins1(Inst::StrLen { s });
                let idx = self.index(len);
                self.ins1(Inst::StrChar { s, idx });
            }
            Opcode::StrEq | Opcode::StrCmp => {
                let (a, b) = (self.value(either), self.value(either));
                let is_eq = op == Opcode::StrEq;
                self.ins1(if is_eq { Inst::StrEq { a, b } } else { Inst::StrCmp { a, b } });
            }
            Opcode::StrConcat => {
                // Two long ones could become very long in a loop.
                let (a, b) = (self.value(either), self.constant_text(either));
                self.ins1(Inst::StrConcat { a, b });
            }
            _ => return false,
        }
        true
    }

    /// A string or byte string that is not empty, mostly.
    fn filled(&mut self, ty: ValTy) -> Value {
        let a = self.value(ty);
        if self.choices.one_in(CARELESS) {
            return a;
        }
        let (d, is_text) = match ty {
            ValTy::STR => (self.b.module.str_constant("é"), true),
            _ => (self.b.module.constant(kaa_ir::Data::Bytes(vec![7])), false),
        };
        let b = self.ins1(Self::data(d, is_text));
        self.ins1(Inst::StrConcat { a, b })
    }

    fn data(d: DataId, is_text: bool) -> Inst {
        if is_text { Inst::StrConst { d } } else { Inst::BytesConst { d } }
    }

    fn constant_text(&mut self, ty: ValTy) -> Value {
        if ty == ValTy::STR { self.text() } else { self.byte_text() }
    }
}
