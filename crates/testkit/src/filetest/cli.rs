//! Cases for the command line: a folder of its own, commands, and all that they print.
//!
//! ```text
//! A sentence that says what the case is about may stand before the first step.
//! file: hello.kaa
//! | print("hello")
//! stdin:
//! | text for the next command
//! $ kaa run hello.kaa
//! hello
//! stderr:
//! warning[..]
//! ...
//! exit: 0
//! ```
//!
//! Output lines are compared exactly, but `[..]` stands for any part of a line and a line `...`
//! for any number of lines. Without `exit:` the code must be 0; without `stderr:` nothing may be
//! printed there. Commands run in a fresh folder, one after the other.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use libtest_mimic::{Failed, Trial};

use super::{blessing_wanted, files_below};

/// One step of a case.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Text between steps, kept as it is.
    Prose(String),
    /// A file to write: name and lines.
    File(String, Vec<String>),
    /// What the next command reads.
    Stdin(Vec<String>),
    /// A command and what it should do.
    Run(Run),
}

/// A command line and all that it does.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The command as written, without the `$`.
    pub command: String,
    /// Lines of standard output.
    pub stdout: Vec<String>,
    /// Lines of standard error.
    pub stderr: Vec<String>,
    /// The exit code.
    pub exit: i32,
}

/// All cases of `tests/cli`, run with the program at `kaa`.
pub fn trials(tests: &Path, kaa: &Path) -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in files_below(&tests.join("cli")) {
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.strip_prefix(tests).unwrap_or(&path).to_string_lossy().into_owned();
            let kaa = kaa.to_path_buf();
            trials.push(Trial::test(name, move || run_file(&path, &kaa)));
        }
    }
    trials
}

/// The cases in pages for people: all blocks of a page that are marked as `cli` are one case.
pub fn page_trials(pages: &Path, kaa: &Path) -> Vec<Trial> {
    let pages = files_below(pages).into_iter();
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let trial = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kaa = kaa.to_path_buf();
        Trial::test(format!("page {name}"), move || run_page(&path, &kaa))
    };
    pages.map(trial).collect()
}

fn run_page(path: &Path, kaa: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let mut case = String::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim_end() {
            "```cli" => inside = true,
            "```" => inside = false,
            _ if inside => case.push_str(&format!("{line}\n")),
            _ => {}
        }
    }
    let folder = fresh_folder()?;
    let outcome = run_steps(&parse(&case)?, &folder, kaa);
    fs::remove_dir_all(&folder)?;
    let (_, report) = outcome?;
    if report.is_empty() { Ok(()) } else { Err(report.into()) }
}

fn run_file(path: &Path, kaa: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let steps = parse(&text)?;
    let folder = fresh_folder()?;
    let outcome = run_steps(&steps, &folder, kaa);
    fs::remove_dir_all(&folder)?;
    let (blessed, report) = outcome?;
    if report.is_empty() {
        return Ok(());
    }
    if blessing_wanted() {
        return Ok(fs::write(path, print(&blessed))?);
    }
    Err(report.into())
}

fn fresh_folder() -> std::io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("kaa-cli-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Runs all steps; gives the steps as they happened, and what differs.
fn run_steps(steps: &[Step], folder: &Path, kaa: &Path) -> Result<(Vec<Step>, String), String> {
    let mut happened = Vec::new();
    let mut report = String::new();
    let mut stdin: &[String] = &[];
    for step in steps {
        happened.push(match step {
            Step::Prose(text) => Step::Prose(text.clone()),
            Step::File(name, lines) => {
                write_file(folder, name, lines)?;
                Step::File(name.clone(), lines.clone())
            }
            Step::Stdin(lines) => {
                stdin = lines;
                Step::Stdin(lines.clone())
            }
            Step::Run(expected) => {
                let run = execute(&expected.command, folder, kaa, std::mem::take(&mut stdin))?;
                report.push_str(&differences(expected, &run));
                Step::Run(keep_patterns(expected, run))
            }
        });
    }
    Ok((happened, report))
}

fn write_file(folder: &Path, name: &str, lines: &[String]) -> Result<(), String> {
    let path = folder.join(name);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(&path, with_newlines(lines)))
        .map_err(|error| format!("{name}: {error}"))
}

fn with_newlines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn execute(command: &str, folder: &Path, kaa: &Path, stdin: &[String]) -> Result<Run, String> {
    let words = split_words(command)?;
    let [program, args @ ..] = words.as_slice() else { return Err("empty command".into()) };
    if program != "kaa" {
        return Err(format!("only `kaa` can be run, not `{program}`"));
    }
    let failed = |error: std::io::Error| format!("{command}: {error}");
    let mut child = Command::new(kaa)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program may end without reading; that its input then breaks is not an error.
        let _ = pipe.write_all(with_newlines(stdin).as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    Ok(Run {
        command: command.to_string(),
        stdout: lines_of(&output.stdout),
        stderr: lines_of(&output.stderr),
        exit: output.status.code().unwrap_or(-1),
    })
}

fn lines_of(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_string).collect()
}

/// Splits a command at blanks; quotes of both kinds hold words together.
fn split_words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let (mut word, mut open, mut quote) = (String::new(), false, None);
    for c in command.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => (quote, open) = (Some(c), true),
            None if c == ' ' => {
                if open {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            None => {
                word.push(c);
                open = true;
            }
        }
    }
    if quote.is_some() {
        return Err(format!("unclosed quote in `{command}`"));
    }
    if open {
        words.push(word);
    }
    Ok(words)
}

fn differences(expected: &Run, run: &Run) -> String {
    let mut report = String::new();
    if !lines_match(&expected.stdout, &run.stdout) {
        report.push_str(&format!("stdout differs:\n{}", with_newlines(&run.stdout)));
    }
    if !lines_match(&expected.stderr, &run.stderr) {
        report.push_str(&format!("stderr differs:\n{}", with_newlines(&run.stderr)));
    }
    if expected.exit != run.exit {
        report.push_str(&format!("exit: expected {}, got {}\n", expected.exit, run.exit));
    }
    if report.is_empty() { report } else { format!("$ {}\n{report}", run.command) }
}

/// Blessing replaces only what differs, so that patterns which still hold stay.
fn keep_patterns(expected: &Run, run: Run) -> Run {
    let keep = |wanted: &[String], got: Vec<String>| {
        if lines_match(wanted, &got) { wanted.to_vec() } else { got }
    };
    let Run { command, stdout, stderr, exit } = run;
    let (stdout, stderr) = (keep(&expected.stdout, stdout), keep(&expected.stderr, stderr));
    Run { command, stdout, stderr, exit }
}

/// Whether lines match lines with `...` and `[..]`.
pub fn lines_match(expected: &[String], actual: &[String]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=actual.len()).any(|skipped| lines_match(rest, &actual[skipped..]))
        }
        Some((first, rest)) => actual
            .split_first()
            .is_some_and(|(line, others)| line_matches(first, line) && lines_match(rest, others)),
    }
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let Some((head, tail)) = pattern.split_once("[..]") else { return pattern == line };
    let Some(rest) = line.strip_prefix(head) else { return false };
    let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    starts.into_iter().any(|at| line_matches(tail, &rest[at..]))
}

/// Reads a case.
pub fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_stderr = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step::Run(Run { command: command.to_string(), ..Run::default() }));
            in_stderr = false;
        } else if let Some(name) = line.strip_prefix("file: ") {
            steps.push(Step::File(name.to_string(), Vec::new()));
        } else if line == "stdin:" {
            steps.push(Step::Stdin(Vec::new()));
        } else {
            match steps.last_mut() {
                Some(Step::File(_, lines) | Step::Stdin(lines)) if line.starts_with('|') => {
                    let content = &line[1..];
                    lines.push(content.strip_prefix(' ').unwrap_or(content).to_string());
                }
                Some(Step::Run(run)) => read_run_line(run, &mut in_stderr, line, number)?,
                _ => steps.push(Step::Prose(line.to_string())),
            }
        }
    }
    Ok(steps)
}

fn read_run_line(
    run: &mut Run,
    stderr: &mut bool,
    line: &str,
    number: usize,
) -> Result<(), String> {
    if line == "stderr:" {
        *stderr = true;
    } else if let Some(code) = line.strip_prefix("exit: ") {
        run.exit = code.parse().map_err(|_| format!("line {number}: bad exit code"))?;
    } else if *stderr {
        run.stderr.push(line.to_string());
    } else {
        run.stdout.push(line.to_string());
    }
    Ok(())
}

/// Writes a case.
pub fn print(steps: &[Step]) -> String {
    let mut text = String::new();
    let bars = |lines: &[String]| -> String {
        lines.iter().map(|line| format!("{}\n", format!("| {line}").trim_end())).collect()
    };
    for step in steps {
        match step {
            Step::Prose(line) => text.push_str(&format!("{line}\n")),
            Step::File(name, lines) => text.push_str(&format!("file: {name}\n{}", bars(lines))),
            Step::Stdin(lines) => text.push_str(&format!("stdin:\n{}", bars(lines))),
            Step::Run(run) => {
                text.push_str(&format!("$ {}\n{}", run.command, with_newlines(&run.stdout)));
                if !run.stderr.is_empty() {
                    text.push_str(&format!("stderr:\n{}", with_newlines(&run.stderr)));
                }
                if run.exit != 0 {
                    text.push_str(&format!("exit: {}\n", run.exit));
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "About it.\nfile: a.kaa\n| x\n|\n|   y\nstdin:\n| in\n$ kaa run 'a b'\n\
                        out\nstderr:\nwhy\nexit: 2\n$ kaa version\n0.1\n";

    #[test]
    fn a_case_is_read_and_written_alike() {
        let steps = parse(CASE).expect("the case can be read");
        assert_eq!(print(&steps), CASE);
        assert_eq!(steps.len(), 5);
        assert_eq!(steps[1], Step::File("a.kaa".into(), vec!["x".into(), "".into(), "  y".into()]));
        let Step::Run(run) = &steps[3] else { panic!("a run was expected") };
        assert_eq!((run.stdout.len(), run.stderr.len(), run.exit), (1, 1, 2));
    }

    #[test]
    fn patterns_stand_for_parts_and_lines() {
        let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_string).collect() };
        assert!(lines_match(&lines("a\n...\nz"), &lines("a\nb\nc\nz")));
        assert!(lines_match(&lines("x[..]z"), &lines("xyz")));
        assert!(!lines_match(&lines("x[..]z"), &lines("xy")));
        assert!(!lines_match(&lines("a"), &lines("a\nb")));
        assert!(lines_match(&lines("..."), &[]));
    }

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            split_words("kaa  'a b' \"\" c"),
            Ok(vec!["kaa".into(), "a b".into(), "".into(), "c".into()])
        );
        assert!(split_words("kaa 'a").is_err());
    }
}
