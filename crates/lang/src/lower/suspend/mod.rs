//! Generators as state machines.
//!
//! The body of a generator is lowered as any other; a `yield` is a branch on a *mark*, a constant
//! that `Yields` remembers: one way returns the value, the other goes on as if nothing had been.
//! This pass makes of it the function that an `Iter` calls for each item. Its one parameter is the
//! *state*, an object with the number of the point to go on from and a field for each value that
//! is needed behind some `yield`. Which values those are follows from liveness (`plan`); at the
//! point they are loaded again, and the builder finds out where the ways meet (`rebuild`).
//! How the rest of lowering meets generators is in `generator`.

mod plan;
mod rebuild;
mod steady;

use kaa_ir::cfg::Cfg;
use kaa_ir::liveness::Liveness;
use kaa_ir::{FuncId, Function, FunctionBuilder, Inst, Module, Signature, TypeId, ValTy, Value};

use super::layout::Layouts;
use plan::Plan;

/// The number of a state whose iterator is at its end. The points behind `yield`s have the next
/// ones, as they are asked for first; then comes the start, and a body that is running.
const DONE: i64 = 0;

/// What makes an iterator of a suspended function.
pub(super) struct Suspended {
    /// The function that gives the next item.
    pub run: FuncId,
    /// The heap type of its state.
    pub state: TypeId,
    /// The types of the state's fields; the number is the first. Those that arguments do not
    /// fill can be null.
    pub fields: Vec<ValTy>,
    /// The field that each argument is kept in, where it is needed.
    pub args: Vec<Option<u32>>,
    /// The number of a state that has not run.
    pub start: i64,
}

/// Turns the body in `run` into a function of a state. `marks` are the conditions of its yields;
/// `taken` are values that were taken out of objects, which get their new numbers.
///
/// # Errors
/// What keeps the function from being suspended.
pub(super) fn suspend(
    m: &mut Module,
    layouts: &mut Layouts<'_>,
    run: FuncId,
    marks: &[Value],
    taken: &mut Vec<Value>,
) -> Result<Suspended, String> {
    let sig = m.funcs[run].sig;
    let func = std::mem::replace(&mut m.funcs[run], Function::declare("", sig));
    let cfg = Cfg::new(&func);
    let live = Liveness::new(&func, &cfg).ok_or("it is too large")?;
    let steady = steady::values(m, &func, &cfg);
    let plan = Plan::new(&func, &cfg, &live, marks, steady)?;
    let mut fields = vec![ValTy::I64];
    fields.extend(&plan.fields);
    if fields.len() > kaa_ir::limits::MAX_LEAVES {
        return Err("too many values live across its `yield`s".to_owned());
    }
    let state = layouts.state_type(m, &func.name, &fields);
    let results = m.sigs[sig].results.clone();
    let sig = m.sig(Signature::new([ValTy::Ref(state)], results));
    m.funcs[run] = Function { file: func.file, loc: func.loc, ..declared(&func, sig) };
    let params = &func.blocks[Function::ENTRY].params;
    let args = params.iter().map(|v| plan.field_of(*v)).collect();
    rebuild::rebuild(m, run, &func, &cfg, &plan, taken).map_err(|error| error.to_string())?;
    Ok(Suspended { run, state, fields, args, start: plan.number(0) })
}

fn declared(func: &Function, sig: kaa_ir::SigId) -> Function {
    Function::declare(func.name.clone(), sig)
}

/// Zero or null, of a type whose references are nullable.
pub(super) fn zero(b: &mut FunctionBuilder<'_>, ty: ValTy) -> Value {
    match ty {
        ValTy::F32 | ValTy::F64 => b.ins1(Inst::FConst { t: ty, bits: 0 }),
        ValTy::RefNull(id) => b.null(id),
        other => b.iconst(other, 0),
    }
}
