//! Functions: signatures, bodies, the script as a function, default values.

use super::closure::Confined;
use super::collect::{Item, is_action};
use super::cx::{Binding, FnCx, Ret, VarKind};
use super::flow::Assigned;
use super::sig::{Default, Sig, SigParam};
use super::trait_decl::{OwnScope, Owner};
use super::types::mode;
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, Mark};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::{FileId, Span};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A default value: made at its first use.
#[derive(Clone, Copy, Debug)]
pub struct DefaultSlot {
    expr: ast::ExprId,
    ty: TyId,
    generics: Generics,
    made: Option<DefaultValue>,
    /// While it is being made.
    open: bool,
}

impl Checker<'_> {
    /// Reads the signature of a function.
    pub(super) fn signature(&mut self, func: FnId, decl: ast::FnId, owner: Owner) {
        let written = self.ast[decl].generics;
        let around = match owner {
            Owner::File => Generics::NONE,
            Owner::Fields(id) => self.program.structs[id].generics,
            Owner::Trait(id) => self.traits[id].generics,
            Owner::Extend(index) => self.conform.extends[index as usize].generics,
        };
        let generics = self.declare_params(around, written);
        let outer = std::mem::replace(&mut self.generics, generics);
        self.own = self.own_scope(owner);
        self.read_bounds(generics, written);
        self.program.functions[func].generics = generics;
        self.hidden_generics(func, decl);
        self.signature_with(func, decl, owner, generics);
        if around.count > 0 {
            Rc::make_mut(&mut self.sigs[func]).around = around.count;
        }
        if owner != Owner::File && generics.count > around.count {
            self.instances.methods.insert(self.ast[decl].name.name);
        }
        self.generics = outer;
        self.own = OwnScope::default();
    }

    /// Reports type parameters of a function that something outside calls.
    fn hidden_generics(&mut self, func: FnId, decl: ast::FnId) {
        let (ast, function) = (self.ast, &self.program.functions[func]);
        let Some(first) = ast[ast[decl].generics].first() else { return };
        let is_main = function.name == self.known.main;
        if function.exported || function.test || is_main {
            let message = "what is called from outside has no type parameters";
            self.error(codes::BAD_GENERIC, first.name.span, message);
        }
    }

    /// Reads a signature whose type parameters are in sight; a call finds `open` of them.
    pub(super) fn signature_with(
        &mut self,
        func: FnId,
        decl: ast::FnId,
        owner: Owner,
        open: Generics,
    ) {
        let ast = self.ast;
        let decl = &ast[decl];
        let mut params: Vec<SigParam> = Vec::new();
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for (at, param) in ast[decl.params].iter().enumerate() {
            if let Some(first) = seen.insert(param.name.name, param.name.span) {
                let text = self.text(param.name.name);
                let message = format!("parameter `{text}` is declared twice");
                let diag = Diagnostic::error(codes::DECLARED_TWICE, param.name.span, message);
                self.report(diag.label(first, "first declared here"));
            }
            let read = self.param(param, at == 0, owner);
            params.push(read);
        }
        let has_self = params.first().is_some_and(|p| p.name == self.known.self_name);
        if owner != Owner::File && !has_self {
            self.self_left_out(decl);
            params.insert(0, self.self_param(owner, Mode::Read));
        }
        let ret = decl.result.map_or(TyId::UNIT, |result| self.written(result));
        if self.program.functions[func].test {
            self.test_signature(decl, owner, ret);
        }
        let name = self.text(decl.name.name).to_string();
        let span = Some(decl.name.span);
        let method = owner != Owner::File;
        let sig = Sig { name, params, ret, generics: open, method, span, ..Sig::none() };
        self.sigs[func] = Rc::new(sig);
        self.program.functions[func].ret = ret;
    }

    /// Reports what keeps a test from being run by itself.
    fn test_signature(&mut self, decl: &ast::FnDecl, owner: Owner, ret: TyId) {
        let ast = self.ast;
        let result = match self.ty(ret) {
            Ty::Result(ok, _) => ok == TyId::UNIT,
            _ => ret == TyId::UNIT || ret == TyId::ERROR,
        };
        let (span, message) = match ast[decl.params].first() {
            _ if owner != Owner::File => (decl.name.span, "a method cannot be a test"),
            Some(param) => (param.span, "a test takes no parameters"),
            None if !result => (decl.name.span, "a test returns nothing, or `Result[None]`"),
            None => return,
        };
        self.error(codes::BAD_TEST, span, message);
    }

    fn self_left_out(&mut self, decl: &ast::FnDecl) {
        let ast = self.ast;
        let message = format!("method `{}` has no `self`", self.text(decl.name.name));
        let mut diag = Diagnostic::error(codes::SELF_LEFT_OUT, decl.name.span, message);
        if let Some(first) = ast[decl.params].first() {
            diag = diag.fix("write `self` as the first parameter", first.span.start(), "self, ");
        } else {
            // The parentheses follow the name, with nothing in between but blanks.
            let at =
                Span { lo: decl.name.span.hi + 1, hi: decl.name.span.hi + 1, ..decl.name.span };
            diag = diag.fix("write `self` as the first parameter", at, "self");
        }
        self.report(diag);
    }

    /// The type of `self` in the declaration of a struct whose type parameters are in sight.
    pub(super) fn self_type(&mut self, owner: StructId) -> TyId {
        let count = self.program.structs[owner].generics.count;
        let args = self.params_of(Generics { count, ..self.generics });
        self.type_with(owner, args)
    }

    fn self_param(&mut self, owner: Owner, mode: Mode) -> SigParam {
        let ty = self.own.self_ty.unwrap_or(TyId::ERROR);
        // An object is changed through any name, so that its receiver is only a handle.
        let mode = match owner {
            Owner::Fields(id) if self.program.structs[id].form == Form::Class => match mode {
                Mode::Mut => Mode::Read,
                other => other,
            },
            _ => mode,
        };
        let name = self.known.self_name;
        let passing = ast::Passing::Position;
        SigParam { name, ty, mode, default: Default::Required, passing, variadic: false }
    }

    fn param(&mut self, param: &ast::Param, first: bool, owner: Owner) -> SigParam {
        if param.name.name == self.known.self_name {
            match owner != Owner::File && first {
                true => return self.self_param(owner, mode(param.mark)),
                false => {
                    let message = "`self` is the first parameter of a method and nothing else";
                    self.error(codes::SELF_LEFT_OUT, param.span, message);
                }
            }
        }
        let ty = match param.ty {
            Some(ty) => self.written_param(ty, param.mark),
            None => {
                if param.name.name != self.known.self_name {
                    let text = self.text(param.name.name);
                    let message = format!("parameter `{text}` has no type");
                    let help = format!("write it behind the name, such as `{text}: int`");
                    let diag = Diagnostic::error(codes::MISSING_TYPE, param.name.span, message);
                    self.report(diag.help(help));
                }
                TyId::ERROR
            }
        };
        let ty = match self.can_be_held(ty, param.span) {
            true => ty,
            false => TyId::ERROR,
        };
        let default = match param.default {
            Some(expr) => self.default_slot(expr, ty, param.name.name),
            None => Default::Required,
        };
        SigParam {
            name: param.name.name,
            ty,
            mode: mode(param.mark),
            default,
            passing: param.passing,
            variadic: false,
        }
    }

    /// Notes a default value.
    pub(super) fn default_slot(&mut self, expr: ast::ExprId, ty: TyId, name: Symbol) -> Default {
        let kind = self.ast[expr].kind;
        let mutable = matches!(
            kind,
            Ast::List(_)
                | Ast::Dict(_)
                | Ast::Set(_)
                | Ast::ListComp { .. }
                | Ast::SetComp { .. }
                | Ast::DictComp { .. }
        );
        if mutable && self.in_params {
            let text = self.text(name).to_string();
            let shown = self.show(ty);
            self.report(
                Diagnostic::error(
                    codes::MUTABLE_DEFAULT,
                    self.ast[expr].span,
                    format!("the default of `{text}` is a container"),
                )
                .help(format!(
                    "write `{text}: {shown}? = None` and `{text} ?? ...` in the function, \
                     or let the caller pass it"
                )),
            );
        }
        self.defaults.push(DefaultSlot {
            expr,
            ty,
            generics: self.generics,
            made: None,
            open: false,
        });
        Default::Source(self.defaults.len() as u32 - 1)
    }

    /// The value of a default.
    pub(super) fn default_value(&mut self, index: u32) -> DefaultValue {
        let DefaultSlot { expr, ty, generics, made, open } = self.defaults[index as usize];
        let span = self.ast[expr].span;
        if let Some(made) = made {
            if open {
                self.defaults[index as usize].open = false;
                self.error(codes::DEFAULT_ORDER, span, "this default needs itself, without end");
            }
            return made;
        }
        let placeholder = DefaultValue::Plain(self.bad(span));
        self.defaults[index as usize].made = Some(placeholder);
        if self.waiting >= super::MAX_WAITING {
            self.error(codes::DEFAULT_ORDER, span, "defaults use each other too deeply here");
            return placeholder;
        }
        self.waiting += 1;
        self.defaults[index as usize].open = true;
        let cx = FnCx::new(0, Ret::Nothing, self.errors);
        let outer = std::mem::replace(&mut self.cx, cx);
        let hidden = std::mem::take(&mut self.scope);
        let enclosing = std::mem::take(&mut self.enclosing);
        let outer_generics = std::mem::replace(&mut self.generics, generics);
        let value = self.expect(expr, ty, Why::Default);
        self.defaults[index as usize].open = false;
        self.waiting -= 1;
        self.enclosing = enclosing;
        self.scope = hidden;
        let cx = std::mem::replace(&mut self.cx, outer);
        let made = match self.program.tree[value].kind {
            kind if is_plain(kind) => DefaultValue::Plain(value),
            _ => {
                let stmt =
                    self.program.tree.push(Stmt { kind: StmtKind::Return(Some(value)), span });
                let body = self.program.tree.list(&[stmt]);
                DefaultValue::Made(self.made_function(body, ty, cx.locals, span))
            }
        };
        self.generics = outer_generics;
        self.defaults[index as usize].made = Some(made);
        made
    }

    fn made_function(
        &mut self,
        body: Block,
        ret: TyId,
        locals: kaa_base::entity::Table<LocalId, Local>,
        span: Span,
    ) -> FnId {
        self.sigs.push(self.no_sig.clone());
        self.program.functions.push(Function {
            name: self.known.default,
            params: Vec::new(),
            captures: Vec::new(),
            ret,
            locals,
            body,
            generics: self.generics,
            generator: false,
            exported: false,
            test: false,
            span,
        })
    }

    /// Makes all defaults, so that those that no call uses are checked too.
    pub(super) fn all_defaults(&mut self) {
        for index in 0..self.defaults.len() {
            self.default_value(index as u32);
        }
        for (id, def) in self.field_defaults.clone() {
            let value = self.default_value(def);
            let (id, field) = id;
            self.program.structs[id].fields[field as usize].default = Some(value);
        }
    }

    /// Checks the body of a function of the module or a method.
    pub(super) fn function(&mut self, func: FnId, decl: ast::FnId, owner: Owner) {
        let ast = self.ast;
        let decl = &ast[decl];
        let sig = self.sigs[func].clone();
        self.generics = self.program.functions[func].generics;
        self.cx = FnCx::new(0, Ret::Known(sig.ret), self.errors);
        self.cx.ret_span = decl.result.map(|ty| ast[ty].span);
        self.cx.head = Some(decl.head).filter(|_| decl.result.is_none());
        let mark = self.scope.open();
        self.own = self.own_scope(owner);
        self.bind_params(&sig, &ast[decl.params], owner != Owner::File);
        self.body(func, decl);
        self.scope.close(mark);
        self.own = OwnScope::default();
        self.generics = Generics::NONE;
    }

    /// Makes variables of the parameters.
    pub(super) fn bind_params(&mut self, sig: &Sig, params: &[ast::Param], method: bool) {
        self.fits_a_call(sig, params);
        // Where `self` was left out the signature has one parameter more.
        let extra = sig.params.len().saturating_sub(params.len());
        for (at, param) in sig.params.iter().enumerate() {
            let span = match at.checked_sub(extra).and_then(|at| params.get(at)) {
                Some(written) => written.name.span,
                None => sig.span.unwrap_or_default(),
            };
            let kind = match at {
                0 if method => VarKind::Receiver(param.mode),
                _ => VarKind::Param(param.mode),
            };
            let mutable = param.mode == Mode::Mut;
            let local = Local { name: param.name, ty: param.ty, mutable, span };
            let local = self.declare_local(local, kind, Assigned::Yes);
            self.confine_param(local, param.mode);
            self.cx.params.push(Param { local, mode: param.mode });
        }
    }

    /// A parameter of function type that is not taken over is only lent.
    pub(super) fn confine_param(&mut self, local: LocalId, mode: Mode) {
        let Local { ty, name, span, .. } = self.cx.locals[local];
        if mode != Mode::Own && matches!(self.ty(self.inside(ty)), Ty::Fn(_)) {
            self.cx.var(local).confined = Some(Confined::Param(name, span));
        }
    }

    /// Adds a variable and puts its name in sight.
    pub(super) fn declare_local(
        &mut self,
        local: Local,
        kind: VarKind,
        assigned: Assigned,
    ) -> LocalId {
        let id = self.cx.add(local, kind, assigned);
        let depth = self.cx.depth;
        self.scope.bind(local.name, Binding { depth, local: id });
        id
    }

    /// Checks the suite of a `def` in the current context and stores the function.
    pub(super) fn body(&mut self, func: FnId, decl: &ast::FnDecl) {
        let Some(block) = decl.body else { return };
        if decl.yields {
            self.begin_generator(decl);
        }
        let body = self.block(block);
        if let Ret::Known(ret) = self.cx.ret
            && self.cx.flow.reachable
            && !self.falls_off(ret)
        {
            self.missing_return(decl, ret);
        }
        if decl.yields {
            self.end_generator(decl);
        }
        self.finish(func, body);
    }

    fn falls_off(&self, ret: TyId) -> bool {
        match self.ty(ret) {
            Ty::Unit | Ty::Error => true,
            Ty::Result(ok, _) => ok == TyId::UNIT,
            _ => false,
        }
    }

    fn missing_return(&mut self, decl: &ast::FnDecl, ret: TyId) {
        let name = self.text(decl.name.name);
        let shown = self.show(ret);
        let message = format!("`{name}` can end without returning a value of type `{shown}`");
        let mut diag = Diagnostic::error(codes::MISSING_RETURN, decl.name.span, message);
        if let Some(span) = self.cx.ret_span {
            diag = diag.label(span, "the result that is promised");
        }
        let last = decl.body.and_then(|body| self.ast[body].last().copied());
        if let Some(last) = last
            && let ast::StmtKind::Expr(expr) = self.ast[last].kind
            && !matches!(self.ast[expr].kind, Ast::Str(_) | Ast::Ellipsis)
        {
            let at = self.ast[expr].span.start();
            diag = diag.fix("return the last expression", at, "return ");
        }
        self.report(diag);
    }

    /// Stores the function that was checked in the current context.
    pub(super) fn finish(&mut self, func: FnId, body: Block) {
        self.usage();
        self.program.cells.extend(self.cx.cells.drain(..).map(|cell| (func, cell)));
        self.program.own_values.extend(self.cx.own_value.map(|local| (func, local)));
        let function = &mut self.program.functions[func];
        function.body = body;
        function.params = std::mem::take(&mut self.cx.params);
        function.captures = std::mem::take(&mut self.cx.captures);
        function.locals = std::mem::take(&mut self.cx.locals);
        match self.cx.ret {
            _ if self.cx.yields.is_some() => function.generator = true,
            Ret::Known(ret) => function.ret = ret,
            Ret::Nothing | Ret::Body => {}
        }
    }

    /// Checks the statements of a script as the body of a function.
    pub(super) fn script(&mut self, constants: &FxHashMap<ast::StmtId, ConstId>) {
        let ast = self.ast;
        // A mistake in a function may be what leaves a variable of the script unused.
        self.cx = FnCx::new(0, Ret::Nothing, 0);
        let span = ast[ast.body].first().map_or(Span::default(), |id| ast[*id].span.start());
        self.sigs.push(self.no_sig.clone());
        let func = self.program.functions.push(Function {
            name: self.known.main,
            params: Vec::new(),
            captures: Vec::new(),
            ret: TyId::UNIT,
            locals: std::default::Default::default(),
            body: Block::default(),
            generics: self.generics,
            generator: false,
            exported: false,
            test: false,
            span,
        });
        self.script_order = true;
        let mut stmts = Vec::new();
        for id in &ast[ast.body] {
            match constants.get(id) {
                Some(&constant) => self.const_states[constant.index()].passed = true,
                None if is_action(ast, *id) => self.statement(*id, &mut stmts),
                None => {}
            }
        }
        let body = self.program.tree.list(&stmts);
        let clean = self.errors == 0;
        self.finish(func, body);
        self.main_beside_script(constants);
        if clean {
            self.unused_constants();
        }
        self.program.entry = Entry::Script(func);
    }

    /// Whether the mark of an argument agrees with the mode of the parameter.
    pub(super) fn mark_fits(mark: Mark, wanted: Mode) -> bool {
        match mark {
            Mark::Plain => wanted != Mode::Mut,
            Mark::Mut => wanted == Mode::Mut,
            Mark::Own => wanted == Mode::Own,
        }
    }

    /// The item, marked as used.
    pub(super) fn use_item(&mut self, name: Symbol, file: FileId) -> Option<Item> {
        let item = self.item(name, file)?;
        match item {
            Item::Const(id) => self.const_states[id.index()].used = true,
            Item::Fn(_) if name == self.known.main && file == self.program.file => {
                self.main_called = true
            }
            _ => {}
        }
        Some(item)
    }
}

/// Whether a default can be copied to where it is used.
fn is_plain(kind: ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::Bool(_)
            | ExprKind::Char(_)
            | ExprKind::Unit
            | ExprKind::Absent
            | ExprKind::Const(_)
            | ExprKind::Error
    )
}
