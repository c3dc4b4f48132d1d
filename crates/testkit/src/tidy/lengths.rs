//! Length of files, functions and lines, held by a ratchet.
//!
//! `crates/testkit/tidy-ratchet.txt` lists the offenders that exist, each with its length. A new
//! offender fails, a longer one fails, and one that became shorter fails until the list says so
//! (`xtask bless`), which makes the list shrink and never grow. New entries are made by hand.

use std::collections::BTreeMap;

use super::Problem;
use super::files::Tree;

/// Where the list of existing offenders is.
pub const RATCHET_PATH: &str = "crates/testkit/tidy-ratchet.txt";

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARS_MAX: usize = 100;

const RATCHET_HEAD: &str = "\
# Existing offenders against the length rules, each with its present length.
# Entries may only shrink or vanish: `cargo run -p kaa-testkit --bin xtask -- bless`.
";

/// Offenders: what is too long (kind, path and name) and by which measure.
type Offenders = BTreeMap<String, (usize, Problem)>;

/// Compares the offenders of the tree with the list.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let listed = read_ratchet(tree.text(RATCHET_PATH).unwrap_or_default());
    let offenders = offenders(tree);
    let mut problems = Vec::new();
    for (key, (length, problem)) in &offenders {
        match listed.get(key) {
            Some(limit) if length == limit => {}
            Some(limit) if length < limit => problems.push(stale(key)),
            _ => problems.push(problem.clone()),
        }
    }
    problems
        .extend(listed.keys().filter(|key| !offenders.contains_key(*key)).map(|key| stale(key)));
    problems
}

/// The list with every entry lowered to the present length, and without the entries that are gone.
pub fn tightened(tree: &Tree) -> String {
    let listed = read_ratchet(tree.text(RATCHET_PATH).unwrap_or_default());
    let mut text = RATCHET_HEAD.to_string();
    for (key, (length, _)) in offenders(tree) {
        if let Some(limit) = listed.get(&key) {
            text.push_str(&format!("{key} {}\n", length.min(*limit)));
        }
    }
    text
}

fn stale(key: &str) -> Problem {
    let message = format!("`{key}` became shorter: tighten the list with `xtask bless`");
    Problem::at(RATCHET_PATH, 0, message)
}

fn read_ratchet(text: &str) -> BTreeMap<String, usize> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let entries = lines.filter_map(|line| {
        let (key, length) = line.rsplit_once(' ')?;
        Some((key.to_string(), length.parse().ok()?))
    });
    entries.collect()
}

fn offenders(tree: &Tree) -> Offenders {
    let mut found = Offenders::new();
    let mut add = |key: String, length: usize, problem: Problem| {
        found.entry(key).and_modify(|entry| entry.0 += length).or_insert((length, problem));
    };
    for (file, source) in tree.rust() {
        let path = &file.path;
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX {
            let message = format!("{lines} lines; split the file by topic (max {FILE_LINES_MAX})");
            add(format!("file {path}"), lines, Problem::at(path, 0, message));
        }
        for function in source.functions() {
            let (name, length) = (&function.name, function.length);
            if length > FUNCTION_LINES_MAX {
                let message = format!("fn {name} has {length} lines (max {FUNCTION_LINES_MAX})");
                let key = format!("function {path} {name}");
                add(key, length, Problem::at(path, function.line, message));
            }
        }
        for (index, line) in file.text.lines().enumerate() {
            if line.chars().count() > LINE_CHARS_MAX {
                let message = format!("line over {LINE_CHARS_MAX} characters");
                add(format!("lines {path}"), 1, Problem::at(path, index + 1, message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_ratchet(ratchet: &str) -> (Vec<Problem>, String) {
        let long = format!("//! Head.\nfn f() {{\n{}}}\n", "    x();\n".repeat(80));
        let tree = Tree::of(&[("a.rs", &long), (RATCHET_PATH, ratchet)]);
        (check(&tree), tightened(&tree))
    }

    #[test]
    fn a_new_or_grown_offender_fails() {
        let (problems, tightened) = with_ratchet("");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].path.as_str(), problems[0].line), ("a.rs", 2));
        assert_eq!(tightened, RATCHET_HEAD, "blessing never adds an entry");
        assert_eq!(with_ratchet("function a.rs f 81\n").0.len(), 1);
    }

    #[test]
    fn a_listed_offender_passes_and_a_shrunk_one_is_tightened() {
        assert_eq!(with_ratchet("function a.rs f 82\n").0, []);
        let (problems, tightened) = with_ratchet("function a.rs f 90\nfile b.rs 700\n");
        assert_eq!(problems.len(), 2);
        assert_eq!(tightened, format!("{RATCHET_HEAD}function a.rs f 82\n"));
    }

    #[test]
    fn long_lines_are_counted() {
        let long = format!("//! Head.\n// {}\n// {}\n", "x".repeat(98), "y".repeat(97));
        let problems = check(&Tree::of(&[("a.rs", &long)]));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 2);
    }
}
