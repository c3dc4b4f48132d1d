//! The text form: functions of one operation a line, with labels.
//!
//! ```text
//! extern app.price (i64) -> (i64)
//! func main () -> (i64)
//!         write-const i64 5        ; a comment
//! again:  ...
//!         ret
//! end
//! ```
//!
//! Reading knows the operands of each operation, not whether they fit together: that is `check`.

use std::collections::HashMap;

use super::types::{Count, MAX_POINTERS, Scalar, Ty};
use crate::error::LoadError;

/// Lanes of a group whose number stands in the text.
pub const MAX_LANES: u32 = 4096;
/// Bytes of one frame.
pub const MAX_FRAME: u32 = 1 << 20;
/// The highest stream that stands in the text.
const MAX_STREAM: u32 = 2;
/// The highest code of an interrupt.
const MAX_CODE: u32 = 63;

/// What a function takes and gives.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// Parameters, the deepest first.
    pub params: Vec<Ty>,
    /// Results, the deepest first.
    pub results: Vec<Ty>,
}

/// A function of the host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extern {
    /// Who offers it.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// What it takes and gives.
    pub shape: Shape,
}

/// A function.
#[derive(Debug)]
pub struct Func {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: u32,
    /// What it takes and gives.
    pub shape: Shape,
    /// Whether it handles interrupts.
    pub is_handler: bool,
    /// Its operations with their lines.
    pub ops: Vec<(u32, Op)>,
    /// Where labels stand: the number of the operation behind them.
    pub labels: HashMap<String, usize>,
}

/// An arithmetic operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    MulDiv,
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// An operation.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    WriteConst(Ty, Vec<String>),
    Arith(Arith, Ty),
    Compare(Compare, Scalar),
    Convert(Scalar, Scalar),
    Inject(Ty),
    Unbox(Ty),
    ReadLocal(Ty, u32),
    WriteLocal(Ty, u32),
    AllocFrame(u32),
    DropFrame,
    GetSp(Ty),
    SetSp,
    Call(String),
    CallC(String),
    Ret,
    Jmp(String),
    JmpIf(String),
    Crash,
    WriteIo(Option<u32>),
    ReadIo(Option<u32>, Option<u32>),
    OpenIo(i64),
    ReadReg(Scalar, u32),
    WriteReg(Scalar, u32),
    InterruptSet(u32, String),
    InterruptUnset(u32),
    InterruptReturn,
}

/// A whole text.
#[derive(Debug, Default)]
pub struct Text {
    /// Functions of the host.
    pub externs: Vec<Extern>,
    /// Its functions.
    pub funcs: Vec<Func>,
}

/// Reads a text.
///
/// # Errors
/// The first line that has no meaning.
pub fn parse(text: &str) -> Result<Text, LoadError> {
    let mut read = Text::default();
    let mut open: Option<Func> = None;
    let mut last = 0;
    for (nth, line) in text.lines().enumerate() {
        last = nth as u32 + 1;
        let at = |reason: String| LoadError::line(last, reason);
        let code = line.split(';').next().unwrap_or_default();
        let spaced = code.replace('(', " ( ").replace(')', " ) ").replace(',', " ");
        let mut words = Words(spaced.split_whitespace().peekable());
        match &mut open {
            None => match words.next() {
                None => {}
                Some("extern") => read.externs.push(words.external().map_err(at)?),
                Some(word @ ("func" | "handler")) => {
                    let func = words.func(last, word == "handler").map_err(at)?;
                    open = Some(func);
                }
                Some(word) => {
                    return Err(at(format!("`func` or `extern` was expected, not `{word}`")));
                }
            },
            Some(func) => {
                while let Some(label) = words.0.next_if(|word| word.ends_with(':')) {
                    let label = label.trim_end_matches(':').to_owned();
                    let place = func.ops.len();
                    if func.labels.insert(label.clone(), place).is_some() {
                        return Err(at(format!("the label `{label}` is set a second time")));
                    }
                }
                match words.next() {
                    None => continue,
                    Some("end") => read.funcs.extend(open.take()),
                    Some(name) => func.ops.push((last, words.op(name).map_err(at)?)),
                }
            }
        }
        if let Some(rest) = words.next() {
            return Err(LoadError::line(last, format!("nothing was expected before `{rest}`")));
        }
    }
    match open {
        Some(func) => Err(LoadError::line(last, format!("`{}` has no `end`", func.name))),
        None => Ok(read),
    }
}

/// The words of a line.
struct Words<'a>(std::iter::Peekable<std::str::SplitWhitespace<'a>>);

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.0.next()
    }

    fn word(&mut self, what: &str) -> Result<&'a str, String> {
        self.next().ok_or_else(|| format!("{what} is missing"))
    }

    fn external(&mut self) -> Result<Extern, String> {
        let path = self.word("a name")?;
        let Some((module, name)) = path.rsplit_once('.') else {
            return Err(format!("`{path}` names no module: `module.name` was expected"));
        };
        let (module, name) = (module.to_owned(), name.to_owned());
        Ok(Extern { module, name, shape: self.shape()? })
    }

    fn func(&mut self, line: u32, is_handler: bool) -> Result<Func, String> {
        let name = self.word("the name of the function")?.to_owned();
        let shape = if is_handler { Shape::default() } else { self.shape()? };
        let (ops, labels) = (Vec::new(), HashMap::new());
        Ok(Func { name, line, shape, is_handler, ops, labels })
    }

    fn shape(&mut self) -> Result<Shape, String> {
        let params = self.types()?;
        match self.next() {
            Some("->") => Ok(Shape { params, results: self.types()? }),
            None => Ok(Shape { params, results: Vec::new() }),
            Some(word) => Err(format!("`->` was expected, not `{word}`")),
        }
    }

    fn types(&mut self) -> Result<Vec<Ty>, String> {
        let first = self.word("`(`")?;
        if first != "(" {
            return Err(format!("`(` was expected, not `{first}`"));
        }
        let mut types = Vec::new();
        while self.0.next_if_eq(&")").is_none() {
            types.push(self.ty()?);
        }
        Ok(types)
    }

    fn scalar(&mut self) -> Result<Scalar, String> {
        let word = self.word("a type")?;
        Scalar::named(word).ok_or_else(|| format!("`{word}` is no type"))
    }

    fn ty(&mut self) -> Result<Ty, String> {
        let mut depth = 0;
        while self.0.next_if_eq(&"ptr").is_some() {
            depth += 1;
            if depth > MAX_POINTERS {
                return Err(format!("pointers nest at most {MAX_POINTERS} deep"));
            }
        }
        let scalar = self.scalar()?;
        if depth > 0 {
            return Ok(Ty::Pointer(depth, scalar));
        }
        let is_count = |word: &&str| {
            let count = word.strip_prefix('x');
            count.is_some_and(|n| n == "n" || n.bytes().all(|b| b.is_ascii_digit()))
        };
        match self.0.next_if(is_count).map(|word| &word[1..]) {
            None => Ok(Ty::One(scalar)),
            Some("n") => Ok(Ty::Lanes(scalar, Count::Run)),
            Some(digits) => match digits.parse() {
                Ok(1) => Ok(Ty::One(scalar)),
                Ok(count @ 2..=MAX_LANES) => Ok(Ty::Lanes(scalar, Count::Fixed(count))),
                _ => Err(format!("a group has 1 to {MAX_LANES} lanes, not {digits}")),
            },
        }
    }

    fn integer(&mut self) -> Result<Scalar, String> {
        match self.scalar()? {
            scalar if scalar.is_int() => Ok(scalar),
            scalar => Err(format!("registers hold integers, not `{}`", scalar.name())),
        }
    }

    /// A number, or `n` where it is on the stack.
    fn number_or_n(&mut self, what: &str, most: u32) -> Result<Option<u32>, String> {
        match self.0.next_if_eq(&"n") {
            Some(_) => Ok(None),
            None => self.number(what, most).map(Some),
        }
    }

    fn number(&mut self, what: &str, most: u32) -> Result<u32, String> {
        let word = self.word(what)?;
        let number = match word.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => word.parse().ok(),
        };
        let number = number.filter(|n| *n <= most);
        number.ok_or_else(|| format!("`{word}` is no number up to {most}"))
    }

    fn op(&mut self, name: &str) -> Result<Op, String> {
        Ok(match name {
            "write-const" => {
                let ty = self.ty()?;
                Op::WriteConst(ty, std::iter::from_fn(|| self.next()).map(str::to_owned).collect())
            }
            "add" => Op::Arith(Arith::Add, self.ty()?),
            "sub" => Op::Arith(Arith::Sub, self.ty()?),
            "mul" => Op::Arith(Arith::Mul, self.ty()?),
            "div" => Op::Arith(Arith::Div, self.ty()?),
            "muldiv" => Op::Arith(Arith::MulDiv, self.ty()?),
            "eq" => Op::Compare(Compare::Eq, self.scalar()?),
            "ne" => Op::Compare(Compare::Ne, self.scalar()?),
            "lt" => Op::Compare(Compare::Lt, self.scalar()?),
            "le" => Op::Compare(Compare::Le, self.scalar()?),
            "gt" => Op::Compare(Compare::Gt, self.scalar()?),
            "ge" => Op::Compare(Compare::Ge, self.scalar()?),
            "convert" => Op::Convert(self.scalar()?, self.scalar()?),
            "inject" => Op::Inject(self.ty()?),
            "unbox" => Op::Unbox(self.ty()?),
            "read-local" => Op::ReadLocal(self.ty()?, self.number("the offset", MAX_FRAME)?),
            "write-local" => Op::WriteLocal(self.ty()?, self.number("the offset", MAX_FRAME)?),
            "alloc-frame" => Op::AllocFrame(self.number("the size", MAX_FRAME)?),
            "drop-frame" => Op::DropFrame,
            "get-sp" => Op::GetSp(self.ty()?),
            "set-sp" => Op::SetSp,
            "call" => Op::Call(self.word("the name of a function")?.to_owned()),
            "call-c" => Op::CallC(self.word("the name of a function")?.to_owned()),
            "ret" => Op::Ret,
            "jmp" => Op::Jmp(self.word("a label")?.to_owned()),
            "jmpif" => Op::JmpIf(self.word("a label")?.to_owned()),
            "crash" => Op::Crash,
            _ => return self.outside(name),
        })
    }

    /// An operation on what lies outside of the program.
    fn outside(&mut self, name: &str) -> Result<Op, String> {
        Ok(match name {
            "write-io" => Op::WriteIo(self.number_or_n("the stream", MAX_STREAM)?),
            "read-io" => Op::ReadIo(
                self.number_or_n("the count", MAX_FRAME)?,
                self.number_or_n("the stream", MAX_STREAM)?,
            ),
            "open-io" => Op::OpenIo(match self.word("`read`, `write` or `append`")? {
                "read" => 0,
                "write" => 1,
                "append" => 2,
                word => return Err(format!("`{word}` is no way to open a file")),
            }),
            "read-reg" => Op::ReadReg(self.integer()?, self.number("the register", u32::MAX)?),
            "write-reg" => Op::WriteReg(self.integer()?, self.number("the register", u32::MAX)?),
            "interrupt-set" => Op::InterruptSet(
                self.number("the code", MAX_CODE)?,
                self.word("the name of a handler")?.to_owned(),
            ),
            "interrupt-unset" => Op::InterruptUnset(self.number("the code", MAX_CODE)?),
            "interrupt-return" => Op::InterruptReturn,
            _ => return Err(format!("there is no operation `{name}`")),
        })
    }
}
