//! The state of compilation in a store: what is hot, what became of it, and its installation.
//!
//! Code is installed by the thread that runs the store, where a place asks for it; the machine
//! stands between two instructions then.

use std::sync::Arc;

use kaa_code::{RegOp, word};
use rustc_hash::FxHashMap;

use super::job::Tables;
use super::worker::{self, Answer, Pending};
use super::{Compiler, Form, Job, Maker, Place, Placed, Refused, TierStats, Unit};
use crate::store::{Inner, Store};

/// How often a place is passed before it is asked again whether its code is there.
const ASK_AGAIN: u32 = 200;

/// How a store compiles.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tiering {
    /// How often a place is entered before it is compiled; with 0, functions before they run.
    pub threshold: u32,
    /// Compile in another thread while the program goes on, where there is a core for it.
    pub background: bool,
    /// What machine code is to be like.
    pub form: Form,
    /// Keep what is made, for [`Store::units`].
    pub keep: bool,
}

/// Who wants to know where code is put.
pub(super) type Listener = Box<dyn FnMut(&Placed<'_>)>;

/// What became of a place.
#[derive(Clone, Copy)]
enum Standing {
    /// It has the code with this number in `Enter` operations.
    Ready(usize),
    /// It stays interpreted.
    Never,
    /// It is being compiled, or something else is.
    Later,
}

/// The state of compilation in a store.
#[derive(Default)]
pub(crate) struct Tier {
    compiler: Option<Box<dyn Compiler>>,
    how: Tiering,
    /// Counters of `Hot` operations.
    pub hot: Vec<u32>,
    /// Compiled code by the number in `Enter` operations.
    pub enters: Vec<*const u8>,
    /// The `Enter` operations themselves.
    stubs: Vec<Box<[u64]>>,
    /// What became of places: the number in `Enter`, or nothing if they stay interpreted.
    places: FxHashMap<(u32, Place), Option<usize>>,
    /// What is being compiled beside the program: one place at a time, so that nothing is
    /// compiled twice.
    pending: Option<(u32, Place, Pending)>,
    tables: Tables,
    /// What was made, where it is kept.
    pub(super) kept: Vec<Unit>,
    /// Who wants to know what is installed.
    pub(super) listeners: Vec<Listener>,
    /// Functions that were refused, and why.
    refusals: Vec<(u32, Refused)>,
    stats: TierStats,
}

impl Tier {
    /// A new counter.
    pub fn counter(&mut self) -> u32 {
        self.hot.push(self.how.threshold.max(1));
        self.hot.len() as u32 - 1
    }

    fn add(&mut self, enter: *const u8) -> usize {
        let index = self.enters.len();
        self.enters.push(enter);
        self.stubs.push([word::abx(RegOp::Enter, 0, 0, index as u32)].into());
        index
    }

    fn refuse(&mut self, func: u32, place: Place, why: Refused) {
        self.stats.refused += 1;
        self.refusals.push((func, why));
        self.stats.failed += u64::from(why == Refused::Failed);
        self.places.insert((func, place), None);
    }

    /// What is known of a place.
    fn standing(&self, func: u32, place: Place) -> Standing {
        match self.places.get(&(func, place)) {
            Some(Some(index)) => Standing::Ready(*index),
            Some(None) => Standing::Never,
            None => Standing::Later,
        }
    }
}

impl Store {
    /// Lets functions and loops that are hot be compiled. To be called before anything runs.
    pub fn set_compiler(&mut self, compiler: Box<dyn Compiler>, how: Tiering) {
        let inner = &mut *self.inner;
        inner.mode.tier = true;
        inner.tier = Tier { compiler: Some(compiler), how, ..Tier::default() };
        inner.refresh();
    }

    /// What compilation has done.
    pub fn tier_stats(&self) -> TierStats {
        self.inner.tier.stats
    }

    /// The functions that were not compiled, or a loop of them was not, and why.
    pub fn refusals(&self) -> impl Iterator<Item = (&str, Refused)> {
        let refusals = self.inner.tier.refusals.iter();
        refusals.map(|(func, why)| (self.inner.func_name(*func), *why))
    }
}

impl Inner {
    /// A function has been lowered: without a threshold it is compiled at once.
    pub fn lowered(&mut self, func: u32) {
        if self.mode.tier && self.tier.how.threshold == 0 {
            self.compiled(func, Place::Start);
        }
    }

    /// A place has been passed often; `pc` is behind its `Hot`. Gives where to go on.
    pub fn warm_up(&mut self, pc: *const u64, counter: u32) -> *const u64 {
        let Some((func, _, at)) = self.func_at(pc.wrapping_sub(1)) else { return pc };
        let place = if at == 0 { Place::Start } else { Place::Loop(at + 1) };
        let (again, to) = match self.compiled(func, place) {
            Standing::Ready(index) => {
                self.tier.stats.loop_entries += u64::from(at != 0);
                // The next pass comes here at once.
                (1, self.tier.stubs[index].as_ptr())
            }
            Standing::Never => (u32::MAX, pc),
            Standing::Later => (ASK_AGAIN, pc),
        };
        self.tier.hot[counter as usize] = again;
        to
    }

    /// What becomes of a place that is hot, compiling it if need be.
    fn compiled(&mut self, func: u32, place: Place) -> Standing {
        if self.tier.places.contains_key(&(func, place)) {
            return self.tier.standing(func, place);
        }
        if self.tier.pending.is_some() {
            self.poll();
            return self.tier.standing(func, place);
        }
        let Some(maker) = self.maker() else { return Standing::Never };
        let Some(job) = self.job(func, place) else { return Standing::Never };
        self.start(maker, job);
        self.tier.standing(func, place)
    }

    /// Installs what was compiled beside the program, if it is there.
    fn poll(&mut self) {
        let Some((func, place, pending)) = self.tier.pending.take() else { return };
        match pending.poll() {
            Some(answer) => self.answered(func, place, answer),
            None => self.tier.pending = Some((func, place, pending)),
        }
    }

    fn maker(&self) -> Option<Arc<dyn Maker>> {
        self.tier.compiler.as_ref().map(|compiler| compiler.maker())
    }

    /// The job of compiling a place.
    fn job(&mut self, func: u32, place: Place) -> Option<Job> {
        let mut tables = std::mem::take(&mut self.tier.tables);
        let places = &self.tier.places;
        let has_body = |func| matches!(places.get(&(func, Place::Start)), Some(Some(_)));
        let job = Job::new(self, &mut tables, (func, place), self.tier.how.form, &has_body);
        self.tier.tables = tables;
        job
    }

    /// Does a job now, or has it done.
    fn start(&mut self, maker: Arc<dyn Maker>, job: Job) {
        let (func, place) = (job.func, job.place);
        let how = self.tier.how;
        let answer = match how.background && how.threshold > 0 {
            true => match worker::submit(maker.clone(), job) {
                Ok(pending) => {
                    self.tier.pending = Some((func, place, pending));
                    return;
                }
                Err(job) => worker::make(&*maker, &job),
            },
            false => worker::make(&*maker, &job),
        };
        self.answered(func, place, answer);
    }

    /// Compiles a place that is not compiled yet, hot or not.
    pub(super) fn compile_now(&mut self, func: u32, place: Place) {
        if self.tier.places.contains_key(&(func, place)) {
            return;
        }
        if let (Some(maker), Some(job)) = (self.maker(), self.job(func, place)) {
            let answer = worker::make(&*maker, &job);
            self.answered(func, place, answer);
        }
    }

    /// Installs what came of a job.
    fn answered(&mut self, func: u32, place: Place, answer: Answer) {
        self.tier.stats.nanos += answer.nanos;
        let done = answer.made.and_then(|units| self.install(units));
        if let Err(why) = done {
            self.tier.refuse(func, place, why);
        }
        // A compiler that did not give what it was asked for is not asked again.
        self.tier.places.entry((func, place)).or_insert(None);
    }

    /// Makes compiled code what runs at its places.
    pub(super) fn install(&mut self, units: Vec<Unit>) -> Result<(), Refused> {
        let compiler = self.tier.compiler.as_mut().ok_or(Refused::Failed)?;
        let places = compiler.install(&units)?;
        let stub = compiler.stub();
        self.vm_mut().stub = stub;
        for (unit, [body, enter]) in units.iter().zip(places) {
            let bytes = unit.body.bytes.len() + unit.enter.bytes.len();
            self.tier.stats.bytes += bytes as u64;
            self.tell(unit, body);
            self.enter_at(unit.func, unit.place, enter);
        }
        self.refresh();
        if self.tier.how.keep {
            self.tier.kept.extend(units);
        }
        Ok(())
    }

    /// Tells who wants to know where a unit is. What enters a body is not worth telling.
    fn tell(&mut self, unit: &Unit, body: *const u8) {
        let mut listeners = std::mem::take(&mut self.tier.listeners);
        let at = match unit.place {
            Place::Start => 0,
            Place::Loop(at) => at,
        };
        let code = self.funcs[unit.func as usize].code.as_ref();
        let line = code.map_or(0, |code| code.loc(at).line);
        let (name, bytes) = (self.func_name(unit.func), &unit.body.bytes[..]);
        let placed = Placed { name, place: unit.place, line, address: body as usize, bytes };
        listeners.iter_mut().for_each(|listener| listener(&placed));
        self.tier.listeners = listeners;
    }

    fn enter_at(&mut self, func: u32, place: Place, enter: *const u8) {
        let index = self.tier.add(enter);
        self.tier.places.insert((func, place), Some(index));
        match place {
            Place::Start => {
                self.tier.stats.functions += 1;
                self.entries[func as usize].enter = enter;
                self.entries[func as usize].code = self.tier.stubs[index].as_ptr();
            }
            Place::Loop(_) => self.tier.stats.loops += 1,
        }
    }
}
