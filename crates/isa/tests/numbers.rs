//! The numbers of operations are part of the binary form: `numbers.lock` freezes them. A line
//! there may be added, never changed or removed.

use std::collections::BTreeSet;

use kaa_isa::{OPCODES, Opcode};

const LOCK: &str = include_str!("../numbers.lock");

#[test]
fn the_table_and_the_lock_agree() {
    let table: Vec<String> =
        OPCODES.iter().map(|op| format!("{:#06x} {}", op.number, op.name)).collect();
    let lock: Vec<&str> = LOCK.lines().collect();
    for frozen in &lock {
        assert!(table.iter().any(|line| line == frozen), "`{frozen}` is frozen and must stay");
    }
    for line in &table {
        assert!(lock.contains(&line.as_str()), "`{line}` is new: add it to numbers.lock");
    }
}

#[test]
fn numbers_and_names_are_unique_and_found() {
    let numbers: BTreeSet<u16> = OPCODES.iter().map(|op| op.number).collect();
    let names: BTreeSet<&str> = OPCODES.iter().map(|op| op.name).collect();
    assert_eq!((numbers.len(), names.len()), (OPCODES.len(), OPCODES.len()));
    for op in OPCODES {
        let by_name = Opcode::from_name(op.name).unwrap();
        assert_eq!(by_name as u16, op.number);
        assert_eq!(Opcode::from_number(op.number), Some(by_name));
        assert_eq!(by_name.info().name, op.name);
    }
    assert_eq!((Opcode::from_number(0), Opcode::from_name("")), (None, None));
}
