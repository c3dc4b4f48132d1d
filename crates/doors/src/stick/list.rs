//! The listing of a file: its text form, with the index and the word beside each instruction.
//!
//! `text` reads it again and gives the same bytes, whatever the file holds: what has no place in
//! the text form of an instruction is written as a word.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Numbering;
use super::file::{File, Stored};
use super::flow::Ins;
use super::ops::{CALLABLE, Kind, NUL, Op, Shape, Word, row};

/// The columns before the word.
const WIDTH: usize = 36;

/// Names of types, by their tags.
pub const TYPES: [&str; 8] = ["nul", "bool", "u64", "i64", "f32", "f64", "obj", "fn"];

/// The listing.
pub fn listing(file: &File, numbering: Numbering) -> String {
    let lines = lines(file, numbering);
    let starts: BTreeSet<usize> = lines.iter().map(|ins| ins.at).collect();
    let names = Names { labels: labels(file, &lines, &starts) };
    let mut out = String::new();
    for (what, pool) in [(".const", &file.consts), (".global", &file.globals)] {
        for value in pool {
            let _ = writeln!(out, "{what} {}", names.value(what, *value));
        }
    }
    for ins in lines {
        if names.labels.contains(&ins.at) {
            let _ = writeln!(out, "L{}:", ins.at);
        }
        let text = names.instruction(file, numbering, &ins);
        let _ = writeln!(out, "    {text:WIDTH$}; {:>5}  {:08X}", ins.at, ins.word.0);
        if text.starts_with("NEWSTR") {
            for at in ins.at + 1..ins.next {
                let word = file.code.get(at).copied().unwrap_or(0);
                let _ = writeln!(out, "    {:WIDTH$}; {at:>5}  {word:08X}", "");
            }
        }
    }
    out
}

/// The instructions in order; strings are part of theirs where they are in the text form.
fn lines(file: &File, numbering: Numbering) -> Vec<Ins> {
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(mut ins) = Ins::read(file, numbering, at) {
        if ins.op == Some(Op::NewStr) && string(file, &ins).is_none() {
            ins.next = at + 1;
        }
        at = ins.next;
        lines.push(ins);
    }
    lines
}

/// The string of an instruction, if nothing but zeros is behind it in its last word.
fn string(file: &File, ins: &Ins) -> Option<Vec<u8>> {
    let words = file.code.get(ins.at + 1..ins.at + 1 + ins.word.length().div_ceil(4))?;
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let rest = bytes.split_off(ins.word.length());
    rest.iter().all(|byte| *byte == 0).then_some(bytes)
}

/// The lines that a jump or a function leads to.
fn labels(file: &File, lines: &[Ins], starts: &BTreeSet<usize>) -> BTreeSet<usize> {
    let jumps = lines.iter().filter_map(|ins| ins.target(file.code.len()));
    let functions = file.consts.iter().filter(|value| value.tag == CALLABLE);
    let entries = functions.map(|value| (value.payload & 0xFFFF_FFFF) as usize);
    jumps.chain(entries).filter(|at| starts.contains(at)).collect()
}

struct Names {
    labels: BTreeSet<usize>,
}

impl Names {
    /// A place in the code.
    fn place(&self, at: usize) -> String {
        if self.labels.contains(&at) { format!("L{at}") } else { format!("@{at}") }
    }

    /// A constant or a global.
    fn value(&self, what: &str, value: Stored) -> String {
        let payload = value.payload;
        let raw = format!("tag{} 0x{payload:X}", value.tag);
        match value.tag {
            NUL if payload == 0 => "nul".to_owned(),
            1 if payload < 2 => format!("bool {}", payload == 1),
            2 => format!("u64 {payload}"),
            3 => format!("i64 {}", payload as i64),
            4 if payload <= u64::from(u32::MAX) => {
                let x = f32::from_bits(payload as u32);
                if x.is_nan() { raw } else { format!("f32 {x:?}") }
            }
            5 => {
                let x = f64::from_bits(payload);
                if x.is_nan() { raw } else { format!("f64 {x:?}") }
            }
            CALLABLE if what == ".const" => {
                let entry = self.place((payload & 0xFFFF_FFFF) as usize);
                format!("fn {entry} {} {}", (payload >> 32) as u16, payload >> 48)
            }
            _ => raw,
        }
    }

    /// An instruction, or its word where the text form would lose something.
    fn instruction(&self, file: &File, numbering: Numbering, ins: &Ins) -> String {
        let Some((name, op)) = row(numbering, ins.word.number()) else {
            return format!(".word 0x{:08X}", ins.word.0);
        };
        let (a, b, c) = (ins.word.a(), ins.word.b(), ins.word.c());
        let target = || match ins.target(file.code.len()) {
            Some(to) => self.place(to),
            None => {
                let far = op == Op::Jump;
                format!("{:+}", if far { ins.word.imm24() } else { ins.word.imm16() })
            }
        };
        let (operands, used) = match op.shape() {
            Shape::None => (String::new(), 0),
            Shape::Number => (format!(" {a}"), 0xFF_0000),
            Shape::Far => (format!(" {}", target()), 0xFF_FFFF),
            Shape::Near => (format!(" r{a} {}", target()), 0xFF_FFFF),
            Shape::Regs(1) => (format!(" r{a}"), 0xFF_0000),
            Shape::Regs(2) => (format!(" r{a} r{b}"), 0xFF_FF00),
            Shape::Regs(_) => (format!(" r{a} r{b} r{c}"), 0xFF_FFFF),
            Shape::Int => (format!(" r{a} {}", ins.word.imm16()), 0xFF_FFFF),
            Shape::Const => (format!(" r{a} c{b}"), 0xFF_FF00),
            Shape::Global => (format!(" r{a} g{b}"), 0xFF_FF00),
            Shape::Call => (format!(" r{a} {b} r{c}"), 0xFF_FFFF),
            Shape::TailCall => (format!(" r{a} {b}"), 0xFF_FF00),
            Shape::Array => (format!(" r{a} {} r{c}", type_name(b)), 0xFF_FFFF),
            Shape::Object => (format!(" r{a} {b} {c}"), 0xFF_FFFF),
            Shape::Str => match string(file, ins) {
                Some(bytes) => (format!(" r{a} \"{}\"", bytes.escape_ascii()), 0xFF_FFFF),
                None => (String::new(), 0),
            },
        };
        match ins.word {
            Word(word) if word & 0xFF_FFFF & !used != 0 => format!(".word 0x{word:08X}"),
            _ if op.shape() == Shape::Str && operands.is_empty() => {
                format!(".word 0x{:08X}", ins.word.0)
            }
            _ => format!("{name}{operands}"),
        }
    }
}

fn type_name(tag: u16) -> String {
    match TYPES.get(usize::from(tag)) {
        Some(name) => (*name).to_owned(),
        None => format!("tag{tag}"),
    }
}

/// The kind of numbers of a type's name.
pub fn kind_named(name: &str) -> Option<Kind> {
    let kinds = [Kind::Bool, Kind::U64, Kind::I64, Kind::F32, Kind::F64];
    kinds.into_iter().find(|kind| TYPES.get(usize::from(kind.tag())) == Some(&name))
}
