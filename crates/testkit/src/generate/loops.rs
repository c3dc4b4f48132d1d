//! Loops: counted ones, and those over the elements of lists and arrays. All have few turns.

use kaa_ir::{Block, Inst, TypeId, ValTy, Value};
use kaa_isa::kinds::Leaf;

use super::body::Body;

/// How deep loops nest.
const LOOPS_MAX: u32 = 2;
/// Turns of a loop over a list, at most.
const TURNS_MAX: i64 = 40;

impl Body<'_, '_, '_> {
    /// A loop with statements in it, or one over elements.
    pub fn counted_loop(&mut self) {
        if self.loops >= LOOPS_MAX {
            return self.diamond();
        }
        match self.choices.below(4) {
            0 => {
                let ty = self.choices.pick(&self.kit.lists);
                self.over_list(ty);
            }
            1 => {
                let ty = self.choices.pick(&self.kit.arrays);
                self.over_array(ty);
            }
            _ => {
                let turns = self.choices.pick(&[0, 1, 2, 3, 3, 5, 5, 17]);
                let limit = self.int(turns);
                let carried = self.any_type();
                self.turns(limit, Some(carried), |body, _| body.statements());
            }
        }
    }

    /// Turns from 0 up to a limit, with one value that goes from turn to turn.
    fn turns(&mut self, limit: Value, carried: Option<ValTy>, fill: impl FnOnce(&mut Self, Value)) {
        let (head, inside, end) = self.blocks();
        let first = self.int(0);
        let carried: Vec<ValTy> = carried.into_iter().collect();
        let args = self.values(&carried);
        let index = self.b.append_param(head, ValTy::I64);
        let params: Vec<Value> = carried.iter().map(|ty| self.b.append_param(head, *ty)).collect();
        self.b.jump(head, &[&[first][..], &args].concat());
        self.b.switch_to(head);
        self.scope.push((index, ValTy::I64));
        self.scope.extend(params.into_iter().zip(carried.iter().copied()));
        let scope = self.scope.len();
        let c = self.ins1(Inst::Lt { t: ValTy::I64, a: index, b: limit });
        self.b.branch(c, inside, end);
        self.b.seal_block(inside);
        self.b.switch_to(inside);
        self.loops += 1;
        fill(self, index);
        self.loops -= 1;
        if !self.b.is_terminated() {
            let next = self.with(kaa_ir::Opcode::Add, ValTy::I64, index, 1);
            let args = self.values(&carried);
            self.b.jump(head, &[&[next][..], &args].concat());
        }
        self.b.seal_block(head);
        self.b.seal_block(end);
        self.b.switch_to(end);
        self.scope.truncate(scope);
    }

    fn blocks(&mut self) -> (Block, Block, Block) {
        (self.b.create_block(), self.b.create_block(), self.b.create_block())
    }

    /// Goes through a list that a variable holds: reads, writes, appends.
    fn over_list(&mut self, ty: TypeId) {
        let types = self.leaf_types(ty);
        let first = self.exactly(ValTy::Ref(ty));
        let var = self.b.declare_var(ValTy::Ref(ty));
        self.b.def_var(var, first);
        self.vars.push((var, ValTy::Ref(ty)));
        let len = self.ins1(Inst::ListLen { list: first });
        let most = self.int(TURNS_MAX);
        let limit = self.ins1(Inst::Min { t: ValTy::I64, a: len, b: most });
        let leaf = self.choices.below(types.len());
        let what = self.choices.below(6);
        self.turns(limit, None, |body, idx| {
            let list = body.b.use_var(var);
            body.scope.push((list, ValTy::Ref(ty)));
            let leaf_at = Leaf(leaf as u32);
            match what {
                0 => _ = body.ins(Inst::ListGet { list, idx, leaf: leaf_at }),
                1 => {
                    let val = body.value(types[leaf]);
                    let list = body.ins1(Inst::ListPut { list, idx, leaf: leaf_at, val });
                    body.b.def_var(var, list);
                }
                2 => {
                    let val = body.ins1(Inst::ListGet { list, idx, leaf: leaf_at });
                    body.ins(Inst::ListSet { list, idx, leaf: leaf_at, val });
                }
                3 => {
                    body.ins(Inst::ListGet { list, idx, leaf: leaf_at });
                    let list = body.push(list, &types);
                    body.b.def_var(var, list);
                }
                _ => {
                    body.ins(Inst::ListGet { list, idx, leaf: leaf_at });
                    body.statements();
                }
            }
        });
        // Elsewhere it may not be defined.
        self.vars.pop();
    }

    fn over_array(&mut self, ty: TypeId) {
        let types = self.leaf_types(ty);
        let arr = self.object(ty);
        let limit = self.ins1(Inst::ArrayLen { arr });
        let leaf = self.choices.below(types.len());
        let sum = self.any_type();
        self.turns(limit, Some(sum), |body, idx| {
            body.ins(Inst::ArrayGet { arr, idx, leaf: Leaf(leaf as u32) });
            if body.choices.one_in(2) {
                body.statements();
            }
        });
    }
}
