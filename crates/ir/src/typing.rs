//! The typing rules of all operations: one implementation for the builder (which asks for
//! result types) and the verifier (which also compares them with what is declared).
//!
//! Rows with a signature are checked from the table alone; the others are in `rules`, on the
//! questions that `operands` answers.

mod operands;
mod rules;

use std::fmt;

use kaa_base::entity::Table;
use kaa_isa::{Block, BlockCall, Inst, ValTy, Value};

use crate::func::{BlockData, Function};
use crate::module::Module;

/// Why an instruction is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// One sentence.
    pub message: String,
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TypeError {}

/// What the rules look at.
pub(crate) struct Context<'a> {
    module: &'a Module,
    values: &'a Table<Value, ValTy>,
    results: &'a [ValTy],
    /// The blocks, where jump arguments are to be checked.
    blocks: Option<&'a Table<Block, BlockData>>,
}

/// The types of the results of `inst`. Jump arguments are not looked at: while a function is
/// built, its blocks may not have all their parameters yet.
pub fn result_types(
    module: &Module,
    func: &Function,
    inst: &Inst,
) -> Result<Vec<ValTy>, TypeError> {
    check_in(module, func, inst, None)
}

/// Checks `inst` in a complete function, jump arguments included, and gives the types of its
/// results.
pub fn check(module: &Module, func: &Function, inst: &Inst) -> Result<Vec<ValTy>, TypeError> {
    check_in(module, func, inst, Some(&func.blocks))
}

fn check_in(
    module: &Module,
    func: &Function,
    inst: &Inst,
    blocks: Option<&Table<Block, BlockData>>,
) -> Result<Vec<ValTy>, TypeError> {
    let results = module.sigs.get(func.sig).map_or(&[][..], |s| &s.results);
    let mut context = Context { module, values: &func.values, results, blocks };
    match inst.custom_typing(&mut context) {
        Some(result) => result,
        None => context.family(inst),
    }
}

fn error<X>(message: impl Into<String>) -> Result<X, TypeError> {
    Err(TypeError { message: message.into() })
}

impl<'a> Context<'a> {
    /// Checks a row that has a signature in the table.
    fn family(&self, inst: &Inst) -> Result<Vec<ValTy>, TypeError> {
        let info = inst.opcode().info();
        let (Some(sig), Some(t)) = (info.sig, inst.type_argument()) else {
            return error("the operation has no signature");
        };
        if !sig.class.contains(t) {
            return error(format!("{} is not defined for this type", info.name));
        }
        // Slots hold canonical bits only; the engines rely on it.
        let constant = match inst {
            Inst::IConst { imm, .. } => *imm as u64,
            Inst::FConst { bits, .. } => *bits,
            _ => 0,
        };
        if !t.holds_bits(constant) {
            return error(format!("the constant is outside {}", self.show(t)));
        }
        let mut operands = Vec::with_capacity(3);
        inst.uses(&mut |v| operands.push(v));
        for (v, want) in operands.iter().zip(sig.params) {
            self.expect(*v, want.resolve(t))?;
        }
        Ok(sig.results.iter().map(|r| r.resolve(t)).collect())
    }

    /// The type of an operand.
    fn ty(&self, v: Value) -> Result<ValTy, TypeError> {
        match self.values.get(v) {
            Some(ty) => Ok(*ty),
            None => error(format!("{v} is not a value of this function")),
        }
    }

    /// The name of a type, for messages.
    fn show(&self, ty: ValTy) -> String {
        let name = |id| self.module.types.get(id).map_or("?", |d| d.name.as_str());
        match ty {
            ValTy::Ref(id) => format!("ref ${}", name(id)),
            ValTy::RefNull(id) => format!("ref? ${}", name(id)),
            ValTy::IPtr(id) => format!("iptr ${}", name(id)),
            ValTy::Func(sig) => format!("func {sig}"),
            scalar => scalar.scalar_name().unwrap_or("?").to_owned(),
        }
    }

    /// Refuses an operand that is not of the type, or of a subtype of it.
    fn expect(&self, v: Value, want: ValTy) -> Result<(), TypeError> {
        let found = self.ty(v)?;
        if self.module.types.assignable(found, want) {
            return Ok(());
        }
        error(format!("{v} is {}, but {} is needed", self.show(found), self.show(want)))
    }

    /// Checks a list of operands against a list of types.
    fn expect_all(&self, vals: &[Value], want: &[ValTy], what: &str) -> Result<(), TypeError> {
        if vals.len() != want.len() {
            return error(format!("{what}: {} given, {} needed", vals.len(), want.len()));
        }
        vals.iter().zip(want).try_for_each(|(v, ty)| self.expect(*v, *ty))
    }

    /// Checks a jump whose first block parameters come from the instruction itself.
    fn target(&self, target: &BlockCall, given: &[ValTy]) -> Result<(), TypeError> {
        let Some(blocks) = self.blocks else { return Ok(()) };
        let Some(data) = blocks.get(target.block) else {
            return error(format!("{} is not a block of this function", target.block));
        };
        if target.block == Function::ENTRY {
            return error("the entry block cannot be a target");
        }
        if data.params.len() != given.len() + target.args.len() {
            return error(format!(
                "{} has {} parameters, {} given",
                target.block,
                data.params.len(),
                given.len() + target.args.len()
            ));
        }
        for (param, ty) in data.params.iter().zip(given) {
            let want = self.ty(*param)?;
            if !self.module.types.assignable(*ty, want) {
                let (found, want) = (self.show(*ty), self.show(want));
                return error(format!("{} takes {want}, but gets {found}", target.block));
            }
        }
        for (param, arg) in data.params[given.len()..].iter().zip(&target.args) {
            self.expect(*arg, self.ty(*param)?)?;
        }
        Ok(())
    }
}
