//! Types of other languages that are no names of types here. Those that the parser cannot read as
//! types are in `parse::type_habit`.

use super::Checker;
use super::collect::{Item, TypeName};
use crate::ast::{self, TypeKind};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// `tuple[A, B]`, `Union[A, B]`, `Callable[..., A]`: reports it and gives what is meant.
    pub(super) fn foreign_type(
        &mut self,
        name: ast::Ident,
        written: &[ast::TypeId],
        args: &[TyId],
        whole: Span,
    ) -> Option<TyId> {
        if !matches!(self.item(name.name, name.span.file), None | Some(Item::Type(TypeName::Tuple)))
            || self.param_named(name.name).is_some()
        {
            return None;
        }
        let (first, last) = (*written.first()?, *written.last()?);
        let head = Span { lo: name.span.lo, hi: self.ast[first].span.lo, ..whole };
        let tail = Span { lo: self.ast[last].span.hi, hi: whole.hi, ..whole };
        match self.text(name.name) {
            "tuple" | "Tuple" => {
                let end = if args.len() == 1 { ",)" } else { ")" };
                let edits = vec![(head, "(".to_string()), (tail, end.to_string())];
                let message = "a tuple type lists the types of its elements in parentheses";
                let diag = Diagnostic::error(codes::FOREIGN_TYPE, whole, message);
                self.report(diag.fix_all("write it so", edits));
                if args.contains(&TyId::ERROR) {
                    return Some(TyId::ERROR);
                }
                let ty = self.program.tys.tuple(args);
                Some(if self.not_too_wide(ty, whole) { ty } else { TyId::ERROR })
            }
            "Union" => Some(self.foreign_union(written, args, whole)),
            "Callable" => {
                let message = "the type of a function is written `fn(A) -> B`";
                self.error(codes::FOREIGN_TYPE, whole, message);
                Some(TyId::ERROR)
            }
            _ => None,
        }
    }

    fn foreign_union(&mut self, written: &[ast::TypeId], args: &[TyId], whole: Span) -> TyId {
        let is_none = |id: &ast::TypeId| self.ast[*id].kind == TypeKind::None;
        let kept: Vec<usize> = (0..written.len()).filter(|&at| !is_none(&written[at])).collect();
        let (&[only], true) = (&kept[..], written.len() == 2) else {
            let message = "there are no union types";
            let diag = Diagnostic::error(codes::FOREIGN_OPTION, whole, message);
            self.report(diag.help("declare an `enum` with a variant for each case"));
            return TyId::ERROR;
        };
        let at = self.ast[written[only]].span;
        let before = Span { hi: at.lo, ..whole };
        let behind = Span { lo: at.hi, ..whole };
        let edits = vec![(before, String::new()), (behind, "?".to_string())];
        let message = "an optional type is written `T?`";
        let diag = Diagnostic::error(codes::FOREIGN_OPTION, whole, message);
        self.report(diag.fix_all("write it so", edits));
        self.option_of(args[only])
    }

    /// Adds to the report of an unknown type what is done here instead.
    pub(super) fn with_type_habit(&self, name: Symbol, diag: Diagnostic) -> Diagnostic {
        match self.text(name) {
            "Any" | "object" | "any" => {
                diag.note("there is no type that holds everything: every type is known").help(
                    "a function for values of several types has a type parameter: `def f[T](x: T)`",
                )
            }
            "Union" => diag.help("declare an `enum` with a variant for each case"),
            "Callable" => diag.help("the type of a function is written `fn(A) -> B`"),
            _ => diag,
        }
    }
}
