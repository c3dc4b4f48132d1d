//! Functions of the library that have several forms, and what makes values of its types.
//!
//! A program has one function for each name. A name of the library may have more, so that it
//! takes what Python's takes: `_or_f` is called where the arguments are not such as `f` takes, and
//! `_or_or_f` where they suit neither. `_new_T` is what is called by the name of the type `T`
//! outside of its module, and then `_or_new_T`. Which form is meant is told by how many arguments
//! there are and by their names alone.

use super::Checker;
use super::collect::Item;
use super::sig::{Default, Sig};
use crate::ast::{self, Passing};
use crate::hir::*;
use kaa_base::span::{FileId, Span};

/// No function of the library has more forms.
const MAX_FORMS: usize = 8;

impl Checker<'_> {
    /// The form of a function that a call with these arguments means.
    pub(super) fn form_for(&self, func: FnId, args: &[ast::Arg]) -> FnId {
        let Function { name, span, .. } = self.program.functions[func];
        if !self.files.is_library(span.file) || takes(&self.sigs[func], args) {
            return func;
        }
        // A function of a module is called `module.name`.
        let name = self.text(name).rsplit('.').next().unwrap_or("").to_string();
        self.other_form(span.file, name, args).unwrap_or(func)
    }

    /// What makes a value of a type from these arguments, where that is not its constructor.
    pub(super) fn maker_for(&self, id: StructId, args: &[ast::Arg], at: Span) -> Option<FnId> {
        let StructDef { name, span, .. } = self.program.structs[id];
        if !self.files.is_library(span.file) || at.file == span.file {
            return None;
        }
        let name = format!("_new_{}", self.text(name));
        let Item::Fn(func) = *self.declared_by(span.file, &name)? else { return None };
        Some(self.form_for(func, args))
    }

    fn other_form(&self, file: FileId, mut name: String, args: &[ast::Arg]) -> Option<FnId> {
        for _ in 0..MAX_FORMS {
            name.insert_str(0, if name.starts_with('_') { "_or" } else { "_or_" });
            let Item::Fn(func) = *self.declared_by(file, &name)? else { return None };
            if takes(&self.sigs[func], args) {
                return Some(func);
            }
        }
        None
    }

    fn declared_by(&self, file: FileId, name: &str) -> Option<&Item> {
        self.scopes.declared.get(&(file, self.names.find(name)?))
    }
}

/// Whether a function takes so many arguments of these names.
fn takes(sig: &Sig, args: &[ast::Arg]) -> bool {
    let places = sig.params.iter().filter(|param| param.passing != Passing::Name).count();
    let plain = args.iter().filter(|arg| arg.name.is_none()).count();
    let named = |name| args.iter().any(|arg| arg.name.is_some_and(|given| given.name == name));
    let known = args.iter().filter_map(|arg| arg.name).all(|given| {
        let mut params = sig.params.iter();
        params.any(|param| param.name == given.name && param.passing != Passing::Position)
    });
    let mut rest = sig.params.iter().skip(plain);
    known
        && plain <= places
        && rest.all(|param| param.default != Default::Required || named(param.name))
}
