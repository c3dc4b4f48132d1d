//! Objects of classes: making them, their fields, and identity.
//!
//! An object is one reference to a heap struct with identity, whose leaves are those of the fields.
//! A collection in a field is written in place: it is taken out, changed and put back, as `place`
//! does it for paths. Where the field is out while other code runs (the checker found such a call
//! or loop), the object has a hidden `bool` behind its fields that says so, and every use of the
//! field traps meanwhile. A variable that a nested function writes lies in a *cell*, an object of
//! one field that the function around and the closure both hold.

use std::ops::Range;

use kaa_ir::{Inst, TrapKind, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::Vals;
use super::body::Body;
use crate::hir::{Arg, ExprId, FnId, Function, List, LocalId, TyId};

/// Some leaves of a field of an object.
#[derive(Clone)]
pub(super) struct Home {
    object: Value,
    leaves: Range<usize>,
    /// The leaf that says whether the field is out.
    flag: Option<u32>,
    /// What was there when it was taken out.
    old: Vals,
    /// The variable's type, where this is a cell: its leaves are nullable there.
    cell: Option<TyId>,
}

impl Home {
    /// Goes on to a part of the field.
    pub fn narrow(&mut self, part: &Range<usize>) {
        self.leaves = self.leaves.start + part.start..self.leaves.start + part.end;
    }
}

impl Body<'_, '_, '_> {
    /// A new object.
    pub fn object_new(&mut self, ty: TyId, fields: List<Arg>) -> Vals {
        let mut vals = self.struct_new(fields);
        let flags = self.cx.layouts.flags(ty);
        let home = self.bool(false);
        vals.resize(vals.len() + flags, home);
        let ty = self.cx.layouts.class_type(self.b.module, ty);
        vec![self.b.ins1(Inst::StructNew { ty, vals: vals.into() })]
    }

    /// A field of what an expression gives.
    pub fn home(&mut self, object: ExprId, index: u32) -> Home {
        let ty = self.cx.program.tree[object].ty;
        let object = self.expr1(object);
        self.field_home(object, ty, index)
    }

    /// A field of an object of type `ty`.
    pub fn field_home(&mut self, object: Value, ty: TyId, index: u32) -> Home {
        let (leaves, _) = self.cx.layouts.field(ty, index);
        let flag = self.cx.layouts.flag(ty, index);
        Home { object, leaves, flag, old: Vec::new(), cell: None }
    }

    /// Makes the cells of the variables that nested functions write.
    pub fn make_cells(&mut self, f: &Function, id: FnId) {
        let program = self.cx.program;
        if program.cells.is_empty() {
            return;
        }
        for (local, var) in f.locals.iter() {
            if !program.cells.contains(&(id, local)) || f.captures.contains(&local) {
                continue;
            }
            let leaves = self.absent_leaves(var.ty);
            let ty = self.cx.layouts.cell_type(self.b.module, var.ty);
            let cell = self.b.ins1(Inst::StructNew { ty, vals: leaves.into() });
            self.cells.push((local, cell));
        }
    }

    /// Whether a variable is a cell of a function around.
    pub fn captured_cell(&self, f: &Function, local: LocalId) -> bool {
        let id = self.id.unwrap_or(FnId(0));
        self.cx.program.cells.contains(&(id, local)) && f.captures.contains(&local)
    }

    /// Gives a parameter or captured variable the value that it begins with.
    pub fn first_value(&mut self, f: &Function, local: LocalId, vals: Vals) {
        match (self.captured_cell(f, local), vals.first()) {
            (true, Some(cell)) => self.cells.push((local, *cell)),
            _ => self.set_local(local, &vals),
        }
    }

    /// Lets a nested function that uses itself as a value have it.
    pub fn hold_itself(&mut self, f: &Function, id: FnId) {
        if let Some(&own) = self.cx.program.own_values.get(&id) {
            let vals = self.closure(f.locals[own].ty, id, &f.captures);
            self.set_local(own, &vals);
        }
    }

    /// The cell of a variable that a nested function writes.
    pub fn cell_home(&mut self, local: LocalId) -> Option<Home> {
        let (_, object) = *self.cells.iter().find(|(cell, _)| *cell == local)?;
        let ty = self.func?.locals[local].ty;
        let leaves = 0..self.leaves(ty).len();
        Some(Home { object, leaves, flag: None, old: Vec::new(), cell: Some(ty) })
    }

    /// The values of captured variables; the cell itself, where the closure writes it too.
    pub fn captured(&mut self, func: FnId, captures: &[LocalId]) -> Vals {
        let program = self.cx.program;
        let inner = &program.functions[func].captures;
        let mut vals = Vec::new();
        for (local, inside) in captures.iter().zip(inner) {
            let cell = self.cells.iter().find(|(cell, _)| cell == local).map(|cell| cell.1);
            match cell.filter(|_| program.cells.contains(&(func, *inside))) {
                Some(cell) => vals.push(cell),
                None => vals.extend(self.get_local(*local)),
            }
        }
        vals
    }

    /// Reads a field.
    pub fn at_home(&mut self, home: &Home) -> Vals {
        self.insist_home(home);
        let types = home.cell.map(|ty| self.leaves(ty));
        let mut vals = Vec::with_capacity(home.leaves.len());
        for leaf in home.leaves.clone() {
            let val = self.get_leaf(home.object, leaf as u32);
            let wanted = types.as_ref().and_then(|types| types.get(leaf));
            vals.push(match wanted {
                Some(ValTy::Ref(_)) => self.b.ins1(Inst::AsNonNull { a: val }),
                _ => val,
            });
        }
        vals
    }

    /// Takes a field out.
    pub fn leave_home(&mut self, home: &mut Home) -> Vals {
        let vals = self.at_home(home);
        for v in &vals {
            if self.is_collection(*v) {
                self.taken.push(*v);
            }
        }
        self.set_flag(home, true);
        home.old.clone_from(&vals);
        vals
    }

    /// Puts a field back.
    pub fn come_home(&mut self, home: &Home, vals: &[Value]) {
        let leaves = (home.leaves.start as u32..).zip(vals);
        for ((leaf, val), old) in leaves.zip(&home.old) {
            if val != old {
                self.set_leaf(home.object, leaf, *val);
            }
        }
        self.set_flag(home, false);
    }

    /// Writes a field.
    pub fn write_home(&mut self, home: &Home, vals: &[Value]) {
        self.insist_home(home);
        for (leaf, val) in (home.leaves.start as u32..).zip(vals) {
            self.set_leaf(home.object, leaf, *val);
        }
    }

    /// Traps where the field is out.
    fn insist_home(&mut self, home: &Home) {
        if let Some(flag) = home.flag {
            let out = self.get_leaf(home.object, flag);
            self.trap_if(out, TrapKind::InUse);
        }
    }

    fn set_flag(&mut self, home: &Home, out: bool) {
        if let Some(flag) = home.flag {
            let val = self.bool(out);
            self.set_leaf(home.object, flag, val);
        }
    }

    fn get_leaf(&mut self, obj: Value, leaf: u32) -> Value {
        self.b.ins1(Inst::StructGet { obj, leaf: Leaf(leaf) })
    }

    fn set_leaf(&mut self, obj: Value, leaf: u32, val: Value) {
        self.b.ins(Inst::StructSet { obj, leaf: Leaf(leaf), val });
    }

    /// Whether two references are to one object; both may be null.
    pub fn same_object(&mut self, a: Value, b: Value) -> Value {
        self.b.ins1(Inst::RefEq { a, b })
    }

    /// Whether objects of this leaf type have identity.
    pub fn has_identity(&self, ty: ValTy) -> bool {
        let def = ty.heap_type().and_then(|id| self.b.module.types.def(id));
        matches!(def, Some(kaa_ir::TypeDef::Struct { identity: true, .. }))
    }
}
