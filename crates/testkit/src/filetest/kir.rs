//! Cases in the text form of the IR: calls with their results, traps, verifier errors.
//!
//! ```text
//! ; run: @add(1, 2) == 3               results as literals; several stand in parentheses
//! ; trap: @div(1, 0) integer_divide_by_zero
//! v2 = add.i32 v0, v1                  ; error: fragment of the message about this line
//! ; fuel: 1000                         also heap, depth
//! ```
//!
//! A case is a module. All its calls are made, each in a fresh store, on every engine and under
//! collector stress. A case with `; error:` lines must be refused with exactly these errors.

use super::Verdict;
use super::split::Case;
use crate::driver::{self, Call, CallResult, Diagnostic, Options, Trap};
use crate::oracle;
use crate::oracle::text::same_value;

/// The start of a line that opens the next case of a file.
pub const SEPARATOR: &str = ";---";

/// A call and what it should give.
#[derive(Debug, PartialEq, Eq)]
pub struct Check {
    /// One-based line that states it.
    pub line: usize,
    /// The call.
    pub call: Call,
    /// What should come of it.
    pub expected: Expected,
}

/// What should come of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Expected {
    /// These results.
    Results(Vec<String>),
    /// A trap of this kind.
    Trap(String),
}

/// All that a case says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The calls.
    pub checks: Vec<Check>,
    /// The errors, by line and fragment.
    pub errors: Vec<(usize, String)>,
    /// Limits for every call.
    pub options: Options,
}

/// Reads what a case says.
pub fn parse(case: &Case) -> Result<Script, String> {
    let mut script = Script::default();
    for line in case.preamble.lines() {
        read_line(line, 0, &mut script)?;
    }
    for (index, line) in case.body.lines().enumerate() {
        read_line(line, index + 1, &mut script)?;
    }
    Ok(script)
}

fn read_line(text: &str, line: usize, script: &mut Script) -> Result<(), String> {
    let Some((_, comment)) = split_comment(text) else { return Ok(()) };
    let Some((word, value)) = comment.split_once(':') else { return Ok(()) };
    let value = value.trim();
    let number = || value.replace('_', "").parse().map_err(|_| format!("line {line}: bad number"));
    match word.trim() {
        "run" => {
            let (call, results) = match value.split_once("==") {
                Some((call, results)) => (call, split_list(unwrap_parens(results.trim()))),
                None => (value, Vec::new()),
            };
            let call = read_call(call.trim()).ok_or(format!("line {line}: not a call"))?;
            script.checks.push(Check { line, call, expected: Expected::Results(results) });
        }
        "trap" => {
            let (call, kind) =
                value.rsplit_once(' ').ok_or(format!("line {line}: no trap kind"))?;
            let call = read_call(call.trim()).ok_or(format!("line {line}: not a call"))?;
            script.checks.push(Check { line, call, expected: Expected::Trap(kind.to_string()) });
        }
        "error" => script.errors.push((line, value.to_string())),
        "fuel" => script.options.fuel = Some(number()?),
        "heap" => script.options.heap_bytes_max = Some(number()?),
        "depth" => script.options.depth_max = Some(u32::try_from(number()?).unwrap_or(u32::MAX)),
        _ => {}
    }
    Ok(())
}

/// Code and comment of a line; a `;` in a string opens no comment.
fn split_comment(text: &str) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            ';' if !quoted => return Some((&text[..at], &text[at + 1..])),
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn read_call(text: &str) -> Option<Call> {
    let (function, rest) = text.strip_prefix('@')?.split_once('(')?;
    let args = split_list(rest.strip_suffix(')')?);
    Some(Call { function: function.trim().to_string(), args })
}

fn unwrap_parens(text: &str) -> &str {
    text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(text)
}

fn split_list(text: &str) -> Vec<String> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(str::to_string).collect()
}

/// Runs a case on every engine and compares.
pub fn run_case(_file: &str, case: &Case) -> Verdict {
    let script = match parse(case) {
        Ok(script) => script,
        Err(report) => return Verdict::Fail { report, blessed: None },
    };
    let found = driver::check_kir(&case.body);
    let differences = compare_errors(&script.errors, &found);
    if !differences.is_empty() {
        return Verdict::Fail { report: differences.join("\n"), blessed: None };
    }
    if !found.is_empty() {
        return Verdict::Pass;
    }
    let differences = consult_oracle(&case.body, &script);
    if !differences.is_empty() {
        return Verdict::Fail { report: differences.join("\n"), blessed: None };
    }
    let calls: Vec<Call> = script.checks.iter().map(|check| check.call.clone()).collect();
    let mut report = String::new();
    let mut blessed = None;
    for (engine, gc_stress) in driver::ways() {
        let options = Options { engine, gc_stress, ..script.options.clone() };
        let differences = match driver::run_kir(&case.body, &calls, &options) {
            Ok(results) => {
                blessed.get_or_insert_with(|| bless(&case.body, &script, &results));
                compare_results(&script, &results)
            }
            Err(errors) => compare_errors(&script.errors, &errors),
        };
        for difference in differences {
            report.push_str(&format!("{engine:?} (gc stress: {gc_stress}): {difference}\n"));
        }
    }
    if report.is_empty() { Verdict::Pass } else { Verdict::Fail { report, blessed } }
}

/// What the oracle says otherwise than the case; it is asked only where no limit is set.
fn consult_oracle(source: &str, script: &Script) -> Vec<String> {
    let Ok(module) = kaa_ir::text::parse(source) else { return Vec::new() };
    let mut differences = Vec::new();
    if script.options != Options::default() {
        return differences;
    }
    for check in &script.checks {
        let Some(result) = oracle::text::call(&module, &check.call) else { continue };
        let result = result.map_err(|kind| Trap {
            kind: kind.name().to_string(),
            line: 0,
            message: String::new(),
        });
        if !holds(&check.expected, Some(&result)) {
            differences.push(format!("oracle: {}", tell(check, Some(&result))));
        }
    }
    differences
}

/// Whether a call gave what it should; `*` stands for any trap.
fn holds(expected: &Expected, result: Option<&CallResult>) -> bool {
    match (expected, result) {
        (Expected::Results(wanted), Some(Ok(got))) => {
            wanted.len() == got.len() && wanted.iter().zip(got).all(|(a, b)| same_value(a, b))
        }
        (Expected::Trap(kind), Some(Err(trap))) => kind == "*" || *kind == trap.kind,
        _ => false,
    }
}

fn tell(check: &Check, result: Option<&CallResult>) -> String {
    let Check { line, call, expected } = check;
    let args = call.args.join(", ");
    format!("line {line}: @{}({args}): expected {expected:?}, got {result:?}", call.function)
}

fn compare_results(script: &Script, results: &[CallResult]) -> Vec<String> {
    let mut differences = Vec::new();
    for (index, check) in script.checks.iter().enumerate() {
        if !holds(&check.expected, results.get(index)) {
            differences.push(tell(check, results.get(index)));
        }
    }
    differences
}

fn compare_errors(expected: &[(usize, String)], errors: &[Diagnostic]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut unmatched: Vec<&Diagnostic> = errors.iter().collect();
    for (line, fragment) in expected {
        let found = unmatched
            .iter()
            .position(|error| error.line == *line && error.message.contains(fragment.as_str()));
        match found {
            Some(found) => drop(unmatched.remove(found)),
            None => differences.push(format!("line {line}: missing error: {fragment}")),
        }
    }
    let surplus = unmatched
        .iter()
        .map(|error| format!("line {}: unexpected error: {}", error.line, error.message));
    differences.extend(surplus);
    differences
}

/// The case with its `run` and `trap` lines saying what happened.
fn bless(body: &str, script: &Script, results: &[CallResult]) -> String {
    let mut lines: Vec<String> = body.split('\n').map(str::to_string).collect();
    for (check, result) in script.checks.iter().zip(results) {
        let Some(text) = check.line.checked_sub(1).and_then(|at| lines.get_mut(at)) else {
            continue;
        };
        let Call { function, args } = &check.call;
        let call = format!("@{function}({})", args.join(", "));
        *text = match result {
            Err(trap) => format!("; trap: {call} {}", trap.kind),
            Ok(results) => match results.as_slice() {
                [] => format!("; run: {call}"),
                [one] => format!("; run: {call} == {}", written(one)),
                many => {
                    let many: Vec<&str> = many.iter().map(|one| written(one)).collect();
                    format!("; run: {call} == ({})", many.join(", "))
                }
            },
        };
    }
    lines.join("\n")
}

/// A result as files write it: without the suffix that tells its width.
fn written(result: &str) -> &str {
    result.strip_suffix("f32").unwrap_or(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(body: &str) -> Script {
        parse(&Case::of(body)).expect("the case can be read")
    }

    #[test]
    fn calls_traps_and_errors_are_read() {
        let script = script(
            "; run: @f(1, -2) == 3\n; run: @g() == (1, 2.5)\n; run: @h()\n\
             x \";\" ; error: bad type\n; trap: @f(1,0) overflow\n; fuel: 1_0\n; note: y\n",
        );
        let calls: Vec<_> = script
            .checks
            .iter()
            .map(|c| (c.line, c.call.function.as_str(), c.call.args.len(), &c.expected))
            .collect();
        let results = |texts: &[&str]| {
            Expected::Results(texts.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let expected = [
            (1, "f", 2, &results(&["3"])),
            (2, "g", 0, &results(&["1", "2.5"])),
            (3, "h", 0, &results(&[])),
            (5, "f", 2, &Expected::Trap("overflow".into())),
        ];
        assert_eq!(calls, expected);
        assert_eq!(script.errors, [(4, "bad type".to_string())]);
        assert_eq!(script.options.fuel, Some(10));
        assert!(parse(&Case::of("; run: f(1)\n")).is_err());
    }

    #[test]
    fn results_are_compared_and_blessed() {
        let body = "; run: @f() == 1\n; run: @f() == 2\n; trap: @f() overflow\n";
        let script = script(body);
        let trap = Trap { kind: "unreachable".into(), line: 1, message: String::new() };
        let results = [Ok(vec!["1".into()]), Ok(vec!["3".into(), "4".into()]), Err(trap)];
        assert_eq!(compare_results(&script, &results).len(), 2);
        let blessed = bless(body, &script, &results);
        let expected = "; run: @f() == 1\n; run: @f() == (3, 4)\n; trap: @f() unreachable\n";
        assert_eq!(blessed, expected);
        assert_eq!(compare_results(&self::script(&blessed), &results), Vec::<String>::new());
    }

    #[test]
    fn errors_are_matched_one_to_one() {
        let error =
            |line, message: &str| Diagnostic { line, code: "V".into(), message: message.into() };
        let errors = [error(1, "type differs"), error(2, "not dominated")];
        let wanted = vec![(1, "type".to_string()), (2, "dominated".to_string())];
        assert_eq!(compare_errors(&wanted, &errors).len(), 0);
        assert_eq!(compare_errors(&wanted[..1], &errors).len(), 1);
        assert_eq!(compare_errors(&[(2, "type".to_string())], &errors).len(), 3);
    }
}
