//! What words of the language mean that are neither functions nor methods, from `words.txt`.

use super::Example;

/// A word: a keyword, a type, a trait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// The words that mean it.
    pub names: Vec<&'static str>,
    /// How it is written.
    pub head: &'static str,
    /// What it is.
    pub text: &'static str,
    /// A program, and what it prints with `\n` between the lines.
    pub example: Example,
}

/// All words.
pub fn words() -> impl Iterator<Item = Word> {
    let rows = include_str!("words.txt").lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| {
        let mut parts = row.split(" | ");
        let names = parts.next()?.split(' ').collect();
        let (head, text) = (parts.next()?, parts.next()?);
        let lines = parts.next()?.split("\\n").collect();
        let printed = parts.next()?;
        Some(Word { names, head, text, example: Example { lines, printed } })
    })
}
