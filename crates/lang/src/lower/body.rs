//! One IR function in the making: the builder, the variables, and small steps that all rooms use.
//!
//! Nothing here knows a kind of expression or statement; see `expr` and `stmt`.

use std::rc::Rc;

use kaa_base::entity::Entity;
use kaa_base::span::Span;
use kaa_ir::{Block, FuncId, FunctionBuilder, Inst, Module, TrapKind, TypeId, ValTy, Value, Var};
use kaa_isa::kinds::Code;

use super::generator::Yields;
use super::layout::{Leaves, nullable};
use super::place::Taken;
use super::resource::{Held, Left};
use super::{Cx, Vals, refuse};
use crate::hir::{self, ExprId, FnId, LocalId, Mode, Ty, TyId};
use rustc_hash::FxHashMap;

/// An open loop: where its ways out lead.
#[derive(Clone)]
pub(super) struct Loop {
    /// `continue`
    pub next: Block,
    /// `break`
    pub exit: Block,
    /// Nothing is left.
    pub end: Block,
    /// What a `for mut` loop puts back, however a turn ends.
    pub back: Option<Rc<PutBack>>,
}

/// An element that a `for mut` loop took out.
pub(super) struct PutBack {
    pub taken: Taken,
    pub local: LocalId,
}

/// One IR function in the making.
pub(super) struct Body<'c, 'm, 'p> {
    pub cx: &'c mut Cx<'p>,
    pub b: FunctionBuilder<'m>,
    /// The function of the program, `None` for functions made on demand.
    pub func: Option<&'p hir::Function>,
    /// Its number in the program.
    pub id: Option<FnId>,
    pub vars: Vec<Option<Vec<Var>>>,
    pub loops: Vec<Loop>,
    /// Collections that were taken out of a field of an object and are put back.
    pub taken: Vec<Value>,
    /// The objects around whose text is being made, in a function that does so.
    pub showing: Option<Value>,
    /// The `yield`s so far, in a generator.
    pub yields: Option<Yields>,
    /// Expressions that were evaluated before, in an iterator that is made in place.
    pub known: FxHashMap<ExprId, Vals>,
    /// Variables that may hold a resource.
    pub watched: Vec<Held>,
    /// Those of them that had one on the way here.
    pub open_resources: Vec<LocalId>,
    /// How many of those were there before each loop around.
    pub turns: Vec<usize>,
    /// Enum values whose variant is known here, with the objects of those variants.
    pub variants: Vec<(Value, Value)>,
    /// The cells of variables that nested functions write.
    pub cells: Vec<(LocalId, Value)>,
}

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Starts the body of a declared function.
    pub fn start(cx: &'c mut Cx<'p>, m: &'m mut Module, id: FuncId) -> Self {
        let b = FunctionBuilder::new(m, id);
        let (vars, loops, taken) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            cx,
            b,
            func: None,
            id: None,
            vars,
            loops,
            taken,
            showing: None,
            yields: None,
            known: FxHashMap::default(),
            cells: Vec::new(),
            watched: Vec::new(),
            open_resources: Vec::new(),
            turns: Vec::new(),
            variants: Vec::new(),
        }
    }

    /// Lowers a function of the program.
    pub fn function(cx: &'c mut Cx<'p>, m: &'m mut Module, id: FnId) {
        let f = &cx.program.functions[id];
        let func = cx.func(m, id);
        let mut body = Self::begin(cx, m, id, func);
        if let Some((module, name)) = body.cx.program.host_imports.get(&id) {
            // Calls go to the import itself; this is for uses as a value.
            let args = body.b.params();
            let results = body.leaves(f.ret);
            let vals = body.import(module, name, &args, &results);
            body.ret(vals);
        }
        match body.cx.program.dispatch.get(&id) {
            Some(dispatch) => body.dispatch(dispatch),
            None => body.block(f.body),
        }
        if !body.b.is_terminated() {
            body.return_nothing();
        }
        body.finish(f.span);
    }

    /// Starts the IR function `func` as a function of the program, up to its first statement.
    pub fn begin(cx: &'c mut Cx<'p>, m: &'m mut Module, id: FnId, func: FuncId) -> Self {
        let f = &cx.program.functions[id];
        let mut body = Self::start(cx, m, func);
        body.func = Some(f);
        body.id = Some(id);
        let loc = body.cx.loc(f.span);
        body.b.set_origin(f.span.file.0, loc);
        body.b.set_loc(loc);
        body.vars = vec![None; f.locals.len()];
        body.make_cells(f, id);
        let params = body.b.params();
        let mut params = params.into_iter();
        let locals = f.captures.iter().copied().chain(f.params.iter().map(|p| p.local));
        for local in locals {
            let count = match body.captured_cell(f, local) {
                true => 1,
                false => body.leaves(f.locals[local].ty).len(),
            };
            let vals: Vals = params.by_ref().take(count).collect();
            let name = body.cx.names.text(f.locals[local].name);
            vals.iter().for_each(|v| body.b.name_value(*v, name));
            body.first_value(f, local, vals);
        }
        body.hold_itself(f, id);
        body.watch_resources(f);
        body
    }

    /// Ends the body and reports what the builder refuses.
    pub fn finish(self, span: Span) {
        let id = self.b.func_id();
        let Self { cx, b, mut taken, .. } = self;
        let name = b.module.funcs[id].clone();
        let done = b.finish_with(&mut taken);
        if !taken.is_empty() {
            cx.modes.taken.insert(id, taken);
        }
        if let Err(error) = done {
            refuse(cx, span, &name, &error);
        }
    }

    /// The end of a function without `return`, and a `return` without a value.
    pub fn return_nothing(&mut self) {
        if let Some(vals) = self.end_of_items() {
            return self.ret(vals);
        }
        let Some(f) = self.func else { return };
        let ret = match self.ty(f.ret) {
            Ty::Unit => Vec::new(),
            Ty::Result(value, error) if self.ty(value) == Ty::Unit => {
                let mut vals = vec![self.bool(true)];
                vals.extend(self.absent_leaves(error));
                vals
            }
            _ => return self.trap(TrapKind::Unreachable),
        };
        self.ret(ret);
    }

    /// Returns: what `mut` parameters hold, then the result.
    pub fn ret(&mut self, vals: Vals) {
        let left = match (self.func.map(|f| self.ty(f.ret)), vals.first()) {
            (Some(Ty::Result(..)), Some(&ok)) => Left::Unless(ok),
            _ => Left::Well,
        };
        self.ret_as(vals, left);
    }

    /// The same, by an error or not.
    pub fn ret_as(&mut self, vals: Vals, left: Left) {
        let open: Vec<_> = self.loops.iter().rev().filter_map(|l| l.back.clone()).collect();
        open.iter().for_each(|back| self.back(back));
        self.close_since(0, left);
        let mut all = Vec::new();
        if let Some(f) = self.func {
            for param in f.params.iter().filter(|p| p.mode == Mode::Mut) {
                all.extend(self.get_local(param.local));
            }
        }
        all.extend(vals);
        self.b.ins(Inst::Ret { vals: all.into() });
    }

    /// What a type is.
    pub fn ty(&self, ty: TyId) -> Ty {
        self.cx.program.tys.get(ty)
    }

    /// The leaves of a type.
    pub fn leaves(&mut self, ty: TyId) -> Leaves {
        self.cx.layouts.leaves(self.b.module, ty)
    }

    /// The leaves of an element as they lie in a list or map.
    pub fn elem_leaves(&mut self, ty: TyId) -> Leaves {
        self.cx.layouts.elem_leaves(self.b.module, ty)
    }

    /// The heap type of lists of `elem`.
    pub fn list_type(&mut self, elem: TyId) -> TypeId {
        self.cx.layouts.list_type(self.b.module, elem)
    }

    /// An element as it lies in a list or map: never without leaves.
    pub fn stored(&mut self, vals: Vals) -> Vals {
        if vals.is_empty() { vec![self.bool(false)] } else { vals }
    }

    fn local_ty(&self, local: LocalId) -> TyId {
        self.func.map_or(TyId::ERROR, |f| f.locals[local].ty)
    }

    /// The builder's variables of a local, declared at their first use.
    pub fn local_vars(&mut self, local: LocalId) -> Vec<Var> {
        if let Some(Some(vars)) = self.vars.get(local.index()) {
            return vars.clone();
        }
        let leaves = self.leaves(self.local_ty(local));
        let watched = self.is_watched(local);
        let kept = |ty: ValTy| if watched { nullable(ty) } else { ty };
        let vars: Vec<Var> = leaves.iter().map(|ty| self.b.declare_var(kept(*ty))).collect();
        self.name_vars(local, &vars);
        if let Some(slot) = self.vars.get_mut(local.index()) {
            *slot = Some(vars.clone());
        }
        vars
    }

    /// The value of a local.
    pub fn get_local(&mut self, local: LocalId) -> Vals {
        if let Some(home) = self.cell_home(local) {
            return self.at_home(&home);
        }
        self.capture(local);
        let vals = self.local_vars(local).into_iter().map(|v| self.b.use_var(v)).collect();
        if self.is_watched(local) { self.unwatched(local, vals) } else { vals }
    }

    /// Gives a local its value.
    pub fn set_local(&mut self, local: LocalId, vals: &[Value]) {
        if let Some(home) = self.cell_home(local) {
            return self.write_home(&home, vals);
        }
        let vars = self.local_vars(local);
        vars.iter().zip(vals).for_each(|(var, val)| self.b.def_var(*var, *val));
    }

    /// Fresh variables for values that come from several ways.
    pub fn fresh(&mut self, types: &[ValTy]) -> Vec<Var> {
        types.iter().map(|ty| self.b.declare_var(*ty)).collect()
    }

    /// Gives variables their values; nothing where the way here has ended.
    pub fn define(&mut self, vars: &[Var], vals: &[Value]) {
        vars.iter().zip(vals).for_each(|(var, val)| self.b.def_var(*var, *val));
    }

    /// The values of variables.
    pub fn values(&mut self, vars: &[Var]) -> Vals {
        vars.iter().map(|v| self.b.use_var(*v)).collect()
    }

    /// A `bool` constant.
    pub fn bool(&mut self, value: bool) -> Value {
        self.b.iconst(ValTy::Bool, value.into())
    }

    /// The zero or null of a leaf type. A non-null reference has none: there the program cannot
    /// come, so a null that is cast stands for it.
    pub fn zero(&mut self, ty: ValTy) -> Value {
        match ty {
            ValTy::F32 | ValTy::F64 => self.b.ins1(Inst::FConst { t: ty, bits: 0 }),
            ValTy::RefNull(id) => self.b.null(id),
            ValTy::Ref(id) | ValTy::IPtr(id) => {
                let null = self.b.null(id);
                self.b.ins1(Inst::AsNonNull { a: null })
            }
            other => self.b.iconst(other, 0),
        }
    }

    /// Zeros for the leaves of a type; for values that are never looked at.
    pub fn zeros(&mut self, ty: TyId) -> Vals {
        let leaves = self.leaves(ty);
        leaves.iter().map(|ty| self.zero(*ty)).collect()
    }

    /// Zeros and nulls for the leaves of a type inside an empty option or result.
    pub fn absent_leaves(&mut self, ty: TyId) -> Vals {
        let leaves = self.leaves(ty);
        leaves.iter().map(|ty| self.zero(nullable(*ty))).collect()
    }

    /// Calls a runtime function.
    pub fn rt(&mut self, name: &str, args: &[Value], results: &[ValTy]) -> Vals {
        self.import("rt", name, args, results)
    }

    /// Calls a runtime function with one result.
    pub fn rt1(&mut self, name: &str, args: &[Value], result: ValTy) -> Value {
        self.rt(name, args, &[result]).first().copied().unwrap_or(Value(0))
    }

    /// Calls an imported function.
    pub fn import(&mut self, m: &str, name: &str, args: &[Value], results: &[ValTy]) -> Vals {
        self.b.call_import(m, name, args, results).iter().collect()
    }

    /// Ends this way with a trap.
    pub fn trap(&mut self, kind: TrapKind) {
        self.b.ins(Inst::Trap { code: Code(kind.code()) });
    }

    /// Traps where `cond` is true and goes on where it is not.
    pub fn trap_if(&mut self, cond: Value, kind: TrapKind) {
        let (bad, good) = (self.b.create_block(), self.b.create_block());
        self.b.branch(cond, bad, good);
        self.open(bad);
        self.trap(kind);
        self.open(good);
    }

    /// Seals a block and continues there.
    pub fn open(&mut self, block: Block) {
        self.b.seal_block(block);
        self.b.switch_to(block);
    }

    /// Jumps to a block unless this way has ended.
    pub fn goto(&mut self, block: Block) {
        if !self.b.is_terminated() {
            self.b.jump(block, &[]);
        }
    }

    /// A value by condition: one of two ways is taken.
    pub fn choose(
        &mut self,
        cond: Value,
        types: &[ValTy],
        then: impl FnOnce(&mut Self) -> Vals,
        other: impl FnOnce(&mut Self) -> Vals,
    ) -> Vals {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.b.branch(cond, yes, no);
        self.join(types, yes, no, then, other)
    }

    /// Fills two blocks that are not sealed yet and brings their values together.
    pub fn join(
        &mut self,
        types: &[ValTy],
        yes: Block,
        no: Block,
        then: impl FnOnce(&mut Self) -> Vals,
        other: impl FnOnce(&mut Self) -> Vals,
    ) -> Vals {
        let vars = self.fresh(types);
        let done = self.b.create_block();
        self.open(yes);
        let vals = then(self);
        self.define(&vars, &vals);
        self.goto(done);
        self.open(no);
        let vals = other(self);
        self.define(&vars, &vals);
        self.goto(done);
        self.open(done);
        self.values(&vars)
    }

    /// Reports what cannot be lowered and gives a stand-in of the type.
    pub fn unsupported(&mut self, span: Span, what: &str, ty: TyId) -> Vals {
        self.cx.fail(span, format!("{what} is not supported yet"));
        self.zeros(ty)
    }
}
