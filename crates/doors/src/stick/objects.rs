//! Objects: strings, arrays, tables and objects with fields, and the functions of the module that
//! work on them.
//!
//! An object is a struct below one common type that holds its handle: the number that the
//! original would show, if it never reused one. The functions take operands as they stand in
//! registers, and panic themselves. Only programs with such instructions have any of this.

mod arrays;
mod elements;
mod strings;

use kaa_ir::types::{FieldTy, TypeDeclError};
use kaa_ir::{
    FieldDef, FuncId, Global, GlobalId, GlobalInit, Inst, Module, Signature, TypeDef, TypeId,
    ValTy, Value,
};

use super::code::{Any, Code};
use super::ops::Op;
use super::panic;
use crate::error::LoadError;

/// The type numbers in handles.
const STRING: i64 = 4;
const ARRAY: i64 = 5;
const TABLE: i64 = 6;
const OBJECT: i64 = 7;

/// The heap types.
#[derive(Clone, Copy, Debug)]
pub struct Types {
    /// Every object: its handle.
    pub any: TypeId,
    string: TypeId,
    array: TypeId,
    table: TypeId,
    object: TypeId,
    words: TypeId,
    tags: TypeId,
    refs: TypeId,
    map: TypeId,
}

/// What programs with objects have.
#[derive(Debug)]
pub struct Objects {
    /// The types.
    pub ty: Types,
    counters: [GlobalId; 4],
    /// A string of bytes.
    pub new_string: FuncId,
    /// Both strings, joined.
    pub concat: FuncId,
    /// The length of a string.
    pub string_len: FuncId,
    /// An array of an element type with a capacity.
    pub new_array: FuncId,
    /// An element.
    pub array_get: FuncId,
    /// Changes an element.
    pub array_set: FuncId,
    /// The length of an array.
    pub array_len: FuncId,
    /// An empty table.
    pub new_table: FuncId,
    /// An object of a type with some fields.
    pub new_object: FuncId,
    /// What a table or object holds at a key.
    pub get_elem: FuncId,
    /// Changes what it holds.
    pub set_elem: FuncId,
}

/// Whether an instruction makes or uses objects.
pub fn is_for_objects(op: Op) -> bool {
    use Op::{
        ArrayGet, ArrayLen, ArraySet, Concat, GetElem, NewArray, NewObject, NewStr, NewTable,
        SetElem, StrLen,
    };
    matches!(
        op,
        NewArray
            | NewTable
            | NewObject
            | NewStr
            | GetElem
            | SetElem
            | ArrayGet
            | ArraySet
            | ArrayLen
            | Concat
            | StrLen
    )
}

impl Objects {
    /// Adds types and functions to a module.
    pub fn add(module: &mut Module) -> Result<Objects, LoadError> {
        let ty = types(module).map_err(|error| LoadError::Unsupported(error.to_string()))?;
        let counters = ["strings", "arrays", "tables", "objects"].map(|name| counter(module, name));
        let (any, word, tag) = (ValTy::RefNull(ty.any), ValTy::I64, ValTy::U8);
        let new = ValTy::Ref(ty.any);
        let mut declare = |name: &str, params: &[ValTy], results: &[ValTy]| {
            module.declare_func(name, Signature::new(params, results))
        };
        let triple = [tag, word, any];
        let objects = Objects {
            ty,
            counters,
            new_string: declare("string.new", &[ValTy::BYTES], &[new]),
            concat: declare("string.concat", &[any, any], &[new]),
            string_len: declare("string.len", &[any], &[ValTy::U64]),
            new_array: declare("array.new", &[tag, tag, word], &[new]),
            array_get: declare("array.get", &[any, tag, word], &triple),
            array_set: declare("array.set", &[any, tag, word, tag, word, any], &[]),
            array_len: declare("array.len", &[any], &[ValTy::U64]),
            new_table: declare("table.new", &[], &[new]),
            new_object: declare("object.new", &[word, word], &[new]),
            get_elem: declare("elem.get", &[any, tag, word, any], &triple),
            set_elem: declare("elem.set", &[any, tag, word, any, tag, word, any], &[]),
        };
        strings::build(module, &objects)?;
        arrays::build(module, &objects)?;
        elements::build(module, &objects)?;
        Ok(objects)
    }

    /// The next handle of a type.
    fn handle(&self, code: &mut Code<'_>, ty: i64) -> Value {
        let index = usize::try_from(ty - STRING).unwrap_or(0);
        let counter = self.counters[index.min(3)];
        let handle = code.get(counter);
        let next = code.plus(handle, 1);
        code.set(counter, next);
        handle
    }

    /// An object as one of a type of its own, or a panic.
    fn cast(&self, code: &mut Code<'_>, obj: Value, ty: TypeId) -> Value {
        let fits = code.b.ins1(Inst::TypeTest { obj, ty });
        code.unless(fits, panic::TYPE);
        code.b.ins1(Inst::Cast { obj, ty })
    }
}

fn counter(module: &mut Module, name: &str) -> GlobalId {
    let types = [("strings", STRING), ("arrays", ARRAY), ("tables", TABLE), ("objects", OBJECT)];
    let ty = types.iter().find(|(known, _)| *known == name).map_or(0, |(_, ty)| *ty);
    module.globals.push(Global {
        name: format!("next.{name}"),
        ty: ValTy::I64,
        mutable: true,
        init: GlobalInit::Bits((ty << 24) as u64),
    })
}

/// A number as an index: it is one of both integer types, or the program panics.
fn index(code: &mut Code<'_>, tag: Value, bits: Value) -> Value {
    let (unsigned, signed) = (code.is(ValTy::U8, tag, 2), code.is(ValTy::U8, tag, 3));
    let fits = code.b.ins1(Inst::Or { t: ValTy::Bool, a: unsigned, b: signed });
    code.unless(fits, panic::TYPE);
    bits
}

/// Panics unless an index is below a length.
fn bound(code: &mut Code<'_>, idx: Value, len: Value) {
    let t = ValTy::U64;
    let (a, b) = (code.b.ins1(Inst::ConvertWrap { t, a: idx }), {
        code.b.ins1(Inst::ConvertWrap { t, a: len })
    });
    let fits = code.b.ins1(Inst::Lt { t, a, b });
    code.unless(fits, panic::BOUNDS);
}

/// Returns a register's content.
fn ret_any(code: &mut Code<'_>, any: Any) {
    let vals: Vec<Value> = [any.tag, any.bits].into_iter().chain(any.object).collect();
    code.b.ins(Inst::Ret { vals: vals.into() });
}

fn types(module: &mut Module) -> Result<Types, TypeDeclError> {
    let field = |name: &str, ty: ValTy, mutable: bool| FieldDef {
        name: name.to_owned(),
        ty: FieldTy::Val(ty),
        mutable,
    };
    let of = |parent, fields| TypeDef::Struct { parent, identity: true, fields };
    let any = module.declare_type("any", of(None, vec![field("handle", ValTy::I64, false)]))?;
    let object_ref = ValTy::RefNull(any);
    let mut array = |name: &str, elem| {
        module.intern_type(name, TypeDef::Array { elem: FieldTy::Val(elem), mutable: true })
    };
    let (words, tags) = (array("words", ValTy::I64)?, array("tags", ValTy::U8)?);
    let refs = array("refs", object_ref)?;
    let plain = |fields| TypeDef::Struct { parent: None, identity: false, fields };
    let key = module.declare_type(
        "key",
        plain(vec![
            field("tag", ValTy::U8, false),
            field("bits", ValTy::I64, false),
            field("text", ValTy::BYTES, false),
        ]),
    )?;
    let content = module.declare_type(
        "content",
        plain(vec![
            field("tag", ValTy::U8, true),
            field("bits", ValTy::I64, true),
            field("object", object_ref, true),
        ]),
    )?;
    let (key, value) = (FieldTy::Inline(key), Some(FieldTy::Inline(content)));
    let map = module.intern_type("entries", TypeDef::Map { key, value })?;
    let mut sub = |name: &str, fields| module.declare_type(name, of(Some(any), fields));
    Ok(Types {
        any,
        string: sub("string", vec![field("text", ValTy::BYTES, false)])?,
        array: sub(
            "array",
            vec![
                field("elem", ValTy::U8, false),
                field("len", ValTy::I64, true),
                field("words", ValTy::RefNull(words), false),
                field("refs", ValTy::RefNull(refs), false),
            ],
        )?,
        table: sub("table", vec![field("entries", ValTy::Ref(map), true)])?,
        object: sub(
            "object",
            vec![
                field("type", ValTy::I64, false),
                field("tags", ValTy::Ref(tags), false),
                field("words", ValTy::Ref(words), false),
                field("refs", ValTy::Ref(refs), false),
            ],
        )?,
        words,
        tags,
        refs,
        map,
    })
}
