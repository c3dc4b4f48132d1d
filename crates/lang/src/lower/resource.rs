//! Resources: closing what variables still hold where their scope ends.
//!
//! A variable that may hold a resource has a flag beside it, which is set by assignments and
//! cleared by moves. Every way out of a scope closes, last first, the resources whose flags are
//! set there; constants and dead branches are left to later passes.
//!
//! A task that traps or is cancelled ends in the middle of its functions. In programs with tasks
//! the variable and its flag are therefore in a cell, and as long as it holds a resource the
//! runtime knows a closure of the cell, the *guard*, that closes it.

use kaa_base::span::Span;
use kaa_ir::{FuncId, Inst, Module, Signature, ValTy, Value, Var};
use kaa_isa::kinds::Leaf;

use super::body::Body;
use super::{Cx, Job, Vals, natives};
use crate::hir::{Block, FnId, Form, Function, LocalId, Mode, Ty, TyId};

/// A variable that may hold a resource.
#[derive(Clone, Copy)]
pub(super) struct Held {
    local: LocalId,
    flag: Flag,
    close: FnId,
    /// What ends it where a scope ends, if that depends on how.
    leave: Option<FnId>,
}

/// Where it stands whether a variable holds a resource.
#[derive(Clone, Copy)]
enum Flag {
    Var(Var),
    /// In this leaf of the variable's cell; the next one has the number of its guard.
    Cell(Value, u32),
}

/// How a scope is left.
#[derive(Clone, Copy)]
pub(super) enum Left {
    Well,
    /// By an error.
    Badly,
    /// By an error, unless this holds.
    Unless(Value),
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
            let leave = self.leave_of(var.ty);
            if self.id == Some(close) || self.id.is_some() && self.id == leave {
                continue;
            }
            let param = f.params.iter().find(|param| param.local == local).map(|param| param.mode);
            if matches!(param, Some(Mode::Read | Mode::Mut)) || f.captures.contains(&local) {
                continue;
            }
            let given = (param == Some(Mode::Own)).then(|| self.get_local(local));
            let flag = match self.cx.program.tasks {
                Some(_) => self.cell_flag(local, var.ty),
                None => Flag::Var(self.b.declare_var(ValTy::Bool)),
            };
            let held = Held { local, flag, close, leave };
            self.watched.push(held);
            match given {
                Some(vals) => {
                    self.set_local(local, &vals);
                    self.set_held(held, true);
                    self.open_resources.push(local);
                }
                None => {
                    if let Flag::Var(flag) = flag {
                        let no = self.bool(false);
                        self.b.def_var(flag, no);
                        let nothing = self.absent_leaves(var.ty);
                        self.set_local(local, &nothing);
                    }
                }
            }
        }
    }

    /// What ends values of a type where a scope ends, if that depends on how.
    fn leave_of(&self, ty: TyId) -> Option<FnId> {
        let tasks = self.cx.program.tasks?;
        matches!(self.ty(ty), Ty::Struct(id, _) if id == tasks.id).then_some(tasks.leave)
    }

    /// Lays a variable into a cell with its flag.
    fn cell_flag(&mut self, local: LocalId, ty: TyId) -> Flag {
        let mut vals = self.absent_leaves(ty);
        let at = vals.len() as u32;
        vals.extend([self.bool(false), self.b.i64(0)]);
        let ty = self.cx.layouts.guard_type(self.b.module, ty);
        let cell = self.b.ins1(Inst::StructNew { ty, vals: vals.into() });
        self.cells.push((local, cell));
        Flag::Cell(cell, at)
    }

    /// Whether the variable holds a resource now.
    fn is_held(&mut self, held: Held) -> Value {
        match held.flag {
            Flag::Var(flag) => self.b.use_var(flag),
            Flag::Cell(obj, at) => self.b.ins1(Inst::StructGet { obj, leaf: Leaf(at) }),
        }
    }

    /// Notes whether the variable holds a resource, for its task too.
    fn set_held(&mut self, held: Held, holds: bool) {
        let val = self.bool(holds);
        let (obj, at) = match held.flag {
            Flag::Var(flag) => return self.b.def_var(flag, val),
            Flag::Cell(obj, at) => (obj, at),
        };
        self.b.ins(Inst::StructSet { obj, leaf: Leaf(at), val });
        let number = Leaf(at + 1);
        if !holds {
            let number = self.b.ins1(Inst::StructGet { obj, leaf: number });
            self.rt(natives::UNGUARD, &[number], &[]);
            return;
        }
        let (Some(tasks), Some(f)) = (self.cx.program.tasks, self.func) else { return };
        let ty = self.cx.layouts.closure_type(self.b.module, tasks.thunk);
        self.cx.note_closure(self.b.module, tasks.thunk, ty);
        let f = self.guard_func(f.locals[held.local].ty);
        let guard = self.b.ins1(Inst::ClosureNew { ty, f, vals: [obj].into() });
        let val = self.rt1(natives::GUARD, &[guard], ValTy::I64);
        self.b.ins(Inst::StructSet { obj, leaf: number, val });
    }

    /// The function that closes a resource in a cell.
    fn guard_func(&mut self, ty: TyId) -> FuncId {
        if let Some(&func) = self.cx.guards.get(&ty) {
            return func;
        }
        let cell = self.cx.layouts.guard_type(self.b.module, ty);
        let name = format!("guard {}", self.cx.layouts.name(ty));
        let sig = Signature::new([ValTy::Ref(cell)], []);
        let func = self.cx.declare_func(self.b.module, &name, sig);
        self.cx.guards.insert(ty, func);
        self.cx.jobs.push((func, Job::Guard(ty)));
        func
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
            self.close_held(held, Left::Well);
        }
        self.set_held(held, true);
        if !self.open_resources.contains(&local) {
            self.open_resources.push(local);
        }
    }

    /// The resource of a variable, which no longer has it.
    pub fn move_local(&mut self, local: LocalId) -> Vals {
        let vals = self.get_local(local);
        self.moved(local);
        vals
    }

    /// Notes that a variable no longer has its resource.
    pub fn moved(&mut self, local: LocalId) {
        if let Some(held) = self.held(local) {
            self.set_held(held, false);
        }
    }

    /// Closes the resource of a variable if it has one.
    fn close_held(&mut self, held: Held, left: Left) {
        let flag = self.is_held(held);
        let (yes, done) = (self.b.create_block(), self.b.create_block());
        self.b.branch(flag, yes, done);
        self.open(yes);
        let vals = self.get_local(held.local);
        self.set_held(held, false);
        self.end_resource(held, vals, left);
        self.goto(done);
        self.open(done);
    }

    /// Calls what ends a resource.
    fn end_resource(&mut self, held: Held, mut vals: Vals, left: Left) {
        let (method, failed) = match (held.leave, left) {
            (None, _) | (_, Left::Well) => (held.close, None),
            (Some(leave), Left::Badly) => (leave, Some(self.bool(true))),
            (Some(leave), Left::Unless(good)) => {
                (leave, Some(self.b.ins1(Inst::Not { t: ValTy::Bool, a: good })))
            }
        };
        vals.extend(failed);
        let f = self.cx.func(self.b.module, method);
        self.b.ins(Inst::Call { f, args: vals.into() });
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
    pub fn close_since(&mut self, mark: usize, left: Left) {
        let open: Vec<LocalId> = self.open_resources.iter().skip(mark).rev().copied().collect();
        for local in open {
            if let Some(held) = self.held(local) {
                self.close_held(held, left);
            }
        }
    }

    /// Closes what a `break` or `continue` leaves.
    pub fn close_turn(&mut self) {
        if let Some(&mark) = self.turns.last() {
            self.close_since(mark, Left::Well);
        }
    }

    /// A suite whose resources end with it.
    pub fn scope(&mut self, block: Block) {
        let mark = self.open_resources.len();
        self.block(block);
        if !self.b.is_terminated() {
            self.close_since(mark, Left::Well);
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

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Lowers the function that closes a resource in a cell, if there still is one.
    pub fn guard(cx: &'c mut Cx<'p>, m: &'m mut Module, func: FuncId, ty: TyId) {
        let span = Span::new(cx.program.file, 0, 0);
        let mut body = Self::start(cx, m, func);
        let (Some(close), Some(&obj)) = (body.closer(ty), body.b.params().first()) else { return };
        let leaves = body.leaves(ty);
        let at = leaves.len() as u32;
        let holds = body.b.ins1(Inst::StructGet { obj, leaf: Leaf(at) });
        let (yes, done) = (body.b.create_block(), body.b.create_block());
        body.b.branch(holds, yes, done);
        body.open(yes);
        let val = body.bool(false);
        body.b.ins(Inst::StructSet { obj, leaf: Leaf(at), val });
        let mut vals = Vals::new();
        for (leaf, ty) in (0..).zip(leaves.iter()) {
            let a = body.b.ins1(Inst::StructGet { obj, leaf: Leaf(leaf) });
            vals.push(match ty {
                ValTy::Ref(_) => body.b.ins1(Inst::AsNonNull { a }),
                _ => a,
            });
        }
        let leave = body.leave_of(ty);
        let held = Held { local: LocalId(0), flag: Flag::Cell(obj, at), close, leave };
        body.end_resource(held, vals, Left::Badly);
        body.goto(done);
        body.open(done);
        body.ret(Vals::new());
        body.finish(span);
    }
}
