//! What can be wrong with the arguments of a text routine.
//!
//! The errors carry a stable code and say what is wrong, not where: the runtime function
//! that called knows the name of the method and turns them into traps.

use std::fmt;

/// A format specification that cannot be read or does not fit the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// Text is left over where the specification should end.
    Malformed,
    /// A point without digits after it.
    NoPrecision,
    /// A width or precision above [`super::FormatSpec::MAX_FIELD`].
    TooLarge,
    /// Both separators, or one of them twice.
    Separators,
    /// No such type letter for this type of value.
    Letter {
        /// The letter.
        letter: char,
        /// The name of the value's type.
        of: &'static str,
    },
    /// A separator that does not go with the type letter.
    SeparatorWith {
        /// The separator.
        separator: char,
        /// The letter.
        letter: char,
    },
    /// An option that values of this type do not have.
    Option {
        /// The option in words.
        option: &'static str,
        /// The name of the value's type, or of the format.
        of: &'static str,
    },
    /// The value is no character code, so `c` cannot show it.
    NotAChar,
    /// The value is too large to be shown as a float.
    NotAFloat,
}

impl FormatError {
    /// The stable code of the error.
    pub fn code(self) -> &'static str {
        match self {
            FormatError::Malformed => "format-malformed",
            FormatError::NoPrecision => "format-no-precision",
            FormatError::TooLarge => "format-too-large",
            FormatError::Separators => "format-separators",
            FormatError::Letter { .. } => "format-letter",
            FormatError::SeparatorWith { .. } => "format-separator-with",
            FormatError::Option { .. } => "format-option",
            FormatError::NotAChar => "format-not-a-char",
            FormatError::NotAFloat => "format-not-a-float",
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::Malformed => f.write_str("the format specification is malformed"),
            FormatError::NoPrecision => f.write_str("digits must follow the `.` of a precision"),
            FormatError::TooLarge => {
                let most = super::FormatSpec::MAX_FIELD;
                write!(f, "a width or precision may be {most} at most")
            }
            FormatError::Separators => f.write_str("only one of `,` and `_` may be given, once"),
            FormatError::Letter { letter, of } => {
                write!(f, "values of type `{of}` have no format `{letter}`")
            }
            FormatError::SeparatorWith { separator, letter } => {
                write!(f, "the separator `{separator}` does not go with `{letter}`")
            }
            FormatError::Option { option, of } => write!(f, "{option} does not go with `{of}`"),
            FormatError::NotAChar => f.write_str("the number is not the code of a character"),
            FormatError::NotAFloat => f.write_str("the number is too large for a float"),
        }
    }
}

/// Text that is not the number it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Not written as a number of the kind wanted.
    Malformed,
    /// A number, but it does not fit the type.
    OutOfRange,
    /// The base is neither 0 nor 2 to 36.
    BadBase,
}

impl ParseError {
    /// The stable code of the error.
    pub fn code(self) -> &'static str {
        match self {
            ParseError::Malformed => "parse-malformed",
            ParseError::OutOfRange => "parse-out-of-range",
            ParseError::BadBase => "parse-bad-base",
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParseError::Malformed => "the text is not a number",
            ParseError::OutOfRange => "the number is out of range",
            ParseError::BadBase => "the base must be 0 or between 2 and 36",
        })
    }
}

/// An argument that a string method does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// A separator must not be empty.
    EmptySeparator,
    /// The result would be longer than the caller allows.
    TooLong,
    /// A fill must be one character.
    NotOneChar,
    /// No character has this code.
    NoSuchChar,
}

impl TextError {
    /// The stable code of the error.
    pub fn code(self) -> &'static str {
        match self {
            TextError::EmptySeparator => "text-empty-separator",
            TextError::TooLong => "text-too-long",
            TextError::NotOneChar => "text-not-one-char",
            TextError::NoSuchChar => "text-no-such-char",
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TextError::EmptySeparator => "the separator is empty",
            TextError::TooLong => "the text would be too long",
            TextError::NotOneChar => "a string of exactly one character is wanted",
            TextError::NoSuchChar => "no character has this code",
        })
    }
}

/// Arithmetic without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumError {
    /// The result does not fit the type.
    Overflow,
    /// Division or remainder by zero.
    DivideByZero,
    /// An integer was raised to a negative power.
    NegativeExponent,
    /// The number has no inverse for this modulus.
    NoInverse,
    /// NaN has no integer value.
    Nan,
}

impl NumError {
    /// The stable code of the error.
    pub fn code(self) -> &'static str {
        match self {
            NumError::Overflow => "num-overflow",
            NumError::DivideByZero => "num-divide-by-zero",
            NumError::NegativeExponent => "num-negative-exponent",
            NumError::NoInverse => "num-no-inverse",
            NumError::Nan => "num-nan",
        }
    }
}

impl fmt::Display for NumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumError::Overflow => "the result does not fit",
            NumError::DivideByZero => "division by zero",
            NumError::NegativeExponent => "the exponent of an integer must not be negative",
            NumError::NoInverse => "the number has no inverse for this modulus",
            NumError::Nan => "NaN has no integer value",
        })
    }
}

impl std::error::Error for FormatError {}
impl std::error::Error for ParseError {}
impl std::error::Error for TextError {}
impl std::error::Error for NumError {}
