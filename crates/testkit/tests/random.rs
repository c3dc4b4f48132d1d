//! Random programs: the verifier accepts them, and every engine gives what the oracle gives.
//!
//! The seeds are fixed, so a failure is found again; `KAA_SEEDS=first..last` runs others.

use kaa_testkit::driver::{self, Call, CallResult, Options};
use kaa_testkit::oracle;
use kaa_testkit::random::{self, Program, Random, program};
use std::ops::Range;

/// Calls of each program.
const CALLS: usize = 4;

fn seeds() -> Range<u64> {
    random::seeds(if cfg!(debug_assertions) { 0..500 } else { 0..5000 })
}

fn calls_of(program: &Program, seed: u64) -> Vec<Call> {
    let mut random = Random::new(!seed);
    let call = |_| Call {
        function: "f".to_string(),
        args: program.params.iter().map(|ty| random.literal(*ty)).collect(),
    };
    (0..CALLS).map(call).collect()
}

fn agrees(expected: &Result<Vec<String>, kaa_isa::TrapKind>, got: &CallResult) -> bool {
    match (expected, got) {
        (Ok(expected), Ok(got)) => expected == got,
        (Err(kind), Err(trap)) => kind.name() == trap.kind,
        _ => false,
    }
}

#[test]
fn programs_are_valid_and_the_oracle_knows_them() {
    let (mut results, mut traps) = (0, 0);
    for seed in seeds() {
        let program = program(seed);
        let found = driver::check_kir(&program.text);
        assert!(found.is_empty(), "seed {seed}: {found:?}\n{}", program.text);
        let module = kaa_ir::text::parse(&program.text).expect("it was parsed before");
        for call in calls_of(&program, seed) {
            match oracle::text::call(&module, &call) {
                Some(Ok(_)) => results += 1,
                Some(Err(_)) => traps += 1,
                None => panic!("seed {seed}: the oracle gives nothing\n{}", program.text),
            }
        }
    }
    assert!(results > traps, "most programs should give results: {results} against {traps}");
    assert!(traps > 0, "some programs should trap");
}

#[test]
fn engines_agree_with_the_oracle() {
    for seed in seeds() {
        let program = program(seed);
        let module = kaa_ir::text::parse(&program.text).expect("random programs are valid");
        let calls = calls_of(&program, seed);
        for engine in driver::engines() {
            let options = Options { engine: *engine, ..Options::default() };
            let got = driver::run_kir(&program.text, &calls, &options)
                .expect("random programs are valid");
            for (call, got) in calls.iter().zip(&got) {
                let expected = oracle::text::call(&module, call).expect("the oracle knows it");
                assert!(
                    agrees(&expected, got),
                    "seed {seed}, {engine:?}, @f({}): expected {expected:?}, got {got:?}\n{}",
                    call.args.join(", "),
                    program.text
                );
            }
        }
    }
}
