//! A short run of source texts with fixed seeds. The long one, which also changes the programs of
//! `tests/lang`, is `examples/fuzz_sources.rs`.

use kaa_testkit::fuzz::{Corpus, Seen, check};

#[test]
fn source_texts_do_no_harm() {
    let corpus = Corpus::made_up();
    let (mut refused, mut compiled) = (0, 0);
    for seed in 0..if cfg!(debug_assertions) { 1_500 } else { 15_000 } {
        let text = corpus.text(seed);
        match check(&text) {
            Seen::Refused => refused += 1,
            Seen::Compiled(None) => compiled += 1,
            other => panic!("seed {seed}: {other:?}\n{text}"),
        }
    }
    // Neither kind of text may die out.
    assert!(refused > compiled / 4 && compiled > refused / 8, "{refused}, {compiled}");
}
