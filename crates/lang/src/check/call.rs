//! Calls: arguments to parameters, defaults, marks, type parameters.

use super::Checker;
use super::collect::Item;
use super::infer::Found;
use super::name::Meaning;
use super::sig::{Default, Sig, SigParam};
use crate::ast::{self, ExprKind as Ast, Passing};
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// What is called.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Callee {
    /// A function of the program.
    Fn(FnId),
    /// A built-in.
    Builtin(BuiltinId),
    /// The constructor of a struct.
    Struct(TyId),
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
        match ast[callee].kind {
            Ast::Name(name) => match self.meaning(name) {
                Meaning::Local(local) => {
                    let value = self.read(local, ast[callee].span);
                    self.call_value(value, args, span)
                }
                Meaning::Own(func) => self.call_fn(Callee::Fn(func), None, args, span),
                Meaning::Item(Item::Fn(func)) => self.call_fn(Callee::Fn(func), None, args, span),
                Meaning::Item(Item::Builtin(id)) => self.call_prelude(id, args, span),
                Meaning::Item(Item::Struct(id)) => self.construct(id, args, span),
                Meaning::Item(Item::Type(ty)) => self.call_type(ty, args, span, want),
                Meaning::Nothing if name == self.known.ok || name == self.known.err => {
                    self.ok_or_err(name == self.known.ok, args, span, want)
                }
                _ => {
                    let value = self.name_expr(name, ast[callee].span, None);
                    self.call_value(value, args, span)
                }
            },
            Ast::Attr { object, name } => self.call_attr((object, name), args, span, dropped),
            _ => {
                let value = self.expr(callee, None);
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
            Callee::Struct(_) => return self.bad(span),
        };
        self.call_sig(callee, &sig, receiver, args, span)
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
        let skip = usize::from(receiver.is_some());
        let Some(mut given) = self.match_args(sig, skip, args, span) else {
            self.check_loosely(args);
            return self.bad(span);
        };
        let mut found = Found::default();
        let mut done = Vec::with_capacity(given.len() + 1);
        if let Some(receiver) = receiver {
            let Some(arg) = self.receiver_arg(sig, receiver, &mut found) else {
                self.check_loosely(args);
                return self.bad(span);
            };
            done.push(arg);
        }
        // Functions come last: what they are given is known from the other arguments.
        for late in [false, true] {
            for one in given.iter_mut().filter(|one| one.done.is_none()) {
                if late || !self.is_function(one.arg.value) {
                    one.done = Some(self.argument(sig, one.param, &one.arg, &mut found));
                }
            }
        }
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
        if !self.bounds_hold(sig, &found, span) {
            return self.bad(span);
        }
        let Some(ret) = self.fill(sig.ret, &found) else {
            self.unknown_result(sig, span);
            return self.bad(span);
        };
        self.after_mut(&done);
        let args = self.program.tree.list(&done);
        if ret == TyId::NEVER {
            self.cx.flow.reachable = false;
        }
        let kind = match callee {
            Callee::Fn(func) => ExprKind::Call { func, args },
            Callee::Builtin(id) => ExprKind::Builtin { id, args },
            Callee::Struct(ty) => {
                return self.node(ExprKind::StructNew { fields: args }, ty, span);
            }
        };
        self.node(kind, ret, span)
    }

    /// A call of a built-in with checked values by position.
    pub(super) fn apply(&mut self, id: BuiltinId, values: &[ExprId], span: Span) -> ExprId {
        let sig = self.builtin_sig(id);
        let mut found = Found::default();
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
            self.unknown_result(&sig, span);
            return self.bad(span);
        };
        let args = self.program.tree.list(&done);
        let value = self.node(ExprKind::Builtin { id, args }, ret, span);
        self.after_call(id, value)
    }

    /// After a call with a wrong argument its result still has the type that it would have,
    /// where that does not depend on the argument. It cannot be run, so nothing else is needed.
    fn bad_result(&mut self, sig: &Sig, found: &Found, span: Span) -> ExprId {
        let ty = match sig.bounds.is_empty() {
            true => self.fill(sig.ret, found).unwrap_or(TyId::ERROR),
            false => TyId::ERROR,
        };
        self.node(ExprKind::Error, ty, span)
    }

    fn unknown_result(&mut self, sig: &Sig, span: Span) {
        let message = format!("the type of what `{}` gives is not known here", sig.name);
        let diag = Diagnostic::error(codes::UNKNOWN_HERE, span, message);
        self.report(diag.help("give it a name with a type first: `xs: list[int] = ...`"));
    }

    /// Checks arguments of a call that cannot be matched, for the mistakes in themselves.
    pub(super) fn check_loosely(&mut self, args: &[ast::Arg]) {
        for arg in args {
            if !matches!(self.ast[arg.value].kind, Ast::Lambda { .. })
                && !self.is_flexible(arg.value)
            {
                self.expr(arg.value, None);
            }
        }
    }

    /// Whether an argument is a function whose parameters another argument may tell.
    pub(super) fn is_function(&self, id: ast::ExprId) -> bool {
        match self.ast[id].kind {
            Ast::Lambda { .. } => true,
            Ast::Name(name) => {
                self.scope.get(name).is_none()
                    && matches!(
                        self.item(name),
                        Some(Item::Builtin(_) | Item::Type(_) | Item::Fn(_) | Item::Struct(_))
                    )
            }
            _ => false,
        }
    }

    fn bounds_hold(&mut self, sig: &Sig, found: &Found, span: Span) -> bool {
        for (at, &bound) in (0u32..).zip(&sig.bounds) {
            if let Some(ty) = found.get(ParamId(at))
                && !self.require(ty, bound, span)
            {
                return false;
            }
        }
        true
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
        let mut found = Found::default();
        let mut done = Vec::with_capacity(args.len());
        for (at, arg) in args.iter().enumerate() {
            let kind = self.argument(&sig, at, arg, &mut found);
            done.push(Arg { param: at as u32, kind });
        }
        self.exclusive(&done);
        self.after_mut(&done);
        if ret == TyId::NEVER {
            self.cx.flow.reachable = false;
        }
        let args = self.program.tree.list(&done);
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
