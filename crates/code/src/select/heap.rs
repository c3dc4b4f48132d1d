//! Objects, arrays, lists.

use kaa_ir::{Inst, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::Select;
use crate::reg::RegOp;
use crate::word::{Access, LeafPlace};

/// Register operations by what is read, in the order of [`Access::ALL`].
type ByAccess = [RegOp; 9];

const GET: ByAccess = [
    RegOp::Get8,
    RegOp::GetF,
    RegOp::Get4U,
    RegOp::Get4S,
    RegOp::Get2U,
    RegOp::Get2S,
    RegOp::Get1U,
    RegOp::Get1S,
    RegOp::Get4U,
];
const SET: ByAccess = [
    RegOp::Set8,
    RegOp::Set8,
    RegOp::Set4,
    RegOp::Set4,
    RegOp::Set2,
    RegOp::Set2,
    RegOp::Set1,
    RegOp::Set1,
    RegOp::SetRef,
];
const ARR_GET: ByAccess = [
    RegOp::ArrGet8,
    RegOp::ArrGetF,
    RegOp::ArrGet4U,
    RegOp::ArrGet4S,
    RegOp::ArrGet2U,
    RegOp::ArrGet2S,
    RegOp::ArrGet1U,
    RegOp::ArrGet1S,
    RegOp::ArrGet4U,
];
const ARR_SET: ByAccess = [
    RegOp::ArrSet8,
    RegOp::ArrSet8,
    RegOp::ArrSet4,
    RegOp::ArrSet4,
    RegOp::ArrSet2,
    RegOp::ArrSet2,
    RegOp::ArrSet1,
    RegOp::ArrSet1,
    RegOp::ArrSetRef,
];
const LIST_GET: ByAccess = [
    RegOp::ListGet8,
    RegOp::ListGetF,
    RegOp::ListGet4U,
    RegOp::ListGet4S,
    RegOp::ListGet2U,
    RegOp::ListGet2S,
    RegOp::ListGet1U,
    RegOp::ListGet1S,
    RegOp::ListGet4U,
];
const LIST_PUT: ByAccess = [
    RegOp::ListPut8,
    RegOp::ListPut8,
    RegOp::ListPut4,
    RegOp::ListPut4,
    RegOp::ListPut2,
    RegOp::ListPut2,
    RegOp::ListPut1,
    RegOp::ListPut1,
    RegOp::ListPutRef,
];
const LIST_PUSH: ByAccess = [
    RegOp::ListPush8,
    RegOp::ListPush8,
    RegOp::ListPush4,
    RegOp::ListPush4,
    RegOp::ListPush2,
    RegOp::ListPush2,
    RegOp::ListPush1,
    RegOp::ListPush1,
    RegOp::ListPushRef,
];

/// Leaves further than this from the start of an object need the long form.
const MAX_NEAR: u32 = i16::MAX as u32;

impl Select<'_> {
    /// Traps where a reference that may be null is null.
    pub(super) fn check_null(&mut self, v: Value) {
        if matches!(self.ty(v), ValTy::RefNull(_)) {
            let (slot, scratch) = (self.slot(v), self.slots.scratch);
            self.e.abc(RegOp::CheckNull, scratch, slot, 0);
        }
    }

    fn place_of(&self, obj: Value, leaf: Leaf) -> LeafPlace {
        let id = self.ty(obj).heap_type().unwrap_or(kaa_ir::TypeId::STR);
        self.link.struct_leaf(id, leaf.0)
    }

    /// Object and offset in reach of the immediate field.
    fn near(&mut self, obj: u16, place: LeafPlace) -> (u16, u16) {
        if place.offset <= MAX_NEAR {
            return (obj, place.offset as u16);
        }
        let scratch = self.slots.scratch;
        self.load(scratch, u64::from(place.offset), false);
        self.e.abc(RegOp::Add, scratch, scratch, obj);
        (scratch, 0)
    }

    pub(super) fn get_leaf(&mut self, obj: Value, leaf: Leaf) {
        self.check_null(obj);
        let place = self.place_of(obj, leaf);
        let (slot, offset) = self.near(self.slot(obj), place);
        let dst = self.dst(0);
        self.e.abc(GET[place.access as usize], dst, slot, offset);
    }

    pub(super) fn set_leaf(&mut self, obj: Value, leaf: Leaf, val: Value) {
        self.check_null(obj);
        let place = self.place_of(obj, leaf);
        let (obj, val) = (self.slot(obj), self.slot(val));
        let (slot, offset) = self.near(obj, place);
        self.e.abc(set_op(place.access, slot == obj), slot, offset, val);
    }

    /// A new object: allocated zeroed, then its leaves are stored.
    pub(super) fn new_object(&mut self, ty: kaa_ir::TypeId, vals: &[Value]) {
        self.map_operands();
        let (dst, number) = (self.dst(0), self.link.heap_type(ty));
        self.e.abx(RegOp::Alloc, dst, number);
        for (i, val) in vals.iter().enumerate() {
            let place = self.link.struct_leaf(ty, i as u32);
            let val = self.slot(*val);
            let (slot, offset) = self.near(dst, place);
            self.e.abc(set_op(place.access, slot == dst), slot, offset, val);
        }
    }

    /// Whether elements are one leaf, so that the stride is in the operation.
    fn elem(&self, seq: Value, leaf: Leaf) -> (LeafPlace, bool) {
        let id = self.ty(seq).heap_type().unwrap_or(kaa_ir::TypeId::STR);
        (self.link.elem_leaf(id, leaf.0), self.module.types.leaves(id).len() == 1)
    }

    pub(super) fn sequence(&mut self, inst: &Inst) {
        match *inst {
            Inst::ArrayGet { arr, idx, leaf } => {
                self.check_null(arr);
                let (place, plain) = self.elem(arr, leaf);
                let long = RegOp::ArrGetX;
                let op = if plain { ARR_GET[place.access as usize] } else { long };
                self.read_elem(op, plain, arr, idx, place);
            }
            Inst::ListGet { list, idx, leaf } => {
                let (place, plain) = self.elem(list, leaf);
                let long = match place.access {
                    Access::F8 => RegOp::ListGetXF,
                    Access::W8 => RegOp::ListGetX8,
                    _ => RegOp::ListGetX,
                };
                let op = if plain { LIST_GET[place.access as usize] } else { long };
                self.read_elem(op, plain, list, idx, place);
            }
            Inst::ArraySet { arr, idx, leaf, val } => {
                self.check_null(arr);
                let (place, plain) = self.elem(arr, leaf);
                let op = if plain { ARR_SET[place.access as usize] } else { RegOp::ArrSetX };
                let (arr, idx, val) = (self.slot(arr), self.slot(idx), self.slot(val));
                self.word(op, plain, arr, idx, val, place);
            }
            Inst::ListSet { list, idx, leaf, val } => {
                let (place, _) = self.elem(list, leaf);
                let (list, idx, val) = (self.slot(list), self.slot(idx), self.slot(val));
                self.word(RegOp::ListSetX, false, list, idx, val, place);
            }
            Inst::ListPut { list, idx, leaf, val } => {
                let (place, plain) = self.elem(list, leaf);
                let op = match place.access {
                    access if plain => LIST_PUT[access as usize],
                    Access::F8 | Access::W8 => RegOp::ListPutX8,
                    _ => RegOp::ListPutX,
                };
                let dst = self.in_place(list);
                let (idx, val) = (self.slot(idx), self.slot(val));
                self.map_in_place(list);
                self.word(op, plain, dst, idx, val, place);
            }
            Inst::ListPush { list, ref vals } => {
                let (place, _) = self.elem(list, Leaf(0));
                let Some(val) = vals.first() else { return };
                let dst = self.in_place(list);
                let val = self.slot(*val);
                self.map_in_place(list);
                self.e.abc(LIST_PUSH[place.access as usize], dst, val, 0);
            }
            _ => {}
        }
    }

    fn read_elem(&mut self, op: RegOp, plain: bool, seq: Value, idx: Value, place: LeafPlace) {
        let (dst, seq, idx) = (self.dst(0), self.slot(seq), self.slot(idx));
        self.word(op, plain, dst, seq, idx, place);
    }

    fn word(&mut self, op: RegOp, plain: bool, a: u16, b: u16, c: u16, place: LeafPlace) {
        if plain {
            self.e.abc(op, a, b, c);
        } else {
            self.e.abc_leaf(op, a, b, c, place);
        }
    }

    /// Brings the list into the result's slot, where the operation works on it.
    pub(super) fn in_place(&mut self, list: Value) -> u16 {
        let (dst, from) = (self.dst(0), self.slot(list));
        if dst != from {
            self.e.abc(RegOp::Mov, dst, from, 0);
        }
        dst
    }

    /// The root map of an operation that works on its result's slot.
    pub(super) fn map_in_place(&mut self, list: Value) {
        let mut operands = vec![(self.dst(0), self.ty(list))];
        self.node.inst.clone().uses(&mut |v| {
            if v != list
                && let Some(slot) = self.slots.get(v)
            {
                operands.push((slot, self.p.func.ty(v)));
            }
        });
        self.map_roots(&operands);
    }

    /// Interior pointers are offsets; the first of an object is its offset plus the leaf's.
    pub(super) fn leaf_pointer(&mut self, obj: Value, leaf: Leaf) {
        self.check_null(obj);
        let place = self.place_of(obj, leaf);
        let (slot, offset) = self.near(self.slot(obj), place);
        let dst = self.dst(0);
        self.e.abc(RegOp::AddK, dst, slot, offset);
    }

    /// How the cell behind a pointer is read.
    pub(super) fn cell_access(&self, p: Value) -> (Access, bool) {
        let id = self.ty(p).heap_type().unwrap_or(kaa_ir::TypeId::STR);
        let ty = self.module.types.leaves(id).first().map_or(ValTy::I64, |l| l.ty);
        (access_of(ty), ty.is_gc())
    }

    pub(super) fn pointer_get(&mut self, p: Value) {
        let (access, _) = self.cell_access(p);
        let (dst, p) = (self.dst(0), self.slot(p));
        self.e.abc(GET[access as usize], dst, p, 0);
    }

    pub(super) fn pointer_set(&mut self, p: Value, val: Value) {
        let (access, _) = self.cell_access(p);
        let (p, val) = (self.slot(p), self.slot(val));
        self.e.abc(set_op(access, false), p, 0, val);
    }
}

/// The operation that writes; `owned` where its first operand is the start of the object, whose
/// header tells whether the collector has to know of the write.
fn set_op(access: Access, owned: bool) -> RegOp {
    match (access, owned) {
        (Access::Ref, false) => RegOp::CellSetRef,
        _ => SET[access as usize],
    }
}

/// How a value of a type is read from memory.
pub fn access_of(ty: ValTy) -> Access {
    match ty {
        ValTy::Bool | ValTy::U8 => Access::U1,
        ValTy::I8 => Access::S1,
        ValTy::U16 => Access::U2,
        ValTy::I16 => Access::S2,
        ValTy::U32 | ValTy::F32 | ValTy::Func(_) => Access::U4,
        ValTy::I32 => Access::S4,
        ValTy::I64 | ValTy::U64 => Access::W8,
        ValTy::F64 => Access::F8,
        // The collector has to know where any of them is stored.
        ValTy::Ref(_) | ValTy::RefNull(_) | ValTy::IPtr(_) => Access::Ref,
    }
}
