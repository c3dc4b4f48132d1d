//! Programs of other machines on the command line: how they run and end, their instructions, and
//! the way from text to bytes.
//!
//! What the machines are and do is decided in `kaa::door`. Everything that is the same for all
//! programs (limits, engines, statistics) stays with the commands.

use std::io::{Write, stdin};
use std::path::{Path, PathBuf};

use kaa::door::{DoorProgram, LoadError, snake};
use kaa::{Error, Exit, Host, Instance, Module, Store};

use crate::args::{DoorArgs, RunArgs};
use crate::exit::Code;
use crate::input::{Foreign, Input, reason};
use crate::render::Screen;
use crate::run::print;
use crate::{dis, signals, tools};

/// Offers what programs of other machines may ask for. Files they open need a grant as well, which
/// must have been given before.
pub fn offer(host: &mut Host) {
    kaa::door::offer(host);
    kaa::door::offer_streams(host, stdin());
    signals::offer(host);
}

/// The module to run, and the program of another machine that it was made of.
pub fn program(
    screen: &Screen,
    input: Input,
    args: &RunArgs,
    debugged: bool,
) -> Result<(Module, Option<DoorProgram>), Code> {
    let mut foreign = match input.foreign() {
        Ok(foreign) => foreign,
        Err(input) => {
            if args.dump_state.is_some()
                || args.init_registers.is_some()
                || args.constants.is_some()
            {
                screen.error(
                    "`--dump-state`, `--init-registers` and `--constants` are for other machines",
                );
                return Err(Code::Usage);
            }
            let module = input.module().map_err(|found| {
                screen.diagnostics(&found);
                Code::Refused
            })?;
            return Ok((module, None));
        }
    };
    foreign.options.keep_state = args.dump_state.is_some();
    foreign.options.log = args.debug_log;
    foreign.options.debugged = debugged;
    foreign.options.first_registers = args.init_registers.clone();
    let constants = args.constants.as_deref().map_or(Ok(Vec::new()), snake::constants);
    let loaded = constants.and_then(|constants| {
        foreign.options.constants = constants;
        foreign.load()
    });
    match loaded {
        Ok(program) => {
            let code = print(screen, program.before());
            if code != Code::Done {
                return Err(code);
            }
            Ok((program.module().clone(), Some(program)))
        }
        Err(error) => Err(refused(screen, &foreign, &error, args.dump_state.as_deref())),
    }
}

/// Tells that a program cannot be loaded, as its machine does where it has words for it.
fn refused(screen: &Screen, foreign: &Foreign, error: &LoadError, dump: Option<&Path>) -> Code {
    let Some(told) = error.told() else {
        screen.diagnostics(&foreign.report(error));
        return Code::Refused;
    };
    if let Some(path) = dump
        && let Err(code) = write(screen, path, format!("{}\n", told.state).as_bytes())
    {
        return code;
    }
    match print(screen, &told.ending.stdout) {
        Code::Done => Code::Chosen(told.ending.exit),
        code => code,
    }
}

/// Runs a program, tells its end, and writes its final state where that is asked for.
pub fn run(
    screen: &Screen,
    program: &DoorProgram,
    store: &mut Store,
    instance: Instance,
    dump: Option<&Path>,
) -> Result<Exit, Error> {
    let run = program.run(store, instance);
    let state = dump.map(|path| (path, program.state(&run, store, instance)));
    let mut exit = run.ending.map(|ending| {
        if !ending.stdout.is_empty() {
            print(screen, &ending.stdout);
        }
        screen.ending(&ending.stderr, ending.red);
        Exit::Code(ending.exit)
    });
    if let Some((path, state)) = state
        && write(screen, path, format!("{state}\n").as_bytes()).is_err()
    {
        exit = Ok(Exit::Code(Code::Files.number()));
    }
    exit
}

/// `kaa dis`: the instructions of another machine's program, or code that was made of a program.
pub fn dis(
    screen: &Screen,
    file: &str,
    door: &DoorArgs,
    function: Option<&str>,
    (native, code): (bool, bool),
) -> Code {
    let input = match tools::read(screen, file, door) {
        Ok(input) => input,
        Err(code) => return code,
    };
    let own = native || code || function.is_some();
    match input.foreign() {
        Ok(foreign) if !own => list(screen, &foreign),
        Ok(foreign) => dis::dis(screen, file, foreign.into(), function, native),
        Err(input) => dis::dis(screen, file, input, function, native),
    }
}

fn list(screen: &Screen, foreign: &Foreign) -> Code {
    let Foreign { door, name, bytes, options } = foreign;
    match kaa::door::listing(*door, name, bytes, options) {
        Ok(listing) => print(screen, &listing),
        Err(error) => {
            screen.diagnostics(&foreign.report(&error));
            Code::Refused
        }
    }
}

/// `kaa asm`
pub fn asm(screen: &Screen, file: &str, output: Option<PathBuf>, door: &DoorArgs) -> Code {
    let foreign = match tools::read(screen, file, door).map(Input::foreign) {
        Ok(Ok(foreign)) => foreign,
        Ok(Err(_)) => {
            screen.error("say for which machine it is: `--as stk`, for example");
            return Code::Usage;
        }
        Err(code) => return code,
    };
    let bytes = match kaa::door::assemble(foreign.door, &foreign.bytes, &foreign.options) {
        Ok(bytes) => bytes,
        Err(error) => {
            screen.diagnostics(&foreign.report(&error));
            return Code::Refused;
        }
    };
    match tools::output_beside(screen, file, output, foreign.door.binary_ending()) {
        Ok(path) => write(screen, &path, &bytes).err().unwrap_or(Code::Done),
        Err(code) => code,
    }
}

fn write(screen: &Screen, path: &Path, bytes: &[u8]) -> Result<(), Code> {
    let written = std::fs::File::create(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        screen.error(&format!("cannot write `{}`: {}", path.display(), reason(&error)));
        Code::Files
    })
}
