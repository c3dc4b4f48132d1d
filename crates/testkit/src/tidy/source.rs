//! Rust text taken apart into code and comments, by a scanner rather than a parser.
//!
//! [`Source::code`] is the text with comments and the insides of literals blanked, so that a
//! search in it finds only code; [`Source::comments`] keeps only the comments. Both have the
//! same line structure as the text. It does not know grammar: [`Source::functions`] counts
//! braces.

/// A Rust file as the checks see it.
pub struct Source {
    /// Code alone, other characters blanked.
    pub code: String,
    /// Comments alone, other characters blanked.
    pub comments: String,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// One-based line of the word `fn`.
    pub line: usize,
    /// Lines from `fn` to the closing brace, both counted.
    pub length: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

impl Source {
    /// Takes a text apart.
    pub fn new(text: &str) -> Source {
        let chars: Vec<char> = text.chars().collect();
        let mut source = Source { code: String::new(), comments: String::new() };
        let mut at = 0;
        while at < chars.len() {
            let (kind, end) = next_piece(&chars, at);
            for &c in &chars[at..end] {
                let keep = |wanted: bool| if wanted || c == '\n' { c } else { ' ' };
                source.code.push(keep(kind == Kind::Code));
                source.comments.push(keep(kind == Kind::Comment));
            }
            at = end;
        }
        source
    }

    /// The functions of the file, nested ones too.
    pub fn functions(&self) -> Vec<Function> {
        let chars: Vec<char> = self.code.chars().collect();
        let mut found = Vec::new();
        for (at, line) in words(&self.code, "fn") {
            let name: String = chars[at + 2..]
                .iter()
                .skip_while(|c| **c == ' ')
                .take_while(|c| is_word(**c))
                .collect();
            if name.is_empty() {
                continue;
            }
            if let Some(length) = body_lines(&chars[at..]) {
                found.push(Function { name, line, length });
            }
        }
        found
    }
}

/// Where a word stands in code: character offset and one-based line.
pub fn words(code: &str, word: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut current = String::new();
    for (at, c) in code.chars().chain(std::iter::once('\n')).enumerate() {
        if is_word(c) {
            current.push(c);
            continue;
        }
        if current == word {
            found.push((at - word.chars().count(), line));
        }
        current.clear();
        line += usize::from(c == '\n');
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Lines from the start of `chars` to the end of the first brace pair outside parentheses.
fn body_lines(chars: &[char]) -> Option<usize> {
    let (mut round, mut curly, mut lines) = (0i32, 0i32, 1);
    for c in chars {
        match c {
            '\n' => lines += 1,
            '(' | '[' => round += 1,
            ')' | ']' => round -= 1,
            ';' if round == 0 && curly == 0 => return None,
            '{' if round == 0 || curly > 0 => curly += 1,
            '}' if curly > 0 => {
                curly -= 1;
                if curly == 0 {
                    return Some(lines);
                }
            }
            _ => {}
        }
    }
    None
}

/// The piece that starts at `at`, and where it ends (always past `at`).
fn next_piece(chars: &[char], at: usize) -> (Kind, usize) {
    let second = chars.get(at + 1).copied();
    match chars[at] {
        '/' if second == Some('/') => (Kind::Comment, until_newline(chars, at)),
        '/' if second == Some('*') => (Kind::Comment, block_comment_end(chars, at)),
        '"' => (Kind::Literal, string_end(chars, at)),
        '\'' => quote_piece(chars, at),
        c if is_word(c) => word_piece(chars, at),
        _ => (Kind::Code, at + 1),
    }
}

/// A word, or a raw string if the word is its prefix.
fn word_piece(chars: &[char], at: usize) -> (Kind, usize) {
    let mut end = at;
    while end < chars.len() && is_word(chars[end]) {
        end += 1;
    }
    let word: String = chars[at..end].iter().collect();
    if matches!(word.as_str(), "r" | "br" | "cr") {
        let hashes = chars[end..].iter().take_while(|c| **c == '#').count();
        if chars.get(end + hashes) == Some(&'"') {
            return (Kind::Literal, raw_string_end(chars, end + hashes + 1, hashes));
        }
    }
    (Kind::Code, end)
}

fn until_newline(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |found| at + found)
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end + 1 < chars.len() {
        match (chars[end], chars[end + 1]) {
            ('/', '*') => (depth, end) = (depth + 1, end + 2),
            ('*', '/') => (depth, end) = (depth - 1, end + 2),
            _ => end += 1,
        }
        if depth == 0 {
            return end;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut end = at + 1;
    while end < chars.len() {
        match chars[end] {
            '\\' => end += 2,
            '"' => return end + 1,
            _ => end += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], at: usize, hashes: usize) -> usize {
    let mut end = at;
    while end < chars.len() {
        let closing = chars[end] == '"'
            && chars[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        if closing {
            return end + 1 + hashes;
        }
        end += 1;
    }
    chars.len()
}

/// A character literal, or the quote of a lifetime.
fn quote_piece(chars: &[char], at: usize) -> (Kind, usize) {
    match chars.get(at + 1) {
        Some('\\') => {
            let close = chars[at + 3..].iter().position(|c| *c == '\'');
            (Kind::Literal, close.map_or(chars.len(), |found| at + 3 + found + 1))
        }
        Some(_) if chars.get(at + 2) == Some(&'\'') => (Kind::Literal, at + 3),
        _ => (Kind::Code, at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked() {
        let text = "a \"b // c\" 'd' '\\'' r#\"e\"f\"# 'g // h\n/* i /* j */ k */ l";
        let source = Source::new(text);
        let code: Vec<&str> = source.code.split_whitespace().collect();
        assert_eq!(code, ["a", "'g", "l"]);
        let comments: Vec<&str> = source.comments.split_whitespace().collect();
        assert_eq!(comments, ["//", "h", "/*", "i", "/*", "j", "*/", "k", "*/"]);
        assert_eq!(source.code.chars().count(), text.chars().count());
    }

    #[test]
    fn functions_are_measured() {
        let text =
            "fn a() {}\ntrait T { fn b(&self); }\nfn c(\n  x: [u8; 3],\n) {\n  if x {\n  }\n}\n";
        let found = Source::new(text).functions();
        let expected = [("a", 1, 1), ("c", 3, 6)];
        let expected = expected.map(|(name, line, length)| (name.to_string(), line, length));
        let found: Vec<_> = found.into_iter().map(|f| (f.name, f.line, f.length)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("fn fnx\nfn_ (fn)", "fn"), [(0, 1), (12, 2)]);
    }
}
