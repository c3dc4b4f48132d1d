//! The text form: one instruction a line, labels, constants and globals by name or number.
//!
//! ```text
//! .const square fn double 1 4     ; a function: its place, arguments, registers
//! .global i64 7
//!     LOADG r1 g0
//!     LOADC r0 square
//!     CALL r0 1 r2
//!     JMPIF r2 done
//!     PANIC 1
//! done:
//!     HALT
//! double:
//!     ADD r0 r0 r0
//!     RET r0
//! ```
//!
//! Operands are parted by blanks or commas. `@12` is a place by its index, `+2` and `-3` are
//! offsets from the next instruction, `.word 0x2A000102` is any word.

use std::collections::BTreeMap;

use super::Numbering;
use super::file::{File, Stored};
use super::list::{TYPES, kind_named};
use super::ops::{CALLABLE, Kind, Op, Shape, number, row};
use crate::error::LoadError;
use crate::quoted::quoted;

/// Reads a program; gives it with the line of each of its words.
///
/// # Errors
/// The first line that makes no sense.
pub fn assemble(text: &str, numbering: Numbering) -> Result<(File, Vec<u32>), LoadError> {
    let mut reader = Reader { numbering, ..Reader::default() };
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let read = tokens(line).and_then(|tokens| reader.line(number, &tokens));
        read.map_err(|reason| LoadError::line(number, reason))?;
        reader.lines.resize(reader.file.code.len(), number);
    }
    let lines = std::mem::take(&mut reader.lines);
    Ok((reader.finish()?, lines))
}

/// What a place is called.
#[derive(Clone, Debug)]
enum Target {
    Label(String),
    Index(i64),
    Offset(i64),
}

/// A word that needs a place.
struct Patch {
    line: u32,
    at: usize,
    target: Target,
    far: bool,
}

#[derive(Default)]
struct Reader {
    numbering: Numbering,
    file: File,
    lines: Vec<u32>,
    labels: BTreeMap<String, usize>,
    names: [BTreeMap<String, usize>; 2],
    patches: Vec<Patch>,
    functions: Vec<(u32, usize, Target)>,
}

/// The parts of a line without its comment. A string is one part, with its quotes.
fn tokens(line: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut rest = line.trim_start_matches(is_blank);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            ';' => break,
            '"' => rest.len() - quoted(rest)?.1.len(),
            _ => rest.find(|c| is_blank(c) || c == ';').unwrap_or(rest.len()),
        };
        let (token, behind) = rest.split_at(length);
        out.push(token.to_owned());
        rest = behind.trim_start_matches(is_blank);
    }
    Ok(out)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == ','
}

impl Reader {
    fn line(&mut self, line: u32, tokens: &[String]) -> Result<(), String> {
        let Some((first, rest)) = tokens.split_first() else { return Ok(()) };
        if let Some(label) = first.strip_suffix(':') {
            check_name(label)?;
            if self.labels.insert(label.to_owned(), self.file.code.len()).is_some() {
                return Err(format!("the label `{label}` stands twice"));
            }
            return self.line(line, rest);
        }
        match first.as_str() {
            ".const" | ".global" => self.value(line, first == ".const", rest),
            ".word" => {
                let [word] = rest else { return Err("one word is needed".to_owned()) };
                let word = u32::try_from(integer(word)?).map_err(|_| "the word has 32 bits")?;
                self.file.code.push(word);
                Ok(())
            }
            name => self.instruction(line, name, rest),
        }
    }

    /// A constant or a global: perhaps a name, a type, what it is.
    fn value(&mut self, line: u32, is_const: bool, rest: &[String]) -> Result<(), String> {
        let pool = if is_const { &mut self.file.consts } else { &mut self.file.globals };
        let index = pool.len();
        let rest = match rest {
            [name, more @ ..] if tag_named(name).is_none() => {
                check_name(name)?;
                let names = &mut self.names[usize::from(!is_const)];
                if names.insert(name.clone(), index).is_some() {
                    return Err(format!("the name `{name}` stands twice"));
                }
                more
            }
            all => all,
        };
        let [ty, operands @ ..] = rest else { return Err("a type is needed".to_owned()) };
        let tag = tag_named(ty).ok_or_else(|| format!("there is no type `{ty}`"))?;
        let payload = match (kind_named(ty), operands) {
            (Some(kind), [text]) => payload_of(kind, text)?,
            (None, []) if ty == "nul" => 0,
            (None, [bits]) if ty.starts_with("tag") => integer(bits)? as u64,
            (None, [entry, argc, regc]) if tag == CALLABLE && is_const => {
                self.functions.push((line, index, target(entry)?));
                let small =
                    |text: &String| u16::try_from(integer(text)?).map_err(|_| too_large(text));
                u64::from(small(argc)?) << 32 | u64::from(small(regc)?) << 48
            }
            _ => return Err(format!("a value of type `{ty}` is written in another way")),
        };
        pool.push(Stored { tag, payload });
        Ok(())
    }

    fn instruction(&mut self, line: u32, name: &str, rest: &[String]) -> Result<(), String> {
        let upper = name.to_ascii_uppercase();
        let opcode = number(self.numbering, &upper);
        let opcode = opcode.ok_or_else(|| format!("there is no instruction `{name}`"))?;
        let op = row(self.numbering, opcode).map_or(Op::Missing, |row| row.1);
        let shape = op.shape();
        let at = self.file.code.len();
        let operands: Vec<&str> = rest.iter().map(String::as_str).collect();
        let mut behind = Vec::new();
        let (a, b, c) = match (shape, &operands[..]) {
            (Shape::None, []) => (0, 0, 0),
            (Shape::Number, [n]) => (byte(n)?, 0, 0),
            (Shape::Far, [to]) => {
                self.patches.push(Patch { line, at, target: target(to)?, far: true });
                (0, 0, 0)
            }
            (Shape::Near, [a, to]) => {
                self.patches.push(Patch { line, at, target: target(to)?, far: false });
                (register(a)?, 0, 0)
            }
            (Shape::Regs(1), [a]) => (register(a)?, 0, 0),
            (Shape::Regs(2), [a, b]) => (register(a)?, register(b)?, 0),
            (Shape::Regs(3), [a, b, c]) => (register(a)?, register(b)?, register(c)?),
            (Shape::Int, [a, n]) => {
                let n = i16::try_from(integer(n)?).map_err(|_| too_large(n))?;
                let [low, high] = n.to_le_bytes();
                (register(a)?, high, low)
            }
            (Shape::Const, [a, n]) => (register(a)?, self.pool(0, 'c', n)?, 0),
            (Shape::Global, [a, n]) => (register(a)?, self.pool(1, 'g', n)?, 0),
            (Shape::Call, [a, n, c]) => (register(a)?, byte(n)?, register(c)?),
            (Shape::TailCall, [a, n]) => (register(a)?, byte(n)?, 0),
            (Shape::Array, [a, ty, c]) => {
                let tag = tag_named(ty).ok_or_else(|| format!("there is no type `{ty}`"))?;
                (register(a)?, tag, register(c)?)
            }
            (Shape::Object, [a, b, c]) => (register(a)?, byte(b)?, byte(c)?),
            (Shape::Str, [a, text]) => {
                let (bytes, _) = quoted(text)?;
                let length = u16::try_from(bytes.len()).map_err(|_| "the string is too long")?;
                behind = words(&bytes);
                let [low, high] = length.to_le_bytes();
                (register(a)?, high, low)
            }
            _ => return Err(format!("`{upper}` takes other operands")),
        };
        self.file.code.push(u32::from_be_bytes([opcode, a, b, c]));
        self.file.code.append(&mut behind);
        Ok(())
    }

    /// A constant or a global, by its name or as `c12` or `g12`.
    fn pool(&self, which: usize, letter: char, text: &str) -> Result<u8, String> {
        let named = self.names.get(which).and_then(|names| names.get(text)).copied();
        let numbered = || text.strip_prefix(letter).and_then(|digits| digits.parse().ok());
        let index = named.or_else(numbered).ok_or_else(|| format!("there is no `{text}` here"))?;
        u8::try_from(index).map_err(|_| "instructions reach only the first 256".to_owned())
    }

    /// The index of a place; `from` is the instruction behind the one that names it.
    fn place(&self, target: &Target, from: usize) -> Result<i64, String> {
        match target {
            Target::Index(at) => Ok(*at),
            Target::Offset(by) => Ok(from as i64 + by),
            Target::Label(name) => match self.labels.get(name) {
                Some(at) => Ok(*at as i64),
                None => Err(format!("there is no label `{name}`")),
            },
        }
    }

    fn finish(mut self) -> Result<File, LoadError> {
        for (line, index, target) in std::mem::take(&mut self.functions) {
            let entry = self.place(&target, 0).map_err(|why| LoadError::line(line, why))?;
            let entry = u32::try_from(entry);
            let entry = entry.map_err(|_| LoadError::line(line, "the place is too far away"))?;
            if let Some(value) = self.file.consts.get_mut(index) {
                value.payload |= u64::from(entry);
            }
        }
        for patch in std::mem::take(&mut self.patches) {
            let refuse = |why: String| LoadError::line(patch.line, why);
            let to = self.place(&patch.target, patch.at + 1).map_err(refuse)?;
            let offset = to - (patch.at as i64 + 1);
            let bits = if patch.far { 24 } else { 16 };
            let most = 1i64 << (bits - 1);
            if !(-most..most).contains(&offset) {
                return Err(refuse("the jump is too far".to_owned()));
            }
            if let Some(word) = self.file.code.get_mut(patch.at) {
                *word |= offset as u32 & ((1u32 << bits) - 1);
            }
        }
        Ok(self.file)
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
    let starts = name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '.'));
    match starts && name.chars().all(good) {
        true => Ok(()),
        false => Err(format!("`{name}` is no name")),
    }
}

fn too_large(text: &str) -> String {
    format!("`{text}` does not fit")
}

fn byte(text: &str) -> Result<u8, String> {
    u8::try_from(integer(text)?).map_err(|_| too_large(text))
}

fn register(text: &str) -> Result<u8, String> {
    let number = text.strip_prefix(['r', 'R']).and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| format!("`{text}` is no register: they are r0 to r255"))
}

/// An integer of 64 bits, signed or not.
fn integer(text: &str) -> Result<i64, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse::<u64>(),
    };
    let number = number.map_err(|_| format!("`{text}` is no integer of 64 bits"))?;
    match negative {
        false => Ok(number as i64),
        true if number <= 1 << 63 => Ok((number as i64).wrapping_neg()),
        true => Err(format!("`{text}` is no integer of 64 bits")),
    }
}

fn payload_of(kind: Kind, text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no such value");
    Ok(match kind {
        Kind::Bool => text.parse::<bool>().map(u64::from).map_err(|_| wrong())?,
        Kind::U64 | Kind::I64 => integer(text)? as u64,
        Kind::F32 => text.parse::<f32>().map(|x| x.to_bits().into()).map_err(|_| wrong())?,
        Kind::F64 => text.parse::<f64>().map(f64::to_bits).map_err(|_| wrong())?,
    })
}

/// The tag of a type by its name, or as `tag200`.
fn tag_named(name: &str) -> Option<u8> {
    let known = TYPES.iter().position(|known| *known == name);
    let known = known.and_then(|tag| u8::try_from(tag).ok());
    known.or_else(|| name.strip_prefix("tag")?.parse().ok())
}

fn target(text: &str) -> Result<Target, String> {
    if let Some(digits) = text.strip_prefix('@') {
        return Ok(Target::Index(integer(digits)?.clamp(0, u32::MAX.into())));
    }
    match text.strip_prefix('+') {
        Some(digits) => Ok(Target::Offset(integer(digits)?.clamp(0, 1 << 40))),
        None if text.starts_with('-') => Ok(Target::Offset(integer(text)?.clamp(-(1 << 40), 0))),
        None => Ok(Target::Label(text.to_owned())),
    }
}

/// The bytes of a string in quotes.
/// Bytes as words, filled up with zeros.
fn words(bytes: &[u8]) -> Vec<u32> {
    let word =
        |chunk: &[u8]| chunk.iter().rev().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    bytes.chunks(4).map(word).collect()
}
