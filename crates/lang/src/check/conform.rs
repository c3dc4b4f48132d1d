//! Who has which trait: headers of structs and classes, and `extend`.
//!
//! All of it is known before signatures are read; whether the methods fit is looked at once
//! those are known. Looking methods up is in `method`.

use super::collect::{Item, TypeName};
use super::infer::Found;
use super::sig::Sig;
use super::trait_decl::{ITERABLE, Owner, owner_key};
use super::traits::Bound;
use super::{Checker, Member};
use crate::ast;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;
use rustc_hash::FxHashMap;

/// Who has which trait, and by what.
#[derive(Debug, Default)]
pub struct Known {
    /// All `extend`s.
    pub extends: Vec<Extend>,
    /// All conformances, and which is that of a trait and a head.
    pub all: Vec<Conformance>,
    /// Their numbers.
    pub by_trait: FxHashMap<(TraitId, Head), usize>,
    /// The traits of a head.
    pub heads: FxHashMap<Head, Vec<TraitId>>,
    /// Abilities that headers claim.
    pub claims: Vec<Claim>,
    /// Methods that types get from outside.
    pub extensions: FxHashMap<(Head, Symbol), Vec<FnId>>,
    /// Methods that were asked for.
    pub methods: FxHashMap<(TyId, Symbol), Option<FnId>>,
    /// Traits that were asked for.
    pub conforming: FxHashMap<(TyId, TraitId), bool>,
}

/// What a type is, without its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Head {
    /// A type without parts.
    Plain(Ty),
    /// `list`
    List,
    /// `dict`
    Dict,
    /// `set`
    Set,
    /// `T?`
    Option,
    /// `Result`
    Result,
    /// Tuples.
    Tuple,
    /// Function types.
    Fn,
    /// A struct, class or enum.
    Fields(StructId),
}

/// The head of a type that can have traits.
pub fn head(ty: Ty) -> Option<Head> {
    Some(match ty {
        Ty::List(_) => Head::List,
        Ty::Dict(..) => Head::Dict,
        Ty::Set(_) => Head::Set,
        Ty::Option(_) => Head::Option,
        Ty::Result(..) => Head::Result,
        Ty::Tuple(_) => Head::Tuple,
        Ty::Fn(_) => Head::Fn,
        Ty::Struct(id, _) | Ty::Class(id, _) | Ty::Enum(id, _) => Head::Fields(id),
        Ty::Error | Ty::Never | Ty::Param(_) | Ty::Assoc(..) | Ty::Any(_) => return None,
        Ty::Iter(_) | Ty::View(_) => return None,
        other => Head::Plain(other),
    })
}

/// An `extend`.
#[derive(Clone, Debug)]
pub struct Extend {
    /// The declaration.
    pub decl: ast::ExtendId,
    /// Its type parameters.
    pub generics: Generics,
    /// The type that gets the methods.
    pub target: TyId,
    /// The methods.
    pub methods: Vec<(Symbol, FnId)>,
}

/// A trait that a type has.
#[derive(Clone, Debug)]
pub struct Conformance {
    /// Which.
    pub id: TraitId,
    /// The type parameters of the type.
    pub generics: Generics,
    /// The type.
    pub target: TyId,
    /// The parameters and associated types of the trait.
    pub outs: Vec<TyId>,
    /// Its methods, in the order of the trait's; default ones are left out.
    pub methods: Vec<Option<FnId>>,
    /// Where it is said.
    pub span: Span,
}

/// An ability of the prelude that a header claims.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    bound: Bound,
    target: TyId,
    span: Span,
}

/// A declaration that may say that a type has traits.
#[derive(Clone, Copy)]
struct Says {
    owner: Owner,
    generics: Generics,
    target: TyId,
    traits: ast::List<ast::TypeId>,
    types: ast::List<ast::AssocType>,
}

impl Checker<'_> {
    /// Declares the methods of an `extend`.
    pub(super) fn declare_extend(
        &mut self,
        id: ast::ExtendId,
        pending: &mut Vec<(FnId, ast::FnId, Owner)>,
    ) {
        let ast = self.ast;
        let decl = &ast[id];
        let of = match ast[decl.target].kind {
            ast::TypeKind::Named { path, .. } => match &ast[path] {
                [name, ..] => self.text(name.name).to_string(),
                [] => String::new(),
            },
            _ => "extend".to_string(),
        };
        let owner = Owner::Extend(self.conform.extends.len() as u32);
        let mut methods = Vec::new();
        for &method in &ast[decl.methods] {
            let name = ast[method].name;
            let full = format!("{of}.{}", self.text(name.name));
            let full = self.names.intern(&full);
            let func = self.new_function(full, name.span, method);
            pending.push((func, method, owner));
            methods.push((name.name, func));
        }
        let target = TyId::ERROR;
        self.conform.extends.push(Extend { decl: id, generics: Generics::NONE, target, methods });
    }

    /// Reads the types that are extended.
    pub(super) fn extend_targets(&mut self) {
        for index in 0..self.conform.extends.len() {
            let decl = &self.ast[self.conform.extends[index].decl];
            let mut generics = self.declare_params(Generics::NONE, decl.generics);
            if decl.generics.is_empty() {
                generics = self.implied_params(decl.target);
            }
            self.generics = generics;
            self.read_bounds(generics, decl.generics);
            let target = self.written(decl.target);
            self.generics = Generics::NONE;
            let extend = &mut self.conform.extends[index];
            (extend.generics, extend.target) = (generics, target);
        }
    }

    /// `extend list[T]`: what stands for no type in the brackets is a type parameter.
    fn implied_params(&mut self, target: ast::TypeId) -> Generics {
        let ast = self.ast;
        let ast::TypeKind::Named { path, args } = ast[target].kind else { return Generics::NONE };
        let of = self.path_item(&ast[path]);
        let own = match of {
            Some(Item::Struct(id)) => self.program.structs[id].generics,
            _ => Generics::NONE,
        };
        let mut names = Vec::new();
        for (at, &arg) in ast[args].iter().enumerate() {
            if let ast::TypeKind::Named { path, args } = ast[arg].kind
                && args.is_empty()
                && let [name] = &ast[path]
                && self.item(name.name, name.span.file).is_none()
            {
                names.push((name, own.ids().nth(at)));
            }
        }
        let first = ParamId(self.params.len() as u32);
        let keyed = matches!(of, Some(Item::Type(TypeName::Dict | TypeName::Set)));
        for (at, &(name, like)) in names.iter().enumerate() {
            let mut info = super::generics::ParamInfo::plain(name.name, name.span);
            if keyed && at == 0 {
                info.abilities = Bound::Hash.implied();
            }
            if let Some(like) = like {
                info.abilities = self.params[like].abilities;
                info.traits = self.params[like].traits.clone();
            }
            self.params.push(info);
        }
        match names.len() as u32 {
            0 => Generics::NONE,
            count => Generics { first, count },
        }
    }

    /// Notes all that declarations say of who has which trait.
    pub(super) fn find_conformances(&mut self) {
        let ast = self.ast;
        for id in self.program.structs.keys().collect::<Vec<StructId>>() {
            if self.program.structs[id].form == Form::Variant {
                continue;
            }
            let decl = &ast[self.struct_decls[id]];
            let (generics, target) = (self.program.structs[id].generics, self.own_ty(id));
            let owner = Owner::Fields(id);
            let (traits, types) = (decl.traits, decl.types);
            self.says(Says { owner, generics, target, traits, types });
        }
        for index in 0..self.conform.extends.len() {
            let Extend { decl, generics, target, .. } = self.conform.extends[index];
            if target == TyId::ERROR {
                continue;
            }
            let decl = &ast[decl];
            self.extension_methods(index);
            let owner = Owner::Extend(index as u32);
            let (traits, types) = (decl.traits, decl.types);
            self.says(Says { owner, generics, target, traits, types });
        }
    }

    /// Makes the methods of an `extend` known for its type.
    fn extension_methods(&mut self, index: usize) {
        let Extend { target, methods, .. } = self.conform.extends[index].clone();
        let Some(head) = head(self.ty(target)) else {
            let at = self.ast[self.ast[self.conform.extends[index].decl].target].span;
            let message = "methods cannot be given to this type";
            return self.error(codes::NOT_EXTENDED, at, message);
        };
        for (name, func) in methods {
            let span = self.program.functions[func].span;
            let text = self.text(name).to_string();
            let old = match head {
                Head::Fields(id) => self.members.get(&(id, name)).map(|member| match *member {
                    Member::Field(at) => self.program.structs[id].fields[at as usize].span,
                    Member::Method(func) => self.program.functions[func].span,
                    Member::Variant(id) => self.program.structs[id].span,
                }),
                _ => None,
            };
            let built_in = super::member::group_of(self.ty(target))
                .is_some_and(|group| crate::builtins::find(group, &text).is_some());
            let again = self.conform.extensions.get(&(head, name)).and_then(|list| list.first());
            let again = again.filter(|_| !self.differ_by_arguments(target));
            let old = old.or(again.map(|&func| self.program.functions[func].span));
            if old.is_some() || built_in {
                let shown = self.show(target);
                let message = format!("`{shown}` has a `{text}` already");
                let mut diag = Diagnostic::error(codes::DECLARED_TWICE, span, message);
                if let Some(old) = old {
                    diag = diag.label(old, "declared here");
                }
                self.report(diag);
                continue;
            }
            self.conform.extensions.entry((head, name)).or_default().push(func);
            if text == "__str__"
                && let Head::Fields(id) = head
            {
                self.program.structs[id].show = Some(func);
            }
        }
    }

    /// Whether the type has arguments that are no type parameters: `list[int]`.
    fn differ_by_arguments(&self, target: TyId) -> bool {
        let plain = |tys: &[TyId]| tys.iter().all(|&ty| matches!(self.ty(ty), Ty::Param(_)));
        match self.ty(target) {
            Ty::List(item) | Ty::Set(item) | Ty::Option(item) => !plain(&[item]),
            Ty::Dict(a, b) | Ty::Result(a, b) => !plain(&[a, b]),
            Ty::Struct(_, args) | Ty::Class(_, args) | Ty::Enum(_, args) => {
                !plain(self.program.tys.items(args))
            }
            Ty::Tuple(_) | Ty::Fn(_) => true,
            _ => false,
        }
    }

    /// Notes what one declaration says.
    fn says(&mut self, says: Says) {
        let ast = self.ast;
        self.generics = says.generics;
        self.own.self_ty = Some(says.target);
        let mut types = Vec::new();
        for assoc in &ast[says.types] {
            let ty = assoc.ty.map_or(TyId::ERROR, |ty| self.written(ty));
            types.push((assoc.name.name, ty));
        }
        self.own_types.insert(owner_key(says.owner), types.clone());
        let mut known: Vec<Symbol> = Vec::new();
        for &written in &ast[says.traits] {
            let span = ast[written].span;
            if let ast::TypeKind::Named { path, .. } = ast[written].kind
                && let [name] = &ast[path]
                && let Some(Item::Ability(bound)) = self.item(name.name, name.span.file)
            {
                self.conform.claims.push(Claim { bound, target: says.target, span });
                continue;
            }
            if let Some((_, Some(bound))) = self.bound(written) {
                known.extend(self.traits[bound.id].outs.iter().map(|out| out.name));
                let args = bound.outs.into_iter().flatten().collect();
                self.conforming_type(says, bound.id, args, &types, span);
            }
        }
        for assoc in ast[says.types].iter().filter(|assoc| !known.contains(&assoc.name.name)) {
            let text = self.text(assoc.name.name);
            let message = format!("no trait here has an associated type `{text}`");
            self.error(codes::TRAIT_METHODS, assoc.name.span, message);
        }
        self.generics = Generics::NONE;
        self.own = Default::default();
    }

    fn conforming_type(
        &mut self,
        says: Says,
        id: TraitId,
        args: Vec<TyId>,
        types: &[(Symbol, TyId)],
        span: Span,
    ) {
        let Some(head) = head(self.ty(says.target)) else { return };
        if let Some(&old) = self.conform.by_trait.get(&(id, head)) {
            let (shown, name) = (self.show(says.target), self.text(self.traits[id].name));
            let message = format!("`{shown}` has `{name}` already");
            let diag = Diagnostic::error(codes::TWO_CONFORMANCES, span, message);
            return self.report(diag.label(self.conform.all[old].span, "said here"));
        }
        let mut outs = args;
        for out in self.traits[id].outs.clone().iter().skip(outs.len()) {
            let given = types.iter().find(|(name, _)| *name == out.name);
            if given.is_none() {
                let (text, name) = (self.text(out.name), self.text(self.traits[id].name));
                let message = format!("the type `{text}` of `{name}` is not said");
                let diag = Diagnostic::error(codes::TRAIT_METHODS, span, message);
                self.report(diag.help(format!("write `type {} = ...`", self.text(out.name))));
            }
            outs.push(given.map_or(TyId::ERROR, |(_, ty)| *ty));
        }
        let mut methods = Vec::new();
        for method in self.traits[id].methods.clone() {
            let own = self.own_method(says.owner, head, method.name);
            if own.is_none() && !method.required {
                self.conform.extensions.entry((head, method.name)).or_default().push(method.func);
            }
            methods.push(own);
        }
        self.conform.by_trait.insert((id, head), self.conform.all.len());
        self.conform.heads.entry(head).or_default().push(id);
        let Says { generics, target, .. } = says;
        self.conform.all.push(Conformance { id, generics, target, outs, methods, span });
    }

    fn own_method(&self, owner: Owner, head: Head, name: Symbol) -> Option<FnId> {
        if let Owner::Extend(index) = owner {
            let methods = &self.conform.extends[index as usize].methods;
            if let Some((_, func)) = methods.iter().find(|(own, _)| *own == name) {
                return Some(*func);
            }
        }
        let Head::Fields(id) = head else { return None };
        match self.members.get(&(id, name)) {
            Some(&Member::Method(func)) => Some(func),
            _ => None,
        }
    }

    /// Looks at the methods of all that have traits, once signatures are known.
    pub(super) fn check_conformances(&mut self) {
        for at in 0..self.conform.all.len() {
            let Conformance { id, target, ref methods, span, .. } = self.conform.all[at];
            let methods = methods.clone();
            self.lacking_methods(id, target, &methods, span);
            for (method, own) in self.traits[id].methods.clone().into_iter().zip(methods) {
                if let Some(own) = own {
                    let own = self.by_handle(at, method.func, own);
                    self.check_method(id, method.func, own);
                }
            }
            self.lacking_needs(id, target, span);
            if id == ITERABLE {
                self.check_items(at);
            }
        }
        for Claim { bound, target, span } in std::mem::take(&mut self.conform.claims) {
            if !self.has(target, bound) {
                let (shown, name) = (self.show(target), bound.name());
                let message =
                    format!("`{shown}` has not what `{name}` says: it cannot {}", bound.lack());
                let mut diag = Diagnostic::error(codes::TRAIT_METHODS, span, message);
                if !bound.method().is_empty() {
                    diag = diag.help(format!("give it a method `{}`", bound.method()));
                }
                self.report(diag);
            }
        }
    }

    /// Looks at a type that is said to be walked.
    fn check_items(&mut self, at: usize) {
        let Conformance { target, ref outs, span, .. } = self.conform.all[at];
        let said = outs.first().copied().unwrap_or(TyId::ERROR);
        let shown = self.show(target);
        let message = match self.item_of(target) {
            Some(item) if self.same(item, said) => return,
            Some(item) => format!("walking a `{shown}` gives `{}`", self.show(item)),
            None => format!("`{shown}` has no `__iter__` or `__next__`"),
        };
        self.error(codes::TRAIT_METHODS, span, message);
    }

    /// A method that a trait lets change its receiver, of a class: objects are changed through
    /// any name, so that their methods take `self` plainly. One that takes it as the trait says
    /// calls the other.
    fn by_handle(&mut self, at: usize, wanted: FnId, own: FnId) -> FnId {
        let is_class = matches!(self.ty(self.conform.all[at].target), Ty::Class(..));
        let receiver = |sig: &Sig| sig.params.first().map(|param| param.mode);
        let modes = (receiver(&self.sigs[wanted]), receiver(&self.sigs[own]));
        if !is_class || modes != (Some(Mode::Mut), Some(Mode::Read)) {
            return own;
        }
        let mut sig = Sig::clone(&self.sigs[own]);
        if let Some(receiver) = sig.params.first_mut() {
            receiver.mode = Mode::Mut;
        }
        let func = self.forwarded(own, &sig);
        self.sigs[func] = std::rc::Rc::new(sig);
        for method in self.conform.all[at].methods.iter_mut().filter(|m| **m == Some(own)) {
            *method = Some(func);
        }
        func
    }

    fn lacking_methods(&mut self, id: TraitId, target: TyId, methods: &[Option<FnId>], at: Span) {
        let lacks: Vec<(Symbol, FnId)> = self.traits[id]
            .methods
            .iter()
            .zip(methods)
            .filter(|(method, own)| method.required && own.is_none())
            .map(|(method, _)| (method.name, method.func))
            .collect();
        let Some(&(_, first)) = lacks.first() else { return };
        let names: Vec<String> =
            lacks.iter().map(|(name, _)| format!("`{}`", self.text(*name))).collect();
        let (shown, name) = (self.show(target), self.text(self.traits[id].name));
        let message = format!("`{shown}` lacks {} of `{name}`", names.join(", "));
        let declared = self.program.functions[first].span;
        let diag = Diagnostic::error(codes::TRAIT_METHODS, at, message);
        self.report(diag.label(declared, "required here"));
    }

    fn lacking_needs(&mut self, id: TraitId, target: TyId, at: Span) {
        let abilities = self.traits[id].abilities;
        let mut lacks = self.lacking(abilities, target).map(|bound| bound.name().to_string());
        for need in self.traits[id].needs.clone() {
            if lacks.is_none() && !self.conforms(target, need.id) {
                lacks = Some(self.text(self.traits[need.id].name).to_string());
            }
        }
        if let Some(lacks) = lacks {
            let (shown, name) = (self.show(target), self.text(self.traits[id].name));
            let message = format!("`{name}` needs `{lacks}`, which `{shown}` has not");
            self.error(codes::TRAIT_METHODS, at, message);
        }
    }

    /// Compares a method with that of the trait.
    fn check_method(&mut self, id: TraitId, wanted: FnId, own: FnId) {
        let (wanted, sig) = (self.sigs[wanted].clone(), self.sigs[own].clone());
        let Some(receiver) = sig.params.first().copied() else { return };
        let extra = wanted.generics.count.saturating_sub(1);
        let around = sig.generics.count.checked_sub(extra);
        let own_params = around
            .map(|around| Generics { first: ParamId(sig.generics.first.0 + around), count: extra });
        let mut tys = vec![receiver.ty];
        if let Some(own_params) = own_params {
            let list = self.params_of(own_params);
            tys.extend_from_slice(self.program.tys.items(list));
        }
        let found = Found::all(wanted.generics, &tys);
        let mut shape = |sig: &Sig| -> Vec<(Mode, TyId)> {
            sig.params
                .iter()
                .map(|param| (param.mode, param.ty))
                .chain([(Mode::Read, sig.ret)])
                .map(|(mode, ty)| (mode, self.fill(ty, &found).unwrap_or(TyId::ERROR)))
                .collect()
        };
        let (want, have) = (shape(&wanted), shape(&sig));
        let pairs = want.iter().zip(&have);
        let fits = want.len() == have.len()
            && pairs.clone().all(|(want, have)| want.0 == have.0 && self.same(have.1, want.1));
        if fits || self.sigs[own].params.iter().any(|param| param.ty == TyId::ERROR) {
            return;
        }
        let span = self.program.functions[own].span;
        let (text, name) = (wanted.name.clone(), self.text(self.traits[id].name).to_string());
        let message = match pairs.clone().position(|(want, have)| want != have) {
            _ if want.len() != have.len() => {
                let (takes, not) = (want.len() - 2, have.len().saturating_sub(2));
                format!("`{text}` of `{name}` takes {takes} argument(s) behind `self`, not {not}")
            }
            Some(0) => format!("`{text}` of `{name}` takes `self` in another way"),
            Some(at) => {
                let (a, b) = (self.show(want[at].1), self.show(have[at].1));
                match wanted.params.get(at) {
                    Some(param) => {
                        let param = self.text(param.name);
                        format!("`{param}` of `{text}` is `{a}` in `{name}`, not `{b}`")
                    }
                    None => format!("`{text}` of `{name}` gives `{a}`, not `{b}`"),
                }
            }
            None => return,
        };
        let diag = Diagnostic::error(codes::TRAIT_METHODS, span, message);
        self.report(self.with_declaration(diag, &wanted));
    }
}
