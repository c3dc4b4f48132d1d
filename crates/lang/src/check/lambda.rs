//! Functions as values: lambdas, nested `def`s, and named functions where one is wanted.

use super::Checker;
use super::collect::{Item, TypeName};
use super::cx::{FnCx, Ret, VarKind};
use super::expr::Why;
use super::flow::{Assigned, VarState};
use super::infer::Found;
use super::member::overload;
use super::method_value::Method;
use super::trait_decl::Owner;
use crate::ast::{self, ExprKind as Ast};
use crate::builtins::BuiltinId;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Table;
use kaa_base::span::Span;

/// What a wrapper function calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wrapped {
    /// A prelude function or one of a module.
    Builtin(BuiltinId),
    /// A conversion.
    Type(&'static str),
    /// A constructor.
    Struct(StructId),
}

/// What a lambda is to give.
#[derive(Clone, Copy)]
enum Gives {
    /// A value of this type.
    This(TyId),
    /// What its body is, which is expected to be like this.
    Like(Option<TyId>),
}

impl Checker<'_> {
    /// Begins a function inside of the one at hand.
    fn enter(&mut self, ret: Ret) -> usize {
        let cx = FnCx::new(self.cx.depth + 1, ret, self.errors);
        let outer = std::mem::replace(&mut self.cx, cx);
        self.enclosing.push(outer);
        self.scope.open()
    }

    /// Ends it; gives the variables of the function at hand that it captured. Where `keep` says
    /// which variable holds it, that is as confined as it is; otherwise it is reported where it
    /// is confined and not `lent`.
    fn exit(
        &mut self,
        mark: usize,
        keep: Option<LocalId>,
        lent: bool,
        span: Span,
    ) -> List<LocalId> {
        self.scope.close(mark);
        let (why, writes) = self.confinement();
        let sources = std::mem::take(&mut self.cx.capture_sources);
        if let Some(outer) = self.enclosing.pop() {
            self.cx = outer;
        }
        if !self.cx.locks.is_empty() {
            for &source in &sources {
                self.is_locked(source, None, span);
            }
        }
        for &source in &sources {
            let var = self.cx.locals[source];
            if self.holds_resource(var.ty) {
                let message =
                    format!("a function cannot capture the resource `{}`", self.text(var.name));
                self.error(codes::RESOURCE_HELD, span, message);
            }
        }
        match (why, keep) {
            (Some(why), Some(local)) => {
                self.cx.var(local).confined = Some(why);
                self.cx.writes.insert(local, writes);
            }
            (Some(why), None) if !lent || self.cx.outside.is_some() => {
                self.escapes(why, None, span)
            }
            _ => {}
        }
        self.program.tree.list(&sources)
    }

    /// A function that is filled in later.
    pub(super) fn empty_function(&mut self, name: Symbol, span: Span) -> FnId {
        self.sigs.push(self.no_sig.clone());
        self.program.functions.push(Function {
            name,
            params: Vec::new(),
            captures: Vec::new(),
            ret: TyId::UNIT,
            locals: Table::new(),
            body: Block::default(),
            generics: self.generics,
            generator: false,
            exported: false,
            test: false,
            span,
        })
    }

    /// A lambda where its parameter types are known from what is wanted, if anything.
    pub(super) fn lambda_expr(
        &mut self,
        params: ast::List<ast::Param>,
        body: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        let known = match want.map(|ty| self.ty(self.inside(ty))) {
            Some(Ty::Fn(id)) => Some(self.program.tys.fn_ty(id).clone()),
            _ => None,
        };
        match known {
            Some(FnTy { params: tys, ret }) => {
                let tys: Vec<_> = tys.iter().map(|&(mode, ty)| (mode, Some(ty))).collect();
                self.lambda(params, body, &tys, Gives::This(ret), span)
            }
            None => {
                let tys = vec![(Mode::Read, None); params.len()];
                self.lambda(params, body, &tys, Gives::Like(None), span)
            }
        }
    }

    /// A lambda with these parameter types.
    fn lambda(
        &mut self,
        params: ast::List<ast::Param>,
        body: ast::ExprId,
        tys: &[(Mode, Option<TyId>)],
        gives: Gives,
        span: Span,
    ) -> ExprId {
        let ast = self.ast;
        let params = &ast[params];
        let lent = std::mem::take(&mut self.reading.lends);
        if params.len() != tys.len() {
            let message =
                format!("a function of {} parameter(s) is wanted, not {}", tys.len(), params.len());
            self.error(codes::ARGUMENTS, span, message);
            return self.bad(span);
        }
        let func = self.empty_function(self.known.lambda, span);
        let mark = self.enter(Ret::Body);
        let mut types = Vec::with_capacity(params.len());
        for (param, &(mode, ty)) in params.iter().zip(tys) {
            let ty = match (param.ty, ty) {
                (Some(written), _) => self.written(written),
                (None, Some(ty)) => ty,
                // Where the first one is not known, the lambda stands where nothing tells any.
                (None, None) if types.contains(&(mode, TyId::ERROR)) => TyId::ERROR,
                (None, None) => {
                    let text = self.text(param.name.name);
                    let message = format!("the type of `{text}` is not known here");
                    let diag = Diagnostic::error(codes::UNKNOWN_HERE, param.name.span, message);
                    self.report(diag.help(
                        "give the lambda where a function type is expected, such as behind \
                         `f: fn(int) -> int = ...`, or write a `def`",
                    ));
                    TyId::ERROR
                }
            };
            let mutable = mode == Mode::Mut;
            let local = Local { name: param.name.name, ty, mutable, span: param.name.span };
            let local = self.declare_local(local, VarKind::Param(mode), Assigned::Yes);
            self.confine_param(local, mode);
            self.cx.params.push(Param { local, mode });
            types.push((mode, ty));
        }
        let value = match gives {
            Gives::This(TyId::UNIT) => self.expr(body, None),
            Gives::This(ret) => self.expect(body, ret, Why::Plain),
            Gives::Like(hint) => self.expr(body, hint),
        };
        let value = self.storable(value);
        let ret = match gives {
            Gives::This(TyId::UNIT) => TyId::UNIT,
            _ => self.ty_of(value),
        };
        self.close_lambda(func, value, ret);
        let captures = self.exit(mark, None, lent, span);
        if ret == TyId::ERROR || types.iter().any(|&(_, ty)| ty == TyId::ERROR) {
            return self.bad(span);
        }
        let ty = self.program.tys.function(&types, ret);
        self.node(ExprKind::Closure { func, captures }, ty, span)
    }

    /// The body of a lambda: returns its value, or does it for its effect.
    fn close_lambda(&mut self, func: FnId, value: ExprId, ret: TyId) {
        let span = self.span_of(value);
        let kind = match ret {
            TyId::UNIT => StmtKind::Expr(value),
            _ => StmtKind::Return(Some(value)),
        };
        let mut stmts = Vec::new();
        self.stmt(kind, span, &mut stmts);
        let body = self.program.tree.list(&stmts);
        self.program.functions[func].ret = ret;
        self.finish(func, body);
    }

    /// An argument for a parameter of function type, which may have type parameters.
    pub(super) fn function_argument(
        &mut self,
        pattern: FnTyId,
        arg: ast::ExprId,
        found: &mut Found,
    ) -> ExprId {
        let ast::Expr { kind, span } = self.ast[arg];
        let lends = self.reading.lends;
        let FnTy { params, ret } = self.program.tys.fn_ty(pattern).clone();
        let tys: Vec<_> = params.iter().map(|&(mode, ty)| (mode, self.fill(ty, found))).collect();
        let pattern_ret = ret;
        let ret = self.fill(ret, found);
        let value = match kind {
            Ast::Lambda { params, body } => {
                let gives = match ret {
                    Some(ret) => Gives::This(ret),
                    None => Gives::Like(self.result_hint(pattern_ret, &tys, body, found)),
                };
                self.reading.lends = lends;
                self.lambda(params, body, &tys, gives, span)
            }
            Ast::Name(name) => {
                let item = self.use_item(name, span.file);
                self.item_argument(item, &tys, ret, span).unwrap_or_else(|| {
                    self.reading.lends = lends;
                    self.expr(arg, None)
                })
            }
            Ast::Attr { object, name } => {
                let item = match self.type_method(object, name) {
                    Some(Method::Builtin(id)) => Some(Item::Builtin(id)),
                    Some(Method::Fn(_)) => None,
                    None => self.in_module(object, name),
                };
                let value = self.item_argument(item, &tys, ret, span);
                value.unwrap_or_else(|| self.expr(arg, None))
            }
            _ => self.expr(arg, None),
        };
        let have = self.ty_of(value);
        let wanted = self.program.tys.intern(Ty::Fn(pattern));
        if !self.unify(wanted, have, found) {
            let wanted = self.fill(wanted, found).unwrap_or(wanted);
            self.mismatch(span, wanted, have, Why::Plain);
            return self.bad(span);
        }
        value
    }

    /// What the body of a lambda is expected to be that makes a result of which one side is not
    /// known. An `Ok` behind an error that is taken keeps the type of that error; other than that
    /// `Never` stands for the side that the body tells.
    fn result_hint(
        &mut self,
        pattern: TyId,
        tys: &[(Mode, Option<TyId>)],
        body: ast::ExprId,
        found: &Found,
    ) -> Option<TyId> {
        let Ty::Result(ok, error) = self.ty(pattern) else { return None };
        let Ast::Call { callee, .. } = self.ast[body].kind else { return None };
        let Ast::Name(name) = self.ast[callee].kind else { return None };
        let makes_ok = match self.text(name) {
            "Ok" => true,
            "Err" => false,
            _ => return None,
        };
        let (ok, error) = (self.fill(ok, found), self.fill(error, found));
        let taken = tys.first().and_then(|ty| ty.1).filter(|_| makes_ok && error.is_none());
        let error = error.or(taken).unwrap_or(TyId::NEVER);
        Some(self.program.tys.intern(Ty::Result(ok.unwrap_or(TyId::NEVER), error)))
    }

    /// What is no function value by itself, as one that takes these types; nothing for what is.
    fn item_argument(
        &mut self,
        item: Option<Item>,
        tys: &[(Mode, Option<TyId>)],
        ret: Option<TyId>,
        span: Span,
    ) -> Option<ExprId> {
        Some(match item? {
            Item::Builtin(id) => self.wrapper(Wrapped::Builtin(id), tys, span),
            Item::Type(ty) if tys.is_empty() => self.maker(ty, ret, span),
            Item::Type(ty) => self.wrapper(Wrapped::Type(ty.text()), tys, span),
            Item::Struct(id) => self.wrapper(Wrapped::Struct(id), tys, span),
            Item::Fn(func) if !self.sigs[func].generics.is_empty() => {
                self.generic_argument(func, tys, ret, span)
            }
            _ => return None,
        })
    }

    /// A function with type parameters where its own parameters have these types.
    fn generic_argument(
        &mut self,
        func: FnId,
        tys: &[(Mode, Option<TyId>)],
        ret: Option<TyId>,
        span: Span,
    ) -> ExprId {
        let sig = self.sigs[func].clone();
        let mut found = Found::of(sig.generics);
        for (param, &(_, ty)) in sig.params.iter().zip(tys) {
            if let Some(ty) = ty {
                self.unify(param.ty, ty, &mut found);
            }
        }
        self.learn(&sig, ret, &mut found);
        self.fn_instance(func, &found, span)
    }

    /// A function with type parameters as a value.
    pub(super) fn fn_instance(&mut self, func: FnId, found: &Found, span: Span) -> ExprId {
        let sig = self.sigs[func].clone();
        let mut found = *found;
        self.settle(&mut found);
        let found = &found;
        let Some(tys) = found.complete() else {
            self.unknown_params(&sig, found, span);
            return self.bad(span);
        };
        if !self.bounds_hold(&sig, found, span) {
            return self.bad(span);
        }
        let mut params: Vec<(Mode, TyId)> = sig.params.iter().map(|p| (p.mode, p.ty)).collect();
        for (_, ty) in &mut params {
            *ty = self.fill(*ty, found).unwrap_or(TyId::ERROR);
        }
        let ret = self.fill(sig.ret, found).unwrap_or(TyId::ERROR);
        let ty = self.program.tys.function(&params, ret);
        let (func, site) = self.instance_for(func, &tys, span);
        let value = self.node(ExprKind::FnRef(func), ty, span);
        self.at_site(value, site);
        value
    }

    /// A function that does nothing but call something that is no function value itself.
    fn wrapper(&mut self, what: Wrapped, tys: &[(Mode, Option<TyId>)], span: Span) -> ExprId {
        let Some(tys) = self.wrapper_tys(what, tys) else {
            self.error(
                codes::UNKNOWN_HERE,
                span,
                "the types this function takes are not known here",
            );
            return self.bad(span);
        };
        if tys.contains(&TyId::ERROR) {
            return self.bad(span);
        }
        let list = self.program.tys.list(&tys);
        // What a parameter of the function at hand can do is checked anew for each function.
        let generic = tys.iter().any(|&ty| self.program.tys.is_generic(ty));
        if let Some(&func) = self.wrappers.get(&(what, list)).filter(|_| !generic) {
            return self.wrapper_ref(func, &tys, span);
        }
        let func = self.empty_function(self.known.lambda, span);
        let mark = self.enter(Ret::Body);
        let mut values = Vec::with_capacity(tys.len());
        for &ty in &tys {
            let local = Local { name: self.known.underscore, ty, mutable: false, span };
            let local = self.cx.add(local, VarKind::Hidden, Assigned::Yes);
            self.cx.params.push(Param { local, mode: Mode::Read });
            values.push(self.node(ExprKind::Local(local), ty, span));
        }
        let value = self.wrapped(what, &values, span);
        let ret = self.ty_of(value);
        self.close_lambda(func, value, ret);
        self.exit(mark, None, true, span);
        if ret == TyId::ERROR {
            return self.bad(span);
        }
        self.wrappers.insert((what, list), func);
        self.wrapper_ref(func, &tys, span)
    }

    /// `list` where a function is wanted that takes nothing: it makes the empty value.
    fn maker(&mut self, ty: TypeName, ret: Option<TyId>, span: Span) -> ExprId {
        let func = self.empty_function(self.known.lambda, span);
        let mark = self.enter(Ret::Body);
        let value = self.empty_of(ty, span, ret);
        let ret = self.ty_of(value);
        self.close_lambda(func, value, ret);
        self.exit(mark, None, true, span);
        match ret {
            TyId::ERROR => self.bad(span),
            _ => self.wrapper_ref(func, &[], span),
        }
    }

    /// The types that a wrapper takes; what is not known of them its signature may tell.
    fn wrapper_tys(&mut self, what: Wrapped, tys: &[(Mode, Option<TyId>)]) -> Option<Vec<TyId>> {
        let (Wrapped::Builtin(id), true) = (what, tys.iter().any(|ty| ty.1.is_none())) else {
            return tys.iter().map(|&(_, ty)| ty).collect();
        };
        let sig = self.builtin_sig(overload(id, tys.len()));
        let mut found = Found::of(sig.generics);
        for (param, &(_, ty)) in sig.params.iter().zip(tys) {
            if let Some(ty) = ty {
                self.unify(param.ty, ty, &mut found);
            }
        }
        let all = (0..tys.len()).map(|at| {
            let param = sig.params.get(at).map(|param| param.ty);
            tys[at].1.or_else(|| param.and_then(|ty| self.fill(ty, &found)))
        });
        all.collect()
    }

    fn wrapper_ref(&mut self, func: FnId, tys: &[TyId], span: Span) -> ExprId {
        let params: Vec<_> = tys.iter().map(|&ty| (Mode::Read, ty)).collect();
        let ret = self.program.functions[func].ret;
        let ty = self.program.tys.function(&params, ret);
        self.node(ExprKind::FnRef(func), ty, span)
    }

    fn wrapped(&mut self, what: Wrapped, values: &[ExprId], span: Span) -> ExprId {
        match (what, values) {
            (Wrapped::Builtin(id), [_, _, ..]) if matches!(id.name(), "max" | "min") => {
                let of = if id.name() == "max" { "max_of" } else { "min_of" };
                let args: Vec<Arg> = values
                    .iter()
                    .map(|&value| Arg { param: 0, kind: ArgKind::Value(value) })
                    .collect();
                self.least(self.builtin(of), &args, None, span)
            }
            (Wrapped::Builtin(id), _) if !id.name().contains('.') => {
                self.apply(overload(id, values.len()), values, span)
            }
            (Wrapped::Builtin(id), _) => self.apply(id, values, span),
            (Wrapped::Struct(id), _) => self.construct_of(id, values, span),
            (Wrapped::Type("range"), [_, _, ..]) => {
                self.apply(self.builtin("range_from"), values, span)
            }
            (Wrapped::Type(text), &[value]) => {
                match TypeName::ALL.iter().find(|name| name.text() == text) {
                    Some(&name) => self.convert(name, value, span),
                    None => self.bad(span),
                }
            }
            _ => {
                self.error(codes::ARGUMENTS, span, "a conversion takes one value");
                self.bad(span)
            }
        }
    }

    /// A prelude function where a value is read.
    pub(super) fn builtin_value(
        &mut self,
        id: BuiltinId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        self.value_of(Wrapped::Builtin(id), id.get().short_name(), span, want)
    }

    /// A type where a value is read.
    pub(super) fn type_value(&mut self, ty: TypeName, span: Span, want: Option<TyId>) -> ExprId {
        if let Some(Ty::Fn(id)) = want.map(|ty| self.ty(self.inside(ty)))
            && let FnTy { params, ret } = self.program.tys.fn_ty(id)
            && params.is_empty()
        {
            let ret = *ret;
            return self.maker(ty, Some(ret), span);
        }
        self.value_of(Wrapped::Type(ty.text()), ty.text(), span, want)
    }

    fn value_of(&mut self, what: Wrapped, name: &str, span: Span, want: Option<TyId>) -> ExprId {
        let Some(Ty::Fn(id)) = want.map(|ty| self.ty(self.inside(ty))) else {
            let message = format!("`{name}` is called: `{name}(...)`");
            let diag = Diagnostic::error(codes::NOT_A_VALUE, span, message);
            self.report(diag.help("as a value it stands where a function type is expected"));
            return self.bad(span);
        };
        let FnTy { params, .. } = self.program.tys.fn_ty(id).clone();
        let tys: Vec<_> = params.iter().map(|&(mode, ty)| (mode, Some(ty))).collect();
        self.wrapper(what, &tys, span)
    }

    /// A constructor as a function value.
    pub(super) fn struct_value(&mut self, id: StructId, span: Span) -> ExprId {
        let tys: Vec<_> = self.program.structs[id]
            .fields
            .iter()
            .map(|field| (Mode::Read, Some(field.ty)))
            .collect();
        self.wrapper(Wrapped::Struct(id), &tys, span)
    }

    /// A nested `def`.
    pub(super) fn def_stmt(&mut self, id: ast::FnId, span: Span, out: &mut Vec<StmtId>) {
        let ast = self.ast;
        let decl = &ast[id];
        let name = decl.name;
        let func = self.empty_function(name.name, name.span);
        let first_default = self.defaults.len();
        if let Some(first) = ast[decl.generics].first() {
            let message = "a function inside of another has no type parameters of its own";
            let diag = Diagnostic::error(codes::BAD_GENERIC, first.name.span, message);
            self.report(diag.help("write it beside the other function"));
            let local = Local { name: name.name, ty: TyId::ERROR, mutable: false, span: name.span };
            self.declare_local(local, VarKind::Def, Assigned::Yes);
            return;
        }
        self.signature_with(func, id, Owner::File, Generics::NONE);
        for index in first_default..self.defaults.len() {
            self.default_value(index as u32);
        }
        let sig = self.sigs[func].clone();
        let params: Vec<_> = sig.params.iter().map(|p| (p.mode, p.ty)).collect();
        let ty = self.program.tys.function(&params, sig.ret);
        if let Some(old) = self.own_local(name) {
            let message = format!("`{}` is declared twice", self.text(name.name));
            let first = self.cx.locals[old].span;
            let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
            self.report(diag.label(first, "first declared here"));
        }
        let local = Local { name: name.name, ty, mutable: false, span: name.span };
        let local = self.declare_local(local, VarKind::Def, Assigned::No);
        let mark = self.enter(Ret::Known(sig.ret));
        self.cx.own = Some((name.name, func));
        (self.cx.own_ty, self.cx.own_span) = (Some(ty), name.span);
        self.cx.ret_span = decl.result.map(|ty| ast[ty].span);
        self.cx.head = Some(decl.head).filter(|_| decl.result.is_none());
        self.bind_params(&sig, &ast[decl.params], false);
        self.body(func, decl);
        let captures = self.exit(mark, Some(local), true, span);
        self.cx.flow.set(local, VarState { assigned: Assigned::Yes, present: false });
        self.cx.def_captures.insert(local, captures);
        self.stmt(StmtKind::FnDef { local, func, captures }, span, out);
    }
}
