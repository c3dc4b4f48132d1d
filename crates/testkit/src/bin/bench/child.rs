//! Programs as child processes: how long they took, how much they held, what they printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a child that succeeded did.
pub struct Done {
    /// Processor time as the kernel counts it, in steps of a hundredth of a second.
    pub seconds: f64,
    /// Time on the clock.
    pub wall: Duration,
    /// Its output without the last line end.
    pub output: String,
}

/// The release build of the program `kaa`, which stands in the same target folder as this one.
pub fn kaa_program() -> String {
    let here = std::env::current_exe().unwrap_or_default();
    let target = here.ancestors().nth(2).unwrap_or(Path::new("target")).to_path_buf();
    target.join("release").join("kaa").to_string_lossy().into_owned()
}

/// Whether a program can be run at all.
pub fn exists(program: &str) -> bool {
    Command::new(program).arg("-v").output().is_ok()
}

/// Runs a command; nothing where it fails.
pub fn run(command: &[String]) -> Option<Done> {
    let (program, args) = command.split_first()?;
    let before = children_seconds();
    let start = Instant::now();
    let output = Command::new(program).args(args).stderr(Stdio::inherit()).output().ok()?;
    let wall = start.elapsed();
    let seconds = match (before, children_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => wall.as_secs_f64(),
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    output.status.success().then_some(Done { seconds, wall, output: text })
}

/// What a child that succeeded took, and what it wrote to its standard error.
pub struct Measured {
    /// Processor time, as of [`Done`].
    pub seconds: f64,
    /// The most bytes that were resident, as far as the kernel tells.
    pub resident_bytes: u64,
    /// Its standard error.
    pub errors: String,
}

/// Runs a command and watches how large it gets; nothing where it fails.
pub fn measured(command: &[String]) -> Option<Measured> {
    let (program, args) = command.split_first()?;
    let before = children_seconds();
    let start = Instant::now();
    let mut setup = Command::new(program);
    let mut child = setup.args(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
    let mut resident_bytes = 0;
    while child.try_wait().ok()?.is_none() {
        resident_bytes = resident(child.id()).unwrap_or(0).max(resident_bytes);
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = start.elapsed();
    let output = child.wait_with_output().ok()?;
    let seconds = match (before, children_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => wall.as_secs_f64(),
    };
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(Measured { seconds, resident_bytes, errors })
}

/// The most bytes of a running process that were resident.
fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// What a command writes to its standard error.
pub fn errors_of(command: &[String]) -> Option<String> {
    let (program, args) = command.split_first()?;
    let output = Command::new(program).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Processor time of all children so far, where the kernel tells it: fields 16 and 17 of `stat`,
/// in ticks of a hundredth of a second.
fn children_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}
