//! Checks the tables of a module: limits, names, ids, value types, globals, exports.

use std::hash::Hash;

use kaa_base::entity::Entity;
use kaa_isa::{FuncId, ValTy};
use rustc_hash::FxHashSet;

use super::{Place, Verifier, VerifyCode};
use crate::limits::*;
use crate::module::{Data, ExportItem, Global, GlobalInit};
use crate::types::{FieldTy, TypeDef};

impl Verifier<'_> {
    /// Checks everything but functions.
    pub(super) fn items(&mut self) {
        self.table_limits();
        self.types();
        self.sigs();
        self.imports();
        self.data();
        self.globals();
        self.exports();
        self.function_names();
    }

    fn table_limits(&mut self) {
        let m = self.module;
        let tables = [
            ("types", m.types.len(), MAX_TYPES + 2),
            ("functions", m.funcs.len(), MAX_FUNCTIONS),
            ("signatures", m.sigs.len(), MAX_TABLE),
            ("imports", m.imports.len(), MAX_TABLE),
            ("constants", m.data.len(), MAX_TABLE),
            ("globals", m.globals.len(), MAX_TABLE),
            ("exports", m.exports.len(), MAX_TABLE),
            ("files", m.files.len(), MAX_TABLE),
        ];
        for (what, len, limit) in tables {
            if len > limit {
                let message = format!("{len} {what}, at most {limit} are possible");
                self.report(VerifyCode::Limit, Place::Module, message);
            }
        }
        self.name(&m.name, Place::Module);
        m.files.iter().for_each(|file| self.name(file, Place::Module));
    }

    /// Refuses a name that is too long.
    pub(super) fn name(&mut self, name: &str, place: Place) {
        self.require(name.len() <= MAX_NAME, VerifyCode::Limit, place, "the name is too long");
    }

    /// Refuses what was there before.
    fn unique<K: Eq + Hash>(&mut self, seen: &mut FxHashSet<K>, key: K, place: Place, what: &str) {
        if !seen.insert(key) {
            self.report(VerifyCode::Duplicate, place, format!("{what} stands there twice"));
        }
    }

    fn types(&mut self) {
        let mut names = FxHashSet::default();
        for (id, decl) in self.module.types.iter() {
            let place = Place::Type(id);
            self.name(&decl.name, place);
            self.unique(&mut names, decl.name.as_str(), place, "the name of the type");
            match &decl.def {
                TypeDef::Str | TypeDef::Bytes => {
                    let text = "only the predeclared types are text";
                    self.require(id.index() < 2, VerifyCode::ValueType, place, text);
                }
                // Parents and inline structs were checked when the type was declared.
                TypeDef::Struct { fields, .. } => {
                    for field in fields {
                        self.name(&field.name, place);
                        self.field_ty(field.ty, place);
                    }
                }
                TypeDef::Array { elem, .. } | TypeDef::List { elem } => self.field_ty(*elem, place),
                TypeDef::Map { key, value } => {
                    self.field_ty(*key, place);
                    value.iter().for_each(|value| self.field_ty(*value, place));
                }
                TypeDef::Closure { sig } => {
                    let known = self.module.sigs.get(*sig).is_some();
                    let text = "the signature of the closure is not of this module";
                    self.require(known, VerifyCode::Unknown, place, text);
                }
                TypeDef::Cell { ty, .. } => _ = self.val_ty(*ty, place),
            }
        }
    }

    fn field_ty(&mut self, ty: FieldTy, place: Place) {
        if let FieldTy::Val(ty) = ty {
            self.val_ty(ty, place);
        }
    }

    fn sigs(&mut self) {
        let mut seen = FxHashSet::default();
        for (id, sig) in self.module.sigs.iter() {
            let place = Place::Sig(id);
            self.unique(&mut seen, sig, place, "the signature");
            let fits = sig.params.len() <= MAX_PARAMS && sig.results.len() <= MAX_PARAMS;
            let text = "the signature has too many parameters or results";
            self.require(fits, VerifyCode::Limit, place, text);
            sig.params.iter().chain(&sig.results).for_each(|ty| _ = self.val_ty(*ty, place));
        }
    }

    fn imports(&mut self) {
        let mut seen = FxHashSet::default();
        for (id, import) in self.module.imports.iter() {
            let place = Place::Import(id);
            self.name(&import.module, place);
            self.name(&import.name, place);
            self.unique(&mut seen, import, place, "the import");
            let known = self.module.sigs.get(import.sig).is_some();
            let text = "the signature of the import is not of this module";
            self.require(known, VerifyCode::Unknown, place, text);
        }
    }

    fn data(&mut self) {
        for (id, data) in self.module.data.iter() {
            let len = match data {
                Data::Str(text) => text.len(),
                Data::Bytes(bytes) => bytes.len(),
            };
            let text = "the constant is too long";
            self.require(len <= MAX_DATA, VerifyCode::Limit, Place::Data(id), text);
        }
    }

    fn globals(&mut self) {
        let mut names = FxHashSet::default();
        for (id, global) in self.module.globals.iter() {
            let place = Place::Global(id);
            self.name(&global.name, place);
            self.unique(&mut names, global.name.as_str(), place, "the name of the global");
            if self.val_ty(global.ty, place)
                && let Err(message) = self.init(global)
            {
                self.report(VerifyCode::Init, place, message);
            }
        }
    }

    /// Whether a global may hold its initial value: bits in the slot form of its type, and
    /// never null where the type is not nullable.
    fn init(&self, global: &Global) -> Result<(), &'static str> {
        let m = self.module;
        let bits = match global.init {
            GlobalInit::Bits(bits) => bits,
            GlobalInit::Data(d) => {
                let found = match m.data.get(d) {
                    Some(Data::Str(_)) => ValTy::STR,
                    Some(Data::Bytes(_)) => ValTy::BYTES,
                    None => return Err("the constant of the global is not of this module"),
                };
                let fits = m.types.assignable(found, global.ty);
                return if fits { Ok(()) } else { Err("the constant is of another type") };
            }
        };
        match global.ty {
            ValTy::Ref(_) => Err("a global that is never null must start with a constant"),
            ValTy::IPtr(_) => Err("a global cannot hold an interior pointer"),
            ValTy::RefNull(_) if bits == 0 => Ok(()),
            ValTy::RefNull(_) => Err("a reference can start as null only"),
            ValTy::Func(sig) => {
                let func = u32::try_from(bits).ok().and_then(|f| m.funcs.get(FuncId(f)));
                let fits = func.is_some_and(|f| f.sig == sig);
                if fits { Ok(()) } else { Err("no function of this number and signature") }
            }
            ty if ty.holds_bits(bits) => Ok(()),
            _ => Err("the initial value is outside the type"),
        }
    }

    fn exports(&mut self) {
        let mut names = FxHashSet::default();
        for (i, export) in self.module.exports.iter().enumerate() {
            let place = Place::Export(i);
            self.name(&export.name, place);
            self.unique(&mut names, export.name.as_str(), place, "the name of the export");
            let known = match export.item {
                ExportItem::Func(f) => self.module.funcs.get(f).is_some(),
                ExportItem::Global(g) => self.module.globals.get(g).is_some(),
            };
            let text = "the export names nothing of this module";
            self.require(known, VerifyCode::Unknown, place, text);
        }
    }

    fn function_names(&mut self) {
        let mut names = FxHashSet::default();
        for (id, func) in self.module.funcs.iter() {
            let place = Place::Func(id);
            self.name(&func.name, place);
            self.unique(&mut names, func.name.as_str(), place, "the name of the function");
        }
    }
}
