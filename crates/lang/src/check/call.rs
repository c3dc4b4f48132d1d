//! Calls: arguments to parameters, defaults, marks, type parameters.

use super::collect::Item;
use super::generics::Expected;
use super::infer::Found;
use super::matching::Given;
use super::name::Meaning;
use super::sig::{Default, Sig, SigParam};
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, Passing};
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::span::Span;

/// What is called.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Callee {
    /// A function of the program.
    Fn(FnId),
    /// A built-in.
    Builtin(BuiltinId),
    /// The constructor of a struct.
    Struct,
    /// The constructor of a variant of an enum.
    Variant(StructId),
}

/// The receiver of a method, checked.
#[derive(Clone, Copy, Debug)]
pub struct Receiver {
    /// The value.
    pub value: ExprId,
    /// Whether nobody uses the result of the call.
    pub dropped: bool,
}

impl Checker<'_> {
    /// `callee(args)`
    pub(super) fn call(
        &mut self,
        callee: ast::ExprId,
        args: ast::List<ast::Arg>,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let ast = self.ast;
        let dropped = self.statement_value.take().is_some_and(|id| ast[id].span == span);
        let args = &ast[args];
        let expected = Expected { want, written: None };
        match ast[callee].kind {
            Ast::Name(name) if let Some(id) = self.wanted_variant(name, want) => {
                self.construct(id, args, span, expected)
            }
            Ast::Name(name) => match self.meaning(name, span.file) {
                Meaning::Local(local) => {
                    self.reading.lends = true;
                    let value = self.read(local, ast[callee].span);
                    self.reading.lends = false;
                    self.call_value(value, args, span)
                }
                Meaning::Own(func) => self.call_fn_expecting(func, None, args, span, expected),
                Meaning::Item(item) => {
                    self.call_item(item, (name, ast[callee].span), args, span, expected)
                }
                Meaning::Nothing if name == self.known.ok || name == self.known.err => {
                    self.ok_or_err(name == self.known.ok, args, span, want)
                }
                _ => {
                    let value = self.name_expr(name, ast[callee].span, None);
                    self.call_value(value, args, span)
                }
            },
            Ast::Attr { object, name } if let Some(item) = self.member_item(object, name) => {
                self.call_item(item, (name.name, ast[callee].span), args, span, expected)
            }
            Ast::Attr { object, name } => {
                self.call_attr((object, name), args, span, dropped, expected)
            }
            Ast::Index { object, index } if self.takes_types(object) => {
                self.call_written((object, index), args, span, want)
            }
            Ast::Index { object, index } if let Some(base) = self.method_taker(object) => {
                self.call_written_method(base, index, args, span, expected)
            }
            _ => {
                let value = self.expr(callee, None);
                self.call_value(value, args, span)
            }
        }
    }

    /// A call of what a name stands for.
    fn call_item(
        &mut self,
        item: Item,
        (name, at): (Symbol, Span),
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        match item {
            Item::Fn(func) => {
                let func = self.form_for(func, args);
                self.call_fn_expecting(func, None, args, span, expected)
            }
            Item::Builtin(id) => self.call_prelude(id, args, span),
            Item::Struct(id) => self.construct(id, args, span, expected),
            Item::Type(ty) => self.call_type(ty, args, span, expected.want),
            _ => {
                let value = self.item_expr(item, name, at, None);
                self.call_value(value, args, span)
            }
        }
    }

    /// A call of something with a signature.
    pub(super) fn call_fn(
        &mut self,
        callee: Callee,
        receiver: Option<Receiver>,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let sig = match callee {
            Callee::Fn(func) => self.sigs[func].clone(),
            Callee::Builtin(id) => self.builtin_sig(id),
            Callee::Struct | Callee::Variant(_) => return self.bad(span),
        };
        self.call_sig(callee, &sig, receiver, args, span)
    }

    /// A call of a function of the program where more is known than its arguments.
    pub(super) fn call_fn_expecting(
        &mut self,
        func: FnId,
        receiver: Option<Receiver>,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        let sig = self.sigs[func].clone();
        self.call_expecting(Callee::Fn(func), &sig, receiver, args, span, expected)
    }

    /// A call with this signature.
    pub(super) fn call_sig(
        &mut self,
        callee: Callee,
        sig: &Sig,
        receiver: Option<Receiver>,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        self.call_expecting(callee, sig, receiver, args, span, Expected::default())
    }

    /// `name[types](args)`
    fn call_written(
        &mut self,
        (name, index): (ast::ExprId, ast::ExprId),
        args: &[ast::Arg],
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let Some(written) = self.written_types(index) else {
            self.check_loosely(args);
            return self.bad(span);
        };
        let expected = Expected { want, written: Some(written) };
        let at = self.ast[name].span.to(self.ast[index].span);
        match self.type_taker(name) {
            Some(Item::Fn(func)) => {
                let func = self.form_for(func, args);
                self.call_fn_expecting(func, None, args, span, expected)
            }
            Some(Item::Struct(id)) => self.construct(id, args, span, expected),
            Some(Item::Type(ty)) => {
                let whole = self.type_argument_of(name, index, at);
                self.call_type(ty, args, span, Some(whole))
            }
            _ => self.bad(span),
        }
    }

    /// A call with this signature where more is known than its arguments.
    pub(super) fn call_expecting(
        &mut self,
        callee: Callee,
        sig: &Sig,
        receiver: Option<Receiver>,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        let skip = usize::from(receiver.is_some());
        let Some(mut given) = self.match_args(sig, skip, args, span) else {
            self.check_loosely(args);
            return self.bad(span);
        };
        let Some(mut found) = self.open(sig, expected.written, span) else {
            self.check_loosely(args);
            return self.bad(span);
        };
        let mut done = Vec::with_capacity(given.len() + 1);
        if let Some(receiver) = receiver {
            let Some(arg) = self.receiver_arg(sig, receiver, &mut found) else {
                self.check_loosely(args);
                return self.bad(span);
            };
            done.push(arg);
        }
        let finds = !sig.generics.is_empty() && !sig.builtin;
        self.all_arguments(sig, &mut given, &mut found, expected.want);
        done.extend(
            given
                .iter()
                .filter_map(|one| one.done.map(|kind| Arg { param: one.param as u32, kind })),
        );
        self.fill_defaults(sig, &mut done, &mut found, span);
        let bad = |checker: &Self, arg: &Arg| match arg.kind {
            ArgKind::Value(value) | ArgKind::Temp(value) => checker.ty_of(value) == TyId::ERROR,
            ArgKind::Mut(_) => false,
        };
        if done.iter().any(|arg| bad(self, arg)) {
            return self.bad_result(sig, &found, span);
        }
        self.exclusive(&done);
        if let Callee::Fn(func) = callee
            && self.cx.own.is_some_and(|(_, own)| own == func)
        {
            let cells = self.cx.cells.clone();
            self.writes_what_is_lent(&cells, &done, span);
        }
        self.settle(&mut found);
        self.default_types(sig, &mut found);
        if finds && !self.fit_again(sig, &mut done, &found) {
            return self.bad_result(sig, &found, span);
        }
        if !self.bounds_hold(sig, &found, span) {
            return self.bad(span);
        }
        let tys = if sig.builtin { Some(Vec::new()) } else { found.complete() };
        let (Some(ret), Some(tys)) = (self.fill(sig.ret, &found), tys) else {
            self.unknown_params(sig, &found, span);
            return self.bad(span);
        };
        self.after_mut(&done);
        self.call_of(callee, &done, ret, &tys, span)
    }

    /// The call itself, with all that is passed and all types found.
    fn call_of(
        &mut self,
        callee: Callee,
        args: &[Arg],
        ret: TyId,
        tys: &[TyId],
        span: Span,
    ) -> ExprId {
        let args = self.held_until_call(args);
        if ret == TyId::NEVER {
            self.cx.flow.reachable = false;
        }
        let (kind, site) = match callee {
            Callee::Fn(func) => {
                let (func, site) = self.instance_for(func, tys, span);
                (ExprKind::Call { func, args }, site)
            }
            Callee::Builtin(id) => (ExprKind::Builtin { id, args }, None),
            Callee::Struct => (ExprKind::StructNew { fields: args }, None),
            Callee::Variant(id) => (self.variant_of(id, args, ret, span), None),
        };
        let value = self.node(kind, ret, span);
        self.at_site(value, site);
        value
    }

    /// Converts what was checked before the types were found; false where it does not fit.
    fn fit_again(&mut self, sig: &Sig, done: &mut [Arg], found: &Found) -> bool {
        let mut fits = true;
        for arg in done {
            let param = sig.params[arg.param as usize];
            let ArgKind::Value(value) = arg.kind else { continue };
            if let Some(want) = self.fill(param.ty, found)
                && self.ty_of(value) != want
            {
                let value = self.fit(value, want, Why::Param(param.name));
                fits &= self.ty_of(value) != TyId::ERROR;
                arg.kind = ArgKind::Value(value);
            }
        }
        fits
    }

    /// Checks all arguments. Functions come last: what they are given is known from the others.
    /// Where types are to be found, literals wait for what the others and the wanted result tell.
    fn all_arguments(
        &mut self,
        sig: &Sig,
        given: &mut [Given],
        found: &mut Found,
        want: Option<TyId>,
    ) {
        let finds = !sig.generics.is_empty() && !sig.builtin;
        for turn in 0..3 {
            if turn == 2 && finds {
                // What is walked tells what the functions are given.
                self.settle(found);
            }
            for one in given.iter_mut().filter(|one| one.done.is_none()) {
                let waits = match turn {
                    0 => finds && self.is_flexible(one.arg.value),
                    _ => finds && self.says_little(one.arg.value),
                };
                if turn == 2 || !(waits || self.is_function(one.arg.value)) {
                    one.done = Some(self.argument(sig, one.param, &one.arg, found));
                }
            }
            if turn == 0 && finds {
                self.learn(sig, want, found);
            }
        }
    }

    /// Whether other arguments tell more about the types: `None`, `[]` and a variant without its
    /// enum have none of their own.
    fn says_little(&self, id: ast::ExprId) -> bool {
        match self.ast[id].kind {
            Ast::None => true,
            Ast::Name(name) => self.is_bare_variant(name, self.ast[id].span.file),
            Ast::Call { callee, .. } => match self.ast[callee].kind {
                Ast::Name(name) => self.is_bare_variant(name, self.ast[callee].span.file),
                _ => false,
            },
            Ast::List(items) => self.ast[items].is_empty(),
            Ast::Dict(items) => self.ast[items].is_empty(),
            _ => false,
        }
    }

    /// A call of a built-in with checked values by position.
    pub(super) fn apply(&mut self, id: BuiltinId, values: &[ExprId], span: Span) -> ExprId {
        let sig = self.builtin_sig(id);
        let mut found = Found::of(sig.generics);
        let mut done = Vec::with_capacity(values.len());
        let fits = sig.params.len() >= values.len()
            && sig.params[values.len()..].iter().all(|p| p.default != Default::Required);
        if !fits || sig.params.iter().any(|p| p.mode == Mode::Mut) {
            let message = format!("`{}` does not take {} argument(s)", sig.name, values.len());
            self.error(codes::ARGUMENTS, span, message);
            return self.bad(span);
        }
        for (at, &value) in values.iter().enumerate() {
            let param = sig.params[at];
            let value = self.fit_argument(&sig, &param, value, &mut found);
            done.push(Arg { param: at as u32, kind: ArgKind::Value(value) });
        }
        self.fill_defaults(&sig, &mut done, &mut found, span);
        let values: Vec<ExprId> = done
            .iter()
            .filter_map(|arg| match arg.kind {
                ArgKind::Value(value) => Some(value),
                _ => None,
            })
            .collect();
        if values.iter().any(|&value| self.ty_of(value) == TyId::ERROR)
            || !self.bounds_hold(&sig, &found, span)
        {
            return self.bad(span);
        }
        let Some(ret) = self.fill(sig.ret, &found) else {
            self.unknown_params(&sig, &found, span);
            return self.bad(span);
        };
        let args = self.program.tree.list(&done);
        let value = self.node(ExprKind::Builtin { id, args }, ret, span);
        self.after_call(id, value)
    }

    /// After a call with a wrong argument its result still has the type that it would have,
    /// where that does not depend on the argument. It cannot be run, so nothing else is needed.
    fn bad_result(&mut self, sig: &Sig, found: &Found, span: Span) -> ExprId {
        let ty = match sig.generics.is_empty() {
            true => self.fill(sig.ret, found).unwrap_or(TyId::ERROR),
            false => TyId::ERROR,
        };
        self.node(ExprKind::Error, ty, span)
    }

    /// Checks arguments of a call that cannot be matched, for the mistakes in themselves.
    pub(super) fn check_loosely(&mut self, args: &[ast::Arg]) {
        for arg in args {
            if !self.is_function(arg.value) && !self.is_flexible(arg.value) {
                self.expr(arg.value, None);
            }
        }
    }

    /// Whether an argument is a function whose parameters another argument may tell.
    pub(super) fn is_function(&self, id: ast::ExprId) -> bool {
        let file = self.ast[id].span.file;
        match self.ast[id].kind {
            Ast::Lambda { .. } => true,
            Ast::List(items) | Ast::Tuple(items) => {
                self.ast[items].iter().any(|&item| self.is_function(item))
            }
            Ast::Attr { object, name } => {
                self.type_named(object).is_some()
                    || self.in_module(object, name).is_some_and(|item| is_callable(&item))
            }
            Ast::Name(name) => {
                self.scope.get(name).is_none()
                    && self.item(name, file).is_some_and(|item| is_callable(&item))
            }
            _ => false,
        }
    }

    /// An option that was passed `mut` may be absent afterwards.
    fn after_mut(&mut self, args: &[Arg]) {
        for arg in args {
            if let ArgKind::Mut(place) = arg.kind {
                let Place { root, proj, .. } = self.program.tree[place];
                if let Root::Local(root) = root
                    && proj.is_empty()
                {
                    self.cx.flow.set_present(root, false);
                }
            }
        }
    }

    /// A call of a function value.
    pub(super) fn call_value(&mut self, callee: ExprId, args: &[ast::Arg], span: Span) -> ExprId {
        let ty = self.ty_of(callee);
        let Ty::Fn(id) = self.ty(ty) else {
            let name = self.names.find("__call__");
            if let Some(func) = name.and_then(|name| self.find_method(ty, name)) {
                let receiver = Receiver { value: callee, dropped: false };
                return self.call_fn(Callee::Fn(func), Some(receiver), args, span);
            }
            self.check_loosely(args);
            if ty != TyId::ERROR {
                let shown = self.show(ty);
                let message = format!("a value of type `{shown}` cannot be called");
                self.error(codes::NOT_CALLED, self.span_of(callee), message);
            }
            return self.bad(span);
        };
        let FnTy { params, ret } = self.program.tys.fn_ty(id).clone();
        if params.len() != args.len() || args.iter().any(|arg| arg.name.is_some()) {
            self.check_loosely(args);
            let message = match args.iter().find(|arg| arg.name.is_some()) {
                Some(_) => "a function value takes its arguments without names".to_string(),
                None => format!("this takes {} argument(s), not {}", params.len(), args.len()),
            };
            self.error(codes::ARGUMENTS, span, message);
            return self.bad(span);
        }
        let sig = Sig {
            name: "this function".to_string(),
            params: params.iter().map(|&(mode, ty)| self.value_param(mode, ty)).collect(),
            ret,
            ..Sig::none()
        };
        let mut found = Found::NONE;
        let mut done = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            let kind = self.argument(&sig, at, arg, &mut found);
            done.push(Arg { param: at as u32, kind });
        }
        self.exclusive(&done);
        let writes = self.written_by(callee);
        self.writes_what_is_lent(&writes, &done, span);
        self.after_mut(&done);
        if ret == TyId::NEVER {
            self.cx.flow.reachable = false;
        }
        let args = self.held_until_call(&done);
        self.node(ExprKind::CallValue { callee, args }, ret, span)
    }

    fn value_param(&self, mode: Mode, ty: TyId) -> SigParam {
        SigParam {
            name: self.known.underscore,
            ty,
            mode,
            default: Default::Required,
            passing: Passing::Position,
            variadic: false,
        }
    }
}

fn is_callable(item: &Item) -> bool {
    matches!(item, Item::Builtin(_) | Item::Type(_) | Item::Fn(_) | Item::Struct(_))
}
