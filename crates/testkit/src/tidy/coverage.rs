//! What must have a test as data: every operation, and every way in which a run can end early.
//!
//! An operation counts as tested when a file of `tests/run` uses it, a trap kind when some file
//! expects it. Whether the test is any good, only a reader can tell.

use std::collections::BTreeSet;

use super::Problem;
use super::files::{File, Tree};

/// Trap kinds that no program can cause by itself; hosts do, and are tested with the engine.
const HOST_TRAPS: &[&str] = &["interrupted", "host_error", "host_panic"];

/// Checks operations and trap kinds.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let operations = kaa_isa::OPCODES.iter().map(|op| op.name);
    let traps = kaa_isa::TrapKind::ALL.iter().map(|kind| kind.name());
    let traps = traps.filter(|name| !HOST_TRAPS.contains(name));
    let mut problems = untested(&used_operations(tree), operations, "operation");
    problems.extend(untested(&expected_traps(tree), traps, "trap kind"));
    problems
}

fn untested<'a>(
    tested: &BTreeSet<&str>,
    names: impl Iterator<Item = &'a str>,
    what: &str,
) -> Vec<Problem> {
    names
        .filter(|name| !tested.contains(name))
        .map(|name| Problem::at("tests", 0, format!("the {what} `{name}` has no test")))
        .collect()
}

fn test_files<'a>(tree: &'a Tree, folder: &'a str) -> impl Iterator<Item = &'a File> {
    tree.files.iter().filter(move |file| file.path.starts_with(folder))
}

/// Words in the code of `.kir` files, without comments.
fn used_operations(tree: &Tree) -> BTreeSet<&str> {
    let files = test_files(tree, "tests/run/").filter(|file| file.path.ends_with(".kir"));
    let lines = files.flat_map(|file| file.text.lines()).filter(|line| !line.starts_with(';'));
    lines.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_'))).collect()
}

/// Kinds named by `; trap:` and `#trap:`.
fn expected_traps(tree: &Tree) -> BTreeSet<&str> {
    let lines = test_files(tree, "tests/").flat_map(|file| file.text.lines());
    lines
        .filter_map(|line| match line.strip_prefix("; trap: ") {
            Some(call) => call.split_whitespace().last(),
            None => line.split_once("trap: ")?.1.split_whitespace().next(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_searched_for_operations_and_markers_for_traps() {
        let kir = "; sub\n  v1: i64 = add.i64 v0, v0\n; trap: @f(1, 2) overflow\n";
        let kaa = "x = 1 // 0  #trap: division_by_zero in words\n";
        let tree = Tree::of(&[("tests/run/a.kir", kir), ("tests/lang/a.kaa", kaa)]);
        let used = used_operations(&tree);
        assert!(used.contains("add") && !used.contains("sub"));
        let expected: Vec<&str> = expected_traps(&tree).into_iter().collect();
        assert_eq!(expected, ["division_by_zero", "overflow"]);
        assert_eq!(untested(&used, ["add", "mul"].into_iter(), "operation").len(), 1);
    }
}
