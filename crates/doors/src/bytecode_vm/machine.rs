//! How a run ended, in the words of Bytecode VM: the calls that led there, the error, final state.

use crate::json::Json;
use crate::program::{End, Ending, Look, Machine, Seen};

/// Why a program ended early. The numbers are what `main` returns; 0 is the good end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// Nothing is left to pop.
    Underflow = 1,
    /// A division by zero, or of something that is no integer.
    Division,
    /// There is no such instruction; the detail is its number.
    Opcode,
    /// An operand of another kind than the instruction takes.
    Operand,
    /// The end of the code, or an address behind it.
    Bounds,
    /// A variable that was never written; the detail is the number of its name.
    Undefined,
    /// A name that is no text.
    Encoding,
}

/// Tells how a program of Bytecode VM ended.
#[derive(Debug)]
pub struct Vm {
    /// The names of variables.
    pub names: Vec<String>,
}

impl Vm {
    /// The text of the error in the results of `main`, if there is one.
    fn error(&self, results: &[Seen]) -> Option<String> {
        let number = |i: usize| results.get(i).and_then(Seen::int).unwrap_or(0);
        let detail = usize::try_from(number(1)).unwrap_or(0);
        Some(match number(0) {
            1 => "Stack underflow: tried to pop from empty stack".to_owned(),
            2 => "Division by zero".to_owned(),
            3 => format!("Invalid opcode: 0x{detail:02X} ({detail})"),
            4 => "Invalid operand type for operation".to_owned(),
            5 => "Instruction pointer out of bounds".to_owned(),
            6 => {
                let name = self.names.get(detail).map_or("", String::as_str);
                format!("Undefined variable: {name}")
            }
            7 => "Invalid string encoding".to_owned(),
            _ => return None,
        })
    }
}

/// The addresses that the calls return to, innermost first.
fn returns(results: &[Seen]) -> Vec<i64> {
    results.get(3).map_or(&[][..], Seen::list).iter().rev().filter_map(Seen::int).collect()
}

impl Machine for Vm {
    fn ending(&self, results: &[Seen]) -> Ending {
        let Some(error) = self.error(results) else { return Ending::default() };
        let mut stderr = String::from("\n=== Call Stack Trace ===\n");
        let returns = returns(results);
        for (outer, address) in returns.iter().chain([&0]).enumerate() {
            stderr.push_str(&format!("  #{} at IP {address}\n", returns.len() - outer));
        }
        let ip = results.get(2).and_then(Seen::int).unwrap_or(0);
        stderr.push_str(&format!("  Current IP: {ip}\nError: {error}\n"));
        Ending { exit: 1, stderr, ..Ending::default() }
    }

    fn state(&self, end: &End, look: Look<'_>) -> Json {
        let End::Returned(results) = end else {
            let End::Trapped(name) = end else { return Json::Null };
            return Json::object([
                ("result", Json::str(*name)),
                ("stack", Json::Null),
                ("ip", Json::Null),
                ("depth", Json::Null),
            ]);
        };
        let seen = look("state.stack").unwrap_or_default();
        let items = seen.first().map_or(&[][..], Seen::list).iter().map(|item| match item.list() {
            [Seen::Int(0), bits] => Json::Int(bits.int().unwrap_or(0)),
            [_, bits] => Json::Bool(bits.int() != Some(0)),
            _ => Json::Null,
        });
        let ip = results.get(2).and_then(Seen::int).unwrap_or(0);
        let depth = 1 + returns(results).len() as i64;
        Json::object([
            ("result", Json::str(self.error(results).unwrap_or_else(|| "Ok".to_owned()))),
            ("stack", Json::Array(items.collect())),
            ("ip", Json::Int(ip)),
            ("depth", Json::Int(depth)),
        ])
    }
}
