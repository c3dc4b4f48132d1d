//! What is known of a function before it is compiled: basic blocks, which slots are live, as
//! what they are wanted, and which must be in memory.
//!
//! Three sets of slots flow backwards through the blocks: *live* slots are read before they are
//! written; *floats* are those of them that are read as an `f64` first; *rooted* slots are in the
//! root map of a safepoint before they are written, so they are stored when they are written.

use kaa_code::{Code, RegOp, Word, word};
use kaa_exec::tier::Job;
use rustc_hash::FxHashMap;

use crate::lists;
use crate::operands::{Class, ListRole, Operand, Successors, list_role, operands, successors};

/// A set of slots.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Slots(Vec<u64>);

impl Slots {
    pub fn new(slots: usize) -> Self {
        Slots(vec![0; slots.div_ceil(64)])
    }

    pub fn clear(&mut self) {
        self.0.fill(0);
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub fn has(&self, slot: u16) -> bool {
        self.0.get(usize::from(slot) / 64).is_some_and(|word| word >> (slot % 64) & 1 != 0)
    }

    pub fn add(&mut self, slot: u16) {
        if let Some(word) = self.0.get_mut(usize::from(slot) / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    pub fn remove(&mut self, slot: u16) {
        if let Some(word) = self.0.get_mut(usize::from(slot) / 64) {
            *word &= !(1 << (slot % 64));
        }
    }

    /// Removes this slot and all behind it.
    pub fn cut(&mut self, first: u16) {
        let at = usize::from(first) / 64;
        if let Some((word, rest)) = self.0.get_mut(at..).and_then(<[u64]>::split_first_mut) {
            *word &= (1 << (first % 64)) - 1;
            rest.fill(0);
        }
    }

    /// Adds what another has; whether that was anything new.
    pub fn add_all(&mut self, other: &Slots) -> bool {
        let mut grown = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            grown |= *theirs & !*mine != 0;
            *mine |= theirs;
        }
        grown
    }

    /// Removes what another lacks; whether that was anything.
    pub fn keep_all(&mut self, other: &Slots) -> bool {
        let mut shrunk = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            shrunk |= *mine & !*theirs != 0;
            *mine &= theirs;
        }
        shrunk
    }

    /// Removes what another has.
    pub fn remove_all(&mut self, other: &Slots) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().enumerate().flat_map(|(i, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some((i * 64) as u16 + bit as u16)
            })
        })
    }
}

/// The three sets at one place.
#[derive(Clone, Default, Debug)]
pub(crate) struct Sets {
    pub live: Slots,
    pub floats: Slots,
    pub rooted: Slots,
}

impl Sets {
    fn new(slots: usize) -> Self {
        Sets { live: Slots::new(slots), floats: Slots::new(slots), rooted: Slots::new(slots) }
    }

    fn add_all(&mut self, other: &Sets) -> bool {
        let live = self.live.add_all(&other.live);
        let floats = self.floats.add_all(&other.floats);
        self.rooted.add_all(&other.rooted) || live || floats
    }
}

/// A basic block.
#[derive(Debug)]
pub(crate) struct Block {
    /// First word.
    pub start: usize,
    /// The word after the last one.
    pub end: usize,
    /// Blocks that follow, by index.
    pub next: Vec<u32>,
    /// The block that a trap in its last instruction, a call, continues at.
    pub unwind: Option<u32>,
    /// Whether a jump back leads here.
    pub is_head: bool,
    /// What holds at its start.
    pub at_start: Sets,
}

/// What an instruction has to know of what comes after it.
#[derive(Clone, Default, Debug)]
pub(crate) struct Note {
    /// Slots that are read after a call and not written by it.
    pub across: Box<[u16]>,
    /// Results that are to be stored to their slots.
    pub stored: Box<[u16]>,
}

/// What is known of a function.
pub(crate) struct Flow {
    pub blocks: Vec<Block>,
    by_start: FxHashMap<usize, u32>,
    /// For each word: the value it writes is to be stored, the value it writes is a float.
    marks: Vec<u8>,
    notes: FxHashMap<usize, Note>,
    /// Slots that hold nothing but floats.
    float_slots: Slots,
    /// How many slots there are.
    slots: usize,
    /// Functions that it calls which change no list's length or buffer.
    keepers: Vec<u32>,
    /// How many slots the notes name.
    kept: usize,
    /// For each block, the slots whose lists are known at its start.
    pub lists: Vec<Slots>,
}

const STORED: u8 = 1;
const FLOAT: u8 = 2;
const INT: u8 = 4;

/// Words above which a function stays interpreted: compiling so many takes about a second.
pub(crate) const MAX_WORDS: usize = 10_000;
/// Blocks times slots above which a function stays interpreted.
const MAX_BITS: usize = 4 << 20;
/// Slots that are live across calls, counted at each call, above which a function stays
/// interpreted: every call has code that brings them to memory.
const MAX_KEPT: usize = 30_000;

impl Flow {
    /// Studies a function; nothing where it is larger than the budget.
    pub fn of(job: &Job) -> Option<Flow> {
        let code = &job.code;
        if code.words.len() > MAX_WORDS {
            return None;
        }
        let slots = code.frame as usize + 64;
        let (blocks, by_start) = blocks(code, slots)?;
        if blocks.len() * slots > MAX_BITS {
            return None;
        }
        let marks = vec![0; code.words.len()];
        let mut flow = Flow {
            blocks,
            by_start,
            marks,
            notes: FxHashMap::default(),
            float_slots: float_slots(code, slots),
            slots,
            keepers: lists::keepers(job),
            kept: 0,
            lists: Vec::new(),
        };
        flow.solve(code, slots);
        for block in 0..flow.blocks.len() {
            flow.walk(code, slots, block, true);
            if flow.kept > MAX_KEPT {
                return None;
            }
        }
        flow.lists = lists::known_at_start(code, &flow, slots);
        Some(flow)
    }

    /// How many slots there are, windows included.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// What an instruction is to lists.
    pub fn list_role(&self, op: RegOp, w: Word) -> ListRole {
        match op == RegOp::Call && self.keepers.contains(&word::bx(w)) {
            true => ListRole::Keeps,
            false => list_role(op, w),
        }
    }

    /// The block that starts at a word.
    pub fn block_at(&self, at: usize) -> Option<u32> {
        self.by_start.get(&at).copied()
    }

    /// Whether the value that an instruction writes is stored to its slot.
    pub fn is_stored(&self, at: usize) -> bool {
        self.marks[at] & STORED != 0
    }

    /// Whether a value that is only moved is wanted as a float next.
    pub fn wants_float(&self, at: usize) -> bool {
        self.marks[at] & (FLOAT | INT) == FLOAT
    }

    /// Slots that are live across a call.
    pub fn across(&self, at: usize) -> &[u16] {
        self.notes.get(&at).map_or(&[], |note| &note.across)
    }

    /// Results of a call that are to be stored to their slots.
    pub fn stored_results(&self, at: usize) -> &[u16] {
        self.notes.get(&at).map_or(&[], |note| &note.stored)
    }

    /// Repeats until nothing changes; blocks are in the order of the code, so going backwards
    /// most of it settles in two rounds.
    fn solve(&mut self, code: &Code, slots: usize) {
        let mut again = true;
        while again {
            again = false;
            for block in (0..self.blocks.len()).rev() {
                let sets = self.walk(code, slots, block, false);
                again |= self.blocks[block].at_start.add_all(&sets);
            }
        }
    }

    /// Goes backwards through a block and gives what holds at its start.
    fn walk(&mut self, code: &Code, slots: usize, block: usize, note: bool) -> Sets {
        let mut sets = Sets::new(slots);
        for next in &self.blocks[block].next {
            sets.add_all(&self.blocks[*next as usize].at_start);
        }
        if let Some(unwind) = self.blocks[block].unwind {
            sets.add_all(&self.blocks[unwind as usize].at_start);
        }
        let words = &self.blocks[block];
        let starts: Vec<_> = code.instructions_in(words.start, words.end).collect();
        for (at, op) in starts.into_iter().rev() {
            self.step(code, at, op, &mut sets, note);
        }
        sets
    }

    fn step(&mut self, code: &Code, at: usize, op: RegOp, sets: &mut Sets, note: bool) {
        let mut wanted = Class::Any;
        let mut stored = Vec::new();
        operands(code, at, op, &mut |operand| {
            let (Operand::Def(slot, _) | Operand::Result(slot, _)) = operand else { return };
            if note && matches!(operand, Operand::Def(..)) {
                let wants = if sets.floats.has(slot) { FLOAT } else { INT };
                let stored = if sets.rooted.has(slot) { STORED } else { 0 };
                self.marks[at] |= stored | wants;
            }
            if note && matches!(operand, Operand::Result(..)) && sets.rooted.has(slot) {
                stored.push(slot);
            }
            if sets.floats.has(slot) {
                wanted = Class::Float;
            }
            sets.live.remove(slot);
            sets.floats.remove(slot);
            sets.rooted.remove(slot);
        });
        if matches!(op, RegOp::Call | RegOp::CallFunc | RegOp::CallClosure) {
            // The callee's frame and its return address are there, so nothing of this function
            // is; what a handler finds there, the number of the trap, is put there for it.
            let window = word::a(code.words[at]).saturating_sub(1);
            for set in [&mut sets.live, &mut sets.floats, &mut sets.rooted] {
                set.cut(window);
            }
        }
        if let Some(map) = code.map(at as u32) {
            map.refs.iter().chain(&map.interior).for_each(|slot| sets.rooted.add(*slot));
        }
        if note && op.has_window() {
            let across: Box<[u16]> = sets.live.iter().collect();
            self.kept += across.len();
            self.notes.insert(at, Note { across, stored: stored.into() });
        }
        operands(code, at, op, &mut |operand| {
            let Operand::Use(slot, class) = operand else { return };
            sets.live.add(slot);
            match class {
                Class::Float => sets.floats.add(slot),
                Class::Int => sets.floats.remove(slot),
                Class::Any if op == RegOp::Select && wanted == Class::Float => {
                    sets.floats.add(slot);
                }
                Class::Any if self.float_slots.has(slot) => sets.floats.add(slot),
                Class::Any => {}
            }
        });
    }
}

/// The slots that all instructions which write them write a float to.
fn float_slots(code: &Code, slots: usize) -> Slots {
    let [mut floats, mut others] = [Slots::new(slots), Slots::new(slots)];
    let mut note = |slot, float| if float { floats.add(slot) } else { others.add(slot) };
    for (slot, float) in code.float_params.iter().enumerate() {
        note(slot as u16, *float);
    }
    for (at, op) in code.instructions() {
        operands(code, at, op, &mut |operand| {
            if let Operand::Def(slot, class) | Operand::Result(slot, class) = operand {
                note(slot, class == Class::Float);
            }
        });
    }
    floats.remove_all(&others);
    floats
}

type Blocks = (Vec<Block>, FxHashMap<usize, u32>);

/// Cuts the code into blocks; nothing where a jump leads out of it.
fn blocks(code: &Code, slots: usize) -> Option<Blocks> {
    let len = code.words.len();
    let mut leads = vec![false; len + 1];
    leads[0] = true;
    let mut at = 0;
    while at < len {
        let op = word::op(code.words[at])?;
        let end = at + op.words();
        match successors(code, at, op) {
            Successors::Next(_) if op == RegOp::Hot || code.unwind(at as u32).is_some() => {
                *leads.get_mut(end)? = true;
            }
            Successors::Next(_) => {}
            Successors::Jump(to) => {
                *leads.get_mut(to)? = true;
                *leads.get_mut(end)? = true;
            }
            Successors::Branch(to, _) => {
                *leads.get_mut(to)? = true;
                *leads.get_mut(end)? = true;
            }
            Successors::Table(first, count) => {
                leads.get_mut(first..first + count)?.fill(true);
            }
            Successors::None => *leads.get_mut(end)? = true,
        }
        if let Some(edge) = code.unwind(at as u32) {
            *leads.get_mut(edge.target as usize)? = true;
        }
        at = end;
    }
    let starts: Vec<usize> = (0..len).filter(|at| leads[*at]).collect();
    let by_start: FxHashMap<usize, u32> =
        starts.iter().enumerate().map(|(i, at)| (*at, i as u32)).collect();
    let mut blocks = Vec::with_capacity(starts.len());
    for (i, start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(len);
        blocks.push(block(code, slots, *start, end, &by_start)?);
    }
    for at in 0..blocks.len() {
        for next in blocks[at].next.clone() {
            blocks[next as usize].is_head |= next as usize <= at;
        }
    }
    Some((blocks, by_start))
}

fn block(
    code: &Code,
    slots: usize,
    start: usize,
    end: usize,
    by_start: &FxHashMap<usize, u32>,
) -> Option<Block> {
    let (last, op) = code.instructions_in(start, end).last()?;
    let next: Vec<usize> = match successors(code, last, op) {
        Successors::Next(next) if next < code.words.len() => vec![next],
        Successors::Next(_) | Successors::None => Vec::new(),
        Successors::Jump(to) => vec![to],
        Successors::Branch(to, other) => vec![to, other],
        Successors::Table(first, count) => (first..first + count).collect(),
    };
    let next = next.iter().map(|at| by_start.get(at).copied()).collect::<Option<_>>()?;
    let unwind = match code.unwind(last as u32) {
        Some(edge) => Some(*by_start.get(&(edge.target as usize))?),
        None => None,
    };
    Some(Block { start, end, next, unwind, is_head: false, at_start: Sets::new(slots) })
}
