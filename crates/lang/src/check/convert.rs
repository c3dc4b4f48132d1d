//! Types that are called: `int(x)`, `str(x)`, `list(xs)`; and casts.

use super::Checker;
use super::call::Callee;
use super::collect::{Item, TypeName};
use super::name::Meaning;
use crate::ast::{self, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// `Type(args)`
    pub(super) fn call_type(
        &mut self,
        name: TypeName,
        args: &[ast::Arg],
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        match name {
            TypeName::Range => {
                let id = self.builtin("range");
                return self.call_prelude(id, args, span);
            }
            TypeName::Error => {
                let id = self.builtin("error.new");
                return self.call_fn(Callee::Builtin(id), None, args, span);
            }
            TypeName::Str if args.len() == 1 => {
                let id = self.builtin("str");
                return self.call_prelude(id, args, span);
            }
            TypeName::View | TypeName::Iter | TypeName::Result => {
                return self.not_made_by_call(name, args, span);
            }
            _ => {}
        }
        match args {
            [] => self.empty_of(name, span, want),
            [arg] if arg.name.is_none() => self.converted(name, arg.value, span, want),
            [text, base]
                if matches!(name, TypeName::Int | TypeName::BigInt) && text.name.is_none() =>
            {
                let text = self.expect(text.value, TyId::STR, super::expr::Why::Plain);
                let base = self.expect(base.value, TyId::INT, super::expr::Why::Plain);
                let (reader, ty) = match name {
                    TypeName::Int => ("int.of_str", TyId::INT),
                    _ => ("bigint.of_str", TyId::BIGINT),
                };
                let id = self.builtin(reader);
                self.call_builtin(id, &[text, base], ty, span)
            }
            _ => {
                self.check_loosely(args);
                let message = format!("`{}` takes one value to convert", name.text());
                self.error(codes::ARGUMENTS, span, message);
                self.bad(span)
            }
        }
    }

    /// Reports the call of a type whose values are made in another way.
    fn not_made_by_call(&mut self, name: TypeName, args: &[ast::Arg], span: Span) -> ExprId {
        let help = match name {
            TypeName::View => "pass a list, or a part of one, where a `view` is expected",
            TypeName::Iter => "make one of what can be walked: `iter(xs)`; or yield its items",
            _ => "make one of a value, `Ok(...)`, or of an error, `Err(...)`",
        };
        self.check_loosely(args);
        let message = format!("`{}` is a type; its values are not made by calling it", name.text());
        self.report(Diagnostic::error(codes::NOT_CALLED, span, message).help(help));
        self.bad(span)
    }

    /// `int()`, `list()`: the empty value.
    pub(super) fn empty_of(&mut self, name: TypeName, span: Span, want: Option<TyId>) -> ExprId {
        let inside = want.map(|ty| self.inside(ty));
        let wanted = inside.map(|ty| self.ty(ty));
        let kind = match (name, wanted) {
            (TypeName::List, Some(Ty::List(_))) => ExprKind::ListNew(self.program.tree.list(&[])),
            (TypeName::Set, Some(Ty::Set(_))) => ExprKind::SetNew(self.program.tree.list(&[])),
            (TypeName::Dict, Some(Ty::Dict(..))) => ExprKind::DictNew(self.program.tree.list(&[])),
            (TypeName::List | TypeName::Set | TypeName::Dict, _) => {
                let text = name.text();
                let message = format!("the type of this empty {text} is not known here");
                let example = if name == TypeName::Dict { "[str, int]" } else { "[int]" };
                let help = format!("give it a name with a type: `xs: {text}{example} = {text}()`");
                self.report(Diagnostic::error(codes::UNKNOWN_HERE, span, message).help(help));
                return self.bad(span);
            }
            (TypeName::Tuple, _) => ExprKind::TupleNew(self.program.tree.list(&[])),
            (TypeName::Str, _) => ExprKind::Str(self.names.intern("")),
            (TypeName::Bool, _) => ExprKind::Bool(false),
            (TypeName::Char, _) => {
                self.error(codes::ARGUMENTS, span, "`char` takes one value to convert");
                return self.bad(span);
            }
            (TypeName::Bytes, _) => {
                let bytes: Box<[u8]> = Box::new([]);
                ExprKind::Bytes(self.program.tree.push(bytes))
            }
            (TypeName::Float | TypeName::F32 | TypeName::F64, _) => ExprKind::Float(0.0),
            _ => ExprKind::Int(0),
        };
        let ty = match (name, inside) {
            (TypeName::List | TypeName::Set | TypeName::Dict, Some(ty)) => ty,
            (TypeName::Tuple, _) => self.program.tys.tuple(&[]),
            _ => name.plain().unwrap_or(TyId::ERROR),
        };
        self.node(kind, ty, span)
    }

    fn converted(
        &mut self,
        name: TypeName,
        arg: ast::ExprId,
        span: Span,
        want: Option<TyId>,
    ) -> ExprId {
        if name == TypeName::Tuple
            && let Ast::List(items) = self.ast[arg].kind
        {
            let ast = self.ast;
            return self.tuple(&ast[items], span, want);
        }
        let target = name.plain();
        let integer = target.is_some_and(|ty| matches!(self.ty(ty), Ty::Int(_) | Ty::BigInt));
        let is_whole = |kind| matches!(kind, Ast::Int(_) | Ast::BigInt(_));
        let whole = match self.ast[arg].kind {
            Ast::Unary { operand, .. } => is_whole(self.ast[operand].kind),
            kind => is_whole(kind),
        };
        let hint = match name {
            _ if integer && whole => target,
            TypeName::Char => target,
            TypeName::List => self.items_hint(arg, want),
            _ => None,
        };
        self.reading.walks = matches!(name, TypeName::List | TypeName::Set | TypeName::Dict);
        let value = self.expr(arg, hint);
        self.convert(name, value, span)
    }

    /// `list([...])` and `list({...})` hand the wanted element type on.
    fn items_hint(&mut self, arg: ast::ExprId, want: Option<TyId>) -> Option<TyId> {
        match self.ast[arg].kind {
            Ast::List(_) => want,
            _ => None,
        }
    }

    /// A checked value, converted.
    pub(super) fn convert(&mut self, name: TypeName, value: ExprId, span: Span) -> ExprId {
        let have = self.ty_of(value);
        if have == TyId::ERROR || have == TyId::NEVER {
            return self.bad(span);
        }
        let target = name.plain();
        if target == Some(have) {
            return value;
        }
        let converted = match name {
            TypeName::Str => {
                let id = self.builtin("str");
                self.shown(value);
                Some(self.call_builtin(id, &[value], TyId::STR, span))
            }
            TypeName::Bool => self.as_bool(value, span),
            TypeName::Char => self.as_char(value, span),
            TypeName::Bytes => self.as_bytes(value, span),
            TypeName::List | TypeName::Set | TypeName::Dict => {
                return self.as_container(name, value, span);
            }
            TypeName::Tuple => match self.ty(have) {
                Ty::Tuple(_) => Some(value),
                _ => None,
            },
            _ => target.and_then(|target| self.as_number(target, value, span)),
        };
        converted.unwrap_or_else(|| {
            let shown = self.show(have);
            let message = format!("a `{shown}` cannot become a `{}`", name.text());
            let mut diag = Diagnostic::error(codes::NO_CONVERSION, span, message);
            match self.ty(have) {
                Ty::Option(_) => {
                    diag =
                        diag.help("test it first (`if ... is not None:`), or use `... ?? other`");
                }
                Ty::Result(..) => {
                    diag = diag.fix("pass an error on", self.span_of(value).end(), "?")
                }
                Ty::List(_) if name == TypeName::Tuple => {
                    diag = diag.note("how many elements a tuple has is part of its type");
                }
                _ => {}
            }
            self.report(diag);
            self.bad(span)
        })
    }

    fn as_number(&mut self, target: TyId, value: ExprId, span: Span) -> Option<ExprId> {
        match self.ty(self.ty_of(value)) {
            Ty::Int(_) | Ty::Float(_) | Ty::BigInt | Ty::Bool => {
                Some(self.node(ExprKind::Convert { value, kind: Convert::Checked }, target, span))
            }
            Ty::Str | Ty::Char => {
                let text = self.as_text(value);
                let (name, ty, base) = match self.ty(target) {
                    Ty::Float(_) => ("float.of_str", TyId::FLOAT, None),
                    Ty::BigInt => ("bigint.of_str", TyId::BIGINT, Some(10)),
                    _ => ("int.of_str", TyId::INT, Some(10)),
                };
                let id = self.builtin(name);
                let mut args = vec![text];
                args.extend(base.map(|base| self.node(ExprKind::Int(base), TyId::INT, span)));
                let number = self.call_builtin(id, &args, ty, span);
                if ty == target {
                    return Some(number);
                }
                let kind = ExprKind::Convert { value: number, kind: Convert::Checked };
                Some(self.node(kind, target, span))
            }
            _ => None,
        }
    }

    fn as_bool(&mut self, value: ExprId, span: Span) -> Option<ExprId> {
        match self.ty(self.ty_of(value)) {
            Ty::Int(_) | Ty::Float(_) | Ty::BigInt => {
                let kind = ExprKind::Convert { value, kind: Convert::Checked };
                Some(self.node(kind, TyId::BOOL, span))
            }
            Ty::Option(_) => {
                Some(self.node(ExprKind::IsNone { value, negated: true }, TyId::BOOL, span))
            }
            Ty::Str | Ty::Bytes | Ty::List(_) | Ty::Dict(..) | Ty::Set(_) | Ty::Range => {
                let id = self.builtin("len");
                let first = self.call_builtin(id, &[value], TyId::INT, span);
                let rhs = self.node(ExprKind::Int(0), TyId::INT, span);
                let links = self.program.tree.list(&[CmpLink { op: CmpOp::Ne, rhs }]);
                Some(self.node(ExprKind::Compare { first, links }, TyId::BOOL, span))
            }
            _ => None,
        }
    }

    fn as_char(&mut self, value: ExprId, span: Span) -> Option<ExprId> {
        match self.ty(self.ty_of(value)) {
            Ty::Str => {
                let id = self.builtin("char.of_str");
                Some(self.call_builtin(id, &[value], TyId::CHAR, span))
            }
            Ty::Int(_) => {
                let kind = ExprKind::Convert { value, kind: Convert::Checked };
                Some(self.node(kind, TyId::CHAR, span))
            }
            _ => None,
        }
    }

    fn as_bytes(&mut self, value: ExprId, span: Span) -> Option<ExprId> {
        let ty = self.ty_of(value);
        let (name, value) = match self.ty(ty) {
            Ty::Int(IntKind::I64) => ("bytes.zeros", value),
            Ty::Str => ("str.encode", value),
            _ if self.item_of(ty) == Some(TyId::INT) => ("bytes.of_list", self.listed(value)),
            _ => return None,
        };
        let id = self.builtin(name);
        Some(self.call_builtin(id, &[value], TyId::BYTES, span))
    }

    fn as_container(&mut self, name: TypeName, value: ExprId, span: Span) -> ExprId {
        let have = self.ty(self.ty_of(value));
        if let (TypeName::Dict, Ty::Dict(..)) = (name, have) {
            let id = self.builtin("dict.copy");
            return self.call_builtin(id, &[value], self.ty_of(value), span);
        }
        let id = self.builtin(name.text());
        self.apply(id, &[value], span)
    }

    /// `n.wrapping_as(u8)`, `n.saturating_as(u8)`
    pub(super) fn cast(
        &mut self,
        value: ExprId,
        wraps: bool,
        args: &[ast::Arg],
        span: Span,
    ) -> ExprId {
        let target = match args {
            [arg] => match self.ast[arg.value].kind {
                Ast::Name(name) => match self.meaning(name, span.file) {
                    Meaning::Item(Item::Type(ty)) => ty.plain(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let integer = matches!(self.ty(self.ty_of(value)), Ty::Int(_));
        match target.filter(|&ty| matches!(self.ty(ty), Ty::Int(_)) && (integer || !wraps)) {
            Some(ty) => {
                let kind = if wraps { Convert::Wrapping } else { Convert::Saturating };
                self.node(ExprKind::Convert { value, kind }, ty, span)
            }
            None => {
                let message = "this cast takes an integer type, such as `u8`";
                self.error(codes::ARGUMENTS, span, message);
                self.bad(span)
            }
        }
    }
}
