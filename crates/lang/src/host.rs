//! Functions of a host, as the front end is told of them.
//!
//! Only scalars, texts and bytes cross, so an IR signature says all. What runs behind a function is
//! decided when the module is linked.

use kaa_ir::Signature;

/// A function that a host offers to programs: `import module`, then `module.name(...)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostDecl {
    /// The module.
    pub module: String,
    /// The name in it.
    pub name: String,
    /// What it takes and gives; at most one result.
    pub sig: Signature,
}
