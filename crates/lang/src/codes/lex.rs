//! E01xx: text that makes no tokens. The parser's codes are in `parse`.

super::codes! {
    LEX;
    UNKNOWN_CHARACTER "E0101" "a character that belongs to nothing",
        "Outside of strings and comments a program consists of names, numbers and operators. \
         Typographic quotes and dashes often come from copying formatted text.",
        "x = 3 − 1", "x = 3 - 1";
    UNTERMINATED_STRING "E0102" "a string without its closing quote",
        "A string in single quotation marks ends on the line it begins on. Text over several \
         lines stands between three quotation marks.",
        "s = \"one", "s = \"one\"";
    BAD_ESCAPE "E0103" "an unknown escape in a string",
        "A backslash begins an escape: \\n \\r \\t \\0 \\\\ \\' \\\" \\a \\b \\f \\v, \\xHH, \
         \\uHHHH, \\UHHHHHHHH and octal digits. For a backslash itself write two, or a raw string.",
        "path = \"C:\\data\"", "path = r\"C:\\data\"";
    TAB_INDENT "E0104" "tabs as indentation",
        "The width of a tab depends on who looks at it, and blocks depend on the width. Blocks \
         are indented by spaces, four by habit.",
        "if ready:\n\tgo()", "if ready:\n    go()";
    BAD_DEDENT "E0105" "indentation that matches no block",
        "A line that is indented less than the one before it ends one or more blocks and must \
         line up with the block it goes on with.",
        "if a:\n        b()\n    c()", "if a:\n    b()\n    c()";
    BAD_NUMBER "E0106" "a malformed number",
        "Integers are written in base 10, or behind 0x, 0o, 0b in base 16, 8, 2; underscores may \
         stand between digits. A number does not begin with 0 and no letter follows it.",
        "n = 0755", "n = 0o755";
    TOO_DEEP "E0107" "nesting beyond the limit",
        "Brackets, blocks and operands may nest only to a fixed depth, so that every program is \
         read in bounded time and memory. Give a part of the expression a name.",
        "x = ((((((((... 1 ...))))))))", "part = 1\nx = part";
    FILE_TOO_LARGE "E0108" "a file beyond the size limit",
        "A source file may have at most 256 MiB. Keep data in a file that the program reads.",
        "table = [...]", "table = fs.read_text(path)?";
    BAD_FIELD "E0109" "a malformed field in an f-string",
        "In an f-string braces hold an expression: {value}, {value:format}, {value!r}, {value=}. \
         For the characters themselves write {{ and }}.",
        "s = f\"{x\"", "s = f\"{x}\"";
    UNMATCHED_BRACKET "E0110" "a bracket without its partner",
        "Every opening bracket needs its closing one of the same shape, in the right order.",
        "x = f((1, 2)", "x = f((1, 2))";
}
