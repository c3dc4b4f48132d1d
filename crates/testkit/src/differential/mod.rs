//! The same program on every engine: what it does must be equal in all that can be seen.
//!
//! That is the results, the traps with their messages and traces, what the host was told, the fuel
//! that is left, and the objects that results and globals reach (`snapshot`). `host` are the
//! functions that programs may call. Programs come from `crate::generate`; which one is right is
//! not known here, nor needed.

mod host;
mod snapshot;
#[cfg(test)]
mod tests;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use kaa_exec::tier::{Form, Tiering};
use kaa_exec::{Config, Engine, Trap};
use kaa_ir::{Module, TrapKind};

use crate::driver::store::TestStore;
use crate::generate::{self, Program};
use crate::reduce::{self, reduce};
use host::Log;
use snapshot::Snapshot;

/// Fuel of a program, for all its calls.
pub const FUEL: u64 = 20_000;
/// A limit of call depth that no program comes to.
const DEPTH_FREE: usize = 20_000;
/// Bytes of the heap.
const HEAP_BYTES: u64 = 64 << 20;

/// A way to run a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The interpreter.
    pub engine: Engine,
    /// How often code is entered before it is compiled, if it is.
    pub compile_after: Option<u32>,
    /// Compiled code is made to run in any process.
    pub movable: bool,
    /// Collect at every safepoint and verify the heap each time.
    pub gc_stress: bool,
    /// Lower without the passes that only make code better; that takes other fuel.
    pub plain: bool,
}

impl Way {
    fn tiering(self) -> Option<Tiering> {
        let form = Form { movable: self.movable, lines: false };
        let how = |threshold| Tiering { threshold, form, keep: true, background: false };
        self.compile_after.map(how)
    }
}

/// All that is seen of a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// What came of each call.
    pub calls: Vec<Result<Snapshot, Trap>>,
    /// What the host was told, and what was printed.
    pub output: String,
    /// Fuel that is left.
    pub fuel: Option<u64>,
    /// What the globals hold in the end.
    pub globals: Snapshot,
}

/// Two ways that do not agree on a program, or a run that went wrong by itself.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The ways; the same one twice where it went wrong by itself.
    pub ways: [Way; 2],
    /// What is different.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}\n{:?}", self.ways[0], self.ways[1])?;
        write!(f, "{}", self.what)
    }
}

/// The ways to run a program: each interpreter, compiled code from the start and after a number of
/// entries, each without and with collector stress. The first one is what others are compared to.
pub fn ways(compile_after: u32) -> Vec<Way> {
    let interpreters = Engine::all().iter().map(|engine| (*engine, None, false));
    let even = compile_after.is_multiple_of(2);
    let tiers = [(Some(0), !even), (Some(compile_after), even)];
    let compiled = tiers.iter().map(|(after, movable)| (Engine::default(), *after, *movable));
    interpreters
        .chain(compiled)
        .flat_map(|(engine, compile_after, movable)| {
            let way = Way { engine, compile_after, movable, gc_stress: false, plain: false };
            [way, Way { gc_stress: true, ..way }]
        })
        .collect()
}

/// The ways to run what was lowered without passes, beginning with what they are compared to.
pub fn plain_ways() -> Vec<Way> {
    let first = ways(1)[0];
    let plain = Way { plain: true, ..first };
    let compiled = Way { engine: Engine::default(), compile_after: Some(0), ..plain };
    vec![first, plain, compiled]
}

/// Most entries before code is compiled, where that is drawn.
const AFTER_MAX: u64 = 12;
/// For one of so many programs, machine code is made twice.
const TWICE: u64 = 8;

/// Checks all that is known of the program of a seed; gives what it does.
///
/// # Errors
/// The first thing that does not hold.
pub fn check(program: &Program, seed: u64) -> Result<Observed, Box<Difference>> {
    let ways = ways(1 + (seed % AFTER_MAX) as u32);
    let wrong = |what| Box::new(Difference { ways: [ways[0], ways[0]], what });
    if let Err(errors) = kaa_ir::verify::verify(&program.module) {
        return Err(wrong(format!("it is not valid: {}", errors[0])));
    }
    round_trip(&program.module).map_err(wrong)?;
    if seed.is_multiple_of(TWICE) {
        compiles_the_same(program).map_err(wrong)?;
    }
    let seen = compare(program, &ways)?;
    compare(program, &plain_ways())?;
    Ok(seen)
}

/// What to tell of the program of a seed that ways differ on: the smallest program that still
/// shows it, and how to see it again.
pub fn report(seed: u64, difference: &Difference) -> String {
    let program = generate::program(seed);
    let ways = &difference.ways[..];
    let mut differs = |module: &Module| {
        let smaller = Program { module: module.clone(), ..program.clone() };
        compare(&smaller, ways).is_err()
    };
    // What was found before anything ran does not get smaller.
    let small = match differs(&program.module) {
        true => reduce(&program.module, &mut differs),
        false => program.module.clone(),
    };
    let smaller = Program { module: small, ..program };
    let now = compare(&smaller, ways).map_or_else(|now| now.to_string(), |_| String::new());
    format!(
        "seed {seed}: {difference}\nreduced to {} instructions:\n{}calls: {:?}\n{now}\nagain: \
         cargo run --release -p kaa-testkit --example proof -- --seconds 0 --seed {seed}",
        reduce::instructions(&smaller.module),
        kaa_ir::text::print(&smaller.module),
        smaller.calls
    )
}

/// Runs a program in all ways and compares.
///
/// # Errors
/// The first way that does not agree with the first one.
pub fn compare(program: &Program, ways: &[Way]) -> Result<Observed, Box<Difference>> {
    let module = Rc::new(program.module.clone());
    let mut program = program.clone();
    if ways.iter().any(|way| way.plain) {
        // Frames have other sizes, so the limit must not matter.
        program.depth_max = DEPTH_FREE;
    }
    let seen = |way: Way| {
        let run = AssertUnwindSafe(|| observe(&module, &program, way));
        let seen = catch_unwind(run).unwrap_or_else(|_| Err("a panic".to_string()));
        seen.map_err(|what| Box::new(Difference { ways: [way, way], what }))
    };
    let first = seen(ways[0])?;
    for way in &ways[1..] {
        let other = seen(*way)?;
        let same_code = ways[0].plain == way.plain;
        if !same_code && (first.ran_out() || other.ran_out()) {
            continue;
        }
        if let Some(what) = first.differs(&other, same_code) {
            return Err(Box::new(Difference { ways: [ways[0], *way], what }));
        }
    }
    Ok(first)
}

impl Observed {
    /// Whether fuel ended it, which is at another place where the code is another.
    fn ran_out(&self) -> bool {
        let ended = |call: &Result<Snapshot, Trap>| {
            call.as_ref().is_err_and(|trap| trap.kind == TrapKind::OutOfFuel)
        };
        self.calls.iter().any(ended)
    }

    /// In what the other is different.
    fn differs(&self, other: &Observed, with_fuel: bool) -> Option<String> {
        let show = |call: &Result<Snapshot, Trap>| match call {
            Ok(results) => format!("{results:?}"),
            Err(trap) => format!("{:?} {trap}", trap.kind),
        };
        let calls = self.calls.iter().zip(&other.calls);
        if let Some((i, (a, b))) = calls.enumerate().find(|(_, (a, b))| a != b) {
            return Some(format!("call {i}:\n{}\n{}", show(a), show(b)));
        }
        if self.output != other.output {
            return Some(format!("output:\n{}\n{}", self.output, other.output));
        }
        if with_fuel && self.fuel != other.fuel {
            return Some(format!("fuel: {:?} {:?}", self.fuel, other.fuel));
        }
        let same = self.globals == other.globals;
        (!same).then(|| format!("globals:\n{:?}\n{:?}", self.globals, other.globals))
    }
}

/// Runs a program in one way.
fn observe(module: &Rc<Module>, program: &Program, way: Way) -> Result<Observed, String> {
    let log = Log::default();
    let mut test = open(module, program.depth_max, way, &log)?;
    let mut calls = Vec::new();
    for call in &program.calls {
        let func = module.exported_func(&call.name);
        let id = func.ok_or("there is no such function")?;
        let number = test.store.func(test.instance, id).ok_or("there is no such function")?;
        let results = module.func_sig(id).map(|sig| sig.results.clone()).unwrap_or_default();
        let ended = test.store.call(number, &call.args);
        calls.push(ended.map(|slots| Snapshot::of(&mut test.store, &slots, &results)));
    }
    let stats = test.store.tier_stats();
    if stats.failed > 0 {
        return Err("the compiler failed".to_string());
    }
    let globals = Snapshot::of_globals(&mut test.store, test.instance, module);
    Ok(Observed { calls, output: log.text(), fuel: test.store.fuel(), globals })
}

fn open(module: &Rc<Module>, max_depth: usize, way: Way, log: &Log) -> Result<TestStore, String> {
    let config = Config {
        engine: way.engine,
        max_heap: HEAP_BYTES,
        max_depth,
        max_tasks: 50,
        fuel: Some(FUEL),
        gc_stress: way.gc_stress,
        plain: way.plain,
        ..Config::default()
    };
    let funcs = host::funcs();
    TestStore::with_host(Rc::clone(module), config, way.tiering(), log.host(), &funcs)
}

/// Whether a module is the same after it was written and read, as text and as bytes.
///
/// # Errors
/// What is different.
pub fn round_trip(module: &Module) -> Result<(), String> {
    let text = kaa_ir::text::print(module);
    match kaa_ir::text::parse(&text) {
        Ok(read) if read == *module => {}
        Ok(_) => return Err("its text is that of another module".to_string()),
        Err(error) => return Err(format!("its text cannot be read: {error}")),
    }
    let bytes = kaa_ir::binary::encode(module);
    match kaa_ir::binary::decode(&bytes) {
        Ok(read) if read == *module && kaa_ir::binary::encode(&read) == bytes => Ok(()),
        Ok(_) => Err("its bytes are those of another module".to_string()),
        Err(error) => Err(format!("its bytes cannot be read: {error}")),
    }
}

/// Compiles a program twice; whether the machine code is the same.
///
/// # Errors
/// What went wrong, or is different.
pub fn compiles_the_same(program: &Program) -> Result<(), String> {
    let module = Rc::new(program.module.clone());
    // Other code has addresses of its store in it.
    let engine = Engine::default();
    let compile_after = Some(1);
    let way = Way { engine, compile_after, movable: true, gc_stress: false, plain: false };
    let fresh = || open(&module, program.depth_max, way, &Log::default());
    let mut stores = [fresh()?, fresh()?];
    for test in &mut stores {
        test.store.compile_all(test.instance, None).map_err(|trap| trap.to_string())?;
    }
    let [first, second] = &stores;
    if first.store.fingerprint() != second.store.fingerprint() {
        return Err("the register code is different".to_string());
    }
    let (first, second) = (first.store.units(), second.store.units());
    if first.is_empty() || first.len() != second.len() {
        return Err(format!("{} and {} units", first.len(), second.len()));
    }
    match first.iter().zip(second).find(|(a, b)| a != b) {
        None => Ok(()),
        Some((a, b)) => Err(format!("function {} is compiled in two ways:\n{a:?}\n{b:?}", a.func)),
    }
}
