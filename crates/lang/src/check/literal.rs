//! Literals and displays.

use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, UnaryOp as AstUnary};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::bigint;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// An integer literal, or the negation of one.
    pub(super) fn int(
        &mut self,
        size: u128,
        negative: bool,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let want = want.map_or(TyId::INT, |ty| self.inside(ty));
        let value = i128::try_from(size).unwrap_or(i128::MAX);
        let value = if negative { -value } else { value };
        match self.ty(want) {
            Ty::Float(kind) => {
                let value = value as f64;
                let value = if kind == FloatKind::F32 { f64::from(value as f32) } else { value };
                self.node(ExprKind::Float(value), want, span)
            }
            Ty::Int(kind) => self.int_of(kind, value, want, span),
            Ty::BigInt => match i64::try_from(value) {
                Ok(small) => self.node(ExprKind::Int(small), want, span),
                Err(_) => self.big_form(bigint::encode(negative, &size.to_be_bytes()), span),
            },
            _ => self.int_of(IntKind::I64, value, TyId::INT, span),
        }
    }

    fn int_of(&mut self, kind: IntKind, value: i128, ty: TyId, span: Span) -> ExprId {
        if value < kind.min() || value > kind.max() {
            let (min, max) = (kind.min(), kind.max());
            let name = kind.name();
            let message = format!("this number does not fit `{name}`");
            let mut diag = Diagnostic::error(codes::LITERAL_RANGE, span, message)
                .note(format!("`{name}` goes from {min} to {max}"));
            if kind == IntKind::I64 && value > 0 && value <= IntKind::U64.max() {
                diag = diag.help("`u64` holds it, and so does `bigint`");
            } else if kind == IntKind::I64 {
                diag = diag.help("`bigint` holds it: `n: bigint = ...`, `bigint(...)`");
            }
            self.report(diag);
            return self.bad(span);
        }
        // Both forms keep the low 64 bits, which is what the slot holds.
        self.node(ExprKind::Int(value as i64), ty, span)
    }

    /// An integer literal of more than 128 bits, or the negation of one.
    pub(super) fn large_int(
        &mut self,
        digits: Symbol,
        negative: bool,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        if want.map(|ty| self.inside(ty)) != Some(TyId::BIGINT) {
            return self.int(u128::MAX, negative, span, want);
        }
        let form = bigint::encode_literal(negative, self.text(digits));
        self.big_form(form, span)
    }

    /// A constant `bigint`.
    fn big_form(&mut self, form: Vec<u8>, span: Span) -> ExprId {
        let bytes = self.program.tree.push(form.into_boxed_slice());
        self.node(ExprKind::Bytes(bytes), TyId::BIGINT, span)
    }

    /// A float literal.
    pub(super) fn float(&mut self, value: f64, span: Span, want: Option<TyId>) -> ExprId {
        match want.map(|ty| self.inside(ty)) {
            Some(TyId::F32) => self.node(ExprKind::Float(f64::from(value as f32)), TyId::F32, span),
            _ => self.node(ExprKind::Float(value), TyId::FLOAT, span),
        }
    }

    /// A text literal, or a character where one is wanted.
    pub(super) fn str(&mut self, text: Symbol, span: Span, want: Option<TyId>) -> ExprId {
        if want.is_some_and(|ty| self.inside(ty) == TyId::CHAR)
            && let Some(c) = self.one_char(text)
        {
            return self.node(ExprKind::Char(c), TyId::CHAR, span);
        }
        self.node(ExprKind::Str(text), TyId::STR, span)
    }

    fn one_char(&self, text: Symbol) -> Option<char> {
        let mut chars = self.text(text).chars();
        chars.next().filter(|_| chars.next().is_none())
    }

    /// Whether the type of an expression comes from what it stands beside: a number or
    /// one-letter literal, arithmetic on such, or a variant without its enum.
    pub(super) fn is_flexible(&self, id: ast::ExprId) -> bool {
        let ast = self.ast;
        match ast[id].kind {
            Ast::Int(_) | Ast::BigInt(_) | Ast::Float(_) => true,
            Ast::Str(text) => self.one_char(text).is_some(),
            Ast::None => true,
            Ast::Unary { op: AstUnary::Neg | AstUnary::Pos | AstUnary::Invert, operand } => {
                self.is_flexible(operand)
            }
            Ast::Binary { lhs, rhs, .. } => self.is_flexible(rhs) && self.is_flexible(lhs),
            Ast::List(items) => items.is_empty(),
            Ast::Dict(items) => items.is_empty(),
            Ast::Name(name) => self.is_bare_variant(name, ast[id].span.file),
            Ast::Call { callee, .. } => match ast[callee].kind {
                Ast::Name(name) => self.is_bare_variant(name, ast[id].span.file),
                _ => false,
            },
            _ => false,
        }
    }

    /// `(a, b)`
    pub(super) fn tuple(
        &mut self,
        items: &[ast::ExprId],
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let wants = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Tuple(list)) => {
                self.program.tys.items(list).iter().map(|&ty| Some(ty)).collect()
            }
            _ => Vec::new(),
        };
        self.tuple_of(items, wants, span)
    }

    /// A tuple of which the types of some elements are wanted.
    pub(super) fn tuple_of(
        &mut self,
        items: &[ast::ExprId],
        wants: Vec<Option<TyId>>,
        span: Span,
    ) -> ExprId {
        let fits = wants.len() == items.len();
        let mut values = Vec::with_capacity(items.len());
        for (at, &item) in items.iter().enumerate() {
            let want = wants.get(at).copied().flatten().filter(|_| fits);
            let value = self.expr(item, want);
            let value = want.and_then(|ty| self.coerce(value, ty)).unwrap_or(value);
            values.push(self.storable(value));
        }
        let tys: Vec<TyId> = values.iter().map(|&value| self.ty_of(value)).collect();
        if tys.contains(&TyId::ERROR) {
            return self.bad(span);
        }
        if tys.contains(&TyId::NEVER) {
            return self.never_made(&values, span);
        }
        let ty = self.program.tys.tuple(&tys);
        if !self.not_too_wide(ty, span) {
            return self.bad(span);
        }
        let values = self.program.tree.list(&values);
        self.node(ExprKind::TupleNew(values), ty, span)
    }

    /// A display with a part that never comes, where nothing says what it would be: the parts
    /// are worked out in order, and no value is made.
    pub(super) fn never_made(&mut self, parts: &[ExprId], span: Span) -> ExprId {
        let parts = self.program.tree.list(parts);
        self.node(ExprKind::TupleNew(parts), TyId::NEVER, span)
    }

    /// Refuses an element that is no value.
    pub(super) fn storable(&mut self, value: ExprId) -> ExprId {
        let Expr { kind, span, .. } = self.program.tree[value];
        let ExprKind::Builtin { id, .. } = kind else { return value };
        if !matches!(id.name(), "dict.items" | "dict.keys" | "dict.values") {
            return value;
        }
        let message = "what is in a dict is walked where it is asked for, it cannot be kept";
        let edits = vec![(span.start(), "list(".into()), (span.end(), ")".into())];
        let diag = Diagnostic::error(codes::ITER_STORED, span, message);
        self.report(diag.fix_all("keep a list", edits));
        self.bad(span)
    }

    /// `[a, b]`
    pub(super) fn list(&mut self, items: &[ast::ExprId], span: Span, want: Option<TyId>) -> ExprId {
        let want = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::List(item)) => Some(item),
            _ => None,
        };
        if items.iter().any(|&item| matches!(self.ast[item].kind, Ast::Star(_))) {
            return self.starred_list(items, span, want);
        }
        if items.is_empty() {
            return match want {
                Some(item) => {
                    let ty = self.program.tys.intern(Ty::List(item));
                    let none = self.program.tree.list(&[]);
                    self.node(ExprKind::ListNew(none), ty, span)
                }
                None => self.empty_display("list", span),
            };
        }
        let values = self.elements(items, want);
        let item = self.element_ty(&values);
        if item == TyId::ERROR {
            return self.bad(span);
        }
        if item == TyId::NEVER {
            return self.never_made(&values, span);
        }
        let ty = self.program.tys.intern(Ty::List(item));
        let values = self.program.tree.list(&values);
        self.node(ExprKind::ListNew(values), ty, span)
    }

    fn empty_display(&mut self, what: &str, span: Span) -> ExprId {
        let message = format!("the type of this empty {what} is not known here");
        let example = if what == "dict" { "dict[str, int]" } else { "list[int]" };
        let diag = Diagnostic::error(codes::UNKNOWN_HERE, span, message);
        self.report(diag.help(format!("give it a name with a type first: `xs: {example} = ...`")));
        self.bad(span)
    }

    /// `[*xs, y]`: lists, joined.
    fn starred_list(&mut self, items: &[ast::ExprId], span: Span, want: Option<TyId>) -> ExprId {
        let mut done = None;
        let mut item = want;
        if item.is_none() {
            // The first list that is spread tells what stands before it what it is.
            done = self.first_spread(items);
            item = done.and_then(|(_, list)| self.list_item(list));
        }
        let mut joined: Option<ExprId> = None;
        let mut rest = items;
        while let Some(&first) = rest.first() {
            let list = item.map(|item| self.program.tys.intern(Ty::List(item)));
            let part = if let Ast::Star(inner) = self.ast[first].kind {
                rest = &rest[1..];
                let part = match done {
                    Some((at, value)) if at == first => value,
                    _ => {
                        let value = self.expr(inner, list);
                        self.listed(value)
                    }
                };
                match item {
                    Some(item) => self.elements_as(part, item),
                    None => part,
                }
            } else {
                let is_star = |id: &ast::ExprId| matches!(self.ast[*id].kind, Ast::Star(_));
                let end = rest.iter().position(is_star).unwrap_or(rest.len());
                let (plain, others) = rest.split_at(end);
                rest = others;
                self.list(plain, span, list)
            };
            item = item.or_else(|| self.list_item(part));
            let part = match list {
                Some(list) => self.fit(part, list, Why::Plain),
                None => part,
            };
            if self.ty_of(part) == TyId::ERROR {
                // One part that differs is one mistake; the rest is not judged.
                return self.bad(span);
            }
            joined = Some(match joined {
                None => part,
                Some(before) => {
                    let ty = self.ty_of(before);
                    let part = self.fit(part, ty, Why::Plain);
                    let id = self.builtin("list.concat");
                    self.call_builtin(id, &[before, part], ty, span)
                }
            });
        }
        joined.unwrap_or_else(|| self.bad(span))
    }

    /// The first list that is spread in a display and has a type of its own.
    fn first_spread(&mut self, items: &[ast::ExprId]) -> Option<(ast::ExprId, ExprId)> {
        let ast = self.ast;
        items.iter().find_map(|&item| match ast[item].kind {
            Ast::Star(inner) if !self.is_flexible(inner) => {
                let value = self.expr(inner, None);
                Some((item, self.listed(value)))
            }
            _ => None,
        })
    }

    fn list_item(&self, list: ExprId) -> Option<TyId> {
        match self.ty(self.ty_of(list)) {
            Ty::List(item) => Some(item),
            _ => None,
        }
    }

    /// `{a, b}`
    pub(super) fn set(&mut self, items: &[ast::ExprId], span: Span, want: Option<TyId>) -> ExprId {
        let want = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Set(item)) => Some(item),
            _ => None,
        };
        let values = self.elements(items, want);
        let item = self.element_ty(&values);
        if item == TyId::NEVER {
            return self.never_made(&values, span);
        }
        if item == TyId::ERROR || !self.require_hash(item, span) {
            return self.bad(span);
        }
        let ty = self.program.tys.intern(Ty::Set(item));
        let values = self.program.tree.list(&values);
        self.node(ExprKind::SetNew(values), ty, span)
    }

    /// `{k: v}`
    pub(super) fn dict(
        &mut self,
        items: &[ast::DictItem],
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let want = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Dict(key, value)) => Some((key, value)),
            _ => None,
        };
        if items.is_empty() {
            return match want {
                Some((key, value)) => {
                    let ty = self.program.tys.intern(Ty::Dict(key, value));
                    let none = self.program.tree.list(&[]);
                    self.node(ExprKind::DictNew(none), ty, span)
                }
                None => self.empty_display("dict", span),
            };
        }
        let keys: Vec<ast::ExprId> = items.iter().map(|item| item.key).collect();
        let values: Vec<ast::ExprId> = items.iter().map(|item| item.value).collect();
        let keys = self.elements(&keys, want.map(|(key, _)| key));
        let values = self.elements(&values, want.map(|(_, value)| value));
        let (key, value) = (self.element_ty(&keys), self.element_ty(&values));
        if key == TyId::NEVER || value == TyId::NEVER {
            let both = keys.iter().zip(&values).flat_map(|(&key, &value)| [key, value]);
            let all: Vec<ExprId> = both.collect();
            return self.never_made(&all, span);
        }
        let bad = key == TyId::ERROR || value == TyId::ERROR;
        if bad || !self.require_hash(key, self.span_of(keys[0])) {
            return self.bad(span);
        }
        let ty = self.program.tys.intern(Ty::Dict(key, value));
        let items: Vec<DictItem> =
            keys.into_iter().zip(values).map(|(key, value)| DictItem { key, value }).collect();
        let items = self.program.tree.list(&items);
        self.node(ExprKind::DictNew(items), ty, span)
    }

    /// Values of one type. It is the wanted one, or that of the first element whose type is its
    /// own; literals follow.
    pub(super) fn elements(&mut self, items: &[ast::ExprId], want: Option<TyId>) -> Vec<ExprId> {
        let flexible = items.first().is_some_and(|&first| self.is_flexible(first));
        let is_none = |item: &ast::ExprId| self.ast[*item].kind == Ast::None;
        let optional = want.is_none() && items.iter().any(is_none);
        if want.is_some() || !(flexible || optional) {
            return self.elements_led(items, want, None, None);
        }
        let lead = items.iter().position(|&item| self.leads(item));
        let Some(at) = lead.or_else(|| items.iter().position(|item| !is_none(item))) else {
            return self.elements_led(items, want, None, None);
        };
        let value = self.expr(items[at], None);
        let (ty, span) = (self.ty_of(value), self.span_of(value));
        if ty == TyId::NEVER {
            return self.elements_led(items, None, None, Some((at, value)));
        }
        match optional && !matches!(self.ty(ty), Ty::Option(_) | Ty::Error) {
            true => {
                // `None` among values makes options of them.
                let ty = self.program.tys.intern(Ty::Option(ty));
                let value = self.coerce(value, ty).unwrap_or(value);
                self.elements_led(items, Some(ty), Some(span), Some((at, value)))
            }
            false => self.elements_led(items, Some(ty), Some(span), Some((at, value))),
        }
    }

    /// Whether an element decides the type for literals before it: a decimal among integers,
    /// or anything that is no literal.
    fn leads(&self, item: ast::ExprId) -> bool {
        match self.ast[item].kind {
            Ast::Float(_) => true,
            Ast::Unary { operand, .. } => matches!(self.ast[operand].kind, Ast::Float(_)),
            Ast::Str(_) => false,
            _ => !self.is_flexible(item),
        }
    }

    fn elements_led(
        &mut self,
        items: &[ast::ExprId],
        mut lead: Option<TyId>,
        mut lead_span: Option<Span>,
        done: Option<(usize, ExprId)>,
    ) -> Vec<ExprId> {
        let mut values = Vec::with_capacity(items.len());
        for (at, &item) in items.iter().enumerate() {
            let value = match done {
                Some((index, value)) if index == at => value,
                _ => self.expr(item, lead),
            };
            let value = self.storable(value);
            let have = self.ty_of(value);
            let value = match lead {
                Some(ty) => match self.coerce(value, ty) {
                    Some(value) => value,
                    None => {
                        // One element that differs is one mistake; the rest is not judged.
                        let why = lead_span.map_or(Why::Plain, Why::Element);
                        self.mismatch(self.span_of(value), ty, have, why);
                        lead = Some(TyId::ERROR);
                        self.bad(self.span_of(value))
                    }
                },
                None => {
                    if have != TyId::NEVER {
                        lead = Some(have);
                        lead_span = Some(self.span_of(value));
                    }
                    value
                }
            };
            values.push(value);
        }
        let Some(ty) = lead else { return values };
        // What never comes may stand before what tells the type.
        for value in &mut values {
            if self.ty_of(*value) != TyId::NEVER {
                break;
            }
            *value = self.coerce(*value, ty).unwrap_or(*value);
        }
        values
    }

    /// The type of checked elements: an error where one of them is, none where none ever comes.
    pub(super) fn element_ty(&self, values: &[ExprId]) -> TyId {
        let mut ty = TyId::NEVER;
        for &value in values {
            match self.ty_of(value) {
                TyId::ERROR => return TyId::ERROR,
                TyId::NEVER => {}
                other => ty = other,
            }
        }
        ty
    }
}
