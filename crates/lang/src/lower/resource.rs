//! Resources: closing what variables still hold where their scope ends.
//!
//! A variable that may hold a resource has a flag beside it, which is set by assignments and
//! cleared by moves. Every way out of a scope closes, last first, the resources whose flags are
//! set there; constants and dead branches are left to later passes.

use kaa_ir::{Inst, ValTy, Value, Var};

use super::Vals;
use super::body::Body;
use crate::hir::{Block, FnId, Form, Function, LocalId, Mode, Ty, TyId};

/// A variable that may hold a resource.
#[derive(Clone, Copy)]
pub(super) struct Held {
    local: LocalId,
    flag: Var,
    close: FnId,
}

impl Body<'_, '_, '_> {
    /// The method that closes values of a type, if they are resources.
    fn closer(&self, ty: TyId) -> Option<FnId> {
        let Ty::Struct(id, _) = self.ty(ty) else { return None };
        let def = &self.cx.program.structs[id];
        if def.form != Form::Resource {
            return None;
        }
        let mut methods = def.methods.iter();
        methods.find(|method| self.cx.names.text(method.0) == "close").map(|method| method.1)
    }

    /// Gives the variables of a function their flags; own parameters begin with a resource.
    pub fn watch_resources(&mut self, f: &Function) {
        if !self.cx.program.structs.values().any(|def| def.form == Form::Resource) {
            return;
        }
        for (local, var) in f.locals.iter() {
            let Some(close) = self.closer(var.ty) else { continue };
            // What closes a resource ends it by itself.
            if self.id == Some(close) {
                continue;
            }
            let param = f.params.iter().find(|param| param.local == local).map(|param| param.mode);
            if matches!(param, Some(Mode::Read | Mode::Mut)) || f.captures.contains(&local) {
                continue;
            }
            let flag = self.b.declare_var(ValTy::Bool);
            let held = self.bool(param == Some(Mode::Own));
            self.b.def_var(flag, held);
            self.watched.push(Held { local, flag, close });
            if param.is_none() {
                let nothing = self.absent_leaves(var.ty);
                self.set_local(local, &nothing);
            }
            if param == Some(Mode::Own) {
                self.open_resources.push(local);
            }
        }
    }

    /// Whether the variable may hold a resource. It is null while it holds none.
    pub fn is_watched(&self, local: LocalId) -> bool {
        self.watched.iter().any(|held| held.local == local)
    }

    /// The leaves of the resource that a variable holds.
    pub fn unwatched(&mut self, local: LocalId, vals: Vals) -> Vals {
        let ty = self.func.map_or(TyId::ERROR, |f| f.locals[local].ty);
        let leaves = self.leaves(ty);
        let pairs = leaves.iter().zip(vals);
        pairs
            .map(|(leaf, v)| match leaf {
                ValTy::Ref(_) => self.b.ins1(Inst::AsNonNull { a: v }),
                _ => v,
            })
            .collect()
    }

    fn held(&self, local: LocalId) -> Option<Held> {
        self.watched.iter().find(|held| held.local == local).copied()
    }

    /// Before a variable gets a new resource: closes the old one, and notes that it has one.
    pub fn hold(&mut self, local: LocalId) {
        let Some(held) = self.held(local) else { return };
        if self.func.is_some_and(|f| f.locals[local].mutable) {
            self.close_held(held);
        }
        let yes = self.bool(true);
        self.b.def_var(held.flag, yes);
        if !self.open_resources.contains(&local) {
            self.open_resources.push(local);
        }
    }

    /// The resource of a variable, which no longer has it.
    pub fn move_local(&mut self, local: LocalId) -> Vals {
        if let Some(held) = self.held(local) {
            let no = self.bool(false);
            self.b.def_var(held.flag, no);
        }
        self.get_local(local)
    }

    /// Closes the resource of a variable if it has one.
    fn close_held(&mut self, held: Held) {
        let flag = self.b.use_var(held.flag);
        let (yes, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(flag, yes, done);
        self.open(yes);
        let vals = self.get_local(held.local);
        let f = self.cx.func(self.b.module, held.close);
        self.b.ins(Inst::Call { f, args: vals.into() });
        let no = self.bool(false);
        self.b.def_var(held.flag, no);
        self.goto(done);
        self.open(done);
    }

    /// Closes the resource in a result that was only asked how it is.
    pub fn close_unheld(&mut self, ty: TyId, good: Value, vals: &[Value]) {
        let Ty::Result(ok, _) = self.ty(ty) else { return };
        let Some(close) = self.closer(ok) else { return };
        let (yes, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(good, yes, done);
        self.open(yes);
        let args = self.ok_value(ty, vals);
        let f = self.cx.func(self.b.module, close);
        self.b.ins(Inst::Call { f, args: args.into() });
        self.goto(done);
        self.open(done);
    }

    /// Closes what variables hold that were opened since the mark, last first.
    pub fn close_since(&mut self, mark: usize) {
        let open: Vec<LocalId> = self.open_resources.iter().skip(mark).rev().copied().collect();
        for local in open {
            if let Some(held) = self.held(local) {
                self.close_held(held);
            }
        }
    }

    /// Closes what a `break` or `continue` leaves.
    pub fn close_turn(&mut self) {
        if let Some(&mark) = self.turns.last() {
            self.close_since(mark);
        }
    }

    /// A suite whose resources end with it.
    pub fn scope(&mut self, block: Block) {
        let mark = self.open_resources.len();
        self.block(block);
        if !self.b.is_terminated() {
            self.close_since(mark);
        }
        self.open_resources.truncate(mark);
    }

    /// The suite of a loop: what it opens is closed in each turn.
    pub fn turn(&mut self, block: Block) {
        self.turns.push(self.open_resources.len());
        self.scope(block);
        self.turns.pop();
    }
}
