//! Where a run copied values: a line of the source with how often and how much.

use std::fmt::Write;

use kaa::{Copied, SourceFile};

/// Writes the copies, most bytes first.
pub fn show<'a>(copies: &[Copied], source: impl Fn(&str) -> Option<&'a SourceFile>) -> String {
    if copies.is_empty() {
        return "no copies".to_string();
    }
    let mut copies: Vec<&Copied> = copies.iter().collect();
    copies.sort_by_key(|copied| std::cmp::Reverse((copied.bytes, copied.count)));
    let mut out = format!("{:>10} {:>12}  line\n", "copies", "bytes");
    for Copied { file, line, count, bytes } in copies {
        let text = source(file).map_or("", |source| source.line_text(*line).trim());
        let _ = writeln!(out, "{count:>10} {bytes:>12}  {file}:{line}: {text}");
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_comes_first() {
        let source = SourceFile::new("a.kaa", "xs = 1\n  ys = 2\n");
        let copied = |line, bytes| Copied { file: "a.kaa".into(), line, count: 1, bytes };
        let text = show(&[copied(1, 8), copied(2, 80)], |_| Some(&source));
        let lines: Vec<&str> = text.lines().skip(1).map(str::trim).collect();
        assert_eq!(lines, ["1           80  a.kaa:2: ys = 2", "1            8  a.kaa:1: xs = 1"]);
        assert_eq!(show(&[], |_| None), "no copies");
    }
}
