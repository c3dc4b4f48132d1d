//! Programs that are small or plain to write and ask for much: each is compiled, or refused by one
//! clear report, in bounded time. Bombs for the parser alone are in `parse_robust`.

use kaa_base::span::SourceFile;
use kaa_lang::compile::compile;
use kaa_lang::files::NoFiles;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// What becomes of a bomb.
enum Fate {
    Compiles,
    Refused(&'static str),
}

use Fate::{Compiles, Refused};

#[track_caller]
fn bomb(what: &str, text: String, fate: Fate) {
    let source = SourceFile::new("bomb.kaa", text);
    let start = Instant::now();
    let compiled = compile(source, &[], &mut NoFiles);
    let took = start.elapsed();
    if let Some(module) = &compiled.module {
        let broken = kaa_ir::verify::verify(module).err();
        assert!(broken.is_none(), "{what}: accepted, but {broken:?}");
    }
    let first = compiled.diagnostics.iter().find(|diag| diag.is_error());
    let first = first.map(|diag| (diag.code, diag.message.as_str()));
    match fate {
        Compiles => assert_eq!(first, None, "{what}"),
        Refused(code) => assert_eq!(first.map(|(code, _)| code), Some(code), "{what}: {first:?}"),
    }
    let errors = compiled.diagnostics.iter().filter(|diag| diag.is_error()).count();
    assert!(errors <= 3, "{what}: {errors} errors");
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
    assert!(took < limit, "{what} took {took:?}");
}

/// `line` for each number below `count`.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, i| {
        let _ = writeln!(text, "{}", line(i));
        text
    })
}

#[test]
fn generic_functions_that_call_themselves() {
    let grows = "def f[T](x: T) -> int:\n    return f([x])\n\nprint(f(1))\n";
    bomb("a deeper type", grows.into(), Refused("E0372"));
    let doubles = "def f[T](x: T) -> int:\n    return f((x, x))\n\nprint(f(1))\n";
    bomb("a wider type", doubles.into(), Refused("E0372"));
    let both = "def f[A, B](a: A, b: B) -> int:\n    return f(b, [a]) + f([b], a)\n\n\
                print(f(1, \"\"))\n";
    bomb("two ways to go", both.into(), Refused("E0372"));
    let mutual = "def f[T](x: T) -> int:\n    return g({1: x})\n\n\
                  def g[T](x: T) -> int:\n    return f([x])\n\nprint(f(1))\n";
    bomb("two functions", mutual.into(), Refused("E0372"));
    let nested = "struct Box[T]:\n    value: T\n\n    def wrap(self) -> int:\n        \
                  return Box(self).wrap()\n\nprint(Box(1).wrap())\n";
    bomb("a method", nested.into(), Refused("E0372"));
    let same = "def f[T](x: T, n: int) -> int:\n    return 0 if n == 0 else f(x, n - 1)\n\n\
                print(f(1, 9))\n";
    bomb("the same type", same.into(), Compiles);
}

#[test]
fn types_that_grow_by_aliases() {
    let pairs = |count: usize| {
        let chain = lines(count, |i| format!("type A{} = (A{i}, A{i})", i + 1));
        format!("type A0 = (int, int)\n{chain}")
    };
    let used = |count: usize| format!("{}\ndef f(x: A{count}):\n    print(x)\n", pairs(count));
    bomb("pairs of pairs", used(40), Refused("E0349"));
    bomb("pairs of pairs, unused", pairs(90), Compiles);
    let lists = lines(45, |i| format!("type A{} = (list[A{i}], list[A{i}])", i + 1));
    bomb("lists of pairs", format!("type A0 = int\n{lists}def f(x: A45):\n    pass\n"), Compiles);
    let deep = lines(3000, |i| format!("type A{} = list[A{i}]", i + 1));
    bomb(
        "lists of lists",
        format!("type A0 = int\n{deep}def f(x: A3000):\n    pass\n"),
        Refused("E0348"),
    );
    let generic = lines(40, |i| format!("type A{}[T] = (A{i}[T], A{i}[T])", i + 1));
    let generic = format!("type A0[T] = T\n{generic}def f(x: A40[int]):\n    print(x)\n");
    bomb("aliases with parameters", generic, Refused("E0349"));
    let structs = lines(60, |i| format!("struct S{}:\n    a: S{i}\n    b: S{i}\n", i + 1));
    bomb("structs", format!("struct S0:\n    a: int\n\n{structs}"), Refused("E0349"));
    let boxes = "struct Box[T]:\n    a: T\n    b: T\n\n";
    let nested =
        format!("{boxes}def f(x: {}int{}):\n    pass\n", "Box[".repeat(60), "]".repeat(60));
    bomb("structs with parameters", nested, Refused("E0349"));
    let values = lines(60, |i| format!("b{} = Box(b{i}, b{i})", i + 1));
    let values = format!("{boxes}b0 = 1\n{values}print(b60)\n");
    bomb("values with parameters", values, Refused("E0349"));
}

#[test]
fn types_that_nest() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("def f(x: {}int{}):\n    pass\n", open.repeat(count), close.repeat(count))
    };
    for (open, close) in [("list[", "]"), ("(", ",)"), ("fn(", ")"), ("dict[int, ", "]")] {
        bomb(open, nested(open, close, 90), Compiles);
        bomb(open, nested(open, close, 150), Refused("E0349"));
    }
    bomb("brackets", nested("list[", "]", 100_000), Refused("E0107"));
    let value = format!("xs = {}1{}\nprint(len(xs))\n", "[".repeat(90), "]".repeat(90));
    bomb("a list of lists", value, Compiles);
    let value = format!("xs = {}1{}\nprint(len(xs))\n", "[".repeat(150), "]".repeat(150));
    bomb("a deeper list of lists", value, Refused("E0349"));
}

#[test]
fn wide_declarations() {
    let fields = |count| lines(count, |i| format!("    a{i}: int"));
    bomb("fields", format!("struct S:\n{}", fields(10_000)), Refused("E0349"));
    bomb("fields of a class", format!("class S:\n{}", fields(10_000)), Refused("E0349"));
    let params = (0..10_000).map(|i| format!("a{i}: int, ")).collect::<String>();
    bomb("parameters", format!("def f({params}) -> int:\n    return a9\n"), Refused("E0349"));
    let args = "1, ".repeat(10_000);
    bomb("arguments", format!("def f(a: int):\n    pass\n\nf({args})\n"), Refused("E0309"));
    bomb("a tuple", format!("t = ({args})\nprint(t[0])\n"), Refused("E0349"));
    let generics = (0..10_000).map(|i| format!("T{i}, ")).collect::<String>();
    bomb("type parameters", format!("def f[{generics}](x: int):\n    pass\n"), Refused("E0371"));
    let methods = lines(10_000, |i| format!("    def m{i}(self) -> int:\n        return {i}\n"));
    bomb("methods", format!("struct S:\n    a: int\n\n{methods}"), Compiles);
}

#[test]
fn long_bodies() {
    let body = lines(100_000, |i| format!("    x += {i}"));
    bomb("statements", format!("def f(mut x: int):\n{body}"), Compiles);
    let names = lines(30_000, |i| format!("    a{i} = x + {i}\n    x += a{i}"));
    bomb("names", format!("def f(mut x: int):\n{names}"), Compiles);
    let calls = lines(30_000, |_| "    g(mut x)".into());
    bomb(
        "calls",
        format!("def g(mut x: int):\n    x += 1\n\ndef f(mut x: int):\n{calls}"),
        Compiles,
    );
    let elifs = lines(100_000, |i| format!("    elif x == {i}:\n        y = {i}"));
    let chain = format!(
        "def f(x: int) -> int:\n    mut y = 0\n    if x < 0:\n        y = 1\n{elifs}    return y\n"
    );
    bomb("elif", chain, Compiles);
    let functions = lines(20_000, |i| format!("def f{i}(x: int) -> int:\n    return x + {i}\n"));
    bomb("functions", functions, Compiles);
    let nested =
        (0..60).map(|i| format!("{}for i{i} in range(2):\n", "    ".repeat(i))).collect::<String>();
    bomb("loops in loops", format!("{nested}{}print(1)\n", "    ".repeat(60)), Compiles);
}

#[test]
fn long_expressions() {
    let list = "1, ".repeat(100_000);
    bomb("a list", format!("xs = [{list}]\nprint(len(xs))\n"), Compiles);
    let made = "f(1), ".repeat(30_000);
    let head = "def f(x: int) -> int:\n    return x\n\n";
    bomb("a list of calls", format!("{head}xs = [{made}]\nprint(len(xs))\n"), Compiles);
    let pairs = (0..50_000).map(|i| format!("{i}: \"{i}\", ")).collect::<String>();
    bomb("a dict", format!("d = {{{pairs}}}\nprint(len(d))\n"), Compiles);
    let tuples = "(1, \"a\"), ".repeat(50_000);
    bomb("a list of tuples", format!("xs = [{tuples}]\nprint(len(xs))\n"), Compiles);
    let sum = " + x".repeat(90);
    bomb("a sum", format!("def f(x: int) -> int:\n    return x{sum}\n"), Compiles);
    let links = " < x".repeat(20_000);
    bomb("a chain", format!("def f(x: int) -> bool:\n    return x{links}\n"), Compiles);
    let text = "x{1}".repeat(20_000);
    bomb("an f-string", format!("print(f\"{text}\")\n"), Compiles);
    let or = " or x == 1".repeat(90);
    bomb("alternatives", format!("def f(x: int) -> bool:\n    return x == 0{or}\n"), Compiles);
    let args = "1, ".repeat(20_000);
    bomb("printed values", format!("print({args})\n"), Compiles);
}

#[test]
fn traits_that_need_each_other() {
    let traits =
        lines(2_000, |i| format!("trait T{i}:\n    def m{i}(self) -> int:\n        return {i}\n"));
    let bounds = (0..2_000).map(|i| format!("T{i}")).collect::<Vec<_>>().join(" & ");
    bomb(
        "bounds",
        format!("{traits}\ndef f[T: {bounds}](x: T) -> int:\n    return x.m1()\n"),
        Compiles,
    );
    let extends = lines(2_000, |i| format!("struct S{i}(T{i}):\n    a: int\n"));
    bomb("conformances", format!("{traits}\n{extends}"), Compiles);
    let types = lines(1_000, |i| format!("extend int(T{i}):\n    pass\n"));
    bomb("many of one type", format!("{traits}\n{types}print((1).m7())\n"), Compiles);
}

#[test]
fn matches_with_many_ways() {
    let head = "def f(x: int, s: str) -> int:\n    match x:\n";
    let cases = lines(10_000, |i| format!("        case {i}:\n            return {}", i * 7));
    let other = "        case _:\n            return 0\n";
    bomb("ten thousand numbers", format!("{head}{cases}{other}"), Compiles);
    let cases = lines(10_000, |i| format!("        case {i} if x > {i}:\n            return {i}"));
    bomb("ten thousand guards", format!("{head}{cases}{other}"), Compiles);
    let head = "def f(x: int, s: str) -> int:\n    match s:\n";
    let cases = lines(10_000, |i| format!("        case \"k{i}\":\n            return {i}"));
    bomb("ten thousand texts", format!("{head}{cases}{other}"), Compiles);
    let variants = lines(10_000, |i| format!("    V{i}(a: int)"));
    let cases = lines(10_000, |i| format!("        case V{i}(a):\n            return a + {i}"));
    let wide = format!("enum E:\n{variants}\ndef f(e: E) -> int:\n    match e:\n{cases}");
    bomb("ten thousand variants", wide, Compiles);
    let few = lines(10, |i| format!("        case V{i}(a):\n            return a + {i}"));
    let missing = format!("enum E:\n{variants}\ndef f(e: E) -> int:\n    match e:\n{few}");
    bomb("variants without a case", missing, Refused("E0352"));
}

#[test]
fn matches_of_many_parts() {
    let other = "        case _:\n            return 0\n";
    let wide = lines(24, |i| {
        let mut parts = vec!["_"; 24];
        parts[i] = "True";
        format!("        case ({}):\n            return {i}", parts.join(", "))
    });
    let types = vec!["bool"; 24].join(", ");
    let diagonal = format!("def f(x: ({types})) -> int:\n    match x:\n{wide}{other}");
    bomb("a diagonal", diagonal, Compiles);
    let pairs = lines(40, |i| {
        let mut parts = vec!["_".to_string(); 40];
        parts[i] = "A | B".into();
        parts[(i * 7 + 3) % 40] = "B | C".into();
        format!("        case ({}):\n            return {i}", parts.join(", "))
    });
    let types = vec!["E"; 40].join(", ");
    let ways = "enum E:\n    A\n    B\n    C\n    D\n\n";
    let crossed = format!("{ways}def f(x: ({types})) -> int:\n    match x:\n{pairs}{other}");
    bomb("alternatives in every part", crossed, Refused("E0356"));
    let nested = format!("{}y{}", "[".repeat(90), "]".repeat(90));
    let ty = format!("{}int{}", "list[".repeat(90), "]".repeat(90));
    let head = format!("def f(x: {ty}) -> int:\n    match x:\n");
    let lists = format!("{head}        case {nested}:\n            return y\n{other}");
    bomb("lists in lists", lists, Compiles);
}

/// A struct with so many fields, and a function that makes one.
fn wide(fields: usize) -> String {
    let declared = lines(fields, |i| format!("    f{i}: int"));
    let given = vec!["1"; fields].join(", ");
    format!("struct S:\n{declared}\ndef made() -> S:\n    return S({given})\n\n")
}

#[test]
fn more_values_than_a_call_takes() {
    let listed = |count: usize, one: &dyn Fn(usize) -> String| {
        (0..count).map(one).collect::<Vec<_>>().join(", ")
    };
    let ints = |count: usize| {
        let params = listed(count, &|i| format!("a{i}: int"));
        format!(
            "def f({params}) -> int:\n    return a0\n\nprint(f({}))\n",
            vec!["1"; count].join(", ")
        )
    };
    bomb("900 parameters", ints(900), Compiles);
    bomb("1100 parameters", ints(1100), Refused("E0349"));
    let two = "def f(a: S, b: S) -> int:\n    return a.f1 + b.f2\n\nprint(f(made(), made()))\n";
    bomb("two wide structs", wide(900) + two, Refused("E0349"));
    let result = "def f() -> Result[S, (S, int)]:\n    return Ok(made())\n\nprint(f().is_ok())\n";
    bomb("a wide result", wide(900) + result, Refused("E0349"));
    let kept = "r: Result[S, (S, int)] = Ok(made())\nprint(r.is_ok())\n";
    bomb("a wide result in a name", wide(900) + kept, Refused("E0400"));
    let dict = "d = {made(): made()}\nprint(len(d))\n";
    bomb("a dict of wide structs", wide(900) + dict, Refused("E0400"));
    let turns = "def f(n: int) -> int:\n    mut a = made()\n    mut b = made()\n    \
                 for i in range(n):\n        a = made()\n        b = made()\n    \
                 return a.f1 + b.f2\n\nprint(f(3))\n";
    bomb("two wide variables of a loop", wide(900) + turns, Refused("E0400"));
    let captured = lines(60, |i| format!("v{i} = made()"));
    let sum = listed(60, &|i| format!("v{i}.f1"));
    let lambda = format!("{captured}f: fn(int) -> int = lambda x: x + sum([{sum}])\nprint(f(1))\n");
    bomb("wide structs in a closure", wide(900) + &lambda, Refused("E0400"));
    let generic = "def f[T](a: T, b: T, n: int) -> int:\n    return n\n\n\
                   print(f(made(), made(), 1))\n";
    bomb("wide structs in a generic function", wide(900) + generic, Refused("E0400"));
}

#[test]
fn more_than_a_module_holds() {
    let name = "a".repeat(70_000);
    let named = format!("def {name}() -> int:\n    return 1\n\nprint({name}())\n");
    bomb("a name without end", named, Refused("E0400"));
    let text = format!("print(len(\"{}\"))\n", "a".repeat(17 << 20));
    bomb("a text without end", text, Refused("E0400"));
    let ways = "    if x == 1: x = 2\n".repeat(90_000);
    let blocks =
        format!("def f(n: int) -> int:\n    mut x = n\n{ways}    return x\n\nprint(f(0))\n");
    bomb("more blocks than a function has", blocks, Refused("E0400"));
}
