//! The text form: one instruction a line, labels, names with or without quotes.
//!
//! ```text
//!     PUSH 5
//!     CALL double
//!     PRINT_VAL
//!     PRINT_LN
//!     HALT
//! double:            ; what is called finds its arguments on the stack
//!     STORE_LOCAL n
//!     LOAD_LOCAL n
//!     PUSH 2
//!     MUL
//!     RETURN
//! ```

use std::collections::BTreeMap;

use super::Numbering;
use super::ops::{Lines, Op, Shape};
use crate::error::LoadError;
use crate::quoted::quoted;

/// The bytes of a program, and the line of each instruction by its place.
///
/// # Errors
/// The first line that makes no sense.
pub fn assemble(text: &str, numbering: Numbering) -> Result<(Vec<u8>, Lines), LoadError> {
    let mut reader = Reader { numbering, ..Reader::default() };
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        reader.line(number, line.trim()).map_err(|reason| LoadError::line(number, reason))?;
    }
    for (line, at, label) in reader.patches {
        let to = reader.labels.get(&label);
        let to = to.ok_or_else(|| LoadError::line(line, format!("there is no label `{label}`")))?;
        if let Some(place) = reader.code.get_mut(at..at + 8) {
            place.copy_from_slice(&(*to as u64).to_le_bytes());
        }
    }
    Ok((reader.code, reader.lines))
}

#[derive(Default)]
struct Reader {
    numbering: Numbering,
    code: Vec<u8>,
    lines: Lines,
    labels: BTreeMap<String, usize>,
    patches: Vec<(u32, usize, String)>,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with(';') {
            return Ok(());
        }
        let end = line.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(line.len());
        let (word, rest) = line.split_at(end);
        let rest = rest.trim_start();
        if let Some(label) = word.strip_suffix(':') {
            if self.labels.insert(label.to_owned(), self.code.len()).is_some() {
                return Err(format!("the label `{label}` stands twice"));
            }
            return self.line(number, rest);
        }
        let op = Op::named(&word.to_ascii_uppercase());
        let op = op.ok_or_else(|| format!("there is no instruction `{word}`"))?;
        self.lines.insert(self.code.len(), number);
        self.code.push(op.number(self.numbering));
        self.operand(number, op, rest)
    }

    fn operand(&mut self, line: u32, op: Op, rest: &str) -> Result<(), String> {
        let (bytes, behind) = operand_bytes(rest)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !(behind.is_empty() || behind.starts_with(';')) {
            return Err(format!("`{behind}` stands behind the instruction"));
        }
        let needed = |what: &str| match bytes.is_empty() && !rest.starts_with('"') {
            true => Err(format!("`{}` needs {what}", op.name())),
            false => Ok(()),
        };
        match op.shape() {
            Shape::None if rest.is_empty() || rest.starts_with(';') => Ok(()),
            Shape::None => Err(format!("`{}` takes nothing", op.name())),
            Shape::Int => {
                needed("an integer")?;
                let n: i64 = text.parse().map_err(|_| format!("`{text}` is no integer"))?;
                self.code.extend(n.to_le_bytes());
                Ok(())
            }
            Shape::Address => {
                needed("a label or an address")?;
                let to = text.parse::<u64>();
                if to.is_err() {
                    self.patches.push((line, self.code.len(), text));
                }
                self.code.extend(to.unwrap_or(0).to_le_bytes());
                Ok(())
            }
            Shape::Name => {
                needed("a name or a text")?;
                let length = u8::try_from(bytes.len()).map_err(|_| "it has more than 255 bytes")?;
                self.code.push(length);
                self.code.extend(&bytes);
                Ok(())
            }
        }
    }
}

/// An operand, a text in quotes without them, and what stands behind it.
fn operand_bytes(rest: &str) -> Result<(Vec<u8>, &str), String> {
    let (bytes, behind) = match rest.starts_with('"') {
        true => quoted(rest)?,
        false => {
            let end = rest.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(rest.len());
            let (text, behind) = rest.split_at(end);
            (text.as_bytes().to_vec(), behind)
        }
    };
    Ok((bytes, behind.trim_start()))
}
