//! Calls of runtime functions on maps that are register operations of their own: those of maps
//! from a 64-bit integer or a string to one value.
//!
//! Everything that reads the form of a program asks here, so that all agree which calls these
//! are. What is not one of them goes through a window, as any import does.

use kaa_ir::{Inst, Module, TypeDef, TypeId, ValTy, Value};

use crate::reg::RegOp;

/// A call that is a register operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MapCall<'a> {
    /// The operation.
    pub op: RegOp,
    /// The type of the map.
    pub ty: TypeId,
    /// Map, key, and what else there is.
    pub args: &'a [Value],
}

impl MapCall<'_> {
    /// Whether it writes the map.
    pub fn is_put(&self) -> bool {
        matches!(self.op, RegOp::MapPut | RegOp::MapStrPut)
    }
}

/// The operation that an instruction is, if it is one on a map.
pub(crate) fn map_call<'a>(
    module: &Module,
    ty: impl Fn(Value) -> ValTy,
    inst: &'a Inst,
) -> Option<MapCall<'a>> {
    let Inst::CallImport { i, args } = inst else { return None };
    let import = module.imports.get(*i).filter(|import| import.module == "rt")?;
    let (ints, strings, count) = match &*import.name {
        "dict.index" => (RegOp::MapGet, RegOp::MapStrGet, 2),
        "dict.get_or" => (RegOp::MapGetOr, RegOp::MapStrGetOr, 3),
        "dict.put" => (RegOp::MapPut, RegOp::MapStrPut, 3),
        "dict.contains" | "set.contains" => (RegOp::MapHas, RegOp::MapStrHas, 2),
        _ => return None,
    };
    let ValTy::Ref(map) = ty(*args.first()?) else { return None };
    let types = &module.types;
    let is_map = matches!(types.def(map), Some(TypeDef::Map { .. }));
    let op = match types.leaves(map) {
        [key] if key.ty == ValTy::I64 => ints,
        [key] if key.ty == ValTy::STR => strings,
        _ => return None,
    };
    let value_fits = ints == RegOp::MapHas || types.value_leaves(map).len() == 1;
    let fits = is_map && value_fits && args.len() == count;
    fits.then_some(MapCall { op, ty: map, args })
}

/// The map that an instruction writes in place.
pub(crate) fn written_map(
    module: &Module,
    ty: impl Fn(Value) -> ValTy,
    inst: &Inst,
) -> Option<Value> {
    let call = map_call(module, ty, inst).filter(MapCall::is_put)?;
    call.args.first().copied()
}
