//! The macro [`asm!`](crate::asm): Solid Snake's assembly within Rust.

/// Assembles Solid Snake's operations and gives their code, or the first mistake.
///
/// Statements end with semicolons. Registers are `R0` to `R127`; numbers are literals, or any
/// `i128` or `f64` in parentheses; a name with a colon sets a label, and jumps and calls take it.
///
/// ```
/// use kaa_doors::snake::asm::AsmError;
///
/// let code = kaa_doors::asm! {
///         LoadImmediateI64, R1, 10;
///     again:
///         DecrementI64, R1, 1;
///         JumpIf, again, R1;
///         Halt;
/// }?;
/// assert_eq!(code.bytes[..3], [0, 47, 1]);
/// # Ok::<(), AsmError>(())
/// ```
#[macro_export]
macro_rules! asm {
    ($($code:tt)*) => {{
        let mut assembler = $crate::snake::asm::Assembler::new();
        $crate::asm_statements!(assembler; $($code)*);
        assembler.finish()
    }};
}

/// The statements of [`asm!`], one after the other.
#[doc(hidden)]
#[macro_export]
macro_rules! asm_statements {
    ($to:ident;) => {};
    ($to:ident; ; $($rest:tt)*) => {
        $crate::asm_statements!($to; $($rest)*);
    };
    ($to:ident; $label:ident : $($rest:tt)*) => {
        $to.label(stringify!($label));
        $crate::asm_statements!($to; $($rest)*);
    };
    ($to:ident; $op:ident $(, $arg:tt)* ; $($rest:tt)*) => {
        $to.next_line();
        $to.op(stringify!($op), &[$($crate::asm_operand!($arg)),*]);
        $crate::asm_statements!($to; $($rest)*);
    };
    ($to:ident; $op:ident $(, $arg:tt)*) => {
        $crate::asm_statements!($to; $op $(, $arg)* ;);
    };
}

/// An operand of [`asm!`].
#[doc(hidden)]
#[macro_export]
macro_rules! asm_operand {
    (($value:expr)) => {
        $crate::snake::asm::Arg::from($value)
    };
    ($word:tt) => {
        $crate::snake::asm::Arg::Text(stringify!($word))
    };
}
