//! E02xx: tokens that make no program, and habits of other languages. The lexer's codes are in
//! `lex`.

super::codes! {
    PARSE;
    EXPECTED "E0201" "something else belongs here",
        "The text up to this place allows only certain ways to go on, and this is none of them.",
        "x = 1 +", "x = 1 + 2";
    EXPECTED_BLOCK "E0202" "an indented block is missing",
        "Behind the colon of a statement comes a block: at least one line that is indented \
         further. An empty block holds `pass`.",
        "if ready:\ngo()", "if ready:\n    go()";
    UNEXPECTED_INDENT "E0203" "a line is indented without reason",
        "Only a line that ends in a colon begins a block; all lines of a block line up.",
        "a = 1\n    b = 2", "a = 1\nb = 2";
    MISSING_COLON "E0204" "a colon is missing before a block",
        "A line that begins a block ends in a colon.",
        "if x > 0\n    go()", "if x > 0:\n    go()";
    BAD_TARGET "E0205" "this cannot be assigned to",
        "On the left of `=` stand names, fields, elements, or several of them separated by \
         commas.",
        "f(x) = 1", "y = f(x)";
    ASSIGN_IN_CONDITION "E0206" "`=` where a value is expected",
        "`=` gives a name a value and is a statement; `==` compares. To bind a name within an \
         expression write `:=` in parentheses.",
        "if x = 1:\n    go()", "if x == 1:\n    go()";
    MISSING_COMMA "E0207" "a comma is missing",
        "Elements and arguments are separated by commas.",
        "xs = [1 2]", "xs = [1, 2]";
    MISPLACED_MARK "E0208" "`mut` or `own` at a wrong place",
        "`mut` stands before a name that is declared, before a parameter, and before an argument \
         for such a parameter; `own` before a parameter or an argument.",
        "y = mut x", "mut y = x";
    FOREIGN_DECLARATION "E0209" "a declaration of another language",
        "Functions are declared by `def name(...)`. A name is bound by its first assignment, and \
         `mut` before it lets it change; its type, if written, stands behind a colon.",
        "let n = 5", "n = 5";
    FOREIGN_OPERATOR "E0210" "an operator of another language",
        "Logic is written `and`, `or`, `not`; equality `==` and `!=`; counting up `x += 1`; a \
         choice `a if c else b`; a comment begins with `#`.",
        "ok = a && b", "ok = a and b";
    EXCEPTIONS "E0211" "Kaa has no exceptions",
        "A function that can fail returns `Result[T, E]`. The caller looks at it by `match`, or \
         hands the error on by a `?` behind the call.",
        "try:\n    n = read()\nexcept:\n    n = 0", "n = read().or_else(lambda e: 0)";
    BRACE_BLOCK "E0212" "a block in braces",
        "A block follows a colon and is marked by indentation.",
        "if ready { go() }", "if ready:\n    go()";
    CALL_PARENS "E0213" "a call without parentheses",
        "`print` is a function like every other: its arguments stand in parentheses.",
        "print x", "print(x)";
    FOREIGN_ELIF "E0214" "`else if` is written `elif`",
        "A further condition of an `if` is one word, `elif`.",
        "if a:\n    f()\nelse if b:\n    g()", "if a:\n    f()\nelif b:\n    g()";
    FOREIGN_OPTION "E0215" "an option is written `T?`",
        "A value that may be absent has the type `T?`, and `None` is its empty case. There are \
         no other unions; an `enum` has named variants.",
        "def find(x: int) -> int | None:\n    return None",
        "def find(x: int) -> int?:\n    return None";
    ASYNC "E0216" "Kaa has no `async` and `await`",
        "Functions that wait are called like all others: only the task that calls is suspended. \
         Tasks are started by `with tasks() as t:` and `t.spawn(f, x)`.",
        "async def f():\n    g()", "def f():\n    g()";
    GLOBAL "E0217" "functions do not change outer names",
        "What a function changes is its parameter, marked `mut`, or its result. A closure that \
         does not escape may change an outer `mut` name by `nonlocal`.",
        "def f():\n    global n\n    n = 1", "def f(mut n: int):\n    n = 1";
    VARIADIC "E0218" "parameters are listed one by one",
        "There is no `*args` and no `**kwargs`: take a list or a dict, and give the parameters \
         that may be left out a default.",
        "def total(*xs):\n    return sum(xs)",
        "def total(xs: list[int]) -> int:\n    return sum(xs)";
    SWITCH "E0219" "`switch` is written `match`",
        "A choice among values or variants is `match`, with a `case` for each.",
        "switch x:\n    case 1: f()", "match x:\n    case 1: f()";
    MISPLACED_WALRUS "E0220" "`:=` needs parentheses, `=` or an argument",
        "`:=` binds a name within an expression; a statement of its own uses `=`.",
        "n := 5", "n = 5";
    UNKNOWN_DECORATOR "E0221" "only `@test` and `@export` exist",
        "Decorators that replace a function are left out on purpose.",
        "@cache\ndef f():\n    pass", "def f():\n    pass";
    BAD_LITERAL "E0222" "literals that do not go together",
        "Adjacent literals join only if all are text or all are bytes, and bytes literals hold \
         ASCII characters and escapes.",
        "s = \"a\" b\"b\"", "s = \"a\" \"b\"";
    BAD_ORDER "E0223" "parameters or arguments in a wrong order",
        "Arguments by position come before those by name; parameters without a default come \
         before those with one; `*` and `/` stand alone between parameters.",
        "f(a=1, 2)", "f(2, a=1)";
    BAD_PATTERN "E0224" "this is no pattern",
        "Patterns are literals, names, `_`, variants and types with their fields, tuples and \
         lists, `|` between them, and `as`. A condition stands behind `if`.",
        "case x + 1: f()", "case y if y == x + 1: f()";
    BAD_MEMBER "E0225" "this does not belong into a declaration of a type",
        "The body of a type holds fields `name: T`, methods, variants in an `enum`, and \
         associated types; no other statements.",
        "struct P:\n    x = 1", "struct P:\n    x: int = 1";
    STAR_IMPORT "E0226" "imported names are listed",
        "`import *` would hide where a name comes from.",
        "from math import *", "from math import sin, cos";
    ONE_LINE_BLOCK "E0227" "only simple statements stand on the line of a colon",
        "A statement that has a block of its own begins on a line of its own.",
        "if a: for x in xs: f(x)", "if a:\n    for x in xs:\n        f(x)";
    RESERVED_WORD "E0228" "a reserved word as a name",
        "Words of the language cannot be names. By habit an underscore is put behind them.",
        "class = 1", "class_ = 1";
    NO_VALUE "E0229" "a statement where a value is expected",
        "`yield`, `return`, `pass` and other statements give no value.",
        "x = yield 1", "yield 1";
    FOREIGN_TYPE "E0230" "a type in the notation of another language",
        "A tuple type lists the types of its elements in parentheses, a function type is written \
         `fn(A) -> B`, a sequence of any length is a `list[T]`. There is no type that holds \
         everything.",
        "def f(g: Callable[[int], str]):\n    print(g(1))",
        "def f(g: fn(int) -> str):\n    print(g(1))";
}
