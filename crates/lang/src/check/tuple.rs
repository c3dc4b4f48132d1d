//! Tuples: joined, repeated, searched, and taken apart where one name gets the rest.
//!
//! Their displays are in `literal`, their elements in `index`.

use super::Checker;
use super::assign::Target;
use super::call::{Callee, Receiver};
use super::expr::Why;
use super::structs::MAX_LEAVES;
use super::traits::Bound;
use crate::ast;
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// `a + b`
    pub(super) fn tuple_concat(&mut self, a: ExprId, b: ExprId, span: Span) -> ExprId {
        let mut tys = Vec::new();
        for side in [a, b] {
            if let Ty::Tuple(list) = self.ty(self.ty_of(side)) {
                tys.extend_from_slice(self.program.tys.items(list));
            }
        }
        let ty = self.program.tys.tuple(&tys);
        if !self.not_too_wide(ty, span) {
            return self.bad(span);
        }
        let [left, right] = [a, b].map(|side| self.program.tree[side].kind);
        let kind = match (left, right) {
            (ExprKind::TupleNew(left), ExprKind::TupleNew(right)) => {
                let tree = &mut self.program.tree;
                let items = [&tree[left], &tree[right]].concat();
                ExprKind::TupleNew(tree.list(&items))
            }
            _ => ExprKind::TupleJoin { lhs: a, rhs: b },
        };
        self.node(kind, ty, span)
    }

    /// Whether one operand is a tuple and the other a plain number.
    pub(super) fn repeats_tuple(&self, a: ExprId, b: ExprId) -> bool {
        let is_tuple = |side: ExprId| matches!(self.ty(self.ty_of(side)), Ty::Tuple(_));
        let is_plain = |side: ExprId| matches!(self.program.tree[side].kind, ExprKind::Int(_));
        is_tuple(a) && is_plain(b) || is_plain(a) && is_tuple(b)
    }

    /// `tuple * count`: the tuple is kept, and its elements are listed again and again.
    pub(super) fn tuple_repeat(&mut self, a: ExprId, b: ExprId, span: Span) -> ExprId {
        let swapped = matches!(self.program.tree[a].kind, ExprKind::Int(_));
        let (tuple, count) = if swapped { (b, a) } else { (a, b) };
        let ExprKind::Int(count) = self.program.tree[count].kind else { return self.bad(span) };
        let whole = self.ty_of(tuple);
        let Ty::Tuple(list) = self.ty(whole) else { return self.bad(span) };
        let tys = self.program.tys.items(list).to_vec();
        // What is too wide for a type is told by the first that is; no need to make a larger one.
        let most = MAX_LEAVES as usize / tys.len().max(1) + 1;
        let count = usize::try_from(count).unwrap_or(0).min(most);
        let ty = self.program.tys.tuple(&tys.repeat(count));
        if !self.not_too_wide(ty, span) {
            return self.bad(span);
        }
        let local = self.hidden(whole, span);
        let mut base = self.node(ExprKind::Walrus { local, value: tuple }, whole, span);
        let mut items = Vec::with_capacity(tys.len() * count);
        for (index, &ty) in (0u32..).zip(&tys).cycle().take(tys.len() * count) {
            items.push(self.node(ExprKind::TupleField { base, index }, ty, span));
            base = self.node(ExprKind::Local(local), whole, span);
        }
        let items = self.program.tree.list(&items);
        self.node(ExprKind::TupleNew(items), ty, span)
    }

    /// `t.count(x)`, `t.index(x)`
    pub(super) fn tuple_search(
        &mut self,
        id: BuiltinId,
        receiver: Receiver,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let ty = self.ty_of(receiver.value);
        let [arg] = args else {
            return self.call_fn(Callee::Builtin(id), Some(receiver), args, span);
        };
        let Some(item) = self.plain_item(ty) else {
            self.check_loosely(args);
            let shown = self.show(ty);
            let message = format!("the elements of a `{shown}` cannot be searched");
            let diag = Diagnostic::error(codes::NOT_ITERABLE, span, message);
            self.report(diag.note("a search compares with each, so all must have one type"));
            return self.bad(span);
        };
        let wanted = self.expect(arg.value, item, Why::Plain);
        if self.ty_of(wanted) == TyId::ERROR || !self.require(item, Bound::Eq, span) {
            return self.bad(span);
        }
        self.call_builtin(id, &[receiver.value, wanted], TyId::INT, span)
    }

    /// `a, *rest, b = tuple`: the rest becomes a list.
    pub(super) fn unpack_with_rest(
        &mut self,
        items: &[Target],
        tuple: TyId,
        span: Span,
        value: Span,
    ) -> PatKind {
        let Ty::Tuple(list) = self.ty(tuple) else { return PatKind::Discard };
        let tys = self.program.tys.items(list).to_vec();
        let named = items.len().saturating_sub(1);
        let star = items.iter().position(|item| matches!(item, Target::Star(..)));
        let (Some(star), Some(taken)) = (star, tys.len().checked_sub(named)) else {
            let message = format!("{} values cannot fill {named} names", tys.len());
            let diag = Diagnostic::error(codes::UNPACK, span, message);
            self.report(diag.label(value, format!("this has {}", tys.len())));
            return self.unpack_nothing(items, value);
        };
        let rest = &tys[star..star + taken];
        let item = match rest {
            [first, others @ ..] if others.iter().all(|ty| ty == first) => Some(*first),
            [] => self.plain_item(tuple),
            _ => None,
        };
        let Some(item) = item else {
            let message = match rest {
                [] => "nothing is left for this name, so it is not known what it lists",
                _ => "what is left has different types, which no list holds",
            };
            let diag = Diagnostic::error(codes::UNPACK, span, message);
            self.report(diag.help("give each element a name, or `_`"));
            return self.unpack_nothing(items, value);
        };
        let rest = self.program.tys.intern(Ty::List(item));
        let mut pats = Vec::with_capacity(items.len());
        let single = tys[..star].iter().chain(&tys[star + taken..]);
        let mut single = single.copied();
        for target in items {
            pats.push(match target {
                Target::Star(inner, _) => self.pattern(inner, rest, value),
                _ => self.pattern(target, single.next().unwrap_or(TyId::ERROR), value),
            });
        }
        let items = self.program.tree.list(&pats);
        PatKind::TupleRest { items, star: star as u32, taken: taken as u32 }
    }

    /// Binds the names of an unpacking that was reported.
    pub(super) fn unpack_nothing(&mut self, items: &[Target], value: Span) -> PatKind {
        for item in items {
            let inner = if let Target::Star(inner, _) = item { inner } else { item };
            self.pattern(inner, TyId::ERROR, value);
        }
        PatKind::Discard
    }
}
