//! `kaa fmt` and `kaa fix`: the commands that change programs.
//!
//! A file is replaced as a whole or not at all, and only where its text changes.

use kaa::{FileSystem, FormatError};

use crate::args::{FixArgs, FmtArgs};
use crate::diff;
use crate::exit::Code;
use crate::input::{Input, reason};
use crate::paths;
use crate::render::Screen;
use crate::run::print;

/// What was done to the files of a command.
#[derive(Default)]
struct Tally {
    changed: usize,
    same: usize,
    refused: usize,
    unreadable: usize,
    pipe_closed: bool,
}

impl Tally {
    fn code(&self) -> Code {
        match self {
            Tally { pipe_closed: true, .. } => Code::Pipe,
            Tally { unreadable: 1.., .. } => Code::Files,
            Tally { refused: 1.., .. } => Code::Refused,
            _ => Code::Done,
        }
    }
}

fn count(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// Reads the text of each file; what cannot be read is told.
fn each(screen: &Screen, given: &[String], mut act: impl FnMut(&mut Tally, &str, &str)) -> Tally {
    let mut tally = Tally::default();
    let files = paths::files(given).unwrap_or_else(|message| {
        screen.error(&message);
        tally.unreadable += 1;
        Vec::new()
    });
    for file in files {
        let text = Input::read(&file).and_then(|input| {
            input.source().ok_or_else(|| format!("cannot change `{file}`: it is not Kaa source"))
        });
        match text {
            Ok(text) => act(&mut tally, &file, &text),
            Err(message) => {
                screen.error(&message);
                tally.unreadable += 1;
            }
        }
        if tally.pipe_closed {
            break;
        }
    }
    tally
}

fn show(screen: &Screen, tally: &mut Tally, text: &str) {
    match print(screen, text) {
        Code::Done => {}
        Code::Pipe => tally.pipe_closed = true,
        _ => tally.unreadable += 1,
    }
}

fn write(screen: &Screen, tally: &mut Tally, file: &str, text: &str) {
    if let Err(error) = paths::replace(file, text) {
        screen.error(&format!("cannot write `{file}`: {}", reason(&error)));
        tally.changed -= 1;
        tally.unreadable += 1;
    }
}

/// `kaa fmt`
pub fn fmt(screen: &Screen, args: &FmtArgs) -> Code {
    let keep = args.check || args.diff;
    let tally = each(screen, &args.paths, |tally, file, text| {
        let shown = if file == "-" { "<stdin>" } else { file };
        let new = match kaa::format(shown, text) {
            Ok(new) => new,
            Err(why) => {
                match why {
                    FormatError::Source(found) => screen.diagnostics(&found),
                    FormatError::Changed => screen.error(&format!("{shown}: {why}")),
                }
                return tally.refused += 1;
            }
        };
        let changes = new != text;
        tally.changed += usize::from(changes);
        tally.same += usize::from(!changes);
        if args.diff {
            show(screen, tally, &diff::unified(shown, text, &new));
        } else if args.check && changes {
            screen.put(&format!("would reformat {shown}"));
        } else if file == "-" && !keep {
            show(screen, tally, &new);
        } else if changes && !keep {
            write(screen, tally, file, &new);
        }
    });
    let quiet = args.paths == ["-"] && !keep;
    if !quiet && !tally.pipe_closed {
        let done = if keep { "would be reformatted" } else { "reformatted" };
        let (changed, same) = (count(tally.changed, "file"), count(tally.same, "file"));
        screen.put(&format!("{changed} {done}, {same} unchanged"));
    }
    match tally.code() {
        Code::Done if args.check && tally.changed > 0 => Code::Failed,
        code => code,
    }
}

/// `kaa fix`
pub fn fix(screen: &Screen, args: &FixArgs) -> Code {
    if args.paths.iter().any(|path| path == "-") {
        screen.error("the standard input cannot be fixed; name a file");
        return Code::Usage;
    }
    let mut applied = 0;
    let tally = each(screen, &args.paths, |tally, file, text| {
        let fixed = kaa::fix(file, text, &mut FileSystem);
        applied += fixed.applied;
        tally.changed += usize::from(fixed.text != text);
        if args.dry_run {
            show(screen, tally, &diff::unified(file, text, &fixed.text));
        } else if fixed.text != text {
            write(screen, tally, file, &fixed.text);
        }
        tally.refused += usize::from(fixed.left.has_errors());
        screen.diagnostics(&fixed.left);
    });
    if !tally.pipe_closed {
        let done = if args.dry_run { "would be made" } else { "made" };
        let (edits, files) = (count(applied, "edit"), count(tally.changed, "file"));
        screen.put(&format!("{edits} {done} in {files}"));
    }
    tally.code()
}
