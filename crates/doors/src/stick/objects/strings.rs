//! Strings: bytes that never change.

use kaa_ir::{Inst, Module, Value};

use super::{Objects, STRING};
use crate::error::LoadError;
use crate::stick::code::Code;

/// The field with the bytes.
const TEXT: u32 = 1;

pub(super) fn build(module: &mut Module, objects: &Objects) -> Result<(), LoadError> {
    let mut code = Code::new(module, objects.new_string, None);
    let text = code.b.params()[0];
    give(&mut code, objects, text);
    code.finish()?;

    let mut code = Code::new(module, objects.concat, None);
    let params = code.b.params();
    let texts = [params[0], params[1]].map(|string| text_of(&mut code, objects, string));
    let text = code.b.ins1(Inst::StrConcat { a: texts[0], b: texts[1] });
    give(&mut code, objects, text);
    code.finish()?;

    let mut code = Code::new(module, objects.string_len, None);
    let string = code.b.params()[0];
    let s = text_of(&mut code, objects, string);
    let size = code.b.ins1(Inst::StrSize { s });
    let len = code.b.ins1(Inst::ConvertWrap { t: kaa_ir::ValTy::U64, a: size });
    code.b.ins(Inst::Ret { vals: [len].into() });
    code.finish()
}

/// The bytes of a string, or a panic.
pub(super) fn text_of(code: &mut Code<'_>, objects: &Objects, obj: Value) -> Value {
    let string = objects.cast(code, obj, objects.ty.string);
    code.field(string, TEXT)
}

fn give(code: &mut Code<'_>, objects: &Objects, text: Value) {
    let handle = objects.handle(code, STRING);
    let vals = [handle, text].into();
    let string = code.b.ins1(Inst::StructNew { ty: objects.ty.string, vals });
    code.b.ins(Inst::Ret { vals: [string].into() });
}
