//! A third engine that nobody would call fast: it evaluates IR as its documentation reads.
//!
//! Integers are `i128` with a type beside them, so that no trick of a 64-bit register can hide;
//! every operation is written from the text of the instruction table, not from the engines. It
//! knows scalars, globals of scalar type and control flow; what touches the heap is
//! [`Stop::Unsupported`]. The runner compares it with every expectation in `tests/run` that it
//! can evaluate, and the random programs are compared with it. Look next at `scalar`.

mod convert;
mod scalar;
pub mod text;

use kaa_ir::{Block, BlockCall, FuncId, GlobalInit, Inst, Module, TrapKind, ValTy, Value};

/// A value with all that its type says.
#[derive(Debug, Clone, Copy)]
pub enum Val {
    /// A truth value.
    Bool(bool),
    /// An integer of any width.
    Int(i128),
    /// A float of 32 bits.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
    /// A function of the module.
    Func(FuncId),
}

/// Why an evaluation gives no results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The program trapped.
    Trap(TrapKind),
    /// The program uses what the oracle does not know.
    Unsupported,
    /// It took more steps than allowed, or called too deeply.
    TooLong,
}

impl From<TrapKind> for Stop {
    fn from(kind: TrapKind) -> Stop {
        Stop::Trap(kind)
    }
}

/// Calls may nest this deep here, far less than in the engines.
const DEPTH_MAX: u32 = 200;

/// A module with the state of its globals.
pub struct Oracle<'a> {
    module: &'a Module,
    globals: Vec<Option<Val>>,
    steps_left: u64,
    caught: Option<TrapKind>,
}

/// Where control goes after a block.
enum Next {
    Block(Block, Vec<Val>),
    Return(Vec<Val>),
    TailCall(FuncId, Vec<Val>),
}

impl<'a> Oracle<'a> {
    /// A fresh state of a verified module that may take a number of steps.
    pub fn new(module: &'a Module, steps_max: u64) -> Oracle<'a> {
        let initial = |bits: GlobalInit, ty| match bits {
            GlobalInit::Bits(bits) => Val::of_slot(bits, ty),
            GlobalInit::Data(_) => None,
        };
        let globals = module.globals.values().map(|global| initial(global.init, global.ty));
        Oracle { module, globals: globals.collect(), steps_left: steps_max, caught: None }
    }

    /// Calls a function.
    pub fn call(&mut self, func: FuncId, args: Vec<Val>) -> Result<Vec<Val>, Stop> {
        self.call_at(func, args, 0)
    }

    fn call_at(&mut self, func: FuncId, args: Vec<Val>, depth: u32) -> Result<Vec<Val>, Stop> {
        if depth > DEPTH_MAX {
            return Err(Stop::TooLong);
        }
        let (mut func, mut args) = (func, args);
        loop {
            match self.body(func, args, depth)? {
                Next::TailCall(next, next_args) => (func, args) = (next, next_args),
                Next::Return(results) => return Ok(results),
                Next::Block(..) => return Err(Stop::Unsupported),
            }
        }
    }

    /// Runs one frame to its end.
    fn body(&mut self, func: FuncId, args: Vec<Val>, depth: u32) -> Result<Next, Stop> {
        let function = self.module.funcs.get(func).ok_or(Stop::Unsupported)?;
        let mut values: Vec<Option<Val>> = vec![None; function.values.len()];
        let (mut block, mut args) = (kaa_ir::Function::ENTRY, args);
        loop {
            let data = function.blocks.get(block).ok_or(Stop::Unsupported)?;
            for (param, arg) in data.params.iter().zip(args) {
                values[param.0 as usize] = Some(arg);
            }
            let (last, rest) = data.insts.split_last().ok_or(Stop::Unsupported)?;
            for node in rest {
                self.step()?;
                let result_ty = node.results.get(0).map(|value| function.ty(value));
                let mut frame = Frame { values: &values, result_ty };
                let results = self.instruction(&node.inst, &mut frame, depth)?;
                for (value, result) in node.results.iter().zip(results) {
                    values[value.0 as usize] = Some(result);
                }
            }
            self.step()?;
            let frame = Frame { values: &values, result_ty: None };
            match self.terminator(&last.inst, &frame, depth)? {
                Next::Block(next, next_args) => (block, args) = (next, next_args),
                end => return Ok(end),
            }
        }
    }

    fn step(&mut self) -> Result<(), Stop> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(Stop::TooLong)?;
        Ok(())
    }

    fn instruction(
        &mut self,
        inst: &Inst,
        frame: &mut Frame,
        depth: u32,
    ) -> Result<Vec<Val>, Stop> {
        Ok(match inst {
            Inst::Call { f, args } => self.call_at(*f, frame.all(args)?, depth + 1)?,
            Inst::CallFunc { callee, args } => {
                let Val::Func(f) = frame.get(*callee)? else { return Err(Stop::Unsupported) };
                self.call_at(f, frame.all(args)?, depth + 1)?
            }
            Inst::FuncAddr { f } => vec![Val::Func(*f)],
            Inst::GlobalGet { g } => {
                let global = self.globals.get(g.0 as usize).copied().flatten();
                vec![global.ok_or(Stop::Unsupported)?]
            }
            Inst::GlobalSet { g, val } => {
                let val = frame.get(*val)?;
                *self.globals.get_mut(g.0 as usize).ok_or(Stop::Unsupported)? = Some(val);
                vec![]
            }
            Inst::Select { c, a, b } => vec![frame.get(if frame.truth(*c)? { *a } else { *b })?],
            _ => vec![frame.scalar(inst)?],
        })
    }

    fn terminator(&mut self, inst: &Inst, frame: &Frame, depth: u32) -> Result<Next, Stop> {
        match inst {
            Inst::Jump { to } => frame.jump(to, vec![]),
            Inst::Branch { c, then, other } => {
                frame.jump(if frame.truth(*c)? { then } else { other }, vec![])
            }
            Inst::Switch { a, cases, other } => {
                let Val::Int(key) = frame.get(*a)? else { return Err(Stop::Unsupported) };
                // Keys of unsigned 64-bit switches are written by their bits.
                let hit = cases
                    .iter()
                    .find(|(case, _)| i128::from(*case) == key || i128::from(*case as u64) == key);
                frame.jump(hit.map_or(other, |(_, target)| target), vec![])
            }
            Inst::Ret { vals } => Ok(Next::Return(frame.all(vals)?)),
            Inst::TailCall { f, args } => Ok(Next::TailCall(*f, frame.all(args)?)),
            Inst::Trap { code } => Err(TrapKind::from_code(code.0).into()),
            Inst::Invoke { f, args, ok, unwind } => {
                match self.call_at(*f, frame.all(args)?, depth + 1) {
                    Ok(results) => frame.jump(ok, results),
                    Err(Stop::Trap(kind)) if kind.is_catchable() => {
                        self.caught = Some(kind);
                        frame.jump(unwind, vec![Val::Int(i128::from(kind.code()))])
                    }
                    Err(stop) => Err(stop),
                }
            }
            Inst::ResumeUnwind {} => Err(self.caught.unwrap_or(TrapKind::Unreachable).into()),
            _ => Err(Stop::Unsupported),
        }
    }
}

/// What an instruction sees of its frame.
struct Frame<'a> {
    values: &'a [Option<Val>],
    result_ty: Option<ValTy>,
}

impl Frame<'_> {
    fn get(&self, value: Value) -> Result<Val, Stop> {
        self.values.get(value.0 as usize).copied().flatten().ok_or(Stop::Unsupported)
    }

    fn all(&self, values: &[Value]) -> Result<Vec<Val>, Stop> {
        values.iter().map(|value| self.get(*value)).collect()
    }

    fn truth(&self, value: Value) -> Result<bool, Stop> {
        match self.get(value)? {
            Val::Bool(truth) => Ok(truth),
            _ => Err(Stop::Unsupported),
        }
    }

    /// Continues at a block; what the jump itself provides comes first.
    fn jump(&self, to: &BlockCall, first: Vec<Val>) -> Result<Next, Stop> {
        let mut args = first;
        args.extend(self.all(&to.args)?);
        Ok(Next::Block(to.block, args))
    }

    fn scalar(&self, inst: &Inst) -> Result<Val, Stop> {
        let ty = self.result_ty.ok_or(Stop::Unsupported)?;
        match inst {
            Inst::IConst { imm, .. } => {
                return Val::of_slot(*imm as u64, ty).ok_or(Stop::Unsupported);
            }
            Inst::FConst { bits, .. } => return Val::of_slot(*bits, ty).ok_or(Stop::Unsupported),
            _ => {}
        }
        let mut operands = Vec::new();
        let mut missing = false;
        inst.uses(&mut |value| match self.get(value) {
            Ok(val) => operands.push(val),
            Err(_) => missing = true,
        });
        if missing {
            return Err(Stop::Unsupported);
        }
        let family = inst.type_argument().unwrap_or(ty);
        scalar::evaluate(inst.opcode(), family, &operands)
    }
}

impl Val {
    /// The value of a scalar type that has these bits in slot form.
    pub fn of_slot(bits: u64, ty: ValTy) -> Option<Val> {
        Some(match ty {
            ValTy::Bool => Val::Bool(bits != 0),
            ValTy::F32 => Val::F32(f32::from_bits(bits as u32)),
            ValTy::F64 => Val::F64(f64::from_bits(bits)),
            _ => Val::Int(convert::wrap(i128::from(bits), ty)?),
        })
    }

    /// The slot form: integers extended to 64 bits by their sign, floats by their bits.
    pub fn slot(self) -> Option<u64> {
        match self {
            Val::Bool(truth) => Some(u64::from(truth)),
            Val::Int(value) => Some(value as u64),
            Val::F32(value) => Some(u64::from(value.to_bits())),
            Val::F64(value) => Some(value.to_bits()),
            Val::Func(_) => None,
        }
    }
}
