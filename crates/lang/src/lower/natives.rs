//! The runtime functions that lowering calls by itself, by name.
//!
//! A native is an import of module `rt`. Its IR signature comes from the place of the call, so one
//! name serves every element type: the runtime reads heap types off the import's signature (the
//! type of a new list is the result's `ref` type). Every builtin that lowering does not treat
//! specially is called in the same way under its own name and is listed in `builtins`, not here.
//!
//! Notation: `T..`, `K..`, `V..` are the flattened leaves of an element, key or value; `opt i64`
//! is the two leaves `bool, i64`; `list`, `map` are references. A function that gives its first
//! argument back writes it in place unless its shared bit is set, in which case it writes a copy.
//! Not here: natives of capabilities (`fs`, ...), which come from the table of builtins too.

/// One runtime function.
#[derive(Clone, Copy, Debug)]
pub struct Native {
    /// Name in module `rt`.
    pub name: &'static str,
    /// Parameters and results in the notation of the file head.
    pub sig: &'static str,
    /// What it does.
    pub doc: &'static str,
}

macro_rules! natives {
    ($($konst:ident $name:literal $sig:literal $doc:literal;)*) => {
        $(#[doc = concat!("The native `", $name, " ", $sig, "`.")] pub const $konst: &str = $name;)*
        /// All natives, in the order of the file.
        pub const NATIVES: &[Native] =
            &[$(Native { name: $name, sig: $sig, doc: $doc }),*];
    };
}

natives! {
    // Output.
    PRINT "print" "(str)" "writes the text and a line end to standard output";
    PRINT_BUF "print.buf" "(list u8)" "writes the bytes to standard output";

    // Building text in a byte list.
    SB_NEW "sb.new" "() -> list u8" "a new empty buffer";
    SB_FINISH "sb.finish" "(list u8) -> str" "the bytes, which are UTF-8, as a string";
    SB_STR "sb.push_str" "(list u8, str)" "appends the text";
    SB_CHAR "sb.push_char" "(list u8, u32)" "appends one code point";
    SB_INT "sb.push_int" "(list u8, i64)" "appends in decimal";
    SB_UINT "sb.push_uint" "(list u8, u64)" "appends in decimal";
    SB_FLOAT "sb.push_float" "(list u8, f64)" "appends Python's repr";
    SB_F32 "sb.push_f32" "(list u8, f32)" "appends the shortest digits that give the same f32";
    SB_BOOL "sb.push_bool" "(list u8, bool)" "appends True or False";
    SB_REPR_STR "sb.push_repr_str" "(list u8, str)" "appends Python's repr of a str";
    SB_REPR_CHAR "sb.push_repr_char" "(list u8, u32)" "appends the repr of a one-letter str";
    SB_REPR_BYTES "sb.push_repr_bytes" "(list u8, bytes)" "appends Python's repr of bytes";
    SB_FORMAT_INT "sb.format_int" "(list u8, i64, str)" "appends by a format spec";
    SB_FORMAT_UINT "sb.format_uint" "(list u8, u64, str)" "appends by a format spec";
    SB_FORMAT_FLOAT "sb.format_float" "(list u8, f64, str)" "appends by a format spec";
    SB_FORMAT_STR "sb.format_str" "(list u8, str, str)" "appends a text by a format spec";
    SB_FORMAT_BOOL "sb.format_bool" "(list u8, bool, str)" "appends by a format spec";

    // Text of one value.
    FMT_INT "fmt.int" "(i64) -> str" "decimal";
    FMT_UINT "fmt.uint" "(u64) -> str" "decimal";
    FMT_FLOAT "fmt.float" "(f64) -> str" "Python's repr";
    FMT_CHAR "fmt.char" "(u32) -> str" "the one-letter string";
    FMT_REPR_STR "fmt.repr_str" "(str) -> str" "Python's repr of a str";
    FMT_ASCII "fmt.ascii" "(str) -> str" "escapes what is not ASCII, as Python's ascii()";

    // Comparing and hashing.
    OBJ_EQ "obj.eq" "(ref, ref) -> bool" "structural equality of two objects of one type";
    OBJ_CMP "obj.cmp" "(ref, ref) -> i64" "structural order: -1, 0 or 1";
    HASH_INT "hash.int" "(i64, i64) -> i64" "mixes the bits of a scalar into a hash";
    HASH_FLOAT "hash.float" "(i64, f64) -> i64" "mixes a float into a hash; 0.0 is -0.0";
    HASH_OBJ "hash.obj" "(i64, ref?) -> i64" "mixes a structural hash of an object into a hash";

    // Numbers.
    INT_POW "int.pow" "(i64, i64) -> i64" "a ** b; traps on overflow and negative exponents";
    UINT_POW "uint.pow" "(u64, u64) -> u64" "a ** b; traps on overflow";
    FLOAT_POW "float.pow" "(f64, f64) -> f64" "a ** b as Python's floats; traps on 0.0 ** -1";
    CHAR_FROM_INT "char.from_int" "(i64) -> u32" "traps invalid_value where no code point";
    RANGE_LEN "range.len" "(i64, i64, i64) -> i64" "how many numbers; traps on a zero step";

    // Integers without bounds, which are bytes in the form of `kaa_base::bigint`.
    BIGINT_ADD "bigint.add" "(bytes, bytes) -> bytes" "a + b";
    BIGINT_SUB "bigint.sub" "(bytes, bytes) -> bytes" "a - b";
    BIGINT_MUL "bigint.mul" "(bytes, bytes) -> bytes" "a * b";
    BIGINT_DIV "bigint.div" "(bytes, bytes) -> f64" "a / b, rounded once";
    BIGINT_FLOORDIV "bigint.floordiv" "(bytes, bytes) -> bytes" "a // b";
    BIGINT_MOD "bigint.mod" "(bytes, bytes) -> bytes" "a % b";
    BIGINT_DIVMOD "bigint.divmod" "(bytes, bytes) -> (bytes, bytes)" "a // b and a % b";
    BIGINT_POW "bigint.pow" "(bytes, i64) -> bytes" "a ** n; traps on negative exponents";
    BIGINT_SHL "bigint.shl" "(bytes, i64) -> bytes" "a << n; traps on negative counts";
    BIGINT_SHR "bigint.shr" "(bytes, i64) -> bytes" "a >> n; traps on negative counts";
    BIGINT_AND "bigint.and" "(bytes, bytes) -> bytes" "a & b";
    BIGINT_OR "bigint.or" "(bytes, bytes) -> bytes" "a | b";
    BIGINT_XOR "bigint.xor" "(bytes, bytes) -> bytes" "a ^ b";
    BIGINT_NEG "bigint.neg" "(bytes) -> bytes" "-a";
    BIGINT_INVERT "bigint.invert" "(bytes) -> bytes" "~a";
    BIGINT_ABS "bigint.abs" "(bytes) -> bytes" "a without its sign";
    BIGINT_OF_INT "bigint.of_int" "(I) -> bytes" "an integer of any type";
    BIGINT_OF_FLOAT "bigint.of_float" "(f64) -> bytes" "a float without its fraction; traps";
    BIGINT_TO_INT "bigint.to_int" "(bytes) -> I" "as an integer; traps where it does not fit";
    BIGINT_TO_FLOAT "bigint.to_float" "(bytes) -> f64" "the nearest float; traps";
    FMT_BIGINT "fmt.bigint" "(bytes) -> str" "decimal";
    SB_BIGINT "sb.push_bigint" "(list u8, bytes)" "appends in decimal";
    SB_FORMAT_BIGINT "sb.format_bigint" "(list u8, bytes, str)" "appends by a format spec";

    RANGE_AT "range.at" "(i64, i64, i64, i64) -> i64"
        "the number at a position of start, stop, step; traps out of range";
    RANGE_SLICE "range.slice" "(i64, i64, i64, opt i64, opt i64, opt i64) -> (i64, i64, i64)"
        "r[lo:hi:step]";
    RANGE_LIST "range.list" "(i64, i64, i64) -> list" "all numbers of start, stop, step";
    RANGE_CONTAINS "range.contains" "(i64, i64, i64, i64) -> bool"
        "whether start, stop, step give the last";

    // Strings.
    STR_NEXT "str.next_char" "(str, i64) -> (u32, i64)"
        "the code point at a byte position and the position behind it";
    STR_CONTAINS "str.contains" "(str, str) -> bool" "whether the second lies in the first";
    STR_SLICE "str.slice" "(str, opt i64, opt i64, opt i64) -> str" "s[lo:hi:step] by code points";
    BYTES_SLICE "bytes.slice" "(bytes, opt i64, opt i64, opt i64) -> bytes" "b[lo:hi:step]";
    BYTES_CONTAINS "bytes.contains" "(bytes, i64) -> bool" "whether a byte occurs";

    // Lists.
    LIST_SORT "list.sort" "(list, bool) -> list" "stable sort by structural order; reverse";
    LIST_SORT_BY_KEYS "list.sort_by_keys" "(list, list, bool) -> list"
        "stable sort of the first by the order of the second; reverse";
    LIST_SLICE "list.slice" "(list, opt i64, opt i64, opt i64) -> list"
        "xs[lo:hi:step]; elements of the copy are shared";
    LIST_SET_SLICE "list.set_slice" "(list, opt i64, opt i64, opt i64, list) -> list"
        "xs[lo:hi:step] = ys";
    LIST_DEL_SLICE "list.del_slice" "(list, opt i64, opt i64, opt i64) -> list"
        "del xs[lo:hi:step]";
    LIST_DEL_AT "list.del_at" "(list, i64) -> list" "del xs[i]; traps out of range";
    LIST_CONTAINS "list.contains" "(list, T..) -> bool" "whether an element equals";
    LIST_UNPACK_FAIL "list.unpack_fail" "(i64, i64)"
        "traps: a list of the second length cannot fill the first number of names";

    // Dicts and sets; the type of the map is the type of the parameter or result.
    MAP_NEW "map.new" "(i64) -> map" "a new dict or set with room for that many entries";
    MAP_LEN "map.len" "(map) -> i64" "the number of entries";
    MAP_NEXT "map.next" "(map, i64) -> i64"
        "the first entry at or behind the cursor, -1 where there is none";
    MAP_KEY_AT "map.key_at" "(map, i64) -> K.." "the key of an entry";
    MAP_VALUE_AT "map.value_at" "(map, i64) -> V.." "the value of an entry";
    MAP_PUT_AT "map.put_at" "(map, i64, V..) -> map"
        "writes the value of an entry; a copy keeps the entry numbers";
    DICT_ENTRY "dict.entry" "(map, K..) -> i64" "the entry of a key; traps key_not_found";
    DICT_INDEX "dict.index" "(map, K..) -> V.." "the value of a key; traps key_not_found";
    DICT_PUT "dict.put" "(map, K.., V..) -> map" "d[k] = v";
    DICT_DEL "dict.del" "(map, K..) -> map" "del d[k]; traps key_not_found";
    DICT_CONTAINS "dict.contains" "(map, K..) -> bool" "k in d";
    SET_ADD "set.add" "(map, T..) -> map" "adds an element";
    SET_CONTAINS "set.contains" "(map, T..) -> bool" "x in s";

    // Resources of tasks.
    GUARD "_task.guard" "(closure) -> i64"
        "calls it if the task ends before the other function gets the number";
    UNGUARD "_task.unguard" "(i64)" "forgets a guard";

    // JSON, by a cursor of position and depth, which comes last.
    JSON_INT "json.int" "(str, i64, i64) -> (bool, i64, i64)"
        "an integer of that many bits, less than zero for those without a sign";
    JSON_INT_KEY "json.int_key" "(str, i64, i64) -> (bool, i64, i64)" "the same as a key";
    JSON_FLOAT "json.float" "(str, i64) -> (bool, f64, i64)" "a float";
    JSON_BOOL "json.bool" "(str, i64) -> (bool, bool, i64)" "true or false";
    JSON_NULL "json.null" "(str, i64) -> (bool, i64)" "null; what else is there stays";
    JSON_STR "json.str" "(str, i64) -> (str?, i64)" "a string";
    JSON_KEY "json.key" "(str, i64) -> (str?, i64)" "a key and its colon";
    JSON_CHAR "json.char" "(str, i64) -> (bool, u32, i64)" "a string of one character";
    JSON_CHAR_KEY "json.char_key" "(str, i64) -> (bool, u32, i64)" "the same as a key";
    JSON_OPEN "json.open" "(str, i64, i64) -> (i64, i64)"
        "a bracket: 1 where an item follows, 0 behind the closing one, -1 where it is not there";
    JSON_MORE "json.more" "(str, i64, i64) -> (i64, i64)" "the same behind an item";
    JSON_FIELD "json.field" "(str, i64, str) -> (i64, i64)"
        "a key: which of the names it is, -1 for none, -2 where there is no key";
    JSON_VARIANT "json.variant" "(str, i64, str) -> (i64, bool, i64)"
        "a variant by name, and whether it is the key of a dict; -1 for none";
    JSON_SKIP "json.skip" "(str, i64) -> (bool, i64)" "any value";
    JSON_END "json.end" "(str, i64) -> (bool, i64)" "the end of the text";
    JSON_VALUE "json.value" "(list, str, i64) -> (result V.., i64)" "a value of any shape";
    JSON_FAIL "json.fail" "(str, i64, str) -> error" "says that something else was expected";
    JSON_FAIL_WITH "json.fail_with" "(str, i64, str) -> error" "says that of the value there";
    JSON_PUT_FLOAT "json.put_float" "(list u8, f64)" "appends a float";
    JSON_PUT_STR "json.put_str" "(list u8, str)" "appends a string in quotes";
    JSON_PUT_VALUE "json.put_value" "(list, list u8, V..)" "appends a value of any shape";

    // Sharing.
    OBJ_SHARE "obj.share" "(ref?)" "sets the shared bit of the object, where there is one";

    // Ends.
    PANIC "panic" "(str)" "traps: panic, with the text as message";
    ASSERT_FAIL "assert.fail" "(str)" "traps: assertion_failed, with the text as message";
    FAIL_VALUE "fail.value" "(str)" "traps: invalid_value, with the text as message";
}

#[cfg(test)]
mod tests {
    use super::NATIVES;

    #[test]
    fn names_are_distinct() {
        let mut names: Vec<_> = NATIVES.iter().map(|n| n.name).collect();
        names.sort_unstable();
        let total = names.len();
        names.dedup();
        assert_eq!(names.len(), total);
    }
}
