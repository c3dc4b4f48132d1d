//! Solid Snake's assembly within Rust: a program is put together by `asm!`, compiled, and run with
//! debug logging on.
//!
//! Run with `cargo run -p kaa --example solid_snake`. It prints
//!
//! ```text
//! Load: Directly i64 R1 <= -123
//! Load: Directly i64 R2 <= 456
//! Add: R3 <= i64 R1 (-123) + R2 (456)
//! Debug: R3
//! R3 : 333
//! ```

use std::error::Error;

use kaa::door::{DoorOptions, DoorProgram, asm, offer};
use kaa::{Config, Host, Store};

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", sum()?);
    Ok(())
}

/// What a program prints that adds two numbers.
pub fn sum() -> Result<String, Box<dyn Error>> {
    // 1. Put the code together. A mistake in it is told with the number of its statement.
    let code = asm! {
        LoadImmediateI64, R1, (-123);
        LoadImmediateI64, R2, 456;
        AddI64, R3, R1, R2;
        DebugPrintI64, R3;
        Halt;
    }?;

    // 2. Compile it. Debug logging is a way of compiling: without it nothing is left of it.
    let options = DoorOptions { log: true, ..DoorOptions::default() };
    let program = DoorProgram::assembled(&code, &options)?;

    // 3. Run it in a store, like any other module. The host has the texts of what is printed.
    let mut host = Host::new();
    offer(&mut host);
    let mut store = Store::new(&Config::new(), &host)?;
    let output = store.capture_output();
    let instance = store.load(program.module())?;
    let run = program.run(&mut store, instance);
    assert_eq!(run.ending?.exit, 0);
    Ok(output.text())
}
