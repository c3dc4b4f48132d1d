//! Programs in what Kaa and Python have in common: put into Python's words, and run there.
//!
//! The translation goes by tokens and changes only words: `mut` and `own` go, `struct` and `class`
//! become dataclasses, and `?` behind a type goes. What a program prints must then be the same.
//! The programs are in `tests/python`; they keep to what needs no other change.

use std::io::Write;
use std::process::{Command, Stdio};

use kaa_lang::lex::lex;
use kaa_lang::lex::token::{Tok, Token};

/// What every translated program begins with.
const HEAD: &str = "from __future__ import annotations\n\
     from dataclasses import dataclass as _dataclass\n\
     bigint = int\n";

/// Runs many programs: their texts come as one list, what each prints goes out as one list.
const DRIVER: &str = r#"
import ast, contextlib, io, posixpath, sys, traceback
sys.modules["path"] = posixpath
results = []
for text in ast.literal_eval(sys.stdin.read()):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(text, "<program>", "exec"), {"__name__": "__main__"})
    except BaseException:
        out.write(traceback.format_exc())
    results.append(out.getvalue())
sys.stdout.reconfigure(encoding="utf-8")
for text in results:
    data = text.encode("utf-8", "surrogateescape")
    sys.stdout.write(f"{len(data)}\n{text}")
"#;

/// The program in Python's words.
pub fn translated(text: &str) -> String {
    let tokens = lex(kaa::FileId(0), text).tokens;
    let mut out = String::from(HEAD);
    let mut end = 0;
    for (at, token) in tokens.iter().enumerate() {
        let (lo, hi) = (token.lo as usize, token.hi as usize);
        let Some(new) = word(text, &tokens, at, *token) else { continue };
        out.push_str(text.get(end..lo).unwrap_or(""));
        out.push_str(&new);
        end = hi;
        // A word that goes takes the blank behind it along.
        if new.is_empty() && token.kind != Tok::Question {
            end += usize::from(text.as_bytes().get(end) == Some(&b' '));
        }
    }
    out.push_str(text.get(end..).unwrap_or(""));
    out
}

/// What takes the place of a token, if something does.
fn word(text: &str, tokens: &[Token], at: usize, token: Token) -> Option<String> {
    let (lo, hi) = (token.lo as usize, token.hi as usize);
    let follows_name = tokens.get(at + 1).is_some_and(|next| next.kind == Tok::Name);
    let line = text.get(..lo)?.rfind('\n').map_or(0, |end| end + 1);
    let indent = || text.get(line..lo).unwrap_or("").to_owned();
    match token.kind {
        Tok::Mut | Tok::Question => Some(String::new()),
        Tok::Name if text.get(lo..hi) == Some("own") && follows_name => Some(String::new()),
        Tok::Struct => {
            Some(format!("@_dataclass(order=True, unsafe_hash=True)\n{}class", indent()))
        }
        Tok::Class => Some(format!("@_dataclass(eq=False)\n{}class", indent())),
        _ => None,
    }
}

/// Whether Python can be run here.
pub fn is_present() -> bool {
    let version = Command::new("python3")
        .args(["-c", "import sys; sys.exit(sys.version_info < (3, 8))"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// What Python prints for each of these programs.
///
/// # Errors
/// Python cannot be run, or says something else than expected.
pub fn outputs(programs: &[String]) -> Result<Vec<String>, String> {
    let mut child = Command::new("python3")
        .args(["-I", "-X", "utf8", "-c", DRIVER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("python3 cannot be run: {error}"))?;
    let list: Vec<String> = programs.iter().map(|text| literal(text)).collect();
    if let Some(mut stdin) = child.stdin.take() {
        let text = format!("[{}]", list.join(","));
        stdin.write_all(text.as_bytes()).map_err(|error| format!("python3: {error}"))?;
    }
    let output = child.wait_with_output().map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let mut rest = output.stdout.as_slice();
    let mut found = Vec::new();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let length = std::str::from_utf8(&rest[..end]).ok().and_then(|text| text.parse().ok());
        let text = length.and_then(|length: usize| rest.get(end + 1..)?.get(..length));
        let Some(text) = text else { return Err("python3 wrote something else".to_owned()) };
        found.push(String::from_utf8_lossy(text).into_owned());
        rest = &rest[end + 1 + text.len()..];
    }
    Ok(found)
}

/// Text as a literal of Python.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_change() {
        let text = "mut a = \"mut\"  # mut\nf(mut a)\n\nstruct P:\n    x: int?\n";
        let expected = "a = \"mut\"  # mut\nf(a)\n\n\
                        @_dataclass(order=True, unsafe_hash=True)\nclass P:\n    x: int\n";
        assert_eq!(translated(text), format!("{HEAD}{expected}"));
        assert_eq!(literal("a\"\n"), "\"a\\\"\\U0000000a\"");
    }
}
