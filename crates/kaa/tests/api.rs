//! The public API from the outside: scripts that are called, functions of the host, limits,
//! capabilities.

use std::cell::Cell;
use std::rc::Rc;

use kaa::{Config, Engine, Error, Exit, Host, Module, Store, TrapKind, Val};

/// A store with a script in it.
fn script(text: &str, config: &Config, host: &Host) -> (Store, kaa::Instance) {
    let module = Module::from_source("test.kaa", text).unwrap_or_else(|found| panic!("{found}"));
    load(&module, config, host)
}

fn load(module: &Module, config: &Config, host: &Host) -> (Store, kaa::Instance) {
    let mut store = Store::new(config, host).expect("there is memory");
    let instance = store.load(module).unwrap_or_else(|error| panic!("{error}"));
    (store, instance)
}

fn ir(text: &str, host: &Host) -> Result<(Store, kaa::Instance), Error> {
    let module = Module::from_ir_text("test.kir", text)?;
    let mut store = Store::new(&Config::new(), host)?;
    let instance = store.load(&module)?;
    Ok((store, instance))
}

const FUNCTIONS: &str = "
@export
def add(a: int, b: int) -> int:
    return a + b

@export
def greet(name: str) -> str:
    return f\"hello {name}\"

@export
def half(n: int) -> int?:
    if n % 2 == 0:
        return n // 2
    return None

@export
def total(xs: list[int]) -> int:
    return sum(xs)

@export
def words(text: str) -> list[str]:
    return text.split()

@export
def count(text: str) -> dict[str, int]:
    mut counts: dict[str, int] = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts

@export
def parse(text: str) -> Result[int]:
    return int.parse(text)
";

#[test]
fn values_cross_both_ways() -> Result<(), Error> {
    let (mut store, m) = script(FUNCTIONS, &Config::new(), &Host::new());
    assert_eq!(store.call::<i64>(m, "add", (40, 2))?, 42);
    assert_eq!(store.call::<String>(m, "greet", ("Kaa",))?, "hello Kaa");
    assert_eq!(store.call::<Option<i64>>(m, "half", (8,))?, Some(4));
    assert_eq!(store.call::<Option<i64>>(m, "half", (7,))?, None);
    assert_eq!(store.call::<i64>(m, "total", (vec![1_i64, 2, 3],))?, 6);
    assert_eq!(store.call::<Vec<String>>(m, "words", ("a b",))?, ["a", "b"]);
    let counts = store.call::<Val>(m, "count", ("b a b",))?;
    let entry = |word: &str, n| (Val::Str(word.to_owned()), Val::Int(n));
    assert_eq!(counts, Val::Dict(vec![entry("b", 2), entry("a", 1)]));
    assert_eq!(store.call::<Result<i64, String>>(m, "parse", ("12",))?, Ok(12));
    assert!(store.call::<Result<i64, String>>(m, "parse", ("x",))?.is_err());
    Ok(())
}

#[test]
fn wrong_calls_are_errors() {
    let (mut store, m) = script(FUNCTIONS, &Config::new(), &Host::new());
    let code = |error: Error| error.code();
    assert_eq!(store.call::<i64>(m, "sub", (1, 2)).map_err(code), Err("K003"));
    assert_eq!(store.call::<i64>(m, "add", (1,)).map_err(code), Err("K004"));
    assert_eq!(store.call::<i64>(m, "add", (1, "x")).map_err(code), Err("K004"));
    assert_eq!(store.call::<String>(m, "add", (1, 2)).map_err(code), Err("K004"));
    assert_eq!(store.call::<i64>(m, "add", (i64::MAX, 1)).map_err(code), Err("overflow"));
    assert_eq!(store.call::<i64>(m, "add", (1, 2)).map_err(code), Ok(3));
}

#[test]
fn limits_end_in_errors_and_leave_the_store_usable() -> Result<(), Error> {
    let text = "
@export
def spin() -> int:
    mut n = 0
    while True:
        n = (n + 1) % 7
    return n

@export
def deep() -> int:
    return deep() + 1

@export
def fill() -> int:
    mut xs = [\"x\"]
    while True:
        xs.append(\"y\" * 1000)
    return len(xs)

@export
def one() -> int:
    return 1
";
    let config = Config::new().fuel(1_000_000).max_heap(8 << 20).max_depth(1000);
    for engine in [Engine::Interp, Engine::Twin] {
        let (mut store, m) = script(text, &config.clone().engine(engine), &Host::new());
        let ends = [
            ("spin", TrapKind::OutOfFuel),
            ("deep", TrapKind::StackOverflow),
            ("fill", TrapKind::OutOfMemory),
        ];
        for (name, kind) in ends {
            store.set_fuel(1_000_000);
            let error = store.call::<i64>(m, name, ()).expect_err(name);
            assert_eq!(error.trap().map(|t| t.kind), Some(kind), "{error}");
            assert!(kaa::is_limit(kind));
            store.set_fuel(1000);
            assert_eq!(store.call::<i64>(m, "one", ())?, 1, "after {name}");
        }
    }
    Ok(())
}

#[test]
fn a_store_is_interrupted_from_another_thread() -> Result<(), Error> {
    let text = "
@export
def spin():
    mut n = 0
    while True:
        n = (n + 1) % 7
";
    let (mut store, m) = script(text, &Config::new(), &Host::new());
    assert_eq!(interrupted_call(&mut store, m, "spin").code(), "interrupted");
    Ok(())
}

/// Calls a function that never ends by itself, and interrupts it.
fn interrupted_call(store: &mut Store, m: kaa::Instance, name: &str) -> Error {
    let handle = store.interrupt_handle();
    let thread = std::thread::spawn(move || {
        // The store may not have begun yet, and an interrupt before that is lost.
        for _ in 0..500 {
            std::thread::sleep(std::time::Duration::from_millis(20));
            handle.interrupt();
        }
    });
    let error = store.call::<()>(m, name, ()).expect_err("it never ends by itself");
    drop(thread);
    error
}

#[test]
fn sleep_ends_when_the_store_is_interrupted() -> Result<(), Error> {
    let text = "
import time

@export
def wait():
    time.sleep(1e9)
";
    let mut host = Host::new();
    host.allow("time").expect("it is a capability");
    let (mut store, m) = script(text, &Config::new(), &host);
    assert_eq!(interrupted_call(&mut store, m, "wait").code(), "interrupted");
    Ok(())
}

/// A line that was read is not lost when its string needs a collection first.
#[test]
fn every_line_of_the_input_arrives() -> Result<(), Error> {
    let text = "
@export
def read(count: int) -> int:
    mut sum = 0
    for i in range(count):
        sum += int(input()[:6])
    return sum
";
    let lines: Vec<String> = (0..50).map(|i| format!("{i:06} {}\n", "x".repeat(150_000))).collect();
    let (mut store, m) = script(text, &Config::new().max_heap(300 << 10), &Host::new());
    store.set_input(std::io::Cursor::new(lines.concat()));
    assert_eq!(store.call::<i64>(m, "read", (50,))?, (0..50).sum::<i64>());
    Ok(())
}

const CALLS_HOST: &str = "module \"m\"
import @price = \"app\" \"price\" (ref $str, i64) -> (f64)
import @shout = \"app\" \"shout\" (ref $str) -> (ref $str)
func @total(ref $str, i64) -> (f64) {
b0(v0: ref $str, v1: i64):
  v2: f64 = call_import @price, (v0, v1)
  ret (v2)
}
func @twice(ref $str) -> (ref $str) {
b0(v0: ref $str):
  v1: ref $str = call_import @shout, (v0)
  v2: ref $str = call_import @shout, (v1)
  ret (v2)
}
export \"total\" = @total
export \"twice\" = @twice
";

#[test]
fn scripts_call_the_host() -> Result<(), Error> {
    let calls = Rc::new(Cell::new(0));
    let mut host = Host::new();
    let counted = Rc::clone(&calls);
    host.func("app", "price", move |item: &str, n: i64| -> f64 {
        counted.set(counted.get() + 1);
        item.len() as f64 * n as f64
    });
    host.func("app", "shout", |text: &str| -> Result<String, String> {
        match text {
            "" => Err("nothing to shout".to_owned()),
            "panic" => panic!("a bug of the host"),
            _ => Ok(format!("{text}!")),
        }
    });
    let (mut store, m) = ir(CALLS_HOST, &host)?;
    assert_eq!(store.call::<f64>(m, "total", ("four", 3))?, 12.0);
    assert_eq!(calls.get(), 1);
    assert_eq!(store.call::<String>(m, "twice", ("a",))?, "a!!");
    let error = store.call::<String>(m, "twice", ("",)).expect_err("the host refuses");
    assert_eq!(
        (error.code(), error.to_string().contains("nothing to shout")),
        ("host_error", true)
    );
    std::panic::set_hook(Box::new(|_| {}));
    let error = store.call::<String>(m, "twice", ("panic",)).expect_err("the host panics");
    let _ = std::panic::take_hook();
    assert_eq!(error.code(), "host_panic");
    assert_eq!(store.call::<String>(m, "twice", ("b",))?, "b!!");
    Ok(())
}

#[test]
fn programs_call_the_host_by_name() -> Result<(), Error> {
    let text = "
import app
from app import shout as loud

@export
def total(items: list[str]) -> float:
    mut sum = 0.0
    for item in items:
        sum += app.price(item, 2)
    return sum

@export
def twice(text: str) -> str:
    app.note(text)
    return loud(app.shout(text))

@export
def all(items: list[str]) -> list[str]:
    return [app.shout(item) for item in items]
";
    let notes = Rc::new(std::cell::RefCell::new(Vec::new()));
    let mut host = Host::new();
    let kept = Rc::clone(&notes);
    host.func("app", "price", |item: &str, n: i64| -> f64 { item.len() as f64 * n as f64 });
    host.func("app", "shout", |text: &str| -> String { format!("{text}!") });
    host.func("app", "note", move |text: String| kept.borrow_mut().push(text));
    let module = Module::from_source_for(&host, "test.kaa", text)?;
    for engine in [Engine::Interp, Engine::Twin] {
        let config = Config::new().engine(engine).gc_stress(true);
        let (mut store, m) = load(&module, &config, &host);
        let items = || vec!["ab".to_owned(), "c".to_owned()];
        assert_eq!(store.call::<f64>(m, "total", (items(),))?, 6.0);
        assert_eq!(store.call::<String>(m, "twice", ("a",))?, "a!!");
        assert_eq!(store.call::<Vec<String>>(m, "all", (items(),))?, ["ab!", "c!"]);
    }
    assert_eq!(*notes.borrow(), ["a", "a"]);
    Ok(())
}

#[test]
fn wrong_uses_of_the_host_are_diagnostics() {
    let mut host = Host::new();
    host.func("app", "price", |item: &str| -> f64 { item.len() as f64 });
    let cases = [
        ("import app\nprint(app.price(1))\n", "E0"),
        ("import app\nprint(app.prize(\"x\"))\n", "did you mean `price`?"),
        ("import app\nx: int = app.price(\"x\")\nprint(x)\n", "E0"),
        ("from app import cost\nprint(cost(1))\n", "module `app` has no `cost`"),
        ("import app\nprint(app)\n", "`app` is a module, not a value"),
        ("import ap\nprint(1)\n", "no module `ap`"),
    ];
    for (text, expected) in cases {
        let found = Module::from_source_for(&host, "test.kaa", text).map(|_| ()).unwrap_err();
        let fixes = found.list.iter().flat_map(|d| d.fixes.iter().map(|f| f.message.as_str()));
        let said = format!("{found} {}", fixes.collect::<String>());
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn imports_that_do_not_fit_are_refused() {
    let code = |host: &Host| ir(CALLS_HOST, host).map(|_| ()).map_err(|error| error.code());
    assert_eq!(code(&Host::new()), Err("L001"));
    let mut host = Host::new();
    host.func("app", "price", |_: &str, n: f64| -> f64 { n });
    host.func("app", "shout", |text: String| -> String { text });
    assert_eq!(code(&host), Err("L003"));
}

#[test]
fn capabilities_are_granted_by_name() -> Result<(), Error> {
    let text = "
import fs
import time
@export
def read(path: str) -> Result[str]:
    return fs.read_text(path)
@export
def known(path: str) -> bool:
    return fs.exists(path)
@export
def later() -> bool:
    return time.monotonic() >= 0.0
";
    let module = Module::from_source("test.kaa", text)?;
    let mut host = Host::new();
    let mut refused = Store::new(&Config::new(), &host)?;
    let error = refused.load(&module).expect_err("nothing is granted");
    assert_eq!((error.code(), error.to_string().contains("`--allow fs`")), ("L002", true));

    let folder = format!("fs={}/src", env!("CARGO_MANIFEST_DIR"));
    host.allow(&folder).and_then(|host| host.allow("time")).expect("both can be granted");
    let (mut store, m) = load(&module, &Config::new(), &host);
    assert!(store.call::<bool>(m, "later", ())?);
    let path = |name: &str| format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    let read = |store: &mut Store, name: &str| {
        store.call::<Result<String, String>>(m, "read", (path(name).as_str(),))
    };
    let text = read(&mut store, "src/lib.rs")?.expect("the file is granted");
    assert!(text.starts_with("//! Kaa"));
    let error = read(&mut store, "src/none")?.expect_err("there is no such file");
    assert!(error.ends_with("no such file or folder"), "{error}");
    let error = read(&mut store, "src/../Cargo.toml")?.expect_err("it is outside");
    assert!(error.ends_with("outside of the granted folders"), "{error}");
    let known = |store: &mut Store, p: &str| store.call::<bool>(m, "known", (path(p).as_str(),));
    assert!(known(&mut store, "src")?);
    assert!(!known(&mut store, "Cargo.toml")?);
    Ok(())
}

#[test]
fn main_is_run_with_its_arguments() -> Result<(), Error> {
    let text = "
def main(args: list[str]) -> Result[None]:
    print(args)
    if len(args) == 1:
        return Err(Error(\"no word\", source=Error(\"no luck\")))
    return Ok(None)
";
    let (mut store, m) = script(text, &Config::new(), &Host::new());
    let output = store.capture_output();
    let args = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    assert_eq!(store.run_main(m, &args(&["x", "y"]))?, Exit::Done);
    assert_eq!(output.text(), "['x', 'y']\n");
    let failed = store.run_main(m, &args(&["x"]))?;
    assert_eq!(failed, Exit::Failed(args(&["no word", "no luck"])));
    let (mut store, m) = script("print(1 + 2)\n", &Config::new(), &Host::new());
    let output = store.capture_output();
    assert_eq!(store.run_main(m, &[])?, Exit::Done);
    assert_eq!(output.text(), "3\n");
    Ok(())
}

#[test]
fn the_code_of_a_module_is_listed() -> Result<(), Error> {
    let (mut store, m) = script(FUNCTIONS, &Config::new(), &Host::new());
    let listing = store.listing(m, None)?;
    assert!(listing.contains("; line 4: return a + b"), "{listing}");
    Ok(())
}
