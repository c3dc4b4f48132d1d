//! Type parameters: their declaration, what they may do, type arguments that are written.
//!
//! Inside of its declaration a type parameter is a type of its own that can do what its bounds
//! say, so that a body is checked once for all. How a call finds types for them is in `infer`,
//! how instances are made in `instance`.

use super::Checker;
use super::collect::Item;
use super::infer::Found;
use super::sig::Sig;
use super::trait_decl::TraitBound;
use super::traits::Bound;
use crate::ast::{self, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// Built-ins have no bodies: one set of parameters does for all.
pub const BUILTIN: Generics = Generics { first: ParamId(0), count: 8 };

/// A type parameter.
#[derive(Clone, Debug)]
pub struct ParamInfo {
    /// Its name.
    pub name: Symbol,
    /// Where it is declared.
    pub span: Span,
    /// Where a further bound would be written, and whether there is one already.
    pub end: Span,
    /// Whether it has bounds.
    pub bounded: bool,
    /// What it can do, a bit for each `Bound`.
    pub abilities: u32,
    /// Traits that it has.
    pub traits: Vec<TraitBound>,
    /// Whether a field of its struct has it in its type.
    pub used: bool,
    /// What it is where a call does not tell.
    pub default: Option<TyId>,
}

impl ParamInfo {
    /// A type parameter without bounds.
    pub fn plain(name: Symbol, span: Span) -> ParamInfo {
        let (end, traits) = (span.end(), Vec::new());
        ParamInfo {
            name,
            span,
            end,
            bounded: false,
            abilities: 0,
            traits,
            used: false,
            default: None,
        }
    }
}

/// What is known of a call before its arguments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// The type that is wanted of its result.
    pub want: Option<TyId>,
    /// The type arguments that are written.
    pub written: Option<TyList>,
}

/// Methods of options and results that copy nothing out of them: they pass it on, or end it.
const TAKE_OUT: &[&str] = &["unwrap", "expect", "map_err", "or_else", "is_ok", "is_err", "err"];

impl Checker<'_> {
    /// Room for the parameters of built-ins.
    pub(super) fn builtin_params(&mut self) {
        for _ in BUILTIN.ids() {
            self.params.push(ParamInfo::plain(self.known.underscore, Span::default()));
        }
    }

    /// Declares type parameters: copies of those of the type around, then those that are
    /// written. Their bounds are read by `read_bounds`, once all traits are known.
    pub(super) fn declare_params(
        &mut self,
        around: Generics,
        written: ast::List<ast::GenericParam>,
    ) -> Generics {
        let first = ParamId::new(self.params.len());
        let copies = self.params_of(Generics { first, count: around.count });
        let copies = Found::all(around, self.program.tys.items(copies));
        for id in around.ids() {
            let mut copy = self.params[id].clone();
            for out in copy.traits.iter_mut().flat_map(|bound| &mut bound.outs) {
                *out = out.and_then(|out| self.fill(out, &copies));
            }
            self.params.push(copy);
        }
        for param in &self.ast[written] {
            let known = Generics { first, count: (self.params.len() - first.index()) as u32 };
            let old = known.ids().find(|&id| self.params[id].name == param.name.name);
            if let Some(old) = old {
                let text = self.text(param.name.name);
                let message = format!("type parameter `{text}` is declared twice");
                let diag = Diagnostic::error(codes::DECLARED_TWICE, param.name.span, message);
                self.report(diag.label(self.params[old].span, "first declared here"));
            }
            let bounds = &self.ast[param.bounds];
            let end = bounds.last().map_or(param.name.span, |&bound| self.ast[bound].span);
            let info = ParamInfo::plain(param.name.name, param.name.span);
            self.params.push(ParamInfo { end: end.end(), bounded: !bounds.is_empty(), ..info });
        }
        let count = (self.params.len() - first.index()) as u32;
        if count as usize > Found::MAX {
            let at = self.ast[written].last().map_or(Span::default(), |param| param.name.span);
            let message = format!("there can be {} type parameters, not {count}", Found::MAX);
            self.error(codes::BAD_GENERIC, at, message);
            return Generics { first, count: Found::MAX as u32 };
        }
        if count == 0 { Generics::NONE } else { Generics { first, count } }
    }

    /// Reads the bounds of the written ones among type parameters.
    pub(super) fn read_bounds(
        &mut self,
        generics: Generics,
        written: ast::List<ast::GenericParam>,
    ) {
        let ast = self.ast;
        let skip = generics.count as usize - ast[written].len().min(generics.count as usize);
        for (id, param) in generics.ids().skip(skip).zip(&ast[written]) {
            for &bound in &ast[param.bounds] {
                self.read_bound(id, bound);
            }
            self.params[id].default = param.default.map(|default| self.written(default));
        }
    }

    /// Gives type parameters that a call does not tell their defaults.
    pub(super) fn default_types(&mut self, sig: &Sig, found: &mut Found) {
        for id in sig.generics.ids().filter(|_| !sig.builtin) {
            if let (None, Some(default)) = (found.get(id), self.params[id].default) {
                found.set(id, default);
            }
        }
    }

    fn read_bound(&mut self, id: ParamId, bound: ast::TypeId) {
        if let Some((abilities, bound)) = self.bound(bound) {
            self.params[id].abilities |= abilities;
            self.params[id].traits.extend(bound);
        }
    }

    pub(super) fn not_a_trait(&mut self, bound: ast::TypeId) {
        let ast = self.ast;
        let ast::TypeExpr { kind, span } = ast[bound];
        let bounds = "bounds are traits such as `Eq`, `Ord`, `Hash` and `Show`";
        let (message, help) = match kind {
            ast::TypeKind::Named { path, .. } => match (self.path_item(&ast[path]), &ast[path]) {
                (Some(Item::Struct(id)), _) => (
                    format!(
                        "`{}` is no trait, and nothing inherits from it",
                        self.text(self.program.structs[id].name)
                    ),
                    "put what several types have into a trait, or keep the other one in a field",
                ),
                (None, [name]) => (format!("there is no trait `{}`", self.text(name.name)), bounds),
                _ => ("this is no trait, so it cannot be a bound".to_string(), bounds),
            },
            _ => ("this is no trait, so it cannot be a bound".to_string(), bounds),
        };
        self.report(Diagnostic::error(codes::NOT_A_TRAIT, span, message).help(help));
    }

    /// The type parameter in sight with this name.
    pub(super) fn param_named(&self, name: Symbol) -> Option<ParamId> {
        self.generics.ids().find(|&id| self.params[id].name == name)
    }

    /// Notes which type parameters a field has in its type.
    pub(super) fn note_used(&mut self, ty: TyId) {
        for id in self.generics.ids() {
            let rule = |param, same| (param != id).then_some(same);
            let without = self.program.tys.replace(ty, &rule, &mut Replaced::default());
            self.params[id].used |= without.is_none();
        }
    }

    /// The types that parameters are, inside of their declaration.
    pub(super) fn params_of(&mut self, generics: Generics) -> TyList {
        let tys: Vec<TyId> =
            generics.ids().map(|id| self.program.tys.intern(Ty::Param(id))).collect();
        self.program.tys.list(&tys)
    }

    /// Whether the types that a call found can do what is asked of them; reports it otherwise.
    pub(super) fn bounds_hold(&mut self, sig: &Sig, found: &Found, span: Span) -> bool {
        for (at, id) in sig.generics.ids().enumerate() {
            let Some(ty) = found.get(id) else { continue };
            let takes_out = sig.builtin && TAKE_OUT.contains(&sig.name.as_str());
            if !takes_out && self.holds_resource(ty) {
                let shown = self.show(ty);
                let message = format!("`{}` would copy a `{shown}`, which is a resource", sig.name);
                self.error(codes::RESOURCE_HELD, span, message);
                return false;
            }
            if sig.builtin {
                let bound = sig.bounds.get(at).copied().unwrap_or(Bound::Nothing);
                if !self.require(ty, bound, span) {
                    return false;
                }
            } else if !self.bound_holds(id, ty, sig, found, span) {
                return false;
            }
        }
        true
    }

    fn bound_holds(&mut self, id: ParamId, ty: TyId, sig: &Sig, found: &Found, span: Span) -> bool {
        let info = self.params[id].clone();
        let (shown, name) = (self.show(ty), self.text(info.name).to_string());
        if let Some(bound) = self.lacking(info.abilities, ty) {
            if bound == Bound::Send {
                self.cannot_cross(ty, &sig.name, span);
                return false;
            }
            let message = format!(
                "`{name}` of `{}` would be `{shown}`, which cannot {}",
                sig.name,
                bound.lack()
            );
            let diag = Diagnostic::error(codes::LACKS, span, message)
                .label(info.span, format!("`{name}` must have `{}`", bound.name()));
            self.report(self.with_bound(diag, ty, bound));
            return false;
        }
        for bound in &info.traits {
            if self.has_trait(ty, bound, found) {
                continue;
            }
            let wanted = self.text(self.traits[bound.id].name).to_string();
            let message =
                format!("`{name}` of `{}` would be `{shown}`, which has no `{wanted}`", sig.name);
            let diag = Diagnostic::error(codes::LACKS, span, message)
                .label(info.span, format!("`{name}` must have `{wanted}`"));
            self.report(self.with_trait(diag, ty, &wanted));
            return false;
        }
        true
    }

    /// The first of these abilities that a type lacks.
    pub(super) fn lacking(&self, abilities: u32, ty: TyId) -> Option<Bound> {
        let asked = Bound::ALL.into_iter().filter(|bound| abilities & bound.bit() != 0);
        asked.into_iter().find(|&bound| !self.has(ty, bound))
    }

    /// Adds the edit that gives a type parameter a bound of the prelude.
    pub(super) fn with_bound(&self, diag: Diagnostic, ty: TyId, bound: Bound) -> Diagnostic {
        self.with_trait(diag, ty, bound.name())
    }

    /// Adds the edit that gives a type parameter a bound.
    pub(super) fn with_trait(&self, diag: Diagnostic, ty: TyId, name: &str) -> Diagnostic {
        let Ty::Param(id) = self.ty(ty) else { return diag };
        let info = &self.params[id];
        // `Self` has what its trait says, which is not written behind it.
        if info.name == self.known.self_type {
            return diag;
        }
        let mark = if info.bounded { " &" } else { ":" };
        let text = self.text(info.name);
        diag.fix(format!("say that `{text}` has it"), info.end, format!("{mark} {name}"))
    }

    /// Reports type parameters that a call leaves open.
    pub(super) fn unknown_params(&mut self, sig: &Sig, found: &Found, span: Span) {
        let open = sig.generics.ids().find(|&id| found.get(id).is_none());
        let again = |id: ParamId| {
            let name = self.params[id].name;
            sig.generics.ids().take_while(|&other| other != id).any(|o| self.params[o].name == name)
        };
        // A parameter without a type, or declared twice, was reported.
        if (!sig.builtin && open.is_some_and(again))
            || sig.params.iter().any(|param| param.ty == TyId::ERROR)
        {
            return;
        }
        let (Some(open), false) = (open, sig.builtin) else {
            let message = format!("the type of what `{}` gives is not known here", sig.name);
            let diag = Diagnostic::error(codes::UNKNOWN_HERE, span, message);
            self.report(diag.help("give it a name with a type first: `xs: list[int] = ...`"));
            return;
        };
        let text = self.text(self.params[open].name);
        let message = format!("the arguments do not tell what `{text}` of `{}` is", sig.name);
        let help = format!("write the type: `{}[...](...)`", sig.name);
        let diag = Diagnostic::error(codes::UNKNOWN_HERE, span, message)
            .label(self.params[open].span, "this type parameter")
            .help(help);
        self.report(diag);
    }

    /// The types that are written in brackets behind a name in an expression.
    pub(super) fn written_args(&mut self, index: ast::ExprId) -> Vec<TyId> {
        let ast = self.ast;
        match ast[index].kind {
            Ast::Tuple(items) if !self.in_parens(index, &ast[items]) => {
                ast[items].iter().map(|&item| self.type_argument(item)).collect()
            }
            _ => vec![self.type_argument(index)],
        }
    }

    /// The types between brackets; nothing where one of them is wrong, which is told.
    pub(super) fn written_types(&mut self, index: ast::ExprId) -> Option<TyList> {
        let tys = self.written_args(index);
        (!tys.contains(&TyId::ERROR)).then(|| self.program.tys.list(&tys))
    }

    /// Whether a tuple between brackets is one type, as in `list[(int, str)]`.
    fn in_parens(&self, tuple: ast::ExprId, items: &[ast::ExprId]) -> bool {
        let (Some(&first), Some(&last)) = (items.first(), items.last()) else { return true };
        let whole = self.ast[tuple].span;
        whole.lo < self.ast[first].span.lo && whole.hi > self.ast[last].span.hi
    }

    /// The type that an expression in brackets names.
    pub(super) fn type_argument(&mut self, id: ast::ExprId) -> TyId {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[id];
        match kind {
            Ast::Error => TyId::ERROR,
            Ast::None => TyId::UNIT,
            Ast::Type(ty) => self.written(ty),
            Ast::Name(name) => self.named_with(name, &[], span, span),
            Ast::Try(inner) => {
                let inner = self.type_argument(inner);
                self.option_of(inner)
            }
            Ast::Tuple(items) => {
                let items: Vec<TyId> =
                    ast[items].iter().map(|&item| self.type_argument(item)).collect();
                if items.contains(&TyId::ERROR) {
                    return TyId::ERROR;
                }
                let ty = self.program.tys.tuple(&items);
                if self.not_too_wide(ty, span) { ty } else { TyId::ERROR }
            }
            Ast::Index { object, index } => match ast[object].kind {
                Ast::Name(name) => {
                    let args = self.written_args(index);
                    self.named_with(name, &args, ast[object].span, span)
                }
                _ => self.not_a_type(span),
            },
            _ => self.not_a_type(span),
        }
    }

    fn not_a_type(&mut self, span: Span) -> TyId {
        let message = "a type stands in the brackets here, not a value";
        self.error(codes::TYPE_ARGUMENTS, span, message);
        TyId::ERROR
    }

    /// The type that a built-in container with types in brackets is.
    pub(super) fn type_argument_of(
        &mut self,
        name: ast::ExprId,
        index: ast::ExprId,
        span: Span,
    ) -> TyId {
        let Ast::Name(symbol) = self.ast[name].kind else { return TyId::ERROR };
        let args = self.written_args(index);
        self.named_with(symbol, &args, self.ast[name].span, span)
    }

    /// Declares the type parameters of all structs.
    pub(super) fn struct_bounds(&mut self) {
        for id in self.program.structs.keys().collect::<Vec<StructId>>() {
            if let Some((of, _)) = self.program.structs[id].variant_of {
                // A variant has the type parameters of its enum, which stands before it.
                self.program.structs[id].generics = self.program.structs[of].generics;
                continue;
            }
            let written = self.ast[self.struct_decls[id]].generics;
            let generics = self.declare_params(Generics::NONE, written);
            self.program.structs[id].generics = generics;
            self.generics = generics;
            self.read_bounds(generics, written);
        }
        self.generics = Generics::NONE;
    }

    /// A struct with these type arguments; reports those that cannot do what it asks of them.
    pub(super) fn struct_with(&mut self, id: StructId, args: &[TyId], span: Span) -> TyId {
        let generics = self.program.structs[id].generics;
        let found = Found::all(generics, args);
        for (param, &ty) in generics.ids().zip(args) {
            let name = self.program.structs[id].name;
            let sig = Sig { name: self.text(name).to_string(), ..Sig::none() };
            // The fields of structs are read before it is known what structs can do.
            let early = self.reads_fields && !matches!(self.ty(ty), Ty::Param(_));
            if !early && !self.bound_holds(param, ty, &sig, &found, span) {
                return TyId::ERROR;
            }
        }
        let known = self.reads_fields || args.is_empty();
        let args = self.program.tys.list(args);
        let ty = self.type_with(id, args);
        if known || self.not_too_wide(ty, span) { ty } else { TyId::ERROR }
    }

    /// `T?`; an option of an option is that option.
    pub(super) fn option_of(&mut self, inner: TyId) -> TyId {
        match self.ty(inner) {
            Ty::Error | Ty::Option(_) => inner,
            _ => self.program.tys.intern(Ty::Option(inner)),
        }
    }

    /// Opens the type parameters of a signature, with those that are written for it.
    pub(super) fn open(&mut self, sig: &Sig, written: Option<TyList>, span: Span) -> Option<Found> {
        let mut found = Found::of(sig.generics);
        let Some(list) = written else { return Some(found) };
        let tys = self.program.tys.items(list).to_vec();
        // A receiver tells the type parameters of its type, which come first.
        let around = if sig.method { sig.around as usize } else { 0 };
        let count = (sig.generics.count as usize).saturating_sub(around);
        if tys.len() != count {
            let message = match count {
                0 => format!("`{}` has no type parameters", sig.name),
                _ => format!("`{}` has {count} type parameter(s), not {}", sig.name, tys.len()),
            };
            let diag = Diagnostic::error(codes::TYPE_ARGUMENTS, span, message);
            self.report(self.with_declaration(diag, sig));
            return None;
        }
        for (id, ty) in sig.generics.ids().skip(around).zip(tys) {
            found.set(id, ty);
        }
        Some(found)
    }

    /// Takes from the wanted result what the arguments so far did not tell.
    pub(super) fn learn(&self, sig: &Sig, want: Option<TyId>, found: &mut Found) {
        let Some(want) = want.filter(|_| self.program.tys.is_generic(sig.ret)) else { return };
        let (bare, pattern) = (self.inside(want), matches!(self.ty(sig.ret), Ty::Option(_)));
        let want = if pattern { want } else { bare };
        let mut trial = *found;
        if self.unify(sig.ret, want, &mut trial) {
            *found = trial;
        }
    }
}
