//! Guesses at what was meant: names that are nearly right.

use super::Checker;
use super::collect::TypeName;
use crate::intern::Symbol;
use kaa_base::span::FileId;

/// The candidate that is nearest to `text`, if it is near.
pub fn nearest<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let limit = match text.chars().count() {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        if name.len().abs_diff(text.len()) > limit * 4 || name == text {
            continue;
        }
        let same = name.eq_ignore_ascii_case(text);
        let far = if same { 0 } else { distance(text, name, limit) };
        if far <= limit && best.is_none_or(|(least, _)| far < least) {
            best = Some((far, name));
        }
    }
    best.map(|(_, name)| name.to_string())
}

/// Number of changes (insert, delete, replace, swap) from one to the other, or more than `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit || a.len() > 64 || b.len() > 64 {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Guesses look at all names; a file full of mistakes gets them for the first only.
pub const MAX_GUESSES: usize = 50;

impl Checker<'_> {
    /// A name in sight that is nearly this one.
    pub(super) fn near_name(&self, text: &str, file: FileId) -> Option<String> {
        if self.diags.len() > MAX_GUESSES {
            return None;
        }
        let locals = self.scope.names();
        let items = (0..).map(Symbol).zip(&self.scopes.prelude);
        let mut items: Vec<Symbol> =
            items.filter(|(_, item)| item.is_some()).map(|(name, _)| name).collect();
        items.extend(self.scopes.declared.keys().filter(|key| key.0 == file).map(|key| key.1));
        items.sort_unstable();
        nearest(text, locals.chain(items).map(|name| self.text(name)))
    }

    /// A type that is nearly this one.
    pub(super) fn near_type(&self, text: &str, file: FileId) -> Option<String> {
        let structs = self.program.structs.values().filter(|def| def.span.file == file);
        let structs = structs.map(|def| self.text(def.name));
        nearest(text, TypeName::ALL.iter().map(|name| name.text()).chain(structs))
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_names() {
        let names = ["append", "insert", "counter", "x", "len"];
        let cases = [
            ("apend", Some("append")),
            ("countre", Some("counter")),
            ("Len", Some("len")),
            ("push", None),
            ("y", None),
        ];
        for (text, near) in cases {
            assert_eq!(nearest(text, names.into_iter()).as_deref(), near, "{text}");
        }
    }
}
