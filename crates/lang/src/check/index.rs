//! Indexing and slicing.

use super::call::Receiver;
use super::collect::Item;
use super::generics::Expected;
use super::name::Meaning;
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, UnaryOp};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// `object[index]`
    pub(super) fn index(
        &mut self,
        object: ast::ExprId,
        index: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let ast = self.ast;
        if self.takes_types(object) {
            return self.written_value(object, index, span, want);
        }
        let base = self.expr(object, None);
        let ty = self.ty_of(base);
        if let Ast::Slice { lo, hi, step } = ast[index].kind {
            return self.slice(base, [lo, hi, step], span);
        }
        match self.ty(ty) {
            Ty::Error => {
                self.expr(index, None);
                self.bad(span)
            }
            Ty::List(item) | Ty::View(item) => self.position(base, index, item, span),
            Ty::Str => self.position(base, index, TyId::CHAR, span),
            Ty::Bytes | Ty::Range => self.position(base, index, TyId::INT, span),
            Ty::Dict(key, value) => {
                let index = self.expect(index, key, Why::Plain);
                self.node(ExprKind::Index { base, index }, value, span)
            }
            Ty::Tuple(items) => self.tuple_index(base, items, index, span),
            _ => match self.dunder_call(base, "__getitem__", &[index], span) {
                Some(item) => item,
                None => {
                    self.expr(index, None);
                    self.not_indexed(base, ty, span)
                }
            },
        }
    }

    /// What stands before brackets with types in them, if that is what it is.
    pub(super) fn type_taker(&mut self, object: ast::ExprId) -> Option<Item> {
        let name = match self.ast[object].kind {
            Ast::Name(name) => name,
            Ast::Attr { object, name } => return self.offered_by(object, name).filter(takes_types),
            _ => return None,
        };
        match self.meaning(name, self.ast[object].span.file) {
            Meaning::Item(item) => Some(item).filter(takes_types),
            _ => None,
        }
    }

    /// Whether brackets behind it hold types.
    pub(super) fn takes_types(&mut self, object: ast::ExprId) -> bool {
        self.type_taker(object).is_some()
    }

    /// The receiver and the method of `object.name` before brackets with types in them, if it
    /// is a method with type parameters.
    pub(super) fn method_taker(&mut self, callee: ast::ExprId) -> Option<(ExprId, FnId)> {
        let Ast::Attr { object, name } = self.ast[callee].kind else { return None };
        let known = self.instances.methods.contains(&name.name);
        if !known || self.type_taker(object).is_some() {
            return None;
        }
        let base = self.expr(object, None);
        let func = self.find_method(self.ty_of(base), name.name)?;
        Some((base, func))
    }

    /// `object.name[types](args)`
    pub(super) fn call_written_method(
        &mut self,
        (base, func): (ExprId, FnId),
        index: ast::ExprId,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        let Some(written) = self.written_types(index) else {
            self.check_loosely(args);
            return self.bad(span);
        };
        let receiver = Receiver { value: base, dropped: false };
        let expected = Expected { written: Some(written), ..expected };
        self.call_fn_expecting(func, Some(receiver), args, span, expected)
    }

    /// `name[types]` as a value: a function.
    fn written_value(
        &mut self,
        object: ast::ExprId,
        index: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let Some(written) = self.written_types(index) else { return self.bad(span) };
        match self.type_taker(object) {
            Some(Item::Fn(func)) => {
                let sig = self.sigs[func].clone();
                match self.open(&sig, Some(written), span) {
                    Some(found) => self.fn_instance(func, &found, span),
                    None => self.bad(span),
                }
            }
            Some(Item::Type(ty)) => self.type_value(ty, span, want),
            _ => {
                self.error(codes::NOT_A_VALUE, span, "this is a type, not a value");
                self.bad(span)
            }
        }
    }

    /// Reports `base[...]` of a type that has no items.
    pub(super) fn not_indexed(&mut self, base: ExprId, ty: TyId, span: Span) -> ExprId {
        let shown = self.show(ty);
        let message = format!("a value of type `{shown}` cannot be indexed");
        let at = self.span_of(base);
        let mut diag = Diagnostic::error(codes::NOT_INDEXED, span, message);
        diag = match self.ty(ty) {
            Ty::Set(_) => diag.note("the elements of a set have no positions"),
            Ty::Option(_) => diag.help("test it first: `if ... is not None:`"),
            Ty::Result(..) => diag.fix("pass an error on", at.end(), "?"),
            Ty::Iter(_) => diag.fix_all(
                "make a list of it",
                vec![(at.start(), "list(".into()), (at.end(), ")".into())],
            ),
            _ => diag,
        };
        self.report(diag);
        self.bad(span)
    }

    fn position(&mut self, base: ExprId, index: ast::ExprId, item: TyId, span: Span) -> ExprId {
        let value = self.expr(index, Some(TyId::INT));
        let value = self.fit(value, TyId::INT, Why::Index);
        self.node(ExprKind::Index { base, index: value }, item, span)
    }

    fn tuple_index(
        &mut self,
        base: ExprId,
        items: TyList,
        index: ast::ExprId,
        span: Span,
    ) -> ExprId {
        let at = self.ast[index].span;
        let Some(position) = self.const_position(index) else {
            self.expr(index, Some(TyId::INT));
            self.report(
                Diagnostic::error(
                    codes::TUPLE_INDEX,
                    at,
                    "the position in a tuple is a plain number",
                )
                .note("the elements may have different types; a list has one type for all"),
            );
            return self.bad(span);
        };
        let tys = self.program.tys.items(items);
        let count = tys.len() as i128;
        let place = if position < 0 { position + count } else { position };
        let found = usize::try_from(place).ok().and_then(|place| tys.get(place)).copied();
        let Some(ty) = found else {
            let message = format!("a tuple of {count} has no element {position}");
            self.error(codes::TUPLE_INDEX, at, message);
            return self.bad(span);
        };
        self.node(ExprKind::TupleField { base, index: place as u32 }, ty, span)
    }

    fn const_position(&self, index: ast::ExprId) -> Option<i128> {
        match self.ast[index].kind {
            Ast::Int(value) => i128::try_from(self.ast[value]).ok(),
            Ast::Unary { op: UnaryOp::Neg, operand } => {
                self.const_position(operand).and_then(i128::checked_neg)
            }
            _ => None,
        }
    }

    fn slice(&mut self, base: ExprId, parts: [Option<ast::ExprId>; 3], span: Span) -> ExprId {
        let [lo, hi, step] = parts.map(|part| {
            part.map(|part| {
                let value = self.expr(part, Some(TyId::INT));
                self.fit(value, TyId::INT, Why::Index)
            })
        });
        let ty = self.ty_of(base);
        match self.ty(ty) {
            Ty::View(item) => {
                let ty = self.program.tys.intern(Ty::List(item));
                self.node(ExprKind::Slice { base, lo, hi, step }, ty, span)
            }
            Ty::List(_) | Ty::Str | Ty::Bytes | Ty::Range => {
                self.node(ExprKind::Slice { base, lo, hi, step }, ty, span)
            }
            Ty::Error => self.bad(span),
            _ => {
                let shown = self.show(ty);
                let message = format!("a value of type `{shown}` has no slices");
                self.error(codes::NOT_INDEXED, span, message);
                self.bad(span)
            }
        }
    }
}

/// Whether brackets behind an item may hold types.
fn takes_types(item: &Item) -> bool {
    matches!(item, Item::Type(_) | Item::Struct(_) | Item::Fn(_) | Item::Alias(_))
}
