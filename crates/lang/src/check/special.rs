//! Built-ins whose calls need more than their signature says.

use super::Checker;
use super::call::{Callee, Receiver};
use super::expr::Why;
use super::generator;
use super::infer::Found;
use super::member::overload;
use super::traits::Bound;
use crate::ast::{self, ExprKind as Ast};
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Methods of sets that take any number of others.
const TAKES_SETS: &[&str] = &[
    "set.union",
    "set.update",
    "set.difference",
    "set.difference_update",
    "set.intersection",
    "set.intersection_update",
];

impl Checker<'_> {
    /// A call of a prelude function or of one that was imported by name.
    pub(super) fn call_prelude(&mut self, id: BuiltinId, args: &[ast::Arg], span: Span) -> ExprId {
        let plain = args.iter().filter(|arg| arg.name.is_none()).count();
        let id = match id.name() {
            "min" if plain > 1 => self.builtin("min_of"),
            "max" if plain > 1 => self.builtin("max_of"),
            "range" if plain == args.len() => overload(id, plain),
            _ => overload(id, args.len()),
        };
        let walked = std::mem::take(&mut self.reading.walks);
        let kept = !walked && generator::MAKERS.contains(&id.name());
        let around = std::mem::replace(&mut self.keeping, kept);
        let value = match id.name() {
            "zip" => self.zip(id, args, span),
            "max_of" | "min_of" => self.least_of(id, args, span),
            _ => self.call_of_module(id, args, span),
        };
        self.keeping = around;
        if id.name() == "hash" {
            self.hashed(value);
        }
        self.after_call(id, value)
    }

    /// A call of a function of a module.
    pub(super) fn call_of_module(
        &mut self,
        id: BuiltinId,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        match id.name() {
            "math.gcd" | "math.lcm" | "math.hypot" if args.len() != 2 => {
                self.folded(id, args, span)
            }
            _ => self.call_fn(Callee::Builtin(id), None, args, span),
        }
    }

    /// `math.gcd(a, b, c)`: what the function of two makes of the first, with the rest one by one.
    fn folded(&mut self, id: BuiltinId, args: &[ast::Arg], span: Span) -> ExprId {
        if args.iter().any(|arg| arg.name.is_some() || arg.mark != ast::Mark::Plain) {
            return self.call_fn(Callee::Builtin(id), None, args, span);
        }
        let ty = self.builtin_sig(id).ret;
        let neutral = i64::from(id.name() == "math.lcm");
        let mut all = match ty {
            TyId::FLOAT => self.node(ExprKind::Float(0.0), ty, span),
            _ => self.node(ExprKind::Int(neutral), ty, span),
        };
        for arg in args {
            let value = self.expect(arg.value, ty, Why::Plain);
            all = self.call_builtin(id, &[all, value], ty, span);
        }
        all
    }

    /// The number of an object would tell its address.
    fn hashed(&mut self, call: ExprId) {
        let Expr { kind, span, .. } = self.program.tree[call];
        if let ExprKind::Builtin { args, .. } = kind
            && let Some(&Arg { kind: ArgKind::Value(value), .. }) = self.program.tree[args].first()
        {
            self.require(self.ty_of(value), Bound::Value, span);
        }
    }

    /// A method of a built-in type.
    pub(super) fn call_method(
        &mut self,
        id: BuiltinId,
        receiver: Receiver,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let mut id = overload(id, args.len());
        let first = args.first().map(|arg| self.ast[arg.value].kind);
        match (id.name(), first) {
            ("str.startswith", Some(Ast::Tuple(_))) => id = self.builtin("str.startswith_any"),
            ("str.endswith", Some(Ast::Tuple(_))) => id = self.builtin("str.endswith_any"),
            ("str.join", Some(_)) => return self.join(id, receiver, args, span),
            ("tuple.count" | "tuple.index", Some(_)) => {
                return self.tuple_search(id, receiver, args, span);
            }
            (name, _) if args.len() != 1 && TAKES_SETS.contains(&name) => {
                return self.with_sets(id, receiver, args, span);
            }
            _ => {}
        }
        let value = self.call_fn(Callee::Builtin(id), Some(receiver), args, span);
        self.after_call(id, value)
    }

    /// `s.union(a, b)`: the others are put together first.
    fn with_sets(
        &mut self,
        id: BuiltinId,
        receiver: Receiver,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        if args.is_empty() {
            return self.without_sets(id, receiver, span);
        }
        let (set, sig) = (self.ty_of(receiver.value), self.builtin_sig(id));
        if args.iter().any(|arg| arg.name.is_some() || arg.mark != ast::Mark::Plain) {
            return self.call_fn(Callee::Builtin(id), Some(receiver), args, span);
        }
        let both = self.builtin(match id.name() {
            "set.intersection" | "set.intersection_update" => "set.intersection",
            _ => "set.union",
        });
        let mut others: Option<ExprId> = None;
        for arg in args {
            let hint = self.argument_hint(&sig, set, arg);
            let value = self.expr(arg.value, Some(hint));
            let value = match self.ty(self.ty_of(value)) {
                Ty::Set(_) => value,
                _ => self.gathered("set", value),
            };
            let value = self.fit(value, set, Why::Plain);
            others = Some(match others {
                Some(others) => self.call_builtin(both, &[others, value], set, span),
                None => value,
            });
        }
        let mut found = Found::of(sig.generics);
        let first = self.receiver_arg(&sig, receiver, &mut found);
        let (Some(first), Some(others)) = (first, others) else { return self.bad(span) };
        let ret = self.fill(sig.ret, &found).unwrap_or(TyId::ERROR);
        let args = [first, Arg { param: 1, kind: ArgKind::Value(others) }];
        let args = self.program.tree.list(&args);
        self.node(ExprKind::Builtin { id, args }, ret, span)
    }

    /// `s.union()`: what is left alone by no others, or a copy of it.
    fn without_sets(&mut self, id: BuiltinId, receiver: Receiver, span: Span) -> ExprId {
        let updates = id.name().ends_with("update");
        let (id, mut done) = match updates {
            true => (self.builtin("set.update"), Vec::with_capacity(2)),
            false => (self.builtin("set.copy"), Vec::with_capacity(1)),
        };
        let (set, sig) = (self.ty_of(receiver.value), self.builtin_sig(id));
        let mut found = Found::of(sig.generics);
        let Some(first) = self.receiver_arg(&sig, receiver, &mut found) else {
            return self.bad(span);
        };
        done.push(first);
        if updates {
            let none = self.program.tree.list(&[]);
            let none = self.node(ExprKind::SetNew(none), set, span);
            done.push(Arg { param: 1, kind: ArgKind::Value(none) });
        }
        let args = self.program.tree.list(&done);
        let ret = if updates { TyId::UNIT } else { set };
        self.node(ExprKind::Builtin { id, args }, ret, span)
    }

    /// `sep.join(items)`: the items may be characters.
    fn join(&mut self, id: BuiltinId, receiver: Receiver, args: &[ast::Arg], span: Span) -> ExprId {
        let [arg] = args else {
            return self.call_fn(Callee::Builtin(id), Some(receiver), args, span);
        };
        let texts = self.program.tys.intern(Ty::List(TyId::STR));
        let display = matches!(self.ast[arg.value].kind, Ast::List(_));
        self.reading.walks = true;
        let items = self.expr(arg.value, display.then_some(texts));
        let item = self.walk(items);
        let (name, fits) = match item {
            TyId::CHAR => ("str.join_chars", true),
            TyId::STR => ("str.join", true),
            _ => ("str.join", item == TyId::ERROR),
        };
        if !fits {
            let shown = self.show(item);
            let message = format!("`join` puts texts together, not values of type `{shown}`");
            let at = self.span_of(items);
            let diag = Diagnostic::error(codes::TYPE_MISMATCH, at, message);
            self.report(diag.help("make texts of them: `sep.join(str(x) for x in xs)`"));
        }
        if !fits || item == TyId::ERROR {
            return self.node(ExprKind::Error, TyId::STR, span);
        }
        let items = self.listed(items);
        let id = self.builtin(name);
        self.call_builtin(id, &[receiver.value, items], TyId::STR, span)
    }

    /// What the signature cannot say of the arguments.
    pub(super) fn after_call(&mut self, id: BuiltinId, value: ExprId) -> ExprId {
        let ExprKind::Builtin { args, .. } = self.program.tree[value].kind else { return value };
        let args = self.program.tree[args].to_vec();
        let arg = |param: u32| {
            args.iter().find(|arg| arg.param == param).and_then(|arg| match arg.kind {
                ArgKind::Value(value) | ArgKind::Temp(value) => Some(value),
                ArgKind::Mut(_) => None,
            })
        };
        match id.name() {
            "print" => self.all_shown(&args),
            "str" | "repr" => self.all_shown(&args),
            "len" => {
                let own = arg(0).and_then(|of| {
                    let span = self.span_of(value);
                    self.dunder_of(of, "__len__", &[], span)
                });
                match own {
                    Some(own) => return own,
                    None => self.has_len(arg(0)),
                }
            }
            "sorted" | "min" | "max" => {
                let ty = arg(0).map(|items| self.ty_of(items));
                let item = ty.and_then(|ty| self.item_of(ty));
                self.ordered(item, arg(1), value);
            }
            "list.sort" => {
                let list = args.first().map(|arg| match arg.kind {
                    ArgKind::Mut(place) => self.program.tree[place].ty,
                    ArgKind::Value(value) | ArgKind::Temp(value) => self.ty_of(value),
                });
                let item = list.and_then(|ty| self.item_of(ty));
                self.ordered(item, arg(1), value);
            }
            "list.index" | "list.count" | "list.remove" => {
                if let Some(item) = arg(1) {
                    self.require(self.ty_of(item), Bound::Eq, self.span_of(item));
                }
            }
            "reversed" => self.can_reverse(arg(0)),
            "next" => {
                let span = self.span_of(value);
                match arg(0).and_then(|of| self.dunder_of(of, "__next__", &[], span)) {
                    Some(own) => return own,
                    None => self.can_step(arg(0)),
                }
            }
            _ => {}
        }
        value
    }

    fn all_shown(&mut self, args: &[Arg]) {
        for arg in args.iter().filter(|arg| arg.param == 0) {
            if let ArgKind::Value(value) = arg.kind {
                self.shown(value);
            }
        }
    }

    /// Reports a value that cannot become text.
    pub(super) fn shown(&mut self, value: ExprId) {
        self.require(self.ty_of(value), Bound::Show, self.span_of(value));
    }

    fn has_len(&mut self, of: Option<ExprId>) {
        let Some(value) = of else { return };
        let ty = self.ty_of(value);
        let sized = matches!(
            self.ty(ty),
            Ty::Error
                | Ty::Never
                | Ty::Str
                | Ty::Bytes
                | Ty::List(_)
                | Ty::Dict(..)
                | Ty::Set(_)
                | Ty::Tuple(_)
                | Ty::View(_)
                | Ty::Range
        );
        if !sized {
            let shown = self.show(ty);
            let message = format!("a value of type `{shown}` has no length");
            let mut diag = Diagnostic::error(codes::NO_LENGTH, self.span_of(value), message);
            if matches!(self.ty(ty), Ty::Iter(_)) {
                diag = diag.help("make a list of it first: `len(list(...))`");
            }
            self.report(diag);
        }
    }

    fn ordered(&mut self, item: Option<TyId>, key: Option<ExprId>, value: ExprId) {
        let by = key.map(|key| self.ty(self.ty_of(key)));
        let (ty, at) = match (by, key) {
            (Some(Ty::Fn(id)), Some(key)) => (self.program.tys.fn_ty(id).ret, self.span_of(key)),
            (Some(_), _) => return,
            _ => (item.unwrap_or(TyId::ERROR), self.span_of(value)),
        };
        self.require(ty, Bound::Ord, at);
    }

    fn can_reverse(&mut self, items: Option<ExprId>) {
        let Some(items) = items else { return };
        let ty = self.ty_of(items);
        if matches!(self.ty(ty), Ty::Set(_) | Ty::Iter(_)) {
            let at = self.span_of(items);
            let shown = self.show(ty);
            let message = format!("a value of type `{shown}` cannot be walked from its end");
            let edits = vec![(at.start(), "list(".into()), (at.end(), ")".into())];
            let diag = Diagnostic::error(codes::NOT_ITERABLE, at, message);
            self.report(diag.fix_all("make a list of it", edits));
        }
    }

    /// `next` needs an iterator: every walk of anything else begins anew.
    fn can_step(&mut self, value: Option<ExprId>) {
        let Some(value) = value else { return };
        let ty = self.ty_of(value);
        if !matches!(self.ty(ty), Ty::Iter(_) | Ty::Error) {
            let at = self.span_of(value);
            let shown = self.show(ty);
            let message = format!("`next` steps an iterator, and this is a `{shown}`");
            let edits = vec![(at.start(), "iter(".into()), (at.end(), ")".into())];
            let diag = Diagnostic::error(codes::NOT_ITERABLE, at, message);
            self.report(diag.fix_all("keep this in a name, and step that", edits));
        }
    }

    /// `zip(a, b, ...)`
    fn zip(&mut self, id: BuiltinId, args: &[ast::Arg], span: Span) -> ExprId {
        let mut done = Vec::with_capacity(args.len());
        let mut items = Vec::with_capacity(args.len());
        for arg in args {
            if let Some(name) = arg.name {
                self.error(codes::ARGUMENTS, name.span, "`zip` takes no names");
            }
            self.reading.walks = !self.keeping;
            let value = self.expr(arg.value, None);
            items.push(self.walk(value));
            if self.keeping {
                self.kept_source(value);
            }
            done.push(Arg { param: 0, kind: ArgKind::Value(value) });
        }
        if args.is_empty() {
            self.error(codes::ARGUMENTS, span, "`zip` lacks what it is to walk");
        }
        if items.is_empty() || items.contains(&TyId::ERROR) {
            return self.bad(span);
        }
        let item = self.program.tys.tuple(&items);
        let ty = self.program.tys.intern(Ty::Iter(item));
        let args = self.program.tree.list(&done);
        self.node(ExprKind::Builtin { id, args }, ty, span)
    }

    /// `min(a, b)`: values of one type; literals follow the others.
    fn least_of(&mut self, id: BuiltinId, args: &[ast::Arg], span: Span) -> ExprId {
        let plain: Vec<ast::ExprId> =
            args.iter().filter(|arg| arg.name.is_none()).map(|arg| arg.value).collect();
        let values = self.elements(&plain, None);
        let ty = self.element_ty(&values);
        if ty == TyId::ERROR {
            return self.bad(span);
        }
        if ty == TyId::NEVER {
            return self.never_made(&values, span);
        }
        let mut done: Vec<Arg> =
            values.iter().map(|&v| Arg { param: 0, kind: ArgKind::Value(v) }).collect();
        let mut key = None;
        for arg in args {
            let Some(name) = arg.name else { continue };
            if self.text(name.name) != "key" {
                let message = format!(
                    "`{}` of values has no parameter `{}`",
                    id.name(),
                    self.text(name.name)
                );
                self.error(codes::ARGUMENTS, name.span, message);
                return self.bad(span);
            }
            let mut found = Found::of(super::generics::BUILTIN);
            found.set(ParamId(0), ty);
            let param = self.program.tys.intern(Ty::Param(ParamId(0)));
            let result = self.program.tys.intern(Ty::Param(ParamId(1)));
            let pattern = self.program.tys.function(&[(Mode::Read, param)], result);
            let Ty::Fn(pattern) = self.ty(pattern) else { return self.bad(span) };
            let value = self.function_argument(pattern, arg.value, &mut found);
            done.push(Arg { param: 1, kind: ArgKind::Value(value) });
            key = Some(value);
        }
        self.least(id, &done, key, span)
    }

    /// The same with checked values of one type, which come first among the arguments.
    pub(super) fn least(
        &mut self,
        id: BuiltinId,
        args: &[Arg],
        key: Option<ExprId>,
        span: Span,
    ) -> ExprId {
        let mut ty = TyId::ERROR;
        for arg in args.iter().filter(|arg| arg.param == 0) {
            if let ArgKind::Value(value) = arg.kind {
                let have = self.ty_of(value);
                if ty != TyId::ERROR && have != ty {
                    self.mismatch(span, ty, have, Why::Plain);
                    return self.bad(span);
                }
                ty = have;
            }
        }
        let args = self.program.tree.list(args);
        let value = self.node(ExprKind::Builtin { id, args }, ty, span);
        self.ordered(Some(ty), key, value);
        value
    }

    /// `Ok(value)`, `Err(error)`
    pub(super) fn ok_or_err(
        &mut self,
        ok: bool,
        args: &[ast::Arg],
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let word = if ok { "Ok" } else { "Err" };
        let Some(Ty::Result(item, error)) = want.map(|ty| self.ty(self.inside(ty))) else {
            self.check_loosely(args);
            let message = format!("the type of this `{word}` is not known here");
            let diag = Diagnostic::error(codes::UNKNOWN_HERE, span, message);
            self.report(diag.help(
                "it stands behind `return` in a function `-> Result[...]`, or \
                                   behind a name with a type",
            ));
            return self.bad(span);
        };
        let inner = if ok { item } else { error };
        if let (TyId::NEVER, [arg]) = (inner, args) {
            return self.ok_or_err_of(ok, arg.value, (item, error), span);
        }
        let ty = self.program.tys.intern(Ty::Result(item, error));
        let value = match args {
            [arg] => self.expect(arg.value, inner, Why::Plain),
            [] if inner == TyId::UNIT => self.node(ExprKind::Unit, TyId::UNIT, span),
            _ => {
                self.check_loosely(args);
                let message = format!("`{word}` takes one value");
                self.error(codes::ARGUMENTS, span, message);
                return self.bad(span);
            }
        };
        let kind = if ok { ExprKind::Ok(value) } else { ExprKind::Err(value) };
        self.node(kind, ty, span)
    }
    /// The same where the value tells the type of its side.
    fn ok_or_err_of(
        &mut self,
        ok: bool,
        value: ast::ExprId,
        sides: (TyId, TyId),
        span: Span,
    ) -> ExprId {
        let value = self.expr(value, None);
        let inner = self.ty_of(value);
        let (kind, ty) = match ok {
            true => (ExprKind::Ok(value), Ty::Result(inner, sides.1)),
            false => (ExprKind::Err(value), Ty::Result(sides.0, inner)),
        };
        if inner == TyId::ERROR {
            return self.bad(span);
        }
        let ty = self.program.tys.intern(ty);
        self.node(kind, ty, span)
    }
}
