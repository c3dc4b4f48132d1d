//! Where control goes: arms that meet, switches, unwind edges, early ends. Loops are in `loops`.

use kaa_ir::{Block, BlockCall, FuncId, Inst, TypeDef, ValTy, Value};
use kaa_isa::kinds::Code;

use super::body::Body;

/// Values of a switch, so that some of them come up.
const CASES_MAX: usize = 5;

impl Body<'_, '_, '_> {
    /// Fills a block, then jumps on unless it ended otherwise. All jumps to it are there.
    fn arm(&mut self, block: Block, join: Block, fill: impl FnOnce(&mut Self) -> Vec<Value>) {
        self.b.seal_block(block);
        self.b.switch_to(block);
        let scope = self.scope.len();
        let args = fill(self);
        if !self.b.is_terminated() {
            self.b.jump(join, &args);
        }
        self.scope.truncate(scope);
    }

    fn join(&mut self, join: Block) {
        self.b.seal_block(join);
        self.b.switch_to(join);
    }

    /// Does something where the condition holds.
    pub fn when(&mut self, c: Value, fill: impl FnOnce(&mut Self)) {
        let (then, join) = (self.b.create_block(), self.b.create_block());
        self.b.branch(c, then, join);
        self.arm(then, join, |body| {
            fill(body);
            Vec::new()
        });
        self.join(join);
    }

    fn condition(&mut self) -> Value {
        if self.choices.one_in(2) {
            return self.value(ValTy::Bool);
        }
        // A comparison that only this branch reads becomes one with it.
        let t = self.choices.pick(&[ValTy::I64, ValTy::I32, ValTy::U64, ValTy::F64, ValTy::U8]);
        let (a, b) = (self.value(t), self.value(t));
        let comparison = match self.choices.below(6) {
            0 => Inst::Eq { t, a, b },
            1 => Inst::Ne { t, a, b },
            2 => Inst::Lt { t, a, b },
            3 => Inst::Le { t, a, b },
            4 => Inst::Gt { t, a, b },
            _ => Inst::Ge { t, a, b },
        };
        self.ins1(comparison)
    }

    /// A condition that seldom holds.
    fn seldom(&mut self) -> Value {
        let a = self.value(ValTy::I64);
        let imm = self.choices.pick(&[3i64, 17, -1, i64::MAX, 255, 0x8000, 77, 1 << 40]);
        let b = self.int(imm);
        self.ins1(Inst::Eq { t: ValTy::I64, a, b })
    }

    /// Two arms that meet with some values.
    pub fn diamond(&mut self) {
        let c = self.condition();
        let (then, other) = (self.b.create_block(), self.b.create_block());
        let join = self.b.create_block();
        let types: Vec<ValTy> = (0..self.choices.below(3)).map(|_| self.any_type()).collect();
        let params: Vec<Value> = types.iter().map(|ty| self.b.append_param(join, *ty)).collect();
        self.b.branch(c, then, other);
        for block in [then, other] {
            self.arm(block, join, |body| {
                body.statements();
                body.values(&types)
            });
        }
        self.join(join);
        self.scope.extend(params.into_iter().zip(types));
    }

    /// A switch on a small number.
    pub fn switch(&mut self) {
        let t = self.choices.pick(&[ValTy::I64, ValTy::U8, ValTy::I32, ValTy::U64, ValTy::I16]);
        let any = self.value(t);
        let a = self.with(kaa_ir::Opcode::And, t, any, 7);
        let count = 1 + self.choices.below(CASES_MAX);
        let spread = if self.choices.one_in(3) { 19 } else { 1 };
        let join = self.b.create_block();
        let blocks: Vec<Block> = (0..=count).map(|_| self.b.create_block()).collect();
        let target = |block: &Block| BlockCall::new(*block, []);
        let cases = (0..count).map(|i| ((i * spread) as i64 % 128, target(&blocks[i]))).collect();
        let other = target(&blocks[count]);
        self.ins(Inst::Switch { a, cases, other });
        for block in blocks {
            self.arm(block, join, |body| {
                body.statements();
                Vec::new()
            });
        }
        self.join(join);
    }

    /// A switch on which of some types an object is of.
    pub fn type_switch(&mut self) {
        let wide = self.choices.pick(&self.kit.structs);
        let obj = self.exactly(ValTy::RefNull(wide));
        let mut types = self.descendants(wide);
        types.reverse();
        types.truncate(1 + self.choices.below(3));
        let join = self.b.create_block();
        let arms: Vec<(Block, Value, _)> = types
            .into_iter()
            .map(|ty| {
                let block = self.b.create_block();
                (block, self.b.append_param(block, ValTy::Ref(ty)), ty)
            })
            .collect();
        let last = self.b.create_block();
        let cases = arms.iter().map(|(b, _, ty)| (*ty, BlockCall::new(*b, []))).collect();
        self.ins(Inst::TypeSwitch { obj, cases, other: BlockCall::new(last, []) });
        for (block, param, ty) in arms {
            self.arm(block, join, |body| {
                body.scope.push((param, ValTy::Ref(ty)));
                body.use_struct(ty, param);
                body.statements();
                Vec::new()
            });
        }
        self.arm(last, join, |body| {
            body.statements();
            Vec::new()
        });
        self.join(join);
    }

    /// Ends the function early where something seldom holds.
    pub fn early(&mut self, end: impl FnOnce(&mut Self)) {
        let c = self.seldom();
        self.when(c, end);
    }

    /// Returns values of the result types.
    pub fn ret(&mut self) {
        let vals = self.values(&self.results.clone()).into();
        self.ins(Inst::Ret { vals });
    }

    /// Traps with some code.
    pub fn trap(&mut self) {
        let code = self.choices.pick(&[1, 2, 3, 5, 8, 13, 14, 15, 16, 1000, 70_000]);
        self.ins(Inst::Trap { code: Code(code) });
    }

    /// Goes on with the trap that was caught.
    pub fn resume_unwind(&mut self) {
        self.ins(Inst::ResumeUnwind {});
    }

    /// The functions that a tail call may lead to from here: they have the results of this one.
    fn successors(&self) -> Vec<FuncId> {
        let module = &self.b.module;
        let fits = |f: &FuncId| {
            let theirs = module.func_sig(*f).map(|sig| &*sig.results).unwrap_or_default();
            theirs.len() == self.results.len()
                && theirs.iter().zip(&self.results).all(|(a, b)| module.types.assignable(*a, *b))
        };
        self.kit.funcs.iter().map(|func| func.id).filter(fits).collect()
    }

    /// Calls a function in place of this one.
    pub fn tail_call(&mut self) {
        let f = self.choices.pick(&self.successors());
        let args = self.args_of(f).into();
        self.ins(Inst::TailCall { f, args });
    }

    /// Calls a closure in place of this function, where a type of closures has the same results.
    pub fn tail_call_closure(&mut self) {
        let module = &self.b.module;
        let sig_of = |ty| match module.types.def(ty) {
            Some(TypeDef::Closure { sig }) => module.sigs.get(*sig),
            _ => None,
        };
        let all = self.kit.closures.iter().copied().chain([self.kit.task]);
        let same = |ty: &_| sig_of(*ty).is_some_and(|sig| *sig.results == *self.results);
        let fitting: Vec<_> = all.filter(same).collect();
        if fitting.is_empty() {
            return self.tail_call();
        }
        let ty = self.choices.pick(&fitting);
        let (callee, args) = self.closure_and_args(ty);
        self.ins(Inst::TailCallClosure { callee, args: args.into() });
    }

    /// Calls a function with an edge for its traps.
    pub fn invoke(&mut self) {
        let f = self.any_func();
        let args = self.args_of(f).into();
        let results = self.b.module.func_sig(f).cloned().unwrap_or_default().results;
        self.unwinding(&results, |ok, unwind| Inst::Invoke { f, args, ok, unwind });
    }

    /// Calls a closure with an edge for its traps.
    pub fn invoke_closure(&mut self) {
        let ty = self.any_closure();
        let (callee, args) = self.closure_and_args(ty);
        let results = self.closure_results(ty);
        let args = args.into();
        self.unwinding(&results, |ok, unwind| Inst::InvokeClosure { callee, args, ok, unwind });
    }

    fn unwinding(&mut self, results: &[ValTy], inst: impl FnOnce(BlockCall, BlockCall) -> Inst) {
        let (ok, unwind) = (self.b.create_block(), self.b.create_block());
        let join = self.b.create_block();
        let given: Vec<(Value, ValTy)> =
            results.iter().map(|ty| (self.b.append_param(ok, *ty), *ty)).collect();
        let code = self.b.append_param(unwind, ValTy::U32);
        self.ins(inst(BlockCall::new(ok, []), BlockCall::new(unwind, [])));
        self.arm(ok, join, |body| {
            body.scope.extend(given);
            body.statements();
            Vec::new()
        });
        self.arm(unwind, join, |body| {
            body.scope.push((code, ValTy::U32));
            let outer = std::mem::replace(&mut body.caught, true);
            match body.choices.below(4) {
                0 => body.resume_unwind(),
                1 => body.early(Self::resume_unwind),
                _ => body.statements(),
            }
            body.caught = outer;
            Vec::new()
        });
        self.join(join);
    }
}
