//! The lines that a debugger is told: from a script, or from whoever sits at the terminal.

use std::io::{BufRead, IsTerminal, Read, stdin};

use rustyline::{Behavior, Config, DefaultEditor};

use super::Script;

/// Bytes of a command at most; what is behind them is another one.
const MAX_LINE: u64 = 1 << 16;

const PROMPT: &str = "(kaa) ";

/// Where lines come from.
pub enum Lines {
    /// A script; each line is shown as if it had been typed.
    Script(std::vec::IntoIter<String>),
    /// A terminal, with the lines that were typed before at hand.
    Terminal(Box<DefaultEditor>),
    /// The standard input, which is no terminal; the program reads nothing then.
    Input,
}

impl Lines {
    /// The lines of a script or of the terminal.
    pub fn new(script: Script) -> Lines {
        // The prompt goes to the terminal itself, as the output is the program's.
        let config = Config::builder().behavior(Behavior::PreferTerm).auto_add_history(true);
        match script {
            Script::Lines(lines) => Lines::Script(lines.into_iter()),
            Script::Terminal if stdin().is_terminal() => {
                match DefaultEditor::with_config(config.build()) {
                    Ok(editor) => Lines::Terminal(Box::new(editor)),
                    Err(_) => Lines::Input,
                }
            }
            Script::Terminal => Lines::Input,
        }
    }

    /// The next line; nothing behind the last one.
    pub fn next(&mut self) -> Option<String> {
        match self {
            Lines::Script(lines) => {
                let line = lines.next()?;
                eprintln!("{PROMPT}{line}");
                Some(line)
            }
            Lines::Terminal(editor) => editor.readline(PROMPT).ok(),
            Lines::Input => {
                eprint!("{PROMPT}");
                let mut line = String::new();
                let read = stdin().lock().take(MAX_LINE).read_line(&mut line).unwrap_or(0);
                (read > 0).then(|| line.trim().to_owned())
            }
        }
    }
}
