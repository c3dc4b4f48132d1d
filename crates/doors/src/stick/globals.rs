//! The globals of a program as globals of its module: a tag, a payload and an object each.
//!
//! Instructions reach 256 of them; the others keep what the file says and have nothing here.

use kaa_ir::{FuncId, Global, GlobalId, GlobalInit, Inst, Module, Signature, ValTy, Value};

use super::code::{Any, Code};
use super::file::{File, Stored};
use super::objects::Objects;
use super::ops::CALLABLE;
use crate::error::LoadError;

/// Globals that an instruction can name.
pub const REACHABLE: usize = 256;

/// The name of the function that returns what they hold.
pub const STATE: &str = "state.globals";

/// The tag of what is not kept; no value has it.
pub const NOT_KEPT: u8 = 0xFF;

/// One global.
#[derive(Clone, Copy, Debug)]
struct Parts {
    tag: GlobalId,
    bits: GlobalId,
    object: Option<GlobalId>,
}

/// The globals.
#[derive(Debug)]
pub struct Globals(Vec<Parts>);

impl Globals {
    /// Adds them to a module.
    pub fn add(module: &mut Module, file: &File, objects: Option<&Objects>) -> Globals {
        let mut parts = Vec::new();
        for (index, value) in file.globals.iter().take(REACHABLE).enumerate() {
            let mut add = |what: &str, ty: ValTy, bits: u64| {
                let (name, init) = (format!("global.{index}.{what}"), GlobalInit::Bits(bits));
                module.globals.push(Global { name, ty, mutable: true, init })
            };
            parts.push(Parts {
                tag: add("tag", ValTy::U8, value.tag.into()),
                bits: add("bits", ValTy::I64, first_bits(index, *value)),
                object: objects.map(|o| add("object", ValTy::RefNull(o.ty.any), 0)),
            });
        }
        Globals(parts)
    }

    /// Reads one.
    pub fn get(&self, code: &mut Code<'_>, index: usize) -> Option<Any> {
        let parts = *self.0.get(index)?;
        let object = parts.object.map(|g| code.get(g));
        Some(Any { tag: code.get(parts.tag), bits: code.get(parts.bits), object })
    }

    /// Writes one.
    pub fn set(&self, code: &mut Code<'_>, index: usize, any: Any) {
        let Some(parts) = self.0.get(index).copied() else { return };
        code.set(parts.tag, any.tag);
        code.set(parts.bits, any.bits);
        if let (Some(g), Some(object)) = (parts.object, any.object) {
            code.set(g, object);
        }
    }

    /// Adds the function that returns all that they hold.
    pub fn observe(&self, module: &mut Module) -> Result<(), LoadError> {
        let func = declare(module, self.0.len());
        let mut code = Code::new(module, func, None);
        let all = self.0.iter().flat_map(|parts| [code.get(parts.tag), code.get(parts.bits)]);
        let vals: Vec<Value> = all.collect();
        code.b.ins(Inst::Ret { vals: vals.into() });
        code.finish()
    }
}

/// Declares the function that returns what globals hold, tag and payload by turns.
pub fn declare(module: &mut Module, count: usize) -> FuncId {
    let types: Vec<ValTy> = (0..count).flat_map(|_| [ValTy::U8, ValTy::I64]).collect();
    let func = module.declare_func(STATE, Signature::new([], types));
    module.export_func(STATE, func);
    func
}

/// The payload of a global at first. That of a function is the number of its constant; what a
/// file claims to be a function is none, and has a number that no constant has.
pub fn first_bits(index: usize, value: Stored) -> u64 {
    if value.tag == CALLABLE { !(index as u64) } else { value.payload }
}
