//! The functions of `env`: variables of the environment, and arguments.

use std::rc::Rc;

use kaa_exec::native::{Call, Fault};

use super::CapFn;
use crate::host::{Given, Outcome};

/// The arguments of the program.
type Args = Rc<Vec<String>>;

pub(super) const FUNCS: &[CapFn<Args>] = &[
    CapFn { name: "get", sig: "(str) -> opt str", run: get },
    CapFn { name: "args", sig: "() -> list str", run: args },
];

fn get(_: &Args, call: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    let name = call.str(0);
    // The system panics on names that no variable can have.
    let possible = !name.is_empty() && !name.contains(['=', '\0']);
    let value = possible.then(|| std::env::var_os(name)).flatten();
    let text = value.map(|value| value.to_string_lossy().into_owned());
    Ok(Outcome::Plain(Given::OptStr(text)))
}

fn args(args: &Args, _: &Call<'_>) -> Result<Outcome, Box<Fault>> {
    Ok(Outcome::Plain(Given::Strs(args.to_vec())))
}
