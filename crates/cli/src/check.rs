//! `kaa check`: what is wrong with programs, for people or as lines of JSON.

use crate::exit::Code;
use crate::input::Input;
use crate::render::Screen;
use crate::run::print;
use crate::{json, paths};

/// Checks files and folders. The worst of what is found decides the exit code.
pub fn check(screen: &Screen, given: &[String], as_json: bool) -> Code {
    let files = match paths::files(given) {
        Ok(files) => files,
        Err(message) => {
            screen.error(&message);
            return Code::Files;
        }
    };
    let mut code = Code::Done;
    for file in files {
        match Input::read(&file) {
            Ok(input) => {
                let found = input.check();
                if found.has_errors() && code == Code::Done {
                    code = Code::Refused;
                }
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
