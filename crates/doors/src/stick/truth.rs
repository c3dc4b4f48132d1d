//! What counts as true, where the tag is only known at run time.

use kaa_ir::{FuncId, Inst, Module, Signature, ValTy};

use super::code::Code;
use super::ops::{Kind, NUL};
use crate::error::LoadError;

/// Declares the function: from a tag and a payload.
pub fn declare(module: &mut Module) -> FuncId {
    module.declare_func("truthy", Signature::new([ValTy::U8, ValTy::I64], [ValTy::Bool]))
}

/// Makes its code. Nothing is false, numbers and truth values are false if they are zero, and
/// everything else is true.
pub fn build(module: &mut Module, func: FuncId) -> Result<(), LoadError> {
    let mut code = Code::new(module, func, None);
    let params = code.b.params();
    let (tag, bits) = (params[0], params[1]);
    let kinds = [Kind::Bool, Kind::U64, Kind::I64, Kind::F32, Kind::F64];
    let blocks = kinds.map(|kind| (kind, code.b.create_block()));
    let (none, other) = (code.b.create_block(), code.b.create_block());
    let mut cases: Vec<_> = blocks.iter().map(|(kind, b)| (i64::from(kind.tag()), *b)).collect();
    cases.push((NUL.into(), none));
    code.switch(tag, cases, other);
    for (block, truth) in [(none, 0), (other, 1)] {
        code.go_on(block);
        let val = code.b.iconst(ValTy::Bool, truth);
        code.b.ins(Inst::Ret { vals: [val].into() });
    }
    for (kind, block) in blocks {
        code.go_on(block);
        let val = code.of_bits(kind, bits);
        let val = of(&mut code, kind, val);
        code.b.ins(Inst::Ret { vals: [val].into() });
    }
    code.finish()
}

/// Whether a value of a known kind counts as true.
pub fn of(code: &mut Code<'_>, kind: Kind, a: kaa_ir::Value) -> kaa_ir::Value {
    let t = super::code::val_ty(kind);
    let b = match kind {
        Kind::Bool => return a,
        Kind::U64 | Kind::I64 => code.b.iconst(t, 0),
        Kind::F32 | Kind::F64 => code.b.ins1(Inst::FConst { t, bits: 0 }),
    };
    code.b.ins1(Inst::Ne { t, a, b })
}
