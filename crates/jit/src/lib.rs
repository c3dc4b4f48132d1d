//! The compiler of hot code: register code to machine code, a function at a time.
//!
//! `operands`, `flow` and `lists` study a function, `lower` makes Cranelift's code of it, `abi` has
//! the conventions and the pieces between the machine and bodies. `maker` compiles what it is
//! given, in any thread; `space` puts the outcome where it can run, `image` makes bytes of it; here
//! is what a store holds.
//! Frames, root maps, traps and limits are the interpreter's: `kaa_exec::tier` says what compiled
//! code may rely on. When to compile is decided there too.

mod abi;
mod bounds;
mod flow;
pub mod image;
mod lists;
mod lower;
mod maker;
mod operands;
mod space;

use std::sync::Arc;

use kaa_exec::tier::{Compiler, Maker, Refused, Unit};

use space::CodeSpace;

/// A compiler for one store. What it makes is freed with it.
pub struct Jit {
    maker: Arc<maker::Cranelift>,
    /// Made when the first code is to be put there.
    space: Option<CodeSpace>,
}

impl Jit {
    /// A compiler, which costs nothing until it is used.
    pub fn new() -> Jit {
        Jit { maker: Arc::new(maker::Cranelift::new(false)), space: None }
    }

    /// A compiler that has Cranelift check what it is given and hides no mistake: for tests.
    ///
    /// # Panics
    /// When it compiles something and Cranelift refuses what it was given.
    pub fn verifying() -> Jit {
        Jit { maker: Arc::new(maker::Cranelift::new(true)), space: None }
    }
}

impl Default for Jit {
    fn default() -> Jit {
        Jit::new()
    }
}

impl Compiler for Jit {
    fn maker(&self) -> Arc<dyn Maker> {
        self.maker.clone()
    }

    fn install(&mut self, units: &[Unit]) -> Result<Vec<[*const u8; 2]>, Refused> {
        let space = match &mut self.space {
            Some(space) => space,
            none => none.insert(CodeSpace::new(maker::stub().ok_or(Refused::Failed)?)?),
        };
        space.install(units)
    }

    fn stub(&self) -> *const u8 {
        self.space.as_ref().map_or(std::ptr::null(), CodeSpace::stub)
    }
}
