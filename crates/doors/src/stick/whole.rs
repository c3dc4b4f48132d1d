//! A module of a program whose registers stand in the heap: one file of registers, windows on it.
//!
//! This takes every program, whatever it does to registers outside of its window, and it is what
//! the final state is read from. Code is cut into functions of a bounded size, in the order of the
//! words, which go on in one another by tail calls. Calls and windows are in `calls`. How programs
//! that keep to their windows become faster is in `fast`.

mod calls;
mod regs;

use std::rc::Rc;

use kaa_ir::{
    Block, FuncId, Global, GlobalId, GlobalInit, Inst, Module, Signature, TypeDef, TypeId, ValTy,
    Value,
};
use kaa_isa::BlockCall;

use super::code::{Code, FIRST_TRAP};
use super::emit::{Regs, emit};
use super::file::File;
use super::flow::{Callable, Flow, Ins, callables};
use super::globals::Globals;
use super::objects::{Objects, is_for_objects};
use super::ops::{NUL, Op};
use super::panic;
use super::{Numbering, Source};
use crate::error::LoadError;
use crate::marks::Marks;
use calls::Calls;
use regs::{Shared, WholeRegs};

/// Registers of the machine.
pub const REGISTERS: i64 = 65_536;
/// Places behind the last register, which only arguments and results of calls reach.
const BEHIND: i64 = 512;
/// Registers of the first frame.
pub const FIRST_WINDOW: i64 = 16;
/// Frames of the machine.
pub const FRAMES: i64 = 256;
/// Instructions that a program may reach.
pub const MAX_REACHED: usize = 1 << 17;
/// Instructions of one function.
const CHUNK: usize = 2048;
/// Windows of at most this size never lead beyond the last register.
const SMALL_WINDOW: u16 = 254;

/// What all functions of a module know.
pub struct Program<'a> {
    file: &'a File,
    numbering: Numbering,
    lines: &'a [u32],
    flow: Flow,
    callables: Vec<Callable>,
    shared: Rc<Shared>,
    objects: Option<Rc<Objects>>,
    calls: Calls,
    /// The functions with code, each with the first of its blocks.
    chunks: Vec<(usize, FuncId)>,
}

/// Makes the module.
///
/// # Errors
/// The program is too large.
pub fn build(name: &str, source: &Source<'_>) -> Result<Module, LoadError> {
    let Source { file, numbering, .. } = *source;
    let callables = callables(file);
    let mut entries: Vec<usize> = callables.iter().map(|callable| callable.entry).collect();
    entries.push(0);
    let flow = Flow::of(file, numbering, &entries, MAX_REACHED);
    if flow.too_large {
        let text = format!("more than {MAX_REACHED} instructions of the program are reached");
        return Err(LoadError::TooLarge(text));
    }
    let mut module = Module::new(name);
    source.name_lines(&mut module, name);
    let objects = match uses_objects(file, numbering, &flow) {
        true => Some(Rc::new(Objects::add(&mut module)?)),
        false => None,
    };
    let wide = callables.iter().any(|callable| callable.regc > SMALL_WINDOW);
    let globals = Globals::add(&mut module, file, objects.as_deref());
    let shared = Rc::new(Shared::add(&mut module, file, globals, objects.as_deref(), wide)?);
    let main = module.declare_func("main", Signature::new([], [ValTy::I64; 3]));
    module.export_func("main", main);
    let calls = Calls::declare(&mut module, &shared);
    let chunks = cut(&mut module, file, numbering, &flow, &shared);
    let program = Program {
        file,
        numbering,
        lines: source.lines,
        flow,
        callables,
        shared,
        objects,
        calls,
        chunks,
    };
    calls::build(&mut module, &program)?;
    for at in 0..program.chunks.len() {
        chunk(&mut module, &program, at)?;
    }
    main_func(&mut module, &program, main)?;
    regs::observers(&mut module, &program.shared)?;
    Ok(module)
}

/// Whether any reached instruction is about objects.
pub fn uses_objects(file: &File, numbering: Numbering, flow: &Flow) -> bool {
    flow.blocks.iter().any(|start| {
        let (list, _) = flow.block(file, numbering, *start);
        list.iter().any(|ins| ins.op.is_some_and(is_for_objects))
    })
}

/// Declares functions for the code, each for blocks that follow one another.
fn cut(
    module: &mut Module,
    file: &File,
    numbering: Numbering,
    flow: &Flow,
    shared: &Shared,
) -> Vec<(usize, FuncId)> {
    let mut chunks: Vec<(usize, FuncId)> = Vec::new();
    let mut size = CHUNK;
    for start in &flow.blocks {
        let (list, _) = flow.block(file, numbering, *start);
        size += list.len() + 1;
        if size >= CHUNK {
            size = 0;
            let sig = shared.code_sig();
            chunks.push((*start, module.declare_func(format!("code.{start}"), sig)));
        }
    }
    chunks
}

impl Program<'_> {
    /// The number of the function with the code of a block.
    fn chunk_of(&self, start: usize) -> usize {
        self.chunks.partition_point(|(first, _)| *first <= start).saturating_sub(1)
    }

    /// The function with the code of a block.
    fn func_of(&self, start: usize) -> Option<FuncId> {
        self.chunks.get(self.chunk_of(start)).map(|(_, func)| *func)
    }
}

/// A frame in a function that is being made.
#[derive(Clone, Copy)]
struct Frame {
    base: Value,
    regc: Value,
    depth: Value,
}

/// Makes the code of one function.
fn chunk(module: &mut Module, program: &Program<'_>, number: usize) -> Result<(), LoadError> {
    let Some((_, func)) = program.chunks.get(number).copied() else { return Ok(()) };
    let mut code = Code::new(module, func, program.objects.clone());
    let params = code.b.params();
    let frame = Frame { base: params[0], regc: params[1], depth: params[2] };
    let blocks = &program.flow.blocks;
    let mine: Vec<usize> =
        blocks.iter().copied().filter(|start| program.chunk_of(*start) == number).collect();
    let targets: Vec<(usize, Block)> =
        mine.iter().map(|start| (*start, code.b.create_block())).collect();
    let mut regs = WholeRegs::new(&mut code, program.shared.clone(), frame.base);
    let nowhere = code.b.create_block();
    let cases = targets.iter().map(|(start, block)| (*start as i64, *block)).collect();
    code.switch(params[3], cases, nowhere);
    code.go_on(nowhere);
    code.panic(panic::NO_HALT);
    let mut maker = Maker { program, number, frame, targets: &targets };
    for (start, block) in &targets {
        code.b.switch_to(*block);
        let (list, next) = program.flow.block(program.file, program.numbering, *start);
        for ins in &list {
            code.set_line(Marks::default(), program.lines, ins.at);
            maker.instruction(&mut code, &mut regs, ins);
        }
        if let Some(next) = next {
            maker.go_to(&mut code, next);
        }
    }
    for (_, block) in &targets {
        code.b.seal_block(*block);
    }
    code.finish()
}

/// Makes the instructions of one function.
struct Maker<'a> {
    program: &'a Program<'a>,
    number: usize,
    frame: Frame,
    targets: &'a [(usize, Block)],
}

impl Maker<'_> {
    fn instruction(&mut self, code: &mut Code<'_>, regs: &mut WholeRegs, ins: &Ins) {
        if code.b.is_terminated() {
            return;
        }
        regs.shared.set_ip(code, ins.at + 1);
        let a = ins.word.a();
        match ins.op {
            None | Some(Op::Missing) => code.panic(panic::OPCODE),
            Some(Op::Halt) => code.panic(0),
            Some(Op::Panic) => code.panic(a as u8),
            Some(Op::Jump) => self.jump(code, ins),
            Some(Op::JumpIf(when)) => {
                regs.limit(code, a);
                let truthy = regs.truthy(code, a);
                let (taken, other) = (code.b.create_block(), code.b.create_block());
                let (then, behind) = if when { (taken, other) } else { (other, taken) };
                code.b.branch(truthy, then, behind);
                code.go_on(taken);
                self.jump(code, ins);
                code.go_on(other);
            }
            Some(Op::Call) => calls::call(code, regs, self.program, self.frame, ins),
            Some(Op::TailCall) => calls::tail_call(code, regs, self.program, self.frame, ins),
            Some(Op::Ret) => calls::ret(code, regs, self.frame, a),
            Some(_) => {
                if !emit(code, regs, self.program.file, ins) {
                    code.panic(panic::OPCODE);
                }
            }
        }
    }

    /// Goes on where a jump leads.
    fn jump(&mut self, code: &mut Code<'_>, ins: &Ins) {
        match ins.target(self.program.file.code.len()) {
            Some(to) => self.go_to(code, to),
            None => code.panic(panic::BOUNDS),
        }
    }

    /// Goes on at an instruction.
    fn go_to(&mut self, code: &mut Code<'_>, to: usize) {
        if code.b.is_terminated() {
            return;
        }
        if to >= self.program.file.code.len() {
            self.program.shared.set_ip(code, to);
            code.panic(panic::NO_HALT);
        } else if self.program.chunk_of(to) == self.number {
            let place = self.targets.binary_search_by_key(&to, |target| target.0);
            if let Some((_, block)) = place.ok().and_then(|place| self.targets.get(place)) {
                code.b.jump(*block, &[]);
            }
        } else if let Some(f) = self.program.func_of(to) {
            let at = code.b.i64(to as i64);
            let Frame { base, regc, depth } = self.frame;
            code.b.ins(Inst::TailCall { f, args: [base, regc, depth, at].into() });
        }
    }
}

/// `main`: makes the registers, runs the code, and returns the panic code, the place and the
/// number of frames.
fn main_func(module: &mut Module, program: &Program<'_>, main: FuncId) -> Result<(), LoadError> {
    let Some(first) = program.func_of(0) else { return Ok(()) };
    let shared = &program.shared;
    let mut code = Code::new(module, main, None);
    let len = code.b.i64(REGISTERS + BEHIND);
    shared.make_registers(&mut code, len);
    let args = [0, FIRST_WINDOW, 1, 0].map(|n| code.b.i64(n));
    code.set(shared.frames, args[2]);
    invoke(&mut code, first, &args, |code, panic| {
        let (ip, frames) = (code.get(shared.ip), code.get(shared.frames));
        [panic, ip, frames].to_vec()
    });
    code.finish()
}

/// Runs a function and returns what `ending` makes of the panic code that it ends with.
pub fn invoke(
    code: &mut Code<'_>,
    f: FuncId,
    args: &[Value],
    mut ending: impl FnMut(&mut Code<'_>, Value) -> Vec<Value>,
) {
    let (done, ended) = (code.b.create_block(), code.b.create_block());
    let results: Vec<ValTy> = code.b.module.func_sig(f).map_or(Vec::new(), |s| s.results.to_vec());
    results.iter().for_each(|ty| _ = code.b.append_param(done, *ty));
    let trap = code.b.append_param(ended, ValTy::U32);
    let (ok, unwind) = (BlockCall::new(done, []), BlockCall::new(ended, []));
    code.b.ins(Inst::Invoke { f, args: args.into(), ok, unwind });
    code.go_on(done);
    let zero = code.b.i64(0);
    let vals = ending(code, zero).into();
    code.b.ins(Inst::Ret { vals });
    code.go_on(ended);
    let (t, first) = (ValTy::U32, code.b.iconst(ValTy::U32, FIRST_TRAP.into()));
    let own = code.b.ins1(Inst::Ge { t, a: trap, b: first });
    let (panicked, other) = (code.b.create_block(), code.b.create_block());
    code.b.branch(own, panicked, other);
    code.go_on(other);
    code.b.ins(Inst::ResumeUnwind {});
    code.go_on(panicked);
    let number = code.b.ins1(Inst::Sub { t, a: trap, b: first });
    let number = code.b.ins1(Inst::ConvertExact { t: ValTy::I64, a: number });
    let vals = ending(code, number).into();
    code.b.ins(Inst::Ret { vals });
}
