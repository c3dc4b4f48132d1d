//! `unsafe` stands only where the design allows it, each time under a `SAFETY:` comment.
//!
//! A `SAFETY:` comment counts if it stands on the same line or in the comment and attribute lines
//! directly above. An `unsafe fn` instead carries a `# Safety` section in its documentation, which
//! clippy checks; an `unsafe` function type or trait declares and needs nothing here.

use super::Problem;
use super::files::Tree;
use super::source::words;

/// Crates whose business is memory.
const UNSAFE_CRATES: &[&str] = &["heap", "exec", "jit"];

/// Checks every `unsafe` of the tree.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (file, source) in tree.rust() {
        let allowed = UNSAFE_CRATES
            .iter()
            .any(|role| file.path.strip_prefix("crates/").is_some_and(|rest| starts(rest, role)));
        let lines: Vec<(&str, &str)> = source.code.lines().zip(source.comments.lines()).collect();
        for (_, line) in words(&source.code, "unsafe") {
            if !allowed {
                let message = "`unsafe` is kept to the crates heap, exec and jit";
                problems.push(Problem::at(&file.path, line, message));
            } else if needs_comment(&lines, line) && !has_comment(&lines, line) {
                let message = "say in a `// SAFETY:` comment which local fact this rests on";
                problems.push(Problem::at(&file.path, line, message));
            }
        }
    }
    problems
}

fn starts(rest: &str, role: &str) -> bool {
    rest.strip_prefix(role).is_some_and(|tail| tail.starts_with('/'))
}

/// Blocks and impls rest on a fact; declarations of functions, traits and types do not.
fn needs_comment(lines: &[(&str, &str)], line: usize) -> bool {
    let code = lines[line - 1].0;
    let after = code.split("unsafe").nth(1).unwrap_or_default().trim_start();
    let after = if after.is_empty() {
        lines.get(line).map_or("", |next| next.0.trim_start())
    } else {
        after
    };
    after.starts_with('{') || after.starts_with("impl")
}

fn has_comment(lines: &[(&str, &str)], line: usize) -> bool {
    if lines[line - 1].1.contains("SAFETY:") {
        return true;
    }
    for (code, comment) in lines[..line - 1].iter().rev() {
        if comment.contains("SAFETY:") {
            return true;
        }
        let code = code.trim();
        // A statement may be broken over lines before its unsafe block.
        let continues = code.is_empty() && !comment.trim().is_empty()
            || code.starts_with("#[")
            || code.ends_with(['=', '(', ',', '|', '&']) && !code.is_empty()
            || code.ends_with("=> {");
        if !continues {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(path: &str, text: &str) -> Vec<usize> {
        check(&Tree::of(&[(path, text)])).iter().map(|problem| problem.line).collect()
    }

    #[test]
    fn only_the_memory_crates_may() {
        let text = "// SAFETY: x.\nunsafe { f() }\n";
        assert_eq!(lines_of("crates/heap/src/a.rs", text), []);
        assert_eq!(lines_of("crates/heaps/src/a.rs", text), [2]);
        assert_eq!(lines_of("crates/ir/src/a.rs", text), [2]);
    }

    #[test]
    fn each_block_and_impl_has_its_comment() {
        let text = "unsafe fn f() {}
unsafe { f() }
// SAFETY: y.

#[inline]
unsafe { f() }
// SAFETY: z.
// More.
let x =
    unsafe { f() };
unsafe impl Send for A {}
";
        assert_eq!(lines_of("crates/exec/src/a.rs", text), [2, 6, 11]);
    }
}
