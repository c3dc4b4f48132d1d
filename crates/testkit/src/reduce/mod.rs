//! Makes a module small while something stays true of it: a failure, mostly.
//!
//! Steps that may work are tried one after the other, and kept where the module is still valid and
//! the predicate still holds, until none works any more. A step changes one function: it cuts the
//! body down to a return, drops a range of instructions, takes one way of a branch, or puts a
//! constant or an older value in place of a result. `edit` is what a step does to a function,
//! `sweep` takes out what nothing refers to any more. What fails is not decided here.

mod edit;
mod sweep;

use kaa_ir::{FuncId, Module};

use edit::Edit;

/// Predicates that are asked at most; each may run a program on every engine.
const ASKED_MAX: usize = 20_000;

/// The smallest module that the steps lead to from `module`, of which `holds` is true.
pub fn reduce(module: &Module, holds: &mut dyn FnMut(&Module) -> bool) -> Module {
    let mut search = Search { best: module.clone(), holds, asked: 0 };
    loop {
        let before = size(&search.best);
        search.whole_functions();
        search.ranges();
        search.single_edits();
        search.sweep();
        if size(&search.best) >= before || search.asked >= ASKED_MAX {
            return search.best;
        }
    }
}

/// Instructions of a module.
pub fn instructions(module: &Module) -> usize {
    module.funcs.values().map(|func| func.inst_count()).sum()
}

/// What is to become smaller: instructions, then blocks, values and items.
fn size(module: &Module) -> (usize, usize) {
    let funcs = module.funcs.values();
    let parts = funcs.map(|func| func.blocks.len() + func.values.len()).sum::<usize>();
    let operands = module.funcs.values().flat_map(|func| func.blocks.values());
    let operands = operands.flat_map(|block| &block.insts);
    let mut used = 0;
    operands.for_each(|node| node.inst.uses(&mut |_| used += 1));
    let items = module.types.len() + module.globals.len() + module.imports.len();
    (instructions(module), parts + used + items)
}

struct Search<'h> {
    best: Module,
    holds: &'h mut dyn FnMut(&Module) -> bool,
    asked: usize,
}

impl Search<'_> {
    /// Takes a smaller module over if it will do; gives whether it did.
    fn offer(&mut self, module: Option<Module>) -> bool {
        let Some(module) = module else { return false };
        if self.asked >= ASKED_MAX || size(&module) >= size(&self.best) {
            return false;
        }
        if kaa_ir::verify::verify(&module).is_err() {
            return false;
        }
        self.asked += 1;
        let holds = (self.holds)(&module);
        if holds {
            self.best = module;
        }
        holds
    }

    fn edited(&self, func: FuncId, edit: Edit) -> Option<Module> {
        let mut module = self.best.clone();
        let body = edit::apply(&module, module.funcs.get(func)?, edit)?;
        module.funcs[func] = body;
        Some(module)
    }

    fn funcs(&self) -> Vec<FuncId> {
        self.best.funcs.keys().collect()
    }

    /// Leaves nothing of functions but a return, or a trap where there is nothing to return.
    fn whole_functions(&mut self) {
        for func in self.funcs() {
            if !self.offer(self.edited(func, Edit::Return)) {
                self.offer(self.edited(func, Edit::Trap));
            }
            self.offer(self.edited(func, Edit::Unread));
        }
    }

    /// Drops ranges of instructions whose results can be made up, long ones first.
    fn ranges(&mut self) {
        for func in self.funcs() {
            let mut length = self.best.funcs[func].inst_count().next_power_of_two();
            while length > 1 {
                let mut end = self.best.funcs[func].inst_count();
                while end > 0 {
                    let start = end.saturating_sub(length);
                    self.offer(self.edited(func, Edit::Drop { start, end }));
                    end = start;
                }
                length /= 2;
            }
        }
    }

    /// Tries every edit of one instruction, from the end of each function on.
    fn single_edits(&mut self) {
        for func in self.funcs() {
            let mut at = self.best.funcs[func].inst_count();
            while at > 0 {
                at = at.min(self.best.funcs[func].inst_count()).saturating_sub(1);
                for edit in edit::of_instruction(&self.best.funcs[func], at) {
                    if self.offer(self.edited(func, edit)) {
                        break;
                    }
                }
            }
        }
    }

    /// Takes out what nothing refers to, then functions one by one.
    fn sweep(&mut self) {
        self.offer(sweep::sweep(&self.best, None));
        let names: Vec<String> = self.best.funcs.values().map(|func| func.name.clone()).collect();
        for name in names {
            self.offer(sweep::sweep(&self.best, Some(&name)));
        }
    }
}
