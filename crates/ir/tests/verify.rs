//! Runs the cases of `tests/verify/`: what the verifier accepts, and what it refuses with which
//! message on which line. Every operation must have a case of both kinds.

mod cases;

use std::collections::BTreeSet;

use cases::{Case, all};
use kaa_ir::verify::verify;
use kaa_ir::{Module, text};

/// Errors of a case by line, the parser's included.
fn errors(case: &Case) -> Vec<(u32, String)> {
    match text::parse_mapped(&case.text) {
        Err(e) => vec![(e.line, e.message)],
        Ok((module, lines)) => match verify(&module) {
            Ok(()) => Vec::new(),
            Err(errors) => errors.into_iter().map(|e| (lines.line(e.place), e.message)).collect(),
        },
    }
}

#[test]
fn cases_give_exactly_their_errors() {
    let mut failures = Vec::new();
    for case in all("verify") {
        let mut found = errors(&case);
        for (line, fragment) in case.expected_errors() {
            let hit = found.iter().position(|(l, m)| *l == line && m.contains(fragment));
            match hit {
                Some(i) => drop(found.remove(i)),
                None => failures.push(format!("{}: line {line}: missing `{fragment}`", case.name)),
            }
        }
        for (line, message) in found {
            failures.push(format!("{}: line {line}: unexpected `{message}`", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_operation_has_cases_of_both_kinds() {
    let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for case in all("verify") {
        let wrong: Vec<u32> = case.expected_errors().map(|(line, _)| line).collect();
        let Ok((module, lines)) = text::parse_mapped(&case.text) else { continue };
        for (func, at) in module.funcs.values().zip(&lines.funcs) {
            for (data, (_, insts)) in func.blocks.values().zip(&at.blocks) {
                for (node, line) in data.insts.iter().zip(insts) {
                    let name = node.inst.opcode().info().name;
                    let set = if wrong.contains(line) { &mut refused } else { &mut accepted };
                    set.insert(name);
                }
            }
        }
    }
    let all: BTreeSet<&str> = kaa_isa::OPCODES.iter().map(|op| op.name).collect();
    assert_eq!(all.difference(&accepted).collect::<Vec<_>>(), Vec::<&&str>::new());
    assert_eq!(all.difference(&refused).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn there_are_enough_refusals() {
    assert!(all("verify").iter().filter(|c| c.expected_errors().next().is_some()).count() >= 150);
}

#[test]
fn errors_say_where() {
    let source = "func @f(i64) -> () {\nb0(v0: i64):\n  v1: f64 = neg.f64 v0\n  ret ()\n}\n";
    let module = text::parse(source).unwrap();
    let errors = verify(&module).unwrap_err();
    assert_eq!(errors.len(), 1);
    let message = "V014: v0 is i64, but f64 is needed (in @f, b0, instruction 0: \
        `v1: f64 = neg.f64 v0`)";
    assert_eq!(errors[0].to_string(), message);
}

#[test]
fn the_number_of_errors_is_limited() {
    let mut source = String::from("func @f(i64) -> () {\nb0(v0: i64):\n");
    (1..300).for_each(|i| source += &format!("v{i}: f64 = neg.f64 v0\n"));
    source += "ret ()\n}\n";
    let errors = verify(&text::parse(&source).unwrap()).unwrap_err();
    assert_eq!(errors.len(), kaa_ir::verify::MAX_ERRORS);
}

#[test]
fn hand_made_nonsense_is_refused() {
    let source = "func @f(i64) -> (i64) {\nb0(v0: i64):\n  v1: i64 = neg.i64 v0\n  ret (v1)\n}\n";
    let good = text::parse(source).unwrap();
    assert_eq!(verify(&good), Ok(()));
    type Change = fn(&mut Module);
    let changes: [(&str, Change); 6] = [
        ("V003", |m| m.funcs.values_mut().for_each(|f| f.sig = kaa_ir::SigId(9))),
        ("V012", |m| {
            let f = m.funcs.values_mut().next().unwrap();
            f.blocks[kaa_ir::Block(0)].insts[0].results.first = kaa_ir::Value(0);
        }),
        ("V012", |m| {
            let f = m.funcs.values_mut().next().unwrap();
            f.blocks[kaa_ir::Block(0)].insts[0].results.count = u32::MAX;
        }),
        ("V012", |m| _ = m.funcs.values_mut().next().unwrap().values.push(kaa_ir::ValTy::I64)),
        ("V003", |m| m.export_func("x", kaa_ir::FuncId(5))),
        ("V001", |m| m.name = "x".repeat(70_000)),
    ];
    for (code, change) in changes {
        let mut module = good.clone();
        change(&mut module);
        let errors = verify(&module).unwrap_err();
        assert_eq!(errors[0].code.as_str(), code, "{}", errors[0]);
    }
}

#[test]
fn every_case_that_runs_is_accepted() {
    let mut failures = Vec::new();
    for case in all("run") {
        let found = errors(&case);
        failures.extend(found.iter().map(|(line, e)| format!("{}: line {line}: {e}", case.name)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
