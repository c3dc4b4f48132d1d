//! The globals of a program as globals of its module: a tag, a payload and an object each.
//!
//! Instructions reach 256 of them; the others keep what the file says and have nothing here.

use kaa_ir::{Global, GlobalId, GlobalInit, Module, ValTy, Value};

use super::code::{Any, Code};
use super::file::File;
use super::objects::Objects;
use super::ops::CALLABLE;

/// Globals that an instruction can name.
pub const REACHABLE: usize = 256;

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
                bits: add("bits", ValTy::I64, first_bits(index, value.tag, value.payload)),
                object: objects.map(|o| add("object", ValTy::RefNull(o.ty.any), 0)),
            });
        }
        Globals(parts)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
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

    /// Everything that they hold, tag and payload by turns.
    pub fn all(&self, code: &mut Code<'_>) -> Vec<Value> {
        self.0.iter().flat_map(|parts| [code.get(parts.tag), code.get(parts.bits)]).collect()
    }
}

/// The payload of a global at first. That of a function is the number of its constant; what a
/// file claims to be a function is none, and has a number that no constant has.
fn first_bits(index: usize, tag: u8, payload: u64) -> u64 {
    if tag == CALLABLE { !(index as u64) } else { payload }
}
