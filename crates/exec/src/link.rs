//! Putting a module into a store: heap types, functions, globals, imports; and the store's
//! side of lowering.
//!
//! A module must be verified before it is linked: everything here, and everything that runs
//! afterwards, relies on that.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use kaa_code::{LeafPlace, Linkage, LinkedImport, MapPlace, RegOp, access_of, word};
use kaa_heap::header::STRUCT_DATA;
use kaa_heap::{GcRef, HeapError, Layout, LeafKind, TypeDesc, TypeId, TypeKind};
use kaa_ir::{Data, DataId, ExportItem, FuncId, GlobalId, GlobalInit, ImportId, Module, ValTy};
use kaa_ir::{Signature, TypeDef};

use crate::native::{Call, NativeFn, NativeResult, NativeSig, SlotTy};
use crate::rt;
use crate::store::{FuncInfo, Inner, Store};
use crate::vm::FuncEntry;

/// A function of the host.
pub type HostFn = Rc<dyn Fn(&mut Call<'_>) -> NativeResult>;

/// The signatures at which a host function may be imported.
#[derive(Clone, Debug)]
pub enum HostSig {
    /// This one. Only scalars, `str` and `bytes` can cross, as no other type means the same in
    /// every module.
    Exact(Signature),
    /// All that fit a pattern of the runtime, such as `(str) -> result list str`.
    Pattern(&'static str),
}

/// A host function with the signatures it may be imported at.
#[derive(Clone)]
pub struct HostFunc {
    /// Parameters and results.
    pub sig: HostSig,
    /// What runs.
    pub run: HostFn,
}

/// The functions a host offers, by module and name.
#[derive(Clone, Default)]
pub struct HostFuncs {
    funcs: HashMap<(String, String), HostFunc>,
    /// Modules that exist but are not granted, with the words that tell how to grant them.
    denied: HashMap<String, String>,
}

impl HostFuncs {
    /// Offers a function.
    pub fn add(
        &mut self,
        module: impl Into<String>,
        name: impl Into<String>,
        sig: Signature,
        run: impl Fn(&mut Call<'_>) -> NativeResult + 'static,
    ) {
        let func = HostFunc { sig: HostSig::Exact(sig), run: Rc::new(run) };
        self.funcs.insert((module.into(), name.into()), func);
    }

    /// Offers a function at all signatures of a pattern, in the notation of the runtime.
    pub fn add_pattern(
        &mut self,
        module: impl Into<String>,
        name: impl Into<String>,
        pattern: &'static str,
        run: impl Fn(&mut Call<'_>) -> NativeResult + 'static,
    ) {
        let func = HostFunc { sig: HostSig::Pattern(pattern), run: Rc::new(run) };
        self.funcs.insert((module.into(), name.into()), func);
    }

    /// Says how a module that is not offered could be had.
    pub fn deny(&mut self, module: impl Into<String>, how: impl Into<String>) {
        self.denied.insert(module.into(), how.into());
    }
}

/// What runs when a native is called.
#[derive(Clone)]
pub(crate) enum NativeRun {
    Runtime(NativeFn),
    Host(HostFn),
}

/// A native as linked.
#[derive(Clone)]
pub(crate) struct NativeEntry {
    pub run: NativeRun,
    pub sig: NativeSig,
    /// Slots of its window.
    pub width: usize,
}

/// A module in a store.
pub(crate) struct Instance {
    pub module: Rc<Module>,
    pub func_base: u32,
    global_base: u32,
    pub types: Vec<TypeId>,
    imports: Vec<LinkedImport>,
    constants: Vec<Option<GcRef>>,
    /// Code that lowers a function when it is first called.
    _stubs: Box<[u64]>,
}

/// Why a module cannot be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// Nothing of this name is offered.
    Unknown {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
    },
    /// The import exists but is not granted.
    Denied {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
        /// How to grant it.
        how: String,
    },
    /// The import exists with another signature.
    Signature {
        /// The import's module.
        module: String,
        /// The import's name.
        name: String,
    },
    /// The constants of the module do not fit the heap.
    Heap(String),
}

impl LinkError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LinkError::Unknown { .. } => "L001",
            LinkError::Denied { .. } => "L002",
            LinkError::Signature { .. } => "L003",
            LinkError::Heap(_) => "L004",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Unknown { module, name } => {
                write!(f, "nothing provides the import `{module}.{name}`")
            }
            LinkError::Denied { module, name, how } => {
                // What the library alone calls is known by the name without its mark.
                write!(f, "`{module}.{}` is not granted; {how}", name.trim_start_matches('_'))
            }
            LinkError::Signature { module, name } => {
                write!(f, "`{module}.{name}` is imported with a signature it does not have")
            }
            LinkError::Heap(message) => write!(f, "{message}"),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<HeapError> for LinkError {
    fn from(error: HeapError) -> Self {
        LinkError::Heap(error.to_string())
    }
}

/// What a leaf of this type is in the heap.
pub(crate) fn leaf_kind(ty: ValTy) -> LeafKind {
    match ty {
        ValTy::Bool => LeafKind::Bool,
        ValTy::I8 => LeafKind::I8,
        ValTy::I16 => LeafKind::I16,
        ValTy::I32 => LeafKind::I32,
        ValTy::I64 => LeafKind::I64,
        ValTy::U8 => LeafKind::U8,
        ValTy::U16 => LeafKind::U16,
        ValTy::U32 => LeafKind::U32,
        ValTy::U64 => LeafKind::U64,
        ValTy::F32 => LeafKind::F32,
        ValTy::F64 => LeafKind::F64,
        ValTy::Ref(_) => LeafKind::Ref,
        ValTy::RefNull(_) => LeafKind::RefNull,
        ValTy::IPtr(_) => LeafKind::IPtr,
        ValTy::Func(_) => LeafKind::Func,
    }
}

impl Store {
    /// Links a verified module and gives the number of the instance.
    ///
    /// # Errors
    /// An import that nothing provides, that is not granted, or at a wrong signature.
    pub fn link(&mut self, module: Rc<Module>, host: &HostFuncs) -> Result<usize, LinkError> {
        let inner = &mut *self.inner;
        let number = inner.instances.len();
        let types = add_types(inner, &module);
        let mut imports = Vec::with_capacity(module.imports.len());
        for import in module.imports.values() {
            let linked = link_import(inner, &module, &types, import, host)?;
            imports.push(linked);
        }
        let func_base = inner.funcs.len() as u32;
        let stubs: Box<[u64]> = (0..module.funcs.len() as u32)
            .map(|i| word::abx(RegOp::Lower, 0, 0, func_base + i))
            .collect();
        for (id, func) in module.funcs.iter() {
            let sig = &module.sigs[func.sig];
            inner.funcs.push(FuncInfo { instance: number, id, code: None });
            inner.entries.push(FuncEntry {
                code: stubs.as_ptr().wrapping_add(id.0 as usize),
                enter: std::ptr::null(),
                words: std::ptr::null(),
                params: sig.params.len() as u32,
                results: sig.results.len() as u32,
            });
        }
        let global_base = inner.globals.len() as u32;
        let constants = vec![None; module.data.len()];
        inner.instances.push(Instance {
            module: module.clone(),
            func_base,
            global_base,
            types,
            imports,
            constants,
            _stubs: stubs,
        });
        for global in module.globals.values() {
            let bits = match global.init {
                GlobalInit::Bits(bits) => bits,
                GlobalInit::Data(id) => constant(inner, number, id)?.slot(),
            };
            inner.globals.push(bits);
            inner.global_is_ref.push(matches!(global.ty, ValTy::Ref(_) | ValTy::RefNull(_)));
        }
        inner.refresh();
        Ok(number)
    }

    /// The store's number of an exported function.
    pub fn export(&self, instance: usize, name: &str) -> Option<u32> {
        let instance = self.inner.instances.get(instance)?;
        instance.module.exported_func(name).map(|id| instance.func_base + id.0)
    }

    /// The store's number of a function of the module.
    pub fn func(&self, instance: usize, id: FuncId) -> Option<u32> {
        let instance = self.inner.instances.get(instance)?;
        instance.module.funcs.get(id).map(|_| instance.func_base + id.0)
    }

    /// The globals of an instance in slot form. References among them are good until the next call
    /// into the store.
    pub fn globals(&self, instance: usize) -> &[u64] {
        let found = self.inner.instances.get(instance);
        let range = found.map_or(0..0, |instance| {
            let first = instance.global_base as usize;
            first..first + instance.module.globals.len()
        });
        self.inner.globals.get(range).unwrap_or_default()
    }

    /// What a function takes and gives, slot by slot.
    pub fn signature(&self, func: u32) -> Option<NativeSig> {
        let info = self.inner.funcs.get(func as usize)?;
        let instance = self.inner.instances.get(info.instance)?;
        Some(Inner::native_sig(&instance.types, instance.module.func_sig(info.id)?))
    }
}

/// Declares the module's types in the heap, then defines them, as they refer to each other.
fn add_types(inner: &mut Inner, module: &Module) -> Vec<TypeId> {
    let table = inner.heap.types_mut();
    let mut ids = Vec::with_capacity(module.types.len());
    for (_, decl) in module.types.iter() {
        let id = match &decl.def {
            TypeDef::Str => TypeId::STR,
            TypeDef::Bytes => TypeId::BYTES,
            TypeDef::Struct { parent, .. } => {
                table.declare(&decl.name, parent.map(|p| ids[p.0 as usize]))
            }
            _ => table.declare(&decl.name, None),
        };
        ids.push(id);
    }
    let leaves = |list: &[kaa_ir::LeafTy]| -> Vec<(LeafKind, TypeId)> {
        let target = |ty: ValTy| ty.heap_type().map_or(TypeId::FREE, |t| ids[t.0 as usize]);
        list.iter().map(|l| (leaf_kind(l.ty), target(l.ty))).collect()
    };
    for (id, decl) in module.types.iter() {
        let own = leaves(module.types.leaves(id));
        let kind = match &decl.def {
            TypeDef::Str | TypeDef::Bytes => continue,
            TypeDef::Struct { .. } => TypeKind::Struct(Layout::of(&own)),
            TypeDef::Array { .. } => TypeKind::Array { elem: Layout::of(&own) },
            TypeDef::List { .. } => table.list_kind(&own),
            TypeDef::Map { .. } => {
                let value = leaves(module.types.value_leaves(id));
                table.map_kind(&own, &value)
            }
            TypeDef::Closure { .. } => TypeKind::Closure { captures: Layout::of(&[]) },
            // No object is of a cell type.
            TypeDef::Cell { .. } => TypeKind::Struct(Layout::of(&own)),
        };
        table.define(ids[id.0 as usize], kind);
        if matches!(&decl.def, TypeDef::Struct { identity: true, .. }) {
            table.give_identity(ids[id.0 as usize]);
        }
    }
    inner.refresh_plans();
    ids
}

impl Inner {
    /// Makes allocation plans for types that have none yet.
    pub fn refresh_plans(&mut self) {
        let types = self.heap.types();
        for number in self.plans.len()..types.len() {
            let id = TypeId(number as u32);
            // A type that has no plan takes the slow path: its cell never fits the run.
            let never = kaa_heap::AllocPlan { lane: 0, cell: u32::MAX >> 1, meta: id.0 };
            self.plans.push(types.plan(id).unwrap_or(never));
        }
        self.refresh();
    }

    /// The type of closures of `base` over function `func` that capture its first parameters.
    pub fn closure_type(&mut self, base: TypeId, func: u32, captured: usize) -> TypeId {
        if let Some(id) = self.closure_types.get(&(base.0, func)) {
            return *id;
        }
        let info = &self.funcs[func as usize];
        let instance = &self.instances[info.instance];
        let sig = instance.module.func_sig(info.id).cloned().unwrap_or_default();
        let parts: Vec<(LeafKind, TypeId)> = sig.params[..captured]
            .iter()
            .map(|ty| {
                let target = ty.heap_type().map_or(TypeId::FREE, |t| instance.types[t.0 as usize]);
                (leaf_kind(*ty), target)
            })
            .collect();
        let id = self.heap.add_type(TypeDesc {
            name: "closure".into(),
            kind: TypeKind::Closure { captures: Layout::of(&parts) },
            parent: Some(base),
        });
        self.refresh_plans();
        self.closure_types.insert((base.0, func), id);
        id
    }

    /// A signature in terms of the store.
    fn native_sig(types: &[TypeId], sig: &Signature) -> NativeSig {
        let slot = |ty: &ValTy| SlotTy {
            kind: leaf_kind(*ty),
            ty: ty.heap_type().map_or(TypeId::FREE, |t| types[t.0 as usize]),
        };
        NativeSig {
            params: sig.params.iter().map(slot).collect(),
            results: sig.results.iter().map(slot).collect(),
        }
    }
}

fn link_import(
    inner: &mut Inner,
    module: &Module,
    types: &[TypeId],
    import: &kaa_ir::Import,
    host: &HostFuncs,
) -> Result<LinkedImport, LinkError> {
    let names = || (import.module.clone(), import.name.clone());
    let sig = Inner::native_sig(types, &module.sigs[import.sig]);
    let wrong = || {
        let (module, name) = names();
        LinkError::Signature { module, name }
    };
    let run = if import.module == "rt" {
        let def = rt::lookup(&import.name).ok_or_else(|| {
            let (module, name) = names();
            LinkError::Unknown { module, name }
        })?;
        if !rt::check_sig(def, &sig, inner.heap.types()) {
            return Err(wrong());
        }
        NativeRun::Runtime(def.run)
    } else if let Some(func) = host.funcs.get(&names()) {
        let fits = match &func.sig {
            HostSig::Exact(known) => *known == module.sigs[import.sig] && portable(known),
            HostSig::Pattern(pattern) => rt::fits(pattern, &sig, inner.heap.types()),
        };
        if !fits {
            return Err(wrong());
        }
        NativeRun::Host(func.run.clone())
    } else if let Some(found) = exported(inner, import) {
        let (number, theirs) = found;
        if theirs != module.sigs[import.sig] || !portable(&theirs) {
            return Err(wrong());
        }
        return Ok(LinkedImport::Func(number));
    } else {
        let (module, name) = names();
        return Err(match host.denied.get(&module) {
            Some(how) => LinkError::Denied { how: how.clone(), module, name },
            None => LinkError::Unknown { module, name },
        });
    };
    let width = sig.params.len().max(sig.results.len());
    inner.natives.push(NativeEntry { run, sig, width });
    Ok(LinkedImport::Native(inner.natives.len() as u32 - 1))
}

/// A function that an earlier module of this name exports.
fn exported(inner: &Inner, import: &kaa_ir::Import) -> Option<(u32, Signature)> {
    let provider = inner.instances.iter().find(|i| i.module.name == import.module)?;
    let id = provider.module.exports.iter().find_map(|e| match e.item {
        ExportItem::Func(f) if e.name == import.name => Some(f),
        _ => None,
    })?;
    Some((provider.func_base + id.0, provider.module.func_sig(id)?.clone()))
}

/// Whether a signature means the same in every module.
fn portable(sig: &Signature) -> bool {
    sig.params.iter().chain(&sig.results).all(|ty| match ty {
        ValTy::Ref(id) | ValTy::RefNull(id) => id.0 < 2,
        ValTy::IPtr(_) | ValTy::Func(_) => false,
        _ => true,
    })
}

/// The interned object of a constant.
fn constant(inner: &mut Inner, instance: usize, id: DataId) -> Result<GcRef, HeapError> {
    let at = id.0 as usize;
    if let Some(object) = inner.instances[instance].constants[at] {
        return Ok(object);
    }
    let module = inner.instances[instance].module.clone();
    let object = match &module.data[id] {
        Data::Str(text) => inner.heap.new_str(text)?,
        Data::Bytes(bytes) => inner.heap.new_bytes(bytes)?,
    };
    inner.constants.push(object);
    inner.instances[instance].constants[at] = Some(object);
    Ok(object)
}

/// Lowering's view of one instance.
pub(crate) struct Linker<'a> {
    pub inner: &'a mut Inner,
    pub instance: usize,
    /// The first constant that did not fit the heap.
    pub error: Option<HeapError>,
}

impl Linker<'_> {
    fn this(&self) -> &Instance {
        &self.inner.instances[self.instance]
    }

    fn place(&self, layout: &Layout, id: kaa_ir::TypeId, leaf: u32, start: u32) -> LeafPlace {
        let ty =
            self.this().module.types.leaves(id).get(leaf as usize).map_or(ValTy::I64, |l| l.ty);
        let offset = layout.leaves.get(leaf as usize).map_or(0, |l| l.offset) + start;
        LeafPlace { stride: layout.size, offset, access: access_of(ty) }
    }
}

impl Linkage for Linker<'_> {
    fn func(&self, id: FuncId) -> u32 {
        self.this().func_base + id.0
    }

    fn import(&self, id: ImportId) -> LinkedImport {
        self.this().imports[id.0 as usize]
    }

    fn global(&self, id: GlobalId) -> u32 {
        self.this().global_base + id.0
    }

    fn heap_type(&self, id: kaa_ir::TypeId) -> u32 {
        self.this().types[id.0 as usize].0
    }

    fn data(&mut self, id: DataId) -> u64 {
        match constant(self.inner, self.instance, id) {
            Ok(object) => object.slot(),
            Err(error) => {
                self.error.get_or_insert(error);
                0
            }
        }
    }

    fn elem_leaf(&self, id: kaa_ir::TypeId, leaf: u32) -> LeafPlace {
        let types = self.inner.heap.types();
        match &types.desc(self.this().types[id.0 as usize]).kind {
            TypeKind::Array { elem } | TypeKind::List { elem, .. } => self.place(elem, id, leaf, 0),
            _ => self.place(&Layout::of(&[]), id, leaf, 0),
        }
    }

    fn struct_leaf(&self, id: kaa_ir::TypeId, leaf: u32) -> LeafPlace {
        let types = self.inner.heap.types();
        match &types.desc(self.this().types[id.0 as usize]).kind {
            TypeKind::Struct(layout) => self.place(layout, id, leaf, STRUCT_DATA),
            _ => self.place(&Layout::of(&[]), id, leaf, STRUCT_DATA),
        }
    }

    fn map_value(&self, id: kaa_ir::TypeId) -> MapPlace {
        let (types, module) = (self.inner.heap.types(), &self.this().module);
        let ty = module.types.value_leaves(id).first().map_or(ValTy::I64, |leaf| leaf.ty);
        let (stride, offset) = match &types.desc(self.this().types[id.0 as usize]).kind {
            TypeKind::Map { value, .. } => {
                (value.size, value.leaves.first().map_or(0, |leaf| leaf.offset))
            }
            _ => (0, 0),
        };
        // Lowering asks for maps of one key and one value, whose entries are small.
        MapPlace { stride: stride as u16, offset: offset as u16, access: access_of(ty), default: 0 }
    }

    fn counter(&mut self) -> u32 {
        self.inner.tier.counter()
    }

    fn pool(&mut self, bits: u64) -> u32 {
        if let Some(index) = self.inner.pool_index.get(&bits) {
            return *index;
        }
        let index = self.inner.pool.len() as u32;
        self.inner.pool.push(bits);
        self.inner.pool_index.insert(bits, index);
        index
    }
}
