//! `docs/cli.md` is what the program itself says with `--help`; `KAA_BLESS=1` writes it anew.
//! What the flags do is tested in `tests/cli`.

use std::fmt::Write;
use std::process::Command;

/// The help of the program, or of one command.
fn help(command: Option<&str>) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kaa"))
        .args(command)
        .arg("--help")
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{command:?}");
    let text = String::from_utf8(output.stdout).expect("help is text");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The names in the list of commands.
fn commands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let rows = list.take_while(|line| line.starts_with("  "));
    rows.filter_map(|row| row.split_whitespace().next()).map(str::to_owned).collect()
}

fn page() -> String {
    let top = help(None);
    let names = commands(&top);
    assert!(names.len() >= 7, "{names:?}");
    let mut page = String::from("# The command line\n\nWritten by the program: do not edit.\n");
    let mut section = |title: &str, text: &str| {
        let _ = write!(page, "\n## {title}\n\n```text\n{text}\n```\n");
    };
    section("kaa", &top);
    for name in names {
        section(&format!("kaa {name}"), &help(Some(&name)));
    }
    page
}

#[test]
fn the_page_says_what_the_program_says() {
    let path = kaa_testkit::workspace_root().join("docs/cli.md");
    let page = page();
    if std::env::var_os("KAA_BLESS").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(written == page, "docs/cli.md is stale: KAA_BLESS=1 cargo test -p kaa-cli writes it");
}
