//! Feeds source texts of all kinds to the front end.
//!
//! `cargo run --release -p kaa-testkit --example fuzz_sources -- 400000 1` makes 400,000 texts
//! from seed 1 and tells what must not have happened, each with its seed. A third number prints
//! the text of that seed and what becomes of it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

use kaa_testkit::fuzz::{Corpus, Seen, check};

/// Where the last panic was.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn seen(text: &str) -> Seen {
    catch_unwind(AssertUnwindSafe(|| check(text))).unwrap_or_else(|_| {
        Seen::Broken(PANIC.lock().map(|place| place.clone()).unwrap_or_default())
    })
}

fn main() {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place = format!("panic: {info}").replace('\n', " ");
        }
    }));
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let (count, first) = (numbers.next().unwrap_or(400_000), numbers.next().unwrap_or(1));
    let corpus = Corpus::read(&kaa_testkit::workspace_root());
    if let Some(seed) = numbers.next() {
        let text = corpus.text(seed);
        println!("{text}\n{:?}", seen(&text));
        return;
    }
    let start = Instant::now();
    let (mut refused, mut compiled) = (0u64, 0u64);
    let mut broken: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for seed in first..first + count {
        let text = corpus.text(seed);
        match seen(&text) {
            Seen::Refused => refused += 1,
            Seen::Compiled(None) => compiled += 1,
            Seen::Compiled(Some(what)) => broken.entry(what).or_insert((0, seed)).0 += 1,
            Seen::Broken(what) => {
                let what = what.chars().take(160).collect();
                broken.entry(what).or_insert((0, seed)).0 += 1;
            }
        }
    }
    for (what, (times, seed)) in &broken {
        println!("{times} times, first with seed {seed}: {what}");
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{refused} refused, {compiled} compiled, {:.0} texts a second",
        count as f64 / seconds
    );
    if !broken.is_empty() {
        std::process::exit(1);
    }
}
