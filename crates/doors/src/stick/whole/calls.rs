//! Calls between windows of the file of registers.
//!
//! What a call does before it goes on elsewhere (finding the function, checking counts and limits,
//! emptying the new window, copying arguments) is one function of the module, so that a call is
//! short however many arguments it has.

use super::regs::{Shared, WholeRegs};
use super::*;
use crate::stick::ops::CALLABLE;

/// The functions of a module that calls need.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// What a function takes: the number of arguments and the size of its window.
    about: FuncId,
    /// Copies registers one by one, upwards.
    arguments: FuncId,
    /// Prepares a call; gives the base and size of the new window.
    begin: FuncId,
    /// Prepares a call in place of the present frame; gives the size of the new window.
    replace: FuncId,
    /// Goes on at the entry of a function.
    enter: FuncId,
}

impl Calls {
    /// Declares them.
    pub fn declare(module: &mut Module, shared: &Shared) -> Calls {
        let mut of = |name: &str, params: usize, results: Vec<ValTy>| {
            module.declare_func(name, Signature::new(vec![ValTy::I64; params], results))
        };
        Calls {
            about: of("call.about", 1, vec![ValTy::I64; 2]),
            arguments: of("call.arguments", 3, vec![]),
            begin: of("call.begin", 6, vec![ValTy::I64; 2]),
            replace: of("call.replace", 4, vec![ValTy::I64]),
            enter: of("call.enter", 4, shared.any_types()),
        }
    }
}

/// Makes their code.
pub fn build(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    about(module, program)?;
    arguments(module, program)?;
    begin(module, program)?;
    replace(module, program)?;
    enter(module, program)
}

fn about(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    let mut code = Code::new(module, program.calls.about, None);
    let number = code.b.params()[0];
    let blocks: Vec<(Callable, Block)> =
        program.callables.iter().map(|callable| (*callable, code.b.create_block())).collect();
    let unknown = code.b.create_block();
    let cases = blocks.iter().map(|(callable, block)| (callable.index as i64, *block)).collect();
    code.switch(number, cases, unknown);
    code.go_on(unknown);
    code.panic(panic::CALLABLE);
    for (callable, block) in blocks {
        code.go_on(block);
        let vals = [callable.argc, callable.regc].map(|n| code.b.i64(n.into())).into();
        code.b.ins(Inst::Ret { vals });
    }
    code.finish()
}

fn arguments(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    let mut code = Code::new(module, program.calls.arguments, None);
    let params = code.b.params();
    let (to, from, count) = (params[0], params[1], params[2]);
    let (tags, bits, refs) = program.shared.arrays(&mut code);
    let done_count = code.b.declare_var(ValTy::I64);
    let zero = code.b.i64(0);
    code.b.def_var(done_count, zero);
    let (head, body, done) = (code.b.create_block(), code.b.create_block(), code.b.create_block());
    code.b.jump(head, &[]);
    code.b.switch_to(head);
    let i = code.b.use_var(done_count);
    let more = code.b.ins1(Inst::Lt { t: ValTy::I64, a: i, b: count });
    code.b.branch(more, body, done);
    code.go_on(body);
    let t = ValTy::I64;
    let (at, source) = (code.b.ins1(Inst::Add { t, a: to, b: i }), {
        code.b.ins1(Inst::Add { t, a: from, b: i })
    });
    for array in [Some(tags), Some(bits), refs].into_iter().flatten() {
        let val = code.item(array, source);
        code.set_item(array, at, val);
    }
    let next = code.plus(i, 1);
    code.b.def_var(done_count, next);
    code.b.jump(head, &[]);
    code.b.seal_block(head);
    code.go_on(done);
    code.b.ins(Inst::Ret { vals: [].into() });
    code.finish()
}

/// Finds the function with a number and checks how many arguments it is given.
fn find(code: &mut Code<'_>, program: &Program<'_>, number: Value, given: Value) -> Value {
    let about = code.call(program.calls.about, &[number]);
    let (argc, regc) = (about.get(0).unwrap_or(number), about.get(1).unwrap_or(number));
    let same = code.b.ins1(Inst::Eq { t: ValTy::I64, a: argc, b: given });
    code.unless(same, panic::CALL);
    regc
}

/// Panics where a window ends beyond the last register.
fn fits(code: &mut Code<'_>, base: Value, regc: Value) {
    let (t, last) = (ValTy::I64, code.b.i64(REGISTERS));
    let end = code.b.ins1(Inst::Add { t, a: base, b: regc });
    let inside = code.b.ins1(Inst::Le { t, a: end, b: last });
    code.unless(inside, panic::REGISTERS);
}

/// Empties a window and copies arguments into it. The older machines did neither.
fn fill(
    code: &mut Code<'_>,
    program: &Program<'_>,
    (base, regc): (Value, Value),
    (first, count): (Value, Value),
) {
    if program.numbering == Numbering::C {
        program.shared.clear(code, base, regc);
        code.call(program.calls.arguments, &[base, first, count]);
    }
}

fn begin(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    let mut code = Code::new(module, program.calls.begin, None);
    let params = code.b.params();
    let (base, window, depth, number) = (params[0], params[1], params[2], params[3]);
    let (first, count) = (params[4], params[5]);
    let regc = find(&mut code, program, number, count);
    let (t, mask) = (ValTy::I64, code.b.i64(0xFFFF));
    let end = code.b.ins1(Inst::Add { t, a: base, b: window });
    let new_base = code.b.ins1(Inst::And { t, a: end, b: mask });
    fits(&mut code, new_base, regc);
    fill(&mut code, program, (new_base, regc), (first, count));
    let most = code.b.i64(FRAMES);
    let room = code.b.ins1(Inst::Lt { t, a: depth, b: most });
    code.unless(room, panic::STACK);
    let frames = code.plus(depth, 1);
    code.set(program.shared.frames, frames);
    code.b.ins(Inst::Ret { vals: [new_base, regc].into() });
    code.finish()
}

fn replace(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    let mut code = Code::new(module, program.calls.replace, None);
    let params = code.b.params();
    let (base, number, first, count) = (params[0], params[1], params[2], params[3]);
    let regc = find(&mut code, program, number, count);
    fits(&mut code, base, regc);
    fill(&mut code, program, (base, regc), (first, count));
    code.b.ins(Inst::Ret { vals: [regc].into() });
    code.finish()
}

fn enter(module: &mut Module, program: &Program<'_>) -> Result<(), LoadError> {
    let mut code = Code::new(module, program.calls.enter, None);
    let params = code.b.params();
    let blocks: Vec<(Callable, Block)> =
        program.callables.iter().map(|callable| (*callable, code.b.create_block())).collect();
    let unknown = code.b.create_block();
    let cases = blocks.iter().map(|(callable, block)| (callable.index as i64, *block)).collect();
    code.switch(params[3], cases, unknown);
    code.go_on(unknown);
    code.panic(panic::CALLABLE);
    for (callable, block) in blocks {
        code.go_on(block);
        match program.func_of(callable.entry).filter(|_| callable.entry < program.file.code.len()) {
            Some(f) => {
                let at = code.b.i64(callable.entry as i64);
                let args = [params[0], params[1], params[2], at].into();
                code.b.ins(Inst::TailCall { f, args });
            }
            None => {
                program.shared.set_ip(&mut code, callable.entry);
                code.panic(panic::NO_HALT);
            }
        }
    }
    code.finish()
}

/// The number of the function in a register, or a panic.
fn callee(code: &mut Code<'_>, regs: &mut WholeRegs, reg: u16) -> Value {
    regs.limit(code, reg);
    let is_callable = regs.has_tag(code, reg, CALLABLE);
    code.unless(is_callable, panic::CALLABLE);
    regs.payload(code, reg)
}

/// `CALL`
pub fn call(
    code: &mut Code<'_>,
    regs: &mut WholeRegs,
    program: &Program<'_>,
    frame: Frame,
    ins: &Ins,
) {
    let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
    let number = callee(code, regs, a);
    let (first, count) = (regs.place(code, a + 1), code.b.i64(b.into()));
    let args = [frame.base, frame.regc, frame.depth, number, first, count];
    let window = code.call(program.calls.begin, &args);
    let (base, regc) = (window.get(0).unwrap_or(first), window.get(1).unwrap_or(first));
    let depth = code.plus(frame.depth, 1);
    let results: Vec<Value> =
        code.call(program.calls.enter, &[base, regc, depth, number]).iter().collect();
    code.set(program.shared.frames, frame.depth);
    if let [tag, bits, ref object @ ..] = results[..] {
        let any = crate::stick::code::Any { tag, bits, object: object.first().copied() };
        regs.put(code, c, any);
    }
}

/// `TAILCALL`
pub fn tail_call(
    code: &mut Code<'_>,
    regs: &mut WholeRegs,
    program: &Program<'_>,
    frame: Frame,
    ins: &Ins,
) {
    let (a, b) = (ins.word.a(), ins.word.b());
    let number = callee(code, regs, a);
    let (first, count) = (regs.place(code, a + 1), code.b.i64(b.into()));
    let window = code.call(program.calls.replace, &[frame.base, number, first, count]);
    let regc = window.get(0).unwrap_or(first);
    let args = [frame.base, regc, frame.depth, number].into();
    code.b.ins(Inst::TailCall { f: program.calls.enter, args });
}

/// `RET`: from the first frame, the end of the program.
pub fn ret(code: &mut Code<'_>, regs: &mut WholeRegs, frame: Frame, reg: u16) {
    let is_first = code.is(ValTy::I64, frame.depth, 1);
    let (end, back) = (code.b.create_block(), code.b.create_block());
    code.b.branch(is_first, end, back);
    code.go_on(end);
    let none = code.b.i64(0);
    code.set(regs.shared.frames, none);
    code.panic(0);
    code.go_on(back);
    let any = regs.any(code, reg);
    let vals = [any.tag, any.bits].into_iter().chain(any.object).collect();
    code.b.ins(Inst::Ret { vals });
}
