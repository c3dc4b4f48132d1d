//! Sharing: the pass that keeps values apart.
//!
//! Collections are written in place unless their shared bit is set, so the bit must be set
//! wherever an object can be reached in two ways. A use that stores, passes on or writes an
//! object *takes it over*. That needs no bit where the value is *owned* (made, returned or
//! written here, or given by a jump) and this is its last use: the object moves. Everywhere else
//! `share` is put before the use. A value that was read from a container is not owned; if a write
//! can happen while it is still needed, it is shared where it is read. What is read from an
//! unshared container on the way of a write has moved out and is owned (`place` puts it back).
//! Texts and other immutable objects are never shared.

use kaa_base::entity::Entity;
use kaa_ir::cfg::Cfg;
use kaa_ir::liveness::{Liveness, ValueSet};
use kaa_ir::{
    Block, FuncId, Function, ImportId, Inst, InstNode, Module, Results, Signature, TypeDef, TypeId,
    ValTy, Value,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::natives;
use crate::builtins;

/// Which arguments calls take over, one entry for each leaf.
#[derive(Default)]
pub(super) struct Modes {
    /// Of functions of the module.
    pub funcs: FxHashMap<FuncId, Vec<bool>>,
    /// Of closures, by closure type.
    pub closures: FxHashMap<TypeId, Vec<bool>>,
    /// Values of each function that were taken out of a field of an object and are put back.
    pub taken: FxHashMap<FuncId, Vec<Value>>,
    /// What calls may do to objects.
    pub effects: Effects,
}

/// What an instruction writes in place.
enum Write {
    Nothing,
    Type(TypeId),
    /// Fields of objects and what is in them.
    Objects,
    Anything,
}

/// Natives that write their first argument and only read the others.
const READ_OTHERS: &[&str] = &[
    "list.extend",
    "list.set_slice",
    "list.sort_by_keys",
    "dict.update",
    "set.update",
    "set.difference_update",
    "set.intersection_update",
    "set.symmetric_difference_update",
];

/// Natives that write their first argument and that no table of builtins lists.
const WRITERS: &[&str] = &[
    natives::LIST_SORT,
    natives::LIST_SORT_BY_KEYS,
    natives::LIST_SET_SLICE,
    natives::LIST_DEL_SLICE,
    natives::LIST_DEL_AT,
    natives::MAP_PUT_AT,
    natives::DICT_PUT,
    natives::DICT_DEL,
];

/// Natives whose results lie in their first argument still.
const LOADS: &[&str] = &[
    natives::MAP_KEY_AT,
    natives::MAP_VALUE_AT,
    natives::DICT_INDEX,
    "dict.get",
    "dict.get_or",
    "dict.setdefault",
];

mod effects;

pub(super) use effects::Effects;
use effects::has_identity;

/// Puts the `share` instructions into a function.
///
/// # Errors
/// Too many collections live over too many blocks; nothing is inserted then.
pub(super) fn insert(m: &mut Module, id: FuncId, modes: &Modes) -> Result<(), TooComplex> {
    let sig = m.funcs[id].sig;
    let mut func = std::mem::replace(&mut m.funcs[id], Function::declare("", sig));
    if !func.blocks.is_empty() {
        let plan = Pass::new(m, &func, id, modes).run()?;
        if !plan.before.is_empty() || !plan.after.is_empty() {
            plan.apply(m, &mut func);
        }
    }
    m.funcs[id] = func;
    Ok(())
}

/// A function is too large for the pass.
#[derive(Debug)]
pub(super) struct TooComplex;

/// Where objects are shared.
#[derive(Default)]
struct Plan {
    /// Before an instruction, by block and position.
    before: FxHashMap<(Block, usize), Vec<Value>>,
    /// Behind the definition of a value.
    after: FxHashSet<Value>,
}

impl Plan {
    fn apply(&self, m: &mut Module, func: &mut Function) {
        let blocks: Vec<Block> = func.blocks.keys().collect();
        for block in blocks {
            let insts = std::mem::take(&mut func.blocks[block].insts);
            let mut out = Vec::with_capacity(insts.len() + 4);
            for (at, node) in insts.into_iter().enumerate() {
                let loc = node.loc;
                for v in self.before.get(&(block, at)).into_iter().flatten() {
                    out.push(share(m, *v, func.ty(*v), loc));
                }
                let results = node.results;
                out.push(node);
                for v in results.iter().filter(|v| self.after.contains(v)) {
                    out.push(share(m, v, func.ty(v), loc));
                }
            }
            func.blocks[block].insts = out;
        }
    }
}

/// Sets the shared bit; of a nullable reference, where there is an object.
fn share(m: &mut Module, v: Value, ty: ValTy, loc: kaa_ir::Loc) -> InstNode {
    let inst = match ty {
        ValTy::RefNull(_) => {
            let i = m.import("rt", natives::OBJ_SHARE, Signature::new([ty], []));
            Inst::CallImport { i, args: [v].into() }
        }
        _ => Inst::Share { obj: v },
    };
    InstNode { inst, results: Results::NONE, loc }
}

/// One function under analysis.
struct Pass<'a> {
    m: &'a Module,
    func: &'a Function,
    modes: &'a Modes,
    /// The value that each value is another name of.
    root: Vec<Value>,
    /// Whether the object belongs to this value alone.
    owned: Vec<bool>,
    /// Whether the value was read from a container that keeps it.
    load: Vec<bool>,
    /// Whether it was read from a field of an object, or from what lies there.
    in_object: Vec<bool>,
    reach: FxHashMap<TypeId, FxHashSet<TypeId>>,
    plan: Plan,
}

impl<'a> Pass<'a> {
    fn new(m: &'a Module, func: &'a Function, id: FuncId, modes: &'a Modes) -> Self {
        let n = func.values.len();
        let mut pass = Self {
            m,
            func,
            modes,
            root: (0..n).map(Value::new).collect(),
            owned: vec![true; n],
            load: vec![false; n],
            in_object: vec![false; n],
            reach: FxHashMap::default(),
            plan: Plan::default(),
        };
        let taken = modes.funcs.get(&id).map_or(&[][..], Vec::as_slice);
        let params = func.blocks.get(Function::ENTRY).map_or(&[][..], |b| &b.params);
        for (i, v) in params.iter().enumerate() {
            pass.owned[v.index()] = taken.get(i).copied().unwrap_or(false);
        }
        let moved = pass.moved();
        for data in func.blocks.values() {
            data.insts.iter().for_each(|node| pass.define(node, &moved));
        }
        for v in modes.taken.get(&id).into_iter().flatten() {
            let v = pass.root(*v);
            (pass.owned[v.index()], pass.load[v.index()]) = (true, false);
        }
        pass
    }

    /// Containers whose elements are taken out and put back: unshared and then written. `place`
    /// sees to it that nothing else is read from such a value.
    fn moved(&self) -> FxHashSet<Value> {
        let mut unshared = FxHashSet::default();
        let mut written = FxHashSet::default();
        for node in self.func.blocks.values().flat_map(|data| &data.insts) {
            match &node.inst {
                Inst::Unshare { .. } => unshared.extend(node.results.iter()),
                Inst::ListSet { list, .. } | Inst::ListPut { list, .. } => {
                    written.insert(*list);
                }
                Inst::CallImport { i, args } if self.import_name(*i) == natives::MAP_PUT_AT => {
                    written.extend(args.first());
                }
                _ => {}
            }
        }
        unshared.retain(|v| written.contains(v));
        unshared
    }

    /// Notes where the results of an instruction come from.
    fn define(&mut self, node: &InstNode, moved: &FxHashSet<Value>) {
        let from = match &node.inst {
            Inst::AsNonNull { a } => {
                if let Some(v) = node.results.get(0) {
                    self.root[v.index()] = *a;
                }
                return;
            }
            Inst::ListGet { list, .. } => Some(*list),
            Inst::StructGet { obj, .. } => Some(*obj),
            Inst::GlobalGet { .. } => None,
            Inst::CallImport { i, args } if LOADS.contains(&self.import_name(*i)) => {
                args.first().copied()
            }
            _ => return,
        };
        if from.is_some_and(|from| moved.contains(&from)) {
            return;
        }
        let in_object = match &node.inst {
            Inst::StructGet { obj, .. } => has_identity(self.m, self.func.ty(*obj)),
            _ => from.is_some_and(|from| self.in_object[self.root(from).index()]),
        };
        // What a writing native gives back first is owned; the rest is still inside.
        let receiver = match &node.inst {
            Inst::CallImport { i, .. } if writes_first(self.import_name(*i)) => 1,
            _ => 0,
        };
        for v in node.results.iter().skip(receiver) {
            if self.is_collection(v) {
                self.owned[v.index()] = false;
                self.load[v.index()] = true;
                self.in_object[v.index()] = in_object;
            }
        }
    }

    fn import_name(&self, i: ImportId) -> &'a str {
        match self.m.imports.get(i) {
            Some(import) if import.module == "rt" => &import.name,
            _ => "",
        }
    }

    /// The first name of a value.
    fn root(&self, mut v: Value) -> Value {
        while self.root[v.index()] != v {
            v = self.root[v.index()];
        }
        v
    }

    /// Whether a value is a reference to something that can be written in place.
    fn is_collection(&self, v: Value) -> bool {
        let Some(id) = self.func.ty(v).heap_type() else { return false };
        matches!(self.m.types.def(id), Some(TypeDef::List { .. } | TypeDef::Map { .. }))
    }

    fn run(mut self) -> Result<Plan, TooComplex> {
        let func = self.func;
        let cfg = Cfg::new(func);
        let live = Liveness::new(func, &cfg).ok_or(TooComplex)?;
        let mut now = ValueSet::new(func.values.len());
        for (block, data) in func.blocks.iter() {
            let mut held: Vec<Value> = Vec::new();
            for v in live.live_out(block).iter().map(|v| self.root(*v)) {
                if self.is_collection(v) && now.insert(v) {
                    held.push(v);
                }
            }
            for (at, node) in data.insts.iter().enumerate().rev() {
                self.visit(block, at, node, &live, &mut now, &mut held);
            }
            held.iter().for_each(|v| {
                now.remove(*v);
            });
        }
        let Plan { before, after } = &mut self.plan;
        for values in before.values_mut() {
            values.retain(|v| !after.contains(v));
        }
        Ok(self.plan)
    }

    /// Handles one instruction; `now` and `held` are the collections needed behind it, and
    /// become those needed before it.
    fn visit(
        &mut self,
        block: Block,
        at: usize,
        node: &InstNode,
        live: &Liveness,
        now: &mut ValueSet,
        held: &mut Vec<Value>,
    ) {
        let mut shared: Vec<Value> = Vec::new();
        if node.inst.is_terminator() {
            node.inst.targets(&mut |target| {
                for v in &target.args {
                    let needed =
                        |r: Value| live.live_in(target.block).iter().any(|o| self.root(*o) == r);
                    self.take_over(*v, &target.args, &needed, &mut shared);
                }
            });
        }
        let mut uses: Vec<Value> = Vec::new();
        node.inst.uses(&mut |v| uses.push(v));
        for v in self.taken_over(&node.inst) {
            self.take_over(v, &uses, &|r| now.contains(r), &mut shared);
        }
        if !shared.is_empty() {
            self.plan.before.insert((block, at), shared);
        }
        for v in node.results.iter() {
            if self.is_collection(v) && self.root(v) == v && now.remove(v) {
                held.retain(|h| *h != v);
            }
        }
        for v in uses {
            let r = self.root(v);
            if self.is_collection(r) && now.insert(r) {
                held.push(r);
            }
        }
        match self.write(&node.inst) {
            Write::Nothing => {}
            write => self.share_loads(&write, held, &node.inst),
        }
    }

    /// Notes that `v` must be shared before it is taken over, if so.
    fn take_over(
        &self,
        v: Value,
        uses: &[Value],
        needed: &dyn Fn(Value) -> bool,
        shared: &mut Vec<Value>,
    ) {
        let root = self.root(v);
        if !self.is_collection(v) || shared.contains(&v) {
            return;
        }
        let times = uses.iter().filter(|u| self.root(**u) == root).count();
        if !self.owned[root.index()] || times > 1 || needed(root) {
            shared.push(v);
        }
    }

    /// Values read earlier that are needed at a write must not see it.
    fn share_loads(&mut self, write: &Write, held: &[Value], inst: &Inst) {
        let written = match inst {
            Inst::ListPut { list, .. } | Inst::ListPush { list, .. } | Inst::ListPop { list } => {
                Some(self.root(*list))
            }
            _ => None,
        };
        for v in held {
            // The object that is written was shared by its own rule.
            if !self.load[v.index()] || Some(*v) == written || self.plan.after.contains(v) {
                continue;
            }
            let Some(ty) = self.func.ty(*v).heap_type() else { continue };
            let hit = match write {
                Write::Nothing => false,
                Write::Type(id) => self.reaches(ty, *id),
                Write::Objects => self.in_object[v.index()],
                Write::Anything => true,
            };
            if hit {
                self.plan.after.insert(*v);
            }
        }
    }

    /// The operands that an instruction stores, passes on or writes.
    fn taken_over(&self, inst: &Inst) -> Vec<Value> {
        let by_mode = |args: &[Value], taken: Option<&Vec<bool>>| -> Vec<Value> {
            let taken = taken.map_or(&[][..], Vec::as_slice);
            args.iter().zip(taken).filter(|(_, t)| **t).map(|(v, _)| *v).collect()
        };
        match inst {
            Inst::ListOf { vals, .. }
            | Inst::StructNew { vals, .. }
            | Inst::ClosureNew { vals, .. }
            | Inst::Ret { vals } => vals.to_vec(),
            Inst::ListPut { list, val, .. } => vec![*list, *val],
            Inst::ListSet { val, .. }
            | Inst::GlobalSet { val, .. }
            | Inst::StructSet { val, .. } => vec![*val],
            Inst::ListPush { list, vals } => [&[*list], &vals[..]].concat(),
            Inst::ListPop { list } => vec![*list],
            Inst::Unshare { obj } => vec![*obj],
            Inst::Call { f, args } => by_mode(args, self.modes.funcs.get(f)),
            Inst::CallClosure { callee, args } => {
                let ty = self.func.ty(*callee).heap_type();
                by_mode(args, ty.and_then(|ty| self.modes.closures.get(&ty)))
            }
            Inst::CallImport { i, args } => match self.import_name(*i) {
                name if READ_OTHERS.contains(&name) => args.iter().take(1).copied().collect(),
                name if writes_first(name) => args.to_vec(),
                // It may give its default back.
                "dict.get_or" => args.iter().skip(1).copied().collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What an instruction writes in place.
    fn write(&self, inst: &Inst) -> Write {
        let of = |v: &Value| self.func.ty(*v).heap_type().map_or(Write::Anything, Write::Type);
        let any_taken = |args: &[Value]| args.iter().any(|v| self.is_collection(*v));
        match inst {
            Inst::ListPut { list, .. }
            | Inst::ListSet { list, .. }
            | Inst::ListPush { list, .. }
            | Inst::ListPop { list } => of(list),
            Inst::Call { .. } | Inst::CallClosure { .. } => match any_taken(&self.taken_over(inst))
            {
                true => Write::Anything,
                false if self.modes.effects.of(self.m, inst) => Write::Objects,
                false => Write::Nothing,
            },
            Inst::CallImport { i, args } if writes_first(self.import_name(*i)) => {
                args.first().map_or(Write::Nothing, of)
            }
            Inst::CallImport { .. } if self.modes.effects.of(self.m, inst) => Write::Objects,
            _ => Write::Nothing,
        }
    }

    /// Whether an object of type `from` can lead to one of type `to`.
    fn reaches(&mut self, from: TypeId, to: TypeId) -> bool {
        let m = self.m;
        let set = self.reach.entry(from).or_insert_with(|| {
            let mut seen = FxHashSet::from_iter([from]);
            let mut work = vec![from];
            while let Some(ty) = work.pop() {
                let leaves = m.types.leaves(ty).iter().chain(m.types.value_leaves(ty));
                let inner = leaves.filter_map(|leaf| leaf.ty.heap_type());
                work.extend(inner.filter(|ty| seen.insert(*ty)));
            }
            seen
        });
        set.contains(&to)
    }
}

/// Whether a native of the runtime writes its first argument and gives it back.
fn writes_first(name: &str) -> bool {
    WRITERS.contains(&name)
        || builtins::by_name(name).is_some_and(|id| id.get().sig.contains("(mut self"))
}

#[cfg(test)]
mod tests;
