//! Instances: a function with type parameters is made once for each sequence of types that it
//! is used with, after everything is checked.
//!
//! A call in a function without type parameters asks for its instance at once. One in a function
//! that has some notes the types at the call (its *site*), and asks when that function is made.
//! `copy` makes the bodies; lowering then knows nothing of type parameters. So are the types of
//! fields of generic structs written down for lowering here.

use super::Checker;
use super::copy::Copier;
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::entity::{Entity, Table};
use kaa_base::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// More instances than a program of people has.
const MAX_INSTANCES: usize = 20_000;
/// Deeper type arguments come from functions that use themselves with ever new types.
const MAX_DEPTH: u8 = 48;

/// All instances of a program.
#[derive(Debug, Default)]
pub struct Instances {
    /// Names of methods that have type parameters of their own.
    pub methods: FxHashSet<Symbol>,
    made: FxHashMap<(FnId, TyList), FnId>,
    jobs: Vec<Job>,
    /// The type arguments of calls in functions that have type parameters themselves.
    pub sites: FxHashMap<ExprId, TyList>,
    /// How many types were looked at for the needs of lowering.
    types_done: usize,
}

/// An instance to be made.
#[derive(Clone, Copy, Debug)]
struct Job {
    func: FnId,
    pattern: FnId,
    args: TyList,
}

impl Checker<'_> {
    /// The function that a use of `func` with these types names: its instance, or itself with
    /// the site to note where the types are not known before the function at hand is made.
    pub(super) fn instance_for(
        &mut self,
        func: FnId,
        tys: &[TyId],
        span: Span,
    ) -> (FnId, Option<TyList>) {
        if tys.is_empty() {
            return (func, None);
        }
        let list = self.program.tys.list(tys);
        match tys.iter().any(|&ty| self.program.tys.is_generic(ty)) {
            true => (func, Some(list)),
            false => (self.instance(func, list, span), None),
        }
    }

    /// Notes the type arguments of a use.
    pub(super) fn at_site(&mut self, value: ExprId, site: Option<TyList>) {
        if let Some(list) = site {
            self.instances.sites.insert(value, list);
        }
    }

    /// The instance of a function for these types; its body is made later.
    pub(super) fn instance(&mut self, pattern: FnId, args: TyList, span: Span) -> FnId {
        if let Some(&func) = self.instances.made.get(&(pattern, args)) {
            return func;
        }
        if let Some(func) = self.own_method_of(pattern, args, span) {
            self.instances.made.insert((pattern, args), func);
            return func;
        }
        if self.too_many_instances(pattern, args, span) {
            return pattern;
        }
        let function = &self.program.functions[pattern];
        let tys = self.program.tys.items(args);
        let shown: Vec<String> = tys.iter().map(|&ty| self.show(ty)).collect();
        let name = format!("{}[{}]", self.text(function.name), shown.join(", "));
        let (ret, span) = (function.ret, function.span);
        let name = self.names.intern(&name);
        self.sigs.push(self.no_sig.clone());
        let func = self.program.functions.push(Function {
            name,
            params: Vec::new(),
            captures: Vec::new(),
            ret,
            locals: Table::new(),
            body: Block::default(),
            generics: Generics::NONE,
            generator: false,
            exported: false,
            test: false,
            span,
        });
        self.instances.made.insert((pattern, args), func);
        self.instances.jobs.push(Job { func, pattern, args });
        func
    }

    /// The method that a type has for one of a trait; nothing where it has the default one.
    fn own_method_of(&mut self, pattern: FnId, args: TyList, span: Span) -> Option<FnId> {
        let &(id, at) = self.trait_fns.get(&pattern)?;
        let tys = self.program.tys.items(args).to_vec();
        let (&self_ty, others) = tys.split_first()?;
        if let Ty::Any(of) = self.ty(self_ty) {
            return Some(self.dynamic_method(pattern, of, span));
        }
        let (index, found) = self.conformance(self_ty, id)?;
        let own = self.conform.all[index].methods.get(at as usize).copied().flatten()?;
        let mut tys = found.complete()?;
        tys.extend_from_slice(others);
        Some(self.instance_for(own, &tys, span).0)
    }

    fn too_many_instances(&mut self, pattern: FnId, args: TyList, span: Span) -> bool {
        let tys = &self.program.tys;
        let deepest = tys.items(args).iter().max_by_key(|&&ty| tys.depth(ty)).copied();
        let deep = deepest.filter(|&ty| tys.depth(ty) > MAX_DEPTH);
        if deep.is_none() && self.instances.made.len() < MAX_INSTANCES {
            return false;
        }
        // One report says it all, and nothing more needs to be made.
        self.instances.jobs.clear();
        let function = &self.program.functions[pattern];
        let (name, declared) = (self.text(function.name).to_string(), function.span);
        let message = format!("`{name}` would be made for too many types");
        let mut diag = Diagnostic::error(codes::ENDLESS_INSTANCES, span, message);
        if declared != span {
            diag = diag.label(declared, "declared here");
        }
        if let Some(ty) = deep {
            diag = diag.note(format!("one of them is `{}`", self.show(ty)));
        }
        self.report(diag);
        true
    }

    /// Makes all instances, and all that lowering needs to know of types.
    pub(super) fn all_instances(&mut self) {
        let before = self.errors;
        while self.errors == 0 && before == 0 {
            if let Some(job) = self.instances.jobs.pop() {
                self.make(job);
            } else if self.instances.types_done < self.program.tys.len() {
                let ty = TyId::new(self.instances.types_done);
                self.instances.types_done += 1;
                self.describe(ty);
            } else if !self.link_calls() {
                return;
            }
        }
    }

    fn make(&mut self, job: Job) {
        let made = Copier::new(self, job.pattern, job.args).function(job.pattern);
        let program = &mut self.program;
        let cells = made.locals.keys().filter(|&cell| program.cells.contains(&(job.pattern, cell)));
        let cells: Vec<_> = cells.map(|cell| (job.func, cell)).collect();
        program.cells.extend(cells);
        if let Some(&own) = program.own_values.get(&job.pattern) {
            program.own_values.insert(job.func, own);
        }
        let function = &mut self.program.functions[job.func];
        *function = Function { name: function.name, ..made };
    }

    /// Writes down the methods that decide what operations on values of a type do.
    fn describe_own(&mut self, ty: TyId) {
        if self.conform.extensions.is_empty() && self.fields_decl(ty).is_none() {
            return;
        }
        let own = self.own_methods(ty, Span::default());
        if own != OwnMethods::default() {
            self.program.own.insert(ty, own);
        }
    }

    /// Writes down what lowering needs to know of a type.
    fn describe(&mut self, ty: TyId) {
        if self.program.tys.is_generic(ty) || self.program.tys.has_assoc(ty) {
            return;
        }
        self.describe_own(ty);
        let (id, args) = match self.ty(ty) {
            Ty::Struct(id, args) | Ty::Class(id, args) => (id, args),
            Ty::Enum(id, args) => {
                for variant in self.program.structs[id].variants.clone() {
                    self.program.tys.intern(Ty::Struct(variant, args));
                }
                (id, args)
            }
            _ => return,
        };
        let (def, span) = (&self.program.structs[id], self.program.structs[id].span);
        if let Some(show) = def.show {
            let func = match self.program.functions[show].generics.is_empty() {
                true => show,
                false => self.method_for(ty, "__str__", span).unwrap_or(show),
            };
            self.program.shows.insert(ty, func);
        }
        if self.program.structs[id].generics.is_empty() {
            return;
        }
        if self.program.tys.depth(ty) > super::types::MAX_DEPTH {
            let name = self.text(self.program.structs[id].name);
            let message = format!("`{name}` holds itself with ever new types");
            return self.error(codes::ENDLESS_INSTANCES, span, message);
        }
        let fields = self.fields_with(id, args);
        self.program.fields.insert((id, args), fields);
    }
}
