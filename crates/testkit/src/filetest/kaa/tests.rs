//! Tests of the Kaa case format: reading and comparing, without an engine.

use super::*;

fn diagnostic(line: usize, code: &str, message: &str) -> Diagnostic {
    Diagnostic { line, code: code.to_string(), message: message.to_string() }
}

fn expected(body: &str) -> Expected {
    parse(&Case::of(body)).expect("the case can be read").1
}

#[test]
fn output_is_the_sequence_of_markers() {
    let body = "print(1)  #= 1\nprint('#= no')\n#= #= no\n#=\n#=  x\n";
    assert_eq!(expected(body).stdout, ["1", "#= no", "", " x"]);
}

#[test]
fn diagnostics_and_traps_belong_to_their_line() {
    let body = "a #! E1 first part #! E2\ns = 'open\n#^! E3\n#^! * odd\nb #trap: overflow at\n";
    let expected = expected(body);
    let wanted = [
        diagnostic(1, "E1", "first part"),
        diagnostic(1, "E2", ""),
        diagnostic(2, "E3", ""),
        diagnostic(2, "*", "odd"),
    ];
    assert_eq!(expected.diagnostics, wanted);
    let trap = Trap { kind: "overflow".into(), line: 5, message: "at".into() };
    assert_eq!(expected.trap, Some(trap));
}

#[test]
fn directives_come_from_preamble_and_head() {
    let mut case = Case::of("# args: a b\n# stdin: x\\ny\n\nprint(1)\n# fuel: 7\n");
    case.preamble = "# check\n# fuel: 1_000\n".to_string();
    let (options, expected) = parse(&case).expect("the case can be read");
    assert!(options.check_only);
    assert_eq!(options.fuel, Some(1000));
    assert_eq!(options.args, ["a", "b"]);
    assert_eq!(options.stdin, "x\ny");
    assert_eq!(expected, Expected::default());
    assert!(parse(&Case::of("# fuel: many\n")).is_err());
    assert!(parse(&Case::of("x #!\n")).is_err());
    assert!(parse(&Case::of("x #trap: a\ny #trap: b\n")).is_err());
}

#[test]
fn every_difference_is_told() {
    let expected = expected("a #! E1 one\nprint(1) #= 1\nb #trap: overflow\n");
    let good = Outcome {
        stdout: "1\n".into(),
        diagnostics: vec![diagnostic(1, "E1", "has one part")],
        trap: Some(Trap { kind: "overflow".into(), line: 3, message: "m".into() }),
        exit: 3,
        copies: Vec::new(),
    };
    assert_eq!(compare(&expected, &good), Vec::<String>::new());
    assert_eq!(compare(&expected, &Outcome::default()).len(), 3);
    let mut other = good.clone();
    other.diagnostics.push(diagnostic(9, "E9", ""));
    assert_eq!(compare(&expected, &other).len(), 1);
    let mut other = good;
    other.stdout.push_str("2\n");
    assert_eq!(compare(&expected, &other).len(), 1);
}

#[test]
fn exit_code_is_zero_unless_said() {
    let failing = Outcome { exit: 1, ..Outcome::default() };
    assert_eq!(compare(&expected("f()\n"), &failing).len(), 1);
    assert_eq!(compare(&expected("# exit: 1\nf()\n"), &failing).len(), 0);
    assert_eq!(compare(&expected("# exit: 1\nf()\n"), &Outcome::default()).len(), 1);
}
