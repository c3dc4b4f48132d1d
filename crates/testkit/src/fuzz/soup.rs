//! Texts without sense: bytes, and tokens in any order.

use super::Corpus;
use crate::random::Random;

/// Any bytes, as far as they are text.
pub fn bytes(random: &mut Random) -> String {
    let ascii = !random.one_in(3);
    let len = random.below(120);
    let bytes: Vec<u8> = (0..len)
        .map(|_| {
            let byte = random.next() as u8;
            if ascii { byte & 0x7F } else { byte }
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tokens of programs, with lines and indents in between.
pub fn tokens(random: &mut Random, corpus: &Corpus) -> String {
    let mut text = String::new();
    let mut indent = 0;
    for _ in 0..1 + random.below(60) {
        match random.below(8) {
            0 => {
                indent = (indent + random.below(3)).saturating_sub(1).min(6);
                text.push('\n');
                text.push_str(&"    ".repeat(indent));
            }
            1 => {
                indent += 1;
                text.push_str(":\n");
                text.push_str(&"    ".repeat(indent));
            }
            2 => {
                let sign: &&str = random.pick(&["(", ")", "[", "]", ", ", ": ", ".", " = "]);
                text.push_str(sign);
            }
            _ => {
                text.push_str(random.pick(&corpus.tokens).as_str());
                text.push(' ');
            }
        }
    }
    text
}
