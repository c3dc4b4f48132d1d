//! Rows of the prelude. Conversions such as `int(x)` are not functions but types that are
//! called: see `check::convert`; what remains of them at run time are the rows `int.of_str` and
//! the like in the groups of the types.

super::rows! {
    /// Names without a dot.
    PRELUDE {
        "print" "(*values: any, sep: str = ' ', end: str = '\n')"
            "writes the values and a line end";
        "input" "(prompt: str = '') -> str" "reads a line of standard input, without its end";
        "len" "(of: any) -> int" "the number of elements";
        "range" "(stop: int) -> range" "the numbers from 0 below `stop`";
        "range_from" "(start: int, stop: int, step: int = 1) -> range" "start, start + step, ...";
        "enumerate" "[T](items: Iter[T], start: int = 0) -> Iter[(int, T)]" "items with numbers";
        "zip" "(*items: any) -> any" "tuples of the elements of several, as long as all have some";
        "map" "[T, U](f: fn(T) -> U, items: Iter[T]) -> Iter[U]" "the results of `f`";
        "filter" "[T](f: fn(T) -> bool, items: Iter[T]) -> Iter[T]" "those that `f` says True of";
        "iter" "[T](items: Iter[T]) -> Iter[T]" "an iterator, which `next` and one walk use up";
        "next" "[T](it: Iter[T]) -> T?" "the next item; `None` at the end";
        "sorted" "[T, U](items: Iter[T], *, key: fn(T) -> U = _, reverse: bool = False) -> list[T]"
            "a new list in order; equal elements keep theirs";
        "reversed" "[T](items: Iter[T]) -> Iter[T]" "from the last to the first";
        "min" "[T, U](items: Iter[T], *, key: fn(T) -> U = _, default: T = _) -> T" "the least";
        "max" "[T, U](items: Iter[T], *, key: fn(T) -> U = _, default: T = _) -> T" "the greatest";
        "min_of" "[T, U](*values: T, key: fn(T) -> U = _) -> T" "the least of the arguments";
        "max_of" "[T, U](*values: T, key: fn(T) -> U = _) -> T" "the greatest of the arguments";
        "sum" "[T: Num](items: Iter[T], start: T = 0) -> T" "start and all elements, added";
        "any" "(items: Iter[bool]) -> bool" "whether one is True";
        "all" "(items: Iter[bool]) -> bool" "whether none is False";
        "abs" "[T: Num](x: T) -> T" "without its sign";
        "round" "(x: float) -> int" "the nearest integer, halves to the even one";
        "round_to" "(x: float, digits: int) -> float" "rounded to that many decimals";
        "divmod" "[T: Num](a: T, b: T) -> (T, T)" "a // b and a % b";
        "pow" "[T: Num](base: T, exp: T) -> T" "base ** exp";
        "ord" "(c: char) -> int" "the code point";
        "chr" "(code: int) -> str" "the text of one code point";
        "repr" "(x: any) -> str" "the text with quotes around strings";
        "hash" "[T: Hash](x: T) -> int" "a number that equal values share";
        "str" "(x: any) -> str" "the text that print writes";
        "list" "[T](items: Iter[T]) -> list[T]" "all elements in a new list";
        "set" "[T: Hash](items: Iter[T]) -> set[T]" "all distinct elements in a new set";
        "dict" "[K: Hash, V](items: Iter[(K, V)]) -> dict[K, V]" "a new dict of pairs";
        "bin" "(n: int) -> str" "in base 2, with 0b";
        "oct" "(n: int) -> str" "in base 8, with 0o";
        "hex" "(n: int) -> str" "in base 16, with 0x";
        "panic" "(message: str) -> Never" "ends the task with a message";
        "unreachable" "(message: str = 'unreachable code was reached') -> Never"
            "ends the task: this place is never reached";
    }
}
