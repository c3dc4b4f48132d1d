//! Trap kinds: every way a task can end early, with a stable code and a stable name.

macro_rules! traps {
    ($($(#[doc = $doc:literal])+ $code:literal $name:literal $variant:ident,)*) => {
        /// Why a task trapped. Codes from 256 on belong to guests (`trap 300`).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum TrapKind {
            $($(#[doc = $doc])+ $variant,)*
            /// A code chosen by the guest program.
            User(u32),
        }

        impl TrapKind {
            /// All kinds that the machine itself raises.
            pub const ALL: &'static [TrapKind] = &[$(TrapKind::$variant),*];

            /// The stable number.
            pub fn code(self) -> u32 {
                match self {
                    $(TrapKind::$variant => $code,)*
                    TrapKind::User(code) => code,
                }
            }

            /// The kind with this number.
            pub fn from_code(code: u32) -> TrapKind {
                match code {
                    $($code => TrapKind::$variant,)*
                    other => TrapKind::User(other),
                }
            }

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self {
                    $(TrapKind::$variant => $name,)*
                    TrapKind::User(_) => "user",
                }
            }

            /// One line that says what happened.
            pub fn title(self) -> &'static str {
                match self {
                    $(TrapKind::$variant => concat!($($doc),+).trim_ascii(),)*
                    TrapKind::User(_) => "the program raised a trap of its own",
                }
            }
        }
    };
}

traps! {
    /// code that must not be reached was reached
    1 "unreachable" Unreachable,
    /// integer overflow
    2 "overflow" Overflow,
    /// division by zero
    3 "division_by_zero" DivisionByZero,
    /// shift count outside the width of the integer
    4 "shift_out_of_range" ShiftOutOfRange,
    /// value does not fit the type it is converted to
    5 "conversion" Conversion,
    /// index out of range
    6 "index_out_of_range" IndexOutOfRange,
    /// null reference
    7 "null_reference" NullReference,
    /// object is not of the type it is cast to
    8 "cast_failed" CastFailed,
    /// the heap limit is reached
    9 "out_of_memory" OutOfMemory,
    /// the call depth limit is reached
    10 "stack_overflow" StackOverflow,
    /// the fuel is used up
    11 "out_of_fuel" OutOfFuel,
    /// the host interrupted the program
    12 "interrupted" Interrupted,
    /// key not found
    13 "key_not_found" KeyNotFound,
    /// assertion failed
    14 "assertion_failed" AssertionFailed,
    /// the program panicked
    15 "panic" Panic,
    /// a value is not valid for this operation
    16 "invalid_value" InvalidValue,
    /// a host function reported an error
    17 "host_error" HostError,
    /// a host function panicked
    18 "host_panic" HostPanic,
    /// a part of an object is used while it is passed `mut`
    19 "in_use" InUse,
}

impl TrapKind {
    /// Whether an unwind edge may catch the trap. Limits and interrupts go through to the
    /// host, or a guest could ignore them.
    pub fn is_catchable(self) -> bool {
        use TrapKind::{HostPanic, Interrupted, OutOfFuel, OutOfMemory, StackOverflow};
        !matches!(self, OutOfFuel | Interrupted | HostPanic | OutOfMemory | StackOverflow)
    }
}
