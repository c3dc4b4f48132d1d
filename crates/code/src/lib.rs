//! Lowering: from a verified IR function to register code.
//!
//! The way through: `prepare` (linear order, constants, merged comparisons), `ranges` (live
//! ranges), `slots` (frame slots and call windows), `select` (words, through `emit`). `reg`
//! is the table of register operations, `linkage` what lowering asks of the store. The code
//! is private to one store and never comes from outside; bodies live in `kaa-exec`.

#![forbid(unsafe_code)]

mod debug;
pub mod disasm;
mod emit;
pub mod linkage;
mod maps;
mod moves;
mod prepare;
mod ranges;
pub mod reg;
mod select;
mod shape;
mod slots;
pub mod slow;
pub mod word;

pub use debug::{DebugInfo, Named, ValueHome};
pub use emit::{CallSite, RootMap, UnwindEdge};
pub use linkage::{Linkage, LinkedImport, LowerError, Mode};
pub use reg::{RegOp, Shape, TABLE_SIZE};
pub use select::access_of;
pub use slow::SlowOp;
pub use word::{Access, LeafPlace, MapPlace, Word};

use kaa_ir::{Function, Loc, Module, ValTy};

/// The register code of one function.
#[derive(Clone, Debug)]
pub struct Code {
    /// The words; entry at the first one.
    pub words: Box<[Word]>,
    /// Slots of the frame.
    pub frame: u32,
    /// Parameters, in the first slots.
    pub params: u32,
    /// Results.
    pub results: u32,
    /// For each parameter, whether it is an `f64`.
    pub float_params: Box<[bool]>,
    /// For each result, whether it is an `f64`.
    pub float_results: Box<[bool]>,
    /// Live references at each safepoint, in order of their words.
    pub maps: Box<[RootMap]>,
    /// Source places: each holds from its word to the next entry.
    pub locs: Box<[(u32, Loc)]>,
    /// Calls with an unwind edge, in order of their words.
    pub unwinds: Box<[UnwindEdge]>,
    /// Windows of calls, natives and slow operations, in order of their words.
    pub sites: Box<[CallSite]>,
    /// Where variables are, where that was asked for.
    pub debug: Option<Box<DebugInfo>>,
}

impl Code {
    /// All instructions, each with its first word.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, RegOp)> + '_ {
        self.instructions_in(0, self.words.len())
    }

    /// The instructions from one word to another; it ends early at what is none.
    pub fn instructions_in(
        &self,
        start: usize,
        end: usize,
    ) -> impl Iterator<Item = (usize, RegOp)> + '_ {
        let mut next = start;
        std::iter::from_fn(move || {
            let at = next;
            let op = word::op(*self.words[..end].get(at)?)?;
            next += op.words();
            Some((at, op))
        })
    }

    /// The source place of a word.
    pub fn loc(&self, pc: u32) -> Loc {
        let i = self.locs.partition_point(|(at, _)| *at <= pc);
        i.checked_sub(1).map_or(Loc::default(), |i| self.locs[i].1)
    }

    /// Whether any word has a place in the source.
    pub fn has_lines(&self) -> bool {
        self.locs.iter().any(|(_, loc)| loc.line != 0)
    }

    /// The root map of the safepoint at a word.
    pub fn map(&self, pc: u32) -> Option<&RootMap> {
        self.maps.binary_search_by_key(&pc, |m| m.pc).ok().map(|i| &self.maps[i])
    }

    /// The unwind edge of the call at a word.
    pub fn unwind(&self, pc: u32) -> Option<&UnwindEdge> {
        self.unwinds.binary_search_by_key(&pc, |u| u.call).ok().map(|i| &self.unwinds[i])
    }

    /// The window of the operation at a word.
    pub fn site(&self, pc: u32) -> Option<&CallSite> {
        self.sites.binary_search_by_key(&pc, |s| s.pc).ok().map(|i| &self.sites[i])
    }
}

/// Lowers a verified function.
///
/// # Errors
/// A function that needs more slots or longer jumps than register code can name.
pub fn lower(
    module: &Module,
    func: &Function,
    link: &mut dyn Linkage,
    mode: Mode,
) -> Result<Code, LowerError> {
    let prepared = prepare::prepare(module, func, mode.plain);
    let early = |inst: &kaa_ir::Inst| select::early_operand(&prepared, module, inst);
    let ranges = ranges::compute(&prepared, early)?;
    let slots = slots::assign(module, &prepared, &ranges)?;
    let select = select::Select::new(module, &prepared, &ranges, &slots, link, mode);
    let mut emitter = select.run()?;
    let debug = emitter.debug.take().map(|mut debug| {
        debug.name(&prepared, &ranges, &slots);
        debug
    });
    let mut unwinds = emitter.finish()?;
    unwinds.sort_by_key(|u| u.call);
    emitter.maps.sort_by_key(|m| m.pc);
    let sig = module.sigs.get(func.sig);
    let floats = |types: &[ValTy]| types.iter().map(|t| *t == ValTy::F64).collect();
    Ok(Code {
        float_params: sig.map(|s| floats(&s.params)).unwrap_or_default(),
        float_results: sig.map(|s| floats(&s.results)).unwrap_or_default(),
        sites: emitter.sites.into(),
        debug,
        words: emitter.words.into(),
        frame: slots.frame,
        params: sig.map_or(0, |s| s.params.len() as u32),
        results: sig.map_or(0, |s| s.results.len() as u32),
        maps: emitter.maps.into(),
        locs: emitter.locs.into(),
        unwinds: unwinds.into(),
    })
}
