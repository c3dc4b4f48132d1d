//! Programs made up from the whole table: they are valid, they do much, and every engine does the
//! same with them.
//!
//! The seeds are fixed, so a failure is found again; `KAA_SEEDS=first..last` runs others. Longer
//! runs are those of `examples/proof.rs`.

use std::collections::BTreeMap;

use kaa_ir::{Module, Opcode};
use kaa_isa::OPCODES;
use kaa_testkit::differential::{self, FUEL, Observed};
use kaa_testkit::{generate, random, reduce};

/// Programs that are counted, not run.
const COUNTED: u64 = 1_000;
/// Programs that are run; optimised builds do not need long for more.
const RUN: u64 = if cfg!(debug_assertions) { 250 } else { 1_000 };
/// The least share of the instructions that an operation has, as one in so many.
const LEAST: u64 = 1_000;
/// Fuel that programs use on the average, at least: they are to do something.
const FUEL_LEAST: u64 = 500;

#[test]
fn every_operation_comes_up() {
    let mut counts: BTreeMap<&str, u64> = OPCODES.iter().map(|row| (row.name, 0)).collect();
    for seed in 0..COUNTED {
        let program = generate::program(seed);
        for func in program.module.funcs.values() {
            for node in func.blocks.values().flat_map(|block| &block.insts) {
                *counts.entry(node.inst.opcode().info().name).or_default() += 1;
            }
        }
    }
    let all: u64 = counts.values().sum();
    let mut seldom: Vec<_> = counts.iter().filter(|(_, n)| **n * LEAST < all).collect();
    seldom.sort_by_key(|(_, n)| **n);
    assert!(seldom.is_empty(), "of {all} instructions only: {seldom:?}");
}

#[test]
fn engines_agree() {
    let (mut results, mut traps, mut fuel) = (0, 0, 0);
    let seeds = random::seeds(0..RUN);
    for seed in seeds.clone() {
        let seen: Observed = match differential::check(&generate::program(seed), seed) {
            Ok(seen) => seen,
            Err(difference) => panic!("{}", differential::report(seed, &difference)),
        };
        results += seen.calls.iter().filter(|call| call.is_ok()).count();
        traps += seen.calls.iter().filter(|call| call.is_err()).count();
        fuel += FUEL - seen.fuel.unwrap_or(0);
    }
    let count = seeds.end - seeds.start;
    if count >= RUN {
        assert!(traps > 0 && results > 3 * traps, "{results} results, {traps} traps");
        assert!(fuel / count > FUEL_LEAST, "{} fuel on the average", fuel / count);
    }
}

/// The predicates are made up: a module is wanted as long as it has an operation somewhere.
#[test]
fn reducing_leaves_a_handful_of_instructions() {
    let has = |module: &Module, op: Opcode| {
        let blocks = module.funcs.values().flat_map(|func| func.blocks.values());
        blocks.flat_map(|block| &block.insts).any(|node| node.inst.opcode() == op)
    };
    let wanted = [Opcode::ListPop, Opcode::TypeTest, Opcode::MulDiv, Opcode::ArrayCopy];
    for op in wanted {
        let large = (0..100).map(generate::program).find(|program| {
            reduce::instructions(&program.module) > 300 && has(&program.module, op)
        });
        let module = large.expect("most programs are large").module;
        let small = reduce::reduce(&module, &mut |module| has(module, op));
        let (left, text) = (reduce::instructions(&small), kaa_ir::text::print(&small));
        assert!(left <= 10, "{left} instructions\n{text}");
        assert_eq!(kaa_ir::verify::verify(&small), Ok(()));
        assert!(has(&small, op), "{text}");
    }
}
