//! Typed stack code: a text form for a stack machine whose every operation names its type.
//!
//! `parse` reads the text, `check` says what lies on the stack at every place, and `lower` makes
//! IR of it, in which the stack is gone: chains of operations are values. `number` and `posit`
//! compute what IR does not. What runs: `docs/doors/typed-stack.md`.

mod check;
mod literal;
mod lower;
mod machine;
pub mod number;
mod parse;
mod posit;
mod types;

pub use lower::INTERRUPTS;

/// The module that streams are imported from.
pub const IO: &str = "fir.io";
/// The module that device registers are imported from.
pub const REGISTERS: &str = "fir.registers";

use crate::error::{LoadError, utf8};
use crate::program::Program;
use crate::{Door, Options};

pub(crate) fn load(name: &str, bytes: &[u8], options: &Options) -> Result<Program, LoadError> {
    let text = parse::parse(utf8(bytes)?)?;
    let names = check::Names::new(&text)?;
    let checked = text.funcs.iter().map(|func| check::check(func, &names));
    let checked = checked.collect::<Result<Vec<_>, _>>()?;
    let mistaken = |error: kaa_ir::builder::BuildError| LoadError::Unsupported(error.to_string());
    let results = main_results(&text)?;
    let module = lower::lower(name, &text, &names, &checked, options.debugged).map_err(mistaken)?;
    let machine = Box::new(machine::Fir { results });
    let (source, before) = (String::new(), String::new());
    Ok(Program { door: Door::Fir, module, source, before, machine })
}

/// What `main` gives: it takes nothing, and numbers are what can be told of it.
fn main_results(text: &parse::Text) -> Result<Vec<types::Scalar>, LoadError> {
    let Some(main) = text.funcs.iter().find(|func| func.name == "main" && !func.is_handler) else {
        return Err(LoadError::line(1, "there is no function `main`"));
    };
    if !main.shape.params.is_empty() {
        return Err(LoadError::line(main.line, "`main` takes nothing"));
    }
    let scalar = |ty: &types::Ty| match ty {
        types::Ty::One(scalar) => Ok(*scalar),
        _ => Err(LoadError::line(main.line, format!("`main` gives numbers, not `{ty}`"))),
    };
    main.shape.results.iter().map(scalar).collect()
}

/// The operations of a text, each with what lies on the stack before it.
pub(crate) fn listing(bytes: &[u8]) -> Result<String, LoadError> {
    let text = utf8(bytes)?;
    parse::parse(text)?;
    Ok(text.to_owned())
}
