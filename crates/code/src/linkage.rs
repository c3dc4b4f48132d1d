//! What lowering has to know of the store: numbers for the module's functions, types and
//! constants, and where leaves lie in objects. The engine implements it.

use kaa_ir::{DataId, FuncId, GlobalId, ImportId, TypeId};

use crate::word::{LeafPlace, MapPlace};

/// What an import turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkedImport {
    /// A native function by its number in the store.
    Native(u32),
    /// A function of another module by its number in the store.
    Func(u32),
}

/// The store's side of lowering.
pub trait Linkage {
    /// The store's number of a function.
    fn func(&self, id: FuncId) -> u32;
    /// What an import is linked to.
    fn import(&self, id: ImportId) -> LinkedImport;
    /// The store's number of a global.
    fn global(&self, id: GlobalId) -> u32;
    /// The store's number of a heap type.
    fn heap_type(&self, id: TypeId) -> u32;
    /// The slot form of a constant string or byte string.
    fn data(&mut self, id: DataId) -> u64;
    /// The place of a leaf in an element of an array or list.
    fn elem_leaf(&self, id: TypeId, leaf: u32) -> LeafPlace;
    /// The place of a leaf in a struct, from the object's start; the stride is 0.
    fn struct_leaf(&self, id: TypeId, leaf: u32) -> LeafPlace;
    /// The place of the value in an entry of a map with one value; the default is slot 0.
    fn map_value(&self, id: TypeId) -> MapPlace;
    /// The index of a new counter of how often a place is passed.
    fn counter(&mut self) -> u32;
    /// The index of a constant in the store's pool.
    fn pool(&mut self, bits: u64) -> u32;
}

/// How functions are to be lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mode {
    /// Charge fuel at the start of each block.
    pub fuel: bool,
    /// Count instructions and calls at the start of each block.
    pub count: bool,
    /// Offer a collection before each operation that may allocate.
    pub stress: bool,
    /// Count how often functions and loops are entered, so that hot ones can be compiled.
    pub tier: bool,
    /// Tell where the variables of the source are.
    pub debug: bool,
    /// Leave out the passes that only make code better. Fuel counts what is left of the code, so
    /// it is another one.
    pub plain: bool,
}

/// Why a function cannot be lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LowerError {
    /// The function needs more slots than operands can name.
    TooManySlots,
    /// The function's code is longer than offsets reach.
    TooLong,
    /// Placing the values of the function takes more work than is given to one function.
    TooComplex,
}

impl std::fmt::Display for LowerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            LowerError::TooManySlots => "the function needs more than 65,000 frame slots",
            LowerError::TooLong => "the function is too long",
            LowerError::TooComplex => "too many values live too long in the function",
        })
    }
}

impl std::error::Error for LowerError {}
