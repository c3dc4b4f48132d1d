//! Operation numbers are part of the binary format: once given, a number stays.
//!
//! `crates/isa/numbers.lock` holds one line `0x0010 add` for each operation. A line may be added
//! and never changed or removed; `xtask bless` appends the lines of new operations.

use super::Problem;
use super::files::Tree;

/// Where the frozen numbers are.
pub const LOCK_PATH: &str = "crates/isa/numbers.lock";

/// The numbers and names that the instruction table has now.
fn table() -> Vec<(u32, String)> {
    kaa_isa::OPCODES.iter().map(|op| (u32::from(op.number), op.name.to_string())).collect()
}

/// Compares the lock with the table.
pub fn check(tree: &Tree) -> Vec<Problem> {
    compare(tree.text(LOCK_PATH).unwrap_or_default(), &table())
}

/// The lock with the lines of new operations appended.
pub fn extended(tree: &Tree) -> String {
    extend(tree.text(LOCK_PATH).unwrap_or_default(), &table())
}

fn line_of(number: u32, name: &str) -> String {
    format!("{number:#06x} {name}")
}

fn compare(lock: &str, table: &[(u32, String)]) -> Vec<Problem> {
    let lines: Vec<String> = table.iter().map(|(number, name)| line_of(*number, name)).collect();
    let mut problems = Vec::new();
    for (index, frozen) in lock.lines().enumerate() {
        if !lines.iter().any(|line| line == frozen) {
            let message = format!("`{frozen}` is frozen, but the instruction table lacks it");
            problems.push(Problem::at(LOCK_PATH, index + 1, message));
        }
    }
    for line in &lines {
        if !lock.lines().any(|frozen| frozen == line) {
            let message = format!("`{line}` is new: freeze it with `xtask bless`");
            problems.push(Problem::at(LOCK_PATH, 0, message));
        }
    }
    problems
}

fn extend(lock: &str, table: &[(u32, String)]) -> String {
    let mut text = lock.to_string();
    for (number, name) in table {
        let line = line_of(*number, name);
        if !lock.lines().any(|frozen| frozen == line) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frozen_lines_stay_and_new_ones_are_appended() {
        let table = [(16, "add".to_string()), (17, "sub".to_string())];
        assert_eq!(compare("0x0010 add\n0x0011 sub\n", &table), []);
        assert_eq!(compare("0x0010 add\n", &table).len(), 1);
        assert_eq!(compare("0x0010 plus\n0x0011 sub\n", &table).len(), 2);
        assert_eq!(extend("0x0010 add\n", &table), "0x0010 add\n0x0011 sub\n");
    }
}
