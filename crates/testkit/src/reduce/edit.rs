//! Changes of one function that make it smaller. What comes out is in canonical form; whether it
//! is valid, the verifier tells.
//!
//! A result that is still read when its instruction goes is replaced: by the zero of its type
//! where it has one, else by the last value of that type that is defined before. Blocks that
//! nothing reaches any more go as well.

use kaa_base::entity::{Entity, Table};
use kaa_ir::{Block, BlockCall, BlockData, Effects, Function, Inst, InstNode, Module, Results};
use kaa_ir::{ValTy, Value};
use kaa_isa::kinds::Code;

/// A change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edit {
    /// The whole body becomes a return of zeros or parameters.
    Return,
    /// The whole body becomes a trap.
    Trap,
    /// What has no effect and is not read goes.
    Unread,
    /// Instructions with these numbers go, but for those that end blocks.
    Drop { start: usize, end: usize },
    /// The instruction, which ends its block, becomes a jump along its nth way.
    Take { at: usize, way: usize },
    /// The instruction, which ends its block, becomes a return or a trap.
    End { at: usize, returns: bool },
    /// The nth parameter of the block with this number becomes a zero or an older value.
    Param { block: usize, nth: usize },
    /// The jump at the end goes, and what is jumped to takes its place.
    Join { at: usize },
}

/// The edits of the instruction with a number, the most promising first.
pub(super) fn of_instruction(func: &Function, at: usize) -> Vec<Edit> {
    let Some((block, node)) = nth(func, at) else { return Vec::new() };
    if !node.inst.is_terminator() {
        return vec![Edit::Drop { start: at, end: at + 1 }];
    }
    let mut ways = 0;
    node.inst.targets(&mut |_| ways += 1);
    let mut edits = vec![Edit::End { at, returns: true }, Edit::End { at, returns: false }];
    if matches!(node.inst, Inst::Jump { .. }) {
        edits.push(Edit::Join { at });
    } else {
        edits.extend((0..ways).map(|way| Edit::Take { at, way }));
    }
    let params = func.blocks[block].params.len();
    if block != Function::ENTRY {
        edits.extend((0..params).map(|nth| Edit::Param { block: block.index(), nth }));
    }
    edits
}

fn nth(func: &Function, at: usize) -> Option<(Block, &InstNode)> {
    let all = func.blocks.iter();
    all.flat_map(|(block, data)| data.insts.iter().map(move |node| (block, node))).nth(at)
}

/// The function after an edit; nothing where it cannot be made.
pub(super) fn apply(module: &Module, func: &Function, edit: Edit) -> Option<Function> {
    let mut work = Work { module, func: func.clone() };
    match edit {
        Edit::Return | Edit::Trap => {
            work.func.blocks[Function::ENTRY].insts.clear();
            work.end(Function::ENTRY, edit == Edit::Return)?;
        }
        Edit::Unread => remove_unread(&mut work.func),
        Edit::Drop { start, end } => work.drop_range(start, end)?,
        Edit::Take { at, way } => work.take(at, way)?,
        Edit::End { at, returns } => {
            let (block, _) = nth(func, at)?;
            work.func.blocks[block].insts.pop();
            work.end(block, returns)?;
        }
        Edit::Param { block, nth } => work.param(Block::new(block), nth)?,
        Edit::Join { at } => work.join(at)?,
    }
    Some(canonical(work.func))
}

struct Work<'m> {
    module: &'m Module,
    func: Function,
}

impl Work<'_> {
    /// The zero of a type that has one.
    fn zero(ty: ValTy) -> Option<Inst> {
        Some(match ty {
            ValTy::F32 | ValTy::F64 => Inst::FConst { t: ty, bits: 0 },
            ValTy::RefNull(ty) => Inst::Null { ty },
            ValTy::Ref(_) | ValTy::IPtr(_) | ValTy::Func(_) => return None,
            _ => Inst::IConst { t: ty, imm: 0 },
        })
    }

    /// A value of the type at the end of `insts`: a new zero, or the last one that fits among
    /// what the function defines so far. The verifier refuses one that does not reach here.
    fn stand_in(&mut self, ty: ValTy, before: Value, insts: &mut Vec<InstNode>) -> Option<Value> {
        if let Some(inst) = Self::zero(ty) {
            let first = self.func.values.push(ty);
            let results = Results { first, count: 1 };
            insts.push(InstNode { inst, results, loc: kaa_ir::Loc::default() });
            return Some(first);
        }
        let fits = |v: &Value| self.func.values[*v] == ty;
        (0..before.index()).rev().map(Value::new).find(fits)
    }

    /// Ends a block with a return or a trap.
    fn end(&mut self, block: Block, returns: bool) -> Option<()> {
        let mut insts = std::mem::take(&mut self.func.blocks[block].insts);
        let inst = if returns {
            let types = self.module.sigs.get(self.func.sig)?.results.clone();
            let last = insts.iter().rev().find(|node| node.results.count > 0);
            let params = self.func.blocks[block].params.last().copied();
            let before = last.map(|node| node.results.first.index() + node.results.count as usize);
            let before = before.or(params.map(|v| v.index() + 1)).unwrap_or(0);
            let vals = types.iter().map(|ty| self.stand_in(*ty, Value::new(before), &mut insts));
            Inst::Ret { vals: vals.collect::<Option<_>>()? }
        } else {
            Inst::Trap { code: Code(1) }
        };
        insts.push(InstNode { inst, results: Results::NONE, loc: kaa_ir::Loc::default() });
        self.func.blocks[block].insts = insts;
        Some(())
    }

    fn drop_range(&mut self, start: usize, end: usize) -> Option<()> {
        let mut instead: Vec<Option<Value>> = vec![None; self.func.values.len()];
        let uses = uses(&self.func);
        let (mut number, mut dropped) = (0, 0);
        for block in self.func.blocks.keys() {
            let mut insts = Vec::new();
            for node in std::mem::take(&mut self.func.blocks[block].insts) {
                number += 1;
                let wanted = (start..end).contains(&(number - 1));
                if !wanted || node.inst.is_terminator() {
                    insts.push(node);
                    continue;
                }
                dropped += 1;
                for v in node.results.iter().filter(|v| uses[v.index()] > 0) {
                    let ty = self.func.values[v];
                    if Self::zero(ty).is_some() && is_constant(&node.inst) {
                        // It would only come back.
                        dropped -= 1;
                        insts.push(node.clone());
                        break;
                    }
                    let other = self.stand_in(ty, v, &mut insts)?;
                    let other = instead.get(other.index()).copied().flatten().unwrap_or(other);
                    instead[v.index()] = Some(other);
                }
            }
            self.func.blocks[block].insts = insts;
        }
        self.replace(&instead);
        (dropped > 0).then_some(())
    }

    fn take(&mut self, at: usize, way: usize) -> Option<()> {
        let (block, node) = nth(&self.func, at)?;
        let (inst, mut targets) = (node.inst.clone(), Vec::new());
        inst.targets(&mut |target| targets.push(target.clone()));
        let mut to: BlockCall = targets.get(way)?.clone();
        let mut insts = std::mem::take(&mut self.func.blocks[block].insts);
        insts.pop();
        // What the instruction gave the block by itself.
        let given = self.func.blocks[to.block].params.len() - to.args.len();
        let params = self.func.blocks[to.block].params[..given].to_vec();
        let before = self.func.blocks[to.block].params.first().copied().unwrap_or(Value(0));
        let mut args = Vec::new();
        for param in params {
            let ty = self.func.values[param];
            args.push(self.stand_in(ty, before, &mut insts)?);
        }
        args.extend(to.args.iter().copied());
        to.args = args.into();
        let inst = Inst::Jump { to };
        insts.push(InstNode { inst, results: Results::NONE, loc: kaa_ir::Loc::default() });
        self.func.blocks[block].insts = insts;
        Some(())
    }

    fn param(&mut self, block: Block, nth: usize) -> Option<()> {
        let param = *self.func.blocks[block].params.get(nth)?;
        let ty = self.func.values[param];
        // What a jump gives by itself cannot be left out.
        let width = self.func.blocks[block].params.len();
        let mut whole = true;
        for data in self.func.blocks.values_mut() {
            let Some(node) = data.insts.last_mut() else { continue };
            node.inst.targets_mut(&mut |target| {
                if target.block == block {
                    whole &= target.args.len() == width;
                    let mut args = target.args.to_vec();
                    if nth < args.len() {
                        args.remove(nth);
                    }
                    target.args = args.into();
                }
            });
        }
        let mut insts = Vec::new();
        let other = self.stand_in(ty, param, &mut insts).filter(|_| whole)?;
        self.func.blocks[block].params.remove(nth);
        self.func.blocks[block].insts.splice(0..0, insts);
        let mut instead = vec![None; self.func.values.len()];
        instead[param.index()] = Some(other);
        self.replace(&instead);
        Some(())
    }

    fn join(&mut self, at: usize) -> Option<()> {
        let (block, node) = nth(&self.func, at)?;
        let Inst::Jump { to } = node.inst.clone() else { return None };
        let mut edges = 0;
        for node in self.func.blocks.values().filter_map(|data| data.insts.last()) {
            node.inst.targets(&mut |target| edges += usize::from(target.block == to.block));
        }
        if edges != 1 || to.block == block || to.block == Function::ENTRY {
            return None;
        }
        let rest = std::mem::take(&mut self.func.blocks[to.block]);
        let insts = &mut self.func.blocks[block].insts;
        insts.pop();
        insts.extend(rest.insts);
        let mut instead = vec![None; self.func.values.len()];
        for (param, arg) in rest.params.iter().zip(&to.args) {
            instead[param.index()] = Some(*arg);
        }
        let inst = Inst::Trap { code: Code(1) };
        let node = InstNode { inst, results: Results::NONE, loc: kaa_ir::Loc::default() };
        self.func.blocks[to.block].insts = vec![node];
        self.replace(&instead);
        Some(())
    }

    fn replace(&mut self, instead: &[Option<Value>]) {
        let resolve = |mut v: Value| {
            // A value is only replaced by older ones and new zeros, so this ends.
            for _ in 0..instead.len() {
                match instead.get(v.index()) {
                    Some(Some(other)) => v = *other,
                    _ => break,
                }
            }
            v
        };
        for node in self.func.blocks.values_mut().flat_map(|data| &mut data.insts) {
            node.inst.map_values(&mut |v| resolve(v));
        }
    }
}

fn is_constant(inst: &Inst) -> bool {
    matches!(inst, Inst::IConst { .. } | Inst::FConst { .. } | Inst::Null { .. })
}

fn uses(func: &Function) -> Vec<u32> {
    let mut uses = vec![0; func.values.len()];
    for node in func.blocks.values().flat_map(|data| &data.insts) {
        node.inst.uses(&mut |v| uses[v.index()] += 1);
    }
    uses
}

/// Drops what has no effect and is not read.
fn remove_unread(func: &mut Function) {
    loop {
        let uses = uses(func);
        let mut removed = false;
        for data in func.blocks.values_mut() {
            data.insts.retain(|node| {
                let pure = node.inst.opcode().info().effects == Effects::PURE;
                let keep = !pure || node.results.iter().any(|v| uses[v.index()] > 0);
                removed |= !keep;
                keep
            });
        }
        if !removed {
            return;
        }
    }
}

/// Drops blocks that nothing reaches, and numbers the rest in the order of definitions.
fn canonical(func: Function) -> Function {
    let live = kaa_ir::cfg::reachable(&func);
    let mut blocks_now: Vec<Block> = Vec::new();
    let mut next = 0;
    for block in func.blocks.keys() {
        blocks_now.push(Block::new(next));
        next += usize::from(live[block]);
    }
    let mut now = vec![Value(u32::MAX); func.values.len()];
    let mut values: Table<Value, ValTy> = Table::new();
    for (_, data) in func.blocks.iter().filter(|(block, _)| live[*block]) {
        let results = data.insts.iter().flat_map(|node| node.results.iter());
        for v in data.params.iter().copied().chain(results) {
            now[v.index()] = values.push(func.values[v]);
        }
    }
    let rename = |v: Value| now.get(v.index()).copied().unwrap_or(v);
    let mut blocks: Table<Block, BlockData> = Table::new();
    for (_, data) in func.blocks.iter().filter(|(block, _)| live[*block]) {
        let mut data = data.clone();
        data.params.iter_mut().for_each(|v| *v = rename(*v));
        for node in &mut data.insts {
            node.inst.map_values(&mut |v| rename(v));
            node.inst.targets_mut(&mut |to| to.block = blocks_now[to.block.index()]);
            let has = node.results.count > 0;
            node.results.first = if has { rename(node.results.first) } else { Value(0) };
        }
        blocks.push(data);
    }
    Function { blocks, values, names: Vec::new(), ..func }
}
