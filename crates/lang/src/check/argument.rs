//! What is passed for a parameter: marks, conversions, defaults.

use super::call::Receiver;
use super::infer::Found;
use super::sig::{Default, Sig, SigParam};
use super::{Checker, expr::Why};
use crate::ast::{self, ExprKind as Ast, Mark};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    pub(super) fn receiver_arg(
        &mut self,
        sig: &Sig,
        receiver: Receiver,
        found: &mut Found,
    ) -> Option<Arg> {
        let param = sig.params.first()?;
        let value = receiver.value;
        self.unify(param.ty, self.ty_of(value), found);
        let kind = self.program.tree[value].kind;
        let value = match kind {
            ExprKind::Local(local)
                if param.mode == Mode::Own && self.is_resource(self.ty_of(value)) =>
            {
                self.move_out(local, self.span_of(value))
            }
            _ if param.mode != Mode::Own && !self.is_named(value) => return None,
            _ => value,
        };
        let kind = if param.mode != Mode::Mut {
            ArgKind::Value(value)
        } else if self.is_place(value) {
            let place = self.place_of(value, self.span_of(value))?;
            // A built-in runs no other code while it changes its receiver, unless it is given some.
            let calls_back = |p: &SigParam| matches!(self.ty(p.ty), Ty::Fn(_) | Ty::Option(_));
            if !sig.builtin || sig.params.iter().skip(1).any(calls_back) {
                self.lend(place);
            }
            ArgKind::Mut(place)
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
    pub(super) fn argument(
        &mut self,
        sig: &Sig,
        index: usize,
        arg: &ast::Arg,
        found: &mut Found,
    ) -> ArgKind {
        let param = sig.params[index];
        if !Self::mark_fits(arg.mark, param.mode) && !self.wrong_mark(sig, &param, arg) {
            let value = self.bad(arg.span);
            return ArgKind::Value(value);
        }
        let mut wanted = self.fill(param.ty, found);
        // Only these take functions that an iterator keeps.
        let kept = self.keeping && self.makes_iter_of(sig);
        let lends = !kept
            && param.mode == Mode::Read
            && matches!(self.ty(self.inside(param.ty)), Ty::Fn(_));
        self.reading.walks = !kept && sig.builtin && matches!(self.ty(param.ty), Ty::Iter(_));
        self.reading.lends = lends;
        self.reading.borrows = param.mode != Mode::Own;
        let at = self.ast[arg.value].span;
        if let Ty::Fn(id) = self.ty(param.ty)
            && self.is_function(arg.value)
        {
            let value = self.function_argument(id, arg.value, found);
            self.reading.lends = false;
            return ArgKind::Value(value);
        }
        let hint =
            wanted.filter(|&ty| ty != TyId::ERROR).map(|ty| self.argument_hint(sig, ty, arg));
        let bare = if wanted.is_none() { self.bare_variant(arg.value, param.ty) } else { None };
        let value = bare.unwrap_or_else(|| self.expr(arg.value, hint));
        if param.mode == Mode::Mut {
            if wanted.is_none() {
                self.unify(param.ty, self.ty_of(value), found);
                wanted = self.fill(param.ty, found);
            }
            return self.mut_argument(value, &param, wanted, at);
        }
        if param.mode != Mode::Own && !self.is_named(value) {
            let value = self.bad(at);
            return ArgKind::Value(value);
        }
        ArgKind::Value(self.fit_argument(sig, &param, value, found))
    }

    /// `Iter[T]` takes what can be walked; literals are lists then.
    pub(super) fn argument_hint(&mut self, sig: &Sig, ty: TyId, arg: &ast::Arg) -> TyId {
        match self.ty(ty) {
            Ty::View(item) => match self.ast[arg.value].kind {
                Ast::List(_) | Ast::ListComp { .. } => self.program.tys.intern(Ty::List(item)),
                _ => ty,
            },
            Ty::Iter(item) if sig.builtin => match self.ast[arg.value].kind {
                Ast::Set(_) | Ast::SetComp { .. } => self.program.tys.intern(Ty::Set(item)),
                Ast::List(_) | Ast::ListComp { .. } => self.program.tys.intern(Ty::List(item)),
                _ => ty,
            },
            Ty::Set(item) if sig.builtin => match self.ast[arg.value].kind {
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
        self.lend(place);
        ArgKind::Mut(place)
    }

    /// A checked value for a parameter.
    pub(super) fn fit_argument(
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
        let value = match self.ty(param.ty) {
            Ty::List(item) | Ty::Iter(item) if sig.builtin => {
                let want = if let Ty::Param(id) = self.ty(item) { found.get(id) } else { None };
                want.map_or(value, |want| self.elements_as(value, want))
            }
            _ => value,
        };
        let have = self.ty_of(value);
        match (sig.builtin, self.ty(param.ty)) {
            (true, Ty::Iter(item)) => {
                let walked = self.walk(value);
                if walked == TyId::ERROR {
                    return self.bad(self.span_of(value));
                }
                if self.keeping && self.makes_iter_of(sig) {
                    self.kept_source(value);
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
            (true, Ty::Set(_)) if !matches!(self.ty(have), Ty::Set(_)) => {
                let value = self.gathered("set", value);
                self.fit_plain(param, value, found)
            }
            (true, Ty::Dict(..)) if !matches!(self.ty(have), Ty::Dict(..)) => {
                let value = self.gathered("dict", value);
                self.fit_plain(param, value, found)
            }
            (true, Ty::Char) if have == TyId::STR => {
                let id = self.builtin("char.of_str");
                self.call_builtin(id, &[value], TyId::CHAR, self.span_of(value))
            }
            _ => self.fit_plain(param, value, found),
        }
    }

    /// What can be walked, gathered in a set or dict; everything else as it is.
    pub(super) fn gathered(&mut self, what: &str, value: ExprId) -> ExprId {
        if self.item_of(self.ty_of(value)).is_none() {
            return value;
        }
        let id = self.builtin(what);
        self.apply(id, &[value], self.span_of(value))
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
        let want = self.fill_known(item, found);
        let (wanted, got) = (self.show(want), self.show(walked));
        let text = self.text(param.name);
        let message = format!("the elements of `{text}` must be of type `{wanted}`, not `{got}`");
        self.error(codes::TYPE_MISMATCH, self.span_of(value), message);
        self.bad(self.span_of(value))
    }

    fn fit_plain(&mut self, param: &SigParam, value: ExprId, found: &mut Found) -> ExprId {
        let have = self.ty_of(value);
        let fits = self.unify(param.ty, have, found);
        if let Some(want) = self.fill(param.ty, found) {
            return self.fit(value, want, Why::Param(param.name));
        }
        if !fits {
            let span = self.span_of(value);
            let want = self.fill_known(param.ty, found);
            self.mismatch(span, want, have, Why::Param(param.name));
            return self.bad(span);
        }
        value
    }

    /// Reports a mark that does not agree with the parameter; true where the call may go on.
    fn wrong_mark(&mut self, sig: &Sig, param: &SigParam, arg: &ast::Arg) -> bool {
        let text = self.text(param.name).to_string();
        let at = self.ast[arg.value].span;
        let diag = match (arg.mark, param.mode) {
            (Mark::Plain, _) => {
                let message = format!("`{}` changes `{text}`: the call must say `mut`", sig.name);
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

    /// A default that a function makes, which has the type parameters of its declaration.
    fn made_default(&mut self, func: FnId, ty: TyId, found: &Found, span: Span) -> ArgKind {
        let args = self.program.tree.list(&[]);
        let (func, site) = match found.complete() {
            Some(tys) => self.instance_for(func, &tys, span),
            None => (func, None),
        };
        let value = self.node(ExprKind::Call { func, args }, ty, span);
        self.at_site(value, site);
        ArgKind::Value(value)
    }

    pub(super) fn fill_defaults(
        &mut self,
        sig: &Sig,
        done: &mut Vec<Arg>,
        found: &mut Found,
        span: Span,
    ) {
        let mut given = vec![false; sig.params.len()];
        for arg in done.iter() {
            given[arg.param as usize] = true;
        }
        for (at, param) in sig.params.iter().enumerate() {
            let passed = given[at];
            let at = at as u32;
            if param.variadic || passed {
                continue;
            }
            let ty = match self.fill(param.ty, found) {
                Some(ty) => ty,
                // What is not known is reported for the whole call.
                None if !sig.builtin => continue,
                None => TyId::ERROR,
            };
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
                        done.push(Arg {
                            param: at,
                            kind: self.made_default(func, ty, found, span),
                        });
                        continue;
                    }
                },
            };
            let ty = if kind == ExprKind::Error { param.ty } else { ty };
            let value = self.node(kind, ty, span);
            done.push(Arg { param: at, kind: ArgKind::Value(value) });
        }
    }
}
