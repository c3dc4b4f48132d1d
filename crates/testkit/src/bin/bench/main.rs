//! `bench`: measures the release build of `kaa`, side by side with Lua where that makes sense.
//!
//! Usage after `cargo build --release`: `bench [--runs N] [NAME...]` for the programs of
//! `benches/programs` on the interpreter (see `compare`), with `--compiled` on compiled code beside
//! `gcc -O2` and LuaJIT, with `--language` those of `benches/language`, with `--doors` those of
//! `benches/doors`;
//! `bench [--runs N] --front` for the front end and the start of the program (see `front`);
//! `bench [--runs N] --heap [NAME...]` for the collector (see `heap`).

#![forbid(unsafe_code)]

mod child;
mod compare;
mod front;
mod heap;

use std::collections::BTreeSet;
use std::process::ExitCode;

struct Arguments {
    runs: u32,
    front: bool,
    heap: bool,
    suite: compare::Suite,
    names: BTreeSet<String>,
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("bench: {message}");
            return ExitCode::from(2);
        }
    };
    let done = if arguments.heap {
        heap::run(arguments.runs, &arguments.names)
    } else if arguments.front {
        front::run(arguments.runs).map_err(|error| error.to_string())
    } else {
        compare::run(arguments.suite, arguments.runs, &arguments.names)
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Arguments, String> {
    let suite = compare::Suite::Core;
    let names = BTreeSet::new();
    let mut arguments = Arguments { runs: 5, front: false, heap: false, suite, names };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => {
                let count = words.next().and_then(|count| count.parse().ok());
                let count = count.filter(|count| *count > 0);
                arguments.runs = count.ok_or("--runs wants a number")?;
            }
            "--front" => arguments.front = true,
            "--heap" => arguments.heap = true,
            "--compiled" => arguments.suite = compare::Suite::Compiled,
            "--language" => arguments.suite = compare::Suite::Language,
            "--doors" => arguments.suite = compare::Suite::Doors,
            _ => {
                arguments.names.insert(word);
            }
        }
    }
    Ok(arguments)
}
