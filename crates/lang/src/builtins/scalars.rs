//! Rows of the number types and of `char`. `int.*` serves all integer types, `float.*` both
//! float types; `Self` is the type at hand.

super::rows! {
    /// Integers.
    INT {
        "int.of_str" "(text: str, base: int = 10) -> int" "what int(text) gives; traps";
        "int.parse" "(text: str, base: int = 10) -> Result[int]" "the number a text holds";
        "int.checked_add" "(self, other: Self) -> Self?" "the sum, None where it does not fit";
        "int.checked_sub" "(self, other: Self) -> Self?" "the difference, None where unfit";
        "int.checked_mul" "(self, other: Self) -> Self?" "the product, None where it does not fit";
        "int.saturating_add" "(self, other: Self) -> Self" "the sum, cut to the limits";
        "int.saturating_sub" "(self, other: Self) -> Self" "the difference, cut to the limits";
        "int.saturating_mul" "(self, other: Self) -> Self" "the product, cut to the limits";
        "int.bit_length" "(self) -> int" "how many bits the size needs";
        "int.bit_count" "(self) -> int" "how many bits of the size are set";
        "int.is_integer" "(self) -> bool" "True";
        "int.to_bytes"
            "(self, length: int = 1, byteorder: str = 'big', *, signed: bool = False) -> bytes"
            "as so many bytes; traps where it does not fit";
        "int.from_bytes" "(data: bytes, byteorder: str = 'big', *, signed: bool = False) -> int"
            "the number that bytes hold; traps";
    }
    /// Floats.
    FLOAT {
        "float.of_str" "(text: str) -> float" "what float(text) gives; traps";
        "float.parse" "(text: str) -> Result[float]" "the number a text holds";
        "float.is_integer" "(self) -> bool" "whether it has no fraction";
        "float.ieee_div" "(self, other: Self) -> Self" "division where x / 0 is inf or nan";
        "float.is_nan" "(self) -> bool" "whether it is no number";
        "float.is_finite" "(self) -> bool" "whether it is neither inf nor nan";
    }
    /// Integers without bounds.
    BIGINT {
        "bigint.of_str" "(text: str, base: int = 10) -> bigint" "what bigint(text) gives; traps";
        "bigint.parse" "(text: str, base: int = 10) -> Result[bigint]" "the number a text holds";
        "bigint.bit_length" "(self) -> int" "how many bits the size needs";
        "bigint.bit_count" "(self) -> int" "how many bits of the size are set";
        "bigint.is_integer" "(self) -> bool" "True";
    }
    /// Characters: what Python has for one-letter strings.
    CHAR {
        "char.of_str" "(text: str) -> char" "the only character of a text; traps";
        "char.isalpha" "(self) -> bool" "whether it is a letter";
        "char.isdigit" "(self) -> bool" "whether it is a digit";
        "char.isdecimal" "(self) -> bool" "whether it is a decimal digit";
        "char.isnumeric" "(self) -> bool" "whether it means a number";
        "char.isalnum" "(self) -> bool" "whether it is a letter or a digit";
        "char.isspace" "(self) -> bool" "whether it is white space";
        "char.isupper" "(self) -> bool" "whether it is an upper-case letter";
        "char.islower" "(self) -> bool" "whether it is a lower-case letter";
        "char.isascii" "(self) -> bool" "whether it is ASCII";
        "char.isprintable" "(self) -> bool" "whether repr shows it as it is";
        "char.isidentifier" "(self) -> bool" "whether a name may begin with it";
        "char.upper" "(self) -> str" "in upper case";
        "char.lower" "(self) -> str" "in lower case";
        "char.title" "(self) -> str" "in title case";
    }
}
