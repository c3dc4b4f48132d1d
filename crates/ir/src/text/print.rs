//! Prints modules. Names that do not exist are shown all the same, so that an error can quote
//! any instruction.

use std::fmt::Write;

use kaa_base::entity::Entity;
use kaa_isa::kinds::print_ty;
use kaa_isa::{
    Block, DataId, FuncId, GlobalId, ImportId, Inst, SigId, TextOut, TypeId, ValTy, Value,
};

use super::items::{import_names, push_name};
use super::{lex, quote};
use crate::func::{Function, InstNode, Loc};
use crate::module::{Data, ExportItem, GlobalInit, Module, Signature};
use crate::types::{FieldTy, TypeDef};

struct Printer<'a> {
    module: &'a Module,
    imports: Vec<String>,
    out: String,
    /// The signatures written out, in the order of their first place.
    seen: Vec<SigId>,
    is_seen: Vec<bool>,
    /// Whether a signature was referred to by its number.
    by_number: bool,
}

/// The canonical text of a module.
pub fn module(module: &Module) -> String {
    let mut p = Printer::new(module, import_names(module));
    p.items();
    // Signatures are numbered in the order in which a reader meets them. Where that is not
    // the order of the table, or where one is referred to, they are listed first.
    let in_order = p.seen.len() == module.sigs.len();
    let in_order = in_order && p.seen.iter().copied().eq(module.sigs.keys());
    let list_sigs = p.by_number || !in_order;
    let items = std::mem::take(&mut p.out);
    p.word("module ");
    quote::push_str(&mut p.out, &module.name);
    p.word("\n");
    for file in &module.files {
        p.word("file ");
        quote::push_str(&mut p.out, file);
        p.word("\n");
    }
    if list_sigs {
        for (id, sig) in module.sigs.iter() {
            let _ = write!(p.out, "sig {id} = ");
            p.types(&sig.params);
            p.word(" -> ");
            p.types(&sig.results);
            p.word("\n");
        }
    }
    p.out + &items
}

/// The text of one instruction.
pub fn inst(module: &Module, func: &Function, node: &InstNode) -> String {
    // Names of all imports cost time in proportion to the module; a message needs one.
    let mut imports = Vec::new();
    if let Inst::CallImport { i, .. } = &node.inst
        && i.index() < module.imports.len()
    {
        imports = vec![String::new(); i.index() + 1];
        let import = &module.imports[*i];
        imports[i.index()] = format!("{}.{}", import.module, import.name);
    }
    let mut p = Printer::new(module, imports);
    p.node(func, node);
    p.out
}

impl<'a> Printer<'a> {
    fn new(module: &'a Module, imports: Vec<String>) -> Self {
        let is_seen = vec![false; module.sigs.len()];
        Self { module, imports, out: String::new(), seen: Vec::new(), is_seen, by_number: false }
    }

    fn items(&mut self) {
        let module = self.module;
        for (id, decl) in module.types.iter().skip(2) {
            self.word("type ");
            self.type_id(id);
            self.word(" = ");
            self.type_def(&decl.def);
            self.word("\n");
        }
        for (id, import) in module.imports.iter() {
            self.word("import ");
            self.import_id(id);
            self.word(" = ");
            quote::push_str(&mut self.out, &import.module);
            self.word(" ");
            quote::push_str(&mut self.out, &import.name);
            self.word(" ");
            self.signature(import.sig);
            self.word("\n");
        }
        for (id, data) in module.data.iter() {
            let _ = write!(self.out, "data d{} = ", id.0);
            match data {
                Data::Str(text) => quote::push_str(&mut self.out, text),
                Data::Bytes(bytes) => {
                    self.word("bytes ");
                    quote::push_bytes(&mut self.out, bytes);
                }
            }
            self.word("\n");
        }
        for global in module.globals.values() {
            self.word("global ");
            push_name(&mut self.out, '@', &global.name);
            self.word(": ");
            print_ty(global.ty, self);
            self.word(if global.mutable { " mut = " } else { " = " });
            match global.init {
                GlobalInit::Bits(bits) => _ = write!(self.out, "{bits:#x}"),
                GlobalInit::Data(d) => self.data_id(d),
            }
            self.word("\n");
        }
        module.funcs.values().for_each(|func| self.func(func));
        for export in &module.exports {
            self.word("export ");
            quote::push_str(&mut self.out, &export.name);
            self.word(" = ");
            match export.item {
                ExportItem::Func(f) => self.func_id(f),
                ExportItem::Global(g) => {
                    self.word("global ");
                    self.global_id(g);
                }
            }
            self.word("\n");
        }
    }

    fn type_def(&mut self, def: &TypeDef) {
        match def {
            TypeDef::Str => self.word("str"),
            TypeDef::Bytes => self.word("bytes"),
            TypeDef::Struct { parent, identity, fields } => {
                self.word(if *identity { "object " } else { "struct " });
                if let Some(parent) = parent {
                    self.word("extends ");
                    self.type_id(*parent);
                    self.word(" ");
                }
                self.word(if fields.is_empty() { "{" } else { "{ " });
                for (i, field) in fields.iter().enumerate() {
                    self.word(if i > 0 { ", " } else { "" });
                    match field.name.as_str() {
                        "" => self.word("\"\""),
                        name if name.chars().all(lex::is_word) => self.word(name),
                        name => quote::push_str(&mut self.out, name),
                    }
                    self.word(": ");
                    self.field_ty(field.ty);
                    self.word(if field.mutable { " mut" } else { "" });
                }
                self.word(if fields.is_empty() { "}" } else { " }" });
            }
            TypeDef::Array { elem, mutable } => {
                self.word(if *mutable { "array mut " } else { "array " });
                self.field_ty(*elem);
            }
            TypeDef::List { elem } => {
                self.word("list ");
                self.field_ty(*elem);
            }
            TypeDef::Map { key, value } => {
                self.word(if value.is_some() { "map " } else { "set " });
                self.field_ty(*key);
                if let Some(value) = value {
                    self.word(" to ");
                    self.field_ty(*value);
                }
            }
            TypeDef::Closure { sig } => {
                self.word("closure ");
                self.signature(*sig);
            }
            TypeDef::Cell { ty, mutable } => {
                self.word(if *mutable { "cell mut " } else { "cell " });
                print_ty(*ty, self);
            }
        }
    }

    fn field_ty(&mut self, ty: FieldTy) {
        match ty {
            FieldTy::Val(ty) => print_ty(ty, self),
            FieldTy::Inline(id) => {
                self.word("inline ");
                self.type_id(id);
            }
        }
    }

    /// A signature written out.
    fn signature(&mut self, id: SigId) {
        let none = Signature::default();
        let sig = self.module.sigs.get(id).unwrap_or(&none);
        if let Some(flag) = self.is_seen.get_mut(id.index())
            && !std::mem::replace(flag, true)
        {
            self.seen.push(id);
        }
        self.types(&sig.params);
        self.word(" -> ");
        self.types(&sig.results);
    }

    fn types(&mut self, types: &[ValTy]) {
        self.word("(");
        for (i, ty) in types.iter().enumerate() {
            self.word(if i > 0 { ", " } else { "" });
            print_ty(*ty, self);
        }
        self.word(")");
    }

    fn func(&mut self, func: &Function) {
        self.word("func ");
        push_name(&mut self.out, '@', &func.name);
        self.signature(func.sig);
        if func.file != 0 {
            let _ = write!(self.out, " file {}", func.file);
        }
        self.loc(" loc ", func.loc);
        self.word(" {\n");
        for (value, name) in &func.names {
            self.word("  name ");
            self.value(*value);
            self.word(" ");
            quote::push_str(&mut self.out, name);
            self.word("\n");
        }
        for (block, data) in func.blocks.iter() {
            self.block(block);
            for (i, v) in data.params.iter().enumerate() {
                self.word(if i > 0 { ", " } else { "(" });
                self.definition(func, *v);
            }
            self.word(if data.params.is_empty() { ":\n" } else { "):\n" });
            for node in &data.insts {
                self.word("  ");
                self.node(func, node);
                self.loc(" !", node.loc);
                self.word("\n");
            }
        }
        self.word("}\n");
    }

    fn node(&mut self, func: &Function, node: &InstNode) {
        for (i, v) in node.results.iter().enumerate() {
            self.word(if i > 0 { ", " } else { "" });
            self.definition(func, v);
        }
        self.word(if node.results.count > 0 { " = " } else { "" });
        node.inst.print(self);
    }

    fn definition(&mut self, func: &Function, v: Value) {
        self.value(v);
        self.word(": ");
        match func.values.get(v) {
            Some(ty) => print_ty(*ty, self),
            None => self.word("?"),
        }
    }

    fn loc(&mut self, before: &str, loc: Loc) {
        if loc != Loc::default() {
            let _ = write!(self.out, "{before}{}:{}:{}", loc.line, loc.col, loc.len);
        }
    }
}

impl TextOut for Printer<'_> {
    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn value(&mut self, v: Value) {
        let _ = write!(self.out, "{v}");
    }

    fn block(&mut self, b: Block) {
        let _ = write!(self.out, "{b}");
    }

    fn type_id(&mut self, t: TypeId) {
        match self.module.types.get(t) {
            Some(decl) => push_name(&mut self.out, '$', &decl.name),
            None => _ = write!(self.out, "${t}"),
        }
    }

    fn sig_id(&mut self, s: SigId) {
        self.by_number = true;
        let _ = write!(self.out, "{s}");
    }

    fn func_id(&mut self, f: FuncId) {
        match self.module.funcs.get(f) {
            Some(func) => push_name(&mut self.out, '@', &func.name),
            None => _ = write!(self.out, "@{f}"),
        }
    }

    fn import_id(&mut self, i: ImportId) {
        match self.imports.get(i.index()) {
            Some(name) => push_name(&mut self.out, '@', name),
            None => _ = write!(self.out, "@{i}"),
        }
    }

    fn global_id(&mut self, g: GlobalId) {
        match self.module.globals.get(g) {
            Some(global) => push_name(&mut self.out, '@', &global.name),
            None => _ = write!(self.out, "@{g}"),
        }
    }

    fn data_id(&mut self, d: DataId) {
        let _ = write!(self.out, "d{}", d.0);
    }
}
