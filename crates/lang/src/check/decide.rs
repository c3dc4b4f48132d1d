//! From the cases of a `match` to a decision.
//!
//! Each case is a row of tests: parts of the value with the patterns they must be. The part that
//! the first row tests and most others test too is looked at next; for each way it can be, the
//! rows that agree go on with the tests of its parts (after Jules Jacobs, "How to compile pattern
//! matching", 2021). Where no row is left, some value has no case: `missing` names it. A row that
//! is never the first one without tests is never reached.

use super::Checker;
use super::missing::Known;
use super::pattern::{Con, Key, Pat};
use super::rows::{Part, Row, Source, busiest, expanded, without};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;
use rustc_hash::FxHashMap;

/// Rows that are looked at for one `match`, with their tests; more come from patterns that
/// multiply.
const MAX_STEPS: usize = 400_000;
/// How many parts are looked at one after the other.
const MAX_DEPTH: usize = 120;
/// Positions of list elements that patterns name.
const MAX_LENGTH: usize = 64;

/// A checked case.
#[derive(Debug)]
pub struct Case {
    /// Its pattern.
    pub pat: Pat,
    /// The condition behind `if`.
    pub guard: Option<ExprId>,
    /// Where the pattern stands.
    pub span: Span,
}

/// Makes the decision of one `match`.
pub struct Decider<'c, 'a> {
    pub(super) checker: &'c mut Checker<'a>,
    /// The variables that hold the parts.
    parts: Vec<LocalId>,
    /// What is known of parts on the way at hand.
    pub(super) known: Vec<(Part, Known)>,
    /// Values without a case.
    pub(super) missing: Vec<String>,
    guards: Vec<Option<ExprId>>,
    reached: Vec<bool>,
    marks: Vec<(Span, bool)>,
    steps: usize,
    depth: usize,
    too_complex: bool,
    span: Span,
}

impl<'c, 'a> Decider<'c, 'a> {
    /// A decider; the marks are those of the alternatives in the patterns.
    pub fn new(checker: &'c mut Checker<'a>, marks: Vec<(Span, bool)>) -> Decider<'c, 'a> {
        Decider {
            checker,
            parts: Vec::new(),
            known: Vec::new(),
            missing: Vec::new(),
            guards: Vec::new(),
            reached: Vec::new(),
            marks,
            steps: 0,
            depth: 0,
            too_complex: false,
            span: Span::default(),
        }
    }

    /// The decision between cases for the value in a variable; reports what is missing and what
    /// is never reached.
    pub fn decide(&mut self, cases: &[Case], root: LocalId, span: Span) -> Option<DecisionId> {
        self.span = span;
        self.parts.push(root);
        self.reached = vec![false; cases.len()];
        self.guards = cases.iter().map(|case| case.guard).collect();
        let rows = (0u32..).zip(cases).map(|(arm, case)| {
            let mut row = Row { tests: Vec::new(), binds: Vec::new(), arm, marks: Vec::new() };
            row.add(0, &case.pat);
            row
        });
        let errors = self.checker.errors;
        let decision = self.next(rows.collect());
        if self.too_complex {
            let message = "this `match` has too many ways to be looked at";
            let diag = Diagnostic::error(codes::COMPLEX_MATCH, span, message);
            self.checker.report(diag.help("look at one part first, and at the others in there"));
            return None;
        }
        if !self.missing.is_empty() {
            self.report_missing(self.checker.cx.locals[root].ty, span);
        }
        self.report_unreached(cases);
        (self.checker.errors == errors).then_some(decision)
    }

    fn report_unreached(&mut self, cases: &[Case]) {
        for (case, reached) in cases.iter().zip(std::mem::take(&mut self.reached)) {
            if !reached {
                let message = "the cases before take all that this one would";
                let diag = Diagnostic::error(codes::UNREACHABLE_CASE, case.span, message);
                self.checker.report(diag);
            }
            let lo_hi = (case.span.lo, case.span.hi);
            for &(span, taken) in &self.marks {
                if reached && !taken && lo_hi.0 <= span.lo && span.hi <= lo_hi.1 {
                    let message = "this alternative is never reached";
                    let diag = Diagnostic::error(codes::UNREACHABLE_CASE, span, message);
                    self.checker.report(diag.note("what stands before takes all that it would"));
                }
            }
        }
    }

    fn node(&mut self, decision: Decision) -> DecisionId {
        self.checker.program.tree.push(decision)
    }

    /// Decides between rows.
    fn next(&mut self, rows: Vec<Row<'_>>) -> DecisionId {
        self.steps += 1 + rows.iter().map(|row| 1 + row.tests.len()).sum::<usize>();
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            self.too_complex = true;
        }
        if self.too_complex {
            return self.node(Decision::Never);
        }
        if rows.is_empty() {
            self.note_missing();
            return self.node(Decision::Never);
        }
        if rows[0].tests.is_empty() {
            return self.choose(rows);
        }
        self.depth += 1;
        let part = busiest(&rows);
        let rows = expanded(part, rows);
        let decision = match rows[0].test(part) {
            Some(Pat::Con(con, _)) => self.by_con(part, *con, rows),
            Some(Pat::List { .. }) => self.by_length(part, rows),
            _ => self.by_literal(part, rows),
        };
        self.depth -= 1;
        decision
    }

    /// The first rows have no tests left.
    fn choose(&mut self, rows: Vec<Row<'_>>) -> DecisionId {
        let mut chosen = Vec::new();
        let mut rows = rows.into_iter().peekable();
        let mut open = true;
        while open && let Some(row) = rows.next_if(|row| row.tests.is_empty()) {
            self.reached[row.arm as usize] = true;
            for mark in row.marks {
                self.marks[mark as usize].1 = true;
            }
            let stmts: Vec<StmtId> =
                row.binds.iter().map(|(pat, source)| self.bind(*pat, *source)).collect();
            let binds = self.checker.program.tree.list(&stmts);
            let guard = self.guards[row.arm as usize];
            chosen.push(Chosen { arm: row.arm, binds, guard });
            open = guard.is_some();
        }
        let otherwise = open.then(|| self.next(rows.collect()));
        let cases = self.checker.program.tree.list(&chosen);
        self.node(Decision::Cases { cases, otherwise })
    }

    fn bind(&mut self, pat: PatId, source: Source) -> StmtId {
        let span = self.checker.program.tree[pat].span;
        let value = match source {
            Source::Part(part) => self.read(part),
            Source::Between(part, lo, hi, length) => {
                let ty = self.ty(part);
                let base = self.read(part);
                let lo = Some(self.int(lo as i64));
                let end = match (hi, length) {
                    (0, _) => None,
                    (hi, Some(length)) => Some(length.saturating_sub(hi) as i64),
                    (hi, None) => Some(-(hi as i64)),
                };
                let hi = end.map(|end| self.int(end));
                self.checker.node(ExprKind::Slice { base, lo, hi, step: None }, ty, span)
            }
        };
        let targets = self.checker.program.tree.list(&[pat]);
        let kind = StmtKind::Assign { targets, value };
        self.checker.program.tree.push(Stmt { kind, span })
    }

    fn int(&mut self, n: i64) -> ExprId {
        self.checker.node(ExprKind::Int(n), TyId::INT, self.span)
    }

    pub(super) fn ty(&self, part: Part) -> TyId {
        self.checker.cx.locals[self.parts[part]].ty
    }

    /// The value of a part.
    fn read(&mut self, part: Part) -> ExprId {
        let local = self.parts[part];
        let ty = self.ty(part);
        self.checker.node(ExprKind::Local(local), ty, self.span)
    }

    /// A new part with the value that an expression gives.
    fn part(&mut self, value: ExprId, lets: &mut Vec<StmtId>) -> Part {
        let ty = self.checker.ty_of(value);
        let local = self.checker.hidden(ty, self.span);
        lets.push(self.checker.assign_hidden(local, value, self.span));
        self.parts.push(local);
        self.parts.len() - 1
    }

    /// What is done where a part is known to be so, after its own parts were read.
    fn go(&mut self, part: Part, known: Known, lets: &[StmtId], rows: Vec<Row<'_>>) -> DecisionId {
        self.known.push((part, known));
        let then = self.next(rows);
        self.known.pop();
        match lets {
            [] => then,
            _ => {
                let stmts = self.checker.program.tree.list(lets);
                self.node(Decision::Let { stmts, then })
            }
        }
    }

    /// The part has finitely many ways to be.
    fn by_con(&mut self, part: Part, first: Con, rows: Vec<Row<'_>>) -> DecisionId {
        match first {
            Con::Whole => self.with_con(part, Con::Whole, &rows),
            Con::Variant(_) => self.by_variant(part, &rows),
            Con::Some | Con::None => {
                let value = self.read(part);
                let kind = ExprKind::IsNone { value, negated: true };
                self.by_condition(part, kind, [Con::Some, Con::None], &rows)
            }
            Con::Ok | Con::Err => {
                let value = self.read(part);
                self.by_condition(part, ExprKind::IsOk(value), [Con::Ok, Con::Err], &rows)
            }
            Con::Bool(_) => {
                let kind = ExprKind::Local(self.parts[part]);
                self.by_condition(part, kind, [Con::Bool(true), Con::Bool(false)], &rows)
            }
        }
    }

    /// A condition tells the two ways apart.
    fn by_condition(
        &mut self,
        part: Part,
        cond: ExprKind,
        [yes, no]: [Con; 2],
        rows: &[Row<'_>],
    ) -> DecisionId {
        let cond = self.checker.node(cond, TyId::BOOL, self.span);
        let then = self.with_con(part, yes, rows);
        let otherwise = self.with_con(part, no, rows);
        let tests = self.checker.program.tree.list(&[Test { cond, then }]);
        self.node(Decision::Tests { tests, otherwise })
    }

    fn by_variant(&mut self, part: Part, rows: &[Row<'_>]) -> DecisionId {
        let Ty::Enum(id, _) = self.checker.ty(self.ty(part)) else {
            return self.node(Decision::Never);
        };
        let count = self.checker.program.structs[id].variants.len() as u32;
        let mut named = vec![false; count as usize];
        for row in rows {
            if let Some(Pat::Con(Con::Variant(at), _)) = row.test(part) {
                named[*at as usize] = true;
            }
        }
        let mut cases = Vec::new();
        for at in (0..count).filter(|&at| named[at as usize]) {
            let then = self.with_con(part, Con::Variant(at), rows);
            cases.push(Branch { value: at.into(), then });
        }
        let others: Vec<u32> = (0..count).filter(|&at| !named[at as usize]).collect();
        let otherwise = (!others.is_empty()).then(|| {
            let rows = without(part, rows);
            self.go(part, Known::Variants(others), &[], rows)
        });
        let cases = self.checker.program.tree.list(&cases);
        let value = self.parts[part];
        self.node(Decision::Variants { value, cases, otherwise })
    }

    /// The rows that agree with one way, and the parts of the value that they name.
    fn with_con(&mut self, part: Part, con: Con, rows: &[Row<'_>]) -> DecisionId {
        let needed = |at: usize| {
            rows.iter().any(|row| match row.test(part) {
                Some(Pat::Con(own, pats)) => *own == con && pats.get(at) != Some(&Pat::Any),
                _ => false,
            })
        };
        let count = rows.iter().find_map(|row| match row.test(part) {
            Some(Pat::Con(own, pats)) if *own == con => Some(pats.len()),
            _ => None,
        });
        let mut lets = Vec::new();
        let mut parts: Vec<Option<Part>> = Vec::new();
        for at in 0..count.unwrap_or(0) {
            let value = needed(at).then(|| self.part_of(part, con, at as u32));
            parts.push(value.map(|value| self.part(value, &mut lets)));
        }
        let mut agreeing = Vec::new();
        for row in rows {
            match row.test(part) {
                None => agreeing.push(row.clone()),
                Some(Pat::Con(own, pats)) if *own == con => {
                    let mut row = row.without(part);
                    for (pat, at) in pats.iter().zip(&parts) {
                        if let Some(at) = at {
                            row.add(*at, pat);
                        }
                    }
                    agreeing.push(row);
                }
                Some(_) => {}
            }
        }
        self.go(part, Known::Con(con, parts), &lets, agreeing)
    }

    /// A part of a part.
    fn part_of(&mut self, part: Part, con: Con, at: u32) -> ExprId {
        let (base, ty) = (self.read(part), self.ty(part));
        let (kind, ty) = match (con, self.checker.ty(ty)) {
            (Con::Some, Ty::Option(item)) => (ExprKind::Unwrap(base), item),
            (Con::Ok, Ty::Result(ok, _)) => (ExprKind::OkValue(base), ok),
            (Con::Err, Ty::Result(_, error)) => (ExprKind::ErrValue(base), error),
            (Con::Whole, Ty::Tuple(items)) => {
                let ty = self.checker.program.tys.items(items)[at as usize];
                (ExprKind::TupleField { base, index: at }, ty)
            }
            (Con::Whole, Ty::Struct(id, args) | Ty::Class(id, args)) => {
                let ty = self.checker.fields_with(id, args)[at as usize];
                (ExprKind::Field { base, index: at }, ty)
            }
            (Con::Variant(variant), Ty::Enum(id, args)) => {
                let variant = self.checker.program.structs[id].variants[variant as usize];
                let payload = self.checker.program.tys.intern(Ty::Struct(variant, args));
                let base = self.checker.node(ExprKind::Payload(base), payload, self.span);
                let ty = self.checker.fields_with(variant, args)[at as usize];
                (ExprKind::Field { base, index: at }, ty)
            }
            _ => (ExprKind::Error, TyId::ERROR),
        };
        self.checker.node(kind, ty, self.span)
    }

    /// The part is compared with literals.
    fn by_literal(&mut self, part: Part, rows: Vec<Row<'_>>) -> DecisionId {
        let mut order: Vec<(&Key, ExprId)> = Vec::new();
        let mut groups: FxHashMap<&Key, Vec<Row<'_>>> = FxHashMap::default();
        let mut others: Vec<Row<'_>> = Vec::new();
        for row in &rows {
            match row.test(part) {
                Some(Pat::Literal(key, value)) => {
                    let group = groups.entry(key).or_insert_with(|| {
                        order.push((key, *value));
                        others.clone()
                    });
                    group.push(row.without(part));
                }
                _ => {
                    groups.values_mut().for_each(|group| group.push(row.clone()));
                    self.steps += groups.len();
                    others.push(row.clone());
                }
            }
        }
        let mut branches = Vec::with_capacity(order.len());
        for (key, value) in order {
            let rows = groups.remove(key).unwrap_or_default();
            let known = Known::Literal(key.clone());
            let then = self.go(part, known, &[], rows);
            branches.push((key, value, then));
        }
        let otherwise = self.go(part, Known::OtherLiteral, &[], others);
        self.compare(part, branches, otherwise)
    }

    fn compare(
        &mut self,
        part: Part,
        mut branches: Vec<(&Key, ExprId, DecisionId)>,
        otherwise: DecisionId,
    ) -> DecisionId {
        if let Some((Key::Int(_), ..)) = branches.first() {
            let cases: Vec<Branch> = branches
                .iter()
                .filter_map(|&(key, _, then)| match key {
                    Key::Int(value) => Some(Branch { value: *value, then }),
                    _ => None,
                })
                .collect();
            let (cases, value) = (self.checker.program.tree.list(&cases), self.read(part));
            return self.node(Decision::Switch { value, cases, otherwise });
        }
        if let Some((Key::Str(_), ..)) = branches.first() {
            branches.sort_by(|a, b| a.0.cmp(b.0));
        }
        self.halves(part, &branches, otherwise)
    }

    /// Texts are found by halving; what cannot be ordered is compared one by one.
    fn halves(
        &mut self,
        part: Part,
        branches: &[(&Key, ExprId, DecisionId)],
        otherwise: DecisionId,
    ) -> DecisionId {
        if branches.len() > 4 && matches!(branches[0].0, Key::Str(_)) {
            let (low, high) = branches.split_at(branches.len() / 2);
            let cond = self.compared(part, CmpOp::Lt, high[0].1);
            let then = self.halves(part, low, otherwise);
            let otherwise = self.halves(part, high, otherwise);
            let tests = self.checker.program.tree.list(&[Test { cond, then }]);
            return self.node(Decision::Tests { tests, otherwise });
        }
        let tests: Vec<Test> = branches
            .iter()
            .map(|&(_, value, then)| Test { cond: self.compared(part, CmpOp::Eq, value), then })
            .collect();
        let tests = self.checker.program.tree.list(&tests);
        self.node(Decision::Tests { tests, otherwise })
    }

    fn compared(&mut self, part: Part, op: CmpOp, rhs: ExprId) -> ExprId {
        let first = self.read(part);
        let links = self.checker.program.tree.list(&[CmpLink { op, rhs }]);
        self.checker.node(ExprKind::Compare { first, links }, TyId::BOOL, self.span)
    }

    /// The part is a list, and rows name some of its elements.
    fn by_length(&mut self, part: Part, rows: Vec<Row<'_>>) -> DecisionId {
        // From this length on, all lists go the same way.
        let open = rows.iter().map(|row| match row.test(part) {
            Some(Pat::List { before, rest, after }) => {
                before.len() + after.len() + usize::from(rest.is_none())
            }
            _ => 0,
        });
        let open = open.max().unwrap_or(0);
        if open > MAX_LENGTH {
            self.too_complex = true;
            return self.node(Decision::Never);
        }
        let mut cases = Vec::with_capacity(open);
        for length in 0..open {
            let then = self.with_length(part, (length, false), &rows);
            cases.push(Branch { value: length as i64, then });
        }
        let otherwise = self.with_length(part, (open, true), &rows);
        if cases.is_empty() {
            return otherwise;
        }
        let list = self.read(part);
        let id = self.checker.builtin("len");
        let value = self.checker.call_builtin(id, &[list], TyId::INT, self.span);
        let cases = self.checker.program.tree.list(&cases);
        self.node(Decision::Switch { value, cases, otherwise })
    }

    /// The rows that agree with a length, or with that and all greater ones.
    fn with_length(
        &mut self,
        part: Part,
        (count, open): (usize, bool),
        rows: &[Row<'_>],
    ) -> DecisionId {
        let length = (!open).then_some(count);
        let (mut lets, mut agreeing) = (Vec::new(), Vec::new());
        let mut parts: FxHashMap<i64, Part> = FxHashMap::default();
        for row in rows {
            let Some(Pat::List { before, rest, after }) = row.test(part) else {
                agreeing.push(row.clone());
                continue;
            };
            let named = before.len() + after.len();
            let fits = match (length, rest) {
                (Some(length), None) => named == length,
                (Some(length), Some(_)) => named <= length,
                (None, rest) => rest.is_some(),
            };
            if !fits {
                continue;
            }
            let mut row = row.without(part);
            let first_after = length.map_or(-(after.len() as i64), |n| (n - after.len()) as i64);
            let places = (0..).zip(before).chain((first_after..).zip(after));
            for (at, pat) in places.filter(|(_, pat)| **pat != Pat::Any) {
                let known = parts.get(&at).copied();
                let element = known.unwrap_or_else(|| self.element(part, at, &mut lets));
                parts.insert(at, element);
                row.add(element, pat);
            }
            if let Some(Some(pat)) = rest {
                let between = Source::Between(part, before.len(), after.len(), length);
                row.binds.push((*pat, between));
            }
            agreeing.push(row);
        }
        let known = Known::Length { count, open, parts };
        self.go(part, known, &lets, agreeing)
    }

    /// An element of a list; a negative position counts from the end.
    fn element(&mut self, part: Part, at: i64, lets: &mut Vec<StmtId>) -> Part {
        let item = match self.checker.ty(self.ty(part)) {
            Ty::List(item) | Ty::View(item) => item,
            _ => TyId::ERROR,
        };
        let (base, index) = (self.read(part), self.int(at));
        let value = self.checker.node(ExprKind::Index { base, index }, item, self.span);
        self.part(value, lets)
    }
}
