//! Every built-in has an example, and each example prints what is said beside it.

use kaa::{Config, Host, Module, Store};
use kaa_lang::builtins::{self, GroupKind};

/// What ends the program, waits for a person, or cannot be reached by a program so far.
const NO_EXAMPLE: &[&str] = &["input", "panic", "unreachable", "tuple.count", "tuple.index"];

fn printed(program: &str) -> Result<String, String> {
    let module = Module::from_source("example.kaa", program).map_err(|found| found.to_string())?;
    let mut store = Store::new(&Config::new(), &Host::new()).map_err(|error| error.to_string())?;
    let output = store.capture_output();
    let instance = store.load(&module).map_err(|error| error.to_string())?;
    store.run_main(instance, &[]).map_err(|error| error.to_string())?;
    Ok(output.text())
}

#[test]
fn examples_print_what_they_say() {
    let mut wrong = Vec::new();
    for group in builtins::GROUPS {
        for row in group.rows {
            let Some(example) = builtins::example(row.name) else {
                if group.kind != GroupKind::Capability && !NO_EXAMPLE.contains(&row.name) {
                    wrong.push(format!("{} has no example", row.name));
                }
                continue;
            };
            let module = (group.kind == GroupKind::Module).then_some(group.name);
            let program = example.program(module);
            match printed(&program) {
                Ok(text) if text == format!("{}\n", example.printed) => {}
                found => wrong.push(format!("{}: {program}{found:?}", row.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_find_their_entries() {
    let list = kaa::doc("list").expect("there are lists");
    assert!(list.entries.iter().any(|entry| entry.name == "list.append"));
    let round = kaa::doc("round").expect("there is `round`");
    assert_eq!(round.entries.len(), 2);
    assert_eq!(round.entries[0].printed, "2 4");
    assert_eq!(kaa::doc("list.nothing"), None);
}
