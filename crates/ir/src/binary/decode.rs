//! Reads modules from bytes. Never panics; memory and time follow the length of the input.

use kaa_base::entity::Entity;
use kaa_base::wire::{Reader, WireError, WireErrorKind};
use kaa_isa::kinds::read_ty;
use kaa_isa::{DataId, FuncId, GlobalId, Inst, SigId, TypeId, ValTy, Value};

use super::{DecodeError, DecodeErrorKind, MAGIC, VERSION, content_hash, section};
use crate::func::{BlockData, Function, InstNode, Loc, Results};
use crate::limits::*;
use crate::module::{Data, Export, ExportItem, Global, GlobalInit, Import, Module, Signature};
use crate::types::{FieldDef, FieldTy, TypeDecl, TypeDef};

type Decoded<X> = Result<X, DecodeError>;
type Wire<X> = Result<X, WireError>;

/// Reads a module, with or without a look at the hash.
pub fn module(bytes: &[u8], check_hash: bool) -> Decoded<Module> {
    if bytes.len() > MAX_MODULE_BYTES {
        return fail(0, DecodeErrorKind::TooLarge);
    }
    let Some(rest) = bytes.strip_prefix(&MAGIC) else {
        return fail(0, DecodeErrorKind::NotAModule);
    };
    let mut r = Reader::new(rest, MAGIC.len());
    if r.uleb()? != VERSION {
        return fail(MAGIC.len(), DecodeErrorKind::Version);
    }
    let at = r.offset();
    if r.uleb()? != 0 {
        return fail(at, DecodeErrorKind::Flags);
    }
    let at = r.offset();
    let hash = r.fixed_u64()?;
    let origin = r.offset();
    let body = r.bytes(r.remaining())?;
    if check_hash && hash != content_hash(body) {
        return fail(at, DecodeErrorKind::Hash);
    }
    let mut r = Reader::new(body, origin);
    let mut module = Module::default();
    let mut last = 0;
    while !r.is_at_end() {
        let at = r.offset();
        let id = r.u8()?;
        let length = r.count(MAX_MODULE_BYTES)?;
        if id <= last || length == 0 {
            return fail(at, DecodeErrorKind::Section(id));
        }
        last = id;
        let origin = r.offset();
        let mut content = Reader::new(r.bytes(length)?, origin);
        read_section(id, &mut content, &mut module)?;
        if !content.is_at_end() {
            return fail(content.offset(), DecodeErrorKind::Section(id));
        }
    }
    module.reindex();
    Ok(module)
}

fn fail<X>(offset: usize, kind: DecodeErrorKind) -> Decoded<X> {
    Err(DecodeError { offset, kind })
}

fn read_section(id: u8, r: &mut Reader<'_>, module: &mut Module) -> Decoded<()> {
    let start = r.offset();
    if id == section::NAME {
        module.name = r.str(MAX_NAME)?.to_owned();
        return nonempty(id, start, module.name.len());
    }
    if id == section::DEBUG {
        let mut funcs = module.funcs.values_mut();
        return funcs.try_for_each(|func| Ok(read_debug(r, func)?));
    }
    let limit = match id {
        section::TYPES => MAX_TYPES,
        section::FUNCS => MAX_FUNCTIONS,
        _ => MAX_TABLE,
    };
    let n = r.count(limit)?;
    nonempty(id, start, n)?;
    for i in 0..n {
        let at = r.offset();
        match id {
            section::FILES => module.files.push(r.str(MAX_NAME)?.to_owned()),
            section::SIGS => {
                let sig = Signature::new(read_types(r)?, read_types(r)?);
                if module.sig(sig) != SigId::new(i) {
                    return fail(at, DecodeErrorKind::SameSignature);
                }
            }
            section::TYPES => {
                let decl = TypeDecl { name: r.str(MAX_NAME)?.to_owned(), def: read_type(r)? };
                if let Err(e) = module.types.push(decl) {
                    return fail(at, DecodeErrorKind::Type(e));
                }
            }
            section::IMPORTS => _ = module.imports.push(read_import(r)?),
            section::DATA => _ = module.data.push(read_data(r)?),
            section::GLOBALS => _ = module.globals.push(read_global(r)?),
            section::FUNCS => _ = module.funcs.push(read_func(r)?),
            section::EXPORTS => module.exports.push(read_export(r)?),
            _ => return fail(start, DecodeErrorKind::Section(id)),
        }
    }
    Ok(())
}

fn nonempty(id: u8, at: usize, n: usize) -> Decoded<()> {
    if n == 0 { fail(at, DecodeErrorKind::Section(id)) } else { Ok(()) }
}

fn flag(r: &mut Reader<'_>) -> Wire<bool> {
    let at = r.error(WireErrorKind::BadTag);
    match r.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(at),
    }
}

fn read_types(r: &mut Reader<'_>) -> Wire<Vec<ValTy>> {
    let n = r.count(MAX_PARAMS)?;
    (0..n).map(|_| read_ty(r)).collect()
}

fn read_field_ty(r: &mut Reader<'_>) -> Wire<FieldTy> {
    Ok(if flag(r)? { FieldTy::Inline(TypeId(r.u32()?)) } else { FieldTy::Val(read_ty(r)?) })
}

fn read_type(r: &mut Reader<'_>) -> Wire<TypeDef> {
    let at = r.error(WireErrorKind::BadTag);
    Ok(match r.u8()? {
        tag @ (0 | 1 | 8 | 9) => {
            let parent = if tag & 1 == 1 { Some(TypeId(r.u32()?)) } else { None };
            let n = r.count(MAX_LEAVES)?;
            let fields = (0..n).map(|_| read_field(r)).collect::<Wire<_>>()?;
            TypeDef::Struct { parent, identity: tag >= 8, fields }
        }
        2 => TypeDef::Array { elem: read_field_ty(r)?, mutable: flag(r)? },
        3 => TypeDef::List { elem: read_field_ty(r)? },
        4 => TypeDef::Map { key: read_field_ty(r)?, value: Some(read_field_ty(r)?) },
        5 => TypeDef::Map { key: read_field_ty(r)?, value: None },
        6 => TypeDef::Closure { sig: SigId(r.u32()?) },
        7 => TypeDef::Cell { ty: read_ty(r)?, mutable: flag(r)? },
        _ => return Err(at),
    })
}

fn read_field(r: &mut Reader<'_>) -> Wire<FieldDef> {
    let name = r.str(MAX_NAME)?.to_owned();
    Ok(FieldDef { name, ty: read_field_ty(r)?, mutable: flag(r)? })
}

fn read_import(r: &mut Reader<'_>) -> Wire<Import> {
    let module = r.str(MAX_NAME)?.to_owned();
    Ok(Import { module, name: r.str(MAX_NAME)?.to_owned(), sig: SigId(r.u32()?) })
}

fn read_data(r: &mut Reader<'_>) -> Wire<Data> {
    if flag(r)? {
        let n = r.count(MAX_DATA)?;
        return Ok(Data::Bytes(r.bytes(n)?.to_vec()));
    }
    Ok(Data::Str(r.str(MAX_DATA)?.to_owned()))
}

fn read_global(r: &mut Reader<'_>) -> Wire<Global> {
    let name = r.str(MAX_NAME)?.to_owned();
    let (ty, mutable) = (read_ty(r)?, flag(r)?);
    let init =
        if flag(r)? { GlobalInit::Data(DataId(r.u32()?)) } else { GlobalInit::Bits(r.uleb()?) };
    Ok(Global { name, ty, mutable, init })
}

fn read_export(r: &mut Reader<'_>) -> Wire<Export> {
    let name = r.str(MAX_NAME)?.to_owned();
    let item = if flag(r)? {
        ExportItem::Global(GlobalId(r.u32()?))
    } else {
        ExportItem::Func(FuncId(r.u32()?))
    };
    Ok(Export { name, item })
}

fn read_func(r: &mut Reader<'_>) -> Wire<Function> {
    let name = r.str(MAX_NAME)?.to_owned();
    let mut func = Function::declare(name, SigId(r.u32()?));
    let blocks = r.count(MAX_BLOCKS)?;
    for _ in 0..blocks {
        let mut data = BlockData::default();
        for _ in 0..r.count(MAX_PARAMS)? {
            data.params.push(read_value(r, &mut func)?);
        }
        for _ in 0..r.count(MAX_MODULE_BYTES)? {
            let inst = Inst::read(r)?;
            let mut results = Results::NONE;
            for i in 0..r.count(MAX_LEAVES + 1)? {
                let v = read_value(r, &mut func)?;
                if i == 0 {
                    results.first = v;
                }
                results.count += 1;
            }
            data.insts.push(InstNode { inst, results, loc: Loc::default() });
        }
        func.blocks.push(data);
    }
    Ok(func)
}

/// The type of a new value.
fn read_value(r: &mut Reader<'_>, func: &mut Function) -> Wire<Value> {
    if func.values.len() == MAX_VALUES {
        return Err(r.error(WireErrorKind::TooMany));
    }
    Ok(func.values.push(read_ty(r)?))
}

fn read_debug(r: &mut Reader<'_>, func: &mut Function) -> Wire<()> {
    func.file = r.u32()?;
    let mut line = 0;
    func.loc = read_loc(r, &mut line)?;
    for _ in 0..r.count(MAX_VALUES)? {
        let value = Value(r.u32()?);
        func.names.push((value, r.str(MAX_NAME)?.to_owned()));
    }
    let mut left = 0;
    let mut loc = Loc::default();
    for node in func.blocks.values_mut().flat_map(|b| &mut b.insts) {
        if left == 0 {
            let at = r.error(WireErrorKind::TooMany);
            left = r.uleb()?;
            if left == 0 {
                return Err(at);
            }
            loc = read_loc(r, &mut line)?;
        }
        node.loc = loc;
        left -= 1;
    }
    if left > 0 { Err(r.error(WireErrorKind::TooMany)) } else { Ok(()) }
}

fn read_loc(r: &mut Reader<'_>, line: &mut u32) -> Wire<Loc> {
    let at = r.error(WireErrorKind::BadInteger);
    let next = i64::from(*line).checked_add(r.sleb()?).and_then(|n| u32::try_from(n).ok());
    *line = next.ok_or(at.clone())?;
    let mut half = || u16::try_from(r.uleb()?).map_err(|_| at.clone());
    Ok(Loc { line: *line, col: half()?, len: half()? })
}
