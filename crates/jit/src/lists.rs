//! Where the length and the buffer of a list are kept in registers: at which blocks the list in a
//! slot is *known*, so that loops do not read its header again and again.
//!
//! A list becomes known where it is used, and stays so until its slot is written or something may
//! change lists. Loops that use a list are to find it known on every way in: what enters them
//! reads the header. That is sound wherever the slot holds the reference that the loop will use,
//! as headers are read without a trap, of null too. What is known inside of blocks, `lower` sees.

use kaa_code::{Code, RegOp, word};
use kaa_exec::tier::{Job, callees};

use crate::flow::{Flow, Slots};
use crate::operands::{ListRole, Operand, list_role, operands};

/// Words above which a function that is called counts as changing lists.
const MAX_WORDS: usize = 64;
/// How deep calls of it are followed.
const MAX_DEPTH: u32 = 2;

/// The functions that a function calls which change no list's length or buffer.
pub(crate) fn keepers(job: &Job) -> Vec<u32> {
    let mut called = callees(&job.code);
    called.retain(|func| keeps(job, *func, MAX_DEPTH));
    called
}

fn keeps(job: &Job, func: u32, depth: u32) -> bool {
    let Some(callee) = job.callee(func).filter(|callee| callee.code.words.len() <= MAX_WORDS)
    else {
        return false;
    };
    callee.code.instructions().all(|(at, op)| {
        let w = callee.code.words[at];
        match op {
            RegOp::Call if depth > 0 => keeps(job, word::bx(w), depth - 1),
            op => list_role(op, w) != ListRole::Changes,
        }
    })
}

/// What a block does to what is known.
struct Effect {
    /// Lists it uses before it writes their slots.
    wants: Slots,
    /// All lists it uses.
    uses: Slots,
    /// Lists that are known behind it.
    makes: Slots,
    /// Slots it writes.
    writes: Slots,
    /// Whether it may change any list.
    changes: bool,
}

/// For each block, the slots whose lists are known at its start.
pub(crate) fn known_at_start(code: &Code, flow: &Flow, slots: usize) -> Vec<Slots> {
    let blocks = flow.blocks.len();
    let effects: Vec<Effect> = (0..blocks).map(|at| effect(code, flow, slots, at)).collect();
    if effects.iter().all(|effect| effect.uses.is_empty()) {
        return vec![Slots::new(slots); blocks];
    }
    let mut before = vec![Vec::new(); blocks];
    for (at, block) in flow.blocks.iter().enumerate() {
        block.next.iter().for_each(|next| before[*next as usize].push(at));
    }
    let wanted = wanted(flow, slots, &effects);
    let made_on_entry: Vec<Slots> = (0..blocks)
        .map(|at| {
            let mut made = Slots::new(slots);
            if let Some(last) = before[at].iter().copied().filter(|from| *from >= at).max() {
                for effect in &effects[at..=last] {
                    made.add_all(&effect.uses);
                }
                made.keep_all(&wanted[at]);
            }
            made
        })
        .collect();
    known(flow, slots, &effects, &before, &made_on_entry)
}

/// What one block does.
fn effect(code: &Code, flow: &Flow, slots: usize, block: usize) -> Effect {
    let set = || Slots::new(slots);
    let mut effect =
        Effect { wants: set(), uses: set(), makes: set(), writes: set(), changes: false };
    let words = &flow.blocks[block];
    for (at, op) in code.instructions_in(words.start, words.end) {
        let role = flow.list_role(op, code.words[at]);
        if let ListRole::Uses(slot) | ListRole::Puts(slot) = role {
            if !effect.changes && !effect.writes.has(slot) {
                effect.wants.add(slot);
            }
            effect.uses.add(slot);
            effect.makes.add(slot);
        }
        if role == ListRole::Changes {
            effect.makes = set();
            effect.changes = true;
        }
        operands(code, at, op, &mut |operand| {
            let (Operand::Def(slot, _) | Operand::Result(slot, _)) = operand else { return };
            if role != ListRole::Puts(slot) {
                effect.makes.remove(slot);
                effect.writes.add(slot);
            }
        });
    }
    effect
}

/// For each block, the lists that are used on some way from its start, unchanged.
fn wanted(flow: &Flow, slots: usize, effects: &[Effect]) -> Vec<Slots> {
    let mut wanted: Vec<Slots> = effects.iter().map(|effect| effect.wants.clone()).collect();
    let mut again = true;
    while again {
        again = false;
        for (at, effect) in effects.iter().enumerate().rev().filter(|(_, e)| !e.changes) {
            let mut all = Slots::new(slots);
            for next in &flow.blocks[at].next {
                all.add_all(&wanted[*next as usize]);
            }
            all.remove_all(&effect.writes);
            again |= wanted[at].add_all(&all);
        }
    }
    wanted
}

/// What is known at the start of each block: what is known behind all blocks that lead there. It
/// starts with everything and shrinks until nothing changes.
fn known(
    flow: &Flow,
    slots: usize,
    effects: &[Effect],
    before: &[Vec<usize>],
    made_on_entry: &[Slots],
) -> Vec<Slots> {
    let mut known: Vec<Slots> =
        flow.blocks.iter().map(|block| block.at_start.live.clone()).collect();
    // The function starts at the first block, and traps go on at those that catch them.
    let caught = flow.blocks.iter().filter_map(|block| block.unwind);
    for entry in std::iter::once(0).chain(caught) {
        known[entry as usize].keep_all(&made_on_entry[entry as usize]);
    }
    let mut again = true;
    while again {
        again = false;
        for at in 0..known.len() {
            for from in &before[at] {
                let effect = &effects[*from];
                let mut behind = match effect.changes {
                    true => Slots::new(slots),
                    false => known[*from].clone(),
                };
                behind.remove_all(&effect.writes);
                behind.add_all(&effect.makes);
                if *from < at {
                    behind.add_all(&made_on_entry[at]);
                }
                again |= known[at].keep_all(&behind);
            }
        }
    }
    known
}
