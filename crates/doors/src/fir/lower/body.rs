//! One function: its blocks, and what each operation does with what lies on the stack.
//!
//! The code was checked, so every operation finds on the stack what it needs.

use std::collections::HashMap;

use kaa_ir::builder::BuildError;
use kaa_ir::{Block, BlockCall, FuncId, FunctionBuilder, Inst, Loc, Module, TrapKind, ValTy};
use kaa_ir::{Data, Value, Var};
use kaa_isa::kinds::Code;

use super::super::check::{Checked, Names};
use super::super::literal;
use super::super::number;
use super::super::parse::{Arith, Compare, Func, Op, Text};
use super::super::types::{Count, Scalar, Ty};
use super::memory::{Helper, World};
use super::signals::Signals;
use super::{constant, from_bits, to_bits};

const I64: ValTy = ValTy::I64;

/// What a function is lowered from.
pub(super) struct Context<'a> {
    pub text: &'a Text,
    pub names: &'a Names<'a>,
    pub funcs: &'a [FuncId],
    pub func: &'a Func,
    pub checked: &'a Checked,
    pub signals: Option<&'a Signals>,
    /// Whether locals are named.
    pub named: bool,
}

/// Builds a function.
pub(super) fn lower(
    module: &mut Module,
    world: &mut World,
    from: Context<'_>,
    id: FuncId,
) -> Result<(), BuildError> {
    let mut b = FunctionBuilder::new(module, id);
    b.set_origin(0, Loc { line: from.func.line, ..Loc::default() });
    let (mut blocks, mut stacks) = (HashMap::new(), HashMap::new());
    let entry = b.current();
    for (place, state) in &from.checked.blocks {
        let block = b.create_block();
        let stack = state.stack.iter().map(|ty| b.append_param(block, ty.val_ty())).collect();
        stacks.insert(*place, stack);
        blocks.insert(*place, block);
    }
    let body = Body {
        b,
        world,
        from: &from,
        blocks,
        stacks,
        stack: Vec::new(),
        frames: HashMap::new(),
        locals: HashMap::new(),
        entry_sp: None,
    };
    body.build(entry)
}

pub(super) struct Body<'m, 'a> {
    pub b: FunctionBuilder<'m>,
    world: &'a mut World,
    pub from: &'a Context<'a>,
    blocks: HashMap<usize, Block>,
    /// What lies on the stack at the start of each block.
    stacks: HashMap<usize, Vec<Value>>,
    pub stack: Vec<Value>,
    /// The addresses of frames in memory.
    frames: HashMap<usize, Var>,
    /// The locals of frames that are variables.
    locals: HashMap<(usize, u32), Var>,
    /// The stack pointer when the function was entered, where it changes it.
    entry_sp: Option<Var>,
}

impl Body<'_, '_> {
    fn build(mut self, entry: Block) -> Result<(), BuildError> {
        let from = self.from;
        self.b.switch_to(entry);
        let params = self.b.params();
        let in_memory: Vec<usize> = from
            .checked
            .locals
            .iter()
            .filter(|(_, locals)| self.world.frames_in_memory || locals.is_none())
            .map(|(frame, _)| *frame)
            .collect();
        let sets_sp = from.func.ops.iter().any(|(_, op)| *op == Op::SetSp);
        if sets_sp || !in_memory.is_empty() {
            let sp = self.b.ins1(Inst::GlobalGet { g: self.world.sp });
            let var = self.b.declare_var(I64);
            self.b.def_var(var, sp);
            self.entry_sp = Some(var);
        }
        let zero = self.b.i64(0);
        for frame in in_memory {
            let var = self.b.declare_var(I64);
            self.b.def_var(var, zero);
            self.frames.insert(frame, var);
        }
        self.declare_locals();
        self.look_for_interrupts();
        if let Some(first) = self.blocks.get(&0).copied() {
            self.b.jump(first, &params);
        }
        self.b.seal_block(entry);
        for (place, _) in &from.checked.blocks {
            self.block(*place);
        }
        let blocks: Vec<Block> = self.blocks.values().copied().collect();
        blocks.into_iter().for_each(|block| self.b.seal_block(block));
        self.b.finish().map(|_| ())
    }

    fn declare_locals(&mut self) {
        let mut all: Vec<(usize, u32, Ty)> = Vec::new();
        for (frame, locals) in &self.from.checked.locals {
            if let (false, Some(locals)) = (self.frames.contains_key(frame), locals) {
                all.extend(locals.iter().map(|(offset, ty)| (*frame, *offset, *ty)));
            }
        }
        // In the order of the text: a map has none of its own.
        all.sort_unstable_by_key(|(frame, offset, _)| (*frame, *offset));
        for (frame, offset, ty) in all {
            let var = self.b.declare_var(ty.val_ty());
            let zero = self.zero(ty);
            if self.from.named {
                self.b.name_var(var, &format!("local {offset}"));
            }
            self.b.def_var(var, zero);
            self.locals.insert((frame, offset), var);
        }
    }

    fn zero(&mut self, ty: Ty) -> Value {
        match ty {
            Ty::One(scalar) => constant(&mut self.b, scalar, 0),
            Ty::Pointer(..) => self.b.i64(0),
            Ty::Lanes(..) => self.bytes(vec![0; ty.size().unwrap_or(0) as usize]),
        }
    }

    fn bytes(&mut self, bytes: Vec<u8>) -> Value {
        let d = self.b.module.constant(Data::Bytes(bytes));
        self.b.ins1(Inst::BytesConst { d })
    }

    fn block(&mut self, place: usize) {
        let from = self.from;
        let Some(block) = self.blocks.get(&place).copied() else { return };
        self.b.switch_to(block);
        self.stack = self.stacks.remove(&place).unwrap_or_default();
        let mut at = place;
        while let Some((line, op)) = from.func.ops.get(at) {
            self.world.marks.line(&mut self.b, *line);
            self.op(at, op);
            if self.b.is_terminated() {
                return;
            }
            at += 1;
            if let Some(next) = self.blocks.get(&at).copied() {
                let stack = std::mem::take(&mut self.stack);
                return self.b.jump(next, &stack);
            }
        }
    }

    pub fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value(0))
    }

    pub fn push(&mut self, val: Value) {
        self.stack.push(val);
    }

    pub fn call(&mut self, helper: Helper, args: &[Value]) -> Option<Value> {
        let f = self.world.helper(self.b.module, helper);
        self.b.ins(Inst::Call { f, args: args.into() }).get(0)
    }

    fn op(&mut self, at: usize, op: &Op) {
        match op {
            Op::WriteConst(ty, words) => self.write_const(*ty, words),
            Op::Arith(arith, ty) => self.arith(*arith, *ty),
            Op::Compare(compare, scalar) => self.compare(*compare, *scalar),
            Op::Convert(from, to) => self.convert(*from, *to),
            Op::Inject(ty) => {
                let (val, to) = (self.pop(), self.pop());
                self.store(*ty, to, val);
            }
            Op::Unbox(ty) => {
                let count = match ty {
                    Ty::Lanes(_, Count::Run) => Some(self.pop()),
                    _ => None,
                };
                let from = self.pop();
                let val = self.load(*ty, from, count);
                self.push(val);
            }
            Op::ReadLocal(ty, offset) => self.read_local(at, *ty, *offset),
            Op::WriteLocal(ty, offset) => self.write_local(at, *ty, *offset),
            Op::AllocFrame(size) => self.alloc_frame(at, *size),
            Op::DropFrame => self.drop_frame(at),
            Op::GetSp(_) => {
                let sp = self.b.ins1(Inst::GlobalGet { g: self.world.sp });
                self.push(sp);
            }
            Op::SetSp => {
                let to = self.pop();
                self.call(Helper::SetSp, &[to]);
            }
            Op::Call(name) => self.call_func(name),
            Op::CallC(name) => self.call_host(name),
            Op::Ret => {
                self.restore_sp();
                let vals = std::mem::take(&mut self.stack);
                self.b.ins(Inst::Ret { vals: vals.into() });
            }
            Op::Jmp(label) => {
                self.look_back(at, label);
                let stack = std::mem::take(&mut self.stack);
                if let Some(to) = self.label(label) {
                    self.b.jump(to, &stack);
                }
            }
            Op::JmpIf(label) => self.jump_if(at, label),
            Op::Crash => {
                self.b.ins(Inst::Trap { code: Code(TrapKind::Panic.code()) });
            }
            Op::InterruptReturn => {
                self.restore_sp();
                self.b.ins(Inst::Ret { vals: [].into() });
            }
            _ => self.outside(op),
        }
    }

    fn label(&self, label: &str) -> Option<Block> {
        self.blocks.get(self.from.func.labels.get(label)?).copied()
    }

    /// Looks for interrupts where a jump goes back.
    fn look_back(&mut self, at: usize, label: &str) {
        if self.from.func.labels.get(label).is_some_and(|place| *place <= at) {
            self.look_for_interrupts();
        }
    }

    fn look_for_interrupts(&mut self) {
        if let Some(signals) = self.from.signals {
            self.b.ins(Inst::Call { f: signals.deliver, args: [].into() });
        }
    }

    fn jump_if(&mut self, at: usize, label: &str) {
        self.look_back(at, label);
        let val = self.pop();
        let t = self.b.ty(val);
        let zero = self.b.iconst(t, 0);
        let c = self.b.ins1(Inst::Ne { t, a: val, b: zero });
        let stack = std::mem::take(&mut self.stack);
        let next = self.blocks.get(&(at + 1)).copied();
        if let Some((to, next)) = self.label(label).zip(next) {
            let (then, other) = (BlockCall::new(to, &stack[..]), BlockCall::new(next, &stack[..]));
            self.b.ins(Inst::Branch { c, then, other });
        }
    }

    fn write_const(&mut self, ty: Ty, words: &[String]) {
        // The check read the words; what they mean is asked a second time only.
        let val = match ty {
            Ty::One(scalar) => {
                let bits = words.first().map(|word| literal::bits(scalar, word));
                constant(&mut self.b, scalar, bits.and_then(Result::ok).unwrap_or(0))
            }
            _ => {
                let bytes = literal::bytes(ty, words).unwrap_or_default();
                self.bytes(bytes)
            }
        };
        self.push(val);
    }

    fn call_func(&mut self, name: &str) {
        let from = self.from;
        let Ok((nth, shape)) = from.names.func(name) else { return };
        let args = self.stack.split_off(self.stack.len().saturating_sub(shape.params.len()));
        if let Some(f) = from.funcs.get(nth) {
            let results = self.b.ins(Inst::Call { f: *f, args: args.into() });
            self.stack.extend((0..shape.results.len() as u32).filter_map(|i| results.get(i)));
        }
    }

    fn call_host(&mut self, name: &str) {
        let from = self.from;
        let Ok((nth, shape)) = from.names.external(name) else { return };
        let args = self.stack.split_off(self.stack.len().saturating_sub(shape.params.len()));
        let results: Vec<ValTy> = shape.results.iter().map(|ty| ty.val_ty()).collect();
        if let Some(ext) = from.text.externs.get(nth) {
            let given = self.b.call_import(&ext.module, &ext.name, &args, &results);
            self.stack.extend((0..results.len() as u32).filter_map(|i| given.get(i)));
        }
    }

    fn arith(&mut self, arith: Arith, ty: Ty) {
        let c = if arith == Arith::MulDiv { Some(self.pop()) } else { None };
        let (b, a) = (self.pop(), self.pop());
        let t = ty.val_ty();
        let result = match ty {
            Ty::Pointer(depth, scalar) => {
                let step = if depth > 1 { 8 } else { i64::from(scalar.size()) };
                let step = self.b.i64(step);
                let b = self.b.ins1(Inst::Mul { t, a: b, b: step });
                self.native(arith, t, (a, b, None))
            }
            Ty::One(scalar) if scalar.is_native() => self.native(arith, t, (a, b, c)),
            Ty::One(scalar) => {
                let (a, b) = (to_bits(&mut self.b, ty, a), to_bits(&mut self.b, ty, b));
                let c = c.map_or(a, |c| to_bits(&mut self.b, ty, c));
                let head = [self.b.i64(arith as i64), self.b.i64(scalar.number())];
                let bits = self.host(number::ARITH, &[head[0], head[1], a, b, c], I64);
                from_bits(&mut self.b, ty, bits)
            }
            Ty::Lanes(scalar, _) => {
                let c = c.unwrap_or_else(|| self.bytes(Vec::new()));
                let head = [self.b.i64(arith as i64), self.b.i64(scalar.number())];
                self.host(number::LANES, &[head[0], head[1], a, b, c], ValTy::BYTES)
            }
        };
        self.push(result);
    }

    fn native(
        &mut self,
        arith: Arith,
        t: ValTy,
        (a, b, c): (Value, Value, Option<Value>),
    ) -> Value {
        match (arith, c) {
            (Arith::Add, _) => self.b.ins1(Inst::Add { t, a, b }),
            (Arith::Sub, _) => self.b.ins1(Inst::Sub { t, a, b }),
            (Arith::Mul, _) => self.b.ins1(Inst::Mul { t, a, b }),
            (Arith::MulDiv, Some(c)) if t.is_int() => self.b.ins1(Inst::MulDiv { t, a, b, c }),
            (Arith::MulDiv, Some(c)) => {
                let product = self.b.ins1(Inst::Mul { t, a, b });
                self.b.ins1(Inst::Div { t, a: product, b: c })
            }
            _ => self.b.ins1(Inst::Div { t, a, b }),
        }
    }

    fn host(&mut self, name: &str, args: &[Value], result: ValTy) -> Value {
        self.b.call_import(number::MODULE, name, args, &[result]).get(0).unwrap_or(Value(0))
    }

    fn compare(&mut self, compare: Compare, scalar: Scalar) {
        let (mut b, mut a) = (self.pop(), self.pop());
        let mut t = scalar.val_ty();
        if scalar == Scalar::F16 {
            let ty = Ty::One(scalar);
            let (a, b) = (to_bits(&mut self.b, ty, a), to_bits(&mut self.b, ty, b));
            let head = [self.b.i64(compare as i64), self.b.i64(scalar.number())];
            let bits = self.host(number::COMPARE, &[head[0], head[1], a, b], I64);
            let flag = self.b.ins1(Inst::ConvertWrap { t: ValTy::U8, a: bits });
            return self.push(flag);
        }
        if scalar.is_posit() {
            // Posits are in the order of their patterns, read as integers with a sign.
            t = match scalar {
                Scalar::R8 => ValTy::I8,
                Scalar::R16 => ValTy::I16,
                Scalar::R32 => ValTy::I32,
                _ => I64,
            };
            a = self.b.ins1(Inst::ConvertWrap { t, a });
            b = self.b.ins1(Inst::ConvertWrap { t, a: b });
        }
        let flag = self.b.ins1(match compare {
            Compare::Eq => Inst::Eq { t, a, b },
            Compare::Ne => Inst::Ne { t, a, b },
            Compare::Lt => Inst::Lt { t, a, b },
            Compare::Le => Inst::Le { t, a, b },
            Compare::Gt => Inst::Gt { t, a, b },
            Compare::Ge => Inst::Ge { t, a, b },
        });
        let flag = self.b.ins1(Inst::ConvertExact { t: ValTy::U8, a: flag });
        self.push(flag);
    }

    fn convert(&mut self, from: Scalar, to: Scalar) {
        let a = self.pop();
        let t = to.val_ty();
        let is_native = from.is_native() && to.is_native();
        let val = match (from, to) {
            _ if from == to => a,
            (Scalar::F32, Scalar::F64) => self.b.ins1(Inst::ConvertExact { t, a }),
            _ if from.is_int() && to.is_int() => self.b.ins1(Inst::ConvertWrap { t, a }),
            _ if is_native && from.is_int() != to.is_int() => {
                self.b.ins1(Inst::ConvertSat { t, a })
            }
            _ => {
                let bits = to_bits(&mut self.b, Ty::One(from), a);
                let head = [self.b.i64(from.number()), self.b.i64(to.number())];
                let bits = self.host(number::CONVERT, &[head[0], head[1], bits], I64);
                from_bits(&mut self.b, Ty::One(to), bits)
            }
        };
        self.push(val);
    }

    fn load(&mut self, ty: Ty, at: Value, count: Option<Value>) -> Value {
        if let Ty::Lanes(scalar, _) = ty {
            let size = match count {
                None => self.b.i64(ty.size().unwrap_or(0).into()),
                Some(count) => {
                    let count = self.b.ins1(Inst::ConvertSat { t: I64, a: count });
                    let one = self.b.i64(scalar.size().into());
                    // A product that does not fit is more than any memory has.
                    self.b.ins1(Inst::MulTrap { t: I64, a: count, b: one })
                }
            };
            return self.call(Helper::LoadGroup, &[at, size]).unwrap_or(at);
        }
        let bits = self.call(Helper::Load(ty.size().unwrap_or(8)), &[at]).unwrap_or(at);
        from_bits(&mut self.b, ty, bits)
    }

    fn store(&mut self, ty: Ty, at: Value, val: Value) {
        if let Ty::Lanes(..) = ty {
            self.call(Helper::StoreGroup, &[at, val]);
            return;
        }
        let bits = to_bits(&mut self.b, ty, val);
        self.call(Helper::Store(ty.size().unwrap_or(8)), &[at, bits]);
    }

    /// The address of a local, where its frame lies in memory.
    fn address(&mut self, at: usize, offset: u32) -> Option<Value> {
        let frame = *self.frames.get(self.from.checked.frame_of.get(&at)?)?;
        let (frame, offset) = (self.b.use_var(frame), self.b.i64(offset.into()));
        Some(self.b.ins1(Inst::Add { t: I64, a: frame, b: offset }))
    }

    fn variable(&self, at: usize, offset: u32) -> Option<Var> {
        let frame = self.from.checked.frame_of.get(&at)?;
        self.locals.get(&(*frame, offset)).copied()
    }

    fn read_local(&mut self, at: usize, ty: Ty, offset: u32) {
        let val = match self.variable(at, offset) {
            Some(var) => self.b.use_var(var),
            None => {
                let Some(address) = self.address(at, offset) else { return };
                self.load(ty, address, None)
            }
        };
        self.push(val);
    }

    fn write_local(&mut self, at: usize, ty: Ty, offset: u32) {
        let val = self.pop();
        match self.variable(at, offset) {
            Some(var) => self.b.def_var(var, val),
            None => {
                if let Some(address) = self.address(at, offset) {
                    self.store(ty, address, val);
                }
            }
        }
    }

    fn alloc_frame(&mut self, at: usize, size: u32) {
        if let Some(frame) = self.frames.get(&at).copied() {
            let size = self.b.i64(size.into());
            if let Some(address) = self.call(Helper::AllocFrame, &[size]) {
                self.b.def_var(frame, address);
            }
            return;
        }
        // A frame starts with zeros each time that it is opened.
        let locals = self.from.checked.locals.get(&at).and_then(Option::as_ref);
        let mut locals: Vec<(u32, Ty)> =
            locals.into_iter().flatten().map(|(offset, ty)| (*offset, *ty)).collect();
        locals.sort_unstable_by_key(|(offset, _)| *offset);
        for (offset, ty) in locals {
            let zero = self.zero(ty);
            if let Some(var) = self.locals.get(&(at, offset)).copied() {
                self.b.def_var(var, zero);
            }
        }
    }

    fn drop_frame(&mut self, at: usize) {
        let Some(frame) = self.from.checked.frame_of.get(&at) else { return };
        if let Some(frame) = self.frames.get(frame).copied() {
            let address = self.b.use_var(frame);
            self.b.ins(Inst::GlobalSet { g: self.world.sp, val: address });
        }
    }

    /// Whatever frames are open at a `ret` are gone after it.
    fn restore_sp(&mut self) {
        if let Some(sp) = self.entry_sp {
            let sp = self.b.use_var(sp);
            self.b.ins(Inst::GlobalSet { g: self.world.sp, val: sp });
        }
    }
}
