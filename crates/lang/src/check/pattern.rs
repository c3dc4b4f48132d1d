//! `match`: the statement and its patterns. How the cases become a decision is in `decide`.

use super::assign::Target;
use super::cx::{Binding, VarKind};
use super::decide::{Case, Decider};
use super::flow::Assigned;
use super::{Checker, expr::Why};
use crate::ast::{self, PatKind as Written};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// One of the ways a value of a type with finitely many of them is made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Con {
    /// A variant of an enum, by its position.
    Variant(u32),
    /// A value of an option.
    Some,
    /// The empty option.
    None,
    /// `Ok` of a result.
    Ok,
    /// `Err` of a result.
    Err,
    /// `True` or `False`.
    Bool(bool),
    /// The only way: a struct, an object or a tuple.
    Whole,
}

/// What a literal stands for; equal ones are the same value.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Key {
    /// An integer or character as in its slot.
    Int(i64),
    /// The bits of a float.
    Float(u64),
    /// A text.
    Str(Box<str>),
    /// Some bytes.
    Bytes(Box<[u8]>),
}

/// A checked pattern.
#[derive(Clone, PartialEq, Debug)]
pub enum Pat {
    /// Takes everything.
    Any,
    /// Assigns what the inner pattern takes.
    Bind(PatId, Box<Pat>),
    /// A way to make the value, with patterns for all its parts.
    Con(Con, Vec<Pat>),
    /// A literal, with its value.
    Literal(Key, ExprId),
    /// The elements of a list.
    List {
        /// The first ones.
        before: Vec<Pat>,
        /// What assigns the others, if there may be others: nothing for `*_`.
        rest: Option<Option<PatId>>,
        /// The last ones.
        after: Vec<Pat>,
    },
    /// Any of several, each with the number of its mark: whether it is ever reached.
    Or(Vec<(u32, Pat)>),
}

impl Pat {
    /// Whether it takes every value.
    fn takes_all(&self) -> bool {
        match self {
            Pat::Any => true,
            Pat::Bind(_, inner) => inner.takes_all(),
            Pat::Con(Con::Whole, parts) => parts.iter().all(Pat::takes_all),
            Pat::Or(ways) => ways.iter().any(|(_, way)| way.takes_all()),
            _ => false,
        }
    }

    /// Whether it takes the empty option.
    fn takes_none(&self) -> bool {
        match self {
            Pat::Con(con, _) => *con == Con::None,
            Pat::Bind(_, inner) => inner.takes_none(),
            Pat::Or(ways) => ways.iter().any(|(_, way)| way.takes_none()),
            _ => self.takes_all(),
        }
    }
}

/// The names that the pattern at hand binds.
#[derive(Default, Debug)]
pub(super) struct Captures {
    /// The variable that is looked at, where the pattern is for its whole value: it may be bound
    /// anew under its own name.
    subject: Option<LocalId>,
    /// So far on this way.
    bound: Vec<(Symbol, PatId)>,
    /// By the first of the alternatives, for the others.
    reuse: Vec<(Symbol, PatId)>,
    /// What the names stood for before.
    before: Vec<(Symbol, Option<Binding>)>,
}

impl Checker<'_> {
    /// `match subject:`
    pub(super) fn match_stmt(
        &mut self,
        subject: ast::ExprId,
        cases: &[ast::Case],
        span: Span,
        out: &mut Vec<StmtId>,
    ) {
        self.reading.borrows = true;
        let value = self.expr(subject, None);
        self.is_named(value);
        let (ty, at) = (self.ty_of(value), self.span_of(value));
        let asked = match self.program.tree[value].kind {
            ExprKind::Local(local) => Some(local),
            _ => None,
        };
        let root = self.hidden(ty, at);
        let assign = self.assign_hidden(root, value, at);
        out.push(assign);
        let before = self.cx.flow.fork();
        let (mut none_taken, mut exits) = (false, Vec::with_capacity(cases.len()));
        let (mut done, mut bodies) = (Vec::with_capacity(cases.len()), Vec::new());
        let outer = std::mem::take(&mut self.marks);
        let mut well_formed = ty != TyId::ERROR;
        for case in cases {
            let (fork, mark) = (self.cx.flow.fork(), self.scope.open());
            let errors = self.errors;
            let (pat, before) = self.case_pattern(case.pattern, ty, asked, none_taken);
            well_formed &= self.errors == errors;
            if let Some(asked) = asked.filter(|_| self.option_item(ty).is_some())
                && (none_taken || !pat.takes_none())
            {
                self.cx.narrows |= self.cx.locals[asked].mutable;
                self.cx.flow.set_present(asked, true);
            }
            let guard = case.guard.map(|guard| {
                let (cond, facts) = self.condition(guard);
                self.assume(&facts, true);
                cond
            });
            none_taken |= guard.is_none() && pat.takes_none();
            bodies.push(self.block(case.body));
            if !self.cx.flow.reachable {
                self.scope.close(mark);
            }
            exits.push(self.cx.flow.leave(fork));
            // The names of the pattern end here; those that its suite assigned stay.
            before.into_iter().rev().for_each(|(name, old)| self.scope.restore(name, old));
            done.push(Case { pat, guard, span: self.ast[case.pattern].span });
        }
        self.cx.flow.leave(before);
        self.cx.flow.join(&exits);
        let marks = std::mem::replace(&mut self.marks, outer);
        if well_formed && let Some(decision) = Decider::new(self, marks).decide(&done, root, at) {
            let arms = self.program.tree.list(&bodies);
            self.stmt(StmtKind::Match { decision, arms }, span, out);
        }
    }

    /// A variable of the checker's own.
    pub(super) fn hidden(&mut self, ty: TyId, span: Span) -> LocalId {
        let local = Local { name: self.known.underscore, ty, mutable: false, span };
        self.cx.add(local, VarKind::Hidden, Assigned::Yes)
    }

    /// The assignment of a value to such a variable.
    pub(super) fn assign_hidden(&mut self, local: LocalId, value: ExprId, span: Span) -> StmtId {
        let ty = self.cx.locals[local].ty;
        let pattern = self.program.tree.push(Pattern { kind: PatKind::Local(local), ty, span });
        let targets = self.program.tree.list(&[pattern]);
        self.program.tree.push(Stmt { kind: StmtKind::Assign { targets, value }, span })
    }

    /// The pattern of a case; where `None` was taken by a case before it, it sees the value
    /// inside of the option.
    fn case_pattern(
        &mut self,
        id: ast::PatId,
        ty: TyId,
        asked: Option<LocalId>,
        none_taken: bool,
    ) -> (Pat, Vec<(Symbol, Option<Binding>)>) {
        let subject = asked.filter(|_| matches!(self.ast[id].kind, Written::Capture(_)));
        let mut captures = Captures { subject, ..Captures::default() };
        let pat = match self.option_item(ty) {
            Some(item) if none_taken && self.ast[id].kind != Written::None => {
                let inner = self.pat(id, item, &mut captures);
                Pat::Con(Con::Some, vec![inner])
            }
            _ => self.pat(id, ty, &mut captures),
        };
        (pat, captures.before)
    }

    /// A pattern for a value of a type.
    pub(super) fn pat(&mut self, id: ast::PatId, ty: TyId, captures: &mut Captures) -> Pat {
        let ast = self.ast;
        let ast::Pattern { kind, span } = ast[id];
        match (kind, self.option_item(ty)) {
            (Written::Error, _) => Pat::Any,
            (Written::Wildcard, _) => Pat::Any,
            (Written::Capture(name), _) => {
                let local = self.capture(ast::Ident { name, span }, ty, captures);
                Pat::Bind(local, Box::new(Pat::Any))
            }
            (Written::None, _) => self.none_pat(ty, span),
            (Written::Or(ways), _) => self.or_pat(&ast[ways], ty, captures),
            (Written::As { pattern, name }, item) => {
                // A pattern for the value inside of an option names that.
                let inside = item.filter(|_| self.is_about_value(pattern));
                let inner = self.pat(pattern, inside.unwrap_or(ty), captures);
                let local = self.capture(name, inside.unwrap_or(ty), captures);
                let bind = Pat::Bind(local, Box::new(inner));
                if inside.is_some() { Pat::Con(Con::Some, vec![bind]) } else { bind }
            }
            (_, Some(item)) => Pat::Con(Con::Some, vec![self.pat(id, item, captures)]),
            (Written::Literal(value), None) => self.literal_pat(value, ty),
            (Written::Path(path), None) => self.made_pat(&ast[path], None, ty, span, captures),
            (Written::Call { path, args }, None) => {
                self.made_pat(&ast[path], Some(&ast[args]), ty, span, captures)
            }
            (Written::Tuple(items) | Written::List(items), None) => {
                self.sequence_pat(&ast[items], ty, span, captures)
            }
            (Written::Star(_), None) => {
                self.error(codes::BAD_CASE, span, "`*` stands in a list only");
                Pat::Any
            }
        }
    }

    /// Whether a pattern takes values, not the empty option.
    fn is_about_value(&self, id: ast::PatId) -> bool {
        match self.ast[id].kind {
            Written::As { pattern, .. } => self.is_about_value(pattern),
            Written::Or(ways) => self.ast[ways].iter().all(|&way| self.is_about_value(way)),
            Written::Wildcard | Written::Capture(_) | Written::None | Written::Error => false,
            _ => true,
        }
    }

    fn none_pat(&mut self, ty: TyId, span: Span) -> Pat {
        match self.ty(ty) {
            Ty::Option(_) => Pat::Con(Con::None, Vec::new()),
            Ty::Unit | Ty::Error => Pat::Any,
            _ => {
                let message = format!("a value of type `{}` is never `None`", self.show(ty));
                self.error(codes::NEVER_NONE, span, message);
                Pat::Any
            }
        }
    }

    /// Binds a name to a value of a type.
    fn capture(&mut self, name: ast::Ident, ty: TyId, captures: &mut Captures) -> PatId {
        let known = |list: &[(Symbol, PatId)]| {
            list.iter().find(|(bound, _)| *bound == name.name).map(|(_, pat)| *pat)
        };
        if let Some(old) = known(&captures.bound) {
            let message = format!("the pattern binds `{}` twice", self.text(name.name));
            let first = self.program.tree[old].span;
            let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
            self.report(diag.label(first, "first bound here"));
            return old;
        }
        if let Some(first) = known(&captures.reuse) {
            let Pattern { ty: have, span, .. } = self.program.tree[first];
            if !self.same(ty, have) {
                self.mismatch(name.span, have, ty, Why::Binding(name.name, Some(span)));
            }
            captures.bound.push((name.name, first));
            return first;
        }
        if let Some(known) = self.own_local(name) {
            let var = self.cx.locals[known];
            let assigned = self.cx.flow.get(known).assigned != Assigned::No;
            if assigned && !var.mutable {
                if captures.subject != Some(known) {
                    self.bound_before(name, var.span);
                }
                captures.before.push((name.name, self.scope.get(name.name)));
                let local = Local { name: name.name, ty, mutable: false, span: name.span };
                let id = self.declare_local(local, VarKind::Case, Assigned::No);
                self.now_assigned(id, ty);
                let (kind, span) = (PatKind::Local(id), name.span);
                let pattern = self.program.tree.push(Pattern { kind, ty, span });
                captures.bound.push((name.name, pattern));
                return pattern;
            }
        }
        let (first, before) = (self.cx.vars.len(), self.scope.get(name.name));
        let target = Target::Name { name, mutable: false, span: name.span };
        let pattern = self.pattern(&target, ty, name.span);
        for var in &mut self.cx.vars[first..] {
            var.kind = VarKind::Case;
            captures.before.push((name.name, before));
        }
        captures.bound.push((name.name, pattern));
        pattern
    }

    /// Reports a pattern that would give a value to a name that has one for good.
    fn bound_before(&mut self, name: ast::Ident, known: Span) {
        let text = self.text(name.name).to_string();
        let message = format!("`{text}` has a value already and is not `mut`");
        let diag = Diagnostic::error(codes::IMMUTABLE, name.span, message)
            .label(known, "first assigned here")
            .help("a pattern binds new names; to compare with a value write a guard");
        self.report(diag.fix("bind another name", name.span.end(), "_"));
    }

    /// Alternatives, which bind the same names.
    fn or_pat(&mut self, ways: &[ast::PatId], ty: TyId, captures: &mut Captures) -> Pat {
        let (start, reused) = (captures.bound.len(), captures.reuse.len());
        let mut first: Vec<(Symbol, PatId)> = Vec::new();
        let mut done = Vec::with_capacity(ways.len());
        for (at, &way) in ways.iter().enumerate() {
            let mark = self.marks.len() as u32;
            self.marks.push((self.ast[way].span, false));
            let pat = self.pat(way, ty, captures);
            done.push((mark, pat));
            let bound = captures.bound.split_off(start);
            if at == 0 {
                first = bound;
                captures.reuse.extend(&first);
            } else {
                self.same_names(&first, &bound, self.ast[way].span);
            }
        }
        captures.reuse.truncate(reused);
        captures.bound.extend(first);
        Pat::Or(done)
    }

    fn same_names(&mut self, first: &[(Symbol, PatId)], other: &[(Symbol, PatId)], span: Span) {
        let lacks = |a: &[(Symbol, PatId)], b: &[(Symbol, PatId)]| {
            a.iter().find(|(name, _)| b.iter().all(|(other, _)| other != name)).copied()
        };
        let (missing, extra) = (lacks(first, other), lacks(other, first));
        let Some((name, at)) = missing.or(extra) else { return };
        let (text, bound) = (self.text(name).to_string(), self.program.tree[at].span);
        let message = format!("`{text}` is bound by some of the alternatives only");
        let diag = Diagnostic::error(codes::OR_BINDINGS, span, message);
        self.report(match missing {
            Some(_) => diag.label(bound, "bound here"),
            None => diag,
        });
    }

    fn literal_pat(&mut self, value: ast::ExprId, ty: TyId) -> Pat {
        let span = self.ast[value].span;
        let fits = matches!(
            self.ty(ty),
            Ty::Int(_) | Ty::Float(_) | Ty::Str | Ty::Char | Ty::Bool | Ty::Bytes | Ty::Error
        );
        if !fits {
            let message = format!("a literal is never a value of type `{}`", self.show(ty));
            self.error(codes::BAD_CASE, span, message);
            return Pat::Any;
        }
        let value = self.expr(value, Some(ty));
        let have = self.ty_of(value);
        if !self.same(have, ty) {
            let (have, want) = (self.show(have), self.show(ty));
            let message = format!("a `{have}` is never a value of type `{want}`");
            self.error(codes::BAD_CASE, span, message);
            return Pat::Any;
        }
        let key = match self.program.tree[value].kind {
            ExprKind::Bool(value) => return Pat::Con(Con::Bool(value), Vec::new()),
            ExprKind::Int(n) if matches!(self.ty(ty), Ty::Float(_)) => {
                Key::Float((n as f64).to_bits())
            }
            ExprKind::Int(n) => Key::Int(n),
            ExprKind::Char(c) => Key::Int(u32::from(c).into()),
            // Zero has two signs and is one value.
            ExprKind::Float(x) => Key::Float((x + 0.0).to_bits()),
            ExprKind::Str(text) => Key::Str(self.text(text).into()),
            ExprKind::Bytes(bytes) => Key::Bytes(self.program.tree[bytes].clone()),
            _ => return Pat::Any,
        };
        Pat::Literal(key, value)
    }

    /// A tuple or list, taken apart.
    fn sequence_pat(
        &mut self,
        items: &[ast::PatId],
        ty: TyId,
        span: Span,
        captures: &mut Captures,
    ) -> Pat {
        match self.ty(ty) {
            Ty::Tuple(list) => {
                let tys = self.program.tys.items(list).to_vec();
                self.tuple_pat(items, &tys, span, captures)
            }
            Ty::List(item) | Ty::View(item) => self.list_pat(items, item, ty, captures),
            other => {
                if other != Ty::Error {
                    let shown = self.show(ty);
                    let message = format!("a value of type `{shown}` cannot be taken apart so");
                    self.error(codes::BAD_CASE, span, message);
                }
                items.iter().for_each(|&item| self.loose_pat(item, captures));
                Pat::Any
            }
        }
    }

    /// Checks a pattern for a value that nothing is known of.
    fn loose_pat(&mut self, id: ast::PatId, captures: &mut Captures) {
        match self.ast[id].kind {
            Written::Star(name) if name.name != self.known.underscore => {
                self.capture(name, TyId::ERROR, captures);
            }
            Written::Star(_) => {}
            _ => {
                self.pat(id, TyId::ERROR, captures);
            }
        }
    }

    fn star_of(&self, items: &[ast::PatId]) -> Option<(usize, ast::Ident)> {
        items.iter().enumerate().find_map(|(at, &item)| match self.ast[item].kind {
            Written::Star(name) => Some((at, name)),
            _ => None,
        })
    }

    fn tuple_pat(
        &mut self,
        items: &[ast::PatId],
        tys: &[TyId],
        span: Span,
        captures: &mut Captures,
    ) -> Pat {
        let star = self.star_of(items);
        let fits = match star {
            Some(_) => items.len() - 1 <= tys.len(),
            None => items.len() == tys.len(),
        };
        if !fits {
            let (want, have) = (items.len(), tys.len());
            let message = format!("the tuple has {have} elements, the pattern {want}");
            self.error(codes::BAD_CASE, span, message);
            items.iter().for_each(|&item| self.loose_pat(item, captures));
            return Pat::Any;
        }
        if let Some((_, name)) = star.filter(|(_, name)| name.name != self.known.underscore) {
            let message = "the rest of a tuple has elements of many types";
            let diag = Diagnostic::error(codes::BAD_CASE, name.span, message);
            self.report(diag.help("name the elements one by one, or write `*_`"));
            self.capture(name, TyId::ERROR, captures);
        }
        let skipped = tys.len() + usize::from(star.is_some()) - items.len();
        let mut parts = Vec::with_capacity(tys.len());
        for (at, &item) in items.iter().enumerate() {
            match star {
                Some((star, _)) if star == at => {
                    parts.extend(std::iter::repeat_n(Pat::Any, skipped));
                }
                _ => {
                    let ty = tys[parts.len()];
                    parts.push(self.pat(item, ty, captures));
                }
            }
        }
        Pat::Con(Con::Whole, parts)
    }

    fn list_pat(
        &mut self,
        items: &[ast::PatId],
        item_ty: TyId,
        list: TyId,
        captures: &mut Captures,
    ) -> Pat {
        let star = self.star_of(items);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (at, &item) in items.iter().enumerate() {
            match star {
                Some((star, _)) if star == at => {}
                Some(_) if matches!(self.ast[item].kind, Written::Star(_)) => {
                    let message = "only one name can take the rest";
                    self.error(codes::BAD_CASE, self.ast[item].span, message);
                    self.loose_pat(item, captures);
                }
                Some((star, _)) if at > star => after.push(self.pat(item, item_ty, captures)),
                _ => before.push(self.pat(item, item_ty, captures)),
            }
        }
        let rest = star.map(|(_, name)| {
            let named = name.name != self.known.underscore;
            named.then(|| self.capture(name, list, captures))
        });
        Pat::List { before, rest, after }
    }
}
