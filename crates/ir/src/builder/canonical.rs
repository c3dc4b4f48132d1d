//! The last step of building: drop parameters that are always the same value, drop blocks
//! that nothing reaches, and number blocks and values in order.

use kaa_base::entity::{Entity, Table};
use kaa_isa::{Block, Value};
use rustc_hash::FxHashMap;

use super::ssa::{Edge, Phi, Ssa};
use super::{BuildError, at, value_map};
use crate::cfg;
use crate::func::{BlockData, Function};

/// Turns the builder's state into a canonical function.
pub(super) fn finish(
    mut func: Function,
    ssa: Ssa,
    watched: &mut Vec<Value>,
) -> Result<Function, BuildError> {
    let live = cfg::reachable(&func);
    for (block, data) in func.blocks.iter() {
        let closed = data.insts.last().is_some_and(|n| n.inst.is_terminator());
        if live[block] && !closed {
            return Err(BuildError::Open(block));
        }
    }
    let phis: Vec<Phi> = ssa
        .phis
        .into_iter()
        .filter(|phi| live[phi.block])
        .map(|mut phi| {
            phi.args.retain(|((from, _), _)| live[*from]);
            phi
        })
        .collect();
    let mut alias = value_map(&func.values);
    remove_trivial(&phis, &mut alias);
    attach(&mut func, &phis, &alias);
    let func = number(func, &live, &alias, watched);
    check_defined(func, &ssa.undefined)
}

/// The value that `v` stands for after replacements.
fn resolve(alias: &[Option<Value>], mut v: Value) -> Value {
    while let Some(next) = alias[at(v)] {
        v = next;
    }
    v
}

/// A parameter whose arguments are one value (or itself) is that value. Removing one can make
/// those that use it trivial, so they are looked at again.
fn remove_trivial(phis: &[Phi], alias: &mut [Option<Value>]) {
    let mut users: FxHashMap<Value, Vec<usize>> = FxHashMap::default();
    for (i, phi) in phis.iter().enumerate() {
        phi.args.iter().for_each(|(_, v)| users.entry(*v).or_default().push(i));
    }
    let mut work: Vec<usize> = (0..phis.len()).rev().collect();
    while let Some(i) = work.pop() {
        let phi = &phis[i];
        if alias[at(phi.value)].is_some() {
            continue;
        }
        let mut only = None;
        let mut several = false;
        for (_, arg) in &phi.args {
            let arg = resolve(alias, *arg);
            if arg != phi.value && only != Some(arg) {
                several |= only.is_some();
                only = Some(arg);
            }
        }
        if let (Some(value), false) = (only, several) {
            alias[at(phi.value)] = Some(value);
            // Whoever used this parameter now uses its value: both lists are looked at when
            // the value is replaced in turn.
            let mine = users.remove(&phi.value).unwrap_or_default();
            work.extend(&mine);
            users.entry(value).or_default().extend(mine);
        }
    }
}

/// Makes the remaining parameters real: parameters of their blocks, arguments of the jumps.
fn attach(func: &mut Function, phis: &[Phi], alias: &[Option<Value>]) {
    let mut args: FxHashMap<Edge, Vec<Value>> = FxHashMap::default();
    for phi in phis.iter().filter(|phi| alias[at(phi.value)].is_none()) {
        func.blocks[phi.block].params.push(phi.value);
        for (edge, value) in &phi.args {
            args.entry(*edge).or_default().push(*value);
        }
    }
    for (block, data) in func.blocks.keys().zip(func.blocks.values_mut().collect::<Vec<_>>()) {
        let Some(last) = data.insts.last_mut() else { continue };
        let mut nth = 0;
        last.inst.targets_mut(&mut |target| {
            if let Some(extra) = args.remove(&(block, nth)) {
                let mut all = std::mem::take(&mut target.args).into_vec();
                all.extend(extra);
                target.args = all.into();
            }
            nth += 1;
        });
    }
}

/// Keeps reachable blocks and numbers everything in the order of definition.
fn number(
    func: Function,
    live: &Table<Block, bool>,
    alias: &[Option<Value>],
    watched: &mut Vec<Value>,
) -> Function {
    let mut new_block = vec![Block(0); live.len()];
    for (i, (block, _)) in func.blocks.iter().filter(|(b, _)| live[*b]).enumerate() {
        new_block[at(block)] = Block::new(i);
    }
    let mut new_value = value_map(&func.values);
    let mut values = Table::new();
    for (_, data) in func.blocks.iter().filter(|(b, _)| live[*b]) {
        let results = data.insts.iter().flat_map(|n| n.results.iter());
        for v in data.params.iter().copied().chain(results) {
            new_value[at(v)] = Some(values.push(func.values[v]));
        }
    }
    *watched = watched.iter().filter_map(|v| new_value[at(resolve(alias, *v))]).collect();
    // A value without a definition keeps a number past the end; `check_defined` finds it.
    let undefined = |v: Value| Value::new(values.len() + at(v));
    let rename = |v: Value| {
        let v = resolve(alias, v);
        new_value[at(v)].unwrap_or_else(|| undefined(v))
    };
    let mut blocks: Table<Block, BlockData> = Table::new();
    for (block, data) in func.blocks.iter().filter(|(b, _)| live[*b]) {
        debug_assert_eq!(blocks.next_key(), new_block[at(block)]);
        let mut data = data.clone();
        data.params.iter_mut().for_each(|v| *v = rename(*v));
        for node in &mut data.insts {
            node.inst.map_values(&mut |v| rename(v));
            node.inst.targets_mut(&mut |t| t.block = new_block[at(t.block)]);
            node.results.first =
                if node.results.count > 0 { rename(node.results.first) } else { Value(0) };
        }
        blocks.push(data);
    }
    let mut names: Vec<_> = func
        .names
        .iter()
        .map(|(v, name)| (rename(*v), name.clone()))
        .filter(|(v, _)| at(*v) < values.len())
        .collect();
    names.sort();
    names.dedup();
    let mut locals = func.locals;
    locals.of.iter_mut().for_each(|(v, _)| *v = rename(*v));
    locals.of.retain(|(v, _)| at(*v) < values.len());
    Function { blocks, values, names, locals, ..func }
}

/// Refuses a function in which an undefined variable is still read. The undefined values are
/// those past the end; which variable they stand for follows from their old number.
fn check_defined(
    func: Function,
    undefined: &FxHashMap<Value, super::Var>,
) -> Result<Function, BuildError> {
    let count = func.values.len();
    let mut found = None;
    for data in func.blocks.values() {
        for node in &data.insts {
            node.inst.uses(&mut |v| {
                if at(v) >= count && found.is_none() {
                    found = undefined.get(&Value::new(at(v) - count)).copied();
                    found = found.or(Some(super::Var(u32::MAX)));
                }
            });
        }
    }
    found.map_or(Ok(func), |var| Err(BuildError::Undefined(var)))
}
