//! Modules: the tables that ids in instructions point into.

use kaa_base::entity::Table;
use kaa_isa::{DataId, FuncId, GlobalId, ImportId, SigId, TypeId, ValTy};
use rustc_hash::FxHashMap;

use crate::func::Function;
use crate::types::{TypeDecl, TypeDeclError, TypeDef, TypeTable};

/// Parameters and results of a function.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Signature {
    /// Parameter types.
    pub params: Box<[ValTy]>,
    /// Result types.
    pub results: Box<[ValTy]>,
}

impl Signature {
    /// A signature.
    pub fn new(params: impl Into<Box<[ValTy]>>, results: impl Into<Box<[ValTy]>>) -> Self {
        Self { params: params.into(), results: results.into() }
    }
}

/// A function that comes from outside: the runtime (`rt`), the host, or another module.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Import {
    /// Who provides it.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// The type it is used at.
    pub sig: SigId,
}

/// What a global holds when a store is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GlobalInit {
    /// These bits in slot form; 0 is also null.
    Bits(u64),
    /// A constant string or byte string.
    Data(DataId),
}

/// A variable of the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Global {
    /// Its name, unique among globals.
    pub name: String,
    /// Its type.
    pub ty: ValTy,
    /// Whether it can be written.
    pub mutable: bool,
    /// What it holds at first.
    pub init: GlobalInit,
}

/// A constant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Data {
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What an export names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExportItem {
    /// A function.
    Func(FuncId),
    /// A global.
    Global(GlobalId),
}

/// An item that hosts and other modules reach by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The name, unique among exports.
    pub name: String,
    /// What it is.
    pub item: ExportItem,
}

/// A module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Its name, for people.
    pub name: String,
    /// Names of the source files that functions point to.
    pub files: Vec<String>,
    /// Heap types.
    pub types: TypeTable,
    /// Signatures.
    pub sigs: Table<SigId, Signature>,
    /// Imported functions.
    pub imports: Table<ImportId, Import>,
    /// Globals.
    pub globals: Table<GlobalId, Global>,
    /// Constants.
    pub data: Table<DataId, Data>,
    /// Functions.
    pub funcs: Table<FuncId, Function>,
    /// Exports.
    pub exports: Vec<Export>,
    interned: Interned,
}

/// Lookups that keep equal entries single; they follow from the tables.
#[derive(Clone, Debug, Default)]
struct Interned {
    sigs: FxHashMap<Signature, SigId>,
    imports: FxHashMap<Import, ImportId>,
    data: FxHashMap<Data, DataId>,
    types: FxHashMap<TypeDef, TypeId>,
}

impl PartialEq for Module {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.files == other.files
            && self.types == other.types
            && self.sigs == other.sigs
            && self.imports == other.imports
            && self.globals == other.globals
            && self.data == other.data
            && self.funcs == other.funcs
            && self.exports == other.exports
    }
}

impl Module {
    /// An empty module.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The id of a signature, which is added if it is new.
    pub fn sig(&mut self, sig: Signature) -> SigId {
        match self.interned.sigs.get(&sig) {
            Some(id) => *id,
            None => {
                let id = self.sigs.push(sig.clone());
                self.interned.sigs.insert(sig, id);
                id
            }
        }
    }

    /// The id of an imported function at a signature, added if it is new.
    pub fn import(&mut self, module: &str, name: &str, sig: Signature) -> ImportId {
        let sig = self.sig(sig);
        let import = Import { module: module.to_owned(), name: name.to_owned(), sig };
        match self.interned.imports.get(&import) {
            Some(id) => *id,
            None => {
                let id = self.imports.push(import.clone());
                self.interned.imports.insert(import, id);
                id
            }
        }
    }

    /// The id of a constant, added if it is new.
    pub fn constant(&mut self, data: Data) -> DataId {
        match self.interned.data.get(&data) {
            Some(id) => *id,
            None => {
                let id = self.data.push(data.clone());
                self.interned.data.insert(data, id);
                id
            }
        }
    }

    /// The id of a constant string, added if it is new.
    pub fn str_constant(&mut self, text: &str) -> DataId {
        self.constant(Data::Str(text.to_owned()))
    }

    /// Declares a heap type under a name of its own.
    pub fn declare_type(
        &mut self,
        name: impl Into<String>,
        def: TypeDef,
    ) -> Result<TypeId, TypeDeclError> {
        self.types.push(TypeDecl { name: name.into(), def })
    }

    /// The id of a structural type (array, list, map, closure, cell), declared under `name` if
    /// it is new. Structs are nominal: use [`Module::declare_type`].
    pub fn intern_type(&mut self, name: &str, def: TypeDef) -> Result<TypeId, TypeDeclError> {
        if let Some(id) = self.interned.types.get(&def) {
            return Ok(*id);
        }
        let id = self.declare_type(name, def.clone())?;
        self.interned.types.insert(def, id);
        Ok(id)
    }

    /// Declares a function; its body comes from a [`FunctionBuilder`](crate::FunctionBuilder).
    pub fn declare_func(&mut self, name: impl Into<String>, sig: Signature) -> FuncId {
        let sig = self.sig(sig);
        self.funcs.push(Function::declare(name, sig))
    }

    /// Makes a function reachable by name from outside.
    pub fn export_func(&mut self, name: impl Into<String>, func: FuncId) {
        self.exports.push(Export { name: name.into(), item: ExportItem::Func(func) });
    }

    /// Makes the lookups again from the tables, after these were filled directly.
    pub fn reindex(&mut self) {
        let mut interned = Interned::default();
        for (id, sig) in self.sigs.iter() {
            interned.sigs.entry(sig.clone()).or_insert(id);
        }
        for (id, import) in self.imports.iter() {
            interned.imports.entry(import.clone()).or_insert(id);
        }
        for (id, data) in self.data.iter() {
            interned.data.entry(data.clone()).or_insert(id);
        }
        for (id, decl) in self.types.iter().skip(2) {
            if !matches!(decl.def, TypeDef::Struct { .. }) {
                interned.types.entry(decl.def.clone()).or_insert(id);
            }
        }
        self.interned = interned;
    }

    /// The function exported under a name.
    pub fn exported_func(&self, name: &str) -> Option<FuncId> {
        self.exports.iter().find_map(|e| match e.item {
            ExportItem::Func(f) if e.name == name => Some(f),
            _ => None,
        })
    }

    /// The signature of a function of the module.
    pub fn func_sig(&self, func: FuncId) -> Option<&Signature> {
        self.sigs.get(self.funcs.get(func)?.sig)
    }
}
