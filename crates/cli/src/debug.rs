//! `kaa debug`: runs a program that stops where it is told to, and shows what it holds.
//!
//! Commands come from a file or the terminal, one a line, and answers go to the standard error, so
//! that the program prints what it always prints. When and where a program stops is decided in
//! `kaa::debug`; what commands there are, in `command`.

mod command;
mod lines;

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read, empty, stdin};
use std::path::PathBuf;
use std::rc::Rc;

use kaa::debug::{Debugger, Resume, Stopped};
use kaa::{Module, Store};

use crate::args::DebugArgs;
use crate::exit::Code;
use crate::input::reason;
use crate::render::Screen;
use crate::run;
use command::Session;
use lines::Lines;

/// Bytes of a script at most.
const MAX_SCRIPT: u64 = 1 << 20;

/// Where commands come from.
pub enum Script {
    /// The lines of a file.
    Lines(Vec<String>),
    /// Whoever sits at the terminal.
    Terminal,
}

/// Debugs a program.
pub fn debug(screen: &Screen, args: DebugArgs) -> Code {
    let script = match args.script {
        Some(path) => match read(&path) {
            Ok(lines) => Script::Lines(lines),
            Err(message) => {
                screen.error(&message);
                return Code::Files;
            }
        },
        None => Script::Terminal,
    };
    run::run(screen, args.run, Some(script))
}

fn read(path: &PathBuf) -> Result<Vec<String>, String> {
    let failed = |why: &str| format!("cannot read `{}`: {why}", path.display());
    let mut text = String::new();
    let read =
        File::open(path).and_then(|file| file.take(MAX_SCRIPT + 1).read_to_string(&mut text));
    match read {
        Ok(size) if size as u64 > MAX_SCRIPT => {
            Err(failed(&format!("it is larger than {} MiB", MAX_SCRIPT >> 20)))
        }
        Ok(_) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) => Err(failed(&reason(&error))),
    }
}

/// Gives a store a debugger; the result says, in the end, whether it was told to quit.
pub fn attach(store: &mut Store, module: &Module, foreign: bool, script: Script) -> Rc<Cell<bool>> {
    let over = Rc::new(Cell::new(false));
    let lines = Lines::new(script);
    match lines {
        Lines::Script(_) => {}
        // Whoever reads a line locks the standard input, so that the program cannot hold it.
        Lines::Terminal(_) => store.set_input(BufReader::new(stdin())),
        Lines::Input => store.set_input(empty()),
    }
    let session = Session::new(module.clone(), foreign);
    let shell = Shell { lines, session, is_alone: false, over: over.clone() };
    store.set_debugger(Box::new(shell));
    over
}

/// The debugger of a store.
struct Shell {
    lines: Lines,
    session: Session,
    /// There are no further commands, so that nothing is told either.
    is_alone: bool,
    over: Rc<Cell<bool>>,
}

impl Debugger for Shell {
    fn stopped(&mut self, at: &mut Stopped<'_>) -> Resume {
        if self.is_alone {
            return Resume::Run;
        }
        if let Some(resume) = self.session.repeated(at) {
            return resume;
        }
        self.session.arrive(at);
        let resume = loop {
            let Some(line) = self.lines.next() else {
                // Without further commands the program runs to its end.
                self.is_alone = true;
                let breaks = at.breaks().map(|one| one.0);
                let watches = at.watches().map(|one| one.0);
                let all: Vec<u32> = breaks.chain(watches).collect();
                all.into_iter().for_each(|id| _ = at.remove(id));
                break Resume::Run;
            };
            if let Some(resume) = self.session.obey(at, &line) {
                break resume;
            }
        };
        self.over.set(resume == Resume::Quit);
        resume
    }
}
