//! Which values a suspended function keeps, and where.
//!
//! A *point* is where the function can be gone on from: its start, and behind each `yield`. Values
//! of one type that are never kept at the same point share a field, but for *steady* ones: those
//! have a field for themselves, which is written where they are defined and by no `yield`.

use kaa_base::entity::Entity;
use kaa_ir::cfg::Cfg;
use kaa_ir::liveness::{Liveness, ValueSet};
use kaa_ir::{Block, Function, Inst, ValTy, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::layout::nullable;
use super::steady::Steady;

/// As many values are kept at all points taken together: each is stored and loaded there, so a
/// function would else grow with the product of its variables and its `yield`s.
const MAX_KEPT: usize = 1 << 17;
/// As many values have a field for themselves.
const MAX_STEADY: usize = 64;

/// A place to go on from.
pub(super) struct Point {
    /// The block to go on in.
    pub block: Block,
    /// The values that are needed from there on.
    pub live: Vec<Value>,
}

/// A `yield`: a block that ends with one.
#[derive(Clone, Copy)]
pub(super) struct Yield {
    /// The block that returns the item.
    pub out: Block,
    /// The number of the point behind it.
    pub point: usize,
}

/// What is kept where.
pub(super) struct Plan {
    /// The start, then one for each `yield`.
    pub points: Vec<Point>,
    /// The blocks that end with a `yield`.
    pub yields: FxHashMap<Block, Yield>,
    /// The blocks that return an item.
    pub outs: FxHashSet<Block>,
    /// The types of the fields behind the number of the state.
    pub fields: Vec<ValTy>,
    /// The field of each value that is kept.
    places: FxHashMap<Value, u32>,
    /// The values that are written where they are defined.
    steady: FxHashSet<Value>,
    /// Whether the function can come to be asked for an item while it runs.
    pub calls: bool,
}

impl Plan {
    /// Finds the points of a function and gives the values there their fields.
    ///
    /// # Errors
    /// A value lives across a point that no field can keep.
    pub fn new(
        func: &Function,
        cfg: &Cfg,
        live: &Liveness,
        marks: &[Value],
        steady: Steady,
    ) -> Result<Plan, String> {
        let marks: FxHashSet<Value> = marks.iter().copied().collect();
        let mut points = vec![Point { block: Function::ENTRY, live: needed_params(func) }];
        let mut yields = FxHashMap::default();
        for &block in cfg.order() {
            let Some(last) = func.blocks[block].insts.last() else { continue };
            if let Inst::Branch { c, then, other } = &last.inst
                && marks.contains(c)
            {
                yields.insert(block, Yield { out: then.block, point: points.len() });
                let live = live.live_in(other.block).to_vec();
                points.push(Point { block: other.block, live });
            }
        }
        if points.iter().map(|point| point.live.len()).sum::<usize>() > MAX_KEPT {
            return Err("too many values live across its `yield`s".to_owned());
        }
        let outs = yields.values().map(|y: &Yield| y.out).collect();
        let (fields, places) = (Vec::new(), FxHashMap::default());
        let calls = steady.calls;
        let steady = chosen(&points, steady);
        let mut plan = Plan { points, yields, outs, fields, places, steady, calls };
        plan.assign_fields(func)?;
        Ok(plan)
    }

    /// The number of a state at a point.
    pub fn number(&self, point: usize) -> i64 {
        if point == 0 { self.points.len() as i64 } else { point as i64 }
    }

    /// The number of a state whose body is running.
    pub fn running(&self) -> i64 {
        self.points.len() as i64 + 1
    }

    /// Whether the field of a value is written where the value is defined.
    pub fn is_steady(&self, v: Value) -> bool {
        self.steady.contains(&v)
    }

    /// The leaf of the state that keeps a value.
    pub fn field_of(&self, v: Value) -> Option<u32> {
        self.places.get(&v).copied()
    }

    fn assign_fields(&mut self, func: &Function) -> Result<(), String> {
        let mut at: FxHashMap<Value, Vec<u32>> = FxHashMap::default();
        let mut order = Vec::new();
        for (number, point) in self.points.iter().enumerate() {
            for &v in &point.live {
                let points = at.entry(v).or_default();
                if points.is_empty() {
                    order.push(v);
                }
                points.push(number as u32);
            }
        }
        // The fields of each type, with the points at which each is in use.
        let mut by_type: FxHashMap<ValTy, Vec<(u32, ValueSet)>> = FxHashMap::default();
        for v in order {
            let ty = nullable(func.ty(v));
            if matches!(ty, ValTy::IPtr(_) | ValTy::Func(_)) {
                return Err(format!("a value of type {ty:?} lives across a `yield`"));
            }
            if self.is_steady(v) {
                // A parameter has its value from the beginning.
                let is_param = func.blocks[Function::ENTRY].params.contains(&v);
                self.fields.push(if is_param { func.ty(v) } else { ty });
                self.places.insert(v, self.fields.len() as u32);
                continue;
            }
            let points: Vec<Value> = at[&v].iter().map(|p| Value::new(*p as usize)).collect();
            let fields = by_type.entry(ty).or_default();
            let free =
                fields.iter_mut().find(|(_, used)| !points.iter().any(|p| used.contains(*p)));
            let (leaf, used) = match free {
                Some(field) => field,
                None => {
                    self.fields.push(ty);
                    fields.push((self.fields.len() as u32, ValueSet::new(self.points.len())));
                    let last = fields.len() - 1;
                    &mut fields[last]
                }
            };
            points.iter().for_each(|p| _ = used.insert(*p));
            self.places.insert(v, *leaf);
        }
        Ok(())
    }
}

/// The values that are kept at the end of a turn of some loop, of those that can be steady.
fn chosen(points: &[Point], steady: Steady) -> FxHashSet<Value> {
    let turns = points.iter().skip(1).filter(|point| steady.turns.contains(&point.block));
    let live = turns.flat_map(|point| &point.live).copied();
    let mut chosen = FxHashSet::default();
    for v in live.filter(|v| steady.values.contains(*v)) {
        if chosen.len() == MAX_STEADY {
            break;
        }
        chosen.insert(v);
    }
    chosen
}

/// The parameters of a function that anything uses.
fn needed_params(func: &Function) -> Vec<Value> {
    let params = &func.blocks[Function::ENTRY].params;
    let mut used = ValueSet::new(func.values.len());
    for node in func.blocks.values().flat_map(|data| &data.insts) {
        node.inst.uses(&mut |v| _ = used.insert(v));
    }
    params.iter().copied().filter(|v| used.contains(*v)).collect()
}
