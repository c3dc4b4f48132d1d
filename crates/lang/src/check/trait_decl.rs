//! Traits: what a trait declares, and the scope that methods of traits and types are read in.
//!
//! A method of a trait is a function with a type parameter `Self` that has the trait, so that
//! calls of it are calls like any other; `instance` finds the method of the type that `Self`
//! turns out to be. The parameters and associated types of a trait are decided by who has it:
//! `Ty::Assoc` names them until that is known. Who has a trait is in `conform`.

use super::Checker;
use super::collect::Item;
use super::generics::ParamInfo;
use super::infer::Found;
use crate::ast;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::Entity;
use kaa_base::span::Span;

/// `Iterable[T]` of the prelude: values that can be walked.
pub const ITERABLE: TraitId = TraitId(0);

/// A trait that is asked of a type, with what is known of its parameters and associated types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraitBound {
    /// Which.
    pub id: TraitId,
    /// Its parameters, then its associated types.
    pub outs: Vec<Option<TyId>>,
}

/// A method of a trait.
#[derive(Clone, Copy, Debug)]
pub struct TraitMethod {
    /// Its name.
    pub name: Symbol,
    /// The function; without a body where it is required.
    pub func: FnId,
    /// Whether those that have the trait must have it.
    pub required: bool,
}

/// An associated type or parameter of a trait.
#[derive(Clone, Debug)]
pub struct TraitOut {
    /// Its name.
    pub name: Symbol,
    /// What it must be able to do.
    pub abilities: u32,
    /// Traits it must have.
    pub traits: Vec<TraitBound>,
}

/// A trait.
#[derive(Clone, Debug)]
pub struct TraitInfo {
    /// Its name.
    pub name: Symbol,
    /// Where that stands.
    pub span: Span,
    /// The declaration; the prelude's have none.
    pub decl: Option<ast::DeclId>,
    /// Its `Self`.
    pub generics: Generics,
    /// Number of its parameters, which are the first of `outs`.
    pub params: usize,
    /// Parameters, then associated types.
    pub outs: Vec<TraitOut>,
    /// Its methods.
    pub methods: Vec<TraitMethod>,
    /// What it needs beside itself.
    pub needs: Vec<TraitBound>,
    /// Abilities that it needs.
    pub abilities: u32,
}

/// What a function is declared in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// Nothing.
    File,
    /// A struct or class.
    Fields(StructId),
    /// A trait.
    Trait(TraitId),
    /// An `extend`, by its number.
    Extend(u32),
}

/// What `Self` and the names of associated types stand for.
#[derive(Clone, Debug, Default)]
pub struct OwnScope {
    /// `Self`
    pub self_ty: Option<TyId>,
    /// Associated types.
    pub types: Vec<(Symbol, TyId)>,
}

impl Checker<'_> {
    /// Declares the traits of the prelude that are more than an ability.
    pub(super) fn prelude_traits(&mut self) {
        let (name, item) = (self.names.intern("Iterable"), self.names.intern("Item"));
        let id = self.traits.push(TraitInfo {
            name,
            span: Span::default(),
            decl: None,
            generics: Generics::NONE,
            params: 1,
            outs: vec![TraitOut { name: item, abilities: 0, traits: Vec::new() }],
            methods: Vec::new(),
            needs: Vec::new(),
            abilities: 0,
        });
        self.put_prelude(name, Item::Trait(id));
    }

    /// Declares a trait with its methods.
    pub(super) fn declare_trait(
        &mut self,
        id: ast::DeclId,
        pending: &mut Vec<(FnId, ast::FnId, Owner)>,
    ) {
        let ast = self.ast;
        let decl = &ast[id];
        let free = self.free(decl.name);
        let names = ast[decl.generics].iter().map(|param| param.name.name);
        let assoc = ast[decl.types].iter().map(|assoc| assoc.name.name);
        let outs: Vec<TraitOut> = names
            .chain(assoc)
            .map(|name| TraitOut { name, abilities: 0, traits: Vec::new() })
            .collect();
        let index = self.traits.push(TraitInfo {
            name: decl.name.name,
            span: decl.name.span,
            decl: Some(id),
            generics: Generics::NONE,
            params: decl.generics.len(),
            outs,
            methods: Vec::new(),
            needs: Vec::new(),
            abilities: 0,
        });
        if free {
            self.put(decl.name, Item::Trait(index));
        }
        for &method in &ast[decl.methods] {
            let name = ast[method].name;
            let full = self.full_name(decl.name, Some(name.name));
            let func = self.new_function(full, name.span, method);
            pending.push((func, method, Owner::Trait(index)));
            let at = self.traits[index].methods.len() as u32;
            if let Some(old) = self.trait_members.insert((index, name.name), at) {
                let message = format!("method `{}` is declared twice", self.text(name.name));
                let old =
                    self.program.functions[self.traits[index].methods[old as usize].func].span;
                let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
                self.report(diag.label(old, "first declared here"));
            }
            let required = ast[method].body.is_none();
            self.trait_fns.insert(func, (index, at));
            self.traits[index].methods.push(TraitMethod { name: name.name, func, required });
        }
    }

    /// Reads what traits need, and the bounds of their parameters and associated types.
    pub(super) fn trait_headers(&mut self) {
        let ast = self.ast;
        for id in self.traits.keys().collect::<Vec<TraitId>>() {
            let first = ParamId::new(self.params.len());
            let TraitInfo { decl, span, .. } = self.traits[id];
            let outs = vec![None; self.traits[id].outs.len()];
            let name = self.known.self_type;
            self.params.push(ParamInfo {
                traits: vec![TraitBound { id, outs }],
                ..ParamInfo::plain(name, span)
            });
            let generics = Generics { first, count: 1 };
            self.traits[id].generics = generics;
            self.generics = generics;
            self.own = self.own_scope(Owner::Trait(id));
            let Some(decl) = decl.map(|decl| &ast[decl]) else { continue };
            for &need in &ast[decl.traits] {
                if let Some((abilities, bound)) = self.bound(need) {
                    self.traits[id].abilities |= abilities;
                    self.traits[id].needs.extend(bound);
                }
            }
            let params = ast[decl.generics].iter().map(|param| param.bounds);
            let assoc = ast[decl.types].iter().map(|assoc| assoc.bounds);
            for (at, bounds) in params.chain(assoc).enumerate() {
                for &bound in &ast[bounds] {
                    if let Some((abilities, bound)) = self.bound(bound) {
                        self.traits[id].outs[at].abilities |= abilities;
                        self.traits[id].outs[at].traits.extend(bound);
                    }
                }
            }
        }
        self.generics = Generics::NONE;
        self.own = OwnScope::default();
        self.endless_traits();
    }

    /// Reports traits that need themselves.
    fn endless_traits(&mut self) {
        for id in self.traits.keys().collect::<Vec<TraitId>>() {
            let above = self.needed_by(&self.traits[id].needs);
            if above.iter().any(|bound| bound.id == id) {
                self.traits[id].needs.clear();
                let span = self.traits[id].span;
                let message = format!("trait `{}` needs itself", self.text(self.traits[id].name));
                self.error(codes::ENDLESS_TYPE, span, message);
            }
        }
    }

    /// These traits and all that they need.
    pub(super) fn needed_by(&self, bounds: &[TraitBound]) -> Vec<TraitBound> {
        let mut all: Vec<TraitBound> = bounds.to_vec();
        let mut at = 0;
        while let Some(bound) = all.get(at) {
            let needs = self.traits[bound.id].needs.clone();
            for need in needs {
                if !all.iter().any(|known| known.id == need.id) {
                    all.push(need);
                }
            }
            at += 1;
        }
        all
    }

    /// What names of types stand for in a declaration whose type parameters are in sight.
    pub(super) fn own_scope(&mut self, owner: Owner) -> OwnScope {
        match owner {
            Owner::File => OwnScope::default(),
            Owner::Trait(id) => {
                let self_ty = self.program.tys.intern(Ty::Param(self.generics.first));
                let names: Vec<Symbol> = self.traits[id].outs.iter().map(|out| out.name).collect();
                let types = (0u16..)
                    .zip(names)
                    .map(|(at, name)| (name, self.program.tys.intern(Ty::Assoc(self_ty, id, at))))
                    .collect();
                OwnScope { self_ty: Some(self_ty), types }
            }
            Owner::Fields(id) => {
                let self_ty = self.self_type(id);
                let own = self.program.structs[id].generics;
                let types = self.own_types.get(&owner_key(owner)).cloned().unwrap_or_default();
                let types = self.moved(own, &types);
                OwnScope { self_ty: Some(self_ty), types }
            }
            Owner::Extend(index) => {
                let (target, own) = (
                    self.conform.extends[index as usize].target,
                    self.conform.extends[index as usize].generics,
                );
                let mut types = self.own_types.get(&owner_key(owner)).cloned().unwrap_or_default();
                types.push((self.known.self_type, target));
                let mut types = self.moved(own, &types);
                let self_ty = types.pop().map(|(_, ty)| ty);
                OwnScope { self_ty, types }
            }
        }
    }

    /// Types of a declaration in terms of the copies of its parameters that are in sight.
    fn moved(&mut self, own: Generics, types: &[(Symbol, TyId)]) -> Vec<(Symbol, TyId)> {
        let copies = self.params_of(Generics { count: own.count, ..self.generics });
        let found = Found::all(own, self.program.tys.items(copies));
        types
            .iter()
            .map(|&(name, ty)| (name, self.fill(ty, &found).unwrap_or(TyId::ERROR)))
            .collect()
    }

    /// Reads a written bound: an ability of the prelude, or a trait.
    pub(super) fn bound(&mut self, bound: ast::TypeId) -> Option<(u32, Option<TraitBound>)> {
        let ast::TypeExpr { kind, span } = self.ast[bound];
        let ast::TypeKind::Named { path, args } = kind else {
            self.not_a_trait(bound);
            return None;
        };
        let name = *self.ast[path].last()?;
        match self.path_item(&self.ast[path]) {
            Some(Item::Ability(ability)) if args.is_empty() => Some((ability.implied(), None)),
            Some(Item::Trait(id)) => {
                let ast = self.ast;
                let args: Vec<TyId> = ast[args].iter().map(|&arg| self.written(arg)).collect();
                if !self.takes_args(&args, self.traits[id].params, name.name, span) {
                    return None;
                }
                let count = self.traits[id].outs.len();
                let mut outs: Vec<Option<TyId>> = args.into_iter().map(Some).collect();
                outs.resize(count, None);
                Some((0, Some(TraitBound { id, outs })))
            }
            Some(Item::Later(_)) => None,
            _ => {
                self.not_a_trait(bound);
                None
            }
        }
    }

    /// The type of this name that the traits of a type have.
    pub(super) fn assoc_named(&mut self, ty: TyId, name: ast::Ident, span: Span) -> TyId {
        if ty == TyId::ERROR {
            return ty;
        }
        let found = self.traits_of(ty).into_iter().find_map(|id| {
            let at = self.traits[id].outs.iter().position(|out| out.name == name.name)?;
            Some((id, at as u16))
        });
        match found {
            Some((id, at)) => {
                let ty = self.program.tys.intern(Ty::Assoc(ty, id, at));
                self.normal(ty)
            }
            None => {
                let (shown, text) = (self.show(ty), self.text(name.name));
                let message = format!("no trait of `{shown}` has a type `{text}`");
                self.error(codes::UNKNOWN_TYPE, span, message);
                TyId::ERROR
            }
        }
    }
}

/// The place of what a declaration says of associated types.
pub fn owner_key(owner: Owner) -> (u8, u32) {
    match owner {
        Owner::File => (0, 0),
        Owner::Fields(id) => (1, id.0),
        Owner::Trait(id) => (2, id.0),
        Owner::Extend(index) => (3, index),
    }
}
