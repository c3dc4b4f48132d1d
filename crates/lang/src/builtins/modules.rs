//! Rows of the modules. Functions of capabilities become imports of their own module, by their
//! short name; those of `math` are part of the runtime.

super::rows! {
    /// `import math`
    MATH {
        "math.acos" "(x: float) -> float" "arc cosine";
        "math.acosh" "(x: float) -> float" "inverse hyperbolic cosine";
        "math.asin" "(x: float) -> float" "arc sine";
        "math.asinh" "(x: float) -> float" "inverse hyperbolic sine";
        "math.atan" "(x: float) -> float" "arc tangent";
        "math.atan2" "(y: float, x: float) -> float" "the angle of a point";
        "math.atanh" "(x: float) -> float" "inverse hyperbolic tangent";
        "math.cbrt" "(x: float) -> float" "cube root";
        "math.ceil" "(x: float) -> int" "the least integer that is not less";
        "math.comb" "(n: int, k: int) -> int" "how many ways to choose k of n";
        "math.copysign" "(x: float, y: float) -> float" "the size of x with the sign of y";
        "math.cos" "(x: float) -> float" "cosine";
        "math.cosh" "(x: float) -> float" "hyperbolic cosine";
        "math.degrees" "(x: float) -> float" "radians as degrees";
        "math.dist" "(p: list[float], q: list[float]) -> float" "distance of two points";
        "math.erf" "(x: float) -> float" "error function";
        "math.erfc" "(x: float) -> float" "1 - erf(x)";
        "math.exp" "(x: float) -> float" "e ** x";
        "math.exp2" "(x: float) -> float" "2 ** x";
        "math.expm1" "(x: float) -> float" "e ** x - 1";
        "math.fabs" "(x: float) -> float" "without its sign";
        "math.factorial" "(n: int) -> int" "1 * 2 * ... * n; traps on overflow";
        "math.floor" "(x: float) -> int" "the greatest integer that is not greater";
        "math.fma" "(x: float, y: float, z: float) -> float" "x * y + z, rounded once";
        "math.fmod" "(x: float, y: float) -> float" "remainder with the sign of x";
        "math.fsum" "(items: list[float]) -> float" "the exact sum, rounded once";
        "math.frexp" "(x: float) -> (float, int)" "mantissa and exponent";
        "math.gamma" "(x: float) -> float" "gamma function";
        "math.gcd" "(a: int, b: int) -> int" "greatest common divisor";
        "math.hypot" "(x: float, y: float) -> float" "length of the vector";
        "math.isclose"
            "(a: float, b: float, *, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool"
            "whether they are nearly equal";
        "math.isfinite" "(x: float) -> bool" "neither inf nor nan";
        "math.isinf" "(x: float) -> bool" "inf or -inf";
        "math.isnan" "(x: float) -> bool" "no number";
        "math.isqrt" "(n: int) -> int" "square root, rounded down";
        "math.lcm" "(a: int, b: int) -> int" "least common multiple";
        "math.ldexp" "(x: float, i: int) -> float" "x * 2 ** i";
        "math.lgamma" "(x: float) -> float" "logarithm of the size of gamma(x)";
        "math.log" "(x: float) -> float" "natural logarithm";
        "math.log_base" "(x: float, base: float) -> float" "logarithm to that base";
        "math.log10" "(x: float) -> float" "logarithm to base 10";
        "math.log1p" "(x: float) -> float" "log(1 + x)";
        "math.log2" "(x: float) -> float" "logarithm to base 2";
        "math.modf" "(x: float) -> (float, float)" "fraction and whole part";
        "math.nextafter" "(x: float, y: float) -> float" "the float next to x, towards y";
        "math.perm" "(n: int, k: int? = None) -> int" "how many ways to arrange k of n, or all";
        "math.pow" "(x: float, y: float) -> float" "x ** y";
        "math.prod" "[T: Num](items: Iter[T], *, start: T = 1) -> T"
            "start and all elements, multiplied";
        "math.radians" "(x: float) -> float" "degrees as radians";
        "math.remainder" "(x: float, y: float) -> float" "x less the nearest multiple of y";
        "math.sin" "(x: float) -> float" "sine";
        "math.sinh" "(x: float) -> float" "hyperbolic sine";
        "math.sqrt" "(x: float) -> float" "square root; traps on negative numbers";
        "math.sumprod" "(p: list[float], q: list[float]) -> float"
            "the exact sum of the products, rounded once";
        "math.tan" "(x: float) -> float" "tangent";
        "math.tanh" "(x: float) -> float" "hyperbolic tangent";
        "math.trunc" "(x: float) -> int" "without the fraction";
        "math.ulp" "(x: float) -> float" "what the last bit of x is worth";
    }
    /// What `re` of the library is made of.
    RE {
        "_re.compile" "(pattern: str, flags: int) -> Result[list[str]]" "the names of the groups";
        "_re.match_at" "(pattern: str, flags: int, text: str, pos: int, how: int) -> list[int]"
            "the positions of the groups of a match, in pairs";
        "_re.all" "(pattern: str, flags: int, text: str, most: int) -> list[int]"
            "the same of all matches, one behind the other";
        "_re.parts" "(text: str, spans: list[int]) -> list[str]"
            "the texts between pairs of positions";
    }
    /// What `json` of the library is made of.
    JSON {
        "_json.read" "[V, T: Json](samples: list[V], text: str, like: T?) -> Result[T]"
            "the value that a text holds; those of any shape are as the samples are";
        "_json.text" "[V, T: Json](samples: list[V], value: T) -> str" "a value as text";
        "_json.lay_out"
            "(text: str, indent: int, sort_keys: bool, comma: str, colon: str) -> str"
            "a text in another layout";
        "_json.ascii" "(text: str) -> str" "the text with escapes for what is not ASCII";
    }
    /// What tasks and channels of the library are made of.
    TASK {
        "_task.group" "() -> int" "a number for tasks that are waited for together";
        "_task.spawn" "(group: int, body: fn() -> None) -> int" "a new task";
        "_task.join" "(task: int) -> None" "waits for the end of a task";
        "_task.failure" "(task: int) -> str" "why a task that has ended has no result";
        "_task.finish" "(group: int) -> None" "waits for all tasks of a group";
        "_task.cancel" "(group: int) -> None" "ends all tasks of a group";
        "_task.signal" "() -> int" "a number that tasks can wait for";
        "_task.wait" "(signal: int, reason: int) -> None"
            "waits, to receive (0) or to send (1), until the signal is given";
        "_task.wake" "(signal: int, all: bool) -> None"
            "gives a signal to the task that waits longest, or to all";
    }
    /// `import fs`
    FS {
        "fs.read_text" "(path: str) -> Result[str]" "the text of a file";
        "fs.read_bytes" "(path: str) -> Result[bytes]" "the bytes of a file";
        "fs.write_text" "(path: str, text: str) -> Result[None]" "makes or replaces a file";
        "fs.write_bytes" "(path: str, data: bytes) -> Result[None]" "makes or replaces a file";
        "fs.append_text" "(path: str, text: str) -> Result[None]" "writes at the end of a file";
        "fs.append_bytes" "(path: str, data: bytes) -> Result[None]" "writes at the end of a file";
        "fs.exists" "(path: str) -> bool" "whether there is such a file or folder";
        "fs.is_file" "(path: str) -> bool" "whether it is a file";
        "fs.is_dir" "(path: str) -> bool" "whether it is a folder";
        "fs.list_dir" "(path: str) -> Result[list[str]]" "the names in a folder, sorted";
        "fs.remove" "(path: str) -> Result[None]" "removes a file";
        "fs.remove_dir" "(path: str) -> Result[None]" "removes an empty folder";
        "fs.remove_tree" "(path: str) -> Result[None]" "removes a folder with all that is in it";
        "fs.copy" "(src: str, dst: str) -> Result[None]" "copies a file";
        "fs.rename" "(src: str, dst: str) -> Result[None]" "moves a file or folder";
        "fs.size" "(path: str) -> Result[int]" "the bytes of a file";
        "fs.modified" "(path: str) -> Result[float]" "when it changed, in seconds since 1970";
        "fs.walk" "(path: str) -> Result[list[str]]" "all files below a folder, sorted";
        "fs.read_lines" "(path: str) -> Result[list[str]]" "the lines of a file, without ends";
        "fs.make_dir" "(path: str) -> Result[None]" "makes a folder and those above it";
        "fs._open" "(path: str, mode: str) -> Result[int]" "the number of an open file";
        "fs._read_line" "(file: int) -> Result[str]" "a line with its end, empty behind the last";
        "fs._read" "(file: int, size: int) -> Result[bytes]" "so many bytes, or all if negative";
        "fs._write" "(file: int, data: bytes) -> Result[None]" "writes to a buffer";
        "fs._write_text" "(file: int, text: str) -> Result[None]" "writes to a buffer";
        "fs._flush" "(file: int) -> Result[None]" "writes what is in the buffer";
        "fs._close" "(file: int) -> Result[None]" "closes the file";
    }
    /// `import env`
    ENV {
        "env.get" "(name: str) -> str?" "a variable of the environment";
        "env.get_or" "(name: str, default: str) -> str" "env.get with something in place of None";
        "env.args" "() -> list[str]" "the arguments of the program";
        "env.cwd" "() -> str" "the folder that relative paths begin at";
        "env.platform" "() -> str" "the system: linux, darwin, win32 or another name";
        "env._vars" "() -> list[str]" "names and values of all variables in turns";
    }
    /// `import time`
    TIME {
        "time.time" "() -> float" "seconds since 1970";
        "time.monotonic" "() -> float" "seconds of a clock that never goes back";
        "time.perf_counter" "() -> float" "seconds of the finest clock";
        "time.process_time" "() -> float" "seconds that the program has computed";
        "time.time_ns" "() -> int" "nanoseconds since 1970";
        "time.monotonic_ns" "() -> int" "nanoseconds of a clock that never goes back";
        "time.sleep" "(seconds: float)" "waits";
    }
    /// `import random`
    RANDOM {
        "random.random" "() -> float" "from 0.0 below 1.0";
        "random.randint" "(a: int, b: int) -> int" "from a to b, both possible";
        "random.uniform" "(a: float, b: float) -> float" "between a and b";
        "random.gauss" "(mu: float = 0.0, sigma: float = 1.0) -> float" "normally distributed";
        "random.expovariate" "(lambd: float = 1.0) -> float" "exponentially distributed";
        "random.triangular" "(low: float = 0.0, high: float = 1.0, mode: float? = None) -> float"
            "most often near the mode";
        "random.getrandbits" "(k: int) -> int" "a number of k bits, 63 at most";
        "random.randbytes" "(n: int) -> bytes" "random bytes";
        "random.seed" "(n: int)" "begins the sequence that belongs to n";
    }
    /// `import process`
    PROCESS {
        "process.exit" "(code: int = 0) -> Never" "ends the program with an exit code";
        "process.pid" "() -> int" "the number of the process";
        "process.run"
            "(args: list[str], input: str = '', *, cwd: str? = None, timeout: float? = None) \
             -> Result[(int, str, str)]"
            "runs a program: its exit code, what it wrote, and what it wrote as errors";
    }
}
