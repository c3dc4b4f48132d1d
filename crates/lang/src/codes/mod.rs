//! The table of diagnostic codes: one place for every code, its title and its explanation.
//!
//! A code is a constant here (`codes::MISSING_COLON`) and never changes its meaning. Each range
//! has a file: `lex` E01xx, `parse` E02xx, `check` E03xx,
//! `lower` E04xx. To add a range, write such a file, and name it in the list `RANGES`.

mod check;
mod lex;
mod lower;
mod parse;

pub use check::*;
pub use lex::*;
pub use lower::*;
pub use parse::*;

/// What `kaa explain` tells about a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeInfo {
    /// The code, such as `E0204`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// The reason, in sentences.
    pub reason: &'static str,
    /// A program that gets the diagnostic.
    pub wrong: &'static str,
    /// The same put right.
    pub right: &'static str,
}

/// All ranges, in order.
const RANGES: &[&[CodeInfo]] = &[LEX, PARSE, CHECK, LOWER];

/// Every code in order.
pub fn all() -> impl Iterator<Item = &'static CodeInfo> {
    RANGES.iter().flat_map(|range| range.iter())
}

/// The entry of a code.
pub fn lookup(code: &str) -> Option<&'static CodeInfo> {
    all().find(|info| info.code.eq_ignore_ascii_case(code))
}

/// Declares a range: a constant for each code, and the table of the range.
macro_rules! codes {
    (
        $table:ident;
        $($name:ident $code:literal $title:literal, $reason:literal, $wrong:literal,
            $right:literal;)*
    )
    => {
        $(#[doc = $title] pub const $name: &str = $code;)*

        /// The table of this range.
        pub(super) const $table: &[super::CodeInfo] = &[$(super::CodeInfo {
            code: $code,
            title: $title,
            reason: $reason,
            wrong: $wrong,
            right: $right,
        },)*];
    };
}
use codes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_and_told() {
        let codes: Vec<_> = all().map(|info| info.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        for info in all() {
            assert!(!info.title.is_empty() && info.reason.len() > 20, "{}", info.code);
            assert_ne!(info.wrong, info.right, "{}", info.code);
        }
        assert_eq!(lookup("e0204").map(|info| info.code), Some("E0204"));
        assert_eq!(lookup("E9999"), None);
    }
}
