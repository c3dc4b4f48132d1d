//! Slot assignment: a frame slot for every value, and a window for every call.
//!
//! First block parameters are coalesced with what is passed to them, and results of in-place
//! operations with their operand, where their ranges allow. Then the classes that live
//! across calls or blocks get the lowest free slots. Last, in program order, each call gets
//! its window just above everything live across it, and short-lived arguments and results
//! are placed in it directly, so that most calls need no moves.

mod ends;

use kaa_base::entity::Entity;
use kaa_ir::limits::MAX_LIVE;
use kaa_ir::{Effects, Function, Inst, InstNode, Module, Value};
use rustc_hash::FxHashMap;
use std::cell::Cell;

use crate::linkage::LowerError;
use crate::prepare::Prepared;
use crate::ranges::{self, RangeList, Ranges};
use crate::shape::{self, WinArg, Window};
use ends::Ends;

/// Slots that operands can name; some room is left for windows.
pub(crate) const MAX_SLOTS: u32 = 65_000;
const NONE: u32 = u32::MAX;
/// Steps that may be spent on one function; a step is about a nanosecond. Coalescing and the
/// search for slots are quick in every function that people write, but not linear.
const MAX_STEPS: u64 = 1 << 29;
/// Steps that looking into one slot takes.
const LOOK: usize = 8;
/// Slots whose holes are looked into.
const LOOKS: u32 = 256;

/// Where everything is.
pub(crate) struct Slots {
    slot: Vec<u32>,
    /// The window of each instruction that has one, by its position.
    pub windows: FxHashMap<u32, Placed>,
    /// Values live across each call, and references live across each other safepoint.
    pub across: FxHashMap<u32, Vec<Value>>,
    /// Slots of the frame, windows and one scratch slot included.
    pub frame: u32,
    /// The slot that parallel moves may use.
    pub scratch: u16,
}

/// A window in the frame.
pub(crate) struct Placed {
    /// The first slot.
    pub base: u16,
    /// Who is called with what.
    pub window: Window,
}

impl Slots {
    /// The slot of a value; `None` for constants that need none.
    pub fn get(&self, v: Value) -> Option<u16> {
        u16::try_from(self.slot[v.index()]).ok()
    }
}

/// Assigns slots.
pub(crate) fn assign(module: &Module, p: &Prepared, ranges: &Ranges) -> Result<Slots, LowerError> {
    let mut work = Work::new(module, p, ranges);
    work.coalesce();
    work.place_classes()?;
    work.place_windows()?;
    if work.steps.get() == 0 {
        return Err(LowerError::TooComplex);
    }
    let frame = work.frame + 1;
    if frame > MAX_SLOTS {
        return Err(LowerError::TooManySlots);
    }
    let slot = (0..p.func.values.len()).map(|i| work.slot[work.find(i)]).collect();
    Ok(Slots {
        slot,
        windows: work.windows,
        across: work.across,
        frame,
        scratch: (frame - 1) as u16,
    })
}

struct Work<'a> {
    module: &'a Module,
    p: &'a Prepared,
    block_start: &'a kaa_base::entity::Table<kaa_ir::Block, u32>,
    /// Union-find over values.
    parent: Vec<u32>,
    /// Ranges of each class, at its representative.
    of: Vec<RangeList>,
    /// Slot of each class, at its representative.
    slot: Vec<u32>,
    /// What is placed in each slot, sorted.
    taken: Vec<RangeList>,
    /// Where the last range in each slot ends.
    ends: Ends,
    /// Calls in order of position.
    calls: Vec<u32>,
    across: FxHashMap<u32, Vec<Value>>,
    windows: FxHashMap<u32, Placed>,
    frame: u32,
    /// Steps that are left; once there are none, all searches give up.
    steps: Cell<u64>,
}

impl<'a> Work<'a> {
    fn new(module: &'a Module, p: &'a Prepared, ranges: &'a Ranges) -> Self {
        let n = p.func.values.len();
        Self {
            module,
            p,
            block_start: &ranges.block_start,
            parent: (0..n as u32).collect(),
            of: ranges.of.iter().map(|list| list.iter().copied().collect()).collect(),
            slot: vec![NONE; n],
            taken: Vec::new(),
            ends: Ends::default(),
            calls: Vec::new(),
            across: FxHashMap::default(),
            windows: FxHashMap::default(),
            frame: 0,
            steps: Cell::new(MAX_STEPS),
        }
    }

    /// Uses steps; whether there are any left.
    fn spend(&self, steps: usize) -> bool {
        self.steps.set(self.steps.get().saturating_sub(steps as u64));
        self.steps.get() > 0
    }

    /// The representative of a value. `coalesce` leaves at most one step to it.
    fn find(&self, mut i: usize) -> usize {
        while self.parent[i] as usize != i {
            i = self.parent[i] as usize;
        }
        i
    }

    /// As [`Work::find`], and halves the way for the next time.
    fn find_short(&mut self, mut i: usize) -> usize {
        while self.parent[i] as usize != i {
            self.parent[i] = self.parent[self.parent[i] as usize];
            i = self.parent[i] as usize;
        }
        i
    }

    fn unite(&mut self, a: Value, b: Value) {
        let (a, b) = (self.find_short(a.index()), self.find_short(b.index()));
        if a == b || self.of[a].is_empty() || self.of[b].is_empty() {
            return;
        }
        // The ranges of the class with fewer go to the other.
        let (few, many) = if self.of[a].len() < self.of[b].len() { (a, b) } else { (b, a) };
        let room = self.spend(self.of[few].len() * LOOK)
            && self.of[few].iter().all(|range| ranges::has_room(&self.of[many], range));
        if !room {
            return;
        }
        let mut all = std::mem::take(&mut self.of[many]);
        let moved: usize = std::mem::take(&mut self.of[few])
            .into_iter()
            .map(|range| ranges::insert(&mut all, range))
            .sum();
        self.spend(moved);
        // The smaller number stays, so entry parameters represent their classes.
        let (a, b) = (a.min(b), a.max(b));
        self.of[a] = all;
        self.parent[b] = a as u32;
    }

    fn coalesce(&mut self) {
        let p = self.p;
        for block in p.cfg.order() {
            for node in &p.func.blocks[*block].insts {
                let operand = node.results.get(0).and_then(|_| {
                    shape::in_place_operand(self.module, |v| p.func.ty(v), &node.inst)
                });
                if let (Some(operand), Some(result)) = (operand, node.results.get(0)) {
                    self.unite(operand, result);
                }
            }
        }
        // Inner loops first would be better; the order of blocks is a fair stand-in.
        for block in p.cfg.order().iter().rev() {
            let Some(last) = p.func.blocks[*block].insts.last() else { continue };
            last.inst.targets(&mut |t| {
                let params = &p.func.blocks[t.block].params;
                let given = params.len() - t.args.len();
                for (param, arg) in params[given..].iter().zip(&t.args) {
                    self.unite(*param, *arg);
                }
            });
        }
        // Parents have smaller numbers, so theirs are representatives by now.
        for i in 0..self.parent.len() {
            self.parent[i] = self.parent[self.parent[i] as usize];
        }
    }

    /// Whether a class waits for the windows: a call's result, or an argument that is made
    /// for one call with no call between.
    fn waits(&self, class: usize, from_call: &[bool], arg_of: &[u32]) -> bool {
        let single = self.parent.get(class).is_some_and(|p| *p as usize == class);
        let entry = class < self.p.func.blocks[Function::ENTRY].params.len();
        if !single || entry || self.merged(class) {
            return false;
        }
        from_call[class] || arg_of[class] != NONE && self.no_call_inside(class)
    }

    fn merged(&self, class: usize) -> bool {
        self.slot[class] == NONE - 1
    }

    fn no_call_inside(&self, class: usize) -> bool {
        self.of[class].iter().all(|(start, end)| {
            let i = self.calls.partition_point(|c| c <= start);
            // The call that reads the value ends its range one position later.
            self.calls.get(i).is_none_or(|c| c + 1 >= *end)
        })
    }

    fn place_classes(&mut self) -> Result<(), LowerError> {
        let n = self.parent.len();
        let mut from_call = vec![false; n];
        let mut arg_of = vec![NONE; n];
        for i in 0..n {
            let root = self.find(i);
            if root != i {
                self.slot[root] = NONE - 1; // more than one member
            }
        }
        let p = self.p;
        for block in p.cfg.order() {
            for (i, node) in p.func.blocks[*block].insts.iter().enumerate() {
                let Some(window) = self.window(&node.inst) else { continue };
                let at = ranges::position(self.block_start[*block], i);
                self.calls.push(at);
                node.results.iter().for_each(|v| from_call[v.index()] = true);
                for arg in &window.args {
                    if let WinArg::Val(v) = arg {
                        arg_of[v.index()] = at;
                    }
                }
            }
        }
        let params = p.func.blocks[Function::ENTRY].params.len();
        let mut classes: Vec<usize> = (0..n)
            .filter(|i| self.parent[*i] as usize == *i && !self.of[*i].is_empty())
            .filter(|i| !self.waits(*i, &from_call, &arg_of))
            .collect();
        classes.sort_by_key(|i| (*i >= params, self.of[*i][0].0, *i));
        for class in classes {
            let slot = if class < params { class as u32 } else { self.free_slot(class) };
            self.put(class, slot)?;
        }
        // Results are moved to the first slots, so the scratch slot lies behind these too.
        let results = self.module.sigs.get(self.p.func.sig).map_or(0, |sig| sig.results.len());
        self.frame = self.frame.max(params.max(results) as u32);
        Ok(())
    }

    fn window(&self, inst: &Inst) -> Option<Window> {
        shape::window(self.module, |v| self.p.func.ty(v), inst)
    }

    /// The lowest slot whose ranges leave room; of the slots above [`LOOKS`], the lowest that
    /// nothing needs any more. Dead parameters' slots are used too.
    fn free_slot(&self, class: usize) -> u32 {
        let mut slots = 0..LOOKS;
        let found = slots.find(|slot| !self.spend(LOOK) || self.fits(class, *slot));
        let start = self.of[class].front().map_or(0, |range| range.0);
        found.unwrap_or_else(|| self.ends.first_free(start))
    }

    fn fits(&self, class: usize, slot: u32) -> bool {
        let Some(taken) = self.taken.get(slot as usize) else { return true };
        self.of[class].iter().all(|range| ranges::has_room(taken, range))
    }

    fn put(&mut self, class: usize, slot: u32) -> Result<(), LowerError> {
        if self.steps.get() == 0 {
            return Err(LowerError::TooComplex);
        }
        if slot >= MAX_SLOTS {
            return Err(LowerError::TooManySlots);
        }
        if self.taken.len() <= slot as usize {
            self.taken.resize(slot as usize + 1, RangeList::new());
        }
        let taken = &mut self.taken[slot as usize];
        let moved = self.of[class].iter().map(|range| ranges::insert(taken, *range)).sum();
        let end = taken.back().map_or(0, |range| range.1);
        self.ends.set(slot, end);
        self.spend(moved);
        self.slot[class] = slot;
        self.frame = self.frame.max(slot + 1);
        Ok(())
    }

    /// Walks the code in order with the set of live values and places windows.
    fn place_windows(&mut self) -> Result<(), LowerError> {
        let p = self.p;
        self.across = self.live_across()?;
        for block in p.cfg.order() {
            for (i, node) in p.func.blocks[*block].insts.iter().enumerate() {
                let at = ranges::position(self.block_start[*block], i);
                if let Some(window) = self.window(&node.inst) {
                    self.place_window(at, window, node)?;
                }
                for v in node.results.iter() {
                    self.place_rest(v)?;
                }
            }
        }
        for class in 0..self.parent.len() {
            let open = self.find(class) == class && !self.is_placed(class);
            if open && !self.of[class].is_empty() {
                let slot = self.free_slot(class);
                self.put(class, slot)?;
            }
        }
        Ok(())
    }

    /// Gives a value that no window wanted the lowest free slot.
    fn place_rest(&mut self, v: Value) -> Result<(), LowerError> {
        let class = self.find(v.index());
        let argument = !self.is_placed(class) && !self.of[class].is_empty();
        // An argument of a later call is placed when that call is reached.
        if argument && self.reader_call(class).is_none() {
            let slot = self.free_slot(class);
            self.put(class, slot)?;
        }
        Ok(())
    }

    fn is_placed(&self, class: usize) -> bool {
        self.slot[class] < NONE - 1
    }

    /// The call that reads a waiting argument at its end.
    fn reader_call(&self, class: usize) -> Option<u32> {
        let end = self.of[class].back()?.1;
        let i = self.calls.partition_point(|c| c + 1 < end);
        self.calls.get(i).copied().filter(|c| c + 1 == end)
    }

    fn place_window(&mut self, at: u32, window: Window, node: &InstNode) -> Result<(), LowerError> {
        let results = node.results;
        let across = self.across.get(&at).map_or(&[][..], |v| v);
        // The callee of an indirect call is read when the window is filled already.
        let top = across
            .iter()
            .copied()
            .chain(shape::indirect_callee(&node.inst))
            .map(|v| self.slot[self.find(v.index())])
            .filter(|slot| *slot < NONE - 1)
            .max();
        // One slot for the return address.
        let base = top.map_or(1, |slot| slot + 2);
        for (i, arg) in window.args.iter().enumerate() {
            let WinArg::Val(v) = arg else { continue };
            let class = self.find(v.index());
            if self.is_placed(class) || self.of[class].is_empty() {
                continue;
            }
            let wanted = base + i as u32;
            let slot = if self.fits(class, wanted) { wanted } else { self.free_slot(class) };
            self.put(class, slot)?;
        }
        for (j, v) in results.iter().enumerate() {
            let class = self.find(v.index());
            let wanted = base + j as u32;
            if !self.is_placed(class) && !self.of[class].is_empty() {
                let slot = if self.fits(class, wanted) { wanted } else { self.free_slot(class) };
                self.put(class, slot)?;
            }
        }
        let size = (window.args.len() as u32).max(results.count).max(1);
        self.frame = self.frame.max(base + size);
        let base = u16::try_from(base).map_err(|_| LowerError::TooManySlots)?;
        self.windows.insert(at, Placed { base, window });
        Ok(())
    }

    /// For each safepoint, the values whose ranges reach over it; only references where the
    /// safepoint is no call.
    fn live_across(&self) -> Result<FxHashMap<u32, Vec<Value>>, LowerError> {
        let mut room = MAX_LIVE;
        let mut across: FxHashMap<u32, Vec<Value>> = FxHashMap::default();
        let points = self.safepoints();
        for i in 0..self.parent.len() {
            let class = self.find(i);
            // Ranges live at the representative; the value itself is enough for its own part.
            if class != i {
                continue;
            }
            for (start, end) in &self.of[class] {
                let gc = self.p.func.ty(Value::new(i)).is_gc();
                // What starts at the safepoint is its own result, not there yet.
                let first = points.partition_point(|(at, _)| at <= start);
                let reached = points[first..].iter().take_while(|(at, _)| *at + 1 < *end);
                for (at, _) in reached.filter(|(_, is_call)| gc || *is_call) {
                    across.entry(*at).or_default().push(Value::new(i));
                    room = room.checked_sub(1).ok_or(LowerError::TooComplex)?;
                }
            }
        }
        Ok(across)
    }
}

impl Work<'_> {
    /// Positions of all safepoints in order, and whether each is a call.
    fn safepoints(&self) -> Vec<(u32, bool)> {
        let p = self.p;
        let mut points = Vec::new();
        for block in p.cfg.order() {
            for (i, node) in p.func.blocks[*block].insts.iter().enumerate() {
                let at = ranges::position(self.block_start[*block], i);
                let is_call = self.calls.binary_search(&at).is_ok();
                if is_call || node.inst.opcode().info().effects.has(Effects::SAFEPOINT) {
                    points.push((at, is_call));
                }
            }
        }
        points
    }
}
