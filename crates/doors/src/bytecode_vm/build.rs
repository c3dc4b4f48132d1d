//! From bytes to a module: one function with all the code, entered at the targets of calls.
//!
//! A call of the machine is a call of that function, with the place to begin at. Locals are its
//! variables, globals are globals of the module, and values that travel between blocks and calls
//! stand on a stack in the heap. Code is followed from where it is entered; a place that cannot
//! be read as an instruction ends the program there, as on the machine.

use std::collections::{BTreeMap, BTreeSet};

use kaa_ir::{
    Block, FuncId, FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Module, Signature, TypeDef,
    ValTy, Value, Var,
};
use kaa_ir::{FieldDef, FieldTy};

use super::Numbering;
use super::machine::Fault;
use super::ops::{Ins, Lines, NoIns, Op, Operand, read};
use super::values::{FIRST_TRAP, Item, State, UNDEFINED, Values, plain};
use crate::Options;
use crate::error::LoadError;
use crate::marks::Marks;

/// Instructions that a program may reach.
const MAX_REACHED: usize = 1 << 15;
/// Names of locals, times blocks that could each need them.
const MAX_LOCALS: usize = 1 << 20;

/// What is reached of a program.
#[derive(Default)]
struct Flow<'a> {
    /// Where blocks begin.
    blocks: BTreeSet<usize>,
    /// Where calls lead to.
    entries: BTreeSet<usize>,
    /// The names of all variables, in order.
    names: BTreeSet<&'a str>,
}

/// The functions and globals of a module.
struct Parts {
    state: State,
    code: FuncId,
    print: FuncId,
    globals: Vec<(GlobalId, GlobalId)>,
    names: Vec<String>,
}

/// Makes the module; gives it with the names that faults point to.
///
/// # Errors
/// The program is too large.
pub fn build(
    name: &str,
    code: &[u8],
    lines: &Lines,
    options: &Options,
) -> Result<(Module, Vec<String>), LoadError> {
    let numbering = options.bytecode_numbering;
    let flow = follow(code, numbering)?;
    let mut module = Module::new(name);
    let state = state(&mut module, options.keep_state)
        .map_err(|error| LoadError::Unsupported(error.to_string()))?;
    let names: Vec<String> = flow.names.iter().map(|name| (*name).to_owned()).collect();
    let mut global = |name: String, ty, bits| {
        let init = GlobalInit::Bits(bits);
        module.globals.push(Global { name, ty, mutable: true, init })
    };
    let globals = names.iter().enumerate().map(|(at, _)| {
        let kind = global(format!("var.{at}.kind"), ValTy::U8, UNDEFINED as u64);
        (kind, global(format!("var.{at}.bits"), ValTy::I64, 0))
    });
    let globals = globals.collect();
    let entry = module.declare_func("code", Signature::new([ValTy::I64], []));
    let print = module.declare_func("print", Signature::new([ValTy::STR], []));
    let parts = Parts { state, code: entry, print, globals, names };
    print_func(&mut module, print)?;
    if !lines.is_empty() {
        module.files.push(name.to_owned());
    }
    let marks = Marks::new(&mut module, options.debugged);
    let source = Source { code, numbering, lines, marks };
    code_func(&mut module, &parts, &flow, &source, options.debugged)?;
    main_func(&mut module, &parts)?;
    Ok((module, parts.names))
}

/// Finds blocks, targets of calls, and names.
fn follow(code: &[u8], numbering: Numbering) -> Result<Flow<'_>, LoadError> {
    let mut flow = Flow::default();
    let (mut seen, mut followed) = (BTreeSet::new(), BTreeSet::new());
    let mut work = vec![0];
    flow.blocks.insert(0);
    flow.entries.insert(0);
    while let Some(at) = work.pop() {
        if !seen.insert(at) {
            continue;
        }
        let Ok(ins) = read(code, numbering, at) else { continue };
        if let (Operand::Name(name), false) = (ins.operand, ins.op == Op::Print) {
            flow.names.insert(name);
        }
        if let Some(to) = target(&ins, code.len()) {
            flow.blocks.insert(to);
            if ins.op == Op::Call {
                flow.entries.insert(to);
            }
            work.push(to);
        }
        if !matches!(ins.op, Op::Halt | Op::Return | Op::Jump) {
            // Instructions may overlap, so that several can be followed by the same one.
            let again = !followed.insert(ins.next);
            if again || matches!(ins.op, Op::JumpIfFalse | Op::Call) {
                flow.blocks.insert(ins.next);
            }
            work.push(ins.next);
        }
        if seen.len() > MAX_REACHED {
            let text = format!("more than {MAX_REACHED} instructions of the program are reached");
            return Err(LoadError::TooLarge(text));
        }
    }
    match flow.names.len() * flow.blocks.len() > MAX_LOCALS {
        true => Err(LoadError::TooLarge("the program has too many names for its size".to_owned())),
        false => Ok(flow),
    }
}

/// Where an instruction leads to, if that is within the code.
fn target(ins: &Ins<'_>, length: usize) -> Option<usize> {
    match ins.operand {
        Operand::Address(to) => usize::try_from(to).ok().filter(|to| *to < length),
        _ => None,
    }
}

/// The globals that every program has.
fn state(module: &mut Module, keep: bool) -> Result<State, kaa_ir::types::TypeDeclError> {
    let field =
        |name: &str, ty| FieldDef { name: name.to_owned(), ty: FieldTy::Val(ty), mutable: true };
    let fields = vec![field("kind", ValTy::U8), field("bits", ValTy::I64)];
    let value =
        module.declare_type("value", TypeDef::Struct { parent: None, identity: false, fields })?;
    let stack_ty = module.intern_type("stack", TypeDef::List { elem: FieldTy::Inline(value) })?;
    let elem = FieldTy::Val(ValTy::I64);
    let returns_ty = module.intern_type("returns", TypeDef::List { elem })?;
    let mut global = |name: &str, ty| {
        let (name, init) = (name.to_owned(), GlobalInit::Bits(0));
        module.globals.push(Global { name, ty, mutable: true, init })
    };
    Ok(State {
        stack: global("stack", ValTy::RefNull(stack_ty)),
        returns: global("returns", ValTy::RefNull(returns_ty)),
        ip: global("ip", ValTy::I64),
        detail: global("detail", ValTy::I64),
        stack_ty,
        returns_ty,
        keep,
    })
}

fn finish(b: FunctionBuilder<'_>) -> Result<(), LoadError> {
    match b.finish() {
        Ok(_) => Ok(()),
        Err(error) => Err(LoadError::Unsupported(format!("no code could be made: {error}"))),
    }
}

/// A function that prints a text as it is.
fn print_func(module: &mut Module, print: FuncId) -> Result<(), LoadError> {
    let elem = FieldTy::Val(ValTy::U8);
    let list = module.intern_type("text", TypeDef::List { elem });
    let list = list.map_err(|error| LoadError::Unsupported(error.to_string()))?;
    let mut b = FunctionBuilder::new(module, print);
    let text = b.params()[0];
    let buffer = b.call_import("rt", "sb.new", &[], &[ValTy::Ref(list)]);
    let buffer = buffer.get(0).unwrap_or(text);
    b.call_import("rt", "sb.push_str", &[buffer, text], &[]);
    b.call_import("rt", "print.buf", &[buffer], &[]);
    b.ins(Inst::Ret { vals: [].into() });
    finish(b)
}

/// `main`: the number of the fault, its detail, the place, and what calls return to.
fn main_func(module: &mut Module, parts: &Parts) -> Result<(), LoadError> {
    let State { stack, returns, ip, detail, stack_ty, returns_ty, .. } = parts.state;
    let list = ValTy::RefNull(returns_ty);
    let results = [ValTy::I64, ValTy::I64, ValTy::I64, list];
    let main = module.declare_func("main", Signature::new([], results));
    module.export_func("main", main);
    let mut b = FunctionBuilder::new(module, main);
    let zero = b.i64(0);
    for (g, ty) in [(stack, stack_ty), (returns, returns_ty)] {
        let val = b.ins1(Inst::ListNew { ty, cap: zero });
        b.ins(Inst::GlobalSet { g, val });
    }
    let (done, ended) = (b.create_block(), b.create_block());
    let trap = b.append_param(ended, ValTy::U32);
    let (ok, unwind) = (plain(done), plain(ended));
    b.ins(Inst::Invoke { f: parts.code, args: [zero].into(), ok, unwind });
    let give = |b: &mut FunctionBuilder<'_>, fault: Value| {
        let rest = [detail, ip, returns].map(|g| b.ins1(Inst::GlobalGet { g }));
        let vals = [fault].into_iter().chain(rest).collect();
        b.ins(Inst::Ret { vals });
    };
    b.switch_to(done);
    b.seal_block(done);
    give(&mut b, zero);

    // A trap that is none of the program's own goes on.
    b.switch_to(ended);
    b.seal_block(ended);
    let (t, first) = (ValTy::U32, b.iconst(ValTy::U32, FIRST_TRAP.into()));
    let own = b.ins1(Inst::Ge { t, a: trap, b: first });
    let (told, other) = (b.create_block(), b.create_block());
    b.branch(own, told, other);
    b.switch_to(other);
    b.seal_block(other);
    b.ins(Inst::ResumeUnwind {});
    b.switch_to(told);
    b.seal_block(told);
    let fault = b.ins1(Inst::Sub { t, a: trap, b: first });
    let fault = b.ins1(Inst::ConvertExact { t: ValTy::I64, a: fault });
    give(&mut b, fault);
    finish(b)?;

    let func = module.declare_func("state.stack", Signature::new([], [ValTy::RefNull(stack_ty)]));
    module.export_func("state.stack", func);
    let mut b = FunctionBuilder::new(module, func);
    let list = b.ins1(Inst::GlobalGet { g: stack });
    b.ins(Inst::Ret { vals: [list].into() });
    finish(b)
}

/// Makes the code of the program.
fn code_func(
    module: &mut Module,
    parts: &Parts,
    flow: &Flow<'_>,
    source: &Source<'_>,
    named: bool,
) -> Result<(), LoadError> {
    let b = FunctionBuilder::new(module, parts.code);
    let mut maker = Maker {
        values: Values::new(b, parts.state),
        parts,
        blocks: BTreeMap::new(),
        locals: Vec::new(),
        length: source.code.len(),
        marks: source.marks,
    };
    maker.enter(flow, named);
    for start in &flow.blocks {
        maker.block(source, *start, flow);
    }
    let Maker { mut values, blocks, .. } = maker;
    blocks.values().for_each(|block| values.b.seal_block(*block));
    finish(values.b)
}

/// The code, and where its instructions stand in a text.
struct Source<'a> {
    code: &'a [u8],
    numbering: Numbering,
    lines: &'a Lines,
    marks: Marks,
}

/// Makes the blocks of the code.
struct Maker<'m, 'p> {
    values: Values<'m>,
    parts: &'p Parts,
    blocks: BTreeMap<usize, Block>,
    /// The kind and the bits of each local.
    locals: Vec<(Var, Var)>,
    length: usize,
    marks: Marks,
}

impl Maker<'_, '_> {
    /// The begin of the function: no local is written, and the block to go to is a parameter.
    fn enter(&mut self, flow: &Flow<'_>, named: bool) {
        let b = &mut self.values.b;
        let (kind, bits) = (b.iconst(ValTy::U8, UNDEFINED), b.i64(0));
        let (kind, bits) = (self.marks.keep(b, kind), self.marks.keep(b, bits));
        for name in &self.parts.names {
            let local = (b.declare_var(ValTy::U8), b.declare_var(ValTy::I64));
            if named {
                b.name_var(local.0, &format!("{name}?"));
                b.name_var(local.1, name);
            }
            b.def_var(local.0, kind);
            b.def_var(local.1, bits);
            self.locals.push(local);
        }
        self.blocks = flow.blocks.iter().map(|at| (*at, b.create_block())).collect();
        let entries = flow.entries.iter().filter_map(|at| Some((*at, *self.blocks.get(at)?)));
        let cases = entries.map(|(at, block)| (at as i64, plain(block))).collect();
        let (a, other) = (b.params()[0], b.create_block());
        b.ins(Inst::Switch { a, cases, other: plain(other) });
        self.values.go_on(other);
        self.values.fault(Fault::Bounds, 0);
    }

    fn block(&mut self, source: &Source<'_>, start: usize, flow: &Flow<'_>) {
        let Some(block) = self.blocks.get(&start) else { return };
        self.values.begin(*block);
        let mut at = start;
        loop {
            if let Some(line) = source.lines.get(&at) {
                source.marks.line(&mut self.values.b, *line);
            }
            let ins = match read(source.code, source.numbering, at) {
                Ok(ins) => ins,
                Err(why) => return self.no_instruction(why),
            };
            self.values.ip = ins.next;
            self.instruction(&ins);
            if self.values.b.is_terminated() {
                return;
            }
            at = ins.next;
            if flow.blocks.contains(&at) {
                return self.jump(at);
            }
        }
    }

    fn no_instruction(&mut self, why: NoIns) {
        let (fault, detail, ip) = match why {
            NoIns::End(ip) => (Fault::Bounds, 0, ip),
            NoIns::Unknown(number, ip) => (Fault::Opcode, number.into(), ip),
            NoIns::Encoding(ip) => (Fault::Encoding, 0, ip),
        };
        self.values.ip = ip;
        self.values.fault(fault, detail);
    }

    /// Goes on in a block.
    fn jump(&mut self, to: usize) {
        self.values.flush();
        if let Some(block) = self.blocks.get(&to) {
            self.values.b.jump(*block, &[]);
        }
    }

    fn instruction(&mut self, ins: &Ins<'_>) {
        let values = &mut self.values;
        match (ins.op, ins.operand) {
            (Op::Push, Operand::Int(n)) => {
                let n = values.b.i64(n);
                values.push(Item::Int(n));
            }
            (Op::Add | Op::Sub | Op::Mul | Op::Div, _) => self.arithmetic(ins.op),
            (Op::Gt | Op::Lt | Op::Gte | Op::Lte, _) => self.order(ins.op),
            (Op::Eq | Op::Neq, _) => self.equality(ins.op),
            (Op::StoreVar | Op::LoadVar | Op::StoreLocal | Op::LoadLocal, Operand::Name(name)) => {
                self.variable(ins.op, name);
            }
            (Op::Jump, _) => match target(ins, self.length) {
                Some(to) => self.jump(to),
                None => values.fault(Fault::Bounds, 0),
            },
            (Op::JumpIfFalse, _) => self.jump_if_false(ins),
            (Op::Call, _) => self.call(ins),
            (Op::Return, _) => {
                values.flush();
                values.note_ip();
                values.b.ins(Inst::Ret { vals: [].into() });
            }
            (Op::Print, Operand::Name(text)) => self.print(text),
            (Op::PrintLn, _) => self.print("\n"),
            (Op::PrintVal, _) => self.print_value(),
            _ => values.end(0),
        }
    }

    fn arithmetic(&mut self, op: Op) {
        let values = &mut self.values;
        // A division tells of a zero, whatever is wrong.
        let fault = if op == Op::Div { Fault::Division } else { Fault::Operand };
        let (b, a) = (values.pop(), values.pop());
        let (a, b, t) = (values.int(a, fault), values.int(b, fault), ValTy::I64);
        if op == Op::Div {
            let zero = values.b.i64(0);
            let is_zero = values.b.ins1(Inst::Eq { t, a: b, b: zero });
            values.fault_if(is_zero, fault, 0);
        }
        let result = values.b.ins1(match op {
            Op::Add => Inst::Add { t, a, b },
            Op::Sub => Inst::Sub { t, a, b },
            Op::Mul => Inst::Mul { t, a, b },
            _ => Inst::Div { t, a, b },
        });
        values.push(Item::Int(result));
    }

    fn order(&mut self, op: Op) {
        let values = &mut self.values;
        let (b, a) = (values.pop(), values.pop());
        let (a, b) = (values.int(a, Fault::Operand), values.int(b, Fault::Operand));
        let t = ValTy::I64;
        let result = values.b.ins1(match op {
            Op::Gt => Inst::Gt { t, a, b },
            Op::Lt => Inst::Lt { t, a, b },
            Op::Gte => Inst::Ge { t, a, b },
            _ => Inst::Le { t, a, b },
        });
        values.push(Item::Bool(result));
    }

    /// Values of one kind are equal where their bits are.
    fn equality(&mut self, op: Op) {
        let values = &mut self.values;
        let (b, a) = (values.pop(), values.pop());
        let ((kind_a, a), (kind_b, b)) = (values.parts(a), values.parts(b));
        let differ = values.b.ins1(Inst::Ne { t: ValTy::U8, a: kind_a, b: kind_b });
        values.fault_if(differ, Fault::Operand, 0);
        let t = ValTy::I64;
        let result = values.b.ins1(match op {
            Op::Eq => Inst::Eq { t, a, b },
            _ => Inst::Ne { t, a, b },
        });
        values.push(Item::Bool(result));
    }

    fn variable(&mut self, op: Op, name: &str) {
        let values = &mut self.values;
        let Ok(number) = self.parts.names.binary_search_by(|known| known.as_str().cmp(name)) else {
            return;
        };
        let (Some(global), Some(local)) = (self.parts.globals.get(number), self.locals.get(number))
        else {
            return;
        };
        let b = &mut values.b;
        let (kind, bits) = match op {
            Op::LoadVar => {
                (b.ins1(Inst::GlobalGet { g: global.0 }), b.ins1(Inst::GlobalGet { g: global.1 }))
            }
            Op::LoadLocal => (b.use_var(local.0), b.use_var(local.1)),
            _ => {
                let item = values.pop();
                let (kind, bits) = values.parts(item);
                if op == Op::StoreLocal {
                    let kept = [kind, bits].map(|val| self.marks.keep(&mut values.b, val));
                    values.b.def_var(local.0, kept[0]);
                    values.b.def_var(local.1, kept[1]);
                } else {
                    values.b.ins(Inst::GlobalSet { g: global.0, val: kind });
                    values.b.ins(Inst::GlobalSet { g: global.1, val: bits });
                }
                return;
            }
        };
        let undefined = values.is_kind(kind, UNDEFINED);
        values.fault_if(undefined, Fault::Undefined, number as i64);
        values.push(Item::Any(kind, bits));
    }

    fn jump_if_false(&mut self, ins: &Ins<'_>) {
        let values = &mut self.values;
        let item = values.pop();
        let truth = values.truthy(item);
        values.flush();
        let (next, taken) = (values.b.create_block(), values.b.create_block());
        values.b.branch(truth, next, taken);
        values.go_on(taken);
        match target(ins, self.length) {
            Some(to) => self.jump(to),
            None => values.fault(Fault::Bounds, 0),
        }
        self.values.go_on(next);
        self.jump(ins.next);
    }

    /// A call; where it returns to is noted as long as it lasts.
    fn call(&mut self, ins: &Ins<'_>) {
        let values = &mut self.values;
        values.flush();
        values.note_return(ins.next);
        let Some(to) = target(ins, self.length) else {
            return values.fault(Fault::Bounds, 0);
        };
        let args = [values.b.i64(to as i64)].into();
        values.b.ins(Inst::Call { f: self.parts.code, args });
        values.forget_return();
        self.jump(ins.next);
    }

    fn print(&mut self, text: &str) {
        let text = self.values.b.str(text);
        self.values.b.ins(Inst::Call { f: self.parts.print, args: [text].into() });
    }

    fn print_value(&mut self) {
        let values = &mut self.values;
        let item = values.pop();
        let (kind, bits) = values.parts(item);
        let is_truth = values.is_kind(kind, super::values::BOOL);
        let (truth, number, done) =
            (values.b.create_block(), values.b.create_block(), values.b.create_block());
        let text = values.b.append_param(done, ValTy::STR);
        values.b.branch(is_truth, truth, number);
        values.go_on(truth);
        let c = values.truthy(Item::Int(bits));
        let (a, b) = (values.b.str("true"), values.b.str("false"));
        let word = values.b.ins1(Inst::Select { c, a, b });
        values.b.jump(done, &[word]);
        values.go_on(number);
        let digits = values.b.call_import("rt", "fmt.int", &[bits], &[ValTy::STR]);
        let digits = digits.get(0).unwrap_or(word);
        values.b.jump(done, &[digits]);
        values.go_on(done);
        values.b.ins(Inst::Call { f: self.parts.print, args: [text].into() });
    }
}
