//! Writes modules as bytes. The counterpart, line by line, is `decode`.

use kaa_base::wire::Writer;
use kaa_isa::ValTy;
use kaa_isa::kinds::write_ty;

use super::{MAGIC, VERSION, content_hash, section};
use crate::func::{Function, Loc};
use crate::module::{Data, ExportItem, GlobalInit, Module, Signature};
use crate::types::{FieldTy, TypeDecl, TypeDef};

/// The bytes of a module.
pub fn module(module: &Module) -> Vec<u8> {
    let mut body = Writer::new();
    if !module.name.is_empty() {
        let mut w = Writer::new();
        w.str(&module.name);
        put(&mut body, section::NAME, w);
    }
    let types = module.types.iter().skip(2).map(|(_, decl)| decl);
    let globals = module.globals.values();
    table(&mut body, section::FILES, module.files.iter(), |w, name| w.str(name));
    table(&mut body, section::SIGS, module.sigs.values(), write_sig);
    table(&mut body, section::TYPES, types, write_type);
    table(&mut body, section::IMPORTS, module.imports.values(), |w, import| {
        w.str(&import.module);
        w.str(&import.name);
        w.u32(import.sig.0);
    });
    table(&mut body, section::DATA, module.data.values(), write_data);
    table(&mut body, section::GLOBALS, globals, |w, global| {
        w.str(&global.name);
        write_ty(global.ty, w);
        w.u8(u8::from(global.mutable));
        match global.init {
            GlobalInit::Bits(bits) => {
                w.u8(0);
                w.uleb(bits);
            }
            GlobalInit::Data(d) => {
                w.u8(1);
                w.u32(d.0);
            }
        }
    });
    table(&mut body, section::FUNCS, module.funcs.values(), write_func);
    table(&mut body, section::EXPORTS, module.exports.iter(), |w, export| {
        w.str(&export.name);
        let (tag, id) = match export.item {
            ExportItem::Func(f) => (0, f.0),
            ExportItem::Global(g) => (1, g.0),
        };
        w.u8(tag);
        w.u32(id);
    });
    if module.funcs.values().any(has_debug) {
        let mut w = Writer::new();
        module.funcs.values().for_each(|func| write_debug(&mut w, func));
        put(&mut body, section::DEBUG, w);
    }
    let body = body.finish();
    let mut file = Writer::new();
    file.bytes(&MAGIC);
    file.uleb(VERSION);
    file.uleb(0);
    file.fixed_u64(content_hash(&body));
    file.bytes(&body);
    file.finish()
}

fn put(body: &mut Writer, id: u8, content: Writer) {
    let content = content.finish();
    body.u8(id);
    body.uleb(content.len() as u64);
    body.bytes(&content);
}

/// A section that is a count and items; an empty one is left out.
fn table<I: ExactSizeIterator>(
    body: &mut Writer,
    id: u8,
    items: I,
    mut write: impl FnMut(&mut Writer, I::Item),
) {
    if items.len() == 0 {
        return;
    }
    let mut w = Writer::new();
    w.uleb(items.len() as u64);
    items.for_each(|item| write(&mut w, item));
    put(body, id, w);
}

fn write_types(w: &mut Writer, types: &[ValTy]) {
    w.uleb(types.len() as u64);
    types.iter().for_each(|ty| write_ty(*ty, w));
}

fn write_sig(w: &mut Writer, sig: &Signature) {
    write_types(w, &sig.params);
    write_types(w, &sig.results);
}

fn write_field_ty(w: &mut Writer, ty: FieldTy) {
    match ty {
        FieldTy::Val(ty) => {
            w.u8(0);
            write_ty(ty, w);
        }
        FieldTy::Inline(id) => {
            w.u8(1);
            w.u32(id.0);
        }
    }
}

fn write_type(w: &mut Writer, decl: &TypeDecl) {
    w.str(&decl.name);
    match &decl.def {
        // Only the predeclared types are these, and they are not written.
        TypeDef::Str | TypeDef::Bytes => w.u8(u8::MAX),
        TypeDef::Struct { parent, identity, fields } => {
            w.u8(u8::from(parent.is_some()) | u8::from(*identity) << 3);
            parent.iter().for_each(|p| w.u32(p.0));
            w.uleb(fields.len() as u64);
            for field in fields {
                w.str(&field.name);
                write_field_ty(w, field.ty);
                w.u8(u8::from(field.mutable));
            }
        }
        TypeDef::Array { elem, mutable } => {
            w.u8(2);
            write_field_ty(w, *elem);
            w.u8(u8::from(*mutable));
        }
        TypeDef::List { elem } => {
            w.u8(3);
            write_field_ty(w, *elem);
        }
        TypeDef::Map { key, value: Some(value) } => {
            w.u8(4);
            write_field_ty(w, *key);
            write_field_ty(w, *value);
        }
        TypeDef::Map { key, value: None } => {
            w.u8(5);
            write_field_ty(w, *key);
        }
        TypeDef::Closure { sig } => {
            w.u8(6);
            w.u32(sig.0);
        }
        TypeDef::Cell { ty, mutable } => {
            w.u8(7);
            write_ty(*ty, w);
            w.u8(u8::from(*mutable));
        }
    }
}

fn write_data(w: &mut Writer, data: &Data) {
    let (tag, bytes) = match data {
        Data::Str(text) => (0, text.as_bytes()),
        Data::Bytes(bytes) => (1, bytes.as_slice()),
    };
    w.u8(tag);
    w.uleb(bytes.len() as u64);
    w.bytes(bytes);
}

fn write_func(w: &mut Writer, func: &Function) {
    w.str(&func.name);
    w.u32(func.sig.0);
    w.uleb(func.blocks.len() as u64);
    // Types of values that do not exist are written as `bool`: encoding cannot fail, and a
    // function with such values does not pass the verifier anyway.
    let ty = |v| func.values.get(v).copied().unwrap_or(ValTy::Bool);
    for data in func.blocks.values() {
        w.uleb(data.params.len() as u64);
        data.params.iter().for_each(|v| write_ty(ty(*v), w));
        w.uleb(data.insts.len() as u64);
        for node in &data.insts {
            node.inst.write(w);
            w.u32(node.results.count);
            node.results.iter().for_each(|v| write_ty(ty(v), w));
        }
    }
}

fn has_debug(func: &Function) -> bool {
    let mut nodes = func.blocks.values().flat_map(|b| &b.insts);
    func.file != 0
        || func.loc != Loc::default()
        || !func.names.is_empty()
        || nodes.any(|n| n.loc != Loc::default())
}

/// File, place and names; then places of the instructions as runs of equal ones.
fn write_debug(w: &mut Writer, func: &Function) {
    w.u32(func.file);
    let mut line = 0;
    write_loc(w, func.loc, &mut line);
    w.uleb(func.names.len() as u64);
    for (value, name) in &func.names {
        w.u32(value.0);
        w.str(name);
    }
    let nodes: Vec<Loc> =
        func.blocks.values().flat_map(|b| &b.insts).map(|node| node.loc).collect();
    for run in nodes.chunk_by(|a, b| a == b) {
        w.uleb(run.len() as u64);
        write_loc(w, run[0], &mut line);
    }
}

/// The line as the difference to the one before.
fn write_loc(w: &mut Writer, loc: Loc, line: &mut u32) {
    w.sleb(i64::from(loc.line) - i64::from(*line));
    w.uleb(u64::from(loc.col));
    w.uleb(u64::from(loc.len));
    *line = loc.line;
}
