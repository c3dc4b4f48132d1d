//! On which line of a text each item of the parsed module stands, so that errors of the
//! verifier can be shown there.

use kaa_base::entity::Entity;

use crate::verify::Place;

/// Lines of a function, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FuncLines {
    /// The line of `func`.
    pub head: u32,
    /// For each block its own line and those of its instructions.
    pub blocks: Vec<(u32, Vec<u32>)>,
}

/// Lines of all items, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineMap {
    /// Types, the predeclared ones (line 0) included.
    pub types: Vec<u32>,
    /// Signatures that are declared on their own.
    pub sigs: Vec<u32>,
    /// Imports.
    pub imports: Vec<u32>,
    /// Globals.
    pub globals: Vec<u32>,
    /// Constants.
    pub data: Vec<u32>,
    /// Exports.
    pub exports: Vec<u32>,
    /// Functions.
    pub funcs: Vec<FuncLines>,
}

impl LineMap {
    /// The line of a place, or of what contains it; 0 where there is none.
    pub fn line(&self, place: Place) -> u32 {
        let of = |lines: &[u32], i: usize| lines.get(i).copied().unwrap_or(0);
        let func = |f: kaa_isa::FuncId| self.funcs.get(f.index());
        let head = |f| func(f).map_or(0, |l| l.head);
        match place {
            Place::Module => 1,
            Place::Type(t) => of(&self.types, t.index()),
            Place::Sig(s) => of(&self.sigs, s.index()),
            Place::Import(i) => of(&self.imports, i.index()),
            Place::Global(g) => of(&self.globals, g.index()),
            Place::Data(d) => of(&self.data, d.index()),
            Place::Export(i) => of(&self.exports, i),
            Place::Func(f) => head(f),
            Place::Block(f, b) => {
                func(f).and_then(|l| l.blocks.get(b.index())).map_or(head(f), |l| l.0)
            }
            Place::Inst(f, b, i) => {
                let block = func(f).and_then(|l| l.blocks.get(b.index()));
                block.and_then(|l| l.1.get(i)).copied().unwrap_or(head(f))
            }
        }
    }
}
