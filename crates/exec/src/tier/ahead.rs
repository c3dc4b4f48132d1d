//! Compiling before anything runs: for listings, and for code that is kept in files.
//!
//! Numbers of functions, constants and counters depend on the order in which functions are
//! lowered. Here all of them are, in the order of the module, so that machine code fits wherever
//! the same was done; the fingerprint of a store tells whether it was.

use kaa_ir::FuncId;

use super::{Place, Unit};
use crate::frames::Frame;
use crate::native::Fault;
use crate::store::Store;
use crate::trap::{TraceFrame, Trap};

/// Where machine code of a store lies, for tools.
pub struct Placed<'a> {
    /// The name of the function.
    pub name: &'a str,
    /// Where it is entered.
    pub place: Place,
    /// The source line of that.
    pub line: u32,
    /// The address.
    pub address: usize,
    /// The machine code, as it was before distances to other code were filled in.
    pub bytes: &'a [u8],
}

impl Store {
    /// Lowers all functions of a module, in its order.
    ///
    /// # Errors
    /// One of them is too large.
    pub fn lower_all(&mut self, instance: usize) -> Result<(), Trap> {
        for func in self.numbers(instance) {
            let trap = |fault: Box<Fault>| Trap::new(fault.kind, fault.message);
            self.inner.lower(func).map_err(trap)?;
        }
        Ok(())
    }

    /// Compiles the functions of a module, or those with a name; see [`Store::units`].
    ///
    /// # Errors
    /// One of them is too large to be lowered.
    pub fn compile_all(&mut self, instance: usize, only: Option<&str>) -> Result<(), Trap> {
        self.lower_all(instance)?;
        for func in self.numbers(instance) {
            if only.is_none_or(|name| name == self.inner.func_name(func)) {
                self.inner.compile_now(func, Place::Start);
            }
        }
        Ok(())
    }

    /// The machine code that was made, where the store was told to keep it.
    pub fn units(&self) -> &[Unit] {
        &self.inner.tier.kept
    }

    /// The source place of a word of a function's register code.
    pub fn place_of(&self, func: u32, word: u32) -> Option<TraceFrame> {
        let code = self.inner.funcs.get(func as usize)?.code.clone()?;
        Some(self.inner.describe(&Frame { func, code, at: word, regs: std::ptr::null_mut() }))
    }

    /// Puts machine code into the store that was made from the same program, in a store with the
    /// same fingerprint. Gives whether it did.
    pub fn adopt(&mut self, units: Vec<Unit>) -> bool {
        let fits = |unit: &Unit| {
            let info = self.inner.funcs.get(unit.func as usize);
            let words = info.and_then(|info| info.code.as_ref()).map_or(0, |code| code.words.len());
            match unit.place {
                Place::Start => words > 0,
                Place::Loop(at) => (at as usize) < words,
            }
        };
        units.iter().all(fits) && self.inner.install(units).is_ok()
    }

    /// A hash of all that machine code depends on: the register code and the tables it uses.
    pub fn fingerprint(&self) -> [u64; 2] {
        let inner = &*self.inner;
        let mut hash = kaa_base::digest::Digest::new();
        hash.number(u64::from(inner.mode.fuel) | u64::from(inner.mode.count) << 1);
        hash.number(u64::from(inner.mode.stress) | u64::from(inner.mode.tier) << 1);
        for info in &inner.funcs {
            let Some(code) = &info.code else {
                hash.number(u64::MAX);
                continue;
            };
            hash.number(code.words.len() as u64);
            code.words.iter().for_each(|word| hash.number(*word));
            for float in code.float_params.iter().chain(&code.float_results) {
                hash.number(u64::from(*float));
            }
        }
        hash.number(inner.pool.len() as u64);
        inner.pool.iter().for_each(|constant| hash.number(*constant));
        for plan in &inner.plans {
            hash.number(u64::from(plan.lane) | u64::from(plan.cell) << 32);
            hash.number(u64::from(plan.meta));
        }
        hash.finish()
    }

    /// Tells about all machine code that is installed from now on, besides whom it tells already.
    pub fn on_install(&mut self, tell: Box<dyn FnMut(&Placed<'_>)>) {
        self.inner.tier.listeners.push(tell);
    }

    /// The numbers of the functions of a module.
    fn numbers(&self, instance: usize) -> Vec<u32> {
        let count = self.module(instance).map_or(0, |module| module.funcs.len() as u32);
        (0..count).filter_map(|i| self.func(instance, FuncId(i))).collect()
    }
}
