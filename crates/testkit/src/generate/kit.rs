//! What the bodies of a module have to work with: heap types, signatures, functions, globals.
//!
//! Types are declared so that a value of each can be made from values of earlier ones: whatever is
//! never null refers backwards, and only what may be null refers to its own type.

use kaa_ir::{
    ExportItem, FieldDef, FieldTy, FuncId, Global, GlobalId, GlobalInit, LeafTy, Module, SigId,
    Signature, TypeDef, TypeId, ValTy,
};
use kaa_isa::TyClass;

use super::ENTRY;
use super::choices::Choices;

/// Parameters and results that one function has at most, besides now and then many.
const PARAMS_MAX: usize = 4;
const RESULTS_MANY: usize = 24;
/// Leaves that a struct has at most to lie in others, so that none has very many.
const INLINE_LEAVES_MAX: usize = 5;
/// Cell types of a module, at most.
const CELLS_MAX: usize = 5;

/// A module under construction with lists of what is in it.
pub(super) struct Kit {
    pub module: Module,
    pub structs: Vec<TypeId>,
    pub arrays: Vec<TypeId>,
    pub lists: Vec<TypeId>,
    pub maps: Vec<TypeId>,
    pub closures: Vec<TypeId>,
    pub task: TypeId,
    pub cells: Vec<Cell>,
    /// The types that variables, parameters and leaves may have, besides scalars.
    pub types: Vec<ValTy>,
    pub funcs: Vec<Func>,
    pub globals: Vec<GlobalId>,
}

/// A cell type with the leaves that it can be.
#[derive(Clone)]
pub(super) struct Cell {
    pub ty: TypeId,
    /// Structs and arrays with the number of a leaf.
    pub origins: Vec<(TypeId, u32)>,
}

/// A function of the module.
#[derive(Clone, Copy)]
pub(super) struct Func {
    pub id: FuncId,
    /// Which parameter counts down how deep calls may nest.
    pub depth: usize,
    /// For the body of a closure, its type and how many parameters are captured.
    pub closure: Option<(TypeId, usize)>,
    /// It does next to nothing, so that compilers put its code in place of calls.
    pub small: bool,
}

impl Kit {
    /// The kit that the choices make; all functions are declared and none has a body.
    pub fn new(choices: &mut Choices<'_>) -> Kit {
        let mut module = Module::new("made_up");
        module.files.push("made_up.kir".to_string());
        let none = Vec::new;
        let mut kit = Kit {
            module,
            structs: none(),
            arrays: Vec::new(),
            lists: Vec::new(),
            maps: Vec::new(),
            closures: Vec::new(),
            task: TypeId::STR,
            cells: Vec::new(),
            types: vec![ValTy::STR, ValTy::BYTES],
            funcs: Vec::new(),
            globals: Vec::new(),
        };
        kit.family(choices);
        (0..1 + choices.below(2)).for_each(|_| kit.structure(None, choices));
        (0..2 + choices.below(4)).for_each(|_| kit.array(choices));
        (0..2 + choices.below(3)).for_each(|_| kit.list(choices));
        (0..1 + choices.below(2)).for_each(|_| kit.map(choices));
        let results = (0..3).map(|_| kit.result_types(choices)).collect::<Vec<_>>();
        (0..1 + choices.below(2)).for_each(|_| kit.closure(&results, choices));
        kit.task_closure();
        (0..1 + choices.below(2)).for_each(|_| kit.structure(None, choices));
        kit.cells(choices);
        kit.functions(&results, choices);
        kit.globals(choices);
        kit
    }

    /// A scalar type.
    pub fn scalar(choices: &mut Choices<'_>) -> ValTy {
        let all: Vec<ValTy> = TyClass::Scalar.members().collect();
        choices.pick(&all)
    }

    /// Any type that a value may have here.
    pub fn any(&self, choices: &mut Choices<'_>) -> ValTy {
        if choices.one_in(2) { choices.pick(&self.types) } else { Self::scalar(choices) }
    }

    fn leaves(&self, ty: TypeId) -> Vec<LeafTy> {
        self.module.types.leaves(ty).to_vec()
    }

    /// A struct that may lie in others.
    fn inline(&self, choices: &mut Choices<'_>) -> Option<FieldTy> {
        if self.structs.is_empty() {
            return None;
        }
        let ty = choices.pick(&self.structs);
        (self.module.types.leaves(ty).len() <= INLINE_LEAVES_MAX).then_some(FieldTy::Inline(ty))
    }

    fn declare(&mut self, def: TypeDef) -> TypeId {
        let name = format!("t{}", self.module.types.len());
        let id = self.module.declare_type(name, def);
        id.expect("the types of the generator keep the rules of the type table")
    }

    fn add_object(&mut self, id: TypeId) {
        self.types.extend([ValTy::Ref(id), ValTy::RefNull(id)]);
    }

    /// Structs that extend each other.
    fn family(&mut self, choices: &mut Choices<'_>) {
        self.structure(None, choices);
        for _ in 0..1 + choices.below(4) {
            let parent = choices.pick(&self.structs);
            self.structure(Some(parent), choices);
        }
    }

    fn structure(&mut self, parent: Option<TypeId>, choices: &mut Choices<'_>) {
        let own = ValTy::RefNull(TypeId(self.module.types.len() as u32));
        let mut fields: Vec<FieldDef> = Vec::new();
        for i in 0..1 + choices.below(4) {
            let ty = match choices.below(5) {
                0 => Some(FieldTy::Val(own)),
                1 => self.inline(choices),
                _ => None,
            };
            let ty = ty.unwrap_or_else(|| FieldTy::Val(self.any(choices)));
            let mutable = !choices.one_in(4);
            fields.push(FieldDef { name: format!("x{i}"), ty, mutable });
        }
        let identity = choices.one_in(4);
        let id = self.declare(TypeDef::Struct { parent, identity, fields });
        self.structs.push(id);
        self.add_object(id);
    }

    fn element(&self, choices: &mut Choices<'_>) -> FieldTy {
        let nested = if choices.one_in(6) { self.inline(choices) } else { None };
        match (nested, choices.one_in(3)) {
            (Some(nested), _) => nested,
            (None, true) => FieldTy::Val(choices.pick(&self.types)),
            (None, false) => FieldTy::Val(Self::scalar(choices)),
        }
    }

    fn array(&mut self, choices: &mut Choices<'_>) {
        let (elem, mutable) = (self.element(choices), !choices.one_in(6));
        let id = self.declare(TypeDef::Array { elem, mutable });
        self.arrays.push(id);
        self.add_object(id);
    }

    fn list(&mut self, choices: &mut Choices<'_>) {
        let elem = self.element(choices);
        let id = self.declare(TypeDef::List { elem });
        self.lists.push(id);
        // Operations on lists take none that may be null.
        self.types.extend([ValTy::Ref(id), ValTy::Ref(id)]);
    }

    fn map(&mut self, choices: &mut Choices<'_>) {
        let keys = [ValTy::I64, ValTy::STR, ValTy::I64, ValTy::U8, ValTy::F64, ValTy::Bool];
        let key = FieldTy::Val(choices.pick(&keys));
        let value = (!choices.one_in(6)).then(|| self.element(choices));
        let id = self.declare(TypeDef::Map { key, value });
        self.maps.push(id);
        self.types.push(ValTy::Ref(id));
    }

    fn result_types(&self, choices: &mut Choices<'_>) -> Vec<ValTy> {
        let count = if choices.one_in(12) { RESULTS_MANY } else { PARAMS_MAX };
        (0..choices.below(count)).map(|_| self.any(choices)).collect()
    }

    /// The parameters of a function, without how deep calls may nest.
    fn param_types(&self, choices: &mut Choices<'_>) -> Vec<ValTy> {
        (0..choices.below(PARAMS_MAX + 1)).map(|_| self.any(choices)).collect()
    }

    fn closure(&mut self, results: &[Vec<ValTy>], choices: &mut Choices<'_>) {
        // Tail calls need what is called to have the results of the caller.
        let which = if self.closures.is_empty() { 0 } else { choices.below(results.len()) };
        let results = results[which].clone();
        let params = [vec![ValTy::I64], self.param_types(choices)].concat();
        let sig = self.module.sig(Signature::new(params, results));
        let id = self.declare(TypeDef::Closure { sig });
        self.closures.push(id);
        self.add_object(id);
    }

    fn task_closure(&mut self) {
        let sig = self.module.sig(Signature::new([], []));
        self.task = self.declare(TypeDef::Closure { sig });
    }

    /// Cell types for some of the leaves that are there, and a struct that keeps a pointer.
    fn cells(&mut self, choices: &mut Choices<'_>) {
        let owners = [self.structs.clone(), self.arrays.clone()].concat();
        for _ in 0..1 + choices.below(CELLS_MAX) {
            let owner = choices.pick(&owners);
            let leaves = self.leaves(owner);
            let leaf = choices.below(leaves.len());
            let ty = leaves[leaf].ty;
            let mutable = leaves[leaf].mutable && !choices.one_in(8);
            let name = format!("t{}", self.module.types.len());
            let Ok(cell) = self.module.intern_type(&name, TypeDef::Cell { ty, mutable }) else {
                continue;
            };
            let origin = (owner, leaf as u32);
            match self.cells.iter_mut().find(|known| known.ty == cell) {
                Some(known) => known.origins.push(origin),
                None => self.cells.push(Cell { ty: cell, origins: vec![origin] }),
            }
        }
        let pointers: Vec<ValTy> = self.cells.iter().map(|cell| ValTy::IPtr(cell.ty)).collect();
        if choices.one_in(2) {
            let ty = FieldTy::Val(choices.pick(&pointers));
            let fields = vec![FieldDef { name: "p".to_string(), ty, mutable: true }];
            let id = self.declare(TypeDef::Struct { parent: None, identity: true, fields });
            self.structs.push(id);
            self.add_object(id);
        }
        self.types.extend(pointers);
    }

    /// Declares the functions: what is called from outside, others, bodies of closures and tasks.
    fn functions(&mut self, results: &[Vec<ValTy>], choices: &mut Choices<'_>) {
        let scalars: Vec<ValTy> = (0..choices.below(4)).map(|_| Self::scalar(choices)).collect();
        let entry = Signature::new([vec![ValTy::I64], scalars].concat(), results[0].clone());
        self.function(entry, 0, None);
        let item = ExportItem::Func(FuncId(0));
        self.module.exports.push(kaa_ir::Export { name: ENTRY.to_string(), item });
        for _ in 0..1 + choices.below(4) {
            let params = [vec![ValTy::I64], self.param_types(choices)].concat();
            let results = results[choices.below(results.len())].clone();
            self.function(Signature::new(params, results), 0, None);
        }
        self.small_functions(choices);
        for ty in self.closures.clone() {
            let Some(TypeDef::Closure { sig }) = self.module.types.def(ty) else { continue };
            let outer = self.module.sigs[*sig].clone();
            // The first one captures nothing, so that a closure can always be made.
            for i in 0..1 + choices.below(3) {
                let captured = if i == 0 { Vec::new() } else { self.param_types(choices) };
                let count = captured.len();
                let params = [captured, outer.params.to_vec()].concat();
                let sig = Signature::new(params, outer.results.clone());
                self.function(sig, count, Some((ty, count)));
            }
        }
        for _ in 0..1 + choices.below(2) {
            let params = [vec![ValTy::I64], self.param_types(choices)].concat();
            let count = params.len();
            self.function(Signature::new(params, []), 0, Some((self.task, count)));
        }
        // Whoever calls a function value passes the depth first.
        let sig = |func: &Func| self.module.funcs[func.id].sig;
        let late: Vec<SigId> = self.funcs.iter().filter(|f| f.depth > 0).map(sig).collect();
        let sigs: Vec<SigId> =
            self.funcs.iter().map(sig).filter(|sig| !late.contains(sig)).collect();
        for _ in 0..1 + choices.below(2) {
            self.types.push(ValTy::Func(choices.pick(&sigs)));
        }
    }

    fn function(&mut self, sig: Signature, depth: usize, closure: Option<(TypeId, usize)>) {
        let name = match self.funcs.len() {
            0 => ENTRY.to_string(),
            n => format!("f{n}"),
        };
        let id = self.module.declare_func(name, sig);
        self.funcs.push(Func { id, depth, closure, small: false });
    }

    fn small_functions(&mut self, choices: &mut Choices<'_>) {
        for _ in 0..1 + choices.below(3) {
            let mut some = |most: usize| -> Vec<ValTy> {
                (0..choices.below(most)).map(|_| self.any(choices)).collect()
            };
            let (params, results) = ([vec![ValTy::I64], some(3)].concat(), some(3));
            self.function(Signature::new(params, results), 0, None);
            if let Some(func) = self.funcs.last_mut() {
                func.small = true;
            }
        }
    }

    fn globals(&mut self, choices: &mut Choices<'_>) {
        for i in 0..2 + choices.below(5) {
            let ty = if i == 0 { ValTy::I64 } else { self.any(choices) };
            let init = match ty {
                ValTy::STR => GlobalInit::Data(self.module.str_constant("at first")),
                ValTy::BYTES => {
                    GlobalInit::Data(self.module.constant(kaa_ir::Data::Bytes(vec![1, 0, 255])))
                }
                ValTy::Ref(_) | ValTy::IPtr(_) => continue,
                ValTy::RefNull(_) => GlobalInit::Bits(0),
                ValTy::Func(sig) => {
                    let fits = |func: &&Func| self.module.funcs[func.id].sig == sig;
                    let Some(func) = self.funcs.iter().find(fits) else { continue };
                    GlobalInit::Bits(u64::from(func.id.0))
                }
                scalar => GlobalInit::Bits(choices.scalar(scalar)),
            };
            let name = format!("g{}", self.module.globals.len());
            let global = Global { name, ty, mutable: i == 0 || !choices.one_in(5), init };
            self.globals.push(self.module.globals.push(global));
        }
    }
}
