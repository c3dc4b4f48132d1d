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
    let ways = Engine::all().iter().flat_map(|engine| [(engine, false), (engine, true)]);
    let mut results = ways.map(|(engine, gc_stress)| {
        let config = Config { engine: *engine, gc_stress, ..Config::default() };
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

/// Far more than any function here needs, and far less than quadratic time would take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

/// A chain of `n` blocks that hand one value on, so that all of it is one class.
fn chain(n: usize) -> String {
    let mut text = String::from("module \"m\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n");
    let _ = writeln!(text, "  jump b1(v0)");
    for block in 1..=n {
        let (param, test) = (2 * block - 1, 2 * block);
        let _ = writeln!(text, "b{block}(v{param}: i64):\n  v{test}: bool = lt.i64 v{param}, v0");
        let _ = writeln!(text, "  branch v{test}, b{}(v{param}), b{0}(v0)", block + 1);
    }
    let last = 2 * n + 1;
    let _ = writeln!(text, "b{}(v{last}: i64):\n  ret (v{last})\n}}", n + 1);
    text
}

#[test]
fn long_chains_of_blocks_are_lowered_quickly() {
    let (text, start) = (chain(100_000), std::time::Instant::now());
    assert_eq!(call(&text, &[9]), Ok(vec![9]));
    assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
}

/// `n` calls in a row while `live` values are in use.
fn calls(n: usize, live: usize) -> String {
    let mut text = String::from("module \"m\"\n");
    text.push_str("func @f(i64) -> (i64) {\nb0(v0: i64):\n");
    for i in 0..live {
        let _ = writeln!(text, "  v{}: i64 = mul.i64 v{i}, v0", i + 1);
    }
    for i in live..live + n {
        let _ = writeln!(text, "  v{}: i64 = call @g, (v{i})", i + 1);
    }
    let all = live + n;
    let _ = writeln!(text, "  v{}: i64 = add.i64 v{all}, v0", all + 1);
    for i in 1..=live {
        let _ = writeln!(text, "  v{}: i64 = add.i64 v{}, v{i}", all + i + 1, all + i);
    }
    let _ = writeln!(text, "  ret (v{})\n}}", all + live + 1);
    text.push_str("func @g(i64) -> (i64) {\nb0(v0: i64):\n  ret (v0)\n}\n");
    text
}

#[test]
fn calls_across_many_values_are_bounded() {
    assert_eq!(call(&calls(1000, 1000), &[1]), Ok(vec![1002]));
    let trap = call(&calls(30_000, 30_000), &[1]).expect_err("it is too complex");
    assert!(trap.message.contains("too many values live too long"), "{}", trap.message);
}

/// A loop whose `n` variables take each other's places, around a list of the variables.
fn rotation(n: usize) -> String {
    let list = |of: &dyn Fn(usize) -> String| (0..n).map(of).collect::<Vec<_>>().join(", ");
    let mut text = String::from("module \"m\"\nfunc @f(i64) -> (i64) {\nb0(v0: i64):\n");
    for i in 0..n {
        let _ = writeln!(text, "  v{}: i64 = add.i64 v{i}, v0", i + 1);
    }
    let first = 2 * n + 1;
    let _ = writeln!(text, "  jump b1({}, v0)", list(&|i| format!("v{}", i + 1)));
    let params = list(&|i| format!("v{}: i64", n + 1 + i));
    let _ = writeln!(text, "b1({params}, v{first}: i64):");
    let (one, left, more) = (first + 1, first + 2, first + 3);
    let _ =
        writeln!(text, "  v{one}: i64 = iconst.i64 1\n  v{left}: i64 = sub.i64 v{first}, v{one}");
    let _ = writeln!(text, "  v{more}: bool = gt.i64 v{left}, v{one}");
    let turned = list(&|i| format!("v{}", n + 1 + (i + 1) % n));
    let _ = writeln!(text, "  branch v{more}, b1({turned}, v{left}), b2");
    let _ = writeln!(text, "b2:\n  ret (v{})\n}}", n + 1);
    text
}

#[test]
fn variables_may_change_places() {
    // The variables begin with 6, 9, 12, and make one turn.
    assert_eq!(call(&rotation(1000), &[3]), Ok(vec![9]));
}

/// A write to a field so far behind the header that no operation can name its offset.
#[test]
fn far_fields_keep_what_they_hold_alive() {
    let ones = |count: usize| vec!["v0"; count].join(", ");
    let fields = |count: usize, ty: &str| {
        let fields: Vec<String> = (0..count).map(|i| format!("x{i}: {ty} mut")).collect();
        fields.join(", ")
    };
    let text = format!(
        "module \"far\"\ntype $a = struct {{ {} }}\ntype $b = struct {{ {} }}\n\
         type $far = struct {{ {}, s: ref $str mut }}\ndata d0 = \"ab\"\n\
         func @f(i64) -> (i64) {{\nb0(v0: i64):\n  v1: ref $str = str_const d0\n  \
         v2: ref $far = struct_new $far, ({}, v1)\n  v3: ref $str = str_concat v1, v1\n  \
         v4: ref $str = str_concat v1, v1\n  v5: ref $str = str_concat v4, v1\n  \
         struct_set v2, 4095, v5\n  v6: ref $str = str_concat v1, v1\n  \
         v7: ref $str = str_concat v1, v1\n  v8: ref $str = struct_get v2, 4095\n  \
         v9: i64 = str_len v8\n  ret (v9)\n}}\n",
        fields(15, "i64"),
        fields(21, "inline $a"),
        fields(13, "inline $b"),
        ones(4095),
    );
    assert_eq!(call(&text, &[1]), Ok(vec![6]));
}
