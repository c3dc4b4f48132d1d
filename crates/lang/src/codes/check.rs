//! E03xx: names, types and values that do not go together.

super::codes! {
    CHECK;
    UNKNOWN_NAME "E0301" "a name that stands for nothing",
        "A name is a variable of the function, something the file declares or imports, or a part \
         of the prelude. Names bound in a loop or comprehension end with it.",
        "count = 1\nprint(cuont)", "count = 1\nprint(count)";
    IMMUTABLE "E0302" "something immutable is changed",
        "A name is bound once, and what is reached through it cannot change, unless `mut` stands \
         before its first assignment or its parameter. The elements of a tuple never change.",
        "total = 0\ntotal = total + 1", "mut total = 0\ntotal = total + 1";
    UNUSED "E0303" "a name that is never used",
        "A name that is bound and never read is most often a misspelt one. Where it is meant, let \
         the name begin with an underscore, or assign to `_`.",
        "def f() -> int:\n    resutl = 1\n    return 2",
        "def f() -> int:\n    _spare = 1\n    return 2";
    NEVER_CHANGES "E0304" "a `mut` that never changes",
        "`mut` tells readers that a name changes; where it does not, it misleads them.",
        "mut n = 1\nprint(n)", "n = 1\nprint(n)";
    UNASSIGNED "E0305" "a name that may not have a value yet",
        "A name may be used where every path that leads there has assigned it.",
        "def f(a: bool) -> int:\n    if a:\n        x = 1\n    return x",
        "def f(a: bool) -> int:\n    if a:\n        x = 1\n    else:\n        x = 2\n    return x";
    TYPE_MISMATCH "E0306" "a value of another type than the one that is expected",
        "Every place has one type. Values do not convert by themselves: write `float(n)`, \
         `int(x)`, `str(x)`. Only literals take the type that is expected.",
        "n = 1\nx: float = n\nprint(x)", "n = 1\nx: float = float(n)\nprint(x)";
    UNKNOWN_TYPE "E0307" "a type that does not exist",
        "Types are those of the prelude and those that the file declares.",
        "def f(n: integer) -> int:\n    return n", "def f(n: int) -> int:\n    return n";
    UNKNOWN_MEMBER "E0308" "a field or method that the type does not have",
        "Methods of the built-in types have Python's names. The length of anything is `len(x)`.",
        "mut xs = [1]\nxs.push(2)", "mut xs = [1]\nxs.append(2)";
    ARGUMENTS "E0309" "arguments that do not fit the parameters",
        "Every parameter without a default gets exactly one argument, by position or by name.",
        "def f(a: int, b: int) -> int:\n    return a + b\n\nprint(f(1))",
        "def f(a: int, b: int) -> int:\n    return a + b\n\nprint(f(1, 2))";
    CONDITION "E0310" "a condition that is no `bool`",
        "What counts as true is said and not guessed: compare, or ask for the length.",
        "xs = [1]\nif xs:\n    print(xs)", "xs = [1]\nif len(xs) > 0:\n    print(xs)";
    BAD_OPERANDS "E0311" "an operator that does not work on these types",
        "Arithmetic needs two numbers of one type; `+` also joins texts, lists and tuples, `*` \
         repeats texts and lists.",
        "n = 1\nx = 2.5\nprint(n + x)", "n = 1\nx = 2.5\nprint(float(n) + x)";
    LITERAL_RANGE "E0312" "a number that its type cannot hold",
        "An integer literal must lie within the limits of the type it gets.",
        "x: u8 = 256", "x: u16 = 256\nprint(x)";
    MISSING_RETURN "E0313" "a function that can end without its result",
        "Where a function promises a result every path through it returns one.",
        "def f(n: int) -> int:\n    if n > 0:\n        return 1",
        "def f(n: int) -> int:\n    if n > 0:\n        return 1\n    return 0";
    MARK "E0314" "a mark that does not agree with the parameter",
        "What a function changes is marked on both sides: `mut` before the parameter and before \
         the argument. The receiver of a method needs no mark.",
        "def fill(mut xs: list[int]):\n    xs.append(0)\n\nmut a = [1]\nfill(a)",
        "def fill(mut xs: list[int]):\n    xs.append(0)\n\nmut a = [1]\nfill(mut a)";
    OVERLAP "E0315" "arguments of one call overlap",
        "What is passed `mut` is exclusive: no other argument of the call may be a part of it.",
        "mut xs = [1]\nxs.extend(xs)", "mut xs = [1]\nxs.extend(xs.copy())";
    TEMPORARY "E0316" "a change that nobody would see",
        "A new value that has no name is gone after the statement, and its change with it.",
        "[3, 1].sort()", "mut xs = [3, 1]\nxs.sort()";
    DROPPED_RESULT "E0317" "a result that is dropped",
        "A `Result` may be an error. Pass it on by `?`, look at it, or drop it by `_ =`.",
        "import fs\nfs.remove(\"a\")", "import fs\n_ = fs.remove(\"a\")";
    UNKNOWN_HERE "E0318" "a type that cannot be known here",
        "Every type is known before the program runs. An empty list, `None` or a lambda takes \
         its type from where it stands; where that says nothing, it must be written.",
        "xs = []", "xs: list[int] = []\nprint(xs)";
    COMPARE "E0319" "values of different types are compared",
        "Values of different types are never equal, and have no order.",
        "print(1 == \"1\")", "print(str(1) == \"1\")";
    IS_ON_VALUES "E0321" "`is` between values",
        "Only class objects have an identity. Values are compared by `==`.",
        "print([1] is [1])", "print([1] == [1])";
    NEVER_NONE "E0322" "a value that is never `None`",
        "Only an option, `T?`, can be `None`.",
        "n = 1\nprint(n is None)", "n: int? = 1\nprint(n is None)";
    BAD_TRY "E0323" "`?` where it cannot return",
        "Postfix `?` gives the value inside of a result or option and otherwise returns from the \
         function, which must promise a result or option itself.",
        "def f(s: str) -> int:\n    return int.parse(s)?",
        "def f(s: str) -> Result[int]:\n    return Ok(int.parse(s)?)";
    MUTABLE_DEFAULT "E0324" "a container as the default of a parameter",
        "Readers of Python expect such a default to be shared between calls, which it is not. An \
         option says what is meant.",
        "def f(xs: list[int] = []) -> int:\n    return len(xs)",
        "def f(xs: list[int]? = None) -> int:\n    return len(xs ?? [])";
    SELF_LEFT_OUT "E0325" "`self` is left out or out of place",
        "The first parameter of a method is `self`, without a type; `mut self` where the method \
         changes its struct.",
        "struct P:\n    x: int\n\n    def show():\n        print(1)",
        "struct P:\n    x: int\n\n    def show(self):\n        print(self.x)";
    DECLARED_TWICE "E0326" "something is declared twice",
        "A name stands for one thing in its scope.",
        "def f(a: int, a: int) -> int:\n    return a",
        "def f(a: int, b: int) -> int:\n    return a + b";
    NOT_CALLED "E0327" "something is called that is no function",
        "Functions, types and values of function type can be called.",
        "n = 1\nprint(n(2))", "n = 1\nprint(n * 2)";
    NOT_ITERABLE "E0328" "something is walked that has no elements",
        "Loops walk lists, dicts, sets, texts, bytes, ranges, tuples of one type, and iterators.",
        "for i in 5:\n    print(i)", "for i in range(5):\n    print(i)";
    NOT_INDEXED "E0329" "something is indexed that has no positions",
        "Lists, texts, bytes, ranges, tuples and dicts can be indexed.",
        "s = {1, 2}\nprint(s[0])", "s = [1, 2]\nprint(s[0])";
    UNPACK "E0330" "a value that cannot be taken apart so",
        "A tuple fills as many names as it has elements; a list fills any number and traps where \
         it has another length.",
        "a, b = 1, 2, 3", "a, b, c = 1, 2, 3\nprint(a, b, c)";
    OUT_OF_PLACE "E0331" "something stands where it means nothing",
        "`return` belongs into a function, `break` and `continue` into a loop, imports and types \
         to the top of the file.",
        "break", "while True:\n    break";
    LACKS "E0332" "a type that cannot do what is asked of it",
        "Keys of dicts and elements of sets must be hashable, which lists, dicts and sets are \
         not; sorting needs an order; printing needs a text form.",
        "d = {[1]: 2}", "d = {(1,): 2}\nprint(d)";
    BAD_FORMAT "E0333" "a format that does not suit the value",
        "Format specs are Python's: `[[fill]align][sign][#][0][width][,][.precision][type]`.",
        "n = 1\nprint(f\"{n:s}\")", "n = 1\nprint(f\"{n:d}\")";
    SCRIPT_VARIABLE "E0334" "a function reads a variable of the script",
        "Functions see the constants of the file: names assigned once with a constant value. \
         Everything else they get as arguments.",
        "mut hits = 0\nhits += 1\n\ndef f() -> int:\n    return hits\n\nprint(f())",
        "mut hits = 0\nhits += 1\n\ndef f(n: int) -> int:\n    return n\n\nprint(f(hits))";
    BAD_MAIN "E0335" "a `main` that cannot be run",
        "A file is a script with statements, or has `def main()` or \
         `def main(args: list[str]) -> Result[None]`.",
        "def main(n: int):\n    print(n)", "def main():\n    print(1)";
    NO_EFFECT "E0336" "a value that is not used",
        "A statement that only computes a value does nothing.",
        "x = 1\nx == 2", "x = 1\nprint(x == 2)";
    UNREACHABLE "E0337" "code that is never reached",
        "Behind `return`, `break`, `continue`, `panic()` and an endless loop nothing runs.",
        "def f() -> int:\n    return 1\n    print(2)",
        "def f() -> int:\n    print(2)\n    return 1";
    UNKNOWN_IMPORT "E0338" "a module, or a name in one, that does not exist",
        "Modules of the library have Python's names.",
        "import maths", "import math\n\nprint(math.pi)";
    NOT_A_VALUE "E0339" "something that is no value",
        "Types, modules and methods are called or named in part; they are not values.",
        "import math\n\nx = math", "import math\n\nx = math.pi\nprint(x)";
    GIVES_NOTHING "E0340" "a name for no value",
        "A function without a result gives nothing that a name could hold. Methods that change a \
         list in place, such as `sort`, are among them.",
        "mut xs = [2, 1]\nys = xs.sort()", "xs = [2, 1]\nys = sorted(xs)\nprint(ys)";
    ITER_STORED "E0341" "a part of a dict is kept that can only be walked",
        "What `d.items()`, `d.keys()` and `d.values()` give is walked where it is asked for; a \
         list of it can be kept, walked twice and indexed.",
        "d = {1: 2}\npairs = d.items()",
        "d = {1: 2}\npairs = list(d.items())\nprint(pairs)";
    NO_CONVERSION "E0342" "a conversion that does not exist",
        "Numbers, texts and containers convert where a meaning is obvious.",
        "print(int([1]))", "print([int(x) for x in [1.0]])";
    NO_LENGTH "E0343" "the length of something that has none",
        "Texts, bytes, containers, tuples and ranges have a length.",
        "print(len(5))", "print(len(str(5)))";
    TUPLE_INDEX "E0344" "a position that a tuple does not have",
        "The elements of a tuple may have different types, so which one is meant must be plain.",
        "t = (1, 2)\nprint(t[2])", "t = (1, 2)\nprint(t[1])";
    CANNOT_ASSIGN "E0345" "something that cannot be assigned to",
        "Names, fields, elements of lists and dicts, and slices of lists can be assigned to; the \
         elements and slices can be deleted.",
        "mut t = (1, 2)\ndel t[0]", "mut t = [1, 2]\ndel t[0]";
    TYPE_ARGUMENTS "E0346" "a type with a wrong number of arguments",
        "Containers say what they hold: `list[int]`, `dict[str, int]`.",
        "def f(xs: list) -> int:\n    return 1", "def f(xs: list[int]) -> int:\n    return len(xs)";
    MISSING_TYPE "E0347" "a parameter without a type",
        "Types of parameters and results are written: a call can be read without the body.",
        "def f(a) -> int:\n    return a", "def f(a: int) -> int:\n    return a";
    ENDLESS_TYPE "E0348" "a type that holds itself",
        "A struct lies in its variable with all its fields: it cannot hold one of its kind.",
        "struct Node:\n    next: Node?", "struct Node:\n    next: list[Node]";
    TOO_WIDE "E0349" "a value with too many parts",
        "Structs and tuples lie flat where they are used; large numbers of parts belong in a list.",
        "t = (1, 2, 3)  # and a thousand more", "t = [1, 2, 3]\nprint(t)";
    DEFAULT_ORDER "E0350" "a field without default behind one with",
        "Fields are given by position, so those that may be left out stand last.",
        "struct P:\n    x: int = 0\n    y: int", "struct P:\n    y: int\n    x: int = 0";
    FIELD_MARK "E0351" "`mut` before the field of a struct",
        "A struct is a value: its fields can change where the variable that holds it can.",
        "struct P:\n    mut x: int", "struct P:\n    x: int";
    MISSING_CASES "E0352" "a `match` that leaves out values",
        "Every value has a case. A case with a guard does not count, as its guard may fail.",
        "enum Way:\n    Left\n    Right\n\ndef f(w: Way):\n    match w:\n        \
         case Left:\n            print(1)",
        "enum Way:\n    Left\n    Right\n\ndef f(w: Way):\n    match w:\n        \
         case Left:\n            print(1)\n        case Right:\n            print(2)";
    UNREACHABLE_CASE "E0353" "a case that is never reached",
        "The cases before it take all values that it would.",
        "n = 2\nmatch n:\n    case _:\n        print(1)\n    case 2:\n        print(2)",
        "n = 2\nmatch n:\n    case 2:\n        print(2)\n    case _:\n        print(1)";
    BAD_CASE "E0354" "a pattern that no value has",
        "A pattern has the form of the value: a variant of its enum, the fields that it has, as \
         many elements as the tuple.",
        "match (1, 2):\n    case (a, b, c):\n        print(a + b + c)",
        "match (1, 2):\n    case (a, b):\n        print(a + b)";
    OR_BINDINGS "E0355" "alternatives that bind different names",
        "The suite sees the same names whichever alternative the value is.",
        "match (1, 2):\n    case (1, x) | (2, y):\n        print(x)\n    \
         case _:\n        print(0)",
        "match (1, 2):\n    case (1, x) | (2, x):\n        print(x)\n    \
         case _:\n        print(0)";
    COMPLEX_MATCH "E0356" "a `match` that is too complex",
        "Patterns that name many parts in many ways multiply. The time to look at them is limited.",
        "xs = [1]\nmatch xs:\n    case [\
         _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, \
         _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, \
         _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, \
         _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, \
         x]:\n        print(x)\n    case _:\n        print(0)",
        "xs = [1]\nprint(len(xs))";
    NOT_A_TRAIT "E0370" "a bound that is no trait",
        "What stands behind the colon of a type parameter says what its types can do: it is a \
         trait, or several joined by `&`. So do the brackets behind the name of a struct, class or \
         enum: nothing inherits from another type.",
        "def f[T: int](x: T) -> T:\n    return x", "def f[T: Ord](x: T) -> T:\n    return x";
    BAD_GENERIC "E0371" "type parameters where there can be none",
        "A function that a host calls, `main`, tests, and functions inside of others have no type \
         parameters of their own. There can be up to sixteen.",
        "def main[T]():\n    print(1)", "def main():\n    print(1)";
    ENDLESS_INSTANCES "E0372" "a function that would be made for ever new types",
        "A function with type parameters is made once for each type it is used with. One that \
         calls itself with a larger type each time would never be done.",
        "def f[T](x: T, n: int) -> int:\n    return n if n == 0 else f([x], n - 1)\n\n\
         print(f(1, 9))",
        "def f[T](x: T, n: int) -> int:\n    return n if n == 0 else f(x, n - 1)\n\n\
         print(f(1, 9))";
    TRAIT_METHODS "E0373" "a type that lacks what its trait asks for",
        "A type that is said to have a trait has all methods that the trait requires, with the \
         same parameters and results, and all its associated types.",
        "trait Shape:\n    def area(self) -> float\n\nstruct Dot(Shape):\n    x: int",
        "trait Shape:\n    def area(self) -> float\n\nstruct Dot(Shape):\n    x: int\n\n\
         \x20   def area(self) -> float:\n        return 0.0";
    TWO_CONFORMANCES "E0374" "a trait that a type is given twice",
        "A type has a trait in one way, so that every call means the same.",
        "trait Named:\n    def name(self) -> str:\n        return \"?\"\n\n\
         extend int(Named):\n    pass\n\nextend int(Named):\n    pass",
        "trait Named:\n    def name(self) -> str:\n        return \"?\"\n\n\
         extend int(Named):\n    pass";
    NOT_EXTENDED "E0375" "an `extend` of something that gets no methods",
        "Types of the prelude and of the file can be extended; iterators and views cannot.",
        "extend Iter[int]:\n    def f(self) -> int:\n        return 1",
        "extend list[int]:\n    def f(self) -> int:\n        return 1";
    NOT_ANY "E0376" "`any` of a trait that needs the type",
        "A value of type `any Trait` may be of any type that has the trait, so that its methods \
         can take or give nothing that depends on which.",
        "trait Join:\n    def join(self, other: Self) -> Self\n\n\
         def f(a: any Join, b: any Join) -> any Join:\n    return a.join(b)",
        "trait Join:\n    def join(self, other: Self) -> Self\n\n\
         def f[T: Join](a: T, b: T) -> T:\n    return a.join(b)";
    DUNDER "E0377" "a method that does not have the form of its operation",
        "Methods with two underscores on both sides stand for operations, which say what they \
         take and give: `__eq__` compares two values of one type and gives a `bool`.",
        "struct P:\n    x: int\n\n    def __eq__(self, other: int) -> bool:\n        return True",
        "struct P:\n    x: int\n\n    def __eq__(self, other: P) -> bool:\n        return True";
    NONLOCAL "E0380" "`nonlocal` for a name that it cannot stand for",
        "`nonlocal x` lets a nested function change the `mut x` of the function around. It stands \
         before the first use of the name.",
        "def f() -> int:\n    nonlocal n\n    return n",
        "def f() -> int:\n    mut n = 0\n    def up():\n        nonlocal n\n        n += 1\n\
         \x20   up()\n    return n";
    ESCAPES "E0381" "a function that would outlive what it uses",
        "A parameter of function type is lent for the call; `own` takes it over. A nested function \
         that writes variables of the function around lives as long as they do. Such functions \
         are called and passed on, never stored or returned.",
        "def twice(f: fn(int) -> int) -> fn(int) -> int:\n    return lambda x: f(f(x))",
        "def twice(own f: fn(int) -> int) -> fn(int) -> int:\n    return lambda x: f(f(x))";
    VIEW_KEPT "E0382" "a view that is kept",
        "`view[T]` lends a list, or a part of one, for a call. It is the type of a parameter: it \
         is walked, indexed and passed on, never stored or returned.",
        "def f(xs: view[int]) -> view[int]:\n    return xs\n\nprint(f([1]))",
        "def f(xs: view[int]) -> list[int]:\n    return list(xs)\n\nprint(f([1]))";
    LOCKED "E0383" "something is used while a loop changes it",
        "`for mut x in xs` has `xs` for itself until the loop ends: what else reads or writes `xs` \
         in the loop would see it half changed.",
        "mut xs = [1, 2]\nfor mut x in xs:\n    x = len(xs)\nprint(xs)",
        "mut xs = [1, 2]\nn = len(xs)\nfor mut x in xs:\n    x = n\nprint(xs)";
    MOVED "E0384" "a resource that is used after it was moved",
        "A resource has one holder. Assigning it, returning it and passing it to an `own` \
         parameter moves it; the old name has it no longer.",
        "resource H:\n    n: int\n\n    def close(own self):\n        print(self.n)\n\n\
         a = H(1)\nb = a\nprint(a.n, b.n)",
        "resource H:\n    n: int\n\n    def close(own self):\n        print(self.n)\n\n\
         a = H(1)\nb = a\nprint(b.n)";
    RESOURCE_HELD "E0385" "a resource where none can be kept",
        "A resource is closed when the variable that holds it ends. Fields, collections, closures \
         and type parameters would copy it or forget it.",
        "resource H:\n    n: int\n\n    def close(own self):\n        print(self.n)\n\n\
         hs = [H(1)]\nprint(len(hs))",
        "resource H:\n    n: int\n\n    def close(own self):\n        print(self.n)\n\n\
         h = H(1)\nprint(h.n)";
    NO_CLOSE "E0386" "a resource without `close`",
        "`def close(own self):` of a resource runs when its holder ends.",
        "resource H:\n    n: int",
        "resource H:\n    n: int\n\n    def close(own self):\n        print(self.n)";
    NOT_A_RESOURCE "E0387" "`with` of something that needs no closing",
        "`with` closes a resource at the end of its suite.",
        "with [1] as xs:\n    print(xs)", "xs = [1]\nprint(xs)";
    BAD_TEST "E0390" "a test that cannot be run by itself",
        "`kaa test` calls every function with `@test` before it. It stands in the file, takes no \
         parameters, and returns nothing or `Result[None]`: a test fails by an `assert` that does \
         not hold, by any other trap, or by an error that it returns.",
        "@test\ndef sums(n: int):\n    assert sum([n, 1]) == 2",
        "@test\ndef sums():\n    assert sum([1, 1]) == 2";
    PRIVATE "E0391" "a private name of another module",
        "A name that begins with `_` is seen in its own file only: what others cannot use can be \
         changed without breaking them.",
        "from shapes import _half\n\nprint(_half(4))\n\n# file: shapes.kaa\n\
         def _half(n: int) -> int:\n    return n // 2",
        "from shapes import half\n\nprint(half(4))\n\n# file: shapes.kaa\n\
         def half(n: int) -> int:\n    return n // 2";
    GENERATOR "E0392" "a generator that cannot be one",
        "A function with `yield` gives an `Iter[T]`, and its body runs while that is walked: after \
         the call has ended, and perhaps not to its end. So it takes nothing that is only lent, \
         holds no resource, and `return` gives no value in it.",
        "def up(mut n: int) -> Iter[int]:\n    n += 1\n    yield n",
        "def up(n: int) -> Iter[int]:\n    yield n + 1";
    MODULE_STATEMENT "E0393" "a statement in a module",
        "Nothing runs when a module is imported: it holds functions, types and constants. A \
         constant has a value that needs no code to run.",
        "import greet\n\ngreet.hello()\n\n# file: greet.kaa\nprint(\"loaded\")\n\n\
         def hello():\n    print(\"hello\")",
        "import greet\n\ngreet.hello()\n\n# file: greet.kaa\n\
         def hello():\n    print(\"hello\")";
    CROSSES "E0394" "something that others can change goes to another task",
        "Tasks share nothing that changes: what goes to another task, as an argument, a message, a \
         result or a capture, is a value, or an object that nothing can change. The type of such a \
         thing has `Send`. The type of a function does not tell what it captures, so a task's \
         function is named, or written, where the task is spawned.",
        "class Counter:\n    mut n: int\n\ndef count(c: Counter):\n    c.n += 1\n\n\
         with tasks() as t:\n    t.spawn(count, Counter(0))",
        "def count(n: int) -> int:\n    return n + 1\n\n\
         with tasks() as t:\n    print(t.spawn(count, 0).join().unwrap())";
}
