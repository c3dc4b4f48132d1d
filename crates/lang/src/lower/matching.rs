//! `match`: decisions as control flow.
//!
//! A decision that is reached on several ways, and the suite of each case, is one block that all
//! ways jump to; the variables that they assign meet there. Which case a value is was decided in
//! `check::decide`; how enums lie in `layout::enums`.

use kaa_ir::{Block, Inst, TypeId, ValTy, Value};
use kaa_isa::kinds::BlockCall;
use rustc_hash::{FxHashMap, FxHashSet};

use super::body::Body;
use crate::hir::{self, Branch, Chosen, Decision, DecisionId, List, LocalId, TyId};

/// One `match` while it is lowered.
struct Ways {
    /// Decisions that are reached on several ways.
    shared: FxHashSet<DecisionId>,
    /// Their blocks, once they are reached.
    blocks: FxHashMap<DecisionId, Block>,
    /// The blocks of the suites.
    arms: Vec<Block>,
}

impl Body<'_, '_, '_> {
    /// `match`
    pub fn match_stmt(&mut self, decision: DecisionId, arms: List<hir::Block>) {
        let program = self.cx.program;
        let arms = &program.tree[arms];
        let mut ways = Ways {
            shared: self.shared_decisions(decision),
            blocks: FxHashMap::default(),
            arms: arms.iter().map(|_| self.b.create_block()).collect(),
        };
        self.decision(decision, &mut ways);
        let done = self.b.create_block();
        for block in ways.blocks.values() {
            self.b.seal_block(*block);
        }
        for (&block, &body) in ways.arms.iter().zip(arms) {
            self.open(block);
            self.block(body);
            self.goto(done);
        }
        self.open_if_reached(done);
    }

    /// The decisions that more than one way leads to.
    fn shared_decisions(&self, root: DecisionId) -> FxHashSet<DecisionId> {
        let tree = &self.cx.program.tree;
        let (mut seen, mut shared) = (FxHashSet::default(), FxHashSet::default());
        let mut work = vec![root];
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                shared.insert(id);
                continue;
            }
            match tree[id] {
                Decision::Let { then, .. } => work.push(then),
                Decision::Tests { tests, otherwise } => {
                    work.extend(tree[tests].iter().map(|test| test.then));
                    work.push(otherwise);
                }
                Decision::Switch { cases, otherwise, .. } => {
                    work.extend(tree[cases].iter().map(|case| case.then));
                    work.push(otherwise);
                }
                Decision::Variants { cases, otherwise, .. } => {
                    work.extend(tree[cases].iter().map(|case| case.then));
                    work.extend(otherwise);
                }
                Decision::Cases { otherwise, .. } => work.extend(otherwise),
                Decision::Never => {}
            }
        }
        shared
    }

    /// Goes on by a decision. The way ends there.
    fn decision(&mut self, id: DecisionId, ways: &mut Ways) {
        if !ways.shared.contains(&id) {
            return self.decide(id, ways);
        }
        if let Some(&block) = ways.blocks.get(&id) {
            return self.goto(block);
        }
        let block = self.b.create_block();
        ways.blocks.insert(id, block);
        self.goto(block);
        self.b.switch_to(block);
        // What is known on the way that comes first need not hold on the others.
        let known = std::mem::take(&mut self.variants);
        self.decide(id, ways);
        self.variants = known;
    }

    fn decide(&mut self, id: DecisionId, ways: &mut Ways) {
        let program = self.cx.program;
        match program.tree[id] {
            Decision::Let { stmts, then } => {
                self.block(stmts);
                self.decision(then, ways);
            }
            Decision::Tests { tests, otherwise } => {
                for test in &program.tree[tests] {
                    let (yes, no) = (self.b.create_block(), self.b.create_block());
                    self.branch_on(test.cond, yes, no);
                    self.open(yes);
                    self.decision(test.then, ways);
                    self.open(no);
                }
                self.decision(otherwise, ways);
            }
            Decision::Switch { value, cases, otherwise } => {
                let a = self.expr1(value);
                self.switch(a, &program.tree[cases], Some(otherwise), ways);
            }
            Decision::Variants { value, cases, otherwise } => {
                self.variant_switch(value, &program.tree[cases], otherwise, ways);
            }
            Decision::Cases { cases, otherwise } => self.cases(cases, otherwise, ways),
            Decision::Never => self.trap(kaa_ir::TrapKind::Unreachable),
        }
    }

    fn cases(&mut self, cases: List<Chosen>, otherwise: Option<DecisionId>, ways: &mut Ways) {
        for case in &self.cx.program.tree[cases] {
            self.block(case.binds);
            let arm = ways.arms[case.arm as usize];
            match case.guard {
                None => return self.goto(arm),
                Some(guard) => {
                    let next = self.b.create_block();
                    self.branch_on(guard, arm, next);
                    self.open(next);
                }
            }
        }
        match otherwise {
            Some(otherwise) => self.decision(otherwise, ways),
            None => self.trap(kaa_ir::TrapKind::Unreachable),
        }
    }

    /// Goes by an integer.
    fn switch(
        &mut self,
        a: Value,
        cases: &[Branch],
        otherwise: Option<DecisionId>,
        ways: &mut Ways,
    ) {
        let plain = |block| BlockCall { block, args: [].into() };
        // Where there is no other value, the last case is all that is left.
        let (cases, last) = match (otherwise, cases.split_last()) {
            (None, Some((last, cases))) => (cases, last.then),
            (Some(otherwise), _) => (cases, otherwise),
            (None, None) => return self.trap(kaa_ir::TrapKind::Unreachable),
        };
        let blocks: Vec<Block> = cases.iter().map(|_| self.b.create_block()).collect();
        let other = self.b.create_block();
        let targets: Vec<_> =
            cases.iter().zip(&blocks).map(|(case, block)| (case.value, plain(*block))).collect();
        self.b.ins(Inst::Switch { a, cases: targets.into(), other: plain(other) });
        for (case, block) in cases.iter().zip(blocks) {
            self.open(block);
            self.decision(case.then, ways);
        }
        self.open(other);
        self.decision(last, ways);
    }

    fn variant_switch(
        &mut self,
        value: LocalId,
        cases: &[Branch],
        otherwise: Option<DecisionId>,
        ways: &mut Ways,
    ) {
        let ty = self.func.map_or(TyId::ERROR, |f| f.locals[value].ty);
        let vals = self.get_local(value);
        let Some(&first) = vals.first() else { return self.trap(kaa_ir::TrapKind::Unreachable) };
        if self.cx.layouts.is_boxed(ty) {
            self.type_switch(ty, first, cases, otherwise, ways);
        } else {
            self.switch(first, cases, otherwise, ways);
        }
    }

    /// Goes by the type of the object that an enum value is.
    fn type_switch(
        &mut self,
        ty: TyId,
        object: Value,
        cases: &[Branch],
        otherwise: Option<DecisionId>,
        ways: &mut Ways,
    ) {
        let types: Vec<TypeId> = cases
            .iter()
            .map(|case| self.cx.layouts.variant_type(self.b.module, ty, case.value as usize))
            .collect();
        // A value that was made right here tells its variant by its type.
        if self.b.ty(object) != self.leaves(ty)[0] {
            let made = types.iter().position(|&ty| ValTy::Ref(ty) == self.b.ty(object));
            return match made.map(|at| cases[at].then).or(otherwise) {
                Some(then) => self.decision(then, ways),
                None => self.trap(kaa_ir::TrapKind::Unreachable),
            };
        }
        let blocks: Vec<(Block, Value)> = types
            .iter()
            .map(|&ty| {
                let block = self.b.create_block();
                (block, self.b.append_param(block, ValTy::Ref(ty)))
            })
            .collect();
        let other = self.b.create_block();
        let targets: Vec<_> = types
            .iter()
            .zip(&blocks)
            .map(|(&ty, (block, _))| (ty, BlockCall { block: *block, args: [].into() }))
            .collect();
        let target = BlockCall { block: other, args: [].into() };
        self.b.ins(Inst::TypeSwitch { obj: object, cases: targets.into(), other: target });
        for (case, (block, known)) in cases.iter().zip(blocks) {
            self.open(block);
            self.variants.push((object, known));
            self.decision(case.then, ways);
            self.variants.pop();
        }
        self.open(other);
        match otherwise {
            Some(otherwise) => self.decision(otherwise, ways),
            None => self.trap(kaa_ir::TrapKind::Unreachable),
        }
    }

    /// An enum value of a known variant, as the object of that variant.
    pub fn known_variant(&mut self, object: Value, ty: TypeId) -> Value {
        let wanted = ValTy::Ref(ty);
        if self.b.ty(object) == wanted {
            return object;
        }
        let known = self
            .variants
            .iter()
            .rev()
            .find(|(of, known)| *of == object && self.b.ty(*known) == wanted);
        match known {
            Some((_, known)) => *known,
            None => self.b.ins1(Inst::Cast { obj: object, ty }),
        }
    }
}
