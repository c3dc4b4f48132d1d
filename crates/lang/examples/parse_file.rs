//! Prints the syntax tree and the diagnostics of a file: `parse_file FILE`; or measures the
//! parser on generated text: `parse_file --measure LINES`.

use kaa_base::span::{FileId, SourceFile};
use kaa_lang::ast::dump::dump;
use kaa_lang::intern::Interner;
use kaa_lang::lex::lex;
use kaa_lang::parse::parse;
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--measure", lines] => measure(lines.parse().unwrap_or(100_000)),
        [path] => show(path),
        _ => eprintln!("usage: parse_file FILE | --measure LINES"),
    }
}

fn show(path: &str) {
    let Ok(text) = std::fs::read_to_string(path) else {
        return eprintln!("cannot read {path}");
    };
    let mut names = Interner::new();
    let (ast, diags) = parse(FileId(0), &text, &mut names);
    print!("{}", dump(&ast, &names));
    let file = SourceFile::new(path, text);
    for diag in diags {
        let at = file.line_col(diag.span.lo);
        println!("{}:{}: {} {}", at.line, at.col, diag.code, diag.message);
        for fix in diag.fixes {
            println!("    fix: {}", fix.message);
        }
    }
}

/// A program of about this many lines, as varied as ordinary ones.
fn generate(lines: usize) -> String {
    let mut text = String::new();
    let mut at = 0;
    while text.len() / 24 < lines && at < lines {
        text.push_str(&format!(
            "def function_{at}(xs: list[int], name: str, k: float = 1.5) -> dict[str, int]:\n\
             \x20   # Counts what is large.\n\
             \x20   mut counts: dict[str, int] = {{}}\n\
             \x20   mut total = 0\n\
             \x20   for i, x in enumerate(xs):\n\
             \x20       if x > {at} and (x % 7 == 3 or not name.startswith(\"p_{at}\")):\n\
             \x20           total += x * 2 - i // 3\n\
             \x20           counts[f\"{{name}}_{{x:>6}}\"] = counts.get(name, 0) + 1\n\
             \x20       elif x is not None:\n\
             \x20           total = max(total, abs(xs[i - 1]), len(xs[1:x]))\n\
             \x20   ys = [y * y for y in xs if y != 4]\n\
             \x20   print(\"total\", total, sum(ys), sep=\", \")\n\
             \x20   return counts\n\n"
        ));
        at += 14;
    }
    text
}

fn measure(lines: usize) {
    for scale in [1, 2, 4] {
        let text = generate(lines * scale);
        let count = text.lines().count();
        let (mut lexing, mut parsing) = (f64::MAX, f64::MAX);
        let mut nodes = 0;
        for _ in 0..5 {
            let start = Instant::now();
            let lexed = lex(FileId(0), &text);
            lexing = lexing.min(start.elapsed().as_secs_f64());
            assert!(lexed.diags.is_empty());
            let start = Instant::now();
            let mut names = Interner::new();
            let (ast, diags) = parse(FileId(0), &text, &mut names);
            parsing = parsing.min(start.elapsed().as_secs_f64());
            assert!(diags.is_empty(), "{diags:?}");
            nodes = ast.exprs().len();
        }
        println!(
            "{count} lines, {} bytes, {nodes} expressions: lexer {:.0} MB/s, \
             lexer and parser {:.0} MB/s, {:.2} M lines/s",
            text.len(),
            text.len() as f64 / lexing / 1e6,
            text.len() as f64 / parsing / 1e6,
            count as f64 / parsing / 1e6,
        );
    }
}
