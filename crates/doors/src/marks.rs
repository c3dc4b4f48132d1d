//! The lines of a program as its code has them.
//!
//! An instruction that computes a constant, or whose result goes elsewhere, leaves no code, and a
//! debugger could not stop at it. Where one looks at the program, each line therefore writes a
//! global, which costs the run some time and changes nothing.

use kaa_ir::{FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Loc, Module, ValTy, Value};

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

    /// A value for a variable. A constant stands in no slot, so that nobody could tell from when on
    /// a variable is this one; here it is read from a global.
    pub fn keep(self, b: &mut FunctionBuilder<'_>, val: Value) -> Value {
        let ty = b.ty(val);
        if self.0.is_none() || ty.is_gc() {
            return val;
        }
        let name = format!("kept {ty:?}");
        let known = b.module.globals.iter().find(|(_, global)| global.name == name);
        let g = match known.map(|(id, _)| id) {
            Some(g) => g,
            None => {
                let init = GlobalInit::Bits(0);
                b.module.globals.push(Global { name, ty, mutable: true, init })
            }
        };
        b.ins(Inst::GlobalSet { g, val });
        b.ins1(Inst::GlobalGet { g })
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
