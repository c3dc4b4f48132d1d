//! The kaa command-line program: reads its arguments, does one command, ends with an exit code.
//!
//! `args` is what can be written on the command line, `input` and `paths` find and read programs,
//! `run`, `debug`, `test`, `check`, `edit`, `dis`, `door` and `tools` are the commands, `cache` and
//! `standalone`
//! keep machine code for them, `render` and `json` show reports, `exit` lists the exit codes.
//! What programs mean is decided in the crate `kaa`.

#![forbid(unsafe_code)]

mod args;
mod cache;
mod check;
mod copies;
mod debug;
mod diff;
mod dis;
mod doc;
mod door;
mod edit;
mod exit;
mod input;
mod json;
mod logger;
mod paths;
mod render;
mod run;
mod signals;
mod standalone;
mod stats;
mod test;
mod tools;
mod trap;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::{ColorChoice, Parser};
use exit::Code;
use render::Screen;

fn main() -> ExitCode {
    if let Some(code) = standalone::start(&Screen::new(ColorChoice::Auto)) {
        return code.into();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to the standard output and are no error.
            let code = if error.use_stderr() { Code::Usage } else { Code::Done };
            return match error.print() {
                Ok(()) => code.into(),
                Err(failed) => run::unwritten(&Screen::new(ColorChoice::Auto), &failed).into(),
            };
        }
    };
    let screen = Screen::new(cli.color);
    let command = cli.command.or(cli.run.map(Command::Run));
    let code = match command {
        Some(Command::Run(args)) => run::run(&screen, args, None),
        Some(Command::Debug(args)) => debug::debug(&screen, args),
        Some(Command::Check { paths, json, door }) => check::check(&screen, &paths, json, &door),
        Some(Command::Fmt(args)) => edit::fmt(&screen, &args),
        Some(Command::Fix(args)) => edit::fix(&screen, &args),
        Some(Command::Test(args)) => test::test(&screen, &args),
        Some(Command::Doc(args)) => doc::doc(&screen, &args),
        Some(Command::Build { file, output, native: true, allow }) => {
            standalone::build(&screen, &file, output, allow)
        }
        Some(Command::Build { file, output, .. }) => tools::build(&screen, &file, output),
        Some(Command::Ir { file, door }) => tools::ir(&screen, &file, &door),
        Some(Command::Asm { file, output, door }) => door::asm(&screen, &file, output, &door),
        Some(Command::Dis { file, function, native, code, door }) => {
            door::dis(&screen, &file, &door, function.as_deref(), (native, code))
        }
        Some(Command::Explain { code }) => tools::explain(&screen, &code),
        Some(Command::Version) => tools::version(&screen),
        None => {
            screen.error("no file is given; `kaa --help` tells more");
            Code::Usage
        }
    };
    code.into()
}
