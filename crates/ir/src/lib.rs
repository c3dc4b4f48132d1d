//! The Kaa IR: typed SSA in modules, the one form every front end ends at.
//!
//! `types`, `module` and `func` are the data; `builder` makes functions with automatic SSA
//! construction; `text` and `binary` are the two outside forms; `verify` is the whole safety
//! argument of the engines. No I/O here, and no panic on input. What operations exist is not
//! decided here but in `kaa-isa`.

#![forbid(unsafe_code)]

pub mod binary;
pub mod builder;
pub mod cfg;
pub mod codes;
pub mod func;
pub mod limits;
pub mod liveness;
pub mod module;
pub mod text;
pub mod types;
pub mod typing;
pub mod verify;

pub use builder::{FunctionBuilder, Var};
pub use func::{BlockData, Function, InstNode, Loc, Locals, Results};
pub use kaa_isa::{
    Block, BlockCall, DataId, Effects, FuncId, GlobalId, ImportId, Inst, Opcode, SigId, TrapKind,
    TypeId, ValTy, Value,
};
pub use module::{Data, Export, ExportItem, Global, GlobalInit, Import, Module, Signature};
pub use types::{FieldDef, FieldTy, LeafTy, TypeDecl, TypeDef, TypeTable};
