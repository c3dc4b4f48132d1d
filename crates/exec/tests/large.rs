//! Functions of extreme size: what fits runs, what does not is an error in bounded time.

use std::fmt::Write;
use std::rc::Rc;

use kaa_exec::{Config, Engine, Host, HostFuncs, Store, Trap};
use kaa_ir::TrapKind;

/// Calls the first function of a module on each engine; all must agree.
fn call(text: &str, args: &[u64]) -> Result<Vec<u64>, Trap> {
    let module = kaa_ir::text::parse(text).expect("the module can be read");
    kaa_ir::verify::verify(&module).expect("the module is verified");
    let module = Rc::new(module);
    let mut results = Engine::all().iter().map(|engine| {
        let config = Config { engine: *engine, ..Config::default() };
        let mut store = Store::new(config, Host::sink()).expect("a store can be made");
        let instance = store.link(module.clone(), &HostFuncs::default()).expect("it links");
        let func = store.func(instance, kaa_ir::FuncId(0)).expect("the function is there");
        store.call(func, args)
    });
    let first = results.next().expect("there is an engine");
    results.for_each(|other| assert_eq!(other, first));
    first
}

/// A function that computes `count` values from its argument and then adds them up, so that all
/// are alive at once.
fn wide(count: usize) -> String {
    let mut text = String::from("module \"wide\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n");
    for i in 1..=count {
        let _ = writeln!(text, "  v{i}: i64 = mul.i64 v{}, v0", i - 1);
    }
    let mut sum = count;
    for i in (0..count).rev() {
        let next = 2 * count - i;
        let _ = writeln!(text, "  v{next}: i64 = add.i64 v{sum}, v{i}");
        sum = next;
    }
    let _ = writeln!(text, "  ret (v{sum})\n}}");
    text
}

#[test]
fn frames_may_have_thousands_of_slots() {
    assert_eq!(call(&wide(5_000), &[1]), Ok(vec![5_001]));
    assert_eq!(call(&wide(60_000), &[1]), Ok(vec![60_001]));
}

#[test]
fn more_slots_than_operands_can_name_are_an_error() {
    let trap = call(&wide(70_000), &[1]).expect_err("there are too many");
    assert_eq!(trap.kind, TrapKind::StackOverflow);
    assert!(trap.message.contains("more than 65,000 frame slots"), "{}", trap.message);
}

/// A function with many values that are alive over many blocks.
#[test]
fn values_times_blocks_have_a_limit() {
    let (values, blocks) = (6_000, 6_000);
    let mut text = String::from("module \"long\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n");
    for i in 1..=values {
        let _ = writeln!(text, "  v{i}: i64 = add.i64 v0, v{}", i - 1);
    }
    let _ = writeln!(text, "  jump b1");
    let mut v = values;
    for b in 1..=blocks {
        v += 1;
        let _ = writeln!(
            text,
            "b{b}:\n  v{v}: bool = eq.i64 v0, v1\n  branch v{v}, b{}, b{}",
            b + 1,
            blocks + 1
        );
    }
    let _ = writeln!(text, "b{}:", blocks + 1);
    let mut sum = 0;
    for i in 1..=values {
        v += 1;
        let _ = writeln!(text, "  v{v}: i64 = add.i64 v{sum}, v{i}");
        sum = v;
    }
    let _ = writeln!(text, "  ret (v{sum})\n}}");
    let trap = call(&text, &[1]).expect_err("it is too complex");
    assert_eq!(trap.kind, TrapKind::StackOverflow);
    assert!(trap.message.contains("too many values live too long"), "{}", trap.message);
}

/// Calls with as many arguments and results as there may be, above many values that stay alive.
#[test]
fn windows_may_be_huge() {
    const WIDTH: usize = 1_000;
    let list = |of: &dyn Fn(usize) -> String| (0..WIDTH).map(of).collect::<Vec<_>>().join(", ");
    let types = list(&|_| "i64".into());
    let mut text = String::from("module \"calls\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n");
    for i in 1..=WIDTH {
        let _ = writeln!(text, "  v{i}: i64 = add.i64 v0, v{}", i - 1);
    }
    let results = list(&|i| format!("v{}: i64", WIDTH + 1 + i));
    let _ = writeln!(text, "  {results} = call @turn, ({})", list(&|i| format!("v{}", i + 1)));
    // The first result is the last argument, and the values are still there.
    let _ = writeln!(text, "  v{}: i64 = sub.i64 v{}, v1", 2 * WIDTH + 1, WIDTH + 1);
    let _ = writeln!(text, "  v{}: i64 = add.i64 v{}, v{}", 2 * WIDTH + 2, 2 * WIDTH + 1, WIDTH);
    let _ = writeln!(text, "  ret (v{})\n}}", 2 * WIDTH + 2);
    let params = list(&|i| format!("v{i}: i64"));
    let back = list(&|i| format!("v{}", WIDTH - 1 - i));
    let _ =
        writeln!(text, "func @turn({types}) -> ({types}) {{\nb0({params}):\n  ret ({back})\n}}");
    let width = WIDTH as u64;
    assert_eq!(call(&text, &[1]), Ok(vec![(width + 1 - 2) + (width + 1)]));
}
