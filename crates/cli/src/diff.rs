//! The difference of two texts in the unified form, line by line.
//!
//! Lines that are equal at both ends are passed by; between them the shortest script of changes
//! is looked for, within a bound. Beyond it the middle counts as replaced.

/// Lines around a change.
const CONTEXT: usize = 3;
/// Longer scripts are not looked for.
const MAX_CHANGES: usize = 1000;

/// One line of the difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Edit {
    Keep,
    Remove,
    Add,
}

/// The changes that lead from `old` to `new`; empty where they are equal.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (a, b) = (lines(old), lines(new));
    let script = script(&a, &b);
    let mut out = format!("--- {name}\n+++ {name}\n");
    let mut at = 0;
    while let Some(first) = script[at..].iter().position(|edit| *edit != Edit::Keep) {
        let from = (at + first).saturating_sub(CONTEXT).max(at);
        let to = end_of_hunk(&script, at + first);
        hunk(&mut out, &script, from, to, &a, &b);
        at = to;
    }
    out
}

/// A hunk goes on until more lines are kept than two contexts take.
fn end_of_hunk(script: &[Edit], first: usize) -> usize {
    let mut last = first;
    for (at, edit) in script.iter().enumerate().skip(first) {
        if *edit != Edit::Keep {
            last = at;
        } else if at - last > 2 * CONTEXT {
            break;
        }
    }
    (last + 1 + CONTEXT).min(script.len())
}

fn hunk(out: &mut String, script: &[Edit], from: usize, to: usize, a: &[&str], b: &[&str]) {
    let count = |range: &[Edit], other: Edit| range.iter().filter(|e| **e != other).count();
    let (mut i, mut j) = (count(&script[..from], Edit::Add), count(&script[..from], Edit::Remove));
    let part = &script[from..to];
    let (olds, news) = (count(part, Edit::Add), count(part, Edit::Remove));
    let start = |at: usize, many: usize| if many == 0 { at } else { at + 1 };
    out.push_str(&format!("@@ -{},{olds} +{},{news} @@\n", start(i, olds), start(j, news)));
    for edit in part {
        let (sign, line) = match edit {
            Edit::Keep => (' ', a[i]),
            Edit::Remove => ('-', a[i]),
            Edit::Add => ('+', b[j]),
        };
        i += usize::from(*edit != Edit::Add);
        j += usize::from(*edit != Edit::Remove);
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn script(a: &[&str], b: &[&str]) -> Vec<Edit> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y);
    let tail = tail.count();
    let (a, b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut script = vec![Edit::Keep; head];
    match shortest(a, b) {
        Some(middle) => script.extend(middle),
        None => {
            script.extend(std::iter::repeat_n(Edit::Remove, a.len()));
            script.extend(std::iter::repeat_n(Edit::Add, b.len()));
        }
    }
    script.extend(std::iter::repeat_n(Edit::Keep, tail));
    script
}

/// The shortest script, found by walking the diagonals of the table of both texts: after `d`
/// changes the farthest place on diagonal `k` follows from those after `d - 1`.
fn shortest(a: &[&str], b: &[&str]) -> Option<Vec<Edit>> {
    let limit = (a.len() + b.len()).min(MAX_CHANGES);
    let offset = limit + 1;
    let mut far = vec![0usize; 2 * limit + 3];
    let mut history = Vec::new();
    for d in 0..=limit {
        history.push(far[offset - d..=offset + d].to_vec());
        for k in (offset - d..=offset + d).step_by(2) {
            let down = k == offset - d || (k != offset + d && far[k - 1] < far[k + 1]);
            let mut x = if down { far[k + 1] } else { far[k - 1] + 1 };
            let mut y = (x + offset).checked_sub(k)?;
            while x < a.len() && y < b.len() && a[x] == b[y] {
                (x, y) = (x + 1, y + 1);
            }
            far[k] = x;
            if x >= a.len() && y >= b.len() {
                return Some(trace_back(&history, a.len(), b.len()));
            }
        }
    }
    None
}

/// Reads the script from the places that were reached, last change first.
fn trace_back(history: &[Vec<usize>], mut x: usize, mut y: usize) -> Vec<Edit> {
    let mut script = Vec::new();
    for (d, far) in history.iter().enumerate().skip(1).rev() {
        // `far` holds the diagonals `-d..=d` before change `d`; this one is number `x - y`.
        let k = x + d - y;
        let down = k == 0 || (k != 2 * d && far[k - 1] < far[k + 1]);
        let from_x = if down { far[k + 1] } else { far[k - 1] };
        let from_y = if down { from_x + d - (k + 1) } else { from_x + d + 1 - k };
        while x > from_x && y > from_y {
            script.push(Edit::Keep);
            (x, y) = (x - 1, y - 1);
        }
        script.push(if down { Edit::Add } else { Edit::Remove });
        (x, y) = (from_x, from_y);
    }
    script.extend(std::iter::repeat_n(Edit::Keep, x));
    script.reverse();
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_their_lines_around_them() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\nten\n";
        let expected =
            "--- f\n+++ f\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+ten\n";
        assert_eq!(unified("f", old, new), expected);
        assert_eq!(unified("f", old, old), "");
        let expected = "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n";
        assert_eq!(unified("f", "", "a"), expected);
    }

    #[test]
    fn scripts_lead_from_one_text_to_the_other() {
        let mut seed = 7u64;
        let mut next = move |n: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % n
        };
        for _ in 0..500 {
            let words = ["a\n", "b\n", "c\n", "d\n"];
            let mut make =
                || -> Vec<&str> { (0..next(12)).map(|_| words[next(4) as usize]).collect() };
            let (a, b) = (make(), make());
            let (mut i, mut made) = (0, Vec::new());
            for edit in script(&a, &b) {
                match edit {
                    Edit::Keep => made.push(a[i]),
                    Edit::Add => made.push(b[made.len()]),
                    Edit::Remove => {}
                }
                i += usize::from(edit != Edit::Add);
            }
            assert_eq!((i, made), (a.len(), b), "{a:?}");
        }
        let (old, new) = ("x\n".repeat(5000), "y\n".repeat(5000));
        assert_eq!(unified("f", &old, &new).lines().count(), 10_003);
    }
}
