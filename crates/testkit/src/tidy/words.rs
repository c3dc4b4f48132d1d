//! Words: heads that must be there, leftovers that must not, reasons, and names of machines.
//!
//! The forbidden words are spelt in two halves here so that this file passes its own checks.
//! Comments are searched for marks of unfinished work, code for macros and attributes.

use super::Problem;
use super::files::{File, Tree};

const UNFINISHED_MACROS: &[&str] =
    &[concat!("to", "do!"), concat!("unim", "plemented!"), concat!("d", "bg!")];
const UNFINISHED_MARKS: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X"), concat!("TO", "DO")];
const IGNORED_TEST: &str = concat!("#[ig", "nore");

/// Paths that exist on one machine only, and hosts of package registries.
const MACHINE_WORDS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("crates", ".io"),
    concat!("py", "pi.org"),
    concat!("np", "mjs.com"),
    concat!("debian", ".org"),
];

/// Every Rust file opens with `//!` lines that say what it is.
pub fn module_heads(tree: &Tree) -> Vec<Problem> {
    let bare = tree.rust().filter(|(file, _)| !file.text.starts_with("//! "));
    bare.map(|(file, _)| {
        let message = "open the file with a `//!` head: what it is, what not, where to look next";
        Problem::at(&file.path, 1, message)
    })
    .collect()
}

/// No marks of unfinished work and no test that does not run.
pub fn forbidden(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        for (index, line) in source.code.lines().enumerate() {
            for word in UNFINISHED_MACROS.iter().chain([&IGNORED_TEST]) {
                if line.contains(word) {
                    problems.push(Problem::at(&file.path, index + 1, format!("leftover {word}")));
                }
            }
        }
        for (index, line) in source.comments.lines().enumerate() {
            for word in UNFINISHED_MARKS {
                if line.contains(word) {
                    problems.push(Problem::at(&file.path, index + 1, format!("leftover {word}")));
                }
            }
        }
    }
    problems
}

/// Every `allow` and `expect` attribute says why.
pub fn allow_reasons(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        for (start, _) in source.code.match_indices('[') {
            let before = source.code[..start].trim_end_matches('!');
            let inside = &source.code[start + 1..];
            let level = inside.starts_with("allow(") || inside.starts_with("expect(");
            if !before.ends_with('#') || !level {
                continue;
            }
            let attribute = inside.split(']').next().unwrap_or(inside);
            if !attribute.contains("reason") {
                let line = source.code[..start].lines().count();
                let message = "give the attribute a `reason = \"...\"`";
                problems.push(Problem::at(&file.path, line, message));
            }
        }
    }
    problems
}

/// No tracked file names a path of one machine or the host of a registry.
pub fn machine_paths(tree: &Tree) -> Vec<Problem> {
    let checked = |file: &&File| file.path != "Cargo.lock";
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(checked) {
        for (index, line) in file.text.lines().enumerate() {
            for word in MACHINE_WORDS {
                if line.contains(word) {
                    let message = format!("`{word}` belongs to one machine or one registry");
                    problems.push(Problem::at(&file.path, index + 1, message));
                }
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_required() {
        let tree = Tree::of(&[("a.rs", "//! A.\n"), ("b.rs", "// B.\n"), ("c.md", "C")]);
        assert_eq!(module_heads(&tree).len(), 1);
    }

    #[test]
    fn leftovers_are_found_in_code_and_comments_only() {
        let text = format!(
            "fn f() {{ {}() }}\n// {} later\nlet s = \"{}\";\n",
            UNFINISHED_MACROS[0], UNFINISHED_MARKS[0], UNFINISHED_MARKS[0]
        );
        let lines: Vec<usize> =
            forbidden(&Tree::of(&[("a.rs", &text)])).iter().map(|p| p.line).collect();
        assert_eq!(lines, [1, 2]);
    }

    #[test]
    fn reasons_are_required() {
        let text = "#[allow(x)]\n#![allow(y, reason = \"z\")]\n#[expect(\n  x\n)]\n[allow(x)]\n";
        let lines: Vec<usize> =
            allow_reasons(&Tree::of(&[("a.rs", text)])).iter().map(|p| p.line).collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn machine_words_are_found_everywhere_but_in_the_lock_file() {
        let text = format!("see {}x\n", MACHINE_WORDS[0]);
        let tree = Tree::of(&[("a.md", &text), ("Cargo.lock", &text)]);
        assert_eq!(machine_paths(&tree).len(), 1);
    }
}
