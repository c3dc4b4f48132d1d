//! Module constants.
//!
//! A constant that is a literal is written out where it is used. Any other is kept in globals
//! that a function of its own fills at the first use, so that a host may call into the module at
//! any function without running something before.

use kaa_ir::{FuncId, Global, GlobalInit, Inst, Module, Signature, ValTy};
use kaa_isa::GlobalId;

use super::body::Body;
use super::layout::nullable;
use super::{Cx, Job, Vals};
use crate::hir::{ConstId, ExprId, ExprKind};

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// The value of a constant.
    pub fn use_const(&mut self, id: ConstId) -> Vals {
        let program = self.cx.program;
        let value = program.consts[id].value;
        if self.is_literal(value) {
            return self.expr(value);
        }
        let f = self.const_func(id);
        self.b.ins(Inst::Call { f, args: [].into() }).iter().collect()
    }

    fn is_literal(&self, e: ExprId) -> bool {
        match self.cx.program.tree[e].kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Unit
            | ExprKind::Absent
            | ExprKind::FnRef(_) => true,
            ExprKind::Unary { operand, .. } => self.is_literal(operand),
            ExprKind::Const(id) => self.is_literal(self.cx.program.consts[id].value),
            _ => false,
        }
    }

    fn const_func(&mut self, id: ConstId) -> FuncId {
        if let Some(func) = self.cx.consts.get(&id) {
            return *func;
        }
        let def = &self.cx.program.consts[id];
        let name = format!("const {}", self.cx.names.text(def.name));
        let leaves = self.leaves(def.ty);
        let func = self.cx.declare_func(self.b.module, &name, Signature::new([], &*leaves));
        self.cx.consts.insert(id, func);
        self.cx.jobs.push((func, Job::Const(id)));
        func
    }

    /// Lowers the function that gives a constant.
    pub fn constant(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId, id: ConstId) {
        let def = &cx.program.consts[id];
        let mut body = Self::start(cx, m, func);
        let loc = body.cx.loc(def.span);
        body.b.set_origin(def.span.file.0, loc);
        body.b.set_loc(loc);
        body.vars = Vec::new();
        let leaves = body.leaves(def.ty);
        let name = body.cx.names.text(def.name);
        let ready = body.global(format!("{name} ready"), ValTy::Bool);
        let globals: Vec<GlobalId> = leaves
            .iter()
            .enumerate()
            .map(|(i, ty)| body.global(format!("{name}.{i}"), nullable(*ty)))
            .collect();
        let is_ready = body.b.ins1(Inst::GlobalGet { g: ready });
        let (known, new) = (body.b.create_block(), body.b.create_block());
        body.b.branch(is_ready, known, new);
        body.open(known);
        let mut vals = Vec::new();
        for (g, ty) in globals.iter().zip(leaves.iter()) {
            let v = body.b.ins1(Inst::GlobalGet { g: *g });
            let is_ref = matches!(ty, ValTy::Ref(_));
            vals.push(if is_ref { body.b.ins1(Inst::AsNonNull { a: v }) } else { v });
        }
        body.b.ins(Inst::Ret { vals: vals.into() });
        body.open(new);
        let vals = body.expr(def.value);
        for (g, val) in globals.iter().zip(&vals) {
            body.b.ins(Inst::GlobalSet { g: *g, val: *val });
        }
        let yes = body.bool(true);
        body.b.ins(Inst::GlobalSet { g: ready, val: yes });
        body.b.ins(Inst::Ret { vals: vals.into() });
        body.finish(def.span);
    }

    fn global(&mut self, name: String, ty: ValTy) -> GlobalId {
        let init = GlobalInit::Bits(0);
        self.b.module.globals.push(Global { name, ty, mutable: true, init })
    }
}
