//! Text and number routines whose results are exactly CPython's, on `&str` and numbers.
//!
//! Pure: no heap objects, no I/O, no panics; the runtime functions that scripts call
//! unpack their objects and come here. Where a result is text it is appended to a
//! `&mut String`, so that the caller can keep one scratch buffer.
//!
//! Python's behaviour is that of CPython 3.11. Upper and lower case come from `std`,
//! whose Unicode tables may be newer; the predicates come from `tables.rs`.
//!
//! | question | room |
//! |---|---|
//! | how does a float print? | `float` |
//! | what does `repr` show for text and bytes? | `quote` |
//! | what does a format specification say? how is it obeyed? | `spec`, `format`, `real` |
//! | which number is written here? | `parse` |
//! | where in a string? which part of it? | `search`, `slice` |
//! | pieces of a string | `split` |
//! | a changed copy of a string | `edit`, `case` |
//! | what kind of characters? | `class`, `unicode` |
//! | arithmetic with Python's rules | `num` |
//! | integers without bounds | `big` |
//! | regular expressions | `pattern` |
//! | JSON | `json` |
//! | fast loops below all of these | `bytes`, `fixed` |

pub mod big;
mod bytes;
mod case;
mod class;
mod edit;
mod error;
mod fixed;
mod float;
mod format;
pub mod json;
mod num;
mod parse;
pub mod pattern;
mod quote;
mod real;
mod search;
mod slice;
mod spec;
mod split;
mod tables;
pub mod unicode;

pub use case::{capitalize, casefold, lower, swapcase, title, upper};
pub use class::{
    is_alnum, is_alpha, is_decimal, is_digit, is_identifier, is_lower, is_numeric, is_printable,
    is_space, is_title, is_upper,
};
pub use edit::{
    center, chr, expandtabs, ljust, lstrip, ord, remove_prefix, remove_suffix, replace, rjust,
    rstrip, strip, zfill,
};
pub use error::{FormatError, NumError, ParseError, TextError};
pub use fixed::{write_int, write_uint};
pub use float::{repr_float, write_float, write_float32};
pub use format::{format_bool, format_char, format_int, format_str};
pub use num::{
    float_div_mod, int_div_mod, int_pow, pow_mod, round_half_even, round_int, round_to_int,
};
pub use parse::{parse_digits, parse_float, parse_int, parse_wide};
pub use quote::{repr_bytes, repr_str, write_repr_bytes, write_repr_char, write_repr_str};
pub use real::format_float;
pub use search::{Text, count, ends_with, find, rfind, starts_with};
pub use slice::{Slice, clipped, place, span};
pub use spec::{Align, FormatSpec, Grouping, Sign};
pub use split::{
    Lines, Pieces, Words, partition, rpartition, rsplit, rsplit_whitespace, split, split_lines,
    split_whitespace,
};
