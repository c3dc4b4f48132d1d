//! Calls: arguments to parameters, defaults, marks, type parameters.

use super::collect::Item;
use super::infer::Found;
use super::name::Meaning;
use super::sig::{Default, Sig, SigParam};
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, Mark, Passing};
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

/// An argument with the parameter it is for.
#[derive(Clone, Copy)]
struct Given {
    arg: ast::Arg,
    param: usize,
    done: Option<ArgKind>,
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

    fn is_function(&self, id: ast::ExprId) -> bool {
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

    /// Finds the parameter of each argument.
    fn match_args(
        &mut self,
        sig: &Sig,
        skip: usize,
        args: &[ast::Arg],
        span: Span,
    ) -> Option<Vec<Given>> {
        let mut given: Vec<Given> = Vec::with_capacity(args.len());
        let mut next = skip;
        let errors = self.errors;
        for arg in args {
            let param = match arg.name {
                Some(name) => {
                    let at = sig.params.iter().position(|p| {
                        p.name == name.name && p.passing != Passing::Position && !p.variadic
                    });
                    match at.filter(|&at| at >= skip) {
                        Some(at) => at,
                        None => {
                            self.unknown_keyword(sig, skip, name);
                            continue;
                        }
                    }
                }
                None => match sig.params.get(next).filter(|p| p.passing != Passing::Name) {
                    Some(param) if param.variadic => next,
                    Some(_) => {
                        next += 1;
                        next - 1
                    }
                    None => {
                        self.too_many(sig, skip, args, span);
                        return None;
                    }
                },
            };
            let again = given.iter().find(|one| one.param == param);
            if let Some(again) = again
                && !sig.params[param].variadic
            {
                let text = self.text(sig.params[param].name);
                let message = format!("`{text}` is given twice");
                let diag = Diagnostic::error(codes::ARGUMENTS, arg.span, message);
                self.report(diag.label(again.arg.span, "first given here"));
                continue;
            }
            given.push(Given { arg: *arg, param, done: None });
        }
        if self.errors > errors {
            return None;
        }
        self.missing(sig, skip, &given, span).then_some(given)
    }

    /// Reports parameters that get nothing and must; true if there are none.
    fn missing(&mut self, sig: &Sig, skip: usize, given: &[Given], span: Span) -> bool {
        let lacks = |at: usize, p: &SigParam| {
            at >= skip
                && p.default == Default::Required
                && !p.variadic
                && !given.iter().any(|one| one.param == at)
        };
        let names: Vec<String> = sig
            .params
            .iter()
            .enumerate()
            .filter(|(at, p)| lacks(*at, p))
            .map(|(_, p)| format!("`{}`", self.text(p.name)))
            .collect();
        if names.is_empty() {
            return true;
        }
        let word = if names.len() == 1 { "argument" } else { "arguments" };
        let message = format!("`{}` lacks the {word} {}", sig.name, names.join(", "));
        let diag = Diagnostic::error(codes::ARGUMENTS, span, message);
        self.report(self.with_declaration(diag, sig));
        false
    }

    fn with_declaration(&self, diag: Diagnostic, sig: &Sig) -> Diagnostic {
        match sig.span {
            Some(span) => diag.label(span, "declared here"),
            None => diag.note(format!("its form is `{}`", self.form(sig))),
        }
    }

    /// The head of a built-in, for messages.
    fn form(&self, sig: &Sig) -> String {
        let skip = usize::from(sig.method);
        let params: Vec<String> = sig.params[skip.min(sig.params.len())..]
            .iter()
            .map(|p| {
                let star = if p.variadic { "*" } else { "" };
                let default = if p.default == Default::Required { "" } else { "=..." };
                format!("{star}{}{default}", self.text(p.name))
            })
            .collect();
        format!("{}({})", sig.name, params.join(", "))
    }

    fn too_many(&mut self, sig: &Sig, skip: usize, args: &[ast::Arg], span: Span) {
        let plain = sig.params.iter().skip(skip).filter(|p| p.passing != Passing::Name);
        let takes = plain.count();
        let given = args.iter().filter(|arg| arg.name.is_none()).count();
        let word = if takes == 1 { "argument" } else { "arguments" };
        let message = match takes {
            0 => format!("`{}` takes no arguments, not {given}", sig.name),
            _ => format!("`{}` takes {takes} {word}, not {given}", sig.name),
        };
        let at = args.get(takes).map_or(span, |arg| arg.span);
        let diag = Diagnostic::error(codes::ARGUMENTS, at, message);
        self.report(self.with_declaration(diag, sig));
    }

    fn unknown_keyword(&mut self, sig: &Sig, skip: usize, name: ast::Ident) {
        let text = self.text(name.name).to_string();
        let message = format!("`{}` has no parameter `{text}`", sig.name);
        let mut diag = Diagnostic::error(codes::ARGUMENTS, name.span, message);
        let names = sig.params.iter().skip(skip).map(|p| self.text(p.name));
        if let Some(near) = super::habit::nearest(&text, names) {
            diag = diag.fix(format!("did you mean `{near}`?"), name.span, near);
        }
        self.report(self.with_declaration(diag, sig));
    }

    fn receiver_arg(&mut self, sig: &Sig, receiver: Receiver, found: &mut Found) -> Option<Arg> {
        let param = sig.params.first()?;
        let value = receiver.value;
        self.unify(param.ty, self.ty_of(value), found);
        let kind = if param.mode != Mode::Mut {
            ArgKind::Value(value)
        } else if self.is_place(value) {
            ArgKind::Mut(self.place_of(value, self.span_of(value))?)
        } else {
            if receiver.dropped {
                let message = format!("`{}` changes a new value that nobody keeps", sig.name);
                let diag = Diagnostic::error(codes::TEMPORARY, self.span_of(value), message);
                self.report(diag.help("give the value a name with `mut` first"));
                return None;
            }
            ArgKind::Temp(value)
        };
        Some(Arg { param: 0, kind })
    }

    /// Checks one argument.
    fn argument(&mut self, sig: &Sig, index: usize, arg: &ast::Arg, found: &mut Found) -> ArgKind {
        let param = sig.params[index];
        if !Self::mark_fits(arg.mark, param.mode) && !self.wrong_mark(sig, &param, arg) {
            let value = self.bad(arg.span);
            return ArgKind::Value(value);
        }
        let wanted = self.fill(param.ty, found);
        let at = self.ast[arg.value].span;
        if let Ty::Fn(id) = self.ty(param.ty)
            && self.is_function(arg.value)
        {
            return ArgKind::Value(self.function_argument(id, arg.value, found));
        }
        let hint =
            wanted.filter(|&ty| ty != TyId::ERROR).map(|ty| self.argument_hint(sig, ty, arg));
        let value = self.expr(arg.value, hint);
        if param.mode == Mode::Mut {
            return self.mut_argument(value, &param, wanted, at);
        }
        ArgKind::Value(self.fit_argument(sig, &param, value, found))
    }

    /// `Iter[T]` takes what can be walked; literals are lists then.
    fn argument_hint(&mut self, sig: &Sig, ty: TyId, arg: &ast::Arg) -> TyId {
        match self.ty(ty) {
            Ty::Iter(item) if sig.builtin => match self.ast[arg.value].kind {
                Ast::Set(_) | Ast::SetComp { .. } => self.program.tys.intern(Ty::Set(item)),
                Ast::List(_) | Ast::ListComp { .. } => self.program.tys.intern(Ty::List(item)),
                _ => ty,
            },
            _ => ty,
        }
    }

    fn mut_argument(
        &mut self,
        value: ExprId,
        param: &SigParam,
        wanted: Option<TyId>,
        at: Span,
    ) -> ArgKind {
        // An option that is known to be present is passed as the option it is.
        let value = match self.program.tree[value].kind {
            ExprKind::Unwrap(inner) if wanted == Some(self.ty_of(inner)) => inner,
            _ => value,
        };
        let have = self.ty_of(value);
        let Some(place) = self.place_of(value, at) else {
            let value = self.bad(at);
            return ArgKind::Value(value);
        };
        if let Some(wanted) = wanted
            && !self.same(have, wanted)
        {
            self.mismatch(at, wanted, have, Why::Param(param.name));
            let value = self.bad(at);
            return ArgKind::Value(value);
        }
        ArgKind::Mut(place)
    }

    /// A checked value for a parameter.
    fn fit_argument(
        &mut self,
        sig: &Sig,
        param: &SigParam,
        value: ExprId,
        found: &mut Found,
    ) -> ExprId {
        let have = self.ty_of(value);
        if have == TyId::ERROR || param.ty == TyId::ERROR {
            return value;
        }
        match (sig.builtin, self.ty(param.ty)) {
            (true, Ty::Iter(item)) => {
                let walked = self.walk(value);
                if walked == TyId::ERROR {
                    return self.bad(self.span_of(value));
                }
                self.fit_items(param, item, walked, value, found)
            }
            (true, Ty::List(item)) if !matches!(self.ty(have), Ty::List(_)) => {
                match self.item_of(have) {
                    Some(walked) => {
                        let value = self.listed(value);
                        self.fit_items(param, item, walked, value, found)
                    }
                    None => self.fit_plain(param, value, found),
                }
            }
            _ => self.fit_plain(param, value, found),
        }
    }

    fn fit_items(
        &mut self,
        param: &SigParam,
        item: TyId,
        walked: TyId,
        value: ExprId,
        found: &mut Found,
    ) -> ExprId {
        if self.unify(item, walked, found) {
            return value;
        }
        let want = self.fill(item, found).unwrap_or(TyId::ERROR);
        let (wanted, got) = (self.show(want), self.show(walked));
        let text = self.text(param.name);
        let message = format!("the elements of `{text}` must be of type `{wanted}`, not `{got}`");
        self.error(codes::TYPE_MISMATCH, self.span_of(value), message);
        self.bad(self.span_of(value))
    }

    fn fit_plain(&mut self, param: &SigParam, value: ExprId, found: &mut Found) -> ExprId {
        let have = self.ty_of(value);
        if !self.unify(param.ty, have, found)
            && let Some(want) = self.fill(param.ty, found)
        {
            return self.fit(value, want, Why::Param(param.name));
        }
        match self.fill(param.ty, found) {
            Some(want) => self.fit(value, want, Why::Param(param.name)),
            None => value,
        }
    }

    /// Reports a mark that does not agree with the parameter; true where the call may go on.
    fn wrong_mark(&mut self, sig: &Sig, param: &SigParam, arg: &ast::Arg) -> bool {
        let text = self.text(param.name).to_string();
        let at = self.ast[arg.value].span;
        let diag = match (arg.mark, param.mode) {
            (Mark::Plain, _) => {
                let message = format!("`{}` changes `{text}`, which the call must say", sig.name);
                Diagnostic::error(codes::MARK, at, message).fix(
                    "write `mut` before the argument",
                    at.start(),
                    "mut ",
                )
            }
            (Mark::Own, Mode::Read) => return true,
            (mark, _) => {
                let word = if mark == Mark::Mut { "mut" } else { "own" };
                let message = format!("`{}` does not take `{text}` as `{word}`", sig.name);
                let mark = Span { hi: at.lo, ..arg.span };
                Diagnostic::error(codes::MARK, arg.span, message).fix("leave it out", mark, "")
            }
        };
        self.report(self.with_declaration(diag, sig));
        false
    }

    fn fill_defaults(&mut self, sig: &Sig, done: &mut Vec<Arg>, found: &mut Found, span: Span) {
        for (at, param) in sig.params.iter().enumerate() {
            let at = at as u32;
            if param.variadic || done.iter().any(|arg| arg.param == at) {
                continue;
            }
            let ty = self.fill(param.ty, found).unwrap_or(TyId::ERROR);
            let kind = match param.default {
                Default::Required | Default::Absent => continue,
                Default::Int(value) if self.ty(ty) == Ty::Float(FloatKind::F64) => {
                    ExprKind::Float(value as f64)
                }
                Default::Int(value) => ExprKind::Int(value),
                Default::Float(value) => ExprKind::Float(value),
                Default::Str(text) => ExprKind::Str(text),
                Default::Bool(value) => ExprKind::Bool(value),
                Default::None => ExprKind::Absent,
                Default::Source(index) => match self.default_value(index) {
                    DefaultValue::Plain(value) => self.program.tree[value].kind,
                    DefaultValue::Made(func) => {
                        ExprKind::Call { func, args: self.program.tree.list(&[]) }
                    }
                },
            };
            let ty = if kind == ExprKind::Error { param.ty } else { ty };
            let value = self.node(kind, ty, span);
            done.push(Arg { param: at, kind: ArgKind::Value(value) });
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
                if proj.is_empty() {
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
