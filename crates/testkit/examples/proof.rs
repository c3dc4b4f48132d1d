//! Runs made-up programs in all ways for a while, and stops at the first that engines do not agree
//! on, with the program made as small as it gets.
//!
//! `cargo run --release -p kaa-testkit --example proof -- --seconds 60 --seed 1 --floor 1000`
//! fails as well where fewer programs were run than the floor. `--print` shows the program of the
//! seed and what it does, `--trace` each seed before it runs.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use kaa_testkit::differential::{self, FUEL};
use kaa_testkit::generate;

/// What the command line asks for.
struct Wanted {
    seconds: u64,
    seed: u64,
    floor: u64,
    print: bool,
    trace: bool,
}

fn wanted() -> Option<Wanted> {
    let mut wanted = Wanted { seconds: 10, seed: 1, floor: 0, print: false, trace: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next()?.parse::<u64>().ok();
        match arg.as_str() {
            "--seconds" => wanted.seconds = number()?,
            "--seed" => wanted.seed = number()?,
            "--floor" => wanted.floor = number()?,
            "--print" => wanted.print = true,
            "--trace" => wanted.trace = true,
            _ => return None,
        }
    }
    Some(wanted)
}

/// What programs did.
#[derive(Default)]
struct Tally {
    programs: u64,
    fuel: u64,
    ends: BTreeMap<String, u64>,
}

impl Tally {
    fn add(&mut self, seen: &differential::Observed) {
        self.programs += 1;
        self.fuel += FUEL - seen.fuel.unwrap_or(0);
        for call in &seen.calls {
            let end = call.as_ref().map_or_else(|trap| trap.kind.name(), |_| "results");
            *self.ends.entry(end.to_string()).or_default() += 1;
        }
    }
}

fn main() -> ExitCode {
    let Some(wanted) = wanted() else {
        eprintln!("usage: proof [--seconds n] [--seed n] [--floor n] [--print] [--trace]");
        return ExitCode::from(2);
    };
    if wanted.print {
        let program = generate::program(wanted.seed);
        println!("{}", kaa_ir::text::print(&program.module));
        println!("{:?}", program.calls);
    }
    println!("from seed {}", wanted.seed);
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut seed = wanted.seed;
    while seed == wanted.seed || start.elapsed() < Duration::from_secs(wanted.seconds) {
        if wanted.trace {
            eprintln!("seed {seed}");
        }
        let program = generate::program(seed);
        let checked = differential::check(&program, seed);
        match checked {
            Ok(seen) => tally.add(&seen),
            Err(difference) => {
                println!("{}", differential::report(seed, &difference));
                return ExitCode::FAILURE;
            }
        }
        seed += 1;
    }
    let rate = tally.programs as f64 / start.elapsed().as_secs_f64();
    let fuel = tally.fuel / tally.programs.max(1);
    println!("{} programs, {rate:.0} a second, {fuel} fuel each", tally.programs);
    println!("ends of calls: {:?}", tally.ends);
    if tally.programs < wanted.floor {
        println!("these are fewer than {}", wanted.floor);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
