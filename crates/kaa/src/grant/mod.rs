//! Capabilities: what a host grants by name, and the functions behind each name.
//!
//! A module of the library that touches the outside has a room here with a table of its
//! functions: name, signature in the notation of the runtime, what runs. The signatures that
//! scripts see are in the language's own tables; a test compares the two lists.

mod env;
mod files;
mod fs;
mod process;
mod random;
mod sandbox;
mod time;

use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use kaa_exec::native::{Call, Fault};

use crate::host::{Host, Outcome, once};
pub(crate) use process::exit_code;
pub(crate) use sandbox::Sandbox;

/// The names that can be granted.
pub const CAPABILITIES: &[&str] = &["fs", "env", "time", "process", "random"];

/// Why something cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantError {
    /// There is no capability of this name.
    Unknown(String),
    /// Only `fs` can be granted in part.
    NoPart(String),
    /// The folder cannot be used.
    Folder(String, String),
}

impl fmt::Display for GrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GrantError::Unknown(name) => {
                write!(f, "there is no capability `{name}`; known: {}", CAPABILITIES.join(", "))
            }
            GrantError::NoPart(name) => write!(f, "`{name}` cannot be granted in part"),
            GrantError::Folder(path, why) => write!(f, "cannot grant `{path}`: {why}"),
        }
    }
}

impl std::error::Error for GrantError {}

/// One grant.
pub(crate) enum Grant {
    /// All of a capability.
    Whole(&'static str),
    /// One folder of the file system, as it is after all links.
    Folder(PathBuf),
}

impl Grant {
    /// Reads `fs`, `fs=PATH`, `env`, ...
    pub fn parse(text: &str) -> Result<Grant, GrantError> {
        let (name, part) = match text.split_once('=') {
            Some((name, part)) => (name, Some(part)),
            None => (text, None),
        };
        let known = CAPABILITIES.iter().find(|known| **known == name);
        let known = *known.ok_or_else(|| GrantError::Unknown(name.to_owned()))?;
        match part {
            None => Ok(Grant::Whole(known)),
            Some(path) if known == "fs" => {
                let failed =
                    |e: std::io::Error| GrantError::Folder(path.to_owned(), fs::reason(&e));
                std::fs::canonicalize(path).map(Grant::Folder).map_err(failed)
            }
            Some(_) => Err(GrantError::NoPart(name.to_owned())),
        }
    }
}

/// A function behind a capability.
struct CapFn<S> {
    name: &'static str,
    sig: &'static str,
    run: fn(&S, &Call<'_>) -> Result<Outcome, Box<Fault>>,
}

/// Offers all functions of a module, which share some state.
fn offer<S: 'static>(host: &mut Host, module: &str, state: S, funcs: &'static [CapFn<S>]) {
    let state = Rc::new(state);
    for func in funcs {
        let state = Rc::clone(&state);
        let run = once(move |call| (func.run)(&state, call));
        Rc::make_mut(&mut host.funcs).add_pattern(module, func.name, func.sig, run);
    }
}

/// Makes the functions behind a grant available.
pub(crate) fn install(host: &mut Host, grant: Grant) {
    match grant {
        Grant::Whole("fs") => {
            host.folders = Some(Sandbox::everywhere());
            offer(host, "fs", Sandbox::everywhere(), fs::FUNCS);
            offer(host, "fs", files::Files::new(Sandbox::everywhere()), files::FUNCS);
        }
        Grant::Folder(folder) => {
            let sandbox = host.folders.take().unwrap_or_default().with(folder);
            host.folders = Some(sandbox.clone());
            offer(host, "fs", files::Files::new(sandbox.clone()), files::FUNCS);
            offer(host, "fs", sandbox, fs::FUNCS);
        }
        Grant::Whole("env") => {
            let args = Rc::clone(&host.args);
            offer(host, "env", args, env::FUNCS);
        }
        Grant::Whole("time") => offer(host, "time", time::Clock::start(), time::FUNCS),
        Grant::Whole("random") => offer(host, "random", random::Random::new(), random::FUNCS),
        Grant::Whole("process") => offer(host, "process", (), process::FUNCS),
        Grant::Whole(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short names of a module in the tables of the language.
    fn listed(module: &str) -> Vec<&'static str> {
        let rows = kaa_lang::builtins::group(module).map_or(&[][..], |(_, group)| group.rows);
        rows.iter().map(|row| row.short_name()).collect()
    }

    fn names<S>(funcs: &[CapFn<S>]) -> Vec<&'static str> {
        funcs.iter().map(|f| f.name).collect()
    }

    #[test]
    fn the_language_and_the_host_offer_the_same() {
        assert_eq!([names(fs::FUNCS), names(files::FUNCS)].concat(), listed("fs"));
        assert_eq!(names(env::FUNCS), listed("env"));
        assert_eq!(names(time::FUNCS), listed("time"));
        assert_eq!(names(random::FUNCS), listed("random"));
        assert_eq!(names(process::FUNCS), listed("process"));
    }

    #[test]
    fn grants_are_read() {
        assert!(matches!(Grant::parse("fs"), Ok(Grant::Whole("fs"))));
        assert!(matches!(Grant::parse("fs=."), Ok(Grant::Folder(path)) if path.is_absolute()));
        assert!(matches!(Grant::parse("fs=/no/such/folder"), Err(GrantError::Folder(..))));
        assert!(matches!(Grant::parse("time=now"), Err(GrantError::NoPart(_))));
        assert!(matches!(Grant::parse("net"), Err(GrantError::Unknown(_))));
    }
}
