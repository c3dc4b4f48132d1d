"""Records what CPython answers: one line for each call, in the files of this folder.

Run by hand with CPython 3.11: python3 record.py [folder [factor]]
A line reads `function argument... => result...`; `main.rs` calls Kaa's routine of that
name and compares. Text is quoted, `-` is an argument not given, `error` any exception.
"""

import random
import struct
import sys

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "."
FACTOR = int(sys.argv[2]) if len(sys.argv) > 2 else 1
rng = random.Random(FACTOR)
BIG = 2**63

# Pieces from which texts are put together.
SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1e", "\x1f", "\x85",
          "\xa0", "\u2003", "\u2028", "\u2029", "\u3000"]
WORDS = ["a", "b", "ab", "aa", "abc", "Abc", "ABC", "x1", "42", "Hello World", "it's", "\"q\"",
         "-", "_", ".", "/", "'", "\\", "\x00", "\x7f", "e", "\xe9", "\u0130", "\xdf", "\u1e9e",
         "\u01c4", "\u01c5", "\u01c6", "\u03a3", "\u03c3", "\u03c2", "A\u03a3", "\ufb01",
         "\u0149", "\u0390", "\u1f80", "\u1fb7",
         "\u1fb2", "\u10d0", "\u13a0", "\uab70", "\u00b2", "\u2460", "\u0661", "\u2167", "\u4e2d",
         "\u4e00", "\u0301", "\u200b", "\ufeff", "\ue000", "\U0001f600", "\U0001d7d8", "\xaa",
         "\u2118",
         "\u00b7", "\xad", "\u0345"]
LONE = sorted({c for c in WORDS if len(c) == 1} | {s for s in SPACES if len(s) == 1}
              | {chr(c) for c in range(128)})
FLOATS = [1.3682433845649155e18, 72484640188157.125, 2.0**-25, 0.0, -0.0, 1.0, -1.0, 0.1, 0.5,
          1.5, 2.5, -2.5, 0.25, 2.675, 1.005, 0.045, 1e15, 1e16,
          123456789012345680.0, 1e17, 9999999999999998.0, 1e-4, 1e-5, 0.00012345, 1e22, 1e23,
          9.999999999999999e22, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
          float("inf"), float("-inf"), float("nan"), 1 / 3, 2 / 3, 100.0, 1e100, 1234567.891,
          999999.5, 0.999999, 9.5, 99.5, 0.95, 5e-5, 1e-7, 3.141592653589793, 65504.0, 1e6,
          123456.0, 1234567.0, 1e5, 25.0, 35.0, 15.0, 250.0, 350.0, 1e308]
INTS = [0, 1, -1, 7, 10, 42, -42, 65, 97, 255, 256, 999, 1000, -1000, 1234, 65535, 0x20ac,
        0x1f600, 123456, 1234567, -1234567, 10**9, 10**12, -(10**15), 2**31, 2**53, BIG - 1, -BIG]


def any_float():
    kind = rng.randrange(5)
    if kind == 0:
        return rng.choice(FLOATS)
    if kind == 1:
        return struct.unpack("d", struct.pack("Q", rng.getrandbits(64)))[0]
    if kind == 2:
        return rng.randrange(-10**6, 10**6) / 10 ** rng.randrange(8)
    if kind == 3:
        return float(rng.randrange(-10**5, 10**5) * 5) / 2 ** rng.randrange(12)
    return rng.uniform(-1, 1) * 10.0 ** rng.randrange(-8, 20)


def any_int():
    kind = rng.randrange(3)
    if kind == 0:
        return rng.choice(INTS)
    if kind == 1:
        return rng.randrange(-100, 100)
    return rng.randrange(-2 ** rng.randrange(1, 64), 2 ** rng.randrange(1, 64))


def any_text(most=8):
    kind = rng.randrange(4)
    pool = [WORDS[:18], WORDS, LONE, [chr(c) for c in range(97, 100)]][kind]
    pieces = []
    for _ in range(rng.randrange(most)):
        pieces.append(rng.choice(pool))
        if rng.random() < 0.35:
            pieces.append(rng.choice(SPACES[:5] if kind == 0 else SPACES))
    return "".join(pieces)


def part_of(text):
    if not text or rng.random() < 0.25:
        return rng.choice(["", "a", "b", "ab", "aa", " ", "\n", "\xe9", "x"])
    start = rng.randrange(len(text))
    return text[start:start + rng.randrange(1, 4)]


def any_index():
    return rng.choice([None, None, 0, 1, 2, 3, 5, 9, 100, -1, -2, -4, -100])


def any_spec(letters):
    spec = ""
    if rng.random() < 0.5:
        if rng.random() < 0.5:
            spec += rng.choice("*0 _\xe9<")
        spec += rng.choice("<>^=")
    if rng.random() < 0.25:
        spec += rng.choice("+- ")
    if rng.random() < 0.07:
        spec += "z"
    if rng.random() < 0.2:
        spec += "#"
    if rng.random() < 0.25:
        spec += "0"
    if rng.random() < 0.6:
        spec += str(rng.choice([1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 20, 33]))
    if rng.random() < 0.25:
        spec += rng.choice(",_")
    if rng.random() < 0.4:
        spec += "." + str(rng.choice([0, 1, 2, 3, 5, 6, 10, 17, 25, 60]))
    if rng.random() < 0.8:
        spec += rng.choice(letters)
    if rng.random() < 0.03:
        spec += rng.choice([",", "x", ".", "__", "q", "5"])
    return spec


def any_number_text():
    kind = rng.randrange(6)
    if kind == 0:
        body = str(any_int())
    elif kind == 1:
        body = rng.choice(["0x", "0X", "0o", "0b", "0b_", "0x_", "-0x", "+", "--", ""]) + str(
            rng.choice(["1f", "17", "101", "0", "", "_1", "1_", "g", "9"]))
    elif kind == 2:
        body = rng.choice(["1_000", "1__0", "_1", "1_", "00", "007", "0_0", "1 2", "", " ", "1.5",
                           "\u0661\u0662", "\U0001d7d8", "\xb2", "9223372036854775807",
                           "9223372036854775808", "-9223372036854775808", "zz", "Z", "1\x00"])
    elif kind == 3:
        body = repr(any_float())
    elif kind == 4:
        body = rng.choice(["inf", "-inf", "Infinity", "+NaN", "nan", "infinit", "1e5", "1E+5",
                           "1e", "e5", ".5", "5.", ".", "-.5e-3", "1_0.0_1", "1_.0", "1._0",
                           "1e1_0", "1e_1", "0x1p3", "1e400", "1e-400", "+-1", "1,5",
                           "\u0663.\u0664"])
    else:
        body = "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 25)))
    return rng.choice(["", "", " ", "\n", "\u3000"]) + body + rng.choice(["", "", " ", "\t\n"])


def checked(value):
    if not -BIG <= value < BIG:
        raise OverflowError
    return value


def whole_divmod(a, b):
    quotient, rest = divmod(a, b)
    return checked(quotient), rest


def whole_pow(a, b):
    if b < 0:
        raise ValueError
    if abs(a) > 1 and b > 64:
        raise OverflowError
    return checked(a**b)


def sliced(s, start, stop, step):
    return s[start:stop:step]


def with_spans(method):
    return lambda s, sub, start, end: getattr(s, method)(sub, start, end)


def find_arguments():
    text = any_text()
    return text, part_of(text), any_index(), any_index()


def split_arguments():
    text = any_text()
    return text, part_of(text), rng.choice([-1, -1, 0, 1, 2, 3])


def strip_arguments():
    text = any_text()
    return text, rng.choice([None, part_of(text), "ab ", "\xe9a"])


def replace_arguments():
    text = any_text()
    return text, part_of(text), rng.choice(["", "Z", "xyz", "\xe9"]), rng.choice([-1, -1, 0, 1, 2])


def affix_arguments():
    text = any_text()
    return text, rng.choice([text[:2], text[-2:], part_of(text), text])


def predicate_text():
    pool = rng.choice([LONE, WORDS, WORDS[:12], ["a", "B", "1", "_", " "]])
    return "".join(rng.choice(pool) for _ in range(rng.randrange(4)))


def one_char():
    return rng.choice(LONE) if rng.random() < 0.8 else any_text(3)


def method(name):
    return lambda s, *arguments: getattr(s, name)(*arguments)


def digits():
    return rng.choice([-400, -309, -17, -5, -3, -2, -1, 0, 1, 2, 3, 5, 10, 16, 22, 300, 330])


def splitter(name):
    return lambda s, most: getattr(s, name)(None, most)


def pad_arguments():
    return any_text(), rng.choice([-1, 0, 3, 5, 6, 10, 11]), rng.choice(["*", " ", "\xe9", "ab"])


def text(*_):
    return (any_text(),)


FLOAT_LETTERS = "eEfFgGn%ffg" + "sd"
INT_LETTERS = "bcdoxXnddxeEfFgG%s"
FILES = {
    "floats": [
        ("repr_float", 250, lambda: (any_float(),), repr),
        ("round_float", 200, lambda: (any_float(), digits()), round),
        ("round_to_int", 60, lambda: (any_float(),), lambda x: checked(round(x))),
        ("float_div_mod", 120, lambda: (any_float(), rng.choice(FLOATS + [any_float()] * 9)),
         divmod),
        ("parse_float", 250, lambda: (any_number_text(),), float),
    ],
    "ints": [
        ("parse_int", 300, lambda: (any_number_text(), rng.choice([10, 10, 10, 0, 2, 8, 16, 36])),
         lambda s, base: checked(int(s, base))),
        ("int_div_mod", 100, lambda: (any_int(), any_int()), whole_divmod),
        ("int_pow", 100, lambda: (rng.randrange(-12, 12), rng.randrange(-2, 70)), whole_pow),
        ("pow_mod", 120, lambda: (any_int(), any_int(), any_int()), pow),
        ("round_int", 80, lambda: (any_int(), rng.randrange(-22, 3)),
         lambda n, d: checked(round(n, d))),
    ],
    "formats": [
        ("format_float", 500, lambda: (any_float(), any_spec(FLOAT_LETTERS)), format),
        ("format_int", 400, lambda: (any_int(), any_spec(INT_LETTERS)), format),
        ("format_bool", 60, lambda: (rng.random() < 0.5, any_spec("dxs")), format),
        ("format_str", 200, lambda: (any_text(4), any_spec("ssssd")), format),
    ],
    "quotes": [
        ("repr_str", 150, text, repr),
        ("repr_bytes", 60, lambda: ("".join(chr(rng.choice([39, 34, 92, 10, 65, 97,
        rng.randrange(256)]))
                                     for _ in range(rng.randrange(9))),),
         lambda s: repr(s.encode("latin-1"))),
        ("ord", 30, lambda: (one_char(),), ord),
        ("chr", 30, lambda: (rng.choice([-1, 0, 97, 233, 0x10ffff, 0x110000, 2**40]),), chr),
    ],
    "search": [
        ("find", 150, find_arguments, with_spans("find")),
        ("rfind", 120, find_arguments, with_spans("rfind")),
        ("count", 150, find_arguments, with_spans("count")),
        ("starts_with", 100, find_arguments, with_spans("startswith")),
        ("ends_with", 100, find_arguments, with_spans("endswith")),
        ("slice", 250, lambda: (any_text(), any_index(), any_index(),
                                rng.choice([1, 1, 1, 2, 3, -1, -2, 100, -BIG, 0])), sliced),
        ("char_at", 60, lambda: (any_text(), rng.randrange(-5, 5)), lambda s, i: s[i]),
        ("len", 40, text, len),
    ],
    "split": [
        ("split", 150, split_arguments, method("split")),
        ("rsplit", 120, split_arguments, method("rsplit")),
        ("split_whitespace", 150, lambda: split_arguments()[::2], splitter("split")),
        ("rsplit_whitespace", 120, lambda: split_arguments()[::2], splitter("rsplit")),
        ("split_lines", 150, lambda: (any_text(), rng.random() < 0.5), method("splitlines")),
        ("partition", 80, lambda: split_arguments()[:2], method("partition")),
        ("rpartition", 80, lambda: split_arguments()[:2], method("rpartition")),
    ],
    "edit": [
        ("strip", 100, strip_arguments, method("strip")),
        ("lstrip", 60, strip_arguments, method("lstrip")),
        ("rstrip", 60, strip_arguments, method("rstrip")),
        ("replace", 150, replace_arguments, method("replace")),
        ("remove_prefix", 50, affix_arguments, method("removeprefix")),
        ("remove_suffix", 50, affix_arguments, method("removesuffix")),
        ("center", 80, pad_arguments, method("center")),
        ("ljust", 50, pad_arguments, method("ljust")),
        ("rjust", 50, pad_arguments, method("rjust")),
        ("zfill", 60, lambda: (rng.choice(["", "+", "-", "--"]) + any_text(3), rng.randrange(9)),
         method("zfill")),
        ("expandtabs", 60, lambda: (any_text(), rng.choice([-1, 0, 1, 4, 8])),
        method("expandtabs")),
    ],
    "case": [(name, 120, text, method(name)) for name in
             ["upper", "lower", "casefold", "capitalize", "title", "swapcase"]],
    "class": [(name, 80, lambda: (predicate_text(),), method("is" + name[3:])) for name in
              ["is_alpha", "is_decimal", "is_digit", "is_numeric", "is_alnum", "is_space",
               "is_printable", "is_identifier", "is_upper", "is_lower", "is_title"]],
}

# Calls that chance might miss.
ALWAYS = {
    "repr_float": [(72484640188157.125,), (2.0**-25,), (2.0**-24,), (5e-324,), (1e16,), (1e23,)],
    "round_float": [(1.3682433845649155e18, -3), (2.675, 2), (0.5, 0), (1.5, 0), (-0.5, 0),
                    (25.0, -1), (15.0, -1), (5.0, -1), (99.0, -2), (1.7e308, -308), (-0.04, 1),
                    (5e-324, 323), (50.00000000000001, -2)],
    "format_float": [(2.5, ".0f"), (0.125, ".2f"), (1e16, "#"), (1234.5, "010,.1f"),
                     (-0.001, "z.1f"), (float("-inf"), "08,"), (0.0001, ".0%"), (1e308, "%")],
    "format_int": [(1234, "08,"), (123, "08,"), (-1234, "=010_"), (255, "#010_x"), (0, "_b")],
    "int_div_mod": [(-BIG, -1), (-7, 2), (7, -2), (-BIG, 1), (1, 0), (BIG - 1, -BIG)],
    "pow_mod": [(3, -1, 7), (2, -1, 4), (5, 3, -7), (0, 0, 1), (-BIG, BIG - 1, BIG - 1),
                (2, 10, -BIG), (3, 5, 0), (-BIG, -3, BIG - 1)],
    "count": [("", "", None, None), ("aaa", "", 3, None), ("aaa", "", 4, None)],
    "find": [("", "", 1, None), ("abc", "", 3, None), ("abc", "c", -1, None)],
}


def show(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(
            "\\" + c if c in '"\\' else c if " " <= c <= "~" else f"\\u{{{ord(c):x}}}"
            for c in value) + '"'
    if isinstance(value, (list, tuple)):
        return " ".join(map(show, value))
    return repr(value)


def answer(function, arguments):
    try:
        return show(function(*arguments))
    except (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
        return "error"


for name, rows in FILES.items():
    lines = []
    for function, times, arguments, reference in rows:
        seen = {}
        for given in ALWAYS.get(function, []) + [arguments() for _ in range(times * FACTOR)]:
            seen[f"{function} {show(given)}"] = answer(reference, given)
        lines += [f"{call} => {result}".rstrip() for call, result in sorted(seen.items())]
    with open(f"{FOLDER}/{name}.txt", "w") as out:
        out.write("\n".join(lines) + "\n")
