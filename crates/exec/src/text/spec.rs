//! Reading the format mini-language, whose parts come in this order:
//! `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
//!
//! A specification is read without knowing the value; whether its parts go with the type
//! of the value is checked where it is obeyed: `format.rs` and `real.rs`.

use super::error::FormatError;

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`: behind the text.
    Left,
    /// `>`: before the text.
    Right,
    /// `^`: on both sides, the odd one behind.
    Center,
    /// `=`: between sign and digits.
    AfterSign,
}

/// How numbers that are not negative show their sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// Not given: only negative numbers show one.
    #[default]
    Unsaid,
    /// `-`: only negative numbers show one.
    Minus,
    /// `+`.
    Plus,
    /// A space in its place.
    Space,
}

/// The separator between groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `,`.
    Comma,
    /// `_`.
    Underscore,
}

impl Grouping {
    /// The separator itself.
    pub fn mark(self) -> char {
        match self {
            Grouping::Comma => ',',
            Grouping::Underscore => '_',
        }
    }
}

/// A format specification; the default one is the empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatSpec {
    /// The padding character, where given.
    pub fill: Option<char>,
    /// The alignment, where given.
    pub align: Option<Align>,
    /// The sign of numbers that are not negative.
    pub sign: Sign,
    /// `z`: a float that rounds to zero loses its minus.
    pub no_negative_zero: bool,
    /// `#`: show the prefix of the base, or always the point.
    pub alternate: bool,
    /// `0` before the width: fill with zeros.
    pub zero: bool,
    /// The least number of characters.
    pub width: usize,
    /// The separator between groups of digits.
    pub grouping: Option<Grouping>,
    /// Digits after the point, or the most characters of a string.
    pub precision: Option<usize>,
    /// The type letter.
    pub letter: Option<char>,
}

impl FormatSpec {
    /// The most that a width or a precision may be; it bounds what a short text can
    /// make the host allocate.
    pub const MAX_FIELD: usize = 1 << 20;

    /// Reads a specification.
    pub fn parse(text: &str) -> Result<FormatSpec, FormatError> {
        let mut spec = FormatSpec::default();
        let rest = spec.take_align(text);
        let rest = spec.take_flags(rest);
        let (rest, width) = take_number(rest)?;
        spec.width = width.unwrap_or(0);
        let rest = spec.take_grouping(rest)?;
        let rest = match rest.strip_prefix('.') {
            None => rest,
            Some(digits) => {
                let (rest, precision) = take_number(digits)?;
                spec.precision = Some(precision.ok_or(FormatError::NoPrecision)?);
                rest
            }
        };
        let mut letters = rest.chars();
        spec.letter = letters.next();
        match letters.next() {
            None => Ok(spec),
            Some(_) => Err(FormatError::Malformed),
        }
    }

    /// Says the specification nothing at all?
    pub fn is_empty(&self) -> bool {
        *self == FormatSpec::default()
    }

    /// Nothing but perhaps precision and letter: no padding, signs or separators.
    pub(super) fn is_bare(&self) -> bool {
        let FormatSpec { precision, letter, .. } = *self;
        *self == FormatSpec { precision, letter, ..FormatSpec::default() }
    }

    /// The character to pad with.
    pub(super) fn padding(&self) -> char {
        self.fill.unwrap_or(if self.zero { '0' } else { ' ' })
    }

    fn take_align<'a>(&mut self, text: &'a str) -> &'a str {
        let mut chars = text.chars();
        let (first, second) = (chars.next(), chars.next());
        if let (Some(_), Some(align)) = (first, second.and_then(align_of)) {
            self.fill = first;
            self.align = Some(align);
            return chars.as_str();
        }
        self.align = first.and_then(align_of);
        if self.align.is_some() { &text[1..] } else { text }
    }

    fn take_flags<'a>(&mut self, mut text: &'a str) -> &'a str {
        for (mark, sign) in [('-', Sign::Minus), ('+', Sign::Plus), (' ', Sign::Space)] {
            if let Some(rest) = text.strip_prefix(mark) {
                self.sign = sign;
                text = rest;
                break;
            }
        }
        self.no_negative_zero = take_mark(&mut text, 'z');
        self.alternate = take_mark(&mut text, '#');
        // After an explicit fill a zero is the first digit of the width.
        self.zero = self.fill.is_none() && take_mark(&mut text, '0');
        text
    }

    fn take_grouping<'a>(&mut self, mut text: &'a str) -> Result<&'a str, FormatError> {
        for grouping in [Grouping::Comma, Grouping::Underscore] {
            if take_mark(&mut text, grouping.mark()) {
                self.grouping = Some(grouping);
                break;
            }
        }
        if self.grouping.is_some() && text.starts_with([',', '_']) {
            return Err(FormatError::Separators);
        }
        Ok(text)
    }
}

fn align_of(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '>' => Some(Align::Right),
        '^' => Some(Align::Center),
        '=' => Some(Align::AfterSign),
        _ => None,
    }
}

fn take_mark(text: &mut &str, mark: char) -> bool {
    match text.strip_prefix(mark) {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}

/// The digits at the start of the text, if there are any. Digits of other scripts count.
fn take_number(text: &str) -> Result<(&str, Option<usize>), FormatError> {
    let mut rest = text;
    let mut number = None;
    let mut chars = text.chars();
    while let Some(digit) = chars.next().and_then(super::unicode::decimal_value) {
        let value = number.unwrap_or(0_usize) * 10 + digit as usize;
        if value > FormatSpec::MAX_FIELD {
            return Err(FormatError::TooLarge);
        }
        number = Some(value);
        rest = chars.as_str();
    }
    Ok((rest, number))
}
