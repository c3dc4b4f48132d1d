//! Inlining: the code of a small function in place of a call of it.
//!
//! A callee's frame lies in its caller's window, so what is inlined keeps the frame it would have
//! had, slot by slot, and only what has to be there is in memory. Whoever may walk the frames
//! finds all of them: the return address is noted first. Where compiled code stops, the slots of
//! the functions around are brought to memory too, and the interpreter goes on in the callee as if
//! it had been called. So no program can tell what is inlined.

use cranelift_codegen::ir::InstBuilder;
use kaa_code::{Code, RegOp, Word, word};
use kaa_exec::tier::{Job, callees};
use rustc_hash::FxHashMap;

use super::{Lower, Scope, TRUSTED, type_of};
use crate::bounds;
use crate::flow::Flow;

/// Words above which a function is called.
const MAX_WORDS: usize = 48;
/// The same for a function that calls something itself: what is gained is little beside that.
const MAX_CALLING_WORDS: usize = 20;
/// Words that one body may have of functions that are inlined.
const MAX_INLINED: usize = 600;
/// How deep functions are inlined into each other.
const MAX_DEPTH: usize = 4;
/// How often a function is inlined into itself.
const MAX_RECURSION: usize = 2;

/// Slots of the functions around that may be live across a call that is inlined: every exit from
/// what is inlined brings them to memory.
const MAX_CARRIED: usize = 64;

/// Functions that may be inlined, by number.
#[derive(Default)]
pub(crate) struct Inlinables(FxHashMap<u32, Inlinable>);

/// A function that may be inlined: it is small, without loops, and returns.
pub(crate) struct Inlinable {
    job: Job,
    flow: Flow,
    /// It calls something, so that it is noted at once where it returns to.
    calls: bool,
    /// The farthest slot at which a call has its window, in it or what is inlined into it.
    farthest: u32,
}

impl Inlinables {
    /// Those that these functions call.
    pub fn of<'a>(jobs: impl Iterator<Item = &'a Job>) -> Inlinables {
        let mut found = FxHashMap::default();
        for job in jobs {
            for func in callees(&job.code) {
                if !found.contains_key(&func)
                    && let Some(callee) = job.callee(func).and_then(Inlinable::of)
                {
                    found.insert(func, callee);
                }
            }
        }
        let mut found = Inlinables(found);
        for _ in 0..MAX_DEPTH {
            let farthest = |callee: &Inlinable| found.farthest(&callee.job.code);
            let all: Vec<u32> = found.0.values().map(farthest).collect();
            found.0.values_mut().zip(all).for_each(|(callee, far)| callee.farthest = far);
        }
        found
    }

    /// The function of this number.
    pub fn get(&self, func: u32) -> Option<&Inlinable> {
        self.0.get(&func)
    }

    /// The farthest slot at which a call has its window, in a function or what is inlined into
    /// it.
    pub fn farthest(&self, code: &Code) -> u32 {
        let windows = code.instructions().map(|(at, op)| {
            let w = code.words[at];
            match op {
                RegOp::Call => {
                    let inlined = self.get(word::bx(w)).map_or(0, |callee| callee.farthest);
                    u32::from(word::a(w)) + inlined
                }
                RegOp::CallFunc | RegOp::CallClosure => u32::from(word::a(w)),
                _ => 0,
            }
        });
        windows.max().unwrap_or(0)
    }
}

impl Inlinable {
    fn of(job: Job) -> Option<Inlinable> {
        let words = job.code.words.len();
        if words > MAX_WORDS || !job.code.instructions().all(|(_, op)| fits(op)) {
            return None;
        }
        let calls = job.code.instructions().any(|(_, op)| op.has_window());
        if calls && words > MAX_CALLING_WORDS {
            return None;
        }
        let flow = Flow::of(&job).filter(|flow| flow.blocks.iter().all(|b| !b.is_head))?;
        Some(Inlinable { job, flow, calls, farthest: 0 })
    }
}

/// Whether an instruction can be where its frame is not the last one.
fn fits(op: RegOp) -> bool {
    use RegOp::*;
    !matches!(op, TailCall | TailCallClosure | Resume | Halt | Lower | Enter)
}

impl<'a> Lower<'a, '_> {
    /// The function to inline in place of a call here, if that is worth it.
    pub(super) fn inlined_here(&mut self, func: u32) -> Option<&'a Inlinable> {
        let scopes = || self.outer.iter().chain([&self.here]);
        let before = scopes().filter(|scope| scope.job.func == func).count();
        let carried: usize = scopes().map(|scope| scope.flow.across(scope.at).len()).sum();
        if self.outer.len() >= MAX_DEPTH || before > MAX_RECURSION || carried > MAX_CARRIED {
            return None;
        }
        let callee = self.inlinables.get(func)?;
        let words = self.inlined + callee.job.code.words.len();
        (words <= MAX_INLINED).then(|| {
            self.inlined = words;
            callee
        })
    }

    /// Makes the code of a function in place of the call at hand.
    pub(super) fn inline(&mut self, w: Word, callee: &'a Inlinable) {
        let code = self.here.code;
        let Some(site) = code.site(self.here.at as u32) else { return };
        self.need_room();
        let args = site.args.iter().enumerate();
        let args: Vec<_> = args.map(|(i, f)| self.value(site.base + i as u16, *f)).collect();
        let back = self.new_block(false);
        for float in &site.results {
            self.b.append_block_param(back, type_of(*float));
        }
        let distance = self.imm(i64::from(word::a(w)) * 8);
        let window = self.b.ins().iadd(self.here.frame, distance);
        let mut params = bounds::Known::default();
        for at in 0..site.args.len() as u16 {
            params.set(at, self.bounds(site.base + at));
        }
        let mut scope = Scope::new(&callee.job, &callee.flow, window, params);
        scope.back = Some(back);
        self.outer.push(std::mem::replace(&mut self.here, scope));
        if callee.calls {
            self.note_callers();
            self.here.noted = true;
        }
        self.function(0, |lower| {
            lower.take(&args, &callee.flow.blocks[0].at_start);
            lower.begin(0);
        });
        if let Some(outer) = self.outer.pop() {
            let returned = std::mem::replace(&mut self.here, outer).returned.unwrap_or_default();
            self.here.learned = (site.base..).zip(returned).collect();
        }
        self.join(back);
        let results = self.b.block_params(back).to_vec();
        self.take_results(&results);
    }

    /// Notes in the frames of what is inlined where it returns to, so that frames can be walked.
    pub(super) fn note_callers(&mut self) {
        for at in 0..self.outer.len() {
            let callee = self.outer.get(at + 1).unwrap_or(&self.here);
            if callee.noted {
                continue;
            }
            let frame = callee.frame;
            let back = self.in_outer(at, |lower| lower.pc(lower.here.next));
            self.b.ins().store(TRUSTED, back, frame, -8);
        }
    }

    /// Brings to memory what the functions around need when they go on in the interpreter.
    pub(super) fn spill_callers(&mut self) {
        self.note_callers();
        for at in 0..self.outer.len() {
            self.in_outer(at, |lower| {
                let held = lower.save();
                lower.spill();
                lower.restore(held);
            });
        }
    }

    /// Does something in a function around.
    fn in_outer<T>(&mut self, at: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        std::mem::swap(&mut self.here, &mut self.outer[at]);
        let done = work(self);
        std::mem::swap(&mut self.here, &mut self.outer[at]);
        done
    }
}
