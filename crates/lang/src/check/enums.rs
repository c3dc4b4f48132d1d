//! Enums: their declaration, and the making of their values.
//!
//! An enum is declared like a type with fields, with each variant as a struct of its own that
//! only the compiler can name: so methods, traits, type parameters, constructors and defaults
//! are those of structs. Taking values apart is in `pattern`.

use super::collect::Item;
use super::generics::Expected;
use super::{Checker, Member};
use crate::ast::{self, ExprKind as Ast};
use crate::codes;
use crate::hir::*;
use crate::intern::Symbol;
use kaa_base::diag::Diagnostic;
use kaa_base::span::{FileId, Span};

/// More variants than an enum of people has.
const MAX_VARIANTS: usize = 10_000;

impl Checker<'_> {
    /// Declares the variants of an enum.
    pub(super) fn declare_variants(&mut self, id: StructId, decl: ast::DeclId) {
        let ast = self.ast;
        let written = &ast[ast[decl].variants];
        for (at, variant) in (0u32..).zip(written.iter().take(MAX_VARIANTS)) {
            let name = variant.name;
            let index = self.program.structs.push(StructDef {
                name: name.name,
                form: Form::Variant,
                fields: Vec::new(),
                methods: Vec::new(),
                show: None,
                generics: Generics::NONE,
                variants: Vec::new(),
                variant_of: Some((id, at)),
                span: name.span,
            });
            self.struct_decls.push(decl);
            self.program.structs[id].variants.push(index);
            self.variant_names.entry(name.name).or_default().push(index);
            if let Some(Member::Variant(old)) =
                self.members.insert((id, name.name), Member::Variant(index))
            {
                let message = format!("variant `{}` is declared twice", self.text(name.name));
                let old = self.program.structs[old].span;
                let diag = Diagnostic::error(codes::DECLARED_TWICE, name.span, message);
                self.report(diag.label(old, "first declared here"));
            }
        }
        if let Some(variant) = written.get(MAX_VARIANTS) {
            let message = format!("an enum has {MAX_VARIANTS} variants at most");
            self.error(codes::TOO_WIDE, variant.name.span, message);
        }
    }

    /// Whether the declaration is that of an enum.
    pub(super) fn is_enum(&self, id: StructId) -> bool {
        self.program.structs[id].form == Form::Enum
    }

    /// The enum that an expression names, if it does that.
    pub(super) fn enum_named(&self, object: ast::ExprId) -> Option<StructId> {
        match (self.type_named(object), self.ast[object].kind) {
            (Some(Item::Struct(id)), _) => Some(id).filter(|&id| self.is_enum(id)),
            (None, ast::ExprKind::Name(name)) if name == self.known.self_type => {
                self.enum_of(self.own.self_ty?).map(|of| of.0)
            }
            _ => None,
        }
    }

    /// The variant of an enum with this name.
    pub(super) fn variant_named(&self, id: StructId, name: Symbol) -> Option<StructId> {
        match self.members.get(&(id, name)) {
            Some(&Member::Variant(variant)) => Some(variant),
            _ => None,
        }
    }

    /// The enum that a type is, or that lies in an option of it.
    pub(super) fn enum_of(&self, ty: TyId) -> Option<(StructId, TyList)> {
        match self.ty(self.inside(ty)) {
            Ty::Enum(id, args) => Some((id, args)),
            _ => None,
        }
    }

    /// Whether a name can only be a variant whose enum is not named.
    pub(super) fn is_bare_variant(&self, name: Symbol, file: FileId) -> bool {
        self.variant_names.contains_key(&name)
            && self.scope.get(name).is_none()
            && self.item(name, file).is_none()
    }

    /// The variant that a bare name stands for where an enum is expected.
    pub(super) fn wanted_variant(&self, name: Symbol, want: Option<TyId>) -> Option<StructId> {
        let (id, _) = self.enum_of(want?)?;
        let free = self.scope.get(name).is_none();
        self.variant_named(id, name).filter(|_| free)
    }

    /// A variant without its enum where the enum is expected, but not yet with which types.
    pub(super) fn bare_variant(&mut self, id: ast::ExprId, ty: TyId) -> Option<ExprId> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[id];
        match kind {
            ast::ExprKind::Name(name) => {
                let variant = self.wanted_variant(name, Some(ty))?;
                Some(self.variant_value(variant, span, None))
            }
            ast::ExprKind::Call { callee, args } => {
                let ast::ExprKind::Name(name) = ast[callee].kind else { return None };
                let variant = self.wanted_variant(name, Some(ty))?;
                Some(self.construct(variant, &ast[args], span, Expected::default()))
            }
            _ => None,
        }
    }

    /// `Enum.Variant`, and its arguments where it is called.
    pub(super) fn variant_of_enum(
        &mut self,
        id: StructId,
        name: ast::Ident,
        args: Option<&[ast::Arg]>,
        span: Span,
        expected: Expected,
    ) -> ExprId {
        match (self.variant_named(id, name.name), args) {
            (Some(variant), None)
                if expected.written.is_some()
                    && self.program.structs[variant].fields.is_empty() =>
            {
                self.construct(variant, &[], span, expected)
            }
            (Some(variant), Some(args)) => self.construct(variant, args, span, expected),
            (Some(variant), None) => self.variant_value(variant, span, expected.want),
            (None, _) => {
                self.check_loosely(args.unwrap_or_default());
                self.no_variant(id, name);
                self.bad(span)
            }
        }
    }

    /// The enum before a dot and its type arguments, where such are written: `Enum[types].name`.
    pub(super) fn written_enum(&mut self, object: ast::ExprId) -> Option<(StructId, TyList)> {
        let Ast::Index { object: name, index } = self.ast[object].kind else { return None };
        let Some(Item::Struct(id)) = self.type_taker(name) else { return None };
        if !self.is_enum(id) {
            return None;
        }
        let tys = self.written_args(index);
        Some((id, self.program.tys.list(&tys)))
    }

    /// A variant that is not called: its value where it holds nothing, else a function.
    pub(super) fn variant_value(&mut self, id: StructId, span: Span, want: Option<TyId>) -> ExprId {
        let wants_function = want.is_some_and(|ty| matches!(self.ty(self.inside(ty)), Ty::Fn(_)));
        if self.program.structs[id].fields.is_empty() && !wants_function {
            return self.construct(id, &[], span, Expected { want, written: None });
        }
        self.struct_value(id, span)
    }

    /// What a value of a variant is made of.
    pub(super) fn variant_of(
        &mut self,
        id: StructId,
        fields: List<Arg>,
        ty: TyId,
        span: Span,
    ) -> ExprKind {
        let Ty::Enum(_, args) = self.ty(ty) else { return ExprKind::Error };
        let payload = self.program.tys.intern(Ty::Struct(id, args));
        let payload = self.node(ExprKind::StructNew { fields }, payload, span);
        ExprKind::Variant(payload)
    }

    /// Reports an enum that is called as a struct is.
    pub(super) fn enum_called(&mut self, id: StructId, args: &[ast::Arg], span: Span) -> ExprId {
        self.check_loosely(args);
        let text = self.text(self.program.structs[id].name).to_string();
        let message = format!("`{text}` is an enum: one of its variants is made, not it");
        let mut diag = Diagnostic::error(codes::NOT_CALLED, span, message);
        if let Some(&first) = self.program.structs[id].variants.first() {
            let first = self.text(self.program.structs[first].name);
            diag = diag.help(format!("name the variant: `{text}.{first}`"));
        }
        self.report(diag);
        self.bad(span)
    }

    /// Reports a variant that an enum does not have.
    pub(super) fn no_variant(&mut self, id: StructId, name: ast::Ident) {
        let def = &self.program.structs[id];
        let (of, text) = (self.text(def.name), self.text(name.name));
        let names = def.variants.iter().map(|&v| self.text(self.program.structs[v].name));
        let near = super::habit::nearest(text, names);
        let message = format!("enum `{of}` has no variant `{text}`");
        let mut diag = Diagnostic::error(codes::UNKNOWN_MEMBER, name.span, message)
            .label(def.span, "declared here");
        if let Some(near) = near {
            diag = diag.fix(format!("did you mean `{near}`?"), name.span, near);
        }
        self.report(diag);
    }

    /// The only enum that has a variant of this name, for the message about a bare name where no
    /// enum is expected.
    pub(super) fn only_enum_with(&self, name: Symbol, file: FileId) -> Option<Symbol> {
        let mut having =
            self.program.structs.iter().filter(|(id, def)| {
                def.form == Form::Enum && self.variant_named(*id, name).is_some()
            });
        let (_, def) = having.next()?;
        let known = matches!(self.item(def.name, file), Some(Item::Struct(_)));
        (known && having.next().is_none()).then_some(def.name)
    }
}
