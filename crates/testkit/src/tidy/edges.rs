//! The dependency edges between crates, read from the manifests and held to one table.
//!
//! The table is the design: what a crate may use is decided here and nowhere else. Development
//! dependencies may add `DEV_EDGES` only. Crates that are still to come have their row already.

use super::Problem;
use super::files::Tree;

/// A crate of the workspace and the crates it may use.
struct Row(&'static str, &'static [&'static str]);

const TABLE: &[Row] = &[
    Row("base", &[]),
    Row("isa", &["base"]),
    Row("ir", &["base", "isa"]),
    Row("opt", &["base", "isa", "ir"]),
    Row("code", &["base", "isa", "ir"]),
    Row("heap", &["base"]),
    Row("exec", &["base", "isa", "ir", "code", "heap"]),
    Row("jit", &["base", "isa", "ir", "code", "heap", "exec"]),
    Row("lang", &["base", "isa", "ir"]),
    Row("go", &["base", "isa", "ir"]),
    Row("doors", &["base", "isa", "ir"]),
    Row("kaa", &["base", "isa", "ir", "opt", "code", "heap", "exec", "jit", "lang", "go", "doors"]),
    Row("cli", &["base", "kaa"]),
    Row("testkit", EVERY_CRATE),
];

const EVERY_CRATE: &[&str] = &[
    "base", "isa", "ir", "opt", "code", "heap", "exec", "jit", "lang", "go", "doors", "kaa", "cli",
];

/// Edges that only tests and examples may add: whoever runs files from `tests/` uses the runner.
const DEV_EDGES: &[&str] = &["testkit"];

/// Compares every manifest with the table.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &tree.files {
        let Some(role) = crate_of_manifest(&file.path) else { continue };
        match TABLE.iter().find(|row| row.0 == role) {
            Some(row) => check_manifest(&file.path, &file.text, row, &mut problems),
            None => problems.push(Problem::at(
                &file.path,
                0,
                format!("crate `{role}` has no row in the table of dependency edges"),
            )),
        }
    }
    problems
}

fn crate_of_manifest(path: &str) -> Option<&str> {
    let role = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!role.contains('/')).then_some(role)
}

fn check_manifest(path: &str, text: &str, row: &Row, problems: &mut Vec<Problem>) {
    let Row(role, allowed) = row;
    let mut section = String::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_string();
            if section.contains("dependencies.") {
                let message = "write dependencies as one line each, so that they can be read here";
                problems.push(Problem::at(path, index + 1, message));
            }
            continue;
        }
        let Some(used) = workspace_crate(line) else { continue };
        let development = section.ends_with("dev-dependencies");
        if !section.ends_with("dependencies") || allowed.contains(&used) {
            continue;
        }
        if !(development && DEV_EDGES.contains(&used)) {
            let message = format!("`{role}` may not use `{used}`: the design has no such edge");
            problems.push(Problem::at(path, index + 1, message));
        }
    }
}

/// The role of the workspace crate that a dependency line names.
fn workspace_crate(line: &str) -> Option<&str> {
    let end = line.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))?;
    match &line[..end] {
        "kaa" => Some("kaa"),
        name => name.strip_prefix("kaa-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(role: &str, text: &str) -> usize {
        check(&Tree::of(&[(&format!("crates/{role}/Cargo.toml"), text)])).len()
    }

    #[test]
    fn only_edges_of_the_table_pass() {
        assert_eq!(problems_of("ir", "[dependencies]\nkaa-isa.workspace = true\n"), 0);
        assert_eq!(problems_of("ir", "[dependencies]\nkaa-exec.workspace = true\n"), 1);
        assert_eq!(problems_of("ir", "[dependencies]\nkaa = { path = \"../kaa\" }\n"), 1);
        assert_eq!(problems_of("ir", "[dev-dependencies]\nkaa-testkit.workspace = true\n"), 0);
        assert_eq!(problems_of("ir", "[dependencies]\nkaa-testkit.workspace = true\n"), 1);
        assert_eq!(problems_of("ir", "[dependencies.kaa-exec]\npath = \"../exec\"\n"), 1);
        assert_eq!(problems_of("surprise", "[dependencies]\n"), 1);
    }
}
