//! The Kaa engine: stores, frames, the interpreter, runtime functions, traps and limits.
//!
//! `store` is what a host holds; `link` puts verified modules into it, `run` calls functions.
//! `interp` executes register code, `slow` is its out-of-line work, `frames` walks the stack.
//! `tasks` lets several flows of control take turns; `debug` lets a program that stands be looked
//! at.
//! `rt` are the runtime functions and `text` what they compute. What a program means is not
//! decided here: code comes from `kaa-code`, objects are `kaa-heap`'s.

mod copies;
pub mod debug;
mod frames;
pub mod host;
mod interp;
mod link;
pub mod native;
pub mod rt;
mod run;
mod slow;
mod store;
mod tasks;
pub mod text;
pub mod tier;
mod trap;
mod vm;

pub use copies::CopySite;
pub use host::Host;
pub use interp::Engine;
pub use link::{HostFn, HostFunc, HostFuncs, HostSig, LinkError};
pub use native::{Call, Fault, NativeResult};
pub use store::{Config, InterruptHandle, SLOTS_PER_FRAME, Stats, Store};
pub use trap::{MAX_TRACE, TraceFrame, Trap};
