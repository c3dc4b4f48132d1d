//! Modules made up from bytes: well-typed by construction, with every operation of the table.
//!
//! `choices` reads decisions from bytes, `kit` makes the types, globals, imports and signatures of
//! a module, `body` walks through the bodies of its functions, `values` finds or makes a value of a
//! type, and `scalar`, `heap`, `call` and `control` make one operation each. Programs end: calls
//! count a depth down, loops have few turns, and whoever runs them sets a limit of fuel. Few of
//! them trap early. What they should do is not known here: engines are compared with each other
//! (`crate::differential`). Programs over scalars whose results are known are in `crate::random`.

mod body;
mod call;
pub mod choices;
mod control;
mod heap;
mod kit;
mod loops;
mod scalar;
mod values;

pub(crate) use call::HOST;

use kaa_ir::{FuncId, Module, Signature};

use choices::Choices;
use kit::Kit;

/// Calls of a program.
const CALLS: usize = 2;
/// How deep calls nest in a program, at most.
const DEPTH_MAX: usize = 5;

/// A program and the calls to make of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The module.
    pub module: Module,
    /// The calls, which share one store.
    pub calls: Vec<Call>,
    /// The limit of call depth. With the lowest one many programs overflow the stack.
    pub depth_max: usize,
}

/// A call of an exported function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The name of the export.
    pub name: String,
    /// The arguments in slot form.
    pub args: Vec<u64>,
}

/// The name under which programs export what is called.
pub const ENTRY: &str = "f";

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    from_bytes(&choices::bytes_of_seed(seed))
}

/// The program that some bytes stand for.
///
/// # Panics
/// Where the generator makes something that the builder of the IR refuses, which is a mistake of
/// the generator.
pub fn from_bytes(bytes: &[u8]) -> Program {
    let mut choices = Choices::new(bytes);
    let depth_max = choices.pick(&[2, 40, 120, 120, 120, 120]);
    let kit = Kit::new(&mut choices);
    let signature = kit.module.func_sig(FuncId(0)).cloned().unwrap_or_default();
    let calls = (0..CALLS).map(|_| call_of(&signature, &mut choices)).collect();
    let module = body::fill(kit, &mut choices);
    Program { module, calls, depth_max }
}

/// A call of the entry: its first parameter is how deep calls may nest.
fn call_of(signature: &Signature, choices: &mut Choices<'_>) -> Call {
    let depth = 1 + choices.below(DEPTH_MAX) as u64;
    let others = signature.params.iter().skip(1).map(|ty| choices.scalar(*ty));
    Call { name: ENTRY.to_string(), args: std::iter::once(depth).chain(others).collect() }
}
