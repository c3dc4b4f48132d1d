//! What is said about a trouble: where it is, which value it concerns, what was found there.

use std::fmt::Write;

use super::{Kind, Number, Scanner, Trouble, What};

/// The most keys and positions that a path shows at either end.
const SHOWN_STEPS: usize = 16;
/// The most characters of a number or key that are shown.
const SHOWN: usize = 40;

/// The sentence: `line 3, column 5, $.items[3].name: an int was expected, found a string`.
pub fn message(text: &str, at: usize, what: &str) -> String {
    let at = at.min(text.len());
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    let mut out = format!("line {line}, column {column}, ");
    write_path(&mut out, text, at);
    out.push_str(": ");
    out.push_str(what);
    out
}

/// The sentence about a trouble.
pub fn trouble(text: &str, found: Trouble) -> String {
    match found.what {
        What::Is(what) => message(text, found.at, what),
        What::Expected(what) => expected(text, found.at, what, 0),
    }
}

/// The sentence where something else was expected than what is there.
pub fn expected(text: &str, at: usize, what: &str, depth: u32) -> String {
    let mut scanner = Scanner { text, at: at.min(text.len()), depth };
    let first = scanner.peek();
    let start = scanner.at;
    match found(&mut scanner, first) {
        Ok(found) => message(text, start, &format!("{what} was expected, found {found}")),
        Err(Trouble { at, what: What::Is(other) }) => message(text, at, other),
        Err(_) => message(text, start, &format!("{what} was expected, found no value")),
    }
}

/// What stands there, in words.
fn found(scanner: &mut Scanner<'_>, first: u8) -> Result<String, Trouble> {
    let start = scanner.at;
    if start >= scanner.text.len() {
        return Ok("the end of the text".to_owned());
    }
    let c = scanner.text.get(start..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
    let character = match c {
        '\'' => Ok("`'`; strings are written in `\"`".to_owned()),
        _ if c.is_control() => Ok("a control character".to_owned()),
        _ => Ok(format!("`{c}`")),
    };
    let Ok(kind) = scanner.kind() else { return character };
    Ok(match kind {
        Kind::Str => {
            scanner.skip_str()?;
            "a string".to_owned()
        }
        Kind::Number => match scanner.number() {
            Err(Trouble { what: What::Expected(_), .. }) => return character,
            Err(trouble) => return Err(trouble),
            Ok(Number::Float(x)) if !x.is_finite() => "a float".to_owned(),
            Ok(_) => cut(scanner.text.get(start..scanner.at).unwrap_or_default()),
        },
        Kind::Null if scanner.null().is_ok() => "null".to_owned(),
        Kind::Bool if scanner.bool().is_ok() => "a bool".to_owned(),
        Kind::List | Kind::Dict => {
            scanner.open(first)?;
            if first == b'[' { "a list".to_owned() } else { "a dict".to_owned() }
        }
        _ => return character,
    })
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A step from a value to one that it holds.
enum Step<'t> {
    Key(&'t str),
    Index(usize),
    /// Inside of a dict, but in front of a key.
    Dict,
}

/// The way from the whole to the value at a position: `$.items[3]["a b"]`.
fn write_path(out: &mut String, text: &str, at: usize) {
    let steps = steps(text, at);
    out.push('$');
    let hidden = SHOWN_STEPS..steps.len().saturating_sub(SHOWN_STEPS);
    for (n, step) in steps.iter().enumerate() {
        if hidden.contains(&n) {
            if n == hidden.start {
                out.push_str("...");
            }
            continue;
        }
        // Writing to a string cannot fail.
        let _ = match step {
            Step::Dict => Ok(()),
            Step::Index(index) => write!(out, "[{index}]"),
            Step::Key(key) if is_name(key) => write!(out, ".{}", cut(key)),
            Step::Key(key) => write!(out, "[\"{}\"]", cut(key)),
        };
    }
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c == '_' || c.is_alphanumeric())
}

fn steps(text: &str, at: usize) -> Vec<Step<'_>> {
    let mut scanner = Scanner::new(text);
    let mut steps = Vec::new();
    loop {
        let byte = scanner.peek();
        if scanner.at >= at {
            return steps;
        }
        match byte {
            b'"' => {
                let Ok(found) = scanner.string() else { return steps };
                if scanner.at > at {
                    return steps;
                }
                if let Some(last @ Step::Dict) = steps.last_mut() {
                    let (super::Found::Plain(key) | super::Found::Escaped(key)) = found;
                    *last = Step::Key(key);
                }
                continue;
            }
            b'[' => steps.push(Step::Index(0)),
            b'{' => steps.push(Step::Dict),
            b']' | b'}' => _ = steps.pop(),
            b',' => match steps.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                Some(step) => *step = Step::Dict,
                None => {}
            },
            _ => {}
        }
        scanner.at += 1;
    }
}
