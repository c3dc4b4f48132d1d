//! Slow operations: rare or long work that is called with a window, like a native.
//!
//! Their constant operands (types, leaves, modes) are passed in the window too. Bodies are
//! in `kaa-exec`, one for each, checked by an exhaustive match.

macro_rules! slow_ops {
    ($($(#[doc = $doc:literal])+ $name:ident,)*) => {
        /// A slow operation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum SlowOp {
            $($(#[doc = $doc])+ $name,)*
        }

        impl SlowOp {
            /// All slow operations by number.
            pub const ALL: &'static [SlowOp] = &[$(SlowOp::$name),*];

            /// The name in listings.
            pub fn name(self) -> &'static str {
                match self { $(SlowOp::$name => stringify!($name)),* }
            }
        }
    };
}

slow_ops! {
    /// (a, b, c, type code) -> a * b / c
    MulDiv,
    /// (a, b, binary code, f32?) -> a float operation with two operands
    FloatBinary,
    /// (a, unary code) -> an f32 operation with one operand
    Float32Unary,
    /// (a, b, c, f32?) -> a * b + c
    Fma,
    /// (a, from code, to code) -> trapping conversion
    ConvertTrap,
    /// (a, from code, to code) -> saturating conversion
    ConvertSat,
    /// (a, b, width, left?) -> narrow rotation
    Rotate,
    /// (a, b, type code, left?) -> checked shift of a narrow integer
    ShiftTrap,
    /// (type, len, leaves..) -> array
    ArrayNew,
    /// (count, type, leaves..) -> array
    ArrayOf,
    /// (dst, at, src, from, len)
    ArrayCopy,
    /// (array, at, len, leaves..)
    ArrayFill,
    /// (a, at, b, from, len) -> order
    ArrayCmp,
    /// (array, index, leaf) -> pointer
    ArrayPtr,
    /// (cap, type) -> list
    ListNew,
    /// (count, type, leaves..) -> list
    ListOf,
    /// (list, leaves..) -> list
    ListPush,
    /// (list) -> list, leaves..
    ListPop,
    /// (s, index) -> code point
    StrChar,
    /// (a, b) -> equality of byte strings
    BytesEq,
    /// (a, b) -> order
    StrCmp,
    /// (a, b) -> string or byte string
    StrConcat,
    /// (count, function, type, captures..) -> closure
    ClosureNew,
    /// (object, type) -> whether it is of the type
    TypeTest,
    /// (object, type) -> the object, traps where it is not of the type
    Cast,
}

/// Two-operand float operations of [`SlowOp::FloatBinary`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FloatBinary {
    /// Remainder with the sign of the dividend.
    Rem,
    /// Quotient rounded down.
    DivFloor,
    /// Remainder with the sign of the divisor.
    RemFloor,
    /// Smaller, NaN wins.
    Min,
    /// Larger, NaN wins.
    Max,
    /// Magnitude of the first, sign of the second.
    CopySign,
}

impl FloatBinary {
    /// By number; a number out of range is the last one.
    pub fn from_code(code: u64) -> Self {
        use FloatBinary::*;
        [Rem, DivFloor, RemFloor, Min, Max, CopySign][(code as usize).min(5)]
    }
}

/// One-operand operations of [`SlowOp::Float32Unary`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Float32Unary {
    /// Magnitude.
    Abs,
    /// Square root.
    Sqrt,
    /// Rounded down.
    Floor,
    /// Rounded up.
    Ceil,
    /// Rounded towards zero.
    Trunc,
    /// Rounded to nearest, ties to even.
    Round,
}

impl Float32Unary {
    /// By number; a number out of range is the last one.
    pub fn from_code(code: u64) -> Self {
        use Float32Unary::*;
        [Abs, Sqrt, Floor, Ceil, Trunc, Round][(code as usize).min(5)]
    }
}
