//! The lines of a program as its code has them.
//!
//! An instruction that computes a constant, or whose result goes elsewhere, leaves no code, and a
//! debugger could not stop at it. Where one looks at the program, each line therefore writes a
//! global, which costs the run some time and changes nothing.

use kaa_ir::{FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Loc, Module, ValTy};

/// Tells a module's code which line it comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks(Option<GlobalId>);

impl Marks {
    /// Marks for the lines of a file. Only where a debugger looks does every line have code.
    pub fn new(module: &mut Module, debugged: bool) -> Marks {
        let mut global = || {
            let (name, init) = ("line".to_owned(), GlobalInit::Bits(0));
            module.globals.push(Global { name, ty: ValTy::I64, mutable: true, init })
        };
        Marks(debugged.then(&mut global))
    }

    /// What follows comes from a line.
    pub fn line(self, b: &mut FunctionBuilder<'_>, line: u32) {
        b.set_loc(Loc { line, ..Loc::default() });
        if let Some(g) = self.0 {
            let val = b.i64(line.into());
            b.ins(Inst::GlobalSet { g, val });
        }
    }
}
