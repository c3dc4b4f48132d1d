//! The programs on the pages of `docs/language`: each does what its page says.
//!
//! A block that begins with `kaa` is a program, and a block `text` behind it is what it prints.
//! `kaa error CODE` and `kaa trap NAME` are programs that end so.

use std::fs;

use kaa_testkit::driver::{Options, run_kaa};

/// A program of a page.
#[derive(Default)]
struct Sample {
    line: usize,
    /// The words behind `kaa`.
    ends: Vec<String>,
    program: String,
    printed: String,
}

/// What a block of a page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Program,
    Printed,
    /// An excerpt that is not run.
    Other,
}

fn samples(page: &str) -> Vec<Sample> {
    let mut found: Vec<Sample> = Vec::new();
    let mut inside: Option<Block> = None;
    for (at, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(_), Some(_)) => inside = None,
            (Some(info), None) => {
                let mut words = info.split(' ').map(str::to_owned);
                let kind = words.next();
                inside = Some(match kind.as_deref() {
                    Some("kaa") => Block::Program,
                    Some("text") => Block::Printed,
                    _ => Block::Other,
                });
                if inside == Some(Block::Program) {
                    found.push(Sample { line: at + 2, ends: words.collect(), ..Sample::default() });
                }
            }
            (None, Some(block)) => {
                if let Some(sample) = found.last_mut() {
                    let text = match block {
                        Block::Program => &mut sample.program,
                        Block::Printed => &mut sample.printed,
                        Block::Other => continue,
                    };
                    text.push_str(line);
                    text.push('\n');
                }
            }
            (None, None) => {}
        }
    }
    found
}

fn trouble(sample: &Sample) -> Option<String> {
    let outcome = run_kaa("sample.kaa", &sample.program, &Options::default());
    let codes: Vec<String> = outcome.diagnostics.iter().map(|one| one.code.clone()).collect();
    let trap = outcome.trap.map(|trap| trap.kind);
    let ends: Vec<&str> = sample.ends.iter().map(String::as_str).collect();
    let as_said = match *ends.as_slice() {
        [] => trap.is_none() && codes.is_empty(),
        ["error", code] => codes.len() == 1 && codes[0] == code,
        ["trap", name] => trap.as_deref() == Some(name),
        _ => false,
    };
    let printed = outcome.stdout == sample.printed;
    (!as_said || !printed)
        .then(|| format!("{codes:?} {trap:?} {:?}\n{}", outcome.diagnostics, outcome.stdout))
}

#[test]
fn programs_do_what_their_page_says() {
    let folder = kaa_testkit::workspace_root().join("docs/language");
    let (mut count, mut wrong) = (0, String::new());
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let page = fs::read_to_string(&path).expect("the page can be read");
        for sample in samples(&page) {
            count += 1;
            if let Some(trouble) = trouble(&sample) {
                wrong.push_str(&format!("{}:{}: {trouble}\n", path.display(), sample.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 15, "only {count} programs were found");
}

#[test]
fn links_lead_to_files() {
    let folder = kaa_testkit::workspace_root().join("docs/language");
    for entry in fs::read_dir(&folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let page = fs::read_to_string(&path).expect("the page can be read");
        // Outside of programs, which stand between lines of back quotes.
        let prose = page.split("\n```").step_by(2);
        let links = prose.flat_map(|text| text.split("](").skip(1));
        for link in links.filter_map(|rest| rest.split(')').next()) {
            assert!(folder.join(link).exists(), "{}: {link}", path.display());
        }
    }
}
