//! Makes functions, with automatic SSA construction.
//!
//! A front end declares variables, defines and uses them as it walks its program, and the
//! builder adds block parameters where definitions meet (Braun and others, "Simple and
//! Efficient Construction of Static Single Assignment Form", 2013). A block is *sealed* once
//! all jumps to it exist. [`FunctionBuilder::finish`] removes what is redundant and brings
//! the function into canonical form. A runnable example: `examples/build_ir.rs` of this crate.

mod canonical;
mod ssa;

use kaa_base::entity::{Entity, Table};
use kaa_isa::{Block, BlockCall, FuncId, Inst, TypeId, ValTy, Value};

use crate::func::{BlockData, Function, InstNode, Loc, Results};
use crate::module::Module;
use crate::typing::{self, TypeError};

kaa_base::entity! {
    /// A variable of the front end: may be defined many times.
    pub struct Var = "var";
}

/// Why a function cannot be finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// An instruction was refused by its typing rule.
    Type(TypeError),
    /// A variable may be read before it is defined.
    Undefined(Var),
    /// A block does not end with a terminator.
    Open(Block),
    /// A block was never sealed.
    Unsealed(Block),
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BuildError::Type(e) => write!(f, "{e}"),
            BuildError::Undefined(v) => write!(f, "{v} may be read before it is defined"),
            BuildError::Open(b) => write!(f, "{b} does not end with a terminator"),
            BuildError::Unsealed(b) => write!(f, "{b} was never sealed"),
        }
    }
}

impl std::error::Error for BuildError {}

/// Builds the body of one declared function.
pub struct FunctionBuilder<'m> {
    /// The module; types, constants and imports may be added while building.
    pub module: &'m mut Module,
    id: FuncId,
    func: Function,
    current: Block,
    loc: Loc,
    ssa: ssa::Ssa,
    /// The positions of the names of variables that have one.
    named: Vec<Option<u32>>,
    error: Option<BuildError>,
}

impl<'m> FunctionBuilder<'m> {
    /// Starts the body of `id`. The entry block exists, is sealed and current, and has one
    /// parameter for each parameter of the signature.
    pub fn new(module: &'m mut Module, id: FuncId) -> Self {
        let declared = &module.funcs[id];
        let mut func = Function::declare(declared.name.clone(), declared.sig);
        func.file = declared.file;
        func.loc = declared.loc;
        let params = module.sigs[func.sig].params.clone();
        let mut builder = Self {
            module,
            id,
            func,
            current: Function::ENTRY,
            loc: Loc::default(),
            ssa: ssa::Ssa::default(),
            named: Vec::new(),
            error: None,
        };
        let entry = builder.create_block();
        params.iter().for_each(|ty| {
            builder.append_param(entry, *ty);
        });
        builder.seal_block(entry);
        builder
    }

    /// The function that is being built.
    pub fn func_id(&self) -> FuncId {
        self.id
    }

    /// The parameters of the function.
    pub fn params(&self) -> Vec<Value> {
        self.func.blocks[Function::ENTRY].params.clone()
    }

    /// Sets the source file and place of the function.
    pub fn set_origin(&mut self, file: u32, loc: Loc) {
        self.func.file = file;
        self.func.loc = loc;
    }

    /// Sets the place that the following instructions come from.
    pub fn set_loc(&mut self, loc: Loc) {
        self.loc = loc;
    }

    /// The place that instructions come from at present.
    pub fn loc(&self) -> Loc {
        self.loc
    }

    /// Gives a value a name for people.
    pub fn name_value(&mut self, value: Value, name: impl Into<String>) {
        self.func.names.push((value, name.into()));
    }

    /// A new empty block.
    pub fn create_block(&mut self) -> Block {
        self.ssa.add_block();
        self.func.blocks.push(BlockData::default())
    }

    /// Adds a parameter that every jump to the block gives explicitly.
    pub fn append_param(&mut self, block: Block, ty: ValTy) -> Value {
        let value = self.func.values.push(ty);
        self.func.blocks[block].params.push(value);
        value
    }

    /// Continues in another block.
    pub fn switch_to(&mut self, block: Block) {
        self.current = block;
    }

    /// The block that instructions go to.
    pub fn current(&self) -> Block {
        self.current
    }

    /// Whether the current block has its terminator.
    pub fn is_terminated(&self) -> bool {
        self.func.blocks[self.current].insts.last().is_some_and(|n| n.inst.is_terminator())
    }

    /// Whether no jump to the block exists so far (the entry counts as reached).
    pub fn is_unreached(&self, block: Block) -> bool {
        block != Function::ENTRY && self.ssa.pred_count(block) == 0
    }

    /// The type of a value.
    pub fn ty(&self, v: Value) -> ValTy {
        self.func.values[v]
    }

    /// Appends an instruction and gives its results. Behind a terminator the instruction is
    /// dead code: it is typed, so that its results have types, and then left out.
    pub fn ins(&mut self, inst: Inst) -> Results {
        let types = match typing::result_types(self.module, &self.func, &inst) {
            Ok(types) => types,
            Err(e) => {
                self.error.get_or_insert(BuildError::Type(e));
                return Results::NONE;
            }
        };
        let first = self.func.values.next_key();
        let count = types.len() as u32;
        types.into_iter().for_each(|ty| {
            self.func.values.push(ty);
        });
        let results = Results { first, count };
        if !self.is_terminated() {
            if inst.is_terminator() {
                let mut nth = 0;
                inst.targets(&mut |t| {
                    self.ssa.add_edge(self.current, nth, t.block);
                    nth += 1;
                });
            }
            let node = InstNode { inst, results, loc: self.loc };
            self.func.blocks[self.current].insts.push(node);
        }
        results
    }

    /// Appends an instruction with one result and gives it. A refused instruction gives the
    /// first value of the function; `finish` reports the refusal.
    pub fn ins1(&mut self, inst: Inst) -> Value {
        self.ins(inst).get(0).unwrap_or(Value(0))
    }

    /// An `i64` constant.
    pub fn i64(&mut self, imm: i64) -> Value {
        self.ins1(Inst::IConst { t: ValTy::I64, imm })
    }

    /// An integer or boolean constant of type `t`.
    pub fn iconst(&mut self, t: ValTy, imm: i64) -> Value {
        self.ins1(Inst::IConst { t, imm })
    }

    /// An `f64` constant.
    pub fn f64(&mut self, x: f64) -> Value {
        self.ins1(Inst::FConst { t: ValTy::F64, bits: x.to_bits() })
    }

    /// A constant string.
    pub fn str(&mut self, text: &str) -> Value {
        let d = self.module.str_constant(text);
        self.ins1(Inst::StrConst { d })
    }

    /// The null reference of type `ref? ty`.
    pub fn null(&mut self, ty: TypeId) -> Value {
        self.ins1(Inst::Null { ty })
    }

    /// A jump.
    pub fn jump(&mut self, block: Block, args: &[Value]) {
        self.ins(Inst::Jump { to: BlockCall::new(block, args) });
    }

    /// A two-way branch to blocks without explicit parameters.
    pub fn branch(&mut self, c: Value, then: Block, other: Block) {
        let (then, other) = (BlockCall::new(then, []), BlockCall::new(other, []));
        self.ins(Inst::Branch { c, then, other });
    }

    /// Calls an import of this signature, which follows from `args` and `results`.
    pub fn call_import(
        &mut self,
        module: &str,
        name: &str,
        args: &[Value],
        results: &[ValTy],
    ) -> Results {
        let params: Vec<ValTy> = args.iter().map(|v| self.ty(*v)).collect();
        let sig = crate::module::Signature::new(params, results);
        let i = self.module.import(module, name, sig);
        self.ins(Inst::CallImport { i, args: args.into() })
    }

    /// Declares a variable.
    pub fn declare_var(&mut self, ty: ValTy) -> Var {
        self.ssa.declare_var(ty)
    }

    /// The type of a variable.
    pub fn var_ty(&self, var: Var) -> ValTy {
        self.ssa.var_ty(var)
    }

    /// Says which variable of the source this is, for debuggers.
    pub fn name_var(&mut self, var: Var, name: &str) {
        let place = self.func.locals.names.len() as u32;
        self.func.locals.names.push(name.into());
        if self.named.len() <= at(var) {
            self.named.resize(at(var) + 1, None);
        }
        self.named[at(var)] = Some(place);
    }

    /// Says which variable of the source a value is, for debuggers.
    pub fn name_local(&mut self, value: Value, name: &str) {
        let place = self.func.locals.names.len() as u32;
        self.func.locals.names.push(name.into());
        self.func.locals.of.push((value, place));
    }

    /// Defines a variable in the current block.
    pub fn def_var(&mut self, var: Var, value: Value) {
        if let Some(Some(name)) = self.named.get(at(var)).copied() {
            self.func.locals.of.push((value, name));
        }
        self.ssa.define(self.current, var, value);
    }

    /// The value of a variable at this place.
    pub fn use_var(&mut self, var: Var) -> Value {
        self.ssa.use_var(self.current, var, &mut self.func)
    }

    /// States that all jumps to the block exist.
    pub fn seal_block(&mut self, block: Block) {
        self.ssa.seal(block, &mut self.func);
    }

    /// Ends building: checks, simplifies, numbers, and puts the body into the module.
    pub fn finish(self) -> Result<FuncId, BuildError> {
        self.finish_with(&mut Vec::new())
    }

    /// As `finish`. Values get new numbers; those in `watched` are replaced by theirs, or taken
    /// out where nothing reaches them.
    ///
    /// # Errors
    /// As for `finish`.
    pub fn finish_with(mut self, watched: &mut Vec<Value>) -> Result<FuncId, BuildError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if let Some(block) = self.ssa.first_unsealed() {
            return Err(BuildError::Unsealed(block));
        }
        for phi in self.ssa.phis.iter().filter(|_| !self.named.is_empty()) {
            if let Some(Some(name)) = self.named.get(at(phi.var)).copied() {
                self.func.locals.of.push((phi.value, name));
            }
        }
        let func = canonical::finish(self.func, self.ssa, watched)?;
        self.module.funcs[self.id] = func;
        Ok(self.id)
    }
}

/// One slot for each value, to build a renaming.
fn value_map(values: &Table<Value, ValTy>) -> Vec<Option<Value>> {
    vec![None; values.len()]
}

/// The position of an entity in dense side tables.
fn at<E: Entity>(entity: E) -> usize {
    entity.index()
}
