//! Breaks files of other machines in every place and in every way: all beginnings, and all 255
//! other values of each byte, of every program that the tests break in a few ways.
//!
//! `cargo run --release -p kaa-testkit --example damaged_files` takes some minutes; names of doors
//! (`stk`, `bvm`, `solid-snake`, `fir`) choose among them, and `jit` runs everything compiled.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use kaa_testkit::doors::malformed::{Whole, check, files};
use kaa_testkit::driver::Engine;

fn main() -> ExitCode {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.len();
    wanted.retain(|word| word != "jit");
    let engine = if wanted.len() < all { Engine::Jit } else { Engine::Interp };
    let files = match files(&kaa_testkit::workspace_root().join("tests/doors")) {
        Ok(files) => files,
        Err(what) => {
            println!("{what}");
            return ExitCode::FAILURE;
        }
    };
    let chosen =
        |whole: &Whole| wanted.is_empty() || wanted.iter().any(|name| name == whole.door.name());
    let files: Vec<Whole> = files.into_iter().filter(chosen).collect();
    let (next, failed, tried) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let start = Instant::now();
    let work = || {
        while let Some(whole) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = format!("{}/{}", whole.door.name(), whole.title);
            let every: Vec<u8> = (1..=255).collect();
            let checked = catch_unwind(AssertUnwindSafe(|| check(whole, &every, engine)));
            match checked.unwrap_or_else(|_| Err("panic".to_owned())) {
                Ok((ran, all)) => {
                    tried.fetch_add(all, Ordering::Relaxed);
                    println!("{name}: {all} files, {ran} ran to an end of their own");
                }
                Err(what) => {
                    failed.fetch_add(1, Ordering::Relaxed);
                    println!("{name}: FAILED: {what}");
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("{} files in {seconds:.0} seconds", tried.into_inner());
    if failed.into_inner() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
