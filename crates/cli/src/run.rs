//! `kaa run`: compiles a program and runs its `main` within limits.

use std::io::{BufReader, BufWriter, ErrorKind, IsTerminal, Write, stdin, stdout};
use std::time::{Duration, Instant};

use kaa::door::DoorProgram;
use kaa::{COMPILE_AFTER, Config, Engine, Error, Exit, Host, Module, Store};

use crate::args::{EngineArg, RunArgs};
use crate::cache::Cache;
use crate::debug::{self, Script};
use crate::exit::Code;
use crate::input::{Input, reason};
use crate::render::Screen;
use crate::stats::{self, Phases};
use crate::{copies, door, logger, trap};

/// Output that is no terminal is written in pieces of this size.
const BUFFER: usize = 64 << 10;

/// Runs a program.
pub fn run(screen: &Screen, args: RunArgs, script: Option<Script>) -> Code {
    let mut watch = Watch(Instant::now());
    let mut phases = Phases::default();
    let program: Vec<String> = std::iter::once(&args.file).chain(&args.args).cloned().collect();
    let host = match host(&args, &program) {
        Ok(host) => host,
        Err(message) => {
            screen.error(&message);
            return Code::Usage;
        }
    };
    let mut input = match Input::read_as(&args.file, &args.door()) {
        Ok(input) => input,
        Err(message) => {
            screen.error(&message);
            return Code::Files;
        }
    };
    input.debugged = script.is_some();
    phases.read = watch.lap();
    let (module, door) = match door::program(screen, input, &args, script.is_some()) {
        Ok(program) => program,
        Err(code) => return code,
    };
    screen.diagnostics(module.diagnostics());
    phases.compile = watch.lap();
    if args.trace {
        logger::install();
    }
    let mut config = config(&args, door.as_ref());
    if script.is_some() {
        // A debugger sees interpreted code only.
        config = config.compile_after(None);
    }
    let mut store = match store(&config, &host) {
        Ok(store) => store,
        Err(error) => return failed(screen, &module, &error),
    };
    if let Err(message) = tell_profilers(&args, &mut store) {
        screen.error(&message);
        return Code::Files;
    }
    let instance = match store.load(&module) {
        Ok(instance) => instance,
        Err(error) => return failed(screen, &module, &error),
    };
    let over = script.map(|script| debug::attach(&mut store, &module, door.is_some(), script));
    let cache = Cache::open(args.cache.as_deref(), &mut store, instance);
    phases.link = watch.lap();
    let result = match &door {
        None => store.run_main(instance, &program),
        Some(door) => door::run(screen, door, &mut store, instance, args.dump_state.as_deref()),
    };
    phases.run = watch.lap();
    if over.is_some_and(|over| over.get()) {
        return Code::Done;
    }
    let code = outcome(screen, &mut store, &module, result);
    cache.save(&store);
    if code == Code::Pipe {
        return code;
    }
    tell(screen, &store, &module, &args, &phases);
    code
}

/// Tells what was asked for about a run that is over.
fn tell(screen: &Screen, store: &Store, module: &Module, args: &RunArgs, phases: &Phases) {
    if args.explain_copies {
        screen.put(&copies::show(&store.copies(), |name| module.source_named(name)));
    }
    if let Some(form) = args.stats {
        screen.put(&stats::show(form, store, phases));
    }
}

/// Writes what profilers are to know, where that is wanted.
fn tell_profilers(args: &RunArgs, store: &mut Store) -> Result<(), String> {
    if args.perf_map {
        let written = store.write_perf_map();
        written.map_err(|error| format!("cannot write the map for perf: {}", reason(&error)))?;
    }
    if let Some(folder) = &args.jitdump {
        let written = store.write_jit_dump(folder);
        written.map_err(|error| {
            format!("cannot write to `{}`: {}", folder.display(), reason(&error))
        })?;
    }
    Ok(())
}

/// What the end of a program comes to; what there is to tell is shown.
pub fn outcome(
    screen: &Screen,
    store: &mut Store,
    module: &Module,
    result: Result<Exit, Error>,
) -> Code {
    match store.take_output_error() {
        Some(error) if error.kind() == ErrorKind::BrokenPipe => Code::Pipe,
        Some(error) => unwritten(screen, &error),
        None => match result {
            Ok(Exit::Done) => Code::Done,
            Ok(Exit::Code(code)) => Code::Chosen(code),
            Ok(Exit::Failed(messages)) => {
                report(screen, &messages);
                Code::Failed
            }
            Err(error) => failed(screen, module, &error),
        },
    }
}

/// Times phases.
struct Watch(Instant);

impl Watch {
    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        let time = now - self.0;
        self.0 = now;
        time
    }
}

fn config(args: &RunArgs, door: Option<&DoorProgram>) -> Config {
    let (engine, entries) = match args.engine {
        EngineArg::Auto => (Engine::Interp, Some(COMPILE_AFTER)),
        EngineArg::Jit => (Engine::Interp, Some(0)),
        EngineArg::Interp => (Engine::Interp, None),
        EngineArg::Twin => (Engine::Twin, None),
    };
    let mut config = Config::new()
        .engine(engine)
        .compile_after(entries.map(|entries| args.jit_threshold.unwrap_or(entries)))
        .compile_beside(!args.jit_sync)
        .portable_code(args.cache.is_some())
        .gc_stress(args.gc_stress)
        .trace(args.trace)
        .explain_copies(args.explain_copies)
        .count(args.stats.is_some());
    if let Some(fuel) = args.fuel {
        config = config.fuel(fuel);
    }
    if let Some(bytes) = args.max_heap {
        config = config.max_heap(bytes);
    }
    if let Some(calls) = args.max_depth.or_else(|| door?.calls()) {
        config = config.max_depth(calls);
    }
    config
}

fn host(args: &RunArgs, program: &[String]) -> Result<Host, String> {
    let mut host = Host::new();
    host.args(program.iter().cloned());
    for grant in &args.allow {
        host.allow(grant).map_err(|error| error.to_string())?;
    }
    door::offer(&mut host);
    Ok(host)
}

/// A store that reads and writes the standard streams.
pub fn store(config: &Config, host: &Host) -> Result<Store, Error> {
    let mut store = Store::new(config, host)?;
    if stdout().is_terminal() {
        store.set_output(stdout());
    } else {
        store.set_output(BufWriter::with_capacity(BUFFER, stdout()));
    }
    // Not locked: streams of other machines read from it as well.
    store.set_input(BufReader::new(stdin()));
    Ok(store)
}

/// Shows the error that `main` returned, and its causes.
fn report(screen: &Screen, messages: &[String]) {
    let mut lines = messages.iter();
    if let Some(first) = lines.next() {
        screen.error(first);
    }
    for cause in lines {
        screen.put(&format!("  caused by: {cause}"));
    }
}

/// Shows an error of the run.
pub fn failed(screen: &Screen, module: &Module, error: &Error) -> Code {
    match error {
        Error::Trap(found) => {
            trap::show(screen, module, found);
            if kaa::is_limit(found.kind) { Code::Limit } else { Code::Trap }
        }
        Error::NoMemory(_) => {
            screen.error(&error.to_string());
            Code::Limit
        }
        Error::NoFunction(_) => {
            screen.error(&format!(
                "`{}` has nothing to run: no statements and no `main`",
                module.source().name
            ));
            Code::Refused
        }
        _ => {
            let text = format!("{error} [{}]", error.code());
            screen.error(&text);
            Code::Refused
        }
    }
}

/// Writes to the standard output at once.
pub fn print(screen: &Screen, text: &str) -> Code {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Code::Done,
        Err(error) => unwritten(screen, &error),
    }
}

/// Tells that the output cannot be written, unless nobody is there to read it.
pub fn unwritten(screen: &Screen, error: &std::io::Error) -> Code {
    if error.kind() == ErrorKind::BrokenPipe {
        return Code::Pipe;
    }
    screen.error(&format!("cannot write to the output: {}", reason(error)));
    Code::Files
}
