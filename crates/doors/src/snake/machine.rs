//! How a run ended, in the words of Solid Snake: exit code or error, error code, registers.

use super::fault::Fault;
use crate::json::Json;
use crate::program::{End, Ending, Look, Machine, Seen};

/// Tells how a program ended.
#[derive(Debug, Default)]
pub struct Snake {
    /// What registers of the first frame held at first.
    pub first: Vec<(u8, u64)>,
    /// The registers that the observer of the last frame gives, in its order.
    pub kept: Vec<u8>,
    /// The nested calls it may make, in calls of Kaa's depth limit.
    pub calls: Option<usize>,
}

/// How `main` ended: an exit code or a fault, and the error code.
fn ended(results: &[Seen]) -> (Result<i64, Fault>, i64) {
    let number = |i: usize| results.get(i).and_then(Seen::int).unwrap_or(0);
    let result = match Fault::by_number(number(0)) {
        Some(fault) => Err(fault),
        None => Ok(number(1)),
    };
    (result, number(2))
}

impl Machine for Snake {
    fn ending(&self, results: &[Seen]) -> Ending {
        match ended(results).0 {
            Ok(code) => Ending { exit: code as u8, ..Ending::default() },
            Err(fault) => Ending { exit: 1, stderr: format!("{fault}\n"), ..Ending::default() },
        }
    }

    fn calls(&self) -> Option<usize> {
        self.calls
    }

    fn state(&self, end: &End, look: Look<'_>) -> Json {
        let (result, error_code) = match end {
            End::Returned(results) => ended(results),
            // Kaa may be told to nest fewer calls than the machine does.
            End::Trapped("stack_overflow") => (Err(Fault::StackOverflow), 0),
            End::Trapped(kind) => {
                return Json::object([
                    ("result", Json::str(format!("Trap({kind})"))),
                    ("error_code", Json::Int(0)),
                    ("final", Json::Object(Vec::new())),
                ]);
            }
        };
        let result = match result {
            Ok(code) => format!("Ok({code})"),
            Err(fault) => format!("Err({})", fault.name()),
        };
        let registers = match look("state.regs") {
            Some(seen) => {
                let vals = seen.first().map(Seen::list).unwrap_or_default();
                let vals = vals.iter().map(|val| val.int().unwrap_or(0) as u64);
                self.kept.iter().copied().zip(vals).collect()
            }
            None => self.first.clone(),
        };
        let registers = registers.into_iter().filter(|(_, bits)| *bits != 0);
        let registers = registers.map(|(reg, bits)| (reg.to_string(), Json::str(hex(bits))));
        Json::object([
            ("result", Json::str(result)),
            ("error_code", Json::Int(error_code)),
            ("final", Json::Object(registers.collect())),
        ])
    }
}

fn hex(bits: u64) -> String {
    format!("{bits:016x}")
}

/// What registers hold at first, from a JSON object: register number to 16 hex digits or to an
/// integer.
///
/// # Errors
/// What is wrong with it, in one sentence.
pub fn first_registers(text: &str) -> Result<Vec<(u8, u64)>, String> {
    let Json::Object(members) = Json::parse(text)? else {
        return Err("an object from registers to values was expected".to_owned());
    };
    let mut first: Vec<(u8, u64)> = Vec::new();
    for (name, val) in members {
        let digits = name.strip_prefix('R').unwrap_or(&name);
        let reg = digits.parse().ok().filter(|reg| *reg < super::code::REGISTERS);
        let reg = reg.ok_or_else(|| format!("`{name}` is no register: they are 0 to 127"))?;
        let bits = match &val {
            Json::Int(n) => Some(*n as u64),
            Json::Str(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).ok(),
            _ => None,
        };
        let bits = bits.ok_or_else(|| format!("`{val}` is no value for a register"))?;
        first.retain(|(known, _)| *known != reg);
        first.push((reg, bits));
    }
    first.sort_unstable();
    Ok(first)
}
