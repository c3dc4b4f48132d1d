//! The programs of `benches/programs`, `benches/language` or `benches/doors`, on all machines side
//! by side.
//!
//! Each exists once for Kaa (`.kaa`, or the text form of a door) and once as `.lua`, those of the
//! language as `.py` too, some as `.c`; all must print the same, but for those of other machines,
//! which look at their results themselves. The machines take turns, so that all see the same
//! weather, and the best run of each counts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::child;

/// Which programs are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// The core on the interpreter, beside Lua and LuaJIT's interpreter.
    Core,
    /// The core, compiled where it is hot, beside `gcc -O2`, LuaJIT and our interpreter.
    Compiled,
    /// What the language has on top, beside Lua and CPython.
    Language,
    /// Programs of other machines, interpreted and compiled, beside Lua.
    Doors,
}

/// A machine that runs programs.
struct Machine {
    name: &'static str,
    command: Vec<String>,
    /// Endings of its programs, the first that exists is taken.
    endings: &'static [&'static str],
}

/// Prints the table of the wanted programs, or of all; false where outputs differ.
pub fn run(suite: Suite, runs: u32, wanted: &BTreeSet<String>) -> Result<bool, String> {
    let folder = match suite {
        Suite::Core | Suite::Compiled => "benches/programs",
        Suite::Language => "benches/language",
        Suite::Doors => "benches/doors",
    };
    let folder = kaa_testkit::workspace_root().join(folder);
    let machines = machines(suite);
    let names = program_names(&folder, machines[0].endings, wanted)?;
    println!("| program | {} | ns per instruction | result |", heads(&machines));
    println!("|---|{}---|", "---|".repeat(machines.len() * 2));
    let mut ratios: Vec<Vec<f64>> = vec![Vec::new(); machines.len()];
    let mut agree = true;
    for name in names {
        let row = measure(&folder, &name, suite, &machines, runs);
        agree &= row.agrees;
        println!("{}", row.text(&name));
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
    Ok(agree)
}

/// The first is the one that the others are compared with.
fn machines(suite: Suite) -> Vec<Machine> {
    let words = |text: &str| text.split(' ').map(str::to_string).collect();
    let kaa = |name, engine: &str| Machine {
        name,
        command: vec![child::kaa_program(), "run".into(), "--engine".into(), engine.into()],
        endings: &["kaa"],
    };
    let door = |name, engine, ending| Machine { endings: ending, ..kaa(name, engine) };
    let lua = || Machine { name: "lua5.4", command: words("lua5.4"), endings: &["lua"] };
    let luajit = |name| Machine { name, command: words(name), endings: &["luajit.lua", "lua"] };
    let mut machines = match suite {
        Suite::Core => vec![kaa("kaa", "interp"), lua(), luajit("luajit -joff")],
        Suite::Compiled => vec![
            kaa("kaa", "auto"),
            Machine { name: "gcc -O2", command: words("gcc"), endings: &["c"] },
            luajit("luajit"),
            kaa("interpreter", "interp"),
        ],
        Suite::Language => vec![
            kaa("kaa", "auto"),
            lua(),
            Machine { name: "python3", command: words("python3"), endings: &["py"] },
        ],
        Suite::Doors => vec![
            lua(),
            door("StickVM", "interp", &["stks"]),
            door("StickVM, compiled", "auto", &["stks"]),
            door("Solid Snake", "interp", &["ss"]),
            door("Solid Snake, compiled", "auto", &["ss"]),
        ],
    };
    machines.retain(|machine| {
        let found = child::exists(&machine.command[0]);
        if !found {
            eprintln!("bench: {} is not here, its column is left out", machine.name);
        }
        found
    });
    machines
}

/// The programs of a folder: those that are wanted, or all.
///
/// A folder that cannot be read, and a name that is not in it, are errors: a table without rows
/// would look like a measurement.
pub fn program_names(
    folder: &Path,
    endings: &[&str],
    wanted: &BTreeSet<String>,
) -> Result<BTreeSet<String>, String> {
    let shown = folder.display();
    let entries = fs::read_dir(folder).map_err(|why| format!("cannot read {shown}: {why}"))?;
    let names = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        let ending = path.extension()?.to_str()?;
        let name = path.file_stem()?.to_str()?;
        endings.contains(&ending).then(|| name.to_string())
    });
    let names: BTreeSet<String> = names.collect();
    if let Some(missing) = wanted.difference(&names).next() {
        return Err(format!("there is no program `{missing}` in {shown}"));
    }
    Ok(if wanted.is_empty() { names } else { wanted.clone() })
}

fn heads(machines: &[Machine]) -> String {
    let mut heads: Vec<String> = machines.iter().map(|m| format!("{} s", m.name)).collect();
    let others = machines.iter().skip(1);
    heads.extend(others.map(|m| format!("{} : {}", machines[0].name, m.name)));
    heads.join(" | ")
}

/// The figures of one program.
struct Row {
    /// Best processor time of each machine, where it ran.
    seconds: Vec<Option<f64>>,
    /// Register instructions that Kaa executes.
    instructions: Option<f64>,
    output: String,
    agrees: bool,
}

impl Row {
    /// The first machine's time for one register instruction, natives and collections included.
    fn ns_per_instruction(&self) -> Option<f64> {
        let kaa = self.seconds.first().copied().flatten()?;
        Some(kaa * 1e9 / self.instructions?)
    }

    /// The first machine's time by that of each; the first is always 1.
    fn ratios(&self) -> Vec<Option<f64>> {
        let kaa = self.seconds.first().copied().flatten();
        self.seconds.iter().map(|other| Some(kaa? / (*other)?)).collect()
    }

    fn text(&self, name: &str) -> String {
        let show = |value: &Option<f64>| value.map_or("–".to_string(), |v| format!("{v:.2}"));
        let mut cells: Vec<String> = vec![name.to_string()];
        cells.extend(self.seconds.iter().map(show));
        cells.extend(self.ratios().iter().skip(1).map(show));
        cells.push(show(&self.ns_per_instruction()));
        cells.push(if self.agrees { self.output.clone() } else { "OUTPUTS DIFFER".into() });
        format!("| {} |", cells.join(" | "))
    }
}

fn measure(folder: &Path, name: &str, suite: Suite, machines: &[Machine], runs: u32) -> Row {
    let mut seconds: Vec<Option<f64>> = vec![None; machines.len()];
    let mut outputs = BTreeSet::new();
    let command = |machine| Some(command_of(machine, &program_path(folder, name, machine)?));
    let commands: Vec<Option<Vec<String>>> = machines.iter().map(command).collect();
    for _ in 0..runs {
        for (command, best) in commands.iter().zip(&mut seconds) {
            let Some(done) = command.as_deref().and_then(child::run) else { continue };
            // Compiled programs are too short for steps of a hundredth of a second.
            let took = match suite {
                Suite::Compiled => done.wall.as_secs_f64(),
                _ => done.seconds,
            };
            *best = Some(best.map_or(took, |best| best.min(took)));
            // These programs look at their results themselves: not all of their machines print.
            outputs.insert(if suite == Suite::Doors { "right".into() } else { done.output });
        }
    }
    let agrees = outputs.len() == 1;
    let instructions = instructions(folder, name, &machines[0]);
    Row { seconds, instructions, output: outputs.into_iter().next().unwrap_or_default(), agrees }
}

/// How many register instructions Kaa executes, as it says itself.
fn instructions(folder: &Path, name: &str, kaa: &Machine) -> Option<f64> {
    let path = program_path(folder, name, kaa)?;
    let mut words = kaa.command.clone();
    words.extend(["--stats=json".to_string(), path.to_string_lossy().into_owned()]);
    let stats = child::errors_of(&words)?;
    let (_, rest) = stats.split_once("\"instructions\":")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok().filter(|n| *n > 0.0)
}

fn program_path(folder: &Path, name: &str, machine: &Machine) -> Option<PathBuf> {
    let paths = machine.endings.iter().map(|ending| folder.join(format!("{name}.{ending}")));
    paths.into_iter().find(|path| path.exists())
}

/// The command that runs a program; one in C is compiled first.
fn command_of(machine: &Machine, path: &Path) -> Vec<String> {
    let mut words = machine.command.clone();
    let text = path.to_string_lossy().into_owned();
    if path.extension().is_some_and(|ending| ending == "c") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let built = std::env::temp_dir().join(format!("kaa-bench-{name}"));
        let built = built.to_string_lossy().into_owned();
        // gcc would unroll the recursion many levels deep, which is other work.
        let inline = if name == "fib" { "-fno-inline" } else { "-finline" };
        words.extend(["-O2", inline, "-o", &built, &text, "-lm"].map(str::to_string));
        return child::run(&words).map(|_| vec![built]).unwrap_or_default();
    }
    words.push(text);
    words
}
