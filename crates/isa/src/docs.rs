//! The reference page of the instruction set, generated from the table.

use std::fmt::Write;

use crate::derive::{OPCODES, OpInfo};
use crate::trap::TrapKind;
use crate::ty::SigTy;

/// The text of `docs/isa.md`.
pub fn reference() -> String {
    let mut page = String::from(
        "# The instruction set of the Kaa IR\n\n\
         Generated from the instruction table; do not edit. A family is one operation over\n\
         several types: `T` stands for the type behind the name, as in `add.i64`.\n\n\
         | number | operation | types | effects | fuel | meaning |\n\
         |---|---|---|---|---|---|\n",
    );
    for op in OPCODES {
        let operands: Vec<_> =
            op.operands.iter().filter(|o| o.1 != "type").map(|o| format!("*{}*", o.0)).collect();
        let suffix = if op.operands.iter().any(|o| o.1 == "type") { ".T" } else { "" };
        let _ = writeln!(
            page,
            "| 0x{:04x} | `{}{suffix}` {} | {} | {} | {} | {} |",
            op.number,
            op.name,
            operands.join(" "),
            signature(op),
            op.effects.names().join(" "),
            op.fuel,
            op.doc.trim(),
        );
    }
    page.push_str("\n## Trap kinds\n\n| code | name | meaning |\n|---|---|---|\n");
    for kind in TrapKind::ALL {
        let _ = writeln!(page, "| {} | `{}` | {} |", kind.code(), kind.name(), kind.title());
    }
    page
}

/// The signature column of one row.
fn signature(op: &OpInfo) -> String {
    let Some(sig) = op.sig else {
        return "by rule".to_owned();
    };
    let list = |tys: &[SigTy]| {
        let names: Vec<_> = tys
            .iter()
            .map(|t| match t {
                SigTy::T => "T".to_owned(),
                SigTy::Fixed(ty) => ty.scalar_name().unwrap_or("?").to_owned(),
            })
            .collect();
        names.join(", ")
    };
    format!("({}) → {}, T: {:?}", list(sig.params), list(sig.results), sig.class)
}
