//! Tables and objects with fields. The original has numbers for them and nothing behind; they mean
//! here what its author says they are to mean.
//!
//! A table maps keys to contents: a key is a tag and a payload, a string is its bytes, any other
//! object is itself. What is not there is nothing. An object has a number of fields, which
//! integers name.

use kaa_ir::{Data, Inst, Module, ValTy, Value};

use super::{OBJECT, Objects, TABLE, bound, index, ret_any};
use crate::error::LoadError;
use crate::stick::code::{Any, Code};
use crate::stick::ops::{Kind, NUL, OBJ};
use crate::stick::panic;

/// The field with the entries of a table.
const ENTRIES: u32 = 1;
/// The fields of an object.
const TAGS: u32 = 2;
const WORDS: u32 = 3;
const REFS: u32 = 4;

pub(super) fn build(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let ty = &objects.ty;
    let mut code = Code::new(module, objects.new_table, None);
    let zero = code.b.i64(0);
    let map = code.b.call_import("rt", "map.new", &[zero], &[ValTy::Ref(ty.map)]);
    let map = map.get(0).unwrap_or(zero);
    let handle = objects.handle(&mut code, TABLE);
    let table = code.b.ins1(Inst::StructNew { ty: ty.table, vals: [handle, map].into() });
    code.b.ins(Inst::Ret { vals: [table].into() });
    code.finish()?;

    let mut code = Code::new(module, objects.new_object, None);
    let params = code.b.params();
    let len = params[1];
    let (tag, word, none) = (code.u8(NUL), code.b.i64(0), code.null(ty.any));
    let [tags, words, refs] = [(ty.tags, tag), (ty.words, word), (ty.refs, none)]
        .map(|(ty, init)| code.b.ins1(Inst::ArrayNew { ty, len, init: [init].into() }));
    let handle = objects.handle(&mut code, OBJECT);
    let vals = [handle, params[0], tags, words, refs].into();
    let object = code.b.ins1(Inst::StructNew { ty: ty.object, vals });
    code.b.ins(Inst::Ret { vals: [object].into() });
    code.finish()?;
    get(module, objects)?;
    set(module, objects)
}

fn get(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let ty = &objects.ty;
    let mut code = Code::new(module, objects.get_elem, None);
    let params = code.b.params();
    let key = Any { tag: params[1], bits: params[2], object: Some(params[3]) };
    let other = branch_to_table(&mut code, objects, params[0]);
    let table = objects.cast(&mut code, params[0], ty.table);
    let map = code.field(table, ENTRIES);
    let (tag, bits, none) = (code.u8(NUL), code.b.i64(0), code.null(ty.any));
    let key_leaves = key_of(&mut code, objects, key);
    let args: Vec<Value> = [map].into_iter().chain(key_leaves).chain([tag, bits, none]).collect();
    let results = [ValTy::U8, ValTy::I64, ValTy::RefNull(ty.any)];
    let found = code.b.call_import("rt", "dict.get_or", &args, &results);
    code.b.ins(Inst::Ret { vals: found.iter().collect() });

    code.go_on(other);
    let (object, idx) = field_of(&mut code, objects, params[0], key);
    let [tags, words, refs] = [TAGS, WORDS, REFS].map(|leaf| code.field(object, leaf));
    let (tag, bits, object) = (code.item(tags, idx), code.item(words, idx), code.item(refs, idx));
    ret_any(&mut code, Any { tag, bits, object: Some(object) });
    code.finish()
}

fn set(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let ty = &objects.ty;
    let mut code = Code::new(module, objects.set_elem, None);
    let params = code.b.params();
    let key = Any { tag: params[1], bits: params[2], object: Some(params[3]) };
    let content = [params[4], params[5], params[6]];
    let other = branch_to_table(&mut code, objects, params[0]);
    let obj = objects.cast(&mut code, params[0], ty.table);
    let map = code.field(obj, ENTRIES);
    let key_leaves = key_of(&mut code, objects, key);
    let args: Vec<Value> = [map].into_iter().chain(key_leaves).chain(content).collect();
    let written = code.b.call_import("rt", "dict.put", &args, &[ValTy::Ref(ty.map)]);
    let val = written.get(0).unwrap_or(map);
    code.b.ins(Inst::StructSet { obj, leaf: kaa_isa::kinds::Leaf(ENTRIES), val });
    code.b.ins(Inst::Ret { vals: [].into() });

    code.go_on(other);
    let (object, idx) = field_of(&mut code, objects, params[0], key);
    for (leaf, val) in [TAGS, WORDS, REFS].into_iter().zip(content) {
        let items = code.field(object, leaf);
        code.set_item(items, idx, val);
    }
    code.b.ins(Inst::Ret { vals: [].into() });
    code.finish()
}

/// Goes on where the object is a table; the block for the case that it is none.
fn branch_to_table(code: &mut Code<'_>, objects: &Objects, obj: Value) -> kaa_ir::Block {
    let is_table = code.b.ins1(Inst::TypeTest { obj, ty: objects.ty.table });
    let (table, other) = (code.b.create_block(), code.b.create_block());
    code.b.branch(is_table, table, other);
    code.go_on(table);
    other
}

/// An object with fields and the index of one, or a panic.
fn field_of(code: &mut Code<'_>, objects: &Objects, obj: Value, key: Any) -> (Value, Value) {
    let object = objects.cast(code, obj, objects.ty.object);
    let idx = index(code, key.tag, key.bits);
    let tags = code.field(object, TAGS);
    let len = code.b.ins1(Inst::ArrayLen { arr: tags });
    bound(code, idx, len);
    (object, idx)
}

/// A register's content as the leaves of a key, or a panic: nothing is no key.
fn key_of(code: &mut Code<'_>, objects: &Objects, key: Any) -> [Value; 3] {
    let ty = &objects.ty;
    let nothing = code.is(ValTy::U8, key.tag, NUL.into());
    code.panic_if(nothing, panic::TYPE);
    let empty = code.b.module.constant(Data::Bytes(Vec::new()));
    let (bits, text) = (code.b.declare_var(ValTy::I64), code.b.declare_var(ValTy::BYTES));
    let none = code.b.ins1(Inst::BytesConst { d: empty });
    let own = own_bits(code, key);
    code.b.def_var(bits, own);
    code.b.def_var(text, none);
    let Some(obj) = key.object else { return [key.tag, own, none] };
    let (object, string, other, done) = (
        code.b.create_block(),
        code.b.create_block(),
        code.b.create_block(),
        code.b.create_block(),
    );
    let missing = code.b.ins1(Inst::IsNull { a: obj });
    let is_object = code.is(ValTy::U8, key.tag, OBJ.into());
    let there = code.b.ins1(Inst::Not { t: ValTy::Bool, a: missing });
    let looked = code.b.ins1(Inst::And { t: ValTy::Bool, a: is_object, b: there });
    code.b.branch(looked, object, done);
    code.go_on(object);
    let is_string = code.b.ins1(Inst::TypeTest { obj, ty: ty.string });
    code.b.branch(is_string, string, other);

    code.go_on(string);
    let found = super::strings::text_of(code, objects, obj);
    let zero = code.b.i64(0);
    code.b.def_var(text, found);
    code.b.def_var(bits, zero);
    code.b.jump(done, &[]);

    code.go_on(other);
    let handle = code.field(obj, 0);
    code.b.def_var(bits, handle);
    code.b.jump(done, &[]);

    code.go_on(done);
    [key.tag, code.b.use_var(bits), code.b.use_var(text)]
}

/// The payload as far as it is the value's own: above a float of 32 bits lies what the register
/// held before.
fn own_bits(code: &mut Code<'_>, key: Any) -> Value {
    let t = ValTy::I64;
    let (is_float, mask) =
        (code.is(ValTy::U8, key.tag, Kind::F32.tag().into()), code.b.i64(0xFFFF_FFFF));
    let low = code.b.ins1(Inst::And { t, a: key.bits, b: mask });
    code.b.ins1(Inst::Select { c: is_float, a: low, b: key.bits })
}
