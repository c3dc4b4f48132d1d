//! The size of what functions with type parameters become, and the time that takes.
//!
//! What they do is tested in the folder `tests/lang` at the root.

use kaa_base::span::SourceFile;
use kaa_lang::compile::{check_only, compile};
use kaa_lang::files::NoFiles;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// A program that uses three functions with that many types each.
fn uses(count: usize) -> String {
    let mut text = String::from(
        "def largest[T: Ord](xs: list[T]) -> T?:\n    mut best: T? = None\n    for x in xs:\n\
         \x20       if best is None or x > best:\n            best = x\n    return best\n\n\
         def twice[T](x: T) -> list[T]:\n    return [x, x]\n\n\
         def last[T](xs: list[T]) -> T:\n    return xs[-1]\n\n",
    );
    for i in 0..count {
        let _ = write!(text, "struct S{i}:\n    a: int\n    b: str\n\n");
    }
    for i in 0..count {
        let _ = writeln!(text, "print(largest([last(twice(S{i}({i}, \"x\")))]))");
    }
    text
}

fn size(count: usize) -> usize {
    let source = SourceFile::new("uses.kaa", uses(count));
    let compiled = compile(source, &[], &mut NoFiles);
    let Some(module) = compiled.module else { panic!("{:?}", compiled.diagnostics) };
    kaa_ir::binary::encode(&module).len()
}

#[test]
fn fifty_types_cost_fifty_times_one() {
    let (one, fifty) = (size(1), size(50));
    let each = (fifty - one) / 49;
    assert!(each < 2000, "{each} bytes for each type");
    assert!(fifty < 100_000, "{fifty} bytes");
}

/// Chains of generic calls, each deeper than the one before.
fn chain(count: usize) -> String {
    let mut text = String::from("def f0[T: Ord](xs: list[T]) -> T:\n    return xs[0]\n\n");
    for i in 1..count {
        let before = i - 1;
        let _ = write!(
            text,
            "def f{i}[T: Ord](xs: list[T]) -> T:\n    x = f{before}(xs)\n    \
             return x if x < f{before}([x]) else x\n\n"
        );
    }
    let last = count - 1;
    let _ = writeln!(text, "print(f{last}([1]), f{last}([\"a\"]))");
    text
}

fn time(text: String) -> Duration {
    let source = SourceFile::new("chain.kaa", text);
    let best = (0..3).map(|_| {
        let start = Instant::now();
        assert!(!check_only(source.clone(), &[], &mut NoFiles).has_errors());
        start.elapsed()
    });
    best.min().unwrap_or_default()
}

#[test]
fn checking_chains_takes_linear_time() {
    let (short, long) = (time(chain(1000)), time(chain(4000)));
    // Four times as long takes four times the time; three more are left to the machine.
    assert!(long < short * 12 + Duration::from_millis(20), "{short:?}, then {long:?}");
}
