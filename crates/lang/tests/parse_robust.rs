//! The parser against noise: whatever the text, it ends, does not panic, keeps its spans within
//! the text, and reports every text that is no program.

use kaa_base::span::FileId;
use kaa_lang::ast::dump::dump;
use kaa_lang::intern::Interner;
use kaa_lang::parse::parse;
use std::time::{Duration, Instant};

const TOKENS: &[&str] = &[
    "x",
    "y",
    "self",
    "1",
    "0x1F",
    "1.5",
    "\"s\"",
    "\'t\'",
    "f\"{",
    "f\"a",
    "f\"\"\"",
    "\"\"\"",
    "\"",
    "{x=",
    "!r",
    ":>10",
    "}",
    "}\"",
    "b\"\\x0\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    ".",
    "...",
    "->",
    ":=",
    "?",
    "??",
    "@",
    "!",
    "=",
    "==",
    "!=",
    "<",
    "===",
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "+%",
    "<<",
    "&",
    "|",
    "^",
    "~",
    "&&",
    "||",
    "+=",
    "*%=",
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "enum",
    "except",
    "finally",
    "fn",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "mut",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "struct",
    "trait",
    "try",
    "while",
    "with",
    "yield",
    "match",
    "case",
    "type",
    "own",
    "extend",
    "resource",
    "any",
    "let",
    "var",
    "print",
    "switch",
    "func",
    "int",
    "Optional",
    "_",
    "\n",
    "\n",
    "\n",
    "\n    ",
    "\n    ",
    "\n        ",
    "\n  ",
    "\n\t",
    "\r\n",
    "\\\n",
    "\\",
    "#c\n",
    "\u{e9}",
    "\u{201c}",
    "\0",
    "++",
    "--",
    "0o9",
    "1_",
    "12ab",
    "\u{feff}",
    "@test\n",
    "_a",
    "Num(v)",
];

const SEEDS: &[&str] = &[
    include_str!("parse/programs.kaa"),
    include_str!("parse/statements.kaa"),
    include_str!("parse/literals.kaa"),
    include_str!("parse/declarations.kaa"),
    include_str!("parse/match.kaa"),
    include_str!("parse/expressions.kaa"),
];

/// A small generator of pseudo-random numbers (xorshift).
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below.max(1)
    }
}

fn rounds(release: usize) -> usize {
    if cfg!(debug_assertions) { release / 20 } else { release }
}

/// Reads a text and checks what must hold for every text.
fn check(text: &str) -> usize {
    let mut names = Interner::new();
    let (ast, diags) = parse(FileId(0), text, &mut names);
    let inside = |lo: u32, hi: u32| lo <= hi && hi as usize <= text.len();
    for expr in ast.exprs() {
        assert!(inside(expr.span.lo, expr.span.hi), "{:?} in {text:?}", expr.span);
    }
    for stmt in ast.stmts() {
        assert!(inside(stmt.span.lo, stmt.span.hi), "{:?} in {text:?}", stmt.span);
    }
    for diag in &diags {
        assert!(inside(diag.span.lo, diag.span.hi), "{diag:?} in {text:?}");
        for (span, _) in diag.fixes.iter().flat_map(|fix| &fix.edits) {
            let (lo, hi) = (span.lo as usize, span.hi as usize);
            assert!(text.get(lo..hi).is_some(), "{diag:?} in {text:?}");
        }
    }
    let tree = dump(&ast, &names);
    assert!(!tree.contains("<error>") || !diags.is_empty(), "unreported error in {text:?}\n{tree}");
    diags.len()
}

#[test]
fn token_soup() {
    let mut noise = Noise(0x9E37_79B9_7F4A_7C15);
    let mut text = String::new();
    let mut reported = 0;
    for _ in 0..rounds(200_000) {
        text.clear();
        for _ in 0..1 + noise.next(30) {
            text.push_str(TOKENS[noise.next(TOKENS.len())]);
            if noise.next(4) > 0 {
                text.push(' ');
            }
        }
        reported += usize::from(check(&text) > 0);
    }
    assert!(reported > rounds(100_000));
}

#[test]
fn byte_soup() {
    let mut noise = Noise(0xDEAD_BEEF_1234_5678);
    for _ in 0..rounds(100_000) {
        let bytes: Vec<u8> = (0..noise.next(60)).map(|_| noise.next(256) as u8).collect();
        check(&String::from_utf8_lossy(&bytes));
        let ascii: String = bytes.iter().map(|b| char::from(b & 0x7F)).collect();
        check(&ascii);
    }
}

/// Sound programs with pieces removed, doubled, and exchanged.
#[test]
fn mutations() {
    let mut noise = Noise(0x0123_4567_89AB_CDEF);
    for round in 0..rounds(60_000) {
        let seed = SEEDS[round % SEEDS.len()];
        let mut bytes = seed.as_bytes().to_vec();
        let start = noise.next(bytes.len());
        bytes = bytes[start..(start + 400).min(bytes.len())].to_vec();
        for _ in 0..1 + noise.next(4) {
            let at = noise.next(bytes.len());
            let end = (at + 1 + noise.next(8)).min(bytes.len());
            match noise.next(3) {
                0 => drop(bytes.drain(at..end)),
                1 => {
                    let token = TOKENS[noise.next(TOKENS.len())];
                    bytes.splice(at..at, token.bytes());
                }
                _ => {
                    let piece = bytes[at..end].to_vec();
                    let to = noise.next(bytes.len());
                    bytes.splice(to..to, piece);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        check(&String::from_utf8_lossy(&bytes));
    }
}

/// Every beginning of a program.
#[test]
fn truncations() {
    for seed in SEEDS {
        for end in (0..seed.len()).filter(|&end| seed.is_char_boundary(end)) {
            if end % if cfg!(debug_assertions) { 7 } else { 1 } == 0 {
                check(&seed[..end]);
            }
        }
    }
}

fn timed(what: &str, text: &str) -> usize {
    let start = Instant::now();
    let count = check(text);
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(10), "{what} took {taken:?}");
    count
}

/// Texts that nest or go on without end: one clear error each, soon.
#[test]
fn bombs() {
    let n = 100_000;
    let nested = [
        "(",
        "[",
        "{",
        "x[",
        "f(",
        "{1: ",
        "-",
        "not ",
        "~",
        "lambda: ",
        "x if y else ",
        "x ** ",
        "f\"{",
        "x ?? ",
        "[x for x in ",
        "(x for x in ",
        "await ",
        "!",
        "x == (",
        "*",
        "mut ",
        "f(mut ",
        "f(x=",
        "x[y:",
        "x: fn(",
        "x: list[",
        "x: (",
        "x: fn() -> ",
        "a = b = (",
        "x.y(",
        "match x:\n case (",
        "x := (",
        "assert (",
        "del (",
        "++",
        "return (",
        "any ",
        "(x, ",
    ];
    for piece in nested {
        let (first, rest) = piece.split_once(": fn").map_or(("", piece), |_| ("x: ", &piece[3..]));
        let text = format!("{first}{}", rest.repeat(n));
        let count = timed(piece, &text);
        assert!((1..=200).contains(&count), "{piece:?}: {count} errors");
    }
    for piece in [" + 1", ".y", "()", "[0]", "?", " and x", " < x", " ?? x", " if x else x", "??"] {
        timed(piece, &format!("x{}", piece.repeat(n)));
    }
    for piece in
        ["x\n", "(\n", "f(\"\n", "if x:\n", "\"\"\"", "f\"{x", "else:\n", "{\n", "x = (\ny\n"]
    {
        timed(piece, &piece.repeat(n));
    }
    let stairs: String = (0..3000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect();
    assert!(timed("stairs", &stairs) >= 1);
    let types = format!("x: {}int", "list[".repeat(n));
    assert!(timed("types", &types) >= 1);
}

#[test]
fn long_lines_and_lists() {
    let list = format!("xs = [{}]\n", "12345, ".repeat(200_000));
    assert_eq!(timed("list", &list), 0);
    let swaps = "a, b = b, a\nfor x, y in z, w: pass\n".repeat(5_000);
    assert_eq!(timed("swaps", &swaps), 0);
    let text = format!("s = \"{}\"\n", "abcdefghi ".repeat(1_000_000));
    assert_eq!(timed("text", &text), 0);
    let elifs = format!("if a:\n    b\n{}", "elif c:\n    d\n".repeat(20_000));
    assert_eq!(timed("elifs", &elifs), 0);
    let chain = format!("a{}\n", " < b".repeat(100_000));
    assert_eq!(timed("chain", &chain), 0);
    let strings = format!("s = {}\n", "\"a\" ".repeat(100_000));
    assert_eq!(timed("strings", &strings), 0);
}
