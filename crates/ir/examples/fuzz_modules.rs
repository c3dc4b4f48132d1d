//! Feeds mutated modules to the decoder, the verifier and the text form.
//!
//! `cargo run --release -p kaa-ir --example fuzz_modules -- 1000000 1` makes a million mutants
//! from seed 1. A panic is a bug; so is a module that is accepted and does not round-trip.

#[path = "../tests/cases/mod.rs"]
mod cases;
#[path = "../tests/mutate/mod.rs"]
mod mutate;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let (count, seed) = (numbers.next().unwrap_or(1_000_000), numbers.next().unwrap_or(1));
    let seeds = cases::seeds();
    let start = std::time::Instant::now();
    let report = mutate::run(&seeds, count, seed);
    let seconds = start.elapsed().as_secs_f64();
    println!("{report:?}");
    println!("{} seeds, {:.0} mutants a second", seeds.len(), count as f64 / seconds);
}
