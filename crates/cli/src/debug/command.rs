//! The commands of the debugger, and how what they ask for is shown.

use kaa::Module;
use kaa::debug::{BreakAt, FrameView, Resume, Stopped, Why};

/// Calls that are told of at most.
const FRAMES: usize = 50;
/// Lines that `list` shows before and behind the one at hand.
const AROUND: u32 = 4;

/// The commands, with their short names, what they take and what they do.
const COMMANDS: &[(&str, &str, &str, &str)] = &[
    ("step", "s", "[N]", "goes on to the next line, also of a function that is called"),
    ("next", "n", "[N]", "goes on to the next line of this function"),
    ("finish", "f", "", "goes on until this function has returned"),
    ("stepi", "si", "[N]", "goes on by one instruction"),
    ("continue", "c", "", "goes on to the next breakpoint, or the end"),
    ("break", "b", "PLACE", "stops at a function, LINE, FILE:LINE or FUNCTION@WORD"),
    ("delete", "d", "N", "removes a breakpoint, or stops watching"),
    ("breaks", "", "", "tells the breakpoints and what is watched"),
    ("watch", "w", "NAME", "stops where a variable changes"),
    ("backtrace", "bt", "", "tells the calls that led here"),
    ("frame", "", "N", "looks at another of those calls; `up` and `down` go by one"),
    ("locals", "l", "", "shows the variables that have a value"),
    ("print", "p", "NAME", "shows a variable, or a slot: `r3`"),
    ("registers", "r", "", "shows all slots of the frame"),
    ("list", "", "", "shows the source around this place"),
    ("dis", "x", "", "shows the code around this place"),
    ("count", "", "", "tells how many instructions were executed"),
    ("help", "h", "", "tells this"),
    ("quit", "q", "", "ends the program and the debugger"),
];

/// What the debugger keeps from stop to stop.
pub struct Session {
    module: Module,
    /// The frame that is looked at, 0 for the innermost.
    frame: usize,
    /// The command that an empty line repeats.
    last: String,
    /// How often a command is still to be done by itself.
    again: Option<(u64, Resume)>,
    /// Whether there is a text that the program's lines are of.
    has_lines: bool,
    /// Whether the first of them was reached.
    begun: bool,
    /// Whether it is a program of another machine, which ends by a trap of its own.
    foreign: bool,
}

impl Session {
    /// A session for the program of a module, which may be one of another machine.
    pub fn new(module: Module, foreign: bool) -> Session {
        let has_lines = module.has_lines();
        let (last, again) = (String::new(), None);
        Session { module, frame: 0, last, again, has_lines, begun: false, foreign }
    }

    /// What a command that is done several times does now. Where code that a program is started by
    /// has no lines but the program has, it begins at the first one.
    pub fn repeated(&mut self, at: &Stopped<'_>) -> Option<Resume> {
        if !self.begun {
            let before = matches!(at.why(), Why::Start | Why::Step);
            let first = at.frames(1);
            if before && self.has_lines && first.first().is_some_and(|frame| frame.loc.line == 0) {
                return Some(Resume::Into);
            }
            self.begun = true;
        }
        let (times, resume) = self.again.take().filter(|_| *at.why() == Why::Step)?;
        self.again = (times > 1).then_some((times - 1, resume));
        Some(resume)
    }

    /// Tells where the program stands.
    pub fn arrive(&mut self, at: &Stopped<'_>) {
        self.frame = 0;
        match at.why() {
            Why::Start | Why::Step => {}
            Why::Break(id) => eprintln!("breakpoint {id}"),
            Why::Changed(id, old, new) => eprintln!("{id}: {old} is now {new}"),
            Why::Gone(id) => eprintln!("{id}: the function has returned"),
            Why::Trap(message) if self.foreign && message.contains("a trap of its own") => {
                eprintln!("the program ends here");
            }
            Why::Trap(message) => eprintln!("trap: {message}"),
        }
        if let Some(frame) = at.frames(1).first() {
            self.tell_place(at, frame);
        }
    }

    fn tell_place(&self, at: &Stopped<'_>, frame: &FrameView) {
        let task = match at.task() {
            0 => String::new(),
            task => format!("task {task}, "),
        };
        let line = frame.loc.line;
        match line {
            0 => {
                let code = at.code(self.frame, 0);
                let text = code.first().map_or("", |line| line.1.as_str());
                eprintln!("{task}{} @{}: {text}", frame.func, frame.at);
            }
            _ => {
                eprintln!("{task}{} ({}:{line})", frame.func, frame.file);
                if let Some(text) = self.source(frame, line) {
                    eprintln!("{line:>5}  {text}");
                }
            }
        }
    }

    fn source(&self, frame: &FrameView, line: u32) -> Option<String> {
        let source = self.module.source_named(&frame.file)?;
        (line as usize <= source.line_starts.len()).then(|| source.line_text(line).to_owned())
    }

    /// Does a command; gives how the program goes on if it does.
    pub fn obey(&mut self, at: &mut Stopped<'_>, line: &str) -> Option<Resume> {
        let line = line.split('#').next().unwrap_or_default().trim();
        let line = match line {
            "" => std::mem::take(&mut self.last),
            line => line.to_owned(),
        };
        self.last.clone_from(&line);
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let rest = rest.trim();
        let known = COMMANDS.iter().find(|row| row.0 == word || !row.1.is_empty() && row.1 == word);
        let name = known.map_or(word, |row| row.0);
        if let Some(resume) = resume_of(name) {
            let Some(times) = times_of(rest) else {
                eprintln!("`{word}` takes a number, not `{rest}`");
                return None;
            };
            self.again = (times > 1).then_some((times - 1, resume));
            return Some(resume);
        }
        self.show(at, name, rest);
        None
    }

    /// Does a command that only shows or notes something.
    fn show(&mut self, at: &mut Stopped<'_>, name: &str, rest: &str) {
        match name {
            "" => {}
            "break" => set_break(at, rest),
            "delete" => match rest.parse() {
                Ok(id) if at.remove(id) => {}
                _ => eprintln!("nothing has the number `{rest}`; `breaks` tells them"),
            },
            "breaks" => breaks(at),
            "watch" => match at.watch(rest) {
                Ok(id) => eprintln!("{id}: watching {rest}"),
                Err(message) => eprintln!("{message}"),
            },
            "backtrace" => self.backtrace(at),
            "frame" => self.look_at(at, rest.parse().ok()),
            "up" => self.look_at(at, self.frame.checked_add(1)),
            "down" => self.look_at(at, self.frame.checked_sub(1)),
            "locals" => self.locals(at),
            "print" => self.print(at, rest),
            "registers" => self.registers(at),
            "list" => self.list(at),
            "dis" => self.code(at),
            "count" => eprintln!("{} instructions", at.count()),
            "help" => help(),
            other => eprintln!("no command `{other}`; `help` tells them"),
        }
    }

    fn backtrace(&self, at: &Stopped<'_>) {
        let frames = at.frames(FRAMES + 1);
        for (i, frame) in frames.iter().take(FRAMES).enumerate() {
            let mark = if i == self.frame { '*' } else { ' ' };
            let place = match frame.loc.line {
                0 => format!("@{}", frame.at),
                line => format!("({}:{line})", frame.file),
            };
            eprintln!("{mark}{i:>3} {} {place}", frame.func);
        }
        if frames.len() > FRAMES {
            eprintln!("  ... further calls");
        }
    }

    fn look_at(&mut self, at: &Stopped<'_>, frame: Option<usize>) {
        let frames = at.frames(frame.unwrap_or(0).saturating_add(1));
        match frame.and_then(|frame| Some((frame, frames.get(frame)?))) {
            Some((number, view)) => {
                self.frame = number;
                self.tell_place(at, view);
            }
            None => eprintln!("there is no such call; `backtrace` tells them"),
        }
    }

    fn locals(&self, at: &Stopped<'_>) {
        let all = at.variables(self.frame);
        if all.is_empty() {
            eprintln!("no variable has a value here");
        }
        for one in all {
            eprintln!("{} = {}", one.name, one.value);
        }
    }

    /// A variable with its parts, or a slot.
    fn print(&self, at: &Stopped<'_>, name: &str) {
        let is_part = |other: &str| {
            let rest = other.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '?', '#']))
        };
        let all = at.variables(self.frame);
        let found: Vec<_> = all.iter().filter(|one| is_part(&one.name)).collect();
        for one in &found {
            eprintln!("{} = {}", one.name, one.value);
        }
        let slot = name.strip_prefix('r').and_then(|n| n.parse::<u16>().ok());
        match slot.filter(|_| found.is_empty()) {
            Some(slot) => match at.slots(self.frame).get(usize::from(slot)) {
                Some(bits) => self.slot(at, slot, *bits),
                None => eprintln!("the frame has no slot r{slot}"),
            },
            None if found.is_empty() => eprintln!("no variable `{name}` has a value here"),
            None => {}
        }
    }

    fn slot(&self, at: &Stopped<'_>, slot: u16, bits: u64) {
        match at.object(self.frame, slot) {
            Some(object) => eprintln!("r{slot} = {object}"),
            None => eprintln!("r{slot} = {} ({bits:#x}, {:?})", bits as i64, f64::from_bits(bits)),
        }
    }

    fn registers(&self, at: &Stopped<'_>) {
        for (slot, bits) in at.slots(self.frame).into_iter().enumerate() {
            self.slot(at, u16::try_from(slot).unwrap_or(u16::MAX), bits);
        }
    }

    fn list(&self, at: &Stopped<'_>) {
        let frames = at.frames(self.frame + 1);
        let Some(frame) = frames.get(self.frame).filter(|frame| frame.loc.line > 0) else {
            return eprintln!("there is no source here");
        };
        let here = frame.loc.line;
        for line in here.saturating_sub(AROUND).max(1)..=here.saturating_add(AROUND) {
            if let Some(text) = self.source(frame, line) {
                let mark = if line == here { '>' } else { ' ' };
                eprintln!("{}", format!("{mark}{line:>4}  {text}").trim_end());
            }
        }
    }

    fn code(&self, at: &Stopped<'_>) {
        let here = at.frames(self.frame + 1).get(self.frame).map_or(0, |frame| frame.at);
        for (pc, text) in at.code(self.frame, AROUND) {
            let mark = if pc == here { '>' } else { ' ' };
            eprintln!("{mark}{pc:>4}  {text}");
        }
    }
}

/// How often a command is to be done: once, or as often as is written.
fn times_of(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(1);
    }
    text.parse().ok().filter(|&times| times > 0)
}

/// How a command lets the program go on, if it does.
fn resume_of(name: &str) -> Option<Resume> {
    Some(match name {
        "step" => Resume::Into,
        "next" => Resume::Over,
        "finish" => Resume::Out,
        "stepi" => Resume::Instruction,
        "continue" => Resume::Run,
        "quit" => Resume::Quit,
        _ => return None,
    })
}

/// The place that is written as a function, a line, or a word of a function.
fn place_of(text: &str) -> Option<BreakAt> {
    if text.is_empty() {
        return None;
    }
    if let Ok(line) = text.parse() {
        return Some(BreakAt::Line(None, line));
    }
    if let Some((file, line)) = text.rsplit_once(':') {
        return Some(BreakAt::Line(Some(file.to_owned()), line.parse().ok()?));
    }
    if let Some((func, word)) = text.rsplit_once('@') {
        return Some(BreakAt::Word(func.to_owned(), word.parse().ok()?));
    }
    Some(BreakAt::Func(text.to_owned()))
}

fn set_break(at: &mut Stopped<'_>, text: &str) {
    let Some(place) = place_of(text) else {
        return eprintln!("`break` takes a function, LINE, FILE:LINE or FUNCTION@WORD");
    };
    match at.set_break(place) {
        Ok((id, 1)) => eprintln!("breakpoint {id} at {text}"),
        Ok((id, count)) => eprintln!("breakpoint {id} at {text}, {count} places"),
        Err(message) => eprintln!("{message}"),
    }
}

fn breaks(at: &Stopped<'_>) {
    for (id, known) in at.breaks() {
        let place = match &known.at {
            BreakAt::Func(name) => name.clone(),
            BreakAt::Line(None, line) => format!("line {line}"),
            BreakAt::Line(Some(file), line) => format!("{file}:{line}"),
            BreakAt::Word(name, word) => format!("{name}@{word}"),
        };
        eprintln!("{id}: {place}, {} times", known.hits);
    }
    for (id, name) in at.watches() {
        eprintln!("{id}: watching {name}");
    }
}

fn help() {
    for (name, short, takes, does) in COMMANDS {
        let names = match short.is_empty() {
            true => (*name).to_owned(),
            false => format!("{name}, {short}"),
        };
        eprintln!("{:<22} {does}", format!("{names} {takes}"));
    }
    eprintln!("an empty line does the last command again");
}
