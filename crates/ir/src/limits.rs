//! The limits of the IR, each a named constant. The verifier and the readers enforce them.

/// Leaves of one type, nested structs counted flat.
pub const MAX_LEAVES: usize = 4096;
/// Leaves of all types of a module together: nesting could multiply them without a bound.
pub const MAX_ALL_LEAVES: usize = 1 << 20;
/// Length of a chain of parents.
pub const MAX_SUBTYPE_DEPTH: usize = 64;
/// Functions of a module.
pub const MAX_FUNCTIONS: usize = 100_000;
/// Types of a module.
pub const MAX_TYPES: usize = 100_000;
/// Entries of any other table of a module.
pub const MAX_TABLE: usize = 1_000_000;
/// Blocks of a function.
pub const MAX_BLOCKS: usize = 1 << 18;
/// Values of a function.
pub const MAX_VALUES: usize = 1 << 20;
/// Parameters of a function or a block, and results of a function.
pub const MAX_PARAMS: usize = 1024;
/// Values that are alive at the starts and ends of all blocks of a function, taken together.
/// A function within the other limits could have a million times a quarter of a million.
pub const MAX_LIVE: usize = 1 << 24;
/// Bytes of a name.
pub const MAX_NAME: usize = 64 << 10;
/// Bytes of one constant.
pub const MAX_DATA: usize = 16 << 20;
/// Bytes of a module in text or binary form.
pub const MAX_MODULE_BYTES: usize = 256 << 20;
