//! What ends a program of the machine other than `Halt`.
//!
//! The first six are the machine's own errors. The original panics in place of the others, which
//! are typed here. They are results of a program, not errors of the host: limits on fuel, memory
//! and the like are those of Kaa and stay traps.

use std::fmt;

macro_rules! faults {
    ($($number:literal $name:ident $text:literal;)*) => {
        /// Why a program ended.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Fault {
            $(#[doc = $text] $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Fault] = &[$(Fault::$name),*];

            /// The number by which a compiled program tells it.
            pub fn number(self) -> i64 {
                match self { $(Fault::$name => $number,)* }
            }

            /// Its name, as the machine spells it in results.
            pub fn name(self) -> &'static str {
                match self { $(Fault::$name => stringify!($name),)* }
            }

            /// The reason in one sentence.
            pub fn text(self) -> &'static str {
                match self { $(Fault::$name => $text,)* }
            }
        }
    };
}

faults! {
    1 StackOverflow "there are more nested calls than the machine has frames";
    2 StackUnderflow "`Return` outside of a call";
    3 NullPointerException "a section that does not exist, is freed or holds no bytes";
    4 SegmentationFault "an access outside the bounds of a section";
    5 InvalidOpCode "a number that is no operation";
    6 UnexpectedEOF "one byte is left where an operation is expected";
    7 CutOperands "the code ends within the operands of an operation";
    8 InvalidRegister "a register above R127";
    9 InvalidTarget "a jump or call to a place outside of the code";
    10 TargetInsideInstruction "a jump or call to a place within an operation";
    11 EndOfCode "the program runs past its last operation";
    12 DivisionOverflow "the least number of a type, divided by -1";
}

impl Fault {
    /// The fault of a number.
    pub fn by_number(number: i64) -> Option<Fault> {
        Fault::ALL.iter().copied().find(|fault| fault.number() == number)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name(), self.text())
    }
}
