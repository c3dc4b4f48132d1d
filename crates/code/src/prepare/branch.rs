//! Merging with a branch what only the branch reads: its comparison, and a bit test before it.
//!
//! What is merged leaves the code; `ranges::operands` then sees its operands at the branch.

use kaa_base::entity::Entity;
use kaa_ir::{Function, Inst, InstNode, ValTy, Value};
use rustc_hash::FxHashMap;

use super::{Const, Prepared, is_constant};

/// Merges comparisons and bit tests with the branches behind them.
pub(super) fn fuse(
    func: &mut Function,
    consts: &FxHashMap<Value, Const>,
    fused: &mut FxHashMap<Value, Inst>,
) {
    let mut uses = vec![0u32; func.values.len()];
    for node in func.blocks.values().flat_map(|b| &b.insts) {
        node.inst.uses(&mut |v| uses[v.index()] += 1);
    }
    for data in func.blocks.values_mut() {
        let Some((InstNode { inst: Inst::Branch { c, .. }, .. }, body)) = data.insts.split_last()
        else {
            continue;
        };
        let only_reader = |v: Value| uses[v.index()] == 1;
        let mut merged = Vec::new();
        let (mut end, mut v) = (body.len(), *c);
        // A negation leads on to what it negates.
        while only_reader(v)
            && let Some(at) = feeding(body, end, v)
            && is_comparison(&body[at].inst)
        {
            merged.push(v);
            fused.insert(v, body[at].inst.clone());
            end = at;
            match &body[at].inst {
                Inst::Not { a, .. } => v = *a,
                comparison => {
                    if let Some(tested) = compared_with_zero(comparison, consts)
                        && only_reader(tested)
                        && let Some(test) = feeding(body, end, tested)
                        && mask_of(&body[test].inst, consts).is_some()
                    {
                        merged.push(tested);
                        fused.insert(tested, body[test].inst.clone());
                    }
                    break;
                }
            }
        }
        data.insts.retain(|n| !(n.results.count == 1 && merged.contains(&n.results.first)));
    }
}

/// The instruction before place `end` of a block, if `v` is its result. Constants between do not
/// matter: they are moved.
fn feeding(body: &[InstNode], end: usize, v: Value) -> Option<usize> {
    let last = body[..end].iter().rposition(|n| !is_constant(&n.inst))?;
    let results = body[last].results;
    (results.count == 1 && results.first == v).then_some(last)
}

fn is_comparison(inst: &Inst) -> bool {
    match inst {
        Inst::Eq { t, .. } | Inst::Ne { t, .. } => *t != ValTy::F32,
        Inst::Lt { t, .. } | Inst::Le { t, .. } | Inst::Gt { t, .. } | Inst::Ge { t, .. } => {
            *t != ValTy::F32
        }
        Inst::RefEq { .. } | Inst::IsNull { .. } => true,
        Inst::Not { t: ValTy::Bool, .. } => true,
        _ => false,
    }
}

/// What an integer comparison finds equal or unequal to zero.
fn compared_with_zero(inst: &Inst, consts: &FxHashMap<Value, Const>) -> Option<Value> {
    let (Inst::Eq { t, a, b } | Inst::Ne { t, a, b }) = inst else { return None };
    let zero = |v: &Value| consts.get(v).and_then(Const::imm) == Some(0);
    match (zero(a), zero(b)) {
        _ if !t.is_int() => None,
        (false, true) => Some(*a),
        (true, false) => Some(*b),
        _ => None,
    }
}

/// The value and the mask where a result is zero exactly if the value has no bit of the mask:
/// `x & mask`, and remainders of powers of two.
fn mask_of(inst: &Inst, consts: &FxHashMap<Value, Const>) -> Option<(Value, i16)> {
    let imm = |v: &Value| consts.get(v).and_then(Const::imm);
    match inst {
        Inst::And { t, a, b } if t.is_int() => match (imm(a), imm(b)) {
            (None, Some(mask)) => Some((*a, mask)),
            (Some(mask), None) => Some((*b, mask)),
            _ => None,
        },
        Inst::Rem { t, a, b } | Inst::RemFloor { t, a, b } if t.is_int() => {
            let divisor = imm(b).filter(|k| *k > 0 && (*k as u16).is_power_of_two())?;
            imm(a).is_none().then_some((*a, divisor - 1))
        }
        _ => None,
    }
}

impl Prepared {
    /// What a merged bit test looks at: the value and the mask.
    pub fn bit_test(&self, inst: &Inst) -> Option<(Value, i16)> {
        mask_of(inst, &self.consts)
    }
}
