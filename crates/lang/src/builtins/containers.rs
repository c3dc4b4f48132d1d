//! Rows of the containers, options and results.

super::rows! {
    /// `list[T]`
    LIST {
        "list.append" "(mut self, item: T)" "adds at the end";
        "list.clear" "(mut self)" "removes all";
        "list.copy" "(self) -> list[T]" "an independent list";
        "list.count" "(self, item: T) -> int" "how often it occurs";
        "list.extend" "(mut self, items: list[T])" "adds all at the end";
        "list.index" "(self, item: T, start: int? = None, end: int? = None) -> int"
            "where it first occurs; traps";
        "list.insert" "(mut self, index: int, item: T)" "puts it before that position";
        "list.pop" "(mut self, index: int = -1) -> T" "removes and gives an element; traps";
        "list.remove" "(mut self, item: T)" "removes the first that is equal; traps";
        "list.reverse" "(mut self)" "turns the order round";
        "list.sort" "[U](mut self, *, key: fn(T) -> U = _, reverse: bool = False)"
            "puts in order; equal elements keep theirs";
        "list.sort_by" "(mut self, compare: fn(T, T) -> int)" "puts in order by a comparison";
        "list.concat" "(self, other: list[T]) -> list[T]" "what + gives";
        "list.repeat" "(self, count: int) -> list[T]" "what * gives";
    }
    /// `dict[K, V]`
    DICT {
        "dict.clear" "(mut self)" "removes all";
        "dict.copy" "(self) -> dict[K, V]" "an independent dict";
        "dict.get" "(self, key: K) -> V?" "the value of a key, None where it is missing";
        "dict.get_or" "(self, key: K, default: V) -> V" "dict.get with something in place of None";
        "dict.items" "(self) -> Iter[(K, V)]" "keys with their values";
        "dict.keys" "(self) -> Iter[K]" "the keys";
        "dict.values" "(self) -> Iter[V]" "the values";
        "dict.pop" "(mut self, key: K) -> V" "removes a key and gives its value; traps";
        "dict.pop_or" "(mut self, key: K, default: V) -> V" "dict.pop that does not trap";
        "dict.popitem" "(mut self) -> (K, V)" "removes and gives the last; traps";
        "dict.setdefault" "(mut self, key: K, default: V) -> V"
            "the value of a key, which is made where it is missing";
        "dict.update" "(mut self, other: dict[K, V])" "takes over all entries";
        "dict.merge" "(self, other: dict[K, V]) -> dict[K, V]" "what | gives";
    }
    /// `set[T]`
    SET {
        "set.add" "(mut self, item: T)" "adds an element";
        "set.clear" "(mut self)" "removes all";
        "set.copy" "(self) -> set[T]" "an independent set";
        "set.difference" "(self, other: set[T]) -> set[T]" "those that the other has not";
        "set.difference_update" "(mut self, other: set[T])" "removes those that the other has";
        "set.discard" "(mut self, item: T)" "removes an element if it is there";
        "set.intersection" "(self, other: set[T]) -> set[T]" "those that both have";
        "set.intersection_update" "(mut self, other: set[T])" "keeps those that both have";
        "set.isdisjoint" "(self, other: set[T]) -> bool" "whether they share none";
        "set.issubset" "(self, other: set[T]) -> bool" "whether the other has all";
        "set.issuperset" "(self, other: set[T]) -> bool" "whether it has all of the other";
        "set.pop" "(mut self) -> T" "removes and gives the first; traps";
        "set.remove" "(mut self, item: T)" "removes an element; traps";
        "set.symmetric_difference" "(self, other: set[T]) -> set[T]" "those that only one has";
        "set.symmetric_difference_update" "(mut self, other: set[T])" "what ^= does";
        "set.union" "(self, other: set[T]) -> set[T]" "those that one or both have";
        "set.update" "(mut self, other: set[T])" "adds all";
    }
    /// Tuples of one element type (a tuple is passed as its leaves, with the type at the call).
    TUPLE {
        "tuple.count" "[T](self, item: T) -> int" "how often it occurs";
        "tuple.index" "[T](self, item: T) -> int" "where it first occurs; traps";
    }
    /// `range`
    RANGE {
        "range.count" "(self, item: int) -> int" "1 where it occurs, otherwise 0";
        "range.index" "(self, item: int) -> int" "where it occurs; traps";
    }
    /// `T?`
    OPTION {
        "option.unwrap" "(self) -> T" "the value; traps";
        "option.expect" "(self, message: str) -> T" "the value; traps with the message";
        "option.is_some" "(self) -> bool" "whether there is a value";
        "option.is_none" "(self) -> bool" "whether there is none";
        "option.map" "[U](self, f: fn(T) -> U) -> U?" "the result of `f`, where there is a value";
        "option.or_else" "(self, f: fn() -> T?) -> T?" "itself, or what `f` gives";
        "option.unwrap_or" "(self, default: T) -> T" "the value, or the other";
    }
    /// `Result[T, E]`
    RESULT {
        "result.unwrap" "(self) -> T" "the value; traps with the error";
        "result.expect" "(self, message: str) -> T" "the value; traps with the message and error";
        "result.is_ok" "(self) -> bool" "whether it is `Ok`";
        "result.is_err" "(self) -> bool" "whether it is `Err`";
        "result.ok" "(self) -> T?" "the value, None for an error";
        "result.err" "(self) -> E?" "the error, None for a value";
        "result.map" "[U](self, f: fn(T) -> U) -> Result[U, E]" "`f` of the value";
        "result.map_err" "[F](self, f: fn(E) -> F) -> Result[T, F]" "`f` of the error";
        "result.or_else" "[F](self, f: fn(E) -> Result[T, F]) -> Result[T, F]"
            "itself, or what `f` makes of the error";
        "result.unwrap_or" "(self, default: T) -> T" "the value, or the other";
    }
    /// The open `Error`.
    ERROR {
        "error.new" "(message: str, source: Error? = None) -> Error" "what Error(message) makes";
        "error.message" "(self) -> str" "its text: the field `message`";
        "error.source" "(self) -> Error?" "what caused it: the field `source`";
    }
}
