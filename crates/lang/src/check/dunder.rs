//! Methods that stand for operations: `__eq__`, `__getitem__`, `__iter__` and the like.
//!
//! Their forms are checked where they are declared, so that a use may trust them. Arithmetic is
//! in `structs`, what comparisons do at run time in `lower::own`.

use super::assign::{ItemTarget, Target};
use super::infer::Found;
use super::trait_decl::ITERABLE;
use super::traits::Bound;
use super::{Checker, Member, expr::Why};
use crate::ast;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// Names of methods that decide what a type can do.
#[derive(Clone, Copy)]
pub struct Names {
    /// `__eq__`
    pub eq: Symbol,
    /// `__lt__`
    pub lt: Symbol,
    /// `__hash__`
    pub hash: Symbol,
    /// `__repr__`
    pub repr: Symbol,
}

/// What a method takes behind `self` and gives.
enum Form {
    /// One of its own type, to a `bool`.
    Compare,
    /// Nothing, to this type.
    Gives(TyId),
    /// One value, to a `bool`.
    Holds,
    /// Nothing, to something that can be walked.
    Iter,
    /// `mut self`, to an option.
    Next,
}

impl Checker<'_> {
    /// Whether a struct or class decides an ability by a method of its own, and whether it then
    /// has it.
    pub(super) fn own_ability(&self, id: StructId, bound: Bound) -> Option<bool> {
        let def = &self.program.structs[id];
        let has = |name: Symbol| {
            let own = self.members.contains_key(&(id, name));
            own || self.conform.extensions.contains_key(&(super::conform::Head::Fields(id), name))
        };
        let names = self.known.dunders;
        match bound {
            Bound::Show => (def.show.is_some() || has(names.repr)).then_some(true),
            Bound::Eq => has(names.eq).then_some(true),
            Bound::Ord if has(names.lt) => Some(true),
            // The derived order would not agree with an equality of its own.
            Bound::Ord => has(names.eq).then_some(false),
            // Tables compare keys by their parts, which knows nothing of these methods.
            Bound::Hash => (has(names.eq) || has(names.hash)).then_some(false),
            _ => None,
        }
    }

    /// Reports a method with a special name that does not have its form.
    pub(super) fn check_dunder(&mut self, func: FnId) {
        let sig = self.sigs[func].clone();
        let Some((receiver, others)) = sig.params.split_first() else { return };
        let form = match sig.name.as_str() {
            "__eq__" | "__lt__" => Form::Compare,
            "__hash__" | "__len__" => Form::Gives(TyId::INT),
            "__str__" | "__repr__" => Form::Gives(TyId::STR),
            "__contains__" => Form::Holds,
            "__iter__" => Form::Iter,
            "__next__" => Form::Next,
            _ => return,
        };
        if sig.params.iter().any(|param| param.ty == TyId::ERROR) || sig.ret == TyId::ERROR {
            return;
        }
        let is_class = matches!(self.ty(receiver.ty), Ty::Class(..));
        let reads = others.iter().all(|param| param.mode == Mode::Read);
        let plain = receiver.mode == Mode::Read && reads;
        let (fits, wanted) = match form {
            Form::Compare => (
                plain && others.iter().map(|p| p.ty).eq([receiver.ty]) && sig.ret == TyId::BOOL,
                "(self, other: Self) -> bool".to_string(),
            ),
            Form::Gives(ty) => (
                plain && others.is_empty() && sig.ret == ty,
                format!("(self) -> {}", self.show(ty)),
            ),
            Form::Holds => (
                plain && others.len() == 1 && sig.ret == TyId::BOOL,
                "(self, item: T) -> bool".to_string(),
            ),
            Form::Iter => (
                plain && others.is_empty() && self.item_of(sig.ret).is_some(),
                "(self) -> list[T]".to_string(),
            ),
            Form::Next => (
                (receiver.mode == Mode::Mut || is_class)
                    && others.is_empty()
                    && self.option_item(sig.ret).is_some(),
                "(mut self) -> T?".to_string(),
            ),
        };
        if !fits {
            let span = self.program.functions[func].span;
            let message = format!("`{}` has another form than its operation needs", sig.name);
            let diag = Diagnostic::error(codes::DUNDER, span, message);
            self.report(diag.help(format!("write `def {}{wanted}:`", sig.name)));
        }
    }

    /// What walking a value of a type of the program gives.
    pub(super) fn own_item(&mut self, ty: TyId) -> Option<TyId> {
        if let Some(&known) = self.walked.get(&ty) {
            return known;
        }
        // One that is walked by itself is never walked to its end.
        self.walked.insert(ty, None);
        if let Ty::Param(_) | Ty::Assoc(..) = self.ty(ty) {
            let item = self.bounded_item(ty);
            self.walked.insert(ty, item);
            return item;
        }
        let found = match self.own_result(ty, "__next__") {
            Some(ret) => self.option_item(ret),
            None => match self.own_result(ty, "__iter__") {
                Some(ret) => self.item_of(ret),
                None => None,
            },
        };
        self.walked.insert(ty, found);
        found
    }

    /// What walking a value gives whose type is only known to be `Iterable`.
    fn bounded_item(&mut self, ty: TyId) -> Option<TyId> {
        if !self.traits_of(ty).contains(&ITERABLE) {
            return None;
        }
        let known = self.out_of(ty, ITERABLE, 0);
        Some(known.unwrap_or_else(|| self.program.tys.intern(Ty::Assoc(ty, ITERABLE, 0))))
    }

    /// What a method of a type gives that takes nothing.
    pub(super) fn own_result(&mut self, ty: TyId, name: &str) -> Option<TyId> {
        let name = self.names.find(name)?;
        let func = self.find_method(ty, name)?;
        let sig = self.sigs[func].clone();
        let mut found = Found::of(sig.generics);
        self.unify(sig.params.first()?.ty, ty, &mut found);
        self.settle(&mut found);
        self.fill(sig.ret, &found)
    }

    /// A call of a method with a special name and checked values; nothing where the type has
    /// no such method.
    pub(super) fn dunder_of(
        &mut self,
        value: ExprId,
        name: &str,
        values: &[ExprId],
        span: Span,
    ) -> Option<ExprId> {
        let name = self.names.find(name)?;
        let func = self.find_method(self.ty_of(value), name)?;
        let sig = self.sigs[func].clone();
        let (receiver, others) = sig.params.split_first()?;
        let mut found = Found::of(sig.generics);
        self.unify(receiver.ty, self.ty_of(value), &mut found);
        self.settle(&mut found);
        let kind = match receiver.mode {
            Mode::Mut => match self.place_of(value, span) {
                Some(place) => ArgKind::Mut(place),
                None => return Some(self.bad(span)),
            },
            _ => ArgKind::Value(value),
        };
        if others.len() != values.len() {
            let message = format!("`{}` takes {} value(s) here", sig.name, others.len());
            self.error(codes::ARGUMENTS, span, message);
            return Some(self.bad(span));
        }
        let mut done = vec![Arg { param: 0, kind }];
        for (param, (other, &value)) in (1u32..).zip(others.iter().zip(values)) {
            self.unify(other.ty, self.ty_of(value), &mut found);
            let value = match self.fill(other.ty, &found) {
                Some(want) => self.fit(value, want, Why::Param(other.name)),
                None => value,
            };
            if self.ty_of(value) == TyId::ERROR {
                return Some(self.bad(span));
            }
            done.push(Arg { param, kind: ArgKind::Value(value) });
        }
        self.exclusive(&done);
        let args = self.program.tree.list(&done);
        Some(self.call_found(func, &sig, &found, args, span))
    }

    /// The same with values that are checked for what the method takes.
    pub(super) fn dunder_call(
        &mut self,
        value: ExprId,
        name: &str,
        args: &[ast::ExprId],
        span: Span,
    ) -> Option<ExprId> {
        let symbol = self.names.find(name)?;
        let ty = self.ty_of(value);
        let func = self.find_method(ty, symbol)?;
        let sig = self.sigs[func].clone();
        let mut found = Found::of(sig.generics);
        self.unify(sig.params.first()?.ty, ty, &mut found);
        self.settle(&mut found);
        let mut values = Vec::new();
        for (at, &arg) in args.iter().enumerate() {
            let want = sig.params.get(at + 1).and_then(|param| self.fill(param.ty, &found));
            values.push(self.expr(arg, want));
        }
        self.dunder_of(value, name, &values, span)
    }

    /// The parts of `value[index]` as a target that a method sets: the checked value, the index,
    /// and the method.
    fn set_by_method(&mut self, target: ast::TargetId) -> Option<(ExprId, ast::ExprId, FnId)> {
        let ast::TargetKind::Place(place) = self.ast[target].kind else { return None };
        let ast::ExprKind::Index { object, index } = self.ast[place].kind else { return None };
        let name = self.names.find("__setitem__")?;
        let base = self.expr(object, None);
        let func = self.find_method(self.ty_of(base), name)?;
        Some((base, index, func))
    }

    /// `value[index] = new` by a method; false where the type has none.
    pub(super) fn set_item(
        &mut self,
        target: ast::TargetId,
        new: ast::ExprId,
        span: Span,
        out: &mut Vec<StmtId>,
    ) -> bool {
        let Some((base, index, _)) = self.set_by_method(target) else { return false };
        if let Some(call) = self.dunder_call(base, "__setitem__", &[index, new], span) {
            self.stmt(StmtKind::Expr(call), span, out);
        }
        true
    }

    /// `value[index] op= new` by methods: takes the item, changes it and puts it back. False where
    /// the type has none.
    pub(super) fn aug_item(
        &mut self,
        op: ast::BinaryOp,
        target: ast::TargetId,
        new: ast::ExprId,
        span: Span,
        out: &mut Vec<StmtId>,
    ) -> bool {
        let Some((base, index, func)) = self.set_by_method(target) else { return false };
        let ty = self.ty_of(base);
        // Its items are places, which change where they are.
        if self.makes_items(ty) {
            return false;
        }
        let at = self.span_of(base).to(self.ast[index].span);
        let Some(base) = self.kept_path(base, out) else { return true };
        let want = self.param_of(func, ty, 1);
        let key = self.expr(index, want);
        let Some(key) = self.kept(key, out) else { return true };
        let known = self.kept_value(key, at);
        let Some(old) = self.dunder_of(base, "__getitem__", &[known], at) else {
            self.not_indexed(base, ty, at);
            return true;
        };
        let Some(item) = self.kept(old, out) else { return true };
        let ty = self.cx.locals[item].ty;
        let proj = self.program.tree.list(&[]);
        let place = self.program.tree.push(Place { root: Root::Local(item), proj, ty, span: at });
        let old = self.kept_value(item, at);
        self.aug_at(op, (place, old), new, span, out);
        let base = self.same_again(base);
        let [key, item] = [key, item].map(|local| self.kept_value(local, at));
        if let Some(call) = self.dunder_of(base, "__setitem__", &[key, item], span) {
            self.stmt(StmtKind::Expr(call), span, out);
        }
        true
    }

    /// `del value[index]` by a method; false where the type has none.
    pub(super) fn del_item(&mut self, item: ast::ExprId, out: &mut Vec<StmtId>) -> bool {
        let ast::Expr { kind: ast::ExprKind::Index { object, index }, span } = self.ast[item]
        else {
            return false;
        };
        let Some(name) = self.names.find("__delitem__") else { return false };
        let base = self.expr(object, None);
        if self.find_method(self.ty_of(base), name).is_none() {
            return false;
        }
        if let Some(call) = self.dunder_call(base, "__delitem__", &[index], span) {
            self.stmt(StmtKind::Expr(call), span, out);
        }
        true
    }

    /// A path that can be walked twice: its indices, and the object it begins at, are worked out
    /// once and kept. Nothing where that was reported.
    fn kept_path(&mut self, path: ExprId, out: &mut Vec<StmtId>) -> Option<ExprId> {
        let Expr { kind, ty, span } = self.program.tree[path];
        let kind = match kind {
            ExprKind::Local(_) => return Some(path),
            ExprKind::Field { base, index } => {
                ExprKind::Field { base: self.kept_path(base, out)?, index }
            }
            ExprKind::TupleField { base, index } => {
                ExprKind::TupleField { base: self.kept_path(base, out)?, index }
            }
            ExprKind::Unwrap(base) => ExprKind::Unwrap(self.kept_path(base, out)?),
            ExprKind::Index { base, index } => {
                let base = self.kept_path(base, out)?;
                let index = match self.program.tree[index].kind {
                    ExprKind::Int(_) => index,
                    _ => {
                        let at = self.span_of(index);
                        let local = self.kept(index, out)?;
                        self.kept_value(local, at)
                    }
                };
                ExprKind::Index { base, index }
            }
            _ if matches!(self.ty(ty), Ty::Class(..)) => ExprKind::Local(self.kept(path, out)?),
            _ => return Some(path),
        };
        Some(self.node(kind, ty, span))
    }

    /// A kept path a second time: every expression stands in one place.
    fn same_again(&mut self, path: ExprId) -> ExprId {
        let Expr { kind, ty, span } = self.program.tree[path];
        let kind = match kind {
            ExprKind::Field { base, index } => {
                ExprKind::Field { base: self.same_again(base), index }
            }
            ExprKind::TupleField { base, index } => {
                ExprKind::TupleField { base: self.same_again(base), index }
            }
            ExprKind::Unwrap(base) => ExprKind::Unwrap(self.same_again(base)),
            ExprKind::Index { base, index } => {
                ExprKind::Index { base: self.same_again(base), index: self.same_again(index) }
            }
            same => same,
        };
        self.node(kind, ty, span)
    }

    /// The type of a parameter of a method of a type.
    pub(super) fn param_of(&mut self, func: FnId, ty: TyId, param: usize) -> Option<TyId> {
        let sig = self.sigs[func].clone();
        let mut found = Found::of(sig.generics);
        self.unify(sig.params.first()?.ty, ty, &mut found);
        self.settle(&mut found);
        self.fill(sig.params.get(param)?.ty, &found)
    }

    /// `value[index]` as one of several targets, where a method sets it: the value is kept and
    /// set once all targets have theirs.
    pub(super) fn item_target(&mut self, place: ast::ExprId) -> Option<Target> {
        let ast::ExprKind::Index { object, index } = self.ast[place].kind else { return None };
        let name = self.names.find("__setitem__")?;
        let base = self.expr(object, None);
        let ty = self.ty_of(base);
        let func = self.find_method(ty, name)?;
        let span = self.ast[place].span;
        let local = self.hidden(TyId::ERROR, span);
        let wanted = self.param_of(func, ty, 2);
        Some(Target::Item(ItemTarget { object, index, local, wanted, span }))
    }

    /// Sets what such targets kept.
    pub(super) fn set_late_items(&mut self, target: &Target, out: &mut Vec<StmtId>) {
        match target {
            Target::Item(ItemTarget { object, index, local, span, .. }) => {
                let base = self.expr(*object, None);
                let Some(name) = self.names.find("__setitem__") else { return };
                let Some(func) = self.find_method(self.ty_of(base), name) else { return };
                let want = self.param_of(func, self.ty_of(base), 1);
                let key = self.expr(*index, want);
                let value = self.kept_value(*local, *span);
                if let Some(call) = self.dunder_of(base, "__setitem__", &[key, value], *span) {
                    self.stmt(StmtKind::Expr(call), *span, out);
                }
            }
            Target::Unpack(items, _) => {
                for item in items {
                    self.set_late_items(item, out);
                }
            }
            Target::Star(inner, _) => self.set_late_items(inner, out),
            _ => {}
        }
    }

    /// A variable of the checker's own with this value; nothing where that was reported.
    fn kept(&mut self, value: ExprId, out: &mut Vec<StmtId>) -> Option<LocalId> {
        let (ty, span) = (self.ty_of(value), self.span_of(value));
        if ty == TyId::ERROR {
            return None;
        }
        let local = self.hidden(ty, span);
        self.cx.locals[local].mutable = true;
        let stmt = self.assign_hidden(local, value, span);
        out.push(stmt);
        Some(local)
    }

    /// What such a variable holds.
    fn kept_value(&mut self, local: LocalId, span: Span) -> ExprId {
        self.node(ExprKind::Local(local), self.cx.locals[local].ty, span)
    }

    /// `a in b` by a method of `b`.
    pub(super) fn own_contains(
        &mut self,
        item: ExprId,
        link: CmpLink,
        span: Span,
    ) -> Option<ExprId> {
        if !matches!(link.op, CmpOp::In | CmpOp::NotIn) {
            return None;
        }
        let holds = self.dunder_of(link.rhs, "__contains__", &[item], span)?;
        Some(match link.op {
            CmpOp::In => holds,
            _ => self.node(ExprKind::Not(holds), TyId::BOOL, span),
        })
    }

    /// Whether values of the type say themselves what they contain.
    pub(super) fn says_contains(&mut self, ty: TyId) -> bool {
        let name = self.names.find("__contains__");
        name.is_some_and(|name| self.find_method(ty, name).is_some())
    }

    /// The methods that decide what operations on values of a known type do.
    pub(super) fn own_methods(&mut self, ty: TyId, span: Span) -> OwnMethods {
        let [eq, lt, hash, repr, iter, next] =
            ["__eq__", "__lt__", "__hash__", "__repr__", "__iter__", "__next__"]
                .map(|name| self.method_for(ty, name, span));
        let item = match iter.or(next) {
            Some(_) => self.own_item(ty),
            None => None,
        };
        let source = self.told_source(ty, span);
        OwnMethods { eq, lt, hash, repr, iter, next, item, source }
    }

    /// Where values of a type keep the open error that caused them: `source`, a field or a method.
    fn told_source(&mut self, ty: TyId, span: Span) -> Option<Source> {
        let name = self.names.find("source")?;
        let is_error = |checker: &Self, ty| checker.inside(ty) == TyId::ERROR_OBJ;
        if let (Ty::Struct(id, args) | Ty::Class(id, args), Some(&Member::Field(index))) =
            (self.ty(ty), self.fields_decl(ty).and_then(|id| self.members.get(&(id, name))))
        {
            let field = *self.fields_with(id, args).get(index as usize)?;
            return is_error(self, field).then_some(Source::Field(index));
        }
        let func = self.find_method(ty, name)?;
        let sig = &self.sigs[func];
        let plain = matches!(&*sig.params, [own] if own.mode == Mode::Read);
        if !plain || !is_error(self, sig.ret) {
            return None;
        }
        self.method_for(ty, "source", span).map(Source::Method)
    }

    /// Checks the forms of all methods that were declared so far.
    pub(super) fn check_dunders(&mut self) {
        for index in 0..self.program.functions.len() {
            let func = FnId::new(index);
            if self.sigs[func].method && self.sigs[func].name.starts_with("__") {
                self.check_dunder(func);
            }
        }
    }
}
