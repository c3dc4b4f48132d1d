//! Machine code in files: executables that `kaa build --native` makes, and `kaa run --cache`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SCRIPT: &str = "\
import time

def square(n: int) -> int:
    return n * n

def main(args: list[str]):
    assert time.monotonic_ns() >= 0
    mut total = 0
    for i in range(2000):
        total += square(i) % 7
    print(total, args[1:])
";

/// A folder of its own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("kaa-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("there is room");
        fs::write(path.join("a.kaa"), SCRIPT).expect("there is room");
        Folder(path)
    }

    fn run(&self, program: &Path, args: &[&str]) -> Output {
        Command::new(program).current_dir(&self.0).args(args).output().expect("it starts")
    }

    fn kaa(&self, args: &[&str]) -> Output {
        self.run(Path::new(env!("CARGO_BIN_EXE_kaa")), args)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

/// A figure of `--stats=json`.
fn figure(output: &Output, name: &str) -> u64 {
    let told = text(output);
    let rest = told.split_once(&format!("\"{name}\":")).map_or("", |(_, rest)| rest);
    rest.split([',', '}']).next().and_then(|n| n.parse().ok()).unwrap_or(u64::MAX)
}

#[test]
fn executables_run_alone() {
    let folder = Folder::new("build");
    let refused = folder.kaa(&["build", "--native", "a.kaa", "-o", "prog"]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused));
    let made = folder.kaa(&["build", "--native", "--allow", "time", "a.kaa", "-o", "prog"]);
    assert!(made.status.success(), "{}", text(&made));
    fs::remove_file(folder.0.join("a.kaa")).expect("it is ours");
    let program = folder.0.join("prog");
    let ran = folder.run(&program, &["--stats", "x"]);
    assert_eq!(text(&ran), "3999 ['--stats', 'x']\n");
    assert!(ran.status.success());
    let mut bytes = fs::read(&program).expect("it is there");
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    fs::write(&program, bytes).expect("there is room");
    let ran = folder.run(&program, &[]);
    assert_eq!(ran.status.code(), Some(6), "{}", text(&ran));
    assert!(text(&ran).contains("damaged"), "{}", text(&ran));
}

#[test]
fn later_runs_compile_nothing() {
    let folder = Folder::new("cache");
    let run = || {
        let args = ["run", "--cache", "c", "--stats=json", "--jit-threshold", "20"];
        let ran = folder.kaa(&[&args[..], &["--allow", "time", "a.kaa"]].concat());
        assert!(text(&ran).starts_with("3999 []\n"), "{}", text(&ran));
        (figure(&ran, "machine_code_us"), figure(&ran, "functions_compiled"))
    };
    let (spent, functions) = run();
    assert!(spent > 0 && functions > 0);
    let files = || {
        let entries = fs::read_dir(folder.0.join("c")).expect("it is there");
        entries.map(|entry| entry.expect("it is listed").path()).collect::<Vec<_>>()
    };
    let [file] = &files()[..] else { panic!("{:?}", files()) };
    assert_eq!(run(), (0, functions));
    let whole = fs::read(file).expect("it is there");
    for length in [0, 7, 8, 39, 40, whole.len() / 2, whole.len() - 1] {
        fs::write(file, &whole[..length]).expect("there is room");
        assert!(run().0 > 0, "{length} bytes were taken");
    }
    for at in (0..whole.len()).step_by(whole.len() / 20) {
        let mut other = whole.clone();
        other[at] ^= 4;
        fs::write(file, &other).expect("there is room");
        assert!(run().0 > 0, "byte {at}");
    }
    assert_eq!(run().0, 0);
    assert_eq!(files().len(), 1, "{:?}", files());
}
