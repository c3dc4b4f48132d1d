//! Programs with a few changes: most are wrong in one place and right in all others.

use super::Corpus;
use crate::random::Random;

/// A program of the corpus with changes.
pub fn mutant(random: &mut Random, corpus: &Corpus) -> String {
    let text = random.pick(&corpus.programs).clone();
    change(random, corpus, text)
}

/// The text with changes.
pub fn change(random: &mut Random, corpus: &Corpus, mut text: String) -> String {
    for _ in 0..1 + random.below(3) {
        text = match random.below(5) {
            0 => change_lines(random, corpus, &text),
            1 => change_bytes(random, &text),
            _ => change_tokens(random, corpus, &text),
        };
    }
    text
}

/// The words, numbers, signs and blanks of a text; put together they are the text.
pub fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same: fn(char) -> bool = match first {
            c if c.is_alphanumeric() || c == '_' => |c| c.is_alphanumeric() || c == '_',
            ' ' => |c| c == ' ',
            c if "=<>!+-*/%&|?.:".contains(c) => |c| "=<>!+-*/%&|?.:".contains(c),
            _ => |_| false,
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (token, more) = rest.split_at(end);
        tokens.push(token);
        rest = more;
    }
    tokens
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn change_tokens(random: &mut Random, corpus: &Corpus, text: &str) -> String {
    let mut tokens = tokens(text);
    if tokens.is_empty() {
        return random.pick(&corpus.tokens).clone();
    }
    let at = random.below(tokens.len());
    match random.below(6) {
        0 => drop(tokens.remove(at)),
        1 => {
            let other = random.below(tokens.len());
            tokens.swap(at, other);
        }
        2 => tokens.insert(at, random.pick(&corpus.tokens).as_str()),
        3 => {
            let other = random.below(tokens.len());
            tokens.insert(at, tokens[other]);
        }
        4 => {
            // A word by another of the text: names and types change their places.
            let words: Vec<usize> = (0..tokens.len()).filter(|&i| is_word(tokens[i])).collect();
            if !words.is_empty() {
                let (from, to) = (*random.pick(&words), *random.pick(&words));
                tokens[to] = tokens[from];
            }
        }
        _ => tokens[at] = random.pick(&corpus.tokens).as_str(),
    }
    tokens.concat()
}

fn change_lines(random: &mut Random, corpus: &Corpus, text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return text.to_string();
    }
    let at = random.below(lines.len());
    match random.below(5) {
        0 => drop(lines.remove(at)),
        1 => {
            let other = random.below(lines.len());
            lines.insert(at, lines[other]);
        }
        2 => {
            let other = random.below(lines.len());
            lines.swap(at, other);
        }
        3 => {
            // The beginning of another program goes on with the end of this one.
            let other: Vec<&str> = random.pick(&corpus.programs).lines().collect();
            let upto = random.below(other.len() + 1);
            lines.splice(0..at, other[..upto].iter().copied());
        }
        _ => {
            let moved = match random.one_in(2) {
                true => format!("    {}", lines[at]),
                false => lines[at].trim_start().to_string(),
            };
            let before = lines[..at].join("\n");
            return format!("{before}\n{moved}\n{}\n", lines[at + 1..].join("\n"));
        }
    }
    lines.join("\n") + "\n"
}

fn change_bytes(random: &mut Random, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.is_empty() {
        return String::new();
    }
    let at = random.below(bytes.len());
    let end = (at + 1 + random.below(6)).min(bytes.len());
    match random.below(3) {
        0 => drop(bytes.drain(at..end)),
        1 => bytes[at] = random.next() as u8,
        _ => {
            let piece = bytes[at..end].to_vec();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
