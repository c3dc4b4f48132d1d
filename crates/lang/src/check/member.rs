//! What stands behind a dot: fields, methods, names of modules.

use super::call::{Callee, Receiver};
use super::collect::{Item, TypeName};
use super::generics::Expected;
use super::habit::nearest;
use super::infer::Found;
use super::method_value::Method;
use super::name::Meaning;
use super::{Checker, Member};
use crate::ast::{self, ExprKind as Ast};
use crate::builtins::{self, BuiltinId, OVERLOADS};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// Rows behind a call of a type by its name, such as `int("12")`; they have no name of their own.
const MAKERS: &[&str] = &["of_str", "of_list", "zeros", "new"];

impl Checker<'_> {
    /// `object.name`, not called.
    pub(super) fn attr(
        &mut self,
        object: ast::ExprId,
        name: ast::Ident,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        if let Some(item) = self.member_item(object, name) {
            return self.item_expr(item, name.name, span, want);
        }
        match self.type_method(object, name) {
            Some(Method::Fn(func)) => return self.fn_value(func, span, want),
            Some(Method::Builtin(id)) if want.is_some() => {
                return self.builtin_value(id, span, want);
            }
            _ => {}
        }
        if let Some(id) = self.enum_named(object) {
            let expected = Expected { want, written: None };
            return self.variant_of_enum(id, name, None, span, expected);
        }
        if let Ast::Name(first) = self.ast[object].kind {
            match self.meaning(first, span.file) {
                Meaning::Item(Item::Module(module)) => {
                    return self.module_value(module, name, span);
                }
                Meaning::Item(Item::Host(host)) => {
                    return match self.host_fn(host, name) {
                        Some(func) => self.fn_value(func, span, None),
                        None => self.bad(span),
                    };
                }
                Meaning::Item(Item::Type(_) | Item::Struct(_)) => {
                    let text = self.text(name.name);
                    let message = format!("a type has no value `{text}`; only calls are possible");
                    self.error(codes::UNKNOWN_MEMBER, name.span, message);
                    return self.bad(span);
                }
                _ => {}
            }
        }
        if let Some((id, written)) = self.written_enum(object) {
            let expected = Expected { want, written: Some(written) };
            return self.variant_of_enum(id, name, None, span, expected);
        }
        self.only_field(object, name.name);
        self.reading.borrows = true;
        let base = self.expr(object, None);
        self.reading.field = None;
        if !self.is_named(base) {
            return self.bad(span);
        }
        self.field(base, name, span)
    }

    /// Of a variable that a loop changes in part, another field may be read.
    fn only_field(&mut self, object: ast::ExprId, name: Symbol) {
        self.reading.field = None;
        if self.cx.locks.is_empty() {
            return;
        }
        let Ast::Name(first) = self.ast[object].kind else { return };
        let Some(binding) = self.scope.get(first) else { return };
        if binding.depth == self.cx.depth
            && let Ty::Struct(id, _) = self.ty(self.cx.locals[binding.local].ty)
            && let Some(&Member::Field(index)) = self.members.get(&(id, name))
        {
            self.reading.field = Some(index);
        }
    }

    /// A field of a checked value.
    fn field(&mut self, base: ExprId, name: ast::Ident, span: Span) -> ExprId {
        let ty = self.ty_of(base);
        match self.ty(ty) {
            Ty::Error => return self.bad(span),
            Ty::Struct(id, args) | Ty::Class(id, args) | Ty::Enum(id, args) => {
                match self.members.get(&(id, name.name)) {
                    Some(&Member::Field(index)) => {
                        self.is_private(name, self.program.structs[id].span.file);
                        let ty = self.field_ty(id, args, index);
                        return self.node(ExprKind::Field { base, index }, ty, span);
                    }
                    Some(&Member::Method(func)) => {
                        self.is_private(name, self.program.functions[func].span.file);
                        return self.bound_method(base, func, span);
                    }
                    Some(Member::Variant(_)) | None => {}
                }
            }
            Ty::ErrorObj => {
                let text = self.text(name.name).to_string();
                if let Some(id) = builtins::find("error", &text).filter(|_| text != "new") {
                    let ty = self.builtin_sig(id).ret;
                    return self.call_builtin(id, &[base], ty, span);
                }
            }
            _ => {
                let text = self.text(name.name);
                if group_of(self.ty(ty)).is_some_and(|group| builtins::find(group, text).is_some())
                {
                    return self.method_as_value(name, span);
                }
            }
        }
        self.unknown_member(base, ty, name, name.span.hi);
        self.bad(span)
    }

    /// The type of a field of a struct with these type arguments.
    fn field_ty(&mut self, id: StructId, args: TyList, index: u32) -> TyId {
        let def = &self.program.structs[id];
        let Some(ty) = def.fields.get(index as usize).map(|field| field.ty) else {
            return TyId::ERROR;
        };
        if !self.program.tys.is_generic(ty) {
            return ty;
        }
        let found = Found::all(def.generics, self.program.tys.items(args));
        self.fill(ty, &found).unwrap_or(TyId::ERROR)
    }

    fn method_as_value(&mut self, name: ast::Ident, span: Span) -> ExprId {
        let message = format!("method `{}` is not called", self.text(name.name));
        let diag = Diagnostic::error(codes::NOT_A_VALUE, span, message);
        self.report(diag.fix("call it", span.end(), "()"));
        self.bad(span)
    }

    fn module_value(&mut self, module: &'static str, name: ast::Ident, span: Span) -> ExprId {
        let text = self.text(name.name).to_string();
        let full = format!("{module}.{text}");
        if let Some(&(_, value)) = builtins::CONSTANTS.iter().find(|(name, _)| *name == full) {
            return self.node(ExprKind::Float(value), TyId::FLOAT, span);
        }
        match builtins::find(module, &text) {
            Some(id) => self.builtin_value(id, span, None),
            None => {
                self.unknown_in_module(module, &text, name.span);
                self.bad(span)
            }
        }
    }

    /// `object.name(args)`
    pub(super) fn call_attr(
        &mut self,
        (object, name): (ast::ExprId, ast::Ident),
        args: &[ast::Arg],
        span: Span,
        dropped: bool,
        expected: Expected,
    ) -> ExprId {
        if let Some(id) = self.enum_named(object) {
            return self.variant_of_enum(id, name, Some(args), span, expected);
        }
        if let Ast::Name(first) = self.ast[object].kind {
            match self.meaning(first, span.file) {
                Meaning::Item(Item::Module(module)) => {
                    return self.call_module(module, name, args, span);
                }
                Meaning::Item(Item::Host(host)) => {
                    if let Some(func) = self.host_fn(host, name) {
                        return self.call_fn(Callee::Fn(func), None, args, span);
                    }
                    self.check_loosely(args);
                    return self.bad(span);
                }
                Meaning::Item(Item::Type(ty)) => return self.call_static(ty, name, args, span),
                _ => {}
            }
        }
        if let Some((id, written)) = self.written_enum(object) {
            let expected = Expected { written: Some(written), ..expected };
            return self.variant_of_enum(id, name, Some(args), span, expected);
        }
        self.reading.borrows = true;
        let base = self.expr(object, None);
        let ty = self.ty_of(base);
        let receiver = Receiver { value: base, dropped };
        match self.ty(ty) {
            Ty::Error => {
                self.check_loosely(args);
                self.bad(span)
            }
            Ty::Struct(id, _) | Ty::Class(id, _) | Ty::Enum(id, _) => {
                match self.members.get(&(id, name.name)).copied() {
                    Some(Member::Method(func)) => {
                        self.is_private(name, self.program.functions[func].span.file);
                        self.call_own_method(func, receiver, args, span, expected)
                    }
                    Some(Member::Field(_)) => {
                        let callee = self.field(base, name, self.span_of(base).to(name.span));
                        self.call_value(callee, args, span)
                    }
                    Some(Member::Variant(_)) | None => {
                        self.other_method(receiver, name, args, span, expected)
                    }
                }
            }
            other => {
                let found = group_of(other).and_then(|group| self.row(group, name.name));
                match found.filter(|&id| self.builtin_sig(id).method) {
                    Some(id) => self.call_method(id, receiver, args, span),
                    None if matches!(other, Ty::Int(_) | Ty::Float(_))
                        && is_cast(self.text(name.name)) =>
                    {
                        let wraps = self.text(name.name) == "wrapping_as";
                        self.cast(base, wraps, args, span)
                    }
                    None => self.other_method(receiver, name, args, span, expected),
                }
            }
        }
    }

    /// The row of a group with this name.
    fn row(&mut self, group: &'static str, name: Symbol) -> Option<BuiltinId> {
        if let Some(&known) = self.rows.get(&(group, name)) {
            return known;
        }
        let found = builtins::find(group, self.text(name));
        self.rows.insert((group, name), found);
        found
    }

    /// A method that is neither declared with the type nor built in.
    fn other_method(
        &mut self,
        receiver: Receiver,
        name: ast::Ident,
        args: &[ast::Arg],
        span: Span,
        expected: Expected,
    ) -> ExprId {
        let ty = self.ty_of(receiver.value);
        if let Some(func) = self.find_method(ty, name.name) {
            self.is_private(name, self.program.functions[func].span.file);
            return self.call_fn_expecting(func, Some(receiver), args, span, expected);
        }
        self.check_loosely(args);
        let bare = if args.is_empty() { span.hi } else { name.span.hi };
        self.unknown_member(receiver.value, ty, name, bare);
        self.bad(span)
    }

    fn call_module(
        &mut self,
        module: &'static str,
        name: ast::Ident,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let text = self.text(name.name).to_string();
        match builtins::find(module, &text) {
            Some(id) => {
                let id = overload(id, args.len());
                self.call_of_module(id, args, span)
            }
            None => {
                self.check_loosely(args);
                self.unknown_in_module(module, &text, name.span);
                self.bad(span)
            }
        }
    }

    /// `int.parse(text)`, `bytes.fromhex(text)`
    fn call_static(
        &mut self,
        ty: TypeName,
        name: ast::Ident,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let text = self.text(name.name).to_string();
        let found = builtins::find(ty.text(), &text);
        let is_made = MAKERS.contains(&text.as_str());
        match found.filter(|&id| !is_made && !self.builtin_sig(id).method) {
            Some(id) => self.call_fn(Callee::Builtin(id), None, args, span),
            None => {
                self.check_loosely(args);
                let message = format!("type `{}` has no function `{text}`", ty.text());
                self.error(codes::UNKNOWN_MEMBER, name.span, message);
                self.bad(span)
            }
        }
    }

    /// Reports a field or method that a type does not have; a call of it without arguments ends
    /// at `hi`.
    pub(super) fn unknown_member(&mut self, base: ExprId, ty: TyId, name: ast::Ident, hi: u32) {
        let text = self.text(name.name).to_string();
        let shown = self.show(ty);
        let sized = self.item_of(ty).is_some();
        let message = match text.as_str() {
            "length" | "len" | "size" if sized => {
                format!("a value of type `{shown}` has no `{text}`: write `len(...)`")
            }
            _ => format!("a value of type `{shown}` has no `{text}`"),
        };
        let mut diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message);
        let at = self.span_of(base);
        let is_list = matches!(self.ty(ty), Ty::List(_));
        diag = match text.as_str() {
            "length" | "len" | "size" if sized => diag.fix_all(
                "ask `len`",
                vec![(at.start(), "len(".into()), (Span { lo: at.hi, hi, ..at }, ")".into())],
            ),
            "push" | "push_back" | "add" if is_list => {
                diag.fix("did you mean `append`?", name.span, "append")
            }
            "has_key" | "contains" | "includes" => diag.help("ask with `in`: `key in it`"),
            "isnull" | "is_null" => diag.help("ask with `is None`"),
            "format" if ty == TyId::STR => diag.help("f-strings format: `f\"{value:.2f}\"`"),
            "toString" | "to_string" | "to_str" => diag.help("`str(...)` makes text"),
            _ => self.with_near_member(diag, ty, &text, name.span),
        };
        diag = match self.ty(ty) {
            Ty::Option(_) => diag.help(
                "if it belongs to the value inside, test the option first: by a name, for a test \
                 of a field narrows nothing",
            ),
            Ty::Result(..) => diag.fix("pass an error on first", at.end(), "?"),
            _ => diag,
        };
        self.report(diag);
    }

    fn with_near_member(&self, diag: Diagnostic, ty: TyId, text: &str, at: Span) -> Diagnostic {
        let near = match self.ty(ty) {
            Ty::Struct(id, _) | Ty::Class(id, _) | Ty::Enum(id, _) => {
                let def = &self.program.structs[id];
                let fields = def.fields.iter().map(|field| field.name);
                let methods = def.methods.iter().map(|method| method.0);
                nearest(text, fields.chain(methods).map(|name| self.text(name)))
            }
            other => group_of(other)
                .and_then(builtins::group)
                .and_then(|(_, group)| nearest(text, group.rows.iter().map(|r| r.short_name()))),
        };
        match near {
            Some(near) => {
                let mut diag = diag.fix(format!("did you mean `{near}`?"), at, near.clone());
                diag.message.push_str(&format!(", but `{near}`"));
                diag
            }
            None => diag,
        }
    }
}

/// The row that serves this number of arguments.
pub fn overload(id: BuiltinId, args: usize) -> BuiltinId {
    let name = id.name();
    let row = OVERLOADS.iter().find(|(from, at_least, _)| *from == name && args >= *at_least);
    row.and_then(|(_, _, to)| builtins::by_name(to)).unwrap_or(id)
}

/// The group of the table with the methods of a type.
pub fn group_of(ty: Ty) -> Option<&'static str> {
    Some(match ty {
        Ty::Int(_) => "int",
        Ty::Float(_) => "float",
        Ty::BigInt => "bigint",
        Ty::Char => "char",
        Ty::Str => "str",
        Ty::Bytes => "bytes",
        Ty::List(_) => "list",
        Ty::Dict(..) => "dict",
        Ty::Set(_) => "set",
        Ty::Tuple(_) => "tuple",
        Ty::Range => "range",
        Ty::Option(_) => "option",
        Ty::Result(..) => "result",
        Ty::ErrorObj => "error",
        _ => return None,
    })
}

fn is_cast(name: &str) -> bool {
    matches!(name, "wrapping_as" | "saturating_as")
}
