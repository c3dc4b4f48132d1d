//! The functions of `env`: variables of the environment, and arguments.

use std::rc::Rc;

use kaa_exec::native::{Call, Fault};

use super::CapFn;
use crate::host::{Given, Outcome};

/// The arguments of the program.
type Args = Rc<Vec<String>>;

pub(super) const FUNCS: &[CapFn<Args>] = &[
    CapFn { name: "get", sig: "(str) -> opt str", run: get },
    CapFn { name: "get_or", sig: "(str, str) -> str", run: get_or },
    CapFn { name: "args", sig: "() -> list str", run: args },
    CapFn { name: "cwd", sig: "() -> str", run: cwd },
    CapFn { name: "platform", sig: "() -> str", run: platform },
    CapFn { name: "_vars", sig: "() -> list str", run: vars },
];

fn get(_: &Args, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::OptStr(variable(call.str(0)))))
}

fn get_or(_: &Args, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let text = variable(call.str(0)).unwrap_or_else(|| call.str(1).to_owned());
    Ok(Outcome::Plain(Given::Str(text)))
}

fn variable(name: &str) -> Option<String> {
    // The system panics on names that no variable can have.
    let possible = !name.is_empty() && !name.contains(['=', '\0']);
    let value = possible.then(|| std::env::var_os(name)).flatten();
    value.map(|value| value.to_string_lossy().into_owned())
}

fn vars(_: &Args, _: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let mut all: Vec<_> = std::env::vars_os().collect();
    all.sort_unstable();
    let parts = all.into_iter().flat_map(|(name, value)| [name, value]);
    let texts = parts.map(|part| part.to_string_lossy().into_owned());
    Ok(Outcome::Plain(Given::Strs(texts.collect())))
}

fn cwd(_: &Args, _: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let folder = std::env::current_dir().unwrap_or_else(|_| ".".into());
    Ok(Outcome::Plain(Given::Str(folder.to_string_lossy().into_owned())))
}

/// The system, as Python names it.
fn platform(_: &Args, _: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let name = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    Ok(Outcome::Plain(Given::Str(name.to_owned())))
}

fn args(args: &Args, _: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::Strs(args.to_vec())))
}
