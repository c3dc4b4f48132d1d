//! Rows of `str` and `bytes`.

super::rows! {
    /// Text; positions and lengths count code points.
    STR {
        "str.capitalize" "(self) -> str" "the first character in upper case, the rest in lower";
        "str.casefold" "(self) -> str" "for comparing without regard to case";
        "str.center" "(self, width: int, fill: str = ' ') -> str" "padded on both sides";
        "str.count" "(self, sub: str, start: int? = None, end: int? = None) -> int"
            "how often `sub` occurs, without overlap";
        "str.encode" "(self) -> bytes" "as UTF-8";
        "str.bytes" "(self) -> bytes" "as UTF-8";
        "str.endswith" "(self, suffix: str, start: int? = None, end: int? = None) -> bool"
            "whether it ends so";
        "str.endswith_any" "(self, suffixes: list[str]) -> bool" "whether it ends in one of them";
        "str.expandtabs" "(self, tabsize: int = 8) -> str" "tabs as blanks";
        "str.find" "(self, sub: str, start: int? = None, end: int? = None) -> int"
            "where `sub` first occurs, or -1";
        "str.index" "(self, sub: str, start: int? = None, end: int? = None) -> int"
            "where `sub` first occurs; traps";
        "str.isalnum" "(self) -> bool" "all letters or digits, and not empty";
        "str.isalpha" "(self) -> bool" "all letters, and not empty";
        "str.isascii" "(self) -> bool" "all ASCII";
        "str.isdecimal" "(self) -> bool" "all decimal digits, and not empty";
        "str.isdigit" "(self) -> bool" "all digits, and not empty";
        "str.isidentifier" "(self) -> bool" "a valid name";
        "str.islower" "(self) -> bool" "no upper-case and some lower-case letter";
        "str.isnumeric" "(self) -> bool" "all mean numbers, and not empty";
        "str.isprintable" "(self) -> bool" "all printable";
        "str.isspace" "(self) -> bool" "all white space, and not empty";
        "str.istitle" "(self) -> bool" "in title case";
        "str.isupper" "(self) -> bool" "no lower-case and some upper-case letter";
        "str.join" "(self, items: list[str]) -> str" "the items with this text between them";
        "str.join_chars" "(self, items: list[char]) -> str" "str.join where the items are chars";
        "str.ljust" "(self, width: int, fill: str = ' ') -> str" "padded behind";
        "str.lower" "(self) -> str" "in lower case";
        "str.lstrip" "(self, chars: str? = None) -> str" "without those in front";
        "str.partition" "(self, sep: str) -> (str, str, str)"
            "before, at and behind the first `sep`";
        "str.removeprefix" "(self, prefix: str) -> str" "without that beginning";
        "str.removesuffix" "(self, suffix: str) -> str" "without that end";
        "str.replace" "(self, old: str, new: str, count: int = -1) -> str"
            "`old` turned into `new`";
        "str.rfind" "(self, sub: str, start: int? = None, end: int? = None) -> int"
            "where `sub` last occurs, or -1";
        "str.rindex" "(self, sub: str, start: int? = None, end: int? = None) -> int"
            "where `sub` last occurs; traps";
        "str.rjust" "(self, width: int, fill: str = ' ') -> str" "padded in front";
        "str.rpartition" "(self, sep: str) -> (str, str, str)"
            "before, at and behind the last `sep`";
        "str.rsplit" "(self, sep: str? = None, maxsplit: int = -1) -> list[str]"
            "the parts between separators, split from the end";
        "str.rstrip" "(self, chars: str? = None) -> str" "without those at the end";
        "str.split" "(self, sep: str? = None, maxsplit: int = -1) -> list[str]"
            "the parts between separators, or the words";
        "str.splitlines" "(self, keepends: bool = False) -> list[str]" "the lines";
        "str.startswith" "(self, prefix: str, start: int? = None, end: int? = None) -> bool"
            "whether it begins so";
        "str.startswith_any" "(self, prefixes: list[str]) -> bool" "whether it begins with one";
        "str.strip" "(self, chars: str? = None) -> str" "without those at both ends";
        "str.swapcase" "(self) -> str" "upper case for lower and the reverse";
        "str.title" "(self) -> str" "every word with a capital";
        "str.upper" "(self) -> str" "in upper case";
        "str.zfill" "(self, width: int) -> str" "padded with zeros behind the sign";
        "str.concat" "(self, other: str) -> str" "what + gives";
        "str.repeat" "(self, count: int) -> str" "what * gives";
    }
    /// Bytes; an element is an `int`.
    BYTES {
        "bytes.fromhex" "(text: str) -> bytes" "from two digits a byte; traps";
        "bytes.decode" "(self) -> str" "as UTF-8; traps";
        "bytes.to_str" "(self) -> Result[str]" "as UTF-8, or what is wrong with it";
        "bytes.hex" "(self) -> str" "two digits a byte";
        "bytes.find" "(self, sub: bytes, start: int? = None, end: int? = None) -> int"
            "where `sub` first occurs, or -1";
        "bytes.rfind" "(self, sub: bytes, start: int? = None, end: int? = None) -> int"
            "where `sub` last occurs, or -1";
        "bytes.index" "(self, sub: bytes, start: int? = None, end: int? = None) -> int"
            "where `sub` first occurs; traps";
        "bytes.rindex" "(self, sub: bytes, start: int? = None, end: int? = None) -> int"
            "where `sub` last occurs; traps";
        "bytes.count" "(self, sub: bytes) -> int" "how often `sub` occurs, without overlap";
        "bytes.startswith" "(self, prefix: bytes) -> bool" "whether it begins so";
        "bytes.endswith" "(self, suffix: bytes) -> bool" "whether it ends so";
        "bytes.split" "(self, sep: bytes? = None, maxsplit: int = -1) -> list[bytes]"
            "the parts between separators, or the words";
        "bytes.rsplit" "(self, sep: bytes? = None, maxsplit: int = -1) -> list[bytes]"
            "the parts between separators, split from the end";
        "bytes.splitlines" "(self, keepends: bool = False) -> list[bytes]" "the lines";
        "bytes.partition" "(self, sep: bytes) -> (bytes, bytes, bytes)"
            "before, at and behind the first `sep`";
        "bytes.rpartition" "(self, sep: bytes) -> (bytes, bytes, bytes)"
            "before, at and behind the last `sep`";
        "bytes.join" "(self, items: list[bytes]) -> bytes" "the items with these bytes between";
        "bytes.replace" "(self, old: bytes, new: bytes, count: int = -1) -> bytes"
            "`old` turned into `new`";
        "bytes.strip" "(self, chars: bytes? = None) -> bytes" "without those at both ends";
        "bytes.lstrip" "(self, chars: bytes? = None) -> bytes" "without those in front";
        "bytes.rstrip" "(self, chars: bytes? = None) -> bytes" "without those at the end";
        "bytes.removeprefix" "(self, prefix: bytes) -> bytes" "without that beginning";
        "bytes.removesuffix" "(self, suffix: bytes) -> bytes" "without that end";
        "bytes.ljust" "(self, width: int, fill: bytes? = None) -> bytes"
            "padded behind, with blanks or that byte";
        "bytes.rjust" "(self, width: int, fill: bytes? = None) -> bytes"
            "padded in front, with blanks or that byte";
        "bytes.upper" "(self) -> bytes" "ASCII letters in upper case";
        "bytes.lower" "(self) -> bytes" "ASCII letters in lower case";
        "bytes.isalnum" "(self) -> bool" "all ASCII letters or digits, and not empty";
        "bytes.isalpha" "(self) -> bool" "all ASCII letters, and not empty";
        "bytes.isascii" "(self) -> bool" "all below 128";
        "bytes.isdigit" "(self) -> bool" "all ASCII digits, and not empty";
        "bytes.islower" "(self) -> bool" "no upper-case and some lower-case ASCII letter";
        "bytes.isspace" "(self) -> bool" "all white space, and not empty";
        "bytes.isupper" "(self) -> bool" "no lower-case and some upper-case ASCII letter";
        "bytes.concat" "(self, other: bytes) -> bytes" "what + gives";
        "bytes.repeat" "(self, count: int) -> bytes" "what * gives";
        "bytes.of_list" "(items: list[int]) -> bytes" "what bytes(items) gives; traps";
        "bytes.zeros" "(count: int) -> bytes" "what bytes(n) gives";
    }
}
