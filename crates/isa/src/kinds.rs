//! Operand kinds: what each kind of operand is in memory, in bytes and in text.
//!
//! A kind says everything once: encoding, printing, parsing, which values it uses and which
//! blocks it leads to. The table's rows only name kinds. Names of types, functions and so on
//! in text belong to the module, so printing and parsing go through [`TextOut`] and
//! [`TextIn`], which `kaa-ir` implements.

use kaa_base::wire::{Reader, WireError, WireErrorKind, Writer};

use crate::ids::{Block, DataId, FuncId, GlobalId, ImportId, SigId, TypeId, Value};
use crate::ty::{SCALARS, ValTy};

/// The largest number of operands in one list.
pub const MAX_OPERANDS: usize = 4096;
/// The largest number of arms of one switch.
pub const MAX_CASES: usize = 65_536;

/// A type argument: what the type variable of the row stands for.
pub type T = ValTy;
/// A value operand.
pub type V = Value;
/// A list of value operands.
pub type Vs = Box<[Value]>;
/// A block with the arguments for its parameters.
pub type Target = BlockCall;
/// The arms of a switch.
pub type Cases = Box<[(i64, BlockCall)]>;
/// The arms of a type switch.
pub type TypeCases = Box<[(TypeId, BlockCall)]>;
/// A heap type.
pub type Ty = TypeId;
/// A function of the module.
pub type Fn = FuncId;
/// An imported function.
pub type Im = ImportId;
/// A global.
pub type Gl = GlobalId;
/// Constant data.
pub type Da = DataId;
/// An integer constant; unsigned 64-bit constants keep their bits.
pub type Int = i64;
/// The bits of a float constant.
pub type Bits = u64;

/// The index of a scalar leaf of a struct or element, nested structs counted flat.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Leaf(pub u32);

/// A trap code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Code(pub u32);

/// A jump to a block with arguments.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BlockCall {
    /// Where to.
    pub block: Block,
    /// One argument for each parameter that the jump itself does not provide.
    pub args: Box<[Value]>,
}

impl BlockCall {
    /// A jump with these arguments.
    pub fn new(block: Block, args: impl Into<Box<[Value]>>) -> Self {
        Self { block, args: args.into() }
    }
}

/// Prints operands; implemented by the text form.
pub trait TextOut {
    /// Punctuation or a word, as it is.
    fn word(&mut self, text: &str);
    /// A value.
    fn value(&mut self, v: Value);
    /// A block.
    fn block(&mut self, b: Block);
    /// A heap type by its name.
    fn type_id(&mut self, t: TypeId);
    /// A signature.
    fn sig_id(&mut self, s: SigId);
    /// A function by its name.
    fn func_id(&mut self, f: FuncId);
    /// An import by its name.
    fn import_id(&mut self, i: ImportId);
    /// A global by its name.
    fn global_id(&mut self, g: GlobalId);
    /// Constant data.
    fn data_id(&mut self, d: DataId);
}

/// Parses operands; implemented by the text form.
pub trait TextIn {
    /// The error of the parser.
    type Error;
    /// Consumes `text` if it comes next.
    fn accept(&mut self, text: &str) -> bool;
    /// Consumes `text` or fails.
    fn expect(&mut self, text: &str) -> Result<(), Self::Error>;
    /// A word of letters, digits and `_`.
    fn ident(&mut self) -> Result<String, Self::Error>;
    /// A decimal integer in the range of `i64` or `u64`.
    fn integer(&mut self) -> Result<i128, Self::Error>;
    /// A value.
    fn value(&mut self) -> Result<Value, Self::Error>;
    /// A block.
    fn block(&mut self) -> Result<Block, Self::Error>;
    /// A heap type.
    fn type_id(&mut self) -> Result<TypeId, Self::Error>;
    /// A signature.
    fn sig_id(&mut self) -> Result<SigId, Self::Error>;
    /// A function.
    fn func_id(&mut self) -> Result<FuncId, Self::Error>;
    /// An import.
    fn import_id(&mut self) -> Result<ImportId, Self::Error>;
    /// A global.
    fn global_id(&mut self) -> Result<GlobalId, Self::Error>;
    /// Constant data.
    fn data_id(&mut self) -> Result<DataId, Self::Error>;
    /// An error at the present place.
    fn fail(&self, message: &str) -> Self::Error;
}

/// What every kind of operand can do.
pub trait Kind: Sized {
    /// What the reference page calls the kind.
    const NAME: &'static str;
    /// Whether the operand is printed as a suffix of the name: `add.i64`.
    const IS_SUFFIX: bool = false;
    /// Appends the binary form.
    fn write(&self, w: &mut Writer);
    /// Reads the binary form.
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError>;
    /// Prints the text form.
    fn print(&self, out: &mut dyn TextOut);
    /// Parses the text form.
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error>;
    /// Visits the values used, those passed to blocks included.
    fn uses(&self, _f: &mut dyn FnMut(Value)) {}
    /// Replaces the values used.
    fn map_values(&mut self, _f: &mut dyn FnMut(Value) -> Value) {}
    /// Visits the blocks this operand leads to.
    fn targets(&self, _f: &mut dyn FnMut(&BlockCall)) {}
    /// Visits the blocks this operand leads to, for change.
    fn targets_mut(&mut self, _f: &mut dyn FnMut(&mut BlockCall)) {}
    /// The value, where the operand is exactly one value (an operand of a family row).
    fn single_value(&self) -> Option<Value> {
        None
    }
    /// The type, where the operand is the type argument.
    fn type_argument(&self) -> Option<ValTy> {
        None
    }
}

/// Writes a value type.
pub fn write_ty(ty: ValTy, w: &mut Writer) {
    let (tag, id) = match ty {
        ValTy::Ref(t) => (11, Some(t.0)),
        ValTy::RefNull(t) => (12, Some(t.0)),
        ValTy::IPtr(t) => (13, Some(t.0)),
        ValTy::Func(s) => (14, Some(s.0)),
        scalar => (SCALARS.iter().position(|(t, _)| *t == scalar).unwrap_or(0) as u8, None),
    };
    w.u8(tag);
    if let Some(id) = id {
        w.u32(id);
    }
}

/// Reads a value type.
pub fn read_ty(r: &mut Reader<'_>) -> Result<ValTy, WireError> {
    let at = r.error(WireErrorKind::BadTag);
    Ok(match r.u8()? {
        tag @ 0..=10 => SCALARS[usize::from(tag)].0,
        11 => ValTy::Ref(TypeId(r.u32()?)),
        12 => ValTy::RefNull(TypeId(r.u32()?)),
        13 => ValTy::IPtr(TypeId(r.u32()?)),
        14 => ValTy::Func(SigId(r.u32()?)),
        _ => return Err(at),
    })
}

/// Prints a value type.
pub fn print_ty(ty: ValTy, out: &mut dyn TextOut) {
    match ty {
        ValTy::Ref(t) => {
            out.word("ref ");
            out.type_id(t);
        }
        ValTy::RefNull(t) => {
            out.word("ref? ");
            out.type_id(t);
        }
        ValTy::IPtr(t) => {
            out.word("iptr ");
            out.type_id(t);
        }
        ValTy::Func(s) => {
            out.word("func ");
            out.sig_id(s);
        }
        scalar => out.word(scalar.scalar_name().unwrap_or("?")),
    }
}

/// Parses a value type.
pub fn parse_ty<P: TextIn>(p: &mut P) -> Result<ValTy, P::Error> {
    let word = p.ident()?;
    Ok(match word.as_str() {
        "ref" if p.accept("?") => ValTy::RefNull(p.type_id()?),
        "ref" => ValTy::Ref(p.type_id()?),
        "iptr" => ValTy::IPtr(p.type_id()?),
        "func" => ValTy::Func(p.sig_id()?),
        name => ValTy::scalar(name).ok_or_else(|| p.fail("expected a type"))?,
    })
}

impl Kind for ValTy {
    const NAME: &'static str = "type";
    const IS_SUFFIX: bool = true;
    fn write(&self, w: &mut Writer) {
        write_ty(*self, w);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        read_ty(r)
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.word(".");
        print_ty(*self, out);
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        p.expect(".")?;
        parse_ty(p)
    }
    fn type_argument(&self) -> Option<ValTy> {
        Some(*self)
    }
}

impl Kind for Value {
    const NAME: &'static str = "value";
    fn write(&self, w: &mut Writer) {
        w.u32(self.0);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.u32().map(Value)
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.value(*self);
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        p.value()
    }
    fn uses(&self, f: &mut dyn FnMut(Value)) {
        f(*self);
    }
    fn map_values(&mut self, f: &mut dyn FnMut(Value) -> Value) {
        *self = f(*self);
    }
    fn single_value(&self) -> Option<Value> {
        Some(*self)
    }
}

impl Kind for Vs {
    const NAME: &'static str = "values";
    fn write(&self, w: &mut Writer) {
        w.uleb(self.len() as u64);
        self.iter().for_each(|v| w.u32(v.0));
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        let n = r.count(MAX_OPERANDS)?;
        (0..n).map(|_| r.u32().map(Value)).collect()
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.word("(");
        for (i, v) in self.iter().enumerate() {
            out.word(if i > 0 { ", " } else { "" });
            out.value(*v);
        }
        out.word(")");
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        p.expect("(")?;
        list(p, ")", MAX_OPERANDS, |p| p.value())
    }
    fn uses(&self, f: &mut dyn FnMut(Value)) {
        self.iter().for_each(|v| f(*v));
    }
    fn map_values(&mut self, f: &mut dyn FnMut(Value) -> Value) {
        self.iter_mut().for_each(|v| *v = f(*v));
    }
}

/// Comma-separated items up to `close`.
fn list<P: TextIn, I>(
    p: &mut P,
    close: &str,
    limit: usize,
    mut item: impl FnMut(&mut P) -> Result<I, P::Error>,
) -> Result<Box<[I]>, P::Error> {
    let mut items = Vec::new();
    while !p.accept(close) {
        if !items.is_empty() {
            p.expect(",")?;
        }
        if items.len() == limit {
            return Err(p.fail("too many operands"));
        }
        items.push(item(p)?);
    }
    Ok(items.into())
}

impl Kind for BlockCall {
    const NAME: &'static str = "target";
    fn write(&self, w: &mut Writer) {
        w.u32(self.block.0);
        self.args.write(w);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self { block: Block(r.u32()?), args: Vs::read(r)? })
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.block(self.block);
        if !self.args.is_empty() {
            self.args.print(out);
        }
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        let block = p.block()?;
        let args =
            if p.accept("(") { list(p, ")", MAX_OPERANDS, |p| p.value())? } else { Box::new([]) };
        Ok(Self { block, args })
    }
    fn uses(&self, f: &mut dyn FnMut(Value)) {
        self.args.uses(f);
    }
    fn map_values(&mut self, f: &mut dyn FnMut(Value) -> Value) {
        self.args.map_values(f);
    }
    fn targets(&self, f: &mut dyn FnMut(&BlockCall)) {
        f(self);
    }
    fn targets_mut(&mut self, f: &mut dyn FnMut(&mut BlockCall)) {
        f(self);
    }
}

/// The arms of both switches; the key is an integer or a type.
macro_rules! cases {
    ($key:ty, $name:literal) => {
        impl Kind for Box<[($key, BlockCall)]> {
            const NAME: &'static str = $name;
            fn write(&self, w: &mut Writer) {
                w.uleb(self.len() as u64);
                for (key, target) in self.iter() {
                    key.write(w);
                    target.write(w);
                }
            }
            fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
                let n = r.count(MAX_CASES)?;
                (0..n).map(|_| Ok((<$key>::read(r)?, BlockCall::read(r)?))).collect()
            }
            fn print(&self, out: &mut dyn TextOut) {
                out.word("[");
                for (i, (key, target)) in self.iter().enumerate() {
                    out.word(if i > 0 { ", " } else { "" });
                    key.print(out);
                    out.word(": ");
                    target.print(out);
                }
                out.word("]");
            }
            fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
                p.expect("[")?;
                list(p, "]", MAX_CASES, |p| {
                    let key = <$key>::parse(p)?;
                    p.expect(":")?;
                    Ok((key, BlockCall::parse(p)?))
                })
            }
            fn uses(&self, f: &mut dyn FnMut(Value)) {
                self.iter().for_each(|(_, t)| t.uses(f));
            }
            fn map_values(&mut self, f: &mut dyn FnMut(Value) -> Value) {
                self.iter_mut().for_each(|(_, t)| t.map_values(f));
            }
            fn targets(&self, f: &mut dyn FnMut(&BlockCall)) {
                self.iter().for_each(|(_, t)| f(t));
            }
            fn targets_mut(&mut self, f: &mut dyn FnMut(&mut BlockCall)) {
                self.iter_mut().for_each(|(_, t)| f(t));
            }
        }
    };
}

cases!(i64, "cases");
cases!(TypeId, "type cases");

/// Kinds that are one number in bytes and one name in text.
macro_rules! named {
    ($($kind:ty, $name:literal, $method:ident;)*) => {$(
        impl Kind for $kind {
            const NAME: &'static str = $name;
            fn write(&self, w: &mut Writer) {
                w.u32(self.0);
            }
            fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
                r.u32().map(Self)
            }
            fn print(&self, out: &mut dyn TextOut) {
                out.$method(*self);
            }
            fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
                p.$method()
            }
        }
    )*};
}

named! {
    TypeId, "heap type", type_id;
    FuncId, "function", func_id;
    ImportId, "import", import_id;
    GlobalId, "global", global_id;
    DataId, "data", data_id;
}

impl Kind for i64 {
    const NAME: &'static str = "integer";
    fn write(&self, w: &mut Writer) {
        w.sleb(*self);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.sleb()
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.word(&self.to_string());
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        let n = p.integer()?;
        i64::try_from(n)
            .or_else(|_| u64::try_from(n).map(|n| n as i64))
            .map_err(|_| p.fail("integer out of range"))
    }
}

impl Kind for u64 {
    const NAME: &'static str = "float bits";
    fn write(&self, w: &mut Writer) {
        w.fixed_u64(*self);
    }
    fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
        r.fixed_u64()
    }
    fn print(&self, out: &mut dyn TextOut) {
        out.word(&format!("0x{self:x}"));
    }
    fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
        let word = p.ident()?;
        let digits = word.strip_prefix("0x").ok_or_else(|| p.fail("expected 0x and bits"))?;
        u64::from_str_radix(digits, 16).map_err(|_| p.fail("expected at most 16 hex digits"))
    }
}

/// Kinds that are a small number in bytes and in text.
macro_rules! small {
    ($($kind:ident, $name:literal;)*) => {$(
        impl Kind for $kind {
            const NAME: &'static str = $name;
            fn write(&self, w: &mut Writer) {
                w.u32(self.0);
            }
            fn read(r: &mut Reader<'_>) -> Result<Self, WireError> {
                r.u32().map($kind)
            }
            fn print(&self, out: &mut dyn TextOut) {
                out.word(&self.0.to_string());
            }
            fn parse<P: TextIn>(p: &mut P) -> Result<Self, P::Error> {
                let n = p.integer()?;
                u32::try_from(n).map($kind).map_err(|_| p.fail("number out of range"))
            }
        }
    )*};
}

small! {
    Leaf, "leaf";
    Code, "trap code";
}
