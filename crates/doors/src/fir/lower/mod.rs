//! Checked code to IR.
//!
//! A function is a function; what lies on the stack where blocks meet is passed as parameters of
//! blocks, so the stack itself is gone. Locals of frames are variables of the builder as long as
//! nothing takes the address of the stack and no two locals overlap; else frames lie in the
//! memory, which is one array of bytes that grows.
//!
//! Rooms: `body` walks the operations of a function, `memory` has what pointers lead to,
//! `outside` the operations on streams and registers, `signals` what delivers interrupts.

mod body;
mod memory;
mod outside;
mod signals;

pub use signals::INTERRUPTS;

use kaa_ir::builder::BuildError;
use kaa_ir::{FuncId, FunctionBuilder, Inst, Module, Signature, ValTy, Value};

use super::check::{Checked, Names};
use super::parse::{Op, Text};
use super::types::{Scalar, Ty};
use memory::World;
use signals::Signals;

/// Makes a module; locals are named for a debugger.
///
/// # Errors
/// The builder refused what it was given, which is a mistake here.
pub fn lower(
    name: &str,
    text: &Text,
    names: &Names<'_>,
    checked: &[Checked],
    named: bool,
) -> Result<Module, BuildError> {
    let mut module = Module::new(name);
    module.files.push(name.to_owned());
    let mut world = World::new(&mut module, named);
    let takes_address = |(_, op): &(u32, Op)| matches!(op, Op::GetSp(_) | Op::SetSp);
    world.frames_in_memory = text.funcs.iter().any(|func| func.ops.iter().any(takes_address));
    let vals = |types: &[Ty]| types.iter().map(|ty| ty.val_ty()).collect::<Vec<ValTy>>();
    let funcs: Vec<FuncId> = text
        .funcs
        .iter()
        .map(|func| {
            let sig = Signature::new(vals(&func.shape.params), vals(&func.shape.results));
            module.declare_func(func.name.clone(), sig)
        })
        .collect();
    let signals = Signals::new(&mut module, text, &funcs);
    let signals = signals.as_ref();
    for ((func, id), checked) in text.funcs.iter().zip(&funcs).zip(checked) {
        let context = body::Context { text, names, funcs: &funcs, func, checked, signals, named };
        body::lower(&mut module, &mut world, context, *id)?;
    }
    let main = text.funcs.iter().zip(&funcs).find(|(func, _)| func.name == "main");
    if let Some((func, id)) = main {
        lower_start(&mut module, &world, &func.shape.results, *id)?;
    }
    if let Some(signals) = signals {
        signals.lower(&mut module)?;
    }
    memory::lower(&mut module, &mut world)?;
    Ok(module)
}

/// The exported `main` gives the bits of what the program's `main` gives.
fn lower_start(
    module: &mut Module,
    world: &World,
    results: &[Ty],
    main: FuncId,
) -> Result<(), BuildError> {
    let sig = Signature::new([], vec![ValTy::I64; results.len()]);
    let start = module.declare_func("start", sig);
    module.export_func("main", start);
    let mut b = FunctionBuilder::new(module, start);
    world.start(&mut b);
    let given = b.ins(Inst::Call { f: main, args: [].into() });
    let mut vals = Vec::new();
    for (nth, ty) in (0..).zip(results) {
        let val = given.get(nth);
        vals.extend(val.map(|val| to_bits(&mut b, *ty, val)));
    }
    b.ins(Inst::Ret { vals: vals.into() });
    b.finish().map(|_| ())
}

/// The bits of a number as `i64`: extended by its sign where it has one.
fn to_bits(b: &mut FunctionBuilder<'_>, ty: Ty, a: Value) -> Value {
    let t = ValTy::I64;
    match ty.val_ty() {
        ValTy::I64 => a,
        ValTy::U64 => b.ins1(Inst::ConvertWrap { t, a }),
        ValTy::F64 => b.ins1(Inst::Bitcast { t, a }),
        ValTy::F32 => {
            let a = b.ins1(Inst::Bitcast { t: ValTy::U32, a });
            b.ins1(Inst::ConvertExact { t, a })
        }
        _ => b.ins1(Inst::ConvertExact { t, a }),
    }
}

/// The number that `to_bits` made bits of.
fn from_bits(b: &mut FunctionBuilder<'_>, ty: Ty, a: Value) -> Value {
    match ty.val_ty() {
        ValTy::I64 => a,
        ValTy::F64 => b.ins1(Inst::Bitcast { t: ValTy::F64, a }),
        ValTy::F32 => {
            let a = b.ins1(Inst::ConvertWrap { t: ValTy::U32, a });
            b.ins1(Inst::Bitcast { t: ValTy::F32, a })
        }
        t => b.ins1(Inst::ConvertWrap { t, a }),
    }
}

/// A constant of a type, given by its bits.
fn constant(b: &mut FunctionBuilder<'_>, scalar: Scalar, bits: u64) -> Value {
    match scalar {
        Scalar::F32 | Scalar::F64 => b.ins1(Inst::FConst { t: scalar.val_ty(), bits }),
        _ => b.iconst(scalar.val_ty(), bits as i64),
    }
}
