//! Compiles a code to IR.
//!
//! Each unit of the plan becomes a function; registers are variables of the builder and so live
//! in SSA values. A function takes its depth and its arguments and returns R0. Whatever ends the
//! program from within calls (`Halt`, a fault) is written to globals and then raised as a trap
//! that `main` catches: calls that return normally pay nothing for it. A `Return` from the first
//! frame comes back to `main` like any other, which then knows that the stack was empty.
//!
//! Registers that outlive calls, see `plan`, have places in one array of frames: a call reads
//! them on its way in and writes them on its way out.
//!
//! Rooms: `world` holds what functions share, `body` walks the operations of a unit, `arith` has
//! the arithmetic, `memory` the functions behind sections, `show` what is printed.

mod arith;
mod body;
mod memory;
mod show;
mod world;

pub use body::MAX_CALLS;

use kaa_ir::builder::BuildError;
use kaa_ir::{BlockCall, FuncId, FunctionBuilder, Inst, Module, Signature, ValTy, Value};

use kaa_isa::kinds::Leaf;

use super::fault::Fault;
use super::plan::{Plan, bit, members};
use world::World;

/// The trap that brings the end of a program to `main`.
const END: u32 = 256;
/// Frames that the array of frames has at first.
const FIRST_FRAMES: i64 = 64;

/// How a code is compiled.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// What registers of the first frame hold at first.
    pub first: Vec<(u8, u64)>,
    /// The byte strings that `StoreConstantArray` names.
    pub constants: Vec<Vec<u8>>,
    /// Whether every operation is told as it is executed.
    pub log: bool,
    /// The lines of the operations, where there is a text.
    pub lines: Vec<u32>,
    /// Whether registers are named for a debugger.
    pub named: bool,
}

impl Options {
    /// What a register holds at first.
    fn first(&self, reg: u8) -> i64 {
        let found = self.first.iter().rev().find(|(at, _)| *at == reg);
        found.map_or(0, |(_, bits)| *bits as i64)
    }
}

/// Compiles a planned code.
///
/// # Errors
/// The builder refused what it was given, which is a mistake here.
pub fn lower(name: &str, plan: &Plan, options: &Options) -> Result<Module, BuildError> {
    let mut module = Module::new(name);
    module.files.push(name.to_owned());
    let mut world = World::new(&mut module, plan.stale.clone(), options.named);
    let units: Vec<FuncId> = plan
        .units
        .iter()
        .map(|unit| {
            let at = unit.entries.first().and_then(|entry| plan.blocks.get(*entry));
            let at = at.and_then(|block| plan.instrs.get(block.start)).map_or(0, |i| i.at);
            let result: &[ValTy] = &[ValTy::I64];
            let sig = Signature::new(body::params(unit), result);
            module.declare_func(format!("at_{at}"), sig)
        })
        .collect();
    let results = [ValTy::I64; 3];
    let main = module.declare_func("main", Signature::new([], results));
    module.export_func("main", main);
    for unit in 0..units.len() {
        body::lower(&mut module, &mut world, plan, options, &units, unit)?;
    }
    let first = units.first().copied();
    match plan.callee(0).or(first.map(|_| (0, 0))).zip(first) {
        Some(((unit, entry), _)) => {
            let func = units.get(unit).copied().unwrap_or(main);
            lower_main(&mut module, &world, plan, options, (main, func, unit, entry))?;
        }
        None => lower_ended(&mut module, main, Fault::EndOfCode)?,
    }
    if plan.keep {
        observer(&mut module, &world)?;
    }
    memory::lower(&mut module, &mut world)?;
    Ok(module)
}

/// A module whose program ends with a fault at once: what the original does with code that it
/// cannot read.
///
/// # Errors
/// As for `lower`.
pub fn ended(name: &str, fault: Fault) -> Result<Module, BuildError> {
    let mut module = Module::new(name);
    let main = module.declare_func("main", Signature::new([], [ValTy::I64; 3]));
    module.export_func("main", main);
    lower_ended(&mut module, main, fault)?;
    Ok(module)
}

fn lower_ended(module: &mut Module, main: FuncId, fault: Fault) -> Result<(), BuildError> {
    let mut b = FunctionBuilder::new(module, main);
    let (fault, zero) = (b.i64(fault.number()), b.i64(0));
    b.ins(Inst::Ret { vals: [fault, zero, zero].into() });
    b.finish().map(|_| ())
}

/// `main` returns the number of the fault or 0, the exit code, and the error code.
fn lower_main(
    module: &mut Module,
    world: &World,
    plan: &Plan,
    options: &Options,
    (main, func, unit, entry): (FuncId, FuncId, usize, usize),
) -> Result<(), BuildError> {
    let mut b = FunctionBuilder::new(module, main);
    world.start(&mut b);
    if !world.stale.is_empty() {
        let width = world.stale.len() as i64;
        let (length, zero) = (b.i64(width * FIRST_FRAMES), b.i64(0));
        let frames = b.ins1(Inst::ArrayNew { ty: world.words, len: length, init: [zero].into() });
        for (place, reg) in world.stale.iter().enumerate() {
            let (place, val) = (b.i64(place as i64), b.i64(options.first(*reg)));
            b.ins(Inst::ArraySet { arr: frames, idx: place, leaf: Leaf(0), val });
        }
        b.ins(Inst::GlobalSet { g: world.frames, val: frames });
    }
    let mut args = Vec::new();
    if let Some(unit) = plan.units.get(unit).filter(|unit| unit.is_called) {
        if unit.entries.len() > 1 {
            args.push(b.i64(entry as i64));
        }
        args.push(b.i64(0));
        args.extend(members(unit.params).map(|reg| b.i64(options.first(reg))));
    }
    let (ok, unwind) = (b.create_block(), b.create_block());
    b.append_param(ok, ValTy::I64);
    let code = b.append_param(unwind, ValTy::U32);
    let (to_ok, to_unwind) = (BlockCall::new(ok, []), BlockCall::new(unwind, []));
    b.ins(Inst::Invoke { f: func, args: args.into(), ok: to_ok, unwind: to_unwind });
    b.seal_block(ok);
    b.seal_block(unwind);

    b.switch_to(ok);
    let (fault, zero) = (b.i64(Fault::StackUnderflow.number()), b.i64(0));
    b.ins(Inst::Ret { vals: [fault, zero, zero].into() });

    b.switch_to(unwind);
    let end = b.iconst(ValTy::U32, i64::from(END));
    let is_end = b.ins1(Inst::Eq { t: ValTy::U32, a: code, b: end });
    let (ended, other) = (b.create_block(), b.create_block());
    b.branch(is_end, ended, other);
    b.seal_block(ended);
    b.seal_block(other);
    b.switch_to(ended);
    let vals: Vec<Value> = [world.fault, world.code, world.error]
        .into_iter()
        .map(|g| b.ins1(Inst::GlobalGet { g }))
        .collect();
    b.ins(Inst::Ret { vals: vals.into() });
    b.switch_to(other);
    b.ins(Inst::ResumeUnwind {});
    b.finish().map(|_| ())
}

/// `state.regs` gives the registers of the last frame, those of `Plan::stale` in order.
fn observer(module: &mut Module, world: &World) -> Result<(), BuildError> {
    let sig = Signature::new([], [ValTy::Ref(world.words)]);
    let func = module.declare_func("state.regs", sig);
    module.export_func("state.regs", func);
    let mut b = FunctionBuilder::new(module, func);
    let (width, zero) = (b.i64(world.stale.len() as i64), b.i64(0));
    let out = b.ins1(Inst::ArrayNew { ty: world.words, len: width, init: [zero].into() });
    let frames = b.ins1(Inst::GlobalGet { g: world.frames });
    let none = b.ins1(Inst::IsNull { a: frames });
    let (give, copy) = (b.create_block(), b.create_block());
    b.branch(none, give, copy);
    b.switch_to(copy);
    b.seal_block(copy);
    let frames = b.ins1(Inst::AsNonNull { a: frames });
    let depth = b.ins1(Inst::GlobalGet { g: world.depth });
    let from = b.ins1(Inst::Mul { t: ValTy::I64, a: depth, b: width });
    b.ins(Inst::ArrayCopy { dst: out, at: zero, src: frames, from, len: width });
    b.jump(give, &[]);
    b.switch_to(give);
    b.seal_block(give);
    b.ins(Inst::Ret { vals: [out].into() });
    b.finish().map(|_| ())
}

/// The registers that hold something at first.
pub fn first_set(first: &[(u8, u64)]) -> u128 {
    first.iter().fold(0, |set, (reg, _)| set | bit(*reg))
}
