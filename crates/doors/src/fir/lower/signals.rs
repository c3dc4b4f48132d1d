//! Interrupts: which handler a code has, and the function that delivers what was raised.
//!
//! Programs that set handlers look for interrupts where a function is entered and where a jump
//! goes back; others have nothing of it. While a handler runs, no other one is entered.

use std::collections::BTreeMap;

use kaa_ir::builder::BuildError;
use kaa_ir::{
    BlockCall, FuncId, FunctionBuilder, Global, GlobalId, GlobalInit, Inst, Module, Signature,
    ValTy,
};

use super::super::parse::{Op, Text};

/// The module that the functions are imported from.
pub const INTERRUPTS: &str = "fir.interrupts";
const I64: ValTy = ValTy::I64;

/// The interrupts of a module.
pub(super) struct Signals {
    /// The function that delivers.
    pub deliver: FuncId,
    /// The handler of each code: 0, or its place among the handlers from 1.
    codes: BTreeMap<u32, GlobalId>,
    handlers: Vec<(String, FuncId)>,
    busy: GlobalId,
}

impl Signals {
    /// `None` where the program sets no handler.
    pub(super) fn new(module: &mut Module, text: &Text, funcs: &[FuncId]) -> Option<Signals> {
        let mut codes = BTreeMap::new();
        let mut sets = false;
        for (_, op) in text.funcs.iter().flat_map(|func| &func.ops) {
            if let Op::InterruptSet(code, _) | Op::InterruptUnset(code) = op {
                sets |= matches!(op, Op::InterruptSet(..));
                codes.entry(*code).or_insert(GlobalId(0));
            }
        }
        if !sets {
            return None;
        }
        let mut global = |name: String| {
            let init = GlobalInit::Bits(0);
            module.globals.push(Global { name, ty: I64, mutable: true, init })
        };
        codes.iter_mut().for_each(|(code, id)| *id = global(format!("handler.{code}")));
        let busy = global("busy".to_owned());
        let deliver = module.declare_func("deliver", Signature::new([], []));
        let handlers = text.funcs.iter().zip(funcs).filter(|(func, _)| func.is_handler);
        let handlers = handlers.map(|(func, id)| (func.name.clone(), *id)).collect();
        Some(Signals { deliver, codes, handlers, busy })
    }

    /// Sets the handler of a code, or unsets it.
    pub(super) fn set(&self, b: &mut FunctionBuilder<'_>, code: u32, handler: Option<&str>) {
        let Some(g) = self.codes.get(&code) else { return };
        let place = handler.and_then(|name| self.handlers.iter().position(|(n, _)| n == name));
        let val = b.i64(place.map_or(0, |place| place as i64 + 1));
        b.ins(Inst::GlobalSet { g: *g, val });
        let (code, on) = (b.i64(code.into()), b.iconst(ValTy::Bool, handler.is_some().into()));
        b.call_import(INTERRUPTS, "watch", &[code, on], &[]);
    }

    /// Builds the function that delivers all interrupts that wait.
    pub(super) fn lower(&self, module: &mut Module) -> Result<(), BuildError> {
        let mut b = FunctionBuilder::new(module, self.deliver);
        let (head, done, which) = (b.create_block(), b.create_block(), b.create_block());
        let busy = b.ins1(Inst::GlobalGet { g: self.busy });
        let (zero, one) = (b.i64(0), b.i64(1));
        let is_busy = b.ins1(Inst::Ne { t: I64, a: busy, b: zero });
        b.branch(is_busy, done, head);

        b.switch_to(head);
        let code = b.call_import(INTERRUPTS, "next", &[], &[I64]).get(0).unwrap_or(zero);
        let mut cases = Vec::new();
        for (number, global) in &self.codes {
            let block = b.create_block();
            cases.push((i64::from(*number), BlockCall::new(block, []), *global));
        }
        let keyed: Vec<(i64, BlockCall)> =
            cases.iter().map(|(number, to, _)| (*number, to.clone())).collect();
        // A code below 0 says that nothing waits; one that nobody handles is let go.
        let (none, some) = (b.create_block(), b.create_block());
        let waits = b.ins1(Inst::Ge { t: I64, a: code, b: zero });
        b.branch(waits, some, none);
        b.switch_to(none);
        b.jump(done, &[]);
        b.switch_to(some);
        b.ins(Inst::Switch { a: code, cases: keyed.into(), other: BlockCall::new(head, []) });
        let handler = b.append_param(which, I64);
        for (_, to, global) in &cases {
            b.switch_to(to.block);
            let place = b.ins1(Inst::GlobalGet { g: *global });
            b.jump(which, &[place]);
        }

        b.switch_to(which);
        let mut calls = Vec::new();
        for (nth, (_, func)) in self.handlers.iter().enumerate() {
            calls.push((nth as i64 + 1, b.create_block(), *func));
        }
        let keyed: Vec<(i64, BlockCall)> =
            calls.iter().map(|(place, block, _)| (*place, BlockCall::new(*block, []))).collect();
        b.ins(Inst::Switch { a: handler, cases: keyed.into(), other: BlockCall::new(head, []) });
        for (_, block, f) in &calls {
            b.switch_to(*block);
            b.ins(Inst::GlobalSet { g: self.busy, val: one });
            b.ins(Inst::Call { f: *f, args: [].into() });
            b.ins(Inst::GlobalSet { g: self.busy, val: zero });
            b.jump(head, &[]);
        }
        b.switch_to(done);
        b.ins(Inst::Ret { vals: [].into() });
        let blocks = [head, done, which, none, some].into_iter();
        let blocks = blocks.chain(cases.iter().map(|(_, to, _)| to.block));
        let blocks: Vec<_> = blocks.chain(calls.iter().map(|(_, block, _)| *block)).collect();
        blocks.into_iter().for_each(|block| b.seal_block(block));
        b.finish().map(|_| ())
    }
}
