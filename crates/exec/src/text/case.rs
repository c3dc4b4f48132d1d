//! Changes of case, with Unicode's full mappings as in Python.
//!
//! `std` has upper and lower case; title case and case folding are derived from them here
//! by their few exceptions. Predicates are in `class.rs`.

use super::unicode;

/// Appends `s.upper()`.
pub fn upper(out: &mut String, s: &str) {
    if s.is_ascii() {
        append_ascii(out, s).make_ascii_uppercase();
    } else {
        out.extend(s.chars().flat_map(char::to_uppercase));
    }
}

/// Appends `s.lower()`.
pub fn lower(out: &mut String, s: &str) {
    if s.is_ascii() {
        append_ascii(out, s).make_ascii_lowercase();
    } else {
        out.push_str(&s.to_lowercase());
    }
}

/// Appends `s.casefold()`.
pub fn casefold(out: &mut String, s: &str) {
    if s.is_ascii() {
        append_ascii(out, s).make_ascii_lowercase();
        return;
    }
    for c in s.chars() {
        match c {
            // Dotless i keeps its identity, the capital sharp s is two letters, and
            // Cherokee folds to its capitals, which are the older letters.
            'ı' | '\u{13a0}'..='\u{13f5}' => out.push(c),
            'ẞ' => out.push_str("ss"),
            '\u{13f8}'..='\u{13fd}' | '\u{ab70}'..='\u{abbf}' => out.extend(c.to_uppercase()),
            _ => out.extend(c.to_uppercase().flat_map(char::to_lowercase)),
        }
    }
}

/// Appends `s.capitalize()`.
pub fn capitalize(out: &mut String, s: &str) {
    if s.is_ascii() {
        let added = append_ascii(out, s);
        added.make_ascii_lowercase();
        if let Some(first) = added.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        return;
    }
    for (place, (c, small)) in with_lower(s).enumerate() {
        if place == 0 { push_title(out, c) } else { small.push_to(out) }
    }
}

/// Appends `s.title()`.
pub fn title(out: &mut String, s: &str) {
    let mut after_cased = false;
    for (c, small) in with_lower(s) {
        if after_cased {
            small.push_to(out)
        } else {
            push_title(out, c)
        }
        after_cased = unicode::is_cased(c);
    }
}

/// Appends `s.swapcase()`.
pub fn swapcase(out: &mut String, s: &str) {
    for (c, small) in with_lower(s) {
        if c.is_uppercase() {
            small.push_to(out);
        } else if c.is_lowercase() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
}

/// Appends `s` and gives the appended part for changes in place.
fn append_ascii<'a>(out: &'a mut String, s: &str) -> &'a mut str {
    let start = out.len();
    out.push_str(s);
    &mut out[start..]
}

/// The lower case of one character where it stands.
#[derive(Clone, Copy)]
enum Small {
    Of(char),
    /// A small sigma has two forms; which one depends on its neighbours.
    Sigma(char),
}

impl Small {
    fn push_to(self, out: &mut String) {
        match self {
            Small::Of(c) if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            Small::Of(c) => out.extend(c.to_lowercase()),
            Small::Sigma(form) => out.push(form),
        }
    }
}

/// Each character with its lower case in context.
fn with_lower(s: &str) -> impl Iterator<Item = (char, Small)> {
    // Only the capital sigma looks at its neighbours: take its forms from the lower
    // case of the whole string, in order, among the sigmas that are there anyhow.
    let whole = if s.contains('Σ') { s.to_lowercase() } else { String::new() };
    let mut forms: std::vec::IntoIter<char> =
        whole.chars().filter(|c| matches!(c, 'σ' | 'ς')).collect::<Vec<_>>().into_iter();
    s.chars().map(move |c| match c {
        'Σ' | 'σ' | 'ς' => (c, forms.next().map_or(Small::Of(c), Small::Sigma)),
        _ => (c, Small::Of(c)),
    })
}

/// Appends the title case of one character.
fn push_title(out: &mut String, c: char) {
    if c.is_ascii() {
        out.push(c.to_ascii_uppercase());
        return;
    }
    match c {
        // Letters that are titles already, and Georgian, which has no title case.
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => out.push(c),
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        // Greek letters with an iota below: the title keeps it there.
        '\u{1f80}'..='\u{1faf}' => out.extend(char::from_u32(u32::from(c) | 8)),
        '\u{1fb3}' | '\u{1fbc}' => out.push('\u{1fbc}'),
        '\u{1fc3}' | '\u{1fcc}' => out.push('\u{1fcc}'),
        '\u{1ff3}' | '\u{1ffc}' => out.push('\u{1ffc}'),
        '\u{1fb2}' | '\u{1fb4}' | '\u{1fb7}' | '\u{1fc2}' | '\u{1fc4}' | '\u{1fc7}'
        | '\u{1ff2}' | '\u{1ff4}' | '\u{1ff7}' => {
            let below = |c| if c == '\u{399}' { '\u{345}' } else { c };
            out.extend(c.to_uppercase().map(below));
        }
        // Ligatures: a capital, then small letters.
        'ß' | '\u{587}' | '\u{fb00}'..='\u{fb06}' | '\u{fb13}'..='\u{fb17}' => {
            let mut letters = c.to_uppercase();
            out.extend(letters.next());
            out.extend(letters.flat_map(char::to_lowercase));
        }
        _ => out.extend(c.to_uppercase()),
    }
}
