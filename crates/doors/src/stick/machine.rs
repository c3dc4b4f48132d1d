//! How a run ended, in the words of StickVM: exit status, message, final state.

use super::file::{File, Stored};
use crate::json::Json;
use crate::program::{End, Ending, Look, Machine, Seen};

/// What each panic code is called.
const TEXTS: [&str; 20] = [
    "No error",
    "File IO error",
    "Register overflow",
    "No halt",
    "Bad magic",
    "Unsupported version",
    "Empty program",
    "Program too large",
    "Out of memory",
    "Truncated code",
    "Const pool read failed",
    "Globals read failed",
    "Register limit exceeded",
    "Stack overflow",
    "Stack underflow",
    "Invalid callable",
    "Call failed",
    "Type mismatch",
    "Invalid opcode",
    "Arithmetic fault",
];

/// Tells how a program of StickVM ended.
#[derive(Debug)]
pub struct Stick {
    /// The globals as they were at first.
    pub globals: Vec<Stored>,
}

/// What the machine prints before it runs.
pub fn code_line(file: &File) -> String {
    let words: Vec<String> = file.code.iter().map(|word| format!("0x{word:08X}")).collect();
    format!("Code: [{}]\n", words.join(","))
}

impl Machine for Stick {
    fn ending(&self, results: &[Seen]) -> Ending {
        let code = results.first().and_then(Seen::int).unwrap_or(0);
        let text = usize::try_from(code).ok().filter(|code| *code > 0);
        let stderr = match text.and_then(|code| TEXTS.get(code)) {
            Some(text) => format!("[ERROR] Code {code}: {text}\n"),
            None => String::new(),
        };
        Ending { exit: code as u8, stderr, red: true, ..Ending::default() }
    }

    fn state(&self, end: &End, _: Look<'_>) -> Json {
        let results: &[Seen] = match end {
            End::Returned(results) => results,
            End::Trapped(_) => &[],
        };
        let ending = self.ending(results);
        let number = |i: usize| Json::Int(results.get(i).and_then(Seen::int).unwrap_or(0));
        let state = Json::object([
            ("panic", number(0)),
            ("ip", number(1)),
            ("frames", number(2)),
            ("regs", Json::Object(Vec::new())),
            ("globals", Json::Array(self.globals.iter().map(stored).collect())),
        ]);
        Json::object([
            ("exit", Json::Int(ending.exit.into())),
            ("load_code", Json::Null),
            ("stderr", Json::str(ending.stderr.trim_end())),
            ("state", state),
        ])
    }
}

fn stored(value: &Stored) -> Json {
    Json::Array(vec![Json::Int(value.tag.into()), Json::str(format!("{:016x}", value.payload))])
}
