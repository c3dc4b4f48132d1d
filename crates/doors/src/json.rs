//! JSON, as far as final states and first registers need it.
//!
//! Members of an object keep their order. Numbers are integers; nothing here needs others.

use std::fmt;

/// Arrays and objects nest at most this deep.
const MAX_DEPTH: u32 = 64;

/// A JSON value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string.
    Str(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object.
    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
        Json::Object(members.into_iter().map(|(name, json)| (name.to_owned(), json)).collect())
    }

    /// A string.
    pub fn str(text: impl Into<String>) -> Json {
        Json::Str(text.into())
    }

    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, json)| json),
            _ => None,
        }
    }

    /// Reads a value that is the whole text.
    ///
    /// # Errors
    /// What is wrong, with the place in bytes.
    pub fn parse(text: &str) -> Result<Json, String> {
        let mut reader = Reader { text, at: 0 };
        let json = reader.value(MAX_DEPTH)?;
        reader.blanks();
        match reader.peek() {
            None => Ok(json),
            Some(_) => Err(reader.wrong("the end was expected")),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => write!(f, "null"),
            Json::Bool(b) => write!(f, "{b}"),
            Json::Int(n) => write!(f, "{n}"),
            Json::Str(text) => quoted(f, text),
            Json::Array(items) => {
                write!(f, "[")?;
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
                }
                write!(f, "]")
            }
            Json::Object(members) => {
                write!(f, "{{")?;
                for (i, (name, item)) in members.iter().enumerate() {
                    write!(f, "{}", if i == 0 { "" } else { ", " })?;
                    quoted(f, name)?;
                    write!(f, ": {item}")?;
                }
                write!(f, "}}")
            }
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"")?;
    for c in text.chars() {
        match c {
            '"' => write!(f, "\\\"")?,
            '\\' => write!(f, "\\\\")?,
            '\n' => write!(f, "\\n")?,
            c if u32::from(c) < 0x20 => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    write!(f, "\"")
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("byte {}: {what}", self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes a byte behind blanks, if it is there.
    fn took(&mut self, byte: u8) -> bool {
        self.blanks();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: u32) -> Result<Json, String> {
        self.blanks();
        let depth = depth.checked_sub(1).ok_or_else(|| self.wrong("it nests too deep"))?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Json::Str(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let rest = self.text.get(self.at..).unwrap_or("");
                let words = [
                    ("null", Json::Null),
                    ("true", Json::Bool(true)),
                    ("false", Json::Bool(false)),
                ];
                match words.into_iter().find(|(word, _)| rest.starts_with(word)) {
                    Some((word, json)) => {
                        self.at += word.len();
                        Ok(json)
                    }
                    None => Err(self.wrong("a value was expected")),
                }
            }
        }
    }

    fn object(&mut self, depth: u32) -> Result<Json, String> {
        self.at += 1;
        let mut members = Vec::new();
        if self.took(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.blanks();
            let name = self.string()?;
            if !self.took(b':') {
                return Err(self.wrong("a colon was expected"));
            }
            members.push((name, self.value(depth)?));
            if self.took(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.took(b',') {
                return Err(self.wrong("a comma or a closing brace was expected"));
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Json, String> {
        self.at += 1;
        let mut items = Vec::new();
        if self.took(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.took(b']') {
                return Ok(Json::Array(items));
            }
            if !self.took(b',') {
                return Err(self.wrong("a comma or a closing bracket was expected"));
            }
        }
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        self.at += 1;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = self.text.get(start..self.at).unwrap_or("");
        digits.parse().map(Json::Int).map_err(|_| self.wrong("the number is no integer of 64 bits"))
    }

    fn string(&mut self) -> Result<String, String> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("a string was expected"));
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let Some(c) = rest.chars().next() else {
                return Err(self.wrong("the string has no end"));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some_and(|b| b.is_ascii()));
        Ok(match byte {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'u') => {
                let digits = self.text.get(self.at..self.at + 4).unwrap_or("");
                let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                self.at += digits.len();
                code.ok_or_else(|| self.wrong("the escape names no character"))?
            }
            _ => return Err(self.wrong("there is no such escape")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_again() {
        let text = r#"{"a": [1, -2, null], "b\n\"": {"c": true}, "é": "\u0001"}"#;
        let json = Json::parse(text).expect("the text is right");
        assert_eq!(json.to_string(), text);
        assert_eq!(json.get("a").map(Json::to_string).as_deref(), Some("[1, -2, null]"));
    }

    #[test]
    fn malformed_texts_are_refused() {
        let deep = "[".repeat(100_000);
        for text in
            ["", "{", "[1", "\"a", "{\"a\" 1}", "1.5", "99999999999999999999", "\"\\u12", "[1]]"]
        {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        assert!(Json::parse(&deep).is_err());
    }
}
