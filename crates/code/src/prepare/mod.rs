//! From a verified function to the linear form that slots are assigned for.
//!
//! Blocks in reverse postorder; constants taken out of the code (those that need a slot are
//! put back, at the entry where a loop uses them); comparisons that only feed their block's
//! branch merged with it. The input function is not changed.

mod branch;
mod dead;
mod straighten;

use kaa_base::entity::Table;
use kaa_ir::cfg::Cfg;
use kaa_ir::{
    Block, BlockData, DataId, Function, Inst, InstNode, Loc, Module, Opcode, ValTy, Value,
};
use rustc_hash::FxHashMap;

use crate::shape;

/// The linear form of a function.
pub(crate) struct Prepared {
    /// The function with its code rewritten; blocks keep their ids.
    pub func: Function,
    /// Its graph.
    pub cfg: Cfg,
    /// The bits of every constant value.
    pub consts: FxHashMap<Value, Const>,
    /// Comparisons merged with the branch of their block, and bit tests merged with those.
    pub fused: FxHashMap<Value, Inst>,
}

/// A constant value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Const {
    /// What it is.
    pub kind: ConstKind,
    /// Some use needs it in a slot.
    pub needs_slot: bool,
}

/// What a constant is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ConstKind {
    /// An integer, truth value, null or `f32`, in slot form.
    Bits(u64),
    /// An `f64`, by its bits.
    Float(u64),
    /// Constant data of the module.
    Data(DataId),
}

impl Const {
    /// The value where it fits an immediate field.
    pub fn imm(&self) -> Option<i16> {
        match self.kind {
            ConstKind::Bits(bits) => i16::try_from(bits as i64).ok(),
            ConstKind::Float(_) | ConstKind::Data(_) => None,
        }
    }
}

/// Whether operand `v` of `inst` can be an immediate or is moved to its place anyway.
fn takes_constant(
    module: &Module,
    inst: &Inst,
    v: Value,
    k: &Const,
    types: &Table<Value, ValTy>,
) -> bool {
    let imm = k.imm();
    let negatable = imm.is_some_and(|i| i != i16::MIN);
    let positive = imm.is_some_and(|i| i > 0);
    let signed_or_narrow = |t: &ValTy| *t != ValTy::U64;
    match inst {
        Inst::Add { t, a, b } if t.is_int() => imm.is_some() && (*b == v) != (*a == v),
        Inst::Mul { t, a, b } if t.is_int() => imm.is_some() && (*b == v) != (*a == v),
        Inst::AddTrap { t, a, b } | Inst::MulTrap { t, a, b } => {
            imm.is_some() && signed_or_narrow(t) && (*b == v) != (*a == v)
        }
        Inst::Sub { t, a, b } => t.is_int() && negatable && *b == v && *a != v,
        Inst::SubTrap { t, a, b } => negatable && signed_or_narrow(t) && *b == v && *a != v,
        Inst::And { a, b, .. } | Inst::Xor { a, b, .. } => imm.is_some() && (*b == v) != (*a == v),
        Inst::Shl { t, a, b } | Inst::Shr { t, a, b } => {
            imm.is_some_and(|i| (0..t.int_bits().unwrap_or(0) as i16).contains(&i))
                && *b == v
                && *a != v
        }
        Inst::DivFloor { t, a, b }
        | Inst::RemFloor { t, a, b }
        | Inst::DivFloorTrap { t, a, b } => {
            t.is_int() && signed_or_narrow(t) && positive && *b == v && *a != v
        }
        Inst::Div { t, a, b } | Inst::Rem { t, a, b } | Inst::DivTrap { t, a, b } => {
            t.is_int() && signed_or_narrow(t) && positive && *b == v && *a != v
        }
        Inst::Eq { t, a, b } | Inst::Ne { t, a, b } => {
            !t.is_float() && imm.is_some() && (*b == v) != (*a == v)
        }
        Inst::Lt { t, a, b }
        | Inst::Le { t, a, b }
        | Inst::Gt { t, a, b }
        | Inst::Ge { t, a, b } => {
            // `x <= 32767` becomes `x < 32768`, which must fit too; the same for `>=`.
            let shiftable = imm.is_some_and(|i| i != i16::MIN && i != i16::MAX);
            t.is_int() && !is_unsigned(*t) && shiftable && (*b == v) != (*a == v)
        }
        Inst::Jump { .. } => true,
        Inst::Ret { .. } => true,
        Inst::Branch { c, .. } => *c != v,
        Inst::Switch { a, .. } => *a != v,
        Inst::TypeSwitch { obj, .. } => *obj != v,
        Inst::CallClosure { callee, .. }
        | Inst::CallFunc { callee, .. }
        | Inst::TailCallClosure { callee, .. }
        | Inst::InvokeClosure { callee, .. } => *callee != v,
        other => is_window(module, other, types),
    }
}

/// Unsigned types that a signed 64-bit comparison would get wrong.
fn is_unsigned(t: ValTy) -> bool {
    t == ValTy::U64
}

/// Windows of constants are filled by moves, so any constant will do.
fn is_window(module: &Module, inst: &Inst, types: &Table<Value, ValTy>) -> bool {
    shape::window(module, |v| types[v], inst).is_some()
}

/// Slot form of a constant of type `t`.
fn slot_bits(t: ValTy, imm: i64) -> u64 {
    match t {
        ValTy::Bool => u64::from(imm & 1 != 0),
        ValTy::I8 => i64::from(imm as i8) as u64,
        ValTy::I16 => i64::from(imm as i16) as u64,
        ValTy::I32 => i64::from(imm as i32) as u64,
        ValTy::U8 => u64::from(imm as u8),
        ValTy::U16 => u64::from(imm as u16),
        ValTy::U32 => u64::from(imm as u32),
        _ => imm as u64,
    }
}

/// Brings a function into linear form; a plain one without the passes that could be left out.
pub(crate) fn prepare(module: &Module, source: &Function, plain: bool) -> Prepared {
    let mut func = source.clone();
    if !plain {
        straighten::past_empty_blocks(&mut func);
        straighten::join_blocks(&mut func);
    }
    let cfg = Cfg::new(&func);
    let in_loop = loops(&func, &cfg);
    let mut consts = find_constants(&func);
    let mut fused = FxHashMap::default();
    if !plain {
        dead::remove(&mut func);
        branch::fuse(&mut func, &consts, &mut fused);
    }
    keep_limits(&func, &fused, &mut consts);
    mark_slots(module, &func, &fused, &mut consts);
    place_constants(&mut func, &cfg, &in_loop, &consts, &fused);
    Prepared { func, cfg, consts, fused }
}

/// Blocks between a loop head and the end of one of its back edges, in reverse postorder.
/// May take in a block too many, which only makes a constant live longer.
fn loops(func: &Function, cfg: &Cfg) -> Table<Block, bool> {
    let mut inside: Table<Block, bool> = func.blocks.keys().map(|_| false).collect();
    let mut until = 0;
    let mut last_latch = vec![0; cfg.order().len()];
    for (i, block) in cfg.order().iter().enumerate() {
        for succ in cfg.succs(*block) {
            if let Some(head) = cfg.position(*succ)
                && head as usize <= i
            {
                last_latch[head as usize] = last_latch[head as usize].max(i + 1);
            }
        }
    }
    for (i, block) in cfg.order().iter().enumerate() {
        until = until.max(last_latch[i]);
        inside[*block] = i < until;
    }
    inside
}

fn find_constants(func: &Function) -> FxHashMap<Value, Const> {
    let mut consts = FxHashMap::default();
    for node in func.blocks.values().flat_map(|b| &b.insts) {
        let kind = match &node.inst {
            Inst::IConst { t, imm } => ConstKind::Bits(slot_bits(*t, *imm)),
            Inst::FConst { t: ValTy::F32, bits } => ConstKind::Bits(*bits & 0xffff_ffff),
            Inst::FConst { bits, .. } => ConstKind::Float(*bits),
            Inst::Null { .. } => ConstKind::Bits(0),
            Inst::StrConst { d } | Inst::BytesConst { d } => ConstKind::Data(*d),
            _ => continue,
        };
        consts.insert(node.results.first, Const { kind, needs_slot: false });
    }
    consts
}

/// Whether the instruction is a constant, which takes no place in the code.
fn is_constant(inst: &Inst) -> bool {
    matches!(
        inst.opcode(),
        Opcode::IConst | Opcode::FConst | Opcode::Null | Opcode::StrConst | Opcode::BytesConst
    )
}

/// A counter that is compared with a constant right after its step becomes one instruction,
/// which needs the constant in a slot.
fn keep_limits(
    func: &Function,
    fused: &FxHashMap<Value, Inst>,
    consts: &mut FxHashMap<Value, Const>,
) {
    for data in func.blocks.values() {
        let Some((InstNode { inst: Inst::Branch { c, .. }, .. }, body)) = data.insts.split_last()
        else {
            continue;
        };
        let Some(step) = body.iter().rev().find(|n| !is_constant(&n.inst)) else { continue };
        let by_one = match &step.inst {
            Inst::Add { t: ValTy::I64, a, b } | Inst::Sub { t: ValTy::I64, a, b } => {
                [a, b].iter().any(|v| consts.get(v).and_then(Const::imm).map(i16::abs) == Some(1))
            }
            _ => false,
        };
        let limit = match fused.get(c) {
            Some(
                Inst::Lt { a, b, .. }
                | Inst::Le { a, b, .. }
                | Inst::Gt { a, b, .. }
                | Inst::Ge { a, b, .. },
            ) if by_one => {
                let counter = step.results.first;
                if *a == counter { Some(b) } else { Some(a).filter(|_| *b == counter) }
            }
            _ => None,
        };
        if let Some(k) = limit.and_then(|v| consts.get_mut(v)) {
            k.needs_slot = true;
        }
    }
}

/// Finds the constants that some use needs in a slot.
fn mark_slots(
    module: &Module,
    func: &Function,
    fused: &FxHashMap<Value, Inst>,
    consts: &mut FxHashMap<Value, Const>,
) {
    let mut mark = |inst: &Inst| {
        let mut operands = Vec::new();
        inst.uses(&mut |v| operands.push(v));
        // Of two constants only one can be the immediate.
        let family = inst.opcode().info().sig.is_some();
        if let (true, [a, b]) = (family, operands.as_slice())
            && consts.contains_key(b)
            && let Some(k) = consts.get_mut(a)
        {
            k.needs_slot = true;
        }
        for v in operands {
            if let Some(k) = consts.get_mut(&v)
                && !takes_constant(module, inst, v, k, &func.values)
            {
                k.needs_slot = true;
            }
        }
    };
    func.blocks.values().flat_map(|b| &b.insts).for_each(|n| mark(&n.inst));
    fused.values().for_each(&mut mark);
}

/// Removes constants from the code and puts back those that need a slot: at the entry if a
/// loop uses them (equal ones share nothing yet, which costs slots only), else in place.
fn place_constants(
    func: &mut Function,
    cfg: &Cfg,
    in_loop: &Table<Block, bool>,
    consts: &FxHashMap<Value, Const>,
    fused: &FxHashMap<Value, Inst>,
) {
    let mut hoist: FxHashMap<Value, bool> = FxHashMap::default();
    for (block, data) in func.blocks.iter().filter(|(b, _)| in_loop[*b]) {
        let _ = block;
        for node in &data.insts {
            let mut note = |v: Value| {
                if consts.get(&v).is_some_and(|k| k.needs_slot) {
                    hoist.insert(v, true);
                }
            };
            node.inst.uses(&mut note);
            if let Inst::Branch { c, .. } = &node.inst
                && let Some(comparison) = fused.get(c)
            {
                comparison.uses(&mut note);
            }
        }
    }
    let mut entry: Vec<InstNode> = Vec::new();
    for block in cfg.order() {
        let data: &mut BlockData = &mut func.blocks[*block];
        data.insts.retain(|node| {
            let v = node.results.first;
            match consts.get(&v) {
                Some(k) if node.results.count == 1 => {
                    if k.needs_slot && hoist.contains_key(&v) {
                        entry.push(InstNode { loc: Loc::default(), ..node.clone() });
                        return false;
                    }
                    k.needs_slot
                }
                _ => true,
            }
        });
    }
    func.blocks[Function::ENTRY].insts.splice(0..0, entry);
}
