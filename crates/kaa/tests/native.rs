//! What surrounds machine code: where it lies, when it is made, and what tools are told of it.
#![cfg(feature = "jit")]

mod common;

use common::store;
use kaa::{Config, Instance, Store};

fn sum(store: &mut Store, instance: Instance, n: i64) -> i64 {
    store.call::<i64>(instance, "sum_of_squares", (n,)).expect("a result")
}

/// Code that is made beside the program gets into it, and results are the same meanwhile.
#[test]
fn code_is_made_beside_the_program() {
    let (mut store, instance) = store(&Config::new().compile_after(Some(10)));
    let start = std::time::Instant::now();
    while store.tier_stats().functions == 0 {
        assert_eq!(sum(&mut store, instance, 1000), 332_833_500);
        assert!(start.elapsed().as_secs() < 30, "{:?}", store.tier_stats());
    }
    assert_eq!(sum(&mut store, instance, 1000), 332_833_500);
    assert_eq!(store.tier_stats().failed, 0);
}

/// Code may come at any time: it is for the place that it was made for, whichever place finds it.
#[test]
fn many_places_wait_for_code() {
    let (mut interpreter, instance) = store(&Config::new().compile_after(None));
    let expected = interpreter.call::<i64>(instance, "nested", (60,)).expect("a result");
    for round in 0..100 {
        let config = Config::new().compile_after(Some(1 + round)).fuel(10_000_000);
        let (mut store, instance) = store(&config);
        for _ in 0..5 {
            let found = store.call::<i64>(instance, "nested", (60,)).expect("a result");
            assert_eq!(found, expected, "round {round}");
        }
    }
}

/// A store may go at any time; what is being compiled for it finds nobody.
#[test]
fn a_store_may_go_while_it_compiles() {
    for n in 0..40 {
        let (mut store, instance) = store(&Config::new().compile_after(Some(1 + n % 4)));
        assert_eq!(sum(&mut store, instance, 100), 328_350);
    }
}

#[test]
fn listings_have_bytes_lines_and_calls() {
    let config = Config::new().compile_after(Some(u32::MAX)).native_lines(true);
    let (mut store, instance) = store(&config);
    let codes = store.native_code(instance, Some("nested")).expect("it is small");
    let [code] = &codes[..] else { panic!("{codes:?}") };
    assert!(code.bytes.len() > 40, "{code:?}");
    assert!(code.lines.iter().any(|(_, line)| *line == 18), "{:?}", code.lines);
    assert!(code.calls.iter().any(|(_, name)| name == "triangle"), "{:?}", code.calls);
    let names: Vec<String> = {
        let codes = store.native_code(instance, None).expect("they are small");
        codes.into_iter().map(|code| code.name).collect()
    };
    assert!(names.iter().any(|name| name == "square"), "{names:?}");
    assert_eq!(sum(&mut store, instance, 1000), 332_833_500);
}

/// Machine code of one store runs in another one with the same program, and in no other.
#[test]
fn code_moves_between_stores() {
    let config = Config::new().portable_code(true);
    let (mut first, instance) = store(&config);
    let name = first.image_name(instance).expect("it is small");
    if name.is_none() {
        return;
    }
    first.compile_all(instance).expect("it is small");
    let image = first.image().expect("it has a name");
    let (mut second, instance) = store(&config);
    assert!(!second.adopt_image(&image), "nothing is settled yet");
    assert_eq!(second.image_name(instance).expect("it is small"), name);
    drop(first);
    assert!(second.adopt_image(&image));
    assert_eq!(sum(&mut second, instance, 1000), 332_833_500);
    let found = second.call::<i64>(instance, "nested", (60,)).expect("a result");
    let (mut other, instance) = store(&config.clone().compile_after(None));
    assert_eq!(other.call::<i64>(instance, "nested", (60,)).expect("a result"), found);
    let stats = second.tier_stats();
    assert!(stats.functions >= 4 && stats.nanos == 0 && stats.failed == 0, "{stats:?}");
    let (mut counting, instance) = store(&config.count(true));
    assert_ne!(counting.image_name(instance).expect("it is small"), name);
    assert!(!counting.adopt_image(&image));
}

#[test]
fn functions_are_told_to_perf() {
    let config = Config::new().compile_after(Some(5)).compile_beside(false);
    let (mut store, instance) = store(&config);
    let path = store.write_perf_map().expect("the folder is there");
    sum(&mut store, instance, 1000);
    let text = std::fs::read_to_string(&path).expect("it was written");
    std::fs::remove_file(&path).expect("it is ours");
    let name = |line: &str| {
        let (address, rest) = line.split_once(' ')?;
        let (size, name) = rest.split_once(' ')?;
        u64::from_str_radix(address, 16).ok()?;
        u64::from_str_radix(size, 16).ok()?;
        Some(name.to_owned())
    };
    let names: Vec<String> = text.lines().map(|line| name(line).expect(line)).collect();
    assert!(names.contains(&"square".to_owned()), "{names:?}");
    assert!(names.contains(&"sum_of_squares (loop at line 10)".to_owned()), "{names:?}");
}

#[cfg(target_os = "linux")]
mod memory {
    use super::*;

    /// The mappings of this process: their permissions.
    fn permissions() -> Vec<String> {
        let text = std::fs::read_to_string("/proc/self/maps").expect("the system tells");
        let second = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
        text.lines().filter_map(second).collect()
    }

    /// How many mappings hold code that is in no file.
    fn code_mappings() -> usize {
        let text = std::fs::read_to_string("/proc/self/maps").expect("the system tells");
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        lines.filter(|fields| fields.len() == 5 && fields[1].contains('x')).count()
    }

    #[test]
    fn no_memory_is_writable_and_executable() {
        let mut alive = Vec::new();
        for entries in [0, 3, 50] {
            let (mut store, instance) = store(&Config::new().compile_after(Some(entries)));
            sum(&mut store, instance, 1000);
            alive.push(store);
            for found in permissions() {
                assert!(!(found.contains('w') && found.contains('x')), "{found}");
            }
        }
    }

    /// Compiled code goes with its store.
    #[test]
    fn dropped_stores_leave_nothing_behind() {
        for _ in 0..200 {
            let (mut store, instance) = store(&Config::new().compile_after(Some(0)));
            assert_eq!(sum(&mut store, instance, 10), 285);
            assert!(store.tier_stats().functions > 0);
            assert!(code_mappings() > 0);
        }
        // Other tests of this process have stores as well.
        assert!(code_mappings() < 20, "{} mappings", code_mappings());
    }
}
