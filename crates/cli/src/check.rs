//! `kaa check`: what is wrong with programs, for people or as lines of JSON.

use std::collections::HashSet;

use crate::args::DoorArgs;
use crate::exit::Code;
use crate::input::Input;
use crate::render::Screen;
use crate::run::print;
use crate::{json, paths};

/// Checks files and folders. The worst of what is found decides the exit code.
pub fn check(screen: &Screen, given: &[String], as_json: bool, door: &DoorArgs) -> Code {
    let files = match paths::files(given) {
        Ok(files) => files,
        Err(message) => {
            screen.error(&message);
            return Code::Files;
        }
    };
    let mut code = Code::Done;
    // A file that several others import is told about once.
    let mut told = HashSet::new();
    for file in files {
        match Input::read_as(&file, door) {
            Ok(input) => {
                let mut found = input.check();
                if found.has_errors() && code == Code::Done {
                    code = Code::Refused;
                }
                let places: Vec<String> =
                    found.list.iter().map(|one| found.file(one.span).name.clone()).collect();
                let mut places = places.into_iter();
                found
                    .list
                    .retain(|one| told.insert((places.next(), one.span.lo, one.span.hi, one.code)));
                if as_json {
                    let lines = found.list.iter().map(|one| json::report(&found, one) + "\n");
                    let printed = print(screen, &lines.collect::<String>());
                    if printed != Code::Done {
                        return printed;
                    }
                } else {
                    screen.diagnostics(&found);
                }
            }
            Err(message) => {
                screen.error(&message);
                code = Code::Files;
            }
        }
    }
    code
}
