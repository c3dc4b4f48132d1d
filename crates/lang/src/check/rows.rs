//! The rows that a `match` is decided by: cases on their way through the decision, with the tests
//! that are left of their patterns. What is made of them is in `decide`.

use super::pattern::Pat;
use crate::hir::PatId;

/// A part of the value, by its number.
pub type Part = usize;

/// What a capture is assigned.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A part.
    Part(Part),
    /// What lies between so many first and so many last elements of a list, which has that length
    /// where it is known.
    Between(Part, usize, usize, Option<usize>),
}

/// A case on its way through the decision.
#[derive(Clone, Debug)]
pub struct Row<'p> {
    /// Parts with what they must be.
    pub tests: Vec<(Part, &'p Pat)>,
    /// What its captures are assigned.
    pub binds: Vec<(PatId, Source)>,
    /// The position of the case.
    pub arm: u32,
    /// The alternatives that it came by.
    pub marks: Vec<u32>,
}

impl<'p> Row<'p> {
    /// The test of a part.
    pub fn test(&self, part: Part) -> Option<&'p Pat> {
        self.tests.iter().find(|(at, _)| *at == part).map(|(_, pat)| *pat)
    }

    /// The row without the test of a part.
    pub fn without(&self, part: Part) -> Row<'p> {
        let mut row = self.clone();
        row.tests.retain(|(at, _)| *at != part);
        row
    }

    /// Adds a pattern for a part: a test for what does not take everything.
    pub fn add(&mut self, part: Part, mut pat: &'p Pat) {
        while let Pat::Bind(local, inner) = pat {
            self.binds.push((*local, Source::Part(part)));
            pat = inner;
        }
        if *pat != Pat::Any {
            self.tests.push((part, pat));
        }
    }
}

/// Rows that do not test a part.
pub fn without<'p>(part: Part, rows: &[Row<'p>]) -> Vec<Row<'p>> {
    rows.iter().filter(|row| row.test(part).is_none()).cloned().collect()
}

/// Rows with one row for each alternative of what they test a part for.
pub fn expanded(part: Part, rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let is_or = |row: &Row<'_>| matches!(row.test(part), Some(Pat::Or(_)));
    if !rows.iter().any(is_or) {
        return rows;
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(Pat::Or(ways)) = row.test(part) else {
            out.push(row);
            continue;
        };
        for (mark, way) in ways {
            let mut row = row.without(part);
            row.marks.push(*mark);
            row.add(part, way);
            out.push(row);
        }
    }
    expanded(part, out)
}

/// The part that the first row tests and most others do too.
pub fn busiest(rows: &[Row<'_>]) -> Part {
    let tests = rows.first().map_or(&[][..], |row| &row.tests);
    let Some(&(first, _)) = tests.first() else { return 0 };
    if tests.len() == 1 {
        return first;
    }
    let count = |part: Part| rows.iter().filter(|row| row.test(part).is_some()).count();
    let best = tests
        .iter()
        .map(|&(part, _)| (count(part), part))
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or(first, |(_, part)| part)
}
