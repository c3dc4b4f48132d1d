//! A module of a program whose registers are variables, without tags.
//!
//! A frame's registers below the size of its window are its own: what it calls begins above them.
//! So a function of the machine becomes a function of the module, its registers become variables,
//! and where the tag of a register is known at each place, it is not carried. `known` finds that
//! out. Programs where it is not known, or that look outside of their windows, are left to
//! `whole`, which takes everything; so are those whose final state is asked for.

mod known;
mod regs;

use std::collections::BTreeMap;
use std::rc::Rc;

use kaa_ir::{Block, FuncId, Inst, Module, Signature, ValTy, Value};

use super::Source;
use super::code::{Code, val_ty};
use super::emit::{Regs, emit};
use super::file::File;
use super::flow::Ins;
use super::objects::Objects;
use super::ops::Op;
use super::whole::{FRAMES, invoke, uses_objects};
use super::{panic, truth};
use crate::error::LoadError;
use crate::marks::Marks;
use known::{Call, Function, Known, Reg};
use regs::{FastGlobals, FastRegs};

/// The number of the function that the program begins in.
const START: usize = usize::MAX;

/// What all functions of a module know.
struct Program<'a> {
    marks: Marks,
    source: Source<'a>,
    file: &'a File,
    known: Known,
    funcs: BTreeMap<usize, FuncId>,
    objects: Option<Rc<Objects>>,
    globals: FastGlobals,
    /// Whether functions are told how many frames are left.
    counts: bool,
}

/// Makes the module, if the program keeps to what can be known before it runs.
///
/// # Errors
/// The module cannot be made.
pub fn build(name: &str, source: &Source<'_>) -> Result<Option<Module>, LoadError> {
    let Source { file, numbering, .. } = *source;
    let Some(known) = known::find(file, numbering) else { return Ok(None) };
    let mut module = Module::new(name);
    source.name_lines(&mut module, name);
    let with_objects = known.functions.values().any(|f| uses_objects(file, numbering, &f.flow));
    let objects = match with_objects {
        true => Some(Rc::new(Objects::add(&mut module)?)),
        false => None,
    };
    let globals = FastGlobals::add(&mut module, file, &known, objects.as_deref());
    let counts = known.is_recursive();
    let mut funcs = BTreeMap::new();
    for (number, function) in &known.functions {
        let Some(sig) = signature(function, objects.as_deref(), counts) else { return Ok(None) };
        let name = if *number == START { "start".to_owned() } else { format!("fn.{number}") };
        funcs.insert(*number, module.declare_func(name, sig));
    }
    let marks = Marks::new(&mut module, source.named);
    let program = Program { marks, source: *source, file, known, funcs, objects, globals, counts };
    for (number, function) in &program.known.functions {
        if !function_code(&mut module, &program, *number, function)? {
            return Ok(None);
        }
    }
    let main = module.declare_func("main", Signature::new([], [ValTy::I64; 3]));
    module.export_func("main", main);
    let mut code = Code::new(&mut module, main, None);
    let left = code.b.i64(FRAMES - 1);
    if let Some(start) = program.funcs.get(&START) {
        let args: &[Value] = if counts { &[left] } else { &[] };
        invoke(&mut code, *start, args, |code, panic| {
            let none = code.b.i64(0);
            vec![panic, none, none]
        });
    }
    code.finish()?;
    program.globals.observe(&mut module, file, program.objects)?;
    Ok(Some(module))
}

/// The type of the value of a register; `Some(None)` where it has none.
fn reg_ty(reg: Reg, objects: Option<&Objects>) -> Option<Option<ValTy>> {
    match reg {
        Reg::Is(kind) => Some(Some(val_ty(kind))),
        Reg::Object => Some(Some(ValTy::RefNull(objects?.ty.any))),
        Reg::Unreached | Reg::Nothing | Reg::Function(_) | Reg::Mixed => Some(None),
    }
}

fn signature(function: &Function, objects: Option<&Objects>, counts: bool) -> Option<Signature> {
    let mut params = if counts { vec![ValTy::I64] } else { Vec::new() };
    for reg in function.params() {
        params.extend(reg_ty(*reg, objects)?);
    }
    let results: Vec<ValTy> = reg_ty(function.result, objects)?.into_iter().collect();
    Some(Signature::new(params, results))
}

/// Makes the code of a function; `false` if something turned out not to be known.
fn function_code(
    module: &mut Module,
    program: &Program<'_>,
    number: usize,
    function: &Function,
) -> Result<bool, LoadError> {
    let Some(func) = program.funcs.get(&number) else { return Ok(false) };
    let mut code = Code::new(module, *func, program.objects.clone());
    let mut params = code.b.params().into_iter();
    let left = if program.counts { params.next() } else { None };
    let mut regs =
        FastRegs::new((program.source, program.marks), &program.globals, &program.known, function);
    regs.begin(&mut code, &mut params);
    let entry = function.entry;
    if entry >= program.file.code.len() {
        code.panic(panic::NO_HALT);
        return code.finish().map(|()| true);
    }
    let less = left.filter(|_| function.calls).map(|left| code.plus(left, -1));
    let targets: BTreeMap<usize, Block> =
        function.flow.blocks.iter().map(|at| (*at, code.b.create_block())).collect();
    let mut maker = Maker { program, function, targets: &targets, left, less };
    maker.go_to(&mut code, entry);
    for (start, block) in &targets {
        code.b.switch_to(*block);
        if !regs.enter(*start) {
            // Nothing leads here that does not end before.
            code.panic(panic::OPCODE);
            continue;
        }
        let (list, next) = function.flow.block(program.file, program.known.numbering, *start);
        for ins in &list {
            if !code.b.is_terminated() {
                code.set_line(program.marks, program.source.lines, ins.at);
                maker.instruction(&mut code, &mut regs, ins);
            }
        }
        if let Some(next) = next {
            maker.go_to(&mut code, next);
        }
    }
    targets.values().for_each(|block| code.b.seal_block(*block));
    if regs.unknown {
        return Ok(false);
    }
    code.finish().map(|()| true)
}

/// Makes the instructions of one function.
struct Maker<'a> {
    program: &'a Program<'a>,
    function: &'a Function,
    targets: &'a BTreeMap<usize, Block>,
    left: Option<Value>,
    less: Option<Value>,
}

impl Maker<'_> {
    fn instruction(&mut self, code: &mut Code<'_>, regs: &mut FastRegs<'_>, ins: &Ins) {
        let a = ins.word.a();
        match ins.op {
            None | Some(Op::Missing) => code.panic(panic::OPCODE),
            Some(Op::Halt) => code.panic(0),
            Some(Op::Panic) => code.panic(a as u8),
            Some(Op::Jump) => self.jump(code, ins),
            Some(Op::JumpIf(when)) => {
                let truthy = regs.truthy(code, a);
                let (taken, other) = (self.block_of(code, ins), code.b.create_block());
                let (then, behind) = if when { (taken, other) } else { (other, taken) };
                code.b.branch(truthy, then, behind);
                code.go_on(other);
            }
            Some(Op::Call) => self.call(code, regs, ins),
            Some(Op::TailCall) => self.tail_call(code, regs, ins),
            Some(Op::Ret) => {
                let vals = match self.function.result {
                    Reg::Is(_) | Reg::Object => regs.value(code, a).into_iter().collect(),
                    _ => [].into(),
                };
                code.b.ins(Inst::Ret { vals });
            }
            Some(_) => {
                if !emit(code, regs, self.program.file, ins) {
                    code.panic(panic::OPCODE);
                }
            }
        }
    }

    /// The block that a jump leads to.
    fn block_of(&mut self, code: &mut Code<'_>, ins: &Ins) -> Block {
        let target = ins.target(self.program.file.code.len());
        match target.and_then(|to| self.targets.get(&to)) {
            Some(block) => *block,
            None => code.panic_block(panic::BOUNDS),
        }
    }

    fn jump(&mut self, code: &mut Code<'_>, ins: &Ins) {
        let block = self.block_of(code, ins);
        code.b.jump(block, &[]);
    }

    fn go_to(&mut self, code: &mut Code<'_>, to: usize) {
        match self.targets.get(&to) {
            _ if code.b.is_terminated() => {}
            Some(block) => code.b.jump(*block, &[]),
            None => code.panic(panic::NO_HALT),
        }
    }

    /// Where a call leads, and what it is given: how many frames are left where functions are told,
    /// then what they find in their registers. A call that fails for sure panics.
    fn callee(
        &mut self,
        code: &mut Code<'_>,
        regs: &mut FastRegs<'_>,
        ins: &Ins,
        left: Option<Value>,
    ) -> Option<(FuncId, Vec<Value>, Reg)> {
        let callable = match regs.callee(ins) {
            Call::To(callable) => callable,
            Call::Unknown => {
                regs.unknown = true;
                code.panic(panic::CALLABLE);
                return None;
            }
            Call::Fails(number) => {
                code.panic(number);
                return None;
            }
        };
        let known = &self.program.known;
        let (Some(f), Some(function)) =
            (self.program.funcs.get(&callable.index), known.functions.get(&callable.index))
        else {
            regs.unknown = true;
            return None;
        };
        let mut args: Vec<Value> = left.into_iter().collect();
        let sources = known.sources(&callable, ins.word.a().into(), self.function.window());
        for (from, param) in sources.zip(function.params()) {
            if let (Reg::Is(_) | Reg::Object, Ok(from)) = (param, u16::try_from(from)) {
                args.extend(regs.value(code, from));
            }
        }
        Some((*f, args, function.result))
    }

    fn call(&mut self, code: &mut Code<'_>, regs: &mut FastRegs<'_>, ins: &Ins) {
        let Some((f, args, result)) = self.callee(code, regs, ins, self.less) else { return };
        if let Some(left) = self.left {
            let none = code.is(ValTy::I64, left, 0);
            code.panic_if(none, panic::STACK);
        }
        let returned = code.call(f, &args).get(0);
        regs.returned(code, ins.word.c(), result, returned);
    }

    fn tail_call(&mut self, code: &mut Code<'_>, regs: &mut FastRegs<'_>, ins: &Ins) {
        if let Some((f, args, _)) = self.callee(code, regs, ins, self.left) {
            code.b.ins(Inst::TailCall { f, args: args.into() });
        }
    }
}

/// Whether a value of a known register counts as true; `None` where its tag decides.
fn truth_of(code: &mut Code<'_>, reg: Reg, value: Option<Value>) -> Value {
    match (reg, value) {
        (Reg::Is(kind), Some(value)) => truth::of(code, kind, value),
        (Reg::Nothing, _) => code.b.iconst(ValTy::Bool, 0),
        _ => code.b.iconst(ValTy::Bool, 1),
    }
}
