//! Runs every register operation, in each variant, tens of thousands of times on a stack of
//! 64 KiB: a handler whose jump to the next one became a call would need megabytes.
//!
//! The code is put together by hand, word by word, so that no operation is missed and both
//! engines can be compared. `world` has the operands, `bodies` the words of each operation.
//! What the operations compute is tested by the files in `tests/run`.

mod bodies;
mod world;

use std::collections::HashMap;

use kaa_code::RegOp;
use kaa_code::word::{abc, abx};
use kaa_isa::TrapKind;

use super::{EXIT_HALT, EXIT_TRAP, Engine};
use crate::store::{Config, Inner, Store};
use crate::trap::Trap;
use world::{COUNTER, END, OUT, WINDOW, World};

/// Turns that each operation makes.
const TURNS: u64 = 65_536;
/// Turns of the trial that finds growth before it is a crash.
const TRIAL: u64 = 1024;
/// Bytes of native stack that the trial may take: less than a return address for each turn.
const SLACK: usize = 4096;
/// The native stack of the machine.
const STACK_BYTES: usize = 64 << 10;

/// Lends the store to the thread with the small stack.
struct Lent<'a>(&'a mut Inner);

// SAFETY: the thread that lends the store waits in `thread::scope` until the borrower is done,
// so that one thread at a time has it.
unsafe impl Send for Lent<'_> {}

impl<'a> Lent<'a> {
    fn get(self) -> &'a mut Inner {
        self.0
    }
}

/// What a store did: the turns of each operation, and the values that bodies left.
#[derive(Default)]
struct Tally {
    turns: HashMap<RegOp, u64>,
    values: Vec<(RegOp, u64)>,
}

#[test]
fn every_operation_runs_65536_times_on_64_kib_of_stack() {
    let mut values = Vec::new();
    for engine in Engine::all() {
        let mut store = Store::new(Config { engine: *engine, ..Config::default() }, world::host());
        let store = store.as_mut().expect("a store can be made");
        world::link(store);
        let lent = Lent(&mut store.inner);
        let result = std::thread::scope(|scope| {
            let small = std::thread::Builder::new().stack_size(STACK_BYTES);
            let run = small.spawn_scoped(scope, move || run_all(lent.get()));
            run.expect("a thread starts").join().expect("the small stack is enough")
        });
        let tally = result.unwrap_or_else(|message| panic!("{engine:?}: {message}"));
        for op in RegOp::ALL {
            let made = tally.turns.get(op).copied().unwrap_or(0);
            assert!(made >= TURNS, "{engine:?}: {op:?} ran {made} times");
        }
        values.push(tally.values);
    }
    for (one, other) in values.windows(2).flat_map(|pair| pair[0].iter().zip(&pair[1])) {
        assert_eq!(one, other, "the engines differ");
    }
}

/// Runs all operations and counts the turns of each; or tells what went wrong with which.
fn run_all(inner: &mut Inner) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let mut faults = Vec::new();
    for op in RegOp::ALL {
        let made = match op {
            RegOp::Halt | RegOp::Trap | RegOp::Resume => ends(inner, *op),
            _ => loops(inner, *op, &mut tally.values),
        };
        match made {
            Ok(made) => {
                tally.turns.insert(*op, made);
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(tally) } else { Err(faults.join("\n")) }
}

/// Runs the bodies of an operation in counted loops.
fn loops(inner: &mut Inner, op: RegOp, values: &mut Vec<(RegOp, u64)>) -> Result<u64, String> {
    // The result of `share` is a reference; all others are numbers, and equal on all engines.
    let number = op.shape().result_is_float().is_some() && op != RegOp::Shared;
    let mut made = 0;
    for body in 0.. {
        let world = World::new(inner)?;
        let mut bodies = bodies::of(op, &world, TRIAL);
        if body >= bodies.len() {
            break;
        }
        let native = turn(inner, &bodies.swap_remove(body), TRIAL)?;
        let rest = turn(inner, &bodies::Body::default(), 1)?;
        let grown = native.abs_diff(rest);
        if grown > SLACK {
            return Err(format!("{op:?} took {grown} bytes of stack in {TRIAL} turns"));
        }
        let world = World::new(inner)?;
        turn(inner, &bodies::of(op, &world, TURNS).swap_remove(body), TURNS)?;
        if number {
            values.push((op, world::get(inner, OUT)));
        }
        made += TURNS;
    }
    Ok(made)
}

/// Runs a body in a counted loop; gives where the native stack was at the end.
fn turn(inner: &mut Inner, body: &bodies::Body, turns: u64) -> Result<usize, String> {
    let mut code = body.words.clone();
    let back = -(code.len() as i16 + 1);
    code.push(abc(RegOp::LoopLt, 0, COUNTER, END, back as u16));
    code.push(abx(RegOp::Native, 0, WINDOW, world::PROBE));
    code.push(abc(RegOp::Halt, 0, 0, 0, 0));
    let end = if body.loops_itself { 1 } else { turns };
    world::set(inner, COUNTER, 0);
    world::set(inner, END, end);
    let exit = run(inner, &code);
    if exit != EXIT_HALT {
        let kind = TrapKind::from_code(inner.vm().exit_code);
        let fault = inner.fault.take();
        return Err(format!("{:?} trapped: {kind:?} {fault:?}", kaa_code::word::op(body.words[0])));
    }
    if world::get(inner, COUNTER) != end {
        return Err(format!("the loop made {} turns", world::get(inner, COUNTER)));
    }
    Ok(world::probed())
}

/// Operations that end a run make one turn in each.
fn ends(inner: &mut Inner, op: RegOp) -> Result<u64, String> {
    World::new(inner)?;
    let code = [abx(op, 0, 0, TrapKind::Panic.code())];
    let expected = if op == RegOp::Halt { EXIT_HALT } else { EXIT_TRAP };
    for _ in 0..TURNS {
        inner.caught = Some(Trap::new(TrapKind::Panic, "again"));
        if run(inner, &code) != expected {
            return Err(format!("{op:?} ended the run in another way"));
        }
        inner.fault = None;
    }
    Ok(TURNS)
}

/// Runs code on the frame that the world has filled.
fn run(inner: &mut Inner, code: &[u64]) -> u64 {
    let (engine, vm, regs) = (inner.config.engine, inner.vm_ptr(), world::frame(inner));
    // SAFETY: the words are made for the frame's operands, and end by halting.
    unsafe { super::run(engine, super::Eyes::Closed, vm, code.as_ptr(), regs) }
}
