//! What a compiler is given, and what it gives back: both can cross threads, and neither knows
//! an address of the store unless the form says so.

use std::sync::Arc;

use kaa_code::{Code, RegOp, word};
use kaa_heap::AllocPlan;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Place;
use crate::store::Inner;

/// Most functions near a function that a compiler gets to see.
const MAX_NEAR: usize = 64;

/// What is to be compiled. It owns what it needs, so that any thread can compile it.
#[derive(Clone)]
pub struct Job {
    /// The function's number.
    pub func: u32,
    /// Its register code.
    pub code: Arc<Code>,
    /// Where it is entered.
    pub place: Place,
    /// What the code is to be like.
    pub form: Form,
    world: Arc<World>,
}

/// What machine code is to be like.
#[derive(Clone, Copy, Default, Debug)]
pub struct Form {
    /// It is to run in other processes: it finds addresses of the store through the context.
    pub movable: bool,
    /// It is to tell which instruction each part of it comes from.
    pub lines: bool,
}

/// What compilers may ask about a store, as it was when the job was made.
struct World {
    pool: Arc<[u64]>,
    plans: Arc<[AllocPlan]>,
    codes: FxHashMap<u32, Arc<Code>>,
    bodies: FxHashSet<u32>,
}

/// What of the store changes seldom, copied for jobs.
#[derive(Default)]
pub(super) struct Tables {
    pool: Option<Arc<[u64]>>,
    plans: Option<Arc<[AllocPlan]>>,
}

impl Tables {
    /// Both tables as they are now: they only grow.
    fn now(&mut self, inner: &Inner) -> (Arc<[u64]>, Arc<[AllocPlan]>) {
        let pool = self.pool.take().filter(|pool| pool.len() == inner.pool.len());
        let plans = self.plans.take().filter(|plans| plans.len() == inner.plans.len());
        let pool = self.pool.insert(pool.unwrap_or_else(|| inner.pool[..].into()));
        let plans = self.plans.insert(plans.unwrap_or_else(|| inner.plans[..].into()));
        (pool.clone(), plans.clone())
    }
}

impl Job {
    /// The job of compiling a place of a function that is lowered.
    pub(super) fn new(
        inner: &Inner,
        tables: &mut Tables,
        (func, place): (u32, Place),
        form: Form,
        has_body: &dyn Fn(u32) -> bool,
    ) -> Option<Job> {
        let code = inner.funcs.get(func as usize)?.code.clone()?;
        let (pool, plans) = tables.now(inner);
        let (codes, bodies) = near(inner, func, has_body);
        let world = Arc::new(World { pool, plans, codes, bodies });
        Some(Job { func, code, place, form, world })
    }

    /// A constant of the pool.
    pub fn constant(&self, index: u32) -> u64 {
        self.world.pool.get(index as usize).copied().unwrap_or(0)
    }

    /// How objects of a heap type are allocated.
    pub fn plan(&self, ty: u32) -> Option<AllocPlan> {
        self.world.plans.get(ty as usize).copied()
    }

    /// The job of compiling the start of a function that is called near here, if that has been
    /// lowered.
    pub fn callee(&self, func: u32) -> Option<Job> {
        let code = self.world.codes.get(&func)?.clone();
        Some(Job { func, code, place: Place::Start, ..self.clone() })
    }

    /// Whether the start of a function is compiled already.
    pub fn has_body(&self, func: u32) -> bool {
        self.world.bodies.contains(&func)
    }
}

/// The code of functions that a function calls, and that those call, and which of them are
/// compiled; not what compiled ones call.
fn near(
    inner: &Inner,
    func: u32,
    has_body: &dyn Fn(u32) -> bool,
) -> (FxHashMap<u32, Arc<Code>>, FxHashSet<u32>) {
    let (mut codes, mut bodies) = (FxHashMap::default(), FxHashSet::default());
    let mut todo = vec![func];
    let mut next = 0;
    while let Some(func) = todo.get(next).copied() {
        next += 1;
        let code = inner.funcs.get(func as usize).and_then(|info| info.code.clone());
        let Some(code) = code else { continue };
        let body = has_body(func);
        if !body || next == 1 {
            for callee in callees(&code) {
                if todo.len() < MAX_NEAR && !todo.contains(&callee) {
                    todo.push(callee);
                }
            }
        }
        if body {
            bodies.insert(func);
        }
        codes.insert(func, code);
    }
    (codes, bodies)
}

/// The functions that a function calls by number.
pub fn callees(code: &Code) -> Vec<u32> {
    let mut found = Vec::new();
    for (at, op) in code.instructions() {
        let func = word::bx(code.words[at]);
        if matches!(op, RegOp::Call | RegOp::TailCall) && !found.contains(&func) {
            found.push(func);
        }
    }
    found
}

/// A compiled function or loop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// The function's number.
    pub func: u32,
    /// Where it is entered.
    pub place: Place,
    /// What other bodies call.
    pub body: Piece,
    /// What the machine calls.
    pub enter: Piece,
}

/// Machine code, which may lie anywhere once it is fixed up.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Piece {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// They lie at a multiple of this power of two.
    pub align: u32,
    /// Distances to fill in.
    pub fixups: Vec<Fixup>,
    /// For parts of it, in order, the first byte and the word of the register code it comes from;
    /// only where the form asks for it.
    pub lines: Vec<(u32, u32)>,
}

/// A distance to other code that has to be filled in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixup {
    /// Where in the piece.
    pub at: u32,
    /// How the distance is written.
    pub near: Near,
    /// To where.
    pub target: Target,
    /// What is added to the distance.
    pub addend: i32,
}

/// How a distance is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Near {
    /// 32 bits of bytes.
    Bytes,
    /// The low 26 bits of an instruction, in instructions of four bytes.
    Words,
}

/// Where a distance leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The body of the same unit.
    Own,
    /// The body that is entered at the start of this function.
    Body(u32),
}
