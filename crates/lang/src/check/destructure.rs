//! Patterns that name how a value is made: variants of enums, structs and classes by their
//! fields, `Ok` and `Err`. The other patterns are in `pattern`.

use super::Checker;
use super::collect::Item;
use super::pattern::{Captures, Con, Pat};
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// What a pattern takes apart: the way the value is made, the struct that has the fields, and
/// their types.
struct Parts {
    con: Con,
    of: StructId,
    tys: Vec<TyId>,
}

impl Checker<'_> {
    /// `Path` or `Path(args)`.
    pub(super) fn made_pat(
        &mut self,
        path: &[ast::Ident],
        args: Option<&[ast::PatArg]>,
        ty: TyId,
        span: Span,
        captures: &mut Captures,
    ) -> Pat {
        if let Ty::Result(ok, error) = self.ty(ty)
            && let [name] = path
            && (name.name == self.known.ok || name.name == self.known.err)
        {
            let is_ok = name.name == self.known.ok;
            let (con, inner) = if is_ok { (Con::Ok, ok) } else { (Con::Err, error) };
            return self.side_pat(con, inner, args.unwrap_or_default(), span, captures);
        }
        let parts = match self.ty(ty) {
            Ty::Enum(id, of) => self.variant_parts(path, id, of),
            Ty::Struct(id, of) | Ty::Class(id, of) => self.whole_parts(path, id, of, args, span),
            Ty::Error => None,
            _ => {
                let (shown, text) = (self.show(ty), self.path_text(path));
                let message = format!("`{text}` is never a value of type `{shown}`");
                self.error(codes::BAD_CASE, span, message);
                None
            }
        };
        match parts {
            Some(parts) => self.field_pats(parts, args, span, captures),
            None => {
                for arg in args.unwrap_or_default() {
                    self.pat(arg.pattern, TyId::ERROR, captures);
                }
                Pat::Any
            }
        }
    }

    fn path_text(&self, path: &[ast::Ident]) -> String {
        let names: Vec<&str> = path.iter().map(|name| self.text(name.name)).collect();
        names.join(".")
    }

    /// `Ok(value)`, `Err(error)`; without parentheses where the value says nothing.
    fn side_pat(
        &mut self,
        con: Con,
        inner: TyId,
        args: &[ast::PatArg],
        span: Span,
        captures: &mut Captures,
    ) -> Pat {
        let part = match args {
            [arg] if arg.name.is_none() => self.pat(arg.pattern, inner, captures),
            [] if inner == TyId::UNIT => Pat::Any,
            _ => {
                let word = if con == Con::Ok { "Ok" } else { "Err" };
                let message = format!("`{word}` holds one value: `{word}(value)`");
                self.error(codes::BAD_CASE, span, message);
                args.iter().for_each(|arg| {
                    self.pat(arg.pattern, TyId::ERROR, captures);
                });
                Pat::Any
            }
        };
        Pat::Con(con, vec![part])
    }

    /// The variant that a path names, `Variant` or `Enum.Variant`.
    fn variant_parts(&mut self, path: &[ast::Ident], id: StructId, of: TyList) -> Option<Parts> {
        let name = match path {
            [name] => *name,
            [of @ .., name] if self.path_item(of) == Some(Item::Struct(id)) => *name,
            _ => {
                let (text, shown) = (self.path_text(path), self.program.structs[id].name);
                let message = format!("`{text}` is no variant of `{}`", self.text(shown));
                let at = path.first()?.span.to(path.last()?.span);
                self.error(codes::BAD_CASE, at, message);
                return None;
            }
        };
        let Some(variant) = self.variant_named(id, name.name) else {
            self.no_variant(id, name);
            return None;
        };
        let at = self.program.structs[variant].variant_of.map_or(0, |(_, at)| at);
        let tys = self.fields_with(variant, of);
        Some(Parts { con: Con::Variant(at), of: variant, tys })
    }

    /// The struct or class that a path names.
    fn whole_parts(
        &mut self,
        path: &[ast::Ident],
        id: StructId,
        of: TyList,
        args: Option<&[ast::PatArg]>,
        span: Span,
    ) -> Option<Parts> {
        let shown = self.text(self.program.structs[id].name).to_string();
        let is_named = self.path_item(path) == Some(Item::Struct(id));
        if !is_named {
            let text = self.path_text(path);
            let message = format!("`{text}` is never a value of type `{shown}`");
            self.error(codes::BAD_CASE, span, message);
            return None;
        }
        if args.is_none() {
            let message = format!("`{shown}` is a type: the pattern names its fields");
            let diag = Diagnostic::error(codes::BAD_CASE, span, message);
            self.report(diag.fix("any value of it", span.end(), "()"));
            return None;
        }
        let tys = self.fields_with(id, of);
        Some(Parts { con: Con::Whole, of: id, tys })
    }

    /// Patterns for the fields: by position in the order of the declaration, then by name. Of a
    /// variant all fields are named, unless none is; of a struct any.
    fn field_pats(
        &mut self,
        parts: Parts,
        args: Option<&[ast::PatArg]>,
        span: Span,
        captures: &mut Captures,
    ) -> Pat {
        let Parts { con, of, tys } = parts;
        let mut pats = vec![Pat::Any; tys.len()];
        let mut given = vec![false; tys.len()];
        let errors = self.errors;
        for (at, arg) in args.unwrap_or_default().iter().enumerate() {
            let fields = &self.program.structs[of].fields;
            let index = match arg.name {
                Some(name) => fields.iter().position(|field| field.name == name.name),
                None => Some(at).filter(|&at| at < fields.len()),
            };
            let Some(index) = index else {
                self.no_such_field(of, arg);
                self.pat(arg.pattern, TyId::ERROR, captures);
                continue;
            };
            let StructDef { fields, span, .. } = &self.program.structs[of];
            let place = ast::Ident { name: fields[index].name, span: self.ast[arg.pattern].span };
            let file = span.file;
            self.is_private(arg.name.unwrap_or(place), file);
            if std::mem::replace(&mut given[index], true) {
                let text = self.text(self.program.structs[of].fields[index].name);
                let message = format!("the pattern has two parts for `{text}`");
                self.error(codes::BAD_CASE, self.ast[arg.pattern].span, message);
            }
            pats[index] = self.pat(arg.pattern, tys[index], captures);
        }
        let positional = args.is_some_and(|args| args.iter().any(|arg| arg.name.is_none()));
        if positional && self.errors == errors && con != Con::Whole && given.contains(&false) {
            self.fields_left_out(of, &given, span);
        }
        Pat::Con(con, pats)
    }

    fn no_such_field(&mut self, of: StructId, arg: &ast::PatArg) {
        let def = &self.program.structs[of];
        let shown = self.text(def.name);
        let (message, at) = match arg.name {
            Some(name) => (format!("`{shown}` has no field `{}`", self.text(name.name)), name.span),
            None => {
                let count = def.fields.len();
                let fields = if count == 1 { "field" } else { "fields" };
                let message = format!("`{shown}` has {count} {fields}, the pattern names more");
                (message, self.ast[arg.pattern].span)
            }
        };
        let diag = Diagnostic::error(codes::BAD_CASE, at, message);
        self.report(diag.label(def.span, "declared here"));
    }

    fn fields_left_out(&mut self, of: StructId, given: &[bool], span: Span) {
        let def = &self.program.structs[of];
        let missing = def.fields.iter().zip(given).filter(|(_, given)| !**given);
        let names: Vec<String> =
            missing.map(|(field, _)| format!("`{}`", self.text(field.name))).collect();
        let message =
            format!("the pattern leaves out {} of `{}`", names.join(", "), self.text(def.name));
        let diag = Diagnostic::error(codes::BAD_CASE, span, message);
        self.report(diag.label(def.span, "declared here").help("`_` takes any value"));
    }
}
