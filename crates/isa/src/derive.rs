//! What the table expands to: opcodes, instructions, their information, the visitor.
//!
//! Nothing here names an operation; a change for one operation belongs in `table`.

use kaa_base::wire::{Reader, WireError, WireErrorKind, Writer};

use crate::effects::Effects;
use crate::ids::Value;
use crate::kinds::*;
use crate::ty::{SigSpec, SigTy, TyClass, ValTy};

/// What the table says of one operation.
#[derive(Debug)]
pub struct OpInfo {
    /// The fixed number.
    pub number: u16,
    /// The text name.
    pub name: &'static str,
    /// The documentation.
    pub doc: &'static str,
    /// Names and kinds of the operands.
    pub operands: &'static [(&'static str, &'static str)],
    /// The signature of a family row; `None` for rows with a rule of their own.
    pub sig: Option<SigSpec>,
    /// What the operation may do.
    pub effects: Effects,
    /// What it costs, in units of fuel, besides what depends on sizes.
    pub fuel: u32,
}

/// `T` or a fixed type in a row's signature.
macro_rules! sig_ty {
    (T) => {
        SigTy::T
    };
    ($fixed:ident) => {
        SigTy::Fixed(ValTy::$fixed)
    };
}

/// The signature column: `sig (T, T) -> (T); Num` or `custom`.
macro_rules! sig_spec {
    (custom) => {
        None
    };
    (sig ($($p:ident),*) -> ($($r:ident),*); $class:ident) => {
        Some(SigSpec {
            params: &[$(sig_ty!($p)),*],
            results: &[$(sig_ty!($r)),*],
            class: TyClass::$class,
        })
    };
}

macro_rules! derive_ops {
    ($($(#[doc = $doc:literal])+ $num:literal $name:ident = $camel:ident
        { $($field:ident : $kind:ident),* }
        : [$($sig:tt)*] fx[$($fx:ident)*] fuel $fuel:literal;)*) => {
        /// The number of an operation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Opcode {
            $($(#[doc = $doc])+ $camel = $num,)*
        }

        /// All rows of the table, in its order.
        pub static OPCODES: &[OpInfo] = &[$(OpInfo {
            number: $num,
            name: stringify!($name),
            doc: concat!($($doc),+),
            operands: &[$((stringify!($field), <$kind as Kind>::NAME)),*],
            sig: sig_spec!($($sig)*),
            effects: Effects::PURE$(.or(Effects::$fx))*,
            fuel: $fuel,
        }),*];

        /// Positions in [`OPCODES`].
        #[derive(Clone, Copy)]
        enum Row { $($camel),* }

        impl Opcode {
            /// The operation with this number.
            pub fn from_number(number: u16) -> Option<Opcode> {
                match number {
                    $($num => Some(Opcode::$camel),)*
                    _ => None,
                }
            }

            /// The operation with this text name.
            pub fn from_name(name: &str) -> Option<Opcode> {
                match name {
                    $(stringify!($name) => Some(Opcode::$camel),)*
                    _ => None,
                }
            }

            /// What the table says.
            pub fn info(self) -> &'static OpInfo {
                let row = match self { $(Opcode::$camel => Row::$camel),* };
                &OPCODES[row as usize]
            }
        }

        /// One instruction: an operation with its operands.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[allow(missing_docs, reason = "the operands of a row are documented by its doc comment")]
        pub enum Inst {
            $($(#[doc = $doc])+ $camel { $($field: $kind),* },)*
        }

        impl Inst {
            /// The operation.
            pub fn opcode(&self) -> Opcode {
                match self { $(Inst::$camel { .. } => Opcode::$camel),* }
            }

            /// Appends the binary form: number, then operands.
            pub fn write(&self, w: &mut Writer) {
                w.uleb(u64::from(self.opcode() as u16));
                match self { $(Inst::$camel { $($field),* } => { $($field.write(w);)* })* }
            }

            /// Reads the binary form.
            pub fn read(r: &mut Reader<'_>) -> Result<Inst, WireError> {
                let at = r.error(WireErrorKind::BadTag);
                let number = u16::try_from(r.uleb()?).map_err(|_| at.clone())?;
                Ok(match Opcode::from_number(number).ok_or(at)? {
                    $(Opcode::$camel => Inst::$camel { $($field: <$kind>::read(r)?),* },)*
                })
            }

            /// Prints the text form: name, type suffix, operands.
            pub fn print(&self, out: &mut dyn TextOut) {
                out.word(self.opcode().info().name);
                match self { $(Inst::$camel { $($field),* } => {
                    let _first = true;
                    $(let _first = print_operand($field, out, _first);)*
                })* }
            }

            /// Parses the operands that follow the name of `op`.
            pub fn parse<P: TextIn>(op: Opcode, p: &mut P) -> Result<Inst, P::Error> {
                Ok(match op { $(Opcode::$camel => {
                    let _first = true;
                    $(let ($field, _first) = parse_operand::<$kind, P>(p, _first)?;)*
                    Inst::$camel { $($field),* }
                })* })
            }

            /// Visits every value used, in operand order.
            pub fn uses(&self, f: &mut dyn FnMut(Value)) {
                match self {
                    $(Inst::$camel { $($field),* } => { $($field.uses(f);)* let _ = &f; })*
                }
            }

            /// Replaces every value used.
            pub fn map_values(&mut self, f: &mut dyn FnMut(Value) -> Value) {
                match self {
                    $(Inst::$camel { $($field),* } => { $($field.map_values(f);)* let _ = &f; })*
                }
            }

            /// Visits the blocks it leads to.
            pub fn targets(&self, f: &mut dyn FnMut(&BlockCall)) {
                match self {
                    $(Inst::$camel { $($field),* } => { $($field.targets(f);)* let _ = &f; })*
                }
            }

            /// Visits the blocks it leads to, for change.
            pub fn targets_mut(&mut self, f: &mut dyn FnMut(&mut BlockCall)) {
                match self {
                    $(Inst::$camel { $($field),* } => { $($field.targets_mut(f);)* let _ = &f; })*
                }
            }

            /// The type argument of a family row.
            pub fn type_argument(&self) -> Option<ValTy> {
                match self { $(Inst::$camel { $($field),* } => { $(
                    if let Some(ty) = $field.type_argument() { return Some(ty); }
                )* None })* }
            }

            /// Calls the visitor's method for this operation.
            #[inline]
            pub fn visit<X: Visit>(&self, visitor: &mut X) -> X::Out {
                match self { $(Inst::$camel { $($field),* } => visitor.$name($($field),*)),* }
            }
        }

        /// One method for each operation and no default: a body that is missing is a
        /// compile error.
        pub trait Visit {
            /// What a method returns.
            type Out;
            $($(#[doc = $doc])+ fn $name(&mut self, $($field: &$kind),*) -> Self::Out;)*
        }

        custom_typing! { $([$($sig)*] $(#[doc = $doc])+ $name = $camel { $($field : $kind),* };)* }
    };
}

/// Collects the rows marked `custom` into the trait [`CustomTyping`].
macro_rules! custom_typing {
    (@acc { $($done:tt)* } { $($arms:tt)* }) => {
        /// One method for each row with a typing rule of its own: checks the operands and
        /// gives the result types.
        pub trait CustomTyping {
            /// Why operands are refused.
            type Error;
            $($done)*
        }

        impl Inst {
            /// Applies the typing rule of a `custom` row; `None` for family rows.
            pub fn custom_typing<X: CustomTyping>(
                &self,
                rules: &mut X,
            ) -> Option<Result<Vec<ValTy>, X::Error>> {
                custom_typing!(@match self rules { $($arms)* })
            }
        }
    };
    (@match $self:ident $rules:ident { $($name:ident $camel:ident ($($field:ident)*);)* }) => {
        match $self {
            $(Inst::$camel { $($field),* } => Some($rules.$name($($field),*)),)*
            _ => None,
        }
    };
    (@acc { $($done:tt)* } { $($arms:tt)* }
        [custom] $(#[doc = $doc:literal])+ $name:ident = $camel:ident
        { $($field:ident : $kind:ident),* }; $($rest:tt)*) => {
        custom_typing! { @acc {
            $($done)*
            $(#[doc = $doc])+
            fn $name(&mut self, $($field: &$kind),*) -> Result<Vec<ValTy>, Self::Error>;
        } { $($arms)* $name $camel ($($field)*); } $($rest)* }
    };
    (@acc { $($done:tt)* } { $($arms:tt)* }
        [sig $($sig:tt)*] $(#[doc = $doc:literal])+ $name:ident = $camel:ident
        { $($fields:tt)* }; $($rest:tt)*) => {
        custom_typing! { @acc { $($done)* } { $($arms)* } $($rest)* }
    };
    ([$($first:tt)*] $($rest:tt)*) => {
        custom_typing! { @acc {} {} [$($first)*] $($rest)* }
    };
}

crate::for_each_op!(derive_ops);

/// Prints one operand with what separates it; gives whether the next one is the first.
fn print_operand<K: Kind>(operand: &K, out: &mut dyn TextOut, first: bool) -> bool {
    if !K::IS_SUFFIX {
        out.word(if first { " " } else { ", " });
    }
    operand.print(out);
    first && K::IS_SUFFIX
}

/// Parses one operand with what separates it; gives whether the next one is the first.
fn parse_operand<K: Kind, P: TextIn>(p: &mut P, first: bool) -> Result<(K, bool), P::Error> {
    if !first {
        p.expect(",")?;
    }
    Ok((K::parse(p)?, first && K::IS_SUFFIX))
}

impl Inst {
    /// Whether the instruction ends its block.
    pub fn is_terminator(&self) -> bool {
        self.opcode().info().effects.has(Effects::END)
    }
}
