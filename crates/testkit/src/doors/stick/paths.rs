//! Both ways of compiling a program of StickVM against each other: registers in the heap, which
//! the final state is read from, and registers in variables, which is what runs otherwise.
//!
//! Of the second one the globals can be seen. So that registers can be compared too, a program
//! that halts is made to write one of them to a new global first, one after the other.

use std::path::Path;

use kaa::door::json::Json;
use kaa::door::stick::{Numbering, file};
use kaa::door::{Door, DoorOptions};
use libtest_mimic::Trial;

use super::super::{Ran, load, run};
use super::{programs, soup};
use crate::driver::{Engine, ways};

/// An engine, and whether it collects at every safepoint.
type Way = (Engine, bool);

/// Programs that are compiled the fast way, of those that were recorded.
const FAST_PROGRAMS: usize = 80;
/// Registers of them that are compared.
const FAST_REGISTERS: usize = 150;
/// Random programs of each numbering.
const RANDOM: u64 = if cfg!(debug_assertions) { 40 } else { 2000 };

pub fn trials(folder: &Path) -> Vec<Trial> {
    let recorded = folder.to_path_buf();
    let mut trials = vec![Trial::test("stk/both/recorded", move || Ok(check_recorded(&recorded)?))];
    for (name, numbering) in [("A", Numbering::A), ("B1", Numbering::B1), ("C", Numbering::C)] {
        trials.push(Trial::test(format!("stk/both/random {name}"), move || {
            Ok(check_random(numbering)?)
        }));
    }
    trials
}

fn check_recorded(folder: &Path) -> Result<(), String> {
    let (mut fast_programs, mut fast_registers) = (0, 0);
    // How programs end on all others, the test of each program tells.
    let ways = [(Engine::default(), false), (Engine::Jit, false)];
    for path in programs(folder) {
        let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
        let told = |what: String| format!("{}: {what}", path.display());
        let Both { state, fast } = both(&bytes, Numbering::C, &ways).map_err(told)?;
        fast_programs += usize::from(fast.is_some());
        for (reg, changed) in with_registers_shown(&bytes, &state).map_err(told)? {
            let shown = both(&changed, Numbering::C, &ways);
            let shown = shown.map_err(|what| told(format!("r{reg}: {what}")))?;
            let last = shown.fast.as_deref().and_then(<[Json]>::last);
            fast_registers += usize::from(last.is_some_and(is_kept));
        }
    }
    if fast_programs < FAST_PROGRAMS || fast_registers < FAST_REGISTERS {
        return Err(format!("only {fast_programs} and {fast_registers} registers are fast"));
    }
    Ok(())
}

fn check_random(numbering: Numbering) -> Result<(), String> {
    let options = DoorOptions { stick_numbering: numbering, ..DoorOptions::default() };
    let mut fast_programs = 0;
    for seed in 0..RANDOM {
        let text = soup::program(numbering, seed);
        let told = |what: String| format!("seed {seed}: {what}\n{text}");
        let bytes = kaa::door::assemble(Door::Stick, text.as_bytes(), &options)
            .map_err(|error| told(error.to_string()))?;
        fast_programs += u64::from(both(&bytes, numbering, &ways()).map_err(told)?.fast.is_some());
    }
    // Neither way may die out.
    if fast_programs < RANDOM / 3 || fast_programs == RANDOM {
        return Err(format!("{fast_programs} of {RANDOM} programs are fast"));
    }
    Ok(())
}

/// What a program came to both ways.
struct Both {
    /// The whole final state.
    state: Json,
    /// The globals of the fast way, if there is one.
    fast: Option<Vec<Json>>,
}

/// Runs a program both ways, the fast one on some engines.
fn both(bytes: &[u8], numbering: Numbering, ways: &[Way]) -> Result<Both, String> {
    let load_as = |keep_state| {
        let options =
            DoorOptions { keep_state, stick_numbering: numbering, ..DoorOptions::default() };
        load(Door::Stick, "case.stk", bytes, &options)
    };
    let (whole, plain) = (load_as(true)?, load_as(false)?);
    let expected = run(&whole, Engine::default(), false, true)?;
    let state = state_of(&expected)?;
    let wanted = globals(&state);
    let mut fast = None;
    for (engine, gc_stress) in ways.iter().copied() {
        let ran = run(&plain, engine, gc_stress, true)?;
        let found = state_of(&ran)?;
        let same_end = match (&expected.ending, &ran.ending) {
            (Ok(expected), Ok(found)) => expected == found,
            (Err(expected), Err(found)) => expected.code() == found.code(),
            _ => false,
        };
        let here = globals(&found);
        let same = |(a, b): (&Json, &Json)| !is_kept(b) || shown(a) == shown(b);
        if !same_end || wanted.len() != here.len() || !wanted.iter().zip(&here).all(same) {
            let ends = (&expected.ending, &ran.ending);
            return Err(format!("{engine:?}: {ends:?}\n{state}\n{found}"));
        }
        fast = (found.get("regs") == Some(&Json::Null)).then_some(here);
    }
    Ok(Both { state, fast })
}

fn globals(state: &Json) -> Vec<Json> {
    match state.get("globals") {
        Some(Json::Array(items)) => items.clone(),
        _ => Vec::new(),
    }
}

/// Whether a global is kept: what nothing reads need not be.
fn is_kept(global: &Json) -> bool {
    !matches!(global, Json::Array(items) if items.first() == Some(&Json::Int(255)))
}

fn state_of(ran: &Ran) -> Result<Json, String> {
    let state = ran.state.as_ref().and_then(|state| state.get("state")).cloned();
    state.ok_or_else(|| format!("no state: {:?}", ran.ending))
}

/// What is the same both ways: of objects only that they are some, of floats of 32 bits the half
/// of the payload that they are.
fn shown(json: &Json) -> Json {
    match json {
        Json::Array(items) => match &items[..] {
            [Json::Int(6), _] => Json::Array(vec![Json::Int(6)]),
            [Json::Int(4), Json::Str(bits)] => Json::str(bits.get(8..).unwrap_or_default()),
            _ => json.clone(),
        },
        other => other.clone(),
    }
}

/// The programs that write one register each before they halt where they did.
fn with_registers_shown(bytes: &[u8], state: &Json) -> Result<Vec<(u16, Vec<u8>)>, String> {
    let file = file::read("case.stk", bytes).map_err(|error| error.to_string())?;
    let number = |key: &str| match state.get(key) {
        Some(Json::Int(n)) => usize::try_from(*n).ok(),
        _ => None,
    };
    let (Some(1), Some(ip), Some(Json::Object(regs))) =
        (number("frames"), number("ip"), state.get("regs"))
    else {
        return Ok(Vec::new());
    };
    let halt = ip.checked_sub(1).filter(|at| file.code.get(*at) == Some(&0));
    let Some(halt) = halt else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    for (reg, content) in regs {
        let (Ok(reg), Json::Array(content)) = (reg.parse::<u8>(), content) else { continue };
        let Some(Json::Int(tag @ 1..=5)) = content.first() else { continue };
        let mut file = file.clone();
        let jump = 0x0200_0000 | u32::try_from(file.code.len() - ip).unwrap_or_default();
        let global = u32::try_from(file.globals.len()).unwrap_or_default();
        file.code[halt] = jump;
        file.code.extend([0x0A00_0000 | u32::from(reg) << 16 | global << 8, 0]);
        file.globals.push(file::Stored { tag: *tag as u8, payload: 0 });
        changed.push((reg.into(), file::write(&file)));
    }
    Ok(changed)
}
