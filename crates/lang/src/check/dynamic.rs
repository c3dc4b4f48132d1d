//! `any Trait`: values of any type that has the trait, and calls that look at what it is.
//!
//! A value becomes one where one is wanted (`Checker::coerce`). A call of a method of the trait
//! on it names an instance like any other; that instance has no body but the list of the types
//! that become such values somewhere, each with its own method. The whole program is known, so
//! that lowering makes a switch of it.

use super::Checker;
use super::collect::Item;
use super::infer::Found;
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Table;
use kaa_base::span::Span;
use rustc_hash::FxHashSet;

/// The methods of traits that are called on `any` values, and which types those may be.
#[derive(Debug, Default)]
pub struct Dynamic {
    /// Where each trait is first used with `any`, until its methods are known.
    uses: Vec<(TraitId, Span)>,
    /// Traits that were looked at.
    looked_at: FxHashSet<TraitId>,
    /// Whether signatures are known.
    ready: bool,
    /// What became an `any` value.
    members: FxHashSet<(TraitId, TyId)>,
    /// Methods, with how many of the types have theirs.
    calls: Vec<Call>,
}

#[derive(Clone, Copy, Debug)]
struct Call {
    func: FnId,
    pattern: FnId,
    of: TraitId,
    linked: usize,
}

impl Checker<'_> {
    /// `any Trait`
    pub(super) fn any_type(&mut self, traits: ast::List<ast::TypeId>, span: Span) -> TyId {
        let ast = self.ast;
        let [written] = &ast[traits] else {
            let diag = Diagnostic::error(codes::NOT_ANY, span, "`any` takes one trait");
            self.report(diag.help("declare a trait that needs both: `trait Both(A, B):`"));
            return TyId::ERROR;
        };
        let id = match ast[*written].kind {
            ast::TypeKind::Named { path, .. } => match self.path_item(&ast[path]) {
                Some(Item::Trait(id)) => Some(id),
                Some(Item::Ability(bound)) => {
                    let message =
                        format!("`any {}` is not possible: it has no methods", bound.name());
                    self.error(codes::NOT_ANY, span, message);
                    return TyId::ERROR;
                }
                Some(Item::Later(_)) => return TyId::ERROR,
                _ => None,
            },
            _ => None,
        };
        let Some(id) = id else {
            self.not_a_trait(*written);
            return TyId::ERROR;
        };
        match self.dynamic.ready {
            true => self.look_at_any(id, span),
            false => self.dynamic.uses.push((id, span)),
        }
        self.program.tys.intern(Ty::Any(id))
    }

    /// Looks at the traits that were used with `any` before signatures were known.
    pub(super) fn look_at_uses(&mut self) {
        self.dynamic.ready = true;
        for (id, span) in std::mem::take(&mut self.dynamic.uses) {
            self.look_at_any(id, span);
        }
    }

    /// Reports a trait whose values cannot be used without knowing their type; once for each.
    fn look_at_any(&mut self, id: TraitId, span: Span) {
        if !self.dynamic.looked_at.insert(id) {
            return;
        }
        let any = self.program.tys.intern(Ty::Any(id));
        for id in self.traits_of(any) {
            if let Some((why, at)) = self.needs_the_type(id) {
                let name = self.text(self.traits[id].name);
                let message = format!("`any {name}` is not possible: {why}");
                let diag = Diagnostic::error(codes::NOT_ANY, span, message).label(at, "here");
                let help = format!("use a type parameter instead: `[T: {name}]`");
                return self.report(diag.help(help));
            }
        }
    }

    /// Why values of a trait cannot be used without knowing their type.
    fn needs_the_type(&self, id: TraitId) -> Option<(String, Span)> {
        let info = &self.traits[id];
        if let Some(out) = info.outs.first() {
            let text = format!("what `{}` is depends on the type", self.text(out.name));
            return Some((text, info.span));
        }
        let other = super::traits::Bound::ALL.into_iter().find(|bound| {
            *bound != super::traits::Bound::Show && info.abilities & bound.bit() != 0
        });
        if let Some(bound) = other {
            let text = format!("`{}` compares values of one type", bound.name());
            return Some((text, info.span));
        }
        for method in &info.methods {
            let sig = &self.sigs[method.func];
            let span = self.program.functions[method.func].span;
            let name = self.text(method.name);
            if sig.generics.count > 1 {
                return Some((format!("`{name}` has type parameters of its own"), span));
            }
            let others = sig.params.iter().skip(1).map(|param| param.ty).chain([sig.ret]);
            if others.into_iter().any(|ty| self.program.tys.is_generic(ty)) {
                return Some((format!("`{name}` has `Self` beside its receiver"), span));
            }
        }
        None
    }

    /// A value as one of `any Trait`, if it can be one.
    pub(super) fn as_any(&mut self, value: ExprId, id: TraitId, ty: TyId) -> Option<ExprId> {
        let have = self.ty_of(value);
        if !self.conforms(have, id) {
            return None;
        }
        let span = self.span_of(value);
        self.becomes_any(have, id);
        Some(self.node(ExprKind::ToAny(value), ty, span))
    }

    /// Notes that values of a type become `any` values of a trait.
    pub(super) fn becomes_any(&mut self, ty: TyId, id: TraitId) {
        let known = self.program.tys.is_generic(ty) || self.program.tys.has_assoc(ty);
        if !known && self.dynamic.members.insert((id, ty)) {
            self.program.any_members.entry(id).or_default().push(ty);
        }
    }

    /// The instance of a method of a trait for `any Trait`.
    pub(super) fn dynamic_method(&mut self, pattern: FnId, of: TraitId, span: Span) -> FnId {
        let sig = self.sigs[pattern].clone();
        let any = self.program.tys.intern(Ty::Any(of));
        let found = Found::all(sig.generics, &[any]);
        let mut locals = Table::new();
        let mut params = Vec::new();
        for param in &sig.params {
            let ty = self.fill(param.ty, &found).unwrap_or(TyId::ERROR);
            let mutable = param.mode == Mode::Mut;
            let local = locals.push(Local { name: param.name, ty, mutable, span });
            params.push(Param { local, mode: param.mode });
        }
        let ret = self.fill(sig.ret, &found).unwrap_or(TyId::ERROR);
        let function = self.program.functions[pattern].clone();
        self.sigs.push(self.no_sig.clone());
        let func = self.program.functions.push(Function {
            params,
            locals,
            ret,
            generics: Generics::NONE,
            body: Block::default(),
            generator: false,
            ..function
        });
        self.program.dispatch.insert(func, Dispatch { of, arms: Vec::new() });
        self.dynamic.calls.push(Call { func, pattern, of, linked: 0 });
        func
    }

    /// Gives calls on `any` values the methods of types that are new since the last time;
    /// false where there are none.
    pub(super) fn link_calls(&mut self) -> bool {
        let mut linked = false;
        for at in 0..self.dynamic.calls.len() {
            let Call { func, pattern, of, linked: done } = self.dynamic.calls[at];
            let members = self.program.any_members.get(&of).map_or(&[][..], Vec::as_slice);
            let Some(&ty) = members.get(done) else { continue };
            self.dynamic.calls[at].linked += 1;
            linked = true;
            let span = self.program.functions[func].span;
            let (target, _) = self.instance_for(pattern, &[ty], span);
            if let Some(dispatch) = self.program.dispatch.get_mut(&func) {
                dispatch.arms.push((ty, target));
            }
        }
        linked
    }
}
