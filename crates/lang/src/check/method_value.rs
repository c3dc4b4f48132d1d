//! Methods as values: `f = obj.method` with the receiver bound, `str.lower`, `Rect.area` without.
//!
//! A bound method is a closure over the receiver as it is when the value is made. Calls of methods
//! are in `member`.

use super::Checker;
use super::Member;
use super::collect::Item;
use super::infer::Found;
use super::sig::Sig;
use crate::ast::{self, ExprKind as Ast};
use crate::builtins::{self, BuiltinId};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Table;
use kaa_base::span::Span;

/// A method that is named by its type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Method {
    /// Of a built-in type.
    Builtin(BuiltinId),
    /// Of a type of the program.
    Fn(FnId),
}

impl Checker<'_> {
    /// The method that `Type.name` stands for.
    pub(super) fn type_method(&self, object: ast::ExprId, name: ast::Ident) -> Option<Method> {
        match self.type_named(object)? {
            Item::Type(ty) => {
                let id = builtins::find(ty.text(), self.text(name.name))?;
                id.get().sig.contains("(self").then_some(Method::Builtin(id))
            }
            Item::Struct(id) => match self.members.get(&(id, name.name))? {
                Member::Method(func) => Some(Method::Fn(*func)),
                Member::Field(_) | Member::Variant(_) => None,
            },
            _ => None,
        }
    }

    /// The type that an expression names, if it does that.
    pub(super) fn type_named(&self, object: ast::ExprId) -> Option<Item> {
        let node = self.ast[object];
        let item = match node.kind {
            Ast::Name(name) if self.scope.get(name).is_none() => self.item(name, node.span.file)?,
            Ast::Attr { object, name } => self.offered_by(object, name)?,
            _ => return None,
        };
        matches!(item, Item::Type(_) | Item::Struct(_)).then_some(item)
    }

    /// `object.method` as a value.
    pub(super) fn bound_method(&mut self, base: ExprId, func: FnId, span: Span) -> ExprId {
        let sig = self.sigs[func].clone();
        let Some((receiver, params)) = sig.params.split_first() else { return self.bad(span) };
        if receiver.mode != Mode::Read {
            let message = format!("`{}` changes its receiver, so it is no value", sig.name);
            let diag = Diagnostic::error(codes::NOT_A_VALUE, span, message);
            self.report(diag.fix("call it", span.end(), "()"));
            return self.bad(span);
        }
        let types: Vec<_> = params.iter().map(|param| (param.mode, param.ty)).collect();
        let ty = self.program.tys.function(&types, sig.ret);
        let mut found = Found::of(sig.generics);
        self.unify(receiver.ty, self.ty_of(base), &mut found);
        let Some(tys) = found.complete() else {
            self.error(codes::UNKNOWN_HERE, span, "the types of this method are not known here");
            return self.bad(span);
        };
        let binder = match self.bound_methods.get(&func) {
            Some(&known) => known,
            None => {
                let made = self.make_binder(func, &sig, ty, span);
                self.bound_methods.insert(func, made);
                made
            }
        };
        let ty = self.fill(ty, &found).unwrap_or(TyId::ERROR);
        let (binder, site) = self.instance_for(binder, &tys, span);
        let args = self.program.tree.list(&[Arg { param: 0, kind: ArgKind::Value(base) }]);
        let value = self.node(ExprKind::Call { func: binder, args }, ty, span);
        self.at_site(value, site);
        self.bound_values.insert(value);
        value
    }

    /// A function that takes the receiver and gives the closure over it.
    fn make_binder(&mut self, method: FnId, sig: &Sig, ty: TyId, span: Span) -> FnId {
        let mut locals = Table::new();
        let mut params = Vec::new();
        let mut args = Vec::new();
        for (at, param) in (0u32..).zip(&sig.params) {
            let mutable = param.mode == Mode::Mut;
            let local = locals.push(Local { name: param.name, ty: param.ty, mutable, span });
            params.push(Param { local, mode: param.mode });
            let kind = match param.mode {
                Mode::Mut => {
                    let (root, proj) = (Root::Local(local), List::default());
                    ArgKind::Mut(self.program.tree.push(Place { root, proj, ty: param.ty, span }))
                }
                _ => ArgKind::Value(self.node(ExprKind::Local(local), param.ty, span)),
            };
            args.push(Arg { param: at, kind });
        }
        let args = self.program.tree.list(&args);
        let call = self.node(ExprKind::Call { func: method, args }, sig.ret, span);
        let receiver = params.remove(0);
        let generics = self.program.functions[method].generics;
        let inner = self.forwarder(generics, params, vec![receiver.local], locals, call, span);
        let mut locals = Table::new();
        let Some(first) = sig.params.first() else { return inner };
        let own = Local { name: first.name, ty: first.ty, mutable: false, span };
        let local = locals.push(own);
        let captures = self.program.tree.list(&[local]);
        let closure = self.node(ExprKind::Closure { func: inner, captures }, ty, span);
        let param = Param { local, mode: Mode::Own };
        self.forwarder(generics, vec![param], Vec::new(), locals, closure, span)
    }

    /// A function that takes what `sig` says and calls a method with it.
    pub(super) fn forwarded(&mut self, method: FnId, sig: &Sig) -> FnId {
        let span = self.program.functions[method].span;
        let mut locals = Table::new();
        let mut params = Vec::new();
        let mut args = Vec::new();
        let modes: Vec<Mode> = self.sigs[method].params.iter().map(|param| param.mode).collect();
        for (at, (param, mode)) in (0u32..).zip(sig.params.iter().zip(modes)) {
            let mutable = param.mode == Mode::Mut;
            let local = locals.push(Local { name: param.name, ty: param.ty, mutable, span });
            params.push(Param { local, mode: param.mode });
            let kind = match mode {
                Mode::Mut => {
                    let (root, proj) = (Root::Local(local), List::default());
                    ArgKind::Mut(self.program.tree.push(Place { root, proj, ty: param.ty, span }))
                }
                _ => ArgKind::Value(self.node(ExprKind::Local(local), param.ty, span)),
            };
            args.push(Arg { param: at, kind });
        }
        let args = self.program.tree.list(&args);
        let call = self.node(ExprKind::Call { func: method, args }, sig.ret, span);
        let generics = self.program.functions[method].generics;
        self.forwarder(generics, params, Vec::new(), locals, call, span)
    }

    /// A function that returns an expression.
    fn forwarder(
        &mut self,
        generics: Generics,
        params: Vec<Param>,
        captures: Vec<LocalId>,
        locals: Table<LocalId, Local>,
        value: ExprId,
        span: Span,
    ) -> FnId {
        let ret = self.ty_of(value);
        let func = self.empty_function(self.known.lambda, span);
        let kind = match ret {
            TyId::UNIT | TyId::NEVER => StmtKind::Expr(value),
            _ => StmtKind::Return(Some(value)),
        };
        let stmt = self.program.tree.push(Stmt { kind, span });
        let body = self.program.tree.list(&[stmt]);
        let function = &mut self.program.functions[func];
        (function.params, function.captures, function.locals) = (params, captures, locals);
        (function.ret, function.body, function.generics) = (ret, body, generics);
        func
    }
}
