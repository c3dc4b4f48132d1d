//! Kaa, a typed bytecode virtual machine with a Python-like language: the public API.
//!
//! ```
//! use kaa::{Config, Host, Module, Store};
//!
//! # fn main() -> Result<(), kaa::Error> {
//! let script = "@export\ndef double(n: int) -> int:\n    return n * 2\n";
//! let module = Module::from_source("double.kaa", script)?;
//! let mut store = Store::new(&Config::new().fuel(10_000), &Host::new())?;
//! let double = store.load(&module)?;
//! assert_eq!(store.call::<i64>(double, "double", (21,))?, 42);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Module`] is checked code, from source, IR text or bytes. A [`Store`] runs modules within
//! the limits of its [`Config`], and reaches outside only through what its [`Host`] offers. Values
//! cross as Rust values or as [`Val`]. How code runs is not decided here but in `kaa-exec`.
//!
//! Rooms: `module` and `diagnostics`, `files` for imports, `door` for programs of other machines,
//! `host` (functions) and `grant` (capabilities), `store`, `value` and `convert`, `native` and
//! `image` for machine code, `error`, `explain` and `doc`, and `edit` for what changes sources.

#![forbid(unsafe_code)]

mod config;
mod convert;
mod diagnostics;
mod doc;
pub mod door;
mod edit;
mod error;
mod explain;
mod files;
mod grant;
mod host;
#[cfg(feature = "jit")]
mod image;
mod module;
mod native;
mod output;
mod store;
mod value;

pub use config::{COMPILE_AFTER, Config};
pub use convert::{FromVals, IntoVals};
pub use diagnostics::Diagnostics;
pub use doc::{DocEntry, DocGroup, doc, doc_near, doc_of_source, library};
pub use edit::{Fixed, FormatError, fix, format};
pub use error::{Error, is_limit};
pub use explain::{Explanation, explain};
pub use files::FileSystem;
pub use grant::{CAPABILITIES, GrantError};
pub use host::{Host, HostArg, HostFunction, HostReturn};
pub use kaa_base::diag::{Diagnostic, Fix, Severity};
pub use kaa_base::span::{FileId, LineCol, SourceFile, Span};
pub use kaa_exec::debug;
pub use kaa_exec::tier::TierStats;
pub use kaa_exec::{Engine, InterruptHandle, LinkError, Stats, TraceFrame, Trap};
pub use kaa_isa::TrapKind;
pub use kaa_lang::{Loader, NoFiles};
pub use module::Module;
pub use native::NativeCode;
pub use output::Output;
pub use store::{Copied, Exit, Func, Instance, Store};
pub use value::Val;
