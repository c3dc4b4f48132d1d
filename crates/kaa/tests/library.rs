//! Every built-in has an example, and each example prints what is said beside it.

use std::sync::{Mutex, Once};

use kaa::{Config, Host, Module, Store};
use kaa_lang::builtins;

/// What ends the program, waits for a person, or cannot be reached by a program so far.
const NO_EXAMPLE: &[&str] = &[
    "input",
    "panic",
    "unreachable",
    "process.exit",
    "tuple.count",
    "tuple.index",
    // Only with values of the library's `json.Value`.
    "_json.read",
    "_json.text",
];

/// A host that grants all; files are in a folder of their own.
fn host() -> Host {
    static FOLDER: Once = Once::new();
    FOLDER.call_once(|| {
        let folder = std::env::temp_dir().join(format!("kaa-examples-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::env::set_current_dir(&folder).expect("there is the folder");
    });
    let mut host = Host::new();
    for name in kaa::CAPABILITIES {
        host.allow(name).expect("it is known");
    }
    host
}

fn printed(program: &str) -> Result<String, String> {
    // Examples use the same names for their files.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let module = Module::from_source("example.kaa", program).map_err(|found| found.to_string())?;
    let mut store = Store::new(&Config::new(), &host()).map_err(|error| error.to_string())?;
    let output = store.capture_output();
    let instance = store.load(&module).map_err(|error| error.to_string())?;
    store.run_main(instance, &[]).map_err(|error| error.to_string())?;
    Ok(output.text())
}

#[test]
fn examples_print_what_they_say() {
    let mut wrong = Vec::new();
    // What begins with `_` is there for the library alone, and tested by what that does with it.
    for group in builtins::GROUPS.iter().filter(|group| !group.name.starts_with('_')) {
        for row in group.rows {
            let Some(example) = builtins::example(row.name) else {
                let is_private = row.short_name().starts_with('_');
                if !is_private && !NO_EXAMPLE.contains(&row.name) {
                    wrong.push(format!("{} has no example", row.name));
                }
                continue;
            };
            let module = group.kind.is_module().then_some(group.name);
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
fn modules_written_in_kaa_do_what_they_say() {
    let mut wrong = Vec::new();
    let written: Vec<&str> = kaa_lang::library::names().collect();
    for group in kaa::library().iter().filter(|group| written.contains(&group.name.as_str())) {
        for entry in &group.entries {
            // Constants say what they are, types have methods, and operators are seen in those.
            let called = |mark| entry.head.starts_with(&format!("{}{mark}", entry.name));
            let is_function = (called("(") || called("[")) && !entry.name.ends_with("__");
            if entry.example.is_empty() && is_function {
                wrong.push(format!("{} has no example", entry.name));
            }
            if !entry.example.is_empty() {
                let program = shown(&entry.example);
                match printed(&program) {
                    Ok(text) if text == format!("{}\n", entry.printed) => {}
                    found => wrong.push(format!("{}: {program}{found:?}", entry.name)),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A program whose last line is printed, where it is not a statement.
fn shown(lines: &[String]) -> String {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let shows = at + 1 == lines.len() && !line.starts_with(' ') && !line.starts_with("print(");
        text.push_str(&if shows { format!("print({line})\n") } else { format!("{line}\n") });
    }
    text
}

#[test]
fn words_do_what_they_say() {
    let mut wrong = Vec::new();
    for word in builtins::words() {
        let program = word.example.lines.join("\n");
        let expected = format!("{}\n", word.example.printed.replace("\\n", "\n"));
        match printed(&program) {
            Ok(text) if text == expected => {}
            found => wrong.push(format!("{}: {program}\n{found:?}", word.head)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_keywords_are_told() {
    let keywords = "False None True and as assert async await break class continue def del elif \
        else enum except finally fn for from global if import in is lambda mut nonlocal not or \
        pass raise return struct trait try while with yield match case type own extend resource \
        spawn any";
    let all = keywords.split_whitespace();
    let missing: Vec<&str> = all.filter(|word| kaa::doc(word).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn modules_written_in_kaa_have_no_warnings() {
    for name in kaa_lang::library::names() {
        let text = kaa_lang::library::text(name).expect("the module has a text");
        let found = Module::check(&format!("<library>/{name}.kaa"), text, &mut kaa::NoFiles);
        assert!(found.list.is_empty(), "{found}");
    }
}

#[test]
fn only_what_is_called_is_compiled() {
    let program = "import re\nimport path\n\nprint(path.basename(\"a/b\"))\n";
    let module = Module::from_source("a.kaa", program).expect("it is fine");
    let text = module.to_ir_text();
    assert!(text.contains("basename"), "{text}");
    assert!(!text.contains("escape") && !text.contains("normpath"), "{text}");
}

#[test]
fn names_find_their_entries() {
    let list = kaa::doc("list").expect("there are lists");
    assert!(list.entries.iter().any(|entry| entry.name == "list.append"));
    let round = kaa::doc("round").expect("there is `round`");
    assert_eq!(round.entries.len(), 2);
    assert_eq!(round.entries[0].printed, "2 4");
    assert_eq!(kaa::doc("list.nothing"), None);
    let names = |name: &str| -> Vec<String> {
        kaa::doc(name).into_iter().flat_map(|group| group.entries).map(|one| one.name).collect()
    };
    assert_eq!(names("append"), ["list.append", "collections.deque.append"]);
    assert!(names("chan").contains(&"task.chan.send".to_owned()), "{:?}", names("chan"));
    assert_eq!(names("any").len(), 2);
    assert_eq!(kaa::doc_near("list.apend").as_deref(), Some("list.append"));
    assert_eq!(kaa::doc_near("lenght").as_deref(), None);
}
