//! Register code to Cranelift's code: one method for each register operation.
//!
//! `slots` says where values are while code is made, `exits` how compiled code stops; the
//! operations are in `int`, `float`, `jump`, `call`, `object` and `list`. What is known of the
//! function beforehand comes from `flow`; the machine's side of all agreements is
//! `kaa_exec::tier`.
//!
//! A function is compiled to a *body*: `(frame, parameters..) -> (exit code, results..)` in the
//! convention that allows tail calls, with the machine context in the pinned register. One that
//! is entered at a loop takes the frame alone and leaves its results there.

mod call;
mod divide;
mod entry;
mod exits;
mod float;
pub(crate) mod inline;
mod int;
mod jump;
mod known;
mod list;
mod object;
mod slots;

use cranelift_codegen::ir::{self, AbiParam, BlockArg, InstBuilder, MemFlagsData, Signature, Type};
use cranelift_codegen::ir::{Value, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, Variable};
use kaa_code::{Code, RegOp, Word, word};
use kaa_exec::tier::{ENTRY_BYTES, ENTRY_WORDS, Job, Place, offset};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::bounds::{self, Bounds};
use crate::flow::{self, Flow};
use crate::operands::{Class, ListRole, Successors, successors};
use inline::Inlinables;

/// Results that a body gives in registers; more are left in the frame.
pub(crate) const MAX_RESULTS: usize = 3;
/// Parameters that a body takes in registers; more are read from the frame.
pub(crate) const MAX_PARAMS: usize = 8;

/// The signature of the body of a function.
pub(crate) fn body_signature(code: &Code, place: Place) -> Signature {
    let mut sig = Signature::new(CallConv::Tail);
    sig.params.push(AbiParam::new(types::I64));
    sig.returns.push(AbiParam::new(types::I64));
    if place == Place::Start {
        let params = code.float_params.iter().take(MAX_PARAMS);
        sig.params.extend(params.map(|float| AbiParam::new(type_of(*float))));
        sig.returns.extend(register_results(code).map(|float| AbiParam::new(type_of(float))));
    }
    sig
}

/// The classes of the results that are in registers.
pub(crate) fn register_results(code: &Code) -> impl Iterator<Item = bool> + '_ {
    let few = code.float_results.len() <= MAX_RESULTS;
    code.float_results.iter().copied().filter(move |_| few)
}

/// The type of a value in a register.
pub(crate) fn type_of(float: bool) -> Type {
    if float { types::F64 } else { types::I64 }
}

/// Access that never faults: a frame, the context, an object.
pub(crate) const TRUSTED: MemFlagsData = MemFlagsData::trusted();
/// What most jumps give to their block.
pub(crate) const NONE: &[BlockArg] = &[];

/// Finds the bodies of functions that are called.
pub(crate) trait Bodies {
    /// The body of one that is compiled already or with this one, declared in `into`.
    fn body(&mut self, func: u32, into: &mut ir::Function) -> Option<ir::FuncRef>;
}

/// The compiler of one body.
pub(crate) struct Lower<'a, 'f> {
    inlinables: &'a Inlinables,
    bodies: &'a mut dyn Bodies,
    b: &'a mut FunctionBuilder<'f>,
    /// The function whose code is made now.
    here: Scope<'a>,
    /// Those that it is inlined into, from the one that is compiled on.
    outer: Vec<Scope<'a>>,
    /// Words that have been inlined.
    inlined: usize,
    /// The farthest slot at which a call has its window, those in what is inlined included.
    farthest: u32,
    /// The machine context, where it has been read from its register on the way here.
    context: Option<Value>,
    sigs: FxHashMap<exits::Callee, ir::SigRef>,
    /// Where exits meet: the exit code.
    exit: Option<ir::Block>,
}

/// A function in the making: the one that is compiled, or one whose code takes the place of a
/// call of it.
struct Scope<'a> {
    job: &'a Job,
    code: &'a Code,
    flow: &'a Flow,
    /// The address of slot 0.
    frame: Value,
    /// Where it returns to, unless it is the one that is compiled.
    back: Option<ir::Block>,
    /// That is noted in its frame already.
    noted: bool,
    blocks: FxHashMap<usize, ir::Block>,
    vars: FxHashMap<(u16, slots::Part), Variable>,
    /// What is known at the instruction at hand.
    known: known::Known,
    /// Bounds of integers at the starts of blocks.
    starts: Vec<bounds::Known>,
    /// Bounds of the results of what has been inlined for the instruction at hand.
    learned: Vec<(u16, Bounds)>,
    /// Bounds of what it returns; nothing before its first return.
    returned: Option<Vec<Bounds>>,
    /// Where the current values of slots are, by slot.
    held: Vec<u8>,
    /// Slots whose entry in `held` is not 0.
    touched: Vec<u16>,
    /// The word of the instruction at hand, and the one behind it.
    at: usize,
    next: usize,
    /// Where traps meet: the word behind the instruction, and the code.
    trap: Option<ir::Block>,
}

impl<'a> Scope<'a> {
    /// `params` is what is known of the arguments.
    fn new(job: &'a Job, flow: &'a Flow, frame: Value, params: bounds::Known) -> Scope<'a> {
        Scope {
            job,
            code: &job.code,
            flow,
            frame,
            back: None,
            noted: false,
            blocks: FxHashMap::default(),
            vars: FxHashMap::default(),
            known: known::Known::default(),
            starts: bounds::at_starts(job, flow, params),
            learned: Vec::new(),
            returned: None,
            held: vec![0; flow.slots()],
            touched: Vec::new(),
            at: 0,
            next: 0,
            trap: None,
        }
    }
}

/// Makes the body of a function.
pub(crate) fn lower<'a>(
    job: &'a Job,
    flow: &'a Flow,
    inlinables: &'a Inlinables,
    bodies: &'a mut dyn Bodies,
    b: &'a mut FunctionBuilder<'_>,
) -> Option<()> {
    let farthest = inlinables.farthest(&job.code);
    let mut lower = Lower {
        inlinables,
        bodies,
        b,
        here: Scope::new(job, flow, Value::from_u32(0), bounds::Known::default()),
        farthest,
        outer: Vec::new(),
        inlined: 0,
        context: None,
        sigs: FxHashMap::default(),
        exit: None,
    };
    let first = flow.block_at(match job.place {
        Place::Start => 0,
        Place::Loop(at) => at as usize,
    })?;
    lower.function(first, |lower| lower.entry(first));
    lower.finish_exits();
    Some(())
}

macro_rules! dispatch {
    ($($shape:ident $camel:ident $name:ident $doc:literal;)*) => {
        impl Lower<'_, '_> {
            /// Makes the code of one instruction.
            fn operation(&mut self, op: RegOp, w: Word) {
                match op {
                    $(RegOp::$camel => self.$name(w),)*
                }
            }
        }
    };
}

kaa_code::for_each_reg_op!(dispatch);

impl Lower<'_, '_> {
    /// Makes the code of a function from this block on, which `entry` leads to.
    fn function(&mut self, first: u32, entry: impl FnOnce(&mut Self)) {
        let reached = self.reached(first);
        for block in &reached {
            let at = self.here.flow.blocks[*block as usize].start;
            let made = self.b.create_block();
            self.here.blocks.insert(at, made);
        }
        let leads = self.predecessors(first, &reached);
        let mut open = leads.clone();
        entry(self);
        self.seal_after(&[first], &mut open);
        let mut made = None;
        for block in reached {
            // What one block alone leads to, the last one, goes on with what is known there.
            let flow = self.here.flow;
            let leads_here = |made: &u32| flow.blocks[*made as usize].next.contains(&block);
            let only = made.filter(leads_here).filter(|_| leads[block as usize] == 1);
            self.here.known.start(&flow.lists[block as usize], only.is_some());
            self.start_bounds(only, block);
            self.block(block);
            made = Some(block);
            self.seal_after(&flow.blocks[block as usize].next, &mut open);
        }
        self.finish_traps();
    }

    /// What is known of integers at the start of a block, which only the one before may lead to.
    fn start_bounds(&mut self, before: Option<u32>, block: u32) {
        let flow = self.here.flow;
        let edge = before.and_then(|before| {
            let next = &flow.blocks[before as usize].next;
            let nth = next.iter().position(|next| *next == block)?;
            let last = (self.here.at, word::op(self.here.code.words[self.here.at])?);
            Some(self.here.known.ints.along(self.here.job, last, nth))
        });
        let starts = &mut self.here.starts[block as usize];
        self.here.known.ints = edge.unwrap_or_else(|| std::mem::take(starts));
    }

    /// How many of these blocks, and of the entry, lead to each block of the function.
    fn predecessors(&self, first: u32, reached: &[u32]) -> Vec<u32> {
        let mut count = vec![0; self.here.flow.blocks.len()];
        count[first as usize] += 1;
        for block in reached {
            let next = &self.here.flow.blocks[*block as usize].next;
            next.iter().for_each(|next| count[*next as usize] += 1);
        }
        count
    }

    /// Seals the blocks that no block leads to any more which is yet to be made: the sooner, the
    /// fewer values go through parameters of blocks.
    fn seal_after(&mut self, next: &[u32], open: &mut [u32]) {
        for next in next {
            let left = &mut open[*next as usize];
            *left -= 1;
            if *left == 0 {
                let block = self.here.blocks[&self.here.flow.blocks[*next as usize].start];
                self.b.seal_block(block);
            }
        }
    }

    /// Blocks that can be reached from one, in the order of the code.
    fn reached(&self, first: u32) -> Vec<u32> {
        let mut seen = FxHashSet::default();
        let mut todo = vec![first];
        while let Some(block) = todo.pop() {
            if seen.insert(block) {
                todo.extend(&self.here.flow.blocks[block as usize].next);
            }
        }
        let mut order: Vec<u32> = seen.into_iter().collect();
        order.sort_unstable();
        order
    }

    fn block(&mut self, index: u32) {
        let flow = self.here.flow;
        let data = &flow.blocks[index as usize];
        let block = self.here.blocks[&data.start];
        self.b.switch_to_block(block);
        self.context = None;
        self.forget_all();
        for slot in data.at_start.live.iter() {
            self.assume(slot, data.at_start.floats.has(slot), data.at_start.rooted.has(slot));
        }
        if data.is_head {
            self.poll(data.start);
        }
        let mut at = data.start;
        while at < data.end {
            let w = self.here.code.words[at];
            let op = word::op(w).unwrap_or(RegOp::Trap);
            (self.here.at, self.here.next) = (at, at + op.words());
            if self.here.job.form.lines {
                let line = self.outer.first().map_or(at, |outer| outer.at);
                self.b.set_srcloc(ir::SourceLoc::new(line as u32));
            }
            if self.here.next == data.end {
                return self.last(data, op, w);
            }
            self.instruction(op, w);
            at = self.here.next;
        }
    }

    /// Makes an instruction and forgets what it may change.
    fn instruction(&mut self, op: RegOp, w: Word) {
        self.operation(op, w);
        if op.has_window() {
            self.context = None;
        }
        self.here.known.ints.step(self.here.job, self.here.at, op);
        for (slot, bounds) in std::mem::take(&mut self.here.learned) {
            self.here.known.ints.set(slot, bounds);
        }
        match self.here.flow.list_role(op, w) {
            ListRole::Changes => self.here.known.forget_lists(),
            ListRole::Keeps => self.here.known.forget_own(),
            _ if op == RegOp::Shared => self.here.known.forget_own(),
            _ => {}
        }
    }

    /// Makes the last instruction of a block, and the jump to the next one if it is none itself.
    /// Before a branch, values are brought into the form that its successors want; what the
    /// branch itself writes, a counter, it brings into form on its own.
    fn last(&mut self, data: &flow::Block, op: RegOp, w: Word) {
        let falls = matches!(successors(self.here.code, self.here.at, op), Successors::Next(_));
        if !falls {
            data.next.iter().for_each(|next| self.meet(*next));
        }
        self.instruction(op, w);
        if let [next] = data.next[..]
            && falls
        {
            self.meet(next);
            let to = self.here.blocks[&self.here.flow.blocks[next as usize].start];
            self.b.ins().jump(to, NONE);
        }
    }

    /// Brings values into the form that a block wants at its start.
    fn meet(&mut self, block: u32) {
        let flow = self.here.flow;
        let sets = &flow.blocks[block as usize].at_start;
        for slot in sets.live.iter() {
            match sets.floats.has(slot) {
                true => drop(self.float(slot)),
                false => drop(self.int(slot)),
            }
        }
        for slot in flow.lists[block as usize].iter() {
            self.header(slot);
        }
    }

    /// A constant.
    fn imm(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    /// The address of a word of the code.
    fn pc(&mut self, at: usize) -> Value {
        if self.here.job.form.movable {
            return self.movable_pc(at);
        }
        let address = self.here.code.words.as_ptr().wrapping_add(at) as i64;
        self.imm(address)
    }

    /// The address of a word of the code, which the entry of the function tells.
    fn movable_pc(&mut self, at: usize) -> Value {
        let vm = self.vm();
        let first = self.b.ins().load(types::I64, TRUSTED, vm, offset::FUNCS as i32);
        let entry = self.imm(i64::from(self.here.job.func) * ENTRY_BYTES as i64);
        let entry = self.b.ins().iadd(first, entry);
        let words = self.b.ins().load(types::I64, TRUSTED, entry, ENTRY_WORDS as i32);
        let distance = self.imm(at as i64 * 8);
        self.b.ins().iadd(words, distance)
    }

    /// A new block and its place in the code: far away if it is rarely reached.
    fn new_block(&mut self, cold: bool) -> ir::Block {
        let block = self.b.create_block();
        if cold {
            self.b.set_cold_block(block);
        }
        block
    }

    /// Whether the code at hand is rarely reached.
    fn is_cold(&self) -> bool {
        self.b.current_block().is_some_and(|block| self.b.func.layout.is_cold(block))
    }

    /// Goes on in a new block unless `cond` holds; gives the cold block where it does. What goes on
    /// from a cold block is as cold.
    fn unless(&mut self, cond: Value) -> (ir::Block, ir::Block) {
        let cold = self.new_block(true);
        let go_on = self.new_block(self.is_cold());
        self.b.ins().brif(cond, cold, NONE, go_on, NONE);
        self.b.seal_block(cold);
        self.b.seal_block(go_on);
        (cold, go_on)
    }

    /// Goes on in a new block unless one of two conditions holds: two branches are shorter than
    /// one on their union.
    fn unless_either(&mut self, first: Value, second: Value) -> (ir::Block, ir::Block) {
        let cold = self.new_block(true);
        let [then, go_on] = [self.new_block(false), self.new_block(false)];
        self.b.ins().brif(first, cold, NONE, then, NONE);
        self.b.seal_block(then);
        self.b.switch_to_block(then);
        self.b.ins().brif(second, cold, NONE, go_on, NONE);
        self.b.seal_block(cold);
        self.b.seal_block(go_on);
        (cold, go_on)
    }

    /// Goes on in a block that all jumps to have been made of.
    fn join(&mut self, block: ir::Block) {
        self.b.seal_block(block);
        self.b.switch_to_block(block);
        self.context = None;
    }

    /// The machine context. It is read from its register again where the value would live long:
    /// a second register for it costs more than a move.
    fn vm(&mut self) -> Value {
        if self.is_cold() {
            return self.b.ins().get_pinned_reg(types::I64);
        }
        if let Some(vm) = self.context {
            return vm;
        }
        let vm = self.b.ins().get_pinned_reg(types::I64);
        self.context = Some(vm);
        vm
    }

    /// Writes an integer result.
    fn set(&mut self, slot: u16, value: Value) {
        self.write(slot, value, Class::Int);
    }

    /// Writes a float result.
    fn set_float(&mut self, slot: u16, value: Value) {
        self.write(slot, value, Class::Float);
    }
}
