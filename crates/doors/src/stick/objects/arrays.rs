//! Arrays: a fixed capacity, one element type, a length that grows to what was written.
//!
//! Objects stand in an array of references, everything else as payloads.

use kaa_ir::{Inst, Module, ValTy, Value};

use super::{ARRAY, Objects, bound, index, ret_any};
use crate::error::LoadError;
use crate::stick::code::{Any, Code};
use crate::stick::ops::{CALLABLE, Kind, NUL, OBJ};
use crate::stick::panic;

/// The fields of an array.
const ELEM: u32 = 1;
const LEN: u32 = 2;
const WORDS: u32 = 3;
const REFS: u32 = 4;

pub(super) fn build(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    new(module, objects)?;
    get(module, objects)?;
    set(module, objects)?;
    let mut code = Code::new(module, objects.array_len, None);
    let object = code.b.params()[0];
    let array = objects.cast(&mut code, object, objects.ty.array);
    let len = code.field(array, LEN);
    let len = code.b.ins1(Inst::ConvertWrap { t: ValTy::U64, a: len });
    code.b.ins(Inst::Ret { vals: [len].into() });
    code.finish()
}

fn new(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let ty = &objects.ty;
    let mut code = Code::new(module, objects.new_array, None);
    let params = code.b.params();
    let (elem, tag, bits) = (params[0], params[1], params[2]);
    let bits = index(&mut code, tag, bits);
    let low = code.b.i64(0xFFFF_FFFF);
    let cap = code.b.ins1(Inst::And { t: ValTy::I64, a: bits, b: low });
    let (first, last) = (code.u8(NUL), code.u8(CALLABLE));
    let none = code.b.ins1(Inst::Eq { t: ValTy::U8, a: elem, b: first });
    code.panic_if(none, panic::MEMORY);
    let unknown = code.b.ins1(Inst::Gt { t: ValTy::U8, a: elem, b: last });
    code.panic_if(unknown, panic::MEMORY);
    let handle = objects.handle(&mut code, ARRAY);
    let len = code.b.i64(0);
    let holds_objects = code.is(ValTy::U8, elem, OBJ.into());
    let (of_objects, of_words) = (code.b.create_block(), code.b.create_block());
    code.b.branch(holds_objects, of_objects, of_words);

    code.go_on(of_objects);
    let init = code.null(ty.any);
    let refs = code.b.ins1(Inst::ArrayNew { ty: ty.refs, len: cap, init: [init].into() });
    let words = code.null(ty.words);
    let vals = [handle, elem, len, words, refs].into();
    let array = code.b.ins1(Inst::StructNew { ty: ty.array, vals });
    code.b.ins(Inst::Ret { vals: [array].into() });

    code.go_on(of_words);
    let init = code.b.i64(0);
    let words = code.b.ins1(Inst::ArrayNew { ty: ty.words, len: cap, init: [init].into() });
    let refs = code.null(ty.refs);
    let vals = [handle, elem, len, words, refs].into();
    let array = code.b.ins1(Inst::StructNew { ty: ty.array, vals });
    code.b.ins(Inst::Ret { vals: [array].into() });
    code.finish()
}

fn get(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let mut code = Code::new(module, objects.array_get, None);
    let params = code.b.params();
    let array = objects.cast(&mut code, params[0], objects.ty.array);
    let idx = index(&mut code, params[1], params[2]);
    let len = code.field(array, LEN);
    bound(&mut code, idx, len);
    let tag = code.field(array, ELEM);
    let holds_objects = code.is(ValTy::U8, tag, OBJ.into());
    let (of_objects, of_words) = (code.b.create_block(), code.b.create_block());
    code.b.branch(holds_objects, of_objects, of_words);

    code.go_on(of_objects);
    let refs = code.field(array, REFS);
    let object = code.item(refs, idx);
    let bits = code.b.i64(0);
    let (missing, there) = (code.b.create_block(), code.b.create_block());
    let is_null = code.b.ins1(Inst::IsNull { a: object });
    code.b.branch(is_null, missing, there);
    code.go_on(missing);
    ret_any(&mut code, Any { tag, bits, object: Some(object) });
    code.go_on(there);
    let bits = code.field(object, 0);
    ret_any(&mut code, Any { tag, bits, object: Some(object) });

    code.go_on(of_words);
    let words = code.field(array, WORDS);
    let bits = code.item(words, idx);
    let none = code.null(objects.ty.any);
    ret_any(&mut code, Any { tag, bits, object: Some(none) });
    code.finish()
}

fn set(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let mut code = Code::new(module, objects.array_set, None);
    let params = code.b.params();
    let array = objects.cast(&mut code, params[0], objects.ty.array);
    let idx = index(&mut code, params[1], params[2]);
    let (tag, bits, object) = (params[3], params[4], params[5]);
    let elem = code.field(array, ELEM);
    let holds_objects = code.is(ValTy::U8, elem, OBJ.into());
    let (of_objects, of_words) = (code.b.create_block(), code.b.create_block());
    code.b.branch(holds_objects, of_objects, of_words);

    code.go_on(of_objects);
    let refs = code.field(array, REFS);
    place(&mut code, refs, idx, (elem, tag));
    code.set_item(refs, idx, object);
    grow(&mut code, array, idx);

    code.go_on(of_words);
    let words = code.field(array, WORDS);
    place(&mut code, words, idx, (elem, tag));
    let bits = stored(&mut code, elem, bits);
    code.set_item(words, idx, bits);
    grow(&mut code, array, idx);
    code.finish()
}

/// Checks an index against the capacity, then the tag of what is written.
fn place(code: &mut Code<'_>, items: Value, idx: Value, (elem, tag): (Value, Value)) {
    let cap = code.b.ins1(Inst::ArrayLen { arr: items });
    bound(code, idx, cap);
    let same = code.b.ins1(Inst::Eq { t: ValTy::U8, a: elem, b: tag });
    code.unless(same, panic::TYPE);
}

/// What is kept of a payload: a truth value is one byte, a float of 32 bits four.
fn stored(code: &mut Code<'_>, elem: Value, bits: Value) -> Value {
    let t = ValTy::I64;
    let mut mask = code.b.i64(-1);
    for (kind, kept) in [(Kind::Bool, 0xFF), (Kind::F32, 0xFFFF_FFFF)] {
        let (c, a) = (code.is(ValTy::U8, elem, kind.tag().into()), code.b.i64(kept));
        mask = code.b.ins1(Inst::Select { c, a, b: mask });
    }
    code.b.ins1(Inst::And { t, a: bits, b: mask })
}

/// Makes the array as long as it must be for an index, and returns.
fn grow(code: &mut Code<'_>, array: Value, idx: Value) {
    let (t, len, needed) = (ValTy::I64, code.field(array, LEN), code.plus(idx, 1));
    let val = code.b.ins1(Inst::Max { t, a: len, b: needed });
    code.b.ins(Inst::StructSet { obj: array, leaf: kaa_isa::kinds::Leaf(LEN), val });
    code.b.ins(Inst::Ret { vals: [].into() });
}
