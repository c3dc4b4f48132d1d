//! How a run ended, in the words of StickVM: exit status, message, final state.

use super::file::File;
use super::ops::CALLABLE;
use super::panic;
use super::whole::REGISTERS;
use crate::json::Json;
use crate::program::{End, Ending, Look, Machine, Seen};

/// Tells how a program of StickVM ended.
#[derive(Debug)]
pub struct Stick {
    /// Its file.
    pub file: File,
}

/// What the machine prints before it runs.
pub fn code_line(file: &File) -> String {
    let words: Vec<String> = file.code.iter().map(|word| format!("0x{word:08X}")).collect();
    format!("Code: [{}]\n", words.join(","))
}

impl Machine for Stick {
    fn ending(&self, results: &[Seen]) -> Ending {
        let code = results.first().and_then(Seen::int).unwrap_or(0);
        let stderr = match u8::try_from(code).ok().and_then(panic::text) {
            Some(text) => format!("[ERROR] Code {code}: {text}\n"),
            None => String::new(),
        };
        Ending { exit: code as u8, stderr, red: true, ..Ending::default() }
    }

    fn state(&self, end: &End, look: Look<'_>) -> Json {
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
            ("regs", self.registers(&mut *look)),
            ("globals", self.globals(&mut *look)),
        ]);
        Json::object([
            ("exit", Json::Int(ending.exit.into())),
            ("load_code", Json::Null),
            ("stderr", Json::str(ending.stderr.trim_end())),
            ("state", if results.is_empty() { Json::Null } else { state }),
        ])
    }
}

impl Stick {
    /// The registers that hold something, by their numbers.
    fn registers(&self, look: Look<'_>) -> Json {
        let mut array = |name: &str| look(name).and_then(|mut seen| seen.pop());
        let (Some(tags), Some(bits)) = (array("state.tags"), array("state.bits")) else {
            return Json::Null;
        };
        let both = tags.list().iter().zip(bits.list()).take(REGISTERS as usize).enumerate();
        let held = both.filter_map(|(at, (tag, bits))| {
            let (tag, bits) = (tag.int()?, bits.int()?);
            ((tag, bits) != (0, 0)).then(|| (at.to_string(), self.content(tag, bits)))
        });
        Json::Object(held.collect())
    }

    /// The globals: those that instructions reach as they are now.
    fn globals(&self, look: Look<'_>) -> Json {
        let seen = look(super::globals::STATE).unwrap_or_default();
        let now = seen.chunks_exact(2).filter_map(|pair| match pair {
            [tag, bits] => Some(self.content(tag.int()?, bits.int()?)),
            _ => None,
        });
        let rest = self.file.globals.iter().skip(super::globals::REACHABLE);
        let rest = rest.map(|value| pair(value.tag.into(), format!("{:016x}", value.payload)));
        Json::Array(now.chain(rest).collect())
    }

    /// A tag with a payload. Functions are shown by what they are.
    fn content(&self, tag: i64, bits: i64) -> Json {
        if tag != i64::from(CALLABLE) {
            return pair(tag, format!("{bits:016x}"));
        }
        let constant = usize::try_from(bits).ok().and_then(|at| self.file.consts.get(at));
        let claimed = usize::try_from(!bits).ok().and_then(|at| self.file.globals.get(at));
        match (constant, claimed) {
            (Some(function), _) => {
                let (entry, rest) = (function.payload as u32, function.payload >> 32);
                pair(tag, format!("fn:{entry}:{}:{}", rest as u16, rest >> 16))
            }
            (None, claimed) => {
                pair(tag, format!("{:016x}", claimed.map_or(0, |value| value.payload)))
            }
        }
    }
}

fn pair(tag: i64, payload: String) -> Json {
    Json::Array(vec![Json::Int(tag), Json::str(payload)])
}
