//! What no program should be given: bytes that are no text, huge files, nesting bombs, mutated
//! modules, a closed pipe. Every one ends with the right exit code, soon, and without a panic.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder that goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kaa-bad-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file can be made");
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program; gives its exit code and what it said.
fn kaa(args: &[&str]) -> (i32, String) {
    let start = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_kaa"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("the program can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{args:?}: {said}");
    assert!(start.elapsed() < Duration::from_secs(60), "{args:?} took {:?}", start.elapsed());
    (output.status.code().unwrap_or(-1), said)
}

#[track_caller]
fn ends(args: &[&str], code: i32, message: &str) {
    let (got, said) = kaa(args);
    assert_eq!(got, code, "{said}");
    assert!(said.contains(message), "`{message}` is not in: {said}");
}

#[test]
fn files_that_cannot_be_read() {
    let folder = Folder::new("files");
    let here = folder.0.to_string_lossy().into_owned();
    ends(&["run", &folder.file("a.kaa", b"print(\"\xff\")")], 6, "not UTF-8 text (byte 7)");
    ends(&["run", &folder.file("a.kir", b"\xc3")], 6, "not UTF-8 text (byte 0)");
    ends(&["run", &here], 6, "it is a folder");
    ends(&["run", &format!("{here}/none.kaa")], 6, "no such file");
    let huge = folder.file("huge.kaa", b"");
    let file = fs::OpenOptions::new().write(true).open(&huge).expect("the file is there");
    file.set_len(1 << 30).expect("the file can be long");
    ends(&["check", &huge], 6, "larger than 256 MiB");
    ends(&["build", &folder.file("b.kaa", b""), "-o", &here], 6, "cannot write");
}

#[test]
fn bytes_of_any_kind_are_refused() {
    let folder = Folder::new("bytes");
    let mut noise = Vec::new();
    let mut x = 1_u32;
    for _ in 0..5000 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push((x >> 24) as u8 & 0x7f);
    }
    ends(&["run", &folder.file("noise.kaa", &noise)], 3, "error[E");
    ends(&["run", &folder.file("noise.kir", &noise)], 3, "error[T001]");
    ends(&["run", &folder.file("noise.kab", &noise)], 3, "error[B001]");
    ends(&["run", &folder.file("nul.kaa", &[0; 100])], 3, "error[E");
    ends(&["run", &folder.file("empty.kab", b"")], 3, "error[B00");
    ends(&["run", &folder.file("empty.kir", b"")], 3, "nothing to run");
}

#[test]
fn bombs_do_not_go_off() {
    let folder = Folder::new("bombs");
    let deep = |open: &str, close: &str, count: usize| {
        format!("x = {}1{}\nprint(x)\n", open.repeat(count), close.repeat(count))
    };
    let programs = [
        ("parentheses", deep("(", ")", 100_000)),
        ("lists", deep("[", "]", 100_000)),
        ("signs", deep("-", "", 100_000)),
        ("sums", deep("1 + ", "", 2_500_000)),
        ("choices", deep("1 if True else ", "", 100_000)),
        ("calls", deep("f(", ")", 100_000)),
        ("blocks", (0..2000).map(|i| format!("{}if True:\n", " ".repeat(i))).collect()),
        ("long", format!("print({:?}\n", "x".repeat(10 << 20))),
        ("dots", format!("x{}\n", ".y".repeat(100_000))),
        ("types", format!("x: {}int = 1\n", "list[".repeat(100_000))),
    ];
    for (name, text) in programs {
        let file = folder.file(&format!("{name}.kaa"), text.as_bytes());
        ends(&["run", &file], 3, "error[E");
    }
}

#[test]
fn mutated_modules_are_refused_or_run() {
    let folder = Folder::new("mutants");
    let text = "mut xs = [1, 2, 3]\nfor x in xs:\n    xs.append(x * 2)\nprint(xs)\n";
    let source = folder.file("good.kaa", text.as_bytes());
    let binary = folder.0.join("good.kab").to_string_lossy().into_owned();
    assert_eq!(kaa(&["build", &source, "-o", &binary]), (0, String::new()));
    let good = fs::read(&binary).expect("the module was written");
    for at in (0..good.len()).step_by(good.len() / 40 + 1) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x55;
        ends(&["run", &folder.file("bad.kab", &bytes)], 3, "error[B00");
        ends(&["run", &folder.file("bad.kab", &good[..at])], 3, "error[B00");
    }
}

#[test]
fn limits_end_with_their_code() {
    let folder = Folder::new("limits");
    let spin = folder.file("spin.kaa", b"mut n = 0\nwhile True:\n    n = (n + 1) % 7\n");
    ends(&["run", "--fuel", "100000", &spin], 5, "error[out_of_fuel]");
    let deep = "def f(n: int) -> int:\n    return f(n + 1) + 1\n\nprint(f(0))\n";
    ends(&["run", &folder.file("deep.kaa", deep.as_bytes())], 5, "error[stack_overflow]");
    let fill = "mut xs = [0]\nwhile True:\n    xs.append(1)\n";
    let fill = folder.file("fill.kaa", fill.as_bytes());
    ends(&["run", "--max-heap", "16M", &fill], 5, "error[out_of_memory]");
    let big = folder.file("big.kaa", b"print(len(\"x\" * (1 << 30)))\n");
    ends(&["run", "--max-heap", "64M", &big], 5, "error[out_of_memory]");
}

#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let folder = Folder::new("pipe");
    // Both write more than a pipe holds, so each meets the closed end.
    let endless = folder.file("loop.kaa", b"while True:\n    print(\"line\")\n");
    let long = folder.file("long.kaa", "print(\"line\")\n".repeat(4000).as_bytes());
    for (command, file) in [("run", endless), ("ir", long)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kaa"))
            .args([command, &file])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(141), "{command}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    }
}

/// A device on which there is never room, where the system has one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_clear_error() {
    let folder = Folder::new("full");
    let file = folder.file("many.kaa", b"for i in range(10000):\n    print(i)\n");
    let commands = [
        vec!["run", &file],
        vec!["ir", &file],
        vec!["dis", &file],
        vec!["version"],
        vec!["--help"],
    ];
    for command in commands {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
        let output = Command::new(env!("CARGO_BIN_EXE_kaa"))
            .args(&command)
            .stdout(full)
            .output()
            .expect("the program can be started");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(6), "{command:?}: {message}");
        assert!(message.starts_with("error: cannot write to the output: "), "{message}");
    }
}

#[test]
fn programs_come_from_the_standard_input() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kaa"))
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = child.stdin.take().expect("the input is a pipe");
    stdin.write_all(b"print(6 * 7)\n").expect("the program reads");
    drop(stdin);
    let mut text = String::new();
    let mut stdout = child.stdout.take().expect("the output is a pipe");
    stdout.read_to_string(&mut text).expect("the program prints text");
    assert_eq!((text.as_str(), child.wait().ok().and_then(|s| s.code())), ("42\n", Some(0)));
}

#[test]
fn scripts_of_the_debugger() {
    let folder = Folder::new("scripts");
    let program = folder.file("a.kaa", b"mut n = 0\nfor i in range(9):\n    n += i\nprint(n)\n");
    let debug =
        |script: &str, code, message| ends(&["debug", &program, "--script", script], code, message);
    debug(&folder.file("huge.txt", "step\n".repeat(300_000).as_bytes()), 6, "larger than 1 MiB");
    debug(&folder.file("bytes.txt", b"b \xff\n"), 6, "cannot read");
    let long = format!("{}\nwatch n\nc 9\n", "x".repeat(500_000));
    debug(&folder.file("long.txt", long.as_bytes()), 0, "no command `xxx");
    let many = "b 3\nwatch n\n".repeat(20_000);
    debug(&folder.file("many.txt", many.as_bytes()), 0, "breakpoint 19999 at 3");
}
