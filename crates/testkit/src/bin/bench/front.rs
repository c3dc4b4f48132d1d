//! The front end on a long program, and the smallest program.
//!
//! The long program is generated: functions that call each other, strings, lists, dicts and a
//! struct, so that all of the checker has work. It is measured at one, two and four times the
//! length to show that the time is linear.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::child;

/// Lines of the program at one time its length.
const LINES: usize = 100_000;

/// Prints lines per second of `kaa check`, and the time of a program that prints one word.
pub fn run(runs: u32) -> std::io::Result<bool> {
    let folder = std::env::temp_dir().join(format!("kaa-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut done = true;
    println!("| lines | check s | lines/s |\n|---|---|---|");
    for factor in [1, 2, 4] {
        let text = program(LINES * factor);
        let path = folder.join("long.kaa");
        fs::write(&path, &text)?;
        let lines = text.lines().count();
        match best_wall(&["check"], &path, runs) {
            Some(wall) => println!("| {lines} | {wall:.3} | {:.0} |", lines as f64 / wall),
            None => done = false,
        }
    }
    let path = folder.join("hello.kaa");
    fs::write(&path, "print(\"hello\")\n")?;
    match best_wall(&["run"], &path, runs.max(20)) {
        Some(wall) => println!("\nprint(\"hello\"): {:.2} ms", wall * 1000.0),
        None => done = false,
    }
    fs::remove_dir_all(&folder)?;
    Ok(done)
}

fn best_wall(command: &[&str], path: &Path, runs: u32) -> Option<f64> {
    let mut words = vec![child::kaa_program()];
    words.extend(command.iter().map(ToString::to_string));
    words.push(path.to_string_lossy().into_owned());
    let mut best: Option<f64> = None;
    for _ in 0..runs {
        let wall = child::run(&words)?.wall.as_secs_f64();
        best = Some(best.map_or(wall, |best| best.min(wall)));
    }
    best
}

/// A program of about that many lines.
fn program(lines: usize) -> String {
    let mut text = String::from("struct Point:\n    x: int\n    y: int\n\n");
    let mut written = 4;
    let mut number = 0;
    while written < lines {
        let _ = write!(text, "{}", function(number));
        written += FUNCTION_LINES;
        number += 1;
    }
    let _ = writeln!(text, "print(work_{}(3, \"a b\"))", number - 1);
    text
}

const FUNCTION_LINES: usize = 16;

/// One function of `FUNCTION_LINES` lines that calls the one before it.
fn function(number: usize) -> String {
    let before = match number {
        0 => "n".to_string(),
        _ => format!("work_{}(n - 1, text)", number - 1),
    };
    format!(
        "def work_{number}(n: int, text: str) -> int:
    mut total = n * {number} + 1
    mut counts: dict[str, int] = {{}}
    for i, word in enumerate(text.split()):
        if len(word) > i and total % 2 == 0:
            counts[word] = counts.get(word, 0) + i
        elif word == \"key_{number}\":
            total += len(f\"{{word}}: {{i:>4}}\")
    points = [Point(i, i * 2) for i in range(n) if i != {number}]
    while total > 1000:
        total = total // 3 - {number}
    for p in points:
        total += p.x * p.y + max(p.x, counts.get(text, 0))
    return total if n <= 0 else {before}


"
    )
}
