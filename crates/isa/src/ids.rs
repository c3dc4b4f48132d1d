//! The ids that operands name. The tables they index live in `kaa-ir`.

kaa_base::entity! {
    /// An SSA value of a function.
    pub struct Value = "v";
    /// A basic block of a function.
    pub struct Block = "b";
    /// A function defined in the module.
    pub struct FuncId = "func";
    /// A function imported by the module.
    pub struct ImportId = "import";
    /// A heap type of the module.
    pub struct TypeId = "type";
    /// A function signature of the module.
    pub struct SigId = "sig";
    /// A global of the module.
    pub struct GlobalId = "global";
    /// A constant string or byte string of the module.
    pub struct DataId = "data";
}

impl TypeId {
    /// The predeclared type of strings, the first type of every module.
    pub const STR: TypeId = TypeId(0);
    /// The predeclared type of byte strings, the second type of every module.
    pub const BYTES: TypeId = TypeId(1);
}
