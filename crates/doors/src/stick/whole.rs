//! A module of a program whose registers stand in the heap.

use kaa_ir::{FunctionBuilder, Inst, Module, Signature, ValTy};

use super::file::File;
use crate::error::LoadError;

/// Makes the module.
pub fn build(name: &str, file: &File) -> Result<Module, LoadError> {
    let mut module = Module::new(name);
    let results = [ValTy::I64; 3];
    let main = module.declare_func("main", Signature::new([], results));
    module.export_func("main", main);
    let mut b = FunctionBuilder::new(&mut module, main);
    let word = file.code.first().copied().unwrap_or(0);
    let code = match word >> 24 {
        0 => 0,
        1 => i64::from(word >> 16 & 0xFF),
        _ => 18,
    };
    let vals = [code, 1, 1].map(|n| b.i64(n));
    b.ins(Inst::Ret { vals: vals.into() });
    b.finish().map_err(|error| LoadError::Unsupported(error.to_string()))?;
    Ok(module)
}
