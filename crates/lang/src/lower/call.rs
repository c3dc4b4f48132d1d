//! Calls of functions and function values.
//!
//! Arguments are evaluated left to right before the call. What a `mut` parameter ends with comes
//! back as leading results and is written to the place that was passed.

use kaa_ir::{FuncId, Inst, Module, Results, TypeId, Value};

use super::body::Body;
use super::place::{Taken, Target};
use super::{Cx, Vals};
use crate::hir::{Arg, ArgKind, ExprId, ExprKind, FnId, FnTyId, List, LocalId, Mode, Ty};

/// An argument whose value is known, or whose place is.
pub(super) enum Ready {
    /// A value.
    Value(Vals),
    /// A place that is read at the call and written after it.
    Place(Target),
    /// The resource of a variable, which holds it until the call takes it over.
    Held(LocalId),
}

/// Where the final value of a `mut` parameter goes.
enum Out {
    /// Nobody sees it.
    Nowhere,
    /// To a place that is written anew.
    Written(Target),
    /// To where it was taken out.
    PutBack(Taken),
}

/// Whether a variable stands in a list more than once.
fn is_twice(roots: &[LocalId], root: LocalId) -> bool {
    roots.iter().filter(|r| **r == root).count() > 1
}

/// What is called for each element of something.
pub(super) enum Callee {
    /// A function of the module with its captured values.
    Known(FuncId, Vals),
    /// A function value.
    Closure(Value),
}

impl Cx<'_> {
    /// Records what calls of closures of a type take over.
    pub fn note_closure(&mut self, m: &mut Module, fn_ty: FnTyId, ty: TypeId) {
        if self.modes.closures.contains_key(&ty) {
            return;
        }
        let program = self.program;
        let mut taken = Vec::new();
        for &(mode, param) in &program.tys.fn_ty(fn_ty).params {
            let count = self.layouts.leaves(m, param).len();
            taken.resize(taken.len() + count, mode != Mode::Read);
        }
        self.modes.closures.insert(ty, taken);
    }
}

impl Body<'_, '_, '_> {
    /// Evaluates arguments in order; the result is by parameter.
    pub fn args(&mut self, args: List<Arg>) -> Vec<Ready> {
        let program = self.cx.program;
        let args = &program.tree[args];
        let count = args.iter().map(|a| a.param as usize + 1).max().unwrap_or(0);
        let mut ready: Vec<Ready> = Vec::new();
        ready.resize_with(count, || Ready::Value(Vec::new()));
        for arg in args {
            ready[arg.param as usize] = match arg.kind {
                ArgKind::Value(e) | ArgKind::Temp(e) => {
                    let vals = self.expr(e);
                    match program.tree[e].kind {
                        ExprKind::Walrus { local, .. } if self.is_watched(local) => {
                            Ready::Held(local)
                        }
                        _ => Ready::Value(vals),
                    }
                }
                ArgKind::Mut(place) => Ready::Place(self.target(place)),
            };
        }
        ready
    }

    /// The value of an argument that nothing is written back to.
    pub fn ready_value(&mut self, ready: Ready) -> Vals {
        match ready {
            Ready::Value(vals) => vals,
            Ready::Place(target) => self.read_target(&target),
            Ready::Held(local) => self.move_local(local),
        }
    }

    /// The value of an argument.
    pub fn arg_value(&mut self, arg: &Arg) -> Vals {
        match arg.kind {
            ArgKind::Value(e) | ArgKind::Temp(e) => self.expr(e),
            ArgKind::Mut(place) => {
                let target = self.target(place);
                self.read_target(&target)
            }
        }
    }

    /// Calls a function of the program. One with captures is the function at hand, which passes
    /// its own on.
    pub fn call(&mut self, func: FnId, args: List<Arg>) -> Vals {
        let program = self.cx.program;
        let f = self.cx.func(self.b.module, func);
        let callee = &program.functions[func];
        let modes: Vec<Mode> = callee.params.iter().map(|p| p.mode).collect();
        let mut leading: Vals = Vec::new();
        leading.extend(self.captured(func, &callee.captures));
        let ready = self.args(args);
        let import = program.host_imports.get(&func);
        let results = self.leaves(callee.ret);
        self.with_places(&modes, ready, |s, vals| {
            leading.extend(vals);
            match import {
                Some((module, name)) => s.b.call_import(module, name, &leading, &results),
                None => s.b.ins(Inst::Call { f, args: leading.into() }),
            }
        })
    }

    /// Calls a function value.
    pub fn call_value(&mut self, callee: ExprId, args: List<Arg>) -> Vals {
        let program = self.cx.program;
        let Ty::Fn(fn_ty) = self.ty(program.tree[callee].ty) else { return Vec::new() };
        let callee = self.expr1(callee);
        let modes: Vec<Mode> = program.tys.fn_ty(fn_ty).params.iter().map(|p| p.0).collect();
        let ready = self.args(args);
        self.note_callee(fn_ty);
        self.with_places(&modes, ready, |s, vals| {
            s.b.ins(Inst::CallClosure { callee, args: vals.into() })
        })
    }

    fn note_callee(&mut self, fn_ty: FnTyId) {
        let ty = self.cx.layouts.closure_type(self.b.module, fn_ty);
        self.cx.note_closure(self.b.module, fn_ty, ty);
    }

    /// Takes what `mut` parameters get out of its places, calls, and writes it back.
    fn with_places(
        &mut self,
        modes: &[Mode],
        ready: Vec<Ready>,
        call: impl FnOnce(&mut Self, Vals) -> Results,
    ) -> Vals {
        let mut vals = Vec::new();
        let mut outs = Vec::new();
        let roots: Vec<LocalId> = ready
            .iter()
            .filter_map(|arg| match arg {
                Ready::Place(target) => target.local(),
                Ready::Value(_) | Ready::Held(_) => None,
            })
            .collect();
        let mut moved = Vec::new();
        for (i, arg) in ready.into_iter().enumerate() {
            let (out, v) = match arg {
                Ready::Value(v) => (Out::Nowhere, v),
                Ready::Held(local) => {
                    moved.push(local);
                    (Out::Nowhere, self.get_local(local))
                }
                // Two places in one variable are read together and written one by one.
                Ready::Place(target) if target.local().is_some_and(|r| is_twice(&roots, r)) => {
                    let v = self.read_target(&target);
                    (Out::Written(target), v)
                }
                Ready::Place(target) => {
                    let taken = self.take(target);
                    let v = taken.vals.clone();
                    (Out::PutBack(taken), v)
                }
            };
            if modes.get(i) == Some(&Mode::Mut) {
                outs.push((out, v.len()));
            }
            vals.extend(v);
        }
        for local in moved {
            self.moved(local);
        }
        let results: Vals = call(self, vals).iter().collect();
        let mut at = 0;
        for (out, count) in outs {
            let end = (at + count).min(results.len());
            let back = results.get(at..end).unwrap_or_default().to_vec();
            match out {
                Out::Nowhere => {}
                Out::Written(target) => self.write_target(target, back),
                Out::PutBack(taken) => self.put_back(&taken, back),
            }
            at = end;
        }
        results.get(at..).unwrap_or_default().to_vec()
    }

    /// Prepares a function value that is called many times; one that is written in place is
    /// called directly.
    pub fn callee(&mut self, e: ExprId) -> Callee {
        let program = self.cx.program;
        match program.tree[e].kind {
            ExprKind::FnRef(func) => Callee::Known(self.cx.func(self.b.module, func), Vec::new()),
            ExprKind::Closure { func, captures } => {
                let vals = self.captured(func, &program.tree[captures]);
                Callee::Known(self.cx.func(self.b.module, func), vals)
            }
            _ => {
                let value = self.expr1(e);
                match self.ty(program.tree[e].ty) {
                    Ty::Fn(fn_ty) => {
                        self.note_callee(fn_ty);
                        Callee::Closure(value)
                    }
                    _ => Callee::Known(FuncId(0), Vec::new()),
                }
            }
        }
    }

    /// Calls a prepared function with values.
    pub fn call_callee(&mut self, callee: &Callee, args: &[Value]) -> Vals {
        let results = match callee {
            Callee::Known(f, captured) => {
                let args = [captured, args].concat();
                self.b.ins(Inst::Call { f: *f, args: args.into() })
            }
            Callee::Closure(callee) => {
                self.b.ins(Inst::CallClosure { callee: *callee, args: args.into() })
            }
        };
        results.iter().collect()
    }
}
