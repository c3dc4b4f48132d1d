//! Checks functions: the shape of blocks, the numbering of values, types, dominance.
//!
//! A function whose shape or numbering is wrong is not looked at further: what its uses refer
//! to would be a guess.

use kaa_base::entity::Entity;
use kaa_isa::{Block, FuncId, ValTy, Value};

use super::{Place, Verifier, VerifyCode};
use crate::cfg::Cfg;
use crate::func::{Function, InstNode};
use crate::limits::*;
use crate::typing;

/// Where a value is defined: the block, and the position behind which it can be used.
/// Parameters are there from position 0, results of instruction `i` from `i + 1`.
type Def = (Block, u32);

impl Verifier<'_> {
    /// Checks one function.
    pub(super) fn function(&mut self, id: FuncId, func: &Function) {
        let place = Place::Func(id);
        let Some(sig) = self.module.sigs.get(func.sig) else {
            self.report(VerifyCode::Unknown, place, "the signature is not of this module");
            return;
        };
        let some = "the function has no body";
        let few = func.blocks.len() <= MAX_BLOCKS && func.values.len() <= MAX_VALUES;
        if !self.require(!func.blocks.is_empty(), VerifyCode::Entry, place, some)
            || !self.require(few, VerifyCode::Limit, place, "the function is too large")
        {
            return;
        }
        let mut known = true;
        for ty in func.values.values() {
            known &= self.val_ty(*ty, place);
        }
        let shaped = self.shape(id, func);
        let Some(defs) = self.numbering(id, func).filter(|_| shaped && known) else { return };
        let entry = &func.blocks[Function::ENTRY].params;
        let types: Vec<ValTy> = entry.iter().map(|v| func.values[*v]).collect();
        let text = "the parameters of the entry block are not those of the function";
        self.require(*types == *sig.params, VerifyCode::Entry, place, text);
        self.debug_info(id, func);
        let cfg = Cfg::new(func);
        for (block, data) in func.blocks.iter() {
            for (i, node) in data.insts.iter().enumerate() {
                if self.is_full() {
                    return;
                }
                let place = Place::Inst(id, block, i);
                self.uses(&cfg, &defs, (block, i as u32), node, place);
                self.types_of(func, node, place);
            }
        }
    }

    /// Each block ends with its only terminator.
    fn shape(&mut self, id: FuncId, func: &Function) -> bool {
        let mut ok = true;
        for (block, data) in func.blocks.iter() {
            let place = Place::Block(id, block);
            let few = data.params.len() <= MAX_PARAMS;
            ok &= self.require(few, VerifyCode::Limit, place, "the block has too many parameters");
            let Some((last, others)) = data.insts.split_last() else {
                self.report(VerifyCode::Terminator, place, "the block is empty");
                ok = false;
                continue;
            };
            let end = "the block does not end with a terminator";
            ok &= self.require(last.inst.is_terminator(), VerifyCode::Terminator, place, end);
            for (i, node) in others.iter().enumerate() {
                let place = Place::Inst(id, block, i);
                let middle = "a terminator must be the last instruction of its block";
                let ends = node.inst.is_terminator();
                ok &= self.require(!ends, VerifyCode::Terminator, place, middle);
            }
        }
        ok
    }

    /// Values are defined in the order of their numbers, each once. Gives the definitions.
    fn numbering(&mut self, id: FuncId, func: &Function) -> Option<Vec<Def>> {
        let mut defs: Vec<Def> = Vec::with_capacity(func.values.len());
        let mut ok = true;
        let mut define = |v: Value, def: Def| {
            ok &= v.index() == defs.len();
            defs.push(def);
        };
        for (block, data) in func.blocks.iter() {
            data.params.iter().for_each(|v| define(*v, (block, 0)));
            for (i, node) in data.insts.iter().enumerate() {
                // More results than values there can be are not worth walking over.
                if node.results.count as usize > func.values.len() {
                    define(Value(u32::MAX), (block, 0));
                    continue;
                }
                node.results.iter().for_each(|v| define(v, (block, i as u32 + 1)));
            }
        }
        let text = "the values are not numbered in the order of their definitions";
        let ok = ok && defs.len() == func.values.len();
        self.require(ok, VerifyCode::Numbering, Place::Func(id), text).then_some(defs)
    }

    fn debug_info(&mut self, id: FuncId, func: &Function) {
        let place = Place::Func(id);
        let known = func.file == 0 || (func.file as usize) < self.module.files.len();
        let text = "the source file is not of this module";
        self.require(known, VerifyCode::Debug, place, text);
        let text = "a name is given to a value that does not exist";
        let known = func.names.iter().all(|(v, _)| func.values.get(*v).is_some());
        self.require(known, VerifyCode::Debug, place, text);
        let sorted = func.names.is_sorted_by(|a, b| a < b);
        let text = "the names of values are not sorted";
        self.require(sorted, VerifyCode::Debug, place, text);
        func.names.iter().for_each(|(_, name)| self.name(name, place));
    }

    /// Every operand is defined on every way here. In a block that nothing reaches, any value
    /// of the function will do.
    fn uses(&mut self, cfg: &Cfg, defs: &[Def], here: (Block, u32), node: &InstNode, place: Place) {
        let reached = cfg.position(here.0).is_some();
        let mut bad = None;
        node.inst.uses(&mut |v| {
            let ok = match defs.get(v.index()) {
                None => false,
                Some((block, from)) if *block == here.0 => !reached || *from <= here.1,
                Some((block, _)) => cfg.dominates(*block, here.0),
            };
            if !ok {
                bad.get_or_insert(v);
            }
        });
        if let Some(v) = bad {
            let message = format!("{v} is not defined on every way to this place");
            self.report(VerifyCode::Dominance, place, message);
        }
    }

    /// Operands have the types that the operation takes, results those that it gives.
    fn types_of(&mut self, func: &Function, node: &InstNode, place: Place) {
        let given = match typing::check(self.module, func, &node.inst) {
            Ok(given) => given,
            Err(e) => return self.report(VerifyCode::Operand, place, e.message),
        };
        let declared = node.results.iter().map(|v| func.values[v]);
        if given.len() != node.results.count as usize {
            let message = format!("{} results declared, {} given", node.results.count, given.len());
            return self.report(VerifyCode::Results, place, message);
        }
        if let Some((i, _)) = declared.zip(&given).enumerate().find(|(_, (a, b))| a != *b) {
            let message = format!("result {i} is declared as another type than it has");
            self.report(VerifyCode::Results, place, message);
        }
    }
}
