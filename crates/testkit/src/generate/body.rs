//! The body of a function: what is in scope, which statements there are, how it ends.
//!
//! A function gives up at once where it may not call any deeper. Else it fills some variables,
//! makes statements for its share of the choices, and returns. A statement is an operation drawn
//! from the table, with whatever it needs around it; so all of them come up about equally often.

use kaa_ir::{FunctionBuilder, Inst, LeafTy, Module, Results, TypeId, ValTy, Value, Var};
use kaa_ir::{Loc, Signature};
use kaa_isa::{Effects, OPCODES, Opcode};

use super::choices::Choices;
use super::kit::{Func, Kit};

/// How deep statements nest.
const NESTING_MAX: u32 = 3;
/// Statements of an arm or a loop, at most.
const ARM_MAX: usize = 5;
/// Instructions of one function after which no statement begins.
const INSTS_MAX: u32 = 600;

/// Operations that are not made each time they are drawn, or alone, so they are drawn more often.
const SELDOM: [Opcode; 12] = [
    Opcode::CallFunc,
    Opcode::CallClosure,
    Opcode::Trap,
    Opcode::TailCall,
    Opcode::PtrSet,
    Opcode::GlobalSet,
    Opcode::ArrayCmp,
    Opcode::ArrayPtr,
    Opcode::InvokeClosure,
    Opcode::TailCallClosure,
    Opcode::TypeSwitch,
    Opcode::Switch,
];

/// A body under construction.
pub(super) struct Body<'m, 'k, 'c> {
    pub b: FunctionBuilder<'m>,
    pub kit: &'k Kit,
    pub choices: &'k mut Choices<'c>,
    /// Values that may be used here, oldest first.
    pub scope: Vec<(Value, ValTy)>,
    /// Variables, which are defined everywhere.
    pub vars: Vec<(Var, ValTy)>,
    /// How deep what is called may call.
    pub depth: Value,
    /// The results of the function.
    pub results: Vec<ValTy>,
    /// How deep the statement nests, and in how many loops it is.
    pub nesting: u32,
    pub loops: u32,
    /// In the arm of an unwind edge.
    pub caught: bool,
    line: u32,
}

/// Gives all functions of a kit their bodies.
pub(super) fn fill(mut kit: Kit, choices: &mut Choices<'_>) -> Module {
    let mut module = std::mem::take(&mut kit.module);
    for (i, func) in kit.funcs.iter().enumerate() {
        let rest = kit.funcs[i..].iter().filter(|func| !func.small).count();
        let share = choices.left() / rest.max(1);
        fill_one(&mut module, &kit, *func, choices, share);
    }
    module
}

fn fill_one(module: &mut Module, kit: &Kit, func: Func, choices: &mut Choices<'_>, share: usize) {
    let sig: Signature = module.func_sig(func.id).cloned().unwrap_or_default();
    let mut b = FunctionBuilder::new(module, func.id);
    b.set_origin(0, Loc { line: func.id.0 * 10_000, col: 1, len: 1 });
    let params = b.params();
    let depth = params[func.depth];
    let scope = params.into_iter().zip(sig.params.iter().copied()).collect();
    let line = func.id.0 * 10_000;
    let mut body = Body {
        b,
        kit,
        choices,
        scope,
        vars: Vec::new(),
        depth,
        results: sig.results.to_vec(),
        nesting: 0,
        loops: 0,
        caught: false,
        line,
    };
    if func.small {
        body.little();
    } else {
        body.much(share);
    }
    body.ret();
    let name = func.id;
    if let Err(error) = body.b.finish() {
        panic!("the generator made a bad body for {name}: {error}");
    }
}
impl Body<'_, '_, '_> {
    /// Appends an instruction with a place of its own.
    pub fn ins(&mut self, inst: Inst) -> Results {
        self.line += 1;
        self.b.set_loc(Loc { line: self.line, col: 1, len: 1 });
        let results = self.b.ins(inst);
        for value in results.iter() {
            let ty = self.b.ty(value);
            self.scope.push((value, ty));
        }
        results
    }

    /// Appends an instruction with one result.
    pub fn ins1(&mut self, inst: Inst) -> Value {
        self.ins(inst).get(0).unwrap_or(Value(0))
    }

    /// Whether the function is not yet so long that it ends.
    pub fn is_short(&self) -> bool {
        self.line % 10_000 < INSTS_MAX
    }

    /// The leaves of a struct, of an element or of a key.
    pub fn leaves(&self, ty: TypeId) -> Vec<LeafTy> {
        self.b.module.types.leaves(ty).to_vec()
    }

    /// The types of those leaves.
    pub fn leaf_types(&self, ty: TypeId) -> Vec<ValTy> {
        self.b.module.types.leaves(ty).iter().map(|leaf| leaf.ty).collect()
    }

    /// A struct and those that extend it.
    pub fn descendants(&self, ty: TypeId) -> Vec<TypeId> {
        let types = &self.b.module.types;
        self.kit.structs.iter().copied().filter(|other| types.is_subtype(*other, ty)).collect()
    }

    /// Any type of the kit.
    pub fn any_type(&mut self) -> ValTy {
        self.kit.any(self.choices)
    }

    /// Statements for a share of the choices.
    fn much(&mut self, share: usize) {
        self.give_up_deep_down();
        self.declare_vars();
        let until = self.choices.left().saturating_sub(share);
        while self.choices.left() > until && self.is_short() {
            self.statement();
        }
    }

    /// A few operations without loops, or one call.
    fn little(&mut self) {
        self.nesting = NESTING_MAX;
        if self.choices.one_in(3) {
            self.give_up_deep_down();
            self.call(Opcode::Call);
            return;
        }
        for _ in 0..1 + self.choices.below(3) {
            let row = &OPCODES[self.choices.below(OPCODES.len())];
            let op = Opcode::from_number(row.number);
            let Some(op) = op.filter(|op| !op.info().effects.has(Effects::END)) else { continue };
            if !matches!(
                op,
                Opcode::Call | Opcode::CallFunc | Opcode::CallClosure | Opcode::CallImport
            ) {
                self.operation(op);
            }
        }
        if self.choices.one_in(3) {
            self.early(Self::ret);
        }
    }

    fn give_up_deep_down(&mut self) {
        let zero = self.int(0);
        let c = self.ins1(Inst::Le { t: ValTy::I64, a: self.depth, b: zero });
        let (end, go_on) = (self.b.create_block(), self.b.create_block());
        self.b.branch(c, end, go_on);
        self.b.seal_block(end);
        self.b.seal_block(go_on);
        let scope = self.scope.len();
        self.b.switch_to(end);
        self.ret();
        self.scope.truncate(scope);
        self.b.switch_to(go_on);
        let one = self.int(1);
        self.depth = self.ins1(Inst::Sub { t: ValTy::I64, a: self.depth, b: one });
    }

    fn declare_vars(&mut self) {
        for _ in 0..2 + self.choices.below(5) {
            let ty = self.any_type();
            let value = self.exactly(ty);
            let var = self.b.declare_var(ty);
            self.b.def_var(var, value);
            self.vars.push((var, ty));
        }
    }

    /// One operation of the table with what it needs. Sometimes a variable is set instead, or
    /// there is a loop or a call, as without these a program does little.
    pub fn statement(&mut self) {
        self.nesting += 1;
        match self.choices.below(16) {
            0 | 1 => self.assign(),
            2 => self.counted_loop(),
            3 => _ = self.call(Opcode::Call),
            4 | 5 => {
                let op = self.choices.pick(&SELDOM);
                self.operation(op);
            }
            _ => {
                let row = &OPCODES[self.choices.below(OPCODES.len())];
                if let Some(op) = Opcode::from_number(row.number) {
                    self.operation(op);
                }
            }
        }
        self.nesting -= 1;
    }

    fn assign(&mut self) {
        let (var, ty) = self.choices.pick(&self.vars.clone());
        let value = self.exactly(ty);
        self.b.def_var(var, value);
    }

    /// Some statements, where they do not nest too deep.
    pub fn statements(&mut self) {
        for _ in 0..1 + self.choices.below(ARM_MAX) {
            if self.nesting < NESTING_MAX && self.is_short() && !self.choices.is_empty() {
                self.statement();
            }
        }
    }

    fn operation(&mut self, op: Opcode) {
        match op {
            Opcode::Jump => self.counted_loop(),
            Opcode::Branch => self.diamond(),
            Opcode::Switch => self.switch(),
            Opcode::TypeSwitch => self.type_switch(),
            Opcode::Ret if self.choices.one_in(3) => self.early(Self::tail_call_closure),
            Opcode::Ret => self.early(Self::ret),
            Opcode::Trap => self.early(Self::trap),
            Opcode::TailCall => self.early(Self::tail_call),
            Opcode::TailCallClosure => self.early(Self::tail_call_closure),
            Opcode::ResumeUnwind if self.caught => self.early(Self::resume_unwind),
            Opcode::ResumeUnwind | Opcode::Invoke => self.invoke(),
            Opcode::InvokeClosure => self.invoke_closure(),
            _ if self.call(op) => {}
            // Twice, as what they need is made up of a few other operations.
            _ => (0..2).for_each(|_| {
                if !self.heap(op) {
                    self.scalar(op);
                }
            }),
        }
    }
}
