//! `bench`: the programs of `benches/programs` on Kaa, Lua and LuaJIT's interpreter, side by side.
//!
//! Each program exists once for Kaa (`.kaa` or `.kir`) and once as `.lua`; all must print the
//! same. The runs alternate between the machines, so that all see the same weather, and the best
//! of each counts. Time is processor time of the child as the kernel counts it, in steps of
//! 10 ms. Usage: `bench [--runs N] [NAME...]` after `cargo build --release`.

#![forbid(unsafe_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

/// A machine that runs programs.
struct Machine {
    name: &'static str,
    command: Vec<String>,
    /// Endings of its programs, the first that exists is taken.
    endings: &'static [&'static str],
}

fn main() -> ExitCode {
    let (runs, wanted) = match arguments() {
        Ok(parsed) => parsed,
        Err(message) => {
            eprintln!("bench: {message}");
            return ExitCode::from(2);
        }
    };
    let folder = kaa_testkit::workspace_root().join("benches/programs");
    let machines = machines();
    let names: Vec<String> = program_names(&folder)
        .into_iter()
        .filter(|name| wanted.is_empty() || wanted.contains(name))
        .collect();
    println!("| program | {} | result |", heads(&machines));
    println!("|---|{}---|", "---|".repeat(machines.len() * 2 - 1));
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); machines.len()];
    let mut agree = true;
    for name in &names {
        let row = measure(&folder, name, &machines, runs);
        agree &= row.agrees;
        println!("{}", row.text(name));
        for (index, ratio) in row.ratios().into_iter().enumerate() {
            ratios[index].extend(ratio);
        }
    }
    for (machine, ratios) in machines.iter().zip(&ratios).skip(1) {
        if !ratios.is_empty() {
            let mean = (ratios.iter().map(|r| r.ln()).sum::<f64>() / ratios.len() as f64).exp();
            println!("\ngeometric mean against {}: {mean:.2}", machine.name);
        }
    }
    if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn arguments() -> Result<(u32, BTreeSet<String>), String> {
    let (mut runs, mut names) = (5, BTreeSet::new());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--runs" {
            let count = words.next().and_then(|count| count.parse().ok());
            runs = count.filter(|count| *count > 0).ok_or("--runs wants a number")?;
        } else {
            names.insert(word);
        }
    }
    Ok((runs, names))
}

/// Kaa first, since the others are compared with it.
fn machines() -> Vec<Machine> {
    let words = |text: &str| text.split(' ').map(str::to_string).collect();
    let mut machines = vec![
        Machine {
            name: "kaa",
            command: vec![kaa_program(), "run".into()],
            endings: &["kaa", "kir"],
        },
        Machine { name: "lua5.4", command: words("lua5.4"), endings: &["lua"] },
        Machine {
            name: "luajit -joff",
            command: words("luajit -joff"),
            endings: &["luajit.lua", "lua"],
        },
    ];
    machines.retain(|machine| {
        let found = Command::new(&machine.command[0]).arg("-v").output().is_ok();
        if !found {
            eprintln!("bench: {} is not here, its column is left out", machine.name);
        }
        found || machine.name == "kaa"
    });
    machines
}

/// The release build of the program that stands beside this one.
fn kaa_program() -> String {
    let here = std::env::current_exe().unwrap_or_default();
    let target = here.ancestors().nth(2).unwrap_or(Path::new("target")).to_path_buf();
    target.join("release").join("kaa").to_string_lossy().into_owned()
}

fn program_names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = name.strip_suffix(".kaa").or(name.strip_suffix(".kir"))?;
        Some(name.to_string())
    });
    names.collect()
}

fn heads(machines: &[Machine]) -> String {
    let mut heads: Vec<String> = machines.iter().map(|m| format!("{} s", m.name)).collect();
    heads.extend(machines.iter().skip(1).map(|m| format!("kaa : {}", m.name)));
    heads.join(" | ")
}

/// The figures of one program.
struct Row {
    /// Best processor time of each machine, where it ran.
    seconds: Vec<Option<f64>>,
    output: String,
    agrees: bool,
}

impl Row {
    /// Kaa's time by that of each machine; the first is always 1.
    fn ratios(&self) -> Vec<Option<f64>> {
        let kaa = self.seconds.first().copied().flatten();
        self.seconds.iter().map(|other| Some(kaa? / (*other)?)).collect()
    }

    fn text(&self, name: &str) -> String {
        let show = |value: &Option<f64>| value.map_or("–".to_string(), |v| format!("{v:.2}"));
        let mut cells: Vec<String> = vec![name.to_string()];
        cells.extend(self.seconds.iter().map(show));
        cells.extend(self.ratios().iter().skip(1).map(show));
        cells.push(if self.agrees { self.output.clone() } else { "OUTPUTS DIFFER".into() });
        format!("| {} |", cells.join(" | "))
    }
}

fn measure(folder: &Path, name: &str, machines: &[Machine], runs: u32) -> Row {
    let mut seconds: Vec<Option<f64>> = vec![None; machines.len()];
    let mut outputs = BTreeSet::new();
    for _ in 0..runs {
        for (machine, best) in machines.iter().zip(&mut seconds) {
            let Some(path) = program_path(folder, name, machine) else { continue };
            if let Some((time, output)) = run(machine, &path) {
                *best = Some(best.map_or(time, |best| best.min(time)));
                outputs.insert(output);
            }
        }
    }
    let agrees = outputs.len() == 1;
    Row { seconds, output: outputs.into_iter().next().unwrap_or_default(), agrees }
}

fn program_path(folder: &Path, name: &str, machine: &Machine) -> Option<PathBuf> {
    let paths = machine.endings.iter().map(|ending| folder.join(format!("{name}.{ending}")));
    paths.into_iter().find(|path| path.exists())
}

/// Processor seconds and output of one run; a failed run has neither.
fn run(machine: &Machine, path: &Path) -> Option<(f64, String)> {
    let before = children_seconds();
    let start = Instant::now();
    let output = Command::new(&machine.command[0])
        .args(&machine.command[1..])
        .arg(path)
        .stderr(Stdio::inherit())
        .output()
        .ok()?;
    let wall = start.elapsed().as_secs_f64();
    let seconds = match (before, children_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => wall,
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    output.status.success().then_some((seconds, text))
}

/// Processor time of all children so far, where the kernel tells it: fields 16 and 17 of `stat`,
/// in ticks of a hundredth of a second.
fn children_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}
