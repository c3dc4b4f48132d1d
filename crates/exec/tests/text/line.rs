//! One recorded line: `function argument... => result...`.
//!
//! The words are bare or quoted; how a result is written is [`Show`]. What the functions
//! are is in `main.rs`.

/// The arguments of a call, taken from the left.
pub struct Args {
    words: std::vec::IntoIter<String>,
}

impl Args {
    /// The function's name, its arguments and the recorded result.
    pub fn of_line(line: &str) -> (String, Args, &str) {
        let mut rest = line;
        let mut words = Vec::new();
        loop {
            rest = rest.trim_start_matches(' ');
            if let Some(result) = rest.strip_prefix("=>") {
                let name = words.remove(0);
                return (name, Args { words: words.into_iter() }, result.trim_start());
            }
            let end = word_end(rest);
            words.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
    }

    fn word(&mut self) -> String {
        self.words.next().expect("an argument")
    }

    /// A bool.
    pub fn flag(&mut self) -> bool {
        self.word().parse().expect("true or false")
    }

    /// A number.
    pub fn int(&mut self) -> i64 {
        self.word().parse().expect("an integer")
    }

    /// A number.
    pub fn float(&mut self) -> f64 {
        self.word().parse().expect("a float")
    }

    /// A number or `-`.
    pub fn maybe_int(&mut self) -> Option<i64> {
        let word = self.word();
        (word != "-").then(|| word.parse().expect("an integer"))
    }

    /// A text.
    pub fn text(&mut self) -> String {
        unquote(&self.word())
    }

    /// A text or `-`.
    pub fn maybe_text(&mut self) -> Option<String> {
        let word = self.word();
        (word != "-").then(|| unquote(&word))
    }
}

fn word_end(line: &str) -> usize {
    let quoted = line.starts_with('"');
    let mut escaped = false;
    for (at, c) in line.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if quoted => return at + 1,
            ' ' if !quoted => return at,
            _ => {}
        }
    }
    line.len()
}

fn unquote(word: &str) -> String {
    let inside = &word[1..word.len() - 1];
    let mut text = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('u') => {
                    let (code, rest) = chars.as_str()[1..].split_once('}').expect("a brace");
                    let code = u32::from_str_radix(code, 16).expect("hexadecimal digits");
                    text.push(char::from_u32(code).expect("a character"));
                    chars = rest.chars();
                }
                other => text.extend(other),
            },
            _ => text.push(c),
        }
    }
    text
}

/// A value as the recorder writes it.
pub trait Show {
    /// The words of the value.
    fn show(&self) -> String;
}

impl Show for str {
    fn show(&self) -> String {
        let mut shown = String::from('"');
        for c in self.chars() {
            match c {
                '"' | '\\' => shown.extend(['\\', c]),
                ' '..='~' => shown.push(c),
                _ => shown += &format!("\\u{{{:x}}}", u32::from(c)),
            }
        }
        shown + "\""
    }
}

impl Show for String {
    fn show(&self) -> String {
        self.as_str().show()
    }
}

impl Show for char {
    fn show(&self) -> String {
        self.to_string().show()
    }
}

impl Show for bool {
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Show for i64 {
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Show for usize {
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Show for f64 {
    fn show(&self) -> String {
        kaa_exec::text::repr_float(*self)
    }
}

impl<T: Show + ?Sized> Show for &T {
    fn show(&self) -> String {
        (**self).show()
    }
}

impl<A: Show, B: Show> Show for (A, B) {
    fn show(&self) -> String {
        format!("{} {}", self.0.show(), self.1.show())
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> String {
        self.iter().map(Show::show).collect::<Vec<_>>().join(" ")
    }
}

impl<T: Show, E> Show for Result<T, E> {
    fn show(&self) -> String {
        self.as_ref().map_or_else(|_| "error".to_owned(), Show::show)
    }
}
