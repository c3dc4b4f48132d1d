//! Comparisons, membership, `and or not`, and conditions with what they find out.

use super::option::Facts;
use super::traits::Bound;
use super::{Checker, expr::Why};
use crate::ast::{self, CmpOp as AstCmp, ExprKind as Ast, LogicOp};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// A condition: a `bool`, with what holds where it is true and where it is false.
    pub(super) fn condition(&mut self, id: ast::ExprId) -> (ExprId, Facts) {
        let (value, facts) = self.condition_like(id);
        (self.fit(value, TyId::BOOL, Why::Condition), facts)
    }

    /// An expression that may be a condition.
    pub(super) fn condition_like(&mut self, id: ast::ExprId) -> (ExprId, Facts) {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[id];
        match kind {
            Ast::Unary { op: ast::UnaryOp::Not, operand } => self.condition_like_not(operand, span),
            Ast::Logic { op, lhs, rhs } => self.logic(op == LogicOp::And, lhs, rhs, span),
            Ast::Compare { first, links } => self.compare(first, &ast[links], span),
            _ => (self.expr(id, Some(TyId::BOOL)), Facts::default()),
        }
    }

    /// `not x`
    pub(super) fn condition_like_not(
        &mut self,
        operand: ast::ExprId,
        span: Span,
    ) -> (ExprId, Facts) {
        let (value, facts) = self.condition(operand);
        (self.node(ExprKind::Not(value), TyId::BOOL, span), facts.negated())
    }

    fn logic(
        &mut self,
        and: bool,
        lhs: ast::ExprId,
        rhs: ast::ExprId,
        span: Span,
    ) -> (ExprId, Facts) {
        let (a, first) = self.condition(lhs);
        let fork = self.cx.flow.fork();
        self.assume(&first, and);
        let (b, second) = self.condition(rhs);
        let with = self.cx.flow.leave(fork);
        let without = self.cx.flow.leave(fork);
        self.cx.flow.join(&[with, without]);
        let kind = ExprKind::Logic { and, lhs: a, rhs: b };
        (self.node(kind, TyId::BOOL, span), first.both(second, and))
    }

    fn compare(
        &mut self,
        first: ast::ExprId,
        links: &[ast::CmpLink],
        span: Span,
    ) -> (ExprId, Facts) {
        if let [link] = links
            && (matches!(link.op, AstCmp::Is | AstCmp::IsNot)
                || matches!(link.op, AstCmp::Eq | AstCmp::Ne)
                    && self.ast[link.rhs].kind == Ast::None)
        {
            return self.is_none(first, link, span);
        }
        // A literal at the front takes its type from the operand behind it.
        let front = match links.first() {
            Some(link) if self.is_flexible(first) && !self.is_flexible(link.rhs) => Some(link),
            _ => None,
        };
        let ready = front.map(|link| self.expr(link.rhs, None));
        let want = match (front, ready) {
            (Some(link), Some(rhs)) => self.beside(link.op, self.ty_of(rhs)),
            _ if self.is_flexible(first) && links.iter().any(|l| self.is_decimal(l.rhs)) => {
                Some(TyId::FLOAT)
            }
            _ => None,
        };
        let mut first = self.expr(first, want);
        let mut lhs = first;
        let mut done = Vec::with_capacity(links.len());
        for (at, link) in links.iter().enumerate() {
            let rhs = match ready {
                Some(rhs) if at == 0 => rhs,
                _ => self.operand(lhs, link),
            };
            if links.len() > 1 && matches!(link.op, AstCmp::In | AstCmp::NotIn) {
                self.contains_by_itself(rhs, link.span);
            }
            if links.len() == 1 && matches!(link.op, AstCmp::Eq | AstCmp::Ne) {
                lhs = self.as_option(lhs, self.ty_of(rhs));
                first = lhs;
            }
            let link = self.link(lhs, link, rhs);
            done.push(link);
            lhs = link.rhs;
        }
        if let [link] = done[..]
            && let Some(value) = self.own_contains(first, link, span)
        {
            return (value, Facts::default());
        }
        let (first, done) = self.texts(first, done);
        let links = self.program.tree.list(&done);
        (self.node(ExprKind::Compare { first, links }, TyId::BOOL, span), Facts::default())
    }

    /// The left side of `==`, made an option where the right one is one of its type.
    fn as_option(&mut self, lhs: ExprId, right: TyId) -> ExprId {
        let is_plain = self.option_item(self.ty_of(lhs)).is_none();
        match self.option_item(right) {
            Some(_) if is_plain => self.coerce(lhs, right).unwrap_or(lhs),
            _ => lhs,
        }
    }

    /// The right operand of a link.
    fn operand(&mut self, lhs: ExprId, link: &ast::CmpLink) -> ExprId {
        let left = self.ty_of(lhs);
        let want = match link.op {
            AstCmp::In | AstCmp::NotIn => match self.ast[link.rhs].kind {
                Ast::List(_) => Some(self.program.tys.intern(Ty::List(left))),
                Ast::Set(_) => Some(self.program.tys.intern(Ty::Set(left))),
                Ast::Tuple(items) => {
                    let tys = vec![left; items.len()];
                    Some(self.program.tys.tuple(&tys))
                }
                _ => None,
            },
            _ => Some(left),
        };
        self.expr(link.rhs, want.filter(|_| left != TyId::ERROR))
    }

    /// The type that a literal on the left takes from the right operand.
    fn beside(&mut self, op: AstCmp, right: TyId) -> Option<TyId> {
        match op {
            AstCmp::In | AstCmp::NotIn => match self.ty(right) {
                Ty::Str => None,
                _ => self.item_of(right),
            },
            _ => Some(right),
        }
    }

    fn link(&mut self, lhs: ExprId, link: &ast::CmpLink, rhs: ExprId) -> CmpLink {
        let op = match link.op {
            AstCmp::Eq => CmpOp::Eq,
            AstCmp::Ne => CmpOp::Ne,
            AstCmp::Lt => CmpOp::Lt,
            AstCmp::Le => CmpOp::Le,
            AstCmp::Gt => CmpOp::Gt,
            AstCmp::Ge => CmpOp::Ge,
            AstCmp::In => CmpOp::In,
            AstCmp::NotIn => CmpOp::NotIn,
            AstCmp::Is | AstCmp::IsNot => return self.identity_link(lhs, link, rhs),
        };
        let rhs = match op {
            CmpOp::In | CmpOp::NotIn => self.contained(lhs, rhs),
            _ => self.compared(op, lhs, rhs),
        };
        CmpLink { op, rhs }
    }

    /// Reports `in` in a chain, where the right operand has a method for it.
    fn contains_by_itself(&mut self, rhs: ExprId, span: Span) {
        if self.says_contains(self.ty_of(rhs)) {
            let message = "`in` of a type that says itself what it contains stands in no chain";
            let diag = Diagnostic::error(codes::COMPARE, span, message);
            self.report(diag.help("join two comparisons by `and`"));
        }
    }

    /// Checks `lhs in rhs`.
    fn contained(&mut self, lhs: ExprId, rhs: ExprId) -> ExprId {
        let (left, right) = (self.ty_of(lhs), self.ty_of(rhs));
        if left == TyId::ERROR || right == TyId::ERROR {
            return rhs;
        }
        if right == TyId::STR {
            if left != TyId::STR && left != TyId::CHAR {
                self.mismatch(self.span_of(lhs), TyId::STR, left, Why::Plain);
            }
            return rhs;
        }
        if self.says_contains(right) || (left, right) == (TyId::BYTES, TyId::BYTES) {
            return rhs;
        }
        let walked = self.plain_item(right).is_none() && self.item_of(right).is_some();
        let walked = walked || matches!(self.ty(right), Ty::Iter(_));
        let rhs = if walked { self.listed(rhs) } else { rhs };
        let Some(item) = self.item_of(right) else {
            let shown = self.show(right);
            let message = format!("a value of type `{shown}` contains nothing");
            self.error(codes::NOT_ITERABLE, self.span_of(rhs), message);
            return rhs;
        };
        if item != left && !self.same(left, item) {
            let (shown, wanted) = (self.show(left), self.show(item));
            let message = format!("a `{shown}` is never in something that holds `{wanted}`");
            let diag = Diagnostic::error(codes::COMPARE, self.span_of(lhs), message);
            self.report(diag.label(self.span_of(rhs), format!("holds `{wanted}`")));
        }
        self.require(item, Bound::Eq, self.span_of(rhs));
        rhs
    }

    /// Checks a comparison of two values; gives the right one, made an option where the left is.
    fn compared(&mut self, op: CmpOp, lhs: ExprId, rhs: ExprId) -> ExprId {
        let (left, right) = (self.ty_of(lhs), self.ty_of(rhs));
        if left == TyId::ERROR || right == TyId::ERROR {
            return rhs;
        }
        let texts = |ty| ty == TyId::STR || ty == TyId::CHAR;
        if left != right && texts(left) && texts(right) {
            return rhs;
        }
        let Some(rhs) = self.coerce(rhs, left) else {
            let (shown, other) = (self.show(left), self.show(right));
            let message = format!("`{shown}` and `{other}` are never compared");
            let (a, b) = (self.span_of(lhs), self.span_of(rhs));
            let mut diag = Diagnostic::error(codes::COMPARE, a.to(b), message)
                .label(a, format!("`{shown}`"))
                .label(b, format!("`{other}`"));
            if self.is_num(left) && self.is_num(right) {
                let (at, name) =
                    if matches!(self.ty(left), Ty::Float(_)) { (b, shown) } else { (a, other) };
                let edits = vec![(at.start(), format!("{name}(")), (at.end(), ")".to_string())];
                diag = diag.fix_all(format!("convert it: `{name}(...)`"), edits);
            } else if self.option_item(left).is_some() || self.option_item(right).is_some() {
                diag = diag.help("test the option first: `if x is not None:`");
            }
            self.report(diag);
            return self.bad(b);
        };
        let bound = match op {
            CmpOp::Eq | CmpOp::Ne => Bound::Eq,
            _ if matches!(self.ty(left), Ty::Set(_)) => Bound::Eq,
            _ => Bound::Ord,
        };
        self.require(left, bound, self.span_of(lhs));
        rhs
    }

    /// Where a character is compared with a text, the character becomes a text.
    fn texts(&mut self, first: ExprId, mut links: Vec<CmpLink>) -> (ExprId, Vec<CmpLink>) {
        let plain = |op: CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn);
        let any =
            |ty: TyId| self.ty_of(first) == ty || links.iter().any(|l| self.ty_of(l.rhs) == ty);
        let mixed = links.iter().all(|l| plain(l.op)) && any(TyId::CHAR) && any(TyId::STR);
        if !mixed {
            return (first, links);
        }
        let first = self.as_text(first);
        for link in &mut links {
            link.rhs = self.as_text(link.rhs);
        }
        (first, links)
    }
}
