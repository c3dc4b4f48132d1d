//! Source texts of all kinds for the front end, and what must hold for every one of them: it ends
//! soon and without a panic, it points into the text, and what it accepts verifies and runs.
//!
//! Kinds of text are in `soup` (bytes and tokens), `mutant` (programs from `tests/lang` with
//! changes) and `program` (programs made up). The short run is `tests/fuzz.rs`, the long one
//! `examples/fuzz_sources.rs`. Modules are mutated in `kaa-ir`, not here.

mod check;
mod mutant;
mod program;
mod soup;

pub use check::{Seen, check};

use crate::filetest::split::split;
use crate::random::Random;
use std::path::Path;

/// Programs and their parts, from which others are made.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Whole programs.
    pub programs: Vec<String>,
    /// Tokens of them.
    pub tokens: Vec<String>,
}

impl Corpus {
    /// The cases of `tests/lang`.
    pub fn read(root: &Path) -> Corpus {
        let mut corpus = Corpus::default();
        let mut folders = vec![root.join("tests/lang")];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            for path in paths {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ext| ext == "kaa")
                    && let Ok(text) = std::fs::read_to_string(&path)
                {
                    corpus.programs.extend(split(&text, "#--- ").into_iter().map(|c| c.body));
                }
            }
        }
        corpus.programs.retain(|text| text.len() < 4_000);
        corpus.with_tokens()
    }

    /// Made-up programs alone: a corpus that new tests do not change.
    pub fn made_up() -> Corpus {
        let programs = (0..60).map(|seed| program::program(&mut Random::new(seed))).collect();
        Corpus { programs, tokens: Vec::new() }.with_tokens()
    }

    fn with_tokens(mut self) -> Corpus {
        for text in &self.programs {
            self.tokens.extend(mutant::tokens(text).into_iter().map(str::to_string));
        }
        self.tokens.sort();
        self.tokens.dedup();
        self.tokens.retain(|token| !token.trim().is_empty() && token.len() < 40);
        self
    }

    /// The text of a seed.
    pub fn text(&self, seed: u64) -> String {
        let mut random = Random::new(seed);
        match random.below(10) {
            0 => soup::bytes(&mut random),
            1 => soup::tokens(&mut random, self),
            2..=5 => mutant::mutant(&mut random, self),
            6..=8 => program::program(&mut random),
            _ => {
                let text = program::program(&mut random);
                mutant::change(&mut random, self, text)
            }
        }
    }
}
