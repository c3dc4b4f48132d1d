//! The layout, case by case. That it keeps the tree of real programs is tested in `tests/fmt.rs`.

use super::{Refused, WIDTH, format};

fn formatted(text: &str) -> String {
    let out = format(text).unwrap_or_else(|why| panic!("{why:?}\n{text}"));
    let again = format(&out).unwrap_or_else(|why| panic!("{why:?}\n{out}"));
    assert_eq!(out, again, "a second time must change nothing");
    out
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}

#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn blanks_within_a_line() {
    becomes("x=1\n", "x = 1\n");
    becomes("f( a,b = 2 )\n", "f(a, b=2)\n");
    becomes("print (x [ 0 ] . y)\n", "print(x[0].y)\n");
    becomes(
        "def f(mut b:list [int],a:int=1)->int ?:\n  return - a\n",
        "def f(mut b: list[int], a: int = 1) -> int?:\n    return -a\n",
    );
    becomes(
        "y = x[1 :2] + x[a+1 :] + x[: f(b)] + x[::-1] + x[-2:]\n",
        "y = x[1:2] + x[a + 1 :] + x[: f(b)] + x[::-1] + x[-2:]\n",
    );
    becomes(
        "z = a ** b + f(a)** 2 + -x.y ** -2 - a*-b\n",
        "z = a**b + f(a) ** 2 + -x.y**-2 - a * -b\n",
    );
    becomes(
        "g = lambda x,y = 1 : x+y\nh = lambda : 0\n",
        "g = lambda x, y=1: x + y\nh = lambda: 0\n",
    );
    becomes("d = { 'a':1 , \"b\" : [ 2,3 ] }\n", "d = {\"a\": 1, \"b\": [2, 3]}\n");
    becomes("t=(1 ,)\nu=( )\n", "t = (1,)\nu = ()\n");
    becomes("v = a??b\nw = not  a\ni = (-1)\n", "v = a ?? b\nw = not a\ni = (-1)\n");
    becomes(
        "from .a import  b as c\nfrom . import d\nimport x . y\n",
        "from .a import b as c\nfrom . import d\nimport x.y\n",
    );
    becomes("f: fn (int)->int = lambda x: x\n", "f: fn(int) -> int = lambda x: x\n");
    becomes("a, * rest = f(sep = '' )\n", "a, *rest = f(sep=\"\")\n");
}

#[test]
fn words_that_are_names_elsewhere() {
    becomes(
        "match (x) :\n  case(1,2): pass\n  case [a , *r]: pass\n  case -1: pass\n",
        "match (x):\n    case (1, 2): pass\n    case [a, *r]: pass\n    case -1: pass\n",
    );
    becomes("match = 1\ncase = match  - 1\n", "match = 1\ncase = match - 1\n");
    becomes(
        "extend[ T:Show ] Box[T] (Show):\n  pass\n",
        "extend[T: Show] Box[T](Show):\n    pass\n",
    );
    becomes("type P[T] = tuple [T,T]\n", "type P[T] = tuple[T, T]\n");
    becomes(
        "def f[T:Ord & Show](x: any  Shape): pass\n",
        "def f[T: Ord & Show](x: any Shape): pass\n",
    );
}

#[test]
fn strings_keep_their_text() {
    becomes("x = 'a'\n", "x = \"a\"\n");
    stays("x = 'say \"hi\"'\n");
    stays("x = f\"{a=} {b + 1:>{w}} {{}}\"\n");
    stays("x = f'{ a!r}'\n");
    stays("x = \"\"\"a\n  b   \n\"\"\"\n");
    stays("x = r'a\\b'\n");
}

#[test]
fn blank_lines_are_bounded() {
    becomes("\n\na = 1\n\n\n\n\nb = 2\n\n\n", "a = 1\n\n\nb = 2\n");
    becomes("def f():\n\n    a()\n\n\n    b()\nc()\n", "def f():\n    a()\n\n    b()\n\n\nc()\n");
    becomes(
        "a()\n# of f\n@test\n\ndef f():\n    pass\n",
        "a()\n\n\n# of f\n@test\ndef f():\n    pass\n",
    );
    becomes(
        "struct A:\n    x: int\n    def f(self):\n        pass\n    y: int\n",
        "struct A:\n    x: int\n\n    def f(self):\n        pass\n\n    y: int\n",
    );
    becomes("", "");
    becomes("\n\n", "");
    becomes("# only\n\n# words", "# only\n\n# words\n");
}

#[test]
fn comments_stay_where_they_belong() {
    becomes("x = 1 #one\n#two\n", "x = 1  # one\n# two\n");
    becomes(
        "if a:\n  b()\n  # in the block\n# behind it\nc()\n",
        "if a:\n    b()\n    # in the block\n# behind it\nc()\n",
    );
    becomes(
        "if a: # why\n   # first\n   b()\nelse:\n   # other\n   c()\n",
        "if a:  # why\n    # first\n    b()\nelse:\n    # other\n    c()\n",
    );
    becomes(
        "x = [ # all\n  1, # one\n  # then\n  2 # two\n  # end\n]\n",
        "x = [  # all\n    1,  # one\n    # then\n    2,  # two\n    # end\n]\n",
    );
    becomes("f(\n  a # first\n  , b)\n", "f(\n    a,  # first\n    b,\n)\n");
    becomes("f(\n  # nothing\n)\n", "f(\n    # nothing\n)\n");
    becomes("x = (a + # left\n  b)\n", "x = (\n    a\n    +  # left\n    b\n)\n");
    stays("#= a mark\n#! another\n#: third\n");
}

#[test]
fn statements_get_lines_of_their_own() {
    becomes("a = 1; b = 2;  # both\n", "a = 1\nb = 2  # both\n");
    stays("if a: b(); c()\n");
    becomes("x = a + \\\n  b\n", "x = a + b\n");
    becomes("if a:\r\n\tpass\r\n".replace('\t', "  ").as_str(), "if a:\n    pass\n");
}

#[test]
fn brackets_open_when_a_line_is_too_wide() {
    let a = "a".repeat(40);
    becomes(&format!("f({a}, {a}, {a})\n"), &format!("f(\n    {a},\n    {a},\n    {a},\n)\n"));
    becomes(&format!("long_{a}({a}, {a})\n"), &format!("long_{a}(\n    {a}, {a}\n)\n"));
    becomes(
        &format!("x = [{a}, {a}, 1, 23456789012]\n"),
        &format!("x = [\n    {a},\n    {a},\n    1,\n    23456789012,\n]\n"),
    );
    becomes(
        &format!("def f(a: {a}, b: {a}) -> dict[str, int]:\n    pass\n"),
        &format!("def f(\n    a: {a}, b: {a}\n) -> dict[str, int]:\n    pass\n"),
    );
    becomes(
        &format!("x = [f({a}, y) for y in {a} if good(y) or better(y)]\n"),
        &format!("x = [\n    f({a}, y)\n    for y in {a}\n    if good(y) or better(y)\n]\n"),
    );
    becomes(&format!("{a}.f({a}).g({a})\n"), &format!("{a}.f({a}).g(\n    {a}\n)\n"));
    becomes(&format!("x = {a}({a}, {a})[0]\n"), &format!("x = {a}(\n    {a}, {a}\n)[0]\n"));
}

#[test]
fn a_comma_at_the_end_asks_for_lines() {
    becomes("f(a, b,)\n", "f(\n    a,\n    b,\n)\n");
    becomes("x = [1,]\n", "x = [\n    1,\n]\n");
    stays("x = (1,)\n");
    becomes("x = {\n 'k': [1, 2],\n}\n", "x = {\n    \"k\": [1, 2],\n}\n");
}

#[test]
fn what_was_opened_stays_open() {
    let (a, b) = ("a".repeat(30), "b".repeat(24));
    stays(&format!("def f(\n    {a}: {a},\n    y: {a},\n) -> {a}[{a}, {b}123456]:\n    pass\n"));
    stays(&format!("if (\n    ({a}, {a})\n    == {a}1234567\n):\n    pass\n"));
}

#[test]
fn operators_are_parted_in_parentheses() {
    let a = "a".repeat(45);
    becomes(&format!("x = {a} + {a} * {a}\n"), &format!("x = (\n    {a}\n    + {a} * {a}\n)\n"));
    becomes(
        &format!("if {a} and {a} or {a}:\n    pass\n"),
        &format!("if (\n    {a} and {a}\n    or {a}\n):\n    pass\n"),
    );
    becomes(
        &format!("return_ = {a} if {a} else {a}\n"),
        &format!("return_ = (\n    {a}\n    if {a}\n    else {a}\n)\n"),
    );
    becomes(&format!("x = \"{a}{a}123456\"\n"), &format!("x = \"{a}{a}123456\"\n"));
    let long = "b".repeat(WIDTH);
    stays(&format!("x = \"{long}\"\n"));
    stays(&format!("{long} = 1, 2\n"));
}

#[test]
fn what_is_laid_out_stays_so() {
    stays("x: int?? = None\n");
    becomes("x: int? ?= None\n", "x: int?? = None\n");
    stays("def f(a: list[int??]) -> int??:\n    return None\n");
    // What follows the bracket fits on one line, but not behind the indentation.
    let start = "identity[(int, dict[int, str])?](None) ?? (0xff, identity[dict[int, str]]({}))";
    let end = "S1({'xyz'[1], char(233)}, char(97)), S1(identity[set[char]](set()), 'xyz'[1])";
    let value = format!("({start})[1].get([{end}][0].size())");
    let _ = formatted(&format!("if a:\n    if a:\n        _o20 = {value}\n"));
}

#[test]
fn sources_with_errors_are_left_alone() {
    for text in ["x = (\n", "def\n", "if x\n    y\n", "\"", "x = 1 +\n", "\t\t(", "f(a b)"] {
        assert!(matches!(format(text), Err(Refused::Errors(_))), "{text:?}");
    }
}

#[test]
fn wide_and_deep_programs_take_linear_time() {
    let list = format!("x = [{}]\n", "f(a), ".repeat(50_000));
    assert_eq!(formatted(&list).lines().count(), 50_002);
    let deep = format!("x = {}1{}\n", "[".repeat(190), "]".repeat(190));
    assert!(formatted(&deep).lines().count() > 10);
    let sum = format!("x = {}1\n", "f(a) + ".repeat(390));
    assert!(formatted(&sum).lines().count() > 300);
    let row = format!("x = {}1\n", "f(a), ".repeat(20_000));
    assert!(formatted(&row).len() > row.len());
}

#[test]
fn an_index_of_one_word_is_kept_together() {
    let long = "a".repeat(50);
    let value = format!("{long}.bbbbbbbbbbbbbbbbbbbbbbbbb.cccccccc[index]");
    stays(&format!("def f():\n    {value}.dddddddddddd[0]\n"));
    becomes(
        &format!("x = {value}.dddd(first, second)\n"),
        &format!("x = {value}.dddd(\n    first, second\n)\n"),
    );
    becomes(&format!("{long} = {value}\n"), &format!("{long} = (\n    {value}\n)\n"));
}
