//! Python's notation of regular expressions, put into that of the crate `regex`.
//!
//! Most of it is the same. What looks around or back cannot be searched in bounded time and is
//! refused by a message. `$` is the end of the text or, with `MULTILINE`, of a line; it does not
//! stand before a last line end.

/// `re.IGNORECASE`
const IGNORE_CASE: i64 = 2;
/// `re.MULTILINE`
const MULTI_LINE: i64 = 8;
/// `re.DOTALL`
const DOT_ALL: i64 = 16;
/// `re.VERBOSE`
pub const VERBOSE: i64 = 64;
/// `re.ASCII`
const ASCII: i64 = 256;

/// The pattern in the notation of `regex`.
///
/// # Errors
/// What is not possible, in words.
pub fn translated(text: &str, flags: i64) -> Result<String, String> {
    let known = [(IGNORE_CASE, 'i'), (MULTI_LINE, 'm'), (DOT_ALL, 's'), (VERBOSE, 'x')];
    if flags & !known.iter().fold(ASCII, |all, (flag, _)| all | flag) != 0 {
        return Err(format!("{flags} is no set of flags of a pattern"));
    }
    let mut out = String::with_capacity(text.len() + 8);
    let letters: String =
        known.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, letter)| letter).collect();
    if !letters.is_empty() {
        out.push_str(&format!("(?{letters})"));
    }
    let mut state = State { out, ascii: flags & ASCII != 0, class: Class::Outside };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c) => state.escape(c)?,
                None => return Err("the pattern ends with a lone backslash".to_owned()),
            },
            '(' if state.class == Class::Outside => {
                let rest: String = chars.clone().take(3).collect();
                check_group(&rest)?;
                state.out.push('(');
            }
            '{' if state.class == Class::Outside => {
                let rest: String = chars.clone().take_while(|&c| c != '}').collect();
                let is_count =
                    !rest.is_empty() && rest.chars().all(|c| c == ',' || c.is_ascii_digit());
                state.out.push_str(match rest.starts_with(',') {
                    _ if !is_count => "\\{",
                    true => "{0",
                    false => "{",
                });
            }
            _ => state.plain(c),
        }
    }
    Ok(state.out)
}

/// Refuses groups that look around, or refer to other groups.
fn check_group(rest: &str) -> Result<(), String> {
    for start in ["?=", "?!", "?<=", "?<!"] {
        if rest.starts_with(start) {
            return Err(format!("a pattern cannot look around by `({start}`"));
        }
    }
    if rest.starts_with("?P=") {
        return Err("a pattern cannot refer to what a group matched".to_owned());
    }
    Ok(())
}

/// Where the translation is: outside of `[...]`, or so many characters inside.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Outside,
    /// At its first character, where `]` is itself.
    First,
    Inside,
}

struct State {
    out: String,
    ascii: bool,
    class: Class,
}

impl State {
    fn plain(&mut self, c: char) {
        match (self.class, c) {
            (Class::Outside, '[') => {
                self.class = Class::First;
                self.out.push('[');
                return;
            }
            (Class::Outside, _) => self.out.push(c),
            (Class::First, '^') if self.out.ends_with('[') => {
                self.out.push('^');
                return;
            }
            (Class::Inside, ']') => {
                self.out.push(']');
                self.class = Class::Outside;
                return;
            }
            // These mean sets of characters in the other notation.
            (_, '[' | ']' | '&' | '~') => self.out.extend(['\\', c]),
            (_, _) => self.out.push(c),
        }
        if self.class == Class::First {
            self.class = Class::Inside;
        }
    }

    fn escape(&mut self, c: char) -> Result<(), String> {
        let inside = self.class != Class::Outside;
        if inside {
            self.class = Class::Inside;
        }
        let known = match c {
            'Z' if !inside => "\\z",
            '1'..='9' => {
                return Err("a pattern cannot refer to what a group matched".to_owned());
            }
            '0' => "\\x00",
            'b' if inside => "\\x08",
            'd' if self.ascii => "[0-9]",
            'D' if self.ascii => "[^0-9]",
            'w' if self.ascii => "[0-9A-Za-z_]",
            'W' if self.ascii => "[^0-9A-Za-z_]",
            's' if self.ascii => "[ \\t\\n\\r\\f\\v]",
            'S' if self.ascii => "[^ \\t\\n\\r\\f\\v]",
            'b' if self.ascii => "(?-u:\\b)",
            'B' if self.ascii => "(?-u:\\B)",
            'A' | 'b' | 'B' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'a' | 'f' | 'n' | 'r' | 't'
            | 'v' | 'x' | 'u' | 'U' => {
                self.out.extend(['\\', c]);
                return Ok(());
            }
            _ if c.is_ascii_alphabetic() => return Err(format!("there is no escape `\\{c}`")),
            _ => {
                self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                return Ok(());
            }
        };
        self.out.push_str(known);
        Ok(())
    }
}

/// Why a pattern is no pattern, in one line.
pub fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        other => {
            // The message shows the pattern first and tells the error in its last line.
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("not a pattern: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_differ_a_little() {
        let cases = [
            (r"a\Z", 0, r"a\z"),
            (r"[[a&&b]", 0, r"[\[a\&\&b]"),
            (r"[]a]", 0, r"[\]a]"),
            (r"[^]a]", 0, r"[^\]a]"),
            (r"\<\>\ \'", 0, r"<> '"),
            ("a{2}b{,3}c{d", 0, r"a{2}b{0,3}c\{d"),
            (r"\d", 256, "[0-9]"),
            ("a", 2 | 8, "(?im)a"),
        ];
        for (text, flags, wanted) in cases {
            assert_eq!(translated(text, flags).as_deref(), Ok(wanted), "{text}");
        }
        for text in ["(?=a)", "(?<!a)", r"(a)\1", "(?P<n>a)(?P=n)", "a\\", r"\q"] {
            assert!(translated(text, 0).is_err(), "{text}");
        }
    }
}
