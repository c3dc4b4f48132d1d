//! Compiled code from the outside: that it is made, that it is right, and that it obeys limits.
#![cfg(feature = "jit")]

mod common;

use common::store;
use kaa::{Config, Host, Module, Store, TrapKind};

fn compiling() -> Config {
    Config::new().compile_after(Some(0))
}

/// Code that is compiled later calls code that was compiled before.
#[test]
fn compiled_code_calls_older_code() {
    let (mut store, instance) = store(&compiling());
    assert_eq!(store.call::<i64>(instance, "square", (5,)).expect("a result"), 25);
    assert_eq!(store.call::<i64>(instance, "sum_of_squares", (4,)).expect("a result"), 14);
    let stats = store.tier_stats();
    assert_eq!((stats.functions, stats.refused, stats.failed), (2, 0, 0));
}

#[test]
fn loops_are_entered_while_they_run() {
    let (mut store, instance) = store(&Config::new().compile_after(Some(10)).compile_beside(false));
    let sum = store.call::<i64>(instance, "sum_of_squares", (1000,)).expect("a result");
    assert_eq!(sum, 332_833_500);
    let stats = store.tier_stats();
    assert!(stats.loops > 0 && stats.failed == 0, "{stats:?}");
}

/// Deep recursion takes the machine's stack, whose limit holds, and not the host's.
#[test]
fn recursion_is_limited_by_the_machine_alone() {
    let config = compiling().max_depth(1_000_000);
    let (mut store, instance) = store(&config);
    let found = store.call::<i64>(instance, "depth", (900_000,)).expect("a result");
    assert_eq!(found, 900_000);
    let error = store.call::<i64>(instance, "depth", (100_000_000,)).expect_err("it is too deep");
    assert_eq!(error.trap().map(|trap| trap.kind), Some(TrapKind::StackOverflow));
}

#[test]
fn fuel_is_that_of_the_interpreter() {
    let left = |entries: Option<u32>| {
        let config = Config::new().fuel(50_000).compile_after(entries);
        let (mut store, instance) = store(&config.compile_beside(entries == Some(30)));
        store.call::<i64>(instance, "sum_of_squares", (100,)).expect("a result");
        store.fuel()
    };
    assert_eq!(left(None), left(Some(0)));
    assert_eq!(left(None), left(Some(20)));
    assert_eq!(left(None), left(Some(30)));
}

#[test]
fn an_interrupt_ends_a_compiled_loop() {
    let (mut store, instance) = store(&compiling());
    let handle = store.interrupt_handle();
    let watch = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        handle.interrupt();
    });
    let error = store.call::<()>(instance, "forever", ()).expect_err("it never ends");
    assert_eq!(error.trap().map(|trap| trap.kind), Some(TrapKind::Interrupted));
    watch.join().expect("the watch ends");
}

/// What takes a compiler long is refused: the function runs, interpreted.
#[test]
fn hostile_functions_stay_interpreted() {
    // Values that live across every call have code at every call.
    let lines = |each: &dyn Fn(u32) -> String| (0..200).map(each).collect::<String>();
    let source = format!(
        "def next(n: int) -> int:\n    return n + 1\n\n\
         @export\ndef hostile(n: int) -> int:\n{}{}    mut sum = 0\n{}    return sum\n",
        lines(&|i| format!("    a{i} = n + {i}\n")),
        lines(&|i| format!("    b{i} = next(n)\n")),
        lines(&|i| format!("    sum += a{i} + b{i}\n")),
    );
    let module = Module::from_source("test.kaa", source).unwrap_or_else(|found| panic!("{found}"));
    let mut store = Store::new(&compiling(), &Host::new()).expect("there is memory");
    let instance = store.load(&module).unwrap_or_else(|error| panic!("{error}"));
    let sum = store.call::<i64>(instance, "hostile", (1,)).expect("a result");
    assert_eq!(sum, 200 + 199 * 200 / 2 + 200 * 2);
    let stats = store.tier_stats();
    assert_eq!((stats.refused, stats.failed), (1, 0));
}
