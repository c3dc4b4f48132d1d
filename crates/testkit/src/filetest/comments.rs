//! Where the comments of a Kaa text are, without its lexer.
//!
//! The runner must read expectations in files that the front end rejects, and a test of the front
//! end should not rest on it; so this is a scanner of its own that knows strings and comments and
//! nothing else.

/// For each line the byte column of the `#` that opens its comment, if it has one.
pub fn comment_columns(text: &str) -> Vec<Option<usize>> {
    let mut open: Option<&str> = None;
    text.split('\n').map(|line| scan_line(line, &mut open)).collect()
}

/// Scans a line; `open` is the quote of the string the line begins in.
fn scan_line(line: &str, open: &mut Option<&'static str>) -> Option<usize> {
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        match *open {
            Some(_) if rest.starts_with('\\') => {
                at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                continue;
            }
            Some(quote) if rest.starts_with(quote) => {
                *open = None;
                at += quote.len();
                continue;
            }
            None if rest.starts_with('#') => return Some(at),
            None => {
                *open = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|q| rest.starts_with(q));
                if let Some(quote) = *open {
                    at += quote.len();
                    continue;
                }
            }
            Some(_) => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    if open.is_some_and(|quote| quote.len() == 1) {
        *open = None;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_outside_strings_only() {
        let text = "a # b\n'#' #c\n\"\"\"#\n# still text\n\"\"\" # d\n'\\'#'#e\n'open #f\nx";
        let expected = [Some(2), Some(4), None, None, Some(4), Some(5), None, None];
        assert_eq!(comment_columns(text), expected);
    }
}
