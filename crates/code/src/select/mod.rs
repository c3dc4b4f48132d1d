//! Instruction selection: the words for each IR operation at its slots.
//!
//! One method for each operation of the table (`Visit` has no defaults, so a missing one does
//! not compile), in files by topic. Slots are assigned already; nothing here decides where a
//! value lives.

mod arith;
mod control;
mod heap;
mod maps;
mod visit;

pub use heap::access_of;

use kaa_base::entity::{Entity, Table};
use kaa_ir::{Block, Function, Inst, InstNode, Module, ValTy, Value};

use crate::emit::{CallSite, Emitter, Label};
use crate::linkage::{Linkage, LinkedImport, LowerError, Mode};
use crate::moves::{Move, Source, sequence};
use crate::prepare::{ConstKind, Prepared};
use crate::ranges::{self, Ranges};
use crate::reg::RegOp;
use crate::shape::{self, Callee, WinArg};
use crate::slots::Slots;
use crate::word;

/// Selection state of one function.
pub(crate) struct Select<'a> {
    pub module: &'a Module,
    pub p: &'a Prepared,
    pub ranges: &'a Ranges,
    pub slots: &'a Slots,
    pub link: &'a mut dyn Linkage,
    pub mode: Mode,
    pub e: Emitter,
    labels: Table<Block, Label>,
    /// Jumps with moves that are emitted behind the code.
    stubs: Vec<Stub>,
    /// The instruction at hand.
    node: InstNode,
    at: u32,
    /// The block that comes next in the code.
    next: Option<Block>,
    /// How deep short blocks are being copied to the places that jump to them.
    copying: u8,
    block: Block,
}

/// Moves and a jump out of line.
struct Stub {
    label: Label,
    moves: Vec<Move>,
    target: Block,
}

/// Longest loop head that is copied to the back edge, in instructions.
const MAX_COPIED_HEAD: usize = 6;
/// Longest join that is copied to the end of an arm, in instructions.
const MAX_COPIED_JOIN: usize = 3;
/// Instructions above which conditional jumps are emitted for any distance.
const FAR_FUNCTION: usize = 4_000;

impl<'a> Select<'a> {
    pub fn new(
        module: &'a Module,
        p: &'a Prepared,
        ranges: &'a Ranges,
        slots: &'a Slots,
        link: &'a mut dyn Linkage,
        mode: Mode,
    ) -> Self {
        let mut e = Emitter::default();
        e.far = p.func.inst_count() > FAR_FUNCTION;
        e.debug = mode.debug.then(Box::default);
        let labels = p.func.blocks.keys().map(|_| e.label()).collect();
        let nothing = Inst::Ret { vals: Box::new([]) };
        Self {
            module,
            p,
            ranges,
            slots,
            link,
            mode,
            e,
            labels,
            stubs: Vec::new(),
            node: InstNode { inst: nothing, results: kaa_ir::Results::NONE, loc: p.func.loc },
            at: 0,
            next: None,
            copying: 0,
            block: Function::ENTRY,
        }
    }

    /// Emits the whole function.
    pub fn run(mut self) -> Result<Emitter, LowerError> {
        let order = self.p.cfg.order();
        if self.mode.tier {
            self.count_passes();
        }
        for (i, block) in order.iter().enumerate() {
            self.next = order.get(i + 1).copied();
            self.e.bind(self.labels[*block]);
            self.body(*block);
        }
        self.next = None;
        for stub in std::mem::take(&mut self.stubs) {
            self.e.bind(stub.label);
            self.emit_moves(&stub.moves);
            self.e.jump(self.labels[stub.target]);
        }
        Ok(self.e)
    }

    /// Whether a jump from further down leads to the block.
    fn is_loop_head(&self, block: Block) -> bool {
        let place = self.ranges.block_start[block];
        let preds = self.p.cfg.preds(block);
        preds.iter().any(|from| self.ranges.block_start[*from] >= place)
    }

    /// Counts how often this place is passed.
    fn count_passes(&mut self) {
        let counter = self.link.counter();
        self.e.abx(RegOp::Hot, 0, counter);
    }

    /// Emits the instructions of a block, without its label.
    fn body(&mut self, block: Block) {
        let p = self.p;
        let outer = std::mem::replace(&mut self.block, block);
        let data = &p.func.blocks[block];
        if self.mode.tier && self.is_loop_head(block) {
            self.count_passes();
        }
        if self.mode.fuel {
            let fuel: u32 = data.insts.iter().map(|n| n.inst.opcode().info().fuel).sum();
            self.e.abx(RegOp::Fuel, 0, fuel.max(1));
        }
        let count_at = self.e.here();
        if self.mode.count {
            self.e.abx(RegOp::Count, 0, 0);
        }
        let mut calls = 0u32;
        for (i, node) in data.insts.iter().enumerate() {
            self.at = ranges::position(self.ranges.block_start[block], i);
            self.node = node.clone();
            self.e.set_loc(node.loc);
            let here = self.e.here();
            if let Some(debug) = &mut self.e.debug {
                debug.place(here, self.at);
            }
            calls += u32::from(matches!(
                node.inst,
                Inst::Call { .. } | Inst::CallClosure { .. } | Inst::CallFunc { .. }
            ));
            node.inst.visit(self);
        }
        if self.mode.count {
            let words = (self.e.here() - count_at - 1).min(u32::from(u16::MAX));
            self.e.words[count_at as usize] |=
                u64::from(words) << 32 | u64::from(calls.min(u32::from(u16::MAX))) << 48;
        }
        self.block = outer;
    }

    fn ty(&self, v: Value) -> ValTy {
        self.p.func.ty(v)
    }

    /// The slot of an operand.
    fn slot(&self, v: Value) -> u16 {
        self.slots.get(v).unwrap_or(self.slots.scratch)
    }

    /// The slot of result `i`.
    fn dst(&self, i: u32) -> u16 {
        self.node.results.get(i).map_or(self.slots.scratch, |v| self.slot(v))
    }

    /// The immediate for a constant operand. One that has a slot is read from there: it was
    /// given one for a reason.
    fn imm(&self, v: Value) -> Option<i16> {
        self.p.consts.get(&v).filter(|k| !k.needs_slot)?.imm()
    }

    fn is_float(&self, v: Value) -> bool {
        self.ty(v) == ValTy::F64
    }

    /// Where a move takes a value from.
    fn source(&mut self, v: Value) -> Source {
        match self.p.consts.get(&v) {
            Some(k) => self.constant_source(k.kind),
            None => Source::Slot(self.slot(v), self.is_float(v)),
        }
    }

    fn constant_source(&mut self, kind: ConstKind) -> Source {
        match kind {
            ConstKind::Bits(bits) => Source::Const(bits, false),
            ConstKind::Float(bits) => Source::Const(bits, true),
            ConstKind::Data(id) => Source::Const(self.link.data(id), false),
        }
    }

    fn load(&mut self, to: u16, bits: u64, float: bool) {
        match i32::try_from(bits as i64) {
            Ok(imm) if !float => self.e.abx(RegOp::LoadI, to, imm as u32),
            _ => {
                let index = self.link.pool(bits);
                self.e.abx(if float { RegOp::LoadKF } else { RegOp::LoadK }, to, index);
            }
        }
    }

    fn emit_moves(&mut self, moves: &[Move]) {
        for step in sequence(moves, self.slots.scratch) {
            match step.from {
                Source::Slot(from, true) => self.e.abc(RegOp::MovF, step.to, from, 0),
                Source::Slot(from, false) => self.e.abc(RegOp::Mov, step.to, from, 0),
                Source::Const(bits, float) => self.load(step.to, bits, float),
            }
        }
    }

    /// The root map of a call of guest code: what is live across it. The arguments belong to the
    /// callee's frame, so nothing is collected before the call, not even under stress.
    fn map_call(&mut self) {
        let (refs, interior) = self.roots(&[]);
        self.e.map(refs, interior);
    }

    /// The root map of the instruction at hand: what is live across it, and `operands`.
    fn map_roots(&mut self, operands: &[(u16, ValTy)]) {
        let (refs, interior) = self.roots(operands);
        // Before a call the arguments are in the window, which is the callee's to know of.
        if self.mode.stress && !matches!(self.window_callee(), Some(Callee::Guest)) {
            self.e.map(refs.clone(), interior.clone());
            self.e.abx(RegOp::Gc, 0, 0);
        }
        self.e.map(refs, interior);
    }

    /// Slots of references and of interior pointers.
    fn roots(&self, operands: &[(u16, ValTy)]) -> (Vec<u16>, Vec<u16>) {
        let mut refs = Vec::new();
        let mut interior = Vec::new();
        let mut add = |slot: u16, ty: ValTy| match ty {
            ValTy::IPtr(_) => interior.push(slot),
            ty if ty.is_gc() => refs.push(slot),
            _ => {}
        };
        for v in self.slots.across.get(&self.at).map_or(&[][..], |v| v) {
            if let Some(slot) = self.slots.get(*v) {
                add(slot, self.p.func.ty(*v));
            }
        }
        operands.iter().for_each(|(slot, ty)| add(*slot, *ty));
        for list in [&mut refs, &mut interior] {
            list.sort_unstable();
            list.dedup();
        }
        (refs, interior)
    }

    fn window_callee(&self) -> Option<Callee> {
        self.slots.windows.get(&self.at).map(|placed| placed.window.callee)
    }

    /// A root map that covers all operands of the instruction in their own slots.
    fn map_operands(&mut self) {
        let mut operands = Vec::new();
        self.node.inst.clone().uses(&mut |v| {
            if let Some(slot) = self.slots.get(v) {
                operands.push((slot, self.p.func.ty(v)));
            }
        });
        self.map_roots(&operands);
    }

    /// Fills the window of the instruction at hand and gives its first slot.
    fn fill_window(&mut self) -> u16 {
        let slots = self.slots;
        let Some(placed) = slots.windows.get(&self.at) else { return 0 };
        let base = placed.base;
        let mut moves = Vec::new();
        for (i, arg) in placed.window.args.iter().enumerate() {
            let from = match *arg {
                WinArg::Val(v) => self.source(v),
                WinArg::Const(k) => Source::Const(k as u64, false),
                WinArg::Type(id) => Source::Const(u64::from(self.link.heap_type(id)), false),
                WinArg::Func(id) => Source::Const(u64::from(self.link.func(id)), false),
            };
            moves.push(Move { to: base + i as u16, from });
        }
        self.emit_moves(&moves);
        let results = self.node.results.iter().map(|v| self.is_float(v)).collect();
        let args = placed.window.args.iter();
        let args = args.map(|arg| matches!(arg, WinArg::Val(v) if self.is_float(*v))).collect();
        self.e.site = Some(CallSite { pc: 0, base, args, results });
        base
    }

    /// The references among the arguments in the window.
    fn window_roots(&self) -> Vec<(u16, ValTy)> {
        let Some(placed) = self.slots.windows.get(&self.at) else { return Vec::new() };
        let args = placed.window.args.iter().enumerate();
        args.filter_map(|(i, arg)| match arg {
            WinArg::Val(v) => Some((placed.base + i as u16, self.ty(*v))),
            _ => None,
        })
        .collect()
    }

    /// Moves results out of the window at `base`.
    fn take_results(&mut self, base: u16) {
        self.e.forget();
        let results: Vec<Value> = self.node.results.iter().collect();
        let moves: Vec<Move> = results
            .iter()
            .enumerate()
            .filter_map(|(i, v)| {
                let to = self.slots.get(*v)?;
                Some(Move { to, from: Source::Slot(base + i as u16, self.is_float(*v)) })
            })
            .collect();
        self.emit_moves(&moves);
    }

    /// Runs the instruction at hand through its window.
    fn windowed(&mut self) {
        let Some(placed) = self.slots.windows.get(&self.at) else { return };
        let Callee::Slow(op) = placed.window.callee else { return };
        let base = self.fill_window();
        let roots = self.window_roots();
        self.map_roots(&roots);
        self.e.abx(RegOp::Slow, base, op as u32);
        self.take_results(base);
    }

    /// Whether the instruction at hand works through a window.
    fn has_window(&self) -> bool {
        self.slots.windows.contains_key(&self.at)
    }
}

/// Reads back what a word of the emitter is, for the listing.
pub(crate) fn slow_name(w: word::Word) -> &'static str {
    let index = word::bx(w) as usize;
    crate::slow::SlowOp::ALL.get(index).map_or("?", |op| op.name())
}

/// Whether the operand list of `inst` makes it work in place.
pub(crate) fn early_operand(p: &Prepared, module: &Module, inst: &Inst) -> Option<Value> {
    let mut first = None;
    inst.uses(&mut |v| {
        first.get_or_insert(v);
    });
    let first = first?;
    if first.index() >= p.func.values.len() {
        return None;
    }
    match inst {
        // The new object is written before its leaves are read.
        Inst::StructNew { .. } => Some(Value(u32::MAX)),
        Inst::Select { .. } => None,
        _ => shape::in_place_operand(module, |v| p.func.ty(v), inst),
    }
}

/// The import at hand, as linked.
pub(crate) fn linked(link: &dyn Linkage, id: kaa_ir::ImportId) -> LinkedImport {
    link.import(id)
}
