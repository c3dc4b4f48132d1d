//! The verifier: what it accepts, the engines execute without a further look. It is the whole
//! safety argument of the fast engines, whoever made the module.
//!
//! It goes over each item once: `items` checks the tables of the module, `body` the functions
//! (shape, numbering, dominance), and the typing rules that the builder uses too are in
//! `typing`. Types are declared everywhere, so nothing is inferred and no fixed point is
//! sought. All errors are collected, up to a number that a person can still read.

mod body;
mod items;

use std::fmt;

use kaa_isa::{Block, DataId, FuncId, GlobalId, ImportId, SigId, TypeId, ValTy};

use crate::module::Module;
use crate::text::print_inst;
use crate::types::TypeDef;

/// After this many errors the verifier stops.
pub const MAX_ERRORS: usize = 100;

/// What an error is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The module as a whole.
    Module,
    /// A heap type.
    Type(TypeId),
    /// A signature.
    Sig(SigId),
    /// An import.
    Import(ImportId),
    /// A global.
    Global(GlobalId),
    /// A constant.
    Data(DataId),
    /// An export, by its position.
    Export(usize),
    /// A function as a whole.
    Func(FuncId),
    /// A block.
    Block(FuncId, Block),
    /// An instruction by its position in a block.
    Inst(FuncId, Block, usize),
}

/// The kinds of errors, each with a stable code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VerifyCode {
    /// A table or list is longer than the limit.
    Limit,
    /// Two items have one name, or two entries are one.
    Duplicate,
    /// An id is of no item.
    Unknown,
    /// A value type that cannot be, such as a reference to a cell.
    ValueType,
    /// A global that holds at first what its type does not allow.
    Init,
    /// Debug information points to nothing or is out of order.
    Debug,
    /// A function without blocks, or an entry that does not fit the signature.
    Entry,
    /// A block without a terminator at its end, or with one before.
    Terminator,
    /// Values that are not numbered in the order of definition.
    Numbering,
    /// A use that its definition does not dominate.
    Dominance,
    /// An operand that the operation does not take.
    Operand,
    /// Results declared otherwise than the operation gives them.
    Results,
}

impl VerifyCode {
    /// The stable code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "V001",
            Self::Duplicate => "V002",
            Self::Unknown => "V003",
            Self::ValueType => "V004",
            Self::Init => "V005",
            Self::Debug => "V006",
            Self::Entry => "V010",
            Self::Terminator => "V011",
            Self::Numbering => "V012",
            Self::Dominance => "V013",
            Self::Operand => "V014",
            Self::Results => "V015",
        }
    }
}

/// One thing that is wrong with a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The kind of error.
    pub code: VerifyCode,
    /// What it is about.
    pub place: Place,
    /// The name of the function it is in, if it is in one.
    pub func: Option<String>,
    /// The text of the instruction it is about, or nothing.
    pub text: String,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)?;
        if let Some(func) = &self.func {
            write!(f, " (in @{func}")?;
            match self.place {
                Place::Block(_, b) => write!(f, ", {b}")?,
                Place::Inst(_, b, i) => write!(f, ", {b}, instruction {i}: `{}`", self.text)?,
                _ => {}
            }
            write!(f, ")")?;
        }
        Ok(())
    }
}

impl std::error::Error for VerifyError {}

/// Checks everything. The errors come in the order of the module's tables.
pub fn verify(module: &Module) -> Result<(), Vec<VerifyError>> {
    let mut v = Verifier { module, errors: Vec::new() };
    v.items();
    for (id, func) in module.funcs.iter() {
        if v.is_full() {
            break;
        }
        v.function(id, func);
    }
    v.errors.truncate(MAX_ERRORS);
    if v.errors.is_empty() { Ok(()) } else { Err(v.errors) }
}

struct Verifier<'a> {
    module: &'a Module,
    errors: Vec<VerifyError>,
}

impl Verifier<'_> {
    fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    /// Records an error.
    fn report(&mut self, code: VerifyCode, place: Place, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let func = match place {
            Place::Func(f) | Place::Block(f, _) | Place::Inst(f, ..) => self.module.funcs.get(f),
            _ => None,
        };
        let node = match place {
            Place::Inst(_, b, i) => {
                func.and_then(|f| f.blocks.get(b)).and_then(|data| data.insts.get(i))
            }
            _ => None,
        };
        let text = match (func, node) {
            (Some(func), Some(node)) => shortened(print_inst(self.module, func, node)),
            _ => String::new(),
        };
        let func = func.map(|f| shortened(f.name.clone()));
        let message = message.into();
        self.errors.push(VerifyError { code, place, func, text, message });
    }

    /// Records an error unless `ok`; gives `ok`.
    fn require(&mut self, ok: bool, code: VerifyCode, place: Place, message: &str) -> bool {
        if !ok {
            self.report(code, place, message);
        }
        ok
    }

    /// Refuses a value type that names what does not exist, or what it cannot point to.
    fn val_ty(&mut self, ty: ValTy, place: Place) -> bool {
        let types = &self.module.types;
        let problem = match ty {
            ValTy::Ref(t) | ValTy::RefNull(t) => match types.def(t) {
                None => Some((VerifyCode::Unknown, format!("{t} is not a type of this module"))),
                Some(TypeDef::Cell { .. }) => Some((
                    VerifyCode::ValueType,
                    "a reference cannot be to a cell, only an iptr can".to_owned(),
                )),
                Some(_) => None,
            },
            ValTy::IPtr(t) => match types.def(t) {
                None => Some((VerifyCode::Unknown, format!("{t} is not a type of this module"))),
                Some(TypeDef::Cell { .. }) => None,
                Some(_) => Some((VerifyCode::ValueType, "an iptr must be to a cell".to_owned())),
            },
            ValTy::Func(s) if self.module.sigs.get(s).is_none() => {
                Some((VerifyCode::Unknown, format!("{s} is not a signature of this module")))
            }
            _ => None,
        };
        match problem {
            Some((code, message)) => {
                self.report(code, place, message);
                false
            }
            None => true,
        }
    }
}

/// A text of at most a few hundred characters.
fn shortened(mut text: String) -> String {
    const MAX: usize = 300;
    if let Some((end, _)) = text.char_indices().nth(MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}
