//! Trap kinds: every way a task can end early, with a stable code and a stable name.

macro_rules! traps {
    ($($(#[doc = $doc:literal])+ $code:literal $name:literal $variant:ident $reason:literal,)*) => {
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

            /// What is told about the kind at length.
            pub fn reason(self) -> &'static str {
                match self {
                    $(TrapKind::$variant => $reason,)*
                    TrapKind::User(_) => "The program ended the run with a code that it chose.",
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
    1 "unreachable" Unreachable
        "An instruction that the author of the module holds to be impossible was reached. In IR, \
         a `trap unreachable` stands there.",
    /// integer overflow
    2 "overflow" Overflow
        "The result of an integer operation does not fit its type. Compute in a wider type, or \
         say that the operation may wrap.",
    /// division by zero
    3 "division_by_zero" DivisionByZero
        "An integer was divided by zero, or the rest of such a division was asked for. Test the \
         divisor first.",
    /// shift count outside the width of the integer
    4 "shift_out_of_range" ShiftOutOfRange
        "A count of a shift is negative, or not less than the number of bits of the integer.",
    /// value does not fit the type it is converted to
    5 "conversion" Conversion
        "A number was converted to a type that cannot hold it: it is too large, has the wrong \
         sign, or is no number at all.",
    /// index out of range
    6 "index_out_of_range" IndexOutOfRange
        "An element was asked for that the sequence does not have. Elements are counted from 0.",
    /// null reference
    7 "null_reference" NullReference
        "A reference that may be null was used as an object while it was null.",
    /// object is not of the type it is cast to
    8 "cast_failed" CastFailed
        "An object was cast to a type that it is not of. Test its type first.",
    /// the heap limit is reached
    9 "out_of_memory" OutOfMemory
        "The objects that are alive leave no room for what was asked for. The limit is set by \
         --max-heap, or by the host's `Config`.",
    /// the call depth limit is reached
    10 "stack_overflow" StackOverflow
        "Calls are nested too deeply, most often by a recursion that does not end. The limit is \
         set by --max-depth, or by the host's `Config`.",
    /// the fuel is used up
    11 "out_of_fuel" OutOfFuel
        "The run has done as much work as it was given fuel for. The limit is set by --fuel, or \
         by the host's `Config`.",
    /// the host interrupted the program
    12 "interrupted" Interrupted
        "The host ended the run from outside, for example because it took too long.",
    /// key not found
    13 "key_not_found" KeyNotFound
        "A dict was asked for a key that it does not have. Test with `in` first, or use `get`.",
    /// assertion failed
    14 "assertion_failed" AssertionFailed
        "The condition of an `assert` was false.",
    /// the program panicked
    15 "panic" Panic
        "The program called `panic`, or took the value of a `none` or of an error.",
    /// a value is not valid for this operation
    16 "invalid_value" InvalidValue
        "An argument has the right type, but a value that the operation has no meaning for. The \
         message says which.",
    /// a host function reported an error
    17 "host_error" HostError
        "A function of the host reported that it could not do what it was asked for.",
    /// a host function panicked
    18 "host_panic" HostPanic
        "A function of the host broke off by a panic. That is a mistake in the host, which the \
         program cannot catch.",
    /// a part of an object is used while it is passed `mut`
    19 "in_use" InUse
        "While a part of an object is passed `mut`, nothing else may use the object.",
    /// every task waits for another one
    20 "deadlock" Deadlock
        "No task can go on: each waits for a message, for room in a channel or for the end of \
         another task, and none is left that could bring it about. The message says what each \
         of them waits for.",
}

impl TrapKind {
    /// Whether an unwind edge may catch the trap. Limits and interrupts go through to the
    /// host, or a guest could ignore them.
    pub fn is_catchable(self) -> bool {
        use TrapKind::{HostPanic, Interrupted, OutOfFuel, OutOfMemory, StackOverflow};
        !matches!(self, OutOfFuel | Interrupted | HostPanic | OutOfMemory | StackOverflow)
    }
}
