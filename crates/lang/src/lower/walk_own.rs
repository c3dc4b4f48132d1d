//! Walking values of types that say themselves how: `__iter__` and `__next__`.
//!
//! The state of an iterator is the leaves of its value; a turn calls `__next__` and goes on with
//! what that leaves behind. Nothing is collected before it is used.

use kaa_ir::{Block, Inst};

use super::Vals;
use super::body::{Body, Loop};
use super::loops::Each;
use crate::hir::{FnId, Mode, Ty, TyId};

impl<'c, 'm, 'p> Body<'c, 'm, 'p> {
    /// Whether a type says itself how it is walked.
    pub fn walks_itself(&self, ty: TyId) -> bool {
        self.cx.program.own.get(&ty).is_some_and(|own| own.iter.is_some() || own.next.is_some())
    }

    /// Walks a value of such a type, or of any other.
    pub fn walk_value(&mut self, ty: TyId, vals: Vals, exit: Block, each: Each<'_, 'c, 'm, 'p>) {
        let own = self.cx.program.own.get(&ty).copied().unwrap_or_default();
        match (own.next, own.iter) {
            (Some(next), _) => self.walk_by_next(next, ty, vals, exit, each),
            (None, Some(iter)) => {
                let ret = self.cx.program.functions[iter].ret;
                let f = self.cx.func(self.b.module, iter);
                let vals: Vals = self.b.ins(Inst::Call { f, args: vals.into() }).iter().collect();
                self.walk_value(ret, vals, exit, each);
            }
            (None, None) => {
                let cursor = self.cursor_over(ty, &vals, false);
                self.run(&cursor, exit, each);
            }
        }
    }

    fn walk_by_next(
        &mut self,
        next: FnId,
        ty: TyId,
        vals: Vals,
        exit: Block,
        each: Each<'_, 'c, 'm, 'p>,
    ) {
        let function = &self.cx.program.functions[next];
        let changes = function.params.first().is_some_and(|own| own.mode == Mode::Mut);
        let (option, f) = (function.ret, self.cx.func(self.b.module, next));
        let leaves = self.leaves(ty);
        let state = self.fresh(&leaves);
        self.define(&state, &vals);
        let (head, turn, end) =
            (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.goto(head);
        self.b.switch_to(head);
        let args = self.values(&state);
        let results: Vals = self.b.ins(Inst::Call { f, args: args.into() }).iter().collect();
        let kept = if changes { leaves.len().min(results.len()) } else { 0 };
        let (new, item) = results.split_at(kept);
        if changes {
            self.define(&state, new);
        }
        let present = self.is_present(option, item);
        self.b.branch(present, turn, end);
        self.open(turn);
        let item = match self.ty(option) {
            Ty::Option(_) => self.unwrap_known(option, item),
            _ => Vec::new(),
        };
        self.loops.push(Loop { next: head, exit, end, back: None });
        each(self, item);
        self.loops.pop();
        self.goto(head);
        self.b.seal_block(head);
        self.open(end);
    }
}
