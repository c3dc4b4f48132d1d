//! Calls: of functions, function values and closures, of the host, of the runtime's maps, sorting,
//! output and tasks.
//!
//! Whoever is called gets a smaller depth, so that calls end. The host's functions are those of
//! `crate::differential`.

use kaa_ir::{FuncId, Inst, Opcode, Signature, TypeDef, TypeId, ValTy, Value};

use super::body::Body;

/// The functions of the host: name, parameters, results.
pub const HOST: [(&str, &[ValTy], &[ValTy]); 6] = [
    ("mix", &[ValTy::I64, ValTy::I64], &[ValTy::I64]),
    ("note", &[ValTy::STR], &[]),
    ("text", &[ValTy::I64], &[ValTy::STR]),
    ("many", &[ValTy::I64], &[ValTy::F64, ValTy::Bool, ValTy::STR, ValTy::U8, ValTy::I64]),
    ("fail", &[ValTy::I64], &[ValTy::I64]),
    ("panic", &[ValTy::I64], &[ValTy::I64]),
];

impl Body<'_, '_, '_> {
    /// Makes a call; false where the operation is none.
    pub fn call(&mut self, op: Opcode) -> bool {
        match op {
            Opcode::Call => {
                let f = self.any_func();
                let args = self.args_of(f).into();
                self.ins(Inst::Call { f, args });
            }
            Opcode::CallFunc => self.call_func(),
            Opcode::CallClosure => {
                let ty = self.any_closure();
                let (callee, args) = self.closure_and_args(ty);
                self.ins(Inst::CallClosure { callee, args: args.into() });
            }
            Opcode::CallImport => match self.choices.below(8) {
                0..=2 => self.host(),
                3..=5 => self.on_map(),
                6 => self.on_list(),
                _ => self.tasks(),
            },
            _ => return false,
        }
        true
    }

    /// A function to be called; not the one that is called from outside.
    pub fn any_func(&mut self) -> FuncId {
        let small: Vec<FuncId> =
            self.kit.funcs.iter().filter(|func| func.small).map(|func| func.id).collect();
        if self.choices.one_in(4) {
            return self.choices.pick(&small);
        }
        let first = usize::from(!self.choices.one_in(8));
        let func = first + self.choices.below(self.kit.funcs.len() - first);
        self.kit.funcs[func].id
    }

    /// Arguments for a function.
    pub fn args_of(&mut self, f: FuncId) -> Vec<Value> {
        let params = self.b.module.func_sig(f).cloned().unwrap_or_default().params;
        let depth = self.kit.funcs.iter().find(|func| func.id == f).map(|func| func.depth);
        self.args(&params, depth)
    }

    fn args(&mut self, params: &[ValTy], depth: Option<usize>) -> Vec<Value> {
        let arg = |(i, ty): (usize, &ValTy)| match depth {
            Some(at) if at == i => self.depth,
            _ => self.value(*ty),
        };
        params.iter().enumerate().map(arg).collect()
    }

    fn call_func(&mut self) {
        let sigs = self.kit.types.iter().filter_map(|ty| match ty {
            ValTy::Func(sig) => Some(*sig),
            _ => None,
        });
        let sigs: Vec<_> = sigs.collect();
        let sig = self.choices.pick(&sigs);
        let callee = self.value(ValTy::Func(sig));
        let params = self.b.module.sigs[sig].params.clone();
        let args = self.args(&params, Some(0)).into();
        self.ins(Inst::CallFunc { callee, args });
    }

    /// A type of closures; now and then that of tasks.
    pub fn any_closure(&mut self) -> TypeId {
        if self.choices.one_in(8) { self.kit.task } else { self.choices.pick(&self.kit.closures) }
    }

    fn closure_sig(&self, ty: TypeId) -> Signature {
        match self.b.module.types.def(ty) {
            Some(TypeDef::Closure { sig }) => self.b.module.sigs[*sig].clone(),
            _ => Signature::default(),
        }
    }

    /// What a call of a closure of this type gives.
    pub fn closure_results(&self, ty: TypeId) -> Vec<ValTy> {
        self.closure_sig(ty).results.to_vec()
    }

    /// A closure and arguments for it.
    pub fn closure_and_args(&mut self, ty: TypeId) -> (Value, Vec<Value>) {
        let callee = match ty == self.kit.task {
            true => self.make_closure(ty, true),
            false => self.object(ty),
        };
        let params = self.closure_sig(ty).params;
        (callee, self.args(&params, Some(0)))
    }

    /// Calls an import at the signature that follows from operands and results.
    fn import(&mut self, name: &str, args: &[Value], results: &[ValTy]) -> Vec<Value> {
        let params: Vec<ValTy> = args.iter().map(|arg| self.b.ty(*arg)).collect();
        self.import_at("rt", name, Signature::new(params, results), args)
    }

    fn import_at(
        &mut self,
        module: &str,
        name: &str,
        sig: Signature,
        args: &[Value],
    ) -> Vec<Value> {
        let i = self.b.module.import(module, name, sig);
        self.ins(Inst::CallImport { i, args: args.into() }).iter().collect()
    }

    fn host(&mut self) {
        let (name, params, results) = self.choices.pick(&HOST);
        let args = self.values(params);
        self.import_at("host", name, Signature::new(params, results), &args);
    }

    /// A new dict or set.
    pub fn new_map(&mut self, ty: TypeId) -> Value {
        let is_dict = !self.b.module.types.value_leaves(ty).is_empty();
        let room = self.choices.pick(&[0, 1, 8]);
        let room = self.int(room);
        let name = if is_dict { "map.new" } else { "set.new" };
        self.import(name, &[room], &[ValTy::Ref(ty)])[0]
    }

    /// Values of these very types: imports are found by the types of their operands.
    fn exact(&mut self, types: &[ValTy]) -> Vec<Value> {
        types.iter().map(|ty| self.exactly(*ty)).collect()
    }

    fn on_map(&mut self) {
        let ty = self.choices.pick(&self.kit.maps);
        let map_ty = ValTy::Ref(ty);
        let keys = self.leaf_types(ty);
        let leaves = self.b.module.types.value_leaves(ty);
        let values: Vec<ValTy> = leaves.iter().map(|leaf| leaf.ty).collect();
        let mut map = self.exactly(map_ty);
        let key = self.exact(&keys);
        let with = |map: Value, more: &[&[Value]]| [&[map][..], &more.concat()].concat();
        if values.is_empty() {
            match self.choices.below(5) {
                0 => _ = self.import("set.contains", &with(map, &[&key]), &[ValTy::Bool]),
                1 => _ = self.import("set.discard", &with(map, &[&key]), &[map_ty]),
                2 => _ = self.import("map.len", &[map], &[ValTy::I64]),
                _ => _ = self.import("set.add", &with(map, &[&key]), &[map_ty]),
            }
            return;
        }
        let value = self.exact(&values);
        match self.choices.below(10) {
            0 => _ = self.import("dict.contains", &with(map, &[&key]), &[ValTy::Bool]),
            1 => _ = self.import("dict.get_or", &with(map, &[&key, &value]), &values),
            2 => {
                map = self.import("dict.put", &with(map, &[&key, &value]), &[map_ty])[0];
                self.import("dict.index", &with(map, &[&key]), &values);
            }
            3 => {
                map = self.import("dict.put", &with(map, &[&key, &value]), &[map_ty])[0];
                self.import("dict.del", &with(map, &[&key]), &[map_ty]);
            }
            4 => {
                let results = [vec![map_ty], values].concat();
                self.import("dict.pop_or", &with(map, &[&key, &value]), &results);
            }
            5 => _ = self.import("map.len", &[map], &[ValTy::I64]),
            6 => _ = self.import("dict.copy", &[map], &[map_ty]),
            _ => _ = self.import("dict.put", &with(map, &[&key, &value]), &[map_ty]),
        }
    }

    fn on_list(&mut self) {
        let ty = self.choices.pick(&self.kit.lists);
        let list_ty = ValTy::Ref(ty);
        let list = self.exactly(list_ty);
        let leaves = self.leaf_types(ty);
        let is_scalar = leaves.iter().all(|ty| ty.scalar_name().is_some());
        match self.choices.below(5) {
            0 if is_scalar && leaves.len() == 1 => {
                let reverse = self.exactly(ValTy::Bool);
                self.import("list.sort", &[list, reverse], &[list_ty]);
            }
            1 => _ = self.import("list.reverse", &[list], &[list_ty]),
            2 => _ = self.import("list.copy", &[list], &[list_ty]),
            3 => {
                let n = self.value(ValTy::I64);
                let text = self.import("fmt.int", &[n], &[ValTy::STR]);
                self.import("print", &text, &[]);
            }
            _ => {
                let vals = self.exact(&leaves);
                self.import("list.append", &[&[list][..], &vals].concat(), &[list_ty]);
            }
        }
    }

    /// Some tasks in a group, which is waited for.
    fn tasks(&mut self) {
        let group = self.import("_task.group", &[], &[ValTy::I64])[0];
        let mut last = None;
        for _ in 0..1 + self.choices.below(2) {
            let work = self.make_closure(self.kit.task, true);
            last = Some(self.import("_task.spawn", &[group, work], &[ValTy::I64])[0]);
        }
        match (self.choices.below(5), last) {
            (0, Some(task)) => _ = self.import("_task.join", &[task], &[]),
            (1, _) => _ = self.import("_task.cancel", &[group], &[]),
            (2, _) => self.statements(),
            (3, _) => {
                let signal = self.import("_task.signal", &[], &[ValTy::I64])[0];
                let all = self.exactly(ValTy::Bool);
                self.import("_task.wake", &[signal, all], &[]);
            }
            _ => {}
        }
        self.import("_task.finish", &[group], &[]);
    }
}
