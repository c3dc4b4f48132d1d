//! Writes a suspended function anew.
//!
//! A value that is kept somewhere becomes a variable of the builder: it is defined where it was,
//! and again where it is loaded. All other values are never needed across a point, so what defines
//! them still comes before each use.

use kaa_base::entity::{Entity, Table};
use kaa_ir::builder::BuildError;
use kaa_ir::cfg::Cfg;
use kaa_ir::{
    Block, FuncId, Function, FunctionBuilder, Inst, InstNode, Module, TrapKind, ValTy, Value, Var,
};
use kaa_isa::kinds::{BlockCall, Code, Leaf};
use rustc_hash::FxHashMap;

use super::super::natives;
use super::plan::{Plan, Yield};
use super::{DONE, zero};

/// The leaf with the number of the point.
const NUMBER: Leaf = Leaf(0);

/// Builds the function of a plan. `taken` values get their new numbers, and values that are
/// loaded join them: the state gives away what it kept.
pub(super) fn rebuild(
    m: &mut Module,
    run: FuncId,
    func: &Function,
    cfg: &Cfg,
    plan: &Plan,
    taken: &mut Vec<Value>,
) -> Result<FuncId, BuildError> {
    let mut b = FunctionBuilder::new(m, run);
    b.set_origin(func.file, func.loc);
    b.set_loc(func.loc);
    let state = b.params().first().copied().unwrap_or(Value(0));
    let blocks: Table<Block, Block> = func.blocks.keys().map(|_| b.create_block()).collect();
    let kept = |v: Value| plan.field_of(v).is_some();
    let vars: Table<Value, Option<Var>> =
        func.values.keys().map(|v| kept(v).then(|| b.declare_var(func.ty(v)))).collect();
    let news = func.values.keys().map(|_| None).collect();
    let names = names(func);
    for (v, name) in &names {
        if let Some(var) = vars[*v] {
            b.name_var(var, name);
        }
    }
    let mut rebuild =
        Rebuild { b, func, plan, state, blocks, vars, news, names, loaded: Vec::new() };
    rebuild.dispatch();
    for &block in cfg.order() {
        rebuild.block(block);
    }
    let Rebuild { mut b, blocks, news, loaded, .. } = rebuild;
    blocks.values().for_each(|block| b.seal_block(*block));
    let old = std::mem::take(taken);
    taken.extend(old.iter().filter_map(|v| news.get(*v).copied().flatten()));
    taken.extend(loaded);
    b.finish_with(taken)
}

/// The variables of the source that values are.
fn names(func: &Function) -> FxHashMap<Value, &str> {
    let known = func.locals.of.iter();
    known.filter_map(|(v, name)| Some((*v, &**func.locals.names.get(*name as usize)?))).collect()
}

struct Rebuild<'a, 'm> {
    b: FunctionBuilder<'m>,
    func: &'a Function,
    plan: &'a Plan,
    state: Value,
    /// The new blocks of the old ones.
    blocks: Table<Block, Block>,
    /// The variables of values that are kept.
    vars: Table<Value, Option<Var>>,
    /// The new values where the old ones were defined.
    news: Table<Value, Option<Value>>,
    /// What values are called, where debuggers are to know it.
    names: FxHashMap<Value, &'a str>,
    /// Collections that were loaded from the state.
    loaded: Vec<Value>,
}

impl Rebuild<'_, '_> {
    /// Goes on at the point that the state names.
    fn dispatch(&mut self) {
        let number = self.b.ins1(Inst::StructGet { obj: self.state, leaf: NUMBER });
        let entries: Vec<Block> = self.plan.points.iter().map(|_| self.b.create_block()).collect();
        let mut cases: Vec<(i64, BlockCall)> = (entries.iter().enumerate())
            .map(|(at, entry)| (self.plan.number(at), BlockCall::new(*entry, [])))
            .collect();
        let again = self.plan.calls.then(|| self.b.create_block());
        cases.extend(again.map(|again| (self.plan.running(), BlockCall::new(again, []))));
        let done = self.b.create_block();
        let other = BlockCall::new(done, []);
        self.b.ins(Inst::Switch { a: number, cases: cases.into(), other });
        entries.iter().chain(&again).chain([&done]).for_each(|block| self.b.seal_block(*block));
        if let Some(again) = again {
            self.b.switch_to(again);
            let text = self.b.str("this iterator was asked for an item by its own generator");
            self.b.call_import("rt", natives::FAIL_VALUE, &[text], &[]);
            self.b.ins(Inst::Trap { code: Code(TrapKind::InvalidValue.code()) });
        }
        self.b.switch_to(done);
        self.give_nothing();
        for (point, entry) in self.plan.points.iter().zip(entries) {
            self.b.switch_to(entry);
            if self.plan.calls {
                self.set_number(self.plan.running());
            }
            for &v in &point.live {
                self.load(v);
            }
            let to = self.blocks[point.block];
            self.b.jump(to, &[]);
        }
    }

    /// Returns that nothing is left.
    fn give_nothing(&mut self) {
        let results = self.b.module.sigs[self.func.sig].results.clone();
        let vals: Vec<Value> = results.iter().map(|ty| zero(&mut self.b, *ty)).collect();
        self.b.ins(Inst::Ret { vals: vals.into() });
    }

    fn set_number(&mut self, number: i64) {
        let val = self.b.i64(number);
        self.b.ins(Inst::StructSet { obj: self.state, leaf: NUMBER, val });
    }

    /// Takes a value out of the state.
    fn load(&mut self, v: Value) {
        let (Some(leaf), Some(var)) = (self.plan.field_of(v), self.vars[v]) else { return };
        let mut val = self.b.ins1(Inst::StructGet { obj: self.state, leaf: Leaf(leaf) });
        if self.b.ty(val).heap_type().is_some() {
            self.loaded.push(val);
        }
        if let (ValTy::Ref(_), ValTy::RefNull(_)) = (self.func.ty(v), self.b.ty(val)) {
            val = self.b.ins1(Inst::AsNonNull { a: val });
        }
        self.b.def_var(var, val);
    }

    fn block(&mut self, block: Block) {
        self.b.switch_to(self.blocks[block]);
        let func = self.func;
        let data = &func.blocks[block];
        if block != Function::ENTRY {
            for &v in &data.params {
                let new = self.b.append_param(self.blocks[block], func.ty(v));
                self.define(v, new);
            }
        }
        let suspends = self.plan.yields.get(&block).copied();
        for (at, node) in data.insts.iter().enumerate() {
            self.b.set_loc(node.loc);
            match suspends {
                Some(suspends) if at + 1 == data.insts.len() => self.suspend(suspends),
                _ => self.inst(block, node),
            }
        }
    }

    /// Keeps what is needed later and returns the item.
    fn suspend(&mut self, Yield { out, point }: Yield) {
        let plan = self.plan;
        for &v in plan.points[point].live.iter().filter(|v| !plan.is_steady(**v)) {
            let val = self.value(v);
            self.keep(v, val);
        }
        self.set_number(plan.number(point));
        let out = self.blocks[out];
        self.b.jump(out, &[]);
    }

    /// Writes a value to its field.
    fn keep(&mut self, v: Value, val: Value) {
        if let Some(leaf) = self.plan.field_of(v) {
            self.b.ins(Inst::StructSet { obj: self.state, leaf: Leaf(leaf), val });
        }
    }

    fn inst(&mut self, block: Block, node: &InstNode) {
        let returns = matches!(node.inst, Inst::Ret { .. });
        if returns && !self.plan.outs.contains(&block) {
            self.set_number(DONE);
        }
        let mut inst = node.inst.clone();
        inst.map_values(&mut |v| self.value(v));
        inst.targets_mut(&mut |t| t.block = self.blocks[t.block]);
        let results = self.b.ins(inst);
        for (old, new) in node.results.iter().zip(results.iter()) {
            self.define(old, new);
        }
    }

    fn define(&mut self, old: Value, new: Value) {
        self.news[old] = Some(new);
        match (self.vars[old], self.names.get(&old)) {
            (Some(var), _) => self.b.def_var(var, new),
            (None, Some(name)) => self.b.name_local(new, name),
            (None, None) => {}
        }
        if self.plan.is_steady(old) {
            self.keep(old, new);
        }
    }

    /// What an old value is here.
    fn value(&mut self, old: Value) -> Value {
        match self.vars[old] {
            Some(var) => self.b.use_var(var),
            None => self.news[old].unwrap_or(Value::new(0)),
        }
    }
}
