//! The one table of IR operations and everything that is derived from it.
//!
//! Start at [`mod@table`]: a row there is all that an operation needs in this crate. `kinds`
//! says how each kind of operand is encoded, printed and parsed; `derive` expands the
//! table. Typing rules of the rows marked `custom` live in `kaa-ir` because they need the
//! module's types; bodies live in `kaa-code` and `kaa-exec`.

#![forbid(unsafe_code)]

pub mod derive;
pub mod docs;
pub mod effects;
pub mod ids;
pub mod kinds;
pub mod table;
pub mod trap;
pub mod ty;

pub use derive::{CustomTyping, Inst, OPCODES, OpInfo, Opcode, Visit};
pub use effects::Effects;
pub use ids::{Block, DataId, FuncId, GlobalId, ImportId, SigId, TypeId, Value};
pub use kinds::{BlockCall, Kind, TextIn, TextOut};
pub use trap::TrapKind;
pub use ty::{TyClass, ValTy};
